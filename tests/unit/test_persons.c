/*
 * Persons that a podcast names for all of its episodes: each that names none
 * gets them, wherever the feed says them.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "gazetted/extra.h"
#include "gazetted/limits.h"
#include "gazetted/mem.h"
#include "gazetted/parse.h"

#define HEAD "<rss version='2.0' " \
	"xmlns:podcast='https://podcastindex.org/namespace/1.0'><channel>" \
	"<title>Talk</title>"
#define TAIL "</channel></rss>"
#define PERSON(name) "<podcast:person>" name "</podcast:person>"

#define URL "https://talk.example/feed"

static const struct gaz_parse_options opt = { .url = { URL,
	sizeof(URL) - 1 } };
static const struct gaz_digest_options how = { .url = { URL,
	sizeof(URL) - 1 } };

static void
read_batch(const char *text, struct gaz_arena *a, struct gaz_batch *b)
{
	enum gaz_fault fault;
	struct gaz_err err;

	if (!gaz_parse_to_batch(gaz_str_of(text), &opt, &how, a, b, &fault,
	    &err))
		fail_msg("%s", err.msg);
}

/* The names of an item's persons, one after the other. */
static void
names_of(struct gaz_str extra, char *out, size_t size)
{
	struct gaz_arena a = { 0 };
	struct gaz_extra e;

	gaz_extra_unpack(extra, &a, &e);
	out[0] = '\0';
	for (size_t i = 0; i < e.persons.n; i++)
		snprintf(out + strlen(out), size - strlen(out), "%s%.*s",
		    i > 0 ? "," : "", GAZ_STR_ARG(e.persons.v[i].name));
	gaz_arena_clear(&a);
}

static void
test_who(void **state)
{
	static const struct {
		const char *name, *text, *first, *second;
	} cases[] = {
		{ "nobody", HEAD "<item><title>1</title></item>"
		  "<item><title>2</title></item>" TAIL, "", "" },
		{ "all of the feed", HEAD PERSON("A") PERSON("B")
		  "<item><title>1</title></item><item><title>2</title></item>"
		  TAIL, "A,B", "A,B" },
		{ "one of its own", HEAD PERSON("A") "<item><title>1</title>"
		  PERSON("C") "</item><item><title>2</title></item>" TAIL,
		  "C", "A" },
		{ "behind the items", HEAD "<item><title>1</title></item>"
		  "<item><title>2</title>" PERSON("C") "</item>" PERSON("A")
		  TAIL, "A", "C" },
		{ "besides other things", HEAD PERSON("A")
		  "<item><title>1</title><podcast:chapters url='/pcast'/>"
		  "<podcast:transcript url='/p'/></item><item><title>2</title>"
		  "<podcast:soundbite startTime='1' duration='2'>p"
		  "</podcast:soundbite></item>" TAIL, "A", "A" },
		{ "without a name", HEAD PERSON("") PERSON("\xE2\x80\x8B")
		  "<item><title>1</title></item><item><title>2</title>"
		  PERSON("C") "</item>" TAIL, "", "C" },
		{ "of a source", HEAD "<item><title>1</title><a:source "
		  "xmlns:a='http://www.w3.org/2005/Atom'>" PERSON("S")
		  "</a:source></item><item><title>2</title></item>" TAIL, "",
		  "" },
		{ "Atom", "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:"
		  "podcast='https://podcastindex.org/namespace/1.0'>"
		  PERSON("A") "<entry><id>1</id></entry><entry><id>2</id>"
		  PERSON("C") "</entry></feed>", "A", "C" },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct gaz_arena a = { 0 };
		struct gaz_batch b;
		char got[2][64];

		read_batch(cases[i].text, &a, &b);
		assert_int_equal(b.items.n, 2);
		for (size_t k = 0; k < 2; k++)
			names_of(b.items.v[k].extra, got[k], sizeof(got[k]));
		if (strcmp(got[0], cases[i].first) != 0 ||
		    strcmp(got[1], cases[i].second) != 0)
			fail_msg("%s: \"%s\" and \"%s\"", cases[i].name,
			    got[0], got[1]);
		gaz_arena_clear(&a);
	}
}

/* An episode that we have is the same one when its podcast gets a new host; one
 * that gets a guest of its own has changed. */
static void
test_hash(void **state)
{
	static const char *const texts[] = {
		HEAD "<item><title>1</title></item>" TAIL,
		HEAD PERSON("A") "<item><title>1</title></item>" TAIL,
		HEAD PERSON("B") "<item><title>1</title></item>" TAIL,
		HEAD "<item><title>1</title>" PERSON("A") "</item>" TAIL,
	};
	uint64_t hashes[GAZ_COUNT(texts)];

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(texts); i++) {
		struct gaz_arena a = { 0 };
		struct gaz_batch b;

		read_batch(texts[i], &a, &b);
		hashes[i] = b.items.v[0].content_hash;
		gaz_arena_clear(&a);
	}
	assert_true(hashes[0] == hashes[1]);
	assert_true(hashes[0] == hashes[2]);
	assert_true(hashes[0] != hashes[3]);
}

/* ----- read once more ----- */

struct taken {
	size_t n, restarts;
	bool all; /* every one had the feed's person */
};

static bool
take(void *arg, struct gaz_batch_item *it, uint32_t replaces,
    struct gaz_str feed_title)
{
	struct taken *t = arg;
	char names[32];

	(void)replaces;
	(void)feed_title;
	names_of(it->extra, names, sizeof(names));
	t->all = (t->n == 0 || t->all) && strcmp(names, "A") == 0;
	t->n++;
	return true;
}

static void
take_back(void *arg)
{
	struct taken *t = arg;

	*t = (struct taken){ .restarts = t->restarts + 1 };
}

/* Behind more items than can wait for them. */
static void
test_late(void **state)
{
	(void)state;
	for (size_t late = 0; late <= 1; late++) {
		struct taken t = { 0 };
		const struct gaz_parse_sink sink = { .arg = &t, .put = take,
			.restart = take_back };
		struct gaz_arena a = { 0 };
		struct gaz_batch rest;
		enum gaz_fault fault;
		struct gaz_err err;
		struct gaz_buf b;

		gaz_buf_init(&b, GAZ_BUF_NO_MAX);
		gaz_buf_put_z(&b, late ? HEAD : HEAD PERSON("A"));
		for (int i = 0; i < 1000; i++) {
			gaz_buf_put_fmt(&b, "<item><guid>%d</guid>"
			    "<description>", i);
			for (int k = 0; k < 500; k++)
				gaz_buf_put_z(&b, "x ");
			gaz_buf_put_z(&b, "</description></item>");
		}
		gaz_buf_put_z(&b, late ? PERSON("A") TAIL : TAIL);
		assert_true(gaz_parse_stream(gaz_buf_str(&b), &opt, &how,
		    &sink, &a, &rest, &fault, &err));
		assert_int_equal(t.n, 1000);
		assert_int_equal(t.restarts, late);
		assert_true(t.all);
		gaz_buf_clear(&b);
		gaz_arena_clear(&a);
	}
}

/* ----- limits ----- */

/* Items get GAZ_FEED_PERSONS_MAX bytes of them, here and on standard output. */
static void
test_limit(void **state)
{
	(void)state;
	for (size_t over = 0; over <= 1; over++) {
		/* "p", five separators of fields, one of the record. */
		size_t left = GAZ_FEED_PERSONS_MAX - 2 * 7 - 1 + over;
		struct gaz_arena a = { 0 };
		struct gaz_document doc;
		enum gaz_fault fault;
		struct gaz_batch batch;
		struct gaz_err err;
		struct gaz_buf b, json;
		char names[64];

		gaz_buf_init(&b, GAZ_BUF_NO_MAX);
		gaz_buf_init(&json, GAZ_BUF_NO_MAX);
		gaz_buf_put_z(&b, HEAD "<podcast:person img='https://a.b/");
		for (size_t i = strlen("https://a.b/L"); i < left; i++)
			gaz_buf_put_char(&b, 'x');
		gaz_buf_put_z(&b, "'>L</podcast:person>" PERSON("S")
		    PERSON("T") "<item><title>1</title></item>" TAIL);
		read_batch(b.p, &a, &batch);
		names_of(batch.items.v[0].extra, names, sizeof(names));
		assert_string_equal(names, over ? "L" : "L,S");
		assert_true(gaz_parse(gaz_buf_str(&b), &opt, &a, &doc, &fault,
		    &err));
		gaz_parse_write_json(&doc, &json);
		struct gaz_str items = gaz_str_sub(gaz_buf_str(&json),
		    gaz_str_find(gaz_buf_str(&json), GAZ_STR("\"items\""), 0),
		    json.len);

		assert_true(gaz_str_find(items, GAZ_STR("\"name\": \"L\""),
		    0) != GAZ_STR_NPOS);
		assert_true((gaz_str_find(items, GAZ_STR("\"name\": \"S\""),
		    0) != GAZ_STR_NPOS) == (over == 0));
		gaz_buf_clear(&b);
		gaz_buf_clear(&json);
		gaz_arena_clear(&a);
	}
}

/* What an item has itself goes first. */
static void
test_no_room(void **state)
{
	static char name[GAZ_EXTRA_MAX];
	struct gaz_str feed = GAZ_STR("pA\x1f\x1e" "pB\x1f\x1e"), got;
	struct gaz_buf own, b;

	(void)state;
	memset(name, 'n', sizeof(name));
	gaz_buf_init(&own, GAZ_BUF_NO_MAX);
	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	for (size_t room = 3; room <= 9; room++) {
		char names[16];

		gaz_buf_reset(&own);
		gaz_buf_put_char(&own, 'u');
		gaz_buf_put(&own, name, GAZ_EXTRA_MAX - 3 - room);
		gaz_buf_put_z(&own, "\x1f\x1e");
		got = gaz_extra_inherit(gaz_buf_str(&own), feed, &b);
		assert_true(gaz_str_starts(got, own.p));
		assert_true(got.len <= GAZ_EXTRA_MAX);
		names_of(got, names, sizeof(names));
		assert_string_equal(names, room < 4 ? "" : room < 8 ? "A" :
		    "A,B");
	}
	gaz_buf_clear(&own);
	gaz_buf_clear(&b);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who),
		cmocka_unit_test(test_hash),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_no_room),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("persons", tests, NULL, NULL);
}
