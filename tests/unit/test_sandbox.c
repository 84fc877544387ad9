#include "config.h"

#include "daemon/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "gazetted/limits.h"
#include "gazetted/mem.h"

/* What a hostile document might try once it runs code in a worker. Each
 * returns only when it was let through. */
static void
open_file(void)
{
	(void)!open("/etc/passwd", O_RDONLY);
}

static void
open_socket(void)
{
	(void)!socket(AF_INET, SOCK_STREAM, 0);
}

static void
start_process(void)
{
	(void)!fork();
}

static void
execute(void)
{
	char name[] = "/bin/true", *argv[] = { name, NULL };

	(void)!execv(name, argv);
}

static void
look_at_file(void)
{
	struct stat st;

	(void)!stat("/etc", &st);
}

static void
kill_parent(void)
{
	(void)!kill(getppid(), 0);
}

/* The call that abort() makes, but to somebody else. */
static void
signal_parent(void)
{
	(void)!syscall(SYS_tgkill, getppid(), getppid(), 0);
}

static void
make_folder(void)
{
	(void)!mkdir("/tmp/gazetted-sandbox", 0700);
}

static void
map_code(void)
{
	(void)!mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void
make_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		_exit(9);
	(void)!mprotect(p, 4096, PROT_READ | PROT_EXEC);
}

#if defined(__x86_64__) && defined(__linux__)
/* open(2) as a program of 32 bits would call it. */
static void
call_as_32_bit(void)
{
	int result;

	__asm__ volatile("int $0x80" : "=a"(result) : "a"(5), "b"(0), "c"(0),
	    "d"(0) : "memory");
	(void)result;
}
#endif

/* Other doors, each with arguments that would do no harm if it were open. */
static const struct {
	const char *name;
	long number;
	long a, b;
} calls[] = {
	{ "openat", SYS_openat, -1, 0 },
	{ "openat2", SYS_openat2, -1, 0 },
	{ "open_by_handle_at", SYS_open_by_handle_at, -1, 0 },
	{ "connect", SYS_connect, 3, 0 },
	{ "socketpair", SYS_socketpair, AF_UNIX, SOCK_STREAM },
	{ "sendmsg", SYS_sendmsg, 3, 0 },
	{ "clone3", SYS_clone3, 0, 0 },
	{ "execveat", SYS_execveat, -1, 0 },
	{ "memfd_create", SYS_memfd_create, 0, 0 },
	{ "ptrace", SYS_ptrace, 0, 0 },
	{ "process_vm_writev", SYS_process_vm_writev, 1, 0 },
	{ "io_uring_setup", SYS_io_uring_setup, 1, 0 },
	{ "bpf", SYS_bpf, 0, 0 },
	{ "prctl", SYS_prctl, 0, 0 },
	{ "prlimit64", SYS_prlimit64, 0, RLIMIT_NPROC },
	{ "setsid", SYS_setsid, 0, 0 },
	{ "unshare", SYS_unshare, 0, 0 },
	{ "ioctl", SYS_ioctl, 0, 0 },
	{ "dup", SYS_dup, 0, 0 },
	{ "fcntl", SYS_fcntl, 0, 0 },
	{ "inotify_init1", SYS_inotify_init1, 0, 0 },
	{ "a call that does not exist", 1023, 0, 0 },
};

/* What a worker must be able to do. */
static void
compute(void)
{
	char *p = malloc(4u << 20);

	if (p == NULL)
		_exit(9);
	memset(p, 7, 4u << 20);
	p = realloc(p, 32u << 20);
	if (p == NULL)
		_exit(9);
	free(p);
}

static const struct {
	const char *name;
	void (*try)(void);
	int signal; /* that it dies of; 0: it lives */
} cases[] = {
	{ "compute", compute, 0 },
	{ "open a file", open_file, SIGSYS },
	{ "open a socket", open_socket, SIGSYS },
	{ "start a process", start_process, SIGSYS },
	{ "execute a program", execute, SIGSYS },
	{ "look at a file", look_at_file, SIGSYS },
	{ "send a signal", kill_parent, SIGSYS },
	{ "send a signal to a thread", signal_parent, SIGSYS },
	{ "end itself", abort, SIGABRT },
	{ "map memory for code", map_code, SIGSYS },
	{ "make code of data", make_code, SIGSYS },
#if defined(__x86_64__) && defined(__linux__)
	{ "call as 32 bits do", call_as_32_bit, SIGSYS },
#endif
	{ "make a folder", make_folder, SIGSYS },
};

static void *
wait_for_the_end(void *arg)
{
	while (pause() == -1)
		continue;
	return arg;
}

/*
 * What becomes of a process that closes its sandbox and tries that. It has
 * another thread, which must end as well, and not by the alarm.
 */
static int
fate(void (*try)(void), long number, long a, long b)
{
	struct gaz_err err;
	int status = 0;
	pid_t pid = fork();

	assert_true(pid != -1);
	if (pid == 0) {
		pthread_t other;

		alarm(60);
		if (pthread_create(&other, NULL, wait_for_the_end, NULL) != 0 ||
		    !gaz_sandbox_close(&err))
			_exit(8);
		if (try != NULL)
			try();
		else
			(void)!syscall(number, a, b, 0, 0, 0, 0);
		_exit(0);
	}
	assert_true(waitpid(pid, &status, 0) == pid);
	return status;
}

static void
test_calls(void **state)
{
	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		int status = fate(cases[i].try, 0, 0, 0);

		if (cases[i].signal == 0) {
			if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
				fail_msg("%s: status %d", cases[i].name,
				    status);
		} else if (!WIFSIGNALED(status) ||
		    WTERMSIG(status) != cases[i].signal) {
			fail_msg("%s: was let through (status %d)",
			    cases[i].name, status);
		}
	}
}

static void
test_other_calls(void **state)
{
	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(calls); i++) {
		int status = fate(NULL, calls[i].number, calls[i].a,
		    calls[i].b);

		if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS)
			fail_msg("%s: was let through (status %d)",
			    calls[i].name, status);
	}
}

#ifndef GAZ_SANITIZED
/* One byte beyond the limit is refused; well below is given. */
static void
test_memory(void **state)
{
	int status = 0;
	pid_t pid = fork();

	(void)state;
	assert_true(pid != -1);
	if (pid == 0) {
		struct gaz_err err;
		void *p;

		if (!gaz_sandbox_close(&err))
			_exit(8);
		p = mmap(NULL, GAZ_WORKER_MEMORY_MAX / 2,
		    PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		    0);
		if (p == MAP_FAILED)
			_exit(1);
		p = mmap(NULL, GAZ_WORKER_MEMORY_MAX / 2 + 1,
		    PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		    0);
		_exit(p == MAP_FAILED ? 0 : 2);
	}
	assert_true(waitpid(pid, &status, 0) == pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}
#endif

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_other_calls),
#ifndef GAZ_SANITIZED
		cmocka_unit_test(test_memory),
#endif
	};

	/* Its own calls would be refused, too. */
	if (getenv("GAZ_MEMCHECK") != NULL) {
		puts("skipped: no sandbox around valgrind");
		return 77;
	}
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("sandbox", tests, NULL, NULL);
}
