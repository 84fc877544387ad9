/* The routes that readers use, and the table of all of them. */
#include "config.h"

#include <string.h>

#include "gazetted/export.h"
#include "gazetted/limits.h"

#include "control.h"
#include "hub.h"
#include "icons.h"
#include "reply.h"
#include "websub.h"

static void
stories(struct gaz_http_request *req, struct gaz_app *app,
    enum gaz_render_form form)
{
	gaz_answer_render(app, req, GAZ_VIEW_STORIES, form, "Stories", 0,
	    false);
}

static void
on_stories(struct gaz_http_request *req, void *arg)
{
	struct gaz_str path = gaz_http_path(req);

	stories(req, arg, gaz_str_ends(path, ".atom") ? GAZ_RENDER_ATOM :
	    gaz_str_ends(path, ".rss") ? GAZ_RENDER_RSS : GAZ_RENDER_JSON);
}

static void
on_items(struct gaz_http_request *req, void *arg)
{
	struct gaz_str path = gaz_http_path(req);

	gaz_answer_render(arg, req, GAZ_VIEW_ITEMS,
	    gaz_str_ends(path, ".atom") ? GAZ_RENDER_ATOM :
	    gaz_str_ends(path, ".rss") ? GAZ_RENDER_RSS : GAZ_RENDER_JSON,
	    "Items", 0, false);
}

static void
on_opml(struct gaz_http_request *req, void *arg)
{
	gaz_answer_render(arg, req, GAZ_VIEW_FEEDS, GAZ_RENDER_OPML,
	    "Subscriptions", 0, false);
}

static void
on_front(struct gaz_http_request *req, void *arg)
{
	stories(req, arg, GAZ_RENDER_HTML);
}

static void
on_search(struct gaz_http_request *req, void *arg)
{
	gaz_answer_render(arg, req, GAZ_VIEW_STORIES, GAZ_RENDER_HTML,
	    "Search", 0, false);
}

static void
on_feeds(struct gaz_http_request *req, void *arg)
{
	gaz_answer_render(arg, req, GAZ_VIEW_FEEDS, GAZ_RENDER_HTML, "Feeds",
	    0, false);
}

static void
on_story(struct gaz_http_request *req, void *arg)
{
	int64_t id;

	if (!gaz_str_to_int(gaz_http_rest(req), &id) || id < 1) {
		gaz_http_reply_error(req, 404, "there is no such story");
		return;
	}
	gaz_answer_render(arg, req, GAZ_VIEW_STORIES, GAZ_RENDER_HTML,
	    "Story", id, true);
}

/* Named with the version of their content, so that they may be kept long. */
#define ASSET_MAX_AGE_S (30 * 86400)

static void
on_asset(struct gaz_http_request *req, void *arg)
{
	const struct gaz_asset *a = gaz_export_asset(gaz_http_rest(req));

	(void)arg;
	if (a == NULL)
		gaz_http_reply_error(req, 404, "there is no such file");
	else
		gaz_http_reply_document(req, a->content_type, a->bytes,
		    ASSET_MAX_AGE_S);
}

static void
on_icon(struct gaz_http_request *req, void *arg)
{
	gaz_icons_serve(arg, req);
}

static void
write_error_page(int status, struct gaz_str message, struct gaz_str path,
    struct gaz_buf *out, void *arg)
{
	(void)arg;
	gaz_export_error_page(status, message, path, out);
}

static void
reply_text(struct gaz_http_request *req, int status, const char *text)
{
	gaz_http_reply(req, status, "text/plain; charset=utf-8",
	    gaz_str_of(text));
}

static void
on_health(struct gaz_http_request *req, void *arg)
{
	(void)arg;
	reply_text(req, 200, "ok\n");
}

static void
on_ready(struct gaz_http_request *req, void *arg)
{
	const struct gaz_app *app = arg;

	if (app->ready && !app->stopping)
		reply_text(req, 200, "ready\n");
	else
		reply_text(req, 503, app->stopping ? "stopping\n" :
		    "starting\n");
}

static void
on_metrics(struct gaz_http_request *req, void *arg)
{
	struct gaz_app *app = arg;
	struct gaz_buf out;

	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	gaz_metrics_write(app->metrics, &out);
	gaz_http_reply(req, 200, "text/plain; version=0.0.4; charset=utf-8",
	    gaz_buf_str(&out));
	gaz_buf_clear(&out);
}

#define GET GAZ_HTTP_GET
#define POST GAZ_HTTP_POST

static const struct gaz_http_route routes[] = {
	{ .methods = GET, .path = "/", .handler = on_front },
	{ .methods = GET, .path = "/story/*", .handler = on_story },
	{ .methods = GET, .path = "/feeds", .handler = on_feeds },
	{ .methods = GET, .path = "/search", .handler = on_search },
	{ .methods = GET, .path = "/stories.atom", .handler = on_stories },
	{ .methods = GET, .path = "/stories.rss", .handler = on_stories },
	{ .methods = GET, .path = "/stories.json", .handler = on_stories },
	{ .methods = GET, .path = "/items.atom", .handler = on_items },
	{ .methods = GET, .path = "/items.rss", .handler = on_items },
	{ .methods = GET, .path = "/items.json", .handler = on_items },
	{ .methods = GET, .path = "/feeds.opml", .handler = on_opml },
	{ .methods = GET, .path = "/assets/*", .handler = on_asset },
	{ .methods = GET, .path = "/icon/*", .handler = on_icon },
	{ .methods = GET, .path = "/healthz", .handler = on_health },
	{ .methods = GET, .path = "/readyz", .handler = on_ready },
	{ .methods = GET, .path = "/metrics", .handler = on_metrics },

	{ .methods = POST, .path = "/websub/hub",
	    .handler = gaz_hub_request, .max_body = 65536 },
	/* Hubs; who knows a token is one. */
	{ .methods = GET, .path = "/websub/in/*",
	    .handler = gaz_websub_verify },
	{ .methods = POST, .path = "/websub/in/*", .cross_site = true,
	    .admit = gaz_websub_admit, .handler = gaz_websub_deliver },

	{ .methods = GET, .path = "/api/1/status",
	    .handler = gaz_control_status },
	{ .methods = GET, .path = "/api/1/feeds",
	    .handler = gaz_control_feeds },
	{ .methods = GET, .path = "/api/1/items",
	    .handler = gaz_control_items },
	{ .methods = GET, .path = "/api/1/stories",
	    .handler = gaz_control_stories },
	{ .methods = GET, .path = "/api/1/story",
	    .handler = gaz_control_story },
	{ .methods = GET, .path = "/api/1/explain",
	    .handler = gaz_control_explain },
	{ .methods = GET, .path = "/api/1/why", .handler = gaz_control_why },
	{ .methods = GET, .path = "/api/1/history",
	    .handler = gaz_control_history },
	{ .methods = GET, .path = "/api/1/labels",
	    .handler = gaz_control_labels },
	{ .methods = GET, .path = "/api/1/export",
	    .handler = gaz_control_export },

	/* What changes something: only over the control socket. */
	{ .methods = POST, .path = "/api/1/fetch", .control_only = true,
	    .handler = gaz_control_fetch },
	{ .methods = POST, .path = "/api/1/history", .control_only = true,
	    .handler = gaz_control_walk },
	{ .methods = POST, .path = "/api/1/icons", .control_only = true,
	    .handler = gaz_control_icons },
	{ .methods = POST, .path = "/api/1/add", .control_only = true,
	    .handler = gaz_control_add },
	{ .methods = POST, .path = "/api/1/remove", .control_only = true,
	    .handler = gaz_control_remove },
	{ .methods = POST, .path = "/api/1/import", .control_only = true,
	    .max_body = GAZ_HTTP_IMPORT_MAX, .handler = gaz_control_import },
	{ .methods = POST, .path = "/api/1/merge", .control_only = true,
	    .handler = gaz_control_merge },
	{ .methods = POST, .path = "/api/1/split", .control_only = true,
	    .handler = gaz_control_split },
	{ .methods = POST, .path = "/api/1/pin", .control_only = true,
	    .handler = gaz_control_pin },
	{ .methods = POST, .path = "/api/1/unpin", .control_only = true,
	    .handler = gaz_control_unpin },
	{ .methods = POST, .path = "/api/1/reload", .control_only = true,
	    .handler = gaz_control_reload },
	{ .methods = POST, .path = "/api/1/backup", .control_only = true,
	    .handler = gaz_control_backup },
	{ .methods = POST, .path = "/api/1/prune", .control_only = true,
	    .handler = gaz_control_prune },
	{ .methods = POST, .path = "/api/1/check", .control_only = true,
	    .handler = gaz_control_check },
};

void
gaz_views_routes(struct gaz_app *app)
{
	gaz_http_set_routes(app->http, routes, GAZ_COUNT(routes), app);
	gaz_http_set_error_page(app->http, write_error_page, app);
}
