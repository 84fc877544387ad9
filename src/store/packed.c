#include "config.h"

#include "packed.h"

#include <inttypes.h>

#define FIELD '\x1f'
#define RECORD '\x1e'

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

void
packed_put_strs(const gaz_str_list *v, struct gaz_buf *out)
{
	for (size_t i = 0; i < v->n; i++)
		put_field(out, v->v[i]);
}

void
packed_put_enclosures(const gaz_enclosure_list *v, struct gaz_buf *out)
{
	for (size_t i = 0; i < v->n; i++) {
		put_field(out, v->v[i].url);
		put_field(out, v->v[i].type);
		put_field(out, v->v[i].title);
		put_number(out, v->v[i].length);
		put_number(out, v->v[i].duration_s);
		gaz_buf_put_char(out, RECORD);
	}
}

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

void
packed_get_strs(struct gaz_str packed, struct gaz_arena *a, gaz_str_list *out)
{
	struct gaz_str rest = packed, field;

	while (gaz_str_split(&rest, FIELD, &field)) {
		/* Behind the last separator there is nothing. */
		if (rest.p != NULL)
			*gaz_list_push(a, out) = field;
	}
}

void
packed_get_enclosures(struct gaz_str packed, struct gaz_arena *a,
    gaz_enclosure_list *out)
{
	struct gaz_str rest = packed, record;

	while (gaz_str_split(&rest, RECORD, &record)) {
		struct gaz_enclosure *e;

		if (rest.p == NULL)
			break;
		e = gaz_list_push(a, out);
		e->url = get_field(&record);
		e->type = get_field(&record);
		e->title = get_field(&record);
		e->length = get_number(&record);
		e->duration_s = get_number(&record);
	}
}
