/*
 * Calendar by counting days in years that begin on 1 March: the leap day is
 * then the last of its year, and 400 years always have the same length.
 */
#include "config.h"

#include "gazetted/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#define DAY_S 86400
#define DAYS_400_YEARS 146097
/* Days from 0000-03-01 to 1970-01-01. */
#define DAYS_TO_1970 719468
/* No moment that fits gaz_utc lies beyond it. */
#define YEAR_MAX INT64_C(292277026596)

gaz_utc
gaz_clock_utc(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (gaz_utc)ts.tv_sec;
}

static struct gaz_mono
ask(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (struct gaz_mono){ (int64_t)ts.tv_sec * 1000 +
		ts.tv_nsec / 1000000 };
}

struct gaz_mono
gaz_clock_mono(void)
{
	return ask(CLOCK_MONOTONIC);
}

struct gaz_mono
gaz_clock_boot(void)
{
	return ask(CLOCK_BOOTTIME);
}

/* Division that rounds down, b > 0. */
static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0 ? 1 : 0);
}

/* Days before the month within a year that begins in March; 0 is March. */
static int
days_before(int month_from_march)
{
	return (153 * month_from_march + 2) / 5;
}

gaz_utc
gaz_civil_to_utc(const struct gaz_civil *c)
{
	int64_t days, seconds;

	if (c->year > YEAR_MAX || c->year < -YEAR_MAX)
		return GAZ_UTC_UNKNOWN;
	int64_t year = c->year - (c->month <= 2 ? 1 : 0);
	int64_t cycle = floor_div(year, 400);
	int64_t y = year - cycle * 400;
	days = cycle * DAYS_400_YEARS + y * 365 + y / 4 - y / 100 +
	    days_before((c->month + 9) % 12) + c->day - 1 - DAYS_TO_1970;
	seconds = (int64_t)c->hour * 3600 + (int64_t)c->minute * 60 + c->second;
	if (__builtin_mul_overflow(days, (int64_t)DAY_S, &days) ||
	    __builtin_add_overflow(days, seconds, &seconds))
		return GAZ_UTC_UNKNOWN;
	return seconds;
}

struct gaz_civil
gaz_civil_of(gaz_utc t)
{
	int64_t day = floor_div(t, DAY_S);
	int second = (int)((t % DAY_S + DAY_S) % DAY_S);
	int64_t cycle = floor_div(day + DAYS_TO_1970, DAYS_400_YEARS);
	int in_cycle = (int)(day + DAYS_TO_1970 - cycle * DAYS_400_YEARS);

	/*
	 * Take the leap days that have passed out of the count, and 365 divides
	 * the rest: one every 1460 days, less one every 36524, and the last day
	 * of the cycle is one again.
	 */
	int year = (in_cycle - in_cycle / 1460 + in_cycle / 36524 -
	    in_cycle / (DAYS_400_YEARS - 1)) / 365;
	int in_year = in_cycle - (365 * year + year / 4 - year / 100);
	int month = (5 * in_year + 2) / 153; /* 0 is March */
	struct gaz_civil c = {
		.year = cycle * 400 + year + (month >= 10 ? 1 : 0),
		.month = month < 10 ? month + 3 : month - 9,
		.day = in_year - days_before(month) + 1,
		.hour = second / 3600,
		.minute = second / 60 % 60,
		.second = second % 60,
		/* 1970-01-01 was a Thursday. */
		.weekday = (int)((day % 7 + 11) % 7),
	};
	return c;
}

bool
gaz_civil_is_date(int64_t year, int month, int day)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };

	if (month < 1 || month > 12 || day < 1)
		return false;
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return day <= days[month - 1] + (month == 2 && leap ? 1 : 0);
}

/* Break t up; false when the formats have no way to say its year. */
static bool
to_civil(gaz_utc t, struct gaz_civil *c)
{
	if (t == GAZ_UTC_UNKNOWN)
		return false;
	*c = gaz_civil_of(t);
	return c->year >= 0 && c->year <= 9999;
}

const char *
gaz_utc_rfc3339(gaz_utc t, char out[GAZ_UTC_TEXT_MAX])
{
	struct gaz_civil c;

	out[0] = '\0';
	if (to_civil(t, &c))
		snprintf(out, GAZ_UTC_TEXT_MAX,
		    "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)c.year, c.month,
		    c.day, c.hour, c.minute, c.second);
	return out;
}

/* "Thu, 04 Sep 2025 18:30:00 " and the zone; day and month in English. */
static const char *
write_long(gaz_utc t, const char *zone, char *out)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu",
		"Fri", "Sat" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May",
		"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	struct gaz_civil c;

	out[0] = '\0';
	if (to_civil(t, &c))
		snprintf(out, GAZ_UTC_TEXT_MAX,
		    "%s, %02d %s %04d %02d:%02d:%02d %s", days[c.weekday],
		    c.day, months[c.month - 1], (int)c.year, c.hour, c.minute,
		    c.second, zone);
	return out;
}

const char *
gaz_utc_rfc5322(gaz_utc t, char out[GAZ_UTC_TEXT_MAX])
{
	return write_long(t, "+0000", out);
}

const char *
gaz_utc_http(gaz_utc t, char out[GAZ_UTC_TEXT_MAX])
{
	return write_long(t, "GMT", out);
}
