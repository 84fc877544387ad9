/* http://rssnamespace.org/feedburner/ext/1.0, pheedo's as well. */
#include "config.h"

#include "parse/builder.h"

#include "gazetted/mem.h"
#include "gazetted/url.h"

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

static const struct gaz_element rows[] = {
	{ "origLink", IN_ITEM, SHAPE_PLAIN, 0, NULL, on_original, FIELD_NONE,
	    0 },
};

static const char *const uris[] = {
	"rssnamespace.org/feedburner/ext/1.0", "pheedo.com/namespace/pheedo",
	NULL
};
static const char *const prefixes[] = {
	"feedburner", "pheedo", NULL
};

const struct gaz_namespace gaz_ns_feedburner = { uris, prefixes,
	{ rows, GAZ_COUNT(rows) } };
