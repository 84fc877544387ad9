#ifndef GAZETTED_DOCUMENT_H
#define GAZETTED_DOCUMENT_H

#include "gazetted/arena.h"
#include "gazetted/clock.h"
#include "gazetted/fault.h"

/*
 * A feed document as the parser understood it, with everything that was said:
 * the model behind `gazettectl parse`. All memory belongs to the arena that the
 * document was parsed into. Absent text has p == NULL, an absent number is
 * GAZ_INT_UNKNOWN, an absent date GAZ_UTC_UNKNOWN. Text is valid UTF-8
 * without characters that XML forbids, and trimmed.
 */
#define GAZ_INT_UNKNOWN INT64_MIN

enum gaz_tri {
	GAZ_TRI_UNKNOWN = 0,
	GAZ_TRI_NO,
	GAZ_TRI_YES,
};

struct gaz_text {
	struct gaz_str value; /* absent: there was no such element */
	struct gaz_str type;  /* media type; "text/plain", "text/html", … */
	struct gaz_str language;
	struct gaz_str base;
	struct gaz_str src;
	/* On the way to a batch only: */
	struct gaz_str plain; /* HTML as plain text; absent: not made */
	bool decorated;       /* value is HTML for a page already */
};

struct gaz_person {
	struct gaz_str name, email, uri;
};

struct gaz_link {
	struct gaz_str href, rel, type, hreflang, title;
	int64_t length;
};

struct gaz_category {
	struct gaz_str term, scheme, label;
};

struct gaz_enclosure {
	struct gaz_str url, type, title;
	int64_t length, duration_s;
};

struct gaz_image {
	struct gaz_str url, title, link, description;
	int64_t width, height;
};

struct gaz_generator {
	struct gaz_str name, uri, version;
};

struct gaz_cloud {
	struct gaz_str domain, path, protocol, register_procedure;
	int64_t port;
};

typedef GAZ_LIST(struct gaz_person) gaz_person_list;
typedef GAZ_LIST(struct gaz_link) gaz_link_list;
typedef GAZ_LIST(struct gaz_category) gaz_category_list;
typedef GAZ_LIST(struct gaz_enclosure) gaz_enclosure_list;
typedef GAZ_LIST(struct gaz_text) gaz_text_list;
typedef GAZ_LIST(struct gaz_str) gaz_str_list;

/* A feed's own description, or an item's source. */
struct gaz_feed_info {
	struct gaz_str id, title;
	struct gaz_text title_detail, description, rights;
	struct gaz_str link, self, url, next, new_url, language, icon, license;
	gaz_link_list links;
	gaz_str_list hubs;
	gaz_person_list authors, contributors;
	struct gaz_person publisher;
	gaz_category_list categories;
	gaz_utc published, updated;
	struct gaz_str published_raw, updated_raw;
	struct gaz_image image; /* url absent: none */
	struct gaz_generator generator;
	int64_t ttl_min;
	uint32_t skip_hours;      /* bit 0: midnight UTC … bit 23 */
	uint8_t skip_days;        /* bit 0: Sunday … bit 6: Saturday */
	gaz_str_list skip_days_given; /* lower-case names, as given */
	int64_t update_interval_s;
	struct gaz_cloud cloud; /* all absent: none */
	enum gaz_tri explicit_, block, expired;
};

struct gaz_item {
	struct gaz_str id, title, link;
	bool id_is_link;
	struct gaz_str original; /* where a counting link leads, as the feed
	                            says; also among links as canonical */
	struct gaz_text title_detail, summary, rights;
	gaz_text_list content; /* best first */
	gaz_link_list links;
	gaz_person_list authors, contributors;
	struct gaz_person publisher;
	gaz_utc published, updated;
	struct gaz_str published_raw, updated_raw;
	gaz_category_list categories;
	gaz_enclosure_list enclosures;
	struct gaz_str comments, comments_feed;
	int64_t comment_count;
	struct gaz_feed_info *source; /* NULL: none */
	struct gaz_str language, thumbnail, license;
	int64_t duration_s, episode, season;
	enum gaz_tri explicit_, block;
	bool cut; /* a text was longer than GAZ_FIELD_MAX */
};

struct gaz_document {
	struct gaz_str format;   /* "rss", "rdf", "atom", "cdf", "json" */
	struct gaz_str version;  /* absent: the document does not tell */
	struct gaz_str encoding; /* lower-case name */
	bool well_formed;
	bool truncated;          /* ended in the middle */
	bool encoding_repaired;  /* bytes did not fit the encoding */
	bool items_dropped;      /* beyond GAZ_DOCUMENT_ITEMS_MAX */
	gaz_str_list errors;     /* at most GAZ_DOCUMENT_ERRORS_MAX */
	struct gaz_feed_info feed;
	GAZ_LIST(struct gaz_item) items; /* in document order */
};

#endif
