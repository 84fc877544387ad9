/* http://www.itunes.com/dtds/podcast-1.0.dtd, and Google's twin of it. */
#include "config.h"

#include "parse/builder.h"

#include "gazetted/mem.h"

#define BOTH (IN_FEED | IN_ITEM)

/* <itunes:category text="Outer"><itunes:category text="Inner"/>. What stands in
 * one may stand where the outermost stands, as many are not closed. */
static void
on_category(struct gaz_builder *b, struct gaz_frame *f)
{
	f->scope = b->frames[b->depth - 2].scope;
	b->value = GAZ_STR_NONE;
	gaz_on_category(b, f);
}

/* <itunes:link rel="image" href="..."/> */
static void
on_link(struct gaz_builder *b, struct gaz_frame *f)
{
	if (gaz_str_ieq_z(gaz_frame_attr(f, "rel"), "image"))
		gaz_on_image_href(b, f);
}

static const struct gaz_element rows[] = {
	{ "title", BOTH, SHAPE_MARKUP, 0, NULL, gaz_on_text, FIELD_TITLE, 5 },
	{ "author", BOTH, SHAPE_PLAIN, 0, NULL, gaz_on_author_text,
	    FIELD_NONE, 4 },
	{ "summary", BOTH, SHAPE_MARKUP, 0, NULL, gaz_on_text, FIELD_SUMMARY,
	    4 },
	{ "description", BOTH, SHAPE_MARKUP, 0, NULL, gaz_on_text,
	    FIELD_SUMMARY, 4 },
	{ "subtitle", IN_FEED, SHAPE_MARKUP, 0, NULL, gaz_on_text,
	    FIELD_SUMMARY, 5 },
	/* One line about an episode that has nothing else to say. */
	{ "subtitle", IN_ITEM, SHAPE_MARKUP, 0, NULL, gaz_on_text,
	    FIELD_SUMMARY, 8 },
	{ "image", BOTH, SHAPE_PLAIN, 0, NULL, gaz_on_image_href, FIELD_IMAGE,
	    4 },
	{ "link", BOTH, SHAPE_PLAIN, 0, NULL, on_link, FIELD_IMAGE, 5 },
	{ "category", BOTH, SHAPE_SCOPE, 0, on_category, NULL, FIELD_NONE, 0 },
	{ "keywords", BOTH, SHAPE_PLAIN, 0, NULL, gaz_on_keywords, FIELD_NONE,
	    0 },
	{ "explicit", BOTH, SHAPE_PLAIN, 0, NULL, gaz_on_flag, FIELD_EXPLICIT,
	    0 },
	{ "block", BOTH, SHAPE_PLAIN, 0, NULL, gaz_on_flag, FIELD_BLOCK, 0 },
	{ "duration", IN_ITEM, SHAPE_PLAIN, 0, NULL, gaz_on_duration,
	    FIELD_DURATION, 0 },
	{ "episode", IN_ITEM, SHAPE_PLAIN, 0, NULL, gaz_on_int, FIELD_EPISODE,
	    0 },
	{ "season", IN_ITEM, SHAPE_PLAIN, 0, NULL, gaz_on_int, FIELD_SEASON,
	    0 },
	{ "new-feed-url", IN_FEED, SHAPE_PLAIN, 0, NULL, gaz_on_url,
	    FIELD_NEW_URL, 0 },
	{ "owner", BOTH, SHAPE_SCOPE, IN_PERSON, gaz_on_person_start,
	    gaz_on_publisher, FIELD_PUBLISHER, 4 },
	{ "name", IN_PERSON, SHAPE_PLAIN, 0, NULL, gaz_on_person_name,
	    FIELD_NONE, 0 },
	{ "email", IN_PERSON, SHAPE_PLAIN, 0, NULL, gaz_on_person_email,
	    FIELD_NONE, 0 },
};

static const char *const uris[] = {
	"itunes.com/dtds/podcast-1.0.dtd", "itunes.com/dtds/podcast-1.0",
	"itunes.com/dtds/podcast", "example.com/dtds/podcast-1.0.dtd",
	"itunes.apple.com/dtds/podcast-1.0.dtd",
	"apple.com/itunes/store/podcaststechspecs.html",
	"google.com/schemas/play-podcasts/1.0",
	"google.com/schemas/play-podcasts/1.0/play-podcasts.xsd", NULL
};
static const char *const prefixes[] = {
	"itunes", "googleplay", NULL
};

const struct gaz_namespace gaz_ns_itunes = { uris, prefixes,
	{ rows, GAZ_COUNT(rows) } };
