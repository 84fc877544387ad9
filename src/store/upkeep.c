/*
 * Upkeep: figures, pruning, copies, and looking for damage.
 */
#include "config.h"

#include "db.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "item.h"

#define DAY_S 86400
#define SCAN_MAX 20000        /* rows that one slice of pruning looks at */
#define BACKUP_PAGES 1024     /* of one step */
#define FREE_PAGES_MAX "2000"  /* given back to the file system a slice */
#define FINDINGS_MAX 20       /* of one kind that are reported */

bool
gaz_store_stats(struct gaz_store *s, struct gaz_store_stats *out,
    struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT "
	    "(SELECT count(*) FROM feed WHERE listed), "
	    "(SELECT count(*) FROM feed WHERE listed AND enabled), "
	    "(SELECT count(*) FROM feed f JOIN feed_state t ON t.feed = f.id "
	    " WHERE f.listed AND f.enabled AND t.failures > 0), "
	    "t.items, t.stories, t.generation, "
	    "(SELECT user_version FROM pragma_user_version), "
	    "(SELECT page_count * page_size FROM pragma_page_count, "
	    " pragma_page_size), "
	    "(SELECT min(first_seen) FROM item), "
	    "(SELECT max(first_seen) FROM item), "
	    "(SELECT coalesce(max(id), 0) FROM item) FROM state t", err);

	if (st == NULL || db_step(s, st, err) != 1)
		return false;
	out->feeds = sqlite3_column_int64(st, 0);
	out->feeds_enabled = sqlite3_column_int64(st, 1);
	out->feeds_failing = sqlite3_column_int64(st, 2);
	out->items = sqlite3_column_int64(st, 3);
	out->stories = sqlite3_column_int64(st, 4);
	out->generation = sqlite3_column_int64(st, 5);
	out->schema = sqlite3_column_int64(st, 6);
	out->bytes = sqlite3_column_int64(st, 7);
	out->oldest_item = db_utc(st, 8);
	out->newest_item = db_utc(st, 9);
	out->last_item = sqlite3_column_int64(st, 10);
	sqlite3_reset(st);
	return true;
}

/* ---- pruning */

typedef GAZ_LIST(int64_t) id_list;

/*
 * Items that arrived before the cutoff and that no feed shows any more, oldest
 * first, from where the last slice ended: those that stay are not looked at
 * again and again. *done: the end was reached.
 */
static bool
find_old(struct gaz_store *s, gaz_utc cutoff, struct gaz_arena *a,
    id_list *out, bool *done, struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT i.id, i.first_seen, "
	    "EXISTS(SELECT 1 FROM item_feed f WHERE f.item = i.id "
	    "AND f.left_at IS NULL) FROM item i "
	    "WHERE (i.first_seen, i.id) > (?1, ?2) AND i.first_seen < ?3 "
	    "ORDER BY i.first_seen, i.id LIMIT ?4", err);
	int64_t looked = 0;
	int rc;

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, s->pruned.seen);
	sqlite3_bind_int64(st, 2, s->pruned.item);
	sqlite3_bind_int64(st, 3, cutoff);
	sqlite3_bind_int64(st, 4, SCAN_MAX);
	while ((rc = db_step(s, st, err)) == 1) {
		s->pruned.item = sqlite3_column_int64(st, 0);
		s->pruned.seen = sqlite3_column_int64(st, 1);
		looked++;
		if (sqlite3_column_int(st, 2))
			continue;
		*gaz_list_push(a, out) = s->pruned.item;
		if (out->n == GAZ_PRUNE_SLICE) {
			sqlite3_reset(st);
			*done = false;
			return true;
		}
	}
	*done = looked < SCAN_MAX;
	return rc == 0;
}

static bool
prune_old(struct gaz_store *s, gaz_utc cutoff, struct gaz_arena *a,
    int64_t *deleted, bool *done, struct gaz_err *err)
{
	id_list old = { 0 };

	if (!find_old(s, cutoff, a, &old, done, err))
		return false;
	for (size_t i = 0; i < old.n; i++) {
		if (!item_delete(s, old.v[i], err))
			return false;
	}
	*deleted += (int64_t)old.n;
	return true;
}

/* What a feed has beyond its newest keep, and does not show any more. */
static bool
prune_feed(struct gaz_store *s, int64_t feed_id, int64_t keep,
    struct gaz_arena *a, int64_t *deleted, struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT item FROM (SELECT item, "
	    "left_at FROM item_feed WHERE feed = ?1 ORDER BY published DESC, "
	    "item DESC LIMIT -1 OFFSET ?2) WHERE left_at IS NOT NULL LIMIT ?3",
	    err);
	id_list old = { 0 };
	int rc;

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, feed_id);
	sqlite3_bind_int64(st, 2, keep);
	sqlite3_bind_int64(st, 3, GAZ_PRUNE_SLICE - *deleted);
	while ((rc = db_step(s, st, err)) == 1)
		*gaz_list_push(a, &old) = sqlite3_column_int64(st, 0);
	if (rc == -1)
		return false;
	for (size_t i = 0; i < old.n; i++) {
		if (!item_leave(s, old.v[i], feed_id, err))
			return false;
	}
	*deleted += (int64_t)old.n;
	return true;
}

static bool
prune_feeds(struct gaz_store *s, int64_t keep, struct gaz_arena *a,
    int64_t *deleted, struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT feed FROM feed_doc "
	    "WHERE items > ?1 ORDER BY feed", err);
	id_list feeds = { 0 };
	int rc;

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, keep);
	while ((rc = db_step(s, st, err)) == 1)
		*gaz_list_push(a, &feeds) = sqlite3_column_int64(st, 0);
	if (rc == -1)
		return false;
	for (size_t i = 0; i < feeds.n && *deleted < GAZ_PRUNE_SLICE; i++) {
		if (!prune_feed(s, feeds.v[i], keep, a, deleted, err))
			return false;
	}
	return true;
}

bool
gaz_store_prune(struct gaz_store *s, int64_t keep_days, int64_t keep_items,
    gaz_utc now, int64_t *deleted, bool *more, struct gaz_err *err)
{
	struct db_place before = s->pruned;
	int64_t n = 0;
	struct gaz_arena a;
	bool ok = true, done = true;

	if (!db_enter(s, false, err))
		return false;
	gaz_arena_init(&a);
	if (keep_days > 0)
		ok = prune_old(s, now - keep_days * DAY_S, &a, &n, &done, err);
	if (ok && done && keep_items > 0 && n < GAZ_PRUNE_SLICE)
		ok = prune_feeds(s, keep_items, &a, &n, err);
	gaz_arena_clear(&a);
	if (!db_leave(s, ok, err)) {
		s->pruned = before;
		return false;
	}
	*deleted = n;
	*more = !done || n >= GAZ_PRUNE_SLICE;
	if (*more)
		return true;
	s->pruned = (struct db_place){ INT64_MIN, 0 };
	/* Space goes back a little at a time, and only outside of a group. */
	if (s->open)
		return true;
	return db_exec(s, "PRAGMA incremental_vacuum(" FREE_PAGES_MAX ")", err);
}

/* ---- copies */

static bool
copy_pages(struct gaz_store *s, sqlite3 *to, const char *path,
    struct gaz_err *err)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", s->db, "main");
	int rc;

	if (b == NULL)
		return gaz_err_set(err, GAZ_ERR_STORE, "%s: %s", path,
		    sqlite3_errmsg(to));
	do {
		rc = sqlite3_backup_step(b, BACKUP_PAGES);
	} while (rc == SQLITE_OK);
	sqlite3_backup_finish(b);
	if (rc != SQLITE_DONE)
		return gaz_err_set(err, GAZ_ERR_STORE, "%s: %s", path,
		    sqlite3_errstr(rc));
	/* One file, with no log beside it, and closed in order. */
	rc = sqlite3_exec(to, "PRAGMA journal_mode = DELETE;"
	    "UPDATE state SET boot = NULL", NULL, NULL, NULL);
	if (rc != SQLITE_OK)
		return gaz_err_set(err, GAZ_ERR_STORE, "%s: %s", path,
		    sqlite3_errmsg(to));
	return true;
}

/* The name is on the disk when the folder is. */
void
db_sync_folder(const char *path)
{
	char *copy = gaz_mem_strdup(path);
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd != -1) {
		fsync(fd);
		close(fd);
	}
	free(copy);
}

bool
db_is_same_file(const char *a, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev &&
	    x.st_ino == y.st_ino;
}

static bool
write_copy(struct gaz_store *s, const char *part, struct gaz_err *err)
{
	sqlite3 *to = NULL;
	bool ok;
	int fd, rc;

	unlink(part);
	fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd == -1)
		return gaz_err_set(err, GAZ_ERR_IO, "%s: %s", part,
		    strerror(errno));
	close(fd);
	rc = sqlite3_open_v2(part, &to, SQLITE_OPEN_READWRITE |
	    SQLITE_OPEN_NOMUTEX, NULL);
	if (rc != SQLITE_OK) {
		ok = gaz_err_set(err, GAZ_ERR_STORE, "%s: %s", part,
		    sqlite3_errmsg(to));
	} else {
		sqlite3_exec(to, "PRAGMA synchronous = FULL", NULL, NULL, NULL);
		ok = copy_pages(s, to, part, err);
	}
	sqlite3_close(to);
	return ok;
}

/*
 * A read transaction is held throughout: the copy shows one moment, and a
 * writer that goes on meanwhile does not make it start again.
 */
bool
gaz_store_backup(struct gaz_store *s, const char *path, struct gaz_err *err)
{
	bool own = sqlite3_get_autocommit(s->db), ok;
	struct gaz_buf part;
	int64_t n;

	assert(!s->open);
	if (db_is_same_file(path, s->path))
		return gaz_err_set(err, GAZ_ERR_USAGE,
		    "%s: is the store itself", path);
	gaz_buf_init(&part, GAZ_BUF_NO_MAX);
	gaz_buf_put_fmt(&part, "%s.part", path);
	if (own && !DB_DO(s, err, "BEGIN")) {
		gaz_buf_clear(&part);
		return false;
	}
	ok = db_int(s, "SELECT generation FROM state", 0, &n, err) &&
	    write_copy(s, part.p, err);
	if (own)
		sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL);
	if (ok && rename(part.p, path) == -1)
		ok = gaz_err_set(err, GAZ_ERR_IO, "%s: %s", path,
		    strerror(errno));
	if (ok)
		db_sync_folder(path);
	else
		unlink(part.p);
	gaz_buf_clear(&part);
	return ok;
}

/* ---- damage */

/* What SQL can say must never be found. %lld stands for the first column. */
static const struct {
	const char *sql, *text;
} invariants[] = {
	{ "SELECT i.id FROM item i LEFT JOIN body b ON b.item = i.id "
	  "WHERE b.item IS NULL", "item %lld has no text" },
	{ "SELECT i.id FROM item i LEFT JOIN item_feed f ON f.item = i.id "
	  "WHERE f.item IS NULL", "item %lld is carried by no feed" },
	{ "SELECT i.id FROM item i LEFT JOIN item_feed f ON f.item = i.id "
	  "AND f.feed = i.feed WHERE f.item IS NULL",
	  "item %lld has its words from a feed that does not carry it" },
	{ "SELECT f.item FROM item_feed f JOIN item i ON i.id = f.item "
	  "WHERE f.published <> i.published",
	  "item %lld has two dates" },
	{ "SELECT d.feed FROM feed_doc d WHERE d.items <> (SELECT count(*) "
	  "FROM item_feed f WHERE f.feed = d.feed)",
	  "feed %lld counts its items wrong" },
	{ "SELECT f.id FROM feed f LEFT JOIN feed_doc d ON d.feed = f.id "
	  "LEFT JOIN feed_state t ON t.feed = f.id "
	  "WHERE d.feed IS NULL OR t.feed IS NULL",
	  "feed %lld has no state" },
	{ "SELECT s.id FROM story s WHERE s.members <> (SELECT count(*) "
	  "FROM membership m WHERE m.story = s.id)",
	  "story %lld counts its items wrong" },
	{ "SELECT s.id FROM story s LEFT JOIN membership m ON m.item = s.lead "
	  "AND m.story = s.id WHERE m.item IS NULL",
	  "story %lld is led by an item that is not in it" },
	{ "SELECT DISTINCT m.story FROM membership m LEFT JOIN story s "
	  "ON s.id = m.story WHERE s.id IS NULL",
	  "story %lld has items but no row" },
	{ "SELECT s.id FROM story s WHERE s.sources <> (SELECT "
	  "count(DISTINCT i.feed) FROM membership m JOIN item i "
	  "ON i.id = m.item WHERE m.story = s.id AND m.copy = 0)",
	  "story %lld counts its sources wrong" },
	{ "SELECT m.item FROM membership m LEFT JOIN membership o "
	  "ON o.item = m.copy_of AND o.story = m.story "
	  "WHERE m.copy = 1 AND o.item IS NULL",
	  "item %lld is a copy of nothing" },
	{ "SELECT r.story FROM redirect r JOIN story s ON s.id = r.story",
	  "story %lld is there and redirects as well" },
	{ "SELECT r.story FROM redirect r JOIN redirect o "
	  "ON o.story = r.target", "story %lld redirects to a redirect" },
	{ "SELECT next_item FROM state WHERE next_item <= "
	  "(SELECT coalesce(max(id), 0) FROM item)",
	  "the next item id %lld was given already" },
	{ "SELECT items FROM state WHERE items <> (SELECT count(*) FROM item)",
	  "there are not %lld items" },
	{ "SELECT stories FROM state WHERE stories <> "
	  "(SELECT count(*) FROM story)", "there are not %lld stories" },
	{ "SELECT next_story FROM state WHERE next_story <= "
	  "(SELECT coalesce(max(id), 0) FROM story)",
	  "the next story id %lld was given already" },
};

static bool
check_invariants(struct gaz_store *s, struct gaz_buf *report, bool *sound,
    struct gaz_err *err)
{
	for (size_t i = 0; i < GAZ_COUNT(invariants); i++) {
		sqlite3_stmt *st = db_prepare(s, invariants[i].sql, err);
		char line[160];
		size_t n = 0;
		int rc;

		if (st == NULL)
			return false;
		while ((rc = db_step(s, st, err)) == 1) {
			const char *text = invariants[i].text;
			const char *mark = strstr(text, "%lld");

			snprintf(line, sizeof(line), "%.*s%lld%s\n",
			    (int)(mark - text), text,
			    (long long)sqlite3_column_int64(st, 0), mark + 4);
			gaz_buf_put_z(report, line);
			*sound = false;
			if (++n == FINDINGS_MAX) {
				gaz_buf_put_z(report, "(more like this)\n");
				sqlite3_reset(st);
				rc = 0;
				break;
			}
		}
		if (rc == -1)
			return false;
	}
	return true;
}

static void
report_failure(struct gaz_store *s, struct gaz_buf *report, bool *sound)
{
	gaz_buf_put_fmt(report, "%s\n", sqlite3_errmsg(s->db));
	*sound = false;
}

static void
check_integrity(struct gaz_store *s, struct gaz_buf *report, bool *sound)
{
	sqlite3_stmt *st = db_prepare(s, "PRAGMA integrity_check(20)", NULL);
	int rc;

	if (st == NULL) {
		report_failure(s, report, sound);
		return;
	}
	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		if (gaz_str_eq_z(db_str(st, 0), "ok"))
			continue;
		gaz_buf_put_str(report, db_str(st, 0));
		gaz_buf_put_char(report, '\n');
		*sound = false;
	}
	if (rc != SQLITE_DONE)
		report_failure(s, report, sound);
	sqlite3_reset(st);
}

static void
check_foreign_keys(struct gaz_store *s, struct gaz_buf *report, bool *sound)
{
	sqlite3_stmt *st = db_prepare(s, "PRAGMA foreign_key_check", NULL);
	size_t n = 0;
	int rc;

	if (st == NULL) {
		report_failure(s, report, sound);
		return;
	}
	while ((rc = sqlite3_step(st)) == SQLITE_ROW && n < FINDINGS_MAX) {
		gaz_buf_put_fmt(report, "%.*s %lld belongs to no %.*s\n",
		    GAZ_STR_ARG(db_str(st, 0)),
		    (long long)sqlite3_column_int64(st, 1),
		    GAZ_STR_ARG(db_str(st, 2)));
		*sound = false;
		n++;
	}
	if (rc != SQLITE_DONE && rc != SQLITE_ROW)
		report_failure(s, report, sound);
	sqlite3_reset(st);
}

/* The text index can only be looked through by one who may write. */
static void
check_search(struct gaz_store *s, struct gaz_buf *report, bool *sound)
{
	if (s->mode != GAZ_STORE_WRITE)
		return;
	if (sqlite3_exec(s->db, "INSERT INTO search(search) "
	    "VALUES('integrity-check')", NULL, NULL, NULL) != SQLITE_OK) {
		gaz_buf_put_z(report, "the text index: ");
		report_failure(s, report, sound);
	}
}

bool
gaz_store_check(struct gaz_store *s, struct gaz_buf *report, bool *sound,
    struct gaz_err *err)
{
	struct gaz_err why;

	*sound = true;
	check_integrity(s, report, sound);
	/* In a file that is torn the rest would only repeat it. */
	if (!*sound)
		return true;
	if (!db_flush(s, err))
		return false;
	check_foreign_keys(s, report, sound);
	check_search(s, report, sound);
	if (!check_invariants(s, report, sound, &why)) {
		if (s->trouble != GAZ_STORE_DAMAGED) {
			*err = why;
			return false;
		}
		report_failure(s, report, sound);
	}
	return true;
}
