/*
 * Reads configuration files: lines, sections, keys, includes. What a key's
 * value means is decided in apply.c, what a section must hold in finish.c.
 * Nothing stops at a fault: all of them are reported, then there is no config.
 */
#include "config.h"

#include "gazetted/config.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "config/reader.h"
#include "gazetted/mem.h"

struct cursor {
	const struct gaz_config_text *file;
	size_t pos;
	int line;
};

static bool read_file(struct gaz_config_reader *r,
    const struct gaz_config_text *parent, struct gaz_config_place place,
    struct gaz_str path);

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

static void
read_section(struct gaz_config_reader *r, const struct cursor *c,
    struct gaz_str line, size_t start, size_t pos)
{
	const struct gaz_config_text *file = c->file;
	struct gaz_config_errors *e = r->errors;
	size_t open = pos, name_at, name_end;
	bool has_name = false, closed = false;

	gaz_config_close_section(r);
	r->cur = (struct gaz_config_current){ .open = true,
		.header = place_at(file, start + open, line.len - open),
		.line = c->line, .set = r->named_set };

	pos = skip_blanks(line, pos + 1);
	size_t word = pos;
	while (pos < line.len && (gaz_is_alnum(line.p[pos]) ||
	    line.p[pos] == '-' || line.p[pos] == '_' || line.p[pos] == '.'))
		pos++;
	struct gaz_str kind = gaz_str_sub(line, word, pos);
	name_at = name_end = pos = skip_blanks(line, pos);
	gaz_buf_reset(&r->plain);
	if (pos < line.len && line.p[pos] == '"') {
		if (!read_name(line, pos, &r->plain, &name_end)) {
			gaz_config_report(e, place_at(file, start + pos,
			    line.len - pos), false,
			    "this quote is never closed");
			return;
		}
		has_name = true;
		pos = skip_blanks(line, name_end);
	}
	closed = pos < line.len && line.p[pos] == ']';
	if (!closed)
		gaz_config_report(e, place_at(file, start + pos, 1), false,
		    has_name || kind.len == 0 || pos >= line.len
		        ? "\"]\" is missing"
		        : "\"]\" is missing, or quotes around the name: "
			  "[feed \"NAME\"]");
	else
		check_rest(r, file, line, start, skip_blanks(line, pos + 1));

	struct gaz_config_place kind_place = place_at(file, start + word,
	    kind.len);
	if (!find_section(kind, &r->cur.section)) {
		const char *near = gaz_config_nearest(kind, GAZ_SECTION_COUNT,
		    section_name, NULL, NULL);
		gaz_config_report(e, kind_place, false,
		    "unknown section [%.*s]%s%s%s", GAZ_STR_ARG(kind),
		    near != NULL ? "; did you mean [" : "",
		    near != NULL ? near : "", near != NULL ? "]?" : "");
		return;
	}
	r->cur.known = true;
	const struct gaz_config_section_row *row =
	    &gaz_config_sections[r->cur.section];
	if (!row->named) {
		r->cur.set = r->daemon_set;
		if (has_name)
			gaz_config_report(e, place_at(file, start + name_at,
			    name_end - name_at), false,
			    "[%s] takes no name", row->name);
		return;
	}
	struct gaz_str name = gaz_buf_str(&r->plain);
	start_named(r, name);
	if (has_name)
		check_name(r, name, place_at(file, start + name_at,
		    name_end - name_at));
	else if (closed)
		gaz_config_report(e, kind_place, false,
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

static void read_include(struct gaz_config_reader *r,
    const struct gaz_config_value *v);

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
		read_include(r, &v);
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

/* ---- files */

/* Whether it is text at all; says so if not. */
static bool
check_text(struct gaz_config_reader *r, const struct gaz_config_text *file)
{
	struct gaz_str s = gaz_buf_str(&file->text);
	int line, column;

	if (gaz_str_starts(s, "\xff\xfe") || gaz_str_starts(s, "\xfe\xff")) {
		gaz_config_report_file(r->errors, file->name,
		    "this is UTF-16; save it as UTF-8");
		return false;
	}
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if ((c >= ' ' && c != 0x7f) || c == '\t' || c == '\n' ||
		    c == '\r')
			continue;
		gaz_config_locate(place_at(file, i, 1), &line, &column);
		gaz_config_report_file(r->errors, file->name,
		    "this is not a text file: byte 0x%02x in line %d", c,
		    line);
		return false;
	}
	if (gaz_utf8_is_valid(s))
		return true;
	for (size_t pos = 0; pos < s.len;) {
		size_t here = pos;
		gaz_utf8_next(s, &pos);
		if (gaz_utf8_is_valid(gaz_str_sub(s, here, pos)))
			continue;
		gaz_config_report(r->errors, place_at(file, here, 1), false,
		    "this is not UTF-8: byte 0x%02x",
		    (unsigned char)s.p[here]);
		break;
	}
	return false;
}

static void
read_lines(struct gaz_config_reader *r, const struct gaz_config_text *file)
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

/* The chain of files that leads back to the same one, or NULL. */
static const struct gaz_config_text *
find_loop(const struct gaz_config_text *file)
{
	const struct gaz_config_text *t = file->parent;

	while (t != NULL && (t->info.identity[0] != file->info.identity[0] ||
	    t->info.identity[1] != file->info.identity[1]))
		t = t->parent;
	return t;
}

static struct gaz_str
folder_of(struct gaz_str path)
{
	size_t slash = gaz_str_rfind_char(path, '/');

	return gaz_str_sub(path, 0, slash == GAZ_STR_NPOS ? 0 : slash + 1);
}

static struct gaz_config_text *
new_text(struct gaz_config_reader *r, const struct gaz_config_text *parent,
    struct gaz_str path)
{
	struct gaz_config_text *t = gaz_mem_zero(1, sizeof(*t));
	bool is_stdin = parent == NULL && gaz_str_eq_z(path, "-");
	struct gaz_arena *a = &r->config->arena;

	*gaz_vec_push(&r->files) = t;
	gaz_buf_init(&t->text, GAZ_CONFIG_FILE_MAX);
	t->name = gaz_arena_z(a, is_stdin ? GAZ_STR("standard input") : path);
	t->folder = gaz_arena_str(a, folder_of(path));
	t->parent = parent;
	t->depth = parent != NULL ? parent->depth + 1 : 0;
	t->order = r->files.n;
	return t;
}

static void
report_load(struct gaz_config_reader *r, struct gaz_config_place place,
    const char *path, const char *why)
{
	if (place.file != NULL)
		gaz_config_report(r->errors, place, false, "%s: %s", path,
		    why);
	else
		gaz_config_report_file(r->errors, path, "%s", why);
}

/* Read one file; place is what names it, or nowhere. */
static bool
read_file(struct gaz_config_reader *r, const struct gaz_config_text *parent,
    struct gaz_config_place place, struct gaz_str path)
{
	struct gaz_err err = { 0 };

	if (r->files.n >= GAZ_CONFIG_FILES_MAX) {
		gaz_config_report(r->errors, place, false,
		    "too many files are included (%d at most)",
		    GAZ_CONFIG_FILES_MAX);
		return false;
	}
	struct gaz_config_text *t = new_text(r, parent, path);
	if (t->depth > GAZ_CONFIG_INCLUDE_DEPTH_MAX) {
		gaz_config_report(r->errors, place, false,
		    "includes are nested too deep (%d at most)",
		    GAZ_CONFIG_INCLUDE_DEPTH_MAX);
		return false;
	}
	const char *z = gaz_arena_z(&r->config->arena, path);
	if (r->source->load == NULL) {
		report_load(r, place, z, "no files can be read here");
		return false;
	}
	if (!r->source->load(r->source->arg, z, &t->text, &t->info, &err)) {
		report_load(r, place, t->name, err.msg);
		return false;
	}
	if (find_loop(t) != NULL) {
		gaz_config_report(r->errors, place, false,
		    "include loop: %s is being read already", t->name);
		return false;
	}
	if (!check_text(r, t))
		return false;
	read_lines(r, t);
	return true;
}

static bool
has_wildcard(struct gaz_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '*' || s.p[i] == '?' || s.p[i] == '[')
			return true;
	}
	return false;
}

/* The open section goes on behind the included files. */
static void
read_include(struct gaz_config_reader *r, const struct gaz_config_value *v)
{
	struct gaz_config_place place = gaz_config_place_of(v, 0, v->raw.len);
	struct gaz_arena *a = &r->config->arena;
	const struct gaz_config_text *file = v->file;
	struct gaz_err err = { 0 };
	gaz_str_list found = { 0 };

	struct gaz_str pattern = gaz_config_plain(r, v);
	if (pattern.p == NULL)
		return;
	if (pattern.len == 0) {
		gaz_config_report(r->errors, v->key, false,
		    "include names no file");
		return;
	}
	if (pattern.p[0] == '/')
		pattern = gaz_arena_str(a, pattern);
	else
		pattern = gaz_arena_fmt(a, "%.*s%.*s",
		    GAZ_STR_ARG(file->folder), GAZ_STR_ARG(pattern));
	if (!has_wildcard(pattern)) {
		*gaz_list_push(a, &found) = pattern;
	} else if (r->source->glob == NULL ||
	    !r->source->glob(r->source->arg, pattern.p, a, &found, &err)) {
		report_load(r, place, pattern.p, r->source->glob == NULL
		    ? "no files can be read here" : err.msg);
		return;
	}

	struct gaz_config_current saved = r->cur;
	struct gaz_config_place *named = r->named_set;
	bool access_used = r->access_used;
	r->named_set = gaz_mem_zero(gaz_config_row_count, sizeof(*named));
	for (size_t i = 0; i < found.n; i++) {
		r->cur = (struct gaz_config_current){ 0 };
		(void)read_file(r, file, place, found.v[i]);
	}
	free(r->named_set);
	r->named_set = named;
	r->access_used = access_used;
	r->cur = saved;
}

/* ---- beginning and end */

/* The schema's defaults, read as if they stood in a file. */
static void
apply_defaults(struct gaz_config_reader *r)
{
	struct gaz_config_text text = { .name = "default" };

	for (size_t i = 0; i < gaz_config_row_count; i++) {
		const struct gaz_config_row *row = &gaz_config_rows[i];
		struct gaz_config_piece piece = { 0, 0 };
		if (row->def == NULL)
			continue;
		r->cur.section = row->section;
		gaz_buf_init(&text.text, GAZ_CONFIG_VALUE_MAX);
		gaz_buf_put_z(&text.text, row->def);
		struct gaz_config_value v = { .file = &text,
			.raw = gaz_buf_str(&text.text), .pieces = &piece,
			.piece_count = 1,
			.key = { &text, 0, text.text.len } };
		gaz_config_apply(r, row, &v);
		gaz_buf_clear(&text.text);
		assert(r->errors->count == 0);
	}
	r->feed_default = r->cur.feed;
	r->export_default = r->cur.export;
	struct gaz_config_access *access = gaz_arena_alloc(&r->config->arena,
	    sizeof(*access));
	*access = r->cur.access;
	r->access_default = r->feed_default.access = access;
	r->cur = (struct gaz_config_current){ 0 };
	r->access_used = r->listen_set = false;
}

/* A folder that systemd made for us; of several the first. */
static struct gaz_str
folder_variable(struct gaz_config_reader *r, const char *name)
{
	if (r->source->variable == NULL)
		return GAZ_STR_NONE;
	struct gaz_str s = gaz_str_of(r->source->variable(r->source->arg,
	    name));
	s = gaz_str_sub(s, 0, gaz_str_find_char(s, ':', 0));
	if (s.len == 0 || s.p[0] != '/')
		return GAZ_STR_NONE;
	return s;
}

static void
apply_environment(struct gaz_config_reader *r)
{
	struct gaz_config *c = r->config;
	struct gaz_str state = folder_variable(r, "STATE_DIRECTORY");
	struct gaz_str runtime = folder_variable(r, "RUNTIME_DIRECTORY");

	if (state.len > 0)
		c->state_directory = gaz_arena_str(&c->arena, state);
	if (runtime.len > 0)
		c->control_socket = gaz_arena_fmt(&c->arena,
		    "%.*s/control.sock", GAZ_STR_ARG(runtime));
}

static void
reader_init(struct gaz_config_reader *r,
    const struct gaz_config_source *source, struct gaz_config_errors *errors)
{
	*r = (struct gaz_config_reader){ .source = source, .errors = errors };
	gaz_config_errors_clear(errors);
	r->config = gaz_mem_zero(1, sizeof(*r->config));
	r->config->refs = 1;
	gaz_buf_init(&r->joined, GAZ_CONFIG_FILE_MAX);
	gaz_buf_init(&r->plain, GAZ_CONFIG_FILE_MAX);
	r->daemon_set = gaz_mem_zero(gaz_config_row_count,
	    sizeof(*r->daemon_set));
	r->named_set = gaz_mem_zero(gaz_config_row_count,
	    sizeof(*r->named_set));
}

static void
reader_clear(struct gaz_config_reader *r)
{
	for (size_t i = 0; i < r->files.n; i++) {
		gaz_buf_clear(&r->files.v[i]->text);
		free(r->files.v[i]);
	}
	gaz_vec_clear(&r->files);
	gaz_vec_clear(&r->feeds);
	gaz_vec_clear(&r->exports);
	gaz_vec_clear(&r->rules);
	gaz_vec_clear(&r->pieces);
	gaz_vec_clear(&r->intervals);
	for (size_t i = 0; i < GAZ_SECTION_COUNT; i++)
		gaz_map_free(r->names[i]);
	gaz_map_free(r->urls);
	gaz_map_free(r->paths);
	gaz_buf_clear(&r->joined);
	gaz_buf_clear(&r->plain);
	gaz_arena_clear(&r->temp);
	free(r->daemon_set);
	free(r->named_set);
}

/* Exactly as much memory as there are elements. */
#define KEEP(list, vec)                                                     \
	do {                                                                \
		(list)->n = (list)->cap = (vec)->n;                         \
		if ((vec)->n == 0)                                          \
			break;                                              \
		(list)->v = gaz_arena_alloc(&r->config->arena,              \
		    (vec)->n * sizeof(*(vec)->v));                          \
		memcpy((list)->v, (vec)->v, (vec)->n * sizeof(*(vec)->v));  \
	} while (0)

static int
compare_feeds(const void *a, const void *b, void *arg)
{
	const struct gaz_config *c = arg;
	const uint32_t *x = a, *y = b;

	return gaz_str_cmp(c->feeds.v[*x].name, c->feeds.v[*y].name);
}

static void
keep_all(struct gaz_config_reader *r)
{
	struct gaz_config *c = r->config;

	KEEP(&c->feeds, &r->feeds);
	KEEP(&c->exports, &r->exports);
	KEEP(&c->rules, &r->rules);
	c->by_name = gaz_arena_alloc(&c->arena,
	    c->feeds.n * sizeof(*c->by_name));
	for (size_t i = 0; i < c->feeds.n; i++)
		c->by_name[i] = (uint32_t)i;
	if (c->feeds.n > 1)
		qsort_r(c->by_name, c->feeds.n, sizeof(*c->by_name),
		    compare_feeds, c);
}

struct gaz_config *
gaz_config_load_from(const struct gaz_config_source *source, const char *path,
    struct gaz_config_errors *errors)
{
	struct gaz_config_reader r;
	struct gaz_config *c;

	reader_init(&r, source, errors);
	c = r.config;
	c->file = gaz_arena_str(&c->arena, gaz_str_of(path));
	apply_defaults(&r);
	apply_environment(&r);
	if (read_file(&r, NULL, place_at(NULL, 0, 0), c->file))
		gaz_config_check_whole(&r);
	gaz_config_errors_finish(errors);
	if (errors->count == 0) {
		keep_all(&r);
	} else {
		gaz_config_put(c);
		c = NULL;
	}
	reader_clear(&r);
	return c;
}

struct gaz_config *
gaz_config_get(struct gaz_config *c)
{
	__atomic_add_fetch(&c->refs, 1, __ATOMIC_RELAXED);
	return c;
}

void
gaz_config_put(struct gaz_config *c)
{
	if (c == NULL || __atomic_sub_fetch(&c->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	gaz_arena_clear(&c->arena);
	free(c);
}

const struct gaz_config_feed *
gaz_config_find_feed(const struct gaz_config *c, struct gaz_str name)
{
	size_t from = 0, to = c->feeds.n;

	while (from < to) {
		size_t mid = from + (to - from) / 2;
		const struct gaz_config_feed *f = &c->feeds.v[c->by_name[mid]];
		int order = gaz_str_cmp(name, f->name);
		if (order == 0)
			return f;
		if (order < 0)
			to = mid;
		else
			from = mid + 1;
	}
	return NULL;
}
