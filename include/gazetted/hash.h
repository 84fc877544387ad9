#ifndef GAZETTED_HASH_H
#define GAZETTED_HASH_H

#include "gazetted/str.h"

/*
 * XXH3 (libxxhash): fast, not cryptographic. The same bytes give the same
 * value on every machine, so that values may be stored. Any thread.
 */
uint64_t gaz_hash64(const void *p, size_t n);
static inline uint64_t
gaz_hash_str(struct gaz_str s)
{
	return gaz_hash64(s.p, s.len);
}

/* Of n texts as if each had a NUL behind it and all were one. */
uint64_t gaz_hash_texts(const struct gaz_str *v, size_t n);

/* 128 bits as 32 lower-case hex digits and a NUL: content ETags, ids. */
void gaz_hash128_hex(const void *p, size_t n, char out[33]);

/* One step of mixing: the same inputs give the same well-spread value. */
uint64_t gaz_hash_mix(uint64_t a, uint64_t b);

#endif
