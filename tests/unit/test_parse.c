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

#include <jansson.h>

#include "gazetted/file.h"
#include "gazetted/limits.h"
#include "gazetted/mem.h"

#define URL "https://feeds.example/dir/feed.xml"

/*
 * Documents in tests/fixtures/parse, each beside what gazettectl parse
 * --url=URL should print of it (NAME.want). Made anew with that command, and
 * read before it is committed.
 */
static const char *const fixtures[] = { "atom03.xml", "atom10.xml",
	"broken.xml", "cdf.xml", "entities.xml", "entry.xml", "garbage.xml",
	"jsonbroken.json", "jsoncut.json", "jsonfeed.json", "media.xml",
	"mixed.xml", "mojibake.xml", "moved.xml", "namespaces.xml",
	"places.xml", "podcast.xml", "podcast20.xml", "rdf090.xml",
	"rdf10.xml", "rdfempty.xml", "rss091.xml",
	"rss11.xml", "rss20.xml", "truncated.xml", "validity.xml" };

static void
load(const char *name, const char *suffix, struct gaz_buf *out)
{
	const char *dir = getenv("GAZ_FIXTURES");
	struct gaz_err err;
	char path[1024];

	snprintf(path, sizeof(path), "%s/parse/%s%s",
	    dir != NULL ? dir : GAZ_FIXTURES_DIR, name, suffix);
	gaz_buf_init(out, 1 << 20);
	if (!gaz_file_load(path, out, &err))
		fail_msg("%s", err.msg);
}

/* A document and the memory it lives in. */
struct parsed {
	struct gaz_arena a;
	struct gaz_document doc;
	enum gaz_fault fault;
	struct gaz_err err;
	bool ok;
};

static void
parse(struct parsed *p, struct gaz_str bytes, const char *type)
{
	const struct gaz_parse_options opt = { .url = GAZ_STR(URL),
		.content_type = gaz_str_of(type) };

	memset(p, 0, sizeof(*p));
	p->ok = gaz_parse(bytes, &opt, &p->a, &p->doc, &p->fault, &p->err);
	assert_true(p->ok == (p->fault == GAZ_FAULT_NONE));
}

static void
clear(struct parsed *p)
{
	gaz_arena_clear(&p->a);
}

static void
test_fixtures(void **state)
{
	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(fixtures); i++) {
		struct gaz_buf in, want, got;
		struct parsed p;

		load(fixtures[i], "", &in);
		load(fixtures[i], ".want", &want);
		gaz_buf_init(&got, GAZ_BUF_NO_MAX);
		parse(&p, gaz_buf_str(&in), NULL);
		if (!p.ok)
			fail_msg("%s: %s", fixtures[i], p.err.msg);
		gaz_parse_write_json(&p.doc, &got);
		if (!gaz_str_eq(gaz_buf_str(&got), gaz_buf_str(&want))) {
			print_message("%.*s\n", GAZ_STR_ARG(gaz_buf_str(&got)));
			fail_msg("%s: not what %s.want says", fixtures[i],
			    fixtures[i]);
		}
		clear(&p);
		gaz_buf_clear(&in);
		gaz_buf_clear(&want);
		gaz_buf_clear(&got);
	}
}

/* Whatever comes in: no crash, and what comes out is JSON of that shape. */
static void
survive(struct gaz_str bytes)
{
	struct parsed p;
	struct gaz_buf out;
	json_t *o;

	parse(&p, bytes, NULL);
	if (p.ok) {
		gaz_buf_init(&out, GAZ_BUF_NO_MAX);
		gaz_parse_write_json(&p.doc, &out);
		o = json_loadb(out.p, out.len, JSON_REJECT_DUPLICATES, NULL);
		assert_non_null(o);
		assert_true(json_is_object(json_object_get(o, "feed")));
		assert_true(json_is_array(json_object_get(o, "items")));
		json_decref(o);
		gaz_buf_clear(&out);
	}
	clear(&p);
}

static void
test_cut_anywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(fixtures); i++) {
		struct gaz_buf in;

		load(fixtures[i], "", &in);
		for (size_t n = 0; n < in.len; n += 13)
			survive(gaz_str_make(in.p, n));
		gaz_buf_clear(&in);
	}
}

static void
test_damaged_anywhere(void **state)
{
	static const char bad[] = { '\0', '<', '&', '"', '\xFF', ']' };

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(fixtures); i++) {
		struct gaz_buf in;

		load(fixtures[i], "", &in);
		for (size_t n = 0; n < in.len; n += 29) {
			char old = in.p[n];

			in.p[n] = bad[n % sizeof(bad)];
			survive(gaz_buf_str(&in));
			in.p[n] = old;
		}
		gaz_buf_clear(&in);
	}
}

/* ----- what is refused ----- */

static void
expect_fault(const char *name, struct gaz_str bytes, enum gaz_fault want)
{
	struct parsed p;

	parse(&p, bytes, NULL);
	if (p.fault != want)
		fail_msg("%s: got %s, want %s", name, gaz_fault_name(p.fault),
		    gaz_fault_name(want));
	if (!p.ok)
		assert_true(p.err.msg[0] != '\0');
	clear(&p);
}

static void
test_refused(void **state)
{
	static const struct {
		const char *name, *text;
		enum gaz_fault want;
	} cases[] = {
		{ "empty", "", GAZ_FAULT_EMPTY },
		{ "white space", " \r\n\t", GAZ_FAULT_EMPTY },
		{ "byte order mark only", "\xEF\xBB\xBF", GAZ_FAULT_EMPTY },
		{ "plain text", "Not found", GAZ_FAULT_NOT_A_FEED },
		{ "page", "<!DOCTYPE html><html><head><title>x</title></head>"
		    "<body><rss version='2.0'><channel/></rss></body></html>",
		    GAZ_FAULT_NOT_A_FEED },
		{ "page without document type",
		    "<html><body>no <b>feed</body></html>",
		    GAZ_FAULT_NOT_A_FEED },
		{ "page that is no XML", "<html><br>&nbsp",
		    GAZ_FAULT_NOT_A_FEED },
		{ "OPML", "<opml version='2.0'><body/></opml>",
		    GAZ_FAULT_NOT_A_FEED },
		{ "sitemap", "<urlset><url><loc>http://x/</loc></url></urlset>",
		    GAZ_FAULT_NOT_A_FEED },
		{ "other XML", "<a><b/></a>", GAZ_FAULT_NOT_A_FEED },
		{ "JSON that is none", "{\"version\": 2, \"items\": []}",
		    GAZ_FAULT_NOT_A_FEED },
		{ "JSON Feed without items",
		    "{\"version\": \"https://jsonfeed.org/version/1\"}",
		    GAZ_FAULT_NOT_A_FEED },
		{ "JSON array", "[1, 2]", GAZ_FAULT_NOT_A_FEED },
		{ "half of JSON", "{\"vers", GAZ_FAULT_NOT_A_FEED },
		{ "nested entities",
		    "<!DOCTYPE rss [<!ENTITY a 'x'><!ENTITY b '&a;&a;'>]>"
		    "<rss><channel><title>&b;</title></channel></rss>",
		    GAZ_FAULT_XML_ENTITIES },
		{ "entity with markup",
		    "<!DOCTYPE rss [<!ENTITY a '<b>x</b>'>]>"
		    "<rss><channel/></rss>", GAZ_FAULT_XML_ENTITIES },
		{ "external entity",
		    "<!DOCTYPE rss [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"
		    "<rss><channel><title>&a;</title></channel></rss>",
		    GAZ_FAULT_XML_ENTITIES },
		{ "public external entity",
		    "<!DOCTYPE rss [<!ENTITY a PUBLIC 'x' 'http://x.example/'>"
		    "]>"
		    "<rss><channel/></rss>", GAZ_FAULT_XML_ENTITIES },
		{ "unparsed entity",
		    "<!DOCTYPE rss [<!NOTATION n SYSTEM 'n'>"
		    "<!ENTITY a SYSTEM 'x' NDATA n>]><rss><channel/></rss>",
		    GAZ_FAULT_XML_ENTITIES },
		{ "parameter entity",
		    "<!DOCTYPE rss [<!ENTITY % p '<!ELEMENT x ANY>'>"
		    "%p;]><rss><channel/></rss>", GAZ_FAULT_XML_ENTITIES },
		{ "parameter entity in a broken document",
		    "<!DOCTYPE rss & [<!ENTITY % p 'x'>%p;]>"
		    "<rss><channel/></rss>", GAZ_FAULT_XML_ENTITIES },
		{ "the entities of HTML, as old feeds refer to them",
		    "<!DOCTYPE rdf:RDF [<!ENTITY % HTMLlat1 PUBLIC "
		    "'-//W3C//ENTITIES Latin 1 for XHTML//EN' "
		    "'http://127.0.0.1/xhtml-lat1.ent'>%HTMLlat1;]>"
		    "<rss><channel><title>&eacute;</title></channel></rss>",
		    GAZ_FAULT_NONE },
		{ "the same in a broken document",
		    "<!DOCTYPE rdf:RDF & [<!ENTITY % HTMLlat1 SYSTEM "
		    "'http://127.0.0.1/xhtml-lat1.ent'>%HTMLlat1;]>"
		    "<rss><channel><title>&eacute;</title></channel></rss>",
		    GAZ_FAULT_NONE },
		{ "external entity in a broken document",
		    "<!DOCTYPE rss & [<!ENTITY a SYSTEM 'file:///etc/passwd'>"
		    "]><rss><channel/></rss>", GAZ_FAULT_XML_ENTITIES },
		{ "UTF-7", "<?xml version='1.0' encoding='utf-7'?>"
		    "<rss>+ADw-x+AD4-\xFF\xFE\x81</rss>", GAZ_FAULT_CHARSET },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++)
		expect_fault(cases[i].name, gaz_str_of(cases[i].text),
		    cases[i].want);
}

static void
repeat(struct gaz_buf *b, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		gaz_buf_put_z(b, text);
}

/* begin, n times middle, end */
static void
expect_repeated(const char *name, const char *begin, const char *middle,
    size_t n, const char *end, enum gaz_fault want)
{
	struct gaz_buf b;

	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	gaz_buf_put_z(&b, begin);
	repeat(&b, middle, n);
	gaz_buf_put_z(&b, end);
	expect_fault(name, gaz_buf_str(&b), want);
	gaz_buf_clear(&b);
}

static void
test_depth(void **state)
{
	(void)state;
	/* Two elements are open already. */
	for (int over = 0; over <= 1; over++) {
		struct gaz_buf b;

		gaz_buf_init(&b, GAZ_BUF_NO_MAX);
		gaz_buf_put_z(&b, "<rss><channel>");
		repeat(&b, "<x>", GAZ_XML_DEPTH_MAX - 2 + (size_t)over);
		repeat(&b, "</x>", GAZ_XML_DEPTH_MAX - 2 + (size_t)over);
		gaz_buf_put_z(&b, "</channel></rss>");
		expect_fault(over ? "one too deep" : "as deep as may be",
		    gaz_buf_str(&b),
		    over ? GAZ_FAULT_TOO_DEEP : GAZ_FAULT_NONE);
		gaz_buf_clear(&b);
	}
	expect_repeated("100,000 elements", "<rss><channel>", "<x>", 100000,
	    "", GAZ_FAULT_TOO_DEEP);
	expect_repeated("behind something broken", "<rss>&<channel>", "<x>",
	    100000, "", GAZ_FAULT_TOO_DEEP);
	/* Markup that somebody forgot to escape is no attack. */
	expect_repeated("unescaped paragraphs",
	    "<rss><channel><item><description>&", "<p>text", 5000,
	    "</description></item></channel></rss>", GAZ_FAULT_NONE);
	for (int over = 0; over <= 1; over++) {
		struct gaz_buf b;
		size_t n = GAZ_JSON_NESTING_MAX - 2 + (size_t)over;

		gaz_buf_init(&b, GAZ_BUF_NO_MAX);
		gaz_buf_put_z(&b, "{\"version\": 1, \"items\": [");
		repeat(&b, "[", n);
		repeat(&b, "]", n);
		gaz_buf_put_z(&b, "]}");
		expect_fault(over ? "JSON too deep" : "JSON just so deep",
		    gaz_buf_str(&b),
		    over ? GAZ_FAULT_TOO_DEEP : GAZ_FAULT_NONE);
		gaz_buf_clear(&b);
	}
}

static void
test_attributes(void **state)
{
	(void)state;
	for (int over = 0; over <= 1; over++) {
		struct gaz_buf b;

		gaz_buf_init(&b, GAZ_BUF_NO_MAX);
		gaz_buf_put_z(&b, "<rss><channel");
		for (size_t i = 0; i < GAZ_XML_ATTRIBUTES_MAX + (size_t)over;
		     i++)
			gaz_buf_put_fmt(&b, " a%zu='='", i);
		gaz_buf_put_z(&b, "/></rss>");
		expect_fault(over ? "one too many" : "as many as may be",
		    gaz_buf_str(&b), over ?
			GAZ_FAULT_TOO_MANY_ATTRIBUTES : GAZ_FAULT_NONE);
		gaz_buf_clear(&b);
	}
	expect_repeated("100,000 attributes", "<rss", " a='b'", 100000,
	    "/>", GAZ_FAULT_TOO_MANY_ATTRIBUTES);
	expect_repeated("without values, in a broken document", "<rss",
	    " a", 100000, "/>", GAZ_FAULT_TOO_MANY_ATTRIBUTES);
	/* Those of a page quoted in a CDATA section do not count. */
	expect_repeated("in CDATA", "<rss><channel><title><![CDATA[<p",
	    " a='b'", 1000, ">]]></title></channel></rss>", GAZ_FAULT_NONE);
}

static void
test_entities(void **state)
{
	char value[GAZ_XML_ENTITY_MAX + 2];

	(void)state;
	for (int over = 0; over <= 1; over++) {
		struct gaz_buf b;

		memset(value, 'v', sizeof(value));
		value[GAZ_XML_ENTITY_MAX + over] = '\0';
		gaz_buf_init(&b, GAZ_BUF_NO_MAX);
		gaz_buf_put_fmt(&b, "<!DOCTYPE rss [<!ENTITY a '%s'>]>"
		    "<rss><channel/></rss>", value);
		expect_fault(over ? "too long" : "as long as may be",
		    gaz_buf_str(&b),
		    over ? GAZ_FAULT_XML_ENTITIES : GAZ_FAULT_NONE);
		gaz_buf_clear(&b);
	}
	expect_repeated("used very often",
	    "<!DOCTYPE rss [<!ENTITY a '0123456789012345678901234567890'>]>"
	    "<rss><channel><title>", "&a;",
	    GAZ_XML_EXPANSION_MAX / 32 + 1, "</title></channel></rss>",
	    GAZ_FAULT_XML_ENTITIES);
	expect_repeated("used often",
	    "<!DOCTYPE rss [<!ENTITY a '0123456789012345678901234567890'>]>"
	    "<rss><channel><title>", "&a;", 1000, "</title></channel></rss>",
	    GAZ_FAULT_NONE);
	expect_repeated("used often in attributes",
	    "<!DOCTYPE rss [<!ENTITY a '0123456789012345678901234567890'>]>"
	    "<rss><channel><link href='", "&a;",
	    GAZ_XML_EXPANSION_MAX / 32 + 1, "'/></channel></rss>",
	    GAZ_FAULT_XML_ENTITIES);
	for (int over = 0; over <= 1; over++) {
		struct gaz_buf b;

		gaz_buf_init(&b, GAZ_BUF_NO_MAX);
		gaz_buf_put_z(&b, "<!DOCTYPE rss [");
		for (size_t i = 0; i < GAZ_XML_ENTITIES_MAX + (size_t)over;
		     i++)
			gaz_buf_put_fmt(&b, "<!ENTITY e%zu 'x'>", i);
		gaz_buf_put_z(&b, "]><rss><channel/></rss>");
		expect_fault(over ? "too many" : "as many as may be",
		    gaz_buf_str(&b),
		    over ? GAZ_FAULT_XML_ENTITIES : GAZ_FAULT_NONE);
		gaz_buf_clear(&b);
	}
}

/* ----- limits that cut ----- */

/* The document of begin, n times middle, end, which has to be a feed. */
static void
parse_repeated(struct parsed *p, const char *begin, const char *middle,
    size_t n, const char *end)
{
	struct gaz_buf b;

	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	gaz_buf_put_z(&b, begin);
	for (size_t i = 0; i < n; i++) {
		const char *number = strchr(middle, '#');

		if (number == NULL) {
			gaz_buf_put_z(&b, middle);
			continue;
		}
		gaz_buf_put(&b, middle, (size_t)(number - middle));
		gaz_buf_put_fmt(&b, "%zu%s", i, number + 1);
	}
	gaz_buf_put_z(&b, end);
	parse(p, gaz_buf_str(&b), NULL);
	if (!p->ok)
		fail_msg("%s", p->err.msg);
	gaz_buf_clear(&b);
}

static void
test_items_max(void **state)
{
	struct parsed p;

	(void)state;
	parse_repeated(&p, "<rss><channel>", "<item><guid>#</guid></item>",
	    GAZ_DOCUMENT_ITEMS_MAX, "</channel></rss>");
	assert_int_equal(p.doc.items.n, GAZ_DOCUMENT_ITEMS_MAX);
	assert_false(p.doc.items_dropped);
	clear(&p);
	parse_repeated(&p, "<rss><channel>", "<item><guid>#</guid></item>",
	    GAZ_DOCUMENT_ITEMS_MAX + 1, "</channel></rss>");
	assert_int_equal(p.doc.items.n, GAZ_DOCUMENT_ITEMS_MAX);
	assert_true(p.doc.items_dropped);
	assert_true(gaz_str_eq_z(p.doc.items.v[0].id, "0"));
	assert_int_equal(p.doc.errors.n, 1);
	clear(&p);
	parse_repeated(&p, "{\"version\": 1, \"items\": [", "{\"id\": #},",
	    GAZ_DOCUMENT_ITEMS_MAX + 1, "{}]}");
	assert_int_equal(p.doc.items.n, GAZ_DOCUMENT_ITEMS_MAX);
	assert_true(p.doc.items_dropped);
	clear(&p);
}

static void
test_lists_max(void **state)
{
	static const struct {
		const char *name, *middle;
		size_t offset; /* of the list's length in struct gaz_item */
		size_t max;
	} cases[] = {
		{ "categories", "<category>c#</category>",
		    offsetof(struct gaz_item, categories.n),
		    GAZ_ITEM_CATEGORIES_MAX },
		{ "enclosures", "<enclosure url='http://x.example/#'/>",
		    offsetof(struct gaz_item, enclosures.n),
		    GAZ_ITEM_ENCLOSURES_MAX },
		{ "authors", "<author>a#@x.example</author>",
		    offsetof(struct gaz_item, authors.n),
		    GAZ_ITEM_PERSONS_MAX },
		{ "links", "<link href='http://x.example/#'/>",
		    offsetof(struct gaz_item, links.n), GAZ_ITEM_LINKS_MAX },
		{ "contents", "<content>c#</content>",
		    offsetof(struct gaz_item, content.n),
		    GAZ_ITEM_CONTENTS_MAX },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		for (size_t over = 0; over <= 1000; over += 1000) {
			struct parsed p;
			size_t n;

			parse_repeated(&p, "<rss><channel><item>",
			    cases[i].middle, cases[i].max + over,
			    "</item></channel></rss>");
			assert_int_equal(p.doc.items.n, 1);
			memcpy(&n, (char *)p.doc.items.v + cases[i].offset,
			    sizeof(n));
			if (n != cases[i].max)
				fail_msg("%s: %zu", cases[i].name, n);
			clear(&p);
		}
	}
}

/* The same of what extensions add. */
static void
test_extension_lists_max(void **state)
{
	static const struct {
		const char *head, *one, *tail;
		size_t max;
	} cases[] = {
		{ "", "<psc:chapter start='1' title='x'/>", "",
		    GAZ_ITEM_CHAPTERS_MAX },
		{ "", "<georss:point>1 2</georss:point>", "",
		    GAZ_ITEM_PLACES_MAX },
		{ "<georss:line>", "1 2 ", "</georss:line>",
		    GAZ_PLACE_POINTS_MAX },
		{ "", "<podcast:transcript url='x'/>", "",
		    GAZ_ITEM_ENCLOSURES_MAX },
		{ "", "<podcast:soundbite startTime='1' duration='2'/>", "",
		    GAZ_ITEM_ENCLOSURES_MAX },
		{ "", "<podcast:person>x</podcast:person>", "",
		    GAZ_ITEM_PERSONS_MAX },
		{ "", "<thr:in-reply-to ref='x'/>", "", GAZ_ITEM_LINKS_MAX },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		for (size_t more = 0; more < 2; more++) {
			struct gaz_buf in;
			struct parsed p;

			gaz_buf_init(&in, GAZ_BUF_NO_MAX);
			gaz_buf_put_z(&in, "<rss><channel><item>");
			gaz_buf_put_z(&in, cases[i].head);
			for (size_t k = 0; k < cases[i].max - 1 + 2 * more;
			     k++)
				gaz_buf_put_z(&in, cases[i].one);
			gaz_buf_put_z(&in, cases[i].tail);
			gaz_buf_put_z(&in, "</item></channel></rss>");
			parse(&p, gaz_buf_str(&in), NULL);
			assert_true(p.ok);
			const struct gaz_item *it = &p.doc.items.v[0];
			const size_t n[] = { it->chapters.n, it->places.n,
				it->places.n > 0 ? it->places.v[0].points.n :
				    0, it->transcripts.n, it->soundbites.n,
				it->roles.n, it->replies_to.n };

			assert_int_equal(n[i], cases[i].max - 1 + more);
			clear(&p);
			gaz_buf_clear(&in);
		}
	}
}

static void
test_field_max(void **state)
{
	struct parsed p;

	(void)state;
	parse_repeated(&p, "<feed xmlns='http://www.w3.org/2005/Atom'><entry>"
	    "<content type='html'>", "&lt;p&gt;0123456789&lt;/p&gt;", 200000,
	    "</content></entry></feed>");
	assert_true(p.doc.items.v[0].notes & GAZ_NOTE_CUT);
	struct gaz_str s = p.doc.items.v[0].content.v[0].value;

	assert_true(s.len <= GAZ_FIELD_MAX);
	assert_true(s.len > GAZ_FIELD_MAX - 100);
	assert_true(gaz_str_ends(s, "</p>"));
	clear(&p);
	parse_repeated(&p, "<feed xmlns='http://www.w3.org/2005/Atom'><entry>"
	    "<content>", "0123456789abcdef", GAZ_FIELD_MAX / 16,
	    "</content></entry></feed>");
	assert_false(p.doc.items.v[0].notes & GAZ_NOTE_CUT);
	assert_int_equal(p.doc.items.v[0].content.v[0].value.len,
	    GAZ_FIELD_MAX);
	clear(&p);
	parse_repeated(&p, "<feed xmlns='http://www.w3.org/2005/Atom'><entry>"
	    "<content>x", "0123456789abcdef", GAZ_FIELD_MAX / 16,
	    "</content></entry></feed>");
	assert_true(p.doc.items.v[0].notes & GAZ_NOTE_CUT);
	assert_int_equal(p.doc.items.v[0].content.v[0].value.len,
	    GAZ_FIELD_MAX);
	clear(&p);
}

static void
test_title_max(void **state)
{
	struct parsed p;

	(void)state;
	parse_repeated(&p, "<rss><channel><title>", "\xC3\xA9", 1000,
	    "</title></channel></rss>");
	assert_true(gaz_utf8_count(p.doc.feed.title) <= GAZ_TITLE_MAX);
	assert_true(gaz_utf8_count(p.doc.feed.title) > GAZ_TITLE_MAX - 10);
	clear(&p);
}

/* ----- encodings ----- */

static void
test_encodings(void **state)
{
	static const struct {
		const char *name, *bytes;
		size_t len;
		const char *type, *encoding, *title;
		bool repaired;
	} cases[] = {
#define BYTES(s) s, sizeof(s) - 1
		{ "nothing said", BYTES("<rss><channel><title>\xC3\xA9</title>"
		    "</channel></rss>"), NULL, "utf-8", "\xC3\xA9", false },
		{ "declared", BYTES("<?xml version='1.0' "
		    "encoding='iso-8859-15'?><rss><channel><title>\xA4</title>"
		    "</channel></rss>"), NULL, "iso-8859-15", "\xE2\x82\xAC",
		    false },
		{ "header before declaration", BYTES("<?xml version='1.0' "
		    "encoding='utf-8'?><rss><channel><title>\xE9</title>"
		    "</channel></rss>"), "text/xml; charset=iso-8859-1",
		    "iso-8859-1", "\xC3\xA9", false },
		{ "neither UTF-8 nor declared", BYTES("<rss><channel><title>"
		    "\x93\xE9\x94</title></channel></rss>"), NULL,
		    "windows-1252", "\xE2\x80\x9C\xC3\xA9\xE2\x80\x9D", true },
		{ "byte order mark", BYTES("\xEF\xBB\xBF<rss><channel><title>"
		    "x</title></channel></rss>"), NULL, "utf-8", "x", false },
		{ "UTF-16", BYTES("\xFF\xFE<\0r\0s\0s\0>\0<\0c\0h\0a\0n\0n\0"
		    "e\0l\0>\0<\0t\0i\0t\0l\0e\0>\0\xE9\0<\0/\0t\0i\0t\0l\0"
		    "e\0>\0<\0/\0c\0h\0a\0n\0n\0e\0l\0>\0<\0/\0r\0s\0s\0>\0"),
		    NULL, "utf-16le", "\xC3\xA9", false },
		{ "white space before the declaration",
		    BYTES(" \n<?xml version='1.0' encoding='iso-8859-1'?>"
		    "<rss><channel><title>\xE9</title></channel></rss>"),
		    NULL, "iso-8859-1", "\xC3\xA9", false },
#undef BYTES
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct parsed p;

		parse(&p, gaz_str_make(cases[i].bytes, cases[i].len),
		    cases[i].type);
		if (!p.ok)
			fail_msg("%s: %s", cases[i].name, p.err.msg);
		if (!gaz_str_eq_z(p.doc.encoding, cases[i].encoding) ||
		    !gaz_str_eq_z(p.doc.feed.title, cases[i].title) ||
		    p.doc.encoding_repaired != cases[i].repaired ||
		    p.doc.well_formed == cases[i].repaired)
			fail_msg("%s: %.*s, \"%.*s\"", cases[i].name,
			    GAZ_STR_ARG(p.doc.encoding),
			    GAZ_STR_ARG(p.doc.feed.title));
		clear(&p);
	}
}

static void
test_truncated(void **state)
{
	static const struct {
		const char *name, *text;
		size_t items;
		bool truncated;
	} cases[] = {
		{ "whole", "<rss><channel><item><title>1</title></item>"
		    "</channel></rss>", 1, false },
		{ "the last character", "<rss><channel><item><title>1</title>"
		    "</item></channel></rss", 1, false },
		{ "between items", "<rss><channel><item><title>1</title>"
		    "</item><item><title>2</title></item>", 2, true },
		{ "inside an item", "<rss><channel><item><title>1</title>"
		    "</item><item><title>2</title>", 1, true },
		{ "inside CDATA", "<rss><channel><item><title>1</title></item>"
		    "<item><title><![CDATA[2", 1, true },
		{ "inside a comment", "<rss><channel><item><title>1</title>"
		    "</item><!-- 2", 1, true },
		{ "inside an attribute", "<rss><channel><item><title>1</title>"
		    "</item><item><enclosure url=\"http://", 1, true },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct parsed p;

		parse(&p, gaz_str_of(cases[i].text), NULL);
		assert_true(p.ok);
		if (p.doc.items.n != cases[i].items ||
		    p.doc.truncated != cases[i].truncated)
			fail_msg("%s: %zu items, truncated %d", cases[i].name,
			    p.doc.items.n, p.doc.truncated);
		clear(&p);
	}
}

static void
test_raw(void **state)
{
	const struct gaz_parse_options opt = { .url = GAZ_STR(URL),
		.raw = true };
	struct gaz_arena a = { 0 };
	struct gaz_document doc;
	enum gaz_fault fault;

	(void)state;
	assert_true(gaz_parse(GAZ_STR("<rss><channel><item><description>"
	    "&lt;script&gt;x&lt;/script&gt;&lt;a href='y' onclick='z'&gt;"
	    "</description></item></channel></rss>"), &opt, &a, &doc, &fault,
	    NULL));
	struct gaz_str s = doc.items.v[0].summary.value;

	assert_true(gaz_str_find(s, GAZ_STR("<script>"), 0) != GAZ_STR_NPOS);
	assert_true(gaz_str_find(s, GAZ_STR("https://feeds.example/dir/y"),
	    0) != GAZ_STR_NPOS);
	gaz_arena_clear(&a);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fixtures),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_damaged_anywhere),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_attributes),
		cmocka_unit_test(test_entities),
		cmocka_unit_test(test_items_max),
		cmocka_unit_test(test_lists_max),
		cmocka_unit_test(test_extension_lists_max),
		cmocka_unit_test(test_field_max),
		cmocka_unit_test(test_title_max),
		cmocka_unit_test(test_encodings),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_raw),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("parse", tests, NULL, NULL);
}
