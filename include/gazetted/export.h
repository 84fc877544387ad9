#ifndef GAZETTED_EXPORT_H
#define GAZETTED_EXPORT_H

#include "gazetted/buf.h"
#include "gazetted/view.h"

/*
 * Views to documents: the same view gives the same bytes. Nothing in them
 * depends on the time of writing, so that an unchanged store gives unchanged
 * bytes. Pure. Any thread.
 */

/* Atom (RFC 4287, RFC 5005 pages, RFC 4685 not): stories or items. */
void gaz_export_atom(const struct gaz_view *v, struct gaz_buf *out);
/* RSS 2.0 with atom:link rel=self, dc and content. */
void gaz_export_rss(const struct gaz_view *v, struct gaz_buf *out);
/* JSON Feed 1.1; stories carry their sources in "_story". */
void gaz_export_json(const struct gaz_view *v, struct gaz_buf *out);
/* OPML 2.0 of the feeds of a view. */
void gaz_export_opml(const struct gaz_view *v, struct gaz_buf *out);
/* One JSON object an item and line. */
void gaz_export_jsonl(const struct gaz_view *v, struct gaz_buf *out);

/* Pages. css_url absent: the style is put into the page (files). now gives
 * "3 hours ago" no chance: dates are absolute. */
struct gaz_page_options {
	struct gaz_str title;
	bool standalone;      /* a file: style inside, no links to paths */
	struct gaz_str query; /* of the search box */
};
void gaz_export_html(const struct gaz_view *v,
    const struct gaz_page_options *opt, struct gaz_buf *out);

/* Stable identifiers: "tag:…" or URN that never depend on the base URL. */
void gaz_export_story_id(int64_t id, struct gaz_buf *out);
void gaz_export_item_id(int64_t id, struct gaz_buf *out);

#endif
