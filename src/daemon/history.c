/*
 *   ask for a page -> parse -> store its items -> the page before it -> ...
 *        |
 *        +-- failed: wait and ask again, GAZ_HISTORY_TRIES_MAX times in all
 *
 * A struct walk_state stays in the app's list when it has ended, so that one
 * can ask how it went; the feed's next one takes its place.
 */
#include "config.h"

#include "history.h"

#include <event2/event.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "gazetted/json.h"
#include "gazetted/limits.h"
#include "gazetted/log.h"

#include "cycle.h"
#include "errand.h"
#include "walk.h"

enum state {
	RUNNING,
	WAITING, /* until a page that failed is asked for again */
	DONE,
	FAILED,
	STOPPED, /* by a shutdown */
};

static const char *const state_names[] = {
	"running", "waiting", "done", "failed", "stopped",
};

struct gaz_history {
	struct gaz_app *app;
	struct gaz_history *next;
	int64_t feed_id;
	uint32_t slot;
	struct gaz_walk walk;
	enum state state;
	struct gaz_str page;       /* asked for last */
	struct event *timer;
	gaz_utc again;             /* when WAITING */
	int tries;                 /* for this page */
	bool begun;                /* the feed itself was read */
	int pages;                 /* behind it */
	struct cycle cycle;        /* of the page, for the writer */
	enum gaz_walk_end end;     /* where its batch leads */
	struct gaz_str then;
	int64_t items, added;      /* seen, and of these new */
	enum gaz_fault fault;
	char text[200];
};

static void ask(struct gaz_history *h);

static bool
is_under_way(const struct gaz_history *h)
{
	return h->state == RUNNING || h->state == WAITING;
}

static void
clear_page(struct gaz_history *h)
{
	free(h->cycle.final_url);
	gaz_config_put(h->cycle.config);
	gaz_buf_clear(&h->cycle.message);
	h->cycle = (struct cycle){ 0 };
}

static void
finish(struct gaz_history *h, enum state state, enum gaz_fault fault,
    const char *text)
{
	struct gaz_app *app = h->app;
	char safe[300];

	h->state = state;
	h->fault = fault;
	snprintf(h->text, sizeof(h->text), "%s", text);
	gaz_log_safe(gaz_str_of(text), safe, sizeof(safe));
	gaz_log(GAZ_LOG_NOTICE, "history", "feed=%" PRId64 " event=%s pages=%d "
	    "items=%" PRId64 " new=%" PRId64 " fault=%s text=\"%s\"",
	    h->feed_id, state_names[state], h->pages, h->items, h->added,
	    gaz_fault_name(fault), safe);
	clear_page(h);
	if (h->added > 0) {
		gaz_exports_touch(app);
		gaz_repair_touch(app);
		gaz_embed_touch(app);
	}
	app->side_work--;
	gaz_app_idle(app);
}

/* ---- a page that failed */

static void
on_again(evutil_socket_t fd, short what, void *arg)
{
	struct gaz_history *h = arg;

	(void)fd;
	(void)what;
	h->state = RUNNING;
	ask(h);
}

static void
failed(struct gaz_history *h, enum gaz_fault fault, const char *text,
    int64_t retry_after_s)
{
	int64_t s = gaz_walk_retry_s(fault, ++h->tries, retry_after_s);
	struct timeval tv = { s, 0 };

	if (s < 0 || h->app->stopping) {
		finish(h, h->app->stopping ? STOPPED : FAILED, fault, text);
		return;
	}
	h->state = WAITING;
	h->fault = fault;
	snprintf(h->text, sizeof(h->text), "%s", text);
	h->again = gaz_clock_utc() + s;
	clear_page(h);
	event_add(h->timer, &tv);
}

/* ---- a page that came */

/* May run twice. */
static bool
run_store(struct gaz_writer_state *w, void *arg, struct gaz_err *err)
{
	struct gaz_history *h = arg;
	struct gaz_arena a = { 0 };
	struct gaz_batch b;
	bool ok;

	ok = gaz_batch_decode(gaz_buf_str(&h->cycle.message), &a, &b, err);
	if (ok) {
		b.flags |= GAZ_BATCH_PARTIAL | GAZ_BATCH_PAST;
		ok = gaz_ingest_batch(w, &h->cycle, &b, &a, err);
	}
	gaz_arena_clear(&a);
	return ok;
}

static void
done_store(void *arg, bool ok, const struct gaz_err *err)
{
	struct gaz_history *h = arg;

	if (!ok) {
		finish(h, FAILED, GAZ_FAULT_STORE, err->msg);
		return;
	}
	h->added += h->cycle.added;
	h->pages += h->begun;
	h->begun = true;
	h->tries = 0;
	if (h->end != GAZ_WALK_ON) {
		finish(h, DONE, GAZ_FAULT_NONE, gaz_walk_end_text(h->end));
		return;
	}
	clear_page(h);
	h->page = h->then;
	if (h->app->stopping)
		finish(h, STOPPED, GAZ_FAULT_CANCELLED,
		    gaz_fault_text(GAZ_FAULT_CANCELLED));
	else
		ask(h);
}

static void
on_parsed(void *arg, struct gaz_buf *message, enum gaz_fault fault,
    const char *text)
{
	struct gaz_history *h = arg;
	struct gaz_arena a = { 0 };
	struct gaz_err err = { 0 };
	struct gaz_batch b;

	if (message == NULL) {
		failed(h, fault, text, INT64_MIN);
		return;
	}
	h->cycle.message = *message;
	gaz_buf_init(message, 0);
	if (!gaz_batch_decode(gaz_buf_str(&h->cycle.message), &a, &b, &err)) {
		failed(h, GAZ_FAULT_HOSTILE, err.msg, INT64_MIN);
	} else if (b.fault != GAZ_FAULT_NONE) {
		failed(h, b.fault, gaz_arena_z(&a, b.fault_text), INT64_MIN);
	} else {
		h->end = gaz_walk_next(&h->walk, &b,
		    gaz_str_of(h->cycle.final_url), &h->then);
		h->items += (int64_t)b.items.n;
		gaz_writer_run(h->app->writer, run_store, done_store, h, true);
	}
	gaz_arena_clear(&a);
}

static void
on_fetched(struct gaz_app *app, struct gaz_fetch_result *r, void *arg)
{
	struct gaz_history *h = arg;
	const struct gaz_feed *f = app->feeds.v[h->slot];
	struct gaz_parse_job job = { .kind = GAZ_MESSAGE_FEED };

	h->cycle.when = gaz_clock_utc();
	if (r->fault != GAZ_FAULT_NONE) {
		failed(h, r->fault, r->text, r->retry_after_s);
		return;
	}
	if (r->final_url != NULL)
		h->cycle.final_url = gaz_mem_strdup(r->final_url);
	job.body = gaz_buf_str(&r->body);
	job.content_type = gaz_str_of(r->content_type);
	job.url = r->final_url != NULL ? gaz_str_of(r->final_url) : h->page;
	if (f->conf != NULL) {
		job.language = f->conf->language;
		job.source = f->conf->title;
	}
	gaz_pool_submit(app->pool, &job, on_parsed, h);
}

static void
ask(struct gaz_history *h)
{
	struct gaz_app *app = h->app;
	const struct gaz_feed *f = app->feeds.v[h->slot];
	struct gaz_arena a = { 0 };
	struct gaz_err err = { 0 };
	struct gaz_fetch_request req = {
		.max_body = (size_t)app->config->max_body,
		.timeout_s = app->config->timeout_s,
	};

	if (f->forgotten || f->url == NULL) {
		finish(h, FAILED, GAZ_FAULT_CANCELLED,
		    "the feed was removed meanwhile");
		return;
	}
	h->cycle = (struct cycle){ .app = app, .feed_id = h->feed_id,
		.config = gaz_config_get(app->config), .conf = f->conf,
		.when = gaz_clock_utc() };
	gaz_buf_init(&h->cycle.message, GAZ_MESSAGE_MAX);
	req.url = gaz_arena_z(&a, h->page);
	if (f->conf != NULL &&
	    !gaz_pipeline_options(&req, f->conf, &a, &err)) {
		finish(h, FAILED, GAZ_FAULT_NO_FILE, err.msg);
	} else {
		gaz_errand_start(app, &req, on_fetched, h);
	}
	gaz_arena_clear(&a);
}

/* ---- orders */

static struct gaz_history *
find(struct gaz_app *app, int64_t feed_id)
{
	struct gaz_history *h = app->histories;

	while (h != NULL && h->feed_id != feed_id)
		h = h->next;
	return h;
}

/* The feed that the request names; NULL: the answer is given. */
static struct gaz_feed *
feed_of(struct gaz_app *app, struct gaz_http_request *req)
{
	struct gaz_str name = gaz_http_param(req, "feed", 0);
	struct gaz_feed *f = gaz_feeds_find_name(app, name);

	if (f == NULL || f->forgotten) {
		gaz_http_reply_error(req, 404, "there is no feed \"%.*s\"",
		    GAZ_STR_ARG(gaz_str_cut(name, 100)));
		return NULL;
	}
	return f;
}

static void
reply(struct gaz_http_request *req, const struct gaz_history *h,
    const struct gaz_feed *f)
{
	struct gaz_buf out;
	struct gaz_json j;

	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	gaz_json_init(&j, &out, 0);
	gaz_json_object(&j, NULL);
	gaz_json_int(&j, "id", f->id);
	gaz_json_z(&j, "name", f->name);
	gaz_json_z(&j, "state", h != NULL ? state_names[h->state] : "none");
	if (h != NULL) {
		gaz_json_int(&j, "pages", h->pages);
		gaz_json_int(&j, "items", h->items);
		gaz_json_int(&j, "new", h->added);
		gaz_json_str(&j, "page", h->page);
		gaz_json_z(&j, "fault", gaz_fault_name(h->fault));
		gaz_json_z(&j, "text", h->text);
		gaz_json_utc(&j, "again", h->state == WAITING ? h->again :
		    GAZ_UTC_UNKNOWN);
	}
	gaz_json_end_object(&j);
	gaz_buf_put_char(&out, '\n');
	gaz_http_reply(req, 200, "application/json; charset=utf-8",
	    gaz_buf_str(&out));
	gaz_buf_clear(&out);
}

static struct gaz_history *
new_history(struct gaz_app *app, const struct gaz_feed *f)
{
	struct gaz_history *h = find(app, f->id);

	if (h == NULL) {
		h = gaz_mem_zero(1, sizeof(*h));
		h->app = app;
		h->timer = event_new(app->base, -1, 0, on_again, h);
		if (h->timer == NULL)
			gaz_mem_die(0);
		h->next = app->histories;
		app->histories = h;
	} else {
		gaz_walk_clear(&h->walk);
	}
	h->feed_id = f->id;
	h->slot = f->slot;
	h->state = RUNNING;
	h->tries = h->pages = 0;
	h->begun = false;
	h->items = h->added = 0;
	h->fault = GAZ_FAULT_NONE;
	h->text[0] = '\0';
	gaz_walk_begin(&h->walk, gaz_str_of(f->url));
	h->page = h->walk.home;
	return h;
}

void
gaz_history_start(struct gaz_app *app, struct gaz_http_request *req)
{
	struct gaz_feed *f = feed_of(app, req);
	struct gaz_history *h;

	if (f == NULL)
		return;
	h = find(app, f->id);
	if (f->path != NULL) {
		gaz_http_reply_error(req, 409, "feed \"%s\" is a local "
		    "document: it has no earlier pages", f->name);
		return;
	}
	if (!f->enabled) {
		gaz_http_reply_error(req, 409, "feed \"%s\" is switched off",
		    f->name);
		return;
	}
	if (h != NULL && is_under_way(h)) {
		reply(req, h, f); /* it is what was asked for */
		return;
	}
	h = new_history(app, f);
	app->side_work++;
	reply(req, h, f);
	ask(h);
}

void
gaz_history_tell(struct gaz_app *app, struct gaz_http_request *req)
{
	struct gaz_feed *f = feed_of(app, req);

	if (f != NULL)
		reply(req, find(app, f->id), f);
}

void
gaz_history_stop(struct gaz_app *app)
{
	/* What is being fetched ends as an errand, the rest by itself. */
	for (struct gaz_history *h = app->histories; h != NULL; h = h->next) {
		if (h->state != WAITING)
			continue;
		event_del(h->timer);
		finish(h, STOPPED, GAZ_FAULT_CANCELLED,
		    gaz_fault_text(GAZ_FAULT_CANCELLED));
	}
}

void
gaz_history_free(struct gaz_app *app)
{
	while (app->histories != NULL) {
		struct gaz_history *h = app->histories;

		app->histories = h->next;
		event_free(h->timer);
		clear_page(h);
		gaz_walk_clear(&h->walk);
		free(h);
	}
}
