#ifndef GAZETTED_PARSE_FINISH_H
#define GAZETTED_PARSE_FINISH_H

#include "gazetted/document.h"

/*
 * What follows from several members of a feed or an item, alike for XML and
 * JSON: plain titles, the link among the links, hubs, the picture.
 */

/* Nothing said yet. */
void gaz_feed_info_init(struct gaz_feed_info *feed);
void gaz_item_init(struct gaz_item *item);

/* own_link: of the format's own link element, or absent. */
void gaz_feed_info_finish(struct gaz_arena *a, struct gaz_feed_info *feed,
    struct gaz_str own_link);

struct gaz_item_hints {
	struct gaz_str own_link;
	struct gaz_str guid_link; /* the id, if it is a link; else absent */
	struct gaz_str image_in_content, image_in_summary;
};
/* Language of the feed is left to the caller. */
void gaz_item_finish(struct gaz_arena *a, struct gaz_item *item,
    const struct gaz_item_hints *hints);

/* "1:02:03.500", "62.5" to milliseconds; GAZ_INT_UNKNOWN: none. */
int64_t gaz_time_ms_parse(struct gaz_str s);

/*
 * Of the persons that a feed names for all of its items: does one more have a
 * place in an item that names none? *room begins at GAZ_FEED_PERSONS_MAX.
 */
bool gaz_role_fits(const struct gaz_role *r, size_t *room);

/* Count what was noted of an item that is complete. */
void gaz_document_note(struct gaz_document *doc, unsigned notes);

#endif
