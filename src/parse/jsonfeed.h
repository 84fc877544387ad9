#ifndef GAZETTED_PARSE_JSONFEED_H
#define GAZETTED_PARSE_JSONFEED_H

#include "parse/digest.h"

/* JSON Feed 1 and 1.1 (jsonfeed.org), from UTF-8. Outputs as of gaz_parse;
 * well_formed is only ever made false. The items go to digest, if there is one,
 * else to doc. Of a string at most string_max bytes are read. */
bool gaz_jsonfeed_read(struct gaz_str text,
    const struct gaz_parse_options *opt, size_t string_max,
    struct gaz_arena *a, struct gaz_document *doc, struct gaz_digest *digest,
    enum gaz_fault *fault, struct gaz_err *err)
    __attribute__((warn_unused_result));

#endif
