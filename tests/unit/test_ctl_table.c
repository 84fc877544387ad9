#include "config.h"

#include "ctl/table.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "gazetted/mem.h"

static const struct gaz_ctl_column columns[] = {
	{ "ID", .right = true },
	{ "LANG", .drop = 1 },
	{ "NAME", .least = 4 },
	{ "TITLE", .least = 6 },
};

#define ROW_MAX 4

static void
fill(struct gaz_ctl_table *t, const char *const (*rows)[ROW_MAX], size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < ROW_MAX; k++)
			gaz_ctl_cell(t, gaz_str_of(rows[i][k]));
}

static void
test_layout(void **state)
{
	static const char *const rows[][ROW_MAX] = {
		{ "1", "en", "Example", "A headline" },
		{ "123", NULL, "日本", "Short" },
	};
	static const struct {
		const char *name;
		size_t width, indent;
		const char *want;
	} cases[] = {
		{ "all of it", GAZ_CTL_NO_LIMIT, 0,
		    " ID  LANG  NAME     TITLE\n"
		    "  1  en    Example  A headline\n"
		    "123  -     日本     Short\n" },
		{ "exactly wide enough", 30, 0,
		    " ID  LANG  NAME     TITLE\n"
		    "  1  en    Example  A headline\n"
		    "123  -     日本     Short\n" },
		{ "the widest gives way first", 27, 0,
		    " ID  LANG  NAME     TITLE\n"
		    "  1  en    Example  A head…\n"
		    "123  -     日本     Short\n" },
		{ "then both", 23, 0,
		    " ID  LANG  NAME  TITLE\n"
		    "  1  en    Exa…  A hea…\n"
		    "123  -     日本  Short\n" },
		{ "a column goes, and there is room again", 22, 0,
		    " ID  NAME     TITLE\n"
		    "  1  Example  A headl…\n"
		    "123  日本     Short\n" },
		{ "narrower still", 20, 0,
		    " ID  NAME    TITLE\n"
		    "  1  Examp…  A head…\n"
		    "123  日本    Short\n" },
		{ "too narrow for what is left", 8, 0,
		    " ID  NAME  TITLE\n"
		    "  1  Exa…  A hea…\n"
		    "123  日本  Short\n" },
		{ "indented", GAZ_CTL_NO_LIMIT, 2,
		    "   ID  LANG  NAME     TITLE\n"
		    "    1  en    Example  A headline\n"
		    "  123  -     日本     Short\n" },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		const struct gaz_ctl_style st = { .width = cases[i].width };
		struct gaz_ctl_table *t = gaz_ctl_table_new(columns,
		    GAZ_COUNT(columns));
		struct gaz_buf b;

		gaz_buf_init(&b, GAZ_BUF_NO_MAX);
		fill(t, rows, GAZ_COUNT(rows));
		gaz_ctl_table_write(t, cases[i].indent, &st, &b);
		if (strcmp(b.p, cases[i].want) != 0)
			fail_msg("%s: got\n%s", cases[i].name, b.p);
		gaz_buf_clear(&b);
		gaz_ctl_table_free(t);
	}
}

/* Whatever stands in the cells, no line is wider than the terminal. */
static void
test_never_wider(void **state)
{
	static const char *const rows[][ROW_MAX] = {
		{ "1", "e\xcc\x81", "🎉🎉🎉🎉🎉", "日本語日本語日本語日本語" },
		{ "2", "zz", "a\033[2Jb", "\xe2\x80\xaeright to left" },
		{ "3", "x", "שלום עולם", "line one\nline two\ttab" },
	};

	(void)state;
	for (size_t width = 17; width < 90; width++) {
		const struct gaz_ctl_style st = { .width = width };
		struct gaz_ctl_table *t = gaz_ctl_table_new(columns,
		    GAZ_COUNT(columns));
		struct gaz_str rest, line;
		struct gaz_buf b;
		size_t lines = 0;

		gaz_buf_init(&b, GAZ_BUF_NO_MAX);
		fill(t, rows, GAZ_COUNT(rows));
		gaz_ctl_table_write(t, 0, &st, &b);
		rest = gaz_buf_str(&b);
		while (gaz_str_split(&rest, '\n', &line)) {
			lines++;
			if (gaz_ctl_width(line) > width)
				fail_msg("at %zu: %.*s", width,
				    GAZ_STR_ARG(line));
			if (gaz_str_ends(line, " "))
				fail_msg("space at the end of \"%.*s\"",
				    GAZ_STR_ARG(line));
		}
		assert_int_equal(lines, GAZ_COUNT(rows) + 2);
		assert_null(memchr(b.p, '\033', b.len));
		gaz_buf_clear(&b);
		gaz_ctl_table_free(t);
	}
}

static void
test_terminal(void **state)
{
	static const struct gaz_ctl_column two[] = {
		{ "A", .least = 3 }, { "B", .right = true },
	};
	const struct gaz_ctl_style st = { .width = 40, .terminal = true,
		.colour = true };
	struct gaz_ctl_table *t = gaz_ctl_table_new(two, GAZ_COUNT(two));
	struct gaz_buf b;

	(void)state;
	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	gaz_ctl_cell(t, GAZ_STR("אב"));
	gaz_ctl_cell_int(t, 7);
	gaz_ctl_cell_in(t, GAZ_STR("x"), GAZ_CTL_RED);
	gaz_ctl_cell_fmt(t, "%d%%", 12);
	gaz_ctl_table_write(t, 0, &st, &b);
	/* The colour takes no column, and what is Hebrew stays in its cell. */
	assert_string_equal(b.p,
	    "\033[1mA\033[0m     \033[1mB\033[0m\n"
	    "\xe2\x80\x8eאב\xe2\x80\x8e    7\n"
	    "\033[31mx\033[0m   12%\n");
	gaz_buf_clear(&b);
	gaz_ctl_table_free(t);
}

static void
test_empty(void **state)
{
	const struct gaz_ctl_style st = { .width = 40 };
	struct gaz_ctl_table *t = gaz_ctl_table_new(columns,
	    GAZ_COUNT(columns));
	struct gaz_buf b;

	(void)state;
	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	gaz_ctl_table_write(t, 0, &st, &b);
	assert_int_equal(b.len, 0);
	gaz_buf_clear(&b);
	gaz_ctl_table_free(t);
	gaz_ctl_table_free(NULL);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layout),
		cmocka_unit_test(test_never_wider),
		cmocka_unit_test(test_terminal),
		cmocka_unit_test(test_empty),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("ctl_table", tests, NULL, NULL);
}
