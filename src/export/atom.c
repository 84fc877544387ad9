/* Atom, RFC 4287, with the pages of RFC 5005. */
#include "config.h"

#include "export.h"

#include <inttypes.h>

static void
put_time(struct gaz_buf *out, int tabs, const char *name, gaz_utc t)
{
	char text[GAZ_UTC_TEXT_MAX];

	export_put_element(out, tabs, name,
	    gaz_str_of(gaz_utc_rfc3339(t, text)));
}

static void
put_link(struct gaz_buf *out, int tabs, const char *rel, const char *type,
    struct gaz_str href)
{
	while (tabs-- > 0)
		gaz_buf_put_char(out, '\t');
	gaz_buf_put_fmt(out, "<link rel=\"%s\"", rel);
	if (type != NULL)
		gaz_buf_put_fmt(out, " type=\"%s\"", type);
	export_put_url_attr(out, "href", href);
	gaz_buf_put_z(out, "/>\n");
}

/* A text construct of plain text in a language. */
static void
put_plain(struct gaz_buf *out, int tabs, const char *name,
    struct gaz_str language, struct gaz_str text)
{
	while (tabs-- > 0)
		gaz_buf_put_char(out, '\t');
	gaz_buf_put_fmt(out, "<%s type=\"text\"", name);
	export_put_attr(out, "xml:lang", export_language(language));
	gaz_buf_put_char(out, '>');
	export_put_text(out, text);
	gaz_buf_put_fmt(out, "</%s>\n", name);
}

static void
put_content(struct gaz_buf *out, struct gaz_str language,
    const struct gaz_buf *html)
{
	if (html->len == 0)
		return;
	gaz_buf_put_z(out, "\t\t<content type=\"html\"");
	export_put_attr(out, "xml:lang", export_language(language));
	gaz_buf_put_char(out, '>');
	export_put_text(out, gaz_buf_str(html));
	gaz_buf_put_z(out, "</content>\n");
}

static void
put_categories(struct gaz_buf *out, const gaz_str_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		gaz_buf_put_z(out, "\t\t<category");
		export_put_attr(out, "term", l->v[i]);
		gaz_buf_put_z(out, "/>\n");
	}
}

static void
put_id(struct gaz_buf *out, int tabs, const struct gaz_buf *id)
{
	export_put_element(out, tabs, "id", gaz_buf_str(id));
}

static void
put_author(struct gaz_buf *out, int tabs, const char *element,
    struct gaz_str name)
{
	for (int i = 0; i < tabs; i++)
		gaz_buf_put_char(out, '\t');
	gaz_buf_put_fmt(out, "<%s><name>", element);
	export_put_text(out, name);
	gaz_buf_put_fmt(out, "</name></%s>\n", element);
}

static void
put_head(const struct gaz_view *v, struct gaz_arena *a, struct gaz_buf *out)
{
	static const char type[] = "application/atom+xml";
	struct gaz_buf id;
	const char *site = v->kind == GAZ_VIEW_FEEDS ? "/feeds" : "/";

	gaz_buf_init(&id, GAZ_BUF_NO_MAX);
	export_view_id(v, &id);
	put_id(out, 1, &id);
	gaz_buf_clear(&id);
	put_plain(out, 1, "title", GAZ_STR_NONE, v->title.len > 0 ? v->title
	                                         : GAZ_STR(EXPORT_GENERATOR));
	if (v->subtitle.len > 0)
		put_plain(out, 1, "subtitle", GAZ_STR_NONE, v->subtitle);
	put_time(out, 1, "updated", export_time_of_view(v));
	put_author(out, 1, "author", GAZ_STR(EXPORT_GENERATOR));
	gaz_buf_put_z(out, "\t<generator>" EXPORT_GENERATOR "</generator>\n");
	if (v->path.len == 0)
		return; /* a file does not know where it will be */
	put_link(out, 1, "self", type,
	    export_link(v, export_page_path(v, v->page, a), a));
	if (v->hub.len > 0)
		put_link(out, 1, "hub", NULL, v->hub);
	put_link(out, 1, "alternate", "text/html",
	    export_link(v, export_sibling_path(v, site, a), a));
	if (v->page <= 1 && !v->more)
		return;
	put_link(out, 1, "first", type,
	    export_link(v, export_page_path(v, 1, a), a));
	if (v->page > 1)
		put_link(out, 1, "previous", type,
		    export_link(v, export_page_path(v, v->page - 1, a), a));
	if (v->more)
		put_link(out, 1, "next", type, export_link(v,
		    export_page_path(v, (v->page > 1 ? v->page : 1) + 1, a),
		    a));
}

/* The other outlets' articles, each once. */
static void
put_related(const struct gaz_view_story *s, struct gaz_str leading,
    struct gaz_buf *out)
{
	size_t shown = 0;

	for (size_t i = 0; i < s->items.n && shown < EXPORT_SOURCES_MAX; i++) {
		const struct gaz_view_item *it = &s->items.v[i];
		if (!export_is_link(it->url) || it->copy ||
		    gaz_str_eq(it->url, leading))
			continue;
		shown++;
		gaz_buf_put_z(out, "\t\t<link rel=\"related\"");
		export_put_url_attr(out, "href", it->url);
		export_put_attr(out, "hreflang", export_language(it->language));
		export_put_attr(out, "title", export_outlet(it));
		gaz_buf_put_z(out, "/>\n");
	}
}

static void
put_story(const struct gaz_view *v, const struct gaz_view_story *s,
    struct gaz_buf *out)
{
	struct gaz_arena a = { 0 };
	gaz_str_list categories = { 0 };
	struct gaz_str url = s->url;
	struct gaz_buf b;

	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	if (!export_is_link(url))
		url = export_link(v, export_story_path(s->id, &a), &a);
	gaz_buf_put_z(out, "\t<entry>\n");
	gaz_export_story_id(v->instance, s->id, &b);
	put_id(out, 2, &b);
	put_plain(out, 2, "title", s->language, s->headline);
	put_link(out, 2, "alternate", NULL, url);
	put_related(s, url, out);
	put_time(out, 2, "updated", export_time_of_story(s));
	if (s->first_seen != GAZ_UTC_UNKNOWN)
		put_time(out, 2, "published", s->first_seen);
	for (size_t i = 0; i < s->items.n && i < EXPORT_SOURCES_MAX; i++) {
		struct gaz_str outlet = export_outlet(&s->items.v[i]);
		bool known = outlet.len == 0;
		for (size_t k = 0; k < i && !known; k++)
			known = gaz_str_eq(outlet,
			    export_outlet(&s->items.v[k]));
		if (!known)
			put_author(out, 2, "contributor", outlet);
	}
	export_story_categories(s, &a, &categories);
	put_categories(out, &categories);
	if (s->summary.len > 0)
		put_plain(out, 2, "summary", s->language, s->summary);
	gaz_buf_reset(&b);
	export_story_content(v, s, &b);
	put_content(out, GAZ_STR_NONE, &b);
	gaz_buf_put_z(out, "\t</entry>\n");
	gaz_buf_clear(&b);
	gaz_arena_clear(&a);
}

static void
put_source(const struct gaz_view_item *it, struct gaz_buf *out)
{
	gaz_buf_put_z(out, "\t\t<source>\n");
	if (export_is_link(it->feed_url)) {
		gaz_buf_put_z(out, "\t\t\t<id>");
		export_put_url(out, it->feed_url);
		gaz_buf_put_z(out, "</id>\n");
	}
	put_plain(out, 3, "title", GAZ_STR_NONE, export_outlet(it));
	if (export_is_link(it->feed_url))
		put_link(out, 3, "self", NULL, it->feed_url);
	if (export_is_link(it->feed_site_url))
		put_link(out, 3, "alternate", NULL, it->feed_site_url);
	gaz_buf_put_z(out, "\t\t</source>\n");
}

static void
put_enclosure(const struct gaz_enclosure *e, struct gaz_buf *out)
{
	if (!export_is_link(e->url))
		return;
	gaz_buf_put_z(out, "\t\t<link rel=\"enclosure\"");
	/* the schema wants something like a media type */
	size_t slash = gaz_str_find_char(e->type, '/', 0);
	if (slash != GAZ_STR_NPOS && slash > 0 && slash + 1 < e->type.len)
		export_put_attr(out, "type", e->type);
	if (e->length >= 0)
		gaz_buf_put_fmt(out, " length=\"%" PRId64 "\"", e->length);
	export_put_attr(out, "title", e->title);
	export_put_url_attr(out, "href", e->url);
	gaz_buf_put_z(out, "/>\n");
}

static void
put_item(const struct gaz_view *v, const struct gaz_view_item *it,
    struct gaz_buf *out)
{
	struct gaz_arena a = { 0 };
	gaz_str_list categories = { 0 };
	struct gaz_buf b;

	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	gaz_buf_put_z(out, "\t<entry>\n");
	gaz_export_item_id(v->instance, it->id, &b);
	put_id(out, 2, &b);
	put_plain(out, 2, "title", it->language, it->title);
	if (export_is_link(it->url))
		put_link(out, 2, "alternate", NULL, it->url);
	if (export_is_link(it->comments))
		put_link(out, 2, "replies", "text/html", it->comments);
	for (size_t i = 0; i < it->enclosures.n; i++)
		put_enclosure(&it->enclosures.v[i], out);
	put_time(out, 2, "updated", export_time_of_item(it));
	put_time(out, 2, "published", export_published(it));
	put_author(out, 2, "author", it->author.len > 0 ? it->author
	    : export_outlet(it));
	export_categories(it, &a, &categories);
	put_categories(out, &categories);
	if (it->summary.len > 0)
		put_plain(out, 2, "summary", it->language, it->summary);
	gaz_buf_reset(&b);
	export_item_content(it, &b);
	put_content(out, it->language, &b);
	/* without a link to the page, the content must be there (4.1.3) */
	if (b.len == 0 && !export_is_link(it->url))
		gaz_buf_put_z(out, "\t\t<content type=\"text\"></content>\n");
	put_source(it, out);
	export_put_extra_xml(it, 2, out);
	gaz_buf_put_z(out, "\t</entry>\n");
	gaz_buf_clear(&b);
	gaz_arena_clear(&a);
}

void
gaz_export_atom(const struct gaz_view *v, struct gaz_buf *out)
{
	struct gaz_arena a = { 0 };

	gaz_buf_put_z(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
	    "<feed xmlns=\"http://www.w3.org/2005/Atom\"");
	export_put_extra_namespaces(v, out);
	gaz_buf_put_z(out, ">\n");
	put_head(v, &a, out);
	for (size_t i = 0; i < v->stories.n; i++)
		put_story(v, &v->stories.v[i], out);
	for (size_t i = 0; i < v->items.n; i++)
		put_item(v, &v->items.v[i], out);
	gaz_buf_put_z(out, "</feed>\n");
	gaz_arena_clear(&a);
}
