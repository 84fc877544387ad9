#ifndef GAZETTED_DAEMON_HUB_H
#define GAZETTED_DAEMON_HUB_H

#include "gazetted/secret.h"
#include "gazetted/subscriber.h"

#include "app.h"
#include "render.h"

/*
 * A WebSub hub for our own feeds. Loop only, but for what says otherwise.
 *
 *   POST /websub/hub -> 202, or why not -> GET callback?challenge -> subscriber
 *   the store changes -> render each topic anew -> its bytes differ from what a
 *     subscriber has -> POST callback, signed -> 2xx: seen; else later, and in
 *     the end never
 *
 * Strangers make us send requests, so everything is bounded (GAZ_HUB_…) and
 * goes through the fetcher with its gaps and its address policy.
 */
struct gaz_hub;

struct gaz_subscriber {
	struct gaz_hub *hub;
	char *callback, *topic, *secret; /* secret NULL: none */
	gaz_utc ends, next;
	char seen[33];            /* hash of what it has; "": of nothing */
	int64_t failures;
	int64_t looked;           /* generation that it was compared with */
	int64_t came;             /* generation that it has; -1: see seen */
	bool gone;                /* forgotten, but for a delivery under way */
	struct gaz_fetch *transfer;
};

/* What is sent round just now: one topic's document. */
struct gaz_edition {
	struct gaz_app *app;
	struct gaz_arena arena;
	struct gaz_render render; /* in the arena */
	struct gaz_str topic;     /* the same */
	int64_t generation;       /* of the store it was made from */
	gaz_utc now;
	struct gaz_buf body;
	char hash[33];
	bool ok;
	struct gaz_err err;
};

struct gaz_hub {
	struct gaz_app *app;
	struct event *timer;
	GAZ_VEC(struct gaz_subscriber *) subs;
	GAZ_VEC(struct gaz_verification *) pending;
	struct gaz_edition *edition; /* NULL: nothing is sent */
	bool rendered;            /* the edition is ready to be sent */
	size_t next_queued;       /* in subs: those before had their turn */
	size_t sends;             /* transfers */
	bool touched;             /* the timer is for what is new */
	bool loaded, stopped;
};

/* ---- hub.c */
void gaz_hub_start(struct gaz_app *app);
void gaz_hub_stop(struct gaz_app *app);
void gaz_hub_free(struct gaz_app *app);
/* POST /websub/hub; 404 unless hub and base-url are set. */
void gaz_hub_request(struct gaz_http_request *req, void *arg);
/* Write it down. */
void gaz_hub_keep(struct gaz_subscriber *s);
/* No more of it. What is under way ends first. */
void gaz_hub_drop(struct gaz_subscriber *s, const char *why);
/* What is over leaves the table; not while an edition is sent. */
void gaz_hub_sweep(struct gaz_hub *h);
void gaz_hub_numbers(const struct gaz_app *app, int64_t *subscribers,
    int64_t *failing);

/* ---- hub_topic.c */
bool gaz_hub_is_on(const struct gaz_app *app);
/*
 * One of our feeds by its address: the question behind it, with memory in a.
 * false with the reason when it is none, or none to subscribe to.
 */
bool gaz_hub_read_topic(const struct gaz_app *app, struct gaz_str topic,
    struct gaz_arena *a, gaz_utc now, struct gaz_render *out,
    struct gaz_err *err) __attribute__((warn_unused_result));
struct gaz_str gaz_hub_address(const struct gaz_app *app, struct gaz_arena *a);
/* Link fields that say who delivers it, if it can be subscribed to; and the
 * hub's address into r. */
void gaz_hub_announce(const struct gaz_app *app, struct gaz_http_request *req,
    struct gaz_arena *a, struct gaz_render *r);

/* ---- hub_send.c */
/* The store has changed: look soon who wants to know. */
void gaz_hub_touch(struct gaz_app *app);
/* A new one: what there was when it asked, it is taken to have. */
void gaz_hub_welcome(struct gaz_subscriber *s);
/* A delivery that has to end. */
void gaz_hub_cancel(struct gaz_subscriber *s);

#endif
