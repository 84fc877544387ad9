#include "config.h"

#include "gazetted/schedule.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "gazetted/hash.h"

static struct gaz_mono
at(int64_t ms)
{
	return (struct gaz_mono){ ms };
}

static void
test_basics(void **state)
{
	struct gaz_schedule *s = gaz_schedule_new();
	struct gaz_mono due;
	uint32_t id;
	int64_t wait;

	(void)state;
	assert_false(gaz_schedule_take(s, at(0), &id, &wait));
	assert_true(wait == INT64_MAX);
	gaz_schedule_remove(s, 7);
	assert_false(gaz_schedule_find(s, 7, &due));

	gaz_schedule_put(s, 7, at(5000));
	gaz_schedule_put(s, 0, at(6000));
	assert_int_equal(gaz_schedule_count(s), 2);
	assert_false(gaz_schedule_take(s, at(4999), &id, &wait));
	assert_int_equal(wait, 1);
	assert_true(gaz_schedule_take(s, at(5000), &id, &wait));
	assert_int_equal(id, 7);
	assert_false(gaz_schedule_find(s, 7, &due));
	assert_true(gaz_schedule_find(s, 0, &due));
	assert_int_equal(due.ms, 6000);

	gaz_schedule_remove(s, 0);
	assert_int_equal(gaz_schedule_count(s), 0);
	assert_false(gaz_schedule_take(s, at(9000), &id, &wait));
	gaz_schedule_free(s);
	gaz_schedule_free(NULL);
}

/* Put again moves, in both directions, and never doubles. */
static void
test_move(void **state)
{
	struct gaz_schedule *s = gaz_schedule_new();
	uint32_t id;
	int64_t wait;

	(void)state;
	for (uint32_t i = 0; i < 100; i++)
		gaz_schedule_put(s, i, at(1000 + i));
	gaz_schedule_put(s, 99, at(1));
	gaz_schedule_put(s, 0, at(5000));
	assert_int_equal(gaz_schedule_count(s), 100);
	assert_true(gaz_schedule_take(s, at(9000), &id, &wait));
	assert_int_equal(id, 99);
	for (uint32_t i = 1; i < 99; i++) {
		assert_true(gaz_schedule_take(s, at(9000), &id, &wait));
		assert_int_equal(id, i);
	}
	assert_true(gaz_schedule_take(s, at(9000), &id, &wait));
	assert_int_equal(id, 0);
	gaz_schedule_free(s);
}

static void
test_far_times(void **state)
{
	static const int64_t times[] = { INT64_MIN, -5000000000, -1, 0, 1,
		4294967295, 4294967296, INT64_MAX };
	struct gaz_schedule *s = gaz_schedule_new();
	struct gaz_mono due;
	uint32_t id;
	int64_t wait;

	(void)state;
	for (uint32_t i = 0; i < 8; i++) {
		gaz_schedule_put(s, 7 - i, at(times[7 - i]));
		assert_true(gaz_schedule_find(s, 7 - i, &due));
		assert_true(due.ms == times[7 - i]);
	}
	for (uint32_t i = 0; i < 8; i++) {
		assert_true(gaz_schedule_take(s, at(INT64_MAX), &id, &wait));
		assert_int_equal(id, i);
	}
	gaz_schedule_free(s);
}

/* Against the slow and obvious answer, over many random operations. */
static void
test_model(void **state)
{
	enum { IDS = 200, STEPS = 40000 };
	static int64_t due[IDS];
	static bool waits[IDS];
	struct gaz_schedule *s = gaz_schedule_new();
	size_t count = 0;
	int64_t now = 0;

	(void)state;
	for (uint64_t step = 0; step < STEPS; step++) {
		uint64_t r = gaz_hash_mix(11, step);
		uint32_t id = (uint32_t)(r >> 8) % IDS, got = 0;
		struct gaz_mono found;
		int64_t wait = 0;
		if (r % 8 < 4) {
			due[id] = now + (int64_t)(r >> 40) % 300;
			count += !waits[id];
			waits[id] = true;
			gaz_schedule_put(s, id, at(due[id]));
		} else if (r % 8 == 4) {
			count -= waits[id];
			waits[id] = false;
			gaz_schedule_remove(s, id);
		} else {
			uint32_t best = IDS;
			for (uint32_t i = 0; i < IDS; i++) {
				if (waits[i] &&
				    (best == IDS || due[i] < due[best]))
					best = i;
			}
			now += (int64_t)(r >> 50) % 5;
			bool took = gaz_schedule_take(s, at(now), &got, &wait);
			assert_int_equal(took,
			    best != IDS && due[best] <= now);
			if (took) {
				assert_int_equal(got, best);
				waits[got] = false;
				count--;
			} else if (best != IDS) {
				assert_int_equal(wait, due[best] - now);
			}
		}
		assert_int_equal(gaz_schedule_count(s), count);
		assert_int_equal(gaz_schedule_find(s, id, &found), waits[id]);
	}
	gaz_schedule_free(s);
}

/* The promise of 16 bytes a feed, exact with room made, close without. */
static void
test_memory(void **state)
{
	enum { FEEDS = 100000 };
	struct gaz_schedule *s = gaz_schedule_new();

	(void)state;
	gaz_schedule_reserve(s, FEEDS);
	for (uint32_t i = 0; i < FEEDS; i++)
		gaz_schedule_put(s, i, at(i));
	assert_int_equal(gaz_schedule_bytes(s), 16 * FEEDS);
	gaz_schedule_free(s);

	s = gaz_schedule_new();
	for (uint32_t i = 0; i < FEEDS; i++)
		gaz_schedule_put(s, i, at(i));
	assert_true(gaz_schedule_bytes(s) < 19 * FEEDS);
	gaz_schedule_free(s);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_basics),
		cmocka_unit_test(test_move),
		cmocka_unit_test(test_far_times),
		cmocka_unit_test(test_model),
		cmocka_unit_test(test_memory),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("schedule", tests, NULL, NULL);
}
