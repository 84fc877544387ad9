#ifndef GAZETTED_FETCH_PROXY_H
#define GAZETTED_FETCH_PROXY_H

#include "uri.h"

/*
 * Which proxy? The decision must be ours, not libcurl's, because a proxy's own
 * address is exempt from the address policy, and a host that is asked directly
 * is not.
 */
struct gaz_proxy_env {
	char *http, *https; /* NULL: none */
	char *none;         /* no_proxy; NULL: none */
};

/* From the usual variables: http_proxy, https_proxy, all_proxy, no_proxy. */
void gaz_proxy_env_init(struct gaz_proxy_env *e);
void gaz_proxy_env_clear(struct gaz_proxy_env *e);

/*
 * setting: NULL or "" for none, "environment", or a proxy. The proxy for uri,
 * or NULL. Lent.
 */
const char *gaz_proxy_choose(const struct gaz_proxy_env *e,
    const char *setting, const struct gaz_uri *uri);

/* Does host match the list of no_proxy? "*", names (with what is below them),
 * addresses, and ranges of addresses. */
bool gaz_proxy_is_excepted(const char *list, const char *host);

#endif
