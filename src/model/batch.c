/*
 * The flat form of a batch: records of items, then one of the rest, each a mark
 * and every field in a fixed order. Numbers are little-endian; text is a 32-bit
 * length (all ones: absent) and its bytes. The same field list serves both
 * directions: each field function takes a struct wire that either writes or
 * reads, so they cannot drift apart.
 */
#include "config.h"

#include "gazetted/batch.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

#include "gazetted/limits.h"

/* "GBI", "GBR", version 4 */
#define MARK_ITEM 0x47424904u
#define MARK_REST 0x47425204u
#define ABSENT UINT32_MAX

/* One direction at a time: out != NULL writes, else bytes are read. */
struct wire {
	struct gaz_buf *out;
	struct gaz_str in;
	size_t pos;
	struct gaz_arena *arena;
	struct gaz_err *err;
	bool own; /* what is read was written by this process */
	bool failed;
};

static void
fail(struct wire *w, const char *what)
{
	if (!w->failed)
		gaz_err_set(w->err, GAZ_ERR_FORMAT,
		    "worker message: %s at byte %zu", what, w->pos);
	w->failed = true;
}

/* Most of an item is numbers and short texts: those that there is room for are
 * written at once. */
static inline void
put(struct wire *w, const void *bytes, size_t n)
{
	struct gaz_buf *out = w->out;

	if (w->failed)
		return;
	if (n < out->cap - out->len) {
		memcpy(out->p + out->len, bytes, n);
		out->len += n;
		out->p[out->len] = '\0';
	} else if (!gaz_buf_add(out, bytes, n, w->err)) {
		w->failed = true;
	}
}

/* Zeros, when they are not all there. */
static inline void
get(struct wire *w, void *bytes, size_t n)
{
	if (!w->failed && n > w->in.len - w->pos)
		fail(w, "cut short");
	if (w->failed) {
		memset(bytes, 0, n);
		return;
	}
	memcpy(bytes, w->in.p + w->pos, n);
	w->pos += n;
}

static inline void
u64(struct wire *w, uint64_t *v)
{
	uint64_t le = 0;

	if (w->out != NULL) {
		le = htole64(*v);
		put(w, &le, sizeof(le));
	} else {
		get(w, &le, sizeof(le));
		*v = le64toh(le);
	}
}

static inline void
u32(struct wire *w, uint32_t *v)
{
	uint32_t le = 0;

	if (w->out != NULL) {
		le = htole32(*v);
		put(w, &le, sizeof(le));
	} else {
		get(w, &le, sizeof(le));
		*v = le32toh(le);
	}
}

static void
i64(struct wire *w, int64_t *v)
{
	uint64_t u = w->out != NULL ? (uint64_t)*v : 0;

	u64(w, &u);
	*v = (int64_t)u;
}

/* A run of bytes of any content, at most max. */
static void
blob(struct wire *w, struct gaz_str *s, size_t max)
{
	uint32_t n = ABSENT;

	if (w->out != NULL) {
		if (s->p != NULL)
			n = (uint32_t)s->len;
		u32(w, &n);
		if (s->len > 0)
			put(w, s->p, s->len);
		return;
	}
	*s = GAZ_STR_NONE;
	u32(w, &n);
	if (w->failed || n == ABSENT)
		return;
	if (n > max || n > w->in.len - w->pos) {
		fail(w, "text too long");
		return;
	}
	*s = gaz_str_make(w->in.p + w->pos, n);
	w->pos += n;
}

/* Text: valid UTF-8 without NUL. */
static void
text(struct wire *w, struct gaz_str *s)
{
	blob(w, s, GAZ_BODY_MAX);
	if (w->out != NULL || w->failed || w->own || s->p == NULL)
		return;
	if (!gaz_utf8_is_valid(*s) || memchr(s->p, '\0', s->len) != NULL)
		fail(w, "text is not UTF-8");
}

/*
 * A count of elements that follow; each takes least bytes at the least, so
 * that a lie about it is caught before memory is taken.
 */
static uint32_t
count(struct wire *w, size_t n, uint32_t max, size_t least)
{
	uint32_t v = (uint32_t)n;

	u32(w, &v);
	if (w->failed)
		return 0;
	if (v > max || (w->out == NULL && v > (w->in.len - w->pos) / least)) {
		fail(w, "count too large");
		return 0;
	}
	return v;
}

static void
texts(struct wire *w, gaz_str_list *l, uint32_t max)
{
	uint32_t n = count(w, l->n, max, 4);

	if (w->out == NULL)
		*l = (gaz_str_list){ 0 };
	for (uint32_t i = 0; i < n && !w->failed; i++)
		text(w, w->out != NULL ? &l->v[i] : gaz_list_push(w->arena, l));
}

/* Of a link only what a person chooses by. */
static void
links(struct wire *w, gaz_link_list *l)
{
	uint32_t n = count(w, l->n, GAZ_ITEM_LINKS_MAX, 12);

	if (w->out == NULL)
		*l = (gaz_link_list){ 0 };
	for (uint32_t i = 0; i < n && !w->failed; i++) {
		struct gaz_link *k = w->out != NULL ? &l->v[i] :
		    gaz_list_push(w->arena, l);
		text(w, &k->href);
		text(w, &k->type);
		text(w, &k->title);
		if (k->href.p == NULL)
			fail(w, "link without an address");
	}
}

static void
enclosures(struct wire *w, gaz_enclosure_list *l)
{
	uint32_t n = count(w, l->n, GAZ_ITEM_ENCLOSURES_MAX, 28);

	if (w->out == NULL)
		*l = (gaz_enclosure_list){ 0 };
	for (uint32_t i = 0; i < n && !w->failed; i++) {
		struct gaz_enclosure *e = w->out != NULL ? &l->v[i] :
		    gaz_list_push(w->arena, l);
		text(w, &e->url);
		text(w, &e->type);
		text(w, &e->title);
		i64(w, &e->length);
		i64(w, &e->duration_s);
	}
}

static void
item(struct wire *w, struct gaz_batch_item *it)
{
	text(w, &it->guid);
	text(w, &it->url);
	text(w, &it->url_given);
	text(w, &it->title);
	text(w, &it->author);
	text(w, &it->summary);
	text(w, &it->content);
	text(w, &it->text);
	text(w, &it->language);
	text(w, &it->thumbnail);
	text(w, &it->comments);
	i64(w, &it->published);
	i64(w, &it->updated);
	texts(w, &it->categories, GAZ_ITEM_CATEGORIES_MAX);
	enclosures(w, &it->enclosures);
	text(w, &it->extra);
	blob(w, &it->features, GAZ_FEATURES_MAX);
	u64(w, &it->content_hash);
	u32(w, &it->flags);
	if (it->title.p == NULL)
		fail(w, "item without a title");
	if (it->extra.len > GAZ_EXTRA_MAX)
		fail(w, "item with too much beside");
}

static void
rest(struct wire *w, struct gaz_batch *b)
{
	uint32_t fault = (uint32_t)b->fault, days = b->skip_days;

	u32(w, &fault);
	if (!w->failed && fault >= GAZ_FAULT_COUNT)
		fail(w, "unknown fault");
	b->fault = (enum gaz_fault)fault;
	text(w, &b->fault_text);
	text(w, &b->format);
	text(w, &b->version);
	text(w, &b->encoding);
	u32(w, &b->flags);
	text(w, &b->title);
	text(w, &b->link);
	text(w, &b->description);
	text(w, &b->language);
	text(w, &b->icon);
	text(w, &b->image);
	text(w, &b->self);
	text(w, &b->next);
	text(w, &b->prev_archive);
	text(w, &b->new_url);
	text(w, &b->generator);
	texts(w, &b->hubs, GAZ_ITEM_LINKS_MAX);
	links(w, &b->feeds_found);
	texts(w, &b->warnings, GAZ_DOCUMENT_ERRORS_MAX);
	i64(w, &b->ttl_s);
	i64(w, &b->update_interval_s);
	u32(w, &b->skip_hours);
	u32(w, &days);
	b->skip_days = (uint8_t)days;
}

bool
gaz_batch_put_item(const struct gaz_batch_item *it, uint32_t replaces,
    struct gaz_buf *out, struct gaz_err *err)
{
	struct gaz_batch_item copy = *it; /* the field list wants to write */
	struct wire w = { .out = out, .err = err };
	uint32_t mark = MARK_ITEM;

	u32(&w, &mark);
	u32(&w, &replaces);
	item(&w, &copy);
	return !w.failed;
}

bool
gaz_batch_put_rest(const struct gaz_batch *b, struct gaz_buf *out,
    struct gaz_err *err)
{
	struct gaz_batch copy = *b;
	struct wire w = { .out = out, .err = err };
	uint32_t mark = MARK_REST;

	u32(&w, &mark);
	rest(&w, &copy);
	return !w.failed;
}

bool
gaz_batch_encode(const struct gaz_batch *b, struct gaz_buf *out,
    struct gaz_err *err)
{
	if (b->items.n > GAZ_DOCUMENT_ITEMS_MAX)
		return gaz_err_set(err, GAZ_ERR_LIMIT,
		    "more items than GAZ_DOCUMENT_ITEMS_MAX");
	for (size_t i = 0; i < b->items.n; i++) {
		if (!gaz_batch_put_item(&b->items.v[i], GAZ_BATCH_NEW, out,
		    err))
			return false;
	}
	return gaz_batch_put_rest(b, out, err);
}

void
gaz_batch_next_own(struct gaz_str bytes, size_t *pos, struct gaz_arena *a,
    struct gaz_batch_item *it, uint32_t *replaces)
{
	struct wire w = { .in = bytes, .pos = *pos, .arena = a, .own = true };
	uint32_t mark = 0;

	u32(&w, &mark);
	u32(&w, replaces);
	item(&w, it);
	assert(mark == MARK_ITEM && !w.failed);
	*pos = w.pos;
}

enum gaz_batch_record
gaz_batch_next(struct gaz_str bytes, size_t *pos, struct gaz_arena *a,
    struct gaz_batch_item *it, uint32_t *replaces, struct gaz_batch *b,
    struct gaz_err *err)
{
	struct wire w = { .in = bytes, .pos = *pos, .arena = a, .err = err };
	uint32_t mark = 0;

	u32(&w, &mark);
	if (mark == MARK_ITEM) {
		*it = (struct gaz_batch_item){ 0 };
		u32(&w, replaces);
		item(&w, it);
	} else if (mark == MARK_REST) {
		memset(b, 0, sizeof(*b));
		rest(&w, b);
		if (!w.failed && w.pos != bytes.len)
			fail(&w, "trailing bytes");
	} else {
		fail(&w, "no record of this version");
	}
	*pos = w.pos;
	return w.failed ? GAZ_BATCH_BAD :
	    mark == MARK_ITEM ? GAZ_BATCH_ITEM : GAZ_BATCH_REST;
}

/* Where the item goes; NULL: nowhere. */
static struct gaz_batch_item *
place(struct gaz_arena *a, struct gaz_batch *b, uint32_t replaces)
{
	if (replaces != GAZ_BATCH_NEW)
		return replaces < b->items.n ? &b->items.v[replaces] : NULL;
	return b->items.n < GAZ_DOCUMENT_ITEMS_MAX ?
	    gaz_list_push(a, &b->items) : NULL;
}

bool
gaz_batch_decode(struct gaz_str bytes, struct gaz_arena *a,
    struct gaz_batch *b, struct gaz_err *err)
{
	struct gaz_batch all = { 0 }, last;
	enum gaz_batch_record record;
	size_t pos = 0;

	memset(b, 0, sizeof(*b));
	do {
		struct gaz_batch_item it, *at;
		uint32_t replaces;

		record = gaz_batch_next(bytes, &pos, a, &it, &replaces, &last,
		    err);
		if (record == GAZ_BATCH_BAD)
			return false;
		if (record != GAZ_BATCH_ITEM)
			continue;
		at = place(a, &all, replaces);
		if (at == NULL)
			return gaz_err_set(err, GAZ_ERR_FORMAT,
			    "worker message: an item too many, or in place of "
			    "none");
		*at = it;
	} while (record != GAZ_BATCH_REST);
	*b = last;
	b->items.v = all.items.v;
	b->items.n = all.items.n;
	b->items.cap = all.items.cap;
	return true;
}
