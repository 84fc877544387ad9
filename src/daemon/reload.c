/*
 * SIGHUP: the file is read on a task thread, the store takes the new list
 * over, and only then the loop works by it. A file with errors changes nothing.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gazetted/log.h"

#include "lists.h"
#include "subscriptions.h"

struct reload {
	struct gaz_app *app;
	char *path;
	struct gaz_config *fresh;
	struct gaz_config_errors errors;
	struct gaz_buf diff;
};

static void
free_reload(struct reload *r)
{
	gaz_config_errors_clear(&r->errors);
	gaz_buf_clear(&r->diff);
	gaz_config_put(r->fresh);
	free(r->path);
	free(r);
}

static void
log_lines(enum gaz_log_level level, struct gaz_str text)
{
	struct gaz_str line;

	while (gaz_str_split(&text, '\n', &line)) {
		if (line.len > 0)
			gaz_log(level, "config", "%.*s", GAZ_STR_ARG(line));
	}
}

/* What was asked for meanwhile. */
static void
go_on(struct gaz_app *app)
{
	app->reloading = false;
	if (app->reload_again) {
		app->reload_again = false;
		gaz_reload(app);
	} else if (app->resync_again) {
		app->resync_again = false;
		gaz_resync(app);
	}
}

static void
end(struct gaz_app *app, struct reload *r)
{
	free_reload(r);
	gaz_notify("READY=1");
	go_on(app);
}

static void
on_synced(struct gaz_app *app, bool ok, const struct gaz_err *err, void *arg)
{
	struct reload *r = arg;

	if (!ok) {
		gaz_log(GAZ_LOG_ERR, "config",
		    "event=reload-refused text=\"%s\"; the old one stays",
		    err->msg);
		end(app, r);
		return;
	}
	log_lines(GAZ_LOG_NOTICE, gaz_buf_str(&r->diff));
	gaz_log(GAZ_LOG_NOTICE, "config", "event=reloaded file=\"%s\"",
	    r->path);
	gaz_log_setup((enum gaz_log_level)app->config->log_level,
	    getenv("JOURNAL_STREAM") != NULL);
	gaz_http_set_base_url(app->http, app->config->base_url);
	gaz_pipeline_configure(app);
	gaz_embed_configure(app);
	gaz_backlog_schedule_all(app);
	gaz_lists_ask(app);
	app->exported_generation = -1; /* other files, other forms */
	gaz_exports_touch(app);
	end(app, r);
}

static bool
differs(struct gaz_str a, struct gaz_str b)
{
	return !gaz_str_eq(a, b) && (a.len > 0 || b.len > 0);
}

/* What was read at start and stays until the next. */
static void
warn_fixed(const struct gaz_config *a, const struct gaz_config *b)
{
	bool listen = a->listen.n != b->listen.n;

	for (size_t i = 0; i < a->listen.n && !listen; i++)
		listen = differs(a->listen.v[i], b->listen.v[i]);
	const struct {
		const char *key;
		bool changed;
	} fixed[] = {
		{ "listen", listen },
		{ "state-directory",
		    differs(a->state_directory, b->state_directory) },
		{ "control-socket",
		    differs(a->control_socket, b->control_socket) },
		{ "workers", a->workers != b->workers },
		{ "window", a->window_s != b->window_s },
		{ "dictionaries", differs(a->dictionaries, b->dictionaries) },
	};
	for (size_t i = 0; i < GAZ_COUNT(fixed); i++) {
		if (fixed[i].changed)
			gaz_log(GAZ_LOG_WARN, "config",
			    "%s: takes effect after a restart", fixed[i].key);
	}
}

/* On a task thread. */
static void
run_load(struct gaz_store *reader, const struct gaz_err *why, void *arg)
{
	struct reload *r = arg;

	(void)reader;
	(void)why;
	r->fresh = gaz_config_load(r->path, &r->errors);
}

static void
done_load(void *arg)
{
	struct reload *r = arg;
	struct gaz_app *app = r->app;

	if (r->fresh == NULL) {
		log_lines(GAZ_LOG_ERR, gaz_buf_str(&r->errors.text));
		gaz_log(GAZ_LOG_ERR, "config",
		    "event=reload-refused errors=%zu; the old one stays",
		    r->errors.count);
		end(app, r);
		return;
	}
	log_lines(GAZ_LOG_WARN, gaz_buf_str(&r->errors.text));
	gaz_config_diff(app->config, r->fresh, &r->diff);
	warn_fixed(app->config, r->fresh);
	gaz_subscriptions_sync(app, r->fresh, on_synced, r);
}

void
gaz_reload(struct gaz_app *app)
{
	struct reload *r;

	if (app->stopping)
		return;
	if (app->reloading) {
		app->reload_again = true;
		return;
	}
	app->reloading = true;
	gaz_notify("RELOADING=1\nMONOTONIC_USEC=%lld",
	    (long long)gaz_clock_mono().ms * 1000);
	r = gaz_mem_zero(1, sizeof(*r));
	r->app = app;
	r->path = gaz_mem_strdup(app->config_path);
	gaz_buf_init(&r->diff, GAZ_BUF_NO_MAX);
	if (!gaz_tasks_run(app->tasks, run_load, done_load, r))
		end(app, r);
}

/* ---- lists behind URLs have changed */

static void
on_resynced(struct gaz_app *app, bool ok, const struct gaz_err *err, void *arg)
{
	void (*then)(struct gaz_app *) = app->lists_then;

	(void)arg;
	app->lists_then = NULL;
	if (!ok)
		gaz_log(GAZ_LOG_ERR, "list", "event=not-taken text=\"%s\"",
		    err->msg);
	else if (!app->once && !app->stopping)
		gaz_backlog_schedule_all(app);
	if (ok)
		gaz_exports_touch(app);
	go_on(app);
	if (then != NULL && !app->stopping)
		then(app);
}

void
gaz_resync(struct gaz_app *app)
{
	if (app->stopping)
		return;
	if (app->reloading) {
		app->resync_again = true;
		return;
	}
	app->reloading = true;
	gaz_subscriptions_sync(app, app->config, on_resynced, NULL);
}
