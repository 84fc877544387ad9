#include "config.h"

#include "gazetted/file.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gazetted/mem.h"

/* Every test works in a new folder, which is the current one meanwhile. */
static char folder[64];

static void
enter(void)
{
	snprintf(folder, sizeof(folder), "/tmp/gazetted-test-XXXXXX");
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
}

static void
leave(void)
{
	char command[128];

	assert_int_equal(chdir("/"), 0);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	assert_int_equal(system(command), 0);
}

static size_t
files_here(void)
{
	size_t n = 0;
	DIR *d = opendir(".");

	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n - 2; /* without . and .. */
}

static void
write_file(const char *path, size_t n)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	for (size_t i = 0; i < n; i++)
		fputc("0123456789"[i % 10], f);
	assert_int_equal(fclose(f), 0);
}

static void
check_content(const char *path, const char *want)
{
	struct gaz_buf b;
	struct gaz_err err;

	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	if (!gaz_file_load(path, &b, &err))
		fail_msg("%s", err.msg);
	assert_true(gaz_str_eq_z(gaz_buf_str(&b), want));
	gaz_buf_clear(&b);
}

static void
test_load(void **state)
{
	static const size_t sizes[] = { 0, 1, 16383, 16384, 16385, 100000 };

	(void)state;
	enter();
	for (size_t i = 0; i < GAZ_COUNT(sizes); i++) {
		struct gaz_buf b;
		struct gaz_err err;
		write_file("f", sizes[i]);
		gaz_buf_init(&b, GAZ_BUF_NO_MAX);
		gaz_buf_put_z(&b, "before");
		assert_true(gaz_file_load("f", &b, &err));
		assert_int_equal(b.len, 6 + sizes[i]);
		assert_memory_equal(b.p, "before", 6);
		for (size_t k = 0; k < sizes[i]; k++)
			assert_int_equal(b.p[6 + k], '0' + k % 10);
		gaz_buf_clear(&b);
	}
	leave();
}

static void
test_load_limit(void **state)
{
	struct gaz_buf b;
	struct gaz_err err;

	(void)state;
	enter();
	gaz_buf_init(&b, 20000);
	write_file("f", 20000);
	assert_true(gaz_file_load("f", &b, &err));
	gaz_buf_reset(&b);
	write_file("f", 20001);
	assert_false(gaz_file_load("f", &b, &err));
	assert_int_equal(err.code, GAZ_ERR_LIMIT);
	assert_string_equal(err.msg, "f: larger than 20000 bytes");
	assert_int_equal(b.len, 0);
	gaz_buf_clear(&b);
	leave();
}

static void
test_load_failures(void **state)
{
	static const struct {
		const char *path;
		enum gaz_err_code code;
		const char *msg;
	} cases[] = {
		{ "none", GAZ_ERR_MISSING,
		    "none: open: No such file or directory" },
		{ "none/f", GAZ_ERR_MISSING,
		    "none/f: open: No such file or directory" },
		{ "f/g", GAZ_ERR_MISSING, "f/g: open: Not a directory" },
		{ ".", GAZ_ERR_IO, ".: read: Is a directory" },
	};

	(void)state;
	enter();
	write_file("f", 1);
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_buf b;
		struct gaz_err err;
		gaz_buf_init(&b, 100);
		gaz_buf_put_z(&b, "before");
		assert_false(gaz_file_load(cases[i].path, &b, &err));
		assert_int_equal(err.code, cases[i].code);
		assert_string_equal(err.msg, cases[i].msg);
		assert_int_equal(b.len, 0);
		gaz_buf_clear(&b);
	}
	leave();
}

static void
test_load_stdin(void **state)
{
	(void)state;
	enter();
	write_file("f", 15);
	int keep = dup(STDIN_FILENO);
	int fd = open("f", O_RDONLY);
	dup2(fd, STDIN_FILENO);
	close(fd);
	check_content("-", "012345678901234");
	assert_true(fcntl(STDIN_FILENO, F_GETFD) != -1); /* still open */
	dup2(keep, STDIN_FILENO);
	close(keep);
	leave();
}

static void
replace_ok(const char *path, struct gaz_str bytes, bool want_changed)
{
	struct gaz_err err;
	bool changed = !want_changed;

	if (!gaz_file_replace(path, bytes, &changed, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(changed, want_changed);
}

static void
test_replace(void **state)
{
	struct stat a, b;

	(void)state;
	enter();
	replace_ok("f", GAZ_STR("one"), true);
	check_content("f", "one");
	assert_int_equal(stat("f", &a), 0);
	replace_ok("f", GAZ_STR("one"), false);
	assert_int_equal(stat("f", &b), 0);
	assert_true(a.st_ino == b.st_ino);
	assert_true(a.st_mtim.tv_sec == b.st_mtim.tv_sec &&
	    a.st_mtim.tv_nsec == b.st_mtim.tv_nsec);
	replace_ok("f", GAZ_STR("two"), true); /* same length */
	check_content("f", "two");
	replace_ok("f", GAZ_STR("twofold"), true);
	check_content("f", "twofold");
	replace_ok("f", GAZ_STR(""), true);
	check_content("f", "");
	replace_ok("f", GAZ_STR_NONE, false);
	assert_true(gaz_file_replace("g", GAZ_STR("x"), NULL, NULL));
	/* an absolute path as well */
	char path[100];
	snprintf(path, sizeof(path), "%s/h", folder);
	replace_ok(path, GAZ_STR("x"), true);
	assert_int_equal(files_here(), 3);

	/* a difference in the second chunk that is compared */
	char *big = gaz_mem_alloc(40000);
	memset(big, 'b', 40000);
	replace_ok("f", gaz_str_make(big, 40000), true);
	replace_ok("f", gaz_str_make(big, 40000), false);
	big[39999] = 'c';
	replace_ok("f", gaz_str_make(big, 40000), true);
	free(big);
	leave();
}

static void
check_mode(const char *path, mode_t want)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, want);
}

static void
test_replace_modes(void **state)
{
	(void)state;
	enter();
	mode_t mask = umask(022);
	replace_ok("f", GAZ_STR("1"), true);
	check_mode("f", 0644);
	umask(077);
	replace_ok("f", GAZ_STR("2"), true); /* keeps what it has */
	check_mode("f", 0644);
	replace_ok("g", GAZ_STR("1"), true);
	check_mode("g", 0600);
	umask(0);
	replace_ok("h", GAZ_STR("1"), true);
	check_mode("h", 0644);
	umask(022);
	assert_int_equal(chmod("g", 0640), 0);
	replace_ok("g", GAZ_STR("2"), true);
	check_mode("g", 0640);
	umask(mask);
	leave();
}

static void
test_replace_odd_targets(void **state)
{
	struct stat st;

	(void)state;
	enter();
	replace_ok("f", GAZ_STR("old"), true);
	assert_int_equal(symlink("f", "link"), 0);
	replace_ok("link", GAZ_STR("new"), true);
	check_content("f", "old");
	assert_int_equal(lstat("link", &st), 0);
	assert_true(S_ISREG(st.st_mode));
	/* a pipe that nobody writes must not make it wait */
	assert_int_equal(mkfifo("pipe", 0600), 0);
	replace_ok("pipe", GAZ_STR("new"), true);
	check_content("pipe", "new");
	leave();
}

static void
test_replace_failures(void **state)
{
	static const struct {
		const char *path;
		enum gaz_err_code code;
		const char *msg;
	} cases[] = {
		{ "none/f", GAZ_ERR_MISSING, "none/f: open a temporary file "
		    "beside it: No such file or directory" },
		{ "dir", GAZ_ERR_IO, "dir: rename: Is a directory" },
	};

	(void)state;
	enter();
	assert_int_equal(mkdir("dir", 0755), 0);
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_err err;
		bool changed = true;
		assert_false(gaz_file_replace(cases[i].path, GAZ_STR("x"),
		    &changed, &err));
		assert_int_equal(err.code, cases[i].code);
		assert_string_equal(err.msg, cases[i].msg);
		assert_true(changed); /* untouched */
	}
	assert_int_equal(files_here(), 1); /* nothing left behind */
	leave();
}

/* The disk is full after a part was written: the old content stays. */
static void
test_replace_full_disk(void **state)
{
	struct rlimit old, small = { .rlim_cur = 1000 };
	char bytes[3000];
	struct gaz_err err;

	(void)state;
	enter();
	replace_ok("f", GAZ_STR("old"), true);
	memset(bytes, 'n', sizeof(bytes));
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small.rlim_max = old.rlim_max;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	bool ok = gaz_file_replace("f", gaz_str_make(bytes, sizeof(bytes)),
	    NULL, &err);
	setrlimit(RLIMIT_FSIZE, &old);
	signal(SIGXFSZ, SIG_DFL);
	assert_false(ok);
	assert_int_equal(err.code, GAZ_ERR_IO);
	assert_string_equal(err.msg, "f: write: File too large");
	check_content("f", "old");
	assert_int_equal(files_here(), 1);
	leave();
}

static void
test_make_dir(void **state)
{
	static const char *const paths[] = { "a", "a", "a/b/c", "a/b/c/d/",
		"x//y/", ".", "./z", "a/../w/v" };
	struct gaz_err err;
	struct stat st;
	char path[100];

	(void)state;
	enter();
	for (size_t i = 0; i < GAZ_COUNT(paths); i++) {
		if (!gaz_file_make_dir(paths[i], &err))
			fail_msg("%s", err.msg);
		assert_int_equal(stat(paths[i], &st), 0);
		assert_true(S_ISDIR(st.st_mode));
	}
	snprintf(path, sizeof(path), "%s/abs/olute", folder);
	assert_true(gaz_file_make_dir(path, &err));
	assert_int_equal(stat("abs/olute", &st), 0);
	assert_true(gaz_file_make_dir("/", &err));
	/* a link to a folder is one */
	assert_int_equal(symlink("a", "to-a"), 0);
	assert_true(gaz_file_make_dir("to-a/new", &err));
	write_file("f", 1);
	assert_false(gaz_file_make_dir("f", &err));
	assert_int_equal(err.code, GAZ_ERR_IO);
	assert_string_equal(err.msg, "f: make folder: File exists");
	assert_false(gaz_file_make_dir("f/g", &err));
	assert_string_equal(err.msg, "f/g: make folder: File exists");
	assert_false(gaz_file_make_dir("", &err));
	leave();
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_load),
		cmocka_unit_test(test_load_limit),
		cmocka_unit_test(test_load_failures),
		cmocka_unit_test(test_load_stdin),
		cmocka_unit_test(test_replace),
		cmocka_unit_test(test_replace_modes),
		cmocka_unit_test(test_replace_odd_targets),
		cmocka_unit_test(test_replace_failures),
		cmocka_unit_test(test_replace_full_disk),
		cmocka_unit_test(test_make_dir),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
