#include "config.h"

#include "hop.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "gazetted/limits.h"
#include "gazetted/log.h"
#include "gazetted/mem.h"
#include "gunzip.h"

/*
 * What the end of a hop means: one fault for each thing that can go wrong, and
 * a text that names the host. libcurl's codes are coarser than our faults, so
 * its times, its message and the head of the answer are looked at as well.
 */

/* A line end behind the body is a common slip of scripts and harmless. */
#define EXCESS_MAX 2

/* What libcurl reports of OpenSSL's verification (openssl/x509_vfy.h). */
enum verify {
	VERIFY_NOT_YET_VALID = 9,
	VERIFY_EXPIRED = 10,
	VERIFY_HOST = 62,
};

enum gaz_fault
gaz_hop_say(const struct gaz_hop_plan *plan, enum gaz_fault fault, char *text,
    size_t cap, const char *fmt, ...)
{
	char raw[CURL_ERROR_SIZE + 64], safe[CURL_ERROR_SIZE], port[16] = "";
	const struct gaz_uri *uri = plan->uri;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	/* libcurl's words may carry a server's. */
	gaz_log_safe(gaz_str_of(raw), safe, sizeof(safe));
	if (uri->port != (uri->https ? 443 : 80))
		snprintf(port, sizeof(port), ":%d", uri->port);
	bool v6 = strchr(uri->host, ':') != NULL;
	snprintf(text, cap, "%s%s%s%s: %s%s%s%s", v6 ? "[" : "", uri->host,
	    v6 ? "]" : "", port, gaz_fault_text(fault),
	    safe[0] != '\0' ? " (" : "", safe, safe[0] != '\0' ? ")" : "");
	return fault;
}

static bool
mentions(const struct gaz_hop *h, const char *what)
{
	return strstr(h->error, what) != NULL;
}

static curl_off_t
time_of(const struct gaz_hop *h, CURLINFO what)
{
	curl_off_t us = 0;

	curl_easy_getinfo(h->easy, what, &us);
	return us;
}

static enum gaz_fault
timeout_fault(const struct gaz_hop *h, const char **why)
{
	*why = h->error;
	if (time_of(h, CURLINFO_NAMELOOKUP_TIME_T) == 0) {
		*why = "";
		return GAZ_FAULT_DNS_TIMEOUT;
	}
	if (time_of(h, CURLINFO_PRETRANSFER_TIME_T) == 0) {
		*why = "while connecting";
		return GAZ_FAULT_TIMEOUT;
	}
	if (time_of(h, CURLINFO_STARTTRANSFER_TIME_T) == 0) {
		*why = "connected, but nothing came";
		return GAZ_FAULT_TIMEOUT;
	}
	return mentions(h, "too slow") ? GAZ_FAULT_TOO_SLOW
	                               : GAZ_FAULT_TIMEOUT;
}

static enum gaz_fault
verify_fault(const struct gaz_hop *h)
{
	long verify = 0;

	curl_easy_getinfo(h->easy, CURLINFO_SSL_VERIFYRESULT, &verify);
	switch (verify) {
	case VERIFY_NOT_YET_VALID:
	case VERIFY_EXPIRED:
		return GAZ_FAULT_TLS_EXPIRED;
	case VERIFY_HOST:
		return GAZ_FAULT_TLS_HOST;
	default:
		/* libcurl compares names itself, and has no code for it. */
		return mentions(h, "host name") || mentions(h, "subject name")
		    ? GAZ_FAULT_TLS_HOST : GAZ_FAULT_TLS_UNTRUSTED;
	}
}

static enum gaz_fault
handshake_fault(const struct gaz_hop *h)
{
	static const char *const words[] = { "unsupported protocol",
		"alert protocol version", "unsupported version",
		"no protocols available" };

	for (size_t i = 0; i < GAZ_COUNT(words); i++) {
		if (mentions(h, words[i]))
			return GAZ_FAULT_TLS_VERSION;
	}
	return GAZ_FAULT_TLS;
}

static enum gaz_fault
receive_fault(const struct gaz_hop *h)
{
	long connect = 0;

	curl_easy_getinfo(h->easy, CURLINFO_HTTP_CONNECTCODE, &connect);
	if (h->plan->proxy != NULL && h->head.status == 0 && connect != 0 &&
	    connect != 200)
		return GAZ_FAULT_PROXY;
	if (mentions(h, "oo large response headers"))
		return GAZ_FAULT_HEADERS_TOO_LARGE;
	/* TLS that ends without its farewell: as good as a cut. */
	if (h->head.complete && mentions(h, "unexpected eof"))
		return GAZ_FAULT_TRUNCATED;
	return GAZ_FAULT_RESET;
}

/* libcurl's codes of which each means one thing. */
static enum gaz_fault
plain_fault(CURLcode code)
{
	static const struct {
		CURLcode code;
		enum gaz_fault fault;
	} rows[] = {
		{ CURLE_UNSUPPORTED_PROTOCOL, GAZ_FAULT_PROTOCOL },
		{ CURLE_WEIRD_SERVER_REPLY, GAZ_FAULT_PROTOCOL },
		{ CURLE_URL_MALFORMAT, GAZ_FAULT_BAD_URL },
		{ CURLE_COULDNT_RESOLVE_PROXY, GAZ_FAULT_PROXY },
		{ CURLE_PROXY, GAZ_FAULT_PROXY },
		{ CURLE_PARTIAL_FILE, GAZ_FAULT_TRUNCATED },
		{ CURLE_GOT_NOTHING, GAZ_FAULT_RESET },
		{ CURLE_SEND_ERROR, GAZ_FAULT_RESET },
		{ CURLE_HTTP2, GAZ_FAULT_RESET },
		{ CURLE_HTTP2_STREAM, GAZ_FAULT_RESET },
		{ CURLE_BAD_CONTENT_ENCODING, GAZ_FAULT_ENCODING },
		{ CURLE_FILESIZE_EXCEEDED, GAZ_FAULT_TOO_LARGE },
		{ CURLE_SSL_CIPHER, GAZ_FAULT_TLS },
		{ CURLE_SSL_CERTPROBLEM, GAZ_FAULT_TLS },
		{ CURLE_SSL_CLIENTCERT, GAZ_FAULT_TLS },
		{ CURLE_SSL_CACERT_BADFILE, GAZ_FAULT_TLS },
		{ CURLE_SSL_ISSUER_ERROR, GAZ_FAULT_TLS_UNTRUSTED },
		{ CURLE_SSL_INVALIDCERTSTATUS, GAZ_FAULT_TLS_UNTRUSTED },
		{ CURLE_TOO_MANY_REDIRECTS, GAZ_FAULT_REDIRECTS },
	};

	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
		if (rows[i].code == code)
			return rows[i].fault;
	}
	return GAZ_FAULT_INTERNAL;
}

static enum gaz_fault
connect_fault(struct gaz_hop *h, char *text, size_t cap)
{
	long number = 0;

	if (h->blocked[0] != '\0' && h->connects == 0)
		return gaz_hop_say(h->plan, GAZ_FAULT_BLOCKED_ADDRESS, text,
		    cap, "%s", h->blocked);
	curl_easy_getinfo(h->easy, CURLINFO_OS_ERRNO, &number);
	return gaz_hop_say(h->plan,
	    h->plan->proxy != NULL ? GAZ_FAULT_PROXY : GAZ_FAULT_CONNECT, text,
	    cap, "%s", number != 0 ? strerror((int)number) : h->error);
}

/* Of libcurl 8.6 and later: before, the same was "out of memory". */
#if LIBCURL_VERSION_NUM >= 0x080600
#define TOO_LARGE CURLE_TOO_LARGE
#else
#define TOO_LARGE CURLE_OUT_OF_MEMORY
#endif

static enum gaz_fault
transfer_fault(struct gaz_hop *h, CURLcode code, char *text, size_t cap)
{
	enum gaz_fault fault;
	const char *why = h->error;

	if (code == CURLE_COULDNT_CONNECT)
		return connect_fault(h, text, cap);
	if (code == CURLE_COULDNT_RESOLVE_HOST) {
		/* The C library gives up by itself, too, and calls both the
		 * same; but only silence takes so long. */
		bool silent = time_of(h, CURLINFO_TOTAL_TIME_T) >=
		    (curl_off_t)GAZ_DNS_TIMEOUT_MS * 1000 / 2;
		return gaz_hop_say(h->plan,
		    silent ? GAZ_FAULT_DNS_TIMEOUT : GAZ_FAULT_DNS, text, cap,
		    "%s", "");
	}
	if (code == CURLE_OPERATION_TIMEDOUT)
		fault = timeout_fault(h, &why);
	else if (code == CURLE_PEER_FAILED_VERIFICATION)
		fault = verify_fault(h);
	else if (code == CURLE_SSL_CONNECT_ERROR)
		fault = handshake_fault(h);
	else if (code == CURLE_RECV_ERROR)
		fault = receive_fault(h);
	else if (code == TOO_LARGE && !h->head.complete)
		fault = GAZ_FAULT_HEADERS_TOO_LARGE; /* one endless line */
	else
		fault = plain_fault(code);
	if (why == h->error && why[0] == '\0')
		why = curl_easy_strerror(code);
	return gaz_hop_say(h->plan, fault, text, cap, "%s", why);
}

/* What a callback or the owner's timer gave up for. */
static enum gaz_fault
own_fault(const struct gaz_hop *h, char *text, size_t cap)
{
	const struct gaz_hop_plan *plan = h->plan;

	if (h->fault == GAZ_FAULT_TOO_LARGE)
		return gaz_hop_say(plan, h->fault, text, cap, "%zu bytes",
		    plan->max_body);
	if (h->fault == GAZ_FAULT_HEADERS_TOO_LARGE)
		return gaz_hop_say(plan, h->fault, text, cap,
		    "%zu bytes in %zu lines", h->head.bytes, h->head.lines);
	return gaz_hop_say(plan, h->fault, text, cap, "%s",
	    h->fault == GAZ_FAULT_TIMEOUT ? "no first byte" : "");
}

static enum gaz_fault
status_fault(int status)
{
	static const struct {
		int status;
		enum gaz_fault fault;
	} rows[] = {
		{ 401, GAZ_FAULT_AUTH },
		{ 403, GAZ_FAULT_FORBIDDEN },
		{ 404, GAZ_FAULT_NOT_FOUND },
		{ 407, GAZ_FAULT_PROXY },
		{ 410, GAZ_FAULT_GONE },
		{ 429, GAZ_FAULT_RATE_LIMITED },
		{ 503, GAZ_FAULT_UNAVAILABLE },
	};

	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
		if (rows[i].status == status)
			return rows[i].fault;
	}
	return status >= 500 && status <= 599 ? GAZ_FAULT_SERVER_ERROR
	                                      : GAZ_FAULT_HTTP_STATUS;
}

static struct gaz_str
without_weakness(const char *tag)
{
	struct gaz_str s = gaz_str_of(tag);

	return gaz_str_starts(s, "W/") ? gaz_str_sub(s, 2, s.len) : s;
}

/* Why a 226 cannot be what its sender thinks; NULL: it can. */
static const char *
delta_flaw(const struct gaz_hop *h)
{
	const struct gaz_head *head = &h->head;

	if (!h->delta)
		return "status 226, but no delta was asked for";
	if (!head->im_feed || head->im_other)
		return "status 226 without \"IM: feed\"";
	if (head->delta_base != NULL && h->plan->etag != NULL &&
	    !gaz_str_eq(without_weakness(head->delta_base),
	    without_weakness(h->plan->etag)))
		return "status 226 against another version";
	return NULL;
}

static enum gaz_fault
body_fault(struct gaz_hop *h, char *text, size_t cap)
{
	const struct gaz_hop_plan *plan = h->plan;

	if (plan->post != NULL)
		return GAZ_FAULT_NONE;
	if (h->head.status == 226 && delta_flaw(h) != NULL)
		return gaz_hop_say(plan, GAZ_FAULT_PROTOCOL, text, cap, "%s",
		    delta_flaw(h));
	if (h->head.content_length != INT64_MIN && h->excess > EXCESS_MAX)
		return gaz_hop_say(plan, GAZ_FAULT_TRUNCATED, text, cap,
		    "Content-Length is %zu bytes or more too short", h->excess);
	if (h->body.len == 0)
		return gaz_hop_say(plan, GAZ_FAULT_EMPTY, text, cap,
		    "status %d", h->head.status);
	switch (gaz_gunzip(&h->body)) {
	case GAZ_GUNZIP_BROKEN:
		return gaz_hop_say(plan, GAZ_FAULT_ENCODING, text, cap,
		    "broken gzip without Content-Encoding");
	case GAZ_GUNZIP_LARGE:
		return gaz_hop_say(plan, GAZ_FAULT_TOO_LARGE, text, cap,
		    "%zu bytes", plan->max_body);
	case GAZ_GUNZIP_PLAIN:
	case GAZ_GUNZIP_DONE:
		break;
	}
	return GAZ_FAULT_NONE;
}

static bool
is_redirect(int status)
{
	return status == 301 || status == 302 || status == 303 ||
	    status == 307 || status == 308;
}

enum gaz_fault
gaz_hop_judge(struct gaz_hop *h, CURLcode code, char *text, size_t cap)
{
	int status = h->head.status;

	text[0] = '\0';
	if (h->fault != GAZ_FAULT_NONE)
		return own_fault(h, text, cap);
	/* Of an answer without use only the head counts. */
	bool head_counts = h->head.complete && !gaz_hop_is_wanted(h);
	if (code != CURLE_OK && !head_counts)
		return transfer_fault(h, code, text, cap);
	if (status == 0)
		return gaz_hop_say(h->plan, GAZ_FAULT_PROTOCOL, text, cap,
		    "no status");
	if (gaz_hop_is_wanted(h))
		return body_fault(h, text, cap);
	if (status == 204)
		return gaz_hop_say(h->plan, GAZ_FAULT_EMPTY, text, cap,
		    "status 204");
	if (status == 304 || is_redirect(status))
		return GAZ_FAULT_NONE;
	enum gaz_fault fault = status_fault(status);
	/* The words of the others have the number in them. */
	if (fault == GAZ_FAULT_HTTP_STATUS || fault == GAZ_FAULT_SERVER_ERROR)
		return gaz_hop_say(h->plan, fault, text, cap, "status %d",
		    status);
	return gaz_hop_say(h->plan, fault, text, cap, "%s", "");
}
