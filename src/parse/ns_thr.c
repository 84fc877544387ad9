/* http://purl.org/syndication/thread/1.0 (RFC 4685) */
#include "config.h"

#include "parse/builder.h"

#include "gazetted/mem.h"

/* <thr:in-reply-to ref="ID" href="URL"/>: the entry that this one answers. */
static void
on_in_reply_to(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_target *t = gaz_builder_target(b);
	struct gaz_reply *r;

	if (t->item == NULL || t->item->replies_to.n >= GAZ_ITEM_LINKS_MAX)
		return;
	struct gaz_reply reply = {
		.ref = gaz_frame_attr(f, "ref"),
		.href = gaz_frame_attr_url(b, f, "href"),
		.source = gaz_frame_attr_url(b, f, "source"),
	};

	if (reply.ref.len == 0 && reply.href.len == 0)
		return;
	r = gaz_list_push(b->a, &t->item->replies_to);
	*r = reply;
}

static const struct gaz_element rows[] = {
	{ "total", IN_ITEM, SHAPE_PLAIN, 0, NULL, gaz_on_int,
	    FIELD_COMMENT_COUNT, 2 },
	{ "in-reply-to", IN_ITEM, SHAPE_PLAIN, 0, NULL, on_in_reply_to,
	    FIELD_NONE, 0 },
};

static const char *const uris[] = {
	"purl.org/syndication/thread/1.0", NULL
};
static const char *const prefixes[] = {
	"thr", NULL
};

const struct gaz_namespace gaz_ns_thr = { uris, prefixes,
	{ rows, GAZ_COUNT(rows) } };
