#include "config.h"

#include "gazetted/clock.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "gazetted/mem.h"

static const struct {
	const char *name;
	gaz_utc t;
	struct gaz_civil c; /* year month day hour minute second weekday */
} moments[] = {
	{ "epoch", 0, { 1970, 1, 1, 0, 0, 0, 4 } },
	{ "second before", -1, { 1969, 12, 31, 23, 59, 59, 3 } },
	{ "leap day", 951782400, { 2000, 2, 29, 0, 0, 0, 2 } },
	{ "day after", 951868800, { 2000, 3, 1, 0, 0, 0, 3 } },
	{ "no leap day in 1900", -2203891200, { 1900, 3, 1, 0, 0, 0, 4 } },
	{ "last of february 1900", -2203977600, { 1900, 2, 28, 0, 0, 0, 3 } },
	{ "signed 32 bits", 2147483647, { 2038, 1, 19, 3, 14, 7, 2 } },
	{ "and one more", 2147483648, { 2038, 1, 19, 3, 14, 8, 2 } },
	{ "new year", 1767225599, { 2025, 12, 31, 23, 59, 59, 3 } },
	{ "year 1", -62135596800, { 1, 1, 1, 0, 0, 0, 1 } },
	{ "year 0", -62167219200, { 0, 1, 1, 0, 0, 0, 6 } },
	{ "year -1", -62167219201, { -1, 12, 31, 23, 59, 59, 5 } },
	{ "end of 9999", 253402300799, { 9999, 12, 31, 23, 59, 59, 5 } },
};

static bool
same(const struct gaz_civil *a, const struct gaz_civil *b)
{
	return a->year == b->year && a->month == b->month &&
	    a->day == b->day && a->hour == b->hour && a->minute == b->minute &&
	    a->second == b->second && a->weekday == b->weekday;
}

static void
test_civil(void **state)
{
	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(moments); i++) {
		struct gaz_civil c = gaz_civil_of(moments[i].t);
		if (!same(&c, &moments[i].c))
			fail_msg("%s: got %" PRId64 "-%d-%d %d:%d:%d day %d",
			    moments[i].name, c.year, c.month, c.day, c.hour,
			    c.minute, c.second, c.weekday);
		gaz_utc t = gaz_civil_to_utc(&moments[i].c);
		if (t != moments[i].t)
			fail_msg("%s: got %" PRId64, moments[i].name, t);
	}
}

/* Count days by hand from -0400-01-01 on and compare. */
static void
test_every_day(void **state)
{
	struct gaz_civil want = { .year = -400, .month = 1, .day = 1,
		.weekday = 6 };
	gaz_utc t = gaz_civil_to_utc(&want);

	(void)state;
	while (want.year < 2401) {
		struct gaz_civil got = gaz_civil_of(t);
		if (!same(&got, &want) || gaz_civil_to_utc(&want) != t)
			fail_msg("%" PRId64 "-%d-%d", want.year, want.month,
			    want.day);
		t += 86400;
		want.weekday = (want.weekday + 1) % 7;
		want.day++;
		if (gaz_civil_is_date(want.year, want.month, want.day))
			continue;
		want.day = 1;
		if (++want.month > 12) {
			want.month = 1;
			want.year++;
		}
	}
}

static void
test_extremes(void **state)
{
	static const gaz_utc far[] = { INT64_MIN + 86400, INT64_MAX - 86400,
		-1234567890123456789, 1234567890123456789 };
	struct gaz_civil c = { .year = INT64_MAX, .month = 1, .day = 1 };

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(far); i++) {
		c = gaz_civil_of(far[i]);
		assert_true(gaz_civil_to_utc(&c) == far[i]);
	}
	gaz_civil_of(INT64_MIN);
	gaz_civil_of(INT64_MAX);
	c.year = INT64_MAX;
	assert_true(gaz_civil_to_utc(&c) == GAZ_UTC_UNKNOWN);
	c.year = INT64_MIN;
	assert_true(gaz_civil_to_utc(&c) == GAZ_UTC_UNKNOWN);
	c.year = INT64_C(292277026596);
	c.month = 12;
	assert_true(gaz_civil_to_utc(&c) == GAZ_UTC_UNKNOWN);
}

static void
test_day_runs_over(void **state)
{
	struct gaz_civil c = { .year = 2025, .month = 2, .day = 29 };

	(void)state;
	c = gaz_civil_of(gaz_civil_to_utc(&c));
	assert_int_equal(c.month, 3);
	assert_int_equal(c.day, 1);
	c = (struct gaz_civil){ .year = 2025, .month = 1, .day = 0 };
	c = gaz_civil_of(gaz_civil_to_utc(&c));
	assert_int_equal(c.year, 2024);
	assert_int_equal(c.month, 12);
	assert_int_equal(c.day, 31);
	/* a leap second is the next minute's first */
	c = (struct gaz_civil){ .year = 2016, .month = 12, .day = 31,
		.hour = 23, .minute = 59, .second = 60 };
	assert_true(gaz_civil_to_utc(&c) == 1483228800);
}

static void
test_is_date(void **state)
{
	static const struct {
		int64_t year;
		int month, day;
		bool want;
	} cases[] = {
		{ 2024, 2, 29, true }, { 2025, 2, 29, false },
		{ 2000, 2, 29, true }, { 1900, 2, 29, false },
		{ 0, 2, 29, true }, { -4, 2, 29, true }, { -1, 2, 29, false },
		{ 2025, 4, 30, true }, { 2025, 4, 31, false },
		{ 2025, 12, 31, true }, { 2025, 12, 32, false },
		{ 2025, 0, 1, false }, { 2025, 13, 1, false },
		{ 2025, 1, 0, false }, { 2025, -1, 1, false },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		if (gaz_civil_is_date(cases[i].year, cases[i].month,
		    cases[i].day) != cases[i].want)
			fail_msg("row %zu", i);
	}
}

static const struct {
	gaz_utc t;
	const char *rfc3339, *rfc5322, *http;
} texts[] = {
	{ 1757010600, "2025-09-04T18:30:00Z", "Thu, 04 Sep 2025 18:30:00 +0000",
	    "Thu, 04 Sep 2025 18:30:00 GMT" },
	{ 784111777, "1994-11-06T08:49:37Z", "Sun, 06 Nov 1994 08:49:37 +0000",
	    "Sun, 06 Nov 1994 08:49:37 GMT" }, /* RFC 9110, section 5.6.7 */
	{ -62167219200, "0000-01-01T00:00:00Z",
	    "Sat, 01 Jan 0000 00:00:00 +0000",
	    "Sat, 01 Jan 0000 00:00:00 GMT" },
	{ 253402300799, "9999-12-31T23:59:59Z",
	    "Fri, 31 Dec 9999 23:59:59 +0000",
	    "Fri, 31 Dec 9999 23:59:59 GMT" },
	{ 253402300800, "", "", "" },
	{ -62167219201, "", "", "" },
	{ GAZ_UTC_UNKNOWN, "", "", "" },
	{ INT64_MAX, "", "", "" },
};

static void
test_texts(void **state)
{
	char out[GAZ_UTC_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(texts); i++) {
		assert_string_equal(gaz_utc_rfc3339(texts[i].t, out),
		    texts[i].rfc3339);
		assert_string_equal(gaz_utc_rfc5322(texts[i].t, out),
		    texts[i].rfc5322);
		assert_string_equal(gaz_utc_http(texts[i].t, out),
		    texts[i].http);
	}
}

static void
test_system(void **state)
{
	time_t before = time(NULL);
	struct gaz_mono a = gaz_clock_mono();
	gaz_utc now = gaz_clock_utc();
	struct gaz_mono b = gaz_clock_mono();

	(void)state;
	/* time(2) reads a coarser clock, which may lag by a tick. */
	assert_true(now >= (gaz_utc)before);
	assert_true(b.ms >= a.ms);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_civil),
		cmocka_unit_test(test_every_day),
		cmocka_unit_test(test_extremes),
		cmocka_unit_test(test_day_runs_over),
		cmocka_unit_test(test_is_date),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_system),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
