/*
 * The part of the cleaner that knows how elements nest.
 *
 * A stack of open elements says what an HTML parser would make of the input;
 * the same rules that a parser applies on its own (a p ends before a block, a
 * li before the next li, a cell needs a row, links do not nest) are applied
 * here and written out, so that a parser of the output has nothing left to
 * decide and cleaning twice changes nothing (WHATWG HTML, section 13.2.6).
 *
 * Formatting elements that are broken off by the end of a block wait in a list
 * and are opened again in front of the next text, as parsers do.
 */
#include "config.h"

#include "normalise/html_tree.h"

#include "gazetted/mem.h"

#include "normalise/html_math.h"
#include "normalise/html_stack.h"

/* Start tags */

/* li, dd and dt end the one before, but not one that holds their list. */
static void
close_item(struct tree *c, enum element_kind kind)
{
	for (size_t i = c->n; i-- > 0;) {
		const struct element *e = c->open[i].e;
		if (e->kind == kind) {
			gaz_tree_pop_to(c, i);
			return;
		}
		if (!is_inline(e) && e->kind != ELEMENT_RUBY && e != c->p &&
		    e != c->div && e != c->address)
			return;
	}
}

static void end_formatting(struct tree *c, const struct element *e);

/* Make place for a link; false when one is open and has to stay so. */
static bool
close_link(struct tree *c)
{
	if (gaz_tree_find_open(c, c->a) < c->n)
		end_formatting(c, c->a);
	for (size_t i = 0; i < c->n_waiting; i++) {
		if (c->waiting[i].e != c->a)
			continue;
		c->n_waiting--;
		memmove(&c->waiting[i], &c->waiting[i + 1],
		    (c->n_waiting - i) * sizeof(c->waiting[0]));
		i--;
	}
	for (size_t i = 0; i < c->n; i++) {
		if (c->open[i].e == c->a)
			return false;
	}
	return true;
}

/* Inside ruby, rt and rp end what may end without an end tag. */
static void
close_ruby_part(struct tree *c)
{
	if (gaz_tree_find_open(c, c->ruby) == c->n)
		return;
	while (top_kind(c) == ELEMENT_RUBY || top_kind(c) == ELEMENT_P ||
	    top_kind(c) == ELEMENT_LI || top_kind(c) == ELEMENT_DD)
		gaz_tree_pop_to(c, c->n - 1);
}

static void
put_start_tag(struct tree *c, const struct element *e,
    const struct token *token)
{
	struct gaz_str image = GAZ_STR_NONE;

	if (c->fold.out != NULL)
		gaz_html_fold_tag(&c->fold, e, true);
	gaz_buf_put_char(c->out, '<');
	gaz_buf_put(c->out, e->name, e->len);
	gaz_html_attributes_write(&c->w, e, token, c->out, &image);
	gaz_buf_put_char(c->out, '>');
	if (image.p != NULL && c->first_image != NULL &&
	    c->first_image->p == NULL)
		*c->first_image = gaz_arena_str(c->arena, image);
}

static void
open_element(struct tree *c, const struct element *e,
    const struct token *token)
{
	struct open_element *o = gaz_tree_push(c, e, gaz_tree_may_write(c, e));

	if (o == NULL)
		return;
	if (o->written) {
		o->tag = c->out->len;
		put_start_tag(c, e, token);
		o->tag_len = c->out->len - o->tag;
	}
	/* XHTML's way of writing an empty element */
	if (token->self_closing)
		gaz_tree_pop(c);
}

/* A start tag has no effect; neither will its end tag. */
static void
ignore(struct tree *c, const struct element *e, const struct token *token)
{
	if (!token->self_closing && c->n_ignored < HTML_IGNORED_MAX)
		c->ignored[c->n_ignored++] = e;
}

static bool
was_ignored(struct tree *c, const struct element *e)
{
	for (size_t i = c->n_ignored; i-- > 0;) {
		if (c->ignored[i] == e) {
			c->ignored[i] = c->ignored[--c->n_ignored];
			return true;
		}
	}
	return false;
}

static void
start_void(struct tree *c, const struct element *e,
    const struct token *token)
{
	if ((e->groups & GROUP_COLUMN) != 0) {
		size_t t = gaz_tree_find_table(c);
		if (t == c->n)
			return;
		if (top_kind(c) != ELEMENT_COLGROUP)
			gaz_tree_pop_to(c, t + 1);
		if (!c->open[c->n - 1].written)
			return;
	} else if ((e->groups & GROUP_SOURCE) != 0) {
		if (c->n == 0 || !takes_source(top(c)->e) ||
		    !top(c)->written)
			return;
	} else if ((e->groups & GROUP_IMAGE) != 0) {
		if (gaz_html_is_pixel(&c->w, token))
			return;
		gaz_tree_need_cell(c);
		gaz_tree_reopen(c);
	} else if (is_structure(top_kind(c))) {
		return;
	} else if (e == c->hr) {
		gaz_tree_begin_block(c);
	} else {
		gaz_tree_reopen(c);
	}
	put_start_tag(c, e, token);
}

/* Content that is text, whatever it looks like. */
static void
start_literal(struct tree *c, const struct element *e,
    struct gaz_str text)
{
	gaz_tree_need_cell(c);
	gaz_tree_begin_block(c);
	gaz_tree_open_plain(c, e);
	gaz_tree_put_text(c, text, true);
	gaz_tree_pop_to(c, c->n - 1);
}

static void
start_math(struct tree *c, struct gaz_str name)
{
	struct gaz_buf text;

	gaz_buf_init(&text, GAZ_BUF_NO_MAX);
	if (gaz_html_math(&c->t, name, &text) && text.len > 0) {
		gaz_tree_need_cell(c);
		gaz_tree_reopen(c);
		gaz_tree_put_text(c, gaz_buf_str(&text), true);
	}
	gaz_buf_clear(&text);
}

static void
start(struct tree *c, const struct element *e, const struct token *token)
{
	if (is_structure(top_kind(c)) && (is_inline(e) ||
	    e->kind == ELEMENT_BLOCK || e->kind == ELEMENT_HEADING ||
	    e->kind == ELEMENT_P || e->kind == ELEMENT_LI ||
	    e->kind == ELEMENT_DD || e->kind == ELEMENT_RUBY)) {
		/* Between the parts of a table only a cell can hold it. */
		if (!takes_source(e))
			return;
		gaz_tree_need_cell(c);
	}
	switch (e->kind) {
	case ELEMENT_VOID:
		start_void(c, e, token);
		return;
	case ELEMENT_HEADING:
		gaz_tree_begin_block(c);
		while (top_kind(c) == ELEMENT_HEADING)
			gaz_tree_pop_to(c, c->n - 1);
		break;
	case ELEMENT_LI:
	case ELEMENT_DD:
		close_item(c, e->kind);
		gaz_tree_begin_block(c);
		break;
	case ELEMENT_BLOCK:
	case ELEMENT_P:
		gaz_tree_begin_block(c);
		break;
	case ELEMENT_TABLE:
		gaz_tree_begin_block(c);
		if (is_structure(top_kind(c)))
			gaz_tree_pop_to(c, gaz_tree_find_table(c));
		break;
	case ELEMENT_CAPTION:
	case ELEMENT_COLGROUP:
	case ELEMENT_SECTION:
	case ELEMENT_ROW:
	case ELEMENT_CELL:
		if (!gaz_tree_make_place(c, e))
			return;
		break;
	case ELEMENT_RUBY:
		close_ruby_part(c);
		break;
	case ELEMENT_LINK:
		if (!close_link(c)) {
			ignore(c, e, token);
			return;
		}
		gaz_tree_reopen(c);
		break;
	case ELEMENT_FORMATTING:
		gaz_tree_reopen(c);
		if (!gaz_tree_may_nest(c, e)) {
			if (c->n_ignored == HTML_IGNORED_MAX)
				c->flags |= GAZ_HTML_TOO_DEEP;
			ignore(c, e, token);
			return;
		}
		break;
	case ELEMENT_INLINE:
		gaz_tree_reopen(c);
		break;
	case ELEMENT_UNKNOWN:
	case ELEMENT_BREAK:
	case ELEMENT_DROPPED:
	case ELEMENT_RAW:
	case ELEMENT_LITERAL:
		return;
	}
	open_element(c, e, token);
}

static void
on_start(struct tree *c, const struct token *token)
{
	const struct element *e = gaz_html_element(token->name);

	if (e == NULL) {
		if (gaz_html_is_math(token->name) && !token->self_closing)
			start_math(c, token->name);
		return;
	}
	const struct element *written = gaz_html_written(e);
	if (e->kind == ELEMENT_DROPPED) {
		if (!token->self_closing)
			(void)gaz_html_skip(&c->t, token->name, e->groups);
	} else if (e->kind == ELEMENT_RAW) {
		if (!token->self_closing)
			(void)gaz_html_raw_text(&c->t, token->name);
	} else if (e->kind == ELEMENT_LITERAL) {
		start_literal(c, written,
		    gaz_html_raw_text(&c->t, token->name));
	} else {
		start(c, written, token);
	}
}

/* End tags */

static void
end_formatting(struct tree *c, const struct element *e)
{
	size_t at = gaz_tree_find_open(c, e);

	if (at == c->n) {
		for (size_t i = c->n_waiting; i-- > 0;) {
			if (c->waiting[i].e != e)
				continue;
			c->n_waiting--;
			memmove(&c->waiting[i], &c->waiting[i + 1],
			    (c->n_waiting - i) * sizeof(c->waiting[0]));
			return;
		}
		return;
	}
	for (size_t i = at + 1; i < c->n; i++) {
		if (!is_inline(c->open[i].e)) {
			/* A block began inside: it ends first. */
			c->open[at].ended = true;
			return;
		}
	}
	c->open[at].ended = true;
	gaz_tree_pop_to(c, at + 1);
}

static void
end_inline(struct tree *c, const struct element *e)
{
	for (size_t i = c->n; i-- > 0;) {
		if (c->open[i].e == e) {
			gaz_tree_pop_to(c, i);
			return;
		}
		if (!is_inline(c->open[i].e) &&
		    c->open[i].e->kind != ELEMENT_RUBY)
			return;
	}
}

static void
end_li(struct tree *c)
{
	for (size_t i = c->n; i-- > 0;) {
		const struct element *e = c->open[i].e;
		if (e->kind == ELEMENT_LI) {
			gaz_tree_pop_to(c, i);
			return;
		}
		if (is_border(e) || e == c->ul || e == c->ol)
			return;
	}
}

static void
end_part(struct tree *c, const struct element *e)
{
	size_t i = gaz_tree_find_table(c);

	if (i == c->n)
		return;
	if (e != c->table) {
		for (i++; i < c->n && c->open[i].e != e; i++)
			continue;
	}
	if (i < c->n)
		gaz_tree_pop_to(c, i);
}

static void
on_end(struct tree *c, const struct token *token)
{
	const struct element *e = gaz_html_element(token->name);
	size_t i;

	if (e == NULL)
		return;
	e = gaz_html_written(e);
	switch (e->kind) {
	case ELEMENT_BLOCK:
	case ELEMENT_P:
	case ELEMENT_DD:
		i = gaz_tree_find_open(c, e);
		if (i < c->n)
			gaz_tree_pop_to(c, i);
		break;
	case ELEMENT_HEADING:
		i = gaz_tree_find_kind(c, ELEMENT_HEADING);
		if (i < c->n)
			gaz_tree_pop_to(c, i);
		break;
	case ELEMENT_LI:
		end_li(c);
		break;
	case ELEMENT_TABLE:
	case ELEMENT_CAPTION:
	case ELEMENT_COLGROUP:
	case ELEMENT_SECTION:
	case ELEMENT_ROW:
	case ELEMENT_CELL:
		end_part(c, e);
		break;
	case ELEMENT_FORMATTING:
	case ELEMENT_LINK:
		if (!was_ignored(c, e))
			end_formatting(c, e);
		break;
	case ELEMENT_INLINE:
	case ELEMENT_RUBY:
		end_inline(c, e);
		break;
	case ELEMENT_VOID:
		if (e == c->br && !is_structure(top_kind(c))) {
			gaz_tree_reopen(c);
			if (c->fold.out != NULL)
				gaz_html_fold_tag(&c->fold, e, true);
			gaz_buf_put_z(c->out, "<br>");
		}
		break;
	case ELEMENT_UNKNOWN:
	case ELEMENT_BREAK:
	case ELEMENT_DROPPED:
	case ELEMENT_RAW:
	case ELEMENT_LITERAL:
		break;
	}
}

static void
on_text(struct tree *c, struct gaz_str text)
{
	if (gaz_str_trim(text).len > 0) {
		gaz_tree_need_cell(c);
		gaz_tree_reopen(c);
	}
	gaz_tree_put_text(c, text, false);
}

void
gaz_html_tree_take(struct tree *c, const struct token *token)
{
	switch (token->kind) {
	case TOKEN_TEXT:
		on_text(c, token->text);
		break;
	case TOKEN_START:
		on_start(c, token);
		break;
	case TOKEN_END:
		on_end(c, token);
		break;
	case TOKEN_COMMENT:
	case TOKEN_DOCTYPE:
	case TOKEN_EOF:
		break;
	}
}

void
gaz_html_tree_finish(struct tree *c)
{
	while (c->n > 0)
		gaz_tree_pop(c);
}

bool
gaz_html_tree_takes_text(const struct tree *c)
{
	return c->n == 0 || !is_structure(c->open[c->n - 1].e->kind);
}

void
gaz_html_tree_init(struct tree *c, const struct gaz_html_options *opt,
    struct gaz_arena *a, struct gaz_buf *out, struct gaz_str *first_image)
{
	/* One by one: the stack is large and needs no zeros. */
	c->arena = a;
	c->out = out;
	c->start = out->len;
	c->flags = 0;
	c->first_image = first_image;
	c->n = c->depth = c->close_len = 0;
	c->too_deep = false;
	c->n_waiting = c->waiting_bytes = c->n_ignored = 0;
	c->fold = (struct folder){ .out = opt->text, .block = true,
		.start = opt->text != NULL ? opt->text->len : 0 };
	c->p = gaz_html_element_row(HTML_P);
	c->a = gaz_html_element_row(HTML_A);
	c->br = gaz_html_element_row(HTML_BR);
	c->hr = gaz_html_element_row(HTML_HR);
	c->ul = gaz_html_element_row(HTML_UL);
	c->ol = gaz_html_element_row(HTML_OL);
	c->div = gaz_html_element_row(HTML_DIV);
	c->address = gaz_html_element_row(HTML_ADDRESS);
	c->ruby = gaz_html_element_row(HTML_RUBY);
	c->table = gaz_html_element_row(HTML_TABLE);
	c->tr = gaz_html_element_row(HTML_TR);
	c->td = gaz_html_element_row(HTML_TD);
	gaz_html_attributes_init(&c->w, opt);
}

void
gaz_html_tree_clear(struct tree *c)
{
	gaz_html_attributes_clear(&c->w);
}
