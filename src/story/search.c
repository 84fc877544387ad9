#include "config.h"

#include "index.h"

#include <math.h>

/* Which stories an item could belong to, and how well it fits them. */

/* Items that share rare terms */

static float *
touch(struct gaz_story_index *ix, uint32_t seq)
{
	size_t i = (seq * UINT32_C(2654435769)) >> 20;

	for (;; i = (i + 1) % GAZ_TOUCHED_SIZE) {
		struct gaz_touched *t = &ix->touched[i];

		if (t->stamp != ix->stamp) {
			*t = (struct gaz_touched){ seq, ix->stamp, 0 };
			return &t->score;
		}
		if (t->seq == seq)
			return &t->score;
	}
}

struct search_key {
	uint32_t id;
	float idf, weight;
};

static int
by_idf(const void *pa, const void *pb)
{
	const struct search_key *a = pa, *b = pb;

	if (a->idf != b->idf)
		return a->idf < b->idf ? 1 : -1;
	return a->id < b->id ? -1 : a->id > b->id;
}

static int
by_score(const void *pa, const void *pb)
{
	const struct gaz_found *a = pa, *b = pb;

	if (a->score != b->score)
		return a->score < b->score ? 1 : -1;
	return a->seq > b->seq ? -1 : a->seq < b->seq;
}

/* Move the best most to the front, in no order; return how many stay. */
static size_t
keep_best(struct gaz_found *v, size_t n, size_t most)
{
	size_t low = 0, high = n;

	while (n > most && low < high) {
		struct gaz_found pivot = v[low + (high - low) / 2];
		size_t i = low, k = high - 1;

		for (;;) { /* Hoare's partition */
			while (by_score(&v[i], &pivot) < 0)
				i++;
			while (by_score(&v[k], &pivot) > 0)
				k--;
			if (i >= k)
				break;
			struct gaz_found t = v[i];
			v[i++] = v[k];
			v[k--] = t;
		}
		if (k + 1 >= most)
			high = k + 1 < high ? k + 1 : k;
		else
			low = k + 1;
		if (high == most || high - low <= 1)
			break;
	}
	return n < most ? n : most;
}

/* Items that share rare keys with the query, the most promising first. */
static size_t
search(struct gaz_story_index *ix, const struct gaz_query *q, uint32_t except,
    struct gaz_found out[GAZ_CANDIDATES_MAX])
{
	struct search_key keys[3 * GAZ_ITEM_TERMS_MAX];
	struct gaz_found *found = ix->found;
	size_t n = 0, n_found = 0, taken = 0, foreign = 0, reads = 0;

	for (size_t i = 0; i < q->t.n; i++) {
		uint32_t id = q->t.id[i];
		uint32_t cross = gaz_terms_cross(ix->terms, id);
		uint32_t alias = gaz_terms_alias(ix->terms, id);
		float w = (float)q->t.weight[i] / 32;

		keys[n++] = (struct search_key){ id, q->idf[i], w };
		if (cross != 0 && cross != id)
			keys[n++] = (struct search_key){ cross, q->cross_idf[i],
				w / 2 };
		if (alias != 0)
			keys[n++] = (struct search_key){ alias, q->alias_idf[i],
				w / 2 };
	}
	qsort(keys, n, sizeof(keys[0]), by_idf);
	if (++ix->stamp == 0) {
		memset(ix->touched, 0, GAZ_TOUCHED_SIZE * sizeof(*ix->touched));
		ix->stamp = 1;
	}
	for (size_t i = 0; i < n && i < 8; i++)
		gaz_terms_prefetch(ix->terms, keys[i].id);
	for (size_t i = 0, read = 0; i < n && read < GAZ_KEYS_MAX; i++) {
		size_t n_post;

		if (i + 8 < n)
			gaz_terms_prefetch(ix->terms, keys[i + 8].id);
		const uint32_t *post =
		    gaz_terms_postings(ix->terms, keys[i].id, &n_post);
		float x = keys[i].weight * keys[i].idf * keys[i].idf;

		/* Keys that it alone holds tell an item that is in nothing. */
		if (n_post == 0 || (n_post == 1 && post[0] == except))
			continue;
		read++;
		size_t k = n_post > GAZ_READ_MAX ? n_post - GAZ_READ_MAX : 0;
		for (; k < n_post && reads < GAZ_READS_MAX; k++, reads++) {
			float *score;

			if (!gaz_index_is_live(ix, post[k]) ||
			    post[k] == except)
				continue;
			score = touch(ix, post[k]);
			if (*score == 0)
				found[n_found++].seq = post[k];
			*score += x;
		}
	}
	for (size_t i = 0; i < n_found; i++)
		found[i].score = *touch(ix, found[i].seq);
	n_found = keep_best(found, n_found, GAZ_SHORTLIST_MAX);
	for (size_t i = 0; i < n_found; i++)
		__builtin_prefetch(&gaz_index_item(ix, found[i].seq)->norm);
	for (size_t i = 0; i < n_found; i++)
		found[i].score /= gaz_index_item(ix, found[i].seq)->norm;
	qsort(found, n_found, sizeof(found[0]), by_score);
	for (size_t i = 0; i < n_found && taken < GAZ_CANDIDATES_MAX; i++) {
		const struct gaz_item *item = gaz_index_item(ix, found[i].seq);
		bool far = !gaz_item_same_language(q->item, item);

		if (llabs((long long)(gaz_item_time(item) -
				      gaz_item_time(q->item))) >
		    ix->options.window_s)
			continue;
		/* Keep places for those who share less but mean the same. */
		if (!far &&
		    taken - foreign >= GAZ_CANDIDATES_MAX - GAZ_FOREIGN_MAX)
			continue;
		foreign += far;
		out[taken++] = found[i];
	}
	return taken;
}

/* Terms that are one story's own */

/* The key under which most items have the term. */
static uint32_t
widest_key(const struct gaz_query *q, size_t i, float *rarity)
{
	uint32_t alias = gaz_terms_alias(q->terms, q->t.id[i]);
	uint32_t cross = gaz_terms_cross(q->terms, q->t.id[i]);

	if (alias != 0) {
		*rarity = q->alias_idf[i];
		return alias;
	}
	*rarity = cross != 0 ? q->cross_idf[i] : q->idf[i];
	return cross != 0 ? cross : q->t.id[i];
}

/*
 * Which stories hold the rarest terms of the query. A name that one story
 * alone tells of says more than its rarity, which a growing story wears off.
 */
static void
find_owners(
    const struct gaz_story_index *ix, struct gaz_query *q, uint32_t except)
{
	struct search_key keys[GAZ_ITEM_TERMS_MAX];
	size_t n = 0;

	q->n_owners = 0;
	memset(q->n_holders, 0, sizeof(q->n_holders));
	q->owners_known = true;
	for (size_t i = 0; i < q->t.n; i++) {
		if (q->t.flags[i] & GAZ_IN_CONCEPT)
			continue;
		widest_key(q, i, &keys[n].idf);
		keys[n++].id = (uint32_t)i;
	}
	qsort(keys, n, sizeof(keys[0]), by_idf);
	for (size_t r = 0, read = 0; r < n && read < GAZ_OWNER_TERMS; r++) {
		size_t i = keys[r].id, n_post, taken = 0;
		float unused;
		const uint32_t *post = gaz_terms_postings(
		    ix->terms, widest_key(q, i, &unused), &n_post);

		for (size_t k = n_post; k > 0 && taken < GAZ_OWNER_READ; k--) {
			const struct gaz_item *item;

			if (post[k - 1] == except ||
			    !gaz_index_is_live(ix, post[k - 1]))
				continue;
			item = gaz_index_item(ix, post[k - 1]);
			if (item->story == q->without ||
			    item->copy_of != GAZ_SEQ_NONE ||
			    item->story == GAZ_STORY_NONE)
				continue;
			q->owners[q->n_owners++] =
			    (struct gaz_owner){ item->story, (uint8_t)i };
			taken++;
		}
		q->n_holders[i] = (uint8_t)taken;
		read += taken > 0;
	}
}

static void
measure_ownership(const struct gaz_query *q, uint32_t story,
    struct gaz_group *same, struct gaz_group *cross)
{
	float name = 0, sum = 0, here = 0, there = 0;
	uint8_t held[GAZ_ITEM_TERMS_MAX] = { 0 };

	for (size_t k = 0; k < q->n_owners; k++)
		held[q->owners[k].term] =
		    (uint8_t)(held[q->owners[k].term] +
			      (q->owners[k].story == story));
	for (size_t i = 0; i < q->t.n; i++) {
		if (q->n_holders[i] > 0) {
			float w = (float)q->t.weight[i];

			here += held[i] > 0 ? w : 0;
			there += held[i] == 0 ? w : 0;
		}
		/* Whom the lexicon knows is in the news for many things. */
		if (held[i] == 0 || (q->t.flags[i] & GAZ_IN_CONCEPT))
			continue;
		float share = (float)held[i] / ((float)q->n_holders[i] + 0.5f);
		if ((q->t.flags[i] & (GAZ_IN_NAME | GAZ_IN_MAYBE)) &&
		    share > name)
			name = share;
		sum += share;
	}
	same->own_name = cross->own_name = name;
	same->own = cross->own = logf(1 + sum);
	same->others = cross->others =
	    there > 0 ? there / (here + there) : 0;
}

/* Stories */

/* A weight that an item has, and how much of it others have, too. */
struct share {
	float has, known;
};

static void
add_share(struct share *s, float weight, bool known)
{
	s->has += weight;
	s->known += known ? weight : 0;
}

static float
share_of(const struct share *s)
{
	return s->has > 0 ? s->known / s->has : 0;
}

static bool
is_number(const struct gaz_query *q, size_t term)
{
	char kind = GAZ_KINDS[(q->t.flags[term] & GAZ_IN_KIND) >>
	    GAZ_KIND_SHIFT];

	return kind == 'N' || kind == 'd';
}

/* Whether nothing else is in common. */
static bool
only_numbers(const struct gaz_query *q, const uint8_t *held)
{
	for (size_t i = 0; i < q->t.n; i++) {
		if (held[i] > 0 && !is_number(q, i))
			return false;
	}
	return true;
}

/*
 * What the members know of the item, all together: an item that tells the names
 * of one and the number of another belongs to both. held: how many members
 * have each term.
 */
static void
measure_cover(const struct gaz_query *q, const uint8_t *held,
    struct gaz_group *same, struct gaz_group *cross)
{
	struct share all = { 0 }, names = { 0 }, title = { 0 };
	struct share places = { 0 }, numbers = { 0 };

	for (size_t i = 0; i < q->t.n; i++) {
		float w = (float)q->t.weight[i] * q->idf[i];
		uint8_t flags = q->t.flags[i];
		char kind = GAZ_KINDS[(flags & GAZ_IN_KIND) >> GAZ_KIND_SHIFT];
		bool known = held[i] > 0;

		add_share(&all, w * w, known);
		if ((flags & GAZ_IN_NAME) || kind == 'p') {
			add_share(&names, w, known);
			if (flags & GAZ_IN_TITLE)
				add_share(&title, w, known);
		}
		if (kind == 'p')
			add_share(&places, w, known);
		if (kind == 'N')
			add_share(&numbers, w, known);
	}
	same->cover = cross->cover = share_of(&all);
	same->known = cross->known = share_of(&names);
	same->known_title = cross->known_title = share_of(&title);
	same->known_place = cross->known_place = share_of(&places);
	same->known_number = cross->known_number = share_of(&numbers);
	same->other = cross->best;
	cross->other = same->best;
}

float
gaz_index_group_score(const struct gaz_story_index *ix,
    const struct gaz_group *g, bool same, float coherence)
{
	float f[GAZ_FOR_COUNT];

	if (g->n == 0)
		return -99;
	gaz_group_weigh(g, coherence, f);
	float z = gaz_group_score(&ix->weights, same, f);
	if (g->embedded > 0) {
		float mean = g->embed / (float)g->embedded;

		z += ix->weights.embed *
		     ((mean + g->embed_best) / 2 - ix->weights.embed_centre);
	}
	return z;
}

bool
gaz_index_score(const struct gaz_story_index *ix, struct gaz_query *q,
    uint32_t except, uint32_t story, struct gaz_ranked *out)
{
	struct gaz_ranked *r = out;
	uint32_t members[GAZ_MEMBERS_MAX];
	size_t n = gaz_index_members(ix, story, members);
	float coherence = ix->stories.v[story].coherence;

	uint8_t held[GAZ_ITEM_TERMS_MAX] = { 0 };

	memset(r, 0, sizeof(*r));
	r->story = story;
	for (size_t i = 0; i < n; i++) {
		const struct gaz_item *member = gaz_index_item(ix, members[i]);
		struct gaz_pair pair;

		if (members[i] == except)
			continue;
		gaz_index_compare(ix, q, members[i], &pair);
		gaz_group_add(pair.same_language ? &r->same : &r->cross, &pair,
		    members[i]);
		for (size_t k = 0; k < pair.n_matches; k++)
			held[pair.matches[k].query_index]++;
		r->same_source +=
		    member->source != 0 && member->source == q->item->source;
	}
	if (r->same.n + r->cross.n == 0)
		return false;
	if (!q->owners_known)
		find_owners(ix, q, except);
	measure_ownership(q, story, &r->same, &r->cross);
	measure_cover(q, held, &r->same, &r->cross);
	float same = gaz_index_group_score(ix, &r->same, true, coherence);
	float cross = gaz_index_group_score(ix, &r->cross, false, coherence) +
		      ix->weights.cross_ease;
	/* One word in common is a coincidence, whatever its weight. */
	if (r->cross.n > 0 && r->cross.matches < 2)
		cross -= ix->weights.lone_match;
	if (r->same.n > 0 && r->same.matches < 2)
		same -= ix->weights.lone_match;
	/* Numbers without anything that they count are one, too. */
	if (only_numbers(q, held)) {
		same -= ix->weights.only_numbers;
		cross -= ix->weights.only_numbers;
	}
	r->nearest = same >= cross ? r->same.nearest : r->cross.nearest;
	r->score = (same >= cross ? same : cross) -
		   ix->weights.same_source * log2f(1 + (float)r->same_source);
	return true;
}

static int
by_story_score(const void *pa, const void *pb)
{
	const struct gaz_ranked *a = pa, *b = pb;

	if (a->score != b->score)
		return a->score < b->score ? 1 : -1;
	return a->nearest > b->nearest ? -1 : a->nearest < b->nearest;
}

/* Items that mean the same may share no word at all. */
static size_t
add_alike(const struct gaz_story_index *ix, const struct gaz_query *q,
    uint32_t except, struct gaz_found *found, size_t n)
{
	uint32_t alike[GAZ_ALIKE_MAX];
	size_t n_alike = gaz_embed_search(ix, q, except, alike), known = n;

	for (size_t i = 0; i < n_alike; i++) {
		size_t k = 0;

		while (k < known && found[k].seq != alike[i])
			k++;
		if (k == known)
			found[n++].seq = alike[i];
	}
	return n;
}

size_t
gaz_index_rank(struct gaz_story_index *ix, struct gaz_query *q, uint32_t except,
    struct gaz_ranked out[GAZ_STORIES_MAX])
{
	struct gaz_found found[GAZ_CANDIDATES_MAX + GAZ_ALIKE_MAX];
	struct gaz_ranked seen[GAZ_CANDIDATES_MAX + GAZ_ALIKE_MAX];
	size_t n = search(ix, q, except, found), n_seen = 0, ranked = 0;

	n = add_alike(ix, q, except, found, n);
	for (size_t i = 0; i < n; i++) {
		const char *terms =
		    (const char *)gaz_index_item(ix, found[i].seq)->terms;

		for (size_t line = 0; line < 5; line++)
			__builtin_prefetch(terms + 64 * line);
	}
	for (size_t i = 0; i < n; i++) {
		const struct gaz_item *item = gaz_index_item(ix, found[i].seq);
		struct gaz_pair pair;
		size_t k = 0;

		gaz_index_compare(ix, q, found[i].seq, &pair);
		float score = pair.embedded ? fmaxf(pair.cosine, pair.embed)
					    : pair.cosine;
		while (k < n_seen && seen[k].story != item->story)
			k++;
		if (k == n_seen) {
			seen[k].story = item->story;
			seen[k].score = score;
			seen[k].nearest = found[i].seq;
			n_seen++;
		} else if (score > seen[k].score) {
			seen[k].score = score;
			seen[k].nearest = found[i].seq;
		}
	}
	qsort(seen, n_seen, sizeof(seen[0]), by_story_score);
	for (size_t k = 0; k < n_seen && ranked < GAZ_STORIES_MAX; k++) {
		if (gaz_index_score(ix, q, except, seen[k].story, &out[ranked]))
			ranked++;
	}
	qsort(out, ranked, sizeof(out[0]), by_story_score);
	return ranked;
}
