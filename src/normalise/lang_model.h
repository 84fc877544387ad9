#ifndef GAZETTED_NORMALISE_LANG_MODEL_H
#define GAZETTED_NORMALISE_LANG_MODEL_H

#include <stdint.h>

/* What the compiler of the language model and its reader agree on. */

enum script {
	SCRIPT_OTHER,
	SCRIPT_LATIN,
	SCRIPT_CYRILLIC,
	SCRIPT_ARABIC,
	SCRIPT_DEVANAGARI,
	SCRIPT_GREEK,
	SCRIPT_HEBREW,
	SCRIPT_THAI,
	SCRIPT_HANGUL,
	SCRIPT_KANA,
	SCRIPT_HAN,
	SCRIPT_GEORGIAN,
	SCRIPT_ARMENIAN,
	SCRIPT_BENGALI,
	SCRIPT_GURMUKHI,
	SCRIPT_GUJARATI,
	SCRIPT_ORIYA,
	SCRIPT_TAMIL,
	SCRIPT_TELUGU,
	SCRIPT_KANNADA,
	SCRIPT_MALAYALAM,
	SCRIPT_SINHALA,
	SCRIPT_LAO,
	SCRIPT_TIBETAN,
	SCRIPT_MYANMAR,
	SCRIPT_KHMER,
	SCRIPT_ETHIOPIC,
	SCRIPT_COUNT
};

/* Added to the count of each triple. */
#define LANG_SMOOTHING 0.1

/* A language of the model; a language in two scripts has two. */
struct lang {
	char code[3];
	enum script script;
	float prior; /* natural logarithms: of how common it is in feeds, */
	float none;  /* and of the chance of a triple that it has not */
};

/* One language that has a word or a triple, and the word's rank or the
 * triple's count. */
struct posting {
	uint8_t lang, value;
};

struct word {
	const char *text;
	uint32_t from;
	uint8_t n;
};

struct triple {
	uint64_t key;
	uint32_t from;
	uint8_t n;
};

/*
 * Three characters in a row as a number: shift the next one in. As long as
 * fewer than three were seen, the upper 21 bits are 0.
 */
static inline uint64_t
gaz_lang_triple(uint64_t key, uint32_t next)
{
	return (key << 21 | next) & ((UINT64_C(1) << 63) - 1);
}

#endif
