/*
 * Counts who asks for memory. Loaded in front of the C library by
 * tests/bench/scale; never part of the daemon.
 *     LD_PRELOAD=tests/bench/allocations.so GAZ_ALLOCATIONS=FILE PROGRAM
 * FILE becomes three numbers of 64 bits: what the program and libevent, which
 * it drives, took; what libcurl took; and all the rest.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <unwind.h>

enum who { OURS, LIBCURL, REST, KINDS };

/* The C library's own names for them. */
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);

static _Atomic uint64_t *counts;
static _Thread_local bool busy;

/* The first that is not the C library: strdup is asked for, too. */
static _Unwind_Reason_Code
look(struct _Unwind_Context *c, void *arg)
{
	const void *pc = (const void *)(uintptr_t)_Unwind_GetIP(c);
	enum who *who = arg;
	Dl_info in;

	if (dladdr(pc, &in) == 0 || in.dli_fname == NULL)
		return _URC_NO_REASON;
	const char *name = strrchr(in.dli_fname, '/');
	name = name != NULL ? name + 1 : in.dli_fname;
	if (strncmp(name, "libc.", 5) == 0 || strncmp(name, "ld-", 3) == 0 ||
	    strncmp(name, "allocations.", 12) == 0)
		return _URC_NO_REASON;
	*who = strncmp(name, "libcurl", 7) == 0 ? LIBCURL :
	    strncmp(name, "lib", 3) == 0 && strncmp(name, "libevent", 8) != 0 ?
	    REST : OURS;
	return _URC_END_OF_STACK;
}

static void
note(void)
{
	enum who who = REST;

	if (counts == NULL || busy)
		return;
	busy = true;
	_Unwind_Backtrace(look, &who);
	atomic_fetch_add(&counts[who], 1);
	busy = false;
}

void *
malloc(size_t n)
{
	note();
	return __libc_malloc(n);
}

void *
calloc(size_t n, size_t size)
{
	note();
	return __libc_calloc(n, size);
}

void *
realloc(void *p, size_t n)
{
	note();
	return __libc_realloc(p, n);
}

__attribute__((constructor)) static void
begin(void)
{
	const char *path = getenv("GAZ_ALLOCATIONS");
	const size_t size = KINDS * sizeof(*counts);

	int fd = path != NULL ? open(path, O_RDWR | O_CREAT, 0600) : -1;
	if (fd == -1 || ftruncate(fd, (off_t)size) == -1)
		return;
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	/* Parse workers are started anew, by this name too: not they. */
	unsetenv("GAZ_ALLOCATIONS");
	if (p != MAP_FAILED)
		counts = p;
}
