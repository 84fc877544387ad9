/* RSS 0.90 to 2.0, in RDF or not. */
#include "config.h"

#include "parse/builder.h"

#include "gazetted/date.h"
#include "gazetted/mem.h"
#include "gazetted/url.h"

#include "parse/finish.h"

static void
on_channel(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_str about = gaz_frame_attr(f, "about");

	if (about.len > 0)
		b->doc->feed.id = about;
	/* A language on the channel is that of the feed, as one on the root. */
	if (b->feed.rank[FIELD_LANGUAGE] == 0)
		b->doc->feed.language = f->lang;
}

/* ----- pictures ----- */

static void
on_image_start(struct gaz_builder *b, struct gaz_frame *f)
{
	(void)f;
	b->image = (struct gaz_image){ .width = GAZ_INT_UNKNOWN,
		.height = GAZ_INT_UNKNOWN };
	b->in_image = true;
}

static const struct gaz_element image_reference = { "image", IN_FEED,
	SHAPE_SCOPE, IN_IMAGE, NULL, NULL, FIELD_IMAGE, 7 };

static void
on_image_end(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_target *t = gaz_builder_target(b);
	struct gaz_str url = b->image.url;

	b->in_image = false;
	if (url.len == 0)
		url = gaz_frame_attr_url(b, f, "href");
	if (url.len == 0)
		url = gaz_frame_attr_url(b, f, "url");
	if (url.len == 0 && b->value.len > 0)
		url = gaz_url_resolve(b->a, f->base, b->value, false);
	/* RSS 1.0 points in the channel to the picture that comes later. */
	if (url.len == 0) {
		f->row = &image_reference;
		url = gaz_frame_attr_url(b, f, "resource");
	}
	if (url.len == 0)
		return;
	b->image.url = url;
	if (t->item != NULL)
		gaz_put_thumbnail(t, url, f->row->rank);
	else if (gaz_builder_wins(b, f))
		t->feed->image = b->image;
}

static void
on_image_url(struct gaz_builder *b, struct gaz_frame *f)
{
	if (b->image.url.len == 0 && b->value.len > 0)
		b->image.url = gaz_url_resolve(b->a, f->base, b->value, false);
}

static void
on_image_link(struct gaz_builder *b, struct gaz_frame *f)
{
	if (b->image.link.len == 0 && b->value.len > 0)
		b->image.link = gaz_url_resolve(b->a, f->base, b->value,
		    false);
}

static void
on_image_title(struct gaz_builder *b, struct gaz_frame *f)
{
	(void)f;
	if (b->image.title.len == 0)
		b->image.title = b->value;
}

static void
on_image_description(struct gaz_builder *b, struct gaz_frame *f)
{
	(void)f;
	if (b->image.description.len == 0)
		b->image.description = b->value;
}

static void
on_image_width(struct gaz_builder *b, struct gaz_frame *f)
{
	(void)f;
	if (!gaz_str_to_int(b->value, &b->image.width) || b->image.width < 0)
		b->image.width = GAZ_INT_UNKNOWN;
}

static void
on_image_height(struct gaz_builder *b, struct gaz_frame *f)
{
	(void)f;
	if (!gaz_str_to_int(b->value, &b->image.height) ||
	    b->image.height < 0)
		b->image.height = GAZ_INT_UNKNOWN;
}

/* ----- a field to write into ----- */

/* Keep a part of the feed's textInput; the first that says something counts. */
static void
put_input(struct gaz_builder *b, struct gaz_str *part, struct gaz_str value)
{
	/* One of an item, which nothing allows, has nowhere to go. */
	if (!b->in_item && part->len == 0)
		*part = value;
}

static void
on_input_title(struct gaz_builder *b, struct gaz_frame *f)
{
	(void)f;
	put_input(b, &b->doc->feed.text_input.title, b->value);
}

static void
on_input_description(struct gaz_builder *b, struct gaz_frame *f)
{
	(void)f;
	put_input(b, &b->doc->feed.text_input.description, b->value);
}

static void
on_input_name(struct gaz_builder *b, struct gaz_frame *f)
{
	(void)f;
	put_input(b, &b->doc->feed.text_input.name, b->value);
}

static void
on_input_link(struct gaz_builder *b, struct gaz_frame *f)
{
	if (b->value.len > 0)
		put_input(b, &b->doc->feed.text_input.link,
		    gaz_url_resolve(b->a, f->base, b->value, false));
}

/* ----- when to ask ----- */

static void
on_cloud(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_cloud c = {
		.domain = gaz_frame_attr(f, "domain"),
		.path = gaz_frame_attr(f, "path"),
		.protocol = gaz_frame_attr(f, "protocol"),
		.register_procedure = gaz_frame_attr(f, "registerProcedure"),
		.port = gaz_frame_attr_int(f, "port"),
	};

	if (b->doc->feed.cloud.domain.len == 0)
		b->doc->feed.cloud = c;
}

static void
on_hour(struct gaz_builder *b, struct gaz_frame *f)
{
	int64_t hour;

	(void)f;
	/* Early versions counted from 1 to 24. */
	if (gaz_str_to_int(b->value, &hour) && hour >= 0 && hour <= 24)
		b->doc->feed.skip_hours |= UINT32_C(1) << (hour % 24);
}

static void
on_day(struct gaz_builder *b, struct gaz_frame *f)
{
	static const char *const days[] = { "sunday", "monday", "tuesday",
		"wednesday", "thursday", "friday", "saturday" };
	struct gaz_feed_info *feed = &b->doc->feed;

	(void)f;
	for (size_t i = 0; i < GAZ_COUNT(days); i++) {
		if (!gaz_str_ieq_z(b->value, days[i]) ||
		    (feed->skip_days & 1u << i) != 0)
			continue;
		feed->skip_days |= (uint8_t)(1u << i);
		*gaz_list_push(b->a, &feed->skip_days_given) =
		    gaz_str_of(days[i]);
	}
}

/* ----- items ----- */

static void
on_guid(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_target *t = gaz_builder_target(b);
	struct gaz_str permalink = gaz_frame_attr(f, "isPermaLink");

	if (b->value.len == 0 || !gaz_builder_wins(b, f))
		return;
	if (t->item == NULL) {
		t->feed->id = b->value;
		return;
	}
	t->item->id = b->value;
	t->guid_base = f->base;
	t->guid_said_so = gaz_str_ieq_z(permalink, "true");
	t->guid_permalink = permalink.len == 0 || t->guid_said_so;
}

static void
on_enclosure(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_target *t = gaz_builder_target(b);
	struct gaz_str url = gaz_frame_attr_url(b, f, "url");

	if (url.len == 0)
		url = gaz_frame_attr_url(b, f, "href");
	if (url.len == 0 && b->value.len > 0)
		url = gaz_url_resolve(b->a, f->base, b->value, false);
	if (url.len == 0)
		url = gaz_frame_attr_url(b, f, "resource");
	if (t->item != NULL)
		gaz_put_enclosure(b->a, &t->item->enclosures, url,
		    gaz_frame_attr(f, "type"),
		    gaz_frame_attr_int(f, "length"));
}

/* Of UserLand's RSS 0.93: news that is none afterwards. */
static void
on_expiration(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_target *t = gaz_builder_target(b);

	(void)f;
	if (t->item != NULL && t->item->valid_until == GAZ_UTC_UNKNOWN)
		t->item->valid_until = gaz_date_parse(b->value);
}

/* A link to the feed that the item came from, and its title. */
static void
on_source(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_target *t = gaz_builder_target(b);
	struct gaz_feed_info *source;

	if (t->item == NULL || t->item->source != NULL ||
	    (b->rich.value.len == 0 &&
		gaz_frame_attr(f, "url").len == 0))
		return;
	source = gaz_arena_alloc(b->a, sizeof(*source));
	gaz_feed_info_init(source);
	source->url = gaz_frame_attr_url(b, f, "url");
	if (b->rich.value.len > 0)
		source->title_detail = b->rich;
	gaz_feed_info_finish(b->a, source, GAZ_STR_NONE);
	t->item->source = source;
}

#define ANY (IN_FEED | IN_ITEM | IN_SOURCE)
#define BOTH (IN_FEED | IN_ITEM)

static const struct gaz_element rows[] = {
	{ "channel", IN_FEED, SHAPE_SCOPE, IN_FEED | IN_WRAPPER, on_channel,
	    NULL, FIELD_NONE, 0 },
	{ "items", IN_FEED, SHAPE_SCOPE, IN_FEED | IN_WRAPPER, NULL, NULL,
	    FIELD_NONE, 0 },
	{ "item", IN_FEED | IN_WRAPPER, SHAPE_SCOPE, IN_ITEM,
	    gaz_on_item_start, gaz_on_item_end, FIELD_NONE, 0 },
	{ "textInput", BOTH, SHAPE_SCOPE, IN_INPUT, NULL, NULL, FIELD_NONE,
	    0 },
	{ "title", IN_INPUT, SHAPE_PLAIN, 0, NULL, on_input_title, FIELD_NONE,
	    0 },
	{ "description", IN_INPUT, SHAPE_PLAIN, 0, NULL, on_input_description,
	    FIELD_NONE, 0 },
	{ "name", IN_INPUT, SHAPE_PLAIN, 0, NULL, on_input_name, FIELD_NONE,
	    0 },
	{ "link", IN_INPUT, SHAPE_PLAIN, 0, NULL, on_input_link, FIELD_NONE,
	    0 },

	{ "title", ANY, SHAPE_MARKUP, 0, NULL, gaz_on_text, FIELD_TITLE, 0 },
	{ "link", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_link, FIELD_NONE, 0 },
	{ "description", ANY, SHAPE_MARKUP, 0, NULL, gaz_on_text,
	    FIELD_SUMMARY, 0 },
	{ "fullitem", IN_ITEM, SHAPE_MARKUP, 0, NULL, gaz_on_content,
	    FIELD_CONTENT, 3 },
	{ "body", IN_ITEM, SHAPE_MARKUP, 0, NULL, gaz_on_content,
	    FIELD_CONTENT, 2 },
	{ "language", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_string,
	    FIELD_LANGUAGE, 0 },
	{ "copyright", ANY, SHAPE_MARKUP, 0, NULL, gaz_on_text, FIELD_RIGHTS,
	    0 },
	{ "managingEditor", BOTH, SHAPE_PLAIN, 0, NULL, gaz_on_author_text,
	    FIELD_NONE, 1 },
	{ "webMaster", BOTH, SHAPE_PLAIN, 0, NULL, gaz_on_publisher_text,
	    FIELD_PUBLISHER, 0 },
	{ "pubDate", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_date, FIELD_PUBLISHED,
	    0 },
	{ "expirationDate", IN_ITEM, SHAPE_PLAIN, 0, NULL, on_expiration,
	    FIELD_NONE, 0 },
	{ "lastBuildDate", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_date,
	    FIELD_UPDATED, 0 },
	{ "category", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_category, FIELD_NONE,
	    0 },
	{ "tags", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_keywords, FIELD_NONE, 0 },
	{ "keywords", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_keywords, FIELD_NONE,
	    0 },
	{ "generator", IN_FEED, SHAPE_PLAIN, 0, NULL, gaz_on_generator,
	    FIELD_GENERATOR, 0 },
	{ "cloud", IN_FEED, SHAPE_SCOPE, 0, on_cloud, NULL, FIELD_NONE, 0 },
	{ "ttl", IN_FEED, SHAPE_PLAIN, 0, NULL, gaz_on_int, FIELD_TTL, 0 },
	{ "skipHours", IN_FEED, SHAPE_SCOPE, IN_SKIP, NULL, NULL, FIELD_NONE,
	    0 },
	{ "skipDays", IN_FEED, SHAPE_SCOPE, IN_SKIP, NULL, NULL, FIELD_NONE,
	    0 },
	{ "hour", IN_SKIP, SHAPE_PLAIN, 0, NULL, on_hour, FIELD_NONE, 0 },
	{ "day", IN_SKIP, SHAPE_PLAIN, 0, NULL, on_day, FIELD_NONE, 0 },
	{ "newLocation", IN_FEED, SHAPE_SCOPE, IN_MOVED, NULL,
	    gaz_on_url, FIELD_NEW_URL, 0 },
	{ "location", IN_MOVED, SHAPE_PLAIN, 0, NULL, gaz_on_url,
	    FIELD_NEW_URL, 0 },

	{ "image", BOTH, SHAPE_SCOPE, IN_IMAGE, on_image_start, on_image_end,
	    FIELD_IMAGE, 2 },
	{ "url", IN_IMAGE, SHAPE_PLAIN, 0, NULL, on_image_url, FIELD_NONE, 0 },
	{ "title", IN_IMAGE, SHAPE_PLAIN, 0, NULL, on_image_title, FIELD_NONE,
	    0 },
	{ "link", IN_IMAGE, SHAPE_PLAIN, 0, NULL, on_image_link, FIELD_NONE,
	    0 },
	{ "description", IN_IMAGE, SHAPE_PLAIN, 0, NULL, on_image_description,
	    FIELD_NONE, 0 },
	{ "width", IN_IMAGE, SHAPE_PLAIN, 0, NULL, on_image_width, FIELD_NONE,
	    0 },
	{ "height", IN_IMAGE, SHAPE_PLAIN, 0, NULL, on_image_height,
	    FIELD_NONE, 0 },

	{ "author", ANY, SHAPE_SCOPE, IN_PERSON, gaz_on_person_start,
	    gaz_on_author, FIELD_NONE, 0 },
	{ "guid", ANY, SHAPE_PLAIN, 0, NULL, on_guid, FIELD_ID, 0 },
	{ "comments", IN_ITEM, SHAPE_PLAIN, 0, NULL, gaz_on_url,
	    FIELD_COMMENTS, 0 },
	{ "enclosure", IN_ITEM, SHAPE_PLAIN, 0, NULL, on_enclosure,
	    FIELD_NONE, 0 },
	{ "source", IN_ITEM, SHAPE_MARKUP, 0, NULL, on_source, FIELD_NONE,
	    0 },
};

const struct gaz_element_table gaz_elements_rss = { rows, GAZ_COUNT(rows) };

static const char *const uris[] = {
	"backend.userland.com/rss", "backend.userland.com/rss2",
	"backend.userland.com/rss091", "backend.userland.com/rss092",
	"backend.userland.com/rss093", "blogs.law.harvard.edu/tech/rss",
	"cyber.law.harvard.edu/rss", "cyber.law.harvard.edu/rss/rss.html",
	"rssboard.org/rss-specification", "purl.org/rss/1.0",
	"purl.org/rss/2.0", "purl.org/rss/1.0/modules/rss091",
	"purl.org/net/rss1.1", "my.netscape.com/rdf/simple/0.9",
	"channel.netscape.com/rdf/simple/0.9",
	"my.netscape.com/publish/formats/rss-0.91.dtd", NULL
};
static const char *const prefixes[] = {
	"rss", NULL
};

const struct gaz_namespace gaz_ns_core = { uris, prefixes,
	{ rows, GAZ_COUNT(rows) } };
