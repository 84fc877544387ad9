/*
 * The export files: rendered on task threads after the store has changed, at
 * most every few seconds, each replaced atomically and only when its bytes
 * differ.
 */
#include "config.h"

#include <event2/event.h>
#include <stdlib.h>

#include "gazetted/file.h"
#include "gazetted/limits.h"
#include "gazetted/log.h"

#include "app.h"
#include "hub.h"
#include "render.h"

#define EXPORT_DELAY_MS 2000

struct export_job {
	struct gaz_app *app;
	struct gaz_config *config; /* keeps the strings alive */
	const struct gaz_config_export *conf;
	gaz_utc now;
	bool ok, changed;
	size_t bytes;
	struct gaz_err err;
};

static enum gaz_render_form
form_of(enum gaz_format f)
{
	switch (f) {
	case GAZ_FORMAT_ATOM:
		return GAZ_RENDER_ATOM;
	case GAZ_FORMAT_RSS:
		return GAZ_RENDER_RSS;
	case GAZ_FORMAT_JSON:
		return GAZ_RENDER_JSON;
	case GAZ_FORMAT_OPML:
		return GAZ_RENDER_OPML;
	case GAZ_FORMAT_HTML:
		break;
	}
	return GAZ_RENDER_HTML;
}

/* On a task thread. */
static void
run_export(struct gaz_store *reader, const struct gaz_err *why, void *arg)
{
	struct export_job *j = arg;
	const struct gaz_config_export *e = j->conf;
	struct gaz_render r = {
		.kind = e->content, .form = form_of(e->format),
		.filter = e->filter, .standalone = true,
		.title = e->title.len > 0 ? e->title : e->name,
		.base_url = j->config->base_url,
	};
	struct gaz_arena a = { 0 };
	struct gaz_buf out;

	if (reader == NULL) {
		j->err = *why;
		return;
	}
	r.filter.prefer = j->config->languages;
	if (e->since_s > 0)
		r.filter.since = j->now - e->since_s;
	gaz_buf_init(&out, GAZ_MESSAGE_MAX);
	j->ok = gaz_render(reader, &r, j->now, &out, NULL, &j->err);
	if (j->ok) {
		j->bytes = out.len;
		j->ok = gaz_file_replace(gaz_arena_z(&a, e->path),
		    gaz_buf_str(&out), &j->changed, &j->err);
	}
	gaz_buf_clear(&out);
	gaz_arena_clear(&a);
}

static void
done_export(void *arg)
{
	struct export_job *j = arg;
	struct gaz_app *app = j->app;

	app->exports_running--;
	if (!j->ok) {
		app->exports_failed = true;
		gaz_log(GAZ_LOG_ERR, "export", "name=\"%.*s\" text=\"%s\"",
		    GAZ_STR_ARG(j->conf->name), j->err.msg);
	} else if (j->changed) {
		gaz_log(GAZ_LOG_INFO, "export",
		    "name=\"%.*s\" path=\"%.*s\" bytes=%zu",
		    GAZ_STR_ARG(j->conf->name), GAZ_STR_ARG(j->conf->path),
		    j->bytes);
	}
	gaz_config_put(j->config);
	free(j);
	if (app->exports_running == 0 && app->export_due && !app->stopping)
		gaz_exports_touch(app);
	gaz_app_idle(app);
}

void
gaz_exports_run(struct gaz_app *app)
{
	struct gaz_config *c = app->config;

	if (app->exports_running > 0) {
		app->export_due = true;
		return;
	}
	app->export_due = false;
	app->exported_generation = gaz_writer_generation(app->writer);
	for (size_t i = 0; i < c->exports.n; i++) {
		struct export_job *j = gaz_mem_zero(1, sizeof(*j));

		j->app = app;
		j->config = gaz_config_get(c);
		j->conf = &c->exports.v[i];
		j->now = gaz_clock_utc();
		app->exports_running++;
		if (!gaz_tasks_run(app->tasks, run_export, done_export, j)) {
			gaz_err_set(&j->err, GAZ_ERR_BUSY,
			    "too many tasks wait");
			app->export_due = true;
			done_export(j);
		}
	}
}

void
gaz_exports_touch(struct gaz_app *app)
{
	struct timeval tv = { EXPORT_DELAY_MS / 1000,
		(EXPORT_DELAY_MS % 1000) * 1000 };

	gaz_hub_touch(app);
	if (app->config->exports.n == 0 || app->once ||
	    app->exported_generation == gaz_writer_generation(app->writer))
		return;
	app->export_due = true;
	if (!event_pending(app->export_timer, EV_TIMEOUT, NULL))
		event_add(app->export_timer, &tv);
}
