#ifndef STORE_PACKED_H
#define STORE_PACKED_H

#include "gazetted/batch.h"

/*
 * Short lists in one column: fields end with U+001F, records with U+001E,
 * neither of which clean text contains.
 */
void packed_put_strs(const gaz_str_list *v, struct gaz_buf *out);
void packed_put_enclosures(const gaz_enclosure_list *v, struct gaz_buf *out);
/* Strings point into packed. */
void packed_get_strs(struct gaz_str packed, struct gaz_arena *a,
    gaz_str_list *out);
void packed_get_enclosures(struct gaz_str packed, struct gaz_arena *a,
    gaz_enclosure_list *out);

#endif
