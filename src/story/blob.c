#include "config.h"

#include "blob.h"

#include "gazetted/story.h"

#include "fold.h"
#include "lexicon.h"

/* Reading and writing the features blob, byte by byte: it crosses processes
 * and years, and neither side is trusted. */

#define HEADER_LEN 64
#define TERM_LEN 23

static void
put(struct gaz_buf *out, uint64_t x, size_t bytes)
{
	char b[8];

	for (size_t i = 0; i < bytes; i++)
		b[i] = (char)(x >> (8 * i) & 0xff);
	gaz_buf_put(out, b, bytes);
}

static uint64_t
get(const char *p, size_t bytes)
{
	uint64_t x = 0;

	for (size_t i = 0; i < bytes; i++)
		x |= (uint64_t)(uint8_t)p[i] << (8 * i);
	return x;
}

uint32_t
gaz_term_key(char space, const char *language, struct gaz_str text)
{
	uint64_t h = gaz_fnv_byte(GAZ_FNV_SEED, (unsigned char)space);

	for (size_t i = 0; i < 4 && language[i] != '\0'; i++)
		h = gaz_fnv_byte(h, (unsigned char)language[i]);
	h = gaz_fnv_byte(h, ':');
	uint32_t key = (uint32_t)(gaz_fnv_end(gaz_fnv(h, text)) >> 32);
	return key != 0 ? key : 1;
}

void
gaz_features_encode(const struct gaz_features *f, struct gaz_buf *out)
{
	size_t room = GAZ_FEATURES_MAX - HEADER_LEN - 4 * f->n_sentences;
	size_t n = 0;

	while (n < f->n_terms && TERM_LEN + f->terms[n].text.len <= room)
		room -= TERM_LEN + f->terms[n++].text.len;
	gaz_buf_put(out, "gzf", 3);
	put(out, GAZ_FEATURES_FORMAT, 1);
	put(out, gaz_lexicon_version, 4);
	gaz_buf_put(out, f->language, 4);
	put(out, f->url, 8);
	put(out, f->title_tokens, 2);
	put(out, f->tokens, 2);
	gaz_buf_put(out, f->signature, GAZ_SIGNATURE_LEN);
	put(out, f->n_sentences, 1);
	put(out, n, 2);
	put(out, f->words, 4);
	put(out, f->roundup, 1);
	for (size_t i = 0; i < f->n_sentences; i++)
		put(out, f->sentences[i], 4);
	for (size_t i = 0; i < n; i++) {
		const struct gaz_term *t = &f->terms[i];

		put(out, t->native, 4);
		put(out, t->cross, 4);
		put(out, t->alias, 4);
		put(out, t->sentences, 4);
		put(out, (uint8_t)t->kind, 1);
		put(out, t->flags, 1);
		put(out, t->prior, 1);
		put(out, t->tf_title, 1);
		put(out, t->tf_body, 1);
		put(out, t->position, 1);
		put(out, t->text.len, 1);
		gaz_buf_put_str(out, t->text);
	}
}

static bool
decode_terms(struct gaz_str blob, size_t at, struct gaz_features *f)
{
	for (size_t i = 0; i < f->n_terms; i++) {
		struct gaz_term *t = &f->terms[i];
		const char *p = blob.p + at;

		if (blob.len - at < TERM_LEN)
			return false;
		t->native = (uint32_t)get(p, 4);
		t->cross = (uint32_t)get(p + 4, 4);
		t->alias = (uint32_t)get(p + 8, 4);
		t->sentences = (uint32_t)get(p + 12, 4);
		t->kind = p[16];
		t->flags = (uint8_t)p[17];
		t->prior = (uint8_t)p[18];
		t->tf_title = (uint8_t)p[19];
		t->tf_body = (uint8_t)p[20];
		t->position = (uint8_t)p[21];
		size_t len = (uint8_t)p[22];
		at += TERM_LEN;
		if (len > GAZ_FEATURES_TEXT_MAX || blob.len - at < len ||
		    t->native == 0 || t->prior > 200 || t->kind == '\0' ||
		    strchr("wnNdpco", t->kind) == NULL)
			return false;
		t->text = gaz_str_make(blob.p + at, len);
		if (!gaz_utf8_is_valid(t->text))
			return false;
		at += len;
	}
	return at == blob.len;
}

bool
gaz_features_decode(struct gaz_str blob, struct gaz_features *f)
{
	const char *p = blob.p;

	if (blob.len < HEADER_LEN || blob.len > GAZ_FEATURES_MAX ||
	    memcmp(p, "gzf", 3) != 0 || p[3] != GAZ_FEATURES_FORMAT ||
	    get(p + 4, 4) != gaz_lexicon_version)
		return false;
	memcpy(f->language, p + 8, 4);
	for (size_t i = 0; i < 4; i++) {
		if (f->language[i] != '\0' &&
		    (f->language[i] < 'a' || f->language[i] > 'z'))
			return false;
	}
	f->url = get(p + 12, 8);
	f->title_tokens = (uint16_t)get(p + 20, 2);
	f->tokens = (uint16_t)get(p + 22, 2);
	memcpy(f->signature, p + 24, GAZ_SIGNATURE_LEN);
	f->n_sentences = (size_t)get(p + 56, 1);
	f->n_terms = (size_t)get(p + 57, 2);
	f->words = (uint32_t)get(p + 59, 4);
	f->roundup = p[63] != 0;
	if (f->n_sentences > GAZ_FEATURES_SENTENCES_MAX ||
	    f->n_terms > GAZ_FEATURES_TERMS_MAX ||
	    f->language[3] != '\0' ||
	    blob.len - HEADER_LEN < 4 * f->n_sentences)
		return false;
	for (size_t i = 0; i < f->n_sentences; i++)
		f->sentences[i] = (uint32_t)get(p + HEADER_LEN + 4 * i, 4);
	return decode_terms(blob, HEADER_LEN + 4 * f->n_sentences, f);
}

bool
gaz_story_features_ok(struct gaz_str features)
{
	struct gaz_features f;

	return features.p != NULL && gaz_features_decode(features, &f);
}
