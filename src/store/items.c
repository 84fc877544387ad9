/*
 * Items come in by the batch: what a feed's answer held. identity.c says which
 * of them are known; here they are written, together with what the document
 * says about the feed.
 */
#include "config.h"

#include "db.h"

#include "identity.h"
#include "item.h"
#include "packed.h"
#include "search.h"

/* One answer on its way in. */
struct ingest {
	struct gaz_store *s;
	const struct gaz_batch *b;
	int64_t feed_id;
	gaz_utc now;
	struct gaz_arena *a;
	struct gaz_put_result *res;
	struct identities ids;
	gaz_utc first_batch;      /* unknown: this is it */
	int64_t guid_changes;
	struct gaz_str newest;    /* as stored */
	struct gaz_map64 *here;   /* ids of the items in it */
	struct gaz_buf packed, packed_too;
};

/* ---- the feed's row */

static bool
load_doc(struct ingest *in, struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(in->s, "SELECT flags, guid_changes, "
	    "first_batch, newest FROM feed_doc WHERE feed = ?1", err);
	int rc;

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, in->feed_id);
	rc = db_step(in->s, st, err);
	if (rc == -1)
		return false;
	if (rc == 0)
		return gaz_err_set(err, GAZ_ERR_MISSING,
		    "there is no feed %lld", (long long)in->feed_id);
	in->ids.flags = (uint32_t)sqlite3_column_int64(st, 0);
	in->guid_changes = sqlite3_column_int64(st, 1);
	in->first_batch = db_utc(st, 2);
	in->newest = db_str_copy(st, 3, in->a);
	sqlite3_reset(st);
	return true;
}

static int
latest_first(const void *a, const void *b)
{
	gaz_utc x = *(const gaz_utc *)a, y = *(const gaz_utc *)b;

	return (x < y) - (x > y);
}

/* The dates of the feed's latest items, newest first. */
static struct gaz_str
merge_newest(struct ingest *in)
{
	size_t n = in->newest.len / sizeof(gaz_utc);
	size_t bytes = (n + in->res->items.n) * sizeof(gaz_utc);
	gaz_utc *v = gaz_arena_alloc(in->a, bytes + 1);

	if (n != 0)
		memcpy(v, in->newest.p, n * sizeof(gaz_utc));
	for (size_t i = 0; i < in->res->items.n; i++) {
		const struct gaz_put_item *it = &in->res->items.v[i];

		if (it->kind == GAZ_PUT_NEW || it->kind == GAZ_PUT_MEMBERSHIP)
			v[n++] = it->published;
	}
	qsort(v, n, sizeof(*v), latest_first);
	if (n > GAZ_FEED_NEWEST_MAX)
		n = GAZ_FEED_NEWEST_MAX;
	return gaz_str_make((const char *)v, n * sizeof(*v));
}

static void
bind_int_or_null(sqlite3_stmt *st, int i, int64_t n)
{
	if (n == GAZ_INT_UNKNOWN)
		sqlite3_bind_null(st, i);
	else
		sqlite3_bind_int64(st, i, n);
}

static void
bind_lines(sqlite3_stmt *st, int i, const gaz_str_list *l, size_t most)
{
	struct gaz_buf b;

	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	for (size_t k = 0; k < l->n && k < most; k++) {
		if (k > 0)
			gaz_buf_put_char(&b, '\n');
		gaz_buf_put_str(&b, l->v[k]);
	}
	if (b.len > 0)
		sqlite3_bind_text64(st, i, b.p, b.len, SQLITE_TRANSIENT,
		    SQLITE_UTF8);
	else
		sqlite3_bind_null(st, i);
	gaz_buf_clear(&b);
}

/* What the document says of itself; written when it says something new. */
static bool
put_doc(struct ingest *in, struct gaz_err *err)
{
	const struct gaz_batch *b = in->b;
	sqlite3_stmt *st = db_prepare(in->s, "UPDATE feed_doc SET title = ?2, "
	    "site_url = ?3, description = ?4, language = ?5, icon = ?6, "
	    "hub = ?7, self = ?8, ttl_s = ?9, update_interval_s = ?10, "
	    "skip_hours = ?11, skip_days = ?12, "
	    "icon_host = iif(site_url IS ?3, icon_host, NULL) "
	    "WHERE feed = ?1 AND ("
	    "title IS NOT ?2 OR site_url IS NOT ?3 OR description IS NOT ?4 "
	    "OR language IS NOT ?5 OR icon IS NOT ?6 OR hub IS NOT ?7 "
	    "OR self IS NOT ?8 OR ttl_s IS NOT ?9 "
	    "OR update_interval_s IS NOT ?10 OR skip_hours IS NOT ?11 "
	    "OR skip_days IS NOT ?12)", err);

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, in->feed_id);
	db_bind_str(st, 2, b->title);
	db_bind_str(st, 3, b->link);
	db_bind_str(st, 4, b->description);
	db_bind_str(st, 5, b->language);
	db_bind_str(st, 6, gaz_str_is_empty(b->icon) ? b->image : b->icon);
	bind_lines(st, 7, &b->hubs, GAZ_WEBSUB_HUBS_MAX);
	db_bind_str(st, 8, b->self);
	bind_int_or_null(st, 9, b->ttl_s);
	bind_int_or_null(st, 10, b->update_interval_s);
	sqlite3_bind_int64(st, 11, b->skip_hours);
	sqlite3_bind_int64(st, 12, b->skip_days);
	if (!db_run(in->s, st, err))
		return false;
	if (sqlite3_changes(in->s->db) != 0)
		in->s->dirty = true;
	return true;
}

static bool
put_rhythm(struct ingest *in, int64_t carried, uint32_t flags,
    struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(in->s, "UPDATE feed_doc SET flags = ?2, "
	    "guid_changes = ?3, first_batch = ?4, items = items + ?5, "
	    "last_new = iif(?5 > 0, ?6, last_new), newest = ?7 "
	    "WHERE feed = ?1", err);

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, in->feed_id);
	sqlite3_bind_int64(st, 2, flags);
	sqlite3_bind_int64(st, 3, in->guid_changes);
	sqlite3_bind_int64(st, 4, in->first_batch);
	sqlite3_bind_int64(st, 5, carried);
	sqlite3_bind_int64(st, 6, in->now);
	db_bind_blob(st, 7, merge_newest(in));
	return db_run(in->s, st, err);
}

/* ---- one item */

static struct gaz_str
or_empty(struct gaz_str s)
{
	return s.p != NULL ? s : GAZ_STR("");
}

/* Said, and not so far ahead that it must be wrong. */
/* A page of the feed's past (RFC 5005). */
static bool
is_past(const struct ingest *in)
{
	return (in->b->flags & GAZ_BATCH_PAST) != 0;
}

static bool
has_date(const struct ingest *in, const struct gaz_batch_item *it)
{
	return it->published != GAZ_UTC_UNKNOWN &&
	    (it->flags & GAZ_ITEM_DATE_UNKNOWN) == 0 &&
	    it->published <= in->now + GAZ_FUTURE_MAX_S;
}

static gaz_utc
updated_of(const struct ingest *in, const struct gaz_batch_item *it)
{
	if (it->updated != GAZ_UTC_UNKNOWN &&
	    it->updated > in->now + GAZ_FUTURE_MAX_S)
		return in->now;
	return it->updated;
}

static bool
put_body(struct ingest *in, const char *sql, int64_t item_id,
    const struct gaz_batch_item *it, struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(in->s, sql, err);

	if (st == NULL)
		return false;
	gaz_buf_reset(&in->packed);
	gaz_buf_reset(&in->packed_too);
	packed_put_strs(&it->categories, &in->packed);
	packed_put_enclosures(&it->enclosures, &in->packed_too);
	sqlite3_bind_int64(st, 1, item_id);
	db_bind_str(st, 2, or_empty(it->title));
	db_bind_str(st, 3, it->summary);
	if (in->packed.len != 0)
		db_bind_str(st, 4, gaz_buf_str(&in->packed));
	if (in->packed_too.len != 0)
		db_bind_str(st, 5, gaz_buf_str(&in->packed_too));
	db_bind_str(st, 6, or_empty(it->text));
	db_bind_str(st, 7, it->content);
	db_bind_str(st, 8, it->extra);
	search_put(in->s, item_id);
	return db_run(in->s, st, err);
}

/* The feed carries the item from now on. */
static bool
put_carried(struct ingest *in, int64_t item_id, const struct identity *id,
    gaz_utc published, struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(in->s, "INSERT INTO item_feed(item, "
	    "feed, key, published, first_seen, guid) "
	    "VALUES(?1, ?2, ?3, ?4, ?5, ?6)", err);

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, item_id);
	sqlite3_bind_int64(st, 2, in->feed_id);
	sqlite3_bind_int64(st, 3, (int64_t)id->key);
	sqlite3_bind_int64(st, 4, published);
	sqlite3_bind_int64(st, 5, in->now);
	db_bind_str(st, 6, id->guid);
	return db_run(in->s, st, err);
}

static bool
insert_item(struct ingest *in, size_t index, gaz_utc published,
    struct gaz_err *err)
{
	const struct gaz_batch_item *it = &in->b->items.v[index];
	const struct identity *id = &in->ids.v[index];
	int64_t item_id = in->s->now.next_item++;
	struct gaz_put_item *put;
	sqlite3_stmt *st = db_prepare(in->s, "INSERT INTO item(id, feed, "
	    "url_key, title_hash, content_hash, published, updated, "
	    "first_seen, changed, flags, lang, url, url_given, language, "
	    "author, thumbnail, comments) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, "
	    "?8, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)", err);

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, item_id);
	sqlite3_bind_int64(st, 2, in->feed_id);
	sqlite3_bind_int64(st, 3, (int64_t)id->url_key);
	sqlite3_bind_int64(st, 4, (int64_t)id->title_hash);
	sqlite3_bind_int64(st, 5, (int64_t)it->content_hash);
	sqlite3_bind_int64(st, 6, published);
	db_bind_utc(st, 7, updated_of(in, it));
	sqlite3_bind_int64(st, 8, in->now);
	sqlite3_bind_int64(st, 9, has_date(in, it) ?
	    it->flags & ~(uint32_t)GAZ_ITEM_DATE_UNKNOWN :
	    it->flags | GAZ_ITEM_DATE_UNKNOWN);
	db_bind_str(st, 10, db_primary_subtag(in->a, it->language));
	db_bind_str(st, 11, it->url);
	db_bind_str(st, 12, it->url_given);
	db_bind_str(st, 13, it->language);
	db_bind_str(st, 14, it->author);
	db_bind_str(st, 15, it->thumbnail);
	db_bind_str(st, 16, it->comments);
	if (!db_run(in->s, st, err) ||
	    !put_body(in, "INSERT INTO body(item, title, summary, categories, "
	    "enclosures, text, content, extra) "
	    "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
	    item_id, it, err) ||
	    !put_carried(in, item_id, id, published, err) ||
	    (it->features.len != 0 &&
	    !item_put_features(in->s, item_id, it->features, err)))
		return false;
	gaz_map64_put(in->here, (uint64_t)item_id, 1);
	put = gaz_vec_push(&in->res->items);
	*put = (struct gaz_put_item){ .item_id = item_id, .index = index,
		.kind = GAZ_PUT_NEW, .published = published };
	put->backfill = in->res->first || is_past(in) ||
	    (has_date(in, it) && published < in->first_batch);
	in->s->now.items++;
	in->res->added++;
	in->res->backfill += put->backfill;
	return true;
}

/* ---- an item that says something else now */

static bool
keep_revision(struct ingest *in, int64_t item_id, struct gaz_err *err)
{
	return DB_RUN(in->s, err, "INSERT INTO revision(item, until, updated, "
	    "title, summary, content) SELECT i.id, ?2, i.updated, b.title, "
	    "b.summary, b.content FROM item i JOIN body b ON b.item = i.id "
	    "WHERE i.id = ?1", item_id, in->now) &&
	    DB_RUN(in->s, err, "DELETE FROM revision WHERE rowid IN ("
	    "SELECT rowid FROM revision WHERE item = ?1 "
	    "ORDER BY rowid DESC LIMIT -1 OFFSET ?2)", item_id,
	    GAZ_ITEM_REVISIONS_MAX);
}

/*
 * The date of first publication stays, unless there was none. What changed
 * without the feed giving a date for it was changed now.
 */
static bool
change_row(struct ingest *in, int64_t item_id, struct identity *id,
    const struct gaz_batch_item *it, struct gaz_err *err)
{
	gaz_utc updated = updated_of(in, it);
	sqlite3_stmt *st;

	if ((id->flags & GAZ_ITEM_DATE_UNKNOWN) != 0 && has_date(in, it)) {
		id->published = it->published;
		if (!DB_RUN(in->s, err, "UPDATE item_feed SET published = ?2 "
		    "WHERE item = ?1", item_id, it->published))
			return false;
	}
	st = db_prepare(in->s, "UPDATE item SET url_key = ?2, "
	    "title_hash = ?3, content_hash = ?4, published = ?5, "
	    "updated = iif(?6 IS NULL OR ?6 IS updated, ?7, ?6), "
	    "changed = ?7, flags = ?8, lang = ?9, url = ?10, url_given = ?11, "
	    "language = ?12, author = ?13, thumbnail = ?14, comments = ?15 "
	    "WHERE id = ?1", err);
	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, item_id);
	sqlite3_bind_int64(st, 2, (int64_t)id->url_key);
	sqlite3_bind_int64(st, 3, (int64_t)id->title_hash);
	sqlite3_bind_int64(st, 4, (int64_t)it->content_hash);
	sqlite3_bind_int64(st, 5, id->published);
	db_bind_utc(st, 6, updated);
	sqlite3_bind_int64(st, 7, in->now);
	sqlite3_bind_int64(st, 8, has_date(in, it) ||
	    (id->flags & GAZ_ITEM_DATE_UNKNOWN) == 0 ?
	    it->flags & ~(uint32_t)GAZ_ITEM_DATE_UNKNOWN :
	    it->flags | GAZ_ITEM_DATE_UNKNOWN);
	db_bind_str(st, 9, db_primary_subtag(in->a, it->language));
	db_bind_str(st, 10, it->url);
	db_bind_str(st, 11, it->url_given);
	db_bind_str(st, 12, it->language);
	db_bind_str(st, 13, it->author);
	db_bind_str(st, 14, it->thumbnail);
	db_bind_str(st, 15, it->comments);
	return db_run(in->s, st, err);
}

static bool
change_item(struct ingest *in, int64_t item_id, struct identity *id,
    const struct gaz_batch_item *it, struct gaz_err *err)
{
	in->res->changed++;
	return keep_revision(in, item_id, err) &&
	    DB_RUN(in->s, err, "DELETE FROM embedding WHERE item = ?1",
	    item_id) && search_take(in->s, item_id, err) &&
	    change_row(in, item_id, id, it, err) &&
	    put_body(in, "UPDATE body SET title = ?2, summary = ?3, "
	    "categories = ?4, enclosures = ?5, text = ?6, content = ?7, "
	    "extra = ?8 "
	    "WHERE item = ?1", item_id, it, err) &&
	    item_put_features(in->s, item_id, it->features, err) &&
	    item_touch_story(in->s, item_id, err);
}

/* ---- one that we have */

static bool
meet_again(struct ingest *in, size_t index, struct gaz_err *err)
{
	const struct gaz_batch_item *it = &in->b->items.v[index];
	struct identity *id = &in->ids.v[index];
	enum gaz_put_kind kind = GAZ_PUT_KNOWN;
	sqlite3_stmt *st;

	if (!id->member) {
		kind = GAZ_PUT_MEMBERSHIP;
		if (!put_carried(in, id->item, id, id->published, err))
			return false;
	} else if (id->new_guid || id->left) {
		st = db_prepare(in->s, "UPDATE item_feed SET key = ?3, "
		    "guid = ?4, left_at = NULL WHERE item = ?1 AND feed = ?2",
		    err);
		if (st == NULL)
			return false;
		sqlite3_bind_int64(st, 1, id->item);
		sqlite3_bind_int64(st, 2, in->feed_id);
		sqlite3_bind_int64(st, 3, (int64_t)id->key);
		db_bind_str(st, 4, id->guid);
		if (!db_run(in->s, st, err))
			return false;
	}
	/* Of several feeds that carry it, one has the say. */
	if (id->feed == in->feed_id && id->content_hash != it->content_hash &&
	    !is_past(in)) {
		kind = GAZ_PUT_CHANGED;
		if (!change_item(in, id->item, id, it, err))
			return false;
	}
	gaz_map64_put(in->here, (uint64_t)id->item, 1);
	*gaz_vec_push(&in->res->items) = (struct gaz_put_item){
		.item_id = id->item, .index = index, .kind = kind,
		.published = id->published };
	return true;
}

/* ---- the batch */

/* What the feed showed before and does not show now. */
static bool
note_departures(struct ingest *in, struct gaz_err *err)
{
	GAZ_LIST(int64_t) gone = { 0 };
	sqlite3_stmt *st;
	int rc;

	if ((in->b->flags & (GAZ_BATCH_TRUNCATED | GAZ_BATCH_ITEMS_DROPPED |
	    GAZ_BATCH_PARTIAL)) != 0)
		return true;
	st = db_prepare(in->s, "SELECT item FROM item_feed "
	    "WHERE feed = ?1 AND left_at IS NULL", err);
	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, in->feed_id);
	while ((rc = db_step(in->s, st, err)) == 1) {
		int64_t item_id = sqlite3_column_int64(st, 0);

		if (!gaz_map64_find(in->here, (uint64_t)item_id, NULL))
			*gaz_list_push(in->a, &gone) = item_id;
	}
	if (rc == -1)
		return false;
	for (size_t i = 0; i < gone.n; i++) {
		if (!DB_RUN(in->s, err, "UPDATE item_feed SET left_at = ?3 "
		    "WHERE item = ?1 AND feed = ?2", gone.v[i], in->feed_id,
		    in->now))
			return false;
	}
	return true;
}

struct arrival {
	size_t index;
	gaz_utc published;
};

/* Documents begin with the newest; ids grow with the time. */
static int
oldest_first(const void *a, const void *b)
{
	const struct arrival *x = a, *y = b;

	if (x->published != y->published)
		return x->published < y->published ? -1 : 1;
	return x->index > y->index ? -1 : 1;
}

static bool
put_items(struct ingest *in, struct gaz_err *err)
{
	size_t n = in->b->items.n, fresh = 0;
	struct arrival *v = gaz_arena_alloc(in->a, (n + 1) * sizeof(*v));

	for (size_t i = 0; i < n; i++) {
		const struct gaz_batch_item *it = &in->b->items.v[i];

		if (in->ids.v[i].same_as != i)
			continue;
		if (in->ids.v[i].item == 0) {
			v[fresh++] = (struct arrival){ i, has_date(in, it) ?
			    it->published : is_past(in) ? in->first_batch :
			    in->now };
		} else if (!meet_again(in, i, err)) {
			return false;
		}
	}
	qsort(v, fresh, sizeof(*v), oldest_first);
	for (size_t i = 0; i < fresh; i++) {
		if (!insert_item(in, v[i].index, v[i].published, err))
			return false;
	}
	return true;
}

/* What is noticed about a document; its pages and pushes tell nothing. */
static uint32_t
note_document(uint32_t flags, const struct gaz_batch *b)
{
	static const struct {
		uint32_t batch, feed;
	} rows[] = {
		{ GAZ_BATCH_ENCODING_REPAIRED, FEED_ENCODING_REPAIRED },
		{ GAZ_BATCH_TEXT_REPAIRED, FEED_TEXT_REPAIRED },
		{ GAZ_BATCH_ITEMS_DROPPED, FEED_ITEMS_DROPPED },
		{ GAZ_BATCH_TEXT_CUT, FEED_TEXT_CUT },
		{ GAZ_BATCH_HTML_TOO_DEEP, FEED_HTML_TOO_DEEP },
		{ GAZ_BATCH_HTML_TOO_MANY_ATTRIBUTES,
		    FEED_HTML_TOO_MANY_ATTRIBUTES },
	};

	if (b->flags & GAZ_BATCH_PARTIAL)
		return flags;
	flags &= FEED_IDS;
	if ((b->flags & GAZ_BATCH_WELL_FORMED) == 0)
		flags |= FEED_BOZO;
	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
		if (b->flags & rows[i].batch)
			flags |= rows[i].feed;
	}
	return flags;
}

static bool
ingest(struct ingest *in, struct gaz_err *err)
{
	uint32_t flags;
	int64_t carried = 0;

	if (!load_doc(in, err))
		return false;
	flags = in->ids.flags;
	in->res->first = in->first_batch == GAZ_UTC_UNKNOWN;
	if (in->res->first)
		in->first_batch = in->now;
	if (!identity_resolve(in->s, in->feed_id, in->b, flags, in->a,
	    &in->ids, err) || !put_items(in, err) || !note_departures(in, err))
		return false;
	if (in->ids.ids_changed &&
	    ++in->guid_changes >= GAZ_UNSTABLE_IDS_MIN)
		in->ids.flags |= FEED_UNSTABLE_IDS;
	in->ids.flags = note_document(in->ids.flags, in->b);
	for (size_t i = 0; i < in->res->items.n; i++) {
		enum gaz_put_kind kind = in->res->items.v[i].kind;

		carried += kind == GAZ_PUT_NEW || kind == GAZ_PUT_MEMBERSHIP;
	}
	if (carried != 0 || in->res->changed != 0 || flags != in->ids.flags)
		in->s->dirty = true;
	if (carried != 0 || flags != in->ids.flags || in->ids.ids_changed ||
	    in->res->first) {
		if (!put_rhythm(in, carried, in->ids.flags, err))
			return false;
	}
	/* A push or an old page need not repeat what the feed says. */
	return (in->b->flags & GAZ_BATCH_PARTIAL) != 0 || put_doc(in, err);
}

bool
gaz_store_put_batch(struct gaz_store *s, int64_t feed_id,
    const struct gaz_batch *b, gaz_utc now, struct gaz_put_result *res,
    struct gaz_err *err)
{
	struct ingest in = { .s = s, .b = b, .feed_id = feed_id, .now = now,
		.res = res };
	struct gaz_arena a;
	bool ok;

	memset(res, 0, sizeof(*res));
	if (b->fault != GAZ_FAULT_NONE)
		return gaz_err_set(err, GAZ_ERR_FORMAT,
		    "feed %lld: the document was refused: %s",
		    (long long)feed_id, gaz_fault_text(b->fault));
	if (!db_enter(s, false, err))
		return false;
	gaz_arena_init(&a);
	in.a = &a;
	in.here = gaz_map64_new();
	gaz_buf_init(&in.packed, GAZ_BUF_NO_MAX);
	gaz_buf_init(&in.packed_too, GAZ_BUF_NO_MAX);
	ok = ingest(&in, err);
	gaz_buf_clear(&in.packed);
	gaz_buf_clear(&in.packed_too);
	gaz_map64_free(in.here);
	gaz_arena_clear(&a);
	if (db_leave(s, ok, err))
		return true;
	gaz_vec_clear(&res->items);
	memset(res, 0, sizeof(*res));
	return false;
}
