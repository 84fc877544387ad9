#ifndef GAZ_NORMALISE_HTML_WRITE_H
#define GAZ_NORMALISE_HTML_WRITE_H

#include "gazetted/buf.h"

/*
 * Characters that XML forbids are left out by all of these, and line ends
 * become LF.
 */

/* References decoded, nothing escaped. */
void gaz_html_decode(struct gaz_str s, bool in_attribute, struct gaz_buf *out);

/* Text between tags: references decoded, and & < > escaped. */
void gaz_html_write_text(struct gaz_str s, struct gaz_buf *out);
/* The same for text in which & is just a character. */
void gaz_html_write_literal(struct gaz_str s, struct gaz_buf *out);

/* A value between double quotes; decode: it has references. */
void gaz_html_write_value(struct gaz_str s, bool decode, struct gaz_buf *out);

#endif
