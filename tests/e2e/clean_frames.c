/*
 * Clean HTML fragments for programs that are not written in C. Standard input
 * is a run of frames, a length in decimals, a newline and so many bytes each;
 * so is the output. With the word "page" the fragments are decorated as for
 * the web page.
 */
#include "config.h"

#include <stdio.h>

#include "gazetted/file.h"
#include "gazetted/html.h"
#include "gazetted/mem.h"

static void
clean(struct gaz_str bytes, bool decorate)
{
	const struct gaz_html_options opt = {
		.base = GAZ_STR("https://example.org/dir/page"),
		.decorate = decorate,
	};
	struct gaz_arena a = { 0 };
	struct gaz_buf in, out;

	gaz_buf_init(&in, GAZ_BUF_NO_MAX);
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	/* The decoder has been there before the cleaner. */
	for (size_t pos = 0; pos < bytes.len;)
		gaz_buf_put_utf8(&in, gaz_utf8_next(bytes, &pos));
	(void)gaz_html_clean(gaz_buf_str(&in), &opt, &a, &out, NULL);
	printf("%zu\n", out.len);
	(void)fwrite(gaz_buf_str(&out).p, 1, out.len, stdout);
	gaz_buf_clear(&in);
	gaz_buf_clear(&out);
	gaz_arena_clear(&a);
}

int
main(int argc, char **argv)
{
	bool decorate = argc > 1 && gaz_str_eq_z(gaz_str_of(argv[1]), "page");
	struct gaz_buf all;
	struct gaz_err err;
	int status = 1;

	gaz_buf_init(&all, 64 << 20);
	if (!gaz_file_load("-", &all, &err)) {
		fprintf(stderr, "%s\n", err.msg);
		return 1;
	}
	struct gaz_str rest = gaz_buf_str(&all), line;
	while (rest.len > 0 && gaz_str_split(&rest, '\n', &line)) {
		int64_t n;
		if (!gaz_str_to_int(line, &n) || n < 0 ||
		    (uint64_t)n > rest.len)
			goto done;
		clean(gaz_str_sub(rest, 0, (size_t)n), decorate);
		rest = gaz_str_sub(rest, (size_t)n, rest.len);
	}
	status = fflush(stdout) == 0 ? 0 : 1;
done:
	gaz_buf_clear(&all);
	return status;
}
