/*
 * The first half of a cycle: ask for the feed, or read the local document, and
 * give what came to a parse worker.
 *
 *   fetch -> 304: cycle_end.c, without the writer if nothing else is new
 *         -> document -> worker -> cycle_end.c
 *         -> failed: cycle_end.c
 */
#include "config.h"

#include "cycle.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "gazetted/file.h"

/* ---- to a worker */

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
	gaz_cycle_store(c);
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

/* ---- what came */

static char *
dup_or_null(const char *s)
{
	return s != NULL ? gaz_mem_strdup(s) : NULL;
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
		gaz_cycle_end_quietly(c);
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
		gaz_cycle_drop(c);
		return;
	}
	if (r->postponed) {
		gaz_cycle_postpone(c, r->retry_after_s);
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
	gaz_cycle_store(c);
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
		gaz_cycle_store(c);
}

void
gaz_cycle_read(struct gaz_app *app, struct gaz_feed *f)
{
	struct cycle *c = gaz_cycle_new(app, f);

	c->path = gaz_mem_strdup(f->path);
	if (!f->force)
		c->etag = dup_or_null(f->etag);
	f->force = false;
	if (!gaz_tasks_run(app->tasks, read_document, on_read, c)) {
		/* Too much waits: this one's turn comes again. */
		app->cycles--;
		f->busy = false;
		gaz_cycle_free(c);
		gaz_pipeline_plan(app, f, 5);
	}
}

/* ---- the network */

void
gaz_cycle_fetch(struct gaz_app *app, struct gaz_feed *f)
{
	struct cycle *c = gaz_cycle_new(app, f);
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
		gaz_cycle_store(c);
	} else {
		f->transfer = gaz_fetcher_start(app->fetcher, &req,
		    on_fetched, c);
	}
	gaz_arena_reset(&app->scratch);
}
