#include "config.h"

#include "gazetted/store.h"

#include <sqlite3.h>

#include "store/db.h"
#include "store_help.h"

static struct gaz_store_stats
stats_of(struct gaz_store *s)
{
	struct gaz_store_stats st;
	struct gaz_err err;

	OK(gaz_store_stats(s, &st, &err));
	return st;
}

/* Items n..n+count-1, one a minute, in one answer that shows no others. */
static void
put_range(struct gaz_store *s, int64_t feed, int from, int count, gaz_utc now)
{
	struct row rows[64] = { 0 };
	char guids[64][16];
	struct gaz_put_result res;

	for (int i = 0; i < count; i++) {
		snprintf(guids[i], sizeof(guids[i]), "%lld-%d",
		    (long long)feed, from + i);
		rows[i] = (struct row){ guids[i], NULL, guids[i], "t",
			T0 + (from + i) * 60 };
	}
	put_rows(s, feed, rows, (size_t)count, now, &res);
	gaz_vec_clear(&res.items);
}

static void
test_stats(void **state)
{
	struct fixture *fx = *state;
	struct gaz_store_stats st = stats_of(fx->s);
	int64_t feeds[2];

	assert_int_equal(st.items, 0);
	assert_int_equal(st.last_item, 0);
	assert_true(st.oldest_item == GAZ_UTC_UNKNOWN);
	assert_int_equal(st.schema, 9);
	subscribe(fx->s, 2, feeds);
	put_range(fx->s, feeds[0], 0, 5, T0 + 999);
	join(fx->s, 1, 1, 0, T0);
	st = stats_of(fx->s);
	assert_int_equal(st.feeds, 2);
	assert_int_equal(st.feeds_enabled, 2);
	assert_int_equal(st.feeds_failing, 0);
	assert_int_equal(st.items, 5);
	assert_int_equal(st.last_item, 5);
	assert_int_equal(st.stories, 1);
	assert_int_equal(st.oldest_item, T0 + 999);
	assert_true(st.bytes > 4096);
	assert_int_equal(st.generation, gaz_store_generation(fx->s));
}

/* ---- pruning */

static void
test_prune_by_age(void **state)
{
	struct fixture *fx = *state;
	struct gaz_err err;
	int64_t feed, deleted;
	bool more;

	subscribe(fx->s, 1, &feed);
	put_range(fx->s, feed, 0, 10, T0);
	join(fx->s, 1, 1, 0, T0);
	put_range(fx->s, feed, 8, 10, T0 + 5 * DAY);
	/* No limit, no deletion. */
	OK(gaz_store_prune(fx->s, 0, 0, T0 + 99 * DAY, &deleted, &more, &err));
	assert_int_equal(deleted, 0);
	/* To the second. */
	OK(gaz_store_prune(fx->s, 3, 0, T0 + 3 * DAY, &deleted, &more, &err));
	assert_int_equal(deleted, 0);
	OK(gaz_store_prune(fx->s, 3, 0, T0 + 3 * DAY + 1, &deleted, &more,
	    &err));
	assert_int_equal(deleted, 8); /* two are still shown */
	assert_false(more);
	assert_int_equal(stats_of(fx->s).items, 10);
	assert_int_equal(stats_of(fx->s).stories, 0);
	OK(gaz_store_prune(fx->s, 3, 0, T0 + 99 * DAY, &deleted, &more, &err));
	assert_int_equal(deleted, 0);
	put_range(fx->s, feed, 100, 1, T0 + 99 * DAY);
	OK(gaz_store_prune(fx->s, 3, 0, T0 + 99 * DAY, &deleted, &more, &err));
	assert_int_equal(deleted, 10);
	assert_sound(fx->s);
}

static void
test_prune_by_number(void **state)
{
	struct fixture *fx = *state;
	struct gaz_err err;
	struct gaz_filter f;
	struct gaz_view *v;
	int64_t feeds[2], deleted;
	bool more;

	subscribe(fx->s, 2, feeds);
	put_range(fx->s, feeds[0], 0, 20, T0);
	put_range(fx->s, feeds[0], 18, 3, T0);
	put_range(fx->s, feeds[1], 0, 5, T0);
	OK(gaz_store_prune(fx->s, 0, 5, T0, &deleted, &more, &err));
	assert_int_equal(deleted, 16);
	assert_false(more);
	gaz_filter_init(&f);
	f.feeds.v = &(struct gaz_str){ "a", 1 };
	f.feeds.n = 1;
	v = query(fx->s, GAZ_VIEW_ITEMS, &f);
	assert_int_equal(v->items.n, 5);
	assert_str(v->items.v[4].title, "1-16");
	gaz_view_free(v);
	/* What is shown stays, however many. */
	OK(gaz_store_prune(fx->s, 0, 1, T0, &deleted, &more, &err));
	assert_int_equal(deleted, 2);
	assert_int_equal(stats_of(fx->s).items, 8);
	assert_sound(fx->s);
}

static void
test_prune_shared(void **state)
{
	struct fixture *fx = *state;
	struct gaz_err err;
	struct gaz_filter f;
	struct gaz_view *v;
	int64_t feeds[2], deleted;
	bool more;

	subscribe(fx->s, 2, feeds);
	put_one(fx->s, feeds[0],
	    (struct row){ "1", "https://x/1", "One", "t", T0 }, T0);
	put_one(fx->s, feeds[1],
	    (struct row){ "1", "https://x/1", "One", "t", T0 }, T0);
	put_range(fx->s, feeds[0], 0, 2, T0);
	/* One feed lets it go, the other still shows it. */
	OK(gaz_store_prune(fx->s, 0, 2, T0, &deleted, &more, &err));
	assert_int_equal(stats_of(fx->s).items, 3);
	gaz_filter_init(&f);
	f.item_id = 1;
	v = query(fx->s, GAZ_VIEW_ITEMS, &f);
	assert_str(v->items.v[0].feed_name, "b");
	gaz_view_free(v);
	assert_sound(fx->s);
}

static void
test_prune_in_slices(void **state)
{
	struct fixture *fx = *state;
	struct gaz_err err;
	int64_t feed, deleted, sum = 0;
	bool more = true;

	subscribe(fx->s, 1, &feed);
	OK(gaz_store_begin(fx->s, &err));
	for (int i = 0; i < GAZ_PRUNE_SLICE + 60; i += 60)
		put_range(fx->s, feed, i, 60, T0);
	put_range(fx->s, feed, 0, 0, T0);
	OK(gaz_store_commit(fx->s, &err));
	for (int slices = 0; more; slices++) {
		assert_true(slices < 3);
		OK(gaz_store_prune(fx->s, 1, 0, T0 + 9 * DAY, &deleted, &more,
		    &err));
		assert_true(deleted <= GAZ_PRUNE_SLICE);
		sum += deleted;
	}
	assert_int_equal(sum, 600 - 600 % 60);
	assert_int_equal(stats_of(fx->s).items, 0);
	assert_sound(fx->s);
	/* The same by number. */
	OK(gaz_store_begin(fx->s, &err));
	for (int i = 0; i < GAZ_PRUNE_SLICE + 60; i += 60)
		put_range(fx->s, feed, i, 60, T0);
	put_range(fx->s, feed, 0, 0, T0);
	OK(gaz_store_commit(fx->s, &err));
	OK(gaz_store_prune(fx->s, 0, 10, T0, &deleted, &more, &err));
	assert_int_equal(deleted, GAZ_PRUNE_SLICE);
	assert_true(more);
	OK(gaz_store_prune(fx->s, 0, 10, T0, &deleted, &more, &err));
	assert_false(more);
	assert_int_equal(stats_of(fx->s).items, 10);
	assert_sound(fx->s);
}

/* Subscriptions that ended hold nothing back. */
static void
test_prune_after_unsubscribing(void **state)
{
	struct fixture *fx = *state;
	struct gaz_err err;
	int64_t feeds[2], deleted;
	bool more;

	subscribe(fx->s, 2, feeds);
	put_range(fx->s, feeds[0], 0, 3, T0);
	put_range(fx->s, feeds[1], 0, 3, T0);
	subscribe(fx->s, 1, feeds);
	OK(gaz_store_prune(fx->s, 1, 0, T0 + 9 * DAY, &deleted, &more, &err));
	assert_int_equal(deleted, 3);
	OK(gaz_store_remove_feed(fx->s, feeds[0], false, &err));
	OK(gaz_store_prune(fx->s, 1, 0, T0 + 9 * DAY, &deleted, &more, &err));
	assert_int_equal(deleted, 3);
	assert_sound(fx->s);
}

/* ---- copies */

static void
test_backup(void **state)
{
	struct fixture *fx = *state;
	struct gaz_store *copy;
	struct gaz_err err;
	char path[128], wal[160];
	int64_t feed;

	subscribe(fx->s, 1, &feed);
	put_range(fx->s, feed, 0, 9, T0);
	snprintf(path, sizeof(path), "%s/copy.db", fx->dir);
	snprintf(wal, sizeof(wal), "%s-wal", path);
	OK(gaz_store_backup(fx->s, path, &err));
	assert_int_equal(access(wal, F_OK), -1);
	/* Again, over the old one, and from a reader. */
	put_range(fx->s, feed, 9, 3, T0);
	OK((copy = gaz_store_open(fx->path, GAZ_STORE_READ, &err)) != NULL);
	OK(gaz_store_backup(copy, path, &err));
	gaz_store_close(copy);
	OK((copy = gaz_store_open(path, GAZ_STORE_WRITE, &err)) != NULL);
	assert_int_equal(stats_of(copy).items, 12);
	assert_sound(copy);
	put_range(copy, feed, 20, 1, T0);
	gaz_store_close(copy);
	assert_int_equal(stats_of(fx->s).items, 12);
	assert_false(gaz_store_backup(fx->s, fx->path, &err));
	assert_int_equal(err.code, GAZ_ERR_USAGE);
	snprintf(path, sizeof(path), "%s/no/copy.db", fx->dir);
	assert_false(gaz_store_backup(fx->s, path, &err));
	assert_int_equal(err.code, GAZ_ERR_IO);
	put_range(fx->s, feed, 20, 1, T0);
}

/* ---- what check finds: broken by hand, one thing at a time */

static const struct {
	const char *sql, *words;
} broken[] = {
	{ "DELETE FROM body WHERE item = 1", "item 1 has no text" },
	{ "DELETE FROM item_feed WHERE item = 1",
	  "item 1 is carried by no feed" },
	{ "UPDATE item SET feed = 2 WHERE id = 1",
	  "from a feed that does not" },
	{ "UPDATE item SET published = 5 WHERE id = 1",
	  "item 1 has two dates" },
	{ "UPDATE feed_doc SET items = 7 WHERE feed = 1",
	  "feed 1 counts its items wrong" },
	{ "DELETE FROM feed_state WHERE feed = 1", "feed 1 has no state" },
	{ "UPDATE story SET members = 9", "story 1 counts its items wrong" },
	{ "UPDATE story SET lead = 9", "story 1 is led by an item" },
	{ "UPDATE story SET sources = 9", "story 1 counts its sources" },
	{ "DELETE FROM story", "story 1 has items but no row" },
	{ "UPDATE membership SET copy_of = 99 WHERE copy",
	  "is a copy of nothing" },
	{ "INSERT INTO redirect VALUES(1, 1, 0)", "redirects as well" },
	{ "INSERT INTO redirect VALUES(7, 8, 0), (8, 1, 0)",
	  "story 7 redirects to a redirect" },
	{ "UPDATE state SET next_item = 1", "next item id 1 was given" },
	{ "UPDATE state SET items = 9", "there are not 9 items" },
	{ "UPDATE state SET stories = 9", "there are not 9 stories" },
	{ "UPDATE state SET next_story = 1", "next story id 1 was given" },
	{ "INSERT INTO features VALUES(99, x'00')", "belongs to no item" },
};

static void
test_check(void **state)
{
	struct fixture *fx = *state;
	struct gaz_buf report;
	struct gaz_err err;
	int64_t feeds[2];
	bool sound;

	subscribe(fx->s, 2, feeds);
	put_range(fx->s, feeds[0], 0, 3, T0);
	join(fx->s, 1, 1, 0, T0);
	join(fx->s, 2, 1, 1, T0);
	assert_sound(fx->s);
	gaz_buf_init(&report, GAZ_BUF_NO_MAX);
	for (size_t i = 0; i < GAZ_COUNT(broken); i++) {
		OK(db_exec(fx->s, "PRAGMA foreign_keys = OFF; SAVEPOINT t",
		    &err));
		OK(db_exec(fx->s, broken[i].sql, &err));
		gaz_buf_reset(&report);
		OK(gaz_store_check(fx->s, &report, &sound, &err));
		if (sound || strstr(report.p, broken[i].words) == NULL)
			fail_msg("%s: %s", broken[i].sql,
			    sound ? "not found" : report.p);
		OK(db_exec(fx->s, "ROLLBACK TO t; RELEASE t", &err));
	}
	gaz_buf_clear(&report);
	assert_sound(fx->s);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_stats),
		STORE_TEST(test_prune_by_age),
		STORE_TEST(test_prune_by_number),
		STORE_TEST(test_prune_shared),
		STORE_TEST(test_prune_in_slices),
		STORE_TEST(test_prune_after_unsubscribing),
		STORE_TEST(test_backup),
		STORE_TEST(test_check),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("store_upkeep", tests, NULL, NULL);
}
