#ifndef GAZ_BENCH_FEEDS_H
#define GAZ_BENCH_FEEDS_H

#include "gazetted/buf.h"

/*
 * Made-up feeds in the manner of real ones, the same bytes at every run. What
 * their articles consist of (classes, srcset, typographic references, the
 * share of tags) follows what common publishing programs write.
 */
enum feed_kind {
	FEED_RSS_CDATA,   /* content:encoded in CDATA, 2 to 8 KB each */
	FEED_RSS_ESCAPED, /* descriptions with HTML, escaped */
	FEED_ATOM_XHTML,
	FEED_HEADLINES,   /* title, link, date, a sentence */
	FEED_JSON,
};

enum feed_language {
	FEED_ENGLISH,
	FEED_GERMAN,
	FEED_RUSSIAN,
	FEED_JAPANESE,
	FEED_ARABIC,
};

/* Append a feed of n items. The German one has no character that is not in
 * windows-1252. */
void feeds_make(enum feed_kind kind, enum feed_language language, size_t n,
    struct gaz_buf *out);

/* Append only the HTML of n articles, one behind another. */
void feeds_make_html(enum feed_language language, size_t n,
    struct gaz_buf *out);

/* The same document, of Latin-1's characters, in windows-1252. */
void feeds_to_cp1252(struct gaz_str utf8, struct gaz_buf *out);

#endif
