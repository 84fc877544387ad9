/*
 * How fast articles are cleaned: bench_html [FILE...]. Each file, or else a
 * made-up article of 4 KB, is cleaned again and again for a second. Not part
 * of the tests: make tests/bench/bench_html && tests/bench/bench_html
 */
#include "config.h"

#include <stdio.h>
#include <time.h>

#include "gazetted/charset.h"
#include "gazetted/file.h"
#include "gazetted/html.h"
#include "gazetted/text.h"
#include "gazetted/url.h"

#define SECONDS 1.0

static const char article[] =
    "<p class=\"lead\">The harbour of <a href=\"/places/town?id=7&amp;x=1\" "
    "target=\"_blank\" rel=\"noopener\">the town</a> was closed on Tuesday "
    "after a storm that nobody had <em>quite</em> expected, the council "
    "said&#8230; It is &#8220;not the first time&#8221; this year.</p>\n"
    "<figure class=\"wp-block-image size-large\"><img width=\"1024\" "
    "height=\"576\" src=\"https://cdn.example.net/2026/11/harbour.jpg\" "
    "srcset=\"https://cdn.example.net/2026/11/harbour.jpg 1024w, "
    "https://cdn.example.net/2026/11/harbour-300.jpg 300w\" "
    "sizes=\"(max-width: 1024px) 100vw, 1024px\" alt=\"The harbour\" "
    "class=\"wp-image-17\" /><figcaption>Photo: somebody</figcaption>"
    "</figure>\n<h2>What is known so far</h2>\n<ul><li>The pier stands "
    "where it stood, but for the last forty metres of it.</li>\n<li>Two "
    "<strong>boats</strong> are missing since the evening.</li></ul>\n"
    "<p>\xc3\x9c" "ber die Sch\xc3\xa4" "den wird noch gesprochen; the "
    "insurers have sent people, the ferry company has sent a letter, and "
    "the weather service has sent another warning for the rest of the "
    "week, in which more of the same is to be expected by everybody.</p>\n";

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

enum job { CLEAN, TEXT, DECODE, FOLD };

static void
measure(const char *name, const char *what, enum job job, struct gaz_str s)
{
	const struct gaz_html_options opt = {
		.base = GAZ_STR("https://example.org/2026/11/a.html"),
		.decorate = true,
	};
	struct gaz_buf out;
	double start = now(), spent = 0;
	size_t rounds = 0;

	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	for (; spent < SECONDS; spent = now() - start) {
		struct gaz_arena a = { 0 };
		struct gaz_decoded info;
		gaz_buf_reset(&out);
		switch (job) {
		case CLEAN:
			(void)gaz_html_clean(s, &opt, &a, &out, NULL);
			break;
		case TEXT:
			gaz_html_to_text(s, true, &out);
			break;
		case DECODE:
			if (!gaz_charset_decode(s, GAZ_STR_NONE, false, &out,
			    &info, NULL))
				return;
			break;
		case FOLD:
			(void)gaz_text_fold(&a, s, SIZE_MAX);
			break;
		}
		gaz_arena_clear(&a);
		rounds++;
	}
	gaz_buf_clear(&out);
	printf("%-24s %-8s %8zu bytes %9.1f us %8.1f MB/s\n", name, what,
	    s.len, spent / (double)rounds * 1e6,
	    (double)rounds * (double)s.len / spent / 1e6);
}

static void
measure_all(const char *name, struct gaz_str s)
{
	measure(name, "clean", CLEAN, s);
	measure(name, "text", TEXT, s);
	measure(name, "decode", DECODE, s);
	measure(name, "fold", FOLD, s);
}

/* What is meant to hurt. */
static void
measure_wild(const char *name, const char *head, const char *unit,
    const char *tail, size_t times)
{
	struct gaz_buf in;

	gaz_buf_init(&in, GAZ_BUF_NO_MAX);
	gaz_buf_put_z(&in, head);
	for (size_t i = 0; i < times; i++)
		gaz_buf_put_z(&in, unit);
	for (size_t i = 0; tail[0] != '\0' && i < times; i++)
		gaz_buf_put_z(&in, tail);
	measure(name, "clean", CLEAN, gaz_buf_str(&in));
	gaz_buf_clear(&in);
}

static void
measure_urls(void)
{
	static const char *const refs[] = { "https://example.net/a/b.html",
		"../b.html?x=1", "//cdn.example.net/x.png", "#top",
		"http://xn--bcher-kva.example/\xc3\xa4" };
	struct gaz_str base = GAZ_STR("https://example.org/2026/11/a.html");
	double start = now(), spent = 0;
	size_t n = 0;

	for (size_t i = 0; i < 5; i++, n = 0) {
		struct gaz_str url = GAZ_STR_NONE;
		start = now();
		for (spent = 0; spent < SECONDS / 4; spent = now() - start) {
			struct gaz_arena a = { 0 };
			url = gaz_url_resolve(&a, base, gaz_str_of(refs[i]),
			    false);
			gaz_arena_clear(&a);
			n++;
		}
		printf("resolve %-42s %9.0f/s\n", refs[i], (double)n / spent);
		n = 0;
		start = now();
		url = gaz_str_of(i % 2 == 0 ? refs[i]
		    : "https://Example.net/a?utm_source=x&id=7");
		for (spent = 0; spent < SECONDS / 4; spent = now() - start) {
			struct gaz_arena a = { 0 };
			(void)gaz_url_canonical(&a, url);
			gaz_arena_clear(&a);
			n++;
		}
		printf("canonical %-40.*s %9.0f/s\n", GAZ_STR_ARG(url),
		    (double)n / spent);
	}
}

int
main(int argc, char **argv)
{
	struct gaz_buf in;
	struct gaz_err err;

	gaz_buf_init(&in, 64 << 20);
	for (int i = 1; i < argc; i++) {
		gaz_buf_reset(&in);
		if (!gaz_file_load(argv[i], &in, &err)) {
			fprintf(stderr, "%s\n", err.msg);
			return 1;
		}
		measure_all(argv[i], gaz_buf_str(&in));
	}
	if (argc > 1)
		return 0;
	for (size_t i = 0; i < 4; i++)
		gaz_buf_put_z(&in, article);
	measure_all("article", gaz_buf_str(&in));
	measure_wild("nested div", "", "<div>", "", 50000);
	measure_wild("formatting", "", "<b><i><u>", "", 8000);
	measure_wild("unmatched end tags", "", "<span>", "</div>", 20000);
	measure_wild("end tags, open to limit", "", "<p>", "</div>", 20000);
	measure_wild("attributes", "<p ", "a=1 b ", "", 25000);
	measure_wild("links", "", "<a href=x>", "", 24000);
	measure_wild("tables", "", "<table><td>", "", 20000);
	measure_wild("objects", "", "<object>", "", 50000);
	measure_wild("objects, ended", "", "<object><object></object>", "",
	    20000);
	measure_wild("comments", "", "<!--", "", 50000);
	measure_wild("less-than signs", "", "<", "", 200000);
	measure_wild("ampersands", "", "&amm", "", 50000);
	measure_wild("open quotes", "", "<a x='", "", 50000);
	measure_wild("raw text", "", "<style><", "", 50000);
	measure_wild("scripts", "", "<script><!--<script>", "", 20000);
	measure_wild("srcset", "<img srcset='", "x 1x,", "", 50000);
	measure_wild("styles", "<img style='", "display:", "", 50000);
	measure_wild("misnested", "<p>", "<b><i></b><p>", "", 20000);
	measure_urls();
	gaz_buf_clear(&in);
	return 0;
}
