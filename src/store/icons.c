/*
 * Icons of sites, one a host, however many feeds it has. feed_doc.icon_host
 * ties a feed to its host; it is NULL while nobody has looked.
 */
#include "config.h"

#include "db.h"

bool
gaz_store_icon_wishes(struct gaz_store *s, int64_t after, gaz_utc now,
    size_t limit, struct gaz_arena *a, gaz_store_icon_wish_list *out,
    struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT f.id, "
	    "coalesce(t.address, f.url), d.site_url, d.icon FROM feed f "
	    "JOIN feed_doc d ON d.feed = f.id "
	    "JOIN feed_state t ON t.feed = f.id "
	    "LEFT JOIN icon i ON i.host = d.icon_host "
	    "WHERE f.id > ?1 AND f.listed AND f.enabled "
	    "AND t.last_success IS NOT NULL "
	    "AND (d.icon_host IS NULL OR i.next_fetch <= ?2 "
	    "OR (i.host IS NULL AND d.icon_host <> '')) "
	    "ORDER BY f.id LIMIT ?3", err);
	int rc;

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, after);
	sqlite3_bind_int64(st, 2, now);
	sqlite3_bind_int64(st, 3, (int64_t)limit);
	while ((rc = db_step(s, st, err)) == 1) {
		struct gaz_store_icon_wish *w = gaz_list_push(a, out);

		w->feed_id = sqlite3_column_int64(st, 0);
		w->url = db_str_copy(st, 1, a);
		w->site_url = db_str_copy(st, 2, a);
		w->icon = db_str_copy(st, 3, a);
	}
	return rc == 0;
}

bool
gaz_store_load_icon(struct gaz_store *s, struct gaz_str host,
    struct gaz_arena *a, struct gaz_store_icon *out, bool *found,
    struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT source, etag, last_modified, "
	    "hash, next_fetch FROM icon WHERE host = ?1", err);
	int rc;

	if (st == NULL)
		return false;
	db_bind_str(st, 1, host);
	rc = db_step(s, st, err);
	if (rc == -1)
		return false;
	*found = rc == 1;
	if (rc == 1) {
		out->source = db_str_copy(st, 0, a);
		out->etag = db_str_copy(st, 1, a);
		out->last_modified = db_str_copy(st, 2, a);
		out->hash = db_str_copy(st, 3, a);
		out->next_fetch = sqlite3_column_int64(st, 4);
		sqlite3_reset(st);
	}
	return true;
}

static bool
put_icon(struct gaz_store *s, const struct gaz_store_icon_outcome *o,
    struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "INSERT INTO icon(host, source, etag, "
	    "last_modified, fetched, next_fetch, fault, fault_text, hash, "
	    "type, data) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) "
	    "ON CONFLICT(host) DO UPDATE SET "
	    "source = iif(?12, source, ?2), etag = iif(?12, etag, ?3), "
	    "last_modified = iif(?12, last_modified, ?4), fetched = ?5, "
	    "next_fetch = ?6, fault = ?7, fault_text = ?8, "
	    "hash = iif(?12, hash, ?9), type = iif(?12, type, ?10), "
	    "data = iif(?12, data, ?11)", err);

	if (st == NULL)
		return false;
	db_bind_str(st, 1, o->host);
	db_bind_str(st, 2, o->source);
	db_bind_str(st, 3, o->etag);
	db_bind_str(st, 4, o->last_modified);
	sqlite3_bind_int64(st, 5, o->when);
	sqlite3_bind_int64(st, 6, o->next_fetch);
	db_bind_str(st, 7, gaz_str_of(gaz_fault_name(o->fault)));
	db_bind_str(st, 8, o->fault_text);
	db_bind_str(st, 9, o->hash);
	db_bind_str(st, 10, o->type);
	if (o->data.p != NULL)
		db_bind_blob(st, 11, o->data);
	sqlite3_bind_int(st, 12, o->keep);
	return db_run(s, st, err);
}

static bool
put_host(struct gaz_store *s, const struct gaz_store_icon_outcome *o,
    struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "UPDATE feed_doc SET icon_host = ?2 "
	    "WHERE feed = ?1 AND icon_host IS NOT ?2", err);

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, o->feed_id);
	sqlite3_bind_text(st, 2, o->host.len > 0 ? o->host.p : "",
	    (int)o->host.len, SQLITE_STATIC);
	if (!db_run(s, st, err))
		return false;
	if (sqlite3_changes(s->db) != 0)
		s->dirty = true; /* its page looks otherwise, perhaps */
	return true;
}

bool
gaz_store_put_icon(struct gaz_store *s, const struct gaz_store_icon_outcome *o,
    struct gaz_err *err)
{
	bool ok;

	if (!db_enter(s, false, err))
		return false;
	ok = (!o->asked || put_icon(s, o, err)) && put_host(s, o, err);
	if (o->asked && !o->keep)
		s->dirty = true;
	return db_leave(s, ok, err);
}

bool
gaz_store_icon_data(struct gaz_store *s, struct gaz_str hash,
    struct gaz_arena *a, struct gaz_str *type, struct gaz_str *data,
    bool *found, struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT type, data FROM icon "
	    "WHERE hash = ?1 AND data IS NOT NULL LIMIT 1", err);
	int rc;

	if (st == NULL)
		return false;
	db_bind_str(st, 1, hash);
	rc = db_step(s, st, err);
	if (rc == -1)
		return false;
	*found = rc == 1;
	if (rc == 1) {
		*type = db_str_copy(st, 0, a);
		*data = gaz_arena_str(a, gaz_str_make(
		    sqlite3_column_blob(st, 1),
		    (size_t)sqlite3_column_bytes(st, 1)));
		sqlite3_reset(st);
	}
	return true;
}

bool
gaz_store_drop_icons(struct gaz_store *s, struct gaz_err *err)
{
	bool ok;

	if (!db_enter(s, false, err))
		return false;
	ok = DB_DO(s, err, "DELETE FROM icon");
	if (ok && sqlite3_changes(s->db) != 0)
		s->dirty = true;
	return db_leave(s, ok, err);
}
