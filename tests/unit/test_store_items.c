#include "config.h"

#include "gazetted/store.h"

#include "store_help.h"

static struct gaz_view *
item_view(struct gaz_store *s, int64_t id)
{
	struct gaz_filter f;
	struct gaz_view *v;

	gaz_filter_init(&f);
	f.item_id = id;
	v = query(s, GAZ_VIEW_ITEMS, &f);
	assert_int_equal(v->items.n, 1);
	return v;
}

static const struct {
	const char *name;
	int64_t said, want;
} dates[] = {
	{ "now", T0, T0 },
	{ "none", 0, T0 },
	{ "before 1970", -1, -1 },
	{ "a day ahead", T0 + GAZ_FUTURE_MAX_S, T0 + GAZ_FUTURE_MAX_S },
	{ "a day and a second ahead", T0 + GAZ_FUTURE_MAX_S + 1, T0 },
	{ "in 2099", 4070908800, T0 },
};

static void
test_dates(void **state)
{
	struct fixture *fx = *state;
	int64_t feed;

	subscribe(fx->s, 1, &feed);
	for (size_t i = 0; i < GAZ_COUNT(dates); i++) {
		int64_t id = put_one(fx->s, feed, (struct row){ dates[i].name,
		    NULL, dates[i].name, "t", dates[i].said }, T0);
		struct gaz_view *v = item_view(fx->s, id);

		if (v->items.v[0].published != dates[i].want)
			fail_msg("%s: %lld", dates[i].name,
			    (long long)v->items.v[0].published);
		gaz_view_free(v);
	}
}

/* A date that was missing or wrong is taken when it comes; another stays. */
static void
test_date_learnt(void **state)
{
	struct fixture *fx = *state;
	struct gaz_view *v;
	int64_t feed, id;

	subscribe(fx->s, 1, &feed);
	id = put_one(fx->s, feed,
	    (struct row){ "1", "https://x/1", "One", "t" }, T0);
	put_one(fx->s, feed,
	    (struct row){ "1", "https://x/1", "One", "u", T0 - 60 }, T0 + 9);
	v = item_view(fx->s, id);
	assert_int_equal(v->items.v[0].published, T0 - 60);
	gaz_view_free(v);
	put_one(fx->s, feed,
	    (struct row){ "1", "https://x/1", "One", "v", T0 + 60 }, T0 + 99);
	v = item_view(fx->s, id);
	assert_int_equal(v->items.v[0].published, T0 - 60);
	gaz_view_free(v);
	assert_sound(fx->s);
}

static void
test_order_of_arrival(void **state)
{
	struct fixture *fx = *state;
	const struct row rows[] = {
		{ "new", NULL, "new", "t", T0 },
		{ "undated", NULL, "undated", "t" },
		{ "mid", NULL, "mid", "t", T0 - 60 },
		{ "old a", NULL, "old a", "t", T0 - 120 },
		{ "old b", NULL, "old b", "t", T0 - 120 },
	};
	const size_t want[] = { 4, 3, 2, 1, 0 };
	struct gaz_put_result res;
	int64_t feed, last = 0;

	subscribe(fx->s, 1, &feed);
	put_rows(fx->s, feed, rows, 5, T0, &res);
	assert_int_equal(res.items.n, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(res.items.v[i].index, want[i]);
		assert_true(res.items.v[i].item_id > last);
		last = res.items.v[i].item_id;
	}
	gaz_vec_clear(&res.items);
}

static void
test_backfill(void **state)
{
	struct fixture *fx = *state;
	const struct row first[] = { { "1", NULL, "1", "t", T0 - 1 },
		{ "2", NULL, "2", "t" } };
	const struct row later[] = { { "3", NULL, "3", "t", T0 + 5 },
		{ "4", NULL, "4", "t", T0 - 900 }, { "5", NULL, "5", "t" } };
	struct gaz_put_result res;
	int64_t feed;

	subscribe(fx->s, 1, &feed);
	put_rows(fx->s, feed, first, 2, T0, &res);
	assert_true(res.first);
	assert_int_equal(res.backfill, 2);
	gaz_vec_clear(&res.items);
	put_rows(fx->s, feed, later, 3, T0 + 9, &res);
	assert_false(res.first);
	assert_int_equal(res.added, 3);
	assert_int_equal(res.backfill, 1);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(res.items.v[i].backfill,
		    res.items.v[i].index == 1);
	gaz_vec_clear(&res.items);
}

static void
test_revisions(void **state)
{
	struct fixture *fx = *state;
	gaz_store_revision_list list = { 0 };
	struct gaz_arena a;
	struct gaz_err err;
	struct gaz_view *v;
	char text[16];
	int64_t feed, id = 0;

	subscribe(fx->s, 1, &feed);
	for (int i = 0; i < GAZ_ITEM_REVISIONS_MAX + 3; i++) {
		snprintf(text, sizeof(text), "text%d", i);
		id = put_one(fx->s, feed,
		    (struct row){ "1", "https://x/1", "One", text, T0 },
		    T0 + i);
	}
	gaz_arena_init(&a);
	OK(gaz_store_item_revisions(fx->s, id, &a, &list, &err));
	assert_int_equal(list.n, GAZ_ITEM_REVISIONS_MAX);
	assert_str(list.v[0].content, "text11");
	assert_int_equal(list.v[0].until, T0 + 12);
	assert_str(list.v[list.n - 1].content, "text2");
	gaz_arena_clear(&a);
	v = item_view(fx->s, id);
	assert_str(v->items.v[0].content, "text12");
	/* The feed gave no date for the change: it was seen now. */
	assert_int_equal(v->items.v[0].updated, T0 + 12);
	assert_int_equal(v->items.v[0].first_seen, T0);
	gaz_view_free(v);
	assert_sound(fx->s);
}

static void
test_everything_comes_back(void **state)
{
	struct fixture *fx = *state;
	struct gaz_enclosure enclosures[] = {
		{ GAZ_STR("https://x/a.mp3"), GAZ_STR("audio/mpeg"),
		  GAZ_STR_NONE, 123, GAZ_INT_UNKNOWN },
		{ GAZ_STR("https://x/b"), GAZ_STR_NONE, GAZ_STR("B"),
		  GAZ_INT_UNKNOWN, 60 },
	};
	struct gaz_str categories[] = { GAZ_STR("One"), GAZ_STR("a\x1f" "b") };
	struct gaz_batch_item it = { .guid = GAZ_STR("g"),
		.url = GAZ_STR("https://x/1"),
		.url_given = GAZ_STR("https://x/1?utm_source=rss"),
		.title = GAZ_STR("T\xc3\xa9"), .author = GAZ_STR("A"),
		.summary = GAZ_STR("S"), .content = GAZ_STR("<p>C</p>"),
		.text = GAZ_STR("C"), .language = GAZ_STR("pt-BR"),
		.thumbnail = GAZ_STR("https://x/t.png"),
		.comments = GAZ_STR("https://x/c"), .published = T0,
		.updated = T0 + 5, .content_hash = UINT64_MAX };
	struct gaz_batch b = { .link = GAZ_STR("https://x/"),
		.title = GAZ_STR("Feed"), .ttl_s = 60,
		.update_interval_s = GAZ_INT_UNKNOWN, .skip_hours = 0xffffff,
		.skip_days = 3 };
	struct gaz_put_result res;
	struct gaz_view_item *got;
	struct gaz_view *v;
	struct gaz_err err;
	int64_t feed;

	it.extra = GAZ_STR("uhttps://x/c.json\x1f\x1e");
	it.enclosures.v = enclosures;
	it.enclosures.n = 2;
	it.categories.v = categories;
	it.categories.n = 2;
	b.items.v = &it;
	b.items.n = 1;
	subscribe(fx->s, 1, &feed);
	OK(gaz_store_put_batch(fx->s, feed, &b, T0 + 9, &res, &err));
	OK(gaz_store_tag_item(fx->s, res.items.v[0].item_id, GAZ_STR("mine"),
	    true, &err));
	v = item_view(fx->s, res.items.v[0].item_id);
	got = &v->items.v[0];
	assert_str(got->guid, "g");
	assert_str(got->url, "https://x/1");
	assert_str(got->title, "T\xc3\xa9");
	assert_str(got->author, "A");
	assert_str(got->summary, "S");
	assert_str(got->content, "<p>C</p>");
	assert_str(got->language, "pt-BR");
	assert_str(got->thumbnail, "https://x/t.png");
	assert_str(got->comments, "https://x/c");
	assert_int_equal(got->published, T0);
	assert_int_equal(got->updated, T0 + 5);
	assert_int_equal(got->first_seen, T0 + 9);
	assert_int_equal(got->categories.n, 2);
	assert_str(got->categories.v[0], "One");
	assert_str(got->categories.v[1], "a b");
	assert_int_equal(got->enclosures.n, 2);
	assert_str(got->enclosures.v[0].url, "https://x/a.mp3");
	assert_str(got->enclosures.v[0].type, "audio/mpeg");
	assert_null(got->enclosures.v[0].title.p);
	assert_int_equal(got->enclosures.v[0].length, 123);
	assert_true(got->enclosures.v[0].duration_s == GAZ_INT_UNKNOWN);
	assert_str(got->enclosures.v[1].title, "B");
	assert_int_equal(got->enclosures.v[1].duration_s, 60);
	assert_int_equal(got->tags.n, 1);
	assert_str(got->tags.v[0], "mine");
	assert_str(got->feed_site_url, "https://x/");
	assert_true(gaz_str_eq(got->extra, it.extra));
	gaz_view_free(v);
	gaz_vec_clear(&res.items);
	/* And what it has now. */
	it.extra = GAZ_STR("uhttps://x/d.json\x1f\x1e");
	it.content_hash--;
	OK(gaz_store_put_batch(fx->s, feed, &b, T0 + 19, &res, &err));
	v = item_view(fx->s, res.items.v[0].item_id);
	assert_true(gaz_str_eq(v->items.v[0].extra, it.extra));
	gaz_view_free(v);
	gaz_vec_clear(&res.items);
	assert_sound(fx->s);
}

/* Without what tracks, but with what leads to a place on the page. */
static void
test_links(void **state)
{
	static const struct {
		const char *url, *given, *want;
	} links[] = {
		{ "https://x/1", "https://x/1?utm_source=rss", "https://x/1" },
		{ "https://x/log", "https://x/log#v2", "https://x/log#v2" },
		{ NULL, "gopher://x/1", "gopher://x/1" },
		{ NULL, NULL, "" },
	};
	struct fixture *fx = *state;
	int64_t feed;

	subscribe(fx->s, 1, &feed);
	for (size_t i = 0; i < GAZ_COUNT(links); i++) {
		struct gaz_batch_item it;
		struct gaz_batch b = { .ttl_s = GAZ_INT_UNKNOWN,
			.update_interval_s = GAZ_INT_UNKNOWN };
		struct gaz_put_result res;
		struct gaz_view *v;
		struct gaz_err err;
		char guid[16];

		snprintf(guid, sizeof(guid), "%zu", i);
		fill_item(&it, &(struct row){ guid, links[i].url, guid, "t" });
		it.url_given = gaz_str_of(links[i].given);
		b.items.v = &it;
		b.items.n = 1;
		OK(gaz_store_put_batch(fx->s, feed, &b, T0, &res, &err));
		v = item_view(fx->s, res.items.v[0].item_id);
		assert_str(v->items.v[0].url, links[i].want);
		gaz_view_free(v);
		gaz_vec_clear(&res.items);
	}
}

/* The same answer again writes nothing that a reader could notice. */
static void
test_known_is_cheap(void **state)
{
	struct fixture *fx = *state;
	const struct row rows[] = { { "1", "https://x/1", "One", "t", T0 },
		{ NULL, "https://x/2", "Two", "t" } };
	struct gaz_put_result res;
	int64_t feed, generation;

	subscribe(fx->s, 1, &feed);
	put_rows(fx->s, feed, rows, 2, T0, &res);
	gaz_vec_clear(&res.items);
	generation = gaz_store_generation(fx->s);
	put_rows(fx->s, feed, rows, 2, T0 + 60, &res);
	assert_int_equal(res.added + res.changed, 0);
	assert_int_equal(res.items.n, 2);
	gaz_vec_clear(&res.items);
	assert_int_equal(gaz_store_generation(fx->s), generation);
}

static void
test_refused_documents(void **state)
{
	struct fixture *fx = *state;
	struct gaz_batch b = { .fault = GAZ_FAULT_NOT_A_FEED };
	struct gaz_put_result res;
	struct gaz_err err;
	int64_t feed;

	subscribe(fx->s, 1, &feed);
	assert_false(gaz_store_put_batch(fx->s, feed, &b, T0, &res, &err));
	b.fault = GAZ_FAULT_NONE;
	assert_false(gaz_store_put_batch(fx->s, 77, &b, T0, &res, &err));
	assert_int_equal(err.code, GAZ_ERR_MISSING);
}

/* A put that fails takes back its own part of the group, and no more. */
static void
test_group(void **state)
{
	struct fixture *fx = *state;
	struct gaz_batch_item items[2];
	struct gaz_batch b = { .ttl_s = GAZ_INT_UNKNOWN,
		.update_interval_s = GAZ_INT_UNKNOWN };
	struct gaz_put_result res;
	struct gaz_store_stats stats;
	struct gaz_err err;
	int64_t feed, generation;

	subscribe(fx->s, 1, &feed);
	generation = gaz_store_generation(fx->s);
	OK(gaz_store_begin(fx->s, &err));
	put_one(fx->s, feed, (struct row){ "1", NULL, "One", "t", T0 }, T0);
	fill_item(&items[0], &(struct row){ "2", NULL, "Two", "t", T0 });
	b.items.v = items;
	b.items.n = 1;
	assert_false(gaz_store_put_batch(fx->s, 99, &b, T0, &res, &err));
	put_one(fx->s, feed, (struct row){ "3", NULL, "Three", "t", T0 }, T0);
	assert_int_equal(gaz_store_generation(fx->s), generation);
	OK(gaz_store_commit(fx->s, &err));
	assert_int_equal(gaz_store_generation(fx->s), generation + 1);
	OK(gaz_store_stats(fx->s, &stats, &err));
	assert_int_equal(stats.items, 2);
	OK(gaz_store_begin(fx->s, &err));
	put_one(fx->s, feed, (struct row){ "4", NULL, "Four", "t", T0 }, T0);
	gaz_store_rollback(fx->s);
	assert_int_equal(gaz_store_generation(fx->s), generation + 1);
	OK(gaz_store_stats(fx->s, &stats, &err));
	assert_int_equal(stats.items, 2);
	assert_sound(fx->s);
}

static void
test_partial_answers(void **state)
{
	struct fixture *fx = *state;
	static const uint32_t flags[] = { GAZ_BATCH_PARTIAL,
		GAZ_BATCH_TRUNCATED, GAZ_BATCH_ITEMS_DROPPED };
	struct gaz_batch b = { .ttl_s = GAZ_INT_UNKNOWN,
		.update_interval_s = GAZ_INT_UNKNOWN };
	struct gaz_put_result res;
	struct gaz_err err;
	int64_t feed, deleted;
	bool more;

	subscribe(fx->s, 1, &feed);
	put_one(fx->s, feed, (struct row){ "1", NULL, "One", "t", T0 }, T0);
	/* What such an answer leaves out has not left: it is not pruned. */
	for (size_t i = 0; i < GAZ_COUNT(flags); i++) {
		b.flags = flags[i];
		OK(gaz_store_put_batch(fx->s, feed, &b, T0, &res, &err));
		OK(gaz_store_prune(fx->s, 1, 0, T0 + 9 * DAY, &deleted, &more,
		    &err));
		assert_int_equal(deleted, 0);
	}
	b.flags = 0;
	OK(gaz_store_put_batch(fx->s, feed, &b, T0, &res, &err));
	OK(gaz_store_prune(fx->s, 1, 0, T0 + 9 * DAY, &deleted, &more, &err));
	assert_int_equal(deleted, 1);
}

/* A page of the past: no news, and no better text of what we have. */
static void
test_the_past(void **state)
{
	struct fixture *fx = *state;
	const struct row rows[] = { { "1", NULL, "One", "of old", T0 - DAY },
		{ "2", NULL, "Two", "t", T0 + DAY }, { "3", NULL, "3", "t" } };
	struct gaz_batch_item items[3];
	struct gaz_batch b = { .ttl_s = GAZ_INT_UNKNOWN,
		.update_interval_s = GAZ_INT_UNKNOWN,
		.flags = GAZ_BATCH_PARTIAL | GAZ_BATCH_PAST };
	struct gaz_str title, text;
	struct gaz_put_result res;
	struct gaz_arena a;
	struct gaz_err err;
	int64_t feed, id;
	bool found;

	subscribe(fx->s, 1, &feed);
	id = put_one(fx->s, feed,
	    (struct row){ "1", NULL, "One", "of today", T0 }, T0);
	for (size_t i = 0; i < 3; i++)
		fill_item(&items[i], &rows[i]);
	b.items.v = items;
	b.items.n = 3;
	OK(gaz_store_put_batch(fx->s, feed, &b, T0 + 2 * DAY, &res, &err));
	assert_int_equal(res.added, 2);
	assert_int_equal(res.changed, 0);
	assert_int_equal(res.backfill, 2);
	/* Without a date: as old as the subscription. */
	for (size_t i = 0; i < res.items.n; i++) {
		const struct gaz_put_item *it = &res.items.v[i];

		if (it->kind == GAZ_PUT_NEW)
			assert_int_equal(it->published,
			    it->index == 1 ? T0 + DAY : T0);
	}
	gaz_vec_clear(&res.items);
	gaz_arena_init(&a);
	OK(gaz_store_item_text(fx->s, id, &a, &title, &text, &found, &err));
	assert_true(gaz_str_eq_z(text, "of today"));
	gaz_arena_clear(&a);
}

static void
test_text_and_features(void **state)
{
	struct fixture *fx = *state;
	struct gaz_str title, text, features;
	struct gaz_arena a;
	struct gaz_err err;
	int64_t feed, id;
	bool found;

	subscribe(fx->s, 1, &feed);
	id = put_one(fx->s, feed, (struct row){ "1", NULL, "One", "t" }, T0);
	gaz_arena_init(&a);
	OK(gaz_store_item_text(fx->s, id, &a, &title, &text, &found, &err));
	assert_true(found);
	assert_str(title, "One");
	assert_str(text, "t");
	OK(gaz_store_item_text(fx->s, 99, &a, &title, &text, &found, &err));
	assert_false(found);
	OK(gaz_store_put_features(fx->s, id, gaz_str_make("a\0b", 3), &err));
	OK(gaz_store_item_features(fx->s, id, &a, &features, &err));
	assert_int_equal(features.len, 3);
	assert_memory_equal(features.p, "a\0b", 3);
	gaz_arena_clear(&a);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_dates),
		STORE_TEST(test_date_learnt),
		STORE_TEST(test_order_of_arrival),
		STORE_TEST(test_backfill),
		STORE_TEST(test_revisions),
		STORE_TEST(test_everything_comes_back),
		STORE_TEST(test_links),
		STORE_TEST(test_known_is_cheap),
		STORE_TEST(test_refused_documents),
		STORE_TEST(test_group),
		STORE_TEST(test_partial_answers),
		STORE_TEST(test_the_past),
		STORE_TEST(test_text_and_features),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("store_items", tests, NULL, NULL);
}
