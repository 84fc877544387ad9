#include "config.h"

#include "extract.h"

#include <unicode/uchar.h>
#include <unicode/ustring.h>

#include "gazetted/hash.h"
#include "gazetted/mem.h"

#include "lexicon.h"
#include "number.h"

/*
 * Text to features. The tokens are walked once: phrases and words that the
 * lexicon knows become concepts, amounts become values, what is left becomes
 * stems with up to two further keys under which other languages may find it.
 */

struct gaz_story_extractor *
gaz_story_extractor_new(void)
{
	struct gaz_story_extractor *x = gaz_mem_zero(1, sizeof(*x));

	x->fold = gaz_fold_new();
	x->tokenizer = gaz_tokenizer_new(x->fold);
	return x;
}

void
gaz_story_extractor_free(struct gaz_story_extractor *x)
{
	if (x == NULL)
		return;
	for (size_t i = 0; i < x->n_stemmers; i++)
		sb_stemmer_delete(x->stemmers[i].sb);
	gaz_tokens_clear(&x->tokens);
	gaz_tokenizer_free(x->tokenizer);
	gaz_fold_free(x->fold);
	gaz_vec_clear(&x->texts);
	free(x);
}

/* A word of a phrase: a topic, too, if it has one. */
static void
add_part(struct gaz_story_extractor *x, size_t i, bool title_case)
{
	const struct gaz_token *t = &x->tokens.list.v[i];
	int concept = gaz_lookup_word(
	    x, t->folded, gaz_lookup_case(x, t, title_case), NULL);

	if (concept >= 0 && gaz_lexicon_concepts[concept].kind == 's')
		return;
	if (concept >= 0 && gaz_lexicon_concepts[concept].kind != 'c')
		concept = -1;
	gaz_extract_word(x, i, concept, title_case);
}

static bool
is_title_case(const struct gaz_story_extractor *x)
{
	size_t upper = 0, words = 0;

	for (size_t i = 0; i < x->tokens.list.n; i++) {
		const struct gaz_token *t = &x->tokens.list.v[i];

		if (!(t->flags & GAZ_TOKEN_TITLE))
			break;
		if (t->class != GAZ_TOKEN_WORD || t->folded.len < 4)
			continue;
		words++;
		upper += (t->flags & GAZ_TOKEN_UPPER) != 0;
	}
	return words >= 3 && upper * 10 >= words * 7;
}

/* Token i and those that belong to it; return the one after. */
static size_t
take(struct gaz_story_extractor *x, size_t i, bool title_case)
{
	const struct gaz_token *v = x->tokens.list.v;
	bool head = false;
	size_t last = i, n;
	double value;

	if ((n = gaz_extract_day(x, i)) > 0)
		return i + n;
	if (v[i].class == GAZ_TOKEN_DENSE) {
		size_t to = i + 1;

		while (to < x->tokens.list.n &&
		       v[to].class == GAZ_TOKEN_DENSE &&
		       (v[to].flags & GAZ_TOKEN_JOINED) &&
		       v[to].sentence == v[i].sentence)
			to++;
		gaz_extract_dense(x, i, to);
		return to;
	}
	if (v[i].class == GAZ_TOKEN_NUMBER) {
		if (gaz_number_read(
			&x->tokens, i, x->f.language, -1, &value, &n))
			gaz_extract_number(x, i, i + n - 1, value);
		else
			n = 1;
		return i + n;
	}
	int concept = gaz_lookup_word(
	    x, v[i].folded, gaz_lookup_case(x, &v[i], title_case), &head);
	if (head) {
		int phrase = gaz_lookup_phrase(x, i, &last);

		if (phrase >= 0) {
			char kind = gaz_lexicon_concepts[phrase].kind;

			gaz_extract_roundup(x, i, phrase);
			if (kind != 's' && kind != 'r')
				gaz_extract_concept(x, i, last, phrase);
			for (size_t k = i; k <= last && kind == 'c'; k++)
				add_part(x, k, title_case);
			return last + 1;
		}
	}
	if (concept < 0) {
		gaz_extract_word(x, i, -1, title_case);
		gaz_extract_compound(x, i);
		return i + 1;
	}
	char kind = gaz_lexicon_concepts[concept].kind;
	if (kind == 'n') {
		value = strtod(gaz_lexicon_id(concept), NULL);
		if (gaz_number_read(
			&x->tokens, i, x->f.language, value, &value, &n) &&
		    value >= 2)
			gaz_extract_number(x, i, i + n - 1, value);
		return i + n;
	}
	gaz_extract_roundup(x, i, concept);
	if (kind == 'r')
		return i + 1;
	if (kind == 's') {
		/* The US and the WHO are spelt like function words. */
		if (v[i].flags & GAZ_TOKEN_CAPS)
			gaz_extract_word(x, i, -1, title_case);
		return i + 1;
	}
	if (!gaz_lookup_fits_case(x, i, i, concept))
		gaz_extract_word(x, i, -1, title_case);
	else if (kind == 'c' && !gaz_lookup_is_weekday(concept))
		gaz_extract_word(x, i, concept, title_case);
	else
		gaz_extract_concept(x, i, i, concept);
	return i + 1;
}

/* One-permutation MinHash of the runs of three words. */
static void
sign(struct gaz_story_extractor *x)
{
	const struct gaz_token *v = x->tokens.list.v;
	uint64_t least[GAZ_SIGNATURE_LEN];
	size_t n = x->tokens.list.n, width = n < 3 ? 1 : 3;

	memset(least, 0xff, sizeof(least));
	for (size_t i = 0; i + width <= n; i++) {
		uint64_t h = GAZ_FNV_SEED;

		for (size_t k = i; k < i + width; k++)
			h = gaz_fnv(gaz_fnv_byte(h, ' '), v[k].folded);
		h = gaz_fnv_end(h);
		size_t bin = h >> 59;
		if (h << 5 < least[bin])
			least[bin] = h << 5;
	}
	for (size_t i = 0; i < GAZ_SIGNATURE_LEN; i++) {
		uint64_t h = least[i];

		/* An empty bin borrows from the next that is not. */
		for (size_t k = 1; h == UINT64_MAX && k < GAZ_SIGNATURE_LEN;
		     k++)
			h = least[(i + k) % GAZ_SIGNATURE_LEN];
		x->f.signature[i] = (uint8_t)(gaz_hash_mix(h, i) >> 56);
	}
}

static void
hash_sentences(struct gaz_story_extractor *x)
{
	uint64_t h[GAZ_FEATURES_SENTENCES_MAX];
	size_t n = x->tokens.n_sentences;

	if (n > GAZ_FEATURES_SENTENCES_MAX)
		n = GAZ_FEATURES_SENTENCES_MAX;
	for (size_t i = 0; i < n; i++)
		h[i] = GAZ_FNV_SEED;
	for (size_t i = 0; i < x->tokens.list.n; i++) {
		const struct gaz_token *t = &x->tokens.list.v[i];

		h[t->sentence] =
		    gaz_fnv(gaz_fnv_byte(h[t->sentence], ' '), t->folded);
	}
	x->f.n_sentences = n;
	for (size_t i = 0; i < n; i++)
		x->f.sentences[i] = (uint32_t)(gaz_fnv_end(h[i]) >> 32);
}

/* A page of its own? The front page of an outlet stands for nothing. */
static uint64_t
hash_url(struct gaz_str url)
{
	size_t host = gaz_str_find(url, GAZ_STR("://"), 0);

	if (host == GAZ_STR_NPOS)
		return 0;
	size_t path = gaz_str_find_char(url, '/', host + 3);
	if (path == GAZ_STR_NPOS || path + 2 >= url.len)
		return 0;
	return gaz_hash_str(url);
}

static void
set_language(struct gaz_story_extractor *x, struct gaz_str language)
{
	struct gaz_features *f = &x->f;

	memset(f->language, 0, sizeof(f->language));
	for (size_t i = 0;
	     i < language.len && i < 3 && gaz_is_alpha(language.p[i]); i++)
		f->language[i] = gaz_to_lower(language.p[i]);
	if (strcmp(f->language, "und") == 0)
		memset(f->language, 0, sizeof(f->language));
	x->langs = gaz_lexicon_langs(gaz_str_of(f->language));
	x->sb = gaz_stemmer_of(x, f->language);
}

/* A word alone as the tokenizer would have given it; false: it is no word. */
static bool
make_token(struct gaz_story_extractor *x, struct gaz_str word,
    char folded[GAZ_FOLD_MAX], struct gaz_token *t)
{
	UErrorCode status = U_ZERO_ERROR;
	UChar u[GAZ_FOLD_MAX];
	int32_t n;

	if (word.len > GAZ_FOLD_MAX / 2)
		return false;
	u_strFromUTF8(u, GAZ_FOLD_MAX, &n, word.p, (int32_t)word.len, &status);
	if (U_FAILURE(status) || n == 0)
		return false;
	x->tokens.text.n = 0;
	for (int32_t i = 0; i < n; i++) {
		if (!u_isalpha(u[i]))
			return false;
		*gaz_vec_push(&x->tokens.text) = u[i];
	}
	*t = (struct gaz_token){ .len = (uint16_t)n, .class = GAZ_TOKEN_WORD };
	t->folded =
	    gaz_str_make(folded, gaz_fold_word(x->fold, u, (size_t)n, folded));
	return t->folded.len >= 2;
}

bool
gaz_extractor_translate(struct gaz_story_extractor *x, struct gaz_str language,
    struct gaz_str word, struct gaz_str english, struct gaz_word *out)
{
	char folded[GAZ_FOLD_MAX], stemmed[GAZ_FOLD_MAX];
	char latin[GAZ_FOLD_MAX], key[GAZ_FOLD_MAX];
	struct gaz_token t;

	set_language(x, language);
	if (!make_token(x, word, folded, &t) ||
	    gaz_lookup_word(x, t.folded, 0, NULL) >= 0)
		return false; /* the lexicon knows better */
	out->native =
	    gaz_term_key('w', x->f.language, gaz_stem(x, &t, stemmed));
	set_language(x, GAZ_STR("en"));
	if (!make_token(x, english, folded, &t))
		return false;
	int concept = gaz_lookup_word(x, t.folded, GAZ_LEXICON_LOWER, NULL);
	out->concept = GAZ_WORD_NO_CONCEPT;
	out->cross = 0;
	if (concept >= 0) {
		out->concept = (uint32_t) concept;
		return gaz_lexicon_concepts[concept].kind == 'c' &&
		       !gaz_lookup_is_weekday(concept);
	}
	/* The key that the English word has, too. */
	struct gaz_str s = gaz_stem(x, &t, stemmed);
	struct gaz_str k = gaz_str_make(key,
	    gaz_fold_cognate(
		gaz_str_make(latin, gaz_fold_latin(x->fold, s, latin)), key));
	if (k.len < 4)
		return false;
	out->cross = gaz_term_key('x', "", k);
	return true;
}

bool
gaz_story_extractor_use(struct gaz_story_extractor *x, struct gaz_str table)
{
	return gaz_words_open(&x->words, table);
}

bool
gaz_story_extractor_accepts(
    const struct gaz_story_extractor *x, struct gaz_str features)
{
	struct gaz_features f;

	return features.p != NULL && gaz_features_decode(features, &f) &&
	       f.words == x->words.version;
}

void
gaz_story_extract(struct gaz_story_extractor *x,
    const struct gaz_story_text *text, struct gaz_buf *out)
{
	struct gaz_features *f = &x->f;

	set_language(x, text->language);
	f->words = x->words.version;
	f->url = hash_url(text->url);
	f->n_terms = 0;
	f->roundup = false;
	memset(x->seen, 0, sizeof(x->seen));
	x->texts.n = 0;
	x->day = INT64_MIN;
	if (text->published != GAZ_UTC_UNKNOWN)
		x->day = text->published >= 0
			     ? text->published / 86400
			     : -((-text->published + 86399) / 86400);

	gaz_tokenizer_run(x->tokenizer, text->title, text->summary,
	    text->source,
	    strcmp(f->language, "zh") == 0 || strcmp(f->language, "yue") == 0,
	    &x->tokens);
	bool title_case = is_title_case(x);
	size_t title_tokens = 0;
	while (title_tokens < x->tokens.list.n &&
	       (x->tokens.list.v[title_tokens].flags & GAZ_TOKEN_TITLE))
		title_tokens++;
	f->title_tokens = (uint16_t)title_tokens;
	f->tokens = (uint16_t)x->tokens.list.n;
	for (size_t i = 0; i < x->tokens.list.n;)
		i = take(x, i, title_case);
	sign(x);
	hash_sentences(x);
	for (size_t i = 0; i < f->n_terms; i++)
		f->terms[i].text.p = (x->texts.v != NULL ? x->texts.v : "") +
				     (x->texts.v != NULL ? x->text_at[i] : 0);
	gaz_features_encode(f, out);
}
