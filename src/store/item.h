#ifndef STORE_ITEM_H
#define STORE_ITEM_H

#include "db.h"

bool item_put_features(struct gaz_store *s, int64_t item_id,
    struct gaz_str features, struct gaz_err *err)
    __attribute__((warn_unused_result));
/* Its story may have got another headline, or lost it. */
bool item_touch_story(struct gaz_store *s, int64_t item_id,
    struct gaz_err *err) __attribute__((warn_unused_result));
/* Delete it with all that belongs to it. */
bool item_delete(struct gaz_store *s, int64_t item_id, struct gaz_err *err)
    __attribute__((warn_unused_result));
/* A feed does not carry it any more; the last one takes it along. */
bool item_leave(struct gaz_store *s, int64_t item_id, int64_t feed_id,
    struct gaz_err *err) __attribute__((warn_unused_result));

#endif
