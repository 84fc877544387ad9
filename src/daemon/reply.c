/*
 * A request that has to wait keeps a struct waiting: what to run, where, and
 * the request to answer. app->requests counts them, so that a shutdown lets
 * them end first.
 */
#include "config.h"

#include "reply.h"

#include "hub.h"

#include <stdio.h>
#include <stdlib.h>

#include "gazetted/limits.h"

struct waiting {
	struct gaz_app *app;
	struct gaz_http_request *req;
	gaz_answer_read_fn read;
	gaz_answer_write_fn write;
	gaz_answer_end_fn end;
	void *arg;
	struct gaz_answer answer;
};

int
gaz_answer_status(const struct gaz_err *err)
{
	switch (err->code) {
	case GAZ_ERR_USAGE:
	case GAZ_ERR_FORMAT:
		return 400;
	case GAZ_ERR_MISSING:
		return 404;
	case GAZ_ERR_LIMIT:
		return 413;
	case GAZ_ERR_CONFIG:
		return 409;
	case GAZ_ERR_BUSY:
		return 503;
	case GAZ_ERR_NONE:
	case GAZ_ERR_IO:
	case GAZ_ERR_STORE:
		break;
	}
	return 500;
}

static void
send_answer(struct waiting *w)
{
	struct gaz_answer *a = &w->answer;
	bool ok = a->err.code == GAZ_ERR_NONE;

	w->app->requests--;
	if (a->moved != 0) {
		char to[40];

		snprintf(to, sizeof(to), "/story/%lld", (long long)a->moved);
		gaz_http_reply_redirect(w->req, 301, to);
	} else if (!ok) {
		gaz_http_reply_error(w->req, gaz_answer_status(&a->err), "%s",
		    a->err.msg);
	} else if (a->status != 0) {
		gaz_http_reply(w->req, a->status, a->content_type != NULL ?
		    a->content_type : "application/json; charset=utf-8",
		    gaz_buf_str(&a->body));
	} else {
		gaz_http_reply_document(w->req, a->content_type != NULL ?
		    a->content_type : "application/json; charset=utf-8",
		    gaz_buf_str(&a->body), 0);
	}
	gaz_buf_clear(&a->body);
	w->end(w->app, w->arg, ok);
	gaz_app_idle(w->app);
	free(w);
}

static struct waiting *
wait_for(struct gaz_app *app, struct gaz_http_request *req,
    gaz_answer_end_fn end, void *arg)
{
	struct waiting *w = gaz_mem_zero(1, sizeof(*w));

	w->app = app;
	w->req = req;
	w->end = end;
	w->arg = arg;
	gaz_buf_init(&w->answer.body, GAZ_MESSAGE_MAX);
	app->requests++;
	return w;
}

static void
run_read(struct gaz_store *reader, const struct gaz_err *err, void *arg)
{
	struct waiting *w = arg;

	if (reader == NULL)
		w->answer.err = *err;
	else
		w->read(reader, w->arg, &w->answer);
}

static void
done_read(void *arg)
{
	send_answer(arg);
}

void
gaz_answer_read(struct gaz_app *app, struct gaz_http_request *req,
    gaz_answer_read_fn fn, gaz_answer_end_fn end, void *arg)
{
	struct waiting *w = wait_for(app, req, end, arg);

	w->read = fn;
	if (!gaz_tasks_run(app->tasks, run_read, done_read, w)) {
		gaz_err_set(&w->answer.err, GAZ_ERR_BUSY,
		    "too many requests wait");
		send_answer(w);
	}
}

static bool
run_write(struct gaz_writer_state *state, void *arg, struct gaz_err *err)
{
	struct waiting *w = arg;
	struct gaz_answer *a = &w->answer;

	gaz_buf_reset(&a->body);
	a->err = (struct gaz_err){ 0 };
	if (w->write(state, w->arg, a))
		return true;
	*err = a->err;
	return false;
}

static void
done_write(void *arg, bool ok, const struct gaz_err *err)
{
	struct waiting *w = arg;

	if (!ok)
		w->answer.err = *err;
	if (ok && w->answer.status == 0)
		w->answer.status = 200; /* not a document: never a 304 */
	send_answer(w);
}

void
gaz_answer_write(struct gaz_app *app, struct gaz_http_request *req,
    gaz_answer_write_fn fn, gaz_answer_end_fn end, void *arg)
{
	struct waiting *w = wait_for(app, req, end, arg);

	w->write = fn;
	gaz_writer_run(app->writer, run_write, done_write, w, true);
}

/* ---- rendered views */

struct view {
	struct gaz_app *app;
	struct gaz_http_request *req;
	struct gaz_arena arena;
	struct gaz_render render;
	struct gaz_str key;      /* in the cache */
	gaz_utc now;
	int64_t generation, moved;
	bool cached;
	struct gaz_http_doc *doc;
	struct gaz_err err;
};

/* On a task thread. */
static void
run_view(struct gaz_store *reader, const struct gaz_err *why, void *arg)
{
	struct view *v = arg;
	struct gaz_buf out;

	if (reader == NULL) {
		v->err = *why;
		return;
	}
	gaz_buf_init(&out, GAZ_MESSAGE_MAX);
	v->generation = gaz_store_generation(reader);
	if (gaz_render(reader, &v->render, v->now, &out, &v->moved, &v->err))
		v->doc = gaz_http_doc_new(
		    gaz_render_content_type(v->render.form), &out, true);
	gaz_buf_clear(&out);
}

static void
done_view(void *arg)
{
	struct view *v = arg;
	struct gaz_app *app = v->app;

	app->requests--;
	if (v->moved != 0) {
		char to[60];

		snprintf(to, sizeof(to), "%s%lld",
		    v->render.form == GAZ_RENDER_API ? "/api/1/story?id=" :
		    "/story/", (long long)v->moved);
		gaz_http_reply_redirect(v->req, 301, to);
	} else if (v->doc == NULL) {
		gaz_http_reply_error(v->req, gaz_answer_status(&v->err), "%s",
		    v->err.msg);
	} else {
		if (v->cached)
			gaz_http_cache_put(app->cache, v->key, v->generation,
			    v->doc);
		gaz_http_reply_doc(v->req, v->doc, 0);
	}
	gaz_http_doc_put(v->doc);
	gaz_arena_clear(&v->arena);
	free(v);
	gaz_app_idle(app);
}

/* The question in the parameters; unknown ones are ignored. */
static bool
read_params(struct view *v, struct gaz_http_request *req, struct gaz_err *err)
{
	struct gaz_str name, value;

	for (size_t i = 0; gaz_http_param_at(req, i, &name, &value); i++) {
		bool known;

		/* Forms send the fields that were left empty, too. */
		if (value.len == 0)
			continue;
		if (!gaz_render_param(&v->render, &v->arena, name, value,
		    v->now, &known, err))
			return false;
		/* What counts back from now must not be kept. */
		if (gaz_str_eq_z(name, "since"))
			v->cached = false;
	}
	return true;
}

void
gaz_answer_render(struct gaz_app *app, struct gaz_http_request *req,
    enum gaz_view_kind kind, enum gaz_render_form form, const char *title,
    int64_t story_id, bool evidence)
{
	struct view *v = gaz_mem_zero(1, sizeof(*v));
	struct gaz_err err = { 0 };
	struct gaz_str target;

	v->app = app;
	v->req = req;
	v->now = gaz_clock_utc();
	/* How feeds fare changes without a new generation. */
	v->cached = kind != GAZ_VIEW_FEEDS;
	target = gaz_arena_str(&v->arena, gaz_http_target(req));
	/* A reload may change what stands in a document besides the question. */
	v->key = gaz_arena_fmt(&v->arena, "%.*s %d %.*s",
	    GAZ_STR_ARG(app->config->base_url), app->config->hub,
	    GAZ_STR_ARG(target));
	gaz_filter_init(&v->render.filter);
	v->render.kind = kind;
	v->render.form = form;
	v->render.evidence = evidence;
	v->render.one_story = story_id != 0 && kind == GAZ_VIEW_STORIES;
	v->render.filter.story_id = story_id;
	v->render.title = gaz_arena_str(&v->arena, gaz_str_of(title));
	v->render.base_url = gaz_arena_str(&v->arena, app->config->base_url);
	/* A document that is taken along is its own place. */
	if (gaz_str_starts(target, "/api/"))
		v->render.standalone = true;
	else
		v->render.path = target;
	gaz_hub_announce(app, req, &v->arena, &v->render);
	for (size_t i = 0; i < app->config->languages.n; i++)
		*gaz_list_push(&v->arena, &v->render.filter.prefer) =
		    gaz_arena_str(&v->arena, app->config->languages.v[i]);
	if (kind == GAZ_VIEW_STORIES && story_id == 0)
		v->render.filter.min_sources = app->config->min_sources;
	if (!read_params(v, req, &err)) {
		gaz_http_reply_error(req, gaz_answer_status(&err), "%s",
		    err.msg);
		gaz_arena_clear(&v->arena);
		free(v);
		return;
	}
	if (v->cached) {
		struct gaz_http_doc *d = gaz_http_cache_find(app->cache,
		    v->key, gaz_writer_generation(app->writer));

		if (d != NULL) {
			gaz_http_reply_doc(req, d, 0);
			gaz_arena_clear(&v->arena);
			free(v);
			return;
		}
	}
	app->requests++;
	if (!gaz_tasks_run(app->tasks, run_view, done_view, v)) {
		gaz_err_set(&v->err, GAZ_ERR_BUSY, "too many requests wait");
		done_view(v);
	}
}
