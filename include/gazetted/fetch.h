#ifndef GAZETTED_FETCH_H
#define GAZETTED_FETCH_H

#include "gazetted/arena.h"
#include "gazetted/buf.h"
#include "gazetted/clock.h"
#include "gazetted/fault.h"

/*
 * HTTP out: libcurl's multi interface driven by the event loop's sockets and
 * timers. Loop thread only.
 */
struct event_base;
struct gaz_fetcher;

/* Address ranges as in config.h: network order, bits. */
struct gaz_fetch_cidr {
	int family;
	uint8_t addr[16];
	unsigned bits;
};

struct gaz_fetcher_options {
	int connections;          /* in all */
	int connections_per_host;
	int64_t host_gap_ms;
	const char *user_agent;   /* NULL: gazetted/VERSION (+URL) */
	const char *proxy;        /* NULL: none; "environment" */
	const struct gaz_fetch_cidr *allow_private; /* copied */
	size_t allow_private_count;
};

struct gaz_fetcher *gaz_fetcher_new(struct event_base *base,
    const struct gaz_fetcher_options *opt, struct gaz_err *err);
/* New limits for transfers that start from now on. */
void gaz_fetcher_configure(struct gaz_fetcher *f,
    const struct gaz_fetcher_options *opt);
/* Transfers under way end with GAZ_FAULT_CANCELLED, callbacks included. */
void gaz_fetcher_free(struct gaz_fetcher *f);

/* Copied by gaz_fetcher_start. */
struct gaz_fetch_request {
	const char *url;
	const char *etag;          /* sent byte for byte; NULL: none */
	const char *last_modified; /* the same */
	const char *user, *password; /* NULL: none */
	const char *const *headers;  /* "Name: value", NULL-terminated or NULL */
	const char *user_agent, *proxy; /* NULL: the fetcher's */
	const struct gaz_fetch_cidr *allow_private; /* besides the fetcher's */
	size_t allow_private_count;
	size_t max_body;           /* decoded bytes; 0: GAZ_BODY_MAX */
	int64_t timeout_s;         /* 0: GAZ_TRANSFER_TIMEOUT_S */
	bool tls_insecure;
};

struct gaz_fetch_result {
	enum gaz_fault fault;      /* NONE also for 304 */
	char text[200];            /* the fault in words, names the thing */
	int status;                /* HTTP; 0: none came */
	bool not_modified;
	struct gaz_buf body;       /* may be taken over: reset it to zero */
	char *etag, *last_modified; /* as received; NULL: none; freed after the
	                               callback */
	char *content_type;
	char *final_url;
	char *moved_to;            /* all hops were 301/308; NULL: no */
	char *hub, *self;          /* Link headers; NULL: none */
	int64_t max_age_s;         /* less Age; INT64_MIN: not said */
	int64_t retry_after_s;     /* INT64_MIN: not said */
	int64_t duration_ms;
	size_t wire_bytes;
};
typedef void (*gaz_fetch_done_fn)(struct gaz_fetch_result *r, void *arg);

/*
 * Queue a request; it starts when its host has a slot and the gap is over.
 * done is called exactly once, later, from the loop. now is for the date in
 * Retry-After and Expires.
 */
struct gaz_fetch;
struct gaz_fetch *gaz_fetcher_start(struct gaz_fetcher *f,
    const struct gaz_fetch_request *req, gaz_fetch_done_fn done, void *arg);
/* Give up; done is called with GAZ_FAULT_CANCELLED before this returns. */
void gaz_fetcher_cancel(struct gaz_fetcher *f, struct gaz_fetch *t);

size_t gaz_fetcher_running(const struct gaz_fetcher *f); /* transfers */
size_t gaz_fetcher_waiting(const struct gaz_fetcher *f); /* for a host */
/* Start nothing new while paused (the parse workers are busy). */
void gaz_fetcher_pause(struct gaz_fetcher *f, bool paused);

/* No connection may go there unless a range in allow opens it (RFC 6890).
 * sa is a struct sockaddr. Pure. */
bool gaz_address_is_blocked(const void *sa, size_t len,
    const struct gaz_fetch_cidr *allow, size_t allow_count);

#endif
