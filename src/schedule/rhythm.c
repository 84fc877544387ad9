#include "config.h"

#include "gazetted/schedule.h"

#include <assert.h>
#include <string.h>

#include "gazetted/hash.h"
#include "gazetted/limits.h"
#include "gazetted/mem.h"

/*
 * What a feed's items tell, in 80 bytes: the dates of the latest ones for its
 * pace, and counts by the hour of the day, the weekday and the five minutes of
 * the hour for its habits. The counts go on over documents, since that of a
 * newspaper shows a few hours only. Items of one minute are one event: they were
 * published together, and a feed that dates all its items anew with each fetch
 * must not look busy.
 *
 * A byte holds a count for any pace: one event counts 2^scale, and where a byte
 * would run over all are halved and scale falls. Below 0, one event in 2^-scale
 * is counted. After eight weeks all counts and the time that they are of are
 * halved: habits change.
 */
#define HOUR 3600
#define DAY 86400
#define SAME_EVENT_S 60
#define SLOT_S (HOUR / GAZ_RHYTHM_SLOTS)
#define EVENTS_MAX 64          /* of one document */
#define SCALE_FIRST 4
#define SCALE_MIN (-20)
#define SCALE_DAY (-2)         /* against scale: there are fewer days, */
#define SCALE_SLOT (-1)        /* and slots */
#define OBSERVED_MAX_H (8 * 7 * 24)
#define FIRST_MAX_H (2 * OBSERVED_MAX_H) /* what a first document may tell of */
#define FIRST_DAY_EVENTS 4     /* of each weekday, where a week is not seen */
#define FORM 1                 /* of gaz_rhythm_save */

struct events {
	uint32_t at[EVENTS_MAX]; /* newest first, none after now */
	size_t n;
};

static void
gather(const gaz_utc *newest, size_t n, gaz_utc now, struct events *out)
{
	out->n = 0;
	for (size_t i = 0; i < n && out->n < EVENTS_MAX; i++) {
		gaz_utc t = newest[i];
		/* A little after 1970 is what programs write that know none. */
		if (t > now || t < GAZ_RHYTHM_EARLIEST || t > UINT32_MAX)
			continue;
		if (out->n > 0 && out->at[out->n - 1] < t + SAME_EVENT_S)
			continue;
		out->at[out->n++] = (uint32_t)t;
	}
}

static void
halve(uint8_t *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		v[i] /= 2;
}

static void
halve_counts(struct gaz_rhythm *r)
{
	halve(r->hour, GAZ_COUNT(r->hour));
	halve(r->day, GAZ_COUNT(r->day));
	halve(r->slot, GAZ_COUNT(r->slot));
}

/* Count so many events; a part of one when they are dense, by salt. */
static void
count(struct gaz_rhythm *r, uint8_t *at, double events, int shift,
    uint64_t salt)
{
	for (;;) {
		int scale = r->scale + shift;
		double exact = scale >= 0 ? events * (double)(1u << scale)
		    : events / (double)(1u << -scale);
		double chance = (double)(gaz_hash_mix(salt, 7) >> 11) * 0x1p-53;
		double sum = *at + exact + chance;
		if (sum < 256) {
			*at = (uint8_t)sum;
			return;
		}
		if (r->scale <= SCALE_MIN) {
			*at = UINT8_MAX;
			return;
		}
		halve_counts(r);
		r->scale--;
	}
}

static void
count_event(struct gaz_rhythm *r, uint32_t t, bool with_day)
{
	count(r, &r->hour[t / HOUR % 24], 1, 0, t);
	if (with_day)
		count(r, &r->day[(t / DAY + 4) % 7], 1, SCALE_DAY, t);
	count(r, &r->slot[t % HOUR / SLOT_S], 1, SCALE_SLOT, t);
}

/*
 * The first document reaches back over a part of a day or week only. Hours that
 * it saw less often than others get what an even pace would have brought.
 */
static void
count_first(struct gaz_rhythm *r, const struct events *e, gaz_utc now)
{
	size_t used = e->n;

	while (used > 1 && now - e->at[used - 1] > FIRST_MAX_H * HOUR)
		used--;
	uint32_t from = e->at[used - 1];
	size_t hours = (size_t)(now - from) / HOUR + 1;
	double pace = (double)used / (double)hours;
	/* Whole days see each hour as often; the rest see some once more. */
	for (size_t i = hours % 24; i > 0 && i < 24; i++)
		count(r, &r->hour[(from / HOUR + i) % 24], pace, 0, i);
	bool weeks = hours >= 7 * 24;
	for (size_t i = 0; i < 7 && !weeks; i++)
		count(r, &r->day[i], FIRST_DAY_EVENTS, SCALE_DAY, i);
	for (size_t i = hours / 24 % 7; i > 0 && i < 7 && weeks; i++)
		count(r, &r->day[(from / DAY + 4 + i) % 7], pace * 24,
		    SCALE_DAY, i);
	for (size_t i = used; i-- > 0;)
		count_event(r, e->at[i], weeks);
	r->since = from;
}

static void
note_time(struct gaz_rhythm *r, gaz_utc now)
{
	int64_t hours = (now - r->since) / HOUR;

	/* The clock was set back; or events would be counted, but no time. */
	if (now < r->since)
		r->since = (uint32_t)now;
	if (hours <= 0)
		return;
	r->since += (uint32_t)(hours * HOUR);
	if (hours > FIRST_MAX_H)
		hours = FIRST_MAX_H;
	for (hours += r->observed_h; hours > OBSERVED_MAX_H; hours /= 2)
		halve_counts(r);
	r->observed_h = (uint16_t)hours;
}

void
gaz_rhythm_note(struct gaz_rhythm *r, const gaz_utc *newest, size_t n,
    gaz_utc now)
{
	struct events e;
	uint32_t last = r->dates[0];
	size_t fresh = 0;

	gather(newest, n, now, &e);
	if (e.n == 0 || now > UINT32_MAX)
		return;
	for (size_t i = 0; i < GAZ_RHYTHM_DATES; i++)
		r->dates[i] = i < e.n ? e.at[i] : 0;
	/* A single one may be what a fetch has dated. */
	if (e.n < 2)
		return;
	if (r->since == 0) {
		r->scale = SCALE_FIRST;
		count_first(r, &e, now);
	} else {
		while (fresh < e.n && e.at[fresh] >= last + SAME_EVENT_S)
			fresh++;
		for (size_t i = fresh; i-- > 0;)
			count_event(r, e.at[i], true);
	}
	note_time(r, now);
}

/* ---- as bytes: form, dates, since, observed, scale, counts; low byte first */

static uint8_t *
put(uint8_t *p, uint32_t v, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		*p++ = (uint8_t)(v >> (8 * i));
	return p;
}

static const uint8_t *
get(const uint8_t *p, uint32_t *v, size_t bytes)
{
	*v = 0;
	for (size_t i = 0; i < bytes; i++)
		*v |= (uint32_t)*p++ << (8 * i);
	return p;
}

void
gaz_rhythm_save(const struct gaz_rhythm *r, uint8_t out[GAZ_RHYTHM_BYTES])
{
	uint8_t *p = put(out, FORM, 1);

	for (size_t i = 0; i < GAZ_RHYTHM_DATES; i++)
		p = put(p, r->dates[i], 4);
	p = put(p, r->since, 4);
	p = put(p, r->observed_h, 2);
	p = put(p, (uint8_t)r->scale, 1);
	memcpy(p, r->hour, sizeof(r->hour));
	p += sizeof(r->hour);
	memcpy(p, r->day, sizeof(r->day));
	p += sizeof(r->day);
	memcpy(p, r->slot, sizeof(r->slot));
	p += sizeof(r->slot);
	assert(p == out + GAZ_RHYTHM_BYTES);
}

bool
gaz_rhythm_load(struct gaz_rhythm *r, struct gaz_str saved)
{
	struct gaz_rhythm got = { 0 };
	uint32_t v;

	if (saved.len != GAZ_RHYTHM_BYTES || (uint8_t)saved.p[0] != FORM)
		return false;
	const uint8_t *p = (const uint8_t *)saved.p + 1;
	for (size_t i = 0; i < GAZ_RHYTHM_DATES; i++) {
		p = get(p, &got.dates[i], 4);
		if (i > 0 && got.dates[i] != 0 &&
		    got.dates[i] > got.dates[i - 1])
			return false;
	}
	p = get(p, &got.since, 4);
	p = get(p, &v, 2);
	if (v > OBSERVED_MAX_H)
		return false;
	got.observed_h = (uint16_t)v;
	p = get(p, &v, 1);
	got.scale = (int8_t)(v < 128 ? (int)v : (int)v - 256);
	if (got.scale < SCALE_MIN || got.scale > SCALE_FIRST)
		return false;
	memcpy(got.hour, p, sizeof(got.hour));
	p += sizeof(got.hour);
	memcpy(got.day, p, sizeof(got.day));
	p += sizeof(got.day);
	memcpy(got.slot, p, sizeof(got.slot));
	*r = got;
	return true;
}
