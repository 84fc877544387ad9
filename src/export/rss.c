/* RSS 2.0, with the modules that readers know. */
#include "config.h"

#include "export.h"

#include <inttypes.h>

/* RSS wants a channel's link and it to be absolute; a file without a base URL
 * has none to give. */
#define NO_SITE "http://localhost/"

static void
put_time(struct gaz_buf *out, int tabs, const char *name, gaz_utc t)
{
	char text[GAZ_UTC_TEXT_MAX];

	export_put_element(out, tabs, name,
	    gaz_str_of(gaz_utc_rfc5322(t, text)));
}

static void
put_url(struct gaz_buf *out, int tabs, const char *name, struct gaz_str url)
{
	while (tabs-- > 0)
		gaz_buf_put_char(out, '\t');
	gaz_buf_put_fmt(out, "<%s>", name);
	export_put_url(out, url);
	gaz_buf_put_fmt(out, "</%s>\n", name);
}

static void
put_atom_link(const struct gaz_view *v, const char *rel, int64_t page,
    struct gaz_arena *a, struct gaz_buf *out)
{
	gaz_buf_put_fmt(out,
	    "\t\t<atom:link rel=\"%s\" type=\"application/rss+xml\"", rel);
	export_put_url_attr(out, "href",
	    export_link(v, export_page_path(v, page, a), a));
	gaz_buf_put_z(out, "/>\n");
}

static void
put_head(const struct gaz_view *v, struct gaz_arena *a, struct gaz_buf *out)
{
	const char *site = v->kind == GAZ_VIEW_FEEDS ? "/feeds" : "/";
	int64_t page = v->page > 1 ? v->page : 1;
	struct gaz_str title = v->title.len > 0 ? v->title
	                                        : GAZ_STR(EXPORT_GENERATOR);

	export_put_element(out, 2, "title", title);
	put_url(out, 2, "link", v->base_url.len > 0
	    ? export_link(v, export_sibling_path(v, site, a), a)
	    : GAZ_STR(NO_SITE));
	export_put_element(out, 2, "description",
	    v->subtitle.len > 0 ? v->subtitle : title);
	put_time(out, 2, "lastBuildDate", export_time_of_view(v));
	gaz_buf_put_z(out, "\t\t<generator>" EXPORT_GENERATOR "</generator>\n"
	    "\t\t<docs>https://www.rssboard.org/rss-specification</docs>\n");
	if (v->path.len == 0)
		return;
	put_atom_link(v, "self", page, a, out);
	if (v->hub.len > 0) {
		gaz_buf_put_z(out, "\t\t<atom:link rel=\"hub\"");
		export_put_url_attr(out, "href", v->hub);
		gaz_buf_put_z(out, "/>\n");
	}
	if (page == 1 && !v->more)
		return;
	put_atom_link(v, "first", 1, a, out);
	if (page > 1)
		put_atom_link(v, "previous", page - 1, a, out);
	if (v->more)
		put_atom_link(v, "next", page + 1, a, out);
}

static void
put_guid(struct gaz_buf *out, const struct gaz_buf *id)
{
	gaz_buf_put_z(out, "\t\t\t<guid isPermaLink=\"false\">");
	export_put_text(out, gaz_buf_str(id));
	gaz_buf_put_z(out, "</guid>\n");
}

/* An item needs a title or a description; a title is always there. */
static void
put_title(struct gaz_buf *out, struct gaz_str title)
{
	gaz_buf_put_z(out, "\t\t\t<title>");
	export_put_text(out, title);
	gaz_buf_put_z(out, "</title>\n");
}

/* A description is HTML: plain text is escaped once more. */
static void
put_description(struct gaz_buf *out, struct gaz_str text)
{
	struct gaz_buf html;

	if (text.len == 0)
		return;
	gaz_buf_init(&html, GAZ_BUF_NO_MAX);
	export_put_text(&html, text);
	export_put_element(out, 3, "description", gaz_buf_str(&html));
	gaz_buf_clear(&html);
}

static void
put_categories(struct gaz_buf *out, const gaz_str_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		export_put_element(out, 3, "category", l->v[i]);
}

static void
put_story(const struct gaz_view *v, const struct gaz_view_story *s,
    struct gaz_buf *out)
{
	struct gaz_arena a = { 0 };
	gaz_str_list categories = { 0 };
	struct gaz_buf b;

	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	gaz_buf_put_z(out, "\t\t<item>\n");
	put_title(out, s->headline);
	if (export_is_link(s->url))
		put_url(out, 3, "link", s->url);
	else if (v->base_url.len > 0)
		put_url(out, 3, "link",
		    export_link(v, export_story_path(s->id, &a), &a));
	gaz_export_story_id(v->instance, s->id, &b);
	put_guid(out, &b);
	put_time(out, 3, "pubDate", s->first_seen != GAZ_UTC_UNKNOWN
	    ? s->first_seen : export_time_of_story(s));
	if (s->items.n > 0)
		export_put_element(out, 3, "dc:creator",
		    export_outlet(&s->items.v[0]));
	export_story_categories(s, &a, &categories);
	put_categories(out, &categories);
	put_description(out, s->summary);
	gaz_buf_reset(&b);
	export_story_content(v, s, &b);
	export_put_element(out, 3, "content:encoded", gaz_buf_str(&b));
	gaz_buf_put_z(out, "\t\t</item>\n");
	gaz_buf_clear(&b);
	gaz_arena_clear(&a);
}

/* RSS knows one enclosure an item, with all three attributes. */
static void
put_enclosure(const struct gaz_view_item *it, struct gaz_buf *out)
{
	for (size_t i = 0; i < it->enclosures.n; i++) {
		const struct gaz_enclosure *e = &it->enclosures.v[i];
		if (!export_is_link(e->url))
			continue;
		gaz_buf_put_z(out, "\t\t\t<enclosure");
		export_put_url_attr(out, "url", e->url);
		gaz_buf_put_fmt(out, " length=\"%" PRId64 "\"",
		    e->length >= 0 ? e->length : 0);
		export_put_attr(out, "type", e->type.len > 0 ? e->type
		    : GAZ_STR("application/octet-stream"));
		gaz_buf_put_z(out, "/>\n");
		return;
	}
}

static void
put_item(const struct gaz_view *v, const struct gaz_view_item *it,
    struct gaz_buf *out)
{
	struct gaz_arena a = { 0 };
	gaz_str_list categories = { 0 };
	struct gaz_buf b;

	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	gaz_buf_put_z(out, "\t\t<item>\n");
	put_title(out, it->title);
	if (export_is_link(it->url))
		put_url(out, 3, "link", it->url);
	gaz_export_item_id(v->instance, it->id, &b);
	put_guid(out, &b);
	put_time(out, 3, "pubDate", export_published(it));
	export_put_element(out, 3, "dc:creator", it->author);
	export_categories(it, &a, &categories);
	put_categories(out, &categories);
	if (export_is_link(it->comments))
		put_url(out, 3, "comments", it->comments);
	put_enclosure(it, out);
	export_put_extra_xml(it, 3, out);
	if (export_is_link(it->feed_url)) {
		gaz_buf_put_z(out, "\t\t\t<source");
		export_put_url_attr(out, "url", it->feed_url);
		gaz_buf_put_char(out, '>');
		export_put_text(out, export_outlet(it));
		gaz_buf_put_z(out, "</source>\n");
	}
	put_description(out, it->summary);
	gaz_buf_reset(&b);
	export_item_content(it, &b);
	export_put_element(out, 3, "content:encoded", gaz_buf_str(&b));
	gaz_buf_put_z(out, "\t\t</item>\n");
	gaz_buf_clear(&b);
	gaz_arena_clear(&a);
}

void
gaz_export_rss(const struct gaz_view *v, struct gaz_buf *out)
{
	struct gaz_arena a = { 0 };

	gaz_buf_put_z(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
	    "<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\"\n"
	    "\txmlns:content=\"http://purl.org/rss/1.0/modules/content/\"\n"
	    "\txmlns:dc=\"http://purl.org/dc/elements/1.1/\"");
	export_put_extra_namespaces(v, out);
	gaz_buf_put_z(out, ">\n\t<channel>\n");
	put_head(v, &a, out);
	for (size_t i = 0; i < v->stories.n; i++)
		put_story(v, &v->stories.v[i], out);
	for (size_t i = 0; i < v->items.n; i++)
		put_item(v, &v->items.v[i], out);
	gaz_buf_put_z(out, "\t</channel>\n</rss>\n");
	gaz_arena_clear(&a);
}
