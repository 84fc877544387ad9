#include "config.h"

#include "daemon/icons.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#define BYTES(s) { "" s, sizeof(s) - 1 }

static const struct {
	const char *name;
	struct gaz_str bytes;
	const char *want;
} types[] = {
	{ "PNG", BYTES("\x89PNG\r\n\x1a\nxx"), "image/png" },
	{ "PNG, cut", BYTES("\x89PNG\r\n\x1a"), NULL },
	{ "ICO", BYTES("\0\0\1\0\1\0"), "image/x-icon" },
	{ "a cursor", BYTES("\0\0\2\0\1\0"), NULL },
	{ "JPEG", BYTES("\xff\xd8\xff\xe0"), "image/jpeg" },
	{ "GIF", BYTES("GIF89a"), "image/gif" },
	{ "an old GIF", BYTES("GIF87a;"), "image/gif" },
	{ "no GIF", BYTES("GIF90a"), NULL },
	{ "WebP", BYTES("RIFF\x10\0\0\0WEBPVP8 "), "image/webp" },
	{ "sound", BYTES("RIFF\x10\0\0\0WAVEfmt "), NULL },
	{ "WEBP at its place alone", BYTES("xxxx\x10\0\0\0WEBP"), NULL },
	{ "SVG", BYTES("<svg xmlns='http://www.w3.org/2000/svg'/>"), NULL },
	{ "SVG with a declaration", BYTES("<?xml version='1.0'?><svg/>"),
	    NULL },
	{ "HTML", BYTES("<!doctype html><script>alert(1)</script>"), NULL },
	{ "PNG behind HTML", BYTES("<p>\x89PNG\r\n\x1a\n"), NULL },
	{ "nothing", BYTES(""), NULL },
};

static void
test_types(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		const char *got = gaz_icon_type(types[i].bytes);

		if ((got == NULL) != (types[i].want == NULL) ||
		    (got != NULL && strcmp(got, types[i].want) != 0))
			fail_msg("%s: got %s", types[i].name,
			    got != NULL ? got : "none");
	}
}

static const struct {
	const char *url, *want;
} hosts[] = {
	{ "https://www.P.example/x?y", "www.p.example" },
	{ "https://p.example:443/", "p.example" },
	{ "http://p.example:8080", "p.example:8080" },
	{ "http://joe:pw@p.example:81/", "p.example:81" },
	{ "file:///etc/passwd", "" },
	{ "", "" },
};

static void
test_hosts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		struct gaz_arena a = { 0 };
		struct gaz_str got = gaz_icon_host(&a,
		    gaz_str_of(hosts[i].url));

		if (!gaz_str_eq_z(got, hosts[i].want))
			fail_msg("%s: got \"%.*s\"", hosts[i].url,
			    GAZ_STR_ARG(got));
		gaz_arena_clear(&a);
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_hosts),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("icon_type", tests, NULL, NULL);
}
