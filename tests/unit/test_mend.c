#include "config.h"

#include "parse/text.h"

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

typedef void each_fn(struct gaz_arena *a, struct gaz_str line, void *arg);

/* Each line of a fixture that is no comment. */
static void
each_line(const char *name, each_fn *fn, void *arg)
{
	const char *dir = getenv("GAZ_FIXTURES");
	struct gaz_arena a = { 0 };
	struct gaz_str rest, line;
	struct gaz_buf file;
	struct gaz_err err;
	char path[1024];

	snprintf(path, sizeof(path), "%s/%s",
	    dir != NULL ? dir : GAZ_FIXTURES_DIR, name);
	gaz_buf_init(&file, 1 << 20);
	if (!gaz_file_load(path, &file, &err))
		fail_msg("%s", err.msg);
	rest = gaz_buf_str(&file);
	while (gaz_str_split(&rest, '\n', &line)) {
		if (line.len > 0 && line.p[0] != '#')
			fn(&a, line, arg);
	}
	gaz_buf_clear(&file);
	gaz_arena_clear(&a);
}

static void
is_kept(struct gaz_arena *a, struct gaz_str s, void *arg)
{
	unsigned notes = 0;
	struct gaz_str got = gaz_text_mend(a, s, &notes);

	(void)arg;
	if (!gaz_str_eq(got, s) || notes != 0)
		fail_msg("\"%.*s\" became \"%.*s\"", GAZ_STR_ARG(s),
		    GAZ_STR_ARG(got));
}

/* Sign of a byte: in windows-1252, or where that has none, and in Latin-1, the
 * control of that number. */
static uint32_t
sign_of(unsigned char byte, bool latin1)
{
	static const uint16_t signs[32] = {
		0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
		0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D, 0x017D, 0x8F,
		0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
		0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D, 0x017E, 0x0178,
	};

	return latin1 || byte < 0x80 || byte > 0x9F ? byte :
	    signs[byte - 0x80];
}

static struct gaz_str
damage(struct gaz_arena *a, struct gaz_str s, bool latin1)
{
	struct gaz_buf out;

	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	for (size_t i = 0; i < s.len; i++)
		gaz_buf_put_utf8(&out, sign_of((unsigned char)s.p[i], latin1));
	s = gaz_arena_str(a, gaz_buf_str(&out));
	gaz_buf_clear(&out);
	return s;
}

static bool
comes_back(struct gaz_arena *a, struct gaz_str s, struct gaz_str bad)
{
	unsigned notes = 0;
	struct gaz_str got = gaz_text_mend(a, bad, &notes);
	bool same = gaz_str_eq(got, s) && notes == GAZ_NOTE_REPAIRED;

	if (!same)
		print_message("\"%.*s\": \"%.*s\" became \"%.*s\"\n",
		    GAZ_STR_ARG(s), GAZ_STR_ARG(bad), GAZ_STR_ARG(got));
	return same;
}

static void
is_mended(struct gaz_arena *a, struct gaz_str s, void *arg)
{
	struct gaz_str once = damage(a, s, false);

	(void)arg;
	is_kept(a, s, NULL);
	assert_true(comes_back(a, s, once));
	assert_true(comes_back(a, s, damage(a, s, true)));
	assert_true(comes_back(a, s, damage(a, once, false)));
	assert_true(comes_back(a, s, damage(a, once, true)));
	assert_true(comes_back(a, s, damage(a, damage(a, once, false),
	    false)));
}

static void
test_kept(void **state)
{
	(void)state;
	each_line("mojibake/kept.txt", is_kept, NULL);
}

static void
test_mended(void **state)
{
	(void)state;
	each_line("mojibake/texts.txt", is_mended, NULL);
}

/* The samples of all languages stay; damaged, nearly all come back. */
struct tally {
	size_t damaged, back;
};

static void
count_back(struct gaz_arena *a, struct gaz_str s, void *arg)
{
	struct tally *t = arg;
	struct gaz_str code, bad;

	assert_true(gaz_str_split(&s, '\t', &code));
	is_kept(a, s, NULL);
	for (int latin1 = 0; latin1 < 2; latin1++) {
		bad = damage(a, s, latin1 != 0);
		if (gaz_str_eq(bad, s))
			continue;
		t->damaged++;
		t->back += comes_back(a, s, bad);
	}
}

static void
test_languages(void **state)
{
	static const char *const files[] = { "lang/headlines.tsv",
		"lang/others.tsv", "lang/texts.tsv", "lang/kept-headlines.tsv",
		"lang/kept-texts.tsv" };
	struct tally t = { 0 };

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(files); i++)
		each_line(files[i], count_back, &t);
	print_message("%zu of %zu came back\n", t.back, t.damaged);
	assert_true(t.damaged > 300);
	assert_true(t.back * 1000 >= t.damaged * 990);
}

static void
test_rest(void **state)
{
	static const struct {
		const char *name, *text, *want;
	} cases[] = {
		{ "windows-1252 by number", "it\xC2\x92s \xC2\x80",
		    "it\xE2\x80\x99s \xE2\x82\xAC" },
		{ "C1 that windows-1252 has not", "a\xC2\x81" "b", "ab" },
		{ "a lost character stays what it is",
		    "\xC3\xAF\xC2\xBF\xC2\xBD", "\xC3\xAF\xC2\xBF\xC2\xBD" },
		{ "a fixed space that became a common one",
		    "dÃ©jÃ  vu", "déjà vu" },
		{ "the same after Â", "Â« dÃ©jÃ\u00A0Â »", "« déjà »" },
		{ "ends in the middle of a character", "dÃ©jÃ", "déjà" },
		{ "empty", "", "" },
	};
	struct gaz_arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_str got = gaz_text_mend(&a,
		    gaz_str_of(cases[i].text), NULL);

		if (!gaz_str_eq_z(got, cases[i].want))
			fail_msg("%s: got \"%.*s\"", cases[i].name,
			    GAZ_STR_ARG(got));
	}
	gaz_arena_clear(&a);
}

/* It is marked in the document, of items and of the feed. */
static void
test_marked(void **state)
{
	struct gaz_text_source src = { .raw = GAZ_STR("<p>d&Atilde;&copy;j"
	    "&Atilde;&nbsp; &Atilde;&#169;t&#195;&#169;"),
		.type = GAZ_STR("text/html") };
	struct gaz_arena a = { 0 };
	unsigned notes = 0;
	struct gaz_text t = gaz_text_make(&a, &src, NULL, &notes);

	(void)state;
	assert_int_equal(notes, GAZ_NOTE_REPAIRED);
	if (!gaz_str_eq_z(t.value, "<p>déjà été</p>"))
		fail_msg("got \"%.*s\"", GAZ_STR_ARG(t.value));
	gaz_arena_clear(&a);
}

/* Texts of pieces that a quick look may misjudge, the same at every run. */
static struct gaz_str
make_text(struct gaz_arena *a, uint64_t *state)
{
	static const char *const pieces[] = { "a", "the word", "Q", " ", " ",
		"\n", "\t", "\x7F", "\u00A0", "\xC2\x80", "\xC2\x92", "\xC2\x9F",
		"\u00C2", "\u00C3", "\u00C3\u00A9", "\u00C3 ", "\u00C3\u0192",
		"\u00E2\u20AC\u2122", "\u00E2\u20AC\u0153", "\u00F0\u0178",
		"\u00C2\u00AB", "\u00C5\u201C", "\u00D1\u20AC", "\u2019",
		"\u201C", "\u00D7", "\u00B7", "\u00F4", "\u00C1", "\u00F5",
		"utf-8", "\u00C2\u00A9", "long enough to be skipped at once" };
	struct gaz_buf out;
	struct gaz_str s;
	size_t n;

	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	*state = *state * UINT64_C(6364136223846793005) + 1442695040888963407;
	n = *state >> 33 & 15;
	for (size_t i = 0; i < n; i++) {
		*state = *state * UINT64_C(6364136223846793005) +
		    1442695040888963407;
		gaz_buf_put_z(&out, pieces[(*state >> 33) %
		    GAZ_COUNT(pieces)]);
	}
	s = gaz_arena_str(a, gaz_str_trim(gaz_buf_str(&out)));
	gaz_buf_clear(&out);
	return s;
}

/*
 * Whether a text needs no look is decided by bytes. A sign of multiplication
 * behind it is no letter and takes part in nothing, but has such a byte.
 */
static void
looks_alike(struct gaz_arena *a, struct gaz_str s, void *arg)
{
	size_t *changed = arg;
	unsigned quick_notes = 0, notes = 0;
	struct gaz_str quick = gaz_text_mend(a, s, &quick_notes), longer =
	    gaz_arena_fmt(a, "%.*s \u00D7", GAZ_STR_ARG(s)), want =
	    gaz_arena_fmt(a, "%.*s \u00D7", GAZ_STR_ARG(quick));
	struct gaz_str got = gaz_text_mend(a, longer, &notes);

	if (!gaz_str_eq(got, want) || quick_notes != notes)
		fail_msg("\"%.*s\": \"%.*s\", at leisure \"%.*s\"",
		    GAZ_STR_ARG(s), GAZ_STR_ARG(want), GAZ_STR_ARG(got));
	*changed += !gaz_str_eq(quick, s);
}

static void
damaged_look_alike(struct gaz_arena *a, struct gaz_str s, void *arg)
{
	looks_alike(a, s, arg);
	looks_alike(a, damage(a, s, false), arg);
	looks_alike(a, damage(a, s, true), arg);
}

static void
test_quick_look(void **state)
{
	static const char *const files[] = { "mojibake/kept.txt",
		"mojibake/texts.txt", "lang/headlines.tsv", "lang/others.tsv",
		"lang/texts.tsv", "lang/kept-texts.tsv" };
	struct gaz_arena a = { 0 };
	uint64_t seed = 1;
	size_t changed = 0;

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(files); i++)
		each_line(files[i], damaged_look_alike, &changed);
	for (size_t i = 0; i < 50000; i++) {
		looks_alike(&a, make_text(&a, &seed), &changed);
		gaz_arena_reset(&a);
	}
	assert_true(changed > 10000);
	gaz_arena_clear(&a);
}

/* A letter in front makes a text good: only controls are changed then, and the
 * whole is what its characters are one by one. */
static void
test_controls(void **state)
{
	struct gaz_str letter = GAZ_STR("\u0436");
	struct gaz_arena a = { 0 };
	struct gaz_buf want;
	uint64_t seed = 2;
	size_t changed = 0;

	(void)state;
	gaz_buf_init(&want, GAZ_BUF_NO_MAX);
	for (size_t i = 0; i < 20000; i++) {
		struct gaz_str s = make_text(&a, &seed);
		struct gaz_str got = gaz_text_mend(&a, gaz_arena_fmt(&a,
		    "%s%.*s", letter.p, GAZ_STR_ARG(s)), NULL);

		gaz_buf_reset(&want);
		gaz_buf_put_str(&want, letter);
		for (size_t pos = 0; pos < s.len;) {
			size_t from = pos;
			struct gaz_str one;

			(void)gaz_utf8_next(s, &pos);
			one = gaz_text_mend(&a, gaz_arena_fmt(&a, "%s%.*s",
			    letter.p, (int)(pos - from), s.p + from), NULL);
			gaz_buf_put(&want, one.p + letter.len,
			    one.len - letter.len);
		}
		if (!gaz_str_eq(got, gaz_buf_str(&want)))
			fail_msg("\"%.*s\": got \"%.*s\", want \"%s\"",
			    GAZ_STR_ARG(s), GAZ_STR_ARG(got), want.p);
		changed += got.len != letter.len + s.len;
		gaz_arena_reset(&a);
	}
	assert_true(changed > 1000);
	gaz_buf_clear(&want);
	gaz_arena_clear(&a);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_mended),
		cmocka_unit_test(test_languages),
		cmocka_unit_test(test_rest),
		cmocka_unit_test(test_marked),
		cmocka_unit_test(test_quick_look),
		cmocka_unit_test(test_controls),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("mend", tests, NULL, NULL);
}
