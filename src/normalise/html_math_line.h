#ifndef GAZ_NORMALISE_HTML_MATH_LINE_H
#define GAZ_NORMALISE_HTML_MATH_LINE_H

/*
 * What html_math.c reads of a formula, as a line: parts that stand one after the
 * other (html_math_line.c) and parts that stand in places, such as those of a
 * fraction (html_math_place.c).
 */
#include "gazetted/buf.h"
#include "gazetted/limits.h"

#include "normalise/html_token.h"

#define MATH_PARTS_MAX 16 /* of an element that gives them places */

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

struct frame {
	struct gaz_str name;
	enum kind kind;
	size_t n; /* parts */
	size_t from;
	struct piece parts[MATH_PARTS_MAX];
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

/* ---- html_math_line.c */

void gaz_math_insert(struct gaz_buf *b, size_t at, const char *what);
/* Brackets around what is from there to there. */
void gaz_math_enclose(struct gaz_buf *b, size_t from, size_t to);
/* Lent by b until it changes. */
struct gaz_str gaz_math_from(const struct gaz_buf *b, size_t from);
/* White space from there on as single spaces, none at the ends. */
void gaz_math_fold(struct gaz_buf *b, size_t from);
bool gaz_math_is_one_of(struct gaz_str s, const char *const *list, size_t n);
/* Of the text of an element that holds nothing but text. */
enum nature gaz_math_nature(enum kind kind, struct gaz_str s);
/* c, the end of b, is the next part of the row f. */
void gaz_math_join(struct gaz_buf *b, struct frame *f, struct piece c);
/* What all parts of a row are together. */
struct piece gaz_math_row(const struct frame *f);

/* ---- html_math_place.c */

/* May it stand as one thing beside a sign of ours? */
bool gaz_math_is_tight(enum nature n, struct gaz_str s);
/* The parts of f, the end of m->text, in order. */
struct piece gaz_math_compose(struct math *m, const struct frame *f);

#endif
