/* The table of feeds as the loop sees them, filled from the store's list. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "websub.h"

static void
set_text(char **p, struct gaz_str s)
{
	char *fresh = s.len > 0 ? gaz_mem_strndup(s.p, s.len) : NULL;

	free(*p);
	*p = fresh;
}

static void
set_validators(struct gaz_feed *f, const struct gaz_store_feed *s)
{
	set_text(&f->etag, s->etag);
	set_text(&f->last_modified, s->last_modified);
	set_text(&f->validators_url, s->validators_url);
}

static void
free_feed(struct gaz_feed *f)
{
	free(f->name);
	free(f->url);
	free(f->path);
	free(f->etag);
	free(f->last_modified);
	free(f->validators_url);
	free(f);
}

static struct gaz_feed *
new_feed(struct gaz_app *app, int64_t id)
{
	struct gaz_feed *f = gaz_mem_zero(1, sizeof(*f));

	f->id = id;
	f->slot = (uint32_t)app->feeds.n;
	*gaz_vec_push(&app->feeds) = f;
	gaz_map64_put(app->slots, (uint64_t)id, f->slot);
	return f;
}

static void
fill(struct gaz_app *app, struct gaz_feed *f, const struct gaz_store_feed *s,
    bool fresh)
{
	set_text(&f->name, s->name);
	set_text(&f->url, s->url);
	f->by_hand = s->by_hand;
	f->enabled = s->enabled;
	f->gone = s->gone;
	f->conf = gaz_config_find_feed(app->config, s->name);
	set_text(&f->path, f->conf != NULL ? f->conf->path : GAZ_STR_NONE);
	gaz_utc now = gaz_clock_utc();
	f->moving = s->moved_seen > 0;
	gaz_websub_remember(f, s->hub, s->self);
	if (!fresh)
		return; /* the loop knows the rest better than the list */
	set_validators(f, s);
	f->fault = s->fault;
	f->failures = s->failures;
	f->last_success = s->last_success;
	f->next_fetch = s->next_fetch;
	/* The clock was ahead when that was decided: as long as it was to be. */
	if (s->last_fetch != GAZ_UTC_UNKNOWN &&
	    s->next_fetch != GAZ_UTC_UNKNOWN && s->last_fetch > now)
		f->next_fetch = now + (s->next_fetch - s->last_fetch);
	f->ttl_s = s->ttl_s;
	f->update_interval_s = s->update_interval_s;
	f->skip_hours = s->skip_hours;
	f->skip_days = s->skip_days;
	/* None, or none of this version: it is begun anew with the next document.
	 * What items there are would not do: where documents have no dates, theirs
	 * are when they came, and nothing would ever set them right. */
	if (!gaz_rhythm_load(&f->rhythm, s->rhythm))
		f->rhythm = (struct gaz_rhythm){ 0 };
}

void
gaz_feeds_rest(struct gaz_app *app, struct gaz_feed *f)
{
	gaz_schedule_remove(app->schedule, f->slot);
	gaz_budget_note(&app->budget, &f->share, NULL);
	f->has_turn = false;
}

void
gaz_feeds_update(struct gaz_app *app, const gaz_store_feed_list *list)
{
	bool *listed = gaz_mem_zero(app->feeds.n + 1, sizeof(*listed));
	size_t before = app->feeds.n;

	for (size_t i = 0; i < list->n; i++) {
		const struct gaz_store_feed *s = &list->v[i];
		struct gaz_feed *f = gaz_feeds_find(app, s->id);
		bool fresh = f == NULL || f->forgotten;

		if (f == NULL) {
			f = new_feed(app, s->id);
		} else {
			if (f->slot < before)
				listed[f->slot] = true;
			/* Another address: its validators are void. */
			if (f->url != NULL && !gaz_str_eq_z(s->url, f->url)) {
				set_validators(f, s);
				gaz_quiet_forget(app->quiet, f->id);
				f->failures = 0;
				/* What the old one answers is not the new one's. */
				if (f->transfer != NULL)
					gaz_fetcher_cancel(app->fetcher,
					    f->transfer);
				/* As new: at once, or when what the old one has
				 * said already is stored. */
				f->again = f->busy;
				f->last_success = GAZ_UTC_UNKNOWN;
				f->next_fetch = GAZ_UTC_UNKNOWN;
				gaz_feeds_rest(app, f);
			}
		}
		f->forgotten = false;
		fill(app, f, s, fresh);
		if (!f->enabled || f->gone)
			gaz_feeds_rest(app, f);
		gaz_websub_note(app, f, s->hub, s->self);
		gaz_feeds_count(app, f);
	}
	for (size_t i = 0; i < before; i++) {
		struct gaz_feed *f = app->feeds.v[i];

		if (listed[i])
			continue;
		f->enabled = false;
		f->forgotten = true;
		f->conf = NULL;
		gaz_feeds_rest(app, f);
		gaz_websub_note(app, f, GAZ_STR_NONE, GAZ_STR_NONE);
		gaz_feeds_count(app, f);
	}
	gaz_websub_sweep(app);
	free(listed);
	gaz_outage_count_hosts(app);
}

void
gaz_feeds_count(struct gaz_app *app, struct gaz_feed *f)
{
	bool failing = f->enabled && f->failures > 0;

	app->enabled += f->enabled - f->is_counted;
	app->failing += failing - f->is_failing;
	f->is_counted = f->enabled;
	f->is_failing = failing;
	gaz_metrics_set(app->metrics, GAZ_METRIC_FEEDS, app->enabled);
	gaz_metrics_set(app->metrics, GAZ_METRIC_FEEDS_FAILING, app->failing);
}

struct gaz_feed *
gaz_feeds_find(struct gaz_app *app, int64_t id)
{
	uint64_t slot;

	if (!gaz_map64_find(app->slots, (uint64_t)id, &slot))
		return NULL;
	return app->feeds.v[slot];
}

struct gaz_feed *
gaz_feeds_find_name(struct gaz_app *app, struct gaz_str name)
{
	int64_t id;

	for (size_t i = 0; i < app->feeds.n; i++) {
		struct gaz_feed *f = app->feeds.v[i];

		if ((f->name != NULL && gaz_str_eq_z(name, f->name)) ||
		    (f->url != NULL && gaz_str_eq_z(name, f->url)))
			return f;
	}
	return gaz_str_to_int(name, &id) ? gaz_feeds_find(app, id) : NULL;
}

struct gaz_feed *
gaz_feeds_find_url(struct gaz_app *app, struct gaz_str url)
{
	for (size_t i = 0; i < app->feeds.n; i++) {
		struct gaz_feed *f = app->feeds.v[i];

		if (!f->forgotten && f->url != NULL &&
		    gaz_str_eq_z(url, f->url))
			return f;
	}
	return NULL;
}

void
gaz_feeds_clear(struct gaz_app *app)
{
	for (size_t i = 0; i < app->feeds.n; i++)
		free_feed(app->feeds.v[i]);
	gaz_vec_clear(&app->feeds);
	gaz_map64_free(app->slots);
	app->slots = NULL;
}
