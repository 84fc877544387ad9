/* http://purl.org/dc/elements/1.1/ and http://purl.org/dc/terms/ */
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

static const struct gaz_element dc[] = {
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

static const struct gaz_element dcterms[] = {
	{ "issued", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_date, FIELD_PUBLISHED,
	    2 },
	{ "created", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_date, FIELD_PUBLISHED,
	    5 },
	{ "modified", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_date, FIELD_UPDATED,
	    2 },
	{ "title", ANY, SHAPE_MARKUP, 0, NULL, gaz_on_text, FIELD_TITLE, 3 },
	{ "abstract", ANY, SHAPE_MARKUP, 0, NULL, gaz_on_text, FIELD_SUMMARY,
	    3 },
	{ "description", ANY, SHAPE_MARKUP, 0, NULL, gaz_on_text,
	    FIELD_SUMMARY, 3 },
	{ "rights", ANY, SHAPE_MARKUP, 0, NULL, gaz_on_text, FIELD_RIGHTS,
	    3 },
	{ "creator", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_author_text,
	    FIELD_NONE, 3 },
	{ "contributor", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_contributor_text,
	    FIELD_NONE, 3 },
	{ "publisher", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_publisher_text,
	    FIELD_PUBLISHER, 3 },
	{ "subject", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_category, FIELD_NONE,
	    3 },
	{ "language", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_string,
	    FIELD_LANGUAGE, 3 },
	{ "license", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_url, FIELD_LICENSE,
	    3 },
};

const struct gaz_element_table gaz_elements_dc = { dc, GAZ_COUNT(dc) };
const struct gaz_element_table gaz_elements_dcterms = { dcterms,
	GAZ_COUNT(dcterms) };
