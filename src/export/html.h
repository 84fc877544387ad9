#ifndef GAZ_EXPORT_HTML_H
#define GAZ_EXPORT_HTML_H

#include "export.h"

/* What the pages' writers share. root is the way from the page to "/": "./" or
 * "../"; absent in a file, which links to no page of ours. */
struct page {
	const struct gaz_view *v;
	const struct gaz_page_options *opt;
	enum gaz_page kind;
	struct gaz_str root;
	struct gaz_arena arena;
	struct gaz_buf *out;
};

/* assets.c */
struct gaz_str asset_page(void);
struct gaz_str asset_style(void);
/* Changes with any of the assets; for their addresses. */
void asset_version(char out[17]);

/*
 * template.c: {{name}} is escaped, {{{name}}} is not, what stands between
 * {{#name}} and {{/name}} is left out when the value is empty. A name that is
 * not in the list is a bug.
 */
struct slot {
	const char *name;
	struct gaz_str value;
};
void template_fill(struct gaz_str text, const struct slot *slots, size_t n,
    struct gaz_buf *out);

/* html_parts.c */
/* ` lang="…" dir="…"` of a text. */
void part_language(struct gaz_buf *out, struct gaz_str tag,
    struct gaz_str text);
/* "French"; the tag itself when it is not known. */
struct gaz_str part_language_name(struct gaz_str tag);
/* <time>; class may be NULL. Nothing when t is unknown. */
void part_time(struct gaz_buf *out, gaz_utc t);
/* "1 outlet", "2 outlets" */
void part_count(struct gaz_buf *out, int64_t n, const char *one,
    const char *many);
/* A link to the page itself with one parameter: "?tag=…", percent-encoded. */
void part_query_link(struct page *p, const char *name, struct gaz_str value,
    const char *class);
/* A host's name that may be taken for another one, when there is one. */
void part_host(struct gaz_buf *out, struct gaz_str host);
/* Text as a link when url is one, else as a span. */
/* The outlet's icon, which only the daemon has. */
void part_icon(struct page *p, struct gaz_str hash);
void part_link(struct gaz_buf *out, struct gaz_str url, struct gaz_str language,
    struct gaz_str text);
/* The filters that are on, each with a way to take it off. */
void part_filters(struct page *p);
void part_pages(struct page *p);

/* html_story.c */
void html_stories(struct page *p);
void html_story(struct page *p);
void html_items(struct page *p);

/* html_feeds.c */
void html_feeds(struct page *p);

#endif
