/*
 * Puts the parts together and takes them apart again.
 *
 *   start: store -> writer (rebuilds the index) -> workers -> subscriptions
 *          -> listen -> ready
 *   end:   no new fetch -> transfers cancelled -> replies sent -> writer
 *          empties its queue -> files exported -> everything freed
 */
#include "config.h"

#include "app.h"

#include <errno.h>
#include <event2/event.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "gazetted/dictionary.h"
#include "gazetted/file.h"
#include "gazetted/limits.h"
#include "gazetted/log.h"

#include "errand.h"
#include "history.h"
#include "hub.h"
#include "icons.h"
#include "lists.h"
#include "subscriptions.h"
#include "websub.h"

#define CACHE_BYTES (32u << 20)
#define UPKEEP_S 30
#define PRUNE_EVERY_S 3600
#define ICONS_EVERY_S 600
/* A shutdown waits that long for replies and rows, then goes anyway. */
#define STOP_PATIENCE_S 10
/* The last bytes of replies get a second of it. */
#define FLUSH_MS 20
#define FLUSH_ROUNDS 50

/* ---- ending */

static void
finish_if_done(struct gaz_app *app)
{
	if (app->cycles > 0 || app->requests > 0 || app->exports_running > 0 ||
	    app->side_work > 0 || gaz_writer_pending(app->writer) > 0 ||
	    app->reloading)
		return;
	if (gaz_quiet_waits(app->quiet)) {
		gaz_quiet_flush(app->quiet);
		return;
	}
	if (gaz_http_open_requests(app->http) > 0 &&
	    app->flush_rounds++ < FLUSH_ROUNDS) {
		struct timeval tv = { 0, FLUSH_MS * 1000 };

		event_add(app->due_timer, &tv);
		return;
	}
	event_base_loopbreak(app->base);
}

/* --once: fetched, stored; now the files, then the end. */
static void
finish_once(struct gaz_app *app)
{
	if (app->cycles > 0 || app->side_work > 0 || app->lists_then != NULL ||
	    gaz_schedule_count(app->schedule) > 0 ||
	    gaz_writer_pending(app->writer) > 0)
		return;
	if (gaz_quiet_waits(app->quiet)) {
		gaz_quiet_flush(app->quiet);
		return;
	}
	if (app->repair_due) {
		gaz_repair_run(app);
		return;
	}
	if (app->exported_generation == -1) {
		gaz_exports_run(app);
		if (app->exports_running > 0)
			return;
	}
	if (app->exports_running > 0)
		return;
	gaz_app_stop(app, app->exports_failed ? EX_IOERR :
	    app->failed_once > 0 ? EX_TEMPFAIL : EX_OK);
}

void
gaz_app_idle(struct gaz_app *app)
{
	if (app->stopping)
		finish_if_done(app);
	else if (app->once && app->ready)
		finish_once(app);
}

static void
on_patience_over(evutil_socket_t fd, short what, void *arg)
{
	struct gaz_app *app = arg;

	(void)fd;
	(void)what;
	gaz_log(GAZ_LOG_WARN, "daemon", "event=stop-forced cycles=%zu "
	    "requests=%zu", app->cycles, app->requests);
	event_base_loopbreak(app->base);
}

void
gaz_app_stop(struct gaz_app *app, int exit_status)
{
	struct timeval tv = { STOP_PATIENCE_S, 0 };

	if (app->stopping)
		return;
	app->stopping = true;
	app->exit_status = exit_status;
	gaz_notify("STOPPING=1");
	gaz_log(GAZ_LOG_NOTICE, "daemon", "event=stopping");
	event_add(app->stop_timer, &tv);
	event_del(app->due_timer);
	event_del(app->export_timer);
	event_del(app->repair_timer);
	gaz_http_stop(app->http);
	gaz_embed_stop(app);
	gaz_websub_stop(app);
	gaz_hub_stop(app);
	gaz_history_stop(app);
	gaz_lists_stop(app);
	gaz_errands_stop(app);
	for (size_t i = 0; i < app->feeds.n; i++) {
		struct gaz_feed *f = app->feeds.v[i];

		if (f->transfer != NULL)
			gaz_fetcher_cancel(app->fetcher, f->transfer);
	}
	if (app->export_due && !app->once)
		gaz_exports_run(app);
	/* Not from inside a callback of the parts: let it return first. */
	event_active(app->due_timer, 0, 0);
}

/* ---- signals and timers */

static void
on_signal(evutil_socket_t sig, short what, void *arg)
{
	struct gaz_app *app = arg;

	(void)what;
	if (sig == SIGHUP) {
		gaz_reload(app);
		return;
	}
	gaz_log(GAZ_LOG_NOTICE, "daemon", "event=signal name=%s",
	    sig == SIGTERM ? "TERM" : "INT");
	gaz_app_stop(app, app->once ? EX_TEMPFAIL : EX_OK);
}

static void
on_due(evutil_socket_t fd, short what, void *arg)
{
	struct gaz_app *app = arg;

	(void)fd;
	(void)what;
	if (app->stopping)
		finish_if_done(app);
	else
		gaz_pipeline_tick(app);
}

static void
on_export(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	gaz_exports_run(arg);
}

static void
on_repair(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	gaz_repair_run(arg);
}

static void
on_watchdog(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	gaz_notify("WATCHDOG=1");
}

struct prune {
	struct gaz_app *app;
	int64_t keep_days, keep_items, deleted;
	bool more; /* another slice waits */
};

static bool
run_prune(struct gaz_writer_state *w, void *arg, struct gaz_err *err)
{
	struct prune *p = arg;

	return gaz_store_prune(w->store, p->keep_days, p->keep_items,
	    gaz_clock_utc(), &p->deleted, &p->more, err);
}

static void start_prune(struct gaz_app *app);

static void
done_prune(void *arg, bool ok, const struct gaz_err *err)
{
	struct prune *p = arg;

	if (!ok)
		gaz_log(GAZ_LOG_WARN, "store", "prune: %s", err->msg);
	else if (p->deleted > 0) {
		gaz_log(GAZ_LOG_INFO, "store", "event=pruned items=%lld",
		    (long long)p->deleted);
		gaz_exports_touch(p->app);
	}
	if (ok && p->more && !p->app->stopping)
		start_prune(p->app);
	gaz_app_idle(p->app);
	free(p);
}

static void
start_prune(struct gaz_app *app)
{
	struct prune *p = gaz_mem_zero(1, sizeof(*p));

	p->app = app;
	p->keep_days = app->config->keep_days;
	p->keep_items = app->config->keep_items;
	gaz_writer_run(app->writer, run_prune, done_prune, p, false);
}

struct look {
	struct gaz_app *app;
	char *path;
	int64_t mtime;
};

/* On a task thread. */
static void
run_look(struct gaz_store *reader, const struct gaz_err *why, void *arg)
{
	struct look *l = arg;
	struct stat st;

	(void)reader;
	(void)why;
	if (stat(l->path, &st) == 0)
		l->mtime = (int64_t)st.st_mtim.tv_sec * 1000 +
		    st.st_mtim.tv_nsec / 1000000;
}

static void
done_look(void *arg)
{
	struct look *l = arg;
	struct gaz_app *app = l->app;
	int64_t before = app->subscriptions_mtime;

	if (l->mtime != 0 && l->mtime != before) {
		app->subscriptions_mtime = l->mtime;
		if (before != 0)
			gaz_reload(app);
	}
	free(l->path);
	free(l);
	gaz_app_idle(app);
}

/* Whether the OPML file of subscriptions was changed. */
static void
look_at_subscriptions(struct gaz_app *app)
{
	struct look *l;

	if (app->config->subscriptions.len == 0)
		return;
	l = gaz_mem_zero(1, sizeof(*l));
	l->app = app;
	l->path = gaz_mem_strndup(app->config->subscriptions.p,
	    app->config->subscriptions.len);
	if (!gaz_tasks_run(app->tasks, run_look, done_look, l)) {
		free(l->path);
		free(l);
	}
}

static void
note_status(struct gaz_app *app)
{
	gaz_notify("STATUS=%lld feeds, %lld failing; %lld stories open",
	    (long long)gaz_metrics_get(app->metrics, GAZ_METRIC_FEEDS),
	    (long long)gaz_metrics_get(app->metrics, GAZ_METRIC_FEEDS_FAILING),
	    (long long)gaz_metrics_get(app->metrics,
	    GAZ_METRIC_STORIES_LIVE));
}

static void
on_upkeep(evutil_socket_t fd, short what, void *arg)
{
	struct gaz_app *app = arg;

	(void)fd;
	(void)what;
	if (app->stopping || app->once)
		return;
	note_status(app);
	look_at_subscriptions(app);
	if (app->paused) {
		app->paused = false; /* try the database again */
		gaz_pipeline_pressure(app);
	}
	gaz_clocks_look(app);
	if (gaz_clock_mono().ms >= app->prune_at) {
		app->prune_at = gaz_clock_mono().ms + PRUNE_EVERY_S * 1000;
		start_prune(app);
	}
	if (gaz_clock_mono().ms >= app->icons_at) {
		app->icons_at = gaz_clock_mono().ms + ICONS_EVERY_S * 1000;
		gaz_icons_run(app);
	}
}

/* ---- starting */

static void
fail_start(struct gaz_app *app, int status, const char *what)
{
	gaz_log(GAZ_LOG_ERR, "daemon", "%s", what);
	gaz_app_stop(app, status);
}

static void
on_pool_broken(void *arg, const char *why)
{
	struct gaz_app *app = arg;

	if (!app->ready || app->once)
		fail_start(app, EX_OSERR, why);
	else
		gaz_log(GAZ_LOG_ERR, "daemon", "no worker starts: %s", why);
}

static bool
listen_all(struct gaz_app *app)
{
	const struct gaz_config *c = app->config;
	struct gaz_arena a = { 0 };
	struct gaz_err err;
	bool ok = true;

	for (size_t i = 0; i < c->listen.n && ok; i++) {
		const char *address = gaz_arena_z(&a, c->listen.v[i]);

		ok = gaz_http_listen(app->http, address, false, &err);
		if (ok && !gaz_http_is_local_address(address))
			gaz_log(GAZ_LOG_WARN, "http", "address=%s: everybody "
			    "who reaches it can read; put a proxy with "
			    "authentication in front", address);
	}
	if (ok && c->control_socket.len > 0)
		ok = gaz_http_listen(app->http,
		    gaz_arena_z(&a, c->control_socket), true, &err);
	if (!ok)
		gaz_log(GAZ_LOG_ERR, "http", "%s", err.msg);
	gaz_arena_clear(&a);
	return ok;
}

static void
fetch_once(struct gaz_app *app)
{
	gaz_pipeline_fetch_all(app, false);
}

static void
on_first_sync(struct gaz_app *app, bool ok, const struct gaz_err *err,
    void *arg)
{
	(void)arg;
	if (app->stopping)
		return;
	if (!ok) {
		fail_start(app, EX_CONFIG, err->msg);
		return;
	}
	app->ready = true;
	gaz_notify("READY=1");
	note_status(app);
	gaz_log(GAZ_LOG_NOTICE, "daemon", "event=ready version=%s feeds=%lld",
	    PACKAGE_VERSION, (long long)gaz_metrics_get(app->metrics,
	    GAZ_METRIC_FEEDS));
	for (size_t i = 0; gaz_http_address(app->http, i) != NULL; i++)
		gaz_log(GAZ_LOG_NOTICE, "http", "event=listening address=%s",
		    gaz_http_address(app->http, i));
	look_at_subscriptions(app);
	if (!app->once) {
		gaz_exports_touch(app);
		gaz_backlog_schedule_all(app);
	} else if (!gaz_lists_once(app, fetch_once)) {
		fetch_once(app);
	}
}

static struct event *
timer(struct gaz_app *app, event_callback_fn fn, int64_t every_ms)
{
	struct event *ev = event_new(app->base, -1,
	    every_ms > 0 ? EV_PERSIST : 0, fn, app);
	struct timeval tv = { every_ms / 1000, (every_ms % 1000) * 1000 };

	if (ev == NULL || (every_ms > 0 && event_add(ev, &tv) == -1))
		gaz_mem_die(0);
	return ev;
}

static void
add_events(struct gaz_app *app)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP };
	int64_t watchdog_ms = gaz_notify_watchdog_ms();

	for (size_t i = 0; i < GAZ_COUNT(signals); i++) {
		app->signals[i] = evsignal_new(app->base, signals[i],
		    on_signal, app);
		if (app->signals[i] == NULL ||
		    event_add(app->signals[i], NULL) == -1)
			gaz_mem_die(0);
	}
	app->due_timer = timer(app, on_due, 0);
	app->export_timer = timer(app, on_export, 0);
	app->stop_timer = timer(app, on_patience_over, 0);
	app->repair_timer = timer(app, on_repair, 0);
	app->upkeep = timer(app, on_upkeep, UPKEEP_S * 1000);
	if (watchdog_ms > 0)
		app->watchdog = timer(app, on_watchdog, watchdog_ms);
}

static int
worker_count(const struct gaz_config *c)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	if (c->workers > 0)
		return (int)c->workers;
	return n < 1 ? 1 : n > 16 ? 16 : (int)n;
}

static struct gaz_store *
open_store(struct gaz_app *app)
{
	struct gaz_arena a = { 0 };
	struct gaz_store *store = NULL;
	struct gaz_err err;

	if (!gaz_file_make_dir(gaz_arena_z(&a, app->config->state_directory),
	    &err))
		gaz_err_wrap(&err, "state-directory");
	else
		store = gaz_store_open(app->store_path, GAZ_STORE_WRITE, &err);
	if (store == NULL)
		gaz_log(GAZ_LOG_ERR, "store", "%s", err.msg);
	gaz_arena_clear(&a);
	return store;
}

static void
put_words(void *arg, struct gaz_str language, struct gaz_str word,
    struct gaz_str english)
{
	gaz_story_words_put(arg, language, word, english);
}

/* Workers may open no files, so it is read here, once. */
static void
load_words(struct gaz_app *app)
{
	struct gaz_str folder = app->config->dictionaries;
	struct gaz_arena a = { 0 };
	size_t n = 0;

	app->words = gaz_story_words_new();
	if (folder.len > 0 && !gaz_str_eq_z(folder, "no"))
		n = gaz_dictionary_read(gaz_arena_z(&a, folder), put_words,
		    app->words);
	if (n > 0)
		gaz_log(GAZ_LOG_INFO, "dictionary", "event=read count=%zu", n);
	gaz_arena_clear(&a);
}

static bool
start(struct gaz_app *app)
{
	struct gaz_config *c = app->config;
	struct gaz_store *store = open_store(app);
	struct gaz_writer_options wopt = {
		.commit_interval_ms = c->commit_interval_ms,
		.window_s = c->window_s,
	};

	if (store == NULL) {
		app->exit_status = EX_CANTCREAT;
		return false;
	}
	gaz_pipeline_configure(app);
	if (app->fetcher != NULL)
		gaz_pauses_load(app, store); /* the writer's from here on */
	load_words(app);
	wopt.words = gaz_story_words_table(app->words);
	app->writer = gaz_writer_start(app->base, store, &wopt, app->metrics);
	app->exported_generation = -1;
	app->tasks = gaz_tasks_start(app->base, 2, app->store_path);
	app->pool = gaz_pool_new(app->base, worker_count(c), app->metrics,
	    wopt.words, on_pool_broken, app);
	app->schedule = gaz_schedule_new();
	app->next_due = INT64_MAX;
	app->cache = gaz_http_cache_new(CACHE_BYTES);
	app->slots = gaz_map64_new();

	struct gaz_http_options hopt;
	gaz_http_options_init(&hopt);
	hopt.metrics = app->metrics;
	app->http = gaz_http_new(app->base, &hopt);
	gaz_http_set_base_url(app->http, c->base_url);
	gaz_views_routes(app);
	if (app->fetcher == NULL) {
		app->exit_status = EX_SOFTWARE;
		return false;
	}
	app->quiet = gaz_quiet_new(app);
	app->lag = gaz_lag_new(app);
	gaz_embed_configure(app);
	/* --once may run beside a daemon's stopped twin: it needs no port. */
	if (!app->once && !listen_all(app)) {
		app->exit_status = EX_UNAVAILABLE;
		return false;
	}
	gaz_websub_start(app);
	gaz_hub_start(app);
	gaz_subscriptions_sync(app, c, on_first_sync, NULL);
	return true;
}

static void
tear_down(struct gaz_app *app)
{
	struct event *events[] = { app->due_timer, app->export_timer,
		app->stop_timer, app->repair_timer, app->upkeep, app->watchdog, app->signals[0],
		app->signals[1], app->signals[2] };

	app->stopping = true;
	gaz_embed_stop(app);
	gaz_websub_stop(app);
	gaz_hub_stop(app);
	/* Each ends what it had under way by a callback, and what that calls
	 * is one of those below or sees that it is gone. */
	gaz_fetcher_free(app->fetcher);
	app->fetcher = NULL;
	gaz_tasks_stop(app->tasks);
	app->tasks = NULL;
	gaz_pool_free(app->pool);
	app->pool = NULL;
	gaz_writer_stop(app->writer);
	gaz_story_words_free(app->words);
	gaz_embed_free(app);
	gaz_history_free(app);
	gaz_lists_free(app);
	gaz_icons_free(app);
	gaz_websub_free(app);
	gaz_hub_free(app);
	gaz_quiet_free(app->quiet);
	gaz_lag_free(app->lag);
	gaz_cycle_free_spares(app);
	gaz_http_free(app->http);
	gaz_http_cache_free(app->cache);
	gaz_schedule_free(app->schedule);
	gaz_feeds_clear(app);
	gaz_vec_clear(&app->blamed);
	for (size_t i = 0; i < GAZ_COUNT(events); i++) {
		if (events[i] != NULL)
			event_free(events[i]);
	}
	gaz_metrics_free(app->metrics);
	gaz_config_put(app->config);
	event_base_free(app->base);
	free(app->config_path);
	free(app->store_path);
}

/* Sockets to many hosts at once, database files, clients. */
static void
raise_descriptors(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == 0 && r.rlim_cur < 4096) {
		r.rlim_cur = r.rlim_max < 4096 ? r.rlim_max : 4096;
		(void)!setrlimit(RLIMIT_NOFILE, &r);
	}
}

int
gaz_app_run(const struct gaz_app_options *opt)
{
	struct gaz_app app = { .config = opt->config, .once = opt->once };
	struct gaz_arena a = { 0 };

	signal(SIGPIPE, SIG_IGN);
	/* The threads mostly wait. Heaps of their own keep what the lists of
	 * many feeds took: 35 MiB of it with 100,000. */
	mallopt(M_ARENA_MAX, 1);
	raise_descriptors();
	app.started = gaz_clock_utc();
	app.config_path = gaz_mem_strdup(opt->config_path);
	app.store_path = gaz_mem_strdup(gaz_arena_fmt(&a, "%.*s/" GAZ_STORE_FILE,
	    GAZ_STR_ARG(app.config->state_directory)).p);
	gaz_arena_clear(&a);
	app.metrics = gaz_metrics_new();
	app.prune_at = gaz_clock_mono().ms + PRUNE_EVERY_S * 1000;
	gaz_clocks_start(&app);
	app.base = event_base_new();
	if (app.base == NULL)
		gaz_mem_die(0);
	add_events(&app);
	if (start(&app))
		event_base_dispatch(app.base);
	tear_down(&app);
	gaz_log(GAZ_LOG_NOTICE, "daemon", "event=stopped status=%d",
	    app.exit_status);
	return app.exit_status;
}
