#include "config.h"

#include "gazetted/mem.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gazetted/vec.h"

static void
test_alloc(void **state)
{
	(void)state;
	char *p = gaz_mem_alloc(100);
	memset(p, 'x', 100);
	free(p);
	p = gaz_mem_alloc(0);
	assert_non_null(p);
	free(p);
}

static void
test_zero(void **state)
{
	(void)state;
	char *p = gaz_mem_zero(7, 9);
	for (size_t i = 0; i < 63; i++)
		assert_int_equal(p[i], 0);
	free(p);
	p = gaz_mem_zero(0, 9);
	assert_non_null(p);
	free(p);
}

static void
test_grow(void **state)
{
	(void)state;
	char *p = gaz_mem_grow(NULL, 2, 2);
	memcpy(p, "abc", 4);
	p = gaz_mem_grow(p, 1000, 2);
	assert_string_equal(p, "abc");
	p = gaz_mem_grow(p, 0, 2);
	assert_non_null(p);
	free(p);
}

static void
test_strdup(void **state)
{
	static const struct {
		const char *s;
		size_t n;
		const char *want;
	} cases[] = {
		{ "abc", 2, "ab" },
		{ "abc", 3, "abc" },
		{ "abc", 100, "abc" },
		{ "", 5, "" },
		{ "abc", 0, "" },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		char *copy = gaz_mem_strndup(cases[i].s, cases[i].n);
		assert_string_equal(copy, cases[i].want);
		free(copy);
	}
	char *copy = gaz_mem_strdup("gazette");
	assert_string_equal(copy, "gazette");
	free(copy);
}

static void
test_vec(void **state)
{
	GAZ_VEC(int64_t) ids = { 0 };

	(void)state;
	for (int64_t i = 0; i < 1000; i++)
		*gaz_vec_push(&ids) = i * i;
	assert_int_equal(ids.n, 1000);
	for (int64_t i = 0; i < 1000; i++)
		assert_int_equal(ids.v[i], i * i);
	gaz_vec_clear(&ids);
	assert_null(ids.v);
	assert_int_equal(ids.n, 0);
	gaz_vec_clear(&ids);
}

static void
die(void)
{
	gaz_mem_die(12345);
}

static void
grow_past_all(void)
{
	free(gaz_mem_grow(NULL, SIZE_MAX / 2, 4));
}

/* Run fn in a child; it must say why on standard error and abort. */
static void
check_dies(void (*fn)(void), const char *want)
{
	char said[200];
	size_t n = 0;
	ssize_t got;
	int ends[2], status;

	assert_int_equal(pipe(ends), 0);
	fflush(NULL);
	pid_t pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		signal(SIGABRT, SIG_DFL); /* not the test framework's */
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		close(ends[1]);
		fn();
		_exit(0);
	}
	close(ends[1]);
	while ((got = read(ends[0], said + n, sizeof(said) - 1 - n)) > 0)
		n += (size_t)got;
	said[n] = '\0';
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
	assert_string_equal(said, want);
}

static void
test_die(void **state)
{
	char want[100];

	(void)state;
	check_dies(die, "<3>mem: out of memory, wanted 12345 bytes\n");
	snprintf(want, sizeof(want),
	    "<3>mem: out of memory, wanted %zu bytes\n", SIZE_MAX);
	check_dies(grow_past_all, want);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alloc),
		cmocka_unit_test(test_zero),
		cmocka_unit_test(test_grow),
		cmocka_unit_test(test_strdup),
		cmocka_unit_test(test_vec),
		cmocka_unit_test(test_die),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("mem", tests, NULL, NULL);
}
