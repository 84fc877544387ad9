/*
 * Pauses are measured by the monotonic clock, so a wall clock that is set moves
 * no feed. A suspend stops the monotonic clock, too: what became due meanwhile
 * is caught up with, spread over time.
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>

#include "gazetted/log.h"

#include "app.h"

#define NOTICED_MS 60000
/* After the wall clock was set, nothing is deleted for being old. */
#define NO_PRUNE_MS (24 * 3600 * 1000)

static int64_t
slept_ms(void)
{
	return gaz_clock_boot().ms - gaz_clock_mono().ms;
}

static int64_t
ahead_ms(void)
{
	return gaz_clock_utc() * 1000 - gaz_clock_boot().ms;
}

void
gaz_clocks_start(struct gaz_app *app)
{
	app->slept_ms = slept_ms();
	app->ahead_ms = ahead_ms();
}

static bool
is_due(struct gaz_app *app, struct gaz_feed *f)
{
	struct gaz_mono at;

	return gaz_schedule_find(app->schedule, f->slot, &at) &&
	    at.ms <= gaz_clock_mono().ms;
}

/* The time that was slept has passed for everyone who waits. */
static void
catch_up(struct gaz_app *app, int64_t ms)
{
	for (size_t i = 0; i < app->feeds.n; i++) {
		struct gaz_mono at;

		if (!gaz_schedule_find(app->schedule, (uint32_t)i, &at))
			continue;
		at.ms -= ms;
		gaz_schedule_put(app->schedule, (uint32_t)i, at);
	}
	gaz_backlog_spread(app, is_due);
}

void
gaz_clocks_look(struct gaz_app *app)
{
	int64_t slept = slept_ms() - app->slept_ms;
	int64_t jump = ahead_ms() - app->ahead_ms;

	if (slept >= NOTICED_MS) {
		gaz_log(GAZ_LOG_NOTICE, "daemon",
		    "event=resumed slept_s=%" PRId64, slept / 1000);
		catch_up(app, slept);
	}
	if (llabs(jump) >= NOTICED_MS) {
		gaz_log(GAZ_LOG_NOTICE, "daemon",
		    "event=clock-set by_s=%" PRId64, jump / 1000);
		app->prune_at = gaz_clock_mono().ms + NO_PRUNE_MS;
	}
	if (slept >= NOTICED_MS || llabs(jump) >= NOTICED_MS)
		gaz_clocks_start(app);
}
