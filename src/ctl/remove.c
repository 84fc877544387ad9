#include "config.h"

#include "ctl.h"

#include <inttypes.h>

#include "list.h"

/* gazettectl remove: end a subscription that was made by hand. */
static const struct gaz_ctl_option options[] = {
	{ "items", 'i', NULL, "delete its items as well" },
	{ 0 },
};

static const struct gaz_ctl_spec spec = {
	.name = "remove",
	.arguments = "FEED",
	.about =
	    "Unsubscribe from FEED (name, id or address). Its items stay. A "
	    "feed that the\n"
	    "configuration or its OPML file names has to be taken out "
	    "there.\n",
	.groups = GAZ_CTL_DAEMON | GAZ_CTL_JSON,
	.options = options,
	.least = 1,
	.most = 1,
};

static void
write_removed(const json_t *root, const struct gaz_ctl_style *st,
    struct gaz_buf *out)
{
	(void)st;
	gaz_buf_put_fmt(out, "removed feed %" PRId64 "\n",
	    gaz_ctl_int(root, "removed"));
}

int
gaz_ctl_remove(int argc, char **argv)
{
	gaz_ctl_params params = { 0 };
	struct gaz_ctl_args args;
	int status;

	if (!gaz_ctl_args_read(&args, &spec, argc, argv, &status))
		return status;
	gaz_ctl_param(&params, "feed", args.argv[0]);
	if (gaz_ctl_args_has(&args, "items"))
		gaz_ctl_param(&params, "items", "yes");
	status = gaz_ctl_order(&args, "/api/1/remove", &params, false,
	    write_removed);
	gaz_vec_clear(&params);
	gaz_ctl_args_clear(&args);
	return status;
}
