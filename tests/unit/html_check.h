#ifndef TESTS_UNIT_HTML_CHECK_H
#define TESTS_UNIT_HTML_CHECK_H

/*
 * A second opinion on what the HTML cleaner writes: a strict reader with its
 * own lists, which knows the cleaner's output language and nothing else, and
 * refuses every nesting that an HTML parser would change.
 */

#include <stdlib.h>

#include "gazetted/limits.h"
#include "gazetted/mem.h"
#include "gazetted/str.h"

static const char check_elements[] =
    " a abbr address article aside audio b bdi bdo blockquote br caption cite"
    " code col colgroup dd del details dfn div dl dt em figcaption figure"
    " footer h1 h2 h3 h4 h5 h6 header hgroup hr i img ins kbd li main mark nav"
    " ol p picture pre q rp rt ruby s samp section small source span strong"
    " sub summary sup table tbody td tfoot th thead time tr u ul var video"
    " wbr ";
static const char check_void[] = " br col hr img source wbr ";
/* They end a p that is open. */
static const char check_blocks[] =
    " address article aside blockquote dd details div dl dt figcaption figure"
    " footer h1 h2 h3 h4 h5 h6 header hgroup hr li main nav ol p pre section"
    " summary table ul ";
static const char check_attributes[] =
    " abbr alt cite colspan controls datetime dir height href hreflang lang"
    " loading loop media muted open poster preload referrerpolicy rel reversed"
    " rowspan scope sizes span src srcset start title type value width ";

static inline bool
check_in(const char *list, struct gaz_str word)
{
	char spaced[40];

	if (word.len == 0 || word.len > sizeof(spaced) - 3)
		return false;
	spaced[0] = ' ';
	memcpy(spaced + 1, word.p, word.len);
	spaced[word.len + 1] = ' ';
	spaced[word.len + 2] = '\0';
	return strstr(list, spaced) != NULL;
}

/* Text or value: no markup, and only the references that the cleaner has. */
static inline bool
check_text(struct gaz_str s, bool quoted)
{
	static const char *const refs[] = { "&amp;", "&lt;", "&gt;",
		"&quot;" };

	for (size_t i = 0; i < s.len; i++) {
		struct gaz_str rest = gaz_str_sub(s, i, s.len);
		bool known = false;
		unsigned char c = (unsigned char)s.p[i];
		if (c == '<' || c == '>' || (quoted && c == '"') ||
		    (c < ' ' && c != '\t' && c != '\n'))
			return false;
		for (size_t j = 0; j < GAZ_COUNT(refs); j++)
			known |= gaz_str_starts(rest, refs[j]);
		if (c == '&' && !known)
			return false;
	}
	return gaz_utf8_is_valid(s);
}

static inline bool
check_url(struct gaz_str url, bool is_link, bool is_picture)
{
	static const char *const pictures[] = { "data:image/png;base64,",
		"data:image/jpeg;base64,", "data:image/jpg;base64,",
		"data:image/gif;base64,", "data:image/webp;base64,",
		"data:image/avif;base64," };
	size_t colon = gaz_str_find_char(url, ':', 0), i;

	if (gaz_str_istarts(url, "http://") ||
	    gaz_str_istarts(url, "https://"))
		return true;
	if (gaz_str_istarts(url, "mailto:"))
		return is_link;
	for (i = 0; is_picture && i < GAZ_COUNT(pictures); i++) {
		if (gaz_str_istarts(url, pictures[i]))
			return true;
	}
	/* Relative: nothing that could be a scheme in front. */
	i = 0;
	while (i < url.len && strchr("/?#", url.p[i]) == NULL)
		i++;
	return colon == GAZ_STR_NPOS || i < colon;
}

static inline bool
check_value(struct gaz_str name, struct gaz_str value)
{
	struct gaz_str rest = value, piece;

	if (gaz_str_eq_z(name, "href") || gaz_str_eq_z(name, "cite"))
		return check_url(value, true, false);
	if (gaz_str_eq_z(name, "src"))
		return check_url(value, false, true);
	if (gaz_str_eq_z(name, "poster"))
		return check_url(value, false, false);
	while (gaz_str_eq_z(name, "srcset") &&
	    gaz_str_split(&rest, ' ', &piece)) {
		if (!check_url(piece, false, false))
			return false;
	}
	return true;
}

struct check {
	struct gaz_str s;
	size_t pos;
	struct gaz_str open[GAZ_HTML_DEPTH_MAX];
	size_t n;
};

static inline bool
check_open(const struct check *c, const char *list, const char *borders)
{
	for (size_t i = c->n; i-- > 0;) {
		if (check_in(list, c->open[i]))
			return true;
		if (check_in(borders, c->open[i]))
			return false;
	}
	return false;
}

/* Whether a parser would leave an element of that name where it is. */
static inline const char *
check_place(const struct check *c, struct gaz_str name)
{
	static const char borders[] = " table td th caption ";
	struct gaz_str in = c->n > 0 ? c->open[c->n - 1] : GAZ_STR("");
	size_t i;

	if (check_in(check_blocks, name) && check_open(c, " p ", borders))
		return "block in p";
	if (gaz_str_eq_z(name, "a") && check_open(c, " a ", ""))
		return "link in link";
	if (gaz_str_starts(name, "h") && name.len == 2 &&
	    gaz_is_digit(name.p[1]) &&
	    check_in(" h1 h2 h3 h4 h5 h6 ", in))
		return "heading in heading";
	if (gaz_str_eq_z(name, "tr"))
		return check_in(" table thead tbody tfoot ", in) ? NULL
		                                                 : "tr";
	if (check_in(" td th ", name))
		return gaz_str_eq_z(in, "tr") ? NULL : "td";
	if (gaz_str_eq_z(name, "col"))
		return check_in(" table colgroup ", in) ? NULL : "col";
	if (check_in(" thead tbody tfoot caption colgroup ", name))
		return gaz_str_eq_z(in, "table") ? NULL : "part of a table";
	if (check_in(" table thead tbody tfoot tr colgroup ", in))
		return "not a part of a table";
	if (!check_in(" li dd dt ", name))
		return NULL;
	for (i = c->n; i-- > 0;) {
		if (check_in(name.p[0] == 'l' ? " li " : " dd dt ",
		    c->open[i]))
			return "item in item";
		if (check_in(check_blocks, c->open[i]) &&
		    !check_in(" address div p ", c->open[i]))
			return NULL;
		if (check_in(borders, c->open[i]))
			return NULL;
	}
	return NULL;
}

static inline const char *
check_tag(struct check *c)
{
	struct gaz_str s = c->s, name, attribute, value;
	size_t end, i = c->pos + 1;
	bool closes = i < s.len && s.p[i] == '/';

	i += closes;
	for (end = i; end < s.len && gaz_is_alnum(s.p[end]);)
		end++;
	name = gaz_str_sub(s, i, end);
	if (!check_in(check_elements, name))
		return "unknown element";
	if (closes) {
		if (end >= s.len || s.p[end] != '>')
			return "end tag with something in it";
		if (c->n == 0 || !gaz_str_eq(c->open[c->n - 1], name))
			return "unbalanced";
		c->n--;
		c->pos = end + 1;
		return NULL;
	}
	const char *wrong = check_place(c, name);
	if (wrong != NULL)
		return wrong;
	while (end < s.len && s.p[end] == ' ') {
		i = end + 1;
		end = gaz_str_find_char(s, '=', i);
		if (end == GAZ_STR_NPOS || end + 1 >= s.len ||
		    s.p[end + 1] != '"')
			return "attribute without quotes";
		attribute = gaz_str_sub(s, i, end);
		if (!check_in(check_attributes, attribute))
			return "unknown attribute";
		i = end + 2;
		end = gaz_str_find_char(s, '"', i);
		if (end == GAZ_STR_NPOS)
			return "value without end";
		value = gaz_str_sub(s, i, end);
		if (!check_text(value, true) || !check_value(attribute, value))
			return "bad value";
		end++;
	}
	if (end >= s.len || s.p[end] != '>')
		return "tag without end";
	c->pos = end + 1;
	if (check_in(check_void, name))
		return NULL;
	if (c->n == GAZ_HTML_DEPTH_MAX)
		return "too deep";
	c->open[c->n++] = name;
	return NULL;
}

/* What is wrong with the fragment, or NULL. */
static inline const char *
html_check(struct gaz_str s)
{
	struct check *c = gaz_mem_zero(1, sizeof(*c));
	const char *wrong = NULL;

	c->s = s;
	if (s.len > GAZ_FIELD_MAX)
		wrong = "too long";
	while (wrong == NULL && c->pos < s.len) {
		if (s.p[c->pos] == '<') {
			wrong = check_tag(c);
			continue;
		}
		size_t end = gaz_str_find_char(s, '<', c->pos);
		struct gaz_str text = gaz_str_sub(s, c->pos, end);
		if (!check_text(text, false))
			wrong = "bad text";
		else if (c->n > 0 && gaz_str_trim(text).len > 0 &&
		    check_in(" table thead tbody tfoot tr colgroup ",
		    c->open[c->n - 1]))
			wrong = "text between parts of a table";
		c->pos += text.len;
	}
	if (wrong == NULL && c->n > 0)
		wrong = "not closed";
	free(c);
	return wrong;
}

#endif
