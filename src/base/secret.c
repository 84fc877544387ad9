#include "config.h"

#include "gazetted/secret.h"

#include <errno.h>
#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <sys/random.h>

#include "gazetted/mem.h"

void
gaz_secret_make(char out[GAZ_SECRET_LEN + 1])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t raw[GAZ_SECRET_LEN / 2];
	size_t have = 0;

	while (have < sizeof(raw)) {
		ssize_t n = getrandom(raw + have, sizeof(raw) - have, 0);

		if (n > 0)
			have += (size_t)n;
		else if (errno != EINTR)
			gaz_mem_die(sizeof(raw)); /* never a weak one */
	}
	for (size_t i = 0; i < sizeof(raw); i++) {
		out[2 * i] = digits[raw[i] >> 4];
		out[2 * i + 1] = digits[raw[i] & 15];
	}
	out[GAZ_SECRET_LEN] = '\0';
}

bool
gaz_secret_eq(const void *a, const void *b, size_t n)
{
	return memeql_sec(a, b, n) != 0;
}

static const char *const names[] = {
	[GAZ_MAC_SHA1] = "sha1",
	[GAZ_MAC_SHA256] = "sha256",
	[GAZ_MAC_SHA384] = "sha384",
	[GAZ_MAC_SHA512] = "sha512",
};

bool
gaz_mac_find(struct gaz_str name, enum gaz_mac *out)
{
	for (size_t i = 0; i < GAZ_COUNT(names); i++) {
		if (gaz_str_ieq_z(name, names[i])) {
			*out = (enum gaz_mac)i;
			return true;
		}
	}
	return false;
}

const char *
gaz_mac_name(enum gaz_mac how)
{
	return names[how];
}

/* The four have the same three functions. */
#define MAC(kind, size)                                                     \
	do {                                                                \
		struct hmac_##kind##_ctx ctx;                               \
		hmac_##kind##_set_key(&ctx, key.len,                        \
		    (const uint8_t *)key.p);                                \
		hmac_##kind##_update(&ctx, data.len,                        \
		    (const uint8_t *)data.p);                               \
		hmac_##kind##_digest(&ctx, size, out);                      \
		return size;                                                \
	} while (0)

size_t
gaz_mac(enum gaz_mac how, struct gaz_str key, struct gaz_str data,
    uint8_t out[GAZ_MAC_MAX])
{
	switch (how) {
	case GAZ_MAC_SHA1:
		MAC(sha1, SHA1_DIGEST_SIZE);
	case GAZ_MAC_SHA256:
		MAC(sha256, SHA256_DIGEST_SIZE);
	case GAZ_MAC_SHA384:
		MAC(sha384, SHA384_DIGEST_SIZE);
	case GAZ_MAC_SHA512:
		MAC(sha512, SHA512_DIGEST_SIZE);
	}
	return 0;
}
