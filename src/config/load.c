/*
 * Reads configuration files and what they include, and makes a config of them.
 * Nothing stops at a fault: all of them are reported, then there is no config.
 */
#include "config.h"

#include "gazetted/config.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "config/reader.h"
#include "gazetted/mem.h"

/* ---- files */

/* Whether it is text at all; says so if not. */
static bool
check_text(struct gaz_config_reader *r, const struct gaz_config_text *file)
{
	struct gaz_config_place place = { file, 0, 1 };
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
		place.at = i;
		gaz_config_locate(place, &line, &column);
		gaz_config_report_file(r->errors, file->name,
		    "this is not a text file: byte 0x%02x in line %d", c,
		    line);
		return false;
	}
	if (gaz_utf8_is_valid(s))
		return true;
	for (size_t pos = 0; pos < s.len;) {
		place.at = pos;
		gaz_utf8_next(s, &pos);
		if (!gaz_utf8_is_valid(gaz_str_sub(s, place.at, pos)))
			break;
	}
	gaz_config_report(r->errors, place, false,
	    "this is not UTF-8: byte 0x%02x", (unsigned char)s.p[place.at]);
	return false;
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
	gaz_config_read_lines(r, t);
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

void
gaz_config_read_include(struct gaz_config_reader *r,
    const struct gaz_config_value *v)
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
	if (read_file(&r, NULL, (struct gaz_config_place){ 0 }, c->file))
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
