/* Stories on the front page, one story whole, and items as a list. */
#include "config.h"

#include "html.h"

#include <inttypes.h>

/* Sources that a story of the front page unfolds. */
#define LISTED_MAX 30
#define LANGUAGES_MAX 6
#define ASIDE_MAX 4

static void
put_story_url(struct page *p, int64_t id)
{
	gaz_buf_put_fmt(p->out, "%.*sstory/%" PRId64, GAZ_STR_ARG(p->root), id);
}

static void
put_languages(struct page *p, const struct gaz_view_story *s)
{
	for (size_t i = 0; i < s->languages.n && i < LANGUAGES_MAX; i++) {
		if (i > 0)
			gaz_buf_put_z(p->out, ", ");
		export_put_text(p->out, part_language_name(s->languages.v[i]));
	}
	if (s->languages.n > LANGUAGES_MAX)
		gaz_buf_put_fmt(p->out, " and %zu more",
		    s->languages.n - LANGUAGES_MAX);
}

static void
put_outlet(struct page *p, const struct gaz_view_item *it)
{
	if (export_outlet(it).len == 0) {
		part_host(p->out, it->host);
		return;
	}
	part_icon(p, it->feed_icon_hash);
	gaz_buf_put_z(p->out, "<bdi class=\"outlet\">");
	export_put_text(p->out, export_outlet(it));
	gaz_buf_put_z(p->out, "</bdi> ");
	part_host(p->out, it->host);
}

/* "Le Monde · French · 4 Sep 2025, 18:30 UTC" */
static void
put_byline(struct page *p, const struct gaz_view_item *it, bool language)
{
	struct gaz_str tag = export_language(it->language);

	gaz_buf_put_z(p->out, "<p class=\"by\">");
	put_outlet(p, it);
	if (language && tag.len > 0) {
		gaz_buf_put_z(p->out, "<span class=\"lang\">");
		export_put_text(p->out, part_language_name(tag));
		gaz_buf_put_z(p->out, "</span> ");
	}
	part_time(p->out, export_published(it));
	/* A text of a few lines is read before its reading time is. */
	if (export_reading_time(it) >= 60)
		gaz_buf_put_fmt(p->out, " <span class=\"minutes\">%" PRId64
		    " min</span>", (export_reading_time(it) + 30) / 60);
	gaz_buf_put_z(p->out, "</p>");
}

static void
put_source(struct page *p, const struct gaz_view_item *it, bool language)
{
	gaz_buf_put_z(p->out, "<li>");
	part_link(p->out, it->url, it->language, it->title);
	put_byline(p, it, language);
	gaz_buf_put_z(p->out, "</li>\n");
}

static bool
same_language(struct gaz_str a, struct gaz_str b)
{
	return gaz_str_ieq(
	    gaz_str_sub(a, 0, gaz_str_find_char(a, '-', 0)),
	    gaz_str_sub(b, 0, gaz_str_find_char(b, '-', 0)));
}

/* May it stand in this list? language NULL: all of them. */
static bool
belongs(const struct gaz_view_item *it, bool copy, const struct gaz_str *only)
{
	if (it->copy != copy)
		return false;
	return only == NULL || same_language(it->language, *only);
}

/* The copies, named by outlet alone: their text is known already. */
static void
put_copies(struct page *p, const struct gaz_view_story *s,
    const struct gaz_str *only)
{
	int64_t n = 0;

	for (size_t i = 0; i < s->items.n; i++)
		n += belongs(&s->items.v[i], true, only);
	if (n == 0)
		return;
	gaz_buf_put_z(p->out, "<details class=\"copies\"><summary>");
	part_count(p->out, n, "copy", "copies");
	gaz_buf_put_z(p->out, " of these reports</summary>\n<ul>\n");
	for (size_t i = 0; i < s->items.n; i++) {
		const struct gaz_view_item *it = &s->items.v[i];
		if (!belongs(it, true, only))
			continue;
		gaz_buf_put_z(p->out, "<li>");
		part_link(p->out, it->url, it->language, it->title);
		put_byline(p, it, only == NULL);
		gaz_buf_put_z(p->out, "</li>\n");
	}
	gaz_buf_put_z(p->out, "</ul></details>\n");
}

static void
put_sources(struct page *p, const struct gaz_view_story *s,
    const struct gaz_str *only, size_t max)
{
	size_t shown = 0;

	gaz_buf_put_z(p->out, "<ol class=\"sources\">\n");
	for (size_t i = 0; i < s->items.n && shown < max; i++) {
		if (!belongs(&s->items.v[i], false, only))
			continue;
		put_source(p, &s->items.v[i], only == NULL);
		shown++;
	}
	gaz_buf_put_z(p->out, "</ol>\n");
	put_copies(p, s, only);
}

static void
put_summary(struct page *p, struct gaz_str text, struct gaz_str language)
{
	if (text.len == 0)
		return;
	gaz_buf_put_z(p->out, "<p class=\"summary\"");
	part_language(p->out, language, text);
	gaz_buf_put_char(p->out, '>');
	export_put_text(p->out, text);
	gaz_buf_put_z(p->out, "</p>\n");
}

/* Beside the leading headline: the same in other languages, then what more
 * outlets of its own say, at most ASIDE_MAX. */
static void
put_aside(struct page *p, const struct gaz_view_story *s)
{
	const struct gaz_view_item *shown[ASIDE_MAX];
	size_t n = 0;

	for (int other = 1; other >= 0; other--) {
		for (size_t i = 1; i < s->items.n && n < ASIDE_MAX; i++) {
			const struct gaz_view_item *it = &s->items.v[i];
			bool known = it->copy || other ==
			    same_language(it->language, s->language);
			for (size_t k = 0; k < n && !known; k++)
				known = it == shown[k] || (other &&
				    same_language(it->language,
				    shown[k]->language));
			if (!known)
				shown[n++] = it;
		}
	}
	if (n == 0)
		return;
	gaz_buf_put_z(p->out, "<ul class=\"sources aside\">\n");
	for (size_t i = 0; i < n; i++)
		put_source(p, shown[i], true);
	gaz_buf_put_z(p->out, "</ul>\n");
}

/* "9 outlets · English, French" */
static void
put_extent(struct page *p, const struct gaz_view_story *s)
{
	gaz_buf_put_z(p->out, "<b>");
	part_count(p->out, s->sources > 0 ? s->sources : 1, "outlet",
	    "outlets");
	gaz_buf_put_z(p->out, "</b>");
	if (s->languages.n > 0) {
		gaz_buf_put_z(p->out, " <span class=\"langs\">");
		put_languages(p, s);
		gaz_buf_put_z(p->out, "</span>");
	}
}

/* The sources, folded; a story of one article has told them all. */
static void
put_more(struct page *p, const struct gaz_view_story *s)
{
	int64_t left = s->members - (int64_t)s->items.n;

	if (s->members <= 1) {
		gaz_buf_put_z(p->out, "<p class=\"alone\">");
		put_extent(p, s);
		gaz_buf_put_z(p->out, "</p>\n");
		return;
	}
	gaz_buf_put_z(p->out, "<details class=\"more\"><summary>");
	put_extent(p, s);
	gaz_buf_put_z(p->out, "</summary>\n");
	put_sources(p, s, NULL, LISTED_MAX);
	if (p->root.len > 0) {
		gaz_buf_put_z(p->out, "<p class=\"whole\"><a href=\"");
		put_story_url(p, s->id);
		gaz_buf_put_z(p->out, "\">The whole story</a></p>\n");
	} else if (left > 0) {
		gaz_buf_put_fmt(p->out, "<p class=\"whole\">and %" PRId64
		    " more</p>\n", left);
	}
	gaz_buf_put_z(p->out, "</details>\n");
}

static void
put_story(struct page *p, const struct gaz_view_story *s, bool lead)
{
	gaz_buf_put_fmt(p->out, "<article class=\"story%s%s\" id=\"story-%"
	    PRId64 "\">\n", lead ? " lead" : "",
	    export_is_rtl(s->headline) ? " rtl" : "", s->id);
	if (lead)
		gaz_buf_put_z(p->out, "<div>\n");
	gaz_buf_put_z(p->out, "<p class=\"kicker\">");
	if (s->items.n > 0)
		put_outlet(p, &s->items.v[0]);
	part_time(p->out, s->last_grown != GAZ_UTC_UNKNOWN
	    ? s->last_grown : export_time_of_story(s));
	gaz_buf_put_z(p->out, "</p>\n<h2>");
	part_link(p->out, s->url, s->language, s->headline);
	gaz_buf_put_z(p->out, "</h2>\n");
	put_summary(p, s->summary, s->language);
	put_more(p, s);
	if (lead) {
		gaz_buf_put_z(p->out, "</div>\n");
		put_aside(p, s);
	}
	gaz_buf_put_z(p->out, "</article>\n");
}

static void
put_nothing(struct page *p)
{
	const char *text = "No stories yet. They appear here as soon as the "
	    "first feeds have been fetched.";

	if (p->kind == GAZ_PAGE_SEARCH && p->opt->query.len > 0)
		text = "Nothing was found. Fewer words find more; all of "
		    "them have to be in an article.";
	else if (p->kind == GAZ_PAGE_SEARCH)
		text = "Type some words: stories with all of them in one "
		    "article are found.";
	else if (p->v->page > 1 ||
	    gaz_str_find_char(p->v->path, '?', 0) != GAZ_STR_NPOS)
		text = "Nothing here. Another filter or an earlier page may "
		    "have more.";
	gaz_buf_put_fmt(p->out, "<p class=\"nothing\">%s</p>\n", text);
}

void
html_stories(struct page *p)
{
	const struct gaz_view *v = p->v;
	bool front = p->kind == GAZ_PAGE_STORIES && v->page <= 1;

	if (v->stories.n == 0) {
		put_nothing(p);
		return;
	}
	gaz_buf_put_fmt(p->out, "<div class=\"%s\">\n",
	    p->kind == GAZ_PAGE_SEARCH ? "results" : "stories");
	for (size_t i = 0; i < v->stories.n; i++)
		put_story(p, &v->stories.v[i], front && i == 0);
	gaz_buf_put_z(p->out, "</div>\n");
}

/* ---- one story */

static void
put_fact(struct page *p, const char *name, gaz_utc t)
{
	if (t == GAZ_UTC_UNKNOWN)
		return;
	gaz_buf_put_fmt(p->out, "<div><dt>%s</dt><dd>", name);
	part_time(p->out, t);
	gaz_buf_put_z(p->out, "</dd></div>\n");
}

static void
put_facts(struct page *p, const struct gaz_view_story *s)
{
	gaz_buf_put_z(p->out, "<dl class=\"facts\">\n"
	    "<div><dt>Reported by</dt><dd>");
	part_count(p->out, s->sources, "outlet", "outlets");
	gaz_buf_put_z(p->out, " in ");
	part_count(p->out, s->members, "article", "articles");
	gaz_buf_put_z(p->out, "</dd></div>\n");
	put_fact(p, "First seen", s->first_seen);
	put_fact(p, "Last grown", s->last_grown);
	if (s->open)
		gaz_buf_put_z(p->out, "<div><dt>State</dt>"
		    "<dd>still growing</dd></div>\n");
	gaz_buf_put_z(p->out, "</dl>\n");
}

static bool
has_any(const struct gaz_view_story *s, const struct gaz_str *only)
{
	for (size_t i = 0; i < s->items.n; i++) {
		if (belongs(&s->items.v[i], false, only) ||
		    belongs(&s->items.v[i], true, only))
			return true;
	}
	return false;
}

static void
put_language_group(struct page *p, const struct gaz_view_story *s,
    struct gaz_str tag)
{
	if (!has_any(s, &tag))
		return;
	gaz_buf_put_z(p->out, "<section class=\"group\">\n<h2>");
	if (tag.len > 0)
		export_put_text(p->out, part_language_name(tag));
	else
		gaz_buf_put_z(p->out, "Other languages");
	gaz_buf_put_z(p->out, "</h2>\n");
	put_sources(p, s, &tag, SIZE_MAX);
	gaz_buf_put_z(p->out, "</section>\n");
}

/* Primary subtags of the items, the story's own order first. */
static void
collect_languages(const struct gaz_view_story *s, struct gaz_arena *a,
    gaz_str_list *out)
{
	for (size_t i = 0; i < s->languages.n + s->items.n; i++) {
		struct gaz_str tag = i < s->languages.n ? s->languages.v[i]
		    : s->items.v[i - s->languages.n].language;
		tag = gaz_str_sub(tag, 0, gaz_str_find_char(tag, '-', 0));
		bool known = tag.len == 0;
		for (size_t k = 0; k < out->n && !known; k++)
			known = gaz_str_ieq(out->v[k], tag);
		if (!known)
			*gaz_list_push(a, out) = tag;
	}
}

void
html_story(struct page *p)
{
	gaz_str_list languages = { 0 };

	if (p->v->stories.n == 0) {
		put_nothing(p);
		return;
	}
	const struct gaz_view_story *s = &p->v->stories.v[0];
	gaz_buf_put_z(p->out, "<article class=\"whole-story\">\n<h1>");
	part_link(p->out, s->url, s->language, s->headline);
	gaz_buf_put_z(p->out, "</h1>\n");
	put_summary(p, s->summary, s->language);
	put_facts(p, s);
	collect_languages(s, &p->arena, &languages);
	gaz_buf_put_z(p->out, "<div class=\"groups\">\n");
	for (size_t i = 0; i < languages.n; i++)
		put_language_group(p, s, languages.v[i]);
	put_language_group(p, s, GAZ_STR(""));
	gaz_buf_put_z(p->out, "</div>\n</article>\n");
}

/* ---- items */

void
html_items(struct page *p)
{
	const struct gaz_view *v = p->v;

	if (v->items.n == 0) {
		put_nothing(p);
		return;
	}
	gaz_buf_put_z(p->out, "<div class=\"results\">\n");
	for (size_t i = 0; i < v->items.n; i++) {
		const struct gaz_view_item *it = &v->items.v[i];
		gaz_buf_put_fmt(p->out, "<article class=\"story\" id=\"item-%"
		    PRId64 "\">\n", it->id);
		put_byline(p, it, true);
		gaz_buf_put_z(p->out, "\n<h2>");
		part_link(p->out, it->url, it->language, it->title);
		gaz_buf_put_z(p->out, "</h2>\n");
		put_summary(p, it->summary, it->language);
		if (it->story_id > 0 && p->root.len > 0) {
			gaz_buf_put_z(p->out, "<p class=\"whole\"><a href=\"");
			put_story_url(p, it->story_id);
			gaz_buf_put_z(p->out, "\">The whole story</a></p>\n");
		}
		gaz_buf_put_z(p->out, "</article>\n");
	}
	gaz_buf_put_z(p->out, "</div>\n");
}
