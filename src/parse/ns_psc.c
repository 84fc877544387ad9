/* http://podlove.org/simple-chapters */
#include "config.h"

#include "parse/builder.h"

#include "gazetted/mem.h"
#include "parse/finish.h"

static void
on_chapter(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_target *t = gaz_builder_target(b);
	int64_t start = gaz_time_ms_parse(gaz_frame_attr(f, "start"));

	if (t->item == NULL || start < 0 ||
	    t->item->chapters.n >= GAZ_ITEM_CHAPTERS_MAX)
		return;
	*gaz_list_push(b->a, &t->item->chapters) = (struct gaz_chapter){
		.start_ms = start, .duration_ms = GAZ_INT_UNKNOWN,
		.title = gaz_frame_attr(f, "title"),
		.href = gaz_frame_attr_url(b, f, "href"),
		.image = gaz_frame_attr_url(b, f, "image") };
}

static const struct gaz_element rows[] = {
	{ "chapters", IN_ITEM, SHAPE_SCOPE, IN_CHAPTERS, NULL, NULL,
	    FIELD_NONE, 0 },
	{ "chapter", IN_ITEM | IN_CHAPTERS, SHAPE_PLAIN, 0, NULL, on_chapter,
	    FIELD_NONE, 0 },
};

static const char *const uris[] = {
	"podlove.org/simple-chapters", NULL
};
static const char *const prefixes[] = {
	"psc", NULL
};

const struct gaz_namespace gaz_ns_psc = { uris, prefixes,
	{ rows, GAZ_COUNT(rows) } };
