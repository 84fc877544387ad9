/*
 * The table of leases: read at the start, brought in line with the feeds, woken
 * when one is due. The schedule holds slots, so that nothing is walked on a
 * tick.
 */
#include "config.h"

#include "websub.h"

#include <event2/event.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "gazetted/hash.h"
#include "gazetted/limits.h"
#include "gazetted/log.h"
#include "gazetted/url.h"

#include "websub_form.h"

#define BURST_MS 60000
#define BURST_STEP_MS 100 /* 10 polls a second at most */

static char *
dup_str(struct gaz_str s)
{
	return s.len > 0 ? gaz_mem_strndup(s.p, s.len) : NULL;
}

/* ---- one lease */

static struct gaz_lease *
new_lease(struct gaz_websub *w, int64_t feed_id)
{
	struct gaz_lease *l = gaz_mem_zero(1, sizeof(*l));

	l->websub = w;
	l->feed_id = feed_id;
	l->asked = l->since = l->ends = l->next = l->missed = GAZ_UTC_UNKNOWN;
	if (w->free_slots.n > 0) {
		l->slot = w->free_slots.v[--w->free_slots.n];
		w->leases.v[l->slot] = l;
	} else {
		l->slot = (uint32_t)w->leases.n;
		*gaz_vec_push(&w->leases) = l;
	}
	return l;
}

void
gaz_websub_enter(struct gaz_lease *l)
{
	gaz_map64_put(l->websub->by_feed, (uint64_t)l->feed_id, l->slot);
}

static void
free_lease(struct gaz_lease *l)
{
	free(l->hub);
	free(l->topic);
	free(l->callback);
	free(l->hubs);
	free(l->fault_text);
	free(l);
}

void
gaz_websub_release(struct gaz_lease *l)
{
	if (l->dropped && l->jobs == 0 && l->transfer == NULL)
		free_lease(l);
}

struct gaz_lease *
gaz_websub_of_feed(struct gaz_websub *w, int64_t feed_id)
{
	uint64_t slot;

	if (w == NULL || !gaz_map64_find(w->by_feed, (uint64_t)feed_id, &slot))
		return NULL;
	return w->leases.v[slot];
}

/* ---- to the store */

struct keep {
	struct gaz_lease *lease;
	gaz_job_done_fn then;     /* NULL: nothing */
	struct gaz_arena arena;
	struct gaz_store_lease row;
};

static bool
run_keep(struct gaz_writer_state *w, void *arg, struct gaz_err *err)
{
	struct keep *k = arg;

	return gaz_store_put_lease(w->store, &k->row, err);
}

static bool
run_drop(struct gaz_writer_state *w, void *arg, struct gaz_err *err)
{
	struct keep *k = arg;

	return gaz_store_drop_lease(w->store, k->row.token, err);
}

static void
done_keep(void *arg, bool ok, const struct gaz_err *err)
{
	struct keep *k = arg;
	struct gaz_app *app = k->lease->websub->app;
	struct gaz_lease *l = k->lease;

	/* What is not written down now is with the next change; a lease that
	 * was lost altogether is asked for again. */
	if (!ok)
		gaz_log(GAZ_LOG_WARN, "websub", "feed=%" PRId64 " text=\"%s\"",
		    l->feed_id, err->msg);
	gaz_arena_clear(&k->arena);
	if (k->then != NULL) {
		k->then(l, ok, err);
	} else {
		l->jobs--;
		gaz_websub_release(l);
	}
	free(k);
	gaz_app_idle(app);
}

static struct gaz_str
copy(struct keep *k, const char *s)
{
	return s != NULL && s[0] != '\0' ?
	    gaz_arena_str(&k->arena, gaz_str_of(s)) : GAZ_STR_NONE;
}

static struct keep *
new_keep(struct gaz_lease *l)
{
	struct keep *k = gaz_mem_zero(1, sizeof(*k));

	k->lease = l;
	k->row = (struct gaz_store_lease){
		.token = copy(k, l->token), .feed_id = l->feed_id,
		.hub = copy(k, l->hub), .topic = copy(k, l->topic),
		.callback = copy(k, l->callback), .state = l->state,
		.secret = copy(k, l->secret),
		.next_secret = copy(k, l->next_secret), .open = l->open,
		.asked = l->asked, .since = l->since, .ends = l->ends,
		.next = l->next, .brief = l->brief, .failures = l->failures,
		.fault = l->fault, .fault_text = copy(k, l->fault_text),
		.missed = l->missed,
	};
	l->jobs++;
	return k;
}

/* Hubs that deliver, as a metric. */
static void
count(struct gaz_lease *l)
{
	bool now = !l->dropped && l->state == GAZ_LEASE_ACTIVE &&
	    l->missed == GAZ_UTC_UNKNOWN;

	gaz_metrics_add(l->websub->app->metrics, GAZ_METRIC_WEBSUB_LEASES,
	    (int64_t)now - (int64_t)l->counted);
	l->counted = now;
}

/* The wall clock may jump; then it is looked at too early and put back, or at
 * the latest when the timer's day is over. */
void
gaz_websub_schedule(struct gaz_lease *l)
{
	struct gaz_websub *w = l->websub;
	gaz_utc at = l->next, now = gaz_clock_utc();
	struct gaz_mono due = gaz_clock_mono();

	if (l->state == GAZ_LEASE_ACTIVE && l->ends != GAZ_UTC_UNKNOWN &&
	    (at == GAZ_UTC_UNKNOWN || l->ends < at))
		at = l->ends;
	/* A spare one comes when another has failed. */
	if (at == GAZ_UTC_UNKNOWN ||
	    (l->state == GAZ_LEASE_SPARE && !l->heir)) {
		gaz_schedule_remove(w->due, l->slot);
	} else {
		due.ms += at > now ? (at - now) * 1000 : 0;
		gaz_schedule_put(w->due, l->slot, due);
	}
	gaz_websub_wake(w);
}

void
gaz_websub_keep(struct gaz_lease *l)
{
	gaz_websub_keep_then(l, NULL);
}

void
gaz_websub_keep_then(struct gaz_lease *l, gaz_job_done_fn done)
{
	struct gaz_websub *w = l->websub;
	struct keep *k = new_keep(l);

	k->then = done;
	gaz_writer_run(w->app->writer, run_keep, done_keep, k, done != NULL);
	count(l);
	if (!w->stopped)
		gaz_websub_schedule(l);
}

void
gaz_websub_forget(struct gaz_lease *l)
{
	struct gaz_websub *w = l->websub;

	if (gaz_websub_of_feed(w, l->feed_id) == l)
		gaz_map64_remove(w->by_feed, (uint64_t)l->feed_id);
	gaz_map_take(w->by_token, gaz_str_of(l->token));
	gaz_schedule_remove(w->due, l->slot);
	w->leases.v[l->slot] = NULL;
	*gaz_vec_push(&w->free_slots) = l->slot;
	l->dropped = true;
	count(l);
	gaz_writer_run(w->app->writer, run_drop, done_keep, new_keep(l),
	    false);
}

/* ---- time */

static void
wake_in(struct gaz_websub *w, int64_t ms)
{
	struct timeval tv;

	ms = ms < 86400000 ? ms : 86400000;
	tv = (struct timeval){ ms / 1000, (ms % 1000) * 1000 };
	if (!w->stopped)
		event_add(w->timer, &tv);
}

void
gaz_websub_wake(struct gaz_websub *w)
{
	wake_in(w, 0);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct gaz_websub *w = arg;
	int64_t wait_ms = INT64_MAX;
	uint32_t slot;

	(void)fd;
	(void)what;
	while (!w->stopped && w->requests < GAZ_WEBSUB_REQUESTS_MAX) {
		if (!gaz_schedule_take(w->due, gaz_clock_mono(), &slot,
		    &wait_ms)) {
			if (wait_ms != INT64_MAX)
				wake_in(w, wait_ms);
			return;
		}
		gaz_websub_turn(w->leases.v[slot]);
	}
	/* The end of a request goes on here. */
}

/* ---- what feeds want */

/* A feed that names another hub each time must not keep us busy with them. */
static bool
is_one_too_many(const struct gaz_lease *l)
{
	const struct gaz_websub *w = l->websub;
	size_t n = 0;

	for (size_t i = 0; i < w->leases.n; i++) {
		const struct gaz_lease *other = w->leases.v[i];

		n += other != NULL && other->feed_id == l->feed_id &&
		    other->state == GAZ_LEASE_LEAVING;
	}
	return n >= GAZ_WEBSUB_LEAVING_MAX;
}

void
gaz_websub_leave(struct gaz_lease *l)
{
	struct gaz_websub *w = l->websub;
	bool polled_rarely = gaz_websub_is_trusted(l);

	gaz_log(GAZ_LOG_INFO, "websub", "event=leaving feed=%" PRId64,
	    l->feed_id);
	gaz_map64_remove(w->by_feed, (uint64_t)l->feed_id);
	gaz_websub_forget_spares(l);
	if (l->transfer != NULL)
		gaz_fetcher_cancel(w->app->fetcher, l->transfer);
	if (polled_rarely)
		gaz_websub_poll_again(l, "no hub any more");
	if (l->asked == GAZ_UTC_UNKNOWN || l->state == GAZ_LEASE_DENIED ||
	    is_one_too_many(l)) {
		gaz_websub_forget(l);
		return;
	}
	if (l->state == GAZ_LEASE_ASKED)
		/* What was asked may be verified yet, but not for ever. */
		l->ends = gaz_clock_utc() + GAZ_WEBSUB_LEASE_UNSAID_S;
	l->state = GAZ_LEASE_LEAVING;
	l->open = false;
	l->failures = 0;
	l->next = gaz_clock_utc();
	gaz_websub_keep(l);
}

static bool
is_wanted(const struct gaz_app *app, const struct gaz_feed *f,
    struct gaz_str topic)
{
	const struct gaz_config *c = app->config;

	return c->websub && c->base_url.len > 0 && f->enabled && !f->gone &&
	    f->path == NULL && topic.len <= GAZ_URL_MAX &&
	    gaz_url_is_http(topic) && !gaz_websub_has_user(topic);
}

/* The address that the hub knows is one of those that we have now. */
static bool
is_at(const struct gaz_lease *l, struct gaz_str base)
{
	return gaz_str_starts(gaz_str_of(l->callback), base.p) &&
	    strlen(l->callback) == base.len + GAZ_SECRET_LEN;
}

static bool
is_one_of(const gaz_str_list *hubs, const char *hub)
{
	for (size_t i = 0; i < hubs->n; i++) {
		if (gaz_str_eq_z(hubs->v[i], hub))
			return true;
	}
	return false;
}

static struct gaz_str
callback_base(const struct gaz_app *app, struct gaz_arena *a)
{
	return gaz_arena_fmt(a, "%.*s/websub/in/",
	    GAZ_STR_ARG(app->config->base_url));
}

struct gaz_lease *
gaz_websub_new(struct gaz_websub *w, int64_t feed_id, struct gaz_str hub,
    struct gaz_str topic, struct gaz_str base)
{
	struct gaz_lease *l = new_lease(w, feed_id);
	struct gaz_arena a = { 0 };

	gaz_secret_make(l->token);
	l->hub = dup_str(hub);
	l->topic = dup_str(topic);
	l->callback = gaz_mem_strdup(gaz_arena_fmt(&a, "%.*s%s",
	    GAZ_STR_ARG(base), l->token).p);
	l->next = gaz_clock_utc();
	gaz_map_put(w->by_token, gaz_str_of(l->token), l);
	gaz_websub_enter(l);
	gaz_arena_clear(&a);
	return l;
}

void
gaz_websub_note(struct gaz_app *app, const struct gaz_feed *f,
    struct gaz_str hub, struct gaz_str self)
{
	struct gaz_websub *w = app->websub;
	struct gaz_lease *l = gaz_websub_of_feed(w, f->id);
	/* Publishers have to say what the topic is called; those who do not
	 * mean what everybody asks for. */
	struct gaz_str topic = self.len > 0 ? self : gaz_str_of(f->url);
	struct gaz_arena a = { 0 };
	gaz_str_list hubs;
	struct gaz_str base;
	bool wanted;

	if (w == NULL || !w->loaded || w->stopped ||
	    (l == NULL && hub.len == 0))
		return;
	gaz_websub_split(&a, hub, &hubs);
	wanted = hubs.n > 0 && is_wanted(app, f, topic);
	base = callback_base(app, &a);
	if (l != NULL && (!wanted || !is_one_of(&hubs, l->hub) ||
	    !gaz_str_eq_z(topic, l->topic) || !is_at(l, base))) {
		gaz_websub_leave(l);
		l = NULL;
	}
	if (wanted && l == NULL) {
		l = gaz_websub_new(w, f->id, hubs.v[0], topic, base);
		gaz_websub_keep(l);
	}
	if (wanted)
		gaz_websub_set_hubs(l, &hubs);
	gaz_arena_clear(&a);
}

void
gaz_websub_sweep(struct gaz_app *app)
{
	struct gaz_websub *w = app->websub;

	for (size_t i = 0; w != NULL && i < w->leases.n; i++) {
		struct gaz_lease *l = w->leases.v[i];

		if (l != NULL && gaz_websub_of_feed(w, l->feed_id) == l &&
		    gaz_feeds_find(app, l->feed_id) == NULL)
			gaz_websub_leave(l);
	}
}

/* ---- the feed's next fetch */

struct put_next {
	struct gaz_app *app;
	int64_t feed_id;
	gaz_utc next;
	char reason[96];
};

static bool
run_next(struct gaz_writer_state *w, void *arg, struct gaz_err *err)
{
	struct put_next *p = arg;

	return gaz_store_put_next_fetch(w->store, p->feed_id, p->next,
	    gaz_str_of(p->reason), err);
}

static void
done_next(void *arg, bool ok, const struct gaz_err *err)
{
	struct put_next *p = arg;

	if (!ok)
		gaz_log(GAZ_LOG_WARN, "websub", "text=\"%s\"", err->msg);
	gaz_app_idle(p->app);
	free(p);
}

void
gaz_websub_poll_again(struct gaz_lease *l, const char *reason)
{
	struct gaz_websub *w = l->websub;
	struct gaz_app *app = w->app;
	struct gaz_feed *f = gaz_feeds_find(app, l->feed_id);
	int64_t min_ms = app->config->min_interval_s * 1000;
	struct gaz_mono due = gaz_clock_mono(), at;
	struct put_next *p;

	if (f == NULL || !f->enabled || f->gone || app->stopping ||
	    f->failures > 0)
		return;
	if (f->busy) {
		/* How long it may rest is decided already, perhaps. */
		f->again = true;
		return;
	}
	/* Many may lose one hub at once, or all after a suspend. */
	if (due.ms - w->burst_at.ms > BURST_MS)
		w->burst = 0;
	w->burst_at = due;
	due.ms += w->burst++ * BURST_STEP_MS;
	due.ms += (int64_t)(gaz_hash_mix((uint64_t)f->id,
	    (uint64_t)gaz_clock_utc()) % (uint64_t)(min_ms + 1));
	if (gaz_schedule_find(app->schedule, f->slot, &at) && at.ms <= due.ms)
		return;
	p = gaz_mem_zero(1, sizeof(*p));
	p->app = app;
	p->feed_id = f->id;
	p->next = f->next_fetch = gaz_clock_utc() +
	    (due.ms - gaz_clock_mono().ms) / 1000;
	snprintf(p->reason, sizeof(p->reason), "%s", reason);
	gaz_writer_run(app->writer, run_next, done_next, p, false);
	gaz_schedule_put(app->schedule, f->slot, due);
	gaz_pipeline_tick(app);
}

/* ---- start and end */

struct load {
	struct gaz_websub *websub;
	struct gaz_arena arena;
	gaz_store_lease_list list;
};

static bool
run_load(struct gaz_writer_state *w, void *arg, struct gaz_err *err)
{
	struct load *load = arg;

	gaz_arena_clear(&load->arena);
	load->list = (gaz_store_lease_list){ 0 };
	return gaz_store_load_leases(w->store, 0, &load->arena, &load->list,
	    err);
}

static void
take_text(char out[GAZ_SECRET_LEN + 1], struct gaz_str s)
{
	if (s.len == GAZ_SECRET_LEN)
		memcpy(out, s.p, s.len);
}

/* The first of a feed counts. */
static void
take_place(struct gaz_lease *l)
{
	struct gaz_lease *first = gaz_websub_of_feed(l->websub, l->feed_id);

	if (first != NULL) {
		gaz_websub_add_spare(first, l);
		return;
	}
	if (l->state == GAZ_LEASE_SPARE)
		l->state = GAZ_LEASE_ASKED;
	gaz_websub_enter(l);
}

static void
take_lease(struct gaz_websub *w, const struct gaz_store_lease *r, gaz_utc now)
{
	struct gaz_lease *l;

	if (gaz_websub_token(r->token).p == NULL)
		return;
	l = new_lease(w, r->feed_id);
	take_text(l->token, r->token);
	take_text(l->secret, r->secret);
	take_text(l->next_secret, r->next_secret);
	l->hub = dup_str(r->hub);
	l->topic = dup_str(r->topic);
	l->callback = dup_str(r->callback);
	l->state = r->state;
	l->asked = r->asked;
	l->since = r->since;
	l->ends = r->ends;
	l->missed = r->missed;
	l->brief = r->brief >= 0 && r->brief <= GAZ_WEBSUB_RENEW_DOUBLINGS_MAX
	    ? r->brief : 0;
	l->failures = r->failures;
	l->fault = r->fault;
	l->fault_text = dup_str(r->fault_text);
	/* Whether the last request ever went out is not known: once more. */
	l->next = r->open || r->next == GAZ_UTC_UNKNOWN ? now : r->next;
	gaz_map_put(w->by_token, gaz_str_of(l->token), l);
	if (l->state != GAZ_LEASE_LEAVING)
		take_place(l);
	count(l);
	gaz_websub_schedule(l);
}

static void
done_load(void *arg, bool ok, const struct gaz_err *err)
{
	struct load *load = arg;
	struct gaz_websub *w = load->websub;
	struct gaz_app *app = w->app;

	if (!ok)
		gaz_log(GAZ_LOG_ERR, "websub", "text=\"%s\"", err->msg);
	for (size_t i = 0; ok && i < load->list.n; i++)
		take_lease(w, &load->list.v[i], gaz_clock_utc());
	w->loaded = ok;
	gaz_arena_clear(&load->arena);
	free(load);
	malloc_trim(0);
	gaz_app_idle(app);
}

void
gaz_websub_start(struct gaz_app *app)
{
	struct gaz_websub *w;
	struct load *load;

	if (app->once)
		return;
	w = app->websub = gaz_mem_zero(1, sizeof(*w));
	w->app = app;
	w->timer = event_new(app->base, -1, 0, on_timer, w);
	if (w->timer == NULL)
		gaz_mem_die(0);
	w->due = gaz_schedule_new();
	w->by_token = gaz_map_new();
	w->by_feed = gaz_map64_new();
	load = gaz_mem_zero(1, sizeof(*load));
	load->websub = w;
	gaz_writer_run(app->writer, run_load, done_load, load, true);
}

void
gaz_websub_stop(struct gaz_app *app)
{
	struct gaz_websub *w = app->websub;

	if (w == NULL || w->stopped)
		return;
	w->stopped = true;
	event_del(w->timer);
	for (size_t i = 0; i < w->leases.n; i++) {
		struct gaz_lease *l = w->leases.v[i];

		if (l != NULL && l->transfer != NULL)
			gaz_fetcher_cancel(app->fetcher, l->transfer);
	}
}

void
gaz_websub_free(struct gaz_app *app)
{
	struct gaz_websub *w = app->websub;

	if (w == NULL)
		return;
	for (size_t i = 0; i < w->leases.n; i++) {
		if (w->leases.v[i] != NULL)
			free_lease(w->leases.v[i]);
	}
	gaz_vec_clear(&w->leases);
	gaz_vec_clear(&w->free_slots);
	gaz_schedule_free(w->due);
	gaz_map_free(w->by_token);
	gaz_map64_free(w->by_feed);
	event_free(w->timer);
	free(w);
	app->websub = NULL;
}

/* ---- numbers */

void
gaz_websub_numbers(const struct gaz_app *app, struct gaz_websub_numbers *out)
{
	const struct gaz_websub *w = app->websub;

	*out = (struct gaz_websub_numbers){ 0 };
	for (size_t i = 0; w != NULL && i < w->leases.n; i++) {
		const struct gaz_lease *l = w->leases.v[i];

		if (l == NULL || l->state == GAZ_LEASE_LEAVING)
			continue;
		if (l->state == GAZ_LEASE_SPARE) {
			out->spare++;
			continue;
		}
		out->failing += l->failures > 0;
		out->asked += l->state == GAZ_LEASE_ASKED;
		out->denied += l->state == GAZ_LEASE_DENIED;
		if (l->state == GAZ_LEASE_ACTIVE) {
			out->quiet += l->missed != GAZ_UTC_UNKNOWN;
			out->active += l->missed == GAZ_UTC_UNKNOWN;
		}
	}
}
