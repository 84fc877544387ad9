/* The head of an answer, line by line; what is kept may be sent back. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/head.h"
#include "gazetted/limits.h"

#include "fuzz.h"

static void
check_text(const char *name, const char *s, size_t max)
{
	if (s == NULL)
		return;
	FUZZ_CHECK(s[0] != '\0' && strlen(s) <= max, "%s: length", name);
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;
		FUZZ_CHECK((c >= ' ' || c == '\t') && c != 0x7f,
		    "%s: control character", name);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gaz_str rest = gaz_str_make((const char *)data, size), line;
	struct gaz_arena room = { 0 };
	struct gaz_head h;
	int64_t s;

	gaz_head_init(&h, &room);
	while (gaz_str_split(&rest, '\n', &line)) {
		if (!gaz_head_line(&h, line))
			break;
	}
	check_text("etag", h.etag, GAZ_VALIDATOR_MAX);
	check_text("last-modified", h.last_modified, GAZ_VALIDATOR_MAX);
	check_text("type", h.content_type, GAZ_VALIDATOR_MAX);
	check_text("hub", h.hub, GAZ_URL_MAX);
	check_text("self", h.self, GAZ_URL_MAX);
	s = gaz_head_fresh_s(&h, 1757010600);
	FUZZ_CHECK(s == INT64_MIN || s >= 0, "fresh for %lld", (long long)s);
	s = gaz_head_retry_after_s(&h, 1757010600);
	FUZZ_CHECK(s == INT64_MIN || (s >= 0 && s <= 365 * 86400),
	    "retry after %lld", (long long)s);
	FUZZ_CHECK(h.content_length == INT64_MIN || h.content_length >= 0,
	    "content length");
	gaz_arena_clear(&room);
	return 0;
}
