#include "config.h"

#include "errand.h"

#include <stdlib.h>

struct gaz_errand {
	struct gaz_app *app;
	struct gaz_errand *prev, *next;
	struct gaz_fetch *transfer;
	gaz_errand_done_fn done;
	void *arg;
};

static void
on_fetched(struct gaz_fetch_result *r, void *arg)
{
	struct gaz_errand *e = arg;
	struct gaz_app *app = e->app;

	*(e->prev != NULL ? &e->prev->next : &app->errands) = e->next;
	if (e->next != NULL)
		e->next->prev = e->prev;
	gaz_pauses_keep(app, r);
	e->done(app, r, e->arg);
	free(e);
}

void
gaz_errand_start(struct gaz_app *app, const struct gaz_fetch_request *req,
    gaz_errand_done_fn done, void *arg)
{
	struct gaz_errand *e;

	if (app->stopping) {
		struct gaz_fetch_result r = {
			.fault = GAZ_FAULT_CANCELLED,
			.max_age_s = INT64_MIN, .retry_after_s = INT64_MIN,
		};

		done(app, &r, arg);
		return;
	}
	gaz_turns_take(&app->turns, app->turns_per_hour, gaz_clock_mono());
	e = gaz_mem_zero(1, sizeof(*e));
	e->app = app;
	e->done = done;
	e->arg = arg;
	e->next = app->errands;
	if (e->next != NULL)
		e->next->prev = e;
	app->errands = e;
	e->transfer = gaz_fetcher_start(app->fetcher, req, on_fetched, e);
}

void
gaz_errands_stop(struct gaz_app *app)
{
	while (app->errands != NULL)
		gaz_fetcher_cancel(app->fetcher, app->errands->transfer);
}
