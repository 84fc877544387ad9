/* A request's head and what stands in its fields: any bytes are survived. */
#include "config.h"

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "http/head.h"

#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gaz_str bytes = gaz_str_make((const char *)data, size);
	struct gaz_arena a = { 0 };
	http_pair_list params = { 0 };
	struct http_head h;
	const char *why = NULL;
	size_t whole = 0, scanned = 0;

	size_t end = http_head_end(bytes, &whole);
	assert(end <= size);
	/* in pieces it ends at the same place */
	for (size_t n = 0; n <= size && size < 4096; n++) {
		size_t e = http_head_end(gaz_str_sub(bytes, 0, n), &scanned);
		assert(e == 0 || e == end);
		if (e != 0)
			break;
		assert(n < size || end == 0);
	}
	int status = http_head_parse(end != 0 ? gaz_str_sub(bytes, 0, end)
	                                      : bytes, &a, &h, &why);
	assert((status == 0) == (why == NULL));
	if (status == 0) {
		assert(h.path.len > 0 && gaz_utf8_is_valid(h.path));
		assert(!h.chunked || h.content_length == -1);
		assert(h.content_length >= -1);
		if (http_params_parse(h.query, 100, &a, &params, &why))
			assert(params.n <= 100);
		struct gaz_str field = http_head_field(&h, "Accept");
		int q = http_accept_quality(field, "text/html");
		assert(q >= 0 && q <= 1000);
		http_accepts_gzip(field);
		http_etag_matches(field, GAZ_STR("x"));
		http_host_is_address(http_host_name(h.host));
	}
	gaz_arena_clear(&a);
	return 0;
}
