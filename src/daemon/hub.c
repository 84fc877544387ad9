/*
 * Who subscribes to our feeds: asked for by anybody, verified at the callback,
 * kept until the lease ends, it asks out, or it cannot be reached any more.
 */
#include "config.h"

#include "hub.h"

#include <event2/event.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "gazetted/limits.h"
#include "gazetted/log.h"
#include "gazetted/url.h"

#include "websub_form.h"

/* Somebody asked; whether it was the owner of the callback is being seen. */
struct gaz_verification {
	struct gaz_hub *hub;
	char *callback, *topic, *secret;
	bool subscribe;
	int64_t lease_s;
	int64_t generation;       /* of the store when it asked */
	char challenge[GAZ_SECRET_LEN + 1];
	struct gaz_fetch *transfer;
};

static char *
dup_str(struct gaz_str s)
{
	return s.len > 0 ? gaz_mem_strndup(s.p, s.len) : NULL;
}

static void
log_host(enum gaz_log_level level, const char *event, const char *callback,
    const char *more)
{
	struct gaz_arena a = { 0 };

	gaz_log(level, "hub", "event=%s host=%.*s%s%s", event,
	    GAZ_STR_ARG(gaz_url_host(&a, gaz_str_of(callback))),
	    more[0] != '\0' ? " " : "", more);
	gaz_arena_clear(&a);
}

/* ---- the table */

static void
free_subscriber(struct gaz_subscriber *s)
{
	free(s->callback);
	free(s->topic);
	free(s->secret);
	free(s);
}

static struct gaz_subscriber *
find(const struct gaz_hub *h, struct gaz_str callback, struct gaz_str topic)
{
	for (size_t i = 0; i < h->subs.n; i++) {
		struct gaz_subscriber *s = h->subs.v[i];

		if (!s->gone && gaz_str_eq_z(callback, s->callback) &&
		    gaz_str_eq_z(topic, s->topic))
			return s;
	}
	return NULL;
}

static void
count(const struct gaz_hub *h)
{
	int64_t n, failing;

	gaz_hub_numbers(h->app, &n, &failing);
	gaz_metrics_set(h->app->metrics, GAZ_METRIC_HUB_SUBSCRIBERS, n);
}

void
gaz_hub_numbers(const struct gaz_app *app, int64_t *subscribers,
    int64_t *failing)
{
	const struct gaz_hub *h = app->hub;

	*subscribers = *failing = 0;
	for (size_t i = 0; h != NULL && i < h->subs.n; i++) {
		*subscribers += !h->subs.v[i]->gone;
		*failing += !h->subs.v[i]->gone && h->subs.v[i]->failures > 0;
	}
}

/* ---- to the store */

struct put {
	struct gaz_app *app;
	struct gaz_arena arena;
	struct gaz_store_subscriber row;
};

static bool
run_put(struct gaz_writer_state *w, void *arg, struct gaz_err *err)
{
	struct put *p = arg;

	return gaz_store_put_subscriber(w->store, &p->row, err);
}

static bool
run_drop(struct gaz_writer_state *w, void *arg, struct gaz_err *err)
{
	struct put *p = arg;

	return gaz_store_drop_subscriber(w->store, p->row.callback,
	    p->row.topic, err);
}

static void
done_put(void *arg, bool ok, const struct gaz_err *err)
{
	struct put *p = arg;

	if (!ok)
		gaz_log(GAZ_LOG_WARN, "hub", "text=\"%s\"", err->msg);
	gaz_app_idle(p->app);
	gaz_arena_clear(&p->arena);
	free(p);
}

static void
write_down(const struct gaz_subscriber *s, gaz_job_run_fn run)
{
	struct put *p = gaz_mem_zero(1, sizeof(*p));

	p->app = s->hub->app;
	p->row = (struct gaz_store_subscriber){
		.callback = gaz_arena_str(&p->arena, gaz_str_of(s->callback)),
		.topic = gaz_arena_str(&p->arena, gaz_str_of(s->topic)),
		.secret = gaz_arena_str(&p->arena, gaz_str_of(s->secret)),
		.ends = s->ends, .next = s->next, .failures = s->failures,
		.seen = gaz_arena_str(&p->arena, gaz_str_of(s->seen)),
	};
	gaz_writer_run(p->app->writer, run, done_put, p, false);
}

void
gaz_hub_keep(struct gaz_subscriber *s)
{
	if (!s->gone)
		write_down(s, run_put);
}

void
gaz_hub_drop(struct gaz_subscriber *s, const char *why)
{
	char more[80];

	if (s->gone)
		return;
	snprintf(more, sizeof(more), "why=\"%s\"", why);
	log_host(GAZ_LOG_INFO, "dropped", s->callback, more);
	s->gone = true;
	write_down(s, run_drop);
	count(s->hub);
}

void
gaz_hub_sweep(struct gaz_hub *h)
{
	size_t kept = 0;

	if (h->edition != NULL)
		return; /* it walks there */
	for (size_t i = 0; i < h->subs.n; i++) {
		struct gaz_subscriber *s = h->subs.v[i];

		if (!s->gone && s->ends <= gaz_clock_utc())
			gaz_hub_drop(s, "the lease is over");
		if (s->gone && s->transfer == NULL)
			free_subscriber(s);
		else
			h->subs.v[kept++] = s;
	}
	h->subs.n = kept;
}

/* ---- verification */

static void
end_verification(struct gaz_verification *v)
{
	struct gaz_hub *h = v->hub;

	for (size_t i = 0; i < h->pending.n; i++) {
		if (h->pending.v[i] == v) {
			h->pending.v[i] = h->pending.v[--h->pending.n];
			break;
		}
	}
	free(v->callback);
	free(v->topic);
	free(v->secret);
	free(v);
}

static void
subscribe(const struct gaz_verification *v)
{
	struct gaz_hub *h = v->hub;
	struct gaz_subscriber *s = find(h, gaz_str_of(v->callback),
	    gaz_str_of(v->topic));
	bool fresh = s == NULL;
	char more[48];

	if (fresh) {
		s = gaz_mem_zero(1, sizeof(*s));
		s->hub = h;
		s->callback = gaz_mem_strdup(v->callback);
		s->topic = gaz_mem_strdup(v->topic);
		s->next = GAZ_UTC_UNKNOWN;
		s->looked = -1;
		s->came = v->generation;
		*gaz_vec_push(&h->subs) = s;
	}
	free(s->secret);
	s->secret = dup_str(gaz_str_of(v->secret));
	s->ends = gaz_clock_utc() + v->lease_s;
	snprintf(more, sizeof(more), "lease_s=%" PRId64, v->lease_s);
	log_host(GAZ_LOG_INFO, fresh ? "subscribed" : "renewed", s->callback,
	    more);
	gaz_hub_keep(s);
	count(h);
	if (fresh)
		gaz_hub_welcome(s);
}

static void
on_answer(struct gaz_fetch_result *r, void *arg)
{
	struct gaz_verification *v = arg;
	struct gaz_hub *h = v->hub;
	char safe[240], more[280];
	bool agreed;

	v->transfer = NULL;
	gaz_pauses_keep(h->app, r);
	if (h->stopped || r->fault == GAZ_FAULT_CANCELLED) {
		end_verification(v);
		return;
	}
	agreed = r->fault == GAZ_FAULT_NONE &&
	    gaz_str_eq_z(gaz_buf_str(&r->body), v->challenge);
	if (agreed && v->subscribe) {
		subscribe(v);
	} else if (agreed) {
		struct gaz_subscriber *s = find(h, gaz_str_of(v->callback),
		    gaz_str_of(v->topic));

		if (s != NULL) {
			gaz_hub_cancel(s);
			gaz_hub_drop(s, "unsubscribed");
		}
	} else {
		gaz_metrics_add(h->app->metrics, GAZ_METRIC_HUB_FAILURES, 1);
		gaz_log_safe(gaz_str_of(r->fault != GAZ_FAULT_NONE ? r->text :
		    "another answer than the challenge"), safe, sizeof(safe));
		snprintf(more, sizeof(more), "text=\"%s\"", safe);
		log_host(GAZ_LOG_INFO, "not-verified", v->callback, more);
	}
	end_verification(v);
}

/* Callback with our question behind what it has of its own. */
static void
put_question(const struct gaz_verification *v, struct gaz_buf *out)
{
	struct gaz_str callback = gaz_str_of(v->callback);
	char seconds[24];

	gaz_buf_put_str(out, callback);
	if (gaz_str_find_char(callback, '?', 0) == GAZ_STR_NPOS)
		gaz_buf_put_char(out, '?');
	gaz_websub_put_param(out, "hub.mode", v->subscribe ?
	    GAZ_STR("subscribe") : GAZ_STR("unsubscribe"));
	gaz_websub_put_param(out, "hub.topic", gaz_str_of(v->topic));
	gaz_websub_put_param(out, "hub.challenge", gaz_str_of(v->challenge));
	if (!v->subscribe)
		return;
	snprintf(seconds, sizeof(seconds), "%" PRId64, v->lease_s);
	gaz_websub_put_param(out, "hub.lease_seconds", gaz_str_of(seconds));
}

static void
verify(struct gaz_verification *v)
{
	static const char *const headers[] = { "Accept: */*", NULL };
	struct gaz_app *app = v->hub->app;
	struct gaz_buf url;

	gaz_buf_init(&url, GAZ_BUF_NO_MAX);
	put_question(v, &url);
	struct gaz_fetch_request req = {
		.url = url.p, .headers = headers, .stay = true,
		.max_body = GAZ_HUB_ANSWER_MAX,
		.timeout_s = GAZ_HUB_TIMEOUT_S,
	};
	gaz_turns_take(&app->turns, app->turns_per_hour, gaz_clock_mono());
	v->transfer = gaz_fetcher_start(app->fetcher, &req, on_answer, v);
	gaz_buf_clear(&url);
}

/* ---- requests */

static bool
has_room(const struct gaz_hub *h, struct gaz_str callback,
    struct gaz_str topic, struct gaz_err *err)
{
	struct gaz_arena a = { 0 };
	struct gaz_str host = gaz_url_host(&a, callback);
	size_t all = 0, of_host = 0, topics = 0;
	bool known_topic = false;

	for (size_t i = 0; i < h->subs.n; i++) {
		const struct gaz_subscriber *s = h->subs.v[i];
		bool first = true;

		if (s->gone)
			continue;
		all++;
		of_host += gaz_str_eq(host, gaz_url_host(&a,
		    gaz_str_of(s->callback)));
		for (size_t k = 0; k < i && first; k++)
			first = h->subs.v[k]->gone ||
			    strcmp(h->subs.v[k]->topic, s->topic) != 0;
		topics += first;
		known_topic = known_topic || gaz_str_eq_z(topic, s->topic);
	}
	for (size_t i = 0; i < h->pending.n; i++)
		of_host += gaz_str_eq(host, gaz_url_host(&a,
		    gaz_str_of(h->pending.v[i]->callback)));
	gaz_arena_clear(&a);
	if (all + h->pending.n >= GAZ_HUB_SUBSCRIBERS_MAX)
		return gaz_err_set(err, GAZ_ERR_BUSY,
		    "there are %d subscribers already",
		    GAZ_HUB_SUBSCRIBERS_MAX);
	if (of_host >= GAZ_HUB_PER_HOST_MAX)
		return gaz_err_set(err, GAZ_ERR_BUSY,
		    "there are %d subscribers of that host already",
		    GAZ_HUB_PER_HOST_MAX);
	if (!known_topic && topics >= GAZ_HUB_TOPICS_MAX)
		return gaz_err_set(err, GAZ_ERR_BUSY,
		    "%d feeds have subscribers already", GAZ_HUB_TOPICS_MAX);
	return true;
}

/* Below base-url, not only of the same beginning. */
static bool
is_below(struct gaz_str url, struct gaz_str base)
{
	return gaz_str_eq(gaz_str_sub(url, 0, base.len), base) &&
	    (url.len == base.len || url.p[base.len] == '/' ||
	    url.p[base.len] == '?');
}

static bool
is_callback(const struct gaz_app *app, struct gaz_str s)
{
	return s.len > 0 && s.len <= GAZ_HUB_CALLBACK_MAX &&
	    gaz_url_is_http(s) && !gaz_websub_has_user(s) &&
	    gaz_str_find_char(s, '#', 0) == GAZ_STR_NPOS &&
	    /* We are nobody's subscriber here. */
	    !is_below(s, app->config->base_url);
}

static int64_t
lease_of(struct gaz_str said)
{
	int64_t s;

	if (!gaz_str_to_int(said, &s) || s < 1)
		return GAZ_HUB_LEASE_S;
	return s < GAZ_HUB_LEASE_MIN_S ? GAZ_HUB_LEASE_MIN_S :
	    s > GAZ_HUB_LEASE_MAX_S ? GAZ_HUB_LEASE_MAX_S : s;
}

/* What is wrong with the form, or nothing. */
static bool
check(const struct gaz_app *app, struct gaz_http_request *req,
    struct gaz_err *err)
{
	struct gaz_str mode = gaz_http_param(req, "hub.mode", 0);
	struct gaz_render render;

	if (!gaz_str_eq_z(mode, "subscribe") &&
	    !gaz_str_eq_z(mode, "unsubscribe"))
		return gaz_err_set(err, GAZ_ERR_USAGE,
		    "hub.mode: subscribe or unsubscribe is wanted");
	if (!is_callback(app, gaz_http_param(req, "hub.callback", 0)))
		return gaz_err_set(err, GAZ_ERR_USAGE, "hub.callback: an http "
		    "or https address of yours is wanted, of %d bytes at most, "
		    "without user and fragment", GAZ_HUB_CALLBACK_MAX);
	if (gaz_http_param(req, "hub.secret", 0).len > GAZ_HUB_SECRET_MAX)
		return gaz_err_set(err, GAZ_ERR_USAGE,
		    "hub.secret: less than 200 bytes are wanted");
	return gaz_hub_read_topic(app, gaz_http_param(req, "hub.topic", 0),
	    gaz_http_arena(req), gaz_clock_utc(), &render, err);
}

static bool
is_pending(const struct gaz_hub *h, struct gaz_str callback,
    struct gaz_str topic)
{
	for (size_t i = 0; i < h->pending.n; i++) {
		if (gaz_str_eq_z(callback, h->pending.v[i]->callback) &&
		    gaz_str_eq_z(topic, h->pending.v[i]->topic))
			return true;
	}
	return false;
}

static void
refuse(struct gaz_http_request *req, const struct gaz_err *err)
{
	bool later = err->code == GAZ_ERR_BUSY;

	if (later)
		gaz_http_add_header(req, "Retry-After", "600");
	gaz_http_reply_error(req, later ? 503 : 400, "%s", err->msg);
}

void
gaz_hub_request(struct gaz_http_request *req, void *arg)
{
	struct gaz_app *app = arg;
	struct gaz_hub *h = app->hub;
	struct gaz_str callback = gaz_http_param(req, "hub.callback", 0);
	struct gaz_str topic = gaz_http_param(req, "hub.topic", 0);
	struct gaz_verification *v;
	struct gaz_subscriber *known;
	struct gaz_err err = { 0 };
	bool wants;

	if (!gaz_hub_is_on(app) || h == NULL) {
		gaz_http_reply_error(req, 404, "this is no hub");
		return;
	}
	if (!check(app, req, &err)) {
		refuse(req, &err);
		return;
	}
	gaz_hub_sweep(h);
	wants = gaz_str_eq_z(gaz_http_param(req, "hub.mode", 0), "subscribe");
	known = find(h, callback, topic);
	if (!h->loaded || h->stopped || is_pending(h, callback, topic) ||
	    h->pending.n >= GAZ_HUB_PENDING_MAX) {
		gaz_err_set(&err, GAZ_ERR_BUSY, "too much is being verified");
		refuse(req, &err);
		return;
	}
	if (wants && known == NULL && !has_room(h, callback, topic, &err)) {
		refuse(req, &err);
		return;
	}
	if (wants || known != NULL) {
		v = gaz_mem_zero(1, sizeof(*v));
		v->hub = h;
		v->subscribe = wants;
		v->generation = gaz_writer_generation(app->writer);
		v->callback = dup_str(callback);
		v->topic = dup_str(topic);
		v->secret = dup_str(gaz_http_param(req, "hub.secret", 0));
		v->lease_s = lease_of(
		    gaz_http_param(req, "hub.lease_seconds", 0));
		gaz_secret_make(v->challenge);
		*gaz_vec_push(&h->pending) = v;
		verify(v);
	}
	gaz_http_reply(req, 202, "text/plain; charset=utf-8", GAZ_STR(""));
}

/* ---- start and end */

struct load {
	struct gaz_hub *hub;
	struct gaz_arena arena;
	gaz_store_subscriber_list list;
};

static bool
run_load(struct gaz_writer_state *w, void *arg, struct gaz_err *err)
{
	struct load *l = arg;

	gaz_arena_clear(&l->arena);
	l->list = (gaz_store_subscriber_list){ 0 };
	return gaz_store_load_subscribers(w->store, &l->arena, &l->list, err);
}

static void
done_load(void *arg, bool ok, const struct gaz_err *err)
{
	struct load *l = arg;
	struct gaz_hub *h = l->hub;

	if (!ok)
		gaz_log(GAZ_LOG_ERR, "hub", "text=\"%s\"", err->msg);
	for (size_t i = 0; ok && i < l->list.n; i++) {
		const struct gaz_store_subscriber *r = &l->list.v[i];
		struct gaz_subscriber *s = gaz_mem_zero(1, sizeof(*s));

		s->hub = h;
		s->callback = dup_str(r->callback);
		s->topic = dup_str(r->topic);
		s->secret = dup_str(r->secret);
		s->ends = r->ends;
		s->next = r->next;
		s->failures = r->failures;
		s->looked = s->came = -1;
		if (r->seen.len == sizeof(s->seen) - 1)
			memcpy(s->seen, r->seen.p, r->seen.len);
		*gaz_vec_push(&h->subs) = s;
	}
	h->loaded = ok;
	count(h);
	gaz_hub_touch(h->app);
	gaz_app_idle(h->app);
	gaz_arena_clear(&l->arena);
	free(l);
}

void
gaz_hub_start(struct gaz_app *app)
{
	struct load *l;

	if (app->once)
		return;
	app->hub = gaz_mem_zero(1, sizeof(*app->hub));
	app->hub->app = app;
	l = gaz_mem_zero(1, sizeof(*l));
	l->hub = app->hub;
	gaz_writer_run(app->writer, run_load, done_load, l, true);
}

void
gaz_hub_stop(struct gaz_app *app)
{
	struct gaz_hub *h = app->hub;

	if (h == NULL || h->stopped)
		return;
	h->stopped = true;
	if (h->timer != NULL)
		event_del(h->timer);
	while (h->pending.n > 0)
		gaz_fetcher_cancel(app->fetcher, h->pending.v[0]->transfer);
	for (size_t i = 0; i < h->subs.n; i++)
		gaz_hub_cancel(h->subs.v[i]);
}

void
gaz_hub_free(struct gaz_app *app)
{
	struct gaz_hub *h = app->hub;

	if (h == NULL)
		return;
	for (size_t i = 0; i < h->subs.n; i++)
		free_subscriber(h->subs.v[i]);
	gaz_vec_clear(&h->subs);
	gaz_vec_clear(&h->pending);
	if (h->edition != NULL) {
		gaz_arena_clear(&h->edition->arena);
		gaz_buf_clear(&h->edition->body);
		free(h->edition);
	}
	if (h->timer != NULL)
		event_free(h->timer);
	free(h);
	app->hub = NULL;
}
