#ifndef GAZETTED_ARENA_H
#define GAZETTED_ARENA_H

#include "gazetted/str.h"

/*
 * Memory of things that live and die together, such as one feed document.
 * Nothing in it is freed alone. One thread at a time.
 */
struct gaz_arena_block;
struct gaz_arena {
	struct gaz_arena_block *last;
	size_t used; /* bytes handed out, NULs too */
	size_t first; /* bytes of the first block; 0: as is usual */
};

/* A zeroed struct gaz_arena is an empty one. */
void gaz_arena_init(struct gaz_arena *a);
/* For one of many that hold little: room for n bytes comes first. */
void gaz_arena_init_small(struct gaz_arena *a, size_t n);
void gaz_arena_clear(struct gaz_arena *a);
/* Empty it and keep some memory for what comes next. */
void gaz_arena_reset(struct gaz_arena *a);
/* Give all that is in from to a; from is empty then. */
void gaz_arena_move(struct gaz_arena *a, struct gaz_arena *from);

/* Aligned for any type, zeroed, never NULL. */
void *gaz_arena_alloc(struct gaz_arena *a, size_t n)
    __attribute__((returns_nonnull));
/* The same for text: not aligned. */
char *gaz_arena_room(struct gaz_arena *a, size_t n)
    __attribute__((returns_nonnull));
/* Copy, with a NUL behind it; absent stays absent. */
struct gaz_str gaz_arena_str(struct gaz_arena *a, struct gaz_str s);
/* Copy as a C string; absent becomes "". */
const char *gaz_arena_z(struct gaz_arena *a, struct gaz_str s);
struct gaz_str gaz_arena_fmt(struct gaz_arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Growing list whose memory is an arena:
 *     GAZ_LIST(struct gaz_link) links;
 *     struct gaz_link *l = gaz_list_push(arena, &links);
 * The pointer is to a zeroed element and valid until the next push.
 */
#define GAZ_LIST(type)      \
	struct {            \
		type *v;    \
		size_t n;   \
		size_t cap; \
	}
#define gaz_list_push(a, list)                                              \
	((list)->v = gaz_arena_list_grow((a), (list)->v, (list)->n,         \
	     &(list)->cap, sizeof(*(list)->v)),                             \
	    (list)->v + (list)->n++)

/* For gaz_list_push: room for one more element. */
void *gaz_arena_list_grow(struct gaz_arena *a, void *v, size_t n, size_t *cap,
    size_t size) __attribute__((returns_nonnull));

#endif
