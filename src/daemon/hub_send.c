/*
 * What is new goes round: one topic after the other is rendered on a task
 * thread and sent to those of its subscribers who have something else. All of
 * them are compared once with each generation of the store; who could not be
 * reached, again when its pause is over.
 *
 *   touch -> (2 s) -> whose turn is it? -> render -> send, a few at a time
 *     -> all sent: whose turn is it? … nobody's: sleep
 */
#include "config.h"

#include <event2/event.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "gazetted/hash.h"
#include "gazetted/limits.h"
#include "gazetted/log.h"
#include "gazetted/url.h"

#include "hub.h"
#include "websub_form.h"

#define DELAY_MS 2000 /* for company */
#define AGAIN_S 30    /* when too much waits */
#define SLEEP_MAX_S 3600

static void round_of(struct gaz_hub *h);
static void pump(struct gaz_hub *h);

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct gaz_hub *h = arg;

	(void)fd;
	(void)what;
	h->touched = false;
	round_of(h);
}

static void
wake_in(struct gaz_hub *h, int64_t ms)
{
	struct timeval tv = { ms / 1000, (ms % 1000) * 1000 };

	if (h->timer == NULL)
		h->timer = event_new(h->app->base, -1, 0, on_timer, h);
	if (h->timer == NULL)
		gaz_mem_die(0);
	event_add(h->timer, &tv);
}

void
gaz_hub_touch(struct gaz_app *app)
{
	struct gaz_hub *h = app->hub;

	if (h == NULL || h->stopped || h->touched || h->subs.n == 0)
		return;
	h->touched = true;
	wake_in(h, DELAY_MS);
}

void
gaz_hub_welcome(struct gaz_subscriber *s)
{
	struct gaz_hub *h = s->hub;

	/* At once: the less has changed meanwhile, the less is sent in vain. */
	if (!h->stopped)
		wake_in(h, 0);
}

static bool
is_due(const struct gaz_subscriber *s, gaz_utc now)
{
	if (s->gone || s->transfer != NULL || s->ends <= now)
		return false;
	if (s->failures > 0)
		return s->next == GAZ_UTC_UNKNOWN || s->next <= now;
	return s->looked < gaz_writer_generation(s->hub->app->writer);
}

/* ---- an edition */

static void
end_edition(struct gaz_hub *h)
{
	gaz_arena_clear(&h->edition->arena);
	gaz_buf_clear(&h->edition->body);
	free(h->edition);
	h->edition = NULL;
	h->rendered = false;
}

/* On a task thread. */
static void
run_render(struct gaz_store *reader, const struct gaz_err *why, void *arg)
{
	struct gaz_edition *e = arg;

	if (reader == NULL) {
		e->err = *why;
		return;
	}
	e->generation = gaz_store_generation(reader);
	e->ok = gaz_render(reader, &e->render, e->now, &e->body, NULL,
	    &e->err);
	if (e->ok)
		gaz_hash128_hex(e->body.p, e->body.len, e->hash);
}

static void
done_render(void *arg)
{
	struct gaz_edition *e = arg;
	struct gaz_app *app = e->app;
	struct gaz_hub *h = app->hub;

	if (h->stopped) {
		end_edition(h);
	} else if (!e->ok) {
		gaz_log(GAZ_LOG_WARN, "hub", "text=\"%s\"", e->err.msg);
		end_edition(h);
		wake_in(h, AGAIN_S * 1000);
	} else {
		h->rendered = true;
		h->next_queued = 0;
		pump(h);
	}
	gaz_app_idle(app);
}

/* Nobody has that topic any more: the configuration has changed. */
static void
drop_topic(struct gaz_hub *h, const char *topic)
{
	for (size_t i = 0; i < h->subs.n; i++) {
		struct gaz_subscriber *s = h->subs.v[i];

		if (!s->gone && strcmp(s->topic, topic) == 0)
			gaz_hub_drop(s, "there is no such feed any more");
	}
}

/* false: nothing comes of it. */
static bool
begin_edition(struct gaz_hub *h, const char *topic)
{
	struct gaz_edition *e = gaz_mem_zero(1, sizeof(*e));

	e->app = h->app;
	e->now = gaz_clock_utc();
	e->topic = gaz_arena_str(&e->arena, gaz_str_of(topic));
	gaz_buf_init(&e->body, GAZ_MESSAGE_MAX);
	h->edition = e;
	if (!gaz_hub_read_topic(h->app, e->topic, &e->arena, e->now,
	    &e->render, &e->err)) {
		drop_topic(h, e->topic.p);
		end_edition(h);
		return false;
	}
	if (!gaz_tasks_run(h->app->tasks, run_render, done_render, e)) {
		end_edition(h);
		wake_in(h, AGAIN_S * 1000);
	}
	return true;
}

static void
sleep_until_next(struct gaz_hub *h, gaz_utc now)
{
	int64_t wait = SLEEP_MAX_S;

	for (size_t i = 0; i < h->subs.n; i++) {
		const struct gaz_subscriber *s = h->subs.v[i];

		if (!s->gone && s->failures > 0 &&
		    s->next != GAZ_UTC_UNKNOWN && s->next - now < wait)
			wait = s->next > now ? s->next - now : 1;
	}
	if (h->subs.n > 0 && !h->touched)
		wake_in(h, wait * 1000);
}

static void
round_of(struct gaz_hub *h)
{
	gaz_utc now = gaz_clock_utc();

	if (h->edition != NULL || h->stopped || !h->loaded ||
	    !gaz_hub_is_on(h->app))
		return;
	gaz_hub_sweep(h);
	for (size_t i = 0; i < h->subs.n; i++) {
		if (is_due(h->subs.v[i], now) &&
		    begin_edition(h, h->subs.v[i]->topic))
			return;
	}
	sleep_until_next(h, now);
}

/* ---- deliveries */

static void
failed(struct gaz_subscriber *s, const struct gaz_fetch_result *r)
{
	struct gaz_app *app = s->hub->app;
	gaz_utc now = gaz_clock_utc();
	struct gaz_interval_input in = {
		.now = now, .fault = r->fault, .failures = ++s->failures,
		.retry_after_s = r->retry_after_s, .max_age_s = INT64_MIN,
		.ttl_s = INT64_MIN, .update_interval_s = INT64_MIN,
		.interval_s = GAZ_HUB_RETRY_S, .min_s = GAZ_HUB_RETRY_S,
		.seed = gaz_hash_str(gaz_str_of(s->callback)),
	};
	struct gaz_interval out;
	char safe[240];

	gaz_metrics_add(app->metrics, GAZ_METRIC_HUB_FAILURES, 1);
	gaz_log_safe(gaz_str_of(r->text), safe, sizeof(safe));
	gaz_log(GAZ_LOG_INFO, "hub", "event=failed fault=%s failures=%" PRId64
	    " text=\"%s\"", gaz_fault_name(r->fault), s->failures, safe);
	if (r->fault == GAZ_FAULT_GONE) {
		gaz_hub_drop(s, "gone (410)");
		return;
	}
	if (s->failures >= GAZ_HUB_FAILURES_MAX) {
		gaz_hub_drop(s, "not reached any more");
		return;
	}
	gaz_interval_decide(&in, &out);
	s->next = now + out.delay_s;
	gaz_hub_keep(s);
}

static void
on_sent(struct gaz_fetch_result *r, void *arg)
{
	struct gaz_subscriber *s = arg;
	struct gaz_hub *h = s->hub;

	s->transfer = NULL;
	h->sends--;
	gaz_pauses_keep(h->app, r);
	if (h->stopped || s->gone || r->fault == GAZ_FAULT_CANCELLED) {
		/* Nobody wants to know. */
	} else if (r->postponed) {
		s->failures = s->failures > 0 ? s->failures : 1;
		s->next = gaz_clock_utc() + (r->retry_after_s > 0 ?
		    r->retry_after_s : GAZ_RETRY_AFTER_MIN_S);
		gaz_hub_keep(s);
	} else if (r->fault != GAZ_FAULT_NONE) {
		failed(s, r);
	} else {
		memcpy(s->seen, h->edition->hash, sizeof(s->seen));
		s->failures = 0;
		s->next = GAZ_UTC_UNKNOWN;
		gaz_metrics_add(h->app->metrics, GAZ_METRIC_HUB_DELIVERIES, 1);
		gaz_hub_keep(s);
	}
	pump(h);
}

void
gaz_hub_cancel(struct gaz_subscriber *s)
{
	if (s->transfer != NULL)
		gaz_fetcher_cancel(s->hub->app->fetcher, s->transfer);
}

static void
send_to(struct gaz_subscriber *s, const struct gaz_edition *e)
{
	struct gaz_app *app = s->hub->app;
	struct gaz_arena a = { 0 };
	const char *headers[4] = { NULL };
	struct gaz_buf signature;

	gaz_buf_init(&signature, GAZ_BUF_NO_MAX);
	headers[0] = gaz_arena_fmt(&a, "Content-Type: %s",
	    gaz_render_content_type(e->render.form)).p;
	headers[1] = gaz_arena_fmt(&a, "Link: <%.*s>; rel=\"hub\", <%.*s>; "
	    "rel=\"self\"", GAZ_STR_ARG(e->render.hub),
	    GAZ_STR_ARG(e->topic)).p;
	if (s->secret != NULL) {
		gaz_buf_put_z(&signature, "X-Hub-Signature: ");
		gaz_websub_sign(&signature, GAZ_MAC_SHA256,
		    gaz_str_of(s->secret), gaz_buf_str(&e->body));
		headers[2] = signature.p;
	}
	struct gaz_fetch_request req = {
		.url = s->callback, .post = e->body.p, .headers = headers,
		.stay = true, .max_body = GAZ_HUB_ANSWER_MAX,
		.timeout_s = GAZ_HUB_TIMEOUT_S,
	};
	gaz_turns_take(&app->turns, app->turns_per_hour, gaz_clock_mono());
	s->hub->sends++;
	s->transfer = gaz_fetcher_start(app->fetcher, &req, on_sent, s);
	gaz_buf_clear(&signature);
	gaz_arena_clear(&a);
}

static void
compare(struct gaz_subscriber *s, const struct gaz_edition *e)
{
	bool same = strcmp(s->seen, e->hash) == 0;

	s->looked = e->generation;
	if (same && s->failures == 0)
		return;
	if (!same && s->came != e->generation) {
		send_to(s, e);
		return;
	}
	/* It came just now and knows the feed, or what it missed was taken back
	 * meanwhile. */
	memcpy(s->seen, e->hash, sizeof(s->seen));
	s->failures = 0;
	s->next = GAZ_UTC_UNKNOWN;
	gaz_hub_keep(s);
}

static void
pump(struct gaz_hub *h)
{
	gaz_utc now = gaz_clock_utc();

	if (h->stopped || h->edition == NULL || !h->rendered)
		return;
	while (h->sends < GAZ_HUB_SENDS_MAX && h->next_queued < h->subs.n) {
		struct gaz_subscriber *s = h->subs.v[h->next_queued++];

		if (is_due(s, now) &&
		    gaz_str_eq_z(h->edition->topic, s->topic))
			compare(s, h->edition);
	}
	if (h->sends > 0 || h->next_queued < h->subs.n)
		return;
	end_edition(h);
	round_of(h);
}
