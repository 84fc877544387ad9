#ifndef GAZETTED_FETCH_ADDRESS_H
#define GAZETTED_FETCH_ADDRESS_H

#include "gazetted/fetch.h"

#include <sys/socket.h>

#define GAZ_ADDRESS_TEXT_MAX 46

/* Numbers and dots, or colons; "" for another family. Returns out. */
const char *gaz_address_text(const struct sockaddr *sa, size_t len,
    char out[GAZ_ADDRESS_TEXT_MAX]);
/* From text without brackets or zone; false when it is no literal. */
bool gaz_address_parse(const char *text, struct sockaddr_storage *out,
    size_t *len);
/* What sort of inside address it is, for people: "loopback". */
const char *gaz_address_kind(const struct sockaddr *sa, size_t len);

#endif
