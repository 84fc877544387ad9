#include "config.h"

#include "address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "gazetted/mem.h"

/*
 * Which addresses are inside. A row is a range; a row with an offset holds an
 * IPv4 address in its last four bytes or elsewhere, and is as blocked as that
 * address is. IPv4 is looked up in the mapped form, so one table does both.
 */
#define WHOLE (-1) /* the range itself is blocked */

struct range {
	uint8_t addr[16];
	unsigned bits;
	int embedded; /* where the IPv4 address begins, or WHOLE */
	const char *kind;
};

#define V4(a, b, c, d) \
	{ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d }

/* RFC 6890 and the IANA registries of special-purpose addresses. */
static const struct range v4_ranges[] = {
	{ V4(0, 0, 0, 0), 8, WHOLE, "this network" },
	{ V4(10, 0, 0, 0), 8, WHOLE, "private" },
	{ V4(100, 64, 0, 0), 10, WHOLE, "carrier" },
	{ V4(127, 0, 0, 0), 8, WHOLE, "loopback" },
	{ V4(169, 254, 0, 0), 16, WHOLE, "link-local" },
	{ V4(172, 16, 0, 0), 12, WHOLE, "private" },
	{ V4(192, 0, 0, 0), 24, WHOLE, "reserved" },
	{ V4(192, 0, 2, 0), 24, WHOLE, "documentation" },
	{ V4(192, 88, 99, 0), 24, WHOLE, "relay" },
	{ V4(192, 168, 0, 0), 16, WHOLE, "private" },
	{ V4(198, 18, 0, 0), 15, WHOLE, "benchmark" },
	{ V4(198, 51, 100, 0), 24, WHOLE, "documentation" },
	{ V4(203, 0, 113, 0), 24, WHOLE, "documentation" },
	{ V4(224, 0, 0, 0), 4, WHOLE, "multicast" },
	{ V4(240, 0, 0, 0), 4, WHOLE, "reserved" },
};

static const struct range v6_ranges[] = {
	{ { 0 }, 128, WHOLE, "unspecified" },
	{ { [15] = 1 }, 128, WHOLE, "loopback" },
	{ { 0xfc }, 7, WHOLE, "private" },
	{ { 0xfe, 0x80 }, 10, WHOLE, "link-local" },
	{ { 0xfe, 0xc0 }, 10, WHOLE, "private" },
	{ { 0xff }, 8, WHOLE, "multicast" },
	{ { 0x01, 0x00 }, 64, WHOLE, "discard" },
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32, WHOLE, "documentation" },
	{ { 0x3f, 0xff }, 20, WHOLE, "documentation" },
	{ { 0x20, 0x01, 0x00, 0x00 }, 32, WHOLE, "tunnel" },
	{ { 0 }, 96, 12, "IPv4-compatible" },
	{ { [8] = 0xff, 0xff, 0, 0 }, 96, 12, "IPv4-translated" },
	{ { 0x00, 0x64, 0xff, 0x9b }, 96, 12, "NAT64" },
	/* RFC 6052: a /48 splits the address around byte 8. What ends in zeros
	 * is that form, and blocked as 0.0.0.0 is. */
	{ { 0x00, 0x64, 0xff, 0x9b, 0x00, 0x01 }, 48, 12, "NAT64" },
	{ { 0x20, 0x02 }, 16, 2, "6to4" },
};

struct address {
	uint8_t b[16];
	bool v4; /* also when it came in the mapped form */
};

static bool
is_within(const uint8_t *a, const uint8_t *range, unsigned bits)
{
	size_t whole = bits / 8;
	unsigned rest = bits % 8;

	if (memcmp(a, range, whole) != 0)
		return false;
	return rest == 0 || ((a[whole] ^ range[whole]) >> (8 - rest)) == 0;
}

static bool
address_of(const struct sockaddr *sa, size_t len, struct address *out)
{
	static const uint8_t mapped[16] = V4(0, 0, 0, 0);

	if (len >= sizeof(struct sockaddr_in) && sa->sa_family == AF_INET) {
		struct sockaddr_in in;
		memcpy(&in, sa, sizeof(in));
		memcpy(out->b, mapped, 12);
		memcpy(out->b + 12, &in.sin_addr, 4);
	} else if (len >= sizeof(struct sockaddr_in6) &&
	    sa->sa_family == AF_INET6) {
		struct sockaddr_in6 in6;
		memcpy(&in6, sa, sizeof(in6));
		memcpy(out->b, &in6.sin6_addr, 16);
	} else {
		return false;
	}
	out->v4 = is_within(out->b, mapped, 96);
	return true;
}

static struct address
embedded_in(const struct address *a, int offset)
{
	struct address out = { V4(0, 0, 0, 0), true };

	memcpy(out.b + 12, a->b + offset, 4);
	return out;
}

static const struct range *
find_v4(const struct address *a)
{
	for (size_t i = 0; i < GAZ_COUNT(v4_ranges); i++) {
		if (is_within(a->b, v4_ranges[i].addr, 96 + v4_ranges[i].bits))
			return &v4_ranges[i];
	}
	return NULL;
}

static bool
is_allowed(const struct address *a, const struct gaz_fetch_cidr *allow,
    size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool v4 = allow[i].family == AF_INET;
		unsigned most = v4 ? 32 : 128;
		const uint8_t *b = v4 ? a->b + 12 : a->b;
		if (allow[i].bits > most || v4 != a->v4)
			continue;
		if (is_within(b, allow[i].addr, allow[i].bits))
			return true;
	}
	return false;
}

/* The blocked range that a is in, or NULL. */
static const struct range *
find_blocked(const struct address *a, const struct gaz_fetch_cidr *allow,
    size_t n)
{
	if (is_allowed(a, allow, n))
		return NULL;
	if (a->v4)
		return find_v4(a);
	for (size_t i = 0; i < GAZ_COUNT(v6_ranges); i++) {
		const struct range *r = &v6_ranges[i];
		if (!is_within(a->b, r->addr, r->bits))
			continue;
		if (r->embedded == WHOLE)
			return r;
		struct address inner = embedded_in(a, r->embedded);
		if (find_v4(&inner) != NULL && !is_allowed(&inner, allow, n))
			return r;
	}
	return NULL;
}

bool
gaz_address_is_blocked(const void *sa, size_t len,
    const struct gaz_fetch_cidr *allow, size_t allow_count)
{
	struct address a;

	/* Neither IPv4 nor IPv6 is nothing that we want to talk to. */
	if (!address_of(sa, len, &a))
		return true;
	return find_blocked(&a, allow, allow_count) != NULL;
}

const char *
gaz_address_kind(const struct sockaddr *sa, size_t len)
{
	struct address a;

	if (!address_of(sa, len, &a))
		return "foreign";
	const struct range *r = find_blocked(&a, NULL, 0);
	return r != NULL ? r->kind : "public";
}

const char *
gaz_address_text(const struct sockaddr *sa, size_t len,
    char out[GAZ_ADDRESS_TEXT_MAX])
{
	struct address a;
	struct in6_addr in6;

	out[0] = '\0';
	if (!address_of(sa, len, &a))
		return out;
	if (sa->sa_family == AF_INET) {
		struct in_addr in;
		memcpy(&in, a.b + 12, 4);
		inet_ntop(AF_INET, &in, out, GAZ_ADDRESS_TEXT_MAX);
	} else {
		memcpy(&in6, a.b, 16);
		inet_ntop(AF_INET6, &in6, out, GAZ_ADDRESS_TEXT_MAX);
	}
	return out;
}

bool
gaz_address_parse(const char *text, struct sockaddr_storage *out, size_t *len)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };

	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, text, &in.sin_addr) == 1) {
		memcpy(out, &in, sizeof(in));
		*len = sizeof(in);
		return true;
	}
	if (inet_pton(AF_INET6, text, &in6.sin6_addr) == 1) {
		memcpy(out, &in6, sizeof(in6));
		*len = sizeof(in6);
		return true;
	}
	return false;
}
