#include "config.h"

#include "walk.h"

#include "gazetted/fetch.h"
#include "gazetted/limits.h"
#include "gazetted/schedule.h"

#define RETRY_S 60 /* doubled with each try */

void
gaz_walk_begin(struct gaz_walk *w, struct gaz_str url)
{
	*w = (struct gaz_walk){ .seen = gaz_map_new() };
	w->home = w->found = gaz_arena_str(&w->arena, url);
	gaz_map_put(w->seen, w->home, w);
}

void
gaz_walk_clear(struct gaz_walk *w)
{
	gaz_map_free(w->seen);
	gaz_arena_clear(&w->arena);
	*w = (struct gaz_walk){ 0 };
}

static bool
is_ours(struct gaz_walk *w, struct gaz_str url)
{
	const char *z = gaz_arena_z(&w->arena, url);

	return gaz_fetch_same_origin(z, gaz_arena_z(&w->arena, w->home)) ||
	    gaz_fetch_same_origin(z, gaz_arena_z(&w->arena, w->found));
}

/* Fragments are not asked for, so they make no other page. */
static struct gaz_str
without_fragment(struct gaz_str url)
{
	return gaz_str_sub(url, 0, gaz_str_find_char(url, '#', 0));
}

enum gaz_walk_end
gaz_walk_next(struct gaz_walk *w, const struct gaz_batch *b,
    struct gaz_str final_url, struct gaz_str *url)
{
	bool first = w->pages == 0;
	struct gaz_str next;

	if (first && final_url.len > 0)
		w->found = gaz_arena_str(&w->arena, final_url);
	if (final_url.len > 0)
		gaz_map_put(w->seen, gaz_arena_str(&w->arena,
		    without_fragment(final_url)), w);
	if (first)
		w->archived = b->prev_archive.len > 0;
	next = without_fragment(w->archived ? b->prev_archive : b->next);
	if (next.len == 0)
		return first ? GAZ_WALK_NO_PAST : GAZ_WALK_COMPLETE;
	if (gaz_map_find(w->seen, next) != NULL)
		return GAZ_WALK_CIRCLE;
	if (!is_ours(w, next))
		return GAZ_WALK_ELSEWHERE;
	if (w->pages >= GAZ_HISTORY_PAGES_MAX)
		return GAZ_WALK_LIMIT;
	*url = gaz_arena_str(&w->arena, next);
	gaz_map_put(w->seen, *url, w);
	w->pages++;
	return GAZ_WALK_ON;
}

const char *
gaz_walk_end_text(enum gaz_walk_end e)
{
	switch (e) {
	case GAZ_WALK_ON:
		return "under way";
	case GAZ_WALK_COMPLETE:
		return "back to the oldest page";
	case GAZ_WALK_NO_PAST:
		return "the feed links to no earlier page";
	case GAZ_WALK_CIRCLE:
		return "the pages go in a circle";
	case GAZ_WALK_ELSEWHERE:
		return "the next page is on another server";
	case GAZ_WALK_LIMIT:
		return "there are more pages than one walk takes";
	}
	return "";
}

/* It may be better in a minute. */
static bool
may_mend(enum gaz_fault fault)
{
	switch ((int)fault) {
	case GAZ_FAULT_RATE_LIMITED:
	case GAZ_FAULT_UNAVAILABLE:
	case GAZ_FAULT_SERVER_ERROR:
	case GAZ_FAULT_TRUNCATED:
	case GAZ_FAULT_RESET:
	case GAZ_FAULT_TOO_SLOW:
		return true;
	default:
		return gaz_fault_is_network(fault);
	}
}

int64_t
gaz_walk_retry_s(enum gaz_fault fault, int tries, int64_t retry_after_s)
{
	int64_t s = RETRY_S;

	if (!may_mend(fault) || tries >= GAZ_HISTORY_TRIES_MAX)
		return -1;
	for (int i = 1; i < tries; i++)
		s *= 2;
	/* Somebody waits for it: who wants hours is asked another day. */
	if (retry_after_s > 3600)
		return -1;
	return retry_after_s > s ? retry_after_s : s;
}
