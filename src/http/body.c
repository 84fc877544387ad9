/* The body of a request: a known length, or chunks (RFC 9112 section 7.1). */
#include "config.h"

#include "server.h"

#include <event2/buffer.h>
#include <stdlib.h>

#include "gazetted/limits.h"

/* An unfinished line of a chunked body. */
#define CHUNK_LINE_MAX 1024

/* Move at most n bytes from the input to the body. */
static void
take_body(struct conn *c, struct evbuffer *in, size_t n)
{
	struct gaz_buf *body = &c->req->body;

	while (n > 0) {
		size_t piece = evbuffer_get_contiguous_space(in);
		if (piece == 0)
			return;
		if (piece > n)
			piece = n;
		gaz_buf_put(body, evbuffer_pullup(in, (ssize_t)piece), piece);
		evbuffer_drain(in, piece);
		n -= piece;
		c->body_left -= piece;
	}
}

static bool
parse_chunk_size(struct gaz_str line, size_t *size)
{
	struct gaz_str digits = gaz_str_sub(line, 0,
	    gaz_str_find_char(line, ';', 0));
	size_t n = 0;

	while (digits.len > 0 && (digits.p[digits.len - 1] == ' ' ||
	    digits.p[digits.len - 1] == '\t'))
		digits.len--;
	if (digits.len == 0)
		return false;
	for (size_t i = 0; i < digits.len; i++) {
		int value = gaz_hex_value(digits.p[i]);
		if (value < 0)
			return false;
		if (n > GAZ_BUF_NO_MAX / 16)
			n = GAZ_BUF_NO_MAX / 16; /* too large in any case */
		n = n * 16 + (size_t)value;
	}
	*size = n;
	return true;
}

static int
malformed(const char **why, const char *text)
{
	*why = text;
	return 400;
}

/* Take a finished line; n is its length. */
static int
read_line(struct conn *c, const char *line, size_t n, const char **why)
{
	size_t size = 0;

	if (n > CHUNK_LINE_MAX)
		return malformed(why, "a chunk's line is too long");
	switch (c->chunk) {
	case CHUNK_SIZE:
		if (!parse_chunk_size(gaz_str_make(line, n), &size))
			return malformed(why, "a chunk has no size");
		if (size > c->body_max - c->req->body.len) {
			*why = "the body is too large";
			return 413;
		}
		c->body_left = size;
		c->chunk = size > 0 ? CHUNK_DATA : CHUNK_TRAILER;
		break;
	case CHUNK_DATA_END:
		if (n != 0)
			return malformed(why, "a chunk is longer than it says");
		c->chunk = CHUNK_SIZE;
		break;
	case CHUNK_TRAILER:
		/* read over; an empty line ends the body */
		if (n == 0)
			return HTTP_BODY_DONE;
		c->trailer_bytes += n;
		if (c->trailer_bytes > GAZ_HTTP_HEADERS_MAX)
			return malformed(why, "the trailers are too large");
		break;
	case CHUNK_DATA:
		break;
	}
	return HTTP_BODY_MORE;
}

static int
read_chunks(struct conn *c, struct evbuffer *in, const char **why)
{
	int status = HTTP_BODY_MORE;

	while (status == HTTP_BODY_MORE) {
		if (c->chunk == CHUNK_DATA) {
			take_body(c, in, c->body_left);
			if (c->body_left > 0)
				return HTTP_BODY_MORE;
			c->chunk = CHUNK_DATA_END;
		}
		size_t n = 0;
		char *line = evbuffer_readln(in, &n, EVBUFFER_EOL_CRLF);
		if (line == NULL) {
			if (evbuffer_get_length(in) > CHUNK_LINE_MAX)
				return malformed(why,
				    "a chunk's line is too long");
			return HTTP_BODY_MORE;
		}
		status = read_line(c, line, n, why);
		free(line);
	}
	return status;
}

int
http_body_read(struct conn *c, struct evbuffer *in, const char **why)
{
	if (c->req->head.chunked)
		return read_chunks(c, in, why);
	take_body(c, in, c->body_left);
	return c->body_left == 0 ? HTTP_BODY_DONE : HTTP_BODY_MORE;
}
