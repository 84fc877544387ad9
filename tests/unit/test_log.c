#include "config.h"

#include "gazetted/log.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gazetted/mem.h"

/* Standard error is a file between these two; what it got is in logged. */
static char logged[16384];
static int real_stderr, log_fd;

static void
capture(void)
{
	char path[] = "/tmp/gazetted-test-XXXXXX";

	log_fd = mkstemp(path);
	assert_int_not_equal(log_fd, -1);
	unlink(path);
	real_stderr = dup(STDERR_FILENO);
	dup2(log_fd, STDERR_FILENO);
}

static void
release(void)
{
	dup2(real_stderr, STDERR_FILENO);
	close(real_stderr);
	ssize_t n = pread(log_fd, logged, sizeof(logged) - 1, 0);
	assert_true(n >= 0);
	logged[n] = '\0';
	close(log_fd);
}

static const enum gaz_log_level all[] = { GAZ_LOG_ERR, GAZ_LOG_WARN,
	GAZ_LOG_NOTICE, GAZ_LOG_INFO, GAZ_LOG_DEBUG };

static void
test_levels(void **state)
{
	(void)state;
	/* the default */
	assert_true(gaz_log_wants(GAZ_LOG_NOTICE));
	assert_false(gaz_log_wants(GAZ_LOG_INFO));
	for (size_t most = 0; most < GAZ_COUNT(all); most++) {
		char want[64];
		size_t n = 0;
		gaz_log_setup(all[most], true);
		capture();
		for (size_t i = 0; i < GAZ_COUNT(all); i++)
			gaz_log(all[i], "t", "x");
		release();
		for (size_t i = 0; i < GAZ_COUNT(all); i++) {
			assert_int_equal(gaz_log_wants(all[i]), i <= most);
			if (i <= most)
				n += (size_t)snprintf(want + n,
				    sizeof(want) - n, "<%d>t: x\n",
				    (int)all[i]);
		}
		assert_string_equal(logged, want);
	}
}

static void
test_names(void **state)
{
	static const struct {
		const char *name;
		int want; /* 0: none */
	} cases[] = {
		{ "err", 3 }, { "error", 3 }, { "warn", 4 }, { "warning", 4 },
		{ "notice", 5 }, { "info", 6 }, { "debug", 7 }, { "", 0 },
		{ "Debug", 0 }, { "debugs", 0 }, { "6", 0 },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		enum gaz_log_level got = GAZ_LOG_ERR;
		bool ok = gaz_log_level_find(gaz_str_of(cases[i].name), &got);
		if (ok != (cases[i].want != 0) ||
		    (ok && (int)got != cases[i].want))
			fail_msg("\"%s\"", cases[i].name);
	}
}

static void
test_journal(void **state)
{
	(void)state;
	gaz_log_setup(GAZ_LOG_INFO, true);
	capture();
	gaz_log(GAZ_LOG_INFO, "fetch", "feed=%d status=%d", 12, 304);
	release();
	assert_string_equal(logged, "<6>fetch: feed=12 status=304\n");
}

static void
test_plain(void **state)
{
	(void)state;
	gaz_log_setup(GAZ_LOG_INFO, false);
	capture();
	gaz_log(GAZ_LOG_WARN, "fetch", "feed=%d", 12);
	release();
	/* "2026-11-23T19:20:53Z" stands in front */
	assert_int_equal(logged[10], 'T');
	assert_int_equal(logged[19], 'Z');
	assert_string_equal(logged + 20, " warn fetch: feed=12\n");
}

static void
test_escaping(void **state)
{
	(void)state;
	gaz_log_setup(GAZ_LOG_INFO, true);
	capture();
	gaz_log(GAZ_LOG_INFO, "t", "title=%s", "a\n<3>daemon: b\x1b[31m");
	release();
	assert_string_equal(logged,
	    "<6>t: title=a\\x0a<3>daemon: b\\x1b[31m\n");
}

static void
test_long_line(void **state)
{
	char text[6000];

	(void)state;
	gaz_log_setup(GAZ_LOG_INFO, true);
	for (size_t n = 4080; n < 4100; n++) {
		memset(text, 'x', n);
		text[n] = '\0';
		capture();
		gaz_log(GAZ_LOG_INFO, "t", "%s", text);
		release();
		size_t len = strlen(logged);
		/* "<6>t: " + n + newline, or as much as fits in one write */
		assert_int_equal(len, 6 + n + 1 <= 4095 ? 6 + n + 1 : 4095);
		assert_int_equal(logged[len - 1], '\n');
		assert_memory_equal(logged + 6, text, len - 7);
	}
}

static void
test_errno_kept(void **state)
{
	(void)state;
	gaz_log_setup(GAZ_LOG_INFO, true);
	int keep = dup(STDERR_FILENO);
	close(STDERR_FILENO);
	errno = 1234;
	gaz_log(GAZ_LOG_INFO, "t", "nobody hears it");
	int after = errno;
	dup2(keep, STDERR_FILENO);
	close(keep);
	assert_int_equal(after, 1234);
}

static const struct {
	const char *name, *text;
	size_t cap;
	const char *want;
} safe[] = {
	{ "plain", "caf\xc3\xa9 \xf0\x9f\x93\xb0", 100,
	    "caf\xc3\xa9 \xf0\x9f\x93\xb0" },
	{ "c0", "a\tb\r\n", 100, "a\\x09b\\x0d\\x0a" },
	{ "delete", "\x7f", 100, "\\x7f" },
	{ "c1", "\xc2\x9b" "31m", 100, "\\xc2\\x9b31m" },
	{ "no-break space is harmless", "\xc2\xa0", 100, "\xc2\xa0" },
	{ "override", "\xe2\x80\xae" "abc", 100, "\\xe2\\x80\\xae" "abc" },
	{ "isolate", "\xe2\x81\xa6" "x\xe2\x81\xa9", 100,
	    "\\xe2\\x81\\xa6x\\xe2\\x81\\xa9" },
	{ "arabic letter mark", "\xd8\x9c", 100, "\\xd8\\x9c" },
	{ "line separator", "\xe2\x80\xa8", 100, "\\xe2\\x80\\xa8" },
	{ "ill-formed", "a\xff\xe2\x82z", 100, "a\\xff\\xe2\\x82z" },
	{ "replacement character itself", "\xef\xbf\xbd", 100,
	    "\xef\xbf\xbd" },
	{ "cut, ascii", "abcdef", 4, "abc" },
	{ "cut, just fits", "abc", 4, "abc" },
	{ "cut within a character", "ab\xc3\xa9", 4, "ab" },
	{ "cut within an escape", "ab\n", 6, "ab" },
	{ "escape just fits", "ab\n", 7, "ab\\x0a" },
	{ "room for nothing", "ab", 1, "" },
};

static void
test_safe(void **state)
{
	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(safe); i++) {
		char out[101];
		memset(out, '#', sizeof(out));
		const char *got = gaz_log_safe(gaz_str_of(safe[i].text), out,
		    safe[i].cap);
		if (got != out || strcmp(got, safe[i].want) != 0)
			fail_msg("%s: got \"%s\"", safe[i].name, got);
		assert_int_equal(out[safe[i].cap], '#');
	}
	char one = '#';
	gaz_log_safe(GAZ_STR("x"), &one, 0);
	assert_int_equal(one, '#');
	char out[4] = "###";
	assert_string_equal(gaz_log_safe(GAZ_STR_NONE, out, 4), "");
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_journal),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_escaping),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_errno_kept),
		cmocka_unit_test(test_safe),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
