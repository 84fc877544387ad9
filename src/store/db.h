#ifndef STORE_DB_H
#define STORE_DB_H

#include "gazetted/store.h"

#include <assert.h>
#include <sqlite3.h>

#include "gazetted/map.h"

/*
 * What the files of this folder share: the handle, transactions, prepared
 * statements and the way SQLite's failures become ours.
 */

#define STORE_APPLICATION_ID 0x67617a74 /* "gazt" */

/* Numbers that are handed out; state in the database keeps them. */
struct db_counters {
	int64_t generation, next_item, next_story;
	int64_t items, stories; /* how many there are */
};

/* Ids in order of arrival, each once. */
struct db_ids {
	struct gaz_map64 *set;
	GAZ_VEC(int64_t) list;
};
bool db_ids_has(const struct db_ids *ids, int64_t id);
/* false: it is there already. */
bool db_ids_add(struct db_ids *ids, int64_t id);
/* Keep the first n. */
void db_ids_cut(struct db_ids *ids, size_t n);
void db_ids_free(struct db_ids *ids);

/* In the order of arrival. */
struct db_place {
	gaz_utc seen;
	int64_t item;
};

struct gaz_store {
	sqlite3 *db;
	char *path;
	enum gaz_store_mode mode;
	enum gaz_store_trouble trouble;
	int lock_fd;               /* -1: none */
	struct gaz_map *statements; /* SQL text to sqlite3_stmt */
	bool open;                 /* begin was called */
	bool durable;              /* synchronous is FULL just now */
	bool dirty;                /* readers would see a change */
	int depth;                 /* of steps, see db_enter */
	struct db_counters now;    /* kept: at begin; step: at enter */
	struct db_counters kept, step;
	struct db_ids touched;     /* stories whose sums are to be made anew */
	struct db_ids unindexed;   /* items that the text index wants yet */
	size_t unindexed_before;   /* of them, before the step */
	struct gaz_buf text, title; /* scratch of the search index */
	int64_t poll_bytes;        /* in table poll, as of the last commit */
	gaz_utc poll_newest;       /* of those; GAZ_UTC_UNKNOWN: none */
	struct db_place pruned;    /* item behind which pruning goes on */
	int64_t cpu_until;         /* ns of CPU time; 0: no bound */
	int64_t search_ms, scan_ms; /* of CPU; tests take it away */
};

/* ---- opening */

/* The lock of the one writer, to close when it is done; -1: refused. */
int db_lock(const char *path, struct gaz_err *err)
    __attribute__((warn_unused_result));
/* To read, of this schema or an older one: only to copy it. */
struct gaz_store *db_open_older(const char *path, struct gaz_err *err)
    __attribute__((warn_unused_result));
/* The names in the folder of path are on the disk after it. */
void db_sync_folder(const char *path);
bool db_is_same_file(const char *a, const char *b);

/* ---- failures */

/* The last failure of the connection as an error; always false. */
bool db_fail(struct gaz_store *s, int rc, const char *what,
    struct gaz_err *err);

/* The same for damage, with what to do about it. */
bool db_damaged(struct gaz_store *s, const char *how, struct gaz_err *err);

/* ---- statements */

/*
 * The statement for sql, prepared once a connection, reset and without
 * bindings; NULL when it cannot be prepared. At most one use at a time.
 */
sqlite3_stmt *db_prepare(struct gaz_store *s, const char *sql,
    struct gaz_err *err) __attribute__((warn_unused_result));
/* Finalize them all. */
void db_forget_statements(struct gaz_store *s);
/* 1: a row, 0: no more rows (and reset), -1: failed (and reset). */
int db_step(struct gaz_store *s, sqlite3_stmt *st, struct gaz_err *err)
    __attribute__((warn_unused_result));
/* Run a statement that gives no rows. */
bool db_run(struct gaz_store *s, sqlite3_stmt *st, struct gaz_err *err)
    __attribute__((warn_unused_result));
/* Prepare, bind integers, run. */
bool db_run_ints(struct gaz_store *s, const char *sql, const int64_t *v,
    int n, struct gaz_err *err) __attribute__((warn_unused_result));
#define DB_RUN(s, err, sql, ...)                                             \
	db_run_ints((s), (sql), (const int64_t[]){ __VA_ARGS__ },            \
	    (int)GAZ_COUNT(((const int64_t[]){ __VA_ARGS__ })), (err))
#define DB_DO(s, err, sql) db_run_ints((s), (sql), NULL, 0, (err))
/* SQL text as it is, any number of statements, nothing kept. */
bool db_exec(struct gaz_store *s, const char *sql, struct gaz_err *err)
    __attribute__((warn_unused_result));
/* The first column of the first row, or none when there is no row. */
bool db_int(struct gaz_store *s, const char *sql, int64_t none, int64_t *out,
    struct gaz_err *err) __attribute__((warn_unused_result));

/* Text is lent to SQLite: it must live until the statement is reset. */
void db_bind_str(sqlite3_stmt *st, int i, struct gaz_str v);
void db_bind_blob(sqlite3_stmt *st, int i, struct gaz_str v);
void db_bind_utc(sqlite3_stmt *st, int i, gaz_utc t); /* unknown: NULL */

/* Lent until the next step. NULL becomes absent, unknown. */
struct gaz_str db_str(sqlite3_stmt *st, int i);
struct gaz_str db_str_copy(sqlite3_stmt *st, int i, struct gaz_arena *a);
gaz_utc db_utc(sqlite3_stmt *st, int i);

/* "en-GB" to "en"; absent when it is no language tag. */
struct gaz_str db_primary_subtag(struct gaz_arena *a, struct gaz_str language);

/* Statements of this connection fail once they took so much CPU time. */
void db_bound_cpu(struct gaz_store *s, int64_t ms);
void db_unbound_cpu(struct gaz_store *s);

/* ---- transactions */

/*
 * Around a change that must happen as a whole: a transaction of its own, or a
 * savepoint in the open one. durable: on the disk before it is reported.
 * leave undoes everything when ok is false, and returns ok.
 */
bool db_enter(struct gaz_store *s, bool durable, struct gaz_err *err)
    __attribute__((warn_unused_result));
bool db_leave(struct gaz_store *s, bool ok, struct gaz_err *err);

/* Make a story's sums anew before the transaction ends (sums.c). */
void db_touch_story(struct gaz_store *s, int64_t story_id);
/* What waits for the end of the transaction: story sums, the text index. */
bool db_flush(struct gaz_store *s, struct gaz_err *err)
    __attribute__((warn_unused_result));

#endif
