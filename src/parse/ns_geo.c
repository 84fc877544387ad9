/* http://www.w3.org/2003/01/geo/wgs84_pos# */
#include "config.h"

#include "parse/builder.h"

#include "gazetted/mem.h"

/* Latitude and longitude come one after the other, mostly. */
static void
on_lat(struct gaz_builder *b, struct gaz_frame *f)
{
	(void)f;
	b->item.latitude = b->value;
	gaz_put_latitude_longitude(b);
}

static void
on_long(struct gaz_builder *b, struct gaz_frame *f)
{
	(void)f;
	b->item.longitude = b->value;
	gaz_put_latitude_longitude(b);
}

static const struct gaz_element rows[] = {
	{ "Point", IN_ITEM, SHAPE_SCOPE, IN_PLACE, NULL, NULL, FIELD_NONE, 0 },
	{ "lat", IN_ITEM | IN_PLACE, SHAPE_PLAIN, 0, NULL, on_lat, FIELD_NONE,
	    0 },
	{ "long", IN_ITEM | IN_PLACE, SHAPE_PLAIN, 0, NULL, on_long,
	    FIELD_NONE, 0 },
};

static const char *const uris[] = {
	"w3.org/2003/01/geo/wgs84_pos", NULL
};
static const char *const prefixes[] = {
	"geo", NULL
};

const struct gaz_namespace gaz_ns_geo = { uris, prefixes,
	{ rows, GAZ_COUNT(rows) } };
