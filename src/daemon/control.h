#ifndef GAZETTED_DAEMON_CONTROL_H
#define GAZETTED_DAEMON_CONTROL_H

#include "gazetted/http.h"

/* The handlers of /api/1/…, as docs/API.md describes them. arg is the app. */
#define HANDLER(name) \
	void gaz_control_##name(struct gaz_http_request *req, void *arg)
HANDLER(status);
HANDLER(feeds);
HANDLER(items);
HANDLER(stories);
HANDLER(story);
HANDLER(explain);
HANDLER(why);
HANDLER(export);
HANDLER(fetch);
HANDLER(history);
HANDLER(icons);
HANDLER(walk);
HANDLER(add);
HANDLER(remove);
HANDLER(import);
HANDLER(merge);
HANDLER(split);
HANDLER(pin);
HANDLER(unpin);
HANDLER(labels);
HANDLER(reload);
HANDLER(backup);
HANDLER(prune);
HANDLER(check);
#undef HANDLER

#endif
