/*
 * Broken and hostile documents: each a file in tests/fixtures/broken, or a
 * recipe here where it is huge, under the number it has in the list of threats.
 * What needs the daemon is in tests/scenario/broken.
 */
#include "config.h"

#include "broken.h"

#include <libxml/parser.h>
#include <libxml/xmlIO.h>

#include "gazetted/limits.h"
#include "gazetted/mem.h"

static void
test_B46_entity_bombs(void **state)
{
	struct gaz_buf b;
	struct parsed p;

	(void)state;
	refused("B46-nested.xml", NULL, GAZ_FAULT_XML_ENTITIES);
	/* One that is long, many times. */
	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	gaz_buf_put_z(&b, "<!DOCTYPE rss [<!ENTITY a '");
	for (size_t i = 0; i < GAZ_XML_ENTITY_MAX; i++)
		gaz_buf_put_char(&b, 'a');
	gaz_buf_put_z(&b, "'>]>" HEAD "<item><title>");
	for (size_t i = 0; i < 20000; i++)
		gaz_buf_put_z(&b, "&a;");
	gaz_buf_put_z(&b, "</title></item>" TAIL);
	parse(&p, gaz_buf_str(&b), NULL);
	expect_fault(&p, "long", GAZ_FAULT_XML_ENTITIES);
	clear(&p);
	gaz_buf_clear(&b);
}

static size_t loads, opens;

static xmlParserInputPtr
record_load(const char *url, const char *id, xmlParserCtxtPtr ctxt)
{
	(void)url;
	(void)id;
	(void)ctxt;
	loads++;
	return NULL;
}

static int
record_open(const char *name)
{
	(void)name;
	opens++;
	return 0;
}

static void *
open_nothing(const char *name)
{
	(void)name;
	return NULL;
}

static int
read_nothing(void *arg, char *p, int n)
{
	(void)arg;
	(void)p;
	(void)n;
	return -1;
}

/* Nothing outside the document is even asked for; the daemon's worker has a
 * test of its own. */
static void
test_B47_external_entities(void **state)
{
	static const struct {
		const char *name;
		enum gaz_fault fault;
	} cases[] = {
		{ "B47-file.xml", GAZ_FAULT_XML_ENTITIES },
		{ "B47-http.xml", GAZ_FAULT_XML_ENTITIES },
		{ "B47-dtd.xml", GAZ_FAULT_NONE },
		{ "B47-parameter.xml", GAZ_FAULT_NONE },
		{ "B47-xinclude.xml", GAZ_FAULT_NONE },
		{ "B47-xslt.xml", GAZ_FAULT_NONE },
	};
	xmlExternalEntityLoader usual = xmlGetExternalEntityLoader();

	(void)state;
	xmlSetExternalEntityLoader(record_load);
	assert_true(xmlRegisterInputCallbacks(record_open, open_nothing,
	    read_nothing, NULL) >= 0);
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct parsed p;

		load(&p, cases[i].name, NULL);
		expect_fault(&p, cases[i].name, cases[i].fault);
		if (p.fault == GAZ_FAULT_NONE)
			expect_titles(&p, cases[i].name,
			    TITLES("Bridge opens"));
		for (size_t k = 0; k < p.batch.items.n; k++)
			assert_false(holds(p.batch.items.v[k].text, "root:"));
		clear(&p);
	}
	xmlPopInputCallbacks();
	xmlSetExternalEntityLoader(usual);
	assert_int_equal(loads, 0);
	assert_int_equal(opens, 0);
}

static void
test_B48_depth(void **state)
{
	struct parsed p;

	(void)state;
	repeat(&p, HEAD, "<x>", 100000, TAIL);
	expect_fault(&p, "elements", GAZ_FAULT_TOO_DEEP);
	clear(&p);
}

static void
test_B49_attributes(void **state)
{
	struct gaz_buf b;
	struct parsed p;

	(void)state;
	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	gaz_buf_put_z(&b, HEAD "<item");
	for (int i = 0; i < 100000; i++)
		gaz_buf_put_fmt(&b, " a%d='x'", i);
	gaz_buf_put_z(&b, "/>" TAIL);
	parse(&p, gaz_buf_str(&b), NULL);
	expect_fault(&p, "attributes", GAZ_FAULT_TOO_MANY_ATTRIBUTES);
	clear(&p);
	gaz_buf_clear(&b);
}

static void
test_B51_cut(void **state)
{
	struct parsed p;

	(void)state;
	load(&p, "B51.xml", NULL);
	expect_titles(&p, "cut", TITLES("Bridge opens", "Ferry stops"));
	assert_true(p.batch.flags & GAZ_BATCH_TRUNCATED);
	assert_true(has_error(&p, "ends in the middle"));
	clear(&p);
}

static void
test_B52_bad_bytes(void **state)
{
	struct parsed p;

	(void)state;
	load(&p, "B52.xml", NULL);
	expect_titles(&p, "bytes", TITLES("stray \uFFFD byte",
	    "overlong \uFFFD slash",
	    "surrogate \uFFFD half", "cut \uFFFD euro",
	    "NUL here", "whole € and é and ü"));
	assert_true(p.batch.flags & GAZ_BATCH_ENCODING_REPAIRED);
	assert_true(has_error(&p, "encoding-repaired"));
	clear(&p);
}

static void
test_B53_order_of_encodings(void **state)
{
	static const struct {
		const char *name, *type, *encoding, *title;
	} cases[] = {
		{ "B53-windows.xml", "text/xml; charset=iso-8859-1",
		    "windows-1252", "“Café” €" },
		{ "B53-windows.xml", NULL, "windows-1252", "“Café” €" },
		{ "B53-bom.xml", "text/xml; charset=iso-8859-5", "utf-8",
		    "Café" },
		{ "B53-header.xml", "text/xml; charset=iso-8859-2",
		    "iso-8859-2", "Łódź" },
		{ "B53-declared.xml", NULL, "iso-8859-2", "Łódź" },
		/* A header that does not fit is passed over. */
		{ "B53-declared.xml", "text/xml; charset=utf-8",
		    "iso-8859-2", "Łódź" },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct parsed p;

		load(&p, cases[i].name, cases[i].type);
		expect_fault(&p, cases[i].name, GAZ_FAULT_NONE);
		expect_str(cases[i].name, p.doc.encoding, cases[i].encoding);
		expect_str(cases[i].name, p.doc.feed.title, cases[i].title);
		clear(&p);
	}
}

static void
test_B54_wide_and_refused(void **state)
{
	static const char *const good[] = { "utf-16le", "utf-16be",
		"utf-16le-bom", "utf-16be-bom", "utf-32le-bom", "utf-32be" };
	char name[64];
	struct parsed p;

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(good); i++) {
		snprintf(name, sizeof(name), "B54-%s.xml", good[i]);
		load(&p, name, NULL);
		expect_fault(&p, name, GAZ_FAULT_NONE);
		expect_str(name, p.doc.feed.title, "Łódź");
		assert_memory_equal(p.doc.encoding.p, good[i], 8);
		clear(&p);
	}
	refused("B54-utf-7.xml", NULL, GAZ_FAULT_CHARSET);
	refused("B54-ebcdic.xml", NULL, GAZ_FAULT_CHARSET);
	refused("B54-unknown.xml", NULL, GAZ_FAULT_CHARSET);
}

static void
test_B55_in_front(void **state)
{
	static const char *const names[] = { "B55-space.xml",
		"B55-bom-twice.xml", "B55-text.xml", "B55-html.xml" };

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(names); i++) {
		struct parsed p;

		load(&p, names[i], NULL);
		expect_titles(&p, names[i], TITLES("Bridge opens"));
		clear(&p);
	}
}

static void
test_B56_not_well_formed(void **state)
{
	static const struct {
		const char *name, *where, *titles[3];
	} cases[] = {
		{ "B56-ampersand.xml", "line 5:", { "Smith & Sons" } },
		{ "B56-unclosed.xml", "line 6:",
		    { "Bridge opens", "Ferry stops" } },
		{ "B56-entity.xml", "line 5:",
		    { "Café &nosuchthing; opens" } },
		{ "B56-nesting.xml", "line 5:",
		    { "Bridge opens", "Ferry stops" } },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct parsed p;

		load(&p, cases[i].name, NULL);
		expect_titles(&p, cases[i].name, cases[i].titles);
		if (p.batch.flags & GAZ_BATCH_WELL_FORMED ||
		    !has_error(&p, cases[i].where))
			fail_msg("%s: %.*s", cases[i].name, p.doc.errors.n > 0 ?
			    (int)p.doc.errors.v[0].len : 0,
			    p.doc.errors.n > 0 ? p.doc.errors.v[0].p : "");
		clear(&p);
	}
}

static void
test_B57_controls(void **state)
{
	struct parsed p;

	(void)state;
	load(&p, "B57.xml", NULL);
	expect_titles(&p, "controls", TITLES("Bridge opens[31m"));
	expect_str("feed", p.batch.title, "Harbour");
	expect_str("text", p.batch.items.v[0].text, "line one");
	clear(&p);
}

static void
test_B58_vocabularies(void **state)
{
	struct parsed p;

	(void)state;
	load(&p, "B58-unknown.xml", NULL);
	expect_titles(&p, "unknown", TITLES("Bridge opens"));
	clear(&p);
	load(&p, "B58-atom-in-rss.xml", "text/html");
	expect_titles(&p, "Atom in RSS", TITLES("Bridge opens"));
	expect_str("guid", p.batch.items.v[0].guid, "a");
	expect_str("url", p.batch.items.v[0].url, "https://news.example/a");
	assert_true(p.batch.items.v[0].published == 1757010600);
	clear(&p);
	load(&p, "B58-mix.xml", "application/json");
	expect_titles(&p, "mix", TITLES("Bridge opens", "Ferry stops"));
	expect_str("format", p.doc.format, "rdf");
	clear(&p);
	load(&p, "B58-json.json", "text/html; charset=utf-8");
	expect_titles(&p, "JSON", TITLES("Bridge opens"));
	expect_str("format", p.doc.format, "json");
	clear(&p);
}

static void
test_B59_json(void **state)
{
	struct gaz_buf b;
	struct parsed p;

	(void)state;
	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	gaz_buf_put_z(&b, "{\"version\":\"https://jsonfeed.org/version/1.1\","
	    "\"items\":[{\"id\":");
	for (int i = 0; i < 10000; i++)
		gaz_buf_put_char(&b, '[');
	parse(&p, gaz_buf_str(&b), NULL);
	expect_fault(&p, "deep", GAZ_FAULT_TOO_DEEP);
	clear(&p);
	gaz_buf_clear(&b);

	load(&p, "B59-twice.json", NULL);
	expect_titles(&p, "twice", TITLES("Two"));
	expect_str("feed", p.batch.title, "Last");
	clear(&p);

	load(&p, "B59-numbers.json", NULL);
	expect_titles(&p, "numbers", TITLES("Long id"));
	assert_true(p.batch.items.v[0].guid.p == NULL);
	assert_int_equal(p.batch.items.v[0].enclosures.n, 1);
	assert_true(p.batch.items.v[0].enclosures.v[0].length ==
	    GAZ_INT_UNKNOWN);
	assert_true(p.batch.items.v[0].enclosures.v[0].duration_s ==
	    GAZ_INT_UNKNOWN);
	clear(&p);

	load(&p, "B59-surrogates.json", NULL);
	expect_fault(&p, "surrogates", GAZ_FAULT_NONE);
	expect_str("surrogates", p.doc.feed.title, "😀 \uFFFD x \uFFFD");
	clear(&p);
}

static void
test_B60_many_items(void **state)
{
	struct gaz_buf b;
	struct parsed p;

	(void)state;
	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	gaz_buf_put_z(&b, HEAD);
	for (size_t i = 0; i < GAZ_DOCUMENT_ITEMS_MAX + 5000; i++)
		gaz_buf_put_fmt(&b, "<item><guid>%zu</guid></item>", i);
	gaz_buf_put_z(&b, TAIL);
	parse(&p, gaz_buf_str(&b), NULL);
	expect_fault(&p, "items", GAZ_FAULT_NONE);
	assert_int_equal(p.batch.items.n, GAZ_DOCUMENT_ITEMS_MAX);
	expect_str("first", p.batch.items.v[0].guid, "0");
	expect_str("last", p.batch.items.v[GAZ_DOCUMENT_ITEMS_MAX - 1].guid,
	    "9999");
	assert_true(p.batch.flags & GAZ_BATCH_ITEMS_DROPPED);
	assert_true(has_error(&p, "items-dropped"));
	clear(&p);
	gaz_buf_clear(&b);
}

static void
test_B61_long_text(void **state)
{
	struct parsed p;

	(void)state;
	repeat(&p, HEAD "<item><guid>a</guid><description>",
	    "&lt;p&gt;Some words.&lt;/p&gt;", 250000,
	    "</description></item>" TAIL);
	expect_fault(&p, "long", GAZ_FAULT_NONE);
	struct gaz_str content = p.batch.items.v[0].content;

	assert_true(content.len <= GAZ_FIELD_MAX);
	assert_true(content.len > GAZ_FIELD_MAX - 64);
	assert_true(gaz_str_ends(content, "<p>Some words.</p>") ||
	    gaz_str_ends(content, "<p>Some words."));
	assert_true(p.batch.items.v[0].flags & GAZ_ITEM_CUT);
	assert_true(p.batch.flags & GAZ_BATCH_TEXT_CUT);
	assert_true(has_error(&p, "text-cut"));
	clear(&p);
}

static void
test_B62_long_lists(void **state)
{
	struct gaz_buf b;
	struct parsed p;

	(void)state;
	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	gaz_buf_put_z(&b, HEAD "<item><guid>a</guid>");
	for (int i = 0; i < 1000; i++)
		gaz_buf_put_fmt(&b, "<enclosure url='https://a.example/%d'/>"
		    "<category>c%d</category><author>Author %d</author>", i,
		    i, i);
	gaz_buf_put_z(&b, "</item>" TAIL);
	parse(&p, gaz_buf_str(&b), NULL);
	expect_fault(&p, "lists", GAZ_FAULT_NONE);
	assert_int_equal(p.doc.items.v[0].authors.n, 32);
	assert_int_equal(p.batch.items.v[0].enclosures.n, 32);
	assert_int_equal(p.batch.items.v[0].categories.n, 32);
	assert_true(holds(p.batch.items.v[0].author, "Author 31"));
	assert_false(holds(p.batch.items.v[0].author, "Author 32"));
	clear(&p);
	gaz_buf_clear(&b);
}

static void
test_B63_empty_items(void **state)
{
	struct parsed p;

	(void)state;
	load(&p, "B63.xml", NULL);
	expect_titles(&p, "empty", TITLES(
	    "Only words, without anything else. And more.", "Only a title",
	    "https://news.example/only-link", "only-id", ""));
	for (size_t i = 0; i < p.batch.items.n; i++) {
		const struct gaz_batch_item *it = &p.batch.items.v[i];

		assert_true((it->guid.p == NULL) ==
		    ((it->flags & GAZ_ITEM_ID_DERIVED) != 0));
		assert_true((i != 1) ==
		    ((it->flags & GAZ_ITEM_TITLE_DERIVED) != 0));
	}
	clear(&p);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_B46_entity_bombs),
		cmocka_unit_test(test_B47_external_entities),
		cmocka_unit_test(test_B48_depth),
		cmocka_unit_test(test_B49_attributes),
		cmocka_unit_test(test_B51_cut),
		cmocka_unit_test(test_B52_bad_bytes),
		cmocka_unit_test(test_B53_order_of_encodings),
		cmocka_unit_test(test_B54_wide_and_refused),
		cmocka_unit_test(test_B55_in_front),
		cmocka_unit_test(test_B56_not_well_formed),
		cmocka_unit_test(test_B57_controls),
		cmocka_unit_test(test_B58_vocabularies),
		cmocka_unit_test(test_B59_json),
		cmocka_unit_test(test_B60_many_items),
		cmocka_unit_test(test_B61_long_text),
		cmocka_unit_test(test_B62_long_lists),
		cmocka_unit_test(test_B63_empty_items),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("broken", tests, NULL, NULL);
}
