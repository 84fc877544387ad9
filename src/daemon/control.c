/* The handlers of /api/1/…: what gazettectl asks and orders. */
#include "config.h"

#include "control.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "gazetted/limits.h"

#include "corrections.h"
#include "describe.h"
#include "history.h"
#include "hub.h"
#include "icons.h"
#include "subscriptions.h"
#include "websub.h"

/* ---- lists */

void
gaz_control_feeds(struct gaz_http_request *req, void *arg)
{
	gaz_answer_render(arg, req, GAZ_VIEW_FEEDS, GAZ_RENDER_API, "Feeds", 0,
	    false);
}

void
gaz_control_items(struct gaz_http_request *req, void *arg)
{
	gaz_answer_render(arg, req, GAZ_VIEW_ITEMS, GAZ_RENDER_API, "Items", 0,
	    false);
}

void
gaz_control_stories(struct gaz_http_request *req, void *arg)
{
	gaz_answer_render(arg, req, GAZ_VIEW_STORIES, GAZ_RENDER_API,
	    "Stories", 0, false);
}

static bool
number_of(struct gaz_http_request *req, const char *name, size_t i,
    int64_t *out)
{
	struct gaz_str s = gaz_http_param(req, name, i);

	if (gaz_str_to_int(s, out) && *out > 0)
		return true;
	gaz_http_reply_error(req, 400, "%s=%.*s: an id (a number) is wanted",
	    name, s.len < 40 ? (int)s.len : 40, s.p != NULL ? s.p : "");
	return false;
}

void
gaz_control_story(struct gaz_http_request *req, void *arg)
{
	int64_t id;

	if (number_of(req, "id", 0, &id))
		gaz_answer_render(arg, req, GAZ_VIEW_STORIES, GAZ_RENDER_API,
		    "Story", id, true);
}

void
gaz_control_export(struct gaz_http_request *req, void *arg)
{
	struct gaz_str format = gaz_http_param(req, "format", 0);
	struct gaz_str content = gaz_http_param(req, "content", 0);
	enum gaz_render_form form;
	enum gaz_view_kind kind;

	if (!gaz_render_form_find(format, &form)) {
		gaz_http_reply_error(req, 400, "format=%.*s: one of atom, "
		    "rss, json, opml, html, jsonl is wanted",
		    format.len < 40 ? (int)format.len : 40,
		    format.p != NULL ? format.p : "");
		return;
	}
	kind = gaz_str_eq_z(content, "items") ? GAZ_VIEW_ITEMS :
	    gaz_str_eq_z(content, "feeds") ? GAZ_VIEW_FEEDS :
	    GAZ_VIEW_STORIES;
	if (form == GAZ_RENDER_OPML)
		kind = GAZ_VIEW_FEEDS;
	else if (form == GAZ_RENDER_JSONL)
		kind = GAZ_VIEW_ITEMS;
	gaz_answer_render(arg, req, kind, form, "gazetted", 0, false);
}

/* ---- status */

struct status {
	struct gaz_app *app;
	struct gaz_json j;
	int64_t feeds, running, waiting, parsing, storing, uptime_s, due_in_s;
	struct gaz_websub_numbers hubs;
	int64_t subscribers, failing;
	gaz_utc started;
	gaz_str_list listen;
	struct gaz_arena arena;
	char *store_path, *config_path;
};

/* On a task thread; what the loop knows was copied before. */
static void
run_status(struct gaz_store *reader, void *arg, struct gaz_answer *out)
{
	struct status *s = arg;
	struct gaz_store_stats st;
	struct gaz_json j;

	if (!gaz_store_stats(reader, &st, &out->err))
		return;
	gaz_json_init(&j, &out->body, 0);
	gaz_json_object(&j, NULL);
	gaz_json_z(&j, "version", PACKAGE_VERSION);
	gaz_json_int(&j, "pid", getpid());
	gaz_json_utc(&j, "started", s->started);
	gaz_json_int(&j, "uptime", s->uptime_s);
	gaz_json_z(&j, "configuration", s->config_path);
	gaz_json_array(&j, "listen");
	for (size_t i = 0; i < s->listen.n; i++)
		gaz_json_str(&j, NULL, s->listen.v[i]);
	gaz_json_end_array(&j);
	gaz_json_object(&j, "work");
	gaz_json_int(&j, "feeds", s->feeds);
	gaz_json_int(&j, "fetching", s->running);
	gaz_json_int(&j, "waiting", s->waiting);
	gaz_json_int(&j, "parsing", s->parsing);
	gaz_json_int(&j, "storing", s->storing);
	gaz_json_opt_int(&j, "due_in", s->due_in_s);
	gaz_json_end_object(&j);
	gaz_json_object(&j, "websub");
	gaz_json_int(&j, "active", s->hubs.active);
	gaz_json_int(&j, "quiet", s->hubs.quiet);
	gaz_json_int(&j, "asked", s->hubs.asked);
	gaz_json_int(&j, "denied", s->hubs.denied);
	gaz_json_int(&j, "failing", s->hubs.failing);
	gaz_json_int(&j, "spare", s->hubs.spare);
	gaz_json_end_object(&j);
	gaz_json_object(&j, "hub");
	gaz_json_int(&j, "subscribers", s->subscribers);
	gaz_json_int(&j, "failing", s->failing);
	gaz_json_end_object(&j);
	gaz_describe_store(&j, s->store_path, &st);
	if (!gaz_describe_lists(&j, reader, &out->err))
		return;
	gaz_json_end_object(&j);
	gaz_buf_put_char(&out->body, '\n');
	out->status = 200;
}

static void
end_status(struct gaz_app *app, void *arg, bool ok)
{
	struct status *s = arg;

	(void)app;
	(void)ok;
	gaz_arena_clear(&s->arena);
	free(s->store_path);
	free(s->config_path);
	free(s);
}

void
gaz_control_status(struct gaz_http_request *req, void *arg)
{
	struct gaz_app *app = arg;
	struct status *s = gaz_mem_zero(1, sizeof(*s));
	const char *address;

	s->running = (int64_t)gaz_fetcher_running(app->fetcher);
	s->waiting = (int64_t)gaz_fetcher_waiting(app->fetcher);
	s->parsing = (int64_t)(gaz_pool_running(app->pool) +
	    gaz_pool_waiting(app->pool));
	s->storing = (int64_t)gaz_writer_pending(app->writer);
	s->feeds = (int64_t)app->cycles;
	gaz_websub_numbers(app, &s->hubs);
	gaz_hub_numbers(app, &s->subscribers, &s->failing);
	s->due_in_s = GAZ_INT_UNKNOWN;
	if (app->next_due != INT64_MAX) {
		int64_t ms = app->next_due - gaz_clock_mono().ms;

		s->due_in_s = ms > 0 ? (ms + 999) / 1000 : 0;
	}
	s->started = app->started;
	s->uptime_s = gaz_clock_utc() - app->started;
	s->store_path = gaz_mem_strdup(app->store_path);
	s->config_path = gaz_mem_strdup(app->config_path);
	for (size_t i = 0; (address = gaz_http_address(app->http, i)) != NULL;
	    i++)
		*gaz_list_push(&s->arena, &s->listen) =
		    gaz_arena_str(&s->arena, gaz_str_of(address));
	gaz_answer_read(app, req, run_status, end_status, s);
}

/* ---- why */

struct why {
	int64_t id;
	struct gaz_describe_live live;
};

static void
run_why(struct gaz_store *reader, void *arg, struct gaz_answer *out)
{
	const struct why *w = arg;

	if (gaz_describe_feed(reader, w->id, gaz_clock_utc(), &w->live,
	    &out->body, &out->err))
		out->status = 200;
}

static void
end_free(struct gaz_app *app, void *arg, bool ok)
{
	(void)app;
	(void)ok;
	free(arg);
}

static struct gaz_feed *
feed_of(struct gaz_app *app, struct gaz_http_request *req)
{
	struct gaz_str name = gaz_http_param(req, "feed", 0);
	struct gaz_feed *f = gaz_feeds_find_name(app, name);

	if (f == NULL)
		gaz_http_reply_error(req, 404, "there is no feed \"%.*s\"",
		    name.len < 100 ? (int)name.len : 100,
		    name.p != NULL ? name.p : "");
	return f;
}

void
gaz_control_why(struct gaz_http_request *req, void *arg)
{
	struct gaz_app *app = arg;
	struct gaz_feed *f = feed_of(app, req);
	struct gaz_mono due;
	struct why *w;

	if (f == NULL)
		return;
	w = gaz_mem_zero(1, sizeof(*w));
	w->id = f->id;
	w->live.fetching = f->busy;
	w->live.gone = f->gone;
	w->live.due_in_s = GAZ_INT_UNKNOWN;
	if (gaz_schedule_find(app->schedule, f->slot, &due)) {
		int64_t ms = due.ms - gaz_clock_mono().ms;

		w->live.due_in_s = ms > 0 ? ms / 1000 : 0;
		w->live.reason = f->has_turn ? "requests-per-hour" :
		    f->backlog ? "one of many that are late, spread" : NULL;
	}
	if (f->transfer != NULL && gaz_fetch_is_waiting(f->transfer))
		w->live.reason = "host gap";
	gaz_answer_read(app, req, run_why, end_free, w);
}

/* ---- orders */

static void
reply_count(struct gaz_http_request *req, const char *name, int64_t n)
{
	struct gaz_buf out;

	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	gaz_buf_put_fmt(&out, "{\"%s\":%" PRId64 "}\n", name, n);
	gaz_http_reply(req, 200, "application/json; charset=utf-8",
	    gaz_buf_str(&out));
	gaz_buf_clear(&out);
}

struct revival {
	int64_t id;
};

static void *
new_revival(int64_t id)
{
	struct revival *r = gaz_mem_zero(1, sizeof(*r));

	r->id = id;
	return r;
}

static bool
run_revive(struct gaz_writer_state *w, void *arg, struct gaz_answer *out)
{
	const struct revival *r = arg;

	if (!gaz_store_revive_feed(w->store, r->id, &out->err))
		return false;
	gaz_buf_put_z(&out->body, "{\"asked\":1}\n");
	return true;
}

void
gaz_control_fetch(struct gaz_http_request *req, void *arg)
{
	struct gaz_app *app = arg;
	bool force = gaz_str_eq_z(gaz_http_param(req, "force", 0), "yes");
	int64_t n = 0;

	if (gaz_http_param(req, "feed", 0).p != NULL) {
		struct gaz_feed *f = feed_of(app, req);

		if (f == NULL)
			return;
		if (!f->enabled) {
			gaz_http_reply_error(req, 409,
			    "feed \"%s\" is switched off", f->name);
			return;
		}
		bool revive = f->gone;

		if (revive) {
			f->gone = false; /* a person says so */
			f->failures = 0;
		}
		gaz_pipeline_fetch(app, f, force);
		if (revive)
			gaz_answer_write(app, req, run_revive, end_free,
			    new_revival(f->id));
		else
			reply_count(req, "asked", 1);
		return;
	}
	for (size_t i = 0; i < app->feeds.n; i++)
		n += app->feeds.v[i]->enabled && !app->feeds.v[i]->gone;
	gaz_pipeline_fetch_all(app, force);
	reply_count(req, "asked", n);
}

void
gaz_control_walk(struct gaz_http_request *req, void *arg)
{
	gaz_history_start(arg, req);
}

void
gaz_control_icons(struct gaz_http_request *req, void *arg)
{
	gaz_icons_run(arg);
	reply_count(req, "looking", 1);
}

void
gaz_control_history(struct gaz_http_request *req, void *arg)
{
	gaz_history_tell(arg, req);
}

void
gaz_control_add(struct gaz_http_request *req, void *arg)
{
	gaz_subscriptions_add(arg, req);
}

void
gaz_control_remove(struct gaz_http_request *req, void *arg)
{
	gaz_subscriptions_remove(arg, req);
}

void
gaz_control_import(struct gaz_http_request *req, void *arg)
{
	gaz_subscriptions_import(arg, req);
}

void
gaz_control_reload(struct gaz_http_request *req, void *arg)
{
	gaz_reload(arg);
	reply_count(req, "reloading", 1);
}

/* ---- corrections */

struct correction {
	int64_t a, b;
	GAZ_VEC(int64_t) items;
};

static void
end_correction(struct gaz_app *app, void *arg, bool ok)
{
	struct correction *c = arg;

	if (ok)
		gaz_exports_touch(app);
	gaz_vec_clear(&c->items);
	free(c);
}

static void
put_story(struct gaz_answer *out, int64_t id)
{
	gaz_buf_put_fmt(&out->body, "{\"story\":%" PRId64 "}\n", id);
}

static bool
run_merge(struct gaz_writer_state *w, void *arg, struct gaz_answer *out)
{
	struct correction *c = arg;
	int64_t a, b;

	if (!gaz_store_resolve_story(w->store, c->a, &a, &out->err) ||
	    !gaz_store_resolve_story(w->store, c->b, &b, &out->err))
		return false;
	if (a == 0 || b == 0)
		return gaz_err_set(&out->err, GAZ_ERR_MISSING,
		    "there is no story %" PRId64, a == 0 ? c->a : c->b);
	if (a == b)
		return gaz_err_set(&out->err, GAZ_ERR_USAGE,
		    "%" PRId64 " and %" PRId64 " are one story already",
		    c->a, c->b);
	if (!gaz_store_merge_stories(w->store, a, b, true, gaz_clock_utc(),
	    &out->err))
		return false;
	gaz_story_index_merge(w->index, a, b);
	put_story(out, a);
	return true;
}

void
gaz_control_merge(struct gaz_http_request *req, void *arg)
{
	int64_t into, from;
	struct correction *c;

	if (!number_of(req, "into", 0, &into) ||
	    !number_of(req, "from", 0, &from))
		return;
	c = gaz_mem_zero(1, sizeof(*c));
	c->a = into;
	c->b = from;
	gaz_answer_write(arg, req, run_merge, end_correction, c);
}

static bool
run_split(struct gaz_writer_state *w, void *arg, struct gaz_answer *out)
{
	struct correction *c = arg;
	int64_t id = 0, fresh = 0;
	size_t known;

	if (!gaz_store_resolve_story(w->store, c->a, &id, &out->err))
		return false;
	if (id == 0)
		return gaz_err_set(&out->err, GAZ_ERR_MISSING,
		    "there is no story %" PRId64, c->a);
	if (!gaz_corrections_recall(w, SIZE_MAX, &known, &out->err) ||
	    !gaz_store_split_story(w->store, id, c->items.v, c->items.n, true,
	    gaz_clock_utc(), &fresh, &out->err))
		return false;
	for (size_t i = 0; i < c->items.n; i++)
		gaz_story_index_move(w->index, c->items.v[i], fresh);
	put_story(out, fresh);
	return gaz_corrections_recall(w, known, NULL, &out->err);
}

/* A story and at least so many items; NULL: the answer is given. */
static struct correction *
read_items(struct gaz_http_request *req, size_t least)
{
	int64_t story, item;
	struct correction *c;

	if (!number_of(req, "story", 0, &story))
		return NULL;
	c = gaz_mem_zero(1, sizeof(*c));
	c->a = story;
	for (size_t i = 0; i < least ||
	    gaz_http_param(req, "item", i).p != NULL; i++) {
		if (!number_of(req, "item", i, &item)) {
			gaz_vec_clear(&c->items);
			free(c);
			return NULL;
		}
		*gaz_vec_push(&c->items) = item;
	}
	return c;
}

void
gaz_control_split(struct gaz_http_request *req, void *arg)
{
	struct correction *c = read_items(req, 1);

	if (c != NULL)
		gaz_answer_write(arg, req, run_split, end_correction, c);
}

static bool
run_pin(struct gaz_writer_state *w, void *arg, struct gaz_answer *out)
{
	struct correction *c = arg;
	int64_t id = 0;
	size_t known;

	if (!gaz_corrections_recall(w, SIZE_MAX, &known, &out->err) ||
	    !gaz_store_pin_story(w->store, c->a, c->items.v, c->items.n,
	    gaz_clock_utc(), &id, &out->err))
		return false;
	put_story(out, id);
	return gaz_corrections_recall(w, known, NULL, &out->err);
}

void
gaz_control_pin(struct gaz_http_request *req, void *arg)
{
	struct correction *c = read_items(req, 0);

	if (c != NULL)
		gaz_answer_write(arg, req, run_pin, end_correction, c);
}

static bool
run_unpin(struct gaz_writer_state *w, void *arg, struct gaz_answer *out)
{
	struct correction *c = arg;
	int64_t id = 0;
	size_t known;

	if (!gaz_corrections_recall(w, SIZE_MAX, &known, &out->err) ||
	    !gaz_store_unpin_story(w->store, c->a, gaz_clock_utc(), &id,
	    &out->err))
		return false;
	put_story(out, id);
	return gaz_corrections_recall(w, known, NULL, &out->err);
}

void
gaz_control_unpin(struct gaz_http_request *req, void *arg)
{
	int64_t story;
	struct correction *c;

	if (!number_of(req, "story", 0, &story))
		return;
	c = gaz_mem_zero(1, sizeof(*c));
	c->a = story;
	gaz_answer_write(arg, req, run_unpin, end_correction, c);
}

static void
run_labels(struct gaz_store *reader, void *arg, struct gaz_answer *out)
{
	(void)arg;
	out->content_type = gaz_render_content_type(GAZ_RENDER_JSONL);
	if (gaz_describe_labels(reader, gaz_clock_utc(), &out->body, &out->err))
		out->status = 200;
}

void
gaz_control_labels(struct gaz_http_request *req, void *arg)
{
	gaz_answer_read(arg, req, run_labels, end_free, NULL);
}

/* ---- explain */

struct explain {
	int64_t ids[2];
};

static bool
run_explain(struct gaz_writer_state *w, void *arg, struct gaz_answer *out)
{
	const struct explain *e = arg;

	return gaz_describe_pair(w->store, w->index, e->ids[0], e->ids[1],
	    gaz_clock_utc(), &out->body, &out->err);
}

void
gaz_control_explain(struct gaz_http_request *req, void *arg)
{
	int64_t a, b;
	struct explain *e;

	if (!number_of(req, "a", 0, &a) || !number_of(req, "b", 0, &b))
		return;
	e = gaz_mem_zero(1, sizeof(*e));
	e->ids[0] = a;
	e->ids[1] = b;
	gaz_answer_write(arg, req, run_explain, end_free, e);
}

/* ---- upkeep */

static void
run_backup(struct gaz_store *reader, void *arg, struct gaz_answer *out)
{
	if (gaz_store_backup(reader, arg, &out->err)) {
		gaz_buf_put_z(&out->body, "{\"ok\":true}\n");
		out->status = 200;
	}
}

void
gaz_control_backup(struct gaz_http_request *req, void *arg)
{
	struct gaz_str path = gaz_http_param(req, "path", 0);

	if (path.len < 2 || path.p[0] != '/') {
		gaz_http_reply_error(req, 400,
		    "path: an absolute path is wanted");
		return;
	}
	gaz_answer_read(arg, req, run_backup, end_free,
	    gaz_mem_strndup(path.p, path.len));
}

struct prune {
	int64_t keep_days, keep_items;
};

static bool
run_prune(struct gaz_writer_state *w, void *arg, struct gaz_answer *out)
{
	const struct prune *p = arg;
	int64_t n = 0;
	bool more = true;

	while (more) {
		int64_t slice = 0;

		if (!gaz_store_prune(w->store, p->keep_days, p->keep_items,
		    gaz_clock_utc(), &slice, &more, &out->err))
			return false;
		n += slice;
	}
	gaz_buf_put_fmt(&out->body, "{\"deleted\":%" PRId64 "}\n", n);
	return true;
}

void
gaz_control_prune(struct gaz_http_request *req, void *arg)
{
	struct gaz_app *app = arg;
	struct prune *p = gaz_mem_zero(1, sizeof(*p));

	p->keep_days = app->config->keep_days;
	p->keep_items = app->config->keep_items;
	gaz_answer_write(app, req, run_prune, end_free, p);
}

static void
run_check(struct gaz_store *reader, void *arg, struct gaz_answer *out)
{
	struct gaz_buf report;
	struct gaz_json j;
	bool sound;

	(void)arg;
	gaz_buf_init(&report, GAZ_HTTP_BODY_MAX);
	if (gaz_store_check(reader, &report, &sound, &out->err)) {
		gaz_json_init(&j, &out->body, 0);
		gaz_json_object(&j, NULL);
		gaz_json_bool(&j, "sound", sound);
		gaz_json_str(&j, "report", gaz_buf_str(&report));
		gaz_json_end_object(&j);
		gaz_buf_put_char(&out->body, '\n');
		out->status = 200;
	}
	gaz_buf_clear(&report);
}

void
gaz_control_check(struct gaz_http_request *req, void *arg)
{
	gaz_answer_read(arg, req, run_check, end_free, NULL);
}
