/*
 * A round goes through the feeds by id, some at a time:
 *
 *   wishes (task) -> per feed: what is there (task) -> ask -> ask -> store
 *                 -> the next wishes, until there are none
 */
#include "config.h"

#include "icons.h"

#include <inttypes.h>
#include <stdlib.h>

#include "gazetted/hash.h"
#include "gazetted/limits.h"
#include "gazetted/log.h"
#include "gazetted/url.h"

#include "errand.h"

#define WISHES 64    /* read at once */
#define HASH_LEN 32  /* of gaz_hash128_hex */
#define MAX_AGE_S (30 * 86400) /* the address has the hash of the content */
#define JITTER_S (3 * 86400)

struct gaz_icons {
	struct gaz_app *app;
	bool busy, dropped;
	int64_t after;             /* the feed seen last */
	struct gaz_arena arena;    /* of wishes */
	gaz_store_icon_wish_list wishes;
	size_t at;
	bool failed;               /* the database cannot be read */
	/* of the feed at hand */
	struct gaz_arena one;
	struct gaz_store_icon known;
	bool found;
	struct gaz_str tries[2];
	size_t tried, count;
	struct gaz_store_icon_outcome o;
};

static void next_feed(struct gaz_icons *s);

static void
finish(struct gaz_icons *s)
{
	struct gaz_app *app = s->app;

	s->busy = false;
	s->wishes = (gaz_store_icon_wish_list){ 0 };
	gaz_arena_clear(&s->arena);
	gaz_arena_clear(&s->one);
	app->side_work--;
	gaz_app_idle(app);
}

/* ---- to the store */

static bool
run_put(struct gaz_writer_state *w, void *arg, struct gaz_err *err)
{
	struct gaz_icons *s = arg;

	return gaz_store_put_icon(w->store, &s->o, err);
}

static void
done_put(void *arg, bool ok, const struct gaz_err *err)
{
	struct gaz_icons *s = arg;

	if (!ok) {
		gaz_log(GAZ_LOG_WARN, "icon", "%s", err->msg);
		finish(s);
		return;
	}
	s->at++;
	next_feed(s);
}

static void
put(struct gaz_icons *s)
{
	gaz_writer_run(s->app->writer, run_put, done_put, s, false);
}

static void
put_asked(struct gaz_icons *s)
{
	char host[120], text[200];

	s->o.asked = true;
	s->o.when = gaz_clock_utc();
	s->o.next_fetch = s->o.when + GAZ_ICON_INTERVAL_S +
	    (int64_t)(gaz_hash_str(s->o.host) % JITTER_S);
	gaz_log_safe(s->o.host, host, sizeof(host));
	gaz_log_safe(s->o.fault_text, text, sizeof(text));
	gaz_log(GAZ_LOG_DEBUG, "icon", "host=%s fault=%s text=\"%s\"", host,
	    gaz_fault_name(s->o.fault), text);
	put(s);
}

/* ---- asking */

static void ask(struct gaz_icons *s);

/* Nothing but a failure to reach it leaves the old one in its place. */
static bool
says_nothing(enum gaz_fault fault)
{
	switch ((int)fault) {
	case GAZ_FAULT_NOT_AN_IMAGE:
	case GAZ_FAULT_NOT_FOUND:
	case GAZ_FAULT_GONE:
	case GAZ_FAULT_EMPTY:
	case GAZ_FAULT_TOO_LARGE:
		return false;
	default:
		return true;
	}
}

static void
failed(struct gaz_icons *s, enum gaz_fault fault, const char *text)
{
	s->o.fault = fault;
	s->o.fault_text = gaz_arena_str(&s->one, gaz_str_of(text));
	s->o.keep = s->found && says_nothing(fault);
	if (++s->tried < s->count && !s->o.keep) {
		ask(s);
		return;
	}
	put_asked(s);
}

static void
on_fetched(struct gaz_app *app, struct gaz_fetch_result *r, void *arg)
{
	struct gaz_icons *s = arg;
	struct gaz_arena *a = &s->one;
	const char *type;
	char hex[HASH_LEN + 1];

	if (r->fault == GAZ_FAULT_CANCELLED || app->stopping) {
		finish(s); /* another day */
		return;
	}
	if (r->postponed) {
		/* That one another day; the next may be on another host. */
		s->at++;
		next_feed(s);
		return;
	}
	if (r->fault != GAZ_FAULT_NONE) {
		failed(s, r->fault, r->text);
		return;
	}
	if (r->not_modified) {
		s->o.fault = GAZ_FAULT_NONE;
		s->o.keep = true;
		put_asked(s);
		return;
	}
	type = gaz_icon_type(gaz_buf_str(&r->body));
	if (type == NULL) {
		failed(s, GAZ_FAULT_NOT_AN_IMAGE,
		    gaz_fault_text(GAZ_FAULT_NOT_AN_IMAGE));
		return;
	}
	gaz_hash128_hex(r->body.p, r->body.len, hex);
	s->o.fault = GAZ_FAULT_NONE;
	s->o.fault_text = GAZ_STR_NONE;
	s->o.keep = false;
	s->o.source = s->tries[s->tried];
	s->o.etag = gaz_arena_str(a, gaz_str_of(r->etag));
	s->o.last_modified = gaz_arena_str(a, gaz_str_of(r->last_modified));
	s->o.type = gaz_str_of(type);
	s->o.hash = gaz_arena_str(a, gaz_str_of(hex));
	s->o.data = gaz_arena_str(a, gaz_buf_str(&r->body));
	put_asked(s);
}

static void
ask(struct gaz_icons *s)
{
	struct gaz_app *app = s->app;
	struct gaz_arena a = { 0 };
	struct gaz_str url = s->tries[s->tried];
	bool again = s->found && s->known.hash.len > 0 &&
	    gaz_str_eq(url, s->known.source);
	struct gaz_fetch_request req = {
		.url = gaz_arena_z(&a, url),
		.accept = "image/png, image/webp, image/x-icon, "
		    "image/gif;q=0.9, image/jpeg;q=0.9, */*;q=0.1",
		.max_body = GAZ_ICON_MAX,
		.timeout_s = app->config->timeout_s,
	};

	if (again && s->known.etag.len > 0)
		req.etag = gaz_arena_z(&a, s->known.etag);
	if (again && s->known.last_modified.len > 0)
		req.last_modified = gaz_arena_z(&a, s->known.last_modified);
	gaz_errand_start(app, &req, on_fetched, s);
	gaz_arena_clear(&a);
}

/* ---- feed by feed */

static void
run_load(struct gaz_store *reader, const struct gaz_err *why, void *arg)
{
	struct gaz_icons *s = arg;
	struct gaz_err err;

	(void)why;
	s->failed = reader == NULL || !gaz_store_load_icon(reader, s->o.host,
	    &s->one, &s->known, &s->found, &err);
}

static void
add_try(struct gaz_icons *s, struct gaz_str url)
{
	if (url.len > 0 && gaz_url_is_http(url) && s->count < 2 &&
	    (s->count == 0 || !gaz_str_eq(url, s->tries[0])))
		s->tries[s->count++] = url;
}

static void
done_load(void *arg)
{
	struct gaz_icons *s = arg;
	const struct gaz_store_icon_wish *w = &s->wishes.v[s->at];
	struct gaz_str site = gaz_url_is_http(w->site_url) ? w->site_url :
	    w->url;

	if (s->failed || s->app->stopping) {
		finish(s);
		return;
	}
	if (s->found && s->known.next_fetch > gaz_clock_utc()) {
		put(s); /* by another feed of the host */
		return;
	}
	/* What worked last time costs no more than a 304. */
	if (s->found)
		add_try(s, s->known.source);
	add_try(s, w->icon);
	add_try(s, gaz_url_resolve(&s->one, site, GAZ_STR("/favicon.ico"),
	    false));
	ask(s);
}

static void
run_wishes(struct gaz_store *reader, const struct gaz_err *why, void *arg)
{
	struct gaz_icons *s = arg;
	struct gaz_err err;

	(void)why;
	s->failed = reader == NULL || !gaz_store_icon_wishes(reader, s->after,
	    gaz_clock_utc(), WISHES, &s->arena, &s->wishes, &err);
}

static void
done_wishes(void *arg)
{
	struct gaz_icons *s = arg;

	if (s->failed || s->wishes.n == 0)
		finish(s);
	else
		next_feed(s);
}

static void
next_wishes(struct gaz_icons *s)
{
	gaz_arena_clear(&s->arena);
	s->wishes = (gaz_store_icon_wish_list){ 0 };
	s->at = 0;
	if (!gaz_tasks_run(s->app->tasks, run_wishes, done_wishes, s))
		finish(s);
}

static void
next_feed(struct gaz_icons *s)
{
	const struct gaz_store_icon_wish *w;

	gaz_arena_clear(&s->one);
	if (s->app->stopping || !s->app->config->icons) {
		finish(s);
		return;
	}
	if (s->at == s->wishes.n) {
		next_wishes(s);
		return;
	}
	w = &s->wishes.v[s->at];
	s->after = w->feed_id;
	s->known = (struct gaz_store_icon){ 0 };
	s->found = false;
	s->tried = s->count = 0;
	s->o = (struct gaz_store_icon_outcome){ .feed_id = w->feed_id };
	s->o.host = gaz_icon_host(&s->one, gaz_url_is_http(w->site_url) ?
	    w->site_url : w->url);
	if (s->o.host.len == 0)
		put(s); /* a local document that names no site */
	else if (!gaz_tasks_run(s->app->tasks, run_load, done_load, s))
		finish(s);
}

/* ---- rounds */

static bool
run_drop(struct gaz_writer_state *w, void *arg, struct gaz_err *err)
{
	(void)arg;
	return gaz_store_drop_icons(w->store, err);
}

static void
done_drop(void *arg, bool ok, const struct gaz_err *err)
{
	struct gaz_icons *s = arg;

	if (!ok)
		gaz_log(GAZ_LOG_WARN, "icon", "%s", err->msg);
	s->dropped = ok;
	finish(s);
}

void
gaz_icons_run(struct gaz_app *app)
{
	struct gaz_icons *s = app->icons;

	if (app->stopping || app->once)
		return;
	if (s == NULL) {
		s = app->icons = gaz_mem_zero(1, sizeof(*s));
		s->app = app;
	}
	if (s->busy || (!app->config->icons && s->dropped))
		return;
	s->busy = true;
	app->side_work++;
	if (!app->config->icons) {
		gaz_writer_run(app->writer, run_drop, done_drop, s, false);
		return;
	}
	s->dropped = false;
	s->after = 0;
	next_wishes(s);
}

void
gaz_icons_free(struct gaz_app *app)
{
	if (app->icons == NULL)
		return;
	gaz_arena_clear(&app->icons->arena);
	gaz_arena_clear(&app->icons->one);
	free(app->icons);
	app->icons = NULL;
}

/* ---- serving */

struct serving {
	struct gaz_app *app;
	struct gaz_http_request *req;
	struct gaz_arena arena;
	struct gaz_str hash, type, data;
	bool found;
	struct gaz_err err;
};

static void
run_serve(struct gaz_store *reader, const struct gaz_err *why, void *arg)
{
	struct serving *v = arg;

	if (reader == NULL)
		v->err = *why;
	else
		(void)!gaz_store_icon_data(reader, v->hash, &v->arena,
		    &v->type, &v->data, &v->found, &v->err);
}

static void
done_serve(void *arg)
{
	struct serving *v = arg;
	struct gaz_app *app = v->app;

	app->requests--;
	if (v->err.code != GAZ_ERR_NONE) {
		gaz_http_reply_error(v->req, 503, "%s", v->err.msg);
	} else if (!v->found || gaz_icon_type(v->data) == NULL) {
		gaz_http_reply_error(v->req, 404, "there is no such icon");
	} else {
		/* Looked at by itself it is a picture and no more. */
		gaz_http_add_header(v->req, "Content-Security-Policy",
		    "default-src 'none'; sandbox");
		gaz_http_reply_document(v->req, gaz_icon_type(v->data),
		    v->data, MAX_AGE_S);
	}
	gaz_arena_clear(&v->arena);
	free(v);
	gaz_app_idle(app);
}

void
gaz_icons_serve(struct gaz_app *app, struct gaz_http_request *req)
{
	struct gaz_str hash = gaz_http_rest(req);
	struct serving *v;
	bool sound = hash.len == HASH_LEN;

	for (size_t i = 0; i < hash.len && sound; i++)
		sound = gaz_hex_value(hash.p[i]) >= 0;
	if (!sound) {
		gaz_http_reply_error(req, 404, "there is no such icon");
		return;
	}
	v = gaz_mem_zero(1, sizeof(*v));
	v->app = app;
	v->req = req;
	v->hash = gaz_arena_str(&v->arena, hash);
	app->requests++;
	if (!gaz_tasks_run(app->tasks, run_serve, done_serve, v)) {
		gaz_err_set(&v->err, GAZ_ERR_BUSY, "too many requests wait");
		done_serve(v);
	}
}
