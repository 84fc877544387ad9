/* What reading bytes as one encoding needs. */
#ifndef GAZ_NORMALISE_CHARSET_READ_H
#define GAZ_NORMALISE_CHARSET_READ_H

#include "gazetted/buf.h"

#include "normalise/charset_label.h"

/* Where decoded text goes, and what happened on the way. */
struct sink {
	struct gaz_buf *out;
	size_t chars;    /* characters read */
	size_t errors;   /* ill-formed sequences, each now U+FFFD */
	size_t dropped;  /* characters that XML forbids */
	size_t controls; /* characters of the range 0x80 to 0x9f */
};

/* XML has no place for it. */
static inline bool
is_forbidden(uint32_t c)
{
	if (c < 0x20)
		return c != '\t' && c != '\n' && c != '\r';
	return c == 0xfffe || c == 0xffff;
}

/* What is seen in bytes that may be UTF-8. */
struct utf8_look {
	size_t multi;   /* characters of several bytes, well-formed or nearly */
	size_t stray;   /* bytes that speak for another encoding */
	size_t invalid; /* ill-formed sequences */
	size_t dropped; /* characters that XML forbids */
};

/* Offset of the first byte at or after pos that is not ASCII or that XML
 * forbids; s.len when there is none. */
size_t gaz_charset_skip_plain(struct gaz_str s, size_t pos);

/*
 * Offset of the first byte that is not well-formed UTF-8 or belongs to a
 * character that XML forbids; s.len when all is clean.
 */
size_t gaz_charset_skip_clean(struct gaz_str s);

struct utf8_look gaz_charset_look_utf8(struct gaz_str s);

/* Copy UTF-8 with faults mended. */
void gaz_charset_read_utf8(struct gaz_str s, struct sink *sink);

/* Read everything as e; false when that cannot be done at all. */
bool gaz_charset_read(struct gaz_str s, const struct encoding *e,
    struct sink *sink);

#endif
