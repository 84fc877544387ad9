/*
 * Values by themselves: numbers with units, names, dates. Nothing here knows
 * of files, sections or positions beyond an offset in the value.
 */
#include "config.h"

#include "config/schema.h"

#include <inttypes.h>

#include "gazetted/limits.h"
#include "gazetted/mem.h"

/* ---- numbers with units */

struct unit {
	const char *name;
	int64_t ms; /* or bytes */
};

static const struct unit time_units[] = {
	{ "ms", 1 },
	{ "msec", 1 },
	{ "s", 1000 },
	{ "sec", 1000 },
	{ "second", 1000 },
	{ "seconds", 1000 },
	{ "m", 60 * 1000 },
	{ "min", 60 * 1000 },
	{ "minute", 60 * 1000 },
	{ "minutes", 60 * 1000 },
	{ "h", 3600 * 1000 },
	{ "hr", 3600 * 1000 },
	{ "hour", 3600 * 1000 },
	{ "hours", 3600 * 1000 },
	{ "d", 24 * 3600 * 1000 },
	{ "day", 24 * 3600 * 1000 },
	{ "days", 24 * 3600 * 1000 },
	{ "w", 7 * 24 * 3600 * 1000 },
	{ "week", 7 * 24 * 3600 * 1000 },
	{ "weeks", 7 * 24 * 3600 * 1000 },
};

static const struct unit size_units[] = {
	{ "B", 1 },
	{ "K", 1 << 10 },
	{ "KiB", 1 << 10 },
	{ "M", 1 << 20 },
	{ "MiB", 1 << 20 },
	{ "G", 1 << 30 },
	{ "GiB", 1 << 30 },
	{ "kB", 1000 },
	{ "MB", 1000 * 1000 },
	{ "GB", 1000 * 1000 * 1000 },
};

static const struct unit *
find_unit(const struct unit *units, size_t n, struct gaz_str name)
{
	for (size_t i = 0; i < n; i++) {
		if (gaz_str_eq_z(name, units[i].name))
			return &units[i];
	}
	for (size_t i = 0; i < n; i++) {
		if (gaz_str_ieq_z(name, units[i].name))
			return &units[i];
	}
	return NULL;
}

static void
skip_spaces(struct gaz_str *s)
{
	while (s->len > 0 && gaz_is_space(s->p[0]))
		*s = gaz_str_sub(*s, 1, s->len);
}

/* Cut the digits off *s; at most 15 of them, so that products still fit. */
static bool
take_digits(struct gaz_str *s, int64_t *n, int *count)
{
	*n = 0;
	*count = 0;
	while (s->len > 0 && gaz_is_digit(s->p[0])) {
		if (++*count > 15)
			return false;
		*n = *n * 10 + (s->p[0] - '0');
		*s = gaz_str_sub(*s, 1, s->len);
	}
	return true;
}

/* One part, "1.5h", as parts of the smallest unit; added to *sum. */
static enum gaz_number_fault
take_part(struct gaz_str *s, const struct unit *units, size_t n,
    int64_t plain, int64_t *sum)
{
	int64_t whole, fraction = 0;
	int digits, decimals = 0;

	if (!take_digits(s, &whole, &digits))
		return GAZ_NUMBER_BIG;
	if (s->len > 0 && s->p[0] == '.') {
		*s = gaz_str_sub(*s, 1, s->len);
		if (!take_digits(s, &fraction, &decimals) || decimals == 0 ||
		    decimals > 3)
			return GAZ_NUMBER_BAD;
	}
	if (digits == 0)
		return GAZ_NUMBER_BAD;
	skip_spaces(s);
	size_t len = 0;
	while (len < s->len && gaz_is_alpha(s->p[len]))
		len++;
	int64_t per = plain;
	if (len > 0) {
		const struct unit *u = find_unit(units, n,
		    gaz_str_sub(*s, 0, len));
		if (u == NULL)
			return GAZ_NUMBER_BAD;
		per = u->ms;
	}
	*s = gaz_str_sub(*s, len, s->len);
	skip_spaces(s);
	for (; decimals < 3; decimals++)
		fraction *= 10;
	/* Half of what fits, for each of the two sums. */
	if (whole > (INT64_MAX / 2 - *sum) / per)
		return GAZ_NUMBER_BIG;
	*sum += whole * per + fraction * per / 1000;
	return GAZ_NUMBER_OK;
}

enum gaz_number_fault
gaz_config_read_time(struct gaz_str s, int64_t per_s, int64_t *out)
{
	enum gaz_number_fault fault = GAZ_NUMBER_BAD;
	int64_t ms = 0;

	s = gaz_str_trim(s);
	do {
		fault = take_part(&s, time_units, GAZ_COUNT(time_units), 1000,
		    &ms);
	} while (fault == GAZ_NUMBER_OK && s.len > 0);
	if (fault == GAZ_NUMBER_OK)
		*out = per_s == 1000 ? ms : ms / (1000 / per_s);
	return fault;
}

enum gaz_number_fault
gaz_config_read_bytes(struct gaz_str s, int64_t *out)
{
	int64_t n = 0;

	s = gaz_str_trim(s);
	enum gaz_number_fault fault = take_part(&s, size_units,
	    GAZ_COUNT(size_units), 1, &n);
	if (fault == GAZ_NUMBER_OK && s.len > 0)
		fault = GAZ_NUMBER_BAD;
	if (fault == GAZ_NUMBER_OK)
		*out = n;
	return fault;
}

bool
gaz_config_duration(struct gaz_str s, int64_t *seconds)
{
	return gaz_config_read_time(s, 1, seconds) == GAZ_NUMBER_OK;
}

struct scale {
	int64_t n;
	const char *name;
};

static void
write_scaled(int64_t n, const struct scale *scales, size_t count,
    struct gaz_buf *out)
{
	for (size_t i = 0; i < count; i++) {
		if (n != 0 && n % scales[i].n == 0) {
			gaz_buf_put_fmt(out, "%" PRId64 "%s", n / scales[i].n,
			    scales[i].name);
			return;
		}
	}
	gaz_buf_put_fmt(out, "%" PRId64, n);
}

void
gaz_config_write_time(int64_t n, int64_t per_s, struct gaz_buf *out)
{
	static const struct scale scales[] = {
		{ (int64_t)86400 * 1000, "d" },
		{ 3600 * 1000, "h" },
		{ 60 * 1000, "m" },
		{ 1000, "s" },
		{ 1, "ms" },
	};

	write_scaled(n * (1000 / per_s), scales, GAZ_COUNT(scales), out);
}

void
gaz_config_write_bytes(int64_t n, struct gaz_buf *out)
{
	static const struct scale scales[] = {
		{ 1 << 30, "GiB" },
		{ 1 << 20, "MiB" },
		{ 1 << 10, "KiB" },
	};

	write_scaled(n, scales, GAZ_COUNT(scales), out);
}

/* ---- names */

/* BCP 47 in its shape: a language of 2 or 3 letters, then subtags. */
const char *
gaz_config_check_language(struct gaz_str s)
{
	static const char fault[] = "a language tag such as \"en\" or "
				    "\"pt-BR\" is needed";
	struct gaz_str rest = s, part;
	bool first = true;

	while (gaz_str_split(&rest, '-', &part)) {
		if (part.len < (first ? 2 : 1) || part.len > (first ? 3 : 8))
			return fault;
		for (size_t i = 0; i < part.len; i++) {
			if (first ? !gaz_is_alpha(part.p[i])
				  : !gaz_is_alnum(part.p[i]))
				return fault;
		}
		first = false;
	}
	return first ? fault : NULL;
}

/* RFC 9110, 5.6.2. */
static bool
is_token_char(char c)
{
	return gaz_is_alnum(c) || (c != '\0' &&
	    strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

const char *
gaz_config_check_header_name(struct gaz_str s, size_t *at)
{
	static const char *const ours[] = { "Host", "Connection",
		"Content-Length", "Transfer-Encoding", "Accept-Encoding",
		"If-None-Match", "If-Modified-Since", "TE", "Upgrade",
		"Expect", "Range", "Keep-Alive", "Trailer" };

	*at = 0;
	if (s.len == 0)
		return "the name of the header is missing";
	for (size_t i = 0; i < s.len; i++) {
		if (!is_token_char(s.p[i])) {
			*at = i;
			return "this character is not allowed in the name of "
			       "a header";
		}
	}
	if (gaz_str_ieq_z(s, "User-Agent"))
		return "the key user-agent sets this header";
	for (size_t i = 0; i < GAZ_COUNT(ours); i++) {
		if (gaz_str_ieq_z(s, ours[i]))
			return "gazetted sets this header itself";
	}
	return NULL;
}

bool
gaz_config_header_is_secret(struct gaz_str name)
{
	static const char *const parts[] = { "auth", "cookie", "token", "key",
		"secret", "passw", "credential", "session", "signature" };

	for (size_t i = 0; i < GAZ_COUNT(parts); i++) {
		if (gaz_str_ifind(name, gaz_str_of(parts[i]), 0) !=
		    GAZ_STR_NPOS)
			return true;
	}
	return false;
}

/* ---- dates */

/* n digits at *pos; false when they are not there. */
static bool
read_field(struct gaz_str s, size_t *pos, size_t n, int *out)
{
	if (n > s.len - *pos)
		return false;
	*out = 0;
	for (size_t i = 0; i < n; i++) {
		char c = s.p[*pos + i];
		if (!gaz_is_digit(c))
			return false;
		*out = *out * 10 + (c - '0');
	}
	*pos += n;
	return true;
}

static bool
read_char(struct gaz_str s, size_t *pos, const char *any)
{
	if (*pos >= s.len || s.p[*pos] == '\0' ||
	    strchr(any, s.p[*pos]) == NULL)
		return false;
	++*pos;
	return true;
}

/* "Z", "+02:00". */
static bool
read_zone(struct gaz_str s, size_t *pos, int *offset_s)
{
	int hours, minutes;

	*offset_s = 0;
	if (read_char(s, pos, "Zz"))
		return true;
	bool west = *pos < s.len && s.p[*pos] == '-';
	if (!read_char(s, pos, "+-") || !read_field(s, pos, 2, &hours) ||
	    !read_char(s, pos, ":") || !read_field(s, pos, 2, &minutes) ||
	    hours > 23 || minutes > 59)
		return false;
	*offset_s = (hours * 3600 + minutes * 60) * (west ? -1 : 1);
	return true;
}

bool
gaz_config_read_date(struct gaz_str s, gaz_utc *out)
{
	struct gaz_civil c = { 0 };
	int year, offset_s = 0;
	size_t pos = 0;

	if (!read_field(s, &pos, 4, &year) || !read_char(s, &pos, "-") ||
	    !read_field(s, &pos, 2, &c.month) || !read_char(s, &pos, "-") ||
	    !read_field(s, &pos, 2, &c.day) ||
	    !gaz_civil_is_date(year, c.month, c.day))
		return false;
	c.year = year;
	if (pos < s.len) {
		if (!read_char(s, &pos, "Tt ") ||
		    !read_field(s, &pos, 2, &c.hour) ||
		    !read_char(s, &pos, ":") ||
		    !read_field(s, &pos, 2, &c.minute))
			return false;
		if (read_char(s, &pos, ":") &&
		    !read_field(s, &pos, 2, &c.second))
			return false;
		if (pos < s.len && !read_zone(s, &pos, &offset_s))
			return false;
	}
	if (pos != s.len || c.hour > 23 || c.minute > 59 || c.second > 59)
		return false;
	*out = gaz_civil_to_utc(&c) - offset_s;
	return true;
}

/* ---- suggestions */

#define NEAREST_MAX 64

/* Edit distance with swaps of neighbours, letters of any case alike. */
static size_t
edits(struct gaz_str a, struct gaz_str b)
{
	size_t rows[3][NEAREST_MAX + 1];

	for (size_t j = 0; j <= b.len; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t *cur = rows[i % 3], *up = rows[(i + 2) % 3];
		size_t *upup = rows[(i + 1) % 3];
		cur[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			char x = gaz_to_lower(a.p[i - 1]);
			char y = gaz_to_lower(b.p[j - 1]);
			size_t best = up[j - 1] + (x != y);
			if (up[j] + 1 < best)
				best = up[j] + 1;
			if (cur[j - 1] + 1 < best)
				best = cur[j - 1] + 1;
			if (i > 1 && j > 1 && x != y &&
			    x == gaz_to_lower(b.p[j - 2]) &&
			    y == gaz_to_lower(a.p[i - 2]) &&
			    upup[j - 2] + 1 < best)
				best = upup[j - 2] + 1;
			cur[j] = best;
		}
	}
	return rows[a.len % 3][b.len];
}

const char *
gaz_config_nearest(struct gaz_str s, size_t n, gaz_name_fn get,
    const void *arg, size_t *out)
{
	const char *best = NULL;
	size_t best_d = 0;

	if (s.len == 0 || s.len > NEAREST_MAX)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		const char *name = get(i, arg);
		if (name == NULL || strlen(name) > NEAREST_MAX)
			continue;
		size_t d = edits(s, gaz_str_of(name));
		size_t longer = strlen(name) > s.len ? strlen(name) : s.len;
		/* A third of the letters may differ, or it is another word. */
		if (d > (longer + 2) / 3 || d >= longer)
			continue;
		if (best == NULL || d < best_d) {
			best = name;
			best_d = d;
		}
	}
	if (best != NULL && out != NULL)
		*out = best_d;
	return best;
}
