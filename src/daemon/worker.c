/*
 * A parse worker: reads a request, parses, cleans, extracts story features,
 * answers with a batch, and so on until the socket closes. It is started by
 * executing the program anew, loads what it needs from files, then gives up
 * every right. A document that costs more than GAZ_WORKER_CPU_S kills it by
 * SIGPROF; the parent sees the death and names the fetch hostile.
 */
#include "config.h"

#include "worker.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "gazetted/batch.h"
#include "gazetted/limits.h"
#include "gazetted/log.h"
#include "gazetted/mem.h"
#include "gazetted/parse.h"
#include "gazetted/story.h"

#include "message.h"
#include "sandbox.h"

static bool
read_all(void *p, size_t n)
{
	char *at = p;

	while (n > 0) {
		ssize_t got = read(GAZ_WORKER_FD, at, n);

		if (got == -1 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		at += got;
		n -= (size_t)got;
	}
	return true;
}

static bool
write_all(const void *p, size_t n)
{
	const char *at = p;

	while (n > 0) {
		ssize_t put = write(GAZ_WORKER_FD, at, n);

		if (put == -1 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		at += put;
		n -= (size_t)put;
	}
	return true;
}

/* CPU seconds that this process may still use; 0: as much as it wants. */
static void
set_deadline(int seconds)
{
	struct itimerval t = { { 0, 0 }, { seconds, 0 } };

	setitimer(ITIMER_PROF, &t, NULL);
}

static bool
send_message(uint32_t kind, uint32_t flags, struct gaz_str payload)
{
	struct gaz_message_header h = { GAZ_MESSAGE_MAGIC, kind,
		(uint32_t)payload.len, flags };

	return write_all(&h, sizeof(h)) && write_all(payload.p, payload.len);
}

/* ----- a reply ----- */

/* Bytes of a reply that wait to be sent. */
#define PART_MAX (256u << 10)
/* A request that took more memory gives it back as soon as it was read. */
#define REQUEST_KEPT (256u << 10)

struct reply {
	struct gaz_buf *in;   /* the request */
	struct gaz_parse_job *job;
	struct gaz_story_extractor *x;
	struct gaz_buf *out;  /* not sent yet */
	struct gaz_buf features;
	size_t sent;
	bool anew;            /* what was sent is void */
};

/* Without the daemon there is nothing left to do. */
static void
send_part(struct reply *r, uint32_t kind)
{
	if (!send_message(kind, r->anew ? GAZ_MESSAGE_ANEW : 0,
	    gaz_buf_str(r->out)))
		_exit(0);
	r->sent += r->out->len;
	r->anew = false;
	gaz_buf_reset(r->out);
	if (r->out->cap > 2 * PART_MAX)
		gaz_buf_clear(r->out);
}

/* Take back all that was said. */
static void
start_anew(void *arg)
{
	struct reply *r = arg;

	r->anew = r->anew || r->sent > 0;
	r->sent = 0;
	gaz_buf_reset(r->out);
}

static bool
put_record(struct reply *r, const struct gaz_batch_item *it, uint32_t replaces)
{
	if (!gaz_batch_put_item(it, replaces, r->out, NULL) ||
	    r->out->len > GAZ_MESSAGE_MAX - r->sent)
		return false;
	if (r->out->len >= PART_MAX)
		send_part(r, GAZ_MESSAGE_PART);
	return true;
}

static void
refuse(struct gaz_arena *a, struct gaz_batch *b, enum gaz_fault fault,
    const char *why)
{
	*b = (struct gaz_batch){ .fault = fault == GAZ_FAULT_NONE ?
	    GAZ_FAULT_NOT_A_FEED : fault,
		.fault_text = gaz_arena_fmt(a, "%s", why),
		.feeds_found = b->feeds_found, .ttl_s = GAZ_INT_UNKNOWN,
		.update_interval_s = GAZ_INT_UNKNOWN };
}

/* b without its items is the end of the reply. */
static void
finish_reply(struct reply *r, struct gaz_arena *a, struct gaz_batch *b)
{
	if (b->fault != GAZ_FAULT_NONE)
		start_anew(r);
	if (!gaz_batch_put_rest(b, r->out, NULL) ||
	    r->out->len > GAZ_MESSAGE_MAX - r->sent) {
		start_anew(r);
		b->feeds_found.n = 0;
		refuse(a, b, GAZ_FAULT_TOO_LARGE,
		    "the reply is larger than GAZ_MESSAGE_MAX");
		if (!gaz_batch_put_rest(b, r->out, NULL))
			_exit(70);
	}
	set_deadline(0);
	send_part(r, r->job->kind);
}

/* ----- feeds ----- */

static bool
put_item(void *arg, struct gaz_batch_item *it, uint32_t replaces,
    struct gaz_str feed_title)
{
	struct reply *r = arg;
	struct gaz_story_text text = {
		.title = it->title, .language = it->language,
		.summary = it->summary.len > 0 ? it->summary : it->text,
		.url = it->url, .published = it->published,
		.source = r->job->source.len > 0 ? r->job->source : feed_title,
	};

	gaz_buf_reset(&r->features);
	gaz_story_extract(r->x, &text, &r->features);
	it->features = gaz_buf_str(&r->features);
	return put_record(r, it, replaces);
}

/* The document was taken from it. */
static void
drop_request(void *arg)
{
	struct reply *r = arg;

	r->job->body = GAZ_STR_NONE;
	if (r->in->cap > REQUEST_KEPT)
		gaz_buf_clear(r->in);
}

static void
serve_feed(struct reply *r, struct gaz_arena *a)
{
	const struct gaz_parse_job *job = r->job;
	struct gaz_parse_options opt = {
		.url = job->url, .content_type = job->content_type,
	};
	struct gaz_digest_options digest = {
		.url = job->url, .language = job->language,
		.max_items = job->max_items,
	};
	const struct gaz_parse_sink sink = { .arg = r, .put = put_item,
		.restart = start_anew, .release = drop_request };
	enum gaz_fault fault = GAZ_FAULT_NONE;
	struct gaz_err err = { 0 };
	struct gaz_batch b;

	if (!gaz_parse_stream(job->body, &opt, &digest, &sink, a, &b, &fault,
	    &err))
		refuse(a, &b, fault, err.msg);
	finish_reply(r, a, &b);
}

/* ----- OPML ----- */

/* An outline as an item without features: title, the feed's address as
 * url_given, the site as url, folders as categories. */
static bool
put_outline(void *arg, const struct gaz_outline *o)
{
	struct gaz_batch_item it = {
		.title = o->title.p != NULL ? o->title : o->url,
		.url_given = o->url, .url = o->site_url,
		.language = o->language, .categories = o->tags,
	};

	return put_record(arg, &it, GAZ_BATCH_NEW);
}

static void
serve_opml(struct reply *r, struct gaz_arena *a)
{
	const struct gaz_opml_sink sink = { .arg = r, .put = put_outline,
		.restart = start_anew, .release = drop_request };
	struct gaz_batch b = { .ttl_s = GAZ_INT_UNKNOWN,
		.update_interval_s = GAZ_INT_UNKNOWN };
	struct gaz_opml opml;
	struct gaz_err err = { 0 };

	if (gaz_opml_parse(r->job->body, &sink, a, &opml, &err)) {
		b.title = opml.title;
		if (opml.well_formed)
			b.flags |= GAZ_BATCH_WELL_FORMED;
		b.warnings = opml.skipped;
	} else {
		refuse(a, &b, GAZ_FAULT_NOT_A_FEED, err.msg);
	}
	finish_reply(r, a, &b);
}

/* ----- requests ----- */

/* All but the body has to outlive the request. */
static void
keep_strings(struct gaz_parse_job *job, struct gaz_arena *a)
{
	job->url = gaz_arena_str(a, job->url);
	job->content_type = gaz_arena_str(a, job->content_type);
	job->language = gaz_arena_str(a, job->language);
	job->source = gaz_arena_str(a, job->source);
}

static bool
serve_one(struct gaz_story_extractor *x, struct gaz_buf *in,
    struct gaz_buf *out)
{
	struct gaz_message_header h;
	struct gaz_parse_job job;

	if (!read_all(&h, sizeof(h)))
		return false;
	if (!gaz_message_header_ok(&h))
		_exit(70);
	gaz_buf_reset(in);
	if (in->cap <= h.len) {
		gaz_buf_clear(in);
		in->p = gaz_mem_alloc((size_t)h.len + 1);
		in->cap = (size_t)h.len + 1;
	}
	if (!read_all(in->p, h.len))
		return false;
	in->len = h.len;
	gaz_buf_reset(out);
	if (!gaz_message_get_job(gaz_buf_str(in), h.kind, &job))
		_exit(70);

	struct gaz_arena a = { 0 };
	struct reply r = { .in = in, .job = &job, .x = x, .out = out };
	bool large = h.len > (1u << 20);

	gaz_buf_init(&r.features, GAZ_FEATURES_MAX);
	keep_strings(&job, &a);
	set_deadline(GAZ_WORKER_CPU_S * GAZ_WORKER_SLOWNESS);
	if (job.kind == GAZ_MESSAGE_OPML)
		serve_opml(&r, &a);
	else
		serve_feed(&r, &a);
	gaz_buf_clear(&r.features);
	gaz_arena_clear(&a);
	/* One huge document must not set the size of the process for good. */
	if (large) {
		gaz_buf_clear(in);
		malloc_trim(0);
	}
	return true;
}

/* What the daemon read of dictionaries is mapped for good, if there is any. */
static bool
map_words(struct gaz_story_extractor *x)
{
	struct stat st;

	if (fstat(GAZ_WORKER_WORDS_FD, &st) == -1)
		return errno == EBADF;
	void *p = st.st_size <= 0 ? MAP_FAILED :
	    mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE,
	        GAZ_WORKER_WORDS_FD, 0);
	close(GAZ_WORKER_WORDS_FD);
	return p != MAP_FAILED && gaz_story_extractor_use(x,
	    gaz_str_make(p, (size_t)st.st_size));
}

void
gaz_worker_main(void)
{
	struct gaz_story_extractor *x;
	struct gaz_buf in, out;
	struct gaz_err err;

	/* Die with the daemon; come without its signals and descriptors. */
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	/* The sandbox lets no file grow. A last word into a log that is one is
	 * lost then, but must not hide what the worker dies of. */
	signal(SIGXFSZ, SIG_IGN);
	close_range(GAZ_WORKER_WORDS_FD + 1, ~0u, 0);
	if (chdir("/") == -1)
		_exit(71);
	gaz_parse_tune_memory();
	gaz_parse_preload();
	x = gaz_story_extractor_new();
	if (!map_words(x)) {
		gaz_log(GAZ_LOG_ERR, "worker", "the table of words is damaged");
		_exit(71);
	}
	gaz_buf_init(&in, GAZ_MESSAGE_MAX);
	gaz_buf_init(&out, GAZ_MESSAGE_MAX);
	if (!gaz_sandbox_close(&err)) {
		gaz_log(GAZ_LOG_ERR, "worker", "sandbox: %s", err.msg);
		_exit(GAZ_WORKER_NO_SANDBOX);
	}
	if (send_message(GAZ_MESSAGE_HELLO, 0, GAZ_STR(""))) {
		while (serve_one(x, &in, &out))
			continue;
	}
	_exit(0);
}
