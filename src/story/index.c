#include "config.h"

#include "index.h"

#include "gazetted/limits.h"
#include "gazetted/mem.h"

/*
 * The index is a window over the stream: a ring of live items in order of
 * arrival. Each item points to its story and to the story's next older
 * member, each term to the latest items that hold it. An item that is older
 * than the window leaves the ring, and a story leaves with its last item; so
 * memory follows the window and never the archive, and a story that grows
 * for weeks is known by what it said in the last days only.
 */

#define YOUNG_STREAM 4000 /* live items */

struct gaz_story_index *
gaz_story_index_new(const struct gaz_story_options *o)
{
	struct gaz_story_index *ix = gaz_mem_zero(1, sizeof(*ix));

	ix->options = *o;
	if (ix->options.window_s <= 0)
		ix->options.window_s = GAZ_STORY_WINDOW_S;
	ix->weights = gaz_story_weights;
	ix->terms = gaz_terms_new(ix->weights.half_life_days);
	ix->now = INT64_MIN;
	ix->ring_cap = 8;
	ix->ring = gaz_mem_zero(ix->ring_cap, sizeof(*ix->ring));
	ix->story_slots = gaz_map64_new();
	ix->said = gaz_map64_new();
	ix->next_story_id = o->next_story_id > 0 ? o->next_story_id : 1;
	ix->boiler = gaz_mem_zero(GAZ_BOILER_SIZE, 1);
	ix->touched = gaz_mem_zero(GAZ_TOUCHED_SIZE, sizeof(*ix->touched));
	ix->found = gaz_mem_alloc(GAZ_READS_MAX * sizeof(*ix->found));
	return ix;
}

void
gaz_story_index_free(struct gaz_story_index *ix)
{
	if (ix == NULL)
		return;
	for (uint32_t s = ix->oldest; s != ix->next; s++)
		free(gaz_index_item(ix, s)->terms);
	for (size_t i = 0; i < ix->ring_cap; i++)
		free(ix->ring[i]);
	free(ix->ring);
	gaz_vec_clear(&ix->stories);
	gaz_vec_clear(&ix->free_stories);
	gaz_vec_clear(&ix->changed);
	gaz_embed_clear(ix);
	gaz_map64_free(ix->story_slots);
	gaz_map64_free(ix->said);
	gaz_vec_clear(&ix->marks);
	gaz_terms_free(ix->terms);
	free(ix->pages);
	free(ix->boiler);
	free(ix->touched);
	free(ix->found);
	free(ix);
}

/* Stories */

uint32_t
gaz_index_open(struct gaz_story_index *ix, int64_t story_id)
{
	uint64_t known;
	uint32_t slot;

	if (gaz_map64_find(ix->story_slots, (uint64_t)story_id, &known))
		return (uint32_t)known;
	if (ix->free_stories.n > 0)
		slot = ix->free_stories.v[--ix->free_stories.n];
	else {
		slot = (uint32_t)ix->stories.n;
		gaz_vec_push(&ix->stories);
	}
	ix->stories.v[slot] = (struct gaz_live_story){ story_id, GAZ_SEQ_NONE,
		0, GAZ_COHERENCE_GUESS, false };
	gaz_map64_put(ix->story_slots, (uint64_t)story_id, slot);
	if (story_id >= ix->next_story_id)
		ix->next_story_id = story_id + 1;
	return slot;
}

static void
close_if_empty(struct gaz_story_index *ix, uint32_t slot)
{
	struct gaz_live_story *s = &ix->stories.v[slot];

	if (s->n > 0)
		return;
	gaz_map64_remove(ix->story_slots, (uint64_t)s->id);
	*gaz_vec_push(&ix->free_stories) = slot;
}

void
gaz_index_leave(struct gaz_story_index *ix, uint32_t seq)
{
	struct gaz_item *item = gaz_index_item(ix, seq);
	struct gaz_live_story *s = &ix->stories.v[item->story];
	uint32_t *link = &s->newest;

	while (*link != seq)
		link = &gaz_index_item(ix, *link)->before;
	*link = item->before;
	s->n--;
	close_if_empty(ix, item->story);
	item->story = GAZ_STORY_NONE;
}

/* Members stay in order of arrival, whenever they joined. */
void
gaz_index_join(struct gaz_story_index *ix, uint32_t seq, uint32_t story)
{
	struct gaz_item *item = gaz_index_item(ix, seq);
	struct gaz_live_story *s = &ix->stories.v[story];
	uint32_t *link = &s->newest;

	while (gaz_index_is_live(ix, *link) &&
	       *link - ix->oldest > seq - ix->oldest)
		link = &gaz_index_item(ix, *link)->before;
	item->before = gaz_index_is_live(ix, *link) ? *link : GAZ_SEQ_NONE;
	*link = seq;
	item->story = story;
	s->n++;
	if (!(item->pinned & GAZ_PIN_MARKED))
		return;
	for (size_t i = 0; i < ix->marks.n; i++) {
		if (ix->marks.v[i].item_id == item->item_id)
			ix->marks.v[i].story_id = s->id;
	}
}

size_t
gaz_index_members(const struct gaz_story_index *ix, uint32_t story,
    uint32_t out[GAZ_MEMBERS_MAX])
{
	uint32_t s = ix->stories.v[story].newest;
	size_t n = 0;

	for (size_t walk = 0; gaz_index_is_live(ix, s) && walk < GAZ_WALK_MAX &&
			      n < GAZ_MEMBERS_MAX;
	     walk++) {
		const struct gaz_item *item = gaz_index_item(ix, s);
		uint32_t first = item->copy_of;
		size_t k = 0;

		if (!gaz_index_is_live(ix, first) ||
		    gaz_index_item(ix, first)->story != story)
			first = s;
		while (k < n && out[k] != first)
			k++;
		if (k == n)
			out[n++] = first;
		s = item->before;
	}
	return n;
}

/* Pages */

static uint32_t *
page_slot(const struct gaz_story_index *ix, uint64_t url)
{
	size_t i = (size_t)(url >> 7) & (ix->pages_cap - 1);

	for (;; i = (i + 1) & (ix->pages_cap - 1)) {
		uint32_t *seq = &ix->pages[i];

		if (*seq == GAZ_SEQ_NONE ||
		    (gaz_index_is_live(ix, *seq) &&
			gaz_index_item(ix, *seq)->url == url))
			return seq;
	}
}

/* The latest live item that is this page, or GAZ_SEQ_NONE. */
uint32_t
gaz_index_find_page(const struct gaz_story_index *ix, uint64_t url)
{
	if (url == 0 || ix->pages_cap == 0)
		return GAZ_SEQ_NONE;
	return *page_slot(ix, url);
}

/* Items that went leave their places behind; begin anew when they are many. */
static void
put_page(struct gaz_story_index *ix, uint32_t seq)
{
	uint64_t url = gaz_index_item(ix, seq)->url;

	if (url == 0)
		return;
	if (ix->pages_used * 2 >= ix->pages_cap) {
		size_t live = ix->next - ix->oldest;

		ix->pages_cap = 256;
		while (ix->pages_cap < live * 2 + 2)
			ix->pages_cap *= 2;
		free(ix->pages);
		ix->pages = gaz_mem_alloc(ix->pages_cap * sizeof(*ix->pages));
		memset(ix->pages, 0xff, ix->pages_cap * sizeof(*ix->pages));
		ix->pages_used = 0;
		for (uint32_t s = ix->oldest; s != seq; s++) {
			uint64_t u = gaz_index_item(ix, s)->url;

			if (u == 0)
				continue;
			uint32_t *at = page_slot(ix, u);
			ix->pages_used += *at == GAZ_SEQ_NONE;
			*at = s;
		}
	}
	uint32_t *at = page_slot(ix, url);
	ix->pages_used += *at == GAZ_SEQ_NONE;
	*at = seq;
}

/* Time */

static void
forget_oldest(struct gaz_story_index *ix)
{
	struct gaz_item *item = gaz_index_item(ix, ix->oldest);
	uint32_t slot = item->story;
	struct gaz_live_story *s = &ix->stories.v[slot];

	/* The oldest is the last of its list, which gaz_index_is_live() cuts
	 * there. */
	if (s->newest == ix->oldest)
		s->newest = GAZ_SEQ_NONE;
	s->n--;
	close_if_empty(ix, slot);
	ix->item_bytes -= item->n_terms * 6u;
	free(item->terms);
	item->terms = NULL;
	gaz_embed_drop(ix, ix->oldest);
	uint32_t block = ix->oldest / GAZ_BLOCK_ITEMS;
	if (++ix->oldest / GAZ_BLOCK_ITEMS != block) {
		free(ix->ring[block & (ix->ring_cap - 1)]);
		ix->ring[block & (ix->ring_cap - 1)] = NULL;
	}
}

static void
sweep_terms(struct gaz_story_index *ix)
{
	size_t n = gaz_terms_used(ix->terms) + 1;
	bool *used = gaz_mem_zero(n, sizeof(*used));
	uint32_t *map = gaz_mem_alloc(n * sizeof(*map));

	for (uint32_t s = ix->oldest; s != ix->next; s++) {
		struct gaz_item_terms v = gaz_item_terms(gaz_index_item(ix, s));

		for (size_t i = 0; i < v.n; i++) {
			used[v.id[i]] = true;
			used[gaz_terms_cross(ix->terms, v.id[i])] = true;
			used[gaz_terms_alias(ix->terms, v.id[i])] = true;
		}
	}
	gaz_terms_sweep(ix->terms, used, map, ix->oldest);
	for (uint32_t s = ix->oldest; s != ix->next; s++) {
		struct gaz_item_terms v = gaz_item_terms(gaz_index_item(ix, s));

		for (size_t i = 0; i < v.n; i++)
			v.id[i] = map[v.id[i]];
	}
	free(used);
	free(map);
	ix->swept_terms = gaz_terms_used(ix->terms);
}

void
gaz_index_advance(struct gaz_story_index *ix, int64_t now)
{
	if (ix->now == INT64_MIN || now > ix->now)
		ix->now = now;
	gaz_terms_set_time(ix->terms, ix->now);
	while (ix->oldest != ix->next &&
	       ix->now - gaz_index_item(ix, ix->oldest)->arrived >
		   ix->options.window_s)
		forget_oldest(ix);
	if (gaz_terms_used(ix->terms) > 2 * ix->swept_terms + 65536)
		sweep_terms(ix);
}

/* How alike members are */

/* How alike the latest members are, whenever they change. */
static void
measure_coherence(struct gaz_story_index *ix, uint32_t story)
{
	struct gaz_live_story *s = &ix->stories.v[story];
	uint32_t members[GAZ_MEMBERS_MAX];
	float sum = 0;
	size_t n = gaz_index_members(ix, story, members), pairs = 0;

	if (n > GAZ_COHERENCE_MEMBERS)
		n = GAZ_COHERENCE_MEMBERS;
	for (size_t i = 0; i + 1 < n; i++) {
		struct gaz_query q;
		struct gaz_pair pair;

		gaz_query_init(&q, gaz_index_item(ix, members[i]), ix->terms,
		    &ix->weights);
		for (size_t k = i + 1; k < n; k++) {
			gaz_query_compare(
			    &q, gaz_index_item(ix, members[k]), &pair);
			if (!pair.same_language)
				continue;
			sum += pair.cosine;
			pairs++;
		}
	}
	/* A first guess counts as two pairs. */
	s->coherence = (sum + 2 * GAZ_COHERENCE_GUESS) / ((float)pairs + 2);
}

void
gaz_index_changed(struct gaz_story_index *ix, uint32_t story)
{
	struct gaz_live_story *s = &ix->stories.v[story];

	if (s->n == 0)
		return;
	measure_coherence(ix, story);
	if (!s->changed)
		*gaz_vec_push(&ix->changed) = s->id;
	s->changed = true;
}

/* Norms drift as the stream teaches what is rare; renew them all together. */
void
gaz_index_reweigh(struct gaz_story_index *ix)
{
	size_t live = ix->next - ix->oldest;

	if (ix->added < ix->weigh_at)
		return;
	for (uint32_t s = ix->oldest; s != ix->next; s++)
		gaz_item_weigh(gaz_index_item(ix, s), ix->terms, &ix->weights);
	for (size_t i = 0; i < ix->stories.n; i++) {
		struct gaz_live_story *story = &ix->stories.v[i];

		if (story->n > 1)
			measure_coherence(ix, (uint32_t)i);
		/* A young stream learns much: think all of it over again. */
		if (story->n > 0 && live < YOUNG_STREAM && !story->changed) {
			*gaz_vec_push(&ix->changed) = story->id;
			story->changed = true;
		}
	}
	ix->weigh_at = ix->added + 16 + live / 2;
}

/* Items */

/* A place for the next item: its block, and a place for the block. */
static void
make_room(struct gaz_story_index *ix)
{
	uint32_t first = ix->oldest / GAZ_BLOCK_ITEMS;
	uint32_t block = ix->next / GAZ_BLOCK_ITEMS;
	struct gaz_item **at;

	if (((block - first) & (UINT32_MAX / GAZ_BLOCK_ITEMS)) >=
	    ix->ring_cap) {
		size_t cap = ix->ring_cap * 2;
		struct gaz_item **ring = gaz_mem_zero(cap, sizeof(*ring));

		for (uint32_t b = first; b != block;
		     b = (b + 1) & (UINT32_MAX / GAZ_BLOCK_ITEMS))
			ring[b & (cap - 1)] = ix->ring[b & (ix->ring_cap - 1)];
		free(ix->ring);
		ix->ring = ring;
		ix->ring_cap = cap;
	}
	at = &ix->ring[block & (ix->ring_cap - 1)];
	if (*at == NULL)
		*at = gaz_mem_alloc(GAZ_BLOCK_ITEMS * sizeof(**at));
}

uint32_t
gaz_index_put(struct gaz_story_index *ix, const struct gaz_item *item)
{
	struct gaz_item_terms v = gaz_item_terms(item);
	uint32_t seq = ix->next;

	make_room(ix);
	gaz_embed_make_room(ix);
	ix->next++;
	*gaz_index_item(ix, seq) = *item;
	put_page(ix, seq);
	ix->item_bytes += item->n_terms * 6u;
	for (size_t i = 0; i < v.n; i++) {
		uint32_t cross = gaz_terms_cross(ix->terms, v.id[i]);
		uint32_t alias = gaz_terms_alias(ix->terms, v.id[i]);

		gaz_terms_post(ix->terms, v.id[i], seq, ix->oldest);
		gaz_terms_post(ix->terms, cross, seq, ix->oldest);
		gaz_terms_post(ix->terms, alias, seq, ix->oldest);
	}
	return seq;
}

void
gaz_story_index_stats(
    const struct gaz_story_index *ix, struct gaz_story_stats *out)
{
	out->items = ix->next - ix->oldest;
	out->stories = ix->stories.n - ix->free_stories.n;
	out->terms = gaz_terms_used(ix->terms);
	out->bytes =
	    sizeof(*ix) + GAZ_BOILER_SIZE +
	    GAZ_TOUCHED_SIZE * sizeof(*ix->touched) +
	    ix->ring_cap * sizeof(*ix->ring) +
	    ((out->items + GAZ_BLOCK_ITEMS - 1) / GAZ_BLOCK_ITEMS + 1) *
		GAZ_BLOCK_ITEMS * sizeof(struct gaz_item) +
	    ix->item_bytes + gaz_embed_bytes(ix) + out->items * 16 +
	    ix->pages_cap * sizeof(*ix->pages) +
	    ix->stories.cap * sizeof(*ix->stories.v) +
	    ix->free_stories.cap * sizeof(uint32_t) +
	    gaz_map64_count(ix->story_slots) * 32 + gaz_terms_bytes(ix->terms);
	out->next_story_id = ix->next_story_id;
	out->vectors = ix->embedded;
	out->vector_len = ix->embedding_len;
}
