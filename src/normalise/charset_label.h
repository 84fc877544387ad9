#ifndef GAZ_NORMALISE_CHARSET_LABEL_H
#define GAZ_NORMALISE_CHARSET_LABEL_H

#include "gazetted/str.h"

enum encoding_kind {
	ENC_UTF8,
	ENC_UTF16LE,
	ENC_UTF16BE,
	ENC_UTF32LE,
	ENC_UTF32BE,
	ENC_UTF16, /* byte order to be found out */
	ENC_UTF32,
	ENC_ASCII,
	ENC_LATIN1,   /* read as windows-1252, as browsers do */
	ENC_LATIN10,  /* iso-8859-16, which ICU lacks */
	ENC_SINGLE,   /* one byte a character */
	ENC_MULTI,    /* several bytes a character */
	ENC_REFUSED,  /* known, and dangerous or unreadable here */
};

struct encoding {
	const char *name;      /* as reported */
	const char *converter; /* ICU's name, or NULL when none is needed */
	enum encoding_kind kind;
};

/* Those that a document needs no label for. */
extern const struct encoding gaz_charset_utf8, gaz_charset_cp1252;
extern const struct encoding gaz_charset_utf16le, gaz_charset_utf16be;
extern const struct encoding gaz_charset_utf32le, gaz_charset_utf32be;

/*
 * The encoding of a label; NULL when it is unknown. One that is not in the
 * table but that ICU has is put into own.
 */
const struct encoding *gaz_charset_find(struct gaz_str label,
    struct encoding *own);

/* ICU's names of the converters of the table: number i, or NULL at the end. */
const char *gaz_charset_converter(size_t i);

#endif
