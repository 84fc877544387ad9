/* Channel Definition Format (1997). Names are upper-case, values attributes. */
#include "config.h"

#include "parse/builder.h"

#include "gazetted/date.h"
#include "gazetted/mem.h"
#include "gazetted/url.h"

/* BASE of a channel or an item. The frame of an item is not its own, so this
 * comes before the item begins. */
static void
take_base(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_str base = gaz_frame_attr_url(b, f, "base");

	if (base.len > 0)
		f->base = base;
}

/* HREF and LASTMOD of either. */
static void
take_attrs(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_target *t = gaz_builder_target(b);
	struct gaz_str when = gaz_frame_attr(f, "lastmod");
	struct gaz_str href = gaz_frame_attr_url(b, f, "href");

	if (href.len > 0 && t->own_link.len == 0) {
		t->own_link = href;
		gaz_put_link(b->a, t->item != NULL ? &t->item->links :
		    &t->feed->links, href, GAZ_STR_NONE, GAZ_STR_NONE);
	}
	if (when.len == 0)
		return;
	*(t->item != NULL ? &t->item->updated : &t->feed->updated) =
	    gaz_date_parse(when);
	*(t->item != NULL ? &t->item->updated_raw : &t->feed->updated_raw) =
	    when;
}

static void
on_channel_start(struct gaz_builder *b, struct gaz_frame *f)
{
	take_base(b, f);
	take_attrs(b, f);
}

static void
on_item_start(struct gaz_builder *b, struct gaz_frame *f)
{
	take_base(b, f);
	gaz_on_item_start(b, f);
	take_attrs(b, f);
}

/* An A element: the link of what it stands in, and its title if no other. */
static void
on_anchor(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_target *t = gaz_builder_target(b);
	struct gaz_str href = gaz_frame_attr_url(b, f, "href");

	gaz_on_text(b, f);
	if (href.len == 0 || t->own_link.len > 0)
		return;
	t->own_link = href;
	gaz_put_link(b->a, t->item != NULL ? &t->item->links :
	    &t->feed->links, href, GAZ_STR_NONE, GAZ_STR_NONE);
}

static const struct gaz_element rows[] = {
	{ "channel", IN_FEED, SHAPE_SCOPE, IN_FEED | IN_WRAPPER,
	    on_channel_start, NULL, FIELD_NONE, 0 },
	{ "item", IN_FEED | IN_WRAPPER, SHAPE_SCOPE, IN_ITEM, on_item_start,
	    gaz_on_item_end, FIELD_NONE, 0 },
	{ "title", IN_FEED | IN_ITEM, SHAPE_MARKUP, 0, NULL, gaz_on_text,
	    FIELD_TITLE, 0 },
	{ "abstract", IN_FEED | IN_ITEM, SHAPE_MARKUP, 0, NULL, gaz_on_text,
	    FIELD_SUMMARY, 0 },
	{ "logo", IN_FEED | IN_ITEM, SHAPE_PLAIN, 0, NULL, gaz_on_image_href,
	    FIELD_IMAGE, 2 },
	{ "a", IN_FEED | IN_ITEM, SHAPE_MARKUP, 0, NULL, on_anchor,
	    FIELD_TITLE, 5 },
};

const struct gaz_element_table gaz_elements_cdf = { rows, GAZ_COUNT(rows) };
