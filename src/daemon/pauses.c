/*
 * Hosts that answered 429 are left alone, a restart notwithstanding. What the
 * store calls the reason of a pause is its length in seconds.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gazetted/log.h"

#include "cycle.h"

/* Scheme, host and port: paths may be nobody's business. */
static char *
origin_of(const char *url)
{
	const char *host = strstr(url, "://");
	size_t n = strlen(url);

	if (host != NULL)
		n = (size_t)(host + 3 - url) + strcspn(host + 3, "/?#");
	return gaz_mem_strndup(url, n);
}

void
gaz_pauses_note(struct gaz_app *app, const char *url, struct cycle *c)
{
	c->pause_s = gaz_fetcher_cooling(app->fetcher, url);
	if (c->pause_s > 0)
		c->pause_host = origin_of(url);
}

/* ---- of requests that are no feed's poll */

struct keep {
	struct gaz_app *app;
	char *host;
	gaz_utc until;
	char length[24];
};

static bool
run_keep(struct gaz_writer_state *w, void *arg, struct gaz_err *err)
{
	const struct keep *k = arg;

	return gaz_store_put_pause(w->store, gaz_str_of(k->host), k->until,
	    gaz_str_of(k->length), err);
}

static void
done_keep(void *arg, bool ok, const struct gaz_err *err)
{
	struct keep *k = arg;
	struct gaz_app *app = k->app;
	char host[300];

	gaz_log_safe(gaz_str_of(k->host), host, sizeof(host));
	if (!ok)
		gaz_log(GAZ_LOG_WARN, "store", "pause: %s", err->msg);
	else
		gaz_log(GAZ_LOG_INFO, "fetch", "event=paused host=%s "
		    "for_s=%s", host, k->length);
	free(k->host);
	free(k);
	app->side_work--;
	gaz_app_idle(app);
}

void
gaz_pauses_keep(struct gaz_app *app, const struct gaz_fetch_result *r)
{
	struct keep *k;
	int64_t s;

	if (r->status != 429 || r->final_url == NULL || app->fetcher == NULL)
		return;
	s = gaz_fetcher_cooling(app->fetcher, r->final_url);
	if (s <= 0)
		return;
	k = gaz_mem_zero(1, sizeof(*k));
	k->app = app;
	k->host = origin_of(r->final_url);
	k->until = gaz_clock_utc() + s;
	snprintf(k->length, sizeof(k->length), "%" PRId64, s);
	app->side_work++;
	gaz_writer_run(app->writer, run_keep, done_keep, k, false);
}

/* ---- at the start */

void
gaz_pauses_load(struct gaz_app *app, struct gaz_store *store)
{
	gaz_store_pause_list list = { 0 };
	struct gaz_arena a = { 0 };
	gaz_utc now = gaz_clock_utc();
	struct gaz_err err;

	if (!gaz_store_load_pauses(store, now, &a, &list, &err))
		gaz_log(GAZ_LOG_WARN, "store", "pauses: %s", err.msg);
	for (size_t i = 0; i < list.n; i++) {
		const struct gaz_store_pause *p = &list.v[i];
		int64_t left = p->until - now, asked;

		/* It is more when the clock was ahead at that time. */
		if (gaz_str_to_int(p->reason, &asked) && left > asked)
			left = asked;
		gaz_fetcher_cool(app->fetcher, gaz_arena_z(&a, p->host), left);
	}
	gaz_arena_clear(&a);
}
