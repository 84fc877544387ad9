#include "config.h"

#include "ctl.h"

#include "list.h"

/* gazettectl stories: what is told, by whom and in which languages. */
int
gaz_ctl_stories(int argc, char **argv)
{
	static const struct gaz_ctl_spec spec = {
		.name = "stories",
		.arguments = "",
		.about =
		    "List stories, the hottest first: how many independent "
		    "outlets tell each,\n"
		    "in how many items and in which languages.\n",
		.groups = GAZ_CTL_DAEMON | GAZ_CTL_STORE | GAZ_CTL_FILTER |
		    GAZ_CTL_PAGE | GAZ_CTL_JSON,
	};
	static const struct gaz_ctl_question q = {
		.kind = GAZ_VIEW_STORIES, .form = GAZ_RENDER_API,
	};
	struct gaz_ctl_args args;
	int status;

	if (!gaz_ctl_args_read(&args, &spec, argc, argv, &status))
		return status;
	status = gaz_ctl_list(&args, &q, NULL, gaz_ctl_write_stories);
	gaz_ctl_args_clear(&args);
	return status;
}
