#ifndef GAZETTED_MEM_H
#define GAZETTED_MEM_H

#include <stddef.h>

/*
 * Memory that runs out is not an error path: these log and abort, and the
 * supervisor restarts the daemon. Sizes that come from outside are refused
 * before they reach this point. Never NULL; freed with free(3). Any thread.
 */
void *gaz_mem_alloc(size_t n) __attribute__((malloc, returns_nonnull));
void *gaz_mem_zero(size_t count, size_t size)
    __attribute__((malloc, returns_nonnull));
void *gaz_mem_grow(void *p, size_t count, size_t size)
    __attribute__((returns_nonnull));
char *gaz_mem_strdup(const char *s) __attribute__((malloc, returns_nonnull));
char *gaz_mem_strndup(const char *s, size_t n)
    __attribute__((malloc, returns_nonnull));

/* Log what failed and abort. */
_Noreturn void gaz_mem_die(size_t n);

/* Elements of an array. */
#define GAZ_COUNT(a) (sizeof(a) / sizeof((a)[0]))

#endif
