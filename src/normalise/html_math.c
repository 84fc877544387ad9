/*
 * Formulas (MathML) as a line of text: 1/2, √(x+1), x^2, a_(i,j), with brackets
 * where they are needed to tell what belongs together.
 *
 * An element's text is written while it is read, and put in order at its end:
 * a stack of frames, one an open element, knows where the parts of each begin
 * in the text so far, and what they are as parts of something larger.
 */
#include "config.h"

#include "normalise/html_math.h"

#include <stdlib.h>

#include "gazetted/limits.h"
#include "gazetted/mem.h"

#include "normalise/html_element.h"
#include "normalise/html_math_line.h"
#include "normalise/html_write.h"

#define SEPARATORS_MAX 64 /* bytes of them that are looked at */

static const struct {
	const char *name;
	enum kind kind;
} kinds[] = {
	{ "mi", KIND_NAME }, { "mo", KIND_OPERATOR }, { "mn", KIND_NUMBER },
	{ "mtext", KIND_TEXT }, { "ms", KIND_STRING },
	{ "mfrac", KIND_FRACTION }, { "msqrt", KIND_SQRT },
	{ "mroot", KIND_ROOT }, { "msub", KIND_SUB }, { "msup", KIND_SUP },
	{ "msubsup", KIND_BOTH }, { "munder", KIND_SUB },
	{ "mover", KIND_OVER }, { "munderover", KIND_BOTH },
	{ "mmultiscripts", KIND_MULTI }, { "mprescripts", KIND_MARKER },
	{ "none", KIND_NONE }, { "mspace", KIND_NONE },
	{ "mfenced", KIND_FENCED }, { "mtable", KIND_TABLE },
	{ "mtr", KIND_TABLE_ROW }, { "mlabeledtr", KIND_TABLE_ROW },
	{ "semantics", KIND_FIRST }, { "mphantom", KIND_HIDDEN },
};

bool
gaz_html_is_math(struct gaz_str name)
{
	return name.len >= 4 && (name.len == 4 ||
	    name.p[name.len - 5] == ':') &&
	    gaz_mem_ieq(name.p + name.len - 4, "math", 4);
}

static struct gaz_str
without_prefix(struct gaz_str name)
{
	size_t colon = gaz_str_find_char(name, ':', 0);

	return colon == GAZ_STR_NPOS ? name :
	    gaz_str_sub(name, colon + 1, name.len);
}

/* ----- lists ----- */

/* What parts the one of that number from the one before: the last of them goes
 * for all that follow. */
static void
put_separator(struct math *m, const struct frame *f, size_t at)
{
	struct gaz_buf all;
	char one[8] = "";
	size_t n = 0;

	gaz_buf_init(&all, GAZ_BUF_NO_MAX);
	gaz_html_decode(f->separators, true, &all);
	for (size_t i = 0; i < all.len;) {
		size_t len = 1;

		while (i + len < all.len && len < sizeof(one) - 1 &&
		    ((unsigned char)all.p[i + len] & 0xC0) == 0x80)
			len++;
		if (!gaz_is_space(all.p[i]) && n++ < f->n) {
			memcpy(one, all.p + i, len);
			one[len] = '\0';
		}
		i += len;
	}
	gaz_math_insert(&m->text, at, one);
	gaz_buf_clear(&all);
}

static void
put_part_of_list(struct math *m, struct frame *f, const struct piece *c)
{
	if (f->n > 0 && f->kind == KIND_FENCED)
		put_separator(m, f, c->from);
	else if (f->n > 0)
		gaz_math_insert(&m->text, c->from, f->kind == KIND_TABLE ? "; " : ", ");
	f->n++;
}

/* ----- elements ----- */

static enum kind
kind_of(struct gaz_str name)
{
	for (size_t i = 0; i < GAZ_COUNT(kinds); i++) {
		if (gaz_str_ieq_z(name, kinds[i].name))
			return kinds[i].kind;
	}
	return KIND_ROW;
}

static bool
is_token(enum kind kind)
{
	return kind == KIND_NUMBER || kind == KIND_NAME ||
	    kind == KIND_OPERATOR || kind == KIND_TEXT || kind == KIND_STRING;
}

static struct gaz_str
attribute(const struct token *token, const char *name, const char *otherwise)
{
	for (size_t i = 0; i < token->n; i++) {
		if (gaz_str_ieq_z(token->v[i].name, name))
			return token->v[i].value;
	}
	return gaz_str_of(otherwise);
}

/* "0", "0.0pt" */
static bool
is_zero(struct gaz_str s)
{
	size_t i = 0;

	while (i < s.len && (s.p[i] == '0' || s.p[i] == '.'))
		i++;
	return i > 0 && (i == s.len || !gaz_is_digit(s.p[i]));
}

static bool
begin(struct math *m)
{
	struct frame *f;

	if (m->depth == GAZ_MATH_DEPTH_MAX)
		return false;
	f = &m->frames[m->depth++];
	f->name = m->token.name;
	f->kind = kind_of(without_prefix(f->name));
	f->n = f->closed_at = 0;
	f->from = m->text.len;
	f->row = (struct piece){ f->from, NOTHING, NOTHING, NOTHING };
	f->brackets = 0;
	f->no_line = f->kind == KIND_FRACTION &&
	    is_zero(attribute(&m->token, "linethickness", ""));
	if (f->kind == KIND_FENCED) {
		f->open = attribute(&m->token, "open", "(");
		f->close = attribute(&m->token, "close", ")");
		f->separators = gaz_str_cut(attribute(&m->token,
		    "separators", ","), SEPARATORS_MAX);
		gaz_html_decode(f->open, true, &m->text);
	}
	return true;
}

/* What its parent gets of an element that ends. */
static struct piece
result(struct math *m, struct frame *f)
{
	struct piece p = { f->from, NOTHING, NOTHING, NOTHING };

	switch (f->kind) {
	case KIND_ROW:
	case KIND_FIRST:
		return gaz_math_row(f);
	case KIND_NUMBER:
	case KIND_NAME:
	case KIND_OPERATOR:
	case KIND_TEXT:
	case KIND_STRING:
		gaz_math_fold(&m->text, f->from);
		if (f->kind == KIND_STRING) {
			gaz_math_insert(&m->text, f->from, "\"");
			gaz_buf_put_char(&m->text, '"');
		}
		p.whole = gaz_math_nature(f->kind, gaz_math_from(&m->text, f->from));
		p.first = p.last = p.whole;
		return p;
	case KIND_FRACTION:
	case KIND_ROOT:
	case KIND_SUB:
	case KIND_SUP:
	case KIND_OVER:
	case KIND_BOTH:
	case KIND_MULTI:
		return gaz_math_compose(m, f);
	case KIND_SQRT:
		p = gaz_math_row(f);
		if (p.whole == NOTHING)
			return p;
		if (!gaz_math_is_tight(p.whole, gaz_math_from(&m->text, f->from)))
			gaz_math_enclose(&m->text, f->from, m->text.len);
		gaz_math_insert(&m->text, f->from, "\xE2\x88\x9A");
		return (struct piece){ f->from, SCRIPT, GROUP, SCRIPT };
	case KIND_FENCED:
		gaz_html_decode(f->close, true, &m->text);
		if (m->text.len > f->from)
			p.whole = p.first = p.last = f->open.len > 0 &&
			    f->close.len > 0 ? GROUP : LONG;
		return p;
	case KIND_TABLE:
	case KIND_TABLE_ROW:
		if (m->text.len > f->from)
			p.whole = p.first = p.last = LONG;
		return p;
	case KIND_MARKER:
		p.whole = MARKER;
		break;
	case KIND_NONE:
	case KIND_HIDDEN:
		break;
	}
	gaz_buf_truncate(&m->text, f->from);
	return p;
}

/* False: a place that it does not have. */
static bool
put_in(struct math *m, struct frame *f, const struct piece *c)
{
	static const size_t places[] = { [KIND_FRACTION] = 2, [KIND_ROOT] = 2,
		[KIND_SUB] = 2, [KIND_SUP] = 2, [KIND_OVER] = 2,
		[KIND_BOTH] = 3, [KIND_MULTI] = MATH_PARTS_MAX };

	switch (f->kind) {
	case KIND_FRACTION:
	case KIND_ROOT:
	case KIND_SUB:
	case KIND_SUP:
	case KIND_OVER:
	case KIND_BOTH:
	case KIND_MULTI:
		if (f->n == places[f->kind])
			return false;
		f->parts[f->n++] = *c;
		return true;
	case KIND_FENCED:
	case KIND_TABLE:
	case KIND_TABLE_ROW:
		put_part_of_list(m, f, c);
		return true;
	case KIND_FIRST:
		if (f->n > 0)
			gaz_buf_truncate(&m->text, c->from);
		else
			gaz_math_join(&m->text, f, *c);
		return true;
	case KIND_ROW:
	case KIND_SQRT:
		gaz_math_join(&m->text, f, *c);
		return true;
	case KIND_NUMBER:
	case KIND_NAME:
	case KIND_OPERATOR:
	case KIND_TEXT:
	case KIND_STRING:
	case KIND_MARKER:
	case KIND_NONE:
	case KIND_HIDDEN:
		return true;
	}
	return false;
}

/* The innermost open element ends. */
static bool
end(struct math *m)
{
	struct frame *f = &m->frames[--m->depth];
	struct piece p = result(m, f);

	return m->depth == 0 || put_in(m, f - 1, &p);
}

static bool
on_text(struct math *m)
{
	struct frame *f = &m->frames[m->depth - 1];
	struct piece p = { m->text.len, WORD, WORD, WORD };

	gaz_html_decode(m->token.text, false, &m->text);
	if (is_token(f->kind))
		return true;
	gaz_math_fold(&m->text, p.from);
	return m->text.len == p.from || put_in(m, f, &p);
}

static bool
on_start(struct math *m, struct tokenizer *t)
{
	struct gaz_str name = without_prefix(m->token.name);
	const struct element *e = gaz_html_element(name);

	if (e != NULL) {
		return (gaz_str_ieq_z(name, "annotation") ||
		    gaz_str_ieq_z(name, "annotation-xml")) &&
		    (m->token.self_closing ||
		    gaz_html_skip(t, m->token.name, e->groups));
	}
	return !gaz_html_is_math(name) && begin(m) &&
	    (!m->token.self_closing || end(m));
}

/* An end tag ends what was forgotten in it, too. */
static bool
on_end(struct math *m)
{
	size_t i = m->depth;

	if (gaz_html_element(without_prefix(m->token.name)) != NULL)
		return false;
	while (i > 0 && !gaz_str_ieq(m->frames[i - 1].name, m->token.name))
		i--;
	while (i > 0 && m->depth >= i) {
		if (!end(m))
			return false;
	}
	return true;
}

/* As far as the tokenizer had to look for the end of something that has none,
 * it would do so again and again. */
static bool
is_broken(const struct tokenizer *t)
{
	bool broken = t->no_comment_end || t->no_single_quote ||
	    t->no_double_quote;

	for (size_t i = 0; i < TOKEN_SKIPS; i++)
		broken = broken || t->skips[i].no_end || t->skips[i].unbalanced;
	return broken;
}

static bool
read_all(struct math *m, struct tokenizer *t)
{
	bool ok = true;

	while (ok && m->depth > 0) {
		gaz_html_next(t, &m->token);
		switch (m->token.kind) {
		case TOKEN_TEXT:
			ok = on_text(m);
			break;
		case TOKEN_START:
			ok = !m->token.too_many && on_start(m, t);
			break;
		case TOKEN_END:
			ok = on_end(m);
			break;
		case TOKEN_COMMENT:
		case TOKEN_DOCTYPE:
			break;
		case TOKEN_EOF:
			ok = false;
			break;
		}
	}
	return ok && !is_broken(t);
}

bool
gaz_html_math(struct tokenizer *t, struct gaz_str name, struct gaz_buf *out)
{
	struct tokenizer part_of = { .s = gaz_str_sub(t->s, 0,
	    GAZ_MATH_MAX < t->s.len - t->pos ? t->pos + GAZ_MATH_MAX :
	    t->s.len), .pos = t->pos, .lenient = t->lenient };
	struct math *m;
	bool ok;

	if (t->math_failures == GAZ_MATH_FAILURES_MAX)
		return false;
	m = gaz_mem_alloc(sizeof(*m));
	gaz_buf_init(&m->text, GAZ_BUF_NO_MAX);
	gaz_buf_init(&m->parts, GAZ_BUF_NO_MAX);
	m->depth = 0;
	m->token.name = name;
	m->token.n = 0;
	ok = begin(m) && read_all(m, &part_of);
	if (ok) {
		gaz_buf_put_str(out, gaz_buf_str(&m->text));
		t->pos = part_of.pos;
	} else {
		t->math_failures++;
	}
	gaz_buf_clear(&m->text);
	gaz_buf_clear(&m->parts);
	free(m);
	return ok;
}
