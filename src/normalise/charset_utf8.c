/* UTF-8. A document without a fault is one look at each byte and one copy. */
#include "config.h"

#include "normalise/charset_read.h"

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

size_t
gaz_charset_skip_plain(struct gaz_str s, size_t pos)
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

size_t
gaz_charset_skip_clean(struct gaz_str s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t i = 0;

	for (;;) {
		if (i >= s.len || p[i] < 0x80) {
			i = gaz_charset_skip_plain(s, i);
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

struct utf8_look
gaz_charset_look_utf8(struct gaz_str s)
{
	struct utf8_look look = { 0 };

	for (size_t pos = gaz_charset_skip_plain(s, 0); pos < s.len;
	     pos = gaz_charset_skip_plain(s, pos)) {
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

void
gaz_charset_read_utf8(struct gaz_str s, struct sink *sink)
{
	size_t done = 0;

	for (size_t pos = gaz_charset_skip_plain(s, 0); pos < s.len;
	     pos = gaz_charset_skip_plain(s, pos)) {
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
