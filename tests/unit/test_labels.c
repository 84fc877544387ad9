#include "config.h"

#include "daemon/describe.h"

#include "gazetted/limits.h"

#include "store_help.h"

static struct gaz_err err;

/* n items more of a story of their own. */
static void
tell(struct gaz_store *s, int64_t feed, int64_t story, int n, int64_t *ids)
{
	for (int i = 0; i < n; i++) {
		char guid[24];

		snprintf(guid, sizeof(guid), "%d-%d", (int)story, i);
		ids[i] = put_one(s, feed,
		    (struct row){ guid, NULL, guid, "text", T0 }, T0);
		join(s, ids[i], story, 0, T0);
	}
}

/* How many lines there are, and how many of them hold the item. */
static int
lines(const struct gaz_buf *out, int64_t id)
{
	char want[32];
	int n = 0;

	snprintf(want, sizeof(want), "\"id\":\"%d\"", (int)id);
	for (const char *p = out->p, *end; p != NULL && *p != '\0'; p = end) {
		const char *at = strstr(p, want);

		end = strchr(p, '\n');
		assert_non_null(end);
		end++;
		n += id == 0 || (at != NULL && at < end);
	}
	return n;
}

static int
count(struct gaz_store *s, size_t max, struct gaz_buf *out)
{
	gaz_buf_init(out, max);
	OK(gaz_describe_labels(s, T0, out, &err));
	gaz_buf_put_z(out, ""); /* a terminated text */
	return lines(out, 0);
}

/* All pairs of two lists up to the limit; beyond it each item is in some. */
static void
test_of_one_correction(void **state)
{
	struct fixture *fx = *state;
	int64_t feed, ids[40], id, unused;
	struct gaz_buf out;

	assert_int_equal(GAZ_LABELS_PER_CORRECTION_MAX, 16 * 16);
	subscribe(fx->s, 1, &feed);
	tell(fx->s, feed, 1, 16, ids);
	tell(fx->s, feed, 2, 16, ids + 16);
	OK(gaz_store_merge_stories(fx->s, 1, 2, true, T0, &err));
	assert_int_equal(count(fx->s, GAZ_BUF_NO_MAX, &out), 16 * 16);
	for (int i = 0; i < 32; i++)
		assert_int_equal(lines(&out, ids[i]), 16);
	gaz_buf_clear(&out);
	/* Of 23 * 17 a part, each of them once. */
	tell(fx->s, feed, 3, 23, ids);
	tell(fx->s, feed, 4, 17, ids + 23);
	OK(gaz_store_split_story(fx->s, 1, &(int64_t){ 1 }, 1, true, T0, &id,
	    &err));
	OK(gaz_store_merge_stories(fx->s, 3, 4, true, T0, &err));
	/* The split says the contrary of 16 pairs and something of 15. */
	assert_int_equal(count(fx->s, GAZ_BUF_NO_MAX, &out),
	    2 * 16 * 16 + 15);
	for (int i = 0; i < 40; i++) {
		assert_in_range(lines(&out, ids[i]), 256 / 23,
		    256 / 17 + 1);
	}
	gaz_buf_clear(&out);
	/* A pin, of which no item is a pair with itself. */
	tell(fx->s, feed, 9, 40, ids);
	OK(gaz_store_pin_story(fx->s, 9, ids, 40, T0, &unused, &err));
	assert_int_equal(count(fx->s, GAZ_BUF_NO_MAX, &out),
	    3 * 16 * 16 + 15);
	for (int i = 0; i < 40; i++)
		assert_in_range(lines(&out, ids[i]), 12, 14);
	gaz_buf_clear(&out);
}

/* The newest first, whole lines, as many as there is room for. */
static void
test_room(void **state)
{
	struct fixture *fx = *state;
	struct gaz_buf all, some;
	int64_t feed, ids[4];
	size_t one;

	subscribe(fx->s, 1, &feed);
	for (int i = 0; i < 4; i++)
		tell(fx->s, feed, i + 1, 1, ids + i);
	OK(gaz_store_merge_stories(fx->s, 1, 2, true, T0, &err));
	OK(gaz_store_merge_stories(fx->s, 3, 4, true, T0, &err));
	assert_int_equal(count(fx->s, GAZ_BUF_NO_MAX, &all), 2);
	one = (size_t)(strchr(all.p, '\n') + 1 - all.p);
	assert_int_equal(count(fx->s, all.len - 1, &some), 1);
	assert_int_equal(some.len, one);
	assert_int_equal(lines(&some, ids[3]), 1);
	gaz_buf_clear(&some);
	assert_int_equal(count(fx->s, all.len + 64, &some), 2);
	gaz_buf_clear(&some);
	gaz_buf_clear(&all);
}

/* What is older than as many as are told is left out. */
static void
test_of_all(void **state)
{
	struct fixture *fx = *state;
	int64_t feed, ids[40], unused;
	struct gaz_buf out;
	unsigned int n;

	subscribe(fx->s, 1, &feed);
	tell(fx->s, feed, 1, 1, ids);
	tell(fx->s, feed, 2, 1, ids);
	OK(gaz_store_merge_stories(fx->s, 1, 2, true, T0, &err));
	tell(fx->s, feed, 3, 40, ids);
	for (n = 0; (n + 1) * 256 < GAZ_LABELS_MAX; n++)
		OK(gaz_store_pin_story(fx->s, 3, ids, 40, T0, &unused, &err));
	assert_int_equal(count(fx->s, GAZ_BUF_NO_MAX, &out), 256 + 1);
	gaz_buf_clear(&out);
	OK(gaz_store_pin_story(fx->s, 3, ids, 40, T0, &unused, &err));
	assert_int_equal(count(fx->s, GAZ_BUF_NO_MAX, &out), 256);
	gaz_buf_clear(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_of_one_correction),
		STORE_TEST(test_room),
		STORE_TEST(test_of_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
