#include "config.h"

#include "daemon/message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "gazetted/limits.h"

static const struct gaz_parse_job sample = {
	.kind = GAZ_MESSAGE_FEED, .url = { "https://a.example/", 18 },
	.language = { "fr", 2 }, .body = { "<rss/>\0<!-- -->", 15 },
	.max_items = -7,
};

static void
test_round_trip(void **state)
{
	struct gaz_message_header h;
	struct gaz_parse_job got;
	struct gaz_buf b;
	struct gaz_err err;

	(void)state;
	gaz_buf_init(&b, GAZ_MESSAGE_MAX);
	assert_true(gaz_message_put_job(&sample, &b, &err));
	memcpy(&h, b.p, sizeof(h));
	assert_int_equal(h.magic, GAZ_MESSAGE_MAGIC);
	assert_int_equal(h.len, b.len - sizeof(h));
	assert_true(gaz_message_get_job(gaz_str_make(b.p + sizeof(h), h.len),
	    h.kind, &got));
	assert_true(gaz_str_eq(got.url, sample.url));
	assert_true(gaz_str_eq(got.body, sample.body));
	assert_null(got.content_type.p);
	assert_int_equal(got.max_items, -7);
	gaz_buf_clear(&b);
}

static void
test_damage(void **state)
{
	struct gaz_parse_job got;
	struct gaz_buf b;
	struct gaz_err err;
	size_t head = sizeof(struct gaz_message_header);

	(void)state;
	gaz_buf_init(&b, GAZ_MESSAGE_MAX);
	assert_true(gaz_message_put_job(&sample, &b, &err));
	for (size_t n = head; n < b.len; n++) {
		char *copy = malloc(n - head + 1);

		assert_non_null(copy);
		memcpy(copy, b.p + head, n - head);
		assert_false(gaz_message_get_job(gaz_str_make(copy, n - head),
		    GAZ_MESSAGE_FEED, &got));
		free(copy);
	}
	assert_false(gaz_message_get_job(gaz_str_make(b.p + head,
	    b.len - head), GAZ_MESSAGE_HELLO, &got));
	assert_false(gaz_message_get_job(gaz_str_make(b.p + head,
	    b.len - head), 77, &got));
	gaz_buf_clear(&b);
}

static void
test_limit(void **state)
{
	struct gaz_parse_job job = sample;
	struct gaz_buf b;
	struct gaz_err err = { 0 };

	(void)state;
	gaz_buf_init(&b, GAZ_MESSAGE_MAX);
	job.body.len = GAZ_MESSAGE_MAX + 1; /* never looked at */
	assert_false(gaz_message_put_job(&job, &b, &err));
	assert_int_equal(err.code, GAZ_ERR_LIMIT);
	assert_non_null(strstr(err.msg, "GAZ_MESSAGE_MAX"));
	gaz_buf_clear(&b);
}

static void
test_header(void **state)
{
	struct gaz_message_header h = { GAZ_MESSAGE_MAGIC, GAZ_MESSAGE_FEED,
		GAZ_MESSAGE_MAX, 0 };

	(void)state;
	assert_true(gaz_message_header_ok(&h));
	h.len++;
	assert_false(gaz_message_header_ok(&h));
	h.len = 0;
	assert_true(gaz_message_header_ok(&h));
	h.magic ^= 1;
	assert_false(gaz_message_header_ok(&h));
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_header),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}
