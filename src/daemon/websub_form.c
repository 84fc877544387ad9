#include "config.h"

#include "websub_form.h"

#include "gazetted/limits.h"
#include "gazetted/mem.h"
#include "gazetted/url.h"

void
gaz_websub_encode(struct gaz_buf *out, struct gaz_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (gaz_is_alnum(c) || (c != '\0' && strchr("-._~", c)))
			gaz_buf_put_char(out, c);
		else
			gaz_buf_put_fmt(out, "%%%02X", (unsigned char)c);
	}
}

struct gaz_str
gaz_websub_decode(struct gaz_arena *a, struct gaz_str s)
{
	char *out = gaz_arena_alloc(a, s.len + 1);
	struct gaz_str text;
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i] == '+' ? ' ' : s.p[i];

		if (c == '%') {
			int high = s.len - i < 3 ? -1 :
			    gaz_hex_value(s.p[i + 1]);
			int low = s.len - i < 3 ? -1 :
			    gaz_hex_value(s.p[i + 2]);

			if (high < 0 || low < 0)
				return GAZ_STR_NONE;
			c = (char)(high * 16 + low);
			i += 2;
		}
		if (c == '\0')
			return GAZ_STR_NONE;
		out[n++] = c;
	}
	text = gaz_str_make(out, n);
	return gaz_utf8_is_valid(text) ? text : GAZ_STR_NONE;
}

void
gaz_websub_put_param(struct gaz_buf *out, const char *name,
    struct gaz_str value)
{
	if (out->len > 0 && out->p[out->len - 1] != '?' &&
	    out->p[out->len - 1] != '&')
		gaz_buf_put_char(out, '&');
	gaz_buf_put_z(out, name);
	gaz_buf_put_char(out, '=');
	gaz_websub_encode(out, value);
}

/* ---- signatures */

bool
gaz_websub_read_signature(struct gaz_str value, enum gaz_mac *how,
    uint8_t mac[GAZ_MAC_MAX])
{
	static const size_t lengths[] = {
		[GAZ_MAC_SHA1] = 20, [GAZ_MAC_SHA256] = 32,
		[GAZ_MAC_SHA384] = 48, [GAZ_MAC_SHA512] = 64,
	};
	size_t eq = gaz_str_find_char(value, '=', 0);
	struct gaz_str hex;

	if (eq == GAZ_STR_NPOS ||
	    !gaz_mac_find(gaz_str_sub(value, 0, eq), how))
		return false;
	hex = gaz_str_sub(value, eq + 1, value.len);
	if (hex.len != 2 * lengths[*how])
		return false;
	for (size_t i = 0; i < hex.len; i += 2) {
		int high = gaz_hex_value(hex.p[i]);
		int low = gaz_hex_value(hex.p[i + 1]);

		if (high < 0 || low < 0)
			return false;
		mac[i / 2] = (uint8_t)(high * 16 + low);
	}
	return true;
}

bool
gaz_websub_is_signed(struct gaz_str value, struct gaz_str secret,
    struct gaz_str body)
{
	uint8_t said[GAZ_MAC_MAX], right[GAZ_MAC_MAX];
	enum gaz_mac how;
	size_t n;

	if (secret.len == 0 || !gaz_websub_read_signature(value, &how, said))
		return false;
	n = gaz_mac(how, secret, body, right);
	return gaz_secret_eq(said, right, n);
}

void
gaz_websub_sign(struct gaz_buf *out, enum gaz_mac how, struct gaz_str secret,
    struct gaz_str body)
{
	uint8_t mac[GAZ_MAC_MAX];
	size_t n = gaz_mac(how, secret, body, mac);

	gaz_buf_put_fmt(out, "%s=", gaz_mac_name(how));
	for (size_t i = 0; i < n; i++)
		gaz_buf_put_fmt(out, "%02x", mac[i]);
}

/* ---- hubs */

static bool
is_listed(const gaz_str_list *l, struct gaz_str s)
{
	for (size_t i = 0; i < l->n; i++) {
		if (gaz_str_eq(l->v[i], s))
			return true;
	}
	return false;
}

void
gaz_websub_split(struct gaz_arena *a, struct gaz_str lines, gaz_str_list *out)
{
	struct gaz_str hub;

	*out = (gaz_str_list){ 0 };
	while (out->n < GAZ_WEBSUB_HUBS_MAX &&
	    gaz_str_split(&lines, '\n', &hub)) {
		if (hub.len > 0 && hub.len <= GAZ_URL_MAX &&
		    gaz_url_is_http(hub) && !is_listed(out, hub))
			*gaz_list_push(a, out) = hub;
	}
}

struct gaz_str
gaz_websub_join(struct gaz_arena *a, const gaz_str_list *hubs)
{
	struct gaz_str all;
	struct gaz_buf b;

	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	for (size_t i = 0; i < hubs->n; i++) {
		if (b.len > 0)
			gaz_buf_put_char(&b, '\n');
		gaz_buf_put_str(&b, hubs->v[i]);
	}
	all = b.len > 0 ? gaz_arena_str(a, gaz_buf_str(&b)) : GAZ_STR_NONE;
	gaz_buf_clear(&b);
	return all;
}

size_t
gaz_websub_next_hub(const int64_t *at, size_t n, size_t own, int64_t before)
{
	size_t best = n;

	for (size_t i = 1; i <= n; i++) {
		size_t k = (own + i) % n;

		/* Behind none comes the first. */
		if (own == n)
			k = i - 1;
		if (k != own && at[k] < before) {
			best = k;
			before = at[k];
		}
	}
	return best;
}

/* ---- leases */

int64_t
gaz_websub_lease_s(struct gaz_str value)
{
	int64_t s;

	if (!gaz_str_to_int(value, &s) || s < 1)
		return GAZ_WEBSUB_LEASE_UNSAID_S;
	return s < GAZ_WEBSUB_LEASE_MAX_S ? s : GAZ_WEBSUB_LEASE_MAX_S;
}

int64_t
gaz_websub_renew_s(int64_t lease_s, int64_t *brief)
{
	int64_t s = lease_s / 5 * 4 + lease_s % 5 * 4 / 5;
	int64_t least = (int64_t)GAZ_WEBSUB_RENEW_MIN_S << *brief;

	if (lease_s >= GAZ_WEBSUB_BRIEF_S)
		*brief = 0;
	else if (*brief < GAZ_WEBSUB_RENEW_DOUBLINGS_MAX)
		++*brief;
	return s > least || lease_s >= GAZ_WEBSUB_BRIEF_S ? s : least;
}

/* ---- addresses */

/* What stands between "://" and the path, without the user. */
static struct gaz_str
authority(struct gaz_str url, bool *has_user)
{
	size_t from = gaz_str_find(url, GAZ_STR("://"), 0), to, at;
	struct gaz_str s;

	*has_user = false;
	if (from == GAZ_STR_NPOS)
		return GAZ_STR_NONE;
	from += 3;
	for (to = from; to < url.len; to++) {
		if (url.p[to] == '/' || url.p[to] == '?' || url.p[to] == '#' ||
		    url.p[to] == '\\')
			break;
	}
	s = gaz_str_sub(url, from, to);
	at = gaz_str_rfind_char(s, '@');
	if (at == GAZ_STR_NPOS)
		return s;
	*has_user = true;
	return gaz_str_sub(s, at + 1, s.len);
}

bool
gaz_websub_has_user(struct gaz_str url)
{
	bool has;

	authority(url, &has);
	return has;
}

static bool
is_loopback_v4(struct gaz_str host)
{
	struct gaz_str rest = host, piece;
	int64_t n;
	int parts = 0;

	/* Plain decimal parts only: other spellings need no secret. */
	while (gaz_str_split(&rest, '.', &piece)) {
		if (piece.len == 0 || piece.len > 3 ||
		    (piece.len > 1 && piece.p[0] == '0') ||
		    !gaz_str_to_int(piece, &n) || n < 0 || n > 255 ||
		    (parts == 0 && n != 127))
			return false;
		parts++;
	}
	return parts == 4;
}

bool
gaz_websub_may_have_secret(struct gaz_str hub)
{
	bool has_user;
	struct gaz_str host = authority(hub, &has_user);
	size_t colon;

	if (gaz_str_istarts(hub, "https://"))
		return true;
	if (gaz_str_istarts(host, "[::1]"))
		return host.len == 5 || (host.len > 5 && host.p[5] == ':');
	colon = gaz_str_find_char(host, ':', 0);
	host = gaz_str_sub(host, 0, colon == GAZ_STR_NPOS ? host.len : colon);
	/* The fetcher lets "localhost" mean nothing else. */
	return gaz_str_ieq_z(host, "localhost") || is_loopback_v4(host);
}

struct gaz_str
gaz_websub_token(struct gaz_str rest)
{
	if (rest.len != GAZ_SECRET_LEN)
		return GAZ_STR_NONE;
	for (size_t i = 0; i < rest.len; i++) {
		if (!gaz_is_digit(rest.p[i]) &&
		    (rest.p[i] < 'a' || rest.p[i] > 'f'))
			return GAZ_STR_NONE;
	}
	return rest;
}
