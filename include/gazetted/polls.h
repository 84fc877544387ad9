#ifndef GAZETTED_POLLS_H
#define GAZETTED_POLLS_H

#include "gazetted/store.h"

/*
 * Polls in vain: a feed answered that nothing has changed, and nothing else is
 * to be remembered but that it was asked and when it is due. They come by the
 * hundred, so they are no rows: records are gathered in a buffer, and one row
 * of table poll takes all of a second. What reads feeds puts the newest record
 * of each over its row. When they have become many, they are folded into the
 * feeds' rows.
 */
struct gaz_poll {
	int64_t feed_id;
	gaz_utc when, next_fetch;  /* next_fetch: UNKNOWN for never */
	int64_t duration_ms;
	int64_t http_status;
	struct gaz_str reason;     /* of next_fetch, GAZ_POLL_REASON_MAX bytes */
};

/* Append a record; no memory is taken while out has room. Any thread. */
void gaz_polls_add(struct gaz_buf *out, const struct gaz_poll *p);
/* Take the first record off; false at the end, or when the rest is none. The
 * reason lies in records. */
bool gaz_polls_next(struct gaz_str *records, struct gaz_poll *out);

/* Keep records that gaz_polls_add has made: one row. */
bool gaz_store_put_polls(struct gaz_store *s, struct gaz_str records,
    struct gaz_err *err) __attribute__((warn_unused_result));
/* Bytes of all that are kept and not folded yet. */
int64_t gaz_store_poll_bytes(const struct gaz_store *s);
/*
 * Fold the oldest of them, those of about GAZ_POLL_FOLD_SLICE feeds; *more
 * tells whether to call again. One transaction (or part of the open one).
 */
bool gaz_store_fold_polls(struct gaz_store *s, bool *more,
    struct gaz_err *err) __attribute__((warn_unused_result));

#endif
