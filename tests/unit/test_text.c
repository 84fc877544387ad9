#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "gazetted/limits.h"
#include "gazetted/mem.h"
#include "gazetted/text.h"

#define MARK "\xcc\x81" /* U+0301 */
#define MARKS8 MARK MARK MARK MARK MARK MARK MARK MARK
#define ZWJ "\xe2\x80\x8d"
#define ZWSP "\xe2\x80\x8b"
#define RLO "\xe2\x80\xae"

static const struct {
	const char *name, *text;
	size_t max;
	const char *want;
} folds[] = {
	{ "empty", "", 10, "" },
	{ "nothing to do", "a b", 10, "a b" },
	{ "white space", " \t a \r\n\n b\x0b", 10, "a b" },
	{ "white space outside ASCII",
	    "\xc2\xa0" "a\xe3\x80\x80\xe2\x80\xa9" "b\xc2\x85", 10, "a b" },
	{ "only white space", " \n ", 10, "" },
	{ "controls", "a\x01\x1b[31mb\x7f\xc2\x9b", 20, "a[31mb" },
	{ "noncharacters", "a\xef\xbf\xbf\xf0\x9f\xbf\xbe" "b", 10, "ab" },
	{ "as many marks as may be", "a" MARKS8, 20, "a" MARKS8 },
	{ "one mark too many", "a" MARKS8 MARK "b" MARK, 20,
	    "a" MARKS8 "b" MARK },
	{ "marks on nothing", MARKS8 MARK "a", 20, MARKS8 "a" },
	{ "overrides", "a" RLO "b\xe2\x81\xa6" "c\xe2\x81\xa9", 10, "abc" },
	{ "direction marks stay", "\xe2\x80\x8f\xd7\x90", 10,
	    "\xe2\x80\x8f\xd7\x90" },
	{ "no width", "a" ZWSP ZWSP "b\xef\xbb\xbf" "c\xc2\xad" "d", 10,
	    "abcd" },
	{ "joiners one at a time", "a" ZWJ ZWJ ZWJ "b", 10, "a" ZWJ "b" },
	{ "a family", "\xf0\x9f\x91\xa9" ZWJ "\xf0\x9f\x91\xa7", 10,
	    "\xf0\x9f\x91\xa9" ZWJ "\xf0\x9f\x91\xa7" },
	{ "the flag of Scotland", "\xf0\x9f\x8f\xb4\xf3\xa0\x81\xa7\xf3\xa0"
	    "\x81\xa2\xf3\xa0\x81\xb3\xf3\xa0\x81\xa3\xf3\xa0\x81\xb4\xf3\xa0"
	    "\x81\xbf", 10, "\xf0\x9f\x8f\xb4\xf3\xa0\x81\xa7\xf3\xa0\x81\xa2"
	    "\xf3\xa0\x81\xb3\xf3\xa0\x81\xa3\xf3\xa0\x81\xb4\xf3\xa0\x81"
	    "\xbf" },
	{ "as long as may be", "abcde", 5, "abcde" },
	{ "too long", "abcdef", 5, "abcde" },
	{ "too long at a space", "abcd ef", 5, "abcd" },
	{ "too long, not ASCII", "\xc3\xa4\xc3\xb6\xc3\xbc", 2,
	    "\xc3\xa4\xc3\xb6" },
	{ "no letter without its marks", "ab" MARK MARK, 3, "a" },
	{ "nothing allowed", "abc", 0, "" },
};

static void
test_fold(void **state)
{
	struct gaz_arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(folds); i++) {
		struct gaz_str got = gaz_text_fold(&a,
		    gaz_str_of(folds[i].text), folds[i].max);
		if (!gaz_str_eq_z(got, folds[i].want))
			fail_msg("%s: got '%.*s'", folds[i].name,
			    GAZ_STR_ARG(got));
		struct gaz_str again = gaz_text_fold(&a, got, folds[i].max);
		if (!gaz_str_eq(again, got))
			fail_msg("%s: again '%.*s'", folds[i].name,
			    GAZ_STR_ARG(again));
	}
	assert_null(gaz_text_fold(&a, GAZ_STR_NONE, 10).p);
	gaz_arena_clear(&a);
}

static const struct {
	const char *name, *text;
	size_t max;
	const char *want;
} excerpts[] = {
	{ "fits", "One. Two.", 9, "One. Two." },
	{ "whole sentences", "One two. Three four. Five six seven.", 24,
	    "One two. Three four." },
	{ "a sentence that just fits", "One two. Three four. Five", 20,
	    "One two. Three four." },
	{ "closing quotes belong to it", "He said \"no.\" Then he went away.",
	    18, "He said \"no.\"" },
	{ "numbers do not end", "It costs 3.50 and more than that", 20,
	    "It costs 3.50 and\xe2\x80\xa6" },
	{ "question and exclamation", "Why? Because! And so on it goes", 14,
	    "Why? Because!" },
	{ "too early an end", "No. This is one rather long sentence", 30,
	    "No. This is one rather long\xe2\x80\xa6" },
	{ "at a word", "one two three four", 12, "one two\xe2\x80\xa6" },
	{ "at the very word", "one two three", 8, "one two\xe2\x80\xa6" },
	{ "one long word", "abcdefghij", 5, "abcd\xe2\x80\xa6" },
	{ "Chinese sentence",
	    "\xe4\xbd\xa0\xe5\xa5\xbd\xe3\x80\x82\xe4\xb8\x96\xe7\x95\x8c"
	    "\xe5\xa5\xbd\xe3\x80\x82", 5,
	    "\xe4\xbd\xa0\xe5\xa5\xbd\xe3\x80\x82" },
	{ "Chinese without an end",
	    "\xe4\xbd\xa0\xe5\xa5\xbd\xe4\xb8\x96\xe7\x95\x8c", 3,
	    "\xe4\xbd\xa0\xe5\xa5\xbd\xe2\x80\xa6" },
	{ "white space folded first", "a \n\n b", 3, "a b" },
	{ "nothing allowed", "abc", 0, "" },
	{ "one allowed", "abc", 1, "\xe2\x80\xa6" },
};

static void
test_excerpt(void **state)
{
	struct gaz_arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(excerpts); i++) {
		struct gaz_str got = gaz_text_excerpt(&a,
		    gaz_str_of(excerpts[i].text), excerpts[i].max);
		if (!gaz_str_eq_z(got, excerpts[i].want))
			fail_msg("%s: got '%.*s'", excerpts[i].name,
			    GAZ_STR_ARG(got));
		if (gaz_utf8_count(got) > excerpts[i].max)
			fail_msg("%s: too long", excerpts[i].name);
	}
	assert_null(gaz_text_excerpt(&a, GAZ_STR_NONE, 10).p);
	gaz_arena_clear(&a);
}

/* s with every one turned into other. */
static struct gaz_str
turned(struct gaz_arena *a, struct gaz_str s, const char *one,
    const char *other)
{
	struct gaz_str what = gaz_str_of(one), result;
	struct gaz_buf out;
	size_t at;

	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	while ((at = gaz_str_find(s, what, 0)) != GAZ_STR_NPOS) {
		gaz_buf_put(&out, s.p, at);
		gaz_buf_put_z(&out, other);
		s = gaz_str_sub(s, at + what.len, s.len);
	}
	gaz_buf_put_str(&out, s);
	result = gaz_arena_str(a, gaz_buf_str(&out));
	gaz_buf_clear(&out);
	return result;
}

/*
 * Runs of ASCII are taken at once. The same text with a Cyrillic letter for
 * each "a" is taken character by character, and must be cut in the same places.
 */
static void
test_runs(void **state)
{
	static const char *const pieces[] = { "a", "a", "aaaa", "aaaaaaaaaaa",
		" ", " ", "a a", "  ", "\n", "\x7f", "\x01", ". ", "a.", "\"",
		"\xcc\x81", "\xe2\x80\x8d", "\xc2\xa0", "\xe3\x80\x82" };
	struct gaz_arena a = { 0 };
	struct gaz_buf text;
	uint64_t seed = 1;

	(void)state;
	gaz_buf_init(&text, GAZ_BUF_NO_MAX);
	for (size_t i = 0; i < 100000; i++) {
		gaz_buf_reset(&text);
		for (size_t n = i % 12; n > 0; n--) {
			seed = seed * UINT64_C(6364136223846793005) +
			    1442695040888963407;
			gaz_buf_put_z(&text, pieces[(seed >> 33) %
			    GAZ_COUNT(pieces)]);
		}
		size_t max = (seed >> 20) % 40;
		struct gaz_str s = gaz_buf_str(&text),
		    slow = turned(&a, s, "a", "\xd0\xb1");
		struct gaz_str got = gaz_text_fold(&a, s, max), want =
		    turned(&a, gaz_text_fold(&a, slow, max), "\xd0\xb1", "a");

		if (!gaz_str_eq(got, want))
			fail_msg("\"%s\" to %zu: got \"%.*s\", want \"%.*s\"",
			    text.p, max, GAZ_STR_ARG(got), GAZ_STR_ARG(want));
		gaz_arena_reset(&a);
	}
	gaz_buf_clear(&text);
	gaz_arena_clear(&a);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fold),
		cmocka_unit_test(test_excerpt),
		cmocka_unit_test(test_runs),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
