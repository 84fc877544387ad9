#ifndef GAZETTED_FETCH_EVCURL_H
#define GAZETTED_FETCH_EVCURL_H

#include <curl/curl.h>
#include <stddef.h>

#include "gazetted/err.h"

/* libcurl's multi interface on libevent's sockets and timers. */
struct event_base;
struct gaz_evcurl;

/*
 * A transfer is over. Its handle is out of the multi already. unread: how many
 * bytes behind the answer wait on its connection, as far as can be seen. The
 * callback may add and remove other transfers but not free the gaz_evcurl.
 */
typedef void (*gaz_evcurl_done_fn)(CURL *easy, CURLcode code, size_t unread,
    void *arg);

struct gaz_evcurl *gaz_evcurl_new(struct event_base *base, int connections,
    gaz_evcurl_done_fn done, void *arg, struct gaz_err *err);
/* No transfer may be left in it. */
void gaz_evcurl_free(struct gaz_evcurl *e);

void gaz_evcurl_set_connections(struct gaz_evcurl *e, int connections);
/* false when libcurl refuses; not from one of its callbacks. */
bool gaz_evcurl_add(struct gaz_evcurl *e, CURL *easy)
    __attribute__((warn_unused_result));
/* Take out without done. Not from one of libcurl's callbacks. */
void gaz_evcurl_remove(struct gaz_evcurl *e, CURL *easy);

#endif
