/*
 * Stories that are merged, split or pinned, and the record of what a person wanted:
 * which items belong together and which do not, kept for ever.
 */
#include "config.h"

#include "stories.h"

#include <inttypes.h>

static bool
must_resolve(struct gaz_store *s, int64_t story_id, int64_t *out,
    struct gaz_err *err)
{
	if (!gaz_store_resolve_story(s, story_id, out, err))
		return false;
	if (*out != 0)
		return true;
	return gaz_err_set(err, GAZ_ERR_MISSING, "there is no story %" PRId64,
	    story_id);
}

static bool
is_among(const int64_t *v, size_t n, int64_t id)
{
	for (size_t i = 0; i < n; i++) {
		if (v[i] == id)
			return true;
	}
	return false;
}

/* A person may have named one twice. */
static void
put_ids(struct gaz_buf *out, const int64_t *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!is_among(v, i, v[i]))
			gaz_buf_put_fmt(out, i == 0 ? "%" PRId64 : ",%" PRId64,
			    v[i]);
	}
}

static bool
list_items(struct gaz_store *s, int64_t story_id, const int64_t *without,
    size_t n, struct gaz_buf *out, size_t *count, struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT item FROM membership "
	    "WHERE story = ?1 ORDER BY item", err);
	int rc;

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, story_id);
	*count = 0;
	while ((rc = db_step(s, st, err)) == 1) {
		int64_t item = sqlite3_column_int64(st, 0);

		if (is_among(without, n, item))
			continue;
		if ((*count)++ != 0)
			gaz_buf_put_char(out, ',');
		put_ids(out, &item, 1);
	}
	return rc == 0;
}

static bool
put_correction(struct gaz_store *s, const char *kind, int64_t story,
    int64_t other, const struct gaz_buf *items, const struct gaz_buf *others,
    gaz_utc now, struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "INSERT INTO correction(at, kind, "
	    "story, other, items, others) VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
	    err);

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, now);
	db_bind_str(st, 2, gaz_str_of(kind));
	sqlite3_bind_int64(st, 3, story);
	sqlite3_bind_int64(st, 4, other);
	db_bind_str(st, 5, gaz_buf_str(items));
	db_bind_str(st, 6, gaz_buf_str(others));
	return db_run(s, st, err);
}

static bool
merge_stories(struct gaz_store *s, int64_t into, int64_t from, bool by_person,
    gaz_utc now, struct gaz_err *err)
{
	struct gaz_buf items, others;
	size_t n;
	bool ok;

	if (!must_resolve(s, into, &into, err) ||
	    !must_resolve(s, from, &from, err))
		return false;
	if (into == from)
		return true;
	gaz_buf_init(&items, GAZ_BUF_NO_MAX);
	gaz_buf_init(&others, GAZ_BUF_NO_MAX);
	ok = !by_person || (list_items(s, into, NULL, 0, &items, &n, err) &&
	    list_items(s, from, NULL, 0, &others, &n, err) &&
	    put_correction(s, "merge", into, from, &items, &others, now, err));
	gaz_buf_clear(&items);
	gaz_buf_clear(&others);
	return ok && DB_RUN(s, err, "UPDATE membership SET story = ?2 "
	    "WHERE story = ?1", from, into) &&
	    story_redirect(s, from, into, now, err);
}

bool
gaz_store_merge_stories(struct gaz_store *s, int64_t into, int64_t from,
    bool by_person, gaz_utc now, struct gaz_err *err)
{
	if (!db_enter(s, by_person, err))
		return false;
	return db_leave(s, merge_stories(s, into, from, by_person, now, err),
	    err);
}

static bool
move_items(struct gaz_store *s, int64_t story_id, const int64_t *items,
    size_t n, int64_t new_id, struct gaz_err *err)
{
	for (size_t i = 0; i < n; i++) {
		if (is_among(items, i, items[i]))
			continue;
		if (!DB_RUN(s, err, "UPDATE membership SET story = ?3 "
		    "WHERE item = ?1 AND story = ?2", items[i], story_id,
		    new_id))
			return false;
		if (sqlite3_changes(s->db) == 0)
			return gaz_err_set(err, GAZ_ERR_MISSING,
			    "item %" PRId64 " is not in story %" PRId64,
			    items[i], story_id);
	}
	return true;
}

static bool
split_story(struct gaz_store *s, int64_t story_id, const int64_t *items,
    size_t n, bool by_person, gaz_utc now, int64_t *new_id,
    struct gaz_err *err)
{
	struct gaz_buf stay, leave;
	size_t staying = 0;
	bool ok;

	if (!must_resolve(s, story_id, &story_id, err))
		return false;
	if (n == 0)
		return gaz_err_set(err, GAZ_ERR_USAGE,
		    "no items are named to leave story %" PRId64, story_id);
	gaz_buf_init(&stay, GAZ_BUF_NO_MAX);
	gaz_buf_init(&leave, GAZ_BUF_NO_MAX);
	*new_id = s->now.next_story;
	put_ids(&leave, items, n);
	ok = list_items(s, story_id, items, n, &stay, &staying, err);
	if (ok && staying == 0)
		ok = gaz_err_set(err, GAZ_ERR_USAGE, "story %" PRId64
		    " would be left without items", story_id);
	if (ok && by_person)
		ok = put_correction(s, "split", story_id, *new_id, &stay,
		    &leave, now, err);
	gaz_buf_clear(&stay);
	gaz_buf_clear(&leave);
	if (!ok || !move_items(s, story_id, items, n, *new_id, err))
		return false;
	s->now.next_story++;
	s->now.stories++;
	db_touch_story(s, story_id);
	db_touch_story(s, *new_id);
	return DB_RUN(s, err, "INSERT INTO story(id, heat, sources, members, "
	    "first_seen, last_grown, last_item, updated, lead, languages) "
	    "VALUES(?1, 0, 0, 0, 0, 0, 0, ?2, 0, '')", *new_id, now) &&
	    DB_RUN(s, err, "UPDATE story SET updated = max(updated, ?2) "
	    "WHERE id = ?1", story_id, now);
}

bool
gaz_store_split_story(struct gaz_store *s, int64_t story_id,
    const int64_t *items, size_t n, bool by_person, gaz_utc now,
    int64_t *new_id, struct gaz_err *err)
{
	int64_t id = 0;

	if (!db_enter(s, by_person, err))
		return false;
	if (!db_leave(s, split_story(s, story_id, items, n, by_person, now,
	    &id, err), err))
		return false;
	*new_id = id;
	return true;
}

/* ---- pins */

/* Ids under which it is pinned: its own, and those that lead to it. */
#define PINS "SELECT DISTINCT p.story FROM correction p " \
	"WHERE p.kind = 'pin' AND p.story IN (SELECT ?1 UNION ALL " \
	"SELECT story FROM redirect WHERE target = ?1) AND NOT EXISTS(" \
	"SELECT 1 FROM correction u WHERE u.kind = 'unpin' " \
	"AND u.story = p.story AND u.id > p.id)"

bool
story_is_pinned(struct gaz_store *s, int64_t story_id, bool *out,
    struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT EXISTS(" PINS ")", err);

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, story_id);
	if (db_step(s, st, err) != 1)
		return false;
	*out = sqlite3_column_int64(st, 0) != 0;
	sqlite3_reset(st);
	return true;
}

static bool
pin_story(struct gaz_store *s, int64_t story_id, const int64_t *items,
    size_t n, gaz_utc now, int64_t *found, struct gaz_err *err)
{
	struct gaz_buf list, none;
	size_t count;
	bool ok;

	if (!must_resolve(s, story_id, found, err))
		return false;
	for (size_t i = 0; i < n; i++) {
		int64_t in;

		if (!gaz_store_item_story(s, items[i], &in, err))
			return false;
		if (in != *found)
			return gaz_err_set(err, GAZ_ERR_MISSING,
			    "item %" PRId64 " is not in story %" PRId64,
			    items[i], *found);
	}
	gaz_buf_init(&list, GAZ_BUF_NO_MAX);
	gaz_buf_init(&none, GAZ_BUF_NO_MAX);
	put_ids(&list, items, n);
	ok = (n > 0 || list_items(s, *found, NULL, 0, &list, &count, err)) &&
	    put_correction(s, "pin", *found, 0, &list, &none, now, err);
	gaz_buf_clear(&list);
	gaz_buf_clear(&none);
	db_touch_story(s, *found);
	return ok;
}

bool
gaz_store_pin_story(struct gaz_store *s, int64_t story_id,
    const int64_t *items, size_t n, gaz_utc now, int64_t *found,
    struct gaz_err *err)
{
	int64_t id = 0;

	if (!db_enter(s, true, err) || !db_leave(s, pin_story(s, story_id,
	    items, n, now, &id, err), err))
		return false;
	*found = id;
	return true;
}

static bool
unpin_story(struct gaz_store *s, int64_t story_id, gaz_utc now, int64_t *found,
    struct gaz_err *err)
{
	bool pinned;

	if (!must_resolve(s, story_id, found, err) ||
	    !story_is_pinned(s, *found, &pinned, err))
		return false;
	if (!pinned)
		return gaz_err_set(err, GAZ_ERR_USAGE,
		    "story %" PRId64 " is not pinned", *found);
	db_touch_story(s, *found);
	return DB_RUN(s, err, "INSERT INTO correction(at, kind, story, other, "
	    "items, others) SELECT ?2, 'unpin', story, 0, '', '' FROM (" PINS
	    ")", *found, now);
}

bool
gaz_store_unpin_story(struct gaz_store *s, int64_t story_id, gaz_utc now,
    int64_t *found, struct gaz_err *err)
{
	int64_t id = 0;

	if (!db_enter(s, true, err) || !db_leave(s, unpin_story(s, story_id,
	    now, &id, err), err))
		return false;
	*found = id;
	return true;
}

/* ---- the record */

static enum gaz_correction_kind
kind_of(struct gaz_str name)
{
	return gaz_str_eq_z(name, "merge") ? GAZ_CORRECTION_MERGE :
	    gaz_str_eq_z(name, "pin") ? GAZ_CORRECTION_PIN :
	    gaz_str_eq_z(name, "unpin") ? GAZ_CORRECTION_UNPIN :
	    GAZ_CORRECTION_SPLIT;
}

bool
gaz_store_load_corrections(struct gaz_store *s, struct gaz_arena *a,
    gaz_store_correction_list *out, struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT id, at, kind, story, other, "
	    "items, others FROM correction ORDER BY id", err);
	struct gaz_str rest, piece;
	int rc;

	if (st == NULL)
		return false;
	while ((rc = db_step(s, st, err)) == 1) {
		struct gaz_store_correction *c = gaz_list_push(a, out);
		int64_t id;

		c->id = sqlite3_column_int64(st, 0);
		c->at = sqlite3_column_int64(st, 1);
		c->kind = kind_of(db_str(st, 2));
		c->story = sqlite3_column_int64(st, 3);
		c->other = sqlite3_column_int64(st, 4);
		rest = db_str(st, 5);
		while (gaz_str_split(&rest, ',', &piece)) {
			if (gaz_str_to_int(piece, &id))
				*gaz_list_push(a, &c->items) = id;
		}
		rest = db_str(st, 6);
		while (gaz_str_split(&rest, ',', &piece)) {
			if (gaz_str_to_int(piece, &id))
				*gaz_list_push(a, &c->others) = id;
		}
	}
	return rc == 0;
}
