/*
 *   ask for the address -> parse -> a feed: the store, with its items
 *                                -> a page: choose, ask for that one -> ...
 *                       -> failed: refuse, or subscribe and try again later
 *
 * A struct adding travels along. What goes to the store is a cycle as of a
 * feed's poll, so that the first answer is stored as any later one would be.
 */
#include "config.h"

#include "adding.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "gazetted/hash.h"
#include "gazetted/limits.h"
#include "gazetted/log.h"
#include "gazetted/url.h"

#include "cycle.h"
#include "errand.h"

struct adding {
	struct gaz_app *app;
	gaz_adding_done_fn done;
	void *arg;
	struct gaz_arena arena;    /* of order, result and urls */
	struct gaz_adding_order order;
	struct gaz_adding_result result;
	struct gaz_str url;        /* that is asked for now */
	gaz_str_list urls;         /* what to subscribe to unasked */
	struct cycle cycle;        /* what came of it; for the writer */
	bool with_cycle, named;    /* named: by order.title */
	struct gaz_arena list_arena;
	gaz_store_feed_list list;
};

static void ask(struct adding *d);

static void
finish(struct adding *d)
{
	struct gaz_app *app = d->app;

	app->requests--;
	d->done(app, &d->result, d->arg);
	gaz_cycle_clear(&d->cycle);
	gaz_arena_clear(&d->list_arena);
	gaz_arena_clear(&d->arena);
	free(d);
	gaz_app_idle(app);
}

/* ---- to the store */

static struct gaz_store_subscription
subscription(const struct adding *d, struct gaz_str url)
{
	return (struct gaz_store_subscription){
		.url = url, .name = d->named ? d->order.title : url,
		.title = d->urls.n == 1 ? d->order.title : GAZ_STR_NONE,
		.tags = d->order.tags, .enabled = true, .by_hand = true,
	};
}

static bool
put_feed(struct gaz_writer_state *w, struct adding *d,
    const struct gaz_store_subscription *sub, int64_t *id,
    struct gaz_err *err)
{
	struct gaz_store_stats before, after;

	if (!gaz_store_stats(w->store, &before, err) ||
	    !gaz_store_add_feed(w->store, sub, gaz_clock_utc(), id, err) ||
	    !gaz_store_stats(w->store, &after, err))
		return false;
	if (after.feeds > before.feeds)
		d->result.added++;
	else
		d->result.known++;
	return true;
}

/* May run twice. */
static bool
run_store(struct gaz_writer_state *w, void *arg, struct gaz_err *err)
{
	struct adding *d = arg;

	d->result.added = d->result.known = 0;
	for (size_t i = 0; i < d->urls.n; i++) {
		struct gaz_store_subscription sub =
		    subscription(d, d->urls.v[i]);
		int64_t id;

		if (!put_feed(w, d, &sub, &id, err))
			return false;
		if (i == 0)
			d->result.feed_id = id;
	}
	if (d->with_cycle && d->result.added > 0) {
		d->cycle.feed_id = d->result.feed_id;
		if (!gaz_ingest_run(w, &d->cycle, err))
			return false;
	}
	gaz_arena_clear(&d->list_arena);
	d->list = (gaz_store_feed_list){ 0 };
	return gaz_store_load_feeds(w->store, &d->list_arena, &d->list, err);
}

static void
done_store(void *arg, bool ok, const struct gaz_err *err)
{
	struct adding *d = arg;
	struct gaz_app *app = d->app;
	const struct gaz_feed *f;

	if (!ok) {
		d->result.err = *err;
		finish(d);
		return;
	}
	gaz_feeds_update(app, &d->list);
	f = gaz_feeds_find(app, d->result.feed_id);
	if (d->with_cycle && d->result.added > 0 && f != NULL) {
		gaz_cycle_note(app, &d->cycle, f);
		d->result.items = d->cycle.added;
		d->result.fault = d->cycle.fault;
		d->result.fault_text = gaz_arena_str(&d->arena,
		    gaz_str_of(d->cycle.text));
	}
	gaz_backlog_schedule_all(app);
	finish(d);
}

/* The schedule of a feed of which nothing is known but this answer. */
static void
fill_interval(struct adding *d)
{
	const struct gaz_config *conf = d->app->config;

	d->cycle.in = (struct gaz_interval_input){
		.ttl_s = GAZ_INT_UNKNOWN,
		.update_interval_s = GAZ_INT_UNKNOWN,
		.interval_s = conf->interval_s, .min_s = conf->min_interval_s,
		.max_s = conf->max_interval_s,
		.price_s = conf->requests_per_hour > 0 ?
		    gaz_budget_price(&d->app->budget, conf->requests_per_hour,
		    conf->interval_s) : 0,
		.seed = gaz_hash_mix(gaz_hash_str(d->url),
		    (uint64_t)d->cycle.when),
	};
}

static void
to_store(struct adding *d, bool with_cycle)
{
	d->with_cycle = with_cycle;
	if (with_cycle)
		fill_interval(d);
	if (d->urls.n == 0)
		*gaz_list_push(&d->arena, &d->urls) = d->url;
	d->result.url = d->urls.v[0];
	/* A title that is taken would get a number; an address tells more. */
	d->named = d->order.title.len > 0 && d->urls.n == 1 &&
	    gaz_feeds_find_name(d->app, d->order.title) == NULL;
	gaz_writer_run(d->app->writer, run_store, done_store, d, true);
}

/* ---- what came */

/* It will not be otherwise in an hour. */
static bool
is_final(enum gaz_fault fault)
{
	switch ((int)fault) {
	case GAZ_FAULT_SCHEME:
	case GAZ_FAULT_BLOCKED_ADDRESS:
	case GAZ_FAULT_AUTH:
	case GAZ_FAULT_NOT_FOUND:
	case GAZ_FAULT_GONE:
	case GAZ_FAULT_NOT_A_FEED:
	case GAZ_FAULT_XML_ENTITIES:
	case GAZ_FAULT_TOO_DEEP:
	case GAZ_FAULT_TOO_MANY_ATTRIBUTES:
	case GAZ_FAULT_CHARSET:
	case GAZ_FAULT_HOSTILE:
	case GAZ_FAULT_BAD_URL:
		return true;
	default:
		return false;
	}
}

/* Nothing is subscribed to. why: in words, may be empty. */
static void
refuse(struct adding *d, enum gaz_fault fault, const char *why)
{
	struct gaz_err *err = &d->result.err;
	struct gaz_str url = gaz_str_cut(d->url, 100);

	d->result.refused = true;
	d->result.fault = fault;
	gaz_err_set(err, GAZ_ERR_FORMAT, "%.*s: %.110s", GAZ_STR_ARG(url),
	    why[0] != '\0' ? why : gaz_fault_text(fault));
	if (d->result.page.p != NULL)
		gaz_err_wrap(err, "the page links to a feed, but");
	finish(d);
}

static void
cancelled(struct adding *d)
{
	gaz_err_set(&d->result.err, GAZ_ERR_BUSY, "the daemon is stopping");
	finish(d);
}

static void
failed(struct adding *d, enum gaz_fault fault, const char *text)
{
	if (is_final(fault)) {
		refuse(d, fault, text);
		return;
	}
	d->cycle.fetch_fault = fault;
	snprintf(d->cycle.fetch_text, sizeof(d->cycle.fetch_text), "%s", text);
	to_store(d, true);
}

/* A page; batch's strings are copied. */
static void
choose(struct adding *d, const struct gaz_batch *b)
{
	struct gaz_adding_result *r = &d->result;
	size_t n, at;

	for (size_t i = 0; i < b->feeds_found.n; i++) {
		const struct gaz_link *l = &b->feeds_found.v[i];

		*gaz_list_push(&d->arena, &r->found) =
		    (struct gaz_adding_found){
			.url = gaz_arena_str(&d->arena, l->href),
			.type = gaz_arena_str(&d->arena, l->type),
			.title = gaz_arena_str(&d->arena, l->title),
		};
	}
	n = r->found.n;
	r->page = d->url;
	if (d->order.which == GAZ_ADDING_PICK && d->order.pick > n) {
		r->refused = true;
		gaz_err_set(&r->err, GAZ_ERR_USAGE,
		    "%.*s links to %zu feed%s, so there is no number %zu",
		    GAZ_STR_ARG(gaz_str_cut(d->url, 100)), n,
		    n == 1 ? "" : "s", d->order.pick);
		finish(d);
		return;
	}
	if (d->order.which == GAZ_ADDING_ALL && n > 1) {
		for (size_t i = 0; i < n; i++) {
			r->found.v[i].taken = true;
			*gaz_list_push(&d->arena, &d->urls) =
			    r->found.v[i].url;
		}
		to_store(d, false);
		return;
	}
	at = d->order.which == GAZ_ADDING_PICK ? d->order.pick - 1 :
	    gaz_adding_best(r->found.v, n);
	r->found.v[at].taken = true;
	d->url = r->found.v[at].url;
	gaz_cycle_clear(&d->cycle);
	ask(d);
}

static void
on_parsed(void *arg, struct gaz_buf *message, enum gaz_fault fault,
    const char *text)
{
	struct adding *d = arg;
	struct gaz_arena a = { 0 };
	struct gaz_err err = { 0 };
	struct gaz_batch b;

	if (message == NULL && fault == GAZ_FAULT_CANCELLED) {
		cancelled(d);
		return;
	}
	if (message == NULL) {
		failed(d, fault, text);
		return;
	}
	d->cycle.message = *message;
	gaz_buf_init(message, 0);
	if (!gaz_batch_decode(gaz_buf_str(&d->cycle.message), &a, &b, &err)) {
		refuse(d, GAZ_FAULT_HOSTILE, "");
	} else if (b.fault == GAZ_FAULT_NONE) {
		d->result.title = gaz_arena_str(&d->arena, b.title);
		to_store(d, true);
	} else if (b.fault == GAZ_FAULT_NOT_A_FEED && b.feeds_found.n > 0 &&
	    d->result.page.p == NULL) {
		choose(d, &b);
	} else if (b.fault == GAZ_FAULT_NOT_A_FEED) {
		refuse(d, b.fault, d->result.page.p != NULL ?
		    "it is not a feed" : "it is not a feed, and links to none "
		    "(<link rel=\"alternate\">)");
	} else {
		failed(d, b.fault, gaz_arena_z(&a, b.fault_text));
	}
	gaz_arena_clear(&a);
}

static char *
dup_or_null(const char *s)
{
	return s != NULL ? gaz_mem_strdup(s) : NULL;
}

static void
on_fetched(struct gaz_app *app, struct gaz_fetch_result *r, void *arg)
{
	struct adding *d = arg;
	struct cycle *c = &d->cycle;
	struct gaz_parse_job job = { .kind = GAZ_MESSAGE_FEED };

	if (r->fault == GAZ_FAULT_CANCELLED) {
		cancelled(d);
		return;
	}
	if (r->postponed) {
		/* The host wants to be left alone: the schedule sees to it. */
		d->result.fault = r->fault;
		d->result.fault_text = gaz_arena_str(&d->arena,
		    gaz_str_of(r->text));
		to_store(d, false);
		return;
	}
	c->when = gaz_clock_utc();
	c->status = r->status;
	c->etag = dup_or_null(r->etag);
	c->last_modified = dup_or_null(r->last_modified);
	c->moved_to = dup_or_null(r->moved_to);
	c->final_url = dup_or_null(r->final_url);
	c->hub = dup_or_null(r->hub);
	c->self = dup_or_null(r->self);
	c->max_age_s = r->max_age_s;
	c->retry_after_s = r->retry_after_s;
	c->duration_ms = r->duration_ms;
	c->bytes = r->body.len;
	if (r->fault != GAZ_FAULT_NONE) {
		failed(d, r->fault, r->text);
		return;
	}
	job.body = gaz_buf_str(&r->body);
	job.content_type = gaz_str_of(r->content_type);
	job.url = r->final_url != NULL ? gaz_str_of(r->final_url) : d->url;
	gaz_pool_submit(app->pool, &job, on_parsed, d);
}

/* One request for d->url. */
static void
ask(struct adding *d)
{
	struct gaz_app *app = d->app;
	const struct gaz_feed *f = gaz_feeds_find_url(app, d->url);
	struct gaz_arena a = { 0 };
	struct gaz_fetch_request req = {
		.max_body = (size_t)app->config->max_body,
		.timeout_s = app->config->timeout_s,
		.urgent = true,
	};

	if (f != NULL || d->order.unchecked) {
		to_store(d, false); /* known, or taken as it is */
		return;
	}
	d->cycle = (struct cycle){
		.app = app, .config = gaz_config_get(app->config),
		.when = gaz_clock_utc(),
		.max_age_s = GAZ_INT_UNKNOWN, .retry_after_s = GAZ_INT_UNKNOWN,
	};
	gaz_buf_init(&d->cycle.body, 0);
	gaz_buf_init(&d->cycle.message, GAZ_MESSAGE_MAX);
	req.url = gaz_arena_z(&a, d->url);
	gaz_errand_start(app, &req, on_fetched, d);
	gaz_arena_clear(&a);
}

void
gaz_adding_start(struct gaz_app *app, const struct gaz_adding_order *order,
    gaz_adding_done_fn done, void *arg)
{
	struct adding *d = gaz_mem_zero(1, sizeof(*d));

	d->app = app;
	d->done = done;
	d->arg = arg;
	d->order = *order;
	d->order.tags = (gaz_str_list){ 0 };
	d->order.url = d->url = gaz_arena_str(&d->arena, order->url);
	d->order.title = gaz_arena_str(&d->arena, order->title);
	for (size_t i = 0; i < order->tags.n; i++)
		*gaz_list_push(&d->arena, &d->order.tags) =
		    gaz_arena_str(&d->arena, order->tags.v[i]);
	app->requests++;
	ask(d);
}
