/*
 * The labels that a header or a declaration may carry, with what is reported
 * for them and the ICU converter that reads them.
 */
#include "config.h"

#include "normalise/charset_label.h"

#include <unicode/ucnv.h>

#include "gazetted/mem.h"

#define LABEL_MAX 40 /* bytes of a label that are looked at */

const struct encoding gaz_charset_utf8 = { "utf-8", NULL, ENC_UTF8 };
const struct encoding gaz_charset_utf16le = { "utf-16le", NULL, ENC_UTF16LE };
const struct encoding gaz_charset_utf16be = { "utf-16be", NULL, ENC_UTF16BE };
const struct encoding gaz_charset_utf32le = { "utf-32le", NULL, ENC_UTF32LE };
const struct encoding gaz_charset_utf32be = { "utf-32be", NULL, ENC_UTF32BE };
static const struct encoding utf16 = { "utf-16", NULL, ENC_UTF16 };
static const struct encoding utf32 = { "utf-32", NULL, ENC_UTF32 };
static const struct encoding ascii = { "us-ascii", NULL, ENC_ASCII };
static const struct encoding latin1 = { "iso-8859-1", "windows-1252",
	ENC_LATIN1 };
const struct encoding gaz_charset_cp1252 = { "windows-1252", "windows-1252",
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
	{ "utf-8", &gaz_charset_utf8 },
	{ "utf8", &gaz_charset_utf8 },
	{ "u8", &gaz_charset_utf8 },
	{ "unicode-1-1-utf-8", &gaz_charset_utf8 },
	{ "unicode11utf8", &gaz_charset_utf8 },
	{ "unicode20utf8", &gaz_charset_utf8 },
	{ "x-unicode20utf8", &gaz_charset_utf8 },
	{ "utf-8-sig", &gaz_charset_utf8 },
	{ "utf8mb4", &gaz_charset_utf8 },
	{ "utf8mb3", &gaz_charset_utf8 },
	{ "utf-16", &utf16 },
	{ "utf16", &utf16 },
	{ "u16", &utf16 },
	{ "unicode", &utf16 },
	{ "csunicode", &utf16 },
	{ "iso-10646-ucs-2", &utf16 },
	{ "ucs-2", &utf16 },
	{ "ucs2", &utf16 },
	{ "utf-16le", &gaz_charset_utf16le },
	{ "utf-16-le", &gaz_charset_utf16le },
	{ "unicodelittleunmarked", &gaz_charset_utf16le },
	{ "unicodefeff", &gaz_charset_utf16le },
	{ "utf-16be", &gaz_charset_utf16be },
	{ "utf-16-be", &gaz_charset_utf16be },
	{ "unicodebigunmarked", &gaz_charset_utf16be },
	{ "unicodefffe", &gaz_charset_utf16be },
	{ "utf-32", &utf32 },
	{ "utf32", &utf32 },
	{ "u32", &utf32 },
	{ "csucs4", &utf32 },
	{ "iso-10646-ucs-4", &utf32 },
	{ "ucs-4", &utf32 },
	{ "ucs4", &utf32 },
	{ "utf-32le", &gaz_charset_utf32le },
	{ "utf-32-le", &gaz_charset_utf32le },
	{ "utf-32be", &gaz_charset_utf32be },
	{ "utf-32-be", &gaz_charset_utf32be },
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
	{ "windows-1252", &gaz_charset_cp1252 },
	{ "windows1252", &gaz_charset_cp1252 },
	{ "cp1252", &gaz_charset_cp1252 },
	{ "x-cp1252", &gaz_charset_cp1252 },
	{ "ansi", &gaz_charset_cp1252 },
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

const struct encoding *
gaz_charset_find(struct gaz_str label, struct encoding *own)
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

const char *
gaz_charset_converter(size_t i)
{
	const struct encoding *last = NULL;

	/* Labels of one encoding stand together. */
	for (size_t j = 0; j < GAZ_COUNT(labels); j++) {
		const struct encoding *e = labels[j].encoding;
		if (e == last || e->converter == NULL)
			continue;
		last = e;
		if (i-- == 0)
			return e->converter;
	}
	return NULL;
}
