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
#include "normalise/html_write.h"

#define PARTS_MAX 16      /* of an element that gives them places */
#define SEPARATORS_MAX 64 /* bytes of them that are looked at */

/* What a piece of text is to its neighbours. */
enum nature {
	NOTHING,
	NUMBER,
	LETTER,
	WORD,
	GROUP,    /* in brackets */
	SCRIPT,   /* with something above or below, or a root */
	FRACTION,
	LONG,     /* several things */
	OPERATOR,
	DIVIDER,
	OPENING,
	CLOSING,
	MARKER,   /* scripts go in front from here on */
};

struct piece {
	size_t from;
	enum nature whole, first, last;
};

enum kind {
	KIND_ROW,
	KIND_NUMBER,
	KIND_NAME,
	KIND_OPERATOR,
	KIND_TEXT,
	KIND_STRING,
	KIND_FRACTION,
	KIND_SQRT,
	KIND_ROOT,
	KIND_SUB,
	KIND_SUP,
	KIND_OVER,
	KIND_BOTH,
	KIND_MULTI,
	KIND_MARKER,
	KIND_NONE,
	KIND_FENCED,
	KIND_TABLE,
	KIND_TABLE_ROW,
	KIND_FIRST, /* only the first of what is in it */
	KIND_HIDDEN,
};

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

struct frame {
	struct gaz_str name;
	enum kind kind;
	size_t n; /* parts */
	size_t from;
	struct piece parts[PARTS_MAX];
	/* Of a row: what it is so far, and its last part. */
	struct piece row;
	size_t last_from;
	enum nature last;
	int brackets;     /* open ones */
	size_t closed_at; /* parts up to where the first was closed */
	bool no_line;     /* a fraction without one */
	struct gaz_str open, close, separators; /* as they are written */
};

struct math {
	struct gaz_buf text, parts; /* parts: for putting text in order */
	struct frame frames[GAZ_MATH_DEPTH_MAX];
	size_t depth;
	struct token token;
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

/* ----- text ----- */

static void
insert(struct gaz_buf *b, size_t at, const char *what)
{
	size_t n = strlen(what), tail = b->len - at;

	gaz_buf_put(b, what, n);
	memmove(b->p + at + n, b->p + at, tail);
	memcpy(b->p + at, what, n);
}

static void
enclose(struct gaz_buf *b, size_t from, size_t to)
{
	insert(b, to, ")");
	insert(b, from, "(");
}

static struct gaz_str
text_from(const struct gaz_buf *b, size_t from)
{
	return gaz_str_sub(gaz_buf_str(b), from, b->len);
}

/* Signs that mean an operation and are not seen: U+2061 to U+2064. */
static bool
is_invisible(const char *p, size_t left)
{
	return left >= 3 && memcmp(p, "\xE2\x81", 2) == 0 &&
	    (unsigned char)p[2] >= 0xA1 && (unsigned char)p[2] <= 0xA4;
}

/* White space from there on as single spaces, none at the ends. */
static void
fold(struct gaz_buf *b, size_t from)
{
	size_t to = from;

	for (size_t i = from; i < b->len; i++) {
		if (is_invisible(b->p + i, b->len - i)) {
			i += 2;
		} else if (!gaz_is_space(b->p[i])) {
			b->p[to++] = b->p[i];
		} else if (to > from && b->p[to - 1] != ' ') {
			b->p[to++] = ' ';
		}
	}
	if (to > from && b->p[to - 1] == ' ')
		to--;
	gaz_buf_truncate(b, to);
}

/* One character, be it with marks on it. */
static bool
is_single(struct gaz_str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		/* U+0300 to U+036F */
		if (c == 0xCC || (c == 0xCD && i + 1 < s.len &&
		    (unsigned char)s.p[i + 1] < 0xB0))
			continue;
		n += (c & 0xC0) != 0x80;
	}
	return n == 1;
}

static bool
is_one_of(struct gaz_str s, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (gaz_str_eq_z(s, list[i]))
			return true;
	}
	return false;
}

static enum nature
nature_of_operator(struct gaz_str s)
{
	static const char *const openings[] = { "(", "[", "{",
		"\xE2\x9F\xA8", "\xE2\x8C\x88", "\xE2\x8C\x8A" };
	static const char *const closings[] = { ")", "]", "}",
		"\xE2\x9F\xA9", "\xE2\x8C\x89", "\xE2\x8C\x8B" };
	static const char *const dividers[] = { "/", "\xC3\xB7",
		"\xE2\x88\x95", "\xE2\x81\x84", "^", "_" };

	if (is_one_of(s, openings, GAZ_COUNT(openings)))
		return OPENING;
	if (is_one_of(s, closings, GAZ_COUNT(closings)))
		return CLOSING;
	if (is_one_of(s, dividers, GAZ_COUNT(dividers)))
		return DIVIDER;
	return gaz_is_alpha(s.p[0]) ? WORD : OPERATOR;
}

static enum nature
nature_of(enum kind kind, struct gaz_str s)
{
	if (s.len == 0)
		return NOTHING;
	if (kind == KIND_NUMBER)
		return NUMBER;
	if (kind == KIND_OPERATOR)
		return nature_of_operator(s);
	if (kind == KIND_STRING)
		return GROUP;
	return kind == KIND_NAME && is_single(s) ? LETTER : WORD;
}

/* ----- one after the other ----- */

/* Something that the next thing beside it would be multiplied with. */
static bool
is_thing(enum nature n)
{
	return n == NUMBER || n == LETTER || n == WORD || n == GROUP ||
	    n == SCRIPT || n == FRACTION;
}

static bool
is_word_byte(char c)
{
	return gaz_is_alnum(c) || (unsigned char)c >= 0x80;
}

/* Would they be read as one thing? */
static bool
would_touch(const struct gaz_buf *b, enum nature left, enum nature right,
    size_t at)
{
	if (right == OPENING || right == GROUP)
		return false;
	if (left == SCRIPT)
		return true;
	if (right == NUMBER)
		return left == NUMBER || left == LETTER || left == WORD;
	return (left == WORD || right == WORD) && is_word_byte(b->p[at - 1]) &&
	    is_word_byte(b->p[at]);
}

static void
count_bracket(struct frame *f, enum nature n)
{
	if (n == OPENING)
		f->brackets++;
	else if (n == CLOSING && --f->brackets == 0 && f->closed_at == 0)
		f->closed_at = f->n;
}

static void
join(struct gaz_buf *b, struct frame *f, struct piece c)
{
	bool before, behind;

	if (c.whole == NOTHING)
		return;
	f->n++;
	count_bracket(f, c.whole);
	if (f->n == 1) {
		f->row = c;
		f->last_from = c.from;
		f->last = c.whole;
		return;
	}
	before = is_thing(f->row.last) || f->row.last == CLOSING;
	behind = is_thing(c.first) || c.first == OPENING;
	if (f->last == FRACTION && (behind || c.first == DIVIDER)) {
		enclose(b, f->last_from, c.from);
		c.from += 2;
		f->row.last = GROUP;
		if (f->n == 2)
			f->row.first = GROUP;
	}
	if (c.whole == FRACTION && (before || f->row.last == DIVIDER)) {
		enclose(b, c.from, b->len);
		c.whole = c.first = c.last = GROUP;
	}
	if (before && behind &&
	    would_touch(b, f->row.last, c.first, c.from)) {
		insert(b, c.from, " ");
		c.from++;
	}
	f->row.whole = LONG;
	f->row.last = c.last;
	f->last_from = c.from;
	f->last = c.whole;
}

static struct piece
row_of(const struct frame *f)
{
	struct piece p = f->row;

	if (f->n > 1 && p.first == OPENING && p.last == CLOSING &&
	    f->closed_at == f->n)
		p.whole = p.first = p.last = GROUP;
	return p;
}

/* ----- in places ----- */

/* May it stand as one thing beside a sign of ours? */
static bool
is_tight(enum nature n, struct gaz_str s)
{
	return n != SCRIPT && n != FRACTION && n != LONG &&
	    gaz_str_find_char(s, ' ', 0) == GAZ_STR_NPOS;
}

static void
put_tight(struct math *m, enum nature n, struct gaz_str s)
{
	bool tight = is_tight(n, s);

	if (!tight)
		gaz_buf_put_char(&m->text, '(');
	gaz_buf_put_str(&m->text, s);
	if (!tight)
		gaz_buf_put_char(&m->text, ')');
}

/* A part, in m->parts. */
static struct gaz_str
part(const struct math *m, const struct frame *f, size_t i)
{
	size_t to = i + 1 < f->n ? f->parts[i + 1].from - f->from :
	    m->parts.len;

	return i < f->n ? gaz_str_sub(gaz_buf_str(&m->parts),
	    f->parts[i].from - f->from, to) : GAZ_STR("");
}

static void
put_script(struct math *m, const struct frame *f, size_t i, char sign)
{
	struct gaz_str s = part(m, f, i);

	if (s.len == 0)
		return;
	gaz_buf_put_char(&m->text, sign);
	put_tight(m, f->parts[i].whole, s);
}

static bool
is_prime(struct gaz_str s)
{
	static const char *const primes[] = { "'", "''", "\xE2\x80\xB2",
		"\xE2\x80\xB3", "\xE2\x80\xB4", "\xE2\x80\xB2\xE2\x80\xB2" };

	return is_one_of(s, primes, GAZ_COUNT(primes));
}

/* The mark that goes on a letter for a sign over it, or none. */
static const char *
mark_of(struct gaz_str s)
{
	static const char *const marks[][2] = {
		{ "\xC2\xAF", "\xCC\x84" }, { "\xE2\x80\xBE", "\xCC\x84" },
		{ "_", "\xCC\x84" }, { "-", "\xCC\x84" },
		{ "^", "\xCC\x82" }, { "\xCB\x86", "\xCC\x82" },
		{ "~", "\xCC\x83" }, { "\xCB\x9C", "\xCC\x83" },
		{ ".", "\xCC\x87" }, { "\xCB\x99", "\xCC\x87" },
		{ "\xC2\xA8", "\xCC\x88" },
		{ "\xE2\x86\x92", "\xE2\x83\x97" },
	};

	for (size_t i = 0; i < GAZ_COUNT(marks); i++) {
		if (gaz_str_eq_z(s, marks[i][0]))
			return marks[i][1];
	}
	return NULL;
}

static struct piece
scripts(struct math *m, const struct frame *f)
{
	const struct piece *base = &f->parts[0];
	struct piece p = { f->from, SCRIPT, GROUP, SCRIPT };
	struct gaz_str s = part(m, f, 0), over = part(m, f, 1);
	const char *mark;

	if (f->kind == KIND_OVER && base->whole == LETTER &&
	    (mark = mark_of(over)) != NULL) {
		gaz_buf_put_str(&m->text, s);
		gaz_buf_put_z(&m->text, mark);
		p.whole = p.first = p.last = LETTER;
		return p;
	}
	if (m->parts.len == s.len) {
		gaz_buf_put_str(&m->text, s);
		p = *base;
		p.from = f->from;
		return p;
	}
	if (s.len > 0)
		put_tight(m, base->whole, s);
	if (is_tight(base->whole, s))
		p.first = base->first;
	if (f->kind == KIND_SUB || f->kind == KIND_BOTH)
		put_script(m, f, 1, '_');
	if (f->kind == KIND_SUP && is_prime(over)) {
		gaz_buf_put_str(&m->text, over);
		p.last = LETTER;
	} else if (f->kind != KIND_SUB) {
		put_script(m, f, f->kind == KIND_BOTH ? 2 : 1, '^');
	}
	return p;
}

/* Those in front go first; of each pair, the lower one. */
static struct piece
multi_scripts(struct math *m, const struct frame *f)
{
	struct piece p = { f->from, SCRIPT, SCRIPT, SCRIPT };
	struct gaz_str base = part(m, f, 0);
	size_t marker = 1;

	while (marker < f->n && f->parts[marker].whole != MARKER)
		marker++;
	for (size_t i = marker + 1; i < f->n; i++)
		put_script(m, f, i, (i - marker) % 2 == 1 ? '_' : '^');
	if (base.len > 0)
		put_tight(m, f->parts[0].whole, base);
	for (size_t i = 1; i < marker; i++)
		put_script(m, f, i, i % 2 == 1 ? '_' : '^');
	return p;
}

static struct piece
fraction(struct math *m, const struct frame *f)
{
	struct piece p = { f->from, FRACTION, FRACTION, FRACTION };

	for (size_t i = 0; i < f->n; i++) {
		struct gaz_str s = part(m, f, i);
		bool loose = f->parts[i].whole == LONG ||
		    f->parts[i].whole == FRACTION;

		if (m->text.len > f->from && s.len > 0)
			gaz_buf_put_z(&m->text, f->no_line ? ", " : "/");
		if (loose && !f->no_line)
			put_tight(m, LONG, s);
		else
			gaz_buf_put_str(&m->text, s);
	}
	if (f->no_line)
		p.whole = p.first = p.last = LONG;
	return p;
}

static struct piece
root(struct math *m, const struct frame *f)
{
	struct piece p = { f->from, SCRIPT, GROUP, SCRIPT };
	struct gaz_str s = part(m, f, 0), index = part(m, f, 1);
	const char *sign = gaz_str_eq_z(index, "3") ? "\xE2\x88\x9B" :
	    gaz_str_eq_z(index, "4") ? "\xE2\x88\x9C" :
	    index.len == 0 || gaz_str_eq_z(index, "2") ? "\xE2\x88\x9A" : NULL;

	if (sign != NULL)
		gaz_buf_put_z(&m->text, sign);
	put_tight(m, f->parts[0].whole, s);
	if (sign == NULL) {
		gaz_buf_put_z(&m->text, "^(1/");
		put_tight(m, f->parts[1].whole, index);
		gaz_buf_put_char(&m->text, ')');
	}
	return p;
}

/* The parts, in order. */
static struct piece
compose(struct math *m, const struct frame *f)
{
	struct piece nothing = { f->from, NOTHING, NOTHING, NOTHING };

	if (m->text.len == f->from)
		return nothing;
	gaz_buf_reset(&m->parts);
	gaz_buf_put_str(&m->parts, text_from(&m->text, f->from));
	gaz_buf_truncate(&m->text, f->from);
	if (f->kind == KIND_FRACTION)
		return fraction(m, f);
	if (f->kind == KIND_ROOT)
		return root(m, f);
	return f->kind == KIND_MULTI ? multi_scripts(m, f) : scripts(m, f);
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
	insert(&m->text, at, one);
	gaz_buf_clear(&all);
}

static void
put_part_of_list(struct math *m, struct frame *f, const struct piece *c)
{
	if (f->n > 0 && f->kind == KIND_FENCED)
		put_separator(m, f, c->from);
	else if (f->n > 0)
		insert(&m->text, c->from, f->kind == KIND_TABLE ? "; " : ", ");
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
		return row_of(f);
	case KIND_NUMBER:
	case KIND_NAME:
	case KIND_OPERATOR:
	case KIND_TEXT:
	case KIND_STRING:
		fold(&m->text, f->from);
		if (f->kind == KIND_STRING) {
			insert(&m->text, f->from, "\"");
			gaz_buf_put_char(&m->text, '"');
		}
		p.whole = nature_of(f->kind, text_from(&m->text, f->from));
		p.first = p.last = p.whole;
		return p;
	case KIND_FRACTION:
	case KIND_ROOT:
	case KIND_SUB:
	case KIND_SUP:
	case KIND_OVER:
	case KIND_BOTH:
	case KIND_MULTI:
		return compose(m, f);
	case KIND_SQRT:
		p = row_of(f);
		if (p.whole == NOTHING)
			return p;
		if (!is_tight(p.whole, text_from(&m->text, f->from)))
			enclose(&m->text, f->from, m->text.len);
		insert(&m->text, f->from, "\xE2\x88\x9A");
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
		[KIND_BOTH] = 3, [KIND_MULTI] = PARTS_MAX };

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
			join(&m->text, f, *c);
		return true;
	case KIND_ROW:
	case KIND_SQRT:
		join(&m->text, f, *c);
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
	fold(&m->text, p.from);
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
