/*
 * Dates as feeds write them. No grammar covers what is out there, so a date is
 * read like a person reads it: fold the spelling, cut it into numbers, words
 * and signs, find the time of day (the part with colons), the zone behind it,
 * and make a date of the numbers and month names that are left. What the
 * standards define (RFC 822 and successors, RFC 3339, ISO 8601 with its
 * compact, week and ordinal forms, asctime) falls out of the same rules.
 */
#include "config.h"

#include "gazetted/date.h"

#include "gazetted/mem.h"

#include "normalise/date_internal.h"

#define NUMBERS_MAX 8
/* Years with two digits from here on are of the 20th century (as POSIX). */
#define CENTURY_PIVOT 69
/* The Thai calendar counts from 543 BC. */
#define BUDDHIST_ERA 543
#define DAY_S 86400
#define KOREA_S (9 * 3600)

static int64_t
full_year(int64_t value, size_t digits)
{
	if (digits <= 2)
		return value < CENTURY_PIVOT ? 2000 + value : 1900 + value;
	/* Programs that print the years since 1900. */
	if (digits == 3)
		return 1900 + value;
	return value;
}

static void
set_year(struct reader *r, const struct token *t)
{
	r->year = full_year(t->value, t->s.len);
}

/* Month names and days of the week, longest first. */
static void
find_names(struct reader *r)
{
	size_t count;

	for (size_t i = 0; i < r->n; i += count) {
		const struct date_name *d = gaz_date_name_at(r, i, &count);

		if (d == NULL || gaz_date_at(r, i)->used) {
			count = 1;
			continue;
		}
		bool month = d->month != 0;

		/* "mar. 12 mars": a name that can be both is the day when
		 * another month follows. */
		if (month && d->weekday != -1) {
			size_t n;

			for (size_t k = i + count; k < r->n && month; k++) {
				const struct date_name *e =
				    gaz_date_name_at(r, k, &n);

				month = e == NULL || e->month == 0;
			}
		}
		if (month && r->month == 0) {
			r->month = d->month;
			r->other_month = d->other_month;
		} else if (!month && r->weekday == -1 &&
			   d->weekday != DATE_DAY_UNCLEAR) {
			r->weekday = d->weekday;
		}
		gaz_date_use(r, i, i + count);
	}
}

/* "2025年9月4日", "ngày 4 tháng 9 năm 2025". */
static void
find_units(struct reader *r)
{
	static const struct {
		const char *word;
		enum unit unit;
	} before[] = { { "ngay", UNIT_DAY }, { "thang", UNIT_MONTH },
		{ "thg", UNIT_MONTH }, { "nam", UNIT_YEAR } };
	bool vietnamese = false;

	for (size_t i = 0; i < r->n; i++)
		vietnamese |= gaz_date_is_word(r, i, "thang") ||
		    gaz_date_is_word(r, i, "thg");
	for (size_t i = 0; i < r->n; i++) {
		enum unit unit = UNIT_NONE;

		if (!gaz_date_is_number(r, i, 1, 4))
			continue;
		/* Their days of the week have numbers. */
		if (vietnamese && i > 0 &&
		    (gaz_date_is_word(r, i - 1, "th") ||
			gaz_date_is_word(r, i - 1, "thu"))) {
			gaz_date_use(r, i - 1, i + 1);
			continue;
		}
		unit = gaz_date_unit_at(r, i + 1);
		for (size_t k = 0; i > 0 && k < GAZ_COUNT(before); k++) {
			if (gaz_date_is_word(r, i - 1, before[k].word) &&
			    !gaz_date_at(r, i - 1)->used)
				unit = before[k].unit;
		}
		if (unit == UNIT_YEAR && r->year == INT64_MIN)
			set_year(r, gaz_date_at(r, i));
		else if (unit == UNIT_MONTH && r->month == 0)
			r->month = (int)gaz_date_at(r, i)->value;
		else if (unit == UNIT_DAY && r->day == 0)
			r->day = (int)gaz_date_at(r, i)->value;
		else
			continue;
		gaz_date_use(r, i, i + 1);
	}
}

static void
set_ordinal(struct reader *r, int64_t day)
{
	int days = gaz_civil_is_date(r->year, 2, 29) ? 366 : 365;

	if (day < 1 || day > days) {
		r->failed = true;
		return;
	}
	struct gaz_civil c = gaz_civil_of(
	    gaz_civil_to_utc(
		&(struct gaz_civil){ .year = r->year, .month = 1, .day = 1 }) +
	    (day - 1) * DAY_S);

	r->month = c.month;
	r->day = c.day;
}

/* ISO 8601: week 1 is the one with 4 January in it; day 1 is Monday. */
static void
set_week(struct reader *r, int64_t week, int64_t day)
{
	struct gaz_civil c = { .year = r->year, .month = 1, .day = 4 };
	gaz_utc t = gaz_civil_to_utc(&c);

	if (week < 1 || week > 53 || day < 1 || day > 7) {
		r->failed = true;
		return;
	}
	/* From Monday, 0, to Sunday. */
	int first = (gaz_civil_of(t).weekday + 6) % 7;
	/* Years with a week 53 begin on a Thursday or, when they are leap
	 * years, on a Wednesday. */
	if (week == 53 && first != 6 &&
	    !(first == 5 && gaz_civil_is_date(r->year, 2, 29))) {
		r->failed = true;
		return;
	}
	t += ((week - 1) * 7 + (day - 1) - first) * DAY_S;
	c = gaz_civil_of(t);
	r->year = c.year;
	r->month = c.month;
	r->day = c.day;
}

/* "2025-W36-4", "2025W364". */
static bool
find_week(struct reader *r)
{
	for (size_t i = 1; i < r->n; i++) {
		size_t y =
		    gaz_date_is_sign(r, i - 1, '-') && i >= 2 ? i - 2 : i - 1;
		int64_t day = 1;

		if (!gaz_date_is_word(r, i, "w") ||
		    !gaz_date_is_number(r, y, 4, 4) ||
		    !gaz_date_is_number(r, i + 1, 2, 3))
			continue;
		int64_t week = gaz_date_at(r, i + 1)->value;

		if (gaz_date_at(r, i + 1)->s.len == 3) {
			day = week % 10;
			week /= 10;
		} else if (gaz_date_is_sign(r, i + 2, '-') &&
			   gaz_date_is_number(r, i + 3, 1, 1)) {
			day = gaz_date_at(r, i + 3)->value;
		}
		r->year = gaz_date_at(r, y)->value;
		set_week(r, week, day);
		return true;
	}
	return false;
}

/* Is the date on the day of the week that it says? */
static bool
fits_weekday(const struct reader *r, int64_t year, int64_t month, int64_t day)
{
	if (r->weekday == -1 || month < 1 || month > 12 ||
	    !gaz_civil_is_date(year, (int)month, (int)day))
		return false;
	struct gaz_civil c = {
		.year = year, .month = (int)month, .day = (int)day
	};

	return gaz_civil_of(gaz_civil_to_utc(&c)).weekday == r->weekday;
}

static void
set_date(struct reader *r, int64_t year, int64_t month, int64_t day)
{
	if (month > 12 && day <= 12) {
		int64_t swap = month;

		month = day;
		day = swap;
	}
	if (month < 1 || month > 12 || day < 1 || day > 31) {
		r->failed = true;
		return;
	}
	r->year = year;
	r->month = (int)month;
	r->day = (int)day;
}

/* All digits in one: "20250904", "2025247", "250904", "25247", "2025", and
 * seconds or milliseconds since 1970. */
static void
set_compact(struct reader *r, const struct token *t, bool dash)
{
	int64_t v = t->value;

	switch (t->s.len) {
	case 14:
		gaz_date_set_time(r, v / 10000 % 100, v / 100 % 100, v % 100);
		set_date(
		    r, v / 10000000000, v / 100000000 % 100, v / 1000000 % 100);
		return;
	case 12:
		gaz_date_set_time(r, v / 100 % 100, v % 100, 0);
		set_date(r, v / 100000000, v / 1000000 % 100, v / 10000 % 100);
		return;
	case 8:
		set_date(r, v / 10000, v / 100 % 100, v % 100);
		return;
	case 7:
		r->year = v / 1000;
		set_ordinal(r, v % 1000);
		return;
	case 6:
		set_date(r, full_year(v / 10000, 2), v / 100 % 100, v % 100);
		return;
	case 5:
		r->year = full_year(v / 1000, 2);
		set_ordinal(r, v % 1000);
		return;
	case 4:
		if (dash)
			set_date(r, full_year(v / 100, 2), v % 100, 1);
		else
			set_date(r, v, 1, 1);
		return;
	case 2:
		if (dash) {
			set_date(r, full_year(v, 2), 1, 1);
			return;
		}
		break;
	default:
		break;
	}
	r->failed = true;
}

static void
set_two(struct reader *r, const struct token *a, const struct token *b,
    char between, bool dash)
{
	if (b->s.len == 3 && (a->s.len == 4 || a->s.len == 2)) {
		set_year(r, a);
		set_ordinal(r, b->value);
	} else if (a->s.len == 4 && b->s.len <= 2) {
		set_date(r, a->value, b->value, 1);
	} else if (b->s.len == 4 && a->s.len <= 2) {
		set_date(r, b->value, a->value, 1);
	} else if (dash && between == '-' && a->s.len == 2 && b->s.len == 2) {
		set_date(r, full_year(a->value, 2), b->value, 1);
	} else {
		r->failed = true;
	}
}

/* Three numbers: which is what? */
static void
set_three(struct reader *r, struct token *const n[3], char between)
{
	int64_t a = n[0]->value, b = n[1]->value, c = n[2]->value;
	bool day_first = between != '/';

	if (n[0]->s.len >= 4 || (n[0]->s.len == 2 && a > 31) ||
	    (between == '-' && n[2]->s.len <= 2)) {
		set_date(r, full_year(a, n[0]->s.len), b, c);
		return;
	}
	c = full_year(c, n[2]->s.len);
	/* Slashes are American unless the weekday or a 13 says otherwise. */
	if (fits_weekday(r, c, b, a) != fits_weekday(r, c, a, b))
		day_first = fits_weekday(r, c, b, a);
	set_date(r, c, day_first ? b : a, day_first ? a : b);
}

/* A month name and numbers for day and year. */
static void
set_named(struct reader *r, struct token *const n[], size_t count)
{
	size_t year = count;

	for (size_t i = 0; i < count && year == count; i++) {
		if (n[i]->s.len >= 3 || n[i]->value > 31)
			year = i;
	}
	if (year == count && count >= 2)
		year = 1;
	if (r->year == INT64_MIN) {
		if (year == count) {
			r->failed = true;
			return;
		}
		set_year(r, n[year]);
		n[year]->used = true;
	}
	for (size_t i = 0; i < count && r->day == 0; i++) {
		if (i != year && n[i]->value >= 1 && n[i]->value <= 31) {
			r->day = (int)n[i]->value;
			n[i]->used = true;
		}
	}
	if (r->day == 0 && count <= 1)
		r->day = 1;
	if (r->other_month != 0 &&
	    !fits_weekday(r, r->year, r->month, r->day) &&
	    fits_weekday(r, r->year, r->other_month, r->day))
		r->month = r->other_month;
}

/* "4.9.2025 klo 18.30": a time with a full stop, when no other is there. */
static void
find_dotted_time(struct reader *r)
{
	for (size_t i = 0; i + 2 < r->n && !r->has_time; i++) {
		if (gaz_date_is_number(r, i, 1, 2) &&
		    gaz_date_is_sign(r, i + 1, '.') &&
		    gaz_date_is_number(r, i + 2, 2, 2) &&
		    !gaz_date_at(r, i + 2)->space &&
		    gaz_date_at(r, i)->value < 24 &&
		    gaz_date_at(r, i + 2)->value < 60) {
			gaz_date_set_time(r, gaz_date_at(r, i)->value,
			    gaz_date_at(r, i + 2)->value, 0);
			gaz_date_find_zone(r, i + 3);
		}
	}
}

static void
find_date(struct reader *r)
{
	struct token *n[NUMBERS_MAX];
	size_t where[NUMBERS_MAX], count = 0;

	r->year = INT64_MIN;
	r->weekday = -1;
	find_names(r);
	find_units(r);
	if (r->month == 0 && find_week(r))
		return;
	for (size_t i = 0; i < r->n && count < NUMBERS_MAX; i++) {
		if (gaz_date_is_number(r, i, 1, 18)) {
			where[count] = i;
			n[count++] = &r->t[i];
		}
	}
	if (r->month != 0) {
		if (r->year == INT64_MIN || r->day == 0)
			set_named(r, n, count);
		find_dotted_time(r);
		return;
	}
	if (count == 0) {
		r->failed = true;
		return;
	}
	bool dash = where[0] > 0 && gaz_date_is_sign(r, where[0] - 1, '-');

	if (dash && where[0] > 1 && gaz_date_is_sign(r, where[0] - 2, '-')) {
		r->failed = true; /* ISO 8601 without a year */
		return;
	}
	/* Numbers belong together as long as one sign joins them. */
	size_t joined = 1;

	while (joined < count && joined < 3 &&
	       where[joined] == where[joined - 1] + 2 &&
	       gaz_date_at(r, where[joined] - 1)->kind == SIGN)
		joined++;
	/* "4. 9. 2025" and "4 9 2025" too. */
	if (joined == 1 && count >= 3)
		joined = 3;
	char between =
	    gaz_date_at(r, where[0] + 1)->kind == SIGN && where[0] + 1 < r->n
		? gaz_date_at(r, where[0] + 1)->s.p[0]
		: ' ';

	for (size_t i = 0; i < joined; i++)
		n[i]->used = true;
	if (joined == 1)
		set_compact(r, n[0], dash);
	else if (joined == 2)
		set_two(r, n[0], n[1], between, dash);
	else
		set_three(r, n, between);
	find_dotted_time(r);
}

/* Seconds or milliseconds since 1970, as some programs print them. */
static bool
is_epoch(const struct reader *r, gaz_utc *out)
{
	const struct token *t = &r->t[0];

	if (r->n != 1 || t->kind != NUMBER ||
	    (t->s.len != 10 && t->s.len != 13))
		return false;
	*out = t->s.len == 13 ? t->value / 1000 : t->value;
	return true;
}

/* What a year that is counted from the beginning of an era lacks. */
static int64_t
era_offset(struct gaz_str s, int64_t year)
{
	static const struct {
		const char *name;
		int64_t before; /* the year before its first */
		bool long_years; /* they have three digits by now */
	} eras[] = { { "令和", 2018, false }, { "平成", 1988, false },
		{ "昭和", 1925, false }, { "民國", 1911, true },
		{ "民国", 1911, true } };

	for (size_t i = 0; i < GAZ_COUNT(eras); i++) {
		if (gaz_str_find(s, gaz_str_of(eras[i].name), 0) ==
		    GAZ_STR_NPOS)
			continue;
		/* Two digits were taken for a year of a century, three for
		 * one counted from 1900. */
		if (year >= 1900 && year < 2100)
			return eras[i].before - (eras[i].long_years ? 1900 :
			    year / 100 * 100);
		return year < 200 ? eras[i].before : 0;
	}
	return 0;
}

/* n digits at p as a number, or -1. */
static int
digits(const char *p, size_t n)
{
	int value = 0;

	for (size_t i = 0; i < n; i++) {
		if (!gaz_is_digit(p[i]))
			return -1;
		value = value * 10 + (p[i] - '0');
	}
	return value;
}

/* The index of the three letters at p in a row of names, or -1. */
static int
index_of(const char *names, const char *p)
{
	for (int i = 0; names[3 * i] != '\0'; i++) {
		if (memcmp(names + 3 * i, p, 3) == 0)
			return i;
	}
	return -1;
}

/* The four digits of "+hhmm", minutes and hours perhaps parted, in seconds. */
static bool
read_offset(struct gaz_str s, bool colon, int *zone_s)
{
	size_t minute = colon ? 4 : 3;
	int h, m;

	if (s.len != minute + 2 || (s.p[0] != '+' && s.p[0] != '-') ||
	    (colon && s.p[3] != ':'))
		return false;
	h = digits(s.p + 1, 2);
	m = digits(s.p + minute, 2);
	if (h < 0 || h > 12 || m < 0 || m > 59)
		return false;
	*zone_s = (h * 3600 + m * 60) * (s.p[0] == '-' ? -1 : 1);
	return true;
}

/*
 * What nearly every feed writes, exactly as the standards want it:
 * "Fri, 27 Nov 2026 10:00:00 +0000" and "2026-11-27T10:00:00Z". Only a short
 * way to what the general one finds too.
 */
static bool
parse_usual(struct gaz_str s, gaz_utc *out)
{
	struct gaz_civil c;
	const char *clock;
	int zone_s = 0;

	if (s.len >= 29 && s.p[3] == ',') {
		struct gaz_str zone = gaz_str_sub(s, 26, s.len);

		if (index_of("SunMonTueWedThuFriSat", s.p) < 0 ||
		    s.p[4] != ' ' || s.p[7] != ' ' || s.p[11] != ' ' ||
		    s.p[16] != ' ' || s.p[25] != ' ' ||
		    (!gaz_str_eq_z(zone, "GMT") &&
			!read_offset(zone, false, &zone_s)))
			return false;
		c.day = digits(s.p + 5, 2);
		c.month = 1 + index_of("JanFebMarAprMayJunJulAugSepOctNovDec",
		    s.p + 8);
		c.year = digits(s.p + 12, 4);
		clock = s.p + 17;
	} else if (s.len >= 20 && s.p[10] == 'T') {
		struct gaz_str zone = gaz_str_sub(s, 19, s.len);

		if (s.p[4] != '-' || s.p[7] != '-' ||
		    (!gaz_str_eq_z(zone, "Z") &&
			!read_offset(zone, true, &zone_s)))
			return false;
		c.year = digits(s.p, 4);
		c.month = digits(s.p + 5, 2);
		c.day = digits(s.p + 8, 2);
		clock = s.p + 11;
	} else {
		return false;
	}
	c.hour = digits(clock, 2);
	c.minute = digits(clock + 3, 2);
	c.second = digits(clock + 6, 2);
	if (clock[2] != ':' || clock[5] != ':' || c.year < 1900 ||
	    c.month < 1 || c.month > 12 || c.day < 1 || c.hour < 0 ||
	    c.hour > 23 || c.minute < 0 || c.minute > 59 || c.second < 0 ||
	    c.second > 59 || !gaz_civil_is_date(c.year, c.month, c.day))
		return false;
	*out = gaz_civil_to_utc(&c) - zone_s;
	return true;
}

gaz_utc
gaz_date_parse(struct gaz_str s)
{
	struct reader r;
	gaz_utc t;

	if (s.len == 0 || s.len > DATE_LEN_MAX)
		return GAZ_UTC_UNKNOWN;
	if (parse_usual(s, &t))
		return t;
	memset(&r, 0, sizeof(r));
	gaz_date_fold(&r, s);
	if (!r.failed)
		gaz_date_tokenize(&r);
	if (r.failed || r.n == 0)
		return GAZ_UTC_UNKNOWN;
	if (is_epoch(&r, &t))
		return t;
	gaz_date_find_time(&r, false);
	if (!r.has_time)
		gaz_date_find_time(&r, true);
	if (!r.failed)
		find_date(&r);
	if (r.failed || r.year == INT64_MIN)
		return GAZ_UTC_UNKNOWN;
	if (r.thai && r.year > 2400)
		r.year -= BUDDHIST_ERA;
	r.year += era_offset(s, r.year);
	if (r.year < 1 || r.year > 9999 || r.month < 1 || r.month > 12 ||
	    !gaz_civil_is_date(r.year, r.month, r.day))
		return GAZ_UTC_UNKNOWN;
	if (r.hangul && r.has_time && !r.has_zone)
		r.zone_s = KOREA_S;
	int64_t extra_s = r.hour == 24 ? DAY_S : 0;
	struct gaz_civil c = { .year = r.year,
		.month = r.month,
		.day = r.day,
		.hour = r.hour % 24,
		.minute = r.minute,
		.second = r.second };

	return gaz_civil_to_utc(&c) + extra_s - r.zone_s;
}
