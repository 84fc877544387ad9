/*
 * Polls in vain, packed. A row of table poll holds the records of one commit,
 * in the order in which they came; they are only ever appended, read whole and
 * folded from the oldest on.
 */
#include "config.h"

#include "polls.h"

#include <string.h>

/* ---- records */

/* As it is written, in the byte order of the machine; the reason follows. */
struct record {
	int64_t feed_id, when, next_fetch;
	uint32_t duration_ms;
	uint16_t http_status;
	uint16_t reason_len;
};

void
gaz_polls_add(struct gaz_buf *out, const struct gaz_poll *p)
{
	struct record r = {
		.feed_id = p->feed_id, .when = p->when,
		.next_fetch = p->next_fetch,
		.duration_ms = (uint32_t)p->duration_ms,
		.http_status = (uint16_t)p->http_status,
		.reason_len = (uint16_t)(p->reason.len < GAZ_POLL_REASON_MAX ?
		    p->reason.len : GAZ_POLL_REASON_MAX),
	};

	gaz_buf_put(out, &r, sizeof(r));
	gaz_buf_put(out, p->reason.p, r.reason_len);
}

bool
gaz_polls_next(struct gaz_str *records, struct gaz_poll *out)
{
	struct record r;

	if (records->len < sizeof(r))
		return false;
	memcpy(&r, records->p, sizeof(r));
	if (r.reason_len > GAZ_POLL_REASON_MAX ||
	    r.reason_len > records->len - sizeof(r))
		return false;
	*out = (struct gaz_poll){
		.feed_id = r.feed_id, .when = r.when,
		.next_fetch = r.next_fetch, .duration_ms = r.duration_ms,
		.http_status = r.http_status,
		.reason = gaz_str_make(records->p + sizeof(r), r.reason_len),
	};
	*records = gaz_str_sub(*records, sizeof(r) + r.reason_len,
	    records->len);
	return true;
}

/* ---- writing */

static void
note_newest(struct gaz_store *s, struct gaz_str records)
{
	struct gaz_poll p;

	while (gaz_polls_next(&records, &p)) {
		if (s->poll_newest == GAZ_UTC_UNKNOWN ||
		    p.when > s->poll_newest)
			s->poll_newest = p.when;
	}
}

bool
gaz_store_put_polls(struct gaz_store *s, struct gaz_str records,
    struct gaz_err *err)
{
	sqlite3_stmt *st;
	bool ok;

	if (!db_enter(s, false, err))
		return false;
	st = db_prepare(s, "INSERT INTO poll(records) VALUES(?1)", err);
	ok = st != NULL;
	if (ok) {
		db_bind_blob(st, 1, records);
		ok = db_run(s, st, err);
	}
	if (ok) {
		s->poll_bytes += (int64_t)records.len;
		note_newest(s, records);
	}
	return db_leave(s, ok, err);
}

int64_t
gaz_store_poll_bytes(const struct gaz_store *s)
{
	return s->poll_bytes;
}

bool
polls_count(struct gaz_store *s, struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT records FROM poll", err);
	int rc;

	if (st == NULL)
		return false;
	s->poll_bytes = 0;
	s->poll_newest = GAZ_UTC_UNKNOWN;
	while ((rc = db_step(s, st, err)) == 1) {
		s->poll_bytes += (int64_t)db_str(st, 0).len;
		note_newest(s, db_str(st, 0));
	}
	return rc == 0;
}

/* ---- reading */

typedef void (*poll_fn)(const struct gaz_poll *p, void *arg);

/* Every record of the rows up to last, oldest first. */
static bool
each_poll(struct gaz_store *s, int64_t last, poll_fn fn, void *arg,
    struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s,
	    "SELECT records FROM poll WHERE id <= ?1 ORDER BY id", err);
	int rc;

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, last);
	while ((rc = db_step(s, st, err)) == 1) {
		struct gaz_str records = db_str(st, 0);
		struct gaz_poll p;

		while (gaz_polls_next(&records, &p))
			fn(&p, arg);
	}
	return rc == 0;
}

struct loading {
	struct polls *polls;
	int64_t only;
};

static void
load_one(const struct gaz_poll *p, void *arg)
{
	struct loading *l = arg;
	struct polls *to = l->polls;
	struct gaz_poll *kept;
	uint64_t i;

	if (l->only != 0 && p->feed_id != l->only)
		return;
	if (gaz_map64_find(to->by_feed, (uint64_t)p->feed_id, &i)) {
		struct gaz_str room = to->list.v[i].reason;

		kept = &to->list.v[i];
		if (p->when < kept->when)
			return;
		*kept = *p;
		/* The same words again, mostly. */
		if (gaz_str_eq(room, p->reason)) {
			kept->reason = room;
			return;
		}
	} else {
		gaz_map64_put(to->by_feed, (uint64_t)p->feed_id, to->list.n);
		kept = gaz_vec_push(&to->list);
		*kept = *p;
	}
	kept->reason = gaz_arena_str(&to->arena, p->reason);
}

bool
polls_load(struct gaz_store *s, int64_t only, struct polls *out,
    struct gaz_err *err)
{
	struct loading l = { out, only };

	*out = (struct polls){ .by_feed = gaz_map64_new() };
	return each_poll(s, INT64_MAX, load_one, &l, err);
}

void
polls_clear(struct polls *p)
{
	gaz_map64_free(p->by_feed);
	gaz_vec_clear(&p->list);
	gaz_arena_clear(&p->arena);
	p->by_feed = NULL;
}

const struct gaz_poll *
polls_find(const struct polls *p, int64_t feed_id, gaz_utc last_fetch)
{
	uint64_t i;

	if (!gaz_map64_find(p->by_feed, (uint64_t)feed_id, &i) ||
	    (last_fetch != GAZ_UTC_UNKNOWN && p->list.v[i].when <= last_fetch))
		return NULL;
	return &p->list.v[i];
}

struct listing {
	int64_t feed_id;
	struct gaz_arena *a;
	polls_list *out;
};

static void
list_one(const struct gaz_poll *p, void *arg)
{
	struct listing *l = arg;
	struct gaz_poll *kept;

	if (p->feed_id != l->feed_id)
		return;
	kept = gaz_list_push(l->a, l->out);
	*kept = *p;
	kept->reason = gaz_arena_str(l->a, p->reason);
}

bool
polls_of_feed(struct gaz_store *s, int64_t feed_id, struct gaz_arena *a,
    polls_list *out, struct gaz_err *err)
{
	struct listing l = { feed_id, a, out };

	return each_poll(s, INT64_MAX, list_one, &l, err);
}

/* ---- folding */

static bool
fold_state(struct gaz_store *s, const struct gaz_poll *p, bool *later,
    struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "UPDATE feed_state SET "
	    "last_fetch = ?2, last_success = ?2, next_fetch = ?3, "
	    "next_reason = ?4, http_status = ?5 WHERE feed = ?1 "
	    "AND coalesce(last_fetch, ?2 - 1) < ?2", err);

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, p->feed_id);
	sqlite3_bind_int64(st, 2, p->when);
	db_bind_utc(st, 3, p->next_fetch);
	db_bind_str(st, 4, p->reason);
	sqlite3_bind_int64(st, 5, p->http_status);
	if (!db_run(s, st, err))
		return false;
	*later = sqlite3_changes(s->db) > 0;
	return true;
}

/*
 * In the ring of outcomes the last poll in vain stands for a run of them: what
 * came and what failed stays in sight.
 */
static bool
fold_history(struct gaz_store *s, const struct gaz_poll *p,
    struct gaz_err *err)
{
	sqlite3_stmt *st;

	if (!DB_RUN(s, err, "UPDATE feed_state SET outcomes = outcomes + 1 "
	    "WHERE feed = ?1 AND NOT EXISTS(SELECT 1 FROM outcome o "
	    "WHERE o.feed = ?1 AND outcomes > 0 AND "
	    "o.slot = (outcomes - 1) % ?2 "
	    "AND o.fault = 'ok' AND o.http_status = 304)", p->feed_id,
	    GAZ_FEED_OUTCOMES_MAX))
		return false;
	st = db_prepare(s, "INSERT OR REPLACE INTO outcome(feed, slot, at, "
	    "fault, http_status, duration_ms, bytes, new_items, "
	    "changed_items, next_fetch, next_reason) "
	    "SELECT feed, (outcomes - 1) % ?7, ?2, 'ok', ?3, ?4, 0, 0, 0, ?5, "
	    "?6 FROM feed_state WHERE feed = ?1", err);
	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, p->feed_id);
	sqlite3_bind_int64(st, 2, p->when);
	sqlite3_bind_int64(st, 3, p->http_status);
	sqlite3_bind_int64(st, 4, p->duration_ms);
	db_bind_utc(st, 5, p->next_fetch);
	db_bind_str(st, 6, p->reason);
	sqlite3_bind_int64(st, 7, GAZ_FEED_OUTCOMES_MAX);
	return db_run(s, st, err);
}

/* The row up to which about n records lie; 0: there is none. */
static bool
find_end(struct gaz_store *s, size_t n, int64_t *last, struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT id, length(records) FROM poll "
	    "ORDER BY id", err);
	size_t bytes = 0;
	int rc;

	*last = 0;
	if (st == NULL)
		return false;
	while ((rc = db_step(s, st, err)) == 1) {
		*last = sqlite3_column_int64(st, 0);
		bytes += (size_t)sqlite3_column_int64(st, 1);
		if (bytes >= n * sizeof(struct record)) {
			sqlite3_reset(st);
			return true;
		}
	}
	return rc == 0;
}

/* Those of the rows up to last, unless a later one of the feed is kept. */
static bool
fold(struct gaz_store *s, int64_t last, struct gaz_err *err)
{
	struct polls newest, oldest = { .by_feed = gaz_map64_new() };
	struct loading l = { &oldest, 0 };
	bool ok = polls_load(s, 0, &newest, err) &&
	    each_poll(s, last, load_one, &l, err);

	for (size_t i = 0; ok && i < oldest.list.n; i++) {
		const struct gaz_poll *p = &oldest.list.v[i];
		bool later;

		if (polls_find(&newest, p->feed_id, p->when) != NULL)
			continue;
		ok = fold_state(s, p, &later, err) &&
		    (!later || fold_history(s, p, err));
	}
	ok = ok && DB_RUN(s, err, "DELETE FROM poll WHERE id <= ?1", last) &&
	    polls_count(s, err);
	polls_clear(&newest);
	polls_clear(&oldest);
	return ok;
}

bool
gaz_store_fold_polls(struct gaz_store *s, bool *more, struct gaz_err *err)
{
	int64_t last;
	bool ok;

	if (!db_enter(s, false, err))
		return false;
	ok = find_end(s, GAZ_POLL_FOLD_SLICE, &last, err) &&
	    fold(s, last, err);
	if (ok)
		*more = s->poll_bytes > 0;
	return db_leave(s, ok, err);
}

bool
polls_fold_all(struct gaz_store *s, struct gaz_err *err)
{
	return s->poll_bytes == 0 || fold(s, INT64_MAX, err);
}

bool
polls_make_way(struct gaz_store *s, gaz_utc when, bool set_back,
    struct gaz_err *err)
{
	/* Answers of others end a little out of order without that. */
	if (s->poll_newest == GAZ_UTC_UNKNOWN || (!set_back &&
	    when >= s->poll_newest - GAZ_POLL_DISORDER_S))
		return true;
	return polls_fold_all(s, err);
}

bool
polls_settle(struct gaz_store *s, int64_t feed_id, struct gaz_err *err)
{
	struct polls newest;
	bool ok, later;

	if (s->poll_bytes == 0)
		return true;
	/* The records stay: from now on they are no later than the row. */
	ok = polls_load(s, feed_id, &newest, err);
	for (size_t i = 0; ok && i < newest.list.n; i++) {
		const struct gaz_poll *p = &newest.list.v[i];

		ok = fold_state(s, p, &later, err) &&
		    (!later || fold_history(s, p, err));
	}
	polls_clear(&newest);
	return ok;
}
