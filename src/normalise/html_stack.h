#ifndef GAZ_NORMALISE_HTML_STACK_H
#define GAZ_NORMALISE_HTML_STACK_H

#include "normalise/html_tree.h"

/* The stack of open elements of a tree, and what is written when it changes:
 * what html_tree.c makes its rules of. */

static inline struct open_element *
top(struct tree *c)
{
	return c->n > 0 ? &c->open[c->n - 1] : NULL;
}

static inline enum element_kind
top_kind(struct tree *c)
{
	return c->n > 0 ? c->open[c->n - 1].e->kind : ELEMENT_UNKNOWN;
}

static inline bool
is_formatting(const struct element *e)
{
	return e->kind == ELEMENT_FORMATTING || e->kind == ELEMENT_LINK;
}

/* Elements in which a search for another ends: parts of tables. */
static inline bool
is_border(const struct element *e)
{
	return e->kind == ELEMENT_TABLE || e->kind == ELEMENT_CELL ||
	    e->kind == ELEMENT_CAPTION;
}

/* Elements that hold a table together and take no text. */
static inline bool
is_structure(enum element_kind kind)
{
	return kind == ELEMENT_TABLE || kind == ELEMENT_SECTION ||
	    kind == ELEMENT_ROW || kind == ELEMENT_COLGROUP;
}

static inline bool
is_inline(const struct element *e)
{
	return is_formatting(e) || e->kind == ELEMENT_INLINE;
}

/* audio, video, picture */
static inline bool
takes_source(const struct element *e)
{
	return (e->groups & GROUP_MEDIA) != 0 ||
	    strcmp(e->name, "picture") == 0;
}

/* Text of the input, its references decoded if it has any. */
void gaz_tree_put_text(struct tree *c, struct gaz_str text, bool literal);

/* Close the innermost element. */
void gaz_tree_pop(struct tree *c);

/* Close what is open above the first keep elements. */
void gaz_tree_pop_to(struct tree *c, size_t keep);

/* Make room on the stack; NULL when there is none. */
struct open_element *gaz_tree_push(struct tree *c, const struct element *e,
    bool written);

/*
 * Whether e may be written where the stack ends. Nothing is inside of what was
 * not, and a table wants place for a section, a row and a cell.
 */
bool gaz_tree_may_write(struct tree *c, const struct element *e);

/* Open an element without attributes of the input. */
void gaz_tree_open_plain(struct tree *c, const struct element *e);

/*
 * Whether a formatting element may be written once more. Parsers forget all
 * but three that are alike, and then read end tags in different ways.
 */
bool gaz_tree_may_nest(const struct tree *c, const struct element *e);

/* Open again what was broken off, in front of text. */
void gaz_tree_reopen(struct tree *c);

/* Index of the innermost open e up to a border, or n. */
size_t gaz_tree_find_open(const struct tree *c, const struct element *e);

/* The same for any of a kind. */
size_t gaz_tree_find_kind(const struct tree *c, enum element_kind kind);

/*
 * A block begins: close the p in front of it, and what was opened again,
 * which is to be around text and not around blocks.
 */
void gaz_tree_begin_block(struct tree *c);

/* Index of the innermost table, or n. */
size_t gaz_tree_find_table(const struct tree *c);

/* Text may come: where a table wants a cell, open one. */
void gaz_tree_need_cell(struct tree *c);

/*
 * Close what must not be open for a part of a table to begin. false when it
 * is in no table and its tag has no meaning.
 */
bool gaz_tree_make_place(struct tree *c, const struct element *e);

#endif
