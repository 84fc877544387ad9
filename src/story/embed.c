#include "config.h"

#include "index.h"

#include <math.h>

#include "gazetted/limits.h"
#include "gazetted/mem.h"

/*
 * Vectors of meaning that somebody else made of the items' texts. They lie
 * beside the ring, so that an index without them is as large as before. How
 * near unrelated texts are to each other differs from model to model, from
 * nearly 0 to 0.75, so a cosine is measured from what is usual in the stream,
 * which is the square of the length of the mean of all vectors.
 */

#define USUAL_GUESS 0.4f
#define USUAL_GUESS_COUNT 16 /* vectors that the guess stands for */
#define MEAN_COUNT_MAX 4096  /* then the oldest fade */

static bool
is_live(const struct gaz_story_index *ix, uint32_t seq)
{
	return seq != GAZ_SEQ_NONE && seq - ix->oldest < ix->next - ix->oldest;
}

/* The place of an item's; there has to be a ring of them. */
static struct gaz_embedding *
place_of(const struct gaz_story_index *ix, uint32_t seq)
{
	return &ix->embeddings[seq & (ix->embeddings_cap - 1)];
}

static struct gaz_embedding *
find_embedding(const struct gaz_story_index *ix, uint32_t seq)
{
	if (ix->embeddings == NULL || place_of(ix, seq)->v == NULL)
		return NULL;
	return place_of(ix, seq);
}

void
gaz_embed_drop(struct gaz_story_index *ix, uint32_t seq)
{
	struct gaz_embedding *e = find_embedding(ix, seq);

	if (e == NULL)
		return;
	ix->embedded--;
	free(e->v);
	memset(e, 0, sizeof(*e));
}

void
gaz_embed_clear(struct gaz_story_index *ix)
{
	for (uint32_t s = ix->oldest; s != ix->next; s++)
		gaz_embed_drop(ix, s);
	free(ix->embeddings);
	free(ix->embedding_mean);
	ix->embeddings = NULL;
	ix->embedding_mean = NULL;
	ix->embedding_len = 0;
	ix->embedding_count = 0;
	gaz_vec_clear(&ix->fresh);
}

void
gaz_embed_make_room(struct gaz_story_index *ix)
{
	size_t cap = ix->embeddings_cap * 2;
	struct gaz_embedding *grown;

	if (ix->embeddings == NULL ||
	    ix->next - ix->oldest < ix->embeddings_cap)
		return;
	grown = gaz_mem_zero(cap, sizeof(*grown));
	for (uint32_t s = ix->oldest; s != ix->next; s++)
		grown[s & (cap - 1)] = *place_of(ix, s);
	free(ix->embeddings);
	ix->embeddings = grown;
	ix->embeddings_cap = cap;
}

size_t
gaz_embed_bytes(const struct gaz_story_index *ix)
{
	if (ix->embeddings == NULL)
		return 0;
	return ix->embeddings_cap * sizeof(*ix->embeddings) +
	    ix->embedding_len * sizeof(*ix->embedding_mean) +
	    ix->embedded * (ix->embedding_len + 16);
}

static float
norm_of(const int8_t *v, size_t n)
{
	int32_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += v[i] * v[i];
	return sqrtf((float)sum);
}

/* What unrelated texts have; a guess that gives way to what is seen. */
static void
learn_usual(struct gaz_story_index *ix, const struct gaz_embedding *e)
{
	float n, length = 0, seen;

	if (ix->embedding_count < MEAN_COUNT_MAX)
		ix->embedding_count++;
	n = (float)ix->embedding_count;
	for (size_t i = 0; i < ix->embedding_len; i++) {
		float *m = &ix->embedding_mean[i];

		*m += ((float)e->v[i] / e->norm - *m) / n;
		length += *m * *m;
	}
	/* Of the pairs in that square, those with themselves are 1. */
	seen = n > 1 ? (n * length - 1) / (n - 1) : USUAL_GUESS;
	seen = (n * seen + USUAL_GUESS_COUNT * USUAL_GUESS) /
	    (n + USUAL_GUESS_COUNT);
	ix->embedding_usual = fmaxf(0, fminf(seen, 0.95f));
}

static void
draw_sketch(struct gaz_embedding *e, size_t n)
{
	for (size_t i = 0; i < GAZ_SKETCH_WORDS * 64; i++) {
		if (e->v[i * n / (GAZ_SKETCH_WORDS * 64)] > 0)
			e->sketch[i / 64] |= UINT64_C(1) << (i % 64);
	}
}

/* Ids mostly grow in order of arrival, but nobody has to promise that. */
static uint32_t
find_item(const struct gaz_story_index *ix, int64_t item_id)
{
	uint32_t low = 0, high = ix->next - ix->oldest;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (gaz_index_item(ix, ix->oldest + mid)->item_id < item_id)
			low = mid + 1;
		else
			high = mid;
	}
	if (is_live(ix, ix->oldest + low) &&
	    gaz_index_item(ix, ix->oldest + low)->item_id == item_id)
		return ix->oldest + low;
	for (uint32_t s = ix->oldest; s != ix->next; s++) {
		if (gaz_index_item(ix, s)->item_id == item_id)
			return s;
	}
	return GAZ_SEQ_NONE;
}

/* The place of the item's, with the vector in it; NULL: refused. */
static struct gaz_embedding *
keep_vector(struct gaz_story_index *ix, uint32_t seq, const int8_t *vector,
    size_t n)
{
	struct gaz_embedding *e;
	float norm;

	if (seq == GAZ_SEQ_NONE || n == 0 || n > GAZ_STORY_VECTOR_MAX ||
	    (ix->embedding_len != 0 && n != ix->embedding_len))
		return NULL;
	norm = norm_of(vector, n);
	if (!(norm > 0))
		return NULL;
	if (ix->embeddings == NULL) {
		ix->embeddings_cap = 256;
		while (ix->embeddings_cap < ix->next - ix->oldest)
			ix->embeddings_cap *= 2;
		ix->embeddings = gaz_mem_zero(ix->embeddings_cap,
		    sizeof(*ix->embeddings));
		ix->embedding_mean = gaz_mem_zero(n,
		    sizeof(*ix->embedding_mean));
		ix->embedding_len = n;
	}
	gaz_embed_drop(ix, seq);
	e = place_of(ix, seq);
	e->v = gaz_mem_alloc(n);
	memcpy(e->v, vector, n);
	e->norm = norm;
	draw_sketch(e, n);
	ix->embedded++;
	learn_usual(ix, e);
	return e;
}

bool
gaz_story_index_embed(struct gaz_story_index *ix, int64_t item_id,
    const int8_t *vector, size_t n)
{
	uint32_t seq = find_item(ix, item_id);
	struct gaz_embedding *e = keep_vector(ix, seq, vector, n);

	if (e == NULL)
		return false;
	e->fresh = true;
	*gaz_vec_push(&ix->fresh) = seq;
	gaz_index_changed(ix, gaz_index_item(ix, seq)->story);
	return true;
}

bool
gaz_story_index_restore_vector(struct gaz_story_index *ix, int64_t item_id,
    const int8_t *vector, size_t n)
{
	return keep_vector(ix, find_item(ix, item_id), vector, n) != NULL;
}

void
gaz_embed_settle(struct gaz_story_index *ix)
{
	for (size_t i = 0; i < ix->fresh.n; i++) {
		if (is_live(ix, ix->fresh.v[i]))
			place_of(ix, ix->fresh.v[i])->fresh = false;
	}
	ix->fresh.n = 0;
}

void
gaz_story_index_forget_vectors(struct gaz_story_index *ix)
{
	gaz_embed_clear(ix);
}

void
gaz_index_query(const struct gaz_story_index *ix, uint32_t seq,
    struct gaz_query *q)
{
	gaz_query_init(q, gaz_index_item(ix, seq), ix->terms, &ix->weights);
	q->embedding = find_embedding(ix, seq);
}

/*
 * 0: as unrelated texts, 1: the same. Texts on one topic are near, those about
 * one event are nearer; the third power is for these alone.
 */
static float
likeness(const struct gaz_story_index *ix, const struct gaz_embedding *a,
    const struct gaz_embedding *b)
{
	int32_t sum = 0;
	float x;

	for (size_t i = 0; i < ix->embedding_len; i++)
		sum += a->v[i] * b->v[i];
	x = ((float)sum / (a->norm * b->norm) - ix->embedding_usual) /
	    (1 - ix->embedding_usual);
	x = fmaxf(0, fminf(x, 1));
	return x * x * x;
}

void
gaz_index_compare(const struct gaz_story_index *ix, const struct gaz_query *q,
    uint32_t seq, struct gaz_pair *out)
{
	const struct gaz_embedding *e = find_embedding(ix, seq);

	gaz_query_compare(q, gaz_index_item(ix, seq), out);
	if (q->embedding == NULL || e == NULL)
		return;
	out->embedded = true;
	out->embed = likeness(ix, q->embedding, e);
}

bool
gaz_story_index_likeness(const struct gaz_story_index *ix, int64_t item_a,
    int64_t item_b, double *out)
{
	uint32_t a = find_item(ix, item_a), b = find_item(ix, item_b);
	const struct gaz_embedding *x, *y;

	if (a == GAZ_SEQ_NONE || b == GAZ_SEQ_NONE)
		return false;
	x = find_embedding(ix, a);
	y = find_embedding(ix, b);
	if (x == NULL || y == NULL)
		return false;
	*out = (double)likeness(ix, x, y);
	return true;
}

void
gaz_story_compare_vectors(const struct gaz_story_index *ix, int64_t item_a,
    int64_t item_b, struct gaz_arena *a, struct gaz_story_decision *d)
{
	const struct gaz_story_weights *w = &ix->weights;
	struct gaz_story_evidence *e;
	double alike, z, share;

	if (!gaz_story_index_likeness(ix, item_a, item_b, &alike))
		return;
	z = (double)w->embed * (alike - (double)w->embed_centre);
	d->score = 1 / (1 + (1 / fmax(d->score, 1e-9) - 1) * exp(-z));
	/* All else together counts as a likeness of 1. */
	share = d->evidence.n > 0 ? alike / (1 + alike) : 1;
	if (!(alike > 0))
		return;
	for (size_t i = 0; i < d->evidence.n; i++)
		d->evidence.v[i].weight *= 1 - share;
	if (d->evidence.n < 16)
		gaz_list_push(a, &d->evidence);
	e = &d->evidence.v[d->evidence.n - 1];
	for (; e > d->evidence.v && e[-1].weight < share; e--)
		*e = e[-1];
	*e = (struct gaz_story_evidence){ GAZ_STR("alike in meaning"), 'v',
		share };
}

static unsigned
distance(const struct gaz_embedding *a, const struct gaz_embedding *b)
{
	int n = 0;

	for (size_t i = 0; i < GAZ_SKETCH_WORDS; i++)
		n += __builtin_popcountll(a->sketch[i] ^ b->sketch[i]);
	return (unsigned)n;
}

size_t
gaz_embed_search(const struct gaz_story_index *ix, const struct gaz_query *q,
    uint32_t except, uint32_t out[GAZ_ALIKE_MAX])
{
	unsigned far[GAZ_ALIKE_MAX];
	uint32_t first = ix->oldest;
	size_t n = 0;

	/* It goes through all of them, so once for each vector is enough. */
	if (q->embedding == NULL || !q->embedding->fresh ||
	    ix->embeddings == NULL)
		return 0;
	if (ix->next - first > GAZ_ALIKE_READ_MAX)
		first = ix->next - GAZ_ALIKE_READ_MAX;
	for (uint32_t s = first; s != ix->next; s++) {
		const struct gaz_embedding *e = place_of(ix, s);
		size_t k;

		if (e->v == NULL || e == q->embedding || s == except)
			continue;
		unsigned d = distance(q->embedding, e);
		if (n == GAZ_ALIKE_MAX && d >= far[n - 1])
			continue;
		const struct gaz_item *item = gaz_index_item(ix, s);
		if (is_live(ix, item->copy_of) ||
		    llabs((long long)(gaz_item_time(item) -
		        gaz_item_time(q->item))) > ix->options.window_s)
			continue;
		for (k = n < GAZ_ALIKE_MAX ? n++ : n - 1;
		     k > 0 && far[k - 1] > d; k--) {
			far[k] = far[k - 1];
			out[k] = out[k - 1];
		}
		far[k] = d;
		out[k] = s;
	}
	return n;
}
