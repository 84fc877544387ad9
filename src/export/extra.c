/* What few items have: in RSS and Atom in the namespaces that readers know, in
 * JSON under names of ours. */
#include "config.h"

#include "export.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

void
export_put_extra_namespaces(const struct gaz_view *v, struct gaz_buf *out)
{
	for (size_t i = 0; i < v->items.n; i++) {
		if (v->items.v[i].extra.len == 0)
			continue;
		gaz_buf_put_z(out, "\n\txmlns:georss=\"http://www.georss.org/"
		    "georss\"\n\txmlns:podcast=\"https://podcastindex.org/"
		    "namespace/1.0\"\n\txmlns:psc=\"http://podlove.org/"
		    "simple-chapters\"");
		return;
	}
}

static void
put_tabs(struct gaz_buf *out, int tabs)
{
	while (tabs-- > 0)
		gaz_buf_put_char(out, '\t');
}

/* An address as an attribute, if it is one that may be followed. */
static void
put_link_attr(struct gaz_buf *out, const char *name, struct gaz_str url)
{
	if (export_is_link(url))
		export_put_url_attr(out, name, url);
}

/* ----- XML: recordings ----- */

static void
put_transcripts(const gaz_link_list *list, int tabs, struct gaz_buf *out)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct gaz_link *t = &list->v[i];

		if (!export_is_link(t->href))
			continue;
		put_tabs(out, tabs);
		gaz_buf_put_z(out, "<podcast:transcript");
		export_put_url_attr(out, "url", t->href);
		export_put_attr(out, "type", t->type);
		export_put_attr(out, "language", export_language(t->hreflang));
		export_put_attr(out, "rel", t->rel);
		gaz_buf_put_z(out, "/>\n");
	}
}

static void
put_persons(const gaz_role_list *list, int tabs, struct gaz_buf *out)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct gaz_role *r = &list->v[i];

		if (r->name.len == 0)
			continue;
		put_tabs(out, tabs);
		gaz_buf_put_z(out, "<podcast:person");
		export_put_attr(out, "role", r->role);
		export_put_attr(out, "group", r->group);
		put_link_attr(out, "img", r->image);
		put_link_attr(out, "href", r->href);
		gaz_buf_put_char(out, '>');
		export_put_text(out, r->name);
		gaz_buf_put_z(out, "</podcast:person>\n");
	}
}

/* name="12.345", seconds. */
static void
put_seconds(struct gaz_buf *out, const char *name, int64_t ms)
{
	gaz_buf_put_fmt(out, " %s=\"%" PRId64 ".%03d\"", name, ms / 1000,
	    (int)(ms % 1000));
}

static void
put_soundbites(const gaz_chapter_list *list, int tabs, struct gaz_buf *out)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct gaz_chapter *c = &list->v[i];

		if (c->duration_ms < 0)
			continue;
		put_tabs(out, tabs);
		gaz_buf_put_z(out, "<podcast:soundbite");
		put_seconds(out, "startTime", c->start_ms);
		put_seconds(out, "duration", c->duration_ms);
		gaz_buf_put_char(out, '>');
		export_put_text(out, c->title);
		gaz_buf_put_z(out, "</podcast:soundbite>\n");
	}
}

static void
put_chapters(const gaz_chapter_list *list, int tabs, struct gaz_buf *out)
{
	if (list->n == 0)
		return;
	put_tabs(out, tabs);
	gaz_buf_put_z(out, "<psc:chapters version=\"1.2\">\n");
	for (size_t i = 0; i < list->n; i++) {
		const struct gaz_chapter *c = &list->v[i];
		int64_t s = c->start_ms / 1000;

		put_tabs(out, tabs + 1);
		gaz_buf_put_fmt(out, "<psc:chapter start=\"%02" PRId64
		    ":%02d:%02d.%03d\"", s / 3600, (int)(s / 60 % 60),
		    (int)(s % 60), (int)(c->start_ms % 1000));
		export_put_attr(out, "title", c->title);
		put_link_attr(out, "href", c->href);
		put_link_attr(out, "image", c->image);
		gaz_buf_put_z(out, "/>\n");
	}
	put_tabs(out, tabs);
	gaz_buf_put_z(out, "</psc:chapters>\n");
}

/* ----- XML: places ----- */

/* Whole and ten-millionths: no decimal point of the locale's. */
static void
put_degrees(struct gaz_buf *out, double degrees)
{
	int64_t n = llround(fabs(degrees) * 1e7);
	char digits[8];
	size_t len = 7;

	snprintf(digits, sizeof(digits), "%07d", (int)(n % 10000000));
	while (len > 1 && digits[len - 1] == '0')
		len--;
	gaz_buf_put_fmt(out, "%s%d.%.*s", degrees < 0 && n > 0 ? "-" : "",
	    (int)(n / 10000000), (int)len, digits);
}

static void
put_places(const gaz_place_list *list, int tabs, struct gaz_buf *out)
{
	static const char *const names[] = { [GAZ_PLACE_POINT] = "point",
		[GAZ_PLACE_LINE] = "line", [GAZ_PLACE_POLYGON] = "polygon",
		[GAZ_PLACE_BOX] = "box" };

	for (size_t i = 0; i < list->n; i++) {
		const struct gaz_place *p = &list->v[i];

		put_tabs(out, tabs);
		gaz_buf_put_fmt(out, "<georss:%s>", names[p->kind]);
		for (size_t k = 0; k < p->points.n; k++) {
			if (k > 0)
				gaz_buf_put_char(out, ' ');
			put_degrees(out, p->points.v[k].latitude);
			gaz_buf_put_char(out, ' ');
			put_degrees(out, p->points.v[k].longitude);
		}
		gaz_buf_put_fmt(out, "</georss:%s>\n", names[p->kind]);
	}
}

void
export_put_extra_xml(const struct gaz_view_item *it, int tabs,
    struct gaz_buf *out)
{
	struct gaz_arena a = { 0 };
	struct gaz_extra e;

	if (it->extra.len == 0)
		return;
	gaz_extra_unpack(it->extra, &a, &e);
	put_transcripts(&e.transcripts, tabs, out);
	if (export_is_link(e.chapters_url)) {
		put_tabs(out, tabs);
		gaz_buf_put_z(out, "<podcast:chapters");
		export_put_url_attr(out, "url", e.chapters_url);
		gaz_buf_put_z(out, " type=\"application/json+chapters\"/>\n");
	}
	put_persons(&e.persons, tabs, out);
	put_soundbites(&e.soundbites, tabs, out);
	put_chapters(&e.chapters, tabs, out);
	put_places(&e.places, tabs, out);
	gaz_arena_clear(&a);
}

/* ----- JSON ----- */

static void
json_str(struct gaz_json *j, const char *key, struct gaz_str s)
{
	if (s.len > 0)
		gaz_json_str(j, key, s);
}

static void
json_url(struct gaz_json *j, const char *key, struct gaz_str url)
{
	struct gaz_buf b;

	if (!export_is_link(url))
		return;
	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	export_encode_url(&b, url);
	gaz_json_str(j, key, gaz_buf_str(&b));
	gaz_buf_clear(&b);
}

static void
json_transcripts(struct gaz_json *j, const gaz_link_list *list)
{
	if (list->n == 0)
		return;
	gaz_json_array(j, "transcripts");
	for (size_t i = 0; i < list->n; i++) {
		if (!export_is_link(list->v[i].href))
			continue;
		gaz_json_object(j, NULL);
		json_url(j, "url", list->v[i].href);
		json_str(j, "type", list->v[i].type);
		json_str(j, "language", export_language(list->v[i].hreflang));
		json_str(j, "rel", list->v[i].rel);
		gaz_json_end_object(j);
	}
	gaz_json_end_array(j);
}

static void
json_persons(struct gaz_json *j, const gaz_role_list *list)
{
	if (list->n == 0)
		return;
	gaz_json_array(j, "persons");
	for (size_t i = 0; i < list->n; i++) {
		if (list->v[i].name.len == 0)
			continue;
		gaz_json_object(j, NULL);
		gaz_json_str(j, "name", list->v[i].name);
		json_str(j, "role", list->v[i].role);
		json_str(j, "group", list->v[i].group);
		json_url(j, "url", list->v[i].href);
		json_url(j, "image", list->v[i].image);
		gaz_json_end_object(j);
	}
	gaz_json_end_array(j);
}

static void
json_chapters(struct gaz_json *j, const char *key,
    const gaz_chapter_list *list)
{
	if (list->n == 0)
		return;
	gaz_json_array(j, key);
	for (size_t i = 0; i < list->n; i++) {
		const struct gaz_chapter *c = &list->v[i];

		gaz_json_object(j, NULL);
		gaz_json_num(j, "start", (double)c->start_ms / 1000);
		if (c->duration_ms >= 0)
			gaz_json_num(j, "duration",
			    (double)c->duration_ms / 1000);
		json_str(j, "title", c->title);
		json_url(j, "url", c->href);
		json_url(j, "image", c->image);
		gaz_json_end_object(j);
	}
	gaz_json_end_array(j);
}

static void
json_places(struct gaz_json *j, const char *key, const gaz_place_list *list)
{
	static const char *const kinds[] = { [GAZ_PLACE_POINT] = "point",
		[GAZ_PLACE_LINE] = "line", [GAZ_PLACE_POLYGON] = "polygon",
		[GAZ_PLACE_BOX] = "box" };

	if (list->n == 0)
		return;
	gaz_json_array(j, key);
	for (size_t i = 0; i < list->n; i++) {
		const struct gaz_place *p = &list->v[i];

		gaz_json_object(j, NULL);
		gaz_json_z(j, "kind", kinds[p->kind]);
		gaz_json_array(j, "points");
		for (size_t k = 0; k < p->points.n; k++) {
			gaz_json_array(j, NULL);
			gaz_json_num(j, NULL, p->points.v[k].latitude);
			gaz_json_num(j, NULL, p->points.v[k].longitude);
			gaz_json_end_array(j);
		}
		gaz_json_end_array(j);
		gaz_json_end_object(j);
	}
	gaz_json_end_array(j);
}

void
export_put_extra_json(struct gaz_json *j, const char *podcast,
    const char *places, const struct gaz_view_item *it)
{
	struct gaz_arena a = { 0 };
	struct gaz_extra e;

	if (it->extra.len == 0)
		return;
	gaz_extra_unpack(it->extra, &a, &e);
	if (export_is_link(e.chapters_url) || e.transcripts.n + e.persons.n +
	    e.chapters.n + e.soundbites.n > 0) {
		gaz_json_object(j, podcast);
		json_url(j, "chapters_url", e.chapters_url);
		json_chapters(j, "chapters", &e.chapters);
		json_transcripts(j, &e.transcripts);
		json_persons(j, &e.persons);
		json_chapters(j, "soundbites", &e.soundbites);
		gaz_json_end_object(j);
	}
	json_places(j, places, &e.places);
	gaz_arena_clear(&a);
}
