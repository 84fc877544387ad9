/* What handlers see of a request, and the replies they give. */
#include "config.h"

#include "server.h"

#include <stdio.h>
#include <stdlib.h>

#include "gazetted/json.h"
#include "gazetted/limits.h"
#include "gazetted/log.h"
#include "gazetted/mem.h"

#define CACHE_CONTROL "Cache-Control"

struct gaz_http_request *
http_request_new(struct gaz_http *h, struct conn *c)
{
	struct gaz_http_request *r = gaz_mem_zero(1, sizeof(*r));

	r->http = h;
	r->conn = c;
	r->control = c->control;
	r->local = c->unix_socket || c->loopback_peer;
	snprintf(r->client, sizeof(r->client), "%s", c->address);
	r->cursor = gaz_arena_alloc(&r->arena, sizeof(*r->cursor));
	gaz_buf_init(&r->body, GAZ_HTTP_BODY_MAX);
	gaz_buf_init(&r->headers, GAZ_BUF_NO_MAX);
	LIST_INSERT_HEAD(&h->waiting, r, link);
	return r;
}

void
http_request_free(struct gaz_http_request *r)
{
	LIST_REMOVE(r, link);
	gaz_buf_clear(&r->body);
	gaz_buf_clear(&r->headers);
	gaz_arena_clear(&r->arena);
	free(r);
}

/* ---- what it lends */

enum gaz_http_method
gaz_http_method_of(const struct gaz_http_request *r)
{
	return r->method;
}

struct gaz_str
gaz_http_path(const struct gaz_http_request *r)
{
	return r->head.path;
}

struct gaz_str
gaz_http_target(const struct gaz_http_request *r)
{
	return r->head.target;
}

struct gaz_str
gaz_http_rest(const struct gaz_http_request *r)
{
	struct gaz_str pattern = gaz_str_of(r->route->path);

	if (!gaz_str_ends(pattern, "*"))
		return GAZ_STR("");
	return gaz_str_sub(r->head.path, pattern.len - 1, r->head.path.len);
}

struct gaz_str
gaz_http_param(const struct gaz_http_request *r, const char *name, size_t i)
{
	size_t at = 0, seen = 0;

	/* the cursor only remembers; the request stays the same to see */
	struct param_cursor *cursor = r->cursor;

	if (cursor->name != NULL && strcmp(cursor->name, name) == 0 &&
	    i > cursor->i) {
		at = cursor->at + 1;
		seen = cursor->i + 1;
	}
	for (; at < r->params.n; at++) {
		if (!gaz_str_eq_z(r->params.v[at].name, name))
			continue;
		if (seen == i) {
			*cursor = (struct param_cursor){
				.name = r->params.v[at].name.p,
				.i = i, .at = at };
			return r->params.v[at].value;
		}
		seen++;
	}
	return GAZ_STR_NONE;
}

bool
gaz_http_param_at(const struct gaz_http_request *r, size_t i,
    struct gaz_str *name, struct gaz_str *value)
{
	if (i >= r->params.n)
		return false;
	*name = r->params.v[i].name;
	*value = r->params.v[i].value;
	return true;
}

struct gaz_str
gaz_http_header(const struct gaz_http_request *r, const char *name)
{
	return http_head_field(&r->head, name);
}

struct gaz_str
gaz_http_header_at(const struct gaz_http_request *r, const char *name,
    size_t i)
{
	for (size_t k = 0; k < r->head.fields.n; k++) {
		if (gaz_str_ieq_z(r->head.fields.v[k].name, name) && i-- == 0)
			return r->head.fields.v[k].value;
	}
	return GAZ_STR_NONE;
}

struct gaz_str
gaz_http_body(const struct gaz_http_request *r)
{
	return gaz_buf_str(&r->body);
}

bool
gaz_http_is_control(const struct gaz_http_request *r)
{
	return r->control;
}

const char *
gaz_http_client(const struct gaz_http_request *r)
{
	return r->client;
}

bool
gaz_http_is_local(const struct gaz_http_request *r)
{
	return r->local;
}

bool
gaz_http_is_gone(const struct gaz_http_request *r)
{
	return r->conn == NULL;
}

struct gaz_arena *
gaz_http_arena(struct gaz_http_request *r)
{
	return &r->arena;
}

/* ---- who may ask */

/* Does "name" or "name:port" say this host? */
static bool
names_host(struct gaz_str host, const char *ours)
{
	return ours != NULL && gaz_str_ieq(http_host_name(host),
	    http_host_name(gaz_str_of(ours)));
}

bool
http_host_is_known(const struct gaz_http *h, struct gaz_str host)
{
	struct gaz_str name = http_host_name(host);

	/* HTTP/1.0 without Host: no browser sends that */
	return name.len == 0 || http_host_is_address(name) ||
	    gaz_str_ieq_z(name, "localhost") ||
	    gaz_str_ends(name, ".localhost") ||
	    names_host(host, h->host_name) || names_host(host, h->base_host);
}

bool
http_origin_is_ours(const struct gaz_http *h, const struct gaz_http_request *r)
{
	struct gaz_str origin = gaz_http_header(r, "Origin");

	if (origin.p == NULL ||
	    gaz_http_header(r, "Authorization").p != NULL ||
	    gaz_http_header(r, "X-Auth-Token").p != NULL)
		return true;
	size_t at = gaz_str_find(origin, GAZ_STR("://"), 0);
	if (at == GAZ_STR_NPOS)
		return false; /* "null": a sandbox, a file */
	struct gaz_str host = gaz_str_sub(origin, at + 3, origin.len);
	return gaz_str_ieq(host, r->head.host) ||
	    (h->base_host != NULL && gaz_str_ieq_z(host, h->base_host));
}

/* ---- replies */

static void
put_header(struct gaz_buf *b, const char *name, const char *value)
{
	gaz_buf_put_z(b, name);
	gaz_buf_put_z(b, ": ");
	/* a line end would let a value speak for us */
	for (const char *p = value; *p != '\0'; p++) {
		unsigned char c = (unsigned char)*p;
		gaz_buf_put_char(b, c < 0x20 || c == 0x7f ? ' ' : *p);
	}
	gaz_buf_put_z(b, "\r\n");
}

void
gaz_http_add_header(struct gaz_http_request *r, const char *name,
    const char *value)
{
	if (strcmp(name, CACHE_CONTROL) == 0)
		r->has_cache_control = true;
	put_header(&r->headers, name, value);
}

static void
put_security_headers(struct gaz_buf *b)
{
	/* the page's own style and script, images of the items, nothing else */
	put_header(b, "Content-Security-Policy", "default-src 'none'; "
	    "img-src https: http: data:; style-src 'self'; "
	    "script-src 'self'; connect-src 'self'; form-action 'self'; "
	    "base-uri 'none'; frame-ancestors 'none'");
	put_header(b, "X-Content-Type-Options", "nosniff");
	put_header(b, "Referrer-Policy", "no-referrer");
}

static bool
has_no_body(int status)
{
	return status == 204 || status == 304;
}

/* The one way out: status line, headers, bytes. Frees r. */
static void
send_reply(struct gaz_http_request *r, int status, struct gaz_http_doc *d,
    bool packed)
{
	char date[GAZ_UTC_TEXT_MAX];
	struct conn *c = r->conn;
	struct gaz_buf head;

	if (c == NULL) {
		http_request_free(r);
		return;
	}
	gaz_buf_init(&head, GAZ_BUF_NO_MAX);
	gaz_buf_put_fmt(&head, "HTTP/1.1 %d %s\r\n", status,
	    http_reason(status));
	put_header(&head, "Date", gaz_utc_http(gaz_clock_utc(), date));
	if (!has_no_body(status)) {
		size_t n = d == NULL ? 0
		    : packed ? d->packed.len : d->body.len;
		if (n > 0)
			put_header(&head, "Content-Type", d->content_type);
		if (packed)
			put_header(&head, "Content-Encoding", "gzip");
		gaz_buf_put_fmt(&head, "Content-Length: %zu\r\n", n);
	}
	gaz_buf_put_str(&head, gaz_buf_str(&r->headers));
	if (!r->has_cache_control)
		put_header(&head, CACHE_CONTROL, "no-store");
	put_security_headers(&head);
	if (!c->keep)
		put_header(&head, "Connection", "close");
	else if (r->head.minor == 0)
		put_header(&head, "Connection", "keep-alive");
	gaz_buf_put_z(&head, "\r\n");

	/* never the query: it may hold a token */
	if (gaz_log_wants(GAZ_LOG_DEBUG))
		gaz_log(GAZ_LOG_DEBUG, "http", "client=%s status=%d "
		    "method=%.*s path=%.*s bytes=%zu", r->client, status,
		    GAZ_STR_ARG(r->head.method), GAZ_STR_ARG(r->head.path),
		    d == NULL ? 0 : d->body.len);
	bool with_body = !r->head_only && !has_no_body(status);
	http_request_free(r);
	http_conn_reply(c, &head, d, packed, with_body);
	gaz_buf_clear(&head);
}

void
gaz_http_reply(struct gaz_http_request *r, int status,
    const char *content_type, struct gaz_str body)
{
	struct gaz_http_doc *d;
	struct gaz_buf bytes;

	gaz_buf_init(&bytes, GAZ_BUF_NO_MAX);
	gaz_buf_put_str(&bytes, body);
	d = gaz_http_doc_new(content_type, &bytes, false);
	send_reply(r, status, d, false);
	gaz_http_doc_put(d);
}

static bool
wants_json(const struct gaz_http_request *r)
{
	return gaz_str_starts(r->head.path, "/api/") ||
	    gaz_str_starts(r->head.path, "/v1/") ||
	    http_accept_quality(gaz_http_header(r, "Accept"),
	    "application/json") > 0;
}

void
gaz_http_reply_error(struct gaz_http_request *r, int status, const char *fmt,
    ...)
{
	const char *type = "text/plain; charset=utf-8";
	struct gaz_buf text, out;
	va_list ap;

	gaz_buf_init(&text, GAZ_BUF_NO_MAX);
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	va_start(ap, fmt);
	gaz_buf_put_vfmt(&text, fmt, ap);
	va_end(ap);
	if (wants_json(r)) {
		struct gaz_json j;
		type = "application/json";
		gaz_json_init(&j, &out, 0);
		gaz_json_object(&j, NULL);
		gaz_json_str(&j, "error", gaz_buf_str(&text));
		gaz_json_end_object(&j);
		gaz_buf_put_char(&out, '\n');
	} else if (r->http->error_page != NULL && http_accept_quality(
	    gaz_http_header(r, "Accept"), "text/html") > 0) {
		struct gaz_str path = r->head.target;
		type = "text/html; charset=utf-8";
		if (!gaz_str_starts(path, "/"))
			path = GAZ_STR("/");
		r->http->error_page(status, gaz_buf_str(&text), path, &out,
		    r->http->error_page_arg);
	} else {
		gaz_buf_put_str(&out, gaz_buf_str(&text));
		gaz_buf_put_char(&out, '\n');
	}
	gaz_http_reply(r, status, type, gaz_buf_str(&out));
	gaz_buf_clear(&text);
	gaz_buf_clear(&out);
}

void
gaz_http_reply_redirect(struct gaz_http_request *r, int status,
    const char *location)
{
	gaz_http_add_header(r, "Location", location);
	gaz_http_reply(r, status, "text/plain; charset=utf-8", GAZ_STR(""));
}

void
gaz_http_reply_doc(struct gaz_http_request *r, struct gaz_http_doc *d,
    int max_age_s)
{
	struct gaz_str condition = gaz_http_header(r, "If-None-Match");
	char plain_tag[64], packed_tag[64], quoted[72], age[48];

	snprintf(plain_tag, sizeof(plain_tag), "%s", d->etag);
	snprintf(packed_tag, sizeof(packed_tag), "%s-gzip", d->etag);
	bool packed = d->packed.len > 0 &&
	    http_accepts_gzip(gaz_http_header(r, "Accept-Encoding"));
	bool known = false;
	if (r->method == GAZ_HTTP_GET && condition.p != NULL) {
		bool knows_packed = http_etag_matches(condition,
		    gaz_str_of(packed_tag));
		bool knows_plain = http_etag_matches(condition,
		    gaz_str_of(plain_tag));
		known = knows_packed || knows_plain;
		/* confirm the form that the client holds */
		if (known && knows_packed != knows_plain)
			packed = knows_packed;
	}
	snprintf(quoted, sizeof(quoted), "\"%s\"", packed ? packed_tag
	                                                  : plain_tag);
	gaz_http_add_header(r, "ETag", quoted);
	gaz_http_add_header(r, "Vary", "Accept-Encoding");
	if (!r->has_cache_control) {
		if (max_age_s > 0)
			snprintf(age, sizeof(age), "max-age=%d", max_age_s);
		else
			snprintf(age, sizeof(age), "no-cache");
		gaz_http_add_header(r, CACHE_CONTROL, age);
	}
	send_reply(r, known ? 304 : 200, d, packed);
}

void
gaz_http_reply_document(struct gaz_http_request *r, const char *content_type,
    struct gaz_str body, int max_age_s)
{
	struct gaz_http_doc *d;
	struct gaz_buf bytes;

	gaz_buf_init(&bytes, GAZ_BUF_NO_MAX);
	gaz_buf_put_str(&bytes, body);
	d = gaz_http_doc_new(content_type, &bytes, false);
	if (http_accepts_gzip(gaz_http_header(r, "Accept-Encoding")))
		http_doc_pack_small(d);
	gaz_http_reply_doc(r, d, max_age_s);
	gaz_http_doc_put(d);
}
