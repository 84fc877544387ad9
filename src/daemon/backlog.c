/* When many feeds are late at once: after a start, a suspend, an outage. */
#include "config.h"

#include "app.h"

void
gaz_backlog_spread(struct gaz_app *app,
    bool (*is_late)(struct gaz_app *app, struct gaz_feed *f))
{
	struct gaz_mono now = gaz_clock_mono(), due;
	size_t late = 0, i_late = 0;

	for (size_t pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < app->feeds.n; i++) {
			struct gaz_feed *f = app->feeds.v[i];

			if (!f->enabled || f->gone || f->busy ||
			    f->path != NULL || !is_late(app, f))
				continue;
			if (pass == 0) {
				late++;
				continue;
			}
			due.ms = now.ms + gaz_interval_spread_ms(i_late++,
			    late, (uint64_t)f->id);
			f->backlog = true;
			gaz_schedule_put(app->schedule, f->slot, due);
		}
	}
	gaz_pipeline_tick(app);
}

static bool
is_overdue(struct gaz_app *app, struct gaz_feed *f)
{
	struct gaz_mono at;

	return f->next_fetch != GAZ_UTC_UNKNOWN &&
	    f->next_fetch <= gaz_clock_utc() &&
	    !gaz_schedule_find(app->schedule, f->slot, &at);
}

void
gaz_backlog_schedule_all(struct gaz_app *app)
{
	struct gaz_mono now = gaz_clock_mono();
	gaz_utc utc = gaz_clock_utc();

	/* New feeds and files at once, a backlog by and by. */
	for (size_t i = 0; i < app->feeds.n; i++) {
		struct gaz_feed *f = app->feeds.v[i];
		struct gaz_mono due = now, at;

		if (!f->enabled || f->gone || f->busy ||
		    (is_overdue(app, f) && f->path == NULL) ||
		    gaz_schedule_find(app->schedule, f->slot, &at))
			continue;
		if (f->next_fetch != GAZ_UTC_UNKNOWN && f->next_fetch > utc)
			due.ms += (f->next_fetch - utc) * 1000;
		gaz_schedule_put(app->schedule, f->slot, due);
	}
	gaz_backlog_spread(app, is_overdue);
}
