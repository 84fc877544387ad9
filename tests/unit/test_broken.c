/*
 * Broken and hostile documents: each a file in tests/fixtures/broken, or a
 * recipe here where it is huge, under the number it has in the list of threats.
 * What needs the daemon is in tests/scenario/broken.
 */
#include "config.h"

#include "gazetted/parse.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/xmlIO.h>

#include "gazetted/batch.h"
#include "gazetted/file.h"
#include "gazetted/html.h"
#include "gazetted/limits.h"
#include "gazetted/mem.h"
#include "gazetted/text.h"
#include "gazetted/url.h"

#define URL "https://feeds.example/dir/feed.xml"

/* A document, what is kept of it, and the memory of both. */
struct parsed {
	struct gaz_arena a;
	struct gaz_document doc;
	struct gaz_batch batch;
	enum gaz_fault fault;
	struct gaz_err err;
};

static void
parse(struct parsed *p, struct gaz_str bytes, const char *type)
{
	const struct gaz_parse_options opt = { .url = GAZ_STR(URL),
		.content_type = gaz_str_of(type) };
	const struct gaz_digest_options digest = { .url = GAZ_STR(URL) };

	memset(p, 0, sizeof(*p));
	if (gaz_parse(bytes, &opt, &p->a, &p->doc, &p->fault, &p->err))
		gaz_parse_digest(&p->doc, &digest, &p->a, &p->batch);
	else
		assert_true(p->fault != GAZ_FAULT_NONE);
}

static void
clear(struct parsed *p)
{
	gaz_arena_clear(&p->a);
}

static void
load(struct parsed *p, const char *name, const char *type)
{
	const char *dir = getenv("GAZ_FIXTURES");
	struct gaz_buf file;
	struct gaz_err err;
	char path[1024];

	snprintf(path, sizeof(path), "%s/broken/%s",
	    dir != NULL ? dir : GAZ_FIXTURES_DIR, name);
	gaz_buf_init(&file, 1 << 20);
	if (!gaz_file_load(path, &file, &err))
		fail_msg("%s", err.msg);
	parse(p, gaz_buf_str(&file), type);
	gaz_buf_clear(&file);
}

static void
expect_fault(const struct parsed *p, const char *name, enum gaz_fault want)
{
	if (p->fault != want)
		fail_msg("%s: %s, not %s (%s)", name,
		    gaz_fault_name(p->fault), gaz_fault_name(want),
		    p->err.msg);
}

static void
refused(const char *name, const char *type, enum gaz_fault want)
{
	struct parsed p;

	load(&p, name, type);
	expect_fault(&p, name, want);
	clear(&p);
}

static void
expect_str(const char *what, struct gaz_str got, const char *want)
{
	if (!gaz_str_eq_z(got, want) || (got.p == NULL) != (want == NULL))
		fail_msg("%s: \"%.*s\", not \"%s\"", what, GAZ_STR_ARG(got),
		    want != NULL ? want : "(absent)");
}

/* The titles of the items that are kept, in order, up to NULL. */
static void
expect_titles(const struct parsed *p, const char *name,
    const char *const *titles)
{
	size_t n = 0;

	expect_fault(p, name, GAZ_FAULT_NONE);
	for (; titles[n] != NULL; n++) {
		if (n >= p->batch.items.n)
			fail_msg("%s: no item \"%s\"", name, titles[n]);
		expect_str(name, p->batch.items.v[n].title, titles[n]);
	}
	assert_int_equal(p->batch.items.n, n);
}

#define TITLES(...) (const char *const[]){ __VA_ARGS__, NULL }

static bool
has_error(const struct parsed *p, const char *words)
{
	for (size_t i = 0; i < p->doc.errors.n; i++) {
		if (gaz_str_find(p->doc.errors.v[i], gaz_str_of(words), 0) !=
		    GAZ_STR_NPOS)
			return true;
	}
	return false;
}

static bool
holds(struct gaz_str s, const char *words)
{
	return gaz_str_ifind(s, gaz_str_of(words), 0) != GAZ_STR_NPOS;
}

/* Before, n times the middle, after. */
static void
repeat(struct parsed *p, const char *before, const char *middle, size_t n,
    const char *after)
{
	struct gaz_buf b;

	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	gaz_buf_put_z(&b, before);
	for (size_t i = 0; i < n; i++)
		gaz_buf_put_z(&b, middle);
	gaz_buf_put_z(&b, after);
	parse(p, gaz_buf_str(&b), NULL);
	gaz_buf_clear(&b);
}

#define HEAD "<rss version='2.0'><channel><title>t</title>"
#define TAIL "</channel></rss>"

/* ----- the parser ----- */

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

/* ----- dates ----- */

static void
test_B70_dates(void **state)
{
	static const struct {
		const char *guid, *raw;
		gaz_utc want;
	} cases[] = {
		{ "none", NULL, GAZ_UTC_UNKNOWN },
		{ "year-0", "0000-01-01T00:00:00Z", GAZ_UTC_UNKNOWN },
		{ "epoch", "Thu, 01 Jan 1970 00:00:00 GMT", 0 },
		{ "2099", "Thu, 01 Jan 2099 00:00:00 GMT", 4070908800 },
		{ "feb-31", "Mon, 31 Feb 2025 10:00:00 GMT",
		    GAZ_UTC_UNKNOWN },
		{ "two-digits", "Thu, 04 Sep 25 18:30:00 GMT", 1757010600 },
		{ "wrong-weekday", "Mon, 04 Sep 2025 18:30:00 GMT",
		    1757010600 },
		{ "zone", "Thu, 04 Sep 2025 14:30:00 EDT", 1757010600 },
		{ "french", "jeu., 04 sept. 2025 20:30:00 +0200",
		    1757010600 },
		{ "russian", "Чт, 04 сен 2025 21:30:00 +0300", 1757010600 },
		{ "garbage", "the day before yesterday", GAZ_UTC_UNKNOWN },
		{ "swapped", "2025-13-45T99:99:99Z", GAZ_UTC_UNKNOWN },
	};
	struct parsed p;

	(void)state;
	load(&p, "B70.xml", NULL);
	expect_fault(&p, "dates", GAZ_FAULT_NONE);
	assert_int_equal(p.batch.items.n, GAZ_COUNT(cases));
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		const struct gaz_batch_item *it = &p.batch.items.v[i];

		expect_str("guid", it->guid, cases[i].guid);
		expect_str(cases[i].guid, p.doc.items.v[i].published_raw,
		    cases[i].raw);
		if (it->published != cases[i].want)
			fail_msg("%s: %lld", cases[i].guid,
			    (long long)it->published);
		assert_true((it->published == GAZ_UTC_UNKNOWN) ==
		    ((it->flags & GAZ_ITEM_DATE_UNKNOWN) != 0));
	}
	clear(&p);
}

/* ----- what is shown ----- */

static void
test_B72_scripts(void **state)
{
	static const char *const bad[] = { "<script", "onerror", "onclick",
		"srcdoc", "<iframe", "<object", "<meta", "<base", "<form",
		"<svg", "<math", "<style", "<noscript", "<!--", "javascript:" };
	struct parsed p;

	(void)state;
	load(&p, "B72.xml", NULL);
	expect_fault(&p, "vectors", GAZ_FAULT_NONE);
	assert_int_equal(p.batch.items.n, 12);
	for (size_t i = 0; i < p.batch.items.n; i++) {
		struct gaz_html_options opt = { .decorate = true };
		struct gaz_str html = p.batch.items.v[i].content;
		struct gaz_buf again;

		for (size_t k = 0; k < GAZ_COUNT(bad); k++) {
			/* As text it is harmless: "&lt;img … onerror". */
			if (bad[k][0] == '<' && holds(html, bad[k]))
				fail_msg("%zu: %.*s", i, GAZ_STR_ARG(html));
		}
		assert_true(holds(html, "<p>before</p>"));
		gaz_buf_init(&again, GAZ_BUF_NO_MAX);
		gaz_html_clean(html, &opt, &p.a, &again, NULL);
		if (!gaz_str_eq(gaz_buf_str(&again), html))
			fail_msg("%zu: no fixed point: %.*s", i,
			    GAZ_STR_ARG(html));
		gaz_buf_clear(&again);
	}
	clear(&p);
}

static void
test_B73_addresses(void **state)
{
	static const char *const want[] = { NULL, NULL, NULL, NULL,
		"href=\"https://evil.example/x\"",
		"href=\"http://evil.example/x\"", NULL, NULL };
	struct parsed p;

	(void)state;
	load(&p, "B73.xml", NULL);
	assert_int_equal(p.batch.items.n, GAZ_COUNT(want));
	for (size_t i = 0; i < p.batch.items.n; i++) {
		struct gaz_str html = p.batch.items.v[i].content;

		if (!holds(html, "words") || holds(html, "script") ||
		    holds(html, "data:") ||
		    (want[i] == NULL ? holds(html, "href=") :
			!holds(html, want[i])))
			fail_msg("%zu: %.*s", i, GAZ_STR_ARG(html));
	}
	clear(&p);
}

static void
test_B74_markup_in_names(void **state)
{
	struct parsed p;

	(void)state;
	load(&p, "B74.xml", NULL);
	expect_titles(&p, "markup", TITLES("Bold & plain title"));
	expect_str("feed", p.batch.title, "Bold & plain feed");
	expect_str("description", p.batch.description, "Bold & plain");
	expect_str("author", p.batch.items.v[0].author,
	    "Bold & plain author");
	expect_str("category", p.batch.items.v[0].categories.v[0],
	    "Bold & plain category");
	clear(&p);
}

/* text, with n for its "%zu" */
static void
put_numbered(struct gaz_buf *b, const char *text, size_t n)
{
	const char *at = strstr(text, "%zu");

	if (at == NULL) {
		gaz_buf_put_z(b, text);
		return;
	}
	gaz_buf_put(b, text, (size_t)(at - text));
	gaz_buf_put_fmt(b, "%zu%s", n, at + 3);
}

static void
test_B75_large_html(void **state)
{
	static const struct {
		const char *name, *before, *middle, *after;
		size_t n;
		unsigned flag;
		const char *error;
	} cases[] = {
		{ "nested", "", "&lt;div&gt;", "the text", 50000,
		    GAZ_BATCH_HTML_TOO_DEEP, "html-too-deep" },
		{ "unclosed", "", "&lt;b&gt;&lt;i&gt;", "the text", 12000,
		    GAZ_BATCH_HTML_TOO_DEEP, "html-too-deep" },
		{ "unmatched", "", "&lt;b&gt;", "the text", 20000,
		    GAZ_BATCH_HTML_TOO_DEEP, "html-too-deep" },
		{ "attributes", "&lt;p", " a%zu=1", "&gt;the text", 50000,
		    GAZ_BATCH_HTML_TOO_MANY_ATTRIBUTES,
		    "html-too-many-attributes" },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_buf b;
		struct parsed p;

		gaz_buf_init(&b, GAZ_BUF_NO_MAX);
		gaz_buf_put_fmt(&b, HEAD "<item><guid>a</guid><description>%s",
		    cases[i].before);
		for (size_t k = 0; k < cases[i].n; k++)
			put_numbered(&b, cases[i].middle, k);
		gaz_buf_put_z(&b, cases[i].after);
		for (size_t k = 0; i == 2 && k < cases[i].n; k++)
			gaz_buf_put_z(&b, "&lt;/i&gt;");
		gaz_buf_put_z(&b, "</description></item>" TAIL);
		parse(&p, gaz_buf_str(&b), NULL);
		expect_fault(&p, cases[i].name, GAZ_FAULT_NONE);
		expect_str(cases[i].name, p.batch.items.v[0].text,
		    "the text");
		if ((p.batch.flags & cases[i].flag) == 0 ||
		    !has_error(&p, cases[i].error))
			fail_msg("%s: not flagged", cases[i].name);
		clear(&p);
		gaz_buf_clear(&b);
	}
}

static void
test_B76_terminal_text(void **state)
{
	struct gaz_str title;
	size_t marks = 0;
	struct parsed p;

	(void)state;
	load(&p, "B76.xml", NULL);
	expect_fault(&p, "text", GAZ_FAULT_NONE);
	title = p.batch.items.v[0].title;
	for (size_t pos = 0; pos < title.len;) {
		uint32_t c = gaz_utf8_next(title, &pos);

		assert_false(c < 0x20 || (c >= 0x7F && c < 0xA0));
		assert_false(c >= 0x202A && c <= 0x202E);
		assert_false(c >= 0x2066 && c <= 0x2069);
		assert_true(c != 0x200B);
		marks += c == 0x301;
	}
	assert_int_equal(marks, GAZ_MARKS_MAX);
	assert_true(holds(title, "Red over txet"));
	clear(&p);
}

static void
test_B77_line_ends(void **state)
{
	const struct gaz_batch_item *it;
	struct parsed p;

	(void)state;
	load(&p, "B77.xml", NULL);
	expect_titles(&p, "line ends", TITLES("Bridge Set-Cookie: x=1 fetch "
	    "feed=9 forged=yes"));
	it = &p.batch.items.v[0];
	assert_true(gaz_str_find_char(it->url, '\n', 0) == GAZ_STR_NPOS);
	assert_true(gaz_str_find_char(it->url, '\r', 0) == GAZ_STR_NPOS);
	assert_true(gaz_str_find_char(it->url_given, '\n', 0) == GAZ_STR_NPOS);
	expect_str("author", it->author, "A B");
	expect_str("category", it->categories.v[0], "c d");
	clear(&p);
}

static void
test_B78_look_alikes(void **state)
{
	struct parsed p;

	(void)state;
	load(&p, "B78.xml", NULL);
	expect_fault(&p, "hosts", GAZ_FAULT_NONE);
	expect_str("mixed",
	    gaz_url_host_display(&p.a, p.batch.items.v[0].url),
	    "www.раураl.example (www.xn--l-7sba6dbr.example)");
	expect_str("one script",
	    gaz_url_host_display(&p.a, p.batch.items.v[1].url),
	    "www.münchen.example");
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
		cmocka_unit_test(test_B70_dates),
		cmocka_unit_test(test_B72_scripts),
		cmocka_unit_test(test_B73_addresses),
		cmocka_unit_test(test_B74_markup_in_names),
		cmocka_unit_test(test_B75_large_html),
		cmocka_unit_test(test_B76_terminal_text),
		cmocka_unit_test(test_B77_line_ends),
		cmocka_unit_test(test_B78_look_alikes),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("broken", tests, NULL, NULL);
}
