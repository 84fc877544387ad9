/*
 * Vectors that a server made of items' texts, kept so that it is not asked
 * again. They go with their items.
 */
#include "config.h"

#include "db.h"

bool
gaz_store_unembedded(struct gaz_store *s, struct gaz_str model, int64_t after,
    gaz_utc since, size_t limit, struct gaz_arena *a,
    struct gaz_store_unembedded *v, size_t *n, struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT i.id, b.title, b.text "
	    "FROM item i JOIN body b ON b.item = i.id "
	    "LEFT JOIN embedding e ON e.item = i.id AND e.model = ?1 "
	    "WHERE i.id > max(?2, (SELECT coalesce(min(id), 1) - 1 FROM item "
	    "WHERE first_seen >= ?3)) AND +i.first_seen >= ?3 "
	    "AND e.item IS NULL "
	    "ORDER BY i.id LIMIT ?4", err);
	size_t found = 0;
	int rc;

	if (st == NULL)
		return false;
	db_bind_str(st, 1, model);
	sqlite3_bind_int64(st, 2, after);
	sqlite3_bind_int64(st, 3, since);
	sqlite3_bind_int64(st, 4, (int64_t)limit);
	while ((rc = db_step(s, st, err)) == 1) {
		v[found].item_id = sqlite3_column_int64(st, 0);
		v[found].title = db_str_copy(st, 1, a);
		v[found++].text = db_str_copy(st, 2, a);
	}
	if (rc == 0)
		*n = found;
	return rc == 0;
}

static bool
put_embedding(struct gaz_store *s, int64_t item_id, struct gaz_str model,
    struct gaz_str vector, struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "INSERT OR REPLACE INTO "
	    "embedding(item, model, vector) "
	    "SELECT id, ?2, ?3 FROM item WHERE id = ?1", err);

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, item_id);
	db_bind_str(st, 2, model);
	db_bind_blob(st, 3, vector);
	return db_run(s, st, err);
}

bool
gaz_store_put_embedding(struct gaz_store *s, int64_t item_id,
    struct gaz_str model, struct gaz_str vector, struct gaz_err *err)
{
	if (!db_enter(s, false, err))
		return false;
	return db_leave(s, put_embedding(s, item_id, model, vector, err), err);
}

bool
gaz_store_each_embedding(struct gaz_store *s, struct gaz_str model,
    gaz_utc since, gaz_store_embedding_fn fn, void *arg, struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT e.item, e.vector "
	    "FROM embedding e JOIN item i ON i.id = e.item "
	    "WHERE e.item >= (SELECT coalesce(min(id), 0) FROM item "
	    "WHERE first_seen >= ?2) AND i.first_seen >= ?2 AND e.model = ?1 "
	    "ORDER BY e.item", err);
	int rc;

	if (st == NULL)
		return false;
	db_bind_str(st, 1, model);
	sqlite3_bind_int64(st, 2, since);
	while ((rc = db_step(s, st, err)) == 1) {
		const void *p = sqlite3_column_blob(st, 1);
		int n = sqlite3_column_bytes(st, 1);

		if (p != NULL)
			fn(sqlite3_column_int64(st, 0),
			    gaz_str_make(p, (size_t)n), arg);
	}
	return rc == 0;
}
