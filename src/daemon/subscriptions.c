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

#define MANY 10000 /* feeds, from which on their memory is given back */

struct gaz_outlines {
	struct gaz_app *app;
	struct gaz_buf body;
	struct gaz_arena arena;
	gaz_subscription_vec subs;
	struct gaz_map *names;
	size_t skipped;
	struct gaz_err err;
	void (*done)(struct gaz_outlines *o);
	void *arg;
};

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

/* ---- an OPML document to outlines */

/* A name that no other feed has: the title, else the address. */
static struct gaz_str
name_for(struct gaz_outlines *o, struct gaz_str title, struct gaz_str url)
{
	static char taken;

	if (title.len > 0 && gaz_map_find(o->names, title) == NULL) {
		gaz_map_put(o->names, title, &taken);
		return title;
	}
	return url;
}

static void
add_part(struct gaz_outlines *o, const struct gaz_batch *b)
{
	for (size_t i = 0; i < b->items.n; i++) {
		const struct gaz_batch_item *it = &b->items.v[i];
		struct gaz_store_subscription *s;
		gaz_str_list tags = { 0 };

		if (!gaz_url_is_http(it->url_given) ||
		    it->url_given.len > GAZ_URL_MAX) {
			o->skipped++;
			continue;
		}
		for (size_t t = 0; t < it->categories.n; t++)
			*gaz_list_push(&o->arena, &tags) = gaz_arena_str(
			    &o->arena, it->categories.v[t]);
		s = gaz_vec_push(&o->subs);
		*s = (struct gaz_store_subscription){
			.url = gaz_arena_str(&o->arena, it->url_given),
			.title = gaz_arena_str(&o->arena, it->title),
			.language = gaz_arena_str(&o->arena, it->language),
			.tags = tags, .enabled = true,
		};
		s->name = name_for(o, s->title, s->url);
	}
	for (size_t i = 0; i < b->warnings.n; i++) {
		char text[200];

		gaz_log_safe(b->warnings.v[i], text, sizeof(text));
		gaz_log(GAZ_LOG_WARN, "opml", "skipped=\"%s\"", text);
		o->skipped++;
	}
}

static void
on_outlines(void *arg, struct gaz_buf *message, bool more,
    enum gaz_fault fault, const char *text)
{
	struct gaz_outlines *o = arg;
	struct gaz_arena a = { 0 };
	struct gaz_batch b;

	(void)fault;
	if (message == NULL) {
		gaz_err_set(&o->err, GAZ_ERR_FORMAT, "OPML: %s", text);
	} else if (gaz_batch_decode(gaz_buf_str(message), &a, &b, &o->err)) {
		if (b.fault != GAZ_FAULT_NONE)
			gaz_err_set(&o->err, GAZ_ERR_FORMAT, "%.*s",
			    GAZ_STR_ARG(b.fault_text));
		else
			add_part(o, &b);
	}
	gaz_arena_clear(&a);
	if (!more)
		o->done(o);
}

static struct gaz_outlines *
new_outlines(struct gaz_app *app, void (*done)(struct gaz_outlines *),
    void *arg)
{
	struct gaz_outlines *o = gaz_mem_zero(1, sizeof(*o));

	o->app = app;
	o->done = done;
	o->arg = arg;
	o->names = gaz_map_new();
	gaz_buf_init(&o->body, GAZ_HTTP_IMPORT_MAX);
	return o;
}

static void
free_outlines(struct gaz_outlines *o)
{
	gaz_buf_clear(&o->body);
	gaz_arena_clear(&o->arena);
	gaz_vec_clear(&o->subs);
	gaz_map_free(o->names);
	free(o);
}

static void
parse_outlines(struct gaz_outlines *o, struct gaz_str body)
{
	struct gaz_parse_job job = { .kind = GAZ_MESSAGE_OPML, .body = body };

	gaz_pool_submit(o->app->pool, &job, on_outlines, o);
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
};

static void
free_sync(struct sync *s)
{
	if (s->outlines != NULL)
		free_outlines(s->outlines);
	gaz_config_put(s->config);
	gaz_vec_clear(&s->subs);
	gaz_arena_clear(&s->arena);
	gaz_arena_clear(&s->list_arena);
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

static bool
run_sync(struct gaz_writer_state *w, void *arg, struct gaz_err *err)
{
	struct sync *s = arg;
	struct gaz_rules *rules;

	if (!gaz_store_sync_feeds(w->store, s->subs.v, s->subs.n,
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
	}
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
		parse_outlines(o, gaz_buf_str(&o->body));
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
	s->outlines = new_outlines(app, sync_outlines, s);
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
	bool with_items, all;
	size_t added, known;
};

static void
end_by_hand(struct gaz_app *app, void *arg, bool ok)
{
	struct by_hand *h = arg;

	if (ok) {
		gaz_feeds_update(app, &h->list);
		gaz_pipeline_schedule_all(app);
	}
	free_outlines(h->outlines);
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
	if (!h->all)
		gaz_json_int(&j, "id", h->feed_id);
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
	h->outlines = new_outlines(app, import_outlines, h);
	return h;
}

static void
put_outline(struct gaz_outlines *o, struct gaz_http_request *req,
    struct gaz_str url)
{
	struct gaz_store_subscription *s = gaz_vec_push(&o->subs);
	struct gaz_str rest = gaz_http_param(req, "tags", 0), tag;

	*s = (struct gaz_store_subscription){
		.url = gaz_arena_str(&o->arena, url), .enabled = true,
		.title = gaz_arena_str(&o->arena,
		    gaz_http_param(req, "title", 0)),
	};
	s->name = s->title.len > 0 &&
	    gaz_feeds_find_name(o->app, s->title) == NULL ? s->title : s->url;
	while (gaz_str_split(&rest, ',', &tag)) {
		tag = gaz_str_trim(tag);
		if (tag.len > 0)
			*gaz_list_push(&o->arena, &s->tags) =
			    gaz_arena_str(&o->arena, tag);
	}
}

void
gaz_subscriptions_import(struct gaz_app *app, struct gaz_http_request *req)
{
	struct by_hand *h = new_by_hand(app, req);

	h->all = true;
	for (size_t i = 0; i < app->feeds.n; i++)
		gaz_map_put(h->outlines->names,
		    gaz_str_of(app->feeds.v[i]->name), app);
	app->requests++;
	parse_outlines(h->outlines, gaz_http_body(req));
}

void
gaz_subscriptions_add(struct gaz_app *app, struct gaz_http_request *req)
{
	struct gaz_str url = gaz_str_trim(gaz_http_param(req, "url", 0));
	struct by_hand *h;

	if (url.len == 0 || url.len > GAZ_URL_MAX || !gaz_url_is_http(url)) {
		gaz_http_reply_error(req, 400, "url=%.*s: an address that "
		    "begins with http:// or https:// is wanted",
		    url.len < 100 ? (int)url.len : 100,
		    url.p != NULL ? url.p : "");
		return;
	}
	h = new_by_hand(app, req);
	put_outline(h->outlines, req, url);
	gaz_answer_write(app, req, run_add, end_by_hand, h);
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
		gaz_http_reply_error(req, 409, "feed \"%s\" stands in the "
		    "OPML file %.*s; take it out there", f->name,
		    GAZ_STR_ARG(app->config->subscriptions));
		return;
	}
	h = new_by_hand(app, req);
	h->feed_id = f->id;
	h->with_items = gaz_str_eq_z(gaz_http_param(req, "items", 0), "yes");
	if (f->transfer != NULL)
		gaz_fetcher_cancel(app->fetcher, f->transfer);
	gaz_answer_write(app, req, run_remove, end_by_hand, h);
}
