#ifndef GAZETTECTL_TABLE_H
#define GAZETTECTL_TABLE_H

#include "gazetted/buf.h"

#include "text.h"

/*
 * Columns of text under headings. On a terminal they are made to fit: flexible
 * columns give way to their least width, then whole columns go; elsewhere
 * nothing is cut.
 */
struct gaz_ctl_column {
	const char *title;
	bool right;    /* numbers */
	size_t least;  /* flexible down to that; 0: not flexible */
	int drop;      /* the highest goes first where it is narrow; 0: never */
};

enum gaz_ctl_colour {
	GAZ_CTL_PLAIN,
	GAZ_CTL_BOLD,
	GAZ_CTL_DIM,
	GAZ_CTL_RED,
	GAZ_CTL_GREEN,
	GAZ_CTL_YELLOW,
};

struct gaz_ctl_style {
	size_t width;  /* columns of the terminal; GAZ_CTL_NO_LIMIT: none */
	bool colour;
	bool terminal; /* text from right to left is kept in its cell */
};
/* What standard output is, and the environment wants. */
struct gaz_ctl_style gaz_ctl_style_of_stdout(void);

/* The escape sequences around text; "" without colour. */
const char *gaz_ctl_on(const struct gaz_ctl_style *st, enum gaz_ctl_colour c);
const char *gaz_ctl_off(const struct gaz_ctl_style *st, enum gaz_ctl_colour c);

struct gaz_ctl_table;
struct gaz_ctl_table *gaz_ctl_table_new(const struct gaz_ctl_column *columns,
    size_t n);
void gaz_ctl_table_free(struct gaz_ctl_table *t);

/* The next cell, row by row; text is made harmless. Absent gives "-". */
void gaz_ctl_cell(struct gaz_ctl_table *t, struct gaz_str text);
void gaz_ctl_cell_in(struct gaz_ctl_table *t, struct gaz_str text,
    enum gaz_ctl_colour c);
void gaz_ctl_cell_int(struct gaz_ctl_table *t, int64_t n);
void gaz_ctl_cell_fmt(struct gaz_ctl_table *t, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* indent: spaces in front of every line. Nothing without rows. */
void gaz_ctl_table_write(const struct gaz_ctl_table *t, size_t indent,
    const struct gaz_ctl_style *st, struct gaz_buf *out);

#endif
