#include "config.h"

#include "normalise/html_element.h"

#include "gazetted/mem.h"

/* Sorted by name; first_rows goes by it. What is not here is unknown. */
#define ROW(name, kind, groups, written) \
	{ name, ELEMENT_##kind, groups, written, sizeof(name) - 1 }

static const struct element elements[] = {
	ROW("a", LINK, GROUP_LINK, NULL),
	ROW("abbr", INLINE, 0, NULL),
	ROW("acronym", INLINE, 0, "abbr"),
	ROW("address", BLOCK, 0, NULL),
	ROW("annotation", DROPPED, 0, NULL),
	ROW("annotation-xml", DROPPED, 1, NULL),
	ROW("applet", DROPPED, 2, NULL),
	ROW("article", BLOCK, 0, NULL),
	ROW("aside", BLOCK, 0, NULL),
	ROW("audio", INLINE, GROUP_MEDIA, NULL),
	ROW("b", FORMATTING, 0, NULL),
	ROW("bdi", INLINE, 0, NULL),
	ROW("bdo", INLINE, 0, NULL),
	ROW("blockquote", BLOCK, GROUP_QUOTE, NULL),
	ROW("body", BREAK, 0, NULL),
	ROW("br", VOID, 0, NULL),
	ROW("caption", CAPTION, 0, NULL),
	ROW("center", BLOCK, 0, "div"),
	ROW("cite", INLINE, 0, NULL),
	ROW("code", FORMATTING, 0, NULL),
	ROW("col", VOID, GROUP_COLUMN, NULL),
	ROW("colgroup", COLGROUP, GROUP_COLUMN, NULL),
	ROW("dd", DD, 0, NULL),
	ROW("del", INLINE, GROUP_EDIT, NULL),
	ROW("details", BLOCK, GROUP_DETAILS, NULL),
	ROW("dfn", INLINE, 0, NULL),
	ROW("dir", BLOCK, 0, "ul"),
	ROW("div", BLOCK, 0, NULL),
	ROW("dl", BLOCK, 0, NULL),
	ROW("dt", DD, 0, NULL),
	ROW("em", FORMATTING, 0, NULL),
	ROW("fieldset", BREAK, 0, NULL),
	ROW("figcaption", BLOCK, 0, NULL),
	ROW("figure", BLOCK, 0, NULL),
	ROW("footer", BLOCK, 0, NULL),
	ROW("form", BREAK, 0, NULL),
	ROW("frameset", BREAK, 0, NULL),
	ROW("h1", HEADING, 0, NULL),
	ROW("h2", HEADING, 0, NULL),
	ROW("h3", HEADING, 0, NULL),
	ROW("h4", HEADING, 0, NULL),
	ROW("h5", HEADING, 0, NULL),
	ROW("h6", HEADING, 0, NULL),
	ROW("head", BREAK, 0, NULL),
	ROW("header", BLOCK, 0, NULL),
	ROW("hgroup", BLOCK, 0, NULL),
	ROW("hr", VOID, 0, NULL),
	ROW("html", BREAK, 0, NULL),
	ROW("i", FORMATTING, 0, NULL),
	ROW("image", VOID, GROUP_IMAGE, "img"),
	ROW("img", VOID, GROUP_IMAGE, NULL),
	ROW("ins", INLINE, GROUP_EDIT, NULL),
	ROW("kbd", INLINE, 0, NULL),
	ROW("legend", BREAK, 0, NULL),
	ROW("li", LI, GROUP_LI, NULL),
	ROW("listing", BLOCK, 0, "pre"),
	ROW("main", BLOCK, 0, NULL),
	ROW("mark", INLINE, 0, NULL),
	ROW("menu", BLOCK, 0, "ul"),
	ROW("nav", BLOCK, 0, NULL),
	ROW("noembed", DROPPED, 3, NULL),
	ROW("noframes", DROPPED, 4, NULL),
	ROW("noscript", DROPPED, 5, NULL),
	ROW("object", DROPPED, 6, NULL),
	ROW("ol", BLOCK, GROUP_OL, NULL),
	ROW("optgroup", BREAK, 0, NULL),
	ROW("option", BREAK, 0, NULL),
	ROW("p", P, 0, NULL),
	ROW("picture", INLINE, 0, NULL),
	ROW("plaintext", LITERAL, 0, "pre"),
	ROW("pre", BLOCK, 0, NULL),
	ROW("q", INLINE, GROUP_QUOTE, NULL),
	ROW("rp", RUBY, 0, NULL),
	ROW("rt", RUBY, 0, NULL),
	ROW("ruby", INLINE, 0, NULL),
	ROW("s", FORMATTING, 0, NULL),
	ROW("samp", INLINE, 0, NULL),
	ROW("script", RAW, 0, NULL),
	ROW("section", BLOCK, 0, NULL),
	ROW("small", FORMATTING, 0, NULL),
	ROW("source", VOID, GROUP_SOURCE, NULL),
	ROW("span", INLINE, 0, NULL),
	ROW("strike", FORMATTING, 0, "s"),
	ROW("strong", FORMATTING, 0, NULL),
	ROW("style", RAW, 0, NULL),
	ROW("sub", INLINE, 0, NULL),
	ROW("summary", BLOCK, 0, NULL),
	ROW("sup", INLINE, 0, NULL),
	ROW("svg", DROPPED, 7, NULL),
	ROW("table", TABLE, 0, NULL),
	ROW("tbody", SECTION, 0, NULL),
	ROW("td", CELL, GROUP_CELL, NULL),
	ROW("template", DROPPED, 8, NULL),
	ROW("tfoot", SECTION, 0, NULL),
	ROW("th", CELL, GROUP_CELL, NULL),
	ROW("thead", SECTION, 0, NULL),
	ROW("time", INLINE, GROUP_TIME, NULL),
	ROW("title", DROPPED, 9, NULL),
	ROW("tr", ROW, 0, NULL),
	ROW("tt", FORMATTING, 0, "code"),
	ROW("u", FORMATTING, 0, NULL),
	ROW("ul", BLOCK, 0, NULL),
	ROW("var", INLINE, 0, NULL),
	ROW("video", INLINE, GROUP_MEDIA | GROUP_VIDEO, NULL),
	ROW("wbr", VOID, 0, NULL),
	ROW("xmp", LITERAL, 0, "pre"),
};

/* Where the names with each letter begin, and where the last ones end. */
static const uint8_t first_rows['z' - 'a' + 2] = {
	0, 10, 16, 22, 30, 31, 37, 37, 48,
	52, 52, 53, 56, 59, 63, 67, 71, 72,
	75, 89, 100, 102, 104, 105, 106, 106, 106,
};

const struct element *
gaz_html_element(struct gaz_str name)
{
	unsigned letter;

	if (name.len == 0)
		return NULL;
	letter = (unsigned char)gaz_to_lower(name.p[0]) - (unsigned)'a';
	if (letter > 'z' - 'a')
		return NULL;
	for (size_t i = first_rows[letter]; i < first_rows[letter + 1]; i++) {
		if (elements[i].len == name.len &&
		    gaz_mem_ieq(name.p, elements[i].name, name.len))
			return &elements[i];
	}
	return NULL;
}

const struct element *
gaz_html_element_row(size_t i)
{
	return i < GAZ_COUNT(elements) ? &elements[i] : NULL;
}
