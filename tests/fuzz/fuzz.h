#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include "gazetted/buf.h"

/* What a fuzzing engine calls; returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A promise of ours: say which one was broken, and die. */
#define FUZZ_CHECK(truth, ...)                        \
	do {                                          \
		if (!(truth)) {                       \
			fprintf(stderr, __VA_ARGS__); \
			fputc('\n', stderr);          \
			abort();                      \
		}                                     \
	} while (0)

/* Append the bytes as the decoder would have handed them on: valid UTF-8. */
static inline void
fuzz_make_valid(const uint8_t *data, size_t size, struct gaz_buf *out)
{
	struct gaz_str s = gaz_str_make((const void *)data, size);

	for (size_t pos = 0; pos < s.len;)
		gaz_buf_put_utf8(out, gaz_utf8_next(s, &pos));
}

#endif
