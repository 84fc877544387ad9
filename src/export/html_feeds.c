/* The feeds and how they are. */
#include "config.h"

#include "html.h"

#include <inttypes.h>

enum health {
	HEALTH_OK,
	HEALTH_WAITING, /* not asked yet */
	HEALTH_FAILING,
	HEALTH_OFF,
};

static enum health
health_of(const struct gaz_view_feed *f)
{
	if (!f->enabled)
		return HEALTH_OFF;
	if (f->last_fetch == GAZ_UTC_UNKNOWN)
		return HEALTH_WAITING;
	return f->fault == GAZ_FAULT_NONE ? HEALTH_OK : HEALTH_FAILING;
}

static void
put_state(struct page *p, const struct gaz_view_feed *f)
{
	switch (health_of(f)) {
	case HEALTH_OK:
		gaz_buf_put_z(p->out, "<span class=\"ok\">✓ ok</span>");
		break;
	case HEALTH_WAITING:
		gaz_buf_put_z(p->out, "<span class=\"off\">not fetched yet"
		    "</span>");
		break;
	case HEALTH_OFF:
		gaz_buf_put_z(p->out, "<span class=\"off\">switched off"
		    "</span>");
		break;
	case HEALTH_FAILING:
		gaz_buf_put_fmt(p->out, "<span class=\"bad\">✗ %s</span> ",
		    gaz_fault_name(f->fault));
		gaz_buf_put_z(p->out, "<small>");
		export_put_text(p->out, f->fault_text.len > 0 ? f->fault_text
		    : gaz_str_of(gaz_fault_text(f->fault)));
		if (f->failures > 1)
			gaz_buf_put_fmt(p->out, " (%" PRId64 " times in a row)",
			    f->failures);
		gaz_buf_put_z(p->out, "</small>");
		break;
	}
	if (f->flags.len > 0) {
		gaz_buf_put_z(p->out, " <small class=\"flags\"");
		if (f->fault == GAZ_FAULT_NONE && f->fault_text.len > 0)
			export_put_attr(p->out, "title", f->fault_text);
		gaz_buf_put_char(p->out, '>');
		export_put_text(p->out, f->flags);
		gaz_buf_put_z(p->out, "</small>");
	}
}

static void
put_name(struct page *p, const struct gaz_view_feed *f)
{
	struct gaz_str title = f->title.len > 0 ? f->title : f->name;

	part_icon(p, f->icon_hash);
	part_link(p->out, export_is_link(f->site_url) ? f->site_url : f->url,
	    f->language, title.len > 0 ? title : f->url);
	if (p->root.len > 0) {
		for (size_t i = 0; i < f->tags.n; i++) {
			gaz_buf_put_char(p->out, ' ');
			part_query_link(p, "tag", f->tags.v[i], "tag");
		}
	}
	if (export_is_link(f->url)) {
		gaz_buf_put_z(p->out, "<br><small><a class=\"url\"");
		export_put_url_attr(p->out, "href", f->url);
		gaz_buf_put_z(p->out,
		    " rel=\"noopener noreferrer nofollow\" dir=\"ltr\">");
		export_put_text(p->out, f->url);
		gaz_buf_put_z(p->out, "</a></small>");
		part_host(p->out, f->host);
	}
}

static void
put_time_cell(struct page *p, const char *label, gaz_utc t)
{
	gaz_buf_put_fmt(p->out, "<td data-label=\"%s\">", label);
	if (t == GAZ_UTC_UNKNOWN)
		gaz_buf_put_z(p->out, "—");
	else
		part_time(p->out, t);
	gaz_buf_put_z(p->out, "</td>\n");
}

static void
put_feed(struct page *p, const struct gaz_view_feed *f)
{
	gaz_buf_put_fmt(p->out, "<tr id=\"feed-%" PRId64 "\">\n"
	    "<th scope=\"row\">", f->id);
	put_name(p, f);
	gaz_buf_put_z(p->out, "</th>\n<td data-label=\"State\">");
	put_state(p, f);
	gaz_buf_put_fmt(p->out, "</td>\n<td class=\"number\" "
	    "data-label=\"Articles\">%" PRId64 "</td>\n", f->items);
	put_time_cell(p, "Newest", f->last_new);
	put_time_cell(p, "Fetched", f->last_success);
	put_time_cell(p, "Next", f->next_fetch);
	gaz_buf_put_z(p->out, "</tr>\n");
}

void
html_feeds(struct page *p)
{
	int64_t failing = 0;

	if (p->v->feeds.n == 0) {
		gaz_buf_put_z(p->out, "<p class=\"nothing\">No feeds yet. Add "
		    "one to the configuration, or with <code>gazettectl add"
		    "</code>.</p>\n");
		return;
	}
	for (size_t i = 0; i < p->v->feeds.n; i++)
		failing += health_of(&p->v->feeds.v[i]) == HEALTH_FAILING;
	gaz_buf_put_z(p->out, "<p class=\"count\">");
	part_count(p->out, (int64_t)p->v->feeds.n, "feed", "feeds");
	if (failing > 0)
		gaz_buf_put_fmt(p->out, ", %" PRId64 " failing", failing);
	if (p->root.len > 0)
		gaz_buf_put_fmt(p->out, " · <a href=\"%.*sfeeds.opml\">OPML"
		    "</a>", GAZ_STR_ARG(p->root));
	gaz_buf_put_z(p->out, "</p>\n<table class=\"feeds\">\n<thead><tr>"
	    "<th scope=\"col\">Feed</th><th scope=\"col\">State</th>"
	    "<th scope=\"col\">Articles</th><th scope=\"col\">Newest</th>"
	    "<th scope=\"col\">Fetched</th><th scope=\"col\">Next</th>"
	    "</tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < p->v->feeds.n; i++)
		put_feed(p, &p->v->feeds.v[i]);
	gaz_buf_put_z(p->out, "</tbody>\n</table>\n");
}
