#ifndef STORE_QUERY_H
#define STORE_QUERY_H

#include "db.h"

/* Ids of what a filter lets through, in the order of the view. */
struct found {
	GAZ_LIST(int64_t) ids;
	bool more;
};

bool query_items(struct gaz_store *s, const struct gaz_filter *f,
    struct gaz_arena *a, struct found *out, struct gaz_err *err)
    __attribute__((warn_unused_result));
bool query_stories(struct gaz_store *s, const struct gaz_filter *f,
    struct gaz_arena *a, struct found *out, struct gaz_err *err)
    __attribute__((warn_unused_result));
bool query_feeds(struct gaz_store *s, const struct gaz_filter *f,
    struct gaz_arena *a, struct found *out, struct gaz_err *err)
    __attribute__((warn_unused_result));

#endif
