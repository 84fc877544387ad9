/*
 * References resolved by RFC 3986, section 5.2, with the leniency of browsers
 * where feeds need it (white space and control bytes, backslashes, missing or
 * surplus slashes). The text of what is kept stays as it was written, so that
 * a reader sees the publisher's own URL; url_canonical.c makes the spelling
 * that comparisons want.
 */
#include "config.h"

#include "gazetted/url.h"

#include "gazetted/limits.h"
#include "gazetted/mem.h"

#include "normalise/url_internal.h"

#define SCHEME_MAX 16 /* bytes of a scheme that are looked at */

enum trust {
	UNKNOWN,
	SPECIAL, /* hierarchical, with a host: browsers are lenient here */
	OTHER,   /* allowed, taken as it is */
	RASTER,  /* data: */
};

static const struct {
	const char *scheme;
	enum trust trust;
} schemes[] = {
	{ "https", SPECIAL },
	{ "http", SPECIAL },
	{ "ftp", SPECIAL },
	{ "mailto", OTHER },
	{ "magnet", OTHER },
	{ "tag", OTHER },
	{ "urn", OTHER },
	{ "data", RASTER },
	{ "gopher", OTHER },
	{ "news", OTHER },
	{ "nntp", OTHER },
	{ "irc", OTHER },
	{ "xmpp", OTHER },
	{ "sip", OTHER },
	{ "sms", OTHER },
	{ "tel", OTHER },
	{ "geo", OTHER },
	{ "feed", OTHER },
	{ "webcal", OTHER },
	{ "rsync", OTHER },
	{ "sftp", OTHER },
	{ "acct", OTHER },
	{ "gemini", OTHER },
};

static enum trust
trust_of(struct gaz_str scheme)
{
	for (size_t i = 0; i < GAZ_COUNT(schemes); i++) {
		if (gaz_str_ieq_z(scheme, schemes[i].scheme))
			return schemes[i].trust;
	}
	return UNKNOWN;
}

/* Schemes that run or embed something, for those hidden in odd bytes. */
static bool
is_dangerous(struct gaz_str scheme)
{
	static const char *const names[] = { "javascript", "vbscript",
		"livescript", "jscript", "mocha", "data", "file", "blob",
		"filesystem", "view-source", "about" };

	for (size_t i = 0; i < GAZ_COUNT(names); i++) {
		if (gaz_str_ieq_z(scheme, names[i]))
			return true;
	}
	return false;
}

static bool
is_control(char c)
{
	return (unsigned char)c < 0x20 || c == 0x7f;
}

/* Length of an invisible or white character outside ASCII at p, or 0. */
static size_t
invisible_at(struct gaz_str s, size_t at)
{
	size_t pos = at;

	if ((unsigned char)s.p[at] < 0x80)
		return 0;
	uint32_t c = gaz_utf8_next(s, &pos);
	bool yes = c <= 0xa0 || c == 0xad || (c >= 0x2000 && c <= 0x200f) ||
	    (c >= 0x2028 && c <= 0x202f) || (c >= 0x205f && c <= 0x206f) ||
	    c == 0x3000 || c == 0xfeff;
	return yes ? pos - at : 0;
}

/* Without white space, controls and invisible characters at both ends. */
static struct gaz_str
trim(struct gaz_str s)
{
	static const char *const tails[] = { "\xc2\xa0", "\xc2\x85",
		"\xe2\x80\x8b", "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\x8e",
		"\xe2\x80\x8f", "\xe3\x80\x80", "\xef\xbb\xbf" };

	for (;;) {
		size_t n = s.len, skip = 0;
		if (n == 0)
			return s;
		if (s.p[0] == ' ' || is_control(s.p[0]))
			skip = 1;
		else
			skip = invisible_at(s, 0);
		s = gaz_str_sub(s, skip, n);
		n = s.len;
		if (n > 0 && (s.p[n - 1] == ' ' || is_control(s.p[n - 1])))
			s.len--;
		for (size_t i = 0; s.len > 0 && i < GAZ_COUNT(tails) &&
		    (unsigned char)s.p[s.len - 1] >= 0x80; i++) {
			if (gaz_str_ends(s, tails[i]))
				s.len -= strlen(tails[i]);
		}
		if (skip == 0 && s.len == n)
			return s;
	}
}

/* Length of the scheme, 0 when there is none (RFC 3986, section 3.1). */
static size_t
scheme_len(struct gaz_str s)
{
	if (s.len == 0 || !gaz_is_alpha(s.p[0]))
		return 0;
	for (size_t i = 1; i < s.len; i++) {
		char c = s.p[i];
		if (c == ':')
			return i;
		if (!gaz_is_alnum(c) && c != '+' && c != '-' && c != '.')
			return 0;
	}
	return 0;
}

/*
 * Whether s has a colon before anything that ends a scheme, without having a
 * scheme by the rules. Such a thing is a path to a browser, but the reader of
 * a page may be less strict; what reads as dangerous once the odd bytes are
 * gone is refused.
 */
enum prefix { PLAIN, ODD, EVIL };

static enum prefix
odd_prefix(struct gaz_str s)
{
	char name[SCHEME_MAX];
	size_t n = 0, i = 0;

	for (; i < s.len && s.p[i] != ':'; i++) {
		char c = s.p[i];
		if (c == '/' || c == '?' || c == '#' || c == '\\')
			return PLAIN;
		if (c == ' ' || (unsigned char)c >= 0x80 || is_control(c))
			continue;
		if (n < sizeof(name))
			name[n++] = c;
	}
	if (i == s.len)
		return PLAIN;
	return is_dangerous(gaz_str_make(name, n)) ? EVIL : ODD;
}

/* All but the scheme. */
static struct url_parts
split_relative(struct gaz_str s)
{
	struct url_parts u = { .path = GAZ_STR("") };
	size_t end;

	if (s.p == NULL)
		return u;
	end = gaz_str_find_char(s, '#', 0);
	if (end != GAZ_STR_NPOS) {
		u.fragment = gaz_str_sub(s, end + 1, s.len);
		s = gaz_str_sub(s, 0, end);
	}
	end = gaz_str_find_char(s, '?', 0);
	if (end != GAZ_STR_NPOS) {
		u.query = gaz_str_sub(s, end + 1, s.len);
		s = gaz_str_sub(s, 0, end);
	}
	if (gaz_str_starts(s, "//")) {
		end = gaz_str_find_char(s, '/', 2);
		u.authority = gaz_str_sub(s, 2, end);
		s = gaz_str_sub(s, end, s.len);
	}
	u.path = s;
	return u;
}

struct url_parts
gaz_url_split(struct gaz_str s)
{
	size_t n = scheme_len(s);

	struct url_parts u = split_relative(n > 0
	    ? gaz_str_sub(s, n + 1, s.len) : s);
	if (n > 0)
		u.scheme = gaz_str_sub(s, 0, n);
	return u;
}

/* White space outside ASCII. Others that are not seen may stand in a host, as
 * IDNA takes them out. */
static bool
is_space_at(struct gaz_str s, size_t at)
{
	size_t pos = at;
	uint32_t c;

	if ((unsigned char)s.p[at] < 0xc2)
		return false;
	c = gaz_utf8_next(s, &pos);
	return c <= 0xa0 || (c >= 0x2000 && c <= 0x200a) ||
	    c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
	    c == 0x3000;
}

/* The host and port of an authority have something that cannot be there. */
static bool
is_bad_authority(struct gaz_str authority)
{
	size_t at = gaz_str_rfind_char(authority, '@');
	struct gaz_str host = at == GAZ_STR_NPOS ? authority
	    : gaz_str_sub(authority, at + 1, authority.len);

	if (host.len == 0 || host.p[0] == ':')
		return true;
	for (size_t i = 0; i < host.len; i++) {
		char c = host.p[i];

		if (gaz_is_alnum(c) || c == '.' || c == '-')
			continue;
		if (strchr(" <>\"^`{|}\\", c) != NULL || is_control(c) ||
		    is_space_at(host, i))
			return true;
	}
	return false;
}

/* Raster images only; RFC 2397, in base64, without anything else in it. */
static bool
is_raster(struct gaz_str s)
{
	static const char *const types[] = { "data:image/png",
		"data:image/jpeg", "data:image/jpg", "data:image/gif",
		"data:image/webp", "data:image/avif" };
	size_t i, n = 0;

	for (i = 0; i < GAZ_COUNT(types) && n == 0; i++) {
		if (gaz_str_istarts(s, types[i]))
			n = strlen(types[i]);
	}
	if (n == 0 || !gaz_str_istarts(gaz_str_sub(s, n, s.len), ";base64,"))
		return false;
	for (i = n + strlen(";base64,"); i < s.len; i++) {
		char c = s.p[i];
		if (!gaz_is_alnum(c) && c != '+' && c != '/' && c != '=')
			return false;
	}
	return true;
}

void
gaz_url_put_without_dots(struct gaz_buf *out, size_t start, struct gaz_str s)
{
	size_t pos = 0;

	if (!gaz_str_starts(s, ".") &&
	    gaz_str_find(s, GAZ_STR("/."), 0) == GAZ_STR_NPOS) {
		gaz_buf_put_str(out, s);
		return;
	}
	while (pos < s.len) {
		size_t from = s.p[pos] == '/' ? pos + 1 : pos, end, cut;
		end = gaz_str_find_char(s, '/', from);
		if (end == GAZ_STR_NPOS)
			end = s.len;
		struct gaz_str seg = gaz_str_sub(s, from, end);
		bool last = end == s.len;
		if (gaz_str_eq_z(seg, "..")) {
			cut = out->len;
			while (cut > start && out->p[cut - 1] != '/')
				cut--;
			gaz_buf_truncate(out, cut > start ? cut - 1 : start);
			if (last)
				gaz_buf_put_char(out, '/');
		} else if (gaz_str_eq_z(seg, ".")) {
			if (last)
				gaz_buf_put_char(out, '/');
		} else {
			gaz_buf_put(out, s.p + pos, end - pos);
		}
		pos = end;
	}
}

static void
put_part(struct gaz_buf *out, const char *mark, struct gaz_str part)
{
	if (part.p == NULL)
		return;
	gaz_buf_put_z(out, mark);
	gaz_buf_put_str(out, part);
}

static void
put_merged(struct gaz_buf *out, struct gaz_buf *scratch,
    const struct url_base *base, struct gaz_str path)
{
	size_t start = out->len;

	if (gaz_str_starts(path, "/")) {
		gaz_url_put_without_dots(out, start, path);
		return;
	}
	size_t cut = gaz_str_rfind_char(base->parts.path, '/');
	if (cut == GAZ_STR_NPOS && base->parts.scheme.p == NULL &&
	    base->parts.authority.p == NULL) {
		gaz_buf_put_str(out, path); /* both relative */
		return;
	}
	gaz_buf_reset(scratch);
	if (cut != GAZ_STR_NPOS)
		gaz_buf_put(scratch, base->parts.path.p, cut);
	if (cut != GAZ_STR_NPOS || base->parts.authority.p != NULL)
		gaz_buf_put_char(scratch, '/');
	gaz_buf_put_str(scratch, path);
	gaz_url_put_without_dots(out, start, gaz_buf_str(scratch));
	/* What was relative stays so. */
	if (!gaz_str_starts(gaz_buf_str(scratch), "/") && out->len > start &&
	    out->p[start] == '/') {
		memmove(out->p + start, out->p + start + 1,
		    out->len - start - 1);
		gaz_buf_truncate(out, out->len - 1);
	}
}

/*
 * What stood in front of a fragment ends the URL now. White space there was
 * part of the path or the query (the WHATWG URL parser trims first, and writes
 * what is left inside as escapes), so it must not look like space behind it.
 */
static void
escape_tail(struct gaz_buf *out, size_t start)
{
	struct gaz_str all = gaz_str_sub(gaz_buf_str(out), start, out->len);
	struct gaz_str kept = trim(all);
	size_t end = kept.len == 0 ? out->len
	    : (size_t)(kept.p + kept.len - out->p);
	struct gaz_buf tail;

	if (end == out->len)
		return;
	gaz_buf_init(&tail, GAZ_BUF_NO_MAX);
	gaz_buf_put(&tail, out->p + end, out->len - end);
	gaz_buf_truncate(out, end);
	for (size_t i = 0; i < tail.len; i++)
		gaz_buf_put_fmt(out, "%%%02X", (unsigned char)tail.p[i]);
	gaz_buf_clear(&tail);
}

/* RFC 3986, section 5.2.2, for a reference without a scheme. */
static void
put_resolved(struct gaz_buf *out, struct gaz_buf *scratch,
    const struct url_base *base, const struct url_parts *ref)
{
	const struct url_parts *b = &base->parts;
	size_t start = out->len;

	if (b->scheme.p != NULL) {
		gaz_buf_put_str(out, b->scheme);
		gaz_buf_put_char(out, ':');
	}
	if (ref->authority.p != NULL) {
		put_part(out, "//", ref->authority);
		gaz_url_put_without_dots(out, out->len, ref->path);
		put_part(out, "?", ref->query);
		put_part(out, "#", ref->fragment);
		return;
	}
	put_part(out, "//", b->authority);
	if (ref->path.len == 0) {
		gaz_buf_put_str(out, b->path);
		put_part(out, "?", ref->query.p != NULL ? ref->query
		                                        : b->query);
		if (ref->fragment.p == NULL)
			escape_tail(out, start);
	} else {
		put_merged(out, scratch, base, ref->path);
		put_part(out, "?", ref->query);
	}
	put_part(out, "#", ref->fragment);
}

bool
gaz_url_is_plain(struct gaz_str s)
{
	size_t i = gaz_str_starts(s, "https://") ? 8
	    : gaz_str_starts(s, "http://") ? 7 : 0;

	if (i == 0 || i == s.len || !gaz_is_alnum(s.p[i]))
		return false;
	for (; i < s.len && s.p[i] != '/'; i++) {
		if (!gaz_is_alnum(s.p[i]) && s.p[i] != '.' &&
		    s.p[i] != '-')
			return false;
	}
	for (; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c <= ' ' || c >= 0x7f || c == '\\')
			return false;
	}
	return s.len <= GAZ_URL_MAX;
}

static struct gaz_str
without_controls(struct gaz_str s, struct gaz_buf *out)
{
	for (size_t i = 0; i < s.len; i++) {
		if (!is_control(s.p[i]))
			gaz_buf_put_char(out, s.p[i]);
	}
	return gaz_buf_str(out);
}

/* Slashes instead, in front of the query: what browsers do to http URLs. */
static void
turn_backslashes(struct gaz_buf *url)
{
	for (size_t i = 0; i < url->len; i++) {
		if (url->p[i] == '?' || url->p[i] == '#')
			break;
		if (url->p[i] == '\\')
			url->p[i] = '/';
	}
}

static bool
has_odd_bytes(struct gaz_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (is_control(s.p[i]) || s.p[i] == '\\')
			return true;
	}
	return false;
}

/* Without white space at the ends and control bytes; backslashes turned where
 * a browser would. Lends from odd, if not from s. */
static struct gaz_str
mend(struct gaz_str s, struct gaz_buf *odd)
{
	s = trim(s);
	if (!has_odd_bytes(s))
		return s;
	gaz_buf_reset(odd);
	s = without_controls(s, odd);
	size_t n = scheme_len(s);
	if (n == 0 || trust_of(gaz_str_sub(s, 0, n)) == SPECIAL)
		turn_backslashes(odd);
	return trim(gaz_buf_str(odd));
}

void
gaz_url_base_init(struct url_base *b, struct gaz_str base)
{
	enum trust t = OTHER;

	*b = (struct url_base){ .parts.path = GAZ_STR("") };
	gaz_buf_init(&b->text, GAZ_URL_MAX);
	if (base.p == NULL || base.len > GAZ_URL_MAX)
		return;
	base = mend(base, &b->text);
	b->parts = gaz_url_split(base);
	if (b->parts.scheme.p != NULL)
		t = trust_of(b->parts.scheme);
	if (t == SPECIAL)
		b->usable = b->parts.authority.p != NULL &&
		    !is_bad_authority(b->parts.authority);
	else if (b->parts.scheme.p == NULL)
		b->usable = odd_prefix(base) == PLAIN;
	else
		b->usable = t == OTHER && (b->parts.authority.p != NULL ||
		    gaz_str_starts(b->parts.path, "/"));
}

void
gaz_url_base_clear(struct url_base *b)
{
	gaz_buf_clear(&b->text);
}

/* http:, https: and ftp: with a host, however many slashes are there. */
static bool
put_special(struct gaz_buf *out, struct gaz_str scheme, struct gaz_str rest)
{
	size_t skip = 0;

	while (skip < rest.len && (rest.p[skip] == '/' ||
	    rest.p[skip] == '\\'))
		skip++;
	rest = gaz_str_sub(rest, skip, rest.len);
	size_t end = 0;
	while (end < rest.len && strchr("/?#", rest.p[end]) == NULL)
		end++;
	if (is_bad_authority(gaz_str_sub(rest, 0, end)))
		return false;
	gaz_buf_put_str(out, scheme);
	gaz_buf_put_z(out, "://");
	gaz_buf_put_str(out, rest);
	return true;
}

/* A reference without odd bytes to out; false when it is to be dropped. */
static bool
resolve(const struct url_base *base, struct gaz_str ref, bool allow_data,
    struct gaz_buf *scratch, struct gaz_buf *out)
{
	size_t n = scheme_len(ref);

	if (n > 0) {
		struct gaz_str scheme = gaz_str_sub(ref, 0, n);
		struct gaz_str rest = gaz_str_sub(ref, n + 1, ref.len);
		switch (trust_of(scheme)) {
		case UNKNOWN:
			return false;
		case RASTER:
			if (!allow_data || !is_raster(ref))
				return false;
			gaz_buf_put_str(out, ref);
			return true;
		case OTHER:
			/* "feed:javascript:…" */
			if (rest.len == 0 || is_dangerous(gaz_str_sub(rest, 0,
			    scheme_len(rest))))
				return false;
			gaz_buf_put_str(out, ref);
			return true;
		case SPECIAL:
			/* "http:g" is relative to a base of that scheme
			 * (RFC 3986, section 5.4.2). */
			if (!base->usable || gaz_str_starts(rest, "//") ||
			    !gaz_str_ieq(base->parts.scheme, scheme))
				return put_special(out, scheme, rest);
			ref = rest;
			break;
		}
	} else {
		enum prefix odd = odd_prefix(ref);
		if (odd == EVIL || (odd == ODD && !base->usable))
			return false;
	}
	struct url_parts u = split_relative(ref);
	if (u.authority.p != NULL &&
	    (base->parts.scheme.p == NULL ||
	    trust_of(base->parts.scheme) == SPECIAL) &&
	    is_bad_authority(u.authority))
		return false;
	if (!base->usable) {
		gaz_buf_put_str(out, ref);
		return true;
	}
	size_t start = out->len;
	put_resolved(out, scratch, base, &u);
	if (base->parts.scheme.p != NULL)
		return true;
	/* "a/" and "../b:c" must not turn into a scheme. */
	struct gaz_str result = gaz_str_sub(gaz_buf_str(out), start,
	    out->len);
	return scheme_len(result) == 0 && odd_prefix(result) == PLAIN;
}

bool
gaz_url_resolve_to(const struct url_base *base, struct gaz_str ref,
    bool allow_data, struct gaz_buf *scratch, struct gaz_buf *out)
{
	struct gaz_buf odd;
	size_t start = out->len;
	bool ok;

	if (gaz_url_is_plain(ref)) {
		gaz_buf_put_str(out, ref);
		return true;
	}
	gaz_buf_init(&odd, GAZ_BUF_NO_MAX);
	ref = mend(ref, &odd);
	ok = resolve(base, ref, allow_data, scratch, out);
	if (ok && out->len - start > GAZ_URL_MAX &&
	    !gaz_str_istarts(ref, "data:"))
		ok = false;
	if (!ok)
		gaz_buf_truncate(out, start);
	gaz_buf_clear(&odd);
	return ok;
}

struct gaz_str
gaz_url_resolve(struct gaz_arena *a, struct gaz_str base, struct gaz_str ref,
    bool allow_data)
{
	struct url_base b;
	struct gaz_buf out, scratch;
	struct gaz_str result = GAZ_STR_NONE;

	if (ref.p == NULL)
		return result;
	if (gaz_url_is_plain(ref))
		return gaz_arena_str(a, ref);
	gaz_url_base_init(&b, base);
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	gaz_buf_init(&scratch, GAZ_BUF_NO_MAX);
	if (gaz_url_resolve_to(&b, ref, allow_data, &scratch, &out))
		result = gaz_arena_str(a, gaz_buf_str(&out));
	gaz_buf_clear(&out);
	gaz_buf_clear(&scratch);
	gaz_url_base_clear(&b);
	return result;
}

bool
gaz_url_is_http(struct gaz_str url)
{
	size_t i = gaz_str_starts(url, "https://") ? 8
	    : gaz_str_starts(url, "http://") ? 7 : 0, from = i;
	struct url_parts u;

	/* Mostly it is one at a glance. */
	while (i > 0 && i < url.len && (gaz_is_alnum(url.p[i]) ||
	    url.p[i] == '.' || url.p[i] == '-'))
		i++;
	if (i > from && (i == url.len || url.p[i] == '/'))
		return true;
	u = gaz_url_split(url);
	return (gaz_str_ieq_z(u.scheme, "http") ||
	    gaz_str_ieq_z(u.scheme, "https")) && u.authority.p != NULL &&
	    !is_bad_authority(u.authority);
}
