#ifndef GAZETTED_DAEMON_POOL_H
#define GAZETTED_DAEMON_POOL_H

#include "gazetted/batch.h"
#include "gazetted/metrics.h"

#include "message.h"

/*
 * The parse workers as the loop sees them: jobs wait in order, go to the next
 * free worker, and come back as message bytes. A worker that dies, breaks the
 * protocol or takes longer than GAZ_WORKER_WALL_S is killed and replaced, and its job
 * ends as hostile. Loop only.
 */
struct event_base;
struct gaz_pool;

/*
 * Called exactly once for a job. message is the flat form of a batch, owned by
 * the callee; it is absent when the job failed, and fault and text say why. A
 * document whose worker died has no items, however many had arrived.
 */
typedef void (*gaz_pool_done_fn)(void *arg, struct gaz_buf *message,
    enum gaz_fault fault, const char *text);

/*
 * Workers are started at once. words: the table for their extractors; it is
 * copied into memory that they share. broken is called when none can be
 * started.
 */
typedef void (*gaz_pool_broken_fn)(void *arg, const char *why);
struct gaz_pool *gaz_pool_new(struct event_base *base, int workers,
    struct gaz_metrics *metrics, struct gaz_str words,
    gaz_pool_broken_fn broken, void *arg);
/* Jobs under way end as cancelled. */
void gaz_pool_free(struct gaz_pool *p);

/* The strings of job are copied. */
void gaz_pool_submit(struct gaz_pool *p, const struct gaz_parse_job *job,
    gaz_pool_done_fn done, void *arg);
size_t gaz_pool_waiting(const struct gaz_pool *p); /* without a worker yet */
/* And how many bytes these are. */
size_t gaz_pool_waiting_bytes(const struct gaz_pool *p);
size_t gaz_pool_running(const struct gaz_pool *p);

#endif
