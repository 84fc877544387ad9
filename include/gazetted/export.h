#ifndef GAZETTED_EXPORT_H
#define GAZETTED_EXPORT_H

#include "gazetted/buf.h"
#include "gazetted/view.h"

/*
 * Views to documents: the same view gives the same bytes. Nothing in them
 * depends on the time of writing, so that an unchanged store gives unchanged
 * bytes. Characters that XML forbids, addresses that are not http(s) and
 * ill-formed UTF-8 never get into a document, whatever the view holds.
 * Pure. Any thread.
 */

/*
 * Atom (RFC 4287) with pages (RFC 5005): stories or items. An empty one was
 * updated in 1970. Without a base URL links are relative.
 */
void gaz_export_atom(const struct gaz_view *v, struct gaz_buf *out);
/* RSS 2.0 with atom:link, dc:creator and content:encoded. */
void gaz_export_rss(const struct gaz_view *v, struct gaz_buf *out);
/* JSON Feed 1.1; stories carry their sources in "_story", items where they
 * come from in "_source". */
void gaz_export_json(const struct gaz_view *v, struct gaz_buf *out);
/*
 * OPML 2.0 of the feeds of a view: one folder a tag, a feed in that of its
 * first, all of them in "category". Local documents are left out, feeds that
 * are switched off are comments.
 */
void gaz_export_opml(const struct gaz_view *v, struct gaz_buf *out);
/* One JSON object an item and line; those of a story name it. What
 * `gazettectl cluster` reads. */
void gaz_export_jsonl(const struct gaz_view *v, struct gaz_buf *out);

enum gaz_page {
	GAZ_PAGE_AUTO = 0, /* by the kind and the path of the view */
	GAZ_PAGE_STORIES,
	GAZ_PAGE_STORY,    /* the first story of the view, whole */
	GAZ_PAGE_ITEMS,
	GAZ_PAGE_FEEDS,
	GAZ_PAGE_SEARCH,   /* stories or items, under a search box */
};

/* A zeroed one is fine. */
struct gaz_page_options {
	struct gaz_str title; /* absent: the view's */
	struct gaz_str site;  /* in the head of each page; absent: "gazetted" */
	bool standalone;      /* a file: style inside, no links to paths */
	struct gaz_str query; /* of the search box */
	enum gaz_page page;
};
void gaz_export_html(const struct gaz_view *v,
    const struct gaz_page_options *opt, struct gaz_buf *out);
/* The page of an HTTP error; path is that of the request. */
void gaz_export_error_page(int status, struct gaz_str message,
    struct gaz_str path, struct gaz_buf *out);

/* What pages load from us: the name is what follows "/assets/". */
struct gaz_asset {
	const char *name, *content_type;
	struct gaz_str bytes;
};
/* NULL when there is none of that name. */
const struct gaz_asset *gaz_export_asset(struct gaz_str name);

/*
 * Stable identifiers, tag URIs (RFC 4151) that never depend on the base URL:
 * "tag:gazetted.example,2026:story:12", with the instance of the view in front
 * of "story" when there is one.
 */
void gaz_export_story_id(struct gaz_str instance, int64_t id,
    struct gaz_buf *out);
void gaz_export_item_id(struct gaz_str instance, int64_t id,
    struct gaz_buf *out);

#endif
