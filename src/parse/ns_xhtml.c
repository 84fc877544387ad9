/* http://www.w3.org/1999/xhtml */
#include "config.h"

#include "parse/builder.h"

#include "gazetted/mem.h"

static const struct gaz_element rows[] = {
	{ "body", IN_ITEM, SHAPE_MARKUP, 0, NULL, gaz_on_content,
	    FIELD_CONTENT, 2 },
	{ "div", IN_ITEM, SHAPE_MARKUP, 0, NULL, gaz_on_content,
	    FIELD_CONTENT, 2 },
};

static const char *const uris[] = {
	"w3.org/1999/xhtml", "w3.org/tr/xhtml1", "w3.org/tr/xhtml1/strict",
	"w3.org/tr/xhtml1/transitional", "w3.org/tr/rec-html40", NULL
};
static const char *const prefixes[] = {
	"xhtml", NULL
};

const struct gaz_namespace gaz_ns_xhtml = { uris, prefixes,
	{ rows, GAZ_COUNT(rows) } };
