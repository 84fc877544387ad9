#ifndef GAZETTED_VEC_H
#define GAZETTED_VEC_H

#include "gazetted/mem.h"

#include <stdlib.h>

/*
 * Growing array on the heap; a zeroed one is empty.
 *     GAZ_VEC(int64_t) ids = { 0 };
 *     *gaz_vec_push(&ids) = 12;
 *     gaz_vec_clear(&ids);
 * A new element's content is undefined. One thread at a time.
 */
#define GAZ_VEC(type)       \
	struct {            \
		type *v;    \
		size_t n;   \
		size_t cap; \
	}
#define gaz_vec_push(vec)                                                   \
	((vec)->v = gaz_vec_grow((vec)->v, (vec)->n, &(vec)->cap,           \
	     sizeof(*(vec)->v)),                                            \
	    (vec)->v + (vec)->n++)
#define gaz_vec_clear(vec) \
	(free((vec)->v), (vec)->v = NULL, (vec)->n = 0, (vec)->cap = 0)

static inline void *
gaz_vec_grow(void *v, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return v;
	*cap = *cap == 0 ? 8 : *cap * 2;
	return gaz_mem_grow(v, *cap, size);
}

#endif
