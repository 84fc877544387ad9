/*
 * gaz_map keeps its entries in an array in the order of insertion, and beside
 * it an open-addressed table of indexes into that array. gaz_map64 is one
 * open-addressed table of pairs; key 0 marks a free place there, so the pair
 * of key 0 itself lives outside the table.
 *
 * Keys come from outside. Both tables stir a secret of the process into the
 * hashes, so that nobody can prepare keys that all fall in one place.
 */
#include "config.h"

#include "gazetted/map.h"

#include <stdlib.h>
#include <sys/auxv.h>

#include "gazetted/hash.h"
#include "gazetted/mem.h"

#define FIRST_SLOTS 16 /* a power of two */

/* Random bytes that the kernel gave the process; costs no system call. */
static uint64_t
process_secret(void)
{
	uint64_t secret = 0;
	unsigned long at = getauxval(AT_RANDOM);

	/* The address is a number by getauxval's own contract. */
	const void *bytes = (const void *)at;
	if (bytes != NULL)
		memcpy(&secret, bytes, sizeof(secret));
	return secret;
}

struct entry {
	char *key; /* NULL: taken out */
	size_t len;
	uint64_t hash;
	void *value;
};

struct gaz_map {
	struct entry *entries;
	size_t n, cap; /* entries, those taken out too */
	size_t live;
	size_t *slots; /* index of an entry plus 1; 0: free */
	size_t slot_count;
	uint64_t secret;
};

struct gaz_map *
gaz_map_new(void)
{
	struct gaz_map *m = gaz_mem_zero(1, sizeof(*m));

	m->secret = process_secret();
	return m;
}

void
gaz_map_free(struct gaz_map *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < m->n; i++)
		free(m->entries[i].key);
	free(m->entries);
	free(m->slots);
	free(m);
}

static uint64_t
key_hash(const struct gaz_map *m, struct gaz_str key)
{
	return gaz_hash_mix(gaz_hash_str(key), m->secret);
}

/* The slot that leads to key, or the free one where the search ended. */
static size_t *
find_slot(const struct gaz_map *m, struct gaz_str key, uint64_t hash)
{
	size_t mask = m->slot_count - 1;

	for (size_t i = (size_t)hash & mask;; i = (i + 1) & mask) {
		if (m->slots[i] == 0)
			return &m->slots[i];
		const struct entry *e = &m->entries[m->slots[i] - 1];
		if (e->key != NULL && e->hash == hash &&
		    gaz_str_eq(gaz_str_make(e->key, e->len), key))
			return &m->slots[i];
	}
}

/* Close the gaps among the entries and give them a table that fits. */
static void
rebuild(struct gaz_map *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n; i++) {
		if (m->entries[i].key != NULL)
			m->entries[n++] = m->entries[i];
	}
	m->n = n;
	m->slot_count = FIRST_SLOTS;
	while (m->slot_count / 2 < n + 1)
		m->slot_count *= 2;
	free(m->slots);
	m->slots = gaz_mem_zero(m->slot_count, sizeof(*m->slots));
	m->cap = m->slot_count / 4 * 3;
	m->entries = gaz_mem_grow(m->entries, m->cap, sizeof(*m->entries));
	size_t mask = m->slot_count - 1;
	for (size_t i = 0; i < n; i++) {
		size_t at = (size_t)m->entries[i].hash & mask;
		while (m->slots[at] != 0)
			at = (at + 1) & mask;
		m->slots[at] = i + 1;
	}
}

void *
gaz_map_put(struct gaz_map *m, struct gaz_str key, void *value)
{
	uint64_t hash = key_hash(m, key);

	if (m->n == m->cap)
		rebuild(m);
	size_t *slot = find_slot(m, key, hash);
	if (*slot != 0) {
		struct entry *e = &m->entries[*slot - 1];
		void *old = e->value;
		e->value = value;
		return old;
	}
	char *copy = gaz_mem_alloc(key.len + 1);
	if (key.len != 0)
		memcpy(copy, key.p, key.len);
	copy[key.len] = '\0';
	m->entries[m->n++] = (struct entry){ copy, key.len, hash, value };
	*slot = m->n;
	m->live++;
	return NULL;
}

void *
gaz_map_find(const struct gaz_map *m, struct gaz_str key)
{
	if (m->live == 0)
		return NULL;
	const size_t *slot = find_slot(m, key, key_hash(m, key));
	return *slot != 0 ? m->entries[*slot - 1].value : NULL;
}

void *
gaz_map_take(struct gaz_map *m, struct gaz_str key)
{
	if (m->live == 0)
		return NULL;
	const size_t *slot = find_slot(m, key, key_hash(m, key));
	if (*slot == 0)
		return NULL;
	/* The slot stays used, so that searches do not end at it too early. */
	struct entry *e = &m->entries[*slot - 1];
	free(e->key);
	e->key = NULL;
	m->live--;
	return e->value;
}

size_t
gaz_map_count(const struct gaz_map *m)
{
	return m->live;
}

bool
gaz_map_next(const struct gaz_map *m, size_t *pos, struct gaz_str *key,
    void **value)
{
	while (*pos < m->n && m->entries[*pos].key == NULL)
		(*pos)++;
	if (*pos >= m->n)
		return false;
	const struct entry *e = &m->entries[(*pos)++];
	*key = gaz_str_make(e->key, e->len);
	*value = e->value;
	return true;
}

struct pair {
	uint64_t key; /* 0: free */
	uint64_t value;
};

struct gaz_map64 {
	struct pair *pairs;
	size_t slot_count;
	size_t n; /* without key 0 */
	bool has_zero;
	uint64_t zero_value;
	uint64_t secret;
};

struct gaz_map64 *
gaz_map64_new(void)
{
	struct gaz_map64 *m = gaz_mem_zero(1, sizeof(*m));

	m->secret = process_secret();
	return m;
}

void
gaz_map64_free(struct gaz_map64 *m)
{
	if (m == NULL)
		return;
	free(m->pairs);
	free(m);
}

static size_t
home64(const struct gaz_map64 *m, uint64_t key)
{
	return (size_t)gaz_hash_mix(key, m->secret) & (m->slot_count - 1);
}

/* The place of key, or the free one where the search ended. */
static size_t
find64(const struct gaz_map64 *m, uint64_t key)
{
	size_t i = home64(m, key);

	while (m->pairs[i].key != 0 && m->pairs[i].key != key)
		i = (i + 1) & (m->slot_count - 1);
	return i;
}

static void
grow64(struct gaz_map64 *m)
{
	struct pair *old = m->pairs;
	size_t old_count = m->slot_count;

	m->slot_count = old_count == 0 ? FIRST_SLOTS : old_count * 2;
	m->pairs = gaz_mem_zero(m->slot_count, sizeof(*m->pairs));
	for (size_t i = 0; i < old_count; i++) {
		if (old[i].key != 0)
			m->pairs[find64(m, old[i].key)] = old[i];
	}
	free(old);
}

void
gaz_map64_put(struct gaz_map64 *m, uint64_t key, uint64_t value)
{
	if (key == 0) {
		m->has_zero = true;
		m->zero_value = value;
		return;
	}
	if (m->n >= m->slot_count / 4 * 3)
		grow64(m);
	struct pair *p = &m->pairs[find64(m, key)];
	if (p->key == 0)
		m->n++;
	*p = (struct pair){ key, value };
}

bool
gaz_map64_find(const struct gaz_map64 *m, uint64_t key, uint64_t *value)
{
	uint64_t found = m->zero_value;

	if (key == 0) {
		if (!m->has_zero)
			return false;
	} else {
		if (m->n == 0)
			return false;
		const struct pair *p = &m->pairs[find64(m, key)];
		if (p->key == 0)
			return false;
		found = p->value;
	}
	if (value != NULL)
		*value = found;
	return true;
}

bool
gaz_map64_remove(struct gaz_map64 *m, uint64_t key)
{
	if (key == 0) {
		bool had = m->has_zero;
		m->has_zero = false;
		return had;
	}
	if (m->n == 0)
		return false;
	size_t mask = m->slot_count - 1;
	size_t hole = find64(m, key);
	if (m->pairs[hole].key == 0)
		return false;
	/*
	 * Pull later pairs of the same run into the hole, each unless its home
	 * lies behind the hole: no markers are left behind.
	 */
	for (size_t i = (hole + 1) & mask; m->pairs[i].key != 0;
	     i = (i + 1) & mask) {
		size_t home = home64(m, m->pairs[i].key);
		if (((i - home) & mask) >= ((i - hole) & mask)) {
			m->pairs[hole] = m->pairs[i];
			hole = i;
		}
	}
	m->pairs[hole] = (struct pair){ 0 };
	m->n--;
	return true;
}

size_t
gaz_map64_count(const struct gaz_map64 *m)
{
	return m->n + (m->has_zero ? 1 : 0);
}
