/*
 * The second half of a cycle: it goes to the writer, which alone can decide when
 * the feed is due next, and the loop remembers what came of it. One that was put
 * off, given up or found nothing at all ends here, too.
 */
#include "config.h"

#include "cycle.h"

#include <inttypes.h>
#include <stdlib.h>

#include "gazetted/hash.h"
#include "gazetted/limits.h"
#include "gazetted/log.h"

#include "websub.h"

/* How long to wait before the store is tried again after it refused. */
#define STORE_RETRY_S 30

_Static_assert((int)GAZ_FAULT_COUNT <= GAZ_METRIC_VALUES_MAX,
    "each fault has a series");

/* ---- what is told */

static void
log_cycle(const struct cycle *c, const struct gaz_feed *f)
{
	char name[160], text[400];

	gaz_log_safe(gaz_str_of(f->name), name, sizeof(name));
	gaz_log_safe(gaz_str_of(c->text), text, sizeof(text));
	if (c->fault == GAZ_FAULT_NONE) {
		gaz_log(GAZ_LOG_INFO, "fetch",
		    "feed=%" PRId64 " name=\"%s\" status=%d new=%" PRId64
		    " changed=%" PRId64 " bytes=%zu ms=%" PRId64
		    " next_s=%" PRId64 " reason=\"%s\"%s%s%s", c->feed_id,
		    name, c->status, c->added, c->changed, c->bytes,
		    c->duration_ms, c->next.delay_s, c->next.reason,
		    text[0] != '\0' ? " text=\"" : "", text,
		    text[0] != '\0' ? "\"" : "");
		return;
	}
	gaz_log(GAZ_LOG_WARN, "fetch", "feed=%" PRId64 " name=\"%s\" fault=%s "
	    "status=%d failures=%" PRId64 " next_s=%" PRId64 " text=\"%s\"",
	    c->feed_id, name, gaz_fault_name(c->fault), c->status,
	    f->failures, c->next.delay_s, text);
}

static void
count_cycle(struct gaz_app *app, const struct cycle *c)
{
	gaz_metrics_add(app->metrics, GAZ_METRIC_FETCHES, 1);
	gaz_metrics_add(app->metrics, GAZ_METRIC_FETCH_FAILURES,
	    c->fault != GAZ_FAULT_NONE);
	if (c->fault != GAZ_FAULT_NONE)
		gaz_metrics_count(app->metrics, GAZ_FAMILY_FETCH_FAULTS,
		    c->fault, gaz_fault_name(c->fault));
	gaz_metrics_add(app->metrics, GAZ_METRIC_FETCH_UNCHANGED,
	    c->not_modified);
	gaz_metrics_add(app->metrics, GAZ_METRIC_FETCH_BYTES,
	    (int64_t)c->bytes);
	gaz_metrics_add(app->metrics, GAZ_METRIC_ITEMS_NEW, c->added);
	gaz_metrics_add(app->metrics, GAZ_METRIC_ITEMS_CHANGED, c->changed);
	gaz_metrics_add(app->metrics, GAZ_METRIC_STORIES_NEW, c->opened);
}

void
gaz_cycle_note(struct gaz_app *app, const struct cycle *c,
    const struct gaz_feed *f)
{
	count_cycle(app, c);
	log_cycle(c, f);
	app->paused = false;
	if (c->added > 0 || c->changed > 0 || c->parsed)
		gaz_exports_touch(app);
	if (c->added > 0) {
		gaz_repair_touch(app);
		gaz_embed_touch(app);
	}
}

/* ---- what is remembered */

/* Those of the cycle, if it has any, replace what the feed had. */
static void
take_validators(struct gaz_feed *f, struct cycle *c)
{
	free(f->etag);
	free(f->last_modified);
	free(f->validators_url);
	f->etag = c->etag;
	f->last_modified = c->last_modified;
	f->validators_url = c->final_url;
	c->etag = c->last_modified = c->final_url = NULL;
}

static void
drop_validators(struct gaz_feed *f)
{
	free(f->etag);
	free(f->last_modified);
	free(f->validators_url);
	f->etag = f->last_modified = f->validators_url = NULL;
}

/* What the loop remembers of a cycle that was committed. */
static void
learn(struct gaz_feed *f, struct cycle *c)
{
	f->fault = c->fault;
	f->next_fetch = c->next.delay_s < 0 ? GAZ_UTC_UNKNOWN :
	    c->when + c->next.delay_s;
	if (c->fault != GAZ_FAULT_NONE) {
		f->failures += !c->not_counted;
		if (c->fault == GAZ_FAULT_GONE)
			f->gone = true;
		if (gaz_cycle_is_confused(c))
			drop_validators(f);
		return;
	}
	f->failures = 0;
	f->last_success = c->when;
	f->moving = c->moved_to != NULL;
	if (gaz_cycle_has_validators(c))
		take_validators(f, c);
	if (c->parsed || c->linked)
		gaz_websub_remember(f, gaz_str_of(c->hub),
		    gaz_str_of(c->self));
	if (!c->parsed)
		return;
	f->ttl_s = c->ttl_s;
	f->update_interval_s = c->update_interval_s;
	f->skip_hours = c->skip_hours;
	f->skip_days = c->skip_days;
	f->rhythm = c->rhythm;
}

/* It lives elsewhere from now on, or another feed stands for it. */
static void
follow_move(struct gaz_app *app, struct gaz_feed *f, struct cycle *c)
{
	char name[160], url[300];

	if (c->adopted == NULL)
		return;
	gaz_log_safe(gaz_str_of(f->name), name, sizeof(name));
	gaz_log_safe(gaz_str_of(c->adopted), url, sizeof(url));
	gaz_log(GAZ_LOG_NOTICE, "fetch", "event=%s feed=%" PRId64
	    " name=\"%s\" url=\"%s\" into=%" PRId64,
	    c->duplicate_of != 0 ? "merged" : "moved", f->id, name, url,
	    c->duplicate_of);
	free(f->url);
	f->url = c->adopted;
	c->adopted = NULL;
	if (c->duplicate_of != 0) {
		f->enabled = false;
		gaz_feeds_rest(app, f);
	}
}

/* 404 for so long that it was given up. */
static void
learn_fate(struct gaz_app *app, struct gaz_feed *f, const struct cycle *c)
{
	if (!c->given_up || f->gone)
		return;
	f->gone = true;
	gaz_feeds_rest(app, f);
}

/* ---- the end */

static void
on_stored(void *arg, bool ok, const struct gaz_err *err)
{
	struct cycle *c = arg;
	struct gaz_app *app = c->app;
	struct gaz_feed *f = app->feeds.v[c->slot];

	gaz_lag_watch(app->lag);
	app->cycles--;
	app->storing_bytes -= c->message.len;
	f->busy = false;
	if (ok && c->postponed) {
		f->next_fetch = c->when + c->next.delay_s;
		gaz_pipeline_plan(app, f, c->next.delay_s);
	} else if (ok) {
		learn_fate(app, f, c);
		if (c->path == NULL)
			gaz_budget_note(&app->budget, &f->share,
			    f->enabled ? &c->next : NULL);
		learn(f, c);
		follow_move(app, f, c);
		gaz_websub_polled(app, f, c);
		gaz_cycle_note(app, c, f);
		if (app->once && c->fault != GAZ_FAULT_NONE)
			app->failed_once++;
		gaz_pipeline_plan(app, f, c->next.delay_s);
	} else {
		gaz_log(GAZ_LOG_ERR, "store", "feed=%" PRId64 " text=\"%s\"",
		    c->feed_id, err->msg);
		f->fault = GAZ_FAULT_STORE;
		app->failed_once++;
		app->paused = !app->once; /* until the upkeep timer */
		gaz_pipeline_plan(app, f, STORE_RETRY_S);
	}
	gaz_feeds_count(app, f);
	gaz_cycle_free(c);
	gaz_pipeline_pressure(app);
	gaz_app_idle(app);
}

void
gaz_cycle_end_quietly(struct cycle *c)
{
	struct gaz_app *app = c->app;
	struct gaz_feed *f = app->feeds.v[c->slot];
	int64_t delay_s = c->next.delay_s;

	app->cycles--;
	f->busy = false;
	f->last_success = c->when;
	f->next_fetch = delay_s < 0 ? GAZ_UTC_UNKNOWN : c->when + delay_s;
	gaz_budget_note(&app->budget, &f->share, f->enabled ? &c->next : NULL);
	count_cycle(app, c);
	if (gaz_log_wants(GAZ_LOG_INFO))
		log_cycle(c, f);
	gaz_cycle_free(c);
	gaz_pipeline_plan(app, f, delay_s);
	gaz_app_idle(app);
}

void
gaz_cycle_drop(struct cycle *c)
{
	struct gaz_app *app = c->app;

	app->cycles--;
	app->feeds.v[c->slot]->busy = false;
	gaz_cycle_free(c);
	gaz_app_idle(app);
}

/* ---- to the writer */

void
gaz_cycle_fill_in(struct cycle *c)
{
	struct gaz_app *app = c->app;
	const struct gaz_feed *f = app->feeds.v[c->slot];
	const struct gaz_config *conf = app->config;

	c->in = (struct gaz_interval_input){
		.failures = f->failures,
		.ttl_s = f->ttl_s, .update_interval_s = f->update_interval_s,
		.skip_hours = f->skip_hours, .skip_days = f->skip_days,
		.configured_s = f->conf != NULL ? f->conf->interval_s : 0,
		.interval_s = conf->interval_s, .min_s = conf->min_interval_s,
		.max_s = conf->max_interval_s,
		.price_s = conf->requests_per_hour > 0 ?
		    gaz_budget_price(&app->budget, conf->requests_per_hour,
		    conf->interval_s) : 0,
		.seed = gaz_hash_mix((uint64_t)f->id, (uint64_t)c->when),
		.rhythm = f->rhythm,
	};
	gaz_websub_judge(app, f, c);
}

void
gaz_cycle_store(struct cycle *c)
{
	struct gaz_app *app = c->app;
	const struct gaz_feed *f = app->feeds.v[c->slot];

	c->set_back = f->last_success != GAZ_UTC_UNKNOWN &&
	    f->last_success > c->when;
	gaz_cycle_fill_in(c);
	gaz_buf_clear(&c->body);
	app->storing_bytes += c->message.len;
	gaz_writer_run(app->writer, gaz_ingest_run, on_stored, c, app->stopping);
	gaz_pipeline_pressure(app);
}

void
gaz_cycle_postpone(struct cycle *c, int64_t wait_s)
{
	struct gaz_app *app = c->app;

	if (app->once)
		app->failed_once++;
	c->postponed = true;
	gaz_interval_postpone(c->when, wait_s,
	    gaz_hash_mix((uint64_t)c->feed_id, (uint64_t)c->when), &c->next);
	gaz_log(GAZ_LOG_INFO, "fetch", "feed=%" PRId64 " event=postponed "
	    "next_s=%" PRId64 " reason=\"%s\"", c->feed_id, c->next.delay_s,
	    c->next.reason);
	gaz_writer_run(app->writer, gaz_ingest_run, on_stored, c,
	    app->stopping);
}
