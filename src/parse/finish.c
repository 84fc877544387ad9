#include "config.h"

#include "parse/finish.h"

#include "gazetted/limits.h"
#include "gazetted/url.h"

#include "parse/text.h"

void
gaz_feed_info_init(struct gaz_feed_info *feed)
{
	*feed = (struct gaz_feed_info){
		.published = GAZ_UTC_UNKNOWN,
		.updated = GAZ_UTC_UNKNOWN,
		.valid_from = GAZ_UTC_UNKNOWN,
		.valid_until = GAZ_UTC_UNKNOWN,
		.image = { .width = GAZ_INT_UNKNOWN,
		    .height = GAZ_INT_UNKNOWN },
		.ttl_min = GAZ_INT_UNKNOWN,
		.update_interval_s = GAZ_INT_UNKNOWN,
		.cloud = { .port = GAZ_INT_UNKNOWN },
	};
}

void
gaz_item_init(struct gaz_item *item)
{
	*item = (struct gaz_item){
		.published = GAZ_UTC_UNKNOWN,
		.updated = GAZ_UTC_UNKNOWN,
		.valid_from = GAZ_UTC_UNKNOWN,
		.valid_until = GAZ_UTC_UNKNOWN,
		.comment_count = GAZ_INT_UNKNOWN,
		.duration_s = GAZ_INT_UNKNOWN,
		.episode = GAZ_INT_UNKNOWN,
		.season = GAZ_INT_UNKNOWN,
	};
}

static bool
is_page_type(struct gaz_str type)
{
	return type.len == 0 || gaz_str_istarts(type, "text/html") ||
	    gaz_str_istarts(type, "application/xhtml+xml");
}

static bool
is_feed_type(struct gaz_str type)
{
	static const char *const begins[] = { "application/atom",
		"application/rss", "application/rdf", "application/feed+json",
		"application/xml", "text/xml", "application/json" };

	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++) {
		if (gaz_str_istarts(type, begins[i]))
			return true;
	}
	return false;
}

/* The first link of that relation; of a page when pages_only. */
static struct gaz_str
find_link(const gaz_link_list *links, const char *rel, bool pages_only)
{
	for (size_t i = 0; i < links->n; i++) {
		const struct gaz_link *l = &links->v[i];

		if (gaz_str_ieq_z(l->rel, rel) &&
		    (!pages_only || is_page_type(l->type)))
			return l->href;
	}
	return GAZ_STR_NONE;
}

static void
fall_back(struct gaz_str *s, struct gaz_str other)
{
	if (s->len == 0)
		*s = other;
}

void
gaz_feed_info_finish(struct gaz_arena *a, struct gaz_feed_info *feed,
    struct gaz_str own_link)
{
	feed->title = gaz_text_plain(a, &feed->title_detail, GAZ_TITLE_MAX);
	fall_back(&feed->link, own_link);
	fall_back(&feed->link, find_link(&feed->links, "alternate", true));
	fall_back(&feed->link, find_link(&feed->links, "alternate", false));
	fall_back(&feed->self, find_link(&feed->links, "self", false));
	fall_back(&feed->next, find_link(&feed->links, "next", false));
	fall_back(&feed->license, find_link(&feed->links, "license", false));
	fall_back(&feed->url, feed->self);
	fall_back(&feed->url, feed->link);
	for (size_t i = 0; i < feed->links.n; i++) {
		if (gaz_str_ieq_z(feed->links.v[i].rel, "hub"))
			*gaz_list_push(a, &feed->hubs) = feed->links.v[i].href;
	}
}

static struct gaz_str
first_image_enclosure(const gaz_enclosure_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		if (gaz_str_istarts(list->v[i].type, "image/"))
			return list->v[i].url;
	}
	return GAZ_STR_NONE;
}

static void
find_comments(struct gaz_item *item)
{
	for (size_t i = 0; i < item->links.n; i++) {
		const struct gaz_link *l = &item->links.v[i];

		if (!gaz_str_ieq_z(l->rel, "replies"))
			continue;
		if (is_feed_type(l->type))
			fall_back(&item->comments_feed, l->href);
		else if (is_page_type(l->type))
			fall_back(&item->comments, l->href);
	}
}

static struct gaz_str
any_link_but_enclosures(const gaz_link_list *links)
{
	for (size_t i = 0; i < links->n; i++) {
		if (!gaz_str_ieq_z(links->v[i].rel, "enclosure"))
			return links->v[i].href;
	}
	return GAZ_STR_NONE;
}

void
gaz_item_finish(struct gaz_arena *a, struct gaz_item *item,
    const struct gaz_item_hints *hints)
{
	item->title = gaz_text_plain(a, &item->title_detail, GAZ_TITLE_MAX);
	fall_back(&item->link, hints->own_link);
	fall_back(&item->link, find_link(&item->links, "alternate", true));
	if (item->link.len == 0 && hints->guid_link.len > 0) {
		item->link = hints->guid_link;
		item->id_is_link = true;
	}
	fall_back(&item->link, find_link(&item->links, "alternate", false));
	fall_back(&item->link, any_link_but_enclosures(&item->links));
	fall_back(&item->license, find_link(&item->links, "license", false));
	find_comments(item);
	fall_back(&item->thumbnail, first_image_enclosure(&item->enclosures));
	fall_back(&item->thumbnail, hints->image_in_content);
	fall_back(&item->thumbnail, hints->image_in_summary);
}

/* Bytes of a record besides its fields: see model/extra.c. */
#define ROLE_BYTES 7

bool
gaz_role_fits(const struct gaz_role *r, size_t *room)
{
	size_t n = ROLE_BYTES + r->name.len + r->role.len + r->group.len +
	    r->href.len + r->image.len;

	if (n > *room)
		return false;
	*room -= n;
	return true;
}

void
gaz_document_note(struct gaz_document *doc, unsigned notes)
{
	doc->notes |= notes;
	for (size_t i = 0; i < GAZ_NOTES; i++)
		doc->noted[i] += (notes >> i & 1u) != 0;
}

int64_t
gaz_time_ms_parse(struct gaz_str s)
{
	struct gaz_str whole = s, rest, piece;
	int64_t ms = 0, seconds = 0, n;
	size_t dot = gaz_str_find_char(s, '.', 0), parts = 0;

	if (dot != GAZ_STR_NPOS) {
		int64_t unit = 100;

		whole = gaz_str_sub(s, 0, dot);
		for (size_t i = dot + 1; i < s.len; i++, unit /= 10) {
			if (!gaz_is_digit(s.p[i]))
				return GAZ_INT_UNKNOWN;
			ms += (s.p[i] - '0') * unit;
		}
	}
	rest = whole;
	if (rest.len == 0)
		return GAZ_INT_UNKNOWN;
	while (gaz_str_split(&rest, ':', &piece)) {
		if (!gaz_str_to_int(piece, &n) || n < 0 || n > 1000000 ||
		    ++parts > 3)
			return GAZ_INT_UNKNOWN;
		seconds = seconds * 60 + n;
	}
	return seconds * 1000 + ms;
}
