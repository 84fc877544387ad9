/* Pieces that several pages are made of. */
#include "config.h"

#include "html.h"

#include <inttypes.h>
#include <stdio.h>

#include "gazetted/mem.h"

/* ---- languages */

struct gaz_str
part_language_name(struct gaz_str tag)
{
	static const struct {
		const char *tag, *name;
	} names[] = {
		{ "af", "Afrikaans" }, { "am", "Amharic" }, { "ar", "Arabic" },
		{ "az", "Azerbaijani" }, { "be", "Belarusian" },
		{ "bg", "Bulgarian" }, { "bn", "Bengali" },
		{ "bs", "Bosnian" }, { "ca", "Catalan" }, { "cs", "Czech" },
		{ "cy", "Welsh" }, { "da", "Danish" }, { "de", "German" },
		{ "el", "Greek" }, { "en", "English" }, { "eo", "Esperanto" },
		{ "es", "Spanish" }, { "et", "Estonian" }, { "eu", "Basque" },
		{ "fa", "Persian" }, { "fi", "Finnish" },
		{ "fil", "Filipino" }, { "fo", "Faroese" }, { "fr", "French" },
		{ "fy", "Frisian" }, { "ga", "Irish" }, { "gd", "Gaelic" },
		{ "gl", "Galician" }, { "gu", "Gujarati" }, { "ha", "Hausa" },
		{ "he", "Hebrew" }, { "hi", "Hindi" }, { "hr", "Croatian" },
		{ "hu", "Hungarian" }, { "hy", "Armenian" },
		{ "id", "Indonesian" }, { "ig", "Igbo" },
		{ "is", "Icelandic" }, { "it", "Italian" },
		{ "ja", "Japanese" }, { "ka", "Georgian" }, { "kk", "Kazakh" },
		{ "km", "Khmer" }, { "kn", "Kannada" }, { "ko", "Korean" },
		{ "ku", "Kurdish" }, { "ky", "Kyrgyz" }, { "la", "Latin" },
		{ "lb", "Luxembourgish" }, { "lo", "Lao" },
		{ "lt", "Lithuanian" }, { "lv", "Latvian" },
		{ "mk", "Macedonian" }, { "ml", "Malayalam" },
		{ "mn", "Mongolian" }, { "mr", "Marathi" }, { "ms", "Malay" },
		{ "mt", "Maltese" }, { "my", "Burmese" },
		{ "nb", "Norwegian" }, { "ne", "Nepali" }, { "nl", "Dutch" },
		{ "nn", "Norwegian" }, { "no", "Norwegian" },
		{ "pa", "Punjabi" }, { "pl", "Polish" }, { "ps", "Pashto" },
		{ "pt", "Portuguese" }, { "rm", "Romansh" },
		{ "ro", "Romanian" }, { "ru", "Russian" }, { "si", "Sinhala" },
		{ "sk", "Slovak" }, { "sl", "Slovenian" }, { "so", "Somali" },
		{ "sq", "Albanian" }, { "sr", "Serbian" }, { "sv", "Swedish" },
		{ "sw", "Swahili" }, { "ta", "Tamil" }, { "te", "Telugu" },
		{ "tg", "Tajik" }, { "th", "Thai" }, { "tk", "Turkmen" },
		{ "tl", "Filipino" }, { "tr", "Turkish" },
		{ "uk", "Ukrainian" },
		{ "ur", "Urdu" }, { "uz", "Uzbek" }, { "vi", "Vietnamese" },
		{ "yi", "Yiddish" }, { "yo", "Yoruba" }, { "zh", "Chinese" },
		{ "zu", "Zulu" },
	};
	struct gaz_str primary = gaz_str_sub(tag, 0,
	    gaz_str_find_char(tag, '-', 0));

	for (size_t i = 0; i < GAZ_COUNT(names); i++) {
		if (gaz_str_ieq_z(primary, names[i].tag))
			return gaz_str_of(names[i].name);
	}
	return tag;
}

void
part_language(struct gaz_buf *out, struct gaz_str tag, struct gaz_str text)
{
	export_put_attr(out, "lang", export_language(tag));
	gaz_buf_put_z(out, export_is_rtl(text) ? " dir=\"rtl\""
	                                       : " dir=\"ltr\"");
}

/* ---- times and numbers */

void
part_time(struct gaz_buf *out, gaz_utc t)
{
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May",
		"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	char text[GAZ_UTC_TEXT_MAX];

	if (gaz_utc_rfc3339(t, text)[0] == '\0')
		return;
	struct gaz_civil c = gaz_civil_of(t);
	gaz_buf_put_fmt(out, "<time datetime=\"%s\">%d %s %" PRId64
	    ", %02d:%02d UTC</time>", text, c.day, months[c.month - 1], c.year,
	    c.hour, c.minute);
}

void
part_count(struct gaz_buf *out, int64_t n, const char *one, const char *many)
{
	gaz_buf_put_fmt(out, "%" PRId64 " %s", n, n == 1 ? one : many);
}

/* ---- links */

void
part_icon(struct page *p, struct gaz_str hash)
{
	if (p->root.len == 0 || hash.len == 0)
		return;
	gaz_buf_put_z(p->out, "<img class=\"icon\" src=\"");
	export_put_text(p->out, p->root);
	gaz_buf_put_z(p->out, "icon/");
	export_put_text(p->out, hash);
	gaz_buf_put_z(p->out, "\" alt=\"\" width=\"16\" height=\"16\" "
	    "loading=\"lazy\"> ");
}

void
part_link(struct gaz_buf *out, struct gaz_str url, struct gaz_str language,
    struct gaz_str text)
{
	bool link = export_is_link(url);

	gaz_buf_put_z(out, link ? "<a" : "<span");
	if (link) {
		export_put_url_attr(out, "href", url);
		gaz_buf_put_z(out, " rel=\"noopener noreferrer nofollow\"");
	}
	part_language(out, language, text);
	gaz_buf_put_char(out, '>');
	if (text.len > 0)
		export_put_text(out, text);
	else
		gaz_buf_put_z(out, "(untitled)");
	gaz_buf_put_z(out, link ? "</a>" : "</span>");
}

void
part_host(struct gaz_buf *out, struct gaz_str host)
{
	if (host.len == 0)
		return;
	gaz_buf_put_z(out, " <small class=\"host\" dir=\"ltr\">⚠ ");
	export_put_text(out, host);
	gaz_buf_put_z(out, "</small> ");
}

static void
put_encoded(struct gaz_buf *out, struct gaz_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (gaz_is_alnum((char)c) || (c != 0 && strchr("-._~", c)))
			gaz_buf_put_char(out, (char)c);
		else
			gaz_buf_put_fmt(out, "%%%02X", c);
	}
}

void
part_query_link(struct page *p, const char *name, struct gaz_str value,
    const char *class)
{
	gaz_buf_put_fmt(p->out, "<a class=\"%s\" href=\"%.*s?%s=", class,
	    GAZ_STR_ARG(p->root), name);
	put_encoded(p->out, value);
	gaz_buf_put_z(p->out, "\"><bdi>");
	export_put_text(p->out, value);
	gaz_buf_put_z(p->out, "</bdi></a>");
}

/* A value of a query for people; what is broken stays as it came. */
static struct gaz_str
decode(struct gaz_str s, struct gaz_arena *a)
{
	char *text = gaz_arena_alloc(a, s.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		if (c == '+')
			c = ' ';
		if (c == '%' && s.len - i > 2) {
			int high = gaz_hex_value(s.p[i + 1]);
			int low = gaz_hex_value(s.p[i + 2]);
			if (high >= 0 && low >= 0) {
				c = (char)(high * 16 + low);
				i += 2;
			}
		}
		text[n++] = c;
	}
	return gaz_str_make(text, n);
}

/* The path of the view without the i-th piece of its query, and its page. */
static void
put_path_without(struct page *p, size_t skip)
{
	size_t mark = gaz_str_find_char(p->v->path, '?', 0), i = 0;
	struct gaz_str rest = gaz_str_sub(p->v->path, mark + 1,
	    p->v->path.len), piece;
	char before = '?';

	/* relative: the last segment of the path is where we are */
	struct gaz_str path = gaz_str_sub(p->v->path, 0, mark);
	size_t slash = gaz_str_rfind_char(path, '/');
	path = gaz_str_sub(path, slash + 1, path.len);
	export_put_url(p->out, path.len > 0 ? path : GAZ_STR("./"));
	for (; gaz_str_split(&rest, '&', &piece); i++) {
		if (i == skip || piece.len == 0 ||
		    gaz_str_starts(piece, "page="))
			continue;
		if (before == '&')
			gaz_buf_put_z(p->out, "&amp;");
		else
			gaz_buf_put_char(p->out, '?');
		export_put_url(p->out, piece);
		before = '&';
	}
}

void
part_filters(struct page *p)
{
	static const struct {
		const char *name, *words;
	} filters[] = {
		{ "tag", "tag" }, { "lang", "language" },
		{ "language", "language" }, { "feed", "feed" },
		{ "since", "since" }, { "min-sources", "outlets at least" },
	};
	size_t mark = gaz_str_find_char(p->v->path, '?', 0), i = 0;
	struct gaz_str rest, piece;
	bool open = false;

	if (mark == GAZ_STR_NPOS || p->root.len == 0)
		return;
	rest = gaz_str_sub(p->v->path, mark + 1, p->v->path.len);
	/* more than a few are no help, and each writes all the others */
	for (; gaz_str_split(&rest, '&', &piece) && i < 16; i++) {
		size_t eq = gaz_str_find_char(piece, '=', 0);
		if (eq == GAZ_STR_NPOS || eq + 1 >= piece.len)
			continue;
		struct gaz_str name = gaz_str_sub(piece, 0, eq);
		for (size_t k = 0; k < GAZ_COUNT(filters); k++) {
			if (!gaz_str_eq_z(name, filters[k].name))
				continue;
			if (!open)
				gaz_buf_put_z(p->out, "<ul class=\"filters\" "
				    "aria-label=\"Filters\">\n");
			open = true;
			gaz_buf_put_fmt(p->out, "<li>%s <b><bdi>",
			    filters[k].words);
			export_put_text(p->out, decode(
			    gaz_str_sub(piece, eq + 1, piece.len), &p->arena));
			gaz_buf_put_z(p->out, "</bdi></b> <a href=\"");
			put_path_without(p, i);
			gaz_buf_put_z(p->out,
			    "\" aria-label=\"Remove this filter\">×</a></li>\n");
		}
	}
	if (open)
		gaz_buf_put_z(p->out, "</ul>\n");
}

static void
put_page_link(struct page *p, int64_t page, const char *rel, const char *text)
{
	struct gaz_str path = export_page_path(p->v, page, &p->arena);
	size_t mark = gaz_str_find_char(path, '?', 0);
	size_t slash = gaz_str_rfind_char(gaz_str_sub(path, 0, mark), '/');

	path = gaz_str_sub(path, slash + 1, path.len);
	gaz_buf_put_fmt(p->out, "<a rel=\"%s\"", rel);
	export_put_url_attr(p->out, "href",
	    gaz_str_starts(path, "?") || path.len == 0
	    ? gaz_arena_fmt(&p->arena, "./%.*s", GAZ_STR_ARG(path)) : path);
	gaz_buf_put_fmt(p->out, ">%s</a>\n", text);
}

void
part_pages(struct page *p)
{
	int64_t page = p->v->page > 1 ? p->v->page : 1;

	if (p->root.len == 0 || (page == 1 && !p->v->more))
		return;
	gaz_buf_put_z(p->out, "<nav class=\"pages\" aria-label=\"More\">\n");
	if (page > 1)
		put_page_link(p, page - 1, "prev", "← Back");
	gaz_buf_put_fmt(p->out, "<span>Page %" PRId64 "</span>\n", page);
	if (p->v->more)
		put_page_link(p, page + 1, "next", "More →");
	gaz_buf_put_z(p->out, "</nav>\n");
}
