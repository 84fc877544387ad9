/*
 * What data/tracking.tsv says: query parameters that only count readers, and
 * pages that only lead to another one whose URL stands in theirs.
 */
#include "config.h"

#include "normalise/url_internal.h"

#include "gazetted/mem.h"
#include "gazetted/url.h"

/* Where the URL of the page wanted stands. */
enum hop {
	HOP_TARGET,  /* in the query parameter of that name */
	HOP_REST,    /* behind the path, name is its scheme */
	HOP_QUERY,   /* the whole query is it */
	HOP_SEGMENT, /* in the part of the path that begins with the name */
	HOP_BEHIND,  /* in the path, behind the name */
	HOP_BASE64,  /* the part behind the path, packed: see unpack */
};

#include "src/normalise/tracking_table.h"

/* host is domain or below it. */
static bool
is_within(struct gaz_str host, const char *domain)
{
	size_t n = strlen(domain);

	return n == 0 || (gaz_str_ends(host, domain) &&
	    (host.len == n || host.p[host.len - n - 1] == '.'));
}

bool
gaz_url_is_tracking(struct gaz_str host, struct gaz_str parameter)
{
	size_t end = gaz_str_find_char(parameter, '=', 0);
	struct gaz_str name = gaz_str_sub(parameter, 0, end);

	for (size_t i = 0; i < GAZ_COUNT(drops); i++) {
		size_t n = drops[i].len;
		if (name.len < n || (name.len > n && !drops[i].is_prefix) ||
		    !gaz_str_ieq(gaz_str_sub(name, 0, n),
		    gaz_str_make(drops[i].name, n)))
			continue;
		if (is_within(host, drops[i].host))
			return true;
	}
	return false;
}

/* "a.example", "*.a.example" (that and all below), "a.*" (at most two labels
 * more: a.com, a.co.uk). */
static bool
is_host(struct gaz_str host, const char *pattern)
{
	size_t n = strlen(pattern), dots = 0;

	if (gaz_str_starts(gaz_str_of(pattern), "*."))
		return is_within(host, pattern + 2);
	if (n < 2 || pattern[n - 1] != '*')
		return gaz_str_eq_z(host, pattern);
	if (host.len < n ||
	    !gaz_str_eq(gaz_str_sub(host, 0, n - 1),
	    gaz_str_make(pattern, n - 1)))
		return false;
	for (size_t i = n - 1; i < host.len; i++)
		dots += host.p[i] == '.';
	/* "www.google.evil.example" is not Google. */
	return dots == 0 || (dots == 1 && host.len - n + 1 <= 6);
}

static void
put_unescaped(struct gaz_buf *out, struct gaz_str s, bool plus)
{
	for (size_t i = 0; i < s.len; i++) {
		int hi = i + 1 < s.len ? gaz_hex_value(s.p[i + 1]) : -1;
		int lo = i + 2 < s.len ? gaz_hex_value(s.p[i + 2]) : -1;
		if (s.p[i] == '%' && hi >= 0 && lo >= 0) {
			gaz_buf_put_char(out, (char)(hi * 16 + lo));
			i += 2;
		} else {
			gaz_buf_put_char(out,
			    plus && s.p[i] == '+' ? ' ' : s.p[i]);
		}
	}
}

static struct gaz_str
find_parameter(struct gaz_str query, const char *name)
{
	struct gaz_str piece;

	while (gaz_str_split(&query, '&', &piece)) {
		struct gaz_str value = piece, key;
		if (gaz_str_split(&value, '=', &key) && value.p != NULL &&
		    gaz_str_ieq_z(key, name))
			return value;
	}
	return GAZ_STR_NONE;
}

static int
base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (gaz_is_digit(c))
		return c - '0' + 52;
	if (c == '-' || c == '+')
		return 62;
	return c == '_' || c == '/' ? 63 : -1;
}

/*
 * Ids of Google News up to 2024: base64 of a message whose fourth field is the
 * URL, its length in front (one byte, or two of which the first is above 127).
 * Later ids are known to their server alone; they begin otherwise.
 */
static void
unpack(struct gaz_buf *out, struct gaz_str id)
{
	struct gaz_buf bytes;
	uint32_t bits = 0;
	size_t n = 0, at = 3, len;

	gaz_buf_init(&bytes, GAZ_BUF_NO_MAX);
	for (size_t i = 0; i < id.len; i++) {
		int value = base64_value(id.p[i]);

		if (value < 0)
			break;
		bits = bits << 6 | (uint32_t)value;
		n += 6;
		if (n >= 8) {
			n -= 8;
			gaz_buf_put_char(&bytes, (char)(bits >> n & 0xFF));
		}
	}
	struct gaz_str s = gaz_buf_str(&bytes);

	if (s.len > 5 && s.p[0] == 0x08 && s.p[2] == 0x22) {
		len = (unsigned char)s.p[at++];
		if (len > 127)
			len = (len & 127) | (size_t)(unsigned char)s.p[at++]
			    << 7;
		if (len <= s.len - at)
			gaz_buf_put(out, s.p + at, len);
	}
	gaz_buf_clear(&bytes);
}

/* What hop i finds in u, whose path goes on with rest. */
static void
put_target(struct gaz_buf *out, const struct url_parts *u, size_t i,
    struct gaz_str rest)
{
	struct gaz_str name = gaz_str_of(hops[i].name), piece;
	size_t at;

	switch (hops[i].kind) {
	case HOP_TARGET:
		put_unescaped(out, find_parameter(u->query, hops[i].name),
		    true);
		break;
	case HOP_REST:
		if (rest.len == 0)
			break;
		gaz_buf_put_str(out, name);
		gaz_buf_put_z(out, "://");
		gaz_buf_put_str(out, rest);
		if (u->query.p != NULL) {
			gaz_buf_put_char(out, '?');
			gaz_buf_put_str(out, u->query);
		}
		break;
	case HOP_QUERY:
		put_unescaped(out, u->query, false);
		break;
	case HOP_SEGMENT:
		while (gaz_str_split(&rest, '/', &piece)) {
			if (!gaz_str_starts(piece, hops[i].name))
				continue;
			put_unescaped(out, gaz_str_sub(piece, name.len,
			    piece.len), false);
			break;
		}
		break;
	case HOP_BEHIND:
		at = gaz_str_find(rest, name, 0);
		if (at == GAZ_STR_NPOS)
			break;
		rest = gaz_str_sub(rest, at + name.len, rest.len);
		if (gaz_str_starts(rest, "-"))
			rest = gaz_str_sub(rest, 1, rest.len);
		put_unescaped(out, rest, false);
		if (u->query.p != NULL) {
			gaz_buf_put_char(out, '?');
			gaz_buf_put_str(out, u->query);
		}
		break;
	case HOP_BASE64:
		unpack(out, rest);
		break;
	}
}

void
gaz_url_follow(const struct url_parts *u, struct gaz_str host,
    struct gaz_buf *out)
{
	for (size_t i = 0; i < GAZ_COUNT(hops); i++) {
		size_t n = hops[i].path_len;
		struct gaz_str rest;

		/* Nearly all end at the first. */
		if (u->path.len < n ||
		    (u->path.len > n && !hops[i].is_prefix) ||
		    (n > 1 && u->path.p[1] != hops[i].path[1]) ||
		    memcmp(u->path.p, hops[i].path, n) != 0 ||
		    !is_host(host, hops[i].host))
			continue;
		rest = gaz_str_sub(u->path, n, u->path.len);
		gaz_buf_reset(out);
		put_target(out, u, i, rest);
		if (gaz_url_is_http(gaz_buf_str(out)) &&
		    gaz_utf8_is_valid(gaz_buf_str(out)))
			return;
	}
	gaz_buf_reset(out);
}
