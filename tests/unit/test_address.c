#include "config.h"

#include "fetch/address.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>
#include <sys/un.h>

#include "gazetted/mem.h"

/* Both edges of each range, and the neighbours outside. */
static const struct {
	const char *text;
	bool blocked;
} cases[] = {
	{ "0.0.0.0", true }, { "0.255.255.255", true }, { "1.0.0.0", false },
	{ "9.255.255.255", false }, { "10.0.0.0", true },
	{ "10.255.255.255", true }, { "11.0.0.0", false },
	{ "100.63.255.255", false }, { "100.64.0.0", true },
	{ "100.127.255.255", true }, { "100.128.0.0", false },
	{ "126.255.255.255", false }, { "127.0.0.0", true },
	{ "127.255.255.255", true }, { "128.0.0.0", false },
	{ "169.253.255.255", false }, { "169.254.0.0", true },
	{ "169.254.255.255", true }, { "169.255.0.0", false },
	{ "172.15.255.255", false }, { "172.16.0.0", true },
	{ "172.31.255.255", true }, { "172.32.0.0", false },
	{ "191.255.255.255", false }, { "192.0.0.0", true },
	{ "192.0.0.255", true }, { "192.0.1.0", false },
	{ "192.0.1.255", false }, { "192.0.2.0", true },
	{ "192.0.2.255", true }, { "192.0.3.0", false },
	{ "192.88.98.255", false }, { "192.88.99.0", true },
	{ "192.88.99.255", true }, { "192.88.100.0", false },
	{ "192.167.255.255", false }, { "192.168.0.0", true },
	{ "192.168.255.255", true }, { "192.169.0.0", false },
	{ "198.17.255.255", false }, { "198.18.0.0", true },
	{ "198.19.255.255", true }, { "198.20.0.0", false },
	{ "198.51.99.255", false }, { "198.51.100.0", true },
	{ "198.51.100.255", true }, { "198.51.101.0", false },
	{ "203.0.112.255", false }, { "203.0.113.0", true },
	{ "203.0.113.255", true }, { "203.0.114.0", false },
	{ "223.255.255.255", false }, { "224.0.0.0", true },
	{ "239.255.255.255", true }, { "240.0.0.0", true },
	{ "255.255.255.255", true },
	{ "8.8.8.8", false }, { "192.0.78.24", false },

	{ "::", true }, { "::1", true },
	{ "fbff:ffff::1", false }, { "fc00::", true },
	{ "fdff:ffff:ffff::1", true }, { "fe00::", false },
	{ "fe7f::1", false }, { "fe80::1", true }, { "febf::1", true },
	{ "fec0::1", true }, { "feff::1", true }, { "ff00::", true },
	{ "ff02::1", true },
	{ "2001:db7:ffff::1", false }, { "2001:db8::1", true },
	{ "2001:db8:ffff::1", true }, { "2001:db9::1", false },
	{ "2000:ffff::1", false }, { "2001::1", true },
	{ "2001:0:ffff::1", true }, { "2001:1::1", false },
	{ "2606:4700::1111", false }, { "100::1", true },
	{ "100:0:0:1::1", false }, { "3fff::1", true },
	{ "3fff:1000::1", false },

	/* IPv4 inside IPv6 is as good or bad as it is alone. */
	{ "::ffff:127.0.0.1", true }, { "::ffff:8.8.8.8", false },
	{ "::ffff:10.1.2.3", true }, { "::ffff:100.64.0.1", true },
	{ "::127.0.0.1", true }, { "::8.8.8.8", false },
	{ "::2", true }, /* 0.0.0.2 */
	{ "::ffff:0:127.0.0.1", true }, { "::ffff:0:8.8.8.8", false },
	{ "64:ff9b::127.0.0.1", true }, { "64:ff9b::8.8.8.8", false },
	{ "64:ff9b::192.168.1.1", true },
	{ "64:ff9b:0:0:0:1:7f00:1", false }, /* outside of the /96 */
	{ "64:ff9b:1::127.0.0.1", true }, { "64:ff9b:1::8.8.8.8", false },
	{ "64:ff9b:1:ffff::10.0.0.1", true },
	{ "64:ff9b:1:7f00:0:100::", true },
	{ "64:ff9b:2::127.0.0.1", false },
	{ "2002:7f00:1::", true }, { "2002:7f00:1::1", true },
	{ "2002:a9fe:a9fe::1", true }, { "2002:808:808::1", false },
	{ "2003:7f00:1::", false },
};

static void
test_ranges(void **state)
{
	struct sockaddr_storage sa;
	char text[GAZ_ADDRESS_TEXT_MAX];
	size_t len;

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(cases); i++) {
		if (!gaz_address_parse(cases[i].text, &sa, &len))
			fail_msg("%s: no address", cases[i].text);
		if (gaz_address_is_blocked(&sa, len, NULL, 0) !=
		    cases[i].blocked)
			fail_msg("%s: want %s", cases[i].text,
			    cases[i].blocked ? "blocked" : "open");
		const char *kind = gaz_address_kind(
		    (struct sockaddr *)&sa, len);
		assert_int_equal(strcmp(kind, "public") != 0,
		    cases[i].blocked);
		assert_true(gaz_address_text((struct sockaddr *)&sa, len,
		    text)[0] != '\0');
	}
}

/* Neither family, or cut short: nothing to talk to. */
static void
test_foreign(void **state)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct sockaddr_storage sa;
	char text[GAZ_ADDRESS_TEXT_MAX];
	size_t len;

	(void)state;
	assert_true(gaz_address_is_blocked(&un, sizeof(un), NULL, 0));
	assert_string_equal(gaz_address_text((struct sockaddr *)&un,
	    sizeof(un), text), "");
	assert_true(gaz_address_parse("8.8.8.8", &sa, &len));
	assert_false(gaz_address_is_blocked(&sa, len, NULL, 0));
	assert_true(gaz_address_is_blocked(&sa, len - 1, NULL, 0));
	assert_false(gaz_address_parse("8.8.8.8.", &sa, &len));
	assert_false(gaz_address_parse("0x8.8.8.8", &sa, &len));
	assert_false(gaz_address_parse("[::1]", &sa, &len));
	assert_false(gaz_address_parse("fe80::1%eth0", &sa, &len));
	assert_false(gaz_address_parse("", &sa, &len));
}

static void
test_allow(void **state)
{
	static const struct gaz_fetch_cidr allow[] = {
		{ AF_INET, { 10, 1, 0, 0 }, 16 },
		{ AF_INET, { 192, 168, 1, 7 }, 32 },
		{ AF_INET6, { 0xfd, 0x12 }, 16 },
		{ AF_INET6, { [15] = 1 }, 128 },
		{ AF_INET, { 172, 16 }, 13 },
		{ AF_INET, { 127 }, 33 }, /* nonsense opens nothing */
	};
	static const struct {
		const char *text;
		bool blocked;
	} rows[] = {
		{ "10.1.0.0", false }, { "10.1.255.255", false },
		{ "10.2.0.0", true }, { "10.0.255.255", true },
		{ "192.168.1.7", false }, { "192.168.1.6", true },
		{ "172.23.255.255", false }, { "172.24.0.0", true },
		{ "127.0.0.1", true }, { "::1", false }, { "::", true },
		{ "fd12::1", false }, { "fd13::1", true },
		/* The same machine by another spelling. */
		{ "::ffff:10.1.2.3", false }, { "::ffff:10.2.2.3", true },
		{ "64:ff9b::10.1.2.3", false }, { "64:ff9b::10.2.2.3", true },
		{ "2002:a01:203::1", false },
	};
	static const struct gaz_fetch_cidr all6[] = { { AF_INET6, { 0 }, 0 } };
	static const struct gaz_fetch_cidr all4[] = { { AF_INET, { 0 }, 0 } };
	struct sockaddr_storage sa;
	size_t len;

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
		assert_true(gaz_address_parse(rows[i].text, &sa, &len));
		if (gaz_address_is_blocked(&sa, len, allow,
		    GAZ_COUNT(allow)) != rows[i].blocked)
			fail_msg("%s: want %s", rows[i].text,
			    rows[i].blocked ? "blocked" : "open");
	}
	/* All of one family opens that family. */
	assert_true(gaz_address_parse("127.0.0.1", &sa, &len));
	assert_true(gaz_address_is_blocked(&sa, len, all6, 1));
	assert_false(gaz_address_is_blocked(&sa, len, all4, 1));
	assert_true(gaz_address_parse("fe80::1", &sa, &len));
	assert_false(gaz_address_is_blocked(&sa, len, all6, 1));
	assert_true(gaz_address_is_blocked(&sa, len, all4, 1));
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_allow),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("address", tests, NULL, NULL);
}
