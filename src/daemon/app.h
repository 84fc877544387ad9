#ifndef GAZETTED_DAEMON_APP_H
#define GAZETTED_DAEMON_APP_H

#include "gazetted/config.h"
#include "gazetted/fetch.h"
#include "gazetted/http.h"
#include "gazetted/map.h"
#include "gazetted/metrics.h"
#include "gazetted/schedule.h"
#include "gazetted/vec.h"

#include "pool.h"
#include "tasks.h"
#include "writer.h"

/*
 * The daemon's parts and the feeds as the loop knows them. Everything here
 * belongs to the loop thread.
 */
struct event;

#define GAZ_FEED_RECENT 16

/* A subscription while the daemon runs. slot is its place for good. */
struct gaz_feed {
	int64_t id;             /* in the store */
	uint32_t slot;
	char *name, *url, *path;
	char *etag, *last_modified;
	char *validators_url;   /* which gave them; NULL: not known */
	/* The section it comes from, in app->config; NULL: by hand or OPML. */
	const struct gaz_config_feed *conf;
	bool enabled, gone, by_hand;
	bool busy;              /* a fetch is under way */
	bool again;             /* asked for meanwhile */
	bool force;             /* the next fetch is unconditional */
	bool moving;            /* a permanent redirect was seen last time */
	bool is_counted, is_failing; /* in app->enabled, app->failing */
	bool has_turn;          /* of app->turns, which may be yet to come */
	float share;            /* in app->budget */
	int64_t failures;
	enum gaz_fault fault;   /* of the last fetch */
	gaz_utc last_success, next_fetch;
	int64_t ttl_s, update_interval_s;
	uint32_t skip_hours;
	uint8_t skip_days;
	uint8_t recent_count;
	uint32_t recent[GAZ_FEED_RECENT]; /* dates of items, newest first */
	struct gaz_fetch *transfer;
};

struct gaz_embed;
struct gaz_lag;
struct gaz_quiet;
struct cycle;
struct gaz_export_state;

struct gaz_app {
	struct event_base *base;
	struct gaz_config *config;
	char *config_path;
	char *store_path;
	struct gaz_metrics *metrics;
	struct gaz_tasks *tasks;
	struct gaz_writer *writer;
	struct gaz_pool *pool;
	struct gaz_fetcher *fetcher;
	struct gaz_embed *embed;  /* NULL: never asked for */
	struct gaz_schedule *schedule;
	struct gaz_budget budget; /* what requests-per-hour is spent on */
	struct gaz_turns turns;   /* and what keeps to it */
	int64_t turns_per_hour;   /* that turns was made for */
	struct gaz_story_words *words; /* of dictionaries; lent to writer */
	struct gaz_http *http;
	struct gaz_http_cache *cache;
	struct event *due_timer, *signals[6], *watchdog, *upkeep;
	struct event *export_timer, *stop_timer, *repair_timer;
	GAZ_VEC(struct gaz_feed *) feeds;
	struct gaz_map64 *slots;  /* feed id -> slot */
	int64_t enabled, failing; /* of feeds */
	struct gaz_quiet *quiet;
	struct gaz_lag *lag;
	struct cycle *spare;      /* for use again */
	size_t spare_count;
	bool once;                /* fetch everything once and end */
	bool paused;              /* the database refuses: fetch nothing */
	bool stopping;
	struct gaz_offline offline;
	bool reloading, reload_again;
	bool ready;
	size_t cycles;            /* fetches under way, up to the store */
	size_t failed_once;       /* feeds that failed in --once */
	int exit_status;
	gaz_utc started;
	int64_t exported_generation;
	int64_t subscriptions_mtime;
	size_t exports_running;
	bool export_due, exports_failed;
	bool repair_due, repairing;
	int repair_rounds;        /* in a row that changed something */
	size_t requests;          /* HTTP replies still owed by tasks */
	const struct gaz_fetch_cidr *allow; /* of config, converted */
	size_t allow_count;
	struct gaz_arena allow_arena;
};

/* ---- app.c */
struct gaz_app_options {
	const char *config_path;
	struct gaz_config *config; /* taken over */
	bool once;
};
/* Run until a signal or the end of --once; return the exit status. */
int gaz_app_run(const struct gaz_app_options *opt);
/* End cleanly: no new fetch, what is under way is stored or dropped. */
void gaz_app_stop(struct gaz_app *app, int exit_status);
/* Nothing is under way any more: --once looks whether it is done. */
void gaz_app_idle(struct gaz_app *app);

/* ---- feeds.c */
/* Make the table fit the store's list (after a sync). Slots never move. */
void gaz_feeds_update(struct gaz_app *app, const gaz_store_feed_list *list);
struct gaz_feed *gaz_feeds_find(struct gaz_app *app, int64_t id);
struct gaz_feed *gaz_feeds_find_name(struct gaz_app *app, struct gaz_str name);
void gaz_feeds_clear(struct gaz_app *app);
/* f has changed: whether it is enabled or fails. */
void gaz_feeds_count(struct gaz_app *app, struct gaz_feed *f);

/* ---- pipeline.c */
/* Ask for feed to be fetched now; it goes through the host's gate. */
void gaz_pipeline_fetch(struct gaz_app *app, struct gaz_feed *f, bool force);
/* The same for all of them, as fast as their hosts let; by and by. */
void gaz_pipeline_fetch_all(struct gaz_app *app, bool force);
/* Put every enabled feed into the schedule after a start. */
void gaz_pipeline_schedule_all(struct gaz_app *app);
/* Start what is due and set the timer for what is next. */
void gaz_pipeline_tick(struct gaz_app *app);
/* Pause or go on, as workers and writer can bear. */
void gaz_pipeline_pressure(struct gaz_app *app);
/* The converted allow-private list of a feed. */
const struct gaz_fetch_cidr *gaz_pipeline_allow(const gaz_cidr_list *l,
    struct gaz_arena *a, size_t *n);
void gaz_pipeline_configure(struct gaz_app *app);

/* Once nothing is under way. */
void gaz_pipeline_free(struct gaz_app *app);

/* ---- quiet.c: polls in vain */
struct gaz_quiet *gaz_quiet_new(struct gaz_app *app);
void gaz_quiet_free(struct gaz_quiet *q); /* once the writer has ended */
/* Hand to the store what waits. */
void gaz_quiet_flush(struct gaz_quiet *q);
/* Whether anything is not in the store yet. */
bool gaz_quiet_waits(const struct gaz_quiet *q);

/* ---- lag.c: how late the loop is, as a metric */
struct gaz_lag *gaz_lag_new(struct gaz_app *app);
void gaz_lag_free(struct gaz_lag *l);

/* ---- exports.c */
/* The store has changed: write the files soon. */
void gaz_exports_touch(struct gaz_app *app);
/* Write them now; done when app->exports_running is 0 again. */
void gaz_exports_run(struct gaz_app *app);

/* ---- repair.c */
/* New items came: look again at their stories, soon (--once: at the end). */
void gaz_repair_touch(struct gaz_app *app);
void gaz_repair_run(struct gaz_app *app);

/* ---- embed.c */
/* After the start and a reload; nothing happens with --once. */
void gaz_embed_configure(struct gaz_app *app);
/* New items came. */
void gaz_embed_touch(struct gaz_app *app);
/* Ask for nothing more; a request under way is given up. */
void gaz_embed_stop(struct gaz_app *app);
/* Once tasks and writer have ended. */
void gaz_embed_free(struct gaz_app *app);

/* ---- views.c */
void gaz_views_routes(struct gaz_app *app);

/* ---- reload.c */
void gaz_reload(struct gaz_app *app);

/* ---- notify.c: sd_notify(3) by hand */
void gaz_notify(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Half of WATCHDOG_USEC in ms, or 0. */
int64_t gaz_notify_watchdog_ms(void);

#endif
