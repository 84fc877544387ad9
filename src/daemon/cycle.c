/* The life of a cycle in memory: those that ended are kept for use again. */
#include "config.h"

#include "cycle.h"

#include <stdlib.h>
#include <string.h>

#include "gazetted/limits.h"

#define SPARE_MAX 256 /* cycles kept for use again */

struct cycle *
gaz_cycle_new(struct gaz_app *app, struct gaz_feed *f)
{
	struct cycle *c = app->spare;

	if (c != NULL) {
		app->spare = c->next_spare;
		app->spare_count--;
		memset(c, 0, sizeof(*c));
	} else {
		c = gaz_mem_zero(1, sizeof(*c));
	}
	c->app = app;
	c->slot = f->slot;
	c->feed_id = f->id;
	c->config = gaz_config_get(app->config);
	c->conf = f->conf;
	c->when = gaz_clock_utc();
	c->max_age_s = c->retry_after_s = GAZ_INT_UNKNOWN;
	gaz_buf_init(&c->body, (size_t)app->config->max_body);
	gaz_buf_init(&c->message, GAZ_MESSAGE_MAX);
	app->cycles++;
	gaz_lag_watch(app->lag);
	f->busy = true;
	f->again = false;
	return c;
}

void
gaz_cycle_clear(struct cycle *c)
{
	free(c->etag);
	free(c->last_modified);
	free(c->moved_to);
	free(c->adopted);
	free(c->content_type);
	free(c->final_url);
	free(c->path);
	free(c->hub);
	free(c->self);
	free(c->pause_host);
	gaz_config_put(c->config);
	gaz_buf_clear(&c->body);
	gaz_buf_clear(&c->message);
	*c = (struct cycle){ 0 };
}

void
gaz_cycle_free(struct cycle *c)
{
	struct gaz_app *app = c->app;

	gaz_cycle_clear(c);
	if (app->spare_count >= SPARE_MAX) {
		free(c);
		return;
	}
	c->next_spare = app->spare;
	app->spare = c;
	app->spare_count++;
}

void
gaz_cycle_free_spares(struct gaz_app *app)
{
	while (app->spare != NULL) {
		struct cycle *c = app->spare;

		app->spare = c->next_spare;
		free(c);
	}
	gaz_arena_clear(&app->scratch);
}
