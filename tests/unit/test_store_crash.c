/*
 * What the machine may do to a store: kill its writer, fill its disk, damage
 * its file. Children do the dangerous part; nothing depends on time.
 */
#include "config.h"

#include "gazetted/store.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "store_help.h"

#define BATCH 5 /* items of an answer in these tests */

/* Answer number k of a feed: its items and, as its ETag, its number. */
static bool
put_answer(struct gaz_store *s, int64_t feed, int64_t k, struct gaz_err *err)
{
	struct gaz_batch_item items[BATCH];
	struct gaz_batch b = { .ttl_s = GAZ_INT_UNKNOWN,
		.update_interval_s = GAZ_INT_UNKNOWN };
	struct gaz_store_outcome o = { .feed_id = feed, .when = T0 + k,
		.next_fetch = T0 + k + 3600, .set_validators = true };
	struct gaz_put_result res;
	char guids[BATCH][32], urls[BATCH][192], text[600], etag[32];
	bool ok;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	for (int i = 0; i < BATCH; i++) {
		snprintf(guids[i], sizeof(guids[i]), "%lld",
		    (long long)(k * BATCH + i));
		snprintf(urls[i], sizeof(urls[i]), "https://x/%lld/%s",
		    (long long)feed, guids[i]);
		fill_item(&items[i], &(struct row){ guids[i], urls[i],
		    guids[i], text, T0 + k });
	}
	b.items.v = items;
	b.items.n = BATCH;
	if (!gaz_store_put_batch(s, feed, &b, T0 + k, &res, err))
		return false;
	ok = true;
	for (size_t i = 0; ok && i < res.items.n; i++) {
		struct gaz_store_membership m = {
			.item_id = res.items.v[i].item_id,
			.story_id = gaz_store_next_story_id(s), .when = T0 + k,
			.evidence = GAZ_STR("{}") };

		if (res.items.v[i].kind == GAZ_PUT_NEW)
			ok = gaz_store_put_membership(s, &m, err);
	}
	gaz_vec_clear(&res.items);
	snprintf(etag, sizeof(etag), "%lld", (long long)k);
	o.etag = gaz_str_of(etag);
	return ok && gaz_store_put_outcome(s, &o, err);
}

/* The number in the feed's ETag, or -1. */
static int64_t
last_answer(struct gaz_store *s, int64_t feed)
{
	struct gaz_store_feed f;
	struct gaz_arena a;
	struct gaz_err err;
	int64_t k = -1;
	bool found;

	gaz_arena_init(&a);
	OK(gaz_store_load_feed(s, feed, &a, &f, &found, &err));
	assert_true(found);
	gaz_str_to_int(f.etag, &k);
	gaz_arena_clear(&a);
	return k;
}

/* ---- kill -9 */

/* Write until killed, an answer a transaction; tell each that was kept. */
static void
write_for_ever(const char *path, int64_t feed, int tell)
{
	struct gaz_err err;
	struct gaz_store *s = gaz_store_open(path, GAZ_STORE_WRITE, &err);
	int64_t k;

	if (s == NULL)
		_exit(1);
	for (k = last_answer(s, feed) + 1;; k++) {
		if (!gaz_store_begin(s, &err) ||
		    !put_answer(s, feed, k, &err) ||
		    !gaz_store_commit(s, &err) ||
		    write(tell, &k, sizeof(k)) != sizeof(k))
			_exit(1);
	}
}

static void
test_kill(void **state)
{
	struct fixture *fx = *state;
	int64_t feed, told = -1;
	unsigned seed = 7;

	subscribe(fx->s, 1, &feed);
	gaz_store_close(fx->s);
	fx->s = NULL;
	for (int round = 0; round < 30; round++) {
		struct gaz_store_stats stats;
		struct gaz_err err;
		int64_t k, kept;
		int pipes[2], acks, status;
		pid_t pid;

		assert_int_equal(pipe(pipes), 0);
		pid = fork();
		assert_true(pid != -1);
		if (pid == 0) {
			close(pipes[0]);
			write_for_ever(fx->path, feed, pipes[1]);
		}
		close(pipes[1]);
		/* While it works on the next: wherever it just is. */
		seed = seed * 1103515245 + 12345;
		acks = (int)(seed >> 16) % 12;
		for (int i = 0; i <= acks; i++) {
			assert_int_equal(read(pipes[0], &k, sizeof(k)),
			    sizeof(k));
			assert_int_equal(k, told + 1);
			told = k;
		}
		for (unsigned i = 0; i < seed % 50000; i++)
			__asm__ volatile("");
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		/* It may have kept more than it could tell. */
		while (read(pipes[0], &k, sizeof(k)) == sizeof(k))
			told = k;
		close(pipes[0]);
		open_store(fx);
		kept = last_answer(fx->s, feed);
		assert_true(kept == told || kept == told + 1);
		told = kept;
		OK(gaz_store_stats(fx->s, &stats, &err));
		assert_int_equal(stats.items, (kept + 1) * BATCH);
		assert_int_equal(stats.stories, (kept + 1) * BATCH);
		if (round % 10 == 9)
			assert_sound(fx->s);
		gaz_store_close(fx->s);
		fx->s = NULL;
	}
	open_store(fx);
	assert_sound(fx->s);
}

/* ---- a full disk */

static void
limit_files(rlim_t bytes)
{
	struct rlimit r;

	getrlimit(RLIMIT_FSIZE, &r);
	r.rlim_cur = bytes;
	setrlimit(RLIMIT_FSIZE, &r);
}

#define CHECK(x)                                                  \
	do {                                                      \
		if (!(x)) {                                       \
			fprintf(stderr, "%s: %s\n", #x, err.msg); \
			return false;                             \
		}                                                 \
	} while (0)

/* In a child. Files may not grow past what they need right now. */
static bool
fill_disk(struct fixture *fx, int64_t feed)
{
	struct gaz_err err = { 0 };
	struct gaz_store_stats before, after;
	struct gaz_filter f;
	struct gaz_view *v;
	struct stat st;
	char wal[128];
	int64_t k = 0, generation;

	signal(SIGXFSZ, SIG_IGN);
	fx->s = gaz_store_open(fx->path, GAZ_STORE_WRITE, &err);
	CHECK(fx->s != NULL);
	CHECK(gaz_store_begin(fx->s, &err) && put_answer(fx->s, feed, k++,
	    &err) && gaz_store_commit(fx->s, &err));
	snprintf(wal, sizeof(wal), "%s-wal", fx->path);
	CHECK(stat(wal, &st) == 0);
	limit_files((rlim_t)st.st_size + 100000);
	for (;;) {
		CHECK(gaz_store_stats(fx->s, &before, &err));
		generation = gaz_store_generation(fx->s);
		if (!gaz_store_begin(fx->s, &err))
			return false;
		if (!put_answer(fx->s, feed, k, &err)) {
			gaz_store_rollback(fx->s);
			break;
		}
		if (!gaz_store_commit(fx->s, &err))
			break;
		CHECK(++k < 10000);
	}
	CHECK(err.code == GAZ_ERR_STORE);
	CHECK(gaz_store_trouble(fx->s) == GAZ_STORE_FULL);
	CHECK(strstr(err.msg, "no space left for the store") != NULL);
	/* Nothing of it is there, and reading goes on. */
	CHECK(gaz_store_stats(fx->s, &after, &err));
	CHECK(after.items == before.items);
	CHECK(gaz_store_generation(fx->s) == generation);
	gaz_filter_init(&f);
	v = gaz_view_new(GAZ_VIEW_STORIES);
	CHECK(gaz_store_query(fx->s, &f, false, T0, v, &err));
	CHECK(v->stories.n > 0);
	gaz_view_free(v);
	/* A group, too, is told; what comes after the failure is refused. */
	CHECK(gaz_store_begin(fx->s, &err));
	for (int64_t i = k; i < k + 2000; i++) {
		if (!put_answer(fx->s, feed, i, &err))
			break;
	}
	CHECK(!gaz_store_commit(fx->s, &err));
	CHECK(!put_answer(fx->s, feed, k + 5000, &err) ||
	    gaz_store_trouble(fx->s) == GAZ_STORE_OK);
	/* There is space again: it goes on by itself. */
	limit_files(RLIM_INFINITY);
	CHECK(gaz_store_begin(fx->s, &err) && put_answer(fx->s, feed, k + 9999,
	    &err) && gaz_store_commit(fx->s, &err));
	CHECK(gaz_store_trouble(fx->s) == GAZ_STORE_OK);
	assert_sound(fx->s);
	gaz_store_close(fx->s);
	return true;
}

static void
test_full_disk(void **state)
{
	struct fixture *fx = *state;
	int64_t feed;
	int status;
	pid_t pid;

	subscribe(fx->s, 1, &feed);
	gaz_store_close(fx->s);
	fx->s = NULL;
	pid = fork();
	assert_true(pid != -1);
	if (pid == 0)
		_exit(fill_disk(fx, feed) ? 0 : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	open_store(fx);
	assert_sound(fx->s);
}

/* ---- damaged files */

static void
copy_file(const char *from, const char *to, off_t bytes)
{
	int in = open(from, O_RDONLY), out;
	char chunk[65536];
	ssize_t n;

	unlink(to);
	if (in == -1)
		return;
	out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(out != -1);
	while (bytes > 0 && (n = read(in, chunk, sizeof(chunk))) > 0) {
		if (n > bytes)
			n = (ssize_t)bytes;
		assert_int_equal(write(out, chunk, (size_t)n), n);
		bytes -= n;
	}
	close(in);
	close(out);
}

/*
 * Do everything with it. Each step may fail, with words that name the file;
 * none may crash or go on for ever.
 */
static void
use(const char *path, enum gaz_store_mode mode)
{
	static const enum gaz_view_kind kinds[] = { GAZ_VIEW_ITEMS,
		GAZ_VIEW_STORIES, GAZ_VIEW_FEEDS };
	struct gaz_err err = { 0 };
	struct gaz_store *s = gaz_store_open(path, mode, &err);
	struct gaz_buf report;
	struct gaz_filter f;
	int64_t deleted;
	bool sound, more;

	if (s == NULL) {
		if (strstr(err.msg, path) != err.msg)
			fail_msg("no path in front: %s", err.msg);
		return;
	}
	for (size_t i = 0; i < 6; i++) {
		struct gaz_view *v = gaz_view_new(kinds[i % 3]);

		gaz_filter_init(&f);
		if (i >= 3)
			f.query = GAZ_STR("1 -2");
		err.msg[0] = '\0';
		if (!gaz_store_query(s, &f, true, T0, v, &err) &&
		    strstr(err.msg, path) == NULL)
			fail_msg("no path: %s", err.msg);
		gaz_view_free(v);
	}
	gaz_buf_init(&report, GAZ_BUF_NO_MAX);
	(void)!gaz_store_check(s, &report, &sound, &err);
	gaz_buf_clear(&report);
	if (mode == GAZ_STORE_WRITE) {
		(void)!put_answer(s, 1, 7777, &err);
		(void)!gaz_store_prune(s, 1, 1, T0 + 99 * DAY, &deleted, &more,
		    &err);
	}
	gaz_store_close(s);
}

static void
fill_for_damage(struct fixture *fx)
{
	struct gaz_err err;
	int64_t feed;

	subscribe(fx->s, 1, &feed);
	for (int64_t k = 0; k < 30; k++)
		OK(put_answer(fx->s, feed, k, &err));
}

static void
test_changed_bytes(void **state)
{
	struct fixture *fx = *state;
	unsigned seed = 1;
	char path[128];
	struct stat st;

	fill_for_damage(fx);
	gaz_store_close(fx->s);
	fx->s = NULL;
	assert_int_equal(stat(fx->path, &st), 0);
	snprintf(path, sizeof(path), "%s/bad.db", fx->dir);
	for (int round = 0; round < 120; round++) {
		unsigned char bytes[8];
		int fd;

		copy_file(fx->path, path, st.st_size);
		fd = open(path, O_WRONLY);
		for (int i = 0; i <= round % 40; i++) {
			off_t at;

			seed = seed * 1103515245 + 12345;
			/* The header and page heads more than anything else. */
			at = (off_t)(seed >> 4) % st.st_size;
			if (i % 3 == 0)
				at = at / 4096 * 4096 + at % 16;
			for (size_t j = 0; j < sizeof(bytes); j++)
				bytes[j] = (unsigned char)(seed >> j);
			assert_int_equal(pwrite(fd, bytes,
			    1 + (size_t)round % 8, at), 1 + round % 8);
		}
		close(fd);
		use(path, round % 2 ? GAZ_STORE_READ : GAZ_STORE_WRITE);
	}
}

static void
test_cut_short(void **state)
{
	struct fixture *fx = *state;
	char path[128];
	struct stat st;

	fill_for_damage(fx);
	gaz_store_close(fx->s);
	fx->s = NULL;
	assert_int_equal(stat(fx->path, &st), 0);
	snprintf(path, sizeof(path), "%s/bad.db", fx->dir);
	for (int i = 0; i < 24; i++) {
		copy_file(fx->path, path, st.st_size * i / 24 + i % 3);
		use(path, i % 2 ? GAZ_STORE_READ : GAZ_STORE_WRITE);
	}
}

/* As a kill leaves it, but without its log, or with a part of it. */
static void
test_log_lost(void **state)
{
	struct fixture *fx = *state;
	char path[120], wal[160], path_wal[160], shm[160];
	struct stat st;

	fill_for_damage(fx);
	snprintf(path, sizeof(path), "%s/bad.db", fx->dir);
	snprintf(wal, sizeof(wal), "%s-wal", fx->path);
	snprintf(path_wal, sizeof(path_wal), "%s-wal", path);
	snprintf(shm, sizeof(shm), "%s-shm", path);
	assert_int_equal(stat(wal, &st), 0);
	assert_true(st.st_size > 100000);
	for (int i = 0; i <= 12; i++) {
		copy_file(fx->path, path, INT32_MAX);
		unlink(path_wal);
		unlink(shm);
		if (i > 0)
			copy_file(wal, path_wal, st.st_size * i / 12 - i % 2);
		use(path, i % 2 ? GAZ_STORE_READ : GAZ_STORE_WRITE);
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_kill),
		STORE_TEST(test_full_disk),
		STORE_TEST(test_changed_bytes),
		STORE_TEST(test_cut_short),
		STORE_TEST(test_log_lost),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("store_crash", tests, NULL, NULL);
}
