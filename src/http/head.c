/*
 * Strict where leniency has been used to smuggle requests past a proxy: one
 * Content-Length, no folding, no white space before a colon, no bare CR, one
 * Host. A line may end in a bare LF (RFC 9112 section 2.2).
 */
#include "config.h"

#include "head.h"

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

struct gaz_str
http_trim(struct gaz_str s)
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
	struct gaz_str rest = line, version;

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
		.value = http_trim(gaz_str_sub(line, colon + 1, line.len)),
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
			if (gaz_str_ieq_z(http_trim(piece), word))
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
