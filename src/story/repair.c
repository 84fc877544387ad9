#include "config.h"

#include "index.h"

#include <math.h>

#include "gazetted/mem.h"

/*
 * Second thoughts. Deciding at arrival, an item knows only what came before
 * it; some hours later two stories may turn out to be one, or an item to stand
 * in the wrong one, or a story to hold two events. Only stories that changed
 * since the last pass are looked at, none older than REPAIR_SPAN_S, and a story
 * that a person put together stays as it is; so do items that one parted.
 */

#define REPAIR_SPAN_S (48 * 3600)
#define MOVES_MAX 8 /* from one story in one pass */
#define SPLIT_LEAST 2 /* members of a part */
#define RIVALS_MAX 5 /* stories that one is compared with in full */

struct rival {
	uint32_t story;
	float score;
};

static bool
is_live(const struct gaz_story_index *ix, uint32_t seq)
{
	return seq != GAZ_SEQ_NONE && seq - ix->oldest < ix->next - ix->oldest;
}

/* How well the members of a fit b, on average, as if a was not there. */
static float
mean_fit(struct gaz_story_index *ix, uint32_t a, uint32_t b)
{
	uint32_t members[GAZ_MEMBERS_MAX];
	size_t n = gaz_index_members(ix, a, members);
	float sum = 0;

	for (size_t i = 0; i < n; i++) {
		struct gaz_query q;
		struct gaz_ranked r;

		gaz_index_query(ix, members[i], &q);
		q.without = a;
		sum += gaz_index_score(ix, &q, GAZ_SEQ_NONE, b, &r) ?
		    r.score :
		    -99;
	}
	return n > 0 ? sum / (float)n : -99;
}

static bool
is_held(const struct gaz_story_index *ix, uint32_t story)
{
	if (gaz_index_is_pinned(ix, story))
		return true;
	for (uint32_t s = ix->stories.v[story].newest; is_live(ix, s);
	     s = gaz_index_item(ix, s)->before) {
		if (gaz_index_item(ix, s)->pinned & GAZ_PIN_PERSON)
			return true;
	}
	return false;
}

/* What each member of a story is near to. */
struct outlook {
	size_t n;
	uint32_t member[GAZ_MEMBERS_MAX]; /* seq */
	size_t n_ranked[GAZ_MEMBERS_MAX];
	struct gaz_ranked ranked[GAZ_MEMBERS_MAX][GAZ_STORIES_MAX];
};

static void
look_around(struct gaz_story_index *ix, uint32_t story, struct outlook *o)
{
	o->n = gaz_index_members(ix, story, o->member);
	for (size_t i = 0; i < o->n; i++) {
		struct gaz_query q;

		gaz_index_query(ix, o->member[i], &q);
		o->n_ranked[i] = gaz_index_rank(ix, &q, o->member[i],
		    o->ranked[i]);
	}
}

static int
by_rival_score(const void *pa, const void *pb)
{
	const struct rival *a = pa, *b = pb;

	if (a->score != b->score)
		return a->score < b->score ? 1 : -1;
	return a->story < b->story ? -1 : a->story > b->story;
}

/* Stories that members of this one are near to, the nearest first. */
static size_t
rivals_of(const struct gaz_story_index *ix, uint32_t story,
    const struct outlook *o, struct rival out[RIVALS_MAX])
{
	struct rival all[GAZ_MEMBERS_MAX * GAZ_STORIES_MAX];
	size_t n = 0;

	for (size_t i = 0; i < o->n; i++) {
		for (size_t k = 0; k < o->n_ranked[i]; k++) {
			const struct gaz_ranked *r = &o->ranked[i][k];
			size_t j = 0;

			if (r->story == story ||
			    r->score < ix->weights.join - 2)
				continue;
			while (j < n && all[j].story != r->story)
				j++;
			if (j == n)
				all[n++] = (struct rival){ r->story, r->score };
			else if (r->score > all[j].score)
				all[j].score = r->score;
		}
	}
	qsort(all, n, sizeof(all[0]), by_rival_score);
	if (n > RIVALS_MAX)
		n = RIVALS_MAX;
	memcpy(out, all, n * sizeof(all[0]));
	return n;
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

/*
 * What a person pinned keeps its number, else the larger part, of equals the
 * older.
 */
static uint32_t
unite(struct gaz_story_index *ix, uint32_t a, uint32_t b,
    struct gaz_arena *arena, struct gaz_story_repair *out)
{
	const struct gaz_live_story *x = &ix->stories.v[a];
	const struct gaz_live_story *y = &ix->stories.v[b];
	bool keep_a = x->n != y->n ? x->n > y->n : x->id < y->id;

	if (gaz_index_is_pinned(ix, a) != gaz_index_is_pinned(ix, b))
		keep_a = gaz_index_is_pinned(ix, a);
	uint32_t to = keep_a ? a : b, from = keep_a ? b : a;

	note(arena, out, 0, ix->stories.v[from].id, ix->stories.v[to].id);
	gaz_index_remark(ix, ix->stories.v[from].id, ix->stories.v[to].id);
	for (uint32_t s = ix->stories.v[from].newest; is_live(ix, s);) {
		uint32_t next = gaz_index_item(ix, s)->before;

		gaz_index_leave(ix, s);
		gaz_index_join(ix, s, to);
		s = next;
	}
	gaz_index_changed(ix, to);
	return to;
}

static bool have_seam(struct gaz_story_index *ix, uint32_t x, uint32_t y);

static bool
try_merge(struct gaz_story_index *ix, uint32_t story,
    const struct outlook *o, struct gaz_arena *a, struct gaz_story_repair *out)
{
	struct rival rivals[RIVALS_MAX];
	size_t n = rivals_of(ix, story, o, rivals), best = 0;

	for (size_t i = 0; i < n; i++) {
		rivals[i].score = fminf(mean_fit(ix, story, rivals[i].story),
		    mean_fit(ix, rivals[i].story, story));
		if (rivals[i].score > rivals[best].score)
			best = i;
	}
	if (n == 0 || rivals[best].score <= ix->weights.merge ||
	    ix->stories.v[story].n + ix->stories.v[rivals[best].story].n >
	        GAZ_STORY_ITEMS_MAX ||
	    (is_held(ix, story) && is_held(ix, rivals[best].story)) ||
	    gaz_index_are_parted(ix, story, 0, rivals[best].story) ||
	    have_seam(ix, story, rivals[best].story))
		return false;
	unite(ix, story, rivals[best].story, a, out);
	return true;
}

/* How alike members are, all with all. */
struct likeness {
	size_t n;
	uint32_t member[2 * GAZ_MEMBERS_MAX]; /* seq */
	float v[2 * GAZ_MEMBERS_MAX][2 * GAZ_MEMBERS_MAX];
};

/*
 * How alike one member is to the others. What nearly all of them say does not
 * tell the events of a story apart and counts less.
 */
static void
compare_with_all(struct gaz_story_index *ix, struct likeness *l, size_t i,
    bool far[2 * GAZ_MEMBERS_MAX][2 * GAZ_MEMBERS_MAX])
{
	struct gaz_pair pair[2 * GAZ_MEMBERS_MAX];
	float holders[GAZ_ITEM_TERMS_MAX] = { 0 };
	struct gaz_query q;

	gaz_index_query(ix, l->member[i], &q);
	for (size_t k = 0; k < l->n; k++) {
		if (k == i)
			continue;
		gaz_index_compare(ix, &q, l->member[k], &pair[k]);
		far[i][k] = !pair[k].same_language;
		for (size_t m = 0; m < pair[k].n_matches; m++)
			holders[pair[k].matches[m].query_index] += 1;
	}
	for (size_t k = 0; k < l->n; k++) {
		float v = 0;

		if (k == i)
			continue;
		for (size_t m = 0; m < pair[k].n_matches; m++) {
			float share =
			    holders[pair[k].matches[m].query_index] /
			    (float)(l->n - 1);

			v += pair[k].matches[m].weight *
			     (1 - ix->weights.common * share);
		}
		l->v[i][k] =
		    pair[k].embedded ? (v + pair[k].embed) / 2 : v;
	}
}

/* Languages share fewer words than one has; even that out. */
static void
measure_likeness(struct gaz_story_index *ix, struct likeness *l)
{
	bool far[2 * GAZ_MEMBERS_MAX][2 * GAZ_MEMBERS_MAX];
	float sum[2] = { 0, 0 };
	size_t n[2] = { 0, 0 };

	for (size_t i = 0; i < l->n; i++)
		compare_with_all(ix, l, i, far);
	for (size_t i = 0; i < l->n; i++) {
		l->v[i][i] = 1;
		for (size_t k = i + 1; k < l->n; k++) {
			l->v[i][k] = l->v[k][i] =
			    (l->v[i][k] + l->v[k][i]) / 2;
			sum[far[i][k]] += l->v[i][k];
			n[far[i][k]]++;
		}
	}
	if (n[0] == 0 || n[1] == 0 || sum[1] <= 0)
		return;
	float ratio = (sum[0] / (float)n[0]) / (sum[1] / (float)n[1]);
	ratio = fmaxf(1, fminf(3, ratio));
	for (size_t i = 0; i < l->n; i++) {
		for (size_t k = i + 1; k < l->n; k++) {
			if (far[i][k])
				l->v[i][k] = l->v[k][i] *= ratio;
		}
	}
}

/* Mean of all pairs with one in a and the other in b, which may be equal. */
static float
mean_likeness(const struct likeness *l, uint64_t a, uint64_t b)
{
	float sum = 0;
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++) {
		for (size_t k = 0; k < l->n; k++) {
			if (k == i || !(a >> i & 1) || !(b >> k & 1))
				continue;
			sum += l->v[i][k];
			n++;
		}
	}
	return n > 0 ? sum / (float)n : 1;
}

static size_t
count_bits(uint64_t x)
{
	return (size_t)__builtin_popcountll(x);
}

/*
 * How much less alike the two parts are than what each holds; 1: as alike. A
 * part of one says nothing about itself.
 */
static float
seam(const struct likeness *l, uint64_t a, uint64_t b)
{
	float within = 0;

	if (count_bits(a) > 1)
		within = mean_likeness(l, a, a);
	if (count_bits(b) > 1) {
		float w = mean_likeness(l, b, b);

		within = within == 0 || w < within ? w : within;
	}
	if (within <= 0)
		return 1;
	return mean_likeness(l, a, b) / within;
}

/*
 * Join the most alike parts until one is left, and remember where the seam
 * was widest. False when no part of it is two stories.
 */
static bool
find_seam(const struct likeness *l, float widest, uint64_t *a, uint64_t *b)
{
	uint64_t part[2 * GAZ_MEMBERS_MAX];
	size_t n = l->n;
	bool found = false;

	for (size_t i = 0; i < n; i++)
		part[i] = UINT64_C(1) << i;
	while (n > 1) {
		size_t x = 0, y = 1;
		float best = -1;

		for (size_t i = 0; i < n; i++) {
			for (size_t k = i + 1; k < n; k++) {
				float v = mean_likeness(l, part[i], part[k]);

				if (v > best) {
					best = v;
					x = i;
					y = k;
				}
			}
		}
		if (count_bits(part[x]) >= SPLIT_LEAST &&
		    count_bits(part[y]) >= SPLIT_LEAST) {
			float s = seam(l, part[x], part[y]);

			if (s < widest) {
				widest = s;
				*a = part[x];
				*b = part[y];
				found = true;
			}
		}
		part[x] |= part[y];
		part[y] = part[--n];
	}
	return found;
}

/*
 * Move an item and its copies, who are nobody without it, unless a person said
 * where they belong.
 */
static void
take_along(struct gaz_story_index *ix, uint32_t first, uint32_t to,
    struct gaz_arena *arena, struct gaz_story_repair *out)
{
	uint32_t from = gaz_index_item(ix, first)->story;

	for (uint32_t s = ix->stories.v[from].newest; is_live(ix, s);) {
		const struct gaz_item *item = gaz_index_item(ix, s);
		uint32_t before = item->before;

		if (s == first || (item->copy_of == first &&
		    !(item->pinned & (GAZ_PIN_PERSON | GAZ_PIN_STORY)) &&
		    !gaz_index_are_parted(ix, from, item->item_id, to))) {
			note(arena, out, item->item_id,
			    ix->stories.v[from].id, ix->stories.v[to].id);
			gaz_index_leave(ix, s);
			gaz_index_join(ix, s, to);
		}
		s = before;
	}
}

/* Two events in one story: the smaller part becomes a story of its own. */
static bool
try_split(struct gaz_story_index *ix, uint32_t story, struct gaz_arena *arena,
    struct gaz_story_repair *out)
{
	struct likeness l;
	uint64_t a, b;

	l.n = gaz_index_members(ix, story, l.member);
	if (l.n < 2 * SPLIT_LEAST || is_held(ix, story))
		return false;
	measure_likeness(ix, &l);
	if (!find_seam(&l, ix->weights.seam, &a, &b))
		return false;
	/* Who came in between goes to the side it is more like. */
	uint64_t own = a, other = b;
	for (size_t i = 0; i < l.n; i++) {
		uint64_t bit = UINT64_C(1) << i;

		if ((a | b) & bit)
			continue;
		if (mean_likeness(&l, bit, a) >= mean_likeness(&l, bit, b))
			own |= bit;
		else
			other |= bit;
	}
	if (count_bits(other) > count_bits(own))
		other = own;
	uint32_t to = gaz_index_open(ix, ix->next_story_id);
	for (size_t i = 0; i < l.n; i++) {
		if (other >> i & 1)
			take_along(ix, l.member[i], to, arena, out);
	}
	gaz_index_changed(ix, story);
	gaz_index_changed(ix, to);
	return true;
}

/* Would they come apart at once? */
static bool
have_seam(struct gaz_story_index *ix, uint32_t x, uint32_t y)
{
	struct likeness l;
	size_t n = gaz_index_members(ix, x, l.member);
	size_t m = gaz_index_members(ix, y, l.member + n);

	if (n < SPLIT_LEAST || m < SPLIT_LEAST)
		return false;
	l.n = n + m;
	measure_likeness(ix, &l);
	uint64_t a = (UINT64_C(1) << n) - 1;
	return seam(&l, a, ((UINT64_C(1) << l.n) - 1) & ~a) <
	    ix->weights.seam_merge;
}

/* Does member i fit elsewhere better, or nowhere? True when it moved. */
static bool
try_move(struct gaz_story_index *ix, const struct outlook *o, size_t i,
    struct gaz_arena *a, struct gaz_story_repair *out)
{
	uint32_t seq = o->member[i];
	struct gaz_item *item = gaz_index_item(ix, seq);
	uint32_t from = item->story, to = from;
	struct gaz_ranked own;
	struct gaz_query q;

	if ((item->pinned & GAZ_PIN_STAYS) || item->n_terms == 0 ||
	    ix->stories.v[from].n < 2)
		return false;
	gaz_index_query(ix, seq, &q);
	if (!gaz_index_score(ix, &q, seq, from, &own))
		return false;
	for (size_t k = 0; k < o->n_ranked[i]; k++) {
		const struct gaz_ranked *r = &o->ranked[i][k];

		if (r->story == from ||
		    gaz_index_are_parted(ix, from, item->item_id, r->story))
			continue;
		if (r->score > own.score + ix->weights.move &&
		    r->score > ix->weights.join)
			to = r->story;
		break;
	}
	if (to == from && own.score < ix->weights.split &&
	    ix->stories.v[from].n > 2)
		to = gaz_index_open(ix, ix->next_story_id);
	if (to == from)
		return false;
	take_along(ix, seq, to, a, out);
	gaz_index_changed(ix, from);
	gaz_index_changed(ix, to);
	return true;
}

/* One story; what is left to do after a change is for the next pass. */
static void
repair_story(struct gaz_story_index *ix, uint32_t story, struct gaz_arena *a,
    struct gaz_story_repair *out)
{
	struct outlook o;
	size_t moves = 0;

	if (try_split(ix, story, a, out))
		return;
	look_around(ix, story, &o);
	if (try_merge(ix, story, &o, a, out))
		return;
	for (size_t i = 0; i < o.n; i++) {
		if (gaz_index_item(ix, o.member[i])->story != story)
			continue;
		/* The others see a world that is no more. */
		if (try_move(ix, &o, i, a, out)) {
			if (ix->stories.v[story].n < 2 ||
			    ++moves == MOVES_MAX)
				return;
			look_around(ix, story, &o);
			i = SIZE_MAX; /* from the first again */
		}
	}
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
		repair_story(ix, story, a, out);
	}
	gaz_embed_settle(ix);
	free(ids);
}
