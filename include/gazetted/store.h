#ifndef GAZETTED_STORE_H
#define GAZETTED_STORE_H

#include "gazetted/batch.h"
#include "gazetted/limits.h"
#include "gazetted/vec.h"
#include "gazetted/view.h"

/*
 * The database (SQLite, WAL). One writer connection, used by the writer
 * thread only; any number of read-only ones, each used by one thread at a time.
 * A second writer, in whatever process, is refused with GAZ_ERR_BUSY.
 */
struct gaz_store;

/* What the daemon calls it in its state-directory. */
#define GAZ_STORE_FILE "gazetted.db"

enum gaz_store_mode {
	GAZ_STORE_WRITE,    /* create and migrate if need be */
	GAZ_STORE_READ,     /* must exist and be of this version */
};
/*
 * Errors name the path: not a gazetted database, newer version, damaged.
 * Before an old schema changes, the file is copied to FILE.vN.
 */
struct gaz_store *gaz_store_open(const char *path, enum gaz_store_mode mode,
    struct gaz_err *err) __attribute__((warn_unused_result));
void gaz_store_close(struct gaz_store *s);

/* Give back the memory of caches that nothing needs just now. */
void gaz_store_shrink(struct gaz_store *s);

/* What the last failure was about; OK again after the next commit. */
enum gaz_store_trouble {
	GAZ_STORE_OK,
	GAZ_STORE_FULL,      /* no space; goes on by itself once there is */
	GAZ_STORE_READ_ONLY, /* reading goes on */
	GAZ_STORE_DAMAGED,
	GAZ_STORE_MISSING,   /* deleted or replaced under us: stop */
	GAZ_STORE_BUSY,
	GAZ_STORE_IO,
	GAZ_STORE_OTHER,
};
enum gaz_store_trouble gaz_store_trouble(const struct gaz_store *s);
/* For status and metrics: "ok", "store-full", "store-read-only", ... */
const char *gaz_store_trouble_name(enum gaz_store_trouble t);

/*
 * Group commit: everything between the two is one transaction. Puts outside
 * of one make their own. A put that fails undoes itself; the group goes on
 * unless SQLite gave the whole transaction up (a full disk), which every
 * further put and the commit then report. A commit that fails rolls back:
 * either way the store is usable afterwards.
 */
bool gaz_store_begin(struct gaz_store *s, struct gaz_err *err)
    __attribute__((warn_unused_result));
/* The same, and on the disk before commit returns: what a person did. */
bool gaz_store_begin_durable(struct gaz_store *s, struct gaz_err *err)
    __attribute__((warn_unused_result));
bool gaz_store_commit(struct gaz_store *s, struct gaz_err *err)
    __attribute__((warn_unused_result));
void gaz_store_rollback(struct gaz_store *s);
/*
 * Rises with every committed change that a reader of stories, items or
 * subscriptions could see, and when a feed begins to fail or recovers; kept.
 * That a feed was polled in vain does not count.
 */
int64_t gaz_store_generation(struct gaz_store *s);

/* ---- feeds */

/* A subscription as the configuration (or a person by hand) wants it. */
struct gaz_store_subscription {
	struct gaz_str name, url, title, language;
	gaz_str_list tags;
	bool enabled;
	bool by_hand; /* added over the API, not from the configuration */
	int64_t priority; /* the higher one's headline leads; usually 0 */
};

/*
 * Bring the feeds in line: new ones inserted, changed ones updated, those
 * not listed any more switched off (their items and state stay). A feed is
 * recognised by name, else by url. by_hand ones are left alone. ids (may be
 * NULL) receives the feed id of each subscription.
 */
bool gaz_store_sync_feeds(struct gaz_store *s,
    const struct gaz_store_subscription *v, size_t n, gaz_utc now,
    int64_t *ids, struct gaz_err *err) __attribute__((warn_unused_result));
/*
 * One by hand. A url that is there already gives its id. Absent name: made
 * from the url; one that is taken gets a number.
 */
bool gaz_store_add_feed(struct gaz_store *s,
    const struct gaz_store_subscription *sub, gaz_utc now, int64_t *id,
    struct gaz_err *err) __attribute__((warn_unused_result));
/* Switch off and forget the subscription; with_items deletes them too,
 * except those that another feed carries. */
bool gaz_store_remove_feed(struct gaz_store *s, int64_t feed_id,
    bool with_items, struct gaz_err *err) __attribute__((warn_unused_result));

/* What fetching must remember. Strings live in the arena given. */
struct gaz_store_feed {
	int64_t id;
	struct gaz_str name, language;
	struct gaz_str url;        /* to fetch: as configured, or adopted */
	struct gaz_str configured_url;
	struct gaz_str hub, self;  /* WebSub, as the document says; of hubs
	                              a line each */
	bool enabled, by_hand;
	bool gone;                 /* 410, or 404 for 30 days: until revived */
	int64_t duplicate_of;      /* moved to where that feed is; 0: none */
	struct gaz_str etag, last_modified;
	struct gaz_str validators_url; /* which gave these two; absent: not
	                              known */
	struct gaz_str moved_to;   /* candidate address */
	int64_t moved_seen;        /* days on which it answered */
	gaz_utc moved_day;
	gaz_utc last_fetch, last_success, next_fetch;
	enum gaz_fault fault;      /* of the last fetch, counted or not */
	int64_t failures;
	gaz_utc failing_since;
	int64_t ttl_s, update_interval_s;
	uint32_t skip_hours;
	uint8_t skip_days;
	gaz_utc newest[GAZ_FEED_NEWEST_MAX]; /* dates of the latest items */
	size_t newest_count;
	struct gaz_str rhythm;     /* as gaz_rhythm_save left it; absent: none */
};
typedef GAZ_LIST(struct gaz_store_feed) gaz_store_feed_list;
/* Subscriptions: those forgotten are left out, those switched off are not. */
bool gaz_store_load_feeds(struct gaz_store *s, struct gaz_arena *a,
    gaz_store_feed_list *out, struct gaz_err *err)
    __attribute__((warn_unused_result));
/* The same one after the other: f and its strings are there during the call
 * only. fn must not use the store; it returns false to stop. */
typedef bool (*gaz_store_feed_fn)(const struct gaz_store_feed *f, void *arg);
bool gaz_store_each_feed(struct gaz_store *s, gaz_store_feed_fn fn, void *arg,
    struct gaz_err *err) __attribute__((warn_unused_result));
/* One; *found tells whether there is such a subscription. */
bool gaz_store_load_feed(struct gaz_store *s, int64_t feed_id,
    struct gaz_arena *a, struct gaz_store_feed *out, bool *found,
    struct gaz_err *err) __attribute__((warn_unused_result));
/* A person wants it tried again: no longer gone, no failures, due now. */
bool gaz_store_revive_feed(struct gaz_store *s, int64_t feed_id,
    struct gaz_err *err) __attribute__((warn_unused_result));

/* How a fetch ended. Validators go in together with the items. */
struct gaz_store_outcome {
	int64_t feed_id;
	gaz_utc when, next_fetch;
	struct gaz_str next_reason;
	enum gaz_fault fault;
	struct gaz_str fault_text;
	int64_t http_status, duration_ms, bytes;
	int64_t new_items, changed_items;
	bool not_modified;
	bool set_validators;       /* the next three replace what there was */
	struct gaz_str etag, last_modified; /* absent: cleared */
	struct gaz_str validators_url; /* which gave them; absent: cleared */
	struct gaz_str moved_to;   /* permanent redirect seen; absent: none */
	bool not_counted;          /* offline, say: no failure of the feed */
	bool set_back;             /* the clock: last_success is after when */
	struct gaz_str rhythm;     /* replaces what there was; absent: does not */
};
/*
 * Also keeps the last GAZ_FEED_OUTCOMES_MAX outcomes of a feed, for `why`; sets
 * gone on a 410, or when 404 was all there was for GAZ_NOT_FOUND_DISABLE_S;
 * adopts moved_to when it has answered on GAZ_MOVED_DAYS days, or sets
 * duplicate_of when another feed has that address: load_feed(s) tells.
 */
bool gaz_store_put_outcome(struct gaz_store *s,
    const struct gaz_store_outcome *o, struct gaz_err *err)
    __attribute__((warn_unused_result));

/* Another time for the next fetch, though nothing was asked. */
bool gaz_store_put_next(struct gaz_store *s, int64_t feed_id,
    gaz_utc next_fetch, struct gaz_str reason, struct gaz_err *err)
    __attribute__((warn_unused_result));
/* One failure was not the feed's after all. */
bool gaz_store_forgive_feed(struct gaz_store *s, int64_t feed_id,
    struct gaz_err *err) __attribute__((warn_unused_result));

/* ---- lists of subscriptions behind URLs */

struct gaz_store_list {
	struct gaz_str url;
	struct gaz_str etag, last_modified, validators_url;
	gaz_utc last_fetch, last_success, next_fetch;
	enum gaz_fault fault;      /* of the last fetch */
	struct gaz_str fault_text;
	int64_t http_status, failures;
	int64_t feeds;             /* that it had last, */
	int64_t leaving;           /* and those that it has no more, in grace */
	int64_t skipped;           /* outlines that are no feed for us */
};
typedef GAZ_LIST(struct gaz_store_list) gaz_store_list_list;
bool gaz_store_load_lists(struct gaz_store *s, struct gaz_arena *a,
    gaz_store_list_list *out, struct gaz_err *err)
    __attribute__((warn_unused_result));

/* How asking for one ended. */
struct gaz_store_list_outcome {
	struct gaz_str url;
	gaz_utc when, next_fetch;
	enum gaz_fault fault;
	struct gaz_str fault_text; /* or what is to be said of a success */
	int64_t http_status;
	bool set_validators;       /* the next three replace what there was */
	struct gaz_str etag, last_modified, validators_url;
	bool content;              /* v are its feeds now */
	bool keep;                 /* and none is missing for not being there */
	const struct gaz_store_subscription *v; /* url, title, language, tags */
	size_t n;
	int64_t skipped;
};
/* Validators and feeds in one transaction. A fault changes no feed. */
bool gaz_store_put_list(struct gaz_store *s,
    const struct gaz_store_list_outcome *o, struct gaz_err *err)
    __attribute__((warn_unused_result));

typedef GAZ_LIST(struct gaz_store_subscription) gaz_store_subscription_list;
/*
 * What the lists with these URLs subscribe to, each address once, in their
 * order: what they had last, and what went missing less than grace_s ago. Other
 * lists are forgotten, and outlines whose time is over. Left out are those that
 * a person subscribed to by hand; a name that another feed has is the address
 * instead. For sync_feeds, with the rest. Writer only.
 */
bool gaz_store_take_outlines(struct gaz_store *s, const gaz_str_list *urls,
    gaz_utc now, int64_t grace_s, struct gaz_arena *a,
    gaz_store_subscription_list *out, struct gaz_err *err)
    __attribute__((warn_unused_result));

/* ---- icons, one a host */

/* A feed whose site has not been looked at, or not for long. */
struct gaz_store_icon_wish {
	int64_t feed_id;
	struct gaz_str url, site_url; /* of the feed, and what it says */
	struct gaz_str icon;          /* what its document names; absent: none */
};
typedef GAZ_LIST(struct gaz_store_icon_wish) gaz_store_icon_wish_list;
/* The first limit of those behind after that were fetched well, by id. */
bool gaz_store_icon_wishes(struct gaz_store *s, int64_t after, gaz_utc now,
    size_t limit, struct gaz_arena *a, gaz_store_icon_wish_list *out,
    struct gaz_err *err) __attribute__((warn_unused_result));

struct gaz_store_icon {
	struct gaz_str source;     /* where it was found; absent: nowhere */
	struct gaz_str etag, last_modified, hash;
	gaz_utc next_fetch;
};
bool gaz_store_load_icon(struct gaz_store *s, struct gaz_str host,
    struct gaz_arena *a, struct gaz_store_icon *out, bool *found,
    struct gaz_err *err) __attribute__((warn_unused_result));

struct gaz_store_icon_outcome {
	int64_t feed_id;           /* its site is on host */
	struct gaz_str host;       /* "": the feed has no site */
	bool asked;                /* else the rest says nothing */
	gaz_utc when, next_fetch;
	enum gaz_fault fault;
	struct gaz_str fault_text;
	bool keep;                 /* what was there is still right */
	struct gaz_str source, etag, last_modified;
	struct gaz_str hash, type, data; /* absent: there is none */
};
bool gaz_store_put_icon(struct gaz_store *s,
    const struct gaz_store_icon_outcome *o, struct gaz_err *err)
    __attribute__((warn_unused_result));
/* The bytes; *found false: there is none with that hash. */
bool gaz_store_icon_data(struct gaz_store *s, struct gaz_str hash,
    struct gaz_arena *a, struct gaz_str *type, struct gaz_str *data,
    bool *found, struct gaz_err *err) __attribute__((warn_unused_result));
/* All of them, when there shall be none. */
bool gaz_store_drop_icons(struct gaz_store *s, struct gaz_err *err)
    __attribute__((warn_unused_result));

/* Hosts (or registrable domains) that asked to be left alone. */
struct gaz_store_pause {
	struct gaz_str host, reason;
	gaz_utc until;
};
typedef GAZ_LIST(struct gaz_store_pause) gaz_store_pause_list;
bool gaz_store_put_pause(struct gaz_store *s, struct gaz_str host,
    gaz_utc until, struct gaz_str reason, struct gaz_err *err)
    __attribute__((warn_unused_result));
/* Those that are not over at now; the others are forgotten (by a writer). */
bool gaz_store_load_pauses(struct gaz_store *s, gaz_utc now,
    struct gaz_arena *a, gaz_store_pause_list *out, struct gaz_err *err)
    __attribute__((warn_unused_result));

/* ---- items */

enum gaz_put_kind {
	GAZ_PUT_KNOWN,
	GAZ_PUT_NEW,
	GAZ_PUT_CHANGED,
	GAZ_PUT_MEMBERSHIP, /* another feed carries an item we have: same url */
};
struct gaz_put_item {
	int64_t item_id;
	size_t index;              /* in the batch */
	enum gaz_put_kind kind;
	gaz_utc published;         /* as stored: never later than now + 24 h */
	bool backfill;             /* published before the feed was here */
};
struct gaz_put_result {
	GAZ_VEC(struct gaz_put_item) items; /* the caller clears it */
	int64_t added, changed;
	int64_t backfill;          /* of those added: no news */
	bool first;                /* the feed's first answer */
};
/*
 * Store the items of one answer: identity by (feed, guid), else URL, else
 * content hash. One transaction (or part of the open one). The result has each
 * item of the batch once, new ones last and in the order of their ids, oldest
 * first: the order in which to decide their stories.
 */
bool gaz_store_put_batch(struct gaz_store *s, int64_t feed_id,
    const struct gaz_batch *b, gaz_utc now, struct gaz_put_result *res,
    struct gaz_err *err) __attribute__((warn_unused_result));

/* Tags of an item's own (rules, a person), besides those of its feeds. */
bool gaz_store_tag_item(struct gaz_store *s, int64_t item_id,
    struct gaz_str tag, bool on, struct gaz_err *err)
    __attribute__((warn_unused_result));
/* Title and plain text; *found false: no such item. */
bool gaz_store_item_text(struct gaz_store *s, int64_t item_id,
    struct gaz_arena *a, struct gaz_str *title, struct gaz_str *text,
    bool *found, struct gaz_err *err) __attribute__((warn_unused_result));
/* The features blob; absent: none. */
bool gaz_store_item_features(struct gaz_store *s, int64_t item_id,
    struct gaz_arena *a, struct gaz_str *out, struct gaz_err *err)
    __attribute__((warn_unused_result));
/* What an item said before it was edited, newest first. */
struct gaz_store_revision {
	gaz_utc until;             /* when the change was seen */
	gaz_utc updated;           /* as the feed said then */
	struct gaz_str title, summary, content;
};
typedef GAZ_LIST(struct gaz_store_revision) gaz_store_revision_list;
bool gaz_store_item_revisions(struct gaz_store *s, int64_t item_id,
    struct gaz_arena *a, gaz_store_revision_list *out, struct gaz_err *err)
    __attribute__((warn_unused_result));

/* ---- stories */

struct gaz_store_membership {
	int64_t item_id, story_id;
	bool opened, copy;
	int64_t copy_of;
	gaz_utc when;              /* arrived */
	double score;
	struct gaz_str evidence;   /* JSON */
	int64_t nearest;           /* most alike member, or 0 */
};
/*
 * Decide an item's story, or decide it again. An id that was merged stands for
 * what it was merged into. A story left without items redirects to the
 * story that took its last one.
 */
bool gaz_store_put_membership(struct gaz_store *s,
    const struct gaz_store_membership *m, struct gaz_err *err)
    __attribute__((warn_unused_result));
/* from becomes a redirect to into, for ever. */
bool gaz_store_merge_stories(struct gaz_store *s, int64_t into, int64_t from,
    bool by_person, gaz_utc now, struct gaz_err *err)
    __attribute__((warn_unused_result));
/* Items leave for a new story; *new_id is it. GAZ_ERR_USAGE when none would
 * stay, GAZ_ERR_MISSING for an item that is not in the story. */
bool gaz_store_split_story(struct gaz_store *s, int64_t story_id,
    const int64_t *items, size_t n, bool by_person, gaz_utc now,
    int64_t *new_id, struct gaz_err *err) __attribute__((warn_unused_result));
/* Where an id leads today: itself, or what it was merged into; 0: none. */
bool gaz_store_resolve_story(struct gaz_store *s, int64_t story_id,
    int64_t *out, struct gaz_err *err) __attribute__((warn_unused_result));
int64_t gaz_store_next_story_id(struct gaz_store *s);

/*
 * A person says that these items are rightly in the story, and that it is right
 * as it is; n 0: all that it has. *found is the story. GAZ_ERR_MISSING for an
 * item that is not in it.
 */
bool gaz_store_pin_story(struct gaz_store *s, int64_t story_id,
    const int64_t *items, size_t n, gaz_utc now, int64_t *found,
    struct gaz_err *err) __attribute__((warn_unused_result));
/* It is as any other again. GAZ_ERR_USAGE when it is not pinned. */
bool gaz_store_unpin_story(struct gaz_store *s, int64_t story_id, gaz_utc now,
    int64_t *found, struct gaz_err *err) __attribute__((warn_unused_result));
/* The story an item is in; 0: none. */
bool gaz_store_item_story(struct gaz_store *s, int64_t item_id, int64_t *out,
    struct gaz_err *err) __attribute__((warn_unused_result));

/* What a person corrected, oldest first: kept for ever. */
enum gaz_correction_kind {
	GAZ_CORRECTION_MERGE,
	GAZ_CORRECTION_SPLIT,
	GAZ_CORRECTION_PIN,   /* items are rightly in story */
	GAZ_CORRECTION_UNPIN, /* all that was pinned under that id */
};
struct gaz_store_correction {
	int64_t id;
	gaz_utc at;
	enum gaz_correction_kind kind;
	int64_t story, other;      /* into, from; split: the old, the new */
	GAZ_LIST(int64_t) items;   /* of story; split: those that stayed */
	GAZ_LIST(int64_t) others;  /* of other */
};
typedef GAZ_LIST(struct gaz_store_correction) gaz_store_correction_list;
bool gaz_store_load_corrections(struct gaz_store *s, struct gaz_arena *a,
    gaz_store_correction_list *out, struct gaz_err *err)
    __attribute__((warn_unused_result));

/*
 * Every item that arrived since then, oldest arrival first, for rebuilding
 * the index. story_id 0: was never decided. title and text are there when
 * features is empty, else ask gaz_store_item_text: reading them all is slow.
 * fn may write to the store. Return false from fn to stop.
 */
struct gaz_store_live_item {
	int64_t item_id, story_id, feed_id;
	gaz_utc published, arrived;
	struct gaz_str features, title, text, language, url, feed_name;
};
typedef bool (*gaz_store_live_fn)(const struct gaz_store_live_item *it,
    void *arg);
bool gaz_store_each_live(struct gaz_store *s, gaz_utc since,
    gaz_store_live_fn fn, void *arg, struct gaz_err *err)
    __attribute__((warn_unused_result));
/* Features made anew. */
bool gaz_store_put_features(struct gaz_store *s, int64_t item_id,
    struct gaz_str features, struct gaz_err *err)
    __attribute__((warn_unused_result));

/* ---- vectors of meaning, made by somebody else */

/* An item that has none by that model. The texts are whole. */
struct gaz_store_unembedded {
	int64_t item_id;
	struct gaz_str title, text;
};
/* The first limit of those behind after that arrived since then, by id. */
bool gaz_store_unembedded(struct gaz_store *s, struct gaz_str model,
    int64_t after, gaz_utc since, size_t limit, struct gaz_arena *a,
    struct gaz_store_unembedded *v, size_t *n, struct gaz_err *err)
    __attribute__((warn_unused_result));
/* In the place of the item's former one, if it has one. Nothing when there is
 * no such item any more. */
bool gaz_store_put_embedding(struct gaz_store *s, int64_t item_id,
    struct gaz_str model, struct gaz_str vector, struct gaz_err *err)
    __attribute__((warn_unused_result));
/* Those by that model of items that arrived since then, by id. */
typedef void (*gaz_store_embedding_fn)(int64_t item_id,
    struct gaz_str vector, void *arg);
bool gaz_store_each_embedding(struct gaz_store *s, struct gaz_str model,
    gaz_utc since, gaz_store_embedding_fn fn, void *arg, struct gaz_err *err)
    __attribute__((warn_unused_result));

/* ---- reading */

/*
 * Fill v (kind is set) by the filter. with_evidence: memberships' reasons.
 * Stories come by heat, items by date (found by words: by arrival), newest
 * first, feeds by name; the order depends on what is stored alone, not on now.
 * Words are words: nothing in f->query is ever an error. A word may end in
 * "*" behind GAZ_SEARCH_BEGIN_MIN letters (behind fewer it is ignored), words
 * in double quotes are a phrase, "-word" leaves out. Searching takes
 * GAZ_SEARCH_CPU_MS at most and gives what it found until then, with more set.
 * Stories in a list have GAZ_VIEW_MEMBERS_MAX items at most and those no
 * content; f->story_id gives one whole story (merged_into set when asked by
 * an old id, id being the new one). Once a view has GAZ_VIEW_BYTES_MAX, the
 * items behind have no content either. Of feeds limit 0 means all.
 */
bool gaz_store_query(struct gaz_store *s, const struct gaz_filter *f,
    bool with_evidence, gaz_utc now, struct gaz_view *v, struct gaz_err *err)
    __attribute__((warn_unused_result));

struct gaz_store_history {
	gaz_utc when;
	enum gaz_fault fault;
	struct gaz_str text, next_reason;
	int64_t http_status, duration_ms, bytes, new_items, changed_items;
	gaz_utc next_fetch;
};
typedef GAZ_LIST(struct gaz_store_history) gaz_store_history_list;
/* The last fetches of a feed, newest first; of polls in vain that were folded
 * (gazetted/polls.h) the last of a run. */
bool gaz_store_feed_history(struct gaz_store *s, int64_t feed_id,
    struct gaz_arena *a, gaz_store_history_list *out, struct gaz_err *err)
    __attribute__((warn_unused_result));

struct gaz_store_stats {
	int64_t feeds, feeds_enabled, feeds_failing, items, stories, generation;
	int64_t schema, bytes;
	int64_t last_item; /* greatest id; 0: none */
	gaz_utc oldest_item, newest_item;
};
bool gaz_store_stats(struct gaz_store *s, struct gaz_store_stats *out,
    struct gaz_err *err) __attribute__((warn_unused_result));

/* ---- upkeep */

/*
 * Delete what keep-days and keep-items let go, a slice of GAZ_PRUNE_SLICE items
 * at most; *more tells whether to call again. 0 of a limit means no limit.
 * What a feed still shows stays.
 */
bool gaz_store_prune(struct gaz_store *s, int64_t keep_days,
    int64_t keep_items, gaz_utc now, int64_t *deleted, bool *more,
    struct gaz_err *err) __attribute__((warn_unused_result));
/* Online copy, as one file; what was at path is replaced when it is done. */
bool gaz_store_backup(struct gaz_store *s, const char *path,
    struct gaz_err *err) __attribute__((warn_unused_result));
/*
 * Put a copy of the store at from in the place of the one at path, which is
 * kept as FILE.replaced; then there was none, or it may be damaged. from has to
 * be sound: else GAZ_ERR_FORMAT. While a writer has path open: GAZ_ERR_BUSY.
 */
bool gaz_store_restore(const char *path, const char *from,
    struct gaz_err *err) __attribute__((warn_unused_result));
/*
 * Make a new store at to, where there must be none (GAZ_ERR_USAGE), of all that
 * can still be read of the one at path, damaged or not, which stays as it is.
 * GAZ_ERR_FORMAT when not even its schema can be read. It takes no notice of
 * a writer. *saved tells of the new one.
 */
bool gaz_store_salvage(const char *path, const char *to,
    struct gaz_store_stats *saved, struct gaz_err *err)
    __attribute__((warn_unused_result));
/* Full integrity check; findings are appended to report, a line each. */
bool gaz_store_check(struct gaz_store *s, struct gaz_buf *report, bool *sound,
    struct gaz_err *err) __attribute__((warn_unused_result));

#endif
