/*
 * What elements mean that many vocabularies share: texts, dates, persons,
 * links, categories. The tables name these functions.
 */
#include "config.h"

#include "parse/builder.h"

#include "gazetted/date.h"
#include "gazetted/mem.h"
#include "gazetted/url.h"

static void
merge(struct gaz_str *into, struct gaz_str from)
{
	if (into->len == 0)
		*into = from;
}

/* ----- texts ----- */

static struct gaz_text *
text_slot(struct gaz_target *t, enum gaz_field field)
{
	if (field == FIELD_TITLE)
		return t->item != NULL ? &t->item->title_detail :
		    &t->feed->title_detail;
	if (field == FIELD_RIGHTS)
		return t->item != NULL ? &t->item->rights : &t->feed->rights;
	return t->item != NULL ? &t->item->summary : &t->feed->description;
}

void
gaz_on_text(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_target *t = gaz_builder_target(b);
	struct gaz_text *slot = text_slot(t, f->row->field);

	/* Nobody reads these in a batch. */
	if (b->digest != NULL && f->row->field == FIELD_RIGHTS)
		return;
	/* An empty element holds the place until one says something. */
	if (b->rich.value.len == 0) {
		if (slot->value.p == NULL)
			*slot = b->rich;
		return;
	}
	if (!gaz_builder_wins(b, f))
		return;
	*slot = b->rich;
	if (f->row->field == FIELD_SUMMARY)
		t->image_in_text[1] = b->first_image;
}

void
gaz_on_content(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_target *t = gaz_builder_target(b);
	size_t at;

	if (t->item == NULL)
		return;
	b->rich.src = gaz_frame_attr_url(b, f, "src");
	if (b->rich.src.len > 0)
		b->rich.value = GAZ_STR("");
	else if (b->rich.value.len == 0)
		return;
	at = t->item->content.n;
	if (at >= GAZ_ITEM_CONTENTS_MAX)
		return;
	gaz_list_push(b->a, &t->item->content);
	while (at > 0 && t->content_rank[at - 1] > f->row->rank) {
		t->item->content.v[at] = t->item->content.v[at - 1];
		t->content_rank[at] = t->content_rank[at - 1];
		at--;
	}
	t->item->content.v[at] = b->rich;
	t->content_rank[at] = f->row->rank;
	if (t->image_in_text[0].len == 0)
		t->image_in_text[0] = b->first_image;
	if (b->digest != NULL)
		gaz_digest_choose(&t->item->content);
}

/* ----- single values ----- */

void
gaz_on_date(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_target *t = gaz_builder_target(b);
	bool published = f->row->field == FIELD_PUBLISHED;
	gaz_utc *slot = published ?
	    (t->item != NULL ? &t->item->published : &t->feed->published) :
	    (t->item != NULL ? &t->item->updated : &t->feed->updated);
	struct gaz_str *raw = published ?
	    (t->item != NULL ? &t->item->published_raw :
		    &t->feed->published_raw) :
	    (t->item != NULL ? &t->item->updated_raw : &t->feed->updated_raw);
	gaz_utc when = gaz_date_parse(b->value);

	if (b->value.len == 0)
		return;
	if (when == GAZ_UTC_UNKNOWN) {
		if (raw->len == 0)
			*raw = b->value;
		return;
	}
	if (!gaz_builder_wins(b, f))
		return;
	*slot = when;
	*raw = b->value;
}

static struct gaz_str *
string_slot(struct gaz_target *t, enum gaz_field field)
{
	struct gaz_feed_info *feed = t->feed;
	struct gaz_item *item = t->item;

	/* Not every field is of both; without a place there is none. */
	if (field == FIELD_ID)
		return item != NULL ? &item->id : &feed->id;
	if (field == FIELD_LANGUAGE)
		return item != NULL ? &item->language : &feed->language;
	if (field == FIELD_LICENSE)
		return item != NULL ? &item->license : &feed->license;
	if (field == FIELD_ICON)
		return feed != NULL ? &feed->icon : NULL;
	if (field == FIELD_NEW_URL)
		return feed != NULL ? &feed->new_url : NULL;
	if (field == FIELD_COMMENTS)
		return item != NULL ? &item->comments : NULL;
	if (field == FIELD_COMMENTS_FEED)
		return item != NULL ? &item->comments_feed : NULL;
	return NULL;
}

static void
put_string(struct gaz_builder *b, struct gaz_frame *f, struct gaz_str s)
{
	struct gaz_str *slot = string_slot(gaz_builder_target(b),
	    f->row->field);

	if (slot != NULL && s.len > 0 && gaz_builder_wins(b, f))
		*slot = s;
}

void
gaz_on_string(struct gaz_builder *b, struct gaz_frame *f)
{
	put_string(b, f, b->value);
}

void
gaz_on_url(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_str url = b->value;

	if (url.len == 0)
		url = gaz_frame_attr(f, "resource");
	if (url.len == 0)
		url = gaz_frame_attr(f, "href");
	if (url.len > 0)
		put_string(b, f, gaz_url_resolve(b->a, f->base, url, false));
}

static int64_t *
int_slot(struct gaz_target *t, enum gaz_field field)
{
	if (field == FIELD_TTL)
		return t->feed != NULL ? &t->feed->ttl_min : NULL;
	if (t->item == NULL)
		return NULL;
	if (field == FIELD_COMMENT_COUNT)
		return &t->item->comment_count;
	if (field == FIELD_DURATION)
		return &t->item->duration_s;
	return field == FIELD_EPISODE ? &t->item->episode : &t->item->season;
}

static void
put_int(struct gaz_builder *b, struct gaz_frame *f, int64_t n)
{
	int64_t *slot = int_slot(gaz_builder_target(b), f->row->field);

	if (slot != NULL && n >= 0 && gaz_builder_wins(b, f))
		*slot = n;
}

void
gaz_on_int(struct gaz_builder *b, struct gaz_frame *f)
{
	int64_t n;

	if (gaz_str_to_int(b->value, &n))
		put_int(b, f, n);
}

void
gaz_on_duration(struct gaz_builder *b, struct gaz_frame *f)
{
	put_int(b, f, gaz_duration_parse(b->value));
}

void
gaz_on_flag(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_target *t = gaz_builder_target(b);
	bool block = f->row->field == FIELD_BLOCK;
	enum gaz_tri v = GAZ_TRI_UNKNOWN;
	enum gaz_tri *slot = t->item != NULL ?
	    (block ? &t->item->block : &t->item->explicit_) :
	    (block ? &t->feed->block : &t->feed->explicit_);

	if (gaz_str_ieq_z(b->value, "yes") ||
	    (!block && (gaz_str_ieq_z(b->value, "true") ||
		gaz_str_ieq_z(b->value, "explicit"))))
		v = GAZ_TRI_YES;
	else if (block || gaz_str_ieq_z(b->value, "no") ||
	    gaz_str_ieq_z(b->value, "false") ||
	    gaz_str_ieq_z(b->value, "clean"))
		v = GAZ_TRI_NO;
	if (v != GAZ_TRI_UNKNOWN && gaz_builder_wins(b, f))
		*slot = v;
}

/* ----- categories ----- */

static gaz_category_list *
categories_of(struct gaz_target *t)
{
	return t->item != NULL ? &t->item->categories : &t->feed->categories;
}

void
gaz_on_category(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_str term = gaz_frame_attr(f, "term");
	struct gaz_str scheme = gaz_frame_attr(f, "scheme");

	if (term.len == 0)
		term = b->value;
	if (term.len == 0)
		term = gaz_frame_attr(f, "text");
	if (scheme.len == 0)
		scheme = gaz_frame_attr(f, "domain");
	gaz_put_category(b->a, categories_of(gaz_builder_target(b)), term,
	    scheme, gaz_frame_attr(f, "label"));
}

void
gaz_on_keywords(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_str rest = b->value, piece;

	(void)f;
	while (gaz_str_split(&rest, ',', &piece))
		gaz_put_category(b->a, categories_of(gaz_builder_target(b)),
		    piece, GAZ_STR_NONE, GAZ_STR_NONE);
}

/* ----- persons ----- */

static void
put_author(struct gaz_builder *b, struct gaz_frame *f,
    const struct gaz_person *p)
{
	struct gaz_target *t = gaz_builder_target(b);

	gaz_put_person(b, t->item != NULL ? &t->item->authors :
	    &t->feed->authors, t->author_rank, f->row->rank, p);
}

static void
put_contributor(struct gaz_builder *b, const struct gaz_person *p)
{
	struct gaz_target *t = gaz_builder_target(b);

	gaz_put_person(b, t->item != NULL ? &t->item->contributors :
	    &t->feed->contributors, NULL, 0, p);
}

static void
put_publisher(struct gaz_builder *b, struct gaz_frame *f,
    const struct gaz_person *p)
{
	struct gaz_target *t = gaz_builder_target(b);

	if (gaz_person_is_empty(p) || !gaz_builder_wins(b, f))
		return;
	*(t->item != NULL ? &t->item->publisher : &t->feed->publisher) = *p;
}

void
gaz_on_author_text(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_person p = gaz_person_parse(b->a, b->value);

	put_author(b, f, &p);
}

void
gaz_on_contributor_text(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_person p = gaz_person_parse(b->a, b->value);

	(void)f;
	put_contributor(b, &p);
}

void
gaz_on_publisher_text(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_person p = gaz_person_parse(b->a, b->value);

	put_publisher(b, f, &p);
}

void
gaz_on_person_start(struct gaz_builder *b, struct gaz_frame *f)
{
	(void)f;
	b->person = (struct gaz_person){ GAZ_STR_NONE, GAZ_STR_NONE,
		GAZ_STR_NONE };
}

/* The person that was read: its children, or its text if it has none. */
static struct gaz_person
person_read(struct gaz_builder *b)
{
	struct gaz_person p = b->person;

	if (gaz_person_is_empty(&p))
		return gaz_person_parse(b->a, b->value);
	if (p.email.len == 0 && p.name.len > 0) {
		struct gaz_person split = gaz_person_parse(b->a, p.name);

		p.email = split.email;
		if (split.name.len > 0)
			p.name = split.name;
	}
	return p;
}

void
gaz_on_author(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_person p = person_read(b);

	put_author(b, f, &p);
}

void
gaz_on_contributor(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_person p = person_read(b);

	(void)f;
	put_contributor(b, &p);
}

void
gaz_on_publisher(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_person p = person_read(b);

	put_publisher(b, f, &p);
}

void
gaz_on_person_name(struct gaz_builder *b, struct gaz_frame *f)
{
	(void)f;
	merge(&b->person.name, b->value);
}

void
gaz_on_person_email(struct gaz_builder *b, struct gaz_frame *f)
{
	(void)f;
	if (gaz_str_istarts(b->value, "mailto:"))
		b->value = gaz_str_sub(b->value, strlen("mailto:"),
		    b->value.len);
	merge(&b->person.email, b->value);
}

void
gaz_on_person_uri(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_str url = b->value.len > 0 ? b->value :
	    gaz_frame_attr(f, "href");

	if (url.len > 0)
		merge(&b->person.uri,
		    gaz_url_resolve(b->a, f->base, url, false));
}

/* ----- links ----- */

void
gaz_on_link(struct gaz_builder *b, struct gaz_frame *f)
{
	static const char iana[] =
	    "http://www.iana.org/assignments/relation/";
	struct gaz_target *t = gaz_builder_target(b);
	struct gaz_str rel = gaz_frame_attr(f, "rel");
	struct gaz_str type = gaz_frame_attr(f, "type");
	struct gaz_str href = gaz_frame_attr(f, "href");
	struct gaz_link *l;

	/* An empty reference is the document itself. */
	if (href.p == NULL || (href.len == 0 && b->value.len > 0))
		href = b->value;
	if (href.p == NULL)
		href = gaz_frame_attr(f, "resource");
	if (href.p == NULL)
		return;
	href = gaz_url_resolve(b->a, f->base, href, false);
	if (href.len == 0)
		return;
	if (gaz_str_istarts(rel, iana))
		rel = gaz_str_sub(rel, strlen(iana), rel.len);
	if (rel.len == 0 && f->ns == NS_CORE && t->own_link.len == 0)
		t->own_link = href;
	l = gaz_put_link(b->a, t->item != NULL ? &t->item->links :
	    &t->feed->links, href, rel, type);
	if (l == NULL)
		return;
	l->hreflang = gaz_frame_attr(f, "hreflang");
	l->title = gaz_frame_attr(f, "title");
	l->length = gaz_frame_attr_int(f, "length");
	if (l->title.len == 0)
		l->title = GAZ_STR_NONE;
	if (l->hreflang.len == 0)
		l->hreflang = GAZ_STR_NONE;
	if (t->item == NULL)
		return;
	if (gaz_str_ieq_z(l->rel, "enclosure")) {
		struct gaz_enclosure *e = gaz_put_enclosure(b->a,
		    &t->item->enclosures, href, type, l->length);

		if (e != NULL && e->title.len == 0)
			e->title = l->title;
	}
	int64_t count = gaz_frame_attr_int(f, "count"); /* thr:count */

	if (gaz_str_ieq_z(l->rel, "replies") &&
	    t->item->comment_count == GAZ_INT_UNKNOWN && count >= 0)
		t->item->comment_count = count;
}

/* ----- pictures and programs ----- */

/* itunes:image and the like: the address in an attribute or as text. */
void
gaz_on_image_href(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_target *t = gaz_builder_target(b);
	struct gaz_str url = gaz_frame_attr(f, "href");

	if (url.len == 0)
		url = gaz_frame_attr(f, "url");
	if (url.len == 0)
		url = b->value;
	if (url.len == 0)
		return;
	url = gaz_url_resolve(b->a, f->base, url, false);
	if (t->item != NULL) {
		gaz_put_thumbnail(t, url, f->row->rank);
	} else if (url.len > 0 && gaz_builder_wins(b, f)) {
		t->feed->image = (struct gaz_image){ .url = url,
			.width = GAZ_INT_UNKNOWN, .height = GAZ_INT_UNKNOWN };
	}
}

void
gaz_on_generator(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_target *t = gaz_builder_target(b);
	struct gaz_generator g = { .name = b->value,
		.version = gaz_frame_attr(f, "version") };

	g.uri = gaz_frame_attr_url(b, f, "uri");
	if (g.uri.len == 0)
		g.uri = gaz_frame_attr_url(b, f, "url");
	if (g.uri.len == 0)
		g.uri = gaz_frame_attr_url(b, f, "resource");
	if (g.name.len == 0 && gaz_frame_attr(f, "resource").len > 0)
		g.name = g.uri;
	if (g.version.len == 0)
		g.version = GAZ_STR_NONE;
	if (t->feed != NULL &&
	    (g.name.len > 0 || g.uri.len > 0 || g.version.len > 0) &&
	    gaz_builder_wins(b, f))
		t->feed->generator = g;
}
