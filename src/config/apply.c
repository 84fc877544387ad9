/*
 * From the text of a value to the member it sets: one function a type, chosen
 * by the schema's row. Lists and addresses are in apply_list.c.
 */
#include "config.h"

#include "config/setting.h"

#include <stdio.h>
#include <stdlib.h>

#include "gazetted/log.h"
#include "gazetted/mem.h"

/* ---- numbers */

static void
set_number(struct gaz_config_setting *st)
{
	const struct gaz_config_row *row = st->row;
	enum gaz_number_fault fault = GAZ_NUMBER_OK;
	struct gaz_buf low, high;
	int64_t n = 0;

	if (row->type == GAZ_T_SECONDS)
		fault = gaz_config_read_time(st->s, 1, &n);
	else if (row->type == GAZ_T_MILLISECONDS)
		fault = gaz_config_read_time(st->s, 1000, &n);
	else if (row->type == GAZ_T_BYTES)
		fault = gaz_config_read_bytes(st->s, &n);
	else if (row->type == GAZ_T_DAYS && !gaz_str_to_int(st->s, &n))
		fault = gaz_config_read_time(st->s, 1, &n), n /= 86400;
	else if (row->type == GAZ_T_COUNT && !gaz_str_to_int(st->s, &n))
		fault = GAZ_NUMBER_BAD;

	if (fault == GAZ_NUMBER_OK && n >= row->min && n <= row->max) {
		*(int64_t *)st->member = n;
		return;
	}
	gaz_buf_init(&low, 64);
	gaz_buf_init(&high, 64);
	gaz_config_write_value(row, &row->min, &low);
	gaz_config_write_value(row, &row->max, &high);
	if (fault == GAZ_NUMBER_BAD)
		FAULT_ALL(st, "%s must be %s, from %s to %s", row->key,
		    gaz_config_type_name(row->type), low.p, high.p);
	else
		FAULT_ALL(st, "%s is out of range: from %s to %s", row->key,
		    low.p, high.p);
	gaz_buf_clear(&low);
	gaz_buf_clear(&high);
}

static void
set_bool(struct gaz_config_setting *st)
{
	static const struct {
		const char *word;
		bool value;
	} words[] = { { "yes", true }, { "true", true }, { "on", true },
		{ "1", true }, { "no", false }, { "false", false },
		{ "off", false }, { "0", false } };

	for (size_t i = 0; i < GAZ_COUNT(words); i++) {
		if (gaz_str_ieq_z(st->s, words[i].word)) {
			*(bool *)st->member = words[i].value;
			return;
		}
	}
	FAULT_ALL(st, "%s must be yes or no", st->row->key);
}

/* ---- one of several words */

struct word_list {
	const char *const *words;
};

static const char *
word_at(size_t i, const void *arg)
{
	return ((const struct word_list *)arg)->words[i];
}

/* The index of the value among n words; reports and returns false. */
static bool
choose(struct gaz_config_setting *st, const char *const *words, size_t n,
    size_t *out)
{
	struct word_list list = { words };

	for (size_t i = 0; i < n; i++) {
		if (gaz_str_ieq_z(st->s, words[i])) {
			*out = i;
			return true;
		}
	}
	const char *near = gaz_config_nearest(st->s, n, word_at, &list,
	    NULL);
	FAULT_ALL(st, "%s must be %s%s%s%s", st->row->key,
	    gaz_config_type_name(st->row->type),
	    near != NULL ? "; did you mean \"" : "", near != NULL ? near : "",
	    near != NULL ? "\"?" : "");
	return false;
}

static const char *const format_names[] = { "atom", "rss", "json", "opml",
	"html" };
static const char *const content_names[] = { "stories", "items", "feeds" };

static void
set_format(struct gaz_config_setting *st)
{
	size_t i;

	if (choose(st, format_names, GAZ_COUNT(format_names), &i))
		*(enum gaz_format *)st->member = (enum gaz_format)i;
}

static void
set_content(struct gaz_config_setting *st)
{
	size_t i;

	if (choose(st, content_names, GAZ_COUNT(content_names), &i))
		*(enum gaz_view_kind *)st->member = (enum gaz_view_kind)i;
}

bool
gaz_format_find(struct gaz_str name, enum gaz_format *out)
{
	for (size_t i = 0; i < GAZ_COUNT(format_names); i++) {
		if (gaz_str_ieq_z(name, format_names[i])) {
			*out = (enum gaz_format)i;
			return true;
		}
	}
	return false;
}

const char *
gaz_format_name(enum gaz_format f)
{
	return format_names[f];
}

static void
set_level(struct gaz_config_setting *st)
{
	static const char *const names[] = { "err", "warn", "notice", "info",
		"debug" };
	enum gaz_log_level level;
	size_t i;

	if (gaz_log_level_find(st->s, &level))
		*(int64_t *)st->member = (int64_t)level;
	else if (choose(st, names, GAZ_COUNT(names), &i))
		*(int64_t *)st->member = GAZ_LOG_ERR + (int64_t)i;
}

/* ---- text */

static void
set_text(struct gaz_config_setting *st)
{
	struct gaz_str s = gaz_str_trim(st->s);

	if (gaz_config_is_plain(st))
		*(struct gaz_str *)st->member = s.len > 0 ? keep(st, s)
		                                          : GAZ_STR_NONE;
}

static void
set_agent(struct gaz_config_setting *st)
{
	for (size_t i = 0; i < st->s.len; i++) {
		if ((unsigned char)st->s.p[i] >= ' ' &&
		    (unsigned char)st->s.p[i] < 0x7f)
			continue;
		FAULT(st, inside(st, i), 1,
		    "a header may only hold printable ASCII characters");
		return;
	}
	set_text(st);
}

/* Without "./", "//" and "/." parts. ".." stays: links may be meant. */
static struct gaz_str
tidy_path(struct gaz_arena *a, struct gaz_str path)
{
	struct gaz_str rest = path, part;
	struct gaz_buf out;

	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	while (gaz_str_split(&rest, '/', &part)) {
		if (part.len == 0 || gaz_str_eq_z(part, "."))
			continue;
		if (out.len > 0 || path.p[0] == '/')
			gaz_buf_put_char(&out, '/');
		gaz_buf_put_str(&out, part);
	}
	if (out.len == 0)
		gaz_buf_put_char(&out, path.p[0] == '/' ? '/' : '.');
	struct gaz_str copy = gaz_arena_str(a, gaz_buf_str(&out));
	gaz_buf_clear(&out);
	return copy;
}

struct gaz_str
gaz_config_resolve(struct gaz_config_reader *r,
    const struct gaz_config_text *file, struct gaz_str path)
{
	struct gaz_arena *a = &r->config->arena;
	const char *folder = r->source->folder;
	struct gaz_buf out;

	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	if (path.p[0] != '/') {
		if ((file->folder.len == 0 || file->folder.p[0] != '/') &&
		    folder != NULL)
			gaz_buf_put_fmt(&out, "%s/", folder);
		gaz_buf_put_str(&out, file->folder);
	}
	gaz_buf_put_str(&out, path);
	struct gaz_str whole = tidy_path(a, gaz_buf_str(&out));
	gaz_buf_clear(&out);
	return whole;
}

bool
gaz_config_check_path(struct gaz_config_setting *st)
{
	if (!gaz_config_is_plain(st))
		return false;
	if (gaz_str_starts(st->s, "~")) {
		FAULT(st, inside(st, 0), 1,
		    "\"~\" means nothing here; write the whole path");
		return false;
	}
	if (st->s.len < GAZ_URL_MAX / 2)
		return true;
	FAULT_ALL(st, "the path is too long (%d bytes at most)",
	    GAZ_URL_MAX / 2);
	return false;
}

static void
set_path(struct gaz_config_setting *st)
{
	if (!gaz_config_check_path(st))
		return;
	*(struct gaz_str *)st->member = gaz_config_resolve(st->r, st->v->file,
	    st->s);
}

/* A relative name that systemd holds a credential for. */
static struct gaz_str
find_credential(struct gaz_config_setting *st)
{
	const struct gaz_config_source *source = st->r->source;
	struct gaz_config_file info;

	if (source->variable == NULL || source->look == NULL ||
	    st->s.p[0] == '/')
		return GAZ_STR_NONE;
	const char *folder = source->variable(source->arg,
	    "CREDENTIALS_DIRECTORY");
	if (folder == NULL || folder[0] != '/')
		return GAZ_STR_NONE;
	struct gaz_str path = gaz_arena_fmt(arena_of(st), "%s/%.*s", folder,
	    GAZ_STR_ARG(st->s));
	return source->look(source->arg, path.p, &info, NULL)
	    ? path : GAZ_STR_NONE;
}

static void
set_secret(struct gaz_config_setting *st)
{
	const struct gaz_config_source *source = st->r->source;
	struct gaz_config_file info = { 0 };
	struct gaz_err err = { 0 };

	if (!gaz_config_check_path(st))
		return;
	struct gaz_str path = find_credential(st);
	if (path.p == NULL)
		path = gaz_config_resolve(st->r, st->v->file, st->s);
	*(struct gaz_str *)st->member = path;
	if (source->look == NULL)
		return;
	if (!source->look(source->arg, path.p, &info, &err))
		FAULT_ALL(st, "%.*s: %s", GAZ_STR_ARG(path), err.msg);
	else if ((info.mode & 04) != 0)
		FAULT_ALL(st, "everyone may read this password; mend it with: "
		    "chmod 600 '%.*s'", GAZ_STR_ARG(path));
}

/* ---- choice of the setter */

static const struct {
	void (*set)(struct gaz_config_setting *st);
	bool list;        /* takes the raw value, which may be empty */
	bool may_be_empty;
} setters[] = {
	[GAZ_T_BOOL] = { set_bool, false, false },
	[GAZ_T_COUNT] = { set_number, false, false },
	[GAZ_T_DAYS] = { set_number, false, false },
	[GAZ_T_SECONDS] = { set_number, false, false },
	[GAZ_T_MILLISECONDS] = { set_number, false, false },
	[GAZ_T_BYTES] = { set_number, false, false },
	[GAZ_T_TEXT] = { set_text, false, true },
	[GAZ_T_PATH] = { set_path, false, false },
	[GAZ_T_SECRET] = { set_secret, false, false },
	[GAZ_T_FEED_URL] = { gaz_config_set_feed_url, false, false },
	[GAZ_T_BASE_URL] = { gaz_config_set_base_url, false, false },
	[GAZ_T_PROXY] = { gaz_config_set_proxy, false, false },
	[GAZ_T_AGENT] = { set_agent, false, true },
	[GAZ_T_LANGUAGE] = { gaz_config_set_language, false, false },
	[GAZ_T_MATCH] = { gaz_config_set_match, false, false },
	[GAZ_T_WORDS] = { gaz_config_set_words, true, true },
	[GAZ_T_LANGUAGES] = { gaz_config_set_languages, true, true },
	[GAZ_T_LISTEN] = { gaz_config_set_listen, true, true },
	[GAZ_T_SOURCE] = { gaz_config_set_source, false, false },
	[GAZ_T_RANGES] = { gaz_config_set_ranges, true, true },
	[GAZ_T_HEADER] = { gaz_config_set_header, false, false },
	[GAZ_T_LEVEL] = { set_level, false, false },
	[GAZ_T_FORMAT] = { set_format, false, false },
	[GAZ_T_CONTENT] = { set_content, false, false },
	[GAZ_T_SINCE] = { gaz_config_set_since, false, false },
	[GAZ_T_ACTION] = { gaz_config_set_action, true, false },
};

static char *
base_of(struct gaz_config_reader *r, const struct gaz_config_row *row)
{
	if (row->access) {
		r->access_used = true;
		return (char *)&r->cur.access;
	}
	switch (row->section) {
	case GAZ_SECTION_FEED:
		return (char *)&r->cur.feed;
	case GAZ_SECTION_EXPORT:
		return (char *)&r->cur.export;
	case GAZ_SECTION_RULE:
		return (char *)&r->cur.rule;
	case GAZ_SECTION_DAEMON:
	case GAZ_SECTION_STORE:
	case GAZ_SECTION_STORIES:
	case GAZ_SECTION_COUNT:
		break;
	}
	return (char *)r->config;
}

void
gaz_config_apply(struct gaz_config_reader *r, const struct gaz_config_row *row,
    const struct gaz_config_value *v)
{
	struct gaz_config_setting st = { .r = r, .row = row, .v = v,
		.member = base_of(r, row) + row->offset, .s = v->raw };

	if (v->raw.len == 0 && !setters[row->type].may_be_empty) {
		gaz_config_report(r->errors, v->key, false,
		    "%s has no value; %s is needed", row->key,
		    gaz_config_type_name(row->type));
		return;
	}
	if (v->raw.len == 0 && setters[row->type].list) {
		/* As in systemd: forget what came before. */
		gaz_str_list *list = (void *)st.member;
		_Static_assert(sizeof(gaz_str_list) == sizeof(gaz_cidr_list),
		    "a list is a pointer and two counts");
		memset(list, 0, sizeof(*list));
		r->listen_set |= row->type == GAZ_T_LISTEN;
		return;
	}
	if (!setters[row->type].list) {
		st.s = gaz_config_plain(r, v);
		if (st.s.p == NULL)
			return;
		if (st.s.len == 0 && !setters[row->type].may_be_empty) {
			FAULT_ALL(&st, "%s is empty; %s is needed", row->key,
			    gaz_config_type_name(row->type));
			return;
		}
	}
	setters[row->type].set(&st);
}
