#include "config.h"

#include "gazetted/fetch.h"

#include <assert.h>
#include <event2/event.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "evcurl.h"
#include "gazetted/limits.h"
#include "gazetted/log.h"
#include "gazetted/mem.h"
#include "hop.h"
#include "hostgate.h"
#include "proxy.h"
#include "uri.h"

/*
 * A fetch goes through these states:
 *
 *   WAITING --(the gate gives it a turn)--> RUNNING --> FINISHED --> freed
 *      ^                                       |
 *      +---(a redirect, or one more try)-------+
 *
 * RUNNING has a hop, that is an easy handle in the multi. FINISHED waits in a
 * list for the tick, the one place that calls done, from the loop and never
 * from inside libcurl; so a callback may start, cancel and free as it likes.
 */
#define USER_AGENT PACKAGE_NAME "/" PACKAGE_VERSION " (+" PACKAGE_URL ")"
#define DELIVER_MAX 64

enum state { WAITING, RUNNING, FINISHED, DELIVERED };

/* The options, ours. Shared by the plans made from them, so that a change does
 * not pull anything away under a transfer. */
struct settings {
	int refs;
	int connections;
	char *user_agent, *proxy, *ca_file;
	struct gaz_fetch_cidr *allow;
	size_t allow_count;
	struct curl_slist *resolve;
	int64_t connect_ms, first_byte_ms, slow_bytes_per_s, slow_time_s;
};

struct gaz_fetch {
	struct gaz_hostgate_wait wait; /* first: the gate gives us this */
	struct gaz_fetch *prev, *next; /* in the fetcher's list of all */
	struct gaz_fetch *next_finished;
	struct gaz_fetcher *fetcher;
	enum state state;
	gaz_fetch_done_fn done;
	void *arg;

	/* What was asked for; ours. */
	struct gaz_uri uri;       /* of the hop that is next or under way */
	char *etag, *last_modified, *user, *password, *post;
	char *user_agent, *proxy; /* NULL: the fetcher's */
	char **headers;           /* NULL-terminated or NULL */
	struct gaz_uri validators; /* where these belong; url NULL: see below */
	struct gaz_fetch_cidr *allow;
	size_t allow_count, max_body;
	int64_t timeout_ms;
	bool tls_insecure, urgent, user_in_url;

	/* Where it is. */
	struct gaz_hop *hop;
	struct gaz_hop_plan plan;
	struct settings *settings; /* of the plan */
	char *seen[GAZ_REDIRECTS_MAX + 1]; /* URLs of the hops so far */
	int redirects;
	bool at_home;             /* still on the origin of the request, so that
	                             credentials may be sent */
	bool permanent;           /* only 301 and 308 so far */
	bool fresh, plain, digest; /* second tries, each at most once */
	int64_t hop_started_ms, spent_ms;
	bool in_time;             /* the first look at the timer is over */

	struct gaz_fetch_result result;
};

struct gaz_fetcher {
	struct event_base *base;
	struct settings *settings;
	struct gaz_evcurl *evcurl;
	struct gaz_hostgate *gate;
	struct gaz_cooling *cooling;
	struct gaz_proxy_env env;
	struct event *tick, *turn; /* deliver and start now; when a gap ends */
	struct gaz_fetch *all, *finished, **finished_end;
	struct gaz_hop *idle;      /* hops for use again */
	size_t idle_count;

	struct gaz_mono policy_since; /* older connections are not used */
	bool policy_changed, paused;
	int holds;                 /* callbacks under way: do not free */
	bool closing, doomed;
};

/* Small things */

static char *
copy(const char *s)
{
	return s != NULL ? gaz_mem_strdup(s) : NULL;
}

static char *
copy_some(const char *s)
{
	return s != NULL && s[0] != '\0' ? gaz_mem_strdup(s) : NULL;
}

static char **
copy_lines(const char *const *lines)
{
	size_t n = 0;

	if (lines == NULL)
		return NULL;
	while (lines[n] != NULL)
		n++;
	char **out = gaz_mem_zero(n + 1, sizeof(*out));
	for (size_t i = 0; i < n; i++)
		out[i] = gaz_mem_strdup(lines[i]);
	return out;
}

static struct gaz_fetch_cidr *
copy_ranges(const struct gaz_fetch_cidr *v, size_t n)
{
	if (n == 0)
		return NULL;
	struct gaz_fetch_cidr *out = gaz_mem_zero(n, sizeof(*out));
	memcpy(out, v, n * sizeof(*out));
	return out;
}

static void
wake(struct event *ev, int64_t ms)
{
	struct timeval tv = { (time_t)(ms / 1000), (ms % 1000) * 1000 };

	evtimer_add(ev, &tv);
}

static void
tick_soon(struct gaz_fetcher *f)
{
	event_active(f->tick, EV_TIMEOUT, 0);
}

static struct settings *
settings_get(struct settings *s)
{
	s->refs++;
	return s;
}

static void
settings_put(struct settings *s)
{
	if (s == NULL || --s->refs > 0)
		return;
	free(s->user_agent);
	free(s->proxy);
	free(s->ca_file);
	free(s->allow);
	curl_slist_free_all(s->resolve);
	free(s);
}

/* The end of a fetch */

static void
result_clear(struct gaz_fetch_result *r)
{
	gaz_buf_clear(&r->body);
	free(r->etag);
	free(r->last_modified);
	free(r->content_type);
	free(r->final_url);
	free(r->moved_to);
	free(r->hub);
	free(r->self);
}

static void
fetch_free(struct gaz_fetch *t)
{
	struct gaz_fetcher *f = t->fetcher;

	*(t->prev != NULL ? &t->prev->next : &f->all) = t->next;
	if (t->next != NULL)
		t->next->prev = t->prev;
	for (size_t i = 0; i < GAZ_COUNT(t->seen); i++)
		free(t->seen[i]);
	for (char **h = t->headers; h != NULL && *h != NULL; h++)
		free(*h);
	free(t->headers);
	free(t->etag);
	free(t->last_modified);
	free(t->user);
	free(t->password);
	free(t->post);
	free(t->user_agent);
	free(t->proxy);
	free(t->allow);
	gaz_uri_clear(&t->uri);
	gaz_uri_clear(&t->validators);
	settings_put(t->settings);
	result_clear(&t->result);
	free(t);
}

static void
deliver(struct gaz_fetch *t)
{
	t->state = DELIVERED;
	t->result.duration_ms = t->spent_ms;
	t->done(&t->result, t->arg);
	fetch_free(t);
}

static void
finish(struct gaz_fetch *t)
{
	struct gaz_fetcher *f = t->fetcher;

	t->state = FINISHED;
	t->next_finished = NULL;
	*f->finished_end = t;
	f->finished_end = &t->next_finished;
	tick_soon(f);
}

static void fail(struct gaz_fetch *t, enum gaz_fault fault, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));

static void
fail(struct gaz_fetch *t, enum gaz_fault fault, const char *fmt, ...)
{
	char raw[sizeof(t->result.text)];
	va_list ap;

	t->result.fault = fault;
	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	gaz_log_safe(gaz_str_of(raw), t->result.text, sizeof(t->result.text));
	finish(t);
}

/* Waiting for a turn */

static void
plan_hop(struct gaz_fetch *t)
{
	const struct gaz_fetcher *f = t->fetcher;
	struct settings *o = settings_get(f->settings);
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
	settings_put(t->settings);
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
	fail(t, GAZ_FAULT_RATE_LIMITED,
	    "%s: not asked; it wants to be left alone for %lld s more",
	    t->uri.host, (long long)t->result.retry_after_s);
}

/* Stand in line for the hop to t->uri, or fail at once. */
static void
enqueue(struct gaz_fetch *t, bool urgent)
{
	struct gaz_fetcher *f = t->fetcher;
	struct gaz_mono now = gaz_clock_mono();
	struct gaz_hostkey key;

	plan_hop(t);
	if (gaz_hop_is_blocked(&t->plan, t->result.text,
	    sizeof(t->result.text))) {
		t->result.fault = GAZ_FAULT_BLOCKED_ADDRESS;
		finish(t);
		return;
	}
	gaz_hostkey_of(&t->uri, &key);
	int64_t left = gaz_cooling_left(f->cooling, key.cool, now);
	if (left > 0) {
		postpone(t, left);
		return;
	}
	t->state = WAITING;
	gaz_hostgate_put(f->gate, &t->wait, &key, urgent, now);
	tick_soon(f);
}

/* One hop */

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

static void
hops_free(struct gaz_fetcher *f)
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
dns_ms(const struct settings *o)
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

	plan_hop(t); /* anew: options may have changed while it waited */
	struct gaz_hop *h = t->hop = hop_take(f);
	t->state = RUNNING;
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
	fail(t, GAZ_FAULT_INTERNAL, "%s: libcurl refuses the request",
	    t->uri.host);
}

/* The answer */

/* May it go anywhere else without harm? Any unknown header may be a key. */
static bool
is_harmless(const char *line)
{
	static const char *const names[] = { "Accept", "Accept-Language",
		"Accept-Encoding", "A-IM", "From", "DNT", "User-Agent" };
	struct gaz_str s = gaz_str_of(line);

	s = gaz_str_sub(s, 0, gaz_str_find_char(s, ':', 0));
	for (size_t i = 0; i < GAZ_COUNT(names); i++) {
		if (gaz_str_ieq_z(s, names[i]))
			return true;
	}
	return false;
}

static bool
has_secret(const struct gaz_fetch *t)
{
	if (!t->at_home)
		return false;
	for (char **h = t->headers; h != NULL && *h != NULL; h++) {
		if (!is_harmless(*h))
			return true;
	}
	return t->user != NULL;
}

static char *
resolve_link(const struct gaz_fetch *t, const char *target)
{
	struct gaz_uri uri;
	char *url = NULL;

	if (target == NULL ||
	    gaz_uri_resolve(&t->uri, target, &uri) != GAZ_FAULT_NONE)
		return NULL;
	url = copy(uri.url);
	gaz_uri_clear(&uri);
	return url;
}

static char *
take_text(char **p)
{
	char *s = *p;

	*p = NULL;
	return s;
}

/* Hand over what the hop has to say; the fault is judged already. */
static void
take_answer(struct gaz_fetch *t, struct gaz_hop *h)
{
	struct gaz_fetch_result *r = &t->result;
	gaz_utc now = gaz_clock_utc();
	curl_off_t body = 0;
	char *address = NULL;
	long head = 0;

	r->status = h->head.status;
	if (r->status != 0)
		r->final_url = copy(t->uri.url);
	r->max_age_s = gaz_head_fresh_s(&h->head, now);
	r->retry_after_s = gaz_head_retry_after_s(&h->head, now);
	r->content_type = take_text(&h->head.content_type);
	r->redirects = t->redirects;
	curl_easy_getinfo(h->easy, CURLINFO_SIZE_DOWNLOAD_T, &body);
	curl_easy_getinfo(h->easy, CURLINFO_HEADER_SIZE, &head);
	r->wire_bytes = (size_t)body + (size_t)head;
	if (curl_easy_getinfo(h->easy, CURLINFO_PRIMARY_IP, &address) ==
	    CURLE_OK && address != NULL)
		snprintf(r->address, sizeof(r->address), "%s", address);
	if (r->fault != GAZ_FAULT_NONE)
		return;
	r->etag = take_text(&h->head.etag);
	r->last_modified = take_text(&h->head.last_modified);
	r->hub = resolve_link(t, h->head.hub);
	r->self = resolve_link(t, h->head.self);
	r->not_modified = r->status == 304;
	/* An address without the password that stood in it would not do. */
	if (t->redirects > 0 && t->permanent && !t->user_in_url)
		r->moved_to = copy(t->uri.url);
	r->body = h->body;
	gaz_buf_init(&h->body, 0);
}

static void
note_cooling(struct gaz_fetch *t)
{
	struct gaz_fetcher *f = t->fetcher;
	struct gaz_mono now = gaz_clock_mono();
	struct gaz_hostkey key;
	int64_t s = t->result.retry_after_s;

	gaz_hostkey_of(&t->uri, &key);
	if (t->result.status == 429)
		gaz_cooling_put(f->cooling, key.cool,
		    s == INT64_MIN ? -1 : s * 1000, now);
	else if (t->result.status != 0)
		gaz_cooling_remove(f->cooling, key.cool, now);
}

static bool
was_seen(const struct gaz_fetch *t, const char *url)
{
	for (size_t i = 0; i < GAZ_COUNT(t->seen); i++) {
		if (t->seen[i] != NULL && strcmp(t->seen[i], url) == 0)
			return true;
	}
	return false;
}

/* Go where the answer points; false with the fault in t->result. */
static bool
follow(struct gaz_fetch *t, int status, const char *location)
{
	struct gaz_fetch_result *r = &t->result;
	struct gaz_uri next;

	if (location == NULL)
		location = "";
	r->fault = gaz_uri_resolve(&t->uri, location, &next);
	if (r->fault != GAZ_FAULT_NONE) {
		/* Where it leads is not shown: it may hold a password. */
		snprintf(r->text, sizeof(r->text), "%s: %s", t->uri.host,
		    r->fault == GAZ_FAULT_SCHEME
		        ? "the redirect leads to something that is not http"
		        : "the redirect leads to no usable address");
		return false;
	}
	const char *why = NULL;
	if (t->redirects >= GAZ_REDIRECTS_MAX)
		why = "too many redirects";
	else if (was_seen(t, next.url))
		why = "the redirects go in a circle";
	if (why != NULL) {
		r->fault = GAZ_FAULT_REDIRECTS;
		snprintf(r->text, sizeof(r->text), "%s: %s (after %d)",
		    t->uri.host, why, t->redirects);
		goto refused;
	}
	if (t->uri.https && !next.https) {
		if (has_secret(t)) {
			r->fault = GAZ_FAULT_DOWNGRADE;
			snprintf(r->text, sizeof(r->text), "%s: %s", next.host,
			    gaz_fault_text(GAZ_FAULT_DOWNGRADE));
			goto refused;
		}
		gaz_log(GAZ_LOG_INFO, "fetch",
		    "event=downgrade from=%s to=%s", t->uri.host, next.host);
	}
	if (t->post != NULL && status != 307 && status != 308) {
		r->fault = GAZ_FAULT_HTTP_STATUS;
		snprintf(r->text, sizeof(r->text),
		    "%s: the answer to a form is a redirect (status %d)",
		    t->uri.host, status);
		goto refused;
	}
	t->at_home = t->at_home && gaz_uri_same_origin(&t->uri, &next);
	t->permanent = t->permanent && (status == 301 || status == 308);
	t->redirects++;
	t->seen[t->redirects] = copy(next.url);
	gaz_uri_clear(&t->uri);
	t->uri = next;
	t->fresh = t->plain = false;
	enqueue(t, true);
	return true;
refused:
	gaz_uri_clear(&next);
	return false;
}

/* One more request where the answer says that another kind will do better. */
static bool
try_again(struct gaz_fetch *t, const struct gaz_hop *h, CURLcode code)
{
	if (h->deferred && h->connects == 0 && code == CURLE_COULDNT_CONNECT)
		return true; /* the address has its pause: wait for that */
	if ((code == CURLE_HTTP2 || code == CURLE_HTTP2_STREAM) && !t->fresh)
		return t->fresh = true;
	/* Content-Encoding is a lie perhaps: ask for what needs none. */
	if (t->result.fault == GAZ_FAULT_ENCODING && h->body.len == 0 &&
	    h->head.status == 200 && !t->plain)
		return t->plain = true;
	if (t->result.fault == GAZ_FAULT_AUTH && h->head.digest &&
	    !h->head.basic && h->plan->user != NULL && !t->digest)
		return t->digest = true;
	return false;
}

/* What was asked for without encoding came with one: is it plain in truth? */
static void
check_plain(struct gaz_fetch *t, const struct gaz_hop *h)
{
	size_t i = 0;

	if (!t->plain || t->result.fault != GAZ_FAULT_NONE ||
	    h->head.status != 200)
		return;
	if (h->body.len >= 3 && memcmp(h->body.p, "\xef\xbb\xbf", 3) == 0)
		i = 3;
	while (i < h->body.len && gaz_is_space(h->body.p[i]))
		i++;
	/* What all kinds of feed begin with, in UTF-8 and UTF-16. */
	if (i < h->body.len && memchr("<{[\xfe\xff\0", h->body.p[i], 6) != NULL)
		return;
	t->result.fault = GAZ_FAULT_ENCODING;
	snprintf(t->result.text, sizeof(t->result.text), "%s: %s",
	    t->uri.host, gaz_fault_text(GAZ_FAULT_ENCODING));
}

static bool
is_silent(enum gaz_fault fault)
{
	return fault == GAZ_FAULT_TIMEOUT || fault == GAZ_FAULT_TOO_SLOW ||
	    fault == GAZ_FAULT_DNS_TIMEOUT;
}

/* Decide what the end of t's hop leads to. The hop is out of the multi. */
static void
decide(struct gaz_fetch *t, struct gaz_hop *h, CURLcode code)
{
	struct gaz_fetch_result *r = &t->result;
	int status = h->head.status;

	r->fault = gaz_hop_judge(h, code, r->text, sizeof(r->text));
	gaz_hostgate_suspect(t->fetcher->gate, &t->wait, is_silent(r->fault),
	    gaz_clock_mono());
	if (h->deferred && h->connects == 0)
		gaz_hostgate_give_back(t->fetcher->gate, &t->wait,
		    gaz_clock_mono());
	else
		gaz_hostgate_end(t->fetcher->gate, &t->wait,
		    gaz_clock_mono());
	if (try_again(t, h, code)) {
		enqueue(t, t->urgent || !h->deferred);
		return;
	}
	if (r->fault == GAZ_FAULT_NONE && status >= 300 && status < 400 &&
	    status != 304) {
		if (!follow(t, status, h->head.location)) {
			r->status = status;
			r->redirects = t->redirects;
			finish(t);
		}
		return;
	}
	check_plain(t, h);
	if (r->fault == GAZ_FAULT_NONE && status == 304 &&
	    h->plan->etag == NULL && h->plan->last_modified == NULL) {
		r->fault = GAZ_FAULT_PROTOCOL;
		snprintf(r->text, sizeof(r->text),
		    "%s: status 304, but the request had no condition",
		    t->uri.host);
	}
	take_answer(t, h);
	note_cooling(t);
	finish(t);
}

static void
end_hop(struct gaz_fetch *t, CURLcode code)
{
	struct gaz_hop *h = t->hop;

	evtimer_del(h->timer);
	t->hop = NULL;
	t->spent_ms += gaz_clock_mono().ms - t->hop_started_ms;
	decide(t, h, code);
	hop_put(t->fetcher, h);
}

static void
on_transfer(CURL *easy, CURLcode code, size_t unread, void *arg)
{
	char *private = NULL;

	(void)arg;
	curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private);
	struct gaz_hop *h = (struct gaz_hop *)(void *)private;
	h->excess += unread;
	end_hop(h->owner, code);
}

/* The tick */

static void
start_ready(struct gaz_fetcher *f)
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

static void
destroy(struct gaz_fetcher *f)
{
	hops_free(f);
	gaz_evcurl_free(f->evcurl);
	gaz_hostgate_free(f->gate);
	gaz_cooling_free(f->cooling);
	gaz_proxy_env_clear(&f->env);
	settings_put(f->settings);
	if (f->tick != NULL)
		event_free(f->tick);
	if (f->turn != NULL)
		event_free(f->turn);
	free(f);
	curl_global_cleanup();
}

/* The end of a stretch with callbacks; false when f went in it. */
static bool
release(struct gaz_fetcher *f)
{
	if (--f->holds > 0 || !f->doomed)
		return true;
	destroy(f);
	return false;
}

static struct gaz_fetch *
pop_finished(struct gaz_fetcher *f)
{
	struct gaz_fetch *t = f->finished;

	if (t == NULL)
		return NULL;
	f->finished = t->next_finished;
	if (f->finished == NULL)
		f->finished_end = &f->finished;
	return t;
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct gaz_fetcher *f = arg;
	struct gaz_fetch *t;

	(void)fd;
	(void)what;
	f->holds++;
	/* A few at a time: other events of the loop must not wait. */
	for (int i = 0; i < DELIVER_MAX && (t = pop_finished(f)) != NULL; i++)
		deliver(t);
	if (!release(f))
		return;
	if (f->finished != NULL)
		tick_soon(f);
	start_ready(f);
}

/* The contract */

static int64_t
or_default(int64_t v, int64_t otherwise)
{
	return v > 0 ? v : otherwise;
}

static bool
same_ranges(const struct gaz_fetch_cidr *a, size_t na,
    const struct gaz_fetch_cidr *b, size_t nb)
{
	if (na != nb)
		return false;
	for (size_t i = 0; i < na; i++) {
		if (a[i].family != b[i].family || a[i].bits != b[i].bits ||
		    memcmp(a[i].addr, b[i].addr, sizeof(a[i].addr)) != 0)
			return false;
	}
	return true;
}

static struct curl_slist *
slist_of(const char *const *lines)
{
	struct curl_slist *list = NULL;

	for (; lines != NULL && *lines != NULL; lines++) {
		struct curl_slist *more = curl_slist_append(list, *lines);
		if (more == NULL)
			gaz_mem_die(strlen(*lines));
		list = more;
	}
	return list;
}

static struct settings *
settings_new(const struct gaz_fetcher_options *opt)
{
	struct settings *s = gaz_mem_zero(1, sizeof(*s));

	s->refs = 1;
	s->connections = (int)or_default(opt->connections, GAZ_CONNECTIONS);
	s->user_agent = copy_some(opt->user_agent);
	if (s->user_agent == NULL)
		s->user_agent = gaz_mem_strdup(USER_AGENT);
	s->proxy = copy_some(opt->proxy);
	s->ca_file = copy_some(opt->ca_file);
	s->allow = copy_ranges(opt->allow_private, opt->allow_private_count);
	s->allow_count = opt->allow_private_count;
	s->resolve = slist_of(opt->resolve);
	s->connect_ms = or_default(opt->connect_timeout_ms,
	    GAZ_CONNECT_TIMEOUT_S * 1000);
	s->first_byte_ms = or_default(opt->first_byte_timeout_ms,
	    GAZ_FIRST_BYTE_TIMEOUT_S * 1000);
	s->slow_bytes_per_s = or_default(opt->slow_bytes_per_s,
	    GAZ_SLOW_BYTES_PER_S);
	s->slow_time_s = or_default(opt->slow_time_s, GAZ_SLOW_TIME_S);
	return s;
}

static struct gaz_hostgate_limits
gate_limits(const struct gaz_fetcher_options *opt)
{
	return (struct gaz_hostgate_limits){
		.connections = (int)or_default(opt->connections,
		    GAZ_CONNECTIONS),
		.connections_per_host = (int)or_default(
		    opt->connections_per_host, GAZ_CONNECTIONS_PER_HOST),
		.gap_ms = opt->host_gap_ms > 0 ? opt->host_gap_ms : 0,
	};
}

struct gaz_fetcher *
gaz_fetcher_new(struct event_base *base,
    const struct gaz_fetcher_options *opt, struct gaz_err *err)
{
	struct gaz_hostgate_limits limits = gate_limits(opt);

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		gaz_err_set(err, GAZ_ERR_IO, "libcurl does not start");
		return NULL;
	}
	struct gaz_fetcher *f = gaz_mem_zero(1, sizeof(*f));
	f->base = base;
	f->finished_end = &f->finished;
	f->settings = settings_new(opt);
	gaz_proxy_env_init(&f->env);
	f->gate = gaz_hostgate_new(&limits);
	f->cooling = gaz_cooling_new();
	f->tick = evtimer_new(base, on_tick, f);
	f->turn = evtimer_new(base, on_tick, f);
	f->evcurl = gaz_evcurl_new(base, f->settings->connections,
	    on_transfer, f, err);
	if (f->tick == NULL || f->turn == NULL || f->evcurl == NULL) {
		if (f->evcurl != NULL)
			gaz_err_set(err, GAZ_ERR_IO,
			    "libevent gives no timer");
		destroy(f);
		return NULL;
	}
	return f;
}

void
gaz_fetcher_configure(struct gaz_fetcher *f,
    const struct gaz_fetcher_options *opt)
{
	struct gaz_hostgate_limits limits = gate_limits(opt);
	struct settings *old = f->settings;

	f->settings = settings_new(opt);
	if (!same_ranges(old->allow, old->allow_count, f->settings->allow,
	    f->settings->allow_count)) {
		f->policy_changed = true;
		f->policy_since = gaz_clock_mono();
	}
	settings_put(old);
	gaz_hostgate_configure(f->gate, &limits);
	gaz_evcurl_set_connections(f->evcurl, f->settings->connections);
	tick_soon(f);
}

static bool
take_url(struct gaz_fetch *t, const struct gaz_fetch_request *req)
{
	enum gaz_fault fault = gaz_uri_parse(req->url, &t->uri);

	if (fault != GAZ_FAULT_NONE) {
		/* What cannot be read may hold a password anywhere. */
		fail(t, fault, "%s", gaz_fault_text(fault));
		return false;
	}
	t->user_in_url = t->uri.user != NULL;
	if (req->user != NULL) {
		t->user = copy(req->user);
		t->password = copy(req->password);
	} else {
		t->user = copy(t->uri.user);
		t->password = copy(t->uri.password);
	}
	t->seen[0] = copy(t->uri.url);
	/* One that cannot be read is no reason to lose the condition. */
	if (req->validators_url != NULL &&
	    gaz_uri_parse(req->validators_url, &t->validators) !=
	    GAZ_FAULT_NONE)
		gaz_uri_clear(&t->validators);
	return true;
}

struct gaz_fetch *
gaz_fetcher_start(struct gaz_fetcher *f, const struct gaz_fetch_request *req,
    gaz_fetch_done_fn done, void *arg)
{
	struct gaz_fetch *t = gaz_mem_zero(1, sizeof(*t));

	assert(!f->closing);
	t->fetcher = f;
	t->done = done;
	t->arg = arg;
	t->next = f->all;
	if (t->next != NULL)
		t->next->prev = t;
	f->all = t;
	t->etag = copy_some(req->etag);
	t->last_modified = copy_some(req->last_modified);
	t->headers = copy_lines(req->headers);
	t->user_agent = copy_some(req->user_agent);
	t->proxy = copy(req->proxy);
	t->post = copy(req->post);
	t->allow = copy_ranges(req->allow_private, req->allow_private_count);
	t->allow_count = req->allow_private_count;
	t->max_body = req->max_body > 0 ? req->max_body : GAZ_BODY_MAX;
	t->timeout_ms = or_default(req->timeout_s, GAZ_TRANSFER_TIMEOUT_S) *
	    1000;
	t->tls_insecure = req->tls_insecure;
	t->urgent = req->urgent;
	t->at_home = t->permanent = true;
	t->result.max_age_s = t->result.retry_after_s = INT64_MIN;
	if (take_url(t, req))
		enqueue(t, t->urgent);
	return t;
}

static void
unlink_finished(struct gaz_fetcher *f, struct gaz_fetch *t)
{
	struct gaz_fetch **p = &f->finished;

	while (*p != t)
		p = &(*p)->next_finished;
	*p = t->next_finished;
	if (*p == NULL)
		f->finished_end = p;
}

void
gaz_fetcher_cancel(struct gaz_fetcher *f, struct gaz_fetch *t)
{
	switch (t->state) {
	case DELIVERED:
		return;
	case RUNNING:
		gaz_evcurl_remove(f->evcurl, t->hop->easy);
		evtimer_del(t->hop->timer);
		hop_put(f, t->hop);
		t->hop = NULL;
		t->spent_ms += gaz_clock_mono().ms - t->hop_started_ms;
		gaz_hostgate_end(f->gate, &t->wait, gaz_clock_mono());
		break;
	case WAITING:
		gaz_hostgate_end(f->gate, &t->wait, gaz_clock_mono());
		break;
	case FINISHED:
		unlink_finished(f, t);
		break;
	}
	result_clear(&t->result);
	t->result = (struct gaz_fetch_result){
		.fault = GAZ_FAULT_CANCELLED,
		.max_age_s = INT64_MIN,
		.retry_after_s = INT64_MIN,
	};
	snprintf(t->result.text, sizeof(t->result.text), "%s",
	    gaz_fault_text(GAZ_FAULT_CANCELLED));
	f->holds++;
	deliver(t);
	if (release(f))
		tick_soon(f);
}

void
gaz_fetcher_free(struct gaz_fetcher *f)
{
	if (f == NULL)
		return;
	f->closing = true;
	f->holds++;
	for (struct gaz_fetch *t = f->all; t != NULL;) {
		if (t->state == DELIVERED) {
			t = t->next; /* its callback is what called us */
			continue;
		}
		gaz_fetcher_cancel(f, t);
		t = f->all;
	}
	f->doomed = true;
	release(f);
}

size_t
gaz_fetcher_running(const struct gaz_fetcher *f)
{
	return gaz_hostgate_running(f->gate);
}

size_t
gaz_fetcher_waiting(const struct gaz_fetcher *f)
{
	return gaz_hostgate_waiting(f->gate);
}

void
gaz_fetcher_pause(struct gaz_fetcher *f, bool paused)
{
	f->paused = paused;
	tick_soon(f);
}

void
gaz_fetcher_cool(struct gaz_fetcher *f, const char *url, int64_t seconds)
{
	struct gaz_hostkey key;
	struct gaz_uri uri;

	if (seconds > 0 && gaz_uri_parse(url, &uri) == GAZ_FAULT_NONE) {
		gaz_hostkey_of(&uri, &key);
		gaz_cooling_put(f->cooling, key.cool,
		    seconds > GAZ_RETRY_AFTER_MAX_S
		        ? GAZ_RETRY_AFTER_MAX_S * INT64_C(1000)
		        : seconds * 1000, gaz_clock_mono());
		gaz_uri_clear(&uri);
	}
}

int64_t
gaz_fetcher_cooling(const struct gaz_fetcher *f, const char *url)
{
	struct gaz_hostkey key;
	struct gaz_uri uri;

	if (gaz_uri_parse(url, &uri) != GAZ_FAULT_NONE)
		return 0;
	gaz_hostkey_of(&uri, &key);
	gaz_uri_clear(&uri);
	return (gaz_cooling_left(f->cooling, key.cool, gaz_clock_mono()) +
	    999) / 1000;
}
