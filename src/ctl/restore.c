#include "config.h"

#include "ctl.h"

#include <stdio.h>
#include <sysexits.h>

#include "list.h"

/* gazettectl restore: put a copy in the place of the database. */
static const struct gaz_ctl_option options[] = {
	{ "config", 'c', "FILE", "the daemon whose database it is" },
	{ "store", 0, "FILE", "this database" },
	{ 0 },
};

static const struct gaz_ctl_spec spec = {
	.name = "restore",
	.arguments = "FILE",
	.about =
	    "Put FILE, a copy that \"gazettectl backup\" made, in the place "
	    "of the database. It\n"
	    "has to be sound, and no daemon may run. What was there is kept "
	    "beside it with\n"
	    "\".replaced\" behind its name.\n",
	.options = options,
	.least = 1,
	.most = 1,
};

bool
gaz_ctl_find_store(const struct gaz_ctl_args *args, struct gaz_buf *path,
    int *status)
{
	struct gaz_config *c;

	if (args->store != NULL) {
		gaz_buf_put_z(path, args->store);
		return true;
	}
	c = gaz_ctl_load_config(args->config != NULL ? args->config :
	    GAZ_CONFIG_PATH, status);
	if (c == NULL)
		return false;
	gaz_buf_put_fmt(path, "%.*s/" GAZ_STORE_FILE,
	    GAZ_STR_ARG(c->state_directory));
	gaz_config_put(c);
	return true;
}

int
gaz_ctl_restore(int argc, char **argv)
{
	struct gaz_err err = { 0 };
	struct gaz_ctl_args args;
	struct gaz_buf path;
	int status;

	if (!gaz_ctl_args_read(&args, &spec, argc, argv, &status))
		return status;
	gaz_buf_init(&path, GAZ_BUF_NO_MAX);
	if (gaz_ctl_find_store(&args, &path, &status)) {
		if (gaz_store_restore(path.p, args.argv[0], &err)) {
			printf("%s is restored from %s\n", path.p,
			    args.argv[0]);
			status = EX_OK;
		} else {
			status = gaz_ctl_failed(&args, &err);
		}
	}
	gaz_buf_clear(&path);
	gaz_ctl_args_clear(&args);
	return status;
}
