#include "config.h"

#include "normalise/html_element.h"

#include "gazetted/mem.h"

/* Sorted by name. What is not here is unknown. */
static const struct element elements[] = {
	{ "a", ELEMENT_LINK, GROUP_LINK, NULL },
	{ "abbr", ELEMENT_INLINE, 0, NULL },
	{ "acronym", ELEMENT_INLINE, 0, "abbr" },
	{ "address", ELEMENT_BLOCK, 0, NULL },
	{ "annotation", ELEMENT_DROPPED, 0, NULL },
	{ "annotation-xml", ELEMENT_DROPPED, 1, NULL },
	{ "applet", ELEMENT_DROPPED, 2, NULL },
	{ "article", ELEMENT_BLOCK, 0, NULL },
	{ "aside", ELEMENT_BLOCK, 0, NULL },
	{ "audio", ELEMENT_INLINE, GROUP_MEDIA, NULL },
	{ "b", ELEMENT_FORMATTING, 0, NULL },
	{ "bdi", ELEMENT_INLINE, 0, NULL },
	{ "bdo", ELEMENT_INLINE, 0, NULL },
	{ "blockquote", ELEMENT_BLOCK, GROUP_QUOTE, NULL },
	{ "body", ELEMENT_BREAK, 0, NULL },
	{ "br", ELEMENT_VOID, 0, NULL },
	{ "caption", ELEMENT_CAPTION, 0, NULL },
	{ "center", ELEMENT_BLOCK, 0, "div" },
	{ "cite", ELEMENT_INLINE, 0, NULL },
	{ "code", ELEMENT_FORMATTING, 0, NULL },
	{ "col", ELEMENT_VOID, GROUP_COLUMN, NULL },
	{ "colgroup", ELEMENT_COLGROUP, GROUP_COLUMN, NULL },
	{ "dd", ELEMENT_DD, 0, NULL },
	{ "del", ELEMENT_INLINE, GROUP_EDIT, NULL },
	{ "details", ELEMENT_BLOCK, GROUP_DETAILS, NULL },
	{ "dfn", ELEMENT_INLINE, 0, NULL },
	{ "dir", ELEMENT_BLOCK, 0, "ul" },
	{ "div", ELEMENT_BLOCK, 0, NULL },
	{ "dl", ELEMENT_BLOCK, 0, NULL },
	{ "dt", ELEMENT_DD, 0, NULL },
	{ "em", ELEMENT_FORMATTING, 0, NULL },
	{ "fieldset", ELEMENT_BREAK, 0, NULL },
	{ "figcaption", ELEMENT_BLOCK, 0, NULL },
	{ "figure", ELEMENT_BLOCK, 0, NULL },
	{ "footer", ELEMENT_BLOCK, 0, NULL },
	{ "form", ELEMENT_BREAK, 0, NULL },
	{ "frameset", ELEMENT_BREAK, 0, NULL },
	{ "h1", ELEMENT_HEADING, 0, NULL },
	{ "h2", ELEMENT_HEADING, 0, NULL },
	{ "h3", ELEMENT_HEADING, 0, NULL },
	{ "h4", ELEMENT_HEADING, 0, NULL },
	{ "h5", ELEMENT_HEADING, 0, NULL },
	{ "h6", ELEMENT_HEADING, 0, NULL },
	{ "head", ELEMENT_BREAK, 0, NULL },
	{ "header", ELEMENT_BLOCK, 0, NULL },
	{ "hgroup", ELEMENT_BLOCK, 0, NULL },
	{ "hr", ELEMENT_VOID, 0, NULL },
	{ "html", ELEMENT_BREAK, 0, NULL },
	{ "i", ELEMENT_FORMATTING, 0, NULL },
	{ "image", ELEMENT_VOID, GROUP_IMAGE, "img" },
	{ "img", ELEMENT_VOID, GROUP_IMAGE, NULL },
	{ "ins", ELEMENT_INLINE, GROUP_EDIT, NULL },
	{ "kbd", ELEMENT_INLINE, 0, NULL },
	{ "legend", ELEMENT_BREAK, 0, NULL },
	{ "li", ELEMENT_LI, GROUP_LI, NULL },
	{ "listing", ELEMENT_BLOCK, 0, "pre" },
	{ "main", ELEMENT_BLOCK, 0, NULL },
	{ "mark", ELEMENT_INLINE, 0, NULL },
	{ "menu", ELEMENT_BLOCK, 0, "ul" },
	{ "nav", ELEMENT_BLOCK, 0, NULL },
	{ "noembed", ELEMENT_DROPPED, 3, NULL },
	{ "noframes", ELEMENT_DROPPED, 4, NULL },
	{ "noscript", ELEMENT_DROPPED, 5, NULL },
	{ "object", ELEMENT_DROPPED, 6, NULL },
	{ "ol", ELEMENT_BLOCK, GROUP_OL, NULL },
	{ "optgroup", ELEMENT_BREAK, 0, NULL },
	{ "option", ELEMENT_BREAK, 0, NULL },
	{ "p", ELEMENT_P, 0, NULL },
	{ "picture", ELEMENT_INLINE, 0, NULL },
	{ "plaintext", ELEMENT_LITERAL, 0, "pre" },
	{ "pre", ELEMENT_BLOCK, 0, NULL },
	{ "q", ELEMENT_INLINE, GROUP_QUOTE, NULL },
	{ "rp", ELEMENT_RUBY, 0, NULL },
	{ "rt", ELEMENT_RUBY, 0, NULL },
	{ "ruby", ELEMENT_INLINE, 0, NULL },
	{ "s", ELEMENT_FORMATTING, 0, NULL },
	{ "samp", ELEMENT_INLINE, 0, NULL },
	{ "script", ELEMENT_RAW, 0, NULL },
	{ "section", ELEMENT_BLOCK, 0, NULL },
	{ "small", ELEMENT_FORMATTING, 0, NULL },
	{ "source", ELEMENT_VOID, GROUP_SOURCE, NULL },
	{ "span", ELEMENT_INLINE, 0, NULL },
	{ "strike", ELEMENT_FORMATTING, 0, "s" },
	{ "strong", ELEMENT_FORMATTING, 0, NULL },
	{ "style", ELEMENT_RAW, 0, NULL },
	{ "sub", ELEMENT_INLINE, 0, NULL },
	{ "summary", ELEMENT_BLOCK, 0, NULL },
	{ "sup", ELEMENT_INLINE, 0, NULL },
	{ "svg", ELEMENT_DROPPED, 7, NULL },
	{ "table", ELEMENT_TABLE, 0, NULL },
	{ "tbody", ELEMENT_SECTION, 0, NULL },
	{ "td", ELEMENT_CELL, GROUP_CELL, NULL },
	{ "template", ELEMENT_DROPPED, 8, NULL },
	{ "tfoot", ELEMENT_SECTION, 0, NULL },
	{ "th", ELEMENT_CELL, GROUP_CELL, NULL },
	{ "thead", ELEMENT_SECTION, 0, NULL },
	{ "time", ELEMENT_INLINE, GROUP_TIME, NULL },
	{ "title", ELEMENT_DROPPED, 9, NULL },
	{ "tr", ELEMENT_ROW, 0, NULL },
	{ "tt", ELEMENT_FORMATTING, 0, "code" },
	{ "u", ELEMENT_FORMATTING, 0, NULL },
	{ "ul", ELEMENT_BLOCK, 0, NULL },
	{ "var", ELEMENT_INLINE, 0, NULL },
	{ "video", ELEMENT_INLINE, GROUP_MEDIA | GROUP_VIDEO, NULL },
	{ "wbr", ELEMENT_VOID, 0, NULL },
	{ "xmp", ELEMENT_LITERAL, 0, "pre" },
};

int
gaz_html_compare(struct gaz_str name, const char *lower)
{
	for (size_t i = 0; i < name.len; i++) {
		int a = (unsigned char)gaz_to_lower(name.p[i]);
		int b = (unsigned char)lower[i];
		if (a != b || b == 0)
			return a - b;
	}
	return lower[name.len] == '\0' ? 0 : -1;
}

const struct element *
gaz_html_element(struct gaz_str name)
{
	size_t lo = 0, hi = GAZ_COUNT(elements);

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int order = gaz_html_compare(name, elements[mid].name);
		if (order == 0)
			return &elements[mid];
		if (order < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}
