#ifndef GAZETTED_HTTP_H
#define GAZETTED_HTTP_H

#include "gazetted/arena.h"
#include "gazetted/buf.h"
#include "gazetted/clock.h"

/*
 * HTTP in: evhttp on TCP and Unix sockets with the limits of limits.h, a
 * route table, conditional answers by content, gzip, and a cache of rendered
 * documents. Loop thread only.
 */
struct event_base;
struct gaz_http;
struct gaz_http_request;

enum gaz_http_method {
	GAZ_HTTP_GET = 1,  /* HEAD is answered by GET's handler */
	GAZ_HTTP_POST = 2,
	GAZ_HTTP_PUT = 4,
	GAZ_HTTP_DELETE = 8,
};

typedef void (*gaz_http_handler_fn)(struct gaz_http_request *req, void *arg);

struct gaz_http_route {
	unsigned methods;
	const char *path;  /* exact, or a prefix when it ends with '*' */
	gaz_http_handler_fn handler;
	bool control_only; /* only from the control socket */
};

struct gaz_http *gaz_http_new(struct event_base *base);
/* Requests still open are dropped. */
void gaz_http_free(struct gaz_http *h);
/* routes must outlive h; arg goes to every handler. */
void gaz_http_set_routes(struct gaz_http *h, const struct gaz_http_route *r,
    size_t n, void *arg);

/*
 * "ADDR:PORT", "[ADDR]:PORT" or a path. Port 0 takes a free one. control: the
 * control socket (mode 0600). A stale socket file is replaced, a live one is
 * an error. Errors name the address and what to do.
 */
bool gaz_http_listen(struct gaz_http *h, const char *address, bool control,
    struct gaz_err *err) __attribute__((warn_unused_result));
/* Where it listens, as "ADDR:PORT" or a path; NULL past the last. */
const char *gaz_http_address(const struct gaz_http *h, size_t i);
/* Take no new connection and close idle ones. */
void gaz_http_stop(struct gaz_http *h);
/* Requests under way. */
size_t gaz_http_open_requests(const struct gaz_http *h);

/* ---- a request; lends, valid until the reply */
enum gaz_http_method gaz_http_method_of(const struct gaz_http_request *r);
struct gaz_str gaz_http_path(const struct gaz_http_request *r); /* decoded */
struct gaz_str gaz_http_target(const struct gaz_http_request *r); /* raw */
/* Parameter of the query or of a form body; absent: none. i: the i-th. */
struct gaz_str gaz_http_param(const struct gaz_http_request *r,
    const char *name, size_t i);
struct gaz_str gaz_http_header(const struct gaz_http_request *r,
    const char *name);
struct gaz_str gaz_http_body(const struct gaz_http_request *r);
bool gaz_http_is_control(const struct gaz_http_request *r);
/* Memory that lives as long as the request. */
struct gaz_arena *gaz_http_arena(struct gaz_http_request *r);

/*
 * Reply exactly once, at once or later, from the loop. A client that left
 * meanwhile is no error. The body is copied.
 */
void gaz_http_reply(struct gaz_http_request *r, int status,
    const char *content_type, struct gaz_str body);
/*
 * A document: strong ETag of the content, 304 when the client has it, gzip
 * when it takes it, Cache-Control, security headers for text/html.
 */
void gaz_http_reply_document(struct gaz_http_request *r,
    const char *content_type, struct gaz_str body, int max_age_s);
void gaz_http_reply_error(struct gaz_http_request *r, int status,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void gaz_http_reply_redirect(struct gaz_http_request *r, int status,
    const char *location);
/* Before a reply. */
void gaz_http_add_header(struct gaz_http_request *r, const char *name,
    const char *value);

/* ---- rendered documents, by target and generation */
struct gaz_http_cache;
struct gaz_http_cache *gaz_http_cache_new(size_t max_bytes);
void gaz_http_cache_free(struct gaz_http_cache *c);
/* Lends; absent when not there or of another generation. */
struct gaz_str gaz_http_cache_find(struct gaz_http_cache *c,
    struct gaz_str key, int64_t generation);
void gaz_http_cache_put(struct gaz_http_cache *c, struct gaz_str key,
    int64_t generation, struct gaz_str bytes);

#endif
