#include "config.h"

#include "table.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "gazetted/arena.h"
#include "gazetted/vec.h"


#define GAP 2            /* spaces between two columns */
#define WIDTH_DEFAULT 80 /* of a terminal that does not tell */
#define WIDTH_LEAST 20
#define COLUMNS_MAX 16
#define LRM "\xe2\x80\x8e" /* U+200E: from here on, left to right */

struct cell {
	struct gaz_str text; /* harmless */
	size_t width;
	enum gaz_ctl_colour colour;
};

struct gaz_ctl_table {
	const struct gaz_ctl_column *columns;
	size_t n;
	struct gaz_arena arena;
	GAZ_VEC(struct cell) cells;
};

/* ---- style */

static size_t
terminal_width(void)
{
	struct winsize ws;
	int64_t n = 0;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == 0 && ws.ws_col > 0)
		n = ws.ws_col;
	else if (!gaz_str_to_int(gaz_str_of(getenv("COLUMNS")), &n))
		n = WIDTH_DEFAULT;
	return n < WIDTH_LEAST ? WIDTH_LEAST : (size_t)n;
}

struct gaz_ctl_style
gaz_ctl_style_of_stdout(void)
{
	struct gaz_ctl_style st = { .width = GAZ_CTL_NO_LIMIT };
	const char *none = getenv("NO_COLOR"), *term = getenv("TERM");

	if (!isatty(STDOUT_FILENO))
		return st;
	st.terminal = true;
	st.width = terminal_width();
	st.colour = (none == NULL || *none == '\0') && term != NULL &&
	    strcmp(term, "dumb") != 0;
	return st;
}

const char *
gaz_ctl_on(const struct gaz_ctl_style *st, enum gaz_ctl_colour c)
{
	if (!st->colour)
		return "";
	switch (c) {
	case GAZ_CTL_PLAIN:
		return "";
	case GAZ_CTL_BOLD:
		return "\033[1m";
	case GAZ_CTL_DIM:
		return "\033[2m";
	case GAZ_CTL_RED:
		return "\033[31m";
	case GAZ_CTL_GREEN:
		return "\033[32m";
	case GAZ_CTL_YELLOW:
		return "\033[33m";
	}
	return "";
}

const char *
gaz_ctl_off(const struct gaz_ctl_style *st, enum gaz_ctl_colour c)
{
	return st->colour && c != GAZ_CTL_PLAIN ? "\033[0m" : "";
}

/* ---- filling */

struct gaz_ctl_table *
gaz_ctl_table_new(const struct gaz_ctl_column *columns, size_t n)
{
	struct gaz_ctl_table *t = gaz_mem_zero(1, sizeof(*t));

	assert(n > 0 && n <= COLUMNS_MAX);
	t->columns = columns;
	t->n = n;
	for (size_t i = 0; i < n; i++)
		gaz_ctl_cell_in(t, gaz_str_of(columns[i].title), GAZ_CTL_BOLD);
	return t;
}

void
gaz_ctl_table_free(struct gaz_ctl_table *t)
{
	if (t == NULL)
		return;
	gaz_arena_clear(&t->arena);
	gaz_vec_clear(&t->cells);
	free(t);
}

void
gaz_ctl_cell_in(struct gaz_ctl_table *t, struct gaz_str text,
    enum gaz_ctl_colour colour)
{
	struct gaz_buf clean;
	struct cell *c = gaz_vec_push(&t->cells);

	gaz_buf_init(&clean, GAZ_BUF_NO_MAX);
	if (text.len == 0)
		text = GAZ_STR("-");
	c->width = gaz_ctl_clean(&clean, text, GAZ_CTL_NO_LIMIT);
	c->text = gaz_arena_str(&t->arena, gaz_buf_str(&clean));
	c->colour = colour;
	gaz_buf_clear(&clean);
}

void
gaz_ctl_cell(struct gaz_ctl_table *t, struct gaz_str text)
{
	gaz_ctl_cell_in(t, text, GAZ_CTL_PLAIN);
}

void
gaz_ctl_cell_int(struct gaz_ctl_table *t, int64_t n)
{
	gaz_ctl_cell_fmt(t, "%" PRId64, n);
}

void
gaz_ctl_cell_fmt(struct gaz_ctl_table *t, const char *fmt, ...)
{
	struct gaz_buf b;
	va_list ap;

	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	va_start(ap, fmt);
	gaz_buf_put_vfmt(&b, fmt, ap);
	va_end(ap);
	gaz_ctl_cell(t, gaz_buf_str(&b));
	gaz_buf_clear(&b);
}

/* ---- layout */

struct layout {
	size_t width[COLUMNS_MAX];
	bool gone[COLUMNS_MAX];
};

static size_t
total(const struct gaz_ctl_table *t, const struct layout *l, size_t indent)
{
	size_t sum = indent, shown = 0;

	for (size_t i = 0; i < t->n; i++) {
		if (l->gone[i])
			continue;
		sum += l->width[i] + (shown++ > 0 ? GAP : 0);
	}
	return sum;
}

/* The widest flexible column gives way first. */
static bool
shrink(const struct gaz_ctl_table *t, struct layout *l)
{
	size_t widest = t->n;

	for (size_t i = 0; i < t->n; i++) {
		size_t least = t->columns[i].least;

		if (least == 0 || l->gone[i] || l->width[i] <= least)
			continue;
		if (widest == t->n || l->width[i] > l->width[widest])
			widest = i;
	}
	if (widest == t->n)
		return false;
	l->width[widest]--;
	return true;
}

static bool
drop(const struct gaz_ctl_table *t, struct layout *l)
{
	size_t which = t->n;

	for (size_t i = 0; i < t->n; i++) {
		if (l->gone[i] || t->columns[i].drop == 0)
			continue;
		if (which == t->n ||
		    t->columns[i].drop > t->columns[which].drop)
			which = i;
	}
	if (which == t->n)
		return false;
	l->gone[which] = true;
	return true;
}

static void
natural(const struct gaz_ctl_table *t, struct layout *l)
{
	for (size_t i = 0; i < t->n; i++)
		l->width[i] = 0;
	for (size_t i = 0; i < t->cells.n; i++) {
		size_t *w = &l->width[i % t->n];

		if (t->cells.v[i].width > *w)
			*w = t->cells.v[i].width;
	}
}

static void
lay_out(const struct gaz_ctl_table *t, size_t indent, size_t width,
    struct layout *l)
{
	*l = (struct layout){ 0 };
	natural(t, l);
	while (total(t, l, indent) > width) {
		if (shrink(t, l))
			continue;
		if (!drop(t, l))
			return;
		natural(t, l); /* there is room to grow again */
	}
}

/* ---- writing */

static void
write_cell(const struct cell *c, const struct gaz_ctl_column *column,
    size_t width, bool last, const struct gaz_ctl_style *st,
    struct gaz_buf *out)
{
	const char *turn = st->terminal && gaz_ctl_is_rtl(c->text) ? LRM : "";
	size_t w = c->width < width ? c->width : width;

	if (column->right)
		gaz_buf_put_fmt(out, "%*s", (int)(width - w), "");
	gaz_buf_put_z(out, gaz_ctl_on(st, c->colour));
	gaz_buf_put_z(out, turn);
	/* A wide character may leave one column less than allowed. */
	w = gaz_ctl_clean(out, c->text, width);
	gaz_buf_put_z(out, turn);
	gaz_buf_put_z(out, gaz_ctl_off(st, c->colour));
	if (!column->right && !last)
		gaz_buf_put_fmt(out, "%*s", (int)(width - w), "");
}

void
gaz_ctl_table_write(const struct gaz_ctl_table *t, size_t indent,
    const struct gaz_ctl_style *st, struct gaz_buf *out)
{
	struct layout l;

	assert(t->cells.n % t->n == 0);
	if (t->cells.n == t->n)
		return;
	lay_out(t, indent, st->width, &l);
	for (size_t row = 0; row < t->cells.n; row += t->n) {
		size_t last = t->n, shown = 0;

		for (size_t i = 0; i < t->n; i++)
			if (!l.gone[i])
				last = i;
		gaz_buf_put_fmt(out, "%*s", (int)indent, "");
		for (size_t i = 0; i < t->n; i++) {
			if (l.gone[i])
				continue;
			if (shown++ > 0)
				gaz_buf_put_fmt(out, "%*s", GAP, "");
			write_cell(&t->cells.v[row + i], &t->columns[i],
			    l.width[i], i == last, st, out);
		}
		gaz_buf_put_char(out, '\n');
	}
}
