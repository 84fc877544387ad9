#include "config.h"

#include "store_help.h"

#include "gazetted/limits.h"
#include "gazetted/mem.h"

#define LIST "https://l.example/news.opml"
#define GRACE (7 * DAY)

/* A good answer with these addresses, parted by spaces; their titles are the
 * last letters. */
static void
answer(struct gaz_store *s, const char *urls, bool keep, gaz_utc when)
{
	struct gaz_str rest = gaz_str_of(urls), url;
	struct gaz_store_subscription v[8] = { 0 };
	struct gaz_store_list_outcome o = { .url = GAZ_STR(LIST),
		.when = when, .next_fetch = when + 60, .content = true,
		.keep = keep, .set_validators = true, .etag = GAZ_STR("e"),
		.v = v };
	struct gaz_err err;

	while (gaz_str_split(&rest, ' ', &url)) {
		if (url.len == 0)
			continue;
		v[o.n].url = url;
		v[o.n++].title = gaz_str_sub(url, url.len - 1, url.len);
	}
	OK(gaz_store_put_list(s, &o, &err));
}

static void
failure(struct gaz_store *s, gaz_utc when)
{
	struct gaz_store_subscription none = { 0 };
	struct gaz_store_list_outcome o = { .url = GAZ_STR(LIST),
		.when = when, .next_fetch = when + 60,
		.fault = GAZ_FAULT_NOT_A_FEED, .content = true, .v = &none };
	struct gaz_err err;

	OK(gaz_store_put_list(s, &o, &err));
}

/* What is to be subscribed to, as "name=url " in order. */
static void
expect_outlines(struct gaz_store *s, gaz_utc now, const char *want)
{
	gaz_store_subscription_list list = { 0 };
	struct gaz_str url = GAZ_STR(LIST);
	gaz_str_list urls = { .v = &url, .n = 1 };
	struct gaz_arena a = { 0 };
	struct gaz_buf got;
	struct gaz_err err;

	gaz_buf_init(&got, GAZ_BUF_NO_MAX);
	OK(gaz_store_take_outlines(s, &urls, now, GRACE, &a, &list, &err));
	for (size_t i = 0; i < list.n; i++)
		gaz_buf_put_fmt(&got, "%.*s=%.*s ",
		    GAZ_STR_ARG(list.v[i].name), GAZ_STR_ARG(list.v[i].url));
	if (!gaz_str_eq_z(gaz_buf_str(&got), want))
		fail_msg("got \"%.*s\", want \"%s\"",
		    GAZ_STR_ARG(gaz_buf_str(&got)), want);
	gaz_buf_clear(&got);
	gaz_arena_clear(&a);
}

static struct gaz_store_list
list_of(struct gaz_store *s, struct gaz_arena *a)
{
	gaz_store_list_list lists = { 0 };
	struct gaz_err err;

	OK(gaz_store_load_lists(s, a, &lists, &err));
	assert_int_equal(lists.n, 1);
	return lists.v[0];
}

static void
test_grace(void **state)
{
	struct fixture *fx = *state;
	struct gaz_arena a = { 0 };
	struct gaz_store_list l;

	answer(fx->s, "x://a x://b", false, T0);
	expect_outlines(fx->s, T0, "a=x://a b=x://b ");
	answer(fx->s, "x://b", false, T0 + DAY);
	l = list_of(fx->s, &a);
	assert_int_equal(l.feeds, 1);
	assert_int_equal(l.leaving, 1);
	/* The day when it left counts, however often it is missed. */
	answer(fx->s, "x://b", false, T0 + 2 * DAY);
	expect_outlines(fx->s, T0 + DAY + GRACE - 1, "a=x://a b=x://b ");
	/* It comes back, and leaves again: counted anew. */
	answer(fx->s, "x://a x://b", false, T0 + 3 * DAY);
	answer(fx->s, "x://b", false, T0 + 4 * DAY);
	expect_outlines(fx->s, T0 + 4 * DAY + GRACE - 1, "a=x://a b=x://b ");
	expect_outlines(fx->s, T0 + 4 * DAY + GRACE, "b=x://b ");
	assert_int_equal(list_of(fx->s, &a).leaving, 0);
	gaz_arena_clear(&a);
}

static void
test_failures(void **state)
{
	struct fixture *fx = *state;
	struct gaz_arena a = { 0 };
	struct gaz_store_list l;

	answer(fx->s, "x://a x://b", false, T0);
	for (int i = 1; i <= 3; i++)
		failure(fx->s, T0 + i * DAY);
	l = list_of(fx->s, &a);
	assert_int_equal(l.fault, GAZ_FAULT_NOT_A_FEED);
	assert_int_equal(l.failures, 3);
	assert_int_equal(l.last_success, T0);
	assert_true(gaz_str_eq_z(l.etag, "e"));
	expect_outlines(fx->s, T0 + 99 * DAY, "a=x://a b=x://b ");
	/* A damaged one only adds. */
	answer(fx->s, "x://c", true, T0 + 99 * DAY);
	assert_int_equal(list_of(fx->s, &a).leaving, 0);
	expect_outlines(fx->s, T0 + 200 * DAY, "a=x://a c=x://c b=x://b ");
	gaz_arena_clear(&a);
}

/* A person's feeds and their names are theirs. */
static void
test_by_hand(void **state)
{
	struct fixture *fx = *state;
	struct gaz_store_subscription sub = { .name = GAZ_STR("b"),
		.url = GAZ_STR("x://a"), .enabled = true, .by_hand = true };
	gaz_store_subscription_list list = { 0 };
	gaz_store_feed_list feeds = { 0 };
	struct gaz_str url = GAZ_STR(LIST);
	gaz_str_list urls = { .v = &url, .n = 1 };
	struct gaz_arena a = { 0 };
	struct gaz_err err;
	int64_t id, same;

	OK(gaz_store_add_feed(fx->s, &sub, T0, &id, &err));
	answer(fx->s, "x://a x://b", false, T0);
	expect_outlines(fx->s, T0, "x://b=x://b ");
	/* One of the list becomes a person's by being added. */
	OK(gaz_store_take_outlines(fx->s, &urls, T0, GRACE, &a, &list, &err));
	OK(gaz_store_sync_feeds(fx->s, list.v, list.n, T0, NULL, &err));
	sub.url = GAZ_STR("x://b");
	OK(gaz_store_add_feed(fx->s, &sub, T0, &same, &err));
	OK(gaz_store_sync_feeds(fx->s, NULL, 0, T0, NULL, &err));
	OK(gaz_store_load_feeds(fx->s, &a, &feeds, &err));
	assert_int_equal(feeds.n, 2);
	assert_true(feeds.v[1].by_hand && feeds.v[1].enabled);
	assert_int_equal(feeds.v[1].id, same);
	gaz_arena_clear(&a);
}

static void
test_forgotten(void **state)
{
	struct fixture *fx = *state;
	gaz_store_subscription_list list = { 0 };
	gaz_store_list_list lists = { 0 };
	gaz_str_list none = { 0 };
	struct gaz_arena a = { 0 };
	struct gaz_err err;

	answer(fx->s, "x://a", false, T0);
	OK(gaz_store_take_outlines(fx->s, &none, T0, GRACE, &a, &list, &err));
	assert_int_equal(list.n, 0);
	OK(gaz_store_load_lists(fx->s, &a, &lists, &err));
	assert_int_equal(lists.n, 0);
	expect_outlines(fx->s, T0, "");
	gaz_arena_clear(&a);
}

static void
test_icons(void **state)
{
	struct fixture *fx = *state;
	gaz_store_icon_wish_list wishes = { 0 };
	struct gaz_store_icon_outcome o = { .host = GAZ_STR("a.example"),
		.asked = true, .when = T0, .next_fetch = T0 + DAY,
		.source = GAZ_STR("https://a.example/i"),
		.hash = GAZ_STR("00"), .type = GAZ_STR("image/png"),
		.data = GAZ_STR("a\0b") };
	struct gaz_store_outcome fetched = { .when = T0, .next_fetch = T0 };
	struct gaz_arena a = { 0 };
	struct gaz_str type, data;
	int64_t feeds[2], before;
	struct gaz_err err;
	bool found;

	subscribe(fx->s, 2, feeds);
	/* Not before it was fetched well. */
	OK(gaz_store_icon_wishes(fx->s, 0, T0, 9, &a, &wishes, &err));
	assert_int_equal(wishes.n, 0);
	for (int i = 0; i < 2; i++) {
		fetched.feed_id = feeds[i];
		OK(gaz_store_put_outcome(fx->s, &fetched, &err));
	}
	OK(gaz_store_icon_wishes(fx->s, 0, T0, 9, &a, &wishes, &err));
	assert_int_equal(wishes.n, 2);
	o.feed_id = feeds[0];
	OK(gaz_store_put_icon(fx->s, &o, &err));
	o.feed_id = feeds[1];
	o.host = GAZ_STR("");
	o.asked = false;
	OK(gaz_store_put_icon(fx->s, &o, &err));
	wishes = (gaz_store_icon_wish_list){ 0 };
	OK(gaz_store_icon_wishes(fx->s, 0, T0 + DAY - 1, 9, &a, &wishes,
	    &err));
	assert_int_equal(wishes.n, 0);
	OK(gaz_store_icon_wishes(fx->s, 0, T0 + DAY, 9, &a, &wishes, &err));
	assert_int_equal(wishes.n, 1);
	/* Kept, which no reader can see; then there is none any more. */
	before = gaz_store_generation(fx->s);
	o = (struct gaz_store_icon_outcome){ .feed_id = feeds[0],
		.host = GAZ_STR("a.example"), .asked = true, .keep = true,
		.fault = GAZ_FAULT_TIMEOUT, .when = T0, .next_fetch = T0 };
	OK(gaz_store_put_icon(fx->s, &o, &err));
	assert_int_equal(gaz_store_generation(fx->s), before);
	OK(gaz_store_icon_data(fx->s, GAZ_STR("00"), &a, &type, &data, &found,
	    &err));
	assert_true(found);
	assert_int_equal(data.len, 3);
	o.keep = false;
	OK(gaz_store_put_icon(fx->s, &o, &err));
	assert_true(gaz_store_generation(fx->s) > before);
	OK(gaz_store_icon_data(fx->s, GAZ_STR("00"), &a, &type, &data, &found,
	    &err));
	assert_false(found);
	gaz_arena_clear(&a);
}

/* What was subscribed to by a list survives a salvage. */
static void
test_salvaged(void **state)
{
	struct fixture *fx = *state;
	struct gaz_store_stats saved;
	struct gaz_store *s;
	struct gaz_err err;
	char out[128];

	answer(fx->s, "x://a x://b", false, T0);
	snprintf(out, sizeof(out), "%s/out.db", fx->dir);
	OK(gaz_store_salvage(fx->path, out, &saved, &err));
	OK((s = gaz_store_open(out, GAZ_STORE_WRITE, &err)) != NULL);
	expect_outlines(s, T0, "a=x://a b=x://b ");
	assert_sound(s);
	gaz_store_close(s);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_grace),
		STORE_TEST(test_failures),
		STORE_TEST(test_by_hand),
		STORE_TEST(test_forgotten),
		STORE_TEST(test_icons),
		STORE_TEST(test_salvaged),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("store_lists", tests, NULL, NULL);
}
