#include "config.h"

#include "index.h"

#include <math.h>

#include "gazetted/hash.h"
#include "gazetted/mem.h"

/* From the features of a document to an item of the index. */

#define CREDIBLE_FROM INT64_C(631152000) /* 1990: before that, no feed */
#define CREDIBLE_AHEAD_S 86400

/* Boilerplate */

static uint8_t *
boiler_at(const struct gaz_story_index *ix, uint64_t h, int which)
{
	return &ix->boiler[(which == 0 ? h : h >> 32) & (GAZ_BOILER_SIZE - 1)];
}

static unsigned
boiler_count(
    const struct gaz_story_index *ix, int64_t source, uint64_t what, bool add)
{
	uint64_t h = gaz_hash_mix((uint64_t)source, what);
	uint8_t *a = boiler_at(ix, h, 0), *b = boiler_at(ix, h, 1);
	unsigned least = *a < *b ? *a : *b;

	if (add && *a == least && *a < 255)
		(*a)++;
	if (add && b != a && *b == least && *b < 255)
		(*b)++;
	return least;
}

/* Bits of the sentences that this outlet writes under everything. */
static uint32_t
boilerplate(struct gaz_story_index *ix, int64_t source,
    const struct gaz_features *f, bool add)
{
	uint32_t bits = 0;

	if (source == 0)
		return 0;
	unsigned items = boiler_count(ix, source, UINT64_MAX, add);
	for (size_t i = 0; i < f->n_sentences; i++) {
		unsigned n = boiler_count(ix, source, f->sentences[i], add);

		if (n >= 3 && n * 4 >= items)
			bits |= UINT32_C(1) << i;
	}
	if (add && ++ix->boiler_total >= GAZ_BOILER_SIZE) {
		for (size_t i = 0; i < GAZ_BOILER_SIZE; i++)
			ix->boiler[i] /= 2;
		ix->boiler_total /= 2;
	}
	return bits;
}

/* Terms */

struct chosen {
	float weight, rank;
	uint16_t at; /* in the features */
	uint8_t flags;
};

static float
term_weight(const struct gaz_story_weights *w, const struct gaz_term *t)
{
	bool own = t->kind == 'c' && t->cross != t->native;
	float x = own ? w->concept_word : (float)t->prior / 100;
	unsigned times = t->tf_title + (unsigned)t->tf_body;

	if (t->tf_title > 0)
		x *= w->title;
	else
		x *= 1 / (1 + (float)t->position / w->position);
	if (times > 1)
		x *= 1 + w->repeat * logf((float)times);
	switch (t->kind) {
	case 'n':
		return x * w->name;
	case 'N':
		return x * w->number;
	case 'd':
		return x * w->date;
	case 'p':
		return x * w->place;
	case 'c':
		return x * w->concept
		;
	default:
		return x * (t->flags & GAZ_TERM_MAYBE ? w->maybe_name : 1);
	}
}

static uint8_t
item_flags(const struct gaz_term *t)
{
	const char *kind = strchr(GAZ_KINDS, t->kind);
	unsigned k = kind != NULL ? (unsigned)(kind - GAZ_KINDS) : 0;

	/* The flags of the blob and of the item have the same values. */
	return (uint8_t)((t->flags & 15) | k << GAZ_KIND_SHIFT);
}

static int
by_rank(const void *pa, const void *pb)
{
	const struct chosen *a = pa, *b = pb;

	if (a->rank != b->rank)
		return a->rank < b->rank ? 1 : -1;
	return a->at < b->at ? -1 : a->at > b->at;
}

/* Fill item->terms; which[i] is the features' term of the item's term i. */
static void
choose_terms(struct gaz_story_index *ix, const struct gaz_features *f,
    uint32_t boiler, struct gaz_item *item, uint16_t which[GAZ_ITEM_TERMS_MAX])
{
	struct chosen c[GAZ_FEATURES_TERMS_MAX];
	const struct gaz_story_weights *w = &ix->weights;
	size_t n = 0;

	for (size_t i = 0; i < f->n_terms; i++) {
		const struct gaz_term *t = &f->terms[i];

		if (t->sentences != 0 && (t->sentences & ~boiler) == 0)
			continue;
		float x = term_weight(w, t);
		uint32_t id = gaz_terms_find(ix->terms, t->native);
		float rarity = id != 0 ? gaz_terms_idf(ix->terms, id,
					     w->idf_documents, w->idf_frequency)
				       : 8;
		if (x > 0)
			c[n++] = (struct chosen){ x, x * rarity, (uint16_t)i,
				item_flags(t) };
	}
	qsort(c, n, sizeof(c[0]), by_rank);
	if (n > GAZ_ITEM_TERMS_MAX)
		n = GAZ_ITEM_TERMS_MAX;
	item->n_terms = (uint8_t)n;
	item->terms = gaz_mem_alloc(n * 6 + 1);
	struct gaz_item_terms v = gaz_item_terms(item);
	for (size_t i = 0; i < n; i++) {
		const struct gaz_term *t = &f->terms[c[i].at];
		uint32_t cross = gaz_terms_put(ix->terms, t->cross, 0, 0);
		uint32_t alias = gaz_terms_put(ix->terms, t->alias, 0, 0);
		float q = c[i].weight * 32 + 0.5f;

		if (t->cross == t->native) /* a concept is its own key */
			gaz_terms_put(ix->terms, t->cross, cross, 0);
		else if (t->kind == 'c')
			gaz_terms_set_prior(ix->terms, cross, t->prior);
		v.id[i] = gaz_terms_put(ix->terms, t->native, cross, alias);
		v.weight[i] = (uint8_t)(q < 1 ? 1 : q > 255 ? 255 : q);
		v.flags[i] = c[i].flags;
		if (which != NULL)
			which[i] = c[i].at;
	}
}

static int64_t
credible_time(int64_t published, int64_t arrived)
{
	if (published == GAZ_UTC_UNKNOWN || published < CREDIBLE_FROM ||
	    published > arrived + CREDIBLE_AHEAD_S ||
	    arrived - published > INT32_MAX)
		return arrived;
	return published;
}

void
gaz_index_make_item(struct gaz_story_index *ix, const struct gaz_story_item *in,
    const struct gaz_features *f, uint32_t boiler, struct gaz_item *item,
    uint16_t which[GAZ_ITEM_TERMS_MAX])
{
	uint64_t said;

	memset(item, 0, sizeof(*item));
	item->item_id = in->item_id;
	if (gaz_map64_find(ix->said, (uint64_t)in->item_id, &said))
		item->pinned = (uint8_t)said;
	item->arrived = ix->now;
	item->lead = (int32_t)(ix->now - credible_time(in->published, ix->now));
	item->source =
	    in->source_id != 0
		? (uint32_t)gaz_hash_mix((uint64_t)in->source_id, 1) | 1
		: 0;
	item->url = f->url;
	item->copy_of = GAZ_SEQ_NONE;
	item->story = GAZ_STORY_NONE;
	item->before = GAZ_SEQ_NONE;
	item->roundup = f->roundup;
	memcpy(item->language, f->language, sizeof(item->language));
	memcpy(item->signature, f->signature, sizeof(item->signature));
	choose_terms(ix, f, boiler, item, which);
}

static void
count_terms(struct gaz_story_index *ix, const struct gaz_item *item)
{
	struct gaz_item_terms v = gaz_item_terms(item);

	gaz_terms_count_document(ix->terms);
	for (size_t i = 0; i < v.n; i++) {
		gaz_terms_count(ix->terms, v.id[i]);
		gaz_terms_count(ix->terms, gaz_terms_cross(ix->terms, v.id[i]));
		gaz_terms_count(ix->terms, gaz_terms_alias(ix->terms, v.id[i]));
	}
}

/* What add and restore have in common, up to the decision. */
bool
gaz_index_receive(struct gaz_story_index *ix, const struct gaz_story_item *in,
    gaz_utc now, struct gaz_features *f, struct gaz_item *item,
    uint16_t which[GAZ_ITEM_TERMS_MAX])
{
	gaz_index_advance(ix, now);
	if (!gaz_features_decode(in->features, f)) {
		memset(f, 0, sizeof(*f)); /* alone, but not lost */
		memset(f->signature, (int)(in->item_id & 0xff), 32);
	}
	uint32_t boiler = boilerplate(ix, in->source_id, f, true);
	gaz_index_make_item(ix, in, f, boiler, item, which);
	count_terms(ix, item);
	ix->added++;
	gaz_index_reweigh(ix);
	gaz_item_weigh(item, ix->terms, &ix->weights);
	return item->n_terms > 0;
}
