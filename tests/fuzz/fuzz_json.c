#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "gazetted/parse.h"

#include "fuzz.h"

/* The input is what stands in the list of items, so that less is lost on the
 * way there. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct gaz_parse_options opt = {
		.url = GAZ_STR("https://feeds.example/feed") };
	struct gaz_arena a = { 0 };
	struct gaz_buf text, out;
	struct gaz_document doc;
	enum gaz_fault fault;
	struct gaz_err err;

	gaz_buf_init(&text, GAZ_BUF_NO_MAX);
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	gaz_buf_put_z(&text, "{\"version\": 1, \"items\": [");
	gaz_buf_put(&text, data, size);
	gaz_buf_put_z(&text, "]}");
	if (gaz_parse(gaz_buf_str(&text), &opt, &a, &doc, &fault, &err)) {
		gaz_parse_write_json(&doc, &out);
		FUZZ_CHECK(gaz_utf8_is_valid(gaz_buf_str(&out)), "not UTF-8");
	}
	gaz_buf_clear(&text);
	gaz_buf_clear(&out);
	gaz_arena_clear(&a);
	return 0;
}
