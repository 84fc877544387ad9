/*
 * From ids to a view: whole stories, items and feeds, in the view's arena. All
 * of a view is read in one transaction, so that it shows one moment.
 */
#include "config.h"

#include "db.h"

#include "gazetted/limits.h"
#include "identity.h"
#include "packed.h"
#include "polls.h"
#include "query.h"
#include "stories.h"

/* What every item shows of its feed, read once a view. */
struct feed_info {
	struct gaz_str name, title, site_url, url, icon_hash;
	gaz_str_list tags;
};

struct fill {
	struct gaz_store *s;
	const struct gaz_filter *f;
	struct gaz_view *v;
	struct gaz_arena *a;       /* the view's */
	struct gaz_map64 *feeds;   /* feed id to struct feed_info * */
	struct polls polls;        /* for views of feeds */
	struct gaz_err *err;
	gaz_utc now;
	bool with_evidence;
	gaz_str_list languages;    /* to read in, primary subtags */
};

static void
note_update(struct gaz_view *v, gaz_utc t)
{
	if (t != GAZ_UTC_UNKNOWN &&
	    (v->updated == GAZ_UTC_UNKNOWN || t > v->updated))
		v->updated = t;
}

/* ---- feeds */

static bool
load_tags(struct fill *fl, int64_t feed_id, gaz_str_list *out)
{
	sqlite3_stmt *st = db_prepare(fl->s,
	    "SELECT tag FROM feed_tag WHERE feed = ?1 ORDER BY n", fl->err);
	int rc;

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, feed_id);
	while ((rc = db_step(fl->s, st, fl->err)) == 1)
		*gaz_list_push(fl->a, out) = db_str_copy(st, 0, fl->a);
	return rc == 0;
}

/* NULL when it cannot be read. */
static const struct feed_info *
feed_info(struct fill *fl, int64_t feed_id)
{
	struct feed_info *info;
	sqlite3_stmt *st;
	uint64_t p;
	int rc;

	if (gaz_map64_find(fl->feeds, (uint64_t)feed_id, &p))
		return (const struct feed_info *)(uintptr_t)p;
	st = db_prepare(fl->s, "SELECT f.name, coalesce(nullif(f.title, ''), "
	    "nullif(d.title, ''), f.name), d.site_url, "
	    "coalesce(t.address, f.url), i.hash FROM feed f "
	    "JOIN feed_doc d ON d.feed = f.id "
	    "JOIN feed_state t ON t.feed = f.id "
	    "LEFT JOIN icon i ON i.host = d.icon_host WHERE f.id = ?1",
	    fl->err);
	if (st == NULL)
		return NULL;
	info = gaz_arena_alloc(fl->a, sizeof(*info));
	sqlite3_bind_int64(st, 1, feed_id);
	rc = db_step(fl->s, st, fl->err);
	if (rc == -1)
		return NULL;
	if (rc == 1) {
		info->name = db_str_copy(st, 0, fl->a);
		info->title = db_str_copy(st, 1, fl->a);
		info->site_url = db_str_copy(st, 2, fl->a);
		info->url = db_str_copy(st, 3, fl->a);
		info->icon_hash = db_str_copy(st, 4, fl->a);
		sqlite3_reset(st);
	}
	if (!load_tags(fl, feed_id, &info->tags))
		return NULL;
	gaz_map64_put(fl->feeds, (uint64_t)feed_id, (uintptr_t)info);
	return info;
}

static struct gaz_str
name_flags(struct fill *fl, uint32_t flags, bool gone, bool duplicate)
{
	const struct {
		bool on;
		const char *name;
	} all[] = {
		{ gone, "gone" },
		{ duplicate, "duplicate" },
		{ (flags & FEED_UNSTABLE_IDS) != 0, "unstable-ids" },
		{ (flags & FEED_SHARED_IDS) != 0, "shared-ids" },
		{ (flags & FEED_BOZO) != 0, "bozo" },
		{ (flags & FEED_ENCODING_REPAIRED) != 0, "encoding-repaired" },
		{ (flags & FEED_TEXT_REPAIRED) != 0, "text-repaired" },
		{ (flags & FEED_ITEMS_DROPPED) != 0, "items-dropped" },
		{ (flags & FEED_TEXT_CUT) != 0, "text-cut" },
		{ (flags & FEED_HTML_TOO_DEEP) != 0, "html-too-deep" },
		{ (flags & FEED_HTML_TOO_MANY_ATTRIBUTES) != 0,
		    "html-too-many-attributes" },
	};
	struct gaz_str text = GAZ_STR_NONE;

	for (size_t i = 0; i < GAZ_COUNT(all); i++) {
		if (all[i].on)
			text = gaz_arena_fmt(fl->a, "%.*s%s%s",
			    GAZ_STR_ARG(text), text.len != 0 ? " " : "",
			    all[i].name);
	}
	return text;
}

static bool
fill_feed(struct fill *fl, int64_t id)
{
	sqlite3_stmt *st = db_prepare(fl->s, "SELECT f.name, "
	    "coalesce(nullif(f.title, ''), nullif(d.title, ''), f.name), "
	    "coalesce(t.address, f.url), d.site_url, "
	    "coalesce(f.language, d.language), d.icon, f.enabled, "
	    "t.last_fetch, t.last_success, d.last_new, t.next_fetch, t.fault, "
	    "t.fault_text, t.next_reason, t.failures, d.items, t.http_status, "
	    "d.flags, t.gone, t.duplicate_of, f.changed, i.hash, "
	    "(SELECT iif(l.state = 'active' AND l.missed IS NOT NULL, "
	    "'quiet', l.state) FROM lease l WHERE l.feed = f.id "
	    "AND l.state NOT IN ('leaving', 'spare')) FROM feed f "
	    "JOIN feed_doc d ON d.feed = f.id "
	    "JOIN feed_state t ON t.feed = f.id "
	    "LEFT JOIN icon i ON i.host = d.icon_host WHERE f.id = ?1",
	    fl->err);
	const struct gaz_poll *p;
	struct gaz_view_feed *f;
	int rc;

	if (st == NULL || (fl->polls.by_feed == NULL &&
	    !polls_load(fl->s, 0, &fl->polls, fl->err)))
		return false;
	sqlite3_bind_int64(st, 1, id);
	rc = db_step(fl->s, st, fl->err);
	if (rc != 1)
		return rc == 0;
	f = gaz_list_push(fl->a, &fl->v->feeds);
	f->id = id;
	f->name = db_str_copy(st, 0, fl->a);
	f->title = db_str_copy(st, 1, fl->a);
	f->url = db_str_copy(st, 2, fl->a);
	f->site_url = db_str_copy(st, 3, fl->a);
	f->language = db_str_copy(st, 4, fl->a);
	f->icon = db_str_copy(st, 5, fl->a);
	f->last_fetch = db_utc(st, 7);
	f->last_success = db_utc(st, 8);
	f->last_new = db_utc(st, 9);
	f->next_fetch = db_utc(st, 10);
	if (!gaz_fault_find(db_str(st, 11), &f->fault))
		f->fault = GAZ_FAULT_INTERNAL;
	f->fault_text = db_str_copy(st, 12, fl->a);
	f->next_reason = db_str_copy(st, 13, fl->a);
	f->failures = sqlite3_column_int64(st, 14);
	f->items = sqlite3_column_int64(st, 15);
	f->http_status = sqlite3_column_int64(st, 16);
	f->flags = name_flags(fl, (uint32_t)sqlite3_column_int64(st, 17),
	    sqlite3_column_int(st, 18), sqlite3_column_int64(st, 19) != 0);
	f->hub = db_str_copy(st, 22, fl->a);
	f->enabled = sqlite3_column_int(st, 6) &&
	    sqlite3_column_int64(st, 19) == 0;
	if ((p = polls_find(&fl->polls, id, f->last_fetch)) != NULL) {
		f->last_fetch = f->last_success = p->when;
		f->next_fetch = p->next_fetch;
		f->next_reason = gaz_arena_str(fl->a, p->reason);
		f->http_status = p->http_status;
	}
	note_update(fl->v, sqlite3_column_int64(st, 20));
	f->icon_hash = db_str_copy(st, 21, fl->a);
	note_update(fl->v, f->last_new);
	sqlite3_reset(st);
	return load_tags(fl, id, &f->tags);
}

/* ---- items */

#define ITEM_COLUMNS                                                       \
	"SELECT coalesce(m.story, 0), i.feed, x.guid, i.url, i.url_given, " \
	"b.title, i.author, b.summary, i.language, i.thumbnail, "          \
	"i.comments, i.published, i.updated, i.first_seen, i.changed, "    \
	"b.categories, b.enclosures, coalesce(m.copy, 0), "
#define ITEM_TABLES                                                         \
	" FROM item i JOIN body b ON b.item = i.id "                       \
	"LEFT JOIN item_feed x ON x.item = i.id AND x.feed = i.feed "      \
	"LEFT JOIN membership m ON m.item = i.id WHERE i.id = ?1"

/*
 * For a reader: without tracking parameters, but with the fragment, which may
 * be what leads to the entry on its page.
 */
static struct gaz_str
link_of(struct gaz_str url, struct gaz_str given)
{
	if (gaz_str_is_empty(url))
		return given;
	if (gaz_str_find_char(given, '#', 0) != GAZ_STR_NPOS)
		return given;
	return url;
}

static void
read_item(struct fill *fl, sqlite3_stmt *st, struct gaz_view_item *it)
{
	struct gaz_arena *a = fl->a;

	it->story_id = sqlite3_column_int64(st, 0);
	it->feed_id = sqlite3_column_int64(st, 1);
	it->guid = db_str_copy(st, 2, a);
	it->url = gaz_arena_str(a, link_of(db_str(st, 3), db_str(st, 4)));
	it->title = db_str_copy(st, 5, a);
	it->author = db_str_copy(st, 6, a);
	it->summary = db_str_copy(st, 7, a);
	it->language = db_str_copy(st, 8, a);
	it->thumbnail = db_str_copy(st, 9, a);
	it->comments = db_str_copy(st, 10, a);
	it->published = sqlite3_column_int64(st, 11);
	it->updated = db_utc(st, 12);
	it->first_seen = sqlite3_column_int64(st, 13);
	note_update(fl->v, sqlite3_column_int64(st, 14));
	packed_get_strs(db_str_copy(st, 15, a), a, &it->categories);
	packed_get_enclosures(db_str_copy(st, 16, a), a, &it->enclosures);
	it->copy = sqlite3_column_int(st, 17);
	if (a->used < GAZ_VIEW_BYTES_MAX)
		it->content = db_str_copy(st, 18, a);
	it->evidence = db_str_copy(st, 19, a);
	it->chars = sqlite3_column_int64(st, 20);
	if (a->used < GAZ_VIEW_BYTES_MAX)
		it->extra = db_str_copy(st, 21, a);
}

static bool
load_item_tags(struct fill *fl, struct gaz_view_item *it)
{
	sqlite3_stmt *st = db_prepare(fl->s,
	    "SELECT tag FROM item_tag WHERE item = ?1 ORDER BY tag", fl->err);
	int rc;

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, it->id);
	while ((rc = db_step(fl->s, st, fl->err)) == 1) {
		struct gaz_str tag = db_str(st, 0);
		size_t i = 0;

		while (i < it->tags.n && !gaz_str_eq(it->tags.v[i], tag))
			i++;
		if (i == it->tags.n)
			*gaz_list_push(fl->a, &it->tags) =
			    gaz_arena_str(fl->a, tag);
	}
	return rc == 0;
}

/* *found false: it is not there any more. */
static bool
fill_item(struct fill *fl, int64_t id, bool with_content,
    struct gaz_view_item *it, bool *found)
{
	const char *sql = with_content ?
	    (fl->with_evidence ?
	    ITEM_COLUMNS "b.content, m.evidence, length(b.text), b.extra"
	    ITEM_TABLES :
	    ITEM_COLUMNS "b.content, NULL, length(b.text), b.extra"
	    ITEM_TABLES) :
	    (fl->with_evidence ?
	    ITEM_COLUMNS "NULL, m.evidence, 0, NULL" ITEM_TABLES :
	    ITEM_COLUMNS "NULL, NULL, 0, NULL" ITEM_TABLES);
	sqlite3_stmt *st = db_prepare(fl->s, sql, fl->err);
	const struct feed_info *info;
	int rc;

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, id);
	rc = db_step(fl->s, st, fl->err);
	*found = rc == 1;
	if (rc != 1)
		return rc == 0;
	it->id = id;
	read_item(fl, st, it);
	sqlite3_reset(st);
	info = feed_info(fl, it->feed_id);
	if (info == NULL)
		return false;
	it->feed_name = info->name;
	it->feed_title = info->title;
	it->feed_site_url = info->site_url;
	it->feed_url = info->url;
	it->feed_icon_hash = info->icon_hash;
	for (size_t i = 0; i < info->tags.n; i++)
		*gaz_list_push(fl->a, &it->tags) = info->tags.v[i];
	return load_item_tags(fl, it);
}

/* ---- stories */

/*
 * The leading item in the first of the reader's languages that the story has,
 * else the leading one of all. Moves it to the front.
 */
static void
lead_in_language(struct fill *fl, member_list *members)
{
	for (size_t l = 0; l < fl->languages.n; l++) {
		for (size_t i = 0; i < members->n; i++) {
			struct member m = members->v[i];

			if (!gaz_str_eq(m.lang, fl->languages.v[l]))
				continue;
			memmove(&members->v[1], &members->v[0],
			    i * sizeof(m));
			members->v[0] = m;
			return;
		}
	}
}

static int
earliest_first(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	if (x->seen != y->seen)
		return x->seen < y->seen ? -1 : 1;
	return x->item < y->item ? -1 : x->item > y->item;
}

static bool
fill_members(struct fill *fl, struct gaz_view_story *story, bool whole)
{
	member_list members = { 0 };
	struct gaz_view_item *lead;

	if (!story_members(fl->s, story->id, fl->a, &members, fl->err))
		return false;
	lead_in_language(fl, &members);
	/* Of a crowd those that lead are shown, then all by time. */
	if (!whole && members.n > GAZ_VIEW_MEMBERS_MAX)
		members.n = GAZ_VIEW_MEMBERS_MAX;
	if (members.n > 1)
		qsort(members.v + 1, members.n - 1, sizeof(members.v[0]),
		    earliest_first);
	for (size_t i = 0; i < members.n; i++) {
		struct gaz_view_item it = { 0 };
		bool found;

		if (!fill_item(fl, members.v[i].item, whole, &it, &found))
			return false;
		if (found)
			*gaz_list_push(fl->a, &story->items) = it;
	}
	if (story->items.n == 0)
		return true;
	lead = &story->items.v[0];
	story->headline = lead->title;
	story->summary = lead->summary;
	story->language = lead->language;
	story->url = lead->url;
	for (size_t i = 0; i < story->items.n; i++) {
		if (!gaz_str_is_empty(story->items.v[i].thumbnail)) {
			story->thumbnail = story->items.v[i].thumbnail;
			break;
		}
	}
	return true;
}

static bool
fill_story(struct fill *fl, int64_t id)
{
	sqlite3_stmt *st = db_prepare(fl->s, "SELECT heat, sources, members, "
	    "first_seen, last_grown, last_item, updated, languages FROM story "
	    "WHERE id = ?1", fl->err);
	struct gaz_view_story *story;
	struct gaz_str rest, lang;
	gaz_utc last_item;
	int rc;

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, id);
	rc = db_step(fl->s, st, fl->err);
	if (rc != 1)
		return rc == 0;
	story = gaz_list_push(fl->a, &fl->v->stories);
	story->id = id;
	story->heat = sqlite3_column_double(st, 0);
	story->sources = sqlite3_column_int64(st, 1);
	story->members = sqlite3_column_int64(st, 2);
	story->first_seen = sqlite3_column_int64(st, 3);
	story->last_grown = sqlite3_column_int64(st, 4);
	last_item = sqlite3_column_int64(st, 5);
	story->updated = sqlite3_column_int64(st, 6);
	rest = db_str_copy(st, 7, fl->a);
	sqlite3_reset(st);
	story->open = fl->now == GAZ_UTC_UNKNOWN ||
	    last_item > fl->now - GAZ_STORY_WINDOW_S;
	if (fl->f->story_id != 0 && fl->f->story_id != id)
		story->merged_into = id;
	while (gaz_str_split(&rest, ' ', &lang)) {
		if (!gaz_str_is_empty(lang))
			*gaz_list_push(fl->a, &story->languages) = lang;
	}
	if (!story_is_pinned(fl->s, id, &story->pinned, fl->err) ||
	    !fill_members(fl, story, fl->f->story_id != 0))
		return false;
	note_update(fl->v, story->updated);
	return true;
}

/* ---- the view */

static bool
fill_ids(struct fill *fl, const struct found *found)
{
	for (size_t i = 0; i < found->ids.n; i++) {
		int64_t id = found->ids.v[i];
		struct gaz_view_item it = { 0 };
		bool ok = true, there = false;

		switch (fl->v->kind) {
		case GAZ_VIEW_STORIES:
			ok = fill_story(fl, id);
			break;
		case GAZ_VIEW_ITEMS:
			ok = fill_item(fl, id, true, &it, &there);
			if (ok && there)
				*gaz_list_push(fl->a, &fl->v->items) = it;
			break;
		case GAZ_VIEW_FEEDS:
			ok = fill_feed(fl, id);
			break;
		}
		if (!ok)
			return false;
	}
	return true;
}

static bool
find(struct fill *fl, struct found *found)
{
	switch (fl->v->kind) {
	case GAZ_VIEW_STORIES:
		return query_stories(fl->s, fl->f, fl->a, found, fl->err);
	case GAZ_VIEW_ITEMS:
		return query_items(fl->s, fl->f, fl->a, found, fl->err);
	case GAZ_VIEW_FEEDS:
		break;
	}
	return query_feeds(fl->s, fl->f, fl->a, found, fl->err);
}

static bool
fill_instance(struct fill *fl)
{
	sqlite3_stmt *st = db_prepare(fl->s, "SELECT instance FROM state",
	    fl->err);

	if (st == NULL || db_step(fl->s, st, fl->err) != 1)
		return false;
	fl->v->instance = gaz_arena_str(fl->a, db_str(st, 0));
	sqlite3_reset(st);
	return true;
}

bool
gaz_store_query(struct gaz_store *s, const struct gaz_filter *f,
    bool with_evidence, gaz_utc now, struct gaz_view *v, struct gaz_err *err)
{
	struct fill fl = { .s = s, .f = f, .v = v, .a = &v->arena, .err = err,
		.now = now, .with_evidence = with_evidence };
	struct found found = { 0 };
	bool own = sqlite3_get_autocommit(s->db);
	bool ok;

	/* What the open transaction changed waits for its end otherwise. */
	if (!db_flush(s, err))
		return false;
	if (own && !DB_DO(s, err, "BEGIN"))
		return false;
	const gaz_str_list *wanted = f->languages.n > 0 ? &f->languages
	                                                : &f->prefer;
	for (size_t i = 0; i < wanted->n; i++)
		*gaz_list_push(fl.a, &fl.languages) =
		    db_primary_subtag(fl.a, wanted->v[i]);
	fl.feeds = gaz_map64_new();
	v->updated = GAZ_UTC_UNKNOWN;
	v->page = f->page > 1 ? f->page : 1;
	ok = fill_instance(&fl) && find(&fl, &found) &&
	    fill_ids(&fl, &found);
	v->more = found.more;
	gaz_map64_free(fl.feeds);
	polls_clear(&fl.polls);
	if (own)
		sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL);
	return ok;
}
