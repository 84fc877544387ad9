#include "config.h"

#include "daemon/websub_form.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "gazetted/limits.h"
#include "gazetted/mem.h"

#define BODY "<feed/>"
#define KEY "0123456789abcdef"
/* Of BODY with KEY, as openssl dgst -hmac has them. */
#define SHA1 "sha1=c8a2758f0ecb063038277c94fefbfa6806785299"
#define SHA256_HEX "8d40576aa42f91b2f96668862896800ac763cef8e3952ae7f4f95daed34004b7"
#define SHA256 "sha256=" SHA256_HEX
#define SHA384 "sha384=f4cbba73929e16de7629e9ec871269bceece9aa5a6bd1567" \
	"28fc616bdb9195b3ddff73e14d96a2d714d1b2b9743f8e76"
#define SHA512 "sha512=8bdb7b20eef38bf64bafa1f236ecaf9b1a7f6eea4587fbe0" \
	"6f6c3ca6e36863be836a5cc5421e8840c877339066cf318456f116cfd70550aeff628a4739abc269"

static void
test_signatures(void **state)
{
	static const struct {
		const char *name, *value;
		bool good;
	} rows[] = {
		{ "sha1", SHA1, true },
		{ "sha256", SHA256, true },
		{ "sha384", SHA384, true },
		{ "sha512", SHA512, true },
		{ "the name in capitals", "SHA256=" SHA256_HEX, true },
		{ "digits in capitals", "sha1=C8A2758F0ECB063038277C94FEFBFA6806785299", true },
		{ "one digit less", "sha1=c8a2758f0ecb063038277c94fefbfa680678529", false },
		{ "one digit more", SHA1 "0", false },
		{ "another hash's name", "sha512=" SHA256_HEX, false },
		{ "md5", "md5=d41d8cd98f00b204e9800998ecf8427e", false },
		{ "no name", SHA256_HEX, false },
		{ "no digits", "sha256=", false },
		{ "no hexadecimal", "sha1=zza2758f0ecb063038277c94fefbfa6806785299", false },
		{ "a space in front", "sha256= " SHA256_HEX, false },
		{ "two in one", SHA256 "," SHA1, false },
		{ "empty", "", false },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
		struct gaz_str v = gaz_str_of(rows[i].value);

		if (gaz_websub_is_signed(v, GAZ_STR(KEY), GAZ_STR(BODY)) !=
		    rows[i].good)
			fail_msg("%s", rows[i].name);
		assert_false(gaz_websub_is_signed(v, GAZ_STR(KEY "x"),
		    GAZ_STR(BODY)));
		assert_false(gaz_websub_is_signed(v, GAZ_STR(KEY),
		    GAZ_STR(BODY " ")));
		/* Without a secret nothing is proved. */
		assert_false(gaz_websub_is_signed(v, GAZ_STR(""),
		    GAZ_STR(BODY)));
	}
	assert_false(gaz_websub_is_signed(GAZ_STR_NONE, GAZ_STR(KEY),
	    GAZ_STR(BODY)));
}

static void
test_sign(void **state)
{
	struct gaz_buf out;

	(void)state;
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	gaz_websub_sign(&out, GAZ_MAC_SHA384, GAZ_STR(KEY), GAZ_STR(BODY));
	assert_string_equal(out.p, SHA384);
	gaz_buf_clear(&out);
}

static void
test_leases(void **state)
{
	static const struct {
		const char *said;
		int64_t want;
	} rows[] = {
		{ "1", 1 },
		{ "864000", 864000 },
		{ "2592000", GAZ_WEBSUB_LEASE_MAX_S },
		{ "2592001", GAZ_WEBSUB_LEASE_MAX_S },
		{ "9223372036854775807", GAZ_WEBSUB_LEASE_MAX_S },
		{ "9223372036854775808", GAZ_WEBSUB_LEASE_UNSAID_S },
		{ "0", GAZ_WEBSUB_LEASE_UNSAID_S },
		{ "-5", GAZ_WEBSUB_LEASE_UNSAID_S },
		{ "1e6", GAZ_WEBSUB_LEASE_UNSAID_S },
		{ "", GAZ_WEBSUB_LEASE_UNSAID_S },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
		int64_t got = gaz_websub_lease_s(gaz_str_of(rows[i].said));

		if (got != rows[i].want)
			fail_msg("%s: %lld", rows[i].said, (long long)got);
	}
}

static void
test_renewal(void **state)
{
	int64_t brief = 0, sum = 0, n = 0;

	(void)state;
	assert_int_equal(gaz_websub_renew_s(864000, &brief), 691200);
	assert_int_equal(gaz_websub_renew_s(GAZ_WEBSUB_BRIEF_S, &brief), 480);
	assert_int_equal(brief, 0);
	assert_int_equal(gaz_websub_renew_s(GAZ_WEBSUB_LEASE_MAX_S, &brief),
	    GAZ_WEBSUB_LEASE_MAX_S / 5 * 4);
	/* A short one is renewed in time, once or twice. */
	assert_int_equal(gaz_websub_renew_s(10, &brief), 8);
	assert_int_equal(gaz_websub_renew_s(10, &brief), 8);
	assert_int_equal(gaz_websub_renew_s(10, &brief), 16);
	/* A hub that gives a second each time is asked a few times an hour. */
	brief = 0;
	assert_int_equal(gaz_websub_renew_s(1, &brief),
	    GAZ_WEBSUB_RENEW_MIN_S);
	for (; sum < 86400; n++)
		sum += gaz_websub_renew_s(1, &brief);
	assert_true(n < 100);
	assert_int_equal(brief, GAZ_WEBSUB_RENEW_DOUBLINGS_MAX);
	/* A long one makes up for all. */
	gaz_websub_renew_s(864000, &brief);
	assert_int_equal(brief, 0);
}

static void
test_who_may_have_a_secret(void **state)
{
	static const struct {
		const char *hub;
		bool may;
	} rows[] = {
		{ "https://hub.example/", true },
		{ "HTTPS://hub.example/", true },
		{ "http://hub.example/", false },
		{ "http://127.0.0.1/hub", true },
		{ "http://127.8.9.10:8080/hub", true },
		{ "http://[::1]/hub", true },
		{ "http://[::1]:80", true },
		{ "http://localhost:99/", true },
		{ "http://LOCALHOST", true },
		{ "http://localhost.example/", false },
		{ "http://127.0.0.1.example/", false },
		{ "http://127.0.0.256/", false },
		{ "http://127.1/", false },
		{ "http://0127.0.0.1/", false },
		{ "http://127.0.0.1@hub.example/", false },
		{ "http://hub.example/?127.0.0.1", false },
		{ "http://hub.example\\@127.0.0.1/", false },
		{ "http://hub.example#@127.0.0.1/", false },
		{ "http://[::1].example/", false },
		{ "http://192.168.0.1/", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
		if (gaz_websub_may_have_secret(gaz_str_of(rows[i].hub)) !=
		    rows[i].may)
			fail_msg("%s", rows[i].hub);
	}
	assert_true(gaz_websub_has_user(GAZ_STR("https://joe:pw@h.example/")));
	assert_true(gaz_websub_has_user(GAZ_STR("https://joe@h.example")));
	assert_false(gaz_websub_has_user(GAZ_STR("https://h.example/@joe")));
	assert_false(gaz_websub_has_user(GAZ_STR("https://h.example/?a@b")));
}

static void
test_forms(void **state)
{
	struct gaz_buf out;

	(void)state;
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	gaz_websub_put_param(&out, "hub.mode", GAZ_STR("subscribe"));
	gaz_websub_put_param(&out, "hub.topic",
	    GAZ_STR("https://a.example/f?x=1&y=é +~"));
	assert_string_equal(out.p, "hub.mode=subscribe&hub.topic="
	    "https%3A%2F%2Fa.example%2Ff%3Fx%3D1%26y%3D%C3%A9%20%2B~");
	gaz_buf_reset(&out);
	gaz_buf_put_z(&out, "https://us.example/?");
	gaz_websub_put_param(&out, "a", GAZ_STR(""));
	assert_string_equal(out.p, "https://us.example/?a=");
	gaz_buf_clear(&out);
}

static void
test_decode(void **state)
{
	static const struct {
		const char *in, *out; /* NULL: refused */
	} rows[] = {
		{ "a%2Cb+c", "a,b c" },
		{ "%c3%A9", "é" },
		{ "", "" },
		{ "%", NULL },
		{ "%4", NULL },
		{ "%zz", NULL },
		{ "%00", NULL },
		{ "%ff", NULL },
	};
	struct gaz_arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
		struct gaz_str got = gaz_websub_decode(&a,
		    gaz_str_of(rows[i].in));

		if ((got.p == NULL) != (rows[i].out == NULL) ||
		    (got.p != NULL && !gaz_str_eq_z(got, rows[i].out)))
			fail_msg("%s", rows[i].in);
	}
	gaz_arena_clear(&a);
}

static void
test_tokens(void **state)
{
	char token[GAZ_SECRET_LEN + 1];
	struct gaz_str s = { token, GAZ_SECRET_LEN };

	(void)state;
	gaz_secret_make(token);
	assert_true(gaz_str_eq(gaz_websub_token(s), s));
	s.len--;
	assert_null(gaz_websub_token(s).p);
	s.len++;
	token[3] = 'A';
	assert_null(gaz_websub_token(s).p);
	token[3] = '/';
	assert_null(gaz_websub_token(s).p);
	assert_null(gaz_websub_token(GAZ_STR("")).p);
}

static void
test_hubs(void **state)
{
	static const struct {
		const char *name, *lines, *want;
	} rows[] = {
		{ "none", "", "" },
		{ "one", "https://a.example/", "https://a.example/" },
		{ "each once", "https://a.example/\nhttp://b.example/\n"
		  "https://a.example/", "https://a.example/\n"
		  "http://b.example/" },
		{ "what cannot be asked", "ftp://a.example/\n\n/hub\n"
		  "http://b.example/", "http://b.example/" },
		{ "GAZ_WEBSUB_HUBS_MAX", "http://1.x/\nhttp://2.x/\n"
		  "http://3.x/\nhttp://4.x/", "http://1.x/\nhttp://2.x/\n"
		  "http://3.x/\nhttp://4.x/" },
		{ "one more", "http://1.x/\nhttp://2.x/\nhttp://3.x/\n"
		  "http://4.x/\nhttp://5.x/", "http://1.x/\nhttp://2.x/\n"
		  "http://3.x/\nhttp://4.x/" },
	};
	struct gaz_arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
		gaz_str_list hubs;
		struct gaz_str got;

		gaz_websub_split(&a, gaz_str_of(rows[i].lines), &hubs);
		got = gaz_websub_join(&a, &hubs);
		if (!gaz_str_eq_z(got, rows[i].want))
			fail_msg("%s: %.*s", rows[i].name, GAZ_STR_ARG(got));
	}
	gaz_arena_clear(&a);
}

static void
test_next_hub(void **state)
{
	static const struct {
		const char *name;
		int64_t at[4];
		size_t n, own;
		int64_t before;
		size_t want;
	} rows[] = {
		{ "no other", { 5 }, 1, 0, 9, 1 },
		{ "none at all", { 0 }, 0, 0, 9, 0 },
		{ "the next", { 5, 5, 5 }, 3, 1, 9, 2 },
		{ "in a circle", { 5, 5, 5 }, 3, 2, 9, 0 },
		{ "the soonest", { 7, 5, 6 }, 3, 2, 9, 1 },
		{ "not later than its own", { 9, 9, 0 }, 3, 2, 9, 3 },
		{ "its own is not listed", { 5, 5, 5 }, 3, 3, 9, 0 },
	};

	(void)state;
	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
		size_t got = gaz_websub_next_hub(rows[i].at, rows[i].n,
		    rows[i].own, rows[i].before);

		if (got != rows[i].want)
			fail_msg("%s: %zu", rows[i].name, got);
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signatures),
		cmocka_unit_test(test_sign),
		cmocka_unit_test(test_hubs),
		cmocka_unit_test(test_next_hub),
		cmocka_unit_test(test_leases),
		cmocka_unit_test(test_renewal),
		cmocka_unit_test(test_who_may_have_a_secret),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_decode),
		cmocka_unit_test(test_tokens),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("websub_form", tests, NULL, NULL);
}
