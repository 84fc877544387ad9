#ifndef GAZETTED_DAEMON_CORRECTIONS_H
#define GAZETTED_DAEMON_CORRECTIONS_H

#include "writer.h"

/*
 * Tell the index what people corrected, but for the first known statements;
 * all of it (0) before it is filled anew, nothing (SIZE_MAX) to count. *count (may be NULL) is how many
 * there are. Writer thread.
 */
bool gaz_corrections_recall(struct gaz_writer_state *w, size_t known,
    size_t *count, struct gaz_err *err) __attribute__((warn_unused_result));

#endif
