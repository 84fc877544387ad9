/*
 * When feeds are asked: what is due, whose turn it is, and whether there is room
 * for what comes of it. What happens to a feed then is a cycle (cycle.h).
 */
#include "config.h"

#include <event2/event.h>

#include "gazetted/log.h"

#include "cycle.h"
#include "pressure.h"

/* Feeds that one turn of the loop starts. */
#define TICK_MAX 64
/*
 * Hosts that wait in the fetcher for a connection; what else is due waits in
 * the schedule, where it costs 16 bytes. Hosts and not feeds: a crowd on one
 * host must not stand in the way of others.
 */
#define READY_MAX 1024

/* ---- one feed, or all */

void
gaz_pipeline_fetch(struct gaz_app *app, struct gaz_feed *f, bool force)
{
	f->force = f->force || force;
	if (app->stopping)
		return;
	if (f->busy) {
		f->again = true;
		return;
	}
	gaz_schedule_remove(app->schedule, f->slot);
	if (f->path != NULL) {
		gaz_cycle_read(app, f);
		return;
	}
	/* Who asks for it does not wait, but the request counts. */
	if (!f->has_turn)
		gaz_turns_take(&app->turns, app->turns_per_hour,
		    gaz_clock_mono());
	f->has_turn = f->backlog = false;
	gaz_cycle_fetch(app, f);
}

void
gaz_pipeline_fetch_all(struct gaz_app *app, bool force)
{
	struct gaz_mono now = gaz_clock_mono();

	for (size_t i = 0; i < app->feeds.n && !app->stopping; i++) {
		struct gaz_feed *f = app->feeds.v[i];

		if (!f->enabled || f->gone)
			continue;
		f->force = f->force || force;
		if (f->busy) {
			f->again = true;
			continue;
		}
		/* They do not wait for turns, but the requests count. */
		if (f->path == NULL && !f->has_turn) {
			gaz_turns_take(&app->turns, app->turns_per_hour, now);
			f->has_turn = true;
		}
		gaz_schedule_put(app->schedule, f->slot, now);
	}
	gaz_pipeline_tick(app);
}

/* Whether a feed that is due may go now; else it is put where its turn is. */
static bool
may_go(struct gaz_app *app, struct gaz_feed *f, struct gaz_mono now)
{
	struct gaz_mono turn;

	if (f->path != NULL || f->has_turn)
		return true;
	f->has_turn = true;
	turn = gaz_turns_take(&app->turns, app->turns_per_hour, now);
	if (turn.ms <= now.ms)
		return true;
	gaz_schedule_put(app->schedule, f->slot, turn);
	return false;
}

/* Another pace: what waits for a turn asks again. */
static void
set_pace(struct gaz_app *app, int64_t per_hour)
{
	struct gaz_mono at;

	if (app->turns_per_hour == per_hour)
		return;
	app->turns_per_hour = per_hour;
	app->turns = (struct gaz_turns){ 0 };
	for (size_t i = 0; i < app->feeds.n; i++) {
		struct gaz_feed *f = app->feeds.v[i];

		if (f->has_turn &&
		    gaz_schedule_find(app->schedule, f->slot, &at))
			gaz_schedule_put(app->schedule, f->slot,
			    gaz_clock_mono());
		f->has_turn = false;
	}
}

/* ---- time */

void
gaz_pipeline_plan(struct gaz_app *app, struct gaz_feed *f, int64_t delay_s)
{
	struct gaz_mono due = gaz_clock_mono();

	if (app->stopping)
		return;
	if (!app->once && f->enabled && !f->gone) {
		due.ms += delay_s * 1000;
		if (f->again)
			gaz_pipeline_fetch(app, f, f->force);
		else if (delay_s >= 0)
			gaz_schedule_put(app->schedule, f->slot, due);
	}
	gaz_pipeline_tick(app);
}

void
gaz_pipeline_tick(struct gaz_app *app)
{
	struct gaz_mono now = gaz_clock_mono();
	int64_t wait_ms = INT64_MAX;
	uint32_t slot;

	if (app->stopping)
		return;
	for (int i = 0;; i++) {
		/* A few at a time: other events of the loop must not wait. */
		if (i == TICK_MAX) {
			wait_ms = 0;
			break;
		}
		/* The end of any of those brings us back. */
		if (gaz_fetcher_ready(app->fetcher) >= READY_MAX) {
			wait_ms = 1000;
			break;
		}
		if (!gaz_schedule_take(app->schedule, now, &slot, &wait_ms))
			break;
		struct gaz_feed *f = app->feeds.v[slot];

		if (f->enabled && !f->gone && !f->busy && may_go(app, f, now))
			gaz_pipeline_fetch(app, f, false);
	}
	app->next_due = wait_ms == INT64_MAX ? INT64_MAX : now.ms + wait_ms;
	if (wait_ms == INT64_MAX) {
		event_del(app->due_timer);
		return;
	}
	wait_ms = wait_ms > 0 ? wait_ms : 0;
	/* A day at the most, so that a changed clock is noticed. */
	if (wait_ms > 86400000)
		wait_ms = 86400000;
	struct timeval tv = { wait_ms / 1000, (wait_ms % 1000) * 1000 };
	event_add(app->due_timer, &tv);
}

void
gaz_pipeline_pressure(struct gaz_app *app)
{
	bool busy;

	/* At the end, when the last answers come from a pool that goes. */
	if (app->fetcher == NULL || app->pool == NULL)
		return;
	busy = app->paused || gaz_pressure_is_high(&(struct gaz_pressure){
		.parsing = gaz_pool_waiting(app->pool),
		.parsing_bytes = gaz_pool_waiting_bytes(app->pool),
		.storing = gaz_writer_pending(app->writer),
		.storing_bytes = app->storing_bytes });
	gaz_fetcher_pause(app->fetcher, busy);
}

void
gaz_pipeline_configure(struct gaz_app *app)
{
	const struct gaz_config *c = app->config;
	struct gaz_arena a = { 0 };
	struct gaz_fetcher_options opt = {
		.connections = (int)c->connections,
		.connections_per_host = (int)c->connections_per_host,
		.host_gap_ms = c->host_gap_ms,
		.user_agent = gaz_z_or_null(c->user_agent, &a),
		.proxy = gaz_z_or_null(c->proxy, &a),
	};

	set_pace(app, c->requests_per_hour);
	opt.allow_private = gaz_pipeline_allow(&c->allow_private, &a,
	    &opt.allow_private_count);
	if (app->fetcher != NULL) {
		gaz_fetcher_configure(app->fetcher, &opt);
	} else {
		struct gaz_err err;

		app->fetcher = gaz_fetcher_new(app->base, &opt, &err);
		if (app->fetcher == NULL)
			gaz_log(GAZ_LOG_ERR, "fetch", "%s", err.msg);
	}
	gaz_arena_clear(&a);
}
