#ifndef GAZ_STORY_EXTRACT_H
#define GAZ_STORY_EXTRACT_H

#ifdef STEMMER_IN_FOLDER
#include <libstemmer/libstemmer.h>
#else
#include <libstemmer.h>
#endif

#include "gazetted/story.h"
#include "gazetted/vec.h"

#include "blob.h"
#include "fold.h"
#include "token.h"
#include "words.h"

/*
 * The inside of the extractor, for the files of this folder that make terms
 * of the tokens of one item.
 */

#define GAZ_STEMMERS_MAX 32
#define GAZ_SEEN_SIZE 1024 /* of the table that finds a term again */

struct gaz_stemmer {
	char language[4];
	struct sb_stemmer *sb; /* NULL: there is none for this language */
};

struct gaz_story_extractor {
	struct gaz_fold *fold;
	struct gaz_tokenizer *tokenizer;
	struct gaz_tokens tokens;
	struct gaz_stemmer stemmers[GAZ_STEMMERS_MAX];
	size_t n_stemmers;
	struct gaz_words words; /* of dictionaries; lent */

	/* Of the item at hand */
	struct gaz_features f;
	uint16_t seen[GAZ_SEEN_SIZE];
	uint32_t langs;
	int64_t day; /* of publishing; INT64_MIN unknown */
	struct sb_stemmer *sb;
	GAZ_VEC(char) texts; /* readable texts of terms; see text_at */
	uint32_t text_at[GAZ_FEATURES_TERMS_MAX];
};

/* A term about to be added. */
struct gaz_draft {
	uint32_t native, cross, alias;
	char kind;
	uint8_t flags, prior;
	size_t first, last; /* tokens, for the readable text */
};

/* Stems (stem.c). The stemmer is the extractor's; NULL: there is none. */
struct sb_stemmer *gaz_stemmer_of(
    struct gaz_story_extractor *x, const char *language);
/* The stem of a word token, folded; it may be out or the token's own. */
struct gaz_str gaz_stem(struct gaz_story_extractor *x,
    const struct gaz_token *t, char out[GAZ_FOLD_MAX]);
/* The stem of it as a name, in Latin letters; or stemmed as it is. */
struct gaz_str gaz_stem_name(struct gaz_story_extractor *x,
    const struct gaz_token *t, struct gaz_str stemmed,
    char latin[GAZ_FOLD_MAX]);

/* Looking into the lexicon (lookup.c). */
/* What the letters of a token say about its being a name. */
unsigned gaz_lookup_case(const struct gaz_story_extractor *x,
    const struct gaz_token *t, bool title_case);
/* May tokens first..last, as they are spelt, be the concept? */
bool gaz_lookup_fits_case(const struct gaz_story_extractor *x, size_t first,
    size_t last, int concept);
/*
 * The concept of a word alone, or -1; how: GAZ_LEXICON_... besides WHOLE.
 * *node, unless node is NULL: phrases may begin so.
 */
int gaz_lookup_word(const struct gaz_story_extractor *x, struct gaz_str w,
    unsigned how, bool *node);
/* The longest phrase that begins at token i, up to *last; -1 if none. */
int gaz_lookup_phrase(
    const struct gaz_story_extractor *x, size_t i, size_t *last);
bool gaz_lookup_is_weekday(int concept);

/*
 * A day of the calendar that begins at token i (day.c); return how many tokens
 * it took, 0 if there is none.
 */
size_t gaz_extract_day(struct gaz_story_extractor *x, size_t i);

/* Terms of tokens (add.c, dense.c). */
void gaz_extract_add(struct gaz_story_extractor *x, const struct gaz_draft *d);
void gaz_extract_number(
    struct gaz_story_extractor *x, size_t first, size_t last, double value);
/* A concept that stands for itself: the same key in every language. */
void gaz_extract_concept(
    struct gaz_story_extractor *x, size_t first, size_t last, int concept);
/* Token i of a title may say that it is one of several events. */
void gaz_extract_roundup(
    struct gaz_story_extractor *x, size_t i, int concept);
/* A word, with a concept or -1. */
void gaz_extract_word(
    struct gaz_story_extractor *x, size_t i, int concept, bool title_case);
/* Germanic compounds: the concepts of their two ends. */
void gaz_extract_compound(struct gaz_story_extractor *x, size_t i);
/* Tokens [from, to) are one run of Han or kana. */
void gaz_extract_dense(struct gaz_story_extractor *x, size_t from, size_t to);

#endif
