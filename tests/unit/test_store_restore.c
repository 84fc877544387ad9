#include "config.h"

#include "gazetted/lease.h"
#include "gazetted/store.h"
#include "gazetted/subscriber.h"

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

/* ---- what can be saved of a damaged one */

#define SAVED_ITEMS 120
#define SAVED_LEASES 300

/* Leases, subscribers and pauses, which have no numbers. */
static void
fill_keyed(struct fixture *fx)
{
	char token[80], callback[80], host[40];
	struct gaz_err err;

	for (unsigned i = 0; i < SAVED_LEASES; i++) {
		struct gaz_store_lease l = {
			.feed_id = 1 + i, .hub = GAZ_STR("https://hub.example/"),
			.topic = GAZ_STR("https://a.example/feed"),
			.callback = GAZ_STR("https://us.example/websub/in/t"),
			.state = GAZ_LEASE_ACTIVE, .secret = GAZ_STR("s3cret"),
			.asked = T0, .since = T0 + 1, .ends = T0 + 864000,
			.next = T0 + 600, .missed = GAZ_UTC_UNKNOWN,
		};
		struct gaz_store_subscriber s = {
			.topic = GAZ_STR("https://us.example/items.atom"),
			.ends = T0 + 864000, .next = GAZ_UTC_UNKNOWN,
		};

		snprintf(token, sizeof(token), "%08x%08x%08x%08x", i *
		    2654435761u, i, i, i);
		snprintf(callback, sizeof(callback),
		    "https://h%u.example/callback", i);
		snprintf(host, sizeof(host), "https://h%u.example", i);
		l.token = gaz_str_of(token);
		s.callback = gaz_str_of(callback);
		OK(gaz_store_put_lease(fx->s, &l, &err));
		OK(gaz_store_put_subscriber(fx->s, &s, &err));
		OK(gaz_store_put_pause(fx->s, gaz_str_of(host), T0 + 7200,
		    GAZ_STR("7200"), &err));
	}
}

static int64_t
leases_of(struct gaz_store *s)
{
	struct gaz_err err;
	int64_t n;

	OK(db_int(s, "SELECT count(*) FROM lease", 0, &n, &err));
	return n;
}

/* Of each kind all are there, or those of a page are not, or the page that all
 * hang on was lost. true: all. */
static bool
has_keyed(struct gaz_store *s, int *lost)
{
	static const char *const tables[] = { "lease", "subscriber", "pause" };
	struct gaz_err err;
	bool all = true;

	for (size_t i = 0; i < GAZ_COUNT(tables); i++) {
		char sql[64];
		int64_t n;

		snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s",
		    tables[i]);
		OK(db_int(s, sql, 0, &n, &err));
		/* A page has a hundred pauses. */
		if (n != 0 && n < SAVED_LEASES - 110)
			fail_msg("%s: %d", tables[i], (int)n);
		*lost += n == 0;
		all = all && n == SAVED_LEASES;
	}
	return all;
}

/* Two feeds, long items, stories of three. */
static void
fill_for_salvage(struct fixture *fx)
{
	char guid[16], url[64], title[64], text[900];
	int64_t feeds[2];
	struct gaz_err err;

	OK(gaz_store_begin(fx->s, &err));
	subscribe(fx->s, 2, feeds);
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	for (int i = 0; i < SAVED_ITEMS; i++) {
		int64_t id;

		snprintf(guid, sizeof(guid), "g%d", i);
		snprintf(url, sizeof(url), "https://a.example/%d", i);
		snprintf(title, sizeof(title), "Bridge number%d", i);
		id = put_one(fx->s, feeds[i % 2],
		    (struct row){ guid, url, title, text, T0 + i }, T0 + i);
		join(fx->s, id, i / 3 + 1, 0, T0 + i);
	}
	fill_keyed(fx);
	OK(gaz_store_commit(fx->s, &err));
}

static void
copy_with_hole(const char *from, const char *to, long page)
{
	char block[4096];
	FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");

	assert_non_null(in);
	assert_non_null(out);
	for (long n = 1; fread(block, sizeof(block), 1, in) == 1; n++) {
		if (n == page)
			memset(block, 0, sizeof(block));
		assert_int_equal(fwrite(block, sizeof(block), 1, out), 1);
	}
	fclose(in);
	fclose(out);
}

/*
 * Whatever page is lost, what comes out is sound, and only the rows of that
 * page are missing: items go by dozens at most, or all when the one page above
 * them is gone.
 */
static void
test_salvage(void **state)
{
	struct fixture *fx = *state;
	struct gaz_store_stats saved;
	char copy[128], hole[128], out[128];
	int few = 0, all = 0, none = 0, keyed = 0, lost = 0;
	int64_t left[2] = { 0 };
	long ends[2] = { 0 };
	struct gaz_store *s;
	struct gaz_err err;
	struct stat st;

	snprintf(copy, sizeof(copy), "%s/copy.db", fx->dir);
	snprintf(hole, sizeof(hole), "%s/hole.db", fx->dir);
	snprintf(out, sizeof(out), "%s/out.db", fx->dir);
	fill_for_salvage(fx);
	OK(gaz_store_backup(fx->s, copy, &err));
	assert_int_equal(stat(copy, &st), 0);
	for (long page = 2; page <= st.st_size / 4096; page++) {
		copy_with_hole(copy, hole, page);
		if (!gaz_store_salvage(hole, out, &saved, &err)) {
			/* A page of the schema itself. */
			if (err.code != GAZ_ERR_FORMAT)
				fail_msg("page %ld: %s", page, err.msg);
			assert_int_equal(access(out, F_OK), -1);
			none++;
			continue;
		}
		OK((s = gaz_store_open(out, GAZ_STORE_READ, &err)) != NULL);
		assert_sound(s);
		keyed += !has_keyed(s, &lost);
		if (leases_of(s) % SAVED_LEASES != 0) {
			int which = ends[0] != 0;

			ends[which] = page;
			left[which] = leases_of(s);
		}
		gaz_store_close(s);
		unlink(out);
		if (saved.items == SAVED_ITEMS)
			all++;
		else if (saved.items >= SAVED_ITEMS - 60)
			few++;
		else
			assert_int_equal(saved.items, 0);
	}
	/* Most pages are texts, indexes, or hold what can be made anew. */
	assert_true(all > 20);
	assert_true(few > 20);
	assert_true(none < 5);
	/* Their own pages, and one above those of each. */
	assert_true(keyed > 15);
	assert_in_range(lost, 1, 3);
	/* With two holes, what is between them is there, too. */
	assert_true(ends[1] > ends[0]);
	copy_with_hole(copy, hole, ends[0]);
	copy_with_hole(hole, copy, ends[1]);
	OK(gaz_store_salvage(copy, out, &saved, &err));
	OK((s = gaz_store_open(out, GAZ_STORE_READ, &err)) != NULL);
	assert_int_equal(leases_of(s), left[0] + left[1] - SAVED_LEASES);
	gaz_store_close(s);
	assert_true(all + few + none > st.st_size / 4096 - 8);
}

/* Of a sound one nothing is lost, and a restore takes what comes out. */
static void
test_salvage_sound(void **state)
{
	struct fixture *fx = *state;
	struct gaz_store_stats saved;
	struct gaz_filter f;
	struct gaz_view *v;
	struct gaz_err err;
	struct stat st;
	char out[128];
	int lost = 0;

	snprintf(out, sizeof(out), "%s/out.db", fx->dir);
	fill_for_salvage(fx);
	OK(gaz_store_salvage(fx->path, out, &saved, &err));
	assert_int_equal(saved.items, SAVED_ITEMS);
	assert_int_equal(saved.stories, SAVED_ITEMS / 3);
	assert_int_equal(saved.feeds, 2);
	assert_int_equal(stat(out, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_false(gaz_store_salvage(fx->path, out, &saved, &err));
	assert_int_equal(err.code, GAZ_ERR_USAGE);
	close_store(fx);
	OK(gaz_store_restore(fx->path, out, &err));
	open_store(fx);
	assert_sound(fx->s);
	assert_true(has_keyed(fx->s, &lost));
	gaz_filter_init(&f);
	f.query = GAZ_STR("number77");
	v = query(fx->s, GAZ_VIEW_ITEMS, &f);
	assert_int_equal(v->items.n, 1);
	assert_int_equal(v->items.v[0].story_id, 77 / 3 + 1);
	gaz_view_free(v);
	/* What is no store is refused, and nothing is left behind. */
	unlink(out);
	assert_false(gaz_store_salvage("/dev/null", out, &saved, &err));
	assert_int_equal(err.code, GAZ_ERR_FORMAT);
	assert_int_equal(access(out, F_OK), -1);
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
		STORE_TEST(test_salvage),
		STORE_TEST(test_salvage_sound),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("store_restore", tests, NULL, NULL);
}
