/*
 * The index of a dictd dictionary says where in the text the article of a word
 * stands: "word TAB offset TAB length", the numbers in base 64. The text is
 * gzip (dictzip is that, with a table for jumping that is not needed here), and
 * is read once from front to back, in the order of the offsets.
 */
#include "config.h"

#include "gazetted/dictionary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "gazetted/buf.h"
#include "gazetted/file.h"
#include "gazetted/limits.h"
#include "gazetted/log.h"
#include "gazetted/mem.h"
#include "gazetted/vec.h"

#define SENSES_MAX 2

/*
 * ISO 639-3, as the files are named, to the tag that items have. Languages with
 * a column in the lexicon are left out: to them dictionaries add more accidents
 * than finds (docs/STORIES.md).
 */
static const struct {
	char code[4], tag[4];
} languages[] = {
	{ "afr", "af" }, { "ces", "cs" }, { "cym", "cy" }, { "dan", "da" },
	{ "ell", "el" }, { "fin", "fi" }, { "gle", "ga" }, { "hrv", "hr" },
	{ "hun", "hu" }, { "isl", "is" }, { "lit", "lt" }, { "slk", "sk" },
	{ "slv", "sl" }, { "srp", "sr" }, { "swe", "sv" }, { "swh", "sw" },
	{ "tur", "tr" },
};

struct entry {
	struct gaz_str word;
	uint32_t offset, len;
};

struct reader {
	struct gaz_str language;
	gaz_dictionary_fn fn;
	void *arg;
	struct gaz_buf index;
	GAZ_VEC(struct entry) entries;
	gzFile text;
	char article[GAZ_DICTIONARY_ARTICLE_MAX];
};

static bool
read_number(struct gaz_str s, uint32_t *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t n = 0;

	if (s.len == 0 || s.len > 5) /* 30 bits are more than the limit */
		return false;
	for (size_t i = 0; i < s.len; i++) {
		const char *p = s.p[i] == '\0' ? NULL : strchr(digits, s.p[i]);

		if (p == NULL)
			return false;
		n = n << 6 | (uint32_t)(p - digits);
	}
	*out = n;
	return true;
}

static int
by_offset(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	return (x->word.p > y->word.p) - (x->word.p < y->word.p);
}

static bool
read_index(struct reader *r, struct gaz_err *err)
{
	struct gaz_str all = gaz_buf_str(&r->index);

	for (size_t at = 0, line = 1; at < all.len; line++) {
		size_t end = gaz_str_find_char(all, '\n', at);
		struct entry e;

		if (end == GAZ_STR_NPOS)
			end = all.len;
		struct gaz_str s = gaz_str_make(all.p + at, end - at);
		at = end + 1;
		size_t tab = gaz_str_find_char(s, '\t', 0);
		size_t second = tab == GAZ_STR_NPOS ? tab :
		    gaz_str_find_char(s, '\t', tab + 1);
		if (second == GAZ_STR_NPOS ||
		    !read_number(gaz_str_make(s.p + tab + 1, second - tab - 1),
		        &e.offset) ||
		    !read_number(gaz_str_make(s.p + second + 1,
		        s.len - second - 1), &e.len))
			return gaz_err_set(err, GAZ_ERR_FORMAT,
			    "line %zu of the index is damaged", line);
		if (e.offset > GAZ_DICTIONARY_TEXT_MAX)
			return gaz_err_set(err, GAZ_ERR_LIMIT,
			    "more than %u bytes of text",
			    GAZ_DICTIONARY_TEXT_MAX);
		e.word = gaz_str_make(s.p, tab);
		if (gaz_str_find_char(e.word, ' ', 0) == GAZ_STR_NPOS &&
		    e.word.len >= 4 && !gaz_str_starts(e.word, "00") &&
		    gaz_utf8_is_valid(e.word))
			*gaz_vec_push(&r->entries) = e;
	}
	if (r->entries.n > 0)
		qsort(r->entries.v, r->entries.n, sizeof(r->entries.v[0]),
		    by_offset);
	return true;
}

/* Pass on what a translation is if it is one word, in letters. */
static void
offer(struct reader *r, struct gaz_str word, struct gaz_str english)
{
	while (english.len > 0 && english.p[0] == ' ')
		english = gaz_str_make(english.p + 1, english.len - 1);
	while (english.len > 0 && (english.p[english.len - 1] == ' ' ||
	           english.p[english.len - 1] == '.'))
		english.len--;
	if (gaz_str_starts(english, "to "))
		english = gaz_str_make(english.p + 3, english.len - 3);
	for (size_t i = 0; i < english.len; i++) {
		if (!gaz_is_alpha(english.p[i]))
			return;
	}
	if (english.len >= 3)
		r->fn(r->arg, r->language, word, english);
}

/* Translations of a line: split at commas, notes in brackets left out. */
static void
read_senses(struct reader *r, struct gaz_str word, struct gaz_str line,
    size_t *senses)
{
	char one[128];
	size_t len = 0;
	int depth = 0;

	for (size_t i = 0; i <= line.len && *senses < SENSES_MAX; i++) {
		char c = i < line.len ? line.p[i] : ',';

		if (strchr("[<({", c) != NULL && c != '\0')
			depth++;
		else if (strchr("]>)}", c) != NULL && c != '\0')
			depth -= depth > 0;
		else if (depth == 0 && (c == ',' || c == ';')) {
			offer(r, word, gaz_str_make(one, len));
			*senses += len > 0;
			len = 0;
		} else if (depth == 0 && len < sizeof(one))
			one[len++] = c;
	}
}

static void
read_article(struct reader *r, struct gaz_str word, struct gaz_str article)
{
	size_t at = gaz_str_find_char(article, '\n', 0), senses = 0;

	while (at != GAZ_STR_NPOS && ++at < article.len &&
	    senses < SENSES_MAX) {
		size_t end = gaz_str_find_char(article, '\n', at);
		struct gaz_str line = gaz_str_make(article.p + at,
		    (end == GAZ_STR_NPOS ? article.len : end) - at);
		size_t skip = 0;

		at = end;
		while (skip < line.len && (gaz_is_digit(line.p[skip]) ||
		           line.p[skip] == '.' || line.p[skip] == ' '))
			skip++;
		/* What is indented deeply, or cites, is about the word. */
		if (skip == line.len || gaz_str_starts(line, "   ") ||
		    gaz_str_starts(line, " see:") || line.p[skip] == '"' ||
		    line.p[skip] == '(' || line.p[skip] == '-')
			continue;
		read_senses(r, word, gaz_str_make(line.p + skip,
		    line.len - skip), &senses);
	}
}

static bool
read_text(struct reader *r, struct gaz_err *err)
{
	uint32_t at = UINT32_MAX;
	int n = 0;

	for (size_t i = 0; i < r->entries.n; i++) {
		const struct entry *e = &r->entries.v[i];

		if (e->offset != at) {
			uint32_t len = e->len < sizeof(r->article) ? e->len :
			    (uint32_t)sizeof(r->article);

			/* Never back: that would begin from the start. */
			if (gztell(r->text) > (z_off_t)e->offset)
				continue;
			if (gzseek(r->text, (z_off_t)e->offset, SEEK_SET) == -1 ||
			    (n = gzread(r->text, r->article, len)) < 0 ||
			    (uint32_t)n < len)
				return gaz_err_set(err, GAZ_ERR_FORMAT,
				    "the text is damaged at byte %u", e->offset);
			at = e->offset;
		}
		read_article(r, e->word, gaz_str_make(r->article, (size_t)n));
	}
	return true;
}

static bool
read_one(const char *folder, const char *code, struct reader *r,
    struct gaz_err *err)
{
	char path[4096];
	bool ok = false;

	gaz_buf_init(&r->index, GAZ_DICTIONARY_INDEX_MAX);
	r->text = NULL;
	r->entries.n = 0;
	snprintf(path, sizeof(path), "%s/freedict-%s-eng.index", folder, code);
	if (!gaz_file_load(path, &r->index, err))
		goto done;
	snprintf(path, sizeof(path), "%s/freedict-%s-eng.dict.dz", folder,
	    code);
	r->text = gzopen(path, "rbe");
	if (r->text == NULL) {
		gaz_err_set(err, GAZ_ERR_IO, "%s: cannot be opened", path);
		goto done;
	}
	gzbuffer(r->text, 65536);
	ok = read_index(r, err) && read_text(r, err);
	if (!ok)
		gaz_err_wrap(err, "%s", path);
done:
	if (r->text != NULL)
		gzclose(r->text);
	gaz_buf_clear(&r->index);
	return ok;
}

size_t
gaz_dictionary_read(const char *folder, gaz_dictionary_fn fn, void *arg)
{
	struct reader *r = gaz_mem_zero(1, sizeof(*r));
	size_t count = 0;

	r->fn = fn;
	r->arg = arg;
	for (size_t i = 0; i < GAZ_COUNT(languages); i++) {
		struct gaz_err err = { 0 };

		r->language = gaz_str_of(languages[i].tag);
		if (read_one(folder, languages[i].code, r, &err))
			count++;
		else if (err.code != GAZ_ERR_MISSING)
			gaz_log(GAZ_LOG_WARN, "dictionary",
			    "event=skipped text=\"%s\"", err.msg);
	}
	gaz_vec_clear(&r->entries);
	free(r);
	return count;
}
