#ifndef GAZETTED_DAEMON_WALK_H
#define GAZETTED_DAEMON_WALK_H

#include "gazetted/batch.h"
#include "gazetted/clock.h"
#include "gazetted/map.h"

/*
 * The way back through a feed's past (RFC 5005): which page comes next, and
 * when to stop. Pure. One thread at a time.
 */
enum gaz_walk_end {
	GAZ_WALK_ON,        /* there is one more page */
	GAZ_WALK_COMPLETE,  /* the oldest page links to none before it */
	GAZ_WALK_NO_PAST,   /* not even the feed itself links to one */
	GAZ_WALK_CIRCLE,
	GAZ_WALK_ELSEWHERE, /* the link leads to another origin */
	GAZ_WALK_LIMIT,     /* GAZ_HISTORY_PAGES_MAX pages */
};

/* A plain value, zeroed to begin with. */
struct gaz_walk {
	struct gaz_arena arena;
	struct gaz_map *seen;       /* addresses asked for */
	struct gaz_str home, found; /* the feed's address, and where it was */
	bool archived;              /* by prev-archive (section 4), not next */
	int pages;                  /* behind the feed itself */
};

void gaz_walk_begin(struct gaz_walk *w, struct gaz_str url);
void gaz_walk_clear(struct gaz_walk *w);
/*
 * The page at final_url was read: where its batch leads. *url is set for
 * GAZ_WALK_ON and lives as long as w. Pages of another origin than the feed's
 * (as it was given or as it was found) are not asked for: an archive is part
 * of its feed, and a feed may not send us around the web.
 */
enum gaz_walk_end gaz_walk_next(struct gaz_walk *w, const struct gaz_batch *b,
    struct gaz_str final_url, struct gaz_str *url);
/* In words, for a person. */
const char *gaz_walk_end_text(enum gaz_walk_end e);

/*
 * How many seconds to wait before the same page is asked for again after it
 * failed tries times; -1: give up. retry_after_s INT64_MIN: not said.
 */
int64_t gaz_walk_retry_s(enum gaz_fault fault, int tries,
    int64_t retry_after_s);

#endif
