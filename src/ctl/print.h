#ifndef GAZETTECTL_PRINT_H
#define GAZETTECTL_PRINT_H

#include <jansson.h>

#include "gazetted/buf.h"
#include "gazetted/clock.h"

#include "options.h"
#include "table.h"
#include "text.h"

/* From the JSON of the API to lines for people. */

/* NULL after a complaint; what was read belongs to the caller. */
json_t *gaz_ctl_json(const struct gaz_ctl_args *args,
    const struct gaz_buf *text);

/* Members; absent, GAZ_UTC_UNKNOWN and INT64_MIN when they are not there. */
struct gaz_str gaz_ctl_str(const json_t *o, const char *name);
int64_t gaz_ctl_int(const json_t *o, const char *name);
gaz_utc gaz_ctl_utc(const json_t *o, const char *name);
double gaz_ctl_num(const json_t *o, const char *name);
bool gaz_ctl_bool(const json_t *o, const char *name);

/* Cells from members. */
void gaz_ctl_cell_time(struct gaz_ctl_table *t, gaz_utc when);
/* "en fr" of an array of strings. */
void gaz_ctl_put_words(struct gaz_buf *out, const json_t *array,
    const char *between);

/* Append s, harmless; on a terminal kept from turning its line around. */
void gaz_ctl_put_text(struct gaz_buf *out, struct gaz_str s,
    const struct gaz_ctl_style *st);

/* Write out to standard output and clear it; EX_IOERR after a complaint. */
int gaz_ctl_print(const struct gaz_ctl_args *args, struct gaz_buf *out);

/* On a terminal: that there are more pages. */
void gaz_ctl_put_more(struct gaz_buf *out, const json_t *root,
    const struct gaz_ctl_style *st);

/* Where lines of text end: on the terminal, or where they read well. */
size_t gaz_ctl_text_width(const struct gaz_ctl_style *st);

/* What a list is made to text by; the answer of the API in root. */
typedef void gaz_ctl_list_fn(const json_t *root,
    const struct gaz_ctl_style *st, struct gaz_buf *out);

#endif
