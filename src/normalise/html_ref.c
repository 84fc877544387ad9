/*
 * Character references. The names stand in one table sorted by byte; reading
 * one narrows a range of it byte by byte, so the longest name wins as the
 * standard demands.
 */
#include "config.h"

#include "normalise/html_ref.h"

#include "gazetted/html.h"
#include "gazetted/mem.h"

struct named_ref {
	char name[33]; /* with the semicolon, where it is needed */
	char text[HTML_REF_TEXT_MAX];
	uint8_t len, text_len;
};

#include "src/normalise/entities_table.h"

/* What windows-1252 has where ISO 8859-1 has control codes. */
static const uint16_t c1[32] = {
	0x20ac, 0x81, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, /* 80 */
	0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d, 0x017d, 0x8f,
	0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, /* 90 */
	0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d, 0x017e, 0x0178,
};

/* First row at or after lo whose byte i is not below c. */
static size_t
lower_bound(size_t lo, size_t hi, size_t i, unsigned c)
{
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if ((unsigned char)named_refs[mid].name[i] < c)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* The row with the longest name that s begins with, or NULL. */
static const struct named_ref *
longest(struct gaz_str s)
{
	size_t lo = 0, hi = GAZ_COUNT(named_refs);
	const struct named_ref *best = NULL;

	for (size_t i = 0; i < s.len && i < sizeof(named_refs[0].name) - 1;
	     i++) {
		unsigned c = (unsigned char)s.p[i];
		if (c == 0)
			break;
		lo = lower_bound(lo, hi, i, c);
		hi = lower_bound(lo, hi, i, c + 1);
		if (lo == hi)
			break;
		if (named_refs[lo].len == i + 1)
			best = &named_refs[lo];
	}
	return best;
}

static size_t
numeric(struct gaz_str s, size_t at, char out[HTML_REF_TEXT_MAX], size_t *len)
{
	size_t i = at + 2, digits = 0;
	bool hex = i < s.len && (s.p[i] == 'x' || s.p[i] == 'X');
	uint32_t c = 0;

	for (i += hex; i < s.len; i++, digits++) {
		int v = gaz_hex_value(s.p[i]);
		if (v < 0 || (!hex && v > 9))
			break;
		if (c <= 0x10ffff)
			c = c * (hex ? 16 : 10) + (uint32_t)v;
	}
	if (digits == 0)
		return 0;
	if (i < s.len && s.p[i] == ';')
		i++;
	if (c == 0)
		c = 0xfffd;
	else if (c >= 0x80 && c <= 0x9f)
		c = c1[c - 0x80];
	*len = gaz_utf8_put(c, out);
	return i - at;
}

size_t
gaz_html_ref(struct gaz_str s, size_t at, bool in_attribute,
    char out[HTML_REF_TEXT_MAX], size_t *len)
{
	if (at + 1 >= s.len)
		return 0;
	if (s.p[at + 1] == '#')
		return numeric(s, at, out, len);
	if (!gaz_is_alpha(s.p[at + 1]))
		return 0;
	struct gaz_str rest = gaz_str_sub(s, at + 1, s.len);
	const struct named_ref *row = longest(rest);
	if (row == NULL)
		return 0;
	if (in_attribute && row->name[row->len - 1] != ';' &&
	    row->len < rest.len && (rest.p[row->len] == '=' ||
	    gaz_is_alnum(rest.p[row->len])))
		return 0;
	memcpy(out, row->text, row->text_len);
	*len = row->text_len;
	return row->len + (size_t)1;
}

struct gaz_str
gaz_html_named_ref(struct gaz_str name)
{
	char z[sizeof(named_refs[0].name)];

	if (name.len == 0 || name.len > sizeof(z) - 2)
		return GAZ_STR_NONE;
	memcpy(z, name.p, name.len);
	z[name.len] = ';';
	const struct named_ref *row = longest(gaz_str_make(z, name.len + 1));
	if (row == NULL || row->len != name.len + 1)
		return GAZ_STR_NONE;
	return gaz_str_make(row->text, row->text_len);
}

void
gaz_html_decode_refs(struct gaz_str s, struct gaz_buf *out)
{
	char text[HTML_REF_TEXT_MAX];
	size_t done = 0, pos = 0, len;

	while ((pos = gaz_str_find_char(s, '&', pos)) != GAZ_STR_NPOS) {
		size_t n = gaz_html_ref(s, pos, false, text, &len);
		if (n == 0) {
			pos++;
			continue;
		}
		gaz_buf_put(out, s.p + done, pos - done);
		/* Characters that XML forbids stay out of text. */
		if (len != 1 || (unsigned char)text[0] >= 0x20 ||
		    gaz_is_space(text[0]))
			gaz_buf_put(out, text, len);
		pos += n;
		done = pos;
	}
	if (done < s.len)
		gaz_buf_put(out, s.p + done, s.len - done);
}
