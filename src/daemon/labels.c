/*
 * What people corrected, as pairs of items that are, or are not, one story. A
 * merge speaks of the items of one story with those of the other, a split of
 * those that stayed with those that left, a pin of all its items. Of a pair the
 * last word counts.
 */
#include "config.h"

#include "describe.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "gazetted/limits.h"
#include "gazetted/map.h"
#include "gazetted/mem.h"
#include "gazetted/vec.h"

struct pair {
	int64_t a, b; /* the lesser id first */
	size_t when;
	bool same;
};
typedef GAZ_VEC(struct pair) pair_vec;

static bool
add_pair(pair_vec *pairs, int64_t a, int64_t b, bool same, struct gaz_err *err)
{
	if (pairs->n >= GAZ_LABELS_MAX)
		return gaz_err_set(err, GAZ_ERR_LIMIT,
		    "more than %u labels", GAZ_LABELS_MAX);
	if (a != b)
		*gaz_vec_push(pairs) = (struct pair){ a < b ? a : b,
			a < b ? b : a, pairs->n, same };
	return true;
}

static bool
add_correction(pair_vec *pairs, const struct gaz_store_correction *c,
    struct gaz_err *err)
{
	bool pin = c->kind == GAZ_CORRECTION_PIN;
	const int64_t *other = pin ? c->items.v : c->others.v;
	size_t n = pin ? c->items.n : c->others.n;

	if (c->kind == GAZ_CORRECTION_UNPIN)
		return true; /* what it was pinned for is not said to be wrong */
	for (size_t i = 0; i < c->items.n; i++) {
		for (size_t k = pin ? i + 1 : 0; k < n; k++) {
			if (!add_pair(pairs, c->items.v[i], other[k],
			    c->kind != GAZ_CORRECTION_SPLIT, err))
				return false;
		}
	}
	return true;
}

static int
by_items(const void *px, const void *py)
{
	const struct pair *x = px, *y = py;

	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	if (x->b != y->b)
		return x->b < y->b ? -1 : 1;
	return x->when < y->when ? -1 : x->when > y->when;
}

/* ---- items as text, each made once */

struct texts {
	struct gaz_store *s;
	gaz_utc now;
	struct gaz_arena arena;
	struct gaz_map64 *known;
	GAZ_VEC(struct gaz_str) v;
};

static void
put_item(const struct gaz_view_item *it, struct gaz_str text,
    struct gaz_buf *out)
{
	char id[24];
	struct gaz_json j;

	snprintf(id, sizeof(id), "%" PRId64, it->id);
	gaz_json_init(&j, out, 0);
	gaz_json_object(&j, NULL);
	gaz_json_z(&j, "id", id);
	gaz_json_str(&j, "title", it->title.p != NULL ? it->title :
	    GAZ_STR(""));
	if (it->summary.len > 0)
		text = it->summary;
	if (text.len > 0)
		gaz_json_str(&j, "summary", text);
	if (it->language.len > 0)
		gaz_json_str(&j, "lang", it->language);
	gaz_json_utc(&j, "published", it->published);
	if (it->feed_name.len > 0)
		gaz_json_str(&j, "source", it->feed_name);
	if (it->url.len > 0)
		gaz_json_str(&j, "url", it->url);
	gaz_json_end_object(&j);
}

/* Absent: it was deleted. */
static bool
find_text(struct texts *t, int64_t id, struct gaz_str *out,
    struct gaz_err *err)
{
	struct gaz_view *v;
	struct gaz_str title, text = GAZ_STR_NONE;
	struct gaz_filter f;
	struct gaz_buf b;
	uint64_t at;
	bool ok, found;

	if (gaz_map64_find(t->known, (uint64_t)id, &at)) {
		assert(at < t->v.n);
		*out = t->v.v[at];
		return true;
	}
	v = gaz_view_new(GAZ_VIEW_ITEMS);
	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	gaz_filter_init(&f);
	f.item_id = id;
	ok = gaz_store_query(t->s, &f, false, t->now, v, err) &&
	    gaz_store_item_text(t->s, id, &v->arena, &title, &text, &found,
	    err);
	*out = GAZ_STR_NONE;
	if (ok && v->items.n > 0) {
		put_item(&v->items.v[0], text, &b);
		*out = gaz_arena_str(&t->arena, gaz_buf_str(&b));
	}
	gaz_map64_put(t->known, (uint64_t)id, t->v.n);
	*gaz_vec_push(&t->v) = *out;
	gaz_buf_clear(&b);
	gaz_view_free(v);
	return ok;
}

static bool
put_pair(struct texts *t, const struct pair *p, struct gaz_buf *out,
    struct gaz_err *err)
{
	struct gaz_str a, b;

	if (!find_text(t, p->a, &a, err) || !find_text(t, p->b, &b, err))
		return false;
	if (a.p == NULL || b.p == NULL)
		return true;
	gaz_buf_put_z(out, "{\"a\":");
	gaz_buf_put_str(out, a);
	gaz_buf_put_z(out, ",\"b\":");
	gaz_buf_put_str(out, b);
	gaz_buf_put_z(out, p->same ? ",\"same\":true}\n" :
	    ",\"same\":false}\n");
	if (out->full)
		return gaz_err_set(err, GAZ_ERR_LIMIT,
		    "labels of more than %zu bytes", out->max);
	return true;
}

bool
gaz_describe_labels(struct gaz_store *s, gaz_utc now, struct gaz_buf *out,
    struct gaz_err *err)
{
	gaz_store_correction_list list = { 0 };
	struct texts t = { .s = s, .now = now };
	struct gaz_arena a = { 0 };
	pair_vec pairs = { 0 };
	bool ok = gaz_store_load_corrections(s, &a, &list, err);

	t.known = gaz_map64_new();
	for (size_t i = 0; ok && i < list.n; i++)
		ok = add_correction(&pairs, &list.v[i], err);
	if (pairs.n > 0)
		qsort(pairs.v, pairs.n, sizeof(pairs.v[0]), by_items);
	for (size_t i = 0; ok && i < pairs.n; i++) {
		const struct pair *p = &pairs.v[i];

		/* Only the last word. */
		if (i + 1 == pairs.n || p[1].a != p->a || p[1].b != p->b)
			ok = put_pair(&t, p, out, err);
	}
	gaz_vec_clear(&pairs);
	gaz_vec_clear(&t.v);
	gaz_map64_free(t.known);
	gaz_arena_clear(&t.arena);
	gaz_arena_clear(&a);
	return ok;
}
