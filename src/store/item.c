/*
 * One item by its id: its features, tags and text, and its end.
 */
#include "config.h"

#include "item.h"

#include "search.h"

bool
item_put_features(struct gaz_store *s, int64_t item_id, struct gaz_str features,
    struct gaz_err *err)
{
	sqlite3_stmt *st;

	if (gaz_str_is_empty(features))
		return DB_RUN(s, err, "DELETE FROM features WHERE item = ?1",
		    item_id);
	st = db_prepare(s, "INSERT OR REPLACE INTO features(item, data) "
	    "VALUES(?1, ?2)", err);
	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, item_id);
	db_bind_blob(st, 2, features);
	return db_run(s, st, err);
}

bool
item_touch_story(struct gaz_store *s, int64_t item_id, struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s,
	    "SELECT story FROM membership WHERE item = ?1", err);
	int rc;

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, item_id);
	rc = db_step(s, st, err);
	if (rc == 1) {
		db_touch_story(s, sqlite3_column_int64(st, 0));
		sqlite3_reset(st);
	}
	return rc != -1;
}

/* ---- deleting */

bool
item_delete(struct gaz_store *s, int64_t item_id, struct gaz_err *err)
{
	s->dirty = true;
	s->now.items--;
	return search_take(s, item_id, err) &&
	    item_touch_story(s, item_id, err) &&
	    DB_RUN(s, err, "UPDATE feed_doc SET items = items - 1 WHERE feed "
	    "IN (SELECT feed FROM item_feed WHERE item = ?1)", item_id) &&
	    DB_RUN(s, err, "DELETE FROM item WHERE id = ?1", item_id);
}

bool
item_leave(struct gaz_store *s, int64_t item_id, int64_t feed_id,
    struct gaz_err *err)
{
	int64_t other = 0;
	sqlite3_stmt *st;
	int rc;

	if (!DB_RUN(s, err, "DELETE FROM item_feed "
	    "WHERE item = ?1 AND feed = ?2", item_id, feed_id) ||
	    !DB_RUN(s, err, "UPDATE feed_doc SET items = items - 1 "
	    "WHERE feed = ?1", feed_id))
		return false;
	st = db_prepare(s, "SELECT feed FROM item_feed WHERE item = ?1 "
	    "ORDER BY first_seen, feed LIMIT 1", err);
	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, item_id);
	rc = db_step(s, st, err);
	if (rc == -1)
		return false;
	if (rc == 0)
		return item_delete(s, item_id, err);
	other = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	s->dirty = true;
	return DB_RUN(s, err, "UPDATE item SET feed = ?2 "
	    "WHERE id = ?1 AND feed = ?3", item_id, other, feed_id) &&
	    item_touch_story(s, item_id, err);
}

/* ---- small things about one item */

bool
gaz_store_tag_item(struct gaz_store *s, int64_t item_id, struct gaz_str tag,
    bool on, struct gaz_err *err)
{
	sqlite3_stmt *st;
	bool ok;

	if (!db_enter(s, false, err))
		return false;
	st = db_prepare(s, on ?
	    "INSERT OR IGNORE INTO item_tag(item, tag) VALUES(?1, ?2)" :
	    "DELETE FROM item_tag WHERE item = ?1 AND tag = ?2", err);
	ok = st != NULL;
	if (ok) {
		sqlite3_bind_int64(st, 1, item_id);
		db_bind_str(st, 2, tag);
		ok = db_run(s, st, err);
		if (ok && sqlite3_changes(s->db) != 0)
			s->dirty = true;
	}
	return db_leave(s, ok, err);
}

bool
gaz_store_put_features(struct gaz_store *s, int64_t item_id,
    struct gaz_str features, struct gaz_err *err)
{
	if (!db_enter(s, false, err))
		return false;
	return db_leave(s, item_put_features(s, item_id, features, err),
	    err);
}

bool
gaz_store_item_text(struct gaz_store *s, int64_t item_id, struct gaz_arena *a,
    struct gaz_str *title, struct gaz_str *text, bool *found,
    struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s,
	    "SELECT title, text FROM body WHERE item = ?1", err);
	int rc;

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, item_id);
	rc = db_step(s, st, err);
	if (rc == -1)
		return false;
	*found = rc == 1;
	if (rc == 1) {
		*title = db_str_copy(st, 0, a);
		*text = db_str_copy(st, 1, a);
		sqlite3_reset(st);
	}
	return true;
}

bool
gaz_store_item_features(struct gaz_store *s, int64_t item_id,
    struct gaz_arena *a, struct gaz_str *out, struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s,
	    "SELECT data FROM features WHERE item = ?1", err);
	int rc;

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, item_id);
	rc = db_step(s, st, err);
	if (rc == -1)
		return false;
	*out = rc == 1 ? db_str_copy(st, 0, a) : GAZ_STR_NONE;
	sqlite3_reset(st);
	return true;
}

bool
gaz_store_item_revisions(struct gaz_store *s, int64_t item_id,
    struct gaz_arena *a, gaz_store_revision_list *out, struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT until, updated, title, "
	    "summary, content FROM revision WHERE item = ?1 "
	    "ORDER BY rowid DESC", err);
	int rc;

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, item_id);
	while ((rc = db_step(s, st, err)) == 1) {
		struct gaz_store_revision *r = gaz_list_push(a, out);

		r->until = sqlite3_column_int64(st, 0);
		r->updated = db_utc(st, 1);
		r->title = db_str_copy(st, 2, a);
		r->summary = db_str_copy(st, 3, a);
		r->content = db_str_copy(st, 4, a);
	}
	return rc == 0;
}
