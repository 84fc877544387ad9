#ifndef GAZETTED_HTML_H
#define GAZETTED_HTML_H

#include "gazetted/arena.h"
#include "gazetted/buf.h"

/* HTML fragments of feeds: a tokenizer by the WHATWG states feeding an
 * allow-list rewriter. Linear time. Pure. Any thread. */
enum gaz_html_flag {
	GAZ_HTML_TOO_DEEP = 1 << 0,
	GAZ_HTML_TOO_MANY_ATTRIBUTES = 1 << 1,
	GAZ_HTML_CUT = 1 << 2, /* at GAZ_FIELD_MAX, on an element boundary */
};

struct gaz_html_options {
	struct gaz_str base; /* references are resolved against it */
	bool raw;            /* resolve references only, drop nothing */
	bool decorate;       /* rel=, loading=, referrerpolicy= added */
};

/*
 * The safe fragment: only allow-listed elements and attributes, written from
 * scratch, balanced. clean(clean(x)) == clean(x). out grows. Returns flags.
 * first_image (may be NULL) gets the first img that is no tracking pixel.
 */
unsigned gaz_html_clean(struct gaz_str html,
    const struct gaz_html_options *opt, struct gaz_arena *a,
    struct gaz_buf *out, struct gaz_str *first_image);

/*
 * Plain text: tags gone, references decoded, script and style dropped. block:
 * paragraphs on lines of their own; else all white space folded to one space.
 */
void gaz_html_to_text(struct gaz_str html, bool block, struct gaz_buf *out);

/* Has markup or character references that mean something. */
bool gaz_html_has_markup(struct gaz_str s);

/* Decode character references (WHATWG table) in text. */
void gaz_html_decode_refs(struct gaz_str s, struct gaz_buf *out);
/* "nbsp" (without & and ;) to UTF-8, or absent. Static memory. */
struct gaz_str gaz_html_named_ref(struct gaz_str name);

#endif
