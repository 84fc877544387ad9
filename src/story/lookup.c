#include "config.h"

#include "extract.h"

#include "lexicon.h"

#define PHRASE_MAX 5 /* words */
#define PHRASE_WAYS 8

/* The concept of a word alone, or -1; *node: phrases may begin so. */
static int
lookup_form(const struct gaz_story_extractor *x, struct gaz_str w, unsigned how,
    bool *node)
{
	uint64_t h = GAZ_FNV_SEED;
	int found = -1;

	for (size_t k = 0; k < w.len; k++) {
		h = gaz_fnv_byte(h, (unsigned char)w.p[k]);
		bool whole = k + 1 == w.len;
		if (k < 2 && !whole)
			continue;
		int c = gaz_lexicon_find(
		    h, x->langs, whole ? how | GAZ_LEXICON_WHOLE : how, node);
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

int
gaz_lookup_word(const struct gaz_story_extractor *x, struct gaz_str w,
    unsigned how, bool *node)
{
	int found = lookup_form(x, w, how, node);

	if (found < 0 && strcmp(x->f.language, "ar") == 0) {
		size_t n = arabic_prefix(w);

		if (n > 0)
			found = lookup_form(
			    x, gaz_str_make(w.p + n, w.len - n), how, NULL);
	}
	return found;
}

/* What the letters of a token say about its being a name. */
unsigned
gaz_lookup_case(const struct gaz_story_extractor *x, const struct gaz_token *t,
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
bool
gaz_lookup_fits_case(
    const struct gaz_story_extractor *x, size_t first, size_t last, int concept)
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
int
gaz_lookup_phrase(const struct gaz_story_extractor *x, size_t i, size_t *last)
{
	const struct gaz_token *v = x->tokens.list.v;
	uint64_t way[PHRASE_WAYS] = { GAZ_FNV_SEED };
	size_t n_ways = 1;
	int found = -1;

	for (size_t k = i;
	     k < x->tokens.list.n && k < i + PHRASE_MAX && n_ways > 0 &&
	     v[k].sentence == v[i].sentence &&
	     (v[k].flags & GAZ_TOKEN_TITLE) == (v[i].flags & GAZ_TOKEN_TITLE);
	     k++) {
		uint64_t next[PHRASE_WAYS];
		struct gaz_str w = v[k].folded;
		size_t n_next = 0;

		for (size_t s = 0; s < n_ways; s++) {
			uint64_t h =
			    k == i ? way[s] : gaz_fnv_byte(way[s], ' ');

			for (size_t b = 0; b < w.len; b++) {
				bool whole = b + 1 == w.len, node = false;

				h = gaz_fnv_byte(h, (unsigned char)w.p[b]);
				if (b < 2 && !whole)
					continue;
				int c = gaz_lexicon_find(h, x->langs,
				    whole ? GAZ_LEXICON_WHOLE : 0, &node);
				if (c >= 0 && k > i &&
				    gaz_lookup_fits_case(x, i, k, c)) {
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

bool
gaz_lookup_is_weekday(int concept)
{
	const char *id = gaz_lexicon_id(concept);

	return gaz_lexicon_concepts[concept].kind == 'c' && id[0] == 'w' &&
	       id[1] == 'd' && gaz_is_digit(id[2]);
}
