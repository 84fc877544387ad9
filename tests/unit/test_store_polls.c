#include "config.h"

#include "gazetted/polls.h"

#include <sqlite3.h>

#include "gazetted/lease.h"
#include "store_help.h"

static void
add(struct gaz_buf *b, int64_t feed, gaz_utc when, const char *reason)
{
	gaz_polls_add(b, &(struct gaz_poll){ .feed_id = feed, .when = when,
	    .next_fetch = when + 3600, .duration_ms = 7, .http_status = 304,
	    .reason = gaz_str_of(reason) });
}

static void
test_records(void **state)
{
	char reason[200];
	struct gaz_poll p;
	struct gaz_buf b;
	struct gaz_str rest;

	(void)state;
	memset(reason, 'x', sizeof(reason) - 1);
	reason[sizeof(reason) - 1] = '\0';
	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	add(&b, 5, T0, "rhythm 2.1 h");
	add(&b, 6, T0 + 1, "");
	add(&b, 7, T0 + 2, reason);
	rest = gaz_buf_str(&b);
	assert_true(gaz_polls_next(&rest, &p));
	assert_int_equal(p.feed_id, 5);
	assert_int_equal(p.when, T0);
	assert_int_equal(p.next_fetch, T0 + 3600);
	assert_int_equal(p.duration_ms, 7);
	assert_int_equal(p.http_status, 304);
	assert_str(p.reason, "rhythm 2.1 h");
	assert_true(gaz_polls_next(&rest, &p));
	assert_int_equal(p.reason.len, 0);
	assert_true(gaz_polls_next(&rest, &p));
	assert_int_equal(p.reason.len, GAZ_POLL_REASON_MAX);
	assert_false(gaz_polls_next(&rest, &p));
	/* Cut anywhere, nothing is read behind the end. */
	for (size_t n = 0; n < b.len; n++) {
		rest = gaz_str_sub(gaz_buf_str(&b), 0, n);
		while (gaz_polls_next(&rest, &p))
			assert_ptr_not_equal(p.reason.p, NULL);
	}
	gaz_buf_clear(&b);
}

static void
put(struct gaz_store *s, int64_t feed, gaz_utc when, const char *reason)
{
	struct gaz_buf b;
	struct gaz_err err;

	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	add(&b, feed, when, reason);
	OK(gaz_store_put_polls(s, gaz_buf_str(&b), &err));
	gaz_buf_clear(&b);
}

static void
put_outcome(struct gaz_store *s, int64_t feed, gaz_utc when, int64_t status)
{
	struct gaz_err err;
	struct gaz_store_outcome o = { .feed_id = feed, .when = when,
		.next_fetch = when + 60, .http_status = status,
		.next_reason = GAZ_STR("first") };

	OK(gaz_store_put_outcome(s, &o, &err));
}

/* All ways to read a feed tell the same. */
static void
assert_state(struct gaz_store *s, int64_t feed, gaz_utc when, gaz_utc next,
    const char *reason)
{
	struct gaz_filter f;
	struct gaz_store_feed one;
	gaz_store_feed_list all = { 0 };
	struct gaz_arena a = { 0 };
	struct gaz_err err;
	struct gaz_view *v;
	bool found;

	OK(gaz_store_load_feed(s, feed, &a, &one, &found, &err));
	assert_true(found);
	assert_int_equal(one.last_fetch, when);
	assert_int_equal(one.last_success, when);
	assert_int_equal(one.next_fetch, next);
	OK(gaz_store_load_feeds(s, &a, &all, &err));
	for (size_t i = 0; i < all.n; i++) {
		if (all.v[i].id == feed)
			assert_int_equal(all.v[i].next_fetch, next);
	}
	gaz_filter_init(&f);
	v = query(s, GAZ_VIEW_FEEDS, &f);
	for (size_t i = 0; i < v->feeds.n; i++) {
		if (v->feeds.v[i].id != feed)
			continue;
		assert_int_equal(v->feeds.v[i].last_fetch, when);
		assert_int_equal(v->feeds.v[i].next_fetch, next);
		assert_str(v->feeds.v[i].next_reason, reason);
	}
	gaz_view_free(v);
	gaz_arena_clear(&a);
}

/* "when:status ..." newest first, when from T0. */
static void
assert_history(struct gaz_store *s, int64_t feed, const char *want)
{
	gaz_store_history_list h = { 0 };
	struct gaz_arena a = { 0 };
	struct gaz_err err;
	char got[512] = "";
	size_t n = 0;

	OK(gaz_store_feed_history(s, feed, &a, &h, &err));
	for (size_t i = 0; i < h.n; i++)
		n += (size_t)snprintf(got + n, sizeof(got) - n, "%s%d:%d",
		    i > 0 ? " " : "", (int)(h.v[i].when - T0),
		    (int)h.v[i].http_status);
	gaz_arena_clear(&a);
	assert_string_equal(got, want);
}

static void
fold_all(struct gaz_store *s)
{
	struct gaz_err err;
	bool more = true;

	while (more)
		OK(gaz_store_fold_polls(s, &more, &err));
	assert_int_equal(gaz_store_poll_bytes(s), 0);
}

static void
test_state(void **state)
{
	struct fixture *fx = *state;
	struct gaz_store *s = fx->s;
	int64_t ids[2];

	subscribe(s, 2, ids);
	put_outcome(s, ids[0], T0, 200);
	assert_state(s, ids[0], T0, T0 + 60, "first");
	put(s, ids[0], T0 + 60, "max-age 3600 from a 304");
	put(s, ids[1], T0 + 61, "rhythm");
	put(s, ids[0], T0 + 70, "later");
	assert_state(s, ids[0], T0 + 70, T0 + 3670, "later");
	assert_state(s, ids[1], T0 + 61, T0 + 3661, "rhythm");
	assert_history(s, ids[0], "70:304 60:304 0:200");
	/* An outcome that came after them counts, and stays when folded. */
	put_outcome(s, ids[0], T0 + 80, 500);
	assert_state(s, ids[0], T0 + 80, T0 + 140, "first");
	assert_history(s, ids[0], "80:500 70:304 60:304 0:200");
	put(s, ids[1], T0 + 90, "again");
	/* Another connection reads the same, and so does the next start. */
	gaz_store_close(s);
	open_store(fx);
	s = fx->s;
	assert_true(gaz_store_poll_bytes(s) > 0);
	assert_state(s, ids[1], T0 + 90, T0 + 3690, "again");
	fold_all(s);
	assert_state(s, ids[0], T0 + 80, T0 + 140, "first");
	assert_state(s, ids[1], T0 + 90, T0 + 3690, "again");
	assert_history(s, ids[0], "80:500 0:200");
	assert_history(s, ids[1], "90:304");
	/* One that came in the same second is another. */
	put(s, ids[0], T0 + 92, "again");
	put_outcome(s, ids[0], T0 + 92, 200);
	assert_history(s, ids[0], "92:200 92:304 80:500 0:200");
	fold_all(s);
	/* A run of them takes one place of the ring. */
	put(s, ids[1], T0 + 100, "again");
	fold_all(s);
	assert_history(s, ids[1], "100:304");
	put_outcome(s, ids[1], T0 + 110, 200);
	put(s, ids[1], T0 + 120, "again");
	fold_all(s);
	assert_history(s, ids[1], "120:304 110:200 100:304");
	assert_sound(s);
}

static int64_t
changes(struct gaz_store *s, const struct fixture *fx, const char *sql)
{
	sqlite3_stmt *st;
	sqlite3 *db;
	int64_t n;

	(void)s;
	assert_int_equal(sqlite3_open_v2(fx->path, &db, SQLITE_OPEN_READONLY,
	    NULL), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	sqlite3_close(db);
	return n;
}

/* Thousands of polls of one second are one row; folding goes in slices. */
static void
test_many(void **state)
{
	enum { FEEDS = 26, POLLS = 9000 };
	struct fixture *fx = *state;
	struct gaz_store *s = fx->s;
	int64_t ids[FEEDS], generation;
	struct gaz_buf b;
	struct gaz_err err;
	int slices = 0;
	bool more = true;

	subscribe(s, FEEDS, ids);
	generation = gaz_store_generation(s);
	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	for (int i = 0; i < POLLS; i++) {
		add(&b, ids[i % FEEDS], T0 + i, "rhythm 2.1 h");
		if (i % (POLLS / 3) != POLLS / 3 - 1)
			continue;
		OK(gaz_store_put_polls(s, gaz_buf_str(&b), &err));
		gaz_buf_reset(&b);
	}
	gaz_buf_clear(&b);
	assert_int_equal(changes(s, fx, "SELECT count(*) FROM poll"), 3);
	assert_int_equal(changes(s, fx, "SELECT count(*) FROM outcome"), 0);
	assert_int_equal(gaz_store_generation(s), generation);
	while (more) {
		OK(gaz_store_fold_polls(s, &more, &err));
		/* Only the last slice has the newest poll of any feed. */
		assert_int_equal(changes(s, fx, "SELECT count(*) FROM outcome"),
		    more ? 0 : FEEDS);
		slices++;
	}
	assert_int_equal(slices, 3);
	for (int i = POLLS - FEEDS; i < POLLS; i++)
		assert_state(s, ids[i % FEEDS], T0 + i, T0 + i + 3600,
		    "rhythm 2.1 h");
	assert_int_equal(gaz_store_generation(s), generation);
	assert_sound(s);
}

/* Another address: what the old one asked for is void. */
/* What is decided after a poll in vain, though nothing was asked, counts. */
static void
test_another_time(void **state)
{
	struct fixture *fx = *state;
	struct gaz_err err;
	int64_t ids[3];

	subscribe(fx->s, 3, ids);
	for (size_t i = 0; i < 3; i++) {
		put_outcome(fx->s, ids[i], T0, 200);
		put(fx->s, ids[i], T0 + 10, "in vain");
	}
	OK(gaz_store_put_next(fx->s, ids[0], T0 + 999, GAZ_STR("429"), &err));
	OK(gaz_store_put_next_fetch(fx->s, ids[1], T0 + 888, GAZ_STR("hub"),
	    &err));
	for (size_t i = 0; i < 2; i++) {
		assert_state(fx->s, ids[0], T0 + 10, T0 + 999, "429");
		assert_state(fx->s, ids[1], T0 + 10, T0 + 888, "hub");
		assert_state(fx->s, ids[2], T0 + 10, T0 + 3610, "in vain");
		assert_history(fx->s, ids[0], "10:304 0:200");
		fold_all(fx->s);
	}
	/* And the next poll does, too. */
	put(fx->s, ids[0], T0 + 1000, "in vain");
	assert_state(fx->s, ids[0], T0 + 1000, T0 + 4600, "in vain");
	assert_sound(fx->s);
}

/* A failure that was not counted is known after a start: the first success is
 * more than a poll in vain then. */
static void
test_fault(void **state)
{
	struct fixture *fx = *state;
	struct gaz_store_outcome o = { .when = T0, .fault = GAZ_FAULT_DNS,
		.not_counted = true };
	struct gaz_store_feed one;
	struct gaz_arena a = { 0 };
	struct gaz_err err;
	bool found;

	subscribe(fx->s, 1, &o.feed_id);
	OK(gaz_store_put_outcome(fx->s, &o, &err));
	OK(gaz_store_load_feed(fx->s, o.feed_id, &a, &one, &found, &err));
	assert_int_equal(one.failures, 0);
	assert_int_equal(one.fault, GAZ_FAULT_DNS);
	put_outcome(fx->s, o.feed_id, T0 + 1, 304);
	OK(gaz_store_load_feed(fx->s, o.feed_id, &a, &one, &found, &err));
	assert_int_equal(one.fault, GAZ_FAULT_NONE);
	gaz_arena_clear(&a);
}

static void
test_new_address(void **state)
{
	struct fixture *fx = *state;
	struct gaz_store *s = fx->s;
	struct gaz_store_subscription v = { .name = GAZ_STR("a"),
		.url = GAZ_STR("https://elsewhere.example/"), .enabled = true };
	struct gaz_err err;
	int64_t ids[1];

	subscribe(s, 1, ids);
	put_outcome(s, ids[0], T0, 200);
	put(s, ids[0], T0 + 60, "max-age 3600 from a 304");
	OK(gaz_store_sync_feeds(s, &v, 1, T0 + 61, NULL, &err));
	assert_state(s, ids[0], T0 + 60, GAZ_UTC_UNKNOWN, "");
}

/* A transaction that is taken back takes them with it. */
static void
test_rollback(void **state)
{
	struct fixture *fx = *state;
	struct gaz_store *s = fx->s;
	struct gaz_err err;
	int64_t ids[1];
	bool more;

	subscribe(s, 1, ids);
	put_outcome(s, ids[0], T0, 200);
	OK(gaz_store_begin(s, &err));
	put(s, ids[0], T0 + 60, "lost");
	gaz_store_rollback(s);
	assert_state(s, ids[0], T0, T0 + 60, "first");
	OK(gaz_store_fold_polls(s, &more, &err));
	assert_false(more);
}

/* The clock was set back: what is stored then stands before what had seemed to
 * be later, once that is more than a little disorder. */
static void
test_clock_set_back(void **state)
{
	struct fixture *fx = *state;
	struct gaz_store *s = fx->s;
	const gaz_utc late = T0 + 9000;
	int64_t ids[2];

	subscribe(s, 2, ids);
	put_outcome(s, ids[0], T0, 200);
	put_outcome(s, ids[1], T0, 200);
	put(s, ids[0], late, "late");
	put_outcome(s, ids[1], late - GAZ_POLL_DISORDER_S, 200);
	assert_true(gaz_store_poll_bytes(s) > 0);
	put_outcome(s, ids[1], late - GAZ_POLL_DISORDER_S - 1, 200);
	assert_int_equal(gaz_store_poll_bytes(s), 0);
	put_outcome(s, ids[0], T0 + 100, 200);
	assert_state(s, ids[0], T0 + 100, T0 + 160, "first");
	put(s, ids[0], T0 + 200, "after");
	assert_state(s, ids[0], T0 + 200, T0 + 3800, "after");
	assert_history(s, ids[0], "200:304 100:200 9000:304 0:200");
}

/* However little it was set back: what a server asks for counts, now and after
 * all is folded. */
static void
test_clock_a_little_back(void **state)
{
	struct fixture *fx = *state;
	struct gaz_store *s = fx->s;
	struct gaz_store_outcome o = { .when = T0 + 99, .set_back = true,
		.next_fetch = T0 + 80000, .http_status = 503,
		.next_reason = GAZ_STR("503"), .fault = GAZ_FAULT_UNAVAILABLE };
	struct gaz_store_feed one;
	struct gaz_arena a = { 0 };
	struct gaz_err err;
	bool found;

	subscribe(s, 1, &o.feed_id);
	put_outcome(s, o.feed_id, T0, 200);
	put(s, o.feed_id, T0 + 100, "in vain");
	OK(gaz_store_put_outcome(s, &o, &err));
	for (int i = 0; i < 2; i++) {
		OK(gaz_store_load_feed(s, o.feed_id, &a, &one, &found, &err));
		assert_int_equal(one.last_fetch, T0 + 99);
		assert_int_equal(one.next_fetch, T0 + 80000);
		assert_history(s, o.feed_id, "99:503 100:304 0:200");
		fold_all(s);
	}
	gaz_arena_clear(&a);
	assert_sound(s);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records),
		STORE_TEST(test_state),
		STORE_TEST(test_many),
		STORE_TEST(test_another_time),
		STORE_TEST(test_fault),
		STORE_TEST(test_new_address),
		STORE_TEST(test_rollback),
		STORE_TEST(test_clock_set_back),
		STORE_TEST(test_clock_a_little_back),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("store_polls", tests, NULL, NULL);
}
