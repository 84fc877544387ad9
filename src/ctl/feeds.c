#include "config.h"

#include "ctl.h"

#include <sysexits.h>

#include "list.h"

/* gazettectl feeds: the subscriptions and how they do. */
static const struct gaz_ctl_option options[] = {
	{ "failing", 'F', NULL, "only those whose last fetch failed" },
	{ 0 },
};

static const struct gaz_ctl_spec spec = {
	.name = "feeds",
	.arguments = "",
	.about =
	    "List the feeds by name: how many items are kept, when each was "
	    "fetched last and\n"
	    "is fetched next, and what was wrong. \"gazettectl why FEED\" "
	    "tells more of one.\n",
	.groups = GAZ_CTL_DAEMON | GAZ_CTL_STORE | GAZ_CTL_FILTER |
	    GAZ_CTL_PAGE | GAZ_CTL_JSON,
	.options = options,
};

static bool
is_failing(const json_t *feed)
{
	return gaz_ctl_int(feed, "failures") > 0;
}

static void
put_state(struct gaz_ctl_table *t, const json_t *feed)
{
	struct gaz_str fault = gaz_ctl_str(feed, "fault");
	int64_t failures = gaz_ctl_int(feed, "failures");
	struct gaz_buf b;

	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	if (!gaz_ctl_bool(feed, "enabled")) {
		gaz_ctl_cell_in(t, GAZ_STR("off"), GAZ_CTL_DIM);
	} else if (fault.p == NULL) {
		gaz_ctl_cell_in(t, GAZ_STR("new"), GAZ_CTL_DIM);
	} else if (gaz_str_eq_z(fault, "ok")) {
		gaz_ctl_cell_in(t, GAZ_STR("ok"), GAZ_CTL_GREEN);
	} else {
		gaz_buf_put_str(&b, fault);
		if (failures > 1)
			gaz_buf_put_fmt(&b, " x%lld", (long long)failures);
		gaz_ctl_cell_in(t, gaz_buf_str(&b), GAZ_CTL_RED);
	}
	gaz_buf_clear(&b);
}

static void
write_feeds(const json_t *root, const struct gaz_ctl_style *st,
    struct gaz_buf *out)
{
	static const struct gaz_ctl_column columns[] = {
		{ "ID", .right = true },
		{ "NAME", .least = 16 },
		{ "TITLE", .least = 16, .drop = 4 },
		{ "TAGS", .least = 8, .drop = 5 },
		{ "ITEMS", .right = true, .drop = 3 },
		{ "FETCHED", .drop = 1 },
		{ "NEXT", .drop = 2 },
		{ "HUB", .drop = 6 },
		{ .title = "STATE" },
	};
	struct gaz_ctl_table *t = gaz_ctl_table_new(columns,
	    GAZ_COUNT(columns));
	const json_t *f;
	struct gaz_buf b;
	size_t i;

	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	json_array_foreach (json_object_get(root, "feeds"), i, f) {
		bool enabled = gaz_ctl_bool(f, "enabled");

		gaz_ctl_cell_int(t, gaz_ctl_int(f, "id"));
		gaz_ctl_cell(t, gaz_ctl_str(f, "name"));
		gaz_ctl_cell(t, gaz_ctl_str(f, "title"));
		gaz_buf_reset(&b);
		gaz_ctl_put_words(&b, json_object_get(f, "tags"), ",");
		gaz_ctl_cell(t, gaz_buf_str(&b));
		gaz_ctl_cell_int(t, gaz_ctl_int(f, "items"));
		gaz_ctl_cell_time(t, gaz_ctl_utc(f, "last_fetch"));
		gaz_ctl_cell_time(t, enabled ? gaz_ctl_utc(f, "next_fetch") :
		    GAZ_UTC_UNKNOWN);
		gaz_ctl_cell(t, gaz_ctl_str(f, "hub"));
		put_state(t, f);
	}
	gaz_ctl_table_write(t, 0, st, out);
	gaz_buf_clear(&b);
	gaz_ctl_table_free(t);
}

static void
write_failing(const json_t *root, const struct gaz_ctl_style *st,
    struct gaz_buf *out)
{
	static const struct gaz_ctl_column columns[] = {
		{ "ID", .right = true },
		{ "NAME", .least = 16 },
		{ "FETCHED", .drop = 2 },
		{ "WORKED LAST", .drop = 1 },
		{ .title = "STATE" },
		{ "WHY", .least = 24, .drop = 3 },
	};
	struct gaz_ctl_table *t = gaz_ctl_table_new(columns,
	    GAZ_COUNT(columns));
	const json_t *f;
	size_t i;

	json_array_foreach (json_object_get(root, "feeds"), i, f) {
		gaz_ctl_cell_int(t, gaz_ctl_int(f, "id"));
		gaz_ctl_cell(t, gaz_ctl_str(f, "name"));
		gaz_ctl_cell_time(t, gaz_ctl_utc(f, "last_fetch"));
		gaz_ctl_cell_time(t, gaz_ctl_utc(f, "last_success"));
		put_state(t, f);
		gaz_ctl_cell(t, gaz_ctl_str(f, "fault_text"));
	}
	gaz_ctl_table_write(t, 0, st, out);
	gaz_ctl_table_free(t);
}

/* Leave those that fail, in the answer itself. */
static bool
keep_failing(const struct gaz_ctl_args *args, struct gaz_buf *answer)
{
	json_t *root = gaz_ctl_json(args, answer), *feeds;
	char *text;

	if (root == NULL)
		return false;
	feeds = json_object_get(root, "feeds");
	for (size_t i = json_array_size(feeds); i-- > 0;)
		if (!is_failing(json_array_get(feeds, i)))
			json_array_remove(feeds, i);
	text = json_dumps(root, JSON_COMPACT);
	gaz_buf_reset(answer);
	gaz_buf_put_fmt(answer, "%s\n", text);
	free(text);
	json_decref(root);
	return true;
}

int
gaz_ctl_feeds(int argc, char **argv)
{
	static const struct gaz_ctl_question q = {
		.kind = GAZ_VIEW_FEEDS, .form = GAZ_RENDER_API,
	};
	struct gaz_ctl_args args;
	int status;

	if (!gaz_ctl_args_read(&args, &spec, argc, argv, &status))
		return status;
	if (gaz_ctl_args_has(&args, "failing"))
		status = gaz_ctl_list(&args, &q, keep_failing, write_failing);
	else
		status = gaz_ctl_list(&args, &q, NULL, write_feeds);
	gaz_ctl_args_clear(&args);
	return status;
}
