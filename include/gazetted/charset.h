#ifndef GAZETTED_CHARSET_H
#define GAZETTED_CHARSET_H

#include "gazetted/buf.h"

/*
 * Bytes to UTF-8, once, at the edge (ICU converters; loaded before a sandbox
 * closes by gaz_charset_preload). Pure. Any thread.
 */
struct gaz_decoded {
	const char *encoding; /* lower-case name; static or in the arena */
	bool repaired;        /* ill-formed input replaced, or a declared
	                         encoding that did not fit was passed over */
	bool declared;        /* a BOM, header or declaration named it */
};

/*
 * Choose: byte order mark, charset of content_type, XML declaration, the
 * UTF-16/32 pattern of the first bytes, UTF-8, windows-1252; a choice the
 * bytes are not valid in is passed over. is_json: UTF-8/16/32 only. out gets
 * valid UTF-8 without BOM and without characters that XML forbids.
 * GAZ_ERR_FORMAT when only an unsupported encoding (UTF-7, EBCDIC) is named.
 */
bool gaz_charset_decode(struct gaz_str bytes, struct gaz_str content_type,
    bool is_json, struct gaz_buf *out, struct gaz_decoded *info,
    struct gaz_err *err) __attribute__((warn_unused_result));

/* Open what is needed later from files, so that a sandbox may close. */
void gaz_charset_preload(void);

#endif
