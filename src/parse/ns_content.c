/* http://purl.org/rss/1.0/modules/content/ */
#include "config.h"

#include "parse/builder.h"

#include "gazetted/mem.h"

static const struct gaz_element rows[] = {
	{ "encoded", IN_ITEM, SHAPE_MARKUP, 0, NULL, gaz_on_content,
	    FIELD_CONTENT, 0 },
};

const struct gaz_element_table gaz_elements_content = { rows,
	GAZ_COUNT(rows) };
