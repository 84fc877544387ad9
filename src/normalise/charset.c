/*
 * Bytes of unknown encoding to clean UTF-8.
 *
 * UTF-8 is checked and copied here, UTF-16 and UTF-32 are read here as well;
 * everything else goes through ICU. Candidates are tried in order and one that
 * the bytes are not valid in is passed over; windows-1252 comes last and takes
 * anything.
 */
#include "config.h"

#include "gazetted/charset.h"

#include <pthread.h>
#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>
#include <unicode/udata.h>

#include "gazetted/mem.h"

#include "normalise/charset_label.h"

#define DECLARATION_MAX 512 /* bytes in which <?xml is looked for */
#define CHUNK 4096          /* UTF-16 units converted at once */

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
 * UTF-8. A document without a fault is one look at each byte and one copy.
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

/*
 * Offset of the first byte that is not well-formed UTF-8 or belongs to a
 * character that XML forbids; s.len when all is clean.
 */
static size_t
skip_clean(struct gaz_str s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t i = 0;

	for (;;) {
		if (i >= s.len || p[i] < 0x80) {
			i = skip_plain(s, i);
			if (i == s.len || p[i] < 0x80)
				return i;
		}
		/* Most of the world's text is in these two; the rest, and what
		 * is at the end, is looked at with more care. */
		while (s.len - i > 3 && p[i] >= 0xc2) {
			if (p[i] < 0xe0 && (p[i + 1] & 0xc0) == 0x80) {
				i += 2;
				continue;
			}
			if (p[i] <= 0xe0 || p[i] == 0xed || p[i] >= 0xef ||
			    (p[i + 1] & 0xc0) != 0x80 ||
			    (p[i + 2] & 0xc0) != 0x80)
				break;
			i += 3;
		}
		if (i < s.len && p[i] >= 0x80) {
			size_t start = i;
			uint32_t c = gaz_utf8_next(s, &i);
			if (is_forbidden(c) || (c == 0xfffd &&
			    (i - start != 3 ||
			    memcmp(p + start, "\xef\xbf\xbd", 3) != 0)))
				return start;
		}
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
		size_t n = 0, end = skip_plain(s, i);
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
			if (s.len - i > 8 && skip_plain(gaz_str_make(
			    s.p + i + 1, 8), 0) == 8) {
				i++;
				break;
			}
		}
		gaz_buf_put(sink->out, text, n);
	}
	return true;
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

/* Which encoding is meant */

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
		{ "\xef\xbb\xbf", 3, &gaz_charset_utf8 },
		{ "\xff\xfe\0\0", 4, &gaz_charset_utf32le },
		{ "\0\0\xfe\xff", 4, &gaz_charset_utf32be },
		{ "\xff\xfe", 2, &gaz_charset_utf16le },
		{ "\xfe\xff", 2, &gaz_charset_utf16be },
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
		return &gaz_charset_utf32be;
	if (!zero[0] && zero[1] && zero[2] && zero[3])
		return &gaz_charset_utf32le;
	if (zero[0] && !zero[1] && !zero[3])
		return &gaz_charset_utf16be;
	if (!zero[0] && zero[1] && !zero[2])
		return &gaz_charset_utf16le;
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
		return seen == &gaz_charset_utf16be ? seen
		                                    : &gaz_charset_utf16le;
	if (e->kind == ENC_UTF32)
		return seen == &gaz_charset_utf32be ? seen
		                                    : &gaz_charset_utf32le;
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
	const struct encoding *e = gaz_charset_find(label, own);
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
		info->encoding = gaz_charset_cp1252.name;
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

static bool
decode(struct gaz_str bytes, struct gaz_str content_type, bool is_json,
    struct gaz_buf *out, struct gaz_decoded *info, struct gaz_err *err)
{
	struct choice c = { 0 };
	size_t skip, start = out->len;
	const struct encoding *mark = mark_of(bytes, &skip), *lenient = NULL;
	struct utf8_look look = { 0 };
	bool looked = false;

	bytes = gaz_str_sub(bytes, skip, bytes.len);
	/* Some servers and editors each add a mark. */
	while (mark == &gaz_charset_utf8 &&
	    gaz_str_starts(bytes, "\xef\xbb\xbf"))
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
	add(&c, &gaz_charset_utf8);
	for (size_t i = 0; i < c.n; i++) {
		const struct encoding *e = c.v[i];
		struct sink sink = { .out = out };
		if (e->kind == ENC_UTF8) {
			/* The usual case. */
			if (skip_clean(bytes) == bytes.len) {
				gaz_buf_put_str(out, bytes);
				return accept(e, &c, &sink, i > 0, info, err);
			}
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
	const struct encoding *last = &gaz_charset_cp1252;
	if (lenient != NULL)
		last = lenient;
	else if (is_json || (looked && is_mostly_utf8(&look)))
		last = &gaz_charset_utf8;
	if (!read_as(bytes, last, &sink))
		return gaz_err_set(err, GAZ_ERR_FORMAT,
		    "encoding \"%s\" cannot be read", last->name);
	return accept(last, &c, &sink, true, info, err);
}

bool
gaz_charset_decode(struct gaz_str bytes, struct gaz_str content_type,
    bool is_json, struct gaz_buf *out, struct gaz_decoded *info,
    struct gaz_err *err)
{
	size_t start = out->len;
	bool full = out->full;

	if (decode(bytes, content_type, is_json, out, info, err))
		return true;
	gaz_buf_truncate(out, start);
	out->full = full;
	return false;
}

/*
 * ICU keeps a converter's table as long as one converter of the kind is open,
 * so these stay open for good. Without access to files ICU has only what its
 * library holds, which is everything used here.
 */
static pthread_once_t preloaded = PTHREAD_ONCE_INIT;
/* Nobody reads it; it is there so that they are not lost. */
static UConverter *kept[64] __attribute__((used));

static void
preload(void)
{
	UErrorCode code = U_ZERO_ERROR;
	const char *name;

	udata_setFileAccess(UDATA_NO_FILES, &code);
	for (size_t i = 0; i < GAZ_COUNT(kept) &&
	     (name = gaz_charset_converter(i)) != NULL; i++) {
		code = U_ZERO_ERROR;
		kept[i] = ucnv_open(name, &code);
	}
	/* Loads the table of names. */
	code = U_ZERO_ERROR;
	(void)ucnv_countAliases("cp437", &code);
}

void
gaz_charset_preload(void)
{
	pthread_once(&preloaded, preload);
}
