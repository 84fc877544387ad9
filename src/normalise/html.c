/*
 * Untrusted HTML to a fragment that any page may hold.
 *
 * Tokens come in, and what leaves is written anew from tables: known elements
 * and attributes only, every text escaped, every element closed. How elements
 * nest is the matter of html_tree.c; here the input is taken token by token up
 * to the ceiling, and what is too wild for a tree becomes plain text.
 */
#include "config.h"

#include "gazetted/html.h"

#include <stdlib.h>

#include "gazetted/limits.h"
#include "gazetted/mem.h"

#include "normalise/html_math.h"
#include "normalise/html_tree.h"
#include "normalise/html_write.h"

#define PIECE 1024       /* bytes of text taken at once near the ceiling */
#define TEXT_WHOLE 65536 /* shorter text is not cut, but left out */
#define REF_MAX 40       /* bytes of a reference */
#define PLAIN_MAX 4096   /* of text that needs no tree, to begin with */

static bool
fits(const struct tree *c)
{
	return c->out->len - c->start + c->close_len <= GAZ_FIELD_MAX;
}

static bool
is_literal(struct gaz_str name)
{
	return gaz_str_ieq_z(name, "xmp") || gaz_str_ieq_z(name, "plaintext");
}

/* Whether a token may reach the ceiling, at its worst: every byte a reference,
 * every relative URL with the base in front. */
static bool
may_not_fit(const struct tree *c, size_t base_len, const struct token *token)
{
	size_t more = token->source.len * 6 + HTML_WAITING_BYTES_MAX + 4096;

	if (token->kind == TOKEN_START)
		more += (base_len + 64) * (token->n + SRCSET_MAX);
	/* These take what follows along. */
	if (token->kind == TOKEN_START && gaz_html_is_math(token->name))
		more += GAZ_MATH_MAX * 6;
	else if (token->kind == TOKEN_START && is_literal(token->name))
		more += (c->t.s.len - c->t.pos) * 6;
	return c->out->len - c->start + c->close_len + more > GAZ_FIELD_MAX;
}

/* As much of a long text as there is place for. */
static void
put_partly(struct tree *c, struct gaz_str text)
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

/*
 * Take a token close to the ceiling; when it does not fit, be as if it had
 * not come, and stop.
 */
static bool
take_last(struct tree *c, struct tree *saved, const struct token *token)
{
	size_t len = c->out->len;

	*saved = *c;
	gaz_html_tree_take(c, token);
	if (fits(c))
		return true;
	gaz_buf_truncate(c->out, len);
	/* The buffers may have moved. */
	saved->w = c->w;
	*c = *saved;
	c->flags |= GAZ_HTML_CUT;
	if (token->kind == TOKEN_TEXT && token->text.len > TEXT_WHOLE &&
	    gaz_html_tree_takes_text(c))
		put_partly(c, token->text);
	return false;
}

/* Too wild to be taken as HTML: its text, in paragraphs. */
static void
write_as_text(struct tree *c, struct gaz_str html)
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
clean(struct tree *c, struct gaz_str html, size_t base_len)
{
	struct token token;
	struct tree *saved = NULL;
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
		if (!may_not_fit(c, base_len, &token)) {
			gaz_html_tree_take(c, &token);
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
	gaz_html_tree_finish(c);
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
rewrite_raw(struct tree *c, struct gaz_str html)
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

/* Short text without a tag: what the tree would make of it. */
static void
clean_plain(struct gaz_str html, struct gaz_buf *out, struct gaz_buf *text)
{
	struct folder f = { .out = text, .block = true };
	size_t from = out->len;

	gaz_html_write_text(html, out);
	if (text == NULL)
		return;
	f.start = text->len;
	gaz_html_fold_written(&f, gaz_str_sub(gaz_buf_str(out), from,
	    out->len));
}

unsigned
gaz_html_clean(struct gaz_str html, const struct gaz_html_options *opt,
    struct gaz_arena *a, struct gaz_buf *out, struct gaz_str *first_image)
{
	struct tree c;

	if (first_image != NULL)
		*first_image = GAZ_STR_NONE;
	if (!opt->raw && html.len <= PLAIN_MAX &&
	    gaz_str_find_char(html, '<', 0) == GAZ_STR_NPOS) {
		clean_plain(html, out, opt->text);
		return 0;
	}
	gaz_html_tree_init(&c, opt, a, out, first_image);
	if (opt->raw)
		rewrite_raw(&c, html);
	else
		clean(&c, html, opt->base.len);
	/* What was taken back, or was never a tree, is read again. */
	if (opt->text != NULL && (opt->raw || c.flags != 0)) {
		gaz_buf_truncate(opt->text, c.fold.start);
		gaz_html_to_text(gaz_str_sub(gaz_buf_str(out), c.start,
		    out->len), true, opt->text);
	}
	gaz_html_tree_clear(&c);
	return c.flags;
}
