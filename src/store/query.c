/*
 * From a filter to the ids of one page. The SQL is put together from the parts
 * of the filter; every value is bound. Two ways lead to a page in order:
 *
 *  scan    walk the index that has the order of the view and test each entry,
 *          until the page is full: good when much passes;
 *  gather  collect what feeds or tags let through, then sort: good when that
 *          is little, whatever its place in the order.
 *
 * Where the feeds asked for have few items they are gathered. Otherwise the
 * scan is given a little time, which is plenty unless all that passes is old;
 * then it is gathered after all. Both give the same page. Words need neither:
 * the text index hands items out newest first.
 */
#include "config.h"

#include "query.h"

#include <inttypes.h>

#include "gazetted/limits.h"
#include "search.h"
#include "stories.h"

#define GATHER_ITEMS 2000 /* so few are gathered without a scan before */

struct param {
	struct gaz_str text; /* absent: n */
	int64_t n;
};

struct query {
	struct gaz_store *s;
	const struct gaz_filter *f;
	struct gaz_arena *a;
	struct gaz_err *err;
	struct gaz_buf sql;
	GAZ_LIST(struct param) params;
	bool filtered;            /* a condition was put: the next needs AND */
	/* JSON arrays; absent: not asked for. */
	struct gaz_str feeds, tags, tag_feeds;
	struct gaz_str languages;
	gaz_str_list language_list;
	struct gaz_str words;     /* FTS5; absent: no search */
	struct gaz_str matches;   /* items that have the words, JSON */
	int64_t feed_count, one_feed;
	int64_t reach;            /* items that feeds or tags may let through */
	bool gather;
};

/* How running a query ended. */
enum outcome {
	FAILED,
	DONE,
	INTERRUPTED, /* its time was up; what was found until then is there */
};

/* ---- putting SQL together */

static void
put(struct query *q, const char *sql)
{
	gaz_buf_put_z(&q->sql, sql);
}

static void
put_text(struct query *q, const char *sql, struct gaz_str v)
{
	put(q, sql);
	gaz_list_push(q->a, &q->params)->text = v;
}

static void
put_int(struct query *q, const char *sql, int64_t n)
{
	put(q, sql);
	gaz_list_push(q->a, &q->params)->n = n;
}

static void
and(struct query *q)
{
	put(q, q->filtered ? " AND " : " WHERE ");
	q->filtered = true;
}

static sqlite3_stmt *
prepare(struct query *q)
{
	sqlite3_stmt *st = db_prepare(q->s, q->sql.p, q->err);

	if (st == NULL)
		return NULL;
	for (size_t i = 0; i < q->params.n; i++) {
		const struct param *p = &q->params.v[i];

		if (p->text.p != NULL)
			db_bind_str(st, (int)i + 1, p->text);
		else
			sqlite3_bind_int64(st, (int)i + 1, p->n);
	}
	return st;
}

static void
begin_query(struct query *q)
{
	gaz_buf_reset(&q->sql);
	memset(&q->params, 0, sizeof(q->params));
	q->filtered = false;
}

static void
put_page(struct query *q, int64_t limit)
{
	int64_t page = q->f->page > 1 ? q->f->page - 1 : 0;

	if (page > INT64_MAX / (limit + 1))
		page = INT64_MAX / (limit + 1);
	put_int(q, " LIMIT ?", limit + 1);
	put_int(q, " OFFSET ?", page * limit);
}

static int64_t
page_limit(const struct gaz_filter *f)
{
	if (f->limit <= 0)
		return GAZ_VIEW_LIMIT;
	return f->limit < GAZ_VIEW_LIMIT_MAX ? f->limit : GAZ_VIEW_LIMIT_MAX;
}

static enum outcome
run(struct query *q, int64_t limit, struct found *out)
{
	sqlite3_stmt *st = prepare(q);
	int rc;

	if (st == NULL)
		return FAILED;
	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		if ((int64_t)out->ids.n == limit) {
			out->more = true;
			rc = SQLITE_DONE;
			break;
		}
		*gaz_list_push(q->a, &out->ids) = sqlite3_column_int64(st, 0);
	}
	if (rc != SQLITE_DONE && rc != SQLITE_INTERRUPT)
		db_fail(q->s, rc, "reading", q->err);
	sqlite3_reset(st);
	return rc == SQLITE_DONE ? DONE :
	    rc == SQLITE_INTERRUPT ? INTERRUPTED : FAILED;
}

/* What was found in time is a result, too; an empty page ends a walk. */
static bool
run_search(struct query *q, int64_t limit, struct found *out)
{
	enum outcome end;

	db_bound_cpu(q->s, q->s->search_ms);
	end = run(q, limit, out);
	db_unbound_cpu(q->s);
	if (end == INTERRUPTED)
		out->more = out->ids.n != 0;
	return end != FAILED;
}

/* put_query writes the SQL, by q->gather in one way or the other. */
static bool
run_page(struct query *q, bool (*put_query)(struct query *q), int64_t limit,
    struct found *out)
{
	bool can_gather = q->feeds.p != NULL || q->tags.p != NULL;
	enum outcome end;

	q->gather = can_gather && q->reach <= GATHER_ITEMS;
	if (!put_query(q))
		return false;
	put_page(q, limit);
	if (q->gather || !can_gather)
		return run(q, limit, out) == DONE;
	db_bound_cpu(q->s, q->s->scan_ms);
	end = run(q, limit, out);
	db_unbound_cpu(q->s);
	if (end != INTERRUPTED)
		return end == DONE;
	memset(out, 0, sizeof(*out));
	q->gather = true;
	if (!put_query(q))
		return false;
	put_page(q, limit);
	return run(q, limit, out) == DONE;
}

/* ---- the parts of a filter */

static struct gaz_str
json_of_strs(struct query *q, const gaz_str_list *v)
{
	struct gaz_buf out;
	struct gaz_str json;

	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	gaz_buf_put_char(&out, '[');
	for (size_t i = 0; i < v->n; i++) {
		if (i != 0)
			gaz_buf_put_char(&out, ',');
		gaz_buf_put_char(&out, '"');
		for (size_t j = 0; j < v->v[i].len; j++) {
			unsigned char c = (unsigned char)v->v[i].p[j];

			if (c < 0x20 || c == '"' || c == '\\')
				gaz_buf_put_fmt(&out, "\\u%04x", c);
			else
				gaz_buf_put_char(&out, (char)c);
		}
		gaz_buf_put_char(&out, '"');
	}
	gaz_buf_put_char(&out, ']');
	json = gaz_arena_str(q->a, gaz_buf_str(&out));
	gaz_buf_clear(&out);
	return json;
}

static struct gaz_str
json_of_ids(struct query *q, const int64_t *v, size_t n)
{
	struct gaz_buf out;
	struct gaz_str json;

	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	gaz_buf_put_char(&out, '[');
	for (size_t i = 0; i < n; i++)
		gaz_buf_put_fmt(&out, i == 0 ? "%" PRId64 : ",%" PRId64, v[i]);
	gaz_buf_put_char(&out, ']');
	json = gaz_arena_str(q->a, gaz_buf_str(&out));
	gaz_buf_clear(&out);
	return json;
}

/* The feeds that sql names for the words, and how many items they have. */
static bool
find_feeds(struct query *q, const char *sql, struct gaz_str words,
    struct gaz_str *json, int64_t *items)
{
	sqlite3_stmt *st = db_prepare(q->s, sql, q->err);
	GAZ_LIST(int64_t) ids = { 0 };
	int rc;

	if (st == NULL)
		return false;
	db_bind_str(st, 1, words);
	*items = 0;
	while ((rc = db_step(q->s, st, q->err)) == 1) {
		*gaz_list_push(q->a, &ids) = sqlite3_column_int64(st, 0);
		*items += sqlite3_column_int64(st, 1);
	}
	if (rc == -1)
		return false;
	*json = json_of_ids(q, ids.v, ids.n);
	q->feed_count = (int64_t)ids.n;
	q->one_feed = ids.n == 1 ? ids.v[0] : 0;
	return true;
}

static bool
read_filter(struct query *q)
{
	const struct gaz_filter *f = q->f;
	int64_t items;

	q->reach = INT64_MAX;
	if (f->tags.n != 0) {
		q->tags = json_of_strs(q, &f->tags);
		if (!find_feeds(q, "SELECT DISTINCT t.feed, d.items "
		    "FROM feed_tag t JOIN feed_doc d ON d.feed = t.feed "
		    "WHERE t.tag IN (SELECT value FROM json_each(?1))",
		    q->tags, &q->tag_feeds, &q->reach))
			return false;
	}
	if (f->feeds.n != 0) {
		if (!find_feeds(q, "SELECT f.id, d.items FROM feed f "
		    "JOIN feed_doc d ON d.feed = f.id "
		    "WHERE f.name IN (SELECT value FROM json_each(?1)) "
		    "OR CAST(f.id AS TEXT) IN "
		    "(SELECT value FROM json_each(?1))",
		    json_of_strs(q, &f->feeds), &q->feeds, &items))
			return false;
		if (items < q->reach)
			q->reach = items;
	}
	for (size_t i = 0; i < f->languages.n; i++) {
		struct gaz_str tag = db_primary_subtag(q->a, f->languages.v[i]);

		*gaz_list_push(q->a, &q->language_list) = tag.p != NULL ?
		    tag : f->languages.v[i];
	}
	if (q->language_list.n != 0)
		q->languages = json_of_strs(q, &q->language_list);
	return true;
}

/* Is the item that column names carried by the feeds asked for? */
static void
and_feeds(struct query *q, const char *item)
{
	if (q->feeds.p == NULL)
		return;
	and(q);
	put(q, "EXISTS(SELECT 1 FROM item_feed x WHERE x.item = ");
	put(q, item);
	put_text(q, " AND x.feed IN (SELECT value FROM json_each(?)))",
	    q->feeds);
}

static void
and_tags(struct query *q, const char *item)
{
	if (q->tags.p == NULL)
		return;
	and(q);
	put(q, "(EXISTS(SELECT 1 FROM item_feed x WHERE x.item = ");
	put(q, item);
	put_text(q, " AND x.feed IN (SELECT value FROM json_each(?)))",
	    q->tag_feeds);
	put(q, " OR EXISTS(SELECT 1 FROM item_tag x WHERE x.item = ");
	put(q, item);
	put_text(q, " AND x.tag IN (SELECT value FROM json_each(?))))",
	    q->tags);
}

/* A table "g" of the items that feeds, or else tags, let through. */
static void
put_gathered(struct query *q)
{
	if (q->feeds.p != NULL) {
		put_text(q, "(SELECT DISTINCT item FROM item_feed WHERE feed "
		    "IN (SELECT value FROM json_each(?))) g", q->feeds);
		return;
	}
	put_text(q, "(SELECT item FROM item_feed WHERE feed IN (SELECT value "
	    "FROM json_each(?))", q->tag_feeds);
	put_text(q, " UNION SELECT item FROM item_tag WHERE tag IN "
	    "(SELECT value FROM json_each(?))) g", q->tags);
}

/* ---- items */

/*
 * Of an item and its copies, the first that the filter lets through is shown.
 * i is a copy, m its membership; o walks the story for an earlier one.
 */
static void
and_not_duplicate(struct query *q)
{
	and(q);
	put(q, "NOT EXISTS(SELECT 1 FROM membership m JOIN membership o "
	    "ON o.story = m.story AND o.item < m.item "
	    "AND (o.item = m.copy_of OR o.copy_of = m.copy_of)");
	if (q->languages.p != NULL)
		put_text(q, " JOIN item oi ON oi.id = o.item AND oi.lang IN "
		    "(SELECT value FROM json_each(?))", q->languages);
	put(q, " WHERE m.item = i.id AND m.copy = 1");
	and_feeds(q, "o.item");
	and_tags(q, "o.item");
	put(q, ")");
}

static bool
and_item_filters(struct query *q)
{
	const struct gaz_filter *f = q->f;
	int64_t story;

	and_feeds(q, "i.id");
	and_tags(q, "i.id");
	if (q->languages.p != NULL) {
		and(q);
		put_text(q, "i.lang IN (SELECT value FROM json_each(?))",
		    q->languages);
	}
	if (f->since != GAZ_UTC_UNKNOWN) {
		and(q);
		put_int(q, "i.published >= ?", f->since);
	}
	if (f->item_id != 0) {
		and(q);
		put_int(q, "i.id = ?", f->item_id);
	}
	if (f->story_id != 0) {
		if (!gaz_store_resolve_story(q->s, f->story_id, &story,
		    q->err))
			return false;
		and(q);
		put_int(q, "i.id IN (SELECT item FROM membership "
		    "WHERE story = ?)", story);
	}
	if (f->min_sources > 1) {
		and(q);
		put_int(q, "(SELECT s.sources FROM membership n JOIN story s "
		    "ON s.id = n.story WHERE n.item = i.id) >= ?",
		    f->min_sources);
	}
	if (f->hide_duplicates)
		and_not_duplicate(q);
	return true;
}

static bool
put_item_query(struct query *q)
{
	bool few = q->f->story_id != 0 || q->f->item_id != 0;
	bool arrivals = q->f->from_id != 0;
	const char *order = "i.published DESC, i.id DESC";

	begin_query(q);
	put(q, "SELECT i.id FROM ");
	if (q->words.p != NULL) {
		put(q, "search CROSS JOIN item i ON i.id = search.rowid");
		and(q);
		put_text(q, "search MATCH ?", q->words);
		order = arrivals ? "search.rowid" : "search.rowid DESC";
		if (arrivals) {
			and(q);
			put_int(q, "search.rowid >= ?", q->f->from_id);
		}
	} else if (arrivals) {
		put(q, "item i NOT INDEXED");
		and(q);
		put_int(q, "i.id >= ?", q->f->from_id);
		order = "i.id";
	} else if (few) {
		put(q, "item i");
	} else if (q->one_feed != 0 && q->feeds.p != NULL) {
		put(q, "item_feed g INDEXED BY item_feed_by_time "
		    "CROSS JOIN item i ON i.id = g.item");
		and(q);
		put_int(q, "g.feed = ?", q->one_feed);
		order = "g.published DESC, g.item DESC";
	} else if (q->gather) {
		put_gathered(q);
		put(q, " CROSS JOIN item i ON i.id = g.item");
	} else {
		put(q, "item i INDEXED BY item_by_published");
	}
	if (!and_item_filters(q))
		return false;
	put(q, " ORDER BY ");
	put(q, order);
	return true;
}

/* false: a search for nothing at all. */
static bool
read_words(struct query *q)
{
	struct gaz_buf out;
	bool ok;

	if (q->f->query.p == NULL)
		return true;
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	ok = search_query(q->f->query, &out);
	if (ok)
		q->words = gaz_arena_str(q->a, gaz_buf_str(&out));
	gaz_buf_clear(&out);
	return ok;
}

static void
init_query(struct query *q, struct gaz_store *s, const struct gaz_filter *f,
    struct gaz_arena *a, struct gaz_err *err)
{
	memset(q, 0, sizeof(*q));
	q->s = s;
	q->f = f;
	q->a = a;
	q->err = err;
	gaz_buf_init(&q->sql, GAZ_BUF_NO_MAX);
}

bool
query_items(struct gaz_store *s, const struct gaz_filter *f,
    struct gaz_arena *a, struct found *out, struct gaz_err *err)
{
	struct query q;
	int64_t limit = page_limit(f);
	bool ok;

	init_query(&q, s, f, a, err);
	ok = read_filter(&q);
	if (ok && read_words(&q)) {
		if (q.words.p == NULL) {
			ok = run_page(&q, put_item_query, limit, out);
		} else {
			ok = put_item_query(&q);
			put_page(&q, limit);
			ok = ok && run_search(&q, limit, out);
		}
	}
	gaz_buf_clear(&q.sql);
	return ok;
}

/* ---- stories */

/* The column has " en fr ". */
static void
and_story_languages(struct query *q)
{
	if (q->languages.p == NULL)
		return;
	and(q);
	for (size_t i = 0; i < q->language_list.n; i++)
		put_text(q, i == 0 ? "(instr(s.languages, ?)" :
		    " OR instr(s.languages, ?)",
		    gaz_arena_fmt(q->a, " %.*s ",
		    GAZ_STR_ARG(q->language_list.v[i])));
	put(q, ")");
}

static bool
and_story_filters(struct query *q)
{
	const struct gaz_filter *f = q->f;
	int64_t story;

	if (f->since != GAZ_UTC_UNKNOWN) {
		/* Heat is never below that of the last growth alone. */
		and(q);
		put_int(q, "s.heat >= ?", f->since / STORY_HEAT_S - 1);
		and(q);
		put_int(q, "s.last_grown >= ?", f->since);
	}
	if (f->min_sources > 1) {
		and(q);
		put_int(q, "s.sources >= ?", f->min_sources);
	}
	and_story_languages(q);
	if (f->story_id != 0) {
		if (!gaz_store_resolve_story(q->s, f->story_id, &story,
		    q->err))
			return false;
		and(q);
		put_int(q, "s.id = ?", story);
	}
	if (f->item_id != 0) {
		and(q);
		put_int(q, "s.id = (SELECT story FROM membership "
		    "WHERE item = ?)", f->item_id);
	}
	return true;
}

/* Some member of the story satisfies what is asked of feeds, and of tags. */
static void
and_some_member(struct query *q,
    void (*condition)(struct query *q, const char *item))
{
	and(q);
	put(q, "EXISTS(SELECT 1 FROM membership m WHERE m.story = s.id");
	condition(q, "m.item");
	put(q, ")");
}

static bool
put_story_query(struct query *q)
{
	bool few = q->f->story_id != 0 || q->f->item_id != 0;

	begin_query(q);
	put(q, "SELECT s.id FROM ");
	if (q->matches.p != NULL) {
		put_text(q, "(SELECT DISTINCT m.story FROM json_each(?) e "
		    "CROSS JOIN membership m ON m.item = e.value) g "
		    "CROSS JOIN story s ON s.id = g.story", q->matches);
	} else if (few) {
		put(q, "story s");
	} else if (q->gather) {
		put(q, "(SELECT DISTINCT m.story FROM ");
		put_gathered(q);
		put(q, " CROSS JOIN membership m ON m.item = g.item) g "
		    "CROSS JOIN story s ON s.id = g.story");
	} else {
		put(q, "story s INDEXED BY story_by_heat");
	}
	if (!and_story_filters(q))
		return false;
	if (q->feeds.p != NULL)
		and_some_member(q, and_feeds);
	if (q->tags.p != NULL)
		and_some_member(q, and_tags);
	put(q, " ORDER BY s.heat DESC, s.id DESC");
	return true;
}

/* The newest items with the words. */
static bool
match_items(struct query *q, bool *more)
{
	struct found items = { 0 };

	begin_query(q);
	put_text(q, "SELECT rowid FROM search WHERE search MATCH ? "
	    "ORDER BY rowid DESC", q->words);
	put_int(q, " LIMIT ?", GAZ_SEARCH_MATCHES_MAX + 1);
	if (!run_search(q, GAZ_SEARCH_MATCHES_MAX, &items))
		return false;
	q->matches = json_of_ids(q, items.ids.v, items.ids.n);
	*more = items.more;
	return true;
}

static bool
search_stories(struct query *q, int64_t limit, struct found *out)
{
	bool more;

	if (!match_items(q, &more) || !put_story_query(q))
		return false;
	put_page(q, limit);
	if (run(q, limit, out) != DONE)
		return false;
	out->more = out->more || (more && out->ids.n != 0);
	return true;
}

bool
query_stories(struct gaz_store *s, const struct gaz_filter *f,
    struct gaz_arena *a, struct found *out, struct gaz_err *err)
{
	struct query q;
	int64_t limit = page_limit(f);
	bool ok;

	init_query(&q, s, f, a, err);
	ok = read_filter(&q);
	if (ok && read_words(&q))
		ok = q.words.p != NULL ? search_stories(&q, limit, out) :
		    run_page(&q, put_story_query, limit, out);
	gaz_buf_clear(&q.sql);
	return ok;
}

/* ---- feeds */

/* Each word stands in the name, the title or the address. */
static void
and_feed_words(struct query *q)
{
	struct gaz_str rest = q->f->query, word;

	while (gaz_str_split(&rest, ' ', &word)) {
		if (gaz_str_is_empty(word))
			continue;
		and(q);
		put_text(q, "instr(lower(f.name || ' ' || f.url || ' ' || "
		    "coalesce(f.title, '') || ' ' || coalesce(d.title, '')), "
		    "lower(?))", word);
	}
}

bool
query_feeds(struct gaz_store *s, const struct gaz_filter *f,
    struct gaz_arena *a, struct found *out, struct gaz_err *err)
{
	struct query q;
	int64_t limit = f->limit > 0 ? f->limit : INT64_MAX / 2;
	bool ok;

	init_query(&q, s, f, a, err);
	ok = read_filter(&q);
	if (ok) {
		begin_query(&q);
		put(&q, "SELECT f.id FROM feed f "
		    "JOIN feed_doc d ON d.feed = f.id");
		and(&q);
		put(&q, "f.listed = 1");
		if (q.feeds.p != NULL) {
			and(&q);
			put_text(&q, "f.id IN (SELECT value FROM json_each(?))",
			    q.feeds);
		}
		if (q.tags.p != NULL) {
			and(&q);
			put_text(&q, "f.id IN (SELECT value FROM json_each(?))",
			    q.tag_feeds);
		}
		if (q.languages.p != NULL) {
			and(&q);
			put_text(&q, "lower(substr(coalesce(f.language, "
			    "d.language), 1, instr(coalesce(f.language, "
			    "d.language) || '-', '-') - 1)) IN "
			    "(SELECT value FROM json_each(?))", q.languages);
		}
		if (f->since != GAZ_UTC_UNKNOWN) {
			and(&q);
			put_int(&q, "d.last_new >= ?", f->since);
		}
		and_feed_words(&q);
		put(&q, " ORDER BY f.name COLLATE NOCASE, f.id");
		put_page(&q, limit);
		ok = run(&q, limit, out) == DONE;
	}
	gaz_buf_clear(&q.sql);
	return ok;
}
