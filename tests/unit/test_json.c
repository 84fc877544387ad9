#include "config.h"

#include "gazetted/json.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gazetted/mem.h"

static void
write_sample(struct gaz_json *j)
{
	gaz_json_object(j, NULL);
	gaz_json_z(j, "title", "News");
	gaz_json_int(j, "id", -12);
	gaz_json_array(j, "tags");
	gaz_json_z(j, NULL, "a");
	gaz_json_object(j, NULL);
	gaz_json_bool(j, "yes", true);
	gaz_json_bool(j, "no", false);
	gaz_json_end_object(j);
	gaz_json_array(j, NULL);
	gaz_json_end_array(j);
	gaz_json_end_array(j);
	gaz_json_object(j, "empty");
	gaz_json_end_object(j);
	gaz_json_raw(j, "raw", GAZ_STR("[1,2]"));
	gaz_json_null(j, "none");
	gaz_json_end_object(j);
}

static void
test_compact(void **state)
{
	struct gaz_buf b;
	struct gaz_json j;

	(void)state;
	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	gaz_json_init(&j, &b, 0);
	write_sample(&j);
	assert_string_equal(b.p,
	    "{\"title\":\"News\",\"id\":-12,\"tags\":[\"a\","
	    "{\"yes\":true,\"no\":false},[]],\"empty\":{},"
	    "\"raw\":[1,2],\"none\":null}");
	assert_int_equal(j.depth, 0);
	gaz_buf_clear(&b);
}

static void
test_indented(void **state)
{
	struct gaz_buf b;
	struct gaz_json j;

	(void)state;
	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	gaz_json_init(&j, &b, 2);
	write_sample(&j);
	assert_string_equal(b.p,
	    "{\n"
	    "  \"title\": \"News\",\n"
	    "  \"id\": -12,\n"
	    "  \"tags\": [\n"
	    "    \"a\",\n"
	    "    {\n"
	    "      \"yes\": true,\n"
	    "      \"no\": false\n"
	    "    },\n"
	    "    []\n"
	    "  ],\n"
	    "  \"empty\": {},\n"
	    "  \"raw\": [1,2],\n"
	    "  \"none\": null\n"
	    "}");
	gaz_buf_clear(&b);
}

static const struct {
	const char *name;
	struct gaz_str s;
	const char *want;
} strings[] = {
	{ "plain", { "abc", 3 }, "\"abc\"" },
	{ "empty", { "", 0 }, "\"\"" },
	{ "absent", { NULL, 0 }, "null" },
	{ "quote and backslash", { "a\"b\\c", 5 }, "\"a\\\"b\\\\c\"" },
	{ "short escapes", { "\n\r\t", 3 }, "\"\\n\\r\\t\"" },
	{ "other controls", { "\0\x01\x1f", 3 }, "\"\\u0000\\u0001\\u001f\"" },
	{ "first harmless", { " ", 1 }, "\" \"" },
	{ "delete and slash stay", { "\x7f/", 2 }, "\"\x7f/\"" },
	{ "utf-8", { "\xc3\xa9\xf0\x9f\x93\xb0", 6 },
	    "\"\xc3\xa9\xf0\x9f\x93\xb0\"" },
	{ "ill-formed", { "a\xff" "b\xe2\x82", 5 },
	    "\"a\xef\xbf\xbd" "b\xef\xbf\xbd\"" },
	{ "replacement character itself", { "\xef\xbf\xbd", 3 },
	    "\"\xef\xbf\xbd\"" },
	{ "escapes at both ends", { "\"x\"", 3 }, "\"\\\"x\\\"\"" },
};

static void
test_strings(void **state)
{
	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(strings); i++) {
		struct gaz_buf b;
		struct gaz_json j;
		gaz_buf_init(&b, GAZ_BUF_NO_MAX);
		gaz_json_init(&j, &b, 0);
		gaz_json_str(&j, NULL, strings[i].s);
		if (strcmp(b.p, strings[i].want) != 0)
			fail_msg("%s: got %s", strings[i].name, b.p);
		gaz_buf_clear(&b);
	}
}

static const struct {
	double x;
	const char *want;
} numbers[] = {
	{ 0, "0" },
	{ -0.0, "-0" },
	{ 1, "1" },
	{ -2.5, "-2.5" },
	{ 0.1, "0.1" },
	{ 0.1 + 0.2, "0.30000000000000004" },
	{ 1.0 / 3, "0.3333333333333333" },
	{ 2.0 / 3, "0.6666666666666666" },
	{ 123456789.125, "123456789.125" },
	{ 1e21, "1e+21" },
	{ 9007199254740993.0, "9007199254740992" },
	{ DBL_MAX, "1.7976931348623157e+308" },
	{ DBL_MIN, "2.2250738585072014e-308" },
	{ 5e-324, "4.94065645841247e-324" },
	{ INFINITY, "null" },
	{ -INFINITY, "null" },
	{ NAN, "null" },
};

static void
check_numbers(const char *where)
{
	for (size_t i = 0; i < GAZ_COUNT(numbers); i++) {
		struct gaz_buf b;
		struct gaz_json j;
		gaz_buf_init(&b, GAZ_BUF_NO_MAX);
		gaz_json_init(&j, &b, 0);
		gaz_json_num(&j, NULL, numbers[i].x);
		if (strcmp(b.p, numbers[i].want) != 0)
			fail_msg("%s, row %zu: got %s", where, i, b.p);
		gaz_buf_clear(&b);
	}
}

static void
test_numbers(void **state)
{
	(void)state;
	check_numbers("C");
}

/* With any decimal comma that is installed. */
static void
test_locale(void **state)
{
	static const char *const commas[] = { "de_DE.UTF-8", "fr_FR.UTF-8",
		"ru_RU.UTF-8", "ps_AF.UTF-8", "ps_AF" };
	bool any = false;

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(commas); i++) {
		if (setlocale(LC_NUMERIC, commas[i]) == NULL)
			continue;
		any = true;
		check_numbers(commas[i]);
	}
	setlocale(LC_NUMERIC, "C");
	if (!any)
		skip();
}

static void
test_optional(void **state)
{
	struct gaz_buf b;
	struct gaz_json j;

	(void)state;
	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	gaz_json_init(&j, &b, 0);
	gaz_json_array(&j, NULL);
	gaz_json_opt_int(&j, NULL, INT64_MIN);
	gaz_json_opt_int(&j, NULL, INT64_MIN + 1);
	gaz_json_int(&j, NULL, INT64_MIN);
	gaz_json_utc(&j, NULL, GAZ_UTC_UNKNOWN);
	gaz_json_utc(&j, NULL, 0);
	gaz_json_utc(&j, NULL, INT64_MAX);
	gaz_json_z(&j, NULL, NULL);
	gaz_json_end_array(&j);
	assert_string_equal(b.p,
	    "[null,-9223372036854775807,-9223372036854775808,null,"
	    "\"1970-01-01T00:00:00Z\",null,null]");
	gaz_buf_clear(&b);
}

static void
test_lines(void **state)
{
	struct gaz_buf b;
	struct gaz_json j;

	(void)state;
	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	gaz_json_init(&j, &b, 0);
	for (int i = 0; i < 2; i++) {
		gaz_json_object(&j, NULL);
		gaz_json_int(&j, "i", i);
		gaz_json_end_object(&j);
	}
	assert_string_equal(b.p, "{\"i\":0}\n{\"i\":1}");
	gaz_buf_clear(&b);
}

static void
test_depth(void **state)
{
	char want[2 * GAZ_JSON_DEPTH_MAX];
	struct gaz_buf b;
	struct gaz_json j;
	size_t levels = GAZ_JSON_DEPTH_MAX - 1;

	(void)state;
	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	gaz_json_init(&j, &b, 0);
	for (size_t i = 0; i < levels; i++)
		gaz_json_array(&j, NULL);
	for (size_t i = 0; i < levels; i++)
		gaz_json_end_array(&j);
	memset(want, '[', levels);
	memset(want + levels, ']', levels);
	want[2 * levels] = '\0';
	assert_string_equal(b.p, want);
	gaz_buf_clear(&b);
}

static void
test_full(void **state)
{
	struct gaz_buf b;
	struct gaz_json j;

	(void)state;
	gaz_buf_init(&b, 10);
	gaz_json_init(&j, &b, 2);
	write_sample(&j);
	assert_true(b.full);
	assert_true(b.len <= 10);
	gaz_buf_clear(&b);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_compact),
		cmocka_unit_test(test_indented),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_locale),
		cmocka_unit_test(test_optional),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_full),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
