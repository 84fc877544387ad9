#include "config.h"

#include "ctl/text.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gazetted/limits.h"
#include "gazetted/mem.h"

static void
test_clean(void **state)
{
	static const struct {
		const char *name, *s;
		size_t limit;
		const char *want;
		size_t width;
	} cases[] = {
		{ "plain", "Hello", 10, "Hello", 5 },
		{ "empty", "", 10, "", 0 },
		{ "fits exactly", "Hello", 5, "Hello", 5 },
		{ "one too long", "Hello!", 5, "Hell…", 5 },
		{ "no room at all", "Hello", 0, "", 0 },
		{ "room for the ellipsis", "Hello", 1, "…", 1 },
		{ "no space in front of it", "Hell o", 5, "Hell…", 5 },
		{ "space before the cut goes", "Hel lo", 5, "Hel…", 4 },
		{ "white space folds", " a \t\r\n b\xe2\x80\xa8 ", 9, "a b", 3 },
		{ "escape sequence", "a\033[31mb", 20, "a\\x1b[31mb", 10 },
		{ "C1 control", "a\xc2\x9b" "b", 20, "a\\x9bb", 6 },
		{ "delete", "\x7f", 20, "\\x7f", 4 },
		{ "override", "a\xe2\x80\xae" "b", 20, "a\\u202eb", 8 },
		{ "isolate", "\xe2\x81\xa6", 20, "\\u2066", 6 },
		{ "left-to-right mark", "\xe2\x80\x8e" "a", 20, "\\u200ea", 7 },
		{ "Arabic letter mark", "\xd8\x9c", 20, "\\u061c", 6 },
		{ "ill-formed", "a\xff", 20, "a\xef\xbf\xbd", 2 },
		{ "byte order mark and others vanish",
		    "\xef\xbb\xbf" "a\xc2\xad" "b\xe2\x80\x8b" "c", 20, "abc",
		    3 },
		{ "CJK", "日本語", 20, "日本語", 6 },
		{ "CJK is not cut in half", "日本語", 4, "日…", 3 },
		{ "CJK to the column", "日本語", 5, "日本…", 5 },
		{ "full width", "Ａ", 20, "Ａ", 2 },
		{ "half width", "ｱ", 20, "ｱ", 1 },
		{ "Hangul", "한국", 20, "한국", 4 },
		{ "Hangul in pieces", "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab",
		    20, "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", 2 },
		{ "emoji", "🎉a", 20, "🎉a", 3 },
		{ "combining", "e\xcc\x81x", 20, "e\xcc\x81x", 2 },
		{ "marks stay with their letter", "e\xcc\x81xyz", 3,
		    "e\xcc\x81x…", 3 },
		{ "Arabic", "سلام", 20, "سلام", 4 },
		{ "Hebrew, cut", "שלום", 3, "של…", 3 },
		{ "joiner is kept", "\xd9\x85\xe2\x80\x8c" "x", 20,
		    "\xd9\x85\xe2\x80\x8c" "x", 2 },
		{ "Devanagari", "हिंदी", 20, "हिंदी", 4 },
		{ "annotation", "\xef\xbf\xb9", 20, "\\ufff9", 6 },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_buf b;
		size_t width;

		gaz_buf_init(&b, GAZ_BUF_NO_MAX);
		width = gaz_ctl_clean(&b, gaz_str_of(cases[i].s),
		    cases[i].limit);
		if (!gaz_str_eq_z(gaz_buf_str(&b), cases[i].want))
			fail_msg("%s: got \"%s\"", cases[i].name,
			    b.p != NULL ? b.p : "");
		if (width != cases[i].width)
			fail_msg("%s: width %zu", cases[i].name, width);
		if (width != gaz_ctl_width(gaz_buf_str(&b)))
			fail_msg("%s: returned %zu, is %zu", cases[i].name,
			    width, gaz_ctl_width(gaz_buf_str(&b)));
		gaz_buf_clear(&b);
	}
}

/* What stands in front stays, and is not looked at. */
static void
test_clean_appends(void **state)
{
	struct gaz_buf b;

	(void)state;
	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	gaz_buf_put_z(&b, "before ");
	assert_int_equal(gaz_ctl_clean(&b, GAZ_STR(" abcdef"), 4), 4);
	assert_string_equal(b.p, "before abc…");
	gaz_buf_clear(&b);
}

static void
test_marks(void **state)
{
	struct gaz_buf in, out;

	(void)state;
	for (int more = 0; more < 3; more++) {
		gaz_buf_init(&in, GAZ_BUF_NO_MAX);
		gaz_buf_init(&out, GAZ_BUF_NO_MAX);
		gaz_buf_put_char(&in, 'a');
		for (int i = 0; i < GAZ_MARKS_MAX - 1 + more; i++)
			gaz_buf_put_utf8(&in, 0x301);
		gaz_buf_put_char(&in, 'b');
		assert_int_equal(gaz_ctl_clean(&out, gaz_buf_str(&in), 10), 2);
		assert_int_equal(gaz_utf8_count(gaz_buf_str(&out)),
		    2 + GAZ_MARKS_MAX - (more == 0));
		gaz_buf_clear(&in);
		gaz_buf_clear(&out);
	}
}

static void
test_rtl(void **state)
{
	static const struct {
		const char *s;
		bool want;
	} cases[] = {
		{ "", false },
		{ "abc 123 «»", false },
		{ "日本", false },
		{ "abc א", true },
		{ "خبر", true },
		{ "٣", true },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++)
		if (gaz_ctl_is_rtl(gaz_str_of(cases[i].s)) != cases[i].want)
			fail_msg("\"%s\"", cases[i].s);
}

static void
test_wrap(void **state)
{
	static const struct {
		const char *name, *s;
		size_t column, indent, width;
		const char *want;
	} cases[] = {
		{ "short", "a b", 0, 0, 10, "a b" },
		{ "to the edge", "aaaa bbbbb", 0, 0, 10, "aaaa bbbbb" },
		{ "over it", "aaaa bbbbbb", 0, 2, 10, "aaaa\n  bbbbbb" },
		{ "starts late", "aaa bbb", 4, 4, 10, "aaa\n    bbb" },
		{ "a long word stays whole", "a bbbbbbbbbbbb c", 0, 0, 5,
		    "a\nbbbbbbbbbbbb\nc" },
		{ "wide", "日本 語", 0, 0, 6, "日本\n語" },
		{ "no limit", "a b c", 0, 0, GAZ_CTL_NO_LIMIT, "a b c" },
		{ "empty", "", 0, 0, 5, "" },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_buf b;

		gaz_buf_init(&b, GAZ_BUF_NO_MAX);
		gaz_ctl_wrap(&b, gaz_str_of(cases[i].s), cases[i].column,
		    cases[i].indent, cases[i].width);
		if (!gaz_str_eq_z(gaz_buf_str(&b), cases[i].want))
			fail_msg("%s: got \"%s\"", cases[i].name,
			    b.p != NULL ? b.p : "");
		gaz_buf_clear(&b);
	}
}

static void
test_amounts(void **state)
{
	static const struct {
		int64_t seconds;
		const char *want;
	} spans[] = {
		{ -5, "0 s" }, { 0, "0 s" }, { 59, "59 s" }, { 60, "1 min" },
		{ 119, "1 min" }, { 3599, "59 min" }, { 3600, "1 h" },
		{ 3660, "1 h 1 min" }, { 86399, "23 h 59 min" },
		{ 86400, "1 d" }, { 90000, "1 d 1 h" },
		{ 86400 + 59, "1 d" },
	};
	static const struct {
		int64_t bytes;
		const char *want;
	} sizes[] = {
		{ 0, "0 B" }, { 1023, "1023 B" }, { 1024, "1.0 KiB" },
		{ 1536, "1.5 KiB" }, { 102400, "100 KiB" },
		{ 5 << 20, "5.0 MiB" }, { INT64_C(3) << 40, "3.0 TiB" },
		{ INT64_C(3) << 50, "3072 TiB" },
	};
	struct gaz_buf b;

	(void)state;
	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	for (size_t i = 0; i < GAZ_COUNT(spans); i++) {
		gaz_buf_reset(&b);
		gaz_ctl_put_span(&b, spans[i].seconds);
		assert_string_equal(b.p, spans[i].want);
	}
	for (size_t i = 0; i < GAZ_COUNT(sizes); i++) {
		gaz_buf_reset(&b);
		gaz_ctl_put_bytes(&b, sizes[i].bytes);
		assert_string_equal(b.p, sizes[i].want);
	}
	gaz_buf_reset(&b);
	gaz_ctl_put_count(&b, 1, "story", "stories");
	gaz_ctl_put_count(&b, 0, "story", "stories");
	assert_string_equal(b.p, "1 story0 stories");
	gaz_buf_clear(&b);
}

static void
test_time(void **state)
{
	struct gaz_buf b;

	(void)state;
	setenv("TZ", "CET-1", 1);
	tzset();
	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	gaz_ctl_put_time(&b, 1757028600);
	assert_string_equal(b.p, "2025-09-05 00:30");
	gaz_buf_reset(&b);
	gaz_ctl_put_time(&b, GAZ_UTC_UNKNOWN);
	assert_string_equal(b.p, "-");
	gaz_buf_clear(&b);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_clean_appends),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_rtl),
		cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_amounts),
		cmocka_unit_test(test_time),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("ctl_text", tests, NULL, NULL);
}
