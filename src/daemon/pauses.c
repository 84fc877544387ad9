/*
 * Hosts that answered 429 are left alone, a restart notwithstanding. What the
 * store calls the reason of a pause is its length in seconds.
 */
#include "config.h"

#include <inttypes.h>
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
