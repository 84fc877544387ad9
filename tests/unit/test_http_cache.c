#include "config.h"

#include "gazetted/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct gaz_http_doc *
make(const char *text)
{
	struct gaz_buf b;

	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	gaz_buf_put_z(&b, text);
	struct gaz_http_doc *d = gaz_http_doc_new("text/plain", &b, false);
	assert_null(b.p);
	return d;
}

static void
put(struct gaz_http_cache *c, const char *key, int64_t generation,
    const char *text)
{
	struct gaz_http_doc *d = make(text);

	gaz_http_cache_put(c, gaz_str_of(key), generation, d);
	gaz_http_doc_put(d);
}

static bool
holds(struct gaz_http_cache *c, const char *key, int64_t generation,
    const char *text)
{
	struct gaz_http_doc *d =
	    gaz_http_cache_find(c, gaz_str_of(key), generation);

	return d != NULL && gaz_str_eq_z(gaz_http_doc_body(d), text);
}

static void
test_generations(void **state)
{
	struct gaz_http_cache *c = gaz_http_cache_new(1 << 20);

	(void)state;
	put(c, "/a", 1, "one");
	assert_true(holds(c, "/a", 1, "one"));
	assert_false(holds(c, "/b", 1, "one"));
	put(c, "/a", 2, "two");
	assert_int_equal(gaz_http_cache_count(c), 1);
	assert_true(holds(c, "/a", 2, "two"));
	/* asked for another generation, it is gone for good */
	assert_null(gaz_http_cache_find(c, GAZ_STR("/a"), 3));
	assert_int_equal(gaz_http_cache_count(c), 0);
	assert_int_equal(gaz_http_cache_bytes(c), 0);
	gaz_http_cache_free(c);
}

static void
test_bound(void **state)
{
	struct gaz_http_cache *c = gaz_http_cache_new(1 << 20);

	(void)state;
	put(c, "/a", 1, "one");
	size_t one = gaz_http_cache_bytes(c);
	gaz_http_cache_free(c);

	/* room for three of a kind, to the byte */
	c = gaz_http_cache_new(3 * one);
	put(c, "/a", 1, "one");
	put(c, "/b", 1, "one");
	put(c, "/c", 1, "one");
	assert_int_equal(gaz_http_cache_count(c), 3);
	assert_int_equal(gaz_http_cache_bytes(c), 3 * one);
	/* a was used, so b is the one to go */
	assert_true(holds(c, "/a", 1, "one"));
	put(c, "/d", 1, "one");
	assert_int_equal(gaz_http_cache_count(c), 3);
	assert_true(holds(c, "/a", 1, "one"));
	assert_false(holds(c, "/b", 1, "one"));
	assert_true(holds(c, "/c", 1, "one"));
	assert_true(holds(c, "/d", 1, "one"));
	gaz_http_cache_free(c);

	/* a byte less, and two is all */
	c = gaz_http_cache_new(3 * one - 1);
	put(c, "/a", 1, "one");
	put(c, "/b", 1, "one");
	put(c, "/c", 1, "one");
	assert_int_equal(gaz_http_cache_count(c), 2);
	gaz_http_cache_free(c);

	/* larger than all of it: not kept, and nothing else is lost */
	c = gaz_http_cache_new(one);
	put(c, "/a", 1, "one");
	put(c, "/b", 1, "a document that has a good deal more to tell, and "
	    "then some more, until it is larger than the first one was");
	assert_true(holds(c, "/a", 1, "one"));
	gaz_http_cache_free(c);
}

static void
test_shares(void **state)
{
	struct gaz_http_cache *c = gaz_http_cache_new(1 << 20);
	struct gaz_http_doc *d = make("mine");

	(void)state;
	gaz_http_cache_put(c, GAZ_STR("/a"), 1, d);
	/* again: the one that is replaced is the one that is put */
	gaz_http_cache_put(c, GAZ_STR("/a"), 2, d);
	assert_ptr_equal(gaz_http_cache_find(c, GAZ_STR("/a"), 2), d);
	assert_null(gaz_http_cache_find(c, GAZ_STR("/a"), 3));
	assert_true(gaz_str_eq_z(gaz_http_doc_body(d), "mine"));
	gaz_http_doc_put(d);
	gaz_http_cache_free(c);
	gaz_http_cache_free(NULL);
	gaz_http_doc_put(NULL);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_generations),
		cmocka_unit_test(test_bound),
		cmocka_unit_test(test_shares),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("http_cache", tests, NULL, NULL);
}
