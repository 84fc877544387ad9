#include "config.h"

#include "gazetted/buf.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "gazetted/mem.h"

#define FIRST_CAP 64

void
gaz_buf_init(struct gaz_buf *b, size_t max)
{
	*b = (struct gaz_buf){ .max = max < GAZ_BUF_NO_MAX ? max
		                                           : GAZ_BUF_NO_MAX };
}

void
gaz_buf_clear(struct gaz_buf *b)
{
	if (b == NULL)
		return;
	free(b->p);
	gaz_buf_init(b, b->max);
}

void
gaz_buf_reset(struct gaz_buf *b)
{
	gaz_buf_truncate(b, 0);
	b->full = false;
}

void
gaz_buf_truncate(struct gaz_buf *b, size_t len)
{
	if (len >= b->len)
		return;
	b->len = len;
	b->p[len] = '\0';
}

/* Make room for n more bytes and a NUL; false when that is past the ceiling. */
static bool
reserve(struct gaz_buf *b, size_t n)
{
	if (b->len > b->max || n > b->max - b->len)
		return false;
	size_t need = b->len + n + 1;
	if (need <= b->cap)
		return true;
	size_t cap = b->cap < FIRST_CAP / 2 ? FIRST_CAP : b->cap * 2;
	if (cap < need)
		cap = need;
	if (cap > b->max + 1)
		cap = b->max + 1;
	b->p = gaz_mem_grow(b->p, cap, 1);
	b->cap = cap;
	return true;
}

/* Append what reserve made room for. */
static void
append(struct gaz_buf *b, const void *p, size_t n)
{
	if (n != 0)
		memcpy(b->p + b->len, p, n);
	b->len += n;
	b->p[b->len] = '\0';
}

bool
gaz_buf_add(struct gaz_buf *b, const void *p, size_t n, struct gaz_err *err)
{
	if (!reserve(b, n))
		return gaz_err_set(err, GAZ_ERR_LIMIT,
		    "larger than %zu bytes", b->max);
	append(b, p, n);
	return true;
}

void
gaz_buf_put_more(struct gaz_buf *b, const void *p, size_t n)
{
	if (b->full || !reserve(b, n)) {
		b->full = true;
		return;
	}
	append(b, p, n);
}

void
gaz_buf_put_utf8(struct gaz_buf *b, uint32_t c)
{
	char utf8[4];

	gaz_buf_put(b, utf8, gaz_utf8_put(c, utf8));
}

void
gaz_buf_put_fmt(struct gaz_buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	gaz_buf_put_vfmt(b, fmt, ap);
	va_end(ap);
}

void
gaz_buf_put_vfmt(struct gaz_buf *b, const char *fmt, va_list ap)
{
	char small[256];
	va_list again;

	if (b->full)
		return;
	va_copy(again, ap);
	int n = vsnprintf(small, sizeof(small), fmt, ap);
	assert(n >= 0);
	if ((size_t)n < sizeof(small)) {
		gaz_buf_put(b, small, (size_t)n);
	} else if (reserve(b, (size_t)n)) {
		vsnprintf(b->p + b->len, (size_t)n + 1, fmt, again);
		b->len += (size_t)n;
	} else {
		b->full = true;
	}
	va_end(again);
}

/* The reference for c; "" when it may stand as it is. */
static const char *
reference(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;"; /* HTML 4 has no &apos; */
	default:
		return "";
	}
}

#define ONES UINT64_C(0x0101010101010101)
#define HIGH UINT64_C(0x8080808080808080)

/* Not 0: a byte of the word is c; exactly so for the lowest of them. */
static uint64_t
bytes_that_are(uint64_t word, unsigned char c)
{
	uint64_t x = word ^ ONES * c;

	return (x - ONES) & ~x & HIGH;
}

void
gaz_buf_put_escaped_text(struct gaz_buf *b, struct gaz_str s)
{
	size_t done = 0, i = 0;
	uint64_t word;

	for (;;) {
		/* '<' and '>' differ in one bit. */
		while (s.len - i >= sizeof(word)) {
			memcpy(&word, s.p + i, sizeof(word));
			if ((bytes_that_are(word | ONES * 2, '>') |
			    bytes_that_are(word, '&')) != 0)
				break;
			i += sizeof(word);
		}
		while (i < s.len && s.p[i] != '&' && s.p[i] != '<' &&
		    s.p[i] != '>')
			i++;
		gaz_buf_put(b, s.p + done, i - done);
		if (i == s.len)
			return;
		gaz_buf_put_z(b, reference(s.p[i++]));
		done = i;
	}
}

void
gaz_buf_put_escaped(struct gaz_buf *b, struct gaz_str s)
{
	static const bool special[256] = { ['&'] = true, ['<'] = true,
		['>'] = true, ['"'] = true, ['\''] = true };
	size_t done = 0;

	for (size_t i = 0; i < s.len; i++) {
		const unsigned char *p = (const unsigned char *)s.p + i;

		/* Four at a time: most of a text is not special. */
		if (s.len - i >= 4 && !(special[p[0]] | special[p[1]] |
		    special[p[2]] | special[p[3]])) {
			i += 3;
			continue;
		}
		if (!special[p[0]])
			continue;
		gaz_buf_put(b, s.p + done, i - done);
		gaz_buf_put_z(b, reference(s.p[i]));
		done = i + 1;
	}
	if (done < s.len)
		gaz_buf_put(b, s.p + done, s.len - done);
}
