#include "config.h"

#include "fetcher.h"

#include <stdio.h>
#include <string.h>

#include "gazetted/arena.h"
#include "gazetted/log.h"

/*
 * A hop is over: is it the end, a redirect, or a reason to ask once more in
 * another way? Redirects are followed here, one by one, because libcurl would
 * carry a feed's own headers to wherever a server points.
 */

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
	/* What is sent by POST may be one, wherever it is sent. */
	if (t->post != NULL)
		return true;
	if (!t->at_home)
		return false;
	for (const char **h = t->headers; h != NULL && *h != NULL; h++) {
		if (!is_harmless(*h))
			return true;
	}
	return t->user != NULL;
}

static const char *
resolve_link(struct gaz_fetch *t, const char *target)
{
	struct gaz_uri uri;

	return target != NULL && gaz_uri_resolve(&t->uri, target, &t->arena,
	    &uri) == GAZ_FAULT_NONE ? uri.url : NULL;
}

/* The same of each line; what is no address is left out. */
static const char *
resolve_links(struct gaz_fetch *t, const char *targets)
{
	struct gaz_str rest = gaz_str_of(targets), one, all = GAZ_STR_NONE;

	while (gaz_str_split(&rest, '\n', &one)) {
		const char *url = resolve_link(t, gaz_arena_z(&t->arena, one));

		if (url != NULL)
			all = gaz_arena_fmt(&t->arena, "%.*s%s%s",
			    (int)all.len, all.p != NULL ? all.p : "",
			    all.len > 0 ? "\n" : "", url);
	}
	return all.len > 0 ? all.p : NULL;
}

/* Hand over what the hop has to say; the fault is judged already. */
static void
take_answer(struct gaz_fetch *t, struct gaz_hop *h)
{
	struct gaz_fetch_result *r = &t->result;
	gaz_utc now = gaz_clock_utc();
	curl_off_t body = 0, connect = 0;
	char *address = NULL;
	long head = 0;

	r->status = h->head.status;
	if (r->status != 0)
		r->final_url = t->uri.url;
	r->max_age_s = gaz_head_fresh_s(&h->head, now);
	r->retry_after_s = gaz_head_retry_after_s(&h->head, now);
	r->content_type = h->head.content_type;
	r->redirects = t->redirects;
	curl_easy_getinfo(h->easy, CURLINFO_CONNECT_TIME_T, &connect);
	r->connected = connect > 0;
	curl_easy_getinfo(h->easy, CURLINFO_SIZE_DOWNLOAD_T, &body);
	curl_easy_getinfo(h->easy, CURLINFO_HEADER_SIZE, &head);
	r->wire_bytes = (size_t)body + (size_t)head;
	if (curl_easy_getinfo(h->easy, CURLINFO_PRIMARY_IP, &address) ==
	    CURLE_OK && address != NULL)
		snprintf(r->address, sizeof(r->address), "%s", address);
	if (r->fault != GAZ_FAULT_NONE)
		return;
	r->etag = h->head.etag;
	r->last_modified = h->head.last_modified;
	r->hub = resolve_links(t, h->head.hub);
	r->self = resolve_link(t, h->head.self);
	r->not_modified = r->status == 304;
	/* An address without the password that stood in it would not do. */
	if (t->redirects > 0 && t->permanent && !t->user_in_url)
		r->moved_to = t->uri.url;
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

	if (t->stay) {
		r->fault = GAZ_FAULT_HTTP_STATUS;
		snprintf(r->text, sizeof(r->text),
		    "%s: a redirect (status %d), where none may be",
		    t->uri.host, status);
		return false;
	}
	if (location == NULL)
		location = "";
	r->fault = gaz_uri_resolve(&t->uri, location, &t->arena, &next);
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
		return false;
	}
	if (t->uri.https && !next.https) {
		if (has_secret(t)) {
			r->fault = GAZ_FAULT_DOWNGRADE;
			snprintf(r->text, sizeof(r->text), "%s: %s", next.host,
			    gaz_fault_text(GAZ_FAULT_DOWNGRADE));
			return false;
		}
		gaz_log(GAZ_LOG_INFO, "fetch",
		    "event=downgrade from=%s to=%s", t->uri.host, next.host);
	}
	if (t->post != NULL && status != 307 && status != 308) {
		r->fault = GAZ_FAULT_HTTP_STATUS;
		snprintf(r->text, sizeof(r->text),
		    "%s: the answer to a form is a redirect (status %d)",
		    t->uri.host, status);
		return false;
	}
	t->at_home = t->at_home && gaz_uri_same_origin(&t->uri, &next);
	t->permanent = t->permanent && (status == 301 || status == 308);
	t->redirects++;
	t->seen[t->redirects] = next.url;
	t->uri = next;
	t->fresh = t->plain = false;
	gaz_fetch_enqueue(t, true);
	return true;
}

/* One more request where the answer says that another kind will do better. */
static bool
try_again(struct gaz_fetch *t, const struct gaz_hop *h, CURLcode code)
{
	if (h->deferred && h->connects == 0 && code == CURLE_COULDNT_CONNECT)
		return true; /* the address has its pause: wait for that */
	if ((code == CURLE_HTTP2 || code == CURLE_HTTP2_STREAM) && !t->fresh &&
	    h->requests < 2)
		return t->fresh = true;
	/* What came late for the one before on this connection, such as the
	 * body of a 304, stands where an answer should. */
	if ((code == CURLE_UNSUPPORTED_PROTOCOL ||
	    code == CURLE_WEIRD_SERVER_REPLY) && h->connects == 0 &&
	    h->requests == 1 && h->head.status == 0 && t->post == NULL &&
	    !t->fresh)
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

void
gaz_fetch_decide(struct gaz_fetch *t, struct gaz_hop *h, CURLcode code)
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
		gaz_fetch_enqueue(t, t->urgent || !h->deferred);
		return;
	}
	if (r->fault == GAZ_FAULT_NONE && status >= 300 && status < 400 &&
	    status != 304) {
		if (!follow(t, status, h->head.location)) {
			r->status = status;
			r->redirects = t->redirects;
			gaz_fetch_finish(t);
		}
		return;
	}
	check_plain(t, h);
	if (r->fault == GAZ_FAULT_NONE && status == 304 && !h->conditional) {
		r->fault = GAZ_FAULT_PROTOCOL;
		snprintf(r->text, sizeof(r->text),
		    "%s: status 304, but the request had no condition",
		    t->uri.host);
	}
	take_answer(t, h);
	note_cooling(t);
	gaz_fetch_finish(t);
}
