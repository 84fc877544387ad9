#ifndef GAZETTED_PARSE_SKIM_H
#define GAZETTED_PARSE_SKIM_H

#include "gazetted/buf.h"

/*
 * The long texts of an XML document, between tags or in CDATA, by a quick look
 * at its tags. Only texts come that no parser would find a fault with at that
 * place, if the place is what it looks like: whether it is, a parser has to
 * say. Time grows with the length of the document.
 */
#define GAZ_SKIM_MIN 256 /* bytes of a text that is worth it */
/* A document with more bytes than that in a row without a long text is not made
 * of them: the rest of it is not looked at. */
#define GAZ_SKIM_VAIN_MAX (32u << 10)

struct gaz_skim {
	struct gaz_str doc;
	size_t at;
	/* What gaz_skim_next found: */
	size_t from, to;
	bool cdata;
	struct gaz_str content; /* as it is written; gaz_skim_put decodes */
	bool decoded;           /* text has it already, whole */
	struct gaz_buf text;
};

void gaz_skim_init(struct gaz_skim *skim, struct gaz_str doc);
void gaz_skim_clear(struct gaz_skim *skim);

/* The next long text; false at the end. */
bool gaz_skim_next(struct gaz_skim *skim);
/* That text with its references decoded, in pieces of some size. */
void gaz_skim_put(struct gaz_skim *skim, void (*put)(void *arg,
    struct gaz_str s), void *arg);

#endif
