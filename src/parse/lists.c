/*
 * Lists of a feed or an item: within their limits, without repetition, those of
 * the format's own elements first.
 */
#include "config.h"

#include "parse/builder.h"

#include <math.h>
#include <stdlib.h>

#include "gazetted/extra.h"

/* Two mentions of one person, of which one may say less. */
static bool
same_person(const struct gaz_person *a, const struct gaz_person *b)
{
	bool name = a->name.len > 0 && b->name.len > 0;
	bool email = a->email.len > 0 && b->email.len > 0;

	if ((name && !gaz_str_eq(a->name, b->name)) ||
	    (email && !gaz_str_ieq(a->email, b->email)) ||
	    (a->uri.len > 0 && b->uri.len > 0 && !gaz_str_eq(a->uri, b->uri)))
		return false;
	return name || email;
}

static void
merge(struct gaz_str *into, struct gaz_str from)
{
	if (into->len == 0)
		*into = from;
}

void
gaz_put_person(struct gaz_builder *b, gaz_person_list *list, unsigned ranks[],
    unsigned rank, const struct gaz_person *p)
{
	size_t at = list->n;

	if (gaz_person_is_empty(p))
		return;
	for (size_t i = 0; i < list->n; i++) {
		if (same_person(&list->v[i], p)) {
			merge(&list->v[i].name, p->name);
			merge(&list->v[i].email, p->email);
			merge(&list->v[i].uri, p->uri);
			return;
		}
	}
	if (list->n >= GAZ_ITEM_PERSONS_MAX)
		return;
	gaz_list_push(b->a, list);
	/* Those of the format's own elements come first. */
	while (ranks != NULL && at > 0 && ranks[at - 1] > rank) {
		list->v[at] = list->v[at - 1];
		ranks[at] = ranks[at - 1];
		at--;
	}
	list->v[at] = *p;
	if (ranks != NULL)
		ranks[at] = rank;
}

void
gaz_put_category(struct gaz_arena *a, gaz_category_list *list,
    struct gaz_str term, struct gaz_str scheme, struct gaz_str label)
{
	term = gaz_str_trim(term);
	scheme = gaz_str_trim(scheme);
	label = gaz_str_trim(label);
	if (term.len == 0 || list->n >= GAZ_ITEM_CATEGORIES_MAX)
		return;
	for (size_t i = 0; i < list->n; i++) {
		const struct gaz_category *c = &list->v[i];

		if (gaz_str_eq(c->term, term) &&
		    gaz_str_eq(c->scheme, scheme) &&
		    gaz_str_eq(c->label, label))
			return;
	}
	*gaz_list_push(a, list) = (struct gaz_category){
		gaz_arena_str(a, term),
		scheme.len > 0 ? gaz_arena_str(a, scheme) : GAZ_STR_NONE,
		label.len > 0 ? gaz_arena_str(a, label) : GAZ_STR_NONE };
}

struct gaz_enclosure *
gaz_put_enclosure(struct gaz_arena *a, gaz_enclosure_list *list,
    struct gaz_str url, struct gaz_str type, int64_t length)
{
	struct gaz_enclosure *e = NULL;

	if (url.len == 0)
		return NULL;
	for (size_t i = 0; i < list->n && e == NULL; i++) {
		if (gaz_str_eq(list->v[i].url, url))
			e = &list->v[i];
	}
	if (e == NULL) {
		if (list->n >= GAZ_ITEM_ENCLOSURES_MAX)
			return NULL;
		e = gaz_list_push(a, list);
		*e = (struct gaz_enclosure){ .url = url,
			.length = GAZ_INT_UNKNOWN,
			.duration_s = GAZ_INT_UNKNOWN };
	}
	type = gaz_str_trim(type);
	if (e->type.len == 0 && type.len > 0)
		e->type = gaz_arena_str(a, type);
	if (e->length == GAZ_INT_UNKNOWN)
		e->length = length;
	return e;
}

struct gaz_link *
gaz_put_link(struct gaz_arena *a, gaz_link_list *list, struct gaz_str href,
    struct gaz_str rel, struct gaz_str type)
{
	struct gaz_link *l;

	if (href.len == 0 || list->n >= GAZ_ITEM_LINKS_MAX)
		return NULL;
	l = gaz_list_push(a, list);
	*l = (struct gaz_link){ .href = href,
		.rel = rel.len > 0 ? gaz_arena_str(a, rel) :
		    GAZ_STR("alternate"),
		.type = type.len > 0 ? gaz_arena_str(a, type) : GAZ_STR_NONE,
		.length = GAZ_INT_UNKNOWN };
	return l;
}

void
gaz_put_thumbnail(struct gaz_target *t, struct gaz_str url, unsigned rank)
{
	unsigned *mine = &t->rank[FIELD_THUMBNAIL];

	if (t->item == NULL || url.len == 0 ||
	    (*mine != 0 && *mine <= rank + 1))
		return;
	*mine = rank + 1;
	t->item->thumbnail = url;
}

/* ----- places ----- */

/* A number of degrees, at most most of them; moves *rest behind it and what
 * parts it from the next. */
static bool
read_degrees(struct gaz_str *rest, double most, double *out)
{
	size_t n = 0;
	char text[40], *end;

	while (rest->len > 0 && (gaz_is_space(rest->p[0]) ||
	    rest->p[0] == ',' || rest->p[0] == ';'))
		*rest = gaz_str_sub(*rest, 1, rest->len);
	while (n < rest->len && n < sizeof(text) - 1 &&
	    (gaz_is_digit(rest->p[n]) || strchr("+-.eE", rest->p[n]) != NULL)) {
		text[n] = rest->p[n];
		n++;
	}
	text[n] = '\0';
	if (n == 0)
		return false;
	*rest = gaz_str_sub(*rest, n, rest->len);
	*out = strtod(text, &end);
	return *end == '\0' && isfinite(*out) && fabs(*out) <= most;
}

static bool
add_points(struct gaz_arena *a, struct gaz_place *place, struct gaz_str s)
{
	size_t most = place->kind == GAZ_PLACE_POINT ? 1 :
	    place->kind == GAZ_PLACE_BOX ? 2 : GAZ_PLACE_POINTS_MAX;
	struct gaz_point p;

	while (place->points.n < most &&
	    read_degrees(&s, 90, &p.latitude) &&
	    read_degrees(&s, 180, &p.longitude))
		*gaz_list_push(a, &place->points) = p;
	return place->points.n > 0;
}

void
gaz_put_place(struct gaz_builder *b, enum gaz_place_kind kind,
    struct gaz_str numbers)
{
	struct gaz_target *t = gaz_builder_target(b);
	struct gaz_place place = { .kind = kind };

	if (t->item == NULL || t->item->places.n >= GAZ_ITEM_PLACES_MAX ||
	    !add_points(b->a, &place, numbers) ||
	    (kind == GAZ_PLACE_POLYGON && !gaz_place_close(b->a, &place)))
		return;
	*gaz_list_push(b->a, &t->item->places) = place;
}

void
gaz_add_to_place(struct gaz_builder *b, enum gaz_place_kind kind,
    struct gaz_str numbers)
{
	struct gaz_target *t = gaz_builder_target(b);
	size_t n = t->item != NULL ? t->item->places.n : 0;

	if (n > 0 && t->item->places.v[n - 1].kind == kind)
		add_points(b->a, &t->item->places.v[n - 1], numbers);
}

void
gaz_put_latitude_longitude(struct gaz_builder *b)
{
	struct gaz_target *t = gaz_builder_target(b);
	struct gaz_buf both;

	if (t->item == NULL || t->latitude.len == 0 || t->longitude.len == 0)
		return;
	gaz_buf_init(&both, GAZ_BUF_NO_MAX);
	gaz_buf_put_str(&both, t->latitude);
	gaz_buf_put_char(&both, ' ');
	gaz_buf_put_str(&both, t->longitude);
	gaz_put_place(b, GAZ_PLACE_POINT, gaz_buf_str(&both));
	gaz_buf_clear(&both);
	t->latitude = t->longitude = GAZ_STR_NONE;
}
