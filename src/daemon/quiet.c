/*
 * Polls in vain. Most answers say that nothing has changed; then there is
 * nothing to parse, to store or to tell, and the loop decides by itself when
 * the feed is due next. What has to outlive a crash, so that no hint is
 * broken, goes as a record into a buffer, and all records of a commit-interval
 * go to the store in one piece (gazetted/polls.h).
 */
#include "config.h"

#include <event2/event.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "gazetted/limits.h"
#include "gazetted/log.h"
#include "gazetted/polls.h"

#include "cycle.h"
#include "websub.h"

#define RETRY_S 5 /* when the store has refused */

struct gaz_quiet {
	struct gaz_app *app;
	struct event *timer;
	struct gaz_buf fresh;   /* records that wait for the timer */
	struct gaz_buf sent;    /* those that the writer has */
	bool sending, armed;
	bool held;              /* the subscriptions are on their way to it */
	bool folding;
	int64_t kept;           /* bytes in the store, as the writer said */
};

/* ---- the store's part */

static bool
run_put(struct gaz_writer_state *w, void *arg, struct gaz_err *err)
{
	struct gaz_quiet *q = arg;

	if (!gaz_store_put_polls(w->store, gaz_buf_str(&q->sent), err))
		return false;
	q->kept = gaz_store_poll_bytes(w->store);
	return true;
}

static void done_fold(void *arg, bool ok, const struct gaz_err *err);

struct fold {
	struct gaz_quiet *q;
	bool more;
};

static bool
run_fold(struct gaz_writer_state *w, void *arg, struct gaz_err *err)
{
	struct fold *f = arg;

	return gaz_store_fold_polls(w->store, &f->more, err);
}

/* A slice at a time: other jobs of the writer go in between. */
static void
fold_some(struct gaz_quiet *q)
{
	struct fold *f = gaz_mem_zero(1, sizeof(*f));

	f->q = q;
	q->folding = true;
	gaz_writer_run(q->app->writer, run_fold, done_fold, f, false);
}

static void
done_fold(void *arg, bool ok, const struct gaz_err *err)
{
	struct fold *f = arg;
	struct gaz_quiet *q = f->q;

	q->folding = false;
	if (!ok)
		gaz_log(GAZ_LOG_WARN, "store", "fold: %s", err->msg);
	else if (f->more && !q->app->stopping)
		fold_some(q);
	free(f);
	gaz_app_idle(q->app);
}

/* Soon; those that come while the writer waits for company go together. */
static void
arm(struct gaz_quiet *q, int64_t wait_s)
{
	struct timeval tv = { wait_s, 0 };

	if (q->armed || q->sending || q->held)
		return;
	q->armed = true;
	event_add(q->timer, &tv);
}

static void
done_put(void *arg, bool ok, const struct gaz_err *err)
{
	struct gaz_quiet *q = arg;
	struct gaz_app *app = q->app;

	q->sending = false;
	if (ok) {
		gaz_buf_reset(&q->sent);
		if (!q->folding && !app->stopping && !app->once &&
		    q->kept > GAZ_POLL_BYTES +
		    GAZ_POLL_BYTES_PER_FEED * (int64_t)app->feeds.n)
			fold_some(q);
	} else {
		/* They are tried again, before those that came since. */
		gaz_log(GAZ_LOG_ERR, "store", "polls: %s", err->msg);
		gaz_buf_put_str(&q->sent, gaz_buf_str(&q->fresh));
		struct gaz_buf b = q->sent;
		q->sent = q->fresh;
		q->fresh = b;
		gaz_buf_reset(&q->sent);
		app->failed_once++;
		if (app->once || app->stopping)
			gaz_buf_reset(&q->fresh);
		else
			app->paused = true; /* until the upkeep timer */
		gaz_pipeline_pressure(app);
	}
	if (q->fresh.len > 0)
		arm(q, ok ? 0 : RETRY_S);
	gaz_app_idle(app);
}

void
gaz_quiet_flush(struct gaz_quiet *q)
{
	struct gaz_buf b = q->sent;

	if (q->sending || q->held || q->fresh.len == 0)
		return;
	q->sent = q->fresh;
	q->fresh = b;
	q->sending = true;
	gaz_writer_run(q->app->writer, run_put, done_put, q,
	    q->app->stopping || q->app->once);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct gaz_quiet *q = arg;

	(void)fd;
	(void)what;
	q->armed = false;
	gaz_quiet_flush(q);
}

void
gaz_quiet_hold(struct gaz_quiet *q, bool held)
{
	q->held = held;
	if (!held && q->fresh.len > 0)
		arm(q, 0);
}

void
gaz_quiet_forget(struct gaz_quiet *q, int64_t feed_id)
{
	struct gaz_str rest = gaz_buf_str(&q->fresh);
	struct gaz_poll p;
	size_t kept = 0;

	for (size_t at = 0; gaz_polls_next(&rest, &p);) {
		size_t n = q->fresh.len - rest.len - at;

		if (p.feed_id != feed_id) {
			memmove(q->fresh.p + kept, q->fresh.p + at, n);
			kept += n;
		}
		at += n;
	}
	gaz_buf_truncate(&q->fresh, kept);
}

bool
gaz_quiet_waits(const struct gaz_quiet *q)
{
	return q->fresh.len > 0 || q->sending;
}

struct gaz_quiet *
gaz_quiet_new(struct gaz_app *app)
{
	struct gaz_quiet *q = gaz_mem_zero(1, sizeof(*q));

	q->app = app;
	gaz_buf_init(&q->fresh, GAZ_BUF_NO_MAX);
	gaz_buf_init(&q->sent, GAZ_BUF_NO_MAX);
	q->timer = evtimer_new(app->base, on_timer, q);
	if (q->timer == NULL)
		gaz_mem_die(0);
	return q;
}

void
gaz_quiet_free(struct gaz_quiet *q)
{
	if (q == NULL)
		return;
	event_free(q->timer);
	gaz_buf_clear(&q->fresh);
	gaz_buf_clear(&q->sent);
	free(q);
}

/* ---- the loop's part */

static bool
is_same(const char *got, const char *had)
{
	return got == NULL || (had != NULL && strcmp(got, had) == 0);
}

/*
 * Nothing is to be remembered but the time: all went well, now and last time,
 * the validators and hubs are as they were, and no redirect is on its way to
 * being adopted or given up. Two in one second would look like one, and a clock that
 * was set back is for the writer to see.
 */
static bool
is_quiet(struct gaz_app *app, const struct gaz_feed *f, gaz_utc when,
    const struct gaz_fetch_result *r)
{
	return r->fault == GAZ_FAULT_NONE && r->not_modified &&
	    f->fault == GAZ_FAULT_NONE && f->failures == 0 &&
	    f->last_success != GAZ_UTC_UNKNOWN &&
	    f->last_success < when && r->moved_to == NULL &&
	    !f->moving && is_same(r->etag, f->etag) &&
	    is_same(r->last_modified, f->last_modified) &&
	    r->final_url != NULL && f->validators_url != NULL &&
	    strcmp(r->final_url, f->validators_url) == 0 &&
	    gaz_websub_knows(app, f, r->hub, r->self);
}

bool
gaz_quiet_take(struct gaz_quiet *q, struct cycle *c,
    const struct gaz_fetch_result *r)
{
	struct gaz_app *app = q->app;
	struct gaz_feed *f = app->feeds.v[c->slot];

	if (!is_quiet(app, f, c->when, r))
		return false;
	c->status = r->status;
	c->not_modified = true;
	c->max_age_s = r->max_age_s;
	c->duration_ms = r->duration_ms;
	gaz_cycle_fill_in(c);
	c->in.now = c->when;
	c->in.failures = 0;
	c->in.http_status = c->status;
	c->in.max_age_s = c->max_age_s;
	c->in.retry_after_s = r->retry_after_s;
	c->in.push = c->hub_delivers;
	gaz_interval_decide(&c->in, &c->next);
	gaz_polls_add(&q->fresh, &(struct gaz_poll){
		.feed_id = c->feed_id, .when = c->when,
		.next_fetch = c->next.delay_s < 0 ? GAZ_UTC_UNKNOWN :
		    c->when + c->next.delay_s,
		.duration_ms = c->duration_ms, .http_status = c->status,
		.reason = gaz_str_of(c->next.reason),
	});
	arm(q, 0);
	return true;
}
