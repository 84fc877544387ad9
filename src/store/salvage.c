/*
 * What can still be read of a damaged store, as a new one. Pages that cannot
 * be read are stepped over; what refers to lost rows is mended or left out,
 * and all that is derived (sums, counters, the text index) is made anew.
 */
#include "config.h"

#include "db.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "search.h"

#define SLICE 500 /* items and stories of one transaction */

struct salvage {
	sqlite3 *from;
	struct gaz_store *to;
	char sql[2048];
	sqlite3_stmt *put;
	int columns;
	struct gaz_err *err;
};

/* Tables with rows by number, those before which others refer to. */
static const char *const tables[] = {
	"feed", "feed_doc", "feed_state", "feed_address", "item", "body",
	"features", "revision", "story", "membership", "redirect",
	"correction", "list", "outline", "icon", "poll",
};
/* Tables whose rows hang on one of another, and are looked up by it. */
static const struct {
	const char *table, *parents, *column;
} parts[] = {
	{ "feed_tag", "feed", "feed" }, { "outcome", "feed", "feed" },
	{ "item_tag", "item", "item" }, { "item_feed", "item", "item" },
};

/* Tables without such numbers, and the text that they are in order of. */
static const struct {
	const char *table, *key;
} keyed[] = {
	{ "pause", "host" }, { "lease", "token" }, { "subscriber", "callback" },
};

static const char mend[] =
    /* A lost feed keeps a place for its items, and is not shown. */
    "INSERT OR IGNORE INTO feed(id, name, url, priority, enabled, by_hand, "
    " listed, added, changed) SELECT DISTINCT feed, 'lost-' || feed, '', 0, "
    " 0, 0, 0, 0, 0 FROM (SELECT feed FROM item UNION "
    " SELECT feed FROM item_feed) WHERE feed NOT IN (SELECT id FROM feed);"
    "DELETE FROM item WHERE id NOT IN (SELECT item FROM body) "
    " OR feed NOT IN (SELECT id FROM feed);"
    "DELETE FROM body WHERE item NOT IN (SELECT id FROM item);"
    "DELETE FROM features WHERE item NOT IN (SELECT id FROM item);"
    "DELETE FROM revision WHERE item NOT IN (SELECT id FROM item);"
    "DELETE FROM item_tag WHERE item NOT IN (SELECT id FROM item);"
    "DELETE FROM item_feed WHERE item NOT IN (SELECT id FROM item) "
    " OR feed NOT IN (SELECT id FROM feed);"
    "DELETE FROM membership WHERE item NOT IN (SELECT id FROM item);"
    /* Its id there is lost; the address finds it again. */
    "INSERT OR IGNORE INTO item_feed(item, feed, key, published, first_seen, "
    " left_at) SELECT id, feed, url_key, published, first_seen, first_seen "
    " FROM item i WHERE NOT EXISTS(SELECT 1 FROM item_feed f "
    " WHERE f.item = i.id AND f.feed = i.feed);"
    "UPDATE item_feed SET published = (SELECT published FROM item "
    " WHERE id = item);"
    "DELETE FROM feed_doc WHERE feed NOT IN (SELECT id FROM feed);"
    "DELETE FROM feed_state WHERE feed NOT IN (SELECT id FROM feed);"
    "DELETE FROM feed_tag WHERE feed NOT IN (SELECT id FROM feed);"
    "DELETE FROM feed_address WHERE feed NOT IN (SELECT id FROM feed);"
    "DELETE FROM outcome WHERE feed NOT IN (SELECT id FROM feed);"
    "DELETE FROM outline WHERE list NOT IN (SELECT url FROM list);"
    "INSERT OR IGNORE INTO feed_doc(feed) SELECT id FROM feed;"
    "INSERT OR IGNORE INTO feed_state(feed) SELECT id FROM feed;"
    "UPDATE feed_doc SET items = (SELECT count(*) FROM item_feed f "
    " WHERE f.feed = feed_doc.feed);"
    "DELETE FROM redirect WHERE story IN (SELECT story FROM membership) "
    " OR target NOT IN (SELECT story FROM membership);"
    "DELETE FROM story WHERE id NOT IN (SELECT story FROM membership);"
    "UPDATE state SET generation = generation + 1, boot = NULL, "
    " next_item = max(next_item, "
    "  (SELECT coalesce(max(id), 0) + 1 FROM item)), "
    " next_story = max(next_story, "
    "  (SELECT coalesce(max(story), 0) + 1 FROM membership)), "
    " items = (SELECT count(*) FROM item), "
    " stories = (SELECT count(*) FROM story)";

static sqlite3_stmt *
ask(struct salvage *v, const char *sql)
{
	sqlite3_stmt *st = NULL;

	if (sqlite3_prepare_v2(v->from, sql, -1, &st, NULL) != SQLITE_OK)
		return NULL;
	return st;
}

/* The names of a table's columns that the old store has as well. */
static bool
list_columns(struct salvage *v, const char *table, char *out, size_t size)
{
	sqlite3_stmt *st = NULL, *old;
	size_t n = 0;
	int rc = sqlite3_prepare_v2(v->to->db,
	    "SELECT name FROM pragma_table_info(?1)", -1, &st, NULL);

	if (rc != SQLITE_OK)
		return db_fail(v->to, rc, "preparing", v->err);
	sqlite3_bind_text(st, 1, table, -1, SQLITE_STATIC);
	v->columns = 0;
	old = ask(v, "SELECT 1 FROM pragma_table_info(?1) WHERE name = ?2");
	while (old != NULL && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(st, 0);

		sqlite3_reset(old);
		sqlite3_bind_text(old, 1, table, -1, SQLITE_STATIC);
		sqlite3_bind_text(old, 2, name, -1, SQLITE_STATIC);
		if (sqlite3_step(old) != SQLITE_ROW)
			continue;
		n += (size_t)snprintf(out + n, size - n, "%s%s",
		    v->columns++ == 0 ? "" : ", ", name);
		assert(n < size);
	}
	sqlite3_finalize(st);
	if (old != NULL && rc != SQLITE_DONE) {
		sqlite3_finalize(old);
		return db_fail(v->to, rc, "reading", v->err);
	}
	sqlite3_finalize(old);
	return true;
}

/* Prepare the statement that takes the rows of a table. */
static bool
begin_table(struct salvage *v, const char *table, const char *columns)
{
	size_t n;
	int rc;

	n = (size_t)snprintf(v->sql, sizeof(v->sql),
	    "INSERT OR IGNORE INTO %s(%s) VALUES(?", table, columns);
	for (int i = 1; i < v->columns; i++)
		n += (size_t)snprintf(v->sql + n, sizeof(v->sql) - n, ", ?");
	snprintf(v->sql + n, sizeof(v->sql) - n, ")");
	rc = sqlite3_prepare_v2(v->to->db, v->sql, -1, &v->put, NULL);
	return rc == SQLITE_OK || db_fail(v->to, rc, "preparing", v->err);
}

/* A row that the schema does not let in is damaged, too, and left out. */
static bool
put_row(struct salvage *v, sqlite3_stmt *row)
{
	int rc;

	for (int i = 0; i < v->columns; i++)
		sqlite3_bind_value(v->put, i + 1, sqlite3_column_value(row, i));
	rc = sqlite3_step(v->put);
	if (rc != SQLITE_DONE && (rc & 0xff) != SQLITE_CONSTRAINT)
		db_fail(v->to, rc, "writing", v->err);
	else
		rc = SQLITE_DONE;
	sqlite3_reset(v->put);
	return rc == SQLITE_DONE;
}

/*
 * Take the rows between two numbers, in order or against it, up to the first
 * that cannot be read: then *whole is false. *last is the last one taken.
 */
static bool
take_range(struct salvage *v, sqlite3_stmt *st, int64_t above, int64_t below,
    int64_t *last, bool *whole)
{
	bool ok = true;
	int rc = SQLITE_DONE;

	sqlite3_reset(st);
	sqlite3_bind_int64(st, 1, above);
	sqlite3_bind_int64(st, 2, below);
	while (ok && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		*last = sqlite3_column_int64(st, v->columns);
		ok = put_row(v, st);
	}
	*whole = rc == SQLITE_DONE;
	sqlite3_reset(st);
	return ok;
}

/* The first row that can be reached behind those that cannot; the greatest
 * number when there is none. */
static int64_t
find_next(sqlite3_stmt *seek, int64_t at)
{
	int64_t found = INT64_MAX;

	for (uint64_t step = 1; step <= (uint64_t)(INT64_MAX - (at > 0 ? at :
	    0)) / 2; step *= 2) {
		int rc;

		sqlite3_reset(seek);
		sqlite3_bind_int64(seek, 1, at + (int64_t)step);
		rc = sqlite3_step(seek);
		if (rc == SQLITE_ROW)
			found = sqlite3_column_int64(seek, 0);
		if (rc == SQLITE_ROW || rc == SQLITE_DONE)
			break;
	}
	sqlite3_reset(seek);
	return found;
}

static bool
take_table(struct salvage *v, const char *table)
{
	sqlite3_stmt *up = NULL, *down = NULL, *seek = NULL;
	char columns[1024] = "", sql[1400];
	int64_t at = 0, next, last;
	bool ok, whole = false;

	if (!list_columns(v, table, columns, sizeof(columns)))
		return false;
	if (v->columns == 0)
		return true; /* an older store has no such table */
	ok = begin_table(v, table, columns);
	if (!ok)
		goto done;
	snprintf(sql, sizeof(sql), "SELECT %s, rowid FROM %s NOT INDEXED "
	    "WHERE rowid > ?1 AND rowid < ?2 ORDER BY rowid", columns, table);
	up = ask(v, sql);
	snprintf(sql, sizeof(sql), "SELECT %s, rowid FROM %s NOT INDEXED "
	    "WHERE rowid > ?1 AND rowid < ?2 ORDER BY rowid DESC", columns,
	    table);
	down = ask(v, sql);
	snprintf(sql, sizeof(sql), "SELECT rowid FROM %s NOT INDEXED "
	    "WHERE rowid > ?1 ORDER BY rowid LIMIT 1", table);
	seek = ask(v, sql);
	while (ok && up != NULL && down != NULL && seek != NULL) {
		ok = take_range(v, up, at, INT64_MAX, &at, &whole);
		if (!ok || whole)
			break;
		next = find_next(seek, at);
		ok = take_range(v, down, at, next, &last, &whole);
		if (next == INT64_MAX)
			break;
		at = next - 1;
	}
done:
	sqlite3_finalize(up);
	sqlite3_finalize(down);
	sqlite3_finalize(seek);
	sqlite3_finalize(v->put);
	v->put = NULL;
	return ok;
}

/* One look-up for each parent: damage costs only those that it meets. */
static bool
take_part(struct salvage *v, const char *table, const char *parents,
    const char *column)
{
	sqlite3_stmt *ids = NULL, *rows = NULL;
	char columns[1024] = "", sql[1400];
	bool ok;
	int rc;

	if (!list_columns(v, table, columns, sizeof(columns)))
		return false;
	if (v->columns == 0)
		return true;
	ok = begin_table(v, table, columns);
	if (!ok)
		goto done;
	snprintf(sql, sizeof(sql), "SELECT %s FROM %s NOT INDEXED "
	    "WHERE %s = ?1", columns, table, column);
	rows = ask(v, sql);
	snprintf(sql, sizeof(sql), "SELECT id FROM %s ORDER BY id", parents);
	rc = sqlite3_prepare_v2(v->to->db, sql, -1, &ids, NULL);
	if (rc != SQLITE_OK)
		ok = db_fail(v->to, rc, "preparing", v->err);
	while (ok && rows != NULL && (rc = sqlite3_step(ids)) == SQLITE_ROW) {
		sqlite3_reset(rows);
		sqlite3_bind_int64(rows, 1, sqlite3_column_int64(ids, 0));
		while (ok && sqlite3_step(rows) == SQLITE_ROW)
			ok = put_row(v, rows);
	}
	if (ok && rows != NULL && rc != SQLITE_DONE)
		ok = db_fail(v->to, rc, "reading", v->err);
done:
	sqlite3_finalize(ids);
	sqlite3_finalize(rows);
	sqlite3_finalize(v->put);
	v->put = NULL;
	return ok;
}

/*
 * A place in the order of texts. What is longer is cut, which makes the range
 * that begins there larger; in the end the same rows are taken twice.
 */
#define KEY_MAX 128
#define HALVES_MAX 10
struct key {
	unsigned char p[KEY_MAX];
	size_t len;
};

static void
set_key(struct key *k, sqlite3_stmt *st, int column)
{
	struct gaz_str s = gaz_str_cut(db_str(st, column), KEY_MAX);

	k->len = s.len;
	memcpy(k->p, s.p, s.len);
}

/* Rows of a range up to the first that cannot be read. *at: the last key. */
static bool
take_keys(struct salvage *v, sqlite3_stmt *st, const struct key *from,
    const struct key *to, struct key *at, bool *whole)
{
	bool ok = true;
	int rc = SQLITE_DONE;

	sqlite3_reset(st);
	sqlite3_bind_text(st, 1, (const char *)from->p, (int)from->len,
	    SQLITE_STATIC);
	if (to == NULL) /* a blob comes behind all texts */
		sqlite3_bind_zeroblob(st, 2, 1);
	else
		sqlite3_bind_text(st, 2, (const char *)to->p, (int)to->len,
		    SQLITE_STATIC);
	while (ok && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		set_key(at, st, v->columns);
		ok = put_row(v, st);
	}
	*whole = rc == SQLITE_DONE;
	sqlite3_reset(st);
	return ok;
}

/* Half way between two texts, as if their bytes were digits behind a point. b
 * NULL: behind all. */
static void
half_way(const struct key *a, const struct key *b, struct key *out)
{
	unsigned char sum[KEY_MAX];
	unsigned carry = 0, half;

	for (size_t i = KEY_MAX; i-- > 0;) {
		carry += (i < a->len ? a->p[i] : 0u) +
		    (b == NULL ? 0xffu : i < b->len ? b->p[i] : 0u);
		sum[i] = carry & 0xff;
		carry >>= 8;
	}
	for (size_t i = 0; i < KEY_MAX; i++) {
		half = (carry << 8) | sum[i];
		out->p[i] = (unsigned char)(half / 2);
		carry = half & 1;
	}
	out->len = KEY_MAX;
}

/* From both ends to what is damaged; then each half of what is left. */
static bool
take_between(struct salvage *v, sqlite3_stmt *up, sqlite3_stmt *down,
    const struct key *from, const struct key *to, int halves)
{
	struct key low = *from, high, middle;
	bool ok, whole, any = to != NULL;

	if (to != NULL)
		high = *to;
	ok = take_keys(v, up, from, to, &low, &whole);
	if (!ok || whole)
		return ok;
	middle.len = 0;
	ok = take_keys(v, down, &low, to, &middle, &whole);
	if (!ok || whole || halves == HALVES_MAX)
		return ok;
	if (middle.len > 0) {
		high = middle;
		any = true;
	}
	half_way(&low, any ? &high : NULL, &middle);
	return take_between(v, up, down, &low, &middle, halves + 1) &&
	    take_between(v, up, down, &middle, any ? &high : NULL, halves + 1);
}

static bool
take_keyed(struct salvage *v, const char *table, const char *key)
{
	sqlite3_stmt *up = NULL, *down = NULL;
	struct key first = { .len = 0 };
	char columns[1024] = "", sql[1400];
	bool ok;

	if (!list_columns(v, table, columns, sizeof(columns)))
		return false;
	if (v->columns == 0)
		return true;
	ok = begin_table(v, table, columns);
	if (ok) {
		snprintf(sql, sizeof(sql), "SELECT %s, %s FROM %s NOT INDEXED "
		    "WHERE %s BETWEEN ?1 AND ?2 ORDER BY %s", columns, key,
		    table, key, key);
		up = ask(v, sql);
		snprintf(sql, sizeof(sql), "SELECT %s, %s FROM %s NOT INDEXED "
		    "WHERE %s BETWEEN ?1 AND ?2 ORDER BY %s DESC", columns, key,
		    table, key, key);
		down = ask(v, sql);
	}
	if (up != NULL && down != NULL)
		ok = take_between(v, up, down, &first, NULL, 0);
	sqlite3_finalize(up);
	sqlite3_finalize(down);
	sqlite3_finalize(v->put);
	v->put = NULL;
	return ok;
}

/* Ids are never given twice, so the counters go on where they were. */
static bool
take_state(struct salvage *v)
{
	sqlite3_stmt *st = ask(v, "SELECT generation, next_item, next_story "
	    "FROM state"), *instance;
	bool ok = true;

	if (st != NULL && sqlite3_step(st) == SQLITE_ROW)
		ok = DB_RUN(v->to, v->err, "UPDATE state SET generation = ?1, "
		    "next_item = ?2, next_story = ?3",
		    sqlite3_column_int64(st, 0), sqlite3_column_int64(st, 1),
		    sqlite3_column_int64(st, 2));
	sqlite3_finalize(st);
	instance = ask(v, "SELECT instance FROM state");
	if (ok && instance != NULL && sqlite3_step(instance) == SQLITE_ROW) {
		st = db_prepare(v->to, "UPDATE state SET "
		    "instance = coalesce(?1, instance)", v->err);
		ok = st != NULL;
		if (ok) {
			db_bind_str(st, 1, db_str(instance, 0));
			ok = db_run(v->to, st, v->err);
		}
	}
	sqlite3_finalize(instance);
	return ok;
}

static bool
take_all(struct salvage *v)
{
	if (!db_exec(v->to, "PRAGMA foreign_keys = OFF;"
	    "PRAGMA synchronous = OFF; BEGIN", v->err))
		return false;
	for (size_t i = 0; i < GAZ_COUNT(tables); i++) {
		if (!take_table(v, tables[i]))
			return gaz_err_wrap(v->err, "%s", tables[i]);
	}
	for (size_t i = 0; i < GAZ_COUNT(parts); i++) {
		if (!take_part(v, parts[i].table, parts[i].parents,
		    parts[i].column))
			return gaz_err_wrap(v->err, "%s", parts[i].table);
	}
	for (size_t i = 0; i < GAZ_COUNT(keyed); i++) {
		if (!take_keyed(v, keyed[i].table, keyed[i].key))
			return gaz_err_wrap(v->err, "%s", keyed[i].table);
	}
	return take_state(v) && db_exec(v->to, mend, v->err) &&
	    db_exec(v->to, "COMMIT", v->err);
}

/* The next ids after *at; touch or index them. *n: how many there were. */
static bool
derive_slice(struct gaz_store *s, const char *sql, bool items, int64_t *at,
    size_t *n, struct gaz_err *err)
{
	int64_t ids[SLICE];
	sqlite3_stmt *st;
	int rc;

	*n = 0;
	st = db_prepare(s, sql, err);
	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, *at);
	sqlite3_bind_int64(st, 2, SLICE);
	while ((rc = db_step(s, st, err)) == 1)
		ids[(*n)++] = sqlite3_column_int64(st, 0);
	if (rc == -1 || !db_enter(s, true, err))
		return false;
	for (size_t i = 0; i < *n; i++) {
		if (items)
			search_put(s, ids[i]);
		else
			db_touch_story(s, ids[i]);
		*at = ids[i];
	}
	return db_leave(s, true, err);
}

static bool
derive(struct gaz_store *s, struct gaz_err *err)
{
	static const char *const sql[] = {
		"SELECT DISTINCT story FROM membership WHERE story > ?1 "
		"ORDER BY story LIMIT ?2",
		"SELECT id FROM item WHERE id > ?1 ORDER BY id LIMIT ?2",
	};

	for (size_t i = 0; i < GAZ_COUNT(sql); i++) {
		int64_t at = 0;
		size_t n;

		do {
			if (!derive_slice(s, sql[i], i == 1, &at, &n, err))
				return false;
		} while (n == SLICE);
	}
	return true;
}

static bool
open_damaged(struct salvage *v, const char *path)
{
	sqlite3_stmt *st;
	int rc, id = 0;

	if (access(path, R_OK) == -1)
		return gaz_err_set(v->err, errno == ENOENT ? GAZ_ERR_MISSING :
		    GAZ_ERR_IO, "%s: %s", path, strerror(errno));
	rc = sqlite3_open_v2(path, &v->from, SQLITE_OPEN_READONLY |
	    SQLITE_OPEN_NOMUTEX, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(v->from, "PRAGMA trusted_schema = OFF;"
		    "PRAGMA cell_size_check = ON; BEGIN;"
		    "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL);
	st = rc == SQLITE_OK ? ask(v, "PRAGMA application_id") : NULL;
	if (st != NULL && sqlite3_step(st) == SQLITE_ROW)
		id = sqlite3_column_int(st, 0);
	sqlite3_finalize(st);
	if (rc != SQLITE_OK)
		return gaz_err_set(v->err, GAZ_ERR_FORMAT, "%s: nothing can "
		    "be read (%s)", path, sqlite3_errstr(rc));
	if (id != STORE_APPLICATION_ID)
		return gaz_err_set(v->err, GAZ_ERR_FORMAT,
		    "%s: a database of another program", path);
	return true;
}

static void
remove_all(const char *path)
{
	static const char *const ends[] = { "", "-wal", "-shm", "-lock" };

	for (size_t i = 0; i < GAZ_COUNT(ends); i++) {
		struct gaz_buf name;

		gaz_buf_init(&name, GAZ_BUF_NO_MAX);
		gaz_buf_put_fmt(&name, "%s%s", path, ends[i]);
		unlink(name.p);
		gaz_buf_clear(&name);
	}
}

bool
gaz_store_salvage(const char *path, const char *to,
    struct gaz_store_stats *saved, struct gaz_err *err)
{
	struct salvage v = { .err = err };
	struct gaz_buf part;
	bool ok;

	if (access(to, F_OK) == 0)
		return gaz_err_set(err, GAZ_ERR_USAGE,
		    "%s: is there already", to);
	gaz_buf_init(&part, GAZ_BUF_NO_MAX);
	gaz_buf_put_fmt(&part, "%s.part", to);
	ok = open_damaged(&v, path);
	if (ok) {
		remove_all(part.p);
		v.to = gaz_store_open(part.p, GAZ_STORE_WRITE, err);
		ok = v.to != NULL && take_all(&v);
		/* Again, with the counters that are in it now. */
		gaz_store_close(v.to);
		v.to = ok ? gaz_store_open(part.p, GAZ_STORE_WRITE, err) :
		    NULL;
		ok = v.to != NULL &&
		    db_exec(v.to, "PRAGMA synchronous = OFF", err) &&
		    derive(v.to, err) &&
		    gaz_store_stats(v.to, saved, err) &&
		    gaz_store_backup(v.to, to, err);
		gaz_store_close(v.to);
		remove_all(part.p);
	}
	sqlite3_close(v.from);
	gaz_buf_clear(&part);
	return ok;
}
