#include "config.h"

#include "config/schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "gazetted/limits.h"
#include "gazetted/mem.h"

#define NONE INT64_MIN

static void
test_duration(void **state)
{
	static const struct {
		const char *text;
		int64_t want;
	} cases[] = {
		{ "0", 0 },
		{ "90", 90 },
		{ "30s", 30 },
		{ "15m", 900 },
		{ "6h", 21600 },
		{ "3d", 259200 },
		{ "2w", 1209600 },
		{ "1h 30m", 5400 },
		{ "1h30m10s", 5410 },
		{ "1.5h", 5400 },
		{ "0.5d", 43200 },
		{ " 5 minutes ", 300 },
		{ "1 DAY", 86400 },
		{ "1500ms", 1 },
		{ "999999999999999", 999999999999999 },
		{ "", NONE },
		{ "h", NONE },
		{ "-1", NONE },
		{ "+1", NONE },
		{ "1.", NONE },
		{ ".5", NONE },
		{ "1.2345s", NONE },
		{ "5 parsecs", NONE },
		{ "1h,30m", NONE },
		{ "9999999999999999", NONE },
		{ "999999999999999w", NONE },
		{ "99999999999999w 1w", NONE },
		{ "٣h", NONE },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		int64_t got = NONE;
		if (!gaz_config_duration(gaz_str_of(cases[i].text), &got))
			assert_int_equal(got, NONE);
		if (got != cases[i].want)
			fail_msg("%s: got %lld", cases[i].text,
			    (long long)got);
	}
}

static void
test_bytes(void **state)
{
	static const struct {
		const char *text;
		int64_t want;
	} cases[] = {
		{ "0", 0 },
		{ "512", 512 },
		{ "10KiB", 10240 },
		{ "5MiB", 5 << 20 },
		{ "1 GiB", 1 << 30 },
		{ "2k", 2048 },
		{ "2K", 2048 },
		{ "2kB", 2000 },
		{ "2mb", 2000000 },
		{ "2M", 2 << 20 },
		{ "1.5KiB", 1536 },
		{ "7B", 7 },
		{ "1MiB 1KiB", NONE },
		{ "10KB10", NONE },
		{ "10 bits", NONE },
		{ "", NONE },
		{ "999999999999999GiB", NONE },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		int64_t got = NONE;
		enum gaz_number_fault fault = gaz_config_read_bytes(
		    gaz_str_of(cases[i].text), &got);
		if (got != cases[i].want ||
		    (fault == GAZ_NUMBER_OK) != (got != NONE))
			fail_msg("%s: got %lld", cases[i].text,
			    (long long)got);
	}
}

/* What is written is read as the same. */
static void
test_written_numbers(void **state)
{
	static const int64_t numbers[] = { 0, 1, 59, 60, 90, 3600, 5400,
		86400, 100000, 604800 };
	struct gaz_buf b;

	(void)state;
	gaz_buf_init(&b, 100);
	for (size_t i = 0; i < GAZ_COUNT(numbers); i++) {
		int64_t n = numbers[i], got = NONE;
		gaz_buf_reset(&b);
		gaz_config_write_time(n, 1, &b);
		assert_true(gaz_config_duration(gaz_buf_str(&b), &got));
		assert_int_equal(got, n);
		gaz_buf_reset(&b);
		gaz_config_write_time(n, 1000, &b);
		assert_int_equal(gaz_config_read_time(gaz_buf_str(&b), 1000,
		    &got), GAZ_NUMBER_OK);
		assert_int_equal(got, n);
		gaz_buf_reset(&b);
		gaz_config_write_bytes(n * 1024, &b);
		assert_int_equal(gaz_config_read_bytes(gaz_buf_str(&b), &got),
		    GAZ_NUMBER_OK);
		assert_int_equal(got, n * 1024);
	}
	gaz_buf_clear(&b);
}

static void
test_cidr(void **state)
{
	static const struct {
		const char *text;
		int family; /* 0: none */
		unsigned bits;
		uint8_t first, last; /* bytes of the address */
	} cases[] = {
		{ "192.168.1.2", AF_INET, 32, 192, 2 },
		{ "192.168.255.255/16", AF_INET, 16, 192, 0 },
		{ "10.255.255.255/9", AF_INET, 9, 10, 0 },
		{ "0.0.0.0/0", AF_INET, 0, 0, 0 },
		{ "fd00::/8", AF_INET6, 8, 0xfd, 0 },
		{ "::1", AF_INET6, 128, 0, 1 },
		{ "ffff::ffff/0", AF_INET6, 0, 0, 0 },
		{ "fe80::1/127", AF_INET6, 127, 0xfe, 0 },
		{ "10.0.0.0/33", 0, 0, 0, 0 },
		{ "10.0.0.0/", 0, 0, 0, 0 },
		{ "10.0.0.0/-1", 0, 0, 0, 0 },
		{ "10.0.0.0/+8", 0, 0, 0, 0 },
		{ "10.0.0", 0, 0, 0, 0 },
		{ "::1/129", 0, 0, 0, 0 },
		{ "localhost", 0, 0, 0, 0 },
		{ "", 0, 0, 0, 0 },
		{ "10.0.0.0/8/8", 0, 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_cidr c = { 0 };
		bool ok = gaz_config_cidr(gaz_str_of(cases[i].text), &c);
		size_t last = c.family == AF_INET ? 3 : 15;
		if (ok != (cases[i].family != 0) ||
		    c.family != cases[i].family || c.bits != cases[i].bits ||
		    c.addr[0] != cases[i].first ||
		    c.addr[last] != cases[i].last)
			fail_msg("%s: family %d, %u bits, %d … %d",
			    cases[i].text, c.family, c.bits, c.addr[0],
			    c.addr[last]);
	}
}

static void
test_date(void **state)
{
	static const struct {
		const char *text;
		gaz_utc want;
	} cases[] = {
		{ "2025-09-04", 1756944000 },
		{ "2025-09-04T18:30", 1757010600 },
		{ "2025-09-04T18:30:15Z", 1757010615 },
		{ "2025-09-04 18:30:15+02:00", 1757003415 },
		{ "2025-09-04T18:30:15-05:30", 1757030415 },
		{ "2025-02-29", GAZ_UTC_UNKNOWN },
		{ "2025-09-04T24:00", GAZ_UTC_UNKNOWN },
		{ "2025-09-04T18:60", GAZ_UTC_UNKNOWN },
		{ "2025-09-04T", GAZ_UTC_UNKNOWN },
		{ "2025-09-04T18:30:15+24:00", GAZ_UTC_UNKNOWN },
		{ "2025-09-04x", GAZ_UTC_UNKNOWN },
		{ "25-09-04", GAZ_UTC_UNKNOWN },
		{ "2025-9-4", GAZ_UTC_UNKNOWN },
		{ "", GAZ_UTC_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		gaz_utc got = GAZ_UTC_UNKNOWN;
		gaz_config_read_date(gaz_str_of(cases[i].text), &got);
		if (got != cases[i].want)
			fail_msg("%s: got %lld", cases[i].text,
			    (long long)got);
	}
}

static void
test_listen(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} cases[] = {
		{ "127.0.0.1:0", true },
		{ "127.0.0.1:65535", true },
		{ "127.0.0.1:65536", false },
		{ "127.0.0.1:+1", false },
		{ "127.0.0.1:", false },
		{ "127.0.0.1/8:80", true }, /* a path, if an odd one */
		{ "[::]:80", true },
		{ "[127.0.0.1]:80", false },
		{ "localhost:80", true },
		{ "/run/x.sock", true },
		{ "", false },
		{ ":80", false },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		if ((gaz_config_check_listen(gaz_str_of(cases[i].text)) ==
		    NULL) != cases[i].good)
			fail_msg("%s", cases[i].text);
	}
}

static void
test_url_limit(void **state)
{
	static char url[GAZ_URL_MAX + 2] = "https://a.example/";
	size_t at, len;

	(void)state;
	memset(url + 18, 'x', sizeof(url) - 18);
	assert_null(gaz_config_check_url(gaz_str_make(url, GAZ_URL_MAX), &at,
	    &len));
	assert_non_null(gaz_config_check_url(
	    gaz_str_make(url, GAZ_URL_MAX + 1), &at, &len));
}

static void
test_userinfo(void **state)
{
	static const struct {
		const char *url;
		bool want;
	} cases[] = {
		{ "https://me@a.example/", true },
		{ "https://me:pw@a.example", true },
		{ "https://a.example/@me", false },
		{ "https://a.example?mail=me@b.example", false },
		{ "https://a.example#me@b.example", false },
		{ "https://a.example", false },
		{ "none", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		if (gaz_config_url_has_user(gaz_str_of(cases[i].url)) !=
		    cases[i].want)
			fail_msg("%s", cases[i].url);
	}
}

static void
test_secret_headers(void **state)
{
	static const char *const secret[] = { "Authorization", "Cookie",
		"X-Api-Key", "X-Auth-Token", "x-secret" };
	static const char *const open[] = { "Accept", "Accept-Language",
		"X-Request-Source" };

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(secret); i++)
		assert_true(gaz_config_header_is_secret(
		    gaz_str_of(secret[i])));
	for (size_t i = 0; i < GAZ_COUNT(open); i++)
		assert_false(gaz_config_header_is_secret(gaz_str_of(open[i])));
}

static const char *
name_at(size_t i, const void *arg)
{
	return ((const char *const *)arg)[i];
}

static void
test_nearest(void **state)
{
	static const char *const names[] = { "interval", "min-interval",
		"url", "user", "user-agent", "timeout" };
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "intervall", "interval" },
		{ "INTERVAL", "interval" },
		{ "itnerval", "interval" },
		{ "min_interval", "min-interval" },
		{ "urls", "url" },
		{ "usr", "user" },
		{ "useragent", "user-agent" },
		{ "time", "timeout" },
		{ "colour", NULL },
		{ "x", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		const char *got = gaz_config_nearest(gaz_str_of(cases[i].text),
		    GAZ_COUNT(names), name_at, names, NULL);
		const char *want = cases[i].want;
		if ((got == NULL) != (want == NULL) ||
		    (got != NULL && strcmp(got, want) != 0))
			fail_msg("%s: got %s", cases[i].text,
			    got != NULL ? got : "nothing");
	}
}

static void
test_format(void **state)
{
	enum gaz_format f;

	(void)state;
	for (int i = GAZ_FORMAT_ATOM; i <= GAZ_FORMAT_HTML; i++) {
		assert_true(gaz_format_find(
		    gaz_str_of(gaz_format_name((enum gaz_format)i)), &f));
		assert_int_equal(f, i);
	}
	assert_true(gaz_format_find(GAZ_STR("HTML"), &f));
	assert_false(gaz_format_find(GAZ_STR("pdf"), &f));
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_duration),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_written_numbers),
		cmocka_unit_test(test_cidr),
		cmocka_unit_test(test_date),
		cmocka_unit_test(test_listen),
		cmocka_unit_test(test_url_limit),
		cmocka_unit_test(test_userinfo),
		cmocka_unit_test(test_secret_headers),
		cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_format),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("config_value", tests, NULL, NULL);
}
