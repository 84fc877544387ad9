/* http://purl.org/rss/1.0/modules/syndication/ */
#include "config.h"

#include "parse/builder.h"

#include "gazetted/mem.h"

static void
on_period(struct gaz_builder *b, struct gaz_frame *f)
{
	static const struct {
		const char *name;
		int64_t seconds;
	} periods[] = { { "hourly", 3600 }, { "daily", 86400 },
		{ "weekly", 7 * 86400 }, { "monthly", 30 * 86400 },
		{ "yearly", 365 * 86400 } };

	(void)f;
	for (size_t i = 0; i < GAZ_COUNT(periods); i++) {
		if (gaz_str_ieq_z(b->value, periods[i].name))
			b->feed.period_s = periods[i].seconds;
	}
}

static void
on_frequency(struct gaz_builder *b, struct gaz_frame *f)
{
	int64_t n;

	(void)f;
	if (gaz_str_to_int(b->value, &n) && n > 0)
		b->feed.frequency = n;
}

static const struct gaz_element rows[] = {
	{ "updatePeriod", IN_FEED, SHAPE_PLAIN, 0, NULL, on_period,
	    FIELD_NONE, 0 },
	{ "updateFrequency", IN_FEED, SHAPE_PLAIN, 0, NULL, on_frequency,
	    FIELD_NONE, 0 },
};

static const char *const uris[] = {
	"purl.org/rss/1.0/modules/syndication", NULL
};
static const char *const prefixes[] = {
	"sy", NULL
};

const struct gaz_namespace gaz_ns_sy = { uris, prefixes,
	{ rows, GAZ_COUNT(rows) } };
