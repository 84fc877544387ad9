/*
 * Vectors of meaning for items, from a server that the operator named. One
 * round at a time:
 *
 *   new items -> which have none? (task) -> ask (fetcher) -> read (task)
 *     -> store, give to the index (writer) -> repair; full round: again
 *
 * Nothing waits for a round, and nothing is kept in memory of what is still to
 * be asked: that is what the store has no vector for, behind a mark. So a
 * failure loses nothing; the next round asks for the same, later and later,
 * and for less at once, in case that it was too much.
 */
#include "config.h"

#include <event2/event.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "gazetted/hash.h"
#include "gazetted/limits.h"
#include "gazetted/log.h"

#include "app.h"
#include "embedding.h"

#define COLLECT_MS 2000 /* for company before a round begins */
#define TEXT_TRIES 3    /* before a text is taken for the reason */
#define PASSED_MAX 4    /* in a row; then it is the server after all */

struct gaz_embed {
	struct gaz_app *app;
	struct event *timer;
	struct gaz_fetcher *fetcher; /* of its own: any address, no gap */
	struct gaz_fetch *transfer;
	char *url, *model, *key_file; /* url NULL: not wanted now */
	char *by;               /* whose vectors they are */
	uint64_t settings;      /* rises with each change of these */
	bool busy;              /* a round is under way */
	bool due;               /* items came meanwhile */
	bool adopted;           /* the index works with this model */
	int64_t after;          /* items up to it are done */
	size_t batch;           /* texts of the next round */
	size_t len;             /* numbers of a vector; 0: not known yet */
	int failures;           /* in a row */
	int passed;             /* texts, since it last worked */
	int64_t mark;           /* in front of those */
};

/* What travels; only one thread at a time has it. */
struct round {
	struct gaz_embed *e;
	uint64_t settings;
	struct gaz_arena arena;
	struct gaz_str by, model, key_file;
	int64_t after;
	gaz_utc since;
	size_t most, n;
	int64_t ids[GAZ_EMBED_BATCH];
	struct gaz_buf question, answer, authorization;
	struct gaz_vectors vectors;
	size_t known;           /* vectors that were stored before */
	bool ok;
	struct gaz_err err;
};

static void take(struct gaz_embed *e);

static void
wait_ms(struct gaz_embed *e, int64_t ms)
{
	struct timeval tv = { ms / 1000, (ms % 1000) * 1000 };

	event_add(e->timer, &tv);
}

static struct round *
new_round(struct gaz_embed *e)
{
	struct round *r = gaz_mem_zero(1, sizeof(*r));

	r->e = e;
	r->settings = e->settings;
	if (e->url != NULL) {
		r->by = gaz_arena_str(&r->arena, gaz_str_of(e->by));
		r->model = gaz_arena_str(&r->arena, gaz_str_of(e->model));
		r->key_file = gaz_arena_str(&r->arena,
		    gaz_str_of(e->key_file));
	}
	r->after = e->after;
	r->since = gaz_clock_utc() - e->app->config->window_s;
	r->most = e->batch;
	gaz_buf_init(&r->question, GAZ_BUF_NO_MAX);
	gaz_buf_init(&r->answer, GAZ_EMBED_ANSWER_MAX);
	gaz_buf_init(&r->authorization, GAZ_BUF_NO_MAX);
	return r;
}

/* The round is over; true when the settings are still those it had. */
static bool
end_round(struct round *r)
{
	struct gaz_embed *e = r->e;
	bool current = r->settings == e->settings && e->url != NULL;

	gaz_vectors_clear(&r->vectors);
	gaz_buf_clear(&r->question);
	gaz_buf_clear(&r->answer);
	gaz_buf_clear(&r->authorization);
	gaz_arena_clear(&r->arena);
	free(r);
	e->busy = false;
	if (e->app->stopping)
		return false;
	if (!current && e->url != NULL)
		take(e);
	return current;
}

/* ---- failures */

static int64_t
retry_s(const struct gaz_embed *e)
{
	int n = e->failures < 16 ? e->failures - 1 : 15;
	int64_t s = INT64_C(1) << n;

	return s < GAZ_EMBED_RETRY_MAX_S ? s : GAZ_EMBED_RETRY_MAX_S;
}

/* It was not the texts that were passed over: they have their turn again. */
static void
go_back(struct gaz_embed *e)
{
	e->after = e->mark;
	e->passed = 0;
}

/* One text must not keep all others from their turn. */
static void
pass_over(struct gaz_embed *e, int64_t item_id)
{
	if (e->passed == 0)
		e->mark = e->after;
	if (++e->passed > PASSED_MAX) {
		go_back(e);
		return;
	}
	gaz_log(GAZ_LOG_DEBUG, "embed", "event=passed-over item=%" PRId64,
	    item_id);
	e->after = item_id;
}

/* text_may_be_why: the server was there and did not like what it got. */
static void
fail(struct round *r, const char *text, bool text_may_be_why)
{
	struct gaz_embed *e = r->e;
	char safe[GAZ_ERR_MSG_MAX];
	int64_t first = r->ids[0];
	size_t n = r->n;

	gaz_log_safe(gaz_str_of(text), safe, sizeof(safe));
	if (!end_round(r))
		return;
	if (++e->failures == 1)
		gaz_log(GAZ_LOG_WARN, "embed", "event=failed text=\"%s\"; "
		    "stories are found without", safe);
	else
		gaz_log(GAZ_LOG_DEBUG, "embed", "event=failed failures=%d "
		    "text=\"%s\"", e->failures, safe);
	if (n == 1 && text_may_be_why && e->failures >= TEXT_TRIES)
		pass_over(e, first);
	e->batch = n > 1 ? n / 2 : 1;
	wait_ms(e, retry_s(e) * 1000);
}

/* ---- from the writer */

struct adopt {
	struct gaz_embed *e;
	uint64_t settings;
	char *by; /* NULL: none */
	size_t len;
};

static bool
run_adopt(struct gaz_writer_state *w, void *arg, struct gaz_err *err)
{
	struct adopt *a = arg;

	return gaz_writer_adopt_vectors(w, gaz_str_of(a->by), &a->len, err);
}

static void
done_adopt(void *arg, bool ok, const struct gaz_err *err)
{
	struct adopt *a = arg;
	struct gaz_embed *e = a->e;

	if (!ok)
		gaz_log(GAZ_LOG_WARN, "embed", "text=\"%s\"", err->msg);
	if (a->settings == e->settings && e->url != NULL) {
		e->len = ok ? a->len : 0;
		e->adopted = true;
		if (!e->app->stopping)
			take(e);
	}
	gaz_app_idle(e->app);
	free(a->by);
	free(a);
}

static bool
run_store(struct gaz_writer_state *w, void *arg, struct gaz_err *err)
{
	struct round *r = arg;
	bool wanted = w->vectors_by != NULL &&
	    gaz_str_eq_z(r->by, w->vectors_by);

	for (size_t i = 0; i < r->n; i++) {
		const int8_t *v = r->vectors.v + i * r->vectors.len;

		if (!gaz_store_put_embedding(w->store, r->ids[i], r->by,
		    gaz_str_make((const char *)v, r->vectors.len), err))
			return false;
		if (wanted)
			(void)gaz_story_index_embed(w->index, r->ids[i], v,
			    r->vectors.len); /* or it is too old by now */
	}
	return true;
}

static void
succeed(struct gaz_embed *e, size_t n, size_t most, size_t len, int64_t last)
{
	if (e->failures > 0)
		gaz_log(GAZ_LOG_NOTICE, "embed", "event=works-again");
	gaz_log(GAZ_LOG_INFO, "embed", "event=stored vectors=%zu", n);
	e->failures = e->passed = 0;
	e->len = len;
	e->after = last;
	e->batch = 2 * most < GAZ_EMBED_BATCH ? 2 * most : GAZ_EMBED_BATCH;
	gaz_repair_touch(e->app);
	if (n == most)
		take(e);
	else if (e->due)
		wait_ms(e, COLLECT_MS);
}

static void
done_store(void *arg, bool ok, const struct gaz_err *err)
{
	struct round *r = arg;
	struct gaz_embed *e = r->e;
	int64_t last = r->ids[r->n - 1];
	size_t n = r->n, most = r->most, len = r->vectors.len;

	if (!ok)
		fail(r, err->msg, false);
	else if (end_round(r))
		succeed(e, n, most, len, last);
	gaz_app_idle(e->app);
}

/* ---- from the server */

/* On a task thread. */
static void
run_read(struct gaz_store *reader, const struct gaz_err *why, void *arg)
{
	struct round *r = arg;

	(void)reader;
	(void)why;
	r->ok = gaz_embedding_read(gaz_buf_str(&r->answer), r->n, &r->vectors,
	    &r->err);
	if (r->ok && r->known != 0 && r->vectors.len != r->known)
		r->ok = gaz_err_set(&r->err, GAZ_ERR_FORMAT,
		    "vectors of %zu numbers, before they had %zu; give "
		    "another model another embeddings-model",
		    r->vectors.len, r->known);
}

static void
done_read(void *arg)
{
	struct round *r = arg;
	struct gaz_embed *e = r->e;

	if (!r->ok) {
		fail(r, r->err.msg, true);
		return;
	}
	if (r->settings != e->settings || e->app->stopping) {
		end_round(r);
		return;
	}
	gaz_writer_run(e->app->writer, run_store, done_store, r, false);
}

static void
on_answer(struct gaz_fetch_result *a, void *arg)
{
	struct round *r = arg;
	struct gaz_embed *e = r->e;

	e->transfer = NULL;
	if (a->fault == GAZ_FAULT_CANCELLED) {
		end_round(r);
		return;
	}
	if (a->postponed) {
		int64_t s = a->retry_after_s > 0 ? a->retry_after_s : 60;

		if (end_round(r))
			wait_ms(e, s < GAZ_EMBED_RETRY_MAX_S ? s * 1000 :
			    GAZ_EMBED_RETRY_MAX_S * 1000);
		return;
	}
	if (a->fault != GAZ_FAULT_NONE) {
		fail(r, a->text, a->status == 400 || a->status == 413 ||
		    a->status == 422 || a->status == 500);
		return;
	}
	gaz_buf_clear(&r->answer);
	r->answer = a->body;
	gaz_buf_init(&a->body, 0);
	r->known = e->len;
	if (!gaz_tasks_run(e->app->tasks, run_read, done_read, r))
		fail(r, "too much waits", false);
}

/* ---- to the server */

static void
ask(struct round *r)
{
	const char *headers[] = { "Content-Type: application/json",
		"Accept: application/json", NULL, NULL };
	struct gaz_embed *e = r->e;
	struct gaz_arena a = { 0 };
	struct gaz_fetch_request req = {
		.url = gaz_embedding_url(&a, gaz_str_of(e->url)).p,
		.headers = headers, .post = r->question.p,
		.max_body = GAZ_EMBED_ANSWER_MAX,
		.timeout_s = GAZ_EMBED_TIMEOUT_S, .urgent = true,
	};

	if (r->authorization.len > 0)
		headers[2] = r->authorization.p;
	e->transfer = gaz_fetcher_start(e->fetcher, &req, on_answer, r);
	gaz_arena_clear(&a);
}

static bool
load_key(struct round *r)
{
	struct gaz_config_access access = { .password_file = r->key_file };
	struct gaz_buf key;
	bool ok;

	if (r->key_file.len == 0)
		return true;
	gaz_buf_init(&key, GAZ_BUF_NO_MAX);
	ok = gaz_config_load_password(&access, &key, &r->err);
	if (ok)
		gaz_buf_put_fmt(&r->authorization, "Authorization: Bearer "
		    "%.*s", GAZ_STR_ARG(gaz_buf_str(&key)));
	gaz_buf_clear(&key);
	return ok;
}

/* On a task thread. */
static void
run_take(struct gaz_store *reader, const struct gaz_err *why, void *arg)
{
	struct gaz_store_unembedded items[GAZ_EMBED_BATCH];
	struct gaz_str texts[GAZ_EMBED_BATCH];
	struct round *r = arg;

	if (reader == NULL) {
		r->err = *why;
		return;
	}
	if (!gaz_store_unembedded(reader, r->by, r->after, r->since, r->most,
	    &r->arena, items, &r->n, &r->err))
		return;
	for (size_t i = 0; i < r->n; i++) {
		r->ids[i] = items[i].item_id;
		texts[i] = gaz_embedding_text(&r->arena, items[i].title,
		    items[i].text);
	}
	gaz_embedding_write(&r->question, r->model, texts, r->n);
	r->ok = load_key(r);
}

static void
take_nothing(struct round *r)
{
	struct gaz_embed *e = r->e;

	if (!end_round(r))
		return;
	if (e->passed > 0) {
		/* No other was there to tell whose fault it is. */
		go_back(e);
		wait_ms(e, retry_s(e) * 1000);
	} else if (e->due) {
		wait_ms(e, COLLECT_MS);
	}
}

static void
done_take(void *arg)
{
	struct round *r = arg;
	struct gaz_embed *e = r->e;

	if (!r->ok)
		fail(r, r->err.msg, false);
	else if (r->n == 0 || r->settings != e->settings ||
	    e->app->stopping)
		take_nothing(r);
	else
		ask(r);
}

static void
take(struct gaz_embed *e)
{
	struct round *r;

	if (e->busy || e->url == NULL || !e->adopted)
		return;
	e->busy = true;
	e->due = false;
	event_del(e->timer);
	r = new_round(e);
	if (!gaz_tasks_run(e->app->tasks, run_take, done_take, r))
		fail(r, "too much waits", false);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct gaz_embed *e = arg;

	(void)fd;
	(void)what;
	if (!e->app->stopping)
		take(e);
}

/* ---- from outside */

void
gaz_embed_touch(struct gaz_app *app)
{
	struct gaz_embed *e = app->embed;

	if (e == NULL || e->url == NULL || app->stopping)
		return;
	e->due = true;
	/* While it fails, the next try has its time already. */
	if (!e->busy && !event_pending(e->timer, EV_TIMEOUT, NULL))
		wait_ms(e, COLLECT_MS);
}

/* Any address will do: only the operator says where this goes. */
static bool
make_fetcher(struct gaz_embed *e)
{
	static const struct gaz_fetch_cidr all[] = {
		{ .family = AF_INET }, { .family = AF_INET6 }
	};
	struct gaz_fetcher_options opt = {
		.connections = 1, .connections_per_host = 1,
		.allow_private = all, .allow_private_count = GAZ_COUNT(all),
	};
	struct gaz_err err;

	e->fetcher = gaz_fetcher_new(e->app->base, &opt, &err);
	if (e->fetcher == NULL)
		gaz_log(GAZ_LOG_ERR, "embed", "%s", err.msg);
	return e->fetcher != NULL;
}

static bool
replace(char **old, struct gaz_str now)
{
	bool same = *old != NULL ? gaz_str_eq_z(now, *old) : now.len == 0;

	if (same)
		return false;
	free(*old);
	*old = now.len > 0 ? gaz_mem_strndup(now.p, now.len) : NULL;
	return true;
}

/* The model, or what the server has: then by its address, which may hold a
 * password and is stored as a hash. */
static void
name_maker(struct gaz_embed *e)
{
	char hex[33];

	free(e->by);
	e->by = NULL;
	if (e->model != NULL) {
		e->by = gaz_mem_strdup(e->model);
	} else if (e->url != NULL) {
		gaz_hash128_hex(e->url, strlen(e->url), hex);
		e->by = gaz_mem_strdup(hex);
	}
}

static struct gaz_embed *
new_embed(struct gaz_app *app)
{
	struct gaz_embed *e = gaz_mem_zero(1, sizeof(*e));

	e->app = app;
	e->timer = event_new(app->base, -1, 0, on_timer, e);
	if (e->timer == NULL)
		gaz_mem_die(0);
	return e;
}

void
gaz_embed_configure(struct gaz_app *app)
{
	const struct gaz_config *c = app->config;
	struct gaz_embed *e = app->embed;
	struct adopt *a;
	bool changed;

	if (app->once || (e == NULL && c->embeddings.len == 0))
		return;
	if (e == NULL)
		e = app->embed = new_embed(app);
	changed = replace(&e->url, c->embeddings);
	changed = replace(&e->model, c->embeddings_model) || changed;
	changed = replace(&e->key_file, c->embeddings_key_file) || changed;
	if (!changed || (e->fetcher == NULL && !make_fetcher(e)))
		return;
	name_maker(e);
	e->settings++;
	e->after = 0;
	e->failures = e->passed = 0;
	e->len = 0;
	e->batch = GAZ_EMBED_BATCH;
	e->adopted = false;
	event_del(e->timer);
	if (e->transfer != NULL)
		gaz_fetcher_cancel(e->fetcher, e->transfer);
	a = gaz_mem_zero(1, sizeof(*a));
	a->e = e;
	a->settings = e->settings;
	a->by = e->url != NULL ? gaz_mem_strdup(e->by) : NULL;
	gaz_writer_run(app->writer, run_adopt, done_adopt, a, false);
}

void
gaz_embed_stop(struct gaz_app *app)
{
	struct gaz_embed *e = app->embed;

	if (e == NULL)
		return;
	event_del(e->timer);
	if (e->transfer != NULL)
		gaz_fetcher_cancel(e->fetcher, e->transfer);
}

void
gaz_embed_free(struct gaz_app *app)
{
	struct gaz_embed *e = app->embed;

	if (e == NULL)
		return;
	gaz_fetcher_free(e->fetcher);
	event_free(e->timer);
	free(e->url);
	free(e->model);
	free(e->key_file);
	free(e->by);
	free(e);
	app->embed = NULL;
}
