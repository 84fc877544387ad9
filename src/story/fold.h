#ifndef GAZ_STORY_FOLD_H
#define GAZ_STORY_FOLD_H

#include "gazetted/str.h"

/*
 * Spellings that ought to meet: case and accents away, other scripts to Latin
 * letters, and two keys under which related words and names of different
 * languages fall together. Needs ICU, but nothing else of gazetted, because
 * the lexicon is folded by the same code while the program is built.
 */

#define GAZ_FOLD_MAX 128 /* bytes of one folded word; the rest is cut */

struct gaz_fold;
struct gaz_fold *gaz_fold_new(void);
void gaz_fold_free(struct gaz_fold *f);

/* Narrow a word to what is left without an article or a genitive s. */
void gaz_fold_apostrophe(const uint16_t **u, size_t *n);

/*
 * UTF-16 to folded UTF-8: lower case, compatibility forms, no marks, Latin
 * letters as ASCII; the script stays. Return the length.
 */
size_t gaz_fold_word(struct gaz_fold *f, const uint16_t *u, size_t n,
    char out[GAZ_FOLD_MAX]);

/* Traditional to simplified Han, whole text; *n is its length, at most cap. */
void gaz_fold_han(struct gaz_fold *f, uint16_t *u, size_t *n, size_t cap);

/* A folded word in ASCII letters; the length, 0 when nothing is left. */
size_t gaz_fold_latin(struct gaz_fold *f, struct gaz_str folded,
    char out[GAZ_FOLD_MAX]);

/* "economie" and "ekonomika" alike: normalised, the first six letters. */
size_t gaz_fold_cognate(struct gaz_str latin, char out[GAZ_FOLD_MAX]);

/* "zelensky", "selenskyj" alike: the first letter and the consonants. */
size_t gaz_fold_skeleton(struct gaz_str latin, char out[GAZ_FOLD_MAX]);

/* FNV-1a, 64 bits, which can be continued byte by byte. */
#define GAZ_FNV_SEED UINT64_C(0xcbf29ce484222325)
static inline uint64_t
gaz_fnv_byte(uint64_t h, unsigned char c)
{
	return (h ^ c) * UINT64_C(0x100000001b3);
}
static inline uint64_t
gaz_fnv(uint64_t h, struct gaz_str s)
{
	for (size_t i = 0; i < s.len; i++)
		h = gaz_fnv_byte(h, (unsigned char)s.p[i]);
	return h;
}
/* The low bits of FNV are weak; spread them before they index a table. */
static inline uint64_t
gaz_fnv_end(uint64_t h)
{
	h ^= h >> 32;
	h *= UINT64_C(0x9fb21c651e98df25);
	return h ^ h >> 28;
}

#endif
