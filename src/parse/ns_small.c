/* Namespaces of a few elements each. */
#include "config.h"

#include "parse/builder.h"

#include "gazetted/mem.h"
#include "gazetted/url.h"

/* ----- http://purl.org/rss/1.0/modules/syndication/ ----- */

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

static const struct gaz_element sy[] = {
	{ "updatePeriod", IN_FEED, SHAPE_PLAIN, 0, NULL, on_period,
	    FIELD_NONE, 0 },
	{ "updateFrequency", IN_FEED, SHAPE_PLAIN, 0, NULL, on_frequency,
	    FIELD_NONE, 0 },
};

/* ----- http://webns.net/mvcb/ ----- */

static const struct gaz_element admin[] = {
	{ "generatorAgent", IN_FEED, SHAPE_PLAIN, 0, NULL, gaz_on_generator,
	    FIELD_GENERATOR, 3 },
};

/* ----- Creative Commons, three generations ----- */

/* The same as a link with rel="license". */
static void
on_license(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_target *t = gaz_builder_target(b);
	struct gaz_str url = b->value.len > 0 ? b->value :
	    gaz_frame_attr(f, "resource");

	if (url.len > 0)
		gaz_put_link(b->a, t->item != NULL ? &t->item->links :
		    &t->feed->links, gaz_url_resolve(b->a, f->base, url,
		    false), GAZ_STR("license"), GAZ_STR_NONE);
	gaz_on_url(b, f);
}

static const struct gaz_element cc[] = {
	{ "license", IN_FEED | IN_ITEM | IN_SOURCE, SHAPE_PLAIN, 0, NULL,
	    on_license, FIELD_LICENSE, 2 },
};

/* ----- http://rssnamespace.org/feedburner/ext/1.0, pheedo's as well ----- */

/* The address that the counting link leads to. */
static void
on_original(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_target *t = gaz_builder_target(b);

	struct gaz_str url;

	if (t->item == NULL || b->value.len == 0)
		return;
	url = gaz_url_resolve(b->a, f->base, b->value, false);
	gaz_put_link(b->a, &t->item->links, url, GAZ_STR("canonical"),
	    GAZ_STR_NONE);
	if (t->item->original.len == 0)
		t->item->original = url;
}

static const struct gaz_element feedburner[] = {
	{ "origLink", IN_ITEM, SHAPE_PLAIN, 0, NULL, on_original, FIELD_NONE,
	    0 },
};

/* ----- comments ----- */

static const struct gaz_element slash[] = {
	{ "comments", IN_ITEM, SHAPE_PLAIN, 0, NULL, gaz_on_int,
	    FIELD_COMMENT_COUNT, 2 },
};

static const struct gaz_element thr[] = {
	{ "total", IN_ITEM, SHAPE_PLAIN, 0, NULL, gaz_on_int,
	    FIELD_COMMENT_COUNT, 2 },
};

static const struct gaz_element wfw[] = {
	{ "commentRss", IN_ITEM, SHAPE_PLAIN, 0, NULL, gaz_on_url,
	    FIELD_COMMENTS_FEED, 2 },
};

/* ----- http://www.w3.org/1999/xhtml ----- */

static const struct gaz_element xhtml[] = {
	{ "body", IN_ITEM, SHAPE_MARKUP, 0, NULL, gaz_on_content,
	    FIELD_CONTENT, 2 },
	{ "div", IN_ITEM, SHAPE_MARKUP, 0, NULL, gaz_on_content,
	    FIELD_CONTENT, 2 },
};

#define TABLE(name) \
	const struct gaz_element_table gaz_elements_##name = { name, \
		GAZ_COUNT(name) }

TABLE(sy);
TABLE(admin);
TABLE(cc);
TABLE(feedburner);
TABLE(slash);
TABLE(thr);
TABLE(wfw);
TABLE(xhtml);
