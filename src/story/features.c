#include "config.h"

#include "blob.h"

#include <math.h>
#include <stdio.h>
#include <unicode/uchar.h>
#include <unicode/ustring.h>
#ifdef STEMMER_IN_FOLDER
#include <libstemmer/libstemmer.h>
#else
#include <libstemmer.h>
#endif

#include "gazetted/hash.h"
#include "gazetted/mem.h"
#include "gazetted/story.h"

#include "lexicon.h"
#include "number.h"
#include "token.h"
#include "words.h"

/*
 * Text to features. The tokens are walked once: phrases and words that the
 * lexicon knows become concepts, amounts become values, what is left becomes
 * stems with up to two further keys under which other languages may find it.
 */

#define STEMMERS_MAX 32
#define SEEN_SIZE 1024 /* of the table that finds a term again */
#define IN_COUNTRY 25  /* per cent: what a city's country weighs */
#define PHRASE_MAX 5   /* words */
#define PHRASE_WAYS 8

struct stemmer {
	char language[4];
	struct sb_stemmer *sb; /* NULL: there is none for this language */
};

struct gaz_story_extractor {
	struct gaz_fold *fold;
	struct gaz_tokenizer *tokenizer;
	struct gaz_tokens tokens;
	struct stemmer stemmers[STEMMERS_MAX];
	size_t n_stemmers;
	struct gaz_words words; /* of dictionaries; lent */

	/* Of the item at hand */
	struct gaz_features f;
	uint16_t seen[SEEN_SIZE];
	uint32_t langs;
	int64_t day; /* of publishing; INT64_MIN unknown */
	struct sb_stemmer *sb;
	GAZ_VEC(char) texts; /* readable texts of terms; see text_at */
	uint32_t text_at[GAZ_FEATURES_TERMS_MAX];
};

/* A term about to be added. */
struct draft {
	uint32_t native, cross, alias;
	char kind;
	uint8_t flags, prior;
	size_t first, last; /* tokens, for the readable text */
};

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

static struct sb_stemmer *
stemmer_of(struct gaz_story_extractor *x, const char *language)
{
	for (size_t i = 0; i < x->n_stemmers; i++) {
		if (strncmp(x->stemmers[i].language, language, 4) == 0)
			return x->stemmers[i].sb;
	}
	if (x->n_stemmers == STEMMERS_MAX || language[0] == '\0')
		return NULL;
	struct stemmer *s = &x->stemmers[x->n_stemmers++];
	memcpy(s->language, language, 4);
	s->sb = sb_stemmer_new(strcmp(language, "nb") == 0 ||
	            strcmp(language, "nn") == 0 ?
	        "no" :
	        language,
	    NULL);
	return s->sb;
}

/*
 * Polish has no stemmer in the library, and names want a milder one: the
 * commonest endings of Slavic cases in Latin letters, longest first.
 */
static size_t
slavic_stem(struct gaz_str w)
{
	static const char *const endings[] = { "iego", "iemu", "ami", "ach",
		"ego", "emu", "ogo", "omu", "iem", "owi", "ymi", "imi", "ow", "om", "em",
		"oi", "ei", "ej", "ie", "ia", "iu", "ym", "im", "ich", "ych", "a", "e", "i",
		"o", "u", "y" };

	for (size_t i = 0; i < GAZ_COUNT(endings); i++) {
		size_t n = strlen(endings[i]);

		if (w.len >= n + 4 &&
		    memcmp(w.p + w.len - n, endings[i], n) == 0)
			return w.len - n;
	}
	return w.len;
}

/* The stem of a word token, folded. */
static struct gaz_str
stem(struct gaz_story_extractor *x, const struct gaz_token *t,
    char out[GAZ_FOLD_MAX])
{
	UErrorCode status = U_ZERO_ERROR;
	UChar u[GAZ_FOLD_MAX];
	char utf8[GAZ_FOLD_MAX * 3 + 1];
	int32_t n;
	bool ascii = true;

	for (size_t i = 0; i < t->len; i++)
		ascii = ascii && x->tokens.text.v[t->start + i] < 0x80;
	if (x->sb == NULL || t->len > GAZ_FOLD_MAX / 2) {
		size_t len = t->folded.len;

		if (strcmp(x->f.language, "pl") == 0 ||
		    strcmp(x->f.language, "cs") == 0 ||
		    strcmp(x->f.language, "sk") == 0)
			len = slavic_stem(t->folded);
		return gaz_str_make(t->folded.p, len);
	}
	if (ascii) {
		const sb_symbol *s = sb_stemmer_stem(x->sb,
		    (const sb_symbol *)t->folded.p, (int)t->folded.len);
		int len = sb_stemmer_length(x->sb);

		if (s == NULL || len <= 0 || len > GAZ_FOLD_MAX)
			return t->folded;
		memcpy(out, s, (size_t)len);
		return gaz_str_make(out, (size_t)len);
	}
	/* Stemmers want the accents, so stem first and fold then. */
	n = u_strToLower(u, GAZ_FOLD_MAX, x->tokens.text.v + t->start, t->len,
	    "", &status);
	int32_t bytes;
	u_strToUTF8(utf8, sizeof(utf8), &bytes, u, n, &status);
	if (U_FAILURE(status))
		return t->folded;
	const sb_symbol *s =
	    sb_stemmer_stem(x->sb, (const sb_symbol *)utf8, bytes);
	if (s == NULL)
		return t->folded;
	/* What the stemmer returns, its own buffer, holds as many bytes. */
	memcpy(utf8, s, (size_t)sb_stemmer_length(x->sb));
	u_strFromUTF8(u, GAZ_FOLD_MAX, &n, utf8, sb_stemmer_length(x->sb),
	    &status);
	if (U_FAILURE(status) || n == 0)
		return t->folded;
	return gaz_str_make(out, gaz_fold_word(x->fold, u, (size_t)n, out));
}

/* Readable text of tokens first..last, cut to what a term may hold. */
static struct gaz_str
surface(struct gaz_story_extractor *x, size_t first, size_t last,
    char out[GAZ_FEATURES_TEXT_MAX])
{
	const struct gaz_token *a = &x->tokens.list.v[first];
	const struct gaz_token *b = &x->tokens.list.v[last];
	size_t len = 0;

	for (size_t i = a->start; i < (size_t)b->start + b->len;) {
		uint32_t c = x->tokens.text.v[i++];
		char utf8[4];

		if (c >= 0xD800 && c < 0xDC00 && i < x->tokens.text.n)
			c = 0x10000 + ((c - 0xD800) << 10) +
			    (x->tokens.text.v[i++] - 0xDC00u);
		if (c < 0x20)
			c = ' ';
		size_t n = gaz_utf8_put(c, utf8);
		if (len + n > GAZ_FEATURES_TEXT_MAX)
			break;
		memcpy(out + len, utf8, n);
		len += n;
	}
	return gaz_str_make(out, len);
}

static void
add(struct gaz_story_extractor *x, const struct draft *d)
{
	const struct gaz_token *token = &x->tokens.list.v[d->first];
	struct gaz_features *f = &x->f;
	size_t slot = d->native % SEEN_SIZE, pos = d->first;
	struct gaz_term *t = NULL;

	for (; x->seen[slot] != 0; slot = (slot + 1) % SEEN_SIZE) {
		t = &f->terms[x->seen[slot] - 1];
		if (t->native == d->native)
			break;
		t = NULL;
	}
	if (t == NULL) {
		char text[GAZ_FEATURES_TEXT_MAX];

		if (f->n_terms == GAZ_FEATURES_TERMS_MAX)
			return;
		struct gaz_str s = surface(x, d->first, d->last, text);
		t = &f->terms[f->n_terms++];
		x->seen[slot] = (uint16_t)f->n_terms;
		*t = (struct gaz_term){ .native = d->native,
			.kind = d->kind,
			.prior = d->prior,
			.position = (uint8_t)(pos < 255 ? pos : 255),
			.text = { NULL, s.len } };
		x->text_at[f->n_terms - 1] = (uint32_t)x->texts.n;
		for (size_t i = 0; i < s.len; i++)
			*gaz_vec_push(&x->texts) = s.p[i];
	}
	if (t->cross == 0 || (d->flags & GAZ_TERM_CONCEPT)) {
		if (d->cross != 0)
			t->cross = d->cross;
	}
	if (t->alias == 0)
		t->alias = d->alias;
	if (d->kind == 'n' && t->kind == 'w')
		t->kind = 'n';
	t->flags |= d->flags;
	t->sentences |= UINT32_C(1) << token->sentence;
	if (token->flags & GAZ_TOKEN_TITLE) {
		t->flags |= GAZ_TERM_TITLE;
		t->tf_title = (uint8_t)(t->tf_title + (t->tf_title < 255));
	} else
		t->tf_body = (uint8_t)(t->tf_body + (t->tf_body < 255));
}

static void
add_number(struct gaz_story_extractor *x, size_t first, size_t last,
    double value)
{
	char text[32];
	bool percent = x->tokens.list.v[last].flags & GAZ_TOKEN_PERCENT;
	bool year = value >= 1990 && value <= 2040 && floor(value) == value;
	int n = snprintf(text, sizeof(text), year ? "%.0f" : "%.3g", value);
	struct draft d = { .kind = 'N', .first = first, .last = last };

	d.native = gaz_term_key('N', "", gaz_str_make(text, (size_t)n));
	d.cross = d.native;
	d.flags = GAZ_TERM_CONCEPT;
	d.prior = (value <= 12 && floor(value) == value && !percent) || year ?
	    35 :
	    100;
	add(x, &d);
}

static bool
is_weekday(int concept)
{
	const char *id = gaz_lexicon_id(concept);

	return gaz_lexicon_concepts[concept].kind == 'c' && id[0] == 'w' &&
	    id[1] == 'd' && gaz_is_digit(id[2]);
}

/* A concept that stands for itself: the same key in every language. */
static void
add_concept(struct gaz_story_extractor *x, size_t first, size_t last,
    int concept)
{
	const struct gaz_lexicon_concept *c = &gaz_lexicon_concepts[concept];
	const char *id = gaz_lexicon_id(concept);
	struct draft d = { .first = first, .last = last };

	if (is_weekday(concept)) {
		/* The last such weekday up to the day after publishing. */
		char text[24];

		if (x->day == INT64_MIN)
			return;
		int64_t back = (x->day + 4 - (id[2] - '0')) % 7;
		int64_t day = x->day - (back + 7) % 7;
		int n = snprintf(text, sizeof(text), "%lld", (long long)day);
		d.kind = 'd';
		d.native = gaz_term_key('d', "", gaz_str_make(text, (size_t)n));
	} else {
		d.kind = c->kind == 'h' || c->kind == 'o' ? 'n' : c->kind;
		d.native = gaz_term_key('c', "", gaz_str_of(gaz_lexicon_id(concept)));
	}
	d.cross = d.native;
	d.prior = c->weight;
	d.flags = GAZ_TERM_CONCEPT | (d.kind == 'n' ? GAZ_TERM_NAME : 0);
	add(x, &d);
	/* What happens in a city happens in its country. */
	if (c->in != GAZ_LEXICON_NOWHERE) {
		d.kind = 'p';
		d.native = gaz_term_key('c', "",
		    gaz_str_of(gaz_lexicon_id(c->in)));
		d.cross = d.native;
		d.prior = (uint8_t)(gaz_lexicon_concepts[c->in].weight *
		    IN_COUNTRY / 100);
		d.flags = GAZ_TERM_CONCEPT;
		add(x, &d);
	}
}

/* Is the capital of this word evidence for a name? */
static uint8_t
name_flag(const struct gaz_story_extractor *x, size_t i, bool title_case)
{
	const struct gaz_token *t = &x->tokens.list.v[i];

	if (t->flags & GAZ_TOKEN_CAPS)
		return GAZ_TERM_NAME;
	if (!(t->flags & GAZ_TOKEN_UPPER)) {
		/* Scripts without capitals keep the question open. */
		unsigned char c = (unsigned char)t->folded.p[0];
		return c >= 0xD6 ? GAZ_TERM_MAYBE : 0;
	}
	if ((t->flags & GAZ_TOKEN_FIRST) || x->f.language[0] == '\0' ||
	    strcmp(x->f.language, "de") == 0 ||
	    strcmp(x->f.language, "lb") == 0 ||
	    (title_case && (t->flags & GAZ_TOKEN_TITLE)))
		return GAZ_TERM_MAYBE;
	return GAZ_TERM_NAME;
}

/*
 * Stemmers mistake "Steinmeier" for a comparative. Names take a genitive s at
 * most, except where nouns have case endings.
 */
static struct gaz_str
name_stem(struct gaz_story_extractor *x, const struct gaz_token *t,
    struct gaz_str stemmed, char latin[GAZ_FOLD_MAX])
{
	static const char few[] = "en fr de es it pt nl ca sv da nb ro";
	static const char slavic[] = "ru uk be bg sr mk pl cs sk hr sl";

	if (t->class != GAZ_TOKEN_WORD || x->f.language[0] == '\0')
		return stemmed;
	bool is_slavic = strstr(slavic, x->f.language) != NULL;
	if (!is_slavic && strstr(few, x->f.language) == NULL)
		return stemmed;
	size_t n = gaz_fold_latin(x->fold, t->folded, latin);
	if (is_slavic)
		return gaz_str_make(latin,
		    slavic_stem(gaz_str_make(latin, n)));
	if (n > 4 && latin[n - 1] == 's')
		n--;
	return gaz_str_make(latin, n);
}

static void
add_word(struct gaz_story_extractor *x, size_t i, int concept,
    bool title_case)
{
	const struct gaz_token *t = &x->tokens.list.v[i];
	char stemmed[GAZ_FOLD_MAX], latin[GAZ_FOLD_MAX], key[GAZ_FOLD_MAX];
	struct draft d = { .kind = 'w', .first = i, .last = i, .prior = 100 };

	if (t->folded.len < 2)
		return;
	struct gaz_str s = t->class == GAZ_TOKEN_WORD ? stem(x, t, stemmed) :
	                                                t->folded;
	d.native = gaz_term_key('w', x->f.language, s);
	d.flags = name_flag(x, i, title_case);
	struct gaz_str l =
	    gaz_str_make(latin, gaz_fold_latin(x->fold, s, latin));
	const struct gaz_word *known = concept >= 0 || x->words.n == 0 ||
	    t->class != GAZ_TOKEN_WORD || (d.flags & GAZ_TERM_NAME) ? NULL :
	    gaz_words_find(&x->words, d.native);
	if (known != NULL && known->concept != GAZ_WORD_NO_CONCEPT)
		concept = (int)known->concept;
	if (concept >= 0) {
		const struct gaz_lexicon_concept *c =
		    &gaz_lexicon_concepts[concept];

		d.cross = gaz_term_key('c', "", gaz_str_of(gaz_lexicon_id(concept)));
		d.prior = (uint8_t)(c->weight < 100 ? c->weight : 100);
		d.flags = GAZ_TERM_CONCEPT;
		d.kind = 'c';
	} else if (known != NULL) {
		d.cross = known->cross;
	} else if (l.len >= 4) {
		struct gaz_str k = gaz_str_make(key, gaz_fold_cognate(l, key));

		if (k.len >= 4 || (d.flags & GAZ_TERM_NAME))
			d.cross = gaz_term_key('x', "", k);
	} else if (d.flags & GAZ_TERM_NAME)
		d.cross = gaz_term_key('x', "", l);
	if (d.flags & (GAZ_TERM_NAME | GAZ_TERM_MAYBE)) {
		l = name_stem(x, t, l, latin);
		struct gaz_str k = gaz_str_make(key, gaz_fold_skeleton(l, key));
		size_t least = d.flags & GAZ_TERM_NAME ? 3 : 4;

		if (k.len >= least)
			d.alias = gaz_term_key('k', "", k);
	}
	if (d.flags & GAZ_TERM_NAME)
		d.kind = 'n';
	add(x, &d);
}

/* The concept of a word alone, or -1; *node: phrases may begin so. */
static int
lookup_form(const struct gaz_story_extractor *x, struct gaz_str w,
    unsigned how, bool *node)
{
	uint64_t h = GAZ_FNV_SEED;
	int found = -1;

	for (size_t k = 0; k < w.len; k++) {
		h = gaz_fnv_byte(h, (unsigned char)w.p[k]);
		bool whole = k + 1 == w.len;
		if (k < 2 && !whole)
			continue;
		int c = gaz_lexicon_find(h, x->langs,
		    whole ? how | GAZ_LEXICON_WHOLE : how, node);
		if (c >= 0)
			found = c;
	}
	return found;
}

/* Arabic writes "and", "with", "for" and the article as part of the word. */
static size_t
arabic_prefix(struct gaz_str w)
{
	static const char *const prefixes[] = { "وال", "بال", "فال", "كال",
		"لل", "ال", "و", "ب", "ل" };

	for (size_t i = 0; i < GAZ_COUNT(prefixes); i++) {
		size_t n = strlen(prefixes[i]);

		if (w.len >= n + 6 && gaz_str_starts(w, prefixes[i]))
			return n;
	}
	return 0;
}

static int
lookup_word(const struct gaz_story_extractor *x, struct gaz_str w,
    unsigned how, bool *node)
{
	int found = lookup_form(x, w, how, node);

	if (found < 0 && strcmp(x->f.language, "ar") == 0) {
		size_t n = arabic_prefix(w);

		if (n > 0)
			found = lookup_form(x,
			    gaz_str_make(w.p + n, w.len - n), how, NULL);
	}
	return found;
}

/* What the letters of a token say about its being a name. */
static unsigned
case_of(const struct gaz_story_extractor *x, const struct gaz_token *t,
    bool title_case)
{
	unsigned char c = (unsigned char)t->folded.p[0];

	/* From Hebrew onward scripts have no capitals. */
	if (c >= 0xD6 || t->class != GAZ_TOKEN_WORD)
		return 0;
	if ((t->flags & (GAZ_TOKEN_UPPER | GAZ_TOKEN_CAPS)) ==
	    (GAZ_TOKEN_UPPER | GAZ_TOKEN_CAPS))
		return GAZ_LEXICON_CAPITALS | GAZ_LEXICON_UPPER;
	if (!(t->flags & (GAZ_TOKEN_UPPER | GAZ_TOKEN_CAPS)))
		return GAZ_LEXICON_LOWER;
	if ((t->flags & GAZ_TOKEN_FIRST) || strcmp(x->f.language, "de") == 0 ||
	    (title_case && (t->flags & GAZ_TOKEN_TITLE)))
		return 0;
	return GAZ_LEXICON_UPPER;
}

/* Lower case "turkey" and "who" are no places and institutions. */
static bool
fits_case(const struct gaz_story_extractor *x, size_t first, size_t last,
    int concept)
{
	const struct gaz_token *t = &x->tokens.list.v[first];
	char kind = gaz_lexicon_concepts[concept].kind;
	unsigned char c = (unsigned char)t->folded.p[0];

	if ((kind != 'p' && kind != 'h' && kind != 'o') || c >= 0xD6 ||
	    t->class != GAZ_TOKEN_WORD)
		return true;
	if (first == last && t->folded.len <= 3 && c < 0x80)
		return (t->flags & GAZ_TOKEN_CAPS) != 0;
	for (size_t i = first; first != last && i <= last; i++) {
		if (x->tokens.list.v[i].flags &
		    (GAZ_TOKEN_UPPER | GAZ_TOKEN_CAPS))
			return true;
	}
	return first == last; /* single words: see case_of */
}

/*
 * The longest phrase of the lexicon that begins at i; -1 if none. Words of a
 * phrase may be stems, so there can be more than one way to go on.
 */
static int
lookup_phrase(const struct gaz_story_extractor *x, size_t i, size_t *last)
{
	const struct gaz_token *v = x->tokens.list.v;
	uint64_t way[PHRASE_WAYS] = { GAZ_FNV_SEED };
	size_t n_ways = 1;
	int found = -1;

	for (size_t k = i; k < x->tokens.list.n && k < i + PHRASE_MAX &&
	     n_ways > 0 && v[k].sentence == v[i].sentence &&
	     (v[k].flags & GAZ_TOKEN_TITLE) == (v[i].flags & GAZ_TOKEN_TITLE);
	     k++) {
		uint64_t next[PHRASE_WAYS];
		struct gaz_str w = v[k].folded;
		size_t n_next = 0;

		for (size_t s = 0; s < n_ways; s++) {
			uint64_t h = k == i ? way[s] : gaz_fnv_byte(way[s], ' ');

			for (size_t b = 0; b < w.len; b++) {
				bool whole = b + 1 == w.len, node = false;

				h = gaz_fnv_byte(h, (unsigned char)w.p[b]);
				if (b < 2 && !whole)
					continue;
				int c = gaz_lexicon_find(h, x->langs,
				    whole ? GAZ_LEXICON_WHOLE : 0, &node);
				if (c >= 0 && k > i && fits_case(x, i, k, c)) {
					found = c;
					*last = k;
				}
				if (node && n_next < PHRASE_WAYS)
					next[n_next++] = h;
			}
		}
		memcpy(way, next, n_next * sizeof(way[0]));
		n_ways = n_next;
	}
	return found;
}

/* Germanic compounds: the concepts of their two ends. */
static void
add_compound(struct gaz_story_extractor *x, size_t i)
{
	struct gaz_str w = x->tokens.list.v[i].folded;
	const char *l = x->f.language;
	int head = -1, tail = -1;
	uint64_t h = GAZ_FNV_SEED;
	size_t head_len = 0;

	if (w.len < 8 || (strcmp(l, "de") != 0 && strcmp(l, "nl") != 0))
		return;
	for (size_t k = 0; k + 3 < w.len; k++) {
		h = gaz_fnv_byte(h, (unsigned char)w.p[k]);
		if (k < 2)
			continue;
		int c = gaz_lexicon_find(h, x->langs, GAZ_LEXICON_WHOLE, NULL);
		if (c >= 0 && gaz_lexicon_concepts[c].kind != 's') {
			head = c;
			head_len = k + 1;
		}
	}
	for (size_t from = head_len > 0 ? head_len : 3;
	     from + 4 <= w.len && from <= (head_len > 0 ? head_len + 2 : w.len);
	     from++) {
		int c = lookup_word(x, gaz_str_make(w.p + from, w.len - from),
		    0, NULL);

		if (c >= 0 && strchr("cop", gaz_lexicon_concepts[c].kind)) {
			tail = c;
			break;
		}
	}
	/* A short head alone is an accident: "Bau" in "Bauch". */
	if (head >= 0 && (tail >= 0 || head_len >= 5))
		add_concept(x, i, i, head);
	if (tail >= 0)
		add_concept(x, i, i, tail);
}

static bool
is_katakana(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;

	return u[0] == 0xE3 && ((u[1] == 0x82 && u[2] >= 0xA1) || u[1] == 0x83);
}

/*
 * Whether [q, r) may be a word of the run of tokens: one sign must be a token,
 * a longer form begin or end with one, and katakana not go on around it.
 */
static bool
stands_alone(const struct gaz_story_extractor *x, size_t from, size_t to,
    const char *q, const char *r)
{
	const struct gaz_token *v = x->tokens.list.v;
	const char *start = v[from].folded.p;
	const char *end = v[to - 1].folded.p + v[to - 1].folded.len;
	bool begins = false, ends = false;

	for (size_t i = from; i < to; i++) {
		begins = begins || v[i].folded.p == q;
		ends = ends || v[i].folded.p + v[i].folded.len == r;
	}
	if (r - q <= 3)
		return begins && ends;
	if (is_katakana(q) && ((q - start >= 3 && is_katakana(q - 3)) ||
	        (end - r >= 3 && is_katakana(r))))
		return false;
	return begins || ends;
}

/* Tokens [from, to) are one run of Han or kana: find the lexicon in it. */
static void
add_dense(struct gaz_story_extractor *x, size_t from, size_t to)
{
	struct gaz_token *v = x->tokens.list.v;
	const char *p = v[from].folded.p;
	const char *end = v[to - 1].folded.p + v[to - 1].folded.len;
	size_t token = from;

	for (const char *q = p; q < end;) {
		uint64_t h = GAZ_FNV_SEED;
		const char *stop = q + 36 < end ? q + 36 : end;
		const char *best_end = NULL;
		int best = -1;

		for (const char *r = q; r < stop;) {
			do
				h = gaz_fnv_byte(h, (unsigned char)*r++);
			while (r < stop && ((unsigned char)*r & 0xC0) == 0x80);
			int c = gaz_lexicon_find(h, x->langs,
			    GAZ_LEXICON_WHOLE, NULL);
			if (c >= 0 && stands_alone(x, from, to, q, r)) {
				best = c;
				best_end = r;
			}
		}
		while (token + 1 < to && v[token + 1].folded.p <= q)
			token++;
		if (best < 0) {
			do
				q++;
			while (q < end && ((unsigned char)*q & 0xC0) == 0x80);
			continue;
		}
		size_t last = token;
		while (last + 1 < to && v[last + 1].folded.p < best_end)
			last++;
		char kind = gaz_lexicon_concepts[best].kind;
		if (kind == 'n') {
			double value;
			size_t n;

			if (gaz_number_read(&x->tokens, token, x->f.language,
			        strtod(gaz_lexicon_id(best), NULL),
			        &value, &n) && value >= 2)
				add_number(x, token, token, value);
		} else if (kind != 's')
			add_concept(x, token, last, best);
		for (size_t i = token; i <= last && kind != 'c'; i++) {
			if (v[i].folded.p >= q &&
			    v[i].folded.p + v[i].folded.len <= best_end)
				v[i].flags |= GAZ_TOKEN_USED;
		}
		q = best_end;
	}
	for (size_t i = from; i < to; i++) {
		struct gaz_token t = v[i];

		if (t.flags & (GAZ_TOKEN_USED | GAZ_TOKEN_KANA))
			continue;
		if (t.len >= 2)
			add_word(x, i, -1, false);
		else if (i + 1 < to && v[i + 1].len == 1 &&
		    !(v[i + 1].flags & (GAZ_TOKEN_USED | GAZ_TOKEN_KANA))) {
			struct draft d = { .kind = 'w', .first = i,
				.last = i + 1, .prior = 100 };

			d.native = gaz_term_key('w', x->f.language,
			    gaz_str_make(t.folded.p,
			        t.folded.len + v[i + 1].folded.len));
			add(x, &d);
		}
	}
}

/* A word of a phrase: a topic, too, if it has one. */
static void
add_part(struct gaz_story_extractor *x, size_t i, bool title_case)
{
	const struct gaz_token *t = &x->tokens.list.v[i];
	int concept = lookup_word(x, t->folded, case_of(x, t, title_case),
	    NULL);

	if (concept >= 0 && gaz_lexicon_concepts[concept].kind == 's')
		return;
	if (concept >= 0 && gaz_lexicon_concepts[concept].kind != 'c')
		concept = -1;
	add_word(x, i, concept, title_case);
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

	if (v[i].class == GAZ_TOKEN_DENSE) {
		size_t to = i + 1;

		while (to < x->tokens.list.n &&
		    v[to].class == GAZ_TOKEN_DENSE &&
		    (v[to].flags & GAZ_TOKEN_JOINED) &&
		    v[to].sentence == v[i].sentence)
			to++;
		add_dense(x, i, to);
		return to;
	}
	if (v[i].class == GAZ_TOKEN_NUMBER) {
		if (gaz_number_read(&x->tokens, i, x->f.language, -1, &value,
		        &n))
			add_number(x, i, i + n - 1, value);
		else
			n = 1;
		return i + n;
	}
	int concept = lookup_word(x, v[i].folded,
	    case_of(x, &v[i], title_case), &head);
	if (head) {
		int phrase = lookup_phrase(x, i, &last);

		if (phrase >= 0) {
			char kind = gaz_lexicon_concepts[phrase].kind;

			if (kind != 's')
				add_concept(x, i, last, phrase);
			for (size_t k = i; k <= last && kind == 'c'; k++)
				add_part(x, k, title_case);
			return last + 1;
		}
	}
	if (concept < 0) {
		add_word(x, i, -1, title_case);
		add_compound(x, i);
		return i + 1;
	}
	char kind = gaz_lexicon_concepts[concept].kind;
	if (kind == 'n') {
		value = strtod(gaz_lexicon_id(concept), NULL);
		if (gaz_number_read(&x->tokens, i, x->f.language, value,
		        &value, &n) && value >= 2)
			add_number(x, i, i + n - 1, value);
		return i + n;
	}
	if (kind == 's') {
		/* The US and the WHO are spelt like function words. */
		if (v[i].flags & GAZ_TOKEN_CAPS)
			add_word(x, i, -1, title_case);
		return i + 1;
	}
	if (!fits_case(x, i, i, concept))
		add_word(x, i, -1, title_case);
	else if (kind == 'c' && !is_weekday(concept))
		add_word(x, i, concept, title_case);
	else
		add_concept(x, i, i, concept);
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
		for (size_t k = 1; h == UINT64_MAX && k < GAZ_SIGNATURE_LEN; k++)
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

		h[t->sentence] = gaz_fnv(gaz_fnv_byte(h[t->sentence], ' '),
		    t->folded);
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
	for (size_t i = 0; i < language.len && i < 3 &&
	     gaz_is_alpha(language.p[i]); i++)
		f->language[i] = gaz_to_lower(language.p[i]);
	if (strcmp(f->language, "und") == 0)
		memset(f->language, 0, sizeof(f->language));
	x->langs = gaz_lexicon_langs(gaz_str_of(f->language));
	x->sb = stemmer_of(x, f->language);
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
	*t = (struct gaz_token){ .len = (uint16_t)n,
		.class = GAZ_TOKEN_WORD };
	t->folded = gaz_str_make(folded,
	    gaz_fold_word(x->fold, u, (size_t)n, folded));
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
	    lookup_word(x, t.folded, 0, NULL) >= 0)
		return false; /* the lexicon knows better */
	out->native = gaz_term_key('w', x->f.language, stem(x, &t, stemmed));
	set_language(x, GAZ_STR("en"));
	if (!make_token(x, english, folded, &t))
		return false;
	int concept = lookup_word(x, t.folded, GAZ_LEXICON_LOWER, NULL);
	out->concept = GAZ_WORD_NO_CONCEPT;
	out->cross = 0;
	if (concept >= 0) {
		out->concept = (uint32_t)concept;
		return gaz_lexicon_concepts[concept].kind == 'c' &&
		    !is_weekday(concept);
	}
	/* The key that the English word has, too. */
	struct gaz_str s = stem(x, &t, stemmed);
	struct gaz_str k = gaz_str_make(key, gaz_fold_cognate(
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
gaz_story_extractor_accepts(const struct gaz_story_extractor *x,
    struct gaz_str features)
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
	memset(x->seen, 0, sizeof(x->seen));
	x->texts.n = 0;
	x->day = INT64_MIN;
	if (text->published != GAZ_UTC_UNKNOWN)
		x->day = text->published >= 0 ?
		    text->published / 86400 :
		    -((-text->published + 86399) / 86400);

	gaz_tokenizer_run(x->tokenizer, text->title, text->summary,
	    text->source, strcmp(f->language, "zh") == 0 ||
	    strcmp(f->language, "yue") == 0, &x->tokens);
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
