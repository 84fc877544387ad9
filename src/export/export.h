#ifndef GAZ_EXPORT_EXPORT_H
#define GAZ_EXPORT_EXPORT_H

#include "gazetted/export.h"
#include "gazetted/extra.h"
#include "gazetted/json.h"

/* What the writers share. */

#define EXPORT_GENERATOR "gazetted"
/* Sources of a story that a feed entry lists. */
#define EXPORT_SOURCES_MAX 50

/* Text and attribute values of XML and HTML: escaped, repaired, and without
 * the characters that XML 1.0 forbids or discourages. */
void export_put_text(struct gaz_buf *out, struct gaz_str s);
void export_put_text_z(struct gaz_buf *out, const char *z);
/* An address, percent-encoded where it must be. */
void export_encode_url(struct gaz_buf *out, struct gaz_str url);
/* The same, and escaped. */
void export_put_url(struct gaz_buf *out, struct gaz_str url);
/* May be linked to: http or https, with something behind. */
bool export_is_link(struct gaz_str url);

/* ` name="…"`; nothing when the value is absent or empty. */
void export_put_attr(struct gaz_buf *out, const char *name,
    struct gaz_str value);
void export_put_url_attr(struct gaz_buf *out, const char *name,
    struct gaz_str url);
/* "<name>text</name>\n" indented by tabs; nothing when absent or empty. */
void export_put_element(struct gaz_buf *out, int tabs, const char *name,
    struct gaz_str text);

/* Language as xml:lang and lang may hold it; absent when it is none. */
struct gaz_str export_language(struct gaz_str tag);
/* More letters are written from right to left. */
bool export_is_rtl(struct gaz_str text);

/* Base URL and path; relative when the base is not known. */
struct gaz_str export_link(const struct gaz_view *v, struct gaz_str path,
    struct gaz_arena *a);
/* The path of another page of the view: its query with "page" changed. */
struct gaz_str export_page_path(const struct gaz_view *v, int64_t page,
    struct gaz_arena *a);
/* The same question to another path: "/" or "/stories.atom". */
struct gaz_str export_sibling_path(const struct gaz_view *v,
    const char *path, struct gaz_arena *a);
struct gaz_str export_story_path(int64_t id, struct gaz_arena *a);
/* Identifier of the view itself. */
void export_view_id(const struct gaz_view *v, struct gaz_buf *out);

/* The first of them that is known, or the epoch. */
gaz_utc export_time_of_view(const struct gaz_view *v);
gaz_utc export_time_of_story(const struct gaz_view_story *s);
gaz_utc export_time_of_item(const struct gaz_view_item *it);
gaz_utc export_published(const struct gaz_view_item *it);

/* Seconds that people need to read it, on the average; 0: unknown. */
int64_t export_reading_time(const struct gaz_view_item *it);

/* How an outlet is called: its title, else the name of its section. */
struct gaz_str export_outlet(const struct gaz_view_item *it);

/* HTML of a story's sources, for feed entries. */
void export_story_content(const struct gaz_view *v,
    const struct gaz_view_story *s, struct gaz_buf *out);
/* HTML of an item: its content, else its summary. */
void export_item_content(const struct gaz_view_item *it, struct gaz_buf *out);
/*
 * What few items have (extra.h). In XML, elements of the podcast namespace,
 * Podlove's chapters and GeoRSS, whose declarations go into the root when an
 * item of the view has something; in JSON, two members of these names, or none.
 */
void export_put_extra_namespaces(const struct gaz_view *v,
    struct gaz_buf *out);
void export_put_extra_xml(const struct gaz_view_item *it, int tabs,
    struct gaz_buf *out);
void export_put_extra_json(struct gaz_json *j, const char *podcast,
    const char *places, const struct gaz_view_item *it);
/* Union of the tags and categories of an item. */
void export_categories(const struct gaz_view_item *it, struct gaz_arena *a,
    gaz_str_list *out);
void export_story_categories(const struct gaz_view_story *s,
    struct gaz_arena *a, gaz_str_list *out);

#endif
