#include "config.h"

#include "gazetted/lease.h"
#include "gazetted/subscriber.h"

#include "store_help.h"

static struct gaz_store_lease
sample(const char *token, int64_t feed_id)
{
	return (struct gaz_store_lease){
		.token = gaz_str_of(token), .feed_id = feed_id,
		.hub = GAZ_STR("https://hub.example/"),
		.topic = GAZ_STR("https://a.example/feed"),
		.callback = GAZ_STR("https://us.example/websub/in/t"),
		.state = GAZ_LEASE_ASKED, .next_secret = GAZ_STR("n3xt"),
		.open = true, .asked = T0, .since = GAZ_UTC_UNKNOWN,
		.ends = GAZ_UTC_UNKNOWN, .next = T0 + 600,
		.missed = GAZ_UTC_UNKNOWN,
	};
}

static struct gaz_store_lease
only(struct gaz_store *s, int64_t feed_id, struct gaz_arena *a)
{
	gaz_store_lease_list l = { 0 };
	struct gaz_err err;

	OK(gaz_store_load_leases(s, feed_id, a, &l, &err));
	assert_int_equal(l.n, 1);
	return l.v[0];
}

static void
test_round(void **state)
{
	struct fixture *fx = *state;
	struct gaz_store_lease l = sample("t", 7), got;
	struct gaz_arena a = { 0 };
	struct gaz_err err;

	OK(gaz_store_put_lease(fx->s, &l, &err));
	got = only(fx->s, 0, &a);
	assert_true(gaz_str_eq_z(got.token, "t"));
	assert_int_equal(got.feed_id, 7);
	assert_true(gaz_str_eq(got.hub, l.hub));
	assert_true(gaz_str_eq(got.topic, l.topic));
	assert_true(gaz_str_eq(got.callback, l.callback));
	assert_int_equal(got.state, GAZ_LEASE_ASKED);
	assert_null(got.secret.p);
	assert_true(gaz_str_eq_z(got.next_secret, "n3xt"));
	assert_true(got.open);
	assert_int_equal(got.asked, T0);
	assert_true(got.since == GAZ_UTC_UNKNOWN);
	assert_true(got.missed == GAZ_UTC_UNKNOWN);
	assert_true(got.last_delivery == GAZ_UTC_UNKNOWN);
	assert_int_equal(got.fault, GAZ_FAULT_NONE);

	l.state = GAZ_LEASE_ACTIVE;
	l.secret = l.next_secret;
	l.next_secret = GAZ_STR_NONE;
	l.open = false;
	l.since = T0 + 5;
	l.ends = T0 + 864005;
	l.missed = T0 + 9;
	l.failures = 2;
	l.fault = GAZ_FAULT_HUB_SILENT;
	l.fault_text = GAZ_STR("no word");
	OK(gaz_store_put_lease(fx->s, &l, &err));
	got = only(fx->s, 7, &a);
	assert_int_equal(got.state, GAZ_LEASE_ACTIVE);
	assert_true(gaz_str_eq_z(got.secret, "n3xt"));
	assert_null(got.next_secret.p);
	assert_false(got.open);
	assert_int_equal(got.ends, T0 + 864005);
	assert_int_equal(got.missed, T0 + 9);
	assert_int_equal(got.failures, 2);
	assert_int_equal(got.fault, GAZ_FAULT_HUB_SILENT);
	assert_true(gaz_str_eq_z(got.fault_text, "no word"));

	OK(gaz_store_drop_lease(fx->s, GAZ_STR("t"), &err));
	gaz_store_lease_list l2 = { 0 };
	OK(gaz_store_load_leases(fx->s, 0, &a, &l2, &err));
	assert_int_equal(l2.n, 0);
	gaz_arena_clear(&a);
}

/* What the writer counted is not undone by what the loop puts. */
static void
test_deliveries(void **state)
{
	struct fixture *fx = *state;
	struct gaz_store_lease l = sample("t", 7), got;
	struct gaz_arena a = { 0 };
	struct gaz_err err;

	l.missed = T0;
	OK(gaz_store_put_lease(fx->s, &l, &err));
	OK(gaz_store_note_delivery(fx->s, l.token, T0 + 1, false, &err));
	OK(gaz_store_note_delivery(fx->s, l.token, T0 + 2, true, &err));
	l.missed = GAZ_UTC_UNKNOWN;
	OK(gaz_store_put_lease(fx->s, &l, &err));
	got = only(fx->s, 7, &a);
	assert_int_equal(got.deliveries, 2);
	assert_int_equal(got.known, 1);
	assert_int_equal(got.last_delivery, T0 + 2);
	assert_true(got.missed == GAZ_UTC_UNKNOWN);
	gaz_arena_clear(&a);
}

static int64_t
add_feed(struct fixture *fx)
{
	struct gaz_store_subscription sub = {
		.name = GAZ_STR("a"), .url = GAZ_STR("https://a.example/feed"),
		.enabled = true };
	struct gaz_err err;
	int64_t id;

	OK(gaz_store_sync_feeds(fx->s, &sub, 1, T0, &id, &err));
	return id;
}

/* The lease that counts stands in front, and in the list of feeds; its feed
 * may go. */
static void
test_of_feeds(void **state)
{
	struct fixture *fx = *state;
	int64_t id = add_feed(fx);
	struct gaz_store_lease old = sample("a-old", id), l = sample("b", id);
	gaz_store_lease_list list = { 0 };
	struct gaz_view *v;
	struct gaz_filter f;
	struct gaz_arena a = { 0 };
	struct gaz_err err;

	old.state = GAZ_LEASE_LEAVING;
	l.state = GAZ_LEASE_ACTIVE;
	OK(gaz_store_put_lease(fx->s, &old, &err));
	OK(gaz_store_put_lease(fx->s, &l, &err));
	OK(gaz_store_load_leases(fx->s, id, &a, &list, &err));
	assert_int_equal(list.n, 2);
	assert_true(gaz_str_eq_z(list.v[0].token, "b"));

	for (int quiet = 0; quiet < 2; quiet++) {
		if (quiet) {
			l.missed = T0;
			OK(gaz_store_put_lease(fx->s, &l, &err));
		}
		v = gaz_view_new(GAZ_VIEW_FEEDS);
		gaz_filter_init(&f);
		OK(gaz_store_query(fx->s, &f, false, T0, v, &err));
		assert_int_equal(v->feeds.n, 1);
		assert_true(gaz_str_eq_z(v->feeds.v[0].hub,
		    quiet ? "quiet" : "active"));
		gaz_view_free(v);
	}
	OK(gaz_store_remove_feed(fx->s, id, true, &err));
	list = (gaz_store_lease_list){ 0 };
	OK(gaz_store_load_leases(fx->s, id, &a, &list, &err));
	assert_int_equal(list.n, 2);
	assert_sound(fx->s);
	gaz_arena_clear(&a);
}

/* Written when it says something new, and only what fetching must remember. */
static void
test_hubs(void **state)
{
	struct fixture *fx = *state;
	int64_t id = add_feed(fx), generation = gaz_store_generation(fx->s);
	static const struct {
		const char *hubs, *self;
	} cases[] = {
		{ "https://a.example/\nhttps://b.example/", NULL },
		{ "https://a.example/", "https://a.example/feed" },
		{ "https://a.example/", "https://a.example/feed" },
		{ NULL, NULL },
	};
	struct gaz_store_feed f;
	struct gaz_arena a = { 0 };
	struct gaz_err err;
	bool found;

	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		OK(gaz_store_put_hubs(fx->s, id, gaz_str_of(cases[i].hubs),
		    gaz_str_of(cases[i].self), &err));
		OK(gaz_store_load_feed(fx->s, id, &a, &f, &found, &err));
		assert_true(found);
		assert_true(gaz_str_eq_z(f.hub, cases[i].hubs));
		assert_true(gaz_str_eq_z(f.self, cases[i].self));
	}
	assert_int_equal(gaz_store_generation(fx->s), generation);
	gaz_arena_clear(&a);
}

static void
test_next_fetch(void **state)
{
	struct fixture *fx = *state;
	int64_t id = add_feed(fx);
	struct gaz_store_feed f;
	struct gaz_arena a = { 0 };
	struct gaz_err err;
	bool found;

	OK(gaz_store_put_next_fetch(fx->s, id, T0 + 77, GAZ_STR("so"), &err));
	OK(gaz_store_load_feed(fx->s, id, &a, &f, &found, &err));
	assert_true(found);
	assert_int_equal(f.next_fetch, T0 + 77);
	gaz_arena_clear(&a);
}

static void
test_subscribers(void **state)
{
	struct fixture *fx = *state;
	struct gaz_store_subscriber a = {
		.callback = GAZ_STR("https://c.example/"),
		.topic = GAZ_STR("https://us.example/stories.atom"),
		.secret = GAZ_STR("s3cret"), .ends = T0 + DAY,
		.next = GAZ_UTC_UNKNOWN,
	}, b = a;
	gaz_store_subscriber_list l = { 0 };
	struct gaz_arena arena = { 0 };
	struct gaz_err err;

	b.topic = GAZ_STR("https://us.example/items.rss");
	b.secret = GAZ_STR_NONE;
	OK(gaz_store_put_subscriber(fx->s, &a, &err));
	OK(gaz_store_put_subscriber(fx->s, &b, &err));
	a.seen = GAZ_STR("0123");
	a.failures = 3;
	a.next = T0 + 60;
	OK(gaz_store_put_subscriber(fx->s, &a, &err));
	OK(gaz_store_load_subscribers(fx->s, &arena, &l, &err));
	assert_int_equal(l.n, 2);
	assert_true(gaz_str_eq(l.v[0].topic, b.topic));
	assert_null(l.v[0].secret.p);
	assert_null(l.v[0].seen.p);
	assert_true(l.v[0].next == GAZ_UTC_UNKNOWN);
	assert_true(gaz_str_eq(l.v[1].callback, a.callback));
	assert_true(gaz_str_eq(l.v[1].secret, a.secret));
	assert_true(gaz_str_eq(l.v[1].seen, a.seen));
	assert_int_equal(l.v[1].ends, T0 + DAY);
	assert_int_equal(l.v[1].next, T0 + 60);
	assert_int_equal(l.v[1].failures, 3);
	OK(gaz_store_drop_subscriber(fx->s, a.callback, a.topic, &err));
	l = (gaz_store_subscriber_list){ 0 };
	OK(gaz_store_load_subscribers(fx->s, &arena, &l, &err));
	assert_int_equal(l.n, 1);
	assert_true(gaz_str_eq(l.v[0].topic, b.topic));
	gaz_arena_clear(&arena);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_round),
		STORE_TEST(test_deliveries),
		STORE_TEST(test_of_feeds),
		STORE_TEST(test_hubs),
		STORE_TEST(test_next_fetch),
		STORE_TEST(test_subscribers),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("leases", tests, NULL, NULL);
}
