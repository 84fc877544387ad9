#ifndef GAZETTED_URL_H
#define GAZETTED_URL_H

#include "gazetted/arena.h"

/*
 * URLs, by RFC 3986 with the leniency of browsers; libcurl's URL interface has
 * the say on hosts that are not plain names. Pure. Any thread.
 */

/*
 * ref against base (either may be relative or absent), surrounding white space
 * and all control characters removed; otherwise only what resolution needs is
 * changed. An empty ref gives the base. Absent when ref is absent, is longer
 * than GAZ_URL_MAX, has no host where one is needed, or has a scheme that is
 * not on the allow-list for feed references (http, https, ftp, mailto, …;
 * "data" only for raster images if allow_data). An unusable base counts as
 * absent. Never lends from ref or base.
 */
struct gaz_str gaz_url_resolve(struct gaz_arena *a, struct gaz_str base,
    struct gaz_str ref, bool allow_data);

/* http or https with a host. */
bool gaz_url_is_http(struct gaz_str url);

/*
 * The same page under one spelling: scheme and host lower-case (IDNA), default
 * port, fragment and tracking parameters (data/tracking.tsv) gone. Absent when
 * url is not http(s), or either is longer than GAZ_URL_MAX. The canonical URL of
 * a canonical one is itself.
 */
struct gaz_str gaz_url_canonical(struct gaz_arena *a, struct gaz_str url);

/* Lower-case host without port, or absent. */
struct gaz_str gaz_url_host(struct gaz_arena *a, struct gaz_str url);

/*
 * The host for a person to read: in Unicode, and followed by its ASCII form in
 * parentheses when it mixes scripts in a way that can deceive. Absent as above.
 */
struct gaz_str gaz_url_host_display(struct gaz_arena *a, struct gaz_str url);

/* Load what is needed later, so that a sandbox may close. */
void gaz_url_preload(void);

#endif
