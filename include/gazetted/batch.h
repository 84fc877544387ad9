#ifndef GAZETTED_BATCH_H
#define GAZETTED_BATCH_H

#include "gazetted/buf.h"
#include "gazetted/document.h"

/*
 * What a parse worker hands to the writer: the items of one answer, clean and
 * ready to store. Strings are borrowed: from the arena of whoever fills a batch, or
 * from the message it was decoded from.
 */
enum gaz_batch_flag {
	GAZ_BATCH_WELL_FORMED = 1 << 0,
	GAZ_BATCH_TRUNCATED = 1 << 1,        /* do not store the validators */
	GAZ_BATCH_ENCODING_REPAIRED = 1 << 2,
	GAZ_BATCH_ITEMS_DROPPED = 1 << 3,    /* GAZ_DOCUMENT_ITEMS_MAX */
	GAZ_BATCH_BLOCKED = 1 << 4,
	GAZ_BATCH_PARTIAL = 1 << 5, /* a push or an archive page: what is not
	                               in it has not left the feed */
	GAZ_BATCH_TEXT_REPAIRED = 1 << 6,
	GAZ_BATCH_TEXT_CUT = 1 << 7, /* some item is GAZ_ITEM_CUT */
	GAZ_BATCH_HTML_TOO_DEEP = 1 << 8,
	GAZ_BATCH_HTML_TOO_MANY_ATTRIBUTES = 1 << 9,
	GAZ_BATCH_PAST = 1 << 10,   /* an archive page: what it has is old, and
	                               never says better what we have */
};

enum gaz_item_flag {
	GAZ_ITEM_DATE_UNKNOWN = 1 << 0, /* published is the time of first sight */
	GAZ_ITEM_ID_DERIVED = 1 << 1,
	GAZ_ITEM_TITLE_DERIVED = 1 << 2,
	GAZ_ITEM_CUT = 1 << 3,          /* content cut at GAZ_FIELD_MAX */
	GAZ_ITEM_EXPLICIT = 1 << 4,
};

struct gaz_batch_item {
	struct gaz_str guid;      /* as given; absent: none */
	struct gaz_str url;       /* canonical, absolute http(s); may be absent */
	struct gaz_str url_given; /* absolute, the item's link as the feed has
	                             it, be it one that counts */
	struct gaz_str title;     /* plain text, never absent */
	struct gaz_str author;    /* plain text, names joined by ", " */
	struct gaz_str summary;   /* plain text excerpt */
	struct gaz_str content;   /* safe HTML */
	struct gaz_str text;      /* plain text of content or summary */
	struct gaz_str language;  /* BCP 47; absent: unknown */
	struct gaz_str thumbnail, comments;
	gaz_utc published, updated; /* GAZ_UTC_UNKNOWN: not said */
	gaz_str_list categories;
	gaz_enclosure_list enclosures;
	struct gaz_str extra;     /* see extra.h; absent: nothing */
	struct gaz_str features;  /* see story.h; bytes */
	uint64_t content_hash;    /* of what a reader would see */
	uint32_t flags;
};

struct gaz_batch {
	enum gaz_fault fault;     /* not NONE: the document was refused */
	struct gaz_str fault_text;
	struct gaz_str format, version, encoding;
	uint32_t flags;
	struct gaz_str title, link, description, language, icon, image;
	struct gaz_str self, next, new_url, generator;
	struct gaz_str prev_archive; /* RFC 5005, 4: the page before */
	gaz_str_list hubs;
	gaz_link_list feeds_found; /* of an HTML page: the feeds it links to,
	                              with href, type and title */
	gaz_str_list warnings;
	int64_t ttl_s, update_interval_s; /* GAZ_INT_UNKNOWN: not said */
	uint32_t skip_hours;
	uint8_t skip_days;
	GAZ_LIST(struct gaz_batch_item) items; /* document order */
};

/*
 * The flat form, little-endian, versioned: a record an item, and at the end one
 * of all the rest. Records can be made one after the other, before the rest is
 * known. out grows by what is said.
 */
bool gaz_batch_encode(const struct gaz_batch *b, struct gaz_buf *out,
    struct gaz_err *err) __attribute__((warn_unused_result));

/* replaces: the index of an earlier item that this one is put in place of. */
#define GAZ_BATCH_NEW UINT32_MAX
bool gaz_batch_put_item(const struct gaz_batch_item *it, uint32_t replaces,
    struct gaz_buf *out, struct gaz_err *err)
    __attribute__((warn_unused_result));
/* b without its items. */
bool gaz_batch_put_rest(const struct gaz_batch *b, struct gaz_buf *out,
    struct gaz_err *err) __attribute__((warn_unused_result));

/*
 * Any bytes are survived: lengths, counts, UTF-8, enumerations and limits are
 * checked. Strings of b point into bytes, lists live in a.
 */
bool gaz_batch_decode(struct gaz_str bytes, struct gaz_arena *a,
    struct gaz_batch *b, struct gaz_err *err)
    __attribute__((warn_unused_result));

/* The same, a record at a time, as many as there are: *pos starts at 0. */
enum gaz_batch_record {
	GAZ_BATCH_BAD,  /* err says why */
	GAZ_BATCH_ITEM, /* *it and *replaces are set */
	GAZ_BATCH_REST, /* *b is, but for its items; it was the last */
};
enum gaz_batch_record gaz_batch_next(struct gaz_str bytes, size_t *pos,
    struct gaz_arena *a, struct gaz_batch_item *it, uint32_t *replaces,
    struct gaz_batch *b, struct gaz_err *err)
    __attribute__((warn_unused_result));

/* An item of bytes that gaz_batch_put_item made in this very process: only the
 * frame is checked, as an assertion. */
void gaz_batch_next_own(struct gaz_str bytes, size_t *pos,
    struct gaz_arena *a, struct gaz_batch_item *it, uint32_t *replaces);

#endif
