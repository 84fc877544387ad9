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
#define GAZ_PATIENCE_MS 3000           /* with a silent server, when all
                                          connections are taken */
#define GAZ_SLOW_BYTES_PER_S 100
#define GAZ_SLOW_TIME_S 20
#define GAZ_CONNECTIONS 64
#define GAZ_CONNECTIONS_PER_HOST 2
#define GAZ_HOST_GAP_MS 1000
#define GAZ_URL_MAX 8192               /* bytes */
#define GAZ_VALIDATOR_MAX 4096         /* bytes of an ETag or Last-Modified */
#define GAZ_DNS_TIMEOUT_MS 9500        /* of the connect timeout */
#define GAZ_HEADERS_MAX (256u << 10)   /* bytes of one answer's headers */
#define GAZ_HEADER_LINES_MAX 2000      /* the same, lines */

/* Scheduling, seconds */
#define GAZ_INTERVAL_S 3600
#define GAZ_INTERVAL_MIN_S 300
#define GAZ_INTERVAL_MAX_S 86400
#define GAZ_BACKOFF_MAX_S 86400
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
#define GAZ_DOCUMENT_ITEMS_MAX 10000
#define GAZ_ITEM_ENCLOSURES_MAX 32
#define GAZ_ITEM_CATEGORIES_MAX 32
#define GAZ_ITEM_PERSONS_MAX 32
#define GAZ_ITEM_LINKS_MAX 64
#define GAZ_ITEM_CONTENTS_MAX 8
#define GAZ_DOCUMENT_ERRORS_MAX 20
#define GAZ_TITLE_MAX 512              /* characters */
#define GAZ_MARKS_MAX 8                /* combining marks on one base */
#define GAZ_OPML_DEPTH_MAX 64
#define GAZ_OPML_OUTLINES_MAX 200000

/* HTML */
#define GAZ_HTML_DEPTH_MAX 64          /* open elements that are written */
#define GAZ_HTML_OPEN_MAX 512          /* open elements before text only */
#define GAZ_HTML_ATTRIBUTES_MAX 256    /* on one tag before text only */

/* Workers */
#define GAZ_WORKER_CPU_S 2             /* for one document */
#define GAZ_WORKER_WALL_S 20
#define GAZ_WORKER_MEMORY_MAX (512u << 20)
#define GAZ_MESSAGE_MAX (64u << 20)    /* one message, either way */
#define GAZ_LABELS_MAX 200000u         /* pairs of items that people judged */

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
