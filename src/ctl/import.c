#include "config.h"

#include "ctl.h"

#include <inttypes.h>
#include <sysexits.h>

#include "gazetted/file.h"
#include "gazetted/limits.h"

#include "list.h"

/* gazettectl import: subscribe to all that an OPML document lists. */
static const struct gaz_ctl_spec spec = {
	.name = "import",
	.arguments = "FILE.opml",
	.about =
	    "Subscribe to every feed of an OPML document; \"-\" is standard "
	    "input. Folders\n"
	    "become tags. What is subscribed to already is left as it is.\n",
	.groups = GAZ_CTL_DAEMON | GAZ_CTL_JSON,
	.least = 1,
	.most = 1,
};

static void
write_imported(const json_t *root, const struct gaz_ctl_style *st,
    struct gaz_buf *out)
{
	int64_t skipped = gaz_ctl_int(root, "skipped");

	(void)st;
	gaz_buf_put_fmt(out, "%" PRId64 " added, %" PRId64 " known already",
	    gaz_ctl_int(root, "added"), gaz_ctl_int(root, "known"));
	if (skipped > 0)
		gaz_buf_put_fmt(out, ", %" PRId64 " skipped: no address "
		    "that can be fetched", skipped);
	gaz_buf_put_char(out, '\n');
}

static int
import(const struct gaz_ctl_args *args)
{
	struct gaz_err err = { 0 };
	struct gaz_ctl_reach r;
	struct gaz_buf body, answer;
	int status;

	gaz_buf_init(&body, GAZ_HTTP_IMPORT_MAX);
	gaz_buf_init(&answer, GAZ_MESSAGE_MAX);
	if (!gaz_file_load(args->argv[0], &body, &err))
		return gaz_ctl_failed(args, &err);
	status = gaz_ctl_reach_open(&r, args);
	if (status == EX_OK) {
		status = gaz_ctl_call(r.client, &(struct gaz_ctl_request){
			.path = "/api/1/import", .post = true,
			.patient = true, .body = gaz_buf_str(&body),
			.type = "text/x-opml" }, &answer, NULL);
		/* What is wrong is the document, not how we were called. */
		if (status == EX_USAGE)
			status = EX_DATAERR;
		if (status == EX_OK)
			status = gaz_ctl_show(args, &answer, write_imported);
		gaz_ctl_reach_close(&r);
	}
	gaz_buf_clear(&answer);
	gaz_buf_clear(&body);
	return status;
}

int
gaz_ctl_import(int argc, char **argv)
{
	struct gaz_ctl_args args;
	int status;

	if (!gaz_ctl_args_read(&args, &spec, argc, argv, &status))
		return status;
	status = import(&args);
	gaz_ctl_args_clear(&args);
	return status;
}
