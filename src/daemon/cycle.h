#ifndef GAZETTED_DAEMON_CYCLE_H
#define GAZETTED_DAEMON_CYCLE_H

#include "app.h"

/*
 * One feed's round from due to due. The loop owns it, but for the time between
 * gaz_writer_run and its done function, when the writer thread does.
 */
struct cycle {
	struct gaz_app *app;
	uint32_t slot;
	int64_t feed_id;
	gaz_utc when;
	/* from the fetch */
	enum gaz_fault fetch_fault;
	char fetch_text[200];
	int status;
	bool not_modified, not_counted;
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
	char text[200];
	struct gaz_interval next;
	int64_t added, changed, opened;
	int64_t ttl_s, update_interval_s;
	uint32_t skip_hours;
	uint8_t skip_days;
	bool parsed, truncated;
	uint32_t recent[GAZ_FEED_RECENT];
	uint8_t recent_count;
	bool fate_known;     /* what became of it is in the next three */
	bool fate_gone, fate_enabled;
	char *fate_url;
	/* local documents */
	char *path;
};

/*
 * The writer's part (a gaz_job_run_fn, arg is the cycle): items, their stories,
 * how the fetch ended and when the next one is due, in one transaction.
 */
bool gaz_ingest_run(struct gaz_writer_state *w, void *arg,
    struct gaz_err *err);

#endif
