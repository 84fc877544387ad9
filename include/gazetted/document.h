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

/* What was done to a text. */
enum gaz_note {
	GAZ_NOTE_CUT = 1 << 0,      /* it was longer than GAZ_FIELD_MAX */
	GAZ_NOTE_REPAIRED = 1 << 1, /* UTF-8 taken for windows-1252 */
	GAZ_NOTE_TOO_DEEP = 1 << 2, /* HTML nested too deep: see html.h */
	GAZ_NOTE_TOO_MANY_ATTRIBUTES = 1 << 3,
};
#define GAZ_NOTES 4

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

/* Somebody's part in an episode. */
struct gaz_role {
	struct gaz_str name, role, group, href, image;
};

/* A part of a recording; of a chapter the duration is unknown. */
struct gaz_chapter {
	int64_t start_ms, duration_ms;
	struct gaz_str title, href, image;
};

/* The entry that an item answers. */
struct gaz_reply {
	struct gaz_str ref, href, source;
};

enum gaz_place_kind {
	GAZ_PLACE_POINT,
	GAZ_PLACE_LINE,
	GAZ_PLACE_POLYGON, /* the last point is the first */
	GAZ_PLACE_BOX,     /* two corners */
};

struct gaz_point {
	double latitude, longitude; /* degrees */
};

struct gaz_place {
	enum gaz_place_kind kind;
	GAZ_LIST(struct gaz_point) points;
};

struct gaz_image {
	struct gaz_str url, title, link, description;
	int64_t width, height;
};

struct gaz_generator {
	struct gaz_str name, uri, version;
};

/* A field to write into, of RSS: in practice a search. */
struct gaz_text_input {
	struct gaz_str title, description, name, link;
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
typedef GAZ_LIST(struct gaz_role) gaz_role_list;
typedef GAZ_LIST(struct gaz_chapter) gaz_chapter_list;
typedef GAZ_LIST(struct gaz_reply) gaz_reply_list;
typedef GAZ_LIST(struct gaz_place) gaz_place_list;

/* A feed's own description, or an item's source. */
struct gaz_feed_info {
	struct gaz_str id, title;
	struct gaz_text title_detail, description, rights;
	struct gaz_str link, self, url, next, new_url, language, icon, license;
	gaz_link_list links;
	gaz_str_list hubs;
	gaz_person_list authors, contributors;
	gaz_role_list roles; /* podcast:person */
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
	struct gaz_text_input text_input; /* likewise */
	gaz_utc valid_from, valid_until;
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
	gaz_utc published, updated, valid_from, valid_until;
	struct gaz_str published_raw, updated_raw;
	gaz_category_list categories;
	gaz_enclosure_list enclosures;
	struct gaz_str comments, comments_feed;
	int64_t comment_count;
	struct gaz_feed_info *source; /* NULL: none */
	struct gaz_str language, thumbnail, license;
	int64_t duration_s, episode, season;
	gaz_role_list roles;
	gaz_link_list transcripts;
	struct gaz_str chapters_url; /* a file of them */
	gaz_chapter_list chapters, soundbites;
	gaz_place_list places;
	gaz_reply_list replies_to;
	enum gaz_tri explicit_, block;
	unsigned notes; /* set of enum gaz_note, of its texts */
};

struct gaz_document {
	struct gaz_str format;   /* "rss", "rdf", "atom", "cdf", "json" */
	struct gaz_str version;  /* absent: the document does not tell */
	struct gaz_str encoding; /* lower-case name */
	bool well_formed;
	bool truncated;          /* ended in the middle */
	bool encoding_repaired;  /* bytes did not fit the encoding */
	bool items_dropped;      /* beyond GAZ_DOCUMENT_ITEMS_MAX */
	unsigned notes;          /* set of enum gaz_note, of all texts */
	size_t noted[GAZ_NOTES]; /* items that have each */
	gaz_str_list errors;     /* at most GAZ_DOCUMENT_ERRORS_MAX */
	struct gaz_feed_info feed;
	GAZ_LIST(struct gaz_item) items; /* in document order */
};

#endif
