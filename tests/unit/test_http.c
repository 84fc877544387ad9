/* Requests and replies. */
#include "config.h"

#include "http_client.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#include "gazetted/mem.h"

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
		    "POST /echo HTTP/1.1\r\nContent-Length: -1" END, 400,
		    NULL },
		{ "signed length",
		    "POST /echo HTTP/1.1\r\nContent-Length: +1" END, 400,
		    NULL },
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
	/* an error ends nothing either, as long as no body is in the way */
	assert_int_equal(status_of(ask(c, "GET /nothing HTTP/1.1\r\n"
	    "Host: localhost\r\n\r\n")), 404);
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
	client_send(c, GAZ_STR("GET /hold HTTP/1.1\r\n"
	    "Host: localhost\r\n\r\n"));
	run_loop(s, "hold");
	gaz_http_free(s->http);
	s->http = NULL;
	client_free(c);
	server_free(s);
}

static void
test_large_reply(void **state)
{
	struct server *s = server_new(NULL);
	struct client *c = client_new(s);

	(void)state;
	/* More than the sockets hold in either case. */
	bool small = getenv("GAZ_SMALL") != NULL;
	const char *last = small ? "line 199999\n" : "line 999999\n";
	const char *reply = ask_with(c, small ? "/lines?n=200000" :
	    "/lines?n=1000000", "Accept-Encoding: gzip\r\n");
	assert_int_equal(status_of(reply), 200);
	assert_memory_equal(c->in.p + c->in.len - 12, last, 12);
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
write_page(int status, struct gaz_str message, struct gaz_str path,
    struct gaz_buf *out, void *arg)
{
	(void)arg;
	gaz_buf_put_fmt(out, "<p>%.*s %d ", GAZ_STR_ARG(path), status);
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
	assert_non_null(strstr(reply, "<p>/nothing 404 there is no such page"));
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
		cmocka_unit_test(test_param_walk),
		cmocka_unit_test(test_kept_alive),
		cmocka_unit_test(test_half_closed),
		cmocka_unit_test(test_conditional),
		cmocka_unit_test(test_gzip),
		cmocka_unit_test(test_late_reply),
		cmocka_unit_test(test_client_gone),
		cmocka_unit_test(test_large_reply),
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
