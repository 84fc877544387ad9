#include "config.h"

#include "index.h"

#include <math.h>

#include "gazetted/mem.h"

/*
 * Second thoughts. Deciding at arrival, an item knows only what came before
 * it; some hours later two stories may turn out to be one, or an item to stand
 * in the wrong one. Only stories that changed since the last pass are looked
 * at, none older than REPAIR_SPAN_S, and a story that a person put together
 * stays as it is.
 */

#define REPAIR_SPAN_S (48 * 3600)
#define RIVALS_MAX 12 /* stories that one is compared with */

struct rival {
	uint32_t story;
	float score;
};

static bool
is_live(const struct gaz_story_index *ix, uint32_t seq)
{
	return seq != GAZ_SEQ_NONE && seq - ix->oldest < ix->next - ix->oldest;
}

static size_t
members_of(const struct gaz_story_index *ix, uint32_t story,
    uint32_t out[GAZ_MEMBERS_MAX])
{
	size_t n = 0;

	for (uint32_t s = ix->stories.v[story].newest;
	     is_live(ix, s) && n < GAZ_MEMBERS_MAX;
	     s = gaz_index_item(ix, s)->before)
		out[n++] = s;
	return n;
}

/* How well the members of a fit b, on average. */
static float
mean_fit(struct gaz_story_index *ix, uint32_t a, uint32_t b)
{
	uint32_t members[GAZ_MEMBERS_MAX];
	size_t n = members_of(ix, a, members);
	float sum = 0;

	for (size_t i = 0; i < n; i++) {
		struct gaz_query q;
		struct gaz_ranked r;

		gaz_query_init(&q, gaz_index_item(ix, members[i]), ix->terms,
		    &ix->weights);
		sum += gaz_index_score(ix, &q, GAZ_SEQ_NONE, b, &r) ?
		    r.score :
		    -99;
	}
	return n > 0 ? sum / (float)n : -99;
}

static bool
is_pinned(const struct gaz_story_index *ix, uint32_t story)
{
	for (uint32_t s = ix->stories.v[story].newest; is_live(ix, s);
	     s = gaz_index_item(ix, s)->before) {
		if (gaz_index_item(ix, s)->pinned)
			return true;
	}
	return false;
}

/* Stories that members of this one are near to, in order of being met. */
static size_t
rivals_of(struct gaz_story_index *ix, uint32_t story,
    struct rival out[RIVALS_MAX])
{
	uint32_t members[GAZ_MEMBERS_MAX];
	size_t n = members_of(ix, story, members), n_out = 0;

	for (size_t i = 0; i < n; i++) {
		struct gaz_ranked ranked[GAZ_STORIES_MAX];
		struct gaz_query q;

		gaz_query_init(&q, gaz_index_item(ix, members[i]), ix->terms,
		    &ix->weights);
		size_t m = gaz_index_rank(ix, &q, members[i], ranked);
		for (size_t k = 0; k < m && n_out < RIVALS_MAX; k++) {
			size_t j = 0;

			if (ranked[k].story == story ||
			    ranked[k].score < ix->weights.join - 2)
				continue;
			while (j < n_out && out[j].story != ranked[k].story)
				j++;
			if (j == n_out)
				out[n_out++] = (struct rival){
					ranked[k].story, 0
				};
		}
	}
	return n_out;
}

static void
note(struct gaz_arena *a, struct gaz_story_repair *out, int64_t item,
    int64_t from, int64_t to)
{
	struct gaz_story_change *c = gaz_list_push(a, &out->changes);

	c->item_id = item;
	c->from = from;
	c->to = to;
}

/* The larger part keeps its number, of equals the older. */
static uint32_t
unite(struct gaz_story_index *ix, uint32_t a, uint32_t b,
    struct gaz_arena *arena, struct gaz_story_repair *out)
{
	const struct gaz_live_story *x = &ix->stories.v[a];
	const struct gaz_live_story *y = &ix->stories.v[b];
	bool keep_a = x->n != y->n ? x->n > y->n : x->id < y->id;
	uint32_t to = keep_a ? a : b, from = keep_a ? b : a;

	note(arena, out, 0, ix->stories.v[from].id, ix->stories.v[to].id);
	for (uint32_t s = ix->stories.v[from].newest; is_live(ix, s);) {
		uint32_t next = gaz_index_item(ix, s)->before;

		gaz_index_leave(ix, s);
		gaz_index_join(ix, s, to);
		s = next;
	}
	gaz_index_changed(ix, to);
	return to;
}

static bool
try_merge(struct gaz_story_index *ix, uint32_t story, struct gaz_arena *a,
    struct gaz_story_repair *out)
{
	struct rival rivals[RIVALS_MAX];
	size_t n = rivals_of(ix, story, rivals), best = 0;

	for (size_t i = 0; i < n; i++) {
		rivals[i].score = (mean_fit(ix, story, rivals[i].story) +
		                      mean_fit(ix, rivals[i].story, story)) /
		    2;
		if (rivals[i].score > rivals[best].score)
			best = i;
	}
	if (n == 0 || rivals[best].score <= ix->weights.merge ||
	    ix->stories.v[story].n + ix->stories.v[rivals[best].story].n >
	        GAZ_STORY_ITEMS_MAX ||
	    (is_pinned(ix, story) && is_pinned(ix, rivals[best].story)))
		return false;
	unite(ix, story, rivals[best].story, a, out);
	return true;
}

/* Does the item fit elsewhere better, or nowhere? */
static void
try_move(struct gaz_story_index *ix, uint32_t seq, struct gaz_arena *a,
    struct gaz_story_repair *out)
{
	struct gaz_item *item = gaz_index_item(ix, seq);
	uint32_t from = item->story, to = from;
	struct gaz_ranked own, ranked[GAZ_STORIES_MAX];
	struct gaz_query q;

	if (item->pinned || item->n_terms == 0 || ix->stories.v[from].n < 2)
		return;
	gaz_query_init(&q, item, ix->terms, &ix->weights);
	if (!gaz_index_score(ix, &q, seq, from, &own))
		return;
	size_t n = gaz_index_rank(ix, &q, seq, ranked);
	for (size_t i = 0; i < n; i++) {
		if (ranked[i].story == from)
			continue;
		if (ranked[i].score > own.score + ix->weights.move &&
		    ranked[i].score > ix->weights.join)
			to = ranked[i].story;
		break;
	}
	if (to == from && own.score < ix->weights.split &&
	    ix->stories.v[from].n > 2)
		to = gaz_index_open(ix, ix->next_story_id);
	if (to == from)
		return;
	note(a, out, item->item_id, ix->stories.v[from].id,
	    ix->stories.v[to].id);
	gaz_index_leave(ix, seq);
	gaz_index_join(ix, seq, to);
	gaz_index_changed(ix, from);
	gaz_index_changed(ix, to);
}

void
gaz_story_index_repair(struct gaz_story_index *ix, gaz_utc now,
    struct gaz_arena *a, struct gaz_story_repair *out)
{
	size_t n = ix->changed.n;
	int64_t *ids = gaz_mem_alloc((n + 1) * sizeof(*ids));

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < n; i++)
		ids[i] = ix->changed.v[i];
	ix->changed.n = 0;
	for (size_t i = 0; i < n; i++) {
		uint64_t slot;

		/* The story may be gone, or part of another by now. */
		if (!gaz_map64_find(ix->story_slots, (uint64_t)ids[i], &slot))
			continue;
		uint32_t story = (uint32_t)slot, newest =
		    ix->stories.v[story].newest;
		ix->stories.v[story].changed = false;
		if (!is_live(ix, newest) ||
		    now - gaz_index_item(ix, newest)->arrived > REPAIR_SPAN_S)
			continue;
		if (try_merge(ix, story, a, out))
			continue;
		uint32_t members[GAZ_MEMBERS_MAX];
		size_t m = members_of(ix, story, members);
		for (size_t k = 0; k < m; k++)
			try_move(ix, members[k], a, out);
	}
	free(ids);
}
