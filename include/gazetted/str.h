#ifndef GAZETTED_STR_H
#define GAZETTED_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * A borrowed run of UTF-8; not NUL-terminated, never freed. p == NULL means
 * "absent", which is different from empty; len is 0 then. Any thread.
 */
struct gaz_str {
	const char *p;
	size_t len; /* bytes, not characters */
};

#define GAZ_STR(lit) ((struct gaz_str){ "" lit, sizeof(lit) - 1 })
#define GAZ_STR_NONE ((struct gaz_str){ NULL, 0 })
/* printf: "%.*s", GAZ_STR_ARG(s) */
#define GAZ_STR_ARG(s) (int)(s).len, (s).p != NULL ? (s).p : ""

static inline struct gaz_str
gaz_str_of(const char *z)
{
	return (struct gaz_str){ z, z != NULL ? strlen(z) : 0 };
}

static inline struct gaz_str
gaz_str_make(const char *p, size_t len)
{
	return (struct gaz_str){ p, len };
}

static inline bool
gaz_str_is_empty(struct gaz_str s)
{
	return s.len == 0;
}

/* Bytes [from, to), clamped to what is there. */
static inline struct gaz_str
gaz_str_sub(struct gaz_str s, size_t from, size_t to)
{
	if (s.p == NULL)
		return GAZ_STR_NONE;
	if (to > s.len)
		to = s.len;
	if (from > to)
		from = to;
	return gaz_str_make(s.p + from, to - from);
}

/* Only bytes count here and below: absent is equal to empty. */
static inline bool
gaz_str_eq(struct gaz_str a, struct gaz_str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

static inline bool
gaz_str_eq_z(struct gaz_str a, const char *z)
{
	return gaz_str_eq(a, gaz_str_of(z));
}

/* Whether n bytes are alike but for the case of ASCII letters. */
bool gaz_mem_ieq(const char *a, const char *b, size_t n);

/* ASCII letters alike; everything else byte for byte. */
static inline bool
gaz_str_ieq(struct gaz_str a, struct gaz_str b)
{
	return a.len == b.len && gaz_mem_ieq(a.p, b.p, a.len);
}

static inline bool
gaz_str_ieq_z(struct gaz_str a, const char *z)
{
	return gaz_str_ieq(a, gaz_str_of(z));
}

static inline bool
gaz_str_starts(struct gaz_str s, const char *prefix)
{
	size_t n = strlen(prefix);

	return s.len >= n && memcmp(s.p != NULL ? s.p : "", prefix, n) == 0;
}

bool gaz_str_istarts(struct gaz_str s, const char *prefix);
bool gaz_str_ends(struct gaz_str s, const char *suffix);
/* Byte order, as memcmp; for sorting. */
int gaz_str_cmp(struct gaz_str a, struct gaz_str b);

#define GAZ_STR_NPOS SIZE_MAX
/* Offset of the first occurrence at or after from, or GAZ_STR_NPOS. */
size_t gaz_str_find(struct gaz_str s, struct gaz_str what, size_t from);
size_t gaz_str_ifind(struct gaz_str s, struct gaz_str what, size_t from);
static inline size_t
gaz_str_find_char(struct gaz_str s, char c, size_t from)
{
	if (from >= s.len)
		return GAZ_STR_NPOS;
	const char *at = (const char *)memchr(s.p + from, c, s.len - from);
	return at != NULL ? (size_t)(at - s.p) : GAZ_STR_NPOS;
}
size_t gaz_str_rfind_char(struct gaz_str s, char c);

/* Without XML white space (space, tab, CR, LF, FF) at both ends. */
struct gaz_str gaz_str_trim(struct gaz_str s);

/*
 * Cut the next piece up to sep off *rest and return it; the separator is
 * dropped. Return false when *rest is absent (p == NULL), which it becomes
 * after the last piece.
 */
bool gaz_str_split(struct gaz_str *rest, char sep, struct gaz_str *piece);

/*
 * The whole string as a decimal number with "-" or nothing in front; false on
 * anything else, white space too, and on overflow.
 */
bool gaz_str_to_int(struct gaz_str s, int64_t *out);

/* Longest prefix of at most max bytes that does not cut a character. */
struct gaz_str gaz_str_cut(struct gaz_str s, size_t max);

/* ASCII only, whatever the locale. */
static inline bool
gaz_is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static inline bool
gaz_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool
gaz_is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool
gaz_is_alnum(char c)
{
	return gaz_is_alpha(c) || gaz_is_digit(c);
}

static inline char
gaz_to_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* Value of a hexadecimal digit, or -1. */
int gaz_hex_value(char c);

/*
 * UTF-8 (RFC 3629). Decode the character at *pos and move *pos behind it; what
 * is ill-formed gives U+FFFD, one for each start of a character that does not
 * go on and for each other byte. Call only while *pos < s.len.
 */
uint32_t gaz_utf8_next(struct gaz_str s, size_t *pos);
/* Write c (U+FFFD if it is no scalar value) to out[4]; return the length. */
size_t gaz_utf8_put(uint32_t c, char out[4]);
bool gaz_utf8_is_valid(struct gaz_str s);
/* Offset of the first byte at or after pos that is not ASCII, or s.len. */
size_t gaz_utf8_skip_ascii(struct gaz_str s, size_t pos);
/* Number of characters, as gaz_utf8_next tells them. */
size_t gaz_utf8_count(struct gaz_str s);

#endif
