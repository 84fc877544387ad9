/* What the writer makes of a message that no honest worker would send. */
#include "config.h"

#include "daemon/cycle.h"

#include "gazetted/limits.h"

#include "store_help.h"

static void
run(struct fixture *fx, struct cycle *c, struct gaz_str message)
{
	struct gaz_story_options opt = { .window_s = GAZ_STORY_WINDOW_S,
		.next_story_id = 1 };
	struct gaz_writer_state w = { .store = fx->s,
		.index = gaz_story_index_new(&opt) };
	struct gaz_err err;

	gaz_buf_init(&c->message, GAZ_MESSAGE_MAX);
	gaz_buf_put_str(&c->message, message);
	OK(gaz_store_begin(fx->s, &err));
	OK(gaz_ingest_run(&w, c, &err));
	OK(gaz_store_commit(fx->s, &err));
	gaz_buf_clear(&c->message);
	gaz_story_index_free(w.index);
}

static void
sample(struct gaz_buf *out)
{
	struct gaz_arena a = { 0 };
	struct gaz_batch b = { .ttl_s = GAZ_INT_UNKNOWN,
		.update_interval_s = GAZ_INT_UNKNOWN };
	struct gaz_batch_item *it = gaz_list_push(&a, &b.items);
	struct gaz_err err;

	it->title = GAZ_STR("A title");
	it->guid = GAZ_STR("one");
	it->published = it->updated = GAZ_UTC_UNKNOWN;
	it->features = GAZ_STR("no features");
	gaz_buf_init(out, GAZ_MESSAGE_MAX);
	OK(gaz_batch_encode(&b, out, &err));
	gaz_arena_clear(&a);
}

/* It costs that fetch of that feed: nothing is stored, the next one is. */
static void
test_garbage(void **state)
{
	struct fixture *fx = *state;
	struct gaz_buf whole;
	int64_t ids[2];

	sample(&whole);
	subscribe(fx->s, 2, ids);
	for (size_t n = 0; n < whole.len; n += 7) {
		struct cycle c = { .feed_id = ids[0], .when = T0 };

		run(fx, &c, gaz_str_make(whole.p, n));
		assert_int_equal(c.fault, GAZ_FAULT_HOSTILE);
		assert_int_equal(c.added, 0);
		assert_false(c.parsed);
		assert_true(c.next.delay_s > 0);
	}

	struct cycle other = { .feed_id = ids[1], .when = T0 };
	struct cycle c = { .feed_id = ids[0], .when = T0 + 1 };

	run(fx, &other, gaz_buf_str(&whole));
	assert_int_equal(other.fault, GAZ_FAULT_NONE);
	assert_int_equal(other.added, 1);
	run(fx, &c, gaz_buf_str(&whole));
	assert_int_equal(c.fault, GAZ_FAULT_NONE);
	assert_true(c.parsed);
	gaz_buf_clear(&whole);
	assert_sound(fx->s);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_garbage),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("ingest", tests, NULL, NULL);
}
