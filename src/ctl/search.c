#include "config.h"

#include "ctl.h"

#include "list.h"

/* gazettectl search: items, or stories, by words. */
static const struct gaz_ctl_option options[] = {
	{ "stories", 'S', NULL, "list the stories that have such items" },
	{ 0 },
};

static const struct gaz_ctl_spec spec = {
	.name = "search",
	.arguments = "WORD...",
	.about =
	    "List the items that have all the words. \"a phrase\" in double "
	    "quotes, begin* and\n"
	    "-without are understood; give them to the shell in single "
	    "quotes:\n"
	    "\n"
	    "    gazettectl search 'storm \"north sea\" -weather'\n",
	.groups = GAZ_CTL_DAEMON | GAZ_CTL_STORE | GAZ_CTL_FILTER |
	    GAZ_CTL_PAGE | GAZ_CTL_JSON,
	.options = options,
	.least = 1,
	.most = -1,
};

static int
search(const struct gaz_ctl_args *args)
{
	bool stories = gaz_ctl_args_has(args, "stories");
	struct gaz_ctl_question q = {
		.kind = stories ? GAZ_VIEW_STORIES : GAZ_VIEW_ITEMS,
		.form = GAZ_RENDER_API,
	};
	gaz_ctl_params more = { 0 };
	struct gaz_buf words;
	int status;

	gaz_buf_init(&words, GAZ_BUF_NO_MAX);
	for (int i = 0; i < args->argc; i++)
		gaz_buf_put_fmt(&words, "%s%s", i > 0 ? " " : "",
		    args->argv[i]);
	gaz_ctl_param(&more, "q", words.p);
	q.more = &more;
	status = gaz_ctl_list(args, &q, NULL, stories ?
	    gaz_ctl_write_stories : gaz_ctl_write_items);
	gaz_vec_clear(&more);
	gaz_buf_clear(&words);
	return status;
}

int
gaz_ctl_search(int argc, char **argv)
{
	struct gaz_ctl_args args;
	int status;

	if (!gaz_ctl_args_read(&args, &spec, argc, argv, &status))
		return status;
	if (gaz_ctl_args_has(&args, "query"))
		status = gaz_ctl_usage(spec.name,
		    "the words are the query: -q is one too many");
	else
		status = search(&args);
	gaz_ctl_args_clear(&args);
	return status;
}
