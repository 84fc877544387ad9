#ifndef GAZETTED_DAEMON_ERRAND_H
#define GAZETTED_DAEMON_ERRAND_H

#include "app.h"

/*
 * A request that is no feed's poll: a feed before somebody subscribes to it, a
 * page of a feed's past, a list of subscriptions, an icon. It takes the same
 * way through the fetcher, so that the policy of addresses, the gaps between
 * requests to a host and every limit hold. Loop only.
 */
struct gaz_errand;

/* Called exactly once, from the loop. A shutdown ends it as cancelled. r is as
 * of gaz_fetch_done_fn. */
typedef void (*gaz_errand_done_fn)(struct gaz_app *app,
    struct gaz_fetch_result *r, void *arg);

/*
 * req is copied. Counts as a request of requests-per-hour and does not wait
 * for a turn; what is not urgent should be rare. While the daemon stops, done
 * is called at once.
 */
void gaz_errand_start(struct gaz_app *app, const struct gaz_fetch_request *req,
    gaz_errand_done_fn done, void *arg);
/* Give up all; each done is called before this returns. */
void gaz_errands_stop(struct gaz_app *app);

#endif
