#ifndef GAZETTED_DAEMON_MESSAGE_H
#define GAZETTED_DAEMON_MESSAGE_H

#include "gazetted/buf.h"

/*
 * What passes between the daemon and a parse worker over their socket pair: a
 * header and that many bytes. Numbers are in the machine's order, since both
 * ends are the same program on the same machine. Any thread.
 *
 * A reply is any number of parts and a message of the request's kind behind
 * them; their payloads, one behind the other, are the flat form of a batch of at
 * most GAZ_MESSAGE_MAX bytes. So a worker keeps few items in memory. Of a reply
 * that does not come to its end nothing counts.
 */
enum gaz_message_kind {
	GAZ_MESSAGE_HELLO = 1, /* worker: the sandbox is closed, ready */
	GAZ_MESSAGE_FEED,      /* request; the reply is a batch */
	GAZ_MESSAGE_OPML,      /* request; the reply is a batch of outlines */
	GAZ_MESSAGE_PART,      /* worker: a reply begins, or goes on */
};

/* Of a part or a reply: what came of this reply before is not of it. */
#define GAZ_MESSAGE_ANEW 1u

struct gaz_message_header {
	uint32_t magic;
	uint32_t kind;
	uint32_t len; /* of what follows, at most GAZ_MESSAGE_MAX */
	uint32_t flags;
};
#define GAZ_MESSAGE_MAGIC 0x677a6d31u

/* Whether this may be the head of a message that we are willing to read. */
bool gaz_message_header_ok(const struct gaz_message_header *h);

/* A document to parse and what the worker has to know about it. */
struct gaz_parse_job {
	enum gaz_message_kind kind;
	struct gaz_str url, content_type, language, source, body;
	int64_t max_items;
};

/* Header and payload. GAZ_ERR_LIMIT when it is larger than a message. */
bool gaz_message_put_job(const struct gaz_parse_job *job, struct gaz_buf *out,
    struct gaz_err *err) __attribute__((warn_unused_result));
/* Strings of job point into payload. */
bool gaz_message_get_job(struct gaz_str payload, uint32_t kind,
    struct gaz_parse_job *job) __attribute__((warn_unused_result));

#endif
