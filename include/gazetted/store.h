#ifndef GAZETTED_STORE_H
#define GAZETTED_STORE_H

#include "gazetted/batch.h"
#include "gazetted/vec.h"
#include "gazetted/view.h"

/*
 * The database (SQLite, WAL). One writer connection, used by the writer
 * thread only; any number of read-only ones, each used by one thread at a time.
 */
struct gaz_store;

enum gaz_store_mode {
	GAZ_STORE_WRITE,    /* create and migrate if need be */
	GAZ_STORE_READ,     /* must exist and be of this version */
};
/* Errors name the path: not a gazetted database, newer version, damaged. */
struct gaz_store *gaz_store_open(const char *path, enum gaz_store_mode mode,
    struct gaz_err *err) __attribute__((warn_unused_result));
void gaz_store_close(struct gaz_store *s);

/* Group commit: everything between the two is one transaction. Nested puts
 * open one by themselves when none is open. */
bool gaz_store_begin(struct gaz_store *s, struct gaz_err *err)
    __attribute__((warn_unused_result));
bool gaz_store_commit(struct gaz_store *s, struct gaz_err *err)
    __attribute__((warn_unused_result));
void gaz_store_rollback(struct gaz_store *s);
/* Rises with every committed change that a reader could see; kept. */
int64_t gaz_store_generation(struct gaz_store *s);

/* ---- feeds */

/* A subscription as the configuration (or a person by hand) wants it. */
struct gaz_store_subscription {
	struct gaz_str name, url, title, language;
	gaz_str_list tags;
	bool enabled;
	bool by_hand; /* added over the API, not from the configuration */
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
/* One by hand. A url that is there already gives its id. */
bool gaz_store_add_feed(struct gaz_store *s,
    const struct gaz_store_subscription *sub, gaz_utc now, int64_t *id,
    struct gaz_err *err) __attribute__((warn_unused_result));
/* Switch off and forget the subscription; with_items deletes them too. */
bool gaz_store_remove_feed(struct gaz_store *s, int64_t feed_id,
    bool with_items, struct gaz_err *err) __attribute__((warn_unused_result));

/* What fetching must remember. Strings live in the arena given. */
struct gaz_store_feed {
	int64_t id;
	struct gaz_str name, url, language;
	bool enabled, by_hand, gone;
	struct gaz_str etag, last_modified;
	struct gaz_str moved_to;   /* candidate address */
	int64_t moved_seen;        /* days on which it answered */
	gaz_utc moved_day;
	gaz_utc last_fetch, last_success, next_fetch;
	int64_t failures;
	gaz_utc failing_since;
	int64_t ttl_s, update_interval_s;
	uint32_t skip_hours;
	uint8_t skip_days;
	gaz_utc newest[32];        /* dates of the latest items */
	size_t newest_count;
};
typedef GAZ_LIST(struct gaz_store_feed) gaz_store_feed_list;
bool gaz_store_load_feeds(struct gaz_store *s, struct gaz_arena *a,
    gaz_store_feed_list *out, struct gaz_err *err)
    __attribute__((warn_unused_result));

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
	bool set_validators;       /* etag and last_modified replace both */
	struct gaz_str etag, last_modified; /* absent: cleared */
	struct gaz_str moved_to;   /* permanent redirect seen; absent: none */
};
/* Also keeps the last 20 outcomes of a feed, for `why`. */
bool gaz_store_put_outcome(struct gaz_store *s,
    const struct gaz_store_outcome *o, struct gaz_err *err)
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
};
struct gaz_put_result {
	GAZ_VEC(struct gaz_put_item) items; /* the caller clears it */
	int64_t added, changed;
};
/*
 * Store the items of one answer: identity by (feed, guid), else URL, else
 * content hash. One transaction (or part of the open one).
 */
bool gaz_store_put_batch(struct gaz_store *s, int64_t feed_id,
    const struct gaz_batch *b, gaz_utc now, struct gaz_put_result *res,
    struct gaz_err *err) __attribute__((warn_unused_result));

/* ---- stories */

struct gaz_store_membership {
	int64_t item_id, story_id;
	bool opened, copy;
	int64_t copy_of;
	gaz_utc when;              /* arrived */
	double score;
	struct gaz_str evidence;   /* JSON */
};
bool gaz_store_put_membership(struct gaz_store *s,
    const struct gaz_store_membership *m, struct gaz_err *err)
    __attribute__((warn_unused_result));
/* from becomes a redirect to into, for ever. */
bool gaz_store_merge_stories(struct gaz_store *s, int64_t into, int64_t from,
    bool by_person, gaz_utc now, struct gaz_err *err)
    __attribute__((warn_unused_result));
/* Items leave for a new story; *new_id is it. */
bool gaz_store_split_story(struct gaz_store *s, int64_t story_id,
    const int64_t *items, size_t n, bool by_person, gaz_utc now,
    int64_t *new_id, struct gaz_err *err) __attribute__((warn_unused_result));
/* Where an id leads today: itself, or what it was merged into; 0: none. */
bool gaz_store_resolve_story(struct gaz_store *s, int64_t story_id,
    int64_t *out, struct gaz_err *err) __attribute__((warn_unused_result));
int64_t gaz_store_next_story_id(struct gaz_store *s);

/* Every item that arrived since then, oldest arrival first, for rebuilding
 * the index. story_id 0: was never decided. Return false from fn to stop. */
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

/* ---- reading */

/* Fill v (kind is set) by the filter. with_evidence: memberships' reasons. */
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
/* The last fetches of a feed, newest first. */
bool gaz_store_feed_history(struct gaz_store *s, int64_t feed_id,
    struct gaz_arena *a, gaz_store_history_list *out, struct gaz_err *err)
    __attribute__((warn_unused_result));

struct gaz_store_stats {
	int64_t feeds, feeds_enabled, feeds_failing, items, stories, generation;
	int64_t schema, bytes;
	gaz_utc oldest_item, newest_item;
};
bool gaz_store_stats(struct gaz_store *s, struct gaz_store_stats *out,
    struct gaz_err *err) __attribute__((warn_unused_result));

/* ---- upkeep */

/* Delete what keep-days and keep-items let go, at most max_rows; 0 of a limit
 * means no limit. Starred items and what a feed still shows stay. */
bool gaz_store_prune(struct gaz_store *s, int64_t keep_days,
    int64_t keep_items, gaz_utc now, int64_t *deleted, struct gaz_err *err)
    __attribute__((warn_unused_result));
/* Online copy, as one file. */
bool gaz_store_backup(struct gaz_store *s, const char *path,
    struct gaz_err *err) __attribute__((warn_unused_result));
/* Full integrity check; findings are appended to report, a line each. */
bool gaz_store_check(struct gaz_store *s, struct gaz_buf *report, bool *sound,
    struct gaz_err *err) __attribute__((warn_unused_result));

#endif
