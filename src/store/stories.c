/*
 * Which item is in which story, and where the id of a story leads.
 */
#include "config.h"

#include "stories.h"

/* ---- ids */

bool
gaz_store_resolve_story(struct gaz_store *s, int64_t story_id, int64_t *out,
    struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT coalesce("
	    "(SELECT story FROM membership WHERE story = ?1 LIMIT 1), "
	    "(SELECT target FROM redirect WHERE story = ?1), 0)", err);

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, story_id);
	if (db_step(s, st, err) != 1)
		return false;
	*out = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return true;
}

int64_t
gaz_store_next_story_id(struct gaz_store *s)
{
	int64_t n;

	if (s->mode == GAZ_STORE_WRITE)
		return s->now.next_story;
	if (!db_int(s, "SELECT next_story FROM state", 1, &n, NULL))
		return 1;
	return n;
}

bool
story_redirect(struct gaz_store *s, int64_t from, int64_t into, gaz_utc now,
    struct gaz_err *err)
{
	db_touch_story(s, into);
	return story_delete(s, from, err) &&
	    DB_RUN(s, err, "UPDATE redirect SET target = ?2 WHERE target = ?1",
	    from, into) &&
	    DB_RUN(s, err, "DELETE FROM redirect WHERE story = ?1", into) &&
	    DB_RUN(s, err, "INSERT OR REPLACE INTO redirect(story, target, at) "
	    "VALUES(?1, ?2, ?3)", from, into, now) &&
	    DB_RUN(s, err, "UPDATE story SET updated = max(updated, ?2) "
	    "WHERE id = ?1", into, now);
}

/* ---- memberships */

/* A copy of a copy is a copy of the original; of nothing it is none. */
static bool
find_original(struct gaz_store *s, const struct gaz_store_membership *m,
    int64_t *original, struct gaz_err *err)
{
	sqlite3_stmt *st;
	int rc;

	*original = 0;
	if (!m->copy || m->copy_of == 0 || m->copy_of == m->item_id)
		return true;
	st = db_prepare(s, "SELECT iif(copy, copy_of, item) FROM membership "
	    "WHERE item = ?1", err);
	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, m->copy_of);
	rc = db_step(s, st, err);
	if (rc == 1) {
		*original = sqlite3_column_int64(st, 0);
		sqlite3_reset(st);
	}
	if (*original == m->item_id)
		*original = 0;
	return rc != -1;
}

bool
gaz_store_item_story(struct gaz_store *s, int64_t item_id, int64_t *story,
    struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s,
	    "SELECT story FROM membership WHERE item = ?1", err);
	int rc;

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, item_id);
	rc = db_step(s, st, err);
	*story = 0;
	if (rc == 1) {
		*story = sqlite3_column_int64(st, 0);
		sqlite3_reset(st);
	}
	return rc != -1;
}

static bool
put_membership(struct gaz_store *s, const struct gaz_store_membership *m,
    struct gaz_err *err)
{
	int64_t story, before, original, left;
	sqlite3_stmt *st;

	if (!gaz_store_resolve_story(s, m->story_id, &story, err) ||
	    !gaz_store_item_story(s, m->item_id, &before, err) ||
	    !find_original(s, m, &original, err))
		return false;
	if (story == 0)
		story = m->story_id;
	if (story >= s->now.next_story)
		s->now.next_story = story + 1;
	st = db_prepare(s, "INSERT OR REPLACE INTO membership(item, story, "
	    "copy, copy_of, nearest, at, score, evidence) "
	    "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)", err);
	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, m->item_id);
	sqlite3_bind_int64(st, 2, story);
	sqlite3_bind_int(st, 3, original != 0);
	sqlite3_bind_int64(st, 4, original);
	sqlite3_bind_int64(st, 5, m->nearest);
	sqlite3_bind_int64(st, 6, m->when);
	sqlite3_bind_double(st, 7, m->score);
	db_bind_str(st, 8, m->evidence);
	if (!db_run(s, st, err))
		return false;
	db_touch_story(s, story);
	if (before == 0 || before == story)
		return true;
	db_touch_story(s, before);
	if (!gaz_store_resolve_story(s, before, &left, err))
		return false;
	return left == before || story_redirect(s, before, story, m->when, err);
}

bool
gaz_store_put_membership(struct gaz_store *s,
    const struct gaz_store_membership *m, struct gaz_err *err)
{
	assert(m->story_id > 0);
	if (!db_enter(s, false, err))
		return false;
	return db_leave(s, put_membership(s, m, err), err);
}

/* ---- rebuilding the index */

#define LIVE_CHUNK 256

static bool
load_chunk(struct gaz_store *s, int64_t after, gaz_utc since,
    struct gaz_arena *a, struct gaz_store_live_item v[LIVE_CHUNK], size_t *n,
    struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT i.id, m.story, i.feed, "
	    "i.published, i.first_seen, x.data, i.language, i.url, f.name "
	    "FROM item i JOIN feed f ON f.id = i.feed "
	    "LEFT JOIN membership m ON m.item = i.id "
	    "LEFT JOIN features x ON x.item = i.id "
	    "WHERE i.id > ?1 AND +i.first_seen >= ?2 ORDER BY i.id LIMIT ?3",
	    err);
	int rc;

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, after);
	sqlite3_bind_int64(st, 2, since);
	sqlite3_bind_int64(st, 3, LIVE_CHUNK);
	for (*n = 0; (rc = db_step(s, st, err)) == 1; ++*n) {
		struct gaz_store_live_item *it = &v[*n];

		memset(it, 0, sizeof(*it));
		it->item_id = sqlite3_column_int64(st, 0);
		it->story_id = sqlite3_column_int64(st, 1);
		it->feed_id = sqlite3_column_int64(st, 2);
		it->published = sqlite3_column_int64(st, 3);
		it->arrived = sqlite3_column_int64(st, 4);
		it->features = db_str_copy(st, 5, a);
		it->language = db_str_copy(st, 6, a);
		it->url = db_str_copy(st, 7, a);
		it->feed_name = db_str_copy(st, 8, a);
	}
	return rc == 0;
}

/*
 * By the chunk, so that no statement is under way while fn runs: it may write
 * what it likes.
 */
bool
gaz_store_each_live(struct gaz_store *s, gaz_utc since, gaz_store_live_fn fn,
    void *arg, struct gaz_err *err)
{
	struct gaz_store_live_item v[LIVE_CHUNK];
	struct gaz_arena a;
	sqlite3_stmt *st = db_prepare(s, "SELECT coalesce(min(id), 1) - 1 "
	    "FROM item WHERE first_seen >= ?1", err);
	int64_t after;
	bool ok, found;
	size_t n;

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, since);
	if (db_step(s, st, err) != 1)
		return false;
	after = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	do {
		gaz_arena_init(&a);
		ok = load_chunk(s, after, since, &a, v, &n, err);
		for (size_t i = 0; ok && i < n; i++) {
			if (v[i].features.len == 0)
				ok = gaz_store_item_text(s, v[i].item_id, &a,
				    &v[i].title, &v[i].text, &found, err);
			if (ok && !fn(&v[i], arg)) {
				gaz_arena_clear(&a);
				return true;
			}
			after = v[i].item_id;
		}
		gaz_arena_clear(&a);
	} while (ok && n == LIVE_CHUNK);
	return ok;
}
