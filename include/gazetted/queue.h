#ifndef GAZETTED_QUEUE_H
#define GAZETTED_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Bounded queue of pointers between threads. Whoever takes owns what it took.
 * Any number of putters and takers. The eventfd lets an event loop wait for
 * it: readable while the queue is not empty.
 */
struct gaz_queue;

/* NULL, with errno set, when the system has no descriptor left. */
struct gaz_queue *gaz_queue_new(size_t capacity);
/* The queue must be empty or its content the caller's to forget. */
void gaz_queue_free(struct gaz_queue *q);

/* false when full or closed: p, not NULL, stays the caller's. */
bool gaz_queue_try_put(struct gaz_queue *q, void *p)
    __attribute__((warn_unused_result));
/* Wait for room; false only when closed. */
bool gaz_queue_put(struct gaz_queue *q, void *p)
    __attribute__((warn_unused_result));
/* NULL when empty. */
void *gaz_queue_try_take(struct gaz_queue *q);
/* Wait at most timeout_ms (-1: for ever); NULL on time-out or closed+empty. */
void *gaz_queue_take(struct gaz_queue *q, int timeout_ms);
/* Nothing goes in any more; takers get what is left, then NULL. */
void gaz_queue_close(struct gaz_queue *q);
bool gaz_queue_is_closed(struct gaz_queue *q);
size_t gaz_queue_count(struct gaz_queue *q);
/* Places left; 0 when closed. */
size_t gaz_queue_room(struct gaz_queue *q);
/* Do not read from it; gaz_queue_try_take does. */
int gaz_queue_fd(const struct gaz_queue *q);

#endif
