#ifndef GAZETTED_TEXT_H
#define GAZETTED_TEXT_H

#include "gazetted/arena.h"
#include "gazetted/buf.h"

/* Plain text helpers. Pure. Any thread. */

/* Leading and trailing white space (Unicode too) gone, runs folded to one
 * space, at most GAZ_MARKS_MAX combining marks on a base character, bidi
 * overrides and zero-width floods removed, at most max_chars characters. */
struct gaz_str gaz_text_fold(struct gaz_arena *a, struct gaz_str s,
    size_t max_chars);

/* First sentences of s, at most max_chars, cut at a word with an ellipsis. */
struct gaz_str gaz_text_excerpt(struct gaz_arena *a, struct gaz_str s,
    size_t max_chars);

#endif
