#ifndef GAZETTED_RULE_H
#define GAZETTED_RULE_H

#include "gazetted/arena.h"
#include "gazetted/config.h"

/*
 * Rules: what happens to an item that an expression matches.
 *
 *     title ~ "\bai\b" and not (feed = "Example" or language != en)
 *
 * Fields: feed, title, author, content, url, tag, language. "~" searches with
 * a regular expression (PCRE2), "=" compares whole; both ignore case and have
 * a negation, "!~" and "!=". Words are "and", "or", "not"; "not" binds
 * closest, then "and". A value is quoted with " or ' or is one bare word.
 *
 * Pure. The same item gives the same outcome. A set of rules is used by one
 * thread at a time.
 */
struct gaz_rules;

/* Where an expression is wrong: bytes from its start. */
struct gaz_rule_fault {
	size_t at, len;
};

/* Whether the text is an expression; if not, *fault (may be NULL) says where
 * and err why. */
bool gaz_rule_check(struct gaz_str match, struct gaz_rule_fault *fault,
    struct gaz_err *err) __attribute__((warn_unused_result));

/* All rules of a config, in its order; copies what it needs. NULL, with the
 * rule named in err, only for a config that was not read by gaz_config_load. */
struct gaz_rules *gaz_rules_new(const struct gaz_config *config,
    struct gaz_err *err) __attribute__((warn_unused_result));
void gaz_rules_free(struct gaz_rules *r);
size_t gaz_rules_count(const struct gaz_rules *r);

/* What rules look at. Valid UTF-8; any of it may be absent. */
struct gaz_rule_item {
	struct gaz_str feed;       /* the section's name */
	struct gaz_str feed_title; /* "feed" matches either */
	struct gaz_str title, author, url, language;
	struct gaz_str content;    /* plain text; GAZ_RULE_TEXT_MAX of it is
	                              looked at */
	const gaz_str_list *tags;  /* of the feed; NULL: none */
	const gaz_str_list *categories; /* of the item; the same */
};

struct gaz_rule_outcome {
	bool drop, star, read;
	gaz_str_list tags;      /* added ones, each once */
	gaz_str_list matched;   /* names of the rules that did something */
	gaz_str_list exhausted; /* names of rules that were given up: matching
	                           took more than GAZ_RULE_STEPS_MAX */
};

/*
 * Apply the rules in order; a later one sees the tags of earlier ones. "stop"
 * and "drop" end it. Strings of out live as long as r, lists are a's.
 */
void gaz_rules_apply(struct gaz_rules *r, const struct gaz_rule_item *item,
    struct gaz_arena *a, struct gaz_rule_outcome *out);

#endif
