#ifndef GAZETTED_DAEMON_SUBSCRIPTIONS_H
#define GAZETTED_DAEMON_SUBSCRIPTIONS_H

#include "app.h"
#include "reply.h"

/* What the configuration's sections ask for; memory in a and the config. */
typedef GAZ_VEC(struct gaz_store_subscription) gaz_subscription_vec;
void gaz_subscriptions_of(const struct gaz_config *c, struct gaz_arena *a,
    gaz_subscription_vec *out);

/* Called on the loop when the store has taken a list over, or not. */
typedef void (*gaz_sync_done_fn)(struct gaz_app *app, bool ok,
    const struct gaz_err *err, void *arg);
/*
 * Config and OPML file together, to the store, then into the table, with
 * config as the app's own. When anything fails, all stays as it was.
 */
void gaz_subscriptions_sync(struct gaz_app *app, struct gaz_config *config,
    gaz_sync_done_fn done, void *arg);

/* Handlers: outlines of an OPML body, one by its address, and out again. */
void gaz_subscriptions_import(struct gaz_app *app,
    struct gaz_http_request *req);
void gaz_subscriptions_add(struct gaz_app *app, struct gaz_http_request *req);
void gaz_subscriptions_remove(struct gaz_app *app,
    struct gaz_http_request *req);

#endif
