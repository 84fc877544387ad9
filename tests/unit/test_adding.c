#include "config.h"

#include "daemon/adding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#define MOST 4

static const struct {
	const char *name;
	struct {
		const char *url, *title;
	} found[MOST];
	size_t want;
} cases[] = {
	{ "one", { { "https://p.example/f", "F" } }, 0 },
	{ "the first", { { "https://p.example/rss", "RSS" },
	    { "https://p.example/atom", NULL } }, 0 },
	{ "behind the comments", { { "https://p.example/Comments/feed/", "" },
	    { "https://p.example/feed/", "P" } }, 1 },
	{ "comments by their title", { { "https://p.example/1", "Comments" },
	    { "https://p.example/2", "P Comment Feed" },
	    { "https://p.example/3", NULL } }, 2 },
	{ "nothing but comments", { { "https://p.example/comments/", "C" },
	    { "https://p.example/comments/2", "C" } }, 0 },
};

static void
test_best(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct gaz_adding_found v[MOST] = { 0 };
		size_t n = 0, got;

		for (; n < MOST && cases[i].found[n].url != NULL; n++) {
			v[n].url = gaz_str_of(cases[i].found[n].url);
			v[n].title = gaz_str_of(cases[i].found[n].title);
		}
		got = gaz_adding_best(v, n);
		if (got != cases[i].want)
			fail_msg("%s: got %zu, want %zu", cases[i].name, got,
			    cases[i].want);
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_best) };

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("adding", tests, NULL, NULL);
}
