#ifndef GAZETTED_DAEMON_PRESSURE_H
#define GAZETTED_DAEMON_PRESSURE_H

#include <stdbool.h>
#include <stddef.h>

#include "gazetted/limits.h"

/*
 * What has been fetched and waits: for a worker, and for the writer. When it is
 * much, no more is asked for. Enough may wait that worker and writer have
 * something to do while the next answers are under way; in bytes, because an
 * answer may be small or GAZ_BODY_MAX.
 */
struct gaz_pressure {
	size_t parsing, parsing_bytes;
	size_t storing, storing_bytes;
};

/* Whether fetching should pause. Pure. */
static inline bool
gaz_pressure_is_high(const struct gaz_pressure *p)
{
	return p->parsing >= GAZ_PARSE_BACKLOG ||
	    p->parsing_bytes >= GAZ_BACKLOG_BYTES ||
	    p->storing >= GAZ_STORE_BACKLOG ||
	    p->storing_bytes >= GAZ_BACKLOG_BYTES;
}

#endif
