/*
 * What every file of this folder stands on: SQLite's failures in our words,
 * statements that are prepared once, and transactions. Counters are kept as of
 * the last commit beside those of now, so that a rollback is complete.
 */
#include "config.h"

#include "db.h"

#include <errno.h>
#include <time.h>

#include "search.h"
#include "stories.h"

#define STATEMENTS_MAX 256
#define CHECK_STEP 1000 /* instructions between two looks at the clock */

static int64_t
cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Progress handler: stop a statement that took its share. */
static int
on_progress(void *arg)
{
	struct gaz_store *s = arg;

	return s->cpu_until != 0 && cpu_ns() > s->cpu_until;
}

void
db_bound_cpu(struct gaz_store *s, int64_t ms)
{
	s->cpu_until = cpu_ns() + ms * 1000000;
	sqlite3_progress_handler(s->db, CHECK_STEP, on_progress, s);
}

void
db_unbound_cpu(struct gaz_store *s)
{
	s->cpu_until = 0;
	sqlite3_progress_handler(s->db, 0, NULL, NULL);
}

/* ---- failures */

/*
 * The errno behind an I/O error. The connection's own is often that of a later
 * call, so the files are asked first: the log, then the database.
 */
static int
system_errno(struct gaz_store *s)
{
	sqlite3_file *log = NULL;
	int saved = 0;

	if (s->db == NULL)
		return 0;
	sqlite3_file_control(s->db, "main", SQLITE_FCNTL_JOURNAL_POINTER,
	    &log);
	if (log != NULL && log->pMethods != NULL)
		log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO,
		    &saved);
	if (saved == 0)
		sqlite3_file_control(s->db, "main", SQLITE_FCNTL_LAST_ERRNO,
		    &saved);
	return saved != 0 ? saved : sqlite3_system_errno(s->db);
}

static enum gaz_store_trouble
classify(struct gaz_store *s, int rc)
{
	int saved;

	if (rc == SQLITE_READONLY_DBMOVED)
		return GAZ_STORE_MISSING;
	switch (rc & 0xff) {
	case SQLITE_FULL:
		return GAZ_STORE_FULL;
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return GAZ_STORE_READ_ONLY;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return GAZ_STORE_DAMAGED;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return GAZ_STORE_BUSY;
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
		saved = system_errno(s);
		if (saved == ENOSPC || saved == EDQUOT || saved == EFBIG)
			return GAZ_STORE_FULL;
		if (saved == EROFS || saved == EACCES || saved == EPERM)
			return GAZ_STORE_READ_ONLY;
		return GAZ_STORE_IO;
	default:
		return GAZ_STORE_OTHER;
	}
}

bool
db_damaged(struct gaz_store *s, const char *how, struct gaz_err *err)
{
	s->trouble = GAZ_STORE_DAMAGED;
	return gaz_err_set(err, GAZ_ERR_STORE, "%s: damaged (%s); look: "
	    "gazettectl check-store --store %s; recover: the same with "
	    "--salvage NEWFILE", s->path, how, s->path);
}

bool
db_fail(struct gaz_store *s, int rc, const char *what, struct gaz_err *err)
{
	const char *why = sqlite3_errstr(rc);

	if (s->db != NULL) {
		int last = sqlite3_extended_errcode(s->db);

		if ((last & 0xff) == (rc & 0xff))
			rc = last;
		why = sqlite3_errmsg(s->db);
	}
	s->trouble = classify(s, rc);
	switch (s->trouble) {
	case GAZ_STORE_FULL:
		return gaz_err_set(err, GAZ_ERR_STORE,
		    "%s: no space left for the store (%s)", s->path, why);
	case GAZ_STORE_READ_ONLY:
		return gaz_err_set(err, GAZ_ERR_STORE,
		    "%s: the store cannot be written (%s)", s->path, why);
	case GAZ_STORE_DAMAGED:
		return db_damaged(s, why, err);
	case GAZ_STORE_MISSING:
		return gaz_err_set(err, GAZ_ERR_MISSING,
		    "%s: the store was deleted or replaced while in use",
		    s->path);
	case GAZ_STORE_BUSY:
		return gaz_err_set(err, GAZ_ERR_BUSY,
		    "%s: in use by another program", s->path);
	case GAZ_STORE_OK:
	case GAZ_STORE_IO:
	case GAZ_STORE_OTHER:
		break;
	}
	return gaz_err_set(err, GAZ_ERR_STORE, "%s: %s: %s (%d)", s->path, what,
	    why, rc);
}

enum gaz_store_trouble
gaz_store_trouble(const struct gaz_store *s)
{
	return s->trouble;
}

const char *
gaz_store_trouble_name(enum gaz_store_trouble t)
{
	switch (t) {
	case GAZ_STORE_OK:
		return "ok";
	case GAZ_STORE_FULL:
		return "store-full";
	case GAZ_STORE_READ_ONLY:
		return "store-read-only";
	case GAZ_STORE_DAMAGED:
		return "store-damaged";
	case GAZ_STORE_MISSING:
		return "store-missing";
	case GAZ_STORE_BUSY:
		return "store-busy";
	case GAZ_STORE_IO:
		return "store-io";
	case GAZ_STORE_OTHER:
		break;
	}
	return "store-error";
}

/* ---- statements */

void
db_forget_statements(struct gaz_store *s)
{
	struct gaz_str key;
	void *st;
	size_t pos = 0;

	while (gaz_map_next(s->statements, &pos, &key, &st))
		sqlite3_finalize(st);
	gaz_map_free(s->statements);
	s->statements = gaz_map_new();
}

/*
 * Queries are put together from filters, so the number of texts is bounded but
 * not small. When there are too many, those at rest go.
 */
static void
thin_statements(struct gaz_store *s)
{
	struct gaz_map *rest = gaz_map_new();
	struct gaz_str key;
	void *st;
	size_t pos = 0;

	while (gaz_map_next(s->statements, &pos, &key, &st)) {
		if (sqlite3_stmt_busy(st))
			gaz_map_put(rest, key, st);
		else
			sqlite3_finalize(st);
	}
	gaz_map_free(s->statements);
	s->statements = rest;
}

sqlite3_stmt *
db_prepare(struct gaz_store *s, const char *sql, struct gaz_err *err)
{
	struct gaz_str key = gaz_str_of(sql);
	sqlite3_stmt *st = gaz_map_find(s->statements, key);
	int rc;

	if (st != NULL) {
		sqlite3_reset(st);
		sqlite3_clear_bindings(st);
		return st;
	}
	if (gaz_map_count(s->statements) >= STATEMENTS_MAX)
		thin_statements(s);
	rc = sqlite3_prepare_v3(s->db, sql, (int)key.len,
	    SQLITE_PREPARE_PERSISTENT, &st, NULL);
	if (rc != SQLITE_OK) {
		db_fail(s, rc, "preparing", err);
		return NULL;
	}
	gaz_map_put(s->statements, key, st);
	return st;
}

int
db_step(struct gaz_store *s, sqlite3_stmt *st, struct gaz_err *err)
{
	int rc = sqlite3_step(st);

	if (rc == SQLITE_ROW)
		return 1;
	if (rc != SQLITE_DONE) {
		db_fail(s, rc, "running", err);
		sqlite3_reset(st);
		return -1;
	}
	sqlite3_reset(st);
	return 0;
}

bool
db_run(struct gaz_store *s, sqlite3_stmt *st, struct gaz_err *err)
{
	int rc = db_step(s, st, err);

	if (rc == 1)
		sqlite3_reset(st);
	return rc != -1;
}

bool
db_run_ints(struct gaz_store *s, const char *sql, const int64_t *v, int n,
    struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, sql, err);

	if (st == NULL)
		return false;
	for (int i = 0; i < n; i++)
		sqlite3_bind_int64(st, i + 1, v[i]);
	return db_run(s, st, err);
}

bool
db_exec(struct gaz_store *s, const char *sql, struct gaz_err *err)
{
	int rc = sqlite3_exec(s->db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK || db_fail(s, rc, "running", err);
}

bool
db_int(struct gaz_store *s, const char *sql, int64_t none, int64_t *out,
    struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, sql, err);
	int rc = st != NULL ? db_step(s, st, err) : -1;

	if (rc == -1)
		return false;
	*out = none;
	if (rc == 1) {
		*out = sqlite3_column_int64(st, 0);
		sqlite3_reset(st);
	}
	return true;
}

void
db_bind_str(sqlite3_stmt *st, int i, struct gaz_str v)
{
	if (v.p == NULL)
		sqlite3_bind_null(st, i);
	else
		sqlite3_bind_text64(st, i, v.p, v.len, SQLITE_STATIC,
		    SQLITE_UTF8);
}

void
db_bind_blob(sqlite3_stmt *st, int i, struct gaz_str v)
{
	if (v.p == NULL)
		sqlite3_bind_null(st, i);
	else
		sqlite3_bind_blob64(st, i, v.p, v.len, SQLITE_STATIC);
}

void
db_bind_utc(sqlite3_stmt *st, int i, gaz_utc t)
{
	if (t == GAZ_UTC_UNKNOWN)
		sqlite3_bind_null(st, i);
	else
		sqlite3_bind_int64(st, i, t);
}

struct gaz_str
db_str(sqlite3_stmt *st, int i)
{
	const void *p;

	if (sqlite3_column_type(st, i) == SQLITE_NULL)
		return GAZ_STR_NONE;
	if (sqlite3_column_type(st, i) == SQLITE_BLOB)
		p = sqlite3_column_blob(st, i);
	else
		p = sqlite3_column_text(st, i);
	if (p == NULL)
		return GAZ_STR("");
	return gaz_str_make(p, (size_t)sqlite3_column_bytes(st, i));
}

struct gaz_str
db_str_copy(sqlite3_stmt *st, int i, struct gaz_arena *a)
{
	return gaz_arena_str(a, db_str(st, i));
}

gaz_utc
db_utc(sqlite3_stmt *st, int i)
{
	if (sqlite3_column_type(st, i) == SQLITE_NULL)
		return GAZ_UTC_UNKNOWN;
	return sqlite3_column_int64(st, i);
}

struct gaz_str
db_primary_subtag(struct gaz_arena *a, struct gaz_str language)
{
	char tag[12];
	size_t n = 0;

	while (n < language.len && n < sizeof(tag) &&
	    gaz_is_alpha(language.p[n])) {
		tag[n] = gaz_to_lower(language.p[n]);
		n++;
	}
	if (n < 2 || n == sizeof(tag))
		return GAZ_STR_NONE;
	return gaz_arena_str(a, gaz_str_make(tag, n));
}

/* ---- sets of ids */

bool
db_ids_has(const struct db_ids *ids, int64_t id)
{
	return ids->set != NULL &&
	    gaz_map64_find(ids->set, (uint64_t)id, NULL);
}

bool
db_ids_add(struct db_ids *ids, int64_t id)
{
	if (db_ids_has(ids, id))
		return false;
	if (ids->set == NULL)
		ids->set = gaz_map64_new();
	gaz_map64_put(ids->set, (uint64_t)id, 1);
	*gaz_vec_push(&ids->list) = id;
	return true;
}

void
db_ids_cut(struct db_ids *ids, size_t n)
{
	if (n == 0) {
		gaz_map64_free(ids->set);
		ids->set = NULL;
		ids->list.n = 0;
	}
	while (ids->list.n > n)
		gaz_map64_remove(ids->set,
		    (uint64_t)ids->list.v[--ids->list.n]);
}

void
db_ids_free(struct db_ids *ids)
{
	db_ids_cut(ids, 0);
	gaz_vec_clear(&ids->list);
}

/* ---- transactions */

/*
 * The text index comes last: FTS5 writes out what it has gathered at every
 * savepoint, also at those that SQLite makes for single statements, and is
 * many times slower when they come in between.
 */
bool
db_flush(struct gaz_store *s, struct gaz_err *err)
{
	return sums_flush(s, err) && search_flush(s, err);
}

/* SQLite gives a transaction up by itself when the disk is full, say. */
static bool
is_broken(struct gaz_store *s)
{
	return s->open && sqlite3_get_autocommit(s->db);
}

static bool
begin(struct gaz_store *s, bool durable, struct gaz_err *err)
{
	int moved = 0;

	assert(s->mode == GAZ_STORE_WRITE && !s->open);
	sqlite3_file_control(s->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
	if (moved)
		return db_fail(s, SQLITE_READONLY_DBMOVED, "begin", err);
	if (durable != s->durable) {
		if (!db_exec(s, durable ? "PRAGMA synchronous = FULL" :
		    "PRAGMA synchronous = NORMAL", err))
			return false;
		s->durable = durable;
	}
	if (!DB_DO(s, err, "BEGIN IMMEDIATE"))
		return false;
	s->open = true;
	s->dirty = false;
	s->kept = s->now;
	return true;
}

bool
gaz_store_begin(struct gaz_store *s, struct gaz_err *err)
{
	return begin(s, false, err);
}

bool
gaz_store_begin_durable(struct gaz_store *s, struct gaz_err *err)
{
	return begin(s, true, err);
}

static bool
put_counters(struct gaz_store *s, struct gaz_err *err)
{
	if (s->dirty)
		s->now.generation++;
	if (memcmp(&s->now, &s->kept, sizeof(s->now)) == 0)
		return true;
	return DB_RUN(s, err, "UPDATE state SET generation = ?1, "
	    "next_item = ?2, next_story = ?3, items = ?4, stories = ?5",
	    s->now.generation, s->now.next_item, s->now.next_story,
	    s->now.items, s->now.stories);
}

/* Sums may raise the generation, so counters come after them. */
static bool
put_all(struct gaz_store *s, struct gaz_err *err)
{
	return sums_flush(s, err) && put_counters(s, err) && db_flush(s, err);
}

bool
gaz_store_commit(struct gaz_store *s, struct gaz_err *err)
{
	assert(s->open && s->depth == 0);
	if (is_broken(s)) {
		gaz_err_set(err, GAZ_ERR_STORE,
		    "%s: the transaction was given up before (%s)", s->path,
		    gaz_store_trouble_name(s->trouble));
	} else if (put_all(s, err) &&
	    DB_DO(s, err, "COMMIT")) {
		s->open = false;
		s->trouble = GAZ_STORE_OK;
		return true;
	}
	gaz_store_rollback(s);
	return false;
}

void
gaz_store_rollback(struct gaz_store *s)
{
	if (!s->open)
		return;
	if (!sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	s->open = false;
	s->depth = 0;
	s->now = s->kept;
	s->dirty = false;
	db_ids_cut(&s->touched, 0);
	db_ids_cut(&s->unindexed, 0);
}

bool
db_enter(struct gaz_store *s, bool durable, struct gaz_err *err)
{
	if (s->depth == 0 && !s->open) {
		if (!begin(s, durable, err))
			return false;
		s->depth = -1;
		return true;
	}
	/* Inside of another step: part of it. */
	if (s->depth != 0) {
		s->depth += s->depth > 0 ? 1 : -1;
		return true;
	}
	if (is_broken(s))
		return gaz_err_set(err, GAZ_ERR_STORE,
		    "%s: the transaction was given up before (%s)", s->path,
		    gaz_store_trouble_name(s->trouble));
	if (!DB_DO(s, err, "SAVEPOINT step"))
		return false;
	s->depth = 1;
	s->step = s->now;
	s->unindexed_before = s->unindexed.list.n;
	return true;
}

bool
db_leave(struct gaz_store *s, bool ok, struct gaz_err *err)
{
	assert(s->depth != 0);
	if (s->depth > 1 || s->depth < -1) {
		s->depth += s->depth > 0 ? -1 : 1;
		return ok;
	}
	if (s->depth == -1) {
		s->depth = 0;
		if (ok)
			return gaz_store_commit(s, err);
		gaz_store_rollback(s);
		return false;
	}
	s->depth = 0;
	if (ok)
		return DB_DO(s, err, "RELEASE step");
	s->now = s->step;
	db_ids_cut(&s->unindexed, s->unindexed_before);
	if (!is_broken(s)) {
		sqlite3_exec(s->db, "ROLLBACK TO step", NULL, NULL, NULL);
		sqlite3_exec(s->db, "RELEASE step", NULL, NULL, NULL);
	}
	return false;
}

int64_t
gaz_store_generation(struct gaz_store *s)
{
	int64_t n;

	if (s->mode == GAZ_STORE_WRITE)
		return s->open ? s->kept.generation : s->now.generation;
	if (!db_int(s, "SELECT generation FROM state", 0, &n, NULL))
		return 0;
	return n;
}
