#ifndef GAZETTED_MAP_H
#define GAZETTED_MAP_H

#include "gazetted/str.h"

/*
 * Hash tables. Iteration order is the order of insertion as long as nothing
 * was removed, so that results do not depend on hashes. One thread at a time.
 */

/* Text to pointer; keys are copied, values are the caller's. */
struct gaz_map;
struct gaz_map *gaz_map_new(void);
void gaz_map_free(struct gaz_map *m);
/* Set; return the value that was there before, or NULL. value is not NULL. */
void *gaz_map_put(struct gaz_map *m, struct gaz_str key, void *value);
void *gaz_map_find(const struct gaz_map *m, struct gaz_str key);
/* Take out and return the value, or NULL. */
void *gaz_map_take(struct gaz_map *m, struct gaz_str key);
size_t gaz_map_count(const struct gaz_map *m);
/* Walk: *pos starts at 0. Do not change the map meanwhile. */
bool gaz_map_next(const struct gaz_map *m, size_t *pos, struct gaz_str *key,
    void **value);

/* 64-bit key to 64-bit value, open addressing, 16 bytes an entry. */
struct gaz_map64;
struct gaz_map64 *gaz_map64_new(void);
void gaz_map64_free(struct gaz_map64 *m);
void gaz_map64_put(struct gaz_map64 *m, uint64_t key, uint64_t value);
/* false when key is not there; *value untouched then. value may be NULL. */
bool gaz_map64_find(const struct gaz_map64 *m, uint64_t key, uint64_t *value);
bool gaz_map64_remove(struct gaz_map64 *m, uint64_t key);
size_t gaz_map64_count(const struct gaz_map64 *m);

#endif
