#include "config.h"

#include "gazetted/arena.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdalign.h>
#include <string.h>

#include "gazetted/mem.h"

/* Aligned, zeroed, and no two pieces overlap, whatever their sizes. */
static void
test_alloc(void **state)
{
	static const size_t sizes[] = { 0, 1, 7, 16, 100, 1000, 4095, 4096,
		4097, 50000, 1000000, 3 };
	struct gaz_arena a;
	unsigned char *pieces[12 * GAZ_COUNT(sizes)];
	size_t n = 0, sum = 0;

	(void)state;
	gaz_arena_init(&a);
	for (size_t round = 0; round < 12; round++) {
		for (size_t i = 0; i < GAZ_COUNT(sizes); i++) {
			unsigned char *p = gaz_arena_alloc(&a, sizes[i]);
			assert_int_equal((uintptr_t)p % alignof(max_align_t),
			    0);
			for (size_t k = 0; k < sizes[i]; k++)
				assert_int_equal(p[k], 0);
			memset(p, (int)(n + 1), sizes[i]);
			pieces[n++] = p;
			sum += sizes[i];
			gaz_arena_z(&a, GAZ_STR("odd")); /* off the alignment */
		}
	}
	for (size_t i = 0; i < n; i++) {
		size_t size = sizes[i % GAZ_COUNT(sizes)];
		for (size_t k = 0; k < size; k++)
			assert_int_equal(pieces[i][k],
			    (unsigned char)(i + 1));
	}
	assert_true(a.used >= sum);
	gaz_arena_clear(&a);
	assert_null(a.last);
	assert_int_equal(a.used, 0);
	gaz_arena_clear(&a);
	gaz_arena_clear(NULL);
}

static void
test_text(void **state)
{
	struct gaz_arena a = { 0 };

	(void)state;
	struct gaz_str s = gaz_arena_str(&a, GAZ_STR("a\0b"));
	assert_int_equal(s.len, 3);
	assert_memory_equal(s.p, "a\0b", 4);
	s = gaz_arena_str(&a, GAZ_STR(""));
	assert_non_null(s.p);
	assert_int_equal(s.len, 0);
	assert_int_equal(s.p[0], '\0');
	assert_null(gaz_arena_str(&a, GAZ_STR_NONE).p);
	assert_string_equal(gaz_arena_z(&a, GAZ_STR("xyz")), "xyz");
	assert_string_equal(gaz_arena_z(&a, GAZ_STR_NONE), "");
	/* up to and over the end of many blocks */
	const char *first = gaz_arena_z(&a, GAZ_STR("abcdef"));
	for (int i = 0; i < 300000; i++) {
		if (strcmp(gaz_arena_z(&a, GAZ_STR("abcdef")), "abcdef") != 0)
			fail_msg("text %d", i);
	}
	assert_string_equal(first, "abcdef");
	gaz_arena_clear(&a);
}

static void
test_fmt(void **state)
{
	struct gaz_arena a = { 0 };

	(void)state;
	struct gaz_str s = gaz_arena_fmt(&a, "%d-%s", 12, "ab");
	assert_int_equal(s.len, 5);
	assert_string_equal(s.p, "12-ab");
	s = gaz_arena_fmt(&a, "%6000d", 1);
	assert_int_equal(s.len, 6000);
	assert_int_equal(s.p[5999], '1');
	gaz_arena_clear(&a);
}

struct row {
	int64_t id;
	const char *name;
};

static void
test_list(void **state)
{
	struct gaz_arena a = { 0 };
	GAZ_LIST(struct row) rows = { 0 };

	(void)state;
	for (int i = 0; i < 5000; i++) {
		struct row *r = gaz_list_push(&a, &rows);
		assert_int_equal(r->id, 0);
		assert_null(r->name);
		r->id = i;
		r->name = "x";
	}
	assert_int_equal(rows.n, 5000);
	for (int i = 0; i < 5000; i++)
		assert_int_equal(rows.v[i].id, i);
	/* an element that comes again is zeroed again */
	rows.n -= 10;
	assert_int_equal(gaz_list_push(&a, &rows)->id, 0);
	gaz_arena_clear(&a);
}

static void
test_reset(void **state)
{
	struct gaz_arena a = { 0 }, other = { 0 };
	struct gaz_str kept;

	(void)state;
	gaz_arena_reset(&a);
	for (size_t round = 0; round < 3; round++) {
		for (size_t n = 1; n < 400000; n *= 3) {
			char *p = gaz_arena_alloc(&a, n);

			for (size_t i = 0; i < n; i++)
				assert_int_equal(p[i], 0);
			memset(p, 'x', n);
		}
		gaz_arena_reset(&a);
		assert_int_equal(a.used, 0);
	}
	/* what is moved stays where it is */
	kept = gaz_arena_str(&a, GAZ_STR("kept"));
	gaz_arena_str(&other, GAZ_STR("other"));
	gaz_arena_move(&other, &a);
	assert_int_equal(a.used, 0);
	assert_int_equal(other.used, strlen("kept") + strlen("other") + 2);
	gaz_arena_clear(&a);
	gaz_arena_move(&other, &a);
	assert_string_equal(kept.p, "kept");
	gaz_arena_clear(&other);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alloc),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_fmt),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_reset),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
