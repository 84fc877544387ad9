#include "config.h"

#include "ctl.h"

#include <inttypes.h>
#include <stdio.h>
#include <sysexits.h>

#include "gazetted/limits.h"

#include "list.h"

/* gazettectl add: subscribe by hand. */
static const struct gaz_ctl_option options[] = {
	{ "title", 'T', "TITLE", "call it so" },
	{ "tags", 't', "A,B", "tags for all its items" },
	{ "pick", 'p', "N", "the N-th of the feeds that a page links to" },
	{ "all", 'a', NULL, "all of them" },
	{ "unchecked", 'u', NULL, "without asking first what is there" },
	{ "wait", 'w', NULL, "exit with 75 when it could not be fetched" },
	{ 0 },
};

static const struct gaz_ctl_spec spec = {
	.name = "add",
	.arguments = "URL",
	.about =
	    "Subscribe to the feed at URL (http or https), which is fetched "
	    "at once. Its name\n"
	    "is the title given here, else its address. When a page is there "
	    "instead, the\n"
	    "feeds that it links to are listed, and the first that is not "
	    "about comments is\n"
	    "taken. What is no feed for good is refused; a server that does "
	    "not answer is\n"
	    "tried again later.\n",
	.groups = GAZ_CTL_DAEMON | GAZ_CTL_JSON,
	.options = options,
	.least = 1,
	.most = 1,
};

static void
put_found(const json_t *root, struct gaz_buf *out)
{
	const json_t *found = json_object_get(root, "feeds");
	size_t n = json_array_size(found);

	if (gaz_ctl_str(root, "page").len == 0 || n == 0)
		return;
	gaz_ctl_clean(out, gaz_ctl_str(root, "page"), GAZ_CTL_NO_LIMIT);
	gaz_buf_put_z(out, " is a page; it links to ");
	gaz_ctl_put_count(out, (int64_t)n, "feed", "feeds");
	gaz_buf_put_z(out, ":\n");
	for (size_t i = 0; i < n; i++) {
		const json_t *f = json_array_get(found, i);
		struct gaz_str title = gaz_ctl_str(f, "title");

		gaz_buf_put_fmt(out, "%c %2zu  ",
		    gaz_ctl_bool(f, "taken") ? '*' : ' ', i + 1);
		gaz_ctl_clean(out, gaz_ctl_str(f, "url"), GAZ_CTL_NO_LIMIT);
		if (title.len > 0) {
			gaz_buf_put_z(out, "  ");
			gaz_ctl_clean(out, title, GAZ_CTL_NO_LIMIT);
		}
		gaz_buf_put_char(out, '\n');
	}
}

static void
put_outcome(const json_t *root, struct gaz_buf *out)
{
	struct gaz_str fault = gaz_ctl_str(root, "fault");
	struct gaz_str title = gaz_ctl_str(root, "title");

	if (!gaz_str_eq_z(fault, "ok")) {
		gaz_buf_put_z(out, "it will be tried again: ");
		gaz_ctl_clean(out, gaz_ctl_str(root, "fault_text"),
		    GAZ_CTL_NO_LIMIT);
		gaz_buf_put_char(out, '\n');
	} else if (title.len > 0) {
		gaz_ctl_clean(out, title, GAZ_CTL_NO_LIMIT);
		gaz_buf_put_z(out, ": ");
		gaz_ctl_put_count(out, gaz_ctl_int(root, "new"), "new item",
		    "new items");
		gaz_buf_put_char(out, '\n');
	}
}

static void
write_added(const json_t *root, const struct gaz_ctl_style *st,
    struct gaz_buf *out)
{
	int64_t added = gaz_ctl_int(root, "added");
	int64_t known = gaz_ctl_int(root, "known");

	(void)st;
	put_found(root, out);
	if (added + known > 1) {
		gaz_buf_put_fmt(out, "%" PRId64 " added, %" PRId64 " known "
		    "already\n", added, known);
		return;
	}
	gaz_buf_put_fmt(out, added > 0 ? "added as feed %" PRId64 "\n" :
	    "known already, as feed %" PRId64 "\n",
	    gaz_ctl_int(root, "id"));
	if (added > 0)
		put_outcome(root, out);
}

/* The daemon has asked for it by now. */
static int
outcome(const struct gaz_ctl_args *args, const struct gaz_buf *answer)
{
	json_t *root = gaz_ctl_json(args, answer);
	bool ok = root != NULL &&
	    gaz_str_eq_z(gaz_ctl_str(root, "fault"), "ok");

	json_decref(root);
	return ok ? EX_OK : EX_TEMPFAIL;
}

static int
add(const struct gaz_ctl_args *args, const gaz_ctl_params *params)
{
	struct gaz_ctl_reach r;
	struct gaz_buf answer;
	int shown, status = gaz_ctl_reach_open(&r, args);

	if (status != EX_OK)
		return status;
	gaz_buf_init(&answer, GAZ_MESSAGE_MAX);
	status = gaz_ctl_post(&r, "/api/1/add", params, true, &answer);
	if (status == EX_OK) {
		if (gaz_ctl_args_has(args, "wait"))
			status = outcome(args, &answer);
		shown = gaz_ctl_show(args, &answer, write_added);
		if (shown != EX_OK)
			status = shown;
	}
	gaz_buf_clear(&answer);
	gaz_ctl_reach_close(&r);
	return status;
}

int
gaz_ctl_add(int argc, char **argv)
{
	static const struct {
		const char *option, *name, *value; /* NULL: the option's */
	} rows[] = {
		{ "title", "title", NULL },
		{ "tags", "tags", NULL },
		{ "pick", "pick", NULL },
		{ "all", "all", "yes" },
		{ "unchecked", "check", "no" },
	};
	gaz_ctl_params params = { 0 };
	struct gaz_ctl_args args;
	long long pick;
	int status;

	if (!gaz_ctl_args_read(&args, &spec, argc, argv, &status))
		return status;
	gaz_ctl_param(&params, "url", args.argv[0]);
	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
		if (gaz_ctl_args_has(&args, rows[i].option))
			gaz_ctl_param(&params, rows[i].name,
			    rows[i].value != NULL ? rows[i].value :
			    gaz_ctl_args_get(&args, rows[i].option));
	}
	if (!gaz_ctl_args_number(&args, "pick", 1, INT32_MAX, 0, &pick))
		status = EX_USAGE;
	else if (pick > 0 && gaz_ctl_args_has(&args, "all"))
		status = gaz_ctl_usage(spec.name, "--pick and --all exclude "
		    "each other");
	else
		status = add(&args, &params);
	gaz_vec_clear(&params);
	gaz_ctl_args_clear(&args);
	return status;
}
