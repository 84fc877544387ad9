#ifndef GAZETTED_FAULT_H
#define GAZETTED_FAULT_H

#include "gazetted/str.h"

/*
 * Why a fetch failed: one enumeration for the log, the status table, the
 * metrics label and the API. Names are stored: never rename or reuse one.
 */
#define GAZ_FAULTS(X)                                                      \
	X(NONE, "ok", "fetched")                                           \
	X(DNS, "dns", "the host name does not resolve")                    \
	X(DNS_TIMEOUT, "dns-timeout", "the resolver does not answer")      \
	X(CONNECT, "connect", "the connection was refused")                \
	X(RESET, "reset", "the connection broke")                          \
	X(TIMEOUT, "timeout", "no answer in time")                         \
	X(TOO_SLOW, "too-slow", "the answer trickles")                     \
	X(TOO_LARGE, "too-large", "the document is larger than max-body")  \
	X(TRUNCATED, "truncated", "the document ends too early")           \
	X(ENCODING, "encoding", "the content encoding is broken")          \
	X(HEADERS_TOO_LARGE, "headers-too-large", "too many headers")      \
	X(PROTOCOL, "protocol", "the server does not speak HTTP properly") \
	X(TLS, "tls", "the TLS handshake failed")                          \
	X(TLS_EXPIRED, "tls-expired", "the certificate has expired")       \
	X(TLS_HOST, "tls-host", "the certificate is for another host")     \
	X(TLS_UNTRUSTED, "tls-untrusted", "the certificate is not trusted") \
	X(TLS_VERSION, "tls-version", "the server is too old for TLS 1.2") \
	X(REDIRECTS, "redirects", "too many redirects, or a loop")         \
	X(SCHEME, "scheme", "only http and https are fetched")             \
	X(DOWNGRADE, "downgrade", "https led to http with credentials")    \
	X(BLOCKED_ADDRESS, "blocked-address",                              \
	    "the address is inside; allow-private would open it")          \
	X(AUTH, "auth", "the server wants a user and password (401)")      \
	X(FORBIDDEN, "forbidden", "the server forbids it (403)")           \
	X(NOT_FOUND, "not-found", "there is no such document (404)")       \
	X(GONE, "gone", "the feed is gone for good (410)")                 \
	X(RATE_LIMITED, "rate-limited", "asked too often (429)")           \
	X(UNAVAILABLE, "unavailable", "temporarily unavailable (503)")     \
	X(SERVER_ERROR, "server-error", "the server failed (5xx)")         \
	X(HTTP_STATUS, "http-status", "an unexpected HTTP status")         \
	X(EMPTY, "empty", "the document is empty")                         \
	X(NOT_A_FEED, "not-a-feed", "the document is not a feed")          \
	X(NOT_AN_IMAGE, "not-an-image",                                    \
	    "the document is no image of a kind that is shown")             \
	X(XML_ENTITIES, "xml-entities", "the document declares entities")  \
	X(TOO_DEEP, "too-deep", "elements are nested too deep")            \
	X(TOO_MANY_ATTRIBUTES, "too-many-attributes",                      \
	    "a tag has too many attributes")                               \
	X(CHARSET, "charset", "the character encoding is not supported")   \
	X(HOSTILE, "hostile", "parsing broke a limit of the worker")       \
	X(NO_FILE, "no-file", "the local document cannot be read")         \
	X(BAD_URL, "bad-url", "the address cannot be understood")          \
	X(PROXY, "proxy", "the proxy cannot be used")                      \
	X(HUB_DENIED, "hub-denied", "the hub denies the subscription")     \
	X(HUB_QUIET, "hub-quiet", "the hub did not deliver what was found")  \
	X(HUB_SILENT, "hub-silent", "the hub did not verify what we asked")  \
	X(STORE, "store", "the database refused the items")                \
	X(CANCELLED, "cancelled", "given up because of a shutdown")        \
	X(INTERNAL, "internal", "a fault of gazetted itself")

enum gaz_fault {
#define X(id, name, text) GAZ_FAULT_##id,
	GAZ_FAULTS(X)
#undef X
	    GAZ_FAULT_COUNT
};

const char *gaz_fault_name(enum gaz_fault f);
/* One short clause for people. */
const char *gaz_fault_text(enum gaz_fault f);
/* false when no fault has that name. */
bool gaz_fault_find(struct gaz_str name, enum gaz_fault *out);

#endif
