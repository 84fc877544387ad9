#include "config.h"

#include "gazetted/str.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "gazetted/mem.h"

static void
test_sub(void **state)
{
	static const struct {
		const char *name, *s;
		size_t from, to;
		const char *want;
	} cases[] = {
		{ "middle", "abcdef", 2, 4, "cd" },
		{ "all", "abc", 0, 3, "abc" },
		{ "to past the end", "abc", 1, 100, "bc" },
		{ "from past the end", "abc", 5, 7, "" },
		{ "from behind to", "abc", 2, 1, "" },
		{ "to the very end", "abc", 0, SIZE_MAX, "abc" },
		{ "empty", "", 0, 0, "" },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_str got = gaz_str_sub(gaz_str_of(cases[i].s),
		    cases[i].from, cases[i].to);
		if (got.p == NULL || !gaz_str_eq_z(got, cases[i].want))
			fail_msg("%s: got \"%.*s\"", cases[i].name,
			    GAZ_STR_ARG(got));
	}
	assert_null(gaz_str_sub(GAZ_STR_NONE, 0, 5).p);
}

static void
test_eq(void **state)
{
	static const struct {
		const char *a, *b;
		bool eq, ieq;
	} cases[] = {
		{ "abc", "abc", true, true },
		{ "aBc", "AbC", false, true },
		{ "abc", "abcd", false, false },
		{ "abc", "abd", false, false },
		{ "", "", true, true },
		{ "", "a", false, false },
		{ NULL, "", true, true },
		{ NULL, NULL, true, true },
		{ NULL, "a", false, false },
		/* next to the letters, and beyond ASCII */
		{ "[", "{", false, false },
		{ "@", "`", false, false },
		{ "\xc3\x84", "\xc3\xa4", false, false },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_str a = gaz_str_of(cases[i].a);
		struct gaz_str b = gaz_str_of(cases[i].b);
		if (gaz_str_eq(a, b) != cases[i].eq ||
		    gaz_str_eq(b, a) != cases[i].eq ||
		    gaz_str_eq_z(a, cases[i].b) != cases[i].eq ||
		    gaz_str_ieq(a, b) != cases[i].ieq ||
		    gaz_str_ieq_z(b, cases[i].a) != cases[i].ieq)
			fail_msg("row %zu", i);
	}
}

static void
test_affixes(void **state)
{
	static const struct {
		const char *s, *fix;
		bool starts, istarts, ends;
	} cases[] = {
		{ "http://a/", "http", true, true, false },
		{ "HTTP://a/", "http", false, true, false },
		{ "feed.xml", ".xml", false, false, true },
		{ "feed.XML", ".xml", false, false, false },
		{ "abc", "abc", true, true, true },
		{ "abc", "abcd", false, false, false },
		{ "bc", "abc", false, false, false },
		{ "abc", "", true, true, true },
		{ "", "", true, true, true },
		{ NULL, "", true, true, true },
		{ NULL, "a", false, false, false },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_str s = gaz_str_of(cases[i].s);
		if (gaz_str_starts(s, cases[i].fix) != cases[i].starts ||
		    gaz_str_istarts(s, cases[i].fix) != cases[i].istarts ||
		    gaz_str_ends(s, cases[i].fix) != cases[i].ends)
			fail_msg("row %zu", i);
	}
}

static int
sign(int n)
{
	return (n > 0) - (n < 0);
}

static void
test_cmp(void **state)
{
	/* in order */
	static const char *const words[] = { "", "A", "Ab", "a", "a b", "aa",
		"ab", "b", "\x7f", "\x80", "\xff" };

	(void)state;
	for (int a = 0; a < (int)GAZ_COUNT(words); a++) {
		for (int b = 0; b < (int)GAZ_COUNT(words); b++) {
			int got = gaz_str_cmp(gaz_str_of(words[a]),
			    gaz_str_of(words[b]));
			if (sign(got) != sign(a - b))
				fail_msg("row %d, %d: got %d", a, b, got);
		}
	}
	assert_int_equal(gaz_str_cmp(GAZ_STR_NONE, GAZ_STR("")), 0);
	assert_true(gaz_str_cmp(GAZ_STR_NONE, GAZ_STR("a")) < 0);
}

static void
test_find(void **state)
{
	static const struct {
		const char *s, *what;
		size_t from, want, iwant;
	} cases[] = {
		{ "abcabc", "bc", 0, 1, 1 },
		{ "abcabc", "bc", 1, 1, 1 },
		{ "abcabc", "bc", 2, 4, 4 },
		{ "abcabc", "bc", 5, GAZ_STR_NPOS, GAZ_STR_NPOS },
		{ "abCABC", "bc", 0, GAZ_STR_NPOS, 1 },
		{ "aab", "ab", 0, 1, 1 },
		{ "abc", "", 0, 0, 0 },
		{ "abc", "", 3, 3, 3 },
		{ "abc", "", 4, GAZ_STR_NPOS, GAZ_STR_NPOS },
		{ "abc", "abcd", 0, GAZ_STR_NPOS, GAZ_STR_NPOS },
		{ "abc", "c", SIZE_MAX, GAZ_STR_NPOS, GAZ_STR_NPOS },
		{ "", "", 0, 0, 0 },
		{ NULL, "", 0, 0, 0 },
		{ NULL, "a", 0, GAZ_STR_NPOS, GAZ_STR_NPOS },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_str s = gaz_str_of(cases[i].s);
		struct gaz_str what = gaz_str_of(cases[i].what);
		if (gaz_str_find(s, what, cases[i].from) != cases[i].want ||
		    gaz_str_ifind(s, what, cases[i].from) != cases[i].iwant)
			fail_msg("row %zu", i);
	}
}

static void
test_find_char(void **state)
{
	struct gaz_str s = GAZ_STR("a/b/\0/c");

	(void)state;
	assert_int_equal(gaz_str_find_char(s, '/', 0), 1);
	assert_int_equal(gaz_str_find_char(s, '/', 2), 3);
	assert_int_equal(gaz_str_find_char(s, '\0', 0), 4);
	assert_int_equal(gaz_str_find_char(s, 'c', 6), 6);
	assert_true(gaz_str_find_char(s, 'c', 7) == GAZ_STR_NPOS);
	assert_true(gaz_str_find_char(s, 'c', 100) == GAZ_STR_NPOS);
	assert_true(gaz_str_find_char(s, 'x', 0) == GAZ_STR_NPOS);
	assert_int_equal(gaz_str_rfind_char(s, '/'), 5);
	assert_int_equal(gaz_str_rfind_char(s, 'a'), 0);
	assert_true(gaz_str_rfind_char(s, 'x') == GAZ_STR_NPOS);
	assert_true(gaz_str_find_char(GAZ_STR_NONE, 'x', 0) == GAZ_STR_NPOS);
	assert_true(gaz_str_rfind_char(GAZ_STR_NONE, 'x') == GAZ_STR_NPOS);
}

static void
test_trim(void **state)
{
	static const struct {
		const char *s, *want;
	} cases[] = {
		{ " \t\r\n\fa b \n", "a b" },
		{ "a", "a" },
		{ "", "" },
		{ " \n ", "" },
		{ "\va", "\va" },           /* not white space in XML */
		{ "\xc2\xa0 a", "\xc2\xa0 a" }, /* no-break space stays */
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_str got = gaz_str_trim(gaz_str_of(cases[i].s));
		if (got.p == NULL || !gaz_str_eq_z(got, cases[i].want))
			fail_msg("row %zu: \"%.*s\"", i, GAZ_STR_ARG(got));
	}
	assert_null(gaz_str_trim(GAZ_STR_NONE).p);
}

static void
test_split(void **state)
{
	static const struct {
		const char *s, *want; /* each piece in brackets */
	} cases[] = {
		{ "a,b,c", "[a][b][c]" },
		{ "a", "[a]" },
		{ "", "[]" },
		{ ",", "[][]" },
		{ "a,", "[a][]" },
		{ ",a", "[][a]" },
		{ NULL, "" },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_str rest = gaz_str_of(cases[i].s), piece;
		char got[64];
		size_t n = 0;
		got[0] = '\0';
		while (gaz_str_split(&rest, ',', &piece)) {
			n += (size_t)snprintf(got + n, sizeof(got) - n,
			    "[%.*s]", GAZ_STR_ARG(piece));
		}
		assert_null(rest.p);
		assert_string_equal(got, cases[i].want);
	}
}

static void
test_to_int(void **state)
{
	static const struct {
		const char *s;
		bool ok;
		int64_t want;
	} cases[] = {
		{ "0", true, 0 },
		{ "-0", true, 0 },
		{ "42", true, 42 },
		{ "-42", true, -42 },
		{ "0007", true, 7 },
		{ "9223372036854775807", true, INT64_MAX },
		{ "9223372036854775808", false, 0 },
		{ "-9223372036854775808", true, INT64_MIN },
		{ "-9223372036854775809", false, 0 },
		{ "99999999999999999999", false, 0 },
		{ "18446744073709551617", false, 0 },
		{ "", false, 0 },
		{ "-", false, 0 },
		{ "--1", false, 0 },
		{ "+1", false, 0 },
		{ " 1", false, 0 },
		{ "1 ", false, 0 },
		{ "1x", false, 0 },
		{ "0x1", false, 0 },
		{ "\xd9\xa1", false, 0 }, /* ARABIC-INDIC DIGIT ONE */
		{ NULL, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		int64_t got = 77;
		bool ok = gaz_str_to_int(gaz_str_of(cases[i].s), &got);
		if (ok != cases[i].ok ||
		    got != (cases[i].ok ? cases[i].want : 77))
			fail_msg("row %zu: got %d %lld", i, ok, (long long)got);
	}
}

static void
test_cut(void **state)
{
	static const struct {
		const char *name, *s;
		size_t max, want;
	} cases[] = {
		{ "fits", "abc", 3, 3 },
		{ "ascii", "abc", 2, 2 },
		{ "nothing", "abc", 0, 0 },
		{ "two bytes, at the seam", "a\xc3\xa9z", 3, 3 },
		{ "two bytes, within", "a\xc3\xa9z", 2, 1 },
		{ "three bytes, after one", "\xe2\x82\xacz", 1, 0 },
		{ "three bytes, after two", "\xe2\x82\xacz", 2, 0 },
		{ "four bytes, after one", "a\xf0\x9f\x93\xb0", 2, 1 },
		{ "four bytes, after three", "a\xf0\x9f\x93\xb0", 4, 1 },
		{ "four bytes, whole", "a\xf0\x9f\x93\xb0z", 5, 5 },
		{ "stray continuation bytes", "\x80\x80\x80\x80\x80", 4, 4 },
		{ "stray after a character", "\xc3\xa9\x80\x80", 3, 3 },
		{ "broken character before", "\xe2\x82z", 2, 2 },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_str got = gaz_str_cut(gaz_str_of(cases[i].s),
		    cases[i].max);
		if (got.len != cases[i].want)
			fail_msg("%s: got %zu", cases[i].name, got.len);
	}
	assert_null(gaz_str_cut(GAZ_STR_NONE, 5).p);
}

static void
test_hex(void **state)
{
	static const char digits[] = "0123456789abcdef";

	(void)state;
	for (int c = -128; c < 128; c++) {
		const char *at = c > 0 ? strchr(digits, c) : NULL;
		int want = at != NULL ? (int)(at - digits) :
		    c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
		if (gaz_hex_value((char)c) != want)
			fail_msg("character %d", c);
	}
}

/* Each case as the code points that come out, F for one U+FFFD. */
static const struct {
	const char *name, *bytes, *want;
	bool valid;
} utf8[] = {
	{ "empty", "", "", true },
	{ "one to four bytes", "z\xc3\xa9\xe2\x82\xac\xf0\x9f\x93\xb0",
	    "7a e9 20ac 1f4f0", true },
	{ "first and last of each length",
	    "\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80"
	    "\xf4\x8f\xbf\xbf", "7f 80 7ff 800 ffff 10000 10ffff", true },
	{ "around the surrogates", "\xed\x9f\xbf\xee\x80\x80", "d7ff e000",
	    true },
	{ "U+FFFD itself", "\xef\xbf\xbd", "F", true },
	{ "stray continuation", "a\x80\xbf" "b", "61 F F 62", false },
	{ "overlong slash", "\xc0\xaf", "F F", false },
	{ "overlong, c1", "\xc1\xbf", "F F", false },
	{ "overlong, three bytes", "\xe0\x9f\xbf", "F F F", false },
	{ "overlong, four bytes", "\xf0\x8f\xbf\xbf", "F F F F", false },
	{ "surrogate", "\xed\xa0\x80", "F F F", false },
	{ "past U+10FFFF", "\xf4\x90\x80\x80", "F F F F", false },
	{ "f5 to ff", "\xf5\xfe\xff", "F F F", false },
	{ "f5 and continuation bytes", "\xf5\x80\x80\x80", "F F F F", false },
	{ "cut, two bytes", "\xc3", "F", false },
	{ "cut, three bytes", "\xe2\x82", "F", false },
	{ "cut, four bytes", "\xf0\x9f\x93", "F", false },
	{ "cut, and text goes on", "\xf0\x9f\x93z\xe2\x82z\xc3z",
	    "F 7a F 7a F 7a", false },
	{ "lead after lead", "\xe2\xe2\x82\xac", "F 20ac", false },
	/* The Unicode Standard, table 3-8. */
	{ "maximal subparts",
	    "\x61\xf1\x80\x80\xe1\x80\xc2\x62\x80\x63\x80\xbf\x64",
	    "61 F F F 62 F 63 F F 64", false },
};

static void
test_decode(void **state)
{
	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(utf8); i++) {
		struct gaz_str s = gaz_str_of(utf8[i].bytes);
		char got[128] = "";
		size_t pos = 0, n = 0, count = 0;

		while (pos < s.len) {
			uint32_t c = gaz_utf8_next(s, &pos);
			const char *gap = count++ > 0 ? " " : "";
			n += (size_t)snprintf(got + n, sizeof(got) - n,
			    c == 0xfffd ? "%sF" : "%s%x", gap, (unsigned)c);
		}
		if (strcmp(got, utf8[i].want) != 0)
			fail_msg("%s: got \"%s\"", utf8[i].name, got);
		if (gaz_utf8_is_valid(s) != utf8[i].valid)
			fail_msg("%s: valid is not %d", utf8[i].name,
			    utf8[i].valid);
		if (gaz_utf8_count(s) != count)
			fail_msg("%s: count", utf8[i].name);
	}
}

static void
test_every_character(void **state)
{
	(void)state;
	for (uint32_t c = 0; c <= 0x110000; c++) {
		char out[4];
		size_t pos = 0;
		struct gaz_str s = gaz_str_make(out, gaz_utf8_put(c, out));
		bool scalar = c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);

		if (gaz_utf8_next(s, &pos) != (scalar ? c : 0xfffd) ||
		    pos != s.len || !gaz_utf8_is_valid(s))
			fail_msg("U+%04X", (unsigned)c);
	}
}

static void
test_put(void **state)
{
	static const struct {
		uint32_t c;
		const char *want;
	} cases[] = {
		{ 'a', "a" },
		{ 0xe9, "\xc3\xa9" },
		{ 0x20ac, "\xe2\x82\xac" },
		{ 0x1f4f0, "\xf0\x9f\x93\xb0" },
		{ 0xd800, "\xef\xbf\xbd" },
		{ 0xdfff, "\xef\xbf\xbd" },
		{ 0x110000, "\xef\xbf\xbd" },
		{ UINT32_MAX, "\xef\xbf\xbd" },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		char out[4];
		size_t n = gaz_utf8_put(cases[i].c, out);
		if (!gaz_str_eq_z(gaz_str_make(out, n), cases[i].want))
			fail_msg("row %zu", i);
	}
}

/* The fault is found wherever it stands in a long run of ASCII. */
static void
test_long_text(void **state)
{
	char text[67];

	(void)state;
	for (size_t len = 0; len <= sizeof(text); len++) {
		memset(text, 'a', sizeof(text));
		struct gaz_str s = gaz_str_make(text, len);
		assert_true(gaz_utf8_is_valid(s));
		for (size_t at = 0; at < len; at++) {
			text[at] = '\xff';
			assert_false(gaz_utf8_is_valid(s));
			text[at] = 'a';
		}
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sub),
		cmocka_unit_test(test_eq),
		cmocka_unit_test(test_affixes),
		cmocka_unit_test(test_cmp),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_find_char),
		cmocka_unit_test(test_trim),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_to_int),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_hex),
		cmocka_unit_test(test_decode),
		cmocka_unit_test(test_every_character),
		cmocka_unit_test(test_put),
		cmocka_unit_test(test_long_text),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("str", tests, NULL, NULL);
}
