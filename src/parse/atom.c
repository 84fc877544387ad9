/* Atom 0.3 and 1.0, and the drafts before. */
#include "config.h"

#include "parse/builder.h"

#include "gazetted/mem.h"
#include "gazetted/url.h"

#include "parse/finish.h"

static void
on_source_start(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_feed_info *feed = gaz_arena_alloc(b->a, sizeof(*feed));

	(void)f;
	gaz_feed_info_init(feed);
	b->source = (struct gaz_target){ .feed = feed,
		.period_s = GAZ_INT_UNKNOWN, .frequency = GAZ_INT_UNKNOWN };
	b->in_source = true;
	feed->language = f->lang;
}

static void
on_source_end(struct gaz_builder *b, struct gaz_frame *f)
{
	(void)f;
	b->in_source = false;
	gaz_feed_info_finish(b->a, b->source.feed, b->source.own_link);
	if (b->draft.source == NULL)
		b->draft.source = b->source.feed;
}

static void
on_icon(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_target *t = gaz_builder_target(b);

	/* In an entry it is a picture of it, if it is anything. */
	if (t->item == NULL)
		gaz_on_url(b, f);
	else if (b->value.len > 0)
		gaz_put_thumbnail(t, gaz_url_resolve(b->a, f->base, b->value,
		    false), 3);
}

#define ANY (IN_FEED | IN_ITEM | IN_SOURCE)

static const struct gaz_element rows[] = {
	{ "entry", IN_FEED | IN_WRAPPER, SHAPE_SCOPE, IN_ITEM,
	    gaz_on_item_start, gaz_on_item_end, FIELD_NONE, 0 },
	{ "source", IN_ITEM, SHAPE_SCOPE, IN_SOURCE, on_source_start,
	    on_source_end, FIELD_NONE, 0 },

	{ "id", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_string, FIELD_ID, 0 },
	{ "title", ANY, SHAPE_MARKUP, 0, NULL, gaz_on_text, FIELD_TITLE, 0 },
	{ "subtitle", IN_FEED | IN_SOURCE, SHAPE_MARKUP, 0, NULL, gaz_on_text,
	    FIELD_SUMMARY, 0 },
	{ "tagline", IN_FEED | IN_SOURCE, SHAPE_MARKUP, 0, NULL, gaz_on_text,
	    FIELD_SUMMARY, 0 },
	/* Atom 0.3: on the feed, for people who see its source. */
	{ "info", IN_FEED | IN_SOURCE, SHAPE_MARKUP, 0, NULL, gaz_on_text,
	    FIELD_SUMMARY, 9 },
	{ "summary", IN_ITEM, SHAPE_MARKUP, 0, NULL, gaz_on_text,
	    FIELD_SUMMARY, 0 },
	{ "content", IN_ITEM, SHAPE_MARKUP, 0, NULL, gaz_on_content,
	    FIELD_CONTENT, 0 },
	{ "rights", ANY, SHAPE_MARKUP, 0, NULL, gaz_on_text, FIELD_RIGHTS,
	    0 },
	{ "copyright", ANY, SHAPE_MARKUP, 0, NULL, gaz_on_text, FIELD_RIGHTS,
	    0 },
	{ "link", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_link, FIELD_NONE, 0 },
	{ "updated", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_date, FIELD_UPDATED,
	    0 },
	{ "modified", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_date, FIELD_UPDATED,
	    1 },
	{ "published", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_date,
	    FIELD_PUBLISHED, 0 },
	{ "issued", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_date, FIELD_PUBLISHED,
	    1 },
	{ "created", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_date, FIELD_PUBLISHED,
	    5 },
	{ "category", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_category, FIELD_NONE,
	    0 },
	{ "generator", IN_FEED | IN_SOURCE, SHAPE_PLAIN, 0, NULL,
	    gaz_on_generator, FIELD_GENERATOR, 0 },
	{ "icon", ANY, SHAPE_PLAIN, 0, NULL, on_icon, FIELD_ICON, 0 },
	{ "logo", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_image_href, FIELD_IMAGE,
	    2 },

	{ "author", ANY, SHAPE_SCOPE, IN_PERSON, gaz_on_person_start,
	    gaz_on_author, FIELD_NONE, 0 },
	{ "contributor", ANY, SHAPE_SCOPE, IN_PERSON, gaz_on_person_start,
	    gaz_on_contributor, FIELD_NONE, 0 },
	{ "name", IN_PERSON, SHAPE_PLAIN, 0, NULL, gaz_on_person_name,
	    FIELD_NONE, 0 },
	{ "email", IN_PERSON, SHAPE_PLAIN, 0, NULL, gaz_on_person_email,
	    FIELD_NONE, 0 },
	{ "uri", IN_PERSON, SHAPE_PLAIN, 0, NULL, gaz_on_person_uri,
	    FIELD_NONE, 0 },
	{ "url", IN_PERSON, SHAPE_PLAIN, 0, NULL, gaz_on_person_uri,
	    FIELD_NONE, 0 },
	{ "homepage", IN_PERSON, SHAPE_PLAIN, 0, NULL, gaz_on_person_uri,
	    FIELD_NONE, 0 },
	{ "link", IN_PERSON, SHAPE_PLAIN, 0, NULL, gaz_on_person_uri,
	    FIELD_NONE, 0 },
};

const struct gaz_element_table gaz_elements_atom = { rows, GAZ_COUNT(rows) };

static const char *const uris[] = {
	"w3.org/2005/atom", "purl.org/atom/ns", "purl.org/atom",
	"example.com/newformat", "example.com/necho", "purl.org/echo",
	"uri/of/echo/namespace", "purl.org/pie", NULL
};
static const char *const prefixes[] = {
	"atom", "atom10", "a10", NULL
};

const struct gaz_namespace gaz_ns_atom = { uris, prefixes,
	{ rows, GAZ_COUNT(rows) } };
