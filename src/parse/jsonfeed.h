#ifndef GAZETTED_PARSE_JSONFEED_H
#define GAZETTED_PARSE_JSONFEED_H

#include "gazetted/parse.h"

/* JSON Feed 1 and 1.1 (jsonfeed.org), from UTF-8. Outputs as of gaz_parse;
 * well_formed is only ever made false. */
bool gaz_jsonfeed_read(struct gaz_str text,
    const struct gaz_parse_options *opt, struct gaz_arena *a,
    struct gaz_document *doc, enum gaz_fault *fault, struct gaz_err *err)
    __attribute__((warn_unused_result));

#endif
