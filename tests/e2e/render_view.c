/*
 * Print a sample view in a format, for validators that are not written in C:
 * render_view VIEW FORMAT; without words it lists the views.
 */
#include "config.h"

#include <stdio.h>

#include "gazetted/export.h"
#include "gazetted/mem.h"

#include "sample_view.h"


static void
page(const struct gaz_view *v, bool standalone, struct gaz_buf *out)
{
	struct gaz_page_options opt = {
		.standalone = standalone,
		.query = gaz_str_starts(v->path, "/search")
		    ? GAZ_STR("white house") : GAZ_STR_NONE,
	};

	gaz_export_html(v, &opt, out);
}

static void
page_of_server(const struct gaz_view *v, struct gaz_buf *out)
{
	page(v, false, out);
}

static void
page_of_file(const struct gaz_view *v, struct gaz_buf *out)
{
	page(v, true, out);
}

static const struct {
	const char *name;
	void (*write)(const struct gaz_view *v, struct gaz_buf *out);
} formats[] = {
	{ "atom", gaz_export_atom },
	{ "rss", gaz_export_rss },
	{ "json", gaz_export_json },
	{ "opml", gaz_export_opml },
	{ "jsonl", gaz_export_jsonl },
	{ "html", page_of_server },
	{ "file", page_of_file },
};

int
main(int argc, char **argv)
{
	struct gaz_view *v;
	struct gaz_buf out;

	if (argc != 3) {
		for (size_t i = 0; sample_view_name(i) != NULL; i++)
			puts(sample_view_name(i));
		return argc == 1 ? 0 : 64;
	}
	v = sample_view_new(argv[1]);
	if (v == NULL) {
		fprintf(stderr, "render_view: no view \"%s\"\n", argv[1]);
		return 64;
	}
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	for (size_t i = 0; i < GAZ_COUNT(formats); i++) {
		if (strcmp(argv[2], formats[i].name) == 0)
			formats[i].write(v, &out);
	}
	fwrite(gaz_buf_str(&out).p, 1, out.len, stdout);
	gaz_buf_clear(&out);
	gaz_view_free(v);
	return 0;
}
