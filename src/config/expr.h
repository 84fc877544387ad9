#ifndef GAZETTED_CONFIG_EXPR_H
#define GAZETTED_CONFIG_EXPR_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "gazetted/arena.h"
#include "gazetted/rule.h"

/* The expression of a rule as a tree. */
enum gaz_expr_field {
	GAZ_EXPR_FEED,
	GAZ_EXPR_TITLE,
	GAZ_EXPR_AUTHOR,
	GAZ_EXPR_CONTENT,
	GAZ_EXPR_URL,
	GAZ_EXPR_TAG,
	GAZ_EXPR_LANGUAGE,
	GAZ_EXPR_FIELD_COUNT,
};

enum gaz_expr_kind {
	GAZ_EXPR_AND,
	GAZ_EXPR_OR,
	GAZ_EXPR_NOT,
	GAZ_EXPR_TEST,
};

struct gaz_expr_node {
	enum gaz_expr_kind kind;
	struct gaz_expr_node *a, *b; /* b NULL: of GAZ_EXPR_NOT */
	/* of a test */
	enum gaz_expr_field field;
	bool negated;
	struct gaz_str text; /* language = TEXT; absent: match code */
	pcre2_code *code;
	struct gaz_expr_node *next_test; /* all with code, to free it */
};

struct gaz_expr {
	struct gaz_arena arena;
	struct gaz_expr_node *root;
	struct gaz_expr_node *tests;
};

/* On failure out is empty. */
bool gaz_expr_parse(struct gaz_str text, struct gaz_expr *out,
    struct gaz_rule_fault *fault, struct gaz_err *err)
    __attribute__((warn_unused_result));
void gaz_expr_clear(struct gaz_expr *x);

#endif
