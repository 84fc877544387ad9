/*
 *   due -> ask -> 304: record it
 *              -> 200: parse -> store -> sync the subscriptions
 *
 * A failure of any kind is recorded, backs off, and changes no feed.
 */
#include "config.h"

#include "lists.h"

#include <event2/event.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "gazetted/hash.h"
#include "gazetted/limits.h"
#include "gazetted/log.h"
#include "gazetted/url.h"

#include "errand.h"
#include "outlines.h"

struct gaz_list {
	struct gaz_app *app;
	char *url;
	bool wanted;          /* by the configuration */
	bool busy, again;
	struct event *timer;
	/* as the store has it */
	char *etag, *last_modified, *validators_url;
	int64_t failures, leaving;
	gaz_utc next_fetch;
};

/* One request for a list, up to the store. */
struct asking {
	struct gaz_app *app;
	struct gaz_list *list;
	struct gaz_arena arena;
	struct gaz_outlines *outlines;
	struct gaz_store_list_outcome o;
	struct gaz_interval_input in;
	gaz_store_list_list known;
};

static void ask(struct gaz_list *l);

bool
gaz_lists_is_url(struct gaz_str source)
{
	return gaz_url_is_http(source);
}

/* ---- the table */

static void
set_text(char **p, struct gaz_str s)
{
	free(*p);
	*p = s.len > 0 ? gaz_mem_strndup(s.p, s.len) : NULL;
}

static struct gaz_list *
find(struct gaz_app *app, struct gaz_str url)
{
	for (size_t i = 0; i < app->lists.n; i++) {
		if (gaz_str_eq_z(url, app->lists.v[i]->url))
			return app->lists.v[i];
	}
	return NULL;
}

static void
on_due(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	ask(arg);
}

static struct gaz_list *
add(struct gaz_app *app, struct gaz_str url)
{
	struct gaz_list *l = gaz_mem_zero(1, sizeof(*l));

	l->app = app;
	set_text(&l->url, url);
	l->next_fetch = GAZ_UTC_UNKNOWN;
	l->timer = event_new(app->base, -1, 0, on_due, l);
	if (l->timer == NULL)
		gaz_mem_die(0);
	*gaz_vec_push(&app->lists) = l;
	return l;
}

static void
learn(struct gaz_list *l, const gaz_store_list_list *known)
{
	for (size_t i = 0; i < known->n; i++) {
		const struct gaz_store_list *k = &known->v[i];

		if (!gaz_str_eq_z(k->url, l->url))
			continue;
		set_text(&l->etag, k->etag);
		set_text(&l->last_modified, k->last_modified);
		set_text(&l->validators_url, k->validators_url);
		l->failures = k->failures;
		l->leaving = k->leaving;
		l->next_fetch = k->next_fetch;
		return;
	}
	/* Nothing is known of it, or not any more. */
	set_text(&l->etag, GAZ_STR_NONE);
	set_text(&l->last_modified, GAZ_STR_NONE);
	set_text(&l->validators_url, GAZ_STR_NONE);
	l->failures = l->leaving = 0;
	l->next_fetch = GAZ_UTC_UNKNOWN;
}

static void
set_timer(struct gaz_list *l)
{
	gaz_utc now = gaz_clock_utc();
	int64_t s = l->next_fetch == GAZ_UTC_UNKNOWN || l->next_fetch < now ?
	    0 : l->next_fetch - now;
	struct timeval tv;

	/* A clock that was wrong must not hold it up. */
	if (s > GAZ_RETRY_AFTER_MAX_S)
		s = GAZ_RETRY_AFTER_MAX_S;
	tv = (struct timeval){ s, 0 };
	if (!l->app->stopping && !l->app->once)
		event_add(l->timer, &tv);
}

void
gaz_lists_update(struct gaz_app *app, const gaz_store_list_list *known)
{
	const gaz_str_list *sources = &app->config->subscription_sources;

	for (size_t i = 0; i < app->lists.n; i++)
		app->lists.v[i]->wanted = false;
	for (size_t i = 0; i < sources->n; i++) {
		struct gaz_list *l;

		if (!gaz_lists_is_url(sources->v[i]))
			continue;
		l = find(app, sources->v[i]);
		if (l == NULL)
			l = add(app, sources->v[i]);
		l->wanted = true;
		if (l->busy)
			continue;
		learn(l, known);
		set_timer(l);
	}
	for (size_t i = 0; i < app->lists.n; i++) {
		if (!app->lists.v[i]->wanted)
			event_del(app->lists.v[i]->timer);
	}
}

/* ---- what came of it */

static bool
any_busy(const struct gaz_app *app)
{
	for (size_t i = 0; i < app->lists.n; i++) {
		if (app->lists.v[i]->busy)
			return true;
	}
	return false;
}

static void
log_outcome(struct asking *q)
{
	const struct gaz_store_list_outcome *o = &q->o;
	char url[300], text[300];

	/* A password in the address is nobody's business. */
	struct gaz_str host = gaz_url_host(&q->arena,
	    o->url);
	gaz_log_safe(host, url, sizeof(url));
	gaz_log_safe(o->fault_text, text, sizeof(text));
	gaz_log(o->fault == GAZ_FAULT_NONE ? GAZ_LOG_INFO : GAZ_LOG_WARN,
	    "list", "host=%s fault=%s status=%" PRId64 " feeds=%zu "
	    "skipped=%" PRId64 " next_s=%" PRId64 " text=\"%s\"", url,
	    gaz_fault_name(o->fault), o->http_status, o->n, o->skipped,
	    o->next_fetch - o->when, text);
}

/* May run twice. */
static bool
run_store(struct gaz_writer_state *w, void *arg, struct gaz_err *err)
{
	struct asking *q = arg;

	q->known = (gaz_store_list_list){ 0 };
	return gaz_store_put_list(w->store, &q->o, err) &&
	    gaz_store_load_lists(w->store, &q->arena, &q->known, err);
}

/* q is over, and freed; stored: something came of it. */
static void
end(struct asking *q, bool stored)
{
	struct gaz_list *l = q->list;
	struct gaz_app *app = q->app;

	l->busy = false;
	app->side_work--;
	if (l->wanted)
		set_timer(l);
	if (stored && (q->o.content || l->leaving > 0) && !app->once)
		gaz_resync(app);
	if (q->outlines != NULL)
		gaz_outlines_free(q->outlines);
	gaz_arena_clear(&q->arena);
	free(q);
	if (l->again && l->wanted && !app->stopping)
		ask(l);
	else if (app->once && !any_busy(app) && !app->stopping)
		gaz_resync(app);
	gaz_app_idle(app);
}

static void
done_store(void *arg, bool ok, const struct gaz_err *err)
{
	struct asking *q = arg;
	struct gaz_list *l = q->list;
	struct gaz_app *app = q->app;

	if (!ok) {
		gaz_log(GAZ_LOG_ERR, "list", "text=\"%s\"", err->msg);
		l->next_fetch = gaz_clock_utc() + GAZ_LIST_INTERVAL_MIN_S;
	} else {
		log_outcome(q);
		learn(l, &q->known);
	}
	if (app->once && q->o.fault != GAZ_FAULT_NONE)
		app->failed_once++;
	end(q, ok && q->o.fault == GAZ_FAULT_NONE);
}

/* Its host wants to be left alone: nothing was asked, so nothing has failed. A
 * restart finds the host's pause and comes here again. */
static void
postpone(struct asking *q, int64_t s)
{
	struct gaz_list *l = q->list;
	struct gaz_str host = gaz_url_host(&q->arena, q->o.url);
	char safe[300];

	if (s < GAZ_RETRY_AFTER_MIN_S)
		s = GAZ_RETRY_AFTER_MIN_S;
	l->next_fetch = gaz_clock_utc() + s;
	if (q->app->once)
		q->app->failed_once++;
	gaz_log_safe(host, safe, sizeof(safe));
	gaz_log(GAZ_LOG_INFO, "list", "host=%s event=postponed next_s=%" PRId64,
	    safe, s);
	end(q, false);
}

static void
to_store(struct asking *q)
{
	struct gaz_interval next;

	q->in.now = q->o.when;
	q->in.fault = q->o.fault;
	q->in.failures = q->o.fault == GAZ_FAULT_NONE ? 0 :
	    q->list->failures + 1;
	q->in.http_status = q->o.http_status;
	gaz_interval_decide(&q->in, &next);
	/* A list that is gone (410) is looked for once a day all the same: it
	 * is the configuration's to give it up. */
	q->o.next_fetch = q->o.when +
	    (next.delay_s < 0 ? GAZ_BACKOFF_MAX_S : next.delay_s);
	gaz_writer_run(q->app->writer, run_store, done_store, q, true);
}

static void
fail(struct asking *q, enum gaz_fault fault, const char *text)
{
	q->o.fault = fault;
	q->o.fault_text = gaz_arena_str(&q->arena, gaz_str_of(text));
	q->o.set_validators = q->o.content = false;
	to_store(q);
}

static void
on_outlines(struct gaz_outlines *o)
{
	struct asking *q = o->arg;

	if (o->err.code != GAZ_ERR_NONE) {
		fail(q, GAZ_FAULT_NOT_A_FEED, o->err.msg);
		return;
	}
	if (o->subs.n > GAZ_LIST_OUTLINES_MAX) {
		fail(q, GAZ_FAULT_TOO_LARGE, "more feeds than "
		    "GAZ_LIST_OUTLINES_MAX");
		return;
	}
	if (o->subs.n == 0) {
		fail(q, GAZ_FAULT_EMPTY, "a list without a feed; nothing is "
		    "removed");
		return;
	}
	q->o.content = true;
	q->o.v = o->subs.v;
	q->o.n = o->subs.n;
	q->o.skipped = (int64_t)o->skipped;
	if (!o->well_formed) {
		/* It may have been cut: next time all of it, please. */
		q->o.keep = true;
		q->o.set_validators = false;
		q->o.fault_text = GAZ_STR("the list is damaged; feeds are "
		    "added, but none is removed");
	}
	to_store(q);
}

/* ---- asking */

static void
on_fetched(struct gaz_app *app, struct gaz_fetch_result *r, void *arg)
{
	struct asking *q = arg;
	struct gaz_arena *a = &q->arena;

	if (r->fault == GAZ_FAULT_CANCELLED) {
		q->list->busy = false;
		gaz_arena_clear(a);
		free(q);
		app->side_work--;
		gaz_app_idle(app);
		return;
	}
	if (r->postponed) {
		postpone(q, r->retry_after_s);
		return;
	}
	q->o.when = gaz_clock_utc();
	q->o.http_status = r->status;
	q->in.max_age_s = r->max_age_s;
	q->in.retry_after_s = r->retry_after_s;
	if (r->fault != GAZ_FAULT_NONE) {
		fail(q, r->fault, r->text);
		return;
	}
	q->o.set_validators = !r->not_modified || r->etag != NULL ||
	    r->last_modified != NULL;
	q->o.etag = gaz_arena_str(a, gaz_str_of(r->etag));
	q->o.last_modified = gaz_arena_str(a, gaz_str_of(r->last_modified));
	if (q->o.etag.p != NULL || q->o.last_modified.p != NULL)
		q->o.validators_url = gaz_arena_str(a,
		    gaz_str_of(r->final_url));
	if (r->not_modified) {
		/* One that renews half of the pair leaves the other half. */
		if (q->o.etag.p == NULL)
			q->o.etag = gaz_arena_str(a,
			    gaz_str_of(q->list->etag));
		if (q->o.last_modified.p == NULL)
			q->o.last_modified = gaz_arena_str(a,
			    gaz_str_of(q->list->last_modified));
		to_store(q);
		return;
	}
	q->outlines = gaz_outlines_new(app, on_outlines, q);
	gaz_outlines_parse(q->outlines, gaz_buf_str(&r->body));
}

static void
ask(struct gaz_list *l)
{
	struct gaz_app *app = l->app;
	struct asking *q;
	struct gaz_fetch_request req = {
		.url = l->url, .etag = l->etag,
		.last_modified = l->last_modified,
		.validators_url = l->validators_url,
		.accept = "text/x-opml, application/xml;q=0.9, "
		    "text/xml;q=0.9, */*;q=0.1",
		.max_body = (size_t)app->config->max_body,
		.timeout_s = app->config->timeout_s,
	};

	if (app->stopping)
		return;
	l->again = l->busy;
	if (l->busy)
		return;
	l->busy = true;
	app->side_work++;
	event_del(l->timer);
	q = gaz_mem_zero(1, sizeof(*q));
	q->app = app;
	q->list = l;
	q->o.url = gaz_arena_str(&q->arena, gaz_str_of(l->url));
	q->in = (struct gaz_interval_input){
		.ttl_s = GAZ_INT_UNKNOWN,
		.update_interval_s = GAZ_INT_UNKNOWN,
		.configured_s = GAZ_LIST_INTERVAL_S,
		.interval_s = GAZ_LIST_INTERVAL_S,
		.min_s = GAZ_LIST_INTERVAL_MIN_S, .max_s = GAZ_INTERVAL_MAX_S,
		.seed = gaz_hash_mix(gaz_hash_str(q->o.url),
		    (uint64_t)gaz_clock_utc()),
	};
	gaz_errand_start(app, &req, on_fetched, q);
}

void
gaz_lists_ask(struct gaz_app *app)
{
	for (size_t i = 0; i < app->lists.n; i++) {
		if (app->lists.v[i]->wanted)
			ask(app->lists.v[i]);
	}
}

bool
gaz_lists_once(struct gaz_app *app, void (*then)(struct gaz_app *app))
{
	gaz_lists_ask(app);
	if (!any_busy(app))
		return false;
	app->lists_then = then;
	return true;
}

void
gaz_lists_stop(struct gaz_app *app)
{
	for (size_t i = 0; i < app->lists.n; i++)
		event_del(app->lists.v[i]->timer);
}

void
gaz_lists_free(struct gaz_app *app)
{
	for (size_t i = 0; i < app->lists.n; i++) {
		struct gaz_list *l = app->lists.v[i];

		event_free(l->timer);
		free(l->url);
		free(l->etag);
		free(l->last_modified);
		free(l->validators_url);
		free(l);
	}
	gaz_vec_clear(&app->lists);
}
