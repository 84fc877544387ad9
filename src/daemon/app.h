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
	bool forgotten;         /* not in the store's list any more */
	bool busy;              /* a fetch is under way */
	bool again;             /* asked for meanwhile */
	bool force;             /* the next fetch is unconditional */
	bool moving;            /* a permanent redirect was seen last time */
	bool is_counted, is_failing; /* in app->enabled, app->failing */
	bool has_turn;          /* of app->turns, which may be yet to come */
	bool backlog;           /* one of many that are late: spread over time */
	bool unreached;         /* failed while the machine was offline */
	bool recalled;          /* and was called back when it was not any more */
	float share;            /* in app->budget */
	int64_t failures;
	enum gaz_fault fault;   /* of the last fetch */
	gaz_utc last_success, next_fetch;
	int64_t ttl_s, update_interval_s;
	uint32_t skip_hours;
	uint8_t skip_days;
	uint32_t hubs_hash, self_hash; /* of what it names; 0: nothing */
	struct gaz_rhythm rhythm;
	struct gaz_fetch *transfer;
};

struct gaz_embed;
struct gaz_embed;
struct gaz_errand;
struct gaz_hub;
struct gaz_lag;
struct gaz_quiet;
struct gaz_websub;
struct cycle;
struct gaz_export_state;
struct gaz_history;
struct gaz_icons;
struct gaz_list;

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
	struct gaz_websub *websub; /* NULL: with --once */
	struct gaz_hub *hub;      /* the same */
	struct gaz_schedule *schedule;
	int64_t next_due;         /* of its first, ms (mono); INT64_MAX: none */
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
	struct gaz_arena scratch; /* what one function of the loop needs */
	bool once;                /* fetch everything once and end */
	bool paused;              /* the database refuses: fetch nothing */
	bool stopping;
	int flush_rounds;         /* while stopping */
	struct gaz_offline offline;
	GAZ_VEC(uint32_t) blamed; /* slots with a failure since any answer */
	int64_t slept_ms, ahead_ms; /* what clocks.c saw last */
	int64_t prune_at, icons_at; /* ms (mono) */
	bool reloading, reload_again, resync_again;
	bool ready;
	size_t cycles;            /* fetches under way, up to the store */
	size_t storing_bytes;     /* messages that the writer has */
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
	struct gaz_errand *errands; /* requests that are no feed's poll */
	struct gaz_history *histories;
	struct gaz_icons *icons;
	GAZ_VEC(struct gaz_list *) lists; /* of subscriptions, behind URLs */
	void (*lists_then)(struct gaz_app *app); /* --once: when they are there */
	size_t side_work;         /* what errands led to, up to the store */
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
/* A subscription that is fetched from there. */
struct gaz_feed *gaz_feeds_find_url(struct gaz_app *app, struct gaz_str url);
/* It is not fetched by itself, and no part of the budget is for it. */
void gaz_feeds_rest(struct gaz_app *app, struct gaz_feed *f);
void gaz_feeds_clear(struct gaz_app *app);
/* f has changed: whether it is enabled or fails. */
void gaz_feeds_count(struct gaz_app *app, struct gaz_feed *f);

/* ---- pipeline.c */
/* Ask for feed to be fetched now; it goes through the host's gate. */
void gaz_pipeline_fetch(struct gaz_app *app, struct gaz_feed *f, bool force);
/* The same for all of them, as fast as their hosts let; by and by. */
void gaz_pipeline_fetch_all(struct gaz_app *app, bool force);
/* Start what is due and set the timer for what is next. */
void gaz_pipeline_tick(struct gaz_app *app);
/* A cycle of f is over: its next one is due in so many seconds (-1: never), or
 * at once when somebody has asked for it meanwhile. */
void gaz_pipeline_plan(struct gaz_app *app, struct gaz_feed *f,
    int64_t delay_s);
/* Pause or go on, as workers and writer can bear. */
void gaz_pipeline_pressure(struct gaz_app *app);
void gaz_pipeline_configure(struct gaz_app *app);

/* ---- access.c */
/* The converted allow-private list of a feed. */
const struct gaz_fetch_cidr *gaz_pipeline_allow(const gaz_cidr_list *l,
    struct gaz_arena *a, size_t *n);
/* What a feed's section asks for, besides its address: user, headers, proxy and
 * so on. Memory in a; false when the password cannot be had. */
bool gaz_pipeline_options(struct gaz_fetch_request *req,
    const struct gaz_config_feed *conf, struct gaz_arena *a,
    struct gaz_err *err) __attribute__((warn_unused_result));
/* For options that NULL leaves to somebody else. */
static inline const char *
gaz_z_or_null(struct gaz_str s, struct gaz_arena *a)
{
	return s.len > 0 ? gaz_arena_z(a, s) : NULL;
}

/* ---- backlog.c */
/* Put every enabled feed into the schedule after a start. */
void gaz_backlog_schedule_all(struct gaz_app *app);
/* Feeds for which is_late holds go now, by and by. */
void gaz_backlog_spread(struct gaz_app *app,
    bool (*is_late)(struct gaz_app *app, struct gaz_feed *f));

/* ---- outage.c: is it the machine that is offline? */
/* How a fetch of f ended; sets what follows for the cycle. */
void gaz_outage_note(struct gaz_app *app, struct gaz_feed *f,
    struct cycle *c);
/* The feeds have changed. */
void gaz_outage_count_hosts(struct gaz_app *app);

/* ---- clocks.c: when the clock is set and when the machine slept */
void gaz_clocks_start(struct gaz_app *app);
void gaz_clocks_look(struct gaz_app *app);

/* ---- pauses.c: who wants to be left alone, over a restart */
void gaz_pauses_load(struct gaz_app *app, struct gaz_store *store);
/* The answer to a feed's poll was a 429: it is stored with the cycle. */
void gaz_pauses_note(struct gaz_app *app, const char *url, struct cycle *c);
/* Any other request has ended: if by a 429, its host's pause is stored. */
void gaz_pauses_keep(struct gaz_app *app, const struct gaz_fetch_result *r);

/* ---- cycle.c: once nothing is under way */
void gaz_cycle_free_spares(struct gaz_app *app);

/* ---- quiet.c: polls in vain */
struct gaz_quiet *gaz_quiet_new(struct gaz_app *app);
void gaz_quiet_free(struct gaz_quiet *q); /* once the writer has ended */
/* Hand to the store what waits. */
void gaz_quiet_flush(struct gaz_quiet *q);
/* While held, what comes waits: a job that decides about feeds is on its way to
 * the store, and nothing that was known before it may be stored behind it. */
void gaz_quiet_hold(struct gaz_quiet *q, bool held);
/* What waits of that feed is void: it has another address now. */
void gaz_quiet_forget(struct gaz_quiet *q, int64_t feed_id);
/* Whether anything is not in the store yet. */
bool gaz_quiet_waits(const struct gaz_quiet *q);

/* ---- lag.c: how late the loop is, as a metric */
struct gaz_lag *gaz_lag_new(struct gaz_app *app);
/* A fetch begins, goes on or ends: watch for a little while. */
void gaz_lag_watch(struct gaz_lag *l);
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
