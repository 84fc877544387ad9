#ifndef GAZ_HTTP_HEAD_H
#define GAZ_HTTP_HEAD_H

#include "gazetted/arena.h"

/*
 * The head of a request (RFC 9112) and the small languages in its fields.
 * Pure; any bytes are survived. Everything found points into the bytes given or
 * into the arena.
 */
struct http_pair {
	struct gaz_str name, value;
};
typedef GAZ_LIST(struct http_pair) http_pair_list;

struct http_head {
	struct gaz_str method, target; /* as they came */
	int minor;              /* HTTP/1.minor */
	http_pair_list fields;  /* values trimmed */
	struct gaz_str host;    /* with its port; absent: HTTP/1.0 without */
	struct gaz_str path;    /* decoded, UTF-8, begins with '/' */
	struct gaz_str query;   /* raw, without '?'; absent: none */
	int64_t content_length; /* -1: not said */
	bool chunked;
	bool keep_alive;
	bool expect_continue;
};

/*
 * Where the head ends: offset behind its empty line, or 0 when it is not
 * complete. *scanned remembers how far the search came; 0 at first.
 */
size_t http_head_end(struct gaz_str bytes, size_t *scanned);

/*
 * Read a complete head. Return 0, or the status to refuse it with and *why in
 * one clause. method and minor are filled in as far as they were read.
 */
int http_head_parse(struct gaz_str bytes, struct gaz_arena *a,
    struct http_head *out, const char **why);

/* The first field of that name, case aside; absent: none. */
struct gaz_str http_head_field(const struct http_head *h, const char *name);

/* ---- fields.c */

/* Without spaces and tabs at both ends. */
struct gaz_str http_trim(struct gaz_str s);
/*
 * Percent-decode once, "+" to a space when form. Absent on a broken escape, on
 * NUL, or when the result is not UTF-8.
 */
struct gaz_str http_decode(struct gaz_str s, bool form, struct gaz_arena *a);

/* Append "a=1&b=2" to out. false on broken encoding or past max of them. */
bool http_params_parse(struct gaz_str s, size_t max, struct gaz_arena *a,
    http_pair_list *out, const char **why);

/* Does the list of If-None-Match name a tag with this opaque part? ("*" does;
 * W/ is ignored, as RFC 9110 section 13.1.2 asks.) */
bool http_etag_matches(struct gaz_str if_none_match, struct gaz_str opaque);

/* Accept-Encoding wants gzip at least as much as the plain bytes. */
bool http_accepts_gzip(struct gaz_str accept_encoding);

/* Quality (0..1000) that an Accept field gives "type/subtype" by naming it;
 * 0 when only a wildcard would cover it. */
int http_accept_quality(struct gaz_str accept, const char *type);

/* The host of "host:port" or "[v6]:port", without port and brackets. */
struct gaz_str http_host_name(struct gaz_str host);
bool http_host_is_address(struct gaz_str name);

const char *http_reason(int status);

#endif
