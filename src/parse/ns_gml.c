/* http://www.opengis.net/gml, as far as it stands in georss:where. */
#include "config.h"

#include "parse/builder.h"

#include "gazetted/mem.h"

static void
on_position(struct gaz_builder *b, struct gaz_frame *f)
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
on_ring(struct gaz_builder *b, struct gaz_frame *f)
{
	(void)f;
	gaz_put_place(b, GAZ_PLACE_POLYGON, b->value);
}

static void
on_lower(struct gaz_builder *b, struct gaz_frame *f)
{
	(void)f;
	gaz_put_place(b, GAZ_PLACE_BOX, b->value);
}

/* The other corner of the box that began before. */
static void
on_upper(struct gaz_builder *b, struct gaz_frame *f)
{
	(void)f;
	gaz_add_to_place(b, GAZ_PLACE_BOX, b->value);
}

#define PLACE (IN_ITEM | IN_PLACE)

static const struct gaz_element rows[] = {
	{ "Point", PLACE, SHAPE_SCOPE, IN_PLACE, NULL, NULL, FIELD_NONE, 0 },
	{ "LineString", PLACE, SHAPE_SCOPE, IN_PLACE, NULL, NULL, FIELD_NONE,
	    0 },
	{ "Polygon", PLACE, SHAPE_SCOPE, IN_PLACE, NULL, NULL, FIELD_NONE,
	    0 },
	{ "exterior", IN_PLACE, SHAPE_SCOPE, IN_PLACE, NULL, NULL, FIELD_NONE,
	    0 },
	{ "LinearRing", IN_PLACE, SHAPE_SCOPE, IN_RING, NULL, NULL,
	    FIELD_NONE, 0 },
	{ "Envelope", PLACE, SHAPE_SCOPE, IN_PLACE, NULL, NULL, FIELD_NONE,
	    0 },
	{ "pos", IN_PLACE, SHAPE_PLAIN, 0, NULL, on_position, FIELD_NONE, 0 },
	{ "posList", IN_PLACE, SHAPE_PLAIN, 0, NULL, on_line, FIELD_NONE, 0 },
	{ "posList", IN_RING, SHAPE_PLAIN, 0, NULL, on_ring, FIELD_NONE, 0 },
	{ "lowerCorner", IN_PLACE, SHAPE_PLAIN, 0, NULL, on_lower, FIELD_NONE,
	    0 },
	{ "upperCorner", IN_PLACE, SHAPE_PLAIN, 0, NULL, on_upper, FIELD_NONE,
	    0 },
};

static const char *const uris[] = {
	"opengis.net/gml", "opengis.net/gml/3.2", NULL
};
static const char *const prefixes[] = {
	"gml", NULL
};

const struct gaz_namespace gaz_ns_gml = { uris, prefixes,
	{ rows, GAZ_COUNT(rows) } };
