#include "config.h"

#include "terms.h"

#include <math.h>
#include <string.h>

#include "gazetted/mem.h"
#include "gazetted/vec.h"

/*
 * Counts decay without being touched: a later occurrence simply adds more,
 * 2^(days / half-life), and everything is divided by what one occurrence is
 * worth now. Before the worth outgrows a float, all counts are scaled down.
 */

#define WORTH_MAX 1e6

struct term {
	uint32_t key, cross, alias;
	float count;
	union {
		uint32_t one; /* cap == 0 */
		uint32_t *many;
	} post;
	uint8_t n, cap;
	uint8_t prior;     /* hundredths; 0: 100 */
	uint32_t document; /* the last one that was counted */
};

struct gaz_terms {
	GAZ_VEC(struct term) list; /* [0] is unused */
	uint32_t *table;           /* ids by key, open addressing */
	size_t size;
	double documents, worth;
	uint32_t document; /* number of the one being counted, wraps */
	int64_t epoch;             /* when worth was 1; INT64_MIN: not yet */
	float half_life;           /* seconds */
	size_t post_bytes;
};

struct gaz_terms *
gaz_terms_new(float half_life_days)
{
	struct gaz_terms *t = gaz_mem_zero(1, sizeof(*t));

	t->size = 1024;
	t->table = gaz_mem_zero(t->size, sizeof(*t->table));
	memset(gaz_vec_push(&t->list), 0, sizeof(struct term));
	t->worth = 1;
	t->epoch = INT64_MIN;
	t->half_life = half_life_days * 86400;
	return t;
}

void
gaz_terms_free(struct gaz_terms *t)
{
	if (t == NULL)
		return;
	for (size_t i = 1; i < t->list.n; i++) {
		if (t->list.v[i].cap > 0)
			free(t->list.v[i].post.many);
	}
	gaz_vec_clear(&t->list);
	free(t->table);
	free(t);
}

static size_t
slot_of(const struct gaz_terms *t, uint32_t key)
{
	size_t i = (key * UINT32_C(2654435769)) & (t->size - 1);

	while (t->table[i] != 0 && t->list.v[t->table[i]].key != key)
		i = (i + 1) & (t->size - 1);
	return i;
}

static void
fill_table(struct gaz_terms *t)
{
	memset(t->table, 0, t->size * sizeof(*t->table));
	for (size_t i = 1; i < t->list.n; i++)
		t->table[slot_of(t, t->list.v[i].key)] = (uint32_t)i;
}

uint32_t
gaz_terms_find(const struct gaz_terms *t, uint32_t key)
{
	return key == 0 ? 0 : t->table[slot_of(t, key)];
}

uint32_t
gaz_terms_put(struct gaz_terms *t, uint32_t key, uint32_t cross,
    uint32_t alias)
{
	size_t slot;

	if (key == 0)
		return 0;
	slot = slot_of(t, key);
	if (t->table[slot] != 0) {
		struct term *e = &t->list.v[t->table[slot]];

		if (e->cross == 0)
			e->cross = cross;
		if (e->alias == 0)
			e->alias = alias;
		return t->table[slot];
	}
	uint32_t id = (uint32_t)t->list.n;
	*gaz_vec_push(&t->list) = (struct term){ .key = key,
		.cross = cross,
		.alias = alias };
	t->table[slot] = id;
	if (t->list.n * 3 > t->size * 2) {
		t->size *= 2;
		t->table = gaz_mem_grow(t->table, t->size, sizeof(*t->table));
		fill_table(t);
	}
	return id;
}

uint32_t
gaz_terms_cross(const struct gaz_terms *t, uint32_t id)
{
	return t->list.v[id].cross;
}

uint32_t
gaz_terms_alias(const struct gaz_terms *t, uint32_t id)
{
	return t->list.v[id].alias;
}

void
gaz_terms_set_time(struct gaz_terms *t, int64_t now)
{
	if (t->epoch == INT64_MIN)
		t->epoch = now;
	if (now <= t->epoch)
		return;
	/* After years of silence every count is nothing anyway. */
	double lives = (double)(now - t->epoch) / t->half_life;
	t->worth = exp2(lives < 100 ? lives : 100);
	if (t->worth < WORTH_MAX)
		return;
	for (size_t i = 1; i < t->list.n; i++)
		t->list.v[i].count /= (float)t->worth;
	t->documents /= t->worth;
	t->worth = 1;
	t->epoch = now;
}

void
gaz_terms_count_document(struct gaz_terms *t)
{
	t->documents += t->worth;
	t->document++;
}

void
gaz_terms_count(struct gaz_terms *t, uint32_t id)
{
	struct term *e = &t->list.v[id];

	if (id == 0 || e->document == t->document)
		return;
	e->document = t->document;
	e->count += (float)t->worth;
}

float
gaz_terms_idf(const struct gaz_terms *t, uint32_t id, float documents,
    float frequency)
{
	if (id == 0)
		return 0;
	double n = t->documents / t->worth + documents;
	double f = (double)t->list.v[id].count / t->worth + (double)frequency;
	return n > f ? logf((float)(n / f)) : 0;
}

void
gaz_terms_set_prior(struct gaz_terms *t, uint32_t id, uint8_t prior)
{
	if (id != 0)
		t->list.v[id].prior = prior;
}

float
gaz_terms_prior(const struct gaz_terms *t, uint32_t id)
{
	uint8_t prior = t->list.v[id].prior;

	return prior == 0 ? 1 : (float)prior / 100;
}

void
gaz_terms_post(struct gaz_terms *t, uint32_t id, uint32_t seq,
    uint32_t oldest)
{
	struct term *e = &t->list.v[id];

	if (id == 0 ||
	    (e->n > 0 &&
	        (e->cap == 0 ? e->post.one : e->post.many[e->n - 1]) == seq))
		return;
	if (e->cap == 0) {
		if (e->n == 0 || e->post.one < oldest) {
			e->post.one = seq;
			e->n = 1;
			return;
		}
		uint32_t first = e->post.one;
		e->post.many = gaz_mem_alloc(4 * sizeof(uint32_t));
		e->post.many[0] = first;
		e->cap = 4;
		t->post_bytes += 4 * sizeof(uint32_t) + 8;
	}
	if (e->n == e->cap) {
		size_t gone = 0;

		while (gone < e->n && e->post.many[gone] < oldest)
			gone++;
		if (gone == 0 && e->cap >= GAZ_POSTINGS_MAX)
			gone = GAZ_POSTINGS_MAX / 4;
		if (gone > 0) {
			e->n = (uint8_t)(e->n - gone);
			memmove(e->post.many, e->post.many + gone,
			    e->n * sizeof(uint32_t));
		} else {
			size_t cap = e->cap + e->cap / 2u + 2u;

			if (cap > GAZ_POSTINGS_MAX)
				cap = GAZ_POSTINGS_MAX;
			t->post_bytes += (cap - e->cap) * sizeof(uint32_t);
			e->post.many = gaz_mem_grow(e->post.many, cap,
			    sizeof(uint32_t));
			e->cap = (uint8_t)cap;
		}
	}
	e->post.many[e->n++] = seq;
}

const uint32_t *
gaz_terms_postings(const struct gaz_terms *t, uint32_t id, size_t *n)
{
	const struct term *e = &t->list.v[id];

	*n = e->n;
	return e->cap == 0 ? &e->post.one : e->post.many;
}

void
gaz_terms_prefetch(const struct gaz_terms *t, uint32_t id)
{
	const struct term *e = &t->list.v[id];

	if (e->cap == 0)
		return;
	__builtin_prefetch(e->post.many);
	if (e->n > 16) /* the latest are read first */
		__builtin_prefetch(e->post.many + e->n - 16);
}

size_t
gaz_terms_used(const struct gaz_terms *t)
{
	return t->list.n - 1;
}

size_t
gaz_terms_bytes(const struct gaz_terms *t)
{
	return t->list.cap * sizeof(struct term) +
	    t->size * sizeof(*t->table) + t->post_bytes;
}

static void
drop(struct gaz_terms *t, struct term *e)
{
	if (e->cap > 0) {
		t->post_bytes -= e->cap * sizeof(uint32_t) + 8;
		free(e->post.many);
	}
}

void
gaz_terms_sweep(struct gaz_terms *t, const bool *used, uint32_t *map,
    uint32_t oldest)
{
	size_t n = 1;

	map[0] = 0;
	for (size_t i = 1; i < t->list.n; i++) {
		struct term e = t->list.v[i];

		map[i] = 0;
		if (!used[i] && e.count / t->worth < 0.3) {
			drop(t, &t->list.v[i]);
			continue;
		}
		if (e.cap == 0 && e.n == 1 && e.post.one < oldest)
			e.n = 0;
		if (e.cap > 0 && e.post.many[e.n - 1] < oldest) {
			drop(t, &e);
			e.n = e.cap = 0;
			e.post.one = 0;
		}
		map[i] = (uint32_t)n;
		t->list.v[n++] = e;
	}
	t->list.n = n;
	for (size_t i = 1; i < n; i++) {
		t->list.v[i].cross = map[t->list.v[i].cross];
		t->list.v[i].alias = map[t->list.v[i].alias];
	}
	fill_table(t);
}
