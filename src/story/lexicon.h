#ifndef GAZ_STORY_LEXICON_H
#define GAZ_STORY_LEXICON_H

#include "gazetted/str.h"

/*
 * The news lexicon: forms of words in a dozen languages to the concept they
 * name, and the names of countries and large cities in many more. Built from
 * data/lexicon and from ICU when the program is; read-only, any thread.
 */

/* Languages with a column of their own, in the order of the columns. */
#define GAZ_LEXICON_LANGUAGES \
	{ "en", "fr", "de", "es", "it", "pt", "nl", "pl", "ru", "ar", "ja", \
		"zh" }
#define GAZ_LEXICON_COLUMNS 12
#define GAZ_LEXICON_ANY (UINT32_C(1) << 31) /* holds in every language */

enum {
	GAZ_LEXICON_PREFIX = 1, /* the form is a stem: any ending may follow */
	GAZ_LEXICON_HEAD = 2,   /* phrases begin with this word; no concept */
	GAZ_LEXICON_SHORT = 4,  /* too short to trust without its language */
};

/* Sorted into an open-addressing table by key; key 0 is an empty place. */
struct gaz_lexicon_form {
	uint64_t key;   /* gaz_fnv_end of the folded form */
	uint32_t langs; /* bits of GAZ_LEXICON_LANGUAGES */
	uint16_t concept;
	uint8_t flags;
};

struct gaz_lexicon_concept {
	const char *id;
	uint8_t weight; /* hundredths */
	char kind;      /* c word, o institution, h person, p place, n number,
	                   s to be ignored */
};

extern const struct gaz_lexicon_form gaz_lexicon_forms[];
extern const uint32_t gaz_lexicon_mask; /* table size - 1 */
extern const struct gaz_lexicon_concept gaz_lexicon_concepts[];
extern const uint32_t gaz_lexicon_concept_count;
extern const uint32_t gaz_lexicon_version; /* changes with the content */

/* Bits of the columns that serve a language; 0 for an unknown one. */
uint32_t gaz_lexicon_langs(struct gaz_str language);

/*
 * The concept of the form that was hashed to h (gaz_fnv, not ended), or -1.
 * whole: the word ends here; otherwise only stems count. capitals: it is
 * written all in capitals, as no function word is and institutions are. *head:
 * whether phrases begin so; may be NULL.
 */
int gaz_lexicon_find(uint64_t h, uint32_t langs, bool whole, bool capitals,
    bool *head);

#endif
