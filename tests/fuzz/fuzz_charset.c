#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "gazetted/charset.h"
#include "gazetted/text.h"

#include "fuzz.h"

static bool
is_clean(struct gaz_str s)
{
	for (size_t pos = 0; pos < s.len;) {
		uint32_t c = gaz_utf8_next(s, &pos);
		if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') ||
		    c == 0xfffe || c == 0xffff)
			return false;
	}
	return gaz_utf8_is_valid(s);
}

/* The first line is the content type, the rest the document. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const void *)data;
	struct gaz_str bytes = gaz_str_make(p, size), type = GAZ_STR_NONE;
	struct gaz_arena a = { 0 };
	struct gaz_buf out;
	struct gaz_err err;
	struct gaz_decoded info;

	gaz_buf_init(&out, 1 << 20);
	(void)gaz_str_split(&bytes, '\n', &type);
	if (bytes.p == NULL)
		bytes = type;
	if (gaz_charset_decode(bytes, type, (size & 1) != 0, &out, &info,
	    &err)) {
		struct gaz_str s = gaz_buf_str(&out);
		FUZZ_CHECK(is_clean(s), "%s: not clean", info.encoding);
		struct gaz_str text = gaz_text_fold(&a, s, 100);
		FUZZ_CHECK(is_clean(text) && gaz_utf8_count(text) <= 100,
		    "folded: %s", text.p);
		text = gaz_text_excerpt(&a, s, 50);
		FUZZ_CHECK(is_clean(text) && gaz_utf8_count(text) <= 50,
		    "excerpt: %s", text.p);
	}
	gaz_buf_clear(&out);
	gaz_arena_clear(&a);
	return 0;
}
