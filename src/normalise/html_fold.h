#ifndef GAZ_NORMALISE_HTML_FOLD_H
#define GAZ_NORMALISE_HTML_FOLD_H

#include "gazetted/buf.h"

#include "normalise/html_element.h"

/* Plain text while it is written: white space is folded, blocks are parted. */
struct folder {
	struct gaz_buf *out;
	size_t start; /* of what was written here */
	bool block;   /* keep borders of blocks as line ends */
	bool space, line; /* seen since the last character */
	int pre;      /* open pre elements */
};

/* A tag of e, the row of the name that is written; start: a start tag. */
void gaz_html_fold_tag(struct folder *f, const struct element *e, bool start);

/* Text with its references decoded. */
void gaz_html_fold_text(struct folder *f, struct gaz_str s);

/* Text as html_write.h writes it between tags. */
void gaz_html_fold_written(struct folder *f, struct gaz_str s);

#endif
