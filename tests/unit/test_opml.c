#include "config.h"

#include "gazetted/parse.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "gazetted/limits.h"
#include "gazetted/mem.h"

/* What was put, and the rest. */
struct list {
	struct gaz_arena *a;
	struct gaz_str title;
	GAZ_LIST(struct gaz_outline) feeds;
	gaz_str_list skipped;
};

static bool
put(void *arg, const struct gaz_outline *o)
{
	struct list *l = arg;
	struct gaz_outline *copy = gaz_list_push(l->a, &l->feeds);

	copy->title = gaz_arena_str(l->a, o->title);
	copy->url = gaz_arena_str(l->a, o->url);
	copy->site_url = gaz_arena_str(l->a, o->site_url);
	copy->language = gaz_arena_str(l->a, o->language);
	for (size_t i = 0; i < o->tags.n; i++)
		*gaz_list_push(l->a, &copy->tags) = gaz_arena_str(l->a,
		    o->tags.v[i]);
	return true;
}

static void
restart(void *arg)
{
	((struct list *)arg)->feeds.n = 0;
}

static bool
parse(struct gaz_str text, struct gaz_arena *a, struct list *l,
    struct gaz_err *err)
{
	const struct gaz_opml_sink sink = { .arg = l, .put = put,
		.restart = restart };
	struct gaz_opml o;
	bool ok;

	*l = (struct list){ .a = a };
	ok = gaz_opml_parse(text, &sink, a, &o, err);
	l->title = o.title;
	l->skipped = o.skipped;
	return ok;
}

/* "url [title] (site) tag,tag;" for each feed, then "-" and what was left out. */
static void
describe(const struct list *o, struct gaz_buf *out)
{
	gaz_buf_init(out, GAZ_BUF_NO_MAX);
	for (size_t i = 0; i < o->feeds.n; i++) {
		const struct gaz_outline *f = &o->feeds.v[i];

		gaz_buf_put_fmt(out, "%.*s [%.*s]", GAZ_STR_ARG(f->url),
		    GAZ_STR_ARG(f->title));
		if (f->site_url.p != NULL)
			gaz_buf_put_fmt(out, " (%.*s)",
			    GAZ_STR_ARG(f->site_url));
		for (size_t k = 0; k < f->tags.n; k++)
			gaz_buf_put_fmt(out, "%s%.*s", k == 0 ? " " : ",",
			    GAZ_STR_ARG(f->tags.v[k]));
		gaz_buf_put_char(out, ';');
	}
	for (size_t i = 0; i < o->skipped.n; i++)
		gaz_buf_put_fmt(out, "-%.*s;", GAZ_STR_ARG(o->skipped.v[i]));
}

#define HEAD "<opml version='2.0'><head><title>My list</title></head><body>"
#define TAIL "</body></opml>"

static void
test_lists(void **state)
{
	static const struct {
		const char *name, *text, *want;
	} cases[] = {
		{ "one feed", HEAD "<outline text='A' type='rss' "
		    "xmlUrl='http://a.example/f' htmlUrl='http://a.example/'/>"
		    TAIL, "http://a.example/f [A] (http://a.example/);" },
		{ "title before text", HEAD "<outline text='x' title='A &amp; "
		    "B' xmlUrl='http://a.example/f?x=1&amp;y=2'/>" TAIL,
		    "http://a.example/f?x=1&y=2 [A & B];" },
		{ "folders", HEAD "<outline text='News'><outline text='Local'>"
		    "<outline text='A' xmlUrl='http://a.example/'/></outline>"
		    "<outline text='B' xmlUrl='http://b.example/'/></outline>"
		    "<outline text='C' xmlUrl='http://c.example/'/>" TAIL,
		    "http://a.example/ [A] News,Local;http://b.example/ [B] "
		    "News;http://c.example/ [C];" },
		{ "categories", HEAD "<outline text='A' category='/Tech/Linux,"
		    "News,/Tech' xmlUrl='http://a.example/'/>" TAIL,
		    "http://a.example/ [A] Tech,Linux,News;" },
		{ "names in any case", "<OPML><BODY><OUTLINE TEXT='A' "
		    "XMLURL='http://a.example/'/></BODY></OPML>",
		    "http://a.example/ [A];" },
		{ "twice", HEAD "<outline text='A' xmlUrl='http://a.example/'/>"
		    "<outline text='B' xmlUrl='http://a.example/'/>" TAIL,
		    "http://a.example/ [A];" },
		{ "the scheme of desktop readers", HEAD
		    "<outline text='A' xmlUrl='feed://a.example/'/>"
		    "<outline text='B' xmlUrl='feed:https://b.example/'/>"
		    TAIL, "http://a.example/ [A];https://b.example/ [B];" },
		{ "not http", HEAD "<outline text='A' xmlUrl='|rm -rf /'/>"
		    "<outline text='B' xmlUrl='file:///etc/passwd'/>"
		    "<outline text='C' xmlUrl='exec:ls'/>"
		    "<outline text='D' xmlUrl='http://d.example/'/>" TAIL,
		    "http://d.example/ [D];"
		    "-A: |rm -rf /: not an http or https address;"
		    "-B: file:///etc/passwd: not an http or https address;"
		    "-C: exec:ls: not an http or https address;" },
		{ "bare ampersands", HEAD "<outline text='A & B' "
		    "xmlUrl='http://a.example/?x=1&y=2'/>" TAIL,
		    "http://a.example/?x=1&y=2 [A & B];" },
		{ "missing end tags", HEAD "<outline text='News'>"
		    "<outline text='A' xmlUrl='http://a.example/'>",
		    "http://a.example/ [A] News;" },
		{ "no feeds", HEAD TAIL, "" },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_arena a = { 0 };
		struct list o;
		struct gaz_err err = { 0 };
		struct gaz_buf got;

		if (!parse(gaz_str_of(cases[i].text), &a, &o, &err))
			fail_msg("%s: %s", cases[i].name, err.msg);
		describe(&o, &got);
		if (!gaz_str_eq_z(gaz_buf_str(&got), cases[i].want))
			fail_msg("%s: got \"%.*s\"", cases[i].name,
			    GAZ_STR_ARG(gaz_buf_str(&got)));
		gaz_buf_clear(&got);
		gaz_arena_clear(&a);
	}
}

static void
test_title(void **state)
{
	struct gaz_arena a = { 0 };
	struct list o;

	(void)state;
	assert_true(parse(GAZ_STR("\xEF\xBB\xBF<?xml version='1.0' "
	    "encoding='iso-8859-1'?>" HEAD TAIL), &a, &o, NULL));
	assert_true(gaz_str_eq_z(o.title, "My list"));
	assert_true(parse(GAZ_STR("<?xml version='1.0' "
	    "encoding='iso-8859-1'?><opml><body><outline text='\xE9' "
	    "xmlUrl='http://a.example/'/></body></opml>"), &a, &o, NULL));
	assert_null(o.title.p);
	assert_true(gaz_str_eq_z(o.feeds.v[0].title, "\xC3\xA9"));
	gaz_arena_clear(&a);
}

static void
test_refused(void **state)
{
	static const char *const texts[] = {
		"", "text", "<html><body/></html>",
		"<rss version='2.0'><channel/></rss>",
		"<!DOCTYPE opml [<!ENTITY a 'x'><!ENTITY b '&a;&a;'>]>"
		HEAD "<outline text='&b;'/>" TAIL,
		"<!DOCTYPE opml [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"
		HEAD "<outline text='&a;'/>" TAIL,
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(texts); i++) {
		struct gaz_arena a = { 0 };
		struct list o;
		struct gaz_err err = { 0 };

		if (parse(gaz_str_of(texts[i]), &a, &o, &err))
			fail_msg("%s", texts[i]);
		assert_true(err.msg[0] != '\0');
		gaz_arena_clear(&a);
	}
}

static void
test_limits(void **state)
{
	(void)state;
	for (size_t over = 0; over <= 1; over++) {
		struct gaz_arena a = { 0 };
		struct list o;
		struct gaz_buf b;
		bool ok;

		gaz_buf_init(&b, GAZ_BUF_NO_MAX);
		gaz_buf_put_z(&b, HEAD);
		for (size_t i = 0; i < GAZ_OPML_DEPTH_MAX + over; i++)
			gaz_buf_put_fmt(&b, "<outline text='%zu'>", i);
		for (size_t i = 0; i < GAZ_OPML_DEPTH_MAX + over; i++)
			gaz_buf_put_z(&b, "</outline>");
		gaz_buf_put_z(&b, TAIL);
		ok = parse(gaz_buf_str(&b), &a, &o, NULL);
		assert_true(ok == (over == 0));
		gaz_buf_clear(&b);
		gaz_arena_clear(&a);
	}
	for (size_t over = 0; over <= 1; over++) {
		struct gaz_arena a = { 0 };
		struct list o;
		struct gaz_buf b;
		bool ok;

		gaz_buf_init(&b, GAZ_BUF_NO_MAX);
		gaz_buf_put_z(&b, HEAD);
		for (size_t i = 0; i < GAZ_OPML_OUTLINES_MAX + over; i++)
			gaz_buf_put_z(&b, "<outline/>");
		gaz_buf_put_z(&b, TAIL);
		ok = parse(gaz_buf_str(&b), &a, &o, NULL);
		assert_true(ok == (over == 0));
		gaz_buf_clear(&b);
		gaz_arena_clear(&a);
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_title),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_limits),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("opml", tests, NULL, NULL);
}
