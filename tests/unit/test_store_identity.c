#include "config.h"

#include "gazetted/store.h"

#include "store_help.h"

/* ---- identity: what one feed says in up to four answers */

#define ANSWERS 4
#define ROWS 4
static const struct {
	const char *name;
	struct row answers[ANSWERS][ROWS];
	int64_t items;      /* stored in the end */
	int64_t changed;    /* in all */
	const char *flags;
} identities[] = {
	{ "the same twice",
	  { { { "1", "https://x/1", "One", "t", T0 } },
	    { { "1", "https://x/1", "One", "t", T0 } } }, 1, 0, "" },
	{ "an edit keeps the id",
	  { { { "1", "https://x/1", "One", "t", T0 } },
	    { { "1", "https://x/1", "One!", "u", T0 } } }, 1, 1, "" },
	{ "an edit of title and link keeps id and date",
	  { { { "1", "https://x/1", "One", "t", T0 } },
	    { { "1", "https://x/2", "Two", "u", T0 } } }, 1, 1, "" },
	{ "the link changes, the id stays",
	  { { { "1", "https://x/1", "One", "t", T0 } },
	    { { "1", "https://x/1?b", "One", "t", T0 } } }, 1, 0, "" },
	{ "no id: the link tells",
	  { { { NULL, "https://x/1", "One", "t", T0 } },
	    { { NULL, "https://x/1", "One, more", "t", T0 } } }, 1, 1, "" },
	{ "no id, no link: the content tells",
	  { { { NULL, NULL, "One", "t" }, { NULL, NULL, "Two", "t" } },
	    { { NULL, NULL, "One", "t" }, { NULL, NULL, "Two", "t" } } },
	  2, 0, "" },
	{ "no id, no link, edited",
	  { { { NULL, NULL, "One", "t", T0 } },
	    { { NULL, NULL, "One", "u", T0 } } }, 1, 1, "" },
	{ "no id, no link, the title of another day",
	  { { { NULL, NULL, "Weather", "sun", T0 } },
	    { { NULL, NULL, "Weather", "rain", T0 + DAY } } }, 2, 0, "" },
	{ "new ids with every fetch",
	  { { { "1", "https://x/1", "One", "t", T0 },
	      { "2", "https://x/2", "Two", "t", T0 } },
	    { { "3", "https://x/1", "One", "t", T0 },
	      { "4", "https://x/2", "Two", "t", T0 } },
	    { { "5", "https://x/1", "One", "t", T0 },
	      { "6", "https://x/2", "Two", "t", T0 } },
	    { { "7", "https://x/1", "One", "t", T0 },
	      { "8", "https://x/2", "Two", "t", T0 } } },
	  2, 0, "unstable-ids" },
	{ "new ids, and no links",
	  { { { "1", NULL, "One", "t", T0 }, { "2", NULL, "Two", "t", T0 } },
	    { { "3", NULL, "One", "t", T0 }, { "4", NULL, "Two", "t", T0 } } },
	  2, 0, "" },
	{ "new ids and an edit: the date tells",
	  { { { "1", "https://x/1", "One", "t", T0 } },
	    { { "2", "https://x/1", "One", "u", T0 } } }, 1, 1, "" },
	{ "today's weather has a constant link",
	  { { { "1", "https://x/weather", "Weather", "sun", T0 } },
	    { { "2", "https://x/weather", "Weather", "rain", T0 + DAY } },
	    { { "3", "https://x/weather", "Weather", "hail", T0 + 2 * DAY } },
	    { { "4", "https://x/weather", "Weather", "snow", T0 + 3 * DAY } } },
	  4, 0, "" },
	{ "the site's address as id of all",
	  { { { "https://x/", "https://x/1", "One", "t", T0 },
	      { "https://x/", "https://x/2", "Two", "t", T0 - 1 } },
	    { { "https://x/", "https://x/3", "Three", "t", T0 + 1 },
	      { "https://x/", "https://x/1", "One", "t", T0 } } },
	  3, 0, "shared-ids" },
	{ "the site's address as id of one after the other",
	  { { { "https://x/", "https://x/1", "One", "t", T0 } },
	    { { "https://x/", "https://x/2", "Two", "t", T0 + DAY } } },
	  2, 0, "shared-ids" },
	{ "the site's address as id and link of all",
	  { { { "https://x/", "https://x/", "One", "t", T0 },
	      { "https://x/", "https://x/", "Two", "t", T0 } },
	    { { "https://x/", "https://x/", "Three", "t", T0 + 1 },
	      { "https://x/", "https://x/", "One", "t", T0 } } },
	  3, 0, "shared-ids" },
	{ "one link for all, ids of their own",
	  { { { "1", "https://x/", "One", "t" }, { "2", "https://x/", "Two" } },
	    { { "3", "https://x/", "Three", "t" },
	      { "1", "https://x/", "One", "t" } } }, 3, 0, "" },
	{ "one link for all, equal titles, ids of their own",
	  { { { "1", "https://x/p", "Live", "a", T0 },
	      { "2", "https://x/p", "Live", "b", T0 + 9 } },
	    { { "1", "https://x/p", "Live", "a", T0 },
	      { "2", "https://x/p", "Live", "b", T0 + 9 },
	      { "3", "https://x/p", "Live", "c", T0 + 18 } } }, 3, 0, "" },
	{ "a podcast's links are its site, undated, a title edited",
	  { { { "1", "https://x/", "One", "t" }, { "2", "https://x/", "Two" } },
	    { { "1", "https://x/", "One!", "t" },
	      { "2", "https://x/", "Two" } } }, 2, 1, "" },
	{ "the site moves to https, ids and all",
	  { { { "http://x/1", "https://x/1", "One", "t", T0 },
	      { "http://x/2", "https://x/2", "Two", "t", T0 } },
	    { { "https://x/1", "https://x/1/", "One", "t", T0 },
	      { "https://x/2", "https://x/2/", "Two", "t", T0 } } },
	  2, 0, "" },
	{ "no ids, one link for all",
	  { { { NULL, "https://x/", "One", "t", T0 },
	      { NULL, "https://x/", "Two", "t", T0 } },
	    { { NULL, "https://x/", "Three", "t", T0 + 5 },
	      { NULL, "https://x/", "One", "t", T0 } } }, 3, 0, "" },
	{ "an id twice in one document: the first stays",
	  { { { "1", "https://x/1", "One", "t", T0 },
	      { "1", "https://x/1", "One", "u", T0 } },
	    { { "1", "https://x/1", "One", "t", T0 },
	      { "1", "https://x/1", "One", "u", T0 } } }, 1, 0, "" },
	{ "an id twice in one document: the later state wins",
	  { { { "1", "https://x/1", "One", "t", T0, T0 },
	      { "1", "https://x/1", "One", "u", T0, T0 + 9 } },
	    { { "1", "https://x/1", "One", "u", T0, T0 + 9 } } }, 1, 0, "" },
	{ "equal in everything but the id",
	  { { { "1", "https://x/1", "One", "t", T0 },
	      { "2", "https://x/1", "One", "t", T0 } } }, 1, 0, "" },
	{ "gone and back again",
	  { { { "1", "https://x/1", "One", "t", T0 } },
	    { { "2", "https://x/2", "Two", "t", T0 } },
	    { { "1", "https://x/1", "One", "t", T0 } } }, 2, 0, "" },
	{ "nothing any more",
	  { { { "1", "https://x/1", "One", "t", T0 } }, { { NULL } } },
	  1, 0, "" },
};

static void
test_identity(void **state)
{
	struct fixture *fx = *state;
	struct gaz_filter f;
	int64_t feeds[26];

	assert_true(sizeof(identities) / sizeof(identities[0]) <= 26);
	subscribe(fx->s, sizeof(identities) / sizeof(identities[0]), feeds);
	gaz_filter_init(&f);
	for (size_t i = 0; i < sizeof(identities) / sizeof(identities[0]);
	    i++) {
		int64_t changed = 0;
		struct gaz_view *v;
		char text[64];

		for (size_t a = 0; a < ANSWERS; a++) {
			const struct row *rows = identities[i].answers[a];
			struct row own[ROWS];
			char urls[ROWS][80];
			struct gaz_put_result res;
			size_t n = 0;

			if (a > 0 && rows[0].title == NULL &&
			    identities[i].answers[a - 1][0].title == NULL)
				break;
			/* Feeds do not meet in this test: a host for each. */
			for (; n < ROWS && rows[n].title != NULL; n++) {
				own[n] = rows[n];
				if (rows[n].url == NULL)
					continue;
				snprintf(urls[n], sizeof(urls[n]),
				    "https://x%zu%s", i, rows[n].url + 9);
				own[n].url = urls[n];
			}
			put_rows(fx->s, feeds[i], own, n,
			    T0 + (gaz_utc)a * 3600, &res);
			changed += res.changed;
			gaz_vec_clear(&res.items);
		}
		f.feeds.n = 0;
		v = query(fx->s, GAZ_VIEW_FEEDS, &f);
		snprintf(text, sizeof(text), "%.*s",
		    GAZ_STR_ARG(v->feeds.v[i].flags));
		if (v->feeds.v[i].items != identities[i].items ||
		    changed != identities[i].changed ||
		    strcmp(text, identities[i].flags) != 0)
			fail_msg("%s: items %d changed %d flags \"%s\"",
			    identities[i].name, (int)v->feeds.v[i].items,
			    (int)changed, text);
		gaz_view_free(v);
	}
	assert_sound(fx->s);
}

/* ---- identity between feeds */

static void
test_same_page_in_two_feeds(void **state)
{
	struct fixture *fx = *state;
	struct gaz_put_result res;
	int64_t feeds[2], first;

	subscribe(fx->s, 2, feeds);
	first = put_one(fx->s, feeds[0],
	    (struct row){ "1", "https://x/1", "One", "t", T0 }, T0);
	put_rows(fx->s, feeds[1],
	    &(struct row){ "z", "https://x/1", "Eins", "u", T0 + 60 }, 1, T0,
	    &res);
	assert_int_equal(res.items.v[0].kind, GAZ_PUT_MEMBERSHIP);
	assert_int_equal(res.items.v[0].item_id, first);
	assert_int_equal(res.added, 0);
	gaz_vec_clear(&res.items);
	/* The words stay those of the first, whoever is fetched last. */
	put_rows(fx->s, feeds[1],
	    &(struct row){ "z", "https://x/1", "Eins", "u", T0 + 60 }, 1, T0,
	    &res);
	assert_int_equal(res.items.v[0].kind, GAZ_PUT_KNOWN);
	gaz_vec_clear(&res.items);
	/* A front page and an id say nothing between feeds. */
	put_one(fx->s, feeds[0],
	    (struct row){ "2", "https://x/", "Two", "t", T0 }, T0);
	put_rows(fx->s, feeds[1],
	    &(struct row){ "2", "https://x/", "Zwei", "t", T0 }, 1, T0, &res);
	assert_int_equal(res.items.v[0].kind, GAZ_PUT_NEW);
	gaz_vec_clear(&res.items);
	put_rows(fx->s, feeds[1],
	    &(struct row){ "z", "http://www.x/1/", "Eins", "u", T0 + 60 }, 1,
	    T0, &res);
	assert_int_equal(res.items.v[0].item_id, first);
	gaz_vec_clear(&res.items);
	put_rows(fx->s, feeds[1],
	    &(struct row){ "1", "https://y/1", "One", "t", T0 }, 1, T0, &res);
	assert_int_equal(res.items.v[0].kind, GAZ_PUT_NEW);
	gaz_vec_clear(&res.items);
	assert_sound(fx->s);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_identity),
		STORE_TEST(test_same_page_in_two_feeds),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("store_identity", tests, NULL, NULL);
}
