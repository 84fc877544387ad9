#ifndef GAZETTED_DAEMON_DESCRIBE_H
#define GAZETTED_DAEMON_DESCRIBE_H

#include "gazetted/json.h"
#include "gazetted/store.h"
#include "gazetted/story.h"

/*
 * Answers of the API that a database gives by itself, for the daemon and for
 * gazettectl without one. Any thread that owns the store it passes.
 */

/* "feeds" and "store" of a status, into an open object. */
void gaz_describe_store(struct gaz_json *j, const char *path,
    const struct gaz_store_stats *st);

/* "subscriptions" of a status: the lists behind URLs. Passwords in an address
 * are left out. */
bool gaz_describe_lists(struct gaz_json *j, struct gaz_store *s,
    struct gaz_err *err) __attribute__((warn_unused_result));

/* What only the loop knows about a feed. */
struct gaz_describe_live {
	int64_t due_in_s; /* GAZ_INT_UNKNOWN: not scheduled */
	bool fetching, gone;
	const char *reason; /* of due_in_s when it is not the one that is
	                       stored; else NULL */
};
/*
 * A feed with its last fetches. live may be NULL. GAZ_ERR_MISSING when there
 * is no such feed.
 */
bool gaz_describe_feed(struct gaz_store *s, int64_t id, gaz_utc now,
    const struct gaz_describe_live *live, struct gaz_buf *out,
    struct gaz_err *err) __attribute__((warn_unused_result));
/*
 * The id behind what people call a feed: its name, its address, else its id.
 * GAZ_ERR_MISSING when there is none.
 */
bool gaz_describe_find_feed(struct gaz_store *s, struct gaz_str name,
    int64_t *id, struct gaz_err *err) __attribute__((warn_unused_result));

/* Why two items are, or are not, one story. GAZ_ERR_MISSING: no such item. */
bool gaz_describe_pair(struct gaz_store *s, struct gaz_story_index *index,
    int64_t a, int64_t b, gaz_utc now, struct gaz_buf *out,
    struct gaz_err *err) __attribute__((warn_unused_result));

/*
 * What people corrected, a line of JSON for each pair of items: "a", "b" and
 * whether they are the "same" story. The newest correction comes first; of a
 * large one GAZ_LABELS_PER_CORRECTION_MAX pairs are told, of all GAZ_LABELS_MAX, and
 * as many as out has room for.
 */
bool gaz_describe_labels(struct gaz_store *s, gaz_utc now, struct gaz_buf *out,
    struct gaz_err *err) __attribute__((warn_unused_result));

#endif
