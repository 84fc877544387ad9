/*
 * UTF-8 that somebody took for windows-1252 or Latin-1 and encoded again
 * ("dÃ©jÃ "), once or several times. A character of UTF-8 then shows as a
 * capital or small letter with an accent and one to three signs that no letter
 * is followed by; but quotes and capitals of good text can spell the same
 * ("„Spaß“", "IRMÃ»"). So a text is read back only as a whole, when nothing in
 * it is a letter beyond ASCII as it stands, and something stands as it never
 * would: in the middle of a word, between letters of the other case, or as one
 * of a row.
 */
#include "config.h"

#include "parse/text.h"

#include "gazetted/buf.h"
#include "gazetted/mem.h"

/* Times that a text is read back: a server, a database and a page. */
#define TIMES_MAX 3
/* Enough to be no quotation in a text about such damage. */
#define SURE 12
/* Stands for a character that was read back. */
#define BACK 0xFFFFFFFFu

/* windows-1252 for the bytes 0x80..0x9F; 0: nothing there. */
static const uint16_t cp1252[32] = {
	0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
	0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
	0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
	0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178,
};

/* The byte that c was; -1: it was none. */
static int
byte_of(uint32_t c)
{
	if (c <= 0xFF)
		return (int)c;
	for (int i = 0; i < 32; i++) {
		if (cp1252[i] == c)
			return 0x80 + i;
	}
	return -1;
}

/* ----- one character ----- */

/* A run of characters that were the bytes of one. */
struct run {
	uint32_t lead; /* byte */
	uint32_t next; /* byte behind it */
	uint32_t c;    /* what they were; a lost one: of the other kind below */
	size_t end;
	bool c1;       /* some stand as controls, which no text has */
};

static bool
read_run(struct gaz_str s, size_t pos, struct run *r)
{
	uint32_t lead = gaz_utf8_next(s, &pos), c, least;
	unsigned more;

	if (lead < 0xC2 || lead > 0xF4)
		return false;
	more = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
	c = lead & (0x3Fu >> more);
	*r = (struct run){ .lead = lead };
	for (unsigned i = 0; i < more; i++) {
		int byte;

		if (pos == s.len)
			return false;
		uint32_t sign = gaz_utf8_next(s, &pos);

		byte = byte_of(sign);
		if (byte < 0x80 || byte > 0xBF)
			return false;
		r->c1 = r->c1 || sign < 0xA0;
		if (i == 0)
			r->next = (uint32_t)byte;
		c = c << 6 | ((uint32_t)byte & 0x3F);
	}
	least = more == 1 ? 0x80 : more == 2 ? 0x800 : 0x10000;
	r->c = c;
	r->end = pos;
	return c >= least && c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF) &&
	    c != 0xFFFD;
}

static bool
is_ascii_lower(uint32_t c)
{
	return c >= 'a' && c <= 'z';
}

static bool
is_ascii_alnum(uint32_t c)
{
	return c < 0x80 && gaz_is_alnum((char)c);
}

/* Bytes whose signs do follow words: quotes, dashes, a fixed space; and others
 * that end them, such as a trade mark. */
static bool
is_punctuation(uint32_t byte)
{
	static const unsigned char bytes[] = { 0x82, 0x84, 0x85, 0x8B, 0x91,
		0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x9B, 0xA0, 0xAB, 0xBB };

	return memchr(bytes, (int)byte, sizeof(bytes)) != NULL;
}

static bool
is_ending(uint32_t byte)
{
	static const unsigned char bytes[] = { 0x99, 0xA9, 0xAE, 0xB0, 0xB2,
		0xB3, 0xB9 };

	return memchr(bytes, (int)byte, sizeof(bytes)) != NULL;
}

/* Could good text hold it where it stands? */
static bool
is_impossible(const struct run *r, uint32_t before, uint32_t behind)
{
	bool low = is_ascii_lower(before) || before == BACK;
	bool beside = is_ascii_alnum(before) || before == BACK ||
	    is_ascii_alnum(behind);

	if (r->c1 || r->lead >= 0xF0)
		return true;
	if (r->lead >= 0xE0) {
		/* Punctuation, currencies, arrows; others only in a row. */
		if (r->lead != 0xE2 || r->c < 0x2000 || r->c > 0x22FF)
			return false;
		return beside || ((r->c == 0x2013 || r->c == 0x2014 ||
		    r->c == 0x2022) && before == ' ' && behind == ' ');
	}
	/* A sign of multiplication; a small letter that may end a word. */
	if (r->lead == 0xD7 || r->lead == 0xDF)
		return false;
	/* "à", the only accent that is a word in most of its languages. */
	if (low || (r->c == 0xE0 && before == ' '))
		return true;
	if (r->lead > 0xC5)
		return false;
	if (is_punctuation(r->next) && r->lead != 0xC2)
		return r->next != 0xA0 && is_ascii_lower(behind) &&
		    !is_ascii_alnum(before);
	if (is_ending(r->next) && r->lead != 0xC2)
		return is_ascii_lower(behind);
	return beside && r->next != 0xA0;
}

/* ----- a text ----- */

struct look {
	size_t impossible, odd; /* odd: two of them make it so */
	bool good;              /* some letter is right as it is */
};

/* A letter beyond ASCII. */
static bool
is_letter(uint32_t c)
{
	if (c < 0x100)
		return c >= 0xC0 && c != 0xD7 && c != 0xF7;
	return c < 0x2000 ? c != 0x2C6 && c != 0x2DC : c >= 0x2E80 &&
	    c != 0xFFFD && c != 0xFEFF;
}

/* "Ã" or "Â" whose fixed space became a common one. */
static bool
is_lost_space(struct gaz_str s, size_t pos, uint32_t before)
{
	uint32_t c = gaz_utf8_next(s, &pos);

	return (c == 0xC3 || c == 0xC2) &&
	    (before == ' ' || is_ascii_lower(before) || before == BACK) &&
	    (pos == s.len || s.p[pos] == ' ');
}

static struct look
look_at(struct gaz_str s)
{
	struct look l = { 0 };
	uint32_t before = ' ';
	size_t row = 0;

	for (size_t pos = 0; pos < s.len;) {
		unsigned char first = (unsigned char)s.p[pos];
		struct run r;

		if (first < 0x80) {
			pos = gaz_utf8_skip_ascii(s, pos);
			first = (unsigned char)s.p[pos - 1];
			before = gaz_is_space((char)first) ? ' ' : first;
			row = 0;
			continue;
		}
		if (read_run(s, pos, &r)) {
			size_t at = r.end;
			uint32_t behind = at < s.len ? gaz_utf8_next(s, &at) :
			    ' ';

			row++;
			l.impossible += is_impossible(&r, before, behind) ||
			    row >= 3 || (row == 2 && r.lead >= 0xE0);
			l.odd += (r.lead == 0xC2 && r.next >= 0xA1) ||
			    (r.lead == 0xE1 && is_ascii_alnum(before));
			before = BACK;
			pos = r.end;
			continue;
		}
		bool lost = is_lost_space(s, pos, before);

		row = 0;
		before = gaz_utf8_next(s, &pos);
		if (!lost && is_letter(before)) {
			l.good = true;
			return l;
		}
	}
	return l;
}

/* Texts about such damage quote it. */
static bool
is_about_encodings(struct gaz_str s)
{
	static const char *const words[] = { "mojibake", "utf-8", "utf8",
		"unicode", "latin-1", "latin1", "iso-8859", "iso 8859",
		"windows-1252", "cp1252", "charset", "encod", "kodierung",
		"codifica" };

	for (size_t i = 0; i < GAZ_COUNT(words); i++) {
		if (gaz_str_ifind(s, gaz_str_of(words[i]), 0) != GAZ_STR_NPOS)
			return true;
	}
	return false;
}

/* The byte in UTF-8 that the characters from U+00C2 to U+00F4, which stand for
 * the first byte of another, begin with: without it there is nothing to see. */
static bool
may_be_damaged(struct gaz_str s)
{
	return gaz_str_find_char(s, '\xC3', 0) != GAZ_STR_NPOS;
}

static bool
is_damaged(struct gaz_str s)
{
	struct look l;

	if (!may_be_damaged(s))
		return false;
	l = look_at(s);
	return !l.good && (l.impossible > 0 || l.odd > 1) &&
	    (l.impossible >= SURE || !is_about_encodings(s));
}

static struct gaz_str
read_back(struct gaz_arena *a, struct gaz_str s)
{
	uint32_t before = ' ';
	struct gaz_buf out;

	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	for (size_t pos = 0; pos < s.len;) {
		struct run r;

		if ((unsigned char)s.p[pos] < 0x80) {
			size_t end = gaz_utf8_skip_ascii(s, pos);

			gaz_buf_put(&out, s.p + pos, end - pos);
			before = (unsigned char)s.p[end - 1];
			pos = end;
			continue;
		}
		if (read_run(s, pos, &r)) {
			gaz_buf_put_utf8(&out, r.c);
			before = BACK;
			pos = r.end;
			continue;
		}
		bool lost = is_lost_space(s, pos, before);

		before = gaz_utf8_next(s, &pos);
		if (!lost)
			gaz_buf_put_utf8(&out, before);
		else if (before == 0xC3)
			gaz_buf_put_utf8(&out, 0xE0);
		/* The lost one and one of its own. */
		if (lost && before == 0xC3 &&
		    gaz_str_starts(gaz_str_sub(s, pos, pos + 2), "  "))
			pos++;
	}
	s = gaz_arena_str(a, gaz_buf_str(&out));
	gaz_buf_clear(&out);
	return s;
}

/* Where the first C1 control or DEL stands; s.len: nowhere. */
static size_t
find_control(struct gaz_str s)
{
	size_t end = gaz_str_find_char(s, 0x7F, 0), at = 0;

	if (end == GAZ_STR_NPOS)
		end = s.len;
	s.len = end;
	while ((at = gaz_str_find_char(s, '\xC2', at)) != GAZ_STR_NPOS) {
		if (at + 1 < s.len && (unsigned char)s.p[at + 1] < 0xA0)
			return at;
		at++;
	}
	return end;
}

/* C1 controls, mostly of numeric references, are meant as windows-1252. */
static struct gaz_str
mend_controls(struct gaz_arena *a, struct gaz_str s)
{
	size_t at = find_control(s);
	struct gaz_buf out;

	if (at == s.len)
		return s;
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	gaz_buf_put(&out, s.p, at);
	while (at < s.len) {
		uint32_t c = gaz_utf8_next(s, &at);

		if (c < 0x7F || c >= 0xA0)
			gaz_buf_put_utf8(&out, c);
		else if (c != 0x7F && cp1252[c - 0x80] != 0)
			gaz_buf_put_utf8(&out, cp1252[c - 0x80]);
	}
	s = gaz_arena_str(a, gaz_buf_str(&out));
	gaz_buf_clear(&out);
	return s;
}

/* Printable ASCII, tabs and line ends: most texts are. */
static bool
is_common(struct gaz_str s)
{
	const uint64_t high = UINT64_C(0x8080808080808080);
	const uint64_t ones = UINT64_C(0x0101010101010101);
	size_t i = 0;

	/* Adding one to each byte also finds DEL. */
	for (; i + 8 <= s.len; i += 8) {
		uint64_t word;

		memcpy(&word, s.p + i, sizeof(word));
		if (((word | (word + ones)) & high) != 0)
			return false;
	}
	for (; i < s.len; i++) {
		if ((unsigned char)s.p[i] >= 0x7F)
			return false;
	}
	return true;
}

struct gaz_str
gaz_text_mend(struct gaz_arena *a, struct gaz_str s, unsigned *notes)
{
	if (is_common(s))
		return s;
	for (int i = 0; i < TIMES_MAX && is_damaged(s); i++) {
		s = read_back(a, s);
		if (notes != NULL)
			*notes |= GAZ_NOTE_REPAIRED;
	}
	return mend_controls(a, s);
}
