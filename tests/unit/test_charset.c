#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "gazetted/charset.h"
#include "gazetted/file.h"
#include "gazetted/mem.h"

#define DECLARED(name) "<?xml version=\"1.0\" encoding=\"" name "\"?><a>"

/* Files of tests/fixtures/charset, all well-formed in what they declare. */
static const struct {
	const char *file, *encoding;
} files[] = {
	{ "utf-8", "utf-8" },
	{ "latin1", "iso-8859-1" },
	{ "latin1-quotes", "windows-1252" },
	{ "latin2", "iso-8859-2" },
	{ "greek", "iso-8859-7" },
	{ "latin9", "iso-8859-15" },
	{ "latin10", "iso-8859-16" },
	{ "windows-1250", "windows-1250" },
	{ "windows-1251", "windows-1251" },
	{ "windows-1255", "windows-1255" },
	{ "windows-1256", "windows-1256" },
	{ "koi8-r", "koi8-r" },
	{ "koi8-u", "koi8-u" },
	{ "cp866", "ibm866" },
	{ "tis-620", "windows-874" },
	{ "macintosh", "macintosh" },
	{ "gb2312", "gb18030" },
	{ "gbk", "gb18030" },
	{ "gb18030", "gb18030" },
	{ "big5", "big5" },
	{ "euc-jp", "euc-jp" },
	{ "shift_jis", "shift_jis" },
	{ "iso-2022-jp", "iso-2022-jp" },
	{ "euc-kr", "euc-kr" },
	{ "utf-16be", "utf-16be" },
	{ "utf-16le", "utf-16le" },
	{ "utf-32be", "utf-32be" },
	{ "utf-32le", "utf-32le" },
	{ "cp437", "cp437" },
};

static void
load(const char *name, const char *suffix, struct gaz_buf *out)
{
	const char *folder = getenv("GAZ_FIXTURES");
	char path[1024];
	struct gaz_err err;

	snprintf(path, sizeof(path), "%s/charset/%s%s",
	    folder != NULL ? folder : GAZ_FIXTURES_DIR, name, suffix);
	gaz_buf_reset(out);
	if (!gaz_file_load(path, out, &err))
		fail_msg("%s", err.msg);
}

static void
test_files(void **state)
{
	struct gaz_buf in, want, out;
	struct gaz_err err;

	(void)state;
	gaz_buf_init(&in, 1 << 20);
	gaz_buf_init(&want, 1 << 20);
	gaz_buf_init(&out, 1 << 20);
	for (size_t i = 0; i < GAZ_COUNT(files); i++) {
		struct gaz_decoded info;
		load(files[i].file, ".xml", &in);
		load(files[i].file, ".want", &want);
		gaz_buf_reset(&out);
		if (!gaz_charset_decode(gaz_buf_str(&in), GAZ_STR_NONE, false,
		    &out, &info, &err))
			fail_msg("%s: %s", files[i].file, err.msg);
		if (!gaz_str_eq(gaz_buf_str(&out), gaz_buf_str(&want)))
			fail_msg("%s: got %s", files[i].file, out.p);
		if (strcmp(info.encoding, files[i].encoding) != 0)
			fail_msg("%s: as %s", files[i].file, info.encoding);
		if (info.repaired)
			fail_msg("%s: repaired", files[i].file);
	}
	gaz_buf_clear(&in);
	gaz_buf_clear(&want);
	gaz_buf_clear(&out);
}

#define LEN(text) text, sizeof(text) - 1

static const struct {
	const char *name;
	const char *bytes;
	size_t len;
	const char *type; /* content type */
	const char *encoding, *text;
	bool declared, repaired;
} cases[] = {
	/* who is asked first */
	{ "mark before all", LEN("\xef\xbb\xbf" DECLARED("koi8-r") "\xc3\xa4"),
	    "text/xml; charset=windows-1251", "utf-8",
	    DECLARED("koi8-r") "\xc3\xa4", true, false },
	{ "header before declaration", LEN(DECLARED("koi8-r") "\xe4"),
	    "text/xml; charset=\"Windows-1252\"; x=y", "windows-1252",
	    DECLARED("koi8-r") "\xc3\xa4", true, false },
	{ "declaration", LEN(DECLARED("windows-1252") "\xe4"), "text/xml",
	    "windows-1252", DECLARED("windows-1252") "\xc3\xa4", true,
	    false },
	{ "nothing said", LEN("<a>\xc3\xa4"), NULL, "utf-8", "<a>\xc3\xa4",
	    false, false },
	{ "nothing said, not UTF-8", LEN("<a>\xe4 \x80"), NULL,
	    "windows-1252", "<a>\xc3\xa4 \xe2\x82\xac", false, true },
	{ "empty", LEN(""), NULL, "utf-8", "", false, false },

	/* how it is said */
	{ "single quotes", LEN("<?xml version='1.0' encoding = 'koi8-r' ?>\xc1"),
	    NULL, "koi8-r",
	    "<?xml version='1.0' encoding = 'koi8-r' ?>\xd0\xb0", true, false },
	{ "space in front", LEN("\n " DECLARED("koi8-r") "\xc1"), NULL,
	    "koi8-r", "\n " DECLARED("koi8-r") "\xd0\xb0", true, false },
	{ "text in front", LEN("junk" DECLARED("koi8-r") "\xc1"), NULL,
	    "koi8-r", "junk" DECLARED("koi8-r") "\xd0\xb0", true, false },
	{ "underscores, quotes in quotes", LEN("\xc1"),
	    "text/xml;CharSet='\"KOI8_R\"'", "koi8-r", "\xd0\xb0", true,
	    false },
	{ "header without a value", LEN("\xc3\xa4"), "text/xml; charset=",
	    "utf-8", "\xc3\xa4", false, false },
	{ "name that only looks like charset", LEN("\xc3\xa4"),
	    "text/xml; mycharset=koi8-r", "utf-8", "\xc3\xa4", false, false },
	{ "ascii", LEN("<a>"), "text/xml; charset=us-ascii", "us-ascii",
	    "<a>", true, false },
	{ "utf8mb4", LEN(DECLARED("utf8mb4") "\xc3\xa4"), NULL, "utf-8",
	    DECLARED("utf8mb4") "\xc3\xa4", true, false },
	{ "latin-1 that is", LEN(DECLARED("latin1") "\xe4"), NULL,
	    "iso-8859-1", DECLARED("latin1") "\xc3\xa4", true, false },
	{ "latin-1 that is not", LEN(DECLARED("latin1") "\x93\xe4"), NULL,
	    "windows-1252", DECLARED("latin1") "\xe2\x80\x9c\xc3\xa4", true,
	    false },

	/* what does not fit is passed over */
	{ "ascii that is UTF-8", LEN("<a>\xc3\xa4"),
	    "text/xml; charset=us-ascii", "utf-8", "<a>\xc3\xa4", true,
	    true },
	{ "utf-8 that is latin-1", LEN(DECLARED("utf-8") "na\xefve"), NULL,
	    "windows-1252", DECLARED("utf-8") "na\xc3\xafve", true, true },
	{ "header wrong, declaration right",
	    LEN(DECLARED("iso-8859-2") "\xb1"), "text/xml; charset=utf-8",
	    "iso-8859-2", DECLARED("iso-8859-2") "\xc4\x85", true, true },
	{ "euc-jp that is UTF-8", LEN(DECLARED("euc-jp") "\xe3\x81\x82\xe3"
	    "\x81\x82\xe3\x81\x82\xe3\x81"), NULL, "utf-8",
	    DECLARED("euc-jp") "\xe3\x81\x82\xe3\x81\x82\xe3\x81\x82\xef"
	    "\xbf\xbd", true, true },
	{ "unknown header", LEN("<a>\xc3\xa4"), "text/xml; charset=off",
	    "utf-8", "<a>\xc3\xa4", false, true },
	{ "utf-16 in a document of bytes", LEN(DECLARED("utf-16") "\xc3\xa4"),
	    NULL, "utf-8", DECLARED("utf-16") "\xc3\xa4", true, true },
	{ "utf-8 in a document of UTF-16", LEN("<\0a\0>\0\xe4\0"),
	    "text/xml; charset=utf-8", "utf-16le", "<a>\xc3\xa4", true,
	    true },

	/* UTF-16 and UTF-32 */
	{ "utf-16 with mark", LEN("\xff\xfe<\0a\0>\0\x3d\xd8\x00\xde"), NULL,
	    "utf-16le", "<a>\xf0\x9f\x98\x80", true, false },
	{ "utf-16 big-endian with mark", LEN("\xfe\xff\0<\0a\0>"), NULL,
	    "utf-16be", "<a>", true, false },
	{ "utf-32 with mark", LEN("\xff\xfe\0\0<\0\0\0\x00\xf6\x01\0"), NULL,
	    "utf-32le", "<\xf0\x9f\x98\x80", true, false },
	{ "utf-32 big-endian with mark", LEN("\0\0\xfe\xff\0\0\0<"), NULL,
	    "utf-32be", "<", true, false },
	{ "utf-16 with space in front", LEN("\0\n\0<\0a\0>"), NULL,
	    "utf-16be", "\n<a>", false, false },
	{ "utf-16 cut, half a pair", LEN("<\0a\0>\0\x3d\xd8>\0x"), NULL,
	    "utf-16le", "<a>\xef\xbf\xbd>\xef\xbf\xbd", false, true },

	/* faults are mended */
	{ "a cut character among whole ones",
	    LEN("<a>\xc3\xa4\xc3\xb6\xc3\xbc\xe2\x80"), NULL, "utf-8",
	    "<a>\xc3\xa4\xc3\xb6\xc3\xbc\xef\xbf\xbd", false, true },
	{ "overlong, surrogate, too large", LEN("<a>\xc0\xbc \xed\xa0\x80 "
	    "\xf4\x90\x80\x80 \xe0\x80\xbc"), NULL, "utf-8",
	    "<a>\xef\xbf\xbd \xef\xbf\xbd \xef\xbf\xbd \xef\xbf\xbd", false,
	    true },
	{ "U+FFFD as such", LEN("<a>\xef\xbf\xbd"), NULL, "utf-8",
	    "<a>\xef\xbf\xbd", false, false },
	{ "two marks", LEN("\xef\xbb\xbf\xef\xbb\xbf<a>"), NULL, "utf-8",
	    "<a>", true, false },
	{ "controls go", LEN("<a>\0\x01\t\n\r\x0b\x1f\x7f</a>"), NULL,
	    "utf-8", "<a>\t\n\r\x7f</a>", false, true },
	{ "noncharacters go", LEN("<a>\xef\xbf\xbe\xef\xbf\xbf\xef\xbf\xbc"),
	    NULL, "utf-8", "<a>\xef\xbf\xbc", false, true },
	{ "controls go in others too", LEN(DECLARED("koi8-r") "\x01\xc1"),
	    NULL, "koi8-r", DECLARED("koi8-r") "\xd0\xb0", true, true },
	{ "one bad byte in a Chinese text",
	    LEN(DECLARED("gb2312") "\xc4\xe3\xba\xc3\xc4\xe3\xba\xc3\xc4\xe3"
	    "\xba\xc3\xc4\xe3\xba\xc3\xc4\xe3\xba\xc3\xc4\xe3\xba\xc3\xff"),
	    NULL, "gb18030", DECLARED("gb2312") "\xe4\xbd\xa0\xe5\xa5\xbd"
	    "\xe4\xbd\xa0\xe5\xa5\xbd\xe4\xbd\xa0\xe5\xa5\xbd\xe4\xbd\xa0\xe5"
	    "\xa5\xbd\xe4\xbd\xa0\xe5\xa5\xbd\xe4\xbd\xa0\xe5\xa5\xbd\xef\xbf"
	    "\xbd", true, true },
};

static void
test_cases(void **state)
{
	struct gaz_buf out;
	struct gaz_err err;

	(void)state;
	gaz_buf_init(&out, 1 << 20);
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_decoded info;
		gaz_buf_reset(&out);
		if (!gaz_charset_decode(gaz_str_make(cases[i].bytes,
		    cases[i].len), gaz_str_of(cases[i].type), false, &out,
		    &info, &err))
			fail_msg("%s: %s", cases[i].name, err.msg);
		if (!gaz_str_eq_z(gaz_buf_str(&out), cases[i].text))
			fail_msg("%s: got %s", cases[i].name, out.p);
		if (strcmp(info.encoding, cases[i].encoding) != 0)
			fail_msg("%s: as %s", cases[i].name, info.encoding);
		if (info.declared != cases[i].declared ||
		    info.repaired != cases[i].repaired)
			fail_msg("%s: declared %d, repaired %d",
			    cases[i].name, info.declared, info.repaired);
	}
	gaz_buf_clear(&out);
}

/* Encodings in which markup can hide, and those nobody knows. */
static void
test_refused(void **state)
{
	static const char *const names[] = { "UTF-7", "unicode-1-1-utf-7",
		"utf_7", "IMAP-mailbox-name", "SCSU", "BOCU-1", "CESU-8",
		"HZ-GB-2312", "ISO-2022-KR", "ISO-2022-CN", "ISO-2022-CN-EXT",
		"ISO-2022-JP-2", "lmbcs", "IBM037", "cp500", "ebcdic-cp-us",
		"x-unknown", "none" };
	struct gaz_buf in, out;
	struct gaz_err err;
	struct gaz_decoded info;

	(void)state;
	gaz_buf_init(&in, 1 << 20);
	gaz_buf_init(&out, 1 << 20);
	for (size_t i = 0; i < GAZ_COUNT(names); i++) {
		gaz_buf_reset(&in);
		gaz_buf_put_fmt(&in, DECLARED("%s") "+ADw-", names[i]);
		err.code = GAZ_ERR_NONE;
		if (gaz_charset_decode(gaz_buf_str(&in), GAZ_STR_NONE, false,
		    &out, &info, &err))
			fail_msg("%s: accepted as %s", names[i],
			    info.encoding);
		assert_int_equal(err.code, GAZ_ERR_FORMAT);
		assert_non_null(strstr(err.msg, names[i]));
		assert_int_equal(out.len, 0);
		/* Another name that can be served is enough. */
		if (!gaz_charset_decode(gaz_buf_str(&in),
		    GAZ_STR("text/xml;charset=utf-8"), false, &out, &info,
		    &err))
			fail_msg("%s: %s", names[i], err.msg);
		assert_true(info.repaired);
		gaz_buf_reset(&out);
	}
	assert_false(gaz_charset_decode(GAZ_STR("<a>"),
	    GAZ_STR("text/xml; charset=utf-7"), false, &out, &info, &err));
	/* "<?xml" in EBCDIC */
	assert_false(gaz_charset_decode(GAZ_STR("\x4c\x6f\xa7\x94\x93"),
	    GAZ_STR_NONE, false, &out, &info, &err));
	gaz_buf_clear(&in);
	gaz_buf_clear(&out);
}

static const struct {
	const char *bytes;
	size_t len;
	const char *type, *encoding, *text;
	bool repaired;
} jsons[] = {
	{ LEN("{\"a\":\"\xc3\xa4\"}"), NULL, "utf-8", "{\"a\":\"\xc3\xa4\"}",
	    false },
	{ LEN("{\0\"\0"), NULL, "utf-16le", "{\"", false },
	{ LEN("\0{\0\""), NULL, "utf-16be", "{\"", false },
	{ LEN("\xef\xbb\xbf{}"), NULL, "utf-8", "{}", false },
	/* RFC 8259 knows no other encodings, whatever is said. */
	{ LEN("{\"\xc3\xa4"), "application/json; charset=iso-8859-1", "utf-8",
	    "{\"\xc3\xa4", true },
	{ LEN("{\"\xe4\""), NULL, "utf-8", "{\"\xef\xbf\xbd\"", true },
	{ LEN("{\"<?xml encoding='koi8-r'?>\xc3\xa4\""), NULL, "utf-8",
	    "{\"<?xml encoding='koi8-r'?>\xc3\xa4\"", false },
};

static void
test_json(void **state)
{
	struct gaz_buf out;
	struct gaz_err err;

	(void)state;
	gaz_buf_init(&out, 1 << 20);
	for (size_t i = 0; i < GAZ_COUNT(jsons); i++) {
		struct gaz_decoded info;
		gaz_buf_reset(&out);
		if (!gaz_charset_decode(gaz_str_make(jsons[i].bytes,
		    jsons[i].len), gaz_str_of(jsons[i].type), true, &out,
		    &info, &err))
			fail_msg("%zu: %s", i, err.msg);
		if (!gaz_str_eq_z(gaz_buf_str(&out), jsons[i].text) ||
		    strcmp(info.encoding, jsons[i].encoding) != 0 ||
		    info.repaired != jsons[i].repaired)
			fail_msg("%zu: got %s as %s, repaired %d", i, out.p,
			    info.encoding, info.repaired);
	}
	gaz_buf_clear(&out);
}

/* What was in the buffer stays, and its ceiling holds. */
static void
test_limit(void **state)
{
	static const char *const types[] = { NULL, "x;charset=windows-1252",
		"x;charset=gb18030", "x;charset=us-ascii" };
	struct gaz_buf out;
	struct gaz_err err;
	struct gaz_decoded info;

	(void)state;
	gaz_buf_init(&out, 10);
	for (size_t i = 0; i < GAZ_COUNT(types); i++) {
		struct gaz_str type = gaz_str_of(types[i]);
		gaz_buf_reset(&out);
		gaz_buf_put_z(&out, "ab");
		assert_true(gaz_charset_decode(GAZ_STR("12345678"), type,
		    false, &out, &info, &err));
		assert_string_equal(out.p, "ab12345678");
		gaz_buf_reset(&out);
		gaz_buf_put_z(&out, "ab");
		assert_false(gaz_charset_decode(GAZ_STR("123456789"), type,
		    false, &out, &info, &err));
		assert_int_equal(err.code, GAZ_ERR_LIMIT);
		assert_string_equal(out.p, "ab");
		assert_false(out.full);
	}
	gaz_buf_clear(&out);
}

/* Every label of the table leads to a converter that ICU has. */
static void
test_preload(void **state)
{
	(void)state;
	gaz_charset_preload();
	gaz_charset_preload();
	test_files(state);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_preload),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("charset", tests, NULL, NULL);
}
