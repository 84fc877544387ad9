#ifndef GAZETTED_VIEW_H
#define GAZETTED_VIEW_H

#include "gazetted/arena.h"
#include "gazetted/batch.h"
#include "gazetted/clock.h"

/*
 * What readers ask for (a filter) and what they get (a view): plain data that
 * the store fills and the exporters write. All memory is the view's arena.
 */
enum gaz_view_kind {
	GAZ_VIEW_STORIES,
	GAZ_VIEW_ITEMS,
	GAZ_VIEW_FEEDS,
};

struct gaz_filter {
	gaz_str_list tags;      /* any of them; of the feed or of the item */
	gaz_str_list feeds;     /* names of [feed] sections or ids, any of them */
	gaz_str_list languages; /* primary subtags, any of them */
	gaz_str_list prefer;    /* stories: the headline is the leading one in
	                         * the first of these languages that has one;
	                         * only when languages is empty */
	struct gaz_str query;   /* words, all of them; absent: no search */
	gaz_utc since;          /* GAZ_UTC_UNKNOWN: no bound */
	int64_t min_sources;    /* stories: independent outlets at least */
	int64_t limit;          /* 0: GAZ_VIEW_LIMIT */
	int64_t page;           /* from 1; 0 means 1 */
	bool hide_duplicates;   /* items: one of a story's copies only */
	int64_t story_id;       /* 0: any */
	int64_t item_id;        /* 0: any */
	int64_t from_id;        /* items: that id and greater ones, in order of
	                           arrival; 0: any, the newest first */
};

/* A filter that lets everything through. */
void gaz_filter_init(struct gaz_filter *f);

struct gaz_view_feed {
	int64_t id;
	struct gaz_str name;  /* of the section, unique */
	struct gaz_str title; /* configured, else the document's, else name */
	struct gaz_str url, site_url, language, icon;
	struct gaz_str host; /* of url, when its name mixes scripts: as it
	                      * looks and, in brackets, as it is; else absent.
	                      * Whoever asked the store fills it in. */
	struct gaz_str icon_hash; /* of what we have at /icon/; absent: none */
	gaz_str_list tags;
	bool enabled;
	gaz_utc last_fetch, last_success, last_new, next_fetch;
	enum gaz_fault fault; /* of the last fetch */
	struct gaz_str fault_text, next_reason, flags;
	int64_t failures;     /* in a row */
	int64_t items;        /* stored */
	int64_t http_status;
	struct gaz_str hub;   /* how its WebSub hub does: "active", "quiet",
	                       * "asked", "denied"; absent: none asked */
};

struct gaz_view_item {
	int64_t id, story_id; /* story_id 0: none yet */
	int64_t feed_id;
	struct gaz_str feed_name, feed_title, feed_site_url, feed_url;
	struct gaz_str feed_icon_hash;
	struct gaz_str guid, url, title, author, summary, content, language;
	struct gaz_str thumbnail, comments;
	struct gaz_str host;     /* as of a feed */
	int64_t chars;           /* of the plain text; 0: not counted */
	gaz_utc published, updated, first_seen;
	gaz_str_list categories, tags;
	gaz_enclosure_list enclosures;
	struct gaz_str extra;    /* see extra.h; with the content only */
	bool copy;               /* a copy of an earlier item of the story */
	struct gaz_str evidence; /* JSON, of its membership; on request */
};

struct gaz_view_story {
	int64_t id;
	struct gaz_str headline, summary, language, url, thumbnail;
	gaz_str_list languages;  /* primary subtags, most used first */
	int64_t sources;         /* independent outlets */
	int64_t members;         /* items */
	double heat;
	gaz_utc first_seen, last_grown, updated;
	bool open;
	bool pinned;             /* a person says that it is right */
	int64_t merged_into;     /* asked by an old id; 0: not merged */
	GAZ_LIST(struct gaz_view_item) items; /* leading first, then by time */
};

struct gaz_view {
	struct gaz_arena arena;
	enum gaz_view_kind kind;
	struct gaz_str title, subtitle;
	struct gaz_str instance; /* of the database, kept for ever; may be
	                          * absent: makes ids unique in the world */
	struct gaz_str base_url; /* no slash at the end; absent: unknown */
	struct gaz_str hub;      /* WebSub, absolute; absent: there is none */
	struct gaz_str path;     /* of this view with its query: "/stories.atom" */
	gaz_utc updated;         /* newest change inside; unknown when empty */
	int64_t page;            /* from 1 */
	bool more;               /* there is a next page */
	GAZ_LIST(struct gaz_view_story) stories;
	GAZ_LIST(struct gaz_view_item) items;
	GAZ_LIST(struct gaz_view_feed) feeds;
};

struct gaz_view *gaz_view_new(enum gaz_view_kind kind);
void gaz_view_free(struct gaz_view *v);

#endif
