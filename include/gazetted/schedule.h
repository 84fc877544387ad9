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

/* Make room for the ids below feeds at once: 16 bytes each, no more. */
void gaz_schedule_reserve(struct gaz_schedule *s, uint32_t feeds);

/*
 * Ask for feed_id to be fetched at due. A feed that waits already is moved,
 * never queued twice. Ids are dense: memory grows with the highest, which is
 * below UINT32_MAX.
 */
void gaz_schedule_put(struct gaz_schedule *s, uint32_t feed_id,
    struct gaz_mono due);
void gaz_schedule_remove(struct gaz_schedule *s, uint32_t feed_id);
/*
 * Take one feed that is due at now, the most overdue first; false when none
 * is, with *wait_ms set to how long to sleep (INT64_MAX: nothing waits at
 * all).
 */
bool gaz_schedule_take(struct gaz_schedule *s, struct gaz_mono now,
    uint32_t *feed_id, int64_t *wait_ms);
/* When feed_id is due; false when it does not wait. */
bool gaz_schedule_find(const struct gaz_schedule *s, uint32_t feed_id,
    struct gaz_mono *due);
size_t gaz_schedule_count(const struct gaz_schedule *s);
/* Memory held for feeds. */
size_t gaz_schedule_bytes(const struct gaz_schedule *s);

/*
 * What is known of when a feed has new items. A plain value, zeroed to begin
 * with; what stands in it is rhythm.c's affair.
 */
#define GAZ_RHYTHM_DATES 7
#define GAZ_RHYTHM_SLOTS 12

struct gaz_rhythm {
	uint32_t dates[GAZ_RHYTHM_DATES]; /* of the latest, newest first; 0 */
	uint32_t since;       /* up to then time was counted; 0: nothing yet */
	uint16_t observed_h;  /* hours that the counts are of */
	int8_t scale;         /* an event counts 2^scale */
	uint8_t hour[24], day[7]; /* UTC; from Sunday */
	uint8_t slot[GAZ_RHYTHM_SLOTS]; /* of the hour */
};
/*
 * A document came with items of these dates, newest first; those that are
 * unknown, before GAZ_RHYTHM_EARLIEST or after now are passed over. All of the
 * document's, not only what is new: which ones are is seen from the dates.
 */
void gaz_rhythm_note(struct gaz_rhythm *r, const gaz_utc *newest, size_t n,
    gaz_utc now);
/* As bytes, for the store. load is false, and *r as it was, when they are of
 * another form or cannot be. */
#define GAZ_RHYTHM_BYTES 79
void gaz_rhythm_save(const struct gaz_rhythm *r,
    uint8_t out[GAZ_RHYTHM_BYTES]);
bool gaz_rhythm_load(struct gaz_rhythm *r, struct gaz_str saved);

struct gaz_rhythm_guess {
	double rate;   /* new items a second on the whole; 0: nothing is known */
	double habit;  /* of the hour of the next fetch against it */
	double slot;   /* and of the minutes before against that hour */
};
/* The rate alone. */
double gaz_rhythm_rate(const struct gaz_rhythm *r, gaz_utc now);
/*
 * How long to wait when a request costs price_s: until √(price × rate) items are
 * expected to wait, which is √(price / rate) where the rate is even. At most
 * max_s; 0 when nothing is known.
 */
int64_t gaz_rhythm_pause(const struct gaz_rhythm *r, gaz_utc now,
    int64_t price_s, int64_t max_s, struct gaz_rhythm_guess *guess);

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
	uint32_t skip_hours;       /* bit 0: midnight UTC … bit 23 */
	uint8_t skip_days;         /* bit 0: Sunday … bit 6: Saturday */
	int64_t configured_s;      /* per-feed interval; 0: none */
	int64_t interval_s, min_s, max_s; /* 0: the defaults of limits.h */
	int64_t price_s;           /* of gaz_budget_price; 0: no budget */
	int64_t offline_s;         /* the machine seems to be offline since; 0: it
	                              does not */
	struct gaz_rhythm rhythm;
	bool push;                 /* a WebSub hub delivers */
	uint64_t seed;             /* jitter: feed and attempt */
};
struct gaz_interval {
	int64_t delay_s;           /* -1: never again by itself */
	char reason[96];           /* "max-age 3600", "back-off 3 of 5 (dns)" */
	double demand;             /* for gaz_budget_note; 0: the price did not
	                              decide */
};
void gaz_interval_decide(const struct gaz_interval_input *in,
    struct gaz_interval *out);
/* The host cools after a 429 for wait_s more, and nothing was asked. */
void gaz_interval_postpone(gaz_utc now, int64_t wait_s, uint64_t seed,
    struct gaz_interval *out);

/*
 * A budget of requests an hour for all feeds together: it goes where most new
 * items are expected. A plain value, zeroed to begin with.
 */
struct gaz_budget {
	double demand; /* of the feeds whose pause the price decides */
	double fixed;  /* requests a second of the rest */
};
/* A feed's pause was decided. *share is kept for it from one time to the next;
 * 0 at first. NULL: the feed is gone. */
void gaz_budget_note(struct gaz_budget *b, float *share,
    const struct gaz_interval *out);
/* What to hand in as price_s. requests_per_hour 0: there is no budget. */
int64_t gaz_budget_price(const struct gaz_budget *b,
    int64_t requests_per_hour, int64_t interval_s);

/*
 * The price is a wish; turns keep to it: at most requests_per_hour of them in
 * any hour, spread evenly but for a minute's worth that may come at once. A
 * plain value, zeroed to begin with and whenever requests_per_hour changes.
 */
struct gaz_turns {
	double next_ms; /* when one is due that keeps to the even pace */
};
/* When the request that is wanted at now has its turn: then or later. Each
 * call takes one. requests_per_hour 0: at once. */
struct gaz_mono gaz_turns_take(struct gaz_turns *t, int64_t requests_per_hour,
    struct gaz_mono now);

/* Spread a backlog after a start or a suspend, over 10 minutes or more: when
 * the i-th of n overdue feeds goes, in ms from now. */
int64_t gaz_interval_spread_ms(size_t i, size_t n, uint64_t seed);

/*
 * Is the machine offline? A plain value, zeroed to begin with. While it is,
 * failures of the network say nothing about the feeds.
 */
#define GAZ_OFFLINE_HOSTS 8

struct gaz_offline {
	uint64_t hosts[GAZ_OFFLINE_HOSTS]; /* that failed since any answered */
	size_t count;
	size_t all; /* hosts that are asked at all, at least 2 of them, when they
	               are fewer than GAZ_OFFLINE_HOSTS; else 0 */
	struct gaz_mono since;
};
/*
 * Note how a fetch ended; host is any hash of the host's name. Return whether
 * the machine looks offline now: GAZ_OFFLINE_HOSTS different hosts in a row
 * could not be reached and none answered, or all that there are.
 */
bool gaz_offline_note(struct gaz_offline *o, enum gaz_fault fault,
    uint64_t host, struct gaz_mono now);
bool gaz_offline_is(const struct gaz_offline *o);
/* The fault is about the way there, not about what the server said. */
bool gaz_fault_is_network(enum gaz_fault fault);

#endif
