/*
 * What hubs say: a signature, Link fields, the parameters of a verification.
 * The lines of the input, in that order; the last may be a body.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/websub_form.h"
#include "gazetted/limits.h"
#include "gazetted/link.h"
#include "http/head.h"

#include "fuzz.h"

static void
check_signature(struct gaz_str value, struct gaz_str body)
{
	static const struct gaz_str key = { "k3y", 3 };
	uint8_t mac[GAZ_MAC_MAX];
	enum gaz_mac how;
	struct gaz_buf made;

	if (!gaz_websub_read_signature(value, &how, mac)) {
		FUZZ_CHECK(!gaz_websub_is_signed(value, key, body),
		    "signed by what cannot be read");
		return;
	}
	gaz_buf_init(&made, GAZ_BUF_NO_MAX);
	gaz_websub_sign(&made, how, key, body);
	FUZZ_CHECK(gaz_websub_is_signed(gaz_buf_str(&made), key, body),
	    "our own signature is wrong");
	FUZZ_CHECK(gaz_websub_is_signed(value, key, body) ==
	    gaz_str_ieq(value, gaz_buf_str(&made)), "another one is right");
	gaz_buf_clear(&made);
}

static void
check_links(struct gaz_str value)
{
	struct gaz_str rest = value;
	struct gaz_link_field f;

	for (size_t n = 0; gaz_link_field_next(&rest, &f); n++) {
		FUZZ_CHECK(n <= value.len, "links without end");
		FUZZ_CHECK(f.target.p >= value.p &&
		    f.target.p + f.target.len <= value.p + value.len,
		    "a target from elsewhere");
		FUZZ_CHECK(!f.anchored || !gaz_link_field_is(&f, "self"),
		    "a link about something else");
	}
}

static void
check_params(struct gaz_str query)
{
	struct gaz_arena a = { 0 };
	http_pair_list params = { 0 }, again = { 0 };
	const char *why = NULL;
	struct gaz_buf form;
	int64_t brief = 0;

	if (!http_params_parse(query, 100, &a, &params, &why)) {
		gaz_arena_clear(&a);
		return;
	}
	gaz_buf_init(&form, GAZ_BUF_NO_MAX);
	struct gaz_str rest = query, piece;
	for (size_t i = 0; gaz_str_split(&rest, '&', &piece);) {
		size_t eq = gaz_str_find_char(piece, '=', 0);

		if (piece.len == 0)
			continue;
		FUZZ_CHECK(gaz_str_eq(params.v[i].value, gaz_websub_decode(&a,
		    gaz_str_sub(piece, eq == GAZ_STR_NPOS ? piece.len : eq + 1,
		    piece.len))), "decoded in another way");
		i++;
	}
	for (size_t i = 0; i < params.n; i++) {
		struct gaz_str v = params.v[i].value;
		int64_t s = gaz_websub_lease_s(v);

		FUZZ_CHECK(s >= 1 && s <= GAZ_WEBSUB_LEASE_MAX_S, "lease");
		FUZZ_CHECK(gaz_websub_renew_s(s, &brief) >=
		    GAZ_WEBSUB_RENEW_MIN_S, "renewed too soon");
		gaz_websub_may_have_secret(v);
		gaz_websub_has_user(v);
		gaz_websub_token(v);
		gaz_websub_put_param(&form, "x", v);
	}
	/* What we write is read as it was. */
	FUZZ_CHECK(http_params_parse(gaz_buf_str(&form), 100, &a, &again, &why),
	    "%s", why);
	FUZZ_CHECK(again.n == params.n, "another number of parameters");
	for (size_t i = 0; i < again.n; i++)
		FUZZ_CHECK(gaz_str_eq(again.v[i].value, params.v[i].value),
		    "another value");
	gaz_buf_clear(&form);
	gaz_arena_clear(&a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gaz_str rest = gaz_str_make((const char *)data, size);
	struct gaz_str signature, links, query;

	if (!gaz_str_split(&rest, '\n', &signature) ||
	    !gaz_str_split(&rest, '\n', &links) ||
	    !gaz_str_split(&rest, '\n', &query))
		return 0;
	if (rest.p == NULL)
		rest = GAZ_STR("");
	check_signature(signature, rest);
	check_links(links);
	check_params(query);
	return 0;
}
