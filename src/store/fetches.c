/*
 * What fetching remembers of a feed, and what it does with how a fetch ended.
 * feed_state is all that a fetch writes that brought nothing, with one row of
 * the ring of outcomes; a poll in vain not even that (polls.c).
 */
#include "config.h"

#include "db.h"

#include "polls.h"

#define DAY_S 86400

#define FEED_COLUMNS                                                         \
	"SELECT f.id, f.name, coalesce(f.language, d.language), "            \
	"coalesce(t.address, f.url), f.url, d.hub, d.self, f.enabled, "      \
	"f.by_hand, t.gone, t.duplicate_of, t.etag, t.last_modified, "       \
	"t.moved_to, t.moved_seen, t.moved_day, t.last_fetch, "              \
	"t.last_success, t.next_fetch, t.failures, t.failing_since, "        \
	"d.ttl_s, d.update_interval_s, d.skip_hours, d.skip_days, d.newest, " \
	"t.validators_url, t.fault, d.rhythm "                               \
	"FROM feed f JOIN feed_doc d ON d.feed = f.id "                      \
	"JOIN feed_state t ON t.feed = f.id WHERE f.listed = 1 "

static void
read_newest(struct gaz_str blob, struct gaz_store_feed *f)
{
	f->newest_count = blob.len / sizeof(f->newest[0]);
	if (f->newest_count > GAZ_FEED_NEWEST_MAX)
		f->newest_count = GAZ_FEED_NEWEST_MAX;
	if (f->newest_count != 0)
		memcpy(f->newest, blob.p,
		    f->newest_count * sizeof(f->newest[0]));
}

static int64_t
int_or_unknown(sqlite3_stmt *st, int i)
{
	return sqlite3_column_type(st, i) == SQLITE_NULL ? GAZ_INT_UNKNOWN :
	    sqlite3_column_int64(st, i);
}

static void
read_feed(sqlite3_stmt *st, const struct polls *polls, struct gaz_arena *a,
    struct gaz_store_feed *f)
{
	const struct gaz_poll *p;

	memset(f, 0, sizeof(*f));
	f->id = sqlite3_column_int64(st, 0);
	f->name = db_str_copy(st, 1, a);
	f->language = db_str_copy(st, 2, a);
	f->url = db_str_copy(st, 3, a);
	f->configured_url = gaz_str_eq(f->url, db_str(st, 4)) ? f->url :
	    db_str_copy(st, 4, a);
	f->hub = db_str_copy(st, 5, a);
	f->self = db_str_copy(st, 6, a);
	f->by_hand = sqlite3_column_int(st, 8);
	f->gone = sqlite3_column_int(st, 9);
	f->duplicate_of = sqlite3_column_int64(st, 10);
	f->enabled = sqlite3_column_int(st, 7) && f->duplicate_of == 0;
	f->etag = db_str_copy(st, 11, a);
	f->last_modified = db_str_copy(st, 12, a);
	f->moved_to = db_str_copy(st, 13, a);
	f->moved_seen = sqlite3_column_int64(st, 14);
	f->moved_day = db_utc(st, 15);
	f->last_fetch = db_utc(st, 16);
	f->last_success = db_utc(st, 17);
	f->next_fetch = db_utc(st, 18);
	f->failures = sqlite3_column_int64(st, 19);
	f->failing_since = db_utc(st, 20);
	f->ttl_s = int_or_unknown(st, 21);
	f->update_interval_s = int_or_unknown(st, 22);
	f->skip_hours = (uint32_t)sqlite3_column_int64(st, 23);
	f->skip_days = (uint8_t)sqlite3_column_int(st, 24);
	read_newest(db_str(st, 25), f);
	f->validators_url = db_str_copy(st, 26, a);
	if (!gaz_fault_find(db_str(st, 27), &f->fault))
		f->fault = GAZ_FAULT_INTERNAL;
	f->rhythm = db_str_copy(st, 28, a);
	p = polls_find(polls, f->id, f->last_fetch);
	if (p != NULL) {
		f->last_fetch = f->last_success = p->when;
		f->next_fetch = p->next_fetch;
	}
}

bool
gaz_store_load_feeds(struct gaz_store *s, struct gaz_arena *a,
    gaz_store_feed_list *out, struct gaz_err *err)
{
	struct polls polls;
	sqlite3_stmt *st;
	int rc = -1;

	if (polls_load(s, 0, &polls, err) && (st = db_prepare(s,
	    FEED_COLUMNS "ORDER BY f.id", err)) != NULL) {
		while ((rc = db_step(s, st, err)) == 1)
			read_feed(st, &polls, a, gaz_list_push(a, out));
	}
	polls_clear(&polls);
	return rc == 0;
}

bool
gaz_store_each_feed(struct gaz_store *s, gaz_store_feed_fn fn, void *arg,
    struct gaz_err *err)
{
	struct polls polls;
	sqlite3_stmt *st;
	int rc = -1;

	if (!polls_load(s, 0, &polls, err) || (st = db_prepare(s,
	    FEED_COLUMNS "ORDER BY f.id", err)) == NULL)
		goto done;
	while ((rc = db_step(s, st, err)) == 1) {
		struct gaz_store_feed f;
		struct gaz_arena a;
		bool more;

		gaz_arena_init(&a);
		read_feed(st, &polls, &a, &f);
		more = fn(&f, arg);
		gaz_arena_clear(&a);
		if (!more) {
			sqlite3_reset(st);
			rc = 0;
			break;
		}
	}
done:
	polls_clear(&polls);
	return rc == 0;
}

bool
gaz_store_load_feed(struct gaz_store *s, int64_t feed_id, struct gaz_arena *a,
    struct gaz_store_feed *out, bool *found, struct gaz_err *err)
{
	struct polls polls;
	sqlite3_stmt *st;
	int rc = -1;

	if (!polls_load(s, feed_id, &polls, err) || (st = db_prepare(s,
	    FEED_COLUMNS "AND f.id = ?1", err)) == NULL)
		goto done;
	sqlite3_bind_int64(st, 1, feed_id);
	rc = db_step(s, st, err);
	if (rc == -1)
		goto done;
	*found = rc == 1;
	if (rc == 1)
		read_feed(st, &polls, a, out);
	sqlite3_reset(st);
done:
	polls_clear(&polls);
	return rc != -1;
}

/* ---- outcomes */

/* The part of feed_state that the next outcome depends on. */
struct fetch_state {
	struct gaz_str fault, moved_to, url; /* url: where it is fetched */
	int64_t failures, moved_seen, outcomes, duplicate_of;
	gaz_utc failing_since, missing_since, moved_day, last_success;
	bool gone;
};

static bool
load_fetch_state(struct gaz_store *s, int64_t feed_id, struct gaz_arena *a,
    struct fetch_state *fs, struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT t.fault, t.moved_to, "
	    "coalesce(t.address, f.url), t.failures, t.moved_seen, t.outcomes, "
	    "t.duplicate_of, t.failing_since, t.missing_since, t.moved_day, "
	    "t.last_success, t.gone FROM feed_state t "
	    "JOIN feed f ON f.id = t.feed WHERE t.feed = ?1", err);
	int rc;

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, feed_id);
	rc = db_step(s, st, err);
	if (rc == -1)
		return false;
	if (rc == 0)
		return gaz_err_set(err, GAZ_ERR_MISSING,
		    "there is no feed %lld", (long long)feed_id);
	fs->fault = db_str_copy(st, 0, a);
	fs->moved_to = db_str_copy(st, 1, a);
	fs->url = db_str_copy(st, 2, a);
	fs->failures = sqlite3_column_int64(st, 3);
	fs->moved_seen = sqlite3_column_int64(st, 4);
	fs->outcomes = sqlite3_column_int64(st, 5);
	fs->duplicate_of = sqlite3_column_int64(st, 6);
	fs->failing_since = db_utc(st, 7);
	fs->missing_since = db_utc(st, 8);
	fs->moved_day = db_utc(st, 9);
	fs->last_success = db_utc(st, 10);
	fs->gone = sqlite3_column_int(st, 11);
	sqlite3_reset(st);
	return true;
}

static int64_t
day_of(gaz_utc t)
{
	return t >= 0 ? t / DAY_S : -((DAY_S - 1 - t) / DAY_S);
}

/* Count days on which the new address answered with a feed. */
static void
note_redirect(struct fetch_state *fs, const struct gaz_store_outcome *o)
{
	if (o->fault != GAZ_FAULT_NONE)
		return;
	if (gaz_str_is_empty(o->moved_to) || gaz_str_eq(o->moved_to, fs->url)) {
		fs->moved_to = GAZ_STR_NONE;
		fs->moved_seen = 0;
		fs->moved_day = GAZ_UTC_UNKNOWN;
	} else if (!gaz_str_eq(o->moved_to, fs->moved_to)) {
		fs->moved_to = o->moved_to;
		fs->moved_seen = 1;
		fs->moved_day = o->when;
	} else if (fs->moved_day == GAZ_UTC_UNKNOWN ||
	    day_of(o->when) != day_of(fs->moved_day)) {
		fs->moved_seen++;
		fs->moved_day = o->when;
	}
}

static void
count_failure(struct fetch_state *fs, const struct gaz_store_outcome *o)
{
	if (o->fault == GAZ_FAULT_NONE) {
		fs->failures = 0;
		fs->failing_since = GAZ_UTC_UNKNOWN;
		fs->missing_since = GAZ_UTC_UNKNOWN;
		fs->last_success = o->when;
		return;
	}
	if (o->not_counted || o->fault == GAZ_FAULT_CANCELLED)
		return;
	fs->failures++;
	if (fs->failing_since == GAZ_UTC_UNKNOWN)
		fs->failing_since = o->when;
	if (o->fault != GAZ_FAULT_NOT_FOUND)
		fs->missing_since = GAZ_UTC_UNKNOWN;
	else if (fs->missing_since == GAZ_UTC_UNKNOWN)
		fs->missing_since = o->when;
	if (o->fault == GAZ_FAULT_GONE ||
	    (fs->missing_since != GAZ_UTC_UNKNOWN &&
	    o->when - fs->missing_since >= GAZ_NOT_FOUND_DISABLE_S))
		fs->gone = true;
}

/*
 * The feed lives at its new address from now on. When another subscription is
 * there already, this one rests: they have become one.
 */
static bool
adopt_address(struct gaz_store *s, int64_t feed_id, struct fetch_state *fs,
    gaz_utc when, struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "INSERT INTO feed_address(feed, until,"
	    " url) VALUES(?1, ?2, ?3)", err);
	int rc;

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, feed_id);
	sqlite3_bind_int64(st, 2, when);
	db_bind_str(st, 3, fs->url);
	if (!db_run(s, st, err))
		return false;
	st = db_prepare(s, "SELECT f.id FROM feed f JOIN feed_state t "
	    "ON t.feed = f.id WHERE f.listed = 1 AND f.id <> ?1 "
	    "AND t.duplicate_of IS NOT ?1 AND coalesce(t.address, f.url) = ?2 "
	    "ORDER BY f.id LIMIT 1", err);
	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, feed_id);
	db_bind_str(st, 2, fs->moved_to);
	rc = db_step(s, st, err);
	if (rc == -1)
		return false;
	if (rc == 1) {
		fs->duplicate_of = sqlite3_column_int64(st, 0);
		sqlite3_reset(st);
	}
	st = db_prepare(s, "UPDATE feed_state SET address = ?2 WHERE feed = ?1",
	    err);
	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, feed_id);
	db_bind_str(st, 2, fs->moved_to);
	if (!db_run(s, st, err))
		return false;
	fs->moved_to = GAZ_STR_NONE;
	fs->moved_seen = 0;
	fs->moved_day = GAZ_UTC_UNKNOWN;
	s->dirty = true;
	return true;
}

static bool
put_state(struct gaz_store *s, const struct gaz_store_outcome *o,
    const struct fetch_state *fs, struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "UPDATE feed_state SET "
	    "last_fetch = ?2, last_success = ?3, next_fetch = ?4, "
	    "next_reason = ?5, fault = ?6, "
	    "fault_text = iif(?22 AND fault = 'ok', fault_text, ?7), "
	    "http_status = ?8, "
	    "failures = ?9, failing_since = ?10, missing_since = ?11, "
	    "etag = iif(?12, ?13, etag), "
	    "last_modified = iif(?12, ?14, last_modified), "
	    "validators_url = iif(?12, ?21, validators_url), moved_to = ?15, "
	    "moved_seen = ?16, moved_day = ?17, gone = ?18, "
	    "duplicate_of = ?19, outcomes = ?20 WHERE feed = ?1", err);

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, o->feed_id);
	sqlite3_bind_int64(st, 2, o->when);
	db_bind_utc(st, 3, fs->last_success);
	db_bind_utc(st, 4, o->next_fetch);
	db_bind_str(st, 5, o->next_reason);
	db_bind_str(st, 6, gaz_str_of(gaz_fault_name(o->fault)));
	db_bind_str(st, 7, o->fault_text);
	sqlite3_bind_int64(st, 8, o->http_status);
	sqlite3_bind_int64(st, 9, fs->failures);
	db_bind_utc(st, 10, fs->failing_since);
	db_bind_utc(st, 11, fs->missing_since);
	sqlite3_bind_int(st, 12, o->set_validators);
	db_bind_str(st, 13, o->etag);
	db_bind_str(st, 14, o->last_modified);
	db_bind_str(st, 15, fs->moved_to);
	sqlite3_bind_int64(st, 16, fs->moved_seen);
	db_bind_utc(st, 17, fs->moved_day);
	sqlite3_bind_int(st, 18, fs->gone);
	if (fs->duplicate_of != 0)
		sqlite3_bind_int64(st, 19, fs->duplicate_of);
	sqlite3_bind_int64(st, 20, fs->outcomes + 1);
	db_bind_str(st, 21, o->validators_url);
	/* What was noticed about the document still holds. */
	sqlite3_bind_int(st, 22, o->not_modified);
	return db_run(s, st, err);
}

static bool
put_history(struct gaz_store *s, const struct gaz_store_outcome *o,
    int64_t slot, struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "INSERT OR REPLACE INTO outcome(feed, "
	    "slot, at, fault, fault_text, http_status, duration_ms, bytes, "
	    "new_items, changed_items, next_fetch, next_reason) "
	    "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)", err);

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, o->feed_id);
	sqlite3_bind_int64(st, 2, slot);
	sqlite3_bind_int64(st, 3, o->when);
	db_bind_str(st, 4, gaz_str_of(gaz_fault_name(o->fault)));
	db_bind_str(st, 5, o->fault_text);
	sqlite3_bind_int64(st, 6, o->http_status);
	sqlite3_bind_int64(st, 7, o->duration_ms);
	sqlite3_bind_int64(st, 8, o->bytes);
	sqlite3_bind_int64(st, 9, o->new_items);
	sqlite3_bind_int64(st, 10, o->changed_items);
	db_bind_utc(st, 11, o->next_fetch);
	db_bind_str(st, 12, o->next_reason);
	return db_run(s, st, err);
}

static bool
put_rhythm(struct gaz_store *s, const struct gaz_store_outcome *o,
    struct gaz_err *err)
{
	sqlite3_stmt *st;

	if (gaz_str_is_empty(o->rhythm))
		return true;
	st = db_prepare(s, "UPDATE feed_doc SET rhythm = ?2 WHERE feed = ?1",
	    err);
	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, o->feed_id);
	db_bind_blob(st, 2, o->rhythm);
	return db_run(s, st, err);
}

static bool
put_outcome(struct gaz_store *s, struct gaz_arena *a,
    const struct gaz_store_outcome *o, struct gaz_err *err)
{
	struct fetch_state fs = { 0 };
	bool was_gone;

	if (!polls_make_way(s, o->when, o->set_back, err) ||
	    !load_fetch_state(s, o->feed_id, a, &fs, err))
		return false;
	was_gone = fs.gone;
	count_failure(&fs, o);
	note_redirect(&fs, o);
	if (fs.moved_seen >= GAZ_MOVED_DAYS &&
	    !adopt_address(s, o->feed_id, &fs, o->when, err))
		return false;
	if (fs.gone != was_gone ||
	    !gaz_str_eq_z(fs.fault, gaz_fault_name(o->fault)))
		s->dirty = true;
	return put_rhythm(s, o, err) && put_state(s, o, &fs, err) &&
	    put_history(s, o, fs.outcomes % GAZ_FEED_OUTCOMES_MAX, err);
}

bool
gaz_store_put_outcome(struct gaz_store *s, const struct gaz_store_outcome *o,
    struct gaz_err *err)
{
	struct gaz_arena a;
	bool ok;

	if (!db_enter(s, false, err))
		return false;
	gaz_arena_init(&a);
	ok = put_outcome(s, &a, o, err);
	gaz_arena_clear(&a);
	return db_leave(s, ok, err);
}

bool
gaz_store_put_next(struct gaz_store *s, int64_t feed_id, gaz_utc next_fetch,
    struct gaz_str reason, struct gaz_err *err)
{
	sqlite3_stmt *st;
	bool ok;

	if (!db_enter(s, false, err))
		return false;
	st = polls_settle(s, feed_id, err) ?
	    db_prepare(s, "UPDATE feed_state SET next_fetch = ?2, "
	    "next_reason = ?3 WHERE feed = ?1", err) : NULL;
	ok = st != NULL;
	if (ok) {
		sqlite3_bind_int64(st, 1, feed_id);
		db_bind_utc(st, 2, next_fetch);
		db_bind_str(st, 3, reason);
		ok = db_run(s, st, err);
	}
	return db_leave(s, ok, err);
}

bool
gaz_store_forgive_feed(struct gaz_store *s, int64_t feed_id,
    struct gaz_err *err)
{
	if (!db_enter(s, false, err))
		return false;
	return db_leave(s, DB_RUN(s, err, "UPDATE feed_state SET "
	    "failures = max(failures - 1, 0), "
	    "failing_since = iif(failures > 1, failing_since, NULL) "
	    "WHERE feed = ?1", feed_id), err);
}

/* ---- history */

/* The polls that are left, later than that moment, newest first. */
static void
list_polls(const polls_list *polls, size_t *left, gaz_utc after,
    struct gaz_arena *a, gaz_store_history_list *out)
{
	for (; *left > 0 && polls->v[*left - 1].when > after &&
	    out->n < GAZ_FEED_OUTCOMES_MAX; --*left) {
		const struct gaz_poll *p = &polls->v[*left - 1];

		*gaz_list_push(a, out) = (struct gaz_store_history){
			.when = p->when, .next_fetch = p->next_fetch,
			.next_reason = p->reason,
			.http_status = p->http_status,
			.duration_ms = p->duration_ms,
		};
	}
}

bool
gaz_store_feed_history(struct gaz_store *s, int64_t feed_id,
    struct gaz_arena *a, gaz_store_history_list *out, struct gaz_err *err)
{
	polls_list polls = { 0 };
	size_t left;
	int rc;

	if (!polls_of_feed(s, feed_id, a, &polls, err))
		return false;
	left = polls.n;
	sqlite3_stmt *st = db_prepare(s, "SELECT o.at, o.fault, o.fault_text, "
	    "o.next_reason, o.http_status, o.duration_ms, o.bytes, "
	    "o.new_items, o.changed_items, o.next_fetch FROM outcome o "
	    "JOIN feed_state t ON t.feed = o.feed WHERE o.feed = ?1 "
	    "ORDER BY (t.outcomes - 1 - o.slot) % ?2", err);
	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, feed_id);
	sqlite3_bind_int64(st, 2, GAZ_FEED_OUTCOMES_MAX);
	while ((rc = db_step(s, st, err)) == 1) {
		gaz_utc when = sqlite3_column_int64(st, 0);

		list_polls(&polls, &left, when, a, out);
		if (out->n == GAZ_FEED_OUTCOMES_MAX) {
			sqlite3_reset(st);
			return true;
		}
		struct gaz_store_history *h = gaz_list_push(a, out);

		h->when = when;
		if (!gaz_fault_find(db_str(st, 1), &h->fault))
			h->fault = GAZ_FAULT_INTERNAL;
		h->text = db_str_copy(st, 2, a);
		h->next_reason = db_str_copy(st, 3, a);
		h->http_status = sqlite3_column_int64(st, 4);
		h->duration_ms = sqlite3_column_int64(st, 5);
		h->bytes = sqlite3_column_int64(st, 6);
		h->new_items = sqlite3_column_int64(st, 7);
		h->changed_items = sqlite3_column_int64(st, 8);
		h->next_fetch = db_utc(st, 9);
		/* The ring may have the last poll already. */
		if (left > 0 && polls.v[left - 1].when == when &&
		    polls.v[left - 1].http_status == h->http_status)
			left--;
	}
	if (rc != 0)
		return false;
	list_polls(&polls, &left, INT64_MIN, a, out);
	return true;
}

/* ---- pauses of hosts */

bool
gaz_store_put_pause(struct gaz_store *s, struct gaz_str host, gaz_utc until,
    struct gaz_str reason, struct gaz_err *err)
{
	sqlite3_stmt *st;
	bool ok;

	if (!db_enter(s, false, err))
		return false;
	st = db_prepare(s, "INSERT OR REPLACE INTO pause(host, until, reason) "
	    "VALUES(?1, ?2, ?3)", err);
	ok = st != NULL;
	if (ok) {
		db_bind_str(st, 1, host);
		sqlite3_bind_int64(st, 2, until);
		db_bind_str(st, 3, reason);
		ok = db_run(s, st, err);
	}
	return db_leave(s, ok, err);
}

bool
gaz_store_load_pauses(struct gaz_store *s, gaz_utc now, struct gaz_arena *a,
    gaz_store_pause_list *out, struct gaz_err *err)
{
	sqlite3_stmt *st;
	int rc;

	if (s->mode == GAZ_STORE_WRITE) {
		if (!db_enter(s, false, err))
			return false;
		if (!db_leave(s, DB_RUN(s, err,
		    "DELETE FROM pause WHERE until <= ?1", now), err))
			return false;
	}
	st = db_prepare(s, "SELECT host, reason, until FROM pause "
	    "WHERE until > ?1 ORDER BY host", err);
	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, now);
	while ((rc = db_step(s, st, err)) == 1) {
		struct gaz_store_pause *p = gaz_list_push(a, out);

		p->host = db_str_copy(st, 0, a);
		p->reason = db_str_copy(st, 1, a);
		p->until = sqlite3_column_int64(st, 2);
	}
	return rc == 0;
}
