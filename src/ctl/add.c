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
	{ "wait", 'w', NULL, "until it was fetched; exit with 75 when that "
	    "failed" },
	{ 0 },
};

static const struct gaz_ctl_spec spec = {
	.name = "add",
	.arguments = "URL",
	.about =
	    "Subscribe to the feed at URL (http or https). It is fetched "
	    "soon. Its name is\n"
	    "the title given here, else its address. When a page is there "
	    "instead, --wait and\n"
	    "\"gazettectl why\" tell which feeds it links to.\n",
	.groups = GAZ_CTL_DAEMON | GAZ_CTL_JSON,
	.options = options,
	.least = 1,
	.most = 1,
};

static void
write_added(const json_t *root, const struct gaz_ctl_style *st,
    struct gaz_buf *out)
{
	(void)st;
	gaz_buf_put_fmt(out, gaz_ctl_int(root, "added") > 0 ?
	    "added as feed %" PRId64 "\n" :
	    "known already, as feed %" PRId64 "\n",
	    gaz_ctl_int(root, "id"));
}

static int
add(const struct gaz_ctl_args *args, const gaz_ctl_params *params)
{
	struct gaz_ctl_reach r;
	struct gaz_buf answer, out;
	char id[24];
	json_t *root;
	int status = gaz_ctl_reach_open(&r, args);

	if (status != EX_OK)
		return status;
	gaz_buf_init(&answer, GAZ_MESSAGE_MAX);
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	status = gaz_ctl_post(&r, "/api/1/add", params, false, &answer);
	if (status == EX_OK && gaz_ctl_args_has(args, "wait")) {
		root = gaz_ctl_json(args, &answer);
		snprintf(id, sizeof(id), "%" PRId64, gaz_ctl_int(root, "id"));
		json_decref(root);
		status = gaz_ctl_show(args, &answer, write_added);
		if (status == EX_OK)
			status = gaz_ctl_wait_feed(&r, id, &out);
		if (gaz_ctl_print(args, &out) != EX_OK)
			status = EX_IOERR;
	} else if (status == EX_OK) {
		status = gaz_ctl_show(args, &answer, write_added);
	}
	gaz_buf_clear(&out);
	gaz_buf_clear(&answer);
	gaz_ctl_reach_close(&r);
	return status;
}

int
gaz_ctl_add(int argc, char **argv)
{
	gaz_ctl_params params = { 0 };
	struct gaz_ctl_args args;
	int status;

	if (!gaz_ctl_args_read(&args, &spec, argc, argv, &status))
		return status;
	gaz_ctl_param(&params, "url", args.argv[0]);
	if (gaz_ctl_args_has(&args, "title"))
		gaz_ctl_param(&params, "title",
		    gaz_ctl_args_get(&args, "title"));
	if (gaz_ctl_args_has(&args, "tags"))
		gaz_ctl_param(&params, "tags",
		    gaz_ctl_args_get(&args, "tags"));
	status = add(&args, &params);
	gaz_vec_clear(&params);
	gaz_ctl_args_clear(&args);
	return status;
}
