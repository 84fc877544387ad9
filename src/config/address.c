/* Addresses and URLs as values: what is wrong with one, and where. */
#include "config.h"

#include "config/schema.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "gazetted/limits.h"
#include "gazetted/mem.h"

/* ---- addresses */

static void
clear_host_bits(struct gaz_cidr *c, unsigned size)
{
	for (unsigned bit = c->bits; bit < size; bit++)
		c->addr[bit / 8] &= (uint8_t)~(0x80 >> (bit % 8));
}

bool
gaz_config_cidr(struct gaz_str s, struct gaz_cidr *out)
{
	char text[INET6_ADDRSTRLEN];
	struct gaz_cidr c = { 0 };
	int64_t bits;

	s = gaz_str_trim(s);
	size_t slash = gaz_str_find_char(s, '/', 0);
	struct gaz_str addr = gaz_str_sub(s, 0, slash);
	if (addr.len == 0 || addr.len >= sizeof(text))
		return false;
	memcpy(text, addr.p, addr.len);
	text[addr.len] = '\0';
	if (strlen(text) != addr.len)
		return false;
	if (inet_pton(AF_INET, text, c.addr) == 1)
		c.family = AF_INET;
	else if (inet_pton(AF_INET6, text, c.addr) == 1)
		c.family = AF_INET6;
	else
		return false;
	unsigned size = c.family == AF_INET ? 32 : 128;
	bits = size;
	if (slash != GAZ_STR_NPOS) {
		struct gaz_str n = gaz_str_sub(s, slash + 1, s.len);
		if (n.len == 0 || !gaz_is_digit(n.p[0]) ||
		    !gaz_str_to_int(n, &bits) || bits > size)
			return false;
	}
	c.bits = (unsigned)bits;
	clear_host_bits(&c, size);
	*out = c;
	return true;
}

static bool
is_port(struct gaz_str s)
{
	int64_t port;

	return s.len > 0 && s.len <= 5 && gaz_is_digit(s.p[0]) &&
	    gaz_str_to_int(s, &port) && port <= 65535;
}

const char *
gaz_config_check_listen(struct gaz_str s)
{
	struct gaz_cidr c;
	size_t colon = gaz_str_rfind_char(s, ':');

	if (gaz_str_find_char(s, '/', 0) != GAZ_STR_NPOS) {
		if (s.len >= sizeof(((struct sockaddr_un *)0)->sun_path))
			return "the path is too long for a socket "
			       "(107 bytes at most)";
		return NULL;
	}
	if (colon == GAZ_STR_NPOS)
		return is_port(s) ? "the address is missing; write "
				    "127.0.0.1:PORT for this machine alone"
				  : "ADDR:PORT, [ADDR]:PORT or a path with a "
				    "slash is needed";
	struct gaz_str host = gaz_str_sub(s, 0, colon);
	if (!is_port(gaz_str_sub(s, colon + 1, s.len)))
		return "the port must be a number from 0 to 65535";
	if (gaz_str_eq_z(host, "*") || host.len == 0)
		return "write 0.0.0.0:PORT for all IPv4 addresses, or "
		       "[::]:PORT for all";
	if (host.len > 2 && host.p[0] == '[' && host.p[host.len - 1] == ']') {
		host = gaz_str_sub(host, 1, host.len - 1);
		if (gaz_config_cidr(host, &c) && c.family == AF_INET6 &&
		    gaz_str_find_char(host, '/', 0) == GAZ_STR_NPOS)
			return NULL;
		return "that is no IPv6 address";
	}
	if (gaz_str_eq_z(host, "localhost") ||
	    (gaz_config_cidr(host, &c) && c.family == AF_INET))
		return NULL;
	if (gaz_config_cidr(host, &c))
		return "an IPv6 address is written in brackets, [ADDR]:PORT";
	return "the address must be a numeric one, such as 127.0.0.1";
}

/* ---- URLs */

/* The scheme's length, or 0. */
static size_t
scheme_length(struct gaz_str s)
{
	size_t n = 0;

	if (s.len == 0 || !gaz_is_alpha(s.p[0]))
		return 0;
	while (n < s.len && (gaz_is_alnum(s.p[n]) || s.p[n] == '+' ||
	    s.p[n] == '-' || s.p[n] == '.'))
		n++;
	return n < s.len && s.p[n] == ':' ? n : 0;
}

/* Host and port behind "://"; *at is where they start, and is moved. */
static const char *
check_authority(struct gaz_str s, size_t *at, size_t *len)
{
	size_t end = *at;

	while (end < s.len && s.p[end] != '/' && s.p[end] != '?' &&
	    s.p[end] != '#')
		end++;
	struct gaz_str auth = gaz_str_sub(s, *at, end);
	size_t user = gaz_str_rfind_char(auth, '@');
	if (user != GAZ_STR_NPOS) {
		*at += user + 1;
		auth = gaz_str_sub(auth, user + 1, auth.len);
	}
	*len = auth.len;
	size_t host_end = auth.len;
	if (auth.len > 0 && auth.p[0] == '[') {
		size_t close = gaz_str_find_char(auth, ']', 0);
		struct gaz_cidr c;
		if (close == GAZ_STR_NPOS ||
		    !gaz_config_cidr(gaz_str_sub(auth, 1, close), &c) ||
		    c.family != AF_INET6 || c.bits != 128)
			return "there is no valid IPv6 address in the "
			       "brackets";
		host_end = close + 1;
	} else {
		size_t colon = gaz_str_find_char(auth, ':', 0);
		if (colon != GAZ_STR_NPOS)
			host_end = colon;
	}
	if (host_end == 0)
		return "the host is missing";
	if (host_end == auth.len)
		return NULL;
	struct gaz_str port = gaz_str_sub(auth, host_end + 1, auth.len);
	if (auth.p[host_end] == ':' && (port.len == 0 || is_port(port)))
		return NULL;
	*at += host_end;
	*len = auth.len - host_end;
	return "the port must be a number from 0 to 65535";
}

/* What no URL may hold. */
static const char *
check_characters(struct gaz_str s, size_t *at, size_t *len)
{
	if (s.len > GAZ_URL_MAX) {
		*at = 0;
		*len = s.len;
		return "the URL is too long (8192 bytes at most)";
	}
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c <= ' ' || c == 0x7f || c == '"' || c == '<' ||
		    c == '>') {
			*at = i;
			*len = 1;
			return c == ' ' ? "a space in a URL is written %20"
					: "this character is not allowed in "
					  "a URL";
		}
	}
	return NULL;
}

const char *
gaz_config_check_url(struct gaz_str s, size_t *at, size_t *len)
{
	size_t n = scheme_length(s);
	struct gaz_str scheme = gaz_str_sub(s, 0, n);

	*at = 0;
	*len = n != 0 ? n : s.len;
	if (s.len > 0 && s.p[0] == '|')
		return "gazetted runs no commands; only http and https URLs "
		       "are fetched";
	if (gaz_str_ieq_z(scheme, "exec") || gaz_str_ieq_z(scheme, "filter"))
		return "gazetted runs no commands; only http and https URLs "
		       "are fetched";
	if (gaz_str_ieq_z(scheme, "file") ||
	    (s.len > 0 && (s.p[0] == '/' || s.p[0] == '.')))
		return "a local document is named by \"path =\", not by "
		       "\"url =\"";
	if (gaz_str_ieq_z(scheme, "feed"))
		return "write http: or https: instead of feed:";
	if (n == 0 || !(gaz_str_ieq_z(scheme, "http") ||
	    gaz_str_ieq_z(scheme, "https")))
		return "only http and https URLs are fetched";
	if (!gaz_str_starts(gaz_str_sub(s, n, s.len), "://"))
		return "\"//\" is missing behind the scheme";
	const char *fault = check_characters(s, at, len);
	if (fault != NULL)
		return fault;
	*at = n + 3;
	return check_authority(s, at, len);
}

const char *
gaz_config_check_proxy(struct gaz_str s, size_t *at, size_t *len)
{
	static const char *const schemes[] = { "http", "https", "socks4",
		"socks4a", "socks5", "socks5h" };
	size_t n = scheme_length(s);
	bool known = false;

	*at = 0;
	*len = s.len;
	if (gaz_str_eq_z(s, "none") || gaz_str_eq_z(s, "environment"))
		return NULL;
	for (size_t i = 0; i < GAZ_COUNT(schemes); i++)
		known |= gaz_str_ieq_z(gaz_str_sub(s, 0, n), schemes[i]);
	if (!known || !gaz_str_starts(gaz_str_sub(s, n, s.len), "://"))
		return "a URL with the scheme http, https, socks4, socks4a, "
		       "socks5 or socks5h, \"environment\" or \"none\" is "
		       "needed";
	const char *fault = check_characters(s, at, len);
	if (fault != NULL)
		return fault;
	*at = n + 3;
	return check_authority(s, at, len);
}

bool
gaz_config_url_has_user(struct gaz_str url)
{
	size_t start = gaz_str_find(url, GAZ_STR("://"), 0);

	if (start == GAZ_STR_NPOS)
		return false;
	struct gaz_str rest = gaz_str_sub(url, start + 3, url.len);
	for (size_t i = 0; i < rest.len; i++) {
		if (rest.p[i] == '@')
			return true;
		if (rest.p[i] == '/' || rest.p[i] == '?' || rest.p[i] == '#')
			return false;
	}
	return false;
}
