#include "config.h"

#include "evcurl.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "gazetted/mem.h"
#include "gazetted/str.h"
#include "gazetted/vec.h"

/*
 * libcurl says which sockets it wants watched and when it wants to be called;
 * libevent calls back when that happens; nothing polls. libcurl must not be
 * entered from its own callbacks, so a timer of 0 ms is a timer all the same.
 */
struct leftover {
	const CURL *easy;
	size_t bytes;
};

struct gaz_evcurl {
	struct event_base *base;
	CURLM *multi;
	struct event *timer;
	struct watch *spare;
	gaz_evcurl_done_fn done;
	void *arg;
	GAZ_VEC(struct leftover) leftovers; /* since the last collect */
};

/* One watched socket; libcurl keeps the pointer for us. Used again and again:
 * there are never more than connections at a time. */
struct watch {
	struct watch *next; /* of the spare ones */
	struct event event;
	short what;         /* 0: nothing is watched */
};

/*
 * A transfer leaves its connection, which is still open and not yet anybody
 * else's: what waits there came behind the answer. When we hear that the
 * transfer is over, it may be closed, or the next one's answer may be waiting.
 */
static void
note_leftover(struct gaz_evcurl *e, const CURL *easy, curl_socket_t fd)
{
	char bytes[64];
	ssize_t n = recv(fd, bytes, sizeof(bytes), MSG_PEEK | MSG_DONTWAIT);

	if (n > 0)
		*gaz_vec_push(&e->leftovers) = (struct leftover){ easy,
			(size_t)n };
}

/* It goes on: what waited was its own. */
static void
drop_leftover(struct gaz_evcurl *e, const CURL *easy)
{
	for (size_t i = 0; i < e->leftovers.n; i++) {
		if (e->leftovers.v[i].easy == easy)
			e->leftovers.v[i].bytes = 0;
	}
}

/* Only for HTTP/1 in the clear: other connections have bytes of their own. */
static size_t
unread_bytes(const struct gaz_evcurl *e, CURL *easy)
{
	const char *scheme = NULL;
	size_t bytes = 0;
	long version = 0;

	curl_easy_getinfo(easy, CURLINFO_SCHEME, &scheme);
	curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version);
	if (!gaz_str_ieq_z(gaz_str_of(scheme), "http") ||
	    version > CURL_HTTP_VERSION_1_1)
		return 0;
	for (size_t i = 0; i < e->leftovers.n; i++) {
		if (e->leftovers.v[i].easy == easy)
			bytes += e->leftovers.v[i].bytes;
	}
	return bytes;
}

static void
collect(struct gaz_evcurl *e)
{
	CURLMsg *msg;
	int left;

	while ((msg = curl_multi_info_read(e->multi, &left)) != NULL) {
		if (msg->msg != CURLMSG_DONE)
			continue;
		/* The message goes with the handle: read it first. */
		CURL *easy = msg->easy_handle;
		CURLcode code = msg->data.result;
		size_t unread = code == CURLE_OK ? unread_bytes(e, easy) : 0;
		curl_multi_remove_handle(e->multi, easy);
		e->done(easy, code, unread, e->arg);
	}
	e->leftovers.n = 0;
}

static void
on_socket(evutil_socket_t fd, short what, void *arg)
{
	struct gaz_evcurl *e = arg;
	int flags = 0, running;

	if ((what & EV_READ) != 0)
		flags |= CURL_CSELECT_IN;
	if ((what & EV_WRITE) != 0)
		flags |= CURL_CSELECT_OUT;
	curl_multi_socket_action(e->multi, fd, flags, &running);
	collect(e);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct gaz_evcurl *e = arg;
	int running;

	(void)fd;
	(void)what;
	curl_multi_socket_action(e->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	collect(e);
}

static int
set_timer(CURLM *multi, long ms, void *arg)
{
	struct gaz_evcurl *e = arg;

	(void)multi;
	if (ms < 0) {
		evtimer_del(e->timer);
		return 0;
	}
	struct timeval tv = { ms / 1000, (ms % 1000) * 1000 };
	return evtimer_add(e->timer, &tv) == 0 ? 0 : -1;
}

static struct watch *
watch_new(struct gaz_evcurl *e)
{
	struct watch *w = e->spare;

	if (w == NULL)
		w = gaz_mem_alloc(sizeof(*w));
	else
		e->spare = w->next;
	*w = (struct watch){ 0 };
	return w;
}

static void
unwatch(struct gaz_evcurl *e, struct watch *w)
{
	if (w == NULL)
		return;
	if (w->what != 0)
		event_del(&w->event);
	w->next = e->spare;
	e->spare = w;
}

static int
set_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *socketp)
{
	struct gaz_evcurl *e = arg;
	struct watch *w = socketp;
	short want = EV_PERSIST;

	if (what == CURL_POLL_REMOVE) {
		note_leftover(e, easy, fd);
		curl_multi_assign(e->multi, fd, NULL);
		unwatch(e, w);
		return 0;
	}
	drop_leftover(e, easy);
	if (what == CURL_POLL_IN || what == CURL_POLL_INOUT)
		want |= EV_READ;
	if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT)
		want |= EV_WRITE;
	if (w == NULL) {
		w = watch_new(e);
		curl_multi_assign(e->multi, fd, w);
	}
	if (w->what == want)
		return 0;
	if (w->what != 0)
		event_del(&w->event);
	w->what = 0;
	if (event_assign(&w->event, e->base, fd, want, on_socket, e) != 0 ||
	    event_add(&w->event, NULL) != 0)
		return -1;
	w->what = want;
	return 0;
}

struct gaz_evcurl *
gaz_evcurl_new(struct event_base *base, int connections,
    gaz_evcurl_done_fn done, void *arg, struct gaz_err *err)
{
	struct gaz_evcurl *e = gaz_mem_zero(1, sizeof(*e));

	e->base = base;
	e->done = done;
	e->arg = arg;
	e->timer = evtimer_new(base, on_timer, e);
	e->multi = curl_multi_init();
	if (e->timer == NULL || e->multi == NULL) {
		gaz_err_set(err, GAZ_ERR_IO, "%s",
		    e->timer == NULL ? "libevent gives no timer"
		                     : "libcurl does not start");
		gaz_evcurl_free(e);
		return NULL;
	}
	curl_multi_setopt(e->multi, CURLMOPT_SOCKETFUNCTION, set_socket);
	curl_multi_setopt(e->multi, CURLMOPT_SOCKETDATA, e);
	curl_multi_setopt(e->multi, CURLMOPT_TIMERFUNCTION, set_timer);
	curl_multi_setopt(e->multi, CURLMOPT_TIMERDATA, e);
	curl_multi_setopt(e->multi, CURLMOPT_PIPELINING,
	    (long)CURLPIPE_MULTIPLEX);
	gaz_evcurl_set_connections(e, connections);
	return e;
}

void
gaz_evcurl_free(struct gaz_evcurl *e)
{
	if (e == NULL)
		return;
	/* Closing idle connections calls set_socket and set_timer. */
	if (e->multi != NULL)
		curl_multi_cleanup(e->multi);
	if (e->timer != NULL)
		event_free(e->timer);
	while (e->spare != NULL) {
		struct watch *w = e->spare;
		e->spare = w->next;
		free(w);
	}
	gaz_vec_clear(&e->leftovers);
	free(e);
}

void
gaz_evcurl_set_connections(struct gaz_evcurl *e, int connections)
{
	/* Idle ones count: the oldest is closed to make room for a new one. */
	curl_multi_setopt(e->multi, CURLMOPT_MAXCONNECTS, (long)connections);
	curl_multi_setopt(e->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS,
	    (long)connections);
}

bool
gaz_evcurl_add(struct gaz_evcurl *e, CURL *easy)
{
	return curl_multi_add_handle(e->multi, easy) == CURLM_OK;
}

void
gaz_evcurl_remove(struct gaz_evcurl *e, CURL *easy)
{
	curl_multi_remove_handle(e->multi, easy);
}
