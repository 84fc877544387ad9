/* Plain text of HTML, and whether there is any HTML. */
#include "config.h"

#include "gazetted/html.h"

#include "gazetted/limits.h"
#include "gazetted/mem.h"

#include "normalise/html_element.h"
#include "normalise/html_fold.h"
#include "normalise/html_math.h"
#include "normalise/html_ref.h"
#include "normalise/html_token.h"
#include "normalise/html_write.h"

/* Move behind what an element keeps to itself. */
static void
skip_content(struct tokenizer *t, const struct token *token,
    const struct element *e)
{
	if (e == NULL || token->self_closing)
		return;
	if (e->kind == ELEMENT_RAW)
		(void)gaz_html_raw_text(t, token->name);
	else if (e->kind == ELEMENT_DROPPED)
		(void)gaz_html_skip(t, token->name, e->groups);
}

void
gaz_html_to_text(struct gaz_str html, bool block, struct gaz_buf *out)
{
	struct folder f = { .out = out, .start = out->len, .block = block };
	struct tokenizer t;
	struct gaz_buf text;
	struct token token;

	gaz_buf_init(&text, GAZ_BUF_NO_MAX);
	gaz_html_tokenizer_init(&t, html);
	t.lenient = true;
	for (;;) {
		const struct element *e = NULL;
		gaz_html_next(&t, &token);
		if (token.kind == TOKEN_EOF)
			break;
		if (token.kind == TOKEN_TEXT) {
			gaz_buf_reset(&text);
			gaz_html_decode(token.text, false, &text);
			gaz_html_fold_text(&f, gaz_buf_str(&text));
			continue;
		}
		if (token.kind == TOKEN_START || token.kind == TOKEN_END)
			e = gaz_html_element(token.name);
		if (e != NULL)
			gaz_html_fold_tag(&f, e->kind != ELEMENT_LITERAL ?
			    gaz_html_written(e) : e,
			    token.kind == TOKEN_START);
		if (token.kind != TOKEN_START)
			continue;
		gaz_buf_reset(&text);
		if (e != NULL || token.self_closing ||
		    !gaz_html_is_math(token.name))
			skip_content(&t, &token, e);
		else if (gaz_html_math(&t, token.name, &text))
			gaz_html_fold_text(&f, gaz_buf_str(&text));
	}
	gaz_buf_clear(&text);
}

/* Elements of HTML that no rule is about; text like "List<T>" names none. */
static bool
is_html_name(struct gaz_str name)
{
	static const char *const others[] = { "area", "base", "basefont",
		"big", "blink", "button", "canvas", "data", "datalist",
		"dialog", "embed", "font", "frame", "iframe", "input", "isindex",
		"keygen", "label", "link", "map", "marquee", "math", "meta",
		"meter", "nobr", "output", "param", "progress", "search",
		"select", "slot", "textarea", "track" };

	for (size_t i = 0; i < GAZ_COUNT(others); i++) {
		if (gaz_str_ieq_z(name, others[i]))
			return true;
	}
	return gaz_html_element(name) != NULL;
}

/* A tag of HTML, comment or the like begins at the '<' and ends somewhere. */
static bool
is_tag(struct gaz_str s, size_t at, size_t last_end)
{
	size_t i = at + 1;

	if (last_end == GAZ_STR_NPOS || last_end < i)
		return false;
	if (i < s.len && (s.p[i] == '!' || s.p[i] == '?'))
		return true;
	if (i < s.len && s.p[i] == '/')
		i++;
	if (i >= s.len || !gaz_is_alpha(s.p[i]))
		return false;
	size_t from = i;

	while (i < s.len && (gaz_is_alnum(s.p[i]) || s.p[i] == '-' ||
	    s.p[i] == ':'))
		i++;
	return i < s.len && (s.p[i] == '>' || s.p[i] == '/' ||
	    gaz_is_space(s.p[i])) && is_html_name(gaz_str_sub(s, from, i));
}

/* A reference that somebody meant: "&amp;", "&#8217", "&nbsp ", but not the
 * "&copy=" of a URL. */
static bool
is_meant(struct gaz_str s, size_t at)
{
	char text[HTML_REF_TEXT_MAX];
	size_t len, n = gaz_html_ref(s, at, true, text, &len);

	return n > 0 && (s.p[at + n - 1] == ';' || s.p[at + 1] == '#' ||
	    at + n == s.len || s.p[at + n] != '=');
}

bool
gaz_html_has_markup(struct gaz_str s)
{
	size_t last_end = gaz_str_rfind_char(s, '>');

	for (size_t i = 0; i < s.len; i++) {
		if ((s.p[i] == '<' && is_tag(s, i, last_end)) ||
		    (s.p[i] == '&' && is_meant(s, i)))
			return true;
	}
	return false;
}
