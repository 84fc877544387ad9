/* Which of our addresses are topics, and what is said about it. */
#include "config.h"

#include "gazetted/limits.h"

#include "hub.h"
#include "websub_form.h"

static const struct {
	const char *path, *title;
	enum gaz_view_kind kind;
	enum gaz_render_form form;
} feeds[] = {
	{ "/stories.atom", "Stories", GAZ_VIEW_STORIES, GAZ_RENDER_ATOM },
	{ "/stories.rss", "Stories", GAZ_VIEW_STORIES, GAZ_RENDER_RSS },
	{ "/stories.json", "Stories", GAZ_VIEW_STORIES, GAZ_RENDER_JSON },
	{ "/items.atom", "Items", GAZ_VIEW_ITEMS, GAZ_RENDER_ATOM },
	{ "/items.rss", "Items", GAZ_VIEW_ITEMS, GAZ_RENDER_RSS },
	{ "/items.json", "Items", GAZ_VIEW_ITEMS, GAZ_RENDER_JSON },
};

/* What would be another document each time, or is not the newest. */
static const char *const refused[] = { "since", "page", "after" };

bool
gaz_hub_is_on(const struct gaz_app *app)
{
	return app->config->hub && app->config->base_url.len > 0 && !app->once;
}

struct gaz_str
gaz_hub_address(const struct gaz_app *app, struct gaz_arena *a)
{
	return gaz_arena_fmt(a, "%.*s/websub/hub",
	    GAZ_STR_ARG(app->config->base_url));
}

static bool
read_param(struct gaz_render *r, struct gaz_arena *a, struct gaz_str pair,
    gaz_utc now, struct gaz_err *err)
{
	size_t eq = gaz_str_find_char(pair, '=', 0);
	struct gaz_str name, value;
	bool known;

	name = gaz_websub_decode(a, gaz_str_sub(pair, 0, eq));
	value = gaz_websub_decode(a, eq == GAZ_STR_NPOS ? GAZ_STR("") :
	    gaz_str_sub(pair, eq + 1, pair.len));
	if (name.p == NULL || value.p == NULL)
		return gaz_err_set(err, GAZ_ERR_USAGE,
		    "the topic's encoding is broken");
	for (size_t i = 0; i < GAZ_COUNT(refused); i++) {
		if (gaz_str_eq_z(name, refused[i]))
			return gaz_err_set(err, GAZ_ERR_USAGE, "a feed with "
			    "\"%s\" cannot be subscribed to", refused[i]);
	}
	if (value.len == 0)
		return true; /* as if it were not there */
	if (!gaz_render_param(r, a, name, value, now, &known, err))
		return false;
	if (!known)
		return gaz_err_set(err, GAZ_ERR_USAGE,
		    "the topic has an unknown parameter");
	if (r->filter.limit > GAZ_HUB_ENTRIES_MAX)
		return gaz_err_set(err, GAZ_ERR_LIMIT, "limit: a feed to "
		    "subscribe to has %d entries at most",
		    GAZ_HUB_ENTRIES_MAX);
	return true;
}

bool
gaz_hub_read_topic(const struct gaz_app *app, struct gaz_str topic,
    struct gaz_arena *a, gaz_utc now, struct gaz_render *out,
    struct gaz_err *err)
{
	const struct gaz_config *c = app->config;
	struct gaz_str path, query, pair;
	size_t mark, i;

	*out = (struct gaz_render){ 0 };
	if (topic.len <= c->base_url.len || topic.len > GAZ_URL_MAX ||
	    !gaz_str_eq(gaz_str_sub(topic, 0, c->base_url.len), c->base_url))
		return gaz_err_set(err, GAZ_ERR_MISSING,
		    "this is not the hub of that topic");
	path = gaz_str_sub(topic, c->base_url.len, topic.len);
	mark = gaz_str_find_char(path, '?', 0);
	for (i = 0; i < GAZ_COUNT(feeds); i++) {
		if (gaz_str_eq_z(gaz_str_sub(path, 0, mark), feeds[i].path))
			break;
	}
	if (i == GAZ_COUNT(feeds))
		return gaz_err_set(err, GAZ_ERR_MISSING,
		    "this is not the hub of that topic");
	gaz_filter_init(&out->filter);
	out->kind = feeds[i].kind;
	out->form = feeds[i].form;
	out->title = gaz_str_of(feeds[i].title);
	out->base_url = gaz_arena_str(a, c->base_url);
	out->path = gaz_arena_str(a, path);
	out->hub = gaz_hub_address(app, a);
	for (size_t k = 0; k < c->languages.n; k++)
		*gaz_list_push(a, &out->filter.prefer) =
		    gaz_arena_str(a, c->languages.v[k]);
	if (out->kind == GAZ_VIEW_STORIES)
		out->filter.min_sources = c->min_sources;
	query = mark == GAZ_STR_NPOS ? GAZ_STR_NONE :
	    gaz_str_sub(path, mark + 1, path.len);
	while (gaz_str_split(&query, '&', &pair)) {
		if (pair.len > 0 && !read_param(out, a, pair, now, err))
			return false;
	}
	return true;
}

/* What could end a <target> is encoded; the rest is as it came. */
static struct gaz_str
self_of(const struct gaz_app *app, struct gaz_str target, struct gaz_arena *a)
{
	struct gaz_str out;
	struct gaz_buf b;

	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	gaz_buf_put_str(&b, app->config->base_url);
	for (size_t i = 0; i < target.len; i++) {
		unsigned char c = (unsigned char)target.p[i];

		if (c <= ' ' || c >= 0x7f || strchr("<>\"", c) != NULL)
			gaz_buf_put_fmt(&b, "%%%02X", c);
		else
			gaz_buf_put_char(&b, (char)c);
	}
	out = gaz_arena_str(a, gaz_buf_str(&b));
	gaz_buf_clear(&b);
	return out;
}

void
gaz_hub_announce(const struct gaz_app *app, struct gaz_http_request *req,
    struct gaz_arena *a, struct gaz_render *r)
{
	struct gaz_render question;
	struct gaz_str self;
	struct gaz_err err;

	if (!gaz_hub_is_on(app))
		return;
	self = self_of(app, gaz_http_target(req), a);
	if (!gaz_hub_read_topic(app, self, a, 0, &question, &err))
		return;
	r->hub = question.hub;
	gaz_http_add_header(req, "Link", gaz_arena_fmt(a,
	    "<%.*s>; rel=\"hub\", <%.*s>; rel=\"self\"", GAZ_STR_ARG(r->hub),
	    GAZ_STR_ARG(self)).p);
}
