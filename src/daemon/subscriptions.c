/*
 * What is subscribed to: the [feed] sections and the OPML file that
 * `subscriptions` names become one list, the store takes it over, and the
 * loop's table follows. The OPML file is read by a task and parsed by a worker,
 * since it comes from anywhere.
 *
 *   sync: file -> worker (several parts) -> writer -> table
 */
#include "config.h"

#include "subscriptions.h"

#include <malloc.h>
#include <stdlib.h>

#include "gazetted/file.h"
#include "gazetted/json.h"
#include "gazetted/limits.h"
#include "gazetted/log.h"
#include "gazetted/url.h"

#include "adding.h"
#include "lists.h"
#include "outlines.h"

#define MANY 10000 /* feeds, from which on their memory is given back */

void
gaz_subscriptions_of(const struct gaz_config *c, struct gaz_arena *a,
    gaz_subscription_vec *out)
{
	for (size_t i = 0; i < c->feeds.n; i++) {
		const struct gaz_config_feed *f = &c->feeds.v[i];
		struct gaz_store_subscription *s = gaz_vec_push(out);

		*s = (struct gaz_store_subscription){
			.name = f->name, .title = f->title,
			.language = f->language, .tags = f->tags,
			.enabled = f->enabled, .priority = f->priority,
			.url = f->url.len > 0 ? f->url :
			    gaz_arena_fmt(a, "file://%.*s",
			    GAZ_STR_ARG(f->path)),
		};
	}
}

/* ---- the whole list to the store */

struct sync {
	struct gaz_app *app;
	struct gaz_config *config;
	gaz_sync_done_fn done;
	void *arg;
	struct gaz_arena arena; /* of subs */
	gaz_subscription_vec subs;
	struct gaz_outlines *outlines; /* NULL: no OPML file */
	struct gaz_arena list_arena;
	gaz_store_feed_list list;
	size_t fixed;           /* of subs; behind them those of lists */
	struct gaz_arena lists_arena;
	gaz_store_list_list lists;
};

static void
free_sync(struct sync *s)
{
	if (s->outlines != NULL)
		gaz_outlines_free(s->outlines);
	gaz_config_put(s->config);
	gaz_vec_clear(&s->subs);
	gaz_arena_clear(&s->arena);
	gaz_arena_clear(&s->list_arena);
	gaz_arena_clear(&s->lists_arena);
	free(s);
}

static bool
load_list(struct gaz_writer_state *w, struct gaz_arena *a,
    gaz_store_feed_list *list, struct gaz_err *err)
{
	gaz_arena_clear(a);
	*list = (gaz_store_feed_list){ 0 };
	return gaz_store_load_feeds(w->store, a, list, err);
}

/* What the lists behind URLs have, less what the configuration has itself. */
static bool
take_lists(struct gaz_writer_state *w, struct sync *s, struct gaz_err *err)
{
	static char taken;
	const gaz_str_list *sources = &s->config->subscription_sources;
	gaz_store_subscription_list found = { 0 };
	gaz_str_list urls = { 0 };
	struct gaz_map *known, *names;
	bool ok;

	s->subs.n = s->fixed; /* this may be the second run */
	gaz_arena_clear(&s->lists_arena);
	s->lists = (gaz_store_list_list){ 0 };
	for (size_t i = 0; i < sources->n; i++) {
		if (gaz_lists_is_url(sources->v[i]))
			*gaz_list_push(&s->lists_arena, &urls) = sources->v[i];
	}
	ok = gaz_store_take_outlines(w->store, &urls, gaz_clock_utc(),
	    s->config->subscriptions_grace_s, &s->lists_arena, &found, err) &&
	    gaz_store_load_lists(w->store, &s->lists_arena, &s->lists, err);
	if (!ok)
		return false;
	known = gaz_map_new();
	names = gaz_map_new();
	for (size_t i = 0; i < s->fixed; i++) {
		gaz_map_put(known, s->subs.v[i].url, &taken);
		gaz_map_put(names, s->subs.v[i].name, &taken);
	}
	for (size_t i = 0; i < found.n; i++) {
		struct gaz_store_subscription *sub = &found.v[i];

		if (gaz_map_find(known, sub->url) != NULL)
			continue;
		if (gaz_map_put(names, sub->name, &taken) != NULL)
			sub->name = sub->url;
		*gaz_vec_push(&s->subs) = *sub;
	}
	gaz_map_free(names);
	gaz_map_free(known);
	return true;
}

static bool
run_sync(struct gaz_writer_state *w, void *arg, struct gaz_err *err)
{
	struct sync *s = arg;
	struct gaz_rules *rules;

	if (!take_lists(w, s, err) || !gaz_store_sync_feeds(w->store, s->subs.v, s->subs.n,
	    gaz_clock_utc(), NULL, err) ||
	    !load_list(w, &s->list_arena, &s->list, err))
		return false;
	rules = gaz_rules_new(s->config, err);
	if (rules == NULL)
		return false;
	gaz_rules_free(w->rules);
	w->rules = rules;
	w->opt.commit_interval_ms = s->config->commit_interval_ms;
	return true;
}

/* All rows of all feeds went through the cache of the database. */
static bool
run_shrink(struct gaz_writer_state *w, void *arg, struct gaz_err *err)
{
	(void)arg;
	(void)err;
	gaz_store_shrink(w->store);
	return true;
}

/* And their lists, which are large, through the heaps of several threads; the
 * allocator would keep what they took. */
static void
done_shrink(void *arg, bool ok, const struct gaz_err *err)
{
	(void)ok;
	(void)err;
	malloc_trim(0);
	gaz_app_idle(arg);
}

static void
done_sync(void *arg, bool ok, const struct gaz_err *err)
{
	struct sync *s = arg;
	struct gaz_app *app = s->app;

	if (ok) {
		if (app->config != s->config) {
			gaz_config_put(app->config);
			app->config = gaz_config_get(s->config);
		}
		gaz_feeds_update(app, &s->list);
		gaz_lists_update(app, &s->lists);
	}
	gaz_quiet_hold(app->quiet, false);
	s->done(app, ok, err, s->arg);
	bool many = s->list.n >= MANY;
	free_sync(s);
	if (many && !app->stopping)
		gaz_writer_run(app->writer, run_shrink, done_shrink, app,
		    true);
	gaz_app_idle(app);
}

static void
to_store(struct sync *s)
{
	s->fixed = s->subs.n;
	gaz_quiet_hold(s->app->quiet, true);
	gaz_writer_run(s->app->writer, run_sync, done_sync, s, true);
}

static void
sync_outlines(struct gaz_outlines *o)
{
	struct sync *s = o->arg;

	if (o->err.code != GAZ_ERR_NONE) {
		gaz_err_wrap(&o->err, "subscriptions %.*s",
		    GAZ_STR_ARG(s->config->subscriptions));
		done_sync(s, false, &o->err);
		return;
	}
	for (size_t i = 0; i < o->subs.n; i++)
		*gaz_vec_push(&s->subs) = o->subs.v[i];
	to_store(s);
}

/* On a task thread. */
static void
read_file(struct gaz_store *reader, const struct gaz_err *why, void *arg)
{
	struct gaz_outlines *o = arg;
	struct sync *s = o->arg;

	(void)reader;
	(void)why;
	/* The text is the configuration's: it has a NUL behind it. */
	(void)!gaz_file_load(s->config->subscriptions.p, &o->body, &o->err);
}

static void
done_file(void *arg)
{
	struct gaz_outlines *o = arg;

	if (o->err.code != GAZ_ERR_NONE)
		o->done(o);
	else
		gaz_outlines_parse(o, gaz_buf_str(&o->body));
}

void
gaz_subscriptions_sync(struct gaz_app *app, struct gaz_config *config,
    gaz_sync_done_fn done, void *arg)
{
	static char taken;
	struct sync *s = gaz_mem_zero(1, sizeof(*s));

	s->app = app;
	s->config = gaz_config_get(config);
	s->done = done;
	s->arg = arg;
	gaz_subscriptions_of(config, &s->arena, &s->subs);
	if (config->subscriptions.len == 0) {
		to_store(s);
		return;
	}
	s->outlines = gaz_outlines_new(app, sync_outlines, s);
	for (size_t i = 0; i < s->subs.n; i++)
		gaz_map_put(s->outlines->names, s->subs.v[i].name, &taken);
	if (!gaz_tasks_run(app->tasks, read_file, done_file, s->outlines)) {
		gaz_err_set(&s->outlines->err, GAZ_ERR_BUSY,
		    "too many tasks wait");
		sync_outlines(s->outlines);
	}
}

/* ---- by hand */

struct by_hand {
	struct gaz_app *app;
	struct gaz_http_request *req;
	struct gaz_outlines *outlines;
	struct gaz_arena list_arena;
	gaz_store_feed_list list;
	int64_t feed_id;
	bool with_items;
};

static void
end_by_hand(struct gaz_app *app, void *arg, bool ok)
{
	struct by_hand *h = arg;

	if (ok) {
		gaz_feeds_update(app, &h->list);
		gaz_backlog_schedule_all(app);
	}
	gaz_outlines_free(h->outlines);
	gaz_arena_clear(&h->list_arena);
	free(h);
}

static bool
run_add(struct gaz_writer_state *w, void *arg, struct gaz_answer *out)
{
	struct by_hand *h = arg;
	struct gaz_outlines *o = h->outlines;
	gaz_utc now = gaz_clock_utc();
	struct gaz_store_stats before, after;
	struct gaz_json j;

	if (!gaz_store_stats(w->store, &before, &out->err))
		return false;
	for (size_t i = 0; i < o->subs.n; i++) {
		o->subs.v[i].by_hand = true;
		if (!gaz_store_add_feed(w->store, &o->subs.v[i], now,
		    &h->feed_id, &out->err))
			return false;
	}
	if (!gaz_store_stats(w->store, &after, &out->err) ||
	    !load_list(w, &h->list_arena, &h->list, &out->err))
		return false;
	gaz_json_init(&j, &out->body, 0);
	gaz_json_object(&j, NULL);
	gaz_json_int(&j, "added", after.feeds - before.feeds);
	gaz_json_int(&j, "known", (int64_t)o->subs.n -
	    (after.feeds - before.feeds));
	gaz_json_int(&j, "skipped", (int64_t)o->skipped);
	gaz_json_end_object(&j);
	gaz_buf_put_char(&out->body, '\n');
	return true;
}

static void
import_outlines(struct gaz_outlines *o)
{
	struct by_hand *h = o->arg;
	struct gaz_app *app = h->app;

	app->requests--;
	if (o->err.code == GAZ_ERR_NONE) {
		gaz_answer_write(app, h->req, run_add, end_by_hand, h);
		return;
	}
	gaz_http_reply_error(h->req, gaz_answer_status(&o->err), "%s",
	    o->err.msg);
	end_by_hand(app, h, false);
	gaz_app_idle(app);
}

static struct by_hand *
new_by_hand(struct gaz_app *app, struct gaz_http_request *req)
{
	struct by_hand *h = gaz_mem_zero(1, sizeof(*h));

	h->app = app;
	h->req = req;
	h->outlines = gaz_outlines_new(app, import_outlines, h);
	return h;
}

void
gaz_subscriptions_import(struct gaz_app *app, struct gaz_http_request *req)
{
	struct by_hand *h = new_by_hand(app, req);

	for (size_t i = 0; i < app->feeds.n; i++)
		gaz_map_put(h->outlines->names,
		    gaz_str_of(app->feeds.v[i]->name), app);
	app->requests++;
	gaz_outlines_parse(h->outlines, gaz_http_body(req));
}

static void
put_found(struct gaz_json *j, const struct gaz_adding_result *r)
{
	gaz_json_array(j, "feeds");
	for (size_t i = 0; i < r->found.n; i++) {
		const struct gaz_adding_found *f = &r->found.v[i];

		gaz_json_object(j, NULL);
		gaz_json_str(j, "url", f->url);
		gaz_json_str(j, "type", f->type);
		gaz_json_str(j, "title", f->title);
		gaz_json_bool(j, "taken", f->taken);
		gaz_json_end_object(j);
	}
	gaz_json_end_array(j);
}

static void
done_add(struct gaz_app *app, const struct gaz_adding_result *r, void *arg)
{
	struct gaz_http_request *req = arg;
	struct gaz_buf out;
	struct gaz_json j;

	(void)app;
	if (r->err.code != GAZ_ERR_NONE) {
		gaz_http_reply_error(req, r->refused ? 422 :
		    gaz_answer_status(&r->err), "%s", r->err.msg);
		return;
	}
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	gaz_json_init(&j, &out, 0);
	gaz_json_object(&j, NULL);
	gaz_json_int(&j, "id", r->feed_id);
	gaz_json_int(&j, "added", r->added);
	gaz_json_int(&j, "known", r->known);
	gaz_json_int(&j, "skipped", 0);
	gaz_json_str(&j, "url", r->url);
	gaz_json_str(&j, "title", r->title);
	gaz_json_int(&j, "new", r->items);
	gaz_json_z(&j, "fault", gaz_fault_name(r->fault));
	gaz_json_str(&j, "fault_text", r->fault_text);
	gaz_json_str(&j, "page", r->page);
	put_found(&j, r);
	gaz_json_end_object(&j);
	gaz_buf_put_char(&out, '\n');
	gaz_http_reply(req, 200, "application/json; charset=utf-8",
	    gaz_buf_str(&out));
	gaz_buf_clear(&out);
}

/* false: the answer is given. */
static bool
read_order(struct gaz_http_request *req, struct gaz_arena *a,
    struct gaz_adding_order *o)
{
	struct gaz_str rest = gaz_http_param(req, "tags", 0), tag;
	struct gaz_str pick = gaz_http_param(req, "pick", 0);
	int64_t n = 0;

	o->url = gaz_str_trim(gaz_http_param(req, "url", 0));
	o->title = gaz_http_param(req, "title", 0);
	o->unchecked = gaz_str_eq_z(gaz_http_param(req, "check", 0), "no");
	if (o->url.len == 0 || o->url.len > GAZ_URL_MAX ||
	    !gaz_url_is_http(o->url)) {
		gaz_http_reply_error(req, 400, "url=%.*s: an address that "
		    "begins with http:// or https:// is wanted",
		    o->url.len < 100 ? (int)o->url.len : 100,
		    o->url.p != NULL ? o->url.p : "");
		return false;
	}
	if (gaz_str_eq_z(gaz_http_param(req, "all", 0), "yes"))
		o->which = GAZ_ADDING_ALL;
	if (pick.p != NULL) {
		if (!gaz_str_to_int(pick, &n) || n < 1 || n > INT32_MAX) {
			gaz_http_reply_error(req, 400, "pick=%.*s: a number "
			    "from 1 is wanted", GAZ_STR_ARG(gaz_str_cut(pick,
			    40)));
			return false;
		}
		o->which = GAZ_ADDING_PICK;
		o->pick = (size_t)n;
	}
	while (gaz_str_split(&rest, ',', &tag)) {
		tag = gaz_str_trim(tag);
		if (tag.len > 0)
			*gaz_list_push(a, &o->tags) = tag;
	}
	return true;
}

void
gaz_subscriptions_add(struct gaz_app *app, struct gaz_http_request *req)
{
	struct gaz_adding_order o = { 0 };
	struct gaz_arena a = { 0 };

	if (read_order(req, &a, &o))
		gaz_adding_start(app, &o, done_add, req);
	gaz_arena_clear(&a);
}

static bool
run_remove(struct gaz_writer_state *w, void *arg, struct gaz_answer *out)
{
	struct by_hand *h = arg;
	struct gaz_json j;

	if (!gaz_store_remove_feed(w->store, h->feed_id, h->with_items,
	    &out->err) || !load_list(w, &h->list_arena, &h->list, &out->err))
		return false;
	gaz_json_init(&j, &out->body, 0);
	gaz_json_object(&j, NULL);
	gaz_json_int(&j, "removed", h->feed_id);
	gaz_json_end_object(&j);
	gaz_buf_put_char(&out->body, '\n');
	return true;
}

void
gaz_subscriptions_remove(struct gaz_app *app, struct gaz_http_request *req)
{
	struct gaz_str name = gaz_http_param(req, "feed", 0);
	struct gaz_feed *f = gaz_feeds_find_name(app, name);
	struct by_hand *h;

	if (f == NULL) {
		gaz_http_reply_error(req, 404, "there is no feed \"%.*s\"",
		    name.len < 100 ? (int)name.len : 100,
		    name.p != NULL ? name.p : "");
		return;
	}
	if (f->conf != NULL) {
		gaz_http_reply_error(req, 409, "feed \"%s\" stands in "
		    "%.*s:%d; take the section out there and reload", f->name,
		    GAZ_STR_ARG(f->conf->file), f->conf->line);
		return;
	}
	if (!f->by_hand && f->enabled) {
		gaz_http_reply_error(req, 409, "feed \"%s\" stands in a list "
		    "that [daemon] subscriptions names; take it out there",
		    f->name);
		return;
	}
	h = new_by_hand(app, req);
	h->feed_id = f->id;
	h->with_items = gaz_str_eq_z(gaz_http_param(req, "items", 0), "yes");
	if (f->transfer != NULL)
		gaz_fetcher_cancel(app->fetcher, f->transfer);
	gaz_answer_write(app, req, run_remove, end_by_hand, h);
}
