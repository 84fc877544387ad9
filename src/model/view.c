/* Views and filters: plain data with one owner. */
#include "config.h"

#include "gazetted/view.h"

#include "gazetted/mem.h"

#include <stdlib.h>

void
gaz_filter_init(struct gaz_filter *f)
{
	*f = (struct gaz_filter){ .since = GAZ_UTC_UNKNOWN };
}

struct gaz_view *
gaz_view_new(enum gaz_view_kind kind)
{
	struct gaz_view *v = gaz_mem_zero(1, sizeof(*v));

	gaz_arena_init(&v->arena);
	v->kind = kind;
	v->updated = GAZ_UTC_UNKNOWN;
	v->page = 1;
	return v;
}

void
gaz_view_free(struct gaz_view *v)
{
	if (v == NULL)
		return;
	gaz_arena_clear(&v->arena);
	free(v);
}
