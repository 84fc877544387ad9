#ifndef STORE_IDENTITY_H
#define STORE_IDENTITY_H

#include "db.h"

enum feed_flag {
	FEED_UNSTABLE_IDS = 1 << 0, /* ids change from fetch to fetch */
	FEED_SHARED_IDS = 1 << 1,   /* one id for several articles */
	FEED_IDS = (1 << 8) - 1,    /* all of the kind; the rest is about the
	                               document that was read last: */
	FEED_BOZO = 1 << 8,         /* not well-formed */
	FEED_ENCODING_REPAIRED = 1 << 9,
	FEED_TEXT_REPAIRED = 1 << 10,
	FEED_ITEMS_DROPPED = 1 << 11,
	FEED_TEXT_CUT = 1 << 12,
	FEED_HTML_TOO_DEEP = 1 << 13,
	FEED_HTML_TOO_MANY_ATTRIBUTES = 1 << 14,
};

/* What an item of the batch turned out to be. */
struct identity {
	int64_t item;          /* 0: new */
	size_t same_as;        /* index of the one that it repeats, or itself */
	bool member;           /* the feed carries item already */
	bool new_guid;         /* found in spite of another guid */
	/* The stored item, when item is not 0. */
	int64_t feed;          /* whose content it has */
	uint64_t content_hash;
	gaz_utc published;
	uint32_t flags;
	bool left;             /* it had left the feed */
	/* Keys for storing it. */
	struct gaz_str guid;   /* absent: none worth the name */
	uint64_t key, url_key, title_hash;
};

struct identities {
	struct identity *v;    /* one for each item of the batch */
	uint32_t flags;        /* of the feed, with what was noticed */
	bool ids_changed;      /* known items came under new ids */
};

/* Find out for every item of a batch whether it is in the store. */
bool identity_resolve(struct gaz_store *s, int64_t feed_id,
    const struct gaz_batch *b, uint32_t flags, struct gaz_arena *a,
    struct identities *out, struct gaz_err *err)
    __attribute__((warn_unused_result));

#endif
