/* JSON Feed 1.1, and items as JSON lines. */
#include "config.h"

#include "export.h"

#include <math.h>

#include "gazetted/json.h"

static void
put_url(struct gaz_json *j, const char *key, struct gaz_str url)
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
put_text(struct gaz_json *j, const char *key, struct gaz_str text)
{
	if (text.len > 0)
		gaz_json_str(j, key, text);
}

static void
put_strings(struct gaz_json *j, const char *key, const gaz_str_list *l)
{
	if (l->n == 0)
		return;
	gaz_json_array(j, key);
	for (size_t i = 0; i < l->n; i++)
		gaz_json_str(j, NULL, l->v[i]);
	gaz_json_end_array(j);
}

static void
put_author(struct gaz_json *j, struct gaz_str name)
{
	if (name.len == 0)
		return;
	gaz_json_array(j, "authors");
	gaz_json_object(j, NULL);
	gaz_json_str(j, "name", name);
	gaz_json_end_object(j);
	gaz_json_end_array(j);
}

/* "id" is a string (JSON Feed 1.1), whatever it is made of. */
static void
put_id(struct gaz_json *j, struct gaz_buf *id)
{
	gaz_json_str(j, "id", gaz_buf_str(id));
	gaz_buf_reset(id);
}

static void
put_head(const struct gaz_view *v, struct gaz_arena *a, struct gaz_json *j)
{
	int64_t page = v->page > 1 ? v->page : 1;

	gaz_json_z(j, "version", "https://jsonfeed.org/version/1.1");
	gaz_json_str(j, "title", v->title.len > 0 ? v->title
	                                          : GAZ_STR(EXPORT_GENERATOR));
	put_text(j, "description", v->subtitle);
	/* JSON has no base to resolve against: absolute or nothing */
	if (v->path.len == 0 || v->base_url.len == 0)
		return;
	put_url(j, "home_page_url",
	    export_link(v, export_sibling_path(v, "/", a), a));
	put_url(j, "feed_url",
	    export_link(v, export_page_path(v, page, a), a));
	if (v->hub.len > 0) {
		gaz_json_array(j, "hubs");
		gaz_json_object(j, NULL);
		gaz_json_z(j, "type", "WebSub");
		put_url(j, "url", v->hub);
		gaz_json_end_object(j);
		gaz_json_end_array(j);
	}
	if (v->more)
		put_url(j, "next_url",
		    export_link(v, export_page_path(v, page + 1, a), a));
}

static void
put_story_source(const struct gaz_view *v, const struct gaz_view_item *it,
    struct gaz_json *j)
{
	struct gaz_buf id;

	gaz_buf_init(&id, GAZ_BUF_NO_MAX);
	gaz_json_object(j, NULL);
	gaz_export_item_id(v->instance, it->id, &id);
	put_id(j, &id);
	gaz_json_str(j, "outlet", export_outlet(it));
	put_url(j, "outlet_url", it->feed_site_url);
	put_url(j, "feed_url", it->feed_url);
	gaz_json_str(j, "title", it->title);
	put_url(j, "url", it->url);
	put_text(j, "language", export_language(it->language));
	gaz_json_utc(j, "date_published", export_published(it));
	gaz_json_bool(j, "copy", it->copy);
	gaz_json_end_object(j);
	gaz_buf_clear(&id);
}

static void
put_story_extension(const struct gaz_view *v, const struct gaz_view_story *s,
    struct gaz_json *j)
{
	gaz_json_object(j, "_story");
	gaz_json_int(j, "id", s->id);
	gaz_json_int(j, "outlets", s->sources);
	gaz_json_int(j, "items", s->members);
	put_strings(j, "languages", &s->languages);
	/* rounded: the last digits of a sum depend on the machine */
	gaz_json_num(j, "heat", floor(s->heat * 1000 + 0.5) / 1000);
	gaz_json_bool(j, "open", s->open);
	gaz_json_utc(j, "first_seen", s->first_seen);
	gaz_json_utc(j, "last_grown", s->last_grown);
	gaz_json_array(j, "sources");
	for (size_t i = 0; i < s->items.n; i++)
		put_story_source(v, &s->items.v[i], j);
	gaz_json_end_array(j);
	gaz_json_end_object(j);
}

static void
put_story(const struct gaz_view *v, const struct gaz_view_story *s,
    struct gaz_json *j)
{
	struct gaz_arena a = { 0 };
	gaz_str_list tags = { 0 };
	struct gaz_buf b;

	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	gaz_json_object(j, NULL);
	gaz_export_story_id(v->instance, s->id, &b);
	put_id(j, &b);
	if (v->base_url.len > 0)
		put_url(j, "url",
		    export_link(v, export_story_path(s->id, &a), &a));
	else
		put_url(j, "url", s->url);
	put_url(j, "external_url", s->url);
	gaz_json_str(j, "title", s->headline);
	put_text(j, "summary", s->summary);
	export_story_content(v, s, &b);
	gaz_json_str(j, "content_html", gaz_buf_str(&b));
	put_url(j, "image", s->thumbnail);
	if (s->first_seen != GAZ_UTC_UNKNOWN)
		gaz_json_utc(j, "date_published", s->first_seen);
	gaz_json_utc(j, "date_modified", export_time_of_story(s));
	export_story_categories(s, &a, &tags);
	put_strings(j, "tags", &tags);
	put_text(j, "language", export_language(s->language));
	put_story_extension(v, s, j);
	gaz_json_end_object(j);
	gaz_buf_clear(&b);
	gaz_arena_clear(&a);
}

static void
put_attachments(const struct gaz_view_item *it, struct gaz_json *j)
{
	bool open = false;

	for (size_t i = 0; i < it->enclosures.n; i++) {
		const struct gaz_enclosure *e = &it->enclosures.v[i];
		if (!export_is_link(e->url))
			continue;
		if (!open)
			gaz_json_array(j, "attachments");
		open = true;
		gaz_json_object(j, NULL);
		put_url(j, "url", e->url);
		gaz_json_str(j, "mime_type", e->type.len > 0 ? e->type
		    : GAZ_STR("application/octet-stream"));
		put_text(j, "title", e->title);
		if (e->length >= 0)
			gaz_json_int(j, "size_in_bytes", e->length);
		if (e->duration_s >= 0)
			gaz_json_int(j, "duration_in_seconds", e->duration_s);
		gaz_json_end_object(j);
	}
	if (open)
		gaz_json_end_array(j);
}

static void
put_item(const struct gaz_view *v, const struct gaz_view_item *it,
    struct gaz_json *j)
{
	struct gaz_arena a = { 0 };
	gaz_str_list tags = { 0 };
	struct gaz_buf b;

	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	gaz_json_object(j, NULL);
	gaz_export_item_id(v->instance, it->id, &b);
	put_id(j, &b);
	put_url(j, "url", it->url);
	gaz_json_str(j, "title", it->title);
	put_text(j, "summary", it->summary);
	export_item_content(it, &b);
	if (it->content.len > 0)
		gaz_json_str(j, "content_html", gaz_buf_str(&b));
	else
		gaz_json_str(j, "content_text", it->summary.len > 0
		    ? it->summary : it->title);
	put_url(j, "image", it->thumbnail);
	gaz_json_utc(j, "date_published", export_published(it));
	gaz_json_utc(j, "date_modified", export_time_of_item(it));
	put_author(j, it->author);
	export_categories(it, &a, &tags);
	put_strings(j, "tags", &tags);
	put_text(j, "language", export_language(it->language));
	put_attachments(it, j);
	export_put_extra_json(j, "_podcast", "_places", it);
	if (it->chars > 0)
		gaz_json_int(j, "_reading_time", export_reading_time(it));
	gaz_json_object(j, "_source");
	gaz_json_str(j, "title", export_outlet(it));
	put_url(j, "feed_url", it->feed_url);
	put_url(j, "home_page_url", it->feed_site_url);
	gaz_json_end_object(j);
	if (it->story_id > 0) {
		gaz_json_object(j, "_story");
		gaz_json_int(j, "id", it->story_id);
		gaz_json_bool(j, "copy", it->copy);
		gaz_json_end_object(j);
	}
	gaz_json_end_object(j);
	gaz_buf_clear(&b);
	gaz_arena_clear(&a);
}

void
gaz_export_json(const struct gaz_view *v, struct gaz_buf *out)
{
	struct gaz_arena a = { 0 };
	struct gaz_json j;

	gaz_json_init(&j, out, 1);
	gaz_json_object(&j, NULL);
	put_head(v, &a, &j);
	gaz_json_array(&j, "items");
	for (size_t i = 0; i < v->stories.n; i++)
		put_story(v, &v->stories.v[i], &j);
	for (size_t i = 0; i < v->items.n; i++)
		put_item(v, &v->items.v[i], &j);
	gaz_json_end_array(&j);
	gaz_json_end_object(&j);
	gaz_buf_put_char(out, '\n');
	gaz_arena_clear(&a);
}

/* ---- lines */

static void
put_line(const struct gaz_view_item *it, int64_t story_id, struct gaz_buf *out)
{
	struct gaz_arena a = { 0 };
	gaz_str_list tags = { 0 };
	struct gaz_json j;

	gaz_json_init(&j, out, 0);
	gaz_json_object(&j, NULL);
	gaz_json_str(&j, "id", gaz_arena_fmt(&a, "%lld", (long long)it->id));
	gaz_json_str(&j, "title", it->title.p != NULL ? it->title
	                                              : GAZ_STR(""));
	put_text(&j, "summary", it->summary);
	put_text(&j, "lang", export_language(it->language));
	gaz_json_utc(&j, "published", export_published(it));
	put_text(&j, "source", it->feed_name);
	put_text(&j, "outlet", it->feed_title);
	put_url(&j, "feed", it->feed_url);
	put_url(&j, "url", it->url);
	put_text(&j, "guid", it->guid);
	put_text(&j, "author", it->author);
	export_categories(it, &a, &tags);
	put_strings(&j, "tags", &tags);
	if (story_id > 0)
		gaz_json_str(&j, "story",
		    gaz_arena_fmt(&a, "%lld", (long long)story_id));
	if (it->copy)
		gaz_json_bool(&j, "copy", true);
	gaz_json_end_object(&j);
	gaz_buf_put_char(out, '\n');
	gaz_arena_clear(&a);
}

void
gaz_export_jsonl(const struct gaz_view *v, struct gaz_buf *out)
{
	for (size_t i = 0; i < v->stories.n; i++) {
		const struct gaz_view_story *s = &v->stories.v[i];
		for (size_t k = 0; k < s->items.n; k++)
			put_line(&s->items.v[k], s->id, out);
	}
	for (size_t i = 0; i < v->items.n; i++)
		put_line(&v->items.v[i], v->items.v[i].story_id, out);
}
