#include "config.h"

#include "ctl.h"

#include <sysexits.h>

#include "gazetted/json.h"
#include "gazetted/limits.h"

#include "list.h"

/* gazettectl check-store: is the database sound, and if not, what is? */
static const struct gaz_ctl_option options[] = {
	{ "salvage", 0, "FILE", "put what can be read into this new "
	    "database" },
	{ 0 },
};

static const struct gaz_ctl_spec spec = {
	.name = "check-store",
	.arguments = "",
	.about =
	    "Look through the whole database for damage and contradictions. "
	    "It takes a while;\n"
	    "the daemon goes on. Exit with 0 when it is sound, else with 65 "
	    "and a line for\n"
	    "each finding.\n\n"
	    "With --salvage the database is left as it is, and all that can "
	    "still be read of\n"
	    "it goes into FILE, a new database that \"gazettectl restore\" "
	    "takes. Stop the\n"
	    "daemon before: what it writes meanwhile would be lost.\n",
	.groups = GAZ_CTL_DAEMON | GAZ_CTL_STORE | GAZ_CTL_JSON,
	.options = options,
};

static void
write_report(const json_t *root, const struct gaz_ctl_style *st,
    struct gaz_buf *out)
{
	struct gaz_str rest = gaz_ctl_str(root, "report"), line;

	while (gaz_str_split(&rest, '\n', &line)) {
		if (line.len == 0)
			continue;
		gaz_ctl_put_text(out, line, st);
		gaz_buf_put_char(out, '\n');
	}
	gaz_buf_put_z(out, gaz_ctl_bool(root, "sound") ? "sound\n" :
	    "NOT SOUND\n");
}

static int
check_here(struct gaz_ctl_reach *r, struct gaz_buf *out)
{
	struct gaz_err err = { 0 };
	struct gaz_buf report;
	struct gaz_json j;
	bool sound, ok;

	gaz_buf_init(&report, GAZ_HTTP_BODY_MAX);
	ok = gaz_store_check(r->store, &report, &sound, &err);
	if (ok) {
		gaz_json_init(&j, out, 0);
		gaz_json_object(&j, NULL);
		gaz_json_bool(&j, "sound", sound);
		gaz_json_str(&j, "report", gaz_buf_str(&report));
		gaz_json_end_object(&j);
		gaz_buf_put_char(out, '\n');
	}
	gaz_buf_clear(&report);
	return ok ? EX_OK : gaz_ctl_failed(r->args, &err);
}

static int
check(const struct gaz_ctl_args *args)
{
	struct gaz_ctl_reach r;
	struct gaz_buf answer;
	json_t *root;
	int status = gaz_ctl_reach_open(&r, args);

	if (status != EX_OK)
		return status;
	gaz_buf_init(&answer, GAZ_MESSAGE_MAX);
	status = r.store != NULL ? check_here(&r, &answer) :
	    gaz_ctl_post(&r, "/api/1/check", NULL, true, &answer);
	if (status == EX_OK) {
		root = gaz_ctl_json(args, &answer);
		status = gaz_ctl_show(args, &answer, write_report);
		if (status == EX_OK && !gaz_ctl_bool(root, "sound"))
			status = EX_DATAERR;
		json_decref(root);
	}
	gaz_buf_clear(&answer);
	gaz_ctl_reach_close(&r);
	return status;
}

static void
write_saved(const json_t *root, const struct gaz_ctl_style *st,
    struct gaz_buf *out)
{
	(void)st;
	gaz_ctl_put_count(out, gaz_ctl_int(root, "feeds"), "feed", "feeds");
	gaz_buf_put_z(out, ", ");
	gaz_ctl_put_count(out, gaz_ctl_int(root, "items"), "item", "items");
	gaz_buf_put_z(out, " and ");
	gaz_ctl_put_count(out, gaz_ctl_int(root, "stories"), "story",
	    "stories");
	gaz_buf_put_z(out, " saved\n");
}

static int
salvage(const struct gaz_ctl_args *args, const char *to)
{
	struct gaz_store_stats saved = { 0 };
	struct gaz_err err = { 0 };
	struct gaz_buf path, answer;
	struct gaz_json j;
	int status;

	gaz_buf_init(&path, GAZ_BUF_NO_MAX);
	gaz_buf_init(&answer, GAZ_MESSAGE_MAX);
	if (!gaz_ctl_find_store(args, &path, &status))
		goto done;
	if (!gaz_store_salvage(path.p, to, &saved, &err)) {
		status = gaz_ctl_failed(args, &err);
		goto done;
	}
	gaz_json_init(&j, &answer, 0);
	gaz_json_object(&j, NULL);
	gaz_json_int(&j, "feeds", saved.feeds);
	gaz_json_int(&j, "items", saved.items);
	gaz_json_int(&j, "stories", saved.stories);
	gaz_json_end_object(&j);
	gaz_buf_put_char(&answer, '\n');
	status = gaz_ctl_show(args, &answer, write_saved);
done:
	gaz_buf_clear(&answer);
	gaz_buf_clear(&path);
	return status;
}

int
gaz_ctl_check_store(int argc, char **argv)
{
	struct gaz_ctl_args args;
	const char *to;
	int status;

	if (!gaz_ctl_args_read(&args, &spec, argc, argv, &status))
		return status;
	to = gaz_ctl_args_get(&args, "salvage");
	status = to != NULL ? salvage(&args, to) : check(&args);
	gaz_ctl_args_clear(&args);
	return status;
}
