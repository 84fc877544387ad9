/* What a section, or the whole, must hold for its parts to make sense. */
#include "config.h"

#include "config/reader.h"

#include <stdio.h>
#include <sys/un.h>

struct gaz_config_place
gaz_config_where(struct gaz_config_reader *r, enum gaz_config_section s,
    const char *key)
{
	const struct gaz_config_row *row = gaz_config_find_row(s,
	    gaz_str_of(key));
	const struct gaz_config_place *set = gaz_config_sections[s].named
	    ? r->named_set : r->daemon_set;

	return set[row - gaz_config_rows];
}

static struct gaz_config_place
in_feed(struct gaz_config_reader *r, const char *key)
{
	return gaz_config_where(r, GAZ_SECTION_FEED, key);
}

/* ---- [feed] */

static void
check_unique_url(struct gaz_config_reader *r)
{
	const struct gaz_config_feed *f = &r->cur.feed;
	struct gaz_str where = f->url.p != NULL ? f->url : f->path;
	const char *key = f->url.p != NULL ? "url" : "path";

	if (where.p == NULL)
		return;
	/* The same address for two users is two feeds. */
	if (r->cur.access.user.len > 0)
		where = gaz_arena_fmt(&r->temp, "%.*s %.*s",
		    GAZ_STR_ARG(r->cur.access.user), GAZ_STR_ARG(where));
	if (r->urls == NULL)
		r->urls = gaz_map_new();
	uintptr_t first = (uintptr_t)gaz_map_find(r->urls, where);
	if (first == 0) {
		gaz_map_put(r->urls, where, (void *)(r->cur.index + 1));
		return;
	}
	const struct gaz_config_feed *other = &r->feeds.v[first - 1];
	gaz_config_report(r->errors, in_feed(r, key), false,
	    "feed \"%.*s\" has the same %s, at %.*s:%d",
	    GAZ_STR_ARG(other->name), key, GAZ_STR_ARG(other->file),
	    other->line);
}

/* Whether the feed is asked for with something that is secret. */
static bool
has_credentials(const struct gaz_config_reader *r)
{
	const struct gaz_config_access *a = &r->cur.access;

	if (a->user.len > 0 || gaz_config_url_has_user(r->cur.feed.url))
		return true;
	for (size_t i = 0; i < a->headers.n; i++) {
		if (gaz_config_header_is_secret(a->headers.v[i].name))
			return true;
	}
	return false;
}

static void
check_access(struct gaz_config_reader *r)
{
	const struct gaz_config_access *a = &r->cur.access;
	const struct gaz_config_feed *f = &r->cur.feed;
	bool secret = has_credentials(r);

	if (a->password_file.p != NULL && a->user.len == 0)
		gaz_config_report(r->errors, in_feed(r, "password-file"), false,
		    "password-file needs user beside it");
	if (a->tls_insecure)
		gaz_config_report(r->errors, in_feed(r, "tls-insecure"),
		    !secret, secret
		        ? "tls-insecure would give the credentials of this "
			  "feed to anybody; use one or the other"
		        : "any certificate is accepted for this feed");
	if (secret && gaz_str_istarts(f->url, "http:"))
		gaz_config_report(r->errors, in_feed(r, "url"), true,
		    "the credentials of this feed are sent unencrypted");
	if (f->path.p != NULL && r->access_used)
		gaz_config_report(r->errors, in_feed(r, "path"), true,
		    "a local document needs no user, header, proxy or other "
		    "setting of a fetch");
}

static const struct gaz_config_access *
keep_access(struct gaz_config_reader *r)
{
	struct gaz_config_access *a;

	if (!r->access_used)
		return r->access_default;
	a = gaz_arena_alloc(&r->config->arena, sizeof(*a));
	*a = r->cur.access;
	return a;
}

static void
close_feed(struct gaz_config_reader *r)
{
	struct gaz_config_feed *f = &r->cur.feed;
	struct gaz_config_place url = in_feed(r, "url");
	struct gaz_config_place path = in_feed(r, "path");
	struct gaz_config_place interval = in_feed(r, "interval");

	if (url.file == NULL && path.file == NULL)
		gaz_config_report(r->errors, r->cur.header, false,
		    "this feed has no url (and no path)");
	else if (url.file != NULL && path.file != NULL)
		gaz_config_report(r->errors, path, false,
		    "a feed has a url or a path, not both");
	else
		check_unique_url(r);
	if (r->access_used)
		check_access(r);
	f->access = keep_access(r);
	if (interval.file != NULL)
		*gaz_vec_push(&r->intervals) = (struct gaz_config_limit_check){
			interval, f->interval_s };
	r->feeds.v[r->cur.index] = *f;
}

/* ---- [export] */

static bool
format_of_path(struct gaz_str path, enum gaz_format *out)
{
	size_t dot = gaz_str_rfind_char(path, '.');

	if (dot == GAZ_STR_NPOS)
		return false;
	struct gaz_str end = gaz_str_sub(path, dot + 1, path.len);
	if (gaz_str_ieq_z(end, "xml")) {
		*out = GAZ_FORMAT_ATOM;
		return true;
	}
	if (gaz_str_ieq_z(end, "htm")) {
		*out = GAZ_FORMAT_HTML;
		return true;
	}
	return gaz_format_find(end, out);
}

static void
check_unique_export(struct gaz_config_reader *r)
{
	struct gaz_config_export *x = &r->cur.export;

	if (r->paths == NULL)
		r->paths = gaz_map_new();
	uintptr_t first = (uintptr_t)gaz_map_find(r->paths, x->path);
	if (first == 0)
		gaz_map_put(r->paths, x->path, (void *)(r->cur.index + 1));
	else
		gaz_config_report(r->errors,
		    gaz_config_where(r, GAZ_SECTION_EXPORT, "path"), false,
		    "export \"%.*s\" writes the same file",
		    GAZ_STR_ARG(r->exports.v[first - 1].name));
}

static void
close_export(struct gaz_config_reader *r)
{
	struct gaz_config_export *x = &r->cur.export;
	struct gaz_config_place path, format, content;

	path = gaz_config_where(r, GAZ_SECTION_EXPORT, "path");
	format = gaz_config_where(r, GAZ_SECTION_EXPORT, "format");
	content = gaz_config_where(r, GAZ_SECTION_EXPORT, "content");
	if (path.file == NULL)
		gaz_config_report(r->errors, r->cur.header, false,
		    "this export has no path");
	else if (x->path.p != NULL)
		check_unique_export(r);
	if (format.file == NULL && x->path.p != NULL &&
	    !format_of_path(x->path, &x->format))
		gaz_config_report(r->errors, path, false,
		    "the path's ending does not tell the format; add "
		    "\"format =\" (atom, rss, json, opml or html)");
	if (content.file == NULL && x->format == GAZ_FORMAT_OPML)
		x->content = GAZ_VIEW_FEEDS;
	if (x->content == GAZ_VIEW_FEEDS && x->format != GAZ_FORMAT_OPML &&
	    x->format != GAZ_FORMAT_HTML)
		gaz_config_report(r->errors, content, false,
		    "a list of feeds is written as opml or html");
	if (x->content != GAZ_VIEW_FEEDS && x->format == GAZ_FORMAT_OPML)
		gaz_config_report(r->errors, content, false,
		    "opml holds feeds, not %s",
		    x->content == GAZ_VIEW_ITEMS ? "items" : "stories");
	r->exports.v[r->cur.index] = *x;
}

/* ---- [rule] */

static void
close_rule(struct gaz_config_reader *r)
{
	struct gaz_config_rule *rule = &r->cur.rule;

	if (gaz_config_where(r, GAZ_SECTION_RULE, "match").file == NULL)
		gaz_config_report(r->errors, r->cur.header, false,
		    "this rule has no match");
	if (gaz_config_where(r, GAZ_SECTION_RULE, "action").file == NULL)
		gaz_config_report(r->errors, r->cur.header, false,
		    "this rule has no action");
	r->rules.v[r->cur.index] = *rule;
}

void
gaz_config_close_section(struct gaz_config_reader *r)
{
	if (!r->cur.open || !r->cur.known)
		return;
	r->cur.open = false;
	switch (r->cur.section) {
	case GAZ_SECTION_FEED:
		close_feed(r);
		break;
	case GAZ_SECTION_EXPORT:
		close_export(r);
		break;
	case GAZ_SECTION_RULE:
		close_rule(r);
		break;
	case GAZ_SECTION_DAEMON:
	case GAZ_SECTION_STORE:
	case GAZ_SECTION_STORIES:
	case GAZ_SECTION_COUNT:
		break;
	}
}

/* ---- the whole */

static void
check_interval(struct gaz_config_reader *r, struct gaz_config_place place,
    int64_t interval_s)
{
	const struct gaz_config *c = r->config;
	bool low = interval_s < c->min_interval_s;
	struct gaz_buf limit;

	if (!low && interval_s <= c->max_interval_s)
		return;
	gaz_buf_init(&limit, 64);
	gaz_config_write_time(low ? c->min_interval_s : c->max_interval_s, 1,
	    &limit);
	gaz_config_report(r->errors, place, true,
	    "interval is %s %s-interval; %s will be used",
	    low ? "below" : "above", low ? "min" : "max", limit.p);
	gaz_buf_clear(&limit);
}

/* Only what is used at last must fit: an including file may set another. */
static void
check_socket(struct gaz_config_reader *r)
{
	size_t most = sizeof(((struct sockaddr_un *)0)->sun_path) - 1;
	struct gaz_str path = r->config->control_socket;
	struct gaz_config_place place;

	if (path.len <= most)
		return;
	place = gaz_config_where(r, GAZ_SECTION_DAEMON, "control-socket");
	if (place.file != NULL)
		gaz_config_report(r->errors, place, false,
		    "%.*s is too long for a socket (%zu bytes at most)",
		    GAZ_STR_ARG(path), most);
	else
		gaz_config_report_file(r->errors, "$RUNTIME_DIRECTORY",
		    "%.*s is too long for a socket (%zu bytes at most)",
		    GAZ_STR_ARG(path), most);
}

void
gaz_config_check_whole(struct gaz_config_reader *r)
{
	struct gaz_config *c = r->config;
	struct gaz_config_place interval, low, high;

	interval = gaz_config_where(r, GAZ_SECTION_DAEMON, "interval");
	low = gaz_config_where(r, GAZ_SECTION_DAEMON, "min-interval");
	high = gaz_config_where(r, GAZ_SECTION_DAEMON, "max-interval");
	check_socket(r);
	if (c->min_interval_s > c->max_interval_s) {
		gaz_config_report(r->errors, low.file != NULL ? low : high,
		    false, "min-interval is longer than max-interval");
		return;
	}
	if (interval.file != NULL)
		check_interval(r, interval, c->interval_s);
	for (size_t i = 0; i < r->intervals.n; i++)
		check_interval(r, r->intervals.v[i].place,
		    r->intervals.v[i].interval_s);
	if (c->interval_s < c->min_interval_s)
		c->interval_s = c->min_interval_s;
	if (c->interval_s > c->max_interval_s)
		c->interval_s = c->max_interval_s;
}
