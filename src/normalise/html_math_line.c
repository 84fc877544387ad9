/* Parts of a formula that stand one after the other. */
#include "config.h"

#include "normalise/html_math_line.h"

#include <string.h>

#include "gazetted/mem.h"
#include "gazetted/str.h"

/* ----- text ----- */

void
gaz_math_insert(struct gaz_buf *b, size_t at, const char *what)
{
	size_t n = strlen(what), tail = b->len - at;

	gaz_buf_put(b, what, n);
	memmove(b->p + at + n, b->p + at, tail);
	memcpy(b->p + at, what, n);
}

void
gaz_math_enclose(struct gaz_buf *b, size_t from, size_t to)
{
	gaz_math_insert(b, to, ")");
	gaz_math_insert(b, from, "(");
}

struct gaz_str
gaz_math_from(const struct gaz_buf *b, size_t from)
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
void
gaz_math_fold(struct gaz_buf *b, size_t from)
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

bool
gaz_math_is_one_of(struct gaz_str s, const char *const *list, size_t n)
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

	if (gaz_math_is_one_of(s, openings, GAZ_COUNT(openings)))
		return OPENING;
	if (gaz_math_is_one_of(s, closings, GAZ_COUNT(closings)))
		return CLOSING;
	if (gaz_math_is_one_of(s, dividers, GAZ_COUNT(dividers)))
		return DIVIDER;
	return gaz_is_alpha(s.p[0]) ? WORD : OPERATOR;
}

enum nature
gaz_math_nature(enum kind kind, struct gaz_str s)
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

void
gaz_math_join(struct gaz_buf *b, struct frame *f, struct piece c)
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
		gaz_math_enclose(b, f->last_from, c.from);
		c.from += 2;
		f->row.last = GROUP;
		if (f->n == 2)
			f->row.first = GROUP;
	}
	if (c.whole == FRACTION && (before || f->row.last == DIVIDER)) {
		gaz_math_enclose(b, c.from, b->len);
		c.whole = c.first = c.last = GROUP;
	}
	if (before && behind &&
	    would_touch(b, f->row.last, c.first, c.from)) {
		gaz_math_insert(b, c.from, " ");
		c.from++;
	}
	f->row.whole = LONG;
	f->row.last = c.last;
	f->last_from = c.from;
	f->last = c.whole;
}

struct piece
gaz_math_row(const struct frame *f)
{
	struct piece p = f->row;

	if (f->n > 1 && p.first == OPENING && p.last == CLOSING &&
	    f->closed_at == f->n)
		p.whole = p.first = p.last = GROUP;
	return p;
}
