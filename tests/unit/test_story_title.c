#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "gazetted/mem.h"
#include "gazetted/story.h"

static const struct {
	const char *name, *title, *outlet, *want;
} cases[] = {
	{ "bar", "Le gouvernement est tombé | Le Quotidien du Rhône",
	    "Le Quotidien du Rhône", "Le gouvernement est tombé" },
	{ "hyphen", "Hunderte Tote nach Erdbeben - Stadtkurier", "Stadtkurier",
	    "Hunderte Tote nach Erdbeben" },
	{ "dash", "Ferry runs aground \xE2\x80\x93 Coast Post",
	    "The Coast Post", "Ferry runs aground" },
	{ "capitals", "Séisme en Turquie | L'ÉCHO", "L'Écho",
	    "Séisme en Turquie" },
	{ "the outlet says more", "Ferry runs aground | Coast Post",
	    "Coast Post: World News", "Ferry runs aground" },
	{ "the title says more", "Ferry runs aground | Coast Post Online",
	    "Coast Post", "Ferry runs aground" },
	{ "only the last part", "Live - Ferry aground - Coast Post",
	    "Coast Post", "Live - Ferry aground" },
	{ "Chinese", "\xE6\xB8\xA1\xE8\xBD\xAE\xE6\x90\x81\xE6\xB5\x85 | "
	    "\xE6\xB5\xB7\xE5\xB2\xB8\xE6\x8A\xA5",
	    "\xE6\xB5\xB7\xE5\xB2\xB8\xE6\x8A\xA5",
	    "\xE6\xB8\xA1\xE8\xBD\xAE\xE6\x90\x81\xE6\xB5\x85" },
	{ "another name", "Ferry runs aground | Northern Wire", "Coast Post",
	    "Ferry runs aground | Northern Wire" },
	{ "no separator", "Coast Post", "Coast Post", "Coast Post" },
	{ "hyphen in a word", "Nord-Stadtkurier", "Stadtkurier",
	    "Nord-Stadtkurier" },
	{ "too little left", "Live | Coast Post", "Coast Post",
	    "Live | Coast Post" },
	{ "short likeness", "Storm in the bay - Co", "Coast Post",
	    "Storm in the bay - Co" },
	{ "no outlet", "Storm in the bay - Coast Post", "",
	    "Storm in the bay - Coast Post" },
	{ "empty", "", "Coast Post", "" },
	{ "nothing behind", "Storm in the bay - ", "Coast Post",
	    "Storm in the bay - " },
};

static void
test_without_outlet(void **state)
{
	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_str got = gaz_title_without_outlet(
		    gaz_str_of(cases[i].title), gaz_str_of(cases[i].outlet));

		if (!gaz_str_eq(got, gaz_str_of(cases[i].want)))
			fail_msg("%s: got \"%.*s\"", cases[i].name,
			    GAZ_STR_ARG(got));
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_without_outlet),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("story_title", tests, NULL, NULL);
}
