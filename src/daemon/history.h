#ifndef GAZETTED_DAEMON_HISTORY_H
#define GAZETTED_DAEMON_HISTORY_H

#include "app.h"

/*
 * A feed's past, on a person's order (RFC 5005): from the feed back along
 * prev-archive (archived feeds) or next (paged ones), a page at a time, each
 * waiting for its host's turn. Items are stored with their dates; validators,
 * schedule and failures of the feed are not touched. A walk that a shutdown
 * ends keeps what it has; the next one finds it known. Loop only.
 */
void gaz_history_start(struct gaz_app *app, struct gaz_http_request *req);
/* How the last walk of a feed does. */
void gaz_history_tell(struct gaz_app *app, struct gaz_http_request *req);
/* End those under way. */
void gaz_history_stop(struct gaz_app *app);
void gaz_history_free(struct gaz_app *app);

#endif
