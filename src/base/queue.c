/*
 * A ring under one lock. The eventfd holds 1 while the ring holds anything,
 * else 0; it changes under the same lock, so the two never disagree.
 */
#include "config.h"

#include "gazetted/queue.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "gazetted/mem.h"

struct gaz_queue {
	pthread_mutex_t lock;
	pthread_cond_t filled, emptied; /* one more item, one more place */
	void **ring;
	size_t cap, first, n;
	bool closed;
	int fd;
};

struct gaz_queue *
gaz_queue_new(size_t capacity)
{
	struct gaz_queue *q;
	pthread_condattr_t attr;

	assert(capacity > 0);
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (fd == -1)
		return NULL;
	q = gaz_mem_zero(1, sizeof(*q));
	q->ring = gaz_mem_zero(capacity, sizeof(*q->ring));
	q->cap = capacity;
	q->fd = fd;
	pthread_mutex_init(&q->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&q->filled, &attr);
	pthread_cond_init(&q->emptied, &attr);
	pthread_condattr_destroy(&attr);
	return q;
}

void
gaz_queue_free(struct gaz_queue *q)
{
	if (q == NULL)
		return;
	pthread_cond_destroy(&q->filled);
	pthread_cond_destroy(&q->emptied);
	pthread_mutex_destroy(&q->lock);
	close(q->fd);
	free(q->ring);
	free(q);
}

/* With the lock held and room in the ring. */
static void
put_locked(struct gaz_queue *q, void *p)
{
	assert(p != NULL);
	q->ring[(q->first + q->n) % q->cap] = p;
	if (q->n++ == 0) {
		int rc = eventfd_write(q->fd, 1);
		assert(rc == 0);
	}
	pthread_cond_signal(&q->filled);
}

/* With the lock held; NULL when empty. */
static void *
take_locked(struct gaz_queue *q)
{
	if (q->n == 0)
		return NULL;
	void *p = q->ring[q->first];
	q->first = (q->first + 1) % q->cap;
	if (--q->n == 0) {
		eventfd_t value;
		int rc = eventfd_read(q->fd, &value);
		assert(rc == 0);
	}
	pthread_cond_signal(&q->emptied);
	return p;
}

bool
gaz_queue_try_put(struct gaz_queue *q, void *p)
{
	pthread_mutex_lock(&q->lock);
	bool ok = !q->closed && q->n < q->cap;
	if (ok)
		put_locked(q, p);
	pthread_mutex_unlock(&q->lock);
	return ok;
}

bool
gaz_queue_put(struct gaz_queue *q, void *p)
{
	pthread_mutex_lock(&q->lock);
	while (!q->closed && q->n == q->cap)
		pthread_cond_wait(&q->emptied, &q->lock);
	bool ok = !q->closed;
	if (ok)
		put_locked(q, p);
	pthread_mutex_unlock(&q->lock);
	return ok;
}

void *
gaz_queue_try_take(struct gaz_queue *q)
{
	pthread_mutex_lock(&q->lock);
	void *p = take_locked(q);
	pthread_mutex_unlock(&q->lock);
	return p;
}

static struct timespec
deadline_after(int timeout_ms)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += timeout_ms / 1000;
	t.tv_nsec += timeout_ms % 1000 * 1000000L;
	if (t.tv_nsec >= 1000000000L) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000L;
	}
	return t;
}

void *
gaz_queue_take(struct gaz_queue *q, int timeout_ms)
{
	struct timespec deadline;
	int rc = 0;

	if (timeout_ms >= 0)
		deadline = deadline_after(timeout_ms);
	pthread_mutex_lock(&q->lock);
	while (q->n == 0 && !q->closed && rc != ETIMEDOUT) {
		if (timeout_ms < 0)
			rc = pthread_cond_wait(&q->filled, &q->lock);
		else
			rc = pthread_cond_timedwait(&q->filled, &q->lock,
			    &deadline);
	}
	void *p = take_locked(q);
	pthread_mutex_unlock(&q->lock);
	return p;
}

void
gaz_queue_close(struct gaz_queue *q)
{
	pthread_mutex_lock(&q->lock);
	q->closed = true;
	pthread_cond_broadcast(&q->filled);
	pthread_cond_broadcast(&q->emptied);
	pthread_mutex_unlock(&q->lock);
}

bool
gaz_queue_is_closed(struct gaz_queue *q)
{
	pthread_mutex_lock(&q->lock);
	bool closed = q->closed;
	pthread_mutex_unlock(&q->lock);
	return closed;
}

size_t
gaz_queue_count(struct gaz_queue *q)
{
	pthread_mutex_lock(&q->lock);
	size_t n = q->n;
	pthread_mutex_unlock(&q->lock);
	return n;
}

size_t
gaz_queue_room(struct gaz_queue *q)
{
	pthread_mutex_lock(&q->lock);
	size_t room = q->closed ? 0 : q->cap - q->n;
	pthread_mutex_unlock(&q->lock);
	return room;
}

int
gaz_queue_fd(const struct gaz_queue *q)
{
	return q->fd;
}
