#ifndef GAZETTED_SECRET_H
#define GAZETTED_SECRET_H

#include "gazetted/str.h"

/*
 * Numbers that nobody can guess, and proofs that somebody knows one: HMAC
 * (RFC 2104) by nettle. Any thread.
 */
#define GAZ_SECRET_LEN 64 /* hexadecimal digits of 256 bits */
void gaz_secret_make(char out[GAZ_SECRET_LEN + 1]);

/* In a time that does not depend on where they differ. */
bool gaz_secret_eq(const void *a, const void *b, size_t n);

enum gaz_mac {
	GAZ_MAC_SHA1,
	GAZ_MAC_SHA256,
	GAZ_MAC_SHA384,
	GAZ_MAC_SHA512,
};
#define GAZ_MAC_MAX 64 /* bytes of the longest */

/* "sha256" and so on; false when there is no such one. */
bool gaz_mac_find(struct gaz_str name, enum gaz_mac *out);
const char *gaz_mac_name(enum gaz_mac how);
/* Return the length of what was written. */
size_t gaz_mac(enum gaz_mac how, struct gaz_str key, struct gaz_str data,
    uint8_t out[GAZ_MAC_MAX]);

#endif
