/* Leases of WebSub hubs. They have no foreign key: one is given up after its
 * feed has gone. */
#include "config.h"

#include "gazetted/lease.h"

#include "db.h"
#include "polls.h"

static const char *const state_names[] = {
	[GAZ_LEASE_ASKED] = "asked",
	[GAZ_LEASE_ACTIVE] = "active",
	[GAZ_LEASE_DENIED] = "denied",
	[GAZ_LEASE_LEAVING] = "leaving",
	[GAZ_LEASE_SPARE] = "spare",
};

const char *
gaz_lease_state_name(enum gaz_lease_state state)
{
	return state_names[state];
}

static enum gaz_lease_state
state_of(struct gaz_str name)
{
	for (size_t i = 0; i < GAZ_COUNT(state_names); i++) {
		if (gaz_str_eq_z(name, state_names[i]))
			return (enum gaz_lease_state)i;
	}
	return GAZ_LEASE_ASKED;
}

static bool
put_lease(struct gaz_store *s, const struct gaz_store_lease *l,
    struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "INSERT INTO lease(token, feed, hub, "
	    "topic, callback, state, secret, next_secret, open, asked, since, "
	    "ends, next, brief, failures, fault, fault_text, missed) "
	    "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, "
	    "?14, ?15, ?16, ?17, ?18) ON CONFLICT(token) DO UPDATE SET "
	    "state = ?6, secret = ?7, next_secret = ?8, open = ?9, "
	    "asked = ?10, since = ?11, ends = ?12, next = ?13, brief = ?14, "
	    "failures = ?15, fault = ?16, fault_text = ?17, missed = ?18",
	    err);

	if (st == NULL)
		return false;
	db_bind_str(st, 1, l->token);
	sqlite3_bind_int64(st, 2, l->feed_id);
	db_bind_str(st, 3, l->hub);
	db_bind_str(st, 4, l->topic);
	db_bind_str(st, 5, l->callback);
	db_bind_str(st, 6, gaz_str_of(state_names[l->state]));
	db_bind_str(st, 7, l->secret);
	db_bind_str(st, 8, l->next_secret);
	sqlite3_bind_int(st, 9, l->open);
	db_bind_utc(st, 10, l->asked);
	db_bind_utc(st, 11, l->since);
	db_bind_utc(st, 12, l->ends);
	db_bind_utc(st, 13, l->next);
	sqlite3_bind_int64(st, 14, l->brief);
	sqlite3_bind_int64(st, 15, l->failures);
	db_bind_str(st, 16, gaz_str_of(gaz_fault_name(l->fault)));
	db_bind_str(st, 17, l->fault_text);
	db_bind_utc(st, 18, l->missed);
	return db_run(s, st, err);
}

bool
gaz_store_put_lease(struct gaz_store *s, const struct gaz_store_lease *l,
    struct gaz_err *err)
{
	if (!db_enter(s, false, err))
		return false;
	return db_leave(s, put_lease(s, l, err), err);
}

static bool
drop_lease(struct gaz_store *s, struct gaz_str token, struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "DELETE FROM lease WHERE token = ?1",
	    err);

	if (st == NULL)
		return false;
	db_bind_str(st, 1, token);
	return db_run(s, st, err);
}

bool
gaz_store_drop_lease(struct gaz_store *s, struct gaz_str token,
    struct gaz_err *err)
{
	if (!db_enter(s, false, err))
		return false;
	return db_leave(s, drop_lease(s, token, err), err);
}

static void
read_lease(sqlite3_stmt *st, struct gaz_arena *a, struct gaz_store_lease *l)
{
	l->token = db_str_copy(st, 0, a);
	l->feed_id = sqlite3_column_int64(st, 1);
	l->hub = db_str_copy(st, 2, a);
	l->topic = db_str_copy(st, 3, a);
	l->callback = db_str_copy(st, 4, a);
	l->state = state_of(db_str(st, 5));
	l->secret = db_str_copy(st, 6, a);
	l->next_secret = db_str_copy(st, 7, a);
	l->open = sqlite3_column_int(st, 8);
	l->asked = db_utc(st, 9);
	l->since = db_utc(st, 10);
	l->ends = db_utc(st, 11);
	l->next = db_utc(st, 12);
	l->brief = sqlite3_column_int64(st, 13);
	l->failures = sqlite3_column_int64(st, 14);
	if (!gaz_fault_find(db_str(st, 15), &l->fault))
		l->fault = GAZ_FAULT_INTERNAL;
	l->fault_text = db_str_copy(st, 16, a);
	l->missed = db_utc(st, 17);
	l->deliveries = sqlite3_column_int64(st, 18);
	l->known = sqlite3_column_int64(st, 19);
	l->last_delivery = db_utc(st, 20);
}

bool
gaz_store_load_leases(struct gaz_store *s, int64_t feed_id,
    struct gaz_arena *a, gaz_store_lease_list *out, struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT token, feed, hub, topic, "
	    "callback, state, secret, next_secret, open, asked, since, ends, "
	    "next, brief, failures, fault, fault_text, missed, deliveries, "
	    "known, last_delivery FROM lease WHERE ?1 = 0 OR feed = ?1 "
	    "ORDER BY feed, state = 'leaving', state = 'spare', asked, token", err);
	int rc;

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, feed_id);
	while ((rc = db_step(s, st, err)) == 1)
		read_lease(st, a, gaz_list_push(a, out));
	return rc == 0;
}

static bool
note_delivery(struct gaz_store *s, struct gaz_str token, gaz_utc when,
    bool known, struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "UPDATE lease SET missed = NULL, "
	    "deliveries = deliveries + 1, known = known + ?3, "
	    "last_delivery = ?2 WHERE token = ?1", err);

	if (st == NULL)
		return false;
	db_bind_str(st, 1, token);
	sqlite3_bind_int64(st, 2, when);
	sqlite3_bind_int(st, 3, known);
	return db_run(s, st, err);
}

bool
gaz_store_note_delivery(struct gaz_store *s, struct gaz_str token,
    gaz_utc when, bool known, struct gaz_err *err)
{
	if (!db_enter(s, false, err))
		return false;
	return db_leave(s, note_delivery(s, token, when, known, err), err);
}

static bool
put_hubs(struct gaz_store *s, int64_t feed_id, struct gaz_str hubs,
    struct gaz_str self, struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "UPDATE feed_doc SET hub = ?2, "
	    "self = ?3 WHERE feed = ?1 AND (hub IS NOT ?2 OR self IS NOT ?3)",
	    err);

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, feed_id);
	db_bind_str(st, 2, hubs);
	db_bind_str(st, 3, self);
	return db_run(s, st, err);
}

bool
gaz_store_put_hubs(struct gaz_store *s, int64_t feed_id, struct gaz_str hubs,
    struct gaz_str self, struct gaz_err *err)
{
	if (!db_enter(s, false, err))
		return false;
	return db_leave(s, put_hubs(s, feed_id, hubs, self, err), err);
}

static bool
put_next_fetch(struct gaz_store *s, int64_t feed_id, gaz_utc next_fetch,
    struct gaz_str reason, struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "UPDATE feed_state "
	    "SET next_fetch = ?2, next_reason = ?3 WHERE feed = ?1", err);

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, feed_id);
	db_bind_utc(st, 2, next_fetch);
	db_bind_str(st, 3, reason);
	return db_run(s, st, err);
}

bool
gaz_store_put_next_fetch(struct gaz_store *s, int64_t feed_id,
    gaz_utc next_fetch, struct gaz_str reason, struct gaz_err *err)
{
	if (!db_enter(s, false, err))
		return false;
	return db_leave(s, polls_settle(s, feed_id, err) &&
	    put_next_fetch(s, feed_id, next_fetch, reason, err), err);
}
