#include "config.h"

#include "memory_shapes.h"

#include "gazetted/limits.h"

#include <stdio.h>
#include <string.h>

#include "gazetted/mem.h"

#define RSS "<rss version='2.0' " \
	"xmlns:content='http://purl.org/rss/1.0/modules/content/' " \
	"xmlns:media='http://search.yahoo.com/mrss/' " \
	"xmlns:georss='http://www.georss.org/georss' " \
	"xmlns:psc='http://podlove.org/simple-chapters' " \
	"xmlns:podcast='https://podcastindex.org/namespace/1.0'><channel>"
#define RSS_END "</channel></rss>"
#define ATOM "<feed xmlns='http://www.w3.org/2005/Atom'>"

/* ----- many items ----- */

static void
make_news(struct gaz_buf *b, size_t size)
{
	gaz_buf_put_z(b, RSS);
	COUNT(b, size - 300, "<item><guid>%zu</guid><title>Bridge to be closed "
	    "until the spring</title><link>https://a.example/news/%zu</link>"
	    "<description>The mayor said on Thursday that the bridge would be "
	    "closed.</description><pubDate>Thu, 04 Sep 2025 18:30:00 GMT"
	    "</pubDate><category>City</category></item>", i, i);
	gaz_buf_put_z(b, RSS_END);
}

static void
make_tiny(struct gaz_buf *b, size_t size)
{
	wrap(b, size, RSS, "<item><title>a</title></item>", RSS_END);
}

static void
make_tiny_rdf(struct gaz_buf *b, size_t size)
{
	wrap(b, size, "<rdf:RDF "
	    "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
	    "xmlns='http://purl.org/rss/1.0/'>", "<item rdf:about='x'/>",
	    "</rdf:RDF>");
}

static void
make_ids(struct gaz_buf *b, size_t size)
{
	gaz_buf_put_z(b, ATOM);
	COUNT(b, size, "<entry><id>%zu</id></entry>", i);
	gaz_buf_put_z(b, "</feed>");
}

/* Items that take each other's place again and again. */
static void
make_twice(struct gaz_buf *b, size_t size)
{
	gaz_buf_put_z(b, ATOM);
	COUNT(b, size, "<entry><id>%zu</id><title>t</title><updated>"
	    "2025-09-04T%02zu:%02zu:%02zuZ</updated></entry>", i % 7,
	    i / 3600 % 24, i / 60 % 60, i % 60);
	gaz_buf_put_z(b, "</feed>");
}

static void
make_tags(struct gaz_buf *b, size_t size)
{
	gaz_buf_put_z(b, RSS);
	while (b->len + 1000 < size) {
		gaz_buf_put_z(b, "<item><title>x</title>");
		for (char c = 'a'; c <= 'z'; c++)
			gaz_buf_put_fmt(b, "<category>%c</category>", c);
		gaz_buf_put_z(b, "</item>");
	}
	gaz_buf_put_z(b, RSS_END);
}

static void
make_files(struct gaz_buf *b, size_t size)
{
	gaz_buf_put_z(b, RSS);
	while (b->len + 2000 < size) {
		gaz_buf_put_z(b, "<item><title>x</title>");
		for (char c = 'a'; c <= 'z'; c++)
			gaz_buf_put_fmt(b, "<enclosure url='/%c'/>"
			    "<media:content url='%c'/><link>%c</link>", c, c,
			    c);
		gaz_buf_put_z(b, "</item>");
	}
	gaz_buf_put_z(b, RSS_END);
}

/* ----- one item, or the feed itself, of many elements ----- */

static void
make_one_tags(struct gaz_buf *b, size_t size)
{
	gaz_buf_put_z(b, RSS "<item><title>x</title>");
	COUNT(b, size, "<category>%zu</category>", i);
	gaz_buf_put_z(b, "</item>" RSS_END);
}

static void
make_one_attributes(struct gaz_buf *b, size_t size)
{
	wrap(b, size, RSS "<item><title>x</title>",
	    "<category a='' b='' c='' d='' e='' f='' g='' h=''/>",
	    "</item>" RSS_END);
}

static void
make_one_links(struct gaz_buf *b, size_t size)
{
	gaz_buf_put_z(b, RSS "<item><title>x</title>");
	COUNT(b, size, "<enclosure url='%zu'/><media:thumbnail url='%zu'/>",
	    i, i);
	gaz_buf_put_z(b, "</item>" RSS_END);
}

static void
make_one_contents(struct gaz_buf *b, size_t size)
{
	wrap(b, size, RSS "<item><title>x</title>",
	    "<content:encoded>a</content:encoded><description>b</description>"
	    "<author>c</author><guid>d</guid><comments>e</comments>",
	    "</item>" RSS_END);
}

static void
make_one_chapters(struct gaz_buf *b, size_t size)
{
	gaz_buf_put_z(b, RSS "<item><title>x</title><psc:chapters>");
	COUNT(b, size, "<psc:chapter start='%zu' title='a'/>"
	    "<podcast:person>b%zu</podcast:person>", i, i);
	gaz_buf_put_z(b, "</psc:chapters></item>" RSS_END);
}

/* Items that all get the persons of their feed. */
static void
make_persons(struct gaz_buf *b, size_t size)
{
	gaz_buf_put_z(b, RSS "<title>Talk</title>");
	for (int i = 0; i < GAZ_ITEM_PERSONS_MAX; i++)
		gaz_buf_put_fmt(b, "<podcast:person role='host' "
		    "href='https://a.example/persons/%d' "
		    "img='https://a.example/persons/%d/large.jpg'>Person %d"
		    "</podcast:person>", i, i, i);
	COUNT(b, size, "<item><guid>%zu</guid></item>", i);
	gaz_buf_put_z(b, RSS_END);
}

/* The same, when the document is read once more for their sake. */
static void
make_persons_late(struct gaz_buf *b, size_t size)
{
	make_persons(b, size - 100);
	b->len -= strlen(RSS_END);
	gaz_buf_put_z(b, "<podcast:person>Late</podcast:person>" RSS_END);
}

static void
make_one_places(struct gaz_buf *b, size_t size)
{
	wrap(b, size, RSS "<item><title>x</title>",
	    "<georss:line>1 2 3 4 5 6 7 8</georss:line>"
	    "<georss:point>1 2</georss:point>", "</item>" RSS_END);
}

static void
make_feed_elements(struct gaz_buf *b, size_t size)
{
	gaz_buf_put_z(b, RSS);
	COUNT(b, size, "<category a=''>%zu</category><link href='%zu'/>"
	    "<ttl a='' b=''/><image><url>%zu</url></image>", i, i, i);
	gaz_buf_put_z(b, RSS_END);
}

static void
make_feed_attributes(struct gaz_buf *b, size_t size)
{
	wrap(b, size, RSS, "<ttl a='' b='' c='' d='' e='' f='' g='' h=''/>",
	    RSS_END);
}

static void
make_unknown(struct gaz_buf *b, size_t size)
{
	wrap(b, size, RSS, "<x a='' b='' c='' d=''/>", RSS_END);
}

static void
make_wide(struct gaz_buf *b, size_t size)
{
	gaz_buf_put_z(b, RSS);
	while (b->len + 3000 < size) {
		gaz_buf_put_z(b, "<category");
		for (size_t i = 0; i < 250; i++)
			gaz_buf_put_fmt(b, " a%zu=''", i);
		gaz_buf_put_z(b, "/>");
	}
	gaz_buf_put_z(b, RSS_END);
}

static void
make_names(struct gaz_buf *b, size_t size)
{
	gaz_buf_put_z(b, RSS);
	COUNT(b, size, "<a%zu/>", i);
	gaz_buf_put_z(b, RSS_END);
}

static void
make_namespaces(struct gaz_buf *b, size_t size)
{
	gaz_buf_put_z(b, RSS);
	COUNT(b, size, "<a xmlns:p%zu='http://e.org/%zu'/>", i, i);
	gaz_buf_put_z(b, RSS_END);
}

/* For the lenient reader: a tag has no end. */
static void
make_namespaces_broken(struct gaz_buf *b, size_t size)
{
	gaz_buf_put_z(b, RSS);
	COUNT(b, size, "<a xmlns:p%zu='http://e.org/?a&amp;%zu'/>", i, i);
	gaz_buf_put_z(b, "<b>&" RSS_END);
}

static void
make_base(struct gaz_buf *b, size_t size)
{
	gaz_buf_put_z(b, RSS);
	COUNT(b, size, "<a xml:base='/%zu/' xml:lang='de'><ttl/></a>", i);
	gaz_buf_put_z(b, RSS_END);
}

/* ----- long texts ----- */

static void
articles(struct gaz_buf *b, size_t size, const char *text, size_t each)
{
	gaz_buf_put_z(b, RSS);
	while (b->len + 200 < size) {
		size_t until = b->len + each < size - 100 ? b->len + each :
		    size - 100;

		gaz_buf_put_z(b, "<item><title>t</title><content:encoded>"
		    "<![CDATA[");
		fill(b, text, until);
		gaz_buf_put_z(b, "]]></content:encoded></item>");
	}
	gaz_buf_put_z(b, RSS_END);
}

static void
make_articles(struct gaz_buf *b, size_t size)
{
	articles(b, size, "<p>The mayor said on <a href=\"/thursday\">"
	    "Thursday</a> that the <b>bridge</b> would be closed.</p>\n",
	    40000);
}

static void
make_books(struct gaz_buf *b, size_t size)
{
	articles(b, size, "<p>The mayor said on Thursday that the bridge "
	    "would be closed until the spring of the year.</p>\n", 1000000);
}

static void
make_signs(struct gaz_buf *b, size_t size)
{
	articles(b, size, "< & \" ' ", 1000000);
}

static void
make_links(struct gaz_buf *b, size_t size)
{
	articles(b, size, "<a href=b>c</a>", 1000000);
}

static void
make_images(struct gaz_buf *b, size_t size)
{
	articles(b, size, "<img src=b>", 1000000);
}

/* Each reference becomes one of eight kilobytes. */
static void
make_long_base(struct gaz_buf *b, size_t size)
{
	gaz_buf_put_z(b, "<feed xmlns='http://www.w3.org/2005/Atom' "
	    "xml:base='https://a.example/");
	fill(b, "x", 8000);
	gaz_buf_put_z(b, "/'>");
	while (b->len + 5000 < size) {
		gaz_buf_put_z(b, "<entry><title>t</title>");
		for (int i = 0; i < 8; i++) {
			gaz_buf_put_z(b, "<content type='html'>");
			fill(b, "&lt;img src=b&gt;", b->len + 300);
			gaz_buf_put_z(b, "</content><summary type='html'>"
			    "&lt;img src=b&gt;</summary><link href='b'/>"
			    "<link rel='enclosure' href='c'/>");
		}
		gaz_buf_put_z(b, "</entry>");
	}
	gaz_buf_put_z(b, "</feed>");
}

static void
make_escaped(struct gaz_buf *b, size_t size)
{
	gaz_buf_put_z(b, ATOM);
	while (b->len + 200 < size) {
		size_t until = b->len + 60000 < size - 100 ? b->len + 60000 :
		    size - 100;

		gaz_buf_put_z(b, "<entry><title>t</title>"
		    "<content type='html'>");
		fill(b, "&lt;p&gt;some &amp;amp; words&lt;/p&gt;", until);
		gaz_buf_put_z(b, "</content></entry>");
	}
	gaz_buf_put_z(b, "</feed>");
}

static void
make_xhtml(struct gaz_buf *b, size_t size)
{
	wrap(b, size, ATOM "<entry><content type='xhtml'><div>",
	    "<p class='a'>b<br/></p>", "</div></content></entry></feed>");
}

static void
make_quotes(struct gaz_buf *b, size_t size)
{
	wrap(b, size, ATOM "<entry><content type='xhtml'><div>", "\">'",
	    "</div></content></entry></feed>");
}

static void
make_quotes_attribute(struct gaz_buf *b, size_t size)
{
	gaz_buf_put_z(b, ATOM "<entry><content type='xhtml'><div>");
	while (b->len + 1000 < size) {
		gaz_buf_put_z(b, "<img alt='");
		fill(b, "\"", b->len + 800);
		gaz_buf_put_z(b, "'/>");
	}
	gaz_buf_put_z(b, "</div></content></entry></feed>");
}

static void
make_broken(struct gaz_buf *b, size_t size)
{
	make_articles(b, size - 20);
	b->len -= strlen(RSS_END);
	gaz_buf_put_z(b, "& <b>" RSS_END);
}

static void
make_cut(struct gaz_buf *b, size_t size)
{
	make_news(b, size);
	b->len -= strlen(RSS_END) + 5;
}

static void
make_late(struct gaz_buf *b, size_t size)
{
	make_news(b, size - 100);
	b->len -= strlen(RSS_END);
	gaz_buf_put_z(b, "<title>Late news</title><language>en</language>"
	    RSS_END);
}

static void
make_title(struct gaz_buf *b, size_t size)
{
	wrap(b, size, RSS "<item><title>", "title ", "</title></item>"
	    RSS_END);
}

static void
make_id(struct gaz_buf *b, size_t size)
{
	wrap(b, size, RSS "<item><guid>", "id", "</guid></item>" RSS_END);
}

static void
make_description(struct gaz_buf *b, size_t size)
{
	wrap(b, size, RSS "<item><description><![CDATA[",
	    "<script>a</script><b c='d'>", "]]></description></item>"
	    RSS_END);
}

static void
make_base64(struct gaz_buf *b, size_t size)
{
	wrap(b, size, ATOM "<entry><content mode='base64' type='text/html'>",
	    "PGI+YTwvYj4K", "</content></entry></feed>");
}

static void
make_lines(struct gaz_buf *b, size_t size)
{
	wrap(b, size, ATOM "<entry><content type='text'>", "a\n\n",
	    "</content></entry></feed>");
}

static void
make_plain_quotes(struct gaz_buf *b, size_t size)
{
	wrap(b, size, ATOM "<entry><content type='text'>", "\"\"\"'",
	    "</content></entry></feed>");
}

/* Each is mended, which takes copies. */
static void
make_one_mojibake(struct gaz_buf *b, size_t size)
{
	wrap(b, size, RSS "<item><description><![CDATA[",
	    "d\xC3\x83\xC2\xA9j\xC3\x83\xC2\xA0 l\xC3\x83\xC2\xA0-bas ",
	    "]]></description></item>" RSS_END);
}

static void
make_one_control(struct gaz_buf *b, size_t size)
{
	gaz_buf_put_z(b, "<?xml version='1.0' encoding='tis-620'?>");
	wrap(b, size, RSS "<item><description>&#x85;&amp;",
	    "\xA1\xD2\xC3\xA1\xD2\xC3 ", "</description></item>" RSS_END);
}

/* ----- long tags and the like ----- */

/* The longest that are read strictly, in characters that get longer. */
static void
make_long_tags(struct gaz_buf *b, size_t size)
{
	gaz_buf_put_z(b, "<?xml version='1.0' encoding='tis-620'?>" ATOM
	    "<entry><content type='xhtml'><div>");
	while (b->len + 350000 < size) {
		gaz_buf_put_z(b, "<img alt='&amp;");
		fill(b, "\xA1\xD2\"", b->len + 300000);
		gaz_buf_put_z(b, "'/><!--");
		fill(b, "\xA1\xD2\xC3", b->len + 30000);
		gaz_buf_put_z(b, "-->");
	}
	gaz_buf_put_z(b, "</div></content></entry></feed>");
}

static void
make_comment_thai(struct gaz_buf *b, size_t size)
{
	gaz_buf_put_z(b, "<?xml version='1.0' encoding='tis-620'?>");
	wrap(b, size, RSS "<item><title>x</title><!--", "\xA1\xD2\xC3",
	    "--></item>" RSS_END);
}

static void
make_comment(struct gaz_buf *b, size_t size)
{
	wrap(b, size, RSS "<item><title>x</title><!--", "comment ",
	    "--></item>" RSS_END);
}

static void
make_instruction(struct gaz_buf *b, size_t size)
{
	wrap(b, size, RSS "<item><title>x</title><?a", " comment",
	    "?></item>" RSS_END);
}

static void
make_attribute(struct gaz_buf *b, size_t size)
{
	wrap(b, size, RSS "<item><title>x</title><enclosure url='", "long",
	    "'/></item>" RSS_END);
}

static void
make_attribute_signs(struct gaz_buf *b, size_t size)
{
	wrap(b, size, ATOM "<entry><content type='xhtml'><div><img alt='",
	    "\"&amp;", "'/></div></content></entry></feed>");
}

static void
make_doctype(struct gaz_buf *b, size_t size)
{
	gaz_buf_put_z(b, "<!DOCTYPE rss [");
	COUNT(b, size - 300, "<!ATTLIST a%zu b%zu CDATA 'c'>", i, i);
	gaz_buf_put_z(b, "]>" RSS "<item><title>x</title></item>" RSS_END);
}

/* As many as are read strictly. */
static void
make_short_doctype(struct gaz_buf *b, size_t size)
{
	make_doctype(b, size < GAZ_XML_TOKEN_MAX ? size : GAZ_XML_TOKEN_MAX);
}

static void
make_nested(struct gaz_buf *b, size_t size)
{
	gaz_buf_put_z(b, RSS "<item><description><![CDATA[");
	fill(b, "<div>", size - 100);
	gaz_buf_put_z(b, "]]></description></item>" RSS_END);
}

/* ----- encodings ----- */

static void
encoded(struct gaz_buf *b, size_t size, const char *name, const char *text)
{
	gaz_buf_put_fmt(b, "<?xml version='1.0' encoding='%s'?>", name);
	articles(b, size, text, 40000);
}

static void
make_latin(struct gaz_buf *b, size_t size)
{
	encoded(b, size, "iso-8859-1",
	    "<p>\xE9\xE8\xE0\xE7\xF9\xE9\xE8\xE0\xE7\xF9</p>");
}

static void
make_thai(struct gaz_buf *b, size_t size)
{
	encoded(b, size, "tis-620",
	    "\xA1\xD2\xC3\xA1\xD2\xC3\xA1\xD2\xC3\xA1\xD2\xC3 ");
}

static void
make_thai_one(struct gaz_buf *b, size_t size)
{
	gaz_buf_put_z(b, "<?xml version='1.0' encoding='tis-620'?>");
	wrap(b, size, RSS "<item><description><![CDATA[",
	    "\xA1\xD2\xC3\xA1\xD2\xC3 ", "]]></description></item>" RSS_END);
}

static void
make_euro(struct gaz_buf *b, size_t size)
{
	encoded(b, size, "windows-1252", "\x80\x85\x93\x94\x99\x80\x85\x93 ");
}

/* Well-formed UTF-8 in the main, and then bytes that are none. */
static void
make_bad_bytes(struct gaz_buf *b, size_t size)
{
	encoded(b, size, "utf-8",
	    "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xFF\xFF\xFF");
}

static void
make_utf16(struct gaz_buf *b, size_t size)
{
	struct gaz_buf narrow;

	gaz_buf_init(&narrow, GAZ_BUF_NO_MAX);
	make_news(&narrow, size / 2);
	gaz_buf_put(b, "\xFF\xFE", 2);
	for (size_t i = 0; i < narrow.len; i++) {
		gaz_buf_put_char(b, narrow.p[i]);
		gaz_buf_put_char(b, '\0');
	}
	gaz_buf_clear(&narrow);
}

static void
make_mojibake(struct gaz_buf *b, size_t size)
{
	encoded(b, size, "utf-8", "<p>d\xC3\x83\xC2\xA9j\xC3\x83\xC2\xA0 vu "
	    "l\xC3\x83\xC2\xA0-bas</p>");
}

/* ----- no feeds ----- */

static void
make_page(struct gaz_buf *b, size_t size)
{
	gaz_buf_put_z(b, "<!doctype html><html><head>");
	COUNT(b, size, "<link rel=alternate type='application/rss+xml' "
	    "title=t href=f%zu>", i);
	gaz_buf_put_z(b, "</head>");
}

static void
make_page_text(struct gaz_buf *b, size_t size)
{
	wrap(b, size, "<!doctype html><html><body>", "<p class=a>text &amp; "
	    "more", "</body>");
}

static void
make_plain(struct gaz_buf *b, size_t size)
{
	wrap(b, size, "", "no feed ", "");
}

const struct memory_shape memory_shapes[] = {
	{ "news", make_news, false },
	{ "tiny items", make_tiny, false },
	{ "tiny items, RDF", make_tiny_rdf, false },
	{ "items of an id", make_ids, false },
	{ "items that come twice", make_twice, false },
	{ "items of tags", make_tags, false },
	{ "items of files and links", make_files, false },
	{ "an item of tags", make_one_tags, false },
	{ "an item of attributes", make_one_attributes, false },
	{ "an item of files", make_one_links, false },
	{ "an item of short texts", make_one_contents, false },
	{ "an item of chapters", make_one_chapters, false },
	{ "persons for many items", make_persons, false },
	{ "and one of them late", make_persons_late, false },
	{ "an item of places", make_one_places, false },
	{ "a feed of elements", make_feed_elements, false },
	{ "a feed of attributes", make_feed_attributes, false },
	{ "unknown elements", make_unknown, false },
	{ "250 attributes a tag", make_wide, false },
	{ "names", make_names, false },
	{ "namespaces", make_namespaces, false },
	{ "namespaces, broken", make_namespaces_broken, false },
	{ "bases and languages", make_base, false },
	{ "articles", make_articles, false },
	{ "books", make_books, false },
	{ "signs", make_signs, false },
	{ "links", make_links, false },
	{ "images", make_images, false },
	{ "links to a long base", make_long_base, false },
	{ "escaped HTML", make_escaped, false },
	{ "XHTML", make_xhtml, false },
	{ "XHTML of quotes", make_quotes, false },
	{ "XHTML of quotes in tags", make_quotes_attribute, false },
	{ "broken at its end", make_broken, false },
	{ "cut", make_cut, false },
	{ "the feed's title at the end", make_late, false },
	{ "one title", make_title, false },
	{ "one id", make_id, false },
	{ "one description", make_description, false },
	{ "one text in base64", make_base64, false },
	{ "one text of short lines", make_lines, false },
	{ "one plain text of quotes", make_plain_quotes, false },
	{ "one text encoded twice", make_one_mojibake, false },
	{ "one text with a control", make_one_control, false },
	{ "long tags in TIS-620", make_long_tags, false },
	{ "one comment in TIS-620", make_comment_thai, false },
	{ "one comment", make_comment, false },
	{ "one instruction", make_instruction, false },
	{ "one attribute", make_attribute, false },
	{ "one attribute of signs", make_attribute_signs, false },
	{ "declared attributes", make_doctype, false },
	{ "as many as are read strictly", make_short_doctype, false },
	{ "nested HTML", make_nested, false },
	{ "Latin-1", make_latin, false },
	{ "Thai in TIS-620", make_thai, false },
	{ "one text in TIS-620", make_thai_one, false },
	{ "signs in windows-1252", make_euro, false },
	{ "UTF-8 with bad bytes", make_bad_bytes, false },
	{ "UTF-16", make_utf16, false },
	{ "UTF-8 encoded twice", make_mojibake, false },
	{ "a page with links", make_page, false },
	{ "a page", make_page_text, false },
	{ "plain text", make_plain, false },
};
const size_t memory_shapes_n = GAZ_COUNT(memory_shapes);

void
memory_shape_ordinary(struct gaz_buf *b)
{
	static const char *const texts[] = {
		"The mayor said on Thursday that the bridge would be closed",
		("Der B\xC3\xBCrgermeister sagte am Donnerstag, dass die "
		"Br\xC3\xBC" "cke gesperrt wird"),
		"Le maire a dit jeudi que le pont serait ferm\xC3\xA9",
		"El alcalde dijo el jueves que el puente estar\xC3\xA1 cerrado",
		("\xD0\x9C\xD1\x8D\xD1\x80 \xD1\x81\xD0\xBA\xD0\xB0\xD0\xB7"
		"\xD0\xB0\xD0\xBB, \xD1\x87\xD1\x82\xD0\xBE \xD0\xBC\xD0\xBE"
		"\xD1\x81\xD1\x82 \xD0\xB7\xD0\xB0\xD0\xBA\xD1\x80\xD0\xBE"
		"\xD1\x8E\xD1\x82"),
		("\xE5\xB8\x82\xE9\x95\xB7\xE3\x81\xAF\xE6\x9C\xA8\xE6\x9B\x9C"
		"\xE6\x97\xA5\xE3\x81\xAB\xE8\xA8\x80\xE3\x81\xA3\xE3\x81\x9F"),
	};

	gaz_buf_put_z(b, RSS "<title>News</title>");
	for (size_t i = 0; i < 10 * GAZ_COUNT(texts); i++)
		gaz_buf_put_fmt(b, "<item><title>%s</title><link>"
		    "https://a.example/%zu</link><pubDate>Thu, 04 Sep 2025 "
		    "18:30:00 GMT</pubDate><description>&lt;p&gt;%s&lt;/p&gt;"
		    "</description></item>", texts[i % GAZ_COUNT(texts)], i,
		    texts[i % GAZ_COUNT(texts)]);
	gaz_buf_put_z(b, RSS_END);
}
