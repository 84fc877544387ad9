#ifndef GAZETTED_BUF_H
#define GAZETTED_BUF_H

#include "gazetted/err.h"
#include "gazetted/str.h"

#include <stdarg.h>

/*
 * A growing buffer that owns its memory. Every buffer knows its ceiling from
 * birth. Two ways to fill it:
 *  - gaz_buf_add: checked, for bytes whose amount comes from outside;
 *  - gaz_buf_put*: for writers of documents; once the ceiling is hit nothing
 *    more is taken, full turns true and stays so: check it once at the end.
 * One thread at a time.
 */
struct gaz_buf {
	char *p;    /* NUL after the last byte; NULL while empty */
	size_t len; /* bytes, without the NUL */
	size_t cap;
	size_t max; /* growing past it fails with GAZ_ERR_LIMIT */
	bool full;  /* a put was refused */
};

/* No ceiling of its own, for text whose parts are limited already. */
#define GAZ_BUF_NO_MAX (SIZE_MAX / 4)

void gaz_buf_init(struct gaz_buf *b, size_t max);
/* Free the memory; the buffer is empty and usable again, max kept. */
void gaz_buf_clear(struct gaz_buf *b);
/* Empty it and keep the memory. */
void gaz_buf_reset(struct gaz_buf *b);
/* Drop everything behind the first len bytes. */
void gaz_buf_truncate(struct gaz_buf *b, size_t len);

/* Here and below: what is added must not lie inside the buffer itself. */
bool gaz_buf_add(struct gaz_buf *b, const void *p, size_t n,
    struct gaz_err *err) __attribute__((warn_unused_result));

/* gaz_buf_put when there is no room yet. */
void gaz_buf_put_more(struct gaz_buf *b, const void *p, size_t n);

static inline void
gaz_buf_put(struct gaz_buf *b, const void *p, size_t n)
{
	/* cap has room for the NUL, and is within the ceiling. */
	if (n >= b->cap - b->len || b->full) {
		gaz_buf_put_more(b, p, n);
		return;
	}
	if (n != 0)
		memcpy(b->p + b->len, p, n);
	b->len += n;
	b->p[b->len] = '\0';
}

static inline void
gaz_buf_put_str(struct gaz_buf *b, struct gaz_str s)
{
	gaz_buf_put(b, s.p, s.len);
}

static inline void
gaz_buf_put_z(struct gaz_buf *b, const char *z)
{
	gaz_buf_put(b, z, strlen(z));
}

static inline void
gaz_buf_put_char(struct gaz_buf *b, char c)
{
	gaz_buf_put(b, &c, 1);
}

/* One Unicode character, as UTF-8. */
void gaz_buf_put_utf8(struct gaz_buf *b, uint32_t c);
void gaz_buf_put_fmt(struct gaz_buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void gaz_buf_put_vfmt(struct gaz_buf *b, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));
/* s with & < > " ' as references that are right in XML and HTML alike. */
void gaz_buf_put_escaped(struct gaz_buf *b, struct gaz_str s);
/* Between tags quotes are no signs: only & < > as references. */
void gaz_buf_put_escaped_text(struct gaz_buf *b, struct gaz_str s);

/* Lends the content; valid until the next change. Never absent. */
static inline struct gaz_str
gaz_buf_str(const struct gaz_buf *b)
{
	return gaz_str_make(b->p != NULL ? b->p : "", b->len);
}

#endif
