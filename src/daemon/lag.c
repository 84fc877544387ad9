/*
 * How late the loop is: a timer looks when it is called and when it should
 * have been. Only while something happens: an idle machine sleeps.
 */
#include "config.h"

#include <event2/event.h>
#include <stdlib.h>
#include <time.h>

#include "app.h"

#define EVERY_MS 20

struct gaz_lag {
	struct gaz_app *app;
	struct event *timer;
	int64_t due_us;
	bool armed, stirred;
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
	struct timeval tv = { 0, EVERY_MS * 1000 };

	l->due_us = now_us() + EVERY_MS * 1000;
	l->armed = true;
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
	l->armed = false;
	if (l->stirred && !l->app->stopping)
		wait_again(l);
	l->stirred = false;
}

struct gaz_lag *
gaz_lag_new(struct gaz_app *app)
{
	struct gaz_lag *l = gaz_mem_zero(1, sizeof(*l));

	l->app = app;
	l->timer = evtimer_new(app->base, on_timer, l);
	if (l->timer == NULL)
		gaz_mem_die(0);
	return l;
}

void
gaz_lag_watch(struct gaz_lag *l)
{
	l->stirred = true;
	if (!l->armed)
		wait_again(l);
}

void
gaz_lag_free(struct gaz_lag *l)
{
	if (l == NULL)
		return;
	event_free(l->timer);
	free(l);
}
