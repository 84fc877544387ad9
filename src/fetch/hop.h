#ifndef GAZETTED_FETCH_HOP_H
#define GAZETTED_FETCH_HOP_H

#include "head.h"
#include "uri.h"

#include <curl/curl.h>

#include "gazetted/buf.h"
#include "gazetted/fetch.h"

/*
 * One request and its answer: an easy handle with all its options, the
 * callbacks that hold the limits, and what its end means. A fetch is one hop
 * and one more for each redirect or second try. Hops are used again.
 */
struct gaz_allow {
	const struct gaz_fetch_cidr *v;
	size_t n;
};

/* All of it is lent until the hop ends. */
struct gaz_hop_plan {
	struct gaz_arena *arena;  /* for what is sent and what is answered */
	const struct gaz_uri *uri;
	const char *etag, *last_modified; /* NULL: do not send */
	const char *user, *password;      /* NULL: do not send */
	const char *const *headers;       /* NULL: none */
	const char *user_agent;
	const char *accept;               /* NULL: feeds */
	const char *proxy;                /* NULL: none */
	const char *post;                 /* NULL: GET */
	const char *ca_file;              /* NULL: the system's */
	struct curl_slist *resolve;       /* NULL: none */
	struct gaz_allow allow[2];        /* of everybody, and of this feed */
	size_t max_body;
	int64_t connect_ms, total_ms;
	int64_t slow_bytes_per_s, slow_time_s;
	int64_t dns_cache_s;      /* how long addresses are kept */
	int64_t connection_age_s; /* use none that is older; 0: any */
	bool fresh;               /* use none at all that is open */
	bool keep;                /* leave the connection open for the next */
	bool tls_insecure;
	bool as_given;            /* leave "/../" in the path */
	bool stay;                /* no redirect; any 2xx is well */
	bool plain;               /* ask for no content encoding */
	bool digest;              /* instead of basic */
};

struct gaz_hop {
	CURL *easy;
	struct gaz_hop *next;     /* in a list of idle ones */
	void *owner;
	struct event *timer;      /* the owner's */
	const struct gaz_hop_plan *plan;
	struct curl_slist *headers, **headers_end; /* in the arena */
	char *user_agent, *proxy; /* that the handle has; NULL: none */
	bool is_set;              /* it has the options that all have */
	bool is_special;          /* and some of its own */
	struct gaz_head head;
	struct gaz_buf body;
	enum gaz_fault fault;     /* set by a callback that gave up, or by the
	                             owner before gaz_hop_judge */
	size_t discarded;         /* body bytes of an answer without use */
	size_t excess;            /* bytes behind the body */
	int connects;             /* sockets that were let through */
	int requests;             /* sent; libcurl repeats one by itself when
	                             the connection gives way under it */
	char blocked[96];         /* the address that was not, and its kind */
	bool conditional;         /* a validator was sent */
	bool delta;               /* A-IM: feed was sent: a 226 may come */
	bool deferred;            /* meet said no */
	char error[CURL_ERROR_SIZE];
	/* Asked for each address that is not blocked; NULL: all may. */
	bool (*meet)(const struct sockaddr *sa, size_t len, void *owner);
};

/* NULL when libcurl has no memory for a handle. */
struct gaz_hop *gaz_hop_new(void);
void gaz_hop_free(struct gaz_hop *h);
/* Make ready for a transfer; plan is kept. */
bool gaz_hop_begin(struct gaz_hop *h, const struct gaz_hop_plan *plan)
    __attribute__((warn_unused_result));
/* Forget plan and answer, keep the handle. */
void gaz_hop_reset(struct gaz_hop *h);

/* What the end means. A redirect and a 304 are no faults here. */
enum gaz_fault gaz_hop_judge(struct gaz_hop *h, CURLcode code, char *text,
    size_t cap);

/*
 * For gaz_hop_judge and the like: "feeds.example.org:8080: the document is
 * larger than max-body (1000 bytes)", with the words of fault and those of fmt
 * in brackets, unless these are "". Returns fault.
 */
enum gaz_fault gaz_hop_say(const struct gaz_hop_plan *plan,
    enum gaz_fault fault, char *text, size_t cap, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
/* The body of an answer with this status is of use. */
bool gaz_hop_is_wanted(const struct gaz_hop *h);

/* A literal address or "localhost" that the policy of plan forbids: nothing
 * need be tried, and behind a proxy nothing else would notice. */
bool gaz_hop_is_blocked(const struct gaz_hop_plan *plan, char *text,
    size_t cap);

#endif
