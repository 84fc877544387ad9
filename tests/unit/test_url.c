#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "gazetted/file.h"
#include "gazetted/limits.h"
#include "gazetted/mem.h"
#include "gazetted/url.h"

#define RFC_BASE "http://a/b/c/d;p?q"
#define HTTP_BASE "https://example.org/dir/page?x=1"

static const struct {
	const char *base, *ref, *want; /* NULL: absent */
} resolutions[] = {
	/* RFC 3986, section 5.4.1 */
	{ RFC_BASE, "g", "http://a/b/c/g" },
	{ RFC_BASE, "./g", "http://a/b/c/g" },
	{ RFC_BASE, "g/", "http://a/b/c/g/" },
	{ RFC_BASE, "/g", "http://a/g" },
	{ RFC_BASE, "//g", "http://g" },
	{ RFC_BASE, "?y", "http://a/b/c/d;p?y" },
	{ RFC_BASE, "g?y", "http://a/b/c/g?y" },
	{ RFC_BASE, "#s", "http://a/b/c/d;p?q#s" },
	{ RFC_BASE, "g#s", "http://a/b/c/g#s" },
	{ RFC_BASE, "g?y#s", "http://a/b/c/g?y#s" },
	{ RFC_BASE, ";x", "http://a/b/c/;x" },
	{ RFC_BASE, "g;x", "http://a/b/c/g;x" },
	{ RFC_BASE, "g;x?y#s", "http://a/b/c/g;x?y#s" },
	{ RFC_BASE, "", "http://a/b/c/d;p?q" },
	{ RFC_BASE, ".", "http://a/b/c/" },
	{ RFC_BASE, "./", "http://a/b/c/" },
	{ RFC_BASE, "..", "http://a/b/" },
	{ RFC_BASE, "../", "http://a/b/" },
	{ RFC_BASE, "../g", "http://a/b/g" },
	{ RFC_BASE, "../..", "http://a/" },
	{ RFC_BASE, "../../", "http://a/" },
	{ RFC_BASE, "../../g", "http://a/g" },
	/* section 5.4.2 */
	{ RFC_BASE, "../../../g", "http://a/g" },
	{ RFC_BASE, "../../../../g", "http://a/g" },
	{ RFC_BASE, "/./g", "http://a/g" },
	{ RFC_BASE, "/../g", "http://a/g" },
	{ RFC_BASE, "g.", "http://a/b/c/g." },
	{ RFC_BASE, ".g", "http://a/b/c/.g" },
	{ RFC_BASE, "g..", "http://a/b/c/g.." },
	{ RFC_BASE, "..g", "http://a/b/c/..g" },
	{ RFC_BASE, "./../g", "http://a/b/g" },
	{ RFC_BASE, "./g/.", "http://a/b/c/g/" },
	{ RFC_BASE, "g/./h", "http://a/b/c/g/h" },
	{ RFC_BASE, "g/../h", "http://a/b/c/h" },
	{ RFC_BASE, "g;x=1/./y", "http://a/b/c/g;x=1/y" },
	{ RFC_BASE, "g;x=1/../y", "http://a/b/c/y" },
	{ RFC_BASE, "g?y/./x", "http://a/b/c/g?y/./x" },
	{ RFC_BASE, "g?y/../x", "http://a/b/c/g?y/../x" },
	{ RFC_BASE, "g#s/./x", "http://a/b/c/g#s/./x" },
	{ RFC_BASE, "g#s/../x", "http://a/b/c/g#s/../x" },
	{ RFC_BASE, "http:g", "http://a/b/c/g" }, /* "for compatibility" */
	{ RFC_BASE, "g:h", NULL },                /* not on the list */

	/* what is kept as it was written */
	{ HTTP_BASE, "HTTP://Example.ORG:80/A/../b%7e?Q#f",
	    "HTTP://Example.ORG:80/A/../b%7e?Q#f" },
	{ HTTP_BASE, "http://example.net", "http://example.net" },
	{ HTTP_BASE, "mailto:a@example.org?subject=x y",
	    "mailto:a@example.org?subject=x y" },
	{ HTTP_BASE, "magnet:?xt=urn:btih:1", "magnet:?xt=urn:btih:1" },
	{ HTTP_BASE, "tag:example.org,2026:1", "tag:example.org,2026:1" },
	{ HTTP_BASE, "http://user:pw@example.org/",
	    "http://user:pw@example.org/" },
	{ HTTP_BASE, "http://[2001:db8::1]:8080/x",
	    "http://[2001:db8::1]:8080/x" },
	{ NULL, "http://example.org/a b", "http://example.org/a b" },

	/* international */
	{ "http://www.\xe8\xa9\xb9\xe5\xa7\x86.com/feed", "",
	    "http://www.\xe8\xa9\xb9\xe5\xa7\x86.com/feed" },
	{ "http://any.test/", "\xc3\x80", "http://any.test/\xc3\x80" },
	{ HTTP_BASE, "http://b\xc3\xbc" "cher.example/\xc3\xa4?\xc3\xb6#\xc3\xbc",
	    "http://b\xc3\xbc" "cher.example/\xc3\xa4?\xc3\xb6#\xc3\xbc" },

	/* white space and control bytes around and inside */
	{ HTTP_BASE, " /x ", "https://example.org/x" },
	{ HTTP_BASE, "\n\thttp://example.net/a\n\tb\r\n",
	    "http://example.net/ab" },
	{ HTTP_BASE, "\xc2\xa0/x\xe2\x80\x8b", "https://example.org/x" },
	{ HTTP_BASE, "/\x01x\x7f", "https://example.org/x" },

	/* white space that was in front of the base's fragment */
	{ "https://a/x #f", "", "https://a/x%20" },
	{ "https://a/x \xc2\xa0 #f", "", "https://a/x%20%C2%A0%20" },
	{ "https://a/x?q=1  #f", "", "https://a/x?q=1%20%20" },
	{ "https://a/x #f", "#g", "https://a/x #g" },
	{ "https://a/x #f", "?q", "https://a/x ?q" },
	{ "https://a/x y#f", "", "https://a/x y" },
	{ " #f", "", "" },

	/* the forms that browsers mend */
	{ HTTP_BASE, "//cdn.example.net/x", "https://cdn.example.net/x" },
	{ HTTP_BASE, "http:\\\\evil.example\\x?a\\b",
	    "http://evil.example/x?a\\b" },
	{ HTTP_BASE, "\\\\evil.example\\x", "https://evil.example/x" },
	{ HTTP_BASE, "/\\evil.example", "https://evil.example" },
	{ HTTP_BASE, "http:///evil.example/x", "http://evil.example/x" },
	{ HTTP_BASE, "http:/evil.example", "http://evil.example" },
	{ HTTP_BASE, "http:evil.example", "http://evil.example" },
	{ HTTP_BASE, "https:/x", "https://example.org/x" },
	{ HTTP_BASE, "https:x", "https://example.org/dir/x" },
	{ HTTP_BASE, "https:javascript:x",
	    "https://example.org/dir/javascript:x" },
	{ HTTP_BASE, "http:", NULL },
	{ HTTP_BASE, "http://", NULL },
	{ HTTP_BASE, "http://:80/", NULL },
	{ HTTP_BASE, "http://a b/", NULL },
	{ HTTP_BASE, "http://a\xc2\xa0" "b/", NULL },
	{ HTTP_BASE, "http://\xe3\x80\x80/", NULL },
	{ HTTP_BASE, "http://<script>/", NULL },
	{ HTTP_BASE, "///x", NULL },
	{ HTTP_BASE, "//", NULL },

	/* what must not get through */
	{ HTTP_BASE, "javascript:alert(1)", NULL },
	{ HTTP_BASE, "JaVaScRiPt:alert(1)", NULL },
	{ HTTP_BASE, "jAvA\tscript:alert(1)", NULL },
	{ HTTP_BASE, "java\nscript\r:alert(1)", NULL },
	{ HTTP_BASE, " \x01\x02javascript:alert(1)", NULL },
	{ HTTP_BASE, "java script:alert(1)", NULL },
	{ HTTP_BASE, "javascript :alert(1)", NULL },
	{ HTTP_BASE, "\xe2\x80\x8bjavascript:alert(1)", NULL },
	{ HTTP_BASE, "java\xc2\xadscript:alert(1)", NULL },
	{ HTTP_BASE, "\xef\xbb\xbfjavascript:alert(1)", NULL },
	{ HTTP_BASE, "vbscript:x", NULL },
	{ HTTP_BASE, "livescript:x", NULL },
	{ HTTP_BASE, "data:text/html,<script>", NULL },
	{ HTTP_BASE, "data:image/svg+xml;base64,AAAA", NULL },
	{ HTTP_BASE, "data:image/png,<script>", NULL },
	{ HTTP_BASE, "data:image/png;base64,AA\"AA", NULL },
	{ HTTP_BASE, "file:///etc/passwd", NULL },
	{ HTTP_BASE, "view-source:http://x/", NULL },
	{ HTTP_BASE, "blob:http://x/", NULL },
	{ HTTP_BASE, "about:blank", NULL },
	{ HTTP_BASE, "mailto:", NULL },
	{ HTTP_BASE, "feed:javascript:alert(1)", NULL },
	{ HTTP_BASE, "feed:https://example.org/rss",
	    "feed:https://example.org/rss" },
	{ HTTP_BASE, "x-unknown:foo", NULL },
	{ HTTP_BASE, "example.org:8080/x", NULL },
	{ NULL, "javascript:alert(1)", NULL },
	{ NULL, "java\tscript:alert(1)", NULL },
	{ NULL, "1x:y", NULL },
	/* a colon in a path is no scheme */
	{ HTTP_BASE, "1x:y", "https://example.org/dir/1x:y" },
	{ HTTP_BASE, "./a:b", "https://example.org/dir/a:b" },
	{ HTTP_BASE, "/wiki/A:B", "https://example.org/wiki/A:B" },
	{ HTTP_BASE, "?javascript:x", "https://example.org/dir/page?javascript:x" },

	/* without a base, or with one that is no use */
	{ NULL, "/a/../b", "/a/../b" },
	{ NULL, "//example.org/x", "//example.org/x" },
	{ NULL, "#frag", "#frag" },
	{ NULL, "", "" },
	{ "", "x", "x" },
	{ "javascript:alert(1)", "x", "x" },
	{ "mailto:a@b", "x", "x" },
	{ "urn:x:y", "x", "x" },
	{ "http://", "x", "x" },
	{ "http://example.org", "x", "http://example.org/x" },
	{ "http://example.org", "?x", "http://example.org?x" },
	{ "http://example.org?q", "x", "http://example.org/x" },
	{ "http://example.org/a#f", "x", "http://example.org/x" },
	{ " http://example.org/a/ ", "x", "http://example.org/a/x" },
	{ "/a/b", "c", "/a/c" },
	{ "a/b", "../c", "c" },
	{ "a", "b", "b" },
	{ "a/", "../javascript:alert(1)", NULL },
	{ "a/", "../b", "b" },
	{ "java script:a/", "b", "b" },
	{ "http:\\\\example.org\\a\tb\\", "c", "http://example.org/ab/c" },
	{ "feed/base/", "/entry/base/", "/entry/base/" },
	{ "ftp://example.org/a/", "b", "ftp://example.org/a/b" },
	{ "gemini://example.org/a/", "b", "gemini://example.org/a/b" },
};

static void
test_resolve(void **state)
{
	struct gaz_arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(resolutions); i++) {
		const char *want = resolutions[i].want;
		struct gaz_str got = gaz_url_resolve(&a,
		    gaz_str_of(resolutions[i].base),
		    gaz_str_of(resolutions[i].ref), false);
		if (want == NULL ? got.p != NULL : !gaz_str_eq_z(got, want))
			fail_msg("%s + %s: got %.*s, want %s",
			    resolutions[i].base, resolutions[i].ref,
			    GAZ_STR_ARG(got), want);
	}
	gaz_arena_clear(&a);
}

static void
test_data(void **state)
{
	struct gaz_arena a = { 0 };
	struct gaz_str png = GAZ_STR("data:image/png;base64,iVBORw0KGgo="), got;

	(void)state;
	got = gaz_url_resolve(&a, GAZ_STR_NONE, png, true);
	assert_true(gaz_str_eq(got, png));
	got = gaz_url_resolve(&a, GAZ_STR_NONE, png, false);
	assert_null(got.p);
	got = gaz_url_resolve(&a, GAZ_STR_NONE,
	    GAZ_STR("data:image/svg+xml;base64,AAAA"), true);
	assert_null(got.p);
	got = gaz_url_resolve(&a, GAZ_STR_NONE,
	    GAZ_STR("DATA:image/GIF;base64,AA AA\n"), true);
	assert_null(got.p);
	gaz_arena_clear(&a);
}

/* Most are canonical at a glance; a fragment, which is left out, makes them go
 * the long way, to the same end. */
static void
test_canonical_at_a_glance(void **state)
{
	static const char *const urls[] = { "https://a.example/",
		"http://a-b.example/c/d.html", "https://a.example", "https:///",
		"https://a.example/..", "https://a.example/./b",
		"https://a.example/b..c", "https://a.example/b/.c",
		"https://A.example/", "https://a.example./",
		"https://a..example/", "https://.example/",
		"https://-a.example/", "https://a.example:443/",
		"https://u@a.example/", "https://127.1/", "https://a.0x7f/",
		"https://xn--mnchen-3ya.example/", "https://axn--.example/",
		"https://a_b.example/", "https://a.example/%7Eb",
		"https://a.example/~b", "https://a.example/b|c",
		"https://a.example/b\\c", "https://a.example/b c",
		"https://a.example/\xC3\xA9", "https://a.example/b?",
		"https://a.example/b?utm_source=c", "https://a.example//b//c",
		"https://exit.sc/", "https://a/b", "https://a.example/b;c,d'",
		"http://www.google.com/amp/s/a.example/b",
	};
	struct gaz_arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(urls); i++) {
		struct gaz_str url = gaz_str_of(urls[i]), got, want;

		got = gaz_url_canonical(&a, url);
		want = gaz_url_canonical(&a, gaz_arena_fmt(&a, "%s#f",
		    urls[i]));
		if ((got.p == NULL) != (want.p == NULL) ||
		    !gaz_str_eq(got, want))
			fail_msg("%s: %.*s and %.*s", urls[i],
			    GAZ_STR_ARG(got), GAZ_STR_ARG(want));
	}
	gaz_arena_clear(&a);
}

/* The canonical URL is what must not be longer, whatever was escaped. */
static void
test_canonical_limit(void **state)
{
	struct gaz_str a_umlaut = GAZ_STR("\xc3\xa4"), got;
	struct gaz_arena a = { 0 };
	struct gaz_buf url;

	(void)state;
	gaz_buf_init(&url, GAZ_BUF_NO_MAX);
	gaz_buf_put_z(&url, "http://a/");
	while (url.len + strlen("%C3%A4") <= GAZ_URL_MAX)
		gaz_buf_put_z(&url, "%C3%A4");
	while (url.len < GAZ_URL_MAX)
		gaz_buf_put_char(&url, 'x');
	got = gaz_url_canonical(&a, gaz_buf_str(&url));
	assert_int_equal(got.len, GAZ_URL_MAX);
	assert_true(gaz_str_eq(gaz_url_canonical(&a, got), got));
	/* One byte more, though of fewer as it is given. */
	gaz_buf_reset(&url);
	gaz_buf_put_z(&url, "http://a/");
	for (size_t n = url.len; n <= GAZ_URL_MAX; n += strlen("%C3%A4"))
		gaz_buf_put_str(&url, a_umlaut);
	assert_true(url.len < GAZ_URL_MAX / 2);
	assert_null(gaz_url_canonical(&a, gaz_buf_str(&url)).p);
	gaz_buf_clear(&url);
	gaz_arena_clear(&a);
}

/* GAZ_URL_MAX is the longest that stays. */
static void
test_limit(void **state)
{
	struct gaz_arena a = { 0 };
	char url[GAZ_URL_MAX + 1];

	(void)state;
	memset(url, 'x', sizeof(url));
	memcpy(url, "http://a/", 9);
	assert_int_equal(gaz_url_resolve(&a, GAZ_STR_NONE,
	    gaz_str_make(url, GAZ_URL_MAX), false).len, GAZ_URL_MAX);
	assert_null(gaz_url_resolve(&a, GAZ_STR_NONE,
	    gaz_str_make(url, GAZ_URL_MAX + 1), false).p);
	url[0] = '/';
	url[1] = 'y';
	assert_int_equal(gaz_url_resolve(&a, GAZ_STR("http://a"),
	    gaz_str_make(url, GAZ_URL_MAX - 8), false).len, GAZ_URL_MAX);
	assert_null(gaz_url_resolve(&a, GAZ_STR("http://a"),
	    gaz_str_make(url, GAZ_URL_MAX - 7), false).p);
	gaz_arena_clear(&a);
}

static const struct {
	const char *url, *want;
} canonicals[] = {
	{ "HTTP://Example.ORG:80", "http://example.org/" },
	{ "https://example.org:443/a#frag", "https://example.org/a" },
	{ "https://example.org:80/a", "https://example.org:80/a" },
	{ "https://example.org.:/a/./b/../c", "https://example.org/a/c" },
	{ "http://example.org/%7euser/%c3%a4%2f", "http://example.org/~user/%C3%A4%2F" },
	{ "http://example.org/\xc3\xa4 b", "http://example.org/%C3%A4%20b" },
	{ "http://example.org/100%", "http://example.org/100%25" },
	{ "http://user:pw@example.org/", "http://example.org/" },
	{ "http://example.org/?", "http://example.org/" },
	{ "http://example.org/?b=2&a=1", "http://example.org/?b=2&a=1" },
	{ "http://example.org/?utm_source=rss&id=1&utm_medium=x",
	    "http://example.org/?id=1" },
	{ "http://example.org/?UTM_Source=rss", "http://example.org/" },
	{ "https://a/x #f", "https://a/x%20" },
	{ "https://a/?q= #f", "https://a/?q=%20" },
	{ "http://example.org/?utm=1", "http://example.org/?utm=1" },
	{ "http://example.org/?id=1&amp;fbclid=x&amp;b=2",
	    "http://example.org/?id=1&b=2" },
	{ "http://example.org/?fbclid=x&amp;amp;b=2",
	    "http://example.org/?b=2" },
	{ "http://example.org/?amp;b=2", "http://example.org/?amp;b=2" },
	{ "http://example.org/?fbclidx=1", "http://example.org/?fbclidx=1" },
	{ "http://example.org/#xtor=RSS-1", "http://example.org/" },
	{ "http://example.org/a?xtor=RSS-1", "http://example.org/a" },
	{ "https://www.youtube.com/watch?v=x&feature=share",
	    "https://www.youtube.com/watch?v=x" },
	{ "https://notyoutube.com/watch?v=x&feature=share",
	    "https://notyoutube.com/watch?v=x&feature=share" },
	{ "https://www.google.com/url?rct=j&sa=t&url=https%3A%2F%2Fexample.org%2Fa%3Futm_source%3Dx&ct=ga",
	    "https://example.org/a" },
	{ "https://www.google.com/url?q=javascript:alert(1)",
	    "https://www.google.com/url?q=javascript:alert(1)" },
	{ "https://www.google.com/url?a=1&amp;q=http://example.org/",
	    "http://example.org/" },
	{ "https://www.google.com/url?q=http://exa%2500mple.org/",
	    "https://www.google.com/url?q=http://exa%2500mple.org/" },
	{ "https://www.google.com/x/../%75rl?q=http://example.org/",
	    "http://example.org/" },
	{ "https://go.theregister.com/feed/www.theregister.com/2026/11/01/x/",
	    "https://www.theregister.com/2026/11/01/x/" },
	{ "https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.google.com%2Furl%3Fq%3Dhttp%3A%2F%2Fexample.org%2F",
	    "http://example.org/" },
	{ "http://b\xc3\xbc" "cher.example/", "http://xn--bcher-kva.example/" },
	{ "http://B\xc3\x9c" "CHER.example/", "http://xn--bcher-kva.example/" },
	{ "http://b%C3%BC" "cher.example/", "http://xn--bcher-kva.example/" },
	{ "http://XN--BCHER-KVA.example/", "http://xn--bcher-kva.example/" },
	{ "http://\xef\xbd\x85xample\xe3\x80\x82org/", "http://example.org/" },
	{ "http://0x7f.1/", "http://127.0.0.1/" },
	{ "http://11./", "http://0.0.0.11/" },
	{ "http://example.org\xe3\x80\x82/", "http://example.org/" },
	{ "http://example.org../", NULL },
	{ "http://./", NULL },
	{ "http://2130706433/", "http://127.0.0.1/" },
	{ "http://[2001:DB8:0::1]:80/", "http://[2001:db8::1]/" },
	{ "http://[2001:db8::1n:/", NULL },
	{ "http://[::eff1:80n", NULL },
	{ "http://exa_mple.org/", "http://exa_mple.org/" },
	{ "http://example.org:99999/", NULL },
	{ "http://example.org:x/", NULL },
	{ "http://exa%00mple.org/", NULL },
	{ "http://exa%2fmple.org/", NULL },
	{ "ftp://example.org/", NULL },
	{ "/relative", NULL },
	{ "", NULL },
	{ NULL, NULL },
};

static void
test_canonical(void **state)
{
	struct gaz_arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(canonicals); i++) {
		const char *want = canonicals[i].want;
		struct gaz_str got = gaz_url_canonical(&a,
		    gaz_str_of(canonicals[i].url));
		if (want == NULL ? got.p != NULL : !gaz_str_eq_z(got, want))
			fail_msg("%s: got %.*s, want %s", canonicals[i].url,
			    GAZ_STR_ARG(got), want);
		if (got.p == NULL)
			continue;
		struct gaz_str again = gaz_url_canonical(&a, got);
		if (!gaz_str_eq(again, got))
			fail_msg("%s: again %.*s", canonicals[i].url,
			    GAZ_STR_ARG(again));
	}
	gaz_arena_clear(&a);
}

/* The rows of tests/fixtures/url/redirectors.tsv. */
static void
test_tracking(void **state)
{
	const char *dir = getenv("GAZ_FIXTURES");
	struct gaz_str rest, line, url;
	struct gaz_arena a = { 0 };
	struct gaz_buf file;
	struct gaz_err err;
	char path[1024];
	size_t n = 0;

	(void)state;
	snprintf(path, sizeof(path), "%s/url/redirectors.tsv",
	    dir != NULL ? dir : GAZ_FIXTURES_DIR);
	gaz_buf_init(&file, 1 << 20);
	if (!gaz_file_load(path, &file, &err))
		fail_msg("%s", err.msg);
	rest = gaz_buf_str(&file);
	while (gaz_str_split(&rest, '\n', &line)) {
		if (line.len == 0 || line.p[0] == '#')
			continue;
		assert_true(gaz_str_split(&line, '\t', &url));
		struct gaz_str got = gaz_url_canonical(&a, url);

		if (!gaz_str_eq(got, line))
			fail_msg("%.*s: got %.*s, want %.*s", GAZ_STR_ARG(url),
			    GAZ_STR_ARG(got), GAZ_STR_ARG(line));
		assert_true(gaz_str_eq(gaz_url_canonical(&a, got), got));
		n++;
	}
	assert_true(n > 100);
	gaz_buf_clear(&file);
	gaz_arena_clear(&a);
}

static const struct {
	const char *url, *host, *shown;
} hosts[] = {
	{ "http://Example.org:8080/x", "example.org", "example.org" },
	{ "//example.org", "example.org", "example.org" },
	{ "ftp://example.org/", "example.org", "example.org" },
	{ "http://a@b@example.org/", "example.org", "example.org" },
	{ "http://[::1]/", "[::1]", "[::1]" },
	{ "http://xn--bcher-kva.example/", "xn--bcher-kva.example",
	    "b\xc3\xbc" "cher.example" },
	/* a Cyrillic first letter, the rest Latin */
	{ "http://\xd0\xb0pple.com/", "xn--pple-43d.com",
	    "\xd0\xb0pple.com (xn--pple-43d.com)" },
	/* kanji and kana belong together */
	{ "http://\xe6\x97\xa5\xe3\x81\xae.jp/", "xn--q9j9265a.jp", NULL },
	{ "mailto:a@example.org", NULL, NULL },
	{ "http:///", NULL, NULL },
	{ "example.org", NULL, NULL },
};

static void
test_host(void **state)
{
	struct gaz_arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(hosts); i++) {
		struct gaz_str url = gaz_str_of(hosts[i].url);
		struct gaz_str got = gaz_url_host(&a, url);
		if (hosts[i].host == NULL) {
			if (got.p != NULL)
				fail_msg("%s: host", hosts[i].url);
			continue;
		}
		if (hosts[i].shown != NULL &&
		    !gaz_str_eq_z(got, hosts[i].host))
			fail_msg("%s: got %.*s", hosts[i].url,
			    GAZ_STR_ARG(got));
		got = gaz_url_host_display(&a, url);
		if (hosts[i].shown != NULL
		        ? !gaz_str_eq_z(got, hosts[i].shown)
		        : gaz_str_find_char(got, '(', 0) != GAZ_STR_NPOS)
			fail_msg("%s: shown as %.*s", hosts[i].url,
			    GAZ_STR_ARG(got));
	}
	gaz_arena_clear(&a);
}

static void
test_is_http(void **state)
{
	(void)state;
	assert_true(gaz_url_is_http(GAZ_STR("http://a")));
	assert_true(gaz_url_is_http(GAZ_STR("HTTPS://a/b")));
	assert_false(gaz_url_is_http(GAZ_STR("http:a")));
	assert_false(gaz_url_is_http(GAZ_STR("http://")));
	assert_false(gaz_url_is_http(GAZ_STR("httpx://a")));
	assert_false(gaz_url_is_http(GAZ_STR("//a")));
	assert_false(gaz_url_is_http(GAZ_STR_NONE));
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_resolve),
		cmocka_unit_test(test_data),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_canonical),
		cmocka_unit_test(test_canonical_limit),
		cmocka_unit_test(test_canonical_at_a_glance),
		cmocka_unit_test(test_tracking),
		cmocka_unit_test(test_host),
		cmocka_unit_test(test_is_http),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("url", tests, NULL, NULL);
}
