#ifndef GAZETTECTL_CLIENT_H
#define GAZETTECTL_CLIENT_H

#include "gazetted/buf.h"
#include "gazetted/vec.h"

/* HTTP to the daemon over its control socket. */

/* One parameter of a request. name is a literal, value lives long enough. */
struct gaz_ctl_param {
	const char *name, *value;
};
typedef GAZ_VEC(struct gaz_ctl_param) gaz_ctl_params;

/* "?a=b&c=d", percent-encoded, or nothing. */
void gaz_ctl_params_write(const gaz_ctl_params *p, struct gaz_buf *out);

struct gaz_ctl_client;

/*
 * command stands in front of complaints, how tells how the socket was found.
 * Everything is copied. NULL after a complaint.
 */
struct gaz_ctl_client *gaz_ctl_client_new(const char *command,
    const char *socket, const char *how);
void gaz_ctl_client_free(struct gaz_ctl_client *c);

struct gaz_ctl_request {
	const char *path;              /* "/api/1/status" */
	const gaz_ctl_params *params;  /* NULL: none */
	bool post;
	bool patient;                  /* it may take as long as it takes */
	struct gaz_str body;           /* post: absent, a form of params */
	const char *type;              /* of body */
	bool not_modified_ok;          /* ask whether it changed since */
	bool quiet;                    /* do not complain of no daemon */
};

/*
 * Ask and return an exit status; what is not EX_OK was complained about. The
 * answer replaces out. *changed (may be NULL) is false when it is what the
 * last request of this client got.
 */
int gaz_ctl_call(struct gaz_ctl_client *c, const struct gaz_ctl_request *r,
    struct gaz_buf *out, bool *changed);

#endif
