#ifndef GAZETTED_PARSE_DIGEST_H
#define GAZETTED_PARSE_DIGEST_H

#include "gazetted/map.h"
#include "gazetted/parse.h"
#include "gazetted/vec.h"

/* What is remembered of an item that had an id. */
struct gaz_digest_seen {
	uint64_t url;
	gaz_utc updated;
	uint32_t item;
};

/*
 * A document to items for the store, one by one: init, then each item in order,
 * then finish with what the document says of itself. An item's language,
 * persons and features rest on what its feed says, which may come behind it: so
 * items wait, in their flat form and up to HELD_MAX bytes of them, unless their
 * feed has said its title and language in front of them. Then they are passed on
 * with what the feed has said by then; if it says something else in the end, the
 * document is read once more. If it has not said its title by then, the rest of
 * this reading is only for that.
 */
struct gaz_digest {
	const struct gaz_digest_options *opt;
	const struct gaz_parse_sink *sink;
	struct gaz_arena one; /* of the item at hand */
	struct gaz_buf scratch, html, text;
	struct gaz_buf held;
	size_t held_len; /* of whole items */
	/* Ids: the hash of each to its row, which is of one item. */
	struct gaz_map64 *seen;
	GAZ_VEC(struct gaz_digest_seen) rows;
	uint32_t n_items;
	bool full, dropped;
	bool passed_on;  /* items are beyond recall */
	bool is_known;   /* what follows is as good as decided */
	bool at_end;     /* and by all that the feed says */
	bool too_much;   /* the sink takes no more */
	bool put_off;    /* items are for another reading: no title came by now,
	                    so the feed says last what it says of itself */
	struct gaz_arena known;
	struct gaz_str title, language; /* of the feed */
	struct gaz_str persons; /* likewise, packed, for its items */
};

void gaz_digest_init(struct gaz_digest *d,
    const struct gaz_digest_options *opt, const struct gaz_parse_sink *sink);
void gaz_digest_clear(struct gaz_digest *d);
/* Another reading of the same document begins. */
void gaz_digest_restart(struct gaz_digest *d);
/* doc says all of its feed already. */
void gaz_digest_know(struct gaz_digest *d, const struct gaz_document *doc);
/* doc: what is known of it so far. */
void gaz_digest_item(struct gaz_digest *d, const struct gaz_document *doc,
    const struct gaz_item *it);
/* Of an item's contents, best first, drop the texts that are not its body, now or
 * when more have come. */
void gaz_digest_choose(gaz_text_list *content);
/*
 * Pass on what waits, and set out, without items; what it keeps lives in a or
 * is lent by doc. False: the document must be read once more, as items were
 * passed on with a title or a language that is not the feed's, or put off.
 */
bool gaz_digest_finish(struct gaz_digest *d, const struct gaz_document *doc,
    struct gaz_arena *a, struct gaz_batch *out)
    __attribute__((warn_unused_result));

/* A sink that keeps what it gets in flat; and that as a batch, which lives in
 * a. flat is cleared. */
struct gaz_parse_sink gaz_digest_collector(struct gaz_buf *flat);
void gaz_digest_collected(struct gaz_buf *flat, const struct gaz_batch *rest,
    struct gaz_arena *a, struct gaz_batch *out);

#endif
