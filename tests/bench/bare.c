#include "config.h"

#include <curl/curl.h>
#include <event2/event.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "gazetted/mem.h"

/*
 * The least that polling can cost: libcurl's multi interface on libevent,
 * handles that are used again, a validator, and nothing done with the answers.
 *     tests/bench/bare PORT FEEDS [CONNECTIONS]
 * Prints feeds, those unchanged, seconds of CPU.
 */
static struct {
	struct event_base *base;
	struct event *timer;
	CURLM *multi;
	struct curl_slist *headers;
	int port;
	uint32_t feeds, next, done, unchanged;
	size_t bytes;
} run;

static size_t
on_body(char *p, size_t size, size_t n, void *arg)
{
	(void)p;
	(void)arg;
	run.bytes += size * n;
	return size * n;
}

static void
start(CURL *easy)
{
	char url[80];
	uint32_t i = run.next++;

	snprintf(url, sizeof(url), "http://127.%" PRIu32 ".%" PRIu32 ".%"
	    PRIu32 ":%d/ok/%" PRIu32, 1 + i / 62500, i / 250 % 250,
	    1 + i % 250, run.port, i);
	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_multi_add_handle(run.multi, easy);
}

static void
collect(void)
{
	CURLMsg *msg;
	int left;

	while ((msg = curl_multi_info_read(run.multi, &left)) != NULL) {
		CURL *easy = msg->easy_handle;
		long status = 0;

		curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
		run.unchanged += status == 304;
		run.done++;
		curl_multi_remove_handle(run.multi, easy);
		if (run.next < run.feeds)
			start(easy);
		else
			curl_easy_cleanup(easy);
	}
	if (run.done == run.feeds)
		event_base_loopbreak(run.base);
}

static void
on_socket(evutil_socket_t fd, short what, void *arg)
{
	int running;

	(void)arg;
	curl_multi_socket_action(run.multi, fd,
	    ((what & EV_READ) != 0 ? CURL_CSELECT_IN : 0) |
	    ((what & EV_WRITE) != 0 ? CURL_CSELECT_OUT : 0), &running);
	collect();
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	int running;

	(void)fd;
	(void)what;
	(void)arg;
	curl_multi_socket_action(run.multi, CURL_SOCKET_TIMEOUT, 0, &running);
	collect();
}

static int
set_timer(CURLM *multi, long ms, void *arg)
{
	struct timeval tv = { ms / 1000, (ms % 1000) * 1000 };

	(void)multi;
	(void)arg;
	return ms < 0 ? evtimer_del(run.timer) : evtimer_add(run.timer, &tv);
}

static int
set_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *socketp)
{
	struct event *ev = socketp;
	short want = EV_PERSIST;

	(void)easy;
	(void)arg;
	if (ev != NULL)
		event_free(ev);
	ev = NULL;
	if ((what & CURL_POLL_IN) != 0)
		want |= EV_READ;
	if ((what & CURL_POLL_OUT) != 0)
		want |= EV_WRITE;
	if (what != CURL_POLL_REMOVE) {
		ev = event_new(run.base, fd, want, on_socket, NULL);
		event_add(ev, NULL);
	}
	curl_multi_assign(run.multi, fd, ev);
	return 0;
}

static void
add_handle(void)
{
	CURL *easy = curl_easy_init();

	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, run.headers);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	/* libcurl walks all that it has kept at each look-up. */
	curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
	start(easy);
}

int
main(int argc, char **argv)
{
	uint32_t connections = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 64;
	struct rusage u;

	if (argc < 3)
		return 64;
	run.port = (int)strtol(argv[1], NULL, 10);
	run.feeds = (uint32_t)strtoul(argv[2], NULL, 10);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	run.base = event_base_new();
	run.timer = evtimer_new(run.base, on_timer, NULL);
	run.multi = curl_multi_init();
	curl_multi_setopt(run.multi, CURLMOPT_SOCKETFUNCTION, set_socket);
	curl_multi_setopt(run.multi, CURLMOPT_TIMERFUNCTION, set_timer);
	curl_multi_setopt(run.multi, CURLMOPT_MAXCONNECTS, (long)connections);
	run.headers = curl_slist_append(NULL, "If-None-Match: \"farm\"");
	for (uint32_t i = 0; i < connections && run.next < run.feeds; i++)
		add_handle();
	event_base_dispatch(run.base);
	curl_multi_cleanup(run.multi);
	getrusage(RUSAGE_SELF, &u);
	printf("%" PRIu32 " %" PRIu32 " %.3f\n", run.done, run.unchanged,
	    (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	    (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e-6);
	curl_slist_free_all(run.headers);
	event_free(run.timer);
	event_base_free(run.base);
	return 0;
}
