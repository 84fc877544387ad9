#include "config.h"

#include "hop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "gazetted/limits.h"
#include "gazetted/mem.h"

#define DISCARD_MAX 65536 /* of an error page, so that the connection lives */

#define ACCEPT                                                           \
	"Accept: application/atom+xml, application/rss+xml, "            \
	"application/feed+json, application/rdf+xml;q=0.9, "             \
	"application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, " \
	"*/*;q=0.1"

#define DELTA "A-IM: feed" /* RFC 3229; feed: what is new, as a feed */

/* Callbacks */

bool
gaz_hop_is_wanted(const struct gaz_hop *h)
{
	int s = h->head.status;

	if (h->plan->post != NULL || h->plan->stay)
		return s >= 200 && s < 300;
	return s == 200 || s == 203 || s == 226;
}

static size_t
on_header(char *p, size_t size, size_t n, void *arg)
{
	struct gaz_hop *h = arg;

	n *= size;
	if (h->body.len > 0 || h->discarded > 0) {
		/* A trailer may not change what the head has said. */
		h->head.bytes += n;
		h->head.lines++;
		if (h->head.bytes <= GAZ_HEADERS_MAX &&
		    h->head.lines <= GAZ_HEADER_LINES_MAX)
			return n;
		h->fault = GAZ_FAULT_HEADERS_TOO_LARGE;
		return 0;
	}
	if (!gaz_head_line(&h->head, gaz_str_make(p, n))) {
		h->fault = GAZ_FAULT_HEADERS_TOO_LARGE;
		return 0;
	}
	if (h->head.complete && gaz_hop_is_wanted(h) &&
	    h->head.content_length > (int64_t)h->plan->max_body) {
		h->fault = GAZ_FAULT_TOO_LARGE;
		return 0;
	}
	return n;
}

/* The bytes are decoded already: what is counted is what they grow to. */
static size_t
on_body(char *p, size_t size, size_t n, void *arg)
{
	struct gaz_hop *h = arg;

	n *= size;
	if (!gaz_hop_is_wanted(h)) {
		h->discarded += n;
		return h->discarded > DISCARD_MAX ? 0 : n;
	}
	if (!gaz_buf_add(&h->body, p, n, NULL)) {
		h->fault = GAZ_FAULT_TOO_LARGE;
		return 0;
	}
	return n;
}

static bool
is_allowed(const struct gaz_hop_plan *plan, const struct sockaddr *sa,
    size_t len)
{
	/* Each alone, so that the two lists need not be put together. */
	return !gaz_address_is_blocked(sa, len, plan->allow[0].v,
	    plan->allow[0].n) ||
	    !gaz_address_is_blocked(sa, len, plan->allow[1].v,
	    plan->allow[1].n);
}

static void
note_blocked(struct gaz_hop *h, const struct sockaddr *sa, size_t len)
{
	char text[GAZ_ADDRESS_TEXT_MAX];

	snprintf(h->blocked, sizeof(h->blocked), "%s, %s",
	    gaz_address_text(sa, len, text), gaz_address_kind(sa, len));
}

/*
 * The one place where an address cannot lie: it is about to be used. It holds
 * for every name, every spelling, every redirect and every second look-up.
 */
static curl_socket_t
on_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct gaz_hop *h = arg;

	(void)purpose;
	/* Newer versions do so five times, to whoever keeps breaking off. */
	if (h->requests > 1) {
		h->fault = GAZ_FAULT_RESET;
		return CURL_SOCKET_BAD;
	}
	if (h->plan->proxy == NULL) {
		if (!is_allowed(h->plan, &a->addr, a->addrlen)) {
			note_blocked(h, &a->addr, a->addrlen);
			return CURL_SOCKET_BAD;
		}
		if (h->meet != NULL &&
		    !h->meet(&a->addr, a->addrlen, h->owner)) {
			h->deferred = true;
			return CURL_SOCKET_BAD;
		}
	}
	h->connects++;
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

static int
on_request(void *arg, char *remote, char *local, int remote_port,
    int local_port)
{
	struct gaz_hop *h = arg;

	(void)remote;
	(void)local;
	(void)remote_port;
	(void)local_port;
	h->requests++;
	return CURL_PREREQFUNC_OK;
}

/*
 * libcurl does not call it an error when a server sends more than its
 * Content-Length, which means that the document is cut. It only says so here.
 */
static int
on_debug(CURL *easy, curl_infotype type, char *p, size_t n, void *arg)
{
	struct gaz_hop *h = arg;
	struct gaz_str s = gaz_str_make(p, n);

	(void)easy;
	if (type != CURLINFO_TEXT || !gaz_str_starts(s, "Excess found"))
		return 0;
	size_t at = gaz_str_find(s, GAZ_STR("excess = "), 0);
	if (at == GAZ_STR_NPOS)
		return 0;
	size_t excess = 0;
	for (at += 9; at < s.len && gaz_is_digit(s.p[at]); at++)
		excess = excess * 10 + (size_t)(s.p[at] - '0');
	h->excess += excess;
	return 0;
}

/* Request headers */

/* Can be sent as it is: "Name: value" without control characters. */
static bool
is_sound(const char *line)
{
	const char *colon = strchr(line, ':');

	if (colon == NULL || colon == line)
		return false;
	for (const char *p = line; *p != '\0'; p++) {
		unsigned char c = (unsigned char)*p;
		if ((c < ' ' && c != '\t') || c == 0x7f ||
		    (p < colon && c == ' '))
			return false;
	}
	return true;
}

static bool
is_named(const char *line, struct gaz_str name)
{
	struct gaz_str s = gaz_str_of(line);

	return gaz_str_ieq(gaz_str_sub(s, 0, gaz_str_find_char(s, ':', 0)),
	    name);
}

/* line is of the arena, or there as long. libcurl only reads the list. */
static void
append(struct gaz_hop *h, const char *line)
{
	struct curl_slist *last = gaz_arena_alloc(h->plan->arena,
	    sizeof(*last));

	last->data = (char *)(uintptr_t)line;
	*h->headers_end = last;
	h->headers_end = &last->next;
}

/* A default, unless the feed has a header of that name itself. */
static void
append_default(struct gaz_hop *h, const char *line)
{
	struct gaz_str s = gaz_str_of(line);
	struct gaz_str name = gaz_str_sub(s, 0, gaz_str_find_char(s, ':', 0));
	const char *const *own = h->plan->headers;

	for (; own != NULL && *own != NULL; own++) {
		if (is_named(*own, name))
			return;
	}
	append(h, line);
}

static const char *
make_line(struct gaz_hop *h, const char *name, const char *value)
{
	size_t n = strlen(name), v = strlen(value);
	char *line = gaz_arena_room(h->plan->arena, n + v + 3);

	memcpy(line, name, n);
	memcpy(line + n, ": ", 2);
	memcpy(line + n + 2, value, v + 1);
	return line;
}

/* A validator, byte for byte; not if it could not be a header. */
static void
append_validator(struct gaz_hop *h, const char *name, const char *value)
{
	const char *line = make_line(h, name, value);

	if (is_sound(line) && value[0] != '\0') {
		append(h, line);
		h->conditional = true;
	}
}

static void
build_headers(struct gaz_hop *h)
{
	const struct gaz_hop_plan *plan = h->plan;
	const char *const *own = plan->headers;

	if (plan->accept != NULL)
		append_default(h, make_line(h, "Accept", plan->accept));
	else if (plan->post == NULL)
		append_default(h, ACCEPT);
	if (plan->plain)
		append(h, "Accept-Encoding: identity");
	if (plan->etag != NULL)
		append_validator(h, "If-None-Match", plan->etag);
	if (plan->last_modified != NULL)
		append_validator(h, "If-Modified-Since", plan->last_modified);
	/* There is no delta against nothing, nor of what is no feed. */
	if (h->conditional && plan->post == NULL && plan->accept == NULL) {
		append_default(h, DELTA);
		h->delta = true;
	}
	for (; own != NULL && *own != NULL; own++) {
		if (is_sound(*own) &&
		    !is_named(*own, GAZ_STR("If-None-Match")) &&
		    !is_named(*own, GAZ_STR("If-Modified-Since")) &&
		    !(plan->plain &&
		    is_named(*own, GAZ_STR("Accept-Encoding"))))
			append(h, *own);
	}
}

/* Options */

#define SET(option, value) \
	ok = curl_easy_setopt(h->easy, option, value) == CURLE_OK && ok

/* What is the same for every hop. */
static bool
set_always(struct gaz_hop *h)
{
	bool ok = true;

	/* 28 protocols are built in; two are ours. */
	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_HTTP09_ALLOWED, 0L);
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	SET(CURLOPT_NOSIGNAL, 1L);
	/* A resolver thread that hangs is left behind, not waited for. */
	SET(CURLOPT_QUICK_EXIT, 1L);
	SET(CURLOPT_OPENSOCKETFUNCTION, on_socket);
	SET(CURLOPT_OPENSOCKETDATA, h);
	SET(CURLOPT_PREREQFUNCTION, on_request);
	SET(CURLOPT_PREREQDATA, h);
	SET(CURLOPT_ACCEPT_ENCODING, "");
	SET(CURLOPT_NOPROXY, "");
	SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_PRIVATE, h);
	SET(CURLOPT_ERRORBUFFER, h->error);
	SET(CURLOPT_HEADERFUNCTION, on_header);
	SET(CURLOPT_HEADERDATA, h);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, h);
	SET(CURLOPT_DEBUGFUNCTION, on_debug);
	SET(CURLOPT_DEBUGDATA, h);
	SET(CURLOPT_VERBOSE, 1L);
	return ok;
}

static bool
set_limits(struct gaz_hop *h)
{
	const struct gaz_hop_plan *plan = h->plan;
	bool ok = true;

	SET(CURLOPT_DNS_CACHE_TIMEOUT, (long)plan->dns_cache_s);
	SET(CURLOPT_CONNECTTIMEOUT_MS, (long)plan->connect_ms);
	SET(CURLOPT_TIMEOUT_MS, (long)plan->total_ms);
	SET(CURLOPT_LOW_SPEED_LIMIT, (long)plan->slow_bytes_per_s);
	SET(CURLOPT_LOW_SPEED_TIME, (long)plan->slow_time_s);
	SET(CURLOPT_RESOLVE, plan->resolve);
	SET(CURLOPT_MAXLIFETIME_CONN, (long)plan->connection_age_s);
	SET(CURLOPT_FRESH_CONNECT, plan->fresh ? 1L : 0L);
	/* A connection that only this feed may have must not be found by the
	 * next one, neither idle nor, with HTTP/2, in use. Nor is one of use
	 * that nobody waits for: the next fetch is an hour away, and libcurl
	 * keeps a trace of every idle connection that it has to evict, which
	 * it walks for each new one. */
	SET(CURLOPT_FORBID_REUSE,
	    plan->allow[1].n > 0 || !plan->keep ? 1L : 0L);
	SET(CURLOPT_HTTP_VERSION, plan->allow[1].n > 0
	    ? (long)CURL_HTTP_VERSION_1_1 : (long)CURL_HTTP_VERSION_2TLS);
	return ok;
}

/* libcurl copies texts: not again what it has. */
static bool
set_text(struct gaz_hop *h, CURLoption option, char **had, const char *text)
{
	if (*had != NULL && strcmp(*had, text) == 0)
		return true;
	free(*had);
	*had = gaz_mem_strdup(text);
	return curl_easy_setopt(h->easy, option, text) == CURLE_OK;
}

static bool
set_request(struct gaz_hop *h)
{
	const struct gaz_hop_plan *plan = h->plan;
	bool ok = true;

	SET(CURLOPT_URL, plan->uri->url);
	/* A person's address is sent as it is; "/../" in a server's is not
	 * (RFC 3986, 5.2.2). */
	SET(CURLOPT_PATH_AS_IS, plan->as_given ? 1L : 0L);
	ok = set_text(h, CURLOPT_USERAGENT, &h->user_agent,
	    plan->user_agent) && ok;
	build_headers(h);
	SET(CURLOPT_HTTPHEADER, h->headers);
	/* "" keeps libcurl from looking at the environment. */
	ok = set_text(h, CURLOPT_PROXY, &h->proxy,
	    plan->proxy != NULL ? plan->proxy : "") && ok;
	return ok;
}

/* What few want. A handle that has it is made as new afterwards. */
static bool
set_rest(struct gaz_hop *h)
{
	const struct gaz_hop_plan *plan = h->plan;
	bool ok = true;

	if (plan->plain) {
		SET(CURLOPT_HTTP_CONTENT_DECODING, 0L);
		SET(CURLOPT_ACCEPT_ENCODING, NULL);
	}
	if (plan->post != NULL) {
		SET(CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)strlen(plan->post));
		SET(CURLOPT_POSTFIELDS, plan->post);
	}
	if (plan->user != NULL) {
		SET(CURLOPT_HTTPAUTH, plan->digest ? (long)CURLAUTH_DIGEST
		                                   : (long)CURLAUTH_BASIC);
		SET(CURLOPT_USERNAME, plan->user);
		SET(CURLOPT_PASSWORD,
		    plan->password != NULL ? plan->password : "");
	}
	if (plan->tls_insecure) {
		SET(CURLOPT_SSL_VERIFYPEER, 0L);
		SET(CURLOPT_SSL_VERIFYHOST, 0L);
	}
	if (plan->ca_file != NULL)
		SET(CURLOPT_CAINFO, plan->ca_file);
	return ok;
}

static bool
is_usual(const struct gaz_hop_plan *plan)
{
	return !plan->plain && plan->post == NULL && plan->user == NULL &&
	    !plan->tls_insecure && plan->ca_file == NULL &&
	    plan->proxy == NULL;
}

#undef SET

struct gaz_hop *
gaz_hop_new(void)
{
	struct gaz_hop *h = gaz_mem_zero(1, sizeof(*h));

	h->easy = curl_easy_init();
	if (h->easy == NULL) {
		free(h);
		return NULL;
	}
	h->headers_end = &h->headers;
	return h;
}

void
gaz_hop_free(struct gaz_hop *h)
{
	if (h == NULL)
		return;
	gaz_hop_reset(h);
	curl_easy_cleanup(h->easy);
	free(h->user_agent);
	free(h->proxy);
	free(h);
}

void
gaz_hop_reset(struct gaz_hop *h)
{
	/* Options stay, as long as they are what all have; so most requests
	 * take the handle as it is. Those that follow are set each time. */
	if (h->is_special) {
		curl_easy_reset(h->easy);
		free(h->user_agent);
		free(h->proxy);
		h->user_agent = h->proxy = NULL;
		h->is_set = h->is_special = false;
	}
	gaz_buf_clear(&h->body);
	h->headers = NULL;
	h->headers_end = &h->headers;
	h->head = (struct gaz_head){ 0 };
	h->owner = NULL;
	h->plan = NULL;
	h->fault = GAZ_FAULT_NONE;
	h->discarded = h->excess = 0;
	h->conditional = h->delta = h->deferred = false;
	h->connects = 0;
	h->requests = 0;
	h->blocked[0] = h->error[0] = '\0';
	h->meet = NULL;
}

bool
gaz_hop_begin(struct gaz_hop *h, const struct gaz_hop_plan *plan)
{
	h->plan = plan;
	gaz_head_init(&h->head, plan->arena);
	gaz_buf_init(&h->body, plan->max_body);
	/* Kept here: the plan may be another one when the hop ends. */
	h->is_special = !is_usual(plan);
	h->is_set = h->is_set || set_always(h);
	return h->is_set && set_limits(h) && set_request(h) && set_rest(h);
}

/* "localhost" and what is below it mean this machine (RFC 6761, 6.3),
 * whatever a resolver or a proxy would say. */
static bool
is_local_name(const char *host)
{
	struct gaz_str s = gaz_str_of(host);

	return gaz_str_eq_z(s, "localhost") || gaz_str_ends(s, ".localhost");
}

static bool
is_literal_allowed(const struct gaz_hop_plan *plan, const char *text)
{
	struct sockaddr_storage sa;
	size_t len;

	return gaz_address_parse(text, &sa, &len) &&
	    is_allowed(plan, (const struct sockaddr *)&sa, len);
}

bool
gaz_hop_is_blocked(const struct gaz_hop_plan *plan, char *text, size_t cap)
{
	const char *host = plan->uri->host;
	const char *kind = "loopback";
	struct sockaddr_storage sa;
	size_t len;

	if (is_local_name(host)) {
		if (is_literal_allowed(plan, "127.0.0.1") ||
		    is_literal_allowed(plan, "::1"))
			return false;
	} else if (gaz_address_parse(host, &sa, &len)) {
		if (is_literal_allowed(plan, host))
			return false;
		kind = gaz_address_kind((const struct sockaddr *)&sa, len);
	} else {
		return false; /* a name is judged by its address, later */
	}
	gaz_hop_say(plan, GAZ_FAULT_BLOCKED_ADDRESS, text, cap, "%s", kind);
	return true;
}
