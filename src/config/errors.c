/*
 * How faults are shown: file:line:column and what is wrong, then the line
 * itself with marks under the place.
 */
#include "config.h"

#include "config/reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "gazetted/mem.h"

#define TEXT_MAX (1u << 20)
#define SHOWN_MAX 100  /* columns of a line */
#define BEFORE_MAX 60  /* columns in front of the place */

void
gaz_config_errors_clear(struct gaz_config_errors *e)
{
	if (e == NULL)
		return;
	gaz_buf_clear(&e->text);
	gaz_arena_clear(&e->arena);
	*e = (struct gaz_config_errors){ 0 };
}

/* The line that holds the place, without its end. */
static struct gaz_str
line_of(struct gaz_config_place p, size_t *start)
{
	struct gaz_str text = gaz_buf_str(&p.file->text);
	size_t at = p.at < text.len ? p.at : text.len;
	size_t from = at, to = at;

	while (from > 0 && text.p[from - 1] != '\n')
		from--;
	while (to < text.len && text.p[to] != '\n')
		to++;
	if (to > from && text.p[to - 1] == '\r')
		to--;
	*start = from;
	return gaz_str_sub(text, from, to);
}

void
gaz_config_locate(struct gaz_config_place p, int *line, int *column)
{
	struct gaz_str text = gaz_buf_str(&p.file->text);
	size_t start;

	line_of(p, &start);
	*line = 1;
	for (size_t i = 0; i < start; i++)
		*line += text.p[i] == '\n';
	size_t at = p.at < text.len ? p.at : text.len;
	*column = 1 + (int)gaz_utf8_count(gaz_str_sub(text, start, at));
}

/* Columns that a character takes on a terminal, near enough for a caret. */
static int
width_of(uint32_t c)
{
	if ((c >= 0x300 && c <= 0x36f) || (c >= 0x200b && c <= 0x200f) ||
	    (c >= 0xfe00 && c <= 0xfe0f))
		return 0;
	if ((c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) ||
	    (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
	    (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
	    (c >= 0xffe0 && c <= 0xffe6) || (c >= 0x1f300 && c <= 0x1faff) ||
	    (c >= 0x20000 && c <= 0x3fffd))
		return 2;
	return 1;
}

/* What a terminal might act on instead of showing it. */
static bool
is_unsafe(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x61c ||
	    (c >= 0x200e && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
	    (c >= 0x2066 && c <= 0x2069);
}

/* Append one character as it is shown; return its columns. */
static int
put_shown(struct gaz_buf *out, uint32_t c)
{
	if (c == '\t' || is_unsafe(c)) {
		gaz_buf_put_char(out, c == '\t' ? ' ' : '?');
		return 1;
	}
	gaz_buf_put_utf8(out, c);
	return width_of(c);
}

/* The byte to begin the shown part at, so that at is in sight. */
static size_t
first_shown(struct gaz_str line, size_t at)
{
	size_t pos = 0, from = 0;
	int before = 0;

	while (pos < at) {
		uint32_t c = gaz_utf8_next(line, &pos);
		before += width_of(c);
	}
	pos = 0;
	while (before > BEFORE_MAX && pos < at) {
		before -= width_of(gaz_utf8_next(line, &pos));
		from = pos;
	}
	return from;
}

/* The line, and under it marks from column on for width characters. */
static void
show_line(struct gaz_buf *out, const struct gaz_config_error *err)
{
	struct gaz_str line = err->source;
	int columns = 0, start = 0, end = 0;
	size_t at = 0, to, pos;

	for (int i = 1; i < err->column && at < line.len; i++)
		gaz_utf8_next(line, &at);
	to = at;
	for (int i = 0; i < err->width && to < line.len; i++)
		gaz_utf8_next(line, &to);
	pos = first_shown(line, at);
	gaz_buf_put_fmt(out, "%5d | ", err->line);
	if (pos > 0) {
		gaz_buf_put_z(out, "…");
		columns = 1;
	}
	start = end = columns;
	while (pos < line.len && columns < SHOWN_MAX) {
		size_t here = pos;
		uint32_t c = gaz_utf8_next(line, &pos);
		if (here <= at)
			start = end = columns;
		columns += put_shown(out, c);
		if (here < to)
			end = columns;
	}
	if (at >= line.len)
		start = end = columns;
	gaz_buf_put_z(out, pos < line.len ? "…\n      | " : "\n      | ");
	for (int i = 0; i < start; i++)
		gaz_buf_put_char(out, ' ');
	gaz_buf_put_char(out, '^');
	for (int i = start + 1; i < end; i++)
		gaz_buf_put_char(out, '~');
	gaz_buf_put_char(out, '\n');
}

/* Text from a file inside a message must not reach the terminal raw. */
static struct gaz_str
make_safe(struct gaz_arena *a, struct gaz_str s)
{
	struct gaz_buf out;
	size_t pos = 0;

	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	gaz_buf_put_z(&out, "");
	while (pos < s.len) {
		uint32_t c = gaz_utf8_next(s, &pos);
		if (is_unsafe(c))
			gaz_buf_put_char(&out, '?');
		else
			gaz_buf_put_utf8(&out, c);
	}
	struct gaz_str copy = gaz_arena_str(a, gaz_buf_str(&out));
	gaz_buf_clear(&out);
	return copy;
}

/* Count it; NULL when there are enough to show already. */
__attribute__((format(printf, 4, 0)))
static struct gaz_config_error *
add(struct gaz_config_errors *e, bool warning, const char *file,
    const char *fmt, va_list ap)
{
	size_t *count = warning ? &e->warnings : &e->count;
	char message[1024];

	if (++*count > GAZ_CONFIG_ERRORS_MAX)
		return NULL;
	struct gaz_config_error *err = gaz_list_push(&e->arena, &e->list);
	vsnprintf(message, sizeof(message), fmt, ap);
	err->warning = warning;
	err->file = make_safe(&e->arena, gaz_str_of(file)).p;
	err->message = make_safe(&e->arena, gaz_str_of(message));
	err->width = 1;
	return err;
}

void
gaz_config_report(struct gaz_config_errors *e, struct gaz_config_place p,
    bool warning, const char *fmt, ...)
{
	struct gaz_config_error *err;
	va_list ap;
	size_t start;

	va_start(ap, fmt);
	err = add(e, warning, p.file->name, fmt, ap);
	va_end(ap);
	if (err == NULL)
		return;
	struct gaz_str line = line_of(p, &start);
	gaz_config_locate(p, &err->line, &err->column);
	err->source = gaz_arena_str(&e->arena,
	    gaz_str_cut(line, GAZ_CONFIG_VALUE_MAX));
	err->order = p.file->order;
	size_t width = gaz_utf8_count(gaz_str_sub(line, p.at - start,
	    p.at - start + p.len));
	err->width = width > 0 ? (int)width : 1;
}

void
gaz_config_report_file(struct gaz_config_errors *e, const char *name,
    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(e, false, name, fmt, ap);
	va_end(ap);
}

/* By file and place; of the same place, errors first. */
static int
compare(const void *a, const void *b)
{
	const struct gaz_config_error *x = a, *y = b;

	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->column != y->column)
		return x->column < y->column ? -1 : 1;
	if (x->warning != y->warning)
		return x->warning ? 1 : -1;
	return gaz_str_cmp(x->message, y->message);
}

static void
say_more(struct gaz_buf *out, size_t count, const char *what)
{
	if (count > GAZ_CONFIG_ERRORS_MAX)
		gaz_buf_put_fmt(out, "and %zu more %s%s\n",
		    count - GAZ_CONFIG_ERRORS_MAX, what,
		    count - GAZ_CONFIG_ERRORS_MAX == 1 ? "" : "s");
}

void
gaz_config_errors_finish(struct gaz_config_errors *e)
{
	if (e->list.n > 1)
		qsort(e->list.v, e->list.n, sizeof(*e->list.v), compare);
	gaz_buf_init(&e->text, TEXT_MAX);
	gaz_buf_put_z(&e->text, "");
	for (size_t i = 0; i < e->list.n; i++) {
		const struct gaz_config_error *err = &e->list.v[i];
		gaz_buf_put_z(&e->text, err->file);
		if (err->line > 0)
			gaz_buf_put_fmt(&e->text, ":%d:%d", err->line,
			    err->column);
		gaz_buf_put_fmt(&e->text, ": %s: %.*s\n",
		    err->warning ? "warning" : "error",
		    GAZ_STR_ARG(err->message));
		if (err->line > 0)
			show_line(&e->text, err);
	}
	say_more(&e->text, e->count, "error");
	say_more(&e->text, e->warnings, "warning");
}
