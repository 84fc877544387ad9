/*
 * The lines of one file: sections, keys, continued values. What a value means
 * is decided in apply.c, what a section must hold in finish.c.
 */
#include "config.h"

#include "config/reader.h"

#include <stdio.h>

struct cursor {
	const struct gaz_config_text *file;
	size_t pos;
	int line;
};

static struct gaz_config_place
place_at(const struct gaz_config_text *file, size_t at, size_t len)
{
	return (struct gaz_config_place){ file, at, len };
}

/* Next line without its end, from *start on. */
static bool
next_line(struct cursor *c, struct gaz_str *line, size_t *start)
{
	struct gaz_str text = gaz_buf_str(&c->file->text);

	if (c->pos >= text.len)
		return false;
	const char *nl = memchr(text.p + c->pos, '\n', text.len - c->pos);
	size_t end = nl != NULL ? (size_t)(nl - text.p) : text.len;
	*start = c->pos;
	c->pos = end + 1;
	c->line++;
	if (end > *start && text.p[end - 1] == '\r')
		end--;
	*line = gaz_str_sub(text, *start, end);
	return true;
}

static size_t
skip_blanks(struct gaz_str s, size_t pos)
{
	while (pos < s.len && (s.p[pos] == ' ' || s.p[pos] == '\t'))
		pos++;
	return pos;
}

static bool
is_comment(struct gaz_str line, size_t pos)
{
	return pos >= line.len || line.p[pos] == '#' || line.p[pos] == ';';
}

/* ---- sections */

static const char *
section_name(size_t i, const void *arg)
{
	(void)arg;
	return gaz_config_sections[i].name;
}

static bool
find_section(struct gaz_str name, enum gaz_config_section *out)
{
	for (size_t i = 0; i < GAZ_SECTION_COUNT; i++) {
		if (gaz_str_eq_z(name, gaz_config_sections[i].name)) {
			*out = (enum gaz_config_section)i;
			return true;
		}
	}
	return false;
}

/* Keep a place in the order of the files; filled when the section ends. */
static void
start_named(struct gaz_config_reader *r, struct gaz_str name)
{
	struct gaz_config_current *cur = &r->cur;
	struct gaz_str copy = gaz_arena_str(&r->config->arena, name);

	memset(r->named_set, 0, gaz_config_row_count * sizeof(*r->named_set));
	switch (cur->section) {
	case GAZ_SECTION_FEED:
		cur->index = r->feeds.n;
		cur->feed = r->feed_default;
		cur->feed.name = copy;
		cur->feed.file = gaz_str_of(cur->header.file->name);
		cur->feed.line = cur->line;
		cur->access = *r->access_default;
		r->access_used = false;
		*gaz_vec_push(&r->feeds) = cur->feed;
		break;
	case GAZ_SECTION_EXPORT:
		cur->index = r->exports.n;
		cur->export = r->export_default;
		cur->export.name = copy;
		*gaz_vec_push(&r->exports) = cur->export;
		break;
	case GAZ_SECTION_RULE:
		cur->index = r->rules.n;
		cur->rule = (struct gaz_config_rule){ .name = copy };
		*gaz_vec_push(&r->rules) = cur->rule;
		break;
	case GAZ_SECTION_DAEMON:
	case GAZ_SECTION_STORE:
	case GAZ_SECTION_STORIES:
	case GAZ_SECTION_COUNT:
		break;
	}
}

static void
check_name(struct gaz_config_reader *r, struct gaz_str name,
    struct gaz_config_place place)
{
	const char *kind = gaz_config_sections[r->cur.section].name;
	struct gaz_map **names = &r->names[r->cur.section];

	if (gaz_str_trim(name).len == 0) {
		gaz_config_report(r->errors, place, false,
		    "the name of this %s is empty", kind);
		return;
	}
	if (name.len > GAZ_CONFIG_NAME_MAX) {
		gaz_config_report(r->errors, place, false,
		    "the name is too long (%d bytes at most)",
		    GAZ_CONFIG_NAME_MAX);
		return;
	}
	if (*names == NULL)
		*names = gaz_map_new();
	if (r->feeds.n > GAZ_CONFIG_FEEDS_MAX) {
		gaz_config_report(r->errors, place, false,
		    "there are too many feeds (%d at most)",
		    GAZ_CONFIG_FEEDS_MAX);
		return;
	}
	struct gaz_config_place *first = gaz_map_find(*names, name);
	if (first == NULL) {
		first = gaz_arena_alloc(&r->temp, sizeof(*first));
		*first = place;
		gaz_map_put(*names, name, first);
		return;
	}
	int line, column;
	gaz_config_locate(*first, &line, &column);
	gaz_config_report(r->errors, place, false,
	    "%s \"%.*s\" is there already, at %s:%d", kind,
	    GAZ_STR_ARG(name), first->file->name, line);
}

/*
 * The quoted name in line from pos on; *end is behind the closing quote. False
 * when the quote is never closed.
 */
static bool
read_name(struct gaz_str line, size_t pos, struct gaz_buf *out, size_t *end)
{
	gaz_buf_reset(out);
	for (pos++; pos < line.len; pos++) {
		char c = line.p[pos];
		if (c == '"') {
			*end = pos + 1;
			return true;
		}
		if (c == '\\' && pos + 1 < line.len &&
		    (line.p[pos + 1] == '"' || line.p[pos + 1] == '\\'))
			c = line.p[++pos];
		gaz_buf_put_char(out, c);
	}
	return false;
}

/* Nothing may stand behind a section. */
static void
check_rest(struct gaz_config_reader *r, const struct gaz_config_text *file,
    struct gaz_str line, size_t start, size_t pos)
{
	if (pos >= line.len)
		return;
	gaz_config_report(r->errors, place_at(file, start + pos,
	    line.len - pos), false,
	    is_comment(line, pos) ? "a comment needs a line of its own"
	                          : "there is text after the section");
}

/* [kind "name"], with what can be told of it although something is wrong. */
struct header {
	struct gaz_str kind;
	struct gaz_config_place kind_place, name_place;
	bool has_name; /* in the reader's plain */
	bool closed;
};

static size_t
end_of_word(struct gaz_str line, size_t pos)
{
	while (pos < line.len && (gaz_is_alnum(line.p[pos]) ||
	    line.p[pos] == '-' || line.p[pos] == '_' || line.p[pos] == '.'))
		pos++;
	return pos;
}

/* False when no sense can be made of it. */
static bool
read_header(struct gaz_config_reader *r, const struct gaz_config_text *file,
    struct gaz_str line, size_t start, size_t pos, struct header *h)
{
	size_t word = skip_blanks(line, pos + 1), end;

	pos = end_of_word(line, word);
	h->kind = gaz_str_sub(line, word, pos);
	h->kind_place = place_at(file, start + word, h->kind.len);
	pos = skip_blanks(line, pos);
	gaz_buf_reset(&r->plain);
	if (pos < line.len && line.p[pos] == '"') {
		if (!read_name(line, pos, &r->plain, &end)) {
			gaz_config_report(r->errors, place_at(file, start +
			    pos, line.len - pos), false,
			    "this quote is never closed");
			return false;
		}
		h->has_name = true;
		h->name_place = place_at(file, start + pos, end - pos);
		pos = skip_blanks(line, end);
	}
	h->closed = pos < line.len && line.p[pos] == ']';
	if (h->closed)
		check_rest(r, file, line, start, skip_blanks(line, pos + 1));
	else
		gaz_config_report(r->errors, place_at(file, start + pos, 1),
		    false, h->has_name || h->kind.len == 0 || pos >= line.len
		        ? "\"]\" is missing"
		        : "\"]\" is missing, or quotes around the name: "
			  "[feed \"NAME\"]");
	return true;
}

static void
report_unknown_section(struct gaz_config_reader *r, const struct header *h)
{
	const char *near = gaz_config_nearest(h->kind, GAZ_SECTION_COUNT,
	    section_name, NULL, NULL);

	gaz_config_report(r->errors, h->kind_place, false,
	    "unknown section [%.*s]%s%s%s", GAZ_STR_ARG(h->kind),
	    near != NULL ? "; did you mean [" : "", near != NULL ? near : "",
	    near != NULL ? "]?" : "");
}

static void
read_section(struct gaz_config_reader *r, const struct cursor *c,
    struct gaz_str line, size_t start, size_t pos)
{
	struct header h = { .closed = false };

	gaz_config_close_section(r);
	r->cur = (struct gaz_config_current){ .open = true,
		.header = place_at(c->file, start + pos, line.len - pos),
		.line = c->line, .set = r->named_set };
	if (!read_header(r, c->file, line, start, pos, &h))
		return;
	if (!find_section(h.kind, &r->cur.section)) {
		report_unknown_section(r, &h);
		return;
	}
	r->cur.known = true;
	const struct gaz_config_section_row *row =
	    &gaz_config_sections[r->cur.section];
	if (!row->named) {
		r->cur.set = r->daemon_set;
		if (h.has_name)
			gaz_config_report(r->errors, h.name_place, false,
			    "[%s] takes no name", row->name);
		return;
	}
	struct gaz_str name = gaz_buf_str(&r->plain);
	start_named(r, name);
	if (h.has_name)
		check_name(r, name, h.name_place);
	else if (h.closed)
		gaz_config_report(r->errors, h.kind_place, false,
		    "[%s] needs a name: [%s \"NAME\"]", row->name, row->name);
}

/* ---- keys */

struct near_arg {
	enum gaz_config_section section;
};

static const char *
key_name(size_t i, const void *arg)
{
	const struct near_arg *near = arg;

	if (gaz_config_rows[i].section != near->section)
		return NULL;
	return gaz_config_rows[i].key;
}

/* A section that has this key, or NULL. */
static const char *
other_section(struct gaz_str key)
{
	for (size_t i = 0; i < gaz_config_row_count; i++) {
		if (gaz_str_eq_z(key, gaz_config_rows[i].key))
			return gaz_config_sections[gaz_config_rows[i].section]
			    .name;
	}
	return NULL;
}

static void
report_unknown_key(struct gaz_config_reader *r, struct gaz_str key,
    struct gaz_config_place place)
{
	const char *section = gaz_config_sections[r->cur.section].name;
	const char *other = other_section(key);
	struct near_arg arg = { r->cur.section };
	size_t distance = 0;
	const char *near = gaz_config_nearest(key, gaz_config_row_count,
	    key_name, &arg, &distance);

	if (other != NULL && (near == NULL || distance > 1))
		gaz_config_report(r->errors, place, false,
		    "[%s] has no key \"%.*s\"; it belongs in [%s]", section,
		    GAZ_STR_ARG(gaz_str_cut(key, 60)), other);
	else if (near != NULL)
		gaz_config_report(r->errors, place, false,
		    "unknown key \"%.*s\" in [%s]; did you mean \"%s\"?",
		    GAZ_STR_ARG(gaz_str_cut(key, 60)), section, near);
	else
		gaz_config_report(r->errors, place, false,
		    "unknown key \"%.*s\" in [%s]",
		    GAZ_STR_ARG(gaz_str_cut(key, 60)), section);
}

/* Without the backslash at its end; true when there is one. */
static bool
continues(struct gaz_str *line)
{
	if (line->len == 0 || line->p[line->len - 1] != '\\')
		return false;
	*line = gaz_str_sub(*line, 0, line->len - 1);
	return true;
}

static void
add_piece(struct gaz_config_reader *r, size_t offset, size_t at)
{
	*gaz_vec_push(&r->pieces) = (struct gaz_config_piece){ offset, at };
}

/* Append the lines that a value goes on with, each after one space. */
static void
join_lines(struct gaz_config_reader *r, struct cursor *c, struct gaz_str first)
{
	struct gaz_config_place last = place_at(c->file, c->pos, 0);
	struct gaz_str line;
	size_t start;
	bool more = true;

	gaz_buf_reset(&r->joined);
	gaz_buf_put_str(&r->joined, gaz_str_trim(first));
	while (more) {
		if (!next_line(c, &line, &start)) {
			gaz_config_report(r->errors, last, false,
			    "the file ends in a continued line");
			break;
		}
		last = place_at(c->file, start, line.len);
		size_t pos = skip_blanks(line, 0);
		if (pos < line.len && is_comment(line, pos))
			continue;
		more = continues(&line);
		struct gaz_str piece = gaz_str_trim(gaz_str_sub(line, pos,
		    line.len));
		if (r->joined.len > 0 && piece.len > 0)
			gaz_buf_put_char(&r->joined, ' ');
		add_piece(r, r->joined.len, start + pos);
		gaz_buf_put_str(&r->joined, piece);
	}
}

static bool
read_value(struct gaz_config_reader *r, struct cursor *c, struct gaz_str line,
    size_t start, size_t pos, struct gaz_config_value *v)
{
	pos = skip_blanks(line, pos);
	struct gaz_str rest = gaz_str_sub(line, pos, line.len);
	bool more = continues(&rest);

	r->pieces.n = 0;
	add_piece(r, 0, start + pos);
	if (more) {
		join_lines(r, c, rest);
		v->raw = gaz_buf_str(&r->joined);
	} else {
		v->raw = gaz_str_trim(rest);
	}
	v->file = c->file;
	v->pieces = r->pieces.v;
	v->piece_count = r->pieces.n;
	if (v->raw.len <= GAZ_CONFIG_VALUE_MAX)
		return true;
	gaz_config_report(r->errors, place_at(c->file, start + pos, 1), false,
	    "the value is too long (%d bytes at most)", GAZ_CONFIG_VALUE_MAX);
	return false;
}

static void
set_key(struct gaz_config_reader *r, const struct gaz_config_row *row,
    const struct gaz_config_value *v)
{
	struct gaz_config_place *set = &r->cur.set[row - gaz_config_rows];

	if (set->file == v->file && !gaz_config_type_repeats(row->type)) {
		int line, column;
		gaz_config_locate(*set, &line, &column);
		gaz_config_report(r->errors, v->key, false,
		    "%s is set already, in line %d", row->key, line);
		return;
	}
	*set = gaz_config_place_of(v, 0, v->raw.len);
	gaz_config_apply(r, row, v);
}

static void
read_key(struct gaz_config_reader *r, struct cursor *c, struct gaz_str line,
    size_t start, size_t pos)
{
	size_t equals = gaz_str_find_char(line, '=', pos);
	struct gaz_str key = gaz_str_trim(gaz_str_sub(line, pos, equals));
	struct gaz_config_value v = { .key = place_at(c->file, start + pos,
		key.len) };

	if (equals == GAZ_STR_NPOS) {
		gaz_config_report(r->errors, v.key, false,
		    "\"=\" is missing; a line is \"key = value\", a section "
		    "or a comment");
		return;
	}
	if (key.len == 0) {
		v.key.len = 1;
		gaz_config_report(r->errors, v.key, false,
		    "there is no key before \"=\"");
		return;
	}
	if (!read_value(r, c, line, start, equals + 1, &v))
		return;
	if (gaz_str_eq_z(key, "include")) {
		gaz_config_read_include(r, &v);
		return;
	}
	if (!r->cur.open) {
		const char *other = other_section(key);
		gaz_config_report(r->errors, v.key, false,
		    "\"%.*s\" stands before the first section%s%s%s",
		    GAZ_STR_ARG(gaz_str_cut(key, 60)),
		    other != NULL ? "; it belongs in [" : "",
		    other != NULL ? other : "", other != NULL ? "]" : "");
		return;
	}
	if (!r->cur.known)
		return; /* the section was reported */
	const struct gaz_config_row *row = gaz_config_find_row(r->cur.section,
	    key);
	if (row != NULL)
		set_key(r, row, &v);
	else
		report_unknown_key(r, key, v.key);
}

/* ---- all lines */

void
gaz_config_read_lines(struct gaz_config_reader *r,
    const struct gaz_config_text *file)
{
	struct cursor c = { .file = file };
	struct gaz_str line;
	size_t start;

	if (gaz_str_starts(gaz_buf_str(&file->text), "\xef\xbb\xbf"))
		c.pos = 3;
	while (next_line(&c, &line, &start)) {
		size_t pos = skip_blanks(line, 0);
		if (is_comment(line, pos))
			continue;
		if (line.p[pos] == '[')
			read_section(r, &c, line, start, pos);
		else
			read_key(r, &c, line, start, pos);
	}
	gaz_config_close_section(r);
	r->cur.open = false;
}
