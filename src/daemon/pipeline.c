/*
 * One feed's round, called a cycle:
 *
 *   due -> fetch (or read a local file) -> parse worker -> writer -> due again
 *
 * A struct cycle travels along and collects what each step found. A failure
 * at any step skips to the writer, which records it; only the writer decides
 * the next fetch, because only there everything is known. Whatever happens,
 * a cycle ends in on_stored, exactly once.
 */
#include "config.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gazetted/file.h"
#include "gazetted/hash.h"
#include "gazetted/limits.h"
#include "gazetted/log.h"
#include "gazetted/url.h"

#include "cycle.h"
#include "pressure.h"
#include "websub.h"

/* Feeds that one turn of the loop starts. */
#define TICK_MAX 64
/*
 * Hosts that wait in the fetcher for a connection; what else is due waits in
 * the schedule, where it costs 16 bytes. Hosts and not feeds: a crowd on one
 * host must not stand in the way of others.
 */
#define READY_MAX 1024
#define SPARE_MAX 256 /* cycles kept for use again */
/* How long to wait before the store is tried again after it refused. */
#define STORE_RETRY_S 30

static void hand_to_writer(struct cycle *c);

static char *
dup_or_null(const char *s)
{
	return s != NULL ? gaz_mem_strdup(s) : NULL;
}

static struct cycle *
new_cycle(struct gaz_app *app, struct gaz_feed *f)
{
	struct cycle *c = app->spare;

	if (c != NULL) {
		app->spare = c->next_spare;
		app->spare_count--;
		memset(c, 0, sizeof(*c));
	} else {
		c = gaz_mem_zero(1, sizeof(*c));
	}
	c->app = app;
	c->slot = f->slot;
	c->feed_id = f->id;
	c->config = gaz_config_get(app->config);
	c->conf = f->conf;
	c->when = gaz_clock_utc();
	c->max_age_s = c->retry_after_s = GAZ_INT_UNKNOWN;
	gaz_buf_init(&c->body, (size_t)app->config->max_body);
	gaz_buf_init(&c->message, GAZ_MESSAGE_MAX);
	app->cycles++;
	gaz_lag_watch(app->lag);
	f->busy = true;
	f->again = false;
	return c;
}

static void
free_cycle(struct cycle *c)
{
	struct gaz_app *app = c->app;

	free(c->etag);
	free(c->last_modified);
	free(c->moved_to);
	free(c->adopted);
	free(c->content_type);
	free(c->final_url);
	free(c->path);
	free(c->hub);
	free(c->self);
	free(c->pause_host);
	gaz_config_put(c->config);
	gaz_buf_clear(&c->body);
	gaz_buf_clear(&c->message);
	if (app->spare_count >= SPARE_MAX) {
		free(c);
		return;
	}
	c->next_spare = app->spare;
	app->spare = c;
	app->spare_count++;
}

void
gaz_pipeline_free(struct gaz_app *app)
{
	while (app->spare != NULL) {
		struct cycle *c = app->spare;

		app->spare = c->next_spare;
		free(c);
	}
	gaz_arena_clear(&app->scratch);
}

/* ---- back on the loop */

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

_Static_assert((int)GAZ_FAULT_COUNT <= GAZ_METRIC_VALUES_MAX,
    "each fault has a series");

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
gaz_pipeline_note(struct gaz_app *app, const struct cycle *c,
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

static void
plan_next(struct gaz_app *app, struct gaz_feed *f, int64_t delay_s)
{
	struct gaz_mono due = gaz_clock_mono();

	if (app->stopping)
		return;
	if (!app->once && f->enabled && !f->gone) {
		due.ms += delay_s * 1000;
		if (f->again)
			gaz_pipeline_fetch(app, f, f->force);
		else if (delay_s >= 0)
			gaz_schedule_put(app->schedule, f->slot, due);
	}
	gaz_pipeline_tick(app);
}

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
		plan_next(app, f, c->next.delay_s);
	} else if (ok) {
		learn_fate(app, f, c);
		if (c->path == NULL)
			gaz_budget_note(&app->budget, &f->share,
			    f->enabled ? &c->next : NULL);
		learn(f, c);
		follow_move(app, f, c);
		gaz_websub_polled(app, f, c);
		gaz_pipeline_note(app, c, f);
		if (app->once && c->fault != GAZ_FAULT_NONE)
			app->failed_once++;
		plan_next(app, f, c->next.delay_s);
	} else {
		gaz_log(GAZ_LOG_ERR, "store", "feed=%" PRId64 " text=\"%s\"",
		    c->feed_id, err->msg);
		f->fault = GAZ_FAULT_STORE;
		app->failed_once++;
		app->paused = !app->once; /* until the upkeep timer */
		plan_next(app, f, STORE_RETRY_S);
	}
	gaz_feeds_count(app, f);
	free_cycle(c);
	gaz_pipeline_pressure(app);
	gaz_app_idle(app);
}

/* The loop alone knows all of it; the writer has nothing to do. */
static void
end_quietly(struct cycle *c)
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
	free_cycle(c);
	plan_next(app, f, delay_s);
	gaz_app_idle(app);
}

void
gaz_pipeline_ask(struct cycle *c)
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

static void
hand_to_writer(struct cycle *c)
{
	struct gaz_app *app = c->app;
	const struct gaz_feed *f = app->feeds.v[c->slot];

	c->set_back = f->last_success != GAZ_UTC_UNKNOWN &&
	    f->last_success > c->when;
	gaz_pipeline_ask(c);
	gaz_buf_clear(&c->body);
	app->storing_bytes += c->message.len;
	gaz_writer_run(app->writer, gaz_ingest_run, on_stored, c, app->stopping);
	gaz_pipeline_pressure(app);
}

static void
on_parsed(void *arg, struct gaz_buf *message, enum gaz_fault fault,
    const char *text)
{
	struct cycle *c = arg;

	if (message != NULL) {
		c->message = *message;
		gaz_buf_init(message, 0);
	} else {
		c->fetch_fault = fault;
		snprintf(c->fetch_text, sizeof(c->fetch_text), "%s", text);
	}
	hand_to_writer(c);
}

static void
hand_to_worker(struct cycle *c)
{
	struct gaz_app *app = c->app;
	const struct gaz_feed *f = app->feeds.v[c->slot];
	struct gaz_parse_job job = {
		.kind = GAZ_MESSAGE_FEED, .body = gaz_buf_str(&c->body),
		.content_type = gaz_str_of(c->content_type),
		.url = c->final_url != NULL ? gaz_str_of(c->final_url) :
		    c->path == NULL ? gaz_str_of(f->url) : GAZ_STR_NONE,
	};

	if (f->conf != NULL) {
		job.language = f->conf->language;
		job.max_items = f->conf->max_items;
		job.source = f->conf->title;
	}
	gaz_pool_submit(app->pool, &job, on_parsed, c);
	gaz_buf_clear(&c->body);
	gaz_pipeline_pressure(app);
}

/* Ours, not the feed's doing: nothing is to be remembered. */
static void
give_up(struct cycle *c)
{
	struct gaz_app *app = c->app;

	app->cycles--;
	app->feeds.v[c->slot]->busy = false;
	free_cycle(c);
	gaz_app_idle(app);
}

/* Its host wants to be left alone; nothing was asked. */
static void
postpone(struct cycle *c, int64_t wait_s)
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

/* A 304 that renews one of the pair leaves the other as it was. */
static void
complete_validators(struct cycle *c)
{
	const struct gaz_feed *f = c->app->feeds.v[c->slot];

	if (c->etag != NULL && c->last_modified == NULL)
		c->last_modified = dup_or_null(f->last_modified);
	else if (c->last_modified != NULL && c->etag == NULL)
		c->etag = dup_or_null(f->etag);
}

static void
on_fetched(struct gaz_fetch_result *r, void *arg)
{
	struct cycle *c = arg;

	gaz_lag_watch(c->app->lag);
	c->app->feeds.v[c->slot]->transfer = NULL;
	c->when = gaz_clock_utc();
	if (gaz_quiet_take(c->app->quiet, c, r)) {
		gaz_outage_note(c->app, c->app->feeds.v[c->slot], c);
		end_quietly(c);
		return;
	}
	c->fetch_fault = r->fault;
	snprintf(c->fetch_text, sizeof(c->fetch_text), "%s", r->text);
	c->status = r->status;
	c->not_modified = r->not_modified;
	c->delta = r->status == 226;
	c->etag = dup_or_null(r->etag);
	c->last_modified = dup_or_null(r->last_modified);
	c->moved_to = dup_or_null(r->moved_to);
	c->content_type = dup_or_null(r->content_type);
	c->final_url = dup_or_null(r->final_url);
	c->hub = dup_or_null(r->hub);
	c->self = dup_or_null(r->self);
	c->max_age_s = r->max_age_s;
	c->retry_after_s = r->retry_after_s;
	c->duration_ms = r->duration_ms;
	c->bytes = r->body.len;
	if (r->fault == GAZ_FAULT_CANCELLED) {
		give_up(c);
		return;
	}
	if (r->postponed) {
		postpone(c, r->retry_after_s);
		return;
	}
	c->connected = r->connected;
	gaz_outage_note(c->app, c->app->feeds.v[c->slot], c);
	if (r->status == 429 && r->final_url != NULL)
		gaz_pauses_note(c->app, r->final_url, c);
	if (r->not_modified)
		complete_validators(c);
	if (r->fault == GAZ_FAULT_NONE && !r->not_modified) {
		gaz_buf_clear(&c->body);
		c->body = r->body;
		gaz_buf_init(&r->body, 0);
		hand_to_worker(c);
		return;
	}
	hand_to_writer(c);
}

/* ---- local documents */

/* On a task thread. Size and time of change serve as the ETag. */
static void
read_document(struct gaz_store *reader, const struct gaz_err *why, void *arg)
{
	struct cycle *c = arg;
	struct gaz_err err = { 0 };
	struct stat st;
	char tag[96];

	(void)reader;
	(void)why;
	c->when = gaz_clock_utc();
	if (stat(c->path, &st) == -1) {
		c->fetch_fault = GAZ_FAULT_NO_FILE;
		snprintf(c->fetch_text, sizeof(c->fetch_text), "%.140s: %s",
		    c->path, strerror(errno));
		return;
	}
	snprintf(tag, sizeof(tag), "%lld.%09ld-%lld-%llu",
	    (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec,
	    (long long)st.st_size, (unsigned long long)st.st_ino);
	if (c->etag != NULL && strcmp(c->etag, tag) == 0) {
		c->not_modified = true;
		return;
	}
	free(c->etag);
	c->etag = gaz_mem_strdup(tag);
	if (!S_ISREG(st.st_mode)) {
		c->fetch_fault = GAZ_FAULT_NO_FILE;
		snprintf(c->fetch_text, sizeof(c->fetch_text),
		    "%.140s: not a regular file", c->path);
	} else if (!gaz_file_load(c->path, &c->body, &err)) {
		c->fetch_fault = err.code == GAZ_ERR_LIMIT ?
		    GAZ_FAULT_TOO_LARGE : GAZ_FAULT_NO_FILE;
		snprintf(c->fetch_text, sizeof(c->fetch_text), "%.190s",
		    err.msg);
	} else if (c->body.len == 0) {
		c->fetch_fault = GAZ_FAULT_EMPTY;
		snprintf(c->fetch_text, sizeof(c->fetch_text),
		    "%.140s: empty", c->path);
	}
}

static void
on_read(void *arg)
{
	struct cycle *c = arg;

	c->bytes = c->body.len;
	if (c->fetch_fault == GAZ_FAULT_NONE && !c->not_modified)
		hand_to_worker(c);
	else
		hand_to_writer(c);
}

static void
start_local(struct gaz_app *app, struct gaz_feed *f)
{
	struct cycle *c = new_cycle(app, f);

	c->path = gaz_mem_strdup(f->path);
	if (!f->force)
		c->etag = dup_or_null(f->etag);
	f->force = false;
	if (!gaz_tasks_run(app->tasks, read_document, on_read, c)) {
		/* Too much waits: this one's turn comes again. */
		app->cycles--;
		f->busy = false;
		free_cycle(c);
		plan_next(app, f, 5);
	}
}

/* ---- the network */

static void
start_remote(struct gaz_app *app, struct gaz_feed *f)
{
	struct cycle *c = new_cycle(app, f);
	struct gaz_err err = { 0 };
	struct gaz_fetch_request req = {
		.url = f->url,
		.etag = f->force ? NULL : f->etag,
		.last_modified = f->force ? NULL : f->last_modified,
		.validators_url = f->validators_url,
		.max_body = (size_t)app->config->max_body,
		.timeout_s = app->config->timeout_s,
	};

	f->force = false;
	if (f->conf != NULL &&
	    !gaz_pipeline_options(&req, f->conf, &app->scratch, &err)) {
		c->fetch_fault = GAZ_FAULT_NO_FILE;
		snprintf(c->fetch_text, sizeof(c->fetch_text), "%.190s",
		    err.msg);
		hand_to_writer(c);
	} else {
		f->transfer = gaz_fetcher_start(app->fetcher, &req,
		    on_fetched, c);
	}
	gaz_arena_reset(&app->scratch);
}

void
gaz_pipeline_fetch(struct gaz_app *app, struct gaz_feed *f, bool force)
{
	f->force = f->force || force;
	if (app->stopping)
		return;
	if (f->busy) {
		f->again = true;
		return;
	}
	gaz_schedule_remove(app->schedule, f->slot);
	if (f->path != NULL) {
		start_local(app, f);
		return;
	}
	/* Who asks for it does not wait, but the request counts. */
	if (!f->has_turn)
		gaz_turns_take(&app->turns, app->turns_per_hour,
		    gaz_clock_mono());
	f->has_turn = f->backlog = false;
	start_remote(app, f);
}

void
gaz_pipeline_fetch_all(struct gaz_app *app, bool force)
{
	struct gaz_mono now = gaz_clock_mono();

	for (size_t i = 0; i < app->feeds.n && !app->stopping; i++) {
		struct gaz_feed *f = app->feeds.v[i];

		if (!f->enabled || f->gone)
			continue;
		f->force = f->force || force;
		if (f->busy) {
			f->again = true;
			continue;
		}
		/* They do not wait for turns, but the requests count. */
		if (f->path == NULL && !f->has_turn) {
			gaz_turns_take(&app->turns, app->turns_per_hour, now);
			f->has_turn = true;
		}
		gaz_schedule_put(app->schedule, f->slot, now);
	}
	gaz_pipeline_tick(app);
}

/* Whether a feed that is due may go now; else it is put where its turn is. */
static bool
may_go(struct gaz_app *app, struct gaz_feed *f, struct gaz_mono now)
{
	struct gaz_mono turn;

	if (f->path != NULL || f->has_turn)
		return true;
	f->has_turn = true;
	turn = gaz_turns_take(&app->turns, app->turns_per_hour, now);
	if (turn.ms <= now.ms)
		return true;
	gaz_schedule_put(app->schedule, f->slot, turn);
	return false;
}

/* Another pace: what waits for a turn asks again. */
static void
set_pace(struct gaz_app *app, int64_t per_hour)
{
	struct gaz_mono at;

	if (app->turns_per_hour == per_hour)
		return;
	app->turns_per_hour = per_hour;
	app->turns = (struct gaz_turns){ 0 };
	for (size_t i = 0; i < app->feeds.n; i++) {
		struct gaz_feed *f = app->feeds.v[i];

		if (f->has_turn &&
		    gaz_schedule_find(app->schedule, f->slot, &at))
			gaz_schedule_put(app->schedule, f->slot,
			    gaz_clock_mono());
		f->has_turn = false;
	}
}

/* ---- time */

void
gaz_pipeline_tick(struct gaz_app *app)
{
	struct gaz_mono now = gaz_clock_mono();
	int64_t wait_ms = INT64_MAX;
	uint32_t slot;

	if (app->stopping)
		return;
	for (int i = 0;; i++) {
		/* A few at a time: other events of the loop must not wait. */
		if (i == TICK_MAX) {
			wait_ms = 0;
			break;
		}
		/* The end of any of those brings us back. */
		if (gaz_fetcher_ready(app->fetcher) >= READY_MAX) {
			wait_ms = 1000;
			break;
		}
		if (!gaz_schedule_take(app->schedule, now, &slot, &wait_ms))
			break;
		struct gaz_feed *f = app->feeds.v[slot];

		if (f->enabled && !f->gone && !f->busy && may_go(app, f, now))
			gaz_pipeline_fetch(app, f, false);
	}
	app->next_due = wait_ms == INT64_MAX ? INT64_MAX : now.ms + wait_ms;
	if (wait_ms == INT64_MAX) {
		event_del(app->due_timer);
		return;
	}
	wait_ms = wait_ms > 0 ? wait_ms : 0;
	/* A day at the most, so that a changed clock is noticed. */
	if (wait_ms > 86400000)
		wait_ms = 86400000;
	struct timeval tv = { wait_ms / 1000, (wait_ms % 1000) * 1000 };
	event_add(app->due_timer, &tv);
}

void
gaz_pipeline_pressure(struct gaz_app *app)
{
	bool busy;

	/* At the end, when the last answers come from a pool that goes. */
	if (app->fetcher == NULL || app->pool == NULL)
		return;
	busy = app->paused || gaz_pressure_is_high(&(struct gaz_pressure){
		.parsing = gaz_pool_waiting(app->pool),
		.parsing_bytes = gaz_pool_waiting_bytes(app->pool),
		.storing = gaz_writer_pending(app->writer),
		.storing_bytes = app->storing_bytes });
	gaz_fetcher_pause(app->fetcher, busy);
}

void
gaz_pipeline_configure(struct gaz_app *app)
{
	const struct gaz_config *c = app->config;
	struct gaz_arena a = { 0 };
	struct gaz_fetcher_options opt = {
		.connections = (int)c->connections,
		.connections_per_host = (int)c->connections_per_host,
		.host_gap_ms = c->host_gap_ms,
		.user_agent = gaz_z_or_null(c->user_agent, &a),
		.proxy = gaz_z_or_null(c->proxy, &a),
	};

	set_pace(app, c->requests_per_hour);
	opt.allow_private = gaz_pipeline_allow(&c->allow_private, &a,
	    &opt.allow_private_count);
	if (app->fetcher != NULL) {
		gaz_fetcher_configure(app->fetcher, &opt);
	} else {
		struct gaz_err err;

		app->fetcher = gaz_fetcher_new(app->base, &opt, &err);
		if (app->fetcher == NULL)
			gaz_log(GAZ_LOG_ERR, "fetch", "%s", err.msg);
	}
	gaz_arena_clear(&a);
}
