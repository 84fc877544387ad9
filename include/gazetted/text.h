#ifndef GAZETTED_TEXT_H
#define GAZETTED_TEXT_H

#include "gazetted/arena.h"
#include "gazetted/buf.h"

/* Plain text helpers. Pure. Any thread. */

/*
 * One line: white space (Unicode's too) gone at both ends and folded to one
 * space inside; control characters, bidirectional overrides and embeddings and
 * characters without width removed (joiners and direction marks stay, one at a
 * time); at most GAZ_MARKS_MAX combining marks on a base character; cut after
 * max_chars characters, never between a base and its marks. A copy; absent
 * stays absent.
 */
struct gaz_str gaz_text_fold(struct gaz_arena *a, struct gaz_str s,
    size_t max_chars);

/*
 * s as one line (see above) if it has at most max_chars characters, else its
 * first whole sentences that fit, or as many words with an ellipsis if the
 * sentences would be much less.
 */
struct gaz_str gaz_text_excerpt(struct gaz_arena *a, struct gaz_str s,
    size_t max_chars);

#endif
