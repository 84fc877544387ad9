#include "config.h"

#include "ctl.h"

#include <inttypes.h>

#include "list.h"

/* gazettectl add: subscribe by hand. */
static const struct gaz_ctl_option options[] = {
	{ "title", 'T', "TITLE", "call it so" },
	{ "tags", 't', "A,B", "tags for all its items" },
	{ 0 },
};

static const struct gaz_ctl_spec spec = {
	.name = "add",
	.arguments = "URL",
	.about =
	    "Subscribe to the feed at URL (http or https). It is fetched at "
	    "once; its name is\n"
	    "the title given here, else its address.\n",
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
	status = gaz_ctl_order(&args, "/api/1/add", &params, false,
	    write_added);
	gaz_vec_clear(&params);
	gaz_ctl_args_clear(&args);
	return status;
}
