#include "config.h"

#include "gazetted/parse.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "gazetted/extra.h"
#include "gazetted/limits.h"
#include "gazetted/mem.h"

struct digested {
	struct gaz_arena a;
	struct gaz_document doc;
	struct gaz_batch b;
};

/* In one go the same comes out, byte for byte. */
static void
assert_same_at_once(struct gaz_str text, const struct gaz_parse_options *opt,
    const struct gaz_digest_options *how, const struct gaz_batch *want)
{
	struct gaz_arena a = { 0 };
	struct gaz_buf flat[2];
	struct gaz_batch b;
	enum gaz_fault fault;
	struct gaz_err err;

	for (int i = 0; i < 2; i++)
		gaz_buf_init(&flat[i], GAZ_BUF_NO_MAX);
	assert_true(gaz_parse_to_batch(text, opt, how, &a, &b, &fault, &err));
	assert_true(gaz_batch_encode(want, &flat[0], &err));
	assert_true(gaz_batch_encode(&b, &flat[1], &err));
	assert_int_equal(flat[0].len, flat[1].len);
	assert_memory_equal(flat[0].p, flat[1].p, flat[0].len);
	for (int i = 0; i < 2; i++)
		gaz_buf_clear(&flat[i]);
	gaz_arena_clear(&a);
}

static void
digest(struct digested *d, const char *text, const char *language)
{
	const struct gaz_parse_options opt = {
		.url = GAZ_STR("https://news.example/feed") };
	const struct gaz_digest_options how = {
		.url = GAZ_STR("https://news.example/feed"),
		.language = gaz_str_of(language) };
	enum gaz_fault fault;
	struct gaz_err err;

	memset(d, 0, sizeof(*d));
	if (!gaz_parse(gaz_str_of(text), &opt, &d->a, &d->doc, &fault, &err))
		fail_msg("%s", err.msg);
	gaz_parse_digest(&d->doc, &how, &d->a, &d->b);
	assert_same_at_once(gaz_str_of(text), &opt, &how, &d->b);
}

static void
clear(struct digested *d)
{
	gaz_arena_clear(&d->a);
}

static void
assert_str(const char *what, struct gaz_str got, const char *want)
{
	if (!gaz_str_eq_z(got, want))
		fail_msg("%s: got \"%.*s\", want \"%s\"", what,
		    GAZ_STR_ARG(got), want);
}

#define RSS(items) "<rss version='2.0' " \
	"xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel>" \
	"<title>News &lt;b&gt;now&lt;/b&gt;</title>" items "</channel></rss>"

static void
test_item(void **state)
{
	struct digested d;

	(void)state;
	digest(&d, RSS("<item><title>A &amp;amp; &lt;i&gt;B&lt;/i&gt;</title>"
	    "<link>HTTP://News.Example:80/a?utm_source=x&amp;id=1#top</link>"
	    "<guid isPermaLink='false'>one</guid>"
	    "<author>jane@news.example (Jane)</author>"
	    "<pubDate>Thu, 04 Sep 2025 18:30:00 GMT</pubDate>"
	    "<category>Sport</category>"
	    "<description>&lt;p&gt;Short.&lt;/p&gt;</description>"
	    "<content:encoded>&lt;p onclick='x'&gt;Long &lt;a href='/b'&gt;"
	    "text&lt;/a&gt;.&lt;/p&gt;&lt;img src='p.jpg'&gt;"
	    "</content:encoded><comments>/a#c</comments></item>"), NULL);
	assert_str("feed title", d.b.title, "News now");
	assert_int_equal(d.b.items.n, 1);
	const struct gaz_batch_item *it = &d.b.items.v[0];

	assert_str("guid", it->guid, "one");
	assert_str("title", it->title, "A & B");
	assert_str("url", it->url, "http://news.example/a?id=1");
	assert_str("author", it->author, "Jane");
	assert_str("summary", it->summary, "Short.");
	assert_true(gaz_str_find(it->content, GAZ_STR("onclick"), 0) ==
	    GAZ_STR_NPOS);
	assert_true(gaz_str_find(it->content,
	    GAZ_STR("href=\"https://news.example/b\""), 0) != GAZ_STR_NPOS);
	assert_true(gaz_str_find(it->content, GAZ_STR("nofollow"), 0) !=
	    GAZ_STR_NPOS);
	assert_str("text", it->text, "Long text.");
	assert_str("thumbnail", it->thumbnail, "https://news.example/p.jpg");
	assert_str("comments", it->comments, "https://news.example/a#c");
	assert_int_equal(it->published, 1757010600);
	assert_int_equal(it->categories.n, 1);
	assert_true((it->flags & (GAZ_ITEM_ID_DERIVED |
	    GAZ_ITEM_TITLE_DERIVED | GAZ_ITEM_DATE_UNKNOWN)) == 0);
	assert_true((d.b.flags & GAZ_BATCH_WELL_FORMED) != 0);
	clear(&d);
}

/* Where a counting link leads is the item's address; the link is kept. */
static void
test_original(void **state)
{
	static const struct {
		const char *name, *elements, *url;
	} cases[] = {
		{ "feedburner", "<f:origLink>HTTP://News.Example/a?utm_source=f"
		  "</f:origLink>", "http://news.example/a" },
		{ "pheedo", "<p:origLink>https://news.example/a</p:origLink>",
		  "https://news.example/a" },
		{ "relative", "<f:origLink>/a</f:origLink>",
		  "https://news.example/a" },
		{ "two", "<f:origLink>https://news.example/1</f:origLink>"
		  "<p:origLink>https://news.example/2</p:origLink>",
		  "https://news.example/1" },
		{ "not of the web", "<f:origLink>javascript:x()</f:origLink>",
		  "https://counter.example/~r/x/1" },
		{ "empty", "<f:origLink> </f:origLink>",
		  "https://counter.example/~r/x/1" },
		{ "none", "", "https://counter.example/~r/x/1" },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct digested d;
		char text[800];

		snprintf(text, sizeof(text), "<rss version='2.0' "
		    "xmlns:f='http://rssnamespace.org/feedburner/ext/1.0' "
		    "xmlns:p='http://www.pheedo.com/namespace/pheedo'><channel>"
		    "<title>N</title><item><title>A</title>"
		    "<link>https://counter.example/~r/x/1</link>%s</item>"
		    "</channel></rss>", cases[i].elements);
		digest(&d, text, NULL);
		assert_int_equal(d.b.items.n, 1);
		assert_str(cases[i].name, d.b.items.v[0].url, cases[i].url);
		assert_str(cases[i].name, d.b.items.v[0].url_given,
		    "https://counter.example/~r/x/1");
		clear(&d);
	}
}

static void
test_derived(void **state)
{
	struct digested d;

	(void)state;
	digest(&d, RSS("<item/>"
	    "<item><description>&lt;p&gt;Only some words of text&lt;/p&gt;"
	    "</description></item>"
	    "<item><link>https://news.example/x</link></item>"
	    "<item><enclosure url='https://news.example/x.mp3'/></item>"
	    "<item><pubDate>never</pubDate></item>"), NULL);
	assert_int_equal(d.b.items.n, 3);
	assert_str("title from text", d.b.items.v[0].title,
	    "Only some words of text");
	assert_int_equal(d.b.items.v[0].flags & (GAZ_ITEM_ID_DERIVED |
	    GAZ_ITEM_TITLE_DERIVED | GAZ_ITEM_DATE_UNKNOWN),
	    GAZ_ITEM_ID_DERIVED | GAZ_ITEM_TITLE_DERIVED |
	    GAZ_ITEM_DATE_UNKNOWN);
	assert_str("title from the link", d.b.items.v[1].title,
	    "https://news.example/x");
	assert_non_null(d.b.items.v[2].title.p);
	clear(&d);
}

static void
test_twice(void **state)
{
	struct digested d;

	(void)state;
	digest(&d, "<feed xmlns='http://www.w3.org/2005/Atom'>"
	    "<entry><id>1</id><title>first</title>"
	    "<updated>2025-09-01T00:00:00Z</updated></entry>"
	    "<entry><id>1</id><title>same</title>"
	    "<updated>2025-09-01T00:00:00Z</updated></entry>"
	    "<entry><id>2</id><title>old</title>"
	    "<updated>2025-09-01T00:00:00Z</updated></entry>"
	    "<entry><id>2</id><title>new</title>"
	    "<updated>2025-09-02T00:00:00Z</updated></entry>"
	    "<entry><title>without id</title></entry>"
	    "<entry><title>without id</title></entry></feed>", NULL);
	assert_str("first", d.b.items.v[0].title, "first");
	assert_str("updated", d.b.items.v[1].title, "new");
	assert_int_equal(d.b.items.n, 4);
	clear(&d);
	/* One id for different articles. */
	digest(&d, RSS("<item><guid isPermaLink='false'>site</guid>"
	    "<link>https://news.example/1</link></item>"
	    "<item><guid isPermaLink='false'>site</guid>"
	    "<link>https://news.example/2</link></item>"), NULL);
	assert_int_equal(d.b.items.n, 2);
	clear(&d);
}

static void
test_hash(void **state)
{
	static const char *const texts[] = {
		RSS("<item><title>t</title><description>a</description>"
		    "<link>https://news.example/1</link></item>"),
		RSS("<item><title>t</title><description>b</description>"
		    "<link>https://news.example/1</link></item>"),
		RSS("<item><title>u</title><description>a</description>"
		    "<link>https://news.example/1</link></item>"),
		RSS("<item><title>t</title><description>a</description>"
		    "<link>https://news.example/2</link></item>"),
	};
	uint64_t first = 0;

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(texts); i++) {
		struct digested d, again;

		digest(&d, texts[i], NULL);
		digest(&again, texts[i], NULL);
		assert_true(d.b.items.v[0].content_hash ==
		    again.b.items.v[0].content_hash);
		if (i == 0)
			first = d.b.items.v[0].content_hash;
		else
			assert_true(d.b.items.v[0].content_hash != first);
		clear(&d);
		clear(&again);
	}
	/* What only a parser sees does not count. */
	struct digested d;

	digest(&d, RSS("<item><description><![CDATA[a]]></description>"
	    "<title> t </title><category>c</category>"
	    "<link>https://news.example/1?utm_campaign=z</link></item>"),
	    NULL);
	assert_true(d.b.items.v[0].content_hash == first);
	clear(&d);
}

static void
test_language(void **state)
{
	static const struct {
		const char *name, *feed, *text, *configured, *want;
	} cases[] = {
		{ "declared", "en-gb", "The mayor said that the bridge would "
		    "be closed", NULL, "en-GB" },
		{ "not declared", "", "Der Bürgermeister sagte, dass die "
		    "Brücke nun doch gesperrt wird", NULL, "de" },
		{ "declared wrongly", "en", "Der Bürgermeister sagte gestern, "
		    "dass die Brücke nun doch für immer gesperrt werden muss, "
		    "weil das Geld nicht reicht", NULL, "de" },
		{ "configured", "en", "Der Bürgermeister sagte gestern, dass "
		    "die Brücke nun doch für immer gesperrt werden muss",
		    "nl", "nl" },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_buf b;
		struct digested d;

		gaz_buf_init(&b, GAZ_BUF_NO_MAX);
		gaz_buf_put_fmt(&b, "<rss><channel><language>%s</language>"
		    "<item><description>%s</description></item></channel>"
		    "</rss>", cases[i].feed, cases[i].text);
		digest(&d, b.p, cases[i].configured);
		assert_str(cases[i].name, d.b.items.v[0].language,
		    cases[i].want);
		clear(&d);
		gaz_buf_clear(&b);
	}
}

static void
test_plain(void **state)
{
	struct digested d;

	(void)state;
	digest(&d, "<feed xmlns='http://www.w3.org/2005/Atom'><entry>"
	    "<title>x</title><content type='text'>One &lt;b&gt;\n\nTwo\nthree"
	    "</content></entry></feed>", NULL);
	assert_true(gaz_str_find(d.b.items.v[0].content,
	    GAZ_STR("One &lt;b&gt;"), 0) != GAZ_STR_NPOS);
	assert_true(gaz_str_find(d.b.items.v[0].text, GAZ_STR("One <b>"), 0) !=
	    GAZ_STR_NPOS);
	clear(&d);
	/* Markup in names and categories is text in the store. */
	digest(&d, RSS("<item><title>x</title><category>a\nb</category>"
	    "<dc:creator xmlns:dc='http://purl.org/dc/elements/1.1/'>"
	    "J\xE2\x80\xAE" "ane</dc:creator></item>"), NULL);
	assert_str("category", d.b.items.v[0].categories.v[0], "a b");
	assert_str("author", d.b.items.v[0].author, "Jane");
	clear(&d);
}

static void
test_feed(void **state)
{
	struct digested d;

	(void)state;
	digest(&d, "<rss version='2.0' xmlns:a='http://www.w3.org/2005/Atom' "
	    "xmlns:i='http://www.itunes.com/dtds/podcast-1.0.dtd'><channel>"
	    "<title>T</title><link>/home</link><ttl>45</ttl>"
	    "<language>pt_br</language><skipHours><hour>3</hour></skipHours>"
	    "<skipDays><day>Monday</day></skipDays>"
	    "<a:link rel='self' href='https://news.example/self'/>"
	    "<a:link rel='hub' href='https://hub.example/'/>"
	    "<a:link rel='hub' href='mailto:hub@hub.example'/>"
	    "<i:block>yes</i:block><item><title>cut", NULL);
	assert_str("link", d.b.link, "https://news.example/home");
	assert_str("self", d.b.self, "https://news.example/self");
	assert_int_equal(d.b.hubs.n, 1);
	assert_int_equal(d.b.ttl_s, 2700);
	assert_int_equal(d.b.skip_hours, 8);
	assert_int_equal(d.b.skip_days, 2);
	assert_str("language", d.b.language, "pt-BR");
	assert_int_equal(d.b.flags, GAZ_BATCH_TRUNCATED | GAZ_BATCH_BLOCKED);
	assert_int_equal(d.b.items.n, 0);
	assert_true(d.b.warnings.n > 0);
	clear(&d);
}

static void
test_max_items(void **state)
{
	struct digested d;
	struct gaz_batch b;
	const struct gaz_digest_options how = { .max_items = 2 };

	(void)state;
	digest(&d, RSS("<item><title>1</title></item><item/>"
	    "<item><title>2</title></item><item><title>3</title></item>"),
	    NULL);
	assert_int_equal(d.b.items.n, 3);
	gaz_parse_digest(&d.doc, &how, &d.a, &b);
	assert_int_equal(b.items.n, 2);
	assert_str("second", b.items.v[1].title, "2");
	clear(&d);
}

/* Documents whose ways to a batch differ from others'. */
static void
test_at_once(void **state)
{
	static const char *const texts[] = {
		/* not well-formed: read twice, the second time leniently */
		RSS("<item><title>a & b</title><description><b>x</description>"
		    "</item><item><title>c</title>"),
		"<entry xmlns='http://www.w3.org/2005/Atom' xml:lang='de'>"
		"<title>alone</title><content type='xhtml'><div "
		"xmlns='http://www.w3.org/1999/xhtml'><p>x <i>y</i></p><pre>"
		"a\nb</pre></div></content></entry>",
		"{\"version\":\"https://jsonfeed.org/version/1\",\"title\":"
		"\"t\",\"items\":[{\"id\":\"1\",\"content_html\":\"<p>a<p>"
		"<img src=/x.png><video src=v.mp4>\"},{\"content_text\":"
		"\"plain\\n\\ntext\"}]}",
		/* the feed says its language last */
		RSS("<item><title>1</title><description>&lt;table&gt;&lt;td&gt;"
		    "x &lt;a href=y&gt;z</description><enclosure url='/a.mp3' "
		    "type='audio/mpeg' length='1'/></item>"
		    "<language>fr</language>"),
	};
	struct gaz_buf wild;
	struct digested d;

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(texts); i++) {
		digest(&d, texts[i], NULL);
		assert_true(d.b.items.n > 0);
		clear(&d);
	}
	/* so long that it is cut, and only when it is decorated, too */
	for (size_t n = 20000; n <= 40000; n += 10000) {
		gaz_buf_init(&wild, GAZ_BUF_NO_MAX);
		gaz_buf_put_z(&wild, RSS(""));
		gaz_buf_truncate(&wild, wild.len - strlen("</channel></rss>"));
		gaz_buf_put_z(&wild, "<item><description><![CDATA[");
		for (size_t i = 0; i < n; i++)
			gaz_buf_put_z(&wild, "<a href='/x'>text</a> and");
		gaz_buf_put_z(&wild,
		    "]]></description></item></channel></rss>");
		digest(&d, wild.p, NULL);
		clear(&d);
		gaz_buf_clear(&wild);
	}
}

/* What an item's tag says holds for all in it, be it so much that what is of no
 * use is given back on the way. */
static void
test_tag_of_item(void **state)
{
	static const char *const tags[][2] = {
		{ "<CHANNEL><ITEM BASE='https://b.example/x/'>",
		    "<LOGO HREF='i.png'/><A HREF='one'/></ITEM></CHANNEL>" },
		{ "<feed xmlns='http://www.w3.org/2005/Atom'>"
		    "<entry xml:base='https://b.example/x/'>",
		    "<link rel='alternate' href='one'/>"
		    "<content type='html'>&lt;img src='i.png'></content>"
		    "</entry></feed>" },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(tags); i++) {
		struct gaz_buf b;
		struct digested d;

		gaz_buf_init(&b, GAZ_BUF_NO_MAX);
		gaz_buf_put_z(&b, tags[i][0]);
		for (int k = 0; k < 64; k++) {
			gaz_buf_put_z(&b, "<TITLE>");
			for (int n = 0; n < 16384; n++)
				gaz_buf_put_char(&b, 'x');
			gaz_buf_put_z(&b, "</TITLE>");
		}
		gaz_buf_put_z(&b, tags[i][1]);
		digest(&d, b.p, NULL);
		assert_str("link", d.b.items.v[0].url,
		    "https://b.example/x/one");
		assert_str("image", d.b.items.v[0].thumbnail,
		    "https://b.example/x/i.png");
		clear(&d);
		gaz_buf_clear(&b);
	}
}

/* What stands in a category of iTunes, which is often not closed, belongs to
 * what that stands in: no item in an item, no source in a feed. */
static void
test_in_category(void **state)
{
	struct digested d;

	(void)state;
	digest(&d, "<rss xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0"
	    ".dtd'><channel><title>c</title><item><title>outer</title>"
	    "<itunes:category text='Arts' xml:base='https://b.example/'>"
	    "<item><title>inner</title></item><itunes:category text='Food'/>"
	    "<link>one</link></itunes:category><description>late"
	    "</description></item></channel></rss>", NULL);
	assert_int_equal(d.b.items.n, 1);
	assert_str("title", d.b.items.v[0].title, "outer");
	assert_str("link", d.b.items.v[0].url, "https://b.example/one");
	assert_str("text", d.b.items.v[0].text, "late");
	assert_int_equal(d.b.items.v[0].categories.n, 2);
	clear(&d);
	digest(&d, "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:itunes="
	    "'http://www.itunes.com/dtds/podcast-1.0.dtd'>"
	    "<itunes:category text='Arts'><source><title>s</title>"
	    "<id>x</id></source><title>f</title><entry><title>t</title>"
	    "</entry></itunes:category></feed>", NULL);
	assert_str("title", d.b.title, "f");
	assert_int_equal(d.b.items.n, 1);
	assert_str("title", d.b.items.v[0].title, "t");
	clear(&d);
}

/* An id longer than GAZ_URL_MAX is known by its hash. */
static void
test_long_id(void **state)
{
	(void)state;
	for (size_t over = 0; over <= 1; over++) {
		struct gaz_buf b;
		struct digested d;

		gaz_buf_init(&b, GAZ_BUF_NO_MAX);
		gaz_buf_put_z(&b, "<rss><channel><item><title>t</title>"
		    "<guid isPermaLink='false'>");
		for (size_t i = 0; i < GAZ_URL_MAX + over; i++)
			gaz_buf_put_char(&b, 'x');
		gaz_buf_put_z(&b, "</guid></item></channel></rss>");
		digest(&d, b.p, NULL);
		assert_int_equal(d.b.items.v[0].guid.len,
		    over ? strlen("xxh128:") + 32 : GAZ_URL_MAX);
		assert_true(gaz_str_starts(d.b.items.v[0].guid, "xxh128:") ==
		    (over == 1));
		clear(&d);
		gaz_buf_clear(&b);
	}
}

/* ----- items on their way ----- */

struct taken {
	size_t n, replaced, restarts, max;
	char language[16], feed_title[32];
};

static bool
take(void *arg, struct gaz_batch_item *it, uint32_t replaces,
    struct gaz_str feed_title)
{
	struct taken *t = arg;

	if (t->n + t->replaced == t->max)
		return false;
	if (replaces == GAZ_BATCH_NEW)
		t->n++;
	else
		t->replaced++;
	snprintf(t->language, sizeof(t->language), "%.*s",
	    GAZ_STR_ARG(it->language));
	snprintf(t->feed_title, sizeof(t->feed_title), "%.*s",
	    GAZ_STR_ARG(feed_title));
	return true;
}

static void
take_back(void *arg)
{
	struct taken *t = arg;

	t->n = t->replaced = 0;
	t->restarts++;
}

/* Items of a kilobyte each between that; larger than what may wait when n is
 * 1000. */
static enum gaz_fault
stream(const char *head, const char *tail, size_t n, struct taken *t)
{
	const struct gaz_parse_options opt = { .url = GAZ_STR("") };
	const struct gaz_digest_options how = { .url = GAZ_STR("") };
	const struct gaz_parse_sink sink = { .arg = t, .put = take,
		.restart = take_back };
	struct gaz_arena a = { 0 };
	struct gaz_batch rest;
	enum gaz_fault fault;
	struct gaz_buf b;
	struct gaz_err err;

	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	gaz_buf_put_z(&b, head);
	for (size_t i = 0; i < n; i++) {
		gaz_buf_put_fmt(&b, "<item><guid>%zu</guid><description>",
		    i % 900);
		for (size_t k = 0; k < 500; k++)
			gaz_buf_put_z(&b, "x ");
		gaz_buf_put_fmt(&b, "</description><a:updated xmlns:a="
		    "'http://www.w3.org/2005/Atom'>2025-09-04T00:%02zu:%02zuZ"
		    "</a:updated></item>", i / 60 % 60, i % 60);
	}
	gaz_buf_put_z(&b, tail);
	if (gaz_parse_stream(gaz_buf_str(&b), &opt, &how, &sink, &a, &rest,
	    &fault, &err))
		assert_int_equal(rest.items.n, 0);
	gaz_buf_clear(&b);
	gaz_arena_clear(&a);
	return fault;
}

/* What a feed says of itself counts for all its items, wherever it stands. Items
 * are passed on before only if their feed has a title by then. */
static void
test_late(void **state)
{
	static const struct {
		const char *name, *head, *tail;
		size_t n, restarts;
	} cases[] = {
		{ "in front", "<rss><channel><title>T</title><language>fr"
		    "</language>", "</channel></rss>", 1000, 0 },
		{ "behind few", "<rss><channel>", "<title>T</title>"
		    "<language>fr</language></channel></rss>", 10, 0 },
		{ "behind many", "<rss><channel>", "<title>T</title>"
		    "<language>fr</language></channel></rss>", 1000, 0 },
		{ "language behind many", "<rss><channel><title>T</title>",
		    "<language>fr</language></channel></rss>", 1000, 1 },
		{ "title said again", "<rss xmlns:dc='http://purl.org/dc/"
		    "elements/1.1/'><channel><dc:title>D</dc:title>",
		    "<title>T</title><language>fr</language></channel></rss>",
		    1000, 1 },
		{ "title said again, few", "<rss xmlns:dc='http://purl.org/dc/"
		    "elements/1.1/'><channel><dc:title>D</dc:title>"
		    "<language>fr</language>", "<title>T</title></channel>"
		    "</rss>", 10, 1 },
		{ "language behind few", "<rss><channel><title>T</title>",
		    "<language>fr</language></channel></rss>", 10, 0 },
		{ "broken behind few", "<rss><channel><title>T</title>"
		    "<language>fr</language>", "&</channel></rss>", 10, 1 },
		{ "broken behind many", "<rss><channel><title>T</title>"
		    "<language>fr</language>", "&</channel></rss>", 1000, 1 },
		{ "both", "<rss><channel>", "<title>T</title><language>fr"
		    "</language>&</channel></rss>", 1000, 0 },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct taken t = { .max = SIZE_MAX };

		assert_int_equal(stream(cases[i].head, cases[i].tail,
		    cases[i].n, &t), GAZ_FAULT_NONE);
		if (t.restarts != cases[i].restarts ||
		    strcmp(t.language, "fr") != 0 ||
		    strcmp(t.feed_title, "T") != 0)
			fail_msg("%s: %zu times, %s, %s", cases[i].name,
			    t.restarts, t.language, t.feed_title);
		assert_int_equal(t.n, cases[i].n < 900 ? cases[i].n : 900);
		assert_int_equal(t.n + t.replaced, cases[i].n);
	}
}

/* Who takes them has no room. */
static void
test_no_room(void **state)
{
	struct taken t = { .max = 950 };

	(void)state;
	assert_int_equal(stream("<rss><channel>", "</channel></rss>", 1000,
	    &t), GAZ_FAULT_TOO_LARGE);
	assert_int_equal(t.n + t.replaced, 950);
	t = (struct taken){ .max = 1000 };
	assert_int_equal(stream("<rss><channel>", "</channel></rss>", 1000,
	    &t), GAZ_FAULT_NONE);
}

/* A name, an address or the like beyond GAZ_VALUE_MAX is cut. */
static void
test_long_value(void **state)
{
	(void)state;
	for (size_t over = 0; over <= 1; over++) {
		struct gaz_buf b;
		struct digested d;

		gaz_buf_init(&b, GAZ_BUF_NO_MAX);
		gaz_buf_put_z(&b, "<rss><channel><item><category domain='");
		for (size_t i = 0; i < GAZ_VALUE_MAX + over; i++)
			gaz_buf_put_char(&b, 'x');
		gaz_buf_put_z(&b, "'>");
		for (size_t i = 0; i < GAZ_VALUE_MAX + over; i++)
			gaz_buf_put_char(&b, 'y');
		gaz_buf_put_z(&b, "</category></item></channel></rss>");
		digest(&d, b.p, NULL);
		const struct gaz_category *c =
		    &d.doc.items.v[0].categories.v[0];

		assert_int_equal(c->scheme.len, GAZ_VALUE_MAX);
		assert_int_equal(c->term.len, GAZ_VALUE_MAX);
		assert_int_equal((d.doc.notes & GAZ_NOTE_CUT) != 0, over);
		clear(&d);
		gaz_buf_clear(&b);
	}
}

/* Content beyond GAZ_FIELD_MAX is cut, and the item says so. */
static void
test_cut(void **state)
{
	(void)state;
	for (size_t over = 0; over <= 1; over++) {
		struct gaz_buf b;
		struct digested d;

		gaz_buf_init(&b, GAZ_BUF_NO_MAX);
		gaz_buf_put_z(&b, "<feed xmlns='http://www.w3.org/2005/Atom'>"
		    "<entry><title>t</title><content>");
		for (size_t i = 0; i < GAZ_FIELD_MAX + over; i++)
			gaz_buf_put_char(&b, 'x');
		gaz_buf_put_z(&b, "</content></entry></feed>");
		digest(&d, b.p, NULL);
		assert_int_equal(d.b.items.v[0].text.len, GAZ_FIELD_MAX);
		assert_true(((d.b.items.v[0].flags & GAZ_ITEM_CUT) != 0) ==
		    (over == 1));
		clear(&d);
		gaz_buf_clear(&b);
	}
}

static void
test_of_no_use(void **state)
{
	struct digested d;

	(void)state;
	digest(&d, RSS("<item><title>t</title>"
	    "<category>\xE2\x80\x8B</category><category>c</category>"
	    "<author>\xE2\x80\x8B</author>"
	    "<enclosure url='ftp://a.example/x'/>"
	    "<enclosure url='/y'/></item>"), NULL);
	assert_int_equal(d.b.items.v[0].categories.n, 1);
	assert_str("category", d.b.items.v[0].categories.v[0], "c");
	assert_null(d.b.items.v[0].author.p);
	assert_int_equal(d.b.items.v[0].enclosures.n, 1);
	assert_str("file", d.b.items.v[0].enclosures.v[0].url,
	    "https://news.example/y");
	clear(&d);
}

/* What a podcast says beside its texts; it counts as a change of the item. */
static void
test_extra(void **state)
{
	static const char *const ends[] = { "", "<podcast:chapters url='/c' "
		"xmlns:podcast='https://podcastindex.org/namespace/1.0'/>" };
	struct gaz_arena a = { 0 };
	struct gaz_extra e;
	struct digested d;
	uint64_t hash = 0;

	(void)state;
	digest(&d, RSS("<item><title>t</title>"
	    "<podcast:transcript url='t.vtt' type='text/vtt' language='EN_us'/>"
	    "<podcast:transcript url='mailto:x@y'/>"
	    "<podcast:chapters url='/c.json'/>"
	    "<podcast:person role='guest' href='javascript:x' img='/m.png'>"
	    "Mia &lt;b&gt;Berg&lt;/b&gt;</podcast:person>"
	    "<podcast:soundbite startTime='1.5' duration='2'>Bit"
	    "</podcast:soundbite>"
	    "<psc:chapters><psc:chapter start='1:00' title='Bell'/>"
	    "</psc:chapters><georss:point>1.5 -2</georss:point></item>"),
	    NULL);
	gaz_extra_unpack(d.b.items.v[0].extra, &a, &e);
	assert_int_equal(e.transcripts.n, 1);
	assert_str("transcript", e.transcripts.v[0].href,
	    "https://news.example/t.vtt");
	assert_str("type", e.transcripts.v[0].type, "text/vtt");
	assert_str("language", e.transcripts.v[0].hreflang, "en-US");
	assert_str("chapters", e.chapters_url, "https://news.example/c.json");
	assert_int_equal(e.persons.n, 1);
	assert_str("person", e.persons.v[0].name, "Mia Berg");
	assert_str("picture", e.persons.v[0].image,
	    "https://news.example/m.png");
	assert_null(e.persons.v[0].href.p);
	assert_int_equal(e.soundbites.n, 1);
	assert_int_equal(e.soundbites.v[0].start_ms, 1500);
	assert_int_equal(e.chapters.n, 1);
	assert_int_equal(e.chapters.v[0].start_ms, 60000);
	assert_int_equal(e.places.n, 1);
	assert_true(e.places.v[0].points.v[0].longitude == -2);
	clear(&d);
	gaz_arena_clear(&a);
	for (size_t i = 0; i < GAZ_COUNT(ends); i++) {
		char text[512];

		snprintf(text, sizeof(text), "<rss version='2.0'><channel>"
		    "<title>f</title><item><title>t</title>%s</item></channel>"
		    "</rss>", ends[i]);
		digest(&d, text, NULL);
		assert_true(d.b.items.v[0].content_hash != hash);
		assert_true((d.b.items.v[0].extra.p != NULL) == (i == 1));
		hash = d.b.items.v[0].content_hash;
		clear(&d);
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_item),
		cmocka_unit_test(test_original),
		cmocka_unit_test(test_derived),
		cmocka_unit_test(test_twice),
		cmocka_unit_test(test_hash),
		cmocka_unit_test(test_language),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_feed),
		cmocka_unit_test(test_max_items),
		cmocka_unit_test(test_at_once),
		cmocka_unit_test(test_tag_of_item),
		cmocka_unit_test(test_in_category),
		cmocka_unit_test(test_long_id),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_long_value),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_of_no_use),
		cmocka_unit_test(test_extra),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("digest", tests, NULL, NULL);
}
