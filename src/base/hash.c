#include "config.h"

#include "gazetted/hash.h"

#include <assert.h>
#include <xxhash.h>

uint64_t
gaz_hash64(const void *p, size_t n)
{
	return XXH3_64bits(p, n);
}

uint64_t
gaz_hash_texts(const struct gaz_str *v, size_t n)
{
	XXH3_state_t *state = XXH3_createState();
	uint64_t hash;
	bool ok = state != NULL && XXH3_64bits_reset(state) == XXH_OK;

	for (size_t i = 0; i < n && ok; i++) {
		ok = (v[i].len == 0 || XXH3_64bits_update(state, v[i].p,
		    v[i].len) == XXH_OK) &&
		    XXH3_64bits_update(state, "", 1) == XXH_OK;
	}
	/* Nothing but memory can be missing. */
	assert(ok);
	hash = XXH3_64bits_digest(state);
	XXH3_freeState(state);
	return hash;
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
