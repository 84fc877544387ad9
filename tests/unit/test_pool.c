/*
 * Workers that went over to the other side. The program starts itself anew as
 * the daemon does, and runs the real worker in the real sandbox; only the parser
 * is another: it does what the document says, as one that was taken over would.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gazetted/limits.h"

/* The limits as they are but for the time that a test waits for them. */
#undef GAZ_WORKER_CPU_S
#define GAZ_WORKER_CPU_S 1
#undef GAZ_WORKER_WALL_S
static int64_t wall_s = 120;
#define GAZ_WORKER_WALL_S wall_s
#include "daemon/pool.c"
#include "daemon/worker.c"

#define EARLY "GAZ_TEST_WORKER_ENDS_EARLY"

/* ----- in the worker ----- */

static void
write_header(uint32_t magic, uint32_t kind, uint32_t len)
{
	struct gaz_message_header h = { magic, kind, len, 0 };

	if (!write_all(&h, sizeof(h)))
		_exit(1);
}

static void
do_exit(void)
{
	_exit(0);
}

static void
do_crash(void)
{
	raise(SIGSEGV);
}

/* For ever, were it not for the limit. */
static void
do_spin(void)
{
	for (volatile unsigned i = 0;; i++)
		continue;
}

static void
do_allocate(void)
{
	/* A byte of each: the limit counts addresses, and the time that a slow
	 * machine takes to find pages would run into the other limit. */
	for (;;)
		*(volatile char *)gaz_mem_alloc(16u << 20) = 1;
}

static void
do_open(void)
{
	(void)!open("/etc/passwd", O_RDONLY);
}

static void
do_connect(void)
{
	(void)!socket(AF_INET, SOCK_STREAM, 0);
}

static void
do_fork(void)
{
	(void)!fork();
}

static void
do_kill(void)
{
	(void)!syscall(SYS_tgkill, getppid(), getppid(), SIGKILL);
}

static void
do_garbage(void)
{
	write_header(0x21646162, GAZ_MESSAGE_FEED, 4);
	do_spin();
}

static void
do_huge(void)
{
	write_header(GAZ_MESSAGE_MAGIC, GAZ_MESSAGE_FEED, GAZ_MESSAGE_MAX + 1);
	do_spin();
}

static void
do_out_of_turn(void)
{
	write_header(GAZ_MESSAGE_MAGIC, GAZ_MESSAGE_HELLO, 0);
	do_spin();
}

/* Half of a header, or of what it announces, and then the end. */
static void
do_half_header(void)
{
	(void)!write_all("1mzg", 4);
	_exit(0);
}

static void
do_short(void)
{
	write_header(GAZ_MESSAGE_MAGIC, GAZ_MESSAGE_FEED, 1000);
	(void)!write_all("only so much", 12);
	_exit(0);
}

/* Nothing, without using the processor, for as long as the daemon waits. */
static void
do_silence(void)
{
	char c;

	while (read(GAZ_WORKER_FD, &c, 1) == 1)
		continue;
	_exit(0);
}

/* Parts, one after the other, and no end. */
static void
do_flood(void)
{
	static char nothing[1u << 20];

	for (;;) {
		write_header(GAZ_MESSAGE_MAGIC, GAZ_MESSAGE_PART,
		    sizeof(nothing));
		if (!write_all(nothing, sizeof(nothing)))
			_exit(0);
	}
}

static void
do_unknown_flag(void)
{
	struct gaz_message_header h = { GAZ_MESSAGE_MAGIC, GAZ_MESSAGE_FEED,
		0, 2 };

	(void)!write_all(&h, sizeof(h));
	do_spin();
}

/* So many items of 100 KB each; how many there was room for. */
static size_t
put_items(const struct gaz_parse_sink *sink, size_t n)
{
	static char text[100000];

	memset(text, 'x', sizeof(text));
	for (size_t i = 0; i < n; i++) {
		struct gaz_batch_item it = { .title = GAZ_STR("t"),
			.content = { text, sizeof(text) } };

		if (!sink->put(sink->arg, &it, GAZ_BATCH_NEW, GAZ_STR_NONE))
			return i;
	}
	return n;
}

/* A document with items, as a real worker sends them; false: it is none. */
static bool
read_items(struct gaz_str what, const struct gaz_parse_sink *sink)
{
	if (gaz_str_eq_z(what, "items")) {
		put_items(sink, 10);
	} else if (gaz_str_eq_z(what, "items anew")) {
		put_items(sink, 10);
		sink->restart(sink->arg);
		put_items(sink, 2);
	} else if (gaz_str_eq_z(what, "all items void")) {
		put_items(sink, 10);
		sink->restart(sink->arg);
	} else if (gaz_str_eq_z(what, "items, crash")) {
		put_items(sink, 10);
		do_crash();
	} else {
		return false;
	}
	return true;
}

/* In the place of the real one, which so is not linked. */
bool
gaz_parse_stream(struct gaz_str bytes, const struct gaz_parse_options *opt,
    const struct gaz_digest_options *digest,
    const struct gaz_parse_sink *sink, struct gaz_arena *a,
    struct gaz_batch *out, enum gaz_fault *fault, struct gaz_err *err)
{
	static const struct {
		const char *word;
		void (*act)(void);
	} acts[] = {
		{ "exit", do_exit }, { "crash", do_crash },
		{ "spin", do_spin }, { "allocate", do_allocate },
		{ "open", do_open }, { "connect", do_connect },
		{ "fork", do_fork }, { "kill", do_kill },
		{ "garbage", do_garbage }, { "huge", do_huge },
		{ "out of turn", do_out_of_turn },
		{ "half a header", do_half_header }, { "short", do_short },
		{ "silence", do_silence }, { "flood", do_flood },
		{ "unknown flag", do_unknown_flag },
	};

	(void)opt;
	(void)digest;
	(void)a;
	*out = (struct gaz_batch){ .ttl_s = GAZ_INT_UNKNOWN };
	for (size_t i = 0; i < GAZ_COUNT(acts); i++) {
		if (gaz_str_eq_z(bytes, acts[i].word))
			acts[i].act();
	}
	if (read_items(bytes, sink))
		return true;
	if (gaz_str_eq_z(bytes, "too many items")) {
		put_items(sink, GAZ_MESSAGE_MAX);
		*fault = GAZ_FAULT_TOO_LARGE;
		return gaz_err_set(err, GAZ_ERR_FORMAT, "no room");
	}
	/* Any other document is an ordinary one that is no feed. */
	*fault = GAZ_FAULT_EMPTY;
	return gaz_err_set(err, GAZ_ERR_FORMAT, "ordinary");
}

void
gaz_parse_tune_memory(void)
{
}

void
gaz_parse_preload(void)
{
	if (getenv(EARLY) != NULL)
		_exit(GAZ_WORKER_NO_SANDBOX);
}

/* ----- in the daemon ----- */

struct fixture {
	struct event_base *base;
	struct gaz_pool *pool;
	struct gaz_metrics *metrics;
	size_t files, broken;
};

struct answer {
	struct fixture *fx;
	size_t calls, items;
	enum gaz_fault fault, batch_fault;
	char text[200];
};

static size_t
count_files(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t n = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n;
}

static void
on_broken(void *arg, const char *why)
{
	struct fixture *fx = arg;

	(void)why;
	fx->broken++;
	event_base_loopbreak(fx->base);
}

static void
start(struct fixture *fx, int workers)
{
	memset(fx, 0, sizeof(*fx));
	fx->files = count_files();
	fx->base = event_base_new();
	fx->metrics = gaz_metrics_new();
	assert_non_null(fx->base);
	fx->pool = gaz_pool_new(fx->base, workers, fx->metrics, GAZ_STR_NONE,
	    on_broken, fx);
}

/* All is given back: no descriptor is open, no child alive or unburied. */
static void
stop(struct fixture *fx)
{
	gaz_pool_free(fx->pool);
	gaz_metrics_free(fx->metrics);
	event_base_free(fx->base);
	assert_int_equal(count_files(), fx->files);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void
on_done(void *arg, struct gaz_buf *message, enum gaz_fault fault,
    const char *text)
{
	struct answer *an = arg;
	struct gaz_arena a = { 0 };
	struct gaz_batch b;
	struct gaz_err err;

	an->calls++;
	an->fault = fault;
	snprintf(an->text, sizeof(an->text), "%s", text);
	if (message != NULL) {
		assert_true(gaz_batch_decode(gaz_buf_str(message), &a, &b,
		    &err));
		an->batch_fault = b.fault;
		an->items = b.items.n;
		gaz_arena_clear(&a);
	}
	event_base_loopbreak(an->fx->base);
}

static void
submit(struct fixture *fx, const char *document, struct answer *an)
{
	struct gaz_parse_job job = { .kind = GAZ_MESSAGE_FEED,
		.url = GAZ_STR("https://a.example/"),
		.body = gaz_str_of(document) };

	*an = (struct answer){ .fx = fx };
	gaz_pool_submit(fx->pool, &job, on_done, an);
}

static void
await(const struct answer *an)
{
	while (an->calls == 0)
		assert_int_not_equal(event_base_dispatch(an->fx->base), -1);
	assert_int_equal(an->calls, 1);
}

static void
assert_ordinary(const struct answer *an)
{
	if (an->fault != GAZ_FAULT_NONE)
		fail_msg("%s: %s", gaz_fault_name(an->fault), an->text);
	assert_int_equal(an->batch_fault, GAZ_FAULT_EMPTY);
}

static const struct {
	const char *document, *how;
	bool without_sanitizer;
} cases[] = {
	{ "exit", "exit status 0", false },
	{ "crash", "died of the document", false },
	{ "spin", "CPU limit", false },
	{ "allocate", "Aborted", true },
	{ "open", "forbidden call", false },
	{ "connect", "forbidden call", false },
	{ "fork", "forbidden call", false },
	{ "kill", "forbidden call", false },
	{ "garbage", "sent garbage", false },
	{ "huge", "sent garbage", false },
	{ "out of turn", "spoke out of turn", false },
	{ "half a header", "died of the document", false },
	{ "short", "died of the document", false },
	{ "flood", "sent more than GAZ_MESSAGE_MAX", false },
	{ "unknown flag", "sent garbage", false },
	{ "items, crash", "died of the document", false },
};

/* Each costs the one fetch, which says so; the next one goes well. */
static void
test_hostile(void **state)
{
	struct fixture fx;

	(void)state;
	start(&fx, 1);
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		struct answer bad, good;

#ifdef GAZ_SANITIZED
		if (cases[i].without_sanitizer)
			continue;
#endif
		submit(&fx, cases[i].document, &bad);
		submit(&fx, "ordinary", &good);
		await(&bad);
		if (bad.fault != GAZ_FAULT_HOSTILE ||
		    strstr(bad.text, cases[i].how) == NULL)
			fail_msg("%s: %s, %s", cases[i].document,
			    gaz_fault_name(bad.fault), bad.text);
		await(&good);
		assert_ordinary(&good);
		assert_int_equal(gaz_pool_running(fx.pool), 0);
	}
	assert_int_equal(fx.broken, 0);
	stop(&fx);
}

/* A reply comes in parts; what is void does not count, nor does anything when
 * there is no room for all. */
static void
test_parts(void **state)
{
	static const struct {
		const char *document;
		size_t items;
		enum gaz_fault fault;
	} rows[] = {
		{ "items", 10, GAZ_FAULT_NONE },
		{ "items anew", 2, GAZ_FAULT_NONE },
		{ "all items void", 0, GAZ_FAULT_NONE },
		{ "too many items", 0, GAZ_FAULT_TOO_LARGE },
		{ "ordinary", 0, GAZ_FAULT_EMPTY },
	};
	struct fixture fx;

	(void)state;
	start(&fx, 1);
	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
		struct answer an;

		submit(&fx, rows[i].document, &an);
		await(&an);
		if (an.fault != GAZ_FAULT_NONE || an.items != rows[i].items ||
		    an.batch_fault != rows[i].fault)
			fail_msg("%s: %zu items, %s %s, %s",
			    rows[i].document, an.items,
			    gaz_fault_name(an.fault), an.text,
			    gaz_fault_name(an.batch_fault));
	}
	stop(&fx);
}

static void
test_silence(void **state)
{
	struct fixture fx;
	struct answer bad, good;

	(void)state;
	start(&fx, 1);
	wall_s = 1;
	submit(&fx, "silence", &bad);
	await(&bad);
	wall_s = 120;
	assert_int_equal(bad.fault, GAZ_FAULT_HOSTILE);
	assert_non_null(strstr(bad.text, "took too long"));
	submit(&fx, "ordinary", &good);
	await(&good);
	assert_ordinary(&good);
	stop(&fx);
}

/* Others are served while it happens, in whatever worker. */
static void
test_others(void **state)
{
	struct answer bad[GAZ_COUNT(cases)], good[GAZ_COUNT(cases)];
	struct fixture fx;

	(void)state;
	start(&fx, 2);
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		submit(&fx, cases[i].without_sanitizer ? "exit" :
		    cases[i].document, &bad[i]);
		submit(&fx, "ordinary", &good[i]);
	}
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		await(&good[i]);
		assert_ordinary(&good[i]);
		await(&bad[i]);
		assert_int_equal(bad[i].fault, GAZ_FAULT_HOSTILE);
	}
	stop(&fx);
}

/* Jobs that are under way or wait when the daemon ends are told so. */
static void
test_shutdown(void **state)
{
	struct answer an[4];
	struct fixture fx;

	(void)state;
	start(&fx, 1);
	submit(&fx, "ordinary", &an[0]);
	await(&an[0]);
	for (size_t i = 1; i < GAZ_COUNT(an); i++)
		submit(&fx, "silence", &an[i]);
	stop(&fx);
	for (size_t i = 1; i < GAZ_COUNT(an); i++) {
		assert_int_equal(an[i].calls, 1);
		assert_int_equal(an[i].fault, GAZ_FAULT_CANCELLED);
	}
}

/* Where no worker starts the operator hears of it, and jobs wait. */
static void
test_early(void **state)
{
	struct fixture fx;
	struct answer an;

	(void)state;
	assert_int_equal(setenv(EARLY, "1", 1), 0);
	start(&fx, 1);
	submit(&fx, "ordinary", &an);
	while (fx.broken == 0)
		assert_int_not_equal(event_base_dispatch(fx.base), -1);
	assert_int_equal(an.calls, 0);
	assert_int_equal(gaz_pool_waiting(fx.pool), 1);
	assert_int_equal(unsetenv(EARLY), 0);
	await(&an);
	assert_ordinary(&an);
	stop(&fx);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_shutdown),
		cmocka_unit_test(test_early),
	};

	if (argc == 2 && strcmp(argv[1], GAZ_WORKER_OPTION) == 0)
		gaz_worker_main();
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	/* In a process whose children are all its own: a shell that became
	 * this program may have left it some. */
	pid_t pid = fork();
	int status = 1;

	if (pid > 0)
		return waitpid(pid, &status, 0) == pid &&
		    WIFEXITED(status) ? WEXITSTATUS(status) : 1;
	return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
