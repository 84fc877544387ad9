#include "config.h"

#include "gazetted/fetch.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fetcher.h"
#include "gazetted/log.h"
#include "gazetted/mem.h"

/* The contract: how a fetch begins and how its end is told. */
#define DELIVER_MAX 64
/* Kept for use again; those that took more than is usual are not. */
#define SPARE_MAX 256
#define SPARE_BYTES_MAX 8192
/* What a request and an answer without a body say, as a rule. */
#define TEXT_BYTES 1536

/* NULL stays NULL. */
static const char *
copy(struct gaz_fetch *t, const char *s)
{
	return s != NULL ? gaz_arena_z(&t->arena, gaz_str_of(s)) : NULL;
}

/* And "" becomes it. */
static const char *
copy_some(struct gaz_fetch *t, const char *s)
{
	return s != NULL && s[0] != '\0' ? copy(t, s) : NULL;
}

static const char **
copy_lines(struct gaz_fetch *t, const char *const *lines)
{
	size_t n = 0;

	if (lines == NULL)
		return NULL;
	while (lines[n] != NULL)
		n++;
	const char **out = gaz_arena_alloc(&t->arena, (n + 1) * sizeof(*out));
	for (size_t i = 0; i < n; i++)
		out[i] = copy(t, lines[i]);
	return out;
}

static struct gaz_fetch_cidr *
copy_ranges(struct gaz_fetch *t, const struct gaz_fetch_cidr *v, size_t n)
{
	if (n == 0)
		return NULL;
	struct gaz_fetch_cidr *out = gaz_arena_alloc(&t->arena,
	    n * sizeof(*out));
	memcpy(out, v, n * sizeof(*out));
	return out;
}

void
gaz_fetcher_tick_soon(struct gaz_fetcher *f)
{
	static const struct timeval now = { 0, 0 };

	/* A timer, not event_active: that would run again before the loop has
	 * looked at anything else. */
	evtimer_add(f->tick, &now);
}

/* The end of a fetch */

static void
fetch_free(struct gaz_fetch *t)
{
	struct gaz_fetcher *f = t->fetcher;

	*(t->prev != NULL ? &t->prev->next : &f->all) = t->next;
	if (t->next != NULL)
		t->next->prev = t->prev;
	gaz_settings_put(t->settings);
	gaz_buf_clear(&t->result.body);
	if (f->spare_count >= SPARE_MAX || t->arena.used > SPARE_BYTES_MAX) {
		gaz_arena_clear(&t->arena);
		free(t);
		return;
	}
	/* Now: a password may be in it. */
	gaz_arena_reset(&t->arena);
	t->next = f->spare;
	f->spare = t;
	f->spare_count++;
}

/* A zeroed one. */
static struct gaz_fetch *
fetch_new(struct gaz_fetcher *f)
{
	struct gaz_fetch *t = f->spare;

	if (t == NULL) {
		t = gaz_mem_zero(1, sizeof(*t));
		gaz_arena_init_small(&t->arena, TEXT_BYTES);
		return t;
	}
	f->spare = t->next;
	f->spare_count--;
	struct gaz_arena arena = t->arena;
	*t = (struct gaz_fetch){ .arena = arena };
	return t;
}

static void
free_spares(struct gaz_fetcher *f)
{
	while (f->spare != NULL) {
		struct gaz_fetch *t = f->spare;

		f->spare = t->next;
		gaz_arena_clear(&t->arena);
		free(t);
	}
}

static void
deliver(struct gaz_fetch *t)
{
	t->state = GAZ_FETCH_DELIVERED;
	t->result.duration_ms = t->spent_ms;
	t->done(&t->result, t->arg);
	fetch_free(t);
}

void
gaz_fetch_finish(struct gaz_fetch *t)
{
	struct gaz_fetcher *f = t->fetcher;

	t->state = GAZ_FETCH_FINISHED;
	t->next_finished = NULL;
	*f->finished_end = t;
	f->finished_end = &t->next_finished;
	gaz_fetcher_tick_soon(f);
}

void
gaz_fetch_fail(struct gaz_fetch *t, enum gaz_fault fault, const char *fmt, ...)
{
	char raw[sizeof(t->result.text)];
	va_list ap;

	t->result.fault = fault;
	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	gaz_log_safe(gaz_str_of(raw), t->result.text, sizeof(t->result.text));
	gaz_fetch_finish(t);
}

/* The tick */

static void
destroy(struct gaz_fetcher *f)
{
	gaz_fetcher_free_hops(f);
	free_spares(f);
	gaz_evcurl_free(f->evcurl);
	gaz_hostgate_free(f->gate);
	gaz_cooling_free(f->cooling);
	gaz_proxy_env_clear(&f->env);
	gaz_settings_put(f->settings);
	if (f->tick != NULL)
		event_free(f->tick);
	if (f->turn != NULL)
		event_free(f->turn);
	if (f->squeeze != NULL)
		event_free(f->squeeze);
	gaz_vec_clear(&f->running);
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
		gaz_fetcher_tick_soon(f);
	gaz_fetcher_start_ready(f);
}

/* The contract */

static struct gaz_hostgate_limits
gate_limits(const struct gaz_fetcher_options *opt)
{
	return (struct gaz_hostgate_limits){
		.connections = opt->connections > 0 ? opt->connections
		                                    : GAZ_CONNECTIONS,
		.connections_per_host = opt->connections_per_host > 0
		    ? opt->connections_per_host : GAZ_CONNECTIONS_PER_HOST,
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
	f->settings = gaz_settings_new(opt);
	gaz_proxy_env_init(&f->env);
	f->gate = gaz_hostgate_new(&limits);
	f->cooling = gaz_cooling_new();
	f->tick = evtimer_new(base, on_tick, f);
	f->turn = evtimer_new(base, on_tick, f);
	f->squeeze = evtimer_new(base, gaz_fetcher_on_squeeze, f);
	f->evcurl = gaz_evcurl_new(base, f->settings->connections,
	    gaz_fetcher_on_transfer, NULL, err);
	if (f->tick == NULL || f->turn == NULL || f->squeeze == NULL ||
	    f->evcurl == NULL) {
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
	struct gaz_settings *old = f->settings;

	f->settings = gaz_settings_new(opt);
	if (!gaz_settings_same_policy(old, f->settings)) {
		f->policy_changed = true;
		f->policy_since = gaz_clock_mono();
	}
	gaz_settings_put(old);
	gaz_hostgate_configure(f->gate, &limits, gaz_clock_mono());
	gaz_evcurl_set_connections(f->evcurl, f->settings->connections);
	gaz_fetcher_tick_soon(f);
}

static bool
take_url(struct gaz_fetch *t, const struct gaz_fetch_request *req)
{
	enum gaz_fault fault = gaz_uri_parse(req->url, &t->arena, &t->uri);
	struct gaz_uri validators;

	if (fault != GAZ_FAULT_NONE) {
		/* What cannot be read may hold a password anywhere. */
		gaz_fetch_fail(t, fault, "%s", gaz_fault_text(fault));
		return false;
	}
	t->user_in_url = t->uri.user != NULL;
	t->user = t->uri.user;
	t->password = t->uri.password;
	if (req->user != NULL) {
		t->user = copy(t, req->user);
		t->password = copy(t, req->password);
	}
	t->seen[0] = t->uri.url;
	/* One that cannot be read is no reason to lose the condition. */
	if (req->validators_url == NULL)
		return true;
	if (strcmp(req->validators_url, t->uri.url) == 0)
		t->validators_url = t->uri.url;
	else if (gaz_uri_parse(req->validators_url, &t->arena, &validators) ==
	    GAZ_FAULT_NONE)
		t->validators_url = validators.url;
	return true;
}

struct gaz_fetch *
gaz_fetcher_start(struct gaz_fetcher *f, const struct gaz_fetch_request *req,
    gaz_fetch_done_fn done, void *arg)
{
	struct gaz_fetch *t = fetch_new(f);

	assert(!f->closing);
	t->fetcher = f;
	t->done = done;
	t->arg = arg;
	t->next = f->all;
	if (t->next != NULL)
		t->next->prev = t;
	f->all = t;
	t->etag = copy_some(t, req->etag);
	t->last_modified = copy_some(t, req->last_modified);
	t->headers = copy_lines(t, req->headers);
	t->user_agent = copy_some(t, req->user_agent);
	t->accept = copy_some(t, req->accept);
	t->proxy = copy(t, req->proxy);
	t->post = copy(t, req->post);
	t->allow = copy_ranges(t, req->allow_private,
	    req->allow_private_count);
	t->allow_count = req->allow_private_count;
	t->max_body = req->max_body > 0 ? req->max_body : GAZ_BODY_MAX;
	t->timeout_ms = 1000 * (req->timeout_s > 0 ? req->timeout_s
	                                           : GAZ_TRANSFER_TIMEOUT_S);
	t->tls_insecure = req->tls_insecure;
	t->urgent = req->urgent;
	t->stay = req->stay;
	t->at_home = t->permanent = true;
	t->result.max_age_s = t->result.retry_after_s = INT64_MIN;
	if (take_url(t, req))
		gaz_fetch_enqueue(t, t->urgent);
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
	case GAZ_FETCH_DELIVERED:
		return;
	case GAZ_FETCH_RUNNING:
	case GAZ_FETCH_WAITING:
		gaz_fetch_give_up(t);
		break;
	case GAZ_FETCH_FINISHED:
		unlink_finished(f, t);
		break;
	}
	gaz_buf_clear(&t->result.body);
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
		gaz_fetcher_tick_soon(f);
}

void
gaz_fetcher_free(struct gaz_fetcher *f)
{
	if (f == NULL)
		return;
	f->closing = true;
	f->holds++;
	for (struct gaz_fetch *t = f->all; t != NULL;) {
		if (t->state == GAZ_FETCH_DELIVERED) {
			t = t->next; /* its callback is what called us */
			continue;
		}
		gaz_fetcher_cancel(f, t);
		t = f->all;
	}
	f->doomed = true;
	release(f);
}

bool
gaz_fetch_is_waiting(const struct gaz_fetch *t)
{
	return t->state == GAZ_FETCH_WAITING;
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

size_t
gaz_fetcher_ready(const struct gaz_fetcher *f)
{
	return gaz_hostgate_ready(f->gate);
}

void
gaz_fetcher_pause(struct gaz_fetcher *f, bool paused)
{
	f->paused = paused;
	gaz_fetcher_tick_soon(f);
}

/* Whom a 429 from url would be about; false when it cannot be read. */
static bool
key_of(const char *url, struct gaz_hostkey *key)
{
	struct gaz_arena a = { 0 };
	struct gaz_uri uri;
	bool ok = gaz_uri_parse(url, &a, &uri) == GAZ_FAULT_NONE;

	if (ok)
		gaz_hostkey_of(&uri, key);
	gaz_arena_clear(&a);
	return ok;
}

void
gaz_fetcher_cool(struct gaz_fetcher *f, const char *url, int64_t seconds)
{
	struct gaz_hostkey key;

	if (seconds > 0 && key_of(url, &key))
		gaz_cooling_put(f->cooling, key.cool,
		    seconds > GAZ_RETRY_AFTER_MAX_S
		        ? GAZ_RETRY_AFTER_MAX_S * INT64_C(1000)
		        : seconds * 1000, gaz_clock_mono());
}

int64_t
gaz_fetcher_cooling(const struct gaz_fetcher *f, const char *url)
{
	struct gaz_hostkey key;

	if (!key_of(url, &key))
		return 0;
	return (gaz_cooling_left(f->cooling, key.cool, gaz_clock_mono()) +
	    999) / 1000;
}
