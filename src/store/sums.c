/*
 * The memberships are the truth; a story's row sums them up for lists. It is
 * made anew before a transaction ends for every story touched in it.
 */
#include "config.h"

#include "stories.h"

#include <math.h>

/* Originals before copies, then priority, the most central, the first. */
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
		uint64_t feed = (uint64_t)members->v[i].feed;

		if (gaz_map64_find(first, feed, &seen) &&
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
	db_ids_add(&s->touched, story_id);
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
write_sums(struct gaz_store *s, const char *sql, int64_t story_id,
    const struct story_sums *sums, struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(s, sql, err);

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
put_sums(struct gaz_store *s, int64_t story_id, const struct story_sums *sums,
    struct gaz_err *err)
{
	if (!write_sums(s, "UPDATE story SET heat = ?2, sources = ?3, "
	    "members = ?4, first_seen = ?5, last_grown = ?6, last_item = ?7, "
	    "updated = max(updated, ?8), lead = ?9, languages = ?10 "
	    "WHERE id = ?1", story_id, sums, err))
		return false;
	if (sqlite3_changes(s->db) != 0)
		return true;
	s->now.stories++;
	return write_sums(s, "INSERT INTO story(id, heat, sources, members, "
	    "first_seen, last_grown, last_item, updated, lead, languages) "
	    "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)", story_id, sums,
	    err);
}

bool
story_delete(struct gaz_store *s, int64_t story_id, struct gaz_err *err)
{
	if (!DB_RUN(s, err, "DELETE FROM story WHERE id = ?1", story_id))
		return false;
	s->now.stories -= sqlite3_changes(s->db);
	return true;
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
		return story_delete(s, story_id, err);
	if (!adopt_copies(s, &members, err))
		return false;
	story_sum_up(&members, a, &sums);
	return put_sums(s, story_id, &sums, err);
}

bool
sums_flush(struct gaz_store *s, struct gaz_err *err)
{
	bool ok = true;

	for (size_t i = 0; ok && i < s->touched.list.n; i++) {
		struct gaz_arena a;

		gaz_arena_init(&a);
		ok = sum_up(s, s->touched.list.v[i], &a, err);
		gaz_arena_clear(&a);
	}
	if (ok)
		db_ids_cut(&s->touched, 0);
	return ok;
}
