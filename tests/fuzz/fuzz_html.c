#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "gazetted/hash.h"
#include "gazetted/html.h"

#include "../unit/html_check.h"
#include "fuzz.h"

#ifdef GAZ_FUZZING
/*
 * Time grows with the length: of some inputs, 256 KiB of nothing else take no
 * seconds. What looks back at all it has seen would take half a minute.
 */
static void
check_linear(struct gaz_str s, const struct gaz_html_options *opt)
{
	struct gaz_arena a = { 0 };
	struct gaz_buf in, out;
	struct timespec from, to;

	if (s.len == 0 || s.len > 4096 || gaz_hash_str(s) % 128 != 0)
		return;
	gaz_buf_init(&in, GAZ_BUF_NO_MAX);
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	while (in.len < 256u << 10)
		gaz_buf_put_str(&in, s);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
	(void)gaz_html_clean(gaz_buf_str(&in), opt, &a, &out, NULL);
	gaz_html_to_text(gaz_buf_str(&in), true, &out);
	(void)gaz_html_has_markup(gaz_buf_str(&in));
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
	FUZZ_CHECK(to.tv_sec - from.tv_sec < 3, "not linear: %.*s",
	    GAZ_STR_ARG(s));
	gaz_buf_clear(&in);
	gaz_buf_clear(&out);
	gaz_arena_clear(&a);
}
#endif

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
	fuzz_make_valid(data, size, &in);
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
#ifdef GAZ_FUZZING
	opt.raw = false;
	check_linear(gaz_buf_str(&in), &opt);
#endif
	gaz_buf_clear(&in);
	gaz_buf_clear(&once);
	gaz_buf_clear(&twice);
	gaz_arena_clear(&a);
	return 0;
}
