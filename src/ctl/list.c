#include "config.h"

#include "list.h"

#include <sysexits.h>

#include "gazetted/limits.h"

int
gaz_ctl_show(const struct gaz_ctl_args *args, struct gaz_buf *answer,
    gaz_ctl_list_fn *write)
{
	struct gaz_ctl_style st = gaz_ctl_style_of_stdout();
	struct gaz_buf out;
	json_t *root;

	if (args->json)
		return gaz_ctl_print(args, answer);
	root = gaz_ctl_json(args, answer);
	if (root == NULL)
		return EX_IOERR;
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	write(root, &st, &out);
	if (st.terminal && out.len == 0)
		gaz_buf_put_z(&out, "nothing found\n");
	gaz_ctl_put_more(&out, root, &st);
	json_decref(root);
	return gaz_ctl_print(args, &out);
}

int
gaz_ctl_list(const struct gaz_ctl_args *args,
    const struct gaz_ctl_question *q, gaz_ctl_change_fn *change,
    gaz_ctl_list_fn *write)
{
	struct gaz_ctl_reach r;
	struct gaz_buf answer;
	int status;

	status = gaz_ctl_reach_open(&r, args);
	if (status != EX_OK)
		return status;
	gaz_buf_init(&answer, GAZ_MESSAGE_MAX);
	status = gaz_ctl_ask(&r, q, &answer);
	if (status == EX_OK && change != NULL && !change(args, &answer))
		status = EX_IOERR;
	if (status == EX_OK)
		status = gaz_ctl_show(args, &answer, write);
	gaz_buf_clear(&answer);
	gaz_ctl_reach_close(&r);
	return status;
}

int
gaz_ctl_order(const struct gaz_ctl_args *args, const char *path,
    const gaz_ctl_params *params, bool patient, gaz_ctl_list_fn *write)
{
	struct gaz_ctl_reach r;
	struct gaz_buf answer;
	int status;

	status = gaz_ctl_reach_open(&r, args);
	if (status != EX_OK)
		return status;
	gaz_buf_init(&answer, GAZ_MESSAGE_MAX);
	status = gaz_ctl_post(&r, path, params, patient, &answer);
	if (status == EX_OK)
		status = gaz_ctl_show(args, &answer, write);
	gaz_buf_clear(&answer);
	gaz_ctl_reach_close(&r);
	return status;
}

#define LANGUAGES_SHOWN 4

void
gaz_ctl_put_languages(struct gaz_buf *out, const json_t *array)
{
	size_t n = json_array_size(array), i;
	const json_t *v;

	json_array_foreach (array, i, v) {
		if (i == LANGUAGES_SHOWN && n > LANGUAGES_SHOWN + 1) {
			gaz_buf_put_fmt(out, " +%zu", n - i);
			return;
		}
		if (i > 0)
			gaz_buf_put_char(out, ' ');
		gaz_ctl_clean(out, gaz_str_make(json_string_value(v),
		    json_string_length(v)), GAZ_CTL_NO_LIMIT);
	}
}

void
gaz_ctl_write_items(const json_t *root, const struct gaz_ctl_style *st,
    struct gaz_buf *out)
{
	static const struct gaz_ctl_column columns[] = {
		{ "ITEM", .right = true },
		{ "STORY", .right = true, .drop = 2 },
		{ "DATE", .drop = 1 },
		{ "LANG", .drop = 3 },
		{ "FEED", .least = 12 },
		{ "TITLE", .least = 24 },
	};
	struct gaz_ctl_table *t = gaz_ctl_table_new(columns,
	    GAZ_COUNT(columns));
	const json_t *it;
	size_t i;

	json_array_foreach (json_object_get(root, "items"), i, it) {
		int64_t story = gaz_ctl_int(it, "story");
		gaz_utc when = gaz_ctl_utc(it, "published");

		gaz_ctl_cell_int(t, gaz_ctl_int(it, "id"));
		if (story > 0)
			gaz_ctl_cell_int(t, story);
		else
			gaz_ctl_cell(t, GAZ_STR_NONE);
		gaz_ctl_cell_time(t, when != GAZ_UTC_UNKNOWN ? when :
		    gaz_ctl_utc(it, "first_seen"));
		gaz_ctl_cell(t, gaz_ctl_str(it, "language"));
		gaz_ctl_cell(t, gaz_ctl_str(json_object_get(it, "feed"),
		    "title"));
		gaz_ctl_cell(t, gaz_ctl_str(it, "title"));
	}
	gaz_ctl_table_write(t, 0, st, out);
	gaz_ctl_table_free(t);
}

void
gaz_ctl_write_stories(const json_t *root, const struct gaz_ctl_style *st,
    struct gaz_buf *out)
{
	static const struct gaz_ctl_column columns[] = {
		{ "STORY", .right = true },
		{ "LAST ITEM", .drop = 1 },
		{ "OUTLETS", .right = true },
		{ "ITEMS", .right = true, .drop = 3 },
		{ "LANGUAGES", .drop = 2 },
		{ "HEADLINE", .least = 24 },
	};
	struct gaz_ctl_table *t = gaz_ctl_table_new(columns,
	    GAZ_COUNT(columns));
	const json_t *s;
	struct gaz_buf b;
	size_t i;

	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	json_array_foreach (json_object_get(root, "stories"), i, s) {
		gaz_ctl_cell_int(t, gaz_ctl_int(s, "id"));
		gaz_ctl_cell_time(t, gaz_ctl_utc(s, "last_grown"));
		gaz_ctl_cell_int(t, gaz_ctl_int(s, "sources"));
		gaz_ctl_cell_int(t, gaz_ctl_int(s, "members"));
		gaz_buf_reset(&b);
		gaz_ctl_put_languages(&b, json_object_get(s, "languages"));
		gaz_ctl_cell(t, gaz_buf_str(&b));
		gaz_ctl_cell_in(t, gaz_ctl_str(s, "headline"), GAZ_CTL_BOLD);
	}
	gaz_ctl_table_write(t, 0, st, out);
	gaz_buf_clear(&b);
	gaz_ctl_table_free(t);
}
