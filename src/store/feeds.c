/*
 * Subscriptions, from the configuration and by hand. The person's side of a
 * feed (table feed) is kept apart from what its documents say (feed_doc) and
 * from how fetching goes (feed_state).
 */
#include "config.h"

#include "db.h"

#include "gazetted/hash.h"
#include "item.h"
#include "polls.h"

/* ---- bringing subscriptions in line */

/* A feed as it is in the database, while subscriptions are matched. */
struct known_feed {
	int64_t id, priority;
	struct gaz_str name, url, title, language;
	uint64_t tags;             /* hash */
	bool enabled, by_hand, listed, claimed;
	struct known_feed *same_url;
};
typedef GAZ_LIST(struct known_feed *) known_list;

static uint64_t
hash_tag(uint64_t sum, struct gaz_str tag)
{
	return gaz_hash_mix(sum, gaz_hash_str(tag));
}

static bool
load_known(struct gaz_store *s, struct gaz_arena *a, known_list *out,
    struct gaz_err *err)
{
	struct gaz_map64 *tags = gaz_map64_new();
	sqlite3_stmt *st;
	uint64_t sum;
	int rc = -1;

	st = db_prepare(s, "SELECT feed, tag FROM feed_tag ORDER BY feed, n",
	    err);
	if (st == NULL)
		goto done;
	while ((rc = db_step(s, st, err)) == 1) {
		uint64_t feed = (uint64_t)sqlite3_column_int64(st, 0);

		sum = 0;
		gaz_map64_find(tags, feed, &sum);
		gaz_map64_put(tags, feed, hash_tag(sum, db_str(st, 1)));
	}
	if (rc == -1)
		goto done;
	rc = -1;
	st = db_prepare(s, "SELECT id, name, url, title, language, priority, "
	    "enabled, by_hand, listed FROM feed ORDER BY id", err);
	if (st == NULL)
		goto done;
	while ((rc = db_step(s, st, err)) == 1) {
		struct known_feed *f = gaz_arena_alloc(a, sizeof(*f));

		*gaz_list_push(a, out) = f;
		f->id = sqlite3_column_int64(st, 0);
		f->name = db_str_copy(st, 1, a);
		f->url = db_str_copy(st, 2, a);
		f->title = db_str_copy(st, 3, a);
		f->language = db_str_copy(st, 4, a);
		f->priority = sqlite3_column_int64(st, 5);
		f->enabled = sqlite3_column_int(st, 6);
		f->by_hand = sqlite3_column_int(st, 7);
		f->listed = sqlite3_column_int(st, 8);
		gaz_map64_find(tags, (uint64_t)f->id, &f->tags);
	}
done:
	gaz_map64_free(tags);
	return rc == 0;
}

/*
 * By name first: of two subscriptions that trade addresses each keeps its
 * items. A name that someone took by hand is theirs unless the address agrees.
 */
static void
match_feeds(const known_list *known, const struct gaz_store_subscription *v,
    size_t n, struct known_feed **match)
{
	struct gaz_map *by_name = gaz_map_new(), *by_url = gaz_map_new();
	struct known_feed *f;

	for (size_t i = known->n; i-- > 0;) {
		f = known->v[i];
		gaz_map_put(by_name, f->name, f);
		f->same_url = gaz_map_put(by_url, f->url, f);
	}
	for (size_t i = 0; i < n; i++) {
		f = gaz_map_find(by_name, v[i].name);
		match[i] = NULL;
		if (f != NULL && !f->claimed &&
		    (!f->by_hand || gaz_str_eq(f->url, v[i].url))) {
			match[i] = f;
			f->claimed = true;
		}
	}
	for (size_t i = 0; i < n; i++) {
		if (match[i] != NULL)
			continue;
		f = gaz_map_find(by_url, v[i].url);
		while (f != NULL && f->claimed)
			f = f->same_url;
		match[i] = f;
		if (f != NULL)
			f->claimed = true;
	}
	gaz_map_free(by_name);
	gaz_map_free(by_url);
}

static bool
set_name(struct gaz_store *s, int64_t id, struct gaz_str name,
    struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s,
	    "UPDATE feed SET name = ?2 WHERE id = ?1", err);

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, id);
	db_bind_str(st, 2, name);
	return db_run(s, st, err);
}

/* base, or base-2, base-3, ... */
static bool
free_name(struct gaz_store *s, struct gaz_arena *a, struct gaz_str base,
    struct gaz_str *out, struct gaz_err *err)
{
	struct gaz_str name = base;

	for (int n = 2;; n++) {
		sqlite3_stmt *st = db_prepare(s,
		    "SELECT 1 FROM feed WHERE name = ?1", err);
		int rc;

		if (st == NULL)
			return false;
		db_bind_str(st, 1, name);
		rc = db_step(s, st, err);
		if (rc == -1)
			return false;
		sqlite3_reset(st);
		if (rc == 0)
			break;
		name = gaz_arena_fmt(a, "%.*s-%d", GAZ_STR_ARG(base), n);
	}
	*out = name;
	return true;
}

static uint64_t
hash_tags(const gaz_str_list *tags)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < tags->n; i++)
		sum = hash_tag(sum, tags->v[i]);
	return sum;
}

static bool
put_tags(struct gaz_store *s, int64_t id, const gaz_str_list *tags,
    struct gaz_err *err)
{
	if (!DB_RUN(s, err, "DELETE FROM feed_tag WHERE feed = ?1", id))
		return false;
	for (size_t i = 0; i < tags->n; i++) {
		sqlite3_stmt *st = db_prepare(s,
		    "INSERT INTO feed_tag(feed, n, tag) VALUES(?1, ?2, ?3)",
		    err);

		if (st == NULL)
			return false;
		sqlite3_bind_int64(st, 1, id);
		sqlite3_bind_int64(st, 2, (int64_t)i);
		db_bind_str(st, 3, tags->v[i]);
		if (!db_run(s, st, err))
			return false;
	}
	return true;
}

/* Fetch as if for the first time; what is known of its rhythm stays. */
static bool
forget_state(struct gaz_store *s, int64_t id, struct gaz_err *err)
{
	/* Or polls of the old address would tell when the new one is due. */
	return polls_fold_all(s, err) &&
	    DB_RUN(s, err, "UPDATE feed_state SET etag = NULL, "
	    "last_modified = NULL, validators_url = NULL, address = NULL, "
	    "moved_to = NULL, "
	    "moved_seen = 0, moved_day = NULL, gone = 0, duplicate_of = NULL, "
	    "failures = 0, failing_since = NULL, missing_since = NULL, "
	    "next_fetch = NULL, next_reason = NULL WHERE feed = ?1", id);
}

static bool
insert_feed(struct gaz_store *s, const struct gaz_store_subscription *sub,
    struct gaz_str name, gaz_utc now, int64_t *id, struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "INSERT INTO feed(name, url, title, "
	    "language, priority, enabled, by_hand, listed, added, changed) "
	    "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, ?8, ?8)", err);

	if (st == NULL)
		return false;
	db_bind_str(st, 1, name);
	db_bind_str(st, 2, sub->url);
	db_bind_str(st, 3, sub->title);
	db_bind_str(st, 4, sub->language);
	sqlite3_bind_int64(st, 5, sub->priority);
	sqlite3_bind_int(st, 6, sub->enabled);
	sqlite3_bind_int(st, 7, sub->by_hand);
	sqlite3_bind_int64(st, 8, now);
	if (!db_run(s, st, err))
		return false;
	*id = sqlite3_last_insert_rowid(s->db);
	s->dirty = true;
	return DB_RUN(s, err, "INSERT INTO feed_doc(feed) VALUES(?1)", *id) &&
	    DB_RUN(s, err, "INSERT INTO feed_state(feed) VALUES(?1)", *id) &&
	    put_tags(s, *id, &sub->tags, err);
}

static bool
same_feed(const struct known_feed *f, const struct gaz_store_subscription *sub,
    uint64_t tags)
{
	return f->listed && f->enabled == sub->enabled &&
	    f->by_hand == sub->by_hand && f->priority == sub->priority &&
	    f->tags == tags && gaz_str_eq(f->name, sub->name) &&
	    gaz_str_eq(f->url, sub->url) && gaz_str_eq(f->title, sub->title) &&
	    gaz_str_eq(f->language, sub->language);
}

static bool
update_feed(struct gaz_store *s, const struct known_feed *f,
    const struct gaz_store_subscription *sub, gaz_utc now, struct gaz_err *err)
{
	uint64_t tags = hash_tags(&sub->tags);
	sqlite3_stmt *st;

	if (same_feed(f, sub, tags))
		return true;
	st = db_prepare(s, "UPDATE feed SET name = ?2, url = ?3, title = ?4, "
	    "language = ?5, priority = ?6, enabled = ?7, by_hand = ?8, "
	    "listed = 1, changed = ?9 WHERE id = ?1", err);
	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, f->id);
	db_bind_str(st, 2, sub->name);
	db_bind_str(st, 3, sub->url);
	db_bind_str(st, 4, sub->title);
	db_bind_str(st, 5, sub->language);
	sqlite3_bind_int64(st, 6, sub->priority);
	sqlite3_bind_int(st, 7, sub->enabled);
	sqlite3_bind_int(st, 8, sub->by_hand);
	sqlite3_bind_int64(st, 9, now);
	if (!db_run(s, st, err))
		return false;
	s->dirty = true;
	if (f->tags != tags && !put_tags(s, f->id, &sub->tags, err))
		return false;
	if (f->listed && gaz_str_eq(f->url, sub->url))
		return true;
	return forget_state(s, f->id, err);
}

/* Not wanted any more. Its items stay, but nothing shows them now. */
static bool
unlist(struct gaz_store *s, int64_t id, gaz_utc now, struct gaz_err *err)
{
	s->dirty = true;
	return DB_RUN(s, err, "UPDATE feed SET listed = 0, enabled = 0, "
	    "changed = ?2 WHERE id = ?1", id, now) &&
	    DB_RUN(s, err, "UPDATE item_feed SET left_at = ?2 "
	    "WHERE feed = ?1 AND left_at IS NULL", id, now) &&
	    DB_RUN(s, err, "UPDATE feed_state SET duplicate_of = NULL "
	    "WHERE duplicate_of = ?1", id);
}

/* Names are unique at every instant, so those that change step aside. */
static bool
make_way(struct gaz_store *s, struct gaz_arena *a, const known_list *known,
    const struct gaz_store_subscription *v, size_t n,
    struct known_feed *const *match, struct gaz_err *err)
{
	struct gaz_map *wanted = gaz_map_new();
	struct gaz_str name;
	bool ok = true;

	for (size_t i = 0; i < n; i++)
		gaz_map_put(wanted, v[i].name, a);
	for (size_t i = 0; ok && i < n; i++) {
		if (match[i] != NULL &&
		    !gaz_str_eq(match[i]->name, v[i].name)) {
			name = gaz_arena_fmt(a, "\001%lld",
			    (long long)match[i]->id);
			ok = set_name(s, match[i]->id, name, err);
		}
	}
	for (size_t i = 0; ok && i < known->n; i++) {
		const struct known_feed *f = known->v[i];

		if (f->claimed || gaz_map_find(wanted, f->name) == NULL)
			continue;
		ok = free_name(s, a, f->name, &name, err) &&
		    set_name(s, f->id, name, err);
	}
	gaz_map_free(wanted);
	return ok;
}

static bool
sync_feeds(struct gaz_store *s, struct gaz_arena *a,
    const struct gaz_store_subscription *v, size_t n, gaz_utc now,
    int64_t *ids, struct gaz_err *err)
{
	struct known_feed **match = gaz_arena_alloc(a,
	    (n + 1) * sizeof(struct known_feed *));
	known_list known = { 0 };

	if (!load_known(s, a, &known, err))
		return false;
	match_feeds(&known, v, n, match);
	if (!make_way(s, a, &known, v, n, match, err))
		return false;
	for (size_t i = 0; i < known.n; i++) {
		const struct known_feed *f = known.v[i];

		if (!f->claimed && !f->by_hand && f->listed &&
		    !unlist(s, f->id, now, err))
			return false;
	}
	for (size_t i = 0; i < n; i++) {
		int64_t id;

		if (match[i] == NULL) {
			if (!insert_feed(s, &v[i], v[i].name, now, &id, err))
				return gaz_err_wrap(err, "feed \"%.*s\"",
				    GAZ_STR_ARG(v[i].name));
		} else {
			id = match[i]->id;
			if (!update_feed(s, match[i], &v[i], now, err))
				return gaz_err_wrap(err, "feed \"%.*s\"",
				    GAZ_STR_ARG(v[i].name));
		}
		if (ids != NULL)
			ids[i] = id;
	}
	return true;
}

bool
gaz_store_sync_feeds(struct gaz_store *s,
    const struct gaz_store_subscription *v, size_t n, gaz_utc now,
    int64_t *ids, struct gaz_err *err)
{
	struct gaz_arena a;
	bool ok;

	if (!db_enter(s, true, err))
		return false;
	gaz_arena_init(&a);
	ok = sync_feeds(s, &a, v, n, now, ids, err);
	gaz_arena_clear(&a);
	return db_leave(s, ok, err);
}

/* ---- by hand */

/* The id of the feed with this address, those forgotten too; 0: none. */
static bool
find_by_url(struct gaz_store *s, struct gaz_str url, int64_t *id,
    bool *listed, struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT id, listed FROM feed WHERE "
	    "url = ?1 OR id IN (SELECT feed FROM feed_state WHERE address = ?1)"
	    " ORDER BY listed DESC, id LIMIT 1", err);
	int rc;

	if (st == NULL)
		return false;
	db_bind_str(st, 1, url);
	rc = db_step(s, st, err);
	if (rc == -1)
		return false;
	*id = rc == 1 ? sqlite3_column_int64(st, 0) : 0;
	*listed = rc == 1 && sqlite3_column_int(st, 1);
	sqlite3_reset(st);
	return true;
}

/* A list behind a URL may let go of it: a person wants it now. */
static bool
keep_by_hand(struct gaz_store *s, int64_t id, struct gaz_err *err)
{
	return DB_RUN(s, err, "UPDATE feed SET by_hand = 1 WHERE id = ?1 "
	    "AND by_hand = 0 AND url IN (SELECT url FROM outline)", id);
}

static bool
add_feed(struct gaz_store *s, struct gaz_arena *a,
    const struct gaz_store_subscription *sub, gaz_utc now, int64_t *id,
    struct gaz_err *err)
{
	struct gaz_store_subscription want = *sub;
	struct known_feed f = { 0 };
	sqlite3_stmt *st;
	bool listed;

	want.by_hand = true;
	if (!find_by_url(s, sub->url, id, &listed, err))
		return false;
	if (listed)
		return keep_by_hand(s, *id, err);
	if (*id != 0) {
		/* It was here before: the same id, its items come back. */
		st = db_prepare(s, "SELECT name FROM feed WHERE id = ?1", err);
		if (st == NULL)
			return false;
		sqlite3_bind_int64(st, 1, *id);
		if (db_step(s, st, err) != 1)
			return false;
		want.name = db_str_copy(st, 0, a);
		sqlite3_reset(st);
		f.id = *id;
		return update_feed(s, &f, &want, now, err) &&
		    put_tags(s, *id, &sub->tags, err);
	}
	if (gaz_str_is_empty(want.name))
		want.name = sub->url;
	return free_name(s, a, want.name, &want.name, err) &&
	    insert_feed(s, &want, want.name, now, id, err);
}

bool
gaz_store_add_feed(struct gaz_store *s,
    const struct gaz_store_subscription *sub, gaz_utc now, int64_t *id,
    struct gaz_err *err)
{
	struct gaz_arena a;
	int64_t got = 0;
	bool ok;

	if (!db_enter(s, true, err))
		return false;
	gaz_arena_init(&a);
	ok = add_feed(s, &a, sub, now, &got, err);
	gaz_arena_clear(&a);
	if (!db_leave(s, ok, err))
		return false;
	*id = got;
	return true;
}

static bool
must_have_changed(struct gaz_store *s, int64_t feed_id, struct gaz_err *err)
{
	if (sqlite3_changes(s->db) != 0)
		return true;
	return gaz_err_set(err, GAZ_ERR_MISSING, "there is no feed %lld",
	    (long long)feed_id);
}

/* Its items go, except those that another feed carries. */
static bool
drop_items(struct gaz_store *s, int64_t feed_id, struct gaz_err *err)
{
	int64_t item;

	for (;;) {
		sqlite3_stmt *st = db_prepare(s,
		    "SELECT item FROM item_feed WHERE feed = ?1 LIMIT 1", err);
		int rc;

		if (st == NULL)
			return false;
		sqlite3_bind_int64(st, 1, feed_id);
		rc = db_step(s, st, err);
		if (rc != 1)
			return rc == 0;
		item = sqlite3_column_int64(st, 0);
		sqlite3_reset(st);
		if (!item_leave(s, item, feed_id, err))
			return false;
	}
}

bool
gaz_store_remove_feed(struct gaz_store *s, int64_t feed_id, bool with_items,
    struct gaz_err *err)
{
	bool ok;

	if (!db_enter(s, true, err))
		return false;
	ok = DB_RUN(s, err, "UPDATE feed SET listed = 0, enabled = 0 "
	    "WHERE id = ?1", feed_id) && must_have_changed(s, feed_id, err) &&
	    DB_RUN(s, err, "UPDATE feed_state SET duplicate_of = NULL "
	    "WHERE duplicate_of = ?1", feed_id);
	if (ok && with_items)
		ok = drop_items(s, feed_id, err) &&
		    DB_RUN(s, err, "DELETE FROM feed WHERE id = ?1", feed_id);
	else if (ok)
		ok = DB_RUN(s, err, "UPDATE item_feed SET left_at = first_seen "
		    "WHERE feed = ?1 AND left_at IS NULL", feed_id);
	s->dirty = true;
	return db_leave(s, ok, err);
}

bool
gaz_store_revive_feed(struct gaz_store *s, int64_t feed_id,
    struct gaz_err *err)
{
	bool ok;

	if (!db_enter(s, true, err))
		return false;
	ok = DB_RUN(s, err, "UPDATE feed_state SET gone = 0, failures = 0, "
	    "failing_since = NULL, missing_since = NULL, duplicate_of = NULL, "
	    "next_fetch = NULL, next_reason = NULL WHERE feed = ?1", feed_id) &&
	    must_have_changed(s, feed_id, err);
	s->dirty = true;
	return db_leave(s, ok, err);
}
