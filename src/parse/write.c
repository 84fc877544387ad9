/* The document as JSON: every member of every object, in a fixed order. */
#include "config.h"

#include "gazetted/parse.h"

#include "gazetted/json.h"
#include "gazetted/limits.h"

#include "parse/finish.h"
#include "parse/text.h"

static struct gaz_str
or_none(struct gaz_str s)
{
	return s.len > 0 ? s : GAZ_STR_NONE;
}

static void
put_str(struct gaz_json *j, const char *key, struct gaz_str s)
{
	gaz_json_str(j, key, or_none(s));
}

static void
put_tri(struct gaz_json *j, const char *key, enum gaz_tri v)
{
	if (v == GAZ_TRI_UNKNOWN)
		gaz_json_null(j, key);
	else
		gaz_json_bool(j, key, v == GAZ_TRI_YES);
}

static void
put_date(struct gaz_json *j, const char *key, gaz_utc t)
{
	char text[GAZ_UTC_TEXT_MAX];

	gaz_utc_rfc3339(t, text);
	put_str(j, key, gaz_str_of(text));
}

static void
put_text(struct gaz_json *j, const char *key, const struct gaz_text *t)
{
	if (t->value.p == NULL) {
		gaz_json_null(j, key);
		return;
	}
	gaz_json_object(j, key);
	gaz_json_str(j, "value", t->value);
	gaz_json_str(j, "type", t->type);
	put_str(j, "language", t->language);
	put_str(j, "base", t->base);
	put_str(j, "src", t->src);
	gaz_json_end_object(j);
}

static void
put_person(struct gaz_json *j, const char *key, const struct gaz_person *p)
{
	if (gaz_person_is_empty(p)) {
		gaz_json_null(j, key);
		return;
	}
	gaz_json_object(j, key);
	put_str(j, "name", p->name);
	put_str(j, "email", p->email);
	put_str(j, "uri", p->uri);
	gaz_json_end_object(j);
}

static void
put_persons(struct gaz_json *j, const char *key, const gaz_person_list *list)
{
	gaz_json_array(j, key);
	for (size_t i = 0; i < list->n; i++)
		put_person(j, NULL, &list->v[i]);
	gaz_json_end_array(j);
}

static void
put_links(struct gaz_json *j, const gaz_link_list *list)
{
	gaz_json_array(j, "links");
	for (size_t i = 0; i < list->n; i++) {
		const struct gaz_link *l = &list->v[i];

		gaz_json_object(j, NULL);
		gaz_json_str(j, "href", l->href);
		gaz_json_str(j, "rel", l->rel);
		put_str(j, "type", l->type);
		put_str(j, "hreflang", l->hreflang);
		put_str(j, "title", l->title);
		gaz_json_opt_int(j, "length", l->length);
		gaz_json_end_object(j);
	}
	gaz_json_end_array(j);
}

static void
put_categories(struct gaz_json *j, const gaz_category_list *list)
{
	gaz_json_array(j, "categories");
	for (size_t i = 0; i < list->n; i++) {
		gaz_json_object(j, NULL);
		gaz_json_str(j, "term", list->v[i].term);
		put_str(j, "scheme", list->v[i].scheme);
		put_str(j, "label", list->v[i].label);
		gaz_json_end_object(j);
	}
	gaz_json_end_array(j);
}

static void
put_enclosures(struct gaz_json *j, const gaz_enclosure_list *list)
{
	gaz_json_array(j, "enclosures");
	for (size_t i = 0; i < list->n; i++) {
		const struct gaz_enclosure *e = &list->v[i];

		gaz_json_object(j, NULL);
		gaz_json_str(j, "url", e->url);
		put_str(j, "type", e->type);
		gaz_json_opt_int(j, "length", e->length);
		put_str(j, "title", e->title);
		gaz_json_opt_int(j, "duration", e->duration_s);
		gaz_json_end_object(j);
	}
	gaz_json_end_array(j);
}

static void
put_strings(struct gaz_json *j, const char *key, const gaz_str_list *list)
{
	gaz_json_array(j, key);
	for (size_t i = 0; i < list->n; i++)
		gaz_json_str(j, NULL, list->v[i]);
	gaz_json_end_array(j);
}

/* At most room bytes of them. */
static void
put_roles(struct gaz_json *j, const gaz_role_list *list, size_t room)
{
	gaz_json_array(j, "persons");
	for (size_t i = 0; i < list->n; i++) {
		const struct gaz_role *r = &list->v[i];

		if (!gaz_role_fits(r, &room))
			continue;
		gaz_json_object(j, NULL);
		gaz_json_str(j, "name", r->name);
		put_str(j, "role", r->role);
		put_str(j, "group", r->group);
		put_str(j, "href", r->href);
		put_str(j, "image", r->image);
		gaz_json_end_object(j);
	}
	gaz_json_end_array(j);
}

static void
put_transcripts(struct gaz_json *j, const gaz_link_list *list)
{
	gaz_json_array(j, "transcripts");
	for (size_t i = 0; i < list->n; i++) {
		gaz_json_object(j, NULL);
		gaz_json_str(j, "url", list->v[i].href);
		put_str(j, "type", list->v[i].type);
		put_str(j, "language", list->v[i].hreflang);
		put_str(j, "rel", list->v[i].rel);
		gaz_json_end_object(j);
	}
	gaz_json_end_array(j);
}

/* Chapters, which have links, or soundbites, which have durations. */
static void
put_chapters(struct gaz_json *j, const char *key,
    const gaz_chapter_list *list)
{
	gaz_json_array(j, key);
	for (size_t i = 0; i < list->n; i++) {
		const struct gaz_chapter *c = &list->v[i];

		gaz_json_object(j, NULL);
		gaz_json_int(j, "start_ms", c->start_ms);
		gaz_json_opt_int(j, "duration_ms", c->duration_ms);
		put_str(j, "title", c->title);
		put_str(j, "href", c->href);
		put_str(j, "image", c->image);
		gaz_json_end_object(j);
	}
	gaz_json_end_array(j);
}

static void
put_places(struct gaz_json *j, const gaz_place_list *list)
{
	static const char *const kinds[] = { "point", "line", "polygon",
		"box" };

	gaz_json_array(j, "places");
	for (size_t i = 0; i < list->n; i++) {
		const struct gaz_place *p = &list->v[i];

		gaz_json_object(j, NULL);
		gaz_json_z(j, "kind", kinds[p->kind]);
		gaz_json_array(j, "points");
		for (size_t k = 0; k < p->points.n; k++) {
			gaz_json_object(j, NULL);
			gaz_json_num(j, "latitude", p->points.v[k].latitude);
			gaz_json_num(j, "longitude",
			    p->points.v[k].longitude);
			gaz_json_end_object(j);
		}
		gaz_json_end_array(j);
		gaz_json_end_object(j);
	}
	gaz_json_end_array(j);
}

static void
put_replies(struct gaz_json *j, const gaz_reply_list *list)
{
	gaz_json_array(j, "in_reply_to");
	for (size_t i = 0; i < list->n; i++) {
		gaz_json_object(j, NULL);
		put_str(j, "ref", list->v[i].ref);
		put_str(j, "href", list->v[i].href);
		put_str(j, "source", list->v[i].source);
		gaz_json_end_object(j);
	}
	gaz_json_end_array(j);
}

static void
put_image(struct gaz_json *j, const struct gaz_image *image)
{
	if (image->url.len == 0) {
		gaz_json_null(j, "image");
		return;
	}
	gaz_json_object(j, "image");
	gaz_json_str(j, "url", image->url);
	put_str(j, "title", image->title);
	put_str(j, "link", image->link);
	put_str(j, "description", image->description);
	gaz_json_opt_int(j, "width", image->width);
	gaz_json_opt_int(j, "height", image->height);
	gaz_json_end_object(j);
}

static void
put_generator(struct gaz_json *j, const struct gaz_generator *g)
{
	if (g->name.len == 0 && g->uri.len == 0 && g->version.len == 0) {
		gaz_json_null(j, "generator");
		return;
	}
	gaz_json_object(j, "generator");
	put_str(j, "name", g->name);
	put_str(j, "uri", g->uri);
	put_str(j, "version", g->version);
	gaz_json_end_object(j);
}

static void
put_cloud(struct gaz_json *j, const struct gaz_cloud *c)
{
	if (c->domain.len == 0 && c->path.len == 0 && c->protocol.len == 0 &&
	    c->register_procedure.len == 0 && c->port == GAZ_INT_UNKNOWN) {
		gaz_json_null(j, "cloud");
		return;
	}
	gaz_json_object(j, "cloud");
	put_str(j, "domain", c->domain);
	put_str(j, "path", c->path);
	put_str(j, "protocol", c->protocol);
	put_str(j, "register_procedure", c->register_procedure);
	gaz_json_opt_int(j, "port", c->port);
	gaz_json_end_object(j);
}

static void
put_text_input(struct gaz_json *j, const struct gaz_text_input *t)
{
	if (t->title.len == 0 && t->description.len == 0 &&
	    t->name.len == 0 && t->link.len == 0) {
		gaz_json_null(j, "text_input");
		return;
	}
	gaz_json_object(j, "text_input");
	put_str(j, "title", t->title);
	put_str(j, "description", t->description);
	put_str(j, "name", t->name);
	put_str(j, "link", t->link);
	gaz_json_end_object(j);
}

static void
put_skip_hours(struct gaz_json *j, uint32_t hours)
{
	gaz_json_array(j, "skip_hours");
	for (int i = 0; i < 24; i++) {
		if ((hours >> i & 1) != 0)
			gaz_json_int(j, NULL, i);
	}
	gaz_json_end_array(j);
}

/* What a feed and the source of an item have in common. */
static void
put_common(struct gaz_json *j, const struct gaz_feed_info *f)
{
	put_str(j, "id", f->id);
	put_str(j, "title", f->title);
	put_text(j, "title_detail", &f->title_detail);
	put_text(j, "description", &f->description);
	put_str(j, "link", f->link);
	put_links(j, &f->links);
	put_str(j, "self", f->self);
	put_str(j, "language", f->language);
	put_persons(j, "authors", &f->authors);
	put_persons(j, "contributors", &f->contributors);
	put_categories(j, &f->categories);
	put_date(j, "updated", f->updated);
	put_str(j, "updated_raw", f->updated_raw);
	put_image(j, &f->image);
	put_str(j, "icon", f->icon);
	put_generator(j, &f->generator);
	put_text(j, "rights", &f->rights);
}

static void
put_feed(struct gaz_json *j, const struct gaz_feed_info *f)
{
	gaz_json_object(j, "feed");
	put_common(j, f);
	put_strings(j, "hubs", &f->hubs);
	put_str(j, "next", f->next);
	put_str(j, "new_url", f->new_url);
	put_person(j, "publisher", &f->publisher);
	put_date(j, "published", f->published);
	put_str(j, "published_raw", f->published_raw);
	put_str(j, "license", f->license);
	gaz_json_opt_int(j, "ttl", f->ttl_min);
	put_skip_hours(j, f->skip_hours);
	put_strings(j, "skip_days", &f->skip_days_given);
	gaz_json_opt_int(j, "update_interval", f->update_interval_s);
	put_cloud(j, &f->cloud);
	put_tri(j, "explicit", f->explicit_);
	put_tri(j, "block", f->block);
	put_tri(j, "expired", f->expired);
	put_roles(j, &f->roles, SIZE_MAX);
	put_text_input(j, &f->text_input);
	put_date(j, "valid_from", f->valid_from);
	put_date(j, "valid_until", f->valid_until);
	gaz_json_end_object(j);
}

static void
put_source(struct gaz_json *j, const struct gaz_feed_info *source)
{
	if (source == NULL) {
		gaz_json_null(j, "source");
		return;
	}
	gaz_json_object(j, "source");
	put_common(j, source);
	put_str(j, "url", source->url);
	gaz_json_end_object(j);
}

static void
put_item(struct gaz_json *j, const struct gaz_item *item,
    const struct gaz_feed_info *feed)
{
	gaz_json_object(j, NULL);
	put_str(j, "id", item->id);
	gaz_json_bool(j, "id_is_link", item->id_is_link);
	put_str(j, "title", item->title);
	put_text(j, "title_detail", &item->title_detail);
	put_text(j, "summary", &item->summary);
	gaz_json_array(j, "content");
	for (size_t i = 0; i < item->content.n; i++)
		put_text(j, NULL, &item->content.v[i]);
	gaz_json_end_array(j);
	put_str(j, "link", item->link);
	put_links(j, &item->links);
	put_persons(j, "authors", &item->authors);
	put_persons(j, "contributors", &item->contributors);
	put_person(j, "publisher", &item->publisher);
	put_date(j, "published", item->published);
	put_str(j, "published_raw", item->published_raw);
	put_date(j, "updated", item->updated);
	put_str(j, "updated_raw", item->updated_raw);
	put_categories(j, &item->categories);
	put_enclosures(j, &item->enclosures);
	put_str(j, "comments", item->comments);
	put_str(j, "comments_feed", item->comments_feed);
	gaz_json_opt_int(j, "comment_count", item->comment_count);
	put_source(j, item->source);
	put_str(j, "language", item->language);
	put_str(j, "thumbnail", item->thumbnail);
	put_text(j, "rights", &item->rights);
	put_str(j, "license", item->license);
	gaz_json_opt_int(j, "duration", item->duration_s);
	gaz_json_opt_int(j, "episode", item->episode);
	gaz_json_opt_int(j, "season", item->season);
	put_tri(j, "explicit", item->explicit_);
	put_tri(j, "block", item->block);
	if (item->roles.n > 0)
		put_roles(j, &item->roles, SIZE_MAX);
	else
		put_roles(j, &feed->roles, GAZ_FEED_PERSONS_MAX);
	put_transcripts(j, &item->transcripts);
	put_str(j, "chapters_url", item->chapters_url);
	put_chapters(j, "chapters", &item->chapters);
	put_chapters(j, "soundbites", &item->soundbites);
	put_places(j, &item->places);
	put_replies(j, &item->replies_to);
	put_date(j, "valid_from", item->valid_from);
	put_date(j, "valid_until", item->valid_until);
	gaz_json_end_object(j);
}

void
gaz_parse_write_json(const struct gaz_document *doc, struct gaz_buf *out)
{
	struct gaz_json j;

	gaz_json_init(&j, out, 2);
	gaz_json_object(&j, NULL);
	gaz_json_str(&j, "format", doc->format);
	put_str(&j, "version", doc->version);
	gaz_json_str(&j, "encoding", doc->encoding);
	gaz_json_bool(&j, "well_formed", doc->well_formed);
	put_strings(&j, "errors", &doc->errors);
	put_feed(&j, &doc->feed);
	gaz_json_array(&j, "items");
	for (size_t i = 0; i < doc->items.n; i++)
		put_item(&j, &doc->items.v[i], &doc->feed);
	gaz_json_end_array(&j);
	gaz_json_end_object(&j);
	gaz_buf_put_char(out, '\n');
}
