#ifndef GAZ_NORMALISE_HTML_REF_H
#define GAZ_NORMALISE_HTML_REF_H

#include "gazetted/str.h"

#define HTML_REF_TEXT_MAX 7 /* bytes of what a reference stands for */

/*
 * The character reference at s.p[at], which is '&' (WHATWG HTML, section
 * 13.2.5.72). Return how many bytes it takes, 0 when it is none, and what it
 * stands for in out and *len. In attributes some old names need a semicolon.
 */
size_t gaz_html_ref(struct gaz_str s, size_t at, bool in_attribute,
    char out[HTML_REF_TEXT_MAX], size_t *len);

#endif
