/* Which of the feeds that a page links to is its main one. */
#include "config.h"

#include "adding.h"

/* WordPress and its like name the comments' feed behind the articles', some
 * others in front of it. */
static bool
is_comments(const struct gaz_adding_found *f)
{
	return gaz_str_ifind(f->url, GAZ_STR("/comments"), 0) !=
	    GAZ_STR_NPOS ||
	    gaz_str_ifind(f->title, GAZ_STR("comment"), 0) != GAZ_STR_NPOS;
}

size_t
gaz_adding_best(const struct gaz_adding_found *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!is_comments(&v[i]))
			return i;
	}
	return 0;
}
