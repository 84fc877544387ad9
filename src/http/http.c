/*
 * The server and its connections. A connection is a bufferevent whose input is
 * parsed here and nowhere else, and one timer that means something else in each
 * state: the whole head, the pause between requests, the next piece of a body
 * in or out. What is queued for a client stays below GAZ_HTTP_OUTPUT_MAX: the
 * rest waits in the document, which clients share.
 */
#include "config.h"

#include "server.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gazetted/limits.h"
#include "gazetted/mem.h"
#include "gazetted/metrics.h"

/* What a client may still send after a reply that did not wait for it. */
#define LINGER_MS 2000
#define LINGER_BYTES (16u << 20)
/* An unfinished line of a chunked body, and all of its trailers. */
#define CHUNK_LINE_MAX 1024
#define READ_HIGH (64u << 10)

static void process_body(struct conn *c);

void
gaz_http_options_init(struct gaz_http_options *opt)
{
	*opt = (struct gaz_http_options){
		.connections = GAZ_HTTP_CONNECTIONS_MAX,
		.connections_per_address = GAZ_HTTP_CONNECTIONS_PER_ADDRESS,
		.evict_ms = 2000,
		.head_timeout_ms = GAZ_HTTP_HEAD_TIMEOUT_S * 1000,
		.idle_timeout_ms = GAZ_HTTP_IDLE_TIMEOUT_S * 1000,
		.progress_timeout_ms = GAZ_HTTP_PROGRESS_TIMEOUT_S * 1000,
		.progress_bytes = GAZ_HTTP_PROGRESS_BYTES,
	};
}

struct gaz_http *
gaz_http_new(struct event_base *base, const struct gaz_http_options *opt)
{
	struct gaz_http *h = gaz_mem_zero(1, sizeof(*h));
	struct sigaction old;
	char name[256] = "";

	h->base = base;
	if (opt != NULL)
		h->opt = *opt;
	else
		gaz_http_options_init(&h->opt);
	TAILQ_INIT(&h->listeners);
	TAILQ_INIT(&h->conns);
	LIST_INIT(&h->waiting);
	if (gethostname(name, sizeof(name) - 1) == 0)
		h->host_name = gaz_mem_strdup(name);
	/* a client that closes while we write is everyday life */
	if (sigaction(SIGPIPE, NULL, &old) == 0 && old.sa_handler == SIG_DFL) {
		struct sigaction ignore = { .sa_handler = SIG_IGN };
		sigaction(SIGPIPE, &ignore, NULL);
	}
	return h;
}

void
gaz_http_set_routes(struct gaz_http *h, const struct gaz_http_route *r,
    size_t n, void *arg)
{
	h->routes = r;
	h->route_count = n;
	h->arg = arg;
}

void
gaz_http_set_error_page(struct gaz_http *h, gaz_http_error_page_fn fn,
    void *arg)
{
	h->error_page = fn;
	h->error_page_arg = arg;
}

void
gaz_http_set_base_url(struct gaz_http *h, struct gaz_str base_url)
{
	free(h->base_host);
	h->base_host = NULL;
	size_t from = gaz_str_find(base_url, GAZ_STR("://"), 0);
	if (from == GAZ_STR_NPOS)
		return;
	struct gaz_str host = gaz_str_sub(base_url, from + 3, base_url.len);
	host = gaz_str_sub(host, 0, gaz_str_find_char(host, '/', 0));
	h->base_host = gaz_mem_strndup(host.p, host.len);
}

size_t
gaz_http_connections(const struct gaz_http *h)
{
	return h->conn_count + h->control_count;
}

size_t
gaz_http_open_requests(const struct gaz_http *h)
{
	const struct gaz_http_request *r;
	const struct conn *c;
	size_t n = 0;

	LIST_FOREACH(r, &h->waiting, link)
		n++;
	TAILQ_FOREACH(c, &h->conns, link)
		n += c->state == CONN_WRITE;
	return n;
}

/* ---- connections */

static void
set_timer(struct conn *c, int64_t ms)
{
	struct timeval tv = { ms / 1000, (ms % 1000) * 1000 };

	c->progress = 0;
	event_add(c->timer, &tv);
}

static void
conn_free(struct conn *c)
{
	struct gaz_http *h = c->http;

	TAILQ_REMOVE(&h->conns, c, link);
	if (c->control)
		h->control_count--;
	else
		h->conn_count--;
	if (c->req != NULL) {
		/* in WAIT somebody holds it and will reply into the void */
		c->req->conn = NULL;
		if (c->state != CONN_WAIT)
			http_request_free(c->req);
	}
	gaz_http_doc_put(c->doc);
	event_free(c->timer);
	bufferevent_free(c->bev);
	free(c);
}

/* Does the timer run for a client that asks for nothing? */
static bool
is_idle(const struct conn *c)
{
	return c->state == CONN_HEAD &&
	    evbuffer_get_length(bufferevent_get_input(c->bev)) == 0;
}

/* Back to waiting for a request head. */
static void
begin_head(struct conn *c, bool first)
{
	c->state = CONN_HEAD;
	c->scanned = 0;
	c->timer_is_idle = !first;
	set_timer(c, first ? c->http->opt.head_timeout_ms
	                   : c->http->opt.idle_timeout_ms);
	/* the one idle longest stands first */
	TAILQ_REMOVE(&c->http->conns, c, link);
	TAILQ_INSERT_TAIL(&c->http->conns, c, link);
}

static void
begin_linger(struct conn *c)
{
	int fd = bufferevent_getfd(c->bev);

	if (c->eof || fd == -1) {
		conn_free(c);
		return;
	}
	c->state = CONN_LINGER;
	c->lingered = 0;
	shutdown(fd, SHUT_WR);
	set_timer(c, LINGER_MS);
	bufferevent_enable(c->bev, EV_READ);
	struct evbuffer *in = bufferevent_get_input(c->bev);
	evbuffer_drain(in, evbuffer_get_length(in));
}

/* Hand the next piece of the document to the socket. */
static void
write_more(struct conn *c)
{
	struct evbuffer *out = bufferevent_get_output(c->bev);

	if (c->doc == NULL)
		return;
	const struct gaz_buf *bytes = c->packed ? &c->doc->packed
	                                        : &c->doc->body;
	size_t queued = evbuffer_get_length(out);
	size_t left = bytes->len - c->sent;
	size_t room = queued < GAZ_HTTP_OUTPUT_MAX
	    ? GAZ_HTTP_OUTPUT_MAX - queued : 0;
	size_t n = left < room ? left : room;
	if (n > 0)
		evbuffer_add(out, bytes->p + c->sent, n);
	c->sent += n;
	if (c->sent == bytes->len) {
		gaz_http_doc_put(c->doc);
		c->doc = NULL;
	}
}

void
http_conn_reply(struct conn *c, struct gaz_buf *head, struct gaz_http_doc *d,
    bool packed, bool with_body)
{
	c->req = NULL;
	c->state = CONN_WRITE;
	bufferevent_write(c->bev, head->p, head->len);
	c->sent = 0;
	c->packed = packed;
	c->doc = d != NULL && with_body ? gaz_http_doc_get(d) : NULL;
	if (c->http->opt.metrics != NULL)
		gaz_metrics_add(c->http->opt.metrics,
		    GAZ_METRIC_HTTP_REQUESTS, 1);
	set_timer(c, c->http->opt.progress_timeout_ms);
	write_more(c);
}

/* Answer a request that cannot be read on; the connection ends with it. */
static void
refuse(struct conn *c, int status, const char *why)
{
	if (c->req == NULL)
		c->req = http_request_new(c->http, c);
	c->keep = false;
	c->state = CONN_WAIT;
	gaz_http_reply_error(c->req, status, "%s", why);
}

static void
dispatch(struct conn *c)
{
	struct gaz_http_request *r = c->req;
	const char *why = NULL;

	c->state = CONN_WAIT;
	event_del(c->timer);
	struct gaz_str type = gaz_http_header(r, "Content-Type");
	if (gaz_str_istarts(type, "application/x-www-form-urlencoded") &&
	    !http_params_parse(gaz_buf_str(&r->body), GAZ_HTTP_PARAMS_MAX,
	    &r->arena, &r->params, &why)) {
		gaz_http_reply_error(r, r->params.n < GAZ_HTTP_PARAMS_MAX
		    ? 400 : 413, "%s", why);
		return;
	}
	r->route->handler(r, c->http->arg);
}

/* Decide from the head alone. Return the status to refuse with, or 0. */
static int
check_head(struct conn *c, struct gaz_http_request *r, const char **why)
{
	struct gaz_str m = r->head.method;
	bool standard = false;

	static const struct {
		const char *name;
		enum gaz_http_method method;
	} methods[] = {
		{ "GET", GAZ_HTTP_GET },
		{ "HEAD", GAZ_HTTP_GET },
		{ "POST", GAZ_HTTP_POST },
		{ "PUT", GAZ_HTTP_PUT },
		{ "DELETE", GAZ_HTTP_DELETE },
		{ "OPTIONS", 0 },
		{ "PATCH", 0 },
		{ "TRACE", 0 },
		{ "CONNECT", 0 },
	};
	for (size_t i = 0; i < GAZ_COUNT(methods); i++) {
		if (gaz_str_eq_z(m, methods[i].name)) {
			standard = true;
			r->method = methods[i].method;
		}
	}
	r->head_only = gaz_str_eq_z(m, "HEAD");
	if (!standard) {
		*why = "this method is unknown";
		return 501;
	}
	if (!c->unix_socket && c->loopback_listener &&
	    !http_host_is_known(c->http, r->head.host)) {
		*why = "this host name is not known here; if it should be, "
		    "set base-url to it";
		return 421;
	}
	if (gaz_str_find(r->head.path, GAZ_STR("/../"), 0) != GAZ_STR_NPOS ||
	    gaz_str_ends(r->head.path, "/..")) {
		*why = "there is no such page";
		return 404;
	}
	struct route_match match = http_route_find(c->http->routes,
	    c->http->route_count, r->head.path, r->method);
	if (!match.found) {
		*why = "there is no such page";
		return 404;
	}
	if (match.route == NULL) {
		struct gaz_buf allow;
		gaz_buf_init(&allow, 128);
		http_route_allow(match.allowed, &allow);
		gaz_http_add_header(r, "Allow", allow.p);
		gaz_buf_clear(&allow);
		*why = "this method does not go with this page";
		return 405;
	}
	r->route = match.route;
	if (match.route->control_only && !r->control) {
		*why = "this is answered on the control socket only";
		return 403;
	}
	if (r->method != GAZ_HTTP_GET && !match.route->cross_site &&
	    !http_origin_is_ours(c->http, r)) {
		*why = "a page of another site must not change anything here";
		return 403;
	}
	if (!http_params_parse(r->head.query, GAZ_HTTP_PARAMS_MAX, &r->arena,
	    &r->params, why))
		return r->params.n < GAZ_HTTP_PARAMS_MAX ? 400 : 414;
	struct gaz_str coding = gaz_http_header(r, "Content-Encoding");
	if (!gaz_str_is_empty(coding) && !gaz_str_ieq_z(coding, "identity")) {
		*why = "a packed body is not understood";
		return 415;
	}
	c->body_max = match.route->max_body != 0 ? match.route->max_body
	                                         : GAZ_HTTP_BODY_MAX;
	if (r->head.content_length > (int64_t)c->body_max) {
		*why = "the body is too large";
		return 413;
	}
	return 0;
}

static void
begin_body(struct conn *c)
{
	static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
	struct gaz_http_request *r = c->req;

	c->state = CONN_BODY;
	gaz_buf_init(&r->body, c->body_max);
	c->chunk = CHUNK_SIZE;
	c->trailer_bytes = 0;
	c->body_left = r->head.chunked ? 0 : (size_t)r->head.content_length;
	set_timer(c, c->http->opt.progress_timeout_ms);
	if (r->head.expect_continue &&
	    evbuffer_get_length(bufferevent_get_input(c->bev)) == 0)
		bufferevent_write(c->bev, go_on, sizeof(go_on) - 1);
}

/* Read a head if it is complete. */
static void
process_head(struct conn *c)
{
	struct evbuffer *in = bufferevent_get_input(c->bev);
	size_t have = evbuffer_get_length(in);
	const char *why = NULL;

	if (have == 0)
		return;
	if (c->timer_is_idle) {
		c->timer_is_idle = false;
		set_timer(c, c->http->opt.head_timeout_ms);
	}
	size_t look = have <= GAZ_HTTP_HEADERS_MAX ? have
	                                           : GAZ_HTTP_HEADERS_MAX;
	const char *p = (const char *)evbuffer_pullup(in, (ssize_t)look);
	size_t end = http_head_end(gaz_str_make(p, look), &c->scanned);
	if (end == 0) {
		if (have >= GAZ_HTTP_HEADERS_MAX)
			refuse(c, 431, "the request head is too large");
		else if (c->eof)
			conn_free(c);
		return;
	}

	struct gaz_http_request *r = http_request_new(c->http, c);
	c->req = r;
	struct gaz_str bytes = gaz_arena_str(&r->arena,
	    gaz_str_make(p, end));
	evbuffer_drain(in, end);
	int status = http_head_parse(bytes, &r->arena, &r->head, &why);
	if (status == 0)
		status = check_head(c, r, &why);
	if (status != 0) {
		refuse(c, status, why);
		return;
	}
	c->keep = r->head.keep_alive && !c->http->stopped;
	if (r->head.chunked || r->head.content_length > 0) {
		begin_body(c);
		process_body(c); /* what came along with the head */
	} else {
		dispatch(c);
	}
}

/* Move at most n bytes from the input to the body. */
static void
take_body(struct conn *c, struct evbuffer *in, size_t n)
{
	struct gaz_buf *body = &c->req->body;

	while (n > 0) {
		size_t piece = evbuffer_get_contiguous_space(in);
		if (piece == 0)
			return;
		if (piece > n)
			piece = n;
		gaz_buf_put(body, evbuffer_pullup(in, (ssize_t)piece), piece);
		evbuffer_drain(in, piece);
		n -= piece;
		c->body_left -= piece;
	}
}

static bool
parse_chunk_size(struct gaz_str line, size_t *size)
{
	struct gaz_str digits = gaz_str_sub(line, 0,
	    gaz_str_find_char(line, ';', 0));
	size_t n = 0;

	while (digits.len > 0 && (digits.p[digits.len - 1] == ' ' ||
	    digits.p[digits.len - 1] == '\t'))
		digits.len--;
	if (digits.len == 0)
		return false;
	for (size_t i = 0; i < digits.len; i++) {
		int value = gaz_hex_value(digits.p[i]);
		if (value < 0)
			return false;
		if (n > GAZ_BUF_NO_MAX / 16)
			n = GAZ_BUF_NO_MAX / 16; /* too large in any case */
		n = n * 16 + (size_t)value;
	}
	*size = n;
	return true;
}

/* One step of a chunked body. Return false when more input is needed. */
static bool
process_chunk(struct conn *c, struct evbuffer *in)
{
	if (c->chunk == CHUNK_DATA) {
		take_body(c, in, c->body_left);
		if (c->body_left > 0)
			return false;
		c->chunk = CHUNK_DATA_END;
		return true;
	}
	size_t n = 0;
	char *line = evbuffer_readln(in, &n, EVBUFFER_EOL_CRLF);
	if (line == NULL) {
		if (evbuffer_get_length(in) > CHUNK_LINE_MAX)
			refuse(c, 400, "a chunk's line is too long");
		return false;
	}
	size_t size = 0;
	bool sound = n <= CHUNK_LINE_MAX;
	switch (c->chunk) {
	case CHUNK_SIZE:
		sound = sound && parse_chunk_size(gaz_str_make(line, n), &size);
		c->body_left = size;
		c->chunk = size > 0 ? CHUNK_DATA : CHUNK_TRAILER;
		break;
	case CHUNK_DATA_END:
		sound = n == 0;
		c->chunk = CHUNK_SIZE;
		break;
	case CHUNK_TRAILER:
		/* read over them; an empty line ends the body */
		c->trailer_bytes += n;
		sound = sound && c->trailer_bytes <= GAZ_HTTP_HEADERS_MAX;
		break;
	case CHUNK_DATA:
		break;
	}
	free(line);
	if (!sound) {
		refuse(c, 400, "the chunked body is malformed");
		return false;
	}
	if (size > c->body_max - c->req->body.len) {
		refuse(c, 413, "the body is too large");
		return false;
	}
	if (c->chunk == CHUNK_TRAILER && n == 0 && size == 0) {
		dispatch(c);
		return false;
	}
	return true;
}

static void
process_body(struct conn *c)
{
	struct evbuffer *in = bufferevent_get_input(c->bev);

	if (c->req->head.chunked) {
		while (process_chunk(c, in))
			continue;
		return;
	}
	take_body(c, in, c->body_left);
	if (c->body_left == 0)
		dispatch(c);
}

/* Do what the input allows. c may be gone afterwards. */
static void
conn_process(struct conn *c)
{
	switch (c->state) {
	case CONN_HEAD:
		process_head(c);
		break;
	case CONN_BODY:
		process_body(c);
		break;
	case CONN_WAIT:
	case CONN_WRITE:
		break; /* its turn comes when the reply is out */
	case CONN_LINGER: {
		struct evbuffer *in = bufferevent_get_input(c->bev);
		size_t n = evbuffer_get_length(in);
		evbuffer_drain(in, n);
		c->lingered += n;
		if (c->lingered > LINGER_BYTES)
			conn_free(c);
		break;
	}
	}
}

static void
on_read(struct bufferevent *bev, void *arg)
{
	struct conn *c = arg;

	(void)bev;
	conn_process(c);
}

static void
count_in(struct evbuffer *in, const struct evbuffer_cb_info *info, void *arg)
{
	struct conn *c = arg;

	(void)in;
	if (c->state == CONN_BODY)
		c->progress += info->n_added;
}

static void
count_out(struct evbuffer *out, const struct evbuffer_cb_info *info,
    void *arg)
{
	struct conn *c = arg;

	(void)out;
	if (c->state == CONN_WRITE)
		c->progress += info->n_deleted;
}

/* The output has drained. */
static void
on_write(struct bufferevent *bev, void *arg)
{
	struct conn *c = arg;

	if (c->state != CONN_WRITE)
		return;
	write_more(c);
	if (evbuffer_get_length(bufferevent_get_output(bev)) > 0)
		return;
	if (!c->keep) {
		begin_linger(c);
		return;
	}
	begin_head(c, false);
	if (c->http->stopped || (c->eof && is_idle(c))) {
		conn_free(c);
		return;
	}
	conn_process(c);
}

static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	struct conn *c = arg;

	/*
	 * A client may close its sending half and wait for the reply: that is an
	 * end of input, not of the connection. Whether it is really gone shows
	 * when we write.
	 */
	if ((what & BEV_EVENT_EOF) != 0 &&
	    (c->state == CONN_WAIT || c->state == CONN_WRITE)) {
		c->eof = true;
		bufferevent_disable(bev, EV_READ);
		return;
	}
	conn_free(c);
}

static void
on_timer(int fd, short what, void *arg)
{
	struct conn *c = arg;

	(void)fd;
	(void)what;
	switch (c->state) {
	case CONN_HEAD:
		if (!is_idle(c)) {
			refuse(c, 408, "the request head took too long");
			return;
		}
		break;
	case CONN_BODY:
		if (c->progress >= c->http->opt.progress_bytes) {
			set_timer(c, c->http->opt.progress_timeout_ms);
			return;
		}
		refuse(c, 408, "the body came too slowly");
		return;
	case CONN_WRITE:
		if (c->progress >= c->http->opt.progress_bytes) {
			set_timer(c, c->http->opt.progress_timeout_ms);
			return;
		}
		break;
	case CONN_WAIT:
		return; /* our own time */
	case CONN_LINGER:
		break;
	}
	conn_free(c);
}

/* ---- accepting */

static size_t
count_network(const struct gaz_http *h, const char *network)
{
	const struct conn *c;
	size_t n = 0;

	TAILQ_FOREACH(c, &h->conns, link)
		n += !c->unix_socket && strcmp(c->network, network) == 0;
	return n;
}

/* Close the connection that has asked for nothing the longest, so that idle
 * ones cannot keep others out. network NULL: anybody's. */
static bool
evict_idle(struct gaz_http *h, const char *network)
{
	struct gaz_mono now = gaz_clock_mono();
	struct conn *c;

	TAILQ_FOREACH(c, &h->conns, link) {
		if (c->control || !is_idle(c) ||
		    (network != NULL && strcmp(c->network, network) != 0))
			continue;
		if (!c->timer_is_idle && now.ms - c->opened.ms < h->opt.evict_ms)
			continue;
		conn_free(c);
		return true;
	}
	return false;
}

/* Is there room for one more of this peer? */
static bool
admit(struct gaz_http *h, const struct listener *l, const struct peer *peer)
{
	if (l->control)
		return h->control_count < h->opt.connections;
	if (l->path == NULL && (!peer->loopback || h->opt.count_loopback) &&
	    count_network(h, peer->network) >=
	    h->opt.connections_per_address && !evict_idle(h, peer->network))
		return false;
	return h->conn_count < h->opt.connections || evict_idle(h, NULL);
}

void
http_accept(struct listener *l, int fd, const struct peer *peer)
{
	static const char busy[] = "HTTP/1.1 503 Service Unavailable\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Length: 21\r\nRetry-After: 10\r\n"
	    "Connection: close\r\n\r\ntoo many connections\n";
	struct gaz_http *h = l->http;
	int on = 1;

	if (h->stopped || !admit(h, l, peer)) {
		/* best effort: nobody waits for this to be written */
		ssize_t n = send(fd, busy, sizeof(busy) - 1,
		    MSG_DONTWAIT | MSG_NOSIGNAL);
		(void)n;
		close(fd);
		return;
	}
	struct bufferevent *bev = bufferevent_socket_new(h->base, fd,
	    BEV_OPT_CLOSE_ON_FREE);
	if (bev == NULL) {
		close(fd);
		return;
	}
	struct conn *c = gaz_mem_zero(1, sizeof(*c));
	c->http = h;
	c->bev = bev;
	c->opened = gaz_clock_mono();
	c->control = l->control;
	c->unix_socket = l->path != NULL;
	c->loopback_listener = l->loopback;
	c->loopback_peer = peer->loopback;
	memcpy(c->address, peer->address, sizeof(c->address));
	memcpy(c->network, peer->network, sizeof(c->network));
	c->timer = event_new(h->base, -1, 0, on_timer, c);
	if (c->timer == NULL)
		gaz_mem_die(0);
	if (!c->unix_socket)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	TAILQ_INSERT_TAIL(&h->conns, c, link);
	if (c->control)
		h->control_count++;
	else
		h->conn_count++;
	bufferevent_setcb(bev, on_read, on_write, on_event, c);
	bufferevent_setwatermark(bev, EV_READ, 0, READ_HIGH);
	bufferevent_set_max_single_write(bev, READ_HIGH);
	evbuffer_add_cb(bufferevent_get_input(bev), count_in, c);
	evbuffer_add_cb(bufferevent_get_output(bev), count_out, c);
	begin_head(c, true);
	bufferevent_enable(bev, EV_READ | EV_WRITE);
}

/* ---- the end */

void
gaz_http_stop(struct gaz_http *h)
{
	struct listener *l;
	struct conn *c, *next;

	h->stopped = true;
	while ((l = TAILQ_FIRST(&h->listeners)) != NULL) {
		TAILQ_REMOVE(&h->listeners, l, link);
		http_listener_free(l);
	}
	for (c = TAILQ_FIRST(&h->conns); c != NULL; c = next) {
		next = TAILQ_NEXT(c, link);
		c->keep = false;
		if (is_idle(c))
			conn_free(c);
	}
}

void
gaz_http_free(struct gaz_http *h)
{
	struct gaz_http_request *r;
	struct conn *c;

	if (h == NULL)
		return;
	gaz_http_stop(h);
	while ((c = TAILQ_FIRST(&h->conns)) != NULL)
		conn_free(c);
	while ((r = LIST_FIRST(&h->waiting)) != NULL)
		http_request_free(r);
	free(h->base_host);
	free(h->host_name);
	free(h);
}
