#ifndef GAZ_STORY_TOKEN_H
#define GAZ_STORY_TOKEN_H

#include "gazetted/str.h"
#include "gazetted/vec.h"

#include "fold.h"

/* Text to words, with what is needed to judge them. Private to the folder. */

enum gaz_token_class {
	GAZ_TOKEN_WORD,   /* letters that are written with spaces between words */
	GAZ_TOKEN_NUMBER, /* begins with a digit */
	GAZ_TOKEN_DENSE,  /* Han, kana: no spaces between words */
};

enum {
	GAZ_TOKEN_TITLE = 1,
	GAZ_TOKEN_UPPER = 2,   /* begins with a capital */
	GAZ_TOKEN_CAPS = 4,    /* capitals inside: NATO, iPhone */
	GAZ_TOKEN_FIRST = 8,   /* a capital is due here */
	GAZ_TOKEN_JOINED = 16, /* no space before it */
	GAZ_TOKEN_USED = 32,   /* stands for nothing of its own any more */
	GAZ_TOKEN_PERCENT = 64, /* a per cent sign follows */
	GAZ_TOKEN_KANA = 128,  /* hiragana only */
};

struct gaz_token {
	struct gaz_str folded;
	uint32_t start; /* in the UTF-16 text */
	uint16_t len;
	uint8_t flags, sentence;
	enum gaz_token_class class;
};

struct gaz_tokens {
	GAZ_VEC(struct gaz_token) list;
	GAZ_VEC(uint16_t) text; /* UTF-16 of title and summary */
	GAZ_VEC(char) folded;
	size_t n_sentences;
};

struct gaz_tokenizer;
struct gaz_tokenizer *gaz_tokenizer_new(struct gaz_fold *fold);
void gaz_tokenizer_free(struct gaz_tokenizer *t);

/*
 * Take title and summary apart into *out, whose memory is reused. source: the
 * outlet, whose name is cut off the end of the title. chinese: simplify Han.
 */
void gaz_tokenizer_run(struct gaz_tokenizer *t, struct gaz_str title,
    struct gaz_str summary, struct gaz_str source, bool chinese,
    struct gaz_tokens *out);
void gaz_tokens_clear(struct gaz_tokens *t);

#endif
