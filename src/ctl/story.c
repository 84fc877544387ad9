#include "config.h"

#include "ctl.h"

#include <inttypes.h>
#include <sysexits.h>

#include "gazetted/limits.h"

#include "evidence.h"
#include "list.h"

/*
 * gazettectl story: one story whole, and what a person corrects about it:
 * "story merge", "story split", "story pin" and "story unpin".
 */

/* ---- show */

static const struct gaz_ctl_option options[] = {
	{ "explain", 'e', NULL, "say of each item why it is in the story" },
	{ 0 },
};

static const struct gaz_ctl_spec spec = {
	.name = "story",
	.arguments = "ID",
	.about =
	    "Show a story with all its items, the leading one first.\n"
	    "\n"
	    "       gazettectl story merge A B\n"
	    "       gazettectl story split ID ITEM...\n"
	    "       gazettectl story pin ID [ITEM...]\n"
	    "       gazettectl story unpin ID\n"
	    "\n"
	    "correct what was grouped, or say that it is right; each has a "
	    "--help.\n",
	.groups = GAZ_CTL_DAEMON | GAZ_CTL_STORE | GAZ_CTL_JSON,
	.options = options,
	.least = 1,
	.most = 1,
};

static void
put_head(const json_t *s, const struct gaz_ctl_style *st, struct gaz_buf *out)
{
	gaz_buf_put_fmt(out, "%sStory %" PRId64 ": ",
	    gaz_ctl_on(st, GAZ_CTL_BOLD), gaz_ctl_int(s, "id"));
	gaz_ctl_put_text(out, gaz_ctl_str(s, "headline"), st);
	gaz_buf_put_z(out, gaz_ctl_off(st, GAZ_CTL_BOLD));
	gaz_buf_put_char(out, '\n');
	gaz_ctl_put_count(out, gaz_ctl_int(s, "members"), "item", "items");
	gaz_buf_put_z(out, " from ");
	gaz_ctl_put_count(out, gaz_ctl_int(s, "sources"), "outlet", "outlets");
	if (json_array_size(json_object_get(s, "languages")) > 0) {
		gaz_buf_put_z(out, " in ");
		gaz_ctl_put_words(out, json_object_get(s, "languages"), ", ");
	}
	gaz_buf_put_z(out, ", ");
	gaz_ctl_put_time(out, gaz_ctl_utc(s, "first_seen"));
	gaz_buf_put_z(out, " to ");
	gaz_ctl_put_time(out, gaz_ctl_utc(s, "last_grown"));
	gaz_buf_put_z(out, gaz_ctl_bool(s, "open") ? "" : ", closed");
	gaz_buf_put_z(out, gaz_ctl_bool(s, "pinned") ? ", pinned" : "");
	gaz_buf_put_char(out, '\n');
	if (gaz_ctl_str(s, "url").len > 0) {
		gaz_ctl_put_url(out, gaz_ctl_str(s, "url"));
		gaz_buf_put_char(out, '\n');
	}
	gaz_buf_put_char(out, '\n');
}

static void
put_items(const json_t *items, const struct gaz_ctl_style *st,
    struct gaz_buf *out)
{
	static const struct gaz_ctl_column columns[] = {
		{ "ITEM", .right = true },
		{ "DATE", .drop = 1 },
		{ "LANG", .drop = 2 },
		{ "OUTLET", .least = 12 },
		{ "TITLE", .least = 24 },
	};
	struct gaz_ctl_table *t = gaz_ctl_table_new(columns,
	    GAZ_COUNT(columns));
	const json_t *it;
	struct gaz_buf b;
	size_t i;

	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	json_array_foreach (items, i, it) {
		bool copy = gaz_ctl_bool(it, "copy");

		gaz_buf_reset(&b);
		gaz_buf_put_z(&b, copy ? "(copy) " : "");
		gaz_buf_put_str(&b, gaz_ctl_str(it, "title"));
		gaz_ctl_cell_int(t, gaz_ctl_int(it, "id"));
		gaz_ctl_cell_time(t, gaz_ctl_utc(it, "published"));
		gaz_ctl_cell(t, gaz_ctl_str(it, "language"));
		gaz_ctl_cell(t, gaz_ctl_str(json_object_get(it, "feed"),
		    "title"));
		gaz_ctl_cell_in(t, gaz_buf_str(&b), copy ? GAZ_CTL_DIM :
		    GAZ_CTL_PLAIN);
	}
	gaz_ctl_table_write(t, 0, st, out);
	gaz_buf_clear(&b);
	gaz_ctl_table_free(t);
}

static void
put_reasons(const json_t *items, const struct gaz_ctl_style *st,
    struct gaz_buf *out)
{
	const json_t *it;
	size_t i;

	json_array_foreach (items, i, it) {
		gaz_buf_put_fmt(out, "%s%sItem %" PRId64 "%s  ",
		    i > 0 ? "\n" : "", gaz_ctl_on(st, GAZ_CTL_BOLD),
		    gaz_ctl_int(it, "id"), gaz_ctl_off(st, GAZ_CTL_BOLD));
		gaz_ctl_put_time(out, gaz_ctl_utc(it, "published"));
		gaz_buf_put_z(out, "  ");
		gaz_ctl_put_text(out, gaz_ctl_str(json_object_get(it, "feed"),
		    "title"), st);
		gaz_buf_put_z(out, ": ");
		gaz_ctl_put_text(out, gaz_ctl_str(it, "title"), st);
		gaz_buf_put_char(out, '\n');
		if (gaz_ctl_str(it, "url").len > 0) {
			gaz_buf_put_z(out, "  ");
			gaz_ctl_put_url(out, gaz_ctl_str(it, "url"));
			gaz_buf_put_char(out, '\n');
		}
		gaz_ctl_put_membership(out, json_object_get(it, "evidence"),
		    items, 2, st);
	}
}

static void
write_story(const json_t *s, const struct gaz_ctl_style *st,
    struct gaz_buf *out)
{
	put_head(s, st, out);
	put_items(json_object_get(s, "items"), st, out);
}

static void
write_explained(const json_t *s, const struct gaz_ctl_style *st,
    struct gaz_buf *out)
{
	put_head(s, st, out);
	put_reasons(json_object_get(s, "items"), st, out);
}

static int
show(int argc, char **argv)
{
	struct gaz_ctl_question q = {
		.kind = GAZ_VIEW_STORIES, .form = GAZ_RENDER_API,
	};
	struct gaz_ctl_args args;
	int status = EX_USAGE;

	if (!gaz_ctl_args_read(&args, &spec, argc, argv, &status))
		return status;
	if (gaz_ctl_id(&args, args.argv[0], &q.story_id))
		status = gaz_ctl_list(&args, &q, NULL,
		    gaz_ctl_args_has(&args, "explain") ? write_explained :
		    write_story);
	gaz_ctl_args_clear(&args);
	return status;
}

/* ---- correct */

static const struct gaz_ctl_spec merge_spec = {
	.name = "story merge",
	.arguments = "A B",
	.about =
	    "Make one story of two: the items of B become part of A, and B "
	    "leads there from\n"
	    "now on. Kept for ever.\n",
	.groups = GAZ_CTL_DAEMON | GAZ_CTL_JSON,
	.least = 2,
	.most = 2,
};

static const struct gaz_ctl_spec split_spec = {
	.name = "story split",
	.arguments = "ID ITEM...",
	.about =
	    "Take items out of a story and make a new one of them. Kept for "
	    "ever.\n",
	.groups = GAZ_CTL_DAEMON | GAZ_CTL_JSON,
	.least = 2,
	.most = -1,
};

static const struct gaz_ctl_spec pin_spec = {
	.name = "story pin",
	.arguments = "ID [ITEM...]",
	.about =
	    "Say that a story is right as it is: no later pass moves the "
	    "items that it has\n"
	    "now, or those named, makes it part of another or splits it. New "
	    "items may still\n"
	    "join. "
	    "Kept for ever, or until \"gazettectl story unpin\".\n",
	.groups = GAZ_CTL_DAEMON | GAZ_CTL_JSON,
	.least = 1,
	.most = -1,
};

static const struct gaz_ctl_spec unpin_spec = {
	.name = "story unpin",
	.arguments = "ID",
	.about = "Let a pinned story be as any other again.\n",
	.groups = GAZ_CTL_DAEMON | GAZ_CTL_JSON,
	.least = 1,
	.most = 1,
};

static void
write_pinned(const json_t *root, const struct gaz_ctl_style *st,
    struct gaz_buf *out)
{
	(void)st;
	gaz_buf_put_fmt(out, "story %" PRId64 " is pinned now\n",
	    gaz_ctl_int(root, "story"));
}

static void
write_unpinned(const json_t *root, const struct gaz_ctl_style *st,
    struct gaz_buf *out)
{
	(void)st;
	gaz_buf_put_fmt(out, "story %" PRId64 " is not pinned any more\n",
	    gaz_ctl_int(root, "story"));
}

static void
write_merged(const json_t *root, const struct gaz_ctl_style *st,
    struct gaz_buf *out)
{
	(void)st;
	gaz_buf_put_fmt(out, "both are story %" PRId64 " now\n",
	    gaz_ctl_int(root, "story"));
}

static void
write_parted(const json_t *root, const struct gaz_ctl_style *st,
    struct gaz_buf *out)
{
	(void)st;
	gaz_buf_put_fmt(out, "they are story %" PRId64 " now\n",
	    gaz_ctl_int(root, "story"));
}

/* All arguments are ids, and are passed under these names. */
static int
correct_ids(const struct gaz_ctl_spec *s, int argc, char **argv,
    const char *path, const char *first, const char *rest,
    gaz_ctl_list_fn *write)
{
	gaz_ctl_params params = { 0 };
	struct gaz_ctl_args args;
	int status = EX_OK;

	if (!gaz_ctl_args_read(&args, s, argc, argv, &status))
		return status;
	for (int i = 0; i < args.argc && status == EX_OK; i++) {
		int64_t id;

		if (!gaz_ctl_id(&args, args.argv[i], &id))
			status = EX_USAGE;
		gaz_ctl_param(&params, i == 0 ? first : rest, args.argv[i]);
	}
	if (status == EX_OK)
		status = gaz_ctl_order(&args, path, &params, false, write);
	gaz_vec_clear(&params);
	gaz_ctl_args_clear(&args);
	return status;
}

int
gaz_ctl_story(int argc, char **argv)
{
	int n = gaz_ctl_take_word(argc, argv, "merge");

	if (n < argc)
		return correct_ids(&merge_spec, n, argv, "/api/1/merge",
		    "into", "from", write_merged);
	n = gaz_ctl_take_word(argc, argv, "split");
	if (n < argc)
		return correct_ids(&split_spec, n, argv, "/api/1/split",
		    "story", "item", write_parted);
	n = gaz_ctl_take_word(argc, argv, "pin");
	if (n < argc)
		return correct_ids(&pin_spec, n, argv, "/api/1/pin", "story",
		    "item", write_pinned);
	n = gaz_ctl_take_word(argc, argv, "unpin");
	if (n < argc)
		return correct_ids(&unpin_spec, n, argv, "/api/1/unpin",
		    "story", "story", write_unpinned);
	return show(argc, argv);
}
