#ifndef GAZETTECTL_TEXT_H
#define GAZETTECTL_TEXT_H

#include "gazetted/buf.h"
#include "gazetted/clock.h"

/* Text for a terminal. */

#define GAZ_CTL_NO_LIMIT SIZE_MAX

/*
 * Append s made harmless, in at most limit columns, and return how many it
 * takes. White space is folded; control characters and those that turn the
 * direction of text around become \x1b or \u202e; floods of marks are thinned.
 * What is cut ends in an ellipsis.
 */
size_t gaz_ctl_clean(struct gaz_buf *out, struct gaz_str s, size_t limit);
/* An address; one whose host mixes scripts is followed by that host as it
 * looks and as it is. */
void gaz_ctl_put_url(struct gaz_buf *out, struct gaz_str url);

/* Columns that harmless text takes: 0, 1 or 2 a character. */
size_t gaz_ctl_width(struct gaz_str s);
/* Whether a terminal may write s from right to left. */
bool gaz_ctl_is_rtl(struct gaz_str s);

/*
 * Append s made harmless and wrapped at width columns, every line but the
 * first behind indent spaces. column is where the first starts. Ends without
 * a newline.
 */
void gaz_ctl_wrap(struct gaz_buf *out, struct gaz_str s, size_t column,
    size_t indent, size_t width);

/* Local time, "2026-11-23 14:05"; "-" when unknown. */
void gaz_ctl_put_time(struct gaz_buf *out, gaz_utc t);
/* "3 d 4 h", "12 min", "45 s": at most two units. */
void gaz_ctl_put_span(struct gaz_buf *out, int64_t seconds);
/* "12.3 MiB" */
void gaz_ctl_put_bytes(struct gaz_buf *out, int64_t bytes);
/* "1 item", "2 items" */
void gaz_ctl_put_count(struct gaz_buf *out, int64_t n, const char *one,
    const char *many);

#endif
