#include "config.h"

#include "gazetted/lang.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gazetted/file.h"
#include "gazetted/mem.h"

static void
load(const char *name, struct gaz_buf *file)
{
	const char *dir = getenv("GAZ_FIXTURES");
	struct gaz_err err;
	char path[1024];

	gaz_buf_init(file, 1 << 20);
	snprintf(path, sizeof(path), "%s/lang/%s",
	    dir != NULL ? dir : GAZ_FIXTURES_DIR, name);
	if (!gaz_file_load(path, file, &err))
		fail_msg("%s", err.msg);
}

/* Share of the lines of a fixture whose language is found, in percent. */
static unsigned
share_found(const char *name)
{
	struct gaz_str rest, line, code;
	unsigned found = 0, total = 0;
	struct gaz_buf file;

	load(name, &file);
	rest = gaz_buf_str(&file);
	while (gaz_str_split(&rest, '\n', &line)) {
		if (line.len == 0 || line.p[0] == '#')
			continue;
		assert_true(gaz_str_split(&line, '\t', &code));
		struct gaz_str got = gaz_lang_identify(line, GAZ_STR_NONE);

		total++;
		if (gaz_str_eq(got, code))
			found++;
		else
			print_message("%.*s, not %.*s: %.*s\n",
			    GAZ_STR_ARG(got), GAZ_STR_ARG(code),
			    GAZ_STR_ARG(line));
		/* A declared language is never given up for a headline. */
		got = gaz_lang_identify(line, code);
		if (!gaz_str_eq(got, code))
			fail_msg("declared %.*s, got %.*s: %.*s",
			    GAZ_STR_ARG(code), GAZ_STR_ARG(got),
			    GAZ_STR_ARG(line));
	}
	gaz_buf_clear(&file);
	assert_true(total > 50);
	return found * 100 / total;
}

static void
test_headlines(void **state)
{
	(void)state;
	assert_true(share_found("headlines.tsv") >= 97);
	assert_true(share_found("others.tsv") >= 97);
}

static void
test_texts(void **state)
{
	(void)state;
	assert_true(share_found("texts.tsv") >= 98);
}

/* What was kept apart: by language, and all. */
#define LANGUAGES_MAX 64

struct share {
	struct gaz_str code;
	unsigned found, total;
};

static struct share *
share_of(struct share v[], size_t *n, struct gaz_str code)
{
	for (size_t i = 0; i < *n; i++) {
		if (gaz_str_eq(v[i].code, code))
			return &v[i];
	}
	assert_true(*n < LANGUAGES_MAX);
	v[*n] = (struct share){ .code = code };
	return &v[(*n)++];
}

/* least: percent of all; least_each: of each language. */
static void
measure(const char *name, unsigned least, unsigned least_each,
    unsigned lines_each)
{
	struct share shares[LANGUAGES_MAX], all = { 0 };
	struct gaz_str rest, line, code;
	struct gaz_buf file;
	size_t n = 0;

	load(name, &file);
	rest = gaz_buf_str(&file);
	while (gaz_str_split(&rest, '\n', &line)) {
		if (line.len == 0 || line.p[0] == '#')
			continue;
		assert_true(gaz_str_split(&line, '\t', &code));
		struct gaz_str got = gaz_lang_identify(line, GAZ_STR_NONE);
		struct share *s = share_of(shares, &n, code);
		bool right = gaz_str_eq(got, code);

		s->total++;
		all.total++;
		s->found += right;
		all.found += right;
		if (!right)
			print_message("%.*s, not %.*s: %.*s\n",
			    GAZ_STR_ARG(got), GAZ_STR_ARG(code),
			    GAZ_STR_ARG(line));
	}
	for (size_t i = 0; i < n; i++)
		print_message("%.*s\t%u\t%u\n", GAZ_STR_ARG(shares[i].code),
		    shares[i].found, shares[i].total);
	print_message("%s: %u of %u, %.1f %%\n", name, all.found, all.total,
	    100.0 * all.found / all.total);
	assert_true(n >= 24);
	for (size_t i = 0; i < n; i++) {
		assert_true(shares[i].total >= lines_each);
		if (shares[i].found * 100 < least_each * shares[i].total)
			fail_msg("%.*s: %u of %u",
			    GAZ_STR_ARG(shares[i].code), shares[i].found,
			    shares[i].total);
	}
	assert_true(all.found * 100 >= least * all.total);
	gaz_buf_clear(&file);
}

static void
test_kept_headlines(void **state)
{
	(void)state;
	measure("kept-headlines.tsv", 93, 64, 25);
}

static void
test_kept_texts(void **state)
{
	(void)state;
	measure("kept-texts.tsv", 98, 90, 10);
}

static void
test_hints(void **state)
{
	static const struct {
		const char *name, *text, *hint, *want;
	} cases[] = {
		{ "no text", "", NULL, NULL },
		{ "no text, declared", "", "fr", "fr" },
		{ "no letters", "2025: 12,5 %", "de-AT", "de" },
		{ "a name", "Barack Obama", "pt-BR", "pt" },
		{ "declared wrongly",
		    "The minister said that the government would not be "
		    "able to pay for the new railway before next year.",
		    "fr", "en" },
		{ "declared wrongly, other script",
		    "Министр заявил, что денег нет", "en", "ru" },
		{ "a language that is not known",
		    "D'Regierung huet e Budget virgestallt", "lb", "lb" },
		{ "a language that is not known, but English it is",
		    "The minister said that the government would not be "
		    "able to pay for the new railway before next year, and "
		    "that it was not his fault but that of the others.",
		    "lb", "en" },
		{ "Norwegian by its old code",
		    "Regjeringen la fram et nytt budsjett", "no", "no" },
		{ "Serbian in Latin letters",
		    "Vlada je usvojila novi zakon o radu", "sr", "sr" },
		{ "Serbian in Cyrillic letters",
		    "Влада је усвојила нови закон о раду", "sr", "sr" },
		{ "Chinese under its other code", "中国经济增长放缓", "zh-Hans",
		    "zh" },
		{ "Japanese headline in ideographs", "東京株続落", "ja", "ja" },
		{ "old code of Hebrew", "אלפי בתים ללא חשמל", "iw", "he" },
		{ "what no language is", "xx xx", "x-default", NULL },
		{ "bytes that are no text", "\xFF\xFE\x80", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_str got = gaz_lang_identify(
		    gaz_str_of(cases[i].text), gaz_str_of(cases[i].hint));

		if (!gaz_str_eq(got, gaz_str_of(cases[i].want)))
			fail_msg("%s: got %.*s", cases[i].name,
			    GAZ_STR_ARG(got));
	}
}

static void
test_long_words(void **state)
{
	char text[8192];

	(void)state;
	memset(text, 'a', sizeof(text));
	gaz_lang_identify(gaz_str_make(text, sizeof(text)), GAZ_STR_NONE);
	for (size_t i = 0; i < sizeof(text); i += 2)
		text[i] = ' ';
	gaz_lang_identify(gaz_str_make(text, sizeof(text)), GAZ_STR_NONE);
}

static void
test_tag(void **state)
{
	static const struct {
		const char *given, *want;
	} cases[] = {
		{ "en", "en" }, { "EN", "en" }, { "en_us", "en-US" },
		{ "en-us", "en-US" }, { " fr-FR ", "fr-FR" },
		{ "zh-hant-tw", "zh-Hant-TW" }, { "sr-latn", "sr-Latn" },
		{ "de-de-1996", "de-DE-1996" }, { "es-419", "es-419" },
		{ "en-UK", "en-GB" }, { "iw", "he" }, { "jp", "ja" },
		{ "cz", "cs" }, { "eng", "en" }, { "ger-DE", "de-DE" },
		{ "English", "en" }, { "deutsch", "de" }, { "haw", "haw" },
		{ "en-x-private", "en" }, { "en, fr", "en" },
		{ "en;q=0.8", "en" }, { "fil-PH", "tl-PH" },
		{ "", NULL }, { "-", NULL }, { "und", NULL },
		{ "x-klingon", NULL }, { "none", NULL }, { "1", NULL },
		{ "qwertyuiop", NULL }, { "\xC3\xA9n", NULL },
		{ "en-", "en" }, { "en--us", "en" },
	};
	struct gaz_arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_str got = gaz_lang_tag(&a,
		    gaz_str_of(cases[i].given));

		if (!gaz_str_eq(got, gaz_str_of(cases[i].want)) ||
		    (got.p == NULL) != (cases[i].want == NULL))
			fail_msg("\"%s\": got \"%.*s\"", cases[i].given,
			    GAZ_STR_ARG(got));
	}
	assert_null(gaz_lang_tag(&a, GAZ_STR_NONE).p);
	gaz_arena_clear(&a);
}

static void
test_rtl(void **state)
{
	static const struct {
		const char *tag;
		bool want;
	} cases[] = {
		{ "ar", true }, { "ar-EG", true }, { "he", true },
		{ "fa", true }, { "ur-PK", true }, { "en", false },
		{ "ara", false }, { "az-Arab", true }, { "ar-Latn", false },
		{ "uz-Cyrl", false }, { "", false },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		if (gaz_lang_is_rtl(gaz_str_of(cases[i].tag)) !=
		    cases[i].want)
			fail_msg("%s", cases[i].tag);
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headlines),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_kept_headlines),
		cmocka_unit_test(test_kept_texts),
		cmocka_unit_test(test_hints),
		cmocka_unit_test(test_long_words),
		cmocka_unit_test(test_tag),
		cmocka_unit_test(test_rtl),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("lang", tests, NULL, NULL);
}
