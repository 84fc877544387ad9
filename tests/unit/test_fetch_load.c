/*
 * Many transfers at a time over few connections, to servers that are faster
 * than we are and answer in pieces of any size: every answer is a good one, and
 * none may be called anything else.
 */
#include "config.h"

#include "gazetted/fetch.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <assert.h>
#include <event2/event.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include "gazetted/hash.h"
#include "gazetted/mem.h"

#define ANSWERS 3000
#define HOSTS 6
#define AT_ONCE 48
#define BODY_MAX 30000
#define ANSWER_MAX (8 * BODY_MAX)

enum kind { PLAIN, CHUNKED, PACKED, PACKED_CHUNKED, UNCHANGED, DELTA, KINDS };

/*
 * The machine is busy just where a look at a connection's unread bytes is
 * taken: whoever is to use it next has its answer there by then.
 */
ssize_t recv(int fd, void *p, size_t n, int flags);
ssize_t
recv(int fd, void *p, size_t n, int flags)
{
	static const struct timespec pause = { 0, 1000000 };

	if ((flags & MSG_PEEK) != 0 && (flags & MSG_DONTWAIT) != 0)
		nanosleep(&pause, NULL);
	return recvfrom(fd, p, n, flags, NULL, NULL);
}

/* ---- what is answered */

static size_t
make_body(unsigned number, char *out)
{
	uint64_t x = gaz_hash_mix(number, 77);
	size_t n = 1 + x % BODY_MAX;

	for (size_t i = 0; i < n; i++) {
		if (i % 8 == 0)
			x = gaz_hash_mix(x, i);
		out[i] = "abcdefghijklmnop <>/"[(x >> i % 8 * 8 & 0xff) % 20];
	}
	return n;
}

static size_t
pack(const char *body, size_t n, char *out, size_t max)
{
	z_stream z = { .next_in = (unsigned char *)gaz_mem_strndup(body, n),
		.avail_in = (unsigned)n, .next_out = (unsigned char *)out,
		.avail_out = (unsigned)max };
	unsigned char *in = z.next_in;
	size_t len;

	assert(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, 0) == Z_OK);
	assert(deflate(&z, Z_FINISH) == Z_STREAM_END);
	len = z.total_out;
	deflateEnd(&z);
	free(in);
	return len;
}

static size_t
put(char *out, size_t at, const void *p, size_t n)
{
	memcpy(out + at, p, n);
	return at + n;
}

static size_t say(char *out, size_t at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static size_t
say(char *out, size_t at, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(out + at, ANSWER_MAX - at, fmt, ap);
	va_end(ap);
	assert(n >= 0 && at + (size_t)n < ANSWER_MAX);
	return at + (size_t)n;
}

static size_t
make_answer(unsigned number, uint64_t luck, char *out)
{
	static _Thread_local char body[BODY_MAX], packed[2 * BODY_MAX];
	enum kind kind = number % KINDS;
	bool chunked = kind == CHUNKED || kind == PACKED_CHUNKED;
	size_t n = make_body(number, body), at;
	const char *p = body;

	if (kind == PACKED || kind == PACKED_CHUNKED) {
		n = pack(body, n, packed, sizeof(packed));
		p = packed;
	}
	at = say(out, 0, "HTTP/1.1 %s\r\nETag: \"%u\"\r\n%s%s",
	    kind == UNCHANGED ? "304 Not Modified" :
	    kind == DELTA ? "226 IM Used" : "200 OK", number,
	    kind == DELTA ? "IM: feed\r\nDelta-Base: \"x\"\r\n" : "",
	    p == packed ? "Content-Encoding: gzip\r\n" : "");
	if (!chunked) {
		at = say(out, at, "Content-Length: %zu\r\n\r\n",
		    n);
		return kind == UNCHANGED ? at : put(out, at, p, n);
	}
	at = say(out, at, "Transfer-Encoding: chunked\r\n"
	    "Trailer: X-Sum\r\n\r\n");
	for (size_t done = 0; done < n;) {
		size_t piece = 1 + luck % 5000;

		piece = piece < n - done ? piece : n - done;
		at = say(out, at, "%zx\r\n", piece);
		at = put(out, at, p + done, piece);
		at = put(out, at, "\r\n", 2);
		done += piece;
		luck = gaz_hash_mix(luck, done);
	}
	return say(out, at, "0\r\nX-Sum: 1\r\n\r\n");
}

/* ---- the server */

static bool
send_pieces(int fd, const char *p, size_t n, uint64_t luck)
{
	while (n > 0) {
		size_t piece = luck % 3 == 0 ? 1 + luck % 100 : 1 + luck %
		    20000;
		ssize_t sent = send(fd, p, piece < n ? piece : n,
		    MSG_NOSIGNAL);

		if (sent <= 0)
			return false;
		p += sent;
		n -= (size_t)sent;
		luck = gaz_hash_mix(luck, n);
		if (luck % 4 == 0)
			sched_yield();
	}
	return true;
}

static void *
serve(void *arg)
{
	int fd = (int)(intptr_t)arg;
	char *out = gaz_mem_alloc(ANSWER_MAX), in[4096];
	size_t len = 0;
	unsigned number;

	for (;;) {
		char *end;
		ssize_t n = read(fd, in + len, sizeof(in) - 1 - len);

		if (n <= 0)
			break;
		len += (size_t)n;
		in[len] = '\0';
		end = strstr(in, "\r\n\r\n");
		if (end == NULL)
			continue;
		if (sscanf(in, "GET /%u ", &number) != 1)
			break;
		uint64_t luck = gaz_hash_mix(number, (uint64_t)fd);
		if (!send_pieces(fd, out, make_answer(number, luck, out), luck))
			break;
		len = 0;
	}
	close(fd);
	free(out);
	return NULL;
}

static void *
listen_on(void *arg)
{
	int fd, listener = (int)(intptr_t)arg, one = 1;

	while ((fd = accept(listener, NULL, NULL)) != -1) {
		pthread_t thread;

		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		if (pthread_create(&thread, NULL, serve,
		    (void *)(intptr_t)fd) != 0)
			break;
		pthread_detach(thread);
	}
	return NULL;
}

static int
open_server(pthread_t *thread, int *port)
{
	struct sockaddr_in sa = { .sin_family = AF_INET };
	socklen_t len = sizeof(sa);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&sa, len), 0);
	assert_int_equal(listen(fd, 64), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sa, &len), 0);
	*port = ntohs(sa.sin_port);
	assert_int_equal(pthread_create(thread, NULL, listen_on,
	    (void *)(intptr_t)fd), 0);
	return fd;
}

/* ---- the other side */

static struct {
	struct event_base *base;
	struct gaz_fetcher *fetcher;
	struct event *go_on;
	int port;
	unsigned next, done;
	char want[BODY_MAX];
} load;

struct one {
	unsigned number;
};

static void start_next(void);

static void
on_go_on(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	gaz_fetcher_pause(load.fetcher, false);
}

static void
on_done(struct gaz_fetch_result *r, void *arg)
{
	struct one *o = arg;
	enum kind kind = o->number % KINDS;
	struct timeval now = { 0, 0 };

	if (r->fault != GAZ_FAULT_NONE)
		fail_msg("answer %u (kind %d): %s", o->number, (int)kind,
		    r->text);
	if (kind == UNCHANGED) {
		assert_true(r->not_modified);
	} else {
		size_t n = make_body(o->number, load.want);

		assert_int_equal(r->body.len, n);
		assert_memory_equal(r->body.p, load.want, n);
	}
	free(o);
	/* Back-pressure comes and goes. */
	if (load.done++ % 50 == 0) {
		gaz_fetcher_pause(load.fetcher, true);
		evtimer_add(load.go_on, &now);
	}
	start_next();
	if (load.done == ANSWERS)
		event_base_loopbreak(load.base);
}

static void
start_next(void)
{
	struct one *o;
	char url[64];

	if (load.next == ANSWERS)
		return;
	o = gaz_mem_zero(1, sizeof(*o));
	o->number = load.next++;
	snprintf(url, sizeof(url), "http://127.0.0.%u:%d/%u",
	    1 + o->number % HOSTS, load.port, o->number);
	struct gaz_fetch_request req = { .url = url,
		.etag = o->number % KINDS >= UNCHANGED ? "\"x\"" : NULL };
	gaz_fetcher_start(load.fetcher, &req, on_done, o);
}

static void
test_good_answers(void **state)
{
	static const struct gaz_fetch_cidr loopback[] = {
		{ .family = AF_INET, .addr = { 127 }, .bits = 8 },
	};
	struct gaz_fetcher_options opt = {
		.connections = 12, .connections_per_host = 2,
		.allow_private = loopback, .allow_private_count = 1,
	};
	struct gaz_err err;
	pthread_t thread;
	int fd = open_server(&thread, &load.port);

	(void)state;
	load.base = event_base_new();
	load.go_on = evtimer_new(load.base, on_go_on, NULL);
	load.fetcher = gaz_fetcher_new(load.base, &opt, &err);
	assert_non_null(load.fetcher);
	for (int i = 0; i < AT_ONCE; i++)
		start_next();
	event_base_dispatch(load.base);
	assert_int_equal(load.done, ANSWERS);
	gaz_fetcher_free(load.fetcher);
	event_free(load.go_on);
	event_base_free(load.base);
	shutdown(fd, SHUT_RDWR);
	pthread_join(thread, NULL);
	close(fd);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_answers),
	};

	signal(SIGPIPE, SIG_IGN);
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("fetch_load", tests, NULL, NULL);
}
