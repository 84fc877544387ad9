#include "config.h"

#include "head.h"

#include <arpa/inet.h>
#include <inttypes.h>

/*
 * Strict where leniency has been used to smuggle requests past a proxy: one
 * Content-Length, no folding, no white space before a colon, no bare CR, one
 * Host. A line may end in a bare LF (RFC 9112 section 2.2).
 */

static bool
is_token_char(char c)
{
	return gaz_is_alnum(c) || (c != '\0' &&
	    strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool
is_token(struct gaz_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (!is_token_char(s.p[i]))
			return false;
	}
	return s.len > 0;
}

static struct gaz_str
trim_blanks(struct gaz_str s)
{
	while (s.len > 0 && (s.p[0] == ' ' || s.p[0] == '\t')) {
		s.p++;
		s.len--;
	}
	while (s.len > 0 &&
	    (s.p[s.len - 1] == ' ' || s.p[s.len - 1] == '\t'))
		s.len--;
	return s;
}

size_t
http_head_end(struct gaz_str bytes, size_t *scanned)
{
	size_t i = *scanned;

	/* empty lines in front of the request line do not end anything */
	while (*scanned == 0 && i < bytes.len &&
	    (bytes.p[i] == '\r' || bytes.p[i] == '\n'))
		i++;
	if (i == bytes.len)
		return 0;
	for (; i < bytes.len; i++) {
		if (bytes.p[i] != '\n')
			continue;
		size_t next = i + 1;
		if (next < bytes.len && bytes.p[next] == '\r')
			next++;
		if (next >= bytes.len) {
			*scanned = i; /* come back to this line's end */
			return 0;
		}
		if (bytes.p[next] == '\n')
			return next + 1;
	}
	*scanned = i;
	return 0;
}

/* Cut a line off *rest; its end is dropped. Absent: a bare CR is in it. */
static struct gaz_str
cut_line(struct gaz_str *rest)
{
	size_t end = gaz_str_find_char(*rest, '\n', 0);
	if (end == GAZ_STR_NPOS)
		end = rest->len;
	struct gaz_str line = gaz_str_sub(*rest, 0, end);
	*rest = gaz_str_sub(*rest, end + 1, rest->len);
	if (line.len > 0 && line.p[line.len - 1] == '\r')
		line.len--;
	if (gaz_str_find_char(line, '\r', 0) != GAZ_STR_NPOS)
		return GAZ_STR_NONE;
	return line;
}

static int
refuse(const char **why, int status, const char *text)
{
	*why = text;
	return status;
}

static int
parse_request_line(struct gaz_str line, struct http_head *h, const char **why)
{
	struct gaz_str rest = line, version = GAZ_STR_NONE;

	gaz_str_split(&rest, ' ', &h->method);
	if (!is_token(h->method))
		return refuse(why, 400, "this is not an HTTP request");
	if (!gaz_str_split(&rest, ' ', &h->target) || h->target.len == 0)
		return refuse(why, 400, "the request line has no target");
	version = rest;
	if (version.p == NULL)
		return refuse(why, 400, "the request line has no version");
	if (gaz_str_eq_z(version, "HTTP/1.1"))
		h->minor = 1;
	else if (gaz_str_eq_z(version, "HTTP/1.0"))
		h->minor = 0;
	else if (gaz_str_starts(version, "HTTP/") && version.len == 8 &&
	    gaz_is_digit(version.p[5]) && version.p[6] == '.' &&
	    gaz_is_digit(version.p[7]))
		return refuse(why, 505, "only HTTP/1.0 and HTTP/1.1 are "
		    "spoken here");
	else
		return refuse(why, 400, "the request line is malformed");
	for (size_t i = 0; i < h->target.len; i++) {
		unsigned char c = (unsigned char)h->target.p[i];
		if (c <= 0x20 || c == 0x7f)
			return refuse(why, 400,
			    "the target has a control character");
	}
	return 0;
}

static int
parse_field(struct gaz_str line, struct gaz_arena *a, struct http_head *h,
    const char **why)
{
	if (line.p[0] == ' ' || line.p[0] == '\t')
		return refuse(why, 400, "a header field is folded");
	size_t colon = gaz_str_find_char(line, ':', 0);
	if (colon == GAZ_STR_NPOS)
		return refuse(why, 400, "a header line has no colon");
	struct http_pair f = {
		.name = gaz_str_sub(line, 0, colon),
		.value = trim_blanks(gaz_str_sub(line, colon + 1, line.len)),
	};
	if (!is_token(f.name))
		return refuse(why, 400, "a header field's name is malformed");
	for (size_t i = 0; i < f.value.len; i++) {
		unsigned char c = (unsigned char)f.value.p[i];
		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return refuse(why, 400,
			    "a header field has a control character");
	}
	*gaz_list_push(a, &h->fields) = f;
	return 0;
}

/* Find the field, which may stand there once; false when it is repeated. */
static bool
single(const struct http_head *h, const char *name, struct gaz_str *value)
{
	*value = GAZ_STR_NONE;
	for (size_t i = 0; i < h->fields.n; i++) {
		if (!gaz_str_ieq_z(h->fields.v[i].name, name))
			continue;
		if (value->p != NULL)
			return false;
		*value = h->fields.v[i].value;
	}
	return true;
}

/* Is word one of the elements of the lists in all fields of that name? */
static bool
list_has(const struct http_head *h, const char *name, const char *word)
{
	for (size_t i = 0; i < h->fields.n; i++) {
		if (!gaz_str_ieq_z(h->fields.v[i].name, name))
			continue;
		struct gaz_str rest = h->fields.v[i].value, piece;
		while (gaz_str_split(&rest, ',', &piece)) {
			if (gaz_str_ieq_z(trim_blanks(piece), word))
				return true;
		}
	}
	return false;
}

static int
parse_framing(struct http_head *h, const char **why)
{
	struct gaz_str length, coding;

	h->content_length = -1;
	if (!single(h, "Content-Length", &length))
		return refuse(why, 400, "there are two Content-Length");
	if (!single(h, "Transfer-Encoding", &coding))
		return refuse(why, 400, "there are two Transfer-Encoding");
	if (length.p != NULL && coding.p != NULL)
		return refuse(why, 400,
		    "both Content-Length and Transfer-Encoding are there");
	if (length.p != NULL) {
		for (size_t i = 0; i < length.len; i++) {
			if (!gaz_is_digit(length.p[i]))
				return refuse(why, 400,
				    "Content-Length is not a number");
		}
		if (length.len == 0)
			return refuse(why, 400, "Content-Length is empty");
		if (!gaz_str_to_int(length, &h->content_length))
			return refuse(why, 413, "the body is too large");
	}
	if (coding.p != NULL) {
		if (h->minor == 0)
			return refuse(why, 400,
			    "HTTP/1.0 has no Transfer-Encoding");
		if (!gaz_str_ieq_z(coding, "chunked"))
			return refuse(why, 501,
			    "the only transfer coding known is chunked");
		h->chunked = true;
	}
	return 0;
}

static bool
is_host(struct gaz_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		if (!gaz_is_alnum(c) && (c == '\0' ||
		    strchr("-._~%!$&'()*+,;=:[]", c) == NULL))
			return false;
	}
	return true;
}

static int
parse_target(struct http_head *h, struct gaz_arena *a, const char **why)
{
	struct gaz_str t = h->target;

	if (gaz_str_istarts(t, "http://") || gaz_str_istarts(t, "https://")) {
		size_t from = gaz_str_find(t, GAZ_STR("://"), 0) + 3;
		size_t slash = from;
		while (slash < t.len && t.p[slash] != '/' && t.p[slash] != '?')
			slash++;
		struct gaz_str host = gaz_str_sub(t, from, slash);
		if (!gaz_str_ieq(host, h->host))
			return refuse(why, 400,
			    "the target is for another host than Host says");
		t = gaz_str_sub(t, slash, t.len);
		if (t.len == 0)
			t = GAZ_STR("/");
	}
	if (gaz_str_find_char(t, '#', 0) != GAZ_STR_NPOS)
		return refuse(why, 400, "the target has a fragment");
	size_t mark = gaz_str_find_char(t, '?', 0);
	h->query = GAZ_STR_NONE;
	if (mark != GAZ_STR_NPOS) {
		h->query = gaz_str_sub(t, mark + 1, t.len);
		t = gaz_str_sub(t, 0, mark);
	}
	if (t.len == 0)
		t = GAZ_STR("/");
	if (t.p[0] != '/')
		return refuse(why, 400, "the target is not a path");
	h->path = http_decode(t, false, a);
	if (h->path.p == NULL)
		return refuse(why, 400, "the path's encoding is broken");
	return 0;
}

int
http_head_parse(struct gaz_str bytes, struct gaz_arena *a,
    struct http_head *out, const char **why)
{
	struct gaz_str rest = bytes, line, expect;
	int status;

	*out = (struct http_head){ .minor = 1, .content_length = -1 };
	do
		line = cut_line(&rest);
	while (line.p != NULL && line.len == 0 && rest.len > 0);
	if (line.p == NULL)
		return refuse(why, 400, "a line has a bare carriage return");
	if ((status = parse_request_line(line, out, why)) != 0)
		return status;
	for (;;) {
		line = cut_line(&rest);
		if (line.p == NULL)
			return refuse(why, 400,
			    "a line has a bare carriage return");
		if (line.len == 0)
			break;
		if ((status = parse_field(line, a, out, why)) != 0)
			return status;
	}

	if (!single(out, "Host", &out->host))
		return refuse(why, 400, "there are two Host fields");
	if (out->host.p == NULL && out->minor > 0)
		return refuse(why, 400, "the Host field is missing");
	if (!is_host(out->host))
		return refuse(why, 400, "the Host field is malformed");
	if ((status = parse_framing(out, why)) != 0)
		return status;
	if ((status = parse_target(out, a, why)) != 0)
		return status;

	out->keep_alive = out->minor > 0
	    ? !list_has(out, "Connection", "close")
	    : list_has(out, "Connection", "keep-alive");
	expect = http_head_field(out, "Expect");
	if (expect.p != NULL && out->minor > 0) {
		if (!gaz_str_ieq_z(expect, "100-continue"))
			return refuse(why, 417, "this expectation is unknown");
		out->expect_continue = true;
	}
	return 0;
}

struct gaz_str
http_head_field(const struct http_head *h, const char *name)
{
	for (size_t i = 0; i < h->fields.n; i++) {
		if (gaz_str_ieq_z(h->fields.v[i].name, name))
			return h->fields.v[i].value;
	}
	return GAZ_STR_NONE;
}

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
	struct gaz_str s = trim_blanks(if_none_match);

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
		param = trim_blanks(param);
		if (gaz_str_istarts(param, "q="))
			*quality = parse_quality(
			    gaz_str_sub(param, 2, param.len));
	}
	return trim_blanks(name);
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
