#include "config.h"

#include "gazetted/queue.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "gazetted/mem.h"

static int things[100];

static bool
is_readable(const struct gaz_queue *q)
{
	struct pollfd p = { .fd = gaz_queue_fd(q), .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

static void
test_order(void **state)
{
	struct gaz_queue *q = gaz_queue_new(10);

	(void)state;
	/* rounds of different size, so that the ring wraps everywhere */
	for (int round = 1; round <= 10; round++) {
		for (int i = 0; i < round; i++)
			assert_true(gaz_queue_put(q, &things[i]));
		for (int i = 0; i < round; i++)
			assert_ptr_equal(gaz_queue_take(q, -1), &things[i]);
	}
	gaz_queue_free(q);
	gaz_queue_free(NULL);
}

static void
test_bounds(void **state)
{
	(void)state;
	for (size_t cap = 1; cap < 4; cap++) {
		struct gaz_queue *q = gaz_queue_new(cap);
		assert_null(gaz_queue_try_take(q));
		assert_null(gaz_queue_take(q, 0));
		for (size_t i = 0; i < cap; i++) {
			assert_int_equal(gaz_queue_count(q), i);
			assert_int_equal(gaz_queue_room(q), cap - i);
			assert_true(gaz_queue_try_put(q, &things[i]));
		}
		assert_false(gaz_queue_try_put(q, &things[99]));
		assert_int_equal(gaz_queue_room(q), 0);
		assert_ptr_equal(gaz_queue_try_take(q), &things[0]);
		assert_true(gaz_queue_try_put(q, &things[99]));
		gaz_queue_free(q);
	}
}

static void
test_close(void **state)
{
	struct gaz_queue *q = gaz_queue_new(5);

	(void)state;
	assert_true(gaz_queue_put(q, &things[1]));
	assert_true(gaz_queue_put(q, &things[2]));
	assert_false(gaz_queue_is_closed(q));
	gaz_queue_close(q);
	gaz_queue_close(q);
	assert_true(gaz_queue_is_closed(q));
	assert_false(gaz_queue_put(q, &things[3]));
	assert_false(gaz_queue_try_put(q, &things[3]));
	assert_int_equal(gaz_queue_room(q), 0);
	assert_ptr_equal(gaz_queue_take(q, -1), &things[1]);
	assert_ptr_equal(gaz_queue_take(q, 0), &things[2]);
	assert_null(gaz_queue_take(q, -1));
	assert_null(gaz_queue_try_take(q));
	gaz_queue_free(q);
}

static void
test_descriptor(void **state)
{
	struct gaz_queue *q = gaz_queue_new(3);

	(void)state;
	assert_false(is_readable(q));
	for (int round = 0; round < 3; round++) {
		assert_true(gaz_queue_put(q, &things[1]));
		assert_true(is_readable(q));
		assert_true(gaz_queue_put(q, &things[2]));
		assert_non_null(gaz_queue_try_take(q));
		assert_true(is_readable(q));
		assert_non_null(gaz_queue_take(q, -1));
		assert_false(is_readable(q));
		assert_null(gaz_queue_try_take(q));
		assert_false(is_readable(q));
	}
	gaz_queue_free(q);
}

static void *
put_three(void *arg)
{
	bool ok = true;

	for (int i = 0; i < 3; i++)
		ok = gaz_queue_put(arg, &things[i]) && ok;
	return ok ? arg : NULL;
}

static void
test_waiting_putter(void **state)
{
	struct gaz_queue *q = gaz_queue_new(1);
	pthread_t t;
	void *rc;

	(void)state;
	assert_int_equal(pthread_create(&t, NULL, put_three, q), 0);
	for (int i = 0; i < 3; i++)
		assert_ptr_equal(gaz_queue_take(q, -1), &things[i]);
	assert_int_equal(pthread_join(t, &rc), 0);
	assert_non_null(rc);
	gaz_queue_free(q);
}

static void *
take_one(void *arg)
{
	/* Far beyond the test: it must not be the time that ends it. */
	return gaz_queue_take(arg, 3600 * 1000);
}

static void
test_waiting_taker(void **state)
{
	struct gaz_queue *q = gaz_queue_new(1);
	pthread_t t;
	void *got;

	(void)state;
	assert_int_equal(pthread_create(&t, NULL, take_one, q), 0);
	assert_true(gaz_queue_put(q, &things[7]));
	assert_int_equal(pthread_join(t, &got), 0);
	assert_ptr_equal(got, &things[7]);
	/* The deadline passes, with milliseconds beyond a whole second too. */
	assert_null(gaz_queue_take(q, 1));
	gaz_queue_free(q);
}

/*
 * Whoever waits is woken. Nothing tells whether a thread waits yet, so there
 * are many rounds, in most of which some do.
 */
static void
close_round(void)
{
	struct gaz_queue *empty = gaz_queue_new(1), *full = gaz_queue_new(1);
	pthread_t takers[3], putter;
	void *rc;

	for (size_t i = 0; i < GAZ_COUNT(takers); i++)
		assert_int_equal(
		    pthread_create(&takers[i], NULL, take_one, empty), 0);
	assert_int_equal(pthread_create(&putter, NULL, put_three, full), 0);
	while (gaz_queue_count(full) == 0)
		sched_yield();
	gaz_queue_close(empty);
	gaz_queue_close(full);
	for (size_t i = 0; i < GAZ_COUNT(takers); i++) {
		assert_int_equal(pthread_join(takers[i], &rc), 0);
		assert_null(rc);
	}
	assert_int_equal(pthread_join(putter, &rc), 0);
	assert_null(rc);
	gaz_queue_free(empty);
	gaz_queue_free(full);
}

static void
test_close_wakes(void **state)
{
	(void)state;
	for (int i = 0; i < 50; i++)
		close_round();
}

#define EACH 2000

struct crowd {
	struct gaz_queue *q;
	int *numbers; /* one a putter and turn */
	atomic_int next_putter;
};

static void *
put_many(void *arg)
{
	struct crowd *c = arg;
	int me = atomic_fetch_add(&c->next_putter, 1);

	for (int i = 0; i < EACH; i++) {
		int *p = &c->numbers[me * EACH + i];
		while (i % 2 == 0 && !gaz_queue_try_put(c->q, p)) {
			if (gaz_queue_put(c->q, p))
				break;
		}
		if (i % 2 != 0 && !gaz_queue_put(c->q, p))
			break;
	}
	return NULL;
}

static void *
take_many(void *arg)
{
	struct crowd *c = arg;
	int *p;

	while ((p = gaz_queue_take(c->q, -1)) != NULL)
		(*p)++; /* a race here would mean two takers got it */
	return NULL;
}

/* Everything that goes in comes out exactly once. */
static void
test_many_threads(void **state)
{
	enum { PUTTERS = 3, TAKERS = 3 };
	struct crowd c = { .q = gaz_queue_new(7),
		.numbers = gaz_mem_zero(PUTTERS * EACH, sizeof(int)) };
	pthread_t putters[PUTTERS], takers[TAKERS];

	(void)state;
	for (int i = 0; i < TAKERS; i++)
		assert_int_equal(
		    pthread_create(&takers[i], NULL, take_many, &c), 0);
	for (int i = 0; i < PUTTERS; i++)
		assert_int_equal(
		    pthread_create(&putters[i], NULL, put_many, &c), 0);
	for (int i = 0; i < PUTTERS; i++)
		assert_int_equal(pthread_join(putters[i], NULL), 0);
	gaz_queue_close(c.q);
	for (int i = 0; i < TAKERS; i++)
		assert_int_equal(pthread_join(takers[i], NULL), 0);
	for (int i = 0; i < PUTTERS * EACH; i++)
		assert_int_equal(c.numbers[i], 1);
	assert_false(is_readable(c.q));
	gaz_queue_free(c.q);
	free(c.numbers);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_close),
		cmocka_unit_test(test_descriptor),
		cmocka_unit_test(test_waiting_putter),
		cmocka_unit_test(test_waiting_taker),
		cmocka_unit_test(test_close_wakes),
		cmocka_unit_test(test_many_threads),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("queue", tests, NULL, NULL);
}
