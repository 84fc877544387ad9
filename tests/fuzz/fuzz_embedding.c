#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "daemon/embedding.h"
#include "gazetted/limits.h"

#include "fuzz.h"

/* An answer to two texts. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gaz_vectors v = { 0 };
	struct gaz_err err = { 0 };

	if (gaz_embedding_read(gaz_str_make((const char *)data, size), 2, &v,
	    &err)) {
		FUZZ_CHECK(v.n == 2 && v.len > 0 &&
		    v.len <= GAZ_STORY_VECTOR_MAX, "%zu vectors of %zu", v.n,
		    v.len);
		for (size_t i = 0; i < 2; i++) {
			int most = 0;

			for (size_t k = 0; k < v.len; k++) {
				int x = abs(v.v[i * v.len + k]);

				most = x > most ? x : most;
			}
			FUZZ_CHECK(most == 127, "a largest number of %d", most);
		}
	} else {
		FUZZ_CHECK(v.v == NULL && err.msg[0] != '\0',
		    "a failure without a reason");
	}
	gaz_vectors_clear(&v);
	return 0;
}
