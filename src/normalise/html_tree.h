#ifndef GAZ_NORMALISE_HTML_TREE_H
#define GAZ_NORMALISE_HTML_TREE_H

#include "gazetted/html.h"
#include "gazetted/limits.h"

#include "normalise/html_attribute.h"
#include "normalise/html_element.h"
#include "normalise/html_fold.h"
#include "normalise/html_token.h"

#define HTML_WAITING_MAX 16               /* to be opened again */
#define HTML_WAITING_BYTES_MAX (1 << 16) /* written for that, in all */
#define HTML_IGNORED_MAX 64               /* start tags without effect */

/* An element that is open. */
struct open_element {
	const struct element *e;
	bool written; /* or only remembered, for being too deep */
	bool ended;   /* its end tag came while a block was open inside */
	bool again;   /* opened anew after it was broken off */
	size_t tag;   /* where its start tag is in out, for writing it again */
	size_t tag_len;
};

/* A formatting element that was broken off. */
struct waiting {
	const struct element *e;
	size_t tag, tag_len;
};

/* What is open, and where it is written. */
struct tree {
	struct gaz_arena *arena;
	struct gaz_buf *out;
	size_t start;  /* of the fragment in out */
	struct tokenizer t;
	struct attribute_writer w;
	struct folder fold; /* plain text on the way; out NULL: none */
	unsigned flags; /* enum gaz_html_flag */
	struct gaz_str *first_image;

	struct open_element open[GAZ_HTML_OPEN_MAX];
	size_t n;
	size_t depth;     /* of them written */
	size_t close_len; /* bytes of the end tags that are due */
	bool too_deep;    /* more than the stack takes */

	struct waiting waiting[HTML_WAITING_MAX];
	size_t n_waiting;
	size_t waiting_bytes; /* written so far */

	const struct element *ignored[HTML_IGNORED_MAX]; /* start tags */
	size_t n_ignored;

	/* Rows of elements that are compared with. */
	const struct element *p, *a, *br, *hr, *ul, *ol, *div, *address;
	const struct element *ruby, *table, *tr, *td;
};

void gaz_html_tree_init(struct tree *c, const struct gaz_html_options *opt,
    struct gaz_arena *a, struct gaz_buf *out, struct gaz_str *first_image);
void gaz_html_tree_clear(struct tree *c);

/* Take one token, and whatever of c->t goes with it. */
void gaz_html_tree_take(struct tree *c, const struct token *token);

/* Close everything. */
void gaz_html_tree_finish(struct tree *c);

/* Whether text may stand where the tree is, without anything around it. */
bool gaz_html_tree_takes_text(const struct tree *c);

#endif
