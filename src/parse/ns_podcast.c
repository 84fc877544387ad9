/* https://podcastindex.org/namespace/1.0 */
#include "config.h"

#include "parse/builder.h"

#include "gazetted/mem.h"

/* Licences go by their SPDX name; only an address is of use here. */
static void
on_license(struct gaz_builder *b, struct gaz_frame *f)
{
	b->value = gaz_frame_attr(f, "url");
	if (b->value.len > 0)
		gaz_on_url(b, f);
}

static const struct gaz_element rows[] = {
	{ "episode", IN_ITEM, SHAPE_PLAIN, 0, NULL, gaz_on_int, FIELD_EPISODE,
	    2 },
	{ "season", IN_ITEM, SHAPE_PLAIN, 0, NULL, gaz_on_int, FIELD_SEASON,
	    2 },
	{ "license", IN_FEED | IN_ITEM, SHAPE_PLAIN, 0, NULL, on_license,
	    FIELD_LICENSE, 6 },
};

const struct gaz_element_table gaz_elements_podcast = { rows,
	GAZ_COUNT(rows) };
