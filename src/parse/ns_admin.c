/* http://webns.net/mvcb/ */
#include "config.h"

#include "parse/builder.h"

#include "gazetted/mem.h"

static const struct gaz_element rows[] = {
	{ "generatorAgent", IN_FEED, SHAPE_PLAIN, 0, NULL, gaz_on_generator,
	    FIELD_GENERATOR, 3 },
};

static const char *const uris[] = {
	"webns.net/mvcb", NULL
};
static const char *const prefixes[] = {
	"admin", NULL
};

const struct gaz_namespace gaz_ns_admin = { uris, prefixes,
	{ rows, GAZ_COUNT(rows) } };
