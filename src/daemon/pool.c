/*
 * Each worker is a process behind a socket pair:
 *
 *   STARTING --hello--> IDLE --job--> BUSY --reply--> IDLE
 *       any of them --death, bad bytes, deadline--> gone, then STARTING again
 *
 * A worker that dies before its hello is a fault of the machine, not of a
 * document: it is started again after a pause that doubles, and reported.
 */
#include "config.h"

#include "pool.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gazetted/limits.h"
#include "gazetted/log.h"
#include "gazetted/mem.h"

#include "worker.h"

#define RESTART_MS_MIN 100
#define RESTART_MS_MAX 30000

extern char **environ;

struct job {
	struct gaz_buf request;
	gaz_pool_done_fn done;
	void *arg;
	bool opml;
	struct job *next;
};

enum state {
	DOWN,
	STARTING,
	IDLE,
	BUSY,
};

struct worker {
	struct gaz_pool *pool;
	enum state state;
	pid_t pid;
	int fd;
	struct event *readable, *writable, *deadline, *restart;
	int64_t restart_ms;
	struct job *job;
	size_t written; /* of the request, which is given back at its end */
	bool told;      /* all of it */
	struct gaz_message_header header;
	size_t header_got;
	size_t payload_got;
	struct gaz_buf reply; /* all parts so far */
};

struct gaz_pool {
	struct event_base *base;
	struct gaz_metrics *metrics;
	gaz_pool_broken_fn broken;
	void *broken_arg;
	struct worker *workers;
	int count;
	struct job *first, *last;
	size_t waiting, running, waiting_bytes;
	bool stopping;
	int words_fd; /* for the extractors of workers; -1: none */
};

static void start_worker(struct worker *w);

static void
set_timer(struct event *ev, int64_t ms)
{
	struct timeval tv = { ms / 1000, (ms % 1000) * 1000 };

	if (event_add(ev, &tv) == -1)
		gaz_log(GAZ_LOG_ERR, "pool", "cannot set a timer");
}

static void
free_job(struct job *j)
{
	gaz_buf_clear(&j->request);
	free(j);
}

static void
fail_job(struct gaz_pool *p, struct job *j, enum gaz_fault fault,
    const char *text)
{
	(void)p;
	j->done(j->arg, NULL, fault, text);
	free_job(j);
}

/* Put an end to the process; its job, if any, is returned. */
static struct job *
drop_worker(struct worker *w, char *how, size_t cap)
{
	struct job *j = w->job;
	int status = 0;

	w->job = NULL;
	if (w->readable != NULL)
		event_free(w->readable);
	if (w->writable != NULL)
		event_free(w->writable);
	w->readable = w->writable = NULL;
	event_del(w->deadline);
	if (w->fd != -1)
		close(w->fd);
	w->fd = -1;
	gaz_buf_clear(&w->reply);
	if (w->pid > 0) {
		/* Reap it if it is dead already, to learn what it died of. */
		if (waitpid(w->pid, &status, WNOHANG) == 0) {
			kill(w->pid, SIGKILL);
			while (waitpid(w->pid, &status, 0) == -1 &&
			    errno == EINTR)
				continue;
		}
		if (WIFSIGNALED(status))
			snprintf(how, cap, "signal %d (%s)", WTERMSIG(status),
			    WTERMSIG(status) == SIGPROF ? "CPU limit" :
			    WTERMSIG(status) == SIGSYS ? "forbidden call" :
			    strsignal(WTERMSIG(status)));
		else
			snprintf(how, cap, "exit status %d",
			    WEXITSTATUS(status));
	}
	w->pid = 0;
	if (w->state == BUSY)
		w->pool->running--;
	w->state = DOWN;
	return j;
}

/* The worker is of no use any more: replace it. */
static void
lose_worker(struct worker *w, const char *why)
{
	struct gaz_pool *p = w->pool;
	bool early = w->state == STARTING;
	char how[80] = "", text[160];
	struct job *j = drop_worker(w, how, sizeof(how));

	gaz_metrics_add(p->metrics, GAZ_METRIC_WORKER_DEATHS, 1);
	snprintf(text, sizeof(text), "parse worker ended: %s: %s", why, how);
	gaz_log(GAZ_LOG_WARN, "pool", "event=worker-lost why=\"%s\" how=\"%s\"",
	    why, how);
	if (early) {
		if (w->restart_ms >= RESTART_MS_MIN * 4)
			p->broken(p->broken_arg, text);
		w->restart_ms = w->restart_ms == 0 ? RESTART_MS_MIN :
		    w->restart_ms * 2;
		if (w->restart_ms > RESTART_MS_MAX)
			w->restart_ms = RESTART_MS_MAX;
		set_timer(w->restart, w->restart_ms);
	} else {
		start_worker(w);
	}
	if (j != NULL)
		fail_job(p, j, GAZ_FAULT_HOSTILE, text);
}

static void
give_job(struct worker *w)
{
	struct gaz_pool *p = w->pool;
	struct job *j = p->first;

	if (j == NULL)
		return;
	p->first = j->next;
	if (p->first == NULL)
		p->last = NULL;
	p->waiting--;
	p->waiting_bytes -= j->request.len;
	p->running++;
	w->job = j;
	w->state = BUSY;
	w->written = 0;
	w->told = false;
	set_timer(w->deadline,
	    GAZ_WORKER_WALL_S * GAZ_WORKER_SLOWNESS * 1000);
	event_add(w->writable, NULL);
}

static void
dispatch(struct gaz_pool *p)
{
	for (int i = 0; i < p->count && p->first != NULL; i++) {
		if (p->workers[i].state == IDLE)
			give_job(&p->workers[i]);
	}
}

static void
on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct worker *w = arg;
	struct gaz_buf *b = &w->job->request;
	ssize_t n;

	(void)what;
	n = send(fd, b->p + w->written, b->len - w->written, MSG_NOSIGNAL);
	if (n == -1 && (errno == EAGAIN || errno == EINTR)) {
		event_add(w->writable, NULL);
		return;
	}
	if (n == -1) {
		lose_worker(w, "cannot be written to");
		return;
	}
	w->written += (size_t)n;
	if (w->written < b->len) {
		event_add(w->writable, NULL);
		return;
	}
	w->told = true;
	gaz_buf_clear(b);
}

/* A whole message is here; those of a job are its reply once the last came. */
static void
on_message(struct worker *w)
{
	struct gaz_pool *p = w->pool;
	struct job *j = w->job;

	w->header_got = 0;
	if (w->state == STARTING && w->header.kind == GAZ_MESSAGE_HELLO) {
		w->state = IDLE;
		w->restart_ms = 0;
		gaz_buf_clear(&w->reply);
		dispatch(p);
		return;
	}
	if (w->state != BUSY || !w->told ||
	    (w->header.kind != GAZ_MESSAGE_PART && w->header.kind !=
		(j->opml ? GAZ_MESSAGE_OPML : GAZ_MESSAGE_FEED))) {
		lose_worker(w, "spoke out of turn");
		return;
	}
	if (w->header.kind == GAZ_MESSAGE_PART)
		return;

	struct gaz_buf message = w->reply;

	gaz_buf_init(&w->reply, GAZ_MESSAGE_MAX);
	/* It may wait for long. */
	message.cap = message.len + 1;
	message.p = gaz_mem_grow(message.p, message.cap, 1);
	event_del(w->deadline);
	w->job = NULL;
	w->state = IDLE;
	p->running--;
	j->done(j->arg, &message, GAZ_FAULT_NONE, "");
	gaz_buf_clear(&message);
	free_job(j);
	dispatch(p);
}

/* Room for what a header announces; false: the worker was lost. */
static bool
take_header(struct worker *w)
{
	struct gaz_buf *b = &w->reply;

	if (!gaz_message_header_ok(&w->header)) {
		lose_worker(w, "sent garbage");
		return false;
	}
	if (w->header.flags & GAZ_MESSAGE_ANEW)
		gaz_buf_truncate(b, 0);
	if (w->header.len > GAZ_MESSAGE_MAX - b->len) {
		lose_worker(w, "sent more than GAZ_MESSAGE_MAX");
		return false;
	}
	if (b->cap <= b->len + w->header.len) {
		size_t need = b->len + w->header.len + 1;

		b->cap = need < b->cap * 2 ? b->cap * 2 : need;
		b->p = gaz_mem_grow(b->p, b->cap, 1);
	}
	w->payload_got = 0;
	return true;
}

/* Read what is there; false: the worker was lost. */
static bool
read_some(struct worker *w)
{
	ssize_t n;

	if (w->header_got < sizeof(w->header)) {
		n = recv(w->fd, (char *)&w->header + w->header_got,
		    sizeof(w->header) - w->header_got, 0);
	} else {
		n = recv(w->fd, w->reply.p + w->reply.len,
		    w->header.len - w->payload_got, 0);
	}
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n <= 0) {
		lose_worker(w, w->state == BUSY ? "died of the document" :
		    "died");
		return false;
	}
	if (w->header_got < sizeof(w->header)) {
		w->header_got += (size_t)n;
		if (w->header_got < sizeof(w->header))
			return true;
		if (!take_header(w))
			return false;
	} else {
		w->payload_got += (size_t)n;
		w->reply.len += (size_t)n;
	}
	if (w->payload_got < w->header.len)
		return true;
	w->reply.p[w->reply.len] = '\0';
	on_message(w);
	return false;
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct worker *w = arg;

	(void)fd;
	(void)what;
	/* The event is level-triggered: what is left comes round again. */
	for (int i = 0; i < 64; i++) {
		if (!read_some(w))
			return;
	}
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	lose_worker(arg, "took too long");
}

static void
on_restart(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	start_worker(arg);
}

/* The same program again, with one end of the pair as GAZ_WORKER_FD. */
static int
spawn(pid_t *pid, int fd, int words_fd)
{
	char self[] = "/proc/self/exe", name[] = "gazetted",
	     option[] = GAZ_WORKER_OPTION;
	char *argv[] = { name, option, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t none, all;
	int rc;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&actions);
	/* dup2 onto itself would keep close-on-exec; spawn clears it. */
	posix_spawn_file_actions_adddup2(&actions, fd, GAZ_WORKER_FD);
	if (words_fd != -1)
		posix_spawn_file_actions_adddup2(&actions, words_fd,
		    GAZ_WORKER_WORDS_FD);
	else
		posix_spawn_file_actions_addclose(&actions,
		    GAZ_WORKER_WORDS_FD);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	posix_spawnattr_setflags(&attr,
	    POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	rc = posix_spawn(pid, self, &actions, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	return rc;
}

static void
start_worker(struct worker *w)
{
	struct gaz_pool *p = w->pool;
	int pair[2], rc;

	if (p->stopping)
		return;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1) {
		gaz_log(GAZ_LOG_ERR, "pool", "socketpair: %s",
		    strerror(errno));
		set_timer(w->restart, RESTART_MS_MAX);
		return;
	}
	rc = spawn(&w->pid, pair[1], p->words_fd);
	close(pair[1]);
	if (rc != 0) {
		gaz_log(GAZ_LOG_ERR, "pool", "cannot start a worker: %s",
		    strerror(rc));
		close(pair[0]);
		w->pid = 0;
		set_timer(w->restart, RESTART_MS_MAX);
		return;
	}
	evutil_make_socket_nonblocking(pair[0]);
	w->fd = pair[0];
	w->state = STARTING;
	w->header_got = 0;
	w->readable = event_new(p->base, w->fd, EV_READ | EV_PERSIST,
	    on_readable, w);
	w->writable = event_new(p->base, w->fd, EV_WRITE, on_writable, w);
	if (w->readable == NULL || w->writable == NULL ||
	    event_add(w->readable, NULL) == -1)
		gaz_mem_die(0);
}

static bool
write_words(int fd, struct gaz_str words)
{
	for (size_t at = 0; at < words.len;) {
		ssize_t n = write(fd, words.p + at, words.len - at);

		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += (size_t)n;
	}
	return true;
}

/* The table as a file without a name that nobody can change; -1: none. */
static int
share_words(struct gaz_str words)
{
	int fd, high;

	if (words.len == 0)
		return -1;
	fd = memfd_create("gazetted words", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	/* Out of the way of the descriptors that a worker is given. */
	high = fd == -1 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 16);
	if (high == -1 || !write_words(high, words) ||
	    fcntl(high, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK |
	        F_SEAL_GROW | F_SEAL_SEAL) == -1) {
		gaz_log(GAZ_LOG_ERR, "pool", "cannot share the words: %s",
		    strerror(errno));
		if (high != -1)
			close(high);
		high = -1;
	}
	if (fd != -1)
		close(fd);
	return high;
}

struct gaz_pool *
gaz_pool_new(struct event_base *base, int workers, struct gaz_metrics *metrics,
    struct gaz_str words, gaz_pool_broken_fn broken, void *arg)
{
	struct gaz_pool *p = gaz_mem_zero(1, sizeof(*p));

	p->words_fd = share_words(words);

	p->base = base;
	p->metrics = metrics;
	p->broken = broken;
	p->broken_arg = arg;
	p->count = workers;
	p->workers = gaz_mem_zero((size_t)workers, sizeof(*p->workers));
	for (int i = 0; i < workers; i++) {
		struct worker *w = &p->workers[i];

		w->pool = p;
		w->fd = -1;
		gaz_buf_init(&w->reply, GAZ_MESSAGE_MAX);
		w->deadline = event_new(base, -1, 0, on_deadline, w);
		w->restart = event_new(base, -1, 0, on_restart, w);
		if (w->deadline == NULL || w->restart == NULL)
			gaz_mem_die(0);
		start_worker(w);
	}
	return p;
}

void
gaz_pool_free(struct gaz_pool *p)
{
	if (p == NULL)
		return;
	p->stopping = true;
	for (int i = 0; i < p->count; i++) {
		struct worker *w = &p->workers[i];
		char how[80];
		struct job *j = drop_worker(w, how, sizeof(how));

		if (j != NULL)
			fail_job(p, j, GAZ_FAULT_CANCELLED, "shutdown");
		event_free(w->deadline);
		event_free(w->restart);
	}
	while (p->first != NULL) {
		struct job *j = p->first;

		p->first = j->next;
		if (p->first == NULL)
			p->last = NULL; /* the callback may submit more */
		fail_job(p, j, GAZ_FAULT_CANCELLED, "shutdown");
	}
	if (p->words_fd != -1)
		close(p->words_fd);
	free(p->workers);
	free(p);
}

void
gaz_pool_submit(struct gaz_pool *p, const struct gaz_parse_job *job,
    gaz_pool_done_fn done, void *arg)
{
	struct job *j = gaz_mem_zero(1, sizeof(*j));
	struct gaz_err err;

	gaz_buf_init(&j->request, GAZ_MESSAGE_MAX);
	j->done = done;
	j->arg = arg;
	j->opml = job->kind == GAZ_MESSAGE_OPML;
	if (!gaz_message_put_job(job, &j->request, &err)) {
		fail_job(p, j, GAZ_FAULT_TOO_LARGE, err.msg);
		return;
	}
	if (p->last != NULL)
		p->last->next = j;
	else
		p->first = j;
	p->last = j;
	p->waiting++;
	p->waiting_bytes += j->request.len;
	dispatch(p);
}

size_t
gaz_pool_waiting(const struct gaz_pool *p)
{
	return p->waiting;
}

size_t
gaz_pool_waiting_bytes(const struct gaz_pool *p)
{
	return p->waiting_bytes;
}

size_t
gaz_pool_running(const struct gaz_pool *p)
{
	return p->running;
}
