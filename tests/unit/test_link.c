#include "config.h"

#include "gazetted/link.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "gazetted/mem.h"

static const struct {
	const char *name, *value;
	const char *hub, *self; /* the first of each; NULL: none */
	size_t count;
} cases[] = {
	{ "two in one field",
	  "<https://h/>; rel=\"hub\", <https://s/f>; rel=\"self\"",
	  "https://h/", "https://s/f", 2 },
	{ "one link, both", "<x>; rel=\"self hub\"", "x", "x", 1 },
	{ "without quotes", "<x>;rel=hub,<y>;rel=self", "x", "y", 2 },
	{ "white space and case", " < x > ; Rel = \"HUB\" ", "x", NULL, 1 },
	{ "commas and semicolons in quotes",
	  "<a>; title=\"a, <b>; rel=hub\"; rel=next, <c>; rel=hub",
	  "c", NULL, 2 },
	{ "a quote in quotes", "<a>; title=\"\\\"\"; rel=hub", "a", NULL, 1 },
	{ "commas in the address", "<a,b;c>; rel=hub", "a,b;c", NULL, 1 },
	{ "the first rel counts", "<a>; rel=next; rel=hub", NULL, NULL, 1 },
	{ "part of a word", "<a>; rel=hubs, <b>; rel=\"github\"", NULL, NULL,
	  2 },
	{ "about another document", "<a>; rel=hub; anchor=\"/other\"", NULL,
	  NULL, 1 },
	{ "no rel", "<a>", NULL, NULL, 1 },
	{ "no end", "<a; rel=hub", NULL, NULL, 0 },
	{ "turned around", ">a<; rel=hub", NULL, NULL, 0 },
	{ "open quote", "<a>; rel=\"hub, <b>; rel=self", NULL, NULL, 1 },
	{ "empty", "", NULL, NULL, 0 },
	{ "empty elements", ", ,<a>; rel=hub,,", "a", NULL, 1 },
};

static void
assert_same(const char *name, struct gaz_str got, const char *want)
{
	if ((got.p == NULL) != (want == NULL) ||
	    (want != NULL && !gaz_str_eq_z(got, want)))
		fail_msg("%s: got \"%.*s\", want \"%s\"", name,
		    GAZ_STR_ARG(got), want != NULL ? want : "nothing");
}

static void
test_links(void **state)
{
	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_str rest = gaz_str_of(cases[i].value);
		struct gaz_str hub = GAZ_STR_NONE, self = GAZ_STR_NONE;
		struct gaz_link_field f;
		size_t count = 0;

		for (; gaz_link_field_next(&rest, &f); count++) {
			if (hub.p == NULL && gaz_link_field_is(&f, "hub"))
				hub = f.target;
			if (self.p == NULL && gaz_link_field_is(&f, "self"))
				self = f.target;
		}
		assert_same(cases[i].name, hub, cases[i].hub);
		assert_same(cases[i].name, self, cases[i].self);
		if (count != cases[i].count)
			fail_msg("%s: %zu links", cases[i].name, count);
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_links) };

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("link", tests, NULL, NULL);
}
