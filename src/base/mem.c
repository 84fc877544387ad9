#include "config.h"

#include "gazetted/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

_Noreturn void
gaz_mem_die(size_t n)
{
	char line[80];

	/* No heap and no stdio here: both may be what has just failed. */
	int len = snprintf(line, sizeof(line),
	    "<3>mem: out of memory, wanted %zu bytes\n", n);
	if (len > 0 && write(STDERR_FILENO, line, (size_t)len) == -1)
		abort();
	abort();
}

void *
gaz_mem_alloc(size_t n)
{
	void *p = malloc(n != 0 ? n : 1);

	if (p == NULL)
		gaz_mem_die(n);
	return p;
}

void *
gaz_mem_zero(size_t count, size_t size)
{
	/* calloc checks the product. */
	void *p = count != 0 && size != 0 ? calloc(count, size) : calloc(1, 1);

	if (p == NULL)
		gaz_mem_die(size != 0 && count > SIZE_MAX / size
		    ? SIZE_MAX : count * size);
	return p;
}

void *
gaz_mem_grow(void *p, size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / size)
		gaz_mem_die(SIZE_MAX);
	size_t n = count * size;
	void *q = realloc(p, n != 0 ? n : 1);
	if (q == NULL)
		gaz_mem_die(n);
	return q;
}

char *
gaz_mem_strdup(const char *s)
{
	return gaz_mem_strndup(s, strlen(s));
}

char *
gaz_mem_strndup(const char *s, size_t n)
{
	n = strnlen(s, n);
	char *copy = gaz_mem_alloc(n + 1);
	memcpy(copy, s, n);
	copy[n] = '\0';
	return copy;
}
