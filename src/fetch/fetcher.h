#ifndef GAZETTED_FETCH_FETCHER_H
#define GAZETTED_FETCH_FETCHER_H

#include <event2/event.h>

#include "evcurl.h"
#include "gazetted/fetch.h"
#include "gazetted/limits.h"
#include "gazetted/vec.h"
#include "hop.h"
#include "hostgate.h"
#include "proxy.h"
#include "settings.h"
#include "uri.h"

/*
 * A fetch goes through these states:
 *
 *   WAITING --(the gate gives it a turn)--> RUNNING --> FINISHED --> freed
 *      ^                                       |
 *      +---(a redirect, or one more try)-------+
 *
 * RUNNING has a hop, that is an easy handle in the multi. FINISHED waits in a
 * list for the tick, the one place that calls done, from the loop and never
 * from inside libcurl; so a callback may start, cancel and free as it likes.
 */
enum gaz_fetch_state {
	GAZ_FETCH_WAITING,
	GAZ_FETCH_RUNNING,
	GAZ_FETCH_FINISHED,
	GAZ_FETCH_DELIVERED,
};

struct gaz_fetch {
	struct gaz_hostgate_wait wait; /* first: the gate gives us this */
	struct gaz_fetch *prev, *next; /* in the fetcher's list of all */
	struct gaz_fetch *next_finished;
	struct gaz_fetcher *fetcher;
	struct gaz_arena arena;   /* of all its text, that of the answer too */
	enum gaz_fetch_state state;
	gaz_fetch_done_fn done;
	void *arg;

	/* What was asked for. */
	struct gaz_uri uri;       /* of the hop that is next or under way */
	const char *etag, *last_modified, *user, *password, *post;
	const char *user_agent, *proxy; /* NULL: the fetcher's */
	const char *accept;       /* NULL: feeds */
	const char **headers;     /* NULL-terminated or NULL */
	const char *validators_url; /* where these belong; NULL: see below */
	struct gaz_fetch_cidr *allow;
	size_t allow_count, max_body;
	int64_t timeout_ms;
	bool tls_insecure, urgent, user_in_url, stay;

	/* Where it is. */
	struct gaz_hop *hop;
	size_t index;             /* in the fetcher's running, while hop is */
	struct gaz_hop_plan plan;
	struct gaz_settings *settings; /* of the plan */
	const char *seen[GAZ_REDIRECTS_MAX + 1]; /* URLs of the hops so far */
	int redirects;
	bool at_home;             /* still on the origin of the request, so that
	                             credentials may be sent */
	bool permanent;           /* only 301 and 308 so far */
	bool fresh, plain, digest; /* second tries, each at most once */
	int64_t hop_started_ms, spent_ms;
	bool in_time;             /* the first look at the timer is over */

	struct gaz_fetch_result result;
};

struct gaz_fetcher {
	struct event_base *base;
	struct gaz_settings *settings;
	struct gaz_evcurl *evcurl;
	struct gaz_hostgate *gate;
	struct gaz_cooling *cooling;
	struct gaz_proxy_env env;
	struct event *tick, *turn; /* deliver and start now; when a gap ends */
	struct event *squeeze;     /* while all connections are taken */
	struct gaz_fetch *all, *finished, **finished_end;
	GAZ_VEC(struct gaz_fetch *) running; /* oldest first, about */
	struct gaz_hop *idle;      /* hops for use again */
	struct gaz_fetch *spare;   /* and fetches, linked by next */
	size_t idle_count, spare_count;

	int64_t window_ms;         /* hops are counted by windows of time */
	size_t starts, last_starts; /* in this one and in the one before */

	struct gaz_mono policy_since; /* older connections are not used */
	bool policy_changed, paused;
	int holds;                 /* callbacks under way: do not free */
	bool closing, doomed;
};

/* fetch.c: the beginning and the end */

/* t->result is complete; done follows from the loop. */
void gaz_fetch_finish(struct gaz_fetch *t);
/* The same with this fault and text. */
void gaz_fetch_fail(struct gaz_fetch *t, enum gaz_fault fault,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Deliver and start what can be, soon, from the loop. */
void gaz_fetcher_tick_soon(struct gaz_fetcher *f);

/* turn.c: from the line to a hop and back */

/* Stand in line for the hop to t->uri, or fail at once. */
void gaz_fetch_enqueue(struct gaz_fetch *t, bool urgent);
/* Leave the line, or break the hop off. */
void gaz_fetch_give_up(struct gaz_fetch *t);
void gaz_fetcher_start_ready(struct gaz_fetcher *f);
/* Make room when silent servers hold too many of the connections. */
void gaz_fetcher_on_squeeze(evutil_socket_t fd, short what, void *arg);
void gaz_fetcher_free_hops(struct gaz_fetcher *f);
/* A gaz_evcurl_done_fn; arg is not used. */
void gaz_fetcher_on_transfer(CURL *easy, CURLcode code, size_t unread,
    void *arg);

/* answer.c: what the answer leads to */

/* The hop is out of the multi and will be used again by the caller. Finishes t
 * or puts it in line again. */
void gaz_fetch_decide(struct gaz_fetch *t, struct gaz_hop *h, CURLcode code);

#endif
