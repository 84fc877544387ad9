#include "config.h"

#include "ctl.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "list.h"

/* gazettectl backup: a sound copy of the database while it is in use. */
static const struct gaz_ctl_spec spec = {
	.name = "backup",
	.arguments = "FILE",
	.about =
	    "Copy the database to FILE while the daemon goes on. FILE is a "
	    "database itself,\n"
	    "in one piece; one that is there already is replaced when the "
	    "copy is whole. The\n"
	    "daemon writes it, so it must be a place where the daemon may "
	    "write.\n",
	.groups = GAZ_CTL_DAEMON | GAZ_CTL_STORE | GAZ_CTL_JSON,
	.least = 1,
	.most = 1,
};

static void
write_done(const json_t *root, const struct gaz_ctl_style *st,
    struct gaz_buf *out)
{
	(void)root;
	(void)st;
	(void)out; /* no news is good news */
}

/* The daemon works in another folder than we do. */
static bool
make_absolute(const struct gaz_ctl_args *args, struct gaz_buf *out)
{
	char folder[PATH_MAX];

	if (args->argv[0][0] != '/') {
		if (getcwd(folder, sizeof(folder)) == NULL) {
			gaz_ctl_complain(args->spec->name,
			    "the current folder: %s", strerror(errno));
			return false;
		}
		gaz_buf_put_fmt(out, "%s/", folder);
	}
	gaz_buf_put_z(out, args->argv[0]);
	return true;
}

static int
backup(const struct gaz_ctl_args *args)
{
	gaz_ctl_params params = { 0 };
	struct gaz_err err = { 0 };
	struct gaz_ctl_reach r;
	struct gaz_buf path, answer;
	int status;

	gaz_buf_init(&path, GAZ_BUF_NO_MAX);
	gaz_buf_init(&answer, GAZ_BUF_NO_MAX);
	if (!make_absolute(args, &path))
		return EX_IOERR;
	status = gaz_ctl_reach_open(&r, args);
	if (status == EX_OK && r.store != NULL) {
		if (gaz_store_backup(r.store, path.p, &err))
			gaz_buf_put_z(&answer, "{\"ok\":true}\n");
		else
			status = gaz_ctl_failed(args, &err);
	} else if (status == EX_OK) {
		gaz_ctl_param(&params, "path", path.p);
		status = gaz_ctl_post(&r, "/api/1/backup", &params, true,
		    &answer);
	}
	gaz_ctl_reach_close(&r);
	if (status == EX_OK)
		status = gaz_ctl_show(args, &answer, write_done);
	gaz_vec_clear(&params);
	gaz_buf_clear(&answer);
	gaz_buf_clear(&path);
	return status;
}

int
gaz_ctl_backup(int argc, char **argv)
{
	struct gaz_ctl_args args;
	int status;

	if (!gaz_ctl_args_read(&args, &spec, argc, argv, &status))
		return status;
	status = backup(&args);
	gaz_ctl_args_clear(&args);
	return status;
}
