#include "config.h"

#include "ctl.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sysexits.h>

#include "gazetted/limits.h"
#include "gazetted/story.h"

#include "daemon/describe.h"

#include "evidence.h"
#include "list.h"

/* gazettectl explain: why two items are, or are not, one story. */
static const struct gaz_ctl_spec spec = {
	.name = "explain",
	.arguments = "ITEM ITEM",
	.about =
	    "Compare two items: the names, words, places and numbers that "
	    "both have, across\n"
	    "languages, and whether that would be enough to make them one "
	    "story.\n",
	.groups = GAZ_CTL_DAEMON | GAZ_CTL_STORE | GAZ_CTL_JSON,
	.least = 2,
	.most = 2,
};

/* ---- the index of a database, as a daemon has it */

static bool
restore_item(const struct gaz_store_live_item *it, void *arg)
{
	const struct gaz_story_item item = {
		.item_id = it->item_id, .source_id = it->feed_id,
		.published = it->published, .arrived = it->arrived,
		.features = it->features,
	};

	if (it->story_id > 0 && gaz_story_features_ok(it->features))
		gaz_story_index_restore(arg, &item, it->story_id,
		    it->arrived);
	return true;
}

static int
ask_store(struct gaz_ctl_reach *r, int64_t a, int64_t b, struct gaz_buf *out)
{
	struct gaz_story_options options = {
		.window_s = r->config != NULL ? r->config->window_s :
		    GAZ_STORY_WINDOW_S,
	};
	struct gaz_story_index *index = gaz_story_index_new(&options);
	struct gaz_store_stats stats;
	struct gaz_err err = { 0 };
	bool ok;

	/* The window ends with what is newest: it may be an old database. */
	ok = gaz_store_stats(r->store, &stats, &err) &&
	    (stats.newest_item == GAZ_UTC_UNKNOWN ||
	    gaz_store_each_live(r->store, stats.newest_item - options.window_s,
	    restore_item, index, &err)) &&
	    gaz_describe_pair(r->store, index, a, b, r->now, out, &err);
	gaz_story_index_free(index);
	return ok ? EX_OK : gaz_ctl_failed(r->args, &err);
}

/* ---- for people */

static void
put_item(struct gaz_buf *out, const json_t *it, const struct gaz_ctl_style *st)
{
	gaz_buf_put_fmt(out, "%sItem %" PRId64 "%s  ",
	    gaz_ctl_on(st, GAZ_CTL_BOLD), gaz_ctl_int(it, "id"),
	    gaz_ctl_off(st, GAZ_CTL_BOLD));
	gaz_ctl_put_time(out, gaz_ctl_utc(it, "published"));
	gaz_buf_put_z(out, "  ");
	gaz_ctl_put_text(out, gaz_ctl_str(it, "feed"), st);
	gaz_buf_put_z(out, " (");
	gaz_ctl_put_language(out, gaz_ctl_str(it, "language"));
	gaz_buf_put_z(out, "): ");
	gaz_ctl_put_text(out, gaz_ctl_str(it, "title"), st);
	gaz_buf_put_char(out, '\n');
}

/* What is, and what the comparison alone would say. */
static void
put_verdict(struct gaz_buf *out, const json_t *root)
{
	const json_t *a = json_object_get(root, "a");
	const json_t *b = json_object_get(root, "b");
	const json_t *e = json_object_get(root, "evidence");
	int64_t of_a = gaz_ctl_int(a, "story"), of_b = gaz_ctl_int(b, "story");
	bool same = gaz_ctl_bool(root, "same");
	bool alike = gaz_ctl_num(e, "score") > gaz_ctl_num(e, "threshold");

	if (same)
		gaz_buf_put_fmt(out, "Both are in story %" PRId64 ".", of_a);
	else if (of_a > 0 && of_b > 0)
		gaz_buf_put_fmt(out, "They are in two stories, %" PRId64
		    " and %" PRId64 ".", of_a, of_b);
	else
		gaz_buf_put_z(out, "They are not in one story.");
	gaz_buf_put_z(out, " By themselves they reach a score of ");
	gaz_ctl_put_percent(out, gaz_ctl_num(e, "score"));
	gaz_buf_put_z(out, "; ");
	gaz_ctl_put_percent(out, gaz_ctl_num(e, "threshold"));
	gaz_buf_put_z(out, alike ? " is enough to be one story." :
	    " would make them one story.");
	if (same && !alike)
		gaz_buf_put_z(out, " An item joins a story as a whole, so "
		    "others in it, or a person, tie these two together.");
	else if (!same && alike)
		gaz_buf_put_z(out, " An item joins the story that fits best "
		    "as a whole, within a window of days, so that other "
		    "items, the time between, or a person kept them apart.");
}

static void
put_pair(struct gaz_buf *out, const json_t *root)
{
	const json_t *a = json_object_get(root, "a");
	const json_t *b = json_object_get(root, "b");
	gaz_utc x = gaz_ctl_utc(a, "published");
	gaz_utc y = gaz_ctl_utc(b, "published");
	struct gaz_str of_a = gaz_ctl_str(a, "language");
	struct gaz_str of_b = gaz_ctl_str(b, "language");

	if (x != GAZ_UTC_UNKNOWN && y != GAZ_UTC_UNKNOWN) {
		gaz_buf_put_z(out, " They are ");
		gaz_ctl_put_span(out, x > y ? x - y : y - x);
		gaz_buf_put_z(out, " apart.");
	}
	if (!gaz_str_eq(of_a, of_b)) {
		gaz_buf_put_z(out, " They were compared across languages, ");
		gaz_ctl_put_language(out, of_a);
		gaz_buf_put_z(out, " and ");
		gaz_ctl_put_language(out, of_b);
		gaz_buf_put_char(out, '.');
	}
	if (gaz_ctl_bool(json_object_get(root, "evidence"), "roundup"))
		gaz_buf_put_z(out, " The title of one says that it tells of "
		    "several events; such an item stays alone.");
	if (json_object_get(json_object_get(root, "evidence"), "copy_of") !=
	    NULL)
		gaz_buf_put_z(out, " One is almost a copy of the other.");
}

static void
write_pair(const json_t *root, const struct gaz_ctl_style *st,
    struct gaz_buf *out)
{
	const json_t *e = json_object_get(root, "evidence");
	struct gaz_buf text;

	gaz_buf_init(&text, GAZ_BUF_NO_MAX);
	put_item(out, json_object_get(root, "a"), st);
	put_item(out, json_object_get(root, "b"), st);
	gaz_buf_put_char(out, '\n');
	put_verdict(&text, root);
	put_pair(&text, root);
	gaz_ctl_wrap(out, gaz_buf_str(&text), 0, 0, gaz_ctl_text_width(st));
	gaz_buf_put_z(out, "\n\n");
	if (json_array_size(json_object_get(e, "shared")) == 0)
		gaz_buf_put_z(out, "They share nothing.\n");
	else
		gaz_ctl_put_shared(out, e, 0, st);
	gaz_buf_clear(&text);
}

static int
explain(const struct gaz_ctl_args *args, int64_t a, int64_t b)
{
	gaz_ctl_params params = { 0 };
	struct gaz_ctl_reach r;
	struct gaz_buf answer;
	int status = gaz_ctl_reach_open(&r, args);

	if (status != EX_OK)
		return status;
	gaz_buf_init(&answer, GAZ_MESSAGE_MAX);
	if (r.store != NULL) {
		status = ask_store(&r, a, b, &answer);
	} else {
		gaz_ctl_param(&params, "a", args->argv[0]);
		gaz_ctl_param(&params, "b", args->argv[1]);
		status = gaz_ctl_get(&r, "/api/1/explain", &params, &answer);
	}
	if (status == EX_OK)
		status = gaz_ctl_show(args, &answer, write_pair);
	gaz_vec_clear(&params);
	gaz_buf_clear(&answer);
	gaz_ctl_reach_close(&r);
	return status;
}

int
gaz_ctl_explain(int argc, char **argv)
{
	struct gaz_ctl_args args;
	int64_t a, b;
	int status = EX_USAGE;

	if (!gaz_ctl_args_read(&args, &spec, argc, argv, &status))
		return status;
	if (gaz_ctl_id(&args, args.argv[0], &a) &&
	    gaz_ctl_id(&args, args.argv[1], &b)) {
		if (a == b)
			status = gaz_ctl_usage(spec.name,
			    "two different items are wanted");
		else
			status = explain(&args, a, b);
	}
	gaz_ctl_args_clear(&args);
	return status;
}
