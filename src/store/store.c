/*
 * Opening and closing the database.
 *
 * The writer notes in state.boot which boot of the machine it has the file
 * open in, and clears it when it closes. A note that is found at opening means
 * an unclean stop. If it is of this boot, only the process died: the kernel
 * has kept every write, and a short look is enough. After a power failure the
 * whole file is checked.
 *
 * There is no ANALYZE: figures taken while a store is young would mislead the
 * planner for years, and the queries are written for it without them.
 */
#include "config.h"

#include "db.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gazetted/limits.h"
#include "migrate.h"
#include "polls.h"

#define BUSY_TIMEOUT_MS 5000
#define BOOT_ID_MAX 64
#define SCAN_MS 50 /* of CPU, before a scan is given up */

static void
read_boot_id(char out[BOOT_ID_MAX])
{
	ssize_t n = -1;
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);

	if (fd != -1) {
		n = read(fd, out, BOOT_ID_MAX - 1);
		close(fd);
	}
	if (n <= 0) {
		snprintf(out, BOOT_ID_MAX, "unknown");
		return;
	}
	out[n] = '\0';
	out[strcspn(out, "\n")] = '\0';
}

/* What SQLite would only call "unable to open database file". */
static bool
look_at_path(const char *path, enum gaz_store_mode mode, struct gaz_err *err)
{
	struct stat st;
	char *folder;
	int fd;

	if (stat(path, &st) == 0) {
		if (!S_ISREG(st.st_mode))
			return gaz_err_set(err, GAZ_ERR_CONFIG,
			    "%s: not a regular file", path);
		if (access(path, R_OK) == -1)
			return gaz_err_set(err, GAZ_ERR_IO, "%s: %s", path,
			    strerror(errno));
		return true;
	}
	if (errno != ENOENT)
		return gaz_err_set(err, GAZ_ERR_IO, "%s: %s", path,
		    strerror(errno));
	if (mode == GAZ_STORE_READ)
		return gaz_err_set(err, GAZ_ERR_MISSING,
		    "%s: there is no store", path);
	/* Made here for its mode: the log and its index get the same. */
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd != -1) {
		close(fd);
		return true;
	}
	if (errno == ENOENT) {
		folder = gaz_mem_strdup(path);
		gaz_err_set(err, GAZ_ERR_IO, "%s: the folder %s does not exist",
		    path, dirname(folder));
		free(folder);
		return false;
	}
	return gaz_err_set(err, GAZ_ERR_IO, "%s: cannot create the store: %s",
	    path, strerror(errno));
}

/*
 * One writer at a time, over processes too. The lock is on a file of its own,
 * because closing any descriptor of the database drops SQLite's locks.
 */
int
db_lock(const char *path, struct gaz_err *err)
{
	struct gaz_buf name;
	struct stat st;
	int fd;

	gaz_buf_init(&name, GAZ_BUF_NO_MAX);
	gaz_buf_put_fmt(&name, "%s-lock", path);
	fd = open(name.p, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd == -1) {
		gaz_err_set(err, GAZ_ERR_IO, "%s: %s", name.p, strerror(errno));
	} else if (flock(fd, LOCK_EX | LOCK_NB) == -1) {
		gaz_err_set(err, GAZ_ERR_BUSY,
		    "%s: another gazetted or gazettectl writes to this store",
		    path);
		close(fd);
		fd = -1;
	} else if (geteuid() == 0 && stat(path, &st) == 0) {
		/* Root helps out: the owner of the store has to get in. */
		(void)!fchown(fd, st.st_uid, st.st_gid);
	}
	gaz_buf_clear(&name);
	return fd;
}

static bool
has_log(const char *path)
{
	struct gaz_buf name;
	struct stat st;
	bool found;

	gaz_buf_init(&name, GAZ_BUF_NO_MAX);
	gaz_buf_put_fmt(&name, "%s-wal", path);
	found = stat(name.p, &st) == 0 && st.st_size > 0;
	gaz_buf_clear(&name);
	return found;
}

/* A store on a medium that nobody can write needs no lock and no log. */
static bool
reopen_immutable(struct gaz_store *s)
{
	struct gaz_buf uri;
	int rc;

	if (has_log(s->path))
		return false;
	sqlite3_close(s->db);
	s->db = NULL;
	gaz_buf_init(&uri, GAZ_BUF_NO_MAX);
	gaz_buf_put_z(&uri, "file:");
	for (const char *p = s->path; *p != '\0'; p++) {
		if (gaz_is_alnum(*p) || strchr("/._-", *p) != NULL)
			gaz_buf_put_char(&uri, *p);
		else
			gaz_buf_put_fmt(&uri, "%%%02x", (unsigned char)*p);
	}
	gaz_buf_put_z(&uri, "?immutable=1");
	rc = sqlite3_open_v2(uri.p, &s->db, SQLITE_OPEN_READONLY |
	    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, NULL);
	gaz_buf_clear(&uri);
	return rc == SQLITE_OK;
}

static bool
connect(struct gaz_store *s, struct gaz_err *err)
{
	int flags = s->mode == GAZ_STORE_WRITE ?
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX :
	    SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX;
	int rc = sqlite3_open_v2(s->path, &s->db, flags, NULL);

	if (rc == SQLITE_OK && s->mode == GAZ_STORE_READ) {
		rc = sqlite3_exec(s->db, "SELECT count(*) FROM sqlite_schema",
		    NULL, NULL, NULL);
		if (((rc & 0xff) == SQLITE_CANTOPEN ||
		    (rc & 0xff) == SQLITE_READONLY) && reopen_immutable(s))
			rc = SQLITE_OK;
	}
	if (rc != SQLITE_OK)
		return db_fail(s, rc, "opening", err);
	sqlite3_extended_result_codes(s->db, 1);
	sqlite3_busy_timeout(s->db, BUSY_TIMEOUT_MS);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	return true;
}

static const char pragmas[] =
    "PRAGMA trusted_schema = OFF;"
    "PRAGMA cell_size_check = ON;"
    "PRAGMA foreign_keys = ON;"
    "PRAGMA temp_store = MEMORY;";
static const char pragmas_read[] =
    "PRAGMA query_only = ON;"
    "PRAGMA cache_size = -16384;";
static const char pragmas_write[] =
    "PRAGMA synchronous = NORMAL;"
    "PRAGMA secure_delete = OFF;"
    "PRAGMA journal_size_limit = 67108864;"
    "PRAGMA wal_autocheckpoint = 4000;"
    "PRAGMA cache_size = -32768;";

static bool
set_log_mode(struct gaz_store *s, struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "PRAGMA journal_mode = WAL", err);
	int rc = st != NULL ? db_step(s, st, err) : -1;
	bool ok;

	if (rc == -1)
		return false;
	ok = rc == 1 && gaz_str_eq_z(db_str(st, 0), "wal");
	sqlite3_reset(st);
	if (!ok)
		return gaz_err_set(err, GAZ_ERR_STORE,
		    "%s: the file system cannot hold a write-ahead log",
		    s->path);
	return true;
}

/*
 * After our process died only the tables that everything else hangs on are
 * looked at, since a whole store would keep the start waiting for nothing.
 */
static const char *const vital[] = {
	"PRAGMA quick_check(state)", "PRAGMA quick_check(feed)",
	"PRAGMA quick_check(feed_doc)", "PRAGMA quick_check(feed_state)",
	"PRAGMA quick_check(redirect)", "PRAGMA quick_check(correction)",
};
static const char *const whole[] = { "PRAGMA quick_check(1)" };

static bool
look_for_damage(struct gaz_store *s, const char *const *checks, size_t n,
    struct gaz_err *err)
{
	char found[80];

	for (size_t i = 0; i < n; i++) {
		sqlite3_stmt *st = db_prepare(s, checks[i], err);
		int rc = st != NULL ? db_step(s, st, err) : -1;

		if (rc == -1)
			return false;
		if (rc == 0 || gaz_str_eq_z(db_str(st, 0), "ok")) {
			sqlite3_reset(st);
			continue;
		}
		snprintf(found, sizeof(found), "%.*s",
		    GAZ_STR_ARG(gaz_str_cut(db_str(st, 0), 70)));
		sqlite3_reset(st);
		return db_damaged(s, found, err);
	}
	return true;
}

static bool
load_state(struct gaz_store *s, char boot[BOOT_ID_MAX], struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT generation, "
	    "max(next_item, (SELECT coalesce(max(id), 0) + 1 FROM item)), "
	    "max(next_story, (SELECT coalesce(max(id), 0) + 1 FROM story)), "
	    "boot, items, stories FROM state", err);
	int rc = st != NULL ? db_step(s, st, err) : -1;

	if (rc == -1)
		return false;
	if (rc == 0)
		return db_fail(s, SQLITE_CORRUPT, "reading", err);
	s->now.generation = sqlite3_column_int64(st, 0);
	s->now.next_item = sqlite3_column_int64(st, 1);
	s->now.next_story = sqlite3_column_int64(st, 2);
	snprintf(boot, BOOT_ID_MAX, "%.*s", GAZ_STR_ARG(db_str(st, 3)));
	s->now.items = sqlite3_column_int64(st, 4);
	s->now.stories = sqlite3_column_int64(st, 5);
	sqlite3_reset(st);
	return true;
}

/*
 * Leave the note of an open store, or take it away. That it fails on a full
 * disk is no reason not to read.
 */
static void
note_boot(struct gaz_store *s, const char *boot)
{
	sqlite3_stmt *st = db_prepare(s, "UPDATE state SET boot = ?1", NULL);

	if (st == NULL)
		return;
	db_bind_str(st, 1, gaz_str_of(boot));
	sqlite3_step(st);
	sqlite3_reset(st);
	sqlite3_clear_bindings(st);
}

static bool
open_write(struct gaz_store *s, struct gaz_err *err)
{
	char boot[BOOT_ID_MAX], before[BOOT_ID_MAX];
	int version;

	s->lock_fd = db_lock(s->path, err);
	if (s->lock_fd == -1 || !connect(s, err) ||
	    !migrate_version(s, migrate_steps, migrate_step_count, &version,
	    err))
		return false;
	if (version == 0 && !db_exec(s, "PRAGMA auto_vacuum = INCREMENTAL",
	    err))
		return false;
	if (!db_exec(s, pragmas, err) || !db_exec(s, pragmas_write, err) ||
	    !set_log_mode(s, err))
		return false;
	if (version != 0) {
		int64_t unclean;

		/* Before a schema step, which should not meet damage. */
		read_boot_id(boot);
		if (!db_int(s, "SELECT boot IS NOT NULL FROM state", 0,
		    &unclean, err))
			return false;
		if (unclean) {
			if (!load_state(s, before, err) ||
			    !(strcmp(boot, before) == 0 ?
			    look_for_damage(s, vital, GAZ_COUNT(vital), err) :
			    look_for_damage(s, whole, GAZ_COUNT(whole), err)))
				return false;
		}
	}
	if (!migrate_run(s, migrate_steps, migrate_step_count, err))
		return false;
	/* The schema belongs into the file itself, not only into its log. */
	if (version != migrate_steps[migrate_step_count - 1].version)
		sqlite3_wal_checkpoint_v2(s->db, NULL,
		    SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	if (!load_state(s, before, err) || !polls_count(s, err))
		return false;
	read_boot_id(boot);
	note_boot(s, boot);
	return true;
}

static bool
open_read(struct gaz_store *s, bool older, struct gaz_err *err)
{
	int version, newest = migrate_steps[migrate_step_count - 1].version;

	if (!connect(s, err) ||
	    !migrate_version(s, migrate_steps, migrate_step_count, &version,
	    err))
		return false;
	if (version == 0)
		return gaz_err_set(err, GAZ_ERR_CONFIG,
		    "%s: empty, not a store yet", s->path);
	if (version != newest && !older)
		return gaz_err_set(err, GAZ_ERR_CONFIG,
		    "%s: schema %d is older than %d; start gazetted once to "
		    "bring it up to date", s->path, version, newest);
	return db_exec(s, pragmas, err) && db_exec(s, pragmas_read, err);
}

static struct gaz_store *
open_path(const char *path, enum gaz_store_mode mode, bool older,
    struct gaz_err *err)
{
	struct gaz_store *s;

	if (!look_at_path(path, mode, err))
		return NULL;
	s = gaz_mem_zero(1, sizeof(*s));
	s->path = gaz_mem_strdup(path);
	s->mode = mode;
	s->lock_fd = -1;
	s->pruned.seen = INT64_MIN;
	s->search_ms = GAZ_SEARCH_CPU_MS;
	s->scan_ms = SCAN_MS;
	s->statements = gaz_map_new();
	gaz_buf_init(&s->text, GAZ_BUF_NO_MAX);
	gaz_buf_init(&s->title, GAZ_BUF_NO_MAX);
	if (mode == GAZ_STORE_WRITE ? open_write(s, err) :
	    open_read(s, older, err))
		return s;
	/* No note was left, or the one of before is to stay: just close. */
	db_forget_statements(s);
	sqlite3_close(s->db);
	s->db = NULL;
	gaz_store_close(s);
	return NULL;
}

struct gaz_store *
gaz_store_open(const char *path, enum gaz_store_mode mode, struct gaz_err *err)
{
	return open_path(path, mode, false, err);
}

struct gaz_store *
db_open_older(const char *path, struct gaz_err *err)
{
	return open_path(path, GAZ_STORE_READ, true, err);
}

void
gaz_store_shrink(struct gaz_store *s)
{
	sqlite3_db_release_memory(s->db);
}

void
gaz_store_close(struct gaz_store *s)
{
	if (s == NULL)
		return;
	if (s->db != NULL && s->mode == GAZ_STORE_WRITE) {
		gaz_store_rollback(s);
		note_boot(s, NULL);
	}
	db_forget_statements(s);
	gaz_map_free(s->statements);
	sqlite3_close(s->db);
	if (s->lock_fd != -1)
		close(s->lock_fd);
	db_ids_free(&s->touched);
	db_ids_free(&s->unindexed);
	gaz_buf_clear(&s->text);
	gaz_buf_clear(&s->title);
	free(s->path);
	free(s);
}
