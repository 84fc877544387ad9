#include "config.h"

#include "text.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unicode/uchar.h>

#include "gazetted/arena.h"
#include "gazetted/limits.h"
#include "gazetted/mem.h"
#include "gazetted/url.h"

/*
 * Widths follow wcwidth(3) of most terminals: every character counts by
 * itself. Those that join emoji into one picture draw less than we leave room
 * for, which is harmless; the other way round would not be.
 */

static bool
turns_direction(uint32_t c)
{
	return c == 0x61c || c == 0x200e || c == 0x200f ||
	    (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x206f);
}

static bool
is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) ||
	    (c >= 0xfff9 && c <= 0xfffb);
}

static bool
is_white(uint32_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 ||
	    c == 0x2028 || c == 0x2029;
}

/* Nothing is seen of them and nothing is joined by them. */
static bool
is_nothing(uint32_t c)
{
	return c == 0xad || c == 0x200b || c == 0x2060 || c == 0xfeff;
}

static size_t
char_width(uint32_t c)
{
	int wide, type;

	if (c < 0x7f)
		return 1;
	type = u_charType((UChar32)c);
	if (type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK ||
	    type == U_FORMAT_CHAR)
		return 0;
	/* Jamo that complete a syllable. */
	if ((c >= 0x1160 && c <= 0x11ff) || (c >= 0xd7b0 && c <= 0xd7ff))
		return 0;
	wide = u_getIntPropertyValue((UChar32)c, UCHAR_EAST_ASIAN_WIDTH);
	return wide == U_EA_WIDE || wide == U_EA_FULLWIDTH ? 2 : 1;
}

/* Append s made harmless; *text tells whether there is anything yet. */
static void
clean_all(struct gaz_buf *out, struct gaz_str s)
{
	size_t pos = 0, start = out->len;
	int marks = 0;
	bool gap = false;

	while (pos < s.len) {
		uint32_t c = gaz_utf8_next(s, &pos);

		if (is_white(c)) {
			gap = true;
			continue;
		}
		if (is_nothing(c))
			continue;
		if (gap && out->len > start)
			gaz_buf_put_char(out, ' ');
		gap = false;
		if (is_control(c)) {
			gaz_buf_put_fmt(out, c < 0x100 ? "\\x%02x" : "\\u%04x",
			    (unsigned)c);
		} else if (turns_direction(c)) {
			gaz_buf_put_fmt(out, "\\u%04x", (unsigned)c);
		} else if (char_width(c) > 0) {
			gaz_buf_put_utf8(out, c);
			marks = 0;
		} else if (marks < GAZ_MARKS_MAX) {
			gaz_buf_put_utf8(out, c);
			marks++;
		}
	}
}

size_t
gaz_ctl_width(struct gaz_str s)
{
	size_t pos = 0, width = 0;

	while (pos < s.len)
		width += char_width(gaz_utf8_next(s, &pos));
	return width;
}

size_t
gaz_ctl_clean(struct gaz_buf *out, struct gaz_str s, size_t limit)
{
	size_t start = out->len, width, pos = 0, cut = 0, used = 0;
	struct gaz_str all;

	clean_all(out, s);
	all = gaz_str_sub(gaz_buf_str(out), start, out->len);
	width = gaz_ctl_width(all);
	if (width <= limit)
		return width;
	if (limit == 0) {
		gaz_buf_truncate(out, start);
		return 0;
	}
	while (pos < all.len) {
		size_t w = char_width(gaz_utf8_next(all, &pos));

		if (used + w > limit - 1)
			break;
		used += w;
		cut = pos;
	}
	while (cut > 0 && all.p[cut - 1] == ' ') {
		cut--;
		used--;
	}
	gaz_buf_truncate(out, start + cut);
	gaz_buf_put_z(out, "…");
	return used + 1;
}

bool
gaz_ctl_is_rtl(struct gaz_str s)
{
	size_t pos = 0;

	while (pos < s.len) {
		UCharDirection d =
		    u_charDirection((UChar32)gaz_utf8_next(s, &pos));

		if (d == U_RIGHT_TO_LEFT || d == U_RIGHT_TO_LEFT_ARABIC ||
		    d == U_ARABIC_NUMBER)
			return true;
	}
	return false;
}

void
gaz_ctl_wrap(struct gaz_buf *out, struct gaz_str s, size_t column,
    size_t indent, size_t width)
{
	struct gaz_buf clean;
	struct gaz_str rest, word;
	bool first = true;

	gaz_buf_init(&clean, GAZ_BUF_NO_MAX);
	gaz_ctl_clean(&clean, s, GAZ_CTL_NO_LIMIT);
	rest = gaz_buf_str(&clean);
	while (gaz_str_split(&rest, ' ', &word)) {
		size_t w = gaz_ctl_width(word);

		if (!first && column + 1 + w > width) {
			gaz_buf_put_fmt(out, "\n%*s", (int)indent, "");
			column = indent;
		} else if (!first) {
			gaz_buf_put_char(out, ' ');
			column++;
		}
		gaz_buf_put_str(out, word);
		column += w;
		first = false;
	}
	gaz_buf_clear(&clean);
}

void
gaz_ctl_put_url(struct gaz_buf *out, struct gaz_str url)
{
	struct gaz_arena a = { 0 };
	struct gaz_str host = gaz_url_host_display(&a, url);

	gaz_ctl_clean(out, url, GAZ_CTL_NO_LIMIT);
	if (gaz_str_ends(host, ")")) {
		gaz_buf_put_z(out, " - host ");
		gaz_ctl_clean(out, host, GAZ_CTL_NO_LIMIT);
	}
	gaz_arena_clear(&a);
}

/* ---- times and amounts */

void
gaz_ctl_put_time(struct gaz_buf *out, gaz_utc t)
{
	char text[40];
	time_t sec = (time_t)t;
	struct tm tm;

	if (t == GAZ_UTC_UNKNOWN || localtime_r(&sec, &tm) == NULL ||
	    strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &tm) == 0)
		gaz_buf_put_char(out, '-');
	else
		gaz_buf_put_z(out, text);
}

void
gaz_ctl_put_span(struct gaz_buf *out, int64_t s)
{
	static const struct {
		int64_t seconds;
		const char *name;
	} units[] = {
		{ 86400, "d" }, { 3600, "h" }, { 60, "min" }, { 1, "s" },
	};
	size_t i = 0;

	if (s < 0)
		s = 0;
	while (i < GAZ_COUNT(units) - 1 && s < units[i].seconds)
		i++;
	gaz_buf_put_fmt(out, "%" PRId64 " %s", s / units[i].seconds,
	    units[i].name);
	s %= units[i].seconds;
	/* "1 d 4 h", "1 h 5 min"; seconds beside minutes help nobody. */
	if (i < 2 && s >= units[i + 1].seconds)
		gaz_buf_put_fmt(out, " %" PRId64 " %s",
		    s / units[i + 1].seconds, units[i + 1].name);
}

void
gaz_ctl_put_bytes(struct gaz_buf *out, int64_t bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	double x = (double)bytes;
	size_t i = 0;

	while (i < GAZ_COUNT(units) - 1 && x >= 1024) {
		x /= 1024;
		i++;
	}
	gaz_buf_put_fmt(out, "%.*f %s", i > 0 && x < 100 ? 1 : 0, x, units[i]);
}

void
gaz_ctl_put_count(struct gaz_buf *out, int64_t n, const char *one,
    const char *many)
{
	gaz_buf_put_fmt(out, "%" PRId64 " %s", n, n == 1 ? one : many);
}
