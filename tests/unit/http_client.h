#ifndef TESTS_HTTP_CLIENT_H
#define TESTS_HTTP_CLIENT_H

#include "gazetted/http.h"

/*
 * A server and raw sockets to it, both ends on one event loop: nothing waits
 * for time but the tests of time-outs, which are made short by options.
 */
struct server {
	struct event_base *base;
	struct gaz_http *http;
	struct gaz_http_request *held; /* by /hold */
	size_t held_count;
	char folder[64];
	int port;
};

struct client {
	struct server *server;
	int fd;
	struct event *readable;
	struct gaz_buf in;
	bool closed;
	bool head_only; /* replies have no body */
	size_t wanted; /* stop the loop when this much is there */
};

/* On 127.0.0.1 with routes of its own: /hello, /lines?n=, /echo, /hold, ... */
struct server *server_new(const struct gaz_http_options *opt);
void server_free(struct server *s);
/* Until a handler or a client breaks it; the test fails when none does. */
void run_loop(struct server *s, const char *what);
/* Until the server has no connection; the test fails when some stay. */
void wait_until_left(struct server *s);
/* Let both ends do what they can without waiting. */
void settle(struct server *s);

/* ---- clients; connect_from takes an address of 127.0.0.0/8 for itself */
struct client *connect_from(struct server *s, const char *address);
struct client *client_new(struct server *s);
struct client *connect_path(struct server *s, const char *path);
void client_free(struct client *c);
/* All of it, letting the server read meanwhile. */
void client_send(struct client *c, struct gaz_str bytes);
/* The reply, or what came until the end; lends. what names the test. */
const char *client_reply(struct client *c, const char *what);
/* Send a request, wait for the reply; ask_with: GET path with more fields. */
const char *ask(struct client *c, const char *request);
const char *ask_with(struct client *c, const char *path, const char *fields);

int status_of(const char *reply);
/* Of one request on a connection of its own. */
int status_for(struct server *s, const char *request);
/* Value of a header of a reply, in out; "" when it is not there. */
const char *header_of(const char *reply, const char *name, char out[200]);

#endif
