/* The file system as a source of configuration files. */
#include "config.h"

#include "gazetted/config.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/reader.h"
#include "gazetted/file.h"
#include "gazetted/hash.h"
#include "gazetted/mem.h"

static bool
fail(struct gaz_err *err)
{
	int e = errno;

	return gaz_err_set(err,
	    e == ENOENT || e == ENOTDIR ? GAZ_ERR_MISSING : GAZ_ERR_IO, "%s",
	    strerror(e));
}

static void
describe(const struct stat *st, struct gaz_config_file *info)
{
	info->identity[0] = (uint64_t)st->st_dev;
	info->identity[1] = (uint64_t)st->st_ino;
	/* The mode of a pipe says nothing about who can read from it. */
	info->mode = S_ISREG(st->st_mode) ? st->st_mode & 07777 : 0;
}

static bool
look(void *arg, const char *path, struct gaz_config_file *info,
    struct gaz_err *err)
{
	struct stat st;

	(void)arg;
	if (stat(path, &st) == -1)
		return fail(err);
	describe(&st, info);
	return true;
}

static bool
load_open(int fd, struct gaz_buf *text, struct gaz_config_file *info,
    struct gaz_err *err)
{
	char chunk[16384];
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) == -1)
		return fail(err);
	describe(&st, info);
	for (;;) {
		n = read(fd, chunk, sizeof(chunk));
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return fail(err);
		if (n == 0)
			return true;
		if (!gaz_buf_add(text, chunk, (size_t)n, err))
			return false;
	}
}

static bool
load(void *arg, const char *path, struct gaz_buf *text,
    struct gaz_config_file *info, struct gaz_err *err)
{
	bool is_stdin = strcmp(path, "-") == 0;

	(void)arg;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return fail(err);
	bool ok = load_open(fd, text, info, err);
	if (!is_stdin)
		close(fd);
	return ok;
}

static int
compare_paths(const void *a, const void *b)
{
	return gaz_str_cmp(*(const struct gaz_str *)a,
	    *(const struct gaz_str *)b);
}

/* A folder that is not there holds nothing; one that is closed to us may. */
static int
stop_glob(const char *path, int e)
{
	(void)path;
	return e != ENOENT && e != ENOTDIR;
}

static bool
find_files(void *arg, const char *pattern, struct gaz_arena *a,
    gaz_str_list *out, struct gaz_err *err)
{
	glob_t found;

	(void)arg;
	/* Sorted by us: glob's order depends on the locale. */
	int rc = glob(pattern, GLOB_NOSORT, stop_glob, &found);
	if (rc == GLOB_NOMATCH)
		return true;
	if (rc != 0)
		return gaz_err_set(err, GAZ_ERR_IO, "%s",
		    rc == GLOB_ABORTED ? "a folder cannot be read"
		                       : "too many files");
	for (size_t i = 0; i < found.gl_pathc; i++)
		*gaz_list_push(a, out) = gaz_arena_str(a,
		    gaz_str_of(found.gl_pathv[i]));
	globfree(&found);
	if (out->n > 1)
		qsort(out->v, out->n, sizeof(*out->v), compare_paths);
	return true;
}

static const char *
variable(void *arg, const char *name)
{
	(void)arg;
	return getenv(name);
}

struct gaz_config *
gaz_config_load(const char *path, struct gaz_config_errors *errors)
{
	struct gaz_config_source source = { .load = load, .look = look,
		.glob = find_files, .variable = variable };
	char *folder = getcwd(NULL, 0);

	source.folder = folder;
	struct gaz_config *c = gaz_config_load_from(&source, path, errors);
	free(folder);
	return c;
}

static bool
load_text(void *arg, const char *path, struct gaz_buf *text,
    struct gaz_config_file *info, struct gaz_err *err)
{
	const struct gaz_str *s = arg;

	(void)path;
	(void)info;
	return gaz_buf_add(text, s->p, s->len, err);
}

/* The same from memory: the first file is there, no other one is. */
static bool
load_once(void *arg, const char *path, struct gaz_buf *text,
    struct gaz_config_file *info, struct gaz_err *err)
{
	struct gaz_str *s = arg;

	if (s->p == NULL)
		return gaz_err_set(err, GAZ_ERR_MISSING,
		    "no files can be read here");
	bool ok = load_text(arg, path, text, info, err);
	*s = GAZ_STR_NONE;
	return ok;
}

struct gaz_config *
gaz_config_parse(struct gaz_str text, const char *name,
    struct gaz_config_errors *errors)
{
	struct gaz_str left = text.p != NULL ? text : GAZ_STR("");
	struct gaz_config_source source = { .load = load_once, .arg = &left };

	return gaz_config_load_from(&source, name, errors);
}

bool
gaz_config_load_password(const struct gaz_config_access *access,
    struct gaz_buf *out, struct gaz_err *err)
{
	struct gaz_config_file info = { { 0 }, 0 };
	struct gaz_str path = access->password_file;
	size_t len = 0;

	if (path.p == NULL)
		return true;
	int fd = open(path.p, O_RDONLY | O_CLOEXEC);
	bool ok = fd != -1 ? load_open(fd, out, &info, err) : fail(err);
	if (fd != -1)
		close(fd);
	if (ok && (info.mode & 04) != 0)
		ok = gaz_err_set(err, GAZ_ERR_CONFIG,
		    "everyone may read this password; mend it with: "
		    "chmod 600 '%s'", path.p);
	if (!ok) {
		gaz_buf_clear(out);
		return gaz_err_wrap(err, "%s", path.p);
	}
	while (len < out->len && out->p[len] != '\n' && out->p[len] != '\r')
		len++;
	gaz_buf_truncate(out, len);
	return true;
}
