#include "config.h"

#include "gazetted/fetch.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include "gazetted/limits.h"
#include "gazetted/mem.h"
#include "gazetted/vec.h"

/*
 * A server of raw bytes in the same event loop: what a path answers is written
 * by the test to the last byte, lies included. It keeps every request.
 */
enum manner {
	CLOSE,      /* send and close */
	KEEP,       /* send and wait for the next request */
	RESET,      /* send and reset the connection */
	SILENT,     /* never answer */
	TRICKLE,    /* a byte every 50 ms */
	ENDLESS,    /* the bytes, and then chunks for ever */
	LATE,       /* send, and a few bytes more when it is too late */
};

struct answer {
	char *path;
	char *raw;
	size_t len;
	enum manner manner;
	size_t sent;   /* bytes that ENDLESS got rid of */
};

static struct {
	struct event_base *base;
	struct evconnlistener *listener;
	int port;
	GAZ_VEC(struct answer *) answers;
	GAZ_VEC(char *) requests;
	GAZ_VEC(struct visitor *) visitors;
	size_t accepted;
} server;

struct visitor {
	struct bufferevent *bev;
	struct event *timer;
	struct answer *answer;
	size_t at;
	bool late;
};

static void
visitor_free(struct visitor *v)
{
	for (size_t i = 0; i < server.visitors.n; i++) {
		if (server.visitors.v[i] == v)
			server.visitors.v[i] =
			    server.visitors.v[--server.visitors.n];
	}
	if (v->timer != NULL)
		event_free(v->timer);
	bufferevent_free(v->bev);
	free(v);
}

static void
on_written(struct bufferevent *bev, void *arg)
{
	struct visitor *v = arg;
	static const char chunk[] = "400\r\n";
	static char body[1024];

	if (v->answer == NULL || v->answer->manner == KEEP ||
	    v->answer->manner == LATE)
		return;
	if (v->answer->manner == CLOSE)
		visitor_free(v);
	else if (v->answer->manner == ENDLESS) {
		memset(body, 'x', sizeof(body));
		for (int i = 0; i < 64; i++) {
			bufferevent_write(bev, chunk, 5);
			bufferevent_write(bev, body, sizeof(body));
			bufferevent_write(bev, "\r\n", 2);
			v->answer->sent += sizeof(body);
		}
	}
}

static void
on_gone(struct bufferevent *bev, short what, void *arg)
{
	(void)bev;
	(void)what;
	visitor_free(arg);
}

static void
on_trickle(evutil_socket_t fd, short what, void *arg)
{
	struct visitor *v = arg;
	struct timeval tv = { 0, 50000 };

	(void)fd;
	(void)what;
	if (v->at < v->answer->len)
		bufferevent_write(v->bev, v->answer->raw + v->at++, 1);
	evtimer_add(v->timer, &tv);
}

static void
answer_to(struct visitor *v, struct answer *a)
{
	struct linger linger = { 1, 0 };

	v->answer = a;
	if (v->late)
		bufferevent_write(v->bev, "0\r\n\r\n", 5);
	v->late = a != NULL && a->manner == LATE;
	if (a == NULL) {
		static const char none[] = "HTTP/1.1 404 Not Found\r\n"
		    "Content-Length: 0\r\n\r\n";
		bufferevent_write(v->bev, none, sizeof(none) - 1);
		return;
	}
	switch (a->manner) {
	case SILENT:
		return;
	case TRICKLE:
		v->at = 0;
		v->timer = evtimer_new(server.base, on_trickle, v);
		on_trickle(-1, 0, v);
		return;
	case RESET:
		if (a->len > 0 && send(bufferevent_getfd(v->bev), a->raw,
		    a->len, MSG_NOSIGNAL) < 0)
			fail_msg("send");
		setsockopt(bufferevent_getfd(v->bev), SOL_SOCKET, SO_LINGER,
		    &linger, sizeof(linger));
		visitor_free(v);
		return;
	case CLOSE:
	case KEEP:
	case LATE:
	case ENDLESS:
		bufferevent_write(v->bev, a->raw, a->len);
		if (a->len == 0)
			on_written(v->bev, v);
		return;
	}
}

static void
on_request(struct bufferevent *bev, void *arg)
{
	struct visitor *v = arg;
	struct evbuffer *in = bufferevent_get_input(bev);
	struct answer *found = NULL;

	struct evbuffer_ptr end = evbuffer_search(in, "\r\n\r\n", 4, NULL);
	if (end.pos < 0)
		return;
	size_t n = (size_t)end.pos + 4;
	char *text = gaz_mem_zero(1, evbuffer_get_length(in) + 1);
	const char *body = NULL;
	evbuffer_copyout(in, text, evbuffer_get_length(in));
	body = strstr(text, "Content-Length: ");
	if (body != NULL && body < text + n) {
		n += (size_t)strtol(body + 16, NULL, 10);
		if (evbuffer_get_length(in) < n) {
			free(text);
			return;
		}
	}
	text[n] = '\0';
	evbuffer_drain(in, n);
	*gaz_vec_push(&server.requests) = text;
	for (size_t i = 0; i < server.answers.n; i++) {
		struct answer *a = server.answers.v[i];
		const char *path = strchr(text, ' ') + 1;
		size_t len = strlen(a->path);
		if (strncmp(path, a->path, len) == 0 && path[len] == ' ')
			found = a;
	}
	answer_to(v, found);
}

static void
on_accept(struct evconnlistener *l, evutil_socket_t fd, struct sockaddr *sa,
    int len, void *arg)
{
	struct visitor *v = gaz_mem_zero(1, sizeof(*v));

	(void)l;
	(void)sa;
	(void)len;
	(void)arg;
	server.accepted++;
	v->bev = bufferevent_socket_new(server.base, fd,
	    BEV_OPT_CLOSE_ON_FREE);
	*gaz_vec_push(&server.visitors) = v;
	bufferevent_setcb(v->bev, on_request, on_written, on_gone, v);
	bufferevent_enable(v->bev, EV_READ | EV_WRITE);
}

static int
server_start(void **state)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t len = sizeof(in);

	(void)state;
	memset(&server, 0, sizeof(server));
	server.base = event_base_new();
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	server.listener = evconnlistener_new_bind(server.base, on_accept, NULL,
	    LEV_OPT_CLOSE_ON_FREE, -1, (struct sockaddr *)&in, sizeof(in));
	assert_non_null(server.listener);
	getsockname(evconnlistener_get_fd(server.listener),
	    (struct sockaddr *)&in, &len);
	server.port = ntohs(in.sin_port);
	return 0;
}

static int
server_stop(void **state)
{
	(void)state;
	while (server.visitors.n > 0)
		visitor_free(server.visitors.v[0]);
	gaz_vec_clear(&server.visitors);
	for (size_t i = 0; i < server.answers.n; i++) {
		free(server.answers.v[i]->path);
		free(server.answers.v[i]->raw);
		free(server.answers.v[i]);
	}
	gaz_vec_clear(&server.answers);
	for (size_t i = 0; i < server.requests.n; i++)
		free(server.requests.v[i]);
	gaz_vec_clear(&server.requests);
	evconnlistener_free(server.listener);
	event_base_free(server.base);
	return 0;
}

/* Say what a path answers from now on, raw. */
static struct answer *
says_bytes(const char *path, enum manner manner, const void *raw, size_t len)
{
	struct answer *a = gaz_mem_zero(1, sizeof(*a));

	a->path = gaz_mem_strdup(path);
	a->raw = gaz_mem_alloc(len + 1);
	memcpy(a->raw, raw, len);
	a->len = len;
	a->manner = manner;
	*gaz_vec_push(&server.answers) = a;
	return a;
}

static struct answer *
says(const char *path, enum manner manner, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static struct answer *
says(const char *path, enum manner manner, const char *fmt, ...)
{
	static char text[65536];
	va_list ap;

	va_start(ap, fmt);
	int n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	assert_true(n >= 0 && (size_t)n < sizeof(text));
	return says_bytes(path, manner, text, (size_t)n);
}

/* A head made by hand and a body of any bytes with its length. */
static void
says_body(const char *path, const char *head, const void *body, size_t len)
{
	size_t room = strlen(head) + len + 64;
	char *raw = gaz_mem_alloc(room);

	int n = snprintf(raw, room,
	    "HTTP/1.1 200 OK\r\n%sContent-Length: %zu\r\n\r\n", head, len);
	memcpy(raw + n, body, len);
	says_bytes(path, KEEP, raw, (size_t)n + len);
	free(raw);
}

/* Fetching */

static const struct gaz_fetch_cidr loopback[] = {
	{ AF_INET, { 127 }, 8 },
};

static struct gaz_fetcher_options
options(void)
{
	return (struct gaz_fetcher_options){
		.connections_per_host = 8,
		.allow_private = loopback,
		.allow_private_count = 1,
	};
}

struct outcome {
	bool done;
	struct gaz_fetch_result r; /* texts copied to strings below */
	char *body;
	size_t len;
	char etag[128], modified[128], final[256], moved[256], type[128];
	char hub[256], self[256];
};

static void
keep(char *to, size_t cap, const char *from)
{
	snprintf(to, cap, "%s", from != NULL ? from : "(none)");
}

static void
on_done(struct gaz_fetch_result *r, void *arg)
{
	struct outcome *o = arg;

	assert_false(o->done);
	o->done = true;
	o->r = *r;
	keep(o->etag, sizeof(o->etag), r->etag);
	keep(o->modified, sizeof(o->modified), r->last_modified);
	keep(o->final, sizeof(o->final), r->final_url);
	keep(o->moved, sizeof(o->moved), r->moved_to);
	keep(o->type, sizeof(o->type), r->content_type);
	keep(o->hub, sizeof(o->hub), r->hub);
	keep(o->self, sizeof(o->self), r->self);
	o->len = r->body.len;
	o->body = r->body.p;
	r->body = (struct gaz_buf){ 0 };
}

static void
wait_for(const bool *done)
{
	/* Only against a test that would hang for ever. */
	struct timeval patience = { 60, 0 };

	event_base_loopexit(server.base, &patience);
	while (!*done) {
		assert_int_equal(event_base_loop(server.base, EVLOOP_ONCE), 0);
		assert_false(event_base_got_exit(server.base));
	}
}

static const char *
url_of(const char *path)
{
	static char url[4][1024];
	static int turn;

	turn = (turn + 1) % 4;
	snprintf(url[turn], sizeof(url[turn]), "http://127.0.0.1:%d%s",
	    server.port, path);
	return url[turn];
}

static struct outcome
fetch_with(const struct gaz_fetcher_options *opt,
    const struct gaz_fetch_request *req)
{
	struct outcome o = { 0 };
	struct gaz_err err;

	struct gaz_fetcher *f = gaz_fetcher_new(server.base, opt, &err);
	assert_non_null(f);
	assert_non_null(gaz_fetcher_start(f, req, on_done, &o));
	assert_false(o.done);
	wait_for(&o.done);
	assert_int_equal(gaz_fetcher_running(f), 0);
	assert_int_equal(gaz_fetcher_waiting(f), 0);
	gaz_fetcher_free(f);
	return o;
}

static struct outcome
fetch(const struct gaz_fetch_request *req)
{
	struct gaz_fetcher_options opt = options();

	return fetch_with(&opt, req);
}

static struct outcome
get(const char *path)
{
	return fetch(&(struct gaz_fetch_request){ .url = url_of(path) });
}

static void
assert_fault_at(const struct outcome *o, enum gaz_fault want,
    const char *name)
{
	if (o->r.fault != want)
		fail_msg("%s: got %s (%s), want %s", name,
		    gaz_fault_name(o->r.fault), o->r.text,
		    gaz_fault_name(want));
	if (want == GAZ_FAULT_NONE)
		assert_string_equal(o->r.text, "");
	else
		assert_true(strlen(o->r.text) > 10);
}

#define assert_fault(o, want) assert_fault_at(&(o), GAZ_FAULT_##want, __func__)

static const char *
last_request(void)
{
	assert_true(server.requests.n > 0);
	return server.requests.v[server.requests.n - 1];
}

static bool
request_has(const char *request, const char *line)
{
	char want[512];

	snprintf(want, sizeof(want), "\r\n%s\r\n", line);
	return strstr(request, want) != NULL;
}

/* In any case of letters. */
static bool
mentions(const char *request, const char *what)
{
	return gaz_str_ifind(gaz_str_of(request), gaz_str_of(what), 0) !=
	    GAZ_STR_NPOS;
}

#define OK_HEAD "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n"

/* What a good answer gives, and what is asked for it. */
static void
test_plain(void **state)
{
	(void)state;
	says("/feed?b=2&a=%20x", KEEP, OK_HEAD
	    "Content-Type: application/rss+xml; charset=utf-8\r\n"
	    "ETag: W/\"a b\\c\"\r\n"
	    "Last-Modified: Thu,  4 Sep 2025 18:30:00 +0000\r\n"
	    "Cache-Control: public, max-age=3600\r\nAge: 600\r\n"
	    "Link: <https://hub.example/>; rel=hub, </feed>; rel=\"self x\""
	    "\r\n\r\n<rss/>");
	struct outcome o = get("/feed?b=2&a=%20x#part");
	assert_fault(o, NONE);
	assert_int_equal(o.r.status, 200);
	assert_int_equal(o.len, 6);
	assert_memory_equal(o.body, "<rss/>", 6);
	assert_string_equal(o.etag, "W/\"a b\\c\"");
	assert_string_equal(o.modified, "Thu,  4 Sep 2025 18:30:00 +0000");
	assert_string_equal(o.type, "application/rss+xml; charset=utf-8");
	assert_string_equal(o.final, url_of("/feed?b=2&a=%20x"));
	assert_string_equal(o.moved, "(none)");
	assert_string_equal(o.hub, "https://hub.example/");
	assert_string_equal(o.self, url_of("/feed"));
	assert_int_equal(o.r.max_age_s, 3000);
	assert_true(o.r.retry_after_s == INT64_MIN);
	assert_string_equal(o.r.address, "127.0.0.1");
	assert_true(o.r.wire_bytes > 100);
	free(o.body);

	const char *q = last_request();
	assert_true(strncmp(q, "GET /feed?b=2&a=%20x HTTP/1.1\r\n", 31) == 0);
	assert_true(request_has(q,
	    "User-Agent: gazetted/" PACKAGE_VERSION " (+" PACKAGE_URL ")"));
	assert_non_null(strstr(q, "\r\nAccept: application/atom+xml"));
	assert_non_null(strstr(q, "\r\nAccept-Encoding: "));
	assert_non_null(strstr(q, "gzip"));
	static const char *const never[] = { "Cookie", "Referer",
		"Cache-Control", "Pragma", "If-None-Match",
		"If-Modified-Since", "Authorization", "From", "A-IM" };
	for (size_t i = 0; i < GAZ_COUNT(never); i++)
		assert_false(mentions(q, never[i]));
}

/* Byte for byte there and back, and 304 in all its forms. */
static void
test_conditional(void **state)
{
	struct gaz_fetch_request req = {
		.etag = "W/\"\xc3\xa9 'odd'\"",
		.last_modified = "Sun, 06 Nov 1994 08:49:37 GMT; length=12",
	};

	(void)state;
	says("/a", KEEP, "HTTP/1.1 304 Not Modified\r\nETag: \"new\"\r\n"
	    "Cache-Control: max-age=60\r\n\r\n");
	req.url = url_of("/a");
	struct outcome o = fetch(&req);
	assert_fault(o, NONE);
	assert_true(o.r.not_modified);
	assert_int_equal(o.r.status, 304);
	assert_string_equal(o.etag, "\"new\"");
	assert_string_equal(o.modified, "(none)");
	assert_int_equal(o.r.max_age_s, 60);
	assert_true(request_has(last_request(),
	    "If-None-Match: W/\"\xc3\xa9 'odd'\""));
	assert_true(request_has(last_request(),
	    "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT; length=12"));

	/* A validator that would break the request is not sent. */
	req.etag = "\"a\r\nX-Evil: 1\"";
	req.last_modified = NULL;
	o = fetch(&req);
	assert_fault(o, PROTOCOL);
	assert_null(strstr(last_request(), "X-Evil"));

	req.etag = NULL;
	o = fetch(&req);
	assert_fault(o, PROTOCOL);
	assert_false(o.r.not_modified);

	/* Its own conditional headers are not a feed's business. */
	static const char *const own[] = { "If-None-Match: \"x\"",
		"X-Extra: 1", NULL };
	req.headers = own;
	o = fetch(&req);
	assert_fault(o, PROTOCOL);
	assert_null(strstr(last_request(), "If-None-Match"));
	assert_true(request_has(last_request(), "X-Extra: 1"));
}

/* They belong to the address that gave them. */
static void
test_validators_url(void **state)
{
	(void)state;
	says("/from", KEEP, "HTTP/1.1 302 Found\r\nLocation: /to\r\n"
	    "Content-Length: 0\r\n\r\n");
	says("/to", KEEP, "HTTP/1.1 304 Not Modified\r\n\r\n");
	struct outcome o = fetch(&(struct gaz_fetch_request){
	    .url = url_of("/from"), .etag = "\"1\"",
	    .validators_url = url_of("/to") });
	assert_fault(o, NONE);
	assert_int_equal(server.requests.n, 2);
	assert_null(strstr(server.requests.v[0], "If-None-Match"));
	assert_true(request_has(server.requests.v[1], "If-None-Match: \"1\""));
}

/* Statuses, one row each. */
static void
test_status(void **state)
{
	static const struct {
		const char *status, *head;
		enum gaz_fault want;
		int64_t retry_s;
	} rows[] = {
		{ "200 OK", "", GAZ_FAULT_EMPTY, INT64_MIN },
		{ "203 Changed", "", GAZ_FAULT_EMPTY, INT64_MIN },
		{ "204 No Content", "", GAZ_FAULT_EMPTY, INT64_MIN },
		{ "206 Partial", "", GAZ_FAULT_HTTP_STATUS, INT64_MIN },
		{ "202 Accepted", "", GAZ_FAULT_HTTP_STATUS, INT64_MIN },
		{ "300 Choices", "", GAZ_FAULT_HTTP_STATUS, INT64_MIN },
		{ "400 Bad", "", GAZ_FAULT_HTTP_STATUS, INT64_MIN },
		{ "401 Who", "", GAZ_FAULT_AUTH, INT64_MIN },
		{ "403 No", "", GAZ_FAULT_FORBIDDEN, INT64_MIN },
		{ "404 Where", "", GAZ_FAULT_NOT_FOUND, INT64_MIN },
		{ "410 Gone", "", GAZ_FAULT_GONE, INT64_MIN },
		{ "418 Tea", "", GAZ_FAULT_HTTP_STATUS, INT64_MIN },
		{ "429 Stop", "Retry-After: 120\r\n", GAZ_FAULT_RATE_LIMITED,
		    120 },
		{ "429 Stop", "Retry-After: soon\r\n", GAZ_FAULT_RATE_LIMITED,
		    INT64_MIN },
		{ "500 Oops", "", GAZ_FAULT_SERVER_ERROR, INT64_MIN },
		{ "502 Oops", "", GAZ_FAULT_SERVER_ERROR, INT64_MIN },
		{ "503 Later", "Retry-After: 3600\r\n",
		    GAZ_FAULT_UNAVAILABLE, 3600 },
		{ "599 Oops", "", GAZ_FAULT_SERVER_ERROR, INT64_MIN },
		{ "999 Denied", "", GAZ_FAULT_HTTP_STATUS, INT64_MIN },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
		says("/s", KEEP, "HTTP/1.1 %s\r\n%sETag: \"e\"\r\n"
		    "Content-Length: 0\r\n\r\n", rows[i].status, rows[i].head);
		struct outcome o = get("/s");
		assert_fault_at(&o, rows[i].want, rows[i].status);
		assert_int_equal(o.r.status,
		    strtol(rows[i].status, NULL, 10));
		assert_true(o.r.retry_after_s == rows[i].retry_s);
		/* A failure says nothing about the document. */
		assert_string_equal(o.etag, "(none)");
		assert_non_null(strstr(o.r.text, "127.0.0.1"));
		if (strncmp(rows[i].status, "20", 2) != 0) {
			char number[4] = "";
			memcpy(number, rows[i].status, 3);
			/* Behind the port, which is any number. */
			const char *first = strstr(
			    strstr(o.r.text, ": "), number);
			assert_non_null(first);
			assert_null(strstr(first + 1, number));
		}
	}
}

/* RFC 3229: a delta only to whom asks for one, and against what we have. */
static void
test_delta(void **state)
{
	static const struct {
		const char *name, *head, *etag;
		enum gaz_fault want;
	} rows[] = {
		{ "a delta", "IM: feed", "\"a\"", GAZ_FAULT_NONE },
		{ "in other words", "im:  FEED;x=1", "\"a\"", GAZ_FAULT_NONE },
		{ "against ours", "IM: feed\r\nDelta-Base: W/\"a\"",
		    "\"a\"", GAZ_FAULT_NONE },
		{ "against another", "IM: feed\r\nDelta-Base: \"b\"",
		    "\"a\"", GAZ_FAULT_PROTOCOL },
		{ "nobody knows how", "Server: x", "\"a\"",
		    GAZ_FAULT_PROTOCOL },
		{ "another way", "IM: vcdiff", "\"a\"", GAZ_FAULT_PROTOCOL },
		{ "one more way on top", "IM: feed, gzip", "\"a\"",
		    GAZ_FAULT_PROTOCOL },
		{ "not asked for", "IM: feed", NULL, GAZ_FAULT_PROTOCOL },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
		char path[24];
		struct gaz_fetch_request req = { .etag = rows[i].etag };

		snprintf(path, sizeof(path), "/delta%zu", i);
		says(path, KEEP, "HTTP/1.1 226 IM Used\r\n%s\r\n"
		    "Content-Length: 6\r\n\r\n<rss/>", rows[i].head);
		req.url = url_of(path);
		struct outcome o = fetch(&req);
		if (o.r.fault != rows[i].want)
			fail_msg("%s: %s", rows[i].name, o.r.text);
		assert_int_equal(o.r.status, 226);
		if ((strstr(last_request(), "A-IM: feed") != NULL) !=
		    (rows[i].etag != NULL))
			fail_msg("%s: A-IM", rows[i].name);
		free(o.body);
	}
}

/* Where the connection itself goes wrong. */
static void
test_transport(void **state)
{
	static const struct {
		const char *name;
		enum manner manner;
		const char *raw;
		enum gaz_fault want;
	} rows[] = {
		{ "closed at once", CLOSE, "", GAZ_FAULT_RESET },
		{ "reset at once", RESET, "", GAZ_FAULT_RESET },
		{ "reset in the body", RESET,
		    "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<rss>",
		    GAZ_FAULT_RESET },
		{ "body shorter than its length", CLOSE,
		    "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<rss>",
		    GAZ_FAULT_TRUNCATED },
		{ "body longer than its length", CLOSE,
		    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n<rss></rss>",
		    GAZ_FAULT_TRUNCATED },
		{ "a line end behind the body", CLOSE,
		    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n<rss>\r\n",
		    GAZ_FAULT_NONE },
		{ "chunks that end early", CLOSE,
		    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		    "5\r\n<rss>\r\n", GAZ_FAULT_TRUNCATED },
		{ "no length, ends with the connection", CLOSE,
		    "HTTP/1.0 200 OK\r\n\r\n<rss>", GAZ_FAULT_NONE },
		{ "HTTP/0.9", CLOSE, "<rss></rss>", GAZ_FAULT_PROTOCOL },
		{ "garbage status line", CLOSE, "HTTP/1.1 abc\r\n\r\n<rss>",
		    GAZ_FAULT_PROTOCOL },
		{ "HTTP/7", CLOSE, "HTTP/7.1 200 OK\r\n\r\n<rss>",
		    GAZ_FAULT_PROTOCOL },
		{ "length of 100 GB", KEEP,
		    "HTTP/1.1 200 OK\r\nContent-Length: 100000000000\r\n\r\n",
		    GAZ_FAULT_TOO_LARGE },
		{ "negative length", CLOSE,
		    "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n<rss>",
		    GAZ_FAULT_PROTOCOL },
		{ "early hints first", CLOSE,
		    "HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n"
		    "\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n<rss>",
		    GAZ_FAULT_NONE },
		{ "control bytes in headers", CLOSE,
		    "HTTP/1.1 200 OK\r\nX-A: \x01\x1b[31m\r\nETag: \"\x02\"\r\n"
		    "Content-Length: 5\r\n\r\n<rss>", GAZ_FAULT_NONE },
		{ "error page cut", CLOSE,
		    "HTTP/1.1 404 No\r\nContent-Length: 100\r\n\r\n<html>",
		    GAZ_FAULT_NOT_FOUND },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
		says("/t", rows[i].manner, "%s", rows[i].raw);
		struct outcome o = get("/t");
		assert_fault_at(&o, rows[i].want, rows[i].name);
		assert_string_equal(o.etag, "(none)");
		if (rows[i].want != GAZ_FAULT_NONE)
			assert_null(o.body);
		free(o.body);
	}
}

/* What libcurl has not read by the end waits on the connection. */
static void
test_long_body_longer_than_its_length(void **state)
{
	char *body = gaz_mem_alloc(40001);

	(void)state;
	memset(body, 'x', 40000);
	body[40000] = '\0';
	for (int more = 0; more <= 1; more++) {
		says("/t", KEEP, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n"
		    "\r\n%s", 40000 - 100 * more, body);
		struct outcome o = get("/t");
		assert_fault_at(&o, more ? GAZ_FAULT_TRUNCATED :
		    GAZ_FAULT_NONE, more ? "longer" : "as it says");
		free(o.body);
	}
	free(body);
}

static void
test_no_listener(void **state)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t len = sizeof(in);
	char url[64];

	(void)state;
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&in, sizeof(in)), 0);
	getsockname(fd, (struct sockaddr *)&in, &len);
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/",
	    ntohs(in.sin_port));
	struct outcome o = fetch(&(struct gaz_fetch_request){ .url = url });
	assert_fault(o, CONNECT);
	assert_int_equal(o.r.status, 0);
	assert_string_equal(o.final, "(none)");
	close(fd);

	/* RFC 6761: this name does not exist, and asking costs nothing. */
	o = fetch(&(struct gaz_fetch_request){
	    .url = "http://no.such.name.invalid/" });
	assert_true(o.r.fault == GAZ_FAULT_DNS ||
	    o.r.fault == GAZ_FAULT_DNS_TIMEOUT);
	assert_non_null(strstr(o.r.text, "no.such.name.invalid"));
}

static void
test_slow(void **state)
{
	struct gaz_fetcher_options opt = options();

	(void)state;
	opt.first_byte_timeout_ms = 150;
	says("/silent", SILENT, "%s", "");
	struct gaz_fetch_request req = { .url = url_of("/silent") };
	struct outcome o = fetch_with(&opt, &req);
	assert_fault(o, TIMEOUT);

	/* The first byte is early enough; the rest is not. */
	opt.first_byte_timeout_ms = 20000;
	opt.slow_time_s = 1;
	says("/head", TRICKLE, "HTTP/1.1 200 OK\r\nServer: %0200d\r\n", 1);
	req.url = url_of("/head");
	o = fetch_with(&opt, &req);
	assert_fault(o, TOO_SLOW);
	says("/body", TRICKLE, OK_HEAD "\r\n%0900d", 1);
	says("/body", TRICKLE,
	    "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n%0900d", 1);
	req.url = url_of("/body");
	o = fetch_with(&opt, &req);
	assert_fault(o, TOO_SLOW);

	/* The whole time counts as well. */
	opt.slow_time_s = 20;
	req.timeout_s = 1;
	o = fetch_with(&opt, &req);
	assert_fault(o, TIMEOUT);
}

/* Sizes at their edges. */
static void
test_sizes(void **state)
{
	static char body[70000];
	struct gaz_fetch_request req = { .max_body = 1000 };

	(void)state;
	memset(body, 'x', sizeof(body));
	body[0] = '<';
	says_body("/edge", "", body, 1000);
	req.url = url_of("/edge");
	struct outcome o = fetch(&req);
	assert_fault(o, NONE);
	assert_int_equal(o.len, 1000);
	free(o.body);
	says_body("/edge", "", body, 1001);
	o = fetch(&req);
	assert_fault(o, TOO_LARGE);
	assert_non_null(strstr(o.r.text, "max-body (1000 bytes)"));

	/* Without a length it is counted. */
	says("/edge", CLOSE, "HTTP/1.1 200 OK\r\n\r\n%.1001s", body);
	o = fetch(&req);
	assert_fault(o, TOO_LARGE);

	struct answer *a = says("/endless", ENDLESS,
	    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
	req = (struct gaz_fetch_request){ .url = url_of("/endless") };
	o = fetch(&req);
	assert_fault(o, TOO_LARGE);
	assert_true(a->sent >= GAZ_BODY_MAX);
	assert_null(o.body);

	/* An error page is read a little and left. */
	a = says("/endless", ENDLESS,
	    "HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n");
	o = fetch(&req);
	assert_fault(o, NOT_FOUND);
	assert_true(a->sent < GAZ_BODY_MAX);
}

/* lines of the same text, between a beginning and an end. */
static void
says_lines(const char *begin, size_t lines, const char *line, const char *end)
{
	struct gaz_buf raw;

	gaz_buf_init(&raw, GAZ_BUF_NO_MAX);
	gaz_buf_put_z(&raw, begin);
	for (size_t i = 0; i < lines; i++)
		gaz_buf_put_z(&raw, line);
	gaz_buf_put_z(&raw, end);
	says_bytes("/h", KEEP, raw.p, raw.len);
	gaz_buf_clear(&raw);
}

static void
test_headers(void **state)
{
	static const char end[] = "\r\n<rss/>";

	(void)state;
	/* Two lines at the beginning and the empty one count as well. */
	says_lines(OK_HEAD, GAZ_HEADER_LINES_MAX - 3, "X: 1\r\n", end);
	struct outcome o = get("/h");
	assert_fault(o, NONE);
	free(o.body);
	says_lines(OK_HEAD, GAZ_HEADER_LINES_MAX - 2, "X: 1\r\n", end);
	o = get("/h");
	assert_fault(o, HEADERS_TOO_LARGE);
	says_lines(OK_HEAD, 200000, "X: 1\r\n", end);
	o = get("/h");
	assert_fault(o, HEADERS_TOO_LARGE);
	/* One line of a megabyte. */
	says_lines(OK_HEAD "X: ", 100000, "0123456789", "\r\n\r\n<rss/>");
	o = get("/h");
	assert_fault(o, HEADERS_TOO_LARGE);
	/* The same flood as interim answers and as trailers. */
	says_lines("", 20000, "HTTP/1.1 103 Hint\r\n\r\n", "");
	o = get("/h");
	assert_fault(o, HEADERS_TOO_LARGE);
	says_lines("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	    "6\r\n<rss/>\r\n0\r\n", 20000, "X: 1\r\n", "\r\n");
	o = get("/h");
	assert_fault(o, HEADERS_TOO_LARGE);
}

/* gzip of len bytes; the result is the caller's. */
static size_t
pack(const void *from, size_t len, char **out)
{
	z_stream z = { 0 };

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8,
	    Z_DEFAULT_STRATEGY), Z_OK);
	size_t room = deflateBound(&z, len) + 64;
	*out = gaz_mem_alloc(room);
	z.next_in = (unsigned char *)(uintptr_t)from;
	z.avail_in = (uInt)len;
	z.next_out = (unsigned char *)*out;
	z.avail_out = (uInt)room;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return room - z.avail_out;
}

static void
test_encodings(void **state)
{
	static const char head[] = "Content-Encoding: gzip\r\n";
	char *packed, *twice;
	size_t bomb_size = 60u << 20;

	(void)state;
	size_t n = pack("<rss/>", 6, &packed);
	says_body("/z", head, packed, n);
	struct outcome o = get("/z");
	assert_fault(o, NONE);
	assert_int_equal(o.len, 6);
	assert_memory_equal(o.body, "<rss/>", 6);
	free(o.body);

	/* Packed, and nobody says so. */
	says_body("/z", "Content-Type: application/gzip\r\n", packed, n);
	o = get("/z");
	assert_fault(o, NONE);
	assert_int_equal(o.len, 6);
	free(o.body);

	/* Packed twice, announced once. */
	size_t m = pack(packed, n, &twice);
	says_body("/z", head, twice, m);
	o = get("/z");
	assert_fault(o, NONE);
	assert_int_equal(o.len, 6);
	free(o.body);
	free(twice);

	/* Announced, but plain: asked for once more without. */
	size_t before = server.requests.n;
	says_body("/z", head, "<rss/>", 6);
	o = get("/z");
	assert_fault(o, NONE);
	assert_int_equal(o.len, 6);
	assert_int_equal(server.requests.n, before + 2);
	assert_true(request_has(last_request(), "Accept-Encoding: identity"));
	free(o.body);

	/* Announced, but neither packed nor a feed. */
	says_body("/z", head, "\x01\x02\x03\x04 garbage", 12);
	o = get("/z");
	assert_fault(o, ENCODING);

	packed[n / 2] ^= 0x55;
	packed[n - 6] ^= 0x55;
	says_body("/z", head, packed, n);
	o = get("/z");
	assert_fault(o, ENCODING);
	says_body("/z", "", packed, n);
	o = get("/z");
	assert_fault(o, ENCODING);
	free(packed);

	static const char layers[] = "Content-Encoding: gzip, gzip, gzip, "
	    "gzip, gzip, gzip, gzip, gzip, gzip, gzip\r\n";
	char *from = gaz_mem_strdup("<rss/>");
	n = 6;
	for (int i = 0; i < 10; i++) {
		n = pack(from, n, &packed);
		free(from);
		from = packed;
	}
	says_body("/z", layers, packed, n);
	o = get("/z");
	assert_fault(o, ENCODING);
	free(packed);

	says_body("/z", "Content-Encoding: secret\r\n", "<rss/>", 6);
	o = get("/z");
	assert_true(o.r.fault == GAZ_FAULT_ENCODING ||
	    o.r.fault == GAZ_FAULT_NONE);
	free(o.body);

	/* A bomb, with and without the header that announces it. */
	char *zeros = gaz_mem_zero(1, bomb_size);
	n = pack(zeros, bomb_size, &packed);
	free(zeros);
	assert_true(n < 200000);
	says_body("/z", head, packed, n);
	o = get("/z");
	assert_fault(o, TOO_LARGE);
	says_body("/z", "", packed, n);
	o = get("/z");
	assert_fault(o, TOO_LARGE);
	free(packed);
}

/* A redirect from path to location. */
static void
redirects(const char *path, int status, const char *location)
{
	says(path, KEEP, "HTTP/1.1 %d Go\r\nLocation: %s\r\n"
	    "Content-Length: 4\r\n\r\ngone", status, location);
}

static void
test_redirects(void **state)
{
	static const struct {
		const char *name, *location, *reaches;
		enum gaz_fault want;
	} rows[] = {
		{ "absolute path", "/a/b", "/a/b", GAZ_FAULT_NONE },
		{ "relative", "b", "/x/b", GAZ_FAULT_NONE },
		{ "up", "../b?c=d", "/b?c=d", GAZ_FAULT_NONE },
		{ "query only", "?q", "/x/start?q", GAZ_FAULT_NONE },
		{ "spaces around", "  /a/b  ", "/a/b", GAZ_FAULT_NONE },
		{ "space inside", "/a b", "/a%20b", GAZ_FAULT_NONE },
		{ "UTF-8", "/\xc3\xa9", "/%C3%A9", GAZ_FAULT_NONE },
		{ "Latin-1", "/\xe9", "/%E9", GAZ_FAULT_NONE },
		{ "fragment", "/a/b#c", "/a/b", GAZ_FAULT_NONE },
		{ "empty", "", NULL, GAZ_FAULT_REDIRECTS },
		{ "fragment only", "#c", NULL, GAZ_FAULT_REDIRECTS },
		{ "itself", "start", NULL, GAZ_FAULT_REDIRECTS },
		{ "file", "file:///etc/passwd", NULL, GAZ_FAULT_SCHEME },
		{ "gopher", "gopher://127.0.0.1/", NULL, GAZ_FAULT_SCHEME },
		{ "data", "data:text/xml,<rss/>", NULL, GAZ_FAULT_SCHEME },
		{ "javascript", "JavaScript:alert(1)", NULL,
		    GAZ_FAULT_SCHEME },
		{ "ftp", "ftp://127.0.0.1/", NULL, GAZ_FAULT_SCHEME },
		{ "no host", "http:///x", NULL, GAZ_FAULT_BAD_URL },
		{ "one slash", "http:/x", NULL, GAZ_FAULT_BAD_URL },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
		redirects("/x/start", 302, rows[i].location);
		if (rows[i].reaches != NULL)
			says(rows[i].reaches, KEEP, OK_HEAD "\r\n<rss/>");
		struct outcome o = get("/x/start");
		assert_fault_at(&o, rows[i].want, rows[i].name);
		assert_string_equal(o.moved, "(none)");
		if (rows[i].reaches != NULL)
			assert_string_equal(o.final, url_of(rows[i].reaches));
		else
			assert_int_equal(o.r.status, 302);
		free(o.body);
	}

	/* Whole addresses, with and without a scheme, and the first of two. */
	char there[128];
	snprintf(there, sizeof(there), "//127.0.0.1:%d/a/b", server.port);
	redirects("/x/start", 302, there);
	struct outcome o = get("/x/start");
	assert_fault(o, NONE);
	free(o.body);
	snprintf(there, sizeof(there),
	    "HTTP://127.0.0.1:%d/a/b\r\nLocation: file:///etc/passwd",
	    server.port);
	redirects("/x/start", 302, there);
	o = get("/x/start");
	assert_fault(o, NONE);
	free(o.body);
	says("/x/start", KEEP,
	    "HTTP/1.1 302 Go\r\nContent-Length: 0\r\n\r\n");
	o = get("/x/start");
	assert_fault(o, REDIRECTS);
}

static void
test_redirect_chains(void **state)
{
	char path[16], next[16];

	(void)state;
	for (int i = 0; i < 6; i++) {
		snprintf(path, sizeof(path), "/%d", i);
		snprintf(next, sizeof(next), "/%d", i + 1);
		redirects(path, i % 2 == 0 ? 301 : 308, next);
	}
	says("/6", KEEP, OK_HEAD "\r\n<rss/>");
	/* Five hops are well, six are not. */
	struct outcome o = get("/1");
	assert_fault(o, NONE);
	assert_string_equal(o.moved, url_of("/6"));
	assert_int_equal(o.r.redirects, 5);
	free(o.body);
	o = get("/0");
	assert_fault(o, REDIRECTS);

	/* One that is not for ever spoils the chain. */
	redirects("/3", 307, "/4");
	o = get("/1");
	assert_fault(o, NONE);
	assert_string_equal(o.moved, "(none)");
	assert_string_equal(o.final, url_of("/6"));
	free(o.body);

	/* A move to what fails is none. */
	redirects("/1", 301, "/nothing");
	o = get("/1");
	assert_fault(o, NOT_FOUND);
	assert_string_equal(o.moved, "(none)");

	redirects("/a", 301, "/b");
	redirects("/b", 301, "/a");
	o = get("/a");
	assert_fault(o, REDIRECTS);
	assert_non_null(strstr(o.r.text, "circle"));
}

/* Nothing that is the feed's own goes to another origin. */
static void
test_credentials(void **state)
{
	static const char *const own[] = { "X-Api-Key: hunter2",
		"Cookie: a=hunter2", NULL };
	char there[128];
	struct gaz_fetch_request req = {
		.user = "joe", .password = "hunter2", .headers = own,
		.etag = "\"e\"", .last_modified = "m",
	};

	(void)state;
	redirects("/same", 302, "/plain");
	says("/plain", KEEP, OK_HEAD "\r\n<rss/>");
	req.url = url_of("/same");
	struct outcome o = fetch(&req);
	assert_fault(o, NONE);
	free(o.body);
	for (size_t i = 0; i < 2; i++) {
		assert_true(request_has(server.requests.v[i],
		    "Authorization: Basic am9lOmh1bnRlcjI="));
		assert_true(request_has(server.requests.v[i],
		    "X-Api-Key: hunter2"));
		assert_true(request_has(server.requests.v[i],
		    "If-None-Match: \"e\""));
	}

	/* Another name is another origin, wherever it leads; and what was left
	 * behind is not taken up again on the way back. */
	snprintf(there, sizeof(there), "http://joe:hunter3@localhost:%d/back",
	    server.port);
	redirects("/other", 302, there);
	redirects("/back", 302, url_of("/plain"));
	req.url = url_of("/other");
	o = fetch(&req);
	assert_fault(o, NONE);
	assert_string_equal(o.final, url_of("/plain"));
	free(o.body);
	assert_int_equal(server.requests.n, 5);
	for (size_t i = 3; i < 5; i++) {
		assert_false(mentions(server.requests.v[i], "Authorization"));
		assert_false(mentions(server.requests.v[i], "hunter"));
		assert_false(mentions(server.requests.v[i], "If-None-Match"));
		assert_false(mentions(server.requests.v[i], "If-Modified"));
		assert_false(mentions(server.requests.v[i], "A-IM"));
	}
}

static void
test_user_in_url(void **state)
{
	char url[128];

	(void)state;
	says("/u", KEEP, "HTTP/1.1 401 Who\r\nContent-Length: 0\r\n\r\n");
	snprintf(url, sizeof(url), "http://j%%40e:p%%3aw@127.0.0.1:%d/u",
	    server.port);
	struct outcome o = fetch(&(struct gaz_fetch_request){ .url = url });
	assert_fault(o, AUTH);
	assert_true(request_has(last_request(),
	    "Authorization: Basic akBlOnA6dw=="));
	assert_string_equal(o.final, url_of("/u"));
	assert_null(strstr(o.r.text, "p:w"));
	assert_null(strstr(o.r.text, "p%3aw"));

	redirects("/v", 301, "/w");
	says("/w", KEEP, OK_HEAD "\r\n<rss/>");
	snprintf(url, sizeof(url), "http://joe:pw@127.0.0.1:%d/v",
	    server.port);
	o = fetch(&(struct gaz_fetch_request){ .url = url });
	assert_fault(o, NONE);
	assert_string_equal(o.moved, "(none)");
	free(o.body);
}

static void
test_digest(void **state)
{
	(void)state;
	says("/d", KEEP, "HTTP/1.1 401 Who\r\nWWW-Authenticate: Digest "
	    "realm=\"r\", nonce=\"n\", qop=\"auth\"\r\n"
	    "Content-Length: 0\r\n\r\n");
	struct outcome o = fetch(&(struct gaz_fetch_request){
	    .url = url_of("/d"), .user = "joe", .password = "pw" });
	assert_fault(o, AUTH);
	assert_non_null(strstr(last_request(), "Authorization: Digest "));
	assert_non_null(strstr(last_request(), "username=\"joe\""));
	assert_true(server.requests.n >= 2 && server.requests.n <= 3);
}

static void
test_post(void **state)
{
	(void)state;
	says("/hub", KEEP, "HTTP/1.1 202 Accepted\r\n"
	    "Content-Length: 0\r\n\r\n");
	struct outcome o = fetch(&(struct gaz_fetch_request){
	    .url = url_of("/hub"), .post = "hub.mode=subscribe" });
	assert_fault(o, NONE);
	assert_int_equal(o.r.status, 202);
	assert_true(strncmp(last_request(), "POST /hub ", 10) == 0);
	assert_true(request_has(last_request(),
	    "Content-Type: application/x-www-form-urlencoded"));
	assert_non_null(strstr(last_request(), "\r\n\r\nhub.mode=subscribe"));
	assert_null(strstr(last_request(), "A-IM"));

	redirects("/moved", 307, "/hub");
	o = fetch(&(struct gaz_fetch_request){
	    .url = url_of("/moved"), .post = "a=b" });
	assert_fault(o, NONE);
	assert_non_null(strstr(last_request(), "\r\n\r\na=b"));
	redirects("/moved", 303, "/hub");
	o = fetch(&(struct gaz_fetch_request){
	    .url = url_of("/moved"), .post = "a=b" });
	assert_fault(o, HTTP_STATUS);
	redirects("/moved", 307, "/hub");
	o = fetch(&(struct gaz_fetch_request){
	    .url = url_of("/moved"), .post = "a=b", .stay = true });
	assert_fault(o, HTTP_STATUS);
	assert_int_equal(o.r.status, 307);
	assert_true(strncmp(last_request(), "POST /moved ", 12) == 0);
}

/* With nothing opened, no spelling of an inside address is connected to. */
static void
test_inside(void **state)
{
	static const char *const hosts[] = {
		"127.0.0.1", "127.0.0.1.", "127.1", "127.0.1", "127.8.9.10",
		"2130706433", "0x7f000001", "0x7F.0.0.1", "0x7f.1",
		"0177.0.0.1", "0177.1", "017700000001", "0x7f.0x0.0x0.0x1",
		"127.0.0x0.1", "00000177.0.0.1", "localhost", "LOCALHOST",
		"localhost.", "foo.localhost", "%6cocalhost",
		"%31%32%37.0.0.1", "127%2e0.0.1",
		"\xe2\x91\xa0\xe2\x91\xa1\xe2\x91\xa6.0.0.1",
		"127\xe3\x80\x82" "0\xe3\x80\x82" "0\xe3\x80\x82" "1",
		"\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1",
		"0", "0.0.0.0", "0x0", "[::]", "[::1]", "[0:0:0:0:0:0:0:1]",
		"[0000::0001]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
		"[::FFFF:127.0.0.1]", "[0:0:0:0:0:ffff:7f00:0001]",
		"[::127.0.0.1]", "[::7f00:1]", "[64:ff9b::127.0.0.1]",
		"[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]",
		"[64:ff9b:1:7f00:0:100::]", "[2002:7f00:1::]",
		"[2002:7f00:0001:1::1]", "[::ffff:0:127.0.0.1]",
		"[2001:0:7f00:1::]", "169.254.169.254", "0xa9fea9fe",
		"2852039166", "0251.0376.0251.0376", "[::ffff:169.254.169.254]",
		"[64:ff9b::a9fe:a9fe]", "[2002:a9fe:a9fe::1]",
		"10.0.0.1", "0xa000001", "172.16.0.1", "172.31.255.255",
		"192.168.1.1", "3232235777", "100.64.0.1", "198.18.0.1",
		"224.0.0.1", "255.255.255.255", "0xffffffff", "[fc00::1]",
		"[fd12:3456::1]", "[fe80::1]", "[ff02::1]", "[fec0::1]",
		"[2001:db8::1]",
	};
	struct gaz_fetcher_options opt = options();
	char url[256];

	(void)state;
	opt.allow_private_count = 0;
	for (size_t i = 0; i < GAZ_COUNT(hosts); i++) {
		snprintf(url, sizeof(url), "http://%s:%d/", hosts[i],
		    server.port);
		struct outcome o = fetch_with(&opt,
		    &(struct gaz_fetch_request){ .url = url });
		/* What libcurl cannot read it cannot connect to either. */
		if (o.r.fault != GAZ_FAULT_BAD_URL)
			assert_fault_at(&o, GAZ_FAULT_BLOCKED_ADDRESS, url);
		else if (hosts[i][0] != '%' && strchr(hosts[i], '%') == NULL)
			fail_msg("%s is not understood", url);
		assert_string_equal(o.r.address, "");
	}
	assert_int_equal(server.accepted, 0);
}

/* Names that lead inside, at once, later, partly, or by a redirect. */
static void
test_inside_names(void **state)
{
	struct gaz_fetcher_options opt = options();
	char resolve[3][128], url[128], there[128];
	const char *list[4] = { resolve[0], NULL, NULL, NULL };
	struct gaz_err err;
	struct outcome o = { 0 };

	(void)state;
	opt.allow_private_count = 0;
	opt.resolve = list;
	snprintf(url, sizeof(url), "http://www.example.com:%d/", server.port);
	struct gaz_fetch_request req = { .url = url };
	static const char *const insides[] = { "127.0.0.1", "[fd00::1]",
		"127.0.0.1,[::1]", "169.254.169.254" };
	for (size_t i = 0; i < GAZ_COUNT(insides); i++) {
		snprintf(resolve[0], sizeof(resolve[0]),
		    "www.example.com:%d:%s", server.port, insides[i]);
		o = fetch_with(&opt, &req);
		assert_fault_at(&o, GAZ_FAULT_BLOCKED_ADDRESS, insides[i]);
		assert_non_null(strstr(o.r.text, "www.example.com"));
	}
	assert_int_equal(server.accepted, 0);

	/* Outside at first, inside later, in one fetcher. Here 127.0.0.2
	 * stands for the outside. */
	struct gaz_fetch_cidr outside = { AF_INET, { 127, 0, 0, 1 }, 32 };
	opt.allow_private = &outside;
	opt.allow_private_count = 1;
	snprintf(resolve[0], sizeof(resolve[0]),
	    "www.example.com:%d:127.0.0.1", server.port);
	says("/", CLOSE, OK_HEAD "\r\n<rss/>");
	struct gaz_fetcher *f = gaz_fetcher_new(server.base, &opt, &err);
	assert_non_null(f);
	o = (struct outcome){ 0 };
	gaz_fetcher_start(f, &req, on_done, &o);
	wait_for(&o.done);
	assert_fault(o, NONE);
	free(o.body);
	snprintf(resolve[0], sizeof(resolve[0]),
	    "www.example.com:%d:127.0.0.2", server.port);
	gaz_fetcher_configure(f, &opt);
	size_t accepted = server.accepted;
	o = (struct outcome){ 0 };
	gaz_fetcher_start(f, &req, on_done, &o);
	wait_for(&o.done);
	assert_fault(o, BLOCKED_ADDRESS);
	assert_int_equal(server.accepted, accepted);

	/* One inside and one outside: only that is connected to. */
	snprintf(resolve[0], sizeof(resolve[0]),
	    "www.example.com:%d:127.0.0.2,127.0.0.1", server.port);
	gaz_fetcher_configure(f, &opt);
	o = (struct outcome){ 0 };
	gaz_fetcher_start(f, &req, on_done, &o);
	wait_for(&o.done);
	assert_fault(o, NONE);
	assert_string_equal(o.r.address, "127.0.0.1");
	free(o.body);
	gaz_fetcher_free(f);

	/* By a redirect. */
	snprintf(there, sizeof(there), "http://127.0.0.2:%d/", server.port);
	redirects("/go", 302, there);
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/go", server.port);
	o = fetch_with(&opt, &req);
	assert_fault(o, BLOCKED_ADDRESS);
	redirects("/go", 302, "http://169.254.169.254/latest/meta-data/");
	o = fetch_with(&opt, &req);
	assert_fault(o, BLOCKED_ADDRESS);
}

/*
 * A connection that one feed may have must not serve another: neither after a
 * feed's own exception nor after the exception for all is gone.
 */
static void
test_inside_reuse(void **state)
{
	struct gaz_fetcher_options opt = options();
	struct gaz_err err;
	struct outcome o = { 0 };

	(void)state;
	says("/", KEEP, OK_HEAD "\r\n<rss/>");
	opt.allow_private_count = 0;
	/* A name, which is not judged before it is looked up. */
	char url[64], resolve[64];
	const char *list[] = { resolve, NULL };
	snprintf(url, sizeof(url), "http://www.example.com:%d/", server.port);
	snprintf(resolve, sizeof(resolve), "www.example.com:%d:127.0.0.1",
	    server.port);
	opt.resolve = list;
	struct gaz_fetcher *f = gaz_fetcher_new(server.base, &opt, &err);
	assert_non_null(f);
	struct gaz_fetch_request req = {
		.url = url, .allow_private = loopback,
		.allow_private_count = 1,
	};
	gaz_fetcher_start(f, &req, on_done, &o);
	wait_for(&o.done);
	assert_fault(o, NONE);
	free(o.body);
	req.allow_private_count = 0;
	o = (struct outcome){ 0 };
	gaz_fetcher_start(f, &req, on_done, &o);
	wait_for(&o.done);
	assert_fault(o, BLOCKED_ADDRESS);

	opt.allow_private_count = 1;
	gaz_fetcher_configure(f, &opt);
	o = (struct outcome){ 0 };
	gaz_fetcher_start(f, &req, on_done, &o);
	wait_for(&o.done);
	assert_fault(o, NONE);
	free(o.body);
	opt.allow_private_count = 0;
	gaz_fetcher_configure(f, &opt);
	o = (struct outcome){ 0 };
	gaz_fetcher_start(f, &req, on_done, &o);
	wait_for(&o.done);
	assert_fault(o, BLOCKED_ADDRESS);
	gaz_fetcher_free(f);
}

static void
test_bad_urls(void **state)
{
	static const struct {
		const char *url;
		enum gaz_fault want;
	} rows[] = {
		{ "", GAZ_FAULT_BAD_URL },
		{ "feeds.example.org/rss", GAZ_FAULT_BAD_URL },
		{ "//example.org/", GAZ_FAULT_BAD_URL },
		{ "file:///etc/passwd", GAZ_FAULT_SCHEME },
		{ "gopher://example.org/", GAZ_FAULT_SCHEME },
		{ "feed://example.org/", GAZ_FAULT_SCHEME },
		{ "http://", GAZ_FAULT_BAD_URL },
		{ "http://:80/", GAZ_FAULT_BAD_URL },
		{ "http://a@b@example.org/", GAZ_FAULT_BAD_URL },
		{ "http://a%0d%0a:b@example.org/", GAZ_FAULT_BAD_URL },
		{ "http://example.org:99999/", GAZ_FAULT_BAD_URL },
		{ "http://exa mple.org/", GAZ_FAULT_BAD_URL },
		{ "http:\\\\example.org\\", GAZ_FAULT_BAD_URL },
		{ "http://example.org\\@127.0.0.1/", GAZ_FAULT_BAD_URL },
		{ "http://[::1", GAZ_FAULT_BAD_URL },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
		struct outcome o = fetch(&(struct gaz_fetch_request){
		    .url = rows[i].url });
		assert_fault_at(&o, rows[i].want, rows[i].url);
	}
	char *url = gaz_mem_alloc(GAZ_URL_MAX + 2);
	int n = snprintf(url, 64, "http://127.0.0.1:%d/", server.port);
	memset(url + n, 'x', (size_t)(GAZ_URL_MAX - n));
	url[GAZ_URL_MAX] = '\0';
	struct outcome o = fetch(&(struct gaz_fetch_request){ .url = url });
	assert_fault(o, NOT_FOUND);
	url[GAZ_URL_MAX] = 'x';
	url[GAZ_URL_MAX + 1] = '\0';
	o = fetch(&(struct gaz_fetch_request){ .url = url });
	assert_fault(o, BAD_URL);
	free(url);
}

/* Policies of the whole fetcher. */

static void
test_cooling(void **state)
{
	struct gaz_fetcher_options opt = options();
	struct outcome a = { 0 }, b = { 0 }, c = { 0 };
	struct gaz_err err;

	(void)state;
	opt.connections = 1;
	says("/a", KEEP, "HTTP/1.1 429 Stop\r\nRetry-After: 100\r\n"
	    "Content-Length: 0\r\n\r\n");
	struct gaz_fetcher *f = gaz_fetcher_new(server.base, &opt, &err);
	gaz_fetcher_start(f, &(struct gaz_fetch_request){
	    .url = url_of("/a") }, on_done, &a);
	gaz_fetcher_start(f, &(struct gaz_fetch_request){
	    .url = url_of("/b") }, on_done, &b);
	wait_for(&a.done);
	wait_for(&b.done);
	assert_fault(a, RATE_LIMITED);
	assert_false(a.r.postponed);
	assert_int_equal(a.r.retry_after_s, 100);
	/* It waited for the same host, and so it goes back unasked. */
	assert_fault(b, RATE_LIMITED);
	assert_true(b.r.postponed);
	assert_true(b.r.retry_after_s > 90 && b.r.retry_after_s <= 100);
	assert_int_equal(server.requests.n, 1);
	assert_true(gaz_fetcher_cooling(f, url_of("/x")) > 90);
	/* Another port here is another server. */
	assert_int_equal(gaz_fetcher_cooling(f, "http://127.0.0.1:1/"), 0);
	gaz_fetcher_cool(f, "http://www.example.com/", 1000);
	assert_true(gaz_fetcher_cooling(f, "https://a.example.com/") > 900);
	gaz_fetcher_start(f, &(struct gaz_fetch_request){
	    .url = "http://b.example.com/" }, on_done, &c);
	wait_for(&c.done);
	assert_true(c.r.postponed);
	gaz_fetcher_free(f);
}

/* The server as a proxy: what it may not be used for, and what it is for. */
static void
test_proxy(void **state)
{
	static const char *const inside[] = { "http://127.0.0.2/",
		"http://0x7f.1/", "http://localhost/", "http://a.localhost/",
		"http://[::1]/", "http://169.254.169.254/", "https://10.1/" };
	struct gaz_fetcher_options opt = options();
	char proxy[64];

	(void)state;
	snprintf(proxy, sizeof(proxy), "http://u:hunter2@127.0.0.1:%d",
	    server.port);
	/* Nothing is opened: the proxy alone is exempt. */
	opt.allow_private_count = 0;
	opt.proxy = proxy;
	for (size_t i = 0; i < GAZ_COUNT(inside); i++) {
		struct outcome o = fetch_with(&opt,
		    &(struct gaz_fetch_request){ .url = inside[i] });
		assert_fault_at(&o, GAZ_FAULT_BLOCKED_ADDRESS, inside[i]);
	}
	assert_int_equal(server.accepted, 0);
	struct gaz_fetch_request req = { .url = "http://example.org/feed" };
	says("http://example.org/feed", KEEP, OK_HEAD "\r\n<rss/>");
	struct outcome o = fetch_with(&opt, &req);
	assert_fault(o, NONE);
	assert_string_equal(o.final, "http://example.org/feed");
	free(o.body);
	/* By a redirect it is not used for more. */
	redirects("http://example.org/feed", 302, "http://127.0.0.1/");
	o = fetch_with(&opt, &req);
	assert_fault(o, BLOCKED_ADDRESS);
	says("http://example.org/feed", KEEP, "HTTP/1.1 407 Who\r\n"
	    "Content-Length: 0\r\n\r\n");
	o = fetch_with(&opt, &req);
	assert_fault(o, PROXY);
	assert_null(strstr(o.r.text, "hunter2"));
	/* A tunnel that is refused. */
	req.url = "https://example.org/";
	says("example.org:443", CLOSE, "HTTP/1.1 403 No\r\n"
	    "Content-Length: 0\r\n\r\n");
	o = fetch_with(&opt, &req);
	assert_fault(o, PROXY);
	assert_null(strstr(o.r.text, "hunter2"));
	/* A feed may have none, or another. */
	req.url = url_of("/feed");
	req.proxy = "";
	opt.allow_private_count = 1;
	says("/feed", KEEP, OK_HEAD "\r\n<rss/>");
	o = fetch_with(&opt, &req);
	assert_fault(o, NONE);
	free(o.body);
	req.proxy = "http://127.0.0.1:1";
	o = fetch_with(&opt, &req);
	assert_fault(o, PROXY);
}

static void
test_proxy_environment(void **state)
{
	struct gaz_fetcher_options opt = options();
	struct gaz_fetch_request req = { .url = url_of("/feed") };
	char proxy[64];

	(void)state;
	says("/feed", KEEP, OK_HEAD "\r\n<rss/>");
	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv("all_proxy", "http://127.0.0.1:1", 1);
	unsetenv("no_proxy");
	/* It is there, but nobody has said to use it. */
	struct outcome o = fetch_with(&opt, &req);
	assert_fault(o, NONE);
	free(o.body);
	opt.proxy = "environment";
	o = fetch_with(&opt, &req);
	assert_fault(o, PROXY);
	setenv("no_proxy", "127.0.0.0/8", 1);
	o = fetch_with(&opt, &req);
	assert_fault(o, NONE);
	free(o.body);
	/* Asked directly, the address counts again. */
	opt.allow_private_count = 0;
	o = fetch_with(&opt, &req);
	assert_fault(o, BLOCKED_ADDRESS);
	snprintf(proxy, sizeof(proxy), "http://127.0.0.1:%d", server.port);
	setenv("http_proxy", proxy, 1);
	setenv("no_proxy", "example.com", 1);
	says("http://example.org/", KEEP, OK_HEAD "\r\n<rss/>");
	req.url = "http://example.org/";
	o = fetch_with(&opt, &req);
	assert_fault(o, NONE);
	free(o.body);
	unsetenv("http_proxy");
	unsetenv("all_proxy");
	unsetenv("no_proxy");
}

/* The pause of a host holds for redirects, and for names on one address. */
static void
test_gap(void **state)
{
	enum { GAP = 120, NAMES = 4 };
	struct gaz_fetcher_options opt = options();
	char resolve[NAMES][64], url[NAMES][64];
	const char *list[NAMES + 1] = { 0 };
	struct outcome o[NAMES] = { 0 };
	struct gaz_err err;

	(void)state;
	opt.host_gap_ms = GAP;
	redirects("/a", 302, "/b");
	redirects("/b", 302, "/c");
	says("/c", KEEP, OK_HEAD "\r\n<rss/>");
	int64_t start = gaz_clock_mono().ms;
	struct outcome r = fetch_with(&opt, &(struct gaz_fetch_request){
	    .url = url_of("/a") });
	assert_fault(r, NONE);
	free(r.body);
	assert_true(gaz_clock_mono().ms - start >= 2 * GAP);
	/* Waiting for its turn is not counted as slow. */
	assert_true(r.r.duration_ms < 2 * GAP);

	for (int i = 0; i < NAMES; i++) {
		snprintf(resolve[i], sizeof(resolve[i]),
		    "www.name%d.com:%d:127.0.0.1", i, server.port);
		snprintf(url[i], sizeof(url[i]), "http://www.name%d.com:%d/c",
		    i, server.port);
		list[i] = resolve[i];
	}
	opt.resolve = list;
	struct gaz_fetcher *f = gaz_fetcher_new(server.base, &opt, &err);
	for (int round = 0; round < 2; round++) {
		start = gaz_clock_mono().ms;
		for (int i = 0; i < NAMES; i++) {
			o[i] = (struct outcome){ 0 };
			gaz_fetcher_start(f, &(struct gaz_fetch_request){
			    .url = url[i] }, on_done, &o[i]);
		}
		for (int i = 0; i < NAMES; i++) {
			wait_for(&o[i].done);
			assert_fault(o[i], NONE);
			free(o[i].body);
		}
		assert_true(gaz_clock_mono().ms - start >= (NAMES - 1) * GAP);
	}
	gaz_fetcher_free(f);
}

/* New options do not pull the old ones away under a transfer. */
static void
test_configure(void **state)
{
	struct gaz_fetcher_options opt = options();
	struct outcome o = { 0 };
	struct gaz_err err;
	char proxy[32], agent[32];

	(void)state;
	says("/", TRICKLE, OK_HEAD "\r\n<rss/>");
	snprintf(proxy, sizeof(proxy), "%s", "");
	snprintf(agent, sizeof(agent), "%s", "agent/1");
	opt.proxy = proxy;
	opt.user_agent = agent;
	struct gaz_fetcher *f = gaz_fetcher_new(server.base, &opt, &err);
	gaz_fetcher_start(f, &(struct gaz_fetch_request){
	    .url = url_of("/") }, on_done, &o);
	while (server.requests.n == 0)
		event_base_loop(server.base, EVLOOP_ONCE);
	assert_true(request_has(last_request(), "User-Agent: agent/1"));
	snprintf(agent, sizeof(agent), "%s", "agent/2");
	opt.connections = 1;
	opt.allow_private_count = 0;
	gaz_fetcher_configure(f, &opt);
	wait_for(&o.done);
	assert_fault(o, NONE);
	free(o.body);
	o = (struct outcome){ 0 };
	gaz_fetcher_start(f, &(struct gaz_fetch_request){
	    .url = url_of("/"), .allow_private = loopback,
	    .allow_private_count = 1, .user_agent = "mine/3" }, on_done, &o);
	wait_for(&o.done);
	assert_fault(o, NONE);
	free(o.body);
	assert_true(request_has(last_request(), "User-Agent: mine/3"));
	gaz_fetcher_free(f);
}

/* One connection for all that wait for a host, and none left behind. */
static void
test_reuse(void **state)
{
	struct gaz_fetcher_options opt = options();
	struct outcome o[5] = { 0 };
	struct gaz_err err;

	(void)state;
	opt.connections_per_host = 1;
	says("/", KEEP, OK_HEAD "\r\n<rss/>");
	struct gaz_fetcher *f = gaz_fetcher_new(server.base, &opt, &err);
	for (int i = 0; i < 5; i++)
		gaz_fetcher_start(f, &(struct gaz_fetch_request){
		    .url = url_of("/") }, on_done, &o[i]);
	for (int i = 0; i < 5; i++) {
		wait_for(&o[i].done);
		assert_fault(o[i], NONE);
		free(o[i].body);
	}
	assert_int_equal(server.accepted, 1);
	while (server.visitors.n > 0)
		event_base_loop(server.base, EVLOOP_ONCE);
	gaz_fetcher_free(f);
}

/* What comes late on a connection is not the next one's answer. */
static void
test_late_bytes(void **state)
{
	struct gaz_fetcher_options opt = options();
	struct outcome o[4] = { 0 };
	struct gaz_err err;

	(void)state;
	opt.connections_per_host = 1;
	says("/", LATE, OK_HEAD "\r\n<rss/>");
	struct gaz_fetcher *f = gaz_fetcher_new(server.base, &opt, &err);
	for (int i = 0; i < 4; i++)
		gaz_fetcher_start(f, &(struct gaz_fetch_request){
		    .url = url_of("/"), .post = i == 3 ? "a=b" : NULL },
		    on_done, &o[i]);
	for (int i = 0; i < 3; i++) {
		wait_for(&o[i].done);
		assert_fault(o[i], NONE);
		free(o[i].body);
	}
	/* A form is not sent twice. */
	wait_for(&o[3].done);
	assert_fault(o[3], PROTOCOL);
	free(o[3].body);
	assert_int_equal(server.accepted, 3);
	assert_int_equal(server.requests.n, 6);
	gaz_fetcher_free(f);
}

static void
test_pause(void **state)
{
	struct gaz_fetcher_options opt = options();
	struct outcome a = { 0 }, b = { 0 };
	struct gaz_err err;

	(void)state;
	says("/", KEEP, OK_HEAD "\r\n<rss/>");
	struct gaz_fetcher *f = gaz_fetcher_new(server.base, &opt, &err);
	gaz_fetcher_pause(f, true);
	gaz_fetcher_start(f, &(struct gaz_fetch_request){
	    .url = url_of("/") }, on_done, &a);
	/* What needs no transfer is not held up. */
	gaz_fetcher_start(f, &(struct gaz_fetch_request){
	    .url = "nonsense" }, on_done, &b);
	wait_for(&b.done);
	for (int i = 0; i < 10; i++)
		event_base_loop(server.base, EVLOOP_NONBLOCK);
	assert_false(a.done);
	assert_int_equal(gaz_fetcher_waiting(f), 1);
	assert_int_equal(server.accepted, 0);
	gaz_fetcher_pause(f, false);
	wait_for(&a.done);
	assert_fault(a, NONE);
	free(a.body);
	gaz_fetcher_free(f);
}

/* Stuck requests to one host leave the others alone. */
static void
test_crowd(void **state)
{
	enum { STUCK = 50 };
	struct gaz_fetcher_options opt = options();
	struct outcome stuck[STUCK] = { 0 }, free_one = { 0 };
	struct gaz_err err;

	(void)state;
	opt.connections = 4;
	opt.connections_per_host = 2;
	says("/silent", SILENT, "%s", "");
	says("/", KEEP, OK_HEAD "\r\n<rss/>");
	struct gaz_fetcher *f = gaz_fetcher_new(server.base, &opt, &err);
	for (int i = 0; i < STUCK; i++)
		gaz_fetcher_start(f, &(struct gaz_fetch_request){
		    .url = url_of("/silent") }, on_done, &stuck[i]);
	char url[64];
	snprintf(url, sizeof(url), "http://localhost:%d/", server.port);
	gaz_fetcher_start(f, &(struct gaz_fetch_request){ .url = url },
	    on_done, &free_one);
	wait_for(&free_one.done);
	assert_fault(free_one, NONE);
	free(free_one.body);
	assert_int_equal(gaz_fetcher_running(f), 2);
	assert_int_equal(gaz_fetcher_waiting(f), STUCK - 2);
	/* All of them are told. */
	gaz_fetcher_free(f);
	for (int i = 0; i < STUCK; i++)
		assert_fault(stuck[i], CANCELLED);
}

/* Silent servers take all connections; the others get most of them back. */
static void
test_squeeze(void **state)
{
	enum { SILENT_ONES = 8 };
	static const struct gaz_fetch_cidr all = { AF_INET, { 127 }, 8 };
	struct gaz_fetcher_options opt = options();
	struct outcome silent[SILENT_ONES] = { 0 }, good[4] = { 0 };
	char resolve[SILENT_ONES][64], url[64];
	const char *list[SILENT_ONES + 1] = { 0 };
	struct gaz_err err;

	(void)state;
	opt.connections = 4;
	opt.patience_ms = 100;
	opt.first_byte_timeout_ms = 900;
	opt.allow_private = &all;
	opt.resolve = list;
	for (int i = 0; i < SILENT_ONES; i++) {
		snprintf(resolve[i], sizeof(resolve[i]), "s%d.lan:%d:127.0.0.1",
		    i, server.port);
		list[i] = resolve[i];
	}
	says("/silent", SILENT, "%s", "");
	says("/", KEEP, OK_HEAD "\r\n<rss/>");
	struct gaz_fetcher *f = gaz_fetcher_new(server.base, &opt, &err);
	for (int i = 0; i < SILENT_ONES; i++) {
		snprintf(url, sizeof(url), "http://s%d.lan:%d/silent", i,
		    server.port);
		gaz_fetcher_start(f, &(struct gaz_fetch_request){ .url = url },
		    on_done, &silent[i]);
	}
	for (int i = 0; i < 4; i++)
		gaz_fetcher_start(f, &(struct gaz_fetch_request){
		    .url = url_of("/") }, on_done, &good[i]);
	for (int i = 0; i < 4; i++) {
		wait_for(&good[i].done);
		assert_fault(good[i], NONE);
		free(good[i].body);
	}
	int told = 0;
	for (int i = 0; i < SILENT_ONES; i++)
		told += silent[i].done;
	assert_in_range(told, 0, 4);
	/* Each of them has its whole time in the end. */
	for (int i = 0; i < SILENT_ONES; i++) {
		wait_for(&silent[i].done);
		assert_fault(silent[i], TIMEOUT);
		assert_true(silent[i].r.duration_ms >= 850);
	}
	/* Asked at most twice. */
	assert_true(server.requests.n <= 2 * SILENT_ONES + 4);
	gaz_fetcher_free(f);
}

/* Giving up, in every state and from inside callbacks. */

static struct {
	struct gaz_fetcher *f;
	struct gaz_fetch *other;
	int done, cancelled;
	bool free_it;
} calls;

static void
on_meddling(struct gaz_fetch_result *r, void *arg)
{
	(void)arg;
	calls.done++;
	calls.cancelled += r->fault == GAZ_FAULT_CANCELLED;
	struct gaz_fetch *other = calls.other;
	calls.other = NULL;
	if (other != NULL)
		gaz_fetcher_cancel(calls.f, other);
	if (calls.free_it && r->fault != GAZ_FAULT_CANCELLED) {
		gaz_fetcher_free(calls.f);
		calls.f = NULL;
	}
}

static void
test_cancel(void **state)
{
	struct gaz_fetcher_options opt = options();
	struct outcome o = { 0 };
	struct gaz_err err;

	(void)state;
	opt.connections = 1;
	says("/silent", SILENT, "%s", "");
	says("/", KEEP, OK_HEAD "\r\n<rss/>");
	struct gaz_fetcher *f = gaz_fetcher_new(server.base, &opt, &err);
	/* Running. */
	struct gaz_fetch *t = gaz_fetcher_start(f,
	    &(struct gaz_fetch_request){ .url = url_of("/silent") }, on_done,
	    &o);
	while (server.requests.n == 0)
		event_base_loop(server.base, EVLOOP_ONCE);
	assert_int_equal(gaz_fetcher_running(f), 1);
	gaz_fetcher_cancel(f, t);
	assert_fault(o, CANCELLED);
	assert_int_equal(gaz_fetcher_running(f), 0);
	/* Waiting. */
	o = (struct outcome){ 0 };
	t = gaz_fetcher_start(f, &(struct gaz_fetch_request){
	    .url = url_of("/") }, on_done, &o);
	gaz_fetcher_cancel(f, t);
	assert_fault(o, CANCELLED);
	assert_int_equal(gaz_fetcher_waiting(f), 0);
	/* Finished, but not told. */
	o = (struct outcome){ 0 };
	t = gaz_fetcher_start(f, &(struct gaz_fetch_request){
	    .url = "nonsense" }, on_done, &o);
	gaz_fetcher_cancel(f, t);
	assert_fault(o, CANCELLED);
	/* And it still works. */
	o = (struct outcome){ 0 };
	gaz_fetcher_start(f, &(struct gaz_fetch_request){
	    .url = url_of("/") }, on_done, &o);
	wait_for(&o.done);
	assert_fault(o, NONE);
	free(o.body);
	gaz_fetcher_free(f);
	gaz_fetcher_free(NULL);
}

static void
test_cancel_inside(void **state)
{
	struct gaz_fetcher_options opt = options();
	struct gaz_err err;

	(void)state;
	says("/silent", SILENT, "%s", "");
	says("/", KEEP, OK_HEAD "\r\n<rss/>");
	for (int round = 0; round < 6; round++) {
		memset(&calls, 0, sizeof(calls));
		calls.free_it = round % 2 == 1;
		calls.f = gaz_fetcher_new(server.base, &opt, &err);
		struct gaz_fetch_request one = { .url = url_of("/") };
		struct gaz_fetch_request other = { .url = round < 2
		    ? url_of("/silent") : round < 4 ? "nonsense"
		                                    : url_of("/") };
		if (round >= 4)
			gaz_fetcher_start(calls.f, &one, on_meddling, NULL);
		calls.other = gaz_fetcher_start(calls.f, &other, on_meddling,
		    NULL);
		if (round < 4)
			gaz_fetcher_start(calls.f, &one, on_meddling, NULL);
		/* The one finishes first, or the other does and would cancel
		 * itself: that is asked for by nobody. */
		if (round >= 2 && round < 4)
			calls.other = NULL;
		while (calls.done < 2 && calls.f != NULL)
			event_base_loop(server.base, EVLOOP_ONCE);
		gaz_fetcher_free(calls.f);
		assert_int_equal(calls.done, 2);
	}
}

int
main(int argc, char **argv)
{
#define T(name) cmocka_unit_test_setup_teardown(name, server_start, server_stop)
	const struct CMUnitTest tests[] = {
		T(test_plain),
		T(test_conditional),
		T(test_validators_url),
		T(test_status),
		T(test_delta),
		T(test_transport),
		T(test_long_body_longer_than_its_length),
		T(test_no_listener),
		T(test_slow),
		T(test_sizes),
		T(test_headers),
		T(test_encodings),
		T(test_redirects),
		T(test_redirect_chains),
		T(test_credentials),
		T(test_user_in_url),
		T(test_digest),
		T(test_post),
		T(test_inside),
		T(test_inside_names),
		T(test_inside_reuse),
		T(test_bad_urls),
		T(test_cooling),
		T(test_proxy),
		T(test_proxy_environment),
		T(test_gap),
		T(test_configure),
		T(test_reuse),
		T(test_late_bytes),
		T(test_pause),
		T(test_crowd),
		T(test_squeeze),
		T(test_cancel),
		T(test_cancel_inside),
	};

	signal(SIGPIPE, SIG_IGN);
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("fetch", tests, NULL, NULL);
}
