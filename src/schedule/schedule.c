#include "config.h"

#include "gazetted/schedule.h"

#include <assert.h>
#include <stdlib.h>

#include "gazetted/mem.h"

/*
 * A heap of eight children a node. The time stands in the node itself, so that
 * sifting reads a cache line or two a level and there are few levels; where[]
 * finds a feed's node by its id. That is 12 bytes a waiting feed and 4 an id.
 */
#define CHILDREN 8u
#define NOWHERE UINT32_MAX
#define FIRST_CAP 64u

/* 12 bytes, not padded to 16. */
struct node {
	int64_t due;
	uint32_t id;
} __attribute__((packed, aligned(4)));

struct gaz_schedule {
	struct node *heap;
	uint32_t n, cap;
	uint32_t *where; /* index in heap by id, or NOWHERE */
	uint32_t ids;    /* room in where */
};

/* Equal times go by id: the order must not depend on how it came about. */
static bool
is_before(const struct node *a, const struct node *b)
{
	return a->due < b->due || (a->due == b->due && a->id < b->id);
}

static void
place(struct gaz_schedule *s, uint32_t i, struct node x)
{
	s->heap[i] = x;
	s->where[x.id] = i;
}

static void
sift_up(struct gaz_schedule *s, uint32_t i, struct node x)
{
	while (i > 0) {
		uint32_t parent = (i - 1) / CHILDREN;
		if (!is_before(&x, &s->heap[parent]))
			break;
		place(s, i, s->heap[parent]);
		i = parent;
	}
	place(s, i, x);
}

static void
sift_down(struct gaz_schedule *s, uint32_t i, struct node x)
{
	for (;;) {
		uint64_t first = (uint64_t)i * CHILDREN + 1;
		if (first >= s->n)
			break;
		uint32_t least = (uint32_t)first;
		uint64_t end = first + CHILDREN;
		if (end > s->n)
			end = s->n;
		for (uint32_t k = least + 1; k < end; k++) {
			if (is_before(&s->heap[k], &s->heap[least]))
				least = k;
		}
		if (!is_before(&s->heap[least], &x))
			break;
		place(s, i, s->heap[least]);
		i = least;
	}
	place(s, i, x);
}

struct gaz_schedule *
gaz_schedule_new(void)
{
	return gaz_mem_zero(1, sizeof(struct gaz_schedule));
}

void
gaz_schedule_free(struct gaz_schedule *s)
{
	if (s == NULL)
		return;
	free(s->heap);
	free(s->where);
	free(s);
}

static void
grow_ids(struct gaz_schedule *s, uint32_t want)
{
	if (want <= s->ids)
		return;
	s->where = gaz_mem_grow(s->where, want, sizeof(*s->where));
	for (uint32_t i = s->ids; i < want; i++)
		s->where[i] = NOWHERE;
	s->ids = want;
}

static void
grow_heap(struct gaz_schedule *s, uint32_t want)
{
	if (want <= s->cap)
		return;
	s->heap = gaz_mem_grow(s->heap, want, sizeof(*s->heap));
	s->cap = want;
}

/* An eighth more than needed: a doubled array would break the 16 bytes. */
static uint32_t
roomy(uint32_t n)
{
	uint64_t want = (uint64_t)n + n / 8 + FIRST_CAP;

	return want < NOWHERE ? (uint32_t)want : NOWHERE;
}

void
gaz_schedule_reserve(struct gaz_schedule *s, uint32_t feeds)
{
	grow_ids(s, feeds);
	grow_heap(s, feeds);
}

void
gaz_schedule_put(struct gaz_schedule *s, uint32_t feed_id,
    struct gaz_mono due)
{
	struct node x;

	assert(feed_id < NOWHERE);
	if (feed_id >= s->ids)
		grow_ids(s, roomy(feed_id + 1));
	x.due = due.ms;
	x.id = feed_id;
	uint32_t i = s->where[feed_id];
	if (i == NOWHERE) {
		if (s->n == s->cap)
			grow_heap(s, roomy(s->n + 1));
		sift_up(s, s->n++, x);
	} else if (is_before(&x, &s->heap[i])) {
		sift_up(s, i, x);
	} else {
		sift_down(s, i, x);
	}
}

void
gaz_schedule_remove(struct gaz_schedule *s, uint32_t feed_id)
{
	if (feed_id >= s->ids || s->where[feed_id] == NOWHERE)
		return;
	uint32_t i = s->where[feed_id];
	s->where[feed_id] = NOWHERE;
	struct node last = s->heap[--s->n];
	if (i == s->n)
		return;
	if (is_before(&last, &s->heap[i]))
		sift_up(s, i, last);
	else
		sift_down(s, i, last);
}

bool
gaz_schedule_take(struct gaz_schedule *s, struct gaz_mono now,
    uint32_t *feed_id, int64_t *wait_ms)
{
	if (s->n == 0) {
		*wait_ms = INT64_MAX;
		return false;
	}
	int64_t due = s->heap[0].due;
	if (due > now.ms) {
		*wait_ms = due - now.ms;
		return false;
	}
	*feed_id = s->heap[0].id;
	gaz_schedule_remove(s, *feed_id);
	return true;
}

bool
gaz_schedule_find(const struct gaz_schedule *s, uint32_t feed_id,
    struct gaz_mono *due)
{
	if (feed_id >= s->ids || s->where[feed_id] == NOWHERE)
		return false;
	due->ms = s->heap[s->where[feed_id]].due;
	return true;
}

size_t
gaz_schedule_count(const struct gaz_schedule *s)
{
	return s->n;
}

size_t
gaz_schedule_bytes(const struct gaz_schedule *s)
{
	return s->cap * sizeof(*s->heap) + s->ids * sizeof(*s->where);
}
