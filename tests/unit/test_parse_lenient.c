/* What the lenient reader makes of a document is what the strict one does: all
 * well-formed fixtures, each with its last byte spoilt. */
#include "config.h"

#include "gazetted/parse.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "gazetted/file.h"
#include "gazetted/mem.h"

#define URL "https://feeds.example/dir/feed.xml"
#define ATOM(x) "<feed xmlns='http://www.w3.org/2005/Atom'>" x "</feed>"
#define ENTRY(x) ATOM("<entry><id>1</id>" x "</entry>")
#define DIV(x) "<div xmlns='http://www.w3.org/1999/xhtml'>" x "</div>"

static const char *const fixtures[] = { "atom03.xml", "atom10.xml", "cdf.xml",
	"entry.xml", "media.xml", "mixed.xml", "places.xml",
	"podcast.xml", "podcast20.xml", "rdf090.xml", "rdf10.xml",
	"rss091.xml", "rss11.xml", "rss20.xml", "validity.xml" };

/* What is printed of a document, but for what says how well it was formed. */
static json_t *
read_as(const char *name, struct gaz_str text, bool well_formed)
{
	const struct gaz_parse_options opt = { .url = GAZ_STR(URL) };
	struct gaz_arena a = { 0 };
	struct gaz_document doc;
	enum gaz_fault fault;
	struct gaz_err err;
	struct gaz_buf out;
	json_t *o;

	if (!gaz_parse(text, &opt, &a, &doc, &fault, &err))
		fail_msg("%s: %s", name, err.msg);
	if (doc.well_formed != well_formed)
		fail_msg("%s: is %swell-formed", name,
		    doc.well_formed ? "" : "not ");
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	gaz_parse_write_json(&doc, &out);
	o = json_loadb(out.p, out.len, 0, NULL);
	assert_non_null(o);
	json_object_del(o, "well_formed");
	json_object_del(o, "errors");
	gaz_buf_clear(&out);
	gaz_arena_clear(&a);
	return o;
}

static void
expect_same(const char *name, struct gaz_buf *text)
{
	json_t *strict = read_as(name, gaz_buf_str(text), true), *lenient;

	gaz_buf_put_z(text, "<");
	lenient = read_as(name, gaz_buf_str(text), false);
	if (!json_equal(strict, lenient)) {
		char *want = json_dumps(strict, JSON_INDENT(1));
		char *got = json_dumps(lenient, JSON_INDENT(1));

		fail_msg("%s: %s\nbut leniently %s", name, want, got);
	}
	json_decref(strict);
	json_decref(lenient);
}

static void
test_fixtures(void **state)
{
	const char *dir = getenv("GAZ_FIXTURES");

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(fixtures); i++) {
		struct gaz_buf text;
		struct gaz_err err;
		char path[1024];

		snprintf(path, sizeof(path), "%s/parse/%s",
		    dir != NULL ? dir : GAZ_FIXTURES_DIR, fixtures[i]);
		gaz_buf_init(&text, 1 << 20);
		if (!gaz_file_load(path, &text, &err))
			fail_msg("%s", err.msg);
		expect_same(fixtures[i], &text);
		gaz_buf_clear(&text);
	}
}

/* Elements inside a text that are elements of feeds elsewhere. */
static void
test_markup(void **state)
{
	static const char *const texts[] = {
		ENTRY("<title type='xhtml'>" DIV("Tall <b>ships</b>") "</title>"),
		ENTRY("<summary type='xhtml'>" DIV("Tall <b>ships</b>")
		    "</summary><content type='xhtml'>" DIV("<p>sail</p>")
		    "</content>"),
		ENTRY("<rights type='xhtml'>" DIV("<i>nobody's</i>")
		    "</rights>"),
		ENTRY("<content type='html'>" DIV("&lt;b&gt;sail&lt;/b&gt;")
		    "</content>"),
		ATOM("<subtitle type='xhtml'>" DIV("of <i>all</i> kinds")
		    "</subtitle><title type='xhtml' xmlns:h='"
		    "http://www.w3.org/1999/xhtml'><h:div>Ships</h:div></title>"),
		ENTRY("<content type='xhtml'>" DIV("<svg xmlns='"
		    "http://www.w3.org/2000/svg'><metadata><dc:title xmlns:dc='"
		    "http://purl.org/dc/elements/1.1/'>a hull</dc:title>"
		    "</metadata></svg><p>sail</p>") "</content>"),
		"<rss><channel><item><description><body xmlns='"
		    "http://www.w3.org/1999/xhtml'><p>sail</p></body>"
		    "</description></item></channel></rss>",
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(texts); i++) {
		struct gaz_buf text;

		gaz_buf_init(&text, GAZ_BUF_NO_MAX);
		gaz_buf_put_z(&text, texts[i]);
		expect_same(texts[i], &text);
		gaz_buf_clear(&text);
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fixtures),
		cmocka_unit_test(test_markup),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("parse_lenient", tests, NULL, NULL);
}
