#include "config.h"

#include "gazetted/buf.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "gazetted/mem.h"

static void
test_add(void **state)
{
	struct gaz_buf b;
	struct gaz_err err;

	(void)state;
	gaz_buf_init(&b, 100000);
	assert_int_equal(gaz_buf_str(&b).len, 0);
	assert_non_null(gaz_buf_str(&b).p);
	assert_true(gaz_buf_add(&b, "", 0, &err));
	for (int i = 0; i < 10000; i++)
		assert_true(gaz_buf_add(&b, &"0123456789"[i % 10], 1, &err));
	assert_int_equal(b.len, 10000);
	assert_int_equal(strlen(b.p), 10000);
	for (int i = 0; i < 10000; i++)
		assert_int_equal(b.p[i], '0' + i % 10);
	gaz_buf_clear(&b);
	assert_null(b.p);
	assert_int_equal(b.max, 100000);
	assert_true(gaz_buf_add(&b, "again", 5, &err));
	assert_string_equal(b.p, "again");
	gaz_buf_clear(&b);
	gaz_buf_clear(&b);
	gaz_buf_clear(NULL);
}

/* For many ceilings: what fits just goes in, one byte more does not. */
static void
test_ceiling(void **state)
{
	char bytes[300];

	(void)state;
	memset(bytes, 'x', sizeof(bytes));
	for (size_t max = 0; max < sizeof(bytes); max++) {
		struct gaz_buf b;
		struct gaz_err err;
		char want[80];

		gaz_buf_init(&b, max);
		assert_true(gaz_buf_add(&b, bytes, max, &err));
		assert_true(gaz_buf_add(&b, bytes, 0, &err));
		assert_false(gaz_buf_add(&b, bytes, 1, &err));
		assert_int_equal(err.code, GAZ_ERR_LIMIT);
		snprintf(want, sizeof(want), "larger than %zu bytes", max);
		assert_string_equal(err.msg, want);
		assert_int_equal(b.len, max);
		assert_false(b.full);
		assert_true(b.cap <= max + 1);
		assert_false(gaz_buf_add(&b, bytes, SIZE_MAX, &err));
		assert_false(gaz_buf_add(&b, bytes, SIZE_MAX, NULL));
		gaz_buf_clear(&b);
		/* byte by byte as well */
		for (size_t i = 0; i < max; i++)
			assert_true(gaz_buf_add(&b, bytes, 1, &err));
		assert_false(gaz_buf_add(&b, bytes, 1, &err));
		gaz_buf_clear(&b);
	}
}

static void
test_put_ceiling(void **state)
{
	struct gaz_buf b;
	char long_text[400];

	(void)state;
	gaz_buf_init(&b, 5);
	gaz_buf_put_z(&b, "abc");
	gaz_buf_put_z(&b, "def"); /* not even a part of it */
	assert_string_equal(b.p, "abc");
	assert_true(b.full);
	gaz_buf_put_char(&b, 'x'); /* would fit, but leaves a gap */
	gaz_buf_put_fmt(&b, "%d", 1);
	assert_string_equal(b.p, "abc");
	gaz_buf_reset(&b);
	assert_false(b.full);
	assert_string_equal(b.p, "");
	gaz_buf_put_fmt(&b, "%s", "12345");
	assert_false(b.full);
	assert_string_equal(b.p, "12345");
	gaz_buf_clear(&b);

	memset(long_text, 'y', sizeof(long_text));
	long_text[399] = '\0';
	gaz_buf_init(&b, 398);
	gaz_buf_put_fmt(&b, "%s", long_text);
	assert_true(b.full);
	assert_int_equal(b.len, 0);
	gaz_buf_clear(&b);
	gaz_buf_init(&b, 399);
	gaz_buf_put_fmt(&b, "%s", long_text);
	assert_false(b.full);
	assert_string_equal(b.p, long_text);
	gaz_buf_clear(&b);
}

static void
test_fmt(void **state)
{
	char text[600];

	(void)state;
	/* on both sides of the scratch space for short texts */
	for (size_t n = 250; n < 262; n++) {
		struct gaz_buf b;
		memset(text, 'z', n);
		text[n] = '\0';
		gaz_buf_init(&b, GAZ_BUF_NO_MAX);
		gaz_buf_put_fmt(&b, "%s", text);
		gaz_buf_put_fmt(&b, "<%d>", 7);
		assert_int_equal(b.len, n + 3);
		assert_memory_equal(b.p, text, n);
		assert_string_equal(b.p + n, "<7>");
		gaz_buf_clear(&b);
	}
}

static void
test_escaped(void **state)
{
	static const struct {
		const char *s, *want;
	} cases[] = {
		{ "plain", "plain" },
		{ "<a href=\"x\">'&'</a>",
		    "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;" },
		{ "&amp;", "&amp;amp;" },
		{ "caf\xc3\xa9", "caf\xc3\xa9" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_buf b;
		gaz_buf_init(&b, GAZ_BUF_NO_MAX);
		gaz_buf_put_escaped(&b, gaz_str_of(cases[i].s));
		assert_true(gaz_str_eq_z(gaz_buf_str(&b), cases[i].want));
		gaz_buf_clear(&b);
	}
}

/* Wherever a sign stands in a word of eight bytes, and beside what. */
static void
test_escaped_text(void **state)
{
	static const char *const signs[] = { "&", "<", ">", "\"", "'", "=",
		"?", "'<", "=>", "%&", "&<>&", "\xc3\xa9", "\xbe\xbc\xa6" };
	static const char *const want[] = { "&amp;", "&lt;", "&gt;", "\"",
		"'", "=", "?", "'&lt;", "=&gt;", "%&amp;",
		"&amp;&lt;&gt;&amp;", "\xc3\xa9", "\xbe\xbc\xa6" };
	static const char pad[] = "0123456789abcdefghi";

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(signs); i++) {
		for (int n = 0; n < 20; n++) {
			struct gaz_buf in, got, out;

			gaz_buf_init(&in, GAZ_BUF_NO_MAX);
			gaz_buf_init(&got, GAZ_BUF_NO_MAX);
			gaz_buf_init(&out, GAZ_BUF_NO_MAX);
			gaz_buf_put_fmt(&in, "%.*s%s%s", n, pad, signs[i],
			    pad + n);
			gaz_buf_put_fmt(&out, "%.*s%s%s", n, pad, want[i],
			    pad + n);
			gaz_buf_put_escaped_text(&got, gaz_buf_str(&in));
			assert_string_equal(got.p, out.p);
			gaz_buf_clear(&in);
			gaz_buf_clear(&got);
			gaz_buf_clear(&out);
		}
	}
}

static void
test_truncate(void **state)
{
	struct gaz_buf b;

	(void)state;
	gaz_buf_init(&b, 100);
	gaz_buf_truncate(&b, 0);
	gaz_buf_put_utf8(&b, 0x20ac);
	gaz_buf_put_str(&b, GAZ_STR("abc"));
	gaz_buf_put_str(&b, GAZ_STR_NONE);
	gaz_buf_truncate(&b, 100);
	assert_string_equal(b.p, "\xe2\x82\xac" "abc");
	gaz_buf_truncate(&b, 4);
	assert_string_equal(b.p, "\xe2\x82\xac" "a");
	gaz_buf_clear(&b);
}

static void
test_no_max(void **state)
{
	struct gaz_buf b;
	struct gaz_err err;

	(void)state;
	gaz_buf_init(&b, SIZE_MAX);
	assert_true(b.max == GAZ_BUF_NO_MAX);
	assert_false(gaz_buf_add(&b, "", SIZE_MAX, &err));
	assert_int_equal(err.code, GAZ_ERR_LIMIT);
	gaz_buf_clear(&b);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_ceiling),
		cmocka_unit_test(test_put_ceiling),
		cmocka_unit_test(test_fmt),
		cmocka_unit_test(test_escaped),
		cmocka_unit_test(test_escaped_text),
		cmocka_unit_test(test_truncate),
		cmocka_unit_test(test_no_max),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
