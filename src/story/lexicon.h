#ifndef GAZ_STORY_LEXICON_H
#define GAZ_STORY_LEXICON_H

#include "gazetted/str.h"

/*
 * The news lexicon: forms of words in many languages to the concept they name, and the names of countries and large cities in many more. Built from
 * data/lexicon and from ICU when the program is; read-only, any thread.
 *
 * A form is found by 50 bits of the hash of its folded text: 16 name a bucket,
 * 34 stand in the entry, which is one word of 64 bits. Two of half a million
 * forms meet by accident once in thousands of lexicons.
 */

/*
 * Languages with words of their own: first those that are columns of the
 * tables, in their order, then those that have a list, lang-TAG.tsv.
 */
#define GAZ_LEXICON_LANGUAGES \
	{ "en", "fr", "de", "es", "it", "pt", "nl", "pl", "ru", "ar", "ja", \
		"zh", "cs", "el", "fi", "hi", "hu", "ko", "ro", "sv", "tr", \
		"uk", "da", "fa", "id", "vi", "he" }
#define GAZ_LEXICON_COLUMNS 12
#define GAZ_LEXICON_ANY (UINT32_C(1) << 31) /* holds in every language */
#define GAZ_LEXICON_SETS_MAX 8192           /* of languages */
#define GAZ_LEXICON_BUCKETS 65536
#define GAZ_LEXICON_CONCEPTS_MAX 16384
#define GAZ_LEXICON_NOWHERE UINT16_MAX

enum {
	GAZ_LEXICON_PREFIX = 1, /* the form is a stem: any ending may follow */
	GAZ_LEXICON_HEAD = 2,   /* phrases begin so; no concept */
	GAZ_LEXICON_SHORT = 4,  /* too short to trust without its language */
};

/* An entry: 34 bits of hash, 14 of concept, 13 of the set of languages, 3 of
 * flags. */
#define GAZ_LEXICON_BUCKET(key) ((uint32_t)((key) >> 48))
#define GAZ_LEXICON_REST(key) ((key) << 16 >> 30)
static inline uint64_t
gaz_lexicon_pack(uint64_t key, uint32_t concept, uint32_t set,
    uint32_t flags)
{
	return GAZ_LEXICON_REST(key) << 30 | (uint64_t)concept << 16 |
	    (uint64_t)set << 3 | flags;
}

struct gaz_lexicon_concept {
	uint32_t id;    /* where it begins in gaz_lexicon_ids */
	uint16_t in;    /* concept of the country, or GAZ_LEXICON_NOWHERE */
	uint8_t weight; /* hundredths */
	char kind;      /* c word, o institution, h person, p place, n number,
	                   r says that it is a round-up, s to be ignored */
};

/* Bucket b is entries [starts[b], starts[b + 1]), in order of precedence. */
extern const uint32_t gaz_lexicon_starts[GAZ_LEXICON_BUCKETS + 1];
extern const uint64_t gaz_lexicon_entries[];
extern const uint32_t gaz_lexicon_sets[]; /* bits of languages */
extern const struct gaz_lexicon_concept gaz_lexicon_concepts[];
extern const char gaz_lexicon_ids[];
extern const uint32_t gaz_lexicon_version; /* changes with the content */

static inline const char *
gaz_lexicon_id(int concept)
{
	return gaz_lexicon_ids + gaz_lexicon_concepts[concept].id;
}

/* Bits of what serves a language; 0 for an unknown one. */
uint32_t gaz_lexicon_langs(struct gaz_str language);

/* How a word stands in the text. */
enum {
	GAZ_LEXICON_WHOLE = 1,    /* it ends here; otherwise only stems count */
	GAZ_LEXICON_CAPITALS = 2, /* all capitals, as no function word is */
	GAZ_LEXICON_LOWER = 4,    /* small where a name would have a capital */
	GAZ_LEXICON_UPPER = 8,    /* a capital that only a name has */
};

/*
 * The concept of the form that was hashed to h (gaz_fnv, not ended), or -1; how:
 * the above. A form of the language at hand goes before one of all languages,
 * a name before a word where a capital says so, then what the tables hold
 * first. *node is set when phrases of the language go on here; may be NULL.
 */
int gaz_lexicon_find(uint64_t h, uint32_t langs, unsigned how, bool *node);

#endif
