/* http://purl.org/rss/1.0/modules/slash/ */
#include "config.h"

#include "parse/builder.h"

#include "gazetted/mem.h"

static const struct gaz_element rows[] = {
	{ "comments", IN_ITEM, SHAPE_PLAIN, 0, NULL, gaz_on_int,
	    FIELD_COMMENT_COUNT, 2 },
};

static const char *const uris[] = {
	"purl.org/rss/1.0/modules/slash", NULL
};
static const char *const prefixes[] = {
	"slash", NULL
};

const struct gaz_namespace gaz_ns_slash = { uris, prefixes,
	{ rows, GAZ_COUNT(rows) } };
