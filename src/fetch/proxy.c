#include "config.h"

#include "proxy.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "gazetted/mem.h"
#include "gazetted/str.h"

static char *
from_env(const char *const *names)
{
	for (; *names != NULL; names++) {
		const char *v = getenv(*names);
		if (v != NULL && v[0] != '\0')
			return gaz_mem_strdup(v);
	}
	return NULL;
}

void
gaz_proxy_env_init(struct gaz_proxy_env *e)
{
	/* HTTP_PROXY is left out: a CGI sets it from a request's header. */
	static const char *const http[] = { "http_proxy", "all_proxy",
		"ALL_PROXY", NULL };
	static const char *const https[] = { "https_proxy", "HTTPS_PROXY",
		"all_proxy", "ALL_PROXY", NULL };
	static const char *const none[] = { "no_proxy", "NO_PROXY", NULL };

	e->http = from_env(http);
	e->https = from_env(https);
	e->none = from_env(none);
}

void
gaz_proxy_env_clear(struct gaz_proxy_env *e)
{
	free(e->http);
	free(e->https);
	free(e->none);
	*e = (struct gaz_proxy_env){ 0 };
}

/* "10.0.0.0/8", "fd00::/8" or a single address. */
static bool
address_matches(struct gaz_str entry, const struct sockaddr_storage *sa)
{
	const void *have = sa->ss_family == AF_INET
	    ? (const void *)&((const struct sockaddr_in *)sa)->sin_addr
	    : (const void *)&((const struct sockaddr_in6 *)sa)->sin6_addr;
	unsigned most = sa->ss_family == AF_INET ? 32 : 128;
	struct sockaddr_storage want;
	char text[GAZ_ADDRESS_TEXT_MAX];
	int64_t bits = most;
	size_t len;

	size_t slash = gaz_str_find_char(entry, '/', 0);
	if (slash != GAZ_STR_NPOS) {
		if (!gaz_str_to_int(gaz_str_sub(entry, slash + 1, entry.len),
		    &bits) || bits < 0 || bits > most)
			return false;
		entry = gaz_str_sub(entry, 0, slash);
	}
	if (entry.len >= 2 && entry.p[0] == '[')
		entry = gaz_str_sub(entry, 1, entry.len - 1);
	if (entry.len == 0 || entry.len >= sizeof(text))
		return false;
	memcpy(text, entry.p, entry.len);
	text[entry.len] = '\0';
	if (!gaz_address_parse(text, &want, &len) ||
	    want.ss_family != sa->ss_family)
		return false;
	const uint8_t *a = have;
	const uint8_t *b = want.ss_family == AF_INET
	    ? (const uint8_t *)&((struct sockaddr_in *)&want)->sin_addr
	    : (const uint8_t *)&((struct sockaddr_in6 *)&want)->sin6_addr;
	for (int64_t i = 0; i < bits; i++) {
		if (((a[i / 8] ^ b[i / 8]) & (0x80 >> i % 8)) != 0)
			return false;
	}
	return true;
}

static bool
name_matches(struct gaz_str entry, struct gaz_str host)
{
	while (entry.len > 0 && entry.p[0] == '.')
		entry = gaz_str_sub(entry, 1, entry.len);
	if (entry.len == 0 || entry.len > host.len)
		return false;
	size_t at = host.len - entry.len;
	return gaz_str_ieq(gaz_str_sub(host, at, host.len), entry) &&
	    (at == 0 || host.p[at - 1] == '.');
}

bool
gaz_proxy_is_excepted(const char *list, const char *host)
{
	struct gaz_str rest = gaz_str_of(list), piece, entry;
	struct sockaddr_storage sa;
	size_t len;
	bool literal = gaz_address_parse(host, &sa, &len);

	while (gaz_str_split(&rest, ',', &piece)) {
		while (gaz_str_split(&piece, ' ', &entry)) {
			entry = gaz_str_trim(entry);
			if (gaz_str_eq_z(entry, "*"))
				return true;
			if (entry.len > 0 && (literal
			    ? address_matches(entry, &sa)
			    : name_matches(entry, gaz_str_of(host))))
				return true;
		}
	}
	return false;
}

const char *
gaz_proxy_choose(const struct gaz_proxy_env *e, const char *setting,
    const struct gaz_uri *uri)
{
	if (setting == NULL || setting[0] == '\0')
		return NULL;
	if (strcmp(setting, "environment") != 0)
		return setting;
	if (e->none != NULL && gaz_proxy_is_excepted(e->none, uri->host))
		return NULL;
	return uri->https ? e->https : e->http;
}
