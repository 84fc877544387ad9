#include "config.h"

#include "daemon/embedding.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gazetted/limits.h"
#include "gazetted/mem.h"

static const struct {
	const char *given, *want;
} urls[] = {
	{ "http://127.0.0.1:8080", "http://127.0.0.1:8080/v1/embeddings" },
	{ "http://127.0.0.1:8080/", "http://127.0.0.1:8080/v1/embeddings" },
	{ "http://h/v1", "http://h/v1/embeddings" },
	{ "http://h/v1/", "http://h/v1/embeddings" },
	{ "https://h/v1/embeddings", "https://h/v1/embeddings" },
	{ "https://h/openai", "https://h/openai/v1/embeddings" },
	{ "https://h/e?version=2", "https://h/e?version=2" },
};

static void
test_url(void **state)
{
	struct gaz_arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(urls); i++)
		assert_string_equal(gaz_embedding_url(&a,
		    gaz_str_of(urls[i].given)).p, urls[i].want);
	gaz_arena_clear(&a);
}

static void
test_text(void **state)
{
	char text[2 * GAZ_EMBED_TEXT_MAX];
	struct gaz_arena a = { 0 };
	struct gaz_str s;

	(void)state;
	s = gaz_embedding_text(&a, GAZ_STR("Title"), GAZ_STR("Text."));
	assert_true(gaz_str_eq_z(s, "Title\nText."));
	s = gaz_embedding_text(&a, GAZ_STR("Caf\xc3\xa9"), GAZ_STR_NONE);
	assert_true(gaz_str_eq_z(s, "Caf\xc3\xa9"));
	s = gaz_embedding_text(&a, GAZ_STR_NONE, GAZ_STR(" "));
	assert_true(gaz_str_eq_z(s, "-"));
	/* At the edge, between characters and in one. */
	memset(text, 'x', sizeof(text));
	s = gaz_embedding_text(&a, gaz_str_make(text, GAZ_EMBED_TEXT_MAX),
	    GAZ_STR_NONE);
	assert_int_equal(s.len, GAZ_EMBED_TEXT_MAX);
	s = gaz_embedding_text(&a, gaz_str_make(text, sizeof(text)),
	    GAZ_STR("more"));
	assert_int_equal(s.len, GAZ_EMBED_TEXT_MAX);
	memcpy(text + GAZ_EMBED_TEXT_MAX - 1, "\xc3\xa9", 2);
	s = gaz_embedding_text(&a, gaz_str_make(text, sizeof(text)),
	    GAZ_STR_NONE);
	assert_int_equal(s.len, GAZ_EMBED_TEXT_MAX - 1);
	gaz_arena_clear(&a);
}

static void
test_write(void **state)
{
	struct gaz_str texts[] = { GAZ_STR("a \"b\""), GAZ_STR("c\nd") };
	struct gaz_buf b;

	(void)state;
	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	gaz_embedding_write(&b, GAZ_STR("m"), texts, 2);
	assert_true(gaz_str_starts(gaz_buf_str(&b), "{\"model\":\"m\",\"input\":"
	    "[\"a \\\"b\\\"\",\"c\\nd\"],\"encoding_format\":\"float\"}"));
	gaz_buf_reset(&b);
	gaz_embedding_write(&b, GAZ_STR_NONE, texts, 1);
	assert_true(gaz_str_starts(gaz_buf_str(&b), "{\"input\":"));
	gaz_buf_clear(&b);
}

static void
test_read(void **state)
{
	struct gaz_vectors v;
	struct gaz_err err;

	(void)state;
	assert_true(gaz_embedding_read(GAZ_STR("{\"object\":\"list\",\"data\":["
	    "{\"index\":1,\"embedding\":[0,-0.25,0.5]},"
	    "{\"index\":0,\"embedding\":[3,4e0,0]}],\"usage\":{}}"), 2, &v,
	    &err));
	assert_int_equal(v.n, 2);
	assert_int_equal(v.len, 3);
	assert_int_equal(v.v[0], 95);
	assert_int_equal(v.v[1], 127);
	assert_int_equal(v.v[2], 0);
	assert_int_equal(v.v[3], 0);
	assert_int_equal(v.v[4], -64);
	assert_int_equal(v.v[5], 127);
	gaz_vectors_clear(&v);
	/* Without numbers they come in order. */
	assert_true(gaz_embedding_read(GAZ_STR("{\"data\":["
	    "{\"embedding\":[1]},{\"embedding\":[-1]}]}"), 2, &v, &err));
	assert_int_equal(v.v[1], -127);
	gaz_vectors_clear(&v);
}

static const struct {
	const char *name, *answer, *why;
} bad[] = {
	{ "nothing", "", "not JSON" },
	{ "a page", "<html>", "not JSON" },
	{ "cut", "{\"data\":[{\"embedding\":[1,2", "not JSON" },
	{ "not a number", "{\"data\":[{\"embedding\":[NaN]},"
	    "{\"embedding\":[1]}]}", "not JSON" },
	{ "infinite", "{\"data\":[{\"embedding\":[1e999]},"
	    "{\"embedding\":[1]}]}", "not JSON" },
	{ "a list", "[]", "no data" },
	{ "an error", "{\"error\":{\"message\":\"no\"}}", "no data" },
	{ "too few", "{\"data\":[{\"embedding\":[1]}]}", "1 vectors for 2" },
	{ "too many", "{\"data\":[{\"embedding\":[1]},{\"embedding\":[1]},"
	    "{\"embedding\":[1]}]}", "3 vectors for 2" },
	{ "no vector", "{\"data\":[{\"embedding\":[1]},{\"index\":1}]}",
	    "missing" },
	{ "no object", "{\"data\":[{\"embedding\":[1]},7]}", "missing" },
	{ "base64", "{\"data\":[{\"embedding\":\"AAAA\"},{\"embedding\":[1]}]}",
	    "missing" },
	{ "empty", "{\"data\":[{\"embedding\":[]},{\"embedding\":[1]}]}",
	    "missing" },
	{ "null inside", "{\"data\":[{\"embedding\":[null]},"
	    "{\"embedding\":[1]}]}", "no number" },
	{ "text inside", "{\"data\":[{\"embedding\":[1]},"
	    "{\"embedding\":[\"1\"]}]}", "no number" },
	{ "zeros", "{\"data\":[{\"embedding\":[1,1]},{\"embedding\":[0,0]}]}",
	    "nowhere" },
	{ "lengths", "{\"data\":[{\"embedding\":[1,1]},{\"embedding\":[1]}]}",
	    "of 2 and of 1" },
	{ "twice", "{\"data\":[{\"index\":1,\"embedding\":[1]},"
	    "{\"index\":1,\"embedding\":[1]}]}", "numbered" },
	{ "beyond", "{\"data\":[{\"index\":0,\"embedding\":[1]},"
	    "{\"index\":2,\"embedding\":[1]}]}", "numbered" },
	{ "below", "{\"data\":[{\"index\":-1,\"embedding\":[1]},"
	    "{\"index\":0,\"embedding\":[1]}]}", "numbered" },
};

static void
test_bad_answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(bad); i++) {
		struct gaz_vectors v = { 0 };
		struct gaz_err err = { 0 };

		if (gaz_embedding_read(gaz_str_of(bad[i].answer), 2, &v, &err))
			fail_msg("%s: was taken", bad[i].name);
		if (strstr(err.msg, bad[i].why) == NULL)
			fail_msg("%s: \"%s\" without \"%s\"", bad[i].name,
			    err.msg, bad[i].why);
		assert_null(v.v);
	}
}

/* One vector of n numbers that is not the same in two of them. */
static bool
read_long(size_t n, unsigned kind, struct gaz_vectors *v, struct gaz_err *err)
{
	struct gaz_buf b;
	bool ok;

	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	gaz_buf_put_z(&b, "{\"data\":[{\"embedding\":[");
	for (size_t i = 0; i < n; i++) {
		unsigned x = (unsigned)i * 2654435761u;
		unsigned y = ((unsigned)i + 7919 * kind) * 2246822519u;

		/* Half of it is what all kinds share. */
		gaz_buf_put_fmt(&b, "%s%d", i > 0 ? "," : "",
		    (int)(x >> 22) - 512 +
		    (kind > 0 ? (int)(y >> 22) - 512 : 0));
	}
	gaz_buf_put_z(&b, "]}]}");
	ok = gaz_embedding_read(gaz_buf_str(&b), 1, v, err);
	gaz_buf_clear(&b);
	return ok;
}

static double
cosine(const struct gaz_vectors *a, const struct gaz_vectors *b)
{
	double ab = 0, aa = 0, bb = 0;

	for (size_t i = 0; i < a->len; i++) {
		ab += a->v[i] * b->v[i];
		aa += a->v[i] * a->v[i];
		bb += b->v[i] * b->v[i];
	}
	return ab / sqrt(aa * bb);
}

static void
test_long_vectors(void **state)
{
	static const size_t lengths[] = { GAZ_STORY_VECTOR_MAX,
		GAZ_STORY_VECTOR_MAX + 1, 4096, GAZ_EMBED_NUMBERS_MAX };
	struct gaz_vectors a, b;
	struct gaz_err err = { 0 };

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(lengths); i++) {
		assert_true(read_long(lengths[i], 0, &a, &err));
		assert_true(read_long(lengths[i], 1, &b, &err));
		assert_int_equal(a.len, GAZ_STORY_VECTOR_MAX);
		/* 45 degrees between them, folded or not. */
		if (fabs(cosine(&a, &b) - 0.707) > 0.1)
			fail_msg("%zu numbers: %f", lengths[i], cosine(&a, &b));
		gaz_vectors_clear(&a);
		gaz_vectors_clear(&b);
	}
	assert_false(read_long(GAZ_EMBED_NUMBERS_MAX + 1, 0, &a, &err));
	assert_non_null(strstr(err.msg, "GAZ_EMBED_NUMBERS_MAX"));
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_url),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_bad_answers),
		cmocka_unit_test(test_long_vectors),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("embedding", tests, NULL, NULL);
}
