#include "config.h"

#include "gazetted/schedule.h"

#include <math.h>

/*
 * When is the next item likely, and when is it best to ask?
 *
 * The habits are factors on the feed's pace, 1 where nothing is known: the hour
 * of the day times the weekday times the five minutes of the hour. Time weighed
 * with the first two is the feed's own: an hour of the night is minutes of it.
 * In it a feed is steady, and looking back from now the k-th newest event is
 * k - 1/2 mean gaps away (in the logarithm), so each k tells the pace. Their
 * weighted geometric mean is taken: one absurd date moves the mean of logarithms
 * little, and silence lowers all of them. What was counted over weeks calms it.
 *
 * And when to ask? Items wait r*d/2 in all a second when a feed of rate r is
 * asked every d, and requests are spent at 1/d. The least waiting for a fixed sum
 * of requests over all feeds is had with d = sqrt(price / r), price being common
 * to all of them: so a feed is asked when sqrt(price * r) items are expected to
 * wait. Where r changes, that threshold is the one of the time when it is asked
 * (the derivative of the waiting: what waits by then must outweigh what comes
 * until the next time). So it asks when a busy time ends, not in its midst, and
 * just after the minutes in which the feed publishes.
 */
#define HOUR 3600
#define DAY 86400
#define SAME_EVENT_S 60
#define SLOT_S (HOUR / GAZ_RHYTHM_SLOTS)
#define HOUR_PRIOR 0.5     /* events that every hour is granted beforehand */
#define HOUR_SPREAD 2.0    /* and so many as its neighbours had */
#define DAY_PRIOR 6.0
#define WEEKEND_PRIOR 3.6  /* most feeds have fewer then */
#define SLOT_PRIOR 3.0
#define SLOT_STEEP 1.5     /* the factor of a slot that is waited out */
#define RUSH_PAUSE_S (4 * SLOT_S) /* shorter ones are not worth it */
#define LONG_WEIGHT 30.0   /* of the counts against the dates */
#define LONG_FULL_H (7 * 24)

/* Factors with mean 1, and the sums of those before. */
struct habits {
	double hour[24], before_hour[25];
	double day[7], before_day[8];
	double slot[GAZ_RHYTHM_SLOTS];
	double events;             /* that the counts are of */
};

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static void
level(double *v, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += v[i];
	double factor = (double)n / sum;
	for (size_t i = 0; i < n; i++)
		v[i] *= factor;
}

static void
sum_up(const double *v, size_t n, double *before)
{
	before[0] = 0;
	for (size_t i = 0; i < n; i++)
		before[i + 1] = before[i] + v[i];
}

static void
learn_hours(const struct gaz_rhythm *r, double unit, struct habits *h)
{
	int c[28], total = 0; /* with two hours more at either end */

	for (size_t i = 0; i < 24; i++) {
		c[i + 2] = r->hour[i];
		total += r->hour[i];
	}
	c[0] = c[24];
	c[1] = c[25];
	c[26] = c[2];
	c[27] = c[3];
	h->events = total * unit;
	/* All events spread over their neighbours are as many as before. */
	double share = HOUR_SPREAD * 24 / (h->events + HOUR_PRIOR * 24);
	double to_mean = 24 / (h->events + HOUR_SPREAD * 24);
	for (size_t i = 0; i < 24; i++) {
		double near = (c[i] + 2 * c[i + 1] + 3 * c[i + 2] +
		    2 * c[i + 3] + c[i + 4]) * (unit / 9) + HOUR_PRIOR;
		h->hour[i] = (c[i + 2] * unit + near * share) * to_mean;
	}
	sum_up(h->hour, 24, h->before_hour);
}

static void
learn(const struct gaz_rhythm *r, struct habits *h)
{
	double unit = ldexp(1, -r->scale);

	learn_hours(r, unit, h);
	for (size_t i = 0; i < 7; i++)
		h->day[i] = r->day[i] * unit * 4 +
		    (i == 0 || i == 6 ? WEEKEND_PRIOR : DAY_PRIOR);
	level(h->day, 7);
	sum_up(h->day, 7, h->before_day);
	for (size_t i = 0; i < GAZ_RHYTHM_SLOTS; i++)
		h->slot[i] = r->slot[i] * unit * 2 + SLOT_PRIOR;
	level(h->slot, GAZ_RHYTHM_SLOTS);
}

/* Hours of the feed's own time since long ago; 1970 began on a Thursday. */
static double
own_hours(const struct habits *h, gaz_utc t)
{
	int64_t day = floor_div(t, DAY) + 4, s = t - (day - 4) * DAY;
	int64_t week = floor_div(day, 7), of_week = day - week * 7;

	return (double)week * 168 + h->before_day[of_week] * 24 +
	    h->day[of_week] * (h->before_hour[s / HOUR] +
	    h->hour[s / HOUR] * (double)(s % HOUR) / HOUR);
}

static double
rate_of(const struct gaz_rhythm *r, const struct habits *h, gaz_utc now)
{
	/* The far ones calm it: the square roots of 1, 2 and so on. */
	static const double weights[GAZ_RHYTHM_DATES] = { 1, 1.414, 1.732, 2,
		2.236, 2.449, 2.646 };
	double sum = 0, weight = 0, own_now = own_hours(h, now);
	/* One event alone says little: it may be what a fetch has dated. */
	double least = r->dates[1] == 0 ? HOUR : SAME_EVENT_S;

	for (size_t i = 0; i < GAZ_RHYTHM_DATES && r->dates[i] != 0; i++) {
		double age = (own_now - own_hours(h, r->dates[i])) * HOUR;
		if (age < least)
			age = least;
		sum += weights[i] * (double)logf((float)(((double)i + 0.5) / age));
		weight += weights[i];
	}
	if (weight > 0 && r->observed_h > 0 && h->events > 0) {
		double w = LONG_WEIGHT * fmin(1, (double)r->observed_h /
		    LONG_FULL_H);
		sum += w * log(h->events / ((double)r->observed_h * HOUR));
		weight += w;
	}
	return weight > 0 ? exp(sum / weight) : 0;
}

double
gaz_rhythm_rate(const struct gaz_rhythm *r, gaz_utc now)
{
	struct habits h;

	learn(r, &h);
	return rate_of(r, &h, now);
}

/* The moment of the hour that begins at or before t, in which so many more are
 * expected at rate; they are within the hour. */
static gaz_utc
within_hour(const struct habits *h, gaz_utc t, double rate, double more)
{
	for (;;) {
		int64_t past = t - floor_div(t, HOUR) * HOUR;
		double factor = h->slot[past / SLOT_S];
		int64_t left = SLOT_S - past % SLOT_S;
		double expected = rate * factor * (double)left;
		bool last = past + left >= HOUR;
		if (expected >= more || last)
			return factor > SLOT_STEEP || last ? t + left
			    : t + (int64_t)(more / (rate * factor));
		more -= expected;
		t += left;
	}
}

/* The share of an hour's items that comes after the first past seconds. */
static double
rest_of_hour(const struct habits *h, int64_t past)
{
	size_t i = (size_t)(past / SLOT_S);
	double left = h->slot[i] * (double)(SLOT_S - past % SLOT_S);

	while (++i < GAZ_RHYTHM_SLOTS)
		left += h->slot[i] * SLOT_S;
	return left / HOUR;
}

/* Where the feed is about to publish, as it does at these minutes, it is better
 * to be a little late than a little early. */
static gaz_utc
past_the_rush(const struct habits *h, gaz_utc t)
{
	int64_t past = t - floor_div(t, HOUR) * HOUR;
	size_t i = (size_t)(past / SLOT_S);
	int64_t left = SLOT_S - past % SLOT_S;

	if (h->slot[i] > SLOT_STEEP)
		return past % SLOT_S == 0 ? t + left : t;
	return h->slot[(i + 1) % GAZ_RHYTHM_SLOTS] > SLOT_STEEP
	    ? t + left + SLOT_S : t;
}

int64_t
gaz_rhythm_pause(const struct gaz_rhythm *r, gaz_utc now, int64_t price_s,
    int64_t max_s, struct gaz_rhythm_guess *guess)
{
	struct habits h;
	double waiting = 0;
	gaz_utc t = now;

	learn(r, &h);
	*guess = (struct gaz_rhythm_guess){ .rate = rate_of(r, &h, now) };
	if (guess->rate <= 0)
		return 0;
	while (t - now < max_s) {
		int64_t hour = floor_div(t, HOUR), day = floor_div(hour, 24);
		double habit = h.hour[hour - day * 24] *
		    h.day[day + 4 - floor_div(day + 4, 7) * 7];
		double rate = guess->rate * habit;
		double enough = sqrt(rate * (double)price_s);
		int64_t past = t - hour * HOUR;
		guess->habit = habit;
		double expected = rate * HOUR * (past == 0 ? 1
		    : rest_of_hour(&h, past));
		if (waiting + expected >= enough) {
			t = within_hour(&h, t, rate, fmax(enough - waiting, 0));
			break;
		}
		waiting += expected;
		t = (hour + 1) * HOUR;
	}
	if (t - now > RUSH_PAUSE_S)
		t = past_the_rush(&h, t);
	if (t > now && t - now < max_s)
		guess->slot = h.slot[(t - 1 - floor_div(t - 1, HOUR) * HOUR) /
		    SLOT_S];
	return t - now < max_s ? t - now : max_s;
}
