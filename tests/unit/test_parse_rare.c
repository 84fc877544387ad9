/* What few feeds do, a line a case: a document, a place in what is printed of
 * it, and what stands there. */
#include "config.h"

#include "gazetted/parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <jansson.h>

#include "gazetted/limits.h"
#include "gazetted/mem.h"

#define RSS(x)                                                               \
	"<rss version='2.0'"                                                 \
	" xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'"         \
	" xmlns:podcast='https://podcastindex.org/namespace/1.0'"            \
	" xmlns:media='http://search.yahoo.com/mrss/'"                       \
	" xmlns:atom='http://www.w3.org/2005/Atom'"                          \
	" xmlns:dc='http://purl.org/dc/elements/1.1/'>"                      \
	"<channel><title>T</title>" x "</channel></rss>"
#define ITEM(x) RSS("<item><title>t</title>" x "</item>")
#define CDF(x) "<CHANNEL BASE='https://a.example/x/'>" x "</CHANNEL>"
#define JSON(x) "{\"version\": \"https://jsonfeed.org/version/1\", " x "}"
#define HERE "https://feeds.example/dir/"

static const struct {
	const char *name, *text, *path, *want; /* NULL: null */
} cases[] = {
	{ "channel with a guid", RSS("<guid>x</guid>"), "feed.id", "x" },
	{ "itunes:link to a picture", RSS("<itunes:link rel='image' "
	    "href='i.png'/>"), "feed.image.url", HERE "i.png" },
	{ "itunes:link to something else", RSS("<itunes:link rel='x' "
	    "href='i.png'/>"), "feed.image", NULL },
	{ "picture of a feed that has thumbnails", RSS("<media:thumbnail "
	    "url='t.png'/>"), "feed.image.url", HERE "t.png" },
	{ "picture of a feed that has media", RSS("<media:content url='m.png' "
	    "medium='image'/>"), "feed.image.url", HERE "m.png" },
	{ "film of a feed", RSS("<media:content url='m.ogv' medium='video'/>"),
	    "feed.image", NULL },
	{ "picture of a feed before its thumbnail", RSS("<media:thumbnail "
	    "url='t.png'/><itunes:image href='i.png'/>"), "feed.image.url",
	    HERE "i.png" },
	{ "podcast:license with an address", RSS("<podcast:license "
	    "url='lic'>cc-by-4.0</podcast:license>"), "feed.license",
	    HERE "lic" },
	{ "podcast:license that is a name only", RSS("<podcast:license>"
	    "cc-by-4.0</podcast:license>"), "feed.license", NULL },
	{ "picture of no width", RSS("<image><url>x.png</url><width>wide"
	    "</width><height>31</height></image>"), "feed.image.width",
	    NULL },
	{ "picture of negative height", RSS("<image><url>x.png</url><width>88"
	    "</width><height>-3</height></image>"), "feed.image.height",
	    NULL },
	{ "address of a person as a link", RSS("<atom:author><atom:email>"
	    "mailto:n@a.example</atom:email></atom:author>"),
	    "feed.authors.0.email", "n@a.example" },
	{ "picture that only says medium", ITEM("<media:content "
	    "medium='image' url='p'/>"), "items.0.thumbnail", HERE "p" },
	{ "media:content of nothing", ITEM("<media:content/>"),
	    "items.0.enclosures.0", NULL },
	{ "media:thumbnail as text", ITEM("<media:thumbnail>t.png"
	    "</media:thumbnail>"), "items.0.thumbnail", HERE "t.png" },
	{ "episode of one line", ITEM("<itunes:subtitle>In short"
	    "</itunes:subtitle>"), "items.0.summary.value", "In short" },
	{ "episode of more than one line", ITEM("<itunes:subtitle>In short"
	    "</itunes:subtitle><media:description>At length"
	    "</media:description>"), "items.0.summary.value", "At length" },
	{ "enclosure with href", ITEM("<enclosure href='e'/>"),
	    "items.0.enclosures.0.url", HERE "e" },
	{ "enclosure as text", ITEM("<enclosure>e</enclosure>"),
	    "items.0.enclosures.0.url", HERE "e" },
	{ "enclosure with resource", ITEM("<enclosure resource='e'/>"),
	    "items.0.enclosures.0.url", HERE "e" },
	{ "source of nothing", ITEM("<source/>"), "items.0.source", NULL },
	{ "source without a name", ITEM("<source url='s'/>"),
	    "items.0.source.url", HERE "s" },
	{ "contributor in words", ITEM("<dc:contributor>c@a.example (C D)"
	    "</dc:contributor>"), "items.0.contributors.0.name", "C D" },
	{ "icon of an entry", ITEM("<atom:icon>i.png</atom:icon>"),
	    "items.0.thumbnail", HERE "i.png" },
	{ "relation by its whole name", ITEM("<atom:link rel='"
	    "http://www.iana.org/assignments/relation/via' href='v'/>"),
	    "items.0.links.0.rel", "via" },
	{ "base inside of markup", ITEM("<description><p xml:base='deep/'>"
	    "<a href='b' title='c'>l</a></p></description>"),
	    "items.0.summary.value", "<p><a href=\"" HERE "deep/b\" "
	    "title=\"c\">l</a></p>" },
	{ "entity in an attribute", "<!DOCTYPE rss [<!ENTITY a 'x'>]>"
	    "<rss><channel><item><enclosure url='http://a.example/&a;&amp;"
	    "&#38;&b;'/></item></channel></rss>", "items.0.enclosures.0.url",
	    "http://a.example/x&&&b;" },

	{ "CDF: link as an element", CDF("<A HREF='home'/>"), "feed.link",
	    "https://a.example/x/home" },
	{ "CDF: link of an item", CDF("<ITEM><TITLE>t</TITLE><A HREF='one'/>"
	    "</ITEM>"), "items.0.link", "https://a.example/x/one" },
	{ "CDF: its own link comes first", CDF("<ITEM HREF='two'>"
	    "<A HREF='other'/></ITEM>"), "items.0.link",
	    "https://a.example/x/two" },
	{ "CDF: title of a link", CDF("<ITEM><A HREF='one'>first</A></ITEM>"),
	    "items.0.title", "first" },
	{ "CDF: title and link", CDF("<ITEM><A HREF='one'>first</A><TITLE>t"
	    "</TITLE></ITEM>"), "items.0.title", "t" },
	{ "CDF: link to nowhere", CDF("<A>x</A>"), "feed.link", NULL },

	{ "RDF without a prefix", "<RDF xmlns='http://my.netscape.com/rdf/"
	    "simple/0.9/'><channel><title>t</title></channel><item><title>a"
	    "</title></item></RDF>", "version", "0.90" },
	{ "RDF by the name of RSS 1.1", "<rdf:RDF xmlns:rdf="
	    "'http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
	    "xmlns='http://purl.org/net/rss1.1#'><channel/><item><title>a"
	    "</title></item></rdf:RDF>", "version", "1.1" },
	{ "Atom of an unknown version", "<feed version='0.3'><title>t</title>"
	    "</feed>", "version", "0.3" },
	{ "Atom by the name of 0.3 only", "<feed "
	    "xmlns='http://purl.org/atom/ns#'><title>t</title></feed>",
	    "version", "0.3" },
	{ "Atom of a namespace nobody knows", "<q:feed version='0.3' "
	    "xmlns:q='http://a.example/ns'><q:title>t</q:title></q:feed>",
	    "feed.title", "t" },
	{ "RSS of a namespace nobody knows", "<q:rss version='2.0' "
	    "xmlns:q='http://a.example/ns'><q:channel><q:item><q:title>t"
	    "</q:title></q:item></q:channel></q:rss>", "items.0.title", "t" },
	{ "elements of another namespace nobody knows", "<q:feed "
	    "version='0.3' xmlns:q='http://a.example/ns' "
	    "xmlns:o='http://a.example/other'><o:title>t</o:title></q:feed>",
	    "feed.title", NULL },
	{ "Atom that says 1", "<feed version='1.0'><title>t</title></feed>",
	    "version", "1.0" },

	{ "JSON: id that is a fraction", JSON("\"items\": [{\"id\": 1.5}]"),
	    "items.0.id", "1.5" },
	{ "JSON: halves of characters", JSON("\"items\": [{\"title\": "
	    "\"\\ud800x\\u0000y\\ud83d\\ude00 \\uffffz\"}]"),
	    "items.0.title", "\xEF\xBF\xBDxy\xF0\x9F\x98\x80 z" },
	{ "JSON: content of nothing", JSON("\"items\": [{\"id\": \"1\", "
	    "\"content_text\": \"\\u0007\"}]"), "items.0.content.0", NULL },
	{ "JSON: author with an address", JSON("\"author\": {\"name\": \"A\","
	    " \"url\": \"mailto:a@b.example\"}, \"items\": []"),
	    "feed.authors.0.email", "a@b.example" },
	{ "JSON: the same author twice", JSON("\"authors\": [{\"name\": \"A\""
	    "}, {\"name\": \"A\"}], \"items\": []"), "feed.authors.1", NULL },
	{ "JSON: the same file twice", JSON("\"items\": [{\"id\": \"1\", "
	    "\"attachments\": [{\"url\": \"a\"}, {\"url\": \"a\"}]}]"),
	    "items.0.enclosures.1", NULL },
};

/* "a.0.b"; NULL when it is null or not there. */
static const json_t *
find(const json_t *v, const char *path)
{
	struct gaz_str rest = gaz_str_of(path), step;

	while (v != NULL && gaz_str_split(&rest, '.', &step)) {
		char name[64];
		int64_t i;

		snprintf(name, sizeof(name), "%.*s", GAZ_STR_ARG(step));
		v = json_is_array(v) && gaz_str_to_int(step, &i) ?
		    json_array_get(v, (size_t)i) : json_object_get(v, name);
	}
	return json_is_null(v) ? NULL : v;
}

static void
test_cases(void **state)
{
	const struct gaz_parse_options opt = {
		.url = GAZ_STR(HERE "feed.xml") };

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_arena a = { 0 };
		struct gaz_buf out;
		struct gaz_document doc;
		enum gaz_fault fault;
		struct gaz_err err;
		json_t *o;

		if (!gaz_parse(gaz_str_of(cases[i].text), &opt, &a, &doc,
			&fault, &err))
			fail_msg("%s: %s", cases[i].name, err.msg);
		gaz_buf_init(&out, GAZ_BUF_NO_MAX);
		gaz_parse_write_json(&doc, &out);
		o = json_loadb(out.p, out.len, 0, NULL);
		assert_non_null(o);

		const json_t *v = find(o, cases[i].path);
		const char *got = json_string_value(v);

		if ((cases[i].want == NULL) != (v == NULL) || (got != NULL &&
		    !gaz_str_eq_z(gaz_str_of(got), cases[i].want)))
			fail_msg("%s: %s is %s", cases[i].name, cases[i].path,
			    got != NULL ? got : v != NULL ? "no text" :
			    "not there");
		json_decref(o);
		gaz_buf_clear(&out);
		gaz_arena_clear(&a);
	}
}

/* After this a worker reads nothing from files: twice does no harm. */
static void
test_preload(void **state)
{
	(void)state;
	gaz_parse_preload();
	gaz_parse_preload();
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_preload),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("parse_rare", tests, NULL, NULL);
}
