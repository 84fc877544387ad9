#ifndef TESTS_SAMPLE_VIEW_H
#define TESTS_SAMPLE_VIEW_H

#include "gazetted/view.h"

/*
 * Views to try the exporters on, by name: "stories" (nine languages, copies,
 * first of two pages), "last" (the second page), "story", "search", "items",
 * "feeds", "empty", "hostile" (stories and their items with everything that a
 * document could be broken by), "hostile-items", "hostile-feeds", "bare"
 * (stories without a base URL or a path). NULL: no such name.
 */
struct gaz_view *sample_view_new(const char *name);
/* Their names; NULL past the last. */
const char *sample_view_name(size_t i);

#endif
