/* Who gets a connection, and who has to make room for it. */
#include "config.h"

#include "server.h"

#include <sys/socket.h>
#include <unistd.h>

static size_t
count_network(const struct gaz_http *h, const char *network)
{
	const struct conn *c;
	size_t n = 0;

	TAILQ_FOREACH(c, &h->conns, link)
		n += !c->unix_socket && strcmp(c->network, network) == 0;
	return n;
}

/* Close the connection that has asked for nothing the longest, so that idle
 * ones cannot keep others out. network NULL: anybody's. */
static bool
evict_idle(struct gaz_http *h, const char *network)
{
	struct gaz_mono now = gaz_clock_mono();
	struct conn *c;

	TAILQ_FOREACH(c, &h->conns, link) {
		if (c->control || !http_conn_is_idle(c) ||
		    (network != NULL && strcmp(c->network, network) != 0))
			continue;
		if (!c->timer_is_idle &&
		    now.ms - c->opened.ms < h->opt.evict_ms)
			continue;
		http_conn_free(c);
		return true;
	}
	return false;
}

/* Is there room for one more of this peer? */
static bool
admit(struct gaz_http *h, const struct listener *l, const struct peer *peer)
{
	if (l->control)
		return h->control_count < h->opt.connections;
	if (l->path == NULL && (!peer->loopback || h->opt.count_loopback) &&
	    count_network(h, peer->network) >=
	    h->opt.connections_per_address && !evict_idle(h, peer->network))
		return false;
	return h->conn_count < h->opt.connections || evict_idle(h, NULL);
}

void
http_accept(struct listener *l, int fd, const struct peer *peer)
{
	static const char busy[] = "HTTP/1.1 503 Service Unavailable\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Length: 21\r\nRetry-After: 10\r\n"
	    "Connection: close\r\n\r\ntoo many connections\n";
	struct gaz_http *h = l->http;

	if (h->stopped || !admit(h, l, peer)) {
		/* best effort: nobody waits for this to be written */
		ssize_t n = send(fd, busy, sizeof(busy) - 1,
		    MSG_DONTWAIT | MSG_NOSIGNAL);
		(void)n;
		close(fd);
		return;
	}
	http_conn_new(l, fd, peer);
}
