#ifndef GAZETTED_FETCH_URI_H
#define GAZETTED_FETCH_URI_H

#include "gazetted/arena.h"
#include "gazetted/fault.h"

#include <stdbool.h>

#define GAZ_HOST_MAX 255

/* An http or https URL as a request needs it. Its text is in an arena. */
struct gaz_uri {
	const char *url; /* as given, but for user, fragment and bytes that may
	                   not stand in a URL */
	const char *host; /* lower-case, IDNA, without brackets and last dot; an
	                   IPv4 address in its usual form */
	const char *user, *password; /* NULL: none */
	int port;
	bool https;
};

/* NONE, or BAD_URL or SCHEME with out empty. */
enum gaz_fault gaz_uri_parse(const char *text, struct gaz_arena *a,
    struct gaz_uri *out)
    __attribute__((warn_unused_result));
/* The target of a redirect (RFC 3986, 5.2); user and password in it are
 * dropped. Also REDIRECTS, for an empty one. */
enum gaz_fault gaz_uri_resolve(const struct gaz_uri *base, const char *ref,
    struct gaz_arena *a, struct gaz_uri *out)
    __attribute__((warn_unused_result));

bool gaz_uri_same_origin(const struct gaz_uri *a, const struct gaz_uri *b);

#endif
