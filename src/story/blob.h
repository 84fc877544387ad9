#ifndef GAZ_STORY_BLOB_H
#define GAZ_STORY_BLOB_H

#include "gazetted/buf.h"
#include "gazetted/limits.h"
#include "gazetted/str.h"

/*
 * The features blob, private to this folder. Little endian, packed:
 *
 *   header   magic "gzf", format u8, lexicon u32, language char[4], url u64,
 *            title_tokens u16, tokens u16, signature u8[32],
 *            n_sentences u8, n_terms u16, words u32, roundup u8
 *   sentence hash u32
 *   term     native u32, cross u32, alias u32, sentences u32, kind u8,
 *            flags u8, prior u8, tf_title u8, tf_body u8, position u8,
 *            len u8, text
 *
 * native: equal in one language; cross: equal across languages (concept or
 * cognate); alias: the same name in another spelling. 0: none.
 */

#define GAZ_FEATURES_FORMAT 3
#define GAZ_FEATURES_TERMS_MAX 320
#define GAZ_FEATURES_SENTENCES_MAX 32 /* what follows counts as the last */
#define GAZ_FEATURES_TEXT_MAX 32      /* bytes of a term's readable text */
#define GAZ_SIGNATURE_LEN 32

enum {
	GAZ_TERM_TITLE = 1,
	GAZ_TERM_NAME = 2,   /* certainly a name */
	GAZ_TERM_MAYBE = 4,  /* capitalised where that proves nothing */
	GAZ_TERM_CONCEPT = 8 /* cross is a concept, not only a cognate */
};

struct gaz_term {
	uint32_t native, cross, alias;
	uint32_t sentences; /* bit a sentence it stands in */
	char kind;          /* as in struct gaz_story_evidence */
	uint8_t flags, prior; /* prior: hundredths */
	uint8_t tf_title, tf_body, position;
	struct gaz_str text;
};

struct gaz_features {
	char language[4]; /* primary subtag, padded with NUL; "" unknown */
	uint64_t url;     /* hash; 0: none, or a front page */
	uint32_t words;   /* version of the dictionaries in force; 0: none */
	uint16_t title_tokens, tokens;
	bool roundup; /* its title says that it tells of several events */
	uint8_t signature[GAZ_SIGNATURE_LEN];
	size_t n_sentences, n_terms;
	uint32_t sentences[GAZ_FEATURES_SENTENCES_MAX];
	struct gaz_term terms[GAZ_FEATURES_TERMS_MAX];
};

/* Texts lend from the blob. False, and *out undefined, when it is damaged. */
bool gaz_features_decode(struct gaz_str blob, struct gaz_features *out);
/* At most GAZ_FEATURES_MAX bytes; terms that do not fit are left out. */
void gaz_features_encode(const struct gaz_features *f, struct gaz_buf *out);

/* The key of a term: what it is, then its bytes. Never 0. */
uint32_t gaz_term_key(char space, const char *language, struct gaz_str text);

#endif
