/*
 * Requests to hubs. One is written down before it is sent, since hubs may
 * verify it before they answer, and the daemon may end at any time:
 *
 *   due -> store (asked, open) -> POST -> 2xx -> the hub verifies (websub_in.c)
 *     -> store; or nothing comes: hub-silent
 *
 * A failure backs off as one of a feed does, and lets another hub try that the
 * feed names (websub_hubs.c). A lease that runs is not given up for it: its hub
 * may deliver yet, and is asked again as long as it lasts; meanwhile the feed is
 * polled by its rhythm, and after some failures another hub is asked as well.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "gazetted/hash.h"
#include "gazetted/limits.h"
#include "gazetted/log.h"
#include "gazetted/url.h"

#include "websub.h"
#include "websub_form.h"

void
gaz_websub_set_fault(struct gaz_lease *l, enum gaz_fault fault, const char *text)
{
	free(l->fault_text);
	l->fault = fault;
	l->fault_text = text != NULL && text[0] != '\0' ?
	    gaz_mem_strdup(text) : NULL;
}

void
gaz_websub_log(const struct gaz_lease *l, enum gaz_log_level level,
    const char *event, const char *more)
{
	struct gaz_arena a = { 0 };
	struct gaz_str host = gaz_url_host(&a, gaz_str_of(l->hub));

	gaz_log(level, "websub", "event=%s feed=%" PRId64 " hub=%.*s%s%s",
	    event, l->feed_id, GAZ_STR_ARG(host), more[0] != '\0' ? " " : "",
	    more);
	gaz_arena_clear(&a);
}

/* ---- failures */

static int64_t
pause_after(const struct gaz_lease *l, int64_t retry_after_s, gaz_utc now)
{
	struct gaz_interval_input in = {
		.now = now, .fault = l->fault, .failures = l->failures,
		.retry_after_s = retry_after_s, .max_age_s = INT64_MIN,
		.ttl_s = INT64_MIN, .update_interval_s = INT64_MIN,
		.interval_s = GAZ_WEBSUB_RETRY_S, .min_s = GAZ_WEBSUB_RETRY_S,
		.seed = gaz_hash_mix((uint64_t)l->feed_id, (uint64_t)now),
	};
	struct gaz_interval out;

	gaz_interval_decide(&in, &out);
	/* A hub that is gone may come back, as long as the feed names it. */
	return out.delay_s >= 0 ? out.delay_s : GAZ_BACKOFF_MAX_S;
}

/* l is active and was not renewed. */
static void
bridge(struct gaz_lease *l, bool was_trusted, bool ours)
{
	if (was_trusted)
		gaz_websub_poll_again(l, "the hub does not renew its lease");
	if (!ours && (l->failures >= GAZ_WEBSUB_HEIR_FAILURES ||
	    l->next >= l->ends))
		gaz_websub_ask_heir(l);
}

/* What was asked of an heir came to nothing: who is next? */
static void
fail_heir(struct gaz_lease *heir, bool ours)
{
	struct gaz_lease *l = gaz_websub_of_feed(heir->websub, heir->feed_id);

	gaz_websub_drop_heir(heir);
	if (!ours)
		gaz_websub_ask_heir(l);
}

static void
fail(struct gaz_lease *l, enum gaz_fault fault, const char *text,
    int64_t retry_after_s)
{
	struct gaz_app *app = l->websub->app;
	bool ours = gaz_offline_is(&app->offline) &&
	    gaz_fault_is_network(fault);
	bool was_trusted = gaz_websub_is_trusted(l);
	gaz_utc now = gaz_clock_utc();
	char safe[240], more[320];
	int64_t pause;

	gaz_websub_set_fault(l, fault, text);
	l->open = false;
	if (!ours || l->failures == 0)
		l->failures++;
	gaz_metrics_add(app->metrics, GAZ_METRIC_WEBSUB_FAILURES, 1);
	gaz_log_safe(gaz_str_of(text), safe, sizeof(safe));
	pause = pause_after(l, retry_after_s, now);
	snprintf(more, sizeof(more), "fault=%s failures=%" PRId64
	    " next_s=%" PRId64 " text=\"%s\"", gaz_fault_name(fault),
	    l->failures, pause, safe);
	gaz_websub_log(l, l->failures == 1 ? GAZ_LOG_WARN : GAZ_LOG_INFO, "failed",
	    more);
	if (l->state == GAZ_LEASE_LEAVING &&
	    l->failures >= GAZ_WEBSUB_LEAVE_TRIES) {
		gaz_websub_log(l, GAZ_LOG_INFO, "left", "");
		gaz_websub_forget(l);
		return;
	}
	l->next = now + pause;
	if (l->heir) {
		fail_heir(l, ours);
		return;
	}
	/* What runs may deliver yet; and offline nobody else does better. */
	if (l->state == GAZ_LEASE_ACTIVE || l->state == GAZ_LEASE_LEAVING ||
	    ours || !gaz_websub_try_another(l))
		gaz_websub_keep(l);
	if (l->state == GAZ_LEASE_ACTIVE)
		bridge(l, was_trusted, ours);
}

/* ---- the request */

static void
on_answer(struct gaz_fetch_result *r, void *arg)
{
	struct gaz_lease *l = arg;
	struct gaz_websub *w = l->websub;
	gaz_utc now = gaz_clock_utc();

	l->transfer = NULL;
	w->requests--;
	gaz_pauses_keep(w->app, r);
	if (l->dropped || w->stopped || r->fault == GAZ_FAULT_CANCELLED) {
		/* What it was good for is over. */
	} else if (!l->open) {
		/* Verified before the answer came. */
	} else if (r->postponed && (l->heir || (l->hubs != NULL &&
	    strchr(l->hubs, '\n') != NULL))) {
		fail(l, r->fault, r->text, r->retry_after_s);
	} else if (r->postponed) {
		l->open = false;
		l->next = now + (r->retry_after_s > 0 ? r->retry_after_s :
		    GAZ_RETRY_AFTER_MIN_S);
		gaz_websub_keep(l);
	} else if (r->fault != GAZ_FAULT_NONE) {
		fail(l, r->fault, r->text, r->retry_after_s);
	} else {
		l->next = now + GAZ_WEBSUB_VERIFY_S;
		gaz_websub_keep(l);
	}
	gaz_websub_wake(w);
	gaz_websub_release(l);
}

static void
put_form(const struct gaz_lease *l, struct gaz_buf *form)
{
	bool leaving = l->state == GAZ_LEASE_LEAVING;
	char seconds[24];

	gaz_websub_put_param(form, "hub.mode", leaving ?
	    GAZ_STR("unsubscribe") : GAZ_STR("subscribe"));
	gaz_websub_put_param(form, "hub.topic", gaz_str_of(l->topic));
	gaz_websub_put_param(form, "hub.callback", gaz_str_of(l->callback));
	if (leaving)
		return;
	snprintf(seconds, sizeof(seconds), "%d", GAZ_WEBSUB_LEASE_S);
	gaz_websub_put_param(form, "hub.lease_seconds", gaz_str_of(seconds));
	if (l->next_secret[0] != '\0')
		gaz_websub_put_param(form, "hub.secret",
		    gaz_str_of(l->next_secret));
}

static const char *
z_or_null(struct gaz_arena *a, struct gaz_str s)
{
	return s.len > 0 ? gaz_arena_z(a, s) : NULL;
}

/* It is in the store: off it goes. */
static void
done_asked(void *arg, bool ok, const struct gaz_err *err)
{
	struct gaz_lease *l = arg;
	struct gaz_websub *w = l->websub;
	struct gaz_app *app = w->app;
	struct gaz_feed *f = gaz_feeds_find(app, l->feed_id);
	struct gaz_arena a = { 0 };
	struct gaz_buf form;

	(void)err;
	l->jobs--;
	if (!ok || l->dropped || w->stopped || !l->open ||
	    l->transfer != NULL) {
		w->requests--;
		gaz_websub_wake(w);
		gaz_websub_release(l);
		return;
	}
	gaz_buf_init(&form, GAZ_BUF_NO_MAX);
	put_form(l, &form);
	/* Of the feed's own exceptions none holds for whom it names. */
	struct gaz_fetch_request req = {
		.url = l->hub, .post = form.p, .max_body = 65536,
		.timeout_s = app->config->timeout_s,
		.stay = l->next_secret[0] != '\0' &&
		    !gaz_str_istarts(gaz_str_of(l->hub), "https://"),
	};
	if (f != NULL && f->conf != NULL) {
		const struct gaz_config_access *c = f->conf->access;

		req.user_agent = z_or_null(&a, c->user_agent);
		req.proxy = gaz_str_eq_z(c->proxy, "none") ? "" :
		    z_or_null(&a, c->proxy);
	}
	gaz_turns_take(&app->turns, app->turns_per_hour, gaz_clock_mono());
	gaz_websub_log(l, GAZ_LOG_INFO, "asked", l->state == GAZ_LEASE_LEAVING ?
	    "mode=unsubscribe" : "mode=subscribe");
	l->transfer = gaz_fetcher_start(app->fetcher, &req, on_answer, l);
	gaz_buf_clear(&form);
	gaz_arena_clear(&a);
}

static void
ask(struct gaz_lease *l)
{
	struct gaz_websub *w = l->websub;

	if (l->state == GAZ_LEASE_DENIED)
		l->state = GAZ_LEASE_ASKED;
	/* One secret for all tries: a late verification may be of any. */
	if (l->state != GAZ_LEASE_LEAVING && l->next_secret[0] == '\0' &&
	    gaz_websub_may_have_secret(gaz_str_of(l->hub)))
		gaz_secret_make(l->next_secret);
	l->asked = gaz_clock_utc();
	l->open = true;
	l->next = l->asked + GAZ_WEBSUB_VERIFY_S;
	w->requests++;
	gaz_websub_keep_then(l, done_asked);
}

/* ---- what time brings */

static void
lapse(struct gaz_lease *l)
{
	gaz_websub_log(l, GAZ_LOG_WARN, "lapsed", "");
	l->state = GAZ_LEASE_ASKED;
	l->since = l->missed = GAZ_UTC_UNKNOWN;
	gaz_websub_poll_again(l, "the hub's lease is over");
}

void
gaz_websub_turn(struct gaz_lease *l)
{
	gaz_utc now = gaz_clock_utc();
	bool over = l->ends != GAZ_UTC_UNKNOWN && l->ends <= now;
	bool lapsed = over && l->state == GAZ_LEASE_ACTIVE;
	/* The clock was put back: what it said of later is void. */
	bool back = l->asked != GAZ_UTC_UNKNOWN && l->asked > now;

	if (lapsed)
		lapse(l);
	if (lapsed && gaz_websub_heir_of(l) != NULL &&
	    gaz_websub_try_another(l))
		return;
	if (over && l->state == GAZ_LEASE_LEAVING) {
		gaz_websub_forget(l);
		return;
	}
	if (l->next != GAZ_UTC_UNKNOWN && l->next > now && !back) {
		if (lapsed && gaz_websub_try_another(l))
			return;
		if (lapsed)
			gaz_websub_keep(l);
		else
			gaz_websub_schedule(l);
		return;
	}
	if (l->transfer != NULL) {
		/* Its end has the say. */
		l->next = now + GAZ_WEBSUB_VERIFY_S;
		gaz_websub_schedule(l);
	} else if (l->open) {
		fail(l, GAZ_FAULT_HUB_SILENT,
		    gaz_fault_text(GAZ_FAULT_HUB_SILENT), INT64_MIN);
	} else {
		ask(l);
	}
}

void
gaz_websub_verified(struct gaz_lease *l, int64_t lease_s)
{
	gaz_utc now = gaz_clock_utc();
	bool fresh = l->state != GAZ_LEASE_ACTIVE;
	struct gaz_lease *heir = gaz_websub_heir_of(l);
	char more[48];

	if (l->heir)
		gaz_websub_inherit(l);
	else if (heir != NULL)
		gaz_websub_drop_heir(heir);
	if (l->next_secret[0] != '\0') {
		memcpy(l->secret, l->next_secret, sizeof(l->secret));
		l->next_secret[0] = '\0';
	}
	/* A second time for one request does not make it another lease. */
	if (fresh || l->open)
		l->next = now + gaz_websub_renew_s(lease_s, &l->brief);
	if (fresh)
		l->since = now;
	l->state = GAZ_LEASE_ACTIVE;
	l->ends = now + lease_s;
	l->open = false;
	l->failures = 0;
	gaz_websub_set_fault(l, GAZ_FAULT_NONE, NULL);
	snprintf(more, sizeof(more), "lease_s=%" PRId64, lease_s);
	gaz_websub_log(l, GAZ_LOG_INFO, fresh ? "active" : "renewed", more);
	gaz_websub_keep(l);
}

void
gaz_websub_denied(struct gaz_lease *l, struct gaz_str reason)
{
	bool delivered = l->state == GAZ_LEASE_ACTIVE;
	char safe[160];

	if (l->state == GAZ_LEASE_LEAVING) {
		gaz_websub_forget(l);
		return;
	}
	if (l->state == GAZ_LEASE_SPARE && !l->heir)
		return;
	gaz_log_safe(reason.len > 0 ? reason :
	    gaz_str_of(gaz_fault_text(GAZ_FAULT_HUB_DENIED)), safe,
	    sizeof(safe));
	if (!l->heir)
		l->state = GAZ_LEASE_DENIED;
	l->since = l->ends = l->missed = GAZ_UTC_UNKNOWN;
	l->secret[0] = l->next_secret[0] = '\0';
	fail(l, GAZ_FAULT_HUB_DENIED, safe, INT64_MIN);
	if (delivered)
		gaz_websub_poll_again(l, "the hub denied the subscription");
}
