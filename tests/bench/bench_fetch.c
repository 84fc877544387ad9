#include "config.h"

#include "gazetted/fetch.h"

#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gazetted/mem.h"

/*
 * Fetching from many hosts at once, some of them stuck, and how late the event
 * loop is meanwhile:
 *     tests/bench/bench_fetch [FEEDS [STUCK [KIB]]]
 * The hosts are addresses of 127/8; a child process answers for all of them.
 */
#define PROBE_MS 5
#define LATE_MS 2000

static struct {
	struct event_base *base;
	struct event *probe;
	uint64_t late[LATE_MS]; /* how often the probe was so late */
	uint64_t probes;
	int64_t probe_due_us, start_ms, good_ms;
	uint32_t done, good, feeds, stuck;
	uint64_t faults[GAZ_FAULT_COUNT];
} run;

static int64_t
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* The server */

static size_t body_kib = 8;

static void
on_gone(struct bufferevent *bev, short what, void *arg)
{
	(void)what;
	(void)arg;
	bufferevent_free(bev);
}

static void
on_request(struct bufferevent *bev, void *arg)
{
	struct evbuffer *in = bufferevent_get_input(bev);
	struct evbuffer *out = bufferevent_get_output(bev);
	static char kib[1024];
	char line[16] = "";

	(void)arg;
	if (evbuffer_search(in, "\r\n\r\n", 4, NULL).pos < 0)
		return;
	evbuffer_copyout(in, line, sizeof(line) - 1);
	evbuffer_drain(in, evbuffer_get_length(in));
	if (strncmp(line, "GET /stuck", 10) == 0)
		return;
	memset(kib, 'x', sizeof(kib));
	evbuffer_add_printf(out, "HTTP/1.1 200 OK\r\nETag: \"1\"\r\n"
	    "Content-Length: %zu\r\n\r\n", body_kib * 1024);
	for (size_t i = 0; i < body_kib; i++)
		evbuffer_add(out, kib, sizeof(kib));
}

static void
on_accept(struct evconnlistener *l, evutil_socket_t fd, struct sockaddr *sa,
    int len, void *arg)
{
	struct event_base *base = arg;

	(void)l;
	(void)sa;
	(void)len;
	struct bufferevent *bev = bufferevent_socket_new(base, fd,
	    BEV_OPT_CLOSE_ON_FREE);
	bufferevent_setcb(bev, on_request, NULL, on_gone, NULL);
	bufferevent_enable(bev, EV_READ | EV_WRITE);
}

static pid_t
serve(int *port)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t len = sizeof(in);
	int one = 1;

	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (fd < 0 || bind(fd, (struct sockaddr *)&in, sizeof(in)) != 0 ||
	    listen(fd, 4096) != 0 ||
	    getsockname(fd, (struct sockaddr *)&in, &len) != 0) {
		perror("server");
		exit(1);
	}
	*port = ntohs(in.sin_port);
	pid_t pid = fork();
	if (pid != 0) {
		close(fd);
		return pid;
	}
	struct event_base *base = event_base_new();
	evconnlistener_new(base, on_accept, base, LEV_OPT_CLOSE_ON_FREE, -1,
	    fd);
	event_base_dispatch(base);
	_exit(0);
}

/* The client */

static void
on_probe(evutil_socket_t fd, short what, void *arg)
{
	struct timeval tv = { 0, PROBE_MS * 1000 };
	int64_t now = now_us(), late = (now - run.probe_due_us) / 1000;

	(void)fd;
	(void)what;
	(void)arg;
	late = late < 0 ? 0 : late < LATE_MS ? late : LATE_MS - 1;
	run.late[late]++;
	run.probes++;
	run.probe_due_us = now + PROBE_MS * 1000;
	evtimer_add(run.probe, &tv);
}

static void
on_done(struct gaz_fetch_result *r, void *arg)
{
	bool stuck = arg != NULL;

	run.faults[r->fault]++;
	run.done++;
	if (!stuck && ++run.good == run.feeds - run.stuck)
		run.good_ms = gaz_clock_mono().ms - run.start_ms;
	if (run.done == run.feeds)
		event_base_loopbreak(run.base);
}

static int64_t
percentile(double share)
{
	uint64_t below = 0;

	for (int64_t i = 0; i < LATE_MS; i++) {
		below += run.late[i];
		if ((double)below >= share * (double)run.probes)
			return i;
	}
	return LATE_MS;
}

static long
memory_kib(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return u.ru_maxrss;
}

static void
start_all(struct gaz_fetcher *f, int port)
{
	static int is_stuck;
	char url[64];

	for (uint32_t i = 0; i < run.feeds; i++) {
		/* The stuck ones come first: the worst case. */
		bool stuck = i < run.stuck;
		snprintf(url, sizeof(url),
		    "http://127.%" PRIu32 ".%" PRIu32 ".%" PRIu32 ":%d/%s",
		    1 + i / 62500, i / 250 % 250, 1 + i % 250, port,
		    stuck ? "stuck" : "feed");
		gaz_fetcher_start(f, &(struct gaz_fetch_request){
		    .url = url, .etag = "\"0\"" }, on_done,
		    stuck ? &is_stuck : NULL);
	}
}

int
main(int argc, char **argv)
{
	static const struct gaz_fetch_cidr loopback = { AF_INET, { 127 }, 8 };
	struct gaz_fetcher_options opt = { .host_gap_ms = 1000,
		.allow_private = &loopback, .allow_private_count = 1 };
	struct gaz_err err;
	int port;

	signal(SIGPIPE, SIG_IGN);
	run.feeds = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 10000;
	run.stuck = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 500;
	body_kib = argc > 3 ? strtoul(argv[3], NULL, 10) : body_kib;
	pid_t server = serve(&port);
	run.base = event_base_new();
	struct gaz_fetcher *f = gaz_fetcher_new(run.base, &opt, &err);
	if (f == NULL)
		return 1;
	long before = memory_kib();
	run.probe = evtimer_new(run.base, on_probe, NULL);
	run.start_ms = gaz_clock_mono().ms;
	start_all(f, port);
	printf("%" PRIu32 " feeds, %" PRIu32 " stuck, %zu KiB each\n",
	    run.feeds, run.stuck, body_kib);
	printf("  queued in %" PRId64 " ms, %ld bytes a waiting feed\n",
	    gaz_clock_mono().ms - run.start_ms,
	    (memory_kib() - before) * 1024 / (long)run.feeds);
	run.probe_due_us = now_us();
	on_probe(-1, 0, NULL);
	event_base_dispatch(run.base);
	int64_t took = gaz_clock_mono().ms - run.start_ms;
	printf("  all in %" PRId64 " ms, those not stuck in %" PRId64
	    " ms (%.0f a second)\n", took, run.good_ms,
	    (double)run.good * 1000 / (double)run.good_ms);
	printf("  loop late by: median %" PRId64 " ms, 99 %% %" PRId64
	    " ms, most %" PRId64 " ms\n", percentile(0.5), percentile(0.99),
	    percentile(1));
	printf("  memory at most %ld KiB\n ", memory_kib());
	for (int i = 0; i < GAZ_FAULT_COUNT; i++) {
		if (run.faults[i] > 0)
			printf(" %s %" PRIu64, gaz_fault_name(
			    (enum gaz_fault)i), run.faults[i]);
	}
	printf("\n");
	gaz_fetcher_free(f);
	event_free(run.probe);
	event_base_free(run.base);
	kill(server, SIGTERM);
	waitpid(server, NULL, 0);
	return 0;
}
