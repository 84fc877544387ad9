/*
 * Listening sockets. A Unix socket's file outlives a crash, so one that nobody
 * answers on is replaced; one that somebody answers on is another instance.
 */
#include "config.h"

#include "server.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "gazetted/log.h"
#include "gazetted/mem.h"

#define BACKLOG 256
#define RETRY_S 1

static bool
is_path(const char *address)
{
	return strchr(address, '/') != NULL;
}

static bool
is_loopback(const struct sockaddr *sa)
{
	if (sa->sa_family == AF_INET) {
		struct sockaddr_in in;
		memcpy(&in, sa, sizeof(in));
		return (ntohl(in.sin_addr.s_addr) >> 24) == 127;
	}
	if (sa->sa_family == AF_INET6) {
		struct sockaddr_in6 in6;
		memcpy(&in6, sa, sizeof(in6));
		return IN6_IS_ADDR_LOOPBACK(&in6.sin6_addr) ||
		    (IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr) &&
		    in6.sin6_addr.s6_addr[12] == 127);
	}
	return sa->sa_family == AF_UNIX;
}

void
http_peer_of(const struct sockaddr *sa, struct peer *out)
{
	*out = (struct peer){ .address = "unix", .network = "unix",
		.loopback = is_loopback(sa) };
	if (sa->sa_family == AF_INET) {
		struct sockaddr_in in;
		memcpy(&in, sa, sizeof(in));
		inet_ntop(AF_INET, &in.sin_addr, out->address,
		    sizeof(out->address));
		memcpy(out->network, out->address, sizeof(out->network));
	} else if (sa->sa_family == AF_INET6) {
		struct sockaddr_in6 in6;
		memcpy(&in6, sa, sizeof(in6));
		inet_ntop(AF_INET6, &in6.sin6_addr, out->address,
		    sizeof(out->address));
		memset(in6.sin6_addr.s6_addr + 8, 0, 8);
		inet_ntop(AF_INET6, &in6.sin6_addr, out->network,
		    sizeof(out->network));
	}
}

static void
on_accept(struct evconnlistener *ev, int fd, struct sockaddr *sa, int len,
    void *arg)
{
	struct peer peer;

	(void)ev;
	(void)len;
	http_peer_of(sa, &peer);
	http_accept(arg, fd, &peer);
}

/* Out of descriptors: a listener that stays readable would spin the loop. */
static void
on_accept_error(struct evconnlistener *ev, void *arg)
{
	static const struct timeval pause = { RETRY_S, 0 };
	struct listener *l = arg;

	gaz_log(GAZ_LOG_WARN, "http", "listen=%s accept failed: %s",
	    l->address, strerror(errno));
	evconnlistener_disable(ev);
	event_add(l->retry, &pause);
}

static void
on_retry(int fd, short what, void *arg)
{
	struct listener *l = arg;

	(void)fd;
	(void)what;
	evconnlistener_enable(l->ev);
}

void
http_listener_free(struct listener *l)
{
	struct stat st;

	if (l == NULL)
		return;
	if (l->ev != NULL)
		evconnlistener_free(l->ev);
	if (l->retry != NULL)
		event_free(l->retry);
	/* another instance may have put its own in place meanwhile */
	if (l->path != NULL && lstat(l->path, &st) == 0 &&
	    st.st_dev == l->dev && st.st_ino == l->ino)
		unlink(l->path);
	free(l->path);
	free(l->address);
	free(l);
}

/* ---- TCP */

/* Split "ADDR:PORT" or "[ADDR]:PORT" and read both. */
static bool
parse_tcp(const char *address, struct sockaddr_storage *out, socklen_t *len,
    struct gaz_err *err)
{
	struct gaz_str s = gaz_str_of(address), host;
	size_t colon = gaz_str_rfind_char(s, ':');
	char text[INET6_ADDRSTRLEN];
	int64_t port;

	if (colon == GAZ_STR_NPOS)
		return gaz_err_set(err, GAZ_ERR_CONFIG, "has no port; write "
		    "ADDRESS:PORT, [ADDRESS]:PORT or a path with a slash");
	host = gaz_str_sub(s, 0, colon);
	if (!gaz_str_to_int(gaz_str_sub(s, colon + 1, s.len), &port) ||
	    port < 0 || port > 65535)
		return gaz_err_set(err, GAZ_ERR_CONFIG,
		    "the port is not a number from 0 to 65535");
	bool brackets = host.len >= 2 && host.p[0] == '[' &&
	    host.p[host.len - 1] == ']';
	if (brackets)
		host = gaz_str_sub(host, 1, host.len - 1);
	if (gaz_str_eq_z(host, "localhost"))
		host = GAZ_STR("127.0.0.1");
	if (host.len > 0 && host.len < sizeof(text)) {
		struct sockaddr_in in = { .sin_family = AF_INET,
			.sin_port = htons((uint16_t)port) };
		struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
			.sin6_port = htons((uint16_t)port) };
		memcpy(text, host.p, host.len);
		text[host.len] = '\0';
		if (!brackets && inet_pton(AF_INET, text, &in.sin_addr) == 1) {
			memcpy(out, &in, sizeof(in));
			*len = sizeof(in);
			return true;
		}
		if (brackets &&
		    inet_pton(AF_INET6, text, &in6.sin6_addr) == 1) {
			memcpy(out, &in6, sizeof(in6));
			*len = sizeof(in6);
			return true;
		}
	}
	return gaz_err_set(err, GAZ_ERR_CONFIG,
	    "\"%.*s\" is not an IP address; write 127.0.0.1, 0.0.0.0 for all, [::1] or [::]",
	    GAZ_STR_ARG(host));
}

bool
gaz_http_is_local_address(const char *address)
{
	struct sockaddr_storage ss = { .ss_family = AF_UNSPEC };
	socklen_t len;

	if (is_path(address))
		return true;
	return parse_tcp(address, &ss, &len, NULL) &&
	    is_loopback((struct sockaddr *)&ss);
}

static const char *
bind_hint(int error)
{
	switch (error) {
	case EADDRINUSE:
		return "; another program listens there: stop it, or set "
		    "another listen";
	case EADDRNOTAVAIL:
		return "; this machine has no such address";
	case EACCES:
		return "; ports below 1024 need CAP_NET_BIND_SERVICE";
	default:
		return "";
	}
}

static int
open_tcp(const char *address, struct listener *l, struct gaz_err *err)
{
	struct sockaddr_storage ss = { .ss_family = AF_UNSPEC };
	char host[INET6_ADDRSTRLEN], port[8], text[80];
	socklen_t len = 0;
	int on = 1, fd;

	if (!parse_tcp(address, &ss, &len, err))
		return -1;
	fd = socket(ss.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0);
	if (fd == -1) {
		gaz_err_set(err, GAZ_ERR_IO, "socket: %s", strerror(errno));
		return -1;
	}
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (ss.ss_family == AF_INET6) /* 0.0.0.0 may stand beside [::] */
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&ss, len) == -1) {
		gaz_err_set(err, GAZ_ERR_IO, "%s%s", strerror(errno),
		    bind_hint(errno));
		close(fd);
		return -1;
	}
	len = sizeof(ss);
	if (getsockname(fd, (struct sockaddr *)&ss, &len) == -1 ||
	    getnameinfo((struct sockaddr *)&ss, len, host, sizeof(host), port,
	    sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
		gaz_err_set(err, GAZ_ERR_IO, "getsockname: %s",
		    strerror(errno));
		close(fd);
		return -1;
	}
	snprintf(text, sizeof(text), ss.ss_family == AF_INET6 ? "[%s]:%s"
	    : "%s:%s", host, port);
	l->address = gaz_mem_strdup(text);
	l->loopback = is_loopback((struct sockaddr *)&ss);
	return fd;
}

/* ---- Unix */

/* Remove a socket file that nobody answers on. */
static bool
clear_stale(const char *path, const struct sockaddr_un *un, struct gaz_err *err)
{
	struct stat st;

	if (lstat(path, &st) == -1)
		return errno == ENOENT || gaz_err_set(err, GAZ_ERR_IO, "%s",
		    strerror(errno));
	if (!S_ISSOCK(st.st_mode))
		return gaz_err_set(err, GAZ_ERR_IO, "exists and is not a "
		    "socket: move it away, or set another path");
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return gaz_err_set(err, GAZ_ERR_IO, "socket: %s",
		    strerror(errno));
	int answer = connect(fd, (const struct sockaddr *)un, sizeof(*un));
	int error = errno;
	close(fd);
	/* EAGAIN: its queue is full, so somebody is there */
	if (answer == 0 || error == EAGAIN)
		return gaz_err_set(err, GAZ_ERR_BUSY, "gazetted is already "
		    "running: it answers on this socket");
	if (error != ECONNREFUSED && error != ENOENT)
		return gaz_err_set(err, GAZ_ERR_IO, "exists, and connecting "
		    "gives: %s", strerror(error));
	if (unlink(path) == -1 && errno != ENOENT)
		return gaz_err_set(err, GAZ_ERR_IO, "removing the stale "
		    "socket: %s", strerror(errno));
	return true;
}

static const char *
path_hint(int error)
{
	switch (error) {
	case ENOENT:
		return "; its folder does not exist";
	case EACCES:
	case EPERM:
	case EROFS:
		return "; its folder must be writable for gazetted";
	case EADDRINUSE:
		return "; another instance has just taken it";
	default:
		return "";
	}
}

static int
open_unix(const char *path, bool control, struct listener *l,
    struct gaz_err *err)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	mode_t mode = control ? 0600 : 0666;
	struct stat st;

	if (strlen(path) >= sizeof(un.sun_path)) {
		gaz_err_set(err, GAZ_ERR_CONFIG, "the path of a socket has at "
		    "most %zu bytes", sizeof(un.sun_path) - 1);
		return -1;
	}
	memcpy(un.sun_path, path, strlen(path));
	if (!clear_stale(path, &un, err))
		return -1;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1) {
		gaz_err_set(err, GAZ_ERR_IO, "socket: %s", strerror(errno));
		return -1;
	}
	/* the file appears with this mode: no moment in which it is open */
	fchmod(fd, mode);
	if (bind(fd, (struct sockaddr *)&un, sizeof(un)) == -1) {
		gaz_err_set(err, GAZ_ERR_IO, "%s%s", strerror(errno),
		    path_hint(errno));
		close(fd);
		return -1;
	}
	if (chmod(path, mode) == -1 || lstat(path, &st) == -1) {
		gaz_err_set(err, GAZ_ERR_IO, "chmod: %s", strerror(errno));
		unlink(path);
		close(fd);
		return -1;
	}
	l->dev = st.st_dev;
	l->ino = st.st_ino;
	l->path = gaz_mem_strdup(path);
	l->address = gaz_mem_strdup(path);
	return fd;
}

bool
gaz_http_listen(struct gaz_http *h, const char *address, bool control,
    struct gaz_err *err)
{
	struct listener *l = gaz_mem_zero(1, sizeof(*l));
	int fd;

	l->http = h;
	l->control = control;
	fd = is_path(address) ? open_unix(address, control, l, err)
	                      : open_tcp(address, l, err);
	if (fd == -1)
		goto failed;
	l->retry = event_new(h->base, -1, 0, on_retry, l);
	l->ev = evconnlistener_new(h->base, on_accept, l,
	    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, BACKLOG, fd);
	if (l->ev == NULL || l->retry == NULL) {
		gaz_err_set(err, GAZ_ERR_IO, "listen: %s%s", strerror(errno),
		    bind_hint(errno));
		if (l->ev == NULL)
			close(fd);
		goto failed;
	}
	evconnlistener_set_error_cb(l->ev, on_accept_error);
	TAILQ_INSERT_TAIL(&h->listeners, l, link);
	return true;
failed:
	http_listener_free(l);
	return gaz_err_wrap(err, "%s", address);
}

static struct listener *
find_listener(const struct gaz_http *h, size_t i)
{
	struct listener *l;

	TAILQ_FOREACH(l, &h->listeners, link) {
		if (i-- == 0)
			return l;
	}
	return NULL;
}

const char *
gaz_http_address(const struct gaz_http *h, size_t i)
{
	const struct listener *l = find_listener(h, i);

	return l != NULL ? l->address : NULL;
}

void
gaz_http_unlisten(struct gaz_http *h, size_t i)
{
	struct listener *l = find_listener(h, i);

	assert(l != NULL);
	TAILQ_REMOVE(&h->listeners, l, link);
	http_listener_free(l);
}
