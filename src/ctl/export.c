#include "config.h"

#include "ctl.h"

#include <string.h>
#include <sysexits.h>

#include "gazetted/file.h"
#include "gazetted/limits.h"

#include "daemon/describe.h"

#include "list.h"

/* gazettectl export: stories, items or feeds as a document. */
static const struct gaz_ctl_option options[] = {
	{ "content", 0, "WHAT", "stories, items or feeds; opml is always "
	    "feeds, and\njsonl items" },
	{ "output", 'o', "FILE", "write to FILE, whole or not at all" },
	{ 0 },
};

static const struct gaz_ctl_spec spec = {
	.name = "export",
	.arguments = "FORMAT",
	.about =
	    "Write a document. FORMAT is atom, rss, json (JSON Feed), opml, "
	    "html or jsonl:\n"
	    "one JSON object an item and line. Or labels: what people "
	    "corrected, one JSON\n"
	    "object a line for each pair of items that are, or are not, the "
	    "same story.\n",
	.groups = GAZ_CTL_DAEMON | GAZ_CTL_STORE | GAZ_CTL_FILTER |
	    GAZ_CTL_PAGE,
	.options = options,
	.least = 1,
	.most = 1,
};

/* The kind that goes with the format, from what was said. */
static bool
find_kind(const struct gaz_ctl_args *args, enum gaz_render_form form,
    enum gaz_view_kind *out)
{
	static const struct {
		const char *name;
		enum gaz_view_kind kind;
	} kinds[] = {
		{ "stories", GAZ_VIEW_STORIES },
		{ "items", GAZ_VIEW_ITEMS },
		{ "feeds", GAZ_VIEW_FEEDS },
	};
	const char *said = gaz_ctl_args_get(args, "content");
	enum gaz_view_kind only = form == GAZ_RENDER_OPML ? GAZ_VIEW_FEEDS :
	    form == GAZ_RENDER_JSONL ? GAZ_VIEW_ITEMS : GAZ_VIEW_STORIES;
	bool bound = only != GAZ_VIEW_STORIES;

	*out = only;
	if (said == NULL)
		return true;
	for (size_t i = 0; i < GAZ_COUNT(kinds); i++) {
		if (strcmp(said, kinds[i].name) != 0)
			continue;
		*out = kinds[i].kind;
		if (!bound || kinds[i].kind == only)
			return true;
		gaz_ctl_usage(args->spec->name, "%s is a format of %s alone",
		    args->argv[0], only == GAZ_VIEW_FEEDS ? "feeds" : "items");
		return false;
	}
	gaz_ctl_usage(args->spec->name, "--content %s: stories, items or "
	    "feeds is wanted", said);
	return false;
}

static int
deliver(const struct gaz_ctl_args *args, struct gaz_buf *document)
{
	const char *path = gaz_ctl_args_get(args, "output");
	struct gaz_err err = { 0 };

	if (path == NULL || strcmp(path, "-") == 0)
		return gaz_ctl_print(args, document);
	if (gaz_file_replace(path, gaz_buf_str(document), NULL, &err))
		return EX_OK;
	gaz_ctl_failed(args, &err);
	return EX_CANTCREAT;
}

static int
ask_labels(struct gaz_ctl_reach *r, struct gaz_buf *out)
{
	gaz_ctl_params none = { 0 };
	struct gaz_err err = { 0 };

	if (r->store == NULL)
		return gaz_ctl_get(r, "/api/1/labels", &none, out);
	if (gaz_describe_labels(r->store, r->now, out, &err))
		return EX_OK;
	return gaz_ctl_failed(r->args, &err);
}

static int
export(const struct gaz_ctl_args *args)
{
	bool labels = strcmp(args->argv[0], "labels") == 0;
	struct gaz_ctl_question q = { 0 };
	struct gaz_ctl_reach r;
	struct gaz_buf document;
	int status;

	if (!labels &&
	    (!gaz_render_form_find(gaz_str_of(args->argv[0]), &q.form) ||
	    q.form == GAZ_RENDER_API))
		return gaz_ctl_usage(args->spec->name, "\"%s\": atom, rss, "
		    "json, opml, html, jsonl or labels is wanted",
		    args->argv[0]);
	for (size_t i = 0; labels && i < args->given.n; i++) {
		if (gaz_ctl_is_filter(args->given.v[i].name) ||
		    strcmp(args->given.v[i].name, "content") == 0)
			return gaz_ctl_usage(args->spec->name, "labels are "
			    "all that there are: --%s is not for them",
			    args->given.v[i].name);
	}
	if (!labels && !find_kind(args, q.form, &q.kind))
		return EX_USAGE;
	status = gaz_ctl_reach_open(&r, args);
	if (status != EX_OK)
		return status;
	gaz_buf_init(&document, GAZ_MESSAGE_MAX);
	status = labels ? ask_labels(&r, &document) :
	    gaz_ctl_ask(&r, &q, &document);
	if (status == EX_OK)
		status = deliver(args, &document);
	gaz_buf_clear(&document);
	gaz_ctl_reach_close(&r);
	return status;
}

int
gaz_ctl_export(int argc, char **argv)
{
	struct gaz_ctl_args args;
	int status;

	if (!gaz_ctl_args_read(&args, &spec, argc, argv, &status))
		return status;
	status = export(&args);
	gaz_ctl_args_clear(&args);
	return status;
}
