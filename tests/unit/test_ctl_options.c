#include "config.h"

#include "ctl/options.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "gazetted/str.h"

#include "ctl/ctl.h"

#define WORDS_MAX 24

/* The last complaint, which the program prints. */
static char said[300];

int
gaz_ctl_usage(const char *command, const char *fmt, ...)
{
	va_list ap;
	int n = snprintf(said, sizeof(said), "%s: ", command);

	va_start(ap, fmt);
	vsnprintf(said + n, sizeof(said) - (size_t)n, fmt, ap);
	va_end(ap);
	return EX_USAGE;
}

static const struct gaz_ctl_option own[] = {
	{ "deep", 'd', NULL, "flag" },
	{ "size", 0, "N", "value" },
	{ 0 },
};

static const struct gaz_ctl_spec spec = {
	.name = "test",
	.arguments = "WHAT",
	.about = "Test.\n",
	.groups = GAZ_CTL_DAEMON | GAZ_CTL_STORE | GAZ_CTL_FILTER |
	    GAZ_CTL_PAGE | GAZ_CTL_JSON,
	.options = own,
	.least = 1,
	.most = 2,
};

/* Words of one string, split at single spaces. */
struct words {
	char text[200];
	char *v[WORDS_MAX];
	int n;
};

static void
split(struct words *w, const char *text)
{
	char *p = w->text;

	w->n = 0;
	snprintf(w->text, sizeof(w->text), "%s", text);
	while (*p != '\0') {
		assert_true(w->n < WORDS_MAX - 1);
		w->v[w->n++] = p;
		p += strcspn(p, " ");
		if (*p == ' ')
			*p++ = '\0';
	}
	w->v[w->n] = NULL;
}

static void
test_mistakes(void **state)
{
	static const struct {
		const char *words, *want;
	} cases[] = {
		{ "test", "test: WHAT is missing" },
		{ "test a b c", "test: \"c\" is too much" },
		{ "test a --none", "test: there is no option --none" },
		{ "test a -Z", "test: there is no option -Z" },
		{ "test a --size", "test: --size needs a value" },
		{ "test a --json=x", "test: --json takes no value" },
		{ "test a --duplicates maybe",
		    "test: --duplicates maybe: hide or show is wanted" },
		{ "test a --socket s --store f",
		    "test: --socket and --store exclude each other" },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_ctl_spec one = spec;
		struct gaz_ctl_args args;
		struct words w;
		int status = -1;

		one.most = i == 0 ? 1 : 2;
		said[0] = '\0';
		split(&w, cases[i].words);
		if (gaz_ctl_args_read(&args, &one, w.n, w.v, &status))
			fail_msg("\"%s\" passes", cases[i].words);
		assert_int_equal(status, EX_USAGE);
		if (strcmp(said, cases[i].want) != 0)
			fail_msg("\"%s\": said \"%s\"", cases[i].words, said);
	}
}

static void
test_values(void **state)
{
	struct gaz_ctl_args args;
	struct words w;
	long long n;
	int status;

	(void)state;
	split(&w, "test --size 3 a -d --feed x -c F --size=7 -q w --feed y "
	    "-j");
	assert_true(gaz_ctl_args_read(&args, &spec, w.n, w.v, &status));
	assert_int_equal(args.argc, 1);
	assert_string_equal(args.argv[0], "a");
	assert_string_equal(gaz_ctl_args_get(&args, "size"), "7");
	assert_true(gaz_ctl_args_has(&args, "deep"));
	assert_null(gaz_ctl_args_get(&args, "deep"));
	assert_false(gaz_ctl_args_has(&args, "tag"));
	assert_string_equal(args.config, "F");
	assert_null(args.store);
	assert_true(args.json);
	/* What repeats is all there, in its order. */
	assert_int_equal(args.given.n, 8);
	assert_string_equal(args.given.v[2].value, "x");
	assert_string_equal(args.given.v[6].value, "y");

	assert_true(gaz_ctl_args_number(&args, "size", 1, 7, 0, &n));
	assert_int_equal(n, 7);
	assert_true(gaz_ctl_args_number(&args, "limit", 1, 7, 5, &n));
	assert_int_equal(n, 5);
	assert_false(gaz_ctl_args_number(&args, "size", 1, 6, 0, &n));
	assert_false(gaz_ctl_args_number(&args, "size", 8, 9, 0, &n));
	assert_false(gaz_ctl_args_number(&args, "query", 0, 9, 0, &n));
	gaz_ctl_args_clear(&args);
}

static void
test_after_two_dashes(void **state)
{
	struct gaz_ctl_args args;
	struct words w;
	int status;

	(void)state;
	split(&w, "test -- -d --json");
	assert_true(gaz_ctl_args_read(&args, &spec, w.n, w.v, &status));
	assert_int_equal(args.argc, 2);
	assert_string_equal(args.argv[1], "--json");
	assert_false(args.json);
	gaz_ctl_args_clear(&args);
}

static void
test_groups(void **state)
{
	static const char *const absent[] = { "test a --store f",
		"test a --tag x", "test a --limit 1", "test a --json",
		"test a -c f" };
	struct gaz_ctl_spec bare = spec;
	struct gaz_ctl_args args;
	struct words w;
	int status;

	(void)state;
	bare.groups = 0;
	for (size_t i = 0; i < GAZ_COUNT(absent); i++) {
		split(&w, absent[i]);
		if (gaz_ctl_args_read(&args, &bare, w.n, w.v, &status))
			fail_msg("\"%s\" passes", absent[i]);
	}
}

static void
test_filters(void **state)
{
	static const char *const yes[] = { "tag", "feed", "lang", "query",
		"since", "min-sources", "duplicates", "limit", "page" };
	static const char *const no[] = { "config", "store", "json", "deep",
		"help", "" };

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(yes); i++)
		assert_true(gaz_ctl_is_filter(yes[i]));
	for (size_t i = 0; i < GAZ_COUNT(no); i++)
		assert_false(gaz_ctl_is_filter(no[i]));
}

static void
join(const struct words *w, char out[200])
{
	size_t n = 0;

	out[0] = '\0';
	for (int i = 0; w->v[i] != NULL; i++)
		n += (size_t)snprintf(out + n, 200 - n, "%s%s",
		    i > 0 ? " " : "", w->v[i]);
}

static void
test_move(void **state)
{
	static const struct {
		const char *words;
		int result; /* INT_MAX stands for "none": argc */
		const char *want;
	} cases[] = {
		{ "ctl status", 1, "ctl status" },
		{ "ctl", 99, "ctl" },
		{ "ctl -c F status x", 1, "ctl status -c F x" },
		{ "ctl -cF status", 1, "ctl status -cF" },
		{ "ctl --store F --socket=S items -q x", 1,
		    "ctl items --store F --socket=S -q x" },
		{ "ctl --config F", 99, "ctl --config F" },
		{ "ctl --config", -1, "ctl --config" },
		{ "ctl --help", 1, "ctl --help" },
		{ "ctl --configure F", 1, "ctl --configure F" },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct words w;
		char got[200];
		int n;

		split(&w, cases[i].words);
		n = gaz_ctl_move_options(w.n, w.v);
		join(&w, got);
		if (n != (cases[i].result == 99 ? w.n : cases[i].result))
			fail_msg("\"%s\": %d", cases[i].words, n);
		if (strcmp(got, cases[i].want) != 0)
			fail_msg("\"%s\": got \"%s\"", cases[i].words, got);
	}
}

static void
test_take_word(void **state)
{
	static const struct {
		const char *words, *want;
	} cases[] = {
		{ "story merge 1 2", "story 1 2" },
		{ "story -c F --json merge 1 2", "story -c F --json 1 2" },
		{ "story 1 merge", "story 1 merge" },
		{ "story", "story" },
		{ "story -c merge 1", "story -c merge 1" },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct words w;
		char got[200];
		int n;

		split(&w, cases[i].words);
		n = gaz_ctl_take_word(w.n, w.v, "merge");
		join(&w, got);
		if (strcmp(got, cases[i].want) != 0)
			fail_msg("\"%s\": got \"%s\"", cases[i].words, got);
		assert_int_equal(n, w.n - (strcmp(cases[i].words,
		    cases[i].want) != 0));
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_after_two_dashes),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_filters),
		cmocka_unit_test(test_move),
		cmocka_unit_test(test_take_word),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("ctl_options", tests, NULL, NULL);
}
