#include "config.h"

#include "simulate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gazetted/hash.h"
#include "gazetted/limits.h"
#include "gazetted/mem.h"
#include "gazetted/vec.h"

#define HOUR 3600
#define DAY 86400
#define KNOWN_STEP_S (2 * HOUR)
#define SHOWN_MAX 50
#define START INT64_C(1756684800) /* Monday 2025-09-01 00:00 UTC */
#define DELAY_STEP_S 10
#define DELAY_STEPS 20000
#define TURN_S HOUR               /* how often Miniflux looks what is due */

const struct sim_mix sim_mixes[] = {
	/*              paper agency daily blog podcast clock waves bursts
	 *              sleepy dead */
	{ "ordinary",   { 8, 2, 10, 30, 12, 0, 0, 5, 23, 10 } },
	{ "news",       { 40, 10, 15, 15, 5, 0, 0, 5, 5, 5 } },
	{ "press",      { 14, 4, 15, 15, 5, 16, 16, 5, 5, 5 } },
	{ "blogs",      { 1, 0, 4, 45, 10, 0, 0, 5, 25, 10 } },
	{ "podcasts",   { 3, 1, 6, 10, 60, 0, 0, 2, 10, 8 } },
	/* Never looked at while the rule was made. */
	{ "unseen",     { 5, 2, 18, 22, 8, 11, 9, 7, 12, 6 } },
};
const size_t sim_mix_count = GAZ_COUNT(sim_mixes);

const char *
sim_kind_name(enum sim_kind k)
{
	static const char *const names[SIM_KINDS] = { "newspaper", "agency",
		"daily", "blog", "podcast", "clock", "waves",
		"bursts", "sleepy", "dead" };

	return names[k];
}

struct habit {
	int zone_h;
	double night, weekend; /* against the day, the week */
};

struct feed {
	GAZ_VEC(int64_t) items; /* oldest first */
	size_t seen;            /* how many have been fetched */
	struct gaz_rhythm rhythm;
	struct habit habit;
	uint64_t attempts;
	float share;
	enum sim_kind kind;
	size_t shown;           /* items that its document has */
	int64_t max_age_s, ttl_s; /* INT64_MIN: none */
	uint32_t skip_hours;
	int64_t not_before;     /* as its hints want it */
	double delay_sum;
	uint64_t delay_n;
};

struct world {
	const struct simulation *s;
	struct feed *feeds;
	struct gaz_schedule *schedule;
	struct simulated *out;
	uint64_t dice;
	double delay_sum;
	double kind_sum[SIM_KINDS];
	uint64_t kind_n[SIM_KINDS];
	struct gaz_budget budget;
	uint64_t *delays; /* histogram */
};

/* ---- chance */

static double
roll(struct world *w)
{
	w->dice++;
	return ((double)(gaz_hash_mix(w->s->seed, w->dice) >> 11) + 0.5) *
	    0x1p-53;
}

static int64_t
between(struct world *w, int64_t low, int64_t high)
{
	return low + (int64_t)(roll(w) * (double)(high - low + 1));
}

/* Evenly in the logarithm. */
static double
scale(struct world *w, double low, double high)
{
	return low * pow(high / low, roll(w));
}

/* ---- what feeds publish */

static double
season(int64_t t, const struct habit *h)
{
	int64_t local = t + (int64_t)h->zone_h * HOUR;
	int64_t hour = local / HOUR % 24, day = (local / DAY + 4) % 7;
	double f = hour >= 8 && hour < 19 ? 1
	    : hour >= 6 && hour < 23 ? 0.4 + 0.6 * h->night : h->night;

	return day == 0 || day == 6 ? f * h->weekend : f;
}

static int64_t
end_of(const struct world *w)
{
	return START + (int64_t)w->s->days * DAY;
}

/* So far back that the first document is full, but for the slowest. */
static int64_t
first_of(const struct feed *f)
{
	static const int days[SIM_KINDS] = {
		[SIM_BLOG] = 200, [SIM_PODCAST] = 350, [SIM_SLEEPY] = 600,
	};

	return START - (days[f->kind] > 0 ? days[f->kind] : 60) *
	    (int64_t)DAY;
}

static void
publish_at(struct world *w, struct feed *f, int64_t t)
{
	if (t < end_of(w))
		*gaz_vec_push(&f->items) = t;
}

/* A Poisson process with so many in a busy day, thinned by the season. */
static void
by_chance(struct world *w, struct feed *f, double daily,
    const struct habit *h)
{
	for (double t = (double)first_of(f);
	     t < (double)end_of(w);) {
		t += -log(roll(w)) * DAY / daily;
		if (roll(w) <= season((int64_t)t, h))
			publish_at(w, f, (int64_t)t);
	}
}

/* At an hour of some weekdays (bit 0: Sunday), give or take. */
static void
by_calendar(struct world *w, struct feed *f, unsigned weekdays)
{
	int64_t at = between(w, 5 * HOUR, 21 * HOUR);
	int64_t sloppy = between(w, 2, 40) * 60;

	for (int64_t day = first_of(f); day < end_of(w); day += DAY) {
		if ((weekdays >> (day / DAY + 4) % 7 & 1) == 0 ||
		    roll(w) < 0.04)
			continue;
		publish_at(w, f, day + at + between(w, -sloppy, sloppy));
	}
}

/* Put out by the clock, a few at a time. */
static void
by_clock(struct world *w, struct feed *f, const struct habit *h)
{
	static const int every[] = { 15, 30, 30, 60, 60, 60 };
	int64_t step = every[between(w, 0, GAZ_COUNT(every) - 1)] * 60;
	int64_t late = roll(w) < 0.6 ? 0 : between(w, 0, step / 60 - 1) * 60;
	double each = scale(w, 0.3, 1);

	for (int64_t t = first_of(f) + late; t < end_of(w); t += step) {
		if (roll(w) > each * season(t, h))
			continue;
		for (int64_t n = between(w, 1, 4); n > 0; n--)
			publish_at(w, f, t + between(w, 0, 90));
	}
}

/* What happens brings on more: each item is followed by another within some ten
 * minutes, two times in three. */
static void
in_waves(struct world *w, struct feed *f, double daily,
    const struct habit *h)
{
	for (double t = (double)first_of(f); t < (double)end_of(w);) {
		double at = t += -log(roll(w)) * DAY / daily;
		if (roll(w) > season((int64_t)t, h))
			continue;
		do {
			publish_at(w, f, (int64_t)at);
			at += -log(roll(w)) * 10 * 60;
		} while (roll(w) < 0.67);
	}
}

static void
in_bursts(struct world *w, struct feed *f)
{
	for (double t = (double)first_of(f);
	     t < (double)end_of(w);) {
		t += -log(roll(w)) * 6 * DAY;
		for (int64_t n = between(w, 5, 25); n > 0; n--) {
			publish_at(w, f, (int64_t)t);
			t += -log(roll(w)) * 12 * 60;
		}
	}
}

static void
publish(struct world *w, struct feed *f)
{
	struct habit h = { (int)between(w, -8, 9), 0.03, 0.4 };
	unsigned first = (unsigned)between(w, 0, 6);

	switch (f->kind) {
	case SIM_NEWSPAPER:
		h.night = 0.05 + 0.15 * roll(w);
		by_chance(w, f, scale(w, 30, 220), &h);
		break;
	case SIM_AGENCY:
		h.night = 0.7;
		h.weekend = 0.8;
		by_chance(w, f, scale(w, 60, 350), &h);
		break;
	case SIM_DAILY:
		by_calendar(w, f, roll(w) < 0.5 ? 0x7f : 0x3e);
		break;
	case SIM_BLOG:
		h.weekend = 0.3 + roll(w);
		by_chance(w, f, scale(w, 0.3, 3), &h);
		break;
	case SIM_PODCAST:
		by_calendar(w, f, 1u << first | (roll(w) < 0.3
		    ? 1u << (first + 3) % 7 : 0));
		break;
	case SIM_CLOCK:
		h.night = 0.05 + 0.15 * roll(w);
		by_clock(w, f, &h);
		break;
	case SIM_WAVES:
		h.night = 0.05 + 0.15 * roll(w);
		in_waves(w, f, scale(w, 10, 70), &h);
		break;
	case SIM_BURSTS:
		in_bursts(w, f);
		break;
	case SIM_SLEEPY:
		by_chance(w, f, scale(w, 0.03, 0.12), &h);
		break;
	case SIM_DEAD:
		*gaz_vec_push(&f->items) = START - between(w, 90, 1500) * DAY;
		break;
	case SIM_KINDS:
		break;
	}
	f->habit = h;
}

static int
compare_times(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void
give_hints(struct world *w, struct feed *f)
{
	/* Who has something new all the time does not say "tomorrow". */
	static const int64_t busy[] = { 60, 300, 300, 600, 600, 900, 1800,
		3600 };
	static const int64_t calm[] = { 300, 900, 1800, 3600, 3600, 7200,
		14400, 43200 };
	const int64_t *ages = f->kind == SIM_NEWSPAPER ||
	    f->kind == SIM_AGENCY || f->kind == SIM_CLOCK ||
	    f->kind == SIM_WAVES ? busy : calm;

	f->max_age_s = f->ttl_s = INT64_MIN;
	if (roll(w) * 100 >= w->s->hints)
		return;
	double which = roll(w);
	int64_t s = ages[between(w, 0, GAZ_COUNT(calm) - 1)];
	if (which < 0.6)
		f->max_age_s = s;
	else if (which < 0.9)
		f->ttl_s = s;
	else /* its own small hours */
		for (int h = 0; h < 6; h++)
			f->skip_hours |= 1u << (h + 24 - f->habit.zone_h) % 24;
}

/* ---- fetching them */

/* As the daemon does with each document that has something new. */
static void
note_dates(struct feed *f, int64_t now)
{
	gaz_utc dates[SHOWN_MAX];
	size_t n = 0;

	for (size_t i = f->seen; i > 0 && n < f->shown; i--)
		dates[n++] = f->items.v[i - 1];
	gaz_rhythm_note(&f->rhythm, dates, n, now);
}

static void
note_delay(struct world *w, struct feed *f, int64_t delay)
{
	size_t step = (size_t)(delay / DELAY_STEP_S);

	w->delay_sum += (double)delay;
	w->kind_sum[f->kind] += (double)delay;
	w->kind_n[f->kind]++;
	f->delay_sum += (double)delay;
	f->delay_n++;
	w->delays[step < DELAY_STEPS ? step : DELAY_STEPS - 1]++;
	w->out->items++;
}

static int64_t
entries_pause(const struct feed *f, int64_t now)
{
	int64_t n = 0;

	for (size_t i = f->seen; i > 0 &&
	    f->items.v[i - 1] > now - 7 * DAY; i--)
		n++;
	int64_t pause = n > 0 ? 7 * DAY / n : DAY;
	pause = pause < 300 ? 300 : pause > DAY ? DAY : pause;
	/* It has to wait until somebody looks. */
	int64_t due = now + pause - START;
	return (due + TURN_S - 1) / TURN_S * TURN_S + START - now;
}

static int64_t
our_pause(struct world *w, uint32_t id, int64_t now)
{
	struct feed *f = &w->feeds[id];
	struct gaz_interval_input in = {
		.now = now,
		.http_status = 200,
		.retry_after_s = INT64_MIN,
		.max_age_s = f->max_age_s,
		.ttl_s = f->ttl_s,
		.update_interval_s = INT64_MIN,
		.skip_hours = f->skip_hours,
		.seed = gaz_hash_mix(id, f->attempts++),
	};
	struct gaz_interval out;

	in.price_s = w->s->budget > 0
	    ? gaz_budget_price(&w->budget, w->s->budget, 0)
	    : w->s->price_s;
	in.rhythm = f->rhythm;
	gaz_interval_decide(&in, &out);
	gaz_budget_note(&w->budget, &f->share, &out);
	return out.delay_s;
}

/* What the hints ask for, worked out apart from the code under test. */
static int64_t
not_before(const struct feed *f, int64_t now)
{
	int64_t s = f->max_age_s > f->ttl_s ? f->max_age_s : f->ttl_s;

	return now + (s < 0 ? 0 : s > DAY ? DAY : s);
}

static bool
is_skipped(const struct feed *f, int64_t t)
{
	return (f->skip_hours >> (t / HOUR % 24) & 1) != 0;
}

static int64_t
keeping_pause(const struct world *w, const struct feed *f, int64_t now)
{
	int64_t t = now + w->s->fixed_s;

	t = t > not_before(f, now) ? t : not_before(f, now);
	while (is_skipped(f, t))
		t += HOUR - t % HOUR;
	return t - now;
}

static void
fetch(struct world *w, uint32_t id, int64_t now)
{
	struct feed *f = &w->feeds[id];
	size_t before = f->seen;
	int64_t pause = 0;

	w->out->requests++;
	w->out->kind_requests[f->kind]++;
	w->out->broken += now < f->not_before || is_skipped(f, now);
	f->not_before = not_before(f, now);
	for (; f->seen < f->items.n && f->items.v[f->seen] <= now; f->seen++)
		note_delay(w, f, now - f->items.v[f->seen]);
	if (w->s->rule == SIM_OURS && (f->seen != before || f->attempts == 0))
		note_dates(f, now);
	switch (w->s->rule) {
	case SIM_FIXED:
		pause = w->s->fixed_s;
		break;
	case SIM_FIXED_HINTS:
		pause = keeping_pause(w, f, now);
		break;
	case SIM_ENTRIES:
		pause = entries_pause(f, now);
		break;
	case SIM_OURS:
		pause = our_pause(w, id, now);
		break;
	}
	w->out->checksum = gaz_hash_mix(w->out->checksum ^ id,
	    (uint64_t)(now + pause));
	gaz_schedule_put(w->schedule, id,
	    (struct gaz_mono){ (now + pause) * 1000 });
}

/* ---- beginning and end */

static enum sim_kind
draw_kind(struct world *w)
{
	const struct sim_mix *mix = w->s->mix != NULL ? w->s->mix : sim_mixes;
	double at = roll(w) * 100;

	for (int k = 0; k < SIM_KINDS; k++) {
		at -= mix->share[k];
		if (at < 0)
			return (enum sim_kind)k;
	}
	return SIM_DEAD;
}

/* What was published before is known: to the daemon, too, if it was there. */
static void
look_back(const struct world *w, struct feed *f)
{
	int64_t from = START - (int64_t)w->s->known_days * DAY;

	for (int64_t t = from; t <= START; t += KNOWN_STEP_S) {
		size_t before = f->seen;
		while (f->seen < f->items.n && f->items.v[f->seen] < t)
			f->seen++;
		if (t < START && f->seen != before)
			note_dates(f, t);
	}
}

static void
begin(struct world *w)
{
	for (uint32_t id = 0; id < w->s->feeds; id++) {
		struct feed *f = &w->feeds[id];
		f->kind = draw_kind(w);
		f->shown = (size_t)between(w, 10, SHOWN_MAX);
		publish(w, f);
		if (f->items.n > 1)
			qsort(f->items.v, f->items.n, sizeof(*f->items.v),
			    compare_times);
		give_hints(w, f);
		/* Each begins in the first hour, or when its skipHours let
		 * it. */
		look_back(w, f);
		int64_t first = START * 1000 +
		    (int64_t)(roll(w) * HOUR * 1000);
		while (is_skipped(f, first / 1000))
			first += HOUR * 1000;
		gaz_schedule_put(w->schedule, id, (struct gaz_mono){ first });
	}
}

static void
sum_up(struct world *w)
{
	struct simulated *out = w->out;
	uint64_t below = 0, feeds = 0;

	if (out->items > 0)
		out->mean_delay_s = w->delay_sum / (double)out->items;
	for (size_t i = 0; i < DELAY_STEPS; i++) {
		below += w->delays[i];
		if (below * 2 >= out->items) {
			out->median_delay_s = (double)i * DELAY_STEP_S;
			break;
		}
	}
	for (uint32_t i = 0; i < w->s->feeds; i++) {
		const struct feed *f = &w->feeds[i];
		if (f->delay_n == 0)
			continue;
		out->feed_delay_s += f->delay_sum / (double)f->delay_n;
		feeds++;
	}
	if (feeds > 0)
		out->feed_delay_s /= (double)feeds;
	for (int k = 0; k < SIM_KINDS; k++) {
		if (w->kind_n[k] > 0)
			out->kind_delay_s[k] = w->kind_sum[k] /
			    (double)w->kind_n[k];
	}
}

void
simulate(const struct simulation *s, struct simulated *out)
{
	struct world w = { .s = s, .out = out };
	struct gaz_mono end = { (START + (int64_t)s->days * DAY) * 1000 };
	uint32_t id;
	int64_t wait, now = START * 1000;

	*out = (struct simulated){ 0 };
	w.feeds = gaz_mem_zero(s->feeds, sizeof(*w.feeds));
	w.delays = gaz_mem_zero(DELAY_STEPS, sizeof(*w.delays));
	w.schedule = gaz_schedule_new();
	begin(&w);
	while (now < end.ms) {
		if (gaz_schedule_take(w.schedule, (struct gaz_mono){ now },
		    &id, &wait))
			fetch(&w, id, now / 1000);
		else
			now += wait;
	}
	sum_up(&w);
	for (uint32_t i = 0; i < s->feeds; i++)
		gaz_vec_clear(&w.feeds[i].items);
	gaz_schedule_free(w.schedule);
	free(w.feeds);
	free(w.delays);
}
