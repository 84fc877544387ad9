#include "config.h"

#include "gazetted/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "gazetted/hash.h"
#include "gazetted/mem.h"

#define CHUNK 16384

static bool
fail(struct gaz_err *err, const char *what)
{
	int e = errno;

	return gaz_err_set(err,
	    e == ENOENT || e == ENOTDIR ? GAZ_ERR_MISSING : GAZ_ERR_IO,
	    "%s: %s", what, strerror(e));
}

/* read(2) that goes on after signals. */
static ssize_t
read_some(int fd, void *p, size_t n)
{
	ssize_t got;

	do
		got = read(fd, p, n);
	while (got == -1 && errno == EINTR);
	return got;
}

static bool
write_all(int fd, struct gaz_str s)
{
	while (s.len > 0) {
		ssize_t n = write(fd, s.p, s.len);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return false;
		s = gaz_str_sub(s, (size_t)n, s.len);
	}
	return true;
}

bool
gaz_file_load(const char *path, struct gaz_buf *out, struct gaz_err *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	bool ok = false;
	char chunk[CHUNK];
	ssize_t n;

	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1) {
		fail(err, "open");
		goto done;
	}
	while ((n = read_some(fd, chunk, sizeof(chunk))) > 0) {
		if (!gaz_buf_add(out, chunk, (size_t)n, err))
			goto done;
	}
	if (n == -1) {
		fail(err, "read");
		goto done;
	}
	ok = true;
done:
	if (fd != -1 && !is_stdin)
		close(fd);
	if (!ok) {
		gaz_buf_clear(out);
		gaz_err_wrap(err, "%s", is_stdin ? "standard input" : path);
	}
	return ok;
}

/* Whether the open file holds exactly these bytes. */
static bool
holds(int fd, off_t size, struct gaz_str bytes)
{
	char chunk[CHUNK];
	ssize_t n;

	if ((uintmax_t)size != bytes.len)
		return false;
	while ((n = read_some(fd, chunk, sizeof(chunk))) > 0) {
		if ((size_t)n > bytes.len ||
		    memcmp(chunk, bytes.p, (size_t)n) != 0)
			return false;
		bytes = gaz_str_sub(bytes, (size_t)n, bytes.len);
	}
	return n == 0 && bytes.len == 0;
}

/*
 * Open a new file in the folder and put its path in tmp. open(2) rather than
 * mkostemp(3), because only open applies the umask, which a thread of several
 * cannot ask for.
 */
static int
open_temp(const char *folder, char *tmp, size_t cap)
{
	for (uint64_t attempt = 0; attempt < 100; attempt++) {
		struct timespec now;
		clock_gettime(CLOCK_MONOTONIC, &now);
		uint64_t name = gaz_hash_mix((uint64_t)now.tv_nsec,
		    ((uint64_t)getpid() << 32) + attempt);
		snprintf(tmp, cap, "%s/.gazetted-%016" PRIx64 ".tmp", folder,
		    name);
		int fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		    0644);
		if (fd != -1 || errno != EEXIST)
			return fd;
	}
	return -1;
}

/* Make the rename itself durable. */
static bool
sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return false;
	/* Some file systems cannot sync a folder, and need not. */
	bool ok = fsync(fd) == 0 || errno == EINVAL;
	int e = errno;
	close(fd);
	errno = e;
	return ok;
}

/* The folder of path, to be freed. */
static char *
folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return gaz_mem_strdup(".");
	return gaz_mem_strndup(path, slash == path ? 1
	                                           : (size_t)(slash - path));
}

/* mode -1: leave what open made of it. */
static bool
replace(const char *path, struct gaz_str bytes, int mode, struct gaz_err *err)
{
	char *folder = folder_of(path);
	size_t cap = strlen(folder) + 40;
	char *tmp = gaz_mem_alloc(cap);
	bool ok = false, renamed = false;

	int fd = open_temp(folder, tmp, cap);
	if (fd == -1) {
		fail(err, "open a temporary file beside it");
		goto done;
	}
	if (!write_all(fd, bytes)) {
		fail(err, "write");
		goto done;
	}
	if (mode != -1 && fchmod(fd, (mode_t)mode) == -1) {
		fail(err, "set mode");
		goto done;
	}
	if (fsync(fd) == -1) {
		fail(err, "sync");
		goto done;
	}
	if (rename(tmp, path) == -1) {
		fail(err, "rename");
		goto done;
	}
	renamed = true;
	if (!sync_folder(folder)) {
		fail(err, "sync its folder");
		goto done;
	}
	ok = true;
done:
	if (fd != -1) {
		close(fd);
		if (!renamed)
			unlink(tmp);
	}
	free(tmp);
	free(folder);
	return ok;
}

bool
gaz_file_replace(const char *path, struct gaz_str bytes, bool *changed,
    struct gaz_err *err)
{
	struct stat st;
	bool same = false;
	int mode = -1;

	/* O_NONBLOCK: a named pipe in its place must not make us wait. */
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd != -1) {
		if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
			mode = (int)(st.st_mode & 07777);
			same = holds(fd, st.st_size, bytes);
		}
		close(fd);
	} else if (stat(path, &st) == 0 && S_ISREG(st.st_mode)) {
		mode = (int)(st.st_mode & 07777); /* not ours to read */
	}
	if (!same && !replace(path, bytes, mode, err))
		return gaz_err_wrap(err, "%s", path);
	if (changed != NULL)
		*changed = !same;
	return true;
}

static bool
is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Another process may make the same folder at the same time. */
static bool
make_one(const char *path)
{
	if (is_folder(path) || mkdir(path, 0755) == 0)
		return true;
	int e = errno;
	bool ok = e == EEXIST && is_folder(path);
	errno = e;
	return ok;
}

bool
gaz_file_make_dir(const char *path, struct gaz_err *err)
{
	char *part = gaz_mem_strdup(path);
	bool ok = true;

	for (char *p = part; ok && *p != '\0'; p++) {
		if (*p != '/' || p == part)
			continue;
		*p = '\0';
		ok = make_one(part);
		*p = '/';
	}
	if (!ok || !make_one(part)) {
		fail(err, "make folder");
		ok = gaz_err_wrap(err, "%s", path);
	}
	free(part);
	return ok;
}
