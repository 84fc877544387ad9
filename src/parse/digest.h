#ifndef GAZETTED_PARSE_DIGEST_H
#define GAZETTED_PARSE_DIGEST_H

#include "gazetted/map.h"
#include "gazetted/parse.h"

/*
 * A document to a batch, item by item: init, then each item in order, then
 * finish with what the document says of itself. All that the batch keeps is
 * copied to a but for the strings of the feed that finish is given.
 */
struct gaz_digest {
	const struct gaz_digest_options *opt;
	struct gaz_arena *a;
	struct gaz_batch *out;
	struct gaz_buf scratch, html;
	struct gaz_map *seen; /* ids to items of out, counted from 1 */
	bool full;
};

void gaz_digest_init(struct gaz_digest *d,
    const struct gaz_digest_options *opt, struct gaz_arena *a,
    struct gaz_batch *out);
void gaz_digest_item(struct gaz_digest *d, const struct gaz_item *it);
void gaz_digest_finish(struct gaz_digest *d, const struct gaz_document *doc);
void gaz_digest_clear(struct gaz_digest *d);

#endif
