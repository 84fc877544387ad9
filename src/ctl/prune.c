#include "config.h"

#include "ctl.h"

#include <inttypes.h>
#include <sysexits.h>

#include "list.h"

/* gazettectl prune: delete now what upkeep would delete by and by. */
#define KEEP_MAX INT64_C(1000000000)

static const struct gaz_ctl_option options[] = {
	{ "keep-days", 0, "N", "with --store: delete what is older; 0: "
	    "nothing" },
	{ "keep-items", 0, "N", "with --store: keep so many of a feed; 0: "
	    "all" },
	{ 0 },
};

static const struct gaz_ctl_spec spec = {
	.name = "prune",
	.arguments = "",
	.about =
	    "Delete the items that keep-days and keep-items of the "
	    "configuration let go. What\n"
	    "a feed still shows stays. With --store the two come from -c "
	    "FILE or from the\n"
	    "options here, and no daemon may run on the database.\n",
	.groups = GAZ_CTL_DAEMON | GAZ_CTL_STORE | GAZ_CTL_JSON,
	.options = options,
};

static void
write_deleted(const json_t *root, const struct gaz_ctl_style *st,
    struct gaz_buf *out)
{
	(void)st;
	gaz_ctl_put_count(out, gaz_ctl_int(root, "deleted"), "item", "items");
	gaz_buf_put_z(out, " deleted\n");
}

static int
prune_store(const struct gaz_ctl_args *args, int64_t days, int64_t items,
    struct gaz_buf *out)
{
	struct gaz_err err = { 0 };
	struct gaz_store *s;
	int64_t sum = 0, n = 0;
	bool more = true, ok;

	/* Only what is there is pruned: opening to write would make one. */
	s = gaz_store_open(args->store, GAZ_STORE_READ, &err);
	if (s == NULL)
		return gaz_ctl_failed(args, &err);
	gaz_store_close(s);
	s = gaz_store_open(args->store, GAZ_STORE_WRITE, &err);
	if (s == NULL)
		return gaz_ctl_failed(args, &err);
	do {
		ok = gaz_store_prune(s, days, items, gaz_clock_utc(), &n,
		    &more, &err);
		sum += ok ? n : 0;
	} while (ok && more);
	gaz_store_close(s);
	if (!ok)
		return gaz_ctl_failed(args, &err);
	gaz_buf_put_fmt(out, "{\"deleted\":%" PRId64 "}\n", sum);
	return EX_OK;
}

/* Without a daemon: what to keep is said here or in a configuration. */
static int
prune_here(const struct gaz_ctl_args *args)
{
	long long days, items;
	struct gaz_config *c = NULL;
	struct gaz_buf answer;
	int status = EX_OK;

	if (!gaz_ctl_args_number(args, "keep-days", 0, KEEP_MAX, 0, &days) ||
	    !gaz_ctl_args_number(args, "keep-items", 0, KEEP_MAX, 0, &items))
		return EX_USAGE;
	if (args->config != NULL) {
		c = gaz_ctl_load_config(args->config, &status);
		if (c == NULL)
			return status;
		if (!gaz_ctl_args_has(args, "keep-days"))
			days = c->keep_days;
		if (!gaz_ctl_args_has(args, "keep-items"))
			items = c->keep_items;
		gaz_config_put(c);
	} else if (!gaz_ctl_args_has(args, "keep-days") &&
	    !gaz_ctl_args_has(args, "keep-items")) {
		return gaz_ctl_usage(args->spec->name, "say what to keep: "
		    "-c FILE, --keep-days N or --keep-items N");
	}
	gaz_buf_init(&answer, GAZ_BUF_NO_MAX);
	status = prune_store(args, days, items, &answer);
	if (status == EX_OK)
		status = gaz_ctl_show(args, &answer, write_deleted);
	gaz_buf_clear(&answer);
	return status;
}

int
gaz_ctl_prune(int argc, char **argv)
{
	struct gaz_ctl_args args;
	int status;

	if (!gaz_ctl_args_read(&args, &spec, argc, argv, &status))
		return status;
	if (args.store != NULL)
		status = prune_here(&args);
	else if (gaz_ctl_args_has(&args, "keep-days") ||
	    gaz_ctl_args_has(&args, "keep-items"))
		status = gaz_ctl_usage(spec.name, "a daemon keeps what its "
		    "configuration says; --keep-days and --keep-items go "
		    "with --store");
	else
		status = gaz_ctl_order(&args, "/api/1/prune", NULL, true,
		    write_deleted);
	gaz_ctl_args_clear(&args);
	return status;
}
