#ifndef GAZETTED_DAEMON_ADDING_H
#define GAZETTED_DAEMON_ADDING_H

#include "app.h"

/*
 * A person subscribes to an address. It is asked for once; when a feed comes,
 * that answer is its first one. When a page comes instead, the feeds that it
 * links to are looked at (<link rel="alternate">) and one of them is asked for:
 * one more request, and no guessing. What fails for good is refused, what may
 * mend (a server that is down) is subscribed to and tried again. Loop only.
 */
enum gaz_adding_which {
	GAZ_ADDING_BEST, /* of a page's feeds the first that is no list of
	                    comments */
	GAZ_ADDING_PICK, /* the pick-th */
	GAZ_ADDING_ALL,
};

/* Text is copied. */
struct gaz_adding_order {
	struct gaz_str url, title; /* title absent: the address is its name */
	gaz_str_list tags;
	enum gaz_adding_which which;
	size_t pick;               /* from 1 */
	bool unchecked;            /* subscribe without asking first */
};

/* One feed that a page links to. */
struct gaz_adding_found {
	struct gaz_str url, type, title;
	bool taken;
};

/* Lent for the call. */
struct gaz_adding_result {
	struct gaz_err err;        /* not NONE: nothing was subscribed to */
	bool refused;              /* by what came, rather than by ourselves */
	int64_t feed_id;           /* the first of them */
	int64_t added, known;
	struct gaz_str url, title; /* of the feed itself; title may be absent */
	int64_t items;             /* new ones */
	enum gaz_fault fault;      /* of the request; NONE: fetched */
	struct gaz_str fault_text;
	struct gaz_str page;       /* absent: url was a feed itself */
	GAZ_LIST(struct gaz_adding_found) found;
};
typedef void (*gaz_adding_done_fn)(struct gaz_app *app,
    const struct gaz_adding_result *r, void *arg);

/* done is called exactly once, now or later. */
void gaz_adding_start(struct gaz_app *app,
    const struct gaz_adding_order *order, gaz_adding_done_fn done, void *arg);

/* The place of the one to take in found by itself, from 0. Pure. n > 0. */
size_t gaz_adding_best(const struct gaz_adding_found *v, size_t n);

#endif
