#ifndef GAZETTED_FETCH_H
#define GAZETTED_FETCH_H

#include "gazetted/arena.h"
#include "gazetted/buf.h"
#include "gazetted/clock.h"
#include "gazetted/fault.h"

/*
 * HTTP out: libcurl's multi interface driven by the event loop's sockets and
 * timers. Loop thread only. The process must ignore SIGPIPE.
 */
struct event_base;
struct gaz_fetcher;

/* Address ranges as in config.h: network order, bits. */
struct gaz_fetch_cidr {
	int family;
	uint8_t addr[16];
	unsigned bits;
};

/* Where 0 or NULL stands, the default of limits.h holds unless said. */
struct gaz_fetcher_options {
	int connections;          /* in all */
	int connections_per_host;
	int64_t host_gap_ms;      /* 0: no gap */
	const char *user_agent;   /* NULL: gazetted/VERSION (+URL) */
	const char *proxy;        /* NULL: none; "environment" */
	const struct gaz_fetch_cidr *allow_private; /* copied */
	size_t allow_private_count;
	const char *ca_file;      /* NULL: the system's certificates */
	int64_t connect_timeout_ms, first_byte_timeout_ms, patience_ms;
	int64_t slow_bytes_per_s, slow_time_s;
	const char *const *resolve; /* "HOST:PORT:ADDRESS,..." instead of DNS,
	                               NULL-terminated; NULL: none */
};

/* NULL when libcurl or the event loop refuses. All text is copied. */
struct gaz_fetcher *gaz_fetcher_new(struct event_base *base,
    const struct gaz_fetcher_options *opt, struct gaz_err *err);
/* New limits for transfers that start from now on. A connection that was made
 * under another address policy is not used again. */
void gaz_fetcher_configure(struct gaz_fetcher *f,
    const struct gaz_fetcher_options *opt);
/* Transfers under way end with GAZ_FAULT_CANCELLED, callbacks included. May be
 * called from a callback. */
void gaz_fetcher_free(struct gaz_fetcher *f);

/* Copied by gaz_fetcher_start. */
struct gaz_fetch_request {
	const char *url;           /* a user and password in it are used as
	                              those below and never shown */
	const char *etag;          /* sent byte for byte; NULL: none */
	const char *last_modified; /* the same */
	const char *validators_url; /* final_url of the answer that gave them:
	                              they go there and nowhere else. NULL: to
	                              url and redirects on its origin */
	const char *user, *password; /* NULL: none */
	const char *const *headers; /* "Name: value", NULL-terminated; NULL:
	                              none */
	const char *user_agent, *proxy; /* NULL: the fetcher's */
	const char *accept;        /* media types; NULL: those of feeds */
	const struct gaz_fetch_cidr *allow_private; /* besides the fetcher's */
	size_t allow_private_count;
	const char *post;          /* a body to send by POST, a form unless a
	                              header says otherwise; any 2xx is well
	                              then. It is not taken from https to
	                              http. NULL: GET */
	bool stay;                 /* a redirect is an error, http-status, and
	                              any 2xx with a body is well */
	size_t max_body;           /* decoded bytes; 0: GAZ_BODY_MAX */
	int64_t timeout_s;         /* 0: GAZ_TRANSFER_TIMEOUT_S */
	bool tls_insecure;
	bool urgent;               /* somebody waits: before all that are not */
};

struct gaz_fetch_result {
	enum gaz_fault fault;      /* NONE also for 304 */
	char text[200];            /* the fault in words, names the thing; safe
	                              to print; never a credential */
	int status;                /* HTTP; 0: none came. 226: the body has only
	                              what is new (RFC 3229) */
	bool not_modified;
	bool postponed;            /* nothing was sent: the host still cools
	                              after a 429; try in retry_after_s and do
	                              not count it as a failure */
	struct gaz_buf body;       /* may be taken over: reset it to zero */
	/* Texts are lent until the callback returns. */
	const char *etag, *last_modified; /* as received; NULL: none */
	const char *content_type;
	const char *final_url;     /* NULL: there was no answer */
	const char *moved_to;      /* all hops were 301/308; NULL: no */
	const char *hub, *self;    /* Link headers, absolute; NULL: none. Hubs: a
	                              line each */
	int64_t max_age_s;         /* less Age; INT64_MIN: not said */
	int64_t retry_after_s;     /* INT64_MIN: not said */
	int64_t duration_ms;       /* without waiting for the host's turn */
	size_t wire_bytes;
	int redirects;
	char address[46];          /* the peer's, "" when there was none */
	bool connected;            /* somebody took the connection */
};
typedef void (*gaz_fetch_done_fn)(struct gaz_fetch_result *r, void *arg);

/*
 * Queue a request; it starts when its host has a slot and the gap is over.
 * done is called exactly once, later, from the loop.
 */
struct gaz_fetch;
struct gaz_fetch *gaz_fetcher_start(struct gaz_fetcher *f,
    const struct gaz_fetch_request *req, gaz_fetch_done_fn done, void *arg);
/* Give up; done is called with GAZ_FAULT_CANCELLED before this returns. Not
 * for a fetch whose done has been called or is being called. */
void gaz_fetcher_cancel(struct gaz_fetcher *f, struct gaz_fetch *t);

/* It stands in line for its host; its done has not been called. */
bool gaz_fetch_is_waiting(const struct gaz_fetch *t);

size_t gaz_fetcher_running(const struct gaz_fetcher *f); /* transfers */
size_t gaz_fetcher_waiting(const struct gaz_fetcher *f); /* for a host */
/* Hosts that somebody waits for and that are not known to be silent. */
size_t gaz_fetcher_ready(const struct gaz_fetcher *f);
/* Start nothing new while paused (the parse workers are busy). */
void gaz_fetcher_pause(struct gaz_fetcher *f, bool paused);

/*
 * The host of url (its registrable domain) gets no request for so long, as
 * after a 429; the fetcher does this itself for a 429 that it sees, so this is
 * for what was known before a restart.
 */
void gaz_fetcher_cool(struct gaz_fetcher *f, const char *url, int64_t seconds);
/* Seconds left; 0: it does not cool. */
int64_t gaz_fetcher_cooling(const struct gaz_fetcher *f, const char *url);

/* Scheme, host and port are the same. Credentials of the one may go to the
 * other only then. Pure. */
bool gaz_fetch_same_origin(const char *a, const char *b);

/* No connection may go there unless a range in allow opens it (RFC 6890).
 * sa is a struct sockaddr. Pure. */
bool gaz_address_is_blocked(const void *sa, size_t len,
    const struct gaz_fetch_cidr *allow, size_t allow_count);

#endif
