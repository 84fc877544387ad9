/* Text and values of HTML, read with their references and written anew. */
#include "config.h"

#include "normalise/html_write.h"

#include "normalise/html_ref.h"

/* What a byte must be looked at for. */
enum {
	FOR_PLAIN = 1, /* text of ours, to be used as it is */
	FOR_TEXT = 2,  /* between tags */
	FOR_VALUE = 4, /* between double quotes */
	FOR_ALL = FOR_PLAIN | FOR_TEXT | FOR_VALUE,
};

static const uint8_t special[256] = {
	/* C0 but for tab and line feed */
	7, 7, 7, 7, 7, 7, 7, 7, 7, 0, 0, 7, 7, 7, 7, 7,
	7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
	['&'] = FOR_ALL,
	['<'] = FOR_TEXT | FOR_VALUE,
	['>'] = FOR_TEXT | FOR_VALUE,
	['"'] = FOR_VALUE,
	[0xef] = FOR_ALL, /* may begin U+FFFE or U+FFFF */
};

static void
put_safe(struct gaz_buf *out, char c, unsigned use)
{
	if ((unsigned char)c < 0x20 && c != '\t' && c != '\n')
		return;
	if (use == FOR_PLAIN || (c == '"' && use == FOR_TEXT)) {
		gaz_buf_put_char(out, c);
		return;
	}
	switch (c) {
	case '&':
		gaz_buf_put(out, "&amp;", 5);
		break;
	case '<':
		gaz_buf_put(out, "&lt;", 4);
		break;
	case '>':
		gaz_buf_put(out, "&gt;", 4);
		break;
	case '"':
		gaz_buf_put(out, "&quot;", 6);
		break;
	default:
		gaz_buf_put_char(out, c);
		break;
	}
}

/* U+FFFE and U+FFFF, which XML forbids. */
static bool
is_noncharacter(struct gaz_str s, size_t at)
{
	return s.len - at >= 3 && (unsigned char)s.p[at] == 0xef &&
	    (unsigned char)s.p[at + 1] == 0xbf &&
	    (unsigned char)s.p[at + 2] >= 0xbe;
}

/* The reference at s.p[i], or the ampersand alone; return its length. */
static size_t
put_ref(struct gaz_str s, size_t i, bool in_attribute, unsigned use,
    struct gaz_buf *out)
{
	char text[HTML_REF_TEXT_MAX];
	size_t len, n = gaz_html_ref(s, i, in_attribute, text, &len);

	if (n == 0) {
		put_safe(out, '&', use);
		return 1;
	}
	if (text[0] == '\r')
		text[0] = '\n';
	if (is_noncharacter(gaz_str_make(text, len), 0))
		len = 0;
	for (size_t j = 0; j < len; j++)
		put_safe(out, text[j], use);
	return n;
}

/* What any of the four bytes at i is special for. */
static unsigned
special_at(struct gaz_str s, size_t i)
{
	const unsigned char *p = (const unsigned char *)s.p + i;

	return special[p[0]] | special[p[1]] | special[p[2]] | special[p[3]];
}

static void
convert(struct gaz_str s, bool decode, bool in_attribute, unsigned use,
    struct gaz_buf *out)
{
	size_t done = 0, i = 0;

	for (;;) {
		/* Four at a time: most of a text is not special. */
		while (s.len - i >= 4 && (special_at(s, i) & use) == 0)
			i += 4;
		while (i < s.len && (special[(unsigned char)s.p[i]] & use) == 0)
			i++;
		if (i == s.len)
			break;
		unsigned char c = (unsigned char)s.p[i];
		if (c == 0xef && !is_noncharacter(s, i)) {
			i++;
			continue;
		}
		gaz_buf_put(out, s.p + done, i - done);
		if (c == 0xef) {
			i += 3;
		} else if (c == '\r') {
			gaz_buf_put_char(out, '\n');
			i += i + 1 < s.len && s.p[i + 1] == '\n' ? 2 : 1;
		} else if (c == '&' && decode) {
			i += put_ref(s, i, in_attribute, use, out);
		} else {
			put_safe(out, s.p[i++], use);
		}
		done = i;
	}
	if (done < s.len)
		gaz_buf_put(out, s.p + done, s.len - done);
}

void
gaz_html_decode(struct gaz_str s, bool in_attribute, struct gaz_buf *out)
{
	convert(s, true, in_attribute, FOR_PLAIN, out);
}

void
gaz_html_write_text(struct gaz_str s, struct gaz_buf *out)
{
	convert(s, true, false, FOR_TEXT, out);
}

void
gaz_html_write_literal(struct gaz_str s, struct gaz_buf *out)
{
	convert(s, false, false, FOR_TEXT, out);
}

void
gaz_html_write_value(struct gaz_str s, bool decode, struct gaz_buf *out)
{
	convert(s, decode, true, FOR_VALUE, out);
}
