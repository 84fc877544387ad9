#ifndef GAZ_STORY_INDEX_H
#define GAZ_STORY_INDEX_H

#include "gazetted/map.h"
#include "gazetted/story.h"
#include "gazetted/vec.h"

#include "item.h"

/* The inside of the index, for the files of this folder and for tuning. */

#define GAZ_SEQ_NONE UINT32_MAX
#define GAZ_STORY_NONE UINT32_MAX
#define GAZ_BOILER_SIZE ((size_t)1 << 20)
#define GAZ_BLOCK_ITEMS 512u /* whole blocks come and go */

/* How far one decision looks. */
#define GAZ_KEYS_MAX 40       /* rarest keys whose postings are read */
#define GAZ_READ_MAX 64       /* latest items of one posting list */
#define GAZ_READS_MAX 512     /* of all lists, the rarest first */
#define GAZ_SHORTLIST_MAX 64 /* items whose norm is looked at */
#define GAZ_CANDIDATES_MAX 24 /* items compared in full */
#define GAZ_FOREIGN_MAX 10    /* of them at least, in other languages */
#define GAZ_STORIES_MAX 8     /* stories scored */
#define GAZ_STORY_ITEMS_MAX 2000 /* live; then it takes no more */
#define GAZ_MEMBERS_MAX 24    /* latest members of each */
#define GAZ_WALK_MAX 96       /* of them, with copies */
#define GAZ_COHERENCE_MEMBERS 12
#define GAZ_COHERENCE_GUESS 0.3f /* of a story of one */
#define GAZ_ALIKE_MAX 8       /* items found by their vectors */
#define GAZ_ALIKE_READ_MAX 65536 /* latest items looked at for that */

struct gaz_live_story {
	int64_t id;
	uint32_t newest; /* seq */
	uint32_t n;      /* live members */
	float coherence; /* mean cosine of members of one language */
	bool changed;    /* since the last repair */
};

struct gaz_touched {
	uint32_t seq; /* GAZ_SEQ_NONE: empty */
	uint32_t stamp;
	float score;
};
#define GAZ_TOUCHED_SIZE 4096

/* An item that a search met. */
struct gaz_found {
	uint32_t seq;
	float score;
};

/*
 * Where an item is that a person said something of, also when it has left the
 * window: its story may live on. item_id 0: the story itself.
 */
struct gaz_mark {
	int64_t item_id, story_id;
	int64_t number;  /* of the statement */
	enum gaz_story_fact fact; /* STAYED, LEFT or PINNED */
};

struct gaz_story_index {
	struct gaz_story_options options;
	struct gaz_story_weights weights;
	struct gaz_terms *terms;
	int64_t now;

	struct gaz_item **ring; /* live items, by seq, in blocks */
	size_t ring_cap;        /* blocks, a power of two */
	uint32_t oldest, next; /* seqs */

	uint32_t *pages;       /* seqs by url, open addressing; or none */
	size_t pages_cap, pages_used; /* with those that went */

	GAZ_VEC(struct gaz_live_story) stories;
	GAZ_VEC(uint32_t) free_stories;
	GAZ_VEC(int64_t) changed; /* story ids to repair */
	struct gaz_map64 *story_slots;
	GAZ_VEC(struct gaz_mark) marks;
	struct gaz_map64 *said;   /* GAZ_PIN_... of items, for restoring */
	int64_t next_story_id;

	uint8_t *boiler;       /* how often an outlet wrote a sentence */
	uint32_t boiler_total;
	uint64_t added, weigh_at;
	size_t swept_terms;
	size_t item_bytes;

	struct gaz_embedding *embeddings; /* by seq; NULL: none */
	size_t embeddings_cap; /* a power of two */
	size_t embedded;       /* how many there are */
	size_t embedding_len;  /* numbers of each */
	float *embedding_mean; /* of the unit vectors */
	uint32_t embedding_count; /* in the mean */
	float embedding_usual; /* cosine of unrelated items */
	GAZ_VEC(uint32_t) fresh; /* seqs of vectors, since the last repair */

	struct gaz_touched *touched; /* scratch of one search */
	struct gaz_found *found;     /* GAZ_READS_MAX of them */
	uint32_t stamp;
};

static inline struct gaz_item *
gaz_index_item(const struct gaz_story_index *ix, uint32_t seq)
{
	return &ix->ring[seq / GAZ_BLOCK_ITEMS & (ix->ring_cap - 1)]
	           [seq % GAZ_BLOCK_ITEMS];
}

static inline bool
gaz_index_is_live(const struct gaz_story_index *ix, uint32_t seq)
{
	return seq != GAZ_SEQ_NONE && seq - ix->oldest < ix->next - ix->oldest;
}

/* The window (index.c). Time comes to now: what is too old leaves. */
void gaz_index_advance(struct gaz_story_index *ix, int64_t now);
/* When enough was added: what rarity the terms have now. */
void gaz_index_reweigh(struct gaz_story_index *ix);
/* Put a weighed item in, which owns its terms from now on; return its seq. It
 * is in no story yet. */
uint32_t gaz_index_put(struct gaz_story_index *ix, const struct gaz_item *item);
/* The latest live item that is this page, or GAZ_SEQ_NONE. */
uint32_t gaz_index_find_page(const struct gaz_story_index *ix, uint64_t url);

/*
 * From features to item (intake.c). make_item chooses its terms, which the
 * caller frees; bits of boiler are sentences to leave out; which[i], unless it
 * is NULL, becomes the features' term of the item's term i. receive does all
 * that comes before the decision; false: the item says nothing.
 */
void gaz_index_make_item(struct gaz_story_index *ix,
    const struct gaz_story_item *in, const struct gaz_features *f,
    uint32_t boiler, struct gaz_item *item,
    uint16_t which[GAZ_ITEM_TERMS_MAX]);
bool gaz_index_receive(struct gaz_story_index *ix,
    const struct gaz_story_item *in, gaz_utc now, struct gaz_features *f,
    struct gaz_item *item, uint16_t which[GAZ_ITEM_TERMS_MAX]);

/* Vectors (embed.c). Another item comes; one or all of them go. */
void gaz_embed_make_room(struct gaz_story_index *ix);
void gaz_embed_drop(struct gaz_story_index *ix, uint32_t seq);
void gaz_embed_clear(struct gaz_story_index *ix);
size_t gaz_embed_bytes(const struct gaz_story_index *ix);
/* A repair is over: no vector is fresh. */
void gaz_embed_settle(struct gaz_story_index *ix);
/* The items whose vectors are nearest to the query's, if that is fresh; return
 * how many. */
size_t gaz_embed_search(const struct gaz_story_index *ix,
    const struct gaz_query *q, uint32_t except, uint32_t out[GAZ_ALIKE_MAX]);

/* A live item as a query, and against one, with the vectors they have. */
void gaz_index_query(const struct gaz_story_index *ix, uint32_t seq,
    struct gaz_query *q);
void gaz_index_compare(const struct gaz_story_index *ix,
    const struct gaz_query *q, uint32_t seq, struct gaz_pair *out);

/* One story as seen from an item. */
struct gaz_ranked {
	uint32_t story; /* slot */
	float score;
	uint32_t nearest; /* seq of the most alike member */
	size_t same_source;
	struct gaz_group same, cross; /* members by language */
};

/*
 * The stories that item could belong to, best first; except: seq that is left
 * out, or GAZ_SEQ_NONE. Return how many, at most GAZ_STORIES_MAX.
 */
size_t gaz_index_rank(struct gaz_story_index *ix, struct gaz_query *q,
    uint32_t except, struct gaz_ranked out[GAZ_STORIES_MAX]);

/* How well a group speaks for joining. */
float gaz_index_group_score(const struct gaz_story_index *ix,
    const struct gaz_group *g, bool same, float coherence);

/* How well item fits one story. False when nobody is left to compare. */
bool gaz_index_score(const struct gaz_story_index *ix,
    struct gaz_query *q, uint32_t except, uint32_t story,
    struct gaz_ranked *out);

/*
 * The latest members of a story, one of a copy group; return how many, at most
 * GAZ_MEMBERS_MAX.
 */
size_t gaz_index_members(const struct gaz_story_index *ix, uint32_t story,
    uint32_t out[GAZ_MEMBERS_MAX]);

void gaz_index_leave(struct gaz_story_index *ix, uint32_t seq);
void gaz_index_join(struct gaz_story_index *ix, uint32_t seq,
    uint32_t story);
/* Members came or went: measure it anew, and look at it in the next repair. */
void gaz_index_changed(struct gaz_story_index *ix, uint32_t story);
uint32_t gaz_index_open(struct gaz_story_index *ix, int64_t story_id);

/* Every mark of one story is of another now. */
void gaz_index_remark(struct gaz_story_index *ix, int64_t from, int64_t to);
/* A person said that the story is right as it is. */
bool gaz_index_is_pinned(const struct gaz_story_index *ix, uint32_t story);
/* A person parted an item of x (item_id 0: any) from one of y. */
bool gaz_index_are_parted(const struct gaz_story_index *ix, uint32_t x,
    int64_t item_id, uint32_t y);

#endif
