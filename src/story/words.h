#ifndef GAZ_STORY_WORDS_H
#define GAZ_STORY_WORDS_H

#include "gazetted/story.h"

/* What dictionaries know, as features need it. Private to the folder. */

#define GAZ_WORD_NO_CONCEPT UINT32_MAX

struct gaz_word {
	uint32_t native;  /* key of the foreign stem */
	uint32_t cross;   /* key of the English stem, if it has no concept */
	uint32_t concept; /* of the lexicon, or GAZ_WORD_NO_CONCEPT */
};

/* A table, lent. */
struct gaz_words {
	const struct gaz_word *v; /* sorted by native */
	size_t n;
	uint32_t version; /* changes with the content; 0: no words */
};

/* False, and no words, when the table is damaged or of another lexicon. */
bool gaz_words_open(struct gaz_words *w, struct gaz_str table);
const struct gaz_word *gaz_words_find(const struct gaz_words *w,
    uint32_t native);

/* False when the pair is of no use: no words, or the lexicon has it. */
bool gaz_extractor_translate(struct gaz_story_extractor *x,
    struct gaz_str language, struct gaz_str word, struct gaz_str english,
    struct gaz_word *out);

#endif
