/*
 * For valgrind, which does not follow a program that starts itself anew by way
 * of /proc/self/exe: the name behind the link is used. readlink() of that name
 * is answered by valgrind with the program that it runs.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <limits.h>
#include <spawn.h>
#include <string.h>
#include <unistd.h>

typedef int spawn_fn(pid_t *, const char *,
    const posix_spawn_file_actions_t *, const posix_spawnattr_t *,
    char *const[], char *const[]);

int
posix_spawn(pid_t *pid, const char *path,
    const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attr,
    char *const argv[], char *const envp[])
{
	spawn_fn *next = NULL;
	char self[PATH_MAX];
	void *p = dlsym(RTLD_NEXT, "posix_spawn");
	ssize_t n;

	memcpy(&next, &p, sizeof(next));
	if (strcmp(path, "/proc/self/exe") == 0 &&
	    (n = readlink(path, self, sizeof(self) - 1)) > 0) {
		self[n] = '\0';
		path = self;
	}
	return next(pid, path, actions, attr, argv, envp);
}
