#ifndef GAZETTED_EXTRA_H
#define GAZETTED_EXTRA_H

#include "gazetted/buf.h"
#include "gazetted/document.h"

/*
 * What few items have: about a recording, and where it happened. On the way
 * from a worker through the store to the exporters it is one packed text, which
 * only these functions look into. Pure. Any thread.
 */
struct gaz_extra {
	gaz_role_list persons;
	gaz_link_list transcripts;
	struct gaz_str chapters_url;
	gaz_chapter_list chapters, soundbites;
	gaz_place_list places;
};

/*
 * Append e to out as text, at most GAZ_EXTRA_MAX bytes: what has no place any
 * more is left out, as are places that gaz_place_close would refuse or change.
 * Nothing when e has nothing.
 */
void gaz_extra_pack(const struct gaz_extra *e, struct gaz_buf *out);

/*
 * Make a place whole: the ring around an area ends where it began, which GeoRSS
 * and GML ask for and many feeds forget. False: it has fewer or more points than
 * its kind takes (1; 2 or more; 3 or more different ones; 2). Of
 * GAZ_PLACE_POINTS_MAX the last gives way. A longer list lives in a.
 */
bool gaz_place_close(struct gaz_arena *a, struct gaz_place *p)
    __attribute__((warn_unused_result));

/*
 * The rare parts of an item whose feed names persons for all that name none:
 * own, if it has persons, else with all those of feed behind it that there is
 * room for. Both are packed. What has to be made is made in b.
 */
struct gaz_str gaz_extra_inherit(struct gaz_str own, struct gaz_str feed,
    struct gaz_buf *b);

/*
 * Any text is survived; what is not understood is passed over, and no list is
 * longer than limits.h says. Strings of e point into packed, lists live in a.
 */
void gaz_extra_unpack(struct gaz_str packed, struct gaz_arena *a,
    struct gaz_extra *e);

#endif
