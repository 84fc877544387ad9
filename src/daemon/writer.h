#ifndef GAZETTED_DAEMON_WRITER_H
#define GAZETTED_DAEMON_WRITER_H

#include "gazetted/metrics.h"
#include "gazetted/rule.h"
#include "gazetted/store.h"
#include "gazetted/story.h"

/*
 * The writer thread: the only read-write connection and the story index.
 * Jobs run in the order they were given; jobs that arrive within the commit
 * interval share a transaction, and their done functions are called on the
 * loop after it was committed.
 */
struct event_base;
/* Jobs of one transaction. So many are committed without a wait for more. */
#define GAZ_WRITER_GROUP_MAX 128

struct gaz_writer;

struct gaz_writer_options {
	int64_t commit_interval_ms;
	int64_t window_s;       /* of stories */
	struct gaz_str words;   /* table for the extractor, lent */
};

/* What a job works with; the writer thread's alone. */
struct gaz_writer_state {
	struct gaz_store *store;
	struct gaz_story_index *index;
	struct gaz_story_extractor *extractor;
	struct gaz_rules *rules; /* NULL: none yet */
	char *vectors_by; /* whose vectors the index has; NULL: none */
	struct gaz_writer_options opt;
};

/*
 * On the writer thread, inside a transaction. May run again: when a commit
 * fails, the jobs of its group are tried once more one by one. So a job
 * changes nothing but the database, the index and its own arg's outputs.
 */
typedef bool (*gaz_job_run_fn)(struct gaz_writer_state *w, void *arg,
    struct gaz_err *err);
/* On the loop, exactly once. ok: the job ran and is committed. */
typedef void (*gaz_job_done_fn)(void *arg, bool ok, const struct gaz_err *err);

/*
 * The index is rebuilt from the store on the new thread before the first job
 * runs. Takes the store over.
 */
struct gaz_writer *gaz_writer_start(struct event_base *base,
    struct gaz_store *store, const struct gaz_writer_options *opt,
    struct gaz_metrics *metrics);
/* Run what is queued, commit, call every done, join, close the store. */
void gaz_writer_stop(struct gaz_writer *w);
/* urgent: do not wait for company before the commit. Loop only. */
void gaz_writer_run(struct gaz_writer *w, gaz_job_run_fn run,
    gaz_job_done_fn done, void *arg, bool urgent);
/* Jobs given and not done; the loop pauses fetching above a mark. */
size_t gaz_writer_pending(const struct gaz_writer *w);
/*
 * For a job: the index has the stored vectors by that model from now on, or
 * none when it is absent. *len: numbers of each; 0: there are none.
 */
bool gaz_writer_adopt_vectors(struct gaz_writer_state *w,
    struct gaz_str model, size_t *len, struct gaz_err *err)
    __attribute__((warn_unused_result));
/* Of the last commit. Loop only. */
int64_t gaz_writer_generation(const struct gaz_writer *w);

#endif
