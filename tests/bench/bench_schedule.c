#include "config.h"

#include "gazetted/schedule.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "gazetted/hash.h"
#include "simulate.h"

/*
 * What the schedule costs, and what the rhythm is worth:
 *     make tests/bench/bench_schedule && tests/bench/bench_schedule [FEEDS]
 */
#define ROUNDS 4

static int64_t
after(int64_t start_ms, uint64_t n, const char *what)
{
	int64_t ms = gaz_clock_mono().ms - start_ms;

	printf("  %-34s %6.0f ns\n", what, (double)ms * 1e6 / (double)n);
	return ms;
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
	start = gaz_clock_mono().ms;
	for (uint32_t i = 0; i < feeds; i++)
		gaz_schedule_put(s, i, (struct gaz_mono){
		    (int64_t)(gaz_hash_mix(1, i) % 3600000) });
	after(start, feeds, "put, filling");
	start = gaz_clock_mono().ms;
	for (uint64_t i = 0; i < n; i++) {
		while (!gaz_schedule_take(s, (struct gaz_mono){ now }, &id,
		    &wait))
			now += wait;
		gaz_schedule_put(s, id, (struct gaz_mono){ now + 300000 +
		    (int64_t)(gaz_hash_mix(2, i) % 86100000) });
	}
	after(start, n, "take and put again");
	start = gaz_clock_mono().ms;
	for (uint64_t i = 0; i < n; i++) {
		id = (uint32_t)(gaz_hash_mix(3, i) % feeds);
		gaz_schedule_put(s, id, (struct gaz_mono){ now +
		    (int64_t)(gaz_hash_mix(4, i) % 86400000) });
	}
	after(start, n, "move");
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
	int64_t sum = 0;

	printf("pause of a feed with 32 dates\n");
	for (in.newest_count = 0; in.newest_count < GAZ_INTERVAL_DATES;
	     in.newest_count++)
		in.newest[in.newest_count] = in.now -
		    (int64_t)in.newest_count * 20000 - 600;
	int64_t start = gaz_clock_mono().ms;
	for (uint64_t i = 0; i < N; i++) {
		in.seed = i;
		gaz_interval_decide(&in, &out);
		sum += out.delay_s;
	}
	after(start, N, "decide");
	if (sum == 0)
		puts("  (no pause at all)");
}

static void
print_run(const char *name, const struct simulated *r,
    const struct simulated *fixed)
{
	printf("  %-22s %9" PRIu64 " requests (%.2f), mean delay %5.0f s "
	    "(%.2f), median %5.0f s\n", name, r->requests,
	    (double)r->requests / (double)fixed->requests, r->mean_delay_s,
	    r->mean_delay_s / fixed->mean_delay_s, r->median_delay_s);
}

static void
bench_fortnight(uint32_t feeds)
{
	struct simulation s = { .feeds = feeds, .days = 14, .seed = 1 };
	struct simulated fixed, r;

	printf("a fortnight of %" PRIu32 " feeds\n", feeds);
	s.fixed_s = 3600;
	simulate(&s, &fixed);
	print_run("every 60 min", &fixed, &fixed);
	s.fixed_s = 0;
	int64_t start = gaz_clock_mono().ms;
	simulate(&s, &r);
	print_run("rhythm, default", &r, &fixed);
	printf("  %-22s %6" PRId64 " ms\n", "took",
	    gaz_clock_mono().ms - start);
	/* The price at which it spends as much as the fixed one: that of a
	 * tenth of the feeds will do. */
	int64_t low = 50, high = 1200;
	s.feeds = feeds / 10 > 0 ? feeds / 10 : 1;
	while (high - low > 10) {
		s.price_s = (low + high) / 2;
		simulate(&s, &r);
		if (r.requests * 10 > fixed.requests)
			low = s.price_s;
		else
			high = s.price_s;
	}
	s.feeds = feeds;
	s.price_s = high;
	simulate(&s, &r);
	print_run("rhythm, as many", &r, &fixed);
}

int
main(int argc, char **argv)
{
	uint32_t feeds = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10)
	                          : 1000000;

	bench_heap(feeds > 0 ? feeds : 1);
	bench_interval();
	bench_fortnight(feeds / 100 > 0 ? feeds / 100 : 1);
	return 0;
}
