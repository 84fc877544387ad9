/*
 * A connection is a bufferevent whose input is read here and nowhere else, and
 * one timer that means something else in each state: the whole head, the pause
 * between requests, the next piece of a body in or out. What is queued for a
 * client stays below GAZ_HTTP_OUTPUT_MAX: the rest waits in the document, which
 * clients share.
 */
#include "config.h"

#include "server.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gazetted/limits.h"
#include "gazetted/mem.h"
#include "gazetted/metrics.h"

/* What a client may still send after a reply that did not wait for it. */
#define LINGER_MS 2000
#define LINGER_BYTES (16u << 20)
#define READ_HIGH (64u << 10)

static void
set_timer(struct conn *c, int64_t ms)
{
	struct timeval tv = { ms / 1000, (ms % 1000) * 1000 };

	c->progress = 0;
	event_add(c->timer, &tv);
}

void
http_conn_free(struct conn *c)
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
bool
http_conn_is_idle(const struct conn *c)
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
		http_conn_free(c);
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

/* Return the status to refuse a request with. */
static int
refusal(const char **why, int status, const char *text)
{
	*why = text;
	return status;
}

/* The method, or 0 for one that no route has; false: nobody knows it. */
static bool
find_method(struct gaz_str name, enum gaz_http_method *out)
{
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
		if (gaz_str_eq_z(name, methods[i].name)) {
			*out = methods[i].method;
			return true;
		}
	}
	return false;
}

static int
find_route(const struct gaz_http *h, struct gaz_http_request *r,
    const char **why)
{
	struct gaz_str path = r->head.path;
	struct route_match match = http_route_find(h->routes, h->route_count,
	    path, r->method);

	if (!match.found || gaz_str_ends(path, "/..") ||
	    gaz_str_find(path, GAZ_STR("/../"), 0) != GAZ_STR_NPOS)
		return refusal(why, 404, "there is no such page");
	if (match.route == NULL) {
		struct gaz_buf allow;
		gaz_buf_init(&allow, 128);
		http_route_allow(match.allowed, &allow);
		gaz_http_add_header(r, "Allow", allow.p);
		gaz_buf_clear(&allow);
		return refusal(why, 405,
		    "this method does not go with this page");
	}
	r->route = match.route;
	return 0;
}

/* May this client, with this page behind it, ask that? */
static int
check_sender(const struct gaz_http_request *r, const char **why)
{
	if (r->route->control_only && !r->control)
		return refusal(why, 403,
		    "this is answered on the control socket only");
	if (r->method != GAZ_HTTP_GET && !r->route->cross_site &&
	    !http_origin_is_ours(r->http, r))
		return refusal(why, 403, "a page of another site must not "
		    "change anything here");
	return 0;
}

static int
check_body(struct conn *c, const struct gaz_http_request *r, const char **why)
{
	struct gaz_str coding = gaz_http_header(r, "Content-Encoding");

	if (coding.len > 0 && !gaz_str_ieq_z(coding, "identity"))
		return refusal(why, 415, "a packed body is not understood");
	c->body_max = r->route->max_body != 0 ? r->route->max_body
	                                      : GAZ_HTTP_BODY_MAX;
	int status = r->route->admit != NULL ? r->route->admit(r, c->http->arg,
	    &c->body_max, why) : 0;
	if (status != 0)
		return status;
	if (r->head.content_length > (int64_t)c->body_max)
		return refusal(why, 413, "the body is too large");
	return 0;
}

/* Decide from the head alone. Return the status to refuse with, or 0. */
static int
check_head(struct conn *c, struct gaz_http_request *r, const char **why)
{
	int status;

	if (!find_method(r->head.method, &r->method))
		return refusal(why, 501, "this method is unknown");
	r->head_only = gaz_str_eq_z(r->head.method, "HEAD");
	if (!c->unix_socket && c->loopback_listener &&
	    !http_host_is_known(c->http, r->head.host))
		return refusal(why, 421, "this host name is not known here; "
		    "if it should be, set base-url to it");
	if ((status = find_route(c->http, r, why)) != 0 ||
	    (status = check_sender(r, why)) != 0 ||
	    (status = check_body(c, r, why)) != 0)
		return status;
	if (!http_params_parse(r->head.query, GAZ_HTTP_PARAMS_MAX, &r->arena,
	    &r->params, why))
		return r->params.n < GAZ_HTTP_PARAMS_MAX ? 400 : 414;
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

static void
process_body(struct conn *c)
{
	const char *why = NULL;
	int status = http_body_read(c, bufferevent_get_input(c->bev), &why);

	if (status == HTTP_BODY_DONE)
		dispatch(c);
	else if (status != HTTP_BODY_MORE)
		refuse(c, status, why);
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
			http_conn_free(c);
		return;
	}

	struct gaz_http_request *r = http_request_new(c->http, c);
	c->req = r;
	struct gaz_str bytes = gaz_arena_str(&r->arena,
	    gaz_str_make(p, end));
	evbuffer_drain(in, end);
	int status = http_head_parse(bytes, &r->arena, &r->head, &why);
	if (status != 0) {
		refuse(c, status, why);
		return;
	}
	bool has_body = r->head.chunked || r->head.content_length > 0;
	status = check_head(c, r, &why);
	if (status != 0 && has_body) {
		refuse(c, status, why);
		return;
	}
	c->keep = r->head.keep_alive && !c->http->stopped;
	if (status != 0) {
		c->state = CONN_WAIT;
		gaz_http_reply_error(r, status, "%s", why);
	} else if (has_body) {
		begin_body(c);
		process_body(c); /* what came along with the head */
	} else {
		dispatch(c);
	}
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
			http_conn_free(c);
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
	if (c->http->stopped || (c->eof && http_conn_is_idle(c))) {
		http_conn_free(c);
		return;
	}
	conn_process(c);
}

static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	struct conn *c = arg;

	/*
	 * A client may close its sending half and wait for the reply: that is
	 * an end of input, not of the connection. Whether it is really gone
	 * shows when we write.
	 */
	if ((what & BEV_EVENT_EOF) != 0 &&
	    (c->state == CONN_WAIT || c->state == CONN_WRITE)) {
		c->eof = true;
		bufferevent_disable(bev, EV_READ);
		return;
	}
	http_conn_free(c);
}

static void
on_timer(int fd, short what, void *arg)
{
	struct conn *c = arg;

	(void)fd;
	(void)what;
	switch (c->state) {
	case CONN_HEAD:
		if (!http_conn_is_idle(c)) {
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
	http_conn_free(c);
}

void
http_conn_new(struct listener *l, int fd, const struct peer *peer)
{
	struct gaz_http *h = l->http;
	int on = 1;

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
