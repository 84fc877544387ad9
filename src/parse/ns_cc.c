/* Creative Commons, three generations. */
#include "config.h"

#include "parse/builder.h"

#include "gazetted/mem.h"
#include "gazetted/url.h"

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

static const struct gaz_element rows[] = {
	{ "license", IN_FEED | IN_ITEM | IN_SOURCE, SHAPE_PLAIN, 0, NULL,
	    on_license, FIELD_LICENSE, 2 },
};

static const char *const uris[] = {
	"web.resource.org/cc", "creativecommons.org/ns",
	"creativecommons.org/ns#license",
	"backend.userland.com/creativecommonsrssmodule",
	"cyber.law.harvard.edu/rss/creativecommonsrssmodule.html", NULL
};
static const char *const prefixes[] = {
	"cc", "creativecommons", NULL
};

const struct gaz_namespace gaz_ns_cc = { uris, prefixes,
	{ rows, GAZ_COUNT(rows) } };
