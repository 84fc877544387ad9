#ifndef GAZETTED_API_H
#define GAZETTED_API_H

#include "gazetted/buf.h"
#include "gazetted/json.h"
#include "gazetted/view.h"

/*
 * The JSON of /api/1/…, which gazettectl and scripts read. Documented in
 * docs/API.md: members are added, never renamed. Pure. Any thread.
 */

/* {"stories": […]}, {"items": […]} or {"feeds": […]}, with "more". */
void gaz_api_write_view(const struct gaz_view *v, struct gaz_buf *out);
/* One story with its items; full: also the evidence of each membership. */
void gaz_api_write_story(const struct gaz_view_story *s, bool full,
    struct gaz_buf *out);
/* One feed's members into an open object. */
void gaz_api_put_feed(struct gaz_json *j, const struct gaz_view_feed *f);

#endif
