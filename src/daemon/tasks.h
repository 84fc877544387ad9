#ifndef GAZETTED_DAEMON_TASKS_H
#define GAZETTED_DAEMON_TASKS_H

#include "gazetted/store.h"

/*
 * Work that would make the loop wait (a query and its rendering, a file),
 * done by a few threads that each hold a read-only connection of their own.
 */
struct event_base;
struct gaz_tasks;

/*
 * On a task thread. reader is the thread's connection, or NULL when the
 * database cannot be read (why stands in err).
 */
typedef void (*gaz_task_run_fn)(struct gaz_store *reader,
    const struct gaz_err *err, void *arg);
/* On the loop, exactly once, also when the pool is stopped meanwhile. */
typedef void (*gaz_task_done_fn)(void *arg);

struct gaz_tasks *gaz_tasks_start(struct event_base *base, int threads,
    const char *store_path);
/* Finish what is under way, call every done, join the threads. */
void gaz_tasks_stop(struct gaz_tasks *t);
/* Loop only. false when too much waits or t is NULL: nothing is called then. */
bool gaz_tasks_run(struct gaz_tasks *t, gaz_task_run_fn run,
    gaz_task_done_fn done, void *arg) __attribute__((warn_unused_result));
/* Tasks given and not done. Loop only. */
size_t gaz_tasks_pending(const struct gaz_tasks *t);

#endif
