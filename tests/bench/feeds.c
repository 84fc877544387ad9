#include "config.h"

#include "feeds.h"

#include "gazetted/mem.h"

#define WORDS 40

static const char *const words[][WORDS] = {
	[FEED_ENGLISH] = { "the", "of", "and", "to", "in", "a", "that", "was",
	    "for", "on", "council", "harbour", "government", "said", "with",
	    "year", "after", "new", "people", "which", "report", "city",
	    "minister", "week", "storm", "ferry", "company", "between",
	    "Tuesday", "expected", "water", "from", "their", "market",
	    "according", "research", "first", "will", "not", "has" },
	[FEED_GERMAN] = { "der", "die", "und", "in", "den", "von", "zu", "das",
	    "mit", "sich", "f\xc3\xbcr", "\xc3\xbc" "ber", "Stra\xc3\x9f" "e",
	    "k\xc3\xb6nnen", "Regierung", "Bundestag", "nach", "w\xc3\xa4hrend",
	    "M\xc3\xbcnchen", "Jahr", "neue", "h\xc3\xa4lt", "sagte", "nicht",
	    "wird", "auf", "dem", "Gesetz", "Gr\xc3\xb6\xc3\x9f" "e", "eine",
	    "Woche", "Hafen", "Unternehmen", "als", "auch", "Prozent", "bei",
	    "Stadt", "gem\xc3\xa4\xc3\x9f", "Menschen" },
	[FEED_RUSSIAN] = { "и", "в", "не", "на", "что", "он", "по", "с", "как",
	    "это", "правительство", "город", "года", "сказал", "новый", "после",
	    "компания", "страны", "может", "было", "время", "совет", "люди",
	    "неделя", "вода", "министр", "рынок", "исследование", "который",
	    "между", "также", "первый", "будет", "сообщил", "порт", "закон",
	    "работы", "области", "вторник", "из" },
	[FEED_JAPANESE] = { "政府は", "東京の", "会議で", "発表した", "新しい",
	    "調査によると", "今年", "企業が", "の", "を", "について", "市場",
	    "今週", "世界", "港", "大学の研究", "と述べた", "予定", "人々",
	    "問題", "首相", "ニュース", "インターネット", "サービス", "が", "は",
	    "に", "開始する", "増加", "火曜日", "、", "最大", "経済", "日本",
	    "報告書", "されている", "ことが", "明らかに", "なった", "。" },
	[FEED_ARABIC] = { "في", "من", "على", "إلى", "أن", "الحكومة", "المدينة",
	    "قال", "جديد", "بعد", "عام", "التي", "الذي", "مع", "هذا", "شركة",
	    "الأسبوع", "مجلس", "وزير", "الماء", "الناس", "تقرير", "السوق",
	    "بين", "كان", "أول", "الثلاثاء", "الميناء", "دراسة", "العالم",
	    "خلال", "كما", "سوف", "لا", "عن", "القانون", "البلاد", "يوم",
	    "ما", "هو" },
};

struct maker {
	uint64_t state;
	enum feed_language language;
	struct gaz_buf *out;
};

/* xorshift64* */
static unsigned
below(struct maker *m, unsigned n)
{
	m->state ^= m->state >> 12;
	m->state ^= m->state << 25;
	m->state ^= m->state >> 27;
	return (unsigned)(m->state * UINT64_C(2685821657736338717) >> 33) % n;
}

static const char *
word(struct maker *m)
{
	return words[m->language][below(m, WORDS)];
}

static void
put_words(struct maker *m, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (i > 0 && m->language != FEED_JAPANESE)
			gaz_buf_put_char(m->out, ' ');
		gaz_buf_put_z(m->out, word(m));
	}
}

/* A sentence of an article; HTML. */
static void
put_sentence(struct maker *m)
{
	put_words(m, 4 + below(m, 8));
	switch (below(m, 9)) {
	case 0:
		gaz_buf_put_z(m->out, " &#8220;");
		put_words(m, 5);
		gaz_buf_put_z(m->out, "&#8221;");
		break;
	case 1:
		gaz_buf_put_fmt(m->out, " <a href=\"https://www.example.org/"
		    "%u/%02u/some-other-article-%u/?ref=%u&amp;id=%u\">",
		    2015 + below(m, 12), 1 + below(m, 12), below(m, 9999),
		    below(m, 9), below(m, 9999));
		put_words(m, 3);
		gaz_buf_put_z(m->out, "</a>");
		break;
	case 2:
		gaz_buf_put_z(m->out, " <em>");
		put_words(m, 2);
		gaz_buf_put_z(m->out, "</em>");
		break;
	case 3:
		gaz_buf_put_z(m->out, " it&#8217;s");
		break;
	case 4:
		gaz_buf_put_z(m->out, "&nbsp;&amp; <strong>");
		put_words(m, 2);
		gaz_buf_put_z(m->out, "</strong>");
		break;
	default:
		break;
	}
	gaz_buf_put_char(m->out, ' ');
	put_words(m, 4 + below(m, 8));
	gaz_buf_put_z(m->out, ". ");
}

static void
put_picture(struct maker *m)
{
	unsigned id = below(m, 100000);

	gaz_buf_put_fmt(m->out, "<figure class=\"wp-block-image size-large\">"
	    "<img loading=\"lazy\" decoding=\"async\" width=\"1024\" "
	    "height=\"576\" src=\"https://cdn.example.net/wp-content/uploads/"
	    "2026/11/picture-%u-1024x576.jpg\" alt=\"", id);
	put_words(m, 3);
	gaz_buf_put_fmt(m->out, "\" class=\"wp-image-%u\" srcset=\""
	    "https://cdn.example.net/wp-content/uploads/2026/11/"
	    "picture-%u-1024x576.jpg 1024w, "
	    "https://cdn.example.net/wp-content/uploads/2026/11/"
	    "picture-%u-300x169.jpg 300w\" sizes=\"(max-width: 1024px) "
	    "100vw, 1024px\" /><figcaption class=\"wp-element-caption\">",
	    id, id, id);
	put_words(m, 6);
	gaz_buf_put_z(m->out, "</figcaption></figure>\n");
}

static void
put_list(struct maker *m)
{
	gaz_buf_put_z(m->out, "<ul class=\"wp-block-list\">\n");
	for (unsigned i = 3 + below(m, 3); i > 0; i--) {
		gaz_buf_put_z(m->out, "<li>");
		put_words(m, 5 + below(m, 8));
		gaz_buf_put_z(m->out, "</li>\n");
	}
	gaz_buf_put_z(m->out, "</ul>\n");
}

/* An article of at least so many bytes: HTML that is XML too. */
static void
put_article(struct maker *m, size_t bytes)
{
	size_t end = m->out->len + bytes;

	while (m->out->len < end) {
		gaz_buf_put_z(m->out, below(m, 4) == 0 ?
		    "<p class=\"has-text-align-left\">" : "<p>");
		for (unsigned i = 2 + below(m, 3); i > 0; i--)
			put_sentence(m);
		gaz_buf_put_z(m->out, "</p>\n");
		switch (below(m, 10)) {
		case 0:
			put_picture(m);
			break;
		case 1:
			gaz_buf_put_z(m->out,
			    "<h2 class=\"wp-block-heading\">");
			put_words(m, 5);
			gaz_buf_put_z(m->out, "</h2>\n");
			break;
		case 2:
			put_list(m);
			break;
		case 3:
			gaz_buf_put_z(m->out, "<blockquote><p>");
			put_sentence(m);
			gaz_buf_put_z(m->out, "</p></blockquote>\n");
			break;
		default:
			break;
		}
	}
}

static size_t
article_size(struct maker *m)
{
	return 2000 + below(m, 6000);
}

/* The same for a place where markup is escaped. */
static void
put_escaped(struct maker *m, size_t bytes)
{
	struct gaz_buf html, *out = m->out;

	gaz_buf_init(&html, GAZ_BUF_NO_MAX);
	m->out = &html;
	put_article(m, bytes);
	m->out = out;
	for (size_t i = 0; i < html.len; i++) {
		if (html.p[i] == '<')
			gaz_buf_put_z(out, "&lt;");
		else if (html.p[i] == '>')
			gaz_buf_put_z(out, "&gt;");
		else if (html.p[i] == '&')
			gaz_buf_put_z(out, "&amp;");
		else
			gaz_buf_put_char(out, html.p[i]);
	}
	gaz_buf_clear(&html);
}

/* For a place where an XML parser sees the markup: no entities of HTML. */
static void
put_xhtml(struct maker *m, size_t bytes)
{
	struct gaz_buf html, *out = m->out;
	struct gaz_str s;
	size_t at, done = 0;

	gaz_buf_init(&html, GAZ_BUF_NO_MAX);
	m->out = &html;
	put_article(m, bytes);
	m->out = out;
	s = gaz_buf_str(&html);
	while ((at = gaz_str_find(s, GAZ_STR("&nbsp;"), done)) !=
	    GAZ_STR_NPOS) {
		gaz_buf_put(out, s.p + done, at - done);
		gaz_buf_put_z(out, "&#160;");
		done = at + strlen("&nbsp;");
	}
	gaz_buf_put(out, s.p + done, s.len - done);
	gaz_buf_clear(&html);
}

static void
put_rss_item(struct maker *m, enum feed_kind kind, unsigned i)
{
	gaz_buf_put_z(m->out, "\t\t<item>\n\t\t\t<title>");
	put_words(m, 5 + below(m, 6));
	gaz_buf_put_fmt(m->out, "</title>\n\t\t\t<link>https://www.example.org"
	    "/2026/11/article-%u/</link>\n", i);
	if (kind == FEED_RSS_CDATA) {
		gaz_buf_put_z(m->out, "\t\t\t<dc:creator><![CDATA[");
		put_words(m, 2);
		gaz_buf_put_z(m->out, "]]></dc:creator>\n");
	}
	gaz_buf_put_fmt(m->out, "\t\t\t<pubDate>Fri, 27 Nov 2026 %02u:%02u:00 "
	    "+0000</pubDate>\n", below(m, 24), below(m, 60));
	for (unsigned k = below(m, 3); kind != FEED_HEADLINES && k > 0; k--)
		gaz_buf_put_fmt(m->out, "\t\t\t<category><![CDATA[%s]]>"
		    "</category>\n", word(m));
	gaz_buf_put_fmt(m->out, "\t\t\t<guid isPermaLink=\"false\">"
	    "https://www.example.org/?p=%u</guid>\n\t\t\t<description>", i);
	if (kind == FEED_RSS_CDATA) {
		gaz_buf_put_z(m->out, "<![CDATA[<p>");
		put_words(m, 40);
		gaz_buf_put_z(m->out, " [&#8230;]</p>\n]]>");
	} else if (kind == FEED_RSS_ESCAPED) {
		put_escaped(m, article_size(m));
	} else {
		put_words(m, 10 + below(m, 20));
		gaz_buf_put_char(m->out, '.');
	}
	gaz_buf_put_z(m->out, "</description>\n");
	if (kind == FEED_RSS_CDATA) {
		gaz_buf_put_z(m->out, "\t\t\t<content:encoded><![CDATA[");
		put_article(m, article_size(m));
		gaz_buf_put_fmt(m->out, "]]></content:encoded>\n\t\t\t"
		    "<wfw:commentRss>https://www.example.org/2026/11/"
		    "article-%u/feed/</wfw:commentRss>\n\t\t\t"
		    "<slash:comments>%u</slash:comments>\n", i, below(m, 50));
	}
	gaz_buf_put_z(m->out, "\t\t</item>\n");
}

static void
make_rss(struct maker *m, enum feed_kind kind, size_t n)
{
	gaz_buf_put_z(m->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
	    "<rss version=\"2.0\"\n"
	    "\txmlns:content=\"http://purl.org/rss/1.0/modules/content/\"\n"
	    "\txmlns:wfw=\"http://wellformedweb.org/CommentAPI/\"\n"
	    "\txmlns:dc=\"http://purl.org/dc/elements/1.1/\"\n"
	    "\txmlns:atom=\"http://www.w3.org/2005/Atom\"\n"
	    "\txmlns:sy=\"http://purl.org/rss/1.0/modules/syndication/\"\n"
	    "\txmlns:slash=\"http://purl.org/rss/1.0/modules/slash/\">\n"
	    "<channel>\n\t<title>");
	put_words(m, 3);
	gaz_buf_put_z(m->out, "</title>\n\t<atom:link "
	    "href=\"https://www.example.org/feed/\" rel=\"self\" "
	    "type=\"application/rss+xml\" />\n"
	    "\t<link>https://www.example.org</link>\n\t<description>");
	put_words(m, 8);
	gaz_buf_put_z(m->out, "</description>\n"
	    "\t<sy:updatePeriod>hourly</sy:updatePeriod>\n");
	for (size_t i = 0; i < n; i++)
		put_rss_item(m, kind, (unsigned)i);
	gaz_buf_put_z(m->out, "</channel>\n</rss>\n");
}

static void
make_atom(struct maker *m, size_t n)
{
	gaz_buf_put_z(m->out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
	    "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\">\n"
	    "  <title type=\"text\">");
	put_words(m, 3);
	gaz_buf_put_z(m->out, "</title>\n"
	    "  <id>tag:example.org,2026:feed</id>\n"
	    "  <updated>2026-11-27T10:00:00Z</updated>\n"
	    "  <link rel=\"self\" href=\"https://www.example.org/atom\"/>\n");
	for (size_t i = 0; i < n; i++) {
		gaz_buf_put_z(m->out, "  <entry>\n    <title>");
		put_words(m, 5 + below(m, 6));
		gaz_buf_put_fmt(m->out, "</title>\n    <link rel=\"alternate\" "
		    "type=\"text/html\" href=\"https://www.example.org/a/%zu\""
		    "/>\n    <id>tag:example.org,2026:%zu</id>\n    <updated>"
		    "2026-11-27T10:%02u:00Z</updated>\n    <author><name>",
		    i, i, below(m, 60));
		put_words(m, 2);
		gaz_buf_put_z(m->out, "</name></author>\n    <content "
		    "type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/"
		    "xhtml\">\n");
		put_xhtml(m, article_size(m));
		gaz_buf_put_z(m->out, "</div></content>\n  </entry>\n");
	}
	gaz_buf_put_z(m->out, "</feed>\n");
}

static void
make_json(struct maker *m, size_t n)
{
	struct gaz_buf html, *out = m->out;

	gaz_buf_init(&html, GAZ_BUF_NO_MAX);
	gaz_buf_put_z(out, "{\n  \"version\": "
	    "\"https://jsonfeed.org/version/1.1\",\n  \"title\": \"");
	put_words(m, 3);
	gaz_buf_put_z(out, "\",\n  \"items\": [");
	for (size_t i = 0; i < n; i++) {
		gaz_buf_put_fmt(out, "%s\n    {\n      \"id\": \"%zu\",\n"
		    "      \"url\": \"https://www.example.org/a/%zu\",\n"
		    "      \"title\": \"", i > 0 ? "," : "", i, i);
		put_words(m, 6);
		gaz_buf_put_z(out, "\",\n      \"date_published\": "
		    "\"2026-11-27T10:00:00Z\",\n      \"content_html\": \"");
		gaz_buf_reset(&html);
		m->out = &html;
		put_article(m, article_size(m));
		m->out = out;
		for (size_t k = 0; k < html.len; k++) {
			if (html.p[k] == '\n') {
				gaz_buf_put_z(out, "\\n");
				continue;
			}
			if (html.p[k] == '"')
				gaz_buf_put_char(out, '\\');
			gaz_buf_put_char(out, html.p[k]);
		}
		gaz_buf_put_z(out, "\"\n    }");
	}
	gaz_buf_put_z(out, "\n  ]\n}\n");
	gaz_buf_clear(&html);
}

void
feeds_make(enum feed_kind kind, enum feed_language language, size_t n,
    struct gaz_buf *out)
{
	struct maker m = { UINT64_C(88172645463325252), language, out };

	switch (kind) {
	case FEED_RSS_CDATA:
	case FEED_RSS_ESCAPED:
	case FEED_HEADLINES:
		make_rss(&m, kind, n);
		break;
	case FEED_ATOM_XHTML:
		make_atom(&m, n);
		break;
	case FEED_JSON:
		make_json(&m, n);
		break;
	}
}

void
feeds_make_html(enum feed_language language, size_t n, struct gaz_buf *out)
{
	struct maker m = { UINT64_C(88172645463325252), language, out };

	for (size_t i = 0; i < n; i++)
		put_article(&m, article_size(&m));
}

void
feeds_to_cp1252(struct gaz_str utf8, struct gaz_buf *out)
{
	static const char before[] = "UTF-8", after[] = "windows-1252";
	size_t at = gaz_str_find(utf8, gaz_str_of(before), 0);

	for (size_t i = 0; i < utf8.len;) {
		if (i == at) {
			gaz_buf_put_z(out, after);
			i += strlen(before);
			continue;
		}
		gaz_buf_put_char(out, (char)(unsigned char)
		    gaz_utf8_next(utf8, &i));
	}
}
