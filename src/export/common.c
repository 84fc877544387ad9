/* Text, addresses, identifiers and times as all documents write them. */
#include "config.h"

#include "export.h"

#include "gazetted/mem.h"

#include <inttypes.h>

#include "gazetted/hash.h"

/* ---- text */

static bool
is_allowed(uint32_t c)
{
	if (c < 0x20)
		return c == '\t' || c == '\n';
	/* DEL and the C1 controls are discouraged, U+FFFE and U+FFFF banned */
	return (c < 0x7f || c > 0x9f) && (c & 0xfffe) != 0xfffe;
}

void
export_put_text(struct gaz_buf *out, struct gaz_str s)
{
	size_t done = 0, pos = 0;

	while (pos < s.len) {
		size_t start = pos;
		uint32_t c = gaz_utf8_next(s, &pos);
		const char *ref = c == '&' ? "&amp;" : c == '<' ? "&lt;"
		    : c == '>' ? "&gt;" : c == '"' ? "&quot;"
		    : c == '\'' ? "&#39;" : NULL;
		if (ref == NULL && c != 0xfffd && is_allowed(c))
			continue;
		gaz_buf_put(out, s.p + done, start - done);
		done = pos;
		if (ref != NULL)
			gaz_buf_put_z(out, ref);
		else if (c == 0xfffd) /* ill-formed, or itself */
			gaz_buf_put_utf8(out, c);
	}
	if (done < s.len)
		gaz_buf_put(out, s.p + done, s.len - done);
}

void
export_put_text_z(struct gaz_buf *out, const char *z)
{
	export_put_text(out, gaz_str_of(z));
}

void
export_put_element(struct gaz_buf *out, int tabs, const char *name,
    struct gaz_str text)
{
	if (text.len == 0)
		return;
	while (tabs-- > 0)
		gaz_buf_put_char(out, '\t');
	gaz_buf_put_fmt(out, "<%s>", name);
	export_put_text(out, text);
	gaz_buf_put_fmt(out, "</%s>\n", name);
}

void
export_put_attr(struct gaz_buf *out, const char *name, struct gaz_str value)
{
	if (value.len == 0)
		return;
	gaz_buf_put_fmt(out, " %s=\"", name);
	export_put_text(out, value);
	gaz_buf_put_char(out, '"');
}

struct gaz_str
export_language(struct gaz_str tag)
{
	size_t run = 0;

	/* BCP 47 in outline: subtags of 1 to 8 letters and digits */
	for (size_t i = 0; i < tag.len; i++) {
		if (tag.p[i] == '-' && run > 0)
			run = 0;
		else if (gaz_is_alnum(tag.p[i]) && run < 8)
			run++;
		else
			return GAZ_STR_NONE;
	}
	/* run is 0 behind a hyphen: a tag does not break off */
	return run > 0 && gaz_is_alpha(tag.p[0]) ? tag : GAZ_STR_NONE;
}

bool
export_is_rtl(struct gaz_str text)
{
	size_t pos = 0, left = 0, right = 0;

	while (pos < text.len) {
		uint32_t c = gaz_utf8_next(text, &pos);
		/* Hebrew to Samaritan and Arabic, their presentation forms,
		 * Adlam and the others of that plane */
		if ((c >= 0x590 && c <= 0x8ff) ||
		    (c >= 0xfb1d && c <= 0xfdff) ||
		    (c >= 0xfe70 && c <= 0xfefc) ||
		    (c >= 0x10800 && c <= 0x10fff) ||
		    (c >= 0x1e800 && c <= 0x1efff))
			right++;
		else if (c >= 0xc0 || (c < 0x80 && gaz_is_alpha((char)c)))
			left++;
	}
	return right > left;
}

/*
 * Characters that are read in a minute, silently, by grown-ups (Trauzettel-
 * Klosinski and Dietz, 2012, rounded); other languages like those of Europe.
 */
int64_t
export_reading_time(const struct gaz_view_item *it)
{
	static const struct {
		const char *code;
		int64_t per_minute;
	} speeds[] = { { "ar", 610 }, { "fa", 610 }, { "ur", 610 },
		{ "he", 830 }, { "zh", 255 }, { "ja", 360 } };
	struct gaz_str code = gaz_str_sub(it->language, 0,
	    gaz_str_find_char(it->language, '-', 0));
	int64_t per_minute = 950;

	for (size_t i = 0; i < GAZ_COUNT(speeds); i++) {
		if (gaz_str_ieq_z(code, speeds[i].code))
			per_minute = speeds[i].per_minute;
	}
	return it->chars <= 0 ? 0 : (it->chars * 60 + per_minute - 1) /
	    per_minute;
}

/* ---- addresses */

bool
export_is_link(struct gaz_str url)
{
	return (gaz_str_istarts(url, "http://") && url.len > 7) ||
	    (gaz_str_istarts(url, "https://") && url.len > 8);
}

void
export_encode_url(struct gaz_buf *out, struct gaz_str url)
{
	for (size_t i = 0; i < url.len; i++) {
		unsigned char c = (unsigned char)url.p[i];
		if (c <= 0x20 || c >= 0x7f || strchr("\"'<>\\^`{|}", c))
			gaz_buf_put_fmt(out, "%%%02X", c);
		else
			gaz_buf_put_char(out, (char)c);
	}
}

void
export_put_url(struct gaz_buf *out, struct gaz_str url)
{
	struct gaz_buf b;

	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	export_encode_url(&b, url);
	export_put_text(out, gaz_buf_str(&b));
	gaz_buf_clear(&b);
}

void
export_put_url_attr(struct gaz_buf *out, const char *name, struct gaz_str url)
{
	gaz_buf_put_fmt(out, " %s=\"", name);
	export_put_url(out, url);
	gaz_buf_put_char(out, '"');
}

struct gaz_str
export_link(const struct gaz_view *v, struct gaz_str path, struct gaz_arena *a)
{
	struct gaz_str base = v->base_url;

	while (gaz_str_ends(base, "/"))
		base.len--;
	return gaz_arena_fmt(a, "%.*s%.*s", GAZ_STR_ARG(base),
	    GAZ_STR_ARG(path));
}

/* The query of the view's path without its page; "" when that is all. */
static struct gaz_str
query_without_page(const struct gaz_view *v, struct gaz_arena *a)
{
	size_t mark = gaz_str_find_char(v->path, '?', 0);
	struct gaz_str rest, piece, query;
	struct gaz_buf b;

	if (mark == GAZ_STR_NPOS)
		return GAZ_STR("");
	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	rest = gaz_str_sub(v->path, mark + 1, v->path.len);
	while (gaz_str_split(&rest, '&', &piece)) {
		if (piece.len == 0 || gaz_str_starts(piece, "page="))
			continue;
		if (b.len > 0)
			gaz_buf_put_char(&b, '&');
		gaz_buf_put_str(&b, piece);
	}
	query = gaz_arena_str(a, gaz_buf_str(&b));
	gaz_buf_clear(&b);
	return query;
}

struct gaz_str
export_sibling_path(const struct gaz_view *v, const char *path,
    struct gaz_arena *a)
{
	struct gaz_str query = query_without_page(v, a);

	return gaz_arena_fmt(a, "%s%s%.*s", path, query.len > 0 ? "?" : "",
	    GAZ_STR_ARG(query));
}

struct gaz_str
export_page_path(const struct gaz_view *v, int64_t page, struct gaz_arena *a)
{
	struct gaz_str query = query_without_page(v, a);
	struct gaz_str path = gaz_str_sub(v->path, 0,
	    gaz_str_find_char(v->path, '?', 0));

	if (page > 1)
		query = gaz_arena_fmt(a, "%.*s%spage=%" PRId64,
		    GAZ_STR_ARG(query), query.len > 0 ? "&" : "", page);
	return gaz_arena_fmt(a, "%.*s%s%.*s", GAZ_STR_ARG(path),
	    query.len > 0 ? "?" : "", GAZ_STR_ARG(query));
}

struct gaz_str
export_story_path(int64_t id, struct gaz_arena *a)
{
	return gaz_arena_fmt(a, "/story/%" PRId64, id);
}

/* ---- identifiers */

/*
 * The authority is a name that nobody can register (RFC 2606), so that nobody
 * else can rightly mint these; the instance tells installations apart.
 */
static void
put_tag(struct gaz_str instance, const char *kind, struct gaz_buf *out)
{
	gaz_buf_put_z(out, "tag:gazetted.example,2026:");
	for (size_t i = 0; i < instance.len; i++) {
		char c = instance.p[i];
		gaz_buf_put_char(out, gaz_is_alnum(c) || c == '-' ? c : '-');
	}
	if (instance.len > 0)
		gaz_buf_put_char(out, ':');
	gaz_buf_put_z(out, kind);
}

void
gaz_export_story_id(struct gaz_str instance, int64_t id, struct gaz_buf *out)
{
	put_tag(instance, "story:", out);
	gaz_buf_put_fmt(out, "%" PRId64, id);
}

void
gaz_export_item_id(struct gaz_str instance, int64_t id, struct gaz_buf *out)
{
	put_tag(instance, "item:", out);
	gaz_buf_put_fmt(out, "%" PRId64, id);
}

void
export_view_id(const struct gaz_view *v, struct gaz_buf *out)
{
	static const char *const kinds[] = {
		[GAZ_VIEW_STORIES] = "stories",
		[GAZ_VIEW_ITEMS] = "items",
		[GAZ_VIEW_FEEDS] = "feeds",
	};
	struct gaz_arena a = { 0 };
	char hex[33];

	put_tag(v->instance, "view:", out);
	gaz_buf_put_z(out, kinds[v->kind]);
	/* all pages, and all formats, of one question are one feed */
	struct gaz_str question = query_without_page(v, &a);
	if (v->path.p == NULL)
		question = v->title;
	if (question.len > 0) {
		gaz_hash128_hex(question.p, question.len, hex);
		gaz_buf_put_fmt(out, ":%.16s", hex);
	}
	gaz_arena_clear(&a);
}

/* ---- times */

static gaz_utc
first_known(gaz_utc a, gaz_utc b, gaz_utc c)
{
	char text[GAZ_UTC_TEXT_MAX];
	gaz_utc all[] = { a, b, c };

	/* a year that RFC 3339 cannot write is no better than none */
	for (size_t i = 0; i < 3; i++) {
		if (gaz_utc_rfc3339(all[i], text)[0] != '\0')
			return all[i];
	}
	return 0;
}

gaz_utc
export_time_of_item(const struct gaz_view_item *it)
{
	return first_known(it->updated, it->published, it->first_seen);
}

gaz_utc
export_published(const struct gaz_view_item *it)
{
	return first_known(it->published, it->first_seen, it->updated);
}

gaz_utc
export_time_of_story(const struct gaz_view_story *s)
{
	return first_known(s->updated, s->last_grown, s->first_seen);
}

gaz_utc
export_time_of_view(const struct gaz_view *v)
{
	gaz_utc newest = first_known(v->updated, 0, 0);

	/* entries may not be newer than their feed */
	for (size_t i = 0; i < v->stories.n; i++) {
		gaz_utc t = export_time_of_story(&v->stories.v[i]);
		newest = t > newest ? t : newest;
	}
	for (size_t i = 0; i < v->items.n; i++) {
		gaz_utc t = export_time_of_item(&v->items.v[i]);
		newest = t > newest ? t : newest;
	}
	return newest;
}

/* ---- contents */

struct gaz_str
export_outlet(const struct gaz_view_item *it)
{
	return it->feed_title.len > 0 ? it->feed_title : it->feed_name;
}

static void
put_source(const struct gaz_view_item *it, struct gaz_buf *out)
{
	char text[GAZ_UTC_TEXT_MAX];
	gaz_utc when = export_published(it);
	struct gaz_str language = export_language(it->language);

	gaz_buf_put_z(out, "<li>");
	if (export_is_link(it->url)) {
		gaz_buf_put_z(out, "<a");
		export_put_url_attr(out, "href", it->url);
	} else {
		gaz_buf_put_z(out, "<span");
	}
	export_put_attr(out, "lang", language);
	gaz_buf_put_z(out, export_is_rtl(it->title) ? " dir=\"rtl\">"
	                                            : " dir=\"ltr\">");
	export_put_text(out, it->title);
	gaz_buf_put_z(out, export_is_link(it->url) ? "</a>" : "</span>");
	gaz_buf_put_z(out, " — <b><bdi>");
	export_put_text(out, export_outlet(it));
	gaz_buf_put_z(out, "</bdi></b>");
	if (language.len > 0) {
		gaz_buf_put_z(out, ", ");
		export_put_text(out, language);
	}
	gaz_buf_put_fmt(out, ", <time datetime=\"%s\">",
	    gaz_utc_rfc3339(when, text));
	gaz_buf_put_fmt(out, "%.10s %.5s UTC</time>", text, text + 11);
	if (it->copy)
		gaz_buf_put_z(out, " (copy)");
	gaz_buf_put_z(out, "</li>\n");
}

void
export_story_content(const struct gaz_view *v, const struct gaz_view_story *s,
    struct gaz_buf *out)
{
	struct gaz_arena a = { 0 };
	size_t shown = 0;

	if (s->summary.len > 0) {
		gaz_buf_put_z(out, export_is_rtl(s->summary)
		    ? "<p dir=\"rtl\"" : "<p dir=\"ltr\"");
		export_put_attr(out, "lang", export_language(s->language));
		gaz_buf_put_char(out, '>');
		export_put_text(out, s->summary);
		gaz_buf_put_z(out, "</p>\n");
	}
	gaz_buf_put_z(out, "<ul>\n");
	for (size_t i = 0; i < s->items.n && shown < EXPORT_SOURCES_MAX; i++) {
		put_source(&s->items.v[i], out);
		shown++;
	}
	gaz_buf_put_z(out, "</ul>\n");
	int64_t left = s->members - (int64_t)shown;
	if (left > 0)
		gaz_buf_put_fmt(out, "<p>and %" PRId64 " more</p>\n", left);
	if (v->base_url.len > 0) {
		gaz_buf_put_z(out, "<p><a");
		export_put_url_attr(out, "href",
		    export_link(v, export_story_path(s->id, &a), &a));
		gaz_buf_put_z(out, ">All sources of this story</a></p>\n");
	}
	gaz_arena_clear(&a);
}

void
export_item_content(const struct gaz_view_item *it, struct gaz_buf *out)
{
	if (it->content.len > 0) {
		gaz_buf_put_str(out, it->content);
	} else if (it->summary.len > 0) {
		gaz_buf_put_z(out, "<p>");
		export_put_text(out, it->summary);
		gaz_buf_put_z(out, "</p>");
	}
}

static void
add_new(gaz_str_list *out, struct gaz_arena *a, const gaz_str_list *from,
    size_t max)
{
	for (size_t i = 0; i < from->n && out->n < max; i++) {
		bool known = from->v[i].len == 0;
		for (size_t k = 0; k < out->n && !known; k++)
			known = gaz_str_ieq(out->v[k], from->v[i]);
		if (!known)
			*gaz_list_push(a, out) = from->v[i];
	}
}

/* An entry's share: beyond it categories tell nothing any more. */
#define CATEGORIES_MAX 32

void
export_categories(const struct gaz_view_item *it, struct gaz_arena *a,
    gaz_str_list *out)
{
	add_new(out, a, &it->tags, CATEGORIES_MAX);
	add_new(out, a, &it->categories, CATEGORIES_MAX);
}

void
export_story_categories(const struct gaz_view_story *s, struct gaz_arena *a,
    gaz_str_list *out)
{
	/* only what the operator gave: outlets' own words do not agree */
	for (size_t i = 0; i < s->items.n; i++)
		add_new(out, a, &s->items.v[i].tags, CATEGORIES_MAX);
}
