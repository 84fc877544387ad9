#include "config.h"

#include "gazetted/metrics.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "gazetted/mem.h"

static void
test_values(void **state)
{
	struct gaz_metrics *m = gaz_metrics_new();

	(void)state;
	for (int i = 0; i < GAZ_METRIC_COUNT; i++)
		assert_int_equal(gaz_metrics_get(m, (enum gaz_metric)i), 0);
	gaz_metrics_add(m, GAZ_METRIC_FETCHES, 2);
	gaz_metrics_add(m, GAZ_METRIC_FETCHES, 3);
	gaz_metrics_set(m, GAZ_METRIC_FEEDS, 10);
	gaz_metrics_add(m, GAZ_METRIC_FEEDS, -1);
	assert_int_equal(gaz_metrics_get(m, GAZ_METRIC_FETCHES), 5);
	assert_int_equal(gaz_metrics_get(m, GAZ_METRIC_FEEDS), 9);
	assert_int_equal(gaz_metrics_get(m, GAZ_METRIC_ITEMS_NEW), 0);
	gaz_metrics_free(m);
	gaz_metrics_free(NULL);
}

static const struct {
	const char *name, *type, *help;
} rows[] = {
#define X(id, name, type, help) { name, type, help },
	GAZ_METRICS(X)
#undef X
};

static void
test_text(void **state)
{
	struct gaz_metrics *m = gaz_metrics_new();
	struct gaz_buf b;

	(void)state;
	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	gaz_metrics_set(m, GAZ_METRIC_FETCHES, 1234567890123);
	gaz_metrics_write(m, &b);
	assert_true(gaz_str_starts(gaz_buf_str(&b),
	    "# HELP gazetted_fetches_total Fetches that ended, well or not\n"
	    "# TYPE gazetted_fetches_total counter\n"
	    "gazetted_fetches_total 1234567890123\n"
	    "# HELP gazetted_fetch_failures_total "));

	struct gaz_str rest = gaz_buf_str(&b), line;
	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
		char want[256];
		assert_true(gaz_str_split(&rest, '\n', &line));
		snprintf(want, sizeof(want), "# HELP %s %s", rows[i].name,
		    rows[i].help);
		assert_true(gaz_str_eq_z(line, want));
		assert_true(gaz_str_split(&rest, '\n', &line));
		snprintf(want, sizeof(want), "# TYPE %s %s", rows[i].name,
		    rows[i].type);
		assert_true(gaz_str_eq_z(line, want));
		assert_true(gaz_str_split(&rest, '\n', &line));
		assert_true(gaz_str_starts(line, rows[i].name));
	}
	/* Then what has labels: nothing yet. */
	assert_true(gaz_str_split(&rest, '\n', &line));
	assert_true(gaz_str_starts(line,
	    "# HELP gazetted_fetch_faults_total "));
	assert_true(gaz_str_split(&rest, '\n', &line));
	assert_true(gaz_str_eq_z(line,
	    "# TYPE gazetted_fetch_faults_total counter"));
	/* Then the histograms, down to a newline. */
	assert_true(gaz_str_starts(rest, "# HELP gazetted_loop_lag_seconds "));
	assert_true(gaz_str_ends(rest, "\n"));

	/* What the format asks of every row. */
	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
		bool counter = strcmp(rows[i].type, "counter") == 0;
		struct gaz_str name = gaz_str_of(rows[i].name);
		if (!counter && strcmp(rows[i].type, "gauge") != 0)
			fail_msg("%s: type", rows[i].name);
		if (gaz_str_ends(name, "_total") != counter)
			fail_msg("%s: counters end in _total", rows[i].name);
		for (size_t k = 0; k < name.len; k++) {
			if (!gaz_is_alnum(name.p[k]) && name.p[k] != '_')
				fail_msg("%s: name", rows[i].name);
		}
		if (strpbrk(rows[i].help, "\n\\") != NULL)
			fail_msg("%s: help", rows[i].name);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(rows[i].name, rows[k].name);
	}
	gaz_buf_clear(&b);
	gaz_metrics_free(m);
}

/* A series a value, in their order, once it has counted. */
static void
test_family(void **state)
{
	struct gaz_metrics *m = gaz_metrics_new();
	struct gaz_buf b;

	(void)state;
	gaz_metrics_count(m, GAZ_FAMILY_FETCH_FAULTS,
	    GAZ_METRIC_VALUES_MAX - 1, "the-last");
	for (int i = 0; i < 3; i++)
		gaz_metrics_count(m, GAZ_FAMILY_FETCH_FAULTS, 7, "seventh");
	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	gaz_metrics_write(m, &b);
	assert_non_null(strstr(b.p, "# TYPE gazetted_fetch_faults_total counter\n"
	    "gazetted_fetch_faults_total{fault=\"seventh\"} 3\n"
	    "gazetted_fetch_faults_total{fault=\"the-last\"} 1\n# HELP "));
	gaz_buf_clear(&b);
	gaz_metrics_free(m);
}

static void
test_histogram(void **state)
{
	struct gaz_metrics *m = gaz_metrics_new();
	struct gaz_buf b;

	(void)state;
	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	/* Below an end, at it, above it, above all of them. */
	gaz_metrics_observe(m, GAZ_HISTOGRAM_LOOP_LAG, 0);
	gaz_metrics_observe(m, GAZ_HISTOGRAM_LOOP_LAG, 20000);
	gaz_metrics_observe(m, GAZ_HISTOGRAM_LOOP_LAG, 20001);
	gaz_metrics_observe(m, GAZ_HISTOGRAM_LOOP_LAG, 5000000);
	gaz_metrics_write(m, &b);
	static const char *const lines[] = {
		"# TYPE gazetted_loop_lag_seconds histogram\n",
		"\ngazetted_loop_lag_seconds_bucket{le=\"0.000500\"} 1\n",
		"\ngazetted_loop_lag_seconds_bucket{le=\"0.015000\"} 1\n",
		"\ngazetted_loop_lag_seconds_bucket{le=\"0.020000\"} 2\n",
		"\ngazetted_loop_lag_seconds_bucket{le=\"0.050000\"} 3\n",
		"\ngazetted_loop_lag_seconds_bucket{le=\"1.000000\"} 3\n",
		"\ngazetted_loop_lag_seconds_bucket{le=\"+Inf\"} 4\n",
		"\ngazetted_loop_lag_seconds_sum 5.040001\n",
		"\ngazetted_loop_lag_seconds_count 4\n",
	};
	for (size_t i = 0; i < GAZ_COUNT(lines); i++) {
		if (strstr(b.p, lines[i]) == NULL)
			fail_msg("not there: %s", lines[i]);
	}
	gaz_buf_clear(&b);
	gaz_metrics_free(m);
}

struct counting {
	struct gaz_metrics *m;
	pthread_barrier_t start;
};

static void *
count(void *arg)
{
	struct counting *c = arg;

	pthread_barrier_wait(&c->start);
	for (int i = 0; i < 50000; i++)
		gaz_metrics_add(c->m, GAZ_METRIC_HTTP_REQUESTS, 1);
	return NULL;
}

static void
test_threads(void **state)
{
	struct counting c = { .m = gaz_metrics_new() };
	pthread_t t[3];

	(void)state;
	pthread_barrier_init(&c.start, NULL, GAZ_COUNT(t));
	for (size_t i = 0; i < GAZ_COUNT(t); i++)
		assert_int_equal(pthread_create(&t[i], NULL, count, &c), 0);
	for (size_t i = 0; i < GAZ_COUNT(t); i++)
		assert_int_equal(pthread_join(t[i], NULL), 0);
	pthread_barrier_destroy(&c.start);
	assert_int_equal(gaz_metrics_get(c.m, GAZ_METRIC_HTTP_REQUESTS),
	    150000);
	gaz_metrics_free(c.m);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_family),
		cmocka_unit_test(test_histogram),
		cmocka_unit_test(test_threads),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("metrics", tests, NULL, NULL);
}
