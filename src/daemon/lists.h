#ifndef GAZETTED_DAEMON_LISTS_H
#define GAZETTED_DAEMON_LISTS_H

#include "app.h"

/*
 * Lists of subscriptions behind URLs. Each is asked for conditionally, by a
 * schedule of its own; what it has goes to the store, and from there with the
 * rest of the subscriptions to the feeds (gaz_subscriptions_sync). Loop only.
 */
bool gaz_lists_is_url(struct gaz_str source);
/* After every sync: the lists that the configuration names, as the store knows
 * them. Starts and stops their timers. */
void gaz_lists_update(struct gaz_app *app, const gaz_store_list_list *known);
/* A person reloads: ask for all of them now. */
void gaz_lists_ask(struct gaz_app *app);
/* For --once: ask, and call then when they are stored and subscribed to. false:
 * there are none. */
bool gaz_lists_once(struct gaz_app *app, void (*then)(struct gaz_app *app));
void gaz_lists_stop(struct gaz_app *app);
void gaz_lists_free(struct gaz_app *app);

/* reload.c: subscriptions once more, by the configuration that holds. */
void gaz_resync(struct gaz_app *app);

#endif
