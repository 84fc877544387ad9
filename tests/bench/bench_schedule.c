#include "config.h"

#include "gazetted/schedule.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "gazetted/hash.h"
#include "gazetted/mem.h"

/*
 * What the schedule costs, in CPU time:
 *     make tests/bench/bench_schedule && tests/bench/bench_schedule [FEEDS]
 */
#define ROUNDS 4

static int64_t
cpu_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void
after(int64_t start_ms, uint64_t n, const char *what, double bar_ns)
{
	double ns = (double)(cpu_ms() - start_ms) * 1e6 / (double)n;

	printf("  %-34s %6.0f ns", what, ns);
	if (bar_ns > 0)
		printf("   bar %.0f ns: %s", bar_ns, ns <= bar_ns ? "ok"
		    : "MISSED");
	puts("");
}

static void
bench_heap(uint32_t feeds)
{
	struct gaz_schedule *s = gaz_schedule_new();
	uint64_t n = (uint64_t)feeds * ROUNDS;
	uint32_t id = 0;
	int64_t wait, start, now = 0;

	printf("schedule of %" PRIu32 " feeds\n", feeds);
	gaz_schedule_reserve(s, feeds);
	start = cpu_ms();
	for (uint32_t i = 0; i < feeds; i++)
		gaz_schedule_put(s, i, (struct gaz_mono){
		    (int64_t)(gaz_hash_mix(1, i) % 3600000) });
	after(start, feeds, "put, filling", 500);
	start = cpu_ms();
	for (uint64_t i = 0; i < n; i++) {
		while (!gaz_schedule_take(s, (struct gaz_mono){ now }, &id,
		    &wait))
			now += wait;
		gaz_schedule_put(s, id, (struct gaz_mono){ now + 300000 +
		    (int64_t)(gaz_hash_mix(2, i) % 86100000) });
	}
	after(start, n, "take and put again: a decision", 500);
	start = cpu_ms();
	for (uint64_t i = 0; i < n; i++) {
		id = (uint32_t)(gaz_hash_mix(3, i) % feeds);
		gaz_schedule_put(s, id, (struct gaz_mono){ now +
		    (int64_t)(gaz_hash_mix(4, i) % 86400000) });
	}
	after(start, n, "move", 500);
	printf("  %-34s %6.1f bytes\n", "memory for a feed",
	    (double)gaz_schedule_bytes(s) / feeds);
	gaz_schedule_free(s);
}

static void
bench_interval(void)
{
	enum { N = 1000000 };
	struct gaz_interval_input in = { .now = 1757008800,
		.retry_after_s = INT64_MIN, .max_age_s = INT64_MIN,
		.ttl_s = INT64_MIN, .update_interval_s = INT64_MIN };
	struct gaz_interval out;
	gaz_utc dates[32];
	int64_t sum = 0;

	printf("pause of a feed with a rhythm\n");
	for (size_t i = 0; i < GAZ_COUNT(dates); i++)
		dates[i] = in.now - (int64_t)i * 20000 - 600;
	gaz_rhythm_note(&in.rhythm, dates, GAZ_COUNT(dates), in.now);
	int64_t start = cpu_ms();
	for (uint64_t i = 0; i < N; i++) {
		in.seed = i;
		gaz_interval_decide(&in, &out);
		sum += out.delay_s;
	}
	after(start, N, "decide", 500);
	if (sum == 0)
		puts("  (no pause at all)");
}

int
main(int argc, char **argv)
{
	uint32_t feeds = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10)
	                          : 1000000;

	bench_heap(feeds > 0 ? feeds : 1);
	bench_interval();
	return 0;
}
