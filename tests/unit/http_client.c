#include "config.h"

#include "http_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "gazetted/limits.h"
#include "gazetted/mem.h"

/* A test that hangs fails after this. */
#define PATIENCE_S 300

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

/* Knows who has to say "X-Key: b" behind another one; a body of 4 bytes. */
static int
admit(const struct gaz_http_request *r, void *arg, size_t *max_body,
    const char **why)
{
	(void)arg;
	*max_body = 4;
	if (gaz_str_eq_z(gaz_http_rest(r), "in") &&
	    gaz_str_eq_z(gaz_http_header_at(r, "x-key", 1), "b") &&
	    gaz_http_header_at(r, "x-key", 2).p == NULL)
		return 0;
	*why = "who are you?";
	return 404;
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
	{ .methods = GAZ_HTTP_POST, .path = "/gate/*", .handler = on_echo,
	    .admit = admit },
	{ .methods = GAZ_HTTP_GET, .path = "/api/secret",
	    .handler = on_echo, .control_only = true },
};

/* ---- both ends */

struct server *
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

void
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
void
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

void
wait_until_left(struct server *s)
{
	struct timeval patience = { PATIENCE_S, 0 };
	bool late = false;
	struct event *guard = event_new(s->base, -1, 0, on_give_up, &late);

	event_add(guard, &patience);
	while (!late && gaz_http_connections(s->http) > 0)
		event_base_loop(s->base, EVLOOP_ONCE);
	event_free(guard);
	assert_false(late);
}

/* Let both ends do what they can without waiting. */
void
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
	if (c->head_only || gaz_str_starts(in, "HTTP/1.1 304") ||
	    at == GAZ_STR_NPOS)
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

struct client *
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

struct client *
client_new(struct server *s)
{
	return connect_from(s, "127.0.0.1");
}

struct client *
connect_path(struct server *s, const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(un.sun_path, sizeof(un.sun_path), "%s", path);
	assert_int_equal(connect(fd, (struct sockaddr *)&un, sizeof(un)), 0);
	return client_of(s, fd);
}

void
client_free(struct client *c)
{
	event_free(c->readable);
	close(c->fd);
	gaz_buf_clear(&c->in);
	free(c);
}

/* Send all of it, letting the server read meanwhile. */
void
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
const char *
client_reply(struct client *c, const char *what)
{
	c->wanted = 0;
	while (!c->closed && !is_whole(c))
		run_loop(c->server, what);
	return c->in.p != NULL ? c->in.p : "";
}

const char *
ask(struct client *c, const char *request)
{
	gaz_buf_reset(&c->in);
	c->head_only = strncmp(request, "HEAD ", 5) == 0;
	client_send(c, gaz_str_of(request));
	return client_reply(c, request);
}

int
status_of(const char *reply)
{
	int status = -1;

	sscanf(reply, "HTTP/1.1 %d", &status);
	return status;
}

/* One request on a connection of its own. */
int
status_for(struct server *s, const char *request)
{
	struct client *c = client_new(s);
	int status = status_of(ask(c, request));

	client_free(c);
	return status;
}

/* Value of a header of a reply, in out; "" when it is not there. */
const char *
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

const char *
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

