#ifndef GAZETTED_FETCH_HEAD_H
#define GAZETTED_FETCH_HEAD_H

#include "gazetted/arena.h"
#include "gazetted/clock.h"

/*
 * The head of an answer (RFC 9110), line by line as it arrives. Of a field
 * that may stand once only the first is taken. Texts are in the arena. Pure.
 */
struct gaz_head {
	struct gaz_arena *arena;
	int status;             /* 0: no status line yet */
	size_t bytes, lines;    /* of interim answers too */
	bool complete;          /* the empty line came */
	/* NULL: there is none. */
	const char *etag, *last_modified, *content_type, *location;
	const char *hub, *self; /* as they stand in Link; of hubs
	                           GAZ_WEBSUB_HUBS_MAX, a line each */
	int64_t content_length; /* INT64_MIN: not said; the same below */
	int64_t age, max_age;   /* seconds */
	const char *expires, *date, *retry_after;
	bool digest, basic;     /* ways that WWW-Authenticate offers */
	bool im_feed, im_other; /* manipulations that IM names (RFC 3229) */
	const char *delta_base; /* which ETag the delta is against */
};

/* There is nothing to clear but the arena, which is kept. */
void gaz_head_init(struct gaz_head *h, struct gaz_arena *a);

/* Take a line with its end; false when the head is larger than it may be
 * (GAZ_HEADERS_MAX, GAZ_HEADER_LINES_MAX). */
bool gaz_head_line(struct gaz_head *h, struct gaz_str line)
    __attribute__((warn_unused_result));

/* How long the answer stays fresh, less its age; INT64_MIN: not said. */
int64_t gaz_head_fresh_s(const struct gaz_head *h, gaz_utc now);
/* INT64_MIN: not said, or past, or absurd. */
int64_t gaz_head_retry_after_s(const struct gaz_head *h, gaz_utc now);

#endif
