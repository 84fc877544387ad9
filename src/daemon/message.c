/* The request a worker gets: five texts and a number behind a header. */
#include "config.h"

#include "message.h"

#include <string.h>

#include "gazetted/limits.h"

bool
gaz_message_header_ok(const struct gaz_message_header *h)
{
	return h->magic == GAZ_MESSAGE_MAGIC && h->len <= GAZ_MESSAGE_MAX &&
	    (h->flags & ~GAZ_MESSAGE_ANEW) == 0;
}

static bool
put_text(struct gaz_buf *out, struct gaz_str s, struct gaz_err *err)
{
	uint32_t n = s.p != NULL ? (uint32_t)s.len : UINT32_MAX;

	return gaz_buf_add(out, &n, sizeof(n), err) &&
	    (s.len == 0 || gaz_buf_add(out, s.p, s.len, err));
}

bool
gaz_message_put_job(const struct gaz_parse_job *job, struct gaz_buf *out,
    struct gaz_err *err)
{
	struct gaz_message_header h = { GAZ_MESSAGE_MAGIC,
		(uint32_t)job->kind, 0, 0 };
	size_t start = out->len;

	if (job->body.len > GAZ_MESSAGE_MAX)
		return gaz_err_set(err, GAZ_ERR_LIMIT,
		    "document of %zu bytes: more than GAZ_MESSAGE_MAX",
		    job->body.len);
	if (!gaz_buf_add(out, &h, sizeof(h), err) ||
	    !gaz_buf_add(out, &job->max_items, sizeof(job->max_items), err) ||
	    !put_text(out, job->url, err) ||
	    !put_text(out, job->content_type, err) ||
	    !put_text(out, job->language, err) ||
	    !put_text(out, job->source, err) ||
	    !put_text(out, job->body, err))
		return false;
	h.len = (uint32_t)(out->len - start - sizeof(h));
	memcpy(out->p + start, &h, sizeof(h));
	return true;
}

static bool
get_text(struct gaz_str *rest, struct gaz_str *s)
{
	uint32_t n;

	*s = GAZ_STR_NONE;
	if (rest->len < sizeof(n))
		return false;
	memcpy(&n, rest->p, sizeof(n));
	*rest = gaz_str_sub(*rest, sizeof(n), rest->len);
	if (n == UINT32_MAX)
		return true;
	if (n > rest->len)
		return false;
	*s = gaz_str_make(rest->p, n);
	*rest = gaz_str_sub(*rest, n, rest->len);
	return true;
}

bool
gaz_message_get_job(struct gaz_str payload, uint32_t kind,
    struct gaz_parse_job *job)
{
	memset(job, 0, sizeof(*job));
	if (kind != GAZ_MESSAGE_FEED && kind != GAZ_MESSAGE_OPML)
		return false;
	job->kind = (enum gaz_message_kind)kind;
	if (payload.len < sizeof(job->max_items))
		return false;
	memcpy(&job->max_items, payload.p, sizeof(job->max_items));
	payload = gaz_str_sub(payload, sizeof(job->max_items), payload.len);
	return get_text(&payload, &job->url) &&
	    get_text(&payload, &job->content_type) &&
	    get_text(&payload, &job->language) &&
	    get_text(&payload, &job->source) &&
	    get_text(&payload, &job->body) && payload.len == 0;
}
