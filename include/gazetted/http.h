#ifndef GAZETTED_HTTP_H
#define GAZETTED_HTTP_H

#include "gazetted/arena.h"
#include "gazetted/buf.h"
#include "gazetted/clock.h"

/*
 * HTTP/1.1 in (RFC 9110, RFC 9112), on TCP and Unix sockets: the limits of
 * limits.h, a route table, conditional answers by content, gzip, and a cache
 * of rendered documents. Loop thread only, but for what says otherwise.
 */
struct event_base;
struct gaz_metrics;
struct gaz_http;
struct gaz_http_request;

enum gaz_http_method {
	GAZ_HTTP_GET = 1, /* HEAD is answered by GET's handler */
	GAZ_HTTP_POST = 2,
	GAZ_HTTP_PUT = 4,
	GAZ_HTTP_DELETE = 8,
};

/*
 * Called with the whole request, body and all. Replies at once or keeps the
 * request and replies later.
 */
typedef void (*gaz_http_handler_fn)(struct gaz_http_request *req, void *arg);

/*
 * Called with the head alone, before a byte of the body is taken: path and
 * header fields are there, parameters are not. Returns 0 to go on, or the
 * status to refuse with and why; may set *max_body.
 */
typedef int (*gaz_http_admit_fn)(const struct gaz_http_request *req, void *arg,
    size_t *max_body, const char **why);

struct gaz_http_route {
	unsigned methods;
	const char *path; /* exact, or a prefix when it ends with '*' */
	gaz_http_handler_fn handler;
	bool control_only; /* only from the control socket, else 403 */
	/*
	 * A browser may send it from another site's page. Otherwise what is not
	 * GET and carries an Origin of another host gets 403, unless it has an
	 * Authorization or X-Auth-Token header, which no such page can add.
	 */
	bool cross_site;
	size_t max_body; /* bytes; 0: GAZ_HTTP_BODY_MAX */
	gaz_http_admit_fn admit; /* NULL: everybody */
};

/* gaz_http_options_init fills in the values of limits.h. */
struct gaz_http_options {
	size_t connections, connections_per_address;
	/* Loopback and Unix clients share their address: not counted by it. */
	bool count_loopback;
	/* One that never asked anything may be closed to make room after this;
	 * one between two requests at once. */
	int64_t evict_ms;
	int64_t head_timeout_ms;     /* for a whole request head */
	int64_t idle_timeout_ms;     /* between two requests */
	int64_t progress_timeout_ms; /* for the next piece of a body */
	size_t progress_bytes;       /* the piece: less closes */
	struct gaz_metrics *metrics; /* NULL: none; outlives the server */
};
void gaz_http_options_init(struct gaz_http_options *opt);

/* opt NULL: the defaults. Ignores SIGPIPE unless somebody handles it. */
struct gaz_http *gaz_http_new(struct event_base *base,
    const struct gaz_http_options *opt);
/*
 * Closes everything and removes its Unix sockets. Requests that still wait for
 * a reply are freed: replying to them afterwards is a bug.
 */
void gaz_http_free(struct gaz_http *h);
/* routes must outlive h; arg goes to every handler. The best match is the
 * exact path, else the longest prefix. */
void gaz_http_set_routes(struct gaz_http *h, const struct gaz_http_route *r,
    size_t n, void *arg);
/*
 * Where readers find us, for the check of Host: on a loopback address only IP
 * addresses, localhost, this machine's name and the host of base_url are
 * answered, since another name may be a page that was rebound to us (421).
 */
void gaz_http_set_base_url(struct gaz_http *h, struct gaz_str base_url);
/*
 * Writes the page of an error for browsers; without it they get plain text.
 * path is the raw one of the request, which links are relative to.
 */
typedef void (*gaz_http_error_page_fn)(int status, struct gaz_str message,
    struct gaz_str path, struct gaz_buf *out, void *arg);
void gaz_http_set_error_page(struct gaz_http *h, gaz_http_error_page_fn fn,
    void *arg);

/*
 * "ADDR:PORT", "[ADDR]:PORT" or a path. Port 0 takes a free one. control: the
 * control socket (mode 0600; other Unix sockets are open to everybody). A
 * stale socket file is replaced, a live one is an error. Errors name the
 * address and what to do.
 */
bool gaz_http_listen(struct gaz_http *h, const char *address, bool control,
    struct gaz_err *err) __attribute__((warn_unused_result));
/* Where it listens, as "ADDR:PORT" or a path; NULL past the last. */
const char *gaz_http_address(const struct gaz_http *h, size_t i);
/* Takes the i-th address out of use; the numbers behind it move down. */
void gaz_http_unlisten(struct gaz_http *h, size_t i);
/* True for 127.0.0.0/8, [::1] and paths: only this machine gets there. */
bool gaz_http_is_local_address(const char *address);
/* Take no new connection and close idle ones; others close after their
 * reply. */
void gaz_http_stop(struct gaz_http *h);
/* Requests under way, until the last byte of their reply has left. */
size_t gaz_http_open_requests(const struct gaz_http *h);
size_t gaz_http_connections(const struct gaz_http *h);

/* ---- a request; what it lends is valid until the reply */
enum gaz_http_method gaz_http_method_of(const struct gaz_http_request *r);
struct gaz_str gaz_http_path(const struct gaz_http_request *r); /* decoded */
struct gaz_str gaz_http_target(const struct gaz_http_request *r); /* raw */
/* What follows the prefix of the route, decoded; "" for an exact one. */
struct gaz_str gaz_http_rest(const struct gaz_http_request *r);
/*
 * Parameter of the query, then of a form body; absent: none. i: the i-th of
 * that name. Walking i upwards is cheap.
 */
struct gaz_str gaz_http_param(const struct gaz_http_request *r,
    const char *name, size_t i);
/* The i-th parameter of all, in order; false past the last. */
bool gaz_http_param_at(const struct gaz_http_request *r, size_t i,
    struct gaz_str *name, struct gaz_str *value);
/* The first header field of that name, case aside; absent: none. */
struct gaz_str gaz_http_header(const struct gaz_http_request *r,
    const char *name);
/* The i-th of that name; absent past the last. */
struct gaz_str gaz_http_header_at(const struct gaz_http_request *r,
    const char *name, size_t i);
struct gaz_str gaz_http_body(const struct gaz_http_request *r);
bool gaz_http_is_control(const struct gaz_http_request *r);
/* The peer's IP address, or "unix". */
const char *gaz_http_client(const struct gaz_http_request *r);
/* It comes from this machine: loopback or a Unix socket. */
bool gaz_http_is_local(const struct gaz_http_request *r);
/* The client has closed meanwhile; a reply is due all the same. */
bool gaz_http_is_gone(const struct gaz_http_request *r);
/* Memory that lives as long as the request. */
struct gaz_arena *gaz_http_arena(struct gaz_http_request *r);

/*
 * Reply exactly once, at once or later, from the loop. A client that left
 * meanwhile is no error. The body is copied. Not to be stored by caches unless
 * a Cache-Control was added.
 */
void gaz_http_reply(struct gaz_http_request *r, int status,
    const char *content_type, struct gaz_str body);
/* An error for people or, under /api/ and /v1/ or when JSON is asked for,
 * {"error": …}; a page for browsers. */
void gaz_http_reply_error(struct gaz_http_request *r, int status,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* 301, 302, 303, 307 or 308. */
void gaz_http_reply_redirect(struct gaz_http_request *r, int status,
    const char *location);
/* Before a reply. Control characters in value become spaces. */
void gaz_http_add_header(struct gaz_http_request *r, const char *name,
    const char *value);

/*
 * ---- a document: bytes with their type, a strong ETag of the content and,
 * if wanted, a gzip form. Made on any thread, then used by the loop thread
 * alone; several requests and the cache may share it.
 */
struct gaz_http_doc;
/* Takes the bytes out of body, which is left empty. */
struct gaz_http_doc *gaz_http_doc_new(const char *content_type,
    struct gaz_buf *body, bool gzip);
struct gaz_http_doc *gaz_http_doc_get(struct gaz_http_doc *d); /* one more */
void gaz_http_doc_put(struct gaz_http_doc *d); /* one owner less */
struct gaz_str gaz_http_doc_body(const struct gaz_http_doc *d);
/*
 * Answers 200 or, when the client has it, 304. max_age_s is what the client may
 * go on without asking; 0: asks each time. The reply takes an owner's share of
 * its own.
 */
void gaz_http_reply_doc(struct gaz_http_request *r, struct gaz_http_doc *d,
    int max_age_s);
/* The same from bytes, which are copied. Small ones are packed on the spot;
 * large ones should be made a document by the thread that renders them. */
void gaz_http_reply_document(struct gaz_http_request *r,
    const char *content_type, struct gaz_str body, int max_age_s);

/* ---- rendered documents, by target and generation */
struct gaz_http_cache;
/* The least recently used go first when max_bytes are passed. */
struct gaz_http_cache *gaz_http_cache_new(size_t max_bytes);
void gaz_http_cache_free(struct gaz_http_cache *c);
/* Lends; NULL when not there. One of another generation is dropped. */
struct gaz_http_doc *gaz_http_cache_find(struct gaz_http_cache *c,
    struct gaz_str key, int64_t generation);
/* Takes a share of its own; what the key had before is dropped. One that is
 * larger than the whole cache is not kept. */
void gaz_http_cache_put(struct gaz_http_cache *c, struct gaz_str key,
    int64_t generation, struct gaz_http_doc *d);
size_t gaz_http_cache_bytes(const struct gaz_http_cache *c);
size_t gaz_http_cache_count(const struct gaz_http_cache *c);

#endif
