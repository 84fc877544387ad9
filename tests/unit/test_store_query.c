#include "config.h"

#include "gazetted/store.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>

#include "store/db.h"
#include "store_help.h"

/*
 * Eight items in four feeds, told in one string a view: the titles joined.
 * Feeds: a (tags news, de), b (news), c (tech, fr), d (none, no language).
 */
static const struct {
	int feed;
	const char *title, *text, *lang;
	int64_t published;
	int64_t story, copy_of; /* copy_of: title's place here, + 1 */
	const char *tag;
} rows[] = {
	{ 0, "A1", "Trump empf\xc3\xa4ngt die Tech-Chefs", "de", T0, 1 },
	{ 1, "B1", "Trump hosts tech leaders", "en", T0 + 60, 1 },
	{ 2, "C1", "Trump r\xc3\xa9unit les g\xc3\xa9" "ants", "fr-FR",
	  T0 + 120, 1 },
	{ 1, "B2", "quiet day", "en", T0 + 180, 2 },
	{ 2, "C2", "\xe5\x8c\x97\xe4\xba\xac\xe5\xa4\xa7\xe5\xad\xa6", "zh",
	  T0 + 240, 3 },
	{ 3, "D1", "quiet day", NULL, T0 + 300, 2, 4 },
	{ 3, "D2", "50% off; DROP TABLE item", "en", T0 + 360, 4, 0, "mine" },
	{ 0, "A2", "nobody's story", "de", T0 - 9 * DAY, 0 },
};

static void
put_all(struct gaz_store *s, int64_t ids[GAZ_COUNT(rows)])
{
	struct gaz_str tags[] = { GAZ_STR("news"), GAZ_STR("local"),
		GAZ_STR("tech") };
	struct gaz_store_subscription v[4] = { 0 };
	static const char *const names[] = { "a", "b", "c", "d" };
	static const char *const urls[] = { "ua", "ub", "uc", "ud" };
	struct gaz_err err;
	int64_t feeds[4];

	for (int i = 0; i < 4; i++) {
		v[i].name = gaz_str_of(names[i]);
		v[i].url = gaz_str_of(urls[i]);
		v[i].enabled = i != 3;
	}
	v[0].tags.v = tags;
	v[0].tags.n = 2;
	v[0].language = GAZ_STR("de");
	v[1].tags.v = tags;
	v[1].tags.n = 1;
	v[2].tags.v = tags + 2;
	v[2].tags.n = 1;
	v[2].language = GAZ_STR("fr-FR");
	OK(gaz_store_sync_feeds(s, v, 4, T0, feeds, &err));
	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
		struct gaz_batch_item it;
		struct gaz_batch b = { .ttl_s = GAZ_INT_UNKNOWN,
			.update_interval_s = GAZ_INT_UNKNOWN };
		struct gaz_put_result res;

		fill_item(&it, &(struct row){ rows[i].title, NULL,
		    rows[i].title, rows[i].text, rows[i].published });
		it.language = gaz_str_of(rows[i].lang);
		b.items.v = &it;
		b.items.n = 1;
		b.flags = GAZ_BATCH_PARTIAL;
		OK(gaz_store_put_batch(s, feeds[rows[i].feed], &b, T0 + 900,
		    &res, &err));
		ids[i] = res.items.v[0].item_id;
		gaz_vec_clear(&res.items);
		if (rows[i].story != 0)
			join(s, ids[i], rows[i].story, rows[i].copy_of != 0 ?
			    ids[rows[i].copy_of - 1] : 0, T0 + 900);
		if (rows[i].tag != NULL)
			OK(gaz_store_tag_item(s, ids[i],
			    gaz_str_of(rows[i].tag), true, &err));
	}
}

static void
tell(const struct gaz_view *v, char *out, size_t cap)
{
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < v->items.n; i++)
		n += (size_t)snprintf(out + n, cap - n, "%s%.*s",
		    i != 0 ? " " : "", GAZ_STR_ARG(v->items.v[i].title));
	for (size_t i = 0; i < v->stories.n; i++)
		n += (size_t)snprintf(out + n, cap - n, "%s%d",
		    i != 0 ? " " : "", (int)v->stories.v[i].id);
	for (size_t i = 0; i < v->feeds.n; i++)
		n += (size_t)snprintf(out + n, cap - n, "%s%.*s",
		    i != 0 ? " " : "", GAZ_STR_ARG(v->feeds.v[i].name));
	if (v->more)
		snprintf(out + n, cap - n, " ...");
}

static const struct {
	const char *name;
	const char *tags[2], *feeds[2], *languages[2], *query;
	int64_t since, min_sources, limit, page, story_id;
	int64_t item, from; /* place here + 1; ids grow in that order */
	bool hide_duplicates;
	const char *items, *stories, *found_feeds;
} cases[] = {
	{ "everything",
	  .items = "D2 D1 C2 B2 C1 B1 A1 A2", .stories = "1 4 3 2",
	  .found_feeds = "a b c d" },
	{ "a feed", .feeds = { "b" }, .items = "B2 B1", .stories = "1 2",
	  .found_feeds = "b" },
	{ "two feeds", .feeds = { "b", "d" }, .items = "D2 D1 B2 B1",
	  .stories = "1 4 2", .found_feeds = "b d" },
	{ "a feed by its number", .feeds = { "2" }, .items = "B2 B1",
	  .stories = "1 2", .found_feeds = "b" },
	{ "a feed that is not there", .feeds = { "zz" }, .items = "",
	  .stories = "", .found_feeds = "" },
	{ "a tag", .tags = { "news" }, .items = "B2 B1 A1 A2",
	  .stories = "1 2", .found_feeds = "a b" },
	{ "one of two tags", .tags = { "local", "tech" },
	  .items = "C2 C1 A1 A2", .stories = "1 3", .found_feeds = "a c" },
	{ "an item's own tag", .tags = { "mine" }, .items = "D2",
	  .stories = "4", .found_feeds = "" },
	{ "tag and feed", .tags = { "news" }, .feeds = { "a", "c" },
	  .items = "A1 A2", .stories = "1", .found_feeds = "a" },
	{ "a tag that needs quoting", .tags = { "a\"b\\c" }, .items = "",
	  .stories = "", .found_feeds = "" },
	{ "a language", .languages = { "fr" }, .items = "C1", .stories = "1",
	  .found_feeds = "c" },
	{ "a language with its region", .languages = { "FR-CH" },
	  .items = "C1", .stories = "1", .found_feeds = "c" },
	{ "two languages", .languages = { "zh", "de" }, .items = "C2 A1 A2",
	  .stories = "1 3", .found_feeds = "a" },
	{ "since", .since = T0 + 240, .items = "D2 D1 C2", .stories = "4 3",
	  .found_feeds = "a b c d" },
	{ "two sources", .min_sources = 2, .items = "C1 B1 A1",
	  .stories = "1", .found_feeds = "a b c d" },
	{ "two sources in a feed", .min_sources = 2, .feeds = { "c" },
	  .items = "C1", .stories = "1", .found_feeds = "c" },
	{ "a story", .story_id = 2, .items = "D1 B2", .stories = "2",
	  .found_feeds = "a b c d" },
	{ "an item", .item = 5, .items = "C2", .stories = "3",
	  .found_feeds = "a b c d" },
	{ "no copies", .hide_duplicates = true,
	  .items = "D2 C2 B2 C1 B1 A1 A2", .stories = "1 4 3 2",
	  .found_feeds = "a b c d" },
	{ "the first page", .limit = 3, .items = "D2 D1 C2 ...",
	  .stories = "1 4 3 ...", .found_feeds = "a b c ..." },
	{ "the second page", .limit = 3, .page = 2, .items = "B2 C1 B1 ...",
	  .stories = "2", .found_feeds = "d" },
	{ "the last page is full", .limit = 4, .page = 2,
	  .items = "C1 B1 A1 A2", .stories = "", .found_feeds = "" },
	{ "as they arrived", .from = 1, .items = "A1 B1 C1 B2 C2 D1 D2 A2",
	  .stories = "1 4 3 2", .found_feeds = "a b c d" },
	{ "since one arrived", .from = 6, .items = "D1 D2 A2",
	  .stories = "1 4 3 2", .found_feeds = "a b c d" },
	{ "since one arrived, in a feed", .from = 2, .feeds = { "b" },
	  .items = "B1 B2", .stories = "1 2", .found_feeds = "b" },
	{ "since one arrived, tag and language", .from = 2,
	  .tags = { "news", "tech" }, .languages = { "fr", "zh" },
	  .items = "C1 C2", .stories = "1 3", .found_feeds = "c" },
	{ "since one arrived, a page", .from = 2, .limit = 2, .page = 2,
	  .items = "B2 C2 ...", .stories = "3 2", .found_feeds = "c d" },
	{ "since one arrived, a word", .from = 2, .query = "trump",
	  .items = "B1 C1", .stories = "1", .found_feeds = "" },
	{ "a page far out", .page = INT64_MAX, .items = "", .stories = "",
	  .found_feeds = "" },
	{ "a word", .query = "trump", .items = "C1 B1 A1", .stories = "1",
	  .found_feeds = "" },
	{ "two words", .query = " tech  Trump ", .items = "B1 A1",
	  .stories = "1", .found_feeds = "" },
	{ "a word and a language", .query = "trump", .languages = { "en" },
	  .items = "B1", .stories = "1", .found_feeds = "" },
	{ "a word and a feed", .query = "trump", .feeds = { "c" },
	  .items = "C1", .stories = "1", .found_feeds = "" },
	{ "without accents", .query = "EMPFANGT", .items = "A1",
	  .stories = "1", .found_feeds = "" },
	{ "with other accents", .query = "r\xc3\xa8unit", .items = "C1",
	  .stories = "1", .found_feeds = "" },
	{ "a phrase", .query = "\"hosts tech\"", .items = "B1",
	  .stories = "1", .found_feeds = "" },
	{ "a phrase in the wrong order", .query = "\"tech hosts\"",
	  .items = "", .stories = "", .found_feeds = "" },
	{ "the start of a word", .query = "lead*", .items = "B1",
	  .stories = "1", .found_feeds = "" },
	{ "a start of three letters", .query = "lea*", .items = "B1",
	  .stories = "1", .found_feeds = "" },
	{ "a start of two is a word", .query = "le*", .items = "",
	  .stories = "", .found_feeds = "" },
	{ "one of two after a sign", .query = "hosts-le*", .items = "",
	  .stories = "", .found_feeds = "" },
	{ "two letters and a mark", .query = "le\xcc\x81*", .items = "",
	  .stories = "", .found_feeds = "" },
	{ "two letters behind a quote", .query = "\xe2\x80\x9c" "le*",
	  .items = "", .stories = "", .found_feeds = "" },
	{ "without a start of two", .query = "trump -le*",
	  .items = "C1 B1 A1", .stories = "1", .found_feeds = "" },
	{ "a start without spaces", .query = "\xe4\xba\xac\xe5\xa4\xa7*",
	  .items = "C2", .stories = "3", .found_feeds = "" },
	{ "without a word", .query = "trump -tech", .items = "C1",
	  .stories = "1", .found_feeds = "" },
	{ "without two", .query = "trump -tech -\"les g\xc3\xa9" "ants\"",
	  .items = "", .stories = "", .found_feeds = "" },
	{ "inside a sentence without spaces",
	  .query = "\xe4\xba\xac\xe5\xa4\xa7", .items = "C2", .stories = "3",
	  .found_feeds = "" },
	{ "its characters the other way round",
	  .query = "\xe5\xa4\xa7\xe4\xba\xac", .items = "", .stories = "",
	  .found_feeds = "" },
	{ "a title", .query = "d2", .items = "D2", .stories = "4",
	  .found_feeds = "" },
	{ "a page of a search", .query = "quiet", .limit = 1,
	  .items = "D1 ...", .stories = "2", .found_feeds = "" },
	{ "copies of a search", .query = "quiet", .hide_duplicates = true,
	  .items = "B2", .stories = "2", .found_feeds = "" },
	{ "nothing to search for", .query = "", .items = "", .stories = "",
	  .found_feeds = "a b c d" },
	{ "only marks", .query = "% _ ' \" ( ) *", .items = "",
	  .stories = "", .found_feeds = "" },
	{ "only without", .query = "-trump", .items = "", .stories = "",
	  .found_feeds = "" },
	{ "SQL", .query = "'; DROP TABLE item; --", .items = "D2",
	  .stories = "4", .found_feeds = "" },
	{ "LIKE", .query = "50%", .items = "D2", .stories = "4",
	  .found_feeds = "" },
	{ "FTS: column", .query = "title:trump", .items = "", .stories = "",
	  .found_feeds = "" },
	{ "FTS: OR", .query = "trump OR quiet", .items = "", .stories = "",
	  .found_feeds = "" },
	{ "FTS: NEAR", .query = "NEAR(trump hosts, 2)", .items = "",
	  .stories = "", .found_feeds = "" },
	{ "FTS: caret, plus, braces", .query = "^trump + {hosts}",
	  .items = "B1", .stories = "1", .found_feeds = "" },
	{ "an open quote", .query = "\"trump hosts", .items = "B1",
	  .stories = "1", .found_feeds = "" },
	{ "quotes in words", .query = "trump\"hosts\"tech", .items = "B1",
	  .stories = "1", .found_feeds = "" },
	{ "a star alone", .query = "trump *", .items = "C1 B1 A1",
	  .stories = "1", .found_feeds = "" },
	{ "an emoji", .query = "\xf0\x9f\x8e\x89", .items = "",
	  .stories = "", .found_feeds = "" },
	{ "ill-formed bytes", .query = "\xff\xe4 trump", .items = "",
	  .stories = "", .found_feeds = "" },
	{ "words of feeds", .query = "B ub", .items = "", .stories = "",
	  .found_feeds = "b" },
};

static void
read_list(const char *const v[2], struct gaz_str store[2], gaz_str_list *out)
{
	out->v = store;
	out->n = 0;
	for (size_t i = 0; i < 2 && v[i] != NULL; i++)
		store[out->n++] = gaz_str_of(v[i]);
}

static void
try_filters(struct gaz_store *s, const int64_t *ids)
{
	static const enum gaz_view_kind kinds[] = { GAZ_VIEW_ITEMS,
		GAZ_VIEW_STORIES, GAZ_VIEW_FEEDS };
	struct gaz_str lists[3][2];
	struct gaz_filter f;
	char got[512];

	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		const char *want[] = { cases[i].items, cases[i].stories,
			cases[i].found_feeds };

		gaz_filter_init(&f);
		read_list(cases[i].tags, lists[0], &f.tags);
		read_list(cases[i].feeds, lists[1], &f.feeds);
		read_list(cases[i].languages, lists[2], &f.languages);
		f.query = gaz_str_of(cases[i].query);
		if (cases[i].since != 0)
			f.since = cases[i].since;
		f.min_sources = cases[i].min_sources;
		f.limit = cases[i].limit;
		f.page = cases[i].page;
		f.story_id = cases[i].story_id;
		f.item_id = cases[i].item != 0 ? ids[cases[i].item - 1] : 0;
		f.from_id = cases[i].from != 0 ? ids[cases[i].from - 1] : 0;
		f.hide_duplicates = cases[i].hide_duplicates;
		for (size_t k = 0; k < 3; k++) {
			struct gaz_view *v;

			/* Since is about the feeds' own news there. */
			if (kinds[k] == GAZ_VIEW_FEEDS && f.since != 0)
				f.since = GAZ_UTC_UNKNOWN;
			v = query(s, kinds[k], &f);
			tell(v, got, sizeof(got));
			if (strcmp(got, want[k]) != 0)
				fail_msg("%s (%d): got \"%s\", want \"%s\"",
				    cases[i].name, (int)k, got, want[k]);
			gaz_view_free(v);
		}
	}
}

static void
test_filters(void **state)
{
	struct fixture *fx = *state;
	int64_t ids[GAZ_COUNT(rows)];
	struct gaz_err err;

	put_all(fx->s, ids);
	assert_sound(fx->s);
	try_filters(fx->s, ids);
	/* The same when feeds seem to have too much to be gathered. */
	OK(db_exec(fx->s, "UPDATE feed_doc SET items = 1000000", &err));
	try_filters(fx->s, ids);
}

/* An edited or deleted item is not found by its old words. */
static void
test_search_follows(void **state)
{
	struct fixture *fx = *state;
	int64_t feed, deleted;
	struct gaz_filter f;
	struct gaz_view *v;
	struct gaz_err err;
	bool more;

	subscribe(fx->s, 1, &feed);
	put_one(fx->s, feed, (struct row){ "1", NULL, "One",
	    "\xe5\x8c\x97\xe4\xba\xac before", T0 }, T0);
	put_one(fx->s, feed, (struct row){ "1", NULL, "One", "after", T0 },
	    T0);
	gaz_filter_init(&f);
	f.query = GAZ_STR("before");
	v = query(fx->s, GAZ_VIEW_ITEMS, &f);
	assert_int_equal(v->items.n, 0);
	gaz_view_free(v);
	f.query = GAZ_STR("after");
	v = query(fx->s, GAZ_VIEW_ITEMS, &f);
	assert_int_equal(v->items.n, 1);
	gaz_view_free(v);
	put_one(fx->s, feed, (struct row){ "2", NULL, "Two", "t", T0 }, T0);
	OK(gaz_store_prune(fx->s, 1, 0, T0 + 9 * DAY, &deleted, &more, &err));
	assert_int_equal(deleted, 1);
	v = query(fx->s, GAZ_VIEW_ITEMS, &f);
	assert_int_equal(v->items.n, 0);
	gaz_view_free(v);
}

static size_t
count_found(struct gaz_store *s, const char *words)
{
	struct gaz_filter f;
	struct gaz_view *v;
	size_t n;

	gaz_filter_init(&f);
	f.query = gaz_str_of(words);
	v = query(s, GAZ_VIEW_ITEMS, &f);
	n = v->items.n;
	gaz_view_free(v);
	return n;
}

/*
 * The index is written at a group's end: what was put, edited, deleted and
 * taken back in it leaves no words behind and loses none.
 */
static void
test_search_in_a_group(void **state)
{
	struct fixture *fx = *state;
	const struct row edit_and_bad[] = {
		{ "1", NULL, "One", "third", T0 },
		{ "9", NULL, "bad", "bad", T0 },
	};
	struct gaz_batch_item items[2];
	struct gaz_batch b = { .ttl_s = GAZ_INT_UNKNOWN,
		.update_interval_s = GAZ_INT_UNKNOWN,
		.flags = GAZ_BATCH_PARTIAL };
	struct gaz_put_result res;
	struct gaz_err err;
	int64_t feeds[2];

	subscribe(fx->s, 2, feeds);
	OK(db_exec(fx->s, "CREATE TEMP TRIGGER t BEFORE INSERT ON body "
	    "WHEN new.title = 'bad' BEGIN SELECT RAISE(ABORT, 'no'); END",
	    &err));
	for (int i = 0; i < 2; i++)
		fill_item(&items[i], &edit_and_bad[i]);
	b.items.v = items;
	b.items.n = 2;
	OK(gaz_store_begin(fx->s, &err));
	put_one(fx->s, feeds[0], (struct row){ "1", NULL, "One", "first", T0 },
	    T0);
	put_one(fx->s, feeds[0],
	    (struct row){ "1", NULL, "One", "second", T0 }, T0);
	put_one(fx->s, feeds[1],
	    (struct row){ "2", NULL, "Two", "brief", T0 }, T0);
	OK(gaz_store_remove_feed(fx->s, feeds[1], true, &err));
	assert_false(gaz_store_put_batch(fx->s, feeds[0], &b, T0, &res, &err));
	OK(gaz_store_commit(fx->s, &err));
	assert_int_equal(count_found(fx->s, "first"), 0);
	assert_int_equal(count_found(fx->s, "second"), 1);
	assert_int_equal(count_found(fx->s, "third"), 0);
	assert_int_equal(count_found(fx->s, "brief"), 0);
	/* The same when the edit that is taken back is of an indexed item. */
	OK(gaz_store_begin(fx->s, &err));
	assert_false(gaz_store_put_batch(fx->s, feeds[0], &b, T0, &res, &err));
	assert_int_equal(fx->s->unindexed.list.n, 0);
	OK(gaz_store_commit(fx->s, &err));
	assert_int_equal(count_found(fx->s, "second"), 1);
	put_one(fx->s, feeds[0],
	    (struct row){ "1", NULL, "One", "fourth", T0 }, T0);
	assert_int_equal(count_found(fx->s, "second"), 0);
	assert_int_equal(count_found(fx->s, "fourth"), 1);
	OK(gaz_store_remove_feed(fx->s, feeds[0], true, &err));
	assert_int_equal(count_found(fx->s, "one"), 0);
	assert_sound(fx->s);
}

/* A thousand words are a search like any other, of the first few. */
static void
test_many_words(void **state)
{
	struct fixture *fx = *state;
	struct gaz_filter f;
	struct gaz_view *v;
	struct gaz_buf words;
	int64_t feed;

	subscribe(fx->s, 1, &feed);
	put_one(fx->s, feed, (struct row){ "1", NULL, "One", "word", T0 }, T0);
	gaz_buf_init(&words, GAZ_BUF_NO_MAX);
	for (int i = 0; i < 20000; i++)
		gaz_buf_put_z(&words, "word ");
	gaz_filter_init(&f);
	f.query = gaz_buf_str(&words);
	v = query(fx->s, GAZ_VIEW_ITEMS, &f);
	assert_int_equal(v->items.n, 1);
	gaz_view_free(v);
	/* As many as are looked at, and one more that is not. */
	gaz_buf_truncate(&words, 5 * GAZ_SEARCH_WORDS_MAX);
	gaz_buf_put_z(&words, "absent");
	f.query = gaz_buf_str(&words);
	v = query(fx->s, GAZ_VIEW_ITEMS, &f);
	assert_int_equal(v->items.n, 1);
	gaz_view_free(v);
	f.query = gaz_str_of(words.p + 5);
	v = query(fx->s, GAZ_VIEW_ITEMS, &f);
	assert_int_equal(v->items.n, 0);
	gaz_view_free(v);
	/* One word of 100 kB. */
	gaz_buf_reset(&words);
	for (int i = 0; i < 100000; i++)
		gaz_buf_put_char(&words, 'x');
	f.query = gaz_buf_str(&words);
	v = query(fx->s, GAZ_VIEW_ITEMS, &f);
	assert_int_equal(v->items.n, 0);
	gaz_view_free(v);
	gaz_buf_clear(&words);
}

/* The plan of the statement that was prepared with these words in it. */
static void
plan_of(struct gaz_store *s, const char *words, char *out, size_t cap)
{
	struct gaz_str key;
	void *st;
	size_t pos = 0, n = 0;

	out[0] = '\0';
	while (gaz_map_next(s->statements, &pos, &key, &st)) {
		struct gaz_buf sql;
		sqlite3_stmt *plan;

		if (gaz_str_find(key, gaz_str_of(words), 0) == GAZ_STR_NPOS)
			continue;
		gaz_buf_init(&sql, GAZ_BUF_NO_MAX);
		gaz_buf_put_z(&sql, "EXPLAIN QUERY PLAN ");
		gaz_buf_put_str(&sql, key);
		assert_int_equal(sqlite3_prepare_v2(s->db, sql.p, -1, &plan,
		    NULL), SQLITE_OK);
		while (sqlite3_step(plan) == SQLITE_ROW)
			n += (size_t)snprintf(out + n, cap - n, "%s\n",
			    (const char *)sqlite3_column_text(plan, 3));
		sqlite3_finalize(plan);
		gaz_buf_clear(&sql);
		return;
	}
	fail_msg("no statement with \"%s\"", words);
}

static void
put_many(struct gaz_store *s, int64_t feed, int from, int count)
{
	struct row v[60];
	char guids[60][16];
	struct gaz_put_result res;

	for (int i = 0; i < count; i++) {
		snprintf(guids[i], sizeof(guids[i]), "%d", from + i);
		v[i] = (struct row){ guids[i], NULL, guids[i], "word",
			T0 + (from + i) % 97 };
	}
	put_rows(s, feed, v, (size_t)count, T0, &res);
	for (size_t i = 0; i < res.items.n; i++)
		join(s, res.items.v[i].item_id, 1 + res.items.v[i].item_id / 3,
		    0, T0);
	gaz_vec_clear(&res.items);
}

/* A search that has had its time gives what it has; walking on ends. */
static void
test_search_is_bounded(void **state)
{
	struct fixture *fx = *state;
	struct gaz_filter f;
	struct gaz_view *v;
	struct gaz_err err;
	int64_t feed;

	subscribe(fx->s, 1, &feed);
	OK(gaz_store_begin(fx->s, &err));
	for (int i = 0; i < 1200; i += 60)
		put_many(fx->s, feed, i, 60);
	OK(gaz_store_commit(fx->s, &err));
	gaz_filter_init(&f);
	f.query = GAZ_STR("word");
	f.limit = 1200;
	v = query(fx->s, GAZ_VIEW_ITEMS, &f);
	assert_int_equal(v->items.n, 1200);
	assert_false(v->more);
	gaz_view_free(v);
	fx->s->search_ms = 0;
	v = query(fx->s, GAZ_VIEW_ITEMS, &f);
	assert_true(v->items.n > 0 && v->items.n < 1200);
	assert_true(v->more);
	gaz_view_free(v);
	v = query(fx->s, GAZ_VIEW_STORIES, &f);
	assert_true(v->stories.n > 0 && v->stories.n < 400);
	assert_true(v->more);
	gaz_view_free(v);
	f.page = 5;
	v = query(fx->s, GAZ_VIEW_ITEMS, &f);
	assert_int_equal(v->items.n, 0);
	assert_false(v->more);
	gaz_view_free(v);
}

/* The scan that is given up and the gathering after it give the same pages. */
static void
test_scan_given_up(void **state)
{
	static const enum gaz_view_kind kinds[] = { GAZ_VIEW_ITEMS,
		GAZ_VIEW_STORIES };
	struct fixture *fx = *state;
	struct gaz_str names[] = { GAZ_STR("a"), GAZ_STR("c") };
	char want[2048], got[2048];
	struct gaz_filter f;
	struct gaz_view *v;
	struct gaz_err err;
	int64_t feeds[3];

	subscribe(fx->s, 3, feeds);
	OK(gaz_store_begin(fx->s, &err));
	for (int i = 0; i < 3000; i += 60)
		put_many(fx->s, feeds[i / 60 % 3 == 2 && i < 600 ? 2 : 1], i,
		    60);
	put_many(fx->s, feeds[0], 3000, 40);
	OK(gaz_store_commit(fx->s, &err));
	OK(db_exec(fx->s, "UPDATE feed_doc SET items = 1000000", &err));
	for (size_t k = 0; k < 2; k++) {
		gaz_filter_init(&f);
		f.feeds.v = names;
		f.feeds.n = 2;
		for (f.page = 1; f.page < 6; f.page++) {
			fx->s->scan_ms = 60000;
			v = query(fx->s, kinds[k], &f);
			tell(v, want, sizeof(want));
			gaz_view_free(v);
			fx->s->scan_ms = 0;
			v = query(fx->s, kinds[k], &f);
			tell(v, got, sizeof(got));
			gaz_view_free(v);
			assert_string_equal(got, want);
		}
	}
	/* It was: the other way is there. */
	plan_of(fx->s, "g CROSS JOIN story s ON s.id = g.story", got,
	    sizeof(got));
}

static void
test_limits_of_a_page(void **state)
{
	struct fixture *fx = *state;
	struct gaz_put_result res;
	struct row v[GAZ_VIEW_LIMIT + 1];
	char guids[GAZ_VIEW_LIMIT + 1][16];
	struct gaz_filter f;
	struct gaz_view *view;
	int64_t feed;

	subscribe(fx->s, 1, &feed);
	for (int i = 0; i < GAZ_VIEW_LIMIT + 1; i++) {
		snprintf(guids[i], sizeof(guids[i]), "%d", i);
		v[i] = (struct row){ guids[i], NULL, guids[i], "t", T0 };
	}
	put_rows(fx->s, feed, v, GAZ_VIEW_LIMIT + 1, T0, &res);
	for (size_t i = 0; i < res.items.n; i++)
		join(fx->s, res.items.v[i].item_id, 1, 0, T0);
	gaz_vec_clear(&res.items);
	gaz_filter_init(&f);
	view = query(fx->s, GAZ_VIEW_ITEMS, &f);
	assert_int_equal(view->items.n, GAZ_VIEW_LIMIT);
	assert_true(view->more);
	gaz_view_free(view);
	f.limit = INT64_MAX;
	view = query(fx->s, GAZ_VIEW_ITEMS, &f);
	assert_int_equal(view->items.n, GAZ_VIEW_LIMIT + 1);
	assert_false(view->more);
	gaz_view_free(view);
}

/* Of a crowd a list shows so many; the story's own page has them all. */
static void
test_crowded_story(void **state)
{
	struct fixture *fx = *state;
	struct gaz_filter f;
	struct gaz_view *v;
	char guid[16];
	int64_t feed;

	subscribe(fx->s, 1, &feed);
	for (int i = 0; i < GAZ_VIEW_MEMBERS_MAX + 1; i++) {
		snprintf(guid, sizeof(guid), "%d", i);
		join(fx->s, put_one(fx->s, feed,
		    (struct row){ guid, NULL, guid, "t", T0 + i }, T0 + 999),
		    1, 0, T0);
	}
	gaz_filter_init(&f);
	v = query(fx->s, GAZ_VIEW_STORIES, &f);
	assert_int_equal(v->stories.v[0].items.n, GAZ_VIEW_MEMBERS_MAX);
	assert_int_equal(v->stories.v[0].members, GAZ_VIEW_MEMBERS_MAX + 1);
	assert_null(v->stories.v[0].items.v[0].content.p);
	gaz_view_free(v);
	f.story_id = 1;
	v = query(fx->s, GAZ_VIEW_STORIES, &f);
	assert_int_equal(v->stories.v[0].items.n, GAZ_VIEW_MEMBERS_MAX + 1);
	assert_str(v->stories.v[0].items.v[0].content, "t");
	gaz_view_free(v);
}

/* However much is stored, a view does not become a flood. */
static void
test_bytes_of_a_view(void **state)
{
	struct fixture *fx = *state;
	const size_t n = GAZ_VIEW_BYTES_MAX / GAZ_FIELD_MAX + 2;
	char *big = gaz_mem_alloc(GAZ_FIELD_MAX);
	struct gaz_filter f;
	struct gaz_view *v;
	struct gaz_err err;
	char guid[16];
	int64_t feed;

	memset(big, 'x', GAZ_FIELD_MAX);
	subscribe(fx->s, 1, &feed);
	OK(gaz_store_begin(fx->s, &err));
	for (size_t i = 0; i < n; i++) {
		struct gaz_batch_item it;
		struct gaz_batch b = { .ttl_s = GAZ_INT_UNKNOWN,
			.update_interval_s = GAZ_INT_UNKNOWN };
		struct gaz_put_result res;

		snprintf(guid, sizeof(guid), "%zu", i);
		fill_item(&it, &(struct row){ guid, NULL, guid, "t", T0 });
		it.content = gaz_str_make(big, GAZ_FIELD_MAX);
		b.items.v = &it;
		b.items.n = 1;
		OK(gaz_store_put_batch(fx->s, feed, &b, T0, &res, &err));
		gaz_vec_clear(&res.items);
	}
	OK(gaz_store_commit(fx->s, &err));
	free(big);
	gaz_filter_init(&f);
	f.limit = (int64_t)n;
	v = query(fx->s, GAZ_VIEW_ITEMS, &f);
	assert_int_equal(v->items.n, n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(v->items.v[i].content.p != NULL, i + 2 < n);
		assert_str(v->items.v[i].summary, "t");
	}
	assert_true(v->arena.used < GAZ_VIEW_BYTES_MAX + 2 * GAZ_FIELD_MAX);
	gaz_view_free(v);
}

/* The same whatever the time is; only "open" is about now. */
static void
test_time_changes_nothing(void **state)
{
	struct fixture *fx = *state;
	int64_t ids[GAZ_COUNT(rows)];
	struct gaz_filter f;
	struct gaz_view *a, *b;
	struct gaz_err err;

	put_all(fx->s, ids);
	gaz_filter_init(&f);
	a = gaz_view_new(GAZ_VIEW_STORIES);
	b = gaz_view_new(GAZ_VIEW_STORIES);
	OK(gaz_store_query(fx->s, &f, false, T0, a, &err));
	OK(gaz_store_query(fx->s, &f, false, T0 + 99 * DAY, b, &err));
	assert_int_equal(a->stories.n, b->stories.n);
	assert_int_equal(a->updated, b->updated);
	for (size_t i = 0; i < a->stories.n; i++) {
		assert_int_equal(a->stories.v[i].id, b->stories.v[i].id);
		assert_true(a->stories.v[i].heat == b->stories.v[i].heat);
		assert_true(a->stories.v[i].open);
		assert_false(b->stories.v[i].open);
		assert_null(a->stories.v[i].items.v[0].evidence.p);
	}
	gaz_view_free(a);
	gaz_view_free(b);
}

/* ---- how SQLite goes about it */

static const struct {
	const char *name, *words;
	enum gaz_view_kind kind;
	const char *feeds[2], *tags[2], *query;
	int64_t since;
	const char *has; /* in the plan */
	bool sorts;
} plans[] = {
	{ "items", "INDEXED BY item_by_published", GAZ_VIEW_ITEMS,
	  .has = "USING COVERING INDEX item_by_published" },
	{ "items since", "i.published >= ?", GAZ_VIEW_ITEMS, .since = T0,
	  .has = "item_by_published (published>?)" },
	{ "items of a feed", "INDEXED BY item_feed_by_time", GAZ_VIEW_ITEMS,
	  .feeds = { "a" },
	  .has = "item_feed_by_time (feed=?)" },
	{ "items of feeds", "g CROSS JOIN item i", GAZ_VIEW_ITEMS,
	  .feeds = { "a", "b" }, .has = "SEARCH i USING INTEGER PRIMARY KEY",
	  .sorts = true },
	{ "items by words", "CROSS JOIN item i ON i.id = search.rowid",
	  GAZ_VIEW_ITEMS, .query = "trump",
	  .has = "SCAN search VIRTUAL TABLE" },
	{ "stories", "INDEXED BY story_by_heat", GAZ_VIEW_STORIES,
	  .has = "USING COVERING INDEX story_by_heat" },
	{ "stories since", "s.heat >= ?", GAZ_VIEW_STORIES, .since = T0,
	  .has = "story_by_heat (heat>?)" },
	{ "stories of a tag", "g CROSS JOIN story s ON s.id = g.story",
	  GAZ_VIEW_STORIES, .tags = { "news" },
	  .has = "SEARCH s USING INTEGER PRIMARY KEY", .sorts = true },
};

static void
test_plans(void **state)
{
	struct fixture *fx = *state;
	int64_t ids[GAZ_COUNT(rows)];
	struct gaz_str lists[2][2];
	struct gaz_filter f;
	char plan[4096];

	put_all(fx->s, ids);
	for (size_t i = 0; i < GAZ_COUNT(plans); i++) {
		gaz_filter_init(&f);
		read_list(plans[i].feeds, lists[0], &f.feeds);
		read_list(plans[i].tags, lists[1], &f.tags);
		f.query = gaz_str_of(plans[i].query);
		if (plans[i].since != 0)
			f.since = plans[i].since;
		gaz_view_free(query(fx->s, plans[i].kind, &f));
		plan_of(fx->s, plans[i].words, plan, sizeof(plan));
		if (strstr(plan, plans[i].has) == NULL ||
		    strstr(plan, "SCAN i\n") != NULL ||
		    (strstr(plan, "FOR ORDER BY") != NULL) != plans[i].sorts)
			fail_msg("%s:\n%s", plans[i].name, plan);
	}
	/* What every fetch asks. */
	put_one(fx->s, 1, (struct row){ "n", NULL, "n", "t", T0 }, T0);
	plan_of(fx->s, "WHERE f.feed = ?1 AND f.key = ?2", plan, sizeof(plan));
	assert_non_null(strstr(plan, "item_feed_by_key (feed=? AND key=?)"));
	plan_of(fx->s, "WHERE i.url_key = ?2", plan, sizeof(plan));
	assert_non_null(strstr(plan, "item_by_url (url_key=?)"));
	plan_of(fx->s, "AND left_at IS NULL", plan, sizeof(plan));
	assert_non_null(strstr(plan, "item_feed_shown (feed=?)"));
}

/* ---- readers beside the writer */

static void
test_reader(void **state)
{
	struct fixture *fx = *state;
	struct gaz_store *r;
	struct gaz_filter f;
	struct gaz_view *v;
	struct gaz_err err;
	int64_t feed;

	subscribe(fx->s, 1, &feed);
	OK((r = gaz_store_open(fx->path, GAZ_STORE_READ, &err)) != NULL);
	OK(gaz_store_begin(fx->s, &err));
	put_one(fx->s, feed, (struct row){ "1", NULL, "One", "t", T0 }, T0);
	gaz_filter_init(&f);
	v = query(r, GAZ_VIEW_ITEMS, &f);
	assert_int_equal(v->items.n, 0);
	gaz_view_free(v);
	assert_int_equal(gaz_store_generation(r), gaz_store_generation(fx->s));
	OK(gaz_store_commit(fx->s, &err));
	assert_int_equal(gaz_store_generation(r), gaz_store_generation(fx->s));
	v = query(r, GAZ_VIEW_ITEMS, &f);
	assert_int_equal(v->items.n, 1);
	gaz_view_free(v);
	gaz_store_close(r);
}

/* Each view shows one moment, however much is written meanwhile. */
struct reading {
	const char *path;
	atomic_bool stop;
	atomic_int torn;
};

static void *
read_on(void *arg)
{
	struct reading *rd = arg;
	struct gaz_err err;
	struct gaz_store *r = gaz_store_open(rd->path, GAZ_STORE_READ, &err);
	int torn = r == NULL;

	while (r != NULL && !rd->stop) {
		struct gaz_view *v = gaz_view_new(GAZ_VIEW_STORIES);
		struct gaz_filter f;

		gaz_filter_init(&f);
		if (!gaz_store_query(r, &f, false, T0, v, &err))
			torn++;
		for (size_t k = 0; k < v->stories.n; k++)
			torn += v->stories.v[k].members !=
			    (int64_t)v->stories.v[k].items.n;
		gaz_view_free(v);
	}
	gaz_store_close(r);
	rd->torn += torn;
	return NULL;
}

static void
test_readers_while_writing(void **state)
{
	struct fixture *fx = *state;
	struct reading rd = { .path = fx->path };
	pthread_t readers[2];
	struct gaz_err err;
	char guid[16];
	int64_t feed, new_id;

	subscribe(fx->s, 1, &feed);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&readers[i], NULL, read_on,
		    &rd), 0);
	for (int i = 0; i < 600; i++) {
		int64_t id;

		OK(gaz_store_begin(fx->s, &err));
		snprintf(guid, sizeof(guid), "%d", i);
		id = put_one(fx->s, feed,
		    (struct row){ guid, NULL, guid, "t", T0 + i }, T0 + i);
		join(fx->s, id, i % 7 + 1, 0, T0 + i);
		if (i % 20 == 19)
			OK(gaz_store_split_story(fx->s, i % 7 + 1, &id, 1,
			    false, T0, &new_id, &err));
		OK(gaz_store_commit(fx->s, &err));
	}
	rd.stop = true;
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(pthread_join(readers[i], NULL), 0);
	assert_int_equal(rd.torn, 0);
	assert_sound(fx->s);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_filters),
		STORE_TEST(test_search_follows),
		STORE_TEST(test_search_in_a_group),
		STORE_TEST(test_many_words),
		STORE_TEST(test_search_is_bounded),
		STORE_TEST(test_scan_given_up),
		STORE_TEST(test_limits_of_a_page),
		STORE_TEST(test_crowded_story),
		STORE_TEST(test_bytes_of_a_view),
		STORE_TEST(test_time_changes_nothing),
		STORE_TEST(test_plans),
		STORE_TEST(test_reader),
		STORE_TEST(test_readers_while_writing),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("store_query", tests, NULL, NULL);
}
