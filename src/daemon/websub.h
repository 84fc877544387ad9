#ifndef GAZETTED_DAEMON_WEBSUB_H
#define GAZETTED_DAEMON_WEBSUB_H

#include "gazetted/lease.h"
#include "gazetted/log.h"
#include "gazetted/secret.h"

#include "app.h"

/*
 * WebSub (W3C Recommendation of 2018): our subscriptions at the hubs of feeds.
 * Loop only. Everything here may be called when WebSub is off (app->websub
 * NULL) or not wanted just now (base-url, websub).
 *
 *            ask                    verified               renewed at 80 %
 *   (none) -------> ASKED --------------------> ACTIVE -----------+
 *                     |  ^                      |  |  ^           |
 *              denied |  | a day later          |  |  +-----------+
 *                     v  |     denied           |  | lease over
 *                   DENIED <--------------------+  +--> ASKED
 *
 *   the feed goes, or names another hub or topic: LEAVING -> forgotten when the
 *   hub has verified that, or does not answer
 *
 * Of a feed that names several hubs one is asked. When it fails without having a
 * lease to deliver by, it becomes SPARE, and another one is asked in its place
 * (ASKED), each after its own pauses. When it has a lease and does not renew it,
 * another one is asked before that is over: it stays SPARE, as an heir, until it
 * has verified; then it is the one that counts, and the first is LEAVING.
 */
struct cycle;
struct gaz_websub;

/* A lease in memory; what the store keeps and what only the loop knows. */
struct gaz_lease {
	struct gaz_websub *websub;
	uint32_t slot;
	int64_t feed_id;
	char token[GAZ_SECRET_LEN + 1];
	char secret[GAZ_SECRET_LEN + 1], next_secret[GAZ_SECRET_LEN + 1];
	char *hub, *topic, *callback;
	enum gaz_lease_state state;
	bool open;                /* as in the store; all of these */
	gaz_utc asked, since, ends, next, missed;
	int64_t brief, failures;
	enum gaz_fault fault;
	char *fault_text;         /* NULL: none */
	struct gaz_fetch *transfer;
	char *hubs;               /* all of the feed, a line each; of the one
	                             that counts. NULL: not known yet */
	struct gaz_lease *spares; /* of the one that counts: the others */
	struct gaz_lease *next_spare;
	bool heir;                /* a spare that is asked all the same */
	size_t jobs;              /* that still need it */
	bool counted;             /* in the metric */
	bool dropped;             /* forgotten, but for those */
};

/* Its hub delivers what is new, as far as one can tell: it has a lease, renews it
 * when it is asked to, and no poll has found what it kept back. */
static inline bool
gaz_websub_is_trusted(const struct gaz_lease *l)
{
	return l->state == GAZ_LEASE_ACTIVE && l->failures == 0 &&
	    l->missed == GAZ_UTC_UNKNOWN;
}

struct gaz_websub {
	struct gaz_app *app;
	struct event *timer;
	struct gaz_schedule *due; /* slots of leases */
	GAZ_VEC(struct gaz_lease *) leases; /* by slot; NULL: free */
	GAZ_VEC(uint32_t) free_slots;
	struct gaz_map *by_token;
	struct gaz_map64 *by_feed; /* feed id -> slot of the one that counts */
	size_t requests;          /* to hubs, on their way */
	struct gaz_mono burst_at; /* feeds that lost their hub lately: */
	int64_t burst;
	size_t pushes, push_bytes; /* deliveries on their way to the store */
	bool loaded, stopped;
};

/* ---- websub.c */
/* Read the leases; nothing happens with --once. Before the first sync. */
void gaz_websub_start(struct gaz_app *app);
/* Ask for nothing more. */
void gaz_websub_stop(struct gaz_app *app);
/* Once writer and fetcher have ended. */
void gaz_websub_free(struct gaz_app *app);
/* That feed names these hubs (a line each) and this address as its own (absent:
 * none); what follows from it and from the configuration is done. */
void gaz_websub_note(struct gaz_app *app, const struct gaz_feed *f,
    struct gaz_str hub, struct gaz_str self);
/* A lease to be asked for now; it counts from now on. gaz_websub_keep stores it. */
struct gaz_lease *gaz_websub_new(struct gaz_websub *w, int64_t feed_id,
    struct gaz_str hub, struct gaz_str topic, struct gaz_str base);
/* Away with a lease that is not wanted: the hub is told, if it knows. */
void gaz_websub_leave(struct gaz_lease *l);
/* It is the one that counts of its feed. */
void gaz_websub_enter(struct gaz_lease *l);
struct gaz_lease *gaz_websub_of_feed(struct gaz_websub *w, int64_t feed_id);
/* Write it down, with the next time that it is looked at. */
void gaz_websub_keep(struct gaz_lease *l);
/* The same, and done is called with the lease as its argument when that is in
 * the store; it has to end with l->jobs-- and gaz_websub_release. */
void gaz_websub_keep_then(struct gaz_lease *l, gaz_job_done_fn done);
void gaz_websub_forget(struct gaz_lease *l);
/* The feed's next fetch is sooner or later now: by the rhythm, since reason. */
void gaz_websub_poll_again(struct gaz_lease *l, const char *reason);
/* Be looked at when the next thing is due. */
void gaz_websub_schedule(struct gaz_lease *l);
void gaz_websub_wake(struct gaz_websub *w);
/* A request has ended: it may be freed now if it is forgotten. */
void gaz_websub_release(struct gaz_lease *l);
/* Leases of feeds that are not there any more are given up. */
void gaz_websub_sweep(struct gaz_app *app);
/* Numbers for a status. */
struct gaz_websub_numbers {
	int64_t active, quiet, asked, denied, failing, spare;
};
void gaz_websub_numbers(const struct gaz_app *app,
    struct gaz_websub_numbers *out);

/* ---- websub_hubs.c: which of several hubs */
/* The feed of l names these now. */
void gaz_websub_set_hubs(struct gaz_lease *l, const gaz_str_list *hubs);
/* l, which counts, failed, and l->next says when its hub may be asked again. If
 * another may be asked before, that one counts now; both are written down. */
bool gaz_websub_try_another(struct gaz_lease *l);
/* l is active but does not deliver: give it up if another may be asked now. */
bool gaz_websub_exchange(struct gaz_lease *l);
/* l, which counts and is active, is not renewed: ask another hub as well, if
 * one may be asked now and none is. */
void gaz_websub_ask_heir(struct gaz_lease *l);
/* It was in vain: heir is any other spare again. Written down. */
void gaz_websub_drop_heir(struct gaz_lease *heir);
/* heir was verified: it counts now, and what counted until now is given up. */
void gaz_websub_inherit(struct gaz_lease *heir);
/* NULL: there is none. */
struct gaz_lease *gaz_websub_heir_of(const struct gaz_lease *l);
/* l has become one that counts, or a spare of it that was read. */
void gaz_websub_add_spare(struct gaz_lease *l, struct gaz_lease *spare);
void gaz_websub_forget_spares(struct gaz_lease *l);

/* ---- websub_ask.c: requests to hubs */
/* Its time has come: ask, ask again, or see that nothing came. */
void gaz_websub_turn(struct gaz_lease *l);
/* What we asked for is verified, for so many seconds. */
void gaz_websub_verified(struct gaz_lease *l, int64_t lease_s);
void gaz_websub_denied(struct gaz_lease *l, struct gaz_str reason);
/* Remember why it does not work. */
void gaz_websub_set_fault(struct gaz_lease *l, enum gaz_fault fault,
    const char *text);
/* Of what happened to its hub; more may be "". */
void gaz_websub_log(const struct gaz_lease *l, enum gaz_log_level level,
    const char *event, const char *more);

/* ---- websub_in.c: what hubs send us */
int gaz_websub_admit(const struct gaz_http_request *req, void *arg,
    size_t *max_body, const char **why);
void gaz_websub_verify(struct gaz_http_request *req, void *arg);
void gaz_websub_deliver(struct gaz_http_request *req, void *arg);

/* ---- websub_poll.c: what polling has to do with it */
/* The feed names these hubs (a line each) and this address, by now. */
void gaz_websub_remember(struct gaz_feed *f, struct gaz_str hubs,
    struct gaz_str self);
/* Link fields of an answer without a document (NULL: none) say nothing else than
 * what is remembered. No memory is taken, but for app->scratch. */
bool gaz_websub_knows(struct gaz_app *app, const struct gaz_feed *f,
    const char *hubs, const char *self);
/* A fetch of the feed is about to be judged. */
void gaz_websub_judge(struct gaz_app *app, const struct gaz_feed *f,
    struct cycle *c);
/* A fetch of the feed was stored. */
void gaz_websub_polled(struct gaz_app *app, const struct gaz_feed *f,
    struct cycle *c);
/* Something is to be had, says a hub that has not proved who it is. */
void gaz_websub_look(struct gaz_lease *l);

#endif
