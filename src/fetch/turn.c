#include "config.h"

#include "fetcher.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "address.h"
#include "gazetted/mem.h"

/*
 * From standing in line to a transfer and back. Each hop passes the gate of its
 * host, redirects too, and has a timer of its own for what libcurl has no limit
 * for.
 */

#define DNS_CACHE_S 60
#define ADDRESSES_KEPT 1000
#define WINDOW_S 5
/* A few at a time: other events of the loop must not wait. */
#define START_MAX 8

static void
wake(struct event *ev, int64_t ms)
{
	struct timeval tv = { (time_t)(ms / 1000), (ms % 1000) * 1000 };

	evtimer_add(ev, &tv);
}

/*
 * libcurl walks all addresses it has kept at every look-up, so with hundreds of
 * hosts a second a minute of them would cost more than all the rest. Keep about
 * as many as ADDRESSES_KEPT.
 */
static int64_t
dns_cache_s(const struct gaz_fetcher *f)
{
	size_t starts = f->starts > f->last_starts ? f->starts
	                                           : f->last_starts;
	int64_t s = starts == 0 ? DNS_CACHE_S
	    : ADDRESSES_KEPT * WINDOW_S / (int64_t)starts;

	return s < 1 ? 1 : s < DNS_CACHE_S ? s : DNS_CACHE_S;
}

static void
count_start(struct gaz_fetcher *f, int64_t now_ms)
{
	if (now_ms - f->window_ms >= WINDOW_S * 1000) {
		f->last_starts = now_ms - f->window_ms < 2 * WINDOW_S * 1000
		    ? f->starts : 0;
		f->starts = 0;
		f->window_ms = now_ms;
	}
	f->starts++;
}

static void
plan_hop(struct gaz_fetch *t)
{
	const struct gaz_fetcher *f = t->fetcher;
	struct gaz_settings *o = gaz_settings_get(f->settings);
	const char *proxy = t->proxy != NULL ? t->proxy : o->proxy;
	bool valid = t->validators_url != NULL
	    ? strcmp(t->validators_url, t->uri.url) == 0 : t->at_home;
	int64_t age_s = 0;
	bool fresh = t->fresh;

	if (f->policy_changed) {
		/* Whole seconds, and libcurl's are cut as well: one less. */
		age_s = (gaz_clock_mono().ms - f->policy_since.ms) / 1000 - 1;
		fresh = fresh || age_s <= 0;
	}
	gaz_settings_put(t->settings);
	t->settings = o;
	t->plan = (struct gaz_hop_plan){
		.arena = &t->arena,
		.uri = &t->uri,
		.etag = valid ? t->etag : NULL,
		.last_modified = valid ? t->last_modified : NULL,
		.user = t->at_home ? t->user : NULL,
		.password = t->at_home ? t->password : NULL,
		.headers = t->at_home ? t->headers : NULL,
		.accept = t->accept,
		.user_agent = t->user_agent != NULL ? t->user_agent
		                                    : o->user_agent,
		.proxy = gaz_proxy_choose(&f->env, proxy, &t->uri),
		.post = t->post,
		.ca_file = o->ca_file,
		.resolve = o->resolve,
		.allow = { { o->allow, o->allow_count },
		    { t->allow, t->allow_count } },
		.max_body = t->max_body,
		.connect_ms = o->connect_ms,
		.total_ms = t->timeout_ms > t->spent_ms
		    ? t->timeout_ms - t->spent_ms : 1,
		.slow_bytes_per_s = o->slow_bytes_per_s,
		.slow_time_s = o->slow_time_s,
		.dns_cache_s = dns_cache_s(f),
		.keep = gaz_hostgate_has_more(&t->wait),
		.connection_age_s = age_s > 0 ? age_s : 0,
		.fresh = fresh,
		/* An exception is for the server that it was made for. */
		.tls_insecure = t->tls_insecure && t->at_home,
		.as_given = t->redirects == 0,
		.stay = t->stay,
		.plain = t->plain,
		.digest = t->digest,
	};
}

static void
postpone(struct gaz_fetch *t, int64_t left_ms)
{
	t->result.postponed = true;
	t->result.retry_after_s = (left_ms + 999) / 1000;
	gaz_fetch_fail(t, GAZ_FAULT_RATE_LIMITED,
	    "%s: not asked; it wants to be left alone for %lld s more",
	    t->uri.host, (long long)t->result.retry_after_s);
}

static bool
finish_blocked(struct gaz_fetch *t)
{
	if (!gaz_hop_is_blocked(&t->plan, t->result.text,
	    sizeof(t->result.text)))
		return false;
	t->result.fault = GAZ_FAULT_BLOCKED_ADDRESS;
	gaz_fetch_finish(t);
	return true;
}

void
gaz_fetch_enqueue(struct gaz_fetch *t, bool urgent)
{
	struct gaz_fetcher *f = t->fetcher;
	struct gaz_mono now = gaz_clock_mono();
	struct gaz_hostkey key;

	plan_hop(t);
	if (finish_blocked(t))
		return;
	gaz_hostkey_of(&t->uri, &key);
	int64_t left = gaz_cooling_left(f->cooling, key.cool, now);
	if (left > 0) {
		postpone(t, left);
		return;
	}
	t->state = GAZ_FETCH_WAITING;
	gaz_hostgate_put(f->gate, &t->wait, &key, urgent, now);
	gaz_fetcher_tick_soon(f);
}

static struct gaz_hop *
hop_take(struct gaz_fetcher *f)
{
	struct gaz_hop *h = f->idle;

	if (h == NULL)
		return gaz_hop_new();
	f->idle = h->next;
	f->idle_count--;
	return h;
}

static void
hop_put(struct gaz_fetcher *f, struct gaz_hop *h)
{
	gaz_hop_reset(h);
	if (f->idle_count >= (size_t)f->settings->connections) {
		if (h->timer != NULL)
			event_free(h->timer);
		gaz_hop_free(h);
		return;
	}
	h->next = f->idle;
	f->idle = h;
	f->idle_count++;
}

void
gaz_fetcher_free_hops(struct gaz_fetcher *f)
{
	while (f->idle != NULL) {
		struct gaz_hop *h = f->idle;
		f->idle = h->next;
		if (h->timer != NULL)
			event_free(h->timer);
		gaz_hop_free(h);
	}
	f->idle_count = 0;
}

static void end_hop(struct gaz_fetch *t, CURLcode code);

static bool
on_meet(const struct sockaddr *sa, size_t len, void *owner)
{
	struct gaz_fetch *t = owner;
	char text[GAZ_ADDRESS_TEXT_MAX];

	gaz_address_text(sa, len, text);
	return gaz_hostgate_meet(t->fetcher->gate, &t->wait, text,
	    strlen(text), gaz_clock_mono());
}

static int64_t
dns_ms(const struct gaz_settings *o)
{
	return o->connect_ms > GAZ_DNS_TIMEOUT_MS ? GAZ_DNS_TIMEOUT_MS
	                                          : o->connect_ms;
}

/* libcurl has no limit for the name alone nor for the first byte. */
static void
on_hop_timer(evutil_socket_t fd, short what, void *arg)
{
	struct gaz_hop *h = arg;
	struct gaz_fetch *t = h->owner;
	struct gaz_fetcher *f = t->fetcher;
	curl_off_t name = 0, first = 0;

	(void)fd;
	(void)what;
	int64_t more_ms = t->settings->first_byte_ms - dns_ms(t->settings);
	curl_easy_getinfo(h->easy, CURLINFO_NAMELOOKUP_TIME_T, &name);
	curl_easy_getinfo(h->easy, CURLINFO_STARTTRANSFER_TIME_T, &first);
	if (name == 0 && !t->in_time) {
		h->fault = GAZ_FAULT_DNS_TIMEOUT;
	} else if (!t->in_time && first == 0 && more_ms > 0) {
		t->in_time = true;
		wake(h->timer, more_ms);
		return;
	} else if (first == 0) {
		h->fault = GAZ_FAULT_TIMEOUT;
	} else {
		return;
	}
	gaz_evcurl_remove(f->evcurl, h->easy);
	end_hop(t, CURLE_OPERATION_TIMEDOUT);
}

/* t has its turn. */
static void
begin_hop(struct gaz_fetch *t)
{
	struct gaz_fetcher *f = t->fetcher;

	/* Anew: options may have changed while it waited. */
	plan_hop(t);
	if (finish_blocked(t)) {
		gaz_hostgate_give_back(f->gate, &t->wait, gaz_clock_mono());
		return;
	}
	struct gaz_hop *h = t->hop = hop_take(f);
	t->state = GAZ_FETCH_RUNNING;
	t->hop_started_ms = gaz_clock_mono().ms;
	t->in_time = false;
	count_start(f, t->hop_started_ms);
	if (h == NULL)
		goto failed;
	h->owner = t;
	h->meet = on_meet;
	if (h->timer == NULL)
		h->timer = evtimer_new(f->base, on_hop_timer, h);
	if (h->timer == NULL || !gaz_hop_begin(h, &t->plan) ||
	    !gaz_evcurl_add(f->evcurl, h->easy))
		goto failed;
	t->index = f->running.n;
	*gaz_vec_push(&f->running) = t;
	wake(h->timer, t->settings->first_byte_ms < dns_ms(t->settings)
	    ? t->settings->first_byte_ms : dns_ms(t->settings));
	return;
failed:
	if (h != NULL)
		hop_put(f, h);
	t->hop = NULL;
	gaz_hostgate_give_back(f->gate, &t->wait, gaz_clock_mono());
	gaz_fetch_fail(t, GAZ_FAULT_INTERNAL, "%s: libcurl refuses the request",
	    t->uri.host);
}

/* t's transfer is over; the hop is the caller's now. */
static struct gaz_hop *
leave_hop(struct gaz_fetch *t)
{
	struct gaz_fetcher *f = t->fetcher;
	struct gaz_hop *h = t->hop;
	struct gaz_fetch *last = f->running.v[--f->running.n];

	f->running.v[t->index] = last;
	last->index = t->index;
	evtimer_del(h->timer);
	t->hop = NULL;
	t->spent_ms += gaz_clock_mono().ms - t->hop_started_ms;
	return h;
}

static void
end_hop(struct gaz_fetch *t, CURLcode code)
{
	struct gaz_hop *h = leave_hop(t);

	gaz_fetch_decide(t, h, code);
	hop_put(t->fetcher, h);
}

void
gaz_fetch_give_up(struct gaz_fetch *t)
{
	struct gaz_fetcher *f = t->fetcher;

	if (t->hop != NULL) {
		gaz_evcurl_remove(f->evcurl, t->hop->easy);
		hop_put(f, leave_hop(t));
	}
	gaz_hostgate_end(f->gate, &t->wait, gaz_clock_mono());
}

void
gaz_fetcher_on_transfer(CURL *easy, CURLcode code, size_t unread, void *arg)
{
	char *private = NULL;

	(void)arg;
	curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private);
	struct gaz_hop *h = (struct gaz_hop *)(void *)private;
	h->excess += unread;
	end_hop(h->owner, code);
}

void
gaz_fetcher_start_ready(struct gaz_fetcher *f)
{
	struct gaz_hostgate_wait *w;
	int64_t wait_ms = INT64_MAX;

	if (f->paused)
		return;
	for (int i = 0; (w = gaz_hostgate_take(f->gate, gaz_clock_mono(),
	    &wait_ms)) != NULL; i++) {
		struct gaz_fetch *t = (struct gaz_fetch *)(void *)w;
		struct gaz_mono now = gaz_clock_mono();
		struct gaz_hostkey key;
		gaz_hostkey_of(&t->uri, &key);
		int64_t left = gaz_cooling_left(f->cooling, key.cool, now);
		if (left > 0) {
			gaz_hostgate_give_back(f->gate, w, now);
			postpone(t, left);
		} else {
			begin_hop(t);
		}
		if (i == START_MAX) {
			gaz_fetcher_tick_soon(f);
			return;
		}
	}
	if (wait_ms != INT64_MAX)
		wake(f->turn, wait_ms);
	if (f->running.n >= (size_t)f->settings->connections &&
	    gaz_hostgate_waiting(f->gate) > 0 &&
	    !evtimer_pending(f->squeeze, NULL))
		wake(f->squeeze, f->settings->patience_ms / 4 + 1);
}

static bool
is_silent_for(const struct gaz_fetch *t, int64_t ms, int64_t now_ms)
{
	curl_off_t first = 0;

	if (t->wait.as_suspect || now_ms - t->hop_started_ms < ms)
		return false;
	curl_easy_getinfo(t->hop->easy, CURLINFO_STARTTRANSFER_TIME_T,
	    &first);
	return first == 0;
}

/* Break off and stand in line again, among the suspects, where it will be given
 * all the time there is. */
static void
step_back(struct gaz_fetch *t, struct gaz_mono now)
{
	int64_t spent_ms = t->spent_ms;

	gaz_hostgate_suspect(t->fetcher->gate, &t->wait, true, now);
	gaz_fetch_give_up(t);
	t->spent_ms = spent_ms;
	gaz_fetch_enqueue(t, false);
}

void
gaz_fetcher_on_squeeze(evutil_socket_t fd, short what, void *arg)
{
	struct gaz_fetcher *f = arg;
	struct gaz_mono now = gaz_clock_mono();
	GAZ_VEC(struct gaz_fetch *) silent = { 0 };

	(void)fd;
	(void)what;
	for (size_t i = 0; i < f->running.n; i++) {
		if (is_silent_for(f->running.v[i], f->settings->patience_ms,
		    now.ms))
			*gaz_vec_push(&silent) = f->running.v[i];
	}
	size_t n = gaz_hostgate_squeeze(f->gate, silent.n, now);
	assert(n <= silent.n);
	for (size_t i = 0; i < n; i++)
		step_back(silent.v[i], now);
	gaz_vec_clear(&silent);
	/* Asks for the next look if there is need of one. */
	gaz_fetcher_tick_soon(f);
}
