/*
 * What is open in a tree: elements that are closed with others or broken off by
 * them, and the parts that a table wants.
 */
#include "config.h"

#include "normalise/html_stack.h"

#include "gazetted/mem.h"

#include "normalise/html_write.h"

#define ALIKE_MAX 3 /* formatting elements inside one another */

static size_t
end_tag_len(const struct element *e)
{
	return e->len + (size_t)3;
}

void
gaz_tree_put_text(struct tree *c, struct gaz_str text, bool literal)
{
	size_t from = c->out->len;

	if (literal)
		gaz_html_write_literal(text, c->out);
	else
		gaz_html_write_text(text, c->out);
	if (c->fold.out != NULL)
		gaz_html_fold_written(&c->fold, gaz_str_sub(
		    gaz_buf_str(c->out), from, c->out->len));
}

static void
put_end_tag(struct tree *c, const struct element *e)
{
	if (c->fold.out != NULL)
		gaz_html_fold_tag(&c->fold, e, false);
	gaz_buf_put(c->out, "</", 2);
	gaz_buf_put(c->out, e->name, e->len);
	gaz_buf_put_char(c->out, '>');
}

static void
defer(struct tree *c, const struct open_element *o)
{
	/* An anchor without a target has said what it had to say. */
	if (c->n_waiting == HTML_WAITING_MAX || !o->written ||
	    (o->e == c->a && o->tag_len == strlen("<a>")))
		return;
	/* They are closed from the inside: the outermost goes in front. */
	c->waiting[c->n_waiting++] = (struct waiting){
		o->e, o->tag, o->tag_len,
	};
}

void
gaz_tree_pop(struct tree *c)
{
	struct open_element *o = &c->open[--c->n];

	if (o->written) {
		put_end_tag(c, o->e);
		c->depth--;
		c->close_len -= end_tag_len(o->e);
	}
}

void
gaz_tree_pop_to(struct tree *c, size_t keep)
{
	size_t first = c->n_waiting;

	while (c->n > keep) {
		struct open_element *o = top(c);
		if (is_formatting(o->e) && !o->ended)
			defer(c, o);
		/* What is broken off in a cell stays there. */
		if (is_border(o->e)) {
			c->n_waiting = c->n_ignored = 0;
			first = 0;
		}
		gaz_tree_pop(c);
	}
	/* Waiting elements are in the order of opening. */
	for (size_t i = first, j = c->n_waiting; i + 1 < j; i++) {
		j--;
		struct waiting swap = c->waiting[i];
		c->waiting[i] = c->waiting[j];
		c->waiting[j] = swap;
	}
	while (c->n > 0 && top(c)->ended)
		gaz_tree_pop(c);
}

struct open_element *
gaz_tree_push(struct tree *c, const struct element *e, bool written)
{
	if (c->n == GAZ_HTML_OPEN_MAX) {
		c->too_deep = true;
		return NULL;
	}
	struct open_element *o = &c->open[c->n++];
	*o = (struct open_element){ .e = e, .written = written };
	if (written) {
		c->depth++;
		c->close_len += end_tag_len(e);
	}
	return o;
}

bool
gaz_tree_may_write(struct tree *c, const struct element *e)
{
	size_t need = e == c->table ? 4 : 1;

	if (c->depth + need <= GAZ_HTML_DEPTH_MAX &&
	    (c->n == 0 || top(c)->written))
		return true;
	c->flags |= GAZ_HTML_TOO_DEEP;
	return false;
}

void
gaz_tree_open_plain(struct tree *c, const struct element *e)
{
	struct open_element *o = gaz_tree_push(c, e, gaz_tree_may_write(c, e));

	if (o == NULL || !o->written)
		return;
	if (c->fold.out != NULL)
		gaz_html_fold_tag(&c->fold, e, true);
	o->tag = c->out->len;
	gaz_buf_put_char(c->out, '<');
	gaz_buf_put(c->out, e->name, e->len);
	gaz_buf_put_char(c->out, '>');
	o->tag_len = c->out->len - o->tag;
}

bool
gaz_tree_may_nest(const struct tree *c, const struct element *e)
{
	size_t alike = 0;

	for (size_t i = c->n; i-- > 0 && !is_border(c->open[i].e);)
		alike += c->open[i].e == e && c->open[i].written;
	return alike < ALIKE_MAX;
}

void
gaz_tree_reopen(struct tree *c)
{
	size_t n = c->n_waiting;

	c->n_waiting = 0;
	for (size_t i = 0; i < n; i++) {
		const struct waiting *w = &c->waiting[i];
		if (c->waiting_bytes + w->tag_len > HTML_WAITING_BYTES_MAX ||
		    !gaz_tree_may_write(c, w->e))
			return;
		if (!gaz_tree_may_nest(c, w->e))
			continue;
		c->waiting_bytes += w->tag_len;
		struct open_element *o = gaz_tree_push(c, w->e, true);
		if (o == NULL)
			return;
		o->again = true;
		o->tag = c->out->len;
		o->tag_len = w->tag_len;
		gaz_buf_reset(&c->w.scratch);
		gaz_buf_put(&c->w.scratch, c->out->p + w->tag, w->tag_len);
		gaz_buf_put_str(c->out, gaz_buf_str(&c->w.scratch));
	}
}

size_t
gaz_tree_find_open(const struct tree *c, const struct element *e)
{
	for (size_t i = c->n; i-- > 0;) {
		if (c->open[i].e == e)
			return i;
		if (is_border(c->open[i].e))
			break;
	}
	return c->n;
}

size_t
gaz_tree_find_kind(const struct tree *c, enum element_kind kind)
{
	for (size_t i = c->n; i-- > 0;) {
		if (c->open[i].e->kind == kind)
			return i;
		if (is_border(c->open[i].e))
			break;
	}
	return c->n;
}

void
gaz_tree_begin_block(struct tree *c)
{
	size_t i = gaz_tree_find_open(c, c->p);

	if (i == c->n) {
		while (i > 0 && c->open[i - 1].again)
			i--;
	}
	if (i < c->n)
		gaz_tree_pop_to(c, i);
}

/* Tables */

size_t
gaz_tree_find_table(const struct tree *c)
{
	for (size_t i = c->n; i-- > 0;) {
		if (c->open[i].e == c->table)
			return i;
	}
	return c->n;
}

/* Index of the part of that kind that belongs to the table at t, or n. */
static size_t
find_part(const struct tree *c, size_t t, enum element_kind kind)
{
	for (size_t i = t + 1; i < c->n; i++) {
		if (c->open[i].e->kind == kind)
			return i;
	}
	return c->n;
}

void
gaz_tree_need_cell(struct tree *c)
{
	if (!is_structure(top_kind(c)))
		return;
	if (top_kind(c) == ELEMENT_COLGROUP)
		gaz_tree_pop_to(c, c->n - 1);
	if (top_kind(c) != ELEMENT_ROW)
		gaz_tree_open_plain(c, c->tr);
	gaz_tree_open_plain(c, c->td);
}

bool
gaz_tree_make_place(struct tree *c, const struct element *e)
{
	size_t t = gaz_tree_find_table(c), at;

	if (t == c->n)
		return false;
	if (e->kind != ELEMENT_CELL && e->kind != ELEMENT_ROW) {
		gaz_tree_pop_to(c, t + 1);
		return true;
	}
	at = e->kind == ELEMENT_CELL ? find_part(c, t, ELEMENT_ROW) : c->n;
	if (at < c->n) {
		gaz_tree_pop_to(c, at + 1);
		return true;
	}
	at = find_part(c, t, ELEMENT_SECTION);
	gaz_tree_pop_to(c, at < c->n ? at + 1 : t + 1);
	if (e->kind == ELEMENT_CELL)
		gaz_tree_open_plain(c, c->tr);
	return true;
}
