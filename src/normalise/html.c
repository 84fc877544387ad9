/*
 * Untrusted HTML to a fragment that any page may hold.
 *
 * Tokens come in, and what leaves is written anew from tables: known elements
 * and attributes only, every text escaped, every element closed. A stack of
 * open elements says what an HTML parser would make of the input; the same
 * rules that a parser applies on its own (a p ends before a block, a li before
 * the next li, a cell needs a row, links do not nest) are applied here and
 * written out, so that a parser of the output has nothing left to decide and
 * cleaning twice changes nothing.
 *
 * Formatting elements that are broken off by the end of a block wait in a list
 * and are opened again in front of the next text, as parsers do.
 */
#include "config.h"

#include "gazetted/html.h"

#include <stdlib.h>

#include "gazetted/limits.h"
#include "gazetted/mem.h"

#include "normalise/html_attribute.h"
#include "normalise/html_element.h"
#include "normalise/html_token.h"

#define WAITING_MAX 16            /* formatting elements to open again */
#define WAITING_BYTES_MAX (1 << 16) /* written for that, in all */
#define ALIKE_MAX 3      /* formatting elements inside one another */
#define IGNORED_MAX 64   /* start tags without effect */
#define PIECE 1024       /* bytes of text taken at once near the ceiling */
#define TEXT_WHOLE 65536 /* shorter text is not cut, but left out */
#define REF_MAX 40       /* bytes of a reference */

struct open {
	const struct element *e;
	bool written; /* or only remembered, for being too deep */
	bool ended;   /* its end tag came while a block was open inside */
	bool again;   /* opened anew after it was broken off */
	size_t tag;   /* where its start tag is in out, for writing it again */
	size_t tag_len;
};

struct waiting {
	const struct element *e;
	size_t tag, tag_len;
};

struct cleaner {
	struct gaz_arena *arena;
	struct gaz_buf *out;
	size_t start;  /* of the fragment in out */
	struct tokenizer t;
	struct attribute_writer w;
	unsigned flags;
	struct gaz_str *first_image;

	struct open open[GAZ_HTML_OPEN_MAX];
	size_t n;
	size_t depth;     /* of them written */
	size_t close_len; /* bytes of the end tags that are due */
	bool too_deep;    /* more than the stack takes */

	struct waiting waiting[WAITING_MAX];
	size_t n_waiting;
	size_t waiting_bytes; /* written so far */

	const struct element *ignored[IGNORED_MAX]; /* start tags */
	size_t n_ignored;

	size_t base_len; /* of the URL that references are resolved against */

	/* Rows of elements that are compared with. */
	const struct element *p, *a, *br, *hr, *ul, *ol, *div, *address;
	const struct element *ruby, *table, *tr, *td;
};

static const struct element *
row(const char *name)
{
	return gaz_html_element(gaz_str_of(name));
}

/* The stack */

static struct open *
top(struct cleaner *c)
{
	return c->n > 0 ? &c->open[c->n - 1] : NULL;
}

static enum element_kind
top_kind(struct cleaner *c)
{
	return c->n > 0 ? c->open[c->n - 1].e->kind : ELEMENT_UNKNOWN;
}

static size_t
end_tag_len(const struct element *e)
{
	return strlen(e->name) + 3;
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

static void
put_end_tag(struct cleaner *c, const struct element *e)
{
	gaz_buf_put(c->out, "</", 2);
	gaz_buf_put_z(c->out, e->name);
	gaz_buf_put_char(c->out, '>');
}

static void
wait(struct cleaner *c, const struct open *o)
{
	/* An anchor without a target has said what it had to say. */
	if (c->n_waiting == WAITING_MAX || !o->written ||
	    (o->e == c->a && o->tag_len == strlen("<a>")))
		return;
	/* They are closed from the inside: the outermost goes in front. */
	c->waiting[c->n_waiting++] = (struct waiting){
		o->e, o->tag, o->tag_len,
	};
}

/* Close the innermost element. */
static void
pop(struct cleaner *c)
{
	struct open *o = &c->open[--c->n];

	if (o->written) {
		put_end_tag(c, o->e);
		c->depth--;
		c->close_len -= end_tag_len(o->e);
	}
}

/* Close what is open above the first keep elements. */
static void
pop_to(struct cleaner *c, size_t keep)
{
	size_t first = c->n_waiting;

	while (c->n > keep) {
		struct open *o = top(c);
		if (is_formatting(o->e) && !o->ended)
			wait(c, o);
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
static struct open *
push(struct cleaner *c, const struct element *e, bool written)
{
	if (c->n == GAZ_HTML_OPEN_MAX) {
		c->too_deep = true;
		return NULL;
	}
	struct open *o = &c->open[c->n++];
	*o = (struct open){ .e = e, .written = written };
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
may_write(struct cleaner *c, const struct element *e)
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
open_plain(struct cleaner *c, const struct element *e)
{
	struct open *o = push(c, e, may_write(c, e));

	if (o == NULL || !o->written)
		return;
	o->tag = c->out->len;
	gaz_buf_put_char(c->out, '<');
	gaz_buf_put_z(c->out, e->name);
	gaz_buf_put_char(c->out, '>');
	o->tag_len = c->out->len - o->tag;
}

/*
 * Whether a formatting element may be written once more. Parsers forget all
 * but three that are alike, and then read end tags in different ways.
 */
static bool
may_nest(const struct cleaner *c, const struct element *e)
{
	size_t alike = 0;

	for (size_t i = c->n; i-- > 0 && !is_border(c->open[i].e);)
		alike += c->open[i].e == e && c->open[i].written;
	return alike < ALIKE_MAX;
}

/* Open again what was broken off, in front of text. */
static void
reopen(struct cleaner *c)
{
	size_t n = c->n_waiting;

	c->n_waiting = 0;
	for (size_t i = 0; i < n; i++) {
		const struct waiting *w = &c->waiting[i];
		if (c->waiting_bytes + w->tag_len > WAITING_BYTES_MAX ||
		    !may_write(c, w->e))
			return;
		if (!may_nest(c, w->e))
			continue;
		c->waiting_bytes += w->tag_len;
		struct open *o = push(c, w->e, true);
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
find_open(const struct cleaner *c, const struct element *e)
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
find_kind(const struct cleaner *c, enum element_kind kind)
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
begin_block(struct cleaner *c)
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
find_table(const struct cleaner *c)
{
	for (size_t i = c->n; i-- > 0;) {
		if (c->open[i].e == c->table)
			return i;
	}
	return c->n;
}

/* Index of the part of that kind that belongs to the table at t, or n. */
static size_t
find_part(const struct cleaner *c, size_t t, enum element_kind kind)
{
	for (size_t i = t + 1; i < c->n; i++) {
		if (c->open[i].e->kind == kind)
			return i;
	}
	return c->n;
}

/* Text may come: where a table wants a cell, open one. */
static void
need_cell(struct cleaner *c)
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
make_place(struct cleaner *c, const struct element *e)
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
close_item(struct cleaner *c, enum element_kind kind)
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

static void end_formatting(struct cleaner *c, const struct element *e);

/* Make place for a link; false when one is open and has to stay so. */
static bool
close_link(struct cleaner *c)
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
close_ruby_part(struct cleaner *c)
{
	if (find_open(c, c->ruby) == c->n)
		return;
	while (top_kind(c) == ELEMENT_RUBY || top_kind(c) == ELEMENT_P ||
	    top_kind(c) == ELEMENT_LI || top_kind(c) == ELEMENT_DD)
		pop_to(c, c->n - 1);
}

static void
put_start_tag(struct cleaner *c, const struct element *e,
    const struct token *token)
{
	struct gaz_str image = GAZ_STR_NONE;

	gaz_buf_put_char(c->out, '<');
	gaz_buf_put_z(c->out, e->name);
	gaz_html_attributes_write(&c->w, e, token, c->out, &image);
	gaz_buf_put_char(c->out, '>');
	if (image.p != NULL && c->first_image != NULL &&
	    c->first_image->p == NULL)
		*c->first_image = gaz_arena_str(c->arena, image);
}

static void
open_element(struct cleaner *c, const struct element *e,
    const struct token *token)
{
	struct open *o = push(c, e, may_write(c, e));

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
ignore(struct cleaner *c, const struct element *e, const struct token *token)
{
	if (!token->self_closing && c->n_ignored < IGNORED_MAX)
		c->ignored[c->n_ignored++] = e;
}

static bool
was_ignored(struct cleaner *c, const struct element *e)
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
start_void(struct cleaner *c, const struct element *e,
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
start_literal(struct cleaner *c, const struct element *e,
    struct gaz_str text)
{
	need_cell(c);
	begin_block(c);
	open_plain(c, e);
	gaz_html_write_literal(text, c->out);
	pop_to(c, c->n - 1);
}

static void
start(struct cleaner *c, const struct element *e, const struct token *token)
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
on_start(struct cleaner *c, const struct token *token)
{
	const struct element *e = gaz_html_element(token->name);

	if (e == NULL)
		return;
	const struct element *written = e->written != NULL ? row(e->written)
	                                                   : e;
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
end_formatting(struct cleaner *c, const struct element *e)
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
end_inline(struct cleaner *c, const struct element *e)
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
end_li(struct cleaner *c)
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
end_part(struct cleaner *c, const struct element *e)
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
on_end(struct cleaner *c, const struct token *token)
{
	const struct element *e = gaz_html_element(token->name);
	size_t i;

	if (e == NULL)
		return;
	if (e->written != NULL)
		e = row(e->written);
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
on_text(struct cleaner *c, struct gaz_str text)
{
	if (gaz_str_trim(text).len == 0) {
		gaz_html_write_text(text, c->out);
		return;
	}
	need_cell(c);
	reopen(c);
	gaz_html_write_text(text, c->out);
}

/* The ceiling */

static bool
fits(const struct cleaner *c)
{
	return c->out->len - c->start + c->close_len <= GAZ_FIELD_MAX;
}

/* Whether a token may reach the ceiling, at its worst. */
static bool
may_not_fit(const struct cleaner *c, const struct token *token)
{
	size_t more = token->source.len * 6 + WAITING_BYTES_MAX + 4096;

	if (token->kind == TOKEN_START)
		more += (c->base_len + 64) * (token->n + SRCSET_MAX);
	return c->out->len - c->start + c->close_len + more > GAZ_FIELD_MAX;
}

/* As much of a long text as there is place for. */
static void
put_partly(struct cleaner *c, struct gaz_str text)
{
	while (text.len > 0) {
		size_t before = c->out->len;
		struct gaz_str piece = gaz_str_cut(text, PIECE);
		/* Do not cut a reference. */
		size_t amp = gaz_str_rfind_char(piece, '&');
		if (amp != GAZ_STR_NPOS && amp > 0 &&
		    piece.len - amp < REF_MAX && piece.len < text.len)
			piece.len = amp;
		gaz_html_write_text(piece, c->out);
		if (!fits(c)) {
			gaz_buf_truncate(c->out, before);
			return;
		}
		text = gaz_str_sub(text, piece.len, text.len);
	}
}

static void
on_token(struct cleaner *c, const struct token *token)
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

/*
 * Take a token close to the ceiling; when it does not fit, be as if it had
 * not come, and stop.
 */
static bool
take_last(struct cleaner *c, struct cleaner *saved, const struct token *token)
{
	size_t len = c->out->len;

	*saved = *c;
	on_token(c, token);
	if (fits(c))
		return true;
	gaz_buf_truncate(c->out, len);
	/* The buffers may have moved. */
	saved->w = c->w;
	*c = *saved;
	c->flags |= GAZ_HTML_CUT;
	if (token->kind == TOKEN_TEXT && token->text.len > TEXT_WHOLE)
		put_partly(c, token->text);
	return false;
}

/* Too wild to be taken as HTML: its text, in paragraphs. */
static void
write_as_text(struct cleaner *c, struct gaz_str html)
{
	struct gaz_buf text;
	struct gaz_str rest, line;

	gaz_buf_truncate(c->out, c->start);
	c->close_len = 0;
	gaz_buf_init(&text, GAZ_BUF_NO_MAX);
	gaz_html_to_text(html, true, &text);
	rest = gaz_buf_str(&text);
	while (gaz_str_split(&rest, '\n', &line)) {
		size_t len = c->out->len;
		if (line.len == 0)
			continue;
		gaz_buf_put_z(c->out, "<p>");
		gaz_html_write_literal(line, c->out);
		gaz_buf_put_z(c->out, "</p>");
		if (fits(c))
			continue;
		c->flags |= GAZ_HTML_CUT;
		gaz_buf_truncate(c->out, len);
		break;
	}
	gaz_buf_clear(&text);
}

static void
clean(struct cleaner *c, struct gaz_str html)
{
	struct token token;
	struct cleaner *saved = NULL;
	bool wild = false;

	gaz_html_tokenizer_init(&c->t, html);
	c->t.lenient = true;
	for (;;) {
		gaz_html_next(&c->t, &token);
		if (token.kind == TOKEN_EOF)
			break;
		if (token.too_many)
			c->flags |= GAZ_HTML_TOO_MANY_ATTRIBUTES;
		if (c->too_deep)
			c->flags |= GAZ_HTML_TOO_DEEP;
		wild = token.too_many || c->too_deep;
		if (wild)
			break;
		if (!may_not_fit(c, &token)) {
			on_token(c, &token);
			continue;
		}
		if (saved == NULL)
			saved = gaz_mem_alloc(sizeof(*saved));
		if (!take_last(c, saved, &token))
			break;
	}
	free(saved);
	if (wild || c->too_deep) {
		write_as_text(c, html);
		return;
	}
	while (c->n > 0)
		pop(c);
}

/* Elements whose content is no markup to a parser. */
static bool
is_raw_text(struct gaz_str name)
{
	static const char *const names[] = { "iframe", "noembed", "noframes",
		"plaintext", "script", "style", "textarea", "title", "xmp" };

	for (size_t i = 0; i < GAZ_COUNT(names); i++) {
		if (gaz_str_ieq_z(name, names[i]))
			return true;
	}
	return false;
}

/* Everything stays, only references are resolved. */
static void
rewrite_raw(struct cleaner *c, struct gaz_str html)
{
	struct token token;
	size_t done = 0;

	gaz_html_tokenizer_init(&c->t, html);
	for (;;) {
		struct gaz_str image = GAZ_STR_NONE;
		gaz_html_next(&c->t, &token);
		if (token.kind == TOKEN_EOF)
			break;
		if (token.kind != TOKEN_START)
			continue;
		size_t from = (size_t)(token.source.p - html.p);
		gaz_buf_put(c->out, html.p + done, from - done);
		gaz_html_attributes_write_raw(&c->w, &token, c->out, &image);
		done = c->t.pos;
		if (is_raw_text(token.name))
			(void)gaz_html_raw_text(&c->t, token.name);
		if (image.p == NULL || c->first_image == NULL ||
		    c->first_image->p != NULL ||
		    !gaz_str_ieq_z(token.name, "img") ||
		    gaz_html_is_pixel(&c->w, &token))
			continue;
		*c->first_image = gaz_arena_str(c->arena, image);
	}
	gaz_buf_put(c->out, html.p + done, html.len - done);
}

unsigned
gaz_html_clean(struct gaz_str html, const struct gaz_html_options *opt,
    struct gaz_arena *a, struct gaz_buf *out, struct gaz_str *first_image)
{
	struct cleaner c;

	/* The stack needs no zeros. */
	c.arena = a;
	c.out = out;
	c.start = out->len;
	c.flags = 0;
	c.first_image = first_image;
	c.n = c.depth = c.close_len = 0;
	c.too_deep = false;
	c.n_waiting = c.waiting_bytes = c.n_ignored = 0;
	c.base_len = opt->base.len;
	c.p = row("p");
	c.a = row("a");
	c.br = row("br");
	c.hr = row("hr");
	c.ul = row("ul");
	c.ol = row("ol");
	c.div = row("div");
	c.address = row("address");
	c.ruby = row("ruby");
	c.table = row("table");
	c.tr = row("tr");
	c.td = row("td");
	if (first_image != NULL)
		*first_image = GAZ_STR_NONE;
	gaz_html_attributes_init(&c.w, opt);
	if (opt->raw)
		rewrite_raw(&c, html);
	else
		clean(&c, html);
	gaz_html_attributes_clear(&c.w);
	return c.flags;
}
