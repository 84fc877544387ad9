/* http://purl.org/dc/elements/1.1/ */
#include "config.h"

#include "parse/builder.h"

#include "gazetted/mem.h"

#define ANY (IN_FEED | IN_ITEM | IN_SOURCE)

/* Of an item it is the date of publication if no other is given; of a feed,
 * whose elements it describes now, that of its last change. */
static void
on_date(struct gaz_builder *b, struct gaz_frame *f)
{
	static const struct gaz_element of_feed = { "date", ANY, SHAPE_PLAIN, 0,
		NULL, NULL, FIELD_UPDATED, 4 };

	if (gaz_builder_target(b)->item == NULL)
		f->row = &of_feed;
	gaz_on_date(b, f);
}

static const struct gaz_element rows[] = {
	{ "title", ANY, SHAPE_MARKUP, 0, NULL, gaz_on_text, FIELD_TITLE, 2 },
	{ "description", ANY, SHAPE_MARKUP, 0, NULL, gaz_on_text,
	    FIELD_SUMMARY, 2 },
	{ "rights", ANY, SHAPE_MARKUP, 0, NULL, gaz_on_text, FIELD_RIGHTS,
	    2 },
	{ "creator", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_author_text,
	    FIELD_NONE, 2 },
	{ "author", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_author_text, FIELD_NONE,
	    2 },
	{ "contributor", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_contributor_text,
	    FIELD_NONE, 2 },
	{ "publisher", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_publisher_text,
	    FIELD_PUBLISHER, 2 },
	{ "subject", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_category, FIELD_NONE,
	    2 },
	{ "language", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_string,
	    FIELD_LANGUAGE, 2 },
	{ "date", ANY, SHAPE_PLAIN, 0, NULL, on_date, FIELD_PUBLISHED, 4 },
};

static const char *const uris[] = {
	"purl.org/dc/elements/1.1", "purl.org/dc/elements/1.0",
	"purl.org/dc/elements", "purl.org/dc", "purl.org/dc/1.1",
	"dublincore.org/documents/dcmi-namespace", NULL
};
static const char *const prefixes[] = {
	"dc", NULL
};

const struct gaz_namespace gaz_ns_dc = { uris, prefixes,
	{ rows, GAZ_COUNT(rows) } };
