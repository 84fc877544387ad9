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

#include "normalise/html_write.h"

#define ALIKE_MAX 3 /* formatting elements inside one another */

/* The stack */

static struct open_element *
top(struct tree *c)
{
	return c->n > 0 ? &c->open[c->n - 1] : NULL;
}

static enum element_kind
top_kind(struct tree *c)
{
	return c->n > 0 ? c->open[c->n - 1].e->kind : ELEMENT_UNKNOWN;
}

static size_t
end_tag_len(const struct element *e)
{
	return e->len + (size_t)3;
}

static bool
is_formatting(const struct element *e)
{
	return e->kind == ELEMENT_FORMATTING || e->kind == ELEMENT_LINK;
}

/* Elements in which a search for another ends: parts of tables. */
static bool
is_border(const struct element *e)
{
	return e->kind == ELEMENT_TABLE || e->kind == ELEMENT_CELL ||
	    e->kind == ELEMENT_CAPTION;
}

/* Elements that hold a table together and take no text. */
static bool
is_structure(enum element_kind kind)
{
	return kind == ELEMENT_TABLE || kind == ELEMENT_SECTION ||
	    kind == ELEMENT_ROW || kind == ELEMENT_COLGROUP;
}

static bool
is_inline(const struct element *e)
{
	return is_formatting(e) || e->kind == ELEMENT_INLINE;
}

/* audio, video, picture */
static bool
takes_source(const struct element *e)
{
	return (e->groups & GROUP_MEDIA) != 0 ||
	    strcmp(e->name, "picture") == 0;
}

/* Text of the input, its references decoded if it has any. */
static void
put_text(struct tree *c, struct gaz_str text, bool literal)
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

/* Close the innermost element. */
static void
pop(struct tree *c)
{
	struct open_element *o = &c->open[--c->n];

	if (o->written) {
		put_end_tag(c, o->e);
		c->depth--;
		c->close_len -= end_tag_len(o->e);
	}
}

/* Close what is open above the first keep elements. */
static void
pop_to(struct tree *c, size_t keep)
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
		pop(c);
	}
	/* Waiting elements are in the order of opening. */
	for (size_t i = first, j = c->n_waiting; i + 1 < j; i++) {
		j--;
		struct waiting swap = c->waiting[i];
		c->waiting[i] = c->waiting[j];
		c->waiting[j] = swap;
	}
	while (c->n > 0 && top(c)->ended)
		pop(c);
}

/* Make room on the stack; false when there is none. */
static struct open_element *
push(struct tree *c, const struct element *e, bool written)
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

/*
 * Whether e may be written where the stack ends. Nothing is inside of what was
 * not, and a table wants place for a section, a row and a cell.
 */
static bool
may_write(struct tree *c, const struct element *e)
{
	size_t need = e == c->table ? 4 : 1;

	if (c->depth + need <= GAZ_HTML_DEPTH_MAX &&
	    (c->n == 0 || top(c)->written))
		return true;
	c->flags |= GAZ_HTML_TOO_DEEP;
	return false;
}

/* Open an element without attributes of the input. */
static void
open_plain(struct tree *c, const struct element *e)
{
	struct open_element *o = push(c, e, may_write(c, e));

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

/*
 * Whether a formatting element may be written once more. Parsers forget all
 * but three that are alike, and then read end tags in different ways.
 */
static bool
may_nest(const struct tree *c, const struct element *e)
{
	size_t alike = 0;

	for (size_t i = c->n; i-- > 0 && !is_border(c->open[i].e);)
		alike += c->open[i].e == e && c->open[i].written;
	return alike < ALIKE_MAX;
}

/* Open again what was broken off, in front of text. */
static void
reopen(struct tree *c)
{
	size_t n = c->n_waiting;

	c->n_waiting = 0;
	for (size_t i = 0; i < n; i++) {
		const struct waiting *w = &c->waiting[i];
		if (c->waiting_bytes + w->tag_len > HTML_WAITING_BYTES_MAX ||
		    !may_write(c, w->e))
			return;
		if (!may_nest(c, w->e))
			continue;
		c->waiting_bytes += w->tag_len;
		struct open_element *o = push(c, w->e, true);
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

/* Index of the innermost open e up to a border, or n. */
static size_t
find_open(const struct tree *c, const struct element *e)
{
	for (size_t i = c->n; i-- > 0;) {
		if (c->open[i].e == e)
			return i;
		if (is_border(c->open[i].e))
			break;
	}
	return c->n;
}

/* The same for any of a kind. */
static size_t
find_kind(const struct tree *c, enum element_kind kind)
{
	for (size_t i = c->n; i-- > 0;) {
		if (c->open[i].e->kind == kind)
			return i;
		if (is_border(c->open[i].e))
			break;
	}
	return c->n;
}

/*
 * A block begins: close the p in front of it, and what was opened again,
 * which is to be around text and not around blocks.
 */
static void
begin_block(struct tree *c)
{
	size_t i = find_open(c, c->p);

	if (i == c->n) {
		while (i > 0 && c->open[i - 1].again)
			i--;
	}
	if (i < c->n)
		pop_to(c, i);
}

/* Tables */

/* Index of the innermost table, or n. */
static size_t
find_table(const struct tree *c)
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

/* Text may come: where a table wants a cell, open one. */
static void
need_cell(struct tree *c)
{
	if (!is_structure(top_kind(c)))
		return;
	if (top_kind(c) == ELEMENT_COLGROUP)
		pop_to(c, c->n - 1);
	if (top_kind(c) != ELEMENT_ROW)
		open_plain(c, c->tr);
	open_plain(c, c->td);
}

/*
 * Close what must not be open for a part of a table to begin. false when it
 * is in no table and its tag has no meaning.
 */
static bool
make_place(struct tree *c, const struct element *e)
{
	size_t t = find_table(c), at;

	if (t == c->n)
		return false;
	if (e->kind != ELEMENT_CELL && e->kind != ELEMENT_ROW) {
		pop_to(c, t + 1);
		return true;
	}
	at = e->kind == ELEMENT_CELL ? find_part(c, t, ELEMENT_ROW) : c->n;
	if (at < c->n) {
		pop_to(c, at + 1);
		return true;
	}
	at = find_part(c, t, ELEMENT_SECTION);
	pop_to(c, at < c->n ? at + 1 : t + 1);
	if (e->kind == ELEMENT_CELL)
		open_plain(c, c->tr);
	return true;
}

/* Start tags */

/* li, dd and dt end the one before, but not one that holds their list. */
static void
close_item(struct tree *c, enum element_kind kind)
{
	for (size_t i = c->n; i-- > 0;) {
		const struct element *e = c->open[i].e;
		if (e->kind == kind) {
			pop_to(c, i);
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
	if (find_open(c, c->a) < c->n)
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
	if (find_open(c, c->ruby) == c->n)
		return;
	while (top_kind(c) == ELEMENT_RUBY || top_kind(c) == ELEMENT_P ||
	    top_kind(c) == ELEMENT_LI || top_kind(c) == ELEMENT_DD)
		pop_to(c, c->n - 1);
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
	struct open_element *o = push(c, e, may_write(c, e));

	if (o == NULL)
		return;
	if (o->written) {
		o->tag = c->out->len;
		put_start_tag(c, e, token);
		o->tag_len = c->out->len - o->tag;
	}
	/* XHTML's way of writing an empty element */
	if (token->self_closing)
		pop(c);
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
		size_t t = find_table(c);
		if (t == c->n)
			return;
		if (top_kind(c) != ELEMENT_COLGROUP)
			pop_to(c, t + 1);
		if (!c->open[c->n - 1].written)
			return;
	} else if ((e->groups & GROUP_SOURCE) != 0) {
		if (c->n == 0 || !takes_source(top(c)->e) ||
		    !top(c)->written)
			return;
	} else if ((e->groups & GROUP_IMAGE) != 0) {
		if (gaz_html_is_pixel(&c->w, token))
			return;
		need_cell(c);
		reopen(c);
	} else if (is_structure(top_kind(c))) {
		return;
	} else if (e == c->hr) {
		begin_block(c);
	} else {
		reopen(c);
	}
	put_start_tag(c, e, token);
}

/* Content that is text, whatever it looks like. */
static void
start_literal(struct tree *c, const struct element *e,
    struct gaz_str text)
{
	need_cell(c);
	begin_block(c);
	open_plain(c, e);
	put_text(c, text, true);
	pop_to(c, c->n - 1);
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
		need_cell(c);
	}
	switch (e->kind) {
	case ELEMENT_VOID:
		start_void(c, e, token);
		return;
	case ELEMENT_HEADING:
		begin_block(c);
		while (top_kind(c) == ELEMENT_HEADING)
			pop_to(c, c->n - 1);
		break;
	case ELEMENT_LI:
	case ELEMENT_DD:
		close_item(c, e->kind);
		begin_block(c);
		break;
	case ELEMENT_BLOCK:
	case ELEMENT_P:
		begin_block(c);
		break;
	case ELEMENT_TABLE:
		begin_block(c);
		if (is_structure(top_kind(c)))
			pop_to(c, find_table(c));
		break;
	case ELEMENT_CAPTION:
	case ELEMENT_COLGROUP:
	case ELEMENT_SECTION:
	case ELEMENT_ROW:
	case ELEMENT_CELL:
		if (!make_place(c, e))
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
		reopen(c);
		break;
	case ELEMENT_FORMATTING:
		reopen(c);
		if (!may_nest(c, e)) {
			if (c->n_ignored == HTML_IGNORED_MAX)
				c->flags |= GAZ_HTML_TOO_DEEP;
			ignore(c, e, token);
			return;
		}
		break;
	case ELEMENT_INLINE:
		reopen(c);
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

	if (e == NULL)
		return;
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
	size_t at = find_open(c, e);

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
	pop_to(c, at + 1);
}

static void
end_inline(struct tree *c, const struct element *e)
{
	for (size_t i = c->n; i-- > 0;) {
		if (c->open[i].e == e) {
			pop_to(c, i);
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
			pop_to(c, i);
			return;
		}
		if (is_border(e) || e == c->ul || e == c->ol)
			return;
	}
}

static void
end_part(struct tree *c, const struct element *e)
{
	size_t i = find_table(c);

	if (i == c->n)
		return;
	if (e != c->table) {
		for (i++; i < c->n && c->open[i].e != e; i++)
			continue;
	}
	if (i < c->n)
		pop_to(c, i);
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
		i = find_open(c, e);
		if (i < c->n)
			pop_to(c, i);
		break;
	case ELEMENT_HEADING:
		i = find_kind(c, ELEMENT_HEADING);
		if (i < c->n)
			pop_to(c, i);
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
			reopen(c);
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
		need_cell(c);
		reopen(c);
	}
	put_text(c, text, false);
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
		pop(c);
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
