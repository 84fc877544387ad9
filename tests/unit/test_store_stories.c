#include "config.h"

#include "gazetted/store.h"

#include <math.h>

#include "store_help.h"

/* Item n of a feed, published at that time; the store is told later. */
static int64_t
item(struct gaz_store *s, int64_t feed, int n, gaz_utc published)
{
	char guid[16], title[24];

	snprintf(guid, sizeof(guid), "%d", n);
	snprintf(title, sizeof(title), "Title %d", n);
	return put_one(s, feed,
	    (struct row){ guid, NULL, title, "text", published }, T0 + DAY);
}

static struct gaz_view *
story_view(struct gaz_store *s, int64_t id)
{
	struct gaz_filter f;

	gaz_filter_init(&f);
	f.story_id = id;
	return query(s, GAZ_VIEW_STORIES, &f);
}

static void
test_sums(void **state)
{
	struct fixture *fx = *state;
	int64_t feeds[3], items[5];
	struct gaz_view_story *st;
	struct gaz_view *v;

	subscribe(fx->s, 3, feeds);
	items[0] = item(fx->s, feeds[0], 1, T0 + 60);
	items[1] = item(fx->s, feeds[0], 2, T0 + 900); /* the same outlet */
	items[2] = item(fx->s, feeds[1], 3, T0 + 500); /* a copy */
	items[3] = item(fx->s, feeds[2], 4, T0 + 300);
	assert_int_equal(gaz_store_next_story_id(fx->s), 1);
	join(fx->s, items[0], 1, 0, T0 + DAY);
	join(fx->s, items[1], 1, 0, T0 + DAY);
	join(fx->s, items[2], 1, items[0], T0 + DAY);
	join(fx->s, items[3], 1, 0, T0 + DAY + 7);
	assert_int_equal(gaz_store_next_story_id(fx->s), 2);
	v = story_view(fx->s, 1);
	assert_int_equal(v->stories.n, 1);
	st = &v->stories.v[0];
	assert_int_equal(st->sources, 2);
	assert_int_equal(st->members, 4);
	assert_int_equal(st->first_seen, T0 + 60);
	/* Neither the outlet's second item nor the copy made it grow. */
	assert_int_equal(st->last_grown, T0 + 300);
	assert_int_equal(st->updated, T0 + DAY + 7);
	assert_true(fabs(st->heat - (1 + (T0 + 300) / 21600.0)) < 1e-6);
	assert_str(st->headline, "Title 1");
	assert_int_equal(st->items.n, 4);
	assert_int_equal(st->items.v[0].id, items[0]);
	assert_int_equal(st->items.v[1].id, items[3]);
	assert_int_equal(st->items.v[2].id, items[2]);
	assert_true(st->items.v[2].copy);
	assert_str(st->items.v[0].evidence, "{\"score\":0.5}");
	assert_int_equal(st->languages.n, 1);
	assert_str(st->languages.v[0], "en");
	assert_true(st->open);
	gaz_view_free(v);
	assert_sound(fx->s);
}

/* Priority leads, then who is most alike to most, then who was first. */
static void
test_leading_item(void **state)
{
	struct fixture *fx = *state;
	struct gaz_store_subscription subs[2] = {
		{ .name = GAZ_STR("a"), .url = GAZ_STR("u"), .enabled = true },
		{ .name = GAZ_STR("b"), .url = GAZ_STR("v"), .enabled = true },
	};
	struct gaz_store_membership m = { .story_id = 1, .when = T0 };
	int64_t feeds[2], items[3];
	struct gaz_view *v;
	struct gaz_err err;

	OK(gaz_store_sync_feeds(fx->s, subs, 2, T0, feeds, &err));
	items[0] = item(fx->s, feeds[0], 1, T0);
	items[1] = item(fx->s, feeds[0], 2, T0 + 60);
	items[2] = item(fx->s, feeds[0], 3, T0 + 120);
	join(fx->s, items[0], 1, 0, T0);
	join(fx->s, items[1], 1, 0, T0);
	v = story_view(fx->s, 1);
	assert_str(v->stories.v[0].headline, "Title 1");
	gaz_view_free(v);
	m.item_id = items[2];
	m.nearest = items[1];
	OK(gaz_store_put_membership(fx->s, &m, &err));
	v = story_view(fx->s, 1);
	assert_str(v->stories.v[0].headline, "Title 2");
	gaz_view_free(v);
	subs[1].priority = 5;
	OK(gaz_store_sync_feeds(fx->s, subs, 2, T0, feeds, &err));
	join(fx->s, item(fx->s, feeds[1], 4, T0 + 180), 1, 0, T0);
	v = story_view(fx->s, 1);
	assert_str(v->stories.v[0].headline, "Title 4");
	gaz_view_free(v);
}

static void
test_merge(void **state)
{
	struct fixture *fx = *state;
	struct gaz_store *s = fx->s;
	gaz_store_correction_list c = { 0 };
	struct gaz_arena a;
	struct gaz_view *v;
	struct gaz_err err;
	int64_t feeds[4], to;

	subscribe(s, 4, feeds);
	for (int i = 0; i < 4; i++)
		join(s, item(s, feeds[i], i, T0), i + 1, 0, T0);
	OK(gaz_store_merge_stories(s, 2, 1, false, T0 + 50, &err));
	OK(gaz_store_merge_stories(s, 3, 2, true, T0 + 2 * DAY, &err));
	for (int64_t id = 1; id <= 3; id++) {
		OK(gaz_store_resolve_story(s, id, &to, &err));
		assert_int_equal(to, 3);
	}
	OK(gaz_store_resolve_story(s, 9, &to, &err));
	assert_int_equal(to, 0);
	v = story_view(s, 1);
	assert_int_equal(v->stories.n, 1);
	assert_int_equal(v->stories.v[0].id, 3);
	assert_int_equal(v->stories.v[0].merged_into, 3);
	assert_int_equal(v->stories.v[0].members, 3);
	assert_int_equal(v->stories.v[0].sources, 3);
	assert_int_equal(v->stories.v[0].updated, T0 + 2 * DAY);
	gaz_view_free(v);
	v = story_view(s, 3);
	assert_int_equal(v->stories.v[0].merged_into, 0);
	gaz_view_free(v);
	/* What is one already stays so; what is not there is named. */
	OK(gaz_store_merge_stories(s, 1, 3, true, T0, &err));
	assert_false(gaz_store_merge_stories(s, 1, 77, true, T0, &err));
	assert_string_equal(err.msg, "there is no story 77");
	/* An old id still takes items, into the new story. */
	join(s, item(s, feeds[0], 50, T0), 1, 0, T0);
	v = story_view(s, 3);
	assert_int_equal(v->stories.v[0].members, 4);
	gaz_view_free(v);
	/* Only what a person did is kept as a correction. */
	gaz_arena_init(&a);
	OK(gaz_store_load_corrections(s, &a, &c, &err));
	assert_int_equal(c.n, 1);
	assert_int_equal(c.v[0].kind, GAZ_CORRECTION_MERGE);
	assert_int_equal(c.v[0].story, 3);
	assert_int_equal(c.v[0].other, 2);
	assert_int_equal(c.v[0].items.n, 1);
	assert_int_equal(c.v[0].others.n, 2);
	assert_int_equal(c.v[0].others.v[1], 2);
	gaz_arena_clear(&a);
	assert_sound(s);
}

static void
test_split(void **state)
{
	struct fixture *fx = *state;
	struct gaz_store *s = fx->s;
	gaz_store_correction_list c = { 0 };
	struct gaz_arena a;
	struct gaz_view *v;
	struct gaz_err err;
	int64_t feeds[4], items[4], new_id = 0;

	subscribe(s, 4, feeds);
	for (int i = 0; i < 4; i++) {
		items[i] = item(s, feeds[i], i, T0 + i);
		join(s, items[i], 7, i == 2 || i == 3 ? items[0] : 0, T0);
	}
	assert_false(gaz_store_split_story(s, 7, items, 4, true, T0, &new_id,
	    &err));
	assert_int_equal(err.code, GAZ_ERR_USAGE);
	assert_false(gaz_store_split_story(s, 7, items, 0, true, T0, &new_id,
	    &err));
	assert_false(gaz_store_split_story(s, 7, &(int64_t){ 99 }, 1, true, T0,
	    &new_id, &err));
	assert_int_equal(err.code, GAZ_ERR_MISSING);
	assert_string_equal(err.msg, "item 99 is not in story 7");
	assert_int_equal(new_id, 0);
	/* The copies go; the first of them is the others' original there. */
	OK(gaz_store_split_story(s, 7,
	    (const int64_t[]){ items[2], items[3], items[2] }, 3, true, T0 + 9,
	    &new_id, &err));
	assert_int_equal(new_id, 8);
	v = story_view(s, 8);
	assert_int_equal(v->stories.v[0].members, 2);
	assert_int_equal(v->stories.v[0].sources, 1);
	assert_str(v->stories.v[0].headline, "Title 2");
	assert_false(v->stories.v[0].items.v[0].copy);
	assert_true(v->stories.v[0].items.v[1].copy);
	assert_int_equal(v->stories.v[0].updated, T0 + DAY);
	gaz_view_free(v);
	v = story_view(s, 7);
	assert_int_equal(v->stories.v[0].members, 2);
	gaz_view_free(v);
	gaz_arena_init(&a);
	OK(gaz_store_load_corrections(s, &a, &c, &err));
	assert_int_equal(c.n, 1);
	assert_int_equal(c.v[0].kind, GAZ_CORRECTION_SPLIT);
	assert_int_equal(c.v[0].items.n, 2);
	assert_int_equal(c.v[0].others.n, 2);
	gaz_arena_clear(&a);
	assert_sound(s);
}

static bool
is_pinned(struct gaz_store *s, int64_t id)
{
	struct gaz_view *v = story_view(s, id);
	bool pinned = v->stories.v[0].pinned;

	gaz_view_free(v);
	return pinned;
}

static void
test_pin(void **state)
{
	struct fixture *fx = *state;
	gaz_store_correction_list c = { 0 };
	struct gaz_arena a;
	struct gaz_err err;
	int64_t feeds[4], items[4], id = 0, before;
	char copy[300];

	subscribe(fx->s, 4, feeds);
	for (int i = 0; i < 4; i++) {
		items[i] = item(fx->s, feeds[i], i, T0 + i);
		join(fx->s, items[i], i < 2 ? 1 : i, 0, T0);
	}
	assert_false(gaz_store_pin_story(fx->s, 77, NULL, 0, T0, &id, &err));
	assert_int_equal(err.code, GAZ_ERR_MISSING);
	assert_false(gaz_store_pin_story(fx->s, 1, &items[2], 1, T0, &id,
	    &err));
	assert_int_equal(err.code, GAZ_ERR_MISSING);
	assert_false(gaz_store_unpin_story(fx->s, 1, T0, &id, &err));
	assert_int_equal(err.code, GAZ_ERR_USAGE);
	assert_int_equal(id, 0);
	assert_false(is_pinned(fx->s, 1));
	before = gaz_store_generation(fx->s);
	OK(gaz_store_pin_story(fx->s, 1, NULL, 0, T0 + 1, &id, &err));
	assert_int_equal(id, 1);
	assert_true(gaz_store_generation(fx->s) > before);
	assert_true(is_pinned(fx->s, 1));
	assert_false(is_pinned(fx->s, 2));
	/* What it becomes part of is pinned, and keeps what is kept apart. */
	OK(gaz_store_pin_story(fx->s, 3, &items[3], 1, T0 + 2, &id, &err));
	OK(gaz_store_unpin_story(fx->s, 3, T0 + 3, &id, &err));
	assert_false(is_pinned(fx->s, 3));
	OK(gaz_store_merge_stories(fx->s, 3, 1, true, T0 + 4, &err));
	assert_true(is_pinned(fx->s, 3));

	/* It outlives the program, and goes with a copy. */
	gaz_store_close(fx->s);
	open_store(fx);
	assert_true(is_pinned(fx->s, 3));
	snprintf(copy, sizeof(copy), "%s.copy", fx->path);
	OK(gaz_store_backup(fx->s, copy, &err));
	OK(gaz_store_unpin_story(fx->s, 1, T0 + 5, &id, &err));
	assert_int_equal(id, 3);
	assert_false(is_pinned(fx->s, 3));
	OK(gaz_store_pin_story(fx->s, 3, NULL, 0, T0 + 6, &id, &err));
	assert_true(is_pinned(fx->s, 3)); /* once more */
	OK(gaz_store_unpin_story(fx->s, 3, T0 + 7, &id, &err));
	gaz_store_close(fx->s);
	OK(gaz_store_restore(fx->path, copy, &err));
	open_store(fx);
	assert_true(is_pinned(fx->s, 3));
	remove(copy);

	gaz_arena_init(&a);
	OK(gaz_store_load_corrections(fx->s, &a, &c, &err));
	assert_int_equal(c.n, 4);
	assert_int_equal(c.v[0].kind, GAZ_CORRECTION_PIN);
	assert_int_equal(c.v[0].story, 1);
	assert_int_equal(c.v[0].items.n, 2);
	assert_int_equal(c.v[0].items.v[1], items[1]);
	assert_int_equal(c.v[0].others.n, 0);
	assert_int_equal(c.v[1].items.n, 1);
	assert_int_equal(c.v[2].kind, GAZ_CORRECTION_UNPIN);
	assert_int_equal(c.v[2].story, 3);
	gaz_arena_clear(&a);
	OK(gaz_store_item_story(fx->s, items[0], &id, &err));
	assert_int_equal(id, 3);
	OK(gaz_store_item_story(fx->s, 999, &id, &err));
	assert_int_equal(id, 0);
	assert_sound(fx->s);
}

/* Decided again: the story that lost its last item leads to the new one. */
static void
test_decided_again(void **state)
{
	struct fixture *fx = *state;
	struct gaz_err err;
	int64_t feeds[2], a, b, to;

	subscribe(fx->s, 2, feeds);
	a = item(fx->s, feeds[0], 1, T0);
	b = item(fx->s, feeds[1], 2, T0);
	join(fx->s, a, 1, 0, T0);
	join(fx->s, b, 2, 0, T0);
	join(fx->s, b, 1, 0, T0);
	OK(gaz_store_resolve_story(fx->s, 2, &to, &err));
	assert_int_equal(to, 1);
	assert_sound(fx->s);
	/* Ids that were given are not given again. */
	assert_int_equal(gaz_store_next_story_id(fx->s), 3);
	gaz_store_close(fx->s);
	open_store(fx);
	assert_int_equal(gaz_store_next_story_id(fx->s), 3);
}

static void
test_copies(void **state)
{
	struct fixture *fx = *state;
	struct gaz_filter f;
	struct gaz_view *v;
	int64_t feeds[4], items[4], deleted;
	struct gaz_err err;
	bool more;

	subscribe(fx->s, 4, feeds);
	for (int i = 0; i < 4; i++)
		items[i] = item(fx->s, feeds[i], i, T0 + i);
	join(fx->s, items[0], 1, 0, T0);
	join(fx->s, items[1], 1, items[0], T0);
	join(fx->s, items[2], 1, items[1], T0); /* a copy of a copy */
	join(fx->s, items[3], 1, items[3], T0); /* of itself: of nothing */
	v = story_view(fx->s, 1);
	assert_int_equal(v->stories.v[0].sources, 2);
	gaz_view_free(v);
	assert_sound(fx->s);
	gaz_filter_init(&f);
	f.hide_duplicates = true;
	v = query(fx->s, GAZ_VIEW_ITEMS, &f);
	assert_int_equal(v->items.n, 2);
	assert_int_equal(v->items.v[0].id, items[3]);
	assert_int_equal(v->items.v[1].id, items[0]);
	gaz_view_free(v);
	/* Where the original is not asked for, one of the copies is shown. */
	f.feeds.v = (struct gaz_str[]){ GAZ_STR("b"), GAZ_STR("c") };
	f.feeds.n = 2;
	v = query(fx->s, GAZ_VIEW_ITEMS, &f);
	assert_int_equal(v->items.n, 1);
	assert_int_equal(v->items.v[0].id, items[1]);
	gaz_view_free(v);
	/* The original is deleted: a copy takes its place. */
	put_one(fx->s, feeds[0], (struct row){ "z", NULL, "Z", "z", T0 },
	    T0 + 9 * DAY);
	OK(gaz_store_prune(fx->s, 3, 0, T0 + 9 * DAY, &deleted, &more, &err));
	assert_int_equal(deleted, 1);
	v = story_view(fx->s, 1);
	assert_int_equal(v->stories.v[0].members, 3);
	assert_int_equal(v->stories.v[0].sources, 2);
	assert_str(v->stories.v[0].headline, "Title 1");
	gaz_view_free(v);
	assert_sound(fx->s);
}

/* ---- languages */

static int64_t
item_in(struct gaz_store *s, int64_t feed, const char *title, const char *lang)
{
	struct gaz_batch_item it;
	struct gaz_batch b = { .ttl_s = GAZ_INT_UNKNOWN,
		.update_interval_s = GAZ_INT_UNKNOWN };
	struct gaz_put_result res;
	struct gaz_err err;
	int64_t id;

	fill_item(&it, &(struct row){ title, NULL, title, "text", T0 });
	it.language = gaz_str_of(lang);
	b.items.v = &it;
	b.items.n = 1;
	OK(gaz_store_put_batch(s, feed, &b, T0, &res, &err));
	id = res.items.v[0].item_id;
	gaz_vec_clear(&res.items);
	return id;
}

static void
test_headline_language(void **state)
{
	struct fixture *fx = *state;
	static const struct {
		const char *want[2], *headline;
	} cases[] = {
		{ { NULL }, "dinner" },
		{ { "fr" }, "d\xc3\xaener" },
		{ { "FR-CA" }, "d\xc3\xaener" },
		{ { "it", "fr" }, "d\xc3\xaener" },
		{ { "en", "fr" }, "dinner" },
	};
	int64_t feeds[4];
	struct gaz_filter f;
	struct gaz_view *v;

	subscribe(fx->s, 4, feeds);
	join(fx->s, item_in(fx->s, feeds[0], "dinner", "en-US"), 1, 0, T0);
	join(fx->s, item_in(fx->s, feeds[1], "d\xc3\xaener", "fr"), 1, 0, T0);
	join(fx->s, item_in(fx->s, feeds[2], "souper", "fr-CA"), 1, 0, T0);
	join(fx->s, item_in(fx->s, feeds[3], "cena", NULL), 1, 0, T0);
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_str langs[2];

		gaz_filter_init(&f);
		for (size_t j = 0; j < 2 && cases[i].want[j] != NULL; j++)
			langs[f.languages.n++] =
			    gaz_str_of(cases[i].want[j]);
		f.languages.v = langs;
		v = query(fx->s, GAZ_VIEW_STORIES, &f);
		assert_int_equal(v->stories.n, 1);
		assert_str(v->stories.v[0].headline, cases[i].headline);
		assert_str(v->stories.v[0].items.v[0].title,
		    cases[i].headline);
		assert_int_equal(v->stories.v[0].items.n, 4);
		assert_int_equal(v->stories.v[0].languages.n, 2);
		assert_str(v->stories.v[0].languages.v[0], "fr");
		gaz_view_free(v);
	}
	f.languages.v = (struct gaz_str[]){ GAZ_STR("it") };
	f.languages.n = 1;
	v = query(fx->s, GAZ_VIEW_STORIES, &f);
	assert_int_equal(v->stories.n, 0);
	gaz_view_free(v);
}

/* ---- rebuilding */

struct walk {
	struct gaz_store *s;
	int64_t ids[400], stories[400];
	size_t n, stop;
};

static bool
on_live(const struct gaz_store_live_item *it, void *arg)
{
	struct walk *w = arg;
	struct gaz_err err;

	assert_str(it->feed_name, "a");
	if (it->features.len == 0) {
		assert_str(it->title, "T");
		OK(gaz_store_put_features(w->s, it->item_id, GAZ_STR("new"),
		    &err));
	} else {
		assert_null(it->title.p);
	}
	w->ids[w->n] = it->item_id;
	w->stories[w->n++] = it->story_id;
	return w->n != w->stop;
}

static void
test_each_live(void **state)
{
	struct fixture *fx = *state;
	struct walk w = { .s = fx->s };
	struct gaz_str features;
	struct gaz_arena a;
	struct gaz_err err;
	char guid[16];
	int64_t feed;

	subscribe(fx->s, 1, &feed);
	for (int i = 0; i < 300; i++) {
		int64_t id;

		snprintf(guid, sizeof(guid), "%d", i);
		id = put_one(fx->s, feed,
		    (struct row){ guid, NULL, "T", guid, T0 + i }, T0 + i);
		if (i != 250)
			join(fx->s, id, i + 1, 0, T0);
		if (i == 270)
			OK(gaz_store_put_features(fx->s, id, GAZ_STR_NONE,
			    &err));
	}
	OK(gaz_store_each_live(fx->s, T0 + 10, on_live, &w, &err));
	assert_int_equal(w.n, 290);
	for (size_t i = 0; i < w.n; i++) {
		assert_int_equal(w.ids[i], 11 + i);
		assert_int_equal(w.stories[i], i == 240 ? 0 : 11 + i);
	}
	gaz_arena_init(&a);
	OK(gaz_store_item_features(fx->s, 271, &a, &features, &err));
	assert_str(features, "new");
	gaz_arena_clear(&a);
	w.n = 0;
	w.stop = 5;
	OK(gaz_store_each_live(fx->s, T0, on_live, &w, &err));
	assert_int_equal(w.n, 5);
	w.n = 0;
	OK(gaz_store_each_live(fx->s, T0 + 999, on_live, &w, &err));
	assert_int_equal(w.n, 0);
}

/* The sums are there before the transaction is over, and gone with it. */
static void
test_sums_in_a_group(void **state)
{
	struct fixture *fx = *state;
	struct gaz_err err;
	struct gaz_view *v;
	int64_t feed, id;

	subscribe(fx->s, 1, &feed);
	OK(gaz_store_begin(fx->s, &err));
	id = item(fx->s, feed, 1, T0);
	join(fx->s, id, 1, 0, T0);
	v = story_view(fx->s, 1);
	assert_int_equal(v->stories.n, 1);
	gaz_view_free(v);
	gaz_store_rollback(fx->s);
	v = story_view(fx->s, 1);
	assert_int_equal(v->stories.n, 0);
	gaz_view_free(v);
	assert_int_equal(gaz_store_next_story_id(fx->s), 1);
	/* No item, no membership: the group goes on without it. */
	OK(gaz_store_begin(fx->s, &err));
	assert_false(gaz_store_put_membership(fx->s,
	    &(struct gaz_store_membership){ .item_id = 99, .story_id = 1,
	    .when = T0 }, &err));
	OK(gaz_store_commit(fx->s, &err));
	assert_sound(fx->s);
}

/* ---- vectors */

struct vectors {
	size_t n;
	int64_t last;
	char text[16];
};

static void
on_vector(int64_t item_id, struct gaz_str vector, void *arg)
{
	struct vectors *v = arg;

	v->n++;
	v->last = item_id;
	snprintf(v->text, sizeof(v->text), "%.*s", GAZ_STR_ARG(vector));
}

static void
test_embeddings(void **state)
{
	struct gaz_store_unembedded v[3];
	struct fixture *fx = *state;
	struct gaz_arena a = { 0 };
	struct vectors got = { 0 };
	struct gaz_err err;
	int64_t feed, id[4];
	size_t n;

	subscribe(fx->s, 1, &feed);
	for (int i = 0; i < 4; i++) {
		const char guid[2] = { (char)('0' + i), '\0' };

		id[i] = put_one(fx->s, feed, (struct row){ guid, NULL, guid,
		    "text", T0 }, T0 + i);
	}
	OK(gaz_store_unembedded(fx->s, GAZ_STR("m"), 0, T0, 3, &a, v, &n,
	    &err));
	assert_int_equal(n, 3);
	assert_int_equal(v[0].item_id, id[0]);
	assert_true(v[0].title.len > 0);
	OK(gaz_store_put_embedding(fx->s, id[0], GAZ_STR("m"), GAZ_STR("ab"),
	    &err));
	OK(gaz_store_put_embedding(fx->s, id[2], GAZ_STR("m"), GAZ_STR("cd"),
	    &err));
	/* An item that is gone by now. */
	OK(gaz_store_put_embedding(fx->s, 999, GAZ_STR("m"), GAZ_STR("ef"),
	    &err));
	OK(gaz_store_unembedded(fx->s, GAZ_STR("m"), 0, T0, 3, &a, v, &n,
	    &err));
	assert_int_equal(n, 2);
	assert_int_equal(v[0].item_id, id[1]);
	assert_int_equal(v[1].item_id, id[3]);
	OK(gaz_store_unembedded(fx->s, GAZ_STR("m"), id[1], T0, 3, &a, v, &n,
	    &err));
	assert_int_equal(n, 1);
	OK(gaz_store_unembedded(fx->s, GAZ_STR("m"), 0, T0 + 4, 3, &a, v, &n,
	    &err));
	assert_int_equal(n, 0);
	OK(gaz_store_unembedded(fx->s, GAZ_STR("other"), 0, T0, 3, &a, v, &n,
	    &err));
	assert_int_equal(n, 3);
	OK(gaz_store_each_embedding(fx->s, GAZ_STR("m"), T0, on_vector, &got,
	    &err));
	assert_int_equal(got.n, 2);
	assert_int_equal(got.last, id[2]);
	assert_string_equal(got.text, "cd");
	/* One an item, the last; only of the time that was asked for. */
	OK(gaz_store_put_embedding(fx->s, id[2], GAZ_STR("other"),
	    GAZ_STR("gh"), &err));
	got.n = 0;
	OK(gaz_store_each_embedding(fx->s, GAZ_STR("m"), T0, on_vector, &got,
	    &err));
	assert_int_equal(got.n, 1);
	assert_int_equal(got.last, id[0]);
	got.n = 0;
	OK(gaz_store_each_embedding(fx->s, GAZ_STR("m"), T0 + 1, on_vector,
	    &got, &err));
	assert_int_equal(got.n, 0);
	assert_sound(fx->s);
	gaz_arena_clear(&a);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_sums),
		STORE_TEST(test_leading_item),
		STORE_TEST(test_merge),
		STORE_TEST(test_split),
		STORE_TEST(test_pin),
		STORE_TEST(test_decided_again),
		STORE_TEST(test_copies),
		STORE_TEST(test_headline_language),
		STORE_TEST(test_each_live),
		STORE_TEST(test_sums_in_a_group),
		STORE_TEST(test_embeddings),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("store_stories", tests, NULL, NULL);
}
