#include "config.h"

#include "gazetted/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "gazetted/mem.h"

/* RFC 4231, test cases 1, 2, 3, 4, 6 and 7; for SHA-1 the same keys and data
 * with the results of RFC 2202 where it has them. */
static const struct {
	const char *name;
	const char *key, *data; /* NULL: a run of byte x, below */
	uint8_t key_byte, data_byte;
	size_t key_len, data_len;
	const char *sha1, *sha256, *sha384, *sha512;
} cases[] = {
	{ "1", NULL, "Hi There", 0x0b, 0, 20, 8,
	  "b617318655057264e28bc0b6fb378c8ef146be00",
	  "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
	  "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59c"
	  "faea9ea9076ede7f4af152e8b2fa9cb6",
	  "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
	  "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854" },
	{ "2", "Jefe", "what do ya want for nothing?", 0, 0, 4, 28,
	  "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
	  "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
	  "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
	  "8e2240ca5e69e2c78b3239ecfab21649",
	  "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
	  "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737" },
	{ "3", NULL, NULL, 0xaa, 0xdd, 20, 50,
	  "125d7342b9ac11cd91a39af48aa17b4f63f175d3",
	  "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
	  "88062608d3e6ad8a0aa2ace014c8a86f0aa635d947ac9febe83ef4e55966144b"
	  "2a5ab39dc13814b94e3ab6e101a34f27",
	  "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39"
	  "bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb" },
	{ "6, a key longer than a block", NULL,
	  "Test Using Larger Than Block-Size Key - Hash Key First", 0xaa, 0,
	  131, 54, NULL,
	  "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
	  "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c6"
	  "0c2ef6ab4030fe8296248df163f44952",
	  "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
	  "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598" },
};

static void
to_hex(const uint8_t *p, size_t n, char *out)
{
	for (size_t i = 0; i < n; i++)
		snprintf(out + 2 * i, 3, "%02x", p[i]);
}

static void
test_vectors(void **state)
{
	static const enum gaz_mac all[] = { GAZ_MAC_SHA1, GAZ_MAC_SHA256,
		GAZ_MAC_SHA384, GAZ_MAC_SHA512 };
	static const size_t lengths[] = { 20, 32, 48, 64 };

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		const char *want[] = { cases[i].sha1, cases[i].sha256,
			cases[i].sha384, cases[i].sha512 };
		char key[160], data[160], hex[2 * GAZ_MAC_MAX + 1];
		uint8_t out[GAZ_MAC_MAX];

		memset(key, cases[i].key_byte, sizeof(key));
		memset(data, cases[i].data_byte, sizeof(data));
		struct gaz_str k = gaz_str_make(cases[i].key != NULL ?
		    cases[i].key : key, cases[i].key_len);
		struct gaz_str d = gaz_str_make(cases[i].data != NULL ?
		    cases[i].data : data, cases[i].data_len);
		for (size_t m = 0; m < GAZ_COUNT(all); m++) {
			size_t n = gaz_mac(all[m], k, d, out);

			assert_int_equal(n, lengths[m]);
			to_hex(out, n, hex);
			if (want[m] != NULL && strcmp(hex, want[m]) != 0)
				fail_msg("case %s, %s: got %s",
				    cases[i].name, gaz_mac_name(all[m]), hex);
		}
	}
}

static void
test_names(void **state)
{
	enum gaz_mac how = GAZ_MAC_SHA1;

	(void)state;
	assert_true(gaz_mac_find(GAZ_STR("SHA384"), &how));
	assert_int_equal(how, GAZ_MAC_SHA384);
	assert_false(gaz_mac_find(GAZ_STR("md5"), &how));
	assert_false(gaz_mac_find(GAZ_STR("sha25"), &how));
	assert_false(gaz_mac_find(GAZ_STR(""), &how));
	assert_int_equal(how, GAZ_MAC_SHA384);
}

static void
test_make(void **state)
{
	char a[GAZ_SECRET_LEN + 1], b[GAZ_SECRET_LEN + 1];

	(void)state;
	gaz_secret_make(a);
	gaz_secret_make(b);
	assert_int_equal(strlen(a), GAZ_SECRET_LEN);
	assert_int_equal(strspn(a, "0123456789abcdef"), GAZ_SECRET_LEN);
	assert_false(gaz_secret_eq(a, b, GAZ_SECRET_LEN));
	assert_true(gaz_secret_eq(a, a, GAZ_SECRET_LEN));
	memcpy(b, a, sizeof(b));
	b[GAZ_SECRET_LEN - 1] ^= 1;
	assert_false(gaz_secret_eq(a, b, GAZ_SECRET_LEN));
	assert_true(gaz_secret_eq(a, b, GAZ_SECRET_LEN - 1));
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_make),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
