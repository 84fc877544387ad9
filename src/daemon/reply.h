#ifndef GAZETTED_DAEMON_REPLY_H
#define GAZETTED_DAEMON_REPLY_H

#include "app.h"
#include "render.h"

/*
 * Answers that take a while: made on a task thread or by the writer, sent
 * from the loop. Loop only, but for the functions given.
 */

/* Made on another thread: a status and a body, or an error. */
struct gaz_answer {
	int status;              /* 0: 200, or by the error's code */
	const char *content_type; /* NULL: the API's JSON */
	struct gaz_buf body;
	struct gaz_err err;      /* code not NONE: an error page */
	int64_t moved;           /* story: redirect there */
};

typedef void (*gaz_answer_read_fn)(struct gaz_store *reader, void *arg,
    struct gaz_answer *out);
typedef bool (*gaz_answer_write_fn)(struct gaz_writer_state *w, void *arg,
    struct gaz_answer *out);
/* On the loop, after the answer was sent; frees arg. ok: it was no error. */
typedef void (*gaz_answer_end_fn)(struct gaz_app *app, void *arg, bool ok);

void gaz_answer_read(struct gaz_app *app, struct gaz_http_request *req,
    gaz_answer_read_fn fn, gaz_answer_end_fn end, void *arg);
void gaz_answer_write(struct gaz_app *app, struct gaz_http_request *req,
    gaz_answer_write_fn fn, gaz_answer_end_fn end, void *arg);

/* The HTTP status of an error. */
int gaz_answer_status(const struct gaz_err *err);

/* Render a question; the cache is asked first, under the request's target. */
void gaz_answer_render(struct gaz_app *app, struct gaz_http_request *req,
    enum gaz_view_kind kind, enum gaz_render_form form,
    const char *title, int64_t story_id, bool evidence);

#endif
