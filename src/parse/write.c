/*
 * A document as the JSON of `gazettectl parse`. Every member is always there;
 * what the feed does not give is null, a list without entries [].
 */
#include "config.h"

#include "gazetted/parse.h"

#include "gazetted/json.h"

static void
put_tri(struct gaz_json *j, const char *key, enum gaz_tri t)
{
	if (t == GAZ_TRI_UNKNOWN)
		gaz_json_null(j, key);
	else
		gaz_json_bool(j, key, t == GAZ_TRI_YES);
}

static void
put_strings(struct gaz_json *j, const char *key, const gaz_str_list *l)
{
	gaz_json_array(j, key);
	for (size_t i = 0; i < l->n; i++)
		gaz_json_str(j, NULL, l->v[i]);
	gaz_json_end_array(j);
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
	gaz_json_str(j, "language", t->language);
	gaz_json_str(j, "base", t->base);
	gaz_json_str(j, "src", t->src);
	gaz_json_end_object(j);
}

static void
put_person(struct gaz_json *j, const char *key, const struct gaz_person *p)
{
	if (p->name.p == NULL && p->email.p == NULL && p->uri.p == NULL) {
		gaz_json_null(j, key);
		return;
	}
	gaz_json_object(j, key);
	gaz_json_str(j, "name", p->name);
	gaz_json_str(j, "email", p->email);
	gaz_json_str(j, "uri", p->uri);
	gaz_json_end_object(j);
}

static void
put_persons(struct gaz_json *j, const char *key, const gaz_person_list *l)
{
	gaz_json_array(j, key);
	for (size_t i = 0; i < l->n; i++)
		put_person(j, NULL, &l->v[i]);
	gaz_json_end_array(j);
}

static void
put_links(struct gaz_json *j, const char *key, const gaz_link_list *l)
{
	gaz_json_array(j, key);
	for (size_t i = 0; i < l->n; i++) {
		gaz_json_object(j, NULL);
		gaz_json_str(j, "href", l->v[i].href);
		gaz_json_str(j, "rel", l->v[i].rel);
		gaz_json_str(j, "type", l->v[i].type);
		gaz_json_str(j, "hreflang", l->v[i].hreflang);
		gaz_json_str(j, "title", l->v[i].title);
		gaz_json_opt_int(j, "length", l->v[i].length);
		gaz_json_end_object(j);
	}
	gaz_json_end_array(j);
}

static void
put_categories(struct gaz_json *j, const char *key, const gaz_category_list *l)
{
	gaz_json_array(j, key);
	for (size_t i = 0; i < l->n; i++) {
		gaz_json_object(j, NULL);
		gaz_json_str(j, "term", l->v[i].term);
		gaz_json_str(j, "scheme", l->v[i].scheme);
		gaz_json_str(j, "label", l->v[i].label);
		gaz_json_end_object(j);
	}
	gaz_json_end_array(j);
}

static void
put_enclosures(struct gaz_json *j, const char *key,
    const gaz_enclosure_list *l)
{
	gaz_json_array(j, key);
	for (size_t i = 0; i < l->n; i++) {
		gaz_json_object(j, NULL);
		gaz_json_str(j, "url", l->v[i].url);
		gaz_json_str(j, "type", l->v[i].type);
		gaz_json_opt_int(j, "length", l->v[i].length);
		gaz_json_str(j, "title", l->v[i].title);
		gaz_json_opt_int(j, "duration", l->v[i].duration_s);
		gaz_json_end_object(j);
	}
	gaz_json_end_array(j);
}

static void
put_image(struct gaz_json *j, const char *key, const struct gaz_image *m)
{
	if (m->url.p == NULL) {
		gaz_json_null(j, key);
		return;
	}
	gaz_json_object(j, key);
	gaz_json_str(j, "url", m->url);
	gaz_json_str(j, "title", m->title);
	gaz_json_str(j, "link", m->link);
	gaz_json_str(j, "description", m->description);
	gaz_json_opt_int(j, "width", m->width);
	gaz_json_opt_int(j, "height", m->height);
	gaz_json_end_object(j);
}

static void
put_generator(struct gaz_json *j, const char *key,
    const struct gaz_generator *g)
{
	if (g->name.p == NULL && g->uri.p == NULL && g->version.p == NULL) {
		gaz_json_null(j, key);
		return;
	}
	gaz_json_object(j, key);
	gaz_json_str(j, "name", g->name);
	gaz_json_str(j, "uri", g->uri);
	gaz_json_str(j, "version", g->version);
	gaz_json_end_object(j);
}

static void
put_cloud(struct gaz_json *j, const char *key, const struct gaz_cloud *c)
{
	if (c->domain.p == NULL && c->path.p == NULL &&
	    c->protocol.p == NULL && c->register_procedure.p == NULL) {
		gaz_json_null(j, key);
		return;
	}
	gaz_json_object(j, key);
	gaz_json_str(j, "domain", c->domain);
	gaz_json_str(j, "path", c->path);
	gaz_json_str(j, "protocol", c->protocol);
	gaz_json_str(j, "register_procedure", c->register_procedure);
	gaz_json_opt_int(j, "port", c->port);
	gaz_json_end_object(j);
}

/* What a feed and an item's source have in common. */
static void
put_info(struct gaz_json *j, const struct gaz_feed_info *f)
{
	gaz_json_str(j, "id", f->id);
	gaz_json_str(j, "title", f->title);
	put_text(j, "title_detail", &f->title_detail);
	put_text(j, "description", &f->description);
	gaz_json_str(j, "link", f->link);
	put_links(j, "links", &f->links);
	gaz_json_str(j, "self", f->self);
	put_persons(j, "authors", &f->authors);
	put_persons(j, "contributors", &f->contributors);
	put_categories(j, "categories", &f->categories);
	gaz_json_utc(j, "updated", f->updated);
	gaz_json_str(j, "updated_raw", f->updated_raw);
	put_generator(j, "generator", &f->generator);
	gaz_json_str(j, "icon", f->icon);
	put_image(j, "image", &f->image);
	put_text(j, "rights", &f->rights);
	gaz_json_str(j, "language", f->language);
}

static void
put_skips(struct gaz_json *j, const struct gaz_feed_info *f)
{
	gaz_json_array(j, "skip_hours");
	for (int i = 0; i < 24; i++) {
		if (f->skip_hours & (1u << i))
			gaz_json_int(j, NULL, i);
	}
	gaz_json_end_array(j);
	put_strings(j, "skip_days", &f->skip_days_given);
}

static void
put_feed(struct gaz_json *j, const struct gaz_feed_info *f)
{
	put_info(j, f);
	put_strings(j, "hubs", &f->hubs);
	gaz_json_str(j, "next", f->next);
	gaz_json_str(j, "new_url", f->new_url);
	put_person(j, "publisher", &f->publisher);
	gaz_json_utc(j, "published", f->published);
	gaz_json_str(j, "published_raw", f->published_raw);
	gaz_json_str(j, "license", f->license);
	gaz_json_opt_int(j, "ttl", f->ttl_min);
	put_skips(j, f);
	gaz_json_opt_int(j, "update_interval", f->update_interval_s);
	put_cloud(j, "cloud", &f->cloud);
	put_tri(j, "explicit", f->explicit_);
	put_tri(j, "block", f->block);
	put_tri(j, "expired", f->expired);
}

static void
put_source(struct gaz_json *j, const char *key, const struct gaz_feed_info *s)
{
	if (s == NULL) {
		gaz_json_null(j, key);
		return;
	}
	gaz_json_object(j, key);
	put_info(j, s);
	gaz_json_str(j, "url", s->url.p != NULL ? s->url :
	    s->self.p != NULL ? s->self : s->link);
	gaz_json_end_object(j);
}

static void
put_item(struct gaz_json *j, const struct gaz_item *it)
{
	gaz_json_str(j, "id", it->id);
	gaz_json_bool(j, "id_is_link", it->id_is_link);
	gaz_json_str(j, "title", it->title);
	put_text(j, "title_detail", &it->title_detail);
	put_text(j, "summary", &it->summary);
	gaz_json_array(j, "content");
	for (size_t i = 0; i < it->content.n; i++)
		put_text(j, NULL, &it->content.v[i]);
	gaz_json_end_array(j);
	gaz_json_str(j, "link", it->link);
	put_links(j, "links", &it->links);
	put_persons(j, "authors", &it->authors);
	put_persons(j, "contributors", &it->contributors);
	put_person(j, "publisher", &it->publisher);
	gaz_json_utc(j, "published", it->published);
	gaz_json_str(j, "published_raw", it->published_raw);
	gaz_json_utc(j, "updated", it->updated);
	gaz_json_str(j, "updated_raw", it->updated_raw);
	put_categories(j, "categories", &it->categories);
	put_enclosures(j, "enclosures", &it->enclosures);
	gaz_json_str(j, "comments", it->comments);
	gaz_json_str(j, "comments_feed", it->comments_feed);
	gaz_json_opt_int(j, "comment_count", it->comment_count);
	put_source(j, "source", it->source);
	gaz_json_str(j, "language", it->language);
	gaz_json_str(j, "thumbnail", it->thumbnail);
	put_text(j, "rights", &it->rights);
	gaz_json_str(j, "license", it->license);
	gaz_json_opt_int(j, "duration", it->duration_s);
	gaz_json_opt_int(j, "episode", it->episode);
	gaz_json_opt_int(j, "season", it->season);
	put_tri(j, "explicit", it->explicit_);
	put_tri(j, "block", it->block);
}

void
gaz_parse_write_json(const struct gaz_document *doc, struct gaz_buf *out)
{
	struct gaz_json j;

	gaz_json_init(&j, out, 2);
	gaz_json_object(&j, NULL);
	gaz_json_str(&j, "format", doc->format);
	gaz_json_str(&j, "version", doc->version);
	gaz_json_str(&j, "encoding", doc->encoding);
	gaz_json_bool(&j, "well_formed", doc->well_formed);
	put_strings(&j, "errors", &doc->errors);
	gaz_json_object(&j, "feed");
	put_feed(&j, &doc->feed);
	gaz_json_end_object(&j);
	gaz_json_array(&j, "items");
	for (size_t i = 0; i < doc->items.n; i++) {
		gaz_json_object(&j, NULL);
		put_item(&j, &doc->items.v[i]);
		gaz_json_end_object(&j);
	}
	gaz_json_end_array(&j);
	gaz_json_end_object(&j);
	gaz_buf_put_char(out, '\n');
}
