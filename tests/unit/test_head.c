#include "config.h"

#include "fetch/head.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gazetted/limits.h"
#include "gazetted/mem.h"

#define NOW 1757010600 /* 2025-09-04T18:30:00Z */

/* Feed lines, parted by "\n"; false when one was refused. */
static struct gaz_arena room;

/* As if nothing had come yet. */
static void
forget(struct gaz_head *h)
{
	gaz_arena_clear(&room);
	gaz_head_init(h, &room);
}

static bool
feed(struct gaz_head *h, const char *text)
{
	struct gaz_str rest = gaz_str_of(text), line;

	while (gaz_str_split(&rest, '\n', &line)) {
		char raw[9000];
		int n = snprintf(raw, sizeof(raw), "%.*s\r\n",
		    GAZ_STR_ARG(line));
		if (!gaz_head_line(h, gaz_str_make(raw, (size_t)n)))
			return false;
	}
	return true;
}

static void
test_freshness(void **state)
{
	static const struct {
		const char *lines;
		int64_t want;
	} rows[] = {
		{ "Server: x", INT64_MIN },
		{ "Cache-Control: max-age=3600", 3600 },
		{ "cache-control: PUBLIC,  Max-Age=60 ,x", 60 },
		{ "Cache-Control: max-age=\"60\"", 60 },
		{ "Cache-Control: s-maxage=60", INT64_MIN },
		{ "Cache-Control: x-max-age=60", INT64_MIN },
		{ "Cache-Control: max-age=60, max-age=90", 60 },
		{ "Cache-Control: no-cache\nCache-Control: max-age=60", 60 },
		{ "Cache-Control: max-age=", INT64_MIN },
		{ "Cache-Control: max-age=-5", INT64_MIN },
		{ "Cache-Control: max-age=1h", INT64_MIN },
		{ "Cache-Control: max-age=0", 0 },
		{ "Cache-Control: max-age=99999999999999999999", INT64_MAX },
		{ "Cache-Control: max-age=3600\nAge: 600", 3000 },
		{ "Age: 600\nCache-Control: max-age=600", 0 },
		{ "Cache-Control: max-age=60\nAge: 600", 0 },
		{ "Cache-Control: max-age=60\nAge: -3", 60 },
		{ "Cache-Control: max-age=60\nAge: x", 60 },
		{ "Expires: Thu, 04 Sep 2025 19:30:00 GMT", 3600 },
		{ "Expires: Thursday, 04-Sep-25 19:30:00 GMT", 3600 },
		{ "Expires: Thu Sep  4 19:30:00 2025", 3600 },
		/* Against the server's own clock. */
		{ "Expires: Thu, 04 Sep 2025 19:30:00 GMT\n"
		  "Date: Thu, 04 Sep 2025 19:20:00 GMT", 600 },
		{ "Expires: Thu, 04 Sep 2025 19:30:00 GMT\nAge: 600", 3000 },
		{ "Expires: Thu, 04 Sep 2025 17:30:00 GMT", 0 },
		{ "Expires: 0", 0 },
		{ "Expires: -1", 0 },
		{ "Expires: soon", 0 },
		{ "Expires: Thu, 04 Sep 2025 19:30:00 GMT\n"
		  "Cache-Control: max-age=60", 60 },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
	struct gaz_head h;
		gaz_head_init(&h, &room);
		assert_true(feed(&h, "HTTP/1.1 200 OK"));
		assert_true(feed(&h, rows[i].lines));
		int64_t got = gaz_head_fresh_s(&h, NOW);
		if (got != rows[i].want)
			fail_msg("%s: got %lld, want %lld", rows[i].lines,
			    (long long)got, (long long)rows[i].want);
		forget(&h);
	}
}

static void
test_retry_after(void **state)
{
	static const struct {
		const char *lines;
		int64_t want;
	} rows[] = {
		{ "Server: x", INT64_MIN },
		{ "Retry-After: 120", 120 },
		{ "Retry-After: 0", 0 },
		{ "Retry-After:  120 ", 120 },
		{ "Retry-After: 120\nRetry-After: 5", 120 },
		{ "Retry-After: -5", INT64_MIN },
		{ "Retry-After: 1.5", INT64_MIN },
		{ "Retry-After: soon", INT64_MIN },
		{ "Retry-After:", INT64_MIN },
		{ "Retry-After: 31536000", 31536000 },
		{ "Retry-After: 31536001", INT64_MIN },
		{ "Retry-After: 99999999999999999999", INT64_MIN },
		{ "Retry-After: Thu, 04 Sep 2025 18:32:00 GMT", 120 },
		{ "Retry-After: Thu, 04 Sep 2025 18:30:00 GMT", INT64_MIN },
		{ "Retry-After: Thu, 04 Sep 2025 18:20:00 GMT", INT64_MIN },
		{ "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT", INT64_MIN },
		{ "Retry-After: Thu, 99 Foo 2025 18:32:00 GMT", INT64_MIN },
		/* Its clock is slow by ten minutes: the later view holds. */
		{ "Date: Thu, 04 Sep 2025 18:20:00 GMT\n"
		  "Retry-After: Thu, 04 Sep 2025 18:32:00 GMT", 720 },
		/* Fast: the same. */
		{ "Date: Thu, 04 Sep 2025 18:31:00 GMT\n"
		  "Retry-After: Thu, 04 Sep 2025 18:32:00 GMT", 120 },
		/* A clock that was never set says nothing. */
		{ "Date: Thu, 01 Jan 1970 00:00:00 GMT\n"
		  "Retry-After: Thu, 04 Sep 2025 18:32:00 GMT", 120 },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
	struct gaz_head h;
		gaz_head_init(&h, &room);
		assert_true(feed(&h, rows[i].lines));
		int64_t got = gaz_head_retry_after_s(&h, NOW);
		if (got != rows[i].want)
			fail_msg("%s: got %lld, want %lld", rows[i].lines,
			    (long long)got, (long long)rows[i].want);
		forget(&h);
	}
}

static void
test_links(void **state)
{
	static const struct {
		const char *lines, *hub, *self;
	} rows[] = {
		{ "Link: <h>; rel=hub", "h", NULL },
		{ "Link: <h>; rel=\"hub\", <s>; rel=\"self\"", "h", "s" },
		{ "Link: <h>; rel=\"HUB x\"\nlink: <s>; rel=self", "h", "s" },
		{ "Link: <hs>;rel=\"self hub\"", "hs", "hs" },
		{ "Link: <a>; rel=next, <h>; title=\"x; rel=self, <y>\"; "
		  "rel=hub", "h", NULL },
		{ "Link: < h >; rel=hub", "h", NULL },
		{ "Link: <1>; rel=hub, <2>; rel=hub\nLink: <1>;rel=hub, "
		  "<3>; rel=hub", "1\n2\n3", NULL },
		{ "Link: <1>; rel=hub, <2>; rel=hub, <3>; rel=hub, "
		  "<4>; rel=hub, <5>; rel=hub", "1\n2\n3\n4", NULL },
		{ "Link: <1>; rel=self, <2>; rel=self", NULL, "1" },
		{ "Link: <h>; rel=x; rel=hub", NULL, NULL },
		{ "Link: <h>; rev=hub", NULL, NULL },
		{ "Link: <h>; rel=hubs", NULL, NULL },
		{ "Link: h; rel=hub", NULL, NULL },
		{ "Link: <h; rel=hub", NULL, NULL },
		{ "Link: >h<; rel=hub", NULL, NULL },
		{ "Link: <>; rel=hub", NULL, NULL },
		{ "Link: <h>; rel=\"hub", NULL, NULL },
		{ "Link: <h>; title=\"\\\"\"; rel=hub", "h", NULL },
		{ "Link:", NULL, NULL },
		{ "Link: <h>", NULL, NULL },
		{ "Link: <h>;;;rel=hub;;,,<s>;rel=self", "h", "s" },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
	struct gaz_head h;
		gaz_head_init(&h, &room);
		assert_true(feed(&h, rows[i].lines));
		if (!gaz_str_eq(gaz_str_of(h.hub), gaz_str_of(rows[i].hub)) ||
		    !gaz_str_eq(gaz_str_of(h.self), gaz_str_of(rows[i].self)))
			fail_msg("%s: got %s and %s", rows[i].lines,
			    h.hub != NULL ? h.hub : "none",
			    h.self != NULL ? h.self : "none");
		forget(&h);
	}
}

/* Which of several, and what may be kept at all. */
static void
test_fields(void **state)
{
	struct gaz_head h;
	char line[GAZ_VALIDATOR_MAX + 64];

	(void)state;
	gaz_head_init(&h, &room);
	assert_true(feed(&h, "HTTP/1.1 103 Early\nETag: early\n"));
	assert_false(h.complete);
	assert_true(feed(&h, "HTTP/2 200 \nETag:W/\"a\"\nETag: second\n"
	    "Last-Modified: any \x80 text\nLocation: first\n"
	    "Location: second\nContent-Type: a/b\nContent-Length: 5\n"
	    "no colon\n: no name\n"));
	assert_true(h.complete);
	assert_int_equal(h.status, 200);
	assert_string_equal(h.etag, "W/\"a\"");
	assert_string_equal(h.last_modified, "any \x80 text");
	assert_string_equal(h.location, "first");
	assert_string_equal(h.content_type, "a/b");
	assert_int_equal(h.content_length, 5);
	assert_int_equal(h.lines, 14);
	forget(&h);
	assert_null(h.etag);

	/* An empty Location hides the next as well. */
	assert_true(feed(&h, "Location:\nLocation: second\n"
	    "ETag: \x01\nLast-Modified: \x7f\nContent-Length: 5x"));
	assert_string_equal(h.location, "");
	assert_null(h.etag);
	assert_null(h.last_modified);
	assert_true(h.content_length == INT64_MIN);
	forget(&h);

	memset(line, 'x', sizeof(line));
	memcpy(line, "ETag: ", 6);
	line[6 + GAZ_VALIDATOR_MAX] = '\0';
	assert_true(feed(&h, line));
	assert_int_equal(strlen(h.etag), GAZ_VALIDATOR_MAX);
	forget(&h);
	line[6 + GAZ_VALIDATOR_MAX] = 'x';
	line[7 + GAZ_VALIDATOR_MAX] = '\0';
	assert_true(feed(&h, line));
	assert_null(h.etag);
	forget(&h);
}

static void
test_limits(void **state)
{
	static char line[GAZ_HEADERS_MAX + 1];
	struct gaz_head h;

	(void)state;
	memset(line, 'x', sizeof(line));
	gaz_head_init(&h, &room);
	assert_true(gaz_head_line(&h, gaz_str_make(line, GAZ_HEADERS_MAX)));
	assert_false(gaz_head_line(&h, gaz_str_make(line, 1)));
	forget(&h);
	for (size_t i = 0; i < GAZ_HEADER_LINES_MAX; i++)
		assert_true(gaz_head_line(&h, GAZ_STR("X: 1\r\n")));
	assert_false(gaz_head_line(&h, GAZ_STR("X: 1\r\n")));
	forget(&h);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_freshness),
		cmocka_unit_test(test_retry_after),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_limits),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("head", tests, NULL, NULL);
}
