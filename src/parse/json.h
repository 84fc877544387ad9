#ifndef GAZETTED_PARSE_JSON_H
#define GAZETTED_PARSE_JSON_H

#include "gazetted/buf.h"

/*
 * JSON (RFC 8259) read where it stands: no tree is made, so that a document
 * needs no memory but its own, however many values it has. It is looked
 * through once as a whole; then values are known by their offsets. Pure. Any
 * thread.
 *
 * What is often wrong is understood all the same: lone surrogates (U+FFFD), raw
 * control characters and needless backslashes in strings, a comma in front of a
 * closing bracket, words that are no values (null), an end in the middle.
 * Numbers with an exponent or with more digits than fit 64 bits are null.
 */
struct gaz_json_look {
	bool too_deep;  /* more than GAZ_JSON_NESTING_MAX */
	bool ok;        /* false: it is no JSON object; why says more */
	const char *why;
	struct gaz_str text; /* what values may be looked for in; it ends in
	                        the middle when truncated */
	bool mended;
	bool truncated; /* text ends behind the last whole object in a list of
	                   the root's, and what is open ends there */
	bool followed;  /* by something that is no white space */
};

void gaz_json_look(struct gaz_str s, struct gaz_json_look *look);

/* Of what gaz_json_look found ok. Offsets are of values; 0 stands for none. */
enum gaz_json_kind {
	GAZ_JSON_NONE, /* null too */
	GAZ_JSON_OBJECT,
	GAZ_JSON_ARRAY,
	GAZ_JSON_STRING,
	GAZ_JSON_INTEGER,
	GAZ_JSON_REAL,
	GAZ_JSON_TRUE,
	GAZ_JSON_FALSE,
};
enum gaz_json_kind gaz_json_kind(struct gaz_str text, size_t at);

/* The offset of the outermost value. */
size_t gaz_json_root(struct gaz_str text);

/*
 * Walk through an object or an array: *pos starts at its offset + 1. False at
 * the end. key is as it is written, between its quotes.
 */
bool gaz_json_next_member(struct gaz_str text, size_t *pos,
    struct gaz_str *key, size_t *value);
bool gaz_json_next_element(struct gaz_str text, size_t *pos, size_t *value);

/* Is that the key? */
bool gaz_json_key_is(struct gaz_str key, struct gaz_str name);

/* Append the characters of a string, as many as there is room for. */
void gaz_json_string(struct gaz_str text, size_t at, struct gaz_buf *out);
/* Of GAZ_JSON_INTEGER and of GAZ_JSON_REAL. */
int64_t gaz_json_integer(struct gaz_str text, size_t at);
double gaz_json_real(struct gaz_str text, size_t at);

#endif
