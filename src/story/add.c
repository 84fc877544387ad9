#include "config.h"

#include "extract.h"

#include <math.h>
#include <stdio.h>

#include "lexicon.h"

#define IN_COUNTRY 25 /* per cent: what a city's country weighs */

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

void
gaz_extract_add(struct gaz_story_extractor *x, const struct gaz_draft *d)
{
	const struct gaz_token *token = &x->tokens.list.v[d->first];
	struct gaz_features *f = &x->f;
	size_t slot = d->native % GAZ_SEEN_SIZE, pos = d->first;
	struct gaz_term *t = NULL;

	for (; x->seen[slot] != 0; slot = (slot + 1) % GAZ_SEEN_SIZE) {
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

void
gaz_extract_number(
    struct gaz_story_extractor *x, size_t first, size_t last, double value)
{
	char text[32];
	bool percent = x->tokens.list.v[last].flags & GAZ_TOKEN_PERCENT;
	bool year = value >= 1990 && value <= 2040 && floor(value) == value;
	int n = snprintf(text, sizeof(text), year ? "%.0f" : "%.3g", value);
	struct gaz_draft d = { .kind = 'N', .first = first, .last = last };

	d.native = gaz_term_key('N', "", gaz_str_make(text, (size_t)n));
	d.cross = d.native;
	d.flags = GAZ_TERM_CONCEPT;
	d.prior = (value <= 12 && floor(value) == value && !percent) || year
		      ? 35
		      : 100;
	gaz_extract_add(x, &d);
}

void
gaz_extract_roundup(struct gaz_story_extractor *x, size_t i, int concept)
{
	if (gaz_lexicon_concepts[concept].kind == 'r' &&
	    (x->tokens.list.v[i].flags & GAZ_TOKEN_TITLE))
		x->f.roundup = true;
}

/* A concept that stands for itself: the same key in every language. */
void
gaz_extract_concept(
    struct gaz_story_extractor *x, size_t first, size_t last, int concept)
{
	const struct gaz_lexicon_concept *c = &gaz_lexicon_concepts[concept];
	const char *id = gaz_lexicon_id(concept);
	struct gaz_draft d = { .first = first, .last = last };

	if (gaz_lookup_is_weekday(concept)) {
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
		d.native =
		    gaz_term_key('c', "", gaz_str_of(gaz_lexicon_id(concept)));
	}
	d.cross = d.native;
	d.prior = c->weight;
	d.flags = GAZ_TERM_CONCEPT | (d.kind == 'n' ? GAZ_TERM_NAME : 0);
	gaz_extract_add(x, &d);
	/* What happens in a city happens in its country. */
	if (c->in != GAZ_LEXICON_NOWHERE) {
		d.kind = 'p';
		d.native =
		    gaz_term_key('c', "", gaz_str_of(gaz_lexicon_id(c->in)));
		d.cross = d.native;
		d.prior = (uint8_t)(gaz_lexicon_concepts[c->in].weight *
				    IN_COUNTRY / 100);
		d.flags = GAZ_TERM_CONCEPT;
		gaz_extract_add(x, &d);
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

void
gaz_extract_word(
    struct gaz_story_extractor *x, size_t i, int concept, bool title_case)
{
	const struct gaz_token *t = &x->tokens.list.v[i];
	char stemmed[GAZ_FOLD_MAX], latin[GAZ_FOLD_MAX], key[GAZ_FOLD_MAX];
	struct gaz_draft d = {
		.kind = 'w', .first = i, .last = i, .prior = 100
	};

	if (t->folded.len < 2)
		return;
	struct gaz_str s =
	    t->class == GAZ_TOKEN_WORD ? gaz_stem(x, t, stemmed) : t->folded;
	d.native = gaz_term_key('w', x->f.language, s);
	d.flags = name_flag(x, i, title_case);
	struct gaz_str l =
	    gaz_str_make(latin, gaz_fold_latin(x->fold, s, latin));
	const struct gaz_word *known =
	    concept >= 0 || x->words.n == 0 || t->class != GAZ_TOKEN_WORD ||
		    (d.flags & GAZ_TERM_NAME)
		? NULL
		: gaz_words_find(&x->words, d.native);
	if (known != NULL && known->concept != GAZ_WORD_NO_CONCEPT)
		concept = (int)known->concept;
	if (concept >= 0) {
		const struct gaz_lexicon_concept *c =
		    &gaz_lexicon_concepts[concept];

		d.cross =
		    gaz_term_key('c', "", gaz_str_of(gaz_lexicon_id(concept)));
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
		l = gaz_stem_name(x, t, l, latin);
		struct gaz_str k = gaz_str_make(key, gaz_fold_skeleton(l, key));
		size_t least = d.flags & GAZ_TERM_NAME ? 3 : 4;

		/* Two consonants are too few to tell names apart. */
		if (k.len < least && l.len >= 3)
			k = gaz_str_make(key, gaz_fold_cognate(l, key));
		if (k.len >= 3)
			d.alias = gaz_term_key('k', "", k);
	}
	if (d.flags & GAZ_TERM_NAME)
		d.kind = 'n';
	gaz_extract_add(x, &d);
}

/* Germanic compounds: the concepts of their two ends. */
void
gaz_extract_compound(struct gaz_story_extractor *x, size_t i)
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
		int c = gaz_lookup_word(
		    x, gaz_str_make(w.p + from, w.len - from), 0, NULL);

		if (c >= 0 && strchr("cop", gaz_lexicon_concepts[c].kind)) {
			tail = c;
			break;
		}
	}
	/* A short head alone is an accident: "Bau" in "Bauch". */
	if (head >= 0 && (tail >= 0 || head_len >= 5))
		gaz_extract_concept(x, i, i, head);
	if (tail >= 0)
		gaz_extract_concept(x, i, i, tail);
}
