#include "config.h"

#include "extract.h"

#include "lexicon.h"
#include "number.h"

/* Scripts that write no spaces between words: Han and kana. */

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
void
gaz_extract_dense(struct gaz_story_extractor *x, size_t from, size_t to)
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
			int c = gaz_lexicon_find(
			    h, x->langs, GAZ_LEXICON_WHOLE, NULL);
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
				strtod(gaz_lexicon_id(best), NULL), &value,
				&n) &&
			    value >= 2)
				gaz_extract_number(x, token, token, value);
		} else if (kind == 'r')
			gaz_extract_roundup(x, token, best);
		else if (kind != 's')
			gaz_extract_concept(x, token, last, best);
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
			gaz_extract_word(x, i, -1, false);
		else if (i + 1 < to && v[i + 1].len == 1 &&
			 !(v[i + 1].flags &
			     (GAZ_TOKEN_USED | GAZ_TOKEN_KANA))) {
			struct gaz_draft d = { .kind = 'w',
				.first = i,
				.last = i + 1,
				.prior = 100 };

			d.native = gaz_term_key('w', x->f.language,
			    gaz_str_make(t.folded.p,
				t.folded.len + v[i + 1].folded.len));
			gaz_extract_add(x, &d);
		}
	}
}
