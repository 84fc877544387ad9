#include "config.h"

#include "simulate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gazetted/hash.h"
#include "gazetted/mem.h"
#include "gazetted/vec.h"

/*
 * The feeds: the logarithm of the daily number of items is normal, with a
 * median of one and a spread such that one feed in a hundred brings a hundred
 * a day and a quarter less than two a week. An item may be one of a batch. Two
 * thirds have working hours in their zone and a quiet weekend.
 */
#define HOUR 3600
#define DAY 86400
#define PAST_DAYS 60
#define START INT64_C(1756684800) /* Monday 2025-09-01 00:00 UTC */
#define DELAY_STEP_S 10
#define DELAY_STEPS 20000

struct feed {
	GAZ_VEC(int64_t) items; /* oldest first */
	size_t seen;            /* how many have been fetched */
	uint64_t attempts;
	float share;
};

struct world {
	const struct simulation *s;
	struct feed *feeds;
	struct gaz_schedule *schedule;
	struct simulated *out;
	uint64_t dice;
	double delay_sum;
	struct gaz_budget budget;
	uint64_t *delays; /* histogram */
};

static double
roll(struct world *w)
{
	w->dice++;
	return ((double)(gaz_hash_mix(w->s->seed, w->dice) >> 11) + 0.5) *
	    0x1p-53;
}

static double
normal(struct world *w)
{
	double u = roll(w), v = roll(w);

	return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

/* Items a day at t, against the mean. */
static double
season(int64_t t, int zone_h, bool human)
{
	int64_t local = t + (int64_t)zone_h * HOUR;
	int64_t hour = local / HOUR % 24, day = (local / DAY + 4) % 7;

	if (!human)
		return 1;
	double f = hour >= 8 && hour < 18 ? 2 : hour >= 6 && hour < 23
	    ? 0.6 : 0.05;
	return day == 0 || day == 6 ? f * 0.4 : f * 1.24;
}

static void
publish(struct world *w, struct feed *f)
{
	double daily = exp(2 * normal(w));
	int zone_h = (int)(roll(w) * 24) - 12;
	bool human = roll(w) < 0.67, batches = roll(w) < 0.2;
	int64_t end = START + (int64_t)w->s->days * DAY;

	if (daily > 300)
		daily = 300;
	/* A Poisson process, thinned by the season; 2.5 is its most. */
	for (double t = (double)START - PAST_DAYS * DAY;;) {
		t += -log(roll(w)) * DAY / (daily * 2.5);
		if (t >= (double)end)
			break;
		if (roll(w) * 2.5 > season((int64_t)t, zone_h, human))
			continue;
		int n = batches ? 1 + (int)(roll(w) * 4) : 1;
		for (int i = 0; i < n; i++)
			*gaz_vec_push(&f->items) = (int64_t)t;
	}
}

/* Dates of the latest items that were published before now. */
static size_t
latest(const struct feed *f, int64_t now, gaz_utc *out)
{
	size_t n = 0;

	for (size_t i = f->seen; i > 0 && n < GAZ_INTERVAL_DATES; i--) {
		if (f->items.v[i - 1] <= now)
			out[n++] = f->items.v[i - 1];
	}
	return n;
}

static void
note_delay(struct world *w, int64_t delay)
{
	size_t step = (size_t)(delay / DELAY_STEP_S);

	w->delay_sum += (double)delay;
	w->delays[step < DELAY_STEPS ? step : DELAY_STEPS - 1]++;
	w->out->items++;
}

static int64_t
next_pause(struct world *w, uint32_t id, int64_t now)
{
	struct feed *f = &w->feeds[id];
	struct gaz_interval_input in = {
		.now = now,
		.http_status = 200,
		.retry_after_s = INT64_MIN,
		.max_age_s = INT64_MIN,
		.ttl_s = INT64_MIN,
		.update_interval_s = INT64_MIN,
		.seed = gaz_hash_mix(id, f->attempts++),
	};
	struct gaz_interval out;

	if (w->s->fixed_s > 0)
		return w->s->fixed_s;
	in.price_s = w->s->budget > 0
	    ? gaz_budget_price(&w->budget, w->s->budget, 0)
	    : w->s->price_s;
	in.newest_count = latest(f, now, in.newest);
	gaz_interval_decide(&in, &out);
	gaz_budget_note(&w->budget, &f->share, &out);
	return out.delay_s;
}

static void
fetch(struct world *w, uint32_t id, int64_t now)
{
	struct feed *f = &w->feeds[id];

	w->out->requests++;
	for (; f->seen < f->items.n && f->items.v[f->seen] <= now; f->seen++)
		note_delay(w, now - f->items.v[f->seen]);
	int64_t pause = next_pause(w, id, now);
	w->out->checksum = gaz_hash_mix(w->out->checksum ^ id,
	    (uint64_t)(now + pause));
	gaz_schedule_put(w->schedule, id,
	    (struct gaz_mono){ (now + pause) * 1000 });
}

static void
begin(struct world *w)
{
	for (uint32_t id = 0; id < w->s->feeds; id++) {
		struct feed *f = &w->feeds[id];
		publish(w, f);
		/* The past is known; each begins in the first hour. */
		while (f->seen < f->items.n && f->items.v[f->seen] < START)
			f->seen++;
		gaz_schedule_put(w->schedule, id, (struct gaz_mono){
		    START * 1000 + (int64_t)(roll(w) * HOUR * 1000) });
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
	if (out->items > 0)
		out->mean_delay_s = w.delay_sum / (double)out->items;
	uint64_t below = 0;
	for (size_t i = 0; i < DELAY_STEPS; i++) {
		below += w.delays[i];
		if (below * 2 >= out->items) {
			out->median_delay_s = (double)i * DELAY_STEP_S;
			break;
		}
	}
	for (uint32_t i = 0; i < s->feeds; i++)
		gaz_vec_clear(&w.feeds[i].items);
	gaz_schedule_free(w.schedule);
	free(w.feeds);
	free(w.delays);
}
