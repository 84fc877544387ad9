#ifndef GAZ_NORMALISE_HTML_TOKEN_H
#define GAZ_NORMALISE_HTML_TOKEN_H

#include "gazetted/limits.h"
#include "gazetted/str.h"

/*
 * The tokens of HTML as the WHATWG tokenizer sees them (section 13.2.5), as
 * runs of the source: names keep their case, references are not decoded.
 * Nothing is copied; one look at each byte.
 */
enum token_kind {
	TOKEN_TEXT,
	TOKEN_START,
	TOKEN_END,
	TOKEN_COMMENT, /* and whatever is read as one, <?…> and the like */
	TOKEN_DOCTYPE,
	TOKEN_EOF,
};

struct token_attribute {
	struct gaz_str name;
	struct gaz_str value; /* absent: no equals sign was there */
	char quote;           /* around the value, 0 for none */
};

struct token {
	enum token_kind kind;
	struct gaz_str source; /* all of it */
	struct gaz_str name;   /* of a tag */
	struct gaz_str text;   /* text, or the inside of a comment */
	bool self_closing;
	bool too_many; /* more attributes than are kept */
	size_t n;
	struct token_attribute v[GAZ_HTML_ATTRIBUTES_MAX]; /* first of a name */
};

/* Elements whose content is not markup, or is not wanted. */
#define TOKEN_SKIPS 16

struct tokenizer {
	struct gaz_str s;
	size_t pos;
	/* A comment or a quoted value that never ends does so at the next '>',
	 * instead of taking all that follows with it. */
	bool lenient;
	/* What is known about the rest of the text, so that nothing is looked
	 * for twice. */
	bool no_comment_end, no_single_quote, no_double_quote;
	/* The same for gaz_html_skip. */
	struct {
		bool no_end;     /* no end tag from here on */
		bool unbalanced; /* more start than end tags */
	} skips[TOKEN_SKIPS];
	unsigned math_failures; /* of gaz_html_math */
};

void gaz_html_tokenizer_init(struct tokenizer *t, struct gaz_str s);

/* The next token; TOKEN_EOF for ever at the end. */
void gaz_html_next(struct tokenizer *t, struct token *token);

/*
 * Behind the start tag of a raw text element: its text up to the end tag of
 * that name or the end of everything. The end tag is the next token. script
 * follows its own rules.
 */
struct gaz_str gaz_html_raw_text(struct tokenizer *t, struct gaz_str name);

/*
 * Behind the start tag of an element that goes with all it contains: move
 * behind its end tag. false, without moving, when there is no end tag. slot
 * (below TOKEN_SKIPS) is the same for all calls with this name.
 */
bool gaz_html_skip(struct tokenizer *t, struct gaz_str name, unsigned slot);

#endif
