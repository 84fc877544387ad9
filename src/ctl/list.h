#ifndef GAZETTECTL_LIST_H
#define GAZETTECTL_LIST_H

#include "print.h"
#include "reach.h"

/* Print an answer: as it is with --json, else through write. */
int gaz_ctl_show(const struct gaz_ctl_args *args, struct gaz_buf *answer,
    gaz_ctl_list_fn *write);

/* Changes the answer before it is shown; false after a complaint. */
typedef bool gaz_ctl_change_fn(const struct gaz_ctl_args *args,
    struct gaz_buf *answer);

/* Ask and show. change may be NULL. */
int gaz_ctl_list(const struct gaz_ctl_args *args,
    const struct gaz_ctl_question *q, gaz_ctl_change_fn *change,
    gaz_ctl_list_fn *write);

/* POST it and show the answer. patient: without a time limit. */
int gaz_ctl_order(const struct gaz_ctl_args *args, const char *path,
    const gaz_ctl_params *params, bool patient, gaz_ctl_list_fn *write);

/*
 * Wait until a feed (name, id or address) is fetched and stored, and append
 * what came out, as --json wants it. EX_TEMPFAIL when the fetch failed.
 */
int gaz_ctl_wait_feed(struct gaz_ctl_reach *r, const char *name,
    struct gaz_buf *out);

/* Have the daemon go back through the past of the feeds named, and tell how that
 * goes and ends. EX_TEMPFAIL when one did not end well. */
int gaz_ctl_walk(struct gaz_ctl_reach *r);

/* The lists of items and stories, for more than one command. */
gaz_ctl_list_fn gaz_ctl_write_items;
gaz_ctl_list_fn gaz_ctl_write_stories;

/* "fr de", cut behind a few. */
void gaz_ctl_put_languages(struct gaz_buf *out, const json_t *array);

#endif
