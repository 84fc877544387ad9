/* What people corrected, from the store to the index. */
#include "config.h"

#include "corrections.h"

struct statement {
	struct gaz_writer_state *w;
	int64_t number;
	struct gaz_err *err;
};

/* Each item where it is today; one that was deleted says nothing any more. */
static bool
tell_items(const struct statement *s, enum gaz_story_fact fact,
    const int64_t *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int64_t story;

		if (!gaz_store_item_story(s->w->store, v[i], &story, s->err))
			return false;
		if (story != 0)
			gaz_story_index_recall(s->w->index, fact, s->number,
			    v[i], story);
	}
	return true;
}

static void
tell_story(const struct statement *s, enum gaz_story_fact fact, int64_t story)
{
	if (story != 0)
		gaz_story_index_recall(s->w->index, fact, s->number, 0, story);
}

static bool
tell_split(const struct statement *s, const struct gaz_store_correction *c)
{
	int64_t stayed, left;

	if (!gaz_store_resolve_story(s->w->store, c->story, &stayed, s->err) ||
	    !gaz_store_resolve_story(s->w->store, c->other, &left, s->err))
		return false;
	if (stayed != left) { /* else somebody united them later */
		tell_story(s, GAZ_FACT_STAYED, stayed);
		tell_story(s, GAZ_FACT_LEFT, left);
	}
	return tell_items(s, GAZ_FACT_STAYED, c->items.v, c->items.n) &&
	    tell_items(s, GAZ_FACT_LEFT, c->others.v, c->others.n);
}

static bool
tell(struct gaz_writer_state *w, const struct gaz_store_correction *c,
    struct gaz_err *err)
{
	/* A story is split off once; ids are never given twice. */
	struct statement s = { w, c->other, err };
	int64_t story;

	switch (c->kind) {
	case GAZ_CORRECTION_MERGE:
		return tell_items(&s, GAZ_FACT_TOGETHER, c->items.v,
		    c->items.n) &&
		    tell_items(&s, GAZ_FACT_TOGETHER, c->others.v,
		    c->others.n);
	case GAZ_CORRECTION_SPLIT:
		return tell_split(&s, c);
	case GAZ_CORRECTION_PIN:
		s.number = c->story;
		if (!gaz_store_resolve_story(w->store, c->story, &story, err))
			return false;
		tell_story(&s, GAZ_FACT_PINNED, story);
		return tell_items(&s, GAZ_FACT_PINNED, c->items.v, c->items.n);
	case GAZ_CORRECTION_UNPIN:
		gaz_story_index_recall(w->index, GAZ_FACT_UNPINNED, c->story,
		    0, c->story);
		break;
	}
	return true;
}

bool
gaz_corrections_recall(struct gaz_writer_state *w, size_t known, size_t *count,
    struct gaz_err *err)
{
	gaz_store_correction_list list = { 0 };
	struct gaz_arena a = { 0 };
	bool ok = gaz_store_load_corrections(w->store, &a, &list, err);

	for (size_t i = known; ok && i < list.n; i++)
		ok = tell(w, &list.v[i], err);
	if (ok && count != NULL)
		*count = list.n;
	gaz_arena_clear(&a);
	return ok;
}
