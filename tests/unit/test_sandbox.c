#include "config.h"

#include "daemon/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "gazetted/limits.h"

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

static void
make_folder(void)
{
	(void)!mkdir("/tmp/gazetted-sandbox", 0700);
}

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
	{ "make a folder", make_folder, SIGSYS },
};

static void
test_calls(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct gaz_err err;
		int status = 0;
		pid_t pid = fork();

		assert_true(pid != -1);
		if (pid == 0) {
			if (!gaz_sandbox_close(&err))
				_exit(8);
			cases[i].try();
			_exit(0);
		}
		assert_true(waitpid(pid, &status, 0) == pid);
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
#ifndef GAZ_SANITIZED
		cmocka_unit_test(test_memory),
#endif
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("sandbox", tests, NULL, NULL);
}
