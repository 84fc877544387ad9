#include "config.h"

#include "gazetted/str.h"

bool
gaz_mem_ieq(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (a[i] != b[i] && gaz_to_lower(a[i]) != gaz_to_lower(b[i]))
			return false;
	}
	return true;
}

bool
gaz_str_istarts(struct gaz_str s, const char *prefix)
{
	size_t n = strlen(prefix);

	return gaz_str_ieq(gaz_str_sub(s, 0, n), gaz_str_make(prefix, n));
}

bool
gaz_str_ends(struct gaz_str s, const char *suffix)
{
	size_t n = strlen(suffix);

	return n <= s.len && gaz_str_eq(gaz_str_sub(s, s.len - n, s.len),
	    gaz_str_make(suffix, n));
}

int
gaz_str_cmp(struct gaz_str a, struct gaz_str b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int diff = n != 0 ? memcmp(a.p, b.p, n) : 0;

	if (diff != 0)
		return diff;
	return (a.len > b.len) - (a.len < b.len);
}

size_t
gaz_str_find(struct gaz_str s, struct gaz_str what, size_t from)
{
	if (from > s.len || what.len > s.len - from)
		return GAZ_STR_NPOS;
	if (what.len == 0)
		return from;
	const char *at = memmem(s.p + from, s.len - from, what.p, what.len);
	return at != NULL ? (size_t)(at - s.p) : GAZ_STR_NPOS;
}

size_t
gaz_str_ifind(struct gaz_str s, struct gaz_str what, size_t from)
{
	char first;

	if (from > s.len || what.len > s.len - from)
		return GAZ_STR_NPOS;
	if (what.len == 0)
		return from;
	first = gaz_to_lower(what.p[0]);
	for (size_t i = from; i <= s.len - what.len; i++) {
		if (gaz_to_lower(s.p[i]) == first &&
		    gaz_mem_ieq(s.p + i, what.p, what.len))
			return i;
	}
	return GAZ_STR_NPOS;
}

size_t
gaz_str_rfind_char(struct gaz_str s, char c)
{
	for (size_t i = s.len; i > 0; i--) {
		if (s.p[i - 1] == c)
			return i - 1;
	}
	return GAZ_STR_NPOS;
}

struct gaz_str
gaz_str_trim(struct gaz_str s)
{
	size_t from = 0, to = s.len;

	while (from < to && gaz_is_space(s.p[from]))
		from++;
	while (to > from && gaz_is_space(s.p[to - 1]))
		to--;
	return gaz_str_sub(s, from, to);
}

bool
gaz_str_split(struct gaz_str *rest, char sep, struct gaz_str *piece)
{
	if (rest->p == NULL)
		return false;
	size_t at = gaz_str_find_char(*rest, sep, 0);
	if (at == GAZ_STR_NPOS) {
		*piece = *rest;
		*rest = GAZ_STR_NONE;
	} else {
		*piece = gaz_str_sub(*rest, 0, at);
		*rest = gaz_str_sub(*rest, at + 1, rest->len);
	}
	return true;
}

bool
gaz_str_to_int(struct gaz_str s, int64_t *out)
{
	bool minus = s.len > 0 && s.p[0] == '-';
	uint64_t most = minus ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;
	uint64_t n = 0;
	size_t i = minus ? 1 : 0;

	if (i == s.len)
		return false;
	for (; i < s.len; i++) {
		if (!gaz_is_digit(s.p[i]))
			return false;
		unsigned digit = (unsigned)(s.p[i] - '0');
		if (n > (most - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	/* -n in two steps, for the one value whose opposite does not exist */
	*out = !minus ? (int64_t)n : n == 0 ? 0 : -(int64_t)(n - 1) - 1;
	return true;
}

int
gaz_hex_value(char c)
{
	if (gaz_is_digit(c))
		return c - '0';
	c = gaz_to_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/*
 * Decode one character at *pos and move behind it. On ill-formed input give
 * false and stop before the first byte that cannot belong to a character that
 * began there (Unicode, section 3.9, "maximal subpart").
 */
static bool
decode(struct gaz_str s, size_t *pos, uint32_t *out)
{
	unsigned char lead = (unsigned char)s.p[(*pos)++];
	unsigned char lo = 0x80, hi = 0xbf; /* of the second byte */
	uint32_t c;
	int more;

	if (lead < 0x80) {
		*out = lead;
		return true;
	} else if (lead >= 0xc2 && lead <= 0xdf) {
		c = lead & 0x1f;
		more = 1;
	} else if (lead >= 0xe0 && lead <= 0xef) {
		if (lead == 0xe0)
			lo = 0xa0; /* shorter form exists */
		else if (lead == 0xed)
			hi = 0x9f; /* surrogates */
		c = lead & 0x0f;
		more = 2;
	} else if (lead >= 0xf0 && lead <= 0xf4) {
		if (lead == 0xf0)
			lo = 0x90; /* shorter form exists */
		else if (lead == 0xf4)
			hi = 0x8f; /* past U+10FFFF */
		c = lead & 0x07;
		more = 3;
	} else {
		return false;
	}
	for (; more > 0; more--) {
		if (*pos >= s.len)
			return false;
		unsigned char b = (unsigned char)s.p[*pos];
		if (b < lo || b > hi)
			return false;
		c = c << 6 | (b & 0x3f);
		lo = 0x80;
		hi = 0xbf;
		(*pos)++;
	}
	*out = c;
	return true;
}

uint32_t
gaz_utf8_next(struct gaz_str s, size_t *pos)
{
	uint32_t c;

	return decode(s, pos, &c) ? c : 0xfffd;
}

size_t
gaz_utf8_put(uint32_t c, char out[4])
{
	if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		c = 0xfffd;
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

size_t
gaz_utf8_skip_ascii(struct gaz_str s, size_t pos)
{
	uint64_t word;

	for (; s.len - pos >= sizeof(word); pos += sizeof(word)) {
		memcpy(&word, s.p + pos, sizeof(word));
		if ((word & UINT64_C(0x8080808080808080)) != 0)
			break;
	}
	while (pos < s.len && (unsigned char)s.p[pos] < 0x80)
		pos++;
	return pos;
}

bool
gaz_utf8_is_valid(struct gaz_str s)
{
	uint32_t c;

	for (size_t pos = gaz_utf8_skip_ascii(s, 0); pos < s.len;) {
		if (!decode(s, &pos, &c))
			return false;
		if (pos < s.len && (unsigned char)s.p[pos] < 0x80)
			pos = gaz_utf8_skip_ascii(s, pos);
	}
	return true;
}

size_t
gaz_utf8_count(struct gaz_str s)
{
	size_t pos = 0, n = 0;

	while (pos < s.len) {
		size_t from = pos;

		pos = gaz_utf8_skip_ascii(s, pos);
		n += pos - from;
		if (pos == s.len)
			break;
		gaz_utf8_next(s, &pos);
		n++;
	}
	return n;
}

struct gaz_str
gaz_str_cut(struct gaz_str s, size_t max)
{
	if (s.len <= max)
		return s;
	/* A character has at most three bytes before the one at max. */
	for (size_t back = 0; back <= 3 && back <= max; back++) {
		size_t start = max - back, pos = start;
		uint32_t c;
		if (((unsigned char)s.p[start] & 0xc0) == 0x80)
			continue;
		if (decode(s, &pos, &c) && pos > max)
			return gaz_str_sub(s, 0, start);
		break;
	}
	return gaz_str_sub(s, 0, max);
}
