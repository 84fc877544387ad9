#include "config.h"

#include "ctl.h"

#include "list.h"

/* gazettectl items: what has arrived, newest first. */
int
gaz_ctl_items(int argc, char **argv)
{
	static const struct gaz_ctl_spec spec = {
		.name = "items",
		.arguments = "",
		.about = "List items, newest first, with the story that each "
		    "is part of.\n",
		.groups = GAZ_CTL_DAEMON | GAZ_CTL_STORE | GAZ_CTL_FILTER |
		    GAZ_CTL_PAGE | GAZ_CTL_JSON,
	};
	static const struct gaz_ctl_question q = {
		.kind = GAZ_VIEW_ITEMS, .form = GAZ_RENDER_API,
	};
	struct gaz_ctl_args args;
	int status;

	if (!gaz_ctl_args_read(&args, &spec, argc, argv, &status))
		return status;
	status = gaz_ctl_list(&args, &q, NULL, gaz_ctl_write_items);
	gaz_ctl_args_clear(&args);
	return status;
}
