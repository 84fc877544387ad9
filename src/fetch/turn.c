#include "config.h"

#include "fetcher.h"

#include <stdio.h>
#include <string.h>

#include "address.h"
#include "gazetted/mem.h"

/*
 * From standing in line to a transfer and back. Each hop passes the gate of its
 * host, redirects too, and has a timer of its own for what libcurl has no limit
 * for.
 */

static void
wake(struct event *ev, int64_t ms)
{
	struct timeval tv = { (time_t)(ms / 1000), (ms % 1000) * 1000 };

	evtimer_add(ev, &tv);
}

static void
plan_hop(struct gaz_fetch *t)
{
	const struct gaz_fetcher *f = t->fetcher;
	struct gaz_settings *o = gaz_settings_get(f->settings);
	const char *proxy = t->proxy != NULL ? t->proxy : o->proxy;
	bool valid = t->validators.url != NULL
	    ? strcmp(t->validators.url, t->uri.url) == 0 : t->at_home;
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
		.uri = &t->uri,
		.etag = valid ? t->etag : NULL,
		.last_modified = valid ? t->last_modified : NULL,
		.user = t->at_home ? t->user : NULL,
		.password = t->at_home ? t->password : NULL,
		.headers = t->at_home
		    ? (const char *const *)(void *)t->headers : NULL,
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
		.connection_age_s = age_s > 0 ? age_s : 0,
		.fresh = fresh,
		/* An exception is for the server that it was made for. */
		.tls_insecure = t->tls_insecure && t->at_home,
		.as_given = t->redirects == 0,
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
	if (h == NULL)
		goto failed;
	h->owner = t;
	h->meet = on_meet;
	if (h->timer == NULL)
		h->timer = evtimer_new(f->base, on_hop_timer, h);
	if (h->timer == NULL || !gaz_hop_begin(h, &t->plan) ||
	    !gaz_evcurl_add(f->evcurl, h->easy))
		goto failed;
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

static void
end_hop(struct gaz_fetch *t, CURLcode code)
{
	struct gaz_hop *h = t->hop;

	evtimer_del(h->timer);
	t->hop = NULL;
	t->spent_ms += gaz_clock_mono().ms - t->hop_started_ms;
	gaz_fetch_decide(t, h, code);
	hop_put(t->fetcher, h);
}

void
gaz_fetch_give_up(struct gaz_fetch *t)
{
	struct gaz_fetcher *f = t->fetcher;
	struct gaz_hop *h = t->hop;

	if (h != NULL) {
		gaz_evcurl_remove(f->evcurl, h->easy);
		evtimer_del(h->timer);
		hop_put(f, h);
		t->hop = NULL;
		t->spent_ms += gaz_clock_mono().ms - t->hop_started_ms;
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
	while ((w = gaz_hostgate_take(f->gate, gaz_clock_mono(), &wait_ms)) !=
	    NULL) {
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
	}
	if (wait_ms != INT64_MAX)
		wake(f->turn, wait_ms);
}
