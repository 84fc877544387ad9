/*
 * Bytes read as one encoding: UTF-16 and UTF-32 here, UTF-8 in charset_utf8.c,
 * everything else by ICU.
 */
#include "config.h"

#include "normalise/charset_read.h"

#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>

#include "gazetted/mem.h"

#define CHUNK 4096 /* UTF-16 units converted at once */

/* iso-8859-16 from 0xA0 on. */
static const uint16_t latin10_high[96] = {
	0x00a0, 0x0104, 0x0105, 0x0141, 0x20ac, 0x201e, 0x0160, 0x00a7,
	0x0161, 0x00a9, 0x0218, 0x00ab, 0x0179, 0x00ad, 0x017a, 0x017b,
	0x00b0, 0x00b1, 0x010c, 0x0142, 0x017d, 0x201d, 0x00b6, 0x00b7,
	0x017e, 0x010d, 0x0219, 0x00bb, 0x0152, 0x0153, 0x0178, 0x017c,
	0x00c0, 0x00c1, 0x00c2, 0x0102, 0x00c4, 0x0106, 0x00c6, 0x00c7,
	0x00c8, 0x00c9, 0x00ca, 0x00cb, 0x00cc, 0x00cd, 0x00ce, 0x00cf,
	0x0110, 0x0143, 0x00d2, 0x00d3, 0x00d4, 0x0150, 0x00d6, 0x015a,
	0x0170, 0x00d9, 0x00da, 0x00db, 0x00dc, 0x0118, 0x021a, 0x00df,
	0x00e0, 0x00e1, 0x00e2, 0x0103, 0x00e4, 0x0107, 0x00e6, 0x00e7,
	0x00e8, 0x00e9, 0x00ea, 0x00eb, 0x00ec, 0x00ed, 0x00ee, 0x00ef,
	0x0111, 0x0144, 0x00f2, 0x00f3, 0x00f4, 0x0151, 0x00f6, 0x015b,
	0x0171, 0x00f9, 0x00fa, 0x00fb, 0x00fc, 0x0119, 0x021b, 0x00ff,
};

static void
put(struct sink *s, uint32_t c)
{
	s->chars++;
	if (is_forbidden(c)) {
		s->dropped++;
		return;
	}
	if (c < 0x80) {
		gaz_buf_put_char(s->out, (char)c);
		return;
	}
	gaz_buf_put_utf8(s->out, c);
}

static void
put_error(struct sink *s)
{
	s->errors++;
	put(s, 0xfffd);
}

/* UTF-16 and UTF-32. */

static uint32_t
unit(struct gaz_str s, size_t at, size_t size, bool little)
{
	uint32_t c = 0;

	for (size_t i = 0; i < size; i++) {
		size_t from = little ? at + size - 1 - i : at + i;
		c = c << 8 | (unsigned char)s.p[from];
	}
	return c;
}

static void
read_utf16(struct gaz_str s, bool little, struct sink *sink)
{
	size_t i = 0;

	while (s.len - i >= 2) {
		uint32_t c = unit(s, i, 2, little), low;
		i += 2;
		if (c < 0xd800 || c > 0xdfff) {
			put(sink, c);
			continue;
		}
		low = s.len - i >= 2 ? unit(s, i, 2, little) : 0;
		if (c > 0xdbff || low < 0xdc00 || low > 0xdfff) {
			put_error(sink);
			continue;
		}
		i += 2;
		put(sink, 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00));
	}
	if (i < s.len)
		put_error(sink);
}

static void
read_utf32(struct gaz_str s, bool little, struct sink *sink)
{
	size_t i = 0;

	for (; s.len - i >= 4; i += 4) {
		uint32_t c = unit(s, i, 4, little);
		if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
			put_error(sink);
		else
			put(sink, c);
	}
	if (i < s.len)
		put_error(sink);
}

/* Everything else. */

static void
read_ascii(struct gaz_str s, struct sink *sink)
{
	for (size_t i = 0; i < s.len; i++) {
		if ((unsigned char)s.p[i] < 0x80)
			put(sink, (unsigned char)s.p[i]);
		else
			put_error(sink);
	}
}

static void
read_latin10(struct gaz_str s, struct sink *sink)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];
		put(sink, c < 0xa0 ? c : latin10_high[c - 0xa0]);
	}
}

/* ICU met bytes without a meaning: count them, write U+FFFD. */
static void
on_ill_formed(const void *context, UConverterToUnicodeArgs *args,
    const char *bytes, int32_t len, UConverterCallbackReason reason,
    UErrorCode *code)
{
	static const UChar replacement = 0xfffd;
	struct sink *sink;

	(void)bytes;
	(void)len;
	if (reason > UCNV_IRREGULAR)
		return;
	memcpy(&sink, context, sizeof(sink));
	sink->errors++;
	*code = U_ZERO_ERROR;
	ucnv_cbToUWriteUChars(args, &replacement, 1, 0, code);
}

static bool
read_icu(struct gaz_str s, const char *converter, struct sink *sink)
{
	UErrorCode code = U_ZERO_ERROR;
	UChar units[CHUNK];
	const char *from = s.p, *end = s.p + s.len;
	uint32_t high = 0;

	UConverter *cnv = ucnv_open(converter, &code);
	if (U_FAILURE(code))
		return false;
	ucnv_setToUCallBack(cnv, on_ill_formed, &sink, NULL, NULL, &code);
	do {
		UChar *to = units;
		code = U_ZERO_ERROR;
		ucnv_toUnicode(cnv, &to, units + CHUNK, &from, end, NULL,
		    true, &code);
		for (const UChar *u = units; u < to; u++) {
			uint32_t c = *u;
			if (c >= 0xd800 && c <= 0xdbff) {
				high = c;
				continue;
			}
			if (c >= 0xdc00 && c <= 0xdfff)
				c = 0x10000 + ((high - 0xd800) << 10) +
				    (c - 0xdc00);
			sink->controls += c >= 0x80 && c <= 0x9f;
			put(sink, c);
		}
	} while (code == U_BUFFER_OVERFLOW_ERROR);
	ucnv_close(cnv);
	return U_SUCCESS(code);
}

/* What a byte becomes. */
struct byte_text {
	char utf8[4];
	uint8_t len;  /* 0: nothing, XML forbids it */
	bool error, control;
};

/* How an encoding of one byte a character reads every byte; false when it is
 * not as simple as that. */
static bool
make_table(const char *converter, struct byte_text table[256])
{
	UErrorCode code = U_ZERO_ERROR;
	char bytes[256];
	const char *from = bytes;
	UChar units[sizeof(bytes) + 1], *to = units;
	struct sink sink = { 0 }, *context = &sink;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(unsigned char)i;
	UConverter *cnv = ucnv_open(converter, &code);
	if (U_FAILURE(code))
		return false;
	ucnv_setToUCallBack(cnv, on_ill_formed, &context, NULL, NULL, &code);
	bool simple = ucnv_getMaxCharSize(cnv) == 1;
	ucnv_toUnicode(cnv, &to, units + GAZ_COUNT(units), &from,
	    bytes + sizeof(bytes), NULL, true, &code);
	ucnv_close(cnv);
	if (U_FAILURE(code) || !simple || to - units != sizeof(bytes))
		return false;
	for (size_t i = 0; i < sizeof(bytes); i++) {
		struct byte_text *t = &table[i];
		uint32_t c = units[i];
		if (c >= 0xd800 && c <= 0xdfff)
			return false;
		*t = (struct byte_text){ .error = c == 0xfffd,
			.control = c >= 0x80 && c <= 0x9f };
		if (!is_forbidden(c))
			t->len = (uint8_t)gaz_utf8_put(c, t->utf8);
		/* Whole runs of ASCII are copied. */
		if (i >= 0x20 && i < 0x80 && c != i)
			return false;
	}
	return true;
}

static bool
read_single(struct gaz_str s, const char *converter, struct sink *sink)
{
	struct byte_text table[256];
	char text[512];
	size_t i = 0;

	if (!make_table(converter, table))
		return read_icu(s, converter, sink);
	sink->chars += s.len;
	while (i < s.len) {
		size_t n = 0, end = gaz_charset_skip_plain(s, i);
		gaz_buf_put(sink->out, s.p + i, end - i);
		/* What is not ASCII comes in words. */
		for (i = end; i < s.len && n < sizeof(text) - 4; i++) {
			const struct byte_text *t =
			    &table[(unsigned char)s.p[i]];
			memcpy(text + n, t->utf8, sizeof(t->utf8));
			n += t->len;
			sink->errors += t->error;
			sink->controls += t->control;
			sink->dropped += t->len == 0;
			if (s.len - i > 8 && gaz_charset_skip_plain(gaz_str_make(
			    s.p + i + 1, 8), 0) == 8) {
				i++;
				break;
			}
		}
		gaz_buf_put(sink->out, text, n);
	}
	return true;
}

bool
gaz_charset_read(struct gaz_str s, const struct encoding *e,
    struct sink *sink)
{
	switch (e->kind) {
	case ENC_UTF8:
		gaz_charset_read_utf8(s, sink);
		return true;
	case ENC_UTF16LE:
	case ENC_UTF16BE:
		read_utf16(s, e->kind == ENC_UTF16LE, sink);
		return true;
	case ENC_UTF32LE:
	case ENC_UTF32BE:
		read_utf32(s, e->kind == ENC_UTF32LE, sink);
		return true;
	case ENC_ASCII:
		read_ascii(s, sink);
		return true;
	case ENC_LATIN10:
		read_latin10(s, sink);
		return true;
	case ENC_LATIN1:
	case ENC_SINGLE:
		return read_single(s, e->converter, sink);
	case ENC_MULTI:
		return read_icu(s, e->converter, sink);
	case ENC_UTF16:
	case ENC_UTF32:
	case ENC_REFUSED:
		break;
	}
	return false;
}
