#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <dirent.h>
#include <jansson.h>

#include "gazetted/buf.h"
#include "gazetted/mem.h"

#include "normalise/html_element.h"
#include "normalise/html_ref.h"
#include "normalise/html_token.h"

/*
 * One token as a line: T text, S start tag, E end tag, C comment, D doctype.
 * References are decoded, so that the result can be compared with what the
 * standard says.
 */

static void
put_char(struct gaz_buf *out, char c, bool nul_is_replaced)
{
	if (c == '\0' && nul_is_replaced)
		gaz_buf_put_utf8(out, 0xfffd);
	else
		gaz_buf_put_char(out, c);
}

static void
put_decoded(struct gaz_buf *out, struct gaz_str s, bool refs, bool attribute,
    bool nul_is_replaced)
{
	for (size_t i = 0; i < s.len;) {
		char text[HTML_REF_TEXT_MAX];
		size_t len, n = 0;
		if (refs && s.p[i] == '&')
			n = gaz_html_ref(s, i, attribute, text, &len);
		if (n > 0) {
			gaz_buf_put(out, text, len);
			i += n;
			continue;
		}
		put_char(out, s.p[i++], nul_is_replaced);
	}
}

static void
put_name(struct gaz_buf *out, struct gaz_str name)
{
	for (size_t i = 0; i < name.len; i++)
		put_char(out, gaz_to_lower(name.p[i]), true);
}

static int
compare_attributes(const void *a, const void *b)
{
	const struct token_attribute *x = a, *y = b;
	struct gaz_buf names[2];
	int order;

	gaz_buf_init(&names[0], GAZ_BUF_NO_MAX);
	gaz_buf_init(&names[1], GAZ_BUF_NO_MAX);
	put_name(&names[0], x->name);
	put_name(&names[1], y->name);
	order = gaz_str_cmp(gaz_buf_str(&names[0]), gaz_buf_str(&names[1]));
	gaz_buf_clear(&names[0]);
	gaz_buf_clear(&names[1]);
	return order;
}

static void
put_token(struct gaz_buf *out, struct token *t, bool *in_text)
{
	if (t->kind != TOKEN_TEXT && *in_text)
		gaz_buf_put_char(out, '\n');
	switch (t->kind) {
	case TOKEN_TEXT:
		if (!*in_text)
			gaz_buf_put_z(out, "T ");
		put_decoded(out, t->text, true, false, false);
		break;
	case TOKEN_START:
	case TOKEN_END:
		gaz_buf_put_z(out, t->kind == TOKEN_START ? "S " : "E ");
		put_name(out, t->name);
		if (t->kind == TOKEN_END) {
			gaz_buf_put_char(out, '\n');
			break;
		}
		qsort(t->v, t->n, sizeof(t->v[0]), compare_attributes);
		for (size_t i = 0; i < t->n; i++) {
			gaz_buf_put_char(out, ' ');
			put_name(out, t->v[i].name);
			gaz_buf_put_char(out, '=');
			put_decoded(out, t->v[i].value, true, true, true);
		}
		gaz_buf_put_z(out, t->self_closing ? " /\n" : "\n");
		break;
	case TOKEN_COMMENT:
		gaz_buf_put_z(out, "C ");
		put_decoded(out, t->text, false, false, true);
		gaz_buf_put_char(out, '\n');
		break;
	case TOKEN_DOCTYPE:
		gaz_buf_put_z(out, "D\n");
		break;
	case TOKEN_EOF:
		break;
	}
	*in_text = t->kind == TOKEN_TEXT;
}

/* raw: the text begins inside a raw text element of that name; absent: no. */
static void
write_tokens(struct gaz_str s, struct gaz_str raw, bool refs,
    struct gaz_buf *out)
{
	struct tokenizer t;
	struct token token;
	bool in_text = false;

	gaz_html_tokenizer_init(&t, s);
	if (raw.p != NULL) {
		struct gaz_str text = gaz_html_raw_text(&t, raw);
		if (text.len > 0) {
			gaz_buf_put_z(out, "T ");
			put_decoded(out, text, refs, false, true);
			in_text = true;
		}
	}
	do {
		gaz_html_next(&t, &token);
		put_token(out, &token, &in_text);
	} while (token.kind != TOKEN_EOF);
}

static const struct {
	const char *html, *want;
} cases[] = {
	{ "", "" },
	{ "a<b>c</b>d", "T a\nS b\nT c\nE b\nT d\n" },
	{ "1 < 2 <3 <", "T 1 < 2 <3 <\n" },
	{ "a</", "T a</\n" },
	{ "a</>b", "T ab\n" },
	{ "</ x>b", "C  x\nT b\n" },
	{ "<?php x ?>b", "C ?php x ?\nT b\n" },
	{ "<!doctype html>b", "D\nT b\n" },
	{ "<!x>b", "C x\nT b\n" },
	{ "<![CDATA[x]]>b", "C [CDATA[x]]\nT b\n" },
	{ "<A HREF=x ID='y' Class=\"z\">", "S a class=z href=x id=y\n" },
	{ "<a b c=1 b=2 C=3>", "S a b= c=1\n" },
	{ "<a =x=1>", "S a =x=1\n" },
	{ "<a x=>b", "S a x=\nT b\n" },
	{ "<a x = 'y'z>", "S a x=y z=\n" },
	{ "<a href=http://x/>b", "S a href=http://x/\nT b\n" },
	{ "<br/>", "S br /\n" },
	{ "<br / >", "S br\n" },
	{ "<a/b>", "S a b=\n" },
	{ "<a x='&lt;&ltx&lt=&amp'>", "S a x=<&ltx&lt=&\n" },
	{ "a<b x='", "T a\n" },
	{ "a<b x", "T a\n" },
	{ "<!---->b", "C \nT b\n" },
	{ "<!-->b", "C \nT b\n" },
	{ "<!--->b", "C \nT b\n" },
	{ "<!--a--!>b", "C a\nT b\n" },
	{ "<!--a--b-->c", "C a--b\nT c\n" },
	{ "<!--a-- >b-->c", "C a-- >b\nT c\n" },
	{ "<!--a", "C a\n" },
	{ "<!--a--", "C a\n" },
	{ "&amp;&lt&notit;&notin;&#65;&#x41;&#x80;&#0;&x;",
	    "T &<\xc2\xacit;\xe2\x88\x89" "AA\xe2\x82\xac\xef\xbf\xbd&x;\n" },
};

static void
test_tokens(void **state)
{
	struct gaz_buf out;

	(void)state;
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		gaz_buf_reset(&out);
		write_tokens(gaz_str_of(cases[i].html), GAZ_STR_NONE, false,
		    &out);
		if (!gaz_str_eq_z(gaz_buf_str(&out), cases[i].want))
			fail_msg("%s: got %s", cases[i].html, out.p);
	}
	gaz_buf_clear(&out);
}

static const struct {
	const char *name, *html, *text; /* what stands before the end tag */
} raws[] = {
	{ "style", "a</style>b", "a" },
	{ "style", "a</STYLE >b", "a" },
	{ "style", "a</stylex></style/>b", "a</stylex>" },
	{ "style", "a</style", "a</style" },
	{ "script", "a</script>b", "a" },
	{ "script", "<!--</script>-->", "<!--" },
	{ "script", "<!--<script></script>--></script>",
	    "<!--<script></script>-->" },
	{ "script", "<!--<script>--></script></script>", "<!--<script>-->" },
	{ "script", "<!--><script></script></script>", "<!--><script>" },
	{ "script", "<!--<scriptx></script></script>", "<!--<scriptx>" },
};

static void
test_raw_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(raws); i++) {
		struct tokenizer t;
		gaz_html_tokenizer_init(&t, gaz_str_of(raws[i].html));
		struct gaz_str got = gaz_html_raw_text(&t,
		    gaz_str_of(raws[i].name));
		if (!gaz_str_eq_z(got, raws[i].text))
			fail_msg("%s: got %.*s", raws[i].html,
			    GAZ_STR_ARG(got));
	}
}

static const struct {
	const char *html, *rest; /* NULL: nothing skipped */
} skips[] = {
	{ "a</svg>b", "b" },
	{ "a</SVG x='>'>b", "'>b" }, /* attributes of end tags are rare */
	{ "<svg></svg></svg>b", "b" },
	{ "<svg></svg>b", "b" }, /* one of them was never closed */
	{ "<svgx></svgx>b", NULL },
	{ "a", NULL },
	{ "a</svg", NULL },
};

static void
test_skip(void **state)
{
	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(skips); i++) {
		struct tokenizer t;
		gaz_html_tokenizer_init(&t, gaz_str_of(skips[i].html));
		bool got = gaz_html_skip(&t, GAZ_STR("svg"), 3);
		struct gaz_str rest = gaz_str_sub(t.s, t.pos, t.s.len);
		if (got != (skips[i].rest != NULL) ||
		    (got && !gaz_str_eq_z(rest, skips[i].rest)))
			fail_msg("%s: rest %.*s", skips[i].html,
			    GAZ_STR_ARG(rest));
	}
}

/*
 * The tokenizer tests of html5lib, if GAZ_HTML5LIB names their folder. They
 * are not part of this source.
 */

struct score {
	size_t passed, failed, skipped;
};

/* "\uHHHH" that was escaped twice. */
static void
unescape(struct gaz_str s, struct gaz_buf *out)
{
	for (size_t i = 0; i < s.len; i++) {
		uint32_t c = 0;
		if (s.p[i] != '\\' || s.len - i < 6 || s.p[i + 1] != 'u') {
			gaz_buf_put_char(out, s.p[i]);
			continue;
		}
		for (size_t j = 2; j < 6; j++)
			c = c << 4 | (uint32_t)gaz_hex_value(s.p[i + j]);
		gaz_buf_put_utf8(out, c);
		i += 5;
	}
}

static void
put_json(struct gaz_buf *out, const json_t *v, bool twice)
{
	struct gaz_str s = gaz_str_make(json_string_value(v),
	    json_string_length(v));

	if (twice)
		unescape(s, out);
	else
		gaz_buf_put_str(out, s);
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
put_expected_attributes(struct gaz_buf *out, json_t *map, bool twice)
{
	const char *names[64], *name;
	size_t n = 0;
	json_t *value;

	json_object_foreach(map, name, value) {
		if (n < GAZ_COUNT(names))
			names[n++] = name;
	}
	qsort(names, n, sizeof(names[0]), compare_names);
	for (size_t i = 0; i < n; i++) {
		gaz_buf_put_char(out, ' ');
		if (twice)
			unescape(gaz_str_of(names[i]), out);
		else
			gaz_buf_put_z(out, names[i]);
		gaz_buf_put_char(out, '=');
		put_json(out, json_object_get(map, names[i]), twice);
	}
}

static void
put_expected(struct gaz_buf *out, json_t *tokens, bool twice)
{
	bool in_text = false;
	size_t i;
	json_t *v;

	json_array_foreach(tokens, i, v) {
		const char *kind = json_string_value(json_array_get(v, 0));
		bool text = strcmp(kind, "Character") == 0;
		if (in_text && !text)
			gaz_buf_put_char(out, '\n');
		if (text && !in_text)
			gaz_buf_put_z(out, "T ");
		in_text = text;
		if (text) {
			put_json(out, json_array_get(v, 1), twice);
			continue;
		}
		if (strcmp(kind, "DOCTYPE") == 0) {
			gaz_buf_put_z(out, "D\n");
			continue;
		}
		gaz_buf_put_char(out, kind[0]);
		gaz_buf_put_char(out, ' ');
		put_json(out, json_array_get(v, 1), twice);
		if (strcmp(kind, "StartTag") == 0) {
			put_expected_attributes(out, json_array_get(v, 2),
			    twice);
			if (json_is_true(json_array_get(v, 3)))
				gaz_buf_put_z(out, " /");
		}
		gaz_buf_put_char(out, '\n');
	}
	if (in_text)
		gaz_buf_put_char(out, '\n');
}

/* Line ends as the tokenizer's input stream has them. */
static void
put_input(struct gaz_buf *out, const json_t *test, bool twice)
{
	struct gaz_buf raw;

	gaz_buf_init(&raw, GAZ_BUF_NO_MAX);
	put_json(&raw, json_object_get(test, "input"), twice);
	for (size_t i = 0; i < raw.len; i++) {
		if (raw.p[i] != '\r')
			gaz_buf_put_char(out, raw.p[i]);
		else if (i + 1 == raw.len || raw.p[i + 1] != '\n')
			gaz_buf_put_char(out, '\n');
	}
	gaz_buf_clear(&raw);
}

static void
run_one(const char *file, json_t *test, const char *in_state,
    struct score *score)
{
	bool twice = json_is_true(json_object_get(test, "doubleEscaped"));
	const char *last = json_string_value(json_object_get(test,
	    "lastStartTag"));
	struct gaz_buf input, want, got;
	struct gaz_str raw = GAZ_STR_NONE;

	if (strcmp(in_state, "CDATA section state") == 0) {
		/* Only foreign content has them, which is never kept. */
		score->skipped++;
		return;
	}
	gaz_buf_init(&input, GAZ_BUF_NO_MAX);
	gaz_buf_init(&want, GAZ_BUF_NO_MAX);
	gaz_buf_init(&got, GAZ_BUF_NO_MAX);
	put_input(&input, test, twice);
	put_expected(&want, json_object_get(test, "output"), twice);
	if (strcmp(in_state, "Script data state") == 0)
		raw = last != NULL ? gaz_str_of(last) : GAZ_STR("script");
	else if (strcmp(in_state, "PLAINTEXT state") == 0)
		raw = GAZ_STR("\x01");
	else if (strcmp(in_state, "Data state") != 0)
		raw = last != NULL ? gaz_str_of(last) : GAZ_STR("\x01");
	write_tokens(gaz_buf_str(&input), raw,
	    strcmp(in_state, "RCDATA state") == 0, &got);
	if (gaz_str_eq(gaz_buf_str(&got), gaz_buf_str(&want))) {
		score->passed++;
	} else {
		score->failed++;
		printf("%s: %s, %s: input %s\n got: %s\nwant: %s\n", file,
		    json_string_value(json_object_get(test, "description")),
		    in_state, input.p, got.p, want.p);
	}
	gaz_buf_clear(&input);
	gaz_buf_clear(&want);
	gaz_buf_clear(&got);
}

static void
run_file(const char *folder, const char *name, struct score *score)
{
	char path[1024];
	json_error_t error;
	size_t i, j;
	json_t *test, *in_state;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	json_t *file = json_load_file(path, JSON_ALLOW_NUL, &error);
	if (file == NULL)
		fail_msg("%s: %s", path, error.text);
	json_array_foreach(json_object_get(file, "tests"), i, test) {
		json_t *states = json_object_get(test, "initialStates");
		if (states == NULL) {
			run_one(name, test, "Data state", score);
			continue;
		}
		json_array_foreach(states, j, in_state)
			run_one(name, test, json_string_value(in_state),
			    score);
	}
	json_decref(file);
}

static void
test_html5lib(void **state)
{
	const char *folder = getenv("GAZ_HTML5LIB");
	struct score score = { 0 };
	const struct dirent *entry;

	(void)state;
	if (folder == NULL)
		skip();
	DIR *dir = opendir(folder);
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		if (gaz_str_ends(gaz_str_of(entry->d_name), ".test"))
			run_file(folder, entry->d_name, &score);
	}
	closedir(dir);
	printf("%zu passed, %zu failed, %zu skipped\n", score.passed,
	    score.failed, score.skipped);
	assert_int_equal(score.failed, 0);
}

/* The index by first letters knows every row, and numbers are right. */
static void
test_elements(void **state)
{
	static const struct {
		const char *name;
		size_t row;
	} numbers[] = { { "a", HTML_A }, { "address", HTML_ADDRESS },
		{ "br", HTML_BR }, { "div", HTML_DIV }, { "hr", HTML_HR },
		{ "ol", HTML_OL }, { "p", HTML_P }, { "ruby", HTML_RUBY },
		{ "table", HTML_TABLE }, { "td", HTML_TD }, { "tr", HTML_TR },
		{ "ul", HTML_UL } };
	const struct element *e;

	(void)state;
	for (size_t i = 0; (e = gaz_html_element_row(i)) != NULL; i++) {
		assert_int_equal(e->len, strlen(e->name));
		if (gaz_html_element(gaz_str_of(e->name)) != e)
			fail_msg("%s is not found", e->name);
		if (gaz_html_written(e) == NULL)
			fail_msg("%s: %s is not found", e->name, e->written);
	}
	for (size_t i = 0; i < GAZ_COUNT(numbers); i++) {
		if (gaz_html_element(gaz_str_of(numbers[i].name)) !=
		    gaz_html_element_row(numbers[i].row))
			fail_msg("%s has another number", numbers[i].name);
	}
	assert_ptr_equal(gaz_html_element(GAZ_STR("DIV")),
	    gaz_html_element(GAZ_STR("div")));
	assert_null(gaz_html_element(GAZ_STR("divx")));
	assert_null(gaz_html_element(GAZ_STR("")));
	assert_null(gaz_html_element(GAZ_STR("{")));
	assert_null(gaz_html_element(GAZ_STR("\xC3\xA9")));
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_elements),
		cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_raw_text),
		cmocka_unit_test(test_skip),
		cmocka_unit_test(test_html5lib),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("html_token", tests, NULL, NULL);
}
