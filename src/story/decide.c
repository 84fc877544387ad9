#include "config.h"

#include "index.h"

#include <math.h>

#include "gazetted/mem.h"

/* The decision about a new item, and the evidence for it. */

#define COPY_RESEMBLANCE 0.8f
#define COPY_COSINE 0.75f
#define MARGIN_MAX 3.6f

/* Evidence */

static int
by_weight(const void *pa, const void *pb)
{
	const struct gaz_match *a = pa, *b = pb;

	if (a->weight != b->weight)
		return a->weight < b->weight ? 1 : -1;
	return a->query_index - b->query_index;
}

static struct gaz_str
language_of(struct gaz_arena *a, const struct gaz_item *item)
{
	if (item->language[0] == '\0')
		return GAZ_STR_NONE;
	return gaz_arena_str(a, gaz_str_of(item->language));
}

static double
as_probability(float z)
{
	return 1 / (1 + exp(-(double)z));
}

/* What speaks for a pair, for a person. */
static void
explain_pair(struct gaz_query *q, const struct gaz_item *other,
    const struct gaz_features *f, const uint16_t *which, struct gaz_arena *a,
    struct gaz_story_decision *d)
{
	struct gaz_pair pair;
	float total = 1e-6f;

	gaz_query_compare(q, other, &pair);
	qsort(pair.matches, pair.n_matches, sizeof(pair.matches[0]), by_weight);
	for (size_t i = 0; i < pair.n_matches; i++)
		total += pair.matches[i].weight;
	for (size_t i = 0; i < pair.n_matches && d->evidence.n < 16; i++) {
		const struct gaz_match *m = &pair.matches[i];
		struct gaz_str term = f->terms[which[m->query_index]].text;
		double weight = (double)(m->weight / total);
		size_t k = 0;

		/* A city and its country stand for one word of the text. */
		while (k < d->evidence.n &&
		       (d->evidence.v[k].kind != m->kind ||
			   !gaz_str_eq(d->evidence.v[k].term, term)))
			k++;
		if (k < d->evidence.n) {
			d->evidence.v[k].weight += weight;
			continue;
		}
		struct gaz_story_evidence *e = gaz_list_push(a, &d->evidence);
		e->term = gaz_arena_str(a, term);
		e->kind = m->kind;
		e->weight = weight;
	}
	d->nearest_item = other->item_id;
	d->gap_s =
	    llabs((long long)(gaz_item_time(q->item) - gaz_item_time(other)));
	d->language = language_of(a, q->item);
	d->nearest_language = language_of(a, other);
}

static bool
is_copy(const struct gaz_query *q, const struct gaz_item *other)
{
	struct gaz_item fresh = *other;
	struct gaz_pair pair;

	if (q->item->n_terms == 0 ||
	    gaz_item_resemblance(q->item, other) < COPY_RESEMBLANCE)
		return false;
	/* Many copies make their words common faster than norms follow. */
	gaz_item_weigh(&fresh, q->terms, q->weights);
	gaz_query_compare(q, &fresh, &pair);
	return pair.same_language && pair.cosine >= COPY_COSINE;
}

/* The first member with almost the same text or of the same page. */
static uint32_t
find_original(const struct gaz_story_index *ix, const struct gaz_query *q,
    uint32_t story, uint32_t page)
{
	uint32_t members[GAZ_MEMBERS_MAX], found = GAZ_SEQ_NONE;
	size_t n = gaz_index_members(ix, story, members);

	for (size_t i = 0; i < n; i++) {
		uint32_t s = members[i];

		if (is_copy(q, gaz_index_item(ix, s)) &&
		    (found == GAZ_SEQ_NONE ||
			s - ix->oldest < found - ix->oldest))
			found = s;
	}
	if (found != GAZ_SEQ_NONE || page == GAZ_SEQ_NONE)
		return found;
	uint32_t first = gaz_index_item(ix, page)->copy_of;
	return gaz_index_is_live(ix, first) ? first : page;
}

/* The same page is in one story, whatever it says now. */
static void
explain_page(const struct gaz_item *page, const struct gaz_item *item,
    struct gaz_arena *a, struct gaz_story_decision *d)
{
	struct gaz_story_evidence *e;

	memset(&d->evidence, 0, sizeof(d->evidence));
	e = gaz_list_push(a, &d->evidence);
	e->term = GAZ_STR("same address");
	e->kind = 'u';
	e->weight = 1;
	d->nearest_item = page->item_id;
	d->gap_s =
	    llabs((long long)(gaz_item_time(item) - gaz_item_time(page)));
	d->nearest_language = language_of(a, page);
	d->score = 1;
}

/* Decision */

/* Take the item into a story and keep what it is a copy of. */
static void
settle(struct gaz_story_index *ix, struct gaz_item *item, uint32_t story,
    uint32_t page, const struct gaz_query *q)
{
	if (gaz_index_is_live(ix, page)) {
		item->pinned |= GAZ_PIN_PAGE;
		gaz_index_item(ix, page)->pinned |= GAZ_PIN_PAGE;
	}
	if (ix->stories.v[story].n > 0)
		item->copy_of = find_original(ix, q, story, page);
	gaz_index_join(ix, gaz_index_put(ix, item), story);
	gaz_index_changed(ix, story);
}

/* How far the best story is ahead: a lone candidate needs less. */
static float
lead_over(float best, float second)
{
	return fminf(MARGIN_MAX, best - second);
}

/*
 * What a story needs to take an item. In a stream in which few items have
 * company one is likely to have none, too; where most have, it probably has.
 */
static float
ask(const struct gaz_story_index *ix)
{
	float sure = ix->weights.density_items;
	float items = (float)(ix->next - ix->oldest) + sure;
	float stories =
	    (float)(ix->stories.n - ix->free_stories.n) + sure / 2;

	return ix->weights.join -
	    ix->weights.density * logf((items - stories) / stories);
}

void
gaz_story_index_add(struct gaz_story_index *ix, const struct gaz_story_item *in,
    gaz_utc now, struct gaz_arena *a, struct gaz_story_decision *d)
{
	struct gaz_features f;
	struct gaz_item item;
	uint16_t which[GAZ_ITEM_TERMS_MAX];
	struct gaz_ranked ranked[GAZ_STORIES_MAX];
	struct gaz_query q;
	size_t n = 0;
	uint32_t story, page;

	memset(d, 0, sizeof(*d));
	bool any = gaz_index_receive(ix, in, now, &f, &item, which);
	gaz_query_init(&q, &item, ix->terms, &ix->weights);
	page = gaz_index_find_page(ix, item.url);
	if (any) {
		n = gaz_index_rank(ix, &q, GAZ_SEQ_NONE, ranked);
	}
	float needed = ask(ix);
	if (n > 0)
		needed -= ix->weights.margin *
			  lead_over(ranked[0].score,
			      n > 1 ? ranked[1].score : -INFINITY);
	d->threshold = as_probability(needed);
	d->language = language_of(a, &item);
	d->roundup = item.roundup;
	if (n > 0) {
		const struct gaz_item *nearest =
		    gaz_index_item(ix, ranked[0].nearest);

		d->score = as_probability(ranked[0].score);
		/* Both groups know what the whole story knows. */
		d->known = (double)ranked[0].same.known;
		explain_pair(&q, nearest, &f, which, a, d);
	}
	if (n > 1) {
		d->runner_up = ix->stories.v[ranked[1].story].id;
		d->runner_up_score = as_probability(ranked[1].score);
	}
	if (page != GAZ_SEQ_NONE) {
		story = gaz_index_item(ix, page)->story;
		explain_page(gaz_index_item(ix, page), &item, a, d);
	} else if (n > 0 && ranked[0].score > needed &&
		   ix->stories.v[ranked[0].story].n < GAZ_STORY_ITEMS_MAX)
		story = ranked[0].story;
	else {
		story = gaz_index_open(ix, ix->next_story_id);
		d->opened = true;
	}
	settle(ix, &item, story, page, &q);
	if (item.copy_of != GAZ_SEQ_NONE) {
		d->copy = true;
		d->copy_of = gaz_index_item(ix, item.copy_of)->item_id;
	}
	d->story_id = ix->stories.v[story].id;
}

void
gaz_story_index_restore(struct gaz_story_index *ix,
    const struct gaz_story_item *in, int64_t story_id, gaz_utc now)
{
	struct gaz_features f;
	struct gaz_item item;

	gaz_index_receive(ix, in, now, &f, &item, NULL);
	uint32_t story = gaz_index_open(ix, story_id);
	struct gaz_query q;
	gaz_query_init(&q, &item, ix->terms, &ix->weights);
	uint32_t page = gaz_index_find_page(ix, item.url);
	if (page != GAZ_SEQ_NONE && gaz_index_item(ix, page)->story != story)
		page = GAZ_SEQ_NONE; /* a person put them apart */
	settle(ix, &item, story, page, &q);
}

void
gaz_story_compare(struct gaz_story_index *ix, struct gaz_str features_a,
    struct gaz_str features_b, struct gaz_arena *a,
    struct gaz_story_decision *d)
{
	struct gaz_story_item in[2] = { { .features = features_a },
		{ .features = features_b } };
	struct gaz_features f[2];
	struct gaz_item item[2];
	uint16_t which[2][GAZ_ITEM_TERMS_MAX];
	struct gaz_query q;
	struct gaz_pair pair;

	memset(d, 0, sizeof(*d));
	d->threshold = as_probability(ix->weights.join);
	for (int i = 0; i < 2; i++) {
		if (!gaz_features_decode(in[i].features, &f[i]))
			return;
	}
	for (int i = 0; i < 2; i++) {
		gaz_index_make_item(ix, &in[i], &f[i], 0, &item[i], which[i]);
		gaz_item_weigh(&item[i], ix->terms, &ix->weights);
	}
	gaz_query_init(&q, &item[0], ix->terms, &ix->weights);
	gaz_query_compare(&q, &item[1], &pair);
	struct gaz_group g = { 0 };
	gaz_group_add(&g, &pair, 0);
	d->score = as_probability(gaz_index_group_score(
	    ix, &g, pair.same_language, GAZ_COHERENCE_GUESS));
	explain_pair(&q, &item[1], &f[0], which[0], a, d);
	d->roundup = pair.roundup;
	d->copy = is_copy(&q, &item[1]);
	free(item[0].terms);
	free(item[1].terms);
}
