#include "config.h"

#include "gazetted/map.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "gazetted/hash.h"
#include "gazetted/mem.h"

static int things[1000];

static void
test_basics(void **state)
{
	struct gaz_map *m = gaz_map_new();
	struct gaz_str key;
	void *value;
	size_t pos = 0;

	(void)state;
	assert_null(gaz_map_find(m, GAZ_STR("a")));
	assert_null(gaz_map_take(m, GAZ_STR("a")));
	assert_false(gaz_map_next(m, &pos, &key, &value));
	assert_null(gaz_map_put(m, GAZ_STR("a"), &things[1]));
	assert_null(gaz_map_put(m, GAZ_STR("a\0b"), &things[2]));
	assert_null(gaz_map_put(m, GAZ_STR(""), &things[3]));
	assert_ptr_equal(gaz_map_find(m, GAZ_STR("a")), &things[1]);
	assert_ptr_equal(gaz_map_find(m, GAZ_STR("a\0b")), &things[2]);
	assert_ptr_equal(gaz_map_find(m, GAZ_STR("")), &things[3]);
	assert_ptr_equal(gaz_map_find(m, GAZ_STR_NONE), &things[3]);
	assert_null(gaz_map_find(m, GAZ_STR("A")));
	assert_ptr_equal(gaz_map_put(m, GAZ_STR("a"), &things[4]), &things[1]);
	assert_int_equal(gaz_map_count(m), 3);
	assert_ptr_equal(gaz_map_take(m, GAZ_STR("a")), &things[4]);
	assert_null(gaz_map_find(m, GAZ_STR("a")));
	assert_int_equal(gaz_map_count(m), 2);
	gaz_map_free(m);
	gaz_map_free(NULL);
}

static void
test_order(void **state)
{
	struct gaz_map *m = gaz_map_new();
	struct gaz_str key;
	void *value;
	char text[16];
	size_t pos = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		snprintf(text, sizeof(text), "%d", i * 7919 % 1000);
		gaz_map_put(m, gaz_str_of(text), &things[i]);
	}
	for (int i = 0; i < 1000; i++) {
		snprintf(text, sizeof(text), "%d", i * 7919 % 1000);
		assert_true(gaz_map_next(m, &pos, &key, &value));
		assert_true(gaz_str_eq_z(key, text));
		assert_ptr_equal(value, &things[i]);
	}
	assert_false(gaz_map_next(m, &pos, &key, &value));
	gaz_map_free(m);
}

/* Keys that come and go for ever must not make the table grow for ever. */
static void
test_growth(void **state)
{
	struct gaz_map *m = gaz_map_new();
	char text[16];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		snprintf(text, sizeof(text), "%d", i);
		gaz_map_put(m, gaz_str_of(text), &things[i % 1000]);
		if (i >= 5) {
			snprintf(text, sizeof(text), "%d", i - 5);
			assert_ptr_equal(gaz_map_take(m, gaz_str_of(text)),
			    &things[(i - 5) % 1000]);
		}
	}
	assert_int_equal(gaz_map_count(m), 5);
	size_t pos = 0;
	struct gaz_str key;
	void *value;
	while (gaz_map_next(m, &pos, &key, &value))
		continue;
	assert_true(pos < 100); /* places walked over, those left empty too */
	gaz_map_free(m);
}

/* Random operations, and a plain array that must agree after each. */
static void
test_against_array(void **state)
{
	struct gaz_map *m = gaz_map_new();
	void *want[97] = { NULL };
	size_t live = 0;

	(void)state;
	for (uint64_t step = 0; step < 50000; step++) {
		uint64_t r = gaz_hash_mix(step, 1);
		size_t k = (size_t)(r % GAZ_COUNT(want));
		char text[16];
		void *old;

		snprintf(text, sizeof(text), "key %zu", k);
		if ((r >> 32) % 2 == 0) {
			void *value = &things[(r >> 40) % 1000];
			old = gaz_map_put(m, gaz_str_of(text), value);
			live += want[k] == NULL;
			assert_ptr_equal(old, want[k]);
			want[k] = value;
		} else {
			old = gaz_map_take(m, gaz_str_of(text));
			live -= want[k] != NULL;
			assert_ptr_equal(old, want[k]);
			want[k] = NULL;
		}
		assert_int_equal(gaz_map_count(m), live);
		k = (size_t)((r >> 16) % GAZ_COUNT(want));
		snprintf(text, sizeof(text), "key %zu", k);
		assert_ptr_equal(gaz_map_find(m, gaz_str_of(text)), want[k]);
	}
	size_t pos = 0, seen = 0;
	struct gaz_str key;
	void *value;
	while (gaz_map_next(m, &pos, &key, &value))
		seen++;
	assert_int_equal(seen, live);
	gaz_map_free(m);
}

static void
test_map64_basics(void **state)
{
	static const uint64_t keys[] = { 0, 1, UINT64_MAX, UINT64_C(1) << 63 };
	struct gaz_map64 *m = gaz_map64_new();

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(keys); i++) {
		uint64_t value = 55;
		assert_false(gaz_map64_find(m, keys[i], &value));
		assert_int_equal(value, 55);
		assert_false(gaz_map64_remove(m, keys[i]));
		gaz_map64_put(m, keys[i], i + 100);
		assert_true(gaz_map64_find(m, keys[i], &value));
		assert_int_equal(value, i + 100);
		gaz_map64_put(m, keys[i], i + 200);
		assert_true(gaz_map64_find(m, keys[i], NULL));
		assert_int_equal(gaz_map64_count(m), i + 1);
	}
	for (size_t i = 0; i < GAZ_COUNT(keys); i++) {
		uint64_t value;
		assert_true(gaz_map64_find(m, keys[i], &value));
		assert_int_equal(value, i + 200);
		assert_true(gaz_map64_remove(m, keys[i]));
		assert_false(gaz_map64_find(m, keys[i], NULL));
		assert_int_equal(gaz_map64_count(m), GAZ_COUNT(keys) - 1 - i);
	}
	gaz_map64_free(m);
	gaz_map64_free(NULL);
}

static void
test_map64_against_array(void **state)
{
	struct gaz_map64 *m = gaz_map64_new();
	struct {
		bool there;
		uint64_t value;
	} want[61] = { 0 };
	size_t live = 0;

	(void)state;
	for (uint64_t step = 0; step < 100000; step++) {
		uint64_t r = gaz_hash_mix(step, 2), value;
		size_t k = (size_t)(r % GAZ_COUNT(want));

		if ((r >> 32) % 2 == 0) {
			gaz_map64_put(m, k, r);
			live += !want[k].there;
			want[k].there = true;
			want[k].value = r;
		} else {
			assert_int_equal(gaz_map64_remove(m, k),
			    want[k].there);
			live -= want[k].there;
			want[k].there = false;
		}
		assert_int_equal(gaz_map64_count(m), live);
		for (k = 0; k < GAZ_COUNT(want); k++) {
			bool there = gaz_map64_find(m, k, &value);
			if (there != want[k].there ||
			    (there && value != want[k].value))
				fail_msg("step %d, key %zu", (int)step, k);
		}
	}
	gaz_map64_free(m);
}

static void
test_map64_many(void **state)
{
	struct gaz_map64 *m = gaz_map64_new();
	uint64_t value;

	(void)state;
	for (uint64_t i = 0; i < 100000; i++)
		gaz_map64_put(m, i << 20, ~i);
	assert_int_equal(gaz_map64_count(m), 100000);
	for (uint64_t i = 0; i < 100000; i++) {
		assert_true(gaz_map64_find(m, i << 20, &value));
		assert_true(value == ~i);
	}
	gaz_map64_free(m);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_basics),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_growth),
		cmocka_unit_test(test_against_array),
		cmocka_unit_test(test_map64_basics),
		cmocka_unit_test(test_map64_against_array),
		cmocka_unit_test(test_map64_many),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("map", tests, NULL, NULL);
}
