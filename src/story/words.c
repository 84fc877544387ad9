#include "config.h"

#include "words.h"

#include <stdlib.h>

#include "gazetted/hash.h"
#include "gazetted/limits.h"
#include "gazetted/mem.h"
#include "gazetted/vec.h"

#include "lexicon.h"

/*
 * The table of translated words: a header, then struct gaz_word in order of
 * their keys. It is made once and lent to processes of the same program, so
 * the machine's own byte order will do.
 */

struct header {
	uint32_t magic, lexicon, version, n;
};
#define MAGIC UINT32_C(0x64777a67)

struct gaz_story_words {
	struct gaz_story_extractor *extractor;
	GAZ_VEC(struct gaz_word) list;
	struct gaz_buf table;
};

struct gaz_story_words *
gaz_story_words_new(void)
{
	struct gaz_story_words *w = gaz_mem_zero(1, sizeof(*w));

	w->extractor = gaz_story_extractor_new();
	gaz_buf_init(&w->table, GAZ_BUF_NO_MAX);
	return w;
}

void
gaz_story_words_free(struct gaz_story_words *w)
{
	if (w == NULL)
		return;
	gaz_story_extractor_free(w->extractor);
	gaz_vec_clear(&w->list);
	gaz_buf_clear(&w->table);
	free(w);
}

void
gaz_story_words_put(struct gaz_story_words *w, struct gaz_str language,
    struct gaz_str word, struct gaz_str english)
{
	struct gaz_word one;

	if (w->list.n < GAZ_STORY_WORDS_MAX &&
	    gaz_extractor_translate(w->extractor, language, word, english,
	        &one))
		*gaz_vec_push(&w->list) = one;
}

static int
compare(const void *a, const void *b)
{
	const struct gaz_word *x = a, *y = b;

	if (x->native != y->native)
		return x->native < y->native ? -1 : 1;
	if (x->concept != y->concept)
		return x->concept < y->concept ? -1 : 1;
	return (x->cross > y->cross) - (x->cross < y->cross);
}

struct gaz_str
gaz_story_words_table(struct gaz_story_words *w)
{
	struct header h = { MAGIC, gaz_lexicon_version, 0, 0 };
	size_t n = 0;

	if (w->list.n > 0)
		qsort(w->list.v, w->list.n, sizeof(w->list.v[0]), compare);
	/*
	 * Of several translations the one with a concept, and of those the one
	 * that the lexicon holds first.
	 */
	for (size_t i = 0; i < w->list.n; i++) {
		if (n == 0 || w->list.v[i].native != w->list.v[n - 1].native)
			w->list.v[n++] = w->list.v[i];
	}
	w->list.n = n;
	gaz_buf_reset(&w->table);
	if (n == 0)
		return GAZ_STR("");
	struct gaz_str body = gaz_str_make((const char *)w->list.v,
	    n * sizeof(w->list.v[0]));
	h.n = (uint32_t)n;
	h.version = (uint32_t)(gaz_hash_str(body) >> 32) | 1;
	gaz_buf_put(&w->table, &h, sizeof(h));
	gaz_buf_put_str(&w->table, body);
	return gaz_buf_str(&w->table);
}

bool
gaz_words_open(struct gaz_words *w, struct gaz_str table)
{
	struct header h;

	*w = (struct gaz_words){ 0 };
	if (table.len == 0)
		return true;
	if (table.len < sizeof(h))
		return false;
	memcpy(&h, table.p, sizeof(h));
	if (h.magic != MAGIC || h.lexicon != gaz_lexicon_version ||
	    h.version == 0 ||
	    (table.len - sizeof(h)) / sizeof(struct gaz_word) != h.n ||
	    (table.len - sizeof(h)) % sizeof(struct gaz_word) != 0)
		return false;
	w->v = (const struct gaz_word *)(const void *)(table.p + sizeof(h));
	w->n = h.n;
	w->version = h.version;
	return true;
}

const struct gaz_word *
gaz_words_find(const struct gaz_words *w, uint32_t native)
{
	size_t low = 0, high = w->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (w->v[middle].native < native)
			low = middle + 1;
		else
			high = middle;
	}
	return low < w->n && w->v[low].native == native ? &w->v[low] : NULL;
}
