#ifndef GAZETTED_PARSE_H
#define GAZETTED_PARSE_H

#include "gazetted/batch.h"
#include "gazetted/document.h"

/*
 * Bytes of one answer to a document, and a document to a batch. Pure: no I/O,
 * no clock, no log. One thread at a time per arena.
 */
struct gaz_parse_options {
	struct gaz_str url;          /* outermost base; may be absent */
	struct gaz_str content_type; /* may be absent */
	bool raw;                    /* do not clean HTML */
};

/*
 * On failure *fault says why (NOT_A_FEED, EMPTY, XML_ENTITIES, TOO_DEEP,
 * TOO_MANY_ATTRIBUTES, CHARSET) and err says it in words. A damaged document
 * in which a feed can be recognised succeeds with well_formed false.
 */
bool gaz_parse(struct gaz_str bytes, const struct gaz_parse_options *opt,
    struct gaz_arena *a, struct gaz_document *doc, enum gaz_fault *fault,
    struct gaz_err *err) __attribute__((warn_unused_result));

/* The document as the JSON of `gazettectl parse`. */
void gaz_parse_write_json(const struct gaz_document *doc, struct gaz_buf *out);

/* What the store needs of a document (features are left absent). */
struct gaz_digest_options {
	struct gaz_str url;      /* the feed's address */
	struct gaz_str language; /* configured: wins; may be absent */
	int64_t max_items;       /* 0: GAZ_DOCUMENT_ITEMS_MAX */
};
void gaz_parse_digest(const struct gaz_document *doc,
    const struct gaz_digest_options *opt, struct gaz_arena *a,
    struct gaz_batch *out);

/*
 * Both in one: what gaz_parse and then gaz_parse_digest would give, but no
 * document is kept, and each text is read only once. opt->raw has no meaning
 * here. Fails as gaz_parse.
 */
bool gaz_parse_to_batch(struct gaz_str bytes,
    const struct gaz_parse_options *opt,
    const struct gaz_digest_options *digest, struct gaz_arena *a,
    struct gaz_batch *out, enum gaz_fault *fault, struct gaz_err *err)
    __attribute__((warn_unused_result));

/* Who takes the items as they are read. */
struct gaz_parse_sink {
	void *arg;
	/*
	 * An item, valid during the call; features may be set in it. replaces
	 * as of gaz_batch_put_item; feed_title: what its feed calls itself, may
	 * be absent. False: there is no room for more.
	 */
	bool (*put)(void *arg, struct gaz_batch_item *it, uint32_t replaces,
	    struct gaz_str feed_title);
	/* All that was put counts for nothing; the document is read again. */
	void (*restart)(void *arg);
	/* The bytes and the options' strings but url and language are not
	 * looked at any more. May be NULL. */
	void (*release)(void *arg);
};

/*
 * The same an item at a time: only one is in memory, and some that are small.
 * rest is set to the batch without its items. On failure items that were put
 * count for nothing, and rest is empty but for feeds_found where the fault is
 * NOT_A_FEED; further faults are TOO_LARGE, when sink has no room. What rest
 * lends lives in a.
 */
bool gaz_parse_stream(struct gaz_str bytes,
    const struct gaz_parse_options *opt,
    const struct gaz_digest_options *digest,
    const struct gaz_parse_sink *sink, struct gaz_arena *a,
    struct gaz_batch *rest, enum gaz_fault *fault, struct gaz_err *err)
    __attribute__((warn_unused_result));

/* Feeds that an HTML page links to (rel=alternate), with the type and the title
 * that the page gives them, in its order, each once, at most GAZ_ITEM_LINKS_MAX:
 * absolute, but for relative ones where url is absent and the page names no
 * base. */
void gaz_parse_discover(struct gaz_str html, struct gaz_str url,
    struct gaz_arena *a, gaz_link_list *out);

/* Open what is needed later from files (ICU data, tables), before a sandbox
 * closes. */
void gaz_parse_preload(void);

/* For a process that does nothing else: one heap, which keeps some megabytes
 * from one document to the next, as the kernel takes its time to give them. */
void gaz_parse_tune_memory(void);

/* OPML: subscriptions in. */
struct gaz_outline {
	struct gaz_str title, url, site_url, language;
	gaz_str_list tags; /* folders and category attribute */
};
struct gaz_opml {
	struct gaz_str title;
	bool well_formed; /* false: some may be missing */
	gaz_str_list skipped; /* "line: reason", for a person; the first
	                         GAZ_DOCUMENT_ERRORS_MAX */
};
/* Who takes the outlines that are feeds; as struct gaz_parse_sink. */
struct gaz_opml_sink {
	void *arg;
	bool (*put)(void *arg, const struct gaz_outline *o);
	void (*restart)(void *arg);
	void (*release)(void *arg);
};
/* On failure what was put counts for nothing. */
bool gaz_opml_parse(struct gaz_str bytes, const struct gaz_opml_sink *sink,
    struct gaz_arena *a, struct gaz_opml *out, struct gaz_err *err)
    __attribute__((warn_unused_result));

#endif
