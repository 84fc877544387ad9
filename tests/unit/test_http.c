/*
 * The server against raw sockets, both ends on one event loop: nothing waits
 * for time but the tests of time-outs, which are made short by options.
 */
#include "config.h"

#include "gazetted/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#include "gazetted/limits.h"
#include "gazetted/mem.h"

#include "http/server.h"

/* A test that hangs fails after this. */
#define PATIENCE_S 20

struct server {
	struct event_base *base;
	struct gaz_http *http;
	struct gaz_http_request *held; /* by /hold */
	size_t held_count;
	char folder[64];
	int port;
};

struct client {
	struct server *server;
	int fd;
	struct event *readable;
	struct gaz_buf in;
	bool closed;
	bool head_only; /* replies have no body */
	size_t wanted; /* stop the loop when this much is there */
};

/* ---- handlers */

static void
on_hello(struct gaz_http_request *r, void *arg)
{
	(void)arg;
	gaz_http_reply_document(r, "text/plain; charset=utf-8",
	    GAZ_STR("hello\n"), 60);
}

/* A document large enough to be packed: "n" lines. */
static void
on_lines(struct gaz_http_request *r, void *arg)
{
	struct gaz_buf b;
	int64_t n = 100;

	(void)arg;
	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	(void)gaz_str_to_int(gaz_http_param(r, "n", 0), &n);
	for (int64_t i = 0; i < n; i++)
		gaz_buf_put_fmt(&b, "line %" PRId64 "\n", i);
	gaz_http_reply_document(r, "text/html; charset=utf-8", gaz_buf_str(&b),
	    0);
	gaz_buf_clear(&b);
}

/* Tells what it was asked. */
static void
on_echo(struct gaz_http_request *r, void *arg)
{
	struct gaz_str name, value;
	struct gaz_buf b;

	(void)arg;
	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	gaz_buf_put_fmt(&b, "method=%d path=%.*s rest=%.*s body=%zu control=%d "
	    "local=%d client=%s", (int)gaz_http_method_of(r),
	    GAZ_STR_ARG(gaz_http_path(r)), GAZ_STR_ARG(gaz_http_rest(r)),
	    gaz_http_body(r).len, gaz_http_is_control(r), gaz_http_is_local(r),
	    gaz_http_client(r));
	for (size_t i = 0; gaz_http_param_at(r, i, &name, &value); i++)
		gaz_buf_put_fmt(&b, " [%.*s=%.*s]", GAZ_STR_ARG(name),
		    GAZ_STR_ARG(value));
	gaz_http_reply(r, 200, "text/plain", gaz_buf_str(&b));
	gaz_buf_clear(&b);
}

static void
on_hold(struct gaz_http_request *r, void *arg)
{
	struct server *s = arg;

	s->held = r;
	s->held_count++;
	event_base_loopbreak(s->base);
}

static void
on_headers(struct gaz_http_request *r, void *arg)
{
	(void)arg;
	gaz_http_add_header(r, "X-Test", "a\r\nSet-Cookie: b");
	gaz_http_reply_redirect(r, 303, "/hello");
}

static const struct gaz_http_route routes[] = {
	{ .methods = GAZ_HTTP_GET, .path = "/hello", .handler = on_hello },
	{ .methods = GAZ_HTTP_GET, .path = "/lines", .handler = on_lines },
	{ .methods = GAZ_HTTP_GET, .path = "/hold", .handler = on_hold },
	{ .methods = GAZ_HTTP_GET, .path = "/headers", .handler = on_headers },
	{ .methods = GAZ_HTTP_GET | GAZ_HTTP_POST | GAZ_HTTP_PUT |
	      GAZ_HTTP_DELETE,
	    .path = "/echo", .handler = on_echo },
	{ .methods = GAZ_HTTP_GET, .path = "/echo/*", .handler = on_echo },
	{ .methods = GAZ_HTTP_GET, .path = "/echo/deep/*",
	    .handler = on_echo },
	{ .methods = GAZ_HTTP_POST, .path = "/api/import",
	    .handler = on_echo, .max_body = GAZ_HTTP_IMPORT_MAX },
	{ .methods = GAZ_HTTP_POST, .path = "/open", .handler = on_echo,
	    .cross_site = true },
	{ .methods = GAZ_HTTP_GET, .path = "/api/secret",
	    .handler = on_echo, .control_only = true },
};

/* ---- both ends */

static struct server *
server_new(const struct gaz_http_options *opt)
{
	struct server *s = gaz_mem_zero(1, sizeof(*s));
	struct gaz_err err;

	s->base = event_base_new();
	s->http = gaz_http_new(s->base, opt);
	gaz_http_set_routes(s->http, routes, GAZ_COUNT(routes), s);
	if (!gaz_http_listen(s->http, "127.0.0.1:0", false, &err))
		fail_msg("listen: %s", err.msg);
	const char *address = gaz_http_address(s->http, 0);
	assert_non_null(address);
	assert_int_equal(sscanf(address, "127.0.0.1:%d", &s->port), 1);
	snprintf(s->folder, sizeof(s->folder), "/tmp/test_http.XXXXXX");
	assert_non_null(mkdtemp(s->folder));
	return s;
}

static void
server_free(struct server *s)
{
	gaz_http_free(s->http);
	event_base_free(s->base);
	assert_int_equal(rmdir(s->folder), 0);
	free(s);
}

static void
on_give_up(int fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	*(bool *)arg = true;
}

/* Run the loop until somebody breaks it. */
static void
run_loop(struct server *s, const char *what)
{
	struct timeval patience = { PATIENCE_S, 0 };
	bool late = false;
	struct event *guard = event_new(s->base, -1, 0, on_give_up, &late);

	event_add(guard, &patience);
	do
		event_base_loop(s->base, EVLOOP_ONCE);
	while (!late && !event_base_got_break(s->base));
	event_free(guard);
	if (late)
		fail_msg("%s: nothing happened", what);
}

/* Let both ends do what they can without waiting. */
static void
settle(struct server *s)
{
	for (int i = 0; i < 20; i++)
		event_base_loop(s->base, EVLOOP_NONBLOCK);
}

/* Did a whole reply come in? */
static bool
is_whole(const struct client *c)
{
	struct gaz_str in = gaz_buf_str(&c->in);
	size_t end = gaz_str_find(in, GAZ_STR("\r\n\r\n"), 0);
	size_t at = gaz_str_find(in, GAZ_STR("Content-Length: "), 0);

	if (end == GAZ_STR_NPOS)
		return false;
	if (c->head_only || gaz_str_starts(in, "HTTP/1.1 304") || at == GAZ_STR_NPOS)
		return true;
	return in.len >= end + 4 + strtoul(in.p + at + 16, NULL, 10);
}

static void
on_readable(int fd, short what, void *arg)
{
	struct client *c = arg;
	char chunk[65536];
	ssize_t n;

	(void)what;
	n = recv(fd, chunk, sizeof(chunk), MSG_DONTWAIT);
	if (n == -1 && errno == EAGAIN)
		return;
	if (n <= 0) {
		c->closed = true;
		event_del(c->readable);
		event_base_loopbreak(c->server->base);
		return;
	}
	gaz_buf_put(&c->in, chunk, (size_t)n);
	if (c->wanted == 0 ? is_whole(c)
	                   : c->in.len >= c->wanted)
		event_base_loopbreak(c->server->base);
}

static struct client *
client_of(struct server *s, int fd)
{
	struct client *c = gaz_mem_zero(1, sizeof(*c));

	c->server = s;
	c->fd = fd;
	gaz_buf_init(&c->in, GAZ_BUF_NO_MAX);
	c->readable = event_new(s->base, fd, EV_READ | EV_PERSIST, on_readable,
	    c);
	event_add(c->readable, NULL);
	return c;
}

static struct client *
connect_from(struct server *s, const char *address)
{
	struct sockaddr_in in = { .sin_family = AF_INET }, to = in;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	inet_pton(AF_INET, address, &in.sin_addr);
	inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
	to.sin_port = htons((uint16_t)s->port);
	assert_int_equal(bind(fd, (struct sockaddr *)&in, sizeof(in)), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	return client_of(s, fd);
}

static struct client *
client_new(struct server *s)
{
	return connect_from(s, "127.0.0.1");
}

static struct client *
connect_path(struct server *s, const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(un.sun_path, sizeof(un.sun_path), "%s", path);
	assert_int_equal(connect(fd, (struct sockaddr *)&un, sizeof(un)), 0);
	return client_of(s, fd);
}

static void
client_free(struct client *c)
{
	event_free(c->readable);
	close(c->fd);
	gaz_buf_clear(&c->in);
	free(c);
}

/* Send all of it, letting the server read meanwhile. */
static void
client_send(struct client *c, struct gaz_str bytes)
{
	while (bytes.len > 0) {
		ssize_t n = send(c->fd, bytes.p, bytes.len,
		    MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n == -1 && errno == EAGAIN) {
			event_base_loop(c->server->base, EVLOOP_NONBLOCK);
			continue;
		}
		if (n == -1)
			return; /* the server has heard enough */
		bytes = gaz_str_sub(bytes, (size_t)n, bytes.len);
	}
}

/* The reply, or what came until the end; lends. */
static const char *
client_reply(struct client *c, const char *what)
{
	c->wanted = 0;
	while (!c->closed && !is_whole(c))
		run_loop(c->server, what);
	return c->in.p != NULL ? c->in.p : "";
}

static const char *
ask(struct client *c, const char *request)
{
	gaz_buf_reset(&c->in);
	c->head_only = strncmp(request, "HEAD ", 5) == 0;
	client_send(c, gaz_str_of(request));
	return client_reply(c, request);
}

static int
status_of(const char *reply)
{
	int status = -1;

	sscanf(reply, "HTTP/1.1 %d", &status);
	return status;
}

/* One request on a connection of its own. */
static int
status_for(struct server *s, const char *request)
{
	struct client *c = client_new(s);
	int status = status_of(ask(c, request));

	client_free(c);
	return status;
}

/* ---- tests */

static void
test_requests(void **state)
{
	static const struct {
		const char *name, *request;
		int status;
		const char *has; /* in the reply; NULL: anything */
	} cases[] = {
#define END "\r\nHost: localhost\r\n\r\n"
		{ "plain", "GET /hello HTTP/1.1" END, 200,
		    "\r\n\r\nhello\n" },
		{ "bare line feeds", "GET /hello HTTP/1.1\nHost: localhost\n\n",
		    200, NULL },
		{ "empty lines first", "\r\n\r\nGET /hello HTTP/1.1" END, 200,
		    NULL },
		{ "1.0", "GET /hello HTTP/1.0\r\n\r\n", 200,
		    "Connection: close" },
		{ "1.0 kept alive",
		    "GET /hello HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
		    200, "Connection: keep-alive" },
		{ "head", "HEAD /hello HTTP/1.1" END, 200,
		    "Content-Length: 6\r\n" },
		{ "absolute form", "GET http://localhost/hello HTTP/1.1" END,
		    200, NULL },
		{ "absolute form, other host",
		    "GET http://example.org/hello HTTP/1.1" END, 400,
		    "another host" },
		{ "no Host", "GET /hello HTTP/1.1\r\n\r\n", 400,
		    "Host field is missing" },
		{ "two Hosts",
		    "GET /hello HTTP/1.1\r\nHost: localhost\r\nHost: a" END,
		    400, NULL },
		{ "two Content-Length", "POST /echo HTTP/1.1\r\n"
		    "Content-Length: 1\r\nContent-Length: 1" END, 400,
		    "two Content-Length" },
		{ "Content-Length and chunked", "POST /echo HTTP/1.1\r\n"
		    "Content-Length: 1\r\nTransfer-Encoding: chunked" END, 400,
		    NULL },
		{ "Content-Length list",
		    "POST /echo HTTP/1.1\r\nContent-Length: 1, 1" END, 400,
		    NULL },
		{ "negative length",
		    "POST /echo HTTP/1.1\r\nContent-Length: -1" END, 400, NULL },
		{ "signed length",
		    "POST /echo HTTP/1.1\r\nContent-Length: +1" END, 400, NULL },
		{ "enormous length", "POST /echo HTTP/1.1\r\n"
		    "Content-Length: 99999999999999999999" END, 413, NULL },
		{ "gzip transfer coding", "POST /echo HTTP/1.1\r\n"
		    "Transfer-Encoding: gzip, chunked" END, 501, NULL },
		{ "folded field",
		    "GET /hello HTTP/1.1\r\nA: b\r\n c" END, 400, NULL },
		{ "space before colon", "GET /hello HTTP/1.1\r\nA : b" END, 400,
		    NULL },
		{ "no colon", "GET /hello HTTP/1.1\r\nnothing" END, 400, NULL },
		{ "bare CR", "GET /hello HTTP/1.1\r\nA: b\rC: d" END, 400,
		    NULL },
		{ "garbage", "\x16\x03\x01\x02\n\n", 400, NULL },
		{ "HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\n", 505, NULL },
		{ "no version", "GET /hello\r\n\r\n", 400, NULL },
		{ "two spaces", "GET  /hello HTTP/1.1" END, 400, NULL },
		{ "unknown method", "BREW /hello HTTP/1.1" END, 501, NULL },
		{ "other method", "POST /hello HTTP/1.1" END, 405,
		    "Allow: GET, HEAD\r\n" },
		{ "every method", "PATCH /echo HTTP/1.1" END, 405,
		    "Allow: GET, HEAD, POST, PUT, DELETE\r\n" },
		{ "OPTIONS", "OPTIONS /hello HTTP/1.1" END, 405, NULL },
		{ "unknown path", "GET /nothing HTTP/1.1" END, 404, NULL },
		{ "dot dot", "GET /echo/../hello HTTP/1.1" END, 404, NULL },
		{ "encoded dot dot", "GET /echo/%2e%2e/hello HTTP/1.1" END, 404,
		    NULL },
		{ "encoded slash dot dot", "GET /echo/..%2fhello HTTP/1.1" END,
		    404, NULL },
		{ "NUL", "GET /echo/%00 HTTP/1.1" END, 400, NULL },
		{ "broken escape", "GET /echo/%2 HTTP/1.1" END, 400, NULL },
		{ "not UTF-8", "GET /echo/%ff HTTP/1.1" END, 400, NULL },
		{ "fragment", "GET /hello#a HTTP/1.1" END, 400, NULL },
		{ "asterisk", "OPTIONS * HTTP/1.1" END, 400, NULL },
		{ "decoded once", "GET /echo/%2561 HTTP/1.1" END, 200,
		    "rest=%61 " },
		{ "longest prefix", "GET /echo/deep/x HTTP/1.1" END, 200,
		    "rest=x " },
		{ "parameters", "GET /echo?a=1&b=%C3%A9+x&a=2&&c HTTP/1.1" END,
		    200, " [a=1] [b=\xC3\xA9 x] [a=2] [c=]" },
		{ "broken parameter", "GET /echo?a=%zz HTTP/1.1" END, 400,
		    NULL },
		{ "parameter not UTF-8", "GET /echo?a=%e9 HTTP/1.1" END, 400,
		    NULL },
		{ "form", "POST /echo?q=0 HTTP/1.1\r\nContent-Type: "
		    "application/x-www-form-urlencoded\r\nContent-Length: 7"
		    END "a=1&a=2", 200, " [q=0] [a=1] [a=2]" },
		{ "broken form", "POST /echo HTTP/1.1\r\nContent-Type: "
		    "application/x-www-form-urlencoded\r\nContent-Length: 3"
		    END "a=%", 400, NULL },
		{ "JSON body is no form", "POST /echo HTTP/1.1\r\n"
		    "Content-Type: application/json\r\nContent-Length: 3"
		    END "a=%", 200, "body=3" },
		{ "chunked", "POST /echo HTTP/1.1\r\n"
		    "Transfer-Encoding: chunked" END
		    "3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nT: t\r\n\r\n", 200,
		    "body=13" },
		{ "chunk without size", "POST /echo HTTP/1.1\r\n"
		    "Transfer-Encoding: chunked" END "\r\n", 400, NULL },
		{ "chunk longer than said", "POST /echo HTTP/1.1\r\n"
		    "Transfer-Encoding: chunked" END "3\r\nabcd\r\n", 400,
		    NULL },
		{ "chunk of a galaxy", "POST /echo HTTP/1.1\r\n"
		    "Transfer-Encoding: chunked" END
		    "ffffffffffffffffffffffff\r\n", 413, NULL },
		{ "packed body", "POST /echo HTTP/1.1\r\n"
		    "Content-Encoding: gzip\r\nContent-Length: 1" END "x", 415,
		    NULL },
		{ "expectation", "POST /echo HTTP/1.1\r\nExpect: a miracle" END,
		    417, NULL },
		{ "control only", "GET /api/secret HTTP/1.1" END, 403,
		    "{\"error\":" },
		{ "JSON is asked for",
		    "GET /nothing HTTP/1.1\r\nAccept: application/json" END,
		    404, "{\"error\":\"there is no such page\"}" },
		{ "header injection", "GET /headers HTTP/1.1" END, 303,
		    "X-Test: a  Set-Cookie: b\r\n" },
		{ "security headers", "GET /lines HTTP/1.1" END, 200,
		    "X-Content-Type-Options: nosniff\r\n" },
		{ "policy", "GET /lines HTTP/1.1" END, 200,
		    "Content-Security-Policy: default-src 'none'; " },
		{ "delete", "DELETE /echo HTTP/1.1" END, 200, "method=8" },
#undef END
	};
	struct server *s = server_new(NULL);

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct client *c = client_new(s);
		const char *reply = ask(c, cases[i].request);
		if (status_of(reply) != cases[i].status)
			fail_msg("%s: want %d, got: %s", cases[i].name,
			    cases[i].status, reply);
		if (cases[i].has != NULL && strstr(reply, cases[i].has) == NULL)
			fail_msg("%s: want \"%s\" in: %s", cases[i].name,
			    cases[i].has, reply);
		client_free(c);
	}
	server_free(s);
}

/* A request whose head has exactly n bytes. */
static void
put_head_of(struct gaz_buf *b, size_t n)
{
	static const char end[] = "\r\n\r\n";

	gaz_buf_put_z(b, "GET /hello HTTP/1.1\r\nHost: localhost\r\nA: ");
	while (b->len < n - (sizeof(end) - 1))
		gaz_buf_put_char(b, 'x');
	gaz_buf_put_z(b, end);
}

static void
test_head_limit(void **state)
{
	struct server *s = server_new(NULL);
	struct gaz_buf b;

	(void)state;
	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	put_head_of(&b, GAZ_HTTP_HEADERS_MAX);
	assert_int_equal(status_for(s, b.p), 200);
	gaz_buf_reset(&b);
	put_head_of(&b, GAZ_HTTP_HEADERS_MAX + 1);
	assert_int_equal(status_for(s, b.p), 431);
	/* a megabyte of it: the answer still gets through */
	gaz_buf_reset(&b);
	put_head_of(&b, 1 << 20);
	assert_int_equal(status_for(s, b.p), 431);
	gaz_buf_clear(&b);
	server_free(s);
}

static int
status_for_body(struct server *s, const char *path, size_t n, bool chunked)
{
	struct client *c = client_new(s);
	struct gaz_buf b;

	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	gaz_buf_put_fmt(&b, "POST %s HTTP/1.1\r\nHost: localhost\r\n", path);
	if (chunked)
		gaz_buf_put_z(&b, "Transfer-Encoding: chunked\r\n\r\n");
	else
		gaz_buf_put_fmt(&b, "Content-Length: %zu\r\n\r\n", n);
	for (size_t left = n; left > 0;) {
		size_t piece = left < 60000 ? left : 60000;
		if (chunked)
			gaz_buf_put_fmt(&b, "%zx\r\n", piece);
		for (size_t i = 0; i < piece; i++)
			gaz_buf_put_char(&b, '.');
		if (chunked)
			gaz_buf_put_z(&b, "\r\n");
		left -= piece;
	}
	if (chunked)
		gaz_buf_put_z(&b, "0\r\n\r\n");
	client_send(c, gaz_buf_str(&b));
	int status = status_of(client_reply(c, path));
	if (status == 200) {
		char want[32];
		snprintf(want, sizeof(want), "body=%zu ", n);
		assert_non_null(strstr(c->in.p, want));
	}
	gaz_buf_clear(&b);
	client_free(c);
	return status;
}

static void
test_body_limit(void **state)
{
	struct server *s = server_new(NULL);

	(void)state;
	for (int chunked = 0; chunked < 2; chunked++) {
		assert_int_equal(status_for_body(s, "/echo",
		    GAZ_HTTP_BODY_MAX, chunked), 200);
		assert_int_equal(status_for_body(s, "/echo",
		    GAZ_HTTP_BODY_MAX + 1, chunked), 413);
		assert_int_equal(status_for_body(s, "/api/import",
		    GAZ_HTTP_IMPORT_MAX, chunked), 200);
		assert_int_equal(status_for_body(s, "/api/import",
		    GAZ_HTTP_IMPORT_MAX + 1, chunked), 413);
	}
	server_free(s);
}

static int
status_for_params(struct server *s, size_t n)
{
	struct client *c = client_new(s);
	struct gaz_buf body, b;

	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	gaz_buf_init(&body, GAZ_BUF_NO_MAX);
	for (size_t i = 0; i < n; i++)
		gaz_buf_put_z(&body, "i=123&");
	gaz_buf_put_fmt(&b, "POST /echo HTTP/1.1\r\nHost: localhost\r\n"
	    "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
	    "Content-Length: %zu\r\n\r\n", body.len);
	gaz_buf_put_str(&b, gaz_buf_str(&body));
	client_send(c, gaz_buf_str(&b));
	int status = status_of(client_reply(c, "parameters"));
	gaz_buf_clear(&body);
	gaz_buf_clear(&b);
	client_free(c);
	return status;
}

static void
test_params_limit(void **state)
{
	struct server *s = server_new(NULL);

	(void)state;
	assert_int_equal(status_for_params(s, GAZ_HTTP_PARAMS_MAX), 200);
	assert_int_equal(status_for_params(s, GAZ_HTTP_PARAMS_MAX + 1), 413);
	assert_int_equal(status_for_params(s, 100000), 413);
	server_free(s);
}

static void
test_param_walk(void **state)
{
	static const char *const want[] = { "1", "3", "4" };
	struct server *s = server_new(NULL);
	struct client *c = client_new(s);

	(void)state;
	client_send(c, GAZ_STR("GET /hold?i=1&j=2&i=3&i=4&i HTTP/1.1\r\n"
	    "Host: localhost\r\n\r\n"));
	run_loop(s, "hold");
	for (size_t i = 0; i < GAZ_COUNT(want); i++)
		assert_true(gaz_str_eq_z(gaz_http_param(s->held, "i", i),
		    want[i]));
	assert_true(gaz_str_eq_z(gaz_http_param(s->held, "i", 3), ""));
	assert_non_null(gaz_http_param(s->held, "i", 3).p);
	assert_null(gaz_http_param(s->held, "i", 4).p);
	/* back, and across names */
	assert_true(gaz_str_eq_z(gaz_http_param(s->held, "i", 0), "1"));
	assert_true(gaz_str_eq_z(gaz_http_param(s->held, "j", 0), "2"));
	assert_null(gaz_http_param(s->held, "j", 1).p);
	assert_true(gaz_str_eq_z(gaz_http_param(s->held, "i", 2), "4"));
	assert_null(gaz_http_param(s->held, "k", 0).p);
	gaz_http_reply(s->held, 200, "text/plain", GAZ_STR("ok"));
	client_reply(c, "hold");
	client_free(c);
	server_free(s);
}

static void
test_kept_alive(void **state)
{
	struct server *s = server_new(NULL);
	struct client *c = client_new(s);

	(void)state;
	/* several in turn, then several at once */
	for (int i = 0; i < 3; i++)
		assert_int_equal(status_of(ask(c, "GET /hello HTTP/1.1\r\n"
		    "Host: localhost\r\n\r\n")), 200);
	assert_int_equal(gaz_http_connections(s->http), 1);
	gaz_buf_reset(&c->in);
	client_send(c, GAZ_STR("HEAD /hello HTTP/1.1\r\nHost: localhost\r\n\r\n"
	    "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n"
	    "\r\nabcGET /echo?last HTTP/1.1\r\nHost: localhost\r\n"
	    "Connection: close\r\n\r\n"));
	while (!c->closed)
		run_loop(s, "close");
	assert_non_null(strstr(c->in.p, "body=3"));
	assert_non_null(strstr(c->in.p, "[last=]"));
	assert_null(strstr(c->in.p, "hello\n"));
	client_free(c);
	settle(s);
	assert_int_equal(gaz_http_connections(s->http), 0);
	server_free(s);
}

static void
test_half_closed(void **state)
{
	struct server *s = server_new(NULL);
	struct client *c = client_new(s);

	(void)state;
	client_send(c, GAZ_STR("GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n"
	    "GET /lines?n=100000 HTTP/1.1\r\nHost: localhost\r\n\r\n"
	    "GET /hel"));
	shutdown(c->fd, SHUT_WR);
	while (!c->closed)
		run_loop(s, "close");
	assert_non_null(strstr(c->in.p, "hello\n"));
	assert_non_null(strstr(c->in.p, "line 99999\n"));
	client_free(c);
	settle(s);
	assert_int_equal(gaz_http_connections(s->http), 0);
	server_free(s);
}

/* Value of a header of a reply, in out; "" when it is not there. */
static const char *
header_of(const char *reply, const char *name, char out[200])
{
	const char *p = strstr(reply, name);

	out[0] = '\0';
	if (p != NULL)
		snprintf(out, 200, "%.*s",
		    (int)strcspn(p + strlen(name) + 2, "\r"),
		    p + strlen(name) + 2);
	return out;
}

static const char *
ask_with(struct client *c, const char *path, const char *fields)
{
	struct gaz_buf b;

	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	gaz_buf_put_fmt(&b, "GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n",
	    path, fields);
	const char *reply = ask(c, b.p);
	gaz_buf_clear(&b);
	return reply;
}

static void
test_conditional(void **state)
{
	struct server *s = server_new(NULL);
	struct client *c = client_new(s);
	char plain[200], packed[200], value[200], fields[1000];

	(void)state;
	const char *reply = ask_with(c, "/lines", "");
	header_of(reply, "ETag", plain);
	assert_int_equal(plain[0], '"'); /* strong */
	assert_string_equal(header_of(reply, "Cache-Control", value),
	    "no-cache");
	assert_string_equal(header_of(reply, "Vary", value),
	    "Accept-Encoding");
	reply = ask_with(c, "/lines", "Accept-Encoding: gzip\r\n");
	header_of(reply, "ETag", packed);
	assert_string_not_equal(plain, packed);
	assert_string_equal(header_of(reply, "Content-Encoding", value),
	    "gzip");
	assert_string_equal(header_of(ask_with(c, "/hello", ""),
	    "Cache-Control", value), "max-age=60");

	const struct {
		const char *name, *tags;
		const char *accept;
		int status;
		const char *tag; /* in the reply */
	} cases[] = {
		{ "plain", plain, "", 304, plain },
		{ "packed", packed, "gzip", 304, packed },
		{ "plain held, packed offered", plain, "gzip", 304, plain },
		{ "packed held, plain wanted", packed, "", 304, packed },
		{ "any", "*", "", 304, plain },
		{ "another", "\"another\"", "", 200, plain },
		{ "without quotes", "another", "", 200, plain },
		{ "unclosed", "\"another", "", 200, plain },
	};
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		for (int form = 0; form < 3; form++) {
			char tags[400];
			if (form > 0 && cases[i].tags[0] == '*')
				continue;
			snprintf(tags, sizeof(tags), form == 0 ? "%s"
			    : form == 1 ? "\"x,y\" , W/%s"
			                : "W/\"\",%s,\"z\"", cases[i].tags);
			snprintf(fields, sizeof(fields), "If-None-Match: %s\r\n"
			    "Accept-Encoding: %s\r\n", tags, cases[i].accept);
			reply = ask_with(c, "/lines", fields);
			if (status_of(reply) != cases[i].status)
				fail_msg("%s (%s): got %s", cases[i].name,
				    tags, reply);
			assert_string_equal(header_of(reply, "ETag", value),
			    cases[i].tag);
			if (cases[i].status == 304)
				assert_null(strstr(reply, "Content-Length"));
		}
	}
	/* another content, another tag */
	assert_string_not_equal(header_of(ask_with(c, "/lines?n=101", ""),
	    "ETag", value), plain);
	client_free(c);
	server_free(s);
}

static void
test_gzip(void **state)
{
	static const struct {
		const char *accept;
		bool packed;
	} cases[] = {
		{ "gzip", true },
		{ "deflate, gzip;q=0.5, br", true },
		{ "GZIP", true },
		{ "x-gzip", true },
		{ "*", true },
		{ "gzip;q=1.0, identity; q=0.5, *;q=0", true },
		{ "gzip;q=0", false },
		{ "gzip; q=0.000", false },
		{ "identity", false },
		{ "identity;q=1, gzip;q=0.5", false },
		{ "*;q=0", false },
		{ "br", false },
		{ "", false },
	};
	struct server *s = server_new(NULL);
	struct client *c = client_new(s);
	char fields[200], value[200], text[8192];

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		snprintf(fields, sizeof(fields), "Accept-Encoding: %s\r\n",
		    cases[i].accept);
		const char *reply = ask_with(c, "/lines", fields);
		bool packed = strcmp(header_of(reply, "Content-Encoding",
		    value), "gzip") == 0;
		if (packed != cases[i].packed)
			fail_msg("\"%s\": packed %d", cases[i].accept, packed);
	}
	/* what is packed is what was meant */
	const char *reply = ask_with(c, "/lines", "Accept-Encoding: gzip\r\n");
	size_t at = (size_t)(strstr(reply, "\r\n\r\n") + 4 - reply);
	z_stream z = { .next_in = (Bytef *)c->in.p + at,
		.avail_in = (uInt)(c->in.len - at), .next_out = (Bytef *)text,
		.avail_out = sizeof(text) };
	assert_int_equal(inflateInit2(&z, 16 + MAX_WBITS), Z_OK);
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	assert_int_equal(z.avail_in, 0);
	assert_memory_equal(text, "line 0\nline 1\n", 14);
	assert_memory_equal(text + z.total_out - 8, "line 99\n", 8);
	inflateEnd(&z);
	/* six bytes are not worth it */
	reply = ask_with(c, "/hello", "Accept-Encoding: gzip\r\n");
	assert_string_equal(header_of(reply, "Content-Encoding", value), "");
	client_free(c);
	server_free(s);
}

static void
test_late_reply(void **state)
{
	struct server *s = server_new(NULL);
	struct client *c = client_new(s);

	(void)state;
	client_send(c, GAZ_STR("GET /hold HTTP/1.1\r\nHost: localhost\r\n\r\n"
	    "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n"));
	run_loop(s, "hold");
	settle(s);
	assert_int_equal(c->in.len, 0); /* the second waits its turn */
	assert_int_equal(gaz_http_open_requests(s->http), 1);
	gaz_http_reply(s->held, 200, "text/plain", GAZ_STR("late\n"));
	while (c->in.p == NULL || strstr(c->in.p, "hello\n") == NULL)
		run_loop(s, "both");
	assert_non_null(strstr(c->in.p, "late\n"));
	settle(s);
	assert_int_equal(gaz_http_open_requests(s->http), 0);
	client_free(c);
	server_free(s);
}

static void
test_client_gone(void **state)
{
	static const struct linger reset = { .l_onoff = 1 };
	struct server *s = server_new(NULL);

	(void)state;
	for (int how = 0; how < 2; how++) {
		struct client *c = client_new(s);
		client_send(c, GAZ_STR("GET /hold HTTP/1.1\r\n"
		    "Host: localhost\r\n\r\n"));
		run_loop(s, "hold");
		assert_false(gaz_http_is_gone(s->held));
		if (how == 1) /* closed with a reset */
			setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &reset,
			    sizeof(reset));
		client_free(c);
		settle(s);
		if (how == 1)
			assert_true(gaz_http_is_gone(s->held));
		gaz_http_reply(s->held, 200, "text/plain", GAZ_STR("late\n"));
		settle(s);
		assert_int_equal(gaz_http_open_requests(s->http), 0);
	}
	/* a server that goes while it owes a reply leaks nothing */
	struct client *c = client_new(s);
	client_send(c, GAZ_STR("GET /hold HTTP/1.1\r\nHost: localhost\r\n\r\n"));
	run_loop(s, "hold");
	gaz_http_free(s->http);
	s->http = NULL;
	client_free(c);
	server_free(s);
}

static struct gaz_http_options
short_times(void)
{
	struct gaz_http_options opt;

	gaz_http_options_init(&opt);
	opt.head_timeout_ms = 60;
	opt.idle_timeout_ms = 60;
	opt.progress_timeout_ms = 60;
	return opt;
}

/* Send bytes one by one, each when the one before has arrived. */
struct dripper {
	struct client *client;
	struct event *timer;
	const char *next;
};

static void
on_drip(int fd, short what, void *arg)
{
	static const struct timeval pause = { 0, 5000 };
	struct dripper *d = arg;

	(void)fd;
	(void)what;
	if (d->client->closed)
		return;
	send(d->client->fd, *d->next != '\0' ? d->next++ : "x", 1,
	    MSG_DONTWAIT | MSG_NOSIGNAL);
	event_add(d->timer, &pause);
}

static void
test_slow_clients(void **state)
{
	static const struct {
		const char *name, *all, *drip;
		int status; /* -1: closed without a word */
	} cases[] = {
		{ "says nothing", "", NULL, -1 },
		{ "slow head", "GET /hello HTTP/1.1\r\nHost: localhost\r\nA: ",
		    "x", 408 },
		{ "half a head", "GET /hello HTTP/1.1\r\n", NULL, 408 },
		{ "slow body", "POST /echo HTTP/1.1\r\nHost: localhost\r\n"
		    "Content-Length: 1000\r\n\r\n", "x", 408 },
		{ "half a chunk", "POST /echo HTTP/1.1\r\nHost: localhost\r\n"
		    "Transfer-Encoding: chunked\r\n\r\nff\r\n", NULL, 408 },
	};
	struct gaz_http_options opt = short_times();
	struct server *s = server_new(&opt);

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct client *c = client_new(s);
		struct dripper d = { .client = c, .next = cases[i].drip };
		d.timer = event_new(s->base, -1, 0, on_drip, &d);
		client_send(c, gaz_str_of(cases[i].all));
		if (cases[i].drip != NULL)
			on_drip(-1, 0, &d);
		while (!c->closed)
			run_loop(s, cases[i].name);
		int status = c->in.len > 0 ? status_of(c->in.p) : -1;
		if (status != cases[i].status)
			fail_msg("%s: got %d", cases[i].name, status);
		event_free(d.timer);
		client_free(c);
	}
	/* one that is served and then idles */
	struct client *c = client_new(s);
	ask(c, "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
	while (!c->closed)
		run_loop(s, "idle");
	client_free(c);
	server_free(s);
}

static void
test_never_reads(void **state)
{
	struct gaz_http_options opt = short_times();
	struct server *s = server_new(&opt);
	struct client *c = client_new(s);
	int small = 4096;

	(void)state;
	event_del(c->readable);
	setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	client_send(c, GAZ_STR("GET /lines?n=2000000 HTTP/1.1\r\n"
	    "Host: localhost\r\n\r\n"));
	for (int i = 0; i < 1000 && gaz_http_connections(s->http) == 0; i++)
		event_base_loop(s->base, EVLOOP_NONBLOCK);
	/* the loop sleeps until the server has lost patience */
	while (gaz_http_connections(s->http) > 0)
		event_base_loop(s->base, EVLOOP_ONCE);
	client_free(c);
	server_free(s);
}

static void
test_large_reply(void **state)
{
	struct server *s = server_new(NULL);
	struct client *c = client_new(s);

	(void)state;
	const char *reply = ask_with(c, "/lines?n=1000000",
	    "Accept-Encoding: gzip\r\n");
	assert_int_equal(status_of(reply), 200);
	assert_memory_equal(c->in.p + c->in.len - 12, "line 999999\n", 12);
	client_free(c);
	server_free(s);
}

static void
test_connection_limit(void **state)
{
	struct client *c[GAZ_HTTP_CONNECTIONS_MAX];
	struct server *s = server_new(NULL);
	struct gaz_err err;
	char path[100];

	(void)state;
	snprintf(path, sizeof(path), "%s/control", s->folder);
	assert_true(gaz_http_listen(s->http, path, true, &err));
	for (size_t i = 0; i < GAZ_COUNT(c); i++) {
		c[i] = client_new(s);
		settle(s);
	}
	assert_int_equal(gaz_http_connections(s->http),
	    GAZ_HTTP_CONNECTIONS_MAX);
	/* one more is refused; the control socket has room all the same */
	struct client *more = client_new(s);
	assert_int_equal(status_of(client_reply(more, "busy")), 503);
	client_free(more);
	struct client *control = connect_path(s, path);
	assert_int_equal(status_of(ask(control, "GET /api/secret HTTP/1.1\r\n"
	    "Host: x\r\n\r\n")), 200);
	client_free(control);
	/* one that was served and idles now makes room */
	ask(c[7], "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
	settle(s);
	more = client_new(s);
	assert_int_equal(status_of(ask(more, "GET /hello HTTP/1.1\r\n"
	    "Host: localhost\r\n\r\n")), 200);
	assert_true(c[7]->closed);
	client_free(more);
	for (size_t i = 0; i < GAZ_COUNT(c); i++)
		client_free(c[i]);
	server_free(s);
}

static void
test_address_limit(void **state)
{
	struct client *c[GAZ_HTTP_CONNECTIONS_PER_ADDRESS];
	struct gaz_http_options opt;

	(void)state;
	gaz_http_options_init(&opt);
	opt.count_loopback = true;
	struct server *s = server_new(&opt);
	for (size_t i = 0; i < GAZ_COUNT(c); i++)
		c[i] = connect_from(s, "127.0.0.2");
	settle(s);
	assert_int_equal(gaz_http_connections(s->http), GAZ_COUNT(c));
	struct client *more = connect_from(s, "127.0.0.2");
	assert_int_equal(status_of(client_reply(more, "busy")), 503);
	client_free(more);
	/* others are not concerned */
	more = connect_from(s, "127.0.0.3");
	assert_int_equal(status_of(ask(more, "GET /hello HTTP/1.1\r\n"
	    "Host: localhost\r\n\r\n")), 200);
	client_free(more);
	for (size_t i = 0; i < GAZ_COUNT(c); i++)
		client_free(c[i]);
	server_free(s);

	/* without the option, this machine's clients share without limit */
	s = server_new(NULL);
	for (size_t i = 0; i < GAZ_COUNT(c); i++)
		c[i] = connect_from(s, "127.0.0.2");
	more = connect_from(s, "127.0.0.2");
	settle(s);
	assert_int_equal(gaz_http_connections(s->http), GAZ_COUNT(c) + 1);
	client_free(more);
	for (size_t i = 0; i < GAZ_COUNT(c); i++)
		client_free(c[i]);
	server_free(s);
}

/* What an address is to the limit. */
static void
test_networks(void **state)
{
	static const struct {
		const char *address, *network;
		bool loopback;
	} cases[] = {
		{ "192.0.2.1", "192.0.2.1", false },
		{ "127.3.2.1", "127.3.2.1", true },
		{ "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::", false },
		{ "::1", "::", true },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct sockaddr_in in = { .sin_family = AF_INET };
		struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
		const struct sockaddr *sa = (struct sockaddr *)&in;
		struct peer peer;
		if (inet_pton(AF_INET, cases[i].address, &in.sin_addr) != 1) {
			inet_pton(AF_INET6, cases[i].address, &in6.sin6_addr);
			sa = (struct sockaddr *)&in6;
		}
		http_peer_of(sa, &peer);
		assert_string_equal(peer.address, cases[i].address);
		assert_string_equal(peer.network, cases[i].network);
		assert_int_equal(peer.loopback, cases[i].loopback);
	}
}

/* Connections that never ask anything do not keep others out for long. */
static void
test_idle_makes_room(void **state)
{
	struct gaz_http_options opt;
	struct client *c[4];

	(void)state;
	gaz_http_options_init(&opt);
	opt.connections = 4;
	for (int waited = 0; waited < 2; waited++) {
		opt.evict_ms = waited ? 0 : 1000000;
		struct server *s = server_new(&opt);
		for (size_t i = 0; i < GAZ_COUNT(c); i++) {
			c[i] = client_new(s);
			settle(s);
		}
		/* half a head is no idleness */
		client_send(c[0], GAZ_STR("GET /hello HTTP/1.1\r\n"));
		settle(s);
		struct client *more = client_new(s);
		assert_int_equal(status_of(ask(more, "GET /hello HTTP/1.1\r\n"
		    "Host: localhost\r\n\r\n")), waited ? 200 : 503);
		settle(s);
		assert_false(c[0]->closed);
		assert_int_equal(c[1]->closed, waited);
		assert_false(c[2]->closed);
		client_free(more);
		for (size_t i = 0; i < GAZ_COUNT(c); i++)
			client_free(c[i]);
		server_free(s);
	}
}

static void
expect_refused(struct server *s, const char *address, const char *part)
{
	struct gaz_err err = { .code = GAZ_ERR_NONE };

	if (gaz_http_listen(s->http, address, false, &err))
		fail_msg("%s: was accepted", address);
	if (strstr(err.msg, address) == NULL || strstr(err.msg, part) == NULL)
		fail_msg("%s: want \"%s\", got \"%s\"", address, part, err.msg);
}

static void
test_listen(void **state)
{
	struct server *s = server_new(NULL), *other;
	char path[100], file[100], address[64], lost[140], longest[300];
	struct gaz_err err;
	struct stat st;

	(void)state;
	snprintf(path, sizeof(path), "%s/control", s->folder);
	snprintf(file, sizeof(file), "%s/file", s->folder);
	snprintf(lost, sizeof(lost), "%s/no/control", s->folder);
	snprintf(address, sizeof(address), "127.0.0.1:%d", s->port);
	snprintf(longest, sizeof(longest), "%s/%0100d", s->folder, 0);

	/* a dead instance's socket is replaced */
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	snprintf(un.sun_path, sizeof(un.sun_path), "%s", path);
	int dead = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(dead, (struct sockaddr *)&un, sizeof(un)), 0);
	close(dead);
	if (!gaz_http_listen(s->http, path, true, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_string_equal(gaz_http_address(s->http, 1), path);
	assert_null(gaz_http_address(s->http, 2));

	/* a live one's is not */
	other = server_new(NULL);
	assert_false(gaz_http_listen(other->http, path, true, &err));
	assert_int_equal(err.code, GAZ_ERR_BUSY);
	assert_non_null(strstr(err.msg, "already running"));
	expect_refused(other, address, "another program listens there");
	server_free(other);
	assert_int_equal(stat(path, &st), 0);

	int fd = open(file, O_CREAT | O_WRONLY, 0600);
	close(fd);
	expect_refused(s, file, "not a socket");
	assert_int_equal(unlink(file), 0);
	expect_refused(s, lost, "folder does not exist");
	expect_refused(s, "127.0.0.1", "no port");
	expect_refused(s, "127.0.0.1:65536", "port");
	expect_refused(s, "127.0.0.1:x", "port");
	expect_refused(s, "127.0.0.1:", "port");
	expect_refused(s, "example.org:80", "not an IP address");
	expect_refused(s, "::1:80", "not an IP address");
	expect_refused(s, "[127.0.0.1]:80", "not an IP address");
	expect_refused(s, ":80", "not an IP address");
	expect_refused(s, "192.0.2.1:0", "no such address");
	assert_false(gaz_http_listen(s->http, longest, false, &err));
	assert_non_null(strstr(err.msg, "at most 107 bytes"));

	/* a socket that others may use, and taking one out of use */
	if (!gaz_http_listen(s->http, file, false, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0666);
	gaz_http_unlisten(s->http, 2);
	assert_int_equal(stat(file, &st), -1);
	assert_string_equal(gaz_http_address(s->http, 1), path);

	server_free(s); /* and with it the control socket */
}

static void
test_local_addresses(void **state)
{
	(void)state;
	assert_true(gaz_http_is_local_address("127.0.0.1:80"));
	assert_true(gaz_http_is_local_address("127.1.2.3:80"));
	assert_true(gaz_http_is_local_address("localhost:80"));
	assert_true(gaz_http_is_local_address("[::1]:80"));
	assert_true(gaz_http_is_local_address("/run/gazetted/web"));
	assert_false(gaz_http_is_local_address("0.0.0.0:80"));
	assert_false(gaz_http_is_local_address("[::]:80"));
	assert_false(gaz_http_is_local_address("192.168.1.2:80"));
	assert_false(gaz_http_is_local_address("nonsense"));
}

static void
test_control(void **state)
{
	struct server *s = server_new(NULL);
	struct gaz_err err;
	char path[100];

	(void)state;
	snprintf(path, sizeof(path), "%s/control", s->folder);
	assert_true(gaz_http_listen(s->http, path, true, &err));
	struct client *c = connect_path(s, path);
	const char *reply = ask(c, "GET /api/secret HTTP/1.1\r\n"
	    "Host: anything.example\r\n\r\n");
	assert_int_equal(status_of(reply), 200);
	assert_non_null(strstr(reply, "control=1 local=1 client=unix"));
	client_free(c);
	server_free(s);
}

static void
test_hosts(void **state)
{
	static const struct {
		const char *host;
		int status;
	} cases[] = {
		{ "localhost", 200 },
		{ "localhost:8321", 200 },
		{ "LocalHost", 200 },
		{ "news.localhost:1", 200 },
		{ "127.0.0.1:8321", 200 },
		{ "[::1]:8321", 200 },
		{ "192.168.1.2", 200 },
		{ "news.example.org", 200 },
		{ "NEWS.example.org:443", 200 },
		{ "evil.example", 421 },
		{ "evil.example:8321", 421 },
		{ "localhost.evil.example", 421 },
		{ "127.0.0.1.evil.example", 421 },
		{ "a b", 400 },
		{ "a/b", 400 },
		{ "user@localhost", 400 },
	};
	struct server *s = server_new(NULL);
	char request[200];

	(void)state;
	gaz_http_set_base_url(s->http,
	    GAZ_STR("https://news.example.org/aggregator"));
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		snprintf(request, sizeof(request),
		    "GET /hello HTTP/1.1\r\nHost: %s\r\n\r\n", cases[i].host);
		int status = status_for(s, request);
		if (status != cases[i].status)
			fail_msg("%s: got %d", cases[i].host, status);
	}
	gaz_http_set_base_url(s->http, GAZ_STR_NONE);
	assert_int_equal(status_for(s, "GET /hello HTTP/1.1\r\n"
	    "Host: news.example.org\r\n\r\n"), 421);
	server_free(s);
}

static void
test_origins(void **state)
{
	static const struct {
		const char *name, *method, *path, *fields;
		int status;
	} cases[] = {
		{ "no origin", "POST", "/echo", "", 200 },
		{ "same", "POST", "/echo", "Origin: http://localhost:81\r\n",
		    200 },
		{ "base url", "POST", "/echo",
		    "Origin: https://news.example.org\r\n", 200 },
		{ "other port", "POST", "/echo",
		    "Origin: http://localhost:82\r\n", 403 },
		{ "other", "POST", "/echo", "Origin: https://evil.example\r\n",
		    403 },
		{ "null", "POST", "/echo", "Origin: null\r\n", 403 },
		{ "other, reading", "GET", "/echo",
		    "Origin: https://evil.example\r\n", 200 },
		{ "other, delete", "DELETE", "/echo",
		    "Origin: https://evil.example\r\n", 403 },
		{ "other with a header that needs consent", "POST", "/echo",
		    "Origin: https://evil.example\r\nAuthorization: x\r\n",
		    200 },
		{ "open route", "POST", "/open",
		    "Origin: https://evil.example\r\n", 200 },
	};
	struct server *s = server_new(NULL);
	char request[300];

	(void)state;
	gaz_http_set_base_url(s->http, GAZ_STR("https://news.example.org"));
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		snprintf(request, sizeof(request),
		    "%s %s HTTP/1.1\r\nHost: localhost:81\r\n%s\r\n",
		    cases[i].method, cases[i].path, cases[i].fields);
		int status = status_for(s, request);
		if (status != cases[i].status)
			fail_msg("%s: got %d", cases[i].name, status);
	}
	server_free(s);
}

static void
write_page(int status, struct gaz_str message, struct gaz_buf *out, void *arg)
{
	(void)arg;
	gaz_buf_put_fmt(out, "<p>%d ", status);
	gaz_buf_put_escaped(out, message);
}

static void
test_error_page(void **state)
{
	struct server *s = server_new(NULL);
	struct client *c = client_new(s);

	(void)state;
	gaz_http_set_error_page(s->http, write_page, NULL);
	const char *reply = ask_with(c, "/nothing",
	    "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n");
	assert_non_null(strstr(reply, "<p>404 there is no such page"));
	assert_non_null(strstr(reply, "Content-Type: text/html"));
	client_free(c);
	c = client_new(s);
	reply = ask_with(c, "/nothing", "Accept: */*\r\n");
	assert_non_null(strstr(reply, "\r\n\r\nthere is no such page\n"));
	client_free(c);
	server_free(s);
}

static void
test_continue(void **state)
{
	struct server *s = server_new(NULL);
	struct client *c = client_new(s);

	(void)state;
	client_send(c, GAZ_STR("POST /echo HTTP/1.1\r\nHost: localhost\r\n"
	    "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n"));
	c->wanted = 25;
	run_loop(s, "100");
	assert_string_equal(c->in.p, "HTTP/1.1 100 Continue\r\n\r\n");
	assert_non_null(strstr(ask(c, "abc"), "body=3"));
	client_free(c);
	/* too large: told before it is sent */
	assert_int_equal(status_for(s, "POST /echo HTTP/1.1\r\n"
	    "Host: localhost\r\nExpect: 100-continue\r\n"
	    "Content-Length: 9999999\r\n\r\n"), 413);
	server_free(s);
}

static void
test_stop(void **state)
{
	struct server *s = server_new(NULL);
	struct client *idle = client_new(s), *busy = client_new(s);
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)s->port) };

	(void)state;
	inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
	client_send(busy, GAZ_STR("GET /hold HTTP/1.1\r\n"
	    "Host: localhost\r\n\r\n"));
	run_loop(s, "hold");
	gaz_http_stop(s->http);
	assert_null(gaz_http_address(s->http, 0));
	while (!idle->closed)
		run_loop(s, "idle closes");
	assert_int_equal(gaz_http_open_requests(s->http), 1);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), -1);
	close(fd);
	gaz_http_reply(s->held, 200, "text/plain", GAZ_STR("done\n"));
	while (!busy->closed)
		run_loop(s, "busy closes");
	assert_non_null(strstr(busy->in.p, "Connection: close\r\n"));
	assert_non_null(strstr(busy->in.p, "done\n"));
	client_free(idle);
	client_free(busy);
	settle(s);
	assert_int_equal(gaz_http_open_requests(s->http), 0);
	server_free(s);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_head_limit),
		cmocka_unit_test(test_body_limit),
		cmocka_unit_test(test_params_limit),
		cmocka_unit_test(test_param_walk),
		cmocka_unit_test(test_kept_alive),
		cmocka_unit_test(test_half_closed),
		cmocka_unit_test(test_conditional),
		cmocka_unit_test(test_gzip),
		cmocka_unit_test(test_late_reply),
		cmocka_unit_test(test_client_gone),
		cmocka_unit_test(test_slow_clients),
		cmocka_unit_test(test_never_reads),
		cmocka_unit_test(test_large_reply),
		cmocka_unit_test(test_connection_limit),
		cmocka_unit_test(test_address_limit),
		cmocka_unit_test(test_networks),
		cmocka_unit_test(test_idle_makes_room),
		cmocka_unit_test(test_listen),
		cmocka_unit_test(test_local_addresses),
		cmocka_unit_test(test_control),
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_origins),
		cmocka_unit_test(test_error_page),
		cmocka_unit_test(test_continue),
		cmocka_unit_test(test_stop),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("http", tests, NULL, NULL);
}
