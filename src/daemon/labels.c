/*
 * What people corrected, as pairs of items that are, or are not, one story. A
 * merge speaks of the items of one story with those of the other, a split of
 * those that stayed with those that left, a pin of all its items; of large ones
 * each item is in some pairs. Of a pair the last word counts. Newest first: where
 * it is too much, the oldest are left out.
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

#define REST_MAX 64 /* bytes of a line beside its items */

struct pair {
	int64_t a, b; /* the lesser id first */
	size_t order;
	bool same;
};
typedef GAZ_VEC(struct pair) pair_vec;

static void
add_pair(pair_vec *pairs, int64_t a, int64_t b, bool same)
{
	if (a != b && pairs->n < GAZ_LABELS_MAX)
		*gaz_vec_push(pairs) = (struct pair){ a < b ? a : b,
			a < b ? b : a, pairs->n, same };
}

/* Of two lists, or of one: all pairs, or as many as are allowed, along the
 * diagonals, so that every item comes equally often. */
static void
add_pairs(pair_vec *pairs, const int64_t *items, size_t n,
    const int64_t *others, size_t n_others, bool same)
{
	size_t next = items == others;

	if (n == 0 || n_others == 0)
		return;
	if (n <= GAZ_LABELS_PER_CORRECTION_MAX / n_others) {
		for (size_t i = 0; i < n; i++) {
			for (size_t k = next ? i + 1 : 0; k < n_others; k++)
				add_pair(pairs, items[i], others[k], same);
		}
		return;
	}
	for (size_t j = 0; j < GAZ_LABELS_PER_CORRECTION_MAX; j++)
		add_pair(pairs, items[j % n],
		    others[(j + j / n + next) % n_others], same);
}

static void
add_correction(pair_vec *pairs, const struct gaz_store_correction *c)
{
	/* What it was pinned for is not said to be wrong. */
	if (c->kind == GAZ_CORRECTION_UNPIN)
		return;
	if (c->kind == GAZ_CORRECTION_PIN)
		add_pairs(pairs, c->items.v, c->items.n, c->items.v,
		    c->items.n, true);
	else
		add_pairs(pairs, c->items.v, c->items.n, c->others.v,
		    c->others.n, c->kind != GAZ_CORRECTION_SPLIT);
}

static int
by_order(const void *px, const void *py)
{
	const struct pair *x = px, *y = py;

	return x->order < y->order ? -1 : x->order > y->order;
}

static int
by_items(const void *px, const void *py)
{
	const struct pair *x = px, *y = py;

	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	if (x->b != y->b)
		return x->b < y->b ? -1 : 1;
	return by_order(px, py);
}

/* Of pairs that come more than once, the first. */
static void
keep_first(pair_vec *pairs)
{
	size_t n = 0;

	if (pairs->n == 0)
		return;
	qsort(pairs->v, pairs->n, sizeof(pairs->v[0]), by_items);
	for (size_t i = 0; i < pairs->n; i++) {
		const struct pair *p = &pairs->v[i];

		if (n == 0 || pairs->v[n - 1].a != p->a ||
		    pairs->v[n - 1].b != p->b)
			pairs->v[n++] = *p;
	}
	pairs->n = n;
	qsort(pairs->v, pairs->n, sizeof(pairs->v[0]), by_order);
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

/* full: there is no room for it. */
static bool
put_pair(struct texts *t, const struct pair *p, struct gaz_buf *out, bool *full,
    struct gaz_err *err)
{
	const char *end = p->same ? ",\"same\":true}\n" : ",\"same\":false}\n";
	struct gaz_str a, b;

	*full = false;
	if (!find_text(t, p->a, &a, err) || !find_text(t, p->b, &b, err))
		return false;
	if (a.p == NULL || b.p == NULL)
		return true;
	if (a.len + b.len + REST_MAX > out->max - out->len) {
		*full = true;
		return true;
	}
	gaz_buf_put_z(out, "{\"a\":");
	gaz_buf_put_str(out, a);
	gaz_buf_put_z(out, ",\"b\":");
	gaz_buf_put_str(out, b);
	gaz_buf_put_z(out, end);
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
	bool ok = gaz_store_load_corrections(s, &a, &list, err), full = false;

	t.known = gaz_map64_new();
	for (size_t i = list.n; ok && i-- > 0;)
		add_correction(&pairs, &list.v[i]);
	keep_first(&pairs);
	for (size_t i = 0; ok && !full && i < pairs.n; i++)
		ok = put_pair(&t, &pairs.v[i], out, &full, err);
	gaz_vec_clear(&pairs);
	gaz_vec_clear(&t.v);
	gaz_map64_free(t.known);
	gaz_arena_clear(&t.arena);
	gaz_arena_clear(&a);
	return ok;
}
