#include "config.h"

#include "daemon/walk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "gazetted/limits.h"
#include "gazetted/mem.h"

#define HOME "https://p.example/feed"
#define STEPS 4

static const struct {
	const char *name;
	struct {
		const char *found, *archive, *next; /* of a page */
	} steps[STEPS];
	const char *want; /* pages asked for, a space behind each */
	enum gaz_walk_end end;
} cases[] = {
	{ "no past", { { HOME, NULL, NULL } }, "", GAZ_WALK_NO_PAST },
	{ "an archive", { { HOME, "https://p.example/2", NULL },
	    { "https://p.example/2", "https://p.example/1", NULL },
	    { "https://p.example/1", NULL, NULL } },
	    "https://p.example/2 https://p.example/1 ", GAZ_WALK_COMPLETE },
	{ "pages", { { HOME, NULL, HOME "?page=2" },
	    { HOME "?page=2", NULL, NULL } }, HOME "?page=2 ",
	    GAZ_WALK_COMPLETE },
	{ "an archive whose pages have pages, too",
	    { { HOME, "https://p.example/1", HOME "?page=2" },
	    { "https://p.example/1", NULL, HOME "?page=3" } },
	    "https://p.example/1 ", GAZ_WALK_COMPLETE },
	{ "to itself", { { HOME, NULL, HOME } }, "", GAZ_WALK_CIRCLE },
	{ "to itself by a fragment", { { HOME, NULL, HOME "#2" } }, "",
	    GAZ_WALK_CIRCLE },
	{ "round and round", { { HOME, NULL, HOME "?2" },
	    { HOME "?2", NULL, HOME "?3" }, { HOME "?3", NULL, HOME "?2" } },
	    HOME "?2 " HOME "?3 ", GAZ_WALK_CIRCLE },
	{ "round by a redirect", { { HOME, NULL, HOME "?2" },
	    { HOME "?x", NULL, HOME "?x" } }, HOME "?2 ", GAZ_WALK_CIRCLE },
	{ "to another server", { { HOME, "https://q.example/1", NULL } }, "",
	    GAZ_WALK_ELSEWHERE },
	{ "from https to http", { { HOME, "http://p.example/1", NULL } }, "",
	    GAZ_WALK_ELSEWHERE },
	{ "inside", { { HOME, "http://169.254.169.254/", NULL } }, "",
	    GAZ_WALK_ELSEWHERE },
	{ "where the feed was found", { { "https://cdn.example/f",
	    "https://cdn.example/1", NULL },
	    { "https://cdn.example/1", NULL, NULL } },
	    "https://cdn.example/1 ", GAZ_WALK_COMPLETE },
	{ "where a page was found", { { HOME, "https://p.example/1", NULL },
	    { "https://cdn.example/1", "https://cdn.example/0", NULL } },
	    "https://p.example/1 ", GAZ_WALK_ELSEWHERE },
};

static void
test_ways(void **state)
{
	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		enum gaz_walk_end end = GAZ_WALK_ON;
		struct gaz_walk w;
		struct gaz_buf got;

		gaz_buf_init(&got, GAZ_BUF_NO_MAX);
		gaz_walk_begin(&w, GAZ_STR(HOME));
		for (size_t k = 0; k < STEPS && end == GAZ_WALK_ON; k++) {
			struct gaz_str url = GAZ_STR_NONE;
			struct gaz_batch b = {
				.prev_archive = gaz_str_of(
				    cases[i].steps[k].archive),
				.next = gaz_str_of(cases[i].steps[k].next),
			};

			end = gaz_walk_next(&w, &b,
			    gaz_str_of(cases[i].steps[k].found), &url);
			if (end != GAZ_WALK_ON)
				break;
			gaz_buf_put_str(&got, url);
			gaz_buf_put_char(&got, ' ');
		}
		if (end != cases[i].end ||
		    !gaz_str_eq_z(gaz_buf_str(&got), cases[i].want))
			fail_msg("%s: \"%.*s\", %s", cases[i].name,
			    GAZ_STR_ARG(gaz_buf_str(&got)),
			    gaz_walk_end_text(end));
		gaz_buf_clear(&got);
		gaz_walk_clear(&w);
	}
}

/* GAZ_HISTORY_PAGES_MAX pages and not one more. */
static void
test_limit(void **state)
{
	enum gaz_walk_end end = GAZ_WALK_ON;
	struct gaz_walk w;
	int asked = 0;

	(void)state;
	gaz_walk_begin(&w, GAZ_STR(HOME));
	while (end == GAZ_WALK_ON) {
		char next[64];
		struct gaz_batch b = { 0 };
		struct gaz_str url;

		snprintf(next, sizeof(next), "%s?%d", HOME, asked + 1);
		b.next = gaz_str_of(next);
		end = gaz_walk_next(&w, &b, GAZ_STR_NONE, &url);
		asked += end == GAZ_WALK_ON;
	}
	assert_int_equal(end, GAZ_WALK_LIMIT);
	assert_int_equal(asked, GAZ_HISTORY_PAGES_MAX);
	gaz_walk_clear(&w);
}

static void
test_retry(void **state)
{
	static const struct {
		enum gaz_fault fault;
		int tries;
		int64_t after, want;
	} rows[] = {
		{ GAZ_FAULT_UNAVAILABLE, 1, INT64_MIN, 60 },
		{ GAZ_FAULT_UNAVAILABLE, 2, INT64_MIN, 120 },
		{ GAZ_FAULT_UNAVAILABLE, GAZ_HISTORY_TRIES_MAX - 1, INT64_MIN,
		    240 },
		{ GAZ_FAULT_UNAVAILABLE, GAZ_HISTORY_TRIES_MAX, INT64_MIN,
		    -1 },
		{ GAZ_FAULT_RATE_LIMITED, 1, 300, 300 },
		{ GAZ_FAULT_RATE_LIMITED, 1, 5, 60 },
		{ GAZ_FAULT_RATE_LIMITED, 1, 3600, 3600 },
		{ GAZ_FAULT_RATE_LIMITED, 1, 3601, -1 },
		{ GAZ_FAULT_CONNECT, 1, INT64_MIN, 60 },
		{ GAZ_FAULT_RESET, 1, INT64_MIN, 60 },
		{ GAZ_FAULT_NOT_FOUND, 1, INT64_MIN, -1 },
		{ GAZ_FAULT_NOT_A_FEED, 1, INT64_MIN, -1 },
		{ GAZ_FAULT_BLOCKED_ADDRESS, 1, INT64_MIN, -1 },
		{ GAZ_FAULT_CANCELLED, 1, INT64_MIN, -1 },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
		int64_t got = gaz_walk_retry_s(rows[i].fault, rows[i].tries,
		    rows[i].after);

		if (got != rows[i].want)
			fail_msg("row %zu: got %lld, want %lld", i,
			    (long long)got, (long long)rows[i].want);
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ways),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_retry),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("walk", tests, NULL, NULL);
}
