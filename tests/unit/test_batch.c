#include "config.h"

#include "gazetted/batch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "gazetted/limits.h"
#include "gazetted/mem.h"

static void
sample(struct gaz_arena *a, struct gaz_batch *b)
{
	*b = (struct gaz_batch){ .ttl_s = 3600, .skip_hours = 5,
		.skip_days = 3, .update_interval_s = GAZ_INT_UNKNOWN,
		.title = GAZ_STR("Un journal"), .format = GAZ_STR("rss"),
		.flags = GAZ_BATCH_WELL_FORMED };
	*gaz_list_push(a, &b->hubs) = GAZ_STR("https://hub.example/");
	for (int i = 0; i < 3; i++) {
		struct gaz_batch_item *it = gaz_list_push(a, &b->items);

		it->guid = gaz_arena_fmt(a, "guid-%d", i);
		it->title = gaz_arena_fmt(a, "Titre n\u00ba %d", i);
		it->content = GAZ_STR("<p>texte</p>");
		it->published = i == 1 ? GAZ_UTC_UNKNOWN : -1;
		it->features = gaz_str_make("\0\1\2\xff", 4);
		it->content_hash = UINT64_MAX - (unsigned)i;
		it->flags = GAZ_ITEM_DATE_UNKNOWN;
		*gaz_list_push(a, &it->categories) = GAZ_STR("monde");
		struct gaz_enclosure *e = gaz_list_push(a, &it->enclosures);
		e->url = GAZ_STR("https://a.example/1.mp3");
		e->length = GAZ_INT_UNKNOWN;
		e->duration_s = 61;
	}
}

static void
test_round_trip(void **state)
{
	struct gaz_arena a = { 0 }, a2 = { 0 };
	struct gaz_batch b, c;
	struct gaz_buf m, m2;
	struct gaz_err err;

	(void)state;
	gaz_buf_init(&m, GAZ_MESSAGE_MAX);
	gaz_buf_init(&m2, GAZ_MESSAGE_MAX);
	sample(&a, &b);
	assert_true(gaz_batch_encode(&b, &m, &err));
	assert_true(gaz_batch_decode(gaz_buf_str(&m), &a2, &c, &err));
	assert_int_equal(c.items.n, 3);
	assert_true(gaz_str_eq_z(c.items.v[2].guid, "guid-2"));
	assert_true(c.items.v[1].published == GAZ_UTC_UNKNOWN);
	assert_true(c.items.v[0].published == -1);
	assert_null(c.items.v[0].url.p);
	assert_int_equal(c.items.v[0].features.len, 4);
	assert_int_equal(c.items.v[0].enclosures.v[0].duration_s, 61);
	assert_int_equal(c.skip_days, 3);
	/* Whatever was lost on the way would show here. */
	assert_true(gaz_batch_encode(&c, &m2, &err));
	assert_true(gaz_str_eq(gaz_buf_str(&m), gaz_buf_str(&m2)));
	gaz_buf_clear(&m);
	gaz_buf_clear(&m2);
	gaz_arena_clear(&a);
	gaz_arena_clear(&a2);
}

/* Cut anywhere, or with any one byte changed: an error or a sound batch. */
static void
test_damage(void **state)
{
	struct gaz_arena a = { 0 };
	struct gaz_batch b, c;
	struct gaz_buf m;
	struct gaz_err err;

	(void)state;
	gaz_buf_init(&m, GAZ_MESSAGE_MAX);
	sample(&a, &b);
	assert_true(gaz_batch_encode(&b, &m, &err));
	for (size_t i = 0; i < m.len; i++) {
		struct gaz_arena t = { 0 };
		char *copy = malloc(m.len);

		assert_non_null(copy);
		memcpy(copy, m.p, i);
		assert_false(gaz_batch_decode(gaz_str_make(copy, i), &t, &c,
		    &err));
		memcpy(copy, m.p, m.len);
		copy[i] = (char)(copy[i] ^ 0xa5);
		if (gaz_batch_decode(gaz_str_make(copy, m.len), &t, &c, &err))
			assert_true(c.items.n <= 3);
		free(copy);
		gaz_arena_clear(&t);
	}
	gaz_buf_clear(&m);
	gaz_arena_clear(&a);
}

/* Records made one by one: an item may take the place of an earlier one. */
static void
test_records(void **state)
{
	static const struct {
		uint32_t replaces[3];
		const char *want; /* titles; NULL: refused */
	} cases[] = {
		{ { GAZ_BATCH_NEW, GAZ_BATCH_NEW, GAZ_BATCH_NEW }, "abc" },
		{ { GAZ_BATCH_NEW, GAZ_BATCH_NEW, 0 }, "cb" },
		{ { GAZ_BATCH_NEW, 0, 0 }, "c" },
		{ { GAZ_BATCH_NEW, 1, GAZ_BATCH_NEW }, NULL },
		{ { 0, GAZ_BATCH_NEW, GAZ_BATCH_NEW }, NULL },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		static const char titles[] = "abc";
		struct gaz_batch rest = { .ttl_s = 7 }, b;
		struct gaz_arena a = { 0 };
		struct gaz_buf m, got;
		struct gaz_err err = { 0 };

		gaz_buf_init(&m, GAZ_MESSAGE_MAX);
		gaz_buf_init(&got, GAZ_BUF_NO_MAX);
		for (size_t k = 0; k < 3; k++) {
			struct gaz_batch_item it = {
				.title = gaz_str_make(titles + k, 1) };

			assert_true(gaz_batch_put_item(&it,
			    cases[i].replaces[k], &m, &err));
		}
		/* Without the rest it is none. */
		assert_false(gaz_batch_decode(gaz_buf_str(&m), &a, &b, &err));
		assert_true(gaz_batch_put_rest(&rest, &m, &err));
		if (gaz_batch_decode(gaz_buf_str(&m), &a, &b, &err) !=
		    (cases[i].want != NULL))
			fail_msg("%zu: %s", i, err.msg);
		for (size_t k = 0; k < b.items.n; k++)
			gaz_buf_put_str(&got, b.items.v[k].title);
		if (cases[i].want != NULL) {
			assert_true(gaz_str_eq_z(gaz_buf_str(&got),
			    cases[i].want));
			assert_int_equal(b.ttl_s, 7);
		}
		gaz_buf_clear(&m);
		gaz_buf_clear(&got);
		gaz_arena_clear(&a);
	}
}

static void
test_many_items(void **state)
{
	(void)state;
	for (size_t over = 0; over <= 1; over++) {
		const struct gaz_batch_item it = { .title = GAZ_STR("t") };
		const struct gaz_batch rest = { .ttl_s = 7 };
		struct gaz_arena a = { 0 };
		struct gaz_batch b;
		struct gaz_buf m;
		struct gaz_err err;

		gaz_buf_init(&m, GAZ_MESSAGE_MAX);
		for (size_t i = 0; i < GAZ_DOCUMENT_ITEMS_MAX + over; i++)
			assert_true(gaz_batch_put_item(&it, GAZ_BATCH_NEW, &m,
			    &err));
		assert_true(gaz_batch_put_rest(&rest, &m, &err));
		assert_true(gaz_batch_decode(gaz_buf_str(&m), &a, &b, &err) ==
		    (over == 0));
		gaz_buf_clear(&m);
		gaz_arena_clear(&a);
	}
}

static void
test_limits(void **state)
{
	struct gaz_arena a = { 0 }, a2 = { 0 };
	struct gaz_batch b = { .ttl_s = GAZ_INT_UNKNOWN }, c;
	struct gaz_batch_item *it;
	struct gaz_buf m;
	struct gaz_err err;

	(void)state;
	gaz_buf_init(&m, GAZ_MESSAGE_MAX);
	it = gaz_list_push(&a, &b.items);
	it->title = GAZ_STR("");
	for (int i = 0; i < GAZ_ITEM_CATEGORIES_MAX; i++)
		*gaz_list_push(&a, &it->categories) = GAZ_STR("c");
	assert_true(gaz_batch_encode(&b, &m, &err));
	assert_true(gaz_batch_decode(gaz_buf_str(&m), &a2, &c, &err));
	*gaz_list_push(&a, &it->categories) = GAZ_STR("one too many");
	gaz_buf_reset(&m);
	assert_false(gaz_batch_encode(&b, &m, &err));
	it->categories.n = 0;
	it->title = gaz_str_make("\xc3\x28", 2);
	gaz_buf_reset(&m);
	assert_true(gaz_batch_encode(&b, &m, &err));
	assert_false(gaz_batch_decode(gaz_buf_str(&m), &a2, &c, &err));
	assert_non_null(strstr(err.msg, "not UTF-8"));
	it->title = GAZ_STR_NONE;
	gaz_buf_reset(&m);
	assert_false(gaz_batch_encode(&b, &m, &err));
	gaz_buf_clear(&m);
	gaz_arena_clear(&a);
	gaz_arena_clear(&a2);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_many_items),
		cmocka_unit_test(test_limits),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("batch", tests, NULL, NULL);
}
