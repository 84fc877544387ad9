#include "config.h"

#include "parse/text.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "gazetted/mem.h"

static void
test_persons(void **state)
{
	static const struct {
		const char *text, *name, *email;
	} cases[] = {
		{ "Jane Doe", "Jane Doe", NULL },
		{ "jane@example.org", NULL, "jane@example.org" },
		{ "jane@example.org (Jane Doe)", "Jane Doe",
		    "jane@example.org" },
		{ "Jane Doe <jane@example.org>", "Jane Doe",
		    "jane@example.org" },
		{ "Jane Doe (jane@example.org)", "Jane Doe",
		    "jane@example.org" },
		{ "\"Doe, Jane\" <jane+news@mail.example.org>", "Doe, Jane",
		    "jane+news@mail.example.org" },
		{ "jane@example.org, Jane Doe", "Jane Doe",
		    "jane@example.org" },
		{ "mailto:jane@example.org", NULL, "jane@example.org" },
		{ " jane@example.org () ", NULL, "jane@example.org" },
		{ "Jane (at the desk) jane@example.org", "Jane (at the desk)",
		    "jane@example.org" },
		{ "@jane", "@jane", NULL },
		{ "jane@localhost", "jane@localhost", NULL },
		{ "jane at example.org", "jane at example.org", NULL },
		{ "Smith & Sons (Ltd.)", "Smith & Sons (Ltd.)", NULL },
		{ "", NULL, NULL },
		{ "jane@example.org.", NULL, "jane@example.org" },
	};
	struct gaz_arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_person p = gaz_person_parse(&a,
		    gaz_str_of(cases[i].text));

		if (!gaz_str_eq(p.name, gaz_str_of(cases[i].name)) ||
		    !gaz_str_eq(p.email, gaz_str_of(cases[i].email)))
			fail_msg("\"%s\": got \"%.*s\" and \"%.*s\"",
			    cases[i].text, GAZ_STR_ARG(p.name),
			    GAZ_STR_ARG(p.email));
	}
	gaz_arena_clear(&a);
}

static void
test_type(void **state)
{
	static const struct {
		const char *given, *want;
	} cases[] = {
		{ "", "fall/back" }, { "text", "text/plain" },
		{ "HTML", "text/html" }, { "xhtml", "application/xhtml+xml" },
		{ "text/HTML; charset=utf-8", "text/html" },
		{ " image/png ", "image/png" }, { "nonsense", "fall/back" },
	};
	struct gaz_arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_str got = gaz_text_type(&a,
		    gaz_str_of(cases[i].given), GAZ_STR("fall/back"));

		if (!gaz_str_eq_z(got, cases[i].want))
			fail_msg("\"%s\": got %.*s", cases[i].given,
			    GAZ_STR_ARG(got));
	}
	gaz_arena_clear(&a);
}

static void
test_base64(void **state)
{
	static const struct {
		const char *name, *raw, *want;
	} cases[] = {
		{ "text", "SGVsbG8=", "Hello" },
		{ "two of padding", "SGVsbG8h\nIQ==", "Hello!!" },
		{ "no padding", "SGVsbG8", "Hello" },
		{ "alphabet of URLs", "w7_Dvw", "\xC3\xBF\xC3\xBF" },
		{ "binary stays", "AAEC/w==", "AAEC/w==" },
		{ "no base64", "Hello, world", "Hello, world" },
		{ "one digit too few", "SGVsbG8hA", "SGVsbG8hA" },
	};
	struct gaz_arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		const struct gaz_text_source src = {
			.raw = gaz_str_of(cases[i].raw),
			.type = GAZ_STR("application/octet-stream"),
			.base64 = true };
		struct gaz_text t = gaz_text_make(&a, &src, NULL, NULL);

		if (!gaz_str_eq_z(t.value, cases[i].want))
			fail_msg("%s: got \"%.*s\"", cases[i].name,
			    GAZ_STR_ARG(t.value));
	}
	gaz_arena_clear(&a);
}

static void
test_guess(void **state)
{
	static const struct {
		const char *text;
		bool html;
	} cases[] = {
		{ "Plain", false }, { "A < B and B > C", false },
		{ "Fish & chips", false }, { "List<T> explained", false },
		{ "A <b>bold</b> word", true }, { "AT&amp;T", true },
		{ "Line<br/>break", true }, { "x &#8217; y", true },
		{ "http://x.example/?a=1&copy=2", false },
	};
	struct gaz_arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		const struct gaz_text_source src = {
			.raw = gaz_str_of(cases[i].text),
			.type = GAZ_STR("text/plain"), .guess = true };
		struct gaz_text t = gaz_text_make(&a, &src, NULL, NULL);

		if (gaz_str_eq_z(t.type, "text/html") != cases[i].html)
			fail_msg("\"%s\": %.*s", cases[i].text,
			    GAZ_STR_ARG(t.type));
	}
	gaz_arena_clear(&a);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_persons),
		cmocka_unit_test(test_type),
		cmocka_unit_test(test_base64),
		cmocka_unit_test(test_guess),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("parse_text", tests, NULL, NULL);
}
