#ifndef GAZETTED_PARSE_DIGEST_ITEM_H
#define GAZETTED_PARSE_DIGEST_ITEM_H

#include "parse/digest.h"

#define DIGEST_NAME_MAX 200 /* characters */

/* Does it say nothing? */
bool gaz_digest_is_empty(const struct gaz_item *it);
/* What a feed says of persons for its items, packed; lives in a. */
struct gaz_str gaz_digest_persons(struct gaz_arena *a,
    const gaz_role_list *roles, struct gaz_buf *scratch);
/* All of it but for what its feed says; it lives in d until the next. */
void gaz_digest_put_item(struct gaz_digest *d, const struct gaz_item *it,
    struct gaz_batch_item *out);

bool gaz_digest_is_html(struct gaz_str type);
bool gaz_digest_is_plain(struct gaz_str type);
/* Plain text as a fragment: empty lines part paragraphs. False: it was cut, as
 * HTML is. */
bool gaz_digest_plain_html(struct gaz_str s, struct gaz_buf *out);
/* As plain text; what has to be made is made in b. */
struct gaz_str gaz_digest_text(const struct gaz_text *t, bool block,
    struct gaz_buf *b);
/* Titles and the like: no markup, on one line; absent when nothing is left. */
struct gaz_str gaz_digest_line(struct gaz_arena *a, struct gaz_str s,
    size_t max_chars);
/* The same of names: see gaz_text_name. */
struct gaz_str gaz_digest_name(struct gaz_arena *a, struct gaz_str s,
    size_t max_chars);
/* url, if it is one that may be kept. */
struct gaz_str gaz_digest_address(struct gaz_str url);
struct gaz_str gaz_digest_language(struct gaz_arena *a, struct gaz_str given);

#endif
