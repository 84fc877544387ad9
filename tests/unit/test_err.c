#include "config.h"

#include "gazetted/err.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "gazetted/mem.h"
#include "gazetted/str.h"

static const struct {
	const char *name, *text, *want;
} cleaned[] = {
	{ "plain", "no such element", "no such element" },
	{ "newline and tab", "a\nb\tc\r\n", "a b c  " },
	{ "delete and c1", "a\x7f" "b\xc2\x85" "c", "a b c" },
	{ "utf-8 stays", "caf\xc3\xa9 \xf0\x9f\x93\xb0",
	    "caf\xc3\xa9 \xf0\x9f\x93\xb0" },
	{ "latin-1 byte", "caf\xe9!", "caf?!" },
	{ "replacement character itself", "a\xef\xbf\xbd", "a\xef\xbf\xbd" },
	{ "empty", "", "" },
};

static void
test_set(void **state)
{
	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cleaned); i++) {
		struct gaz_err err;
		if (gaz_err_set(&err, GAZ_ERR_FORMAT, "%s", cleaned[i].text))
			fail_msg("%s: gave true", cleaned[i].name);
		if (err.code != GAZ_ERR_FORMAT ||
		    strcmp(err.msg, cleaned[i].want) != 0)
			fail_msg("%s: got %d \"%s\"", cleaned[i].name,
			    (int)err.code, err.msg);
	}
}

static void
test_wrap(void **state)
{
	struct gaz_err err;

	(void)state;
	gaz_err_set(&err, GAZ_ERR_LIMIT, "line %d: too deep", 3);
	assert_false(gaz_err_wrap(&err, "feed %d", 12));
	assert_string_equal(err.msg, "feed 12: line 3: too deep");
	assert_int_equal(err.code, GAZ_ERR_LIMIT);
	/* an argument may be the message itself */
	gaz_err_wrap(&err, "%s", err.msg);
	assert_string_equal(err.msg,
	    "feed 12: line 3: too deep: feed 12: line 3: too deep");
	gaz_err_set(&err, GAZ_ERR_IO, "again %s", err.msg);
	assert_string_equal(err.msg,
	    "again feed 12: line 3: too deep: feed 12: line 3: too deep");
}

/* A message is as long as there is room, and never ends within a character. */
static void
test_lengths(void **state)
{
	char text[1024];

	(void)state;
	for (size_t n = GAZ_ERR_MSG_MAX - 6; n < GAZ_ERR_MSG_MAX + 6; n++) {
		for (size_t pad = 0; pad < 4; pad++) {
			struct gaz_err err;
			/* pad letters, then characters of four bytes */
			size_t len = 0;
			while (len < pad)
				text[len++] = 'x';
			while (len + 4 <= n) {
				memcpy(text + len, "\xf0\x9f\x93\xb0", 4);
				len += 4;
			}
			while (len < n)
				text[len++] = 'y';
			text[len] = '\0';
			gaz_err_set(&err, GAZ_ERR_IO, "%s", text);
			size_t got = strlen(err.msg);
			assert_true(got <= GAZ_ERR_MSG_MAX - 1);
			assert_true(got + 4 > GAZ_ERR_MSG_MAX - 1 || got == n);
			assert_true(gaz_utf8_is_valid(gaz_str_of(err.msg)));
			assert_memory_equal(err.msg, text, got);
			gaz_err_wrap(&err, "%s", text);
			assert_true(gaz_utf8_is_valid(gaz_str_of(err.msg)));
			assert_memory_equal(err.msg, text, got < n ? got : n);
		}
	}
}

static void
test_no_receiver(void **state)
{
	(void)state;
	assert_false(gaz_err_set(NULL, GAZ_ERR_IO, "x"));
	assert_false(gaz_err_wrap(NULL, "x"));
}

static const struct {
	enum gaz_err_code code;
	int want;
} statuses[] = {
	{ GAZ_ERR_NONE, 0 },
	{ GAZ_ERR_USAGE, 64 },
	{ GAZ_ERR_FORMAT, 65 },
	{ GAZ_ERR_LIMIT, 65 },
	{ GAZ_ERR_MISSING, 66 },
	{ GAZ_ERR_IO, 74 },
	{ GAZ_ERR_STORE, 74 },
	{ GAZ_ERR_BUSY, 75 },
	{ GAZ_ERR_CONFIG, 78 },
};

static void
test_exit_status(void **state)
{
	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(statuses); i++) {
		struct gaz_err err = { .code = statuses[i].code };
		int got = gaz_err_exit_status(&err);
		if (got != statuses[i].want)
			fail_msg("code %d: got %d, want %d",
			    (int)statuses[i].code, got, statuses[i].want);
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_no_receiver),
		cmocka_unit_test(test_exit_status),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
