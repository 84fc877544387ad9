#ifndef GAZ_NORMALISE_HTML_ELEMENT_H
#define GAZ_NORMALISE_HTML_ELEMENT_H

#include "gazetted/str.h"

/* What the cleaner and the text writer have to know about an element. */
enum element_kind {
	ELEMENT_UNKNOWN,    /* tags go, content stays */
	ELEMENT_BREAK,      /* as unknown, but between blocks of text */
	ELEMENT_DROPPED,    /* goes with all it contains */
	ELEMENT_RAW,        /* as dropped; its content is no markup */
	ELEMENT_LITERAL,    /* content is no markup, and is text: to pre */
	ELEMENT_VOID,       /* written, no content */
	ELEMENT_BLOCK,      /* written, closes p */
	ELEMENT_HEADING,    /* block, closes a heading in front */
	ELEMENT_P,
	ELEMENT_LI,
	ELEMENT_DD,         /* and dt */
	ELEMENT_RUBY,       /* parts of ruby */
	ELEMENT_TABLE,
	ELEMENT_CAPTION,
	ELEMENT_COLGROUP,
	ELEMENT_SECTION,    /* thead, tbody, tfoot */
	ELEMENT_ROW,
	ELEMENT_CELL,
	ELEMENT_FORMATTING, /* opened again after what broke it off */
	ELEMENT_LINK,       /* a: formatting, never inside another */
	ELEMENT_INLINE,     /* anything else that is written */
};

/* Groups of elements that have attributes in common. */
enum {
	GROUP_LINK = 1 << 0,
	GROUP_IMAGE = 1 << 1,
	GROUP_MEDIA = 1 << 2,  /* audio, video */
	GROUP_VIDEO = 1 << 3,
	GROUP_SOURCE = 1 << 4,
	GROUP_CELL = 1 << 5,
	GROUP_COLUMN = 1 << 6,
	GROUP_OL = 1 << 7,
	GROUP_LI = 1 << 8,
	GROUP_QUOTE = 1 << 9,
	GROUP_EDIT = 1 << 10,
	GROUP_TIME = 1 << 11,
	GROUP_DETAILS = 1 << 12,
	GROUP_ANY = 1 << 15,
};

struct element {
	const char *name;
	enum element_kind kind;
	unsigned groups;     /* of a dropped one: slot for gaz_html_skip */
	const char *written; /* name that is written, NULL: the same */
	uint8_t len;         /* of name */
};

/* Rows that are compared with, by their number; a test holds them. */
enum {
	HTML_A = 0,
	HTML_ADDRESS = 3,
	HTML_BR = 15,
	HTML_DIV = 27,
	HTML_HR = 46,
	HTML_OL = 64,
	HTML_P = 67,
	HTML_RUBY = 74,
	HTML_TABLE = 89,
	HTML_TD = 91,
	HTML_TR = 98,
	HTML_UL = 101,
};

/* The row of a name in any case, or NULL. */
const struct element *gaz_html_element(struct gaz_str name);

/* The row of that number; NULL behind the last. */
const struct element *gaz_html_element_row(size_t i);

/* The row of the name that is written for e. */
static inline const struct element *
gaz_html_written(const struct element *e)
{
	return e->written == NULL ? e : gaz_html_element(
	    gaz_str_of(e->written));
}

#endif
