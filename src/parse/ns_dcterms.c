/* http://purl.org/dc/terms/ */
#include "config.h"

#include "parse/builder.h"

#include "gazetted/mem.h"

#define ANY (IN_FEED | IN_ITEM | IN_SOURCE)

static const struct gaz_element rows[] = {
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

static const char *const uris[] = {
	"purl.org/dc/terms", NULL
};
static const char *const prefixes[] = {
	"dcterms", NULL
};

const struct gaz_namespace gaz_ns_dcterms = { uris, prefixes,
	{ rows, GAZ_COUNT(rows) } };
