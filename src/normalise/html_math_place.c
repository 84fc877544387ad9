/* Parts of a formula that stand in places: fractions, roots, scripts. */
#include "config.h"

#include "normalise/html_math_line.h"

#include "gazetted/mem.h"

/* May it stand as one thing beside a sign of ours? */
bool
gaz_math_is_tight(enum nature n, struct gaz_str s)
{
	return n != SCRIPT && n != FRACTION && n != LONG &&
	    gaz_str_find_char(s, ' ', 0) == GAZ_STR_NPOS;
}

static void
put_tight(struct math *m, enum nature n, struct gaz_str s)
{
	bool tight = gaz_math_is_tight(n, s);

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

	return gaz_math_is_one_of(s, primes, GAZ_COUNT(primes));
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
	if (gaz_math_is_tight(base->whole, s))
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
struct piece
gaz_math_compose(struct math *m, const struct frame *f)
{
	struct piece nothing = { f->from, NOTHING, NOTHING, NOTHING };

	if (m->text.len == f->from)
		return nothing;
	gaz_buf_reset(&m->parts);
	gaz_buf_put_str(&m->parts, gaz_math_from(&m->text, f->from));
	gaz_buf_truncate(&m->text, f->from);
	if (f->kind == KIND_FRACTION)
		return fraction(m, f);
	if (f->kind == KIND_ROOT)
		return root(m, f);
	return f->kind == KIND_MULTI ? multi_scripts(m, f) : scripts(m, f);
}
