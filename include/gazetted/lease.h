#ifndef GAZETTED_LEASE_H
#define GAZETTED_LEASE_H

#include "gazetted/store.h"

/*
 * Subscriptions at WebSub hubs (W3C Recommendation, 23 January 2018), as the
 * store keeps them: a feed has one, and some more that are spare or are being
 * given up.
 */
enum gaz_lease_state {
	GAZ_LEASE_ASKED,   /* not verified (any more) */
	GAZ_LEASE_ACTIVE,
	GAZ_LEASE_DENIED,
	GAZ_LEASE_LEAVING, /* to be given up, as soon as the hub knows */
	GAZ_LEASE_SPARE,   /* another hub of the feed that failed: another is
	                      asked in its place, it itself not before next */
};

struct gaz_store_lease {
	/* The last part of callback, the key: nobody can guess it. It is
	 * stored as it is, since the hub has to be told again. */
	struct gaz_str token;
	int64_t feed_id;       /* the feed itself may be gone */
	struct gaz_str hub, topic, callback;
	enum gaz_lease_state state;
	struct gaz_str secret; /* of the lease; absent: there is none */
	struct gaz_str next_secret; /* of the one that is asked for */
	bool open;             /* a request is out and not verified */
	gaz_utc asked;         /* the last request */
	gaz_utc since;         /* active without a break */
	gaz_utc ends, next;    /* the lease; the next request */
	int64_t brief;         /* short leases in a row */
	int64_t failures;      /* requests in a row */
	enum gaz_fault fault;  /* of the last one */
	struct gaz_str fault_text;
	gaz_utc missed;        /* a poll found what was not delivered */
	/* Counted by gaz_store_note_delivery, which put leaves as they are. */
	int64_t deliveries, known; /* known: of these, with nothing new */
	gaz_utc last_delivery;
};
typedef GAZ_LIST(struct gaz_store_lease) gaz_store_lease_list;

/* "asked", "active", "denied", "leaving", "spare". */
const char *gaz_lease_state_name(enum gaz_lease_state state);

bool gaz_store_put_lease(struct gaz_store *s, const struct gaz_store_lease *l,
    struct gaz_err *err) __attribute__((warn_unused_result));
bool gaz_store_drop_lease(struct gaz_store *s, struct gaz_str token,
    struct gaz_err *err) __attribute__((warn_unused_result));
/* feed_id 0: of all feeds. Of a feed, the one that counts comes first, those
 * that are left last. Strings live in the arena. */
bool gaz_store_load_leases(struct gaz_store *s, int64_t feed_id,
    struct gaz_arena *a, gaz_store_lease_list *out, struct gaz_err *err)
    __attribute__((warn_unused_result));
/* A delivery was taken; the hub is not quiet. */
bool gaz_store_note_delivery(struct gaz_store *s, struct gaz_str token,
    gaz_utc when, bool known, struct gaz_err *err)
    __attribute__((warn_unused_result));
/* An answer without a document named these hubs (a line each) and address: they
 * replace what the feed has. Nothing is written when it has them. */
bool gaz_store_put_hubs(struct gaz_store *s, int64_t feed_id,
    struct gaz_str hubs, struct gaz_str self, struct gaz_err *err)
    __attribute__((warn_unused_result));
/* When a feed is due, and why, has changed without a fetch. */
bool gaz_store_put_next_fetch(struct gaz_store *s, int64_t feed_id,
    gaz_utc next_fetch, struct gaz_str reason, struct gaz_err *err)
    __attribute__((warn_unused_result));

#endif
