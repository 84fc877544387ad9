#include "config.h"

#include "token.h"

#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

#include "gazetted/limits.h"
#include "gazetted/mem.h"

#include "blob.h"

/*
 * Words come from ICU's word breaks (UAX 29; a dictionary for Chinese,
 * Japanese and Thai). Sentences need no more than a rough idea: they tell
 * what an outlet repeats and where a capital proves nothing.
 */

#define TOKENS_MAX 4096

struct gaz_tokenizer {
	struct gaz_fold *fold;
	UBreakIterator *words;
};

struct gaz_tokenizer *
gaz_tokenizer_new(struct gaz_fold *fold)
{
	UErrorCode status = U_ZERO_ERROR;
	struct gaz_tokenizer *t = gaz_mem_zero(1, sizeof(*t));

	t->fold = fold;
	t->words = ubrk_open(UBRK_WORD, "en", NULL, 0, &status);
	if (U_FAILURE(status))
		t->words = NULL; /* no ICU data: every text stays empty */
	return t;
}

void
gaz_tokenizer_free(struct gaz_tokenizer *t)
{
	if (t == NULL)
		return;
	if (t->words != NULL)
		ubrk_close(t->words);
	free(t);
}

void
gaz_tokens_clear(struct gaz_tokens *t)
{
	gaz_vec_clear(&t->list);
	gaz_vec_clear(&t->text);
	gaz_vec_clear(&t->folded);
}

/* Append UTF-8 as UTF-16 without tags, for summaries that still hold some. */
static void
add_text(struct gaz_tokens *out, struct gaz_str s, size_t max)
{
	bool tag = false;

	s = gaz_str_cut(s, max);
	for (size_t pos = 0; pos < s.len;) {
		uint32_t c = gaz_utf8_next(s, &pos);

		if (tag) {
			tag = c != '>';
			continue;
		}
		if (c == '<' && pos < s.len &&
		    (gaz_is_alpha(s.p[pos]) || s.p[pos] == '/' ||
			s.p[pos] == '!') &&
		    (gaz_str_find_char(s, '>', pos) != GAZ_STR_NPOS ||
			gaz_str_find(s, GAZ_STR("=\""), pos) !=
			    GAZ_STR_NPOS)) {
			/* One that a summary's end cuts off is a tag, too. */
			tag = true;
			*gaz_vec_push(&out->text) = '\n';
			continue;
		}
		if (c >= 0x10000) {
			*gaz_vec_push(&out->text) = U16_LEAD(c);
			*gaz_vec_push(&out->text) = U16_TRAIL(c);
		} else if (c != 0)
			*gaz_vec_push(&out->text) = (uint16_t)c;
	}
}

static bool
ends_sentence(UChar c)
{
	return c == '.' || c == '!' || c == '?' || c == 0x3002 ||
	    c == 0xFF01 || c == 0xFF1F || c == '\n' || c == 0x61F ||
	    c == 0x964;
}

/* " | ", " - " and kin, which set outlets and rubrics apart in titles. */
static bool
is_separator(const uint16_t *u, size_t i, size_t n)
{
	UChar c = u[i];

	if (c == '|' || c == 0xFF5C || c == 0xB7 || c == 0x2022)
		return true;
	if (c != '-' && c != 0x2013 && c != 0x2014)
		return false;
	return i > 0 && i + 1 < n && u_isUWhiteSpace(u[i - 1]) &&
	    u_isUWhiteSpace(u[i + 1]);
}

static enum gaz_token_class
class_of(UChar32 c, int32_t rule, bool *kana)
{
	UErrorCode status = U_ZERO_ERROR;
	UScriptCode script;

	*kana = false;
	if (u_isdigit(c))
		return GAZ_TOKEN_NUMBER;
	if (rule < UBRK_WORD_KANA && c < 0x2E80)
		return GAZ_TOKEN_WORD;
	script = uscript_getScript(c, &status);
	*kana = script == USCRIPT_HIRAGANA;
	return script == USCRIPT_HAN || script == USCRIPT_HIRAGANA ||
	        script == USCRIPT_KATAKANA || c == 0x30FC ?
	    GAZ_TOKEN_DENSE :
	    GAZ_TOKEN_WORD;
}

static void
add_token(struct gaz_tokenizer *t, struct gaz_tokens *out, size_t start,
    size_t end, int32_t rule, uint8_t flags)
{
	const uint16_t *u = out->text.v + start;
	size_t n = end - start;
	char folded[GAZ_FOLD_MAX];
	UChar32 first, second = 0;
	int32_t at = 0;
	bool kana;

	if (out->list.n == TOKENS_MAX)
		return;
	gaz_fold_apostrophe(&u, &n);
	if (n == 0)
		return;
	U16_NEXT(u, at, (int32_t)n, first);
	enum gaz_token_class class = class_of(first, rule, &kana);
	for (int32_t i = at; i < (int32_t)n;) {
		U16_NEXT(u, i, (int32_t)n, second);
		if (u_isupper(second))
			flags |= GAZ_TOKEN_CAPS;
		if (class_of(second, rule, &kana) != GAZ_TOKEN_DENSE)
			kana = false;
	}
	if (u_isupper(first))
		flags |= GAZ_TOKEN_UPPER;
	if (kana && class == GAZ_TOKEN_DENSE)
		flags |= GAZ_TOKEN_KANA;
	size_t len = gaz_fold_word(t->fold, u, n, folded);
	if (len == 0)
		return;
	struct gaz_token *token = gaz_vec_push(&out->list);
	*token = (struct gaz_token){ { NULL, len }, (uint32_t)(u -
	                                  out->text.v),
		(uint16_t)(n < UINT16_MAX ? n : UINT16_MAX), flags,
		(uint8_t)(out->n_sentences < GAZ_FEATURES_SENTENCES_MAX ?
		        out->n_sentences :
		        GAZ_FEATURES_SENTENCES_MAX - 1),
		class };
	for (size_t i = 0; i < len; i++)
		*gaz_vec_push(&out->folded) = folded[i];
}

/* Capitals everywhere say nothing about names. */
static void
settle_capitals(struct gaz_tokens *out)
{
	size_t caps = 0, words = 0;

	for (size_t i = 0; i < out->list.n; i++) {
		const struct gaz_token *t = &out->list.v[i];

		if (!(t->flags & GAZ_TOKEN_TITLE) || t->folded.len < 4 ||
		    t->class != GAZ_TOKEN_WORD)
			continue;
		words++;
		caps += (t->flags & GAZ_TOKEN_CAPS) != 0;
	}
	if (words < 3 || caps * 10 < words * 7)
		return;
	for (size_t i = 0; i < out->list.n; i++) {
		struct gaz_token *t = &out->list.v[i];

		if (t->flags & GAZ_TOKEN_TITLE)
			t->flags = (uint8_t)((t->flags & ~GAZ_TOKEN_CAPS) |
			    GAZ_TOKEN_FIRST);
	}
}

/* Between two words: does a sentence end, is a capital due? */
static void
scan_gap(struct gaz_tokens *out, size_t from, size_t to, bool title,
    bool *sentence, uint8_t *flags)
{
	const uint16_t *u = out->text.v;

	*sentence = false;
	if (from == to)
		*flags |= GAZ_TOKEN_JOINED;
	for (size_t i = from; i < to; i++) {
		UChar c = u[i];
		bool stop = ends_sentence(c);

		if (stop && c == '.' && i + 1 < to && u[i + 1] == '.')
			stop = false;
		if (c == '.' && i + 1 == to)
			stop = false; /* U.S, 4.6: no space behind it */
		if (stop || (title && is_separator(u, i, out->text.n)))
			*sentence = true;
		if (c == ':' || c == 0xFF1A || c == '"' || c == 0x201C ||
		    c == 0x201E || c == 0xAB || c == 0x2018 || c == ';')
			*flags |= GAZ_TOKEN_FIRST;
	}
	if (*sentence)
		*flags |= GAZ_TOKEN_FIRST;
}

static void
split(struct gaz_tokenizer *t, struct gaz_tokens *out, size_t from,
    bool title)
{
	UErrorCode status = U_ZERO_ERROR;
	size_t n = out->text.n - from, last = from;
	uint8_t pending = GAZ_TOKEN_FIRST;
	bool any = false;

	if (n == 0 || t->words == NULL)
		return;
	ubrk_setText(t->words, out->text.v + from, (int32_t)n, &status);
	if (U_FAILURE(status))
		return;
	int32_t start = ubrk_first(t->words), end;
	for (; (end = ubrk_next(t->words)) != UBRK_DONE; start = end) {
		int32_t rule = ubrk_getRuleStatus(t->words);
		bool sentence = false;

		if (rule < UBRK_WORD_NUMBER) {
			UChar c = out->text.v[from + (size_t)start];

			if ((c == '%' || c == 0x66A) && out->list.n > 0)
				out->list.v[out->list.n - 1].flags |=
				    GAZ_TOKEN_PERCENT;
			continue;
		}
		uint8_t flags = pending;
		scan_gap(out, last, from + (size_t)start, title, &sentence,
		    &flags);
		if (!any)
			flags &= (uint8_t)~GAZ_TOKEN_JOINED;
		if (sentence && any)
			out->n_sentences++;
		if (title)
			flags |= GAZ_TOKEN_TITLE;
		add_token(t, out, from + (size_t)start, from + (size_t)end,
		    rule, flags);
		pending = 0;
		any = true;
		last = from + (size_t)end;
	}
	if (any)
		out->n_sentences++;
}

/* Letters and digits of s, folded simply, for comparing names of outlets. */
static size_t
letters(struct gaz_str s, char *out, size_t cap)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len && n < cap; i++) {
		if (gaz_is_alnum(s.p[i]) || (unsigned char)s.p[i] >= 0x80)
			out[n++] = gaz_to_lower(s.p[i]);
	}
	return n;
}

/* Is the piece of the title [from, to) the outlet's name? */
static bool
is_outlet(const struct gaz_tokens *t, size_t from, size_t to,
    struct gaz_str source)
{
	char outlet[256], piece[256], initials[32];
	size_t n = letters(source, outlet, sizeof(outlet)), np = 0, ni = 0;
	struct gaz_str s = gaz_str_make(outlet, n);

	if (n < 3)
		return false;
	for (size_t i = from; i < to; i++) {
		struct gaz_str w = t->list.v[i].folded;

		if (ni < sizeof(initials))
			initials[ni++] = w.p[0];
		for (size_t k = 0; k < w.len && np < sizeof(piece); k++)
			piece[np++] = w.p[k];
	}
	if (gaz_str_find(s, gaz_str_make(piece, np), 0) != GAZ_STR_NPOS ||
	    gaz_str_find(gaz_str_make(piece, np), s, 0) != GAZ_STR_NPOS)
		return true;
	if (ni >= 3 &&
	    gaz_str_find(s, gaz_str_make(initials, ni), 0) != GAZ_STR_NPOS)
		return true;
	for (size_t i = from; i < to; i++) {
		struct gaz_str w = t->list.v[i].folded;

		if (w.len >= 3 && !gaz_str_eq_z(w, "news") &&
		    !gaz_str_eq_z(w, "the") &&
		    gaz_str_find(s, w, 0) != GAZ_STR_NPOS)
			return true;
	}
	return false;
}

static bool
bar_before(const struct gaz_tokens *t, size_t i)
{
	const struct gaz_token *a = &t->list.v[i - 1], *b = &t->list.v[i];

	for (size_t k = a->start + a->len; k < b->start; k++) {
		if (t->text.v[k] == '|' || t->text.v[k] == 0xFF5C)
			return true;
	}
	return false;
}

/* Cut "| Outlet", "- Outlet - Rubric" off the end of the title. */
static void
cut_outlet(struct gaz_tokens *t, struct gaz_str source)
{
	for (int round = 0; round < 3; round++) {
		size_t n = t->list.n, from = n;

		while (from > 0 && t->list.v[from - 1].sentence ==
		        t->list.v[n - 1].sentence)
			from--;
		if (from < 2 || n - from > 6)
			return;
		if (!is_outlet(t, from, n, source) &&
		    (n - from > 4 || from < 4 || !bar_before(t, from)))
			return;
		t->n_sentences = t->list.v[from - 1].sentence + (size_t)1;
		t->list.n = from;
	}
}

#define FRAME_MAX 12 /* words around a title that is told again */
#define REPEATED_LEAST 3 /* words of it */

static bool
is_repeated(const struct gaz_tokens *t, size_t at, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!gaz_str_eq(t->list.v[at + i].folded, t->list.v[i].folded))
			return false;
	}
	return true;
}

/*
 * "The post TITLE appeared first on OUTLET": a sentence of the text that has
 * the whole title inside says nothing more, in whatever language. Of one that
 * goes on at length only the title goes.
 */
static void
cut_repeated_title(struct gaz_tokens *t, size_t n_title)
{
	struct gaz_token *v = t->list.v;

	if (n_title < REPEATED_LEAST)
		return;
	for (size_t at = n_title; at + n_title <= t->list.n; at++) {
		size_t from = at, to = at + n_title;

		if (!is_repeated(t, at, n_title))
			continue;
		while (from > n_title &&
		       v[from - 1].sentence == v[at].sentence)
			from--;
		while (to < t->list.n && v[to].sentence == v[to - 1].sentence)
			to++;
		if (to - from > n_title + FRAME_MAX) {
			from = at;
			to = at + n_title;
		}
		memmove(v + from, v + to, (t->list.n - to) * sizeof(*v));
		t->list.n -= to - from;
		at = from - 1;
	}
}

void
gaz_tokenizer_run(struct gaz_tokenizer *t, struct gaz_str title,
    struct gaz_str summary, struct gaz_str source, bool chinese,
    struct gaz_tokens *out)
{
	out->list.n = out->text.n = out->folded.n = 0;
	out->n_sentences = 0;
	/* Folded words move while their buffer grows, so point at them last,
	 * but the outlet is compared before. */
	for (int part = 0; part < 2; part++) {
		size_t from = out->text.n, first = out->list.n, at = 0;

		add_text(out, part == 0 ? title : summary,
		    part == 0 ? GAZ_STORY_TITLE_MAX : GAZ_STORY_TEXT_MAX);
		if (chinese) {
			size_t n = out->text.n - from, cap = 2 * n + 16;

			while (out->text.cap < from + cap)
				out->text.v = gaz_vec_grow(out->text.v,
				    out->text.cap, &out->text.cap,
				    sizeof(*out->text.v));
			gaz_fold_han(t->fold, out->text.v + from, &n, cap);
			out->text.n = from + n;
		}
		split(t, out, from, part == 0);
		for (size_t i = 0; i < out->list.n; i++) {
			out->list.v[i].folded.p = out->folded.v + at;
			at += out->list.v[i].folded.len;
		}
		if (part == 1)
			cut_repeated_title(out, first);
		if (part == 0 && out->list.n > first) {
			cut_outlet(out, source);
			settle_capitals(out);
			/* What was cut keeps no folded bytes either. */
			at = 0;
			for (size_t i = 0; i < out->list.n; i++)
				at += out->list.v[i].folded.len;
			out->folded.n = at;
		}
	}
}
