/*
 * Dates, HTML, names and addresses of broken and hostile documents, as in
 * test_broken.
 */
#include "config.h"

#include "broken.h"

#include "gazetted/html.h"
#include "gazetted/limits.h"
#include "gazetted/mem.h"
#include "gazetted/url.h"

/* ----- dates ----- */

static void
test_B70_dates(void **state)
{
	static const struct {
		const char *guid, *raw;
		gaz_utc want;
	} cases[] = {
		{ "none", NULL, GAZ_UTC_UNKNOWN },
		{ "year-0", "0000-01-01T00:00:00Z", GAZ_UTC_UNKNOWN },
		{ "epoch", "Thu, 01 Jan 1970 00:00:00 GMT", 0 },
		{ "2099", "Thu, 01 Jan 2099 00:00:00 GMT", 4070908800 },
		{ "feb-31", "Mon, 31 Feb 2025 10:00:00 GMT",
		    GAZ_UTC_UNKNOWN },
		{ "two-digits", "Thu, 04 Sep 25 18:30:00 GMT", 1757010600 },
		{ "wrong-weekday", "Mon, 04 Sep 2025 18:30:00 GMT",
		    1757010600 },
		{ "zone", "Thu, 04 Sep 2025 14:30:00 EDT", 1757010600 },
		{ "french", "jeu., 04 sept. 2025 20:30:00 +0200",
		    1757010600 },
		{ "russian", "Чт, 04 сен 2025 21:30:00 +0300", 1757010600 },
		{ "garbage", "the day before yesterday", GAZ_UTC_UNKNOWN },
		{ "swapped", "2025-13-45T99:99:99Z", GAZ_UTC_UNKNOWN },
	};
	struct parsed p;

	(void)state;
	load(&p, "B70.xml", NULL);
	expect_fault(&p, "dates", GAZ_FAULT_NONE);
	assert_int_equal(p.batch.items.n, GAZ_COUNT(cases));
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		const struct gaz_batch_item *it = &p.batch.items.v[i];

		expect_str("guid", it->guid, cases[i].guid);
		expect_str(cases[i].guid, p.doc.items.v[i].published_raw,
		    cases[i].raw);
		if (it->published != cases[i].want)
			fail_msg("%s: %lld", cases[i].guid,
			    (long long)it->published);
		assert_true((it->published == GAZ_UTC_UNKNOWN) ==
		    ((it->flags & GAZ_ITEM_DATE_UNKNOWN) != 0));
	}
	clear(&p);
}

/* ----- what is shown ----- */

static void
test_B72_scripts(void **state)
{
	static const char *const bad[] = { "<script", "onerror", "onclick",
		"srcdoc", "<iframe", "<object", "<meta", "<base", "<form",
		"<svg", "<math", "<style", "<noscript", "<!--", "javascript:" };
	struct parsed p;

	(void)state;
	load(&p, "B72.xml", NULL);
	expect_fault(&p, "vectors", GAZ_FAULT_NONE);
	assert_int_equal(p.batch.items.n, 12);
	for (size_t i = 0; i < p.batch.items.n; i++) {
		struct gaz_html_options opt = { .decorate = true };
		struct gaz_str html = p.batch.items.v[i].content;
		struct gaz_buf again;

		for (size_t k = 0; k < GAZ_COUNT(bad); k++) {
			/* As text it is harmless: "&lt;img … onerror". */
			if (bad[k][0] == '<' && holds(html, bad[k]))
				fail_msg("%zu: %.*s", i, GAZ_STR_ARG(html));
		}
		assert_true(holds(html, "<p>before</p>"));
		gaz_buf_init(&again, GAZ_BUF_NO_MAX);
		gaz_html_clean(html, &opt, &p.a, &again, NULL);
		if (!gaz_str_eq(gaz_buf_str(&again), html))
			fail_msg("%zu: no fixed point: %.*s", i,
			    GAZ_STR_ARG(html));
		gaz_buf_clear(&again);
	}
	clear(&p);
}

static void
test_B73_addresses(void **state)
{
	static const char *const want[] = { NULL, NULL, NULL, NULL,
		"href=\"https://evil.example/x\"",
		"href=\"http://evil.example/x\"", NULL, NULL };
	struct parsed p;

	(void)state;
	load(&p, "B73.xml", NULL);
	assert_int_equal(p.batch.items.n, GAZ_COUNT(want));
	for (size_t i = 0; i < p.batch.items.n; i++) {
		struct gaz_str html = p.batch.items.v[i].content;

		if (!holds(html, "words") || holds(html, "script") ||
		    holds(html, "data:") ||
		    (want[i] == NULL ? holds(html, "href=") :
			!holds(html, want[i])))
			fail_msg("%zu: %.*s", i, GAZ_STR_ARG(html));
	}
	clear(&p);
}

static void
test_B74_markup_in_names(void **state)
{
	struct parsed p;

	(void)state;
	load(&p, "B74.xml", NULL);
	expect_titles(&p, "markup", TITLES("Bold & plain title"));
	expect_str("feed", p.batch.title, "Bold & plain feed");
	expect_str("description", p.batch.description, "Bold & plain");
	expect_str("author", p.batch.items.v[0].author,
	    "Bold & plain author");
	expect_str("category", p.batch.items.v[0].categories.v[0],
	    "Bold & plain category");
	clear(&p);
}

/* text, with n for its "%zu" */
static void
put_numbered(struct gaz_buf *b, const char *text, size_t n)
{
	const char *at = strstr(text, "%zu");

	if (at == NULL) {
		gaz_buf_put_z(b, text);
		return;
	}
	gaz_buf_put(b, text, (size_t)(at - text));
	gaz_buf_put_fmt(b, "%zu%s", n, at + 3);
}

static void
test_B75_large_html(void **state)
{
	static const struct {
		const char *name, *before, *middle, *after;
		size_t n;
		unsigned flag;
		const char *error;
	} cases[] = {
		{ "nested", "", "&lt;div&gt;", "the text", 50000,
		    GAZ_BATCH_HTML_TOO_DEEP, "html-too-deep" },
		{ "unclosed", "", "&lt;b&gt;&lt;i&gt;", "the text", 12000,
		    GAZ_BATCH_HTML_TOO_DEEP, "html-too-deep" },
		{ "unmatched", "", "&lt;b&gt;", "the text", 20000,
		    GAZ_BATCH_HTML_TOO_DEEP, "html-too-deep" },
		{ "attributes", "&lt;p", " a%zu=1", "&gt;the text", 50000,
		    GAZ_BATCH_HTML_TOO_MANY_ATTRIBUTES,
		    "html-too-many-attributes" },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_buf b;
		struct parsed p;

		gaz_buf_init(&b, GAZ_BUF_NO_MAX);
		gaz_buf_put_fmt(&b, HEAD "<item><guid>a</guid><description>%s",
		    cases[i].before);
		for (size_t k = 0; k < cases[i].n; k++)
			put_numbered(&b, cases[i].middle, k);
		gaz_buf_put_z(&b, cases[i].after);
		for (size_t k = 0; i == 2 && k < cases[i].n; k++)
			gaz_buf_put_z(&b, "&lt;/i&gt;");
		gaz_buf_put_z(&b, "</description></item>" TAIL);
		parse(&p, gaz_buf_str(&b), NULL);
		expect_fault(&p, cases[i].name, GAZ_FAULT_NONE);
		expect_str(cases[i].name, p.batch.items.v[0].text,
		    "the text");
		if ((p.batch.flags & cases[i].flag) == 0 ||
		    !has_error(&p, cases[i].error))
			fail_msg("%s: not flagged", cases[i].name);
		clear(&p);
		gaz_buf_clear(&b);
	}
}

static void
test_B76_terminal_text(void **state)
{
	struct gaz_str title;
	size_t marks = 0;
	struct parsed p;

	(void)state;
	load(&p, "B76.xml", NULL);
	expect_fault(&p, "text", GAZ_FAULT_NONE);
	title = p.batch.items.v[0].title;
	for (size_t pos = 0; pos < title.len;) {
		uint32_t c = gaz_utf8_next(title, &pos);

		assert_false(c < 0x20 || (c >= 0x7F && c < 0xA0));
		assert_false(c >= 0x202A && c <= 0x202E);
		assert_false(c >= 0x2066 && c <= 0x2069);
		assert_true(c != 0x200B);
		marks += c == 0x301;
	}
	assert_int_equal(marks, GAZ_MARKS_MAX);
	assert_true(holds(title, "Red over txet"));
	clear(&p);
}

static void
test_B77_line_ends(void **state)
{
	const struct gaz_batch_item *it;
	struct parsed p;

	(void)state;
	load(&p, "B77.xml", NULL);
	expect_titles(&p, "line ends", TITLES("Bridge Set-Cookie: x=1 fetch "
	    "feed=9 forged=yes"));
	it = &p.batch.items.v[0];
	assert_true(gaz_str_find_char(it->url, '\n', 0) == GAZ_STR_NPOS);
	assert_true(gaz_str_find_char(it->url, '\r', 0) == GAZ_STR_NPOS);
	assert_true(gaz_str_find_char(it->url_given, '\n', 0) == GAZ_STR_NPOS);
	expect_str("author", it->author, "A B");
	expect_str("category", it->categories.v[0], "c d");
	clear(&p);
}

static void
test_B78_look_alikes(void **state)
{
	struct parsed p;

	(void)state;
	load(&p, "B78.xml", NULL);
	expect_fault(&p, "hosts", GAZ_FAULT_NONE);
	expect_str("mixed",
	    gaz_url_host_display(&p.a, p.batch.items.v[0].url),
	    "www.раураl.example (www.xn--l-7sba6dbr.example)");
	expect_str("one script",
	    gaz_url_host_display(&p.a, p.batch.items.v[1].url),
	    "www.münchen.example");
	clear(&p);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_B70_dates),
		cmocka_unit_test(test_B72_scripts),
		cmocka_unit_test(test_B73_addresses),
		cmocka_unit_test(test_B74_markup_in_names),
		cmocka_unit_test(test_B75_large_html),
		cmocka_unit_test(test_B76_terminal_text),
		cmocka_unit_test(test_B77_line_ends),
		cmocka_unit_test(test_B78_look_alikes),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("broken_text", tests, NULL, NULL);
}
