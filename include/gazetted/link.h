#ifndef GAZETTED_LINK_H
#define GAZETTED_LINK_H

#include "gazetted/str.h"

/* Link header fields (RFC 8288). Pure. Any thread. */

/* <target>; rel="hub self"; anchor="…" */
struct gaz_link_field {
	struct gaz_str target; /* as it stands there, be it relative */
	struct gaz_str rel;    /* words parted by spaces; absent: none */
	bool anchored;         /* it is about another document */
};

/*
 * Cut the next link off *rest, the value of a field; false when there is none
 * (any more). Strings of out are borrowed from it.
 */
bool gaz_link_field_next(struct gaz_str *rest, struct gaz_link_field *out);
/* Is word among those of rel, and the link about this document? */
bool gaz_link_field_is(const struct gaz_link_field *f, const char *word);

#endif
