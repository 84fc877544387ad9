#include "config.h"

#include "gazetted/hash.h"

#include <xxhash.h>

uint64_t
gaz_hash64(const void *p, size_t n)
{
	return XXH3_64bits(p, n);
}

void
gaz_hash128_hex(const void *p, size_t n, char out[33])
{
	static const char digits[] = "0123456789abcdef";
	XXH128_canonical_t bytes; /* the same on machines of either endian */

	XXH128_canonicalFromHash(&bytes, XXH3_128bits(p, n));
	for (size_t i = 0; i < sizeof(bytes.digest); i++) {
		out[2 * i] = digits[bytes.digest[i] >> 4];
		out[2 * i + 1] = digits[bytes.digest[i] & 15];
	}
	out[32] = '\0';
}

/* The finishing step of the SplitMix64 generator: every bit moves every. */
static uint64_t
spread(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

uint64_t
gaz_hash_mix(uint64_t a, uint64_t b)
{
	/* Spread twice, so that (a, b) and (b, a) differ. */
	return spread(spread(a + UINT64_C(0x9e3779b97f4a7c15)) + b);
}
