#include "config.h"

#include "gazetted/store.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "store/db.h"
#include "store_help.h"

/*
 * A store with one item, a copy of it, then a second item: what was restored
 * has one again.
 */
struct place {
	char copy[128], replaced[128], part[128];
	int64_t feed;
};

static void
begin(struct fixture *fx, struct place *p)
{
	struct gaz_err err;

	snprintf(p->copy, sizeof(p->copy), "%s/copy.db", fx->dir);
	snprintf(p->replaced, sizeof(p->replaced), "%s.replaced", fx->path);
	snprintf(p->part, sizeof(p->part), "%s.restore", fx->path);
	subscribe(fx->s, 1, &p->feed);
	put_one(fx->s, p->feed, (struct row){ "1", NULL, "One", "t", T0 }, T0);
	OK(gaz_store_backup(fx->s, p->copy, &err));
	put_one(fx->s, p->feed, (struct row){ "2", NULL, "Two", "t", T0 }, T0);
}

static void
close_store(struct fixture *fx)
{
	gaz_store_close(fx->s);
	fx->s = NULL;
}

static int64_t
count_items(const char *path)
{
	struct gaz_store_stats st;
	struct gaz_store *s;
	struct gaz_err err;

	OK((s = gaz_store_open(path, GAZ_STORE_WRITE, &err)) != NULL);
	assert_sound(s);
	OK(gaz_store_stats(s, &st, &err));
	gaz_store_close(s);
	return st.items;
}

static void
test_restore(void **state)
{
	struct fixture *fx = *state;
	struct gaz_err err;
	struct place p;

	begin(fx, &p);
	close_store(fx);
	OK(gaz_store_restore(fx->path, p.copy, &err));
	assert_int_equal(count_items(fx->path), 1);
	assert_int_equal(count_items(p.replaced), 2);
	assert_int_equal(count_items(p.copy), 1);
	assert_int_equal(access(p.part, F_OK), -1);
	/* Once more: what was replaced last is kept. */
	OK(gaz_store_restore(fx->path, p.copy, &err));
	assert_int_equal(count_items(p.replaced), 1);
}

/* What a crash left in the log must not get into the restored file. */
static void
test_old_log(void **state)
{
	struct fixture *fx = *state;
	char log[160], left[160], command[600];
	struct gaz_err err;
	struct stat st;
	struct place p;

	begin(fx, &p);
	snprintf(log, sizeof(log), "%s-wal", fx->path);
	snprintf(left, sizeof(left), "%s/left", fx->dir);
	snprintf(command, sizeof(command), "cp '%s' '%s'; cp '%s' '%s-wal'",
	    fx->path, left, log, left);
	assert_int_equal(system(command), 0);
	close_store(fx);
	snprintf(command, sizeof(command), "mv '%s' '%s'; mv '%s-wal' '%s'",
	    left, fx->path, left, log);
	assert_int_equal(system(command), 0);
	assert_int_equal(stat(log, &st), 0);
	assert_true(st.st_size > 0);

	OK(gaz_store_restore(fx->path, p.copy, &err));
	assert_int_equal(access(log, F_OK), -1);
	assert_int_equal(count_items(fx->path), 1);
	/* And what was replaced still has its own. */
	assert_int_equal(count_items(p.replaced), 2);
}

static void
test_nothing_there(void **state)
{
	struct fixture *fx = *state;
	struct gaz_err err;
	struct place p;

	begin(fx, &p);
	close_store(fx);
	assert_int_equal(unlink(fx->path), 0);
	OK(gaz_store_restore(fx->path, p.copy, &err));
	assert_int_equal(count_items(fx->path), 1);
	assert_int_equal(access(p.replaced, F_OK), -1);
}

/* A damaged store is what one restores over. */
static void
test_over_damage(void **state)
{
	struct fixture *fx = *state;
	struct gaz_err err;
	struct place p;
	int fd;

	begin(fx, &p);
	close_store(fx);
	fd = open(fx->path, O_WRONLY | O_TRUNC);
	assert_int_equal(write(fd, "rubbish", 7), 7);
	close(fd);
	OK(gaz_store_restore(fx->path, p.copy, &err));
	assert_int_equal(count_items(fx->path), 1);
}

static void
spoil(const char *path, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void
refused(struct fixture *fx, const char *from, enum gaz_err_code code,
    const char *words)
{
	struct gaz_err err = { 0 };

	assert_false(gaz_store_restore(fx->path, from, &err));
	if (err.code != code || strstr(err.msg, words) == NULL)
		fail_msg("%s: code %d: %s", from, (int)err.code, err.msg);
}

static void
test_refused(void **state)
{
	struct fixture *fx = *state;
	char other[160];
	struct place p;
	int fd;

	begin(fx, &p);
	/* A writer has it open, as a daemon would. */
	refused(fx, p.copy, GAZ_ERR_BUSY, "writes to this store");
	close_store(fx);
	refused(fx, fx->path, GAZ_ERR_USAGE, "the store itself");

	snprintf(other, sizeof(other), "%s/other", fx->dir);
	refused(fx, other, GAZ_ERR_MISSING, "no store");
	fd = open(other, O_WRONLY | O_CREAT, 0600);
	assert_int_equal(write(fd, "rubbish", 7), 7);
	close(fd);
	refused(fx, other, GAZ_ERR_FORMAT, other);
	assert_int_equal(unlink(other), 0);
	spoil(other, "CREATE TABLE x(y); PRAGMA application_id = 7");
	refused(fx, other, GAZ_ERR_FORMAT, "another program");
	assert_int_equal(unlink(other), 0);
	fd = open(other, O_WRONLY | O_CREAT, 0600);
	close(fd);
	refused(fx, other, GAZ_ERR_FORMAT, "empty");

	spoil(p.copy, "DELETE FROM body");
	refused(fx, p.copy, GAZ_ERR_FORMAT, "item 1 has no text");

	/* Nothing of that has touched the store. */
	assert_int_equal(access(p.replaced, F_OK), -1);
	assert_int_equal(access(p.part, F_OK), -1);
	assert_int_equal(count_items(fx->path), 2);
}

/* Older ones may come back, but a number there must be. */
static void
test_schema(void **state)
{
	struct fixture *fx = *state;
	struct gaz_store *s;
	struct gaz_err err;
	struct place p;

	begin(fx, &p);
	close_store(fx);
	OK((s = db_open_older(p.copy, &err)) != NULL);
	gaz_store_close(s);
	spoil(p.copy, "PRAGMA user_version = 0");
	refused(fx, p.copy, GAZ_ERR_FORMAT, "schema");
	spoil(p.copy, "PRAGMA user_version = 9999");
	refused(fx, p.copy, GAZ_ERR_FORMAT, "newer");
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_restore),
		STORE_TEST(test_old_log),
		STORE_TEST(test_nothing_there),
		STORE_TEST(test_over_damage),
		STORE_TEST(test_refused),
		STORE_TEST(test_schema),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("store_restore", tests, NULL, NULL);
}
