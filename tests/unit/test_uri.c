#include "config.h"

#include "fetch/uri.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/proxy.h"
#include "gazetted/fetch.h"
#include "gazetted/mem.h"

static struct gaz_arena room;

static const struct {
	const char *text, *url, *host;
	int port;
	const char *user, *password;
} parses[] = {
	{ "http://example.org", "http://example.org", "example.org", 80,
	    NULL, NULL },
	{ "HTTPS://Example.ORG/A?b=C&&d=%zz#e",
	    "https://Example.ORG/A?b=C&&d=%zz", "example.org", 443, NULL,
	    NULL },
	{ "  http://example.org:8080/\t\n", "http://example.org:8080/",
	    "example.org", 8080, NULL, NULL },
	{ "http://example.org./x", "http://example.org./x", "example.org", 80,
	    NULL, NULL },
	{ "http://example.org?q", "http://example.org?q", "example.org", 80,
	    NULL, NULL },
	{ "http://example.org/a/../b//c", "http://example.org/a/../b//c",
	    "example.org", 80, NULL, NULL },
	{ "http://example.org/a b\xc3\xa9\"<>", "http://example.org/"
	    "a%20b%C3%A9\"<>", "example.org", 80, NULL, NULL },
	{ "http://example.org/a\r\nb\tc\x01", "http://example.org/abc",
	    "example.org", 80, NULL, NULL },
	{ "http://example.org/a\x01" "b", "http://example.org/a%01b",
	    "example.org", 80, NULL, NULL },
	{ "http://joe:p%40w:x@example.org/", "http://example.org/",
	    "example.org", 80, "joe", "p@w:x" },
	{ "http://joe@example.org/", "http://example.org/", "example.org", 80,
	    "joe", "" },
	{ "http://example.org/@x:y@", "http://example.org/@x:y@",
	    "example.org", 80, NULL, NULL },
	{ "http://[::1]:80/", "http://[::1]:80/", "::1", 80, NULL, NULL },
	{ "http://0x7f.1/", "http://0x7f.1/", "127.0.0.1", 80, NULL, NULL },
	{ "http://b\xc3\xbc" "cher.example/", "http://xn--bcher-kva.example/",
	    "xn--bcher-kva.example", 80, NULL, NULL },
	{ "http://B\xc3\x9c" "CHER.example:81/x",
	    "http://xn--bcher-kva.example:81/x", "xn--bcher-kva.example", 81,
	    NULL, NULL },
	{ "http://fa\xc3\x9f.example/", "http://xn--fa-hia.example/",
	    "xn--fa-hia.example", 80, NULL, NULL },
	{ "http://b%C3%BCcher.example/", "http://xn--bcher-kva.example/",
	    "xn--bcher-kva.example", 80, NULL, NULL },
	{ "http://%65xample.org/", "http://example.org/", "example.org", 80,
	    NULL, NULL },
	{ "http://\xe4\xbe\x8b\xe3\x81\x88.\xe3\x83\x86\xe3\x82\xb9"
	    "\xe3\x83\x88/", "http://xn--r8jz45g.xn--zckzah/",
	    "xn--r8jz45g.xn--zckzah", 80, NULL, NULL },
};

static void
test_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(parses); i++) {
		struct gaz_uri u;
		if (gaz_uri_parse(parses[i].text, &room, &u) != GAZ_FAULT_NONE)
			fail_msg("%s: refused", parses[i].text);
		assert_string_equal(u.url, parses[i].url);
		assert_string_equal(u.host, parses[i].host);
		assert_int_equal(u.port, parses[i].port);
		assert_true(gaz_str_eq(gaz_str_of(u.user),
		    gaz_str_of(parses[i].user)));
		assert_true(gaz_str_eq(gaz_str_of(u.password),
		    gaz_str_of(parses[i].password)));
	}
}

static void
test_refuse(void **state)
{
	static const char *const texts[] = { "", "x", "http", "http:",
		"http:/", "http://", "http:///", "http://?", "http://#",
		"http://@/", "http://user@/", "http://:80/",
		"http://a@b@c/", "http://a%00:b@c/", "http://a%0Ab@c/",
		"http://c:x/", "http://c:0/", "http://c:65536/",
		"http://c:-1/", "http://c d/", "http://c\x01/",
		"http://c\\d/", "http://[::1", "http://::1/",
		"http://[::1]x/", "http://[x]/", "http://c%2Fd/",
		"http://c%40d/", "http://c%20d/", "http://c%00d/",
		"http://\xff/", "http://\xc3\xbc..\xc3\xbc/", "1http://c/",
		"//c/", "/c", "http//c/" };

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(texts); i++) {
		struct gaz_uri u;
		if (gaz_uri_parse(texts[i], &room, &u) != GAZ_FAULT_BAD_URL)
			fail_msg("%s: got %s", texts[i], u.url);
		assert_null(u.url);
		assert_null(u.user);
	}
}

static void
test_host_length(void **state)
{
	char text[600] = "http://";
	struct gaz_uri u;

	(void)state;
	for (size_t i = 0; i < GAZ_HOST_MAX; i++)
		text[7 + i] = i % 50 == 49 ? '.' : 'x';
	text[7 + GAZ_HOST_MAX] = '\0';
	assert_int_equal(gaz_uri_parse(text, &room, &u), GAZ_FAULT_NONE);
	assert_int_equal(strlen(u.host), GAZ_HOST_MAX);
	text[7 + GAZ_HOST_MAX] = 'x';
	text[8 + GAZ_HOST_MAX] = '\0';
	assert_int_equal(gaz_uri_parse(text, &room, &u), GAZ_FAULT_BAD_URL);
}

/* Most hosts are read without libcurl: it must understand them alike. */
static void
test_plain_hosts(void **state)
{
	static const char *const hosts[] = { "a", "A.b-C.De", "a:1", "a:080",
		"a:65535", "127.0.0.1", "127.0.0.1:8080", "127.1", "127.0.0.01",
		"1.2.3.4.5", "256.1.1.1", "0x7f.0.0.1", "a.0x7f", "1", "0",
		"a.1", "1.a", "1a", "a.1a", "a.", "a..", "a.b.", "-a", "a-",
		"a_b", "_a.b", "a.b:", "a.b:443", "017.0.0.1", "0x.a",
		"4294967295", "a.0", "x.127.0.0.1", "1.1.1.1.", "a--b.c" };

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(hosts); i++) {
		char text[80], *host = NULL, *port = NULL;
		struct gaz_uri u;
		CURLU *h = curl_url();

		assert_non_null(h);
		snprintf(text, sizeof(text), "http://%s/", hosts[i]);
		bool ok = gaz_uri_parse(text, &room, &u) == GAZ_FAULT_NONE;
		bool want = curl_url_set(h, CURLUPART_URL, text, 0) ==
		    CURLUE_OK && curl_url_get(h, CURLUPART_HOST, &host, 0) ==
		    CURLUE_OK && curl_url_get(h, CURLUPART_PORT, &port,
		    CURLU_DEFAULT_PORT) == CURLUE_OK;
		if (ok != want)
			fail_msg("%s: %s", hosts[i], ok ? "taken" : "refused");
		if (ok) {
			size_t n = strlen(host);
			while (n > 1 && host[n - 1] == '.')
				n--;
			assert_true(gaz_str_ieq(gaz_str_make(host, n),
			    gaz_str_of(u.host)));
			assert_int_equal(u.port, strtol(port, NULL, 10));
		}
		curl_free(host);
		curl_free(port);
		curl_url_cleanup(h);
	}
}

/* RFC 3986, 5.4: its base and its examples, as far as they are for http. */
static void
test_resolve(void **state)
{
	static const struct {
		const char *ref, *want;
	} rows[] = {
		{ "g", "http://a/b/c/g" }, { "./g", "http://a/b/c/g" },
		{ "g/", "http://a/b/c/g/" }, { "/g", "http://a/g" },
		{ "//g", "http://g" }, { "?y", "http://a/b/c/d;p?y" },
		{ "g?y", "http://a/b/c/g?y" }, { "#s", "http://a/b/c/d;p?q" },
		{ "g#s", "http://a/b/c/g" }, { ";x", "http://a/b/c/;x" },
		{ "g;x", "http://a/b/c/g;x" },
		{ "g;x?y#s", "http://a/b/c/g;x?y" },
		{ ".", "http://a/b/c/" }, { "./", "http://a/b/c/" },
		{ "..", "http://a/b/" }, { "../", "http://a/b/" },
		{ "../g", "http://a/b/g" }, { "../..", "http://a/" },
		{ "../../g", "http://a/g" }, { "../../../g", "http://a/g" },
		{ "/./g", "http://a/g" }, { "/../g", "http://a/g" },
		{ "g.", "http://a/b/c/g." }, { "g..", "http://a/b/c/g.." },
		{ "./g/.", "http://a/b/c/g/" }, { "g/../h", "http://a/b/c/h" },
		{ "g;x=1/../y", "http://a/b/c/y" },
		{ "g?y/../x", "http://a/b/c/g?y/../x" },
		{ "https://joe:pw@h/x", "https://h/x" },
		{ "//joe:pw@h/x", "http://h/x" },
		{ "HTTP://h/../x", "http://h/../x" },
	};
	struct gaz_uri base, u;

	(void)state;
	assert_int_equal(gaz_uri_parse("http://a/b/c/d;p?q", &room, &base),
	    GAZ_FAULT_NONE);
	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
		if (gaz_uri_resolve(&base, rows[i].ref, &room, &u) != GAZ_FAULT_NONE)
			fail_msg("%s: refused", rows[i].ref);
		if (!gaz_str_eq_z(gaz_str_of(u.url), rows[i].want) &&
		    !(u.url[strlen(u.url) - 1] == '/' &&
		    strncmp(u.url, rows[i].want, strlen(u.url) - 1) == 0))
			fail_msg("%s: got %s", rows[i].ref, u.url);
		assert_null(u.user);
	}
	assert_int_equal(gaz_uri_resolve(&base, " \t", &room, &u),
	    GAZ_FAULT_REDIRECTS);
	assert_int_equal(gaz_uri_resolve(&base, "mailto:x", &room, &u),
	    GAZ_FAULT_SCHEME);
}

static void
test_origin(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} rows[] = {
		{ "http://a/x", "http://A:80/y", true },
		{ "https://a/", "https://j:p@a:443", true },
		{ "http://a/", "https://a/", false },
		{ "http://a/", "http://a:81/", false },
		{ "http://a/", "http://b/", false },
		{ "http://a/", "http://www.a/", false },
		{ "http://127.1/", "http://127.0.0.1/", true },
		{ "http://a/", "nonsense", false },
		{ "nonsense", "nonsense", false },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
		if (gaz_fetch_same_origin(rows[i].a, rows[i].b) !=
		    rows[i].same)
			fail_msg("%s and %s", rows[i].a, rows[i].b);
	}
}

static void
test_proxy(void **state)
{
	static const struct {
		const char *list, *host;
		bool excepted;
	} rows[] = {
		{ "", "example.org", false },
		{ "*", "example.org", true },
		{ "example.org", "example.org", true },
		{ "example.org", "www.example.org", true },
		{ ".example.org", "www.example.org", true },
		{ "EXAMPLE.org", "example.org", true },
		{ "example.org", "badexample.org", false },
		{ "a, b example.org", "example.org", true },
		{ "10.0.0.0/8", "10.1.2.3", true },
		{ "10.0.0.0/8", "11.1.2.3", false },
		{ "10.1.2.3", "10.1.2.3", true },
		{ "10.1.2.3", "10.1.2.33", false },
		{ "10.0.0.0/99", "10.1.2.3", false },
		{ "10.0.0.0/x", "10.1.2.3", false },
		{ "fd00::/8", "fd12::1", true },
		{ "[::1]", "::1", true },
		{ "0.1", "10.0.0.1", false },
	};
	struct gaz_proxy_env env = { .none = gaz_mem_strdup("example.net"),
		.http = gaz_mem_strdup("h"), .https = gaz_mem_strdup("s") };
	struct gaz_uri u;

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
		if (gaz_proxy_is_excepted(rows[i].list, rows[i].host) !=
		    rows[i].excepted)
			fail_msg("%s in %s", rows[i].host, rows[i].list);
	}
	assert_int_equal(gaz_uri_parse("https://a/", &room, &u), GAZ_FAULT_NONE);
	assert_null(gaz_proxy_choose(&env, NULL, &u));
	assert_null(gaz_proxy_choose(&env, "", &u));
	assert_string_equal(gaz_proxy_choose(&env, "p", &u), "p");
	assert_string_equal(gaz_proxy_choose(&env, "environment", &u), "s");
	assert_int_equal(gaz_uri_parse("http://a/", &room, &u), GAZ_FAULT_NONE);
	assert_string_equal(gaz_proxy_choose(&env, "environment", &u), "h");
	assert_int_equal(gaz_uri_parse("http://x.example.net/", &room, &u),
	    GAZ_FAULT_NONE);
	assert_null(gaz_proxy_choose(&env, "environment", &u));
	assert_string_equal(gaz_proxy_choose(&env, "p", &u), "p");
	gaz_proxy_env_clear(&env);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_refuse),
		cmocka_unit_test(test_host_length),
		cmocka_unit_test(test_plain_hosts),
		cmocka_unit_test(test_resolve),
		cmocka_unit_test(test_origin),
		cmocka_unit_test(test_proxy),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	int failed = cmocka_run_group_tests_name("uri", tests, NULL, NULL);
	gaz_arena_clear(&room);
	return failed;
}
