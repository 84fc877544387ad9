/* The server: its settings, its beginning and its end. */
#include "config.h"

#include "server.h"

#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "gazetted/limits.h"
#include "gazetted/mem.h"

void
gaz_http_options_init(struct gaz_http_options *opt)
{
	*opt = (struct gaz_http_options){
		.connections = GAZ_HTTP_CONNECTIONS_MAX,
		.connections_per_address = GAZ_HTTP_CONNECTIONS_PER_ADDRESS,
		.evict_ms = 2000,
		.head_timeout_ms = GAZ_HTTP_HEAD_TIMEOUT_S * 1000,
		.idle_timeout_ms = GAZ_HTTP_IDLE_TIMEOUT_S * 1000,
		.progress_timeout_ms = GAZ_HTTP_PROGRESS_TIMEOUT_S * 1000,
		.progress_bytes = GAZ_HTTP_PROGRESS_BYTES,
	};
}

struct gaz_http *
gaz_http_new(struct event_base *base, const struct gaz_http_options *opt)
{
	struct gaz_http *h = gaz_mem_zero(1, sizeof(*h));
	struct sigaction old;
	char name[256] = "";

	h->base = base;
	if (opt != NULL)
		h->opt = *opt;
	else
		gaz_http_options_init(&h->opt);
	TAILQ_INIT(&h->listeners);
	TAILQ_INIT(&h->conns);
	LIST_INIT(&h->waiting);
	if (gethostname(name, sizeof(name) - 1) == 0)
		h->host_name = gaz_mem_strdup(name);
	/* a client that closes while we write is everyday life */
	if (sigaction(SIGPIPE, NULL, &old) == 0 && old.sa_handler == SIG_DFL) {
		struct sigaction ignore = { .sa_handler = SIG_IGN };
		sigaction(SIGPIPE, &ignore, NULL);
	}
	return h;
}

void
gaz_http_set_routes(struct gaz_http *h, const struct gaz_http_route *r,
    size_t n, void *arg)
{
	h->routes = r;
	h->route_count = n;
	h->arg = arg;
}

void
gaz_http_set_error_page(struct gaz_http *h, gaz_http_error_page_fn fn,
    void *arg)
{
	h->error_page = fn;
	h->error_page_arg = arg;
}

void
gaz_http_set_base_url(struct gaz_http *h, struct gaz_str base_url)
{
	free(h->base_host);
	h->base_host = NULL;
	size_t from = gaz_str_find(base_url, GAZ_STR("://"), 0);
	if (from == GAZ_STR_NPOS)
		return;
	struct gaz_str host = gaz_str_sub(base_url, from + 3, base_url.len);
	host = gaz_str_sub(host, 0, gaz_str_find_char(host, '/', 0));
	h->base_host = gaz_mem_strndup(host.p, host.len);
}

size_t
gaz_http_connections(const struct gaz_http *h)
{
	return h->conn_count + h->control_count;
}

size_t
gaz_http_open_requests(const struct gaz_http *h)
{
	const struct gaz_http_request *r;
	const struct conn *c;
	size_t n = 0;

	LIST_FOREACH(r, &h->waiting, link)
		n++;
	TAILQ_FOREACH(c, &h->conns, link)
		n += c->state == CONN_WRITE;
	return n;
}

/* ---- the end */

void
gaz_http_stop(struct gaz_http *h)
{
	struct listener *l;
	struct conn *c, *next;

	h->stopped = true;
	while ((l = TAILQ_FIRST(&h->listeners)) != NULL) {
		TAILQ_REMOVE(&h->listeners, l, link);
		http_listener_free(l);
	}
	for (c = TAILQ_FIRST(&h->conns); c != NULL; c = next) {
		next = TAILQ_NEXT(c, link);
		c->keep = false;
		if (http_conn_is_idle(c))
			http_conn_free(c);
	}
}

void
gaz_http_free(struct gaz_http *h)
{
	struct gaz_http_request *r;
	struct conn *c;

	if (h == NULL)
		return;
	gaz_http_stop(h);
	while ((c = TAILQ_FIRST(&h->conns)) != NULL)
		http_conn_free(c);
	while ((r = LIST_FIRST(&h->waiting)) != NULL)
		http_request_free(r);
	free(h->base_host);
	free(h->host_name);
	free(h);
}
