#ifndef GAZETTED_DAEMON_CYCLE_H
#define GAZETTED_DAEMON_CYCLE_H

#include "app.h"

/*
 * One feed's round from due to due. The loop owns it, but for the time between
 * gaz_writer_run and its done function, when the writer thread does.
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
	char *etag, *last_modified, *moved_to, *content_type, *final_url;
	int64_t max_age_s, retry_after_s, duration_ms;
	int64_t cool_s;         /* final_url's host wants no request so long */
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
	char text[200];
	struct gaz_interval next;
	int64_t added, changed, opened;
	int64_t ttl_s, update_interval_s;
	uint32_t skip_hours;
	uint8_t skip_days;
	bool parsed, truncated;
	uint32_t recent[GAZ_FEED_RECENT];
	uint8_t recent_count;
	/* local documents */
	char *path;
};

/*
 * The writer's part (a gaz_job_run_fn, arg is the cycle): items, their stories,
 * how the fetch ended and when the next one is due, in one transaction.
 */
bool gaz_ingest_run(struct gaz_writer_state *w, void *arg,
    struct gaz_err *err);

/* ---- quiet.c, for pipeline.c */

/*
 * An answer that says only that nothing has changed: decide the next fetch
 * (c->in, c->next) and keep a record of it. False: it is not such a one, and c
 * is as it was. No memory is taken, but for a buffer that grows at first.
 */
bool gaz_quiet_take(struct gaz_quiet *q, struct cycle *c,
    const struct gaz_fetch_result *r);
/* Fill in what the loop knows for the decision on the next fetch. */
void gaz_pipeline_ask(struct cycle *c);

#endif
