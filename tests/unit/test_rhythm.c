#include "config.h"

#include "gazetted/schedule.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "../bench/simulate.h"
#include "gazetted/hash.h"
#include "gazetted/limits.h"
#include "gazetted/mem.h"

#define NOW INT64_C(1757008800) /* Thursday 2025-09-04 18:00 UTC */
#define HOUR 3600
#define DAY 86400
#define N 32

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

static struct gaz_rhythm
rhythm_of(const gaz_utc *d, size_t n, gaz_utc now)
{
	struct gaz_rhythm r = { 0 };

	gaz_rhythm_note(&r, d, n, now);
	return r;
}

static double
rate_at(const gaz_utc *d, size_t n, gaz_utc now)
{
	struct gaz_rhythm r = rhythm_of(d, n, now);

	return gaz_rhythm_rate(&r, now);
}

static void
test_rate(void **state)
{
	gaz_utc d[N] = { 0 };
	struct gaz_rhythm none = { 0 };

	(void)state;
	assert_true(gaz_rhythm_rate(&none, NOW) == 0);
	/* A steady feed, in the middle of a gap. */
	for (int64_t gap = 600; gap < 40 * DAY; gap *= 3) {
		dates(d, N, gap / 2, gap);
		assert_near(rate_at(d, N, NOW), 1.0 / (double)gap, 1.35);
	}
	/* Two dates tell something as well, and one. */
	dates(d, 2, HOUR / 2, HOUR);
	assert_near(rate_at(d, 2, NOW), 1.0 / HOUR, 1.5);
	d[0] = NOW - 14 * DAY;
	assert_near(rate_at(d, 1, NOW), 0.5 / (14.0 * DAY), 1.01);

	/* Silence lowers it, however busy it was. */
	dates(d, N, 0, 600);
	struct gaz_rhythm r = rhythm_of(d, N, NOW);
	double before = gaz_rhythm_rate(&r, NOW);
	double after = gaz_rhythm_rate(&r, NOW + 7 * DAY);
	assert_true(after < before / 2);
	assert_true(gaz_rhythm_rate(&r, NOW + 70 * DAY) < after);
	/* A pinned item of twenty years ago moves it little. */
	dates(d, N - 1, HOUR / 2, HOUR);
	d[N - 1] = NOW - INT64_C(20) * 365 * DAY;
	assert_near(rate_at(d, N, NOW), 1.0 / HOUR, 2);

	/* What cannot be is passed over; one minute is one event. */
	dates(d, 8, HOUR / 2, HOUR);
	double rate = rate_at(d, 8, NOW);
	d[8] = GAZ_UTC_UNKNOWN;
	d[9] = -5;
	d[10] = 0;
	assert_true(rate_at(d, 11, NOW) == rate);
	/* Nor are the first days of 1970, and all before GAZ_RHYTHM_EARLIEST. */
	d[8] = GAZ_RHYTHM_EARLIEST - 1;
	d[9] = 86400;
	d[10] = 1;
	assert_true(rate_at(d, 11, NOW) == rate);
	r = rhythm_of(d + 8, 3, NOW);
	assert_int_equal(r.dates[0], 0);
	assert_int_equal(r.since, 0);
	d[8] = GAZ_RHYTHM_EARLIEST;
	r = rhythm_of(d + 8, 3, NOW);
	assert_int_equal(r.dates[0], GAZ_RHYTHM_EARLIEST);
	assert_int_equal(r.dates[1], 0);
	gaz_utc more[16];
	more[0] = NOW + DAY;
	for (size_t i = 0; i < 8; i++)
		more[i + 1] = d[i];
	assert_true(rate_at(more, 9, NOW) == rate);
	for (size_t i = 0; i < 16; i++)
		more[i] = d[i / 2] - (int64_t)(i % 2) * 59;
	assert_true(rate_at(more, 16, NOW) == rate);
	/* A feed that dates all items now does not look busy, ever. */
	memset(&r, 0, sizeof(r));
	for (gaz_utc now = NOW; now < NOW + 10 * DAY; now += 900) {
		for (size_t i = 0; i < N; i++)
			d[i] = now;
		gaz_rhythm_note(&r, d, N, now);
		assert_near(gaz_rhythm_rate(&r, now), 0.5 / HOUR, 1.001);
	}
	/* A document without dates takes nothing away. */
	dates(d, N, 600, HOUR);
	r = rhythm_of(d, N, NOW);
	struct gaz_rhythm same = r;
	gaz_rhythm_note(&r, d, 0, NOW + HOUR);
	assert_memory_equal(&r, &same, sizeof(r));
}

static int64_t
pause_at(const struct gaz_rhythm *r, gaz_utc now, int64_t price_s)
{
	struct gaz_rhythm_guess guess;

	return gaz_rhythm_pause(r, now, price_s, 7 * DAY, &guess);
}

static void
test_pause(void **state)
{
	gaz_utc d[N] = { 0 };
	struct gaz_rhythm_guess guess;
	struct gaz_rhythm r = { 0 };

	(void)state;
	assert_int_equal(gaz_rhythm_pause(&r, NOW, HOUR, DAY, &guess), 0);
	assert_true(guess.rate == 0);
	/* Nothing known of hours: the square root, but for weekends. */
	for (int64_t gap = 600; gap < 2 * DAY; gap *= 3) {
		d[0] = NOW - gap / 2;
		r = rhythm_of(d, 1, NOW);
		int64_t got = gaz_rhythm_pause(&r, NOW, 1200, 7 * DAY, &guess);
		assert_near((double)got, sqrt(1200 / guess.rate), 1.3);
	}
	/* Four times the price, twice the pause. */
	r = rhythm_of(d, dates(d, 1, 6 * HOUR, 1), NOW);
	assert_near((double)pause_at(&r, NOW, 4000) /
	    (double)pause_at(&r, NOW, 1000), 2, 1.05);
	assert_int_equal(gaz_rhythm_pause(&r, NOW, INT64_C(1) << 50, DAY,
	    &guess), DAY);
}

/* Publish each day, and every two hours note what a document of 20 items has. */
static void
live(struct gaz_rhythm *r, gaz_utc from, gaz_utc to,
    size_t (*publish)(gaz_utc day, gaz_utc *out))
{
	gaz_utc all[4096], shown[20];
	size_t n = 0, seen = 0;

	for (gaz_utc day = from; day < to; day += DAY)
		n += publish(day, all + n);
	for (gaz_utc t = from; t <= to; t += 2 * HOUR) {
		size_t before = seen, k = 0;
		while (seen < n && all[seen] <= t)
			seen++;
		for (size_t i = seen; i > 0 && k < GAZ_COUNT(shown); i--)
			shown[k++] = all[i - 1];
		if (seen != before)
			gaz_rhythm_note(r, shown, k, t);
	}
}

/* Fifty-five a day, from eight in the morning to eight in the evening. */
static size_t
by_daylight(gaz_utc day, gaz_utc *out)
{
	for (size_t i = 0; i < 55; i++)
		out[i] = day + 8 * HOUR + (int64_t)i * 780 + 7;
	return 55;
}

/* The document shows four hours; the hours of the day are learned all the same. */
static void
test_hours(void **state)
{
	gaz_utc midnight = NOW - NOW % DAY;
	struct gaz_rhythm_guess guess;
	struct gaz_rhythm r = { 0 };

	(void)state;
	live(&r, midnight - 14 * DAY, midnight, by_daylight);
	assert_near(gaz_rhythm_rate(&r, midnight), 55.0 / DAY, 1.3);
	/* It does not look less busy after the night. */
	assert_near(gaz_rhythm_rate(&r, midnight + 7 * HOUR), 55.0 / DAY, 1.3);
	int64_t night = gaz_rhythm_pause(&r, midnight + HOUR, 1200, 2 * DAY,
	    &guess);
	assert_true(night > HOUR);
	memset(&r, 0, sizeof(r));
	live(&r, midnight - 14 * DAY, midnight + 12 * HOUR, by_daylight);
	/* Nor busier at noon. */
	assert_near(gaz_rhythm_rate(&r, midnight + 12 * HOUR), 55.0 / DAY,
	    1.3);
	int64_t noon = gaz_rhythm_pause(&r, midnight + 12 * HOUR, 1200,
	    2 * DAY, &guess);
	assert_true(noon < 25 * 60 && noon > 10 * 60);
	assert_true(guess.habit > 1.5);
	/* Asked once the busy time is over, not much later. */
	int64_t evening = gaz_rhythm_pause(&r, midnight + 20 * HOUR - 900,
	    1200, 2 * DAY, &guess);
	assert_true(evening >= 900 && evening < HOUR);
}

/* Twelve a day, but not on Saturdays and Sundays. */
static size_t
by_workdays(gaz_utc day, gaz_utc *out)
{
	size_t n = 0;

	if ((day / DAY + 4) % 7 == 0 || (day / DAY + 4) % 7 == 6)
		return 0;
	for (; n < 12; n++)
		out[n] = day + (int64_t)n * 2 * HOUR + 11;
	return n;
}

static void
test_weekdays(void **state)
{
	gaz_utc friday = NOW - NOW % DAY + DAY;
	struct gaz_rhythm r = { 0 };

	(void)state;
	live(&r, friday - 27 * DAY, friday + DAY, by_workdays);
	int64_t saturday = pause_at(&r, friday + DAY + HOUR, 1200);
	int64_t monday = pause_at(&r, friday + 3 * DAY + HOUR, 1200);
	if (saturday * 2 <= monday * 3)
		fail_msg("%d s, %d s", (int)saturday, (int)monday);
}

/* On the hour and the half-hour. */
static size_t
by_the_clock(gaz_utc day, gaz_utc *out)
{
	for (size_t i = 0; i < 48; i++)
		out[i] = day + (int64_t)i * 1800 + 30;
	return 48;
}

static void
test_slots(void **state)
{
	gaz_utc midnight = NOW - NOW % DAY;
	struct gaz_rhythm_guess guess;
	struct gaz_rhythm r = { 0 };

	(void)state;
	live(&r, midnight - 10 * DAY, midnight, by_the_clock);
	for (gaz_utc t = midnight; t < midnight + HOUR; t += 100) {
		gaz_utc next = t + gaz_rhythm_pause(&r, t, 1200, DAY, &guess);
		/* Just after the five minutes, wherever it begins. */
		assert_int_equal(next % 1800, 300);
		assert_true(guess.slot > 1.5);
		assert_true(next > t && next < t + 2 * HOUR);
	}
	/* A feed without such a habit is not held back for it. */
	struct gaz_rhythm even = { 0 };
	live(&even, midnight - 10 * DAY, midnight + 12 * HOUR, by_daylight);
	gaz_rhythm_pause(&even, midnight + 12 * HOUR, 1200, DAY, &guess);
	assert_true(guess.slot < 1.5);
}

/* No count runs over, and habits that are given up are forgotten. */
static size_t
by_the_minute(gaz_utc day, gaz_utc *out)
{
	for (size_t i = 0; i < 20; i++)
		out[i] = day + 9 * HOUR + (int64_t)i * 61;
	return 20;
}

static size_t
by_the_minute_later(gaz_utc day, gaz_utc *out)
{
	return by_the_minute(day + 9 * HOUR, out);
}

static void
test_forgetting(void **state)
{
	gaz_utc from = NOW - NOW % DAY - 400 * DAY;
	struct gaz_rhythm r = { 0 };

	(void)state;
	live(&r, from, from + 150 * DAY, by_the_minute);
	assert_true(r.observed_h <= 8 * 7 * 24);
	assert_true(r.hour[9] > 50 && r.hour[18] < 10);
	live(&r, from + 150 * DAY, from + 350 * DAY, by_the_minute_later);
	assert_true(r.hour[18] > 50 && r.hour[9] < r.hour[18] / 4);
	/* Years of silence, and it goes on. */
	gaz_utc d[] = { NOW + 1000 * DAY, NOW + 999 * DAY };
	gaz_rhythm_note(&r, d, 2, NOW + 1000 * DAY);
	assert_true(r.observed_h <= 8 * 7 * 24);
	assert_true(gaz_rhythm_rate(&r, NOW + 1000 * DAY) > 0);
}

static uint64_t
draw(uint64_t *dice, uint64_t below)
{
	return gaz_hash_mix(77, ++*dice) % below;
}

/* Any feed's rhythm comes back from its bytes and decides the same. */
static void
test_saved(void **state)
{
	uint64_t dice = 0;

	(void)state;
	for (int i = 0; i < 500; i++) {
		struct gaz_rhythm r = { 0 }, back = { 0 }, more, more_back;
		uint8_t bytes[GAZ_RHYTHM_BYTES], again[GAZ_RHYTHM_BYTES];
		struct gaz_str saved = { (const char *)bytes, sizeof(bytes) };
		gaz_utc d[N], now = NOW;

		for (uint64_t k = draw(&dice, 40); k > 0; k--) {
			gaz_utc t = now += (int64_t)draw(&dice, 3 * DAY);
			size_t n = draw(&dice, N + 1);
			uint64_t gap = 1 + draw(&dice, DAY);
			for (size_t j = 0; j < n; j++)
				d[j] = t -= (int64_t)draw(&dice, gap);
			gaz_rhythm_note(&r, d, n, now);
		}
		gaz_rhythm_save(&r, bytes);
		assert_true(gaz_rhythm_load(&back, saved));
		gaz_rhythm_save(&back, again);
		assert_memory_equal(bytes, again, sizeof(bytes));
		for (int64_t later = 0; later < 3 * DAY; later += 7777)
			assert_int_equal(pause_at(&r, now + later, 1200),
			    pause_at(&back, now + later, 1200));
		/* And learns the same. */
		more = r;
		more_back = back;
		d[0] = now + HOUR;
		d[1] = now + 600;
		gaz_rhythm_note(&more, d, 2, now + 2 * HOUR);
		gaz_rhythm_note(&more_back, d, 2, now + 2 * HOUR);
		gaz_rhythm_save(&more, bytes);
		gaz_rhythm_save(&more_back, again);
		assert_memory_equal(bytes, again, sizeof(bytes));
	}
}

static void
test_unreadable(void **state)
{
	gaz_utc d[N];
	struct gaz_rhythm r = rhythm_of(d, dates(d, N, 600, HOUR), NOW);
	struct gaz_rhythm got = { .since = 5 };
	uint8_t good[GAZ_RHYTHM_BYTES], bad[GAZ_RHYTHM_BYTES];
	struct gaz_str s = { (const char *)bad, sizeof(bad) };
	/* Where, and what is written there. */
	static const struct {
		const char *name;
		size_t at;
		uint8_t byte;
	} cases[] = {
		{ "another form", 0, 2 },
		{ "dates in disorder", 8, 0xff },
		{ "too long observed", 34, 0xff },
		{ "scale too high", 35, 5 },
		{ "scale too low", 35, 0x80 },
	};

	(void)state;
	gaz_rhythm_save(&r, good);
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		memcpy(bad, good, sizeof(bad));
		bad[cases[i].at] = cases[i].byte;
		if (gaz_rhythm_load(&got, s) || got.since != 5)
			fail_msg("%s", cases[i].name);
	}
	assert_false(gaz_rhythm_load(&got, gaz_str_make((char *)good,
	    sizeof(good) - 1)));
	assert_false(gaz_rhythm_load(&got, GAZ_STR_NONE));
	/* Whatever else stands there, an answer comes of it. */
	uint64_t dice = 0;
	for (int i = 0; i < 20000; i++) {
		for (size_t k = 0; k < sizeof(bad); k++)
			bad[k] = (uint8_t)draw(&dice, 256);
		bad[0] = 1;
		memset(bad + 9, 0, 20);
		bad[34] &= 3;
		bad[35] = (uint8_t)(draw(&dice, 25) - 20);
		if (!gaz_rhythm_load(&got, s))
			continue;
		int64_t pause = pause_at(&got, NOW, 1200);
		assert_true(pause >= 0 && pause <= 7 * DAY);
		gaz_rhythm_note(&got, d, N, NOW);
	}
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
	struct simulation s = { .feeds = 150, .days = 14, .hints = 20,
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

/* A clock that was years ahead for once: what is counted afterwards is of the time
 * that passes, and the pace is found again. */
static void
test_clock_set_back(void **state)
{
	struct gaz_rhythm r = { 0 };
	gaz_utc d[N], now = NOW;

	(void)state;
	for (int i = 0; i < 14 * 4; i++, now += 6 * HOUR) {
		for (size_t k = 0; k < N; k++)
			d[k] = now - HOUR - (gaz_utc)k * 6 * HOUR;
		gaz_rhythm_note(&r, d, N, now);
	}
	double before = gaz_rhythm_rate(&r, now);
	gaz_rhythm_note(&r, d, N, now + 3 * 365 * DAY);
	for (int i = 0; i < 100 * 4; i++, now += 6 * HOUR) {
		for (size_t k = 0; k < N; k++)
			d[k] = now - HOUR - (gaz_utc)k * 6 * HOUR;
		gaz_rhythm_note(&r, d, N, now);
	}
	assert_near(gaz_rhythm_rate(&r, now), before, 1.5);
	assert_true(r.since <= now);
	assert_true(r.since > now - 7 * HOUR);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rate),
		cmocka_unit_test(test_pause),
		cmocka_unit_test(test_hours),
		cmocka_unit_test(test_weekdays),
		cmocka_unit_test(test_slots),
		cmocka_unit_test(test_forgetting),
		cmocka_unit_test(test_saved),
		cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_clock_set_back),
		cmocka_unit_test(test_fortnight),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("rhythm", tests, NULL, NULL);
}
