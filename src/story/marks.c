#include "config.h"

#include "index.h"

/* What a person said of stories, and that it holds. */

void
gaz_story_index_merge(struct gaz_story_index *ix, int64_t into, int64_t from)
{
	uint64_t a, b;

	if (into == from)
		return;
	gaz_index_remark(ix, from, into);
	if (!gaz_map64_find(ix->story_slots, (uint64_t)from, &b))
		return;
	a = gaz_index_open(ix, into);
	for (uint32_t s = ix->oldest; s != ix->next; s++) {
		struct gaz_item *item = gaz_index_item(ix, s);

		if (item->story == b) {
			gaz_index_leave(ix, s);
			gaz_index_join(ix, s, (uint32_t)a);
		}
		if (item->story == a)
			item->pinned |= GAZ_PIN_PERSON;
	}
}

void
gaz_story_index_move(
    struct gaz_story_index *ix, int64_t item_id, int64_t to_story)
{
	for (uint32_t s = ix->oldest; s != ix->next; s++) {
		struct gaz_item *item = gaz_index_item(ix, s);

		if (item->item_id != item_id)
			continue;
		gaz_index_leave(ix, s);
		uint32_t to = gaz_index_open(ix, to_story);
		gaz_index_join(ix, s, to);
		gaz_index_changed(ix, to);
		item->pinned |= GAZ_PIN_PERSON;
	}
}

void
gaz_index_remark(struct gaz_story_index *ix, int64_t from, int64_t to)
{
	for (size_t i = 0; i < ix->marks.n; i++) {
		if (ix->marks.v[i].story_id == from)
			ix->marks.v[i].story_id = to;
	}
}

bool
gaz_index_is_pinned(const struct gaz_story_index *ix, uint32_t story)
{
	for (size_t i = 0; i < ix->marks.n; i++) {
		if (ix->marks.v[i].fact == GAZ_FACT_PINNED &&
		    ix->marks.v[i].story_id == ix->stories.v[story].id)
			return true;
	}
	return false;
}

bool
gaz_index_are_parted(
    const struct gaz_story_index *ix, uint32_t x, int64_t item_id, uint32_t y)
{
	int64_t a = ix->stories.v[x].id, b = ix->stories.v[y].id;

	for (size_t i = 0; i < ix->marks.n; i++) {
		const struct gaz_mark *m = &ix->marks.v[i];

		if (m->story_id != a || m->fact == GAZ_FACT_PINNED ||
		    (item_id != 0 && m->item_id != item_id))
			continue;
		for (size_t k = 0; k < ix->marks.n; k++) {
			const struct gaz_mark *o = &ix->marks.v[k];

			if (o->story_id == b && o->number == m->number &&
			    o->fact != GAZ_FACT_PINNED && o->fact != m->fact)
				return true;
		}
	}
	return false;
}

/* Of the item itself, if it is there, and of what will be restored. */
static void
set_pins(struct gaz_story_index *ix, int64_t item_id, int64_t story_id,
    unsigned set, unsigned unset)
{
	uint64_t slot, said = 0;

	if (item_id == 0)
		return;
	gaz_map64_find(ix->said, (uint64_t)item_id, &said);
	gaz_map64_put(
	    ix->said, (uint64_t)item_id, (said & ~(uint64_t)unset) | set);
	if (!gaz_map64_find(ix->story_slots, (uint64_t)story_id, &slot))
		return;
	for (uint32_t s = ix->stories.v[slot].newest; gaz_index_is_live(ix, s);
	     s = gaz_index_item(ix, s)->before) {
		struct gaz_item *item = gaz_index_item(ix, s);

		if (item->item_id == item_id)
			item->pinned = (uint8_t)((item->pinned & ~unset) | set);
	}
}

/* number or item_id 0: any. */
static void
forget_pins(struct gaz_story_index *ix, int64_t number, int64_t item_id)
{
	size_t kept = 0;

	for (size_t i = 0; i < ix->marks.n; i++) {
		struct gaz_mark m = ix->marks.v[i];

		if (m.fact == GAZ_FACT_PINNED &&
		    (number == 0 || m.number == number) &&
		    (item_id == 0 || m.item_id == item_id))
			set_pins(ix, m.item_id, m.story_id, 0, GAZ_PIN_STORY);
		else
			ix->marks.v[kept++] = m;
	}
	ix->marks.n = kept;
	/* Others may have said it of the same items. */
	for (size_t i = 0; i < kept; i++) {
		const struct gaz_mark *m = &ix->marks.v[i];

		if (m->fact == GAZ_FACT_PINNED)
			set_pins(ix, m->item_id, m->story_id, GAZ_PIN_STORY, 0);
	}
}

void
gaz_story_index_recall(struct gaz_story_index *ix, enum gaz_story_fact fact,
    int64_t number, int64_t item_id, int64_t story_id)
{
	unsigned pins = 0;

	switch (fact) {
	case GAZ_FACT_TOGETHER:
		set_pins(ix, item_id, story_id, GAZ_PIN_PERSON, 0);
		return;
	case GAZ_FACT_UNPINNED:
		forget_pins(ix, number, item_id);
		return;
	case GAZ_FACT_STAYED:
		pins = GAZ_PIN_MARKED;
		break;
	case GAZ_FACT_LEFT:
		if (item_id != 0)
			forget_pins(ix, 0, item_id);
		pins = GAZ_PIN_MARKED | GAZ_PIN_PERSON;
		break;
	case GAZ_FACT_PINNED:
		pins = GAZ_PIN_MARKED | GAZ_PIN_STORY;
		break;
	}
	*gaz_vec_push(&ix->marks) =
	    (struct gaz_mark){ item_id, story_id, number, fact };
	set_pins(ix, item_id, story_id, pins, 0);
}
