#include "config.h"

#include "item.h"

#include <math.h>

/*
 * How alike two items are. The terms of one item go into a small table that
 * stays in the processor's first cache; the other's are looked up in it. A
 * word that is not there may still be by its concept, its cognate stem or
 * the skeleton of a name; those keys hang at the term in the term table.
 */

#define QUANTUM 32.0f
#define GAP_DAY 86400.0f
#define GAP_MAX_DAYS 4.0f

enum { ROLE_SELF = 1, ROLE_CROSS, ROLE_ALIAS };

static float
squash(float x)
{
	return x > 1 ? 1 : x;
}

float
gaz_item_resemblance(const struct gaz_item *a, const struct gaz_item *b)
{
	int same = 0;

	for (size_t i = 0; i < GAZ_ITEM_SIGNATURE_LEN; i++)
		same += a->signature[i] == b->signature[i];
	return (float)same / GAZ_ITEM_SIGNATURE_LEN;
}

static float
idf(const struct gaz_terms *t, const struct gaz_story_weights *w, uint32_t id)
{
	return gaz_terms_idf(t, id, w->idf_documents, w->idf_frequency);
}

static bool
is_topic(uint8_t flags)
{
	return GAZ_KINDS[(flags & GAZ_IN_KIND) >> GAZ_KIND_SHIFT] == 'c';
}

/* Rarity as another language sees the term: by what they could share. */
static float
idf_across(const struct gaz_terms *t, const struct gaz_story_weights *w,
    uint32_t id, uint8_t flags)
{
	uint32_t key = gaz_terms_cross(t, id);

	if (flags & GAZ_IN_CONCEPT) {
		float far = is_topic(flags) ? w->concept_far : 1;

		return key != 0 ?
		    idf(t, w, key) * gaz_terms_prior(t, key) * far :
		    idf(t, w, id) * far;
	}
	if (flags & GAZ_IN_NAME) {
		uint32_t alias = gaz_terms_alias(t, id);
		return idf(t, w, alias != 0 ? alias : key != 0 ? key : id);
	}
	return w->word_norm * idf(t, w, id);
}

void
gaz_item_weigh(struct gaz_item *item, const struct gaz_terms *t,
    const struct gaz_story_weights *w)
{
	struct gaz_item_terms v = gaz_item_terms(item);
	float sum = 0, title = 0, cross = 0, cross_title = 0;

	for (size_t i = 0; i < v.n; i++) {
		float x = (float)v.weight[i] / QUANTUM;
		float own = x * idf(t, w, v.id[i]);
		float far = x * idf_across(t, w, v.id[i], v.flags[i]);

		sum += own * own;
		cross += far * far;
		if (v.flags[i] & GAZ_IN_TITLE) {
			title += own * own;
			cross_title += far * far;
		}
	}
	item->norm = sqrtf(sum) + 1e-6f;
	item->title_norm = sqrtf(title) + 1e-6f;
	item->cross_norm = sqrtf(cross) + 1e-6f;
	item->cross_title_norm = sqrtf(cross_title) + 1e-6f;
}

static void
insert(struct gaz_query *q, uint32_t id, uint8_t role, size_t index)
{
	size_t i = (id * UINT32_C(2654435769)) >> 23;

	if (id == 0)
		return;
	for (; q->slot_id[i] != 0; i = (i + 1) % GAZ_QUERY_SLOTS) {
		if (q->slot_id[i] == id && q->slot_role[i] == role)
			return; /* the heavier term came first */
	}
	q->slot_id[i] = id;
	q->slot_role[i] = role;
	q->slot_index[i] = (uint8_t)index;
}

static int
lookup(const struct gaz_query *q, uint32_t id, uint8_t role)
{
	if (id == 0)
		return -1;
	for (size_t i = (id * UINT32_C(2654435769)) >> 23; q->slot_id[i] != 0;
	     i = (i + 1) % GAZ_QUERY_SLOTS) {
		if (q->slot_id[i] == id && q->slot_role[i] == role)
			return q->slot_index[i];
	}
	return -1;
}

void
gaz_query_init(struct gaz_query *q, const struct gaz_item *item,
    const struct gaz_terms *terms, const struct gaz_story_weights *weights)
{
	q->item = item;
	q->terms = terms;
	q->weights = weights;
	q->embedding = NULL;
	q->t = gaz_item_terms(item);
	q->owners_known = false;
	q->without = UINT32_MAX;
	memset(q->slot_id, 0, sizeof(q->slot_id));
	for (size_t i = 0; i < q->t.n; i++) {
		uint32_t id = q->t.id[i];
		uint32_t cross = gaz_terms_cross(terms, id);
		uint32_t alias = gaz_terms_alias(terms, id);

		q->idf[i] = idf(terms, weights, id);
		q->cross_idf[i] = cross == 0 ? 0 :
		    idf(terms, weights, cross) *
		        gaz_terms_prior(terms, cross);
		q->alias_idf[i] = alias != 0 ? idf(terms, weights, alias) : 0;
		insert(q, id, ROLE_SELF, i);
		insert(q, cross, ROLE_CROSS, i);
		insert(q, alias, ROLE_ALIAS, i);
	}
}

/* Find term k of the other in the query; the idf to use, scaled. */
static int
match(const struct gaz_query *q, bool same, uint32_t id, uint8_t flags,
    float *rarity)
{
	const struct gaz_story_weights *w = q->weights;
	int i = lookup(q, id, ROLE_SELF);

	if (i >= 0) {
		*rarity = q->idf[i] * q->idf[i];
		if (!same && is_topic(flags))
			*rarity *= w->concept_far * w->concept_far;
		return i;
	}
	/* Do not touch the term table in vain: it is far larger than caches. */
	if (same && !(flags & GAZ_IN_CONCEPT))
		return -1;
	i = lookup(q, gaz_terms_cross(q->terms, id), ROLE_CROSS);
	if (i >= 0) {
		bool concept = flags & q->t.flags[i] & GAZ_IN_CONCEPT;
		bool name = flags & q->t.flags[i] & GAZ_IN_NAME;
		float x = q->cross_idf[i] * q->cross_idf[i];

		if (same && !concept)
			return -1;
		if (!same && concept && is_topic(flags))
			x *= w->concept_far * w->concept_far;
		*rarity = x * (same ? w->concept_match :
		                  concept ? w->concept_cross :
		                  name    ? w->alias_name :
		                            w->cognate_cross);
		return i;
	}
	if (same || !(flags & (GAZ_IN_NAME | GAZ_IN_MAYBE)))
		return -1;
	i = lookup(q, gaz_terms_alias(q->terms, id), ROLE_ALIAS);
	if (i >= 0) {
		float x = q->alias_idf[i] * q->alias_idf[i];

		*rarity = x * ((flags & q->t.flags[i] & GAZ_IN_NAME) ?
		                  w->alias_name :
		                  w->alias_maybe);
	}
	return i;
}

struct sums {
	float kind[8]; /* by index into GAZ_KINDS */
	float title, query_title, other_title;
	int matches, numbers, shared_numbers, places, shared_places;
	float query_names[2], other_names[2]; /* matched; in titles */
};

static bool
is_name(uint8_t flags)
{
	return (flags & GAZ_IN_NAME) ||
	    GAZ_KINDS[(flags & GAZ_IN_KIND) >> GAZ_KIND_SHIFT] == 'p';
}

/* Weights of the names of an item: all, and those in its title. */
static void
sum_names(const struct gaz_item_terms *v, float out[2])
{
	out[0] = out[1] = 0;
	for (size_t i = 0; i < v->n; i++) {
		if (!is_name(v->flags[i]))
			continue;
		out[0] += v->weight[i];
		if (v->flags[i] & GAZ_IN_TITLE)
			out[1] += v->weight[i];
	}
}

/* How much of the names of both the other lacks; 0 when one has none. */
static float
strange(float query, float query_matched, float other, float other_matched)
{
	if (query <= 0 || other <= 0)
		return 0;
	return 1 - fmaxf(query_matched / query, other_matched / other);
}

static void
sum_up(const struct gaz_query *q, const struct gaz_item *other, bool same,
    struct sums *s, struct gaz_pair *out)
{
	struct gaz_item_terms v = gaz_item_terms(other);
	uint64_t taken = 0;

	for (size_t k = 0; k < v.n; k++) {
		unsigned kind = (v.flags[k] & GAZ_IN_KIND) >> GAZ_KIND_SHIFT;
		float rarity;

		s->numbers += GAZ_KINDS[kind] == 'N';
		s->places += GAZ_KINDS[kind] == 'p';
		int i = match(q, same, v.id[k], v.flags[k], &rarity);
		if (i < 0 || (taken >> i & 1))
			continue;
		taken |= UINT64_C(1) << i;
		float a = (float)q->t.weight[i] / QUANTUM;
		float b = (float)v.weight[k] / QUANTUM;
		float x = a * b * rarity;
		s->kind[kind] += x;
		s->matches++;
		if (is_name(q->t.flags[i]) || is_name(v.flags[k])) {
			s->query_names[0] += q->t.weight[i];
			s->other_names[0] += v.weight[k];
			if (q->t.flags[i] & GAZ_IN_TITLE)
				s->query_names[1] += q->t.weight[i];
			if (v.flags[k] & GAZ_IN_TITLE)
				s->other_names[1] += v.weight[k];
		}
		s->shared_numbers += GAZ_KINDS[kind] == 'N';
		s->shared_places += GAZ_KINDS[kind] == 'p';
		if (q->t.flags[i] & GAZ_IN_TITLE)
			s->query_title += a * a * rarity;
		if (v.flags[k] & GAZ_IN_TITLE)
			s->other_title += b * b * rarity;
		if (q->t.flags[i] & v.flags[k] & GAZ_IN_TITLE)
			s->title += x;
		out->matches[out->n_matches++] = (struct gaz_match){
			(uint8_t)i, GAZ_KINDS[kind], x
		};
	}
}

void
gaz_query_compare(const struct gaz_query *q, const struct gaz_item *other,
    struct gaz_pair *out)
{
	const struct gaz_item *item = q->item;
	bool same = gaz_item_same_language(item, other);
	struct sums s = { 0 };
	int own_numbers = 0, own_places = 0;

	out->n_matches = 0;
	out->embedded = false;
	out->same_language = same;
	sum_up(q, other, same, &s, out);
	float norm = same ? item->norm * other->norm :
	                    item->cross_norm * other->cross_norm;
	float qt = same ? item->title_norm : item->cross_title_norm;
	float ot = same ? other->title_norm : other->cross_title_norm;
	for (size_t i = 0; i < q->t.n; i++) {
		char kind = GAZ_KINDS[(q->t.flags[i] & GAZ_IN_KIND) >>
		    GAZ_KIND_SHIFT];

		own_numbers += kind == 'N';
		own_places += kind == 'p';
	}
	out->cosine = 0;
	for (size_t i = 0; i < GAZ_KIND_COUNT; i++) {
		out->kind[i] = s.kind[i] / norm;
		out->cosine += out->kind[i];
	}
	/* Several words of one concept may count for more than there is. */
	if (out->cosine > 1) {
		for (size_t i = 0; i < GAZ_KIND_COUNT; i++)
			out->kind[i] /= out->cosine;
		out->cosine = 1;
	}
	out->title = squash(s.title / (qt * ot));
	out->contain = (squash(s.query_title / (qt * qt)) +
	                   squash(s.other_title / (ot * ot))) /
	    2;
	float qn[2], on[2];
	struct gaz_item_terms ov = gaz_item_terms(other);
	sum_names(&q->t, qn);
	sum_names(&ov, on);
	out->strange = strange(qn[0], s.query_names[0], on[0],
	    s.other_names[0]);
	out->strange_title = strange(qn[1], s.query_names[1], on[1],
	    s.other_names[1]);
	out->roundup = item->roundup || other->roundup;
	out->conflict =
	    s.numbers > 0 && own_numbers > 0 && s.shared_numbers == 0;
	out->elsewhere =
	    s.places > 0 && own_places > 0 && s.shared_places == 0;
	float gap = fabsf((float)(gaz_item_time(item) -
	                      gaz_item_time(other))) /
	    GAP_DAY;
	out->gap_days = gap < GAP_MAX_DAYS ? gap : GAP_MAX_DAYS;
	out->least_terms = item->n_terms < other->n_terms ? item->n_terms :
	                                                    other->n_terms;
	for (size_t i = 0; i < out->n_matches; i++)
		out->matches[i].weight /= norm;
}

void
gaz_group_add(struct gaz_group *g, const struct gaz_pair *p, uint32_t seq)
{
	for (size_t i = 0; i < GAZ_KIND_COUNT; i++)
		g->kind[i] += p->kind[i];
	if (g->n == 0 || p->cosine > g->best) {
		g->best = p->cosine;
		g->nearest = seq;
		g->least_terms = p->least_terms;
		g->matches = p->n_matches;
	}
	if (g->n == 0 || p->gap_days < g->gap_days)
		g->gap_days = p->gap_days;
	if (p->title > g->title)
		g->title = p->title;
	if (p->contain > g->contain)
		g->contain = p->contain;
	g->roundups += p->roundup;
	g->conflicts += p->conflict;
	g->elsewhere += p->elsewhere;
	g->strange += p->strange;
	g->strange_title += p->strange_title;
	if (p->embedded) {
		g->embedded++;
		g->embed += p->embed;
		g->embed_best = fmaxf(g->embed_best, p->embed);
	}
	g->n++;
}

void
gaz_group_weigh(const struct gaz_group *g, float coherence,
    float f[GAZ_FOR_COUNT])
{
	float n = (float)g->n, cosine = 0;
	/* The length of the sum of n unit vectors at such angles. */
	float norm = sqrtf(n + n * (n - 1) * coherence);

	f[GAZ_FOR_BIAS] = 1;
	for (size_t i = 0; i < GAZ_KIND_COUNT; i++) {
		f[GAZ_FOR_WORD + i] = g->kind[i] / norm;
		cosine += g->kind[i] / norm;
	}
	f[GAZ_FOR_BEST] = g->best;
	f[GAZ_FOR_TITLE] = g->title;
	f[GAZ_FOR_CONTAIN] = g->contain;
	f[GAZ_FOR_CONFLICT] = g->conflicts / n;
	f[GAZ_FOR_GAP] = g->gap_days;
	f[GAZ_FOR_LENGTH] = logf(1 + (float)g->least_terms) / 4;
	f[GAZ_FOR_LENGTH_COS] = f[GAZ_FOR_LENGTH] * cosine;
	f[GAZ_FOR_MATCHES] = logf(1 + (float)g->matches);
	f[GAZ_FOR_SIZE] = logf(n);
	f[GAZ_FOR_STRANGE] = g->strange / n;
	f[GAZ_FOR_STRANGE_TITLE] = g->strange_title / n;
	f[GAZ_FOR_ELSEWHERE] = g->elsewhere / n;
	f[GAZ_FOR_OWN_NAME] = g->own_name;
	f[GAZ_FOR_OWN] = g->own;
	f[GAZ_FOR_OTHERS] = g->others;
	f[GAZ_FOR_ROUNDUP] = g->roundups / n;
	f[GAZ_FOR_COVER] = g->cover;
	f[GAZ_FOR_KNOWN] = g->known;
	f[GAZ_FOR_KNOWN_TITLE] = g->known_title;
	f[GAZ_FOR_KNOWN_PLACE] = g->known_place;
	f[GAZ_FOR_KNOWN_NUMBER] = g->known_number;
	f[GAZ_FOR_OTHER] = g->other;
}

float
gaz_group_score(const struct gaz_story_weights *w, bool same_language,
    const float f[GAZ_FOR_COUNT])
{
	const float *c = same_language ? &w->s_bias : &w->x_bias;
	float z = 0;

	for (size_t i = 0; i < GAZ_FOR_COUNT; i++)
		z += c[i] * f[i];
	return z;
}
