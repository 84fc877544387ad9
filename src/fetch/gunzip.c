#include "config.h"

#include "gunzip.h"

#include <zlib.h>

#define GZIP_WINDOW (15 + 16) /* the largest, with gzip's own head */

static bool
looks_packed(const struct gaz_buf *b)
{
	return b->len > 3 && (unsigned char)b->p[0] == 0x1f &&
	    (unsigned char)b->p[1] == 0x8b && b->p[2] == Z_DEFLATED;
}

static enum gaz_gunzip
unpack(z_stream *z, struct gaz_buf *out)
{
	unsigned char chunk[16384];
	int code;

	do {
		z->next_out = chunk;
		z->avail_out = sizeof(chunk);
		code = inflate(z, Z_NO_FLUSH);
		if (code != Z_OK && code != Z_STREAM_END)
			return GAZ_GUNZIP_BROKEN;
		if (!gaz_buf_add(out, chunk, sizeof(chunk) - z->avail_out,
		    NULL))
			return GAZ_GUNZIP_LARGE;
	} while (code != Z_STREAM_END);
	return GAZ_GUNZIP_DONE;
}

enum gaz_gunzip
gaz_gunzip(struct gaz_buf *body)
{
	z_stream z = { 0 };
	struct gaz_buf out;

	if (!looks_packed(body))
		return GAZ_GUNZIP_PLAIN;
	if (body->len > UINT32_MAX || inflateInit2(&z, GZIP_WINDOW) != Z_OK)
		return GAZ_GUNZIP_BROKEN;
	gaz_buf_init(&out, body->max);
	z.next_in = (unsigned char *)body->p;
	z.avail_in = (uInt)body->len;
	enum gaz_gunzip how = unpack(&z, &out);
	inflateEnd(&z);
	if (how != GAZ_GUNZIP_DONE) {
		gaz_buf_clear(&out);
		return how;
	}
	gaz_buf_clear(body);
	*body = out;
	return how;
}
