#ifndef GAZ_HTTP_SERVER_H
#define GAZ_HTTP_SERVER_H

#include "gazetted/http.h"

#include <sys/queue.h>
#include <sys/stat.h>

#include "head.h"

/*
 * A connection's life:
 *
 *     HEAD -> BODY -> WAIT -> WRITE -> HEAD …       kept alive
 *       |       |               |
 *       +-------+-> WRITE ------+-> LINGER -> closed
 *
 * HEAD reads (or idles), BODY collects, WAIT is the handler's turn, WRITE hands
 * the reply to the socket piece by piece. LINGER: the reply is out but the
 * client may still be sending; what it sends is thrown away for a moment, or
 * the reset that closing causes would destroy the reply on its way.
 */
enum conn_state {
	CONN_HEAD,
	CONN_BODY,
	CONN_WAIT,
	CONN_WRITE,
	CONN_LINGER,
};

struct listener {
	struct gaz_http *http;
	struct evconnlistener *ev;
	struct event *retry; /* after accept ran out of descriptors */
	char *address;       /* as it is reported */
	char *path;          /* of a Unix socket; NULL: TCP */
	dev_t dev;           /* of the socket file, to remove only ours */
	ino_t ino;
	bool control, loopback;
	TAILQ_ENTRY(listener) link;
};

/* Where a walk over parameters of one name stands. */
struct param_cursor {
	const char *name;
	size_t i, at; /* the i-th of that name is params.v[at] */
};

struct gaz_http_request {
	struct gaz_http *http;
	struct conn *conn; /* NULL: the client is gone */
	struct gaz_arena arena;
	struct http_head head;
	const struct gaz_http_route *route; /* NULL: an error of ours */
	enum gaz_http_method method;
	bool head_only; /* HEAD: the reply has no body */
	bool control, local;
	char client[64];
	struct gaz_buf body;
	http_pair_list params;
	struct param_cursor *cursor; /* in the arena */
	struct gaz_buf headers; /* of the reply, added so far */
	bool has_cache_control;
	LIST_ENTRY(gaz_http_request) link;
};

enum chunk_state {
	CHUNK_SIZE,
	CHUNK_DATA,
	CHUNK_DATA_END,
	CHUNK_TRAILER,
};

struct conn {
	struct gaz_http *http;
	struct bufferevent *bev;
	struct event *timer;
	enum conn_state state;
	bool control, unix_socket, loopback_peer, loopback_listener;
	bool keep;         /* another request may follow this reply */
	bool eof;          /* the client sends no more */
	bool timer_is_idle;
	char address[64];
	char network[64];  /* what the limit of an address counts */
	struct gaz_mono opened;
	size_t scanned;    /* of the head */
	size_t body_left;  /* of Content-Length or of this chunk */
	size_t body_max;
	enum chunk_state chunk;
	size_t trailer_bytes;
	size_t progress;   /* bytes since the timer was set */
	struct gaz_http_request *req; /* from a complete head to the reply */
	struct gaz_http_doc *doc; /* being written */
	bool packed;       /* its gzip form */
	size_t sent;       /* bytes of doc handed to bev */
	size_t lingered;
	TAILQ_ENTRY(conn) link; /* longest without a request first */
};

struct gaz_http {
	struct event_base *base;
	struct gaz_http_options opt;
	const struct gaz_http_route *routes;
	size_t route_count;
	void *arg;
	gaz_http_error_page_fn error_page;
	void *error_page_arg;
	char *base_host; /* host:port of base_url; NULL: none */
	char *host_name; /* of this machine */
	bool stopped, freeing;
	TAILQ_HEAD(, listener) listeners;
	TAILQ_HEAD(, conn) conns;
	size_t conn_count, control_count;
	LIST_HEAD(, gaz_http_request) waiting;
};

struct gaz_http_doc {
	size_t refs;
	char *content_type;
	char etag[33];     /* without quotes; "": none */
	struct gaz_buf body;
	struct gaz_buf packed; /* empty: none */
};

/* Who is at the other end of an accepted socket. */
struct peer {
	char address[64]; /* as text, or "unix" */
	char network[64]; /* the address; of IPv6 the /64 that one host has */
	bool loopback;
};

struct sockaddr;
/* listen.c */
void http_peer_of(const struct sockaddr *sa, struct peer *out);

/* accept.c: take over an accepted socket, or turn it away. */
void http_accept(struct listener *l, int fd, const struct peer *peer);

/* conn.c */
void http_conn_new(struct listener *l, int fd, const struct peer *peer);
void http_conn_free(struct conn *c);
/* Nothing of a request has come. */
bool http_conn_is_idle(const struct conn *c);
/* Send head and d's bytes (d may be NULL); takes a share of d. */
void http_conn_reply(struct conn *c, struct gaz_buf *head,
    struct gaz_http_doc *d, bool packed, bool with_body);

/*
 * body.c: move what has come of the body to the request. Return one of these,
 * or the status to refuse it with and *why.
 */
#define HTTP_BODY_MORE (-1)
#define HTTP_BODY_DONE 0
struct evbuffer;
int http_body_read(struct conn *c, struct evbuffer *in, const char **why);

/* route.c */
struct route_match {
	const struct gaz_http_route *route; /* NULL: see status */
	unsigned allowed; /* methods, for 405 */
	bool found;       /* the path is known */
};
struct route_match http_route_find(const struct gaz_http_route *routes,
    size_t n, struct gaz_str path, unsigned method);
/* "GET, HEAD, POST" */
void http_route_allow(unsigned methods, struct gaz_buf *out);

/* listen.c */
void http_listener_free(struct listener *l);

/* reply.c */
struct gaz_http_request *http_request_new(struct gaz_http *h, struct conn *c);
void http_request_free(struct gaz_http_request *r);
bool http_host_is_known(const struct gaz_http *h, struct gaz_str host);
bool http_origin_is_ours(const struct gaz_http *h,
    const struct gaz_http_request *r);

/* doc.c: packs when small enough to do on the loop. */
void http_doc_pack_small(struct gaz_http_doc *d);

#endif
