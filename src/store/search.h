#ifndef STORE_SEARCH_H
#define STORE_SEARCH_H

#include "db.h"

/*
 * The text index. Scripts that are written without spaces are indexed by the
 * character, so that any run of them is found as a phrase.
 */

/* s, or a form of it in scratch that the tokenizer can cut into words. */
struct gaz_str search_text(struct gaz_str s, struct gaz_buf *scratch);

/*
 * What a person typed as a query that FTS5 cannot refuse. false: there is
 * nothing in it to look for, so nothing is found.
 */
bool search_query(struct gaz_str typed, struct gaz_buf *out);

/*
 * An item's text enters the index before the transaction ends, or leaves it:
 * to be called while the text in body is still what it was.
 */
void search_put(struct gaz_store *s, int64_t item_id);
bool search_take(struct gaz_store *s, int64_t item_id, struct gaz_err *err)
    __attribute__((warn_unused_result));
bool search_flush(struct gaz_store *s, struct gaz_err *err)
    __attribute__((warn_unused_result));

#endif
