#ifndef TESTS_STORE_HELP_H
#define TESTS_STORE_HELP_H

/* A store in a folder of its own, and short ways to fill it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "gazetted/hash.h"
#include "gazetted/store.h"

/* Rows of tables end where the rest does not matter. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#define T0 1757000000 /* a Thursday in September 2025 */
#define DAY 86400

/* The test ends with the error's words unless x holds. */
#define OK(x)                                                               \
	do {                                                                \
		err.msg[0] = '\0';                                          \
		if (!(x))                                                   \
			fail_msg("%s: %s", #x, err.msg);                    \
	} while (0)

struct fixture {
	char dir[64], path[96];
	struct gaz_store *s;
};

static inline void
open_store(struct fixture *fx)
{
	struct gaz_err err;

	OK((fx->s = gaz_store_open(fx->path, GAZ_STORE_WRITE, &err)) != NULL);
}

static inline int
set_up(void **state)
{
	struct fixture *fx = calloc(1, sizeof(*fx));

	snprintf(fx->dir, sizeof(fx->dir), "/tmp/gaz_store_XXXXXX");
	if (mkdtemp(fx->dir) == NULL)
		return -1;
	snprintf(fx->path, sizeof(fx->path), "%s/store.db", fx->dir);
	open_store(fx);
	*state = fx;
	return 0;
}

static inline int
tear_down(void **state)
{
	struct fixture *fx = *state;
	char cmd[128];

	gaz_store_close(fx->s);
	snprintf(cmd, sizeof(cmd), "rm -rf '%s'", fx->dir);
	free(fx);
	return system(cmd);
}

#define STORE_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

/* The database agrees with itself. */
static inline void
assert_sound(struct gaz_store *s)
{
	struct gaz_buf report;
	struct gaz_err err;
	bool sound;

	gaz_buf_init(&report, GAZ_BUF_NO_MAX);
	OK(gaz_store_check(s, &report, &sound, &err));
	if (!sound)
		fail_msg("%s", report.p);
	gaz_buf_clear(&report);
}

/* Subscribe to n feeds "a", "b", ... at https://NAME.example/feed. */
static inline void
subscribe(struct gaz_store *s, size_t n, int64_t *ids)
{
	struct gaz_store_subscription v[26] = { 0 };
	char names[26][2], urls[26][40];
	struct gaz_err err;

	for (size_t i = 0; i < n; i++) {
		names[i][0] = (char)('a' + i);
		names[i][1] = '\0';
		snprintf(urls[i], 40, "https://%c.example/feed", names[i][0]);
		v[i].name = gaz_str_of(names[i]);
		v[i].url = gaz_str_of(urls[i]);
		v[i].enabled = true;
	}
	OK(gaz_store_sync_feeds(s, v, n, T0, ids, &err));
}

/* One item as the worker would send it; NULL is absent, 0 no date. */
struct row {
	const char *guid, *url, *title, *text;
	int64_t published, updated;
};

static inline void
fill_item(struct gaz_batch_item *it, const struct row *r)
{
	memset(it, 0, sizeof(*it));
	it->guid = gaz_str_of(r->guid);
	it->url = gaz_str_of(r->url);
	it->url_given = it->url;
	it->title = gaz_str_of(r->title);
	it->text = gaz_str_of(r->text);
	it->summary = it->text;
	it->content = it->text;
	it->language = GAZ_STR("en");
	it->features = GAZ_STR("features");
	it->published = r->published != 0 ? r->published : GAZ_UTC_UNKNOWN;
	it->updated = r->updated != 0 ? r->updated : GAZ_UTC_UNKNOWN;
	it->content_hash = gaz_hash_mix(gaz_hash_str(it->title),
	    gaz_hash_str(it->text));
}

static inline void
put_rows(struct gaz_store *s, int64_t feed, const struct row *rows, size_t n,
    gaz_utc now, struct gaz_put_result *res)
{
	struct gaz_batch_item items[64];
	struct gaz_batch b = { .flags = GAZ_BATCH_WELL_FORMED,
		.title = GAZ_STR("Feed"), .ttl_s = GAZ_INT_UNKNOWN,
		.update_interval_s = GAZ_INT_UNKNOWN };
	struct gaz_err err;

	assert_true(n <= 64);
	for (size_t i = 0; i < n; i++)
		fill_item(&items[i], &rows[i]);
	b.items.v = items;
	b.items.n = n;
	OK(gaz_store_put_batch(s, feed, &b, now, res, &err));
}

/* Put one item, return its id. */
static inline int64_t
put_one(struct gaz_store *s, int64_t feed, struct row r, gaz_utc now)
{
	struct gaz_put_result res;
	int64_t id;

	put_rows(s, feed, &r, 1, now, &res);
	assert_int_equal(res.items.n, 1);
	id = res.items.v[0].item_id;
	gaz_vec_clear(&res.items);
	return id;
}

/* Put it into a story. */
static inline void
join(struct gaz_store *s, int64_t item, int64_t story, int64_t copy_of,
    gaz_utc when)
{
	struct gaz_store_membership m = { .item_id = item, .story_id = story,
		.copy = copy_of != 0, .copy_of = copy_of, .when = when,
		.score = 0.5, .evidence = GAZ_STR("{\"score\":0.5}") };
	struct gaz_err err;

	OK(gaz_store_put_membership(s, &m, &err));
}

static inline struct gaz_view *
query(struct gaz_store *s, enum gaz_view_kind kind,
    const struct gaz_filter *f)
{
	struct gaz_view *v = gaz_view_new(kind);
	struct gaz_err err;

	OK(gaz_store_query(s, f, true, T0, v, &err));
	return v;
}

static inline void
assert_str(struct gaz_str got, const char *want)
{
	char text[512];

	snprintf(text, sizeof(text), "%.*s", GAZ_STR_ARG(got));
	assert_string_equal(text, want);
}

#endif
