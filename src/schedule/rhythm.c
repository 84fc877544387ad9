#include "config.h"

#include "gazetted/schedule.h"

#include <math.h>

#include "gazetted/mem.h"

/*
 * When is the next item likely? Two questions, answered from the dates of the
 * latest items alone.
 *
 * How many items a second? Looking back from now, the k-th newest event of a
 * steady feed is k - 1/2 mean gaps away (in the logarithm), so each k gives an
 * estimate of the rate. Their weighted geometric mean is taken: the near ones
 * follow a change of pace, the far ones calm it, one absurd date (a pinned
 * article of 2005) moves the mean of logarithms little, and silence lowers all
 * of them with every day that passes. Items of one minute are one event: they
 * were published together, and a feed that dates all its items anew with each
 * fetch must not look busy.
 *
 * And when to ask? With a rate r and a pause d an item waits d/2, so items wait
 * r*d/2 in all a second, and requests are spent at 1/d. Asking for the least
 * waiting at a fixed sum of requests over all feeds gives d = sqrt(price / r)
 * for each: a feed four times as busy is asked twice as often. price is
 * common to all feeds. Where the rate changes with the hour and the weekday,
 * the same rule says: go on until the sum of sqrt(r(t) / price) dt is 1.
 */
#define HOUR 3600
#define DAY 86400
#define WEEK_HOURS 168
#define SAME_EVENT_S 60
#define PROFILE_DAYS 35    /* older dates tell nothing of the hours */
#define PROFILE_EVENTS 8   /* fewer tell nothing either */
#define HOUR_PRIOR 0.5     /* events that every hour is granted beforehand */
#define DAY_PRIOR 4.0

struct events {
	gaz_utc at[GAZ_INTERVAL_DATES]; /* newest first, none after now */
	size_t n;
};

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Hour of the week, 0: Sunday midnight UTC; 1970 began on a Thursday. */
static unsigned
hour_of_week(gaz_utc t)
{
	int64_t h = floor_div(t, HOUR) + 4 * 24;

	return (unsigned)(h - floor_div(h, WEEK_HOURS) * WEEK_HOURS);
}

static void
gather(const gaz_utc *newest, size_t n, gaz_utc now, struct events *out)
{
	out->n = 0;
	for (size_t i = 0; i < n && out->n < GAZ_COUNT(out->at); i++) {
		gaz_utc t = newest[i];
		if (t == GAZ_UTC_UNKNOWN || t > now || t < 0)
			continue;
		if (out->n > 0 && out->at[out->n - 1] - t < SAME_EVENT_S)
			continue;
		out->at[out->n++] = t;
	}
}

static double
rate_of(const struct events *e, gaz_utc now)
{
	double sum = 0, weight = 0;
	/* One event alone says little: it may be what a fetch has dated. */
	double least = e->n == 1 ? HOUR : SAME_EVENT_S;

	for (size_t i = 0; i < e->n; i++) {
		double k = (double)(i + 1);
		double age = (double)(now - e->at[i]);
		double w = sqrt(k);
		if (age < least)
			age = least;
		sum += w * log((k - 0.5) / age);
		weight += w;
	}
	return weight > 0 ? exp(sum / weight) : 0;
}

double
gaz_rhythm_rate(const gaz_utc *newest, size_t n, gaz_utc now)
{
	struct events e;

	gather(newest, n, now, &e);
	return rate_of(&e, now);
}

/* Factors on the mean rate; 1 where nothing is known. */
struct profile {
	double hour[24];
	double day[7];
};

/* Neighbouring hours share what they saw: 32 dates are few for 24 hours. */
static void
smooth(double v[24])
{
	double old[24];

	for (size_t i = 0; i < 24; i++)
		old[i] = v[i];
	for (size_t i = 0; i < 24; i++) {
		v[i] = (old[(i + 22) % 24] + 2 * old[(i + 23) % 24] +
		    3 * old[i] + 2 * old[(i + 1) % 24] + old[(i + 2) % 24]) / 9;
	}
}

/*
 * What each hour and weekday saw against what it would have seen at an even
 * rate. The window seldom covers whole days, so the even share is counted by
 * walking it.
 */
static void
learn(const struct events *e, gaz_utc now, struct profile *p)
{
	double seen_hour[24] = { 0 }, even_hour[24] = { 0 };
	double seen_day[7] = { 0 }, even_day[7] = { 0 };
	size_t used = 0, hours = 0;

	for (size_t i = 0; i < 24; i++)
		p->hour[i] = 1;
	for (size_t i = 0; i < 7; i++)
		p->day[i] = 1;
	while (used < e->n && now - e->at[used] < PROFILE_DAYS * DAY)
		used++;
	if (used < PROFILE_EVENTS)
		return;
	for (size_t i = 0; i < used; i++) {
		unsigned h = hour_of_week(e->at[i]);
		seen_hour[h % 24]++;
		seen_day[h / 24]++;
	}
	hours = (size_t)((now - e->at[used - 1]) / HOUR) + 1;
	unsigned first = hour_of_week(e->at[used - 1]);
	for (size_t i = 0; i < 24; i++)
		even_hour[(first + i) % 24] = (double)(hours / 24 +
		    (i < hours % 24));
	for (size_t i = 0; i < 7; i++)
		even_day[i] = (double)(hours / WEEK_HOURS * 24);
	/* What is more than whole weeks, a day at a time. */
	for (size_t i = 0, left = hours % WEEK_HOURS; left > 0;) {
		size_t n = 24 - (first + i) % 24;
		n = n < left ? n : left;
		even_day[(first + i) / 24 % 7] += (double)n;
		i += n;
		left -= n;
	}
	smooth(seen_hour);
	smooth(even_hour);
	double share = (double)used / (double)hours;
	for (size_t i = 0; i < 24; i++) {
		p->hour[i] = (seen_hour[i] + HOUR_PRIOR) /
		    (even_hour[i] * share + HOUR_PRIOR);
	}
	for (size_t i = 0; i < 7; i++) {
		p->day[i] = (seen_day[i] + DAY_PRIOR) /
		    (even_day[i] * share + DAY_PRIOR);
	}
}

int64_t
gaz_rhythm_pause(const gaz_utc *newest, size_t n, gaz_utc now,
    int64_t price_s, int64_t max_s, double *rate)
{
	struct events e;
	struct profile p;
	double done = 0;
	gaz_utc t = now;

	gather(newest, n, now, &e);
	*rate = rate_of(&e, now);
	if (*rate <= 0)
		return 0;
	learn(&e, now, &p);
	while (t - now < max_s) {
		unsigned h = hour_of_week(t);
		double r = *rate * p.hour[h % 24] * p.day[h / 24];
		double speed = sqrt(r / (double)price_s);
		int64_t left = HOUR - (t - floor_div(t, HOUR) * HOUR);
		if (done + speed * (double)left >= 1) {
			t += (int64_t)((1 - done) / speed);
			break;
		}
		done += speed * (double)left;
		t += left;
	}
	return t - now < max_s ? t - now : max_s;
}
