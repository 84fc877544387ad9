/*
 * An arena gives nothing back, and an element leaves there what it was not
 * wanted for: one item, or one feed, may have a million. So from time to time
 * all that is still pointed to moves to a fresh arena, and the old one goes.
 */
#include "config.h"

#include "parse/builder.h"

#include <assert.h>

/* Bytes that may be used besides twice what was kept the last time. */
#ifdef GAZ_SANITIZED
#define SLACK 64 /* as often as can be, so that what is forgotten is found */
#else
#define SLACK (256u << 10)
#endif

/* From the old arena to a. */
struct move {
	struct gaz_arena *a;
};

static void
move_str(const struct move *m, struct gaz_str *s)
{
	*s = gaz_arena_str(m->a, *s);
}

/* The elements of a list; their own strings are moved by the caller. */
#define MOVE_LIST(m, list) \
	((list)->v = move_elements((m), (list)->v, (list)->n, \
	     sizeof(*(list)->v)), (list)->cap = (list)->n)

static void *
move_elements(const struct move *m, const void *v, size_t n, size_t size)
{
	void *p;

	if (n == 0)
		return NULL;
	p = gaz_arena_alloc(m->a, n * size);
	memcpy(p, v, n * size);
	return p;
}

static void
move_text(const struct move *m, struct gaz_text *t)
{
	move_str(m, &t->value);
	move_str(m, &t->type);
	move_str(m, &t->language);
	move_str(m, &t->base);
	move_str(m, &t->src);
	move_str(m, &t->plain);
}

static void
move_person(const struct move *m, struct gaz_person *p)
{
	move_str(m, &p->name);
	move_str(m, &p->email);
	move_str(m, &p->uri);
}

static void
move_persons(const struct move *m, gaz_person_list *l)
{
	MOVE_LIST(m, l);
	for (size_t i = 0; i < l->n; i++)
		move_person(m, &l->v[i]);
}

static void
move_links(const struct move *m, gaz_link_list *l)
{
	MOVE_LIST(m, l);
	for (size_t i = 0; i < l->n; i++) {
		move_str(m, &l->v[i].href);
		move_str(m, &l->v[i].rel);
		move_str(m, &l->v[i].type);
		move_str(m, &l->v[i].hreflang);
		move_str(m, &l->v[i].title);
	}
}

static void
move_strs(const struct move *m, gaz_str_list *l)
{
	MOVE_LIST(m, l);
	for (size_t i = 0; i < l->n; i++)
		move_str(m, &l->v[i]);
}

static void
move_categories(const struct move *m, gaz_category_list *l)
{
	MOVE_LIST(m, l);
	for (size_t i = 0; i < l->n; i++) {
		move_str(m, &l->v[i].term);
		move_str(m, &l->v[i].scheme);
		move_str(m, &l->v[i].label);
	}
}

static void
move_roles(const struct move *m, gaz_role_list *l)
{
	MOVE_LIST(m, l);
	for (size_t i = 0; i < l->n; i++) {
		move_str(m, &l->v[i].name);
		move_str(m, &l->v[i].role);
		move_str(m, &l->v[i].group);
		move_str(m, &l->v[i].href);
		move_str(m, &l->v[i].image);
	}
}

static void
move_chapters(const struct move *m, gaz_chapter_list *l)
{
	MOVE_LIST(m, l);
	for (size_t i = 0; i < l->n; i++) {
		move_str(m, &l->v[i].title);
		move_str(m, &l->v[i].href);
		move_str(m, &l->v[i].image);
	}
}

static void
move_image(const struct move *m, struct gaz_image *i)
{
	move_str(m, &i->url);
	move_str(m, &i->title);
	move_str(m, &i->link);
	move_str(m, &i->description);
}

static void
move_feed(const struct move *m, struct gaz_feed_info *f)
{
	struct gaz_str *const strs[] = { &f->id, &f->title, &f->link,
		&f->self, &f->url, &f->next, &f->new_url, &f->language,
		&f->icon, &f->license, &f->published_raw, &f->updated_raw,
		&f->generator.name, &f->generator.uri, &f->generator.version,
		&f->cloud.domain, &f->cloud.path, &f->cloud.protocol,
		&f->cloud.register_procedure, &f->text_input.title,
		&f->text_input.description, &f->text_input.name,
		&f->text_input.link };

	for (size_t i = 0; i < sizeof(strs) / sizeof(strs[0]); i++)
		move_str(m, strs[i]);
	move_text(m, &f->title_detail);
	move_text(m, &f->description);
	move_text(m, &f->rights);
	move_links(m, &f->links);
	move_strs(m, &f->hubs);
	move_persons(m, &f->authors);
	move_persons(m, &f->contributors);
	move_roles(m, &f->roles);
	move_person(m, &f->publisher);
	move_categories(m, &f->categories);
	move_image(m, &f->image);
	move_strs(m, &f->skip_days_given);
}

/* What the source of an item, or one that is being read, points to. */
static struct gaz_feed_info *
move_source(const struct move *m, struct gaz_feed_info *source)
{
	struct gaz_feed_info *moved;

	if (source == NULL)
		return NULL;
	moved = gaz_arena_alloc(m->a, sizeof(*moved));
	*moved = *source;
	move_feed(m, moved);
	return moved;
}

static void
move_item(const struct move *m, struct gaz_item *it)
{
	struct gaz_str *const strs[] = { &it->id, &it->title, &it->link,
		&it->original, &it->published_raw, &it->updated_raw,
		&it->comments, &it->comments_feed, &it->language,
		&it->thumbnail, &it->license, &it->chapters_url };

	for (size_t i = 0; i < sizeof(strs) / sizeof(strs[0]); i++)
		move_str(m, strs[i]);
	move_text(m, &it->title_detail);
	move_text(m, &it->summary);
	move_text(m, &it->rights);
	MOVE_LIST(m, &it->content);
	for (size_t i = 0; i < it->content.n; i++)
		move_text(m, &it->content.v[i]);
	move_links(m, &it->links);
	move_persons(m, &it->authors);
	move_persons(m, &it->contributors);
	move_person(m, &it->publisher);
	move_categories(m, &it->categories);
	MOVE_LIST(m, &it->enclosures);
	for (size_t i = 0; i < it->enclosures.n; i++) {
		move_str(m, &it->enclosures.v[i].url);
		move_str(m, &it->enclosures.v[i].type);
		move_str(m, &it->enclosures.v[i].title);
	}
	it->source = move_source(m, it->source);
	move_roles(m, &it->roles);
	move_links(m, &it->transcripts);
	move_chapters(m, &it->chapters);
	move_chapters(m, &it->soundbites);
	MOVE_LIST(m, &it->places);
	for (size_t i = 0; i < it->places.n; i++)
		MOVE_LIST(m, &it->places.v[i].points);
	MOVE_LIST(m, &it->replies_to);
	for (size_t i = 0; i < it->replies_to.n; i++) {
		move_str(m, &it->replies_to.v[i].ref);
		move_str(m, &it->replies_to.v[i].href);
		move_str(m, &it->replies_to.v[i].source);
	}
}

static void
move_target(const struct move *m, struct gaz_target *t)
{
	move_str(m, &t->own_link);
	move_str(m, &t->guid_base);
	move_str(m, &t->image_in_text[0]);
	move_str(m, &t->image_in_text[1]);
	move_str(m, &t->latitude);
	move_str(m, &t->longitude);
}

static void
move_frame(const struct move *m, struct gaz_frame *f)
{
	move_str(m, &f->local);
	move_str(m, &f->base);
	move_str(m, &f->lang);
	f->attrs = move_elements(m, f->attrs, f->attrs_n,
	    sizeof(f->attrs[0]));
	for (size_t i = 0; i < f->attrs_n; i++) {
		move_str(m, &f->attrs[i].name.prefix);
		move_str(m, &f->attrs[i].name.local);
		move_str(m, &f->attrs[i].value);
	}
}

/* What is being read, be it of an item or of the feed. */
static void
move_reading(const struct move *m, struct gaz_builder *b, size_t from_frame)
{
	for (size_t i = from_frame; i < b->depth; i++)
		move_frame(m, &b->frames[i]);
	move_person(m, &b->person);
	move_image(m, &b->image);
	/* These are of the element that has ended. */
	b->value = b->first_image = GAZ_STR_NONE;
	b->rich = (struct gaz_text){ .value = GAZ_STR_NONE };
}

static void
move_all_of_item(const struct move *m, struct gaz_builder *b)
{
	size_t at = b->enclosure != NULL ?
	    (size_t)(b->enclosure - b->draft.enclosures.v) : SIZE_MAX;

	move_item(m, &b->draft);
	if (at != SIZE_MAX)
		b->enclosure = at < b->draft.enclosures.n ?
		    &b->draft.enclosures.v[at] : NULL;
	move_target(m, &b->item);
	if (b->in_source) {
		b->source.feed = move_source(m, b->source.feed);
		move_target(m, &b->source);
	}
	move_reading(m, b, b->item_depth);
}

static void
move_all_of_feed(const struct move *m, struct gaz_builder *b)
{
	move_feed(m, &b->doc->feed);
	move_target(m, &b->feed);
	assert(!b->in_source);
	move_str(m, &b->root_uri);
	for (size_t i = 0; i < b->n_known; i++) {
		move_str(m, &b->known[i].uri);
		move_str(m, &b->known[i].prefix);
	}
	move_reading(m, b, 0);
}

void
gaz_builder_compact(struct gaz_builder *b)
{
	struct gaz_arena fresh = { 0 };
	const struct move m = { &fresh };
	size_t *limit = b->in_item ? &b->item_limit : &b->feed_limit;

	if (b->digest == NULL || b->a->used < *limit + SLACK)
		return;
	if (b->in_item)
		move_all_of_item(&m, b);
	else
		move_all_of_feed(&m, b);
	gaz_arena_clear(b->a);
	*b->a = fresh;
	*limit = 2 * fresh.used;
}
