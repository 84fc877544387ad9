/*
 * Putting a copy back. The copy is made and looked at beside its place; only
 * then the old files move away and the new one in:
 *
 *   FILE -> FILE.replaced, FILE-wal -> FILE.replaced-wal, FILE.restore -> FILE
 *
 * A log that stays behind for a moment without its database is no danger:
 * SQLite does not apply it to an empty or missing one.
 */
#include "config.h"

#include "db.h"

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "migrate.h"

#define REPORT_MAX (64u << 10)
#define LINE_MAX_SHOWN 120

/* The first line of what was found. */
static bool
refuse(const char *from, const struct gaz_buf *report, struct gaz_err *err)
{
	struct gaz_str rest = gaz_buf_str(report), line = GAZ_STR_NONE;

	gaz_str_split(&rest, '\n', &line);
	line = gaz_str_cut(line, LINE_MAX_SHOWN);
	return gaz_err_set(err, GAZ_ERR_FORMAT, "%s: not sound (%.*s), so "
	    "nothing was restored", from, GAZ_STR_ARG(line));
}

/* What cannot be opened for what it is, is bad input rather than our fault. */
static struct gaz_store *
open_copy(const char *from, struct gaz_err *err)
{
	struct gaz_store *s = db_open_older(from, err);

	if (s == NULL && err->code != GAZ_ERR_MISSING &&
	    err->code != GAZ_ERR_IO)
		err->code = GAZ_ERR_FORMAT;
	return s;
}

/* Of an older schema only SQLite knows what is right. */
static bool
check_older(struct gaz_store *s, struct gaz_buf *report, bool *sound,
    struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "PRAGMA integrity_check(1)", err);
	int rc = st != NULL ? db_step(s, st, err) : -1;

	if (rc != 1)
		return false;
	gaz_buf_put_str(report, db_str(st, 0));
	*sound = gaz_str_eq_z(db_str(st, 0), "ok");
	sqlite3_reset(st);
	return true;
}

static bool
look_at_copy(struct gaz_store *s, const char *from, struct gaz_err *err)
{
	struct gaz_buf report;
	bool ok, sound = false;
	int64_t version;

	gaz_buf_init(&report, REPORT_MAX);
	ok = db_int(s, "PRAGMA user_version", 0, &version, err);
	if (ok && version < migrate_steps[migrate_step_count - 1].version)
		ok = check_older(s, &report, &sound, err);
	else if (ok)
		ok = gaz_store_check(s, &report, &sound, err);
	if (ok && !sound)
		ok = refuse(from, &report, err);
	gaz_buf_clear(&report);
	return ok;
}

/* The daemon, which may be another user than we are, has to read it. */
static void
give_to_owner(const char *path, const char *copy)
{
	struct stat st;
	char *folder;
	bool found;

	if (geteuid() != 0)
		return;
	folder = gaz_mem_strdup(path);
	found = stat(path, &st) == 0 || stat(dirname(folder), &st) == 0;
	if (found)
		(void)!chown(copy, st.st_uid, st.st_gid);
	free(folder);
}

/* What is not there need not move. */
static bool
move(const char *from, const char *to, struct gaz_err *err)
{
	if (rename(from, to) == 0 || errno == ENOENT)
		return true;
	return gaz_err_set(err, GAZ_ERR_IO, "%s: cannot be moved to %s: %s",
	    from, to, strerror(errno));
}

static bool
swap(const char *path, const char *copy, struct gaz_err *err)
{
	struct gaz_buf log, index, old, old_log;
	bool ok;

	gaz_buf_init(&log, GAZ_BUF_NO_MAX);
	gaz_buf_init(&index, GAZ_BUF_NO_MAX);
	gaz_buf_init(&old, GAZ_BUF_NO_MAX);
	gaz_buf_init(&old_log, GAZ_BUF_NO_MAX);
	gaz_buf_put_fmt(&log, "%s-wal", path);
	gaz_buf_put_fmt(&index, "%s-shm", path);
	gaz_buf_put_fmt(&old, "%s.replaced", path);
	gaz_buf_put_fmt(&old_log, "%s.replaced-wal", path);
	unlink(old_log.p);
	ok = move(path, old.p, err) && move(log.p, old_log.p, err);
	if (ok) {
		unlink(index.p);
		db_sync_folder(path);
		ok = move(copy, path, err);
		db_sync_folder(path);
	}
	gaz_buf_clear(&log);
	gaz_buf_clear(&index);
	gaz_buf_clear(&old);
	gaz_buf_clear(&old_log);
	return ok;
}

bool
gaz_store_restore(const char *path, const char *from, struct gaz_err *err)
{
	struct gaz_store *s = NULL;
	struct gaz_buf copy;
	bool ok = false;
	int fd;

	if (db_is_same_file(path, from))
		return gaz_err_set(err, GAZ_ERR_USAGE,
		    "%s: is the store itself", from);
	gaz_buf_init(&copy, GAZ_BUF_NO_MAX);
	gaz_buf_put_fmt(&copy, "%s.restore", path);
	fd = db_lock(path, err);
	if (fd == -1)
		goto done;
	s = open_copy(from, err);
	if (s == NULL || !look_at_copy(s, from, err) ||
	    !gaz_store_backup(s, copy.p, err))
		goto done;
	give_to_owner(path, copy.p);
	ok = swap(path, copy.p, err);
	if (!ok)
		unlink(copy.p);
done:
	gaz_store_close(s);
	if (fd != -1)
		close(fd);
	gaz_buf_clear(&copy);
	return ok;
}
