/*
 * Stands in for a fuzzing engine: gives each file, or each file of a folder,
 * to the fuzz target once. Without arguments fuzz_NAME takes the folder
 * tests/fuzz/corpus/NAME of the source, which is how make check replays it.
 */
#include "config.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "gazetted/file.h"
#include "gazetted/limits.h"

#include "fuzz.h"

static int
run_file(const char *path)
{
	struct gaz_buf in;
	struct gaz_err err;

	gaz_buf_init(&in, GAZ_BODY_MAX);
	if (!gaz_file_load(path, &in, &err)) {
		fprintf(stderr, "%s\n", err.msg);
		return 1;
	}
	struct gaz_str s = gaz_buf_str(&in);
	/* As an engine does: of exactly that size, so that reading past the
	 * end is seen. */
	uint8_t *copy = malloc(s.len != 0 ? s.len : 1);
	if (copy == NULL)
		abort();
	memcpy(copy, s.p, s.len);
	LLVMFuzzerTestOneInput(copy, s.len);
	free(copy);
	gaz_buf_clear(&in);
	return 0;
}

static int
run_folder(const char *folder, size_t *n)
{
	const struct dirent *entry;
	char path[4096];
	int failed = 0;

	DIR *dir = opendir(folder);
	if (dir == NULL) {
		perror(folder);
		return 1;
	}
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		failed |= run_file(path);
		(*n)++;
	}
	closedir(dir);
	return failed;
}

/* The corpus that belongs to the program of that name. */
static void
find_corpus(const char *program, char *path, size_t size)
{
	const char *source = getenv("GAZ_SRCDIR");
	const char *name = strrchr(program, '_');

	snprintf(path, size, "%s/tests/fuzz/corpus/%s",
	    source != NULL ? source : ".", name != NULL ? name + 1 : "");
}

int
main(int argc, char **argv)
{
	char own[4096];
	size_t n = 0;
	int failed = 0;

	if (argc == 1) {
		find_corpus(argv[0], own, sizeof(own));
		failed = run_folder(own, &n);
	}
	for (int i = 1; i < argc; i++) {
		struct stat st;
		if (stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode)) {
			failed |= run_folder(argv[i], &n);
		} else {
			failed |= run_file(argv[i]);
			n++;
		}
	}
	if (n == 0) {
		fprintf(stderr, "%s: no input\n", argv[0]);
		return 1;
	}
	return failed;
}
