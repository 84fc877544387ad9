/*
 * How late the loop is: a timer looks when it is called and when it should
 * have been. Often while something is under way, seldom while all is quiet, so
 * that an idle machine sleeps.
 */
#include "config.h"

#include <event2/event.h>
#include <stdlib.h>
#include <time.h>

#include "app.h"

#define BUSY_MS 20
#define IDLE_MS 1000

struct gaz_lag {
	struct gaz_app *app;
	struct event *timer;
	int64_t due_us;
};

static int64_t
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static void
wait_again(struct gaz_lag *l)
{
	int64_t ms = l->app->cycles > 0 || l->app->requests > 0 ? BUSY_MS
	                                                        : IDLE_MS;
	struct timeval tv = { ms / 1000, (ms % 1000) * 1000 };

	l->due_us = now_us() + ms * 1000;
	event_add(l->timer, &tv);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct gaz_lag *l = arg;
	int64_t late_us = now_us() - l->due_us;

	(void)fd;
	(void)what;
	gaz_metrics_observe(l->app->metrics, GAZ_HISTOGRAM_LOOP_LAG,
	    late_us > 0 ? late_us : 0);
	if (!l->app->stopping)
		wait_again(l);
}

struct gaz_lag *
gaz_lag_new(struct gaz_app *app)
{
	struct gaz_lag *l = gaz_mem_zero(1, sizeof(*l));

	l->app = app;
	l->timer = evtimer_new(app->base, on_timer, l);
	if (l->timer == NULL)
		gaz_mem_die(0);
	wait_again(l);
	return l;
}

void
gaz_lag_free(struct gaz_lag *l)
{
	if (l == NULL)
		return;
	event_free(l->timer);
	free(l);
}
