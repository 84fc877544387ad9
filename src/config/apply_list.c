/* Setters of lists and of addresses. */
#include "config.h"

#include "config/setting.h"

#include <stdio.h>
#include <sys/un.h>

#include "gazetted/limits.h"
#include "gazetted/mem.h"
#include "gazetted/rule.h"

/* ---- addresses */

static void
check_public_file(struct gaz_config_setting *st, size_t at, size_t len)
{
	if ((st->v->file->info.mode & 04) != 0)
		FAULT(st, at, len, "a credential must not stand in a file that "
		    "everyone may read; mend it with: chmod o= '%s'",
		    st->v->file->name);
}

void
gaz_config_set_feed_url(struct gaz_config_setting *st)
{
	size_t at, len;
	const char *fault = gaz_config_check_url(st->s, &at, &len);

	if (fault != NULL) {
		FAULT(st, inside(st, at), len, "%s", fault);
		return;
	}
	if (gaz_config_url_has_user(st->s))
		check_public_file(st, 0, st->v->raw.len);
	*(struct gaz_str *)st->member = keep(st, st->s);
}

void
gaz_config_set_base_url(struct gaz_config_setting *st)
{
	struct gaz_str s = st->s;
	size_t at, len;
	const char *fault = gaz_config_check_url(s, &at, &len);

	if (fault == NULL && gaz_config_url_has_user(s))
		fault = "base-url must not hold a user or password", at = 0;
	for (size_t i = 0; fault == NULL && i < s.len; i++) {
		if (s.p[i] == '?' || s.p[i] == '#') {
			fault = "base-url ends before \"?\" and \"#\"";
			at = i;
			len = s.len - i;
		}
	}
	if (fault != NULL) {
		FAULT(st, inside(st, at), len, "%s", fault);
		return;
	}
	while (s.p[s.len - 1] == '/')
		s.len--;
	*(struct gaz_str *)st->member = keep(st, s);
}

void
gaz_config_set_proxy(struct gaz_config_setting *st)
{
	size_t at, len;
	const char *fault = gaz_config_check_proxy(st->s, &at, &len);

	if (fault != NULL) {
		FAULT(st, inside(st, at), len, "%s", fault);
		return;
	}
	if (gaz_config_url_has_user(st->s))
		check_public_file(st, 0, st->v->raw.len);
	/* For a feed "none" is a setting: not that of [daemon]. */
	*(struct gaz_str *)st->member = gaz_str_eq_z(st->s, "none") &&
	    !st->row->access ? GAZ_STR_NONE : keep(st, st->s);
}

void
gaz_config_set_language(struct gaz_config_setting *st)
{
	const char *fault = gaz_config_check_language(st->s);

	if (fault != NULL)
		FAULT_ALL(st, "%s", fault);
	else
		*(struct gaz_str *)st->member = keep(st, st->s);
}

void
gaz_config_set_match(struct gaz_config_setting *st)
{
	struct gaz_rule_fault fault;
	struct gaz_err err;

	*(struct gaz_str *)st->member = keep(st, st->s);
	if (!gaz_rule_check(st->s, &fault, &err))
		FAULT(st, inside(st, fault.at), fault.len, "%s", err.msg);
}

void
gaz_config_set_since(struct gaz_config_setting *st)
{
	struct gaz_config_export *x = &st->r->cur.export;
	int64_t seconds;

	x->filter.since = GAZ_UTC_UNKNOWN;
	x->since_s = 0;
	if (gaz_config_read_date(st->s, &x->filter.since))
		return;
	if (gaz_config_duration(st->s, &seconds) && seconds > 0)
		x->since_s = seconds;
	else
		FAULT_ALL(st, "since must be a time span such as 36h, or a "
		    "date such as 2025-09-04 or 2025-09-04T18:30:00Z");
}

/* ---- lists */

#define WORD_MAX 100

static bool
is_listed(const gaz_str_list *list, struct gaz_str s)
{
	for (size_t i = 0; i < list->n; i++) {
		if (gaz_str_eq(list->v[i], s))
			return true;
	}
	return false;
}

/* Feeds of one kind stand together: share the list with the one before. */
static bool
share_tags(struct gaz_config_setting *st, gaz_str_list *list)
{
	if (st->row->section != GAZ_SECTION_FEED || list->n > 0 ||
	    st->r->tags_raw.p == NULL ||
	    !gaz_str_eq(st->r->tags_raw, st->v->raw))
		return false;
	*list = st->r->tags;
	list->cap = list->n; /* growing it makes a copy */
	return true;
}

void
gaz_config_set_words(struct gaz_config_setting *st)
{
	gaz_str_list *list = st->member;
	bool was_empty = list->n == 0, ok = true;
	size_t pos = 0;

	if (share_tags(st, list))
		return;
	while (gaz_config_next_element(st, &pos, &ok)) {
		if (!gaz_config_is_plain(st))
			continue;
		if (st->s.len > WORD_MAX)
			FAULT(st, st->shift, st->s.len,
			    "this is too long (%d bytes at most)", WORD_MAX);
		else if (!is_listed(list, st->s))
			*gaz_list_push(arena_of(st), list) = keep(st, st->s);
	}
	if (st->row->section == GAZ_SECTION_FEED && was_empty && ok) {
		st->r->tags_raw = gaz_arena_str(&st->r->temp, st->v->raw);
		st->r->tags = *list;
	}
}

void
gaz_config_set_languages(struct gaz_config_setting *st)
{
	gaz_str_list *list = st->member;
	size_t pos = 0;
	bool ok = true;

	while (gaz_config_next_element(st, &pos, &ok)) {
		const char *fault = gaz_config_check_language(st->s);
		if (fault != NULL)
			FAULT(st, st->shift, st->s.len, "%s", fault);
		else if (!is_listed(list, st->s))
			*gaz_list_push(arena_of(st), list) = keep(st, st->s);
	}
}

static bool
check_socket(struct gaz_config_setting *st, struct gaz_str path)
{
	size_t most = sizeof(((struct sockaddr_un *)0)->sun_path) - 1;

	if (path.len <= most)
		return true;
	FAULT_ALL(st, "%.*s is too long for a socket (%zu bytes at most)",
	    GAZ_STR_ARG(path), most);
	return false;
}

/* The first address takes the place of the default. */
void
gaz_config_set_listen(struct gaz_config_setting *st)
{
	gaz_str_list *list = st->member;
	size_t pos = 0;
	bool ok = true;

	if (!st->r->listen_set)
		*list = (gaz_str_list){ 0 };
	st->r->listen_set = true;
	while (gaz_config_next_element(st, &pos, &ok)) {
		const char *fault = gaz_config_check_listen(st->s);
		struct gaz_str s = st->s;
		if (fault == NULL &&
		    gaz_str_find_char(s, '/', 0) != GAZ_STR_NPOS) {
			if (!gaz_config_check_path(st))
				continue;
			s = gaz_config_resolve(st->r, st->v->file, s);
			if (!check_socket(st, s))
				continue;
		}
		if (fault != NULL)
			FAULT(st, st->shift, st->s.len, "%s", fault);
		else if (!is_listed(list, s))
			*gaz_list_push(arena_of(st), list) = keep(st, s);
	}
}

/* One file at the most, whose path stands by itself as well. */
void
gaz_config_set_source(struct gaz_config_setting *st)
{
	struct gaz_config *c = st->r->config;
	gaz_str_list *list = st->member;
	struct gaz_str one;
	size_t at, len;

	if (gaz_str_istarts(st->s, "http:") ||
	    gaz_str_istarts(st->s, "https:")) {
		const char *fault = gaz_config_check_url(st->s, &at, &len);

		if (fault != NULL) {
			FAULT(st, inside(st, at), len, "%s", fault);
			return;
		}
		if (list->n - (c->subscriptions.len > 0) >= GAZ_LISTS_MAX) {
			FAULT_ALL(st, "more than %d lists of subscriptions",
			    GAZ_LISTS_MAX);
			return;
		}
		if (gaz_config_url_has_user(st->s))
			check_public_file(st, 0, st->v->raw.len);
		one = keep(st, st->s);
	} else {
		if (!gaz_config_check_path(st))
			return;
		if (c->subscriptions.len > 0) {
			FAULT_ALL(st, "a second file of subscriptions; only "
			    "URLs may be several");
			return;
		}
		one = gaz_config_resolve(st->r, st->v->file, st->s);
		c->subscriptions = one;
	}
	if (!is_listed(list, one))
		*gaz_list_push(arena_of(st), list) = one;
}

void
gaz_config_set_ranges(struct gaz_config_setting *st)
{
	gaz_cidr_list *list = st->member;
	struct gaz_cidr range;
	size_t pos = 0;
	bool ok = true;

	while (gaz_config_next_element(st, &pos, &ok)) {
		if (gaz_config_cidr(st->s, &range))
			*gaz_list_push(arena_of(st), list) = range;
		else
			FAULT(st, st->shift, st->s.len, "an address range such "
			    "as 192.168.0.0/16 or fd00::/8 is needed");
	}
}

void
gaz_config_set_header(struct gaz_config_setting *st)
{
	gaz_config_header_list *list = st->member;
	size_t colon = gaz_str_find_char(st->s, ':', 0), at;

	for (size_t i = 0; i < st->s.len; i++) {
		unsigned char c = (unsigned char)st->s.p[i];
		if ((c < ' ' && c != '\t') || c == 0x7f) {
			FAULT(st, inside(st, i), 1, "a header must not hold "
			    "line breaks or control characters");
			return;
		}
	}
	if (colon == GAZ_STR_NPOS) {
		FAULT_ALL(st, "a header is written \"Name: value\"");
		return;
	}
	struct gaz_str name = gaz_str_sub(st->s, 0, colon);
	const char *fault = gaz_config_check_header_name(name, &at);
	if (fault != NULL) {
		FAULT(st, inside(st, at), at == 0 ? name.len : 1, "%s", fault);
		return;
	}
	if (list->n >= GAZ_CONFIG_HEADERS_MAX) {
		FAULT_ALL(st, "there are too many headers (%d at most)",
		    GAZ_CONFIG_HEADERS_MAX);
		return;
	}
	if (gaz_config_header_is_secret(name))
		check_public_file(st, 0, st->v->raw.len);
	struct gaz_config_header *h = gaz_list_push(arena_of(st), list);
	h->name = keep(st, name);
	h->value = keep(st, gaz_str_trim(gaz_str_sub(st->s, colon + 1,
	    st->s.len)));
}

/* "drop", "tag NAME". */
void
gaz_config_set_action(struct gaz_config_setting *st)
{
	static const struct {
		const char *word;
		enum gaz_rule_action what;
	} words[] = { { "drop", GAZ_RULE_DROP }, { "star", GAZ_RULE_STAR },
		{ "read", GAZ_RULE_READ }, { "stop", GAZ_RULE_STOP } };
	gaz_config_action_list *list = st->member;
	size_t pos = 0;
	bool ok = true;

	while (gaz_config_next_element(st, &pos, &ok)) {
		struct gaz_config_action a = { .what = GAZ_RULE_TAG };
		if (!gaz_config_is_plain(st))
			continue;
		bool found = gaz_str_istarts(st->s, "tag ");
		if (found)
			a.tag = gaz_str_trim(gaz_str_sub(st->s, 4, st->s.len));
		for (size_t i = 0; i < GAZ_COUNT(words); i++) {
			if (gaz_str_ieq_z(st->s, words[i].word)) {
				a.what = words[i].what;
				found = true;
			}
		}
		if (!found || (a.what == GAZ_RULE_TAG &&
		    (a.tag.len == 0 || a.tag.len > WORD_MAX))) {
			FAULT(st, st->shift, st->s.len, "an action is %s",
			    gaz_config_type_name(GAZ_T_ACTION));
			continue;
		}
		a.tag = keep(st, a.tag);
		*gaz_list_push(arena_of(st), list) = a;
	}
}
