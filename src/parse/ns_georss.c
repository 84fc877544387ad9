/* http://www.georss.org/georss, its simple form; the other one is GML. */
#include "config.h"

#include "parse/builder.h"

#include "gazetted/mem.h"

static void
on_point(struct gaz_builder *b, struct gaz_frame *f)
{
	(void)f;
	gaz_put_place(b, GAZ_PLACE_POINT, b->value);
}

static void
on_line(struct gaz_builder *b, struct gaz_frame *f)
{
	(void)f;
	gaz_put_place(b, GAZ_PLACE_LINE, b->value);
}

static void
on_polygon(struct gaz_builder *b, struct gaz_frame *f)
{
	(void)f;
	gaz_put_place(b, GAZ_PLACE_POLYGON, b->value);
}

static void
on_box(struct gaz_builder *b, struct gaz_frame *f)
{
	(void)f;
	gaz_put_place(b, GAZ_PLACE_BOX, b->value);
}

static const struct gaz_element rows[] = {
	{ "point", IN_ITEM, SHAPE_PLAIN, 0, NULL, on_point, FIELD_NONE, 0 },
	{ "line", IN_ITEM, SHAPE_PLAIN, 0, NULL, on_line, FIELD_NONE, 0 },
	{ "polygon", IN_ITEM, SHAPE_PLAIN, 0, NULL, on_polygon, FIELD_NONE,
	    0 },
	{ "box", IN_ITEM, SHAPE_PLAIN, 0, NULL, on_box, FIELD_NONE, 0 },
	{ "where", IN_ITEM, SHAPE_SCOPE, IN_PLACE, NULL, NULL, FIELD_NONE,
	    0 },
};

static const char *const uris[] = {
	"georss.org/georss", "georss.org/georss/10", "georss.org/georss/11",
	NULL
};
static const char *const prefixes[] = {
	"georss", NULL
};

const struct gaz_namespace gaz_ns_georss = { uris, prefixes,
	{ rows, GAZ_COUNT(rows) } };
