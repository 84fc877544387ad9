/*
 * Lists of subscriptions behind URLs. What a list had is kept, so that a start
 * without a network subscribes to the same feeds, and so that a feed which
 * leaves a list by mistake can be back before anything is lost.
 */
#include "config.h"

#include "db.h"

bool
gaz_store_load_lists(struct gaz_store *s, struct gaz_arena *a,
    gaz_store_list_list *out, struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT l.url, l.etag, "
	    "l.last_modified, l.validators_url, l.last_fetch, l.last_success, "
	    "l.next_fetch, l.fault, l.fault_text, l.http_status, l.failures, "
	    "l.skipped, count(o.url) - count(o.missing_since), "
	    "count(o.missing_since) FROM list l "
	    "LEFT JOIN outline o ON o.list = l.url "
	    "GROUP BY l.url ORDER BY l.url", err);
	int rc;

	if (st == NULL)
		return false;
	while ((rc = db_step(s, st, err)) == 1) {
		struct gaz_store_list *l = gaz_list_push(a, out);

		l->url = db_str_copy(st, 0, a);
		l->etag = db_str_copy(st, 1, a);
		l->last_modified = db_str_copy(st, 2, a);
		l->validators_url = db_str_copy(st, 3, a);
		l->last_fetch = db_utc(st, 4);
		l->last_success = db_utc(st, 5);
		l->next_fetch = db_utc(st, 6);
		if (!gaz_fault_find(db_str(st, 7), &l->fault))
			l->fault = GAZ_FAULT_INTERNAL;
		l->fault_text = db_str_copy(st, 8, a);
		l->http_status = sqlite3_column_int64(st, 9);
		l->failures = sqlite3_column_int64(st, 10);
		l->skipped = sqlite3_column_int64(st, 11);
		l->feeds = sqlite3_column_int64(st, 12);
		l->leaving = sqlite3_column_int64(st, 13);
	}
	return rc == 0;
}

/* ---- an answer */

static bool
put_state(struct gaz_store *s, const struct gaz_store_list_outcome *o,
    struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "INSERT INTO list(url, etag, "
	    "last_modified, validators_url, last_fetch, last_success, "
	    "next_fetch, fault, fault_text, http_status, failures, skipped) "
	    "VALUES(?1, ?3, ?4, ?5, ?6, iif(?8 = 'ok', ?6, NULL), ?7, ?8, ?9, "
	    "?10, ?8 <> 'ok', ?11) ON CONFLICT(url) DO UPDATE SET "
	    "etag = iif(?2, ?3, etag), "
	    "last_modified = iif(?2, ?4, last_modified), "
	    "validators_url = iif(?2, ?5, validators_url), last_fetch = ?6, "
	    "last_success = iif(?8 = 'ok', ?6, last_success), "
	    "next_fetch = ?7, fault = ?8, fault_text = ?9, http_status = ?10, "
	    "failures = iif(?8 = 'ok', 0, failures + 1), "
	    "skipped = iif(?12, ?11, skipped)", err);

	if (st == NULL)
		return false;
	db_bind_str(st, 1, o->url);
	sqlite3_bind_int(st, 2, o->set_validators);
	db_bind_str(st, 3, o->set_validators ? o->etag : GAZ_STR_NONE);
	db_bind_str(st, 4, o->set_validators ? o->last_modified :
	    GAZ_STR_NONE);
	db_bind_str(st, 5, o->set_validators ? o->validators_url :
	    GAZ_STR_NONE);
	sqlite3_bind_int64(st, 6, o->when);
	db_bind_utc(st, 7, o->next_fetch);
	db_bind_str(st, 8, gaz_str_of(gaz_fault_name(o->fault)));
	db_bind_str(st, 9, o->fault_text);
	sqlite3_bind_int64(st, 10, o->http_status);
	sqlite3_bind_int64(st, 11, o->skipped);
	sqlite3_bind_int(st, 12, o->content);
	return db_run(s, st, err);
}

static struct gaz_str
join_tags(const gaz_str_list *tags, struct gaz_buf *b)
{
	gaz_buf_reset(b);
	for (size_t i = 0; i < tags->n; i++) {
		if (i > 0)
			gaz_buf_put_char(b, '\n');
		gaz_buf_put_str(b, tags->v[i]);
	}
	return gaz_buf_str(b);
}

static bool
put_outline(struct gaz_store *s, struct gaz_str list, size_t n,
    const struct gaz_store_subscription *sub, struct gaz_buf *scratch,
    struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "INSERT INTO outline(list, url, n, "
	    "title, language, tags) VALUES(?1, ?2, ?3, ?4, ?5, ?6) "
	    "ON CONFLICT(list, url) DO UPDATE SET n = ?3, title = ?4, "
	    "language = ?5, tags = ?6, missing_since = NULL", err);

	if (st == NULL)
		return false;
	db_bind_str(st, 1, list);
	db_bind_str(st, 2, sub->url);
	sqlite3_bind_int64(st, 3, (int64_t)n);
	db_bind_str(st, 4, sub->title);
	db_bind_str(st, 5, sub->language);
	db_bind_str(st, 6, join_tags(&sub->tags, scratch));
	return db_run(s, st, err);
}

static bool
put_outlines(struct gaz_store *s, const struct gaz_store_list_outcome *o,
    struct gaz_err *err)
{
	struct gaz_buf scratch;
	sqlite3_stmt *st;
	bool ok = true;

	/* Missing, but for those that follow. */
	if (!o->keep) {
		st = db_prepare(s, "UPDATE outline SET missing_since = ?2 "
		    "WHERE list = ?1 AND missing_since IS NULL", err);
		if (st == NULL)
			return false;
		db_bind_str(st, 1, o->url);
		sqlite3_bind_int64(st, 2, o->when);
		if (!db_run(s, st, err))
			return false;
	}
	gaz_buf_init(&scratch, GAZ_BUF_NO_MAX);
	for (size_t i = 0; i < o->n && ok; i++)
		ok = put_outline(s, o->url, i, &o->v[i], &scratch, err);
	gaz_buf_clear(&scratch);
	return ok;
}

bool
gaz_store_put_list(struct gaz_store *s, const struct gaz_store_list_outcome *o,
    struct gaz_err *err)
{
	bool ok;

	if (!db_enter(s, false, err))
		return false;
	ok = put_state(s, o, err) && (!o->content ||
	    o->fault != GAZ_FAULT_NONE || put_outlines(s, o, err));
	return db_leave(s, ok, err);
}

/* ---- for the subscriptions */

static bool
forget_lists(struct gaz_store *s, struct gaz_arena *a,
    const gaz_str_list *urls, struct gaz_err *err)
{
	gaz_store_list_list lists = { 0 };

	if (!gaz_store_load_lists(s, a, &lists, err))
		return false;
	for (size_t i = 0; i < lists.n; i++) {
		sqlite3_stmt *st;
		bool wanted = false;

		for (size_t k = 0; k < urls->n && !wanted; k++)
			wanted = gaz_str_eq(urls->v[k], lists.v[i].url);
		if (wanted)
			continue;
		st = db_prepare(s, "DELETE FROM list WHERE url = ?1", err);
		if (st == NULL)
			return false;
		db_bind_str(st, 1, lists.v[i].url);
		if (!db_run(s, st, err))
			return false;
	}
	return true;
}

static void
read_outline(sqlite3_stmt *st, struct gaz_arena *a,
    struct gaz_store_subscription *sub)
{
	struct gaz_str rest = db_str_copy(st, 3, a), tag;

	sub->url = db_str_copy(st, 0, a);
	sub->title = db_str_copy(st, 1, a);
	sub->language = db_str_copy(st, 2, a);
	while (gaz_str_split(&rest, '\n', &tag)) {
		if (tag.len > 0)
			*gaz_list_push(a, &sub->tags) = tag;
	}
	sub->enabled = true;
	/* Of the title, unless another feed has that name. */
	sub->name = sub->title.len > 0 && !sqlite3_column_int(st, 4) ?
	    sub->title : sub->url;
}

static bool
read_list(struct gaz_store *s, struct gaz_str list, struct gaz_map *seen,
    struct gaz_arena *a, gaz_store_subscription_list *out,
    struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT o.url, o.title, o.language, "
	    "o.tags, EXISTS(SELECT 1 FROM feed f WHERE f.name = o.title "
	    "AND f.url <> o.url) FROM outline o WHERE o.list = ?1 "
	    "AND NOT EXISTS(SELECT 1 FROM feed f WHERE f.url = o.url "
	    "AND f.by_hand AND f.listed) "
	    "AND NOT EXISTS(SELECT 1 FROM feed_state t JOIN feed f "
	    "ON f.id = t.feed WHERE t.address = o.url AND f.by_hand "
	    "AND f.listed) ORDER BY o.n, o.url", err);
	int rc;

	if (st == NULL)
		return false;
	db_bind_str(st, 1, list);
	while ((rc = db_step(s, st, err)) == 1) {
		struct gaz_store_subscription *sub;

		if (gaz_map_put(seen, db_str(st, 0), s) != NULL)
			continue; /* in a list before */
		sub = gaz_list_push(a, out);
		read_outline(st, a, sub);
	}
	return rc == 0;
}

bool
gaz_store_take_outlines(struct gaz_store *s, const gaz_str_list *urls,
    gaz_utc now, int64_t grace_s, struct gaz_arena *a,
    gaz_store_subscription_list *out, struct gaz_err *err)
{
	struct gaz_map *seen = gaz_map_new();
	bool ok = false;

	if (!db_enter(s, false, err))
		goto done;
	ok = forget_lists(s, a, urls, err) && DB_RUN(s, err,
	    "DELETE FROM outline WHERE missing_since <= ?1 - ?2", now,
	    grace_s);
	for (size_t i = 0; ok && i < urls->n; i++)
		ok = read_list(s, urls->v[i], seen, a, out, err);
	ok = db_leave(s, ok, err);
done:
	gaz_map_free(seen);
	return ok;
}
