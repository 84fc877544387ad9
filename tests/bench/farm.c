#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include "gazetted/mem.h"

/*
 * A farm of feed servers: every address of 127/8 on one port, and one process
 * that answers for all of them with as little work as it can.
 *     tests/bench/farm [LATENCY_MS]
 * It prints its port. What a path begins with is how it behaves:
 *     /ok/N      a feed with three items of its own; 304 when the validator fits
 *     /stuck/N   takes the request and never answers
 *     /reset/N   breaks off
 *     /error/N   500
 *     /cut/N     ends in the middle of the body
 *     /busy/N    503 with Retry-After
 *     /hint/N    as ok, with max-age
 *     /void/N    as ok, without items
 * On SIGUSR1 it prints how many requests it has answered since the last time.
 */
#define CONNECTIONS_MAX 65536
#define HEAD_MAX 4096

struct connection {
	int fd;
	size_t n;
	int64_t due_ms;            /* of the answer that waits */
	struct connection *next;   /* in the line of those */
	char head[HEAD_MAX];
};

static struct {
	int epoll, listener;
	int64_t latency_ms;
	struct connection *first, **end; /* all wait equally long */
	uint64_t requests, unchanged;
	z_stream z;
	volatile sig_atomic_t tell;
} farm;

static int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void
drop(struct connection *c, bool reset)
{
	struct linger l = { 1, 0 };

	if (reset)
		setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l));
	close(c->fd);
	free(c);
}

static size_t
write_feed(char *out, size_t cap, const char *id, int items)
{
	int n = snprintf(out, cap,
	    "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel>"
	    "<title>Feed %s</title><link>http://f%s.example/</link>", id, id);

	for (int i = 0; i < items; i++) {
		n += snprintf(out + n, cap - (size_t)n,
		    "<item><title>Article %d of feed %s</title>"
		    "<link>http://f%s.example/%d</link>"
		    "<guid isPermaLink=\"false\">%s-%d</guid>"
		    "<pubDate>Thu, 0%d Sep 2025 10:00:00 GMT</pubDate>"
		    "<description>What article %d of feed %s tells."
		    "</description></item>", i, id, id, i, id, i, i + 1, i, id);
	}
	n += snprintf(out + n, cap - (size_t)n, "</channel></rss>\n");
	return (size_t)n;
}

static size_t
pack(const char *in, size_t n, char *out, size_t cap)
{
	deflateReset(&farm.z);
	farm.z.next_in = (Bytef *)(uintptr_t)in;
	farm.z.avail_in = (uInt)n;
	farm.z.next_out = (Bytef *)out;
	farm.z.avail_out = (uInt)cap;
	deflate(&farm.z, Z_FINISH);
	return cap - farm.z.avail_out;
}

static bool
send_all(struct connection *c, const char *p, size_t n)
{
	return send(c->fd, p, n, MSG_NOSIGNAL) == (ssize_t)n;
}

static bool
begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

static bool
answer_feed(struct connection *c, const char *id, bool hint, bool cut)
{
	char plain[4096], body[4096], head[512];
	const char *age = hint ? "Cache-Control: max-age=7200\r\n" : "";
	bool gzip = strstr(c->head, "gzip") != NULL;
	size_t n;

	if (!cut && strstr(c->head, "If-None-Match: \"farm\"") != NULL) {
		farm.unchanged++;
		n = (size_t)snprintf(head, sizeof(head), "HTTP/1.1 304 Not "
		    "Modified\r\nETag: \"farm\"\r\n%s\r\n", age);
		return send_all(c, head, n);
	}
	n = write_feed(plain, sizeof(plain), id,
	    begins(c->head + 4, "/void/") ? 0 : 3);
	if (gzip)
		n = pack(plain, n, body, sizeof(body));
	int len = snprintf(head, sizeof(head), "HTTP/1.1 200 OK\r\nETag: "
	    "\"farm\"\r\nContent-Type: application/rss+xml\r\n%s%s"
	    "Content-Length: %zu\r\n\r\n", age,
	    gzip ? "Content-Encoding: gzip\r\n" : "", n);
	return send_all(c, head, (size_t)len) &&
	    send_all(c, gzip ? body : plain, cut ? n / 2 : n) && !cut;
}

/* False: the connection ends. */
static bool
answer(struct connection *c)
{
	static const char error[] = "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n"
	    "\r\n", busy[] = "HTTP/1.1 503 Busy\r\nRetry-After: 600\r\n"
	    "Content-Length: 0\r\n\r\n";
	const char *path = c->head + 4;
	char id[24];

	farm.requests++;
	const char *slash = strchr(path + 1, '/');
	size_t len = slash != NULL ? strspn(slash + 1, "0123456789") : 0;
	if (len == 0 || len >= sizeof(id))
		return false;
	memcpy(id, slash + 1, len);
	id[len] = '\0';
	if (begins(path, "/error/"))
		return send_all(c, error, sizeof(error) - 1);
	if (begins(path, "/busy/"))
		return send_all(c, busy, sizeof(busy) - 1);
	return answer_feed(c, id, begins(path, "/hint/"),
	    begins(path, "/cut/"));
}

static void
watch(struct connection *c, int op)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = c };

	epoll_ctl(farm.epoll, op, c->fd, &ev);
}

static void
on_readable(struct connection *c)
{
	ssize_t n = recv(c->fd, c->head + c->n, HEAD_MAX - 1 - c->n, 0);

	if (n <= 0) {
		if (n < 0 && errno == EAGAIN)
			return;
		drop(c, false);
		return;
	}
	c->n += (size_t)n;
	c->head[c->n] = '\0';
	if (strstr(c->head, "\r\n\r\n") == NULL) {
		if (c->n == HEAD_MAX - 1)
			drop(c, true);
		return;
	}
	c->n = 0;
	if (begins(c->head + 4, "/stuck/"))
		return;
	if (begins(c->head + 4, "/reset/")) {
		drop(c, true);
		return;
	}
	if (farm.latency_ms == 0) {
		if (!answer(c))
			drop(c, false);
		return;
	}
	epoll_ctl(farm.epoll, EPOLL_CTL_DEL, c->fd, NULL);
	c->due_ms = now_ms() + farm.latency_ms;
	c->next = NULL;
	*farm.end = c;
	farm.end = &c->next;
}

static void
accept_all(void)
{
	for (int i = 0; i < 64; i++) {
		int one = 1, fd = accept4(farm.listener, NULL, NULL,
		    SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd == -1)
			return;
		struct connection *c = gaz_mem_alloc(sizeof(*c));
		c->fd = fd;
		c->n = 0;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		watch(c, EPOLL_CTL_ADD);
	}
}

/* How long until the next answer is due; -1: none waits. */
static int
answer_due(void)
{
	int64_t now = now_ms();
	struct connection *c;

	while ((c = farm.first) != NULL && c->due_ms <= now) {
		farm.first = c->next;
		if (farm.first == NULL)
			farm.end = &farm.first;
		if (answer(c))
			watch(c, EPOLL_CTL_ADD);
		else
			drop(c, false);
	}
	return c != NULL ? (int)(c->due_ms - now) : -1;
}

static void
on_usr1(int sig)
{
	(void)sig;
	farm.tell = 1;
}

static void
begin(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct epoll_event ev = { .events = EPOLLIN };
	struct sigaction sa = { .sa_handler = on_usr1 };
	struct rlimit r = { CONNECTIONS_MAX, CONNECTIONS_MAX };
	socklen_t len = sizeof(in);

	getrlimit(RLIMIT_NOFILE, &r);
	r.rlim_cur = r.rlim_max;
	setrlimit(RLIMIT_NOFILE, &r);
	sigaction(SIGUSR1, &sa, NULL);
	farm.end = &farm.first;
	farm.epoll = epoll_create1(EPOLL_CLOEXEC);
	farm.listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (farm.epoll == -1 || farm.listener == -1 ||
	    bind(farm.listener, (struct sockaddr *)&in, sizeof(in)) == -1 ||
	    listen(farm.listener, 4096) == -1 ||
	    getsockname(farm.listener, (struct sockaddr *)&in, &len) == -1 ||
	    epoll_ctl(farm.epoll, EPOLL_CTL_ADD, farm.listener, &ev) == -1 ||
	    deflateInit2(&farm.z, 1, Z_DEFLATED, 31, 9,
	    Z_DEFAULT_STRATEGY) != Z_OK) {
		perror("farm");
		exit(1);
	}
	printf("%d\n", ntohs(in.sin_port));
	fflush(stdout);
}

int
main(int argc, char **argv)
{
	struct epoll_event ev[256];
	sigset_t none, usr1;

	/* It comes only while we wait, so that none is overlooked. */
	sigemptyset(&none);
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr1, NULL);
	farm.latency_ms = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 0;
	begin();
	for (;;) {
		int wait_ms = answer_due();
		int n = epoll_pwait(farm.epoll, ev, 256, wait_ms, &none);

		for (int i = 0; i < n; i++) {
			if (ev[i].data.ptr == NULL)
				accept_all();
			else
				on_readable(ev[i].data.ptr);
		}
		if (farm.tell != 0) {
			farm.tell = 0;
			printf("%" PRIu64 " %" PRIu64 "\n", farm.requests,
			    farm.unchanged);
			fflush(stdout);
			farm.requests = farm.unchanged = 0;
		}
	}
}
