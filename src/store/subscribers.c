/* Subscribers of our own feeds. */
#include "config.h"

#include "gazetted/subscriber.h"

#include "db.h"

static bool
put(struct gaz_store *s, const struct gaz_store_subscriber *sub,
    struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "INSERT OR REPLACE INTO "
	    "subscriber(callback, topic, secret, ends, seen, next, failures) "
	    "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)", err);

	if (st == NULL)
		return false;
	db_bind_str(st, 1, sub->callback);
	db_bind_str(st, 2, sub->topic);
	db_bind_str(st, 3, sub->secret);
	sqlite3_bind_int64(st, 4, sub->ends);
	db_bind_str(st, 5, sub->seen);
	db_bind_utc(st, 6, sub->next);
	sqlite3_bind_int64(st, 7, sub->failures);
	return db_run(s, st, err);
}

bool
gaz_store_put_subscriber(struct gaz_store *s,
    const struct gaz_store_subscriber *sub, struct gaz_err *err)
{
	if (!db_enter(s, false, err))
		return false;
	return db_leave(s, put(s, sub, err), err);
}

static bool
drop(struct gaz_store *s, struct gaz_str callback, struct gaz_str topic,
    struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "DELETE FROM subscriber "
	    "WHERE callback = ?1 AND topic = ?2", err);

	if (st == NULL)
		return false;
	db_bind_str(st, 1, callback);
	db_bind_str(st, 2, topic);
	return db_run(s, st, err);
}

bool
gaz_store_drop_subscriber(struct gaz_store *s, struct gaz_str callback,
    struct gaz_str topic, struct gaz_err *err)
{
	if (!db_enter(s, false, err))
		return false;
	return db_leave(s, drop(s, callback, topic, err), err);
}

bool
gaz_store_load_subscribers(struct gaz_store *s, struct gaz_arena *a,
    gaz_store_subscriber_list *out, struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT callback, topic, secret, ends, "
	    "seen, next, failures FROM subscriber ORDER BY callback, topic",
	    err);
	int rc;

	if (st == NULL)
		return false;
	while ((rc = db_step(s, st, err)) == 1) {
		struct gaz_store_subscriber *sub = gaz_list_push(a, out);

		sub->callback = db_str_copy(st, 0, a);
		sub->topic = db_str_copy(st, 1, a);
		sub->secret = db_str_copy(st, 2, a);
		sub->ends = sqlite3_column_int64(st, 3);
		sub->seen = db_str_copy(st, 4, a);
		sub->next = db_utc(st, 5);
		sub->failures = sqlite3_column_int64(st, 6);
	}
	return rc == 0;
}
