/*
 * How fast the store takes items in and gives views out.
 *
 *     bench_store FILE [ITEMS [FEEDS]]
 *
 * makes FILE (which must not exist), fills it with made-up news, and prints
 * figures. Texts are words drawn by Zipf's law, so that some are in nearly
 * every item; a third of the items join a story that is there.
 */
#include "config.h"

#include "gazetted/store.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "gazetted/hash.h"

#define START 1757000000
#define BATCH 30       /* items of an answer */
#define GROUP 8        /* answers of a transaction */
#define VOCABULARY 50000
#define WORDS 230      /* of a text */
#define ROUNDS 50      /* of each query */

static uint64_t seed = 1;
static double harmonic[VOCABULARY];

static double
chance(void)
{
	seed = gaz_hash_mix(seed, 0x9e3779b97f4a7c15);
	return (double)(seed >> 11) / 9007199254740992.0;
}

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Of this process, which others on the machine do not change much. */
static double
cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
die(const char *what, const struct gaz_err *err)
{
	fprintf(stderr, "%s: %s\n", what, err->msg);
	exit(1);
}

/* A word's rank, the lower the more likely. */
static int
draw_word(void)
{
	double x = chance() * harmonic[VOCABULARY - 1];
	int low = 0, high = VOCABULARY - 1;

	while (low < high) {
		int mid = (low + high) / 2;

		if (harmonic[mid] < x)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static struct gaz_str
draw_text(struct gaz_arena *a, int words)
{
	struct gaz_buf b;
	struct gaz_str text;

	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	for (int i = 0; i < words; i++)
		gaz_buf_put_fmt(&b, i == 0 ? "w%d" : " w%d", draw_word());
	text = gaz_arena_str(a, gaz_buf_str(&b));
	gaz_buf_clear(&b);
	return text;
}

static void
draw_item(struct gaz_arena *a, int64_t n, gaz_utc now,
    struct gaz_batch_item *it)
{
	static const char *const languages[] = { "en", "en", "en", "en", "en",
		"de", "de", "fr", "fr", "es", "it", "pt", "nl", "pl", "is" };
	char features[300];

	memset(it, 0, sizeof(*it));
	memset(features, (int)(n & 0xff), sizeof(features));
	it->guid = gaz_arena_fmt(a, "https://outlet.example/?p=%" PRId64, n);
	it->url = gaz_arena_fmt(a, "https://outlet.example/2025/09/%" PRId64
	    "-a-title-in-words", n);
	it->url_given = it->url;
	it->title = draw_text(a, 9);
	it->text = draw_text(a, WORDS);
	it->summary = gaz_str_cut(it->text, 300);
	it->content = gaz_arena_fmt(a, "<p>%.*s</p>", GAZ_STR_ARG(it->text));
	it->author = GAZ_STR("A. Writer");
	it->language = gaz_str_of(languages[(int)(chance() * 15)]);
	it->features = gaz_arena_str(a,
	    gaz_str_make(features, sizeof(features)));
	it->published = now - (int64_t)(chance() * 7200);
	it->updated = GAZ_UTC_UNKNOWN;
	it->content_hash = gaz_hash_str(it->text);
}

static int64_t
draw_story(struct gaz_store *s)
{
	int64_t next = gaz_store_next_story_id(s);

	if (chance() > 0.33 || next < 100)
		return next;
	/* One of the last ones; a few are followed by everybody. */
	return next - 1 - (int64_t)(pow(chance(), 3) *
	    (double)(next < 20000 ? next - 1 : 20000));
}

static void
decide(struct gaz_store *s, const struct gaz_put_result *res, gaz_utc now)
{
	static const char evidence[] = "{\"score\":0.41,\"threshold\":0.22,"
	    "\"runner_up\":17,\"runner_up_score\":0.1,\"gap_s\":540,"
	    "\"shared\":[[\"w1\",0.2],[\"w2\",0.1],[\"w3\",0.05]]}";
	struct gaz_err err;

	for (size_t i = 0; i < res->items.n; i++) {
		struct gaz_store_membership m = {
			.item_id = res->items.v[i].item_id, .when = now,
			.score = 0.41, .evidence = gaz_str_of(evidence) };

		if (res->items.v[i].kind != GAZ_PUT_NEW)
			continue;
		m.story_id = draw_story(s);
		if (!gaz_store_put_membership(s, &m, &err))
			die("membership", &err);
	}
}

static void
put_answer(struct gaz_store *s, int64_t feed, int64_t first, gaz_utc now,
    bool stories)
{
	struct gaz_batch_item items[BATCH];
	struct gaz_batch b = { .title = GAZ_STR("Outlet"),
		.ttl_s = GAZ_INT_UNKNOWN,
		.update_interval_s = GAZ_INT_UNKNOWN };
	struct gaz_store_outcome o = { .feed_id = feed, .when = now,
		.next_fetch = now + 3600, .next_reason = GAZ_STR("rhythm 1 h"),
		.http_status = 200, .set_validators = true,
		.etag = GAZ_STR("\"0123456789abcdef\"") };
	struct gaz_put_result res;
	struct gaz_arena a;
	struct gaz_err err;

	gaz_arena_init(&a);
	for (int i = 0; i < BATCH; i++)
		draw_item(&a, first + i, now, &items[i]);
	b.items.v = items;
	b.items.n = BATCH;
	if (!gaz_store_put_batch(s, feed, &b, now, &res, &err))
		die("batch", &err);
	if (stories)
		decide(s, &res, now);
	o.new_items = res.added;
	gaz_vec_clear(&res.items);
	if (!gaz_store_put_outcome(s, &o, &err))
		die("outcome", &err);
	gaz_arena_clear(&a);
}

static int64_t *
subscribe(struct gaz_store *s, size_t n)
{
	struct gaz_store_subscription *v = gaz_mem_zero(n, sizeof(*v));
	int64_t *ids = gaz_mem_zero(n, sizeof(*ids));
	static struct gaz_str tags[] = { GAZ_STR("half"), GAZ_STR("tenth"),
		GAZ_STR("one") };
	struct gaz_arena a;
	struct gaz_err err;

	gaz_arena_init(&a);
	for (size_t i = 0; i < n; i++) {
		v[i].name = gaz_arena_fmt(&a, "feed-%zu", i);
		v[i].url = gaz_arena_fmt(&a, "https://f%zu.example/rss", i);
		v[i].enabled = true;
		v[i].tags.v = i == 7 ? tags + 2 : i % 10 == 3 ? tags + 1 : tags;
		v[i].tags.n = i == 7 || i % 10 == 3 || i % 2 == 0;
	}
	if (!gaz_store_sync_feeds(s, v, n, START, ids, &err))
		die("feeds", &err);
	gaz_arena_clear(&a);
	free(v);
	return ids;
}

static void
fill(struct gaz_store *s, const int64_t *feeds, size_t n_feeds, int64_t items)
{
	struct gaz_err err;
	double start = seconds(), cpu = cpu_seconds();
	double last = start, making = 0;
	int64_t done = 0, marked = 0;

	for (int64_t g = 0; done < items; g++) {
		gaz_utc now = START + done; /* an item a second */

		if (!gaz_store_begin(s, &err))
			die("begin", &err);
		for (int i = 0; i < GROUP && done < items; i++) {
			size_t feed = (size_t)(g * GROUP + i) % n_feeds;

			put_answer(s, feeds[feed], done, now, true);
			done += BATCH;
		}
		if (!gaz_store_commit(s, &err))
			die("commit", &err);
		if (done - marked >= items / 10) {
			double t = seconds();

			printf("  %9" PRId64 " items, %.0f items/s\n", done,
			    (double)(done - marked) / (t - last));
			fflush(stdout);
			last = t;
			marked = done;
		}
	}
	start = seconds() - start;
	cpu = cpu_seconds() - cpu;
	/* What making the texts up cost is not the store's. */
	for (int i = 0; i < 1000; i++) {
		struct gaz_batch_item it;
		struct gaz_arena a;
		double t = cpu_seconds();

		gaz_arena_init(&a);
		draw_item(&a, i, START, &it);
		gaz_arena_clear(&a);
		making += (cpu_seconds() - t) / 1000 * (double)done;
	}
	printf("ingest without making texts up: %.0f items/s, %.0f us of CPU "
	    "an item\n", (double)done / (start - making),
	    (cpu - making) / (double)done * 1e6);
}

static void
time_polls(struct gaz_store *s, const int64_t *feeds, size_t n)
{
	struct gaz_store_outcome o = { .next_reason = GAZ_STR("rhythm 1 h"),
		.http_status = 304, .not_modified = true };
	struct gaz_err err;
	double start = seconds();

	for (int i = 0; i < 20000; i++) {
		if (i % 100 == 0 && !gaz_store_begin(s, &err))
			die("begin", &err);
		o.feed_id = feeds[(size_t)i * 7919 % n];
		o.when = START + i;
		o.next_fetch = o.when + 3600;
		if (!gaz_store_put_outcome(s, &o, &err))
			die("outcome", &err);
		if (i % 100 == 99 && !gaz_store_commit(s, &err))
			die("commit", &err);
	}
	printf("304, a hundred a transaction: %.1f us\n",
	    (seconds() - start) / 20000 * 1e6);
}

/* ---- reading */

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
time_query(struct gaz_store *s, const char *name, enum gaz_view_kind kind,
    const struct gaz_filter *f)
{
	double t[ROUNDS];
	size_t n = 0;

	for (int i = 0; i < ROUNDS; i++) {
		struct gaz_view *v = gaz_view_new(kind);
		struct gaz_err err;
		double start = seconds();

		if (!gaz_store_query(s, f, false, START, v, &err))
			die(name, &err);
		t[i] = (seconds() - start) * 1000;
		n = v->stories.n + v->items.n + v->feeds.n;
		gaz_view_free(v);
	}
	qsort(t, ROUNDS, sizeof(t[0]), by_size);
	printf("%-34s %3zu found  median %7.2f ms  worst %7.2f ms\n", name, n,
	    t[ROUNDS / 2], t[ROUNDS - 1]);
	fflush(stdout);
}

static struct gaz_str one[1];

static gaz_str_list
list_of(const char *text)
{
	gaz_str_list list = { 0 };

	one[0] = gaz_str_of(text);
	list.v = one;
	list.n = 1;
	return list;
}

static void
time_queries(struct gaz_store *s, int64_t items)
{
	static const struct {
		const char *name;
		enum gaz_view_kind kind;
		const char *tag, *feed, *language, *query;
		int64_t min_sources, since_back, page;
		bool hide;
	} all[] = {
		{ .name = "stories", .kind = GAZ_VIEW_STORIES },
		{ "stories, page 200", GAZ_VIEW_STORIES, .page = 200 },
		{ "stories, 3 sources", GAZ_VIEW_STORIES, .min_sources = 3 },
		{ "stories, 500 sources", GAZ_VIEW_STORIES,
		  .min_sources = 500 },
		{ "stories, last day", GAZ_VIEW_STORIES, .since_back = 86400 },
		{ "stories, tag of half the feeds", GAZ_VIEW_STORIES,
		  .tag = "half" },
		{ "stories, tag of a tenth", GAZ_VIEW_STORIES,
		  .tag = "tenth" },
		{ "stories, one feed", GAZ_VIEW_STORIES, .feed = "feed-7" },
		{ "stories in Icelandic", GAZ_VIEW_STORIES,
		  .language = "is" },
		{ "stories in no language", GAZ_VIEW_STORIES,
		  .language = "xx" },
		{ "stories, word in every item", GAZ_VIEW_STORIES,
		  .query = "w0" },
		{ "stories, rare word", GAZ_VIEW_STORIES, .query = "w40000" },
		{ .name = "items", .kind = GAZ_VIEW_ITEMS },
		{ "items without copies", GAZ_VIEW_ITEMS, .hide = true },
		{ "items, one feed", GAZ_VIEW_ITEMS, .feed = "feed-7" },
		{ "items, tag of half the feeds", GAZ_VIEW_ITEMS,
		  .tag = "half" },
		{ "items, tag of a tenth", GAZ_VIEW_ITEMS, .tag = "tenth" },
		{ "items in no language", GAZ_VIEW_ITEMS, .language = "xx" },
		{ "items, word in every item", GAZ_VIEW_ITEMS,
		  .query = "w0" },
		{ "items, two common words", GAZ_VIEW_ITEMS,
		  .query = "w3 w4" },
		{ "items, common and absent", GAZ_VIEW_ITEMS,
		  .query = "w0 absent" },
		{ "items, common without common", GAZ_VIEW_ITEMS,
		  .query = "w9 -w0" },
		{ "items, start of a word", GAZ_VIEW_ITEMS, .query = "w1*" },
		{ "items, phrase", GAZ_VIEW_ITEMS, .query = "\"w0 w1 w2 w3\"" },
	};

	for (size_t i = 0; i < GAZ_COUNT(all); i++) {
		struct gaz_filter f;

		gaz_filter_init(&f);
		if (all[i].tag != NULL)
			f.tags = list_of(all[i].tag);
		if (all[i].feed != NULL)
			f.feeds = list_of(all[i].feed);
		if (all[i].language != NULL)
			f.languages = list_of(all[i].language);
		f.query = gaz_str_of(all[i].query);
		f.min_sources = all[i].min_sources;
		f.page = all[i].page;
		f.hide_duplicates = all[i].hide;
		if (all[i].since_back != 0)
			f.since = START + items - all[i].since_back;
		time_query(s, all[i].name, all[i].kind, &f);
	}
}

static bool
count_live(const struct gaz_store_live_item *it, void *arg)
{
	*(size_t *)arg += it->features.len != 0;
	return true;
}

static void
time_start(const char *path, int64_t items)
{
	gaz_store_feed_list feeds = { 0 };
	struct gaz_store *s;
	struct gaz_arena a;
	struct gaz_err err;
	double start = seconds();
	size_t live = 0;

	s = gaz_store_open(path, GAZ_STORE_WRITE, &err);
	if (s == NULL)
		die("open", &err);
	printf("open: %.1f ms\n", (seconds() - start) * 1000);
	start = seconds();
	gaz_arena_init(&a);
	if (!gaz_store_load_feeds(s, &a, &feeds, &err))
		die("load", &err);
	printf("load %zu feeds: %.1f ms\n", feeds.n,
	    (seconds() - start) * 1000);
	gaz_arena_clear(&a);
	start = seconds();
	if (!gaz_store_each_live(s, START + items - 4 * 86400, count_live,
	    &live, &err))
		die("live", &err);
	printf("walk %zu live items: %.1f ms\n", live,
	    (seconds() - start) * 1000);
	gaz_store_close(s);
}

int
main(int argc, char **argv)
{
	int64_t items = 100000, wanted = 1000;
	struct gaz_store_stats stats;
	struct gaz_store *s;
	struct gaz_err err;
	int64_t *feeds;
	double start, sum = 0;

	if (argc < 2) {
		fprintf(stderr, "usage: bench_store FILE [ITEMS [FEEDS]]\n");
		return 64;
	}
	for (int i = 0; i < VOCABULARY; i++)
		harmonic[i] = sum += 1.0 / (i + 1);
	if ((argc > 2 && !gaz_str_to_int(gaz_str_of(argv[2]), &items)) ||
	    (argc > 3 && !gaz_str_to_int(gaz_str_of(argv[3]), &wanted))) {
		fputs("bench_store: a number is wanted\n", stderr);
		return 64;
	}
	size_t n_feeds = (size_t)wanted;
	s = gaz_store_open(argv[1], GAZ_STORE_WRITE, &err);
	if (s == NULL)
		die("open", &err);
	feeds = subscribe(s, n_feeds);
	if (!gaz_store_stats(s, &stats, &err))
		die("stats", &err);
	if (stats.items == 0)
		fill(s, feeds, n_feeds, items);
	time_polls(s, feeds, n_feeds);
	gaz_store_close(s);
	time_start(argv[1], items);
	s = gaz_store_open(argv[1], GAZ_STORE_READ, &err);
	if (s == NULL)
		die("open", &err);
	start = seconds();
	if (!gaz_store_stats(s, &stats, &err))
		die("stats", &err);
	printf("stats: %.1f ms; %" PRId64 " items, %" PRId64 " stories, "
	    "%.0f bytes an item\n", (seconds() - start) * 1000, stats.items,
	    stats.stories, (double)stats.bytes / (double)stats.items);
	time_queries(s, items);
	gaz_store_close(s);
	free(feeds);
	return 0;
}
