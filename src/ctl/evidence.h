#ifndef GAZETTECTL_EVIDENCE_H
#define GAZETTECTL_EVIDENCE_H

#include "print.h"

/*
 * The reasons that are kept with a membership, in sentences: the score against
 * what was needed, the most alike item and the gap to it, what both share and
 * how much each piece counts, who came second. items: those of the story.
 */
void gaz_ctl_put_membership(struct gaz_buf *out, const json_t *evidence,
    const json_t *items, size_t indent, const struct gaz_ctl_style *st);

/* A table of what two items share: the share of the score, kind, term. */
void gaz_ctl_put_shared(struct gaz_buf *out, const json_t *evidence,
    size_t indent, const struct gaz_ctl_style *st);

/* "87%" */
void gaz_ctl_put_percent(struct gaz_buf *out, double share);
/* "French", or the code where that has no name; "an unknown language". */
void gaz_ctl_put_language(struct gaz_buf *out, struct gaz_str code);

#endif
