#include "config.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <jansson.h>

#include "gazetted/story.h"
#include "gazetted/hash.h"
#include "gazetted/limits.h"
#include "gazetted/mem.h"
#include "story/index.h"

/* Which items become one story, on our own sentences and on hard streams. */

#define START INT64_C(1757000000)

static struct gaz_story_extractor *extractor;

struct stream {
	struct gaz_story_index *ix;
	struct gaz_arena arena;
	int64_t n;
};

static void
stream_init(struct stream *s)
{
	struct gaz_story_options o = { 0, 1 };

	s->ix = gaz_story_index_new(&o);
	gaz_arena_init(&s->arena);
	s->n = 0;
}

static void
stream_clear(struct stream *s)
{
	gaz_story_index_free(s->ix);
	gaz_arena_clear(&s->arena);
}

static void
features_of(const char *language, const char *title, const char *summary,
    int64_t source, int64_t published, struct gaz_buf *out)
{
	char name[48];

	snprintf(name, sizeof(name), "outlet-%lld.example", (long long)source);
	struct gaz_story_text t = { gaz_str_of(title), gaz_str_of(summary),
		gaz_str_of(language), gaz_str_of(name), GAZ_STR_NONE,
		published };
	gaz_buf_init(out, GAZ_FEATURES_MAX);
	gaz_story_extract(extractor, &t, out);
}

static struct gaz_story_decision
put(struct stream *s, const char *language, const char *title,
    const char *summary, int64_t source, int64_t when)
{
	struct gaz_story_decision d;
	struct gaz_buf b;

	features_of(language, title, summary, source, when, &b);
	struct gaz_story_item item = { ++s->n, source, when, when,
		gaz_buf_str(&b) };
	gaz_story_index_add(s->ix, &item, when, &s->arena, &d);
	gaz_buf_clear(&b);
	return d;
}

static void
test_two_languages(void **state)
{
	struct stream s;

	(void)state;
	stream_init(&s);
	put(&s, "en", "Bakers' guild opens a museum of bread", NULL, 1, START);
	struct gaz_story_decision a = put(&s, "en",
	    "Ferry with 200 passengers sinks off Manila, 15 dead",
	    "Rescuers search for the missing.", 2, START + 600);
	struct gaz_story_decision b = put(&s, "de",
	    "Fähre mit 200 Passagieren vor Manila gesunken: 15 Tote",
	    "Rettungskräfte suchen nach Vermissten.", 3, START + 3600);
	struct gaz_story_decision c = put(&s, "fr",
	    "Le musée du vélo ferme ses portes à Nantes", NULL, 4,
	    START + 4000);
	assert_true(a.opened);
	assert_false(b.opened);
	assert_int_equal(a.story_id, b.story_id);
	assert_int_not_equal(c.story_id, a.story_id);
	assert_true(b.score > b.threshold);
	assert_int_equal(b.nearest_item, 2);
	assert_int_equal(b.gap_s, 3000);
	assert_true(gaz_str_eq_z(b.language, "de"));
	assert_true(gaz_str_eq_z(b.nearest_language, "en"));
	assert_true(b.evidence.n >= 3);
	/* Shares of the score, the largest first. */
	double sum = 0;
	for (size_t i = 0; i < b.evidence.n; i++) {
		sum += b.evidence.v[i].weight;
		assert_true(i == 0 || b.evidence.v[i].weight <=
		        b.evidence.v[i - 1].weight);
	}
	assert_true(sum > 0.5 && sum < 1.001);
	stream_clear(&s);
}

static void
test_copy(void **state)
{
	static const char title[] =
	    "Council votes to rebuild the old lighthouse by spring";
	static const char text[] = "The council of the island voted by nine to "
	                           "four to rebuild the lighthouse that burnt "
	                           "down in March, the mayor said.";
	struct stream s;

	(void)state;
	stream_init(&s);
	struct gaz_story_decision a = put(&s, "en", title, text, 1, START);
	struct gaz_story_decision b = put(&s, "en", title, text, 2, START + 60);
	struct gaz_story_decision c = put(&s, "en",
	    "Island to get its lighthouse back after council vote",
	    "Nine councillors were in favour of rebuilding the lighthouse, "
	    "four against.", 3, START + 120);
	assert_false(a.copy);
	assert_true(b.copy);
	assert_int_equal(b.copy_of, 1);
	assert_int_equal(b.story_id, a.story_id);
	assert_false(c.copy);
	assert_int_equal(c.story_id, a.story_id);
	stream_clear(&s);
}

/* One of a group of copies stands for it, and a copy of a copy points to it. */
static void
test_copies(void **state)
{
	static const char title[] = "Ferry runs aground off the cape, all safe";
	static const char text[] = "The ferry with 212 people on board ran "
	                           "aground off the cape in thick fog on "
	                           "Tuesday, the coast guard said; all were "
	                           "brought ashore by fishing boats.";
	struct stream s;
	struct gaz_story_decision d = { 0 };
	uint32_t members[GAZ_MEMBERS_MAX];
	uint64_t slot;

	(void)state;
	stream_init(&s);
	for (int i = 0; i < 40; i++) {
		d = put(&s, "en", title, text, i + 1, START + i * 600);
		assert_int_equal(d.copy, i > 0);
		assert_int_equal(d.copy_of, i > 0 ? 1 : 0);
		assert_int_equal(d.story_id, 1);
	}
	assert_true(gaz_map64_find(s.ix->story_slots, 1, &slot));
	assert_int_equal(
	    gaz_index_members(s.ix, (uint32_t)slot, members), 1);
	put(&s, "en", "Fishing boats save 212 from ferry aground off the cape",
	    "Fog had hidden the rocks from the ferry's crew.", 50,
	    START + 30000);
	assert_int_equal(
	    gaz_index_members(s.ix, (uint32_t)slot, members), 2);
	stream_clear(&s);
}

/* The same page is one story, even when it says something else by now. */
static void
test_page(void **state)
{
	static const char *const titles[] = { "Bridge shut after a lorry fire",
		"Three hurt as tram derails at the depot", "Mayor resigns" };
	static const char *const urls[] = { "https://a.example/live/7",
		"https://a.example/live/7", "https://a.example/live/8" };
	struct gaz_story_decision d[3];
	struct stream s;

	(void)state;
	stream_init(&s);
	for (int i = 0; i < 3; i++) {
		struct gaz_buf b;
		struct gaz_story_text t = { gaz_str_of(titles[i]),
			GAZ_STR_NONE, GAZ_STR("en"), GAZ_STR("a.example"),
			gaz_str_of(urls[i]), START };

		gaz_buf_init(&b, GAZ_FEATURES_MAX);
		gaz_story_extract(extractor, &t, &b);
		struct gaz_story_item item = { ++s.n, i + 1, START, START,
			gaz_buf_str(&b) };
		gaz_story_index_add(s.ix, &item, START, &s.arena, &d[i]);
		gaz_buf_clear(&b);
	}
	assert_int_equal(d[1].story_id, d[0].story_id);
	assert_int_equal(d[1].nearest_item, 1);
	assert_int_equal(d[1].evidence.n, 1);
	assert_int_equal(d[1].evidence.v[0].kind, 'u');
	assert_int_not_equal(d[2].story_id, d[0].story_id);
	struct gaz_story_repair r;
	gaz_story_index_repair(s.ix, START + 60, &s.arena, &r);
	assert_int_equal(r.changes.n, 0);
	stream_clear(&s);
}

/* Two events that were put into one story come apart. */
static void
test_split(void **state)
{
	static const char *const titles[] = {
		"Earthquake of magnitude 5.8 shakes Crete, 4 hurt in Heraklion",
		"Quake of 5.8 off Crete injures 4 people in Heraklion",
		"Heraklion: four injured as 5.8 earthquake hits Crete",
		"Chile wildfire reaches Valparaiso suburbs, 2,000 flee",
		"Wildfire drives 2,000 from homes near Valparaiso, Chile",
		"Thousands flee as fire burns suburbs of Valparaiso in Chile",
	};
	struct gaz_story_repair r;
	struct stream s;

	(void)state;
	stream_init(&s);
	for (int i = 0; i < 6; i++) {
		struct gaz_buf f;

		features_of("en", titles[i], NULL, i + 1, START + i * 60, &f);
		struct gaz_story_item item = { ++s.n, i + 1, START + i * 60,
			START + i * 60, gaz_buf_str(&f) };
		gaz_story_index_restore(s.ix, &item, 5, START + i * 60);
		gaz_buf_clear(&f);
	}
	gaz_story_index_repair(s.ix, START + 600, &s.arena, &r);
	assert_int_equal(r.changes.n, 3);
	int64_t sum = 0;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(r.changes.v[i].from, 5);
		assert_int_equal(r.changes.v[i].to, 6);
		sum += r.changes.v[i].item_id;
	}
	assert_true(sum == 1 + 2 + 3 || sum == 4 + 5 + 6);
	gaz_story_index_repair(s.ix, START + 700, &s.arena, &r);
	assert_int_equal(r.changes.n, 0);
	stream_clear(&s);
}

/* A story closes when nothing comes for the window; its number is not reused. */
static void
test_window(void **state)
{
	static const char title[] = "Strike halts the harbour of Gdynia";
	struct stream s;
	struct gaz_story_stats stats;
	int64_t window = GAZ_STORY_WINDOW_S;

	(void)state;
	stream_init(&s);
	struct gaz_story_decision a = put(&s, "en", title, NULL, 1, START);
	put(&s, "en", "Otters return to the lake", NULL, 2, START + window);
	gaz_story_index_stats(s.ix, &stats);
	assert_int_equal(stats.items, 2); /* to the second */
	struct gaz_story_decision b =
	    put(&s, "en", title, NULL, 3, START + window + 1);
	assert_true(b.opened);
	assert_int_equal(b.story_id, a.story_id + 2);
	gaz_story_index_stats(s.ix, &stats);
	assert_int_equal(stats.items, 2);
	struct gaz_story_decision c =
	    put(&s, "en", title, NULL, 4, START + 3 * window);
	assert_true(c.opened);
	gaz_story_index_stats(s.ix, &stats);
	assert_int_equal(stats.items, 1);
	assert_int_equal(stats.stories, 1);
	assert_int_equal(stats.next_story_id, c.story_id + 1);
	stream_clear(&s);
}

/* A stream of made-up news: events in several words, some of them repeated. */
static const char *
made_up(uint64_t n, char *title, size_t size)
{
	static const char *const who[] = { "Farmers", "Teachers", "Pilots",
		"Nurses", "Miners", "Actors", "Judges", "Bakers" };
	static const char *const what[] = { "reject offer", "begin strike",
		"win case", "lose vote", "sign pact", "block road" };
	uint64_t h = gaz_hash_mix(n / 3, 7);

	snprintf(title, size, "%s of Vorkul%c%c%c %s over %s%llu%s",
	    who[h % 8], (char)('a' + h / 8 % 26), (char)('a' + h / 300 % 26),
	    (char)('a' + h / 9000 % 26), what[h / 100 % 6],
	    n % 3 == 0 ? "plan " : "law ", (unsigned long long)(h % 97),
	    n % 3 == 1 ? " in the north" : "");
	return title;
}

/* restore() leads to the state that add() led to. */
static void
test_restore(void **state)
{
	enum { N = 600, HALF = 300 };
	int64_t stories[N];
	struct stream a, b;
	struct gaz_story_stats x, y;
	char title[160];

	(void)state;
	stream_init(&a);
	stream_init(&b);
	for (int64_t i = 0; i < N; i++)
		stories[i] = put(&a, i % 2 ? "en" : "fr",
		    made_up((uint64_t)i, title, sizeof(title)), NULL,
		    i % 11 + 1, START + i * 900).story_id;
	for (int64_t i = 0; i < HALF; i++) {
		struct gaz_buf f;

		features_of(i % 2 ? "en" : "fr",
		    made_up((uint64_t)i, title, sizeof(title)), NULL,
		    i % 11 + 1, START + i * 900, &f);
		struct gaz_story_item item = { ++b.n, i % 11 + 1,
			START + i * 900, START + i * 900, gaz_buf_str(&f) };
		gaz_story_index_restore(b.ix, &item, stories[i],
		    START + i * 900);
		gaz_buf_clear(&f);
	}
	for (int64_t i = HALF; i < N; i++) {
		struct gaz_story_decision d = put(&b, i % 2 ? "en" : "fr",
		    made_up((uint64_t)i, title, sizeof(title)), NULL,
		    i % 11 + 1, START + i * 900);

		if (d.story_id != stories[i])
			fail_msg("item %lld: story %lld, was %lld",
			    (long long)i, (long long)d.story_id,
			    (long long)stories[i]);
	}
	gaz_story_index_stats(a.ix, &x);
	gaz_story_index_stats(b.ix, &y);
	assert_int_equal(x.items, y.items);
	assert_int_equal(x.stories, y.stories);
	assert_int_equal(x.terms, y.terms);
	assert_int_equal(x.next_story_id, y.next_story_id);
	stream_clear(&a);
	stream_clear(&b);
}

static void
test_corrections(void **state)
{
	struct stream s;
	struct gaz_story_repair r;

	(void)state;
	stream_init(&s);
	int64_t a = put(&s, "en", "Museum of clocks opens in Tartu", NULL, 1,
	    START).story_id;
	int64_t b = put(&s, "en", "Heavy hail ruins the vineyards of Tokaj",
	    NULL, 2, START + 60).story_id;
	int64_t c = put(&s, "en", "Hail ruins vineyards of Tokaj, growers say",
	    NULL, 3, START + 120).story_id;
	assert_int_not_equal(a, b);
	assert_int_equal(b, c);
	/* A person knows better, and a repair leaves it so. */
	gaz_story_index_merge(s.ix, a, b);
	gaz_story_index_move(s.ix, 3, 77);
	gaz_story_index_repair(s.ix, START + 200, &s.arena, &r);
	assert_int_equal(r.changes.n, 0);
	struct gaz_story_stats stats;
	gaz_story_index_stats(s.ix, &stats);
	assert_int_equal(stats.stories, 2);
	assert_int_equal(stats.next_story_id, 78);
	gaz_story_index_merge(s.ix, a, 4711); /* not there: nothing happens */
	gaz_story_index_move(s.ix, 4711, a);
	stream_clear(&s);
}

/* Items 1.. of these stories, as after a start. */
static void
restore_all(struct stream *s, const char *const *titles,
    const int64_t *stories, size_t n, int64_t from)
{
	for (size_t i = 0; i < n; i++) {
		int64_t when = from + (int64_t)i * 60;
		struct gaz_buf f;

		features_of("en", titles[i], NULL, (int64_t)i + 1, when, &f);
		struct gaz_story_item item = { ++s->n, (int64_t)i + 1, when,
			when, gaz_buf_str(&f) };
		gaz_story_index_restore(s->ix, &item, stories[i], when);
		gaz_buf_clear(&f);
	}
}

/* How many changes so many passes make, each item having come anew. */
static size_t
repair_often(struct stream *s, int64_t now)
{
	struct gaz_story_repair r;
	size_t n = 0;

	for (int i = 0; i < 5; i++) {
		for (size_t k = 0; k < s->ix->stories.n; k++)
			gaz_index_changed(s->ix, (uint32_t)k);
		gaz_story_index_repair(s->ix, now, &s->arena, &r);
		n += r.changes.n;
	}
	return n;
}

static int64_t
story_of(const struct stream *s, int64_t item)
{
	for (uint32_t i = s->ix->oldest; i != s->ix->next; i++) {
		const struct gaz_item *it = gaz_index_item(s->ix, i);

		if (it->item_id == item)
			return s->ix->stories.v[it->story].id;
	}
	return 0;
}

#define dam_1 "Dam on the Olt breaks, 3 villages under water"
#define dam_2 "Villages on the Olt under water as dam breaks"
#define dam_3 "Dam break on the Olt floods villages"
#define dam_4 "Olt: 3 villages flooded after the dam broke"
#define clocks_1 "Museum of clocks opens in Tartu"
#define clocks_2 "Tartu opens its museum of clocks"
static const char *const dam[] = { dam_1, dam_2, dam_3, dam_4 };
static const char *const mixed[] = { dam_1, dam_2, clocks_1, clocks_2 };

static void
recall_parting(struct stream *s)
{
	gaz_story_index_recall(s->ix, GAZ_FACT_STAYED, 9, 0, 5);
	gaz_story_index_recall(s->ix, GAZ_FACT_STAYED, 9, 1, 5);
	gaz_story_index_recall(s->ix, GAZ_FACT_STAYED, 9, 2, 5);
	gaz_story_index_recall(s->ix, GAZ_FACT_LEFT, 9, 0, 9);
	gaz_story_index_recall(s->ix, GAZ_FACT_LEFT, 9, 3, 9);
	gaz_story_index_recall(s->ix, GAZ_FACT_LEFT, 9, 4, 9);
}

/* Two very alike groups that a person parted stay so, after a start too. */
static void
test_parted(void **state)
{
	static const int64_t one[] = { 5, 5, 5, 5 }, two[] = { 5, 5, 9, 9 };
	struct stream s;

	(void)state;
	stream_init(&s);
	restore_all(&s, dam, one, 4, START);
	gaz_story_index_move(s.ix, 3, 9);
	gaz_story_index_move(s.ix, 4, 9);
	recall_parting(&s);
	assert_int_equal(repair_often(&s, START + 600), 0);
	stream_clear(&s);

	stream_init(&s);
	recall_parting(&s);
	restore_all(&s, dam, two, 4, START);
	assert_int_equal(repair_often(&s, START + 600), 0);
	stream_clear(&s);

	/* One that stands among strangers does not move there either. */
	static const char *const lost[] = { dam_1, clocks_1, clocks_2, dam_3,
		dam_4 };
	static const int64_t where[] = { 5, 5, 5, 9, 9 };
	for (int said = 0; said < 2; said++) {
		stream_init(&s);
		for (int64_t i = 4; said && i <= 5; i++) {
			gaz_story_index_recall(s.ix, GAZ_FACT_STAYED, 9, 1, 5);
			gaz_story_index_recall(s.ix, GAZ_FACT_LEFT, 9, i, 9);
		}
		restore_all(&s, lost, where, 5, START);
		repair_often(&s, START + 600);
		assert_int_equal(story_of(&s, 4), story_of(&s, 5));
		assert_int_equal(story_of(&s, 1) == story_of(&s, 4), !said);
		assert_int_equal(story_of(&s, 2), story_of(&s, 3));
		assert_int_not_equal(story_of(&s, 2), story_of(&s, 4));
		stream_clear(&s);
	}

	/* When all that were parted have left the window, their stories know. */
	stream_init(&s);
	recall_parting(&s);
	s.n = 10;
	restore_all(&s, dam, two, 4, START);
	assert_int_equal(story_of(&s, 1), 0);
	assert_int_equal(repair_often(&s, START + 600), 0);
	stream_clear(&s);

	/* Nobody said so: one event. */
	stream_init(&s);
	restore_all(&s, dam, two, 4, START);
	assert_int_equal(repair_often(&s, START + 600), 1);
	stream_clear(&s);
}

/* What a person united stays so. */
static void
test_together(void **state)
{
	static const int64_t one[] = { 5, 5, 5, 5 };
	struct stream s;

	(void)state;
	stream_init(&s);
	restore_all(&s, mixed, one, 4, START);
	assert_true(repair_often(&s, START + 600) > 0);
	assert_int_not_equal(story_of(&s, 1), story_of(&s, 3));
	stream_clear(&s);

	stream_init(&s);
	for (int64_t i = 1; i <= 4; i++)
		gaz_story_index_recall(s.ix, GAZ_FACT_TOGETHER, 1, i, 5);
	restore_all(&s, mixed, one, 4, START);
	assert_int_equal(repair_often(&s, START + 600), 0);
	stream_clear(&s);
}

static void
pin(struct stream *s, int64_t story, int64_t first, int64_t last)
{
	gaz_story_index_recall(s->ix, GAZ_FACT_PINNED, story, 0, story);
	for (int64_t i = first; i <= last; i++)
		gaz_story_index_recall(s->ix, GAZ_FACT_PINNED, story, i,
		    story);
}

static void
test_pin(void **state)
{
	static const int64_t one[] = { 5, 5, 5, 5 }, two[] = { 5, 9, 9, 9 };
	struct stream s;

	(void)state;
	/* It is not split, before a start or after one, until unpinned. */
	for (int started = 0; started < 2; started++) {
		stream_init(&s);
		if (started)
			pin(&s, 5, 1, 4);
		restore_all(&s, mixed, one, 4, START);
		if (!started)
			pin(&s, 5, 1, 4);
		assert_int_equal(repair_often(&s, START + 600), 0);
		gaz_story_index_recall(s.ix, GAZ_FACT_UNPINNED, 4, 0, 5);
		assert_int_equal(repair_often(&s, START + 600), 0);
		gaz_story_index_recall(s.ix, GAZ_FACT_UNPINNED, 5, 0, 5);
		assert_true(repair_often(&s, START + 600) > 0);
		stream_clear(&s);
	}
	/* It takes a larger one in and keeps its number. */
	stream_init(&s);
	pin(&s, 5, 1, 1);
	restore_all(&s, dam, two, 4, START);
	assert_int_equal(repair_often(&s, START + 600), 1);
	assert_int_equal(story_of(&s, 1), 5);
	assert_int_equal(story_of(&s, 4), 5);
	/* New items join. */
	struct gaz_story_decision d = put(&s, "en",
	    "Olt dam breaks: villages under water", NULL, 9, START + 700);
	assert_int_equal(d.story_id, 5);
	stream_clear(&s);
	/* Without, the larger one keeps its number. */
	stream_init(&s);
	restore_all(&s, dam, two, 4, START);
	assert_int_equal(repair_often(&s, START + 600), 1);
	assert_int_equal(story_of(&s, 1), 9);
	stream_clear(&s);
	/* Two pinned ones stay two, whatever has left the window. */
	stream_init(&s);
	gaz_story_index_recall(s.ix, GAZ_FACT_PINNED, 5, 0, 5);
	gaz_story_index_recall(s.ix, GAZ_FACT_PINNED, 9, 0, 9);
	restore_all(&s, dam, two, 4, START);
	assert_int_equal(repair_often(&s, START + 600), 0);
	/* A person may still unite them; then both are right. */
	gaz_story_index_merge(s.ix, 5, 9);
	assert_int_equal(story_of(&s, 4), 5);
	assert_int_equal(s.ix->marks.v[1].story_id, 5);
	stream_clear(&s);
}

static void
test_repair(void **state)
{
	struct stream s;
	struct gaz_story_repair r;

	(void)state;
	stream_init(&s);
	/* Two halves of one event, put apart by hand as a crash would. */
	static const char *const titles[] = {
		"Dam on the Olt breaks, 3 villages under water",
		"Villages on the Olt under water as dam breaks",
		"Dam break on the Olt floods villages",
		"Olt: 3 villages flooded after the dam broke",
	};
	for (int i = 0; i < 4; i++) {
		struct gaz_buf f;

		features_of("en", titles[i], NULL, i + 1, START + i * 60, &f);
		struct gaz_story_item item = { ++s.n, i + 1, START + i * 60,
			START + i * 60, gaz_buf_str(&f) };
		gaz_story_index_restore(s.ix, &item, i < 2 ? 5 : 9,
		    START + i * 60);
		gaz_buf_clear(&f);
	}
	gaz_story_index_repair(s.ix, START + 600, &s.arena, &r);
	assert_int_equal(r.changes.n, 1);
	assert_int_equal(r.changes.v[0].item_id, 0);
	assert_int_equal(r.changes.v[0].from, 9);
	assert_int_equal(r.changes.v[0].to, 5); /* of equals, the older */
	gaz_story_index_repair(s.ix, START + 700, &s.arena, &r);
	assert_int_equal(r.changes.n, 0);
	stream_clear(&s);
}

/* What a feed writes under everything glues nothing together. */
static void
test_boilerplate(void **state)
{
	static const char *const titles[] = { "Otter seen in the canal",
		"Bakery moves to the market square", "School gets a new roof",
		"Choir wins in Ljubljana", "Bridge closed for repairs",
		"Night bus to the coast returns", "Library lends out seeds",
		"Frost damages the apricots", "Skaters ask for a new park",
		"Old oak falls onto a barn", "Swim club turns 100",
		"Mill restored by volunteers" };
	int64_t largest[64] = { 0 }, most = 0;
	struct stream s;

	(void)state;
	stream_init(&s);
	for (size_t i = 0; i < GAZ_COUNT(titles); i++) {
		struct gaz_story_decision d = put(&s, "en", titles[i],
		    "Read the whole story in our digital edition for readers "
		    "of the valley. Support local journalism in the valley.",
		    1, START + (int64_t)i * 60);

		assert_true(d.story_id < 64);
		if (++largest[d.story_id] > most)
			most = largest[d.story_id];
	}
	assert_true(most <= 3); /* the first ones cannot know it yet */
	stream_clear(&s);
}

/* Odd items: each is taken in and none fails. */
/* Two events of which every word is the same, but for two names and a number. */
static const char *const alike[] = {
	"Navy stops raiders in gulf of Morna: Brandt of Halcyon holds "
	"23, port reports",
	"Raiders stopped in gulf of Morna, port reports: Halcyon and "
	"Brandt of the navy hold 23",
	"Port reports: Brandt of navy's Halcyon stops 23 raiders in gulf "
	"of Morna",
	"23 raiders in gulf of Morna stopped, port reports: navy sent "
	"Halcyon under Brandt",
	"Navy stops raiders in gulf of Morna: Oyelaran of Merlange holds "
	"26, port reports",
	"Raiders stopped in gulf of Morna, port reports: Merlange and "
	"Oyelaran of the navy hold 26",
	"Port reports: Oyelaran of navy's Merlange stops 26 raiders in "
	"gulf of Morna",
	"26 raiders in gulf of Morna stopped, port reports: navy sent "
	"Merlange under Oyelaran",
};

static void
test_seam(void **state)
{
	static const int64_t one[] = { 5, 5, 5, 5, 5, 5, 5, 5 };
	struct stream s;

	(void)state;
	for (int all = 0; all < 2; all++) {
		stream_init(&s);
		if (all) /* what all say tells as much as the rest */
			s.ix->weights.common = 0;
		restore_all(&s, alike, one, 8, START);
		repair_often(&s, START + 600);
		for (int64_t i = 2; i <= 8; i++) {
			if ((story_of(&s, i) == story_of(&s, 1)) !=
			    (all || i <= 4))
				fail_msg("%d: item %d", all, (int)i);
		}
		stream_clear(&s);
	}
}

/* What tells of several events is of none, with whatever it begins. */
static void
test_roundup(void **state)
{
	struct stream s;

	(void)state;
	stream_init(&s);
	put(&s, "en", "Bakers' guild opens a museum of bread", NULL, 1, START);
	put(&s, "en", "Ferry with 200 passengers sinks off Manila, 15 dead",
	    "Rescuers search for the missing.", 2, START + 600);
	struct gaz_story_decision a = put(&s, "en",
	    "Morning briefing: ferry sinks off Manila, strike in Rome, a new "
	    "pope", NULL, 3,
	    START + 1200);
	struct gaz_story_decision b = put(&s, "en",
	    "The guilty and the saved: ferry sinks off Manila", NULL,
	    4, START + 1800);
	assert_true(a.opened);
	assert_false(b.opened);
	/* The evidence says so. */
	struct gaz_buf json;
	gaz_buf_init(&json, GAZ_BUF_NO_MAX);
	assert_true(a.roundup);
	assert_false(b.roundup);
	gaz_story_write_evidence(&a, &json);
	assert_true(gaz_str_find(gaz_buf_str(&json), GAZ_STR("\"roundup\":true"),
			0) != GAZ_STR_NPOS);
	/* "Manila" is what b names, and the story has it. */
	assert_true(b.known > 0.99 && b.known < 1.01);
	gaz_buf_clear(&json);
	stream_clear(&s);
}

/* One number in common, be it all that both have, joins nothing. */
static void
test_coincidence(void **state)
{
	static const char *const titles[] = { "Bakers raise their prices",
		"Storm warning for the coast", "Museum of clocks opens",
		"Poet wins a medal", "Rain in the valley" };
	struct stream s;

	(void)state;
	stream_init(&s);
	for (int i = 0; i < 5; i++) {
		char summary[32];

		snprintf(summary, sizeof(summary), "As was said on %d.",
		    4000 + i);
		assert_true(put(&s, "en", titles[i], summary, i + 1,
		    START + i).opened);
	}
	stream_clear(&s);
}

/*
 * Where nothing had company so far, more is needed than where everything had;
 * the likeness itself is the same.
 */
static void
test_density(void **state)
{
	static const char *const lone[] = { "Museum of clocks opens in Tartu",
		"Shares of a brewery fall", "Rain in the valley of roses",
		"Poet wins a medal", "Bridge closed to lorries", "Cats in space",
		"New rules for taxis", "Cherry harvest begins" };
	struct gaz_story_decision d[2];

	(void)state;
	for (int dense = 0; dense < 2; dense++) {
		struct stream s;

		stream_init(&s);
		for (int i = 0; i < 64; i++)
			put(&s, "en", lone[dense ? 0 : i % 8], NULL, 50 + i,
			    START + i);
		/* The same outlets' words in a story each, or in one. */
		for (uint32_t i = 0; !dense && i < 64; i++)
			gaz_story_index_move(s.ix, i + 1, 1000 + i);
		put(&s, "en", "Ferry sinks off Manila", NULL, 2, START + 600);
		d[dense] = put(&s, "en", "Ferry sank near Manila", NULL, 3,
		    START + 700);
		stream_clear(&s);
	}
	assert_true(d[1].threshold < d[0].threshold);
}

static void
test_odd(void **state)
{
	static const struct {
		const char *title;
		int64_t published;
	} rows[] = {
		{ "", START },
		{ "", START },
		{ "Weather", START },
		{ "Weather", GAZ_UTC_UNKNOWN },
		{ "Quarry fire out after a week", 0 },
		{ "Quarry fire out after a week", -5 },
		{ "Quarry fire is out after one week", INT64_MAX },
		{ "Quarry fire out", INT64_MIN + 1 },
	};
	struct stream s;
	struct gaz_story_decision d;

	(void)state;
	stream_init(&s);
	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
		struct gaz_buf b;

		features_of("en", rows[i].title, NULL, 1,
		    rows[i].published == GAZ_UTC_UNKNOWN ? GAZ_UTC_UNKNOWN :
		                                           START, &b);
		struct gaz_story_item item = { ++s.n, 1, rows[i].published,
			START, gaz_buf_str(&b) };
		gaz_story_index_add(s.ix, &item, START, &s.arena, &d);
		assert_true(d.story_id > 0);
		if (i < 2)
			assert_true(d.opened); /* nothing is like nothing */
		gaz_buf_clear(&b);
	}
	/* Features that are none. */
	struct gaz_story_item bad = { ++s.n, 1, START, START,
		GAZ_STR("rubbish") };
	gaz_story_index_add(s.ix, &bad, START, &s.arena, &d);
	assert_true(d.opened);
	stream_clear(&s);
}

/* Fifty thousand items that differ in a number: bounded stories. */
static void
test_flood(void **state)
{
	int64_t n = GAZ_STORY_ITEMS_MAX + 500;
	struct stream s;
	struct gaz_story_stats stats;
	char title[120];

	(void)state;
	stream_init(&s);
	for (int64_t i = 0; i < n; i++) {
		snprintf(title, sizeof(title),
		    "Gauge at the upper weir reads %lld centimetres today",
		    (long long)i);
		put(&s, "en", title, NULL, i % 400 + 1, START + i);
		gaz_arena_clear(&s.arena);
	}
	for (size_t i = 0; i < s.ix->stories.n; i++)
		assert_true(s.ix->stories.v[i].n <= GAZ_STORY_ITEMS_MAX);
	gaz_story_index_stats(s.ix, &stats);
	assert_int_equal(stats.items, n);
	stream_clear(&s);
}

static void
test_compare(void **state)
{
	struct stream s;
	struct gaz_story_decision same, other;
	struct gaz_buf a, b, c;

	(void)state;
	stream_init(&s);
	for (int i = 0; i < 40; i++) {
		char title[160];
		put(&s, "en", made_up((uint64_t)i * 3, title, sizeof(title)),
		    NULL, 1, START);
	}
	features_of("en", "Miners trapped in a pit near Cork are rescued",
	    NULL, 1, START, &a);
	features_of("es", "Rescatados los mineros atrapados cerca de Cork",
	    NULL, 1, START, &b);
	features_of("es", "La feria del libro abre en Cork", NULL, 1, START,
	    &c);
	gaz_story_compare(s.ix, gaz_buf_str(&a), gaz_buf_str(&b), &s.arena,
	    &same);
	gaz_story_compare(s.ix, gaz_buf_str(&a), gaz_buf_str(&c), &s.arena,
	    &other);
	assert_true(same.score > other.score);
	struct gaz_buf json;
	gaz_buf_init(&json, GAZ_BUF_NO_MAX);
	gaz_story_write_evidence(&same, &json);
	json_t *parsed = json_loadb(json.p, json.len, 0, NULL);
	assert_non_null(parsed);
	assert_true(json_array_size(json_object_get(parsed, "shared")) > 0);
	json_decref(parsed);
	gaz_buf_clear(&json);
	gaz_buf_clear(&a);
	gaz_buf_clear(&b);
	gaz_buf_clear(&c);
	stream_clear(&s);
}

struct labelled {
	char *story, *language, *title, *summary;
	int64_t source, published;
	uint64_t rank; /* of the feed, in an order */
	int64_t item, found;
};

struct labels {
	GAZ_VEC(struct labelled) v;
};

static char *
keep(const char *s)
{
	return s != NULL ? gaz_mem_strdup(s) : NULL;
}

static void
load_labels(const char *name, struct labels *out)
{
	const char *dir = getenv("GAZ_FIXTURES");
	char path[512], *line = NULL;
	size_t cap = 0;

	snprintf(path, sizeof(path), "%s/stories/%s",
	    dir != NULL ? dir : GAZ_FIXTURES_DIR, name);
	FILE *f = fopen(path, "r");
	if (f == NULL) {
		fail_msg("%s cannot be opened", path);
		return;
	}
	while (getline(&line, &cap, f) > 0) {
		const char *title, *summary = NULL, *language, *story;
		const char *source, *published, *id;
		json_t *o = json_loads(line, 0, NULL);

		if (o == NULL || json_unpack(o,
		        "{s:s,s:s,s?s,s:s,s:s,s:s,s:s}", "id", &id, "title",
		        &title, "summary", &summary, "lang", &language,
		        "published", &published, "source", &source, "story",
		        &story) != 0) {
			fail_msg("bad line: %s", line);
			break;
		}
		struct gaz_civil c = { 0 };
		assert_int_equal(sscanf(published, "%" SCNd64
		        "-%d-%dT%d:%d:%d", &c.year, &c.month, &c.day, &c.hour,
		        &c.minute, &c.second), 6);
		*gaz_vec_push(&out->v) = (struct labelled){
			.story = keep(story), .language = keep(language),
			.title = keep(title), .summary = keep(summary),
			.source =
			    (int64_t)(gaz_hash_str(gaz_str_of(source)) >> 2),
			.published = gaz_civil_to_utc(&c),
		};
		json_decref(o);
	}
	free(line);
	fclose(f);
}

static void
clear_labels(struct labels *l)
{
	for (size_t i = 0; i < l->v.n; i++) {
		free(l->v.v[i].story);
		free(l->v.v[i].language);
		free(l->v.v[i].title);
		free(l->v.v[i].summary);
	}
	gaz_vec_clear(&l->v);
}

static int
by_rank(const void *pa, const void *pb)
{
	const struct labelled *a = pa, *b = pb;

	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	if (a->published != b->published)
		return a->published < b->published ? -1 : 1;
	return strcmp(a->title, b->title);
}

static bool
repair_labels(struct stream *s, struct labels *l)
{
	struct gaz_story_repair r;

	gaz_story_index_repair(s->ix, s->ix->now, &s->arena, &r);
	for (size_t i = 0; i < r.changes.n; i++) {
		const struct gaz_story_change *c = &r.changes.v[i];

		for (size_t k = 0; k < l->v.n; k++) {
			struct labelled *v = &l->v.v[k];

			if (c->item_id != 0 ? c->item_id == v->item :
			                      v->found == c->from)
				v->found = c->to;
		}
	}
	return r.changes.n > 0;
}

/*
 * Play back in order of date, or feed by feed in an order drawn by seed, all
 * feeds read at one time. Return BCubed F1, and F1 across languages.
 */
#define REPAIR_EVERY 64 /* items */

static double
play(struct labels *l, uint64_t seed, double *cross)
{
	struct stream s;
	int64_t now = INT64_MIN;

	for (size_t i = 0; i < l->v.n; i++) {
		struct labelled *v = &l->v.v[i];

		v->rank = seed == 0 ? 0 :
		    gaz_hash_mix((uint64_t)v->source, seed);
		if (seed != 0 && v->published > now)
			now = v->published;
		v->item = v->found = 0;
	}
	qsort(l->v.v, l->v.n, sizeof(l->v.v[0]), by_rank);
	stream_init(&s);
	for (size_t i = 0; i < l->v.n; i++) {
		struct labelled *v = &l->v.v[i];
		struct gaz_story_decision d;
		struct gaz_buf b;

		if (v->published > now)
			now = v->published;
		features_of(v->language, v->title, v->summary, v->source,
		    v->published, &b);
		v->item = ++s.n;
		struct gaz_story_item item = { v->item, v->source,
			v->published, now, gaz_buf_str(&b) };
		gaz_story_index_add(s.ix, &item, now, &s.arena, &d);
		v->found = d.story_id;
		gaz_buf_clear(&b);
		/* As the daemon does while items come in. */
		if (i % REPAIR_EVERY == REPAIR_EVERY - 1)
			repair_labels(&s, l);
	}
	for (int i = 0; i < 5 && repair_labels(&s, l); i++)
		;
	stream_clear(&s);
	double p = 0, q = 0, xt = 0, xf = 0, xl = 0;
	for (size_t i = 0; i < l->v.n; i++) {
		double both = 0, found = 0, label = 0;

		for (size_t k = 0; k < l->v.n; k++) {
			const struct labelled *a = &l->v.v[i];
			const struct labelled *b = &l->v.v[k];
			bool f = a->found == b->found;
			bool t = strcmp(a->story, b->story) == 0;
			bool x = strcmp(a->language, b->language) != 0;

			both += f && t;
			found += f;
			label += t;
			xt += x && f && t;
			xf += x && f;
			xl += x && t;
		}
		p += both / found;
		q += both / label;
	}
	*cross = 2 * xt / (xf + xl);
	p /= (double)l->v.n;
	q /= (double)l->v.n;
	return 2 * p * q / (p + q);
}

/*
 * Our own sentences: 36 events in 13 languages, most of them headlines only,
 * with neighbours that are easily confused, and the demonstration's feeds. The
 * bars lie a little below what was measured when they were set. The order in
 * which feeds are read may change little.
 */
static const struct {
	const char *name;
	size_t least;
	double f1, cross;
	double order_costs; /* F1, at most, when read feed by feed */
} labelled_sets[] = {
	{ "events.jsonl", 100, 0.96, 0.93, 0.03 },
	{ "demo.jsonl", 130, 0.97, 0.97, 0.02 },
	{ "world.jsonl", 430, 0.89, 0.81, 0.035 },
	{ "world2.jsonl", 490, 0.89, 0.845, 0.055 },
};

#define ORDERS 8

static void
test_events(void **state)
{
	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(labelled_sets); i++) {
		const char *name = labelled_sets[i].name;
		struct labels l = { 0 };
		double cross;

		load_labels(name, &l);
		assert_true(l.v.n >= labelled_sets[i].least);
		double f1 = play(&l, 0, &cross);
		print_message("%s: BCubed F1 %.3f, across languages %.3f\n",
		    name, f1, cross);
		if (f1 < labelled_sets[i].f1 ||
		    cross < labelled_sets[i].cross)
			fail_msg("%s: less than the bar", name);
		for (uint64_t seed = 1; seed <= ORDERS; seed++) {
			double other = play(&l, seed, &cross);

			if (other < f1 - labelled_sets[i].order_costs)
				fail_msg("%s: %.3f in order %d", name, other,
				    (int)seed);
		}
		clear_labels(&l);
	}
}

static int
setup(void **state)
{
	(void)state;
	extractor = gaz_story_extractor_new();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	gaz_story_extractor_free(extractor);
	return 0;
}

/* Vectors */

static const char *const unlike[] = {
	"Bakers' guild opens a museum of bread",
	"Storm tears roofs from houses in the valley",
	"Orchestra names its first woman conductor",
	"Chess champion loses to a boy of twelve",
	"New tram line carries its first passengers",
	"Researchers find a frog believed extinct",
};

/* Axis k, and a little of the next one. */
static void
point(size_t k, int8_t v[16])
{
	memset(v, 0, 16);
	v[k] = 127;
	v[(k + 1) % 16] = 20;
}

static void
test_vectors(void **state)
{
	struct gaz_story_stats before, after;
	struct gaz_story_repair r;
	struct gaz_arena a = { 0 };
	struct stream s;
	int64_t story[GAZ_COUNT(unlike)];
	int8_t v[16];
	double like;

	(void)state;
	stream_init(&s);
	for (size_t i = 0; i < GAZ_COUNT(unlike); i++)
		story[i] = put(&s, "en", unlike[i], NULL, (int64_t)i + 1,
		    START + (int64_t)i).story_id;
	gaz_story_index_repair(s.ix, START + 60, &a, &r);
	assert_int_equal(r.changes.n, 0);
	gaz_story_index_stats(s.ix, &before);
	assert_int_equal(before.vectors, 0);
	assert_int_equal(before.vector_len, 0);
	/* The first and the fourth mean the same, in no common word. */
	for (size_t i = 0; i < GAZ_COUNT(unlike); i++) {
		point(i == 3 ? 0 : i, v);
		assert_true(gaz_story_index_embed(s.ix, (int64_t)i + 1, v, 16));
	}
	gaz_story_index_stats(s.ix, &after);
	assert_int_equal(after.vectors, GAZ_COUNT(unlike));
	assert_int_equal(after.vector_len, 16);
	assert_true(after.bytes > before.bytes);
	assert_true(gaz_story_index_likeness(s.ix, 1, 4, &like));
	assert_true(like > 0.99);
	assert_true(gaz_story_index_likeness(s.ix, 1, 2, &like));
	assert_true(like < 0.1);
	assert_false(gaz_story_index_likeness(s.ix, 1, 99, &like));
	struct gaz_story_decision d = { .score = 0.01 };
	gaz_story_compare_vectors(s.ix, 1, 99, &a, &d);
	assert_int_equal(d.evidence.n, 0);
	gaz_story_compare_vectors(s.ix, 1, 4, &a, &d);
	assert_int_equal(d.evidence.n, 1);
	assert_int_equal(d.evidence.v[0].kind, 'v');
	assert_true(d.score > 0.9 && d.score < 1);
	d = (struct gaz_story_decision){ .score = 0.5 };
	gaz_story_compare_vectors(s.ix, 1, 2, &a, &d);
	assert_true(d.score < 0.5);
	gaz_story_index_repair(s.ix, START + 60, &a, &r);
	assert_int_equal(r.changes.n, 1);
	assert_int_equal(r.changes.v[0].item_id, 0);
	assert_int_equal(r.changes.v[0].from, story[3]);
	assert_int_equal(r.changes.v[0].to, story[0]);
	/* And it stays so. */
	gaz_story_index_repair(s.ix, START + 61, &a, &r);
	assert_int_equal(r.changes.n, 0);
	/* What was restored is no reason to look again. */
	gaz_story_index_forget_vectors(s.ix);
	for (size_t i = 0; i < GAZ_COUNT(unlike); i++) {
		point(i == 1 || i == 2 ? 7 : i, v);
		assert_true(gaz_story_index_restore_vector(s.ix,
		    (int64_t)i + 1, v, 16));
	}
	gaz_story_index_repair(s.ix, START + 62, &a, &r);
	assert_int_equal(r.changes.n, 0);
	point(7, v);
	assert_true(gaz_story_index_embed(s.ix, 3, v, 16));
	gaz_story_index_repair(s.ix, START + 63, &a, &r);
	assert_int_equal(r.changes.n, 1);
	gaz_story_index_forget_vectors(s.ix);
	gaz_story_index_stats(s.ix, &after);
	assert_int_equal(after.vectors, 0);
	assert_true(after.bytes <= before.bytes);
	assert_false(gaz_story_index_likeness(s.ix, 1, 4, &like));
	gaz_arena_clear(&a);
	stream_clear(&s);
}

static void
test_vectors_refused(void **state)
{
	int8_t v[GAZ_STORY_VECTOR_MAX + 1];
	struct gaz_story_stats st;
	struct stream s;

	(void)state;
	stream_init(&s);
	put(&s, "en", unlike[0], NULL, 1, START);
	put(&s, "en", unlike[1], NULL, 2, START);
	memset(v, 0, sizeof(v));
	assert_false(gaz_story_index_embed(s.ix, 1, v, 8)); /* nowhere */
	v[0] = 1;
	assert_false(gaz_story_index_embed(s.ix, 1, v, 0));
	assert_false(gaz_story_index_embed(s.ix, 1, v, sizeof(v)));
	assert_false(gaz_story_index_embed(s.ix, 99, v, 8));
	assert_true(gaz_story_index_embed(s.ix, 1, v, GAZ_STORY_VECTOR_MAX));
	assert_false(gaz_story_index_embed(s.ix, 2, v, 8)); /* not as the first */
	assert_true(gaz_story_index_embed(s.ix, 1, v, GAZ_STORY_VECTOR_MAX));
	gaz_story_index_stats(s.ix, &st);
	assert_int_equal(st.vectors, 1);
	stream_clear(&s);
}

/* They grow with the ring and leave with their items. */
static void
test_vectors_leave(void **state)
{
	struct gaz_story_stats st;
	struct stream s;
	char title[80];
	int8_t v[16];

	(void)state;
	stream_init(&s);
	for (size_t i = 0; i < 600; i++) {
		snprintf(title, sizeof(title), "Word%zu sees thing%zu", i, i);
		put(&s, "en", title, NULL, 1, START + (int64_t)i * 3600);
		point(i % 16, v);
		assert_true(gaz_story_index_embed(s.ix, s.n, v, 16));
	}
	gaz_story_index_stats(s.ix, &st);
	assert_true(st.items < 120);
	assert_int_equal(st.vectors, st.items);
	stream_clear(&s);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_languages),
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_page),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_restore),
		cmocka_unit_test(test_corrections),
		cmocka_unit_test(test_parted),
		cmocka_unit_test(test_together),
		cmocka_unit_test(test_pin),
		cmocka_unit_test(test_repair),
		cmocka_unit_test(test_boilerplate),
		cmocka_unit_test(test_seam),
		cmocka_unit_test(test_roundup),
		cmocka_unit_test(test_coincidence),
		cmocka_unit_test(test_density),
		cmocka_unit_test(test_odd),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_vectors_refused),
		cmocka_unit_test(test_vectors_leave),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("story index", tests, setup,
	    teardown);
}
