#ifndef GAZETTED_SCHEDULE_H
#define GAZETTED_SCHEDULE_H

#include "gazetted/clock.h"
#include "gazetted/fault.h"
#include "gazetted/str.h"

/* Decides which feed is due. No I/O and no clock; one thread at a time. */
struct gaz_schedule;

/* The new schedule belongs to the caller; never NULL. */
struct gaz_schedule *gaz_schedule_new(void);
void gaz_schedule_free(struct gaz_schedule *s);

/* Ask for feed_id to be fetched at due. A feed that waits already is moved,
 * never queued twice. */
void gaz_schedule_put(struct gaz_schedule *s, uint32_t feed_id,
    struct gaz_mono due);
void gaz_schedule_remove(struct gaz_schedule *s, uint32_t feed_id);
/*
 * Take one feed that is due at now; false when none is, with *wait_ms set to
 * how long to sleep (INT64_MAX: nothing waits at all).
 */
bool gaz_schedule_take(struct gaz_schedule *s, struct gaz_mono now,
    uint32_t *feed_id, int64_t *wait_ms);
/* When feed_id is due; false when it does not wait. */
bool gaz_schedule_find(const struct gaz_schedule *s, uint32_t feed_id,
    struct gaz_mono *due);
size_t gaz_schedule_count(const struct gaz_schedule *s);

/*
 * The pause after a fetch, and why. Everything it depends on is handed in;
 * the same input gives the same pause.
 */
struct gaz_interval_input {
	gaz_utc now;
	enum gaz_fault fault;
	int64_t failures;          /* in a row, this one counted */
	int64_t http_status;
	int64_t retry_after_s;     /* INT64_MIN: not said */
	int64_t max_age_s;         /* Cache-Control or Expires; INT64_MIN */
	int64_t ttl_s;             /* of the document; INT64_MIN */
	int64_t update_interval_s; /* sy:; INT64_MIN */
	uint32_t skip_hours;
	uint8_t skip_days;
	int64_t configured_s;      /* per-feed interval; 0: none */
	int64_t interval_s, min_s, max_s;
	gaz_utc newest[32];        /* dates of the latest items, newest first */
	size_t newest_count;
	bool push;                 /* a WebSub hub delivers */
	uint64_t seed;             /* jitter: feed and attempt */
};
struct gaz_interval {
	int64_t delay_s;           /* -1: never again by itself */
	char reason[96];           /* "max-age 3600", "back-off 3 (dns)" */
};
void gaz_interval_decide(const struct gaz_interval_input *in,
    struct gaz_interval *out);

/* Spread a backlog after a start or a suspend: when the i-th of n overdue
 * feeds goes, in ms from now. */
int64_t gaz_interval_spread_ms(size_t i, size_t n, uint64_t seed);

#endif
