/*
 * One spelling for the URLs of one page: for comparing, never for showing or
 * fetching. libcurl has the say on odd hosts (numbers, IPv6), because it is
 * what will connect; ICU does international names.
 */
#include "config.h"

#include "gazetted/url.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <unicode/uidna.h>
#include <unicode/uscript.h>

#include "gazetted/limits.h"
#include "gazetted/mem.h"

#include "normalise/url_internal.h"

#define HOST_MAX 1024 /* bytes of a host, as written */

/* UTS #46 as browsers use it. Kept open: it is a table, and constant. */
static pthread_once_t idna_once = PTHREAD_ONCE_INIT;
static UIDNA *idna;

static void
open_idna(void)
{
	UErrorCode code = U_ZERO_ERROR;

	idna = uidna_openUTS46(UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ |
	    UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_NONTRANSITIONAL_TO_UNICODE,
	    &code);
	if (U_FAILURE(code))
		idna = NULL;
}

void
gaz_url_preload(void)
{
	pthread_once(&idna_once, open_idna);
}

/* Host and port of an authority. */
static struct gaz_str
host_of(struct gaz_str authority, struct gaz_str *port)
{
	size_t at = gaz_str_rfind_char(authority, '@');
	struct gaz_str host = at == GAZ_STR_NPOS ? authority
	    : gaz_str_sub(authority, at + 1, authority.len);
	size_t colon = gaz_str_rfind_char(host, ':');

	*port = GAZ_STR_NONE;
	if (colon != GAZ_STR_NPOS &&
	    gaz_str_find_char(host, ']', colon) == GAZ_STR_NPOS) {
		*port = gaz_str_sub(host, colon + 1, host.len);
		host = gaz_str_sub(host, 0, colon);
	}
	return host;
}

/* A name that is neither a number nor international nor escaped. */
static bool
is_simple(struct gaz_str host)
{
	size_t dot;

	for (size_t i = 0; i < host.len; i++) {
		char c = host.p[i];
		if (!gaz_is_alnum(c) && c != '.' && c != '-' && c != '_')
			return false;
	}
	if (host.len == 0 || host.p[0] == '.' ||
	    gaz_str_find(host, GAZ_STR(".."), 0) != GAZ_STR_NPOS ||
	    gaz_str_ifind(host, GAZ_STR("xn--"), 0) != GAZ_STR_NPOS)
		return false;
	dot = gaz_str_rfind_char(host, '.');
	return !gaz_is_digit(host.p[dot == GAZ_STR_NPOS ? 0 : dot + 1]);
}

/* Percent-escapes of a host resolved; false when that gives nonsense. */
static bool
unescape_host(struct gaz_str host, struct gaz_buf *out)
{
	for (size_t i = 0; i < host.len; i++) {
		if (host.p[i] != '%') {
			gaz_buf_put_char(out, host.p[i]);
			continue;
		}
		int hi = i + 1 < host.len ? gaz_hex_value(host.p[i + 1]) : -1;
		int lo = i + 2 < host.len ? gaz_hex_value(host.p[i + 2]) : -1;
		if (hi < 0 || lo < 0 || hi * 16 + lo <= ' ')
			return false;
		gaz_buf_put_char(out, (char)(hi * 16 + lo));
		i += 2;
	}
	return gaz_utf8_is_valid(gaz_buf_str(out));
}

/* "[2001:DB8:0::1]" in the spelling of RFC 5952. False: it is none. */
static bool
put_ipv6(struct gaz_buf *out, const char *host)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr address;
	size_t n = strlen(host);

	if (n < 3 || n - 2 >= sizeof(text) || host[0] != '[' ||
	    host[n - 1] != ']')
		return false;
	memcpy(text, host + 1, n - 2);
	text[n - 2] = '\0';
	if (inet_pton(AF_INET6, text, &address) != 1 ||
	    inet_ntop(AF_INET6, &address, text, sizeof(text)) == NULL)
		return false;
	gaz_buf_put_fmt(out, "[%s]", text);
	return true;
}

/* What libcurl would connect to. */
static bool
put_curl_host(struct gaz_buf *out, const char *host)
{
	if (put_ipv6(out, host))
		return true; /* versions of libcurl differ in their spelling */

	CURLU *u = curl_url();
	char *got = NULL;
	bool ok = u != NULL &&
	    curl_url_set(u, CURLUPART_SCHEME, "http", 0) == CURLUE_OK &&
	    curl_url_set(u, CURLUPART_HOST, host, 0) == CURLUE_OK;

	if (ok && host[0] != '[') {
		/* Only a whole URL has its numbers put in order. */
		struct gaz_buf url;
		gaz_buf_init(&url, HOST_MAX * 4);
		gaz_buf_put_fmt(&url, "http://%s/", host);
		ok = !url.full &&
		    curl_url_set(u, CURLUPART_URL, url.p, 0) == CURLUE_OK;
		gaz_buf_clear(&url);
	}
	ok = ok && curl_url_get(u, CURLUPART_HOST, &got, 0) == CURLUE_OK;
	for (size_t i = 0; ok && got[i] != '\0'; i++)
		gaz_buf_put_char(out, gaz_to_lower(got[i]));
	curl_free(got);
	curl_url_cleanup(u);
	return ok;
}

static bool
put_odd_host(struct gaz_buf *out, struct gaz_str host)
{
	char name[HOST_MAX];
	struct gaz_buf plain;
	UErrorCode code = U_ZERO_ERROR;
	UIDNAInfo info = UIDNA_INFO_INITIALIZER;
	bool ok;

	gaz_buf_init(&plain, HOST_MAX);
	if (gaz_str_starts(host, "[")) {
		gaz_buf_put_str(&plain, host);
		/* libcurl takes any last byte for the bracket. */
		ok = gaz_str_ends(host, "]") && !plain.full &&
		    put_curl_host(out, plain.p);
		gaz_buf_clear(&plain);
		return ok;
	}
	gaz_url_preload();
	ok = unescape_host(host, &plain) && !plain.full && idna != NULL &&
	    plain.len > 0;
	if (ok) {
		int32_t n = uidna_nameToASCII_UTF8(idna, plain.p,
		    (int32_t)plain.len, name, sizeof(name) - 1, &info, &code);
		/* Labels that are too long or begin with a hyphen exist. */
		ok = U_SUCCESS(code) && n > 0 && n < (int32_t)sizeof(name) &&
		    (info.errors & ~(uint32_t)(UIDNA_ERROR_LEADING_HYPHEN |
		    UIDNA_ERROR_TRAILING_HYPHEN |
		    UIDNA_ERROR_HYPHEN_3_4)) == 0;
		name[ok ? n : 0] = '\0';
	}
	gaz_buf_clear(&plain);
	for (size_t i = 0; ok && name[i] != '\0'; i++)
		ok = name[i] > ' ' && strchr("/?#@\\:%<>^|[]", name[i]) == NULL;
	/* Ideographic full stops have become dots by now. */
	size_t len = ok ? strlen(name) : 0;
	if (len > 0 && name[len - 1] == '.')
		name[--len] = '\0';
	return len > 0 && name[len - 1] != '.' && put_curl_host(out, name);
}

/* Append the host in lower case; false when it can be none. */
static bool
put_host(struct gaz_buf *out, struct gaz_str host)
{
	size_t start = out->len;

	/* The root's dot changes nothing. */
	if (gaz_str_ends(host, "."))
		host = gaz_str_sub(host, 0, host.len - 1);
	if (gaz_str_ends(host, "."))
		return false;
	if (!is_simple(host))
		return put_odd_host(out, host);
	for (size_t i = 0; i < host.len; i++)
		gaz_buf_put_char(out, gaz_to_lower(host.p[i]));
	return out->len > start;
}

struct gaz_str
gaz_url_host(struct gaz_arena *a, struct gaz_str url)
{
	struct url_parts u = gaz_url_split(gaz_str_trim(url));
	struct gaz_str result = GAZ_STR_NONE, port;
	struct gaz_buf out;

	gaz_buf_init(&out, HOST_MAX);
	if (u.authority.len > 0 && u.authority.len <= HOST_MAX &&
	    put_host(&out, host_of(u.authority, &port)) && !out.full)
		result = gaz_arena_str(a, gaz_buf_str(&out));
	gaz_buf_clear(&out);
	return result;
}

/* For people */

/* Scripts of a label; those that everybody uses do not count. */
struct scripts {
	bool latin, han, kana, hangul, bopomofo;
	size_t others; /* different ones */
	UScriptCode other;
};

static void
see_script(struct scripts *s, uint32_t c)
{
	UErrorCode code = U_ZERO_ERROR;
	UScriptCode script = uscript_getScript((UChar32)c, &code);

	if (U_FAILURE(code) || script == USCRIPT_COMMON ||
	    script == USCRIPT_INHERITED)
		return;
	if (script == USCRIPT_LATIN) {
		s->latin = true;
	} else if (script == USCRIPT_HAN) {
		s->han = true;
	} else if (script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA) {
		s->kana = true;
	} else if (script == USCRIPT_HANGUL) {
		s->hangul = true;
	} else if (script == USCRIPT_BOPOMOFO) {
		s->bopomofo = true;
	} else if (s->others == 0 || s->other != script) {
		s->others++;
		s->other = script;
	}
}

/* A label of scripts that are not used together (UTS #39, "highly
 * restrictive"): letters of one may pass for letters of another. */
static bool
is_deceptive(struct gaz_str host)
{
	struct gaz_str label;

	while (gaz_str_split(&host, '.', &label)) {
		struct scripts s = { 0 };
		for (size_t pos = 0; pos < label.len;)
			see_script(&s, gaz_utf8_next(label, &pos));
		bool east = s.han || s.kana || s.hangul || s.bopomofo;
		if (s.others > 1 || (s.others == 1 && (s.latin || east)) ||
		    s.kana + s.hangul + s.bopomofo > 1)
			return true;
	}
	return false;
}

struct gaz_str
gaz_url_host_display(struct gaz_arena *a, struct gaz_str url)
{
	struct gaz_str host = gaz_url_host(a, url), shown;
	UIDNAInfo info = UIDNA_INFO_INITIALIZER;
	UErrorCode code = U_ZERO_ERROR;
	char name[HOST_MAX];

	if (host.p == NULL ||
	    gaz_str_find(host, GAZ_STR("xn--"), 0) == GAZ_STR_NPOS)
		return host;
	gaz_url_preload();
	int32_t n = idna == NULL ? 0 : uidna_nameToUnicodeUTF8(idna, host.p,
	    (int32_t)host.len, name, sizeof(name), &info, &code);
	if (n <= 0 || n > (int32_t)sizeof(name) || U_FAILURE(code) ||
	    info.errors != 0)
		return host;
	shown = gaz_str_make(name, (size_t)n);
	if (!is_deceptive(shown))
		return gaz_arena_str(a, shown);
	return gaz_arena_fmt(a, "%.*s (%.*s)", GAZ_STR_ARG(shown),
	    GAZ_STR_ARG(host));
}

/* Escapes */

static bool
is_unreserved(char c)
{
	return gaz_is_alnum(c) || c == '-' || c == '.' || c == '_' ||
	    c == '~';
}

static void
put_escape(struct gaz_buf *out, unsigned char c)
{
	static const char digits[] = "0123456789ABCDEF";

	gaz_buf_put_char(out, '%');
	gaz_buf_put_char(out, digits[c >> 4]);
	gaz_buf_put_char(out, digits[c & 15]);
}

/* Stays as it is. */
static inline bool
is_clean(char c)
{
	return gaz_is_alnum(c) || c == '/' || c == '-' || c == '.' ||
	    ((unsigned char)c > ' ' && (unsigned char)c < 0x7f &&
	    strchr("\"<>\\^`{|}%", c) == NULL);
}

/* One spelling of escapes: none that is not needed, capital digits. */
static void
put_escaped(struct gaz_buf *out, struct gaz_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		size_t from = i;

		while (i < s.len && is_clean(s.p[i]))
			i++;
		gaz_buf_put(out, s.p + from, i - from);
		if (i == s.len)
			break;
		unsigned char c = (unsigned char)s.p[i];
		int hi = i + 1 < s.len ? gaz_hex_value(s.p[i + 1]) : -1;
		int lo = i + 2 < s.len ? gaz_hex_value(s.p[i + 2]) : -1;
		if (c == '%' && hi >= 0 && lo >= 0) {
			c = (unsigned char)(hi * 16 + lo);
			if (is_unreserved((char)c))
				gaz_buf_put_char(out, (char)c);
			else
				put_escape(out, c);
			i += 2;
		} else {
			put_escape(out, c);
		}
	}
}

/* A part of what is written; the buffer may move. */
struct place {
	size_t from, to;
};

static struct gaz_str
at_place(const struct gaz_buf *out, const struct place *at)
{
	return gaz_str_sub(gaz_buf_str(out), at->from, at->to);
}

/* The query without what counts readers */

static void
put_query(struct gaz_buf *out, const struct place *host, struct gaz_str query)
{
	struct gaz_str piece;
	bool first = true;
	char mark = '?';

	for (; gaz_str_split(&query, '&', &piece); first = false) {
		/* "&amp;" that was escaped once too often */
		while (!first && gaz_str_starts(piece, "amp;"))
			piece = gaz_str_sub(piece, 4, piece.len);
		if (piece.len == 0 ||
		    gaz_url_is_tracking(at_place(out, host), piece))
			continue;
		gaz_buf_put_char(out, mark);
		put_escaped(out, piece);
		mark = '&';
	}
}

static bool
put_port(struct gaz_buf *out, struct gaz_str port, bool https)
{
	int64_t n;

	if (port.len == 0)
		return true;
	if (!gaz_str_to_int(port, &n) || n < 0 || n > 65535)
		return false;
	if (n != (https ? 443 : 80))
		gaz_buf_put_fmt(out, ":%d", (int)n);
	return true;
}

/* The path without escapes that are not needed and without dots. */
static void
put_path(struct gaz_buf *out, struct gaz_str path)
{
	struct gaz_buf escaped;
	size_t i = 0;

	/* Mostly there is nothing to do. */
	while (i < path.len && is_clean(path.p[i]))
		i++;
	if (i == path.len) {
		if (!gaz_str_starts(path, "/"))
			gaz_buf_put_char(out, '/');
		gaz_url_put_without_dots(out, out->len, path);
		return;
	}
	gaz_buf_init(&escaped, GAZ_BUF_NO_MAX);
	put_escaped(&escaped, path);
	if (!gaz_str_starts(gaz_buf_str(&escaped), "/"))
		gaz_buf_put_char(out, '/');
	gaz_url_put_without_dots(out, out->len, gaz_buf_str(&escaped));
	gaz_buf_clear(&escaped);
}

static void
swap(struct gaz_buf *a, struct gaz_buf *b)
{
	struct gaz_buf c = *a;

	*a = *b;
	*b = c;
}

/* One URL to out, and the URL that it only leads to, if any, to target. */
static bool
put_canonical(struct gaz_buf *out, struct gaz_str url, struct gaz_buf *target)
{
	struct url_parts u = gaz_url_split(url);
	bool https = gaz_str_ieq_z(u.scheme, "https"), ok;
	struct gaz_str port;
	struct place host;

	gaz_buf_reset(out);
	gaz_buf_reset(target);
	if (!gaz_url_is_http(url) || u.authority.len > HOST_MAX)
		return false;
	gaz_buf_put_z(out, https ? "https://" : "http://");
	host.from = out->len;
	ok = put_host(out, host_of(u.authority, &port));
	host.to = out->len;
	ok = ok && put_port(out, port, https);
	if (ok) {
		put_path(out, u.path);
		put_query(out, &host, u.query);
		/* Looked for in what is clean, not in what was given. */
		u = gaz_url_split(gaz_buf_str(out));
		gaz_url_follow(&u, at_place(out, &host), target);
	}
	return ok;
}

/*
 * Is it canonical as it stands, and without a query? Nearly all are: *host is
 * set. What is not seen at a glance takes the long way.
 */
static bool
is_canonical(struct gaz_str url, struct gaz_str *host)
{
	size_t from = gaz_str_starts(url, "https://") ? 8
	    : gaz_str_starts(url, "http://") ? 7 : 0, i = from, label = from;

	if (from == 0 || url.len > GAZ_URL_MAX)
		return false;
	for (; i < url.len && url.p[i] != '/'; i++) {
		if (url.p[i] == '.') {
			if (i == label)
				return false;
			label = i + 1;
		} else if (!gaz_is_digit(url.p[i]) && url.p[i] != '-' &&
		    (url.p[i] < 'a' || url.p[i] > 'z')) {
			return false;
		}
	}
	*host = gaz_str_sub(url, from, i);
	/* A number, or an international name. */
	if (i == url.len || i == label || gaz_is_digit(url.p[label]) ||
	    host->len > HOST_MAX || !gaz_is_alnum(url.p[from]) ||
	    gaz_str_find(*host, GAZ_STR("xn--"), 0) != GAZ_STR_NPOS)
		return false;
	for (; i < url.len; i++) {
		if (!is_clean(url.p[i]) || url.p[i] == '?' ||
		    url.p[i] == '#' || (url.p[i] == '.' &&
		    url.p[i - 1] == '/'))
			return false;
	}
	return true;
}

/* The same, and it leads nowhere else. */
static bool
is_final(struct gaz_str url)
{
	struct url_parts u = { .path = GAZ_STR("") };
	struct gaz_str host;
	struct gaz_buf target;
	bool final;

	if (!is_canonical(url, &host))
		return false;
	u.scheme = gaz_str_sub(url, 0, (size_t)(host.p - url.p) - 3);
	u.authority = host;
	u.path = gaz_str_sub(url, (size_t)(host.p - url.p) + host.len,
	    url.len);
	gaz_buf_init(&target, GAZ_BUF_NO_MAX);
	gaz_url_follow(&u, host, &target);
	final = target.len == 0;
	gaz_buf_clear(&target);
	return final;
}

struct gaz_str
gaz_url_canonical(struct gaz_arena *a, struct gaz_str url)
{
	struct gaz_str result = GAZ_STR_NONE;
	struct gaz_buf out, target, here, last;
	struct url_base none;
	bool ok;

	if (url.p == NULL)
		return result;
	if (is_final(url))
		return gaz_arena_str(a, url);
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	gaz_buf_init(&target, GAZ_BUF_NO_MAX);
	gaz_buf_init(&here, GAZ_BUF_NO_MAX);
	gaz_buf_init(&last, GAZ_BUF_NO_MAX);
	gaz_url_base_init(&none, GAZ_STR_NONE);
	if (gaz_url_is_plain(url))
		ok = put_canonical(&last, url, &target);
	else
		ok = gaz_url_resolve_to(&none, url, false, &target, &here) &&
		    put_canonical(&last, gaz_buf_str(&here), &target);
	/* A target is always shorter than the URL that it was part of; one
	 * that is no page counts for nothing. */
	while (ok && target.len > 0) {
		swap(&here, &target);
		if (!put_canonical(&out, gaz_buf_str(&here), &target))
			break;
		swap(&last, &out);
	}
	/* Escapes take three times the place of what they stand for. */
	if (ok && last.len <= GAZ_URL_MAX)
		result = gaz_arena_str(a, gaz_buf_str(&last));
	gaz_buf_clear(&out);
	gaz_buf_clear(&target);
	gaz_buf_clear(&here);
	gaz_buf_clear(&last);
	gaz_url_base_clear(&none);
	return result;
}
