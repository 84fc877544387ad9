/*
 * The writer thread. A group of jobs is one transaction:
 *
 *   take a job -> begin -> run -> more within the interval? run those
 *     -> commit -> hand all back to the loop
 *
 * When a job or the commit fails, the transaction is rolled back, the index,
 * which has taken in items that are not stored now, is rebuilt from the
 * store, and the jobs of the group run again, each in a transaction of its
 * own, so that one bad job does not take its neighbours with it.
 */
#include "config.h"

#include "writer.h"

#include <event2/event.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "gazetted/clock.h"
#include "gazetted/log.h"
#include "gazetted/mem.h"
#include "gazetted/queue.h"
#include "gazetted/vec.h"

#include "corrections.h"

#define JOBS_MAX 65536

struct job {
	gaz_job_run_fn run;
	gaz_job_done_fn done;
	void *arg;
	bool urgent, ok;
	struct gaz_err err;
	struct job *next; /* in the overflow list of the loop */
};

struct gaz_writer {
	struct gaz_writer_state state;
	struct gaz_metrics *metrics;
	struct gaz_queue *todo, *finished;
	struct job *over_first, *over_last; /* waits for room in todo */
	struct event *ev;
	pthread_t thread;
	size_t pending;
	int64_t seen_generation;
	_Atomic int64_t generation;
};

/* ---- the index from the store */

struct restore {
	struct gaz_writer_state *w;
	struct gaz_err *err;
	bool failed;
	size_t items;
};

/*
 * Features that this version cannot read, or that were made with other
 * dictionaries, are made anew and kept.
 */
static bool
renew_features(struct restore *r, const struct gaz_store_live_item *it,
    struct gaz_buf *out)
{
	struct gaz_arena a = { 0 };
	struct gaz_story_text text = {
		.language = it->language, .source = it->feed_name,
		.url = it->url, .published = it->published,
	};
	bool found, ok;

	ok = gaz_store_item_text(r->w->store, it->item_id, &a, &text.title,
	    &text.summary, &found, r->err);
	if (ok) {
		gaz_story_extract(r->w->extractor, &text, out);
		ok = gaz_store_put_features(r->w->store, it->item_id,
		    gaz_buf_str(out), r->err);
	}
	gaz_arena_clear(&a);
	return ok;
}

static bool
restore_item(const struct gaz_store_live_item *it, void *arg)
{
	struct restore *r = arg;
	struct gaz_story_item item = {
		.item_id = it->item_id, .source_id = it->feed_id,
		.published = it->published, .arrived = it->arrived,
		.features = it->features,
	};
	struct gaz_buf features;

	if (it->story_id == 0)
		return true;
	gaz_buf_init(&features, GAZ_BUF_NO_MAX);
	if (!gaz_story_extractor_accepts(r->w->extractor, it->features)) {
		if (!renew_features(r, it, &features))
			r->failed = true;
		item.features = gaz_buf_str(&features);
	}
	if (!r->failed)
		gaz_story_index_restore(r->w->index, &item, it->story_id,
		    it->arrived);
	r->items++;
	gaz_buf_clear(&features);
	return !r->failed;
}

/* ---- vectors from the store */

static void
restore_vector(int64_t item_id, struct gaz_str vector, void *arg)
{
	struct gaz_writer_state *w = arg;

	/* Not of an item that is in no story. */
	(void)gaz_story_index_restore_vector(w->index, item_id,
	    (const int8_t *)vector.p, vector.len);
}

static bool
restore_vectors(struct gaz_writer_state *w, struct gaz_err *err)
{
	if (w->vectors_by == NULL)
		return true;
	return gaz_store_each_embedding(w->store, gaz_str_of(w->vectors_by),
	    gaz_clock_utc() - w->opt.window_s, restore_vector, w, err);
}

bool
gaz_writer_adopt_vectors(struct gaz_writer_state *w, struct gaz_str model,
    size_t *len, struct gaz_err *err)
{
	struct gaz_story_stats st;

	free(w->vectors_by);
	w->vectors_by = model.p != NULL ? gaz_mem_strndup(model.p, model.len) :
	    NULL;
	gaz_story_index_forget_vectors(w->index);
	if (!restore_vectors(w, err))
		return false;
	gaz_story_index_stats(w->index, &st);
	*len = st.vector_len;
	return true;
}

static bool
rebuild_index(struct gaz_writer_state *w, struct gaz_err *err)
{
	struct gaz_story_options opt = {
		.window_s = w->opt.window_s,
		.next_story_id = gaz_store_next_story_id(w->store),
	};
	gaz_utc since = gaz_clock_utc() - 2 * w->opt.window_s;
	struct restore r = { .w = w, .err = err };

	gaz_story_index_free(w->index);
	w->index = gaz_story_index_new(&opt);
	/* Twice the window: an item may arrive late in a story's life. */
	if (!gaz_corrections_recall(w, 0, NULL, err) ||
	    !gaz_store_each_live(w->store, since, restore_item, &r, err) ||
	    r.failed || !restore_vectors(w, err))
		return false;
	gaz_log(GAZ_LOG_DEBUG, "writer", "event=index-built items=%zu",
	    r.items);
	return true;
}

static void
note_stats(struct gaz_writer *w)
{
	struct gaz_story_stats st;
	int64_t g = gaz_store_generation(w->state.store);

	gaz_story_index_stats(w->state.index, &st);
	gaz_metrics_set(w->metrics, GAZ_METRIC_STORIES_LIVE,
	    (int64_t)st.stories);
	gaz_metrics_set(w->metrics, GAZ_METRIC_ITEMS_LIVE, (int64_t)st.items);
	atomic_store(&w->generation, g);
	gaz_metrics_set(w->metrics, GAZ_METRIC_GENERATION, g);
}

/* ---- groups */

typedef GAZ_VEC(struct job *) group;

static void
start_over(struct gaz_writer *w)
{
	struct gaz_err err;

	gaz_store_rollback(w->state.store);
	if (!rebuild_index(&w->state, &err))
		gaz_log(GAZ_LOG_ERR, "writer", "index: %s", err.msg);
}

static void
run_alone(struct gaz_writer *w, struct job *j)
{
	struct gaz_store *s = w->state.store;

	j->ok = gaz_store_begin(s, &j->err) &&
	    j->run(&w->state, j->arg, &j->err) && gaz_store_commit(s, &j->err);
	if (!j->ok)
		start_over(w);
}

/* Run j as part of the open transaction; false: the group has failed. */
static bool
run_in_group(struct gaz_writer *w, group *g, struct job *j)
{
	*gaz_vec_push(g) = j;
	j->ok = j->run(&w->state, j->arg, &j->err);
	return j->ok;
}

static void
finish_group(struct gaz_writer *w, group *g, bool good)
{
	struct gaz_err err = { 0 };

	if (good)
		good = gaz_store_commit(w->state.store, &err);
	if (!good) {
		start_over(w);
		if (g->n == 1 && !g->v[0]->ok) {
			/* It failed by itself; once is enough. */
		} else {
			for (size_t i = 0; i < g->n; i++)
				run_alone(w, g->v[i]);
		}
	}
	note_stats(w);
	for (size_t i = 0; i < g->n; i++) {
		if (!gaz_queue_put(w->finished, g->v[i]))
			abort(); /* closed only after this thread ended */
	}
	g->n = 0;
}

static int64_t
since_ms(struct gaz_mono start)
{
	return gaz_clock_mono().ms - start.ms;
}

static void *
writer_thread(void *arg)
{
	struct gaz_writer *w = arg;
	group g = { 0 };
	struct gaz_err err;
	struct job *j;

	if (!rebuild_index(&w->state, &err))
		gaz_log(GAZ_LOG_ERR, "writer", "index: %s", err.msg);
	note_stats(w);
	while ((j = gaz_queue_take(w->todo, -1)) != NULL) {
		struct gaz_mono start = gaz_clock_mono();
		bool good, urgent;

		if (!gaz_store_begin(w->state.store, &j->err)) {
			j->ok = false;
			if (!gaz_queue_put(w->finished, j))
				abort();
			continue;
		}
		urgent = j->urgent;
		good = run_in_group(w, &g, j);
		while (good && g.n < GAZ_WRITER_GROUP_MAX) {
			int64_t left = w->state.opt.commit_interval_ms -
			    since_ms(start);

			if (urgent || left < 0)
				left = 0;
			j = gaz_queue_take(w->todo, (int)left);
			if (j == NULL)
				break;
			urgent = urgent || j->urgent;
			good = run_in_group(w, &g, j);
			if (since_ms(start) > w->state.opt.commit_interval_ms)
				break;
		}
		finish_group(w, &g, good);
	}
	gaz_vec_clear(&g);
	return NULL;
}

/* ---- the loop's side */

static void
refill(struct gaz_writer *w)
{
	while (w->over_first != NULL) {
		struct job *j = w->over_first;

		if (!gaz_queue_try_put(w->todo, j))
			return;
		w->over_first = j->next;
		if (w->over_first == NULL)
			w->over_last = NULL;
	}
}

static void
drain(struct gaz_writer *w)
{
	struct job *j;

	w->seen_generation = atomic_load(&w->generation);
	while ((j = gaz_queue_try_take(w->finished)) != NULL) {
		w->pending--;
		j->done(j->arg, j->ok, &j->err);
		free(j);
		refill(w);
	}
}

static void
on_finished(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	drain(arg);
}

struct gaz_writer *
gaz_writer_start(struct event_base *base, struct gaz_store *store,
    const struct gaz_writer_options *opt, struct gaz_metrics *metrics)
{
	struct gaz_writer *w = gaz_mem_zero(1, sizeof(*w));

	w->state.store = store;
	w->state.opt = *opt;
	w->state.extractor = gaz_story_extractor_new();
	if (!gaz_story_extractor_use(w->state.extractor, opt->words))
		abort();
	w->metrics = metrics;
	w->todo = gaz_queue_new(JOBS_MAX);
	w->finished = gaz_queue_new(JOBS_MAX + GAZ_WRITER_GROUP_MAX);
	w->generation = gaz_store_generation(store);
	w->seen_generation = w->generation;
	w->ev = event_new(base, gaz_queue_fd(w->finished),
	    EV_READ | EV_PERSIST, on_finished, w);
	if (w->ev == NULL || event_add(w->ev, NULL) == -1)
		gaz_mem_die(sizeof(*w));
	if (pthread_create(&w->thread, NULL, writer_thread, w) != 0) {
		gaz_log(GAZ_LOG_ERR, "writer", "cannot start the thread");
		abort();
	}
	return w;
}

void
gaz_writer_stop(struct gaz_writer *w)
{
	if (w == NULL)
		return;
	/* Jobs may add jobs in their done functions; wait for the last. */
	while (w->pending > 0) {
		struct job *j = gaz_queue_take(w->finished, 1000);

		if (j == NULL)
			continue;
		w->pending--;
		w->seen_generation = atomic_load(&w->generation);
		j->done(j->arg, j->ok, &j->err);
		free(j);
		refill(w);
	}
	gaz_queue_close(w->todo);
	pthread_join(w->thread, NULL);
	event_free(w->ev);
	gaz_queue_free(w->todo);
	gaz_queue_free(w->finished);
	gaz_story_index_free(w->state.index);
	gaz_story_extractor_free(w->state.extractor);
	gaz_rules_free(w->state.rules);
	free(w->state.vectors_by);
	gaz_store_close(w->state.store);
	free(w);
}

void
gaz_writer_run(struct gaz_writer *w, gaz_job_run_fn run, gaz_job_done_fn done,
    void *arg, bool urgent)
{
	struct job *j = gaz_mem_zero(1, sizeof(*j));

	j->run = run;
	j->done = done;
	j->arg = arg;
	j->urgent = urgent;
	w->pending++;
	refill(w);
	if (w->over_first == NULL && gaz_queue_try_put(w->todo, j))
		return;
	if (w->over_last != NULL)
		w->over_last->next = j;
	else
		w->over_first = j;
	w->over_last = j;
}

size_t
gaz_writer_pending(const struct gaz_writer *w)
{
	return w->pending;
}

int64_t
gaz_writer_generation(const struct gaz_writer *w)
{
	return w->seen_generation;
}
