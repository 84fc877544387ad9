/*
 * Is this item one that we have? Ids would answer it if feeds kept to them.
 * Some give a new id with every fetch, some one id to every article, some none;
 * many give all items the same link. So there are three looks:
 *
 *  1. inside the batch: the same thing twice is taken once;
 *  2. by key (the guid, else the link, else the content) in this feed;
 *  3. by link and title: in this feed for items whose guid changed, in all
 *     feeds because an article carried by several is one item.
 *
 * Two items of one document are never the same stored item, so what the second
 * look found is out of reach for the third. All is decided before anything is
 * written.
 */
#include "config.h"

#include "identity.h"

#include "gazetted/hash.h"

#define LOOK_MAX 64 /* stored or earlier items that one is compared with */

struct resolver {
	struct gaz_store *s;
	const struct gaz_batch *b;
	int64_t feed_id;
	uint32_t flags;
	struct identity *v;
	struct gaz_map64 *taken;  /* stored items that are in the batch */
	struct gaz_map64 *urls;   /* url_key to how many items have it */
	size_t *before;           /* earlier item with the same key, + 1 */
	size_t changed_ids;       /* of items that look like known ones */
};

/* A stored item that might be the one. */
struct candidate {
	int64_t item, feed;
	struct gaz_str guid, url;
	uint64_t title_hash, content_hash;
	gaz_utc published;
	uint32_t flags;
	bool member, left, has_url;
};

/* ---- what tells items apart */

/* Case, white space and punctuation do not count in a title. */
static uint64_t
hash_title(struct gaz_str title)
{
	char chunk[64];
	size_t n = 0;
	uint64_t sum = 0;

	for (size_t i = 0; i < title.len; i++) {
		char c = title.p[i];

		if (!gaz_is_alnum(c) && (unsigned char)c < 0x80)
			continue;
		chunk[n++] = gaz_to_lower(c);
		if (n == sizeof(chunk)) {
			sum = gaz_hash_mix(sum, gaz_hash64(chunk, n));
			n = 0;
		}
	}
	if (n == 0 && sum == 0)
		return gaz_hash_str(title);
	return gaz_hash_mix(sum, gaz_hash64(chunk, n));
}

/*
 * An address without what changes when a site moves to https or tidies up, so
 * that its articles do not all come again: scheme, "www.", a slash at the end.
 */
static struct gaz_str
page_of(struct gaz_str url)
{
	size_t at = gaz_str_find(url, GAZ_STR("://"), 0);

	if (at != GAZ_STR_NPOS)
		url = gaz_str_sub(url, at + 3, url.len);
	if (gaz_str_starts(url, "www."))
		url = gaz_str_sub(url, 4, url.len);
	if (gaz_str_ends(url, "/"))
		url = gaz_str_sub(url, 0, url.len - 1);
	return url;
}

static bool
is_same_page(struct gaz_str a, struct gaz_str b)
{
	return gaz_str_eq(page_of(a), page_of(b));
}

/* Leads to an article; a front page is shared by everything on it. */
static bool
is_specific(struct gaz_str url)
{
	return gaz_str_find_char(page_of(url), '/', 0) != GAZ_STR_NPOS;
}

/* The address of the site itself, in place of an id. */
static bool
is_site(struct gaz_str guid, struct gaz_str site)
{
	if (gaz_str_find(guid, GAZ_STR("://"), 0) == GAZ_STR_NPOS)
		return false;
	return !is_specific(guid) || is_same_page(guid, site);
}

static uint64_t
keyed(uint64_t kind, uint64_t hash)
{
	return gaz_hash_mix(kind, hash);
}

static void
make_keys(const struct gaz_batch_item *it, int64_t feed_id,
    struct identity *id)
{
	id->title_hash = hash_title(it->title);
	if (!gaz_str_is_empty(it->guid) &&
	    (it->flags & GAZ_ITEM_ID_DERIVED) == 0)
		id->guid = it->guid;
	if (!gaz_str_is_empty(it->url))
		id->url_key = keyed('u', gaz_hash_str(page_of(it->url)));
	else
		id->url_key = keyed((uint64_t)feed_id << 8 | 't',
		    id->title_hash);
	if (id->guid.p != NULL)
		id->key = keyed('g', gaz_hash_str(id->guid));
	else if (!gaz_str_is_empty(it->url))
		id->key = id->url_key;
	else
		id->key = keyed('c', gaz_hash_mix(id->title_hash,
		    it->content_hash));
}

static bool
knows_date(const struct gaz_batch_item *it)
{
	return it->published != GAZ_UTC_UNKNOWN &&
	    (it->flags & GAZ_ITEM_DATE_UNKNOWN) == 0;
}

enum dates {
	DATES_UNKNOWN,
	DATES_SAME,
	DATES_DIFFER,
};

static enum dates
compare_dates(const struct gaz_batch_item *it, const struct candidate *c)
{
	if (!knows_date(it) || (c->flags & GAZ_ITEM_DATE_UNKNOWN) != 0)
		return DATES_UNKNOWN;
	return it->published == c->published ? DATES_SAME : DATES_DIFFER;
}

/* ---- first look: repeated inside the batch */

/*
 * The same id twice is one item. Except when the links differ, or when the id
 * is no more than the link that all of them share: then titles tell.
 */
static bool
repeats(const struct resolver *r, size_t i, size_t j)
{
	const struct gaz_batch_item *a = &r->b->items.v[i];
	const struct gaz_batch_item *b = &r->b->items.v[j];
	bool same_title = r->v[i].title_hash == r->v[j].title_hash;

	if (!gaz_str_eq(r->v[i].guid, r->v[j].guid))
		return false;
	if (!is_same_page(a->url, b->url))
		return false;
	if (same_title)
		return r->v[i].guid.p != NULL ||
		    a->content_hash == b->content_hash ||
		    !gaz_str_is_empty(a->url);
	return r->v[i].guid.p != NULL && !is_site(a->guid, r->b->link);
}

static bool
is_newer(const struct gaz_batch_item *a, const struct gaz_batch_item *b)
{
	return a->updated != GAZ_UTC_UNKNOWN &&
	    (b->updated == GAZ_UTC_UNKNOWN || a->updated > b->updated);
}

/* The item that stands for i and its repetitions. */
static size_t
root_of(const struct resolver *r, size_t i)
{
	while (r->v[i].same_as != i)
		i = r->v[i].same_as;
	return i;
}

/* The first stays, unless the second says that it is a later state. */
static void
look_inside(struct resolver *r)
{
	struct gaz_map64 *last = gaz_map64_new();
	const struct gaz_batch_item *items = r->b->items.v;

	for (size_t i = 0; i < r->b->items.n; i++) {
		uint64_t before = 0;
		size_t looks = 0;

		gaz_map64_find(last, r->v[i].key, &before);
		r->before[i] = (size_t)before;
		gaz_map64_put(last, r->v[i].key, i + 1);
		for (size_t j = (size_t)before; j != 0 && looks < LOOK_MAX;
		    j = r->before[j - 1], looks++) {
			size_t first;

			if (!repeats(r, j - 1, i))
				continue;
			first = root_of(r, j - 1);
			if (is_newer(&items[i], &items[first]))
				r->v[first].same_as = i;
			else
				r->v[i].same_as = first;
			break;
		}
	}
	gaz_map64_free(last);
}

/*
 * Under different ids, but the same in everything a reader sees. Links that
 * several items have, and ids that several links have, are noticed here.
 */
static void
look_at_links(struct resolver *r)
{
	struct gaz_map64 *seen = gaz_map64_new();

	for (size_t i = 0; i < r->b->items.n; i++) {
		const struct gaz_batch_item *it = &r->b->items.v[i];
		uint64_t n = 0, first, all;

		if (r->v[i].same_as != i)
			continue;
		all = gaz_hash_mix(gaz_hash_mix(r->v[i].url_key,
		    r->v[i].title_hash), it->content_hash);
		if (gaz_map64_find(seen, all, &first) &&
		    is_same_page(it->url, r->b->items.v[first].url) &&
		    gaz_str_eq(it->title, r->b->items.v[first].title)) {
			r->v[i].same_as = (size_t)first;
			continue;
		}
		gaz_map64_put(seen, all, i);
		gaz_map64_find(r->urls, r->v[i].url_key, &n);
		gaz_map64_put(r->urls, r->v[i].url_key, n + 1);
		if (r->before[i] != 0 && r->v[i].guid.p != NULL &&
		    root_of(r, r->before[i] - 1) != i &&
		    gaz_str_eq(r->v[r->before[i] - 1].guid, r->v[i].guid))
			r->flags |= FEED_SHARED_IDS;
	}
	gaz_map64_free(seen);
}

/* ---- second look: by key in this feed */

static void
read_candidate(sqlite3_stmt *st, struct candidate *c)
{
	c->item = sqlite3_column_int64(st, 0);
	c->feed = sqlite3_column_int64(st, 1);
	c->url = db_str(st, 2);
	c->title_hash = (uint64_t)sqlite3_column_int64(st, 3);
	c->content_hash = (uint64_t)sqlite3_column_int64(st, 4);
	c->published = sqlite3_column_int64(st, 5);
	c->flags = (uint32_t)sqlite3_column_int64(st, 6);
	c->member = sqlite3_column_type(st, 7) != SQLITE_NULL;
	c->left = sqlite3_column_type(st, 8) != SQLITE_NULL;
	c->guid = db_str(st, 9);
	c->has_url = !gaz_str_is_empty(c->url);
}

static void
accept(struct resolver *r, size_t i, const struct candidate *c)
{
	struct identity *id = &r->v[i];

	id->item = c->item;
	id->feed = c->feed;
	id->member = c->member;
	id->left = c->left;
	id->content_hash = c->content_hash;
	id->published = c->published;
	id->flags = c->flags;
	gaz_map64_put(r->taken, (uint64_t)c->item, i);
}

/*
 * The key agrees. It is the same article unless the feed uses one id for
 * several: then link and title must speak for it as well. 0: another one;
 * the best of those above 0 is taken.
 */
static int
judge_same_key(const struct resolver *r, size_t i, const struct candidate *c)
{
	const struct gaz_batch_item *it = &r->b->items.v[i];
	const struct identity *id = &r->v[i];
	bool same_title = id->title_hash == c->title_hash;
	bool same_url = is_same_page(it->url, c->url);
	bool no_url = gaz_str_is_empty(it->url) || !c->has_url;
	bool shared = (r->flags & FEED_SHARED_IDS) != 0;
	uint64_t n = 0;

	if (same_url && same_title)
		return c->content_hash == it->content_hash ? 4 : 3;
	if (id->guid.p == NULL) {
		/* The link is the key, and shared by several: titles tell. */
		gaz_map64_find(r->urls, id->url_key, &n);
		return same_url && is_specific(it->url) && n < 2 ? 2 : 0;
	}
	if (same_url || no_url) {
		if (!shared)
			return !is_site(id->guid, r->b->link) ||
			    compare_dates(it, c) == DATES_SAME ? 2 : 0;
		return same_title || (same_url && is_specific(it->url));
	}
	if (same_title)
		return !shared || compare_dates(it, c) != DATES_DIFFER;
	/* Title and link are new: an edit keeps at least the date. */
	return !shared && compare_dates(it, c) == DATES_SAME;
}

static bool
look_by_key(struct resolver *r, size_t i, struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(r->s, "SELECT i.id, i.feed, i.url, "
	    "i.title_hash, i.content_hash, i.published, i.flags, f.feed, "
	    "f.left_at, f.guid FROM item_feed f JOIN item i ON i.id = f.item "
	    "WHERE f.feed = ?1 AND f.key = ?2 ORDER BY f.item DESC LIMIT ?3",
	    err);
	struct candidate best = { 0 }, c;
	bool other = false;
	int rc, most = 0;

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, r->feed_id);
	sqlite3_bind_int64(st, 2, (int64_t)r->v[i].key);
	sqlite3_bind_int64(st, 3, LOOK_MAX);
	while ((rc = db_step(r->s, st, err)) == 1) {
		int good;

		read_candidate(st, &c);
		if (!gaz_str_eq(c.guid, r->v[i].guid) ||
		    gaz_map64_find(r->taken, (uint64_t)c.item, NULL))
			continue;
		good = judge_same_key(r, i, &c);
		if (good == 0)
			other = true;
		if (good > most) {
			most = good;
			best = c;
		}
	}
	if (rc == -1)
		return false;
	if (most > 0)
		accept(r, i, &best);
	else if (other && r->v[i].guid.p != NULL)
		r->flags |= FEED_SHARED_IDS;
	return true;
}

/* ---- third look: by link and title */

/* In this feed, under another id: did the id change, or is it another one? */
static int
judge_same_feed(const struct resolver *r, size_t i, const struct candidate *c)
{
	const struct gaz_batch_item *it = &r->b->items.v[i];
	const struct identity *id = &r->v[i];
	bool unstable = (r->flags & FEED_UNSTABLE_IDS) != 0;
	uint64_t n = 0;

	if (c->content_hash == it->content_hash &&
	    c->title_hash == id->title_hash)
		return 3;
	gaz_map64_find(r->urls, id->url_key, &n);
	if (n > 1)
		return 0;
	if (c->title_hash == id->title_hash) {
		if (unstable || compare_dates(it, c) == DATES_SAME)
			return 2;
		/* Without ids nothing speaks against it but the date. */
		return id->guid.p == NULL && c->guid.p == NULL &&
		    compare_dates(it, c) != DATES_DIFFER ? 2 : 0;
	}
	return unstable && is_specific(it->url) &&
	    compare_dates(it, c) != DATES_DIFFER;
}

/* In another feed: the same page is the same item. */
static int
judge_other_feed(const struct resolver *r, size_t i, const struct candidate *c)
{
	const struct gaz_batch_item *it = &r->b->items.v[i];
	uint64_t n = 0;

	if (!is_specific(it->url))
		return 0;
	gaz_map64_find(r->urls, r->v[i].url_key, &n);
	if (c->title_hash == r->v[i].title_hash)
		return 2;
	return n < 2;
}

static bool
look_by_link(struct resolver *r, size_t i, struct gaz_err *err)
{
	sqlite3_stmt *st = db_prepare(r->s, "SELECT i.id, i.feed, i.url, "
	    "i.title_hash, i.content_hash, i.published, i.flags, f.feed, "
	    "f.left_at, f.guid FROM item i LEFT JOIN item_feed f "
	    "ON f.item = i.id AND f.feed = ?1 WHERE i.url_key = ?2 "
	    "ORDER BY i.id DESC LIMIT ?3", err);
	const struct gaz_batch_item *it = &r->b->items.v[i];
	struct candidate best = { 0 }, c;
	int rc, most = 0, others = 0;
	bool renamed = false;

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, r->feed_id);
	sqlite3_bind_int64(st, 2, (int64_t)r->v[i].url_key);
	sqlite3_bind_int64(st, 3, LOOK_MAX);
	while ((rc = db_step(r->s, st, err)) == 1) {
		int good;

		read_candidate(st, &c);
		if (!is_same_page(c.url, it->url))
			continue;
		others += !c.member;
		if (gaz_map64_find(r->taken, (uint64_t)c.item, NULL))
			continue;
		renamed = renamed || (c.member && it->guid.p != NULL &&
		    c.title_hash == r->v[i].title_hash);
		/* What the feed has itself is nearer. */
		good = c.member ? 3 * judge_same_feed(r, i, &c) :
		    judge_other_feed(r, i, &c);
		if (good > most) {
			most = good;
			best = c;
		}
	}
	if (rc == -1)
		return false;
	r->changed_ids += renamed;
	/* A link of several items elsewhere says nothing without the title. */
	if (most == 0 || (most == 1 && !best.member && others > 1))
		return true;
	accept(r, i, &best);
	r->v[i].new_guid = best.member;
	return true;
}

/*
 * Some titles and links are there again under new ids. A feed of one item, say
 * today's weather, may do that in good faith; one of several does not.
 */
static bool
look_like_unstable(const struct resolver *r)
{
	return r->changed_ids >= 2 && r->changed_ids * 2 >= r->b->items.n;
}

bool
identity_resolve(struct gaz_store *s, int64_t feed_id,
    const struct gaz_batch *b, uint32_t flags, struct gaz_arena *a,
    struct identities *out, struct gaz_err *err)
{
	size_t n = b->items.n;
	struct resolver r = { .s = s, .b = b, .feed_id = feed_id,
		.flags = flags };
	bool ok = true;

	r.v = gaz_arena_alloc(a, (n + 1) * sizeof(*r.v));
	r.before = gaz_arena_alloc(a, (n + 1) * sizeof(*r.before));
	r.taken = gaz_map64_new();
	r.urls = gaz_map64_new();
	for (size_t i = 0; i < n; i++) {
		make_keys(&b->items.v[i], feed_id, &r.v[i]);
		r.v[i].same_as = i;
	}
	look_inside(&r);
	look_at_links(&r);
	for (size_t i = 0; ok && i < n; i++) {
		if (r.v[i].same_as == i)
			ok = look_by_key(&r, i, err);
	}
	for (size_t i = 0; ok && i < n; i++) {
		if (r.v[i].same_as == i && r.v[i].item == 0)
			ok = look_by_link(&r, i, err);
	}
	gaz_map64_free(r.taken);
	gaz_map64_free(r.urls);
	if (!ok)
		return false;
	for (size_t i = 0; i < n; i++)
		r.v[i].same_as = root_of(&r, i);
	out->v = r.v;
	out->flags = r.flags;
	out->ids_changed = look_like_unstable(&r);
	return true;
}
