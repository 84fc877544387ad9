/*
 * The language of rules, by recursive descent:
 *
 *     or   = and { "or" and }
 *     and  = not { "and" not }
 *     not  = "not" not | "(" or ")" | test
 *     test = field ( "~" | "!~" | "=" | "!=" ) value
 *
 * Every pattern is compiled with automatic callouts, so that rule.c can count
 * the steps of matching. Back references would take steps that no callout
 * sees, and are refused.
 */
#include "config.h"

#include "config/expr.h"

#include <stdarg.h>
#include <stdio.h>

#include "config/schema.h"
#include "gazetted/limits.h"
#include "gazetted/mem.h"

struct parser {
	struct gaz_str s;
	size_t pos;
	int depth, tests;
	struct gaz_expr *out;
	struct gaz_rule_fault *fault;
	struct gaz_err *err;
};

static const char *const field_names[] = {
	[GAZ_EXPR_FEED] = "feed",
	[GAZ_EXPR_TITLE] = "title",
	[GAZ_EXPR_AUTHOR] = "author",
	[GAZ_EXPR_CONTENT] = "content",
	[GAZ_EXPR_URL] = "url",
	[GAZ_EXPR_TAG] = "tag",
	[GAZ_EXPR_LANGUAGE] = "language",
};

/* Note what is wrong with len bytes at a place; always NULL. */
__attribute__((format(printf, 4, 5)))
static struct gaz_expr_node *
fail(struct parser *p, size_t at, size_t len, const char *fmt, ...)
{
	char message[GAZ_ERR_MSG_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	if (p->fault != NULL)
		*p->fault = (struct gaz_rule_fault){ at, len };
	gaz_err_set(p->err, GAZ_ERR_CONFIG, "%s", message);
	return NULL;
}

static void
skip_spaces(struct parser *p)
{
	while (p->pos < p->s.len && gaz_is_space(p->s.p[p->pos]))
		p->pos++;
}

/* The word at the current place: letters only. */
static struct gaz_str
peek_word(struct parser *p)
{
	size_t end = p->pos;

	while (end < p->s.len && gaz_is_alpha(p->s.p[end]))
		end++;
	return gaz_str_sub(p->s, p->pos, end);
}

static bool
take_word(struct parser *p, const char *word)
{
	skip_spaces(p);
	if (!gaz_str_ieq_z(peek_word(p), word))
		return false;
	p->pos += strlen(word);
	return true;
}

static struct gaz_expr_node *
new_node(struct parser *p, enum gaz_expr_kind kind, struct gaz_expr_node *a,
    struct gaz_expr_node *b)
{
	struct gaz_expr_node *n = gaz_arena_alloc(&p->out->arena, sizeof(*n));

	n->kind = kind;
	n->a = a;
	n->b = b;
	return n;
}

/* ---- tests */

static const char *
field_at(size_t i, const void *arg)
{
	(void)arg;
	return field_names[i];
}

static bool
take_field(struct parser *p, enum gaz_expr_field *out)
{
	struct gaz_str word = peek_word(p);

	for (size_t i = 0; i < GAZ_EXPR_FIELD_COUNT; i++) {
		if (gaz_str_ieq_z(word, field_names[i])) {
			*out = (enum gaz_expr_field)i;
			p->pos += word.len;
			return true;
		}
	}
	const char *near = gaz_config_nearest(word, GAZ_EXPR_FIELD_COUNT,
	    field_at, NULL, NULL);
	if (p->pos >= p->s.len)
		fail(p, p->pos > 0 ? p->pos - 1 : 0, 1,
		    "the expression ends too early; a field is missing");
	else if (near != NULL)
		fail(p, p->pos, word.len,
		    "unknown field \"%.*s\"; did you mean \"%s\"?",
		    GAZ_STR_ARG(word), near);
	else
		fail(p, p->pos, word.len > 0 ? word.len : 1,
		    "a field is needed here: feed, title, author, content, "
		    "url, tag or language");
	return false;
}

static bool
take_operator(struct parser *p, bool *negated, bool *regex)
{
	skip_spaces(p);
	struct gaz_str rest = gaz_str_sub(p->s, p->pos, p->s.len);

	*negated = gaz_str_starts(rest, "!");
	if (*negated)
		rest = gaz_str_sub(rest, 1, rest.len);
	*regex = gaz_str_starts(rest, "~");
	if (!*regex && !gaz_str_starts(rest, "=")) {
		fail(p, p->pos < p->s.len ? p->pos : p->s.len - 1, 1,
		    "an operator is needed here: ~, !~, = or !=");
		return false;
	}
	p->pos += *negated ? 2 : 1;
	if (p->pos < p->s.len && p->s.p[p->pos] == '=') {
		fail(p, p->pos - 1, 2, "equality is written with one \"=\"");
		return false;
	}
	return true;
}

/* The value, its quotes off; *at is where its text begins. */
static bool
take_value(struct parser *p, struct gaz_buf *out, size_t *at)
{
	skip_spaces(p);
	if (p->pos >= p->s.len || p->s.p[p->pos] == ')') {
		fail(p, p->pos > 0 ? p->pos - 1 : 0, 1,
		    "a value is missing behind the operator");
		return false;
	}
	char quote = p->s.p[p->pos];
	if (quote == '(') {
		fail(p, p->pos, 1, "a value with parentheses needs quotes");
		return false;
	}
	if (quote != '"' && quote != '\'') {
		*at = p->pos;
		while (p->pos < p->s.len && !gaz_is_space(p->s.p[p->pos]) &&
		    p->s.p[p->pos] != '(' && p->s.p[p->pos] != ')')
			gaz_buf_put_char(out, p->s.p[p->pos++]);
		return true;
	}
	size_t open = p->pos++;
	*at = p->pos;
	for (; p->pos < p->s.len; p->pos++) {
		char c = p->s.p[p->pos];
		if (c == quote) {
			p->pos++;
			return true;
		}
		/* Only before the quote: a pattern is full of backslashes. */
		if (c == '\\' && p->pos + 1 < p->s.len) {
			if (p->s.p[p->pos + 1] != quote)
				gaz_buf_put_char(out, c);
			c = p->s.p[++p->pos];
		}
		gaz_buf_put_char(out, c);
	}
	fail(p, open, p->s.len - open, "this quote is never closed");
	return false;
}

static bool
compile(struct parser *p, struct gaz_expr_node *n, struct gaz_str value,
    bool regex, size_t at, size_t len)
{
	/* Comparing whole takes no more steps than there are characters. */
	uint32_t options = PCRE2_UTF | PCRE2_CASELESS |
	    (regex ? PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C | PCRE2_AUTO_CALLOUT
	           : PCRE2_LITERAL | PCRE2_ANCHORED | PCRE2_ENDANCHORED);
	uint32_t back_references = 0;
	PCRE2_UCHAR message[160];
	PCRE2_SIZE offset;
	int code;

	if (value.len > GAZ_RULE_PATTERN_MAX) {
		fail(p, at, len, "the value is too long (%d bytes at most)",
		    GAZ_RULE_PATTERN_MAX);
		return false;
	}
	n->code = pcre2_compile((PCRE2_SPTR)value.p, value.len, options, &code,
	    &offset, NULL);
	if (n->code == NULL) {
		pcre2_get_error_message(code, message, sizeof(message));
		fail(p, at + (offset < len ? offset : len - 1), 1,
		    "regular expression: %s", (const char *)message);
		return false;
	}
	n->next_test = p->out->tests;
	p->out->tests = n;
	pcre2_pattern_info(n->code, PCRE2_INFO_BACKREFMAX, &back_references);
	if (back_references > 0) {
		fail(p, at, len, "back references are not allowed: their cost "
		    "has no bound");
		return false;
	}
	return true;
}

static struct gaz_expr_node *
parse_test(struct parser *p)
{
	struct gaz_expr_node *n = new_node(p, GAZ_EXPR_TEST, NULL, NULL);
	struct gaz_buf value;
	bool regex, ok = false;
	size_t at;

	if (++p->tests > GAZ_RULE_TESTS_MAX)
		return fail(p, p->pos, 1, "the expression is too long (%d "
		    "tests at most)", GAZ_RULE_TESTS_MAX);
	if (!take_field(p, &n->field) ||
	    !take_operator(p, &n->negated, &regex))
		return NULL;
	gaz_buf_init(&value, GAZ_BUF_NO_MAX);
	gaz_buf_put_z(&value, "");
	if (!take_value(p, &value, &at))
		goto done;
	size_t len = p->pos > at ? p->pos - at : 1;
	if (regex && value.len == 0) {
		fail(p, at - 1, 1, "an empty pattern matches everything");
		goto done;
	}
	if (n->field == GAZ_EXPR_LANGUAGE && !regex) {
		n->text = gaz_arena_str(&p->out->arena, gaz_buf_str(&value));
		ok = true;
	} else {
		ok = compile(p, n, gaz_buf_str(&value), regex, at, len);
	}
done:
	gaz_buf_clear(&value);
	return ok ? n : NULL;
}

/* ---- and, or, not */

static struct gaz_expr_node *parse_or(struct parser *p);

static struct gaz_expr_node *
parse_group(struct parser *p)
{
	size_t open = p->pos++;

	struct gaz_expr_node *n = parse_or(p);
	if (n == NULL)
		return NULL;
	skip_spaces(p);
	if (p->pos >= p->s.len)
		return fail(p, open, 1, "this parenthesis is never closed");
	if (p->s.p[p->pos] != ')')
		return fail(p, p->pos, 1, "\"and\", \"or\" or \")\" is needed "
		    "here");
	p->pos++;
	return n;
}

static struct gaz_expr_node *
parse_not(struct parser *p)
{
	struct gaz_expr_node *n;

	skip_spaces(p);
	if (++p->depth > GAZ_RULE_DEPTH_MAX)
		return fail(p, p->pos, 1, "the expression is nested too deep "
		    "(%d at most)", GAZ_RULE_DEPTH_MAX);
	if (take_word(p, "not")) {
		n = parse_not(p);
		n = n != NULL ? new_node(p, GAZ_EXPR_NOT, n, NULL) : NULL;
	} else if (p->pos < p->s.len && p->s.p[p->pos] == '(') {
		n = parse_group(p);
	} else {
		n = parse_test(p);
	}
	p->depth--;
	return n;
}

static struct gaz_expr_node *
parse_and(struct parser *p)
{
	struct gaz_expr_node *a = parse_not(p), *b;

	while (a != NULL && take_word(p, "and")) {
		b = parse_not(p);
		a = b != NULL ? new_node(p, GAZ_EXPR_AND, a, b) : NULL;
	}
	return a;
}

static struct gaz_expr_node *
parse_or(struct parser *p)
{
	struct gaz_expr_node *a = parse_and(p), *b;

	while (a != NULL && take_word(p, "or")) {
		b = parse_and(p);
		a = b != NULL ? new_node(p, GAZ_EXPR_OR, a, b) : NULL;
	}
	return a;
}

bool
gaz_expr_parse(struct gaz_str text, struct gaz_expr *out,
    struct gaz_rule_fault *fault, struct gaz_err *err)
{
	struct parser p = { .s = text, .out = out, .fault = fault,
		.err = err };

	*out = (struct gaz_expr){ 0 };
	out->root = parse_or(&p);
	skip_spaces(&p);
	if (out->root != NULL && p.pos < text.len)
		out->root = fail(&p, p.pos, text.len - p.pos, text.p[p.pos] ==
		    ')' ? "there is no \"(\" for this parenthesis"
		        : "\"and\" or \"or\" is needed here");
	if (out->root != NULL)
		return true;
	gaz_expr_clear(out);
	return false;
}

void
gaz_expr_clear(struct gaz_expr *x)
{
	if (x == NULL)
		return;
	for (struct gaz_expr_node *n = x->tests; n != NULL; n = n->next_test)
		pcre2_code_free(n->code);
	gaz_arena_clear(&x->arena);
	*x = (struct gaz_expr){ 0 };
}

bool
gaz_rule_check(struct gaz_str match, struct gaz_rule_fault *fault,
    struct gaz_err *err)
{
	struct gaz_expr x;

	bool ok = gaz_expr_parse(match, &x, fault, err);
	if (ok)
		gaz_expr_clear(&x);
	return ok;
}
