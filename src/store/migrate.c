/*
 * The schema, as the steps that lead to it. A step that has been released is
 * never changed again; a change is a new step at the end. user_version is the
 * number of the last step that was made.
 */
#include "config.h"

#include "migrate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/*
 * What is written often is apart from what is large or read in bulk: feed_state
 * changes with every fetch, feed_doc when a document brought something; an
 * item's row is small, its text lies in body, its features in features.
 */
static const char step_1[] =
    "CREATE TABLE state("
    " id INTEGER PRIMARY KEY CHECK(id = 1),"
    " generation INTEGER NOT NULL,"
    " next_item INTEGER NOT NULL,"
    " next_story INTEGER NOT NULL,"
    " items INTEGER NOT NULL,"
    " stories INTEGER NOT NULL,"
    /* Boot id of the machine while a writer has the file, else NULL. */
    " boot TEXT) STRICT;"
    "INSERT INTO state VALUES(1, 0, 1, 1, 0, 0, NULL);"

    /* Subscriptions. listed 0: not wanted any more, kept for its items. */
    "CREATE TABLE feed("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " name TEXT NOT NULL UNIQUE,"
    " url TEXT NOT NULL,"
    " title TEXT,"
    " language TEXT,"
    " priority INTEGER NOT NULL,"
    " enabled INTEGER NOT NULL,"
    " by_hand INTEGER NOT NULL,"
    " listed INTEGER NOT NULL,"
    " added INTEGER NOT NULL,"
    " changed INTEGER NOT NULL) STRICT;"
    "CREATE INDEX feed_by_url ON feed(url);"
    "CREATE TABLE feed_tag("
    " feed INTEGER NOT NULL REFERENCES feed ON DELETE CASCADE,"
    " n INTEGER NOT NULL,"
    " tag TEXT NOT NULL,"
    " PRIMARY KEY(feed, n)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX feed_tag_by_tag ON feed_tag(tag, feed);"

    /* What the document says and what it taught us. */
    "CREATE TABLE feed_doc("
    " feed INTEGER PRIMARY KEY REFERENCES feed ON DELETE CASCADE,"
    " title TEXT, site_url TEXT, description TEXT, language TEXT,"
    " icon TEXT, hub TEXT, self TEXT,"
    " ttl_s INTEGER, update_interval_s INTEGER,"
    " skip_hours INTEGER NOT NULL DEFAULT 0,"
    " skip_days INTEGER NOT NULL DEFAULT 0,"
    " flags INTEGER NOT NULL DEFAULT 0,"
    " guid_changes INTEGER NOT NULL DEFAULT 0,"
    " first_batch INTEGER,"
    " last_new INTEGER,"
    " items INTEGER NOT NULL DEFAULT 0,"
    " newest BLOB) STRICT;"

    /* How fetching goes. address: a permanent redirect that was adopted. */
    "CREATE TABLE feed_state("
    " feed INTEGER PRIMARY KEY REFERENCES feed ON DELETE CASCADE,"
    " last_fetch INTEGER, last_success INTEGER, next_fetch INTEGER,"
    " next_reason TEXT,"
    " fault TEXT NOT NULL DEFAULT 'ok',"
    " fault_text TEXT,"
    " http_status INTEGER NOT NULL DEFAULT 0,"
    " failures INTEGER NOT NULL DEFAULT 0,"
    " failing_since INTEGER,"
    " missing_since INTEGER,"
    " etag TEXT, last_modified TEXT,"
    " address TEXT,"
    " moved_to TEXT,"
    " moved_seen INTEGER NOT NULL DEFAULT 0,"
    " moved_day INTEGER,"
    " gone INTEGER NOT NULL DEFAULT 0,"
    " duplicate_of INTEGER,"
    " outcomes INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE INDEX feed_state_by_address ON feed_state(address)"
    " WHERE address IS NOT NULL;"
    "CREATE TABLE feed_address("
    " feed INTEGER NOT NULL REFERENCES feed ON DELETE CASCADE,"
    " until INTEGER NOT NULL,"
    " url TEXT NOT NULL) STRICT;"
    "CREATE INDEX feed_address_by_feed ON feed_address(feed);"
    /* The last fetches of a feed, a ring. */
    "CREATE TABLE outcome("
    " feed INTEGER NOT NULL REFERENCES feed ON DELETE CASCADE,"
    " slot INTEGER NOT NULL,"
    " at INTEGER NOT NULL,"
    " fault TEXT NOT NULL, fault_text TEXT,"
    " http_status INTEGER NOT NULL, duration_ms INTEGER NOT NULL,"
    " bytes INTEGER NOT NULL, new_items INTEGER NOT NULL,"
    " changed_items INTEGER NOT NULL,"
    " next_fetch INTEGER, next_reason TEXT,"
    " PRIMARY KEY(feed, slot)) STRICT, WITHOUT ROWID;"

    /* Hosts that wait, whatever their feeds' own times say. */
    "CREATE TABLE pause("
    " host TEXT PRIMARY KEY,"
    " until INTEGER NOT NULL,"
    " reason TEXT) STRICT, WITHOUT ROWID;"

    /*
     * Ids grow in order of arrival and are never given twice. feed: the one
     * of those that carry it whose words it has. It is no foreign key, as
     * that would want an index of its own; check looks after it.
     */
    "CREATE TABLE item("
    " id INTEGER PRIMARY KEY,"
    " feed INTEGER NOT NULL,"
    " url_key INTEGER NOT NULL,"
    " title_hash INTEGER NOT NULL,"
    " content_hash INTEGER NOT NULL,"
    " published INTEGER NOT NULL,"
    " updated INTEGER,"
    " first_seen INTEGER NOT NULL,"
    " changed INTEGER NOT NULL,"
    " flags INTEGER NOT NULL,"
    " lang TEXT,"           /* primary subtag of language */
    " url TEXT, url_given TEXT, language TEXT, author TEXT,"
    " thumbnail TEXT, comments TEXT) STRICT;"
    "CREATE INDEX item_by_url ON item(url_key);"
    "CREATE INDEX item_by_published ON item(published, id, lang);"
    "CREATE INDEX item_by_seen ON item(first_seen, id);"
    "CREATE TABLE body("
    " item INTEGER PRIMARY KEY REFERENCES item ON DELETE CASCADE,"
    " title TEXT NOT NULL, summary TEXT, categories TEXT, enclosures TEXT,"
    " text TEXT NOT NULL, content TEXT) STRICT;"
    "CREATE TABLE features("
    " item INTEGER PRIMARY KEY REFERENCES item ON DELETE CASCADE,"
    " data BLOB NOT NULL) STRICT;"
    "CREATE TABLE revision("
    " item INTEGER NOT NULL REFERENCES item ON DELETE CASCADE,"
    " until INTEGER NOT NULL,"
    " updated INTEGER,"
    " title TEXT NOT NULL, summary TEXT, content TEXT) STRICT;"
    "CREATE INDEX revision_by_item ON revision(item);"
    "CREATE TABLE item_tag("
    " item INTEGER NOT NULL REFERENCES item ON DELETE CASCADE,"
    " tag TEXT NOT NULL,"
    " PRIMARY KEY(item, tag)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX item_tag_by_tag ON item_tag(tag, item);"

    /*
     * Which feeds carry an item, and under which id. key: hash of what tells
     * it from the feed's others. left_at NULL: the feed still shows it.
     */
    "CREATE TABLE item_feed("
    " item INTEGER NOT NULL REFERENCES item ON DELETE CASCADE,"
    " feed INTEGER NOT NULL REFERENCES feed,"
    " key INTEGER NOT NULL,"
    " published INTEGER NOT NULL,"
    " first_seen INTEGER NOT NULL,"
    " left_at INTEGER,"
    " guid TEXT,"
    " PRIMARY KEY(item, feed)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX item_feed_by_key ON item_feed(feed, key);"
    "CREATE INDEX item_feed_by_time ON item_feed(feed, published, item);"
    "CREATE INDEX item_feed_shown ON item_feed(feed, item)"
    " WHERE left_at IS NULL;"

    /* A story's sums are made anew from its members when they change. */
    "CREATE TABLE story("
    " id INTEGER PRIMARY KEY,"
    " heat REAL NOT NULL,"
    " sources INTEGER NOT NULL,"
    " members INTEGER NOT NULL,"
    " first_seen INTEGER NOT NULL,"
    " last_grown INTEGER NOT NULL,"
    " last_item INTEGER NOT NULL,"
    " updated INTEGER NOT NULL,"
    " lead INTEGER NOT NULL,"
    " languages TEXT NOT NULL) STRICT;" /* " en fr " */
    "CREATE INDEX story_by_heat"
    " ON story(heat, id, sources, last_grown, languages);"
    "CREATE TABLE membership("
    " item INTEGER PRIMARY KEY REFERENCES item ON DELETE CASCADE,"
    " story INTEGER NOT NULL,"
    " copy INTEGER NOT NULL,"
    " copy_of INTEGER NOT NULL," /* first of its copies; 0: is no copy */
    " nearest INTEGER NOT NULL,"
    " at INTEGER NOT NULL,"
    " score REAL NOT NULL,"
    " evidence TEXT) STRICT;"
    "CREATE INDEX membership_by_story ON membership(story, item);"
    "CREATE TABLE redirect("
    " story INTEGER PRIMARY KEY,"
    " target INTEGER NOT NULL,"
    " at INTEGER NOT NULL) STRICT;"
    "CREATE INDEX redirect_by_target ON redirect(target);"
    /* What a person said, for ever: items are lists of ids with commas. */
    "CREATE TABLE correction("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " at INTEGER NOT NULL,"
    " kind TEXT NOT NULL,"
    " story INTEGER NOT NULL, other INTEGER NOT NULL,"
    " items TEXT NOT NULL, others TEXT NOT NULL) STRICT;"

    /*
     * The index of titles and texts keeps no copy of them. Marks belong to
     * words, or those of Indian scripts would fall apart. Without the index
     * of beginnings "con*" would go through a good part of all of it.
     */
    "CREATE VIRTUAL TABLE search USING fts5(title, text, content='',"
    " columnsize=0, prefix='3', tokenize=\"unicode61 remove_diacritics 2"
    " categories 'L* N* Co M*'\");";

/* Tells this database from every other one in the ids that it exports. */
static const char step_2[] =
    "ALTER TABLE state ADD COLUMN instance TEXT;"
    "UPDATE state SET instance = lower(hex(randomblob(8)));";

/* The address that etag and last_modified came from. */
static const char step_3[] =
    "ALTER TABLE feed_state ADD COLUMN validators_url TEXT;";

/* Vectors of meaning, as a server gave them, and which model made them. */
static const char step_4[] =
    "CREATE TABLE embedding("
    " item INTEGER PRIMARY KEY REFERENCES item ON DELETE CASCADE,"
    " model TEXT NOT NULL,"
    " vector BLOB NOT NULL) STRICT;";

/* Lists of subscriptions behind URLs, and what they had last. An outline that
 * is missing stays until its time of grace is over. And icons, one a host; a
 * feed's site is on icon_host, whether there is an icon or not. */
static const char step_5[] =
    "CREATE TABLE list("
    " url TEXT PRIMARY KEY,"
    " etag TEXT, last_modified TEXT, validators_url TEXT,"
    " last_fetch INTEGER, last_success INTEGER, next_fetch INTEGER,"
    " fault TEXT NOT NULL DEFAULT 'ok',"
    " fault_text TEXT,"
    " http_status INTEGER NOT NULL DEFAULT 0,"
    " failures INTEGER NOT NULL DEFAULT 0,"
    " skipped INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE TABLE outline("
    " list TEXT NOT NULL REFERENCES list ON DELETE CASCADE,"
    " url TEXT NOT NULL,"
    " n INTEGER NOT NULL,"
    " title TEXT, language TEXT,"
    " tags TEXT," /* a line each */
    " missing_since INTEGER,"
    " PRIMARY KEY(list, url)) STRICT;"
    "CREATE INDEX outline_by_url ON outline(url);"
    "CREATE TABLE icon("
    " host TEXT PRIMARY KEY,"
    " source TEXT," /* where it was found */
    " etag TEXT, last_modified TEXT,"
    " fetched INTEGER NOT NULL,"
    " next_fetch INTEGER NOT NULL,"
    " fault TEXT NOT NULL,"
    " fault_text TEXT,"
    " hash TEXT, type TEXT, data BLOB) STRICT;"
    "CREATE INDEX icon_by_hash ON icon(hash) WHERE hash IS NOT NULL;"
    "ALTER TABLE feed_doc ADD COLUMN icon_host TEXT;";

/*
 * WebSub. Of a lease, feed is no foreign key: the hub has to be told after a
 * feed is gone.
 */
static const char step_6[] =
    "CREATE TABLE lease("
    " token TEXT PRIMARY KEY,"
    " feed INTEGER NOT NULL,"
    " hub TEXT NOT NULL, topic TEXT NOT NULL, callback TEXT NOT NULL,"
    " state TEXT NOT NULL,"
    " secret TEXT, next_secret TEXT,"
    " open INTEGER NOT NULL,"
    " asked INTEGER, since INTEGER, ends INTEGER, next INTEGER,"
    " brief INTEGER NOT NULL,"
    " failures INTEGER NOT NULL,"
    " fault TEXT NOT NULL, fault_text TEXT,"
    " missed INTEGER,"
    " deliveries INTEGER NOT NULL DEFAULT 0,"
    " known INTEGER NOT NULL DEFAULT 0,"
    " last_delivery INTEGER) STRICT, WITHOUT ROWID;"
    "CREATE INDEX lease_by_feed ON lease(feed);"
    /* Subscribers of our own feeds; seen: hash of what they have. */
    "CREATE TABLE subscriber("
    " callback TEXT NOT NULL, topic TEXT NOT NULL,"
    " secret TEXT,"
    " ends INTEGER NOT NULL,"
    " seen TEXT,"
    " next INTEGER,"
    " failures INTEGER NOT NULL,"
    " PRIMARY KEY(callback, topic)) STRICT, WITHOUT ROWID;";

/* Polls in vain, many in a row: see polls.h. */
static const char step_7[] =
    "CREATE TABLE poll("
    " id INTEGER PRIMARY KEY,"
    " records BLOB NOT NULL) STRICT;";

/* See extra.h. */
static const char step_8[] =
    "ALTER TABLE body ADD COLUMN extra TEXT;";

/* What is learned of when a feed has new items, as src/schedule keeps it. */
static const char step_9[] =
    "ALTER TABLE feed_doc ADD COLUMN rhythm BLOB;";

const struct migrate_step migrate_steps[] = {
	{ 1, step_1 },
	{ 2, step_2 },
	{ 3, step_3 },
	{ 4, step_4 },
	{ 5, step_5 },
	{ 6, step_6 },
	{ 7, step_7 },
	{ 8, step_8 },
	{ 9, step_9 },
};
const size_t migrate_step_count = GAZ_COUNT(migrate_steps);

bool
migrate_version(struct gaz_store *s, const struct migrate_step *steps,
    size_t n, int *version, struct gaz_err *err)
{
	int64_t id, found, tables;
	int newest = steps[n - 1].version;

	if (!db_int(s, "PRAGMA application_id", 0, &id, err) ||
	    !db_int(s, "PRAGMA user_version", 0, &found, err) ||
	    !db_int(s, "SELECT count(*) FROM sqlite_schema", 0, &tables, err))
		return false;
	if (id == 0 && found == 0 && tables == 0) {
		*version = 0;
		return true;
	}
	if (id != STORE_APPLICATION_ID)
		return gaz_err_set(err, GAZ_ERR_CONFIG,
		    "%s: a database of another program (application id %lld), "
		    "not touched", s->path, (long long)id);
	if (found > newest)
		return gaz_err_set(err, GAZ_ERR_CONFIG,
		    "%s: written by a newer gazetted (schema %lld, this one "
		    "knows %d); install that version or restore a backup",
		    s->path, (long long)found, newest);
	if (found < 1)
		return gaz_err_set(err, GAZ_ERR_STORE,
		    "%s: has no schema number", s->path);
	*version = (int)found;
	return true;
}

/* Copy the whole file to FILE.vN, complete or not at all. */
static bool
copy_before(struct gaz_store *s, int version, struct gaz_err *err)
{
	sqlite3_stmt *st = NULL;
	bool ok = false;
	char *part, *copy;
	int fd, rc;

	part = sqlite3_mprintf("%s.v%d.part", s->path, version);
	copy = sqlite3_mprintf("%s.v%d", s->path, version);
	if (part == NULL || copy == NULL)
		gaz_mem_die(strlen(s->path));
	remove(part);
	/* SQLite would make it for all to read; an empty one it fills. */
	fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd == -1) {
		gaz_err_set(err, GAZ_ERR_IO, "%s: %s", part, strerror(errno));
		goto done;
	}
	close(fd);
	rc = sqlite3_prepare_v2(s->db, "VACUUM INTO ?1", -1, &st, NULL);
	if (rc == SQLITE_OK) {
		sqlite3_bind_text(st, 1, part, -1, SQLITE_STATIC);
		rc = sqlite3_step(st);
	}
	if (rc != SQLITE_DONE) {
		db_fail(s, rc, "copying", err);
		gaz_err_wrap(err, "no copy could be made before the schema "
		    "changes");
	} else if (rename(part, copy) == -1) {
		gaz_err_set(err, GAZ_ERR_IO, "%s: %s", copy, strerror(errno));
	} else {
		ok = true;
	}
	sqlite3_finalize(st);
	if (!ok)
		remove(part);
done:
	sqlite3_free(part);
	sqlite3_free(copy);
	return ok;
}

static bool
run_step(struct gaz_store *s, const struct migrate_step *step,
    struct gaz_err *err)
{
	char pragma[96];

	snprintf(pragma, sizeof(pragma),
	    "PRAGMA application_id = %d; PRAGMA user_version = %d",
	    STORE_APPLICATION_ID, step->version);
	if (!db_exec(s, "BEGIN IMMEDIATE", err))
		return false;
	if (db_exec(s, step->sql, err) && db_exec(s, pragma, err) &&
	    db_exec(s, "COMMIT", err))
		return true;
	if (!sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return gaz_err_wrap(err, "changing the schema to version %d",
	    step->version);
}

bool
migrate_run(struct gaz_store *s, const struct migrate_step *steps, size_t n,
    struct gaz_err *err)
{
	int version;

	if (!migrate_version(s, steps, n, &version, err))
		return false;
	if (version != 0 && version < steps[n - 1].version &&
	    !copy_before(s, version, err))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (steps[i].version > version &&
		    !run_step(s, &steps[i], err))
			return false;
	}
	return true;
}
