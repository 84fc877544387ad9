#include "config.h"

#include "extract.h"

#include <stdio.h>
#include <unicode/uchar.h>

#include "gazetted/clock.h"

#include "lexicon.h"

/*
 * Days of the calendar: "8 March", "March 8, 2026", "8 de marzo", "8. März",
 * "3月8日", "8日", "3월 8일". Each becomes a day, as weekdays do, so that
 * languages meet. Without a year the nearest to the day of publishing is meant.
 */

#define NEAR_DAYS 3       /* when news tells its own day, or yesterday's */
#define NEAR_PRIOR 60     /* as a weekday's */
#define FAR_PRIOR 200     /* an election, a summit: that is a mark */

/* The leading digits of a token; *end: behind them in the text. -1: none. */
static int
leading_number(const struct gaz_tokens *t, size_t i, size_t *end)
{
	const struct gaz_token *token = &t->list.v[i];
	size_t to = token->start + token->len;
	int value = 0;

	*end = token->start;
	if (token->class != GAZ_TOKEN_NUMBER)
		return -1;
	while (*end < to && u_charDigitValue(t->text.v[*end]) >= 0) {
		if (value > 999)
			return -1;
		value = value * 10 + u_charDigitValue(t->text.v[(*end)++]);
	}
	return value;
}

/* A number that can be the day of a month: "8", "8th", "1er", but no "8.5". */
static int
day_of_month(const struct gaz_tokens *t, size_t i)
{
	size_t end, to = t->list.v[i].start + t->list.v[i].len;
	int day = leading_number(t, i, &end);

	if (day < 1 || day > 31 || to - end > 2 ||
	    (t->list.v[i].flags & GAZ_TOKEN_PERCENT))
		return -1;
	for (; end < to; end++) {
		if (!u_isalpha(t->text.v[end]))
			return -1;
	}
	return day;
}

/* The month that a word names, 1..12, or 0. */
static int
month_of(const struct gaz_story_extractor *x, size_t i)
{
	static const char brief[] = "jan feb mar apr may jun jul aug sep oct "
				    "nov dec ";
	const struct gaz_token *t = &x->tokens.list.v[i];
	struct gaz_str w = t->folded;

	if (t->class != GAZ_TOKEN_WORD)
		return 0;
	if (strcmp(x->f.language, "en") == 0) {
		const char *at;

		if (!(t->flags & GAZ_TOKEN_UPPER))
			return 0;
		if (gaz_str_eq_z(w, "sept"))
			w.len = 3;
		for (at = brief; w.len == 3 && *at != '\0'; at += 4) {
			if (memcmp(at, w.p, 3) == 0)
				return (int)(at - brief) / 4 + 1;
		}
	}
	int c = gaz_lookup_word(x, w, 0, NULL);
	const char *id = c >= 0 ? gaz_lexicon_id(c) : "";
	if (strncmp(id, "month-", 6) != 0)
		return 0;
	return (id[6] - '0') * 10 + (id[7] - '0');
}

/* A year where a date may have one; *n grows by its token. Else 0. */
static int
year_at(const struct gaz_tokens *t, size_t i, size_t *n)
{
	size_t end;
	int year = i < t->list.n && (t->list.v[i].len == 4 ||
				t->list.v[i].len == 5) ?
	    leading_number(t, i, &end) : -1;

	if (year < 1990 || year > 2040)
		return 0;
	(*n)++;
	return year;
}

/* "de", "of" between a day and a month. */
static bool
is_of(struct gaz_str w)
{
	return gaz_str_eq_z(w, "de") || gaz_str_eq_z(w, "of") ||
	       gaz_str_eq_z(w, "ta");
}

/* Days since 1970, or INT64_MIN: there is no such day. */
static int64_t
day_number(int64_t year, int month, int day)
{
	struct gaz_civil c = { .year = year, .month = month, .day = day };

	if (!gaz_civil_is_date(year, month, day))
		return INT64_MIN;
	return gaz_civil_to_utc(&c) / 86400;
}

static int64_t
distance(int64_t day, int64_t today)
{
	return day < today ? today - day : day - today;
}

/*
 * Year 0: the one that brings it nearest; month 0: so does the month.
 * INT64_MIN: there is no such day.
 */
static int64_t
nearest_day(int64_t today, int year, int month, int day)
{
	struct gaz_civil now = gaz_civil_of(today * 86400);
	int64_t best = INT64_MIN;

	if (year != 0)
		return day_number(year, month, day);
	for (int k = -1; k <= 1; k++) {
		int64_t y = now.year + (month == 0 ? 0 : k);
		int m = month == 0 ? now.month + k : month;

		if (m < 1 || m > 12) {
			y += k;
			m = m < 1 ? 12 : 1;
		}
		int64_t d = day_number(y, m, day);
		if (d != INT64_MIN && (best == INT64_MIN ||
		        distance(d, today) < distance(best, today)))
			best = d;
	}
	return best;
}

static void
add_day(struct gaz_story_extractor *x, size_t first, size_t last, int64_t day)
{
	struct gaz_draft d = { .kind = 'd', .first = first, .last = last };
	bool near = distance(day, x->day) <= NEAR_DAYS;
	char text[24];
	int n = snprintf(text, sizeof(text), "%lld", (long long)day);
	d.native = gaz_term_key('d', "", gaz_str_make(text, (size_t)n));
	d.cross = d.native;
	d.flags = GAZ_TERM_CONCEPT;
	d.prior = near ? NEAR_PRIOR : FAR_PRIOR;
	gaz_extract_add(x, &d);
}

/* Is token i the one sign at that place of the text? */
static bool
is_sign(const struct gaz_tokens *t, size_t i, size_t at)
{
	return i < t->list.n && t->list.v[i].start == at &&
	    t->list.v[i].len == 1;
}

/* "3月8日", "8日", "3월 8일": tokens taken, 0 if it is none. */
static size_t
read_signs(struct gaz_story_extractor *x, size_t i)
{
	const struct gaz_tokens *t = &x->tokens;
	int number[2] = { -1, -1 };
	size_t k = i, end, n = 0;

	for (; n < 2 && k < t->list.n; n++) {
		UChar sign;

		number[n] = leading_number(t, k, &end);
		if (number[n] < 1 || number[n] > 31 || end >= t->text.n)
			return 0;
		sign = t->text.v[end];
		/* The sign is part of the token, or the next one begins so. */
		bool within = end < (size_t)t->list.v[k].start +
				t->list.v[k].len;
		k++;
		if (sign == 0x65E5 || sign == 0x53F7 || sign == 0xC77C) {
			/* 8日間: eight days */
			if (end + 1 < t->text.n &&
			    (t->text.v[end + 1] == 0x9593 ||
				t->text.v[end + 1] == 0xAC04))
				return 0;
			if (!within && is_sign(t, k, end))
				k++;
			break;
		}
		if (n > 0 || (sign != 0x6708 && sign != 0xC6D4) ||
		    number[0] > 12)
			return 0;
		if (!within && is_sign(t, k, end))
			k++;
	}
	if (n == 2)
		return 0;
	int64_t day = nearest_day(x->day, 0, n == 1 ? number[0] : 0,
	    number[n]);
	if (day == INT64_MIN)
		return 0;
	add_day(x, i, k - 1, day);
	return k - i;
}

size_t
gaz_extract_day(struct gaz_story_extractor *x, size_t i)
{
	const struct gaz_tokens *t = &x->tokens;
	size_t n = 1;
	int day, month, year;

	if (x->day == INT64_MIN)
		return 0;
	if (t->list.v[i].class == GAZ_TOKEN_NUMBER) {
		if ((n = read_signs(x, i)) > 0)
			return n;
		day = day_of_month(t, i);
		if (day < 0 || i + 1 >= t->list.n)
			return 0;
		n = is_of(t->list.v[i + 1].folded) && i + 2 < t->list.n ? 2 : 1;
		month = month_of(x, i + n);
		n++;
	} else {
		/* Only some languages put the month first. */
		if ((strcmp(x->f.language, "en") != 0 &&
			strcmp(x->f.language, "hu") != 0) ||
		    i + 1 >= t->list.n ||
		    (month = month_of(x, i)) == 0 ||
		    (day = day_of_month(t, i + 1)) < 0)
			return 0;
		n = 2;
	}
	if (month == 0)
		return 0;
	year = year_at(t, i + n, &n);
	int64_t d = nearest_day(x->day, year, month, day);
	if (d == INT64_MIN)
		return 0;
	add_day(x, i, i + n - 1, d);
	return n;
}
