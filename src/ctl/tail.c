#include "config.h"

#include "ctl.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <time.h>

#include "gazetted/limits.h"

#include "daemon/describe.h"

#include "evidence.h"
#include "list.h"

/*
 * gazettectl tail: new items as they arrive. Ids only grow, so what has a
 * greater id than the last one shown is new, whatever its date. The daemon is
 * asked whether its answer has changed, which costs it next to nothing.
 */
#define POLL_MS 1000
#define RETRY_MS 3000  /* while there is no daemon */
#define LINES_DEFAULT 10
#define BATCH "1000"   /* items of one answer */

static const struct gaz_ctl_option options[] = {
	{ "lines", 'n', "N", "show the last N first (10)" },
	{ 0 },
};

static const struct gaz_ctl_spec spec = {
	.name = "tail",
	.arguments = "",
	.about =
	    "Show the latest items and then each new one as it arrives, until "
	    "you interrupt\n"
	    "it. "
	    "With --json each is an object on a line of its own.\n",
	.groups = GAZ_CTL_DAEMON | GAZ_CTL_STORE | GAZ_CTL_FILTER |
	    GAZ_CTL_JSON,
	.options = options,
};

static void
wait_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

static void
put_item(struct gaz_buf *out, const json_t *it, bool json,
    const struct gaz_ctl_style *st)
{
	gaz_utc when = gaz_ctl_utc(it, "published");
	struct gaz_str language = gaz_ctl_str(it, "language");
	char *text;

	if (json) {
		text = json_dumps(it, JSON_COMPACT);
		gaz_buf_put_fmt(out, "%s\n", text);
		free(text);
		return;
	}
	gaz_ctl_put_time(out, when != GAZ_UTC_UNKNOWN ? when :
	    gaz_ctl_utc(it, "first_seen"));
	gaz_buf_put_z(out, "  ");
	if (language.len > 0) {
		gaz_buf_put_char(out, '[');
		gaz_ctl_clean(out, language, GAZ_CTL_NO_LIMIT);
		gaz_buf_put_z(out, "] ");
	}
	gaz_ctl_put_text(out, gaz_ctl_str(json_object_get(it, "feed"),
	    "title"), st);
	gaz_buf_put_fmt(out, ": %s", gaz_ctl_on(st, GAZ_CTL_BOLD));
	gaz_ctl_put_text(out, gaz_ctl_str(it, "title"), st);
	gaz_buf_put_z(out, gaz_ctl_off(st, GAZ_CTL_BOLD));
	if (gaz_ctl_str(it, "url").len > 0) {
		gaz_buf_put_fmt(out, "  %s", gaz_ctl_on(st, GAZ_CTL_DIM));
		gaz_ctl_put_url(out, gaz_ctl_str(it, "url"));
		gaz_buf_put_z(out, gaz_ctl_off(st, GAZ_CTL_DIM));
	}
	gaz_buf_put_char(out, '\n');
}

/* The id of the latest item there is. */
static int
find_last(struct gaz_ctl_reach *r, struct gaz_buf *answer, int64_t *last)
{
	struct gaz_store_stats stats;
	struct gaz_err err = { 0 };
	json_t *root;
	int status;

	if (r->store != NULL) {
		if (!gaz_store_stats(r->store, &stats, &err))
			return gaz_ctl_failed(r->args, &err);
		*last = stats.last_item;
		return EX_OK;
	}
	status = gaz_ctl_get(r, "/api/1/status", NULL, answer);
	if (status != EX_OK)
		return status;
	root = gaz_ctl_json(r->args, answer);
	if (root == NULL)
		return EX_IOERR;
	*last = gaz_ctl_int(json_object_get(root, "store"), "last_item");
	json_decref(root);
	return EX_OK;
}

/* The newest ones that are there already, oldest first. */
static int
show_first(struct gaz_ctl_reach *r, long long lines, int64_t last,
    const struct gaz_ctl_style *st, struct gaz_buf *answer)
{
	gaz_ctl_params more = { 0 };
	struct gaz_ctl_question q = {
		.kind = GAZ_VIEW_ITEMS, .form = GAZ_RENDER_API, .more = &more,
	};
	struct gaz_buf out;
	json_t *root = NULL, *list;
	char limit[24];
	int status;

	snprintf(limit, sizeof(limit), "%lld", lines);
	gaz_ctl_param(&more, "limit", limit);
	status = gaz_ctl_ask(r, &q, answer);
	gaz_vec_clear(&more);
	if (status == EX_OK) {
		root = gaz_ctl_json(r->args, answer);
		status = root == NULL ? EX_IOERR : EX_OK;
	}
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	list = json_object_get(root, "items");
	for (size_t i = json_array_size(list); i-- > 0;) {
		const json_t *it = json_array_get(list, i);

		/* What came since is shown as new. */
		if (gaz_ctl_int(it, "id") <= last)
			put_item(&out, it, r->args->json, st);
	}
	json_decref(root);
	return status == EX_OK ? gaz_ctl_print(r->args, &out) : status;
}

/* Those behind *last, which becomes the greatest id seen. *more: ask again. */
static int
show_new(struct gaz_ctl_reach *r, int64_t *last, bool *more_there,
    const struct gaz_ctl_style *st, struct gaz_buf *answer)
{
	gaz_ctl_params more = { 0 };
	struct gaz_ctl_question q = {
		.kind = GAZ_VIEW_ITEMS, .form = GAZ_RENDER_API, .more = &more,
	};
	struct gaz_buf out;
	const json_t *it;
	json_t *root;
	char after[24];
	bool changed;
	size_t i;
	int status;

	*more_there = false;
	snprintf(after, sizeof(after), "%" PRId64, *last);
	gaz_ctl_param(&more, "after", after);
	gaz_ctl_param(&more, "limit", BATCH);
	status = gaz_ctl_ask_again(r, &q, answer, &changed);
	gaz_vec_clear(&more);
	if (status != EX_OK || !changed)
		return status;
	root = gaz_ctl_json(r->args, answer);
	if (root == NULL)
		return EX_IOERR;
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	json_array_foreach (json_object_get(root, "items"), i, it) {
		int64_t id = gaz_ctl_int(it, "id");

		put_item(&out, it, r->args->json, st);
		if (id > *last)
			*last = id;
	}
	*more_there = gaz_ctl_bool(root, "more");
	if (*more_there)
		r->generation = -1; /* the same state of a store once more */
	json_decref(root);
	return gaz_ctl_print(r->args, &out);
}

static int
follow(struct gaz_ctl_reach *r, int64_t last, const struct gaz_ctl_style *st,
    struct gaz_buf *answer)
{
	bool lost = false, more;

	for (;;) {
		int status = show_new(r, &last, &more, st, answer);

		if (status == EX_UNAVAILABLE) {
			if (!lost)
				gaz_ctl_complain(spec.name, "the daemon has "
				    "gone; waiting for it to come back");
			lost = true;
			wait_ms(RETRY_MS);
			continue;
		}
		if (status != EX_OK && status != EX_TEMPFAIL)
			return status;
		if (lost)
			gaz_ctl_complain(spec.name, "the daemon is back");
		lost = false;
		if (!more)
			wait_ms(POLL_MS);
	}
}

int
gaz_ctl_tail(int argc, char **argv)
{
	struct gaz_ctl_style st = gaz_ctl_style_of_stdout();
	struct gaz_ctl_args args;
	struct gaz_ctl_reach r;
	struct gaz_buf answer;
	long long lines;
	int64_t last = 0;
	int status;

	if (!gaz_ctl_args_read(&args, &spec, argc, argv, &status))
		return status;
	gaz_buf_init(&answer, GAZ_MESSAGE_MAX);
	if (!gaz_ctl_args_number(&args, "lines", 0, GAZ_VIEW_LIMIT_MAX,
	    LINES_DEFAULT, &lines))
		status = EX_USAGE;
	else
		status = gaz_ctl_reach_open(&r, &args);
	if (status == EX_OK) {
		status = find_last(&r, &answer, &last);
		if (status == EX_OK && lines > 0)
			status = show_first(&r, lines, last, &st, &answer);
		if (status == EX_OK)
			status = follow(&r, last, &st, &answer);
		gaz_ctl_reach_close(&r);
	}
	gaz_buf_clear(&answer);
	gaz_ctl_args_clear(&args);
	return status;
}
