/* https://podcastindex.org/namespace/1.0 */
#include "config.h"

#include "parse/builder.h"

#include "gazetted/mem.h"
#include "parse/finish.h"

/* Licences go by their SPDX name; only an address is of use here. */
static void
on_license(struct gaz_builder *b, struct gaz_frame *f)
{
	b->value = gaz_frame_attr(f, "url");
	if (b->value.len > 0)
		gaz_on_url(b, f);
}


static void
on_transcript(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_target *t = gaz_builder_target(b);
	struct gaz_str url = gaz_frame_attr_url(b, f, "url");

	if (t->item == NULL || url.len == 0 ||
	    t->item->transcripts.n >= GAZ_ITEM_ENCLOSURES_MAX)
		return;
	*gaz_list_push(b->a, &t->item->transcripts) = (struct gaz_link){
		.href = url, .rel = gaz_frame_attr(f, "rel"),
		.type = gaz_frame_attr(f, "type"),
		.hreflang = gaz_frame_attr(f, "language"),
		.length = GAZ_INT_UNKNOWN };
}

/* The file of them; psc has them in the feed. */
static void
on_chapters(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_target *t = gaz_builder_target(b);

	if (t->item != NULL && t->item->chapters_url.len == 0)
		t->item->chapters_url = gaz_frame_attr_url(b, f, "url");
}

/* Of an episode, or of all of them. */
static void
on_person(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_target *t = gaz_builder_target(b);
	gaz_role_list *list = t->item != NULL ? &t->item->roles :
	    &t->feed->roles;

	if (b->value.len == 0 || list->n >= GAZ_ITEM_PERSONS_MAX)
		return;
	*gaz_list_push(b->a, list) = (struct gaz_role){ .name = b->value,
		.role = gaz_frame_attr(f, "role"),
		.group = gaz_frame_attr(f, "group"),
		.href = gaz_frame_attr_url(b, f, "href"),
		.image = gaz_frame_attr_url(b, f, "img") };
}

static void
on_soundbite(struct gaz_builder *b, struct gaz_frame *f)
{
	struct gaz_target *t = gaz_builder_target(b);
	int64_t start = gaz_time_ms_parse(gaz_frame_attr(f, "startTime"));
	int64_t length = gaz_time_ms_parse(gaz_frame_attr(f, "duration"));

	if (t->item == NULL || start < 0 || length < 0 ||
	    t->item->soundbites.n >= GAZ_ITEM_ENCLOSURES_MAX)
		return;
	*gaz_list_push(b->a, &t->item->soundbites) = (struct gaz_chapter){
		.start_ms = start, .duration_ms = length, .title = b->value };
}

static const struct gaz_element rows[] = {
	{ "episode", IN_ITEM, SHAPE_PLAIN, 0, NULL, gaz_on_int, FIELD_EPISODE,
	    2 },
	{ "season", IN_ITEM, SHAPE_PLAIN, 0, NULL, gaz_on_int, FIELD_SEASON,
	    2 },
	{ "license", IN_FEED | IN_ITEM, SHAPE_PLAIN, 0, NULL, on_license,
	    FIELD_LICENSE, 6 },
	{ "transcript", IN_ITEM, SHAPE_PLAIN, 0, NULL, on_transcript,
	    FIELD_NONE, 0 },
	{ "chapters", IN_ITEM, SHAPE_PLAIN, 0, NULL, on_chapters, FIELD_NONE,
	    0 },
	{ "person", IN_FEED | IN_ITEM, SHAPE_PLAIN, 0, NULL, on_person,
	    FIELD_NONE, 0 },
	{ "soundbite", IN_ITEM, SHAPE_PLAIN, 0, NULL, on_soundbite,
	    FIELD_NONE, 0 },
};

static const char *const uris[] = {
	"podcastindex.org/namespace/1.0",
	"github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md",
	NULL
};
static const char *const prefixes[] = {
	"podcast", NULL
};

const struct gaz_namespace gaz_ns_podcast = { uris, prefixes,
	{ rows, GAZ_COUNT(rows) } };
