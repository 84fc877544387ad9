/* Plain text of HTML, and whether there is any HTML. */
#include "config.h"

#include "gazetted/html.h"

#include "gazetted/limits.h"
#include "gazetted/mem.h"

#include "normalise/html_element.h"
#include "normalise/html_ref.h"
#include "normalise/html_token.h"
#include "normalise/html_write.h"

/* Folds white space while it writes. */
struct folder {
	struct gaz_buf *out;
	size_t start; /* of what was written here */
	bool block;   /* keep borders of blocks as line ends */
	bool space, line; /* seen since the last character */
	int pre;      /* open pre elements */
};

static void
put_pending(struct folder *f)
{
	if (f->out->len > f->start) {
		if (f->line && f->block)
			gaz_buf_put_char(f->out, '\n');
		else if (f->line || f->space)
			gaz_buf_put_char(f->out, ' ');
	}
	f->line = f->space = false;
}

static void
put_folded(struct folder *f, struct gaz_str s)
{
	size_t i = 0;

	while (i < s.len) {
		size_t from = i;
		while (i < s.len && gaz_is_space(s.p[i])) {
			if (s.p[i] == '\n' && f->pre > 0)
				f->line = true;
			i++;
		}
		f->space |= i > from;
		for (from = i; i < s.len && !gaz_is_space(s.p[i]); i++)
			continue;
		if (i > from) {
			put_pending(f);
			gaz_buf_put(f->out, s.p + from, i - from);
		}
	}
}

static void
on_tag(struct folder *f, const struct token *token, const struct element *e)
{
	bool start = token->kind == TOKEN_START;

	if (e == NULL)
		return;
	switch (e->kind) {
	case ELEMENT_BREAK:
	case ELEMENT_BLOCK:
	case ELEMENT_HEADING:
	case ELEMENT_P:
	case ELEMENT_LI:
	case ELEMENT_DD:
	case ELEMENT_TABLE:
	case ELEMENT_CAPTION:
	case ELEMENT_COLGROUP:
	case ELEMENT_SECTION:
	case ELEMENT_ROW:
		f->line = true;
		if (gaz_str_eq_z(gaz_str_of(e->written != NULL ? e->written
		                                               : e->name),
		    "pre") && (start || f->pre > 0))
			f->pre += start ? 1 : -1;
		break;
	case ELEMENT_CELL:
		f->space = true;
		break;
	case ELEMENT_VOID:
		if (gaz_str_eq_z(gaz_str_of(e->name), "br") ||
		    gaz_str_eq_z(gaz_str_of(e->name), "hr"))
			f->line = true;
		break;
	case ELEMENT_UNKNOWN:
	case ELEMENT_DROPPED:
	case ELEMENT_RAW:
	case ELEMENT_LITERAL:
	case ELEMENT_RUBY:
	case ELEMENT_FORMATTING:
	case ELEMENT_LINK:
	case ELEMENT_INLINE:
		break;
	}
}

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
			put_folded(&f, gaz_buf_str(&text));
			continue;
		}
		if (token.kind == TOKEN_START || token.kind == TOKEN_END)
			e = gaz_html_element(token.name);
		on_tag(&f, &token, e);
		if (token.kind == TOKEN_START)
			skip_content(&t, &token, e);
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
