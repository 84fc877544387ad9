/* From a question to bytes: query, then the writer of the form. */
#include "config.h"

#include "render.h"

#include "gazetted/api.h"
#include "gazetted/config.h"
#include "gazetted/date.h"
#include "gazetted/limits.h"
#include "gazetted/url.h"

static const struct {
	const char *name, *type;
} forms[] = {
	[GAZ_RENDER_ATOM] = { "atom", "application/atom+xml; charset=utf-8" },
	[GAZ_RENDER_RSS] = { "rss", "application/rss+xml; charset=utf-8" },
	[GAZ_RENDER_JSON] = { "json", "application/feed+json; charset=utf-8" },
	[GAZ_RENDER_OPML] = { "opml", "text/x-opml; charset=utf-8" },
	[GAZ_RENDER_HTML] = { "html", "text/html; charset=utf-8" },
	[GAZ_RENDER_JSONL] = { "jsonl",
	    "application/x-ndjson; charset=utf-8" },
	[GAZ_RENDER_API] = { "api", "application/json; charset=utf-8" },
};

const char *
gaz_render_content_type(enum gaz_render_form form)
{
	return forms[form].type;
}

const char *
gaz_render_form_name(enum gaz_render_form form)
{
	return forms[form].name;
}

bool
gaz_render_form_find(struct gaz_str name, enum gaz_render_form *out)
{
	for (size_t i = 0; i < GAZ_COUNT(forms); i++) {
		if (gaz_str_eq_z(name, forms[i].name)) {
			*out = (enum gaz_render_form)i;
			return true;
		}
	}
	return false;
}

static void
write_form(const struct gaz_view *v, const struct gaz_render *r,
    struct gaz_buf *out)
{
	struct gaz_page_options page = {
		.title = r->title, .standalone = r->standalone,
		.query = r->filter.query,
	};

	switch (r->form) {
	case GAZ_RENDER_ATOM:
		gaz_export_atom(v, out);
		break;
	case GAZ_RENDER_RSS:
		gaz_export_rss(v, out);
		break;
	case GAZ_RENDER_JSON:
		gaz_export_json(v, out);
		break;
	case GAZ_RENDER_OPML:
		gaz_export_opml(v, out);
		break;
	case GAZ_RENDER_HTML:
		gaz_export_html(v, &page, out);
		break;
	case GAZ_RENDER_JSONL:
		gaz_export_jsonl(v, out);
		break;
	case GAZ_RENDER_API:
		if (r->one_story)
			gaz_api_write_story(&v->stories.v[0], true, out);
		else
			gaz_api_write_view(v, out);
		break;
	}
}

static bool
is_there(struct gaz_store *s, const struct gaz_render *r,
    const struct gaz_view *v, int64_t *moved, struct gaz_err *err)
{
	const struct gaz_filter *f = &r->filter;
	int64_t to = 0;

	*moved = 0;
	if (r->kind == GAZ_VIEW_STORIES && f->story_id != 0) {
		if (!gaz_store_resolve_story(s, f->story_id, &to, err))
			return false;
		if (to != 0 && to != f->story_id)
			*moved = to;
		if (v->stories.n == 0)
			return gaz_err_set(err, GAZ_ERR_MISSING,
			    "there is no story %lld",
			    (long long)f->story_id);
	}
	if (r->kind == GAZ_VIEW_ITEMS && f->item_id != 0 && v->items.n == 0)
		return gaz_err_set(err, GAZ_ERR_MISSING,
		    "there is no item %lld", (long long)f->item_id);
	return true;
}

/* ---- hosts whose names look like others' */

static struct gaz_str
host_note(struct gaz_arena *a, struct gaz_str url)
{
	struct gaz_str shown;
	bool odd = gaz_str_ifind(url, GAZ_STR("xn--"), 0) != GAZ_STR_NPOS;

	for (size_t i = 0; i < url.len && !odd; i++)
		odd = (unsigned char)url.p[i] >= 0x80;
	if (!odd)
		return GAZ_STR_NONE;
	shown = gaz_url_host_display(a, url);
	return gaz_str_ends(shown, ")") ? shown : GAZ_STR_NONE;
}

static void
note_hosts(struct gaz_view *v)
{
	for (size_t i = 0; i < v->feeds.n; i++)
		v->feeds.v[i].host = host_note(&v->arena, v->feeds.v[i].url);
	for (size_t i = 0; i < v->items.n; i++)
		v->items.v[i].host = host_note(&v->arena, v->items.v[i].url);
	for (size_t i = 0; i < v->stories.n; i++) {
		for (size_t k = 0; k < v->stories.v[i].items.n; k++) {
			struct gaz_view_item *it =
			    &v->stories.v[i].items.v[k];

			it->host = host_note(&v->arena, it->url);
		}
	}
}

bool
gaz_render(struct gaz_store *s, const struct gaz_render *r, gaz_utc now,
    struct gaz_buf *out, int64_t *moved, struct gaz_err *err)
{
	struct gaz_view *v = gaz_view_new(r->kind);
	int64_t to = 0;
	bool ok;

	ok = gaz_store_query(s, &r->filter, r->evidence, now, v, err) &&
	    is_there(s, r, v, &to, err);
	if (ok) {
		v->title = r->title;
		v->base_url = r->base_url;
		v->path = r->path;
		note_hosts(v);
		v->hub = r->hub;
		write_form(v, r, out);
		if (out->full)
			ok = gaz_err_set(err, GAZ_ERR_LIMIT,
			    "the answer is too large");
	}
	if (moved != NULL)
		*moved = to;
	gaz_view_free(v);
	return ok;
}

/* ---- parameters */

static bool
number(struct gaz_str name, struct gaz_str value, int64_t least, int64_t most,
    int64_t *out, struct gaz_err *err)
{
	int64_t n;

	if (!gaz_str_to_int(value, &n) || n < least || n > most)
		return gaz_err_set(err, GAZ_ERR_USAGE,
		    "%.*s=%.40s: a number from %lld to %lld is wanted",
		    GAZ_STR_ARG(name), value.p != NULL ? value.p : "",
		    (long long)least, (long long)most);
	*out = n;
	return true;
}

static bool
moment(struct gaz_str value, gaz_utc now, gaz_utc *out, struct gaz_err *err)
{
	int64_t back;

	if (gaz_config_duration(value, &back)) {
		*out = now - back;
		return true;
	}
	*out = gaz_date_parse(value);
	if (*out == GAZ_UTC_UNKNOWN)
		return gaz_err_set(err, GAZ_ERR_USAGE,
		    "since=%.*s: a date (2025-09-04) or a time back (24h, 7d) "
		    "is wanted", value.len < 60 ? (int)value.len : 60,
		    value.p);
	return true;
}

static void
list(gaz_str_list *l, struct gaz_arena *a, struct gaz_str value)
{
	struct gaz_str rest = value, piece;

	while (gaz_str_split(&rest, ',', &piece)) {
		piece = gaz_str_trim(piece);
		if (piece.len > 0)
			*gaz_list_push(a, l) = gaz_arena_str(a, piece);
	}
}

bool
gaz_render_param(struct gaz_render *r, struct gaz_arena *a, struct gaz_str name,
    struct gaz_str value, gaz_utc now, bool *known, struct gaz_err *err)
{
	struct gaz_filter *f = &r->filter;

	*known = true;
	if (gaz_str_eq_z(name, "tag"))
		list(&f->tags, a, value);
	else if (gaz_str_eq_z(name, "feed"))
		*gaz_list_push(a, &f->feeds) = gaz_arena_str(a, value);
	else if (gaz_str_eq_z(name, "lang") || gaz_str_eq_z(name, "language"))
		list(&f->languages, a, value);
	else if (gaz_str_eq_z(name, "q") || gaz_str_eq_z(name, "query"))
		f->query = gaz_arena_str(a, gaz_str_trim(value));
	else if (gaz_str_eq_z(name, "since"))
		return moment(value, now, &f->since, err);
	else if (gaz_str_eq_z(name, "min-sources"))
		return number(name, value, 0, 1000000, &f->min_sources, err);
	else if (gaz_str_eq_z(name, "limit"))
		return number(name, value, 1, GAZ_VIEW_LIMIT_MAX, &f->limit,
		    err);
	else if (gaz_str_eq_z(name, "page"))
		return number(name, value, 1, 1000000, &f->page, err);
	else if (gaz_str_eq_z(name, "after")) {
		if (!number(name, value, 0, INT64_MAX - 1, &f->from_id, err))
			return false;
		f->from_id++;
	} else if (gaz_str_eq_z(name, "duplicates"))
		f->hide_duplicates = gaz_str_eq_z(value, "hide");
	else
		*known = false;
	return true;
}
