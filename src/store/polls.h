#ifndef STORE_POLLS_H
#define STORE_POLLS_H

#include "db.h"

#include "gazetted/polls.h"

/* The newest poll of each feed that is not folded yet. */
struct polls {
	struct gaz_arena arena;
	struct gaz_map64 *by_feed; /* index in list */
	GAZ_VEC(struct gaz_poll) list;
};
/* only: of this feed; 0: of all. clear it in any case. */
bool polls_load(struct gaz_store *s, int64_t only, struct polls *out,
    struct gaz_err *err) __attribute__((warn_unused_result));
void polls_clear(struct polls *p);
/* That of a feed when it is later than last_fetch, else NULL. */
const struct gaz_poll *polls_find(const struct polls *p, int64_t feed_id,
    gaz_utc last_fetch);
/* All polls of a feed, oldest first. */
typedef GAZ_LIST(struct gaz_poll) polls_list;
bool polls_of_feed(struct gaz_store *s, int64_t feed_id, struct gaz_arena *a,
    polls_list *out, struct gaz_err *err) __attribute__((warn_unused_result));
/*
 * An outcome of that time is about to be stored: when the clock was set back,
 * so that polls would seem to be later, fold them before. set_back: those of
 * the outcome's feed are known to seem so, by however little.
 */
bool polls_make_way(struct gaz_store *s, gaz_utc when, bool set_back,
    struct gaz_err *err) __attribute__((warn_unused_result));
/* What they say of this feed goes into its row, which is about to be changed by
 * somebody who has not asked for it. In the open step. */
bool polls_settle(struct gaz_store *s, int64_t feed_id, struct gaz_err *err)
    __attribute__((warn_unused_result));
/* Fold them all, in the open step. */
bool polls_fold_all(struct gaz_store *s, struct gaz_err *err)
    __attribute__((warn_unused_result));
/* How many bytes there are, after opening. */
bool polls_count(struct gaz_store *s, struct gaz_err *err)
    __attribute__((warn_unused_result));

#endif
