#ifndef GAZETTED_STORY_H
#define GAZETTED_STORY_H

#include "gazetted/arena.h"
#include "gazetted/buf.h"
#include "gazetted/clock.h"

/*
 * Which story an item belongs to. Pure: no I/O, no clock, no log. The same
 * items in the same order give the same stories. An extractor or an index is
 * used by one thread at a time.
 */

/* What a story is decided from. Plain text; all but title may be absent. */
struct gaz_story_text {
	struct gaz_str title, summary;
	struct gaz_str language; /* BCP 47 */
	struct gaz_str source;   /* the outlet's name or host */
	struct gaz_str url;
	gaz_utc published;
};

/*
 * Text to features: a compact, versioned, self-contained blob of at most
 * GAZ_FEATURES_MAX bytes (terms with weights and kinds, names, numbers, dates,
 * signature). Made in the parse worker, kept in the store, read by the index.
 */
struct gaz_story_extractor;
struct gaz_story_extractor *gaz_story_extractor_new(void);
void gaz_story_extractor_free(struct gaz_story_extractor *x);
void gaz_story_extract(struct gaz_story_extractor *x,
    const struct gaz_story_text *text, struct gaz_buf *out);
/* false when the blob is damaged or of another version: extract again. */
bool gaz_story_features_ok(struct gaz_str features);

/*
 * Words of other languages and their English ones, from dictionaries. A word
 * that the lexicon does not know then meets the English word, or has the
 * concept of it. At most GAZ_STORY_WORDS_MAX pairs are kept.
 */
struct gaz_story_words;
struct gaz_story_words *gaz_story_words_new(void);
void gaz_story_words_free(struct gaz_story_words *w);
/* One pair of single words; what is of no use is left out. */
void gaz_story_words_put(struct gaz_story_words *w, struct gaz_str language,
    struct gaz_str word, struct gaz_str english);
/* After the last put: a table for extractors. Lends from w; empty: no words. */
struct gaz_str gaz_story_words_table(struct gaz_story_words *w);

/*
 * Use the table, which is lent, or none when it is empty. False, and none,
 * when it is damaged or was made by another build. Aligned as memory is.
 */
bool gaz_story_extractor_use(struct gaz_story_extractor *x,
    struct gaz_str table) __attribute__((warn_unused_result));
/* gaz_story_features_ok, and made with the words that x uses. */
bool gaz_story_extractor_accepts(const struct gaz_story_extractor *x,
    struct gaz_str features);

struct gaz_story_options {
	int64_t window_s;       /* a story closes after that long without an item */
	int64_t next_story_id;  /* the first id to give, >= 1 */
};

struct gaz_story_item {
	int64_t item_id;
	int64_t source_id;      /* feed or outlet */
	gaz_utc published;      /* GAZ_UTC_UNKNOWN: use arrived */
	gaz_utc arrived;
	struct gaz_str features;
};

/* One piece of evidence, for a person. */
struct gaz_story_evidence {
	struct gaz_str term;    /* readable */
	char kind;              /* 'w' word, 'n' name, 'N' number, 'd' date,
	                           'p' place, 'c' concept, 'u' same url,
	                           'v' meaning as a vector */
	double weight;          /* share of the score */
};

struct gaz_story_decision {
	int64_t story_id;
	bool opened;            /* a new story */
	bool copy;              /* almost the same text as copy_of */
	bool roundup;           /* the title tells of several events; of two,
	                           one title does */
	int64_t copy_of;        /* item id, or 0 */
	int64_t nearest_item;   /* most alike member, or 0 */
	double score, threshold;
	int64_t runner_up;      /* story id, or 0 */
	double runner_up_score;
	double known;           /* share of the item's names and places that
	                           the best story has, 0..1 */
	int64_t gap_s;          /* to the nearest member in time */
	struct gaz_str language, nearest_language; /* of the pair */
	GAZ_LIST(struct gaz_story_evidence) evidence; /* best first, at most 16 */
};

struct gaz_story_index;
struct gaz_story_index *gaz_story_index_new(const struct gaz_story_options *o);
void gaz_story_index_free(struct gaz_story_index *ix);

/*
 * Decide, and take the item in. now never goes back; stories whose last
 * item is older than the window leave. d's memory is a's.
 */
void gaz_story_index_add(struct gaz_story_index *ix,
    const struct gaz_story_item *item, gaz_utc now, struct gaz_arena *a,
    struct gaz_story_decision *d);

/*
 * Take in an item whose story is known: rebuilding at start, in order of
 * arrival, leads to the state that adding led to.
 */
void gaz_story_index_restore(struct gaz_story_index *ix,
    const struct gaz_story_item *item, int64_t story_id, gaz_utc now);

/* One change that a repair made. */
struct gaz_story_change {
	int64_t item_id; /* 0: the whole story from is part of story to now */
	int64_t from, to; /* story ids; to may be new */
};
struct gaz_story_repair {
	GAZ_LIST(struct gaz_story_change) changes; /* in order */
};

/*
 * Look again at stories that changed since the last repair: unite twins, move
 * an item to where it fits better. May find nothing to do. The caller keeps a
 * redirect for a story that went. The memory of out is a's.
 */
void gaz_story_index_repair(struct gaz_story_index *ix, gaz_utc now,
    struct gaz_arena *a, struct gaz_story_repair *out);

/*
 * What an item means, as a vector that somebody else made: one more thing by
 * which a repair tells how alike two items are, if both have one. All vectors
 * have the length of the first one. The item's story counts as changed. False
 * when the item is not live, or the vector is all zero, of another length or
 * longer than GAZ_STORY_VECTOR_MAX.
 */
bool gaz_story_index_embed(struct gaz_story_index *ix, int64_t item_id,
    const int8_t *vector, size_t n);
/* One that was given before, when rebuilding: nothing has changed by it. */
bool gaz_story_index_restore_vector(struct gaz_story_index *ix,
    int64_t item_id, const int8_t *vector, size_t n);
/* As if none had been given. */
void gaz_story_index_forget_vectors(struct gaz_story_index *ix);
/* How alike two vectors are, 0 (as unrelated texts) to 1. False when one of
 * the items has none. */
bool gaz_story_index_likeness(const struct gaz_story_index *ix,
    int64_t item_a, int64_t item_b, double *out);

/* Corrections of a person, in force for every later decision. */
void gaz_story_index_merge(struct gaz_story_index *ix, int64_t into,
    int64_t from);
void gaz_story_index_move(struct gaz_story_index *ix, int64_t item_id,
    int64_t to_story);

/*
 * What a person said of an item that is, or was until it left the window, in
 * story_id today; item_id 0: of the story itself. Statements are recalled in
 * the order in which they were made: all of them before items are restored, a
 * new one after the index was changed. number: of one statement.
 */
enum gaz_story_fact {
	GAZ_FACT_TOGETHER, /* united with others: it stays where it is */
	GAZ_FACT_STAYED,   /* parted from those that LEFT by the same number */
	GAZ_FACT_LEFT,
	GAZ_FACT_PINNED,   /* the story is right as it is; number: its id then */
	GAZ_FACT_UNPINNED, /* all that was pinned by this number */
};
void gaz_story_index_recall(struct gaz_story_index *ix,
    enum gaz_story_fact fact, int64_t number, int64_t item_id,
    int64_t story_id);

struct gaz_story_stats {
	size_t items, stories, terms, bytes;
	size_t vectors, vector_len;
	int64_t next_story_id;
};
void gaz_story_index_stats(const struct gaz_story_index *ix,
    struct gaz_story_stats *out);

/* Why two items would, or would not, be one story. */
void gaz_story_compare(struct gaz_story_index *ix, struct gaz_str features_a,
    struct gaz_str features_b, struct gaz_arena *a,
    struct gaz_story_decision *d);

/* Add to such a comparison of two live items what their vectors say. */
void gaz_story_compare_vectors(const struct gaz_story_index *ix,
    int64_t item_a, int64_t item_b, struct gaz_arena *a,
    struct gaz_story_decision *d);

/* The decision as the JSON that is stored with a membership. */
void gaz_story_write_evidence(const struct gaz_story_decision *d,
    struct gaz_buf *out);

/*
 * For showing: the title without the outlet's name at its end ("... | The
 * Coast Post"). Lends from title, which is returned whole when nothing is to go.
 */
struct gaz_str gaz_title_without_outlet(struct gaz_str title,
    struct gaz_str outlet);

#endif
