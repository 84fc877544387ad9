#ifndef BROKEN_H
#define BROKEN_H

/* What the tests of broken documents share: a document of
 * tests/fixtures/broken, read and digested, and what is expected of it. */

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gazetted/batch.h"
#include "gazetted/file.h"
#include "gazetted/parse.h"

#define BROKEN_URL "https://feeds.example/dir/feed.xml"

/* A document, what is kept of it, and the memory of both. */
struct parsed {
	struct gaz_arena a;
	struct gaz_document doc;
	struct gaz_batch batch;
	enum gaz_fault fault;
	struct gaz_err err;
};

static inline void
parse(struct parsed *p, struct gaz_str bytes, const char *type)
{
	const struct gaz_parse_options opt = { .url = GAZ_STR(BROKEN_URL),
		.content_type = gaz_str_of(type) };
	const struct gaz_digest_options digest = { .url = GAZ_STR(BROKEN_URL) };

	memset(p, 0, sizeof(*p));
	if (gaz_parse(bytes, &opt, &p->a, &p->doc, &p->fault, &p->err))
		gaz_parse_digest(&p->doc, &digest, &p->a, &p->batch);
	else
		assert_true(p->fault != GAZ_FAULT_NONE);
}

static inline void
clear(struct parsed *p)
{
	gaz_arena_clear(&p->a);
}

static inline void
load(struct parsed *p, const char *name, const char *type)
{
	const char *dir = getenv("GAZ_FIXTURES");
	struct gaz_buf file;
	struct gaz_err err;
	char path[1024];

	snprintf(path, sizeof(path), "%s/broken/%s",
	    dir != NULL ? dir : GAZ_FIXTURES_DIR, name);
	gaz_buf_init(&file, 1 << 20);
	if (!gaz_file_load(path, &file, &err))
		fail_msg("%s", err.msg);
	parse(p, gaz_buf_str(&file), type);
	gaz_buf_clear(&file);
}

static inline void
expect_fault(const struct parsed *p, const char *name, enum gaz_fault want)
{
	if (p->fault != want)
		fail_msg("%s: %s, not %s (%s)", name,
		    gaz_fault_name(p->fault), gaz_fault_name(want),
		    p->err.msg);
}

static inline void
refused(const char *name, const char *type, enum gaz_fault want)
{
	struct parsed p;

	load(&p, name, type);
	expect_fault(&p, name, want);
	clear(&p);
}

static inline void
expect_str(const char *what, struct gaz_str got, const char *want)
{
	if (!gaz_str_eq_z(got, want) || (got.p == NULL) != (want == NULL))
		fail_msg("%s: \"%.*s\", not \"%s\"", what, GAZ_STR_ARG(got),
		    want != NULL ? want : "(absent)");
}

/* The titles of the items that are kept, in order, up to NULL. */
static inline void
expect_titles(const struct parsed *p, const char *name,
    const char *const *titles)
{
	size_t n = 0;

	expect_fault(p, name, GAZ_FAULT_NONE);
	for (; titles[n] != NULL; n++) {
		if (n >= p->batch.items.n)
			fail_msg("%s: no item \"%s\"", name, titles[n]);
		expect_str(name, p->batch.items.v[n].title, titles[n]);
	}
	assert_int_equal(p->batch.items.n, n);
}

#define TITLES(...) (const char *const[]){ __VA_ARGS__, NULL }

static inline bool
has_error(const struct parsed *p, const char *words)
{
	for (size_t i = 0; i < p->doc.errors.n; i++) {
		if (gaz_str_find(p->doc.errors.v[i], gaz_str_of(words), 0) !=
		    GAZ_STR_NPOS)
			return true;
	}
	return false;
}

static inline bool
holds(struct gaz_str s, const char *words)
{
	return gaz_str_ifind(s, gaz_str_of(words), 0) != GAZ_STR_NPOS;
}

/* Before, n times the middle, after. */
static inline void
repeat(struct parsed *p, const char *before, const char *middle, size_t n,
    const char *after)
{
	struct gaz_buf b;

	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	gaz_buf_put_z(&b, before);
	for (size_t i = 0; i < n; i++)
		gaz_buf_put_z(&b, middle);
	gaz_buf_put_z(&b, after);
	parse(p, gaz_buf_str(&b), NULL);
	gaz_buf_clear(&b);
}

#define HEAD "<rss version='2.0'><channel><title>t</title>"
#define TAIL "</channel></rss>"

#endif
