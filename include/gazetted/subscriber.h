#ifndef GAZETTED_SUBSCRIBER_H
#define GAZETTED_SUBSCRIBER_H

#include "gazetted/store.h"

/* Subscribers of our own feeds (WebSub), as the store keeps them: one for each
 * callback and topic. */
struct gaz_store_subscriber {
	struct gaz_str callback, topic;
	struct gaz_str secret; /* absent: none */
	gaz_utc ends;
	struct gaz_str seen;   /* hash of what it has */
	gaz_utc next;          /* of the next try, while it fails */
	int64_t failures;      /* in a row */
};
typedef GAZ_LIST(struct gaz_store_subscriber) gaz_store_subscriber_list;

bool gaz_store_put_subscriber(struct gaz_store *s,
    const struct gaz_store_subscriber *sub, struct gaz_err *err)
    __attribute__((warn_unused_result));
bool gaz_store_drop_subscriber(struct gaz_store *s, struct gaz_str callback,
    struct gaz_str topic, struct gaz_err *err)
    __attribute__((warn_unused_result));
/* Strings live in the arena. */
bool gaz_store_load_subscribers(struct gaz_store *s, struct gaz_arena *a,
    gaz_store_subscriber_list *out, struct gaz_err *err)
    __attribute__((warn_unused_result));

#endif
