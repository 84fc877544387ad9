#ifndef GAZETTED_PARSE_XML_H
#define GAZETTED_PARSE_XML_H

#include "gazetted/arena.h"
#include "gazetted/buf.h"
#include "gazetted/fault.h"
#include "gazetted/map.h"

/*
 * XML documents as events. Two readers call the same sink: a strict one over
 * libxml2, which stops at the first error, and a lenient one of our own for
 * documents that are no XML. Both take UTF-8 and refuse what is hostile.
 */

/* Names of an element or attribute. uri is absent when the prefix is not
 * declared, or there is none and no default namespace either. */
struct gaz_xml_name {
	struct gaz_str prefix, local, uri;
};

struct gaz_xml_attr {
	struct gaz_xml_name name;
	struct gaz_str value;
};

/*
 * Who listens. Everything handed over is valid during the call only. start may
 * refuse (return false) with a fault, which ends the reading. implied tells end
 * that the element was not closed where it should have been: its end tag is
 * missing, or the document ends in it (lenient reader only).
 */
struct gaz_xml_sink {
	void *arg;
	enum gaz_fault (*start)(void *arg, const struct gaz_xml_name *name,
	    const struct gaz_xml_attr *attrs, size_t n);
	void (*text)(void *arg, struct gaz_str s);
	void (*end)(void *arg, bool implied);
	/*
	 * Lenient reader only, may be NULL: must the innermost element be
	 * closed before one of this name begins, because it cannot contain it?
	 */
	bool (*closes)(void *arg, const struct gaz_xml_name *name);
};

/* Entities that a document declares. Zeroed: none. Clear it at the end. */
struct gaz_xml_entities {
	struct gaz_map *values; /* of struct gaz_str */
	size_t spent; /* bytes that references to them gave */
};

enum gaz_xml_verdict {
	GAZ_XML_OK,     /* read to the end */
	GAZ_XML_BROKEN, /* not well-formed; msg says where and why */
	GAZ_XML_REFUSED /* fault says why */
};

struct gaz_xml_result {
	enum gaz_fault fault;
	bool truncated;     /* ended inside the root element */
	bool ns_well_formed; /* no undeclared prefix */
	char msg[200];      /* first error, one line; "" for none */
};

enum gaz_xml_verdict gaz_xml_read_strict(struct gaz_str doc,
    const struct gaz_xml_sink *sink, struct gaz_arena *a,
    struct gaz_xml_result *res);

/* Never says GAZ_XML_BROKEN. */
enum gaz_xml_verdict gaz_xml_read_lenient(struct gaz_str doc,
    const struct gaz_xml_sink *sink, struct gaz_arena *a,
    struct gaz_xml_result *res);

/*
 * A look at the tags before a parser sees the document: one that is quadratic in
 * attributes must not see it when a start tag has more than
 * GAZ_XML_ATTRIBUTES_MAX of them, and one that takes memory for each tag,
 * comment, processing instruction and DOCTYPE as a whole must not when one is
 * longer than GAZ_XML_TOKEN_MAX.
 */
enum gaz_xml_tags {
	GAZ_XML_TAGS_FINE,
	GAZ_XML_TAGS_LONG, /* for the lenient reader only */
	GAZ_XML_TAGS_WIDE, /* for none */
};
enum gaz_xml_tags gaz_xml_look_at_tags(struct gaz_str doc);

/*
 * Remember a declared entity if it is harmless: short text without markup
 * and without references to other entities. False: it is not.
 */
bool gaz_xml_entity_put(struct gaz_xml_entities *e, struct gaz_arena *a,
    struct gaz_str name, struct gaz_str value)
    __attribute__((warn_unused_result));
void gaz_xml_entities_clear(struct gaz_xml_entities *e);
/*
 * The text of an entity: declared, else of XML, else of HTML; absent when there
 * is none. *over turns true when references gave more text than allowed.
 */
struct gaz_str gaz_xml_entity_get(struct gaz_xml_entities *e,
    struct gaz_str name, bool *over);

/* The line and column (characters, from 1) of an offset, "line:column". */
void gaz_xml_where(struct gaz_str doc, size_t offset, char out[32]);

#endif
