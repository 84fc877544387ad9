/*
 * Whether failures say more about this machine than about the feeds. Until the
 * machine is known to be offline, the first of them are counted; so who was
 * blamed since the last answer is remembered, and forgiven then.
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>

#include "gazetted/hash.h"
#include "gazetted/log.h"
#include "gazetted/url.h"

#include "cycle.h"

#define BLAMED_MAX 65536
#define LOOK_MAX 1000 /* feeds, when counting hosts */

static uint64_t
host_of(const struct gaz_feed *f)
{
	struct gaz_arena a = { 0 };
	uint64_t h = gaz_hash_str(gaz_url_host(&a, gaz_str_of(f->url)));

	gaz_arena_clear(&a);
	return h;
}

void
gaz_outage_count_hosts(struct gaz_app *app)
{
	uint64_t hosts[GAZ_OFFLINE_HOSTS];
	size_t n = 0, looked = 0;

	for (size_t i = 0; i < app->feeds.n && looked < LOOK_MAX &&
	    n < GAZ_OFFLINE_HOSTS; i++) {
		const struct gaz_feed *f = app->feeds.v[i];
		size_t k = 0;

		if (!f->enabled || f->gone || f->path != NULL)
			continue;
		looked++;
		hosts[n] = host_of(f);
		while (hosts[k] != hosts[n])
			k++;
		n += k == n;
	}
	app->offline.all = n;
}

struct pardon {
	struct gaz_app *app;
	size_t n;
	uint32_t *slots;
	int64_t *ids;
};

static bool
run_pardon(struct gaz_writer_state *w, void *arg, struct gaz_err *err)
{
	const struct pardon *p = arg;

	for (size_t i = 0; i < p->n; i++) {
		if (!gaz_store_forgive_feed(w->store, p->ids[i], err))
			return false;
	}
	return true;
}

static void
done_pardon(void *arg, bool ok, const struct gaz_err *err)
{
	struct pardon *p = arg;

	if (!ok)
		gaz_log(GAZ_LOG_WARN, "store", "forgive: %s", err->msg);
	for (size_t i = 0; ok && i < p->n; i++) {
		struct gaz_feed *f = p->app->feeds.v[p->slots[i]];

		f->failures -= f->failures > 0;
	}
	gaz_feeds_count(p->app);
	gaz_app_idle(p->app);
	free(p->slots);
	free(p->ids);
	free(p);
}

static void
forgive(struct gaz_app *app)
{
	struct pardon *p;

	if (app->blamed.n == 0)
		return;
	p = gaz_mem_zero(1, sizeof(*p));
	p->app = app;
	p->n = app->blamed.n;
	p->slots = gaz_mem_zero(p->n, sizeof(*p->slots));
	p->ids = gaz_mem_zero(p->n, sizeof(*p->ids));
	for (size_t i = 0; i < p->n; i++) {
		p->slots[i] = app->blamed.v[i];
		p->ids[i] = app->feeds.v[p->slots[i]]->id;
	}
	app->blamed.n = 0;
	/* Behind the outcomes that it takes back, which are queued already. */
	gaz_writer_run(app->writer, run_pardon, done_pardon, p, false);
}

static bool
was_unreachable(struct gaz_app *app, struct gaz_feed *f)
{
	(void)app;
	return gaz_fault_is_network(f->fault);
}

void
gaz_outage_note(struct gaz_app *app, struct gaz_feed *f, struct cycle *c)
{
	struct gaz_mono now = gaz_clock_mono();
	bool was = gaz_offline_is(&app->offline), is;

	is = gaz_offline_note(&app->offline, c->fetch_fault, host_of(f), now);
	if (app->offline.count == 0)
		app->blamed.n = 0; /* one has answered */
	if (is && !was) {
		gaz_log(GAZ_LOG_NOTICE, "fetch", "event=offline");
		forgive(app);
	} else if (was && !is) {
		gaz_log(GAZ_LOG_NOTICE, "fetch", "event=online");
		gaz_backlog_spread(app, was_unreachable);
	}
	if (!gaz_fault_is_network(c->fetch_fault))
		return;
	c->not_counted = is;
	if (is)
		c->offline_s = (now.ms - app->offline.since.ms) / 1000 + 1;
	else if (app->blamed.n < BLAMED_MAX)
		*gaz_vec_push(&app->blamed) = f->slot;
}
