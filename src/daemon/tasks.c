/*
 * A few threads around two queues: tasks go in from the loop, come back when
 * they ran. A reader connection is opened at a thread's first task, so that a
 * database that does not exist yet is no error at start.
 */
#include "config.h"

#include "tasks.h"

#include <event2/event.h>
#include <pthread.h>
#include <stdlib.h>

#include "gazetted/log.h"
#include "gazetted/mem.h"
#include "gazetted/queue.h"

#define TASKS_MAX 4096

struct task {
	gaz_task_run_fn run;
	gaz_task_done_fn done;
	void *arg;
};

struct gaz_tasks {
	struct gaz_queue *todo, *finished;
	struct event *ev;
	char *store_path;
	pthread_t *threads;
	int count;
	size_t pending;
};

static void *
task_thread(void *arg)
{
	struct gaz_tasks *t = arg;
	struct gaz_store *reader = NULL;
	struct task *task;

	while ((task = gaz_queue_take(t->todo, -1)) != NULL) {
		struct gaz_err err = { 0 };

		if (reader == NULL && t->store_path != NULL)
			reader = gaz_store_open(t->store_path, GAZ_STORE_READ,
			    &err);
		task->run(reader, &err, task->arg);
		if (!gaz_queue_put(t->finished, task))
			abort(); /* closed only after the threads ended */
	}
	gaz_store_close(reader);
	return NULL;
}

static void
drain(struct gaz_tasks *t)
{
	struct task *task;

	while ((task = gaz_queue_try_take(t->finished)) != NULL) {
		t->pending--;
		task->done(task->arg);
		free(task);
	}
}

static void
on_finished(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	drain(arg);
}

struct gaz_tasks *
gaz_tasks_start(struct event_base *base, int threads, const char *store_path)
{
	struct gaz_tasks *t = gaz_mem_zero(1, sizeof(*t));

	t->todo = gaz_queue_new(TASKS_MAX);
	/* Room for all that can be under way: a thread never waits here. */
	t->finished = gaz_queue_new(TASKS_MAX + (size_t)threads);
	t->store_path = store_path != NULL ? gaz_mem_strdup(store_path) : NULL;
	t->ev = event_new(base, gaz_queue_fd(t->finished),
	    EV_READ | EV_PERSIST, on_finished, t);
	if (t->ev == NULL || event_add(t->ev, NULL) == -1)
		gaz_mem_die(sizeof(*t));
	t->threads = gaz_mem_zero((size_t)threads, sizeof(*t->threads));
	for (t->count = 0; t->count < threads; t->count++) {
		if (pthread_create(&t->threads[t->count], NULL, task_thread,
		    t) != 0) {
			gaz_log(GAZ_LOG_ERR, "daemon",
			    "cannot start a reader thread");
			abort();
		}
	}
	return t;
}

void
gaz_tasks_stop(struct gaz_tasks *t)
{
	if (t == NULL)
		return;
	gaz_queue_close(t->todo);
	for (int i = 0; i < t->count; i++)
		pthread_join(t->threads[i], NULL);
	drain(t);
	event_free(t->ev);
	gaz_queue_free(t->todo);
	gaz_queue_free(t->finished);
	free(t->threads);
	free(t->store_path);
	free(t);
}

bool
gaz_tasks_run(struct gaz_tasks *t, gaz_task_run_fn run, gaz_task_done_fn done,
    void *arg)
{
	struct task *task;

	if (t == NULL || t->pending >= TASKS_MAX ||
	    gaz_queue_is_closed(t->todo))
		return false;
	task = gaz_mem_alloc(sizeof(*task));
	*task = (struct task){ run, done, arg };
	if (!gaz_queue_try_put(t->todo, task)) {
		free(task);
		return false;
	}
	t->pending++;
	return true;
}

size_t
gaz_tasks_pending(const struct gaz_tasks *t)
{
	return t->pending;
}
