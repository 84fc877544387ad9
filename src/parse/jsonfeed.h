#ifndef GAZETTED_PARSE_JSONFEED_H
#define GAZETTED_PARSE_JSONFEED_H

#include "parse/digest.h"

/* JSON Feed 1 and 1.1 (jsonfeed.org), from UTF-8. Outputs as of gaz_parse;
 * well_formed is only ever made false. The items go to digest, if there is one,
 * else to doc. text is cleared as soon as it was read. */
bool gaz_jsonfeed_read(struct gaz_buf *text,
    const struct gaz_parse_options *opt, struct gaz_arena *a,
    struct gaz_document *doc, struct gaz_digest *digest,
    enum gaz_fault *fault, struct gaz_err *err)
    __attribute__((warn_unused_result));

#endif
