#ifndef GAZETTED_LIMITS_H
#define GAZETTED_LIMITS_H

/*
 * Every limit that something outside can run into, in one place. An error
 * about one of them names it; a test stands at each edge.
 */

/* Fetching */
#define GAZ_BODY_MAX (10u << 20)       /* decoded bytes of one answer */
#define GAZ_REDIRECTS_MAX 5
#define GAZ_CONNECT_TIMEOUT_S 10
#define GAZ_FIRST_BYTE_TIMEOUT_S 20
#define GAZ_TRANSFER_TIMEOUT_S 60
#define GAZ_PATIENCE_MS 2000           /* with a silent server, when all
                                          connections are taken */
#define GAZ_SLOW_BYTES_PER_S 100
#define GAZ_SLOW_TIME_S 20
#define GAZ_CONNECTIONS 64
#define GAZ_PARSE_BACKLOG 512          /* answers that wait, before fetching */
#define GAZ_STORE_BACKLOG 512          /* pauses, */
#define GAZ_BACKLOG_BYTES (64u << 20)  /* of either */
#define GAZ_CONNECTIONS_PER_HOST 2
#define GAZ_HOST_GAP_MS 1000
#define GAZ_URL_MAX 8192               /* bytes */
#define GAZ_VALIDATOR_MAX 4096         /* bytes of an ETag or Last-Modified */
#define GAZ_DNS_TIMEOUT_MS 9500        /* of the connect timeout */
#define GAZ_HEADERS_MAX (256u << 10)   /* bytes of one answer's headers */
#define GAZ_HEADER_LINES_MAX 2000      /* the same, lines */

#define GAZ_ICON_MAX (100u << 10)      /* bytes of a site's icon */
#define GAZ_ICON_INTERVAL_S (30 * 86400) /* between two looks at a host's */
#define GAZ_LISTS_MAX 16               /* URLs of subscriptions */
#define GAZ_LIST_OUTLINES_MAX 100000   /* feeds of one of them */
#define GAZ_LIST_INTERVAL_S (6 * 3600) /* between two requests for one, */
#define GAZ_LIST_INTERVAL_MIN_S 3600   /* whatever it says itself */
#define GAZ_HISTORY_PAGES_MAX 50       /* of a feed's past, in one walk */
#define GAZ_HISTORY_TRIES_MAX 4        /* for one page */

/* Scheduling, seconds */
#define GAZ_INTERVAL_S 3600
#define GAZ_INTERVAL_MIN_S 300
#define GAZ_INTERVAL_MAX_S 86400
#define GAZ_BACKOFF_MAX_S 86400
#define GAZ_RHYTHM_EARLIEST 631152000  /* 1990-01-01T00:00:00Z; dates before it
                                          tell nothing of a rhythm */
#define GAZ_RETRY_AFTER_MIN_S 60
#define GAZ_RETRY_AFTER_MAX_S (7 * 86400)

/* Documents */
#define GAZ_XML_DEPTH_MAX 128          /* open elements */
#define GAZ_XML_ATTRIBUTES_MAX 256     /* on one start tag */
#define GAZ_XML_ENTITIES_MAX 4096      /* declared in one document */
#define GAZ_XML_ENTITY_MAX 1024        /* bytes of a declared entity */
#define GAZ_XML_EXPANSION_MAX (1u << 20) /* bytes of all their references */
#define GAZ_JSON_NESTING_MAX 64
#define GAZ_FIELD_MAX (1u << 20)       /* bytes of one text field */
#define GAZ_VALUE_MAX (64u << 10)      /* of a name, an address, a number */
#define GAZ_XML_TOKEN_MAX (512u << 10) /* bytes of a tag, a comment and the
                                          like in well-formed XML */
#define GAZ_DOCUMENT_ITEMS_MAX 10000
#define GAZ_ITEM_ENCLOSURES_MAX 32
#define GAZ_ITEM_CATEGORIES_MAX 32
#define GAZ_ITEM_PERSONS_MAX 32
#define GAZ_ITEM_LINKS_MAX 64
#define GAZ_ITEM_CONTENTS_MAX 8
#define GAZ_ITEM_CHAPTERS_MAX 256
#define GAZ_ITEM_PLACES_MAX 32
#define GAZ_PLACE_POINTS_MAX 256
#define GAZ_EXTRA_MAX 32768            /* bytes of an item's rare parts */
#define GAZ_FEED_PERSONS_MAX 4096      /* of these, its feed's persons, whom each
                                          item without any gets */
#define GAZ_DOCUMENT_ERRORS_MAX 20
#define GAZ_TITLE_MAX 512              /* characters */
#define GAZ_MARKS_MAX 8                /* combining marks on one base */
#define GAZ_OPML_DEPTH_MAX 64
#define GAZ_OPML_OUTLINES_MAX 200000

/* HTML */
#define GAZ_HTML_DEPTH_MAX 64          /* open elements that are written */
#define GAZ_HTML_OPEN_MAX 512          /* open elements before text only */
#define GAZ_HTML_ATTRIBUTES_MAX 256    /* on one tag before text only */
#define GAZ_MATH_MAX 16384             /* bytes of a formula that is put in */
#define GAZ_MATH_DEPTH_MAX 32          /* order, its open elements, */
#define GAZ_MATH_FAILURES_MAX 16       /* and of one text, those that are not */

/* Workers */
#define GAZ_WORKER_CPU_S 2             /* for one document */
#define GAZ_WORKER_WALL_S 20
#define GAZ_WORKER_MEMORY_MAX (512u << 20)
#define GAZ_MESSAGE_MAX (64u << 20)    /* one message, either way */
#define GAZ_LABELS_MAX 200000u         /* pairs of items that people judged */
#define GAZ_LABELS_PER_CORRECTION_MAX 256u

/* HTTP server */
#define GAZ_HTTP_HEADERS_MAX 16384
#define GAZ_HTTP_BODY_MAX (1u << 20)
#define GAZ_HTTP_IMPORT_MAX (10u << 20)
#define GAZ_HTTP_CONNECTIONS_MAX 256
#define GAZ_HTTP_CONNECTIONS_PER_ADDRESS 16
#define GAZ_HTTP_HEAD_TIMEOUT_S 30
#define GAZ_HTTP_IDLE_TIMEOUT_S 60     /* between two requests */
#define GAZ_HTTP_PROGRESS_TIMEOUT_S 30 /* for this much of a body, in or out: */
#define GAZ_HTTP_PROGRESS_BYTES 16384
#define GAZ_HTTP_OUTPUT_MAX (256u << 10) /* queued for one client */
#define GAZ_HTTP_PARAMS_MAX 20000      /* of the query and a form together */
#define GAZ_HTTP_CACHE_MAX (64u << 20) /* bytes of rendered documents */
#define GAZ_VIEW_LIMIT 50              /* entries of a view by default */
#define GAZ_VIEW_LIMIT_MAX 10000
#define GAZ_SEARCH_CPU_MS 1000

/* Store */
#define GAZ_FUTURE_MAX_S 86400         /* later dates become first sight */
#define GAZ_FEED_OUTCOMES_MAX 20       /* fetches of a feed that are kept */
#define GAZ_POLL_REASON_MAX 95         /* bytes */
#define GAZ_POLL_BYTES (64 << 10)      /* kept until polls are folded, and */
#define GAZ_POLL_BYTES_PER_FEED 256    /* for each feed besides */
#define GAZ_POLL_DISORDER_S 300        /* later answers stored before earlier */
#define GAZ_POLL_FOLD_SLICE 2000       /* records of one transaction, about */
#define GAZ_FEED_NEWEST_MAX 32         /* item dates that tell its rhythm */
#define GAZ_MOVED_DAYS 3               /* a redirect answers until adopted */
#define GAZ_NOT_FOUND_DISABLE_S (30 * 86400)
#define GAZ_UNSTABLE_IDS_MIN 3         /* sightings until a feed is flagged */
#define GAZ_ITEM_REVISIONS_MAX 10      /* kept of one item */
#define GAZ_SEARCH_BEGIN_MIN 3         /* letters; a shorter "x*" is "x" */
#define GAZ_SEARCH_WORDS_MAX 32        /* more are ignored */
#define GAZ_SEARCH_MATCHES_MAX 10000   /* newest, when looking for stories */
#define GAZ_VIEW_MEMBERS_MAX 100       /* items of a story in a list */
#define GAZ_VIEW_BYTES_MAX (64u << 20) /* then items come without content */
#define GAZ_PRUNE_SLICE 500            /* items of one transaction */

/* WebSub: subscriptions of ours at hubs */
#define GAZ_WEBSUB_HUBS_MAX 4          /* of one feed that are looked at */
#define GAZ_WEBSUB_QUIET_S 86400       /* a hub that does not deliver for so
                                          long is exchanged for another */
#define GAZ_WEBSUB_LEASE_S (10 * 86400) /* what we ask for */
#define GAZ_WEBSUB_LEASE_MAX_S (30 * 86400) /* more counts as this */
#define GAZ_WEBSUB_LEASE_UNSAID_S 86400 /* when the hub does not say */
#define GAZ_WEBSUB_BRIEF_S 600         /* a lease below it is short: */
#define GAZ_WEBSUB_RENEW_MIN_S 4       /* pause, doubled with each of these */
#define GAZ_WEBSUB_RENEW_DOUBLINGS_MAX 8
#define GAZ_WEBSUB_VERIFY_S 600        /* for the hub to verify */
#define GAZ_WEBSUB_REVERIFY_S 300      /* it may do so again, so long after we
                                          asked */
#define GAZ_WEBSUB_RETRY_S 300         /* half the first pause after a failure */
#define GAZ_WEBSUB_HEIR_FAILURES 3     /* of a renewal, in a row; then another
                                          hub is asked, too */
#define GAZ_WEBSUB_REQUESTS_MAX 8      /* to hubs at a time */
#define GAZ_WEBSUB_LEAVE_TRIES 4       /* then the lease runs out by itself */
#define GAZ_WEBSUB_LEAVING_MAX 4       /* of one feed, that are given up */
#define GAZ_WEBSUB_PUSHES_MAX 64       /* deliveries being parsed and stored */
#define GAZ_WEBSUB_PUSH_BYTES_MAX (64u << 20) /* bytes of these */

/* WebSub: subscribers of ours */
#define GAZ_HUB_SUBSCRIBERS_MAX 1000
#define GAZ_HUB_PER_HOST_MAX 20        /* of one host of callbacks */
#define GAZ_HUB_TOPICS_MAX 100         /* feeds with subscribers */
#define GAZ_HUB_PENDING_MAX 32         /* being verified */
#define GAZ_HUB_CALLBACK_MAX 2048      /* bytes */
#define GAZ_HUB_SECRET_MAX 199         /* bytes (WebSub, 5.1) */
#define GAZ_HUB_ENTRIES_MAX 100        /* "limit" of a feed to subscribe to */
#define GAZ_HUB_LEASE_S (5 * 86400)    /* when none is asked for */
#define GAZ_HUB_LEASE_MIN_S 300
#define GAZ_HUB_LEASE_MAX_S (10 * 86400)
#define GAZ_HUB_TIMEOUT_S 20           /* of a request to a subscriber */
#define GAZ_HUB_ANSWER_MAX 4096        /* bytes of its answer */
#define GAZ_HUB_SENDS_MAX 4            /* deliveries at a time */
#define GAZ_HUB_RETRY_S 60             /* half the first pause */
#define GAZ_HUB_FAILURES_MAX 8         /* in a row; then it is forgotten */

/* Configuration */
#define GAZ_CONFIG_FILE_MAX (16u << 20)
#define GAZ_CONFIG_INCLUDE_DEPTH_MAX 8
#define GAZ_CONFIG_FEEDS_MAX 1000000
#define GAZ_CONFIG_ERRORS_MAX 100      /* reported at once */
#define GAZ_CONFIG_FILES_MAX 10000     /* read with all includes */
#define GAZ_CONFIG_NAME_MAX 200        /* bytes of a section's name */
#define GAZ_CONFIG_VALUE_MAX 65536     /* bytes of one value */
#define GAZ_CONFIG_HEADERS_MAX 32      /* of one feed */

/* Rules */
#define GAZ_RULE_DEPTH_MAX 32          /* open parentheses and nots */
#define GAZ_RULE_TESTS_MAX 256         /* of one expression */
#define GAZ_RULE_PATTERN_MAX 4096      /* bytes of one value */
#define GAZ_RULE_TEXT_MAX 65536        /* bytes of a field looked at */
#define GAZ_RULE_STEPS_MAX 1000000     /* of one test on one field */
#define GAZ_RULE_ITEM_STEPS_MAX 8000000 /* of all rules on one item */

/* Stories */
#define GAZ_STORY_WINDOW_S (4 * 86400)
#define GAZ_STORY_TEXT_MAX 16384       /* bytes of summary looked at */
#define GAZ_STORY_TITLE_MAX 2048       /* bytes of title looked at */
#define GAZ_STORY_WORDS_MAX (1 << 20)  /* pairs from dictionaries */
#define GAZ_DICTIONARY_INDEX_MAX (32u << 20)  /* bytes of one index */
#define GAZ_DICTIONARY_TEXT_MAX (256u << 20)  /* bytes, unpacked, of one */
#define GAZ_DICTIONARY_ARTICLE_MAX 4096 /* bytes of an article looked at */
#define GAZ_FEATURES_MAX 16384         /* bytes of one features blob */
#define GAZ_STORY_VECTOR_MAX 1024      /* numbers of a vector that is kept */

/* Embeddings, from a server that the operator named */
#define GAZ_EMBED_BATCH 32             /* texts of one request */
#define GAZ_EMBED_TEXT_MAX 1536        /* bytes of one text */
#define GAZ_EMBED_TIMEOUT_S 10         /* of one request */
#define GAZ_EMBED_ANSWER_MAX (16u << 20) /* bytes */
#define GAZ_EMBED_NUMBERS_MAX 16384    /* of one vector */
#define GAZ_EMBED_RETRY_MAX_S 600      /* between tries while it fails */

#endif
