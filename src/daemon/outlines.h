#ifndef GAZETTED_DAEMON_OUTLINES_H
#define GAZETTED_DAEMON_OUTLINES_H

#include "subscriptions.h"

/*
 * The outlines of an OPML document, which comes from anywhere and is parsed by a
 * worker. Loop only.
 */
struct gaz_outlines {
	struct gaz_app *app;
	struct gaz_buf body;    /* for who loads the document */
	struct gaz_arena arena;
	gaz_subscription_vec subs;
	struct gaz_map *names;  /* taken: others get their address for one */
	size_t skipped;
	bool well_formed;       /* false: some may be missing */
	struct gaz_err err;
	void (*done)(struct gaz_outlines *o);
	void *arg;
};

/* done is called once, from gaz_outlines_parse or later; then free it. */
struct gaz_outlines *gaz_outlines_new(struct gaz_app *app,
    void (*done)(struct gaz_outlines *), void *arg);
void gaz_outlines_free(struct gaz_outlines *o);
/* body is copied. */
void gaz_outlines_parse(struct gaz_outlines *o, struct gaz_str body);

#endif
