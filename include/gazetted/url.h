#ifndef GAZETTED_URL_H
#define GAZETTED_URL_H

#include "gazetted/arena.h"

/* URLs: libcurl's URL interface does the parsing (RFC 3986, WHATWG-lenient).
 * Pure. Any thread. */

/*
 * ref against base (either may be relative or absent), white space and
 * control characters removed; only the form changes that resolution needs.
 * Absent when the scheme is not on the allow-list for feed references
 * (http, https, ftp, mailto, …; "data" only for raster images if allow_data).
 */
struct gaz_str gaz_url_resolve(struct gaz_arena *a, struct gaz_str base,
    struct gaz_str ref, bool allow_data);

/* http or https with a host. */
bool gaz_url_is_http(struct gaz_str url);

/*
 * The same page under one spelling: scheme and host lower-case (IDNA), default
 * port, fragment and tracking parameters (data/tracking.tsv) gone. Absent when
 * url is not http(s).
 */
struct gaz_str gaz_url_canonical(struct gaz_arena *a, struct gaz_str url);

/* Lower-case host without port, or absent. */
struct gaz_str gaz_url_host(struct gaz_arena *a, struct gaz_str url);

#endif
