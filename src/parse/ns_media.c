/* Media RSS, http://search.yahoo.com/mrss/ */
#include "config.h"

#include "parse/builder.h"

#include "gazetted/date.h"
#include "gazetted/mem.h"

#define ITEM (IN_ITEM | IN_MEDIA)
#define ANY (IN_FEED | ITEM)
/* The scheme of categories that name none (Media RSS 1.5.1). */
#define SCHEME "http://search.yahoo.com/mrss/category_schema"

static void
on_content_start(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_target *t = gaz_builder_target(b);
	int64_t duration = gaz_duration_parse(gaz_frame_attr(f, "duration"));
	struct gaz_enclosure *e;

	b->enclosure = NULL;
	if (t->item == NULL) {
		if (gaz_str_ieq_z(gaz_frame_attr(f, "medium"), "image"))
			gaz_on_image_href(b, f);
		return;
	}
	if (duration >= 0 && t->rank[FIELD_DURATION] == 0)
		t->item->duration_s = duration;
	e = gaz_put_enclosure(b->a, &t->item->enclosures,
	    gaz_frame_attr_url(b, f, "url"), gaz_frame_attr(f, "type"),
	    gaz_frame_attr_int(f, "fileSize"));
	if (e == NULL)
		return;
	if (e->duration_s == GAZ_INT_UNKNOWN && duration >= 0)
		e->duration_s = duration;
	if (e->type.len == 0 &&
	    gaz_str_ieq_z(gaz_frame_attr(f, "medium"), "image"))
		gaz_put_thumbnail(t, e->url, 4);
	b->enclosure = e;
}

static void
on_content_end(struct gaz_builder *b, struct gaz_frame *f)
{
	(void)f;
	b->enclosure = NULL;
}

/* Inside media:content it names that file, and the item if nothing else. */
static void
on_title(struct gaz_builder *b, struct gaz_frame *f)
{
	if (b->enclosure != NULL && b->enclosure->title.len == 0)
		b->enclosure->title = gaz_text_plain(b->a, &b->rich,
		    GAZ_TITLE_MAX);
	gaz_on_text(b, f);
}

/* Of the feed it is the picture where nothing else is (Media RSS 1.5.1: an
 * element of the channel goes for all items). */
static void
on_thumbnail(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_str url = gaz_frame_attr_url(b, f, "url");

	if (gaz_builder_target(b)->item != NULL && url.len > 0)
		gaz_put_thumbnail(gaz_builder_target(b), url, 0);
	else
		gaz_on_image_href(b, f);
}

static void
on_category(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_target *t = gaz_builder_target(b);
	struct gaz_str scheme = gaz_frame_attr(f, "scheme");

	gaz_put_category(b->a, t->item != NULL ? &t->item->categories :
	    &t->feed->categories, b->value,
	    scheme.len > 0 ? scheme : GAZ_STR(SCHEME),
	    gaz_frame_attr(f, "label"));
}

static void
on_credit(struct gaz_builder *b, struct gaz_frame *f)
{
	if (gaz_str_ieq_z(gaz_frame_attr(f, "role"), "author"))
		gaz_on_author_text(b, f);
}

static const struct gaz_element rows[] = {
	{ "group", IN_FEED | ITEM, SHAPE_SCOPE, IN_MEDIA, NULL, NULL,
	    FIELD_NONE, 0 },
	{ "content", ANY, SHAPE_SCOPE, IN_MEDIA, on_content_start,
	    on_content_end, FIELD_IMAGE, 8 },
	{ "title", ITEM, SHAPE_MARKUP, 0, NULL, on_title, FIELD_TITLE, 4 },
	{ "description", ITEM, SHAPE_MARKUP, 0, NULL, gaz_on_text,
	    FIELD_SUMMARY, 6 },
	{ "thumbnail", ANY, SHAPE_PLAIN, 0, NULL, on_thumbnail, FIELD_IMAGE,
	    6 },
	{ "category", ANY, SHAPE_PLAIN, 0, NULL, on_category, FIELD_NONE, 0 },
	{ "keywords", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_keywords, FIELD_NONE,
	    0 },
	{ "credit", ANY, SHAPE_PLAIN, 0, NULL, on_credit, FIELD_NONE, 5 },
	{ "copyright", ANY, SHAPE_MARKUP, 0, NULL, gaz_on_text, FIELD_RIGHTS,
	    4 },
	{ "license", ANY, SHAPE_PLAIN, 0, NULL, gaz_on_url, FIELD_LICENSE,
	    6 },
};

static const char *const uris[] = {
	"search.yahoo.com/mrss", "search.yahoo.com/rss",
	"video.search.yahoo.com/mrss", "rssboard.org/media-rss",
	"tools.search.yahoo.com/mrss", NULL
};
static const char *const prefixes[] = {
	"media", NULL
};

const struct gaz_namespace gaz_ns_media = { uris, prefixes,
	{ rows, GAZ_COUNT(rows) } };
