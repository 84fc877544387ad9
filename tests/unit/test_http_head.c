/* The small languages of HTTP, without a socket. */
#include "config.h"

#include "http/head.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "gazetted/buf.h"
#include "gazetted/mem.h"

static void
test_end(void **state)
{
	static const struct {
		const char *name, *bytes;
		size_t end; /* 0: not complete */
	} cases[] = {
		{ "nothing", "", 0 },
		{ "crlf", "GET / HTTP/1.1\r\nA: b\r\n\r\nbody", 24 },
		{ "lf", "GET / HTTP/1.1\nA: b\n\nbody", 21 },
		{ "mixed", "GET / HTTP/1.1\r\nA: b\n\r\nbody", 23 },
		{ "no fields", "GET / HTTP/1.1\r\n\r\n", 18 },
		{ "empty lines first", "\r\n\n\r\nGET /\r\n\r\nx", 14 },
		{ "only empty lines", "\r\n\r\n\r\n\r\n", 0 },
		{ "almost", "GET / HTTP/1.1\r\nA: b\r\n\r", 0 },
		{ "bare CR ends no line", "GET / HTTP/1.1\r\r\n\r", 0 },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_str all = gaz_str_of(cases[i].bytes);
		size_t scanned = 0;
		size_t end = http_head_end(all, &scanned);
		if (end != cases[i].end)
			fail_msg("%s: got %zu", cases[i].name, end);
		/* byte by byte, the end is found with its last byte */
		scanned = 0;
		for (size_t n = 0; n <= all.len; n++) {
			end = http_head_end(gaz_str_sub(all, 0, n), &scanned);
			if (end != 0 && (end != cases[i].end || n != end))
				fail_msg("%s: %zu after %zu bytes",
				    cases[i].name, end, n);
			if (end != 0)
				break;
		}
		if (end != cases[i].end)
			fail_msg("%s: got %zu in pieces", cases[i].name, end);
	}
}

static void
test_framing(void **state)
{
	static const struct {
		const char *fields;
		int status;
		int64_t length;
		bool chunked, keep;
	} cases[] = {
		{ "", 0, -1, false, true },
		{ "Content-Length: 0\r\n", 0, 0, false, true },
		{ "content-length:\t12 \r\n", 0, 12, false, true },
		{ "Content-Length: 12x\r\n", 400, 0, false, false },
		{ "Content-Length: 0x10\r\n", 400, 0, false, false },
		{ "Content-Length: 1 2\r\n", 400, 0, false, false },
		{ "Content-Length:\r\n", 400, 0, false, false },
		{ "Content-Length: 1\r\nContent-Length: 2\r\n", 400, 0, false,
		    false },
		{ "Transfer-Encoding: Chunked\r\n", 0, -1, true, true },
		{ "Transfer-Encoding: chunked, chunked\r\n", 501, 0, false,
		    false },
		{ "Transfer-Encoding: xchunked\r\n", 501, 0, false, false },
		{ "Transfer-Encoding: chunked\r\n"
		  "Transfer-Encoding: chunked\r\n", 400, 0, false, false },
		{ "Transfer-Encoding : chunked\r\n", 400, 0, false, false },
		{ "Connection: close\r\n", 0, -1, false, false },
		{ "Connection: a, Close ,b\r\n", 0, -1, false, false },
		{ "Connection: upgrade\r\nConnection: close\r\n", 0, -1, false,
		    false },
		{ "Connection: closed\r\n", 0, -1, false, true },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_arena a = { 0 };
		struct http_head h;
		const char *why = NULL;
		struct gaz_str bytes = gaz_arena_fmt(&a,
		    "GET / HTTP/1.1\r\nHost: a\r\n%s\r\n", cases[i].fields);
		int status = http_head_parse(bytes, &a, &h, &why);
		if (status != cases[i].status)
			fail_msg("%s: got %d, %s", cases[i].fields, status,
			    why != NULL ? why : "");
		assert_true((status == 0) == (why == NULL));
		if (status == 0 && (h.content_length != cases[i].length ||
		    h.chunked != cases[i].chunked ||
		    h.keep_alive != cases[i].keep))
			fail_msg("%s: read differently", cases[i].fields);
		gaz_arena_clear(&a);
	}
}

static void
test_targets(void **state)
{
	static const struct {
		const char *target;
		int status;
		const char *path, *query; /* NULL: absent */
	} cases[] = {
		{ "/", 0, "/", NULL },
		{ "/a?", 0, "/a", "" },
		{ "/a?b=%zz", 0, "/a", "b=%zz" },
		{ "/a%2Fb?c=%2F", 0, "/a/b", "c=%2F" },
		{ "/a+b", 0, "/a+b", NULL },
		{ "http://host", 0, "/", NULL },
		{ "http://HOST?a", 0, "/", "a" },
		{ "https://host/a/b", 0, "/a/b", NULL },
		{ "http://host:80/", 400, NULL, NULL },
		{ "http://user@host/", 400, NULL, NULL },
		{ "http://", 400, NULL, NULL },
		{ "ftp://host/", 400, NULL, NULL },
		{ "host:80", 400, NULL, NULL },
		{ "a", 400, NULL, NULL },
		{ "?a", 0, "/", "a" },
		{ "/%C3%A9", 0, "/\xc3\xa9", NULL },
		{ "/%C3", 400, NULL, NULL },
		{ "/%00", 400, NULL, NULL },
		{ "/%1", 400, NULL, NULL },
		{ "/%", 400, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_arena a = { 0 };
		struct http_head h;
		const char *why = NULL;
		int status = http_head_parse(gaz_arena_fmt(&a,
		    "GET %s HTTP/1.1\r\nHost: host\r\n\r\n", cases[i].target),
		    &a, &h, &why);
		if (status != cases[i].status)
			fail_msg("%s: got %d", cases[i].target, status);
		if (status == 0 && (!gaz_str_eq_z(h.path, cases[i].path) ||
		    (h.query.p == NULL) != (cases[i].query == NULL) ||
		    !gaz_str_eq(h.query, gaz_str_of(cases[i].query))))
			fail_msg("%s: %.*s ? %.*s", cases[i].target,
			    GAZ_STR_ARG(h.path), GAZ_STR_ARG(h.query));
		gaz_arena_clear(&a);
	}
}

static void
test_params(void **state)
{
	static const struct {
		const char *in;
		bool sound;
		const char *want;
	} cases[] = {
		{ "", true, "" },
		{ "a", true, "[a=]" },
		{ "a=", true, "[a=]" },
		{ "=a", true, "[=a]" },
		{ "a=1&a=2&b=3", true, "[a=1][a=2][b=3]" },
		{ "a=b=c", true, "[a=b=c]" },
		{ "&&a&", true, "[a=]" },
		{ "a+b=c+d%2B", true, "[a b=c d+]" },
		{ "%61=%62", true, "[a=b]" },
		{ "a;b=c", true, "[a;b=c]" },
		{ "a=%", false, NULL },
		{ "a=%4", false, NULL },
		{ "a=%g0", false, NULL },
		{ "%ff=a", false, NULL },
		{ "a=%00", false, NULL },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_arena a = { 0 };
		http_pair_list l = { 0 };
		const char *why = NULL;
		bool sound = http_params_parse(gaz_str_of(cases[i].in), 100, &a,
		    &l, &why);
		struct gaz_buf b;
		gaz_buf_init(&b, GAZ_BUF_NO_MAX);
		for (size_t k = 0; k < l.n; k++)
			gaz_buf_put_fmt(&b, "[%.*s=%.*s]",
			    GAZ_STR_ARG(l.v[k].name),
			    GAZ_STR_ARG(l.v[k].value));
		if (sound != cases[i].sound || (sound &&
		    !gaz_str_eq_z(gaz_buf_str(&b), cases[i].want)))
			fail_msg("%s: %d, %s", cases[i].in, sound,
			    gaz_buf_str(&b).p);
		gaz_buf_clear(&b);
		gaz_arena_clear(&a);
	}
}

static void
test_hosts(void **state)
{
	static const struct {
		const char *host, *name;
		bool address;
	} cases[] = {
		{ "a.example", "a.example", false },
		{ "a.example:80", "a.example", false },
		{ "127.0.0.1:80", "127.0.0.1", true },
		{ "[::1]:80", "::1", true },
		{ "[::1]", "::1", true },
		{ "[::1", "[::1", false },
		{ "127.1", "127.1", false },
		{ "", "", false },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_str name = http_host_name(gaz_str_of(cases[i].host));
		if (!gaz_str_eq_z(name, cases[i].name) ||
		    http_host_is_address(name) != cases[i].address)
			fail_msg("%s: %.*s", cases[i].host, GAZ_STR_ARG(name));
	}
}

static void
test_accept(void **state)
{
	static const struct {
		const char *accept;
		int quality; /* of text/html */
	} cases[] = {
		{ "text/html", 1000 },
		{ "TEXT/HTML", 1000 },
		{ "text/html;q=0.5", 500 },
		{ "text/html; charset=utf-8 ;q=0.123", 123 },
		{ "text/html;q=0", 0 },
		{ "text/html;q=1.000", 1000 },
		{ "text/plain, text/html;q=0.1, text/html;q=0.2", 200 },
		{ "*/*", 0 },
		{ "text/*", 0 },
		{ "", 0 },
		{ ",,;,;q=", 0 },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		int q = http_accept_quality(gaz_str_of(cases[i].accept),
		    "text/html");
		if (q != cases[i].quality)
			fail_msg("%s: got %d", cases[i].accept, q);
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_end),
		cmocka_unit_test(test_framing),
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_params),
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_accept),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("http_head", tests, NULL, NULL);
}
