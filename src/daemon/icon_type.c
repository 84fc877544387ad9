#include "config.h"

#include "icons.h"

#include "gazetted/url.h"

const char *
gaz_icon_type(struct gaz_str bytes)
{
	static const struct {
		const char *type, *magic;
		size_t len, at;
	} rows[] = {
		{ "image/png", "\x89PNG\r\n\x1a\n", 8, 0 },
		{ "image/x-icon", "\0\0\1\0", 4, 0 },
		{ "image/jpeg", "\xff\xd8\xff", 3, 0 },
		{ "image/gif", "GIF87a", 6, 0 },
		{ "image/gif", "GIF89a", 6, 0 },
		{ "image/webp", "WEBP", 4, 8 },
	};

	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
		if (bytes.len >= rows[i].at + rows[i].len &&
		    memcmp(bytes.p + rows[i].at, rows[i].magic,
		    rows[i].len) == 0 &&
		    (rows[i].at == 0 || memcmp(bytes.p, "RIFF", 4) == 0))
			return rows[i].type;
	}
	return NULL;
}

struct gaz_str
gaz_icon_host(struct gaz_arena *a, struct gaz_str url)
{
	struct gaz_str host, rest;
	size_t colon, from;

	if (!gaz_url_is_http(url))
		return GAZ_STR_NONE;
	/* The same under one spelling: without a port that says nothing. */
	url = gaz_url_canonical(a, url);
	host = gaz_url_host(a, url);
	from = gaz_str_find(url, GAZ_STR("://"), 0);
	if (host.len == 0 || from == GAZ_STR_NPOS)
		return GAZ_STR_NONE;
	rest = gaz_str_sub(url, from + 3, url.len);
	rest = gaz_str_sub(rest, 0, gaz_str_find_char(rest, '/', 0));
	colon = gaz_str_rfind_char(rest, ':');
	if (colon == GAZ_STR_NPOS ||
	    gaz_str_find_char(rest, ']', colon) != GAZ_STR_NPOS)
		return host;
	return gaz_arena_fmt(a, "%.*s%.*s", GAZ_STR_ARG(host),
	    GAZ_STR_ARG(gaz_str_sub(rest, colon, rest.len)));
}
