#include "config.h"

#include "server.h"

#include <assert.h>
#include <stdlib.h>

#include "gazetted/map.h"
#include "gazetted/mem.h"

/*
 * A map by key over a list by use, the latest first. An entry weighs its
 * document's memory, both forms, its key and itself.
 */
struct entry {
	char *key;
	size_t key_len;
	int64_t generation;
	struct gaz_http_doc *doc;
	size_t bytes;
	TAILQ_ENTRY(entry) link;
};

struct gaz_http_cache {
	struct gaz_map *map;
	TAILQ_HEAD(entry_list, entry) used;
	size_t bytes, max_bytes;
};

struct gaz_http_cache *
gaz_http_cache_new(size_t max_bytes)
{
	struct gaz_http_cache *c = gaz_mem_zero(1, sizeof(*c));

	c->map = gaz_map_new();
	c->max_bytes = max_bytes;
	TAILQ_INIT(&c->used);
	return c;
}

static void
drop(struct gaz_http_cache *c, struct entry *e)
{
	void *was = gaz_map_take(c->map, gaz_str_make(e->key, e->key_len));
	assert(was == e);
	TAILQ_REMOVE(&c->used, e, link);
	c->bytes -= e->bytes;
	gaz_http_doc_put(e->doc);
	free(e->key);
	free(e);
}

void
gaz_http_cache_free(struct gaz_http_cache *c)
{
	struct entry *e;

	if (c == NULL)
		return;
	while ((e = TAILQ_FIRST(&c->used)) != NULL)
		drop(c, e);
	gaz_map_free(c->map);
	free(c);
}

struct gaz_http_doc *
gaz_http_cache_find(struct gaz_http_cache *c, struct gaz_str key,
    int64_t generation)
{
	struct entry *e = gaz_map_find(c->map, key);

	if (e == NULL)
		return NULL;
	if (e->generation != generation) {
		drop(c, e);
		return NULL;
	}
	TAILQ_REMOVE(&c->used, e, link);
	TAILQ_INSERT_HEAD(&c->used, e, link);
	return e->doc;
}

void
gaz_http_cache_put(struct gaz_http_cache *c, struct gaz_str key,
    int64_t generation, struct gaz_http_doc *d)
{
	struct entry *e = gaz_map_find(c->map, key);

	/* the caller's document may be the very one that is dropped */
	gaz_http_doc_get(d);
	if (e != NULL)
		drop(c, e);
	size_t bytes = sizeof(*e) + key.len + sizeof(*d) + d->body.cap +
	    d->packed.cap;
	if (bytes > c->max_bytes) {
		gaz_http_doc_put(d);
		return;
	}
	while (bytes > c->max_bytes - c->bytes)
		drop(c, TAILQ_LAST(&c->used, entry_list));
	e = gaz_mem_zero(1, sizeof(*e));
	e->key = gaz_mem_alloc(key.len + 1);
	memcpy(e->key, key.p != NULL ? key.p : "", key.len);
	e->key_len = key.len;
	e->generation = generation;
	e->doc = d;
	e->bytes = bytes;
	gaz_map_put(c->map, key, e);
	TAILQ_INSERT_HEAD(&c->used, e, link);
	c->bytes += bytes;
}

size_t
gaz_http_cache_bytes(const struct gaz_http_cache *c)
{
	return c->bytes;
}

size_t
gaz_http_cache_count(const struct gaz_http_cache *c)
{
	return gaz_map_count(c->map);
}
