/*
 * Which item is in which story. The memberships are the truth; a story's row
 * sums them up for lists, and is made anew before a transaction ends for every
 * story that was touched in it.
 */
#include "config.h"

#include "stories.h"

#include <inttypes.h>
#include <math.h>

/* ---- members and sums */

/* Originals before copies, the outlet's priority, the most central, the first. */
static int
leading_first(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	if (x->copy != y->copy)
		return x->copy ? 1 : -1;
	if (x->priority != y->priority)
		return x->priority > y->priority ? -1 : 1;
	if (x->central != y->central)
		return x->central > y->central ? -1 : 1;
	if (x->seen != y->seen)
		return x->seen < y->seen ? -1 : 1;
	return x->item < y->item ? -1 : x->item > y->item;
}

static void
count_central(member_list *members)
{
	struct gaz_map64 *by_item = gaz_map64_new();
	uint64_t at;

	for (size_t i = 0; i < members->n; i++)
		gaz_map64_put(by_item, (uint64_t)members->v[i].item, i);
	for (size_t i = 0; i < members->n; i++) {
		const struct member *m = &members->v[i];

		if (!m->copy && m->nearest != 0 &&
		    gaz_map64_find(by_item, (uint64_t)m->nearest, &at))
			members->v[at].central++;
	}
	gaz_map64_free(by_item);
}

bool
story_members(struct gaz_store *s, int64_t story_id, struct gaz_arena *a,
    member_list *out, struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT m.item, i.feed, m.copy_of, "
	    "m.nearest, f.priority, min(i.published, i.first_seen), m.at, "
	    "i.changed, i.lang, m.copy FROM membership m "
	    "JOIN item i ON i.id = m.item JOIN feed f ON f.id = i.feed "
	    "WHERE m.story = ?1 ORDER BY m.item", err);
	int rc;

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, story_id);
	while ((rc = db_step(s, st, err)) == 1) {
		struct member *m = gaz_list_push(a, out);

		m->item = sqlite3_column_int64(st, 0);
		m->feed = sqlite3_column_int64(st, 1);
		m->copy_of = sqlite3_column_int64(st, 2);
		m->nearest = sqlite3_column_int64(st, 3);
		m->priority = sqlite3_column_int64(st, 4);
		m->seen = sqlite3_column_int64(st, 5);
		m->at = sqlite3_column_int64(st, 6);
		m->changed = sqlite3_column_int64(st, 7);
		m->lang = db_str_copy(st, 8, a);
		m->copy = sqlite3_column_int(st, 9);
	}
	if (rc == -1)
		return false;
	if (out->n > 1) {
		count_central(out);
		qsort(out->v, out->n, sizeof(*out->v), leading_first);
	}
	return true;
}

struct language_count {
	struct gaz_str lang;
	size_t n;
};

static struct gaz_str
sum_languages(const member_list *members, struct gaz_arena *a)
{
	GAZ_LIST(struct language_count) counts = { 0 };
	struct gaz_str text = GAZ_STR(" ");

	for (size_t i = 0; i < members->n; i++) {
		struct gaz_str lang = members->v[i].lang;
		size_t j = 0;

		if (gaz_str_is_empty(lang))
			continue;
		while (j < counts.n && !gaz_str_eq(counts.v[j].lang, lang))
			j++;
		if (j == counts.n)
			gaz_list_push(a, &counts)->lang = lang;
		counts.v[j].n++;
	}
	while (counts.n != 0) {
		size_t most = 0;

		for (size_t j = 1; j < counts.n; j++) {
			if (counts.v[j].n > counts.v[most].n)
				most = j;
		}
		text = gaz_arena_fmt(a, "%.*s%.*s ", GAZ_STR_ARG(text),
		    GAZ_STR_ARG(counts.v[most].lang));
		memmove(&counts.v[most], &counts.v[most + 1],
		    (counts.n - most - 1) * sizeof(counts.v[0]));
		counts.n--;
	}
	return text;
}

/*
 * A source is an outlet with words of its own: copies count once, with the one
 * they copy. The story grows when another source joins, not with each item.
 */
static void
sum_sources(const member_list *members, struct story_sums *out)
{
	struct gaz_map64 *first = gaz_map64_new();
	uint64_t seen;

	for (size_t i = 0; i < members->n; i++) {
		const struct member *m = &members->v[i];

		if (m->copy)
			continue;
		if (!gaz_map64_find(first, (uint64_t)m->feed, &seen) ||
		    m->seen < (int64_t)seen)
			gaz_map64_put(first, (uint64_t)m->feed,
			    (uint64_t)m->seen);
	}
	out->sources = (int64_t)gaz_map64_count(first);
	out->last_grown = out->first_seen;
	for (size_t i = 0; i < members->n; i++) {
		if (gaz_map64_find(first, (uint64_t)members->v[i].feed, &seen) &&
		    (int64_t)seen > out->last_grown)
			out->last_grown = (int64_t)seen;
	}
	gaz_map64_free(first);
}

void
story_sum_up(const member_list *members, struct gaz_arena *a,
    struct story_sums *out)
{
	memset(out, 0, sizeof(*out));
	out->members = (int64_t)members->n;
	out->lead = members->v[0].item;
	out->first_seen = members->v[0].seen;
	out->last_item = members->v[0].at;
	out->updated = members->v[0].at;
	for (size_t i = 0; i < members->n; i++) {
		const struct member *m = &members->v[i];

		if (m->seen < out->first_seen)
			out->first_seen = m->seen;
		if (m->at > out->last_item)
			out->last_item = m->at;
		if (m->at > out->updated)
			out->updated = m->at;
		if (m->changed > out->updated)
			out->updated = m->changed;
	}
	sum_sources(members, out);
	out->languages = sum_languages(members, a);
	out->heat = log2((double)(out->sources > 0 ? out->sources : 1)) +
	    (double)out->last_grown / STORY_HEAT_S;
}

/* ---- what was touched */

void
db_touch_story(struct gaz_store *s, int64_t story_id)
{
	if (gaz_map64_find(s->touched, (uint64_t)story_id, NULL))
		return;
	gaz_map64_put(s->touched, (uint64_t)story_id, 1);
	*gaz_vec_push(&s->touched_list) = story_id;
	s->dirty = true;
}

/*
 * Copies whose original left the story: the first of them is the original of
 * the others now.
 */
static bool
adopt_copies(struct gaz_store *s, member_list *members, struct gaz_err *err)
{
	struct gaz_map64 *here = gaz_map64_new(), *heirs = gaz_map64_new();
	uint64_t heir;
	bool ok = true;

	for (size_t i = 0; i < members->n; i++)
		gaz_map64_put(here, (uint64_t)members->v[i].item, 1);
	for (size_t i = 0; i < members->n; i++) {
		const struct member *m = &members->v[i];

		if (!m->copy ||
		    gaz_map64_find(here, (uint64_t)m->copy_of, NULL))
			continue;
		if (!gaz_map64_find(heirs, (uint64_t)m->copy_of, &heir) ||
		    m->item < (int64_t)heir)
			gaz_map64_put(heirs, (uint64_t)m->copy_of,
			    (uint64_t)m->item);
	}
	for (size_t i = 0; ok && i < members->n; i++) {
		struct member *m = &members->v[i];

		if (!m->copy ||
		    !gaz_map64_find(heirs, (uint64_t)m->copy_of, &heir))
			continue;
		m->copy = m->item != (int64_t)heir;
		m->copy_of = m->copy ? (int64_t)heir : 0;
		ok = DB_RUN(s, err, "UPDATE membership SET copy = ?2, "
		    "copy_of = ?3 WHERE item = ?1", m->item, m->copy,
		    m->copy_of);
	}
	if (gaz_map64_count(heirs) != 0)
		qsort(members->v, members->n, sizeof(*members->v),
		    leading_first);
	gaz_map64_free(here);
	gaz_map64_free(heirs);
	return ok;
}

static bool
put_sums(struct gaz_store *s, int64_t story_id, const struct story_sums *sums,
    struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, "INSERT INTO story(id, heat, sources, "
	    "members, first_seen, last_grown, last_item, updated, lead, "
	    "languages) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) "
	    "ON CONFLICT(id) DO UPDATE SET heat = ?2, sources = ?3, "
	    "members = ?4, first_seen = ?5, last_grown = ?6, last_item = ?7, "
	    "updated = max(updated, ?8), lead = ?9, languages = ?10", err);

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, story_id);
	sqlite3_bind_double(st, 2, sums->heat);
	sqlite3_bind_int64(st, 3, sums->sources);
	sqlite3_bind_int64(st, 4, sums->members);
	sqlite3_bind_int64(st, 5, sums->first_seen);
	sqlite3_bind_int64(st, 6, sums->last_grown);
	sqlite3_bind_int64(st, 7, sums->last_item);
	sqlite3_bind_int64(st, 8, sums->updated);
	sqlite3_bind_int64(st, 9, sums->lead);
	db_bind_str(st, 10, sums->languages);
	return db_run(s, st, err);
}

static bool
sum_up(struct gaz_store *s, int64_t story_id, struct gaz_arena *a,
    struct gaz_err *err)
{
	member_list members = { 0 };
	struct story_sums sums;

	if (!story_members(s, story_id, a, &members, err))
		return false;
	if (members.n == 0)
		return DB_RUN(s, err, "DELETE FROM story WHERE id = ?1",
		    story_id);
	if (!adopt_copies(s, &members, err))
		return false;
	story_sum_up(&members, a, &sums);
	return put_sums(s, story_id, &sums, err);
}

bool
db_flush_stories(struct gaz_store *s, struct gaz_err *err)
{
	bool ok = true;

	for (size_t i = 0; ok && i < s->touched_list.n; i++) {
		struct gaz_arena a;

		gaz_arena_init(&a);
		ok = sum_up(s, s->touched_list.v[i], &a, err);
		gaz_arena_clear(&a);
	}
	if (ok && s->touched_list.n != 0) {
		gaz_map64_free(s->touched);
		s->touched = gaz_map64_new();
		s->touched_list.n = 0;
	}
	return ok;
}

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

/* from has no items any more: its id leads to into for ever. */
static bool
redirect(struct gaz_store *s, int64_t from, int64_t into, gaz_utc now,
    struct gaz_err *err)
{
	db_touch_story(s, into);
	return DB_RUN(s, err, "DELETE FROM story WHERE id = ?1", from) &&
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

static bool
story_of(struct gaz_store *s, int64_t item_id, int64_t *story,
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
	    !story_of(s, m->item_id, &before, err) ||
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
	return left == before || redirect(s, before, story, m->when, err);
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

/* ---- corrections */

static void
put_ids(struct gaz_buf *out, const int64_t *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		gaz_buf_put_fmt(out, i == 0 ? "%" PRId64 : ",%" PRId64, v[i]);
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
		size_t i = 0;

		while (i < n && without[i] != item)
			i++;
		if (i < n)
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
	    "WHERE story = ?1", from, into) && redirect(s, from, into, now, err);
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
		c->merge = gaz_str_eq_z(db_str(st, 2), "merge");
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
