/* Pages: the frame of web/page.html around what a view holds. */
#include "config.h"

#include "html.h"

#include <inttypes.h>

#include "gazetted/mem.h"

static enum gaz_page
kind_of(const struct gaz_view *v, const struct gaz_page_options *opt)
{
	if (opt->page != GAZ_PAGE_AUTO)
		return opt->page;
	switch (v->kind) {
	case GAZ_VIEW_FEEDS:
		return GAZ_PAGE_FEEDS;
	case GAZ_VIEW_STORIES:
	case GAZ_VIEW_ITEMS:
		break;
	}
	if (gaz_str_starts(v->path, "/search"))
		return GAZ_PAGE_SEARCH;
	if (v->kind == GAZ_VIEW_ITEMS)
		return GAZ_PAGE_ITEMS;
	return gaz_str_starts(v->path, "/story/") ? GAZ_PAGE_STORY
	                                          : GAZ_PAGE_STORIES;
}

/* Relative, so that pages work below any address: "./", "../", "../../". */
static struct gaz_str
root_of(struct gaz_str path, struct gaz_arena *a)
{
	size_t end = gaz_str_find_char(path, '?', 0);
	struct gaz_str root = GAZ_STR("");

	for (size_t i = 1; i < path.len && i < end; i++) {
		if (path.p[i] == '/' && root.len < 300)
			root = gaz_arena_fmt(a, "../%.*s", GAZ_STR_ARG(root));
	}
	return root.len > 0 ? root : GAZ_STR("./");
}

/* "Thursday, 4 September 2025" with the moment of the last change. */
static void
put_edition(gaz_utc t, struct gaz_buf *out)
{
	static const char *const days[] = { "Sunday", "Monday", "Tuesday",
		"Wednesday", "Thursday", "Friday", "Saturday" };
	static const char *const months[] = { "January", "February", "March",
		"April", "May", "June", "July", "August", "September",
		"October", "November", "December" };
	char text[GAZ_UTC_TEXT_MAX];

	if (t == GAZ_UTC_UNKNOWN || gaz_utc_rfc3339(t, text)[0] == '\0')
		return;
	struct gaz_civil c = gaz_civil_of(t);
	gaz_buf_put_fmt(out, "%s, %d %s %" PRId64 "<span> · last change ",
	    days[c.weekday], c.day, months[c.month - 1], c.year);
	part_time(out, t);
	gaz_buf_put_z(out, "</span>");
}

static void
put_feed_link(struct page *p, const char *path, const char *type,
    const char *title, struct gaz_buf *out)
{
	struct gaz_str target = export_sibling_path(p->v, path, &p->arena);

	gaz_buf_put_fmt(out, "<link rel=\"alternate\" type=\"%s\" title=\"%s\"",
	    type, title);
	export_put_url_attr(out, "href", gaz_arena_fmt(&p->arena, "%.*s%.*s",
	    GAZ_STR_ARG(p->root), GAZ_STR_ARG(target)));
	gaz_buf_put_z(out, ">\n");
}

/* The same question as feeds, for readers that look for them. */
static void
put_links(struct page *p, struct gaz_buf *out)
{
	if (p->root.len == 0 || p->kind == GAZ_PAGE_STORY)
		return;
	if (p->kind == GAZ_PAGE_FEEDS) {
		gaz_buf_put_fmt(out, "<link rel=\"alternate\" "
		    "type=\"text/x-opml\" title=\"Subscriptions\" "
		    "href=\"%.*sfeeds.opml\">\n", GAZ_STR_ARG(p->root));
		return;
	}
	bool items = p->v->kind == GAZ_VIEW_ITEMS;
	put_feed_link(p, items ? "items.atom" : "stories.atom",
	    "application/atom+xml", "Atom", out);
	put_feed_link(p, items ? "items.rss" : "stories.rss",
	    "application/rss+xml", "RSS", out);
	put_feed_link(p, items ? "items.json" : "stories.json",
	    "application/feed+json", "JSON Feed", out);
}

static void
put_footer(struct page *p, struct gaz_buf *out)
{
	static const char *const formats[] = { "atom", "rss", "json" };
	static const char *const names[] = { "Atom", "RSS", "JSON Feed" };

	if (p->root.len > 0) {
		const char *what = p->v->kind == GAZ_VIEW_ITEMS ? "items"
		                                                : "stories";
		gaz_buf_put_z(out, "<p>Take it with you: ");
		for (size_t i = 0; i < GAZ_COUNT(formats); i++)
			gaz_buf_put_fmt(out, "%s<a href=\"%.*s%s.%s\">%s</a>",
			    i > 0 ? ", " : "", GAZ_STR_ARG(p->root), what,
			    formats[i], names[i]);
		gaz_buf_put_fmt(out, ", <a href=\"%.*sfeeds.opml\">OPML</a>"
		    "</p>\n", GAZ_STR_ARG(p->root));
	}
	gaz_buf_put_z(out, "<p>Collected by gazetted. Headlines belong to the "
	    "outlets that they link to.</p>");
}

static void
put_main(struct page *p, struct gaz_str title)
{
	if (p->kind != GAZ_PAGE_STORY) {
		/* the front page's heading is for those who listen to it */
		gaz_buf_put_fmt(p->out, "<h1%s>",
		    p->kind == GAZ_PAGE_STORIES ? " class=\"unseen\"" : "");
		export_put_text(p->out, title);
		if (p->kind == GAZ_PAGE_SEARCH && p->opt->query.len > 0) {
			gaz_buf_put_z(p->out, ": <bdi>");
			export_put_text(p->out, p->opt->query);
			gaz_buf_put_z(p->out, "</bdi>");
		}
		gaz_buf_put_z(p->out, "</h1>\n");
		part_filters(p);
	}
	switch (p->kind) {
	case GAZ_PAGE_FEEDS:
		html_feeds(p);
		break;
	case GAZ_PAGE_STORY:
		html_story(p);
		break;
	case GAZ_PAGE_AUTO:
	case GAZ_PAGE_STORIES:
	case GAZ_PAGE_ITEMS:
	case GAZ_PAGE_SEARCH:
		if (p->v->kind == GAZ_VIEW_ITEMS)
			html_items(p);
		else
			html_stories(p);
		break;
	}
	if (p->kind != GAZ_PAGE_STORY)
		part_pages(p);
}

static const char *
class_of(enum gaz_page kind)
{
	static const char *const classes[] = {
		[GAZ_PAGE_AUTO] = "page-error",
		[GAZ_PAGE_STORIES] = "page-stories",
		[GAZ_PAGE_STORY] = "page-story",
		[GAZ_PAGE_ITEMS] = "page-items",
		[GAZ_PAGE_FEEDS] = "page-feeds",
		[GAZ_PAGE_SEARCH] = "page-search",
	};

	return classes[kind];
}

/* The frame around body. */
static void
put_page(struct page *p, struct gaz_str title, struct gaz_str body,
    struct gaz_buf *out)
{
	static const char current[] = " aria-current=\"page\"";
	struct gaz_str site = p->opt->site.len > 0 ? p->opt->site
	                                           : GAZ_STR("gazetted");
	struct gaz_buf edition, links, footer, heading;
	char version[17];

	gaz_buf_init(&edition, GAZ_BUF_NO_MAX);
	gaz_buf_init(&links, GAZ_BUF_NO_MAX);
	gaz_buf_init(&footer, GAZ_BUF_NO_MAX);
	gaz_buf_init(&heading, GAZ_BUF_NO_MAX);
	asset_version(version);
	put_edition(p->v->updated, &edition);
	put_links(p, &links);
	put_footer(p, &footer);
	gaz_buf_put_str(&heading, title);
	gaz_buf_put_z(&heading, " – ");
	gaz_buf_put_str(&heading, site);

	const struct slot slots[] = {
		{ "title", gaz_buf_str(&heading) },
		{ "site", site },
		{ "style", p->root.len > 0 ? GAZ_STR_NONE : asset_style() },
		{ "root", p->root },
		{ "version", gaz_str_of(version) },
		{ "links", gaz_buf_str(&links) },
		{ "page", gaz_str_of(class_of(p->kind)) },
		{ "edition", gaz_buf_str(&edition) },
		{ "at_stories", gaz_str_of(
		      p->kind == GAZ_PAGE_STORIES ? current : "") },
		{ "at_feeds", gaz_str_of(
		      p->kind == GAZ_PAGE_FEEDS ? current : "") },
		{ "query", p->opt->query },
		{ "main", body },
		{ "footer", gaz_buf_str(&footer) },
	};
	template_fill(asset_page(), slots, GAZ_COUNT(slots), out);
	gaz_buf_clear(&edition);
	gaz_buf_clear(&links);
	gaz_buf_clear(&footer);
	gaz_buf_clear(&heading);
}

void
gaz_export_html(const struct gaz_view *v, const struct gaz_page_options *opt,
    struct gaz_buf *out)
{
	struct gaz_str title = opt->title.len > 0 ? opt->title : v->title;
	struct gaz_buf body;
	struct page p = { .v = v, .opt = opt, .kind = kind_of(v, opt),
		.out = &body };

	gaz_buf_init(&body, out->max);
	if (!opt->standalone)
		p.root = root_of(v->path, &p.arena);
	if (title.len == 0)
		title = GAZ_STR("Stories");
	put_main(&p, title);
	if (p.kind == GAZ_PAGE_STORY && v->stories.n > 0)
		title = v->stories.v[0].headline;
	put_page(&p, title, gaz_buf_str(&body), out);
	out->full = out->full || body.full;
	gaz_buf_clear(&body);
	gaz_arena_clear(&p.arena);
}

void
gaz_export_error_page(int status, struct gaz_str message, struct gaz_str path,
    struct gaz_buf *out)
{
	struct gaz_view *v = gaz_view_new(GAZ_VIEW_STORIES);
	struct gaz_page_options opt = { .page = GAZ_PAGE_AUTO };
	struct gaz_buf body;
	struct page p = { .v = v, .opt = &opt, .kind = GAZ_PAGE_AUTO,
		.out = &body };

	gaz_buf_init(&body, GAZ_BUF_NO_MAX);
	p.root = root_of(path, &p.arena);
	gaz_buf_put_fmt(&body, "<h1>%d</h1>\n<p class=\"nothing\">", status);
	export_put_text(&body, message);
	gaz_buf_put_fmt(&body, "</p>\n<p><a href=\"%.*s\">To the stories</a>"
	    "</p>\n", GAZ_STR_ARG(p.root));
	put_page(&p, gaz_arena_fmt(&p.arena, "%d", status), gaz_buf_str(&body),
	    out);
	gaz_buf_clear(&body);
	gaz_arena_clear(&p.arena);
	gaz_view_free(v);
}
