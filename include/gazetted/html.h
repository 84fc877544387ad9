#ifndef GAZETTED_HTML_H
#define GAZETTED_HTML_H

#include "gazetted/arena.h"
#include "gazetted/buf.h"

/*
 * HTML fragments of feeds: a tokenizer by the WHATWG states feeding an
 * allow-list rewriter. All text in and out is UTF-8. Time grows with the
 * length of the text, whatever is in it. Pure. Any thread.
 */
enum gaz_html_flag {
	GAZ_HTML_TOO_DEEP = 1 << 0, /* beyond GAZ_HTML_DEPTH_MAX only text was
	                               kept; beyond GAZ_HTML_OPEN_MAX the
	                               whole is text, in paragraphs */
	GAZ_HTML_TOO_MANY_ATTRIBUTES = 1 << 1, /* the whole is text */
	GAZ_HTML_CUT = 1 << 2, /* at GAZ_FIELD_MAX, on an element boundary */
};

struct gaz_html_options {
	struct gaz_str base; /* references are resolved against it; may be
	                        absent: then relative ones stay */
	bool raw;            /* resolve references only, drop nothing else;
	                        the result is not safe, nor is it cut */
	bool decorate;       /* for a page: rel= on links, loading= and
	                        referrerpolicy= on img, controls on media */
	struct gaz_buf *text; /* gets the plain text of the result too, as
	                        gaz_html_to_text in blocks gives it, at less
	                        cost; may be NULL */
};

/*
 * The safe fragment: only allow-listed elements and attributes, written from
 * scratch, balanced, at most GAZ_FIELD_MAX bytes. An HTML parser reads it as
 * the very tree that it spells, so clean(clean(x)) == clean(x). Obsolete
 * elements get the name of their successor (strike: s), pictures that a script
 * would load late get their source, pictures of one point are left out, formulas
 * (MathML) become a line of text.
 *
 * Appends to out, whose ceiling should be no lower than GAZ_FIELD_MAX. Return
 * a set of enum gaz_html_flag. first_image (may be NULL) gets the http(s) URL
 * of the first img that is no tracking pixel, or absent; it lives in a.
 */
unsigned gaz_html_clean(struct gaz_str html,
    const struct gaz_html_options *opt, struct gaz_arena *a,
    struct gaz_buf *out, struct gaz_str *first_image);

/*
 * Append the plain text: tags gone, references decoded, what is no text (such
 * as script, style, title, svg) dropped, formulas as gaz_html_clean. block: paragraphs, items, rows and
 * lines of pre on lines of their own; else all white space folded to one
 * space. For one line with a limit, gaz_text_fold it afterwards.
 */
void gaz_html_to_text(struct gaz_str html, bool block, struct gaz_buf *out);

/*
 * Whether s would read differently as HTML: it has tags, comments or character
 * references that somebody meant. "a < b", "AT&T" and "?x=1&copy=2" are not.
 */
bool gaz_html_has_markup(struct gaz_str s);

/* Append s with character references decoded, as in text between tags. */
void gaz_html_decode_refs(struct gaz_str s, struct gaz_buf *out);
/* "nbsp" (without & and ;) to UTF-8, or absent. Static memory. */
struct gaz_str gaz_html_named_ref(struct gaz_str name);

#endif
