/*
 * What a worker needs for a document: at most four times its length and 8 MiB
 * more, whatever its shape, as growth of the peak of its resident memory since
 * it has served an ordinary feed. Each shape goes to a worker of its own, in
 * sizes that grow: a real one, in the real sandbox, for which the program starts
 * itself anew.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "gazetted/limits.h"

/* Time is not what is looked at. */
#undef GAZ_WORKER_CPU_S
#define GAZ_WORKER_CPU_S 60
#include "daemon/worker.c"

#include "memory_shapes.h"

#define MIB (1u << 20)
#define ALLOWED(n) (4 * (n) + 8 * MIB)

extern char **environ;

struct child {
	pid_t pid;
	int fd;
};

static void
start(struct child *c)
{
	char self[] = "/proc/self/exe", option[] = GAZ_WORKER_OPTION;
	char *argv[] = { self, option, NULL };
	posix_spawn_file_actions_t actions;
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
	    pair), 0);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, pair[1], GAZ_WORKER_FD);
	posix_spawn_file_actions_addclose(&actions, GAZ_WORKER_WORDS_FD);
	assert_int_equal(posix_spawn(&c->pid, self, &actions, NULL, argv,
	    environ), 0);
	posix_spawn_file_actions_destroy(&actions);
	close(pair[1]);
	c->fd = pair[0];
}

/* Not more than so many bytes come before the end. */
static bool
get(int fd, void *p, size_t n)
{
	char *at = p;

	while (n > 0) {
		ssize_t got = read(fd, at, n);

		if (got <= 0)
			return false;
		at += got;
		n -= (size_t)got;
	}
	return true;
}

/* The peak in bytes; another user's process tells it as well. */
static size_t
peak_of(pid_t pid)
{
	char path[64], line[256];
	size_t kib = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL) {
		if (strncmp(line, "VmHWM:", 6) == 0)
			kib = strtoul(line + 6, NULL, 10);
	}
	fclose(f);
	assert_true(kib > 0);
	return kib << 10;
}

struct answer {
	enum gaz_fault fault;
	size_t items, bytes, parts, anew;
};

/* What comes back, as the pool takes it; false: the worker died. */
static bool
ask(struct child *c, enum gaz_message_kind kind, struct gaz_str document,
    struct answer *an)
{
	struct gaz_parse_job job = { .kind = kind,
		.url = GAZ_STR("https://a.example/feed"), .body = document };
	struct gaz_message_header h;
	struct gaz_buf out, in;
	struct gaz_arena a = { 0 };
	struct gaz_batch b;
	bool ok;

	*an = (struct answer){ 0 };
	gaz_buf_init(&out, GAZ_MESSAGE_MAX);
	gaz_buf_init(&in, GAZ_MESSAGE_MAX);
	assert_true(gaz_message_put_job(&job, &out, NULL));
	ok = send(c->fd, out.p, out.len, MSG_NOSIGNAL) == (ssize_t)out.len;
	gaz_buf_clear(&out);
	do {
		ok = ok && get(c->fd, &h, sizeof(h)) &&
		    gaz_message_header_ok(&h);
		if (!ok)
			break;
		if (h.flags & GAZ_MESSAGE_ANEW) {
			gaz_buf_reset(&in);
			an->anew++;
		}
		an->parts++;
		out.p = gaz_mem_alloc((size_t)h.len + 1);
		ok = get(c->fd, out.p, h.len) &&
		    gaz_buf_add(&in, out.p, h.len, NULL);
		free(out.p);
	} while (ok && h.kind == GAZ_MESSAGE_PART);
	an->bytes = in.len;
	if (ok && kind == GAZ_MESSAGE_FEED) {
		ok = gaz_batch_decode(gaz_buf_str(&in), &a, &b, NULL);
		an->fault = b.fault;
		an->items = b.items.n;
	}
	gaz_buf_clear(&in);
	gaz_arena_clear(&a);
	return ok;
}

static void
warm_up(struct child *c)
{
	struct gaz_message_header hello;
	struct gaz_buf b;
	struct answer an;

	assert_true(get(c->fd, &hello, sizeof(hello)));
	assert_int_equal(hello.kind, GAZ_MESSAGE_HELLO);
	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	memory_shape_ordinary(&b);
	assert_true(ask(c, GAZ_MESSAGE_FEED, gaz_buf_str(&b), &an));
	assert_int_equal(an.fault, GAZ_FAULT_NONE);
	assert_true(an.items > 0);
	gaz_buf_clear(&b);
}

/* A document to a worker whose peak was at before; false: it needs too much. */
static bool
measure(struct child *c, const struct memory_shape *shape, size_t size,
    size_t before)
{
	struct answer an;
	struct gaz_buf b;
	size_t need;
	int status;
	bool ok;

	gaz_buf_init(&b, GAZ_BUF_NO_MAX);
	shape->make(&b, size);
	assert_true(b.len <= size + 4096);
	if (!ask(c, shape->is_opml ? GAZ_MESSAGE_OPML : GAZ_MESSAGE_FEED,
	    gaz_buf_str(&b), &an)) {
		assert_int_equal(waitpid(c->pid, &status, 0), c->pid);
		fail_msg("%s, %zu bytes: the worker died: %x", shape->name,
		    b.len, (unsigned)status);
	}
	need = peak_of(c->pid) - before;
	ok = need <= ALLOWED(b.len);
	printf("%-30s %6.2f MB: %6.1f MiB of %6.1f, %5.2f times%s, %s\n",
	    shape->name, (double)b.len / 1e6, (double)need / MIB,
	    (double)ALLOWED(b.len) / MIB, (double)need / (double)b.len,
	    ok ? "" : " TOO MUCH",
	    an.fault != GAZ_FAULT_NONE ? gaz_fault_name(an.fault) : "read");
	gaz_buf_clear(&b);
	return ok;
}

static const char *only;

static void
test_shapes(void **state)
{
	static const size_t sizes[] = { 1000000, 4000000, 16000000 };
	size_t over = 0;

	(void)state;
#ifdef GAZ_SANITIZED
	skip();
#endif
	for (size_t i = 0; i < memory_shapes_n + memory_shapes_lists_n; i++) {
		const struct memory_shape *shape = i < memory_shapes_n ?
		    &memory_shapes[i] :
		    &memory_shapes_lists[i - memory_shapes_n];
		struct child c;
		size_t before;
		int status;

		if (only != NULL && strstr(shape->name, only) == NULL)
			continue;
		start(&c);
		warm_up(&c);
		before = peak_of(c.pid);
		for (size_t k = 0; k < GAZ_COUNT(sizes); k++)
			over += !measure(&c, shape, sizes[k], before);
		close(c.fd);
		assert_int_equal(waitpid(c.pid, &status, 0), c.pid);
		assert_int_equal(status, 0);
	}
	assert_int_equal(over, 0);
}

/* An argument: shapes with that in their name only. */
int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_shapes) };

	if (argc == 2 && strcmp(argv[1], GAZ_WORKER_OPTION) == 0)
		gaz_worker_main();
	only = argc > 1 ? argv[1] : NULL;
	return cmocka_run_group_tests_name("worker_memory", tests, NULL, NULL);
}
