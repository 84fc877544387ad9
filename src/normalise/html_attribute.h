#ifndef GAZ_NORMALISE_HTML_ATTRIBUTE_H
#define GAZ_NORMALISE_HTML_ATTRIBUTE_H

#include "gazetted/html.h"

#include "normalise/html_element.h"
#include "normalise/html_token.h"
#include "normalise/url_internal.h"

#define SRCSET_MAX 64 /* candidates that are kept */

/* What writing attributes needs, made once for a fragment. */
struct attribute_writer {
	struct gaz_str base_given;
	struct url_base base; /* of that, once something is relative to it */
	bool has_base;
	bool decorate;
	struct gaz_buf value, url, set, scratch; /* of the one at hand */
	struct gaz_buf image; /* what image points to */
};

void gaz_html_attributes_init(struct attribute_writer *w,
    const struct gaz_html_options *opt);
void gaz_html_attributes_clear(struct attribute_writer *w);

/*
 * Write the safe attributes of a start tag, each with a space in front. For
 * an img, image (may be NULL) gets its http(s) URL where there is one; it is
 * lent until the next call.
 */
void gaz_html_attributes_write(struct attribute_writer *w,
    const struct element *e, const struct token *token, struct gaz_buf *out,
    struct gaz_str *image);

/* A picture of one point or none, or one that is not to be seen. */
bool gaz_html_is_pixel(struct attribute_writer *w, const struct token *token);

/* Write the tag as it is, but with its references resolved. */
void gaz_html_attributes_write_raw(struct attribute_writer *w,
    const struct token *token, struct gaz_buf *out, struct gaz_str *image);

#endif
