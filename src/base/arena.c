/*
 * Blocks of growing size in a chain, the newest first. Large things get a
 * block of their own behind the newest, so that its rest is not wasted.
 */
#include "config.h"

#include "gazetted/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "gazetted/mem.h"

#define BLOCK_MIN ((size_t)4096)
#define BLOCK_MAX ((size_t)262144)

struct gaz_arena_block {
	struct gaz_arena_block *prev;
	size_t used, cap; /* bytes of data */
	alignas(max_align_t) char data[];
};

void
gaz_arena_init(struct gaz_arena *a)
{
	*a = (struct gaz_arena){ 0 };
}

void
gaz_arena_init_small(struct gaz_arena *a, size_t n)
{
	*a = (struct gaz_arena){ .first = n };
}

void
gaz_arena_clear(struct gaz_arena *a)
{
	if (a == NULL)
		return;
	struct gaz_arena_block *b = a->last;
	while (b != NULL) {
		struct gaz_arena_block *prev = b->prev;
		free(b);
		b = prev;
	}
	gaz_arena_init_small(a, a->first);
}

void
gaz_arena_reset(struct gaz_arena *a)
{
	struct gaz_arena_block *keep = a->last;

	if (keep == NULL)
		return;
#ifdef GAZ_SANITIZED
	/* So that what is used too long is found. */
	gaz_arena_clear(a);
#else
	a->last = keep->prev;
	gaz_arena_clear(a);
	memset(keep->data, 0, keep->used);
	keep->prev = NULL;
	keep->used = 0;
	a->last = keep;
#endif
}

void
gaz_arena_move(struct gaz_arena *a, struct gaz_arena *from)
{
	struct gaz_arena_block *first = from->last;

	if (first == NULL)
		return;
	while (first->prev != NULL)
		first = first->prev;
	first->prev = a->last;
	a->last = from->last;
	a->used += from->used;
	gaz_arena_init_small(from, from->first);
}

static struct gaz_arena_block *
new_block(size_t cap)
{
	if (cap > SIZE_MAX - sizeof(struct gaz_arena_block))
		gaz_mem_die(cap);
	struct gaz_arena_block *b = gaz_mem_zero(1, sizeof(*b) + cap);
	b->cap = cap;
	return b;
}

/* A block with n bytes free; the newest one unless n is large. */
static struct gaz_arena_block *
add_block(struct gaz_arena *a, size_t n)
{
	size_t cap = a->last != NULL ? a->last->cap * 2
	    : a->first != 0 ? a->first : BLOCK_MIN;

	if (cap > BLOCK_MAX)
		cap = BLOCK_MAX;
	if (a->last != NULL && n > cap / 4) {
		struct gaz_arena_block *own = new_block(n);
		own->prev = a->last->prev;
		a->last->prev = own;
		return own;
	}
	struct gaz_arena_block *b = new_block(n > cap ? n : cap);
	b->prev = a->last;
	a->last = b;
	return b;
}

static char *
take(struct gaz_arena *a, size_t n, size_t align)
{
	struct gaz_arena_block *b = a->last;
	/* align is a power of two. */
	size_t start = b == NULL ? 0 : (b->used + align - 1) & ~(align - 1);

	if (b == NULL || start > b->cap || n > b->cap - start) {
		b = add_block(a, n);
		start = 0;
	}
	b->used = start + n;
	a->used += n;
	return b->data + start;
}

void *
gaz_arena_alloc(struct gaz_arena *a, size_t n)
{
	return take(a, n != 0 ? n : 1, alignof(max_align_t));
}

char *
gaz_arena_room(struct gaz_arena *a, size_t n)
{
	return take(a, n != 0 ? n : 1, 1);
}

struct gaz_str
gaz_arena_str(struct gaz_arena *a, struct gaz_str s)
{
	if (s.p == NULL)
		return GAZ_STR_NONE;
	return gaz_str_make(gaz_arena_z(a, s), s.len);
}

const char *
gaz_arena_z(struct gaz_arena *a, struct gaz_str s)
{
	if (s.len == SIZE_MAX)
		gaz_mem_die(s.len);
	char *copy = take(a, s.len + 1, 1);
	if (s.len != 0)
		memcpy(copy, s.p, s.len);
	return copy;
}

struct gaz_str
gaz_arena_fmt(struct gaz_arena *a, const char *fmt, ...)
{
	va_list ap, again;

	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	assert(n >= 0);
	char *text = take(a, (size_t)n + 1, 1);
	vsnprintf(text, (size_t)n + 1, fmt, again);
	va_end(again);
	return gaz_str_make(text, (size_t)n);
}

void *
gaz_arena_list_grow(struct gaz_arena *a, void *v, size_t n, size_t *cap,
    size_t size)
{
	char *p = v;

	if (n >= *cap) {
		size_t more = *cap == 0 ? 4 : *cap * 2;
		if (more > SIZE_MAX / 2 / size)
			gaz_mem_die(SIZE_MAX);
		p = gaz_arena_alloc(a, more * size);
		if (n != 0)
			memcpy(p, v, n * size);
		*cap = more;
	}
	/* The list may have been shorter and longer before. */
	memset(p + n * size, 0, size);
	return p;
}
