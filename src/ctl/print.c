#include "config.h"

#include "print.h"

#include <inttypes.h>
#include <stdio.h>
#include <sysexits.h>

#include "gazetted/date.h"

#include "ctl.h"

#define LRM "\xe2\x80\x8e"     /* U+200E: from here on, left to right */
#define WIDTH_READABLE 80 /* of lines in a file or a pipe */

json_t *
gaz_ctl_json(const struct gaz_ctl_args *args, const struct gaz_buf *text)
{
	json_error_t error;
	json_t *root = json_loadb(text->p != NULL ? text->p : "", text->len,
	    JSON_ALLOW_NUL, &error);

	if (root == NULL)
		gaz_ctl_complain(args->spec->name,
		    "the answer is no JSON: %s", error.text);
	return root;
}

struct gaz_str
gaz_ctl_str(const json_t *o, const char *name)
{
	const json_t *v = json_object_get(o, name);

	if (!json_is_string(v))
		return GAZ_STR_NONE;
	return gaz_str_make(json_string_value(v), json_string_length(v));
}

int64_t
gaz_ctl_int(const json_t *o, const char *name)
{
	const json_t *v = json_object_get(o, name);

	return json_is_integer(v) ? json_integer_value(v) : INT64_MIN;
}

gaz_utc
gaz_ctl_utc(const json_t *o, const char *name)
{
	struct gaz_str s = gaz_ctl_str(o, name);

	return s.len > 0 ? gaz_date_parse(s) : GAZ_UTC_UNKNOWN;
}

double
gaz_ctl_num(const json_t *o, const char *name)
{
	const json_t *v = json_object_get(o, name);

	return json_is_number(v) ? json_number_value(v) : 0;
}

bool
gaz_ctl_bool(const json_t *o, const char *name)
{
	return json_is_true(json_object_get(o, name));
}

void
gaz_ctl_cell_time(struct gaz_ctl_table *t, gaz_utc when)
{
	struct gaz_buf b;

	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	gaz_ctl_put_time(&b, when);
	gaz_ctl_cell(t, gaz_buf_str(&b));
	gaz_buf_clear(&b);
}

void
gaz_ctl_put_words(struct gaz_buf *out, const json_t *array,
    const char *between)
{
	size_t i;
	const json_t *v;

	json_array_foreach (array, i, v) {
		if (i > 0)
			gaz_buf_put_z(out, between);
		gaz_ctl_clean(out, gaz_str_make(json_string_value(v),
		    json_string_length(v)), GAZ_CTL_NO_LIMIT);
	}
}

void
gaz_ctl_put_text(struct gaz_buf *out, struct gaz_str s,
    const struct gaz_ctl_style *st)
{
	bool turn = st->terminal && gaz_ctl_is_rtl(s);

	if (turn)
		gaz_buf_put_z(out, LRM);
	gaz_ctl_clean(out, s, GAZ_CTL_NO_LIMIT);
	if (turn)
		gaz_buf_put_z(out, LRM);
}

int
gaz_ctl_print(const struct gaz_ctl_args *args, struct gaz_buf *out)
{
	bool ok = fwrite(out->p != NULL ? out->p : "", 1, out->len, stdout) ==
	    out->len && fflush(stdout) == 0;

	gaz_buf_clear(out);
	if (ok)
		return EX_OK;
	gaz_ctl_complain(args->spec->name, "standard output: %m");
	return EX_IOERR;
}

void
gaz_ctl_put_more(struct gaz_buf *out, const json_t *root,
    const struct gaz_ctl_style *st)
{
	if (st->terminal && gaz_ctl_bool(root, "more"))
		gaz_buf_put_fmt(out, "%sthere are more: --page %" PRId64
		    "%s\n", gaz_ctl_on(st, GAZ_CTL_DIM),
		    gaz_ctl_int(root, "page") + 1,
		    gaz_ctl_off(st, GAZ_CTL_DIM));
}

size_t
gaz_ctl_text_width(const struct gaz_ctl_style *st)
{
	return st->width < WIDTH_READABLE ? st->width : WIDTH_READABLE;
}
