#ifndef GAZETTED_DAEMON_CYCLE_H
#define GAZETTED_DAEMON_CYCLE_H

#include "app.h"

/*
 * One feed's round from due to due:
 *
 *   due -> fetch (or read a local file) -> parse worker -> writer -> due again
 *
 * It travels along and collects what each step found. A failure at any step
 * skips to the writer, which records it; only the writer decides the next fetch,
 * because only there everything is known, but for a poll in vain (quiet.c).
 * Whatever happens, a cycle ends once, in cycle_end.c. The loop owns it, but for
 * the time between gaz_writer_run and its done function, when the writer thread
 * does.
 */
struct cycle {
	struct gaz_app *app;
	struct cycle *next_spare;
	uint32_t slot;
	int64_t feed_id;
	gaz_utc when;
	/* from the fetch */
	enum gaz_fault fetch_fault;
	char fetch_text[200];
	int status;
	bool not_modified, not_counted;
	bool set_back;       /* the clock, since the feed's last success */
	bool delta;                /* the body has only what is new */
	bool connected;      /* the network is there, whatever else failed */
	bool postponed;      /* nothing was asked: its host cools */
	int64_t offline_s;   /* as in struct gaz_interval_input */
	char *pause_host;    /* scheme, host and port of a 429; else NULL */
	int64_t pause_s;
	char *etag, *last_modified, *moved_to, *content_type, *final_url;
	int64_t max_age_s, retry_after_s, duration_ms;
	size_t bytes;
	struct gaz_buf body;
	/* from the worker */
	struct gaz_buf message;
	/* for the writer */
	struct gaz_config *config; /* keeps conf alive; a share of our own */
	const struct gaz_config_feed *conf; /* NULL: by hand or OPML */
	struct gaz_interval_input in;
	int64_t max_items;
	/* from the writer */
	enum gaz_fault fault;
	char text[400];
	struct gaz_interval next;
	int64_t added, changed, opened;
	int64_t ttl_s, update_interval_s;
	uint32_t skip_hours;
	uint8_t skip_days;
	bool parsed, truncated;
	char *adopted;             /* address from now on; NULL: as before */
	int64_t duplicate_of;      /* which another feed has; 0: none */
	struct gaz_rhythm rhythm;  /* with what it brought; of in, if nothing */
	/* WebSub: lease is the token of the one that delivered, lent; NULL: it
	 * was polled. hub (a line each) and self: of Link, later, when parsed
	 * or linked, what the feed names. */
	const char *lease;
	char *hub, *self;
	bool linked;              /* a 304 named them */
	bool hub_delivers;        /* once a day is enough */
	bool hub_owes;            /* what is new should have been delivered */
	int64_t fresh;            /* added, but for older items */
	bool given_up;       /* a 404 too many */
	/* local documents */
	char *path;
};

/*
 * The writer's part (a gaz_job_run_fn, arg is the cycle): items, their stories,
 * how the fetch ended and when the next one is due, in one transaction.
 */
bool gaz_ingest_run(struct gaz_writer_state *w, void *arg,
    struct gaz_err *err);
/*
 * Of that the items alone: put through the rules, stored, each with its story.
 * Sets added, changed and opened of c; wants its feed_id, conf and when. For
 * jobs of the writer. Memory in a.
 */
bool gaz_ingest_batch(struct gaz_writer_state *w, struct cycle *c,
    struct gaz_batch *b, struct gaz_arena *a, struct gaz_err *err)
    __attribute__((warn_unused_result));

/*
 * What an answer says of the next request: whether its validators replace what
 * there was (a 304 or a delta without any leaves them), or whether it answered
 * a condition so oddly that the next one is better asked without.
 */
static inline bool
gaz_cycle_has_validators(const struct cycle *c)
{
	return c->etag != NULL || c->last_modified != NULL ||
	    (!c->not_modified && !c->delta);
}
static inline bool
gaz_cycle_is_confused(const struct cycle *c)
{
	return c->fault == GAZ_FAULT_PROTOCOL &&
	    (c->status == 304 || c->status == 226);
}

/* ---- cycle.c. From here on, loop only. */
/* f is busy from now on. It ends by one of those of cycle_end.c. */
struct cycle *gaz_cycle_new(struct gaz_app *app, struct gaz_feed *f);
void gaz_cycle_free(struct cycle *c);
/* Give back all that it holds, but not itself: it is as new, with no app. */
void gaz_cycle_clear(struct cycle *c);

/* ---- cycle_ask.c: how one begins, for pipeline.c */
void gaz_cycle_read(struct gaz_app *app, struct gaz_feed *f); /* a file */
void gaz_cycle_fetch(struct gaz_app *app, struct gaz_feed *f);

/* ---- cycle_end.c: how one ends */
/* To the writer, with whatever it has; c is its own from now on. */
void gaz_cycle_store(struct cycle *c);
/* Its host wants to be left alone for so long; nothing was asked. */
void gaz_cycle_postpone(struct cycle *c, int64_t wait_s);
/* The loop alone knows all of it; the writer has nothing to do. */
void gaz_cycle_end_quietly(struct cycle *c);
/* Ours, not the feed's doing: nothing is to be remembered. */
void gaz_cycle_drop(struct cycle *c);
/* Fill in what the loop knows for the decision on the next fetch. */
void gaz_cycle_fill_in(struct cycle *c);
/* What the log, the metrics and those who wait for new items are told of a cycle
 * that was committed. */
void gaz_cycle_note(struct gaz_app *app, const struct cycle *c,
    const struct gaz_feed *f);

/* ---- quiet.c, for cycle_ask.c */

/*
 * An answer that says only that nothing has changed: decide the next fetch
 * (c->in, c->next) and keep a record of it. False: it is not such a one, and c
 * is as it was. No memory is taken, but for a buffer that grows at first.
 */
bool gaz_quiet_take(struct gaz_quiet *q, struct cycle *c,
    const struct gaz_fetch_result *r);

#endif
