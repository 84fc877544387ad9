#ifndef GAZETTED_CHARSET_H
#define GAZETTED_CHARSET_H

#include "gazetted/buf.h"

/*
 * Bytes to UTF-8, once, at the edge (ICU converters; loaded before a sandbox
 * closes by gaz_charset_preload). Pure. Any thread.
 */
struct gaz_decoded {
	const char *encoding; /* lower-case name; static */
	bool repaired;        /* ill-formed input replaced, characters that
	                         XML forbids removed, or an encoding that was
	                         named but does not fit passed over */
	bool declared;        /* a byte order mark, header or declaration
	                         named an encoding */
};

/*
 * Choose: byte order mark, charset of content_type, XML declaration, the
 * UTF-16/32 pattern of the first bytes, UTF-8, windows-1252; a choice the
 * bytes are not valid in is passed over. When none fits, the likeliest is
 * taken and its faults become U+FFFD: UTF-8 that is mostly well-formed, a
 * declared encoding of several bytes a character with few faults, UTF-16.
 * iso-8859-1 is read as windows-1252 and reported as what it turned out to be.
 * is_json: UTF-8/16/32 only, and no XML declaration.
 *
 * Append to out valid UTF-8 without byte order mark and without characters
 * that XML forbids; the XML declaration in it stays as it was. On failure out
 * is left as it was: GAZ_ERR_FORMAT when only an encoding that is unknown or
 * refused (UTF-7, EBCDIC and others in which markup can hide) is named,
 * GAZ_ERR_LIMIT at out's ceiling.
 */
bool gaz_charset_decode(struct gaz_str bytes, struct gaz_str content_type,
    bool is_json, struct gaz_buf *out, struct gaz_decoded *info,
    struct gaz_err *err) __attribute__((warn_unused_result));

/*
 * Load what is needed later, so that a sandbox may close: after this nothing
 * here opens a file. ICU is told to use none, so call it before any other use
 * of ICU in the process.
 */
void gaz_charset_preload(void);

#endif
