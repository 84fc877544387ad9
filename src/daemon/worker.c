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
reply(uint32_t kind, struct gaz_str payload)
{
	struct gaz_message_header h = { GAZ_MESSAGE_MAGIC, kind,
		(uint32_t)payload.len, 0 };

	return write_all(&h, sizeof(h)) && write_all(payload.p, payload.len);
}

static void
add_features(struct gaz_story_extractor *x, const struct gaz_parse_job *job,
    struct gaz_arena *a, struct gaz_batch *b)
{
	struct gaz_buf out;

	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	for (size_t i = 0; i < b->items.n; i++) {
		struct gaz_batch_item *it = &b->items.v[i];
		struct gaz_story_text text = {
			.title = it->title, .language = it->language,
			.summary = it->summary.len > 0 ? it->summary : it->text,
			.url = it->url, .published = it->published,
			.source = job->source.len > 0 ? job->source : b->title,
		};

		gaz_buf_reset(&out);
		gaz_story_extract(x, &text, &out);
		it->features = gaz_arena_str(a, gaz_buf_str(&out));
	}
	gaz_buf_clear(&out);
}

static void
refuse(struct gaz_arena *a, struct gaz_batch *b, enum gaz_fault fault,
    const struct gaz_err *err)
{
	memset(b, 0, sizeof(*b));
	b->fault = fault == GAZ_FAULT_NONE ? GAZ_FAULT_NOT_A_FEED : fault;
	b->fault_text = gaz_arena_fmt(a, "%s", err->msg);
	b->ttl_s = b->update_interval_s = GAZ_INT_UNKNOWN;
}

static void
parse_feed(struct gaz_story_extractor *x, const struct gaz_parse_job *job,
    struct gaz_arena *a, struct gaz_batch *b)
{
	struct gaz_parse_options opt = {
		.url = job->url, .content_type = job->content_type,
	};
	struct gaz_digest_options digest = {
		.url = job->url, .language = job->language,
		.max_items = job->max_items,
	};
	enum gaz_fault fault = GAZ_FAULT_NONE;
	struct gaz_err err = { 0 };

	if (!gaz_parse_to_batch(job->body, &opt, &digest, a, b, &fault,
		&err)) {
		refuse(a, b, fault, &err);
		if (b->fault == GAZ_FAULT_NOT_A_FEED)
			gaz_parse_discover(job->body, job->url, a,
			    &b->feeds_found);
		if (b->feeds_found.n > GAZ_ITEM_LINKS_MAX)
			b->feeds_found.n = GAZ_ITEM_LINKS_MAX;
		return;
	}
	add_features(x, job, a, b);
}

static bool
serve_feed(struct gaz_story_extractor *x, const struct gaz_parse_job *job,
    struct gaz_buf *out)
{
	struct gaz_arena a = { 0 };
	struct gaz_batch b = { 0 };
	struct gaz_err err = { 0 };
	bool ok;

	parse_feed(x, job, &a, &b);
	if (!gaz_batch_encode(&b, out, &err)) {
		refuse(&a, &b, GAZ_FAULT_TOO_LARGE, &err);
		gaz_buf_reset(out);
		if (!gaz_batch_encode(&b, out, &err))
			_exit(70);
	}
	set_deadline(0);
	ok = reply(GAZ_MESSAGE_FEED, gaz_buf_str(out));
	gaz_arena_clear(&a);
	return ok;
}

/*
 * Outlines as a batch without features: title, the feed's address as
 * url_given, the site as url, folders as categories. A list longer than a batch comes as
 * several, the last of them with fewer than GAZ_DOCUMENT_ITEMS_MAX.
 */
static bool
serve_opml(const struct gaz_parse_job *job, struct gaz_buf *out)
{
	struct gaz_arena a = { 0 };
	struct gaz_opml opml = { 0 };
	struct gaz_err err = { 0 };
	bool ok = true, last = false;
	size_t at = 0;

	bool parsed = gaz_opml_parse(job->body, &a, &opml, &err);
	set_deadline(0);
	while (ok && !last) {
		struct gaz_batch b = { .ttl_s = GAZ_INT_UNKNOWN,
			.update_interval_s = GAZ_INT_UNKNOWN };

		if (!parsed)
			refuse(&a, &b, GAZ_FAULT_NOT_A_FEED, &err);
		b.title = opml.title;
		if (parsed && opml.well_formed)
			b.flags |= GAZ_BATCH_WELL_FORMED;
		for (; at < opml.feeds.n &&
		    b.items.n < GAZ_DOCUMENT_ITEMS_MAX; at++) {
			struct gaz_outline *o = &opml.feeds.v[at];
			struct gaz_batch_item *it =
			    gaz_list_push(&a, &b.items);

			it->title = o->title.p != NULL ? o->title : o->url;
			it->url_given = o->url;
			it->url = o->site_url;
			it->language = o->language;
			it->categories = o->tags;
			if (it->categories.n > GAZ_ITEM_CATEGORIES_MAX)
				it->categories.n = GAZ_ITEM_CATEGORIES_MAX;
		}
		last = b.items.n < GAZ_DOCUMENT_ITEMS_MAX;
		for (size_t i = 0; last && i < opml.skipped.n &&
		    i < GAZ_DOCUMENT_ERRORS_MAX; i++)
			*gaz_list_push(&a, &b.warnings) = opml.skipped.v[i];
		gaz_buf_reset(out);
		if (!gaz_batch_encode(&b, out, &err))
			_exit(70);
		ok = reply(GAZ_MESSAGE_OPML, gaz_buf_str(out));
	}
	gaz_arena_clear(&a);
	return ok;
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
	set_deadline(GAZ_WORKER_CPU_S * GAZ_WORKER_SLOWNESS);
	bool ok = job.kind == GAZ_MESSAGE_OPML ? serve_opml(&job, out) :
	    serve_feed(x, &job, out);
	/* One huge document must not set the size of the process for good. */
	if (in->cap > (1u << 20) || out->cap > (4u << 20)) {
		gaz_buf_clear(in);
		gaz_buf_clear(out);
		malloc_trim(0);
	}
	return ok;
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
	if (reply(GAZ_MESSAGE_HELLO, GAZ_STR(""))) {
		while (serve_one(x, &in, &out))
			continue;
	}
	_exit(0);
}
