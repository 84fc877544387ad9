/* What one client may cost. */
#include "config.h"

#include "http_client.h"

#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "gazetted/limits.h"
#include "gazetted/mem.h"

#include "http/server.h"

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

/* Who is not admitted is refused before the body has come. */
static void
test_admit(void **state)
{
	static const struct {
		const char *path, *keys;
		int length, status;
	} rows[] = {
		{ "/gate/in", "X-Key: a\r\nX-Key: b\r\n", 4, 200 },
		{ "/gate/in", "X-Key: a\r\nX-Key: b\r\n", 5, 413 },
		{ "/gate/in", "X-Key: b\r\n", 4000, 404 },
		{ "/gate/other", "X-Key: a\r\nX-Key: b\r\n", 4000, 404 },
	};
	struct server *s = server_new(NULL);

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
		char head[300];

		snprintf(head, sizeof(head), "POST %s HTTP/1.1\r\n"
		    "Host: localhost\r\n%sContent-Length: %d\r\n\r\n%s",
		    rows[i].path, rows[i].keys, rows[i].length,
		    rows[i].length == 4 ? "abcd" : "");
		assert_int_equal(status_for(s, head), rows[i].status);
	}
	server_free(s);
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

/*
 * A client that has been answered may be sending still: it is heard for a
 * while, since a reset would overtake the answer.
 */
static void
test_answered_early(void **state)
{
	struct server *s = server_new(NULL);
	struct client *c = client_new(s);

	(void)state;
	assert_int_equal(status_of(ask(c, "POST /nothing HTTP/1.1\r\n"
	    "Host: localhost\r\nContent-Length: 1000\r\n\r\n")), 404);
	while (!c->closed)
		run_loop(s, "the server has said all");
	for (int i = 0; i < 10; i++) {
		assert_int_equal(send(c->fd, "0123456789", 10, MSG_NOSIGNAL),
		    10);
		settle(s);
	}
	client_free(c);
	wait_until_left(s);
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
	int small = 4096;

	(void)state;
	opt.progress_timeout_ms = 500; /* time to look at it before */
	struct server *s = server_new(&opt);
	struct client *c = client_new(s);
	event_del(c->readable);
	setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	client_send(c, GAZ_STR("GET /lines?n=2000000 HTTP/1.1\r\n"
	    "Host: localhost\r\n\r\n"));
	for (int i = 0; i < 1000 && gaz_http_connections(s->http) == 0; i++)
		event_base_loop(s->base, EVLOOP_NONBLOCK);
	settle(s);
	/* the document waits in one place, not in the queue of each client */
	struct conn *conn = TAILQ_FIRST(&s->http->conns);
	assert_int_equal(conn->state, CONN_WRITE);
	assert_in_range(evbuffer_get_length(
	    bufferevent_get_output(conn->bev)), 1, GAZ_HTTP_OUTPUT_MAX);
	wait_until_left(s);
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

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_head_limit),
		cmocka_unit_test(test_body_limit),
		cmocka_unit_test(test_admit),
		cmocka_unit_test(test_params_limit),
		cmocka_unit_test(test_answered_early),
		cmocka_unit_test(test_slow_clients),
		cmocka_unit_test(test_never_reads),
		cmocka_unit_test(test_connection_limit),
		cmocka_unit_test(test_address_limit),
		cmocka_unit_test(test_networks),
		cmocka_unit_test(test_idle_makes_room),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("http_limits", tests, NULL, NULL);
}
