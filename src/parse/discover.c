/*
 * The feeds that a page of HTML points to: <link rel="alternate"> of a feed's
 * media type. The page is read leniently, and only for its tags.
 */
#include "config.h"

#include "parse/discover.h"

#include "gazetted/charset.h"
#include "gazetted/limits.h"
#include "gazetted/mem.h"
#include "gazetted/text.h"
#include "gazetted/url.h"

#include "parse/xml.h"

/* Open elements that are remembered: enough to see the ends of scripts. */
#define OPEN_MAX 256
#define LINK_TITLE_MAX 200 /* characters */

struct page {
	struct gaz_arena *a;
	gaz_link_list *out;
	struct gaz_str base;
	bool has_base;
	bool silent[OPEN_MAX]; /* script and the like */
	bool empty[OPEN_MAX];  /* link and the like */
	size_t depth, silences;
};

static bool
is_one_of(struct gaz_str name, const char *const list[], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (gaz_str_ieq_z(name, list[i]))
			return true;
	}
	return false;
}

static struct gaz_str
attr(const struct gaz_xml_attr *attrs, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (gaz_str_ieq_z(attrs[i].name.local, name))
			return gaz_str_trim(attrs[i].value);
	}
	return GAZ_STR_NONE;
}

/* Is the word among the space-separated ones? */
static bool
has_word(struct gaz_str list, const char *word)
{
	size_t i = 0;

	while (i < list.len) {
		size_t end = i;

		while (end < list.len && !gaz_is_space(list.p[end]))
			end++;
		if (gaz_str_ieq_z(gaz_str_sub(list, i, end), word))
			return true;
		i = end + 1;
	}
	return false;
}

static bool
is_feed_type(struct gaz_str type)
{
	static const char *const types[] = { "application/rss+xml",
		"application/atom+xml", "application/rdf+xml",
		"application/feed+json", "application/rss", "text/rss+xml",
		"application/x.atom+xml", "application/x-atom+xml",
		"application/atom", "text/xml", "application/xml" };
	size_t end = gaz_str_find_char(type, ';', 0);

	return is_one_of(gaz_str_trim(gaz_str_sub(type, 0, end)), types,
	    GAZ_COUNT(types));
}

static void
put_feed(struct page *p, struct gaz_str href, struct gaz_str type,
    struct gaz_str title)
{
	struct gaz_str url = gaz_url_resolve(p->a, p->base, href, false);
	bool relative = false;

	if (gaz_str_istarts(url, "feed://"))
		url = gaz_arena_fmt(p->a, "http%.*s", (int)url.len - 4,
		    url.p + 4);
	/* Without a base what is relative stays so. */
	if (p->base.len == 0 && url.len > 0 &&
	    gaz_str_find_char(url, ':', 0) == GAZ_STR_NPOS)
		relative = true;
	if ((!gaz_url_is_http(url) && !relative) || url.len > GAZ_URL_MAX ||
	    p->out->n >= GAZ_ITEM_LINKS_MAX)
		return;
	for (size_t i = 0; i < p->out->n; i++) {
		if (gaz_str_eq(p->out->v[i].href, url))
			return;
	}
	*gaz_list_push(p->a, p->out) = (struct gaz_link){
		.href = url, .length = GAZ_INT_UNKNOWN,
		.type = type.len > 0 ? gaz_text_fold(p->a, type,
		    LINK_TITLE_MAX) : GAZ_STR_NONE,
		.title = title.len > 0 ? gaz_text_fold(p->a, title,
		    LINK_TITLE_MAX) : GAZ_STR_NONE,
	};
}

static void
on_link(struct page *p, const struct gaz_xml_attr *attrs, size_t n)
{
	struct gaz_str rel = attr(attrs, n, "rel");
	struct gaz_str type = attr(attrs, n, "type");
	struct gaz_str href = attr(attrs, n, "href");

	if (href.len == 0)
		return;
	/* rel="feed" needs no type; an alternate style sheet is none. */
	if (has_word(rel, "feed") ||
	    (has_word(rel, "alternate") && !has_word(rel, "stylesheet") &&
		is_feed_type(type)))
		put_feed(p, href, type, attr(attrs, n, "title"));
}

static enum gaz_fault
on_start(void *arg, const struct gaz_xml_name *name,
    const struct gaz_xml_attr *attrs, size_t n)
{
	static const char *const silent[] = { "script", "style", "noscript",
		"template", "textarea", "title" };
	static const char *const empty[] = { "link", "meta", "base", "source",
		"track" };
	struct page *p = arg;
	size_t at = p->depth < OPEN_MAX ? p->depth : OPEN_MAX - 1;

	/* What a visitor may add stands in the body; the links of the page do
	 * not (WHATWG HTML, 4.2.4). */
	if (gaz_str_ieq_z(name->local, "body"))
		return GAZ_FAULT_NOT_A_FEED;
	p->silent[at] = is_one_of(name->local, silent, GAZ_COUNT(silent));
	p->empty[at] = is_one_of(name->local, empty, GAZ_COUNT(empty));
	p->depth++;
	p->silences += p->silent[at];
	if (p->silences > 0)
		return GAZ_FAULT_NONE;
	if (gaz_str_ieq_z(name->local, "link")) {
		on_link(p, attrs, n);
	} else if (gaz_str_ieq_z(name->local, "base") && !p->has_base) {
		struct gaz_str base = gaz_url_resolve(p->a, p->base,
		    attr(attrs, n, "href"), false);

		p->has_base = true;
		if (gaz_url_is_http(base))
			p->base = base;
	}
	return GAZ_FAULT_NONE;
}

static void
on_end(void *arg, bool implied)
{
	struct page *p = arg;
	size_t at;

	(void)implied;
	p->depth--;
	at = p->depth < OPEN_MAX ? p->depth : OPEN_MAX - 1;
	p->silences -= p->silent[at];
	p->silent[at] = false;
}

static void
on_text(void *arg, struct gaz_str s)
{
	(void)arg;
	(void)s;
}

static bool
on_closes(void *arg, const struct gaz_xml_name *name)
{
	const struct page *p = arg;

	(void)name;
	return p->depth > 0 && p->depth <= OPEN_MAX && p->empty[p->depth - 1];
}

void
gaz_discover(struct gaz_str text, struct gaz_str url, struct gaz_arena *a,
    gaz_link_list *out)
{
	struct page p = { .a = a, .out = out, .base = url };
	const struct gaz_xml_sink sink = { .arg = &p, .start = on_start,
		.text = on_text, .end = on_end, .closes = on_closes };
	struct gaz_xml_result res;

	memset(out, 0, sizeof(*out));
	/* What is found before a refusal stays found. */
	gaz_xml_read_lenient(text, &sink, a, &res);
}

void
gaz_parse_discover(struct gaz_str html, struct gaz_str url,
    struct gaz_arena *a, gaz_link_list *out)
{
	struct gaz_decoded how;
	struct gaz_buf text;

	memset(out, 0, sizeof(*out));
	gaz_buf_init(&text, GAZ_BUF_NO_MAX);
	/* Addresses are ASCII nearly always: any reading of the rest will do. */
	if (gaz_charset_decode(html, GAZ_STR_NONE, false, &text, &how, NULL))
		gaz_discover(gaz_buf_str(&text), url, a, out);
	gaz_buf_clear(&text);
}
