#include "config.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "gazetted/hash.h"
#include "gazetted/limits.h"
#include "gazetted/mem.h"
#include "gazetted/story.h"

/*
 * bench_story [LIVE]
 *
 * Fills a window with LIVE items (100000) of a made-up stream, in which words
 * are as frequent as in a natural language and a third of the items tell an
 * event again, then measures how fast further items are decided.
 */

#define MEASURED 20000

static uint64_t rng = 88172645463325252u;

static uint64_t
next(void)
{
	rng ^= rng << 13;
	rng ^= rng >> 7;
	rng ^= rng << 17;
	return rng;
}

/* A word of Zipf's distribution over 60,000. */
static void
put_word(struct gaz_buf *out, uint64_t seed)
{
	double u = (double)(seed >> 11) / 9007199254740992.0;
	uint64_t rank = (uint64_t)exp(u * log(60000.0));
	uint64_t h = gaz_hash_mix(rank, 3);
	size_t n = 4 + h % 6;

	for (size_t i = 0; i < n; i += 2) {
		gaz_buf_put_char(out, "aeiou"[h / 7 % 5]);
		gaz_buf_put_char(out, "bcdfghklmnprstvz"[h / 41 % 16]);
		h = gaz_hash_mix(h, i);
	}
}

/*
 * Ten words of title and thirty of text, half of them the event's own; a quarter
 * of the items have a title only, as in feeds.
 */
static void
make(uint64_t event, bool headline, struct gaz_buf *title, struct gaz_buf *summary)
{
	gaz_buf_reset(title);
	gaz_buf_reset(summary);
	for (uint64_t i = 0; i < (headline ? 10 : 40); i++) {
		struct gaz_buf *out = i < 10 ? title : summary;
		uint64_t own = gaz_hash_mix(event, next() % 24);

		put_word(out, next() % 2 ? own : next());
		gaz_buf_put_char(out, ' ');
	}
}

int
main(int argc, char **argv)
{
	int64_t live = argc > 1 ? strtoll(argv[1], NULL, 10) : 100000;
	int64_t total = live + MEASURED;
	struct gaz_story_options o = { GAZ_STORY_WINDOW_S, 1 };
	struct gaz_story_extractor *x = gaz_story_extractor_new();
	struct gaz_story_index *ix = gaz_story_index_new(&o);
	struct gaz_buf title, summary, features;
	struct gaz_arena arena;
	clock_t start; /* processor time: the machine may be shared */
	int64_t spent = 0, extracted = 0;

	gaz_buf_init(&title, GAZ_BUF_NO_MAX);
	gaz_buf_init(&summary, GAZ_BUF_NO_MAX);
	gaz_buf_init(&features, GAZ_FEATURES_MAX);
	gaz_arena_init(&arena);
	for (int64_t i = 0; i < total; i += 1000) {
		struct gaz_buf blobs[1000];
		int64_t last = i + 1000 < total ? i + 1000 : total;

		start = clock();
		for (int64_t k = i; k < last; k++) {
			int64_t event = next() % 3 != 0 ? k :
			    k - (int64_t)(next() % 3000);
			make((uint64_t)event, k % 4 == 0, &title, &summary);
			struct gaz_story_text t = { gaz_buf_str(&title),
				gaz_buf_str(&summary), GAZ_STR("en"),
				GAZ_STR_NONE, GAZ_STR_NONE, k };
			gaz_buf_init(&blobs[k - i], GAZ_FEATURES_MAX);
			gaz_story_extract(x, &t, &blobs[k - i]);
		}
		extracted += clock() - start;
		start = clock();
		for (int64_t k = i; k < last; k++) {
			struct gaz_story_decision d;
			/* The window holds LIVE items. */
			int64_t now = k * GAZ_STORY_WINDOW_S / live;
			struct gaz_story_item item = { k + 1, k % 3000 + 1,
				now, now, gaz_buf_str(&blobs[k - i]) };

			gaz_story_index_add(ix, &item, now, &arena, &d);
			gaz_arena_clear(&arena);
		}
		if (i >= live)
			spent += clock() - start;
		for (int64_t k = i; k < last; k++)
			gaz_buf_clear(&blobs[k - i]);
	}
	struct gaz_story_stats s;
	gaz_story_index_stats(ix, &s);
	printf("%zu items in %zu stories, %zu terms, %.0f bytes an item\n",
	    s.items, s.stories, s.terms, (double)s.bytes / (double)s.items);
	printf("%.0f items/s decided, %.0f items/s made and extracted\n",
	    MEASURED * (double)CLOCKS_PER_SEC / (double)(spent + 1),
	    (double)total * CLOCKS_PER_SEC / (double)(extracted + 1));
	gaz_buf_clear(&title);
	gaz_buf_clear(&summary);
	gaz_buf_clear(&features);
	gaz_arena_clear(&arena);
	gaz_story_index_free(ix);
	gaz_story_extractor_free(x);
	return 0;
}
