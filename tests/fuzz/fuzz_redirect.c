/* A URL to fetch, in the first line, and where it redirects to, behind it. */
#include "config.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/hostgate.h"
#include "fetch/uri.h"

#include "fuzz.h"

/* Who connects reads the same host. */
static void
check_host(const struct gaz_uri *u)
{
	CURLU *h = curl_url();
	char *host = NULL;

	if (h == NULL)
		abort();
	FUZZ_CHECK(curl_url_set(h, CURLUPART_URL, u->url, 0) == CURLUE_OK &&
	    curl_url_get(h, CURLUPART_HOST, &host, 0) == CURLUE_OK,
	    "libcurl refuses %s", u->url);
	struct gaz_str s = gaz_str_of(host);
	if (s.len > 2 && s.p[0] == '[')
		s = gaz_str_sub(s, 1, s.len - 1);
	while (s.len > 1 && s.p[s.len - 1] == '.')
		s.len--;
	FUZZ_CHECK(gaz_str_ieq(s, gaz_str_of(u->host)), "host of %s is %s",
	    u->url, host);
	curl_free(host);
	curl_url_cleanup(h);
}

static void
check(const struct gaz_uri *u, struct gaz_arena *a)
{
	struct gaz_hostkey key;
	struct gaz_uri again;

	FUZZ_CHECK(strncmp(u->url, u->https ? "https://" : "http://",
	    u->https ? 8 : 7) == 0, "scheme of %s", u->url);
	for (const char *p = u->url; *p != '\0'; p++)
		FUZZ_CHECK(*p > ' ' && *p < 0x7f, "byte in %s", u->url);
	for (const char *p = u->host; *p != '\0'; p++)
		FUZZ_CHECK(*p > ' ' && *p < 0x7f && *p != '@' && *p != '/' &&
		    *p != '\\' && *p != '%' && !(*p >= 'A' && *p <= 'Z'),
		    "host %s", u->host);
	FUZZ_CHECK(u->port > 0 && u->port < 65536, "port %d", u->port);
	/* What is sent means the same when it is read again. */
	FUZZ_CHECK(gaz_uri_parse(u->url, a, &again) == GAZ_FAULT_NONE,
	    "%s is not read again", u->url);
	FUZZ_CHECK(strcmp(again.url, u->url) == 0, "%s then %s", u->url,
	    again.url);
	FUZZ_CHECK(gaz_uri_same_origin(&again, u), "origin of %s", u->url);
	FUZZ_CHECK(again.user == NULL, "user in %s", u->url);
	check_host(u);
	gaz_hostkey_of(u, &key);
	FUZZ_CHECK(key.text[0] != '\0' && key.cool[0] != '\0', "key");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct gaz_arena a = { 0 };
	struct gaz_uri base, next;

	if (text == NULL)
		abort();
	memcpy(text, data, size);
	text[size] = '\0';
	char *second = strchr(text, '\n');
	if (second != NULL)
		*second++ = '\0';
	if (gaz_uri_parse(text, &a, &base) == GAZ_FAULT_NONE) {
		check(&base, &a);
		if (second != NULL && gaz_uri_resolve(&base, second, &a,
		    &next) == GAZ_FAULT_NONE) {
			check(&next, &a);
			FUZZ_CHECK(next.user == NULL, "user of a redirect");
		}
	}
	gaz_arena_clear(&a);
	free(text);
	return 0;
}
