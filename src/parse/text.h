#ifndef GAZETTED_PARSE_TEXT_H
#define GAZETTED_PARSE_TEXT_H

#include "gazetted/buf.h"
#include "gazetted/document.h"

/* From the text of an element to what the document keeps. Pure. Any thread. */

/* The media type that a type attribute means; given is returned as it is when
 * it is one already, fallback when it says nothing. */
struct gaz_str gaz_text_type(struct gaz_arena *a, struct gaz_str given,
    struct gaz_str fallback);
bool gaz_text_is_html(struct gaz_str type);
/* XML of some kind: child elements are what it is about. */
bool gaz_text_is_xml(struct gaz_str type);

/* A language tag as given, trimmed, "_" written as "-"; absent when empty. */
struct gaz_str gaz_text_language(struct gaz_arena *a, struct gaz_str given);

/* Memory that texts are made in, one after the other. */
struct gaz_text_scratch {
	struct gaz_buf html, plain;
};

void gaz_text_scratch_init(struct gaz_text_scratch *scratch);
void gaz_text_scratch_clear(struct gaz_text_scratch *scratch);

struct gaz_text_source {
	struct gaz_str raw;
	struct gaz_str type; /* a media type */
	struct gaz_str language, base;
	bool base64;
	bool guess; /* plain text that looks like HTML is HTML */
	bool no_cleaning;
	bool decorate; /* on the way to a batch: HTML for a page */
	bool plain;    /* make the plain text too */
	struct gaz_text_scratch *scratch; /* NULL: some of its own */
};

/* Trimmed, decoded, repaired, cleaned. first_image (may be NULL) as of
 * gaz_html_clean; *notes (may be NULL) gets a set of enum gaz_note more. */
struct gaz_text gaz_text_make(struct gaz_arena *a,
    const struct gaz_text_source *src, struct gaz_str *first_image,
    unsigned *notes);

/* Plain text on one line, of a title or what may become one. */
struct gaz_str gaz_text_plain(struct gaz_arena *a, const struct gaz_text *t,
    size_t max_chars);

/* A name, on one line; nothing tells whether it is HTML, so that it is when it
 * looks so. */
struct gaz_str gaz_text_name(struct gaz_arena *a, struct gaz_str s,
    size_t max_chars);

/*
 * UTF-8 that somebody took for windows-1252 or Latin-1 and encoded again, up
 * to three times, is read back, and *notes (may be NULL) says so. Text that
 * could be meant as it is stays as it is. C1 controls are read as
 * windows-1252. The result may be s itself.
 */
struct gaz_str gaz_text_mend(struct gaz_arena *a, struct gaz_str s,
    unsigned *notes);

/* Text and an address of one person: "me@example.org (Jane)" and the like. */
struct gaz_person gaz_person_parse(struct gaz_arena *a, struct gaz_str s);
bool gaz_person_is_empty(const struct gaz_person *p);

#endif
