#include "config.h"

#include "gazetted/extra.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "gazetted/limits.h"
#include "gazetted/mem.h"

static void
sample(struct gaz_arena *a, struct gaz_extra *e)
{
	struct gaz_place *p;

	*e = (struct gaz_extra){ .chapters_url = GAZ_STR("https://x/c.json") };
	*gaz_list_push(a, &e->transcripts) = (struct gaz_link){
		.href = GAZ_STR("https://x/t.vtt"),
		.type = GAZ_STR("text/vtt"), .length = GAZ_INT_UNKNOWN };
	*gaz_list_push(a, &e->persons) = (struct gaz_role){
		.name = GAZ_STR("Mia \x1f Berg\x1e"), .role = GAZ_STR("host"),
		.image = GAZ_STR("https://x/mia.jpg") };
	*gaz_list_push(a, &e->soundbites) = (struct gaz_chapter){
		.start_ms = 73000, .duration_ms = 60250,
		.title = GAZ_STR("Why") };
	*gaz_list_push(a, &e->chapters) = (struct gaz_chapter){
		.start_ms = 0, .duration_ms = GAZ_INT_UNKNOWN,
		.href = GAZ_STR("https://x/bell") };
	p = gaz_list_push(a, &e->places);
	p->kind = GAZ_PLACE_BOX;
	*gaz_list_push(a, &p->points) = (struct gaz_point){ -54.1234567, 10 };
	*gaz_list_push(a, &p->points) = (struct gaz_point){ 90, -180 };
}

static void
test_round_trip(void **state)
{
	struct gaz_arena a = { 0 };
	struct gaz_extra e, got;
	struct gaz_buf packed, again;

	(void)state;
	gaz_buf_init(&packed, GAZ_BUF_NO_MAX);
	gaz_buf_init(&again, GAZ_BUF_NO_MAX);
	sample(&a, &e);
	gaz_extra_pack(&e, &packed);
	gaz_extra_unpack(gaz_buf_str(&packed), &a, &got);
	assert_true(gaz_str_eq(got.chapters_url, e.chapters_url));
	assert_int_equal(got.transcripts.n, 1);
	assert_true(gaz_str_eq_z(got.transcripts.v[0].type, "text/vtt"));
	assert_null(got.transcripts.v[0].rel.p);
	assert_int_equal(got.persons.n, 1);
	/* Separators are spaces. */
	assert_true(gaz_str_eq_z(got.persons.v[0].name, "Mia   Berg "));
	assert_null(got.persons.v[0].group.p);
	assert_true(gaz_str_eq_z(got.persons.v[0].image, "https://x/mia.jpg"));
	assert_int_equal(got.soundbites.n, 1);
	assert_int_equal(got.soundbites.v[0].start_ms, 73000);
	assert_int_equal(got.soundbites.v[0].duration_ms, 60250);
	assert_int_equal(got.chapters.n, 1);
	assert_true(got.chapters.v[0].duration_ms == GAZ_INT_UNKNOWN);
	assert_int_equal(got.places.n, 1);
	assert_int_equal(got.places.v[0].kind, GAZ_PLACE_BOX);
	assert_int_equal(got.places.v[0].points.n, 2);
	assert_true(got.places.v[0].points.v[0].latitude == -54.1234567);
	assert_true(got.places.v[0].points.v[1].longitude == -180);
	gaz_extra_pack(&got, &again);
	assert_true(gaz_str_eq(gaz_buf_str(&packed), gaz_buf_str(&again)));
	gaz_buf_clear(&packed);
	gaz_buf_clear(&again);
	gaz_arena_clear(&a);
}

static void
test_nothing(void **state)
{
	struct gaz_arena a = { 0 };
	struct gaz_extra e = { 0 };
	struct gaz_buf packed;

	(void)state;
	gaz_buf_init(&packed, GAZ_BUF_NO_MAX);
	gaz_extra_pack(&e, &packed);
	assert_int_equal(packed.len, 0);
	gaz_extra_unpack(GAZ_STR_NONE, &a, &e);
	assert_int_equal(e.persons.n + e.places.n + e.transcripts.n, 0);
	gaz_buf_clear(&packed);
	gaz_arena_clear(&a);
}

/* Records that are understood, among ones that are not. */
static void
test_damage(void **state)
{
	static const char *const texts[] = { "\x1e\x1e", "x\x1f\x1e", "c\x1e",
		"c-5\x1f\x1f\x1e", "cx\x1f\x1f\x1e", "g9\x1f" "1\x1f" "1\x1f\x1e",
		"g0\x1f" "900000001\x1f" "0\x1f\x1e", "g0\x1f" "1\x1f\x1e",
		"g0\x1f\x1e", "g0\x1f" "1\x1f-1800000001\x1f\x1e",
		"uhttps://cut/\x1f" };
	struct gaz_arena a = { 0 };
	struct gaz_buf packed;
	struct gaz_extra e;

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(texts); i++) {
		gaz_extra_unpack(gaz_str_of(texts[i]), &a, &e);
		if (e.chapters.n + e.places.n + e.persons.n > 0 ||
		    e.chapters_url.p != NULL)
			fail_msg("%zu was taken", i);
	}
	gaz_extra_unpack(GAZ_STR("zlater\x1f\x1epMia\x1f\x1e"), &a, &e);
	assert_int_equal(e.persons.n, 1);
	assert_true(gaz_str_eq_z(e.persons.v[0].name, "Mia"));
	/* Every cut of a good one. */
	gaz_buf_init(&packed, GAZ_BUF_NO_MAX);
	sample(&a, &e);
	gaz_extra_pack(&e, &packed);
	for (size_t n = 0; n < packed.len; n++) {
		gaz_extra_unpack(gaz_str_make(packed.p, n), &a, &e);
		assert_int_equal(e.chapters.n, 0);
	}
	gaz_buf_clear(&packed);
	gaz_arena_clear(&a);
}

/* Half a box and a line of one point are no places. */
static void
test_points(void **state)
{
	static const struct {
		enum gaz_place_kind kind;
		size_t least, most;
	} rows[] = { { GAZ_PLACE_POINT, 1, 1 }, { GAZ_PLACE_LINE, 2, 5 },
		{ GAZ_PLACE_BOX, 2, 2 } };
	struct gaz_arena a = { 0 };
	struct gaz_buf packed;

	(void)state;
	gaz_buf_init(&packed, GAZ_BUF_NO_MAX);
	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
		for (size_t n = 1; n <= 5; n++) {
			bool fits = n >= rows[i].least && n <= rows[i].most;
			struct gaz_extra e = { 0 }, got;
			struct gaz_place *p = gaz_list_push(&a, &e.places);

			p->kind = rows[i].kind;
			for (size_t k = 0; k < n; k++)
				*gaz_list_push(&a, &p->points) =
				    (struct gaz_point){ 1, 2 };
			gaz_buf_reset(&packed);
			gaz_extra_pack(&e, &packed);
			assert_int_equal(packed.len > 0, fits);
			gaz_buf_reset(&packed);
			gaz_buf_put_fmt(&packed, "g%d\x1f", (int)p->kind);
			for (size_t k = 0; k < n; k++)
				gaz_buf_put_z(&packed, "1\x1f" "2\x1f");
			gaz_buf_put_z(&packed, "\x1e");
			gaz_extra_unpack(gaz_buf_str(&packed), &a, &got);
			assert_int_equal(got.places.n, fits);
		}
	}
	gaz_buf_clear(&packed);
	gaz_arena_clear(&a);
}

/* Degrees from letters: those of a ring. */
static void
put_ring(struct gaz_arena *a, struct gaz_place *p, const char *letters)
{
	*p = (struct gaz_place){ .kind = GAZ_PLACE_POLYGON };
	for (; *letters != '\0'; letters++)
		*gaz_list_push(a, &p->points) = (struct gaz_point){
			*letters - 'a', 'a' - *letters };
}

/* The ring around an area ends where it began, also when it was stored before
 * that was seen to. */
static void
test_rings(void **state)
{
	static const struct {
		const char *given, *want; /* absent: no ring */
	} cases[] = {
		{ "abca", "abca" }, { "abc", "abca" }, { "abcd", "abcda" },
		{ "abac", "abaca" }, { "aabbcc", "aabbcca" },
		{ "", NULL }, { "a", NULL }, { "aaaa", NULL }, { "ab", NULL },
		{ "aba", NULL }, { "abab", NULL }, { "aabba", NULL },
	};
	struct gaz_arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		const char *want = cases[i].want;
		struct gaz_extra e = { 0 }, got;
		struct gaz_buf packed;
		struct gaz_place p;

		gaz_buf_init(&packed, GAZ_BUF_NO_MAX);
		gaz_buf_put_z(&packed, "g2\x1f");
		for (const char *s = cases[i].given; *s != '\0'; s++)
			gaz_buf_put_fmt(&packed, "%d0000000\x1f%d0000000\x1f",
			    *s - 'a', 'a' - *s);
		gaz_buf_put_z(&packed, "\x1e");
		gaz_extra_unpack(gaz_buf_str(&packed), &a, &got);
		put_ring(&a, &p, cases[i].given);
		if (gaz_place_close(&a, &p) != (want != NULL) ||
		    got.places.n != (want != NULL))
			fail_msg("%s", cases[i].given);
		for (size_t k = 0; want != NULL && k <= strlen(want); k++) {
			const struct gaz_place *places[] = { &p,
				&got.places.v[0] };

			for (size_t j = 0; j < 2; j++) {
				assert_int_equal(places[j]->points.n,
				    strlen(want));
				if (want[k] != '\0')
					assert_true(places[j]->points.v[k].
					    latitude == want[k] - 'a');
			}
		}
		/* One that is open is not packed. */
		put_ring(&a, gaz_list_push(&a, &e.places), cases[i].given);
		gaz_buf_reset(&packed);
		gaz_extra_pack(&e, &packed);
		assert_int_equal(packed.len > 0, want != NULL &&
		    strcmp(want, cases[i].given) == 0);
		gaz_buf_clear(&packed);
	}
	gaz_arena_clear(&a);
}

/* Closed or not, it has no more than GAZ_PLACE_POINTS_MAX. */
static void
test_rings_max(void **state)
{
	struct gaz_arena a = { 0 };

	(void)state;
	for (size_t n = GAZ_PLACE_POINTS_MAX - 1; n <= GAZ_PLACE_POINTS_MAX;
	    n++) {
		struct gaz_place p = { .kind = GAZ_PLACE_POLYGON };

		for (size_t i = 0; i < n; i++)
			*gaz_list_push(&a, &p.points) = (struct gaz_point){
				(double)i / 10, 1 };
		assert_true(gaz_place_close(&a, &p));
		assert_int_equal(p.points.n, GAZ_PLACE_POINTS_MAX);
		assert_true(p.points.v[GAZ_PLACE_POINTS_MAX - 1].latitude == 0);
		assert_true(p.points.v[GAZ_PLACE_POINTS_MAX - 2].latitude ==
		    (GAZ_PLACE_POINTS_MAX - 2.0) / 10);
	}
	gaz_arena_clear(&a);
}

/* GAZ_EXTRA_MAX is the longest that is packed; lists have their limits. */
static void
test_limits(void **state)
{
	static char name[GAZ_EXTRA_MAX];
	struct gaz_arena a = { 0 };
	struct gaz_extra e = { 0 }, got;
	struct gaz_buf packed;

	(void)state;
	gaz_buf_init(&packed, GAZ_BUF_NO_MAX);
	memset(name, 'n', sizeof(name));
	/* "p", five separators of fields, one of the record. */
	*gaz_list_push(&a, &e.persons) = (struct gaz_role){
		.name = gaz_str_make(name, GAZ_EXTRA_MAX - 7) };
	gaz_extra_pack(&e, &packed);
	assert_int_equal(packed.len, GAZ_EXTRA_MAX);
	e.persons.v[0].name.len++;
	gaz_buf_reset(&packed);
	gaz_extra_pack(&e, &packed);
	assert_int_equal(packed.len, 0);
	/* A smaller one behind it has its place. */
	*gaz_list_push(&a, &e.persons) = (struct gaz_role){
		.name = GAZ_STR("Mia") };
	gaz_extra_pack(&e, &packed);
	gaz_extra_unpack(gaz_buf_str(&packed), &a, &got);
	assert_int_equal(got.persons.n, 1);

	gaz_buf_reset(&packed);
	for (int i = 0; i <= GAZ_ITEM_CHAPTERS_MAX; i++) {
		gaz_buf_put_z(&packed, "pa\x1f\x1etb\x1f\x1es1\x1f\x1e");
		gaz_buf_put_z(&packed, "c1\x1f\x1eg0\x1f" "1\x1f" "1\x1f\x1e");
	}
	gaz_buf_put_z(&packed, "\x1e");
	gaz_extra_unpack(gaz_buf_str(&packed), &a, &got);
	assert_int_equal(got.persons.n, GAZ_ITEM_PERSONS_MAX);
	assert_int_equal(got.transcripts.n, GAZ_ITEM_ENCLOSURES_MAX);
	assert_int_equal(got.soundbites.n, GAZ_ITEM_ENCLOSURES_MAX);
	assert_int_equal(got.chapters.n, GAZ_ITEM_CHAPTERS_MAX);
	assert_int_equal(got.places.n, GAZ_ITEM_PLACES_MAX);

	gaz_buf_reset(&packed);
	gaz_buf_put_z(&packed, "g1\x1f");
	for (int i = 0; i <= GAZ_PLACE_POINTS_MAX; i++)
		gaz_buf_put_z(&packed, "1\x1f" "2\x1f");
	gaz_buf_put_z(&packed, "\x1e");
	gaz_extra_unpack(gaz_buf_str(&packed), &a, &got);
	assert_int_equal(got.places.v[0].points.n, GAZ_PLACE_POINTS_MAX);
	gaz_buf_clear(&packed);
	gaz_arena_clear(&a);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_points),
		cmocka_unit_test(test_rings),
		cmocka_unit_test(test_rings_max),
		cmocka_unit_test(test_limits),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("extra", tests, NULL, NULL);
}
