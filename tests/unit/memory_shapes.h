#ifndef GAZETTED_TESTS_MEMORY_SHAPES_H
#define GAZETTED_TESTS_MEMORY_SHAPES_H

#include "gazetted/buf.h"
#include "gazetted/mem.h"

/* Documents of many shapes, good and bad, that are made of one thing each. */
struct memory_shape {
	const char *name;
	/* Append about so many bytes, not more than a few kilobytes above. */
	void (*make)(struct gaz_buf *b, size_t size);
	bool is_opml;
};

/* Of XML feeds and what is none; of JSON and OPML. */
extern const struct memory_shape memory_shapes[], memory_shapes_lists[];
extern const size_t memory_shapes_n, memory_shapes_lists_n;

/* A feed in several languages. */
void memory_shape_ordinary(struct gaz_buf *b);

/* ----- for those who make them ----- */

static inline void
fill(struct gaz_buf *b, const char *text, size_t until)
{
	size_t n = strlen(text);

	while (b->len + n < until)
		gaz_buf_put(b, text, n);
}

/* head, as many of the text as fit, tail. */
static inline void
wrap(struct gaz_buf *b, size_t size, const char *head, const char *text,
    const char *tail)
{
	gaz_buf_put_z(b, head);
	fill(b, text, size - strlen(tail));
	gaz_buf_put_z(b, tail);
}

/* The same, with a number in the place of each %zu. */
#define COUNT(b, size, fmt, ...) \
	for (size_t i = 0; (b)->len + 200 < (size); i++) \
		gaz_buf_put_fmt((b), fmt, __VA_ARGS__)

#endif
