/* A URL to fetch, in the first line, and where it redirects to, behind it. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/hostgate.h"
#include "fetch/uri.h"

#include "fuzz.h"

static void
check(const struct gaz_uri *u)
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
	FUZZ_CHECK(gaz_uri_parse(u->url, &again) == GAZ_FAULT_NONE,
	    "%s is not read again", u->url);
	FUZZ_CHECK(strcmp(again.url, u->url) == 0, "%s then %s", u->url,
	    again.url);
	FUZZ_CHECK(gaz_uri_same_origin(&again, u), "origin of %s", u->url);
	FUZZ_CHECK(again.user == NULL, "user in %s", u->url);
	gaz_uri_clear(&again);
	gaz_hostkey_of(u, &key);
	FUZZ_CHECK(key.text[0] != '\0' && key.cool[0] != '\0', "key");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct gaz_uri base, next;

	if (text == NULL)
		abort();
	memcpy(text, data, size);
	text[size] = '\0';
	char *second = strchr(text, '\n');
	if (second != NULL)
		*second++ = '\0';
	if (gaz_uri_parse(text, &base) == GAZ_FAULT_NONE) {
		check(&base);
		if (second != NULL && gaz_uri_resolve(&base, second, &next) ==
		    GAZ_FAULT_NONE) {
			check(&next);
			FUZZ_CHECK(next.user == NULL, "user of a redirect");
			gaz_uri_clear(&next);
		}
		gaz_uri_clear(&base);
	}
	free(text);
	return 0;
}
