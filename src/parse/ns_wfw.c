/* http://wellformedweb.org/CommentAPI/ */
#include "config.h"

#include "parse/builder.h"

#include "gazetted/mem.h"

static const struct gaz_element rows[] = {
	{ "commentRss", IN_ITEM, SHAPE_PLAIN, 0, NULL, gaz_on_url,
	    FIELD_COMMENTS_FEED, 2 },
};

static const char *const uris[] = {
	"wellformedweb.org/commentapi", NULL
};
static const char *const prefixes[] = {
	"wfw", NULL
};

const struct gaz_namespace gaz_ns_wfw = { uris, prefixes,
	{ rows, GAZ_COUNT(rows) } };
