#include "config.h"

#include "gazetted/json.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void
gaz_json_init(struct gaz_json *j, struct gaz_buf *out, int indent)
{
	*j = (struct gaz_json){ .out = out, .indent = indent };
}

static void
new_line(struct gaz_json *j)
{
	if (j->indent > 0)
		gaz_buf_put_fmt(j->out, "\n%*s", j->depth * j->indent, "");
}

/* Offset of the first byte at or after pos that is not plain ASCII text. */
static size_t
skip_plain(struct gaz_str s, size_t pos)
{
	while (pos < s.len && s.p[pos] >= ' ' && s.p[pos] <= '~' &&
	    s.p[pos] != '"' && s.p[pos] != '\\')
		pos++;
	return pos;
}

static void
put_string(struct gaz_json *j, struct gaz_str s)
{
	size_t done = 0, pos = 0;

	gaz_buf_put_char(j->out, '"');
	while ((pos = skip_plain(s, pos)) < s.len) {
		size_t start = pos;
		uint32_t c = gaz_utf8_next(s, &pos);
		if (c >= 0x20 && c != '"' && c != '\\' && c != 0xfffd)
			continue;
		gaz_buf_put(j->out, s.p + done, start - done);
		done = pos;
		switch (c) {
		case '"':
			gaz_buf_put_z(j->out, "\\\"");
			break;
		case '\\':
			gaz_buf_put_z(j->out, "\\\\");
			break;
		case '\n':
			gaz_buf_put_z(j->out, "\\n");
			break;
		case '\r':
			gaz_buf_put_z(j->out, "\\r");
			break;
		case '\t':
			gaz_buf_put_z(j->out, "\\t");
			break;
		case 0xfffd: /* ill-formed, or itself */
			gaz_buf_put_utf8(j->out, c);
			break;
		default:
			gaz_buf_put_fmt(j->out, "\\u%04x", (unsigned)c);
			break;
		}
	}
	if (done < s.len)
		gaz_buf_put(j->out, s.p + done, s.len - done);
	gaz_buf_put_char(j->out, '"');
}

/* What stands before a value: comma, new line, key. */
static void
begin_value(struct gaz_json *j, const char *key)
{
	if (j->depth > 0) {
		if (j->filled[j->depth])
			gaz_buf_put_char(j->out, ',');
		new_line(j);
	} else if (j->filled[0]) {
		/* several documents: one a line */
		gaz_buf_put_char(j->out, '\n');
	}
	j->filled[j->depth] = true;
	if (key != NULL) {
		put_string(j, gaz_str_of(key));
		gaz_buf_put_z(j->out, j->indent > 0 ? ": " : ":");
	}
}

static void
open_level(struct gaz_json *j, const char *key, char bracket)
{
	begin_value(j, key);
	gaz_buf_put_char(j->out, bracket);
	assert(j->depth + 1 < GAZ_JSON_DEPTH_MAX);
	j->filled[++j->depth] = false;
}

static void
close_level(struct gaz_json *j, char bracket)
{
	assert(j->depth > 0);
	bool filled = j->filled[j->depth--];
	if (filled)
		new_line(j);
	gaz_buf_put_char(j->out, bracket);
}

void
gaz_json_object(struct gaz_json *j, const char *key)
{
	open_level(j, key, '{');
}

void
gaz_json_end_object(struct gaz_json *j)
{
	close_level(j, '}');
}

void
gaz_json_array(struct gaz_json *j, const char *key)
{
	open_level(j, key, '[');
}

void
gaz_json_end_array(struct gaz_json *j)
{
	close_level(j, ']');
}

void
gaz_json_str(struct gaz_json *j, const char *key, struct gaz_str s)
{
	if (s.p == NULL) {
		gaz_json_null(j, key);
		return;
	}
	begin_value(j, key);
	put_string(j, s);
}

void
gaz_json_z(struct gaz_json *j, const char *key, const char *z)
{
	gaz_json_str(j, key, gaz_str_of(z));
}

void
gaz_json_int(struct gaz_json *j, const char *key, int64_t n)
{
	begin_value(j, key);
	gaz_buf_put_fmt(j->out, "%" PRId64, n);
}

void
gaz_json_opt_int(struct gaz_json *j, const char *key, int64_t n)
{
	if (n == INT64_MIN)
		gaz_json_null(j, key);
	else
		gaz_json_int(j, key, n);
}

void
gaz_json_num(struct gaz_json *j, const char *key, double x)
{
	char text[64];
	bool point = false;

	if (!isfinite(x)) {
		gaz_json_null(j, key);
		return;
	}
	/* The fewest digits that read back as x; 17 always do. */
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, x);
		if (strtod(text, NULL) == x)
			break;
	}
	begin_value(j, key);
	/* Whatever the locale has for a decimal point, JSON has ".". */
	for (const char *p = text; *p != '\0'; p++) {
		if (gaz_is_alnum(*p) || *p == '-' || *p == '+')
			gaz_buf_put_char(j->out, *p);
		else if (!point) {
			gaz_buf_put_char(j->out, '.');
			point = true;
		}
	}
}

void
gaz_json_bool(struct gaz_json *j, const char *key, bool b)
{
	begin_value(j, key);
	gaz_buf_put_z(j->out, b ? "true" : "false");
}

void
gaz_json_null(struct gaz_json *j, const char *key)
{
	begin_value(j, key);
	gaz_buf_put_z(j->out, "null");
}

void
gaz_json_utc(struct gaz_json *j, const char *key, gaz_utc t)
{
	char text[GAZ_UTC_TEXT_MAX];

	if (gaz_utc_rfc3339(t, text)[0] != '\0')
		gaz_json_z(j, key, text);
	else
		gaz_json_null(j, key);
}

void
gaz_json_raw(struct gaz_json *j, const char *key, struct gaz_str json)
{
	begin_value(j, key);
	gaz_buf_put_str(j->out, json);
}
