#include "config.h"

#include "head.h"

#include <curl/curl.h>

#include "gazetted/limits.h"
#include "gazetted/link.h"
#include "gazetted/mem.h"

/* A server that wants us back after more than a year means something else. */
#define SANE_WAIT_S (365 * 86400)
#define TYPE_MAX 256
#define DATE_MAX 64

void
gaz_head_init(struct gaz_head *h, struct gaz_arena *a)
{
	*h = (struct gaz_head){
		.arena = a,
		.content_length = INT64_MIN,
		.age = INT64_MIN,
		.max_age = INT64_MIN,
	};
}

/* Keep v in *to unless there is something, or it could not be sent back:
 * control characters do not belong in a field (RFC 9110, 5.5). */
static void
keep(struct gaz_head *h, const char **to, struct gaz_str v, size_t max)
{
	if (*to != NULL || v.len == 0 || v.len > max)
		return;
	for (size_t i = 0; i < v.len; i++) {
		unsigned char c = (unsigned char)v.p[i];
		if ((c < ' ' && c != '\t') || c == 0x7f)
			return;
	}
	*to = gaz_arena_z(h->arena, v);
}

/* Digits only; what is too large for an int64_t becomes its maximum. */
static int64_t
delta_seconds(struct gaz_str v)
{
	int64_t n;

	if (v.len == 0)
		return INT64_MIN;
	for (size_t i = 0; i < v.len; i++) {
		if (!gaz_is_digit(v.p[i]))
			return INT64_MIN;
	}
	return gaz_str_to_int(v, &n) ? n : INT64_MAX;
}

static void
take_cache_control(struct gaz_head *h, struct gaz_str v)
{
	struct gaz_str rest = v, piece;

	while (gaz_str_split(&rest, ',', &piece)) {
		piece = gaz_str_trim(piece);
		if (!gaz_str_istarts(piece, "max-age=") ||
		    h->max_age != INT64_MIN)
			continue;
		piece = gaz_str_trim(gaz_str_sub(piece, 8, piece.len));
		if (piece.len >= 2 && piece.p[0] == '"' &&
		    piece.p[piece.len - 1] == '"')
			piece = gaz_str_sub(piece, 1, piece.len - 1);
		h->max_age = delta_seconds(piece);
	}
}

static bool
has_line(const char *lines, struct gaz_str line, size_t *count)
{
	struct gaz_str rest = gaz_str_of(lines), one;
	bool found = false;

	*count = 0;
	while (gaz_str_split(&rest, '\n', &one)) {
		found = found || gaz_str_eq(one, line);
		++*count;
	}
	return found;
}

/* One more line of *to; that it is one, keep sees to. */
static void
keep_line(struct gaz_head *h, const char **to, struct gaz_str v, size_t most)
{
	const char *one = NULL;
	size_t n;

	if (has_line(*to, v, &n) || n >= most)
		return;
	keep(h, &one, v, GAZ_URL_MAX);
	if (one != NULL)
		*to = *to == NULL ? one : gaz_arena_fmt(h->arena, "%s\n%s",
		    *to, one).p;
}

static void
take_link(struct gaz_head *h, struct gaz_str v)
{
	struct gaz_link_field f;

	while (gaz_link_field_next(&v, &f)) {
		if (gaz_link_field_is(&f, "hub"))
			keep_line(h, &h->hub, f.target, GAZ_WEBSUB_HUBS_MAX);
		if (gaz_link_field_is(&f, "self"))
			keep(h, &h->self, f.target, GAZ_URL_MAX);
	}
}

static void
take_authenticate(struct gaz_head *h, struct gaz_str v)
{
	if (gaz_str_istarts(v, "Digest "))
		h->digest = true;
	if (gaz_str_istarts(v, "Basic"))
		h->basic = true;
}

static void
take_location(struct gaz_head *h, struct gaz_str v)
{
	/* Control bytes and the empty one are the resolver's business: they
	 * must not make us look at a second Location. */
	if (h->location == NULL)
		h->location = gaz_arena_z(h->arena, v);
}

static void
take_etag(struct gaz_head *h, struct gaz_str v)
{
	keep(h, &h->etag, v, GAZ_VALIDATOR_MAX);
}

static void
take_last_modified(struct gaz_head *h, struct gaz_str v)
{
	keep(h, &h->last_modified, v, GAZ_VALIDATOR_MAX);
}

static void
take_type(struct gaz_head *h, struct gaz_str v)
{
	keep(h, &h->content_type, v, TYPE_MAX);
}

static void
take_length(struct gaz_head *h, struct gaz_str v)
{
	if (h->content_length == INT64_MIN)
		h->content_length = delta_seconds(v);
}

static void
take_age(struct gaz_head *h, struct gaz_str v)
{
	if (h->age == INT64_MIN)
		h->age = delta_seconds(v);
}

static void
take_expires(struct gaz_head *h, struct gaz_str v)
{
	keep(h, &h->expires, v, DATE_MAX);
}

static void
take_date(struct gaz_head *h, struct gaz_str v)
{
	keep(h, &h->date, v, DATE_MAX);
}

static void
take_retry_after(struct gaz_head *h, struct gaz_str v)
{
	keep(h, &h->retry_after, v, DATE_MAX);
}

/* RFC 3229, 10.5.2: what was done to the whole to get this. */
static void
take_im(struct gaz_head *h, struct gaz_str v)
{
	struct gaz_str piece;

	while (gaz_str_split(&v, ',', &piece)) {
		piece = gaz_str_trim(gaz_str_sub(piece, 0,
		    gaz_str_find_char(piece, ';', 0)));
		if (gaz_str_ieq_z(piece, "feed"))
			h->im_feed = true;
		else if (piece.len > 0)
			h->im_other = true;
	}
}

static void
take_delta_base(struct gaz_head *h, struct gaz_str v)
{
	keep(h, &h->delta_base, v, GAZ_VALIDATOR_MAX);
}

static const struct field {
	const char *name;
	void (*take)(struct gaz_head *h, struct gaz_str v);
} fields[] = {
	{ "Age", take_age },
	{ "Cache-Control", take_cache_control },
	{ "Content-Length", take_length },
	{ "Content-Type", take_type },
	{ "Date", take_date },
	{ "Delta-Base", take_delta_base },
	{ "ETag", take_etag },
	{ "Expires", take_expires },
	{ "IM", take_im },
	{ "Last-Modified", take_last_modified },
	{ "Link", take_link },
	{ "Location", take_location },
	{ "Retry-After", take_retry_after },
	{ "WWW-Authenticate", take_authenticate },
};

/* "HTTP/1.1 200 OK": forget what an interim answer (1xx) said. */
static void
begin(struct gaz_head *h, struct gaz_str line)
{
	size_t bytes = h->bytes, lines = h->lines;
	size_t space = gaz_str_find_char(line, ' ', 0);
	int64_t status;

	gaz_head_init(h, h->arena);
	h->bytes = bytes;
	h->lines = lines;
	if (space != GAZ_STR_NPOS && gaz_str_to_int(
	    gaz_str_sub(line, space + 1, space + 4), &status))
		h->status = (int)status;
}

bool
gaz_head_line(struct gaz_head *h, struct gaz_str line)
{
	h->bytes += line.len;
	h->lines++;
	if (h->bytes > GAZ_HEADERS_MAX || h->lines > GAZ_HEADER_LINES_MAX)
		return false;
	while (line.len > 0 && (line.p[line.len - 1] == '\n' ||
	    line.p[line.len - 1] == '\r'))
		line.len--;
	if (gaz_str_starts(line, "HTTP/")) {
		begin(h, line);
		return true;
	}
	if (line.len == 0) {
		h->complete = h->status >= 200;
		return true;
	}
	size_t colon = gaz_str_find_char(line, ':', 0);
	if (colon == GAZ_STR_NPOS)
		return true;
	struct gaz_str name = gaz_str_sub(line, 0, colon);
	struct gaz_str value = gaz_str_sub(line, colon + 1, line.len);
	for (size_t i = 0; i < GAZ_COUNT(fields); i++) {
		if (gaz_str_ieq_z(name, fields[i].name))
			fields[i].take(h, gaz_str_trim(value));
	}
	return true;
}

/* An HTTP date in any of its three forms. All begin with a weekday, which
 * keeps the lenient parser from reading "0" or "-1" as a date. */
static gaz_utc
date_of(const char *text)
{
	if (text == NULL || !gaz_is_alpha(text[0]))
		return GAZ_UTC_UNKNOWN;
	time_t t = curl_getdate(text, NULL);
	return t == -1 ? GAZ_UTC_UNKNOWN : (gaz_utc)t;
}

int64_t
gaz_head_fresh_s(const struct gaz_head *h, gaz_utc now)
{
	int64_t s = h->max_age;

	if (s == INT64_MIN && h->expires != NULL) {
		gaz_utc expires = date_of(h->expires), date = date_of(h->date);
		if (date == GAZ_UTC_UNKNOWN)
			date = now;
		/* An unreadable date means "expired" (RFC 9111, 5.3). */
		s = expires == GAZ_UTC_UNKNOWN || expires < date
		    ? 0 : expires - date;
	}
	if (s != INT64_MIN && h->age > 0)
		s = s > h->age ? s - h->age : 0;
	return s;
}

int64_t
gaz_head_retry_after_s(const struct gaz_head *h, gaz_utc now)
{
	if (h->retry_after == NULL)
		return INT64_MIN;
	int64_t s = delta_seconds(gaz_str_of(h->retry_after));
	if (s == INT64_MIN) {
		gaz_utc until = date_of(h->retry_after);
		gaz_utc date = date_of(h->date);
		if (until == GAZ_UTC_UNKNOWN)
			return INT64_MIN;
		s = until - now;
		/* Its clock may differ from ours: the later of both views. */
		if (date != GAZ_UTC_UNKNOWN && until - date > s &&
		    until - date <= SANE_WAIT_S)
			s = until - date;
		if (s <= 0)
			return INT64_MIN;
	}
	return s <= SANE_WAIT_S ? s : INT64_MIN;
}
