#include "config.h"

#include "gazetted/dictionary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gazetted/buf.h"
#include "gazetted/limits.h"
#include "gazetted/log.h"
#include "gazetted/story.h"
#include "story/blob.h"

/* What is read of dictionaries, and what features make of it. */

static const char *
folder(void)
{
	static char path[4096];
	const char *src = getenv("GAZ_SRCDIR");

	snprintf(path, sizeof(path), "%s/tests/fixtures/dictionary",
	    src != NULL ? src : ".");
	return path;
}

static void
note(void *arg, struct gaz_str language, struct gaz_str word,
    struct gaz_str english)
{
	gaz_buf_put_fmt(arg, "%.*s %.*s %.*s\n", GAZ_STR_ARG(language),
	    GAZ_STR_ARG(word), GAZ_STR_ARG(english));
}

static void
test_read(void **state)
{
	struct gaz_buf got;

	(void)state;
	gaz_buf_init(&got, GAZ_BUF_NO_MAX);
	/* Only swe is whole; phrases, third senses and notes stay out. */
	assert_int_equal(gaz_dictionary_read(folder(), note, &got), 1);
	assert_string_equal(got.p,
	    "sv jordbävning earthquake\n"
	    "sv igelkott hedgehog\n"
	    "sv igelkott urchin\n"
	    "sv snabbtåg train\n"
	    "sv sköldpadda tortoise\n"
	    "sv sköldpadda turtle\n"
	    "sv räv fox\n"
	    "sv klättra climb\n");
	gaz_buf_reset(&got);
	assert_int_equal(gaz_dictionary_read("/nonexistent", note, &got), 0);
	assert_int_equal(got.len, 0);
	gaz_buf_clear(&got);
}

static void
put(void *arg, struct gaz_str language, struct gaz_str word,
    struct gaz_str english)
{
	gaz_story_words_put(arg, language, word, english);
}

/* The key across languages of the only term of a kind of a title. */
static uint32_t
cross(struct gaz_story_extractor *x, const char *language, const char *word,
    char *kind, struct gaz_buf *blob)
{
	struct gaz_story_text t = { .title = gaz_str_of(word),
		.language = gaz_str_of(language),
		.published = GAZ_UTC_UNKNOWN };
	struct gaz_features f;

	gaz_buf_reset(blob);
	gaz_story_extract(x, &t, blob);
	assert_true(gaz_features_decode(gaz_buf_str(blob), &f));
	assert_int_equal(f.n_terms, 1);
	*kind = f.terms[0].kind;
	return f.terms[0].cross;
}

static void
test_features(void **state)
{
	struct gaz_story_words *w = gaz_story_words_new();
	struct gaz_story_extractor *x = gaz_story_extractor_new();
	struct gaz_buf old, blob;
	struct gaz_str table;
	char kind, english_kind;

	(void)state;
	gaz_buf_init(&old, GAZ_FEATURES_MAX);
	gaz_buf_init(&blob, GAZ_FEATURES_MAX);
	uint32_t english = cross(x, "en", "hedgehogs", &kind, &old);
	assert_int_not_equal(english, 0);
	assert_int_not_equal(cross(x, "sv", "igelkotten", &kind, &old),
	    english);
	assert_true(gaz_story_extractor_accepts(x, gaz_buf_str(&old)));

	/* No words change nothing. */
	assert_int_equal(gaz_story_words_table(w).len, 0);
	assert_true(gaz_story_extractor_use(x, gaz_story_words_table(w)));
	cross(x, "sv", "igelkotten", &kind, &blob);
	assert_int_equal(blob.len, old.len);
	assert_memory_equal(blob.p, old.p, old.len);

	assert_int_equal(gaz_dictionary_read(folder(), put, w), 1);
	table = gaz_story_words_table(w);
	assert_true(table.len > 0);
	assert_true(gaz_story_extractor_use(x, table));
	/* By the stem, and only in its language. */
	assert_int_equal(cross(x, "sv", "igelkotten", &kind, &blob), english);
	assert_int_not_equal(cross(x, "da", "igelkotten", &kind, &blob),
	    english);
	/* A concept of the lexicon goes before a word. */
	english = cross(x, "en", "earthquake", &english_kind, &blob);
	assert_int_equal(english_kind, 'c');
	assert_int_equal(cross(x, "sv", "jordbävningen", &kind, &blob),
	    english);
	assert_int_equal(kind, 'c');

	/* Features of other dictionaries are to be made anew. */
	assert_true(gaz_story_extractor_accepts(x, gaz_buf_str(&blob)));
	assert_false(gaz_story_extractor_accepts(x, gaz_buf_str(&old)));
	assert_true(gaz_story_features_ok(gaz_buf_str(&old)));

	/* What is cut short is refused, and nothing is in force then. */
	assert_false(gaz_story_extractor_use(x,
	    gaz_str_make(table.p, table.len - 1)));
	assert_true(gaz_story_extractor_accepts(x, gaz_buf_str(&old)));
	assert_false(gaz_story_extractor_use(x, gaz_str_make(table.p, 8)));

	gaz_buf_clear(&old);
	gaz_buf_clear(&blob);
	gaz_story_extractor_free(x);
	gaz_story_words_free(w);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_features),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("dictionary", tests, NULL, NULL);
}
