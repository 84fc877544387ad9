#include "config.h"

#include "uri.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uidna.h>

#include "gazetted/buf.h"
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
static void
put_escaped(struct gaz_buf *out, struct gaz_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c == '\t' || c == '\n' || c == '\r')
			continue; /* broken lines, as browsers mend them */
		if (c <= ' ' || c >= 0x7f)
			gaz_buf_put_fmt(out, "%%%02X", c);
		else
			gaz_buf_put_char(out, (char)c);
	}
}

/* Percent-decoded; NULL when a NUL or a line end comes out of it. */
static char *
unescape(struct gaz_str s)
{
	char *out = gaz_mem_alloc(s.len + 1);
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
		if (c == '\0' || c == '\r' || c == '\n') {
			free(out);
			return NULL;
		}
		out[n++] = c;
	}
	out[n] = '\0';
	return out;
}

static bool
take_user(struct gaz_str info, struct gaz_uri *u)
{
	size_t colon = gaz_str_find_char(info, ':', 0);

	if (gaz_str_find_char(info, '@', 0) != GAZ_STR_NPOS)
		return false;
	u->user = unescape(gaz_str_sub(info, 0, colon));
	u->password = colon == GAZ_STR_NPOS
	    ? gaz_mem_strdup("")
	    : unescape(gaz_str_sub(info, colon + 1, info.len));
	return u->user != NULL && u->password != NULL;
}

/* Ask libcurl for host and port of u->url. */
static bool
take_host(struct gaz_uri *u)
{
	char *host = NULL, *port = NULL;
	int64_t number = 0;
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
	while (s.len > 1 && s.p[s.len - 1] == '.')
		s.len--;
	if (s.len == 0 || s.len > GAZ_HOST_MAX)
		goto done;
	u->host = gaz_mem_strndup(s.p, s.len);
	for (char *p = u->host; *p != '\0'; p++)
		*p = gaz_to_lower(*p);
	ok = gaz_str_to_int(gaz_str_of(port), &number) && number > 0 &&
	    number < 65536;
	u->port = (int)number;
done:
	curl_free(host);
	curl_free(port);
	curl_url_cleanup(h);
	return ok;
}

/* UTS #46, as browsers do: lower case, one form for each name, "xn--". */
static bool
put_idna(struct gaz_buf *out, const char *name)
{
	UIDNAInfo info = UIDNA_INFO_INITIALIZER;
	UErrorCode code = U_ZERO_ERROR;
	char ascii[GAZ_HOST_MAX + 1];

	UIDNA *idna = uidna_openUTS46(UIDNA_NONTRANSITIONAL_TO_ASCII |
	    UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ, &code);
	if (U_FAILURE(code))
		return false;
	int32_t n = uidna_nameToASCII_UTF8(idna, name, -1, ascii,
	    sizeof(ascii), &info, &code);
	uidna_close(idna);
	if (U_FAILURE(code) || info.errors != 0 || n <= 0 ||
	    n > GAZ_HOST_MAX)
		return false;
	gaz_buf_put(out, ascii, (size_t)n);
	return true;
}

/*
 * Host and port. libcurl reads international names by the process's locale,
 * which a daemon does not have, so they are put into ASCII here.
 */
static bool
put_authority(struct gaz_buf *out, struct gaz_str s)
{
	bool plain = gaz_str_starts(s, "[") ||
	    gaz_str_find_char(s, '%', 0) == GAZ_STR_NPOS;

	for (size_t i = 0; i < s.len && plain; i++)
		plain = (unsigned char)s.p[i] < 0x80;
	if (plain) {
		gaz_buf_put_str(out, s);
		return true;
	}
	size_t colon = gaz_str_rfind_char(s, ':');
	char *name = unescape(gaz_str_sub(s, 0, colon));
	bool ok = name != NULL && strpbrk(name, "/?#@:\\[]% ") == NULL &&
	    put_idna(out, name);
	free(name);
	if (ok && colon != GAZ_STR_NPOS)
		gaz_buf_put_str(out, gaz_str_sub(s, colon, s.len));
	return ok;
}

/* Everything behind "http:" or "https:". */
static bool
parse_rest(struct gaz_str rest, struct gaz_uri *u)
{
	struct gaz_buf url;

	if (!gaz_str_starts(rest, "//"))
		return false;
	rest = gaz_str_sub(rest, 2, rest.len);
	rest = gaz_str_sub(rest, 0, gaz_str_find_char(rest, '#', 0));
	size_t end = 0;
	while (end < rest.len && rest.p[end] != '/' && rest.p[end] != '?')
		end++;
	struct gaz_str authority = gaz_str_sub(rest, 0, end);
	/* A browser would end the host there, libcurl the user. */
	if (gaz_str_find_char(authority, '\\', 0) != GAZ_STR_NPOS)
		return false;
	size_t at = gaz_str_rfind_char(authority, '@');
	if (at != GAZ_STR_NPOS) {
		if (!take_user(gaz_str_sub(authority, 0, at), u))
			return false;
		authority = gaz_str_sub(authority, at + 1, authority.len);
	}
	gaz_buf_init(&url, GAZ_URL_MAX);
	gaz_buf_put_z(&url, u->https ? "https://" : "http://");
	bool ok = put_authority(&url, authority);
	put_escaped(&url, gaz_str_sub(rest, end, rest.len));
	if (!ok || url.full || memchr(url.p, '\0', url.len) != NULL) {
		gaz_buf_clear(&url);
		return false;
	}
	u->url = url.p;
	return !gaz_str_is_empty(authority) && take_host(u);
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
gaz_uri_parse(const char *text, struct gaz_uri *out)
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
	if (!parse_rest(gaz_str_sub(s, n + 1, s.len), out)) {
		gaz_uri_clear(out);
		return GAZ_FAULT_BAD_URL;
	}
	return GAZ_FAULT_NONE;
}

static void
drop_user(struct gaz_uri *u)
{
	free(u->user);
	free(u->password);
	u->user = u->password = NULL;
}

/* ref has no scheme of its own. */
static enum gaz_fault
resolve_relative(const struct gaz_uri *base, struct gaz_str ref,
    struct gaz_uri *out)
{
	struct gaz_buf clean;
	char *url = NULL;
	enum gaz_fault fault = GAZ_FAULT_BAD_URL;

	gaz_buf_init(&clean, 4 * GAZ_URL_MAX);
	if (gaz_str_starts(ref, "//")) {
		gaz_buf_put_z(&clean, base->https ? "https:" : "http:");
		gaz_buf_put_str(&clean, ref);
		if (!clean.full)
			fault = gaz_uri_parse(clean.p, out);
		gaz_buf_clear(&clean);
		return fault;
	}
	ref = gaz_str_sub(ref, 0, gaz_str_find_char(ref, '#', 0));
	if (ref.len == 0)
		return gaz_uri_parse(base->url, out);
	put_escaped(&clean, ref);
	CURLU *h = curl_url();
	if (h == NULL)
		gaz_mem_die(sizeof(clean));
	if (!clean.full && clean.len > 0 &&
	    curl_url_set(h, CURLUPART_URL, base->url, 0) == CURLUE_OK &&
	    curl_url_set(h, CURLUPART_URL, clean.p, 0) == CURLUE_OK &&
	    curl_url_get(h, CURLUPART_URL, &url, 0) == CURLUE_OK)
		fault = gaz_uri_parse(url, out);
	curl_free(url);
	curl_url_cleanup(h);
	gaz_buf_clear(&clean);
	return fault;
}

enum gaz_fault
gaz_uri_resolve(const struct gaz_uri *base, const char *ref,
    struct gaz_uri *out)
{
	struct gaz_str s = trim(ref);
	enum gaz_fault fault;

	*out = (struct gaz_uri){ 0 };
	if (s.len == 0)
		return GAZ_FAULT_REDIRECTS;
	if (s.len > GAZ_URL_MAX)
		return GAZ_FAULT_BAD_URL;
	if (scheme_length(s) > 0)
		fault = gaz_uri_parse(s.p, out);
	else
		fault = resolve_relative(base, s, out);
	drop_user(out);
	return fault;
}

void
gaz_uri_clear(struct gaz_uri *u)
{
	if (u == NULL)
		return;
	free(u->url);
	free(u->host);
	drop_user(u);
	*u = (struct gaz_uri){ 0 };
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
	struct gaz_uri ua, ub;

	bool same = gaz_uri_parse(a, &ua) == GAZ_FAULT_NONE;
	same = gaz_uri_parse(b, &ub) == GAZ_FAULT_NONE && same;
	same = same && gaz_uri_same_origin(&ua, &ub);
	gaz_uri_clear(&ua);
	gaz_uri_clear(&ub);
	return same;
}
