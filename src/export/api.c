/* Views as the JSON of the API: every member that a table or script needs. */
#include "config.h"

#include "gazetted/api.h"

#include <stdio.h>

#include "export.h"

static void
put_strings(struct gaz_json *j, const char *key, const gaz_str_list *l)
{
	gaz_json_array(j, key);
	for (size_t i = 0; i < l->n; i++)
		gaz_json_str(j, NULL, l->v[i]);
	gaz_json_end_array(j);
}

static void
put_enclosures(struct gaz_json *j, const gaz_enclosure_list *l)
{
	gaz_json_array(j, "enclosures");
	for (size_t i = 0; i < l->n; i++) {
		const struct gaz_enclosure *e = &l->v[i];

		gaz_json_object(j, NULL);
		gaz_json_str(j, "url", e->url);
		gaz_json_str(j, "type", e->type);
		gaz_json_opt_int(j, "length", e->length);
		gaz_json_str(j, "title", e->title);
		gaz_json_opt_int(j, "duration", e->duration_s);
		gaz_json_end_object(j);
	}
	gaz_json_end_array(j);
}

/* Where the daemon serves it. */
static void
put_icon(struct gaz_json *j, struct gaz_str hash)
{
	char path[64];

	snprintf(path, sizeof(path), "/icon/%.*s", GAZ_STR_ARG(hash));
	gaz_json_z(j, "icon", hash.len > 0 ? path : NULL);
}

static void
put_item(struct gaz_json *j, const struct gaz_view_item *it, bool content)
{
	gaz_json_int(j, "id", it->id);
	gaz_json_opt_int(j, "story",
	    it->story_id > 0 ? it->story_id : GAZ_INT_UNKNOWN);
	gaz_json_str(j, "title", it->title);
	gaz_json_str(j, "url", it->url);
	if (it->host.p != NULL)
		gaz_json_str(j, "host", it->host);
	gaz_json_str(j, "guid", it->guid);
	gaz_json_str(j, "author", it->author);
	gaz_json_str(j, "summary", it->summary);
	if (content)
		gaz_json_str(j, "content", it->content);
	gaz_json_str(j, "language", it->language);
	gaz_json_z(j, "direction", export_is_rtl(it->title) ? "rtl" : "ltr");
	gaz_json_opt_int(j, "reading_time", it->chars > 0 ?
	    export_reading_time(it) : GAZ_INT_UNKNOWN);
	gaz_json_utc(j, "published", it->published);
	gaz_json_utc(j, "updated", it->updated);
	gaz_json_utc(j, "first_seen", it->first_seen);
	gaz_json_str(j, "thumbnail", it->thumbnail);
	gaz_json_str(j, "comments", it->comments);
	gaz_json_bool(j, "copy", it->copy);
	put_strings(j, "categories", &it->categories);
	put_strings(j, "tags", &it->tags);
	put_enclosures(j, &it->enclosures);
	export_put_extra_json(j, "podcast", "places", it);
	gaz_json_object(j, "feed");
	gaz_json_int(j, "id", it->feed_id);
	gaz_json_str(j, "name", it->feed_name);
	gaz_json_str(j, "title", it->feed_title);
	gaz_json_str(j, "site", it->feed_site_url);
	gaz_json_str(j, "url", it->feed_url);
	put_icon(j, it->feed_icon_hash);
	gaz_json_end_object(j);
	if (it->evidence.p != NULL)
		gaz_json_raw(j, "evidence", it->evidence);
}

static void
put_story(struct gaz_json *j, const struct gaz_view_story *s, bool full)
{
	gaz_json_int(j, "id", s->id);
	if (s->merged_into != 0)
		gaz_json_int(j, "merged_into", s->merged_into);
	gaz_json_str(j, "headline", s->headline);
	gaz_json_str(j, "summary", s->summary);
	gaz_json_str(j, "language", s->language);
	gaz_json_str(j, "url", s->url);
	gaz_json_str(j, "thumbnail", s->thumbnail);
	put_strings(j, "languages", &s->languages);
	gaz_json_int(j, "sources", s->sources);
	gaz_json_int(j, "members", s->members);
	gaz_json_num(j, "heat", s->heat);
	gaz_json_bool(j, "open", s->open);
	gaz_json_bool(j, "pinned", s->pinned);
	gaz_json_utc(j, "first_seen", s->first_seen);
	gaz_json_utc(j, "last_grown", s->last_grown);
	gaz_json_utc(j, "updated", s->updated);
	gaz_json_array(j, "items");
	for (size_t i = 0; i < s->items.n; i++) {
		gaz_json_object(j, NULL);
		put_item(j, &s->items.v[i], full);
		gaz_json_end_object(j);
	}
	gaz_json_end_array(j);
}

void
gaz_api_put_feed(struct gaz_json *j, const struct gaz_view_feed *f)
{
	gaz_json_int(j, "id", f->id);
	gaz_json_str(j, "name", f->name);
	gaz_json_str(j, "title", f->title);
	gaz_json_str(j, "url", f->url);
	if (f->host.p != NULL)
		gaz_json_str(j, "host", f->host);
	gaz_json_str(j, "site", f->site_url);
	put_icon(j, f->icon_hash);
	gaz_json_str(j, "language", f->language);
	put_strings(j, "tags", &f->tags);
	gaz_json_bool(j, "enabled", f->enabled);
	gaz_json_int(j, "items", f->items);
	gaz_json_utc(j, "last_fetch", f->last_fetch);
	gaz_json_utc(j, "last_success", f->last_success);
	gaz_json_utc(j, "last_new", f->last_new);
	gaz_json_utc(j, "next_fetch", f->next_fetch);
	gaz_json_str(j, "next_reason", f->next_reason);
	gaz_json_z(j, "fault", f->last_fetch == GAZ_UTC_UNKNOWN ? NULL :
	    gaz_fault_name(f->fault));
	gaz_json_str(j, "fault_text", f->fault_text);
	gaz_json_int(j, "failures", f->failures);
	gaz_json_int(j, "http_status", f->http_status);
	gaz_json_str(j, "flags", f->flags);
	gaz_json_str(j, "hub", f->hub);
}

void
gaz_api_write_view(const struct gaz_view *v, struct gaz_buf *out)
{
	struct gaz_json j;

	gaz_json_init(&j, out, 0);
	gaz_json_object(&j, NULL);
	switch (v->kind) {
	case GAZ_VIEW_STORIES:
		gaz_json_array(&j, "stories");
		for (size_t i = 0; i < v->stories.n; i++) {
			gaz_json_object(&j, NULL);
			put_story(&j, &v->stories.v[i], false);
			gaz_json_end_object(&j);
		}
		break;
	case GAZ_VIEW_ITEMS:
		gaz_json_array(&j, "items");
		for (size_t i = 0; i < v->items.n; i++) {
			gaz_json_object(&j, NULL);
			put_item(&j, &v->items.v[i], true);
			gaz_json_end_object(&j);
		}
		break;
	case GAZ_VIEW_FEEDS:
		gaz_json_array(&j, "feeds");
		for (size_t i = 0; i < v->feeds.n; i++) {
			gaz_json_object(&j, NULL);
			gaz_api_put_feed(&j, &v->feeds.v[i]);
			gaz_json_end_object(&j);
		}
		break;
	}
	gaz_json_end_array(&j);
	gaz_json_int(&j, "page", v->page);
	gaz_json_bool(&j, "more", v->more);
	gaz_json_end_object(&j);
	gaz_buf_put_char(out, '\n');
}

void
gaz_api_write_story(const struct gaz_view_story *s, bool full,
    struct gaz_buf *out)
{
	struct gaz_json j;

	gaz_json_init(&j, out, 0);
	gaz_json_object(&j, NULL);
	put_story(&j, s, full);
	gaz_json_end_object(&j);
	gaz_buf_put_char(out, '\n');
}
