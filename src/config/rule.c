/*
 * Applies rules to items. A pattern comes from the operator and the text from
 * anybody, so every match counts its steps in callouts and is given up at a
 * limit. What was given up is neither true nor false: a rule acts only when it
 * is true whatever such a test would have said.
 */
#include "config.h"

#include "gazetted/rule.h"

#include <stdlib.h>

#include "config/expr.h"
#include "gazetted/limits.h"
#include "gazetted/mem.h"

#define HEAP_KIB 16384

/* In this order, "and" is the smaller, "or" the larger, "not" 2 minus. */
enum truth {
	NO = 0,
	UNKNOWN = 1,
	YES = 2,
};

struct rule {
	struct gaz_str name;
	struct gaz_expr expr;
	gaz_config_action_list actions;
};

struct gaz_rules {
	struct gaz_arena arena;
	size_t count;
	struct rule *v;
	pcre2_match_context *context;
	pcre2_match_data *data;
	/* steps left, of a test and of the item; place of the last callout */
	uint64_t test_steps, item_steps;
	size_t last;
};

/* What one application works on. */
struct run {
	struct gaz_rules *r;
	const struct gaz_rule_item *item;
	struct gaz_rule_outcome *out;
};

static int
count_step(pcre2_callout_block *block, void *arg)
{
	struct gaz_rules *r = arg;
	size_t at = block->current_position;
	size_t moved = at > r->last ? at - r->last : r->last - at;
	uint64_t cost = 1 + moved / 8; /* a run of characters is cheaper */

	r->last = at;
	if (cost > r->test_steps || cost > r->item_steps)
		return PCRE2_ERROR_CALLOUT;
	r->test_steps -= cost;
	r->item_steps -= cost;
	return 0;
}

static gaz_config_action_list
copy_actions(struct gaz_arena *a, const gaz_config_action_list *from)
{
	gaz_config_action_list to = { 0 };

	for (size_t i = 0; i < from->n; i++) {
		struct gaz_config_action *x = gaz_list_push(a, &to);
		x->what = from->v[i].what;
		x->tag = gaz_arena_str(a, from->v[i].tag);
	}
	return to;
}

struct gaz_rules *
gaz_rules_new(const struct gaz_config *config, struct gaz_err *err)
{
	struct gaz_rules *r = gaz_mem_zero(1, sizeof(*r));
	size_t n = config->rules.n;

	r->v = gaz_mem_zero(n != 0 ? n : 1, sizeof(*r->v));
	r->context = pcre2_match_context_create(NULL);
	r->data = pcre2_match_data_create(1, NULL);
	if (r->context == NULL || r->data == NULL)
		gaz_mem_die(sizeof(*r));
	pcre2_set_callout(r->context, count_step, r);
	pcre2_set_heap_limit(r->context, HEAP_KIB);
	for (; r->count < n; r->count++) {
		const struct gaz_config_rule *from =
		    &config->rules.v[r->count];
		struct rule *rule = &r->v[r->count];
		if (!gaz_expr_parse(from->match, &rule->expr, NULL, err)) {
			gaz_err_wrap(err, "rule \"%.*s\"",
			    GAZ_STR_ARG(from->name));
			gaz_rules_free(r);
			return NULL;
		}
		rule->name = gaz_arena_str(&r->arena, from->name);
		rule->actions = copy_actions(&r->arena, &from->actions);
	}
	return r;
}

void
gaz_rules_free(struct gaz_rules *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->count; i++)
		gaz_expr_clear(&r->v[i].expr);
	free(r->v);
	pcre2_match_context_free(r->context);
	pcre2_match_data_free(r->data);
	gaz_arena_clear(&r->arena);
	free(r);
}

size_t
gaz_rules_count(const struct gaz_rules *r)
{
	return r->count;
}

/* ---- one test */

static bool
is_language(struct gaz_str have, struct gaz_str want)
{
	return have.len >= want.len &&
	    gaz_str_ieq(gaz_str_sub(have, 0, want.len), want) &&
	    (have.len == want.len ||
	        (want.len > 0 && have.p[want.len] == '-'));
}

static enum truth
test_text(struct run *run, const struct gaz_expr_node *n, struct gaz_str s)
{
	struct gaz_rules *r = run->r;

	if (s.p == NULL)
		s = GAZ_STR("");
	if (n->text.p != NULL)
		return is_language(s, n->text) ? YES : NO;
	if (r->item_steps == 0)
		return UNKNOWN;
	s = gaz_str_cut(s, GAZ_RULE_TEXT_MAX);
	r->test_steps = GAZ_RULE_STEPS_MAX;
	r->last = 0;
	int rc = pcre2_match(n->code, (PCRE2_SPTR)s.p, s.len, 0, 0, r->data,
	    r->context);
	if (rc >= 0)
		return YES;
	return rc == PCRE2_ERROR_NOMATCH ? NO : UNKNOWN;
}

static enum truth
test_list(struct run *run, const struct gaz_expr_node *n,
    const gaz_str_list *list)
{
	enum truth best = NO;

	for (size_t i = 0; list != NULL && i < list->n && best != YES; i++) {
		enum truth t = test_text(run, n, list->v[i]);
		if (t > best)
			best = t;
	}
	return best;
}

static enum truth
larger(enum truth a, enum truth b)
{
	return a > b ? a : b;
}

static enum truth
test_field(struct run *run, const struct gaz_expr_node *n)
{
	const struct gaz_rule_item *item = run->item;
	enum truth t;

	switch (n->field) {
	case GAZ_EXPR_FEED:
		t = test_text(run, n, item->feed);
		if (t == YES || item->feed_title.p == NULL)
			return t;
		return larger(t, test_text(run, n, item->feed_title));
	case GAZ_EXPR_TITLE:
		return test_text(run, n, item->title);
	case GAZ_EXPR_AUTHOR:
		return test_text(run, n, item->author);
	case GAZ_EXPR_CONTENT:
		return test_text(run, n, item->content);
	case GAZ_EXPR_URL:
		return test_text(run, n, item->url);
	case GAZ_EXPR_TAG:
		t = test_list(run, n, item->tags);
		if (t != YES)
			t = larger(t, test_list(run, n, item->categories));
		if (t != YES)
			t = larger(t, test_list(run, n, &run->out->tags));
		return t;
	case GAZ_EXPR_LANGUAGE:
		return test_text(run, n, item->language);
	case GAZ_EXPR_FIELD_COUNT:
		break;
	}
	return NO;
}

static enum truth
evaluate(struct run *run, const struct gaz_expr_node *n)
{
	enum truth a, b;

	if (n->kind == GAZ_EXPR_TEST) {
		a = test_field(run, n);
		return n->negated ? (enum truth)(YES - a) : a;
	}
	a = evaluate(run, n->a);
	switch (n->kind) {
	case GAZ_EXPR_AND:
		if (a == NO)
			return NO;
		b = evaluate(run, n->b);
		return b < a ? b : a;
	case GAZ_EXPR_OR:
		return a == YES ? YES : larger(a, evaluate(run, n->b));
	case GAZ_EXPR_NOT:
		return (enum truth)(YES - a);
	case GAZ_EXPR_TEST:
		break;
	}
	return a;
}

/* ---- actions */

static void
add_once(struct gaz_arena *a, gaz_str_list *list, struct gaz_str s)
{
	for (size_t i = 0; i < list->n; i++) {
		if (gaz_str_eq(list->v[i], s))
			return;
	}
	*gaz_list_push(a, list) = s;
}

/* False when no later rule is to be looked at. */
static bool
act(const struct rule *rule, struct gaz_arena *a, struct gaz_rule_outcome *out)
{
	bool go_on = true;

	*gaz_list_push(a, &out->matched) = rule->name;
	for (size_t i = 0; i < rule->actions.n; i++) {
		const struct gaz_config_action *x = &rule->actions.v[i];
		switch (x->what) {
		case GAZ_RULE_DROP:
			out->drop = true;
			go_on = false;
			break;
		case GAZ_RULE_TAG:
			add_once(a, &out->tags, x->tag);
			break;
		case GAZ_RULE_STAR:
			out->star = true;
			break;
		case GAZ_RULE_READ:
			out->read = true;
			break;
		case GAZ_RULE_STOP:
			go_on = false;
			break;
		}
	}
	return go_on;
}

void
gaz_rules_apply(struct gaz_rules *r, const struct gaz_rule_item *item,
    struct gaz_arena *a, struct gaz_rule_outcome *out)
{
	struct run run = { r, item, out };

	*out = (struct gaz_rule_outcome){ 0 };
	r->item_steps = GAZ_RULE_ITEM_STEPS_MAX;
	for (size_t i = 0; i < r->count; i++) {
		enum truth t = evaluate(&run, r->v[i].expr.root);
		if (t == UNKNOWN)
			*gaz_list_push(a, &out->exhausted) = r->v[i].name;
		if (t == YES && !act(&r->v[i], a, out))
			return;
	}
}
