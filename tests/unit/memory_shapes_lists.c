#include "config.h"

#include "memory_shapes.h"

/* ----- JSON ----- */

#define JSON "{\"version\":\"https://jsonfeed.org/version/1.1\","

static void
make_json(struct gaz_buf *b, size_t size)
{
	gaz_buf_put_z(b, JSON "\"title\":\"t\",\"items\":[{\"id\":0}");
	COUNT(b, size - 300, ",{\"id\":%zu,\"title\":\"Bridge\","
	    "\"url\":\"https://a.example/%zu\",\"content_html\":"
	    "\"<p>The mayor said that it would be \\\"closed\\\".</p>\","
	    "\"tags\":[\"a\",\"b\"],\"authors\":[{\"name\":\"J\"}]}", i, i);
	gaz_buf_put_z(b, "]}");
}

static void
make_json_tiny(struct gaz_buf *b, size_t size)
{
	wrap(b, size, JSON "\"items\":[{\"id\":1}", ",{\"id\":1}", "]}");
}

static void
make_json_empty(struct gaz_buf *b, size_t size)
{
	wrap(b, size, JSON "\"items\":[{}", ",{}", "]}");
}

/* The members in alphabetic order, as some programs write them. */
static void
make_json_late(struct gaz_buf *b, size_t size)
{
	gaz_buf_put_z(b, "{\"items\":[{\"id\":0}");
	COUNT(b, size - 300, ",{\"content_text\":\"The mayor said that it "
	    "would be closed.\",\"id\":\"%zu\"}", i);
	gaz_buf_put_z(b, "],\"language\":\"en\",\"title\":\"t\","
	    "\"version\":\"https://jsonfeed.org/version/1.1\"}");
}

static void
make_json_values(struct gaz_buf *b, size_t size)
{
	wrap(b, size, JSON "\"items\":[{\"id\":1}],\"_x\":[1", ",1", "]}");
}

static void
make_json_item_values(struct gaz_buf *b, size_t size)
{
	wrap(b, size, JSON "\"items\":[{\"id\":1,\"_x\":[{}", ",{\"a\":[]}",
	    "]}]}");
}

static void
make_json_arrays(struct gaz_buf *b, size_t size)
{
	wrap(b, size, JSON "\"items\":[{\"id\":1,\"_x\":[0",
	    ",[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]", "]}]}");
}

static void
make_json_tags(struct gaz_buf *b, size_t size)
{
	gaz_buf_put_z(b, JSON "\"items\":[{\"id\":1,\"tags\":[0");
	COUNT(b, size, ",\"%zu\"", i);
	gaz_buf_put_z(b, "]}]}");
}

static void
make_json_files(struct gaz_buf *b, size_t size)
{
	gaz_buf_put_z(b, JSON "\"items\":[{\"id\":1,\"attachments\":[0");
	COUNT(b, size, ",{\"url\":\"%zu\"}", i);
	gaz_buf_put_z(b, "]}]}");
}

static void
make_json_members(struct gaz_buf *b, size_t size)
{
	wrap(b, size, JSON "\"items\":[{\"id\":1",
	    ",\"title\":\"a\",\"content_html\":\"b\",\"x\":{}", "}]}");
}

static void
make_json_people(struct gaz_buf *b, size_t size)
{
	gaz_buf_put_z(b, JSON "\"items\":[{\"id\":1}],\"authors\":[0");
	COUNT(b, size, ",{\"name\":\"%zu\",\"url\":\"%zu\"}", i, i);
	gaz_buf_put_z(b, "],\"hubs\":[0");
	gaz_buf_put_z(b, "]}");
}

static void
make_json_text(struct gaz_buf *b, size_t size)
{
	gaz_buf_put_z(b, JSON "\"items\":[{\"id\":0}");
	while (b->len + 200 < size) {
		size_t until = b->len + 900000 < size - 100 ?
		    b->len + 900000 : size - 100;

		gaz_buf_put_z(b, ",{\"id\":\"1\",\"content_text\":\"");
		fill(b, "< & ", until);
		gaz_buf_put_z(b, "\"}");
	}
	gaz_buf_put_z(b, "]}");
}

static void
make_json_string(struct gaz_buf *b, size_t size)
{
	wrap(b, size, JSON "\"items\":[{\"id\":0,\"content_html\":\"",
	    "<b>\\u0061\\n</b>", "\"}]}");
}

static void
make_json_bad_bytes(struct gaz_buf *b, size_t size)
{
	wrap(b, size, JSON "\"items\":[{\"id\":0,\"content_text\":\"",
	    "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xFF\xFF\xFF",
	    "\"}]}");
}

static void
make_json_other(struct gaz_buf *b, size_t size)
{
	wrap(b, size, "{\"data\":[0", ",{\"a\":1,\"b\":[true,null]}", "]}");
}

/* ----- OPML ----- */

#define OPML "<opml version='2.0'><head><title>x</title></head><body>"
#define OPML_END "</body></opml>"

static void
make_outlines(struct gaz_buf *b, size_t size)
{
	gaz_buf_put_z(b, OPML);
	COUNT(b, size, "<outline text='Name' xmlUrl='https://a.example/%zu'/>",
	    i);
	gaz_buf_put_z(b, OPML_END);
}

static void
make_folders(struct gaz_buf *b, size_t size)
{
	gaz_buf_put_z(b, OPML);
	for (size_t i = 0; i < 32; i++) {
		gaz_buf_put_fmt(b, "<outline text='%zu ", i);
		fill(b, "x", b->len + 190);
		gaz_buf_put_z(b, "'>");
	}
	COUNT(b, size - 400, "<outline xmlUrl='http://a/%zu'/>", i);
	for (size_t i = 0; i < 32; i++)
		gaz_buf_put_z(b, "</outline>");
	gaz_buf_put_z(b, OPML_END);
}

static void
make_outlines_skipped(struct gaz_buf *b, size_t size)
{
	wrap(b, size, OPML, "<outline text='a' xmlUrl='x:y'/>", OPML_END);
}

static void
make_outlines_broken(struct gaz_buf *b, size_t size)
{
	make_outlines(b, size - 10);
	b->len -= strlen(OPML_END);
	gaz_buf_put_z(b, "&<b>" OPML_END);
}

static void
make_outlines_other(struct gaz_buf *b, size_t size)
{
	wrap(b, size, OPML, "<x a='' b='' c='' d=''/>", OPML_END);
}

const struct memory_shape memory_shapes_lists[] = {
	{ "JSON", make_json, false },
	{ "JSON, tiny items", make_json_tiny, false },
	{ "JSON, empty items", make_json_empty, false },
	{ "JSON, items first", make_json_late, false },
	{ "JSON, values", make_json_values, false },
	{ "JSON, values in an item", make_json_item_values, false },
	{ "JSON, deep arrays", make_json_arrays, false },
	{ "JSON, tags", make_json_tags, false },
	{ "JSON, files", make_json_files, false },
	{ "JSON, members", make_json_members, false },
	{ "JSON, people", make_json_people, false },
	{ "JSON, signs", make_json_text, false },
	{ "JSON, one string", make_json_string, false },
	{ "JSON, bad bytes", make_json_bad_bytes, false },
	{ "JSON, no feed", make_json_other, false },
	{ "OPML", make_outlines, true },
	{ "OPML, 32 folders", make_folders, true },
	{ "OPML, no feeds", make_outlines_skipped, true },
	{ "OPML, broken at its end", make_outlines_broken, true },
	{ "OPML, other elements", make_outlines_other, true },
};
const size_t memory_shapes_lists_n = GAZ_COUNT(memory_shapes_lists);
