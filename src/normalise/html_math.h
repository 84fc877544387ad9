#ifndef GAZ_NORMALISE_HTML_MATH_H
#define GAZ_NORMALISE_HTML_MATH_H

#include "gazetted/buf.h"

#include "normalise/html_token.h"

/* Is it the start of a formula, with or without a prefix? */
bool gaz_html_is_math(struct gaz_str name);

/*
 * Behind the start tag of a formula, whose name that is: append it as one line
 * of text, and move behind its end tag. False, without moving: it has no end tag
 * or HTML in it, is more than GAZ_MATH_MAX bytes, deeper than
 * GAZ_MATH_DEPTH_MAX, or GAZ_MATH_FAILURES_MAX before it were like that; it is
 * then text between unknown tags.
 */
bool gaz_html_math(struct tokenizer *t, struct gaz_str name,
    struct gaz_buf *out);

#endif
