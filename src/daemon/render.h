#ifndef GAZETTED_DAEMON_RENDER_H
#define GAZETTED_DAEMON_RENDER_H

#include "gazetted/export.h"
#include "gazetted/store.h"

/*
 * A question to the store and the form of its answer, for the HTTP server,
 * the export files and gazettectl without a daemon. Any thread.
 */
enum gaz_render_form {
	GAZ_RENDER_ATOM,
	GAZ_RENDER_RSS,
	GAZ_RENDER_JSON,  /* JSON Feed */
	GAZ_RENDER_OPML,
	GAZ_RENDER_HTML,
	GAZ_RENDER_JSONL,
	GAZ_RENDER_API,   /* the JSON of /api/1/ */
};

struct gaz_render {
	enum gaz_view_kind kind;
	enum gaz_render_form form;
	struct gaz_filter filter;
	bool evidence;
	bool one_story;        /* API: the story itself, not a list */
	struct gaz_str title, base_url, path, hub;
	bool standalone;       /* HTML for a file */
};

const char *gaz_render_content_type(enum gaz_render_form form);
const char *gaz_render_form_name(enum gaz_render_form form);
bool gaz_render_form_find(struct gaz_str name, enum gaz_render_form *out);

/*
 * Query and write. GAZ_ERR_MISSING when a story or item asked for by its id is
 * not there; *moved (may be NULL) is the story it was merged into, or 0.
 */
bool gaz_render(struct gaz_store *s, const struct gaz_render *r, gaz_utc now,
    struct gaz_buf *out, int64_t *moved, struct gaz_err *err)
    __attribute__((warn_unused_result));

/*
 * One parameter of a question, as HTTP and gazettectl spell it: tag, feed,
 * lang, q, since, min-sources, limit, page, duplicates. Strings are copied to
 * a. false with a message when the value is bad; *known tells whether name
 * is a parameter at all.
 */
bool gaz_render_param(struct gaz_render *r, struct gaz_arena *a,
    struct gaz_str name, struct gaz_str value, gaz_utc now, bool *known,
    struct gaz_err *err) __attribute__((warn_unused_result));

#endif
