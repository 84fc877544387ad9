#include "config.h"

#include "index.h"

#include <math.h>

#include "gazetted/hash.h"
#include "gazetted/limits.h"
#include "gazetted/mem.h"

#include "fold.h"

/*
 * The index is a window over the stream: a ring of live items in order of
 * arrival. Each item points to its story and to the story's next older
 * member, each term to the latest items that hold it. An item that is older
 * than the window leaves the ring, and a story leaves with its last item; so
 * memory follows the window and never the archive, and a story that grows
 * for weeks is known by what it said in the last days only.
 */

#define BOILER_SIZE ((size_t)1 << GAZ_BOILER_BITS)
#define CREDIBLE_FROM INT64_C(631152000) /* 1990: before that, no feed */
#define CREDIBLE_AHEAD_S 86400
#define COPY_RESEMBLANCE 0.8f
#define COPY_COSINE 0.75f
#define COHERENCE_GUESS 0.3f
#define MARGIN_MAX 4.0f
#define YOUNG_STREAM 4000 /* live items */

struct gaz_story_index *
gaz_story_index_new(const struct gaz_story_options *o)
{
	struct gaz_story_index *ix = gaz_mem_zero(1, sizeof(*ix));

	ix->options = *o;
	if (ix->options.window_s <= 0)
		ix->options.window_s = GAZ_STORY_WINDOW_S;
	ix->weights = gaz_story_weights;
	ix->terms = gaz_terms_new(ix->weights.half_life_days);
	ix->now = INT64_MIN;
	ix->ring_cap = 8;
	ix->ring = gaz_mem_zero(ix->ring_cap, sizeof(*ix->ring));
	ix->story_slots = gaz_map64_new();
	ix->said = gaz_map64_new();
	ix->next_story_id = o->next_story_id > 0 ? o->next_story_id : 1;
	ix->boiler = gaz_mem_zero(BOILER_SIZE, 1);
	ix->touched = gaz_mem_zero(GAZ_TOUCHED_SIZE, sizeof(*ix->touched));
	ix->found = gaz_mem_alloc(GAZ_READS_MAX * sizeof(*ix->found));
	return ix;
}

void
gaz_story_index_free(struct gaz_story_index *ix)
{
	if (ix == NULL)
		return;
	for (uint32_t s = ix->oldest; s != ix->next; s++)
		free(gaz_index_item(ix, s)->terms);
	for (size_t i = 0; i < ix->ring_cap; i++)
		free(ix->ring[i]);
	free(ix->ring);
	gaz_vec_clear(&ix->stories);
	gaz_vec_clear(&ix->free_stories);
	gaz_vec_clear(&ix->changed);
	gaz_embed_clear(ix);
	gaz_map64_free(ix->story_slots);
	gaz_map64_free(ix->said);
	gaz_vec_clear(&ix->marks);
	gaz_terms_free(ix->terms);
	free(ix->pages);
	free(ix->boiler);
	free(ix->touched);
	free(ix->found);
	free(ix);
}

/* Stories */

uint32_t
gaz_index_open(struct gaz_story_index *ix, int64_t story_id)
{
	uint64_t known;
	uint32_t slot;

	if (gaz_map64_find(ix->story_slots, (uint64_t)story_id, &known))
		return (uint32_t)known;
	if (ix->free_stories.n > 0)
		slot = ix->free_stories.v[--ix->free_stories.n];
	else {
		slot = (uint32_t)ix->stories.n;
		gaz_vec_push(&ix->stories);
	}
	ix->stories.v[slot] = (struct gaz_live_story){ story_id, GAZ_SEQ_NONE,
		0, COHERENCE_GUESS, false };
	gaz_map64_put(ix->story_slots, (uint64_t)story_id, slot);
	if (story_id >= ix->next_story_id)
		ix->next_story_id = story_id + 1;
	return slot;
}

static void
close_if_empty(struct gaz_story_index *ix, uint32_t slot)
{
	struct gaz_live_story *s = &ix->stories.v[slot];

	if (s->n > 0)
		return;
	gaz_map64_remove(ix->story_slots, (uint64_t)s->id);
	*gaz_vec_push(&ix->free_stories) = slot;
}

static bool
is_live(const struct gaz_story_index *ix, uint32_t seq)
{
	return seq != GAZ_SEQ_NONE && seq - ix->oldest < ix->next - ix->oldest;
}

void
gaz_index_leave(struct gaz_story_index *ix, uint32_t seq)
{
	struct gaz_item *item = gaz_index_item(ix, seq);
	struct gaz_live_story *s = &ix->stories.v[item->story];
	uint32_t *link = &s->newest;

	while (*link != seq)
		link = &gaz_index_item(ix, *link)->before;
	*link = item->before;
	s->n--;
	close_if_empty(ix, item->story);
	item->story = GAZ_STORY_NONE;
}

/* Members stay in order of arrival, whenever they joined. */
void
gaz_index_join(struct gaz_story_index *ix, uint32_t seq, uint32_t story)
{
	struct gaz_item *item = gaz_index_item(ix, seq);
	struct gaz_live_story *s = &ix->stories.v[story];
	uint32_t *link = &s->newest;

	while (is_live(ix, *link) && *link - ix->oldest > seq - ix->oldest)
		link = &gaz_index_item(ix, *link)->before;
	item->before = is_live(ix, *link) ? *link : GAZ_SEQ_NONE;
	*link = seq;
	item->story = story;
	s->n++;
	if (!(item->pinned & GAZ_PIN_MARKED))
		return;
	for (size_t i = 0; i < ix->marks.n; i++) {
		if (ix->marks.v[i].item_id == item->item_id)
			ix->marks.v[i].story_id = s->id;
	}
}

size_t
gaz_index_members(const struct gaz_story_index *ix, uint32_t story,
    uint32_t out[GAZ_MEMBERS_MAX])
{
	uint32_t s = ix->stories.v[story].newest;
	size_t n = 0;

	for (size_t walk = 0; is_live(ix, s) && walk < GAZ_WALK_MAX &&
	     n < GAZ_MEMBERS_MAX; walk++) {
		const struct gaz_item *item = gaz_index_item(ix, s);
		uint32_t first = item->copy_of;
		size_t k = 0;

		if (!is_live(ix, first) ||
		    gaz_index_item(ix, first)->story != story)
			first = s;
		while (k < n && out[k] != first)
			k++;
		if (k == n)
			out[n++] = first;
		s = item->before;
	}
	return n;
}

/* Pages */

static uint32_t *
page_slot(const struct gaz_story_index *ix, uint64_t url)
{
	size_t i = (size_t)(url >> 7) & (ix->pages_cap - 1);

	for (;; i = (i + 1) & (ix->pages_cap - 1)) {
		uint32_t *seq = &ix->pages[i];

		if (*seq == GAZ_SEQ_NONE ||
		    (is_live(ix, *seq) && gaz_index_item(ix, *seq)->url == url))
			return seq;
	}
}

/* The latest live item that is this page, or GAZ_SEQ_NONE. */
static uint32_t
find_page(const struct gaz_story_index *ix, uint64_t url)
{
	if (url == 0 || ix->pages_cap == 0)
		return GAZ_SEQ_NONE;
	return *page_slot(ix, url);
}

/* Items that went leave their places behind; begin anew when they are many. */
static void
put_page(struct gaz_story_index *ix, uint32_t seq)
{
	uint64_t url = gaz_index_item(ix, seq)->url;

	if (url == 0)
		return;
	if (ix->pages_used * 2 >= ix->pages_cap) {
		size_t live = ix->next - ix->oldest;

		ix->pages_cap = 256;
		while (ix->pages_cap < live * 2 + 2)
			ix->pages_cap *= 2;
		free(ix->pages);
		ix->pages = gaz_mem_alloc(ix->pages_cap * sizeof(*ix->pages));
		memset(ix->pages, 0xff, ix->pages_cap * sizeof(*ix->pages));
		ix->pages_used = 0;
		for (uint32_t s = ix->oldest; s != seq; s++) {
			uint64_t u = gaz_index_item(ix, s)->url;

			if (u == 0)
				continue;
			uint32_t *at = page_slot(ix, u);
			ix->pages_used += *at == GAZ_SEQ_NONE;
			*at = s;
		}
	}
	uint32_t *at = page_slot(ix, url);
	ix->pages_used += *at == GAZ_SEQ_NONE;
	*at = seq;
}

/* Time */

static void
forget_oldest(struct gaz_story_index *ix)
{
	struct gaz_item *item = gaz_index_item(ix, ix->oldest);
	uint32_t slot = item->story;
	struct gaz_live_story *s = &ix->stories.v[slot];

	/* The oldest is the last of its list, which is_live() cuts there. */
	if (s->newest == ix->oldest)
		s->newest = GAZ_SEQ_NONE;
	s->n--;
	close_if_empty(ix, slot);
	ix->item_bytes -= item->n_terms * 6u;
	free(item->terms);
	item->terms = NULL;
	gaz_embed_drop(ix, ix->oldest);
	uint32_t block = ix->oldest / GAZ_BLOCK_ITEMS;
	if (++ix->oldest / GAZ_BLOCK_ITEMS != block) {
		free(ix->ring[block & (ix->ring_cap - 1)]);
		ix->ring[block & (ix->ring_cap - 1)] = NULL;
	}
}

static void
sweep_terms(struct gaz_story_index *ix)
{
	size_t n = gaz_terms_used(ix->terms) + 1;
	bool *used = gaz_mem_zero(n, sizeof(*used));
	uint32_t *map = gaz_mem_alloc(n * sizeof(*map));

	for (uint32_t s = ix->oldest; s != ix->next; s++) {
		struct gaz_item_terms v = gaz_item_terms(
		    gaz_index_item(ix, s));

		for (size_t i = 0; i < v.n; i++) {
			used[v.id[i]] = true;
			used[gaz_terms_cross(ix->terms, v.id[i])] = true;
			used[gaz_terms_alias(ix->terms, v.id[i])] = true;
		}
	}
	gaz_terms_sweep(ix->terms, used, map, ix->oldest);
	for (uint32_t s = ix->oldest; s != ix->next; s++) {
		struct gaz_item_terms v = gaz_item_terms(
		    gaz_index_item(ix, s));

		for (size_t i = 0; i < v.n; i++)
			v.id[i] = map[v.id[i]];
	}
	free(used);
	free(map);
	ix->swept_terms = gaz_terms_used(ix->terms);
}

static void
advance(struct gaz_story_index *ix, int64_t now)
{
	if (ix->now == INT64_MIN || now > ix->now)
		ix->now = now;
	gaz_terms_set_time(ix->terms, ix->now);
	while (ix->oldest != ix->next &&
	    ix->now - gaz_index_item(ix, ix->oldest)->arrived >
	        ix->options.window_s)
		forget_oldest(ix);
	if (gaz_terms_used(ix->terms) > 2 * ix->swept_terms + 65536)
		sweep_terms(ix);
}

static void measure_coherence(struct gaz_story_index *ix, uint32_t story);

/* Norms drift as the stream teaches what is rare; renew them all together. */
static void
reweigh(struct gaz_story_index *ix)
{
	size_t live = ix->next - ix->oldest;

	if (ix->added < ix->weigh_at)
		return;
	for (uint32_t s = ix->oldest; s != ix->next; s++)
		gaz_item_weigh(gaz_index_item(ix, s), ix->terms,
		    &ix->weights);
	for (size_t i = 0; i < ix->stories.n; i++) {
		struct gaz_live_story *story = &ix->stories.v[i];

		if (story->n > 1)
			measure_coherence(ix, (uint32_t)i);
		/* A young stream learns much: think all of it over again. */
		if (story->n > 0 && live < YOUNG_STREAM && !story->changed) {
			*gaz_vec_push(&ix->changed) = story->id;
			story->changed = true;
		}
	}
	ix->weigh_at = ix->added + 16 + live / 2;
}

/* Boilerplate */

static uint8_t *
boiler_at(const struct gaz_story_index *ix, uint64_t h, int which)
{
	return &ix->boiler[(which == 0 ? h : h >> 32) & (BOILER_SIZE - 1)];
}

static unsigned
boiler_count(const struct gaz_story_index *ix, int64_t source, uint64_t what,
    bool add)
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
	if (add && ++ix->boiler_total >= BOILER_SIZE) {
		for (size_t i = 0; i < BOILER_SIZE; i++)
			ix->boiler[i] /= 2;
		ix->boiler_total /= 2;
	}
	return bits;
}

/* From features to item */

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
		return x * w->concept;
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
    uint32_t boiler, struct gaz_item *item,
    uint16_t which[GAZ_ITEM_TERMS_MAX])
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
		float rarity = id != 0 ?
		    gaz_terms_idf(ix->terms, id, w->idf_documents,
		        w->idf_frequency) :
		    8;
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

static void
make_item(struct gaz_story_index *ix, const struct gaz_story_item *in,
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
	item->source = in->source_id != 0 ?
	    (uint32_t)gaz_hash_mix((uint64_t)in->source_id, 1) | 1 :
	    0;
	item->url = f->url;
	item->copy_of = GAZ_SEQ_NONE;
	item->story = GAZ_STORY_NONE;
	item->before = GAZ_SEQ_NONE;
	item->tokens = f->tokens;
	memcpy(item->language, f->language, sizeof(item->language));
	memcpy(item->signature, f->signature, sizeof(item->signature));
	choose_terms(ix, f, boiler, item, which);
}

/* Searching */

static float *
touch(struct gaz_story_index *ix, uint32_t seq)
{
	size_t i = (seq * UINT32_C(2654435769)) >> 20;

	for (;; i = (i + 1) % GAZ_TOUCHED_SIZE) {
		struct gaz_touched *t = &ix->touched[i];

		if (t->stamp != ix->stamp) {
			*t = (struct gaz_touched){ seq, ix->stamp, 0 };
			return &t->score;
		}
		if (t->seq == seq)
			return &t->score;
	}
}

struct search_key {
	uint32_t id;
	float idf, weight;
};

static int
by_idf(const void *pa, const void *pb)
{
	const struct search_key *a = pa, *b = pb;

	if (a->idf != b->idf)
		return a->idf < b->idf ? 1 : -1;
	return a->id < b->id ? -1 : a->id > b->id;
}

static int
by_score(const void *pa, const void *pb)
{
	const struct gaz_found *a = pa, *b = pb;

	if (a->score != b->score)
		return a->score < b->score ? 1 : -1;
	return a->seq > b->seq ? -1 : a->seq < b->seq;
}

/* Move the best most to the front, in no order; return how many stay. */
static size_t
keep_best(struct gaz_found *v, size_t n, size_t most)
{
	size_t low = 0, high = n;

	while (n > most && low < high) {
		struct gaz_found pivot = v[low + (high - low) / 2];
		size_t i = low, k = high - 1;

		for (;;) { /* Hoare's partition */
			while (by_score(&v[i], &pivot) < 0)
				i++;
			while (by_score(&v[k], &pivot) > 0)
				k--;
			if (i >= k)
				break;
			struct gaz_found t = v[i];
			v[i++] = v[k];
			v[k--] = t;
		}
		if (k + 1 >= most)
			high = k + 1 < high ? k + 1 : k;
		else
			low = k + 1;
		if (high == most || high - low <= 1)
			break;
	}
	return n < most ? n : most;
}

/* Items that share rare keys with the query, the most promising first. */
static size_t
search(struct gaz_story_index *ix, const struct gaz_query *q, uint32_t except,
    struct gaz_found out[GAZ_CANDIDATES_MAX])
{
	struct search_key keys[3 * GAZ_ITEM_TERMS_MAX];
	struct gaz_found *found = ix->found;
	size_t n = 0, n_found = 0, taken = 0, foreign = 0, reads = 0;

	for (size_t i = 0; i < q->t.n; i++) {
		uint32_t id = q->t.id[i];
		uint32_t cross = gaz_terms_cross(ix->terms, id);
		uint32_t alias = gaz_terms_alias(ix->terms, id);
		float w = (float)q->t.weight[i] / 32;

		keys[n++] = (struct search_key){ id, q->idf[i], w };
		if (cross != 0 && cross != id)
			keys[n++] = (struct search_key){ cross,
				q->cross_idf[i], w / 2 };
		if (alias != 0)
			keys[n++] = (struct search_key){ alias,
				q->alias_idf[i], w / 2 };
	}
	qsort(keys, n, sizeof(keys[0]), by_idf);
	if (++ix->stamp == 0) {
		memset(ix->touched, 0,
		    GAZ_TOUCHED_SIZE * sizeof(*ix->touched));
		ix->stamp = 1;
	}
	for (size_t i = 0; i < n && i < 8; i++)
		gaz_terms_prefetch(ix->terms, keys[i].id);
	for (size_t i = 0, read = 0; i < n && read < GAZ_KEYS_MAX; i++) {
		size_t n_post;

		if (i + 8 < n)
			gaz_terms_prefetch(ix->terms, keys[i + 8].id);
		const uint32_t *post = gaz_terms_postings(ix->terms,
		    keys[i].id, &n_post);
		float x = keys[i].weight * keys[i].idf * keys[i].idf;

		/* Keys that it alone holds tell an item that is in nothing. */
		if (n_post == 0 || (n_post == 1 && post[0] == except))
			continue;
		read++;
		size_t k = n_post > GAZ_READ_MAX ? n_post - GAZ_READ_MAX : 0;
		for (; k < n_post && reads < GAZ_READS_MAX; k++, reads++) {
			float *score;

			if (!is_live(ix, post[k]) || post[k] == except)
				continue;
			score = touch(ix, post[k]);
			if (*score == 0)
				found[n_found++].seq = post[k];
			*score += x;
		}
	}
	for (size_t i = 0; i < n_found; i++)
		found[i].score = *touch(ix, found[i].seq);
	n_found = keep_best(found, n_found, GAZ_SHORTLIST_MAX);
	for (size_t i = 0; i < n_found; i++)
		__builtin_prefetch(&gaz_index_item(ix, found[i].seq)->norm);
	for (size_t i = 0; i < n_found; i++)
		found[i].score /= gaz_index_item(ix, found[i].seq)->norm;
	qsort(found, n_found, sizeof(found[0]), by_score);
	for (size_t i = 0; i < n_found && taken < GAZ_CANDIDATES_MAX; i++) {
		const struct gaz_item *item = gaz_index_item(ix, found[i].seq);
		bool far = !gaz_item_same_language(q->item, item);

		if (llabs((long long)(gaz_item_time(item) -
		        gaz_item_time(q->item))) >
		    ix->options.window_s)
			continue;
		/* Keep places for those who share less but mean the same. */
		if (!far && taken - foreign >=
		        GAZ_CANDIDATES_MAX - GAZ_FOREIGN_MAX)
			continue;
		foreign += far;
		out[taken++] = found[i];
	}
	return taken;
}

/* The key under which most items have the term. */
static uint32_t
widest_key(const struct gaz_query *q, size_t i, float *rarity)
{
	uint32_t alias = gaz_terms_alias(q->terms, q->t.id[i]);
	uint32_t cross = gaz_terms_cross(q->terms, q->t.id[i]);

	if (alias != 0) {
		*rarity = q->alias_idf[i];
		return alias;
	}
	*rarity = cross != 0 ? q->cross_idf[i] : q->idf[i];
	return cross != 0 ? cross : q->t.id[i];
}

/*
 * Which stories hold the rarest terms of the query. A name that one story
 * alone tells of says more than its rarity, which a growing story wears off.
 */
static void
find_owners(const struct gaz_story_index *ix, struct gaz_query *q,
    uint32_t except)
{
	struct search_key keys[GAZ_ITEM_TERMS_MAX];
	size_t n = 0;

	q->n_owners = 0;
	memset(q->n_holders, 0, sizeof(q->n_holders));
	q->owners_known = true;
	for (size_t i = 0; i < q->t.n; i++) {
		if (q->t.flags[i] & GAZ_IN_CONCEPT)
			continue;
		widest_key(q, i, &keys[n].idf);
		keys[n++].id = (uint32_t)i;
	}
	qsort(keys, n, sizeof(keys[0]), by_idf);
	for (size_t r = 0, read = 0; r < n && read < GAZ_OWNER_TERMS; r++) {
		size_t i = keys[r].id, n_post, taken = 0;
		float unused;
		const uint32_t *post = gaz_terms_postings(ix->terms,
		    widest_key(q, i, &unused), &n_post);

		for (size_t k = n_post; k > 0 && taken < GAZ_OWNER_READ; k--) {
			const struct gaz_item *item;

			if (post[k - 1] == except || !is_live(ix, post[k - 1]))
				continue;
			item = gaz_index_item(ix, post[k - 1]);
			if (item->copy_of != GAZ_SEQ_NONE ||
			    item->story == GAZ_STORY_NONE)
				continue;
			q->owners[q->n_owners++] = (struct gaz_owner){
				item->story, (uint8_t)i
			};
			taken++;
		}
		q->n_holders[i] = (uint8_t)taken;
		read += taken > 0;
	}
}

static void
measure_ownership(const struct gaz_query *q, uint32_t story,
    struct gaz_group *same, struct gaz_group *cross)
{
	float name = 0, sum = 0;
	uint8_t held[GAZ_ITEM_TERMS_MAX] = { 0 };

	for (size_t k = 0; k < q->n_owners; k++)
		held[q->owners[k].term] =
		    (uint8_t)(held[q->owners[k].term] +
		        (q->owners[k].story == story));
	for (size_t i = 0; i < q->t.n; i++) {
		/* Whom the lexicon knows is in the news for many things. */
		if (held[i] == 0 || (q->t.flags[i] & GAZ_IN_CONCEPT))
			continue;
		float share = (float)held[i] / ((float)q->n_holders[i] + 0.5f);
		if ((q->t.flags[i] & (GAZ_IN_NAME | GAZ_IN_MAYBE)) &&
		    share > name)
			name = share;
		sum += share;
	}
	same->own_name = cross->own_name = name;
	same->own = cross->own = logf(1 + sum);
}

static float
group_score(const struct gaz_story_index *ix, const struct gaz_group *g,
    bool same, float coherence)
{
	float f[GAZ_FOR_COUNT];

	if (g->n == 0)
		return -99;
	gaz_group_weigh(g, coherence, f);
	float z = gaz_group_score(&ix->weights, same, f);
	if (g->embedded > 0) {
		float mean = g->embed / (float)g->embedded;

		z += ix->weights.embed * ((mean + g->embed_best) / 2 -
		                             ix->weights.embed_centre);
	}
	return z;
}

bool
gaz_index_score(const struct gaz_story_index *ix, struct gaz_query *q,
    uint32_t except, uint32_t story, struct gaz_ranked *out)
{
	struct gaz_ranked *r = out;
	uint32_t members[GAZ_MEMBERS_MAX];
	size_t n = gaz_index_members(ix, story, members);
	float coherence = ix->stories.v[story].coherence;

	memset(r, 0, sizeof(*r));
	r->story = story;
	for (size_t i = 0; i < n; i++) {
		const struct gaz_item *member = gaz_index_item(ix, members[i]);
		struct gaz_pair pair;

		if (members[i] == except)
			continue;
		gaz_index_compare(ix, q, members[i], &pair);
		gaz_group_add(pair.same_language ? &r->same : &r->cross, &pair,
		    members[i]);
		r->same_source += member->source != 0 &&
		    member->source == q->item->source;
	}
	if (r->same.n + r->cross.n == 0)
		return false;
	if (!q->owners_known)
		find_owners(ix, q, except);
	measure_ownership(q, story, &r->same, &r->cross);
	float same = group_score(ix, &r->same, true, coherence);
	float cross = group_score(ix, &r->cross, false, coherence) +
	    ix->weights.cross_ease;
	/* One word in common is a coincidence, whatever its weight. */
	if (r->cross.n > 0 && r->cross.matches < 2)
		cross -= ix->weights.lone_match;
	if (r->same.n > 0 && r->same.matches < 2)
		same -= ix->weights.lone_match;
	r->nearest = same >= cross ? r->same.nearest : r->cross.nearest;
	r->score = (same >= cross ? same : cross) -
	    ix->weights.same_source * log2f(1 + (float)r->same_source);
	return true;
}

static int
by_story_score(const void *pa, const void *pb)
{
	const struct gaz_ranked *a = pa, *b = pb;

	if (a->score != b->score)
		return a->score < b->score ? 1 : -1;
	return a->nearest > b->nearest ? -1 : a->nearest < b->nearest;
}

/* Items that mean the same may share no word at all. */
static size_t
add_alike(const struct gaz_story_index *ix, const struct gaz_query *q,
    uint32_t except, struct gaz_found *found, size_t n)
{
	uint32_t alike[GAZ_ALIKE_MAX];
	size_t n_alike = gaz_embed_search(ix, q, except, alike), known = n;

	for (size_t i = 0; i < n_alike; i++) {
		size_t k = 0;

		while (k < known && found[k].seq != alike[i])
			k++;
		if (k == known)
			found[n++].seq = alike[i];
	}
	return n;
}

size_t
gaz_index_rank(struct gaz_story_index *ix, struct gaz_query *q,
    uint32_t except, struct gaz_ranked out[GAZ_STORIES_MAX])
{
	struct gaz_found found[GAZ_CANDIDATES_MAX + GAZ_ALIKE_MAX];
	struct gaz_ranked seen[GAZ_CANDIDATES_MAX + GAZ_ALIKE_MAX];
	size_t n = search(ix, q, except, found), n_seen = 0, ranked = 0;

	n = add_alike(ix, q, except, found, n);
	for (size_t i = 0; i < n; i++) {
		const char *terms =
		    (const char *)gaz_index_item(ix, found[i].seq)->terms;

		for (size_t line = 0; line < 5; line++)
			__builtin_prefetch(terms + 64 * line);
	}
	for (size_t i = 0; i < n; i++) {
		const struct gaz_item *item = gaz_index_item(ix, found[i].seq);
		struct gaz_pair pair;
		size_t k = 0;

		gaz_index_compare(ix, q, found[i].seq, &pair);
		float score = pair.embedded ?
		    fmaxf(pair.cosine, pair.embed) : pair.cosine;
		while (k < n_seen && seen[k].story != item->story)
			k++;
		if (k == n_seen) {
			seen[k].story = item->story;
			seen[k].score = score;
			seen[k].nearest = found[i].seq;
			n_seen++;
		} else if (score > seen[k].score) {
			seen[k].score = score;
			seen[k].nearest = found[i].seq;
		}
	}
	qsort(seen, n_seen, sizeof(seen[0]), by_story_score);
	for (size_t k = 0; k < n_seen && ranked < GAZ_STORIES_MAX; k++) {
		if (gaz_index_score(ix, q, except, seen[k].story,
		        &out[ranked]))
			ranked++;
	}
	qsort(out, ranked, sizeof(out[0]), by_story_score);
	return ranked;
}

/* How alike the latest members are, whenever they change. */
static void
measure_coherence(struct gaz_story_index *ix, uint32_t story)
{
	struct gaz_live_story *s = &ix->stories.v[story];
	uint32_t members[GAZ_MEMBERS_MAX];
	float sum = 0;
	size_t n = gaz_index_members(ix, story, members), pairs = 0;

	if (n > GAZ_COHERENCE_MEMBERS)
		n = GAZ_COHERENCE_MEMBERS;
	for (size_t i = 0; i + 1 < n; i++) {
		struct gaz_query q;
		struct gaz_pair pair;

		gaz_query_init(&q, gaz_index_item(ix, members[i]), ix->terms,
		    &ix->weights);
		for (size_t k = i + 1; k < n; k++) {
			gaz_query_compare(&q, gaz_index_item(ix, members[k]),
			    &pair);
			if (!pair.same_language)
				continue;
			sum += pair.cosine;
			pairs++;
		}
	}
	/* A first guess counts as two pairs. */
	s->coherence = (sum + 2 * COHERENCE_GUESS) / ((float)pairs + 2);
}

void
gaz_index_changed(struct gaz_story_index *ix, uint32_t story)
{
	struct gaz_live_story *s = &ix->stories.v[story];

	if (s->n == 0)
		return;
	measure_coherence(ix, story);
	if (!s->changed)
		*gaz_vec_push(&ix->changed) = s->id;
	s->changed = true;
}

/* Taking in */

/* A place for the next item: its block, and a place for the block. */
static void
make_room(struct gaz_story_index *ix)
{
	uint32_t first = ix->oldest / GAZ_BLOCK_ITEMS;
	uint32_t block = ix->next / GAZ_BLOCK_ITEMS;
	struct gaz_item **at;

	if (((block - first) & (UINT32_MAX / GAZ_BLOCK_ITEMS)) >=
	    ix->ring_cap) {
		size_t cap = ix->ring_cap * 2;
		struct gaz_item **ring = gaz_mem_zero(cap, sizeof(*ring));

		for (uint32_t b = first; b != block;
		     b = (b + 1) & (UINT32_MAX / GAZ_BLOCK_ITEMS))
			ring[b & (cap - 1)] = ix->ring[b & (ix->ring_cap - 1)];
		free(ix->ring);
		ix->ring = ring;
		ix->ring_cap = cap;
	}
	at = &ix->ring[block & (ix->ring_cap - 1)];
	if (*at == NULL)
		*at = gaz_mem_alloc(GAZ_BLOCK_ITEMS * sizeof(**at));
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

static uint32_t
put_item(struct gaz_story_index *ix, const struct gaz_item *item)
{
	struct gaz_item_terms v = gaz_item_terms(item);
	uint32_t seq = ix->next;

	make_room(ix);
	gaz_embed_make_room(ix);
	ix->next++;
	*gaz_index_item(ix, seq) = *item;
	put_page(ix, seq);
	ix->item_bytes += item->n_terms * 6u;
	for (size_t i = 0; i < v.n; i++) {
		uint32_t cross = gaz_terms_cross(ix->terms, v.id[i]);
		uint32_t alias = gaz_terms_alias(ix->terms, v.id[i]);

		gaz_terms_post(ix->terms, v.id[i], seq, ix->oldest);
		gaz_terms_post(ix->terms, cross, seq, ix->oldest);
		gaz_terms_post(ix->terms, alias, seq, ix->oldest);
	}
	return seq;
}

/* What add and restore have in common, up to the decision. */
static bool
receive(struct gaz_story_index *ix, const struct gaz_story_item *in,
    gaz_utc now, struct gaz_features *f, struct gaz_item *item,
    uint16_t which[GAZ_ITEM_TERMS_MAX])
{
	advance(ix, now);
	if (!gaz_features_decode(in->features, f)) {
		memset(f, 0, sizeof(*f)); /* alone, but not lost */
		memset(f->signature, (int)(in->item_id & 0xff), 32);
	}
	uint32_t boiler = boilerplate(ix, in->source_id, f, true);
	make_item(ix, in, f, boiler, item, which);
	count_terms(ix, item);
	ix->added++;
	reweigh(ix);
	gaz_item_weigh(item, ix->terms, &ix->weights);
	return item->n_terms > 0;
}

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
	qsort(pair.matches, pair.n_matches, sizeof(pair.matches[0]),
	    by_weight);
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
		struct gaz_story_evidence *e =
		    gaz_list_push(a, &d->evidence);
		e->term = gaz_arena_str(a, term);
		e->kind = m->kind;
		e->weight = weight;
	}
	d->nearest_item = other->item_id;
	d->gap_s = llabs((long long)(gaz_item_time(q->item) -
	    gaz_item_time(other)));
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
	return is_live(ix, first) ? first : page;
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
	d->gap_s = llabs((long long)(gaz_item_time(item) -
	    gaz_item_time(page)));
	d->nearest_language = language_of(a, page);
	d->score = 1;
}

/* Take the item into a story and keep what it is a copy of. */
static void
settle(struct gaz_story_index *ix, struct gaz_item *item, uint32_t story,
    uint32_t page, const struct gaz_query *q)
{
	if (is_live(ix, page)) {
		item->pinned |= GAZ_PIN_PAGE;
		gaz_index_item(ix, page)->pinned |= GAZ_PIN_PAGE;
	}
	if (ix->stories.v[story].n > 0)
		item->copy_of = find_original(ix, q, story, page);
	gaz_index_join(ix, put_item(ix, item), story);
	gaz_index_changed(ix, story);
}

/* How far the best story is ahead: a lone candidate needs less. */
static float
lead_over(float best, float second)
{
	return fminf(MARGIN_MAX, best - second);
}

void
gaz_story_index_add(struct gaz_story_index *ix,
    const struct gaz_story_item *in, gaz_utc now, struct gaz_arena *a,
    struct gaz_story_decision *d)
{
	struct gaz_features f;
	struct gaz_item item;
	uint16_t which[GAZ_ITEM_TERMS_MAX];
	struct gaz_ranked ranked[GAZ_STORIES_MAX];
	struct gaz_query q;
	size_t n = 0;
	uint32_t story, page;

	memset(d, 0, sizeof(*d));
	bool any = receive(ix, in, now, &f, &item, which);
	gaz_query_init(&q, &item, ix->terms, &ix->weights);
	page = find_page(ix, item.url);
	if (any) {
		n = gaz_index_rank(ix, &q, GAZ_SEQ_NONE, ranked);
	}
	float needed = ix->weights.join;
	if (n > 0)
		needed -= ix->weights.margin * lead_over(ranked[0].score,
		    n > 1 ? ranked[1].score : -INFINITY);
	d->threshold = as_probability(needed);
	d->language = language_of(a, &item);
	if (n > 0) {
		const struct gaz_item *nearest =
		    gaz_index_item(ix, ranked[0].nearest);

		d->score = as_probability(ranked[0].score);
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

	receive(ix, in, now, &f, &item, NULL);
	uint32_t story = gaz_index_open(ix, story_id);
	struct gaz_query q;
	gaz_query_init(&q, &item, ix->terms, &ix->weights);
	uint32_t page = find_page(ix, item.url);
	if (page != GAZ_SEQ_NONE && gaz_index_item(ix, page)->story != story)
		page = GAZ_SEQ_NONE; /* a person put them apart */
	settle(ix, &item, story, page, &q);
}

/* Corrections */

void
gaz_story_index_merge(struct gaz_story_index *ix, int64_t into, int64_t from)
{
	uint64_t a, b;

	if (into == from)
		return;
	gaz_index_remark(ix, from, into);
	if (!gaz_map64_find(ix->story_slots, (uint64_t)from, &b))
		return;
	a = gaz_index_open(ix, into);
	for (uint32_t s = ix->oldest; s != ix->next; s++) {
		struct gaz_item *item = gaz_index_item(ix, s);

		if (item->story == b) {
			gaz_index_leave(ix, s);
			gaz_index_join(ix, s, (uint32_t)a);
		}
		if (item->story == a)
			item->pinned |= GAZ_PIN_PERSON;
	}
}

void
gaz_story_index_move(struct gaz_story_index *ix, int64_t item_id,
    int64_t to_story)
{
	for (uint32_t s = ix->oldest; s != ix->next; s++) {
		struct gaz_item *item = gaz_index_item(ix, s);

		if (item->item_id != item_id)
			continue;
		gaz_index_leave(ix, s);
		uint32_t to = gaz_index_open(ix, to_story);
		gaz_index_join(ix, s, to);
		gaz_index_changed(ix, to);
		item->pinned |= GAZ_PIN_PERSON;
	}
}

void
gaz_index_remark(struct gaz_story_index *ix, int64_t from, int64_t to)
{
	for (size_t i = 0; i < ix->marks.n; i++) {
		if (ix->marks.v[i].story_id == from)
			ix->marks.v[i].story_id = to;
	}
}

bool
gaz_index_is_pinned(const struct gaz_story_index *ix, uint32_t story)
{
	for (size_t i = 0; i < ix->marks.n; i++) {
		if (ix->marks.v[i].fact == GAZ_FACT_PINNED &&
		    ix->marks.v[i].story_id == ix->stories.v[story].id)
			return true;
	}
	return false;
}

bool
gaz_index_are_parted(const struct gaz_story_index *ix, uint32_t x,
    int64_t item_id, uint32_t y)
{
	int64_t a = ix->stories.v[x].id, b = ix->stories.v[y].id;

	for (size_t i = 0; i < ix->marks.n; i++) {
		const struct gaz_mark *m = &ix->marks.v[i];

		if (m->story_id != a || m->fact == GAZ_FACT_PINNED ||
		    (item_id != 0 && m->item_id != item_id))
			continue;
		for (size_t k = 0; k < ix->marks.n; k++) {
			const struct gaz_mark *o = &ix->marks.v[k];

			if (o->story_id == b && o->number == m->number &&
			    o->fact != GAZ_FACT_PINNED && o->fact != m->fact)
				return true;
		}
	}
	return false;
}

/* Of the item itself, if it is there, and of what will be restored. */
static void
set_pins(struct gaz_story_index *ix, int64_t item_id, int64_t story_id,
    unsigned set, unsigned unset)
{
	uint64_t slot, said = 0;

	if (item_id == 0)
		return;
	gaz_map64_find(ix->said, (uint64_t)item_id, &said);
	gaz_map64_put(ix->said, (uint64_t)item_id, (said & ~(uint64_t)unset) |
	    set);
	if (!gaz_map64_find(ix->story_slots, (uint64_t)story_id, &slot))
		return;
	for (uint32_t s = ix->stories.v[slot].newest; is_live(ix, s);
	     s = gaz_index_item(ix, s)->before) {
		struct gaz_item *item = gaz_index_item(ix, s);

		if (item->item_id == item_id)
			item->pinned = (uint8_t)((item->pinned & ~unset) | set);
	}
}

/* number or item_id 0: any. */
static void
forget_pins(struct gaz_story_index *ix, int64_t number, int64_t item_id)
{
	size_t kept = 0;

	for (size_t i = 0; i < ix->marks.n; i++) {
		struct gaz_mark m = ix->marks.v[i];

		if (m.fact == GAZ_FACT_PINNED &&
		    (number == 0 || m.number == number) &&
		    (item_id == 0 || m.item_id == item_id))
			set_pins(ix, m.item_id, m.story_id, 0, GAZ_PIN_STORY);
		else
			ix->marks.v[kept++] = m;
	}
	ix->marks.n = kept;
	/* Others may have said it of the same items. */
	for (size_t i = 0; i < kept; i++) {
		const struct gaz_mark *m = &ix->marks.v[i];

		if (m->fact == GAZ_FACT_PINNED)
			set_pins(ix, m->item_id, m->story_id, GAZ_PIN_STORY, 0);
	}
}

void
gaz_story_index_recall(struct gaz_story_index *ix, enum gaz_story_fact fact,
    int64_t number, int64_t item_id, int64_t story_id)
{
	unsigned pins = 0;

	switch (fact) {
	case GAZ_FACT_TOGETHER:
		set_pins(ix, item_id, story_id, GAZ_PIN_PERSON, 0);
		return;
	case GAZ_FACT_UNPINNED:
		forget_pins(ix, number, item_id);
		return;
	case GAZ_FACT_STAYED:
		pins = GAZ_PIN_MARKED;
		break;
	case GAZ_FACT_LEFT:
		if (item_id != 0)
			forget_pins(ix, 0, item_id);
		pins = GAZ_PIN_MARKED | GAZ_PIN_PERSON;
		break;
	case GAZ_FACT_PINNED:
		pins = GAZ_PIN_MARKED | GAZ_PIN_STORY;
		break;
	}
	*gaz_vec_push(&ix->marks) = (struct gaz_mark){ item_id, story_id,
		number, fact };
	set_pins(ix, item_id, story_id, pins, 0);
}

void
gaz_story_index_stats(const struct gaz_story_index *ix,
    struct gaz_story_stats *out)
{
	out->items = ix->next - ix->oldest;
	out->stories = ix->stories.n - ix->free_stories.n;
	out->terms = gaz_terms_used(ix->terms);
	out->bytes = sizeof(*ix) + BOILER_SIZE +
	    GAZ_TOUCHED_SIZE * sizeof(*ix->touched) +
	    ix->ring_cap * sizeof(*ix->ring) +
	    ((out->items + GAZ_BLOCK_ITEMS - 1) / GAZ_BLOCK_ITEMS + 1) *
	        GAZ_BLOCK_ITEMS * sizeof(struct gaz_item) +
	    ix->item_bytes + gaz_embed_bytes(ix) +
	    out->items * 16 + ix->pages_cap * sizeof(*ix->pages) +
	    ix->stories.cap * sizeof(*ix->stories.v) +
	    ix->free_stories.cap * sizeof(uint32_t) +
	    gaz_map64_count(ix->story_slots) * 32 +
	    gaz_terms_bytes(ix->terms);
	out->next_story_id = ix->next_story_id;
	out->vectors = ix->embedded;
	out->vector_len = ix->embedding_len;
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
		make_item(ix, &in[i], &f[i], 0, &item[i], which[i]);
		gaz_item_weigh(&item[i], ix->terms, &ix->weights);
	}
	gaz_query_init(&q, &item[0], ix->terms, &ix->weights);
	gaz_query_compare(&q, &item[1], &pair);
	struct gaz_group g = { 0 };
	gaz_group_add(&g, &pair, 0);
	d->score = as_probability(
	    group_score(ix, &g, pair.same_language, COHERENCE_GUESS));
	explain_pair(&q, &item[1], &f[0], which[0], a, d);
	d->copy = is_copy(&q, &item[1]);
	free(item[0].terms);
	free(item[1].terms);
}
