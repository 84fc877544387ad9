#include "config.h"

#include "gazetted/parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#define RSS "type='application/rss+xml'"

static const struct {
	const char *name, *html, *want; /* addresses, a space behind each */
} cases[] = {
	{ "a page of today",
	    "<!doctype html><html><head><meta charset=utf-8><title>A & B"
	    "</title><link rel=stylesheet href=/x.css><script>if (a<b) {}"
	    "</script><link rel=\"alternate\" type=\"application/rss+xml\" "
	    "title=x href=\"/feed?a=1&amp;b=2\"><LINK REL=ALTERNATE "
	    "TYPE=\"application/atom+xml\" HREF=\"http://o.example/a\"></head>",
	    "https://p.example/feed?a=1&b=2=x http://o.example/a " },
	{ "titles", "<head><link rel=alternate " RSS " href=/f title=' A &amp;\n"
	    "B\x1b[1m '><link rel=alternate " RSS " href=/c title=''></head>",
	    "https://p.example/f=A & B[1m https://p.example/c " },
	{ "a JSON feed", "<head><link rel=alternate "
	    "type=application/feed+json href=/f.json></head>",
	    "https://p.example/f.json " },
	{ "data for other programs", "<head><link rel=alternate "
	    "type=application/json href=/wp-json/1><link rel=alternate "
	    "type=application/json+oembed href=/o></head>", "" },
	{ "one address twice",
	    "<head><link rel=alternate " RSS " href=a><link rel=alternate "
	    RSS " href=a></head>", "https://p.example/x/a " },
	{ "base", "<head><base href='/deep/er/'><link rel='alternate' " RSS
	    " href=f></head>", "https://p.example/deep/er/f " },
	{ "a link in the body does not count",
	    "<head></head><body><link rel=alternate " RSS " href=evil>", "" },
	{ "other alternates", "<head><link rel=alternate hreflang=fr href=/fr>"
	    "<link rel=alternate type=text/html href=/m></head>", "" },
	{ "rel=feed", "<head><link rel=feed href=/f></head>",
	    "https://p.example/f " },
	{ "a type with a parameter", "<head><link rel='home alternate' "
	    "type='application/rss+xml; charset=utf-8' href=/f></head>",
	    "https://p.example/f " },
	{ "a scheme of its own", "<head><link rel=alternate " RSS
	    " href='feed://f.example/x'></head>", "http://f.example/x " },
	{ "not http", "<head><link rel=alternate " RSS
	    " href='javascript:alert(1)'></head>", "" },
	{ "nothing", "", "" },
};

static void
test_pages(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct gaz_arena a = { 0 };
		gaz_link_list found = { 0 };
		struct gaz_buf got;

		gaz_buf_init(&got, GAZ_BUF_NO_MAX);
		gaz_parse_discover(gaz_str_of(cases[i].html),
		    GAZ_STR("https://p.example/x/page.html"), &a, &found);
		for (size_t k = 0; k < found.n; k++) {
			gaz_buf_put_str(&got, found.v[k].href);
			if (found.v[k].title.p != NULL) {
				gaz_buf_put_char(&got, '=');
				gaz_buf_put_str(&got, found.v[k].title);
			}
			gaz_buf_put_char(&got, ' ');
		}
		if (!gaz_str_eq_z(gaz_buf_str(&got), cases[i].want))
			fail_msg("%s: got \"%.*s\", want \"%s\"",
			    cases[i].name, GAZ_STR_ARG(gaz_buf_str(&got)),
			    cases[i].want);
		gaz_buf_clear(&got);
		gaz_arena_clear(&a);
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_pages) };

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("discover", tests, NULL, NULL);
}
