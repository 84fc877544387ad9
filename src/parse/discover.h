#ifndef GAZETTED_PARSE_DISCOVER_H
#define GAZETTED_PARSE_DISCOVER_H

#include "gazetted/parse.h"

/* gaz_parse_discover of a page that is UTF-8 already. */
void gaz_discover(struct gaz_str text, struct gaz_str url,
    struct gaz_arena *a, gaz_link_list *out);

#endif
