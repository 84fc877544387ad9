#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "gazetted/limits.h"
#include "gazetted/url.h"

#include "fuzz.h"

/* The first line is the base, the second the reference. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const void *)data;
	struct gaz_str ref = gaz_str_make(p, size), base = GAZ_STR_NONE, url,
	               again;
	struct gaz_arena a = { 0 };

	(void)gaz_str_split(&ref, '\n', &base);
	url = gaz_url_resolve(&a, base, ref, (size & 1) != 0);
	if (url.p != NULL && !gaz_str_istarts(url, "data:")) {
		FUZZ_CHECK(url.len <= GAZ_URL_MAX, "too long");
		FUZZ_CHECK(!gaz_str_istarts(url, "javascript:"), "%s", url.p);
		again = gaz_url_resolve(&a, GAZ_STR_NONE, url, false);
		FUZZ_CHECK(!gaz_url_is_http(url) || gaz_str_eq(again, url),
		    "%s then %s", url.p, again.p);
	}
	url = gaz_url_canonical(&a, base);
	if (url.p != NULL) {
		again = gaz_url_canonical(&a, url);
		FUZZ_CHECK(gaz_str_eq(again, url), "%s then %s", url.p,
		    again.p);
		FUZZ_CHECK(gaz_url_is_http(url), "%s", url.p);
		/* At a glance and the long way, which a fragment takes. */
		if (url.len + 2 <= GAZ_URL_MAX) {
			again = gaz_arena_fmt(&a, "%.*s#f", GAZ_STR_ARG(url));
			again = gaz_url_canonical(&a, again);
			FUZZ_CHECK(gaz_str_eq(again, url), "%s is not %s",
			    url.p, again.p);
		}
		again = gaz_url_host(&a, url);
		FUZZ_CHECK(again.p != NULL, "no host in %s", url.p);
	}
	(void)gaz_url_host_display(&a, base);
	gaz_arena_clear(&a);
	return 0;
}
