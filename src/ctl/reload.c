#include "config.h"

#include "ctl.h"

#include "list.h"

/* gazettectl reload: read the configuration again. */
static const struct gaz_ctl_spec spec = {
	.name = "reload",
	.arguments = "",
	.about =
	    "Have the daemon read its configuration and subscriptions again, "
	    "as SIGHUP does.\n"
	    "It keeps the old ones when the new ones are wrong, and its log "
	    "says so;\n"
	    "\"gazettectl check-config\" tells before.\n",
	.groups = GAZ_CTL_DAEMON | GAZ_CTL_JSON,
};

static void
write_reloading(const json_t *root, const struct gaz_ctl_style *st,
    struct gaz_buf *out)
{
	(void)root;
	(void)st;
	gaz_buf_put_z(out, "the daemon reads its configuration again\n");
}

int
gaz_ctl_reload(int argc, char **argv)
{
	struct gaz_ctl_args args;
	int status;

	if (!gaz_ctl_args_read(&args, &spec, argc, argv, &status))
		return status;
	status = gaz_ctl_order(&args, "/api/1/reload", NULL, false,
	    write_reloading);
	gaz_ctl_args_clear(&args);
	return status;
}
