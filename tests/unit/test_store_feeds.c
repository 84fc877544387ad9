#include "config.h"

#include "gazetted/store.h"

#include "store_help.h"

static void
sync_rows(struct gaz_store *s, const char *const rows[][2], size_t n,
    gaz_utc now, int64_t *ids)
{
	struct gaz_store_subscription v[8] = { 0 };
	struct gaz_err err;

	for (size_t i = 0; i < n; i++) {
		v[i].name = gaz_str_of(rows[i][0]);
		v[i].url = gaz_str_of(rows[i][1]);
		v[i].enabled = true;
	}
	OK(gaz_store_sync_feeds(s, v, n, now, ids, &err));
}

/* "name url" of every subscription in order of its id. */
static void
assert_feeds(struct gaz_store *s, const char *want)
{
	gaz_store_feed_list feeds = { 0 };
	struct gaz_arena a;
	struct gaz_err err;
	char got[512] = "";
	size_t n = 0;

	gaz_arena_init(&a);
	OK(gaz_store_load_feeds(s, &a, &feeds, &err));
	for (size_t i = 0; i < feeds.n; i++)
		n += (size_t)snprintf(got + n, sizeof(got) - n,
		    "%s%d:%.*s=%.*s%s", i != 0 ? " " : "",
		    (int)feeds.v[i].id, GAZ_STR_ARG(feeds.v[i].name),
		    GAZ_STR_ARG(feeds.v[i].url),
		    feeds.v[i].enabled ? "" : "(off)");
	gaz_arena_clear(&a);
	assert_string_equal(got, want);
}

static void
test_sync(void **state)
{
	struct fixture *fx = *state;
	struct gaz_store *s = fx->s;
	int64_t ids[4], generation;

	sync_rows(s, (const char *const[][2]){ { "a", "u1" }, { "b", "u2" } },
	    2, T0, ids);
	assert_feeds(s, "1:a=u1 2:b=u2");
	assert_int_equal(ids[1], 2);
	generation = gaz_store_generation(s);
	/* The same again changes nothing that a reader could see. */
	sync_rows(s, (const char *const[][2]){ { "b", "u2" }, { "a", "u1" } },
	    2, T0, ids);
	assert_int_equal(gaz_store_generation(s), generation);
	assert_int_equal(ids[0], 2);
	/* Another address under the name, another name for the address. */
	sync_rows(s, (const char *const[][2]){ { "a", "u9" }, { "c", "u2" } },
	    2, T0, ids);
	assert_feeds(s, "1:a=u9 2:c=u2");
	assert_true(gaz_store_generation(s) > generation);
	/* Names go round. */
	sync_rows(s, (const char *const[][2]){ { "c", "u9" }, { "d", "u2" } },
	    2, T0, ids);
	assert_feeds(s, "2:c=u9 3:d=u2");
	/* What was left out comes back with the id it had. */
	sync_rows(s, (const char *const[][2]){ { "a", "u9" }, { "d", "u2" } },
	    2, T0, ids);
	assert_feeds(s, "1:a=u9 3:d=u2");
	sync_rows(s, NULL, 0, T0, NULL);
	assert_feeds(s, "");
	assert_sound(s);
}

static void
test_rename_chain(void **state)
{
	struct fixture *fx = *state;
	int64_t ids[3];

	sync_rows(fx->s, (const char *const[][2]){ { "a", "u1" },
	    { "b", "u2" } }, 2, T0, ids);
	/* a is new; the old a is found by its address under the name b. */
	sync_rows(fx->s, (const char *const[][2]){ { "x", "u2" },
	    { "y", "u1" } }, 2, T0, ids);
	assert_feeds(fx->s, "1:y=u1 2:x=u2");
}

static void
test_tags_and_titles(void **state)
{
	struct fixture *fx = *state;
	struct gaz_str tags[] = { GAZ_STR("news"), GAZ_STR("en") };
	struct gaz_store_subscription sub = { .name = GAZ_STR("a"),
		.url = GAZ_STR("u"), .enabled = true };
	int64_t generation, id;
	struct gaz_filter f;
	struct gaz_view *v;
	struct gaz_err err;

	gaz_filter_init(&f);
	sub.tags.v = tags;
	sub.tags.n = 2;
	OK(gaz_store_sync_feeds(fx->s, &sub, 1, T0, &id, &err));
	generation = gaz_store_generation(fx->s);
	v = query(fx->s, GAZ_VIEW_FEEDS, &f);
	assert_int_equal(v->feeds.v[0].tags.n, 2);
	assert_str(v->feeds.v[0].tags.v[0], "news");
	assert_str(v->feeds.v[0].title, "a");
	gaz_view_free(v);
	put_one(fx->s, id, (struct row){ "1", "https://x/1", "One" }, T0);
	v = query(fx->s, GAZ_VIEW_FEEDS, &f);
	assert_str(v->feeds.v[0].title, "Feed");
	gaz_view_free(v);
	sub.tags.n = 1;
	sub.title = GAZ_STR("Mine");
	OK(gaz_store_sync_feeds(fx->s, &sub, 1, T0, &id, &err));
	assert_true(gaz_store_generation(fx->s) > generation);
	v = query(fx->s, GAZ_VIEW_FEEDS, &f);
	assert_int_equal(v->feeds.v[0].tags.n, 1);
	assert_str(v->feeds.v[0].title, "Mine");
	gaz_view_free(v);
}

static void
test_by_hand(void **state)
{
	struct fixture *fx = *state;
	struct gaz_store *s = fx->s;
	struct gaz_store_subscription sub = { .url = GAZ_STR("u1"),
		.enabled = true };
	struct gaz_err err;
	int64_t id, again, ids[2];

	OK(gaz_store_add_feed(s, &sub, T0, &id, &err));
	OK(gaz_store_add_feed(s, &sub, T0, &again, &err));
	assert_int_equal(id, again);
	assert_feeds(s, "1:u1=u1");
	/* The configuration neither takes it away nor its name. */
	sync_rows(s, (const char *const[][2]){ { "u1", "other" } }, 1, T0,
	    ids);
	assert_feeds(s, "1:u1-2=u1 2:u1=other");
	/* Listed in the configuration as well it is the same feed. */
	sync_rows(s, (const char *const[][2]){ { "mine", "u1" } }, 1, T0, ids);
	assert_int_equal(ids[0], id);
	assert_feeds(s, "1:mine=u1");
	sub.url = GAZ_STR("u3");
	sub.name = GAZ_STR("mine");
	OK(gaz_store_add_feed(s, &sub, T0, &id, &err));
	assert_feeds(s, "1:mine=u1 3:mine-2=u3");
	OK(gaz_store_remove_feed(s, id, false, &err));
	assert_feeds(s, "1:mine=u1");
	OK(gaz_store_add_feed(s, &sub, T0, &again, &err));
	assert_int_equal(id, again);
	assert_false(gaz_store_remove_feed(s, 99, false, &err));
	assert_int_equal(err.code, GAZ_ERR_MISSING);
	assert_string_equal(err.msg, "there is no feed 99");
}

static void
test_remove_with_items(void **state)
{
	struct fixture *fx = *state;
	struct gaz_filter f;
	struct gaz_view *v;
	struct gaz_err err;
	int64_t ids[2], both, own;

	subscribe(fx->s, 2, ids);
	both = put_one(fx->s, ids[0],
	    (struct row){ "1", "https://x/1", "Both", "t", T0 }, T0);
	put_one(fx->s, ids[1],
	    (struct row){ "2", "https://x/1", "Both", "t", T0 }, T0);
	own = put_one(fx->s, ids[0],
	    (struct row){ "3", "https://x/3", "Own", "t", T0 }, T0);
	join(fx->s, both, 1, 0, T0);
	join(fx->s, own, 2, 0, T0);
	OK(gaz_store_remove_feed(fx->s, ids[0], true, &err));
	gaz_filter_init(&f);
	v = query(fx->s, GAZ_VIEW_ITEMS, &f);
	assert_int_equal(v->items.n, 1);
	assert_int_equal(v->items.v[0].id, both);
	assert_str(v->items.v[0].feed_name, "b");
	gaz_view_free(v);
	v = query(fx->s, GAZ_VIEW_STORIES, &f);
	assert_int_equal(v->stories.n, 1);
	gaz_view_free(v);
	assert_sound(fx->s);
}

/* ---- outcomes */

static struct gaz_store_feed
feed_of(struct gaz_store *s, int64_t id, struct gaz_arena *a)
{
	struct gaz_store_feed f = { 0 };
	struct gaz_err err;
	bool found;

	OK(gaz_store_load_feed(s, id, a, &f, &found, &err));
	assert_true(found);
	return f;
}

static void
put_outcome(struct gaz_store *s, struct gaz_store_outcome o)
{
	struct gaz_err err;

	o.next_fetch = o.when + 3600;
	OK(gaz_store_put_outcome(s, &o, &err));
}

static void
test_outcomes(void **state)
{
	struct fixture *fx = *state;
	struct gaz_arena a;
	struct gaz_store_feed f;
	int64_t id, generation;

	subscribe(fx->s, 1, &id);
	gaz_arena_init(&a);
	f = feed_of(fx->s, id, &a);
	assert_true(f.last_fetch == GAZ_UTC_UNKNOWN);
	assert_true(f.next_fetch == GAZ_UTC_UNKNOWN);
	assert_true(f.ttl_s == GAZ_INT_UNKNOWN);
	put_outcome(fx->s, (struct gaz_store_outcome){ .feed_id = id,
	    .when = T0, .set_validators = true, .etag = GAZ_STR("\"e\""),
	    .last_modified = GAZ_STR("Thu"), .http_status = 200,
	    .validators_url = GAZ_STR("https://b.example/f") });
	generation = gaz_store_generation(fx->s);
	/* A poll in vain is no news, and leaves the validators alone. */
	put_outcome(fx->s, (struct gaz_store_outcome){ .feed_id = id,
	    .when = T0 + 1, .not_modified = true, .http_status = 304 });
	assert_int_equal(gaz_store_generation(fx->s), generation);
	f = feed_of(fx->s, id, &a);
	assert_str(f.etag, "\"e\"");
	assert_str(f.last_modified, "Thu");
	assert_str(f.validators_url, "https://b.example/f");
	assert_int_equal(f.last_success, T0 + 1);
	/* Failing is, once. */
	put_outcome(fx->s, (struct gaz_store_outcome){ .feed_id = id,
	    .when = T0 + 2, .fault = GAZ_FAULT_DNS });
	assert_true(gaz_store_generation(fx->s) > generation);
	generation = gaz_store_generation(fx->s);
	put_outcome(fx->s, (struct gaz_store_outcome){ .feed_id = id,
	    .when = T0 + 3, .fault = GAZ_FAULT_DNS });
	assert_int_equal(gaz_store_generation(fx->s), generation);
	put_outcome(fx->s, (struct gaz_store_outcome){ .feed_id = id,
	    .when = T0 + 4, .fault = GAZ_FAULT_DNS, .not_counted = true });
	f = feed_of(fx->s, id, &a);
	assert_int_equal(f.failures, 2);
	assert_int_equal(f.failing_since, T0 + 2);
	assert_int_equal(f.last_success, T0 + 1);
	assert_str(f.etag, "\"e\"");
	/* One of the two given: the other is cleared. */
	put_outcome(fx->s, (struct gaz_store_outcome){ .feed_id = id,
	    .when = T0 + 5, .set_validators = true,
	    .last_modified = GAZ_STR("Fri") });
	f = feed_of(fx->s, id, &a);
	assert_null(f.etag.p);
	assert_null(f.validators_url.p);
	assert_str(f.last_modified, "Fri");
	assert_int_equal(f.failures, 0);
	assert_true(f.failing_since == GAZ_UTC_UNKNOWN);
	gaz_arena_clear(&a);
}

static void
test_outcome_of_nobody(void **state)
{
	struct fixture *fx = *state;
	struct gaz_store_outcome o = { .feed_id = 7, .when = T0 };
	struct gaz_err err;

	assert_false(gaz_store_put_outcome(fx->s, &o, &err));
	assert_int_equal(err.code, GAZ_ERR_MISSING);
}

static void
test_history(void **state)
{
	struct fixture *fx = *state;
	gaz_store_history_list h = { 0 };
	struct gaz_arena a;
	struct gaz_err err;
	int64_t id;

	subscribe(fx->s, 1, &id);
	for (int i = 0; i < GAZ_FEED_OUTCOMES_MAX + 7; i++)
		put_outcome(fx->s, (struct gaz_store_outcome){ .feed_id = id,
		    .when = T0 + i, .http_status = 200 + i,
		    .fault = i % 2 ? GAZ_FAULT_TIMEOUT : GAZ_FAULT_NONE,
		    .next_reason = GAZ_STR("because") });
	gaz_arena_init(&a);
	OK(gaz_store_feed_history(fx->s, id, &a, &h, &err));
	assert_int_equal(h.n, GAZ_FEED_OUTCOMES_MAX);
	for (size_t i = 0; i < h.n; i++)
		assert_int_equal(h.v[i].when, T0 + GAZ_FEED_OUTCOMES_MAX + 6 -
		    (gaz_utc)i);
	assert_int_equal(h.v[0].fault, GAZ_FAULT_NONE);
	assert_int_equal(h.v[1].fault, GAZ_FAULT_TIMEOUT);
	assert_str(h.v[0].next_reason, "because");
	gaz_arena_clear(&a);
}

/* ---- moved, gone, missing */

static void
test_moved(void **state)
{
	struct fixture *fx = *state;
	struct gaz_store *s = fx->s;
	struct gaz_arena a;
	struct gaz_store_feed f;
	int64_t id;

	subscribe(s, 1, &id);
	gaz_arena_init(&a);
#define SEEN(t, to, ...)                                                  \
	put_outcome(s, (struct gaz_store_outcome){ .feed_id = id,         \
	    .when = (t), .moved_to = GAZ_STR(to), __VA_ARGS__ })
	/* Three times on one day is once; a failure is no answer. */
	SEEN(T0, "v", .http_status = 200);
	SEEN(T0 + 60, "v", .http_status = 200);
	SEEN(T0 + 120, "v", .http_status = 200);
	f = feed_of(s, id, &a);
	assert_int_equal(f.moved_seen, 1);
	assert_str(f.moved_to, "v");
	SEEN(T0 + DAY, "v", .fault = GAZ_FAULT_NOT_A_FEED);
	assert_int_equal(feed_of(s, id, &a).moved_seen, 1);
	SEEN(T0 + 2 * DAY, "v", .http_status = 200);
	assert_int_equal(feed_of(s, id, &a).moved_seen, 2);
	/* Somewhere else: from the start. Not at all: forgotten. */
	SEEN(T0 + 3 * DAY, "w", .http_status = 200);
	assert_int_equal(feed_of(s, id, &a).moved_seen, 1);
	put_outcome(s, (struct gaz_store_outcome){ .feed_id = id,
	    .when = T0 + 4 * DAY });
	assert_null(feed_of(s, id, &a).moved_to.p);
	for (int i = 5; i < 5 + GAZ_MOVED_DAYS - 1; i++)
		SEEN(T0 + i * DAY, "w", .http_status = 200);
	f = feed_of(s, id, &a);
	assert_str(f.url, "https://a.example/feed");
	SEEN(T0 + 9 * DAY, "w", .http_status = 304);
	f = feed_of(s, id, &a);
	assert_str(f.url, "w");
	assert_str(f.configured_url, "https://a.example/feed");
	assert_null(f.moved_to.p);
	/* The configuration still has the old one: that is no change. */
	subscribe(s, 1, &id);
	assert_str(feed_of(s, id, &a).url, "w");
	gaz_arena_clear(&a);
#undef SEEN
}

static void
test_moved_together(void **state)
{
	struct fixture *fx = *state;
	struct gaz_arena a;
	struct gaz_store_feed f;
	struct gaz_err err;
	int64_t ids[2];

	subscribe(fx->s, 2, ids);
	gaz_arena_init(&a);
	for (int i = 0; i < GAZ_MOVED_DAYS; i++)
		put_outcome(fx->s, (struct gaz_store_outcome){
		    .feed_id = ids[1], .when = T0 + i * DAY,
		    .moved_to = GAZ_STR("https://a.example/feed") });
	f = feed_of(fx->s, ids[1], &a);
	assert_int_equal(f.duplicate_of, ids[0]);
	assert_false(f.enabled);
	assert_true(feed_of(fx->s, ids[0], &a).enabled);
	/* The one it rests for goes away. */
	OK(gaz_store_remove_feed(fx->s, ids[0], false, &err));
	assert_true(feed_of(fx->s, ids[1], &a).enabled);
	gaz_arena_clear(&a);
}

static void
test_gone(void **state)
{
	struct fixture *fx = *state;
	struct gaz_arena a;
	struct gaz_err err;
	int64_t ids[2];

	subscribe(fx->s, 2, ids);
	gaz_arena_init(&a);
	put_outcome(fx->s, (struct gaz_store_outcome){ .feed_id = ids[0],
	    .when = T0, .fault = GAZ_FAULT_GONE, .http_status = 410 });
	assert_true(feed_of(fx->s, ids[0], &a).gone);
	assert_false(feed_of(fx->s, ids[1], &a).gone);
	subscribe(fx->s, 2, ids);
	assert_true(feed_of(fx->s, ids[0], &a).gone);
	OK(gaz_store_revive_feed(fx->s, ids[0], &err));
	assert_false(feed_of(fx->s, ids[0], &a).gone);
	assert_true(feed_of(fx->s, ids[0], &a).next_fetch == GAZ_UTC_UNKNOWN);
	assert_false(gaz_store_revive_feed(fx->s, 99, &err));
	gaz_arena_clear(&a);
}

static void
test_missing_for_a_month(void **state)
{
	struct fixture *fx = *state;
	struct gaz_store *s = fx->s;
	struct gaz_arena a;
	int64_t id;

	subscribe(s, 1, &id);
	gaz_arena_init(&a);
#define FAIL(t, f)                                                      \
	put_outcome(s, (struct gaz_store_outcome){ .feed_id = id,       \
	    .when = (t), .fault = GAZ_FAULT_##f })
	FAIL(T0, NOT_FOUND);
	FAIL(T0 + GAZ_NOT_FOUND_DISABLE_S - 1, NOT_FOUND);
	assert_false(feed_of(s, id, &a).gone);
	/* Anything else in between starts the count again. */
	FAIL(T0 + GAZ_NOT_FOUND_DISABLE_S - 1, TIMEOUT);
	FAIL(T0 + GAZ_NOT_FOUND_DISABLE_S, NOT_FOUND);
	assert_false(feed_of(s, id, &a).gone);
	FAIL(T0 + 2 * GAZ_NOT_FOUND_DISABLE_S, NOT_FOUND);
	assert_true(feed_of(s, id, &a).gone);
	gaz_arena_clear(&a);
#undef FAIL
}

/* A rhythm is bytes, kept until others come. */
static void
test_rhythm(void **state)
{
	struct fixture *fx = *state;
	struct gaz_store_feed f;
	struct gaz_arena a;
	int64_t id;

	subscribe(fx->s, 1, &id);
	gaz_arena_init(&a);
	f = feed_of(fx->s, id, &a);
	assert_int_equal(f.rhythm.len, 0);
	put_outcome(fx->s, (struct gaz_store_outcome){ .feed_id = id,
	    .when = T0, .rhythm = gaz_str_make("\1\0\377", 3) });
	put_outcome(fx->s, (struct gaz_store_outcome){ .feed_id = id,
	    .when = T0 + 1 });
	f = feed_of(fx->s, id, &a);
	assert_int_equal(f.rhythm.len, 3);
	assert_memory_equal(f.rhythm.p, "\1\0\377", 3);
	gaz_arena_clear(&a);
}

static void
test_newest(void **state)
{
	struct fixture *fx = *state;
	struct row rows[40] = { 0 };
	char guids[40][16];
	struct gaz_put_result res;
	struct gaz_store_feed f;
	struct gaz_arena a;
	int64_t id;

	subscribe(fx->s, 1, &id);
	for (int i = 0; i < 40; i++) {
		snprintf(guids[i], sizeof(guids[i]), "%d", i);
		rows[i] = (struct row){ guids[i], NULL, guids[i], "t",
			T0 - i * 60 };
	}
	put_rows(fx->s, id, rows, 40, T0, &res);
	gaz_vec_clear(&res.items);
	put_one(fx->s, id, (struct row){ "x", NULL, "x", "t", T0 + 5 }, T0);
	gaz_arena_init(&a);
	f = feed_of(fx->s, id, &a);
	assert_int_equal(f.newest_count, GAZ_FEED_NEWEST_MAX);
	assert_int_equal(f.newest[0], T0 + 5);
	for (int i = 1; i < GAZ_FEED_NEWEST_MAX; i++)
		assert_int_equal(f.newest[i], T0 - (i - 1) * 60);
	gaz_arena_clear(&a);
}

static bool
on_feed(const struct gaz_store_feed *f, void *arg)
{
	int64_t *sum = arg;

	*sum = *sum * 10 + f->id;
	return f->id != 2;
}

static void
test_each_feed(void **state)
{
	struct fixture *fx = *state;
	struct gaz_err err;
	int64_t ids[3], sum = 0;

	subscribe(fx->s, 3, ids);
	OK(gaz_store_each_feed(fx->s, on_feed, &sum, &err));
	assert_int_equal(sum, 12);
	subscribe(fx->s, 1, ids);
	sum = 0;
	OK(gaz_store_each_feed(fx->s, on_feed, &sum, &err));
	assert_int_equal(sum, 1);
}

static void
test_pauses(void **state)
{
	struct fixture *fx = *state;
	gaz_store_pause_list p = { 0 };
	struct gaz_arena a;
	struct gaz_err err;

	OK(gaz_store_put_pause(fx->s, GAZ_STR("a.example"), T0 + 10,
	    GAZ_STR("429"), &err));
	OK(gaz_store_put_pause(fx->s, GAZ_STR("b.example"), T0 + 20,
	    GAZ_STR("429"), &err));
	OK(gaz_store_put_pause(fx->s, GAZ_STR("a.example"), T0 + 5,
	    GAZ_STR("429"), &err));
	gaz_arena_init(&a);
	OK(gaz_store_load_pauses(fx->s, T0, &a, &p, &err));
	assert_int_equal(p.n, 2);
	assert_int_equal(p.v[0].until, T0 + 5);
	p.n = 0;
	OK(gaz_store_load_pauses(fx->s, T0 + 5, &a, &p, &err));
	assert_int_equal(p.n, 1);
	assert_str(p.v[0].host, "b.example");
	gaz_arena_clear(&a);
}

/* Neither is how a fetch ended. */
static void
test_put_next_and_forgive(void **state)
{
	struct fixture *fx = *state;
	struct gaz_store_feed f;
	struct gaz_arena a;
	struct gaz_err err;
	int64_t id;

	subscribe(fx->s, 1, &id);
	gaz_arena_init(&a);
	for (int i = 0; i < 2; i++)
		put_outcome(fx->s, (struct gaz_store_outcome){ .feed_id = id,
		    .when = T0 + i, .fault = GAZ_FAULT_DNS });
	OK(gaz_store_put_next(fx->s, id, T0 + 99, GAZ_STR("later"), &err));
	f = feed_of(fx->s, id, &a);
	assert_int_equal(f.next_fetch, T0 + 99);
	assert_int_equal(f.failures, 2);
	OK(gaz_store_forgive_feed(fx->s, id, &err));
	f = feed_of(fx->s, id, &a);
	assert_int_equal(f.failures, 1);
	assert_int_equal(f.failing_since, T0);
	OK(gaz_store_forgive_feed(fx->s, id, &err));
	OK(gaz_store_forgive_feed(fx->s, id, &err));
	f = feed_of(fx->s, id, &a);
	assert_int_equal(f.failures, 0);
	assert_true(f.failing_since == GAZ_UTC_UNKNOWN);
	assert_int_equal(f.next_fetch, T0 + 99);
	gaz_arena_clear(&a);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_sync),
		STORE_TEST(test_rename_chain),
		STORE_TEST(test_tags_and_titles),
		STORE_TEST(test_by_hand),
		STORE_TEST(test_remove_with_items),
		STORE_TEST(test_outcomes),
		STORE_TEST(test_outcome_of_nobody),
		STORE_TEST(test_history),
		STORE_TEST(test_moved),
		STORE_TEST(test_moved_together),
		STORE_TEST(test_gone),
		STORE_TEST(test_missing_for_a_month),
		STORE_TEST(test_newest),
		STORE_TEST(test_rhythm),
		STORE_TEST(test_each_feed),
		STORE_TEST(test_pauses),
		STORE_TEST(test_put_next_and_forgive),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("store_feeds", tests, NULL, NULL);
}
