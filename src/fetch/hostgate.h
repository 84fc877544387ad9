#ifndef GAZETTED_FETCH_HOSTGATE_H
#define GAZETTED_FETCH_HOSTGATE_H

#include "uri.h"

#include <stddef.h>
#include <stdint.h>

#include "gazetted/clock.h"

/*
 * Whose turn is it? At most so many requests at once, in all and to a host,
 * and a pause between the starts of two to one host. A host is counted by
 * registrable domain when its name is public, by address when it is a literal,
 * by name otherwise; public names on one address share the pause. Requests to
 * one host go in order and never hold up those to another. No I/O and no
 * clock; one thread at a time.
 */
struct gaz_hostgate;
struct gaz_hostgate_host;

struct gaz_hostkey {
	char text[GAZ_HOST_MAX + 1];
	/* Who cools after a 429: as text when public, else with the port. */
	char cool[GAZ_HOST_MAX + 8];
	bool is_public;
};
void gaz_hostkey_of(const struct gaz_uri *uri, struct gaz_hostkey *out);

/* Part of what waits; owned by the caller, zeroed before its first use. */
struct gaz_hostgate_wait {
	struct gaz_hostgate_wait *prev, *next;
	struct gaz_hostgate_host *host; /* NULL: in no gate */
	int64_t not_before;    /* ms; when it came, or its turn on address */
	int64_t next_before;   /* the host's pause before it was taken */
	uint64_t address;      /* hash of the one its turn was counted on */
	bool reserved;         /* not_before is its turn on address */
	bool urgent, started, as_suspect;
};

struct gaz_hostgate_limits {
	int connections, connections_per_host;
	int64_t gap_ms;
};

struct gaz_hostgate *gaz_hostgate_new(const struct gaz_hostgate_limits *l);
/* What still waits is forgotten, not freed. */
void gaz_hostgate_free(struct gaz_hostgate *g);
void gaz_hostgate_configure(struct gaz_hostgate *g,
    const struct gaz_hostgate_limits *l, struct gaz_mono now);

/* Queue w, which is in no gate. urgent: before all that is not. */
void gaz_hostgate_put(struct gaz_hostgate *g, struct gaz_hostgate_wait *w,
    const struct gaz_hostkey *key, bool urgent, struct gaz_mono now);
/*
 * The next that may start, or NULL with *wait_ms set to when to ask again
 * (INT64_MAX: not before a put, an end or other limits).
 */
struct gaz_hostgate_wait *gaz_hostgate_take(struct gaz_hostgate *g,
    struct gaz_mono now, int64_t *wait_ms);
/* w, waiting or taken, leaves: it is done, or was given up. */
void gaz_hostgate_end(struct gaz_hostgate *g, struct gaz_hostgate_wait *w,
    struct gaz_mono now);
/* w was taken but nothing was sent: as end, and the pause is not begun. */
void gaz_hostgate_give_back(struct gaz_hostgate *g,
    struct gaz_hostgate_wait *w, struct gaz_mono now);

/*
 * w, which was taken, is about to connect to an address. false: other names on
 * it had their turn just now; end w and put it again, where it waits for its
 * own.
 */
bool gaz_hostgate_meet(struct gaz_hostgate *g, struct gaz_hostgate_wait *w,
    const void *address, size_t len, struct gaz_mono now);

/* The host of w does not answer (or does again): such hosts share half of the
 * connections, and an eighth while others could go. Before end. */
void gaz_hostgate_suspect(struct gaz_hostgate *g, struct gaz_hostgate_wait *w,
    bool suspect, struct gaz_mono now);

/* Do others wait for the host of w, which was taken? */
bool gaz_hostgate_has_more(const struct gaz_hostgate_wait *w);

/*
 * silent: how many that were taken, and not as suspects, wait for their host in
 * vain so far. How many of them should be broken off, because all places are
 * taken and hosts of good name wait: suspects may have an eighth.
 */
size_t gaz_hostgate_squeeze(const struct gaz_hostgate *g, size_t silent,
    struct gaz_mono now);

size_t gaz_hostgate_running(const struct gaz_hostgate *g);
size_t gaz_hostgate_waiting(const struct gaz_hostgate *g);
/* Hosts with a line that have room for a connection, or will when their pause
 * is over; without suspects. */
size_t gaz_hostgate_ready(const struct gaz_hostgate *g);
size_t gaz_hostgate_hosts(const struct gaz_hostgate *g);

/* Hosts that asked for rest by a 429. */
struct gaz_cooling;
struct gaz_cooling *gaz_cooling_new(void);
void gaz_cooling_free(struct gaz_cooling *c);
/* key is a gaz_hostkey's cool. ms < 0: not said; then 5 minutes, doubled with
 * each time up to a day. */
void gaz_cooling_put(struct gaz_cooling *c, const char *key, int64_t ms,
    struct gaz_mono now);
/* It answered otherwise; means nothing while it cools, since that request was
 * under way already. */
void gaz_cooling_remove(struct gaz_cooling *c, const char *key,
    struct gaz_mono now);
/* ms left; 0: it does not cool. */
int64_t gaz_cooling_left(const struct gaz_cooling *c, const char *key,
    struct gaz_mono now);

#endif
