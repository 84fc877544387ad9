/*
 * From the text of a value to the member it sets: one function a type, chosen
 * by the schema's row.
 */
#include "config.h"

#include "config/reader.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/un.h>

#include "gazetted/log.h"
#include "gazetted/mem.h"
#include "gazetted/rule.h"

/* Everything a setter needs. */
struct setting {
	struct gaz_config_reader *r;
	const struct gaz_config_row *row;
	const struct gaz_config_value *v;
	void *member;
	struct gaz_str s; /* the value, quotes taken off */
	size_t shift;     /* where s begins in the raw value */
};

/* ---- places and quotes */

struct gaz_config_place
gaz_config_place_of(const struct gaz_config_value *v, size_t offset,
    size_t len)
{
	size_t i = v->piece_count - 1;

	if (v->raw.len == 0)
		return v->key;
	while (i > 0 && v->pieces[i].offset > offset)
		i--;
	/* Marks stay in the line they begin in. */
	if (i + 1 < v->piece_count && offset + len >= v->pieces[i + 1].offset)
		len = v->pieces[i + 1].offset > offset
		    ? v->pieces[i + 1].offset - offset - 1 : 1;
	return (struct gaz_config_place){ v->file,
		v->pieces[i].at + (offset - v->pieces[i].offset), len };
}

/* Say what is wrong with len bytes at offset of the raw value. */
#define FAULT(st, offset, n, ...)                                       \
	gaz_config_report((st)->r->errors,                              \
	    gaz_config_place_of((st)->v, (offset), (n)), false, __VA_ARGS__)
/* The same for all of it. */
#define FAULT_ALL(st, ...) FAULT(st, 0, (st)->v->raw.len, __VA_ARGS__)

/*
 * Take the quotes off: raw begins with one at offset from. The plain text is
 * appended to out, *end is behind the closing quote.
 */
static bool
unquote(struct gaz_config_reader *r, const struct gaz_config_value *v,
    size_t from, struct gaz_buf *out, size_t *end)
{
	static const char codes[] = "\"\\nrt", meanings[] = "\"\\\n\r\t";
	struct gaz_str raw = v->raw;
	size_t i;

	for (i = from + 1; i < raw.len && raw.p[i] != '"'; i++) {
		char c = raw.p[i];
		if (c == '\\' && i + 1 < raw.len) {
			const char *code = raw.p[i + 1] == '\0' ? NULL
			    : strchr(codes, raw.p[i + 1]);
			if (code == NULL) {
				gaz_config_report(r->errors,
				    gaz_config_place_of(v, i, 2), false,
				    "inside quotes a backslash is written "
				    "\\\\ (known are \\\\ \\\" \\n \\r \\t)");
				return false;
			}
			c = meanings[code - codes];
			i++;
		}
		gaz_buf_put_char(out, c);
	}
	if (i < raw.len) {
		*end = i + 1;
		return true;
	}
	gaz_config_report(r->errors,
	    gaz_config_place_of(v, from, raw.len - from), false,
	    "this quote is never closed");
	return false;
}

struct gaz_str
gaz_config_plain(struct gaz_config_reader *r, const struct gaz_config_value *v)
{
	size_t end;

	if (v->raw.len == 0 || v->raw.p[0] != '"')
		return v->raw.p != NULL ? v->raw : GAZ_STR("");
	gaz_buf_reset(&r->plain);
	if (!unquote(r, v, 0, &r->plain, &end))
		return GAZ_STR_NONE;
	if (end == v->raw.len)
		return gaz_buf_str(&r->plain);
	gaz_config_report(r->errors,
	    gaz_config_place_of(v, end, v->raw.len - end), false,
	    "there is text after the closing quote; quote all of it, with "
	    "\\\" for a quote inside");
	return GAZ_STR_NONE;
}

/*
 * The next element of a list from *pos on. False when the list is over or
 * broken (*ok tells which). The text lives until the next one.
 */
static bool
next_element(struct setting *st, size_t *pos, bool *ok)
{
	struct gaz_str raw = st->v->raw;
	size_t end;

	while (*pos < raw.len && gaz_is_space(raw.p[*pos]))
		++*pos;
	if (*pos >= raw.len)
		return false;
	st->shift = *pos;
	if (raw.p[*pos] == '"') {
		gaz_buf_reset(&st->r->plain);
		if (!unquote(st->r, st->v, *pos, &st->r->plain, &end)) {
			*ok = false;
			return false;
		}
		st->s = gaz_buf_str(&st->r->plain);
		while (end < raw.len && gaz_is_space(raw.p[end]))
			end++;
		if (end < raw.len && raw.p[end] != ',') {
			FAULT(st, end, raw.len - end,
			    "a comma is missing behind the quote");
			*ok = false;
			return false;
		}
	} else {
		end = gaz_str_find_char(raw, ',', *pos);
		if (end == GAZ_STR_NPOS)
			end = raw.len;
		st->s = gaz_str_trim(gaz_str_sub(raw, *pos, end));
	}
	if (st->s.len == 0) {
		FAULT(st, *pos, 1, "an entry of the list is empty");
		*ok = false;
		return false;
	}
	*pos = end + 1;
	return true;
}

static struct gaz_arena *
arena_of(const struct setting *st)
{
	return &st->r->config->arena;
}

static struct gaz_str
keep(const struct setting *st, struct gaz_str s)
{
	return gaz_arena_str(arena_of(st), s);
}

/* Where the quoted or plain text begins, for marks inside it. */
static size_t
inside(const struct setting *st, size_t at)
{
	size_t quote = st->shift < st->v->raw.len &&
	    st->v->raw.p[st->shift] == '"';

	return st->shift + quote + at;
}

static bool
is_plain_text(struct setting *st)
{
	for (size_t i = 0; i < st->s.len; i++) {
		if ((unsigned char)st->s.p[i] >= ' ')
			continue;
		FAULT(st, inside(st, i), 1,
		    "line breaks and control characters are not allowed here");
		return false;
	}
	return true;
}

/* ---- numbers */

static void
set_number(struct setting *st)
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
set_bool(struct setting *st)
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
choose(struct setting *st, const char *const *words, size_t n, size_t *out)
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
set_format(struct setting *st)
{
	size_t i;

	if (choose(st, format_names, GAZ_COUNT(format_names), &i))
		*(enum gaz_format *)st->member = (enum gaz_format)i;
}

static void
set_content(struct setting *st)
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
set_level(struct setting *st)
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
set_text(struct setting *st)
{
	struct gaz_str s = gaz_str_trim(st->s);

	if (is_plain_text(st))
		*(struct gaz_str *)st->member = s.len > 0 ? keep(st, s)
		                                          : GAZ_STR_NONE;
}

static void
set_agent(struct setting *st)
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

static bool
check_path(struct setting *st)
{
	if (!is_plain_text(st))
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
set_path(struct setting *st)
{
	if (!check_path(st))
		return;
	*(struct gaz_str *)st->member = gaz_config_resolve(st->r, st->v->file,
	    st->s);
}

static bool
check_socket(struct setting *st, struct gaz_str path)
{
	size_t most = sizeof(((struct sockaddr_un *)0)->sun_path) - 1;

	if (path.len <= most)
		return true;
	FAULT_ALL(st, "%.*s is too long for a socket (%zu bytes at most)",
	    GAZ_STR_ARG(path), most);
	return false;
}

static void
set_socket(struct setting *st)
{
	if (!check_path(st))
		return;
	struct gaz_str path = gaz_config_resolve(st->r, st->v->file, st->s);
	if (check_socket(st, path))
		*(struct gaz_str *)st->member = path;
}

/* A relative name that systemd holds a credential for. */
static struct gaz_str
find_credential(struct setting *st)
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
set_secret(struct setting *st)
{
	const struct gaz_config_source *source = st->r->source;
	struct gaz_config_file info = { 0 };
	struct gaz_err err = { 0 };

	if (!check_path(st))
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

/* ---- addresses */

static void
check_public_file(struct setting *st, size_t at, size_t len)
{
	if ((st->v->file->info.mode & 04) != 0)
		FAULT(st, at, len, "a credential must not stand in a file that "
		    "everyone may read; mend it with: chmod o= '%s'",
		    st->v->file->name);
}

static void
set_feed_url(struct setting *st)
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

static void
set_base_url(struct setting *st)
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

static void
set_proxy(struct setting *st)
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

static void
set_language(struct setting *st)
{
	const char *fault = gaz_config_check_language(st->s);

	if (fault != NULL)
		FAULT_ALL(st, "%s", fault);
	else
		*(struct gaz_str *)st->member = keep(st, st->s);
}

static void
set_match(struct setting *st)
{
	struct gaz_rule_fault fault;
	struct gaz_err err;

	*(struct gaz_str *)st->member = keep(st, st->s);
	if (!gaz_rule_check(st->s, &fault, &err))
		FAULT(st, inside(st, fault.at), fault.len, "%s", err.msg);
}

static void
set_since(struct setting *st)
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
share_tags(struct setting *st, gaz_str_list *list)
{
	if (st->row->section != GAZ_SECTION_FEED || list->n > 0 ||
	    st->r->tags_raw.p == NULL ||
	    !gaz_str_eq(st->r->tags_raw, st->v->raw))
		return false;
	*list = st->r->tags;
	list->cap = list->n; /* growing it makes a copy */
	return true;
}

static void
set_words(struct setting *st)
{
	gaz_str_list *list = st->member;
	bool was_empty = list->n == 0, ok = true;
	size_t pos = 0;

	if (share_tags(st, list))
		return;
	while (next_element(st, &pos, &ok)) {
		if (!is_plain_text(st))
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

static void
set_languages(struct setting *st)
{
	gaz_str_list *list = st->member;
	size_t pos = 0;
	bool ok = true;

	while (next_element(st, &pos, &ok)) {
		const char *fault = gaz_config_check_language(st->s);
		if (fault != NULL)
			FAULT(st, st->shift, st->s.len, "%s", fault);
		else if (!is_listed(list, st->s))
			*gaz_list_push(arena_of(st), list) = keep(st, st->s);
	}
}

/* The first address takes the place of the default. */
static void
set_listen(struct setting *st)
{
	gaz_str_list *list = st->member;
	size_t pos = 0;
	bool ok = true;

	if (!st->r->listen_set)
		*list = (gaz_str_list){ 0 };
	st->r->listen_set = true;
	while (next_element(st, &pos, &ok)) {
		const char *fault = gaz_config_check_listen(st->s);
		struct gaz_str s = st->s;
		if (fault == NULL &&
		    gaz_str_find_char(s, '/', 0) != GAZ_STR_NPOS) {
			if (!check_path(st))
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

static void
set_ranges(struct setting *st)
{
	gaz_cidr_list *list = st->member;
	struct gaz_cidr range;
	size_t pos = 0;
	bool ok = true;

	while (next_element(st, &pos, &ok)) {
		if (gaz_config_cidr(st->s, &range))
			*gaz_list_push(arena_of(st), list) = range;
		else
			FAULT(st, st->shift, st->s.len, "an address range such "
			    "as 192.168.0.0/16 or fd00::/8 is needed");
	}
}

static void
set_header(struct setting *st)
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
static void
set_action(struct setting *st)
{
	static const struct {
		const char *word;
		enum gaz_rule_action what;
	} words[] = { { "drop", GAZ_RULE_DROP }, { "star", GAZ_RULE_STAR },
		{ "read", GAZ_RULE_READ }, { "stop", GAZ_RULE_STOP } };
	gaz_config_action_list *list = st->member;
	size_t pos = 0;
	bool ok = true;

	while (next_element(st, &pos, &ok)) {
		struct gaz_config_action a = { .what = GAZ_RULE_TAG };
		if (!is_plain_text(st))
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

/* ---- choice of the setter */

static const struct {
	void (*set)(struct setting *st);
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
	[GAZ_T_SOCKET] = { set_socket, false, false },
	[GAZ_T_SECRET] = { set_secret, false, false },
	[GAZ_T_FEED_URL] = { set_feed_url, false, false },
	[GAZ_T_BASE_URL] = { set_base_url, false, false },
	[GAZ_T_PROXY] = { set_proxy, false, false },
	[GAZ_T_AGENT] = { set_agent, false, true },
	[GAZ_T_LANGUAGE] = { set_language, false, false },
	[GAZ_T_MATCH] = { set_match, false, false },
	[GAZ_T_WORDS] = { set_words, true, true },
	[GAZ_T_LANGUAGES] = { set_languages, true, true },
	[GAZ_T_LISTEN] = { set_listen, true, true },
	[GAZ_T_RANGES] = { set_ranges, true, true },
	[GAZ_T_HEADER] = { set_header, false, false },
	[GAZ_T_LEVEL] = { set_level, false, false },
	[GAZ_T_FORMAT] = { set_format, false, false },
	[GAZ_T_CONTENT] = { set_content, false, false },
	[GAZ_T_SINCE] = { set_since, false, false },
	[GAZ_T_ACTION] = { set_action, true, false },
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
	struct setting st = { .r = r, .row = row, .v = v,
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
