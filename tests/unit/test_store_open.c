#include "config.h"

#include "gazetted/store.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/db.h"
#include "store/migrate.h"
#include "store_help.h"

/* ---- paths that are no store */

static void
sql(const char *path, const char *text)
{
	sqlite3 *db;
	char *why = NULL;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, text, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s", why);
	sqlite3_close(db);
}

static void
write_file(const char *path, const char *bytes, size_t n)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, n, f), n);
	fclose(f);
}

static void
make_text(const char *path)
{
	char text[5000];

	memset(text, 'x', sizeof(text));
	write_file(path, text, sizeof(text));
}

static void
make_empty(const char *path)
{
	write_file(path, "", 0);
}

static void
make_folder(const char *path)
{
	assert_int_equal(mkdir(path, 0700), 0);
}

static void
make_foreign(const char *path)
{
	sql(path, "CREATE TABLE t(x); PRAGMA user_version = 3");
}

static void
make_foreign_id(const char *path)
{
	sql(path, "PRAGMA application_id = 7; CREATE TABLE t(x)");
}

static void
make_newer(const char *path)
{
	struct gaz_err err;

	gaz_store_close(gaz_store_open(path, GAZ_STORE_WRITE, &err));
	sql(path, "PRAGMA user_version = 99");
}

static void
make_header_only(const char *path)
{
	write_file(path, "SQLite format 3", 16);
}

static const struct {
	const char *name;
	void (*make)(const char *path);
	enum gaz_store_mode mode;
	enum gaz_err_code code;
	const char *words;
} refused[] = {
	{ "nothing to read", NULL, GAZ_STORE_READ, GAZ_ERR_MISSING,
	  "there is no store" },
	{ "empty, to read", make_empty, GAZ_STORE_READ, GAZ_ERR_CONFIG,
	  "empty, not a store yet" },
	{ "text", make_text, GAZ_STORE_WRITE, GAZ_ERR_STORE,
	  "file is not a database" },
	{ "text, to read", make_text, GAZ_STORE_READ, GAZ_ERR_STORE,
	  "file is not a database" },
	{ "a folder", make_folder, GAZ_STORE_WRITE, GAZ_ERR_CONFIG,
	  "not a regular file" },
	{ "another program's", make_foreign, GAZ_STORE_WRITE, GAZ_ERR_CONFIG,
	  "another program" },
	{ "another program's id", make_foreign_id, GAZ_STORE_WRITE,
	  GAZ_ERR_CONFIG, "application id 7" },
	{ "a newer one", make_newer, GAZ_STORE_WRITE, GAZ_ERR_CONFIG,
	  "newer gazetted (schema 99" },
	{ "a newer one, to read", make_newer, GAZ_STORE_READ, GAZ_ERR_CONFIG,
	  "newer gazetted (schema 99" },
	{ "the first bytes of one", make_header_only, GAZ_STORE_WRITE,
	  GAZ_ERR_STORE, "not a database" },
};

static void
test_refused(void **state)
{
	struct fixture *fx = *state;
	char path[128];

	for (size_t i = 0; i < GAZ_COUNT(refused); i++) {
		struct gaz_err err = { 0 };
		struct gaz_store *s;

		snprintf(path, sizeof(path), "%s/%zu.db", fx->dir, i);
		if (refused[i].make != NULL)
			refused[i].make(path);
		s = gaz_store_open(path, refused[i].mode, &err);
		if (s != NULL || err.code != refused[i].code ||
		    strstr(err.msg, refused[i].words) == NULL ||
		    strstr(err.msg, path) != err.msg)
			fail_msg("%s: %d \"%s\"", refused[i].name, err.code,
			    err.msg);
	}
}

static void
test_no_folder(void **state)
{
	struct fixture *fx = *state;
	struct gaz_err err;
	char path[128];

	snprintf(path, sizeof(path), "%s/no/store.db", fx->dir);
	assert_null(gaz_store_open(path, GAZ_STORE_WRITE, &err));
	assert_int_equal(err.code, GAZ_ERR_IO);
	assert_non_null(strstr(err.msg, "/no does not exist"));
}

static void
test_second_writer(void **state)
{
	struct fixture *fx = *state;
	struct gaz_store *s;
	struct gaz_err err;

	assert_null(gaz_store_open(fx->path, GAZ_STORE_WRITE, &err));
	assert_int_equal(err.code, GAZ_ERR_BUSY);
	gaz_store_close(fx->s);
	OK((s = gaz_store_open(fx->path, GAZ_STORE_WRITE, &err)) != NULL);
	fx->s = s;
}

/* Only the owner reads it, the log included. */
static void
test_modes(void **state)
{
	static const char *const ends[] = { "", "-wal", "-lock" };
	struct fixture *fx = *state;
	char path[160];
	struct stat st;

	for (size_t i = 0; i < GAZ_COUNT(ends); i++) {
		snprintf(path, sizeof(path), "%s%s", fx->path, ends[i]);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 077, 0);
	}
}

static void
test_deleted_while_open(void **state)
{
	struct fixture *fx = *state;
	struct gaz_err err;
	int64_t feed;

	subscribe(fx->s, 1, &feed);
	unlink(fx->path);
	assert_false(gaz_store_begin(fx->s, &err));
	assert_int_equal(err.code, GAZ_ERR_MISSING);
	assert_int_equal(gaz_store_trouble(fx->s), GAZ_STORE_MISSING);
	assert_string_equal(gaz_store_trouble_name(GAZ_STORE_MISSING),
	    "store-missing");
}

/* A store on a medium without room for a log is read as it is. */
static void
test_read_only_medium(void **state)
{
	struct fixture *fx = *state;
	struct gaz_store *s;
	struct gaz_err err;
	struct gaz_filter f;
	char path[128];
	int64_t feed;
	pid_t pid;
	int status;

	subscribe(fx->s, 1, &feed);
	snprintf(path, sizeof(path), "%s/ro", fx->dir);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/ro/a b%%.db", fx->dir);
	OK(gaz_store_backup(fx->s, path, &err));
	sql(path, "PRAGMA journal_mode = WAL");
	if (geteuid() != 0)
		skip();
	/* Root writes everywhere, so be somebody else. */
	chmod(fx->dir, 0755);
	chmod(path, 0444);
	*strrchr(path, '/') = '\0';
	chmod(path, 0555);
	path[strlen(path)] = '/';
	/* Or the child has it open as well when it ends. */
	gaz_store_close(fx->s);
	fx->s = NULL;
	pid = fork();
	assert_true(pid != -1);
	if (pid == 0) {
		bool ok = setuid(65534) == 0;
		struct gaz_view *v = gaz_view_new(GAZ_VIEW_FEEDS);

		s = ok ? gaz_store_open(path, GAZ_STORE_READ, &err) : NULL;
		gaz_filter_init(&f);
		ok = s != NULL && gaz_store_query(s, &f, false, T0, v, &err) &&
		    v->feeds.n == 1;
		if (!ok)
			fprintf(stderr, "%s\n", err.msg);
		gaz_store_close(s);
		/* Nor is it written, and the reason is told. */
		s = gaz_store_open(path, GAZ_STORE_WRITE, &err);
		ok = ok && s == NULL && strstr(err.msg, "ermission") != NULL;
		gaz_view_free(v);
		_exit(ok ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* ---- steps of the schema */

static const struct migrate_step old_steps[] = {
	{ 1, "CREATE TABLE a(x); INSERT INTO a VALUES(1)" },
	{ 2, "ALTER TABLE a ADD COLUMN y DEFAULT 5" },
	{ 3, "CREATE TABLE b(z); INSERT INTO b SELECT x + y FROM a" },
};
static const struct migrate_step bad_steps[] = {
	{ 1, "" },
	{ 2, "" },
	{ 3, "CREATE TABLE b(z); INSERT INTO nowhere VALUES(1)" },
};

static void
connect_plain(struct gaz_store *s, char *path)
{
	memset(s, 0, sizeof(*s));
	s->path = path;
	s->statements = gaz_map_new();
	assert_int_equal(sqlite3_open(path, &s->db), SQLITE_OK);
}

static void
disconnect(struct gaz_store *s)
{
	db_forget_statements(s);
	gaz_map_free(s->statements);
	sqlite3_close(s->db);
}

static int64_t
ask(const char *path, const char *text)
{
	sqlite3_stmt *st;
	sqlite3 *db;
	int64_t n;

	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY,
	    NULL), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, text, -1, &st, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	sqlite3_close(db);
	return n;
}

static void
test_steps(void **state)
{
	struct fixture *fx = *state;
	struct gaz_store s;
	struct gaz_err err;
	char path[128], copy[160];
	struct stat st;
	int version;

	for (int from = 0; from <= 3; from++) {
		snprintf(path, sizeof(path), "%s/s%d.db", fx->dir, from);
		snprintf(copy, sizeof(copy), "%s.v%d", path, from);
		connect_plain(&s, path);
		if (from > 0)
			OK(migrate_run(&s, old_steps, (size_t)from, &err));
		OK(migrate_run(&s, old_steps, 3, &err));
		OK(migrate_version(&s, old_steps, 3, &version, &err));
		assert_int_equal(version, 3);
		disconnect(&s);
		assert_int_equal(ask(path, "SELECT z FROM b"), 6);
		/* What there was before is kept beside it. */
		assert_int_equal(access(copy, F_OK),
		    from == 1 || from == 2 ? 0 : -1);
		if (from == 1 || from == 2) {
			assert_int_equal(ask(copy, "PRAGMA user_version"),
			    from);
			assert_int_equal(stat(copy, &st), 0);
			assert_int_equal(st.st_mode & 0777, 0600);
		}
		if (from == 1)
			assert_int_equal(ask(copy, "SELECT x FROM a"), 1);
	}
}

static void
test_step_that_fails(void **state)
{
	struct fixture *fx = *state;
	struct gaz_store s;
	struct gaz_err err;
	char path[128];

	snprintf(path, sizeof(path), "%s/s.db", fx->dir);
	connect_plain(&s, path);
	OK(migrate_run(&s, old_steps, 2, &err));
	assert_false(migrate_run(&s, bad_steps, 3, &err));
	assert_non_null(strstr(err.msg, "changing the schema to version 3"));
	assert_non_null(strstr(err.msg, "nowhere"));
	disconnect(&s);
	/* As if it had not been tried. */
	assert_int_equal(ask(path, "PRAGMA user_version"), 2);
	assert_int_equal(ask(path, "SELECT count(*) FROM sqlite_schema"), 1);
	connect_plain(&s, path);
	OK(migrate_run(&s, old_steps, 3, &err));
	disconnect(&s);
}

static void
test_old_one_to_read(void **state)
{
	struct fixture *fx = *state;
	struct gaz_err err;

	gaz_store_close(fx->s);
	fx->s = NULL;
	sql(fx->path, "PRAGMA user_version = 0");
	assert_null(gaz_store_open(fx->path, GAZ_STORE_READ, &err));
	assert_non_null(strstr(err.msg, "no schema number"));
}

/* Stores as every earlier version wrote them still open, with all in them. */
static void
test_earlier_versions(void **state)
{
	struct fixture *fx = *state;
	const char *folder = getenv("GAZ_FIXTURES");

	if (folder == NULL)
		folder = GAZ_FIXTURES_DIR;
	for (size_t i = 0; i < migrate_step_count; i++) {
		int v = migrate_steps[i].version;
		char name[512], path[128];
		struct gaz_filter f;
		struct gaz_store *s;
		struct gaz_view *view;
		struct gaz_buf text;
		struct gaz_err err;
		FILE *file;
		int c;

		snprintf(name, sizeof(name), "%s/store/v%d.sql", folder, v);
		snprintf(path, sizeof(path), "%s/v%d.db", fx->dir, v);
		gaz_buf_init(&text, GAZ_BUF_NO_MAX);
		file = fopen(name, "r");
		if (file == NULL)
			fail_msg("%s is missing", name);
		while ((c = getc(file)) != EOF)
			gaz_buf_put_char(&text, (char)c);
		fclose(file);
		sql(path, text.p);
		gaz_buf_clear(&text);
		OK((s = gaz_store_open(path, GAZ_STORE_WRITE, &err)) != NULL);
		assert_sound(s);
		gaz_filter_init(&f);
		f.query = GAZ_STR("dinner");
		view = query(s, GAZ_VIEW_STORIES, &f);
		assert_int_equal(view->stories.n, 1);
		assert_int_equal(view->stories.v[0].items.n, 2);
		assert_int_equal(view->stories.v[0].sources, 2);
		gaz_view_free(view);
		gaz_store_close(s);
	}
}

/* ---- unclean ends */

static void
test_unclean_end(void **state)
{
	struct fixture *fx = *state;
	struct gaz_store_stats stats;
	struct gaz_err err;
	int64_t feed;
	int status;
	pid_t pid;

	gaz_store_close(fx->s);
	fx->s = NULL;
	pid = fork();
	assert_true(pid != -1);
	if (pid == 0) {
		fx->s = gaz_store_open(fx->path, GAZ_STORE_WRITE, &err);
		subscribe(fx->s, 1, &feed);
		put_one(fx->s, feed, (struct row){ "1", NULL, "One", "t", T0 },
		    T0);
		/* At once, and valgrind does not see what is left open. */
		execlp("true", "true", (char *)NULL);
		_exit(1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(ask(fx->path, "SELECT boot IS NOT NULL FROM state"),
	    1);
	open_store(fx);
	OK(gaz_store_stats(fx->s, &stats, &err));
	assert_int_equal(stats.items, 1);
	gaz_store_close(fx->s);
	assert_int_equal(ask(fx->path, "SELECT boot IS NULL FROM state"), 1);
	/* As after a power failure: of another boot. */
	sql(fx->path, "UPDATE state SET boot = 'before'");
	open_store(fx);
}

/* Zeros over the first page of a table or index. */
static void
wipe(const char *path, const char *name)
{
	char zeros[4096] = { 0 }, text[128];
	int64_t root;
	int fd;

	snprintf(text, sizeof(text), "SELECT rootpage FROM sqlite_schema "
	    "WHERE name = '%s'", name);
	root = ask(path, text);
	fd = open(path, O_WRONLY);
	assert_int_equal(pwrite(fd, zeros, sizeof(zeros), (root - 1) * 4096),
	    sizeof(zeros));
	close(fd);
}

/*
 * After a power failure damage is found at the start wherever it is, after the
 * death of the process where everything hangs on it; and what to do is told.
 */
static void
test_damage_at_start(void **state)
{
	static const struct {
		const char *name, *table;
		bool same_boot, refused;
	} starts[] = {
		{ "power failure", "item_by_seen", false, true },
		{ "our death, subscriptions", "feed_state", true, true },
		{ "our death, an index", "item_by_seen", true, false },
	};
	struct fixture *fx = *state;
	char path[128], text[256], boot[64] = "";
	int64_t feed;
	FILE *f = fopen("/proc/sys/kernel/random/boot_id", "r");

	if (f == NULL || fgets(boot, sizeof(boot), f) == NULL)
		skip();
	fclose(f);
	boot[strcspn(boot, "\n")] = '\0';
	subscribe(fx->s, 1, &feed);
	put_one(fx->s, feed, (struct row){ "1", NULL, "One", "t", T0 }, T0);
	for (size_t i = 0; i < GAZ_COUNT(starts); i++) {
		struct gaz_err err = { 0 };
		struct gaz_store *s;

		snprintf(path, sizeof(path), "%s/%zu.db", fx->dir, i);
		OK(gaz_store_backup(fx->s, path, &err));
		snprintf(text, sizeof(text), "UPDATE state SET boot = '%s'",
		    starts[i].same_boot ? boot : "before");
		sql(path, text);
		wipe(path, starts[i].table);
		err.code = GAZ_ERR_NONE;
		s = gaz_store_open(path, GAZ_STORE_WRITE, &err);
		if ((s == NULL) != starts[i].refused)
			fail_msg("%s: %s", starts[i].name, err.msg);
		gaz_store_close(s);
		if (s != NULL)
			continue;
		assert_int_equal(err.code, GAZ_ERR_STORE);
		snprintf(text, sizeof(text),
		    "gazettectl check-store --store %s", path);
		assert_non_null(strstr(err.msg, text));
		assert_non_null(strstr(err.msg, "--salvage NEWFILE"));
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_refused),
		STORE_TEST(test_no_folder),
		STORE_TEST(test_second_writer),
		STORE_TEST(test_modes),
		STORE_TEST(test_deleted_while_open),
		STORE_TEST(test_read_only_medium),
		STORE_TEST(test_steps),
		STORE_TEST(test_step_that_fails),
		STORE_TEST(test_old_one_to_read),
		STORE_TEST(test_earlier_versions),
		STORE_TEST(test_unclean_end),
		STORE_TEST(test_damage_at_start),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("store_open", tests, NULL, NULL);
}
