#ifndef STORE_STORIES_H
#define STORE_STORIES_H

#include "db.h"

/* What counts of a story's item when the story is summed up. */
struct member {
	int64_t item, feed, copy_of, nearest, priority;
	int64_t central;       /* members that are most alike to this one */
	gaz_utc seen;          /* published, but not before we could know */
	gaz_utc at, changed;
	struct gaz_str lang;
	bool copy;
};
typedef GAZ_LIST(struct member) member_list;

/* What a story's row holds beside its id. */
struct story_sums {
	int64_t sources, members, lead;
	gaz_utc first_seen, last_grown, last_item, updated;
	struct gaz_str languages; /* " en fr ", most used first */
	double heat;
};

/* The members, leading one first. */
bool story_members(struct gaz_store *s, int64_t story_id, struct gaz_arena *a,
    member_list *out, struct gaz_err *err) __attribute__((warn_unused_result));
void story_sum_up(const member_list *members, struct gaz_arena *a,
    struct story_sums *out);

/* A person pinned it, or what was merged into it. */
bool story_is_pinned(struct gaz_store *s, int64_t story_id, bool *out,
    struct gaz_err *err) __attribute__((warn_unused_result));

/* Its row, if there is one. */
bool story_delete(struct gaz_store *s, int64_t story_id, struct gaz_err *err)
    __attribute__((warn_unused_result));
/* Sum up every story that was touched. */
bool sums_flush(struct gaz_store *s, struct gaz_err *err)
    __attribute__((warn_unused_result));

/* from has no items any more: its id leads to into for ever. */
bool story_redirect(struct gaz_store *s, int64_t from, int64_t into,
    gaz_utc now, struct gaz_err *err) __attribute__((warn_unused_result));

/*
 * Heat rises with outlets and with time, so that a story's place depends on
 * what happened to it alone: twice the outlets are worth this many seconds.
 */
#define STORY_HEAT_S (6 * 3600)

#endif
