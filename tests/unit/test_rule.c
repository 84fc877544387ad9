#include "config.h"

#include "gazetted/rule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "gazetted/limits.h"
#include "gazetted/mem.h"

/* One rule "r" with this expression, which stars. */
static struct gaz_rules *
rules_of(const char *match)
{
	struct gaz_config_action star = { .what = GAZ_RULE_STAR };
	struct gaz_config_rule rule = { .name = GAZ_STR("r"),
		.match = gaz_str_of(match), .actions = { &star, 1, 1 } };
	struct gaz_config config = { .rules = { &rule, 1, 1 } };
	struct gaz_err err;

	struct gaz_rules *r = gaz_rules_new(&config, &err);
	if (r == NULL)
		fail_msg("%s: %s", match, err.msg);
	return r;
}

static bool
matches(const char *match, const struct gaz_rule_item *item)
{
	struct gaz_rules *r = rules_of(match);
	struct gaz_rule_outcome out;
	struct gaz_arena a = { 0 };

	gaz_rules_apply(r, item, &a, &out);
	bool star = out.star;
	assert_int_equal(out.matched.n, star);
	gaz_arena_clear(&a);
	gaz_rules_free(r);
	return star;
}

static void
test_matches(void **state)
{
	struct gaz_str tag_list[] = { GAZ_STR("News"), GAZ_STR("économie") };
	struct gaz_str category_list[] = { GAZ_STR("Sport") };
	const gaz_str_list tags = { tag_list, 2, 2 };
	const gaz_str_list categories = { category_list, 1, 1 };
	const struct gaz_rule_item item = {
		.feed = GAZ_STR("monde"),
		.feed_title = GAZ_STR("Le Monde d'hier"),
		.title = GAZ_STR("Élection: le Sénat vote la loi AI"),
		.url = GAZ_STR("https://monde.example/a?b=c"),
		.language = GAZ_STR("fr-CA"),
		.content = GAZ_STR("Première ligne.\nDeuxième (ligne)."),
		.tags = &tags,
		.categories = &categories,
	};
	static const struct {
		const char *match;
		bool want;
	} cases[] = {
		{ "title ~ sénat", true },
		{ "title ~ SÉNAT", true },
		{ "title ~ \"(?-i)SÉNAT\"", false },
		{ "title ~ \"\\bai\\b\"", true },
		{ "title ~ '\\bsén\\b'", false },
		{ "title ~ ^élection", true },
		{ "title ~ ^sénat", false },
		{ "title !~ sénat", false },
		{ "title = sénat", false },
		{ "title = \"élection: LE sénat vote la loi ai\"", true },
		{ "title != sénat", true },
		{ "title = \"Élection.*\"", false },
		{ "content ~ \"\\(ligne\\)\"", true },
		{ "content ~ \"^deuxième\"", false },
		{ "content ~ \"(?m)^deuxième\"", true },
		{ "content ~ \"\\d\"", false },
		{ "content ~ \"ligne.\\s\"", true },
		{ "author = \"\"", true },
		{ "author ~ .", false },
		{ "not author ~ .", true },
		{ "feed = monde", true },
		{ "feed = \"le monde d'hier\"", true },
		{ "feed = 'le monde d\\'hier'", true },
		{ "feed ~ hier", true },
		{ "feed != monde", false },
		{ "feed = autre", false },
		{ "url = https://monde.example/a?b=c", true },
		{ "url ~ ^https?://monde\\.example/", true },
		{ "tag = news", true },
		{ "tag = ÉCONOMIE", true },
		{ "tag = sport", true },
		{ "tag = new", false },
		{ "tag ~ ^spo", true },
		{ "tag != news", false },
		{ "tag != music", true },
		{ "language = fr", true },
		{ "language = FR-ca", true },
		{ "language = fr-FR", false },
		{ "language = f", false },
		{ "language != en", true },
		{ "language ~ ca$", true },
		{ "tag = news and tag = music", false },
		{ "tag = news and tag = sport", true },
		{ "tag = music or tag = sport", true },
		{ "tag = music or tag = film", false },
		{ "not tag = music", true },
		{ "not not tag = music", false },
		{ "NOT tag = music AND title ~ loi", true },
		/* "and" binds closer than "or", "not" closest. */
		{ "tag = news or tag = x and tag = y", true },
		{ "(tag = news or tag = x) and tag = y", false },
		{ "not tag = news or tag = sport", true },
		{ "not (tag = news or tag = sport)", false },
		{ "(tag=news)and(title~loi)", true },
		{ "  tag  =  news  ", true },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		if (matches(cases[i].match, &item) != cases[i].want)
			fail_msg("%s", cases[i].match);
	}
}

static void
test_faults(void **state)
{
	static const struct {
		const char *match;
		size_t at;
		const char *want;
	} cases[] = {
		{ "", 0, "ends too early" },
		{ "   ", 2, "ends too early" },
		{ "title", 4, "operator" },
		{ "title ~", 6, "value is missing" },
		{ "title ~ (?-i)X", 8, "needs quotes" },
		{ "titel ~ x", 0, "did you mean \"title\"" },
		{ "42 ~ x", 0, "a field is needed" },
		{ "title ~ x or", 11, "ends too early" },
		{ "title ~ \"\"", 8, "empty pattern" },
		{ "title ~ x && tag = y", 10, "\"and\" or \"or\"" },
		{ "title ~ [a", 9, "regular expression" },
		{ "title ~ \"\\\\C\"", 0, NULL },
		{ "title ~ \\C", 9, "\\C" },
		{ "title ~ \"(?<n>a)(?P=n)\"", 9, "back references" },
		{ "()", 1, "a field is needed" },
		{ "(title ~ x", 0, "never closed" },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_rule_fault fault = { 99, 99 };
		struct gaz_err err = { 0 };
		bool ok = gaz_rule_check(gaz_str_of(cases[i].match), &fault,
		    &err);
		if (cases[i].want == NULL && ok)
			continue;
		if (ok || cases[i].want == NULL || fault.at != cases[i].at ||
		    strstr(err.msg, cases[i].want) == NULL)
			fail_msg("%s: at %zu: %s", cases[i].match, fault.at,
			    ok ? "good" : err.msg);
	}
	assert_false(gaz_rule_check(GAZ_STR("x"), NULL, NULL));
}

static void
put_times(struct gaz_buf *b, const char *text, int n)
{
	for (int i = 0; i < n; i++)
		gaz_buf_put_z(b, text);
}

static bool
check(const struct gaz_buf *b)
{
	return gaz_rule_check(gaz_buf_str(b), NULL, NULL);
}

static void
test_expression_limits(void **state)
{
	struct gaz_buf b;

	(void)state;
	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	for (int over = 0; over <= 1; over++) {
		gaz_buf_reset(&b);
		put_times(&b, "not ", GAZ_RULE_DEPTH_MAX - 1 + over);
		gaz_buf_put_z(&b, "title ~ x");
		assert_int_equal(check(&b), !over);
		gaz_buf_reset(&b);
		put_times(&b, "(", GAZ_RULE_DEPTH_MAX - 1 + over);
		gaz_buf_put_z(&b, "title ~ x");
		put_times(&b, ")", GAZ_RULE_DEPTH_MAX - 1 + over);
		assert_int_equal(check(&b), !over);
		gaz_buf_reset(&b);
		put_times(&b, "title ~ x or ", GAZ_RULE_TESTS_MAX - 1 + over);
		gaz_buf_put_z(&b, "title ~ y");
		assert_int_equal(check(&b), !over);
		gaz_buf_reset(&b);
		gaz_buf_put_z(&b, "title = ");
		put_times(&b, "z", GAZ_RULE_PATTERN_MAX + over);
		assert_int_equal(check(&b), !over);
	}
	gaz_buf_clear(&b);
}

/* ---- several rules */

static const char several[] =
    "[rule \"one\"]\n"
    "match = title ~ a\n"
    "action = tag first, star\n"
    "[rule \"two\"]\n"
    "match = tag = first\n"
    "action = tag second, tag first\n"
    "[rule \"three\"]\n"
    "match = title ~ b\n"
    "action = read, stop\n"
    "[rule \"four\"]\n"
    "match = title ~ c\n"
    "action = drop\n"
    "[rule \"five\"]\n"
    "match = title ~ .\n"
    "action = tag last\n";

static struct gaz_config *
parse(const char *text)
{
	struct gaz_config_errors errors = { 0 };

	struct gaz_config *c = gaz_config_parse(gaz_str_of(text), "x.conf",
	    &errors);
	if (c == NULL)
		fail_msg("%s", errors.text.p);
	gaz_config_errors_clear(&errors);
	return c;
}

static void
put_list(struct gaz_buf *b, const gaz_str_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		gaz_buf_put_fmt(b, " %.*s", GAZ_STR_ARG(list->v[i]));
}

static void
test_actions(void **state)
{
	static const struct {
		const char *title, *want;
	} cases[] = {
		{ "a", "star tags first second last by one two five" },
		{ "ab", "star read tags first second by one two three" },
		{ "abc", "star read tags first second by one two three" },
		{ "c", "drop tags by four" },
		{ "x", "tags last by five" },
		{ "", "tags by" },
	};
	struct gaz_config *c = parse(several);
	struct gaz_err err;
	struct gaz_rules *r = gaz_rules_new(c, &err);
	struct gaz_buf b;

	(void)state;
	assert_non_null(r);
	gaz_config_put(c); /* rules live on */
	assert_int_equal(gaz_rules_count(r), 5);
	gaz_buf_init(&b, 10000);
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_rule_item item = {
			.title = gaz_str_of(cases[i].title) };
		struct gaz_rule_outcome out;
		struct gaz_arena a = { 0 };
		gaz_rules_apply(r, &item, &a, &out);
		gaz_buf_reset(&b);
		gaz_buf_put_fmt(&b, "%s%s%stags", out.drop ? "drop " : "",
		    out.star ? "star " : "", out.read ? "read " : "");
		put_list(&b, &out.tags);
		gaz_buf_put_z(&b, " by");
		put_list(&b, &out.matched);
		if (strcmp(b.p, cases[i].want) != 0)
			fail_msg("%s: %s", cases[i].title, b.p);
		assert_int_equal(out.exhausted.n, 0);
		gaz_arena_clear(&a);
	}
	gaz_buf_clear(&b);
	gaz_rules_free(r);
	gaz_rules_free(NULL);
}

static void
test_no_rules(void **state)
{
	struct gaz_config *c = parse("");
	struct gaz_err err;
	struct gaz_rules *r = gaz_rules_new(c, &err);
	struct gaz_rule_item item = { .title = GAZ_STR("x") };
	struct gaz_rule_outcome out;
	struct gaz_arena a = { 0 };

	(void)state;
	assert_int_equal(gaz_rules_count(r), 0);
	gaz_rules_apply(r, &item, &a, &out);
	assert_false(out.drop || out.star || out.read);
	assert_int_equal(out.tags.n, 0);
	gaz_rules_free(r);
	gaz_config_put(c);
}

static void
test_broken_rule(void **state)
{
	struct gaz_config_rule rule = { .name = GAZ_STR("odd"),
		.match = GAZ_STR("title ?") };
	struct gaz_config config = { .rules = { &rule, 1, 1 } };
	struct gaz_err err;

	(void)state;
	assert_null(gaz_rules_new(&config, &err));
	assert_non_null(strstr(err.msg, "rule \"odd\": an operator"));
}

/* ---- texts that would take for ever */

static const struct {
	const char *pattern, *unit, *end;
} hostile[] = {
	{ "(a+)+$", "a", "b" },
	{ "(a|aa)+$", "a", "b" },
	{ "(a|a?)+$", "a", "b" },
	{ "(.*)*x", "a", "" },
	{ "(.*)*x[yz]", "a", "x" },
	{ "(?:.*a){12}[xy]", "a", "" },
	{ "a.*[xy]", "a", "" },
	{ "(?s).*+[xy]", "a", "" },
	{ "(?=(a+))a*b[xy]", "a", "" },
	{ "(\\w+\\s*)+:", "word ", ";:" },
	{ "(?<=a{200})[xy]", "a", "" },
};

static void
test_hostile(void **state)
{
	struct gaz_buf text, match;
	size_t given_up = 0;

	(void)state;
	gaz_buf_init(&text, GAZ_BUF_NO_MAX);
	gaz_buf_init(&match, 1000);
	for (size_t i = 0; i < GAZ_COUNT(hostile); i++) {
		struct gaz_rule_outcome out, negated;
		struct gaz_arena a = { 0 };
		gaz_buf_reset(&text);
		while (text.len < GAZ_RULE_TEXT_MAX - 8)
			gaz_buf_put_z(&text, hostile[i].unit);
		gaz_buf_put_z(&text, hostile[i].end);
		struct gaz_rule_item item = { .content = gaz_buf_str(&text),
			.title = GAZ_STR("t") };
		gaz_buf_reset(&match);
		gaz_buf_put_fmt(&match, "content ~ \"%s\"",
		    hostile[i].pattern);
		struct gaz_rules *r = rules_of(match.p);
		gaz_rules_apply(r, &item, &a, &out);
		gaz_rules_free(r);
		given_up += out.exhausted.n;
		/* What is not known does not hold, nor does its opposite. */
		gaz_buf_reset(&match);
		gaz_buf_put_fmt(&match, "not content ~ \"%s\"",
		    hostile[i].pattern);
		r = rules_of(match.p);
		gaz_rules_apply(r, &item, &a, &negated);
		gaz_rules_free(r);
		if (out.exhausted.n > 0 && (out.star || negated.star))
			fail_msg("%s: decided", match.p);
		assert_int_equal(out.exhausted.n, negated.exhausted.n);
		gaz_arena_clear(&a);
	}
	/* The library sees through some of them by itself. */
	assert_true(given_up >= GAZ_COUNT(hostile) / 2);
	gaz_buf_clear(&text);
	gaz_buf_clear(&match);
}

/* A rule that is true whatever the hopeless test says is true. */
static void
test_undecided(void **state)
{
	static const struct {
		const char *match;
		bool want, exhausted;
	} cases[] = {
		{ "content ~ \"(a+)+$\"", false, true },
		{ "content ~ \"(a+)+$\" or title = t", true, false },
		{ "content ~ \"(a+)+$\" or title = x", false, true },
		{ "content ~ \"(a+)+$\" and title = x", false, false },
		{ "content ~ \"(a+)+$\" and title = t", false, true },
		{ "not (content ~ \"(a+)+$\" and title = x)", true, false },
	};
	struct gaz_buf text;

	(void)state;
	gaz_buf_init(&text, GAZ_BUF_NO_MAX);
	put_times(&text, "a", 5000);
	gaz_buf_put_z(&text, "b");
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_rule_item item = { .content = gaz_buf_str(&text),
			.title = GAZ_STR("t") };
		struct gaz_rule_outcome out;
		struct gaz_arena a = { 0 };
		struct gaz_rules *r = rules_of(cases[i].match);
		gaz_rules_apply(r, &item, &a, &out);
		if (out.star != cases[i].want ||
		    (out.exhausted.n == 1) != cases[i].exhausted)
			fail_msg("%s", cases[i].match);
		gaz_rules_free(r);
		gaz_arena_clear(&a);
	}
	gaz_buf_clear(&text);
}

/* Many hopeless rules share what an item may cost. */
static void
test_item_steps(void **state)
{
	struct gaz_rule_outcome out;
	struct gaz_arena a = { 0 };
	struct gaz_buf conf, text;
	struct gaz_err err;

	(void)state;
	gaz_buf_init(&conf, GAZ_BUF_NO_MAX);
	gaz_buf_init(&text, GAZ_BUF_NO_MAX);
	for (int i = 0; i < 50; i++)
		gaz_buf_put_fmt(&conf, "[rule \"%d\"]\n"
				       "match = content ~ \"(a+)+$\"\n"
				       "action = star\n", i);
	gaz_buf_put_z(&conf, "[rule \"cheap\"]\nmatch = language = en\n"
			     "action = read\n");
	put_times(&text, "a", 5000);
	gaz_buf_put_z(&text, "b");
	struct gaz_config *c = parse(conf.p);
	struct gaz_rules *r = gaz_rules_new(c, &err);
	struct gaz_rule_item item = { .content = gaz_buf_str(&text),
		.language = GAZ_STR("en") };
	for (int round = 0; round < 2; round++) {
		gaz_rules_apply(r, &item, &a, &out);
		assert_int_equal(out.exhausted.n, 50);
		assert_true(out.read);
		assert_false(out.star);
	}
	gaz_rules_free(r);
	gaz_config_put(c);
	gaz_arena_clear(&a);
	gaz_buf_clear(&conf);
	gaz_buf_clear(&text);
}

/* Steps of tests that end by themselves count as well. */
static void
test_item_steps_add_up(void **state)
{
	struct gaz_buf conf, text;
	struct gaz_err err;
	size_t before = 0;

	(void)state;
	gaz_buf_init(&conf, GAZ_BUF_NO_MAX);
	gaz_buf_init(&text, GAZ_BUF_NO_MAX);
	for (int i = 0; i < 60; i++)
		gaz_buf_put_fmt(&conf, "[rule \"%d\"]\n"
				       "match = content ~ \"a.*?[xy]\"\n"
				       "action = star\n", i);
	put_times(&text, "a", 700);
	struct gaz_config *c = parse(conf.p);
	struct gaz_rules *r = gaz_rules_new(c, &err);
	struct gaz_rule_item item = { .content = gaz_buf_str(&text) };
	for (int round = 0; round < 2; round++) {
		struct gaz_rule_outcome out;
		struct gaz_arena a = { 0 };
		gaz_rules_apply(r, &item, &a, &out);
		assert_in_range(out.exhausted.n, 1, 59);
		if (round > 0)
			assert_int_equal(out.exhausted.n, before);
		before = out.exhausted.n;
		gaz_arena_clear(&a);
	}
	gaz_rules_free(r);
	gaz_config_put(c);
	gaz_buf_clear(&conf);
	gaz_buf_clear(&text);
}

/* Only so much of a field is looked at. */
static void
test_text_limit(void **state)
{
	struct gaz_buf text;

	(void)state;
	gaz_buf_init(&text, GAZ_BUF_NO_MAX);
	put_times(&text, "-", GAZ_RULE_TEXT_MAX - 1);
	gaz_buf_put_z(&text, "x");
	struct gaz_rule_item item = { .content = gaz_buf_str(&text) };
	assert_true(matches("content ~ x", &item));
	gaz_buf_reset(&text);
	put_times(&text, "-", GAZ_RULE_TEXT_MAX);
	gaz_buf_put_z(&text, "x");
	item.content = gaz_buf_str(&text);
	assert_false(matches("content ~ x", &item));
	gaz_buf_clear(&text);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_matches),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_expression_limits),
		cmocka_unit_test(test_actions),
		cmocka_unit_test(test_no_rules),
		cmocka_unit_test(test_broken_rule),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_undecided),
		cmocka_unit_test(test_item_steps),
		cmocka_unit_test(test_item_steps_add_up),
		cmocka_unit_test(test_text_limit),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("rule", tests, NULL, NULL);
}
