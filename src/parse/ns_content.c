/* http://purl.org/rss/1.0/modules/content/ */
#include "config.h"

#include "parse/builder.h"

#include "gazetted/mem.h"

static const struct gaz_element rows[] = {
	{ "encoded", IN_ITEM, SHAPE_MARKUP, 0, NULL, gaz_on_content,
	    FIELD_CONTENT, 0 },
};

static const char *const uris[] = {
	"purl.org/rss/1.0/modules/content", NULL
};
static const char *const prefixes[] = {
	"content", NULL
};

const struct gaz_namespace gaz_ns_content = { uris, prefixes,
	{ rows, GAZ_COUNT(rows) } };
