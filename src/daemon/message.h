#ifndef GAZETTED_DAEMON_MESSAGE_H
#define GAZETTED_DAEMON_MESSAGE_H

#include "gazetted/buf.h"

/*
 * What passes between the daemon and a parse worker over their socket pair: a
 * header and that many bytes. Numbers are in the machine's order, since both
 * ends are the same program on the same machine. Any thread.
 */
enum gaz_message_kind {
	GAZ_MESSAGE_HELLO = 1, /* worker: the sandbox is closed, ready */
	GAZ_MESSAGE_FEED,      /* request; the reply is a batch */
	GAZ_MESSAGE_OPML,      /* request; the reply is an outline list */
};

struct gaz_message_header {
	uint32_t magic;
	uint32_t kind;
	uint32_t len; /* of what follows, at most GAZ_MESSAGE_MAX */
	uint32_t reserved;
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
