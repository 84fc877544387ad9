#include "config.h"

#include "server.h"

#include <stdlib.h>
#include <zlib.h>

#include "gazetted/hash.h"
#include "gazetted/mem.h"

/* Below this gzip gains nothing worth a second copy. */
#define PACK_MIN 256
/* What may be packed on the loop: some milliseconds. */
#define PACK_ON_LOOP_MAX (256u << 10)
#define PACK_LEVEL 6

/*
 * The same bytes give the same packed bytes: zlib leaves the gzip header's time
 * and name empty.
 */
static void
pack(struct gaz_http_doc *d)
{
	z_stream z = { 0 };

	if (d->packed.len > 0 || d->body.len < PACK_MIN ||
	    d->body.len > UINT32_MAX / 2)
		return;
	if (deflateInit2(&z, PACK_LEVEL, Z_DEFLATED, MAX_WBITS + 16, 8,
	    Z_DEFAULT_STRATEGY) != Z_OK)
		gaz_mem_die(0);
	size_t bound = deflateBound(&z, d->body.len);
	char *out = gaz_mem_alloc(bound);
	z.next_in = (Bytef *)d->body.p;
	z.avail_in = (uInt)d->body.len;
	z.next_out = (Bytef *)out;
	z.avail_out = (uInt)bound;
	if (deflate(&z, Z_FINISH) == Z_STREAM_END && z.total_out < d->body.len)
		gaz_buf_put(&d->packed, out, z.total_out);
	deflateEnd(&z);
	free(out);
}

void
http_doc_pack_small(struct gaz_http_doc *d)
{
	if (d->body.len <= PACK_ON_LOOP_MAX)
		pack(d);
}

struct gaz_http_doc *
gaz_http_doc_new(const char *content_type, struct gaz_buf *body, bool gzip)
{
	struct gaz_http_doc *d = gaz_mem_zero(1, sizeof(*d));

	d->refs = 1;
	d->content_type = gaz_mem_strdup(content_type);
	d->body = *body;
	gaz_buf_init(body, body->max);
	gaz_buf_init(&d->packed, GAZ_BUF_NO_MAX);
	gaz_hash128_hex(gaz_buf_str(&d->body).p, d->body.len, d->etag);
	if (gzip)
		pack(d);
	return d;
}

struct gaz_http_doc *
gaz_http_doc_get(struct gaz_http_doc *d)
{
	d->refs++;
	return d;
}

void
gaz_http_doc_put(struct gaz_http_doc *d)
{
	if (d == NULL || --d->refs > 0)
		return;
	gaz_buf_clear(&d->body);
	gaz_buf_clear(&d->packed);
	free(d->content_type);
	free(d);
}

struct gaz_str
gaz_http_doc_body(const struct gaz_http_doc *d)
{
	return gaz_buf_str(&d->body);
}
