/* Values back to text, and two configurations compared. */
#include "config.h"

#include "config/schema.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>

#include "gazetted/log.h"
#include "gazetted/mem.h"

static void
write_words(const gaz_str_list *list, struct gaz_buf *out)
{
	for (size_t i = 0; i < list->n; i++) {
		if (i > 0)
			gaz_buf_put_z(out, ", ");
		gaz_buf_put_str(out, list->v[i]);
	}
}

static void
write_ranges(const gaz_cidr_list *list, struct gaz_buf *out)
{
	char text[INET6_ADDRSTRLEN];

	for (size_t i = 0; i < list->n; i++) {
		const struct gaz_cidr *c = &list->v[i];
		if (i > 0)
			gaz_buf_put_z(out, ", ");
		if (inet_ntop(c->family, c->addr, text, sizeof(text)) != NULL)
			gaz_buf_put_fmt(out, "%s/%u", text, c->bits);
	}
}

static void
write_actions(const gaz_config_action_list *list, struct gaz_buf *out)
{
	static const char *const names[] = { [GAZ_RULE_DROP] = "drop",
		[GAZ_RULE_TAG] = "tag ", [GAZ_RULE_STAR] = "star",
		[GAZ_RULE_READ] = "read", [GAZ_RULE_STOP] = "stop" };

	for (size_t i = 0; i < list->n; i++) {
		if (i > 0)
			gaz_buf_put_z(out, ", ");
		gaz_buf_put_z(out, names[list->v[i].what]);
		gaz_buf_put_str(out, list->v[i].tag);
	}
}

static const struct gaz_config_export *
export_of(const struct gaz_config_row *row, const void *member)
{
	return (const void *)((const char *)member - row->offset);
}

static void
write_since(const struct gaz_config_export *x, struct gaz_buf *out)
{
	char text[GAZ_UTC_TEXT_MAX];

	if (x->since_s != 0)
		gaz_config_write_time(x->since_s, 1, out);
	else
		gaz_buf_put_z(out, gaz_utc_rfc3339(x->filter.since, text));
}

static void
write_level(int64_t level, struct gaz_buf *out)
{
	static const char *const names[] = { "err", "warn", "notice", "info",
		"debug" };

	if (level >= GAZ_LOG_ERR && level <= GAZ_LOG_DEBUG)
		gaz_buf_put_z(out, names[level - GAZ_LOG_ERR]);
}

void
gaz_config_write_value(const struct gaz_config_row *row, const void *member,
    struct gaz_buf *out)
{
	static const char *const contents[] = { "stories", "items", "feeds" };
	const int64_t *number = member;

	switch (row->type) {
	case GAZ_T_BOOL:
		gaz_buf_put_z(out, *(const bool *)member ? "yes" : "no");
		break;
	case GAZ_T_COUNT:
	case GAZ_T_DAYS:
		gaz_buf_put_fmt(out, "%" PRId64, *number);
		break;
	case GAZ_T_SECONDS:
		gaz_config_write_time(*number, 1, out);
		break;
	case GAZ_T_MILLISECONDS:
		gaz_config_write_time(*number, 1000, out);
		break;
	case GAZ_T_BYTES:
		gaz_config_write_bytes(*number, out);
		break;
	case GAZ_T_TEXT:
	case GAZ_T_PATH:
	case GAZ_T_SECRET:
	case GAZ_T_FEED_URL:
	case GAZ_T_BASE_URL:
	case GAZ_T_PROXY:
	case GAZ_T_AGENT:
	case GAZ_T_LANGUAGE:
	case GAZ_T_MATCH:
		gaz_buf_put_str(out, *(const struct gaz_str *)member);
		break;
	case GAZ_T_WORDS:
	case GAZ_T_LANGUAGES:
	case GAZ_T_LISTEN:
	case GAZ_T_SOURCE:
		write_words(member, out);
		break;
	case GAZ_T_RANGES:
		write_ranges(member, out);
		break;
	case GAZ_T_HEADER:
		break; /* may be secret */
	case GAZ_T_LEVEL:
		write_level(*number, out);
		break;
	case GAZ_T_FORMAT:
		gaz_buf_put_z(out,
		    gaz_format_name(*(const enum gaz_format *)member));
		break;
	case GAZ_T_CONTENT:
		gaz_buf_put_z(out,
		    contents[*(const enum gaz_view_kind *)member]);
		break;
	case GAZ_T_SINCE:
		write_since(export_of(row, member), out);
		break;
	case GAZ_T_ACTION:
		write_actions(member, out);
		break;
	}
}

static bool
headers_equal(const gaz_config_header_list *a, const gaz_config_header_list *b)
{
	for (size_t i = 0; i < a->n; i++) {
		if (!gaz_str_eq(a->v[i].name, b->v[i].name) ||
		    !gaz_str_eq(a->v[i].value, b->v[i].value))
			return false;
	}
	return true;
}

static bool
words_equal(const gaz_str_list *a, const gaz_str_list *b)
{
	for (size_t i = 0; i < a->n; i++) {
		if (!gaz_str_eq(a->v[i], b->v[i]))
			return false;
	}
	return true;
}

static bool
actions_equal(const gaz_config_action_list *a, const gaz_config_action_list *b)
{
	for (size_t i = 0; i < a->n; i++) {
		if (a->v[i].what != b->v[i].what ||
		    !gaz_str_eq(a->v[i].tag, b->v[i].tag))
			return false;
	}
	return true;
}

static bool
ranges_equal(const gaz_cidr_list *a, const gaz_cidr_list *b)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct gaz_cidr *x = &a->v[i], *y = &b->v[i];
		if (x->family != y->family || x->bits != y->bits ||
		    memcmp(x->addr, y->addr, sizeof(x->addr)) != 0)
			return false;
	}
	return true;
}

bool
gaz_config_value_equal(const struct gaz_config_row *row, const void *a,
    const void *b)
{
	switch (row->type) {
	case GAZ_T_BOOL:
		return *(const bool *)a == *(const bool *)b;
	case GAZ_T_COUNT:
	case GAZ_T_DAYS:
	case GAZ_T_SECONDS:
	case GAZ_T_MILLISECONDS:
	case GAZ_T_BYTES:
	case GAZ_T_LEVEL:
		return *(const int64_t *)a == *(const int64_t *)b;
	case GAZ_T_TEXT:
	case GAZ_T_PATH:
	case GAZ_T_SECRET:
	case GAZ_T_FEED_URL:
	case GAZ_T_BASE_URL:
	case GAZ_T_PROXY:
	case GAZ_T_AGENT:
	case GAZ_T_LANGUAGE:
	case GAZ_T_MATCH:
		return gaz_str_eq(*(const struct gaz_str *)a,
		    *(const struct gaz_str *)b);
	case GAZ_T_WORDS:
	case GAZ_T_LANGUAGES:
	case GAZ_T_LISTEN:
	case GAZ_T_SOURCE:
		return ((const gaz_str_list *)a)->n ==
		        ((const gaz_str_list *)b)->n &&
		    words_equal(a, b);
	case GAZ_T_RANGES:
		return ((const gaz_cidr_list *)a)->n ==
		        ((const gaz_cidr_list *)b)->n &&
		    ranges_equal(a, b);
	case GAZ_T_HEADER:
		return ((const gaz_config_header_list *)a)->n ==
		        ((const gaz_config_header_list *)b)->n &&
		    headers_equal(a, b);
	case GAZ_T_ACTION:
		return ((const gaz_config_action_list *)a)->n ==
		        ((const gaz_config_action_list *)b)->n &&
		    actions_equal(a, b);
	case GAZ_T_FORMAT:
		return *(const enum gaz_format *)a ==
		    *(const enum gaz_format *)b;
	case GAZ_T_CONTENT:
		return *(const enum gaz_view_kind *)a ==
		    *(const enum gaz_view_kind *)b;
	case GAZ_T_SINCE:
		return export_of(row, a)->since_s ==
		        export_of(row, b)->since_s &&
		    *(const gaz_utc *)a == *(const gaz_utc *)b;
	}
	return false;
}

/* ---- what changed */

/* Values that may hold a secret are not shown. */
static bool
is_shown(const struct gaz_config_row *row)
{
	return row->type != GAZ_T_HEADER && row->type != GAZ_T_PROXY &&
	    row->type != GAZ_T_FEED_URL && row->type != GAZ_T_SOURCE;
}

static const void *
member_of(const struct gaz_config_row *row, const void *base)
{
	if (row->access)
		base = ((const struct gaz_config_feed *)base)->access;
	return (const char *)base + row->offset;
}

static void
put_shown(const struct gaz_config_row *row, const void *base,
    struct gaz_buf *out)
{
	size_t before = out->len;

	gaz_config_write_value(row, member_of(row, base), out);
	if (out->len == before)
		gaz_buf_put_z(out, "(none)");
}

/* A line for each key of the section in which two things differ. */
static void
diff_keys(enum gaz_config_section s, struct gaz_str name, const void *before,
    const void *after, struct gaz_buf *out)
{
	for (size_t i = 0; i < gaz_config_row_count; i++) {
		const struct gaz_config_row *row = &gaz_config_rows[i];
		if (row->section != s ||
		    gaz_config_value_equal(row, member_of(row, before),
		        member_of(row, after)))
			continue;
		if (name.p != NULL)
			gaz_buf_put_fmt(out, "%s %.*s: ",
			    gaz_config_sections[s].name, GAZ_STR_ARG(name));
		gaz_buf_put_z(out, row->key);
		if (is_shown(row)) {
			gaz_buf_put_z(out, ": ");
			put_shown(row, before, out);
			gaz_buf_put_z(out, " -> ");
			put_shown(row, after, out);
		} else {
			gaz_buf_put_z(out, ": changed");
		}
		gaz_buf_put_char(out, '\n');
	}
}

static void
put_event(enum gaz_config_section s, struct gaz_str name, const char *what,
    struct gaz_buf *out)
{
	gaz_buf_put_fmt(out, "%s %.*s: %s\n", gaz_config_sections[s].name,
	    GAZ_STR_ARG(name), what);
}

static void
diff_feeds(const struct gaz_config *before, const struct gaz_config *after,
    struct gaz_buf *out)
{
	for (size_t i = 0; i < before->feeds.n; i++) {
		struct gaz_str name = before->feeds.v[i].name;
		if (gaz_config_find_feed(after, name) == NULL)
			put_event(GAZ_SECTION_FEED, name, "removed", out);
	}
	for (size_t i = 0; i < after->feeds.n; i++) {
		const struct gaz_config_feed *f = &after->feeds.v[i];
		const struct gaz_config_feed *old =
		    gaz_config_find_feed(before, f->name);
		if (old == NULL)
			put_event(GAZ_SECTION_FEED, f->name, "added", out);
		else
			diff_keys(GAZ_SECTION_FEED, f->name, old, f, out);
	}
}

/*
 * Exports and rules are few: a plain search. Both structs begin with the name.
 */
_Static_assert(offsetof(struct gaz_config_export, name) == 0 &&
    offsetof(struct gaz_config_rule, name) == 0, "the name comes first");

struct few {
	const void *v;
	size_t n, size;
};

static const void *
few_at(const struct few *f, size_t i)
{
	return (const char *)f->v + i * f->size;
}

static const void *
few_find(const struct few *f, struct gaz_str name)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct gaz_str *have = few_at(f, i);
		if (gaz_str_eq(*have, name))
			return have;
	}
	return NULL;
}

static void
diff_few(enum gaz_config_section s, struct few before, struct few after,
    struct gaz_buf *out)
{
	for (size_t i = 0; i < before.n; i++) {
		const struct gaz_str *name = few_at(&before, i);
		if (few_find(&after, *name) == NULL)
			put_event(s, *name, "removed", out);
	}
	for (size_t i = 0; i < after.n; i++) {
		const struct gaz_str *name = few_at(&after, i);
		const void *old = few_find(&before, *name);
		if (old == NULL)
			put_event(s, *name, "added", out);
		else
			diff_keys(s, *name, old, name, out);
	}
}

#define FEW(list) \
	((struct few){ (list).v, (list).n, sizeof(*(list).v) })

void
gaz_config_diff(const struct gaz_config *before, const struct gaz_config *after,
    struct gaz_buf *out)
{
	diff_keys(GAZ_SECTION_DAEMON, GAZ_STR_NONE, before, after, out);
	diff_keys(GAZ_SECTION_STORE, GAZ_STR_NONE, before, after, out);
	diff_keys(GAZ_SECTION_STORIES, GAZ_STR_NONE, before, after, out);
	diff_feeds(before, after, out);
	diff_few(GAZ_SECTION_EXPORT, FEW(before->exports), FEW(after->exports),
	    out);
	diff_few(GAZ_SECTION_RULE, FEW(before->rules), FEW(after->rules), out);
}
