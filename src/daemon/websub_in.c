/*
 * What hubs send to /websub/in/TOKEN: they verify what we asked for (GET) and
 * deliver (POST). Who does not know a token gets 404, a delivery before its
 * body has come. A delivery is answered at once, whether it is believed or not,
 * and goes the way of a fetched document:
 *
 *   body -> worker -> writer (items, stories, a line in the lease)
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "gazetted/limits.h"
#include "gazetted/link.h"
#include "gazetted/log.h"
#include "gazetted/url.h"

#include "cycle.h"
#include "websub.h"
#include "websub_form.h"

/* Answers and jobs that may wait before a hub is told to come again. */
#define PARSE_BACKLOG_MAX 64
#define STORE_BACKLOG_MAX 256
#define RETRY_AFTER "120"

static struct gaz_lease *
find(const struct gaz_app *app, const struct gaz_http_request *req)
{
	struct gaz_str token = gaz_websub_token(gaz_http_rest(req));

	if (app->websub == NULL || token.p == NULL)
		return NULL;
	return gaz_map_find(app->websub->by_token, token);
}

static void
reply_text(struct gaz_http_request *req, int status, struct gaz_str text)
{
	gaz_http_reply(req, status, "text/plain; charset=utf-8", text);
}

/* ---- verification */

/* Did we ask for that? Of a lease that runs, only just now or when it is to be
 * renewed: nobody else may keep it alive. */
static bool
is_ours(const struct gaz_lease *l, struct gaz_str mode)
{
	gaz_utc now = gaz_clock_utc();

	if (gaz_str_eq_z(mode, "unsubscribe"))
		return l->state == GAZ_LEASE_LEAVING &&
		    l->asked != GAZ_UTC_UNKNOWN;
	if (!gaz_str_eq_z(mode, "subscribe") || l->asked == GAZ_UTC_UNKNOWN)
		return false;
	return l->state == GAZ_LEASE_ASKED || l->heir ||
	    (l->state == GAZ_LEASE_ACTIVE && (l->open ||
	    l->next_secret[0] != '\0' || (now >= l->asked &&
	    now - l->asked < GAZ_WEBSUB_REVERIFY_S)));
}

void
gaz_websub_verify(struct gaz_http_request *req, void *arg)
{
	struct gaz_app *app = arg;
	struct gaz_lease *l = find(app, req);
	struct gaz_str mode = gaz_http_param(req, "hub.mode", 0);
	struct gaz_str topic = gaz_http_param(req, "hub.topic", 0);
	struct gaz_str challenge = gaz_http_param(req, "hub.challenge", 0);

	if (l == NULL || !gaz_str_eq_z(topic, l->topic)) {
		gaz_http_reply_error(req, 404, "nothing of that is known");
		return;
	}
	if (gaz_str_eq_z(mode, "denied") &&
	    (l->state != GAZ_LEASE_SPARE || l->heir)) {
		gaz_websub_denied(l, gaz_http_param(req, "hub.reason", 0));
		reply_text(req, 200, GAZ_STR("noted\n"));
		return;
	}
	if (!is_ours(l, mode) || challenge.len == 0) {
		gaz_http_reply_error(req, 404, "nothing of that was asked");
		return;
	}
	if (gaz_str_eq_z(mode, "unsubscribe")) {
		gaz_log(GAZ_LOG_INFO, "websub", "event=left feed=%" PRId64,
		    l->feed_id);
		gaz_websub_forget(l);
	} else {
		gaz_websub_verified(l, gaz_websub_lease_s(
		    gaz_http_param(req, "hub.lease_seconds", 0)));
	}
	reply_text(req, 200, challenge);
}

/* ---- a delivery on its way */

struct push {
	struct cycle cycle;       /* what the writer works with */
	struct gaz_websub *websub;
	char token[GAZ_SECRET_LEN + 1];
	size_t bytes;
};

static void
end_push(struct push *p)
{
	struct gaz_websub *w = p->websub;
	struct cycle *c = &p->cycle;

	w->pushes--;
	w->push_bytes -= p->bytes;
	w->app->cycles--;
	gaz_config_put(c->config);
	free(c->hub);
	free(c->self);
	gaz_buf_clear(&c->message);
	free(p);
}

static void
count_push(struct gaz_app *app, const struct cycle *c)
{
	gaz_metrics_add(app->metrics, GAZ_METRIC_ITEMS_NEW, c->added);
	gaz_metrics_add(app->metrics, GAZ_METRIC_ITEMS_CHANGED, c->changed);
	gaz_metrics_add(app->metrics, GAZ_METRIC_STORIES_NEW, c->opened);
	if (c->added > 0 || c->changed > 0)
		gaz_exports_touch(app);
	if (c->added > 0) {
		gaz_repair_touch(app);
		gaz_embed_touch(app);
	}
}

static void
on_stored(void *arg, bool ok, const struct gaz_err *err)
{
	struct push *p = arg;
	struct cycle *c = &p->cycle;
	struct gaz_app *app = c->app;
	struct gaz_lease *l = gaz_map_find(p->websub->by_token,
	    gaz_str_of(p->token));
	char text[240];

	if (!ok) {
		gaz_log(GAZ_LOG_ERR, "store", "feed=%" PRId64 " text=\"%s\"",
		    c->feed_id, err->msg);
	} else {
		gaz_log_safe(gaz_str_of(c->text), text, sizeof(text));
		gaz_log(GAZ_LOG_INFO, "websub", "event=delivered feed=%" PRId64
		    " new=%" PRId64 " changed=%" PRId64 " bytes=%zu fault=%s"
		    "%s%s%s", c->feed_id, c->added, c->changed, c->bytes,
		    gaz_fault_name(c->fault), text[0] != '\0' ?
		    " text=\"" : "", text, text[0] != '\0' ? "\"" : "");
		count_push(app, c);
	}
	/* What got lost here, or was no feed, is in the feed itself. */
	if (l != NULL && (!ok || c->fault != GAZ_FAULT_NONE))
		gaz_websub_look(l);
	if (l != NULL && ok && l->missed != GAZ_UTC_UNKNOWN) {
		l->missed = GAZ_UTC_UNKNOWN;
		gaz_websub_keep(l);
	}
	end_push(p);
	gaz_pipeline_pressure(app);
	gaz_app_idle(app);
}

static void
on_parsed(void *arg, struct gaz_buf *message, enum gaz_fault fault,
    const char *text)
{
	struct push *p = arg;
	struct cycle *c = &p->cycle;

	if (message != NULL) {
		c->message = *message;
		gaz_buf_init(message, 0);
	} else {
		c->fetch_fault = fault;
		snprintf(c->fetch_text, sizeof(c->fetch_text), "%s", text);
	}
	gaz_writer_run(c->app->writer, gaz_ingest_run, on_stored, p,
	    c->app->stopping);
	gaz_pipeline_pressure(c->app);
}

static void
take(struct gaz_lease *l, const struct gaz_feed *f,
    const struct gaz_http_request *req)
{
	struct gaz_app *app = l->websub->app;
	struct push *p = gaz_mem_zero(1, sizeof(*p));
	struct cycle *c = &p->cycle;
	struct gaz_parse_job job = {
		.kind = GAZ_MESSAGE_FEED, .body = gaz_http_body(req),
		.content_type = gaz_http_header(req, "Content-Type"),
		.url = gaz_str_of(l->topic),
	};

	if (f->conf != NULL) {
		job.language = f->conf->language;
		job.max_items = f->conf->max_items;
		job.source = f->conf->title;
	}
	p->websub = l->websub;
	memcpy(p->token, l->token, sizeof(p->token));
	p->bytes = c->bytes = job.body.len;
	c->app = app;
	c->slot = f->slot;
	c->feed_id = f->id;
	c->config = gaz_config_get(app->config);
	c->conf = f->conf;
	c->when = gaz_clock_utc();
	c->lease = p->token;
	c->max_age_s = c->retry_after_s = GAZ_INT_UNKNOWN;
	gaz_buf_init(&c->message, GAZ_MESSAGE_MAX);
	app->cycles++;
	p->websub->pushes++;
	p->websub->push_bytes += p->bytes;
	gaz_metrics_add(app->metrics, GAZ_METRIC_WEBSUB_DELIVERIES, 1);
	gaz_pool_submit(app->pool, &job, on_parsed, p);
	gaz_pipeline_pressure(app);
}

/* ---- deliveries */

int
gaz_websub_admit(const struct gaz_http_request *req, void *arg,
    size_t *max_body, const char **why)
{
	struct gaz_app *app = arg;
	const struct gaz_lease *l = find(app, req);

	*max_body = (size_t)app->config->max_body;
	if (l == NULL) {
		*why = "nothing of that is known";
		return 404;
	}
	if (l->state == GAZ_LEASE_LEAVING || l->state == GAZ_LEASE_SPARE) {
		*why = "this subscription is over";
		return 410;
	}
	return 0;
}

/* A delivery says what it is about, in one of its Link fields (7); what says
 * nothing is about what was subscribed to. */
static bool
is_about(const struct gaz_http_request *req, const char *topic)
{
	struct gaz_link_field link;
	struct gaz_str rest;
	bool said = false;

	for (size_t i = 0;; i++) {
		rest = gaz_http_header_at(req, "Link", i);
		if (rest.p == NULL)
			return !said;
		while (gaz_link_field_next(&rest, &link)) {
			if (!gaz_link_field_is(&link, "self"))
				continue;
			said = true;
			if (gaz_str_eq_z(link.target, topic))
				return true;
		}
	}
}

static bool
is_signed(const struct gaz_lease *l, const struct gaz_http_request *req)
{
	struct gaz_str said = gaz_http_header(req, "X-Hub-Signature");
	struct gaz_str body = gaz_http_body(req);

	/* While a lease is renewed the hub may have either. */
	return gaz_websub_is_signed(said, gaz_str_of(l->secret), body) ||
	    gaz_websub_is_signed(said, gaz_str_of(l->next_secret), body);
}

static bool
is_too_much(const struct gaz_websub *w, size_t bytes)
{
	const struct gaz_app *app = w->app;

	return app->stopping || app->paused ||
	    w->pushes >= GAZ_WEBSUB_PUSHES_MAX ||
	    bytes > GAZ_WEBSUB_PUSH_BYTES_MAX - w->push_bytes ||
	    gaz_pool_waiting(app->pool) >= PARSE_BACKLOG_MAX ||
	    gaz_writer_pending(app->writer) >= STORE_BACKLOG_MAX;
}

static void
ignore(const struct gaz_lease *l, const char *why)
{
	gaz_metrics_add(l->websub->app->metrics, GAZ_METRIC_WEBSUB_IGNORED, 1);
	gaz_log(GAZ_LOG_INFO, "websub", "event=ignored feed=%" PRId64
	    " why=\"%s\"", l->feed_id, why);
}

void
gaz_websub_deliver(struct gaz_http_request *req, void *arg)
{
	struct gaz_app *app = arg;
	struct gaz_lease *l = find(app, req);
	struct gaz_feed *f = l != NULL ? gaz_feeds_find(app, l->feed_id) : NULL;

	if (l == NULL || f == NULL || l->state == GAZ_LEASE_LEAVING ||
	    l->state == GAZ_LEASE_SPARE) {
		/* It went while the body came. */
		gaz_http_reply_error(req, 404, "nothing of that is known");
		return;
	}
	if (is_too_much(l->websub, gaz_http_body(req).len)) {
		gaz_http_add_header(req, "Retry-After", RETRY_AFTER);
		gaz_http_reply_error(req, 503, "too much waits");
		return;
	}
	/* Whoever sent it learns nothing of what we think of it (8.1). */
	if (l->state == GAZ_LEASE_DENIED)
		ignore(l, "denied");
	else if (!is_about(req, l->topic))
		ignore(l, "another topic");
	else if (l->secret[0] == '\0' && l->next_secret[0] == '\0')
		gaz_websub_look(l);
	else if (!is_signed(l, req))
		ignore(l, "not signed by the hub");
	else
		take(l, f, req);
	reply_text(req, 202, GAZ_STR(""));
}
