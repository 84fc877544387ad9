/* What the writers share, byte for byte; whole documents are validated from
 * outside by tests/e2e/validate-*. */
#include "config.h"

#include "gazetted/export.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "gazetted/api.h"
#include "gazetted/mem.h"

#include "export/html.h"

#include "../e2e/sample_view.h"

typedef void (*write_fn)(const struct gaz_view *v, struct gaz_buf *out);

static void
write_page(const struct gaz_view *v, struct gaz_buf *out)
{
	struct gaz_page_options opt = { .standalone = false };

	gaz_export_html(v, &opt, out);
}

static void
write_file(const struct gaz_view *v, struct gaz_buf *out)
{
	struct gaz_page_options opt = { .standalone = true };

	gaz_export_html(v, &opt, out);
}

static const struct {
	const char *name;
	write_fn write;
} formats[] = {
	{ "atom", gaz_export_atom },
	{ "rss", gaz_export_rss },
	{ "json", gaz_export_json },
	{ "opml", gaz_export_opml },
	{ "jsonl", gaz_export_jsonl },
	{ "html", write_page },
	{ "file", write_file },
};

/* A buffer for what a case writes. */
static struct gaz_buf out;

static const char *
text(void)
{
	return out.p != NULL ? out.p : "";
}

static void
test_text(void **state)
{
	static const struct {
		const char *name, *in, *want;
	} cases[] = {
		{ "markup", "<a b=\"c\">'&'", "&lt;a b=&quot;c&quot;&gt;&#39;"
		    "&amp;&#39;" },
		{ "tab and newline stay", "a\tb\nc", "a\tb\nc" },
		{ "carriage return goes", "a\r\nb\r", "a\nb" },
		{ "C0", "a\x01\x08\x0b\x0c\x1f" "b", "ab" },
		{ "DEL and C1", "a\x7f\xc2\x80\xc2\x9f" "b\xc2\xa0",
		    "ab\xc2\xa0" },
		{ "banned", "a\xef\xbf\xbe\xef\xbf\xbf" "b", "ab" },
		{ "banned of another plane", "a\xf0\x9f\xbf\xbe" "b", "ab" },
		{ "replacement stays", "\xef\xbf\xbd", "\xef\xbf\xbd" },
		{ "ill-formed", "a\xff" "b\xc3",
		    "a\xef\xbf\xbd" "b\xef\xbf\xbd" },
		{ "surrogate", "\xed\xa0\x80",
		    "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "end of a section", "]]>", "]]&gt;" },
		{ "emoji", "\xf0\x9f\x99\x82", "\xf0\x9f\x99\x82" },
		{ "empty", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		gaz_buf_reset(&out);
		export_put_text(&out, gaz_str_of(cases[i].in));
		if (strcmp(text(), cases[i].want) != 0)
			fail_msg("%s: got \"%s\"", cases[i].name, text());
	}
	/* a NUL is a control character like the others */
	gaz_buf_reset(&out);
	export_put_text(&out, GAZ_STR("a\0b"));
	assert_string_equal(text(), "ab");
}

static void
test_urls(void **state)
{
	static const struct {
		const char *in, *want;
		bool link;
	} cases[] = {
		{ "https://a.example/?b=1&c=2", "https://a.example/?b=1&c=2",
		    true },
		{ "HTTP://a.example/", "HTTP://a.example/", true },
		{ "https://a.example/\"<x>' y", "https://a.example/%22%3Cx%3E"
		    "%27%20y", true },
		{ "https://a.example/%20\xc3\xa9\x01",
		    "https://a.example/%20%C3%A9%01", true },
		{ "https://", "https://", false },
		{ "http:/a", "http:/a", false },
		{ "javascript:alert(1)", "javascript:alert(1)", false },
		{ " https://a.example/", "%20https://a.example/", false },
		{ "//a.example/", "//a.example/", false },
		{ "mailto:a@b.example", "mailto:a@b.example", false },
		{ "", "", false },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_str in = gaz_str_of(cases[i].in);
		gaz_buf_reset(&out);
		export_encode_url(&out, in);
		if (strcmp(text(), cases[i].want) != 0)
			fail_msg("%s: got %s", cases[i].in, text());
		if (export_is_link(in) != cases[i].link)
			fail_msg("%s: link", cases[i].in);
	}
}

static void
test_languages(void **state)
{
	static const struct {
		const char *tag;
		bool sound;
		const char *name;
	} cases[] = {
		{ "fr", true, "French" },
		{ "pt-BR", true, "Portuguese" },
		{ "zh-Hant-TW", true, "Chinese" },
		{ "EN-us", true, "English" },
		{ "xx", true, "xx" },
		{ "fr_FR", false, NULL },
		{ "toolonglang", false, NULL },
		{ "fr-", false, NULL },
		{ "-fr", false, NULL },
		{ "1", false, NULL },
		{ "\"><x>", false, NULL },
		{ "", false, NULL },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_str tag = gaz_str_of(cases[i].tag);
		bool sound = export_language(tag).len > 0;
		if (sound != cases[i].sound)
			fail_msg("%s: sound %d", cases[i].tag, sound);
		if (cases[i].name != NULL && !gaz_str_eq_z(
		    part_language_name(tag), cases[i].name))
			fail_msg("%s: name", cases[i].tag);
	}
}

static void
test_direction(void **state)
{
	static const struct {
		const char *text;
		bool rtl;
	} cases[] = {
		{ "English", false },
		{ "ترامب يستضيف", true },
		{ "iPhone: أبل تكشف عن هاتفها الجديد", true },
		{ "The word שלום means peace", false },
		{ "2025 – 12:30", false },
		{ "特朗普", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		if (export_is_rtl(gaz_str_of(cases[i].text)) != cases[i].rtl)
			fail_msg("%s", cases[i].text);
	}
}

static void
test_ids(void **state)
{
	(void)state;
	gaz_buf_reset(&out);
	gaz_export_story_id(GAZ_STR_NONE, 12, &out);
	assert_string_equal(text(), "tag:gazetted.example,2026:story:12");
	gaz_buf_reset(&out);
	gaz_export_item_id(GAZ_STR("6f1c-2d"), INT64_MAX, &out);
	assert_string_equal(text(), "tag:gazetted.example,2026:6f1c-2d:item:"
	    "9223372036854775807");
	/* whatever the instance is, the id stays one */
	gaz_buf_reset(&out);
	gaz_export_story_id(GAZ_STR("a b:<"), 1, &out);
	assert_string_equal(text(), "tag:gazetted.example,2026:a-b--:story:1");
}

static struct gaz_str
view_id(struct gaz_view *v, const char *path, struct gaz_arena *a)
{
	v->path = gaz_str_of(path);
	gaz_buf_reset(&out);
	export_view_id(v, &out);
	return gaz_arena_str(a, gaz_buf_str(&out));
}

static void
test_view_ids(void **state)
{
	struct gaz_view *v = gaz_view_new(GAZ_VIEW_STORIES);
	struct gaz_arena a = { 0 };

	(void)state;
	struct gaz_str one = view_id(v, "/stories.atom?tag=x", &a);
	/* all pages are one feed, whatever the address of the server is */
	assert_true(gaz_str_eq(one,
	    view_id(v, "/stories.atom?page=3&tag=x", &a)));
	v->base_url = GAZ_STR("https://elsewhere.example");
	assert_true(gaz_str_eq(one, view_id(v, "/stories.atom?tag=x", &a)));
	assert_false(gaz_str_eq(one, view_id(v, "/stories.atom?tag=y", &a)));
	assert_false(gaz_str_eq(one, view_id(v, "/stories.atom", &a)));
	v->kind = GAZ_VIEW_ITEMS;
	assert_false(gaz_str_eq(one, view_id(v, "/stories.atom?tag=x", &a)));
	gaz_arena_clear(&a);
	gaz_view_free(v);
}

static void
test_paths(void **state)
{
	static const struct {
		const char *path;
		int64_t page;
		const char *want;
	} cases[] = {
		{ "/stories.atom", 1, "/stories.atom" },
		{ "/stories.atom", 2, "/stories.atom?page=2" },
		{ "/stories.atom?page=2", 1, "/stories.atom" },
		{ "/stories.atom?tag=a&page=2&q=b", 3,
		    "/stories.atom?tag=a&q=b&page=3" },
		{ "/?&&tag=a&", 1, "/?tag=a" },
		{ "/?pages=1&page=&page=7", 2, "/?pages=1&page=2" },
	};
	struct gaz_view *v = gaz_view_new(GAZ_VIEW_STORIES);
	struct gaz_arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		v->path = gaz_str_of(cases[i].path);
		struct gaz_str got = export_page_path(v, cases[i].page, &a);
		if (!gaz_str_eq_z(got, cases[i].want))
			fail_msg("%s: got %.*s", cases[i].path,
			    GAZ_STR_ARG(got));
	}
	v->path = GAZ_STR("/search?q=a+b&page=2");
	assert_true(gaz_str_eq_z(export_sibling_path(v, "/stories.rss", &a),
	    "/stories.rss?q=a+b"));
	gaz_arena_clear(&a);
	gaz_view_free(v);
}

static void
test_template(void **state)
{
	static const struct slot slots[] = {
		{ "a", GAZ_STR("<1>") },
		{ "none", GAZ_STR_NONE },
		{ "nest", GAZ_STR("{{a}}") },
	};
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ "x{{a}}y", "x&lt;1&gt;y" },
		{ "x{{{a}}}y", "x<1>y" },
		{ "{{none}}", "" },
		{ "{{{nest}}}{{nest}}", "{{a}}{{a}}" },
		{ "1{{#a}}2{{a}}{{/a}}3", "12&lt;1&gt;3" },
		{ "1{{#none}}2{{a}}{{/none}}3", "13" },
		{ "1\n{{#none}}\n2\n{{/none}}\n3\n", "1\n3\n" },
		{ "1\n{{#a}}\n2\n{{/a}}\n3\n", "1\n2\n3\n" },
		{ "{{#a}}{{#none}}1{{/none}}2{{/a}}", "2" },
		{ "{{#none}}{{#a}}1{{/a}}2{{/none}}3", "3" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		gaz_buf_reset(&out);
		template_fill(gaz_str_of(cases[i].in), slots, GAZ_COUNT(slots),
		    &out);
		if (strcmp(text(), cases[i].want) != 0)
			fail_msg("\"%s\": got \"%s\"", cases[i].in, text());
	}
}

/* A ceiling is reported, not passed, wherever it is hit. */
static void
test_ceiling(void **state)
{
	(void)state;
	for (size_t i = 0; sample_view_name(i) != NULL; i++) {
		struct gaz_view *v = sample_view_new(sample_view_name(i));
		for (size_t k = 0; k < GAZ_COUNT(formats); k++) {
			struct gaz_buf whole, cut;
			gaz_buf_init(&whole, GAZ_BUF_NO_MAX);
			formats[k].write(v, &whole);
			assert_false(whole.full);
			for (size_t max = 0; max < whole.len;
			    max += whole.len / 7 + 1) {
				gaz_buf_init(&cut, max);
				formats[k].write(v, &cut);
				if (!cut.full || cut.len > max)
					fail_msg("%s.%s: %zu of %zu bytes",
					    sample_view_name(i),
					    formats[k].name, max, whole.len);
				gaz_buf_clear(&cut);
			}
			gaz_buf_clear(&whole);
		}
		gaz_view_free(v);
	}
}

/* Views of the wrong kind and of nothing at all are documents, too. */
static void
test_empty(void **state)
{
	static const enum gaz_view_kind kinds[] = { GAZ_VIEW_STORIES,
		GAZ_VIEW_ITEMS, GAZ_VIEW_FEEDS };

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(kinds); i++) {
		struct gaz_view *v = gaz_view_new(kinds[i]);
		for (size_t k = 0; k < GAZ_COUNT(formats); k++) {
			gaz_buf_reset(&out);
			formats[k].write(v, &out);
			assert_false(out.full);
			if (strcmp(formats[k].name, "atom") == 0)
				assert_non_null(strstr(text(),
				    "<updated>1970-01-01T00:00:00Z"));
			if (strcmp(formats[k].name, "jsonl") == 0)
				assert_string_equal(text(), "");
		}
		gaz_view_free(v);
	}
}

static void
test_roots(void **state)
{
	static const struct {
		const char *path, *want;
	} cases[] = {
		{ "/", "href=\"./assets/style.css?" },
		{ "/?q=a/b/c", "href=\"./assets/style.css?" },
		{ "/search", "href=\"./assets/style.css?" },
		{ "/story/12", "href=\"../assets/style.css?" },
		{ "/a/b/c", "href=\"../../assets/style.css?" },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		gaz_buf_reset(&out);
		gaz_export_error_page(404, GAZ_STR("no <such> page"),
		    gaz_str_of(cases[i].path), &out);
		if (strstr(text(), cases[i].want) == NULL)
			fail_msg("%s: %s", cases[i].path, text());
		assert_non_null(strstr(text(), "no &lt;such&gt; page"));
	}
}

static void
test_assets(void **state)
{
	static const char *const names[] = { "style.css", "script.js",
		"icon.svg" };

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(names); i++) {
		const struct gaz_asset *a =
		    gaz_export_asset(gaz_str_of(names[i]));
		assert_non_null(a);
		assert_true(a->bytes.len > 100);
		assert_int_equal(a->bytes.p[a->bytes.len], '\0');
		assert_true(gaz_utf8_is_valid(a->bytes));
		/* they go into pages and onto the network: nothing foreign */
		assert_true(gaz_str_find(a->bytes, GAZ_STR("@import"), 0) ==
		    GAZ_STR_NPOS);
		assert_true(gaz_str_find(a->bytes, GAZ_STR("url("), 0) ==
		    GAZ_STR_NPOS);
	}
	assert_null(gaz_export_asset(GAZ_STR("page.html")));
	assert_null(gaz_export_asset(GAZ_STR("../style.css")));
	assert_null(gaz_export_asset(GAZ_STR("")));
}

/* Podcasts and places, in each format that has a home for them; nothing is
 * declared or written where no item has any. */
static void
test_extra(void **state)
{
	static const struct {
		const char *name;
		write_fn write;
		const char *want;
	} cases[] = {
		{ "rss", gaz_export_rss, "xmlns:podcast="
		    "\"https://podcastindex.org/namespace/1.0\"" },
		{ "rss", gaz_export_rss, "\t\t\t<podcast:transcript url=\""
		    "https://cast.example/1.vtt?a=1&amp;b=2\" type=\"text/vtt\""
		    " language=\"es\"/>\n" },
		{ "rss", gaz_export_rss, "<podcast:chapters url=\""
		    "https://cast.example/1.json\" "
		    "type=\"application/json+chapters\"/>" },
		{ "rss", gaz_export_rss, "<podcast:person role=\"guest\" "
		    "group=\"cast\" img=\"https://guest.example/a.png\" "
		    "href=\"https://guest.example/\">A. Guest</podcast:person>" },
		{ "rss", gaz_export_rss, "<podcast:soundbite "
		    "startTime=\"73.000\" duration=\"60.250\">Why<" },
		{ "rss", gaz_export_rss, "<psc:chapter "
		    "start=\"01:02:03.004\" title=\"The bell\"/>" },
		{ "rss", gaz_export_rss,
		    "<georss:point>-34.5 173.1234567</georss:point>" },
		{ "atom", gaz_export_atom,
		    "\t\t<georss:point>-34.5 173.1234567</georss:point>" },
		{ "atom", gaz_export_atom, "xmlns:georss=" },
		{ "json", gaz_export_json, "\"chapters_url\": "
		    "\"https://cast.example/1.json\"" },
		{ "json", gaz_export_json, "\"_podcast\": {" },
		{ "json", gaz_export_json, "\"_places\": [" },
		{ "api", gaz_api_write_view, "\"podcast\":{\"chapters_url\":"
		    "\"https://cast.example/1.json\",\"chapters\":[{\"start\":"
		    "3723.004,\"title\":\"The bell\"}],\"transcripts\":[{"
		    "\"url\":\"https://cast.example/1.vtt?a=1&b=2\",\"type\":"
		    "\"text/vtt\",\"language\":\"es\"}],\"persons\":[{\"name\":"
		    "\"A. Guest\",\"role\":\"guest\",\"group\":\"cast\",\"url\":"
		    "\"https://guest.example/\",\"image\":"
		    "\"https://guest.example/a.png\"}],\"soundbites\":[{"
		    "\"start\":73,\"duration\":60.25,\"title\":\"Why\"}]},"
		    "\"places\":[{\"kind\":\"point\",\"points\":"
		    "[[-34.5,173.1234567]]}]" },
	};
	struct gaz_view *v = sample_view_new("items");

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		gaz_buf_reset(&out);
		cases[i].write(v, &out);
		if (strstr(text(), cases[i].want) == NULL)
			fail_msg("%s: no %s in %s", cases[i].name,
			    cases[i].want, text());
	}
	/* Addresses that are none are not written. */
	v->items.v[3].extra = GAZ_STR("tjavascript:x\x1f\x1eudata:x\x1f\x1e"
	    "pX\x1f\x1f\x1f" "ftp://x/\x1f" "file:///x\x1f\x1e");
	gaz_buf_reset(&out);
	gaz_export_rss(v, &out);
	assert_non_null(strstr(text(), "<podcast:person>X</podcast:person>"));
	assert_null(strstr(text(), "<podcast:transcript"));
	assert_null(strstr(text(), "<podcast:chapters"));
	v->items.v[3].extra = GAZ_STR_NONE;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		gaz_buf_reset(&out);
		cases[i].write(v, &out);
		assert_null(strstr(text(), "podcast:"));
		assert_null(strstr(text(), "georss"));
		assert_null(strstr(text(), "podcast\""));
	}
	gaz_view_free(v);
}

/* How long a text takes to read, and which way it runs. */
static void
test_reading(void **state)
{
	static const struct {
		const char *title, *language;
		int64_t chars;
		const char *api, *json, *page;
	} cases[] = {
		{ "Bridge opens", "en", 9500,
		    "\"direction\":\"ltr\",\"reading_time\":600,",
		    "\"_reading_time\": 600", ">10 min</span>" },
		{ "Bridge opens", NULL, 1, "\"reading_time\":1,",
		    "\"_reading_time\": 1,", NULL },
		{ "Bridge opens", "en-GB", 0, "\"reading_time\":null,", NULL,
		    NULL },
		{ "桥梁开放", "zh-Hans", 2550,
		    "\"direction\":\"ltr\",\"reading_time\":600,",
		    "\"_reading_time\": 600", ">10 min</span>" },
		{ "افتتاح الجسر", "ar", 610,
		    "\"direction\":\"rtl\",\"reading_time\":60,",
		    "\"_reading_time\": 60", ">1 min</span>" },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_view *v = sample_view_new("items");
		struct gaz_view_item *it = &v->items.v[0];

		v->items.n = 1;
		it->title = gaz_str_of(cases[i].title);
		it->language = gaz_str_of(cases[i].language);
		it->chars = cases[i].chars;
		gaz_buf_reset(&out);
		gaz_api_write_view(v, &out);
		if (strstr(text(), cases[i].api) == NULL)
			fail_msg("%zu: no %s in %s", i, cases[i].api, text());
		gaz_buf_reset(&out);
		gaz_export_json(v, &out);
		if (cases[i].json == NULL)
			assert_null(strstr(text(), "_reading_time"));
		else if (strstr(text(), cases[i].json) == NULL)
			fail_msg("%zu: no %s in %s", i, cases[i].json,
			    text());
		gaz_buf_reset(&out);
		write_page(v, &out);
		if (cases[i].page == NULL)
			assert_null(strstr(text(), "class=\"minutes\""));
		else if (strstr(text(), cases[i].page) == NULL)
			fail_msg("%zu: no %s", i, cases[i].page);
		gaz_view_free(v);
	}
}

static void
test_page_kinds(void **state)
{
	static const struct {
		const char *view;
		enum gaz_page page;
		const char *want;
	} cases[] = {
		{ "stories", GAZ_PAGE_AUTO, "class=\"page-stories\"" },
		{ "story", GAZ_PAGE_AUTO, "class=\"page-story\"" },
		{ "search", GAZ_PAGE_AUTO, "class=\"page-search\"" },
		{ "items", GAZ_PAGE_AUTO, "class=\"page-items\"" },
		{ "feeds", GAZ_PAGE_AUTO, "class=\"page-feeds\"" },
		{ "bare", GAZ_PAGE_STORY, "class=\"whole-story\"" },
		{ "stories", GAZ_PAGE_SEARCH, "class=\"results\"" },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_view *v = sample_view_new(cases[i].view);
		struct gaz_page_options opt = { .page = cases[i].page };
		gaz_buf_reset(&out);
		gaz_export_html(v, &opt, &out);
		if (strstr(text(), cases[i].want) == NULL)
			fail_msg("%s: no %s", cases[i].view, cases[i].want);
		gaz_view_free(v);
	}
}

static int
begin(void **state)
{
	(void)state;
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	gaz_buf_clear(&out);
	return 0;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_urls),
		cmocka_unit_test(test_languages),
		cmocka_unit_test(test_direction),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_view_ids),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_template),
		cmocka_unit_test(test_ceiling),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_roots),
		cmocka_unit_test(test_assets),
		cmocka_unit_test(test_page_kinds),
		cmocka_unit_test(test_extra),
		cmocka_unit_test(test_reading),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("export", tests, begin, end);
}
