#include "config.h"

#include "ctl.h"

#include <inttypes.h>
#include <sysexits.h>
#include <time.h>

#include "gazetted/fault.h"
#include "gazetted/limits.h"

#include "list.h"

/* gazettectl fetch: now, whatever the schedule says. */
#define POLL_MS 200

static const struct gaz_ctl_option options[] = {
	{ "all", 'a', NULL, "every feed that is not switched off or gone" },
	{ "force", 'F', NULL, "the whole document, even if it has not "
	    "changed" },
	{ "history", 'H', NULL, "what a feed had before, along the earlier pages "
	    "that it\nlinks to; waits, and tells how many came" },
	{ "wait", 'w', NULL, "until they are fetched and stored; exit with "
	    "75 when one\nof those named failed" },
	{ 0 },
};

static const struct gaz_ctl_spec spec = {
	.name = "fetch",
	.arguments = "FEED...",
	.about =
	    "Have the daemon fetch feeds (name, id or address) now. It still "
	    "pauses between\n"
	    "two requests to one host. A feed that was given up is tried "
	    "again.\n",
	.groups = GAZ_CTL_DAEMON | GAZ_CTL_JSON,
	.options = options,
	.most = -1,
};

static void
wait_a_little(void)
{
	struct timespec t = { 0, POLL_MS * 1000000L };

	nanosleep(&t, NULL);
}

/* ---- until it is done */

static void
put_outcome(struct gaz_buf *out, const json_t *f)
{
	const json_t *h = json_array_get(json_object_get(f, "history"), 0);
	struct gaz_str name = gaz_ctl_str(f, "fault");
	struct gaz_str text = gaz_ctl_str(f, "fault_text");
	enum gaz_fault fault = GAZ_FAULT_INTERNAL;

	gaz_ctl_clean(out, gaz_ctl_str(f, "name"), GAZ_CTL_NO_LIMIT);
	gaz_buf_put_z(out, ": ");
	if (gaz_str_eq_z(name, "ok")) {
		gaz_ctl_put_count(out, gaz_ctl_int(h, "new"), "new item",
		    "new items");
		gaz_buf_put_fmt(out, ", %" PRId64 " changed\n",
		    gaz_ctl_int(h, "changed"));
		return;
	}
	gaz_buf_put_z(out, gaz_fault_find(name, &fault) ?
	    gaz_fault_text(fault) : "failed");
	if (text.len > 0) {
		gaz_buf_put_z(out, " (");
		gaz_ctl_clean(out, text, GAZ_CTL_NO_LIMIT);
		gaz_buf_put_char(out, ')');
	}
	gaz_buf_put_char(out, '\n');
}

/* One that was never fetched is waiting for its first turn. */
static bool
is_busy(const json_t *feed)
{
	return gaz_ctl_bool(feed, "fetching") ||
	    (gaz_ctl_utc(feed, "last_fetch") == GAZ_UTC_UNKNOWN &&
	    gaz_ctl_bool(feed, "enabled"));
}

int
gaz_ctl_wait_feed(struct gaz_ctl_reach *r, const char *name,
    struct gaz_buf *out)
{
	gaz_ctl_params params = { 0 };
	struct gaz_buf answer;
	bool busy = true;
	int status = EX_OK;

	gaz_buf_init(&answer, GAZ_MESSAGE_MAX);
	gaz_ctl_param(&params, "feed", name);
	while (busy) {
		json_t *f;

		status = gaz_ctl_get(r, "/api/1/why", &params, &answer);
		if (status != EX_OK)
			break;
		f = gaz_ctl_json(r->args, &answer);
		busy = f != NULL && is_busy(f);
		if (f == NULL) {
			status = EX_IOERR;
		} else if (busy) {
			wait_a_little();
		} else {
			if (r->args->json)
				gaz_buf_put_str(out, gaz_buf_str(&answer));
			else
				put_outcome(out, f);
			if (!gaz_str_eq_z(gaz_ctl_str(f, "fault"), "ok"))
				status = EX_TEMPFAIL;
		}
		json_decref(f);
	}
	gaz_vec_clear(&params);
	gaz_buf_clear(&answer);
	return status;
}

static int
wait_for_all(struct gaz_ctl_reach *r, struct gaz_buf *answer)
{
	bool busy = true;

	while (busy) {
		int status = gaz_ctl_get(r, "/api/1/status", NULL, answer);
		json_t *root;

		if (status != EX_OK)
			return status;
		root = gaz_ctl_json(r->args, answer);
		if (root == NULL)
			return EX_IOERR;
		busy = gaz_ctl_int(json_object_get(root, "work"), "feeds") > 0;
		json_decref(root);
		if (busy)
			wait_a_little();
	}
	return EX_OK;
}

/* ---- asking */

static int
order(struct gaz_ctl_reach *r, const char *name, struct gaz_buf *answer)
{
	gaz_ctl_params params = { 0 };
	int status;

	if (name != NULL)
		gaz_ctl_param(&params, "feed", name);
	if (gaz_ctl_args_has(r->args, "force"))
		gaz_ctl_param(&params, "force", "yes");
	status = gaz_ctl_post(r, "/api/1/fetch", &params, false, answer);
	gaz_vec_clear(&params);
	return status;
}

static void
write_asked(const json_t *root, const struct gaz_ctl_style *st,
    struct gaz_buf *out)
{
	(void)st;
	gaz_ctl_put_count(out, gaz_ctl_int(root, "asked"), "feed is",
	    "feeds are");
	gaz_buf_put_z(out, " being fetched\n");
}

/* All are asked for first, so that they run side by side. */
static int
fetch_named(struct gaz_ctl_reach *r, bool wait, struct gaz_buf *answer)
{
	const struct gaz_ctl_args *args = r->args;
	struct gaz_buf out;
	int worst = EX_OK;

	for (int i = 0; i < args->argc; i++) {
		int status = order(r, args->argv[i], answer);

		if (status != EX_OK)
			return status;
	}
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	if (!wait) {
		gaz_buf_reset(answer);
		gaz_buf_put_fmt(answer, "{\"asked\":%d}\n", args->argc);
		return gaz_ctl_show(args, answer, write_asked);
	}
	for (int i = 0; i < args->argc; i++) {
		int status = gaz_ctl_wait_feed(r, args->argv[i], &out);

		if (status != EX_OK)
			worst = status;
		if (status != EX_OK && status != EX_TEMPFAIL)
			break;
	}
	if (gaz_ctl_print(args, &out) != EX_OK)
		worst = EX_IOERR;
	return worst;
}

static int
fetch(const struct gaz_ctl_args *args)
{
	bool wait = gaz_ctl_args_has(args, "wait");
	struct gaz_buf answer, state;
	struct gaz_ctl_reach r;
	int status;

	status = gaz_ctl_reach_open(&r, args);
	if (status != EX_OK)
		return status;
	gaz_buf_init(&answer, GAZ_MESSAGE_MAX);
	gaz_buf_init(&state, GAZ_MESSAGE_MAX);
	if (gaz_ctl_args_has(args, "history")) {
		status = gaz_ctl_walk(&r);
	} else if (!gaz_ctl_args_has(args, "all")) {
		status = fetch_named(&r, wait, &answer);
	} else {
		status = order(&r, NULL, &answer);
		if (status == EX_OK && wait)
			status = wait_for_all(&r, &state);
		if (status == EX_OK)
			status = gaz_ctl_show(args, &answer, write_asked);
	}
	gaz_buf_clear(&state);
	gaz_buf_clear(&answer);
	gaz_ctl_reach_close(&r);
	return status;
}

int
gaz_ctl_fetch(int argc, char **argv)
{
	struct gaz_ctl_args args;
	int status;

	if (!gaz_ctl_args_read(&args, &spec, argc, argv, &status))
		return status;
	if (gaz_ctl_args_has(&args, "all") == (args.argc > 0))
		status = gaz_ctl_usage(spec.name,
		    "name the feeds, or say --all");
	else if (gaz_ctl_args_has(&args, "history") &&
	    (gaz_ctl_args_has(&args, "all") ||
	    gaz_ctl_args_has(&args, "force")))
		status = gaz_ctl_usage(spec.name, "--history goes with neither "
		    "--all nor --force");
	else
		status = fetch(&args);
	gaz_ctl_args_clear(&args);
	return status;
}
