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
		gaz_feeds_count(p->app, f);
	}
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
		struct gaz_feed *f = app->feeds.v[app->blamed.v[i]];

		f->unreached = true;
		p->slots[i] = f->slot;
		p->ids[i] = f->id;
	}
	app->blamed.n = 0;
	/* Behind the outcomes that it takes back, which are queued already. */
	gaz_writer_run(app->writer, run_pardon, done_pardon, p, false);
}

static bool
recall(struct gaz_app *app, struct gaz_feed *f)
{
	(void)app;
	f->recalled = f->recalled || f->unreached;
	return f->recalled;
}

static bool
tell(struct gaz_app *app, const struct gaz_feed *f, const struct cycle *c)
{
	bool was = gaz_offline_is(&app->offline), is;
	/* Who is silent behind a connection is reached all the same. */
	enum gaz_fault fault = c->fetch_fault == GAZ_FAULT_TIMEOUT &&
	    c->connected ? GAZ_FAULT_TOO_SLOW : c->fetch_fault;

	is = gaz_offline_note(&app->offline, fault,
	    gaz_fault_is_network(fault) ? host_of(f) : 0, gaz_clock_mono());
	if (app->offline.count == 0)
		app->blamed.n = 0; /* one has answered */
	if (is && !was) {
		gaz_log(GAZ_LOG_NOTICE, "fetch", "event=offline");
		forgive(app);
	} else if (was && !is) {
		gaz_log(GAZ_LOG_NOTICE, "fetch", "event=online");
		gaz_backlog_spread(app, recall);
	}
	return is;
}

void
gaz_outage_note(struct gaz_app *app, struct gaz_feed *f, struct cycle *c)
{
	bool is = tell(app, f, c), recalled = f->recalled;

	f->recalled = f->unreached = false;
	if (!gaz_fault_is_network(c->fetch_fault) || recalled)
		return; /* it had its second chance, and others answered */
	c->not_counted = f->unreached = is;
	if (is)
		c->offline_s = (gaz_clock_mono().ms -
		    app->offline.since.ms) / 1000 + 1;
	else if (!c->connected && app->blamed.n < BLAMED_MAX)
		*gaz_vec_push(&app->blamed) = f->slot;
}
