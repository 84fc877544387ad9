/*
 * Records, each of a letter for its kind and fields with a separator behind
 * each. A kind that is not known is passed over, so that later ones may come;
 * degrees are whole numbers of their ten-millionth, as decimal points depend on
 * the locale.
 */
#include "config.h"

#include "gazetted/extra.h"

#include <inttypes.h>
#include <math.h>

#include "gazetted/limits.h"

#define FIELD '\x1f'
#define RECORD '\x1e'
#define DEGREE 1e7

/* As they are stored and written. */
static bool
is_same_point(const struct gaz_point *a, const struct gaz_point *b)
{
	return llround(a->latitude * DEGREE) == llround(b->latitude * DEGREE) &&
	    llround(a->longitude * DEGREE) == llround(b->longitude * DEGREE);
}

/* Are three of them different? */
static bool
is_ring(const struct gaz_place *p)
{
	const struct gaz_point *v = p->points.v;
	size_t second = 0;

	for (size_t i = 1; i < p->points.n; i++) {
		if (is_same_point(&v[i], &v[0]))
			continue;
		if (second == 0)
			second = i;
		else if (!is_same_point(&v[i], &v[second]))
			return true;
	}
	return false;
}

static bool
is_closed(const struct gaz_place *p)
{
	return is_same_point(&p->points.v[0], &p->points.v[p->points.n - 1]);
}

/* Has it the points that its kind takes? */
static bool
is_place(const struct gaz_place *p)
{
	switch (p->kind) {
	case GAZ_PLACE_POINT:
		return p->points.n == 1;
	case GAZ_PLACE_LINE:
		return p->points.n >= 2;
	case GAZ_PLACE_POLYGON:
		return is_ring(p) && is_closed(p);
	case GAZ_PLACE_BOX:
		return p->points.n == 2;
	}
	return false;
}

bool
gaz_place_close(struct gaz_arena *a, struct gaz_place *p)
{
	size_t n = p->points.n;

	if (p->kind == GAZ_PLACE_POLYGON && n > 0 && !is_closed(p)) {
		struct gaz_point first = p->points.v[0];

		if (n == GAZ_PLACE_POINTS_MAX)
			p->points.v[n - 1] = first;
		else
			*gaz_list_push(a, &p->points) = first;
	}
	return is_place(p);
}

/* ----- packing ----- */

/* A field that held a separator would shift the others. */
static void
put_field(struct gaz_buf *out, struct gaz_str s)
{
	for (size_t i = 0; i < s.len; i++)
		gaz_buf_put_char(out, s.p[i] == FIELD || s.p[i] == RECORD ?
		    ' ' : s.p[i]);
	gaz_buf_put_char(out, FIELD);
}

static void
put_number(struct gaz_buf *out, int64_t n)
{
	if (n != GAZ_INT_UNKNOWN)
		gaz_buf_put_fmt(out, "%" PRId64, n);
	gaz_buf_put_char(out, FIELD);
}

/* The end of the record that began at from; taken back if it is too much. */
static void
end_record(struct gaz_buf *out, size_t start, size_t from)
{
	gaz_buf_put_char(out, RECORD);
	if (out->len - start > GAZ_EXTRA_MAX)
		gaz_buf_truncate(out, from);
}

static void
put_chapters(struct gaz_buf *out, size_t start, char kind,
    const gaz_chapter_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct gaz_chapter *c = &list->v[i];
		size_t from = out->len;

		gaz_buf_put_char(out, kind);
		put_number(out, c->start_ms);
		put_number(out, c->duration_ms);
		put_field(out, c->title);
		put_field(out, c->href);
		put_field(out, c->image);
		end_record(out, start, from);
	}
}

static void
put_place(struct gaz_buf *out, const struct gaz_place *p)
{
	gaz_buf_put_char(out, 'g');
	put_number(out, (int64_t)p->kind);
	for (size_t i = 0; i < p->points.n; i++) {
		put_number(out, llround(p->points.v[i].latitude * DEGREE));
		put_number(out, llround(p->points.v[i].longitude * DEGREE));
	}
}

void
gaz_extra_pack(const struct gaz_extra *e, struct gaz_buf *out)
{
	size_t start = out->len, from;

	for (size_t i = 0; i < e->transcripts.n; i++) {
		const struct gaz_link *t = &e->transcripts.v[i];

		from = out->len;
		gaz_buf_put_char(out, 't');
		put_field(out, t->href);
		put_field(out, t->type);
		put_field(out, t->hreflang);
		put_field(out, t->rel);
		end_record(out, start, from);
	}
	if (e->chapters_url.len > 0) {
		from = out->len;
		gaz_buf_put_char(out, 'u');
		put_field(out, e->chapters_url);
		end_record(out, start, from);
	}
	for (size_t i = 0; i < e->persons.n; i++) {
		const struct gaz_role *r = &e->persons.v[i];

		from = out->len;
		gaz_buf_put_char(out, 'p');
		put_field(out, r->name);
		put_field(out, r->role);
		put_field(out, r->group);
		put_field(out, r->href);
		put_field(out, r->image);
		end_record(out, start, from);
	}
	put_chapters(out, start, 's', &e->soundbites);
	for (size_t i = 0; i < e->places.n; i++) {
		if (!is_place(&e->places.v[i]))
			continue;
		from = out->len;
		put_place(out, &e->places.v[i]);
		end_record(out, start, from);
	}
	put_chapters(out, start, 'c', &e->chapters);
}

/* A separator stands in no field, so a letter behind one is a kind. */
static bool
has_persons(struct gaz_str packed)
{
	return gaz_str_starts(packed, "p") ||
	    gaz_str_find(packed, GAZ_STR("\x1ep"), 0) != GAZ_STR_NPOS;
}

struct gaz_str
gaz_extra_inherit(struct gaz_str own, struct gaz_str feed, struct gaz_buf *b)
{
	struct gaz_str rest = feed, record;
	size_t from;

	if (feed.len == 0 || has_persons(own))
		return own;
	if (own.len == 0)
		return feed;
	gaz_buf_reset(b);
	gaz_buf_put_str(b, own);
	while (gaz_str_split(&rest, RECORD, &record)) {
		if (record.len == 0)
			continue;
		from = b->len;
		gaz_buf_put_str(b, record);
		end_record(b, 0, from);
	}
	return gaz_buf_str(b);
}

/* ----- unpacking ----- */

/* The field in front of the next separator; absent when it is empty. */
static struct gaz_str
get_field(struct gaz_str *rest)
{
	struct gaz_str field;

	if (!gaz_str_split(rest, FIELD, &field) || field.len == 0)
		return GAZ_STR_NONE;
	return field;
}

static int64_t
get_number(struct gaz_str *rest)
{
	int64_t n;

	return gaz_str_to_int(get_field(rest), &n) ? n : GAZ_INT_UNKNOWN;
}

static void
get_transcript(struct gaz_str s, struct gaz_arena *a, struct gaz_extra *e)
{
	struct gaz_link *t;

	if (e->transcripts.n == GAZ_ITEM_ENCLOSURES_MAX)
		return;
	t = gaz_list_push(a, &e->transcripts);
	t->href = get_field(&s);
	t->type = get_field(&s);
	t->hreflang = get_field(&s);
	t->rel = get_field(&s);
	t->length = GAZ_INT_UNKNOWN;
}

static void
get_person(struct gaz_str s, struct gaz_arena *a, struct gaz_extra *e)
{
	struct gaz_role *r;

	if (e->persons.n == GAZ_ITEM_PERSONS_MAX)
		return;
	r = gaz_list_push(a, &e->persons);
	r->name = get_field(&s);
	r->role = get_field(&s);
	r->group = get_field(&s);
	r->href = get_field(&s);
	r->image = get_field(&s);
}

static void
get_chapter(struct gaz_str s, struct gaz_arena *a, gaz_chapter_list *list,
    size_t max)
{
	struct gaz_chapter c = { .start_ms = get_number(&s) };

	c.duration_ms = get_number(&s);
	c.title = get_field(&s);
	c.href = get_field(&s);
	c.image = get_field(&s);
	if (c.start_ms >= 0 && list->n < max)
		*gaz_list_push(a, list) = c;
}

static bool
is_degrees(int64_t n, double most)
{
	return n != GAZ_INT_UNKNOWN && fabs((double)n) <= most * DEGREE;
}

static void
get_place(struct gaz_str s, struct gaz_arena *a, struct gaz_extra *e)
{
	struct gaz_place p = { 0 };
	int64_t kind = get_number(&s);

	if (kind < GAZ_PLACE_POINT || kind > GAZ_PLACE_BOX ||
	    e->places.n == GAZ_ITEM_PLACES_MAX)
		return;
	p.kind = (enum gaz_place_kind)kind;
	while (s.len > 0 && p.points.n < GAZ_PLACE_POINTS_MAX) {
		int64_t latitude = get_number(&s), longitude = get_number(&s);

		if (!is_degrees(latitude, 90) || !is_degrees(longitude, 180))
			return;
		*gaz_list_push(a, &p.points) = (struct gaz_point){
			(double)latitude / DEGREE, (double)longitude / DEGREE };
	}
	/* What was stored before rings were closed, too. */
	if (gaz_place_close(a, &p))
		*gaz_list_push(a, &e->places) = p;
}

void
gaz_extra_unpack(struct gaz_str packed, struct gaz_arena *a,
    struct gaz_extra *e)
{
	struct gaz_str rest = packed, record;

	*e = (struct gaz_extra){ 0 };
	while (gaz_str_split(&rest, RECORD, &record)) {
		struct gaz_str s = gaz_str_sub(record, 1, record.len);

		/* Behind the last separator there is nothing. */
		if (rest.p == NULL || record.len == 0)
			continue;
		switch (record.p[0]) {
		case 't':
			get_transcript(s, a, e);
			break;
		case 'u':
			e->chapters_url = get_field(&s);
			break;
		case 'p':
			get_person(s, a, e);
			break;
		case 's':
			get_chapter(s, a, &e->soundbites,
			    GAZ_ITEM_ENCLOSURES_MAX);
			break;
		case 'c':
			get_chapter(s, a, &e->chapters,
			    GAZ_ITEM_CHAPTERS_MAX);
			break;
		case 'g':
			get_place(s, a, e);
			break;
		}
	}
}
