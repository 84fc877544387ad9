/*
 * A feed that a hub delivers is polled once a day. The poll checks the hub:
 * when it finds what should have been delivered, the hub is quiet, and the feed
 * has its rhythm back until the next delivery. When it has been quiet for a day,
 * another hub of the feed takes its place, if there is one. A hub that fails to
 * renew its lease is not relied on, either, until it has.
 */
#include "config.h"

#include <inttypes.h>

#include "gazetted/hash.h"
#include "gazetted/limits.h"
#include "gazetted/log.h"

#include "cycle.h"
#include "websub.h"
#include "websub_form.h"

/* ---- what is known of a feed, at eight bytes */

static uint32_t
short_hash(uint64_t h)
{
	uint32_t out = (uint32_t)(h ^ (h >> 32));

	return out != 0 ? out : 1;
}

/* 0: none of them can be asked. Scratch is left empty. */
static uint32_t
hash_hubs(struct gaz_arena *scratch, struct gaz_str lines)
{
	gaz_str_list hubs;
	uint32_t h;

	gaz_websub_split(scratch, lines, &hubs);
	h = hubs.n > 0 ? short_hash(gaz_hash_texts(hubs.v, hubs.n)) : 0;
	gaz_arena_reset(scratch);
	return h;
}

void
gaz_websub_remember(struct gaz_feed *f, struct gaz_str hubs,
    struct gaz_str self)
{
	struct gaz_arena a = { 0 };

	f->hubs_hash = hubs.len > 0 ? hash_hubs(&a, hubs) : 0;
	f->self_hash = self.len > 0 ? short_hash(gaz_hash_str(self)) : 0;
	gaz_arena_clear(&a);
}

bool
gaz_websub_knows(struct gaz_app *app, const struct gaz_feed *f,
    const char *hubs, const char *self)
{
	uint32_t h;

	if (self != NULL &&
	    short_hash(gaz_hash_str(gaz_str_of(self))) != f->self_hash)
		return false;
	if (hubs == NULL)
		return true;
	h = hash_hubs(&app->scratch, gaz_str_of(hubs));
	return h == 0 || h == f->hubs_hash;
}

/* ---- polls */

void
gaz_websub_judge(struct gaz_app *app, const struct gaz_feed *f,
    struct cycle *c)
{
	const struct gaz_lease *l = gaz_websub_of_feed(app->websub, f->id);

	if (l == NULL || l->state != GAZ_LEASE_ACTIVE)
		return;
	c->hub_delivers = gaz_websub_is_trusted(l);
	/* What is new since a poll that the lease covers came under it. */
	c->hub_owes = f->last_success != GAZ_UTC_UNKNOWN &&
	    l->since != GAZ_UTC_UNKNOWN && f->last_success >= l->since;
}

void
gaz_websub_polled(struct gaz_app *app, const struct gaz_feed *f,
    struct cycle *c)
{
	struct gaz_lease *l;

	if (app->websub == NULL)
		return;
	if (f->gone)
		gaz_websub_note(app, f, GAZ_STR_NONE, GAZ_STR_NONE);
	else if (c->parsed || c->linked)
		gaz_websub_note(app, f, gaz_str_of(c->hub),
		    gaz_str_of(c->self));
	l = gaz_websub_of_feed(app->websub, f->id);
	if (l == NULL || l->state != GAZ_LEASE_ACTIVE || !c->hub_owes ||
	    c->fresh == 0)
		return;
	if (l->missed != GAZ_UTC_UNKNOWN) {
		if (c->when - l->missed >= GAZ_WEBSUB_QUIET_S)
			gaz_websub_exchange(l);
		return;
	}
	gaz_log(GAZ_LOG_WARN, "websub", "event=quiet feed=%" PRId64
	    " missed=%" PRId64, f->id, c->fresh);
	l->missed = c->when;
	gaz_websub_keep(l);
}

void
gaz_websub_look(struct gaz_lease *l)
{
	struct gaz_app *app = l->websub->app;
	struct gaz_feed *f = gaz_feeds_find(app, l->feed_id);
	struct gaz_mono due = gaz_clock_mono(), at;
	gaz_utc now = gaz_clock_utc(), next;

	gaz_log(GAZ_LOG_INFO, "websub", "event=look feed=%" PRId64,
	    l->feed_id);
	/* One that fails has its own time, and one that is being fetched may
	 * have come too early: then it is known when that is over. */
	if (f == NULL || !f->enabled || f->gone || f->failures > 0 ||
	    app->stopping)
		return;
	if (f->busy) {
		f->again = true;
		return;
	}
	next = f->last_success != GAZ_UTC_UNKNOWN ?
	    f->last_success + app->config->min_interval_s : now;
	due.ms += next > now ? (next - now) * 1000 : 0;
	if (gaz_schedule_find(app->schedule, f->slot, &at) && at.ms <= due.ms)
		return;
	gaz_schedule_put(app->schedule, f->slot, due);
	gaz_pipeline_tick(app);
}
