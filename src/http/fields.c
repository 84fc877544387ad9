/* The small languages in targets, forms and header fields. */
#include "config.h"

#include "head.h"

#include <arpa/inet.h>

struct gaz_str
http_decode(struct gaz_str s, bool form, struct gaz_arena *a)
{
	char *out = gaz_arena_alloc(a, s.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		if (c == '+' && form) {
			c = ' ';
		} else if (c == '%') {
			if (s.len - i < 3)
				return GAZ_STR_NONE;
			int high = gaz_hex_value(s.p[i + 1]);
			int low = gaz_hex_value(s.p[i + 2]);
			if (high < 0 || low < 0)
				return GAZ_STR_NONE;
			c = (char)(high * 16 + low);
			i += 2;
		}
		if (c == '\0')
			return GAZ_STR_NONE;
		out[n++] = c;
	}
	struct gaz_str text = gaz_str_make(out, n);
	return gaz_utf8_is_valid(text) ? text : GAZ_STR_NONE;
}

bool
http_params_parse(struct gaz_str s, size_t max, struct gaz_arena *a,
    http_pair_list *out, const char **why)
{
	struct gaz_str rest = s, piece;

	while (gaz_str_split(&rest, '&', &piece)) {
		if (piece.len == 0)
			continue;
		if (out->n >= max) {
			*why = "there are too many parameters";
			return false;
		}
		size_t eq = gaz_str_find_char(piece, '=', 0);
		if (eq == GAZ_STR_NPOS)
			eq = piece.len;
		struct http_pair p = {
			.name = http_decode(gaz_str_sub(piece, 0, eq), true, a),
			.value = http_decode(
			    gaz_str_sub(piece, eq + 1, piece.len), true, a),
		};
		if (p.name.p == NULL || p.value.p == NULL) {
			*why = "a parameter's encoding is broken";
			return false;
		}
		*gaz_list_push(a, out) = p;
	}
	return true;
}

bool
http_etag_matches(struct gaz_str if_none_match, struct gaz_str opaque)
{
	struct gaz_str s = http_trim(if_none_match);

	if (gaz_str_eq_z(s, "*"))
		return true;
	/* a tag may hold commas, so quotes lead */
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] != '"')
			continue;
		size_t end = gaz_str_find_char(s, '"', i + 1);
		if (end == GAZ_STR_NPOS)
			return false;
		if (gaz_str_eq(gaz_str_sub(s, i + 1, end), opaque))
			return true;
		i = end;
	}
	return false;
}

/* "0.5" to 500; what cannot be read counts as 1. */
static int
parse_quality(struct gaz_str s)
{
	int q = 0, scale = 100;

	if (s.len == 0 || (s.p[0] != '0' && s.p[0] != '1'))
		return 1000;
	if (s.p[0] == '1')
		return 1000;
	for (size_t i = 2; i < s.len && i < 5 && gaz_is_digit(s.p[i]); i++) {
		q += (s.p[i] - '0') * scale;
		scale /= 10;
	}
	return q;
}

/* Split "gzip;q=0.5" into its name and quality. */
static struct gaz_str
element_quality(struct gaz_str element, int *quality)
{
	struct gaz_str rest = element, name, param;

	*quality = 1000;
	gaz_str_split(&rest, ';', &name);
	while (gaz_str_split(&rest, ';', &param)) {
		param = http_trim(param);
		if (gaz_str_istarts(param, "q="))
			*quality = parse_quality(
			    gaz_str_sub(param, 2, param.len));
	}
	return http_trim(name);
}

bool
http_accepts_gzip(struct gaz_str accept_encoding)
{
	int gzip = -1, identity = -1, other = -1, q;
	struct gaz_str rest = accept_encoding, piece;

	while (gaz_str_split(&rest, ',', &piece)) {
		struct gaz_str name = element_quality(piece, &q);
		if (gaz_str_ieq_z(name, "gzip") ||
		    gaz_str_ieq_z(name, "x-gzip"))
			gzip = q;
		else if (gaz_str_ieq_z(name, "identity"))
			identity = q;
		else if (gaz_str_eq_z(name, "*"))
			other = q;
	}
	if (gzip < 0)
		gzip = other;
	return gzip > 0 && gzip >= identity;
}

int
http_accept_quality(struct gaz_str accept, const char *type)
{
	struct gaz_str rest = accept, piece;
	int best = 0, q;

	while (gaz_str_split(&rest, ',', &piece)) {
		struct gaz_str name = element_quality(piece, &q);
		if (gaz_str_ieq_z(name, type) && q > best)
			best = q;
	}
	return best;
}

struct gaz_str
http_host_name(struct gaz_str host)
{
	if (host.len > 0 && host.p[0] == '[') {
		size_t end = gaz_str_find_char(host, ']', 0);
		return end == GAZ_STR_NPOS ? host : gaz_str_sub(host, 1, end);
	}
	size_t colon = gaz_str_rfind_char(host, ':');
	return colon == GAZ_STR_NPOS ? host : gaz_str_sub(host, 0, colon);
}

bool
http_host_is_address(struct gaz_str name)
{
	char text[INET6_ADDRSTRLEN];
	unsigned char address[16];

	if (name.len >= sizeof(text))
		return false;
	memcpy(text, name.p != NULL ? name.p : "", name.len);
	text[name.len] = '\0';
	return inet_pton(AF_INET, text, address) == 1 ||
	    inet_pton(AF_INET6, text, address) == 1;
}

const char *
http_reason(int status)
{
	static const struct {
		int status;
		const char *reason;
	} reasons[] = {
		{ 200, "OK" },
		{ 201, "Created" },
		{ 202, "Accepted" },
		{ 204, "No Content" },
		{ 301, "Moved Permanently" },
		{ 302, "Found" },
		{ 303, "See Other" },
		{ 304, "Not Modified" },
		{ 307, "Temporary Redirect" },
		{ 308, "Permanent Redirect" },
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 408, "Request Timeout" },
		{ 409, "Conflict" },
		{ 410, "Gone" },
		{ 413, "Content Too Large" },
		{ 414, "URI Too Long" },
		{ 415, "Unsupported Media Type" },
		{ 417, "Expectation Failed" },
		{ 421, "Misdirected Request" },
		{ 422, "Unprocessable Content" },
		{ 429, "Too Many Requests" },
		{ 431, "Request Header Fields Too Large" },
		{ 500, "Internal Server Error" },
		{ 501, "Not Implemented" },
		{ 503, "Service Unavailable" },
		{ 504, "Gateway Timeout" },
		{ 505, "HTTP Version Not Supported" },
		{ 507, "Insufficient Storage" },
	};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		if (reasons[i].status == status)
			return reasons[i].reason;
	}
	return "Unknown";
}
