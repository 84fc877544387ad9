/*
 * Bytes of unknown encoding to clean UTF-8.
 *
 * The labels that a header or a declaration may carry stand in a table that
 * leads to what is reported and to the ICU converter that reads them. UTF-8 is
 * checked and copied here, UTF-16 and UTF-32 are read here as well; everything
 * else goes through ICU. Candidates are tried in order and one that the bytes
 * are not valid in is passed over; windows-1252 comes last and takes anything.
 */
#include "config.h"

#include "gazetted/charset.h"

#include <pthread.h>
#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>
#include <unicode/udata.h>

#include "gazetted/mem.h"

#define LABEL_MAX 40        /* bytes of a label that are looked at */
#define DECLARATION_MAX 512 /* bytes in which <?xml is looked for */
#define CHUNK 4096          /* UTF-16 units converted at once */

enum kind {
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
	enum kind kind;
};

static const struct encoding utf8 = { "utf-8", NULL, ENC_UTF8 };
static const struct encoding utf16le = { "utf-16le", NULL, ENC_UTF16LE };
static const struct encoding utf16be = { "utf-16be", NULL, ENC_UTF16BE };
static const struct encoding utf32le = { "utf-32le", NULL, ENC_UTF32LE };
static const struct encoding utf32be = { "utf-32be", NULL, ENC_UTF32BE };
static const struct encoding utf16 = { "utf-16", NULL, ENC_UTF16 };
static const struct encoding utf32 = { "utf-32", NULL, ENC_UTF32 };
static const struct encoding ascii = { "us-ascii", NULL, ENC_ASCII };
static const struct encoding latin1 = { "iso-8859-1", "windows-1252",
	ENC_LATIN1 };
static const struct encoding cp1252 = { "windows-1252", "windows-1252",
	ENC_SINGLE };
static const struct encoding latin2 = { "iso-8859-2", "ISO-8859-2",
	ENC_SINGLE };
static const struct encoding latin3 = { "iso-8859-3", "ISO-8859-3",
	ENC_SINGLE };
static const struct encoding latin4 = { "iso-8859-4", "ISO-8859-4",
	ENC_SINGLE };
static const struct encoding cyrillic = { "iso-8859-5", "ISO-8859-5",
	ENC_SINGLE };
static const struct encoding arabic = { "iso-8859-6", "ISO-8859-6",
	ENC_SINGLE };
static const struct encoding greek = { "iso-8859-7", "ISO-8859-7",
	ENC_SINGLE };
static const struct encoding hebrew = { "iso-8859-8", "ISO-8859-8",
	ENC_SINGLE };
static const struct encoding latin5 = { "windows-1254", "windows-1254",
	ENC_SINGLE };
static const struct encoding latin6 = { "iso-8859-10", "ISO-8859-10",
	ENC_SINGLE };
static const struct encoding latin7 = { "iso-8859-13", "ISO-8859-13",
	ENC_SINGLE };
static const struct encoding latin8 = { "iso-8859-14", "ISO-8859-14",
	ENC_SINGLE };
static const struct encoding latin9 = { "iso-8859-15", "ISO-8859-15",
	ENC_SINGLE };
static const struct encoding latin10 = { "iso-8859-16", NULL, ENC_LATIN10 };
static const struct encoding cp1250 = { "windows-1250", "windows-1250",
	ENC_SINGLE };
static const struct encoding cp1251 = { "windows-1251", "windows-1251",
	ENC_SINGLE };
static const struct encoding cp1253 = { "windows-1253", "windows-1253",
	ENC_SINGLE };
static const struct encoding cp1255 = { "windows-1255", "windows-1255",
	ENC_SINGLE };
static const struct encoding cp1256 = { "windows-1256", "windows-1256",
	ENC_SINGLE };
static const struct encoding cp1257 = { "windows-1257", "windows-1257",
	ENC_SINGLE };
static const struct encoding cp1258 = { "windows-1258", "windows-1258",
	ENC_SINGLE };
static const struct encoding cp874 = { "windows-874", "windows-874",
	ENC_SINGLE };
static const struct encoding cp866 = { "ibm866", "ibm-866", ENC_SINGLE };
static const struct encoding koi8r = { "koi8-r", "KOI8-R", ENC_SINGLE };
static const struct encoding koi8u = { "koi8-u", "KOI8-U", ENC_SINGLE };
static const struct encoding mac = { "macintosh", "macintosh", ENC_SINGLE };
static const struct encoding maccyr = { "x-mac-cyrillic", "x-mac-cyrillic",
	ENC_SINGLE };
static const struct encoding gb18030 = { "gb18030", "gb18030", ENC_MULTI };
static const struct encoding big5 = { "big5", "Big5-HKSCS", ENC_MULTI };
static const struct encoding eucjp = { "euc-jp", "EUC-JP", ENC_MULTI };
static const struct encoding sjis = { "shift_jis", "windows-31j", ENC_MULTI };
static const struct encoding jis = { "iso-2022-jp", "ISO-2022-JP",
	ENC_MULTI };
static const struct encoding euckr = { "euc-kr", "windows-949", ENC_MULTI };
static const struct encoding refused = { "refused", NULL, ENC_REFUSED };

/* Labels in lower case with '_' written as '-' (WHATWG Encoding, section 4.2,
 * and what else is met). */
static const struct {
	const char *label;
	const struct encoding *encoding;
} labels[] = {
	{ "utf-8", &utf8 },
	{ "utf8", &utf8 },
	{ "u8", &utf8 },
	{ "unicode-1-1-utf-8", &utf8 },
	{ "unicode11utf8", &utf8 },
	{ "unicode20utf8", &utf8 },
	{ "x-unicode20utf8", &utf8 },
	{ "utf-8-sig", &utf8 },
	{ "utf8mb4", &utf8 },
	{ "utf8mb3", &utf8 },
	{ "utf-16", &utf16 },
	{ "utf16", &utf16 },
	{ "u16", &utf16 },
	{ "unicode", &utf16 },
	{ "csunicode", &utf16 },
	{ "iso-10646-ucs-2", &utf16 },
	{ "ucs-2", &utf16 },
	{ "ucs2", &utf16 },
	{ "utf-16le", &utf16le },
	{ "utf-16-le", &utf16le },
	{ "unicodelittleunmarked", &utf16le },
	{ "unicodefeff", &utf16le },
	{ "utf-16be", &utf16be },
	{ "utf-16-be", &utf16be },
	{ "unicodebigunmarked", &utf16be },
	{ "unicodefffe", &utf16be },
	{ "utf-32", &utf32 },
	{ "utf32", &utf32 },
	{ "u32", &utf32 },
	{ "csucs4", &utf32 },
	{ "iso-10646-ucs-4", &utf32 },
	{ "ucs-4", &utf32 },
	{ "ucs4", &utf32 },
	{ "utf-32le", &utf32le },
	{ "utf-32-le", &utf32le },
	{ "utf-32be", &utf32be },
	{ "utf-32-be", &utf32be },
	{ "us-ascii", &ascii },
	{ "ascii", &ascii },
	{ "us", &ascii },
	{ "646", &ascii },
	{ "ansi-x3.4-1968", &ascii },
	{ "ansi-x3.4-1986", &ascii },
	{ "iso-646.irv:1991", &ascii },
	{ "iso646-us", &ascii },
	{ "iso-ir-6", &ascii },
	{ "ibm367", &ascii },
	{ "cp367", &ascii },
	{ "csascii", &ascii },
	{ "iso-8859-1", &latin1 },
	{ "iso8859-1", &latin1 },
	{ "iso88591", &latin1 },
	{ "iso-8859-1:1987", &latin1 },
	{ "iso-ir-100", &latin1 },
	{ "latin1", &latin1 },
	{ "latin-1", &latin1 },
	{ "l1", &latin1 },
	{ "cp819", &latin1 },
	{ "ibm819", &latin1 },
	{ "csisolatin1", &latin1 },
	{ "windows-1252", &cp1252 },
	{ "windows1252", &cp1252 },
	{ "cp1252", &cp1252 },
	{ "x-cp1252", &cp1252 },
	{ "ansi", &cp1252 },
	{ "iso-8859-2", &latin2 },
	{ "iso8859-2", &latin2 },
	{ "iso88592", &latin2 },
	{ "iso-8859-2:1987", &latin2 },
	{ "iso-ir-101", &latin2 },
	{ "latin2", &latin2 },
	{ "l2", &latin2 },
	{ "csisolatin2", &latin2 },
	{ "iso-8859-3", &latin3 },
	{ "iso8859-3", &latin3 },
	{ "iso88593", &latin3 },
	{ "iso-8859-3:1988", &latin3 },
	{ "iso-ir-109", &latin3 },
	{ "latin3", &latin3 },
	{ "l3", &latin3 },
	{ "csisolatin3", &latin3 },
	{ "iso-8859-4", &latin4 },
	{ "iso8859-4", &latin4 },
	{ "iso88594", &latin4 },
	{ "iso-8859-4:1988", &latin4 },
	{ "iso-ir-110", &latin4 },
	{ "latin4", &latin4 },
	{ "l4", &latin4 },
	{ "csisolatin4", &latin4 },
	{ "iso-8859-5", &cyrillic },
	{ "iso8859-5", &cyrillic },
	{ "iso88595", &cyrillic },
	{ "iso-8859-5:1988", &cyrillic },
	{ "iso-ir-144", &cyrillic },
	{ "cyrillic", &cyrillic },
	{ "csisolatincyrillic", &cyrillic },
	{ "iso-8859-6", &arabic },
	{ "iso8859-6", &arabic },
	{ "iso88596", &arabic },
	{ "iso-8859-6-e", &arabic },
	{ "iso-8859-6-i", &arabic },
	{ "iso-8859-6:1987", &arabic },
	{ "iso-ir-127", &arabic },
	{ "arabic", &arabic },
	{ "asmo-708", &arabic },
	{ "ecma-114", &arabic },
	{ "csisolatinarabic", &arabic },
	{ "csiso88596e", &arabic },
	{ "csiso88596i", &arabic },
	{ "iso-8859-7", &greek },
	{ "iso8859-7", &greek },
	{ "iso88597", &greek },
	{ "iso-8859-7:1987", &greek },
	{ "iso-ir-126", &greek },
	{ "greek", &greek },
	{ "greek8", &greek },
	{ "sun-eu-greek", &greek },
	{ "ecma-118", &greek },
	{ "elot-928", &greek },
	{ "csisolatingreek", &greek },
	{ "iso-8859-8", &hebrew },
	{ "iso8859-8", &hebrew },
	{ "iso88598", &hebrew },
	{ "iso-8859-8-e", &hebrew },
	{ "iso-8859-8-i", &hebrew },
	{ "iso-8859-8:1988", &hebrew },
	{ "iso-ir-138", &hebrew },
	{ "hebrew", &hebrew },
	{ "logical", &hebrew },
	{ "visual", &hebrew },
	{ "csisolatinhebrew", &hebrew },
	{ "csiso88598e", &hebrew },
	{ "csiso88598i", &hebrew },
	{ "iso-8859-9", &latin5 },
	{ "iso8859-9", &latin5 },
	{ "iso88599", &latin5 },
	{ "iso-8859-9:1989", &latin5 },
	{ "iso-ir-148", &latin5 },
	{ "latin5", &latin5 },
	{ "l5", &latin5 },
	{ "csisolatin5", &latin5 },
	{ "windows-1254", &latin5 },
	{ "windows1254", &latin5 },
	{ "cp1254", &latin5 },
	{ "x-cp1254", &latin5 },
	{ "iso-8859-10", &latin6 },
	{ "iso8859-10", &latin6 },
	{ "iso885910", &latin6 },
	{ "iso-ir-157", &latin6 },
	{ "latin6", &latin6 },
	{ "l6", &latin6 },
	{ "csisolatin6", &latin6 },
	{ "iso-8859-11", &cp874 },
	{ "iso8859-11", &cp874 },
	{ "iso885911", &cp874 },
	{ "dos-874", &cp874 },
	{ "tis-620", &cp874 },
	{ "tis620", &cp874 },
	{ "cp874", &cp874 },
	{ "windows-874", &cp874 },
	{ "iso-8859-13", &latin7 },
	{ "iso8859-13", &latin7 },
	{ "iso885913", &latin7 },
	{ "latin7", &latin7 },
	{ "iso-8859-14", &latin8 },
	{ "iso8859-14", &latin8 },
	{ "iso885914", &latin8 },
	{ "latin8", &latin8 },
	{ "iso-8859-15", &latin9 },
	{ "iso8859-15", &latin9 },
	{ "iso885915", &latin9 },
	{ "latin9", &latin9 },
	{ "latin-9", &latin9 },
	{ "l9", &latin9 },
	{ "csisolatin9", &latin9 },
	{ "iso-8859-16", &latin10 },
	{ "iso8859-16", &latin10 },
	{ "latin10", &latin10 },
	{ "windows-1250", &cp1250 },
	{ "windows1250", &cp1250 },
	{ "cp1250", &cp1250 },
	{ "x-cp1250", &cp1250 },
	{ "windows-1251", &cp1251 },
	{ "windows1251", &cp1251 },
	{ "win-1251", &cp1251 },
	{ "win1251", &cp1251 },
	{ "cp1251", &cp1251 },
	{ "cp-1251", &cp1251 },
	{ "x-cp1251", &cp1251 },
	{ "windows-1253", &cp1253 },
	{ "windows1253", &cp1253 },
	{ "cp1253", &cp1253 },
	{ "x-cp1253", &cp1253 },
	{ "windows-1255", &cp1255 },
	{ "windows1255", &cp1255 },
	{ "cp1255", &cp1255 },
	{ "x-cp1255", &cp1255 },
	{ "windows-1256", &cp1256 },
	{ "windows1256", &cp1256 },
	{ "cp1256", &cp1256 },
	{ "x-cp1256", &cp1256 },
	{ "windows-1257", &cp1257 },
	{ "windows1257", &cp1257 },
	{ "cp1257", &cp1257 },
	{ "x-cp1257", &cp1257 },
	{ "windows-1258", &cp1258 },
	{ "windows1258", &cp1258 },
	{ "cp1258", &cp1258 },
	{ "x-cp1258", &cp1258 },
	{ "ibm866", &cp866 },
	{ "cp866", &cp866 },
	{ "866", &cp866 },
	{ "csibm866", &cp866 },
	{ "koi8-r", &koi8r },
	{ "koi8r", &koi8r },
	{ "koi8", &koi8r },
	{ "koi", &koi8r },
	{ "cskoi8r", &koi8r },
	{ "koi8-u", &koi8u },
	{ "koi8-ru", &koi8u },
	{ "macintosh", &mac },
	{ "mac", &mac },
	{ "x-mac-roman", &mac },
	{ "macroman", &mac },
	{ "mac-roman", &mac },
	{ "csmacintosh", &mac },
	{ "x-mac-cyrillic", &maccyr },
	{ "x-mac-ukrainian", &maccyr },
	{ "gb18030", &gb18030 },
	{ "gbk", &gb18030 },
	{ "x-gbk", &gb18030 },
	{ "cp936", &gb18030 },
	{ "ms936", &gb18030 },
	{ "windows-936", &gb18030 },
	{ "gb2312", &gb18030 },
	{ "gb-2312", &gb18030 },
	{ "gb-2312-80", &gb18030 },
	{ "chinese", &gb18030 },
	{ "csgb2312", &gb18030 },
	{ "csiso58gb231280", &gb18030 },
	{ "euc-cn", &gb18030 },
	{ "euccn", &gb18030 },
	{ "iso-ir-58", &gb18030 },
	{ "big5", &big5 },
	{ "big-5", &big5 },
	{ "big5-hkscs", &big5 },
	{ "big5hkscs", &big5 },
	{ "cn-big5", &big5 },
	{ "csbig5", &big5 },
	{ "x-x-big5", &big5 },
	{ "big5-tw", &big5 },
	{ "cp950", &big5 },
	{ "ms950", &big5 },
	{ "windows-950", &big5 },
	{ "euc-jp", &eucjp },
	{ "eucjp", &eucjp },
	{ "x-euc-jp", &eucjp },
	{ "ujis", &eucjp },
	{ "cseucpkdfmtjapanese", &eucjp },
	{ "shift-jis", &sjis },
	{ "shiftjis", &sjis },
	{ "sjis", &sjis },
	{ "x-sjis", &sjis },
	{ "s-jis", &sjis },
	{ "ms-kanji", &sjis },
	{ "ms932", &sjis },
	{ "cp932", &sjis },
	{ "windows-932", &sjis },
	{ "windows-31j", &sjis },
	{ "csshiftjis", &sjis },
	{ "cswindows31j", &sjis },
	{ "iso-2022-jp", &jis },
	{ "iso2022-jp", &jis },
	{ "csiso2022jp", &jis },
	{ "euc-kr", &euckr },
	{ "euckr", &euckr },
	{ "korean", &euckr },
	{ "ks-c-5601-1987", &euckr },
	{ "ks-c-5601-1989", &euckr },
	{ "ks-c-5601", &euckr },
	{ "ksc5601", &euckr },
	{ "ksc-5601", &euckr },
	{ "ks-x-1001", &euckr },
	{ "cp949", &euckr },
	{ "ms949", &euckr },
	{ "uhc", &euckr },
	{ "windows-949", &euckr },
	{ "iso-ir-149", &euckr },
	{ "csksc56011987", &euckr },
	{ "cseuckr", &euckr },
	/* Markup can hide in these: characters below 0x80 change meaning. */
	{ "utf-7", &refused },
	{ "utf7", &refused },
	{ "u7", &refused },
	{ "unicode-1-1-utf-7", &refused },
	{ "x-imap4-modified-utf7", &refused },
	{ "imap-mailbox-name", &refused },
	{ "utf-1", &refused },
	{ "scsu", &refused },
	{ "bocu-1", &refused },
	{ "cesu-8", &refused },
	{ "hz", &refused },
	{ "hz-gb-2312", &refused },
	{ "iso-2022-kr", &refused },
	{ "csiso2022kr", &refused },
	{ "iso-2022-cn", &refused },
	{ "iso-2022-cn-ext", &refused },
	{ "replacement", &refused },
	{ "x-user-defined", &refused },
};

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

/* Where decoded text goes, and what happened on the way. */
struct sink {
	struct gaz_buf *out;
	size_t chars;    /* characters read */
	size_t errors;   /* ill-formed sequences, each now U+FFFD */
	size_t dropped;  /* characters that XML forbids */
	size_t controls; /* characters of the range 0x80 to 0x9f */
};

static bool
is_forbidden(uint32_t c)
{
	if (c < 0x20)
		return c != '\t' && c != '\n' && c != '\r';
	return c == 0xfffe || c == 0xffff;
}

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

/*
 * UTF-8. The usual case, a document without a fault, is one look at each
 * byte and one copy.
 */

/* What is seen in bytes that may be UTF-8. */
struct utf8_look {
	size_t multi;   /* characters of several bytes, well-formed or nearly */
	size_t stray;   /* bytes that speak for another encoding */
	size_t invalid; /* ill-formed sequences */
	size_t dropped; /* characters that XML forbids */
};

static bool
is_tail(struct gaz_str s, size_t at)
{
	return at < s.len && ((unsigned char)s.p[at] & 0xc0) == 0x80;
}

/*
 * Bytes of a form that UTF-8 forbids but no other encoding would produce: an
 * overlong form, a surrogate, a character past U+10FFFF. 0 for anything else.
 */
static size_t
odd_utf8(struct gaz_str s, size_t at)
{
	unsigned char lead = (unsigned char)s.p[at];
	size_t tails = 0;

	while (tails < 3 && is_tail(s, at + 1 + tails))
		tails++;
	if ((lead == 0xc0 || lead == 0xc1) && tails >= 1)
		return 2;
	if ((lead == 0xe0 || lead == 0xed) && tails >= 2)
		return 3;
	if (lead >= 0xf0 && lead <= 0xf7 && tails == 3)
		return 4;
	return 0;
}

/* Offset of the first byte at or after pos that needs a closer look. */
static size_t
skip_plain(struct gaz_str s, size_t pos)
{
	const uint64_t high = UINT64_C(0x8080808080808080);
	const uint64_t space = UINT64_C(0x2020202020202020);
	uint64_t w;

	for (;;) {
		while (s.len - pos >= sizeof(w)) {
			memcpy(&w, s.p + pos, sizeof(w));
			/* a byte above 0x7f, or one below 0x20 */
			if (((w | (w - space)) & high) != 0)
				break;
			pos += sizeof(w);
		}
		size_t end = s.len - pos < sizeof(w) ? s.len
		                                     : pos + sizeof(w);
		while (pos < end) {
			unsigned char c = (unsigned char)s.p[pos];
			if (c >= 0x80 || is_forbidden(c))
				return pos;
			pos++;
		}
		if (pos == s.len)
			return pos;
	}
}

static struct utf8_look
look_utf8(struct gaz_str s)
{
	struct utf8_look look = { 0 };

	for (size_t pos = skip_plain(s, 0); pos < s.len;
	     pos = skip_plain(s, pos)) {
		if ((unsigned char)s.p[pos] < 0x80) {
			look.dropped++;
			pos++;
			continue;
		}
		size_t start = pos, odd;
		uint32_t c = gaz_utf8_next(s, &pos);
		if (c != 0xfffd || (pos - start == 3 &&
		    memcmp(s.p + start, "\xef\xbf\xbd", 3) == 0)) {
			look.multi++;
			look.dropped += is_forbidden(c);
			continue;
		}
		look.invalid++;
		odd = odd_utf8(s, start);
		if (odd != 0) {
			look.multi++;
			pos = start + odd;
		} else {
			look.stray++;
		}
	}
	return look;
}

/* Copy with faults mended. */
static void
read_utf8(struct gaz_str s, struct sink *sink)
{
	size_t done = 0;

	for (size_t pos = skip_plain(s, 0); pos < s.len;
	     pos = skip_plain(s, pos)) {
		size_t start = pos, odd = odd_utf8(s, pos);
		uint32_t c;
		if (odd != 0 && gaz_utf8_is_valid(gaz_str_sub(s, pos,
		    pos + odd)))
			odd = 0;
		if (odd != 0) {
			c = 0xfffd;
			pos += odd;
		} else {
			c = gaz_utf8_next(s, &pos);
		}
		if (c != 0xfffd && !is_forbidden(c))
			continue;
		gaz_buf_put(sink->out, s.p + done, start - done);
		done = pos;
		if (is_forbidden(c)) {
			sink->dropped++;
			continue;
		}
		/* U+FFFD that was written as such is no error. */
		if (pos - start != 3 ||
		    memcmp(s.p + start, "\xef\xbf\xbd", 3) != 0)
			sink->errors++;
		gaz_buf_put_utf8(sink->out, 0xfffd);
	}
	gaz_buf_put(sink->out, s.p + done, s.len - done);
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

/* Read everything as e; false when that cannot be done at all. */
static bool
read_as(struct gaz_str s, const struct encoding *e, struct sink *sink)
{
	switch (e->kind) {
	case ENC_UTF8:
		read_utf8(s, sink);
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
	case ENC_MULTI:
		return read_icu(s, e->converter, sink);
	case ENC_UTF16:
	case ENC_UTF32:
	case ENC_REFUSED:
		break;
	}
	return false;
}

/* Which encoding is meant */

/*
 * Whether the ICU converter of that name reads ASCII as ASCII and is not one
 * in which markup can hide behind other bytes.
 */
static bool
is_harmless(const char *name)
{
	static const char all[] = "\t\n\r !\"#$%&'()*+,-./0123456789:;<=>?@"
	                          "ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`"
	                          "abcdefghijklmnopqrstuvwxyz{|}";
	UChar got[sizeof(all)];
	UErrorCode code = U_ZERO_ERROR;
	bool same;

	UConverter *cnv = ucnv_open(name, &code);
	if (U_FAILURE(code))
		return false;
	UConverterType type = ucnv_getType(cnv);
	int32_t n = ucnv_toUChars(cnv, got, (int32_t)sizeof(all), all,
	    (int32_t)sizeof(all) - 1, &code);
	same = U_SUCCESS(code) && n == (int32_t)sizeof(all) - 1 &&
	    (type == UCNV_SBCS || type == UCNV_MBCS || type == UCNV_DBCS);
	for (int32_t i = 0; same && i < n; i++)
		same = got[i] == (UChar)all[i];
	ucnv_close(cnv);
	return same;
}

/* One of ICU's names for it in lower case, "cp…" if there is one. */
static const char *
lower_alias(const char *label)
{
	UErrorCode code = U_ZERO_ERROR;
	uint16_t n = ucnv_countAliases(label, &code);
	const char *found = NULL;

	for (uint16_t i = 0; i < n && U_SUCCESS(code); i++) {
		const char *alias = ucnv_getAlias(label, i, &code);
		if (U_FAILURE(code) || alias == NULL ||
		    strpbrk(alias, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != NULL)
			continue;
		if (strncmp(alias, "cp", 2) == 0)
			return alias;
		if (found == NULL)
			found = alias;
	}
	return found;
}

/* A label that the table does not have but ICU may. */
static bool
find_in_icu(const char *label, struct encoding *own)
{
	if (!is_harmless(label))
		return false;
	own->name = own->converter = lower_alias(label);
	own->kind = ENC_MULTI;
	return own->name != NULL;
}

/* The encoding of a label; NULL when it is unknown. */
static const struct encoding *
find(struct gaz_str label, struct encoding *own)
{
	char z[LABEL_MAX + 1];

	if (label.len == 0 || label.len > LABEL_MAX)
		return NULL;
	for (size_t i = 0; i < label.len; i++) {
		char c = gaz_to_lower(label.p[i]);
		z[i] = c == '_' ? '-' : c;
	}
	z[label.len] = '\0';
	for (size_t i = 0; i < GAZ_COUNT(labels); i++) {
		if (strcmp(labels[i].label, z) == 0)
			return labels[i].encoding;
	}
	return find_in_icu(z, own) ? own : NULL;
}

/* Without white space and quotes of either kind around it. */
static struct gaz_str
unquote(struct gaz_str s)
{
	s = gaz_str_trim(s);
	while (s.len > 0 && (s.p[0] == '"' || s.p[0] == '\''))
		s = gaz_str_trim(gaz_str_sub(s, 1, s.len));
	while (s.len > 0 && (s.p[s.len - 1] == '"' || s.p[s.len - 1] == '\''))
		s = gaz_str_trim(gaz_str_sub(s, 0, s.len - 1));
	return s;
}

/* The charset parameter of a media type; absent when there is none. */
static struct gaz_str
charset_of(struct gaz_str content_type)
{
	struct gaz_str rest = content_type, piece;

	if (!gaz_str_split(&rest, ';', &piece))
		return GAZ_STR_NONE;
	while (gaz_str_split(&rest, ';', &piece)) {
		struct gaz_str name;
		struct gaz_str value = piece;
		if (!gaz_str_split(&value, '=', &name) || value.p == NULL ||
		    !gaz_str_ieq_z(gaz_str_trim(name), "charset"))
			continue;
		value = unquote(value);
		return value.len != 0 ? value : GAZ_STR_NONE;
	}
	return GAZ_STR_NONE;
}

/* The encoding of an XML declaration in bytes that are ASCII so far. */
static struct gaz_str
declaration_of(struct gaz_str s)
{
	struct gaz_str head = gaz_str_sub(s, 0, DECLARATION_MAX);
	size_t at = gaz_str_ifind(head, GAZ_STR("<?xml"), 0), end;

	if (at == GAZ_STR_NPOS)
		return GAZ_STR_NONE;
	head = gaz_str_sub(s, at, at + DECLARATION_MAX);
	end = gaz_str_find_char(head, '>', 0);
	head = gaz_str_sub(head, 5, end);
	at = gaz_str_ifind(head, GAZ_STR("encoding"), 0);
	if (at == GAZ_STR_NPOS)
		return GAZ_STR_NONE;
	head = gaz_str_trim(gaz_str_sub(head, at + 8, head.len));
	if (head.len == 0 || head.p[0] != '=')
		return GAZ_STR_NONE;
	head = gaz_str_trim(gaz_str_sub(head, 1, head.len));
	if (head.len == 0 || (head.p[0] != '"' && head.p[0] != '\''))
		return GAZ_STR_NONE;
	end = gaz_str_find_char(head, head.p[0], 1);
	if (end == GAZ_STR_NPOS)
		return GAZ_STR_NONE;
	head = gaz_str_trim(gaz_str_sub(head, 1, end));
	return head.len != 0 ? head : GAZ_STR_NONE;
}

/* The byte order mark's encoding, or NULL; *n is its length. */
static const struct encoding *
mark_of(struct gaz_str s, size_t *n)
{
	static const struct {
		const char *mark;
		size_t len;
		const struct encoding *encoding;
	} marks[] = {
		{ "\xef\xbb\xbf", 3, &utf8 },
		{ "\xff\xfe\0\0", 4, &utf32le },
		{ "\0\0\xfe\xff", 4, &utf32be },
		{ "\xff\xfe", 2, &utf16le },
		{ "\xfe\xff", 2, &utf16be },
	};

	for (size_t i = 0; i < GAZ_COUNT(marks); i++) {
		*n = marks[i].len;
		if (s.len >= *n && memcmp(s.p, marks[i].mark, *n) == 0)
			return marks[i].encoding;
	}
	*n = 0;
	return NULL;
}

/* What the zeros among the first bytes say: a document begins with ASCII. */
static const struct encoding *
pattern_of(struct gaz_str s)
{
	bool zero[4];

	if (s.len < 4)
		return NULL;
	for (size_t i = 0; i < 4; i++)
		zero[i] = s.p[i] == '\0';
	if (zero[0] && zero[1] && zero[2] && !zero[3])
		return &utf32be;
	if (!zero[0] && zero[1] && zero[2] && zero[3])
		return &utf32le;
	if (zero[0] && !zero[1] && !zero[3])
		return &utf16be;
	if (!zero[0] && zero[1] && !zero[2])
		return &utf16le;
	return NULL;
}

static bool
is_wide(const struct encoding *e)
{
	return e->kind == ENC_UTF16LE || e->kind == ENC_UTF16BE ||
	    e->kind == ENC_UTF32LE || e->kind == ENC_UTF32BE ||
	    e->kind == ENC_UTF16 || e->kind == ENC_UTF32;
}

/* Say which byte order is meant, where the name leaves it open. */
static const struct encoding *
with_order(const struct encoding *e, const struct encoding *seen)
{
	if (e->kind == ENC_UTF16)
		return seen == &utf16be || seen == &utf16le ? seen : &utf16le;
	if (e->kind == ENC_UTF32)
		return seen == &utf32be || seen == &utf32le ? seen : &utf32le;
	return e;
}

#define CANDIDATES_MAX 8

struct choice {
	const struct encoding *v[CANDIDATES_MAX];
	size_t n;
	struct encoding own[2];         /* those that only ICU knows */
	struct gaz_str bad;             /* a label that cannot be served */
	bool named;                     /* something was named */
	bool passed_over;               /* one was named that does not fit */
	const struct encoding *pattern; /* what the bytes look like */
};

static void
add(struct choice *c, const struct encoding *e)
{
	for (size_t i = 0; i < c->n; i++) {
		if (c->v[i] == e)
			return;
	}
	c->v[c->n++] = e;
}

/* Take what a label names. Wide and narrow exclude each other by the first
 * bytes, whatever a label says. */
static void
add_label(struct choice *c, struct gaz_str label, struct encoding *own,
    bool may_be_anything, bool is_json)
{
	if (label.p == NULL)
		return;
	const struct encoding *e = find(label, own);
	if (e == NULL && may_be_anything) {
		c->passed_over = true;
		return;
	}
	if (e == NULL || e->kind == ENC_REFUSED) {
		c->bad = label;
		return;
	}
	c->named = true;
	if (is_wide(e) != (c->pattern != NULL) ||
	    (is_json && e->kind != ENC_UTF8 && !is_wide(e))) {
		c->passed_over = true;
		return;
	}
	add(c, with_order(e, c->pattern));
}

static void
collect(struct choice *c, struct gaz_str bytes, struct gaz_str content_type,
    bool is_json, const struct encoding *mark)
{
	c->pattern = mark != NULL && is_wide(mark) ? mark : pattern_of(bytes);
	if (mark != NULL) {
		c->named = true;
		add(c, mark);
	}
	add_label(c, charset_of(content_type), &c->own[0], true, is_json);
	if (c->pattern == NULL && !is_json)
		add_label(c, declaration_of(bytes), &c->own[1], false,
		    is_json);
	if (c->pattern != NULL)
		add(c, c->pattern);
}

/* Finish: what the sink saw goes to info. */
static bool
accept(const struct encoding *e, const struct choice *c,
    const struct sink *sink, bool repaired, struct gaz_decoded *info,
    struct gaz_err *err)
{
	if (sink->out->full)
		return gaz_err_set(err, GAZ_ERR_LIMIT,
		    "document larger than %zu bytes as UTF-8",
		    sink->out->max);
	info->encoding = e->name;
	if (e->kind == ENC_LATIN1 && sink->controls > 0)
		info->encoding = cp1252.name;
	info->declared = c->named;
	info->repaired = repaired || c->passed_over || sink->errors > 0 ||
	    sink->dropped > 0;
	return true;
}

/* Whether faulty bytes are UTF-8 all the same, to be mended. */
static bool
is_mostly_utf8(const struct utf8_look *look)
{
	return look->invalid == 0 || look->multi > look->stray * 2;
}

/* Another encoding's 0x80..0x9f speaks in windows-1252, seen from bytes. */
static size_t
count_c1(struct gaz_str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += ((unsigned char)s.p[i] & 0xe0) == 0x80;
	return n;
}

bool
gaz_charset_decode(struct gaz_str bytes, struct gaz_str content_type,
    bool is_json, struct gaz_buf *out, struct gaz_decoded *info,
    struct gaz_err *err)
{
	struct choice c = { 0 };
	size_t skip, start = out->len;
	const struct encoding *mark = mark_of(bytes, &skip), *lenient = NULL;
	struct utf8_look look = { 0 };
	bool looked = false;

	bytes = gaz_str_sub(bytes, skip, bytes.len);
	/* Some servers and editors each add a mark. */
	while (mark == &utf8 && gaz_str_starts(bytes, "\xef\xbb\xbf"))
		bytes = gaz_str_sub(bytes, 3, bytes.len);
	if (gaz_str_starts(bytes, "\x4c\x6f\xa7\x94"))
		return gaz_err_set(err, GAZ_ERR_FORMAT,
		    "encoding EBCDIC is not supported");
	collect(&c, bytes, content_type, is_json, mark);
	if (!c.named && c.bad.p != NULL)
		return gaz_err_set(err, GAZ_ERR_FORMAT,
		    "encoding \"%.*s\" is not supported",
		    GAZ_STR_ARG(c.bad));
	c.passed_over |= c.bad.p != NULL;
	add(&c, &utf8);
	for (size_t i = 0; i < c.n; i++) {
		const struct encoding *e = c.v[i];
		struct sink sink = { .out = out };
		if (e->kind == ENC_UTF8) {
			look = look_utf8(bytes);
			looked = true;
			if (look.invalid > 0)
				continue;
		}
		if (!read_as(bytes, e, &sink))
			sink.errors = SIZE_MAX;
		if (e->kind == ENC_LATIN1)
			sink.controls = count_c1(bytes);
		if (sink.errors == 0 || out->full)
			return accept(e, &c, &sink, i > 0, info, err);
		gaz_buf_truncate(out, start);
		/* What has zeros for every other byte can be nothing else. */
		if (lenient == NULL && (is_wide(e) || (e->kind == ENC_MULTI &&
		    sink.errors <= sink.chars / 50)))
			lenient = e;
	}
	/* Nothing fits: mend rather than garble. */
	struct sink sink = { .out = out };
	const struct encoding *last = &cp1252;
	if (lenient != NULL)
		last = lenient;
	else if (is_json || (looked && is_mostly_utf8(&look)))
		last = &utf8;
	if (!read_as(bytes, last, &sink))
		return gaz_err_set(err, GAZ_ERR_FORMAT,
		    "encoding \"%s\" cannot be read", last->name);
	return accept(last, &c, &sink, true, info, err);
}

/*
 * ICU keeps a converter's table as long as one converter of the kind is open,
 * so these stay open for good. Without access to files ICU has only what its
 * library holds, which is everything used here.
 */
static pthread_once_t preloaded = PTHREAD_ONCE_INIT;
static UConverter *kept[GAZ_COUNT(labels)];

static void
preload(void)
{
	UErrorCode code = U_ZERO_ERROR;

	udata_setFileAccess(UDATA_NO_FILES, &code);
	for (size_t i = 0; i < GAZ_COUNT(labels); i++) {
		const char *name = labels[i].encoding->converter;
		if (name == NULL || (i > 0 &&
		    labels[i - 1].encoding == labels[i].encoding))
			continue;
		code = U_ZERO_ERROR;
		kept[i] = ucnv_open(name, &code);
	}
	/* Loads the table of names. */
	code = U_ZERO_ERROR;
	(void)ucnv_getStandardName("cp437", "IANA", &code);
}

void
gaz_charset_preload(void)
{
	pthread_once(&preloaded, preload);
}
