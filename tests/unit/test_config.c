/*
 * Configuration files in tests/fixtures/config: what is reported about each
 * NAME.conf stands in NAME.expected. With GAZ_UPDATE=1 in the environment the
 * expected files are written anew; look at the difference afterwards.
 */
#include "config.h"

#include "gazetted/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "gazetted/file.h"
#include "gazetted/mem.h"

static const char *const names[] = { "unknown", "values", "syntax",
	"duplicates", "urls", "includes", "binary", "latin1", "utf16",
	"bom-crlf", "rules", "shown", "warnings", "insecure", "absent",
	"good", "lists" };

static void
compare(const char *name, struct gaz_str got)
{
	struct gaz_err err;
	struct gaz_buf want;
	char path[64];

	snprintf(path, sizeof(path), "%s.expected", name);
	if (getenv("GAZ_UPDATE") != NULL) {
		if (!gaz_file_replace(path, got, NULL, &err))
			fail_msg("%s", err.msg);
		return;
	}
	gaz_buf_init(&want, 1 << 20);
	if (!gaz_file_load(path, &want, &err))
		fail_msg("%s", err.msg);
	if (!gaz_str_eq(got, gaz_buf_str(&want)))
		fail_msg("%s: got\n%.*s", path, GAZ_STR_ARG(got));
	gaz_buf_clear(&want);
}

static void
test_reports(void **state)
{
	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(names); i++) {
		struct gaz_config_errors errors = { 0 };
		struct gaz_buf all;
		char path[64];

		snprintf(path, sizeof(path), "%s.conf", names[i]);
		struct gaz_config *c = gaz_config_load(path, &errors);
		assert_true((c == NULL) == (errors.count > 0));
		assert_int_equal(errors.list.n,
		    errors.count + errors.warnings);
		gaz_buf_init(&all, 1 << 20);
		gaz_buf_put_str(&all, gaz_buf_str(&errors.text));
		gaz_buf_put_fmt(&all, "%zu errors, %zu warnings\n",
		    errors.count, errors.warnings);
		compare(names[i], gaz_buf_str(&all));
		gaz_buf_clear(&all);
		gaz_config_put(c);
		gaz_config_errors_clear(&errors);
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reports),
	};
	const char *fixtures = getenv("GAZ_FIXTURES");

	if (chdir(fixtures != NULL ? fixtures : GAZ_FIXTURES_DIR) == -1 ||
	    chdir("config") == -1) {
		perror("fixtures");
		return 1;
	}
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
