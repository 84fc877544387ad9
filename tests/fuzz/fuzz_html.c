#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "gazetted/html.h"

#include "../unit/html_check.h"
#include "fuzz.h"

/* As the decoder would have handed it on. */
static void
make_valid(const uint8_t *data, size_t size, struct gaz_buf *out)
{
	const char *p = (const void *)data;
	struct gaz_str s = gaz_str_make(p, size);

	for (size_t pos = 0; pos < s.len;)
		gaz_buf_put_utf8(out, gaz_utf8_next(s, &pos));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gaz_html_options opt = { .base =
		GAZ_STR("http://example.org/a/b") };
	struct gaz_arena a = { 0 };
	struct gaz_buf in, once, twice;
	struct gaz_str image;

	gaz_buf_init(&in, GAZ_BUF_NO_MAX);
	gaz_buf_init(&once, GAZ_BUF_NO_MAX);
	gaz_buf_init(&twice, GAZ_BUF_NO_MAX);
	make_valid(data, size, &in);
	/* The first byte chooses. */
	opt.decorate = size > 0 && (data[0] & 1) != 0;
	if (size > 0 && (data[0] & 2) != 0)
		opt.base = GAZ_STR_NONE;
	(void)gaz_html_clean(gaz_buf_str(&in), &opt, &a, &once, &image);
	const char *wrong = html_check(gaz_buf_str(&once));
	FUZZ_CHECK(wrong == NULL, "%s: %s", wrong, once.p);
	unsigned flags = gaz_html_clean(gaz_buf_str(&once), &opt, &a, &twice,
	    NULL);
	FUZZ_CHECK(flags == 0 &&
	    gaz_str_eq(gaz_buf_str(&once), gaz_buf_str(&twice)),
	    "no fixed point:\n%s\n%s", once.p, twice.p);
	gaz_buf_reset(&once);
	gaz_html_to_text(gaz_buf_str(&in), (size & 1) != 0, &once);
	FUZZ_CHECK(gaz_utf8_is_valid(gaz_buf_str(&once)), "text not UTF-8");
	gaz_buf_reset(&once);
	opt.raw = true;
	(void)gaz_html_clean(gaz_buf_str(&in), &opt, &a, &once, &image);
	FUZZ_CHECK(gaz_utf8_is_valid(gaz_buf_str(&once)), "raw not UTF-8");
	(void)gaz_html_has_markup(gaz_buf_str(&in));
	gaz_buf_reset(&once);
	gaz_html_decode_refs(gaz_buf_str(&in), &once);
	FUZZ_CHECK(gaz_utf8_is_valid(gaz_buf_str(&once)), "refs not UTF-8");
	gaz_buf_clear(&in);
	gaz_buf_clear(&once);
	gaz_buf_clear(&twice);
	gaz_arena_clear(&a);
	return 0;
}
