#ifndef GAZETTECTL_REACH_H
#define GAZETTECTL_REACH_H

#include "gazetted/config.h"
#include "gazetted/store.h"

#include "daemon/render.h"

#include "client.h"
#include "options.h"

/*
 * What a command works on: a daemon, or a database without one. Functions that
 * return int give an exit status and have complained about what is not EX_OK.
 */
struct gaz_ctl_reach {
	const struct gaz_ctl_args *args;
	struct gaz_config *config;     /* NULL: none was named or found */
	struct gaz_ctl_client *client; /* NULL: store */
	struct gaz_store *store;       /* NULL: client */
	gaz_utc now;
	int64_t generation;            /* of store, when it was asked last */
};

/* Nothing is to be closed unless it returned EX_OK. */
int gaz_ctl_reach_open(struct gaz_ctl_reach *r,
    const struct gaz_ctl_args *args) __attribute__((warn_unused_result));
void gaz_ctl_reach_close(struct gaz_ctl_reach *r);

/* NULL after its errors were shown; *status is EX_CONFIG then. */
struct gaz_config *gaz_ctl_load_config(const char *path, int *status);
/* The database of --store, else of the configuration; false after a
 * complaint. */
bool gaz_ctl_find_store(const struct gaz_ctl_args *args,
    struct gaz_buf *path, int *status);

/* A question whose answer is a document: filters come from the arguments. */
struct gaz_ctl_question {
	enum gaz_view_kind kind;
	enum gaz_render_form form;
	int64_t story_id;              /* 0: a list */
	const gaz_ctl_params *more;    /* on top; NULL: none */
};
int gaz_ctl_ask(struct gaz_ctl_reach *r, const struct gaz_ctl_question *q,
    struct gaz_buf *out) __attribute__((warn_unused_result));
/*
 * The same over and over: *changed is false when nothing is new since the last
 * time. That no daemon is there is not complained about.
 */
int gaz_ctl_ask_again(struct gaz_ctl_reach *r,
    const struct gaz_ctl_question *q, struct gaz_buf *out, bool *changed)
    __attribute__((warn_unused_result));

/* GET a path with one parameter (NULL: none). Only with a client. */
int gaz_ctl_get(struct gaz_ctl_reach *r, const char *path,
    const gaz_ctl_params *params, struct gaz_buf *out)
    __attribute__((warn_unused_result));
/* POST it. patient: without a time limit. Only with a client. */
int gaz_ctl_post(struct gaz_ctl_reach *r, const char *path,
    const gaz_ctl_params *params, bool patient, struct gaz_buf *out)
    __attribute__((warn_unused_result));

/* Complain about an error and return its exit status. */
int gaz_ctl_failed(const struct gaz_ctl_args *args, const struct gaz_err *err);

void gaz_ctl_param(gaz_ctl_params *p, const char *name, const char *value);

/* A positive number as ids are; false after a complaint. */
bool gaz_ctl_id(const struct gaz_ctl_args *args, const char *text,
    int64_t *out) __attribute__((warn_unused_result));

#endif
