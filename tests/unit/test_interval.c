#include "config.h"

#include "gazetted/schedule.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "gazetted/hash.h"
#include "gazetted/limits.h"
#include "gazetted/mem.h"

#define NOW INT64_C(1757010600) /* Thursday 2025-09-04 18:30:00 UTC */
#define HOUR 3600
#define DAY 86400

static struct gaz_interval_input
input(void)
{
	return (struct gaz_interval_input){
		.now = NOW,
		.http_status = 200,
		.retry_after_s = INT64_MIN,
		.max_age_s = INT64_MIN,
		.ttl_s = INT64_MIN,
		.update_interval_s = INT64_MIN,
	};
}

/* The shortest and the longest pause over many seeds. */
static void
range_of(struct gaz_interval_input in, int64_t *low, int64_t *high)
{
	struct gaz_interval out, again;

	*low = INT64_MAX;
	*high = INT64_MIN;
	for (in.seed = 0; in.seed < 500; in.seed++) {
		gaz_interval_decide(&in, &out);
		gaz_interval_decide(&in, &again);
		assert_int_equal(out.delay_s, again.delay_s);
		assert_string_equal(out.reason, again.reason);
		*low = out.delay_s < *low ? out.delay_s : *low;
		*high = out.delay_s > *high ? out.delay_s : *high;
	}
}

static void
assert_range(const char *name, const struct gaz_interval_input *in,
    int64_t low, int64_t high, const char *reason)
{
	struct gaz_interval out;
	int64_t l, h;

	gaz_interval_decide(in, &out);
	if (strcmp(out.reason, reason) != 0)
		fail_msg("%s: reason is %s, want %s", name, out.reason,
		    reason);
	range_of(*in, &l, &h);
	if (l < low || h > high)
		fail_msg("%s: %lld to %lld, want %lld to %lld", name,
		    (long long)l, (long long)h, (long long)low,
		    (long long)high);
	/* It does vary, unless there is no room. */
	if (high - low > 60 && h - l < (high - low) / 2)
		fail_msg("%s: %lld to %lld does not vary enough", name,
		    (long long)l, (long long)h);
}

static void
test_hints(void **state)
{
	static const struct {
		const char *name;
		int64_t max_age, ttl, update, configured;
		int64_t low, high;
		const char *reason;
	} rows[] = {
		{ "nothing", -1, -1, -1, 0, 3240, 3960,
		    "default interval 60 min" },
		{ "max-age", 7200, -1, -1, 0, 7200, 7920, "max-age 7200" },
		{ "shorter than the default", 60, -1, -1, 0, 3240, 3960,
		    "default interval 60 min" },
		{ "ttl", -1, 7200, -1, 0, 7200, 7920, "ttl 7200" },
		{ "update", 60, 60, 7200, 0, 7200, 7920,
		    "update period 7200" },
		{ "the longest", 7201, 7202, 7200, 0, 7202, 7922,
		    "ttl 7202" },
		{ "a day", DAY, -1, -1, 0, DAY, DAY, "max-age 86400" },
		{ "a year", 365 * DAY, -1, -1, 0, DAY, DAY,
		    "max-age 31536000, cut to 24 h" },
		{ "no time left", INT64_MAX, -1, -1, 0, DAY, DAY,
		    "max-age 9223372036854775807, cut to 24 h" },
		{ "zero", 0, 0, 0, 0, 3240, 3960, "default interval 60 min" },
		{ "own interval", -1, -1, -1, 900, 900, 945,
		    "interval 15 min" },
		{ "own interval, longer hint", 7200, -1, -1, 900, 7200, 7920,
		    "max-age 7200" },
		{ "own interval below the least", -1, -1, -1, 10, 300, 315,
		    "min-interval 5 min" },
		{ "own interval above the most", -1, -1, -1, 3 * DAY,
		    3 * DAY, 3 * DAY * 21 / 20, "interval 3.0 d" },
		{ "own interval above a hint's cap", 30 * DAY, -1, -1,
		    3 * DAY, 3 * DAY, 3 * DAY * 21 / 20, "interval 3.0 d" },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
		struct gaz_interval_input in = input();
		in.max_age_s = rows[i].max_age < 0 ? INT64_MIN
		                                   : rows[i].max_age;
		in.ttl_s = rows[i].ttl < 0 ? INT64_MIN : rows[i].ttl;
		in.update_interval_s = rows[i].update < 0 ? INT64_MIN
		                                          : rows[i].update;
		in.configured_s = rows[i].configured;
		assert_range(rows[i].name, &in, rows[i].low, rows[i].high,
		    rows[i].reason);
	}
	struct gaz_interval_input in = input();
	in.http_status = 304;
	in.max_age_s = 3600 * 4;
	assert_range("304", &in, 14400, 15840, "max-age 14400 from a 304");
	in = input();
	in.retry_after_s = 7200;
	assert_range("on a success", &in, 7200, 7920, "retry-after 7200");
	in = input();
	in.interval_s = 1200;
	assert_range("default of the configuration", &in, 1080, 1320,
	    "default interval 20 min");
	in.interval_s = 60;
	assert_range("below the least", &in, 300, 330,
	    "default interval 5 min");
	in.interval_s = 60;
	in.min_s = 1;
	assert_range("a person wants it so", &in, 54, 66,
	    "default interval 60 s");
	in = input();
	in.push = true;
	assert_range("push", &in, DAY * 9 / 10, DAY,
	    "a hub delivers; looked at once a day");
}

/* n items of the feed, the newest so old. */
static void
note_dates(struct gaz_interval_input *in, size_t n, int64_t newest,
    int64_t apart)
{
	gaz_utc d[32];

	for (size_t i = 0; i < n; i++)
		d[i] = in->now - newest - (int64_t)i * apart;
	in->rhythm = (struct gaz_rhythm){ 0 };
	gaz_rhythm_note(&in->rhythm, d, n, in->now);
}

#define RHYTHM_LOW 2100
#define RHYTHM_HIGH 2310

static void
test_rhythm(void **state)
{
	struct gaz_interval_input in = input();
	struct gaz_interval out;

	(void)state;
	/* An item an hour: about the square root of 1200 x 3600 s, and up to
	 * five minutes. */
	note_dates(&in, 4, 1800, HOUR);
	gaz_interval_decide(&in, &out);
	assert_non_null(strstr(out.reason, "rhythm 3"));
	assert_non_null(strstr(out.reason, " min: "));
	assert_non_null(strstr(out.reason, " items a day"));
	assert_true(out.demand > 0);
	const struct gaz_interval hourly = out;
	const char *reason = hourly.reason;
	assert_range("hourly", &in, RHYTHM_LOW, RHYTHM_HIGH, reason);
	/* A longer hint holds, a shorter one does not. */
	in.max_age_s = 7200;
	assert_range("hint", &in, 7200, 7920, "max-age 7200");
	in.max_age_s = 600;
	assert_range("short hint", &in, RHYTHM_LOW, RHYTHM_HIGH, reason);
	in.max_age_s = INT64_MIN;
	/* Own interval beats it. */
	in.configured_s = 6 * HOUR;
	assert_range("own", &in, 6 * HOUR, 6 * HOUR * 21 / 20,
	    "interval 6.0 h");
	gaz_interval_decide(&in, &out);
	assert_true(out.demand == 0);
	in.configured_s = 0;
	/* A budget draws it out. */
	in.price_s = 1200 * 9;
	gaz_interval_decide(&in, &out);
	assert_true(out.delay_s > 2 * RHYTHM_HIGH);
	in.price_s = 0;
	/* The bounds. */
	note_dates(&in, 1, 1000 * DAY, 1);
	assert_range("sleepy", &in, DAY * 9 / 10, DAY,
	    "max-interval 24.0 h (sleepy)");
	note_dates(&in, 32, 30, 60);
	in.price_s = 100;
	assert_range("busy", &in, 300, 330, "min-interval 5 min (busy)");
}

/* What an operator reads of it. */
static void
test_words(void **state)
{
	static const struct {
		const char *name;
		size_t n;
		int64_t newest, apart;
		const char *want;
	} rows[] = {
		{ "often", 32, 600, 3600, " items a day" },
		{ "rarely", 3, DAY, 4 * DAY, ": an item in " },
		{ "by the clock", 32, 1800, 3600, ", often at :00" },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
		struct gaz_interval_input in = input();
		struct gaz_interval out;
		note_dates(&in, rows[i].n, rows[i].newest, rows[i].apart);
		gaz_interval_decide(&in, &out);
		if (strncmp(out.reason, "rhythm ", 7) != 0 ||
		    strstr(out.reason, rows[i].want) == NULL)
			fail_msg("%s: %s", rows[i].name, out.reason);
	}
}

/* Any feed, any hints: none is broken, and the same input gives the same. */
static void
test_no_hint_broken(void **state)
{
	uint64_t dice = 0;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct gaz_interval_input in = input();
		struct gaz_interval out, again;
		int64_t *hints[] = { &in.max_age_s, &in.ttl_s,
			&in.update_interval_s, &in.retry_after_s };
		int64_t asked = 0;

		in.now = NOW + (int64_t)(gaz_hash_mix(1, ++dice) % (14 * DAY));
		dice++;
		note_dates(&in, gaz_hash_mix(2, dice) % 33,
		    (int64_t)(gaz_hash_mix(3, dice) % (3 * DAY)),
		    (int64_t)60 << gaz_hash_mix(4, dice) % 14);
		for (size_t k = 0; k < GAZ_COUNT(hints); k++) {
			uint64_t roll = gaz_hash_mix(5 + k, ++dice);
			if (roll % 3 != 0)
				continue;
			*hints[k] = (int64_t)(roll / 3 % (2 * DAY));
			asked = *hints[k] > asked ? *hints[k] : asked;
		}
		if (gaz_hash_mix(9, ++dice) % 3 == 0)
			in.skip_hours = (uint32_t)gaz_hash_mix(10, dice) &
			    0xffff;
		if (gaz_hash_mix(11, ++dice) % 5 == 0)
			in.skip_days = 1u << gaz_hash_mix(12, dice) % 7;
		in.price_s = (int64_t)(1 + gaz_hash_mix(13, ++dice) % 100000);
		in.seed = gaz_hash_mix(14, dice);
		gaz_interval_decide(&in, &out);
		gaz_interval_decide(&in, &again);
		assert_int_equal(out.delay_s, again.delay_s);
		assert_string_equal(out.reason, again.reason);
		asked = asked > DAY ? DAY : asked;
		struct gaz_civil c = gaz_civil_of(in.now + out.delay_s);
		bool skipped = (in.skip_hours >> c.hour & 1) != 0 ||
		    (in.skip_days >> c.weekday & 1) != 0;
		/* What the document excludes holds for a day at most. */
		if (out.delay_s < asked || out.delay_s < 300 ||
		    (skipped && out.delay_s < DAY))
			fail_msg("%d: %d s, asked for %d s: %s", i,
			    (int)out.delay_s, (int)asked, out.reason);
	}
}

static void
test_failures(void **state)
{
	static const struct {
		enum gaz_fault fault;
		int64_t failures, low, high;
		const char *reason;
	} rows[] = {
		{ GAZ_FAULT_TIMEOUT, 1, 7200, 7920,
		    "back-off 1 of 5 (timeout)" },
		{ GAZ_FAULT_TIMEOUT, 2, 14400, 15840,
		    "back-off 2 of 5 (timeout)" },
		{ GAZ_FAULT_TIMEOUT, 4, 57600, 63360,
		    "back-off 4 of 5 (timeout)" },
		{ GAZ_FAULT_TIMEOUT, 5, DAY * 9 / 10, DAY,
		    "back-off 5 of 5 (timeout)" },
		{ GAZ_FAULT_TIMEOUT, 1000000, DAY * 9 / 10, DAY,
		    "back-off 5 of 5 (timeout)" },
		{ GAZ_FAULT_TIMEOUT, 0, 7200, 7920,
		    "back-off 1 of 5 (timeout)" },
		{ GAZ_FAULT_TLS_EXPIRED, 1, 7200, 7920,
		    "back-off 1 of 5 (tls-expired)" },
		{ GAZ_FAULT_DNS, 1, 60, 66, "back-off 1 of 12 (dns)" },
		{ GAZ_FAULT_DNS, 2, 120, 132, "back-off 2 of 12 (dns)" },
		{ GAZ_FAULT_DNS_TIMEOUT, 3, 240, 264,
		    "back-off 3 of 12 (dns-timeout)" },
		{ GAZ_FAULT_DNS, 12, DAY * 9 / 10, DAY,
		    "back-off 12 of 12 (dns)" },
		{ GAZ_FAULT_AUTH, 1, DAY, DAY * 21 / 20, "24 h after auth" },
		{ GAZ_FAULT_FORBIDDEN, 9, DAY, DAY * 21 / 20,
		    "24 h after forbidden" },
		{ GAZ_FAULT_NOT_FOUND, 1, 14400, 15840,
		    "back-off 1 of 4 (not-found)" },
		{ GAZ_FAULT_NOT_A_FEED, 2, 28800, 31680,
		    "back-off 2 of 4 (not-a-feed)" },
		{ GAZ_FAULT_STORE, 7, 60, 90, "again soon (store)" },
		{ GAZ_FAULT_RATE_LIMITED, 1, 7200, 7920,
		    "back-off 1 of 5 (rate-limited)" },
		{ GAZ_FAULT_UNAVAILABLE, 3, 28800, 31680,
		    "back-off 3 of 5 (unavailable)" },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
		struct gaz_interval_input in = input();
		in.fault = rows[i].fault;
		in.failures = rows[i].failures;
		/* A hint of a failure is no hint. */
		in.max_age_s = 10;
		assert_range(rows[i].reason, &in, rows[i].low, rows[i].high,
		    rows[i].reason);
	}
	struct gaz_interval_input in = input();
	struct gaz_interval out;
	in.fault = GAZ_FAULT_GONE;
	in.failures = 1;
	gaz_interval_decide(&in, &out);
	assert_int_equal(out.delay_s, -1);
	assert_string_equal(out.reason, "gone (410): never by itself");

	/* The own interval is what is doubled. */
	in = input();
	in.fault = GAZ_FAULT_CONNECT;
	in.failures = 2;
	in.configured_s = 900;
	assert_range("own", &in, 3600, 3960, "back-off 2 of 7 (connect)");
	/* One that is longer than the cap stays. */
	in.configured_s = 3 * DAY;
	assert_range("long", &in, 6 * DAY * 9 / 10, 6 * DAY,
	    "back-off 1 of 1 (connect)");
	/* Every fault has some answer. */
	for (int f = 1; f < GAZ_FAULT_COUNT; f++) {
		in = input();
		in.fault = (enum gaz_fault)f;
		in.failures = 1;
		gaz_interval_decide(&in, &out);
		assert_true(out.delay_s == -1 || out.delay_s >= 60);
		assert_true(out.reason[0] != '\0');
	}
}

static void
test_retry_after(void **state)
{
	static const struct {
		enum gaz_fault fault;
		int64_t retry, low, high;
		const char *reason;
	} rows[] = {
		{ GAZ_FAULT_RATE_LIMITED, 7200, 7200, 7500,
		    "429 until 20:31 UTC" },
		{ GAZ_FAULT_UNAVAILABLE, 5 * HOUR + 1800, 19800, 20100,
		    "503 until 2025-09-05 00:01 UTC" },
		/* Not sooner than usual. */
		{ GAZ_FAULT_RATE_LIMITED, 120, 3600, 3600,
		    "429 until 19:30 UTC" },
		{ GAZ_FAULT_RATE_LIMITED, 30 * DAY, 7 * DAY, 7 * DAY + 300,
		    "429 until 2025-09-11 18:31 UTC" },
	};
	struct gaz_interval_input in;

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
		in = input();
		in.fault = rows[i].fault;
		in.failures = 1;
		in.retry_after_s = rows[i].retry;
		/* The seed is 0: its jitter is a minute and a half at most,
		 * so the reasons above hold for that one alone. */
		int64_t low, high;
		range_of(in, &low, &high);
		assert_true(low >= rows[i].low && high <= rows[i].high);
		struct gaz_interval out;
		gaz_interval_decide(&in, &out);
		assert_int_equal(strncmp(out.reason, rows[i].reason, 10), 0);
	}
	/* A person's interval does not beat it; the least is a minute. */
	in = input();
	in.fault = GAZ_FAULT_RATE_LIMITED;
	in.configured_s = 1;
	in.min_s = 1;
	in.retry_after_s = 0;
	int64_t low, high;
	range_of(in, &low, &high);
	assert_true(low >= 60 && high <= 66);
}

static void
test_skip(void **state)
{
	/* NOW is Thursday, 18:30. */
	static const struct {
		const char *name;
		uint32_t hours;
		uint8_t days;
		int64_t pause, low, high;
	} rows[] = {
		{ "other hours", 0x3f, 0, 3600, 3600, 3780 },
		{ "19 to 23", 0xf80000, 0, 3600, 5 * HOUR + 1800,
		    5 * HOUR + 2400 },
		{ "23 to 1", 0x800003, 0, 5 * HOUR, 7 * HOUR + 1800,
		    7 * HOUR + 2400 },
		{ "all hours are none", 0xffffff, 0, 3600, 3600, 3780 },
		{ "more bits than hours", 0xff000000, 0, 3600, 3600, 3780 },
		{ "Friday", 0, 1 << 5, 6 * HOUR, DAY, DAY },
		{ "Thursday", 0, 1 << 4, 3600, 5 * HOUR + 1800,
		    5 * HOUR + 2400 },
		{ "all days are none", 0, 0x7f, 3600, 3600, 3780 },
		/* Never beyond a day, though all of them are excluded. */
		{ "Thursday to Saturday", 0, 0x70, 3600, DAY, DAY },
		{ "but it does not shorten", 0, 0x70, 2 * DAY, 2 * DAY,
		    2 * DAY * 21 / 20 },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
		struct gaz_interval_input in = input();
		int64_t low, high;
		in.skip_hours = rows[i].hours;
		in.skip_days = rows[i].days;
		in.configured_s = rows[i].pause;
		range_of(in, &low, &high);
		if (low < rows[i].low || high > rows[i].high)
			fail_msg("%s: %lld to %lld", rows[i].name,
			    (long long)low, (long long)high);
	}
	struct gaz_interval_input in = input();
	struct gaz_interval out;
	in.skip_days = 1 << 4;
	gaz_interval_decide(&in, &out);
	assert_int_equal(strncmp(out.reason, "skipHours/skipDays to "
	    "2025-09-05 00:0", 36), 0);
	/* Before 1970 as well. */
	in.now = -NOW;
	gaz_interval_decide(&in, &out);
	assert_true(out.delay_s > 0);
}

/* However they come, no hour has more of them than it may, and few less. */
static void
test_turns(void **state)
{
	static const int64_t limits[] = { 1, 2, 59, 60, 119, 600, 5000 };
	static int64_t turns[20000];

	(void)state;
	for (size_t l = 0; l < GAZ_COUNT(limits); l++) {
		size_t n = (size_t)limits[l], count = 4 * n;
		struct gaz_turns t = { 0 };
		int64_t last = 0;

		/* All at once after a while of nothing. */
		for (size_t i = 0; i < count; i++) {
			struct gaz_mono now = { 86400000 };

			turns[i] = gaz_turns_take(&t, limits[l], now).ms;
			if (turns[i] < last || turns[i] < now.ms ||
			    (i == 0 && turns[i] != now.ms))
				fail_msg("%zu: turn %zu", n, i);
			last = turns[i];
			if (i >= n && turns[i] - turns[i - n] < 3600000)
				fail_msg("%zu: turns %zu and %zu are %lld ms "
				    "apart", n, i - n, i,
				    (long long)(turns[i] - turns[i - n]));
		}
		if (last - 86400000 > 4 * 3600000 + 4000 * 1000)
			fail_msg("%zu: the last after %lld ms", n,
			    (long long)(last - 86400000));
	}
	/* Those that keep to the pace never wait; without a limit none does. */
	struct gaz_turns t = { 0 };
	for (int64_t i = 0; i < 100; i++) {
		struct gaz_mono now = { i * 3600001 };

		assert_int_equal(gaz_turns_take(&t, 1, now).ms, now.ms);
		assert_int_equal(gaz_turns_take(&t, 0, now).ms, now.ms);
	}
}

static void
test_budget(void **state)
{
	enum { FEEDS = 1000 };
	static float shares[FEEDS];
	struct gaz_budget b = { 0 };
	struct gaz_interval hourly = { .delay_s = 2000, .demand = 1.0 / 60 };
	struct gaz_interval own = { .delay_s = 36000 };

	(void)state;
	assert_int_equal(gaz_budget_price(&b, 100, 3600), 1200);
	assert_int_equal(gaz_budget_price(&b, 0, 0), GAZ_INTERVAL_S / 3);
	assert_int_equal(gaz_budget_price(&b, 0, 1), 1);
	/* A thousand feeds of an item an hour: at the price p each is asked
	 * every sqrt(3600 p) s; 500 an hour are one in two hours each. */
	for (int i = 0; i < FEEDS; i++)
		gaz_budget_note(&b, &shares[i], &hourly);
	assert_in_range(gaz_budget_price(&b, 500, 3600), 14399, 14401);
	assert_int_equal(gaz_budget_price(&b, 1000000, 3600), 1200);
	assert_int_equal(gaz_budget_price(&b, 0, 3600), 1200);
	/* The same again changes nothing. */
	for (int i = 0; i < FEEDS; i++)
		gaz_budget_note(&b, &shares[i], &hourly);
	assert_in_range(gaz_budget_price(&b, 500, 3600), 14399, 14401);
	/* Half of them have an interval of their own: 50 of the 300. */
	for (int i = 0; i < FEEDS / 2; i++)
		gaz_budget_note(&b, &shares[i], &own);
	assert_in_range(gaz_budget_price(&b, 300, 3600), 14398, 14402);
	/* They alone are more than there is. */
	assert_true(gaz_budget_price(&b, 50, 3600) > INT64_C(1) << 39);
	for (int i = 0; i < FEEDS; i++)
		gaz_budget_note(&b, &shares[i], NULL);
	assert_int_equal(gaz_budget_price(&b, 100, 3600), 1200);
}

static void
test_spread(void **state)
{
	static const size_t counts[] = { 2, 3, 10, 1000, 24000, 100000 };

	(void)state;
	assert_int_equal(gaz_interval_spread_ms(0, 1, 7), 0);
	assert_int_equal(gaz_interval_spread_ms(5, 5, 7), 0);
	for (size_t k = 0; k < GAZ_COUNT(counts); k++) {
		size_t n = counts[k];
		int64_t window = n <= 24000 ? 600000 : (int64_t)n * 25;
		int64_t last = -1;
		assert_int_equal(gaz_interval_spread_ms(0, n, 7), 0);
		for (size_t i = 0; i < n; i++) {
			int64_t ms = gaz_interval_spread_ms(i, n, 7);
			assert_true(ms >= last && ms < window);
			assert_true(ms >= window / (int64_t)n * (int64_t)i -
			    1000);
			last = ms;
		}
		assert_true(last >= window - 2 * window / (int64_t)n);
	}
}

static void
test_offline(void **state)
{
	struct gaz_offline o = { 0 };
	struct gaz_mono now = { 0 };

	(void)state;
	/* One host, however often, is one host. */
	for (int i = 0; i < 100; i++)
		assert_false(gaz_offline_note(&o, GAZ_FAULT_DNS, 1, now));
	for (uint64_t h = 2; h < GAZ_OFFLINE_HOSTS; h++)
		assert_false(gaz_offline_note(&o, GAZ_FAULT_CONNECT, h, now));
	/* Our own trouble says nothing either way. */
	assert_false(gaz_offline_note(&o, GAZ_FAULT_CANCELLED, 50, now));
	assert_true(gaz_offline_note(&o, GAZ_FAULT_TIMEOUT, 60, now));
	assert_true(gaz_offline_note(&o, GAZ_FAULT_STORE, 61, now));
	assert_true(gaz_offline_note(&o, GAZ_FAULT_DNS, 62, now));
	assert_true(gaz_offline_is(&o));
	/* Any answer ends it. */
	assert_false(gaz_offline_note(&o, GAZ_FAULT_NOT_FOUND, 1, now));
	assert_false(gaz_offline_is(&o));
	for (uint64_t h = 1; h < GAZ_OFFLINE_HOSTS; h++)
		gaz_offline_note(&o, GAZ_FAULT_DNS, h, now);
	assert_false(gaz_offline_note(&o, GAZ_FAULT_NONE, 1, now));
	assert_false(gaz_offline_note(&o, GAZ_FAULT_DNS, 99, now));
}

static void
test_offline_of_few_hosts(void **state)
{
	struct gaz_offline o = { .all = 2 };
	struct gaz_mono now = { 0 };

	(void)state;
	assert_false(gaz_offline_note(&o, GAZ_FAULT_DNS, 1, now));
	assert_false(gaz_offline_note(&o, GAZ_FAULT_DNS, 1, now));
	assert_true(gaz_offline_note(&o, GAZ_FAULT_DNS, 2, now));
	assert_false(gaz_offline_note(&o, GAZ_FAULT_NONE, 2, now));
	/* A single host is never all. */
	o = (struct gaz_offline){ .all = 1 };
	for (uint64_t h = 1; h < GAZ_OFFLINE_HOSTS; h++)
		assert_false(gaz_offline_note(&o, GAZ_FAULT_DNS, h, now));
}

static void
test_while_offline(void **state)
{
	static const struct {
		const char *name;
		enum gaz_fault fault;
		int64_t offline_s, low, high;
		const char *reason;
	} rows[] = {
		{ "just now", GAZ_FAULT_DNS, 1, 60, 90,
		    "this machine seems offline since 18:29 UTC (dns)" },
		{ "as long again", GAZ_FAULT_CONNECT, 600, 600, 900,
		    "this machine seems offline since 18:20 UTC (connect)" },
		{ "the usual pause at most", GAZ_FAULT_TIMEOUT, DAY, HOUR,
		    HOUR * 3 / 2, "this machine seems offline since "
		    "2025-09-03 18:30 UTC (timeout)" },
		{ "an answer all the same", GAZ_FAULT_SERVER_ERROR, DAY,
		    2 * HOUR, HOUR * 11 / 5, "back-off 1 of 5 (server-error)" },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
		struct gaz_interval_input in = input();
		in.fault = rows[i].fault;
		in.offline_s = rows[i].offline_s;
		assert_range(rows[i].name, &in, rows[i].low, rows[i].high,
		    rows[i].reason);
	}
}

static void
test_postpone(void **state)
{
	struct gaz_interval out;

	(void)state;
	for (uint64_t seed = 0; seed < 100; seed++) {
		gaz_interval_postpone(NOW, 7200, seed, &out);
		assert_in_range(out.delay_s, 7200, 7500);
		assert_string_equal(out.reason,
		    "429 until 20:30 UTC, for the whole host");
	}
	gaz_interval_postpone(NOW, INT64_MAX, 1, &out);
	assert_in_range(out.delay_s, 7 * DAY, 7 * DAY + 300);
	gaz_interval_postpone(NOW, -5, 1, &out);
	assert_in_range(out.delay_s, 1, 2);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hints),
		cmocka_unit_test(test_rhythm),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_no_hint_broken),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_retry_after),
		cmocka_unit_test(test_skip),
		cmocka_unit_test(test_budget),
		cmocka_unit_test(test_turns),
		cmocka_unit_test(test_spread),
		cmocka_unit_test(test_offline),
		cmocka_unit_test(test_offline_of_few_hosts),
		cmocka_unit_test(test_while_offline),
		cmocka_unit_test(test_postpone),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("interval", tests, NULL, NULL);
}
