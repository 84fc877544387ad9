#ifndef GAZETTED_PARSE_BUILDER_H
#define GAZETTED_PARSE_BUILDER_H

#include "gazetted/document.h"
#include "gazetted/limits.h"
#include "gazetted/parse.h"

#include "parse/digest.h"
#include "parse/text.h"
#include "parse/xml.h"

/*
 * The sink that makes a document of the events of an XML reader. What an
 * element means stands in tables of struct gaz_element, one file a format or
 * namespace; the builder keeps the stack, the base addresses and languages, and
 * collects text, and the functions below store what the tables find.
 */

enum gaz_format {
	FORMAT_NONE,
	FORMAT_RSS,
	FORMAT_RDF,
	FORMAT_ATOM,
	FORMAT_CDF,
};

/* Where an element stands: a set, as an element may stand in several. */
enum gaz_scope {
	IN_FEED = 1 << 0,
	IN_ITEM = 1 << 1,
	IN_SOURCE = 1 << 2,
	IN_PERSON = 1 << 3,
	IN_IMAGE = 1 << 4,
	IN_MEDIA = 1 << 5,   /* media:content or media:group of an item */
	IN_SKIP = 1 << 6,    /* skipHours, skipDays */
	IN_MOVED = 1 << 7,   /* newLocation */
	IN_WRAPPER = 1 << 8, /* an unknown element that may hold items */
	IN_CHAPTERS = 1 << 9,
	IN_PLACE = 1 << 10,  /* georss:where and what is in it */
	IN_RING = 1 << 11,   /* the border of an area */
	IN_INPUT = 1 << 12,  /* textInput */
};

enum gaz_shape {
	SHAPE_SCOPE,  /* children mean something; text of its own is kept too */
	SHAPE_PLAIN,  /* text; tags in it are passed over */
	SHAPE_MARKUP, /* text that may hold markup, written or escaped */
};

/* Single values that several elements may give. */
enum gaz_field {
	FIELD_NONE,
	FIELD_TITLE,
	FIELD_SUMMARY,
	FIELD_RIGHTS,
	FIELD_CONTENT,
	FIELD_PUBLISHED,
	FIELD_UPDATED,
	FIELD_LANGUAGE,
	FIELD_ID,
	FIELD_ICON,
	FIELD_LICENSE,
	FIELD_NEW_URL,
	FIELD_COMMENTS,
	FIELD_COMMENTS_FEED,
	FIELD_COMMENT_COUNT,
	FIELD_DURATION,
	FIELD_EPISODE,
	FIELD_SEASON,
	FIELD_TTL,
	FIELD_EXPLICIT,
	FIELD_BLOCK,
	FIELD_PUBLISHER,
	FIELD_IMAGE,
	FIELD_THUMBNAIL,
	FIELD_GENERATOR,
	FIELD_COUNT
};

struct gaz_builder;
struct gaz_frame;
typedef void gaz_element_fn(struct gaz_builder *b, struct gaz_frame *f);

/* One row an element: where it may stand and what it means there. */
struct gaz_element {
	const char *name; /* compared without case */
	unsigned scopes;
	enum gaz_shape shape;
	unsigned child_scope; /* SHAPE_SCOPE */
	gaz_element_fn *on_start, *on_end; /* NULL: nothing to do */
	enum gaz_field field;
	unsigned rank; /* of several that fill a field the least wins */
};

struct gaz_element_table {
	const struct gaz_element *rows;
	size_t n;
};

extern const struct gaz_element_table gaz_elements_rss;
extern const struct gaz_element_table gaz_elements_atom;
extern const struct gaz_element_table gaz_elements_cdf;

/*
 * A namespace: a file src/parse/ns_NAME.c that defines gaz_ns_NAME, and its line
 * in local.mk. Lists end with NULL.
 */
struct gaz_namespace {
	const char *const *uris; /* lower-case, without scheme, "www." and "/"
	                            or "#" at the end */
	const char *const *prefixes; /* lower-case; when the URI is unknown */
	struct gaz_element_table elements;
};

/* Those that the builder itself knows about. Core: RSS in any of its namespaces
 * or in none; CDF. */
extern const struct gaz_namespace gaz_ns_core, gaz_ns_atom, gaz_ns_rdf,
    gaz_ns_xml, gaz_ns_xhtml, gaz_ns_content;
#define NS_UNKNOWN NULL
#define NS_CORE (&gaz_ns_core)
#define NS_ATOM (&gaz_ns_atom)
#define NS_RDF (&gaz_ns_rdf)
#define NS_XHTML (&gaz_ns_xhtml)
#define NS_CONTENT (&gaz_ns_content)

/* An open element. */
struct gaz_frame {
	const struct gaz_element *row; /* NULL: unknown, or markup */
	const struct gaz_namespace *ns; /* NULL: unknown */
	struct gaz_str local;
	unsigned scope; /* of its children */
	struct gaz_str base, lang;
	struct gaz_xml_attr *attrs; /* when row is set */
	size_t attrs_n;
	bool markup;  /* written to the text as a tag */
};

/* What is being filled: the feed, an item, or the source of an item. */
struct gaz_target {
	struct gaz_feed_info *feed; /* of item: NULL */
	struct gaz_item *item;
	unsigned rank[FIELD_COUNT]; /* 0: nothing yet, else rank + 1 */
	unsigned author_rank[GAZ_ITEM_PERSONS_MAX];
	unsigned content_rank[GAZ_ITEM_CONTENTS_MAX];
	struct gaz_str own_link; /* RSS link, CDF HREF */
	struct gaz_str guid_base;
	bool guid_permalink, guid_said_so;
	struct gaz_str image_in_text[2]; /* of content, of summary */
	int64_t period_s, frequency; /* of sy: */
	struct gaz_str latitude, longitude; /* of geo: */
};

#define GAZ_BUILDER_FOUND 64 /* a power of two */

struct gaz_builder {
	struct gaz_arena *a; /* of what is read now: keep, or for_item */
	struct gaz_arena *keep; /* of what lives to the end of the reading */
	struct gaz_arena *doc_arena; /* of the list of errors */
	struct gaz_arena for_item; /* of one item, when items are digested */
	size_t item_limit, feed_limit; /* of gaz_builder_compact */
	size_t item_depth;       /* frames up to that of the item */
	struct gaz_document *doc;
	struct gaz_digest *digest; /* takes the items; NULL: doc does */
	size_t n_items;
	const struct gaz_parse_options *opt;
	struct gaz_xml_result *res;
	enum gaz_format format;
	struct gaz_str root_uri;
	/* Namespaces that were looked up. */
	struct {
		struct gaz_str uri, prefix;
		const struct gaz_namespace *ns;
	} known[16];
	size_t n_known;
	/* Elements that were looked up, each in the place that its name makes
	 * likely; row NULL: it means nothing there. */
	struct gaz_found_element {
		const struct gaz_namespace *ns;
		const struct gaz_element *row;
		unsigned scope;
		uint8_t len; /* 0: nothing yet */
		char name[19];
	} found[GAZ_BUILDER_FOUND];
	enum gaz_fault fault; /* why the root was refused */
	const char *refusal;  /* the same in words */

	struct gaz_frame frames[GAZ_XML_DEPTH_MAX];
	size_t depth;
	size_t overflow; /* open tags of markup that found no frame */

	struct gaz_target feed, item, source;
	struct gaz_item draft; /* what item.item points to */
	struct gaz_person person; /* being read */
	struct gaz_image image;   /* being read */
	struct gaz_enclosure *enclosure; /* of media:content, or NULL */
	bool in_item, in_source, in_image;

	/* Text of the innermost known element. */
	struct gaz_buf text;
	size_t capture;    /* depth of the frame that owns it, 0: a scope */
	bool in_markup;    /* text is XHTML from here on */
	bool has_tags;     /* a child element was seen */
	size_t div_depth;  /* the wrapper, 0: none */
	size_t div_from, div_to;
	/* For on_end: */
	struct gaz_str value; /* SHAPE_PLAIN, SHAPE_SCOPE: trimmed text */
	struct gaz_text rich; /* SHAPE_MARKUP */
	struct gaz_str first_image; /* in rich */
	struct gaz_text_scratch scratch;
};

/*
 * Prepare *b for one reading of a document; the sink listens to it. What is
 * read lives in keep, but for the list of errors, which stays for the next
 * reading, in a. Of one text at most text_max bytes are read.
 */
void gaz_builder_init(struct gaz_builder *b, struct gaz_arena *a,
    struct gaz_arena *keep, struct gaz_document *doc,
    const struct gaz_parse_options *opt, size_t text_max,
    struct gaz_digest *digest, struct gaz_xml_result *res);
void gaz_builder_clear(struct gaz_builder *b);
struct gaz_xml_sink gaz_builder_sink(struct gaz_builder *b);
/* After the last event: fill in what follows from several elements. */
void gaz_builder_finish(struct gaz_builder *b);

/* Behind an element: give back what nothing points to any more, if that may be
 * much. */
void gaz_builder_compact(struct gaz_builder *b);

/* The namespace that a URI or a well-known prefix names. */
const struct gaz_namespace *gaz_ns_find(struct gaz_str uri,
    struct gaz_str prefix);
/* The format and version that a root element tells; FORMAT_NONE: no feed. */
enum gaz_format gaz_sniff_root(const struct gaz_xml_name *name,
    const struct gaz_xml_attr *attrs, size_t n, struct gaz_str *version,
    const char **refusal);

/* Text with markup: it begins with f; a child begins and ends; b->rich is made
 * of it. The child is the innermost frame. */
void gaz_capture_start(struct gaz_builder *b, const struct gaz_frame *f);
void gaz_capture_open(struct gaz_builder *b, struct gaz_frame *f,
    const struct gaz_xml_attr *attrs, size_t n);
void gaz_capture_close(struct gaz_builder *b, const struct gaz_frame *f);
void gaz_capture_finish(struct gaz_builder *b, const struct gaz_frame *f);

/* ----- for the tables ----- */

/* Value of an attribute by local name, without case; absent: none. */
struct gaz_str gaz_frame_attr(const struct gaz_frame *f, const char *name);
int64_t gaz_frame_attr_int(const struct gaz_frame *f, const char *name);
struct gaz_str gaz_frame_attr_url(struct gaz_builder *b,
    const struct gaz_frame *f, const char *name);
struct gaz_target *gaz_builder_target(struct gaz_builder *b);
bool gaz_builder_is_atom(const struct gaz_builder *b);
/* May the element of f set its field? Remembers that it does. */
bool gaz_builder_wins(struct gaz_builder *b, const struct gaz_frame *f);

/* Ends of elements that are alike in many vocabularies; row->field says what
 * they fill. */
void gaz_on_text(struct gaz_builder *b, struct gaz_frame *f);
void gaz_on_content(struct gaz_builder *b, struct gaz_frame *f);
void gaz_on_date(struct gaz_builder *b, struct gaz_frame *f);
void gaz_on_string(struct gaz_builder *b, struct gaz_frame *f);
void gaz_on_url(struct gaz_builder *b, struct gaz_frame *f);
void gaz_on_int(struct gaz_builder *b, struct gaz_frame *f);
void gaz_on_duration(struct gaz_builder *b, struct gaz_frame *f);
void gaz_on_flag(struct gaz_builder *b, struct gaz_frame *f);
void gaz_on_category(struct gaz_builder *b, struct gaz_frame *f);
void gaz_on_keywords(struct gaz_builder *b, struct gaz_frame *f);
void gaz_on_author_text(struct gaz_builder *b, struct gaz_frame *f);
void gaz_on_contributor_text(struct gaz_builder *b, struct gaz_frame *f);
void gaz_on_publisher_text(struct gaz_builder *b, struct gaz_frame *f);
void gaz_on_person_start(struct gaz_builder *b, struct gaz_frame *f);
void gaz_on_author(struct gaz_builder *b, struct gaz_frame *f);
void gaz_on_contributor(struct gaz_builder *b, struct gaz_frame *f);
void gaz_on_publisher(struct gaz_builder *b, struct gaz_frame *f);
void gaz_on_person_name(struct gaz_builder *b, struct gaz_frame *f);
void gaz_on_person_email(struct gaz_builder *b, struct gaz_frame *f);
void gaz_on_person_uri(struct gaz_builder *b, struct gaz_frame *f);
void gaz_on_link(struct gaz_builder *b, struct gaz_frame *f);
void gaz_on_image_href(struct gaz_builder *b, struct gaz_frame *f);
void gaz_on_generator(struct gaz_builder *b, struct gaz_frame *f);
void gaz_on_item_start(struct gaz_builder *b, struct gaz_frame *f);
void gaz_on_item_end(struct gaz_builder *b, struct gaz_frame *f);

/* Store one of a list, within its limit and without repetition. */
void gaz_put_person(struct gaz_builder *b, gaz_person_list *list,
    unsigned ranks[], unsigned rank, const struct gaz_person *p);
void gaz_put_category(struct gaz_arena *a, gaz_category_list *list,
    struct gaz_str term, struct gaz_str scheme, struct gaz_str label);
/* The enclosure of that URL, old or new; NULL when there are too many. */
struct gaz_enclosure *gaz_put_enclosure(struct gaz_arena *a,
    gaz_enclosure_list *list, struct gaz_str url, struct gaz_str type,
    int64_t length);
struct gaz_link *gaz_put_link(struct gaz_arena *a, gaz_link_list *list,
    struct gaz_str href, struct gaz_str rel, struct gaz_str type);
void gaz_put_thumbnail(struct gaz_target *t, struct gaz_str url,
    unsigned rank);

/* Where it happened: numbers in pairs, latitude first. What is no pair of
 * numbers within the world is left out; areas are closed: see extra.h. */
void gaz_put_place(struct gaz_builder *b, enum gaz_place_kind kind,
    struct gaz_str numbers);
/* More pairs for the place that was put last, if it is of that kind. */
void gaz_add_to_place(struct gaz_builder *b, enum gaz_place_kind kind,
    struct gaz_str numbers);
void gaz_put_latitude_longitude(struct gaz_builder *b);

#endif
