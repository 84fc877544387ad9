#ifndef GAZ_STORY_ITEM_H
#define GAZ_STORY_ITEM_H

#include "blob.h"
#include "terms.h"
#include "weights.h"

/*
 * What the index keeps of an item, and how alike two items are. Private to
 * the folder.
 */

#define GAZ_ITEM_TERMS_MAX 40 /* the heaviest ones */
#define GAZ_ITEM_SIGNATURE_LEN 16 /* of the bins of the features */

enum {
	GAZ_IN_TITLE = 1,
	GAZ_IN_NAME = 2,    /* certainly a name */
	GAZ_IN_MAYBE = 4,
	GAZ_IN_CONCEPT = 8,
	GAZ_IN_KIND = 0x70, /* index into GAZ_KINDS, shifted */
};
#define GAZ_KINDS "wnNdpc"
#define GAZ_KIND_SHIFT 4

enum {
	GAZ_PIN_PERSON = 1, /* put it where it is */
	GAZ_PIN_PAGE = 2,   /* another item is the same page */
	GAZ_PIN_STORY = 4,  /* its story is right as it is */
	GAZ_PIN_STAYS = 7,  /* one of them */
	GAZ_PIN_MARKED = 8, /* a mark of the index tells of it */
};

/* One term of an item, six bytes. */
struct gaz_item_terms {
	uint8_t n;
	uint32_t *id;
	uint8_t *weight; /* in 1/32 */
	uint8_t *flags;
};

struct gaz_item {
	int64_t item_id;
	int64_t arrived;
	uint64_t url;     /* hash; 0 none */
	uint32_t source;  /* hash; 0 unknown */
	uint32_t copy_of; /* seq of the first of a copy group, or UINT32_MAX */
	uint32_t story;   /* slot */
	uint32_t before;  /* seq of the next older member, or UINT32_MAX */
	float norm, title_norm;             /* as in its own language */
	float cross_norm, cross_title_norm; /* as seen from others */
	int32_t lead;     /* seconds from publishing, if credible, to arrival */
	uint8_t signature[GAZ_ITEM_SIGNATURE_LEN];
	char language[4];
	bool roundup;     /* it tells of several events */
	uint8_t n_terms;
	uint8_t pinned;   /* a GAZ_PIN_... says that it stays */
	uint32_t *terms;  /* n ids, then n weights and n flags in bytes */
};

static inline struct gaz_item_terms
gaz_item_terms(const struct gaz_item *i)
{
	uint8_t *bytes = (uint8_t *)(i->terms + i->n_terms);

	return (struct gaz_item_terms){ i->n_terms, i->terms, bytes,
		bytes + i->n_terms };
}

/* Of publishing, as far as that is credible. */
static inline int64_t
gaz_item_time(const struct gaz_item *i)
{
	return i->arrived - i->lead;
}

static inline bool
gaz_item_same_language(const struct gaz_item *a, const struct gaz_item *b)
{
	return a->language[0] == '\0' || b->language[0] == '\0' ||
	    memcmp(a->language, b->language, 4) == 0;
}

/* Shared bins of two signatures, 0..1. */
float gaz_item_resemblance(const struct gaz_item *a, const struct gaz_item *b);

/* Compute the four norms from how rare the terms are now. */
void gaz_item_weigh(struct gaz_item *i, const struct gaz_terms *t,
    const struct gaz_story_weights *w);

/* What speaks for a story; the order of the weights s_... and x_.... */
enum {
	GAZ_FOR_BIAS,
	GAZ_FOR_WORD,     /* shares of the cosine with the whole story */
	GAZ_FOR_NAME,
	GAZ_FOR_NUMBER,
	GAZ_FOR_DATE,
	GAZ_FOR_PLACE,
	GAZ_FOR_CONCEPT,
	GAZ_FOR_BEST,     /* cosine with the most alike member */
	GAZ_FOR_TITLE,    /* best cosine of titles */
	GAZ_FOR_CONTAIN,  /* of a title's weight in the other text, best */
	GAZ_FOR_CONFLICT, /* how often both have amounts, none in common */
	GAZ_FOR_GAP,      /* days to the nearest member, at most 4 */
	GAZ_FOR_LENGTH,
	GAZ_FOR_LENGTH_COS,
	GAZ_FOR_MATCHES,
	GAZ_FOR_SIZE,
	GAZ_FOR_STRANGE,  /* share of names that the other does not know */
	GAZ_FOR_STRANGE_TITLE, /* of those in titles */
	GAZ_FOR_ELSEWHERE, /* how often both name places, none in common */
	GAZ_FOR_OWN_NAME, /* how much a shared name is this story's alone */
	GAZ_FOR_OWN,      /* the same of all shared terms, added up */
	GAZ_FOR_OTHERS,   /* how much of its names others own */
	GAZ_FOR_ROUNDUP,  /* how often one of them is a round-up */
	GAZ_FOR_COVER,    /* share of the item that some member has, too */
	GAZ_FOR_KNOWN,    /* the same of its names and places */
	GAZ_FOR_KNOWN_TITLE, /* of those in its title */
	GAZ_FOR_KNOWN_PLACE,
	GAZ_FOR_KNOWN_NUMBER,
	GAZ_FOR_OTHER,    /* how alike the best in the other languages is */
	GAZ_FOR_COUNT
};
#define GAZ_KIND_COUNT 6

#define GAZ_QUERY_SLOTS 512 /* for up to three keys a term */

#define GAZ_OWNER_TERMS 12 /* the rarest; whose stories are looked at */
#define GAZ_OWNER_READ 24  /* latest items of each */

/* An item that holds a term of the query, by its story. */
struct gaz_owner {
	uint32_t story; /* slot */
	uint8_t term;
};

/* An item prepared for being compared with many. */
struct gaz_query {
	const struct gaz_item *item;
	const struct gaz_terms *terms;
	const struct gaz_story_weights *weights;
	const struct gaz_embedding *embedding; /* NULL: none */
	struct gaz_item_terms t;
	float idf[GAZ_ITEM_TERMS_MAX];       /* as itself */
	float cross_idf[GAZ_ITEM_TERMS_MAX]; /* of concept or cognate */
	float alias_idf[GAZ_ITEM_TERMS_MAX];
	/* Filled by the index when a story is first scored. */
	size_t n_owners;
	struct gaz_owner owners[GAZ_OWNER_TERMS * GAZ_OWNER_READ];
	uint8_t n_holders[GAZ_ITEM_TERMS_MAX]; /* of each term */
	bool owners_known;
	uint32_t without; /* story that counts as nobody, or GAZ_STORY_NONE */
	uint32_t slot_id[GAZ_QUERY_SLOTS];
	uint8_t slot_role[GAZ_QUERY_SLOTS];
	uint8_t slot_index[GAZ_QUERY_SLOTS];
};

#define GAZ_SKETCH_WORDS 4

/* A vector of meaning; v is NULL when there is none. */
struct gaz_embedding {
	uint64_t sketch[GAZ_SKETCH_WORDS]; /* signs, for searching */
	int8_t *v;
	float norm;
	bool fresh; /* since the last repair */
};

/* One match, for evidence. */
struct gaz_match {
	uint8_t query_index;
	char kind;
	float weight; /* part of the cosine */
};

struct gaz_pair {
	float kind[GAZ_KIND_COUNT]; /* parts of the cosine */
	float cosine, title, contain, gap_days;
	float strange, strange_title;
	bool roundup; /* one of them, not both */
	bool same_language, conflict, elsewhere;
	bool embedded; /* both have a vector */
	float embed;   /* then: how alike those are, 0..1 */
	size_t least_terms; /* of the shorter item */
	size_t n_matches;
	struct gaz_match matches[GAZ_ITEM_TERMS_MAX];
};

/* An item against the members of a story that speak one language. */
struct gaz_group {
	size_t n, least_terms, matches;
	float kind[GAZ_KIND_COUNT];
	float best, title, contain, conflicts, gap_days;
	float strange, strange_title, elsewhere; /* sums */
	float own_name, own, others;
	float roundups; /* sum */
	float cover, known, known_title; /* by the whole story */
	float known_place, known_number;
	float other; /* best of the other group */
	size_t embedded;         /* members with a vector */
	float embed, embed_best; /* sum, best */
	uint32_t nearest; /* seq of the best */
};

void gaz_query_init(struct gaz_query *q, const struct gaz_item *item,
    const struct gaz_terms *terms, const struct gaz_story_weights *weights);

void gaz_query_compare(const struct gaz_query *q, const struct gaz_item *other,
    struct gaz_pair *out);

/* A zeroed group is an empty one. */
void gaz_group_add(struct gaz_group *g, const struct gaz_pair *p,
    uint32_t seq);

/*
 * What speaks for joining; coherence: how alike the members are among
 * themselves, 0..1. An item that is as alike to the members of a loose story
 * as they are to each other belongs to it.
 */
void gaz_group_weigh(const struct gaz_group *g, float coherence,
    float f[GAZ_FOR_COUNT]);

/* > 0: more likely a member than not. */
float gaz_group_score(const struct gaz_story_weights *w, bool same_language,
    const float f[GAZ_FOR_COUNT]);

#endif
