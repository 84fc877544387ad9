#include "config.h"

#include "uri.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <string.h>
#include <unicode/uidna.h>

#include "gazetted/fetch.h"
#include "gazetted/limits.h"
#include "gazetted/mem.h"

/*
 * The text of a URL is kept as it was given, because servers compare bytes;
 * libcurl's parser is asked only what it understands by it. What the two would
 * read differently (more than one "@", other slashes) is refused.
 */

/* Length of the scheme in front of a colon; 0: there is none. */
static size_t
scheme_length(struct gaz_str s)
{
	size_t i = 0;

	if (s.len == 0 || !gaz_is_alpha(s.p[0]))
		return 0;
	while (i < s.len && (gaz_is_alnum(s.p[i]) || s.p[i] == '+' ||
	    s.p[i] == '-' || s.p[i] == '.'))
		i++;
	return i < s.len && s.p[i] == ':' ? i : 0;
}

/* Outside of the host: what RFC 3986 does not let stand is written %XX. */
static char *
put_escaped(char *to, struct gaz_str s)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c == '\t' || c == '\n' || c == '\r')
			continue; /* broken lines, as browsers mend them */
		if (c <= ' ' || c >= 0x7f) {
			*to++ = '%';
			*to++ = hex[c >> 4];
			*to++ = hex[c & 15];
		} else {
			*to++ = (char)c;
		}
	}
	*to = '\0';
	return to;
}

/* Room for what put_escaped makes of n bytes, and as many in front of it. */
static char *
room_for(struct gaz_arena *a, size_t front, size_t n)
{
	return gaz_arena_room(a, front + 3 * n + 1);
}

/* Percent-decoded; NULL when a NUL or a line end comes out of it. */
static char *
unescape(struct gaz_arena *a, struct gaz_str s)
{
	char *out = gaz_arena_room(a, s.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		if (c == '%' && i + 2 < s.len &&
		    gaz_hex_value(s.p[i + 1]) >= 0 &&
		    gaz_hex_value(s.p[i + 2]) >= 0) {
			c = (char)(gaz_hex_value(s.p[i + 1]) * 16 +
			    gaz_hex_value(s.p[i + 2]));
			i += 2;
		}
		if (c == '\0' || c == '\r' || c == '\n')
			return NULL;
		out[n++] = c;
	}
	out[n] = '\0';
	return out;
}

static bool
take_user(struct gaz_arena *a, struct gaz_str info, struct gaz_uri *u)
{
	size_t colon = gaz_str_find_char(info, ':', 0);

	if (gaz_str_find_char(info, '@', 0) != GAZ_STR_NPOS)
		return false;
	u->user = unescape(a, gaz_str_sub(info, 0, colon));
	u->password = colon == GAZ_STR_NPOS
	    ? "" : unescape(a, gaz_str_sub(info, colon + 1, info.len));
	return u->user != NULL && u->password != NULL;
}

static bool
take_port(struct gaz_str s, struct gaz_uri *u)
{
	int64_t number = 0;

	if (!gaz_str_to_int(s, &number) || number <= 0 || number >= 65536)
		return false;
	u->port = (int)number;
	return true;
}

/* In lower case, without the dots at its end. */
static bool
keep_host(struct gaz_arena *a, struct gaz_str s, struct gaz_uri *u)
{
	while (s.len > 1 && s.p[s.len - 1] == '.')
		s.len--;
	if (s.len == 0 || s.len > GAZ_HOST_MAX)
		return false;
	char *host = gaz_arena_room(a, s.len + 1);
	for (size_t i = 0; i < s.len; i++)
		host[i] = gaz_to_lower(s.p[i]);
	host[s.len] = '\0';
	u->host = host;
	return true;
}

/*
 * A host that nobody can read in two ways: letters, digits and hyphens between
 * dots, where the last label begins with a letter, so that it is no number, or
 * an IPv4 address in its usual form.
 */
static bool
is_plain_host(struct gaz_str s)
{
	char text[INET_ADDRSTRLEN];
	struct in_addr in;
	size_t last = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '.' && i == last)
			return false;
		if (s.p[i] == '.')
			last = i + 1;
		else if (!gaz_is_alnum(s.p[i]) && s.p[i] != '-')
			return false;
	}
	if (last == s.len)
		return false;
	if (gaz_is_alpha(s.p[last]))
		return true;
	if (s.len >= sizeof(text))
		return false;
	memcpy(text, s.p, s.len);
	text[s.len] = '\0';
	return inet_pton(AF_INET, text, &in) == 1;
}

/* Most are such that libcurl need not be asked, which takes memory. *ok is
 * set when they are. */
static bool
take_plain_host(struct gaz_arena *a, struct gaz_str s, struct gaz_uri *u,
    bool *ok)
{
	size_t colon = gaz_str_find_char(s, ':', 0);

	if (!is_plain_host(gaz_str_sub(s, 0, colon)))
		return false;
	u->port = u->https ? 443 : 80;
	if (colon != GAZ_STR_NPOS) {
		struct gaz_str port = gaz_str_sub(s, colon + 1, s.len);
		for (size_t i = 0; i < port.len; i++) {
			if (!gaz_is_digit(port.p[i]))
				return false;
		}
		if (!take_port(port, u))
			return false;
	}
	*ok = keep_host(a, gaz_str_sub(s, 0, colon), u);
	return true;
}

/* Ask libcurl for host and port of u->url. */
static bool
take_host(struct gaz_arena *a, struct gaz_uri *u)
{
	char *host = NULL, *port = NULL;
	bool ok = false;

	CURLU *h = curl_url();
	if (h == NULL)
		gaz_mem_die(sizeof(u->url));
	if (curl_url_set(h, CURLUPART_URL, u->url, CURLU_DISALLOW_USER) !=
	    CURLUE_OK)
		goto done;
	if (curl_url_get(h, CURLUPART_HOST, &host, 0) != CURLUE_OK ||
	    curl_url_get(h, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) !=
	    CURLUE_OK)
		goto done;
	struct gaz_str s = gaz_str_of(host);
	if (s.len > 2 && s.p[0] == '[' && s.p[s.len - 1] == ']')
		s = gaz_str_sub(s, 1, s.len - 1);
	ok = keep_host(a, s, u) && take_port(gaz_str_of(port), u);
done:
	curl_free(host);
	curl_free(port);
	curl_url_cleanup(h);
	return ok;
}

/* UTS #46, as browsers do: lower case, one form for each name, "xn--". */
static bool
to_idna(const char *name, char out[GAZ_HOST_MAX + 1])
{
	UIDNAInfo info = UIDNA_INFO_INITIALIZER;
	UErrorCode code = U_ZERO_ERROR;

	UIDNA *idna = uidna_openUTS46(UIDNA_NONTRANSITIONAL_TO_ASCII |
	    UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ, &code);
	if (U_FAILURE(code))
		return false;
	int32_t n = uidna_nameToASCII_UTF8(idna, name, -1, out,
	    GAZ_HOST_MAX + 1, &info, &code);
	uidna_close(idna);
	return U_SUCCESS(code) && info.errors == 0 && n > 0 &&
	    n <= GAZ_HOST_MAX;
}

/*
 * Host and port. libcurl reads international names by the process's locale,
 * which a daemon does not have, so they are put into ASCII here.
 */
static bool
clean_authority(struct gaz_arena *a, struct gaz_str s, struct gaz_str *out)
{
	bool plain = gaz_str_starts(s, "[") ||
	    gaz_str_find_char(s, '%', 0) == GAZ_STR_NPOS;
	char ascii[GAZ_HOST_MAX + 1];

	for (size_t i = 0; i < s.len && plain; i++)
		plain = (unsigned char)s.p[i] < 0x80;
	*out = s;
	if (plain)
		return true;
	size_t colon = gaz_str_rfind_char(s, ':');
	char *name = unescape(a, gaz_str_sub(s, 0, colon));
	if (name == NULL || strpbrk(name, "/?#@:\\[]% ") != NULL ||
	    !to_idna(name, ascii))
		return false;
	*out = gaz_arena_fmt(a, "%s%.*s", ascii,
	    GAZ_STR_ARG(gaz_str_sub(s, colon, s.len)));
	return true;
}

/* Everything behind "http:" or "https:". */
static bool
parse_rest(struct gaz_arena *a, struct gaz_str rest, struct gaz_uri *u)
{
	const char *scheme = u->https ? "https://" : "http://";
	size_t n = strlen(scheme);
	bool ok;

	if (!gaz_str_starts(rest, "//"))
		return false;
	rest = gaz_str_sub(rest, 2, rest.len);
	rest = gaz_str_sub(rest, 0, gaz_str_find_char(rest, '#', 0));
	size_t end = 0;
	while (end < rest.len && rest.p[end] != '/' && rest.p[end] != '?')
		end++;
	struct gaz_str authority = gaz_str_sub(rest, 0, end);
	rest = gaz_str_sub(rest, end, rest.len);
	/* A browser would end the host there, libcurl the user. */
	if (gaz_str_find_char(authority, '\\', 0) != GAZ_STR_NPOS)
		return false;
	size_t at = gaz_str_rfind_char(authority, '@');
	if (at != GAZ_STR_NPOS) {
		if (!take_user(a, gaz_str_sub(authority, 0, at), u))
			return false;
		authority = gaz_str_sub(authority, at + 1, authority.len);
	}
	if (!clean_authority(a, authority, &authority) || authority.len == 0)
		return false;
	char *url = room_for(a, n + authority.len, rest.len);
	memcpy(url, scheme, n);
	memcpy(url + n, authority.p, authority.len);
	const char *last = put_escaped(url + n + authority.len, rest);
	if ((size_t)(last - url) > GAZ_URL_MAX)
		return false;
	u->url = url;
	return take_plain_host(a, authority, u, &ok) ? ok : take_host(a, u);
}

static struct gaz_str
trim(const char *text)
{
	struct gaz_str s = gaz_str_of(text);

	while (s.len > 0 && (unsigned char)s.p[0] <= ' ')
		s = gaz_str_sub(s, 1, s.len);
	while (s.len > 0 && (unsigned char)s.p[s.len - 1] <= ' ')
		s.len--;
	return s;
}

enum gaz_fault
gaz_uri_parse(const char *text, struct gaz_arena *a, struct gaz_uri *out)
{
	struct gaz_str s = trim(text);
	size_t n = scheme_length(s);

	*out = (struct gaz_uri){ 0 };
	if (s.len > GAZ_URL_MAX || n == 0)
		return GAZ_FAULT_BAD_URL;
	struct gaz_str scheme = gaz_str_sub(s, 0, n);
	out->https = gaz_str_ieq_z(scheme, "https");
	if (!out->https && !gaz_str_ieq_z(scheme, "http"))
		return GAZ_FAULT_SCHEME;
	if (!parse_rest(a, gaz_str_sub(s, n + 1, s.len), out)) {
		*out = (struct gaz_uri){ 0 };
		return GAZ_FAULT_BAD_URL;
	}
	return GAZ_FAULT_NONE;
}

/* ref has no scheme of its own. */
static enum gaz_fault
resolve_relative(const struct gaz_uri *base, struct gaz_str ref,
    struct gaz_arena *a, struct gaz_uri *out)
{
	char *url = NULL;
	enum gaz_fault fault = GAZ_FAULT_BAD_URL;

	if (gaz_str_starts(ref, "//"))
		return gaz_uri_parse(gaz_arena_fmt(a, "%s%.*s",
		    base->https ? "https:" : "http:", GAZ_STR_ARG(ref)).p, a,
		    out);
	ref = gaz_str_sub(ref, 0, gaz_str_find_char(ref, '#', 0));
	if (ref.len == 0)
		return gaz_uri_parse(base->url, a, out);
	char *clean = room_for(a, 0, ref.len);
	put_escaped(clean, ref);
	CURLU *h = curl_url();
	if (h == NULL)
		gaz_mem_die(ref.len);
	if (clean[0] != '\0' &&
	    curl_url_set(h, CURLUPART_URL, base->url, 0) == CURLUE_OK &&
	    curl_url_set(h, CURLUPART_URL, clean, 0) == CURLUE_OK &&
	    curl_url_get(h, CURLUPART_URL, &url, 0) == CURLUE_OK)
		fault = gaz_uri_parse(url, a, out);
	curl_free(url);
	curl_url_cleanup(h);
	return fault;
}

enum gaz_fault
gaz_uri_resolve(const struct gaz_uri *base, const char *ref,
    struct gaz_arena *a, struct gaz_uri *out)
{
	struct gaz_str s = trim(ref);
	enum gaz_fault fault;

	*out = (struct gaz_uri){ 0 };
	if (s.len == 0)
		return GAZ_FAULT_REDIRECTS;
	if (s.len > GAZ_URL_MAX)
		return GAZ_FAULT_BAD_URL;
	if (scheme_length(s) > 0)
		fault = gaz_uri_parse(s.p, a, out);
	else
		fault = resolve_relative(base, s, a, out);
	out->user = out->password = NULL;
	return fault;
}

bool
gaz_uri_same_origin(const struct gaz_uri *a, const struct gaz_uri *b)
{
	return a->https == b->https && a->port == b->port &&
	    a->host != NULL && b->host != NULL &&
	    strcmp(a->host, b->host) == 0;
}

bool
gaz_fetch_same_origin(const char *a, const char *b)
{
	struct gaz_arena room = { 0 };
	struct gaz_uri ua, ub;

	bool same = gaz_uri_parse(a, &room, &ua) == GAZ_FAULT_NONE &&
	    gaz_uri_parse(b, &room, &ub) == GAZ_FAULT_NONE &&
	    gaz_uri_same_origin(&ua, &ub);
	gaz_arena_clear(&room);
	return same;
}
