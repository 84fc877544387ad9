#include "config.h"

#include "reach.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "gazetted/limits.h"

#include "ctl.h"

#define SOCKET_DEFAULT "/run/gazetted/control.sock"

struct gaz_config *
gaz_ctl_load_config(const char *path, int *status)
{
	struct gaz_config_errors errors = { 0 };
	struct gaz_config *c = gaz_config_load(path, &errors);

	if (c == NULL) {
		fwrite(errors.text.p, 1, errors.text.len, stderr);
		fprintf(stderr, "%s: %zu error%s\n", path, errors.count,
		    errors.count == 1 ? "" : "s");
		*status = EX_CONFIG;
	}
	gaz_config_errors_clear(&errors);
	return c;
}

/* The control socket, from what was said down to what is usual. */
static int
connect_daemon(struct gaz_ctl_reach *r)
{
	const struct gaz_ctl_args *args = r->args;
	const char *config = args->config;
	struct gaz_arena a = { 0 };
	struct gaz_str socket, how;
	int status = EX_OK;

	if (config == NULL && args->socket == NULL &&
	    access(GAZ_CONFIG_PATH, R_OK) == 0)
		config = GAZ_CONFIG_PATH;
	if (args->socket != NULL) {
		socket = gaz_str_of(args->socket);
		how = GAZ_STR("what --socket names");
	} else if (config != NULL) {
		r->config = gaz_ctl_load_config(config, &status);
		if (r->config == NULL)
			return status;
		socket = r->config->control_socket;
		how = gaz_arena_fmt(&a, "the control-socket of %s", config);
	} else {
		socket = GAZ_STR(SOCKET_DEFAULT);
		how = GAZ_STR("the default, since " GAZ_CONFIG_PATH
		    " cannot be read");
	}
	r->client = gaz_ctl_client_new(args->spec->name,
	    gaz_arena_z(&a, socket), gaz_arena_z(&a, how));
	gaz_arena_clear(&a);
	return r->client != NULL ? EX_OK : EX_UNAVAILABLE;
}

int
gaz_ctl_reach_open(struct gaz_ctl_reach *r, const struct gaz_ctl_args *args)
{
	struct gaz_err err = { 0 };
	int status = EX_OK;

	*r = (struct gaz_ctl_reach){ .args = args, .now = gaz_clock_utc() };
	if (args->store == NULL) {
		status = connect_daemon(r);
	} else {
		if (args->config != NULL) {
			r->config = gaz_ctl_load_config(args->config, &status);
			if (r->config == NULL)
				return status;
		}
		r->store = gaz_store_open(args->store, GAZ_STORE_READ, &err);
		if (r->store == NULL)
			status = gaz_ctl_failed(args, &err);
	}
	if (status != EX_OK)
		gaz_ctl_reach_close(r);
	return status;
}

void
gaz_ctl_reach_close(struct gaz_ctl_reach *r)
{
	gaz_ctl_client_free(r->client);
	gaz_store_close(r->store);
	gaz_config_put(r->config);
	*r = (struct gaz_ctl_reach){ 0 };
}

int
gaz_ctl_failed(const struct gaz_ctl_args *args, const struct gaz_err *err)
{
	gaz_ctl_complain(args->spec->name, "%s", err->msg);
	return gaz_err_exit_status(err);
}

void
gaz_ctl_param(gaz_ctl_params *p, const char *name, const char *value)
{
	*gaz_vec_push(p) = (struct gaz_ctl_param){ name, value };
}

bool
gaz_ctl_id(const struct gaz_ctl_args *args, const char *text, int64_t *out)
{
	if (gaz_str_to_int(gaz_str_of(text), out) && *out > 0)
		return true;
	gaz_ctl_usage(args->spec->name, "\"%s\": an id (a number) is wanted",
	    text);
	return false;
}

/* ---- questions */

static void
collect(const struct gaz_ctl_args *args, const gaz_ctl_params *more,
    gaz_ctl_params *out)
{
	for (size_t i = 0; i < args->given.n; i++) {
		const struct gaz_ctl_given *g = &args->given.v[i];

		if (gaz_ctl_is_filter(g->name))
			gaz_ctl_param(out, strcmp(g->name, "query") == 0 ?
			    "q" : g->name, g->value);
	}
	for (size_t i = 0; more != NULL && i < more->n; i++)
		*gaz_vec_push(out) = more->v[i];
}

/* The same words are wrong for a daemon and for a database. */
static bool
fill(struct gaz_ctl_reach *r, const gaz_ctl_params *params,
    struct gaz_render *q, struct gaz_arena *a, struct gaz_err *err)
{
	gaz_filter_init(&q->filter);
	for (size_t i = 0; i < params->n; i++) {
		bool known;

		if (params->v[i].value[0] == '\0')
			continue;
		if (!gaz_render_param(q, a, gaz_str_of(params->v[i].name),
		    gaz_str_of(params->v[i].value), r->now, &known, err))
			return false;
	}
	return true;
}

static int
ask_store(struct gaz_ctl_reach *r, const struct gaz_ctl_question *q,
    struct gaz_render *question, struct gaz_buf *out)
{
	const struct gaz_config *c = r->config;
	struct gaz_err err = { 0 };

	question->kind = q->kind;
	question->form = q->form;
	question->evidence = q->story_id != 0;
	question->one_story = q->story_id != 0;
	question->filter.story_id = q->story_id;
	question->title = GAZ_STR("gazetted");
	question->standalone = true;
	if (c != NULL) {
		question->base_url = c->base_url;
		if (q->kind == GAZ_VIEW_STORIES && q->story_id == 0 &&
		    !gaz_ctl_args_has(r->args, "min-sources"))
			question->filter.min_sources = c->min_sources;
	}
	if (gaz_render(r->store, question, r->now, out, NULL, &err))
		return EX_OK;
	return gaz_ctl_failed(r->args, &err);
}

static int
ask_daemon(struct gaz_ctl_reach *r, const struct gaz_ctl_question *q,
    gaz_ctl_params *params, struct gaz_buf *out, bool *changed)
{
	static const char *const lists[] = {
		[GAZ_VIEW_STORIES] = "stories",
		[GAZ_VIEW_ITEMS] = "items",
		[GAZ_VIEW_FEEDS] = "feeds",
	};
	char path[40], id[24];

	snprintf(path, sizeof(path), "/api/1/%s", lists[q->kind]);
	if (q->story_id != 0) {
		snprintf(path, sizeof(path), "/api/1/story");
		snprintf(id, sizeof(id), "%" PRId64, q->story_id);
		gaz_ctl_param(params, "id", id);
	} else if (q->form != GAZ_RENDER_API) {
		snprintf(path, sizeof(path), "/api/1/export");
		gaz_ctl_param(params, "format", gaz_render_form_name(q->form));
		gaz_ctl_param(params, "content", lists[q->kind]);
	}
	return gaz_ctl_call(r->client, &(struct gaz_ctl_request){
		.path = path, .params = params, .quiet = changed != NULL,
		.not_modified_ok = changed != NULL }, out, changed);
}

/* changed NULL: it does not matter. */
static int
ask(struct gaz_ctl_reach *r, const struct gaz_ctl_question *q,
    struct gaz_buf *out, bool *changed)
{
	gaz_ctl_params params = { 0 };
	struct gaz_render question = { 0 };
	struct gaz_arena a = { 0 };
	struct gaz_err err = { 0 };
	int status;

	gaz_buf_reset(out);
	collect(r->args, q->more, &params);
	if (!fill(r, &params, &question, &a, &err)) {
		status = gaz_ctl_usage(r->args->spec->name, "--%s", err.msg);
	} else if (r->store != NULL) {
		status = ask_store(r, q, &question, out);
	} else {
		status = ask_daemon(r, q, &params, out, changed);
	}
	gaz_arena_clear(&a);
	gaz_vec_clear(&params);
	return status;
}

int
gaz_ctl_ask(struct gaz_ctl_reach *r, const struct gaz_ctl_question *q,
    struct gaz_buf *out)
{
	return ask(r, q, out, NULL);
}

int
gaz_ctl_ask_again(struct gaz_ctl_reach *r, const struct gaz_ctl_question *q,
    struct gaz_buf *out, bool *changed)
{
	int64_t before = r->generation;

	*changed = true;
	if (r->store != NULL) {
		r->generation = gaz_store_generation(r->store);
		*changed = r->generation != before;
		if (!*changed)
			return EX_OK;
	}
	return ask(r, q, out, changed);
}

int
gaz_ctl_get(struct gaz_ctl_reach *r, const char *path,
    const gaz_ctl_params *params, struct gaz_buf *out)
{
	return gaz_ctl_call(r->client, &(struct gaz_ctl_request){
		.path = path, .params = params }, out, NULL);
}

int
gaz_ctl_post(struct gaz_ctl_reach *r, const char *path,
    const gaz_ctl_params *params, bool patient, struct gaz_buf *out)
{
	return gaz_ctl_call(r->client, &(struct gaz_ctl_request){
		.path = path, .params = params, .post = true,
		.patient = patient }, out, NULL);
}
