#include "config.h"

#include "gazetted/schedule.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdlib.h>
#include <cmocka.h>
#include <math.h>

#include "../bench/simulate.h"
#include "gazetted/limits.h"
#include "gazetted/mem.h"

#define NOW INT64_C(1757008800) /* Thursday 2025-09-04 18:00 UTC */
#define HOUR 3600
#define DAY 86400

/* n dates, every apart, the newest so old. */
static size_t
dates(gaz_utc *out, size_t n, int64_t newest, int64_t apart)
{
	for (size_t i = 0; i < n; i++)
		out[i] = NOW - newest - (int64_t)i * apart;
	return n;
}

static void
assert_near(double got, double want, double factor)
{
	if (got < want / factor || got > want * factor)
		fail_msg("got %g, want %g", got, want);
}

static void
test_rate(void **state)
{
	gaz_utc d[GAZ_INTERVAL_DATES] = { 0 };

	(void)state;
	assert_true(gaz_rhythm_rate(d, 0, NOW) == 0);
	/* A steady feed, in the middle of a gap. */
	for (int64_t gap = 600; gap < 40 * DAY; gap *= 3) {
		dates(d, 32, gap / 2, gap);
		assert_near(gaz_rhythm_rate(d, 32, NOW), 1.0 / (double)gap,
		    1.05);
	}
	/* Two dates tell something as well. */
	dates(d, 2, HOUR / 2, HOUR);
	assert_near(gaz_rhythm_rate(d, 2, NOW), 1.0 / HOUR, 1.1);
	d[0] = NOW - 10 * DAY;
	assert_near(gaz_rhythm_rate(d, 1, NOW), 0.5 / (10.0 * DAY), 1.01);

	/* Silence lowers it, however busy it was. */
	dates(d, 32, 30 * DAY, 60);
	assert_true(gaz_rhythm_rate(d, 32, NOW) < 32.0 / (30.0 * DAY));
	/* A pinned item of twenty years ago moves it little. */
	dates(d, 31, HOUR / 2, HOUR);
	d[31] = NOW - INT64_C(20) * 365 * DAY;
	assert_near(gaz_rhythm_rate(d, 32, NOW), 1.0 / HOUR, 2);

	/* What cannot be is passed over; one minute is one event. */
	dates(d, 8, HOUR / 2, HOUR);
	double rate = gaz_rhythm_rate(d, 8, NOW);
	d[8] = GAZ_UTC_UNKNOWN;
	d[9] = -5;
	assert_true(gaz_rhythm_rate(d, 10, NOW) == rate);
	gaz_utc more[16];
	more[0] = NOW + DAY;
	for (size_t i = 0; i < 8; i++)
		more[i + 1] = d[i];
	assert_true(gaz_rhythm_rate(more, 9, NOW) == rate);
	for (size_t i = 0; i < 16; i++)
		more[i] = d[i / 2] - (int64_t)(i % 2) * 59;
	assert_true(gaz_rhythm_rate(more, 16, NOW) == rate);
	/* A feed that dates all items now does not look busy. */
	dates(d, 32, 0, 0);
	assert_near(gaz_rhythm_rate(d, 32, NOW), 0.5 / HOUR, 1.001);
}

static void
test_pause(void **state)
{
	gaz_utc d[GAZ_INTERVAL_DATES] = { 0 };
	double rate;

	(void)state;
	assert_int_equal(gaz_rhythm_pause(d, 0, NOW, HOUR, DAY, &rate), 0);
	assert_true(rate == 0);
	/* Few dates, no profile: the square root exactly. */
	for (int64_t gap = 600; gap < 10 * DAY; gap *= 4) {
		dates(d, 4, gap / 2, gap);
		int64_t got = gaz_rhythm_pause(d, 4, NOW, 1200, 7 * DAY,
		    &rate);
		assert_near((double)got, sqrt(1200 / rate), 1.001);
		assert_near((double)got, sqrt(1200 * (double)gap), 1.1);
	}
	/* Four times the price, twice the pause. */
	int64_t one = gaz_rhythm_pause(d, 4, NOW, 1000, 99 * DAY, &rate);
	int64_t two = gaz_rhythm_pause(d, 4, NOW, 4000, 99 * DAY, &rate);
	assert_near((double)two / (double)one, 2, 1.001);
	assert_int_equal(gaz_rhythm_pause(d, 4, NOW, INT64_C(1) << 50, DAY,
	    &rate), DAY);
}

/* Items at nine, ten and eleven in the morning of ten days. */
static void
test_hours(void **state)
{
	gaz_utc d[GAZ_INTERVAL_DATES] = { 0 };
	gaz_utc midnight = NOW - NOW % DAY;
	double rate;
	size_t n = 0;

	(void)state;
	for (int day = 0; day < 10; day++) {
		for (int h = 11; h >= 9; h--)
			d[n++] = midnight - day * DAY + h * HOUR + 600;
	}
	int64_t evening = gaz_rhythm_pause(d, n, NOW, 1200, 2 * DAY, &rate);
	int64_t morning = gaz_rhythm_pause(d, n, midnight + DAY + 9 * HOUR,
	    1200, 2 * DAY, &rate);
	/* After six in the evening it can wait; at nine it cannot. */
	assert_true(evening > 3 * morning);
	assert_true(morning < HOUR);
}

/* Items from Monday to Friday, three weeks long. */
static void
test_weekdays(void **state)
{
	gaz_utc d[GAZ_INTERVAL_DATES] = { 0 };
	gaz_utc friday = NOW - NOW % DAY + DAY;
	double rate;
	size_t n = 0;

	(void)state;
	for (int day = 0; n < 30; day++) {
		if (day % 7 == 5 || day % 7 == 6)
			continue; /* counted back from Friday: the weekend */
		d[n++] = friday - day * DAY + 4 * HOUR;
		d[n++] = friday - day * DAY + 2 * HOUR;
	}
	int64_t saturday = gaz_rhythm_pause(d, n, friday + DAY + 2 * HOUR,
	    1200, 3 * DAY, &rate);
	int64_t monday = gaz_rhythm_pause(d, n, friday + 3 * DAY + 2 * HOUR,
	    1200, 3 * DAY, &rate);
	assert_true(saturday > monday * 6 / 5);
}

/* As many requests as polling each every hour, and what comes of it. */
static void
spend_as_many(struct simulation s, const struct simulated *fixed,
    struct simulated *out)
{
	double low = 20, high = 20000;

	s.rule = SIM_OURS;
	for (int i = 0; i < 8; i++) {
		s.price_s = (int64_t)sqrt(low * high);
		simulate(&s, out);
		if (out->requests > fixed->requests)
			low = (double)s.price_s;
		else
			high = (double)s.price_s;
	}
	s.price_s = (int64_t)high;
	simulate(&s, out);
	assert_true(out->requests <= fixed->requests);
}

/* A fortnight of feeds against polling all of them every hour. */
static void
test_fortnight(void **state)
{
	uint32_t feeds = getenv("GAZ_SMALL") != NULL ? 75 : 150;
	struct simulation s = { .feeds = feeds, .days = 14, .hints = 20,
		.rule = SIM_FIXED, .fixed_s = HOUR };
	struct simulated fixed, ours, again;

	(void)state;
	for (s.seed = 1; s.seed <= 2; s.seed++) {
		s.rule = SIM_FIXED;
		simulate(&s, &fixed);
		assert_near(fixed.mean_delay_s, HOUR / 2, 1.1);
		/* It knows no hints, and so it is seen to break them. */
		assert_true(fixed.broken > 0);
		spend_as_many(s, &fixed, &ours);
		assert_true(ours.mean_delay_s * 2 < fixed.mean_delay_s);
		assert_int_equal(ours.broken, 0);
	}
	/* By default: far fewer requests. The same each time. */
	s.rule = SIM_OURS;
	simulate(&s, &ours);
	simulate(&s, &again);
	assert_true(ours.checksum == again.checksum);
	assert_int_equal(ours.items, again.items);
	assert_true(ours.requests * 3 < fixed.requests * 2);
	assert_int_equal(ours.broken, 0);
	/* A budget is kept to, where items are expected. */
	s.budget = 30;
	simulate(&s, &again);
	assert_true(again.checksum != ours.checksum);
	assert_true(again.requests < (uint64_t)s.budget * 24 * 14 * 11 / 10);
	assert_true(again.requests > (uint64_t)s.budget * 24 * 14 * 6 / 10);
	assert_true(again.mean_delay_s > ours.mean_delay_s);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rate),
		cmocka_unit_test(test_pause),
		cmocka_unit_test(test_hours),
		cmocka_unit_test(test_weekdays),
		cmocka_unit_test(test_fortnight),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("rhythm", tests, NULL, NULL);
}
