/*
 * The sample configuration and the reference in the manual are made from the
 * schema. With GAZ_UPDATE=1 in the environment both are written anew.
 */
#include "config.h"

#include "config/schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "gazetted/file.h"
#include "gazetted/mem.h"

static const char begin[] = "\n.\\\" BEGIN\n", end[] = ".\\\" END\n";

static void
path_of(const char *name, char *out, size_t cap)
{
	const char *top = getenv("GAZ_SRCDIR");

	if (top != NULL)
		snprintf(out, cap, "%s/%s", top, name);
	else
		snprintf(out, cap, "%s/../../%s", GAZ_FIXTURES_DIR, name);
}

static void
load(const char *path, struct gaz_buf *out)
{
	struct gaz_err err;

	gaz_buf_init(out, 1 << 20);
	if (!gaz_file_load(path, out, &err))
		fail_msg("%s", err.msg);
}

/* The file must hold exactly that. */
static void
expect(const char *path, struct gaz_str want)
{
	struct gaz_err err;
	struct gaz_buf have;

	if (getenv("GAZ_UPDATE") != NULL) {
		if (!gaz_file_replace(path, want, NULL, &err))
			fail_msg("%s", err.msg);
		return;
	}
	load(path, &have);
	if (!gaz_str_eq(gaz_buf_str(&have), want))
		fail_msg("%s is not what the schema says; run this test with "
		    "GAZ_UPDATE=1", path);
	gaz_buf_clear(&have);
}

static void
test_sample(void **state)
{
	struct gaz_buf sample;
	char path[4096];

	(void)state;
	gaz_buf_init(&sample, 1 << 20);
	gaz_config_write_sample(&sample);
	path_of("conf/gazetted.conf", path, sizeof(path));
	expect(path, gaz_buf_str(&sample));
	gaz_buf_clear(&sample);
}

/* The sample is the same as nothing at all. */
static void
test_sample_loads(void **state)
{
	struct gaz_config_errors errors = { 0 };
	struct gaz_buf sample, diff;

	(void)state;
	gaz_buf_init(&sample, 1 << 20);
	gaz_buf_init(&diff, 1 << 20);
	gaz_config_write_sample(&sample);
	struct gaz_config *c = gaz_config_parse(gaz_buf_str(&sample),
	    "sample", &errors);
	if (c == NULL || errors.warnings > 0)
		fail_msg("%s", errors.text.p);
	gaz_config_errors_clear(&errors);
	struct gaz_config *none = gaz_config_parse(GAZ_STR(""), "none",
	    &errors);
	gaz_config_diff(none, c, &diff);
	assert_int_equal(diff.len, 0);
	gaz_config_put(c);
	gaz_config_put(none);
	gaz_config_errors_clear(&errors);
	gaz_buf_clear(&sample);
	gaz_buf_clear(&diff);
}

/* What is commented out in the sample is right when it is not. */
static void
test_sample_uncommented(void **state)
{
	struct gaz_buf sample, open;
	struct gaz_str rest, line;

	(void)state;
	gaz_buf_init(&sample, 1 << 20);
	gaz_buf_init(&open, 1 << 20);
	gaz_config_write_sample(&sample);
	rest = gaz_buf_str(&sample);
	while (gaz_str_split(&rest, '\n', &line)) {
		if (gaz_str_starts(line, "# All keys of"))
			gaz_buf_put_z(&open, "[feed \"rest\"]\n");
		if (gaz_str_starts(line, "#include") ||
		    gaz_str_ends(line, " ="))
			continue;
		if (line.len > 1 && line.p[0] == '#' && line.p[1] != ' ' &&
		    line.p[1] != '#')
			line = gaz_str_sub(line, 1, line.len);
		gaz_buf_put_str(&open, line);
		gaz_buf_put_char(&open, '\n');
	}
	struct gaz_config_errors errors = { 0 };
	struct gaz_config *c = gaz_config_parse(gaz_buf_str(&open), "sample",
	    &errors);
	/* Only the three sections made up above may be wrong: twice there
	 * already, without an address, and with a key of another kind. */
	assert_null(c);
	for (size_t i = 0; i < errors.list.n; i++) {
		struct gaz_str m = errors.list.v[i].message;
		if (gaz_str_find(m, GAZ_STR("\"rest\""), 0) == GAZ_STR_NPOS &&
		    gaz_str_find(m, GAZ_STR("no url"), 0) == GAZ_STR_NPOS &&
		    gaz_str_find(m, GAZ_STR("belongs in"), 0) == GAZ_STR_NPOS)
			fail_msg("%s", errors.text.p);
	}
	gaz_config_errors_clear(&errors);
	gaz_buf_clear(&sample);
	gaz_buf_clear(&open);
}

static void
test_manual(void **state)
{
	struct gaz_buf man, want;
	char path[4096];

	(void)state;
	path_of("docs/gazetted.conf.5", path, sizeof(path));
	load(path, &man);
	struct gaz_str s = gaz_buf_str(&man);
	size_t from = gaz_str_find(s, gaz_str_of(begin), 0);
	size_t to = gaz_str_find(s, gaz_str_of(end), 0);
	assert_true(from < to && to != GAZ_STR_NPOS);
	gaz_buf_init(&want, 1 << 20);
	gaz_buf_put(&want, s.p, from + strlen(begin));
	gaz_config_write_reference(&want);
	gaz_buf_put_str(&want, gaz_str_sub(s, to, s.len));
	expect(path, gaz_buf_str(&want));
	gaz_buf_clear(&man);
	gaz_buf_clear(&want);
}

/* Every row can be found, has its text, and a default in its range. */
static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < gaz_config_row_count; i++) {
		const struct gaz_config_row *row = &gaz_config_rows[i];
		struct gaz_str doc = gaz_str_of(row->doc);
		assert_ptr_equal(gaz_config_find_row(row->section,
		    gaz_str_of(row->key)), row);
		assert_true(gaz_str_ends(doc, "."));
		assert_true(strlen(gaz_config_type_name(row->type)) > 0);
		/* All that is not set means something. */
		assert_true(row->def != NULL || row->none != NULL ||
		    row->required || strcmp(row->key, "url") == 0 ||
		    strcmp(row->key, "path") == 0);
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sample),
		cmocka_unit_test(test_sample_loads),
		cmocka_unit_test(test_sample_uncommented),
		cmocka_unit_test(test_manual),
		cmocka_unit_test(test_rows),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("config_docs", tests, NULL, NULL);
}
