#include "config.h"

#include "ctl.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "gazetted/mem.h"

/*
 * gazettectl: the operator's tool. Only the table of commands lives here; each
 * command is a file of its own beside this one.
 */

static gaz_ctl_fn help;

static const struct command {
	const char *name;
	const char *arguments;
	const char *summary;
	gaz_ctl_fn *run;
} commands[] = {
	{ "check-config", "[FILE]", "say what is wrong with the configuration",
	    gaz_ctl_check_config },
	{ "cluster", "[--explain] FILE.jsonl", "group items into stories",
	    gaz_ctl_cluster },
	{ "help", "[COMMAND]", "show this, or how to use a command", help },
	{ "parse", "[options] FILE", "print a feed document as JSON",
	    gaz_ctl_parse },
};

/* A name further away than this many letters is no suggestion. */
#define DISTANCE_MAX 3
#define NAME_MAX_LEN 32

static void
print_help(FILE *f)
{
	fputs("usage: gazettectl COMMAND [ARGUMENTS]\n"
	      "       gazettectl --help | --version\n"
	      "\n"
	      "Commands:\n",
	    f);
	for (size_t i = 0; i < GAZ_COUNT(commands); i++) {
		char left[80];

		snprintf(left, sizeof(left), "%s %s", commands[i].name,
		    commands[i].arguments);
		fprintf(f, "  %-32s  %s\n", left, commands[i].summary);
	}
	fputs("\nSee \"gazettectl COMMAND --help\" for one of them.\n", f);
}

int
gaz_ctl_usage(const char *command, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "gazettectl %s: ", command);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\nSee \"gazettectl %s --help\".\n", command);
	return EX_USAGE;
}

/* Letters to insert, delete, replace or swap to make b of a. */
static size_t
distance(const char *a, const char *b)
{
	size_t d[NAME_MAX_LEN + 1][NAME_MAX_LEN + 1];
	size_t n = strlen(a), m = strlen(b);

	if (n > NAME_MAX_LEN || m > NAME_MAX_LEN)
		return SIZE_MAX;
	for (size_t i = 0; i <= n; i++)
		d[i][0] = i;
	for (size_t k = 0; k <= m; k++)
		d[0][k] = k;
	for (size_t i = 1; i <= n; i++) {
		for (size_t k = 1; k <= m; k++) {
			size_t best =
			    d[i - 1][k - 1] + (a[i - 1] != b[k - 1]);

			if (d[i - 1][k] + 1 < best)
				best = d[i - 1][k] + 1;
			if (d[i][k - 1] + 1 < best)
				best = d[i][k - 1] + 1;
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] &&
			    a[i - 2] == b[k - 1] && d[i - 2][k - 2] + 1 < best)
				best = d[i - 2][k - 2] + 1;
			d[i][k] = best;
		}
	}
	return d[n][m];
}

static int
unknown_command(const char *name)
{
	const char *nearest = NULL;
	size_t least = DISTANCE_MAX + 1;

	for (size_t i = 0; i < GAZ_COUNT(commands); i++) {
		size_t far = distance(name, commands[i].name);

		/* "ls" is not a misspelt "add". */
		if (far < least && far < strlen(commands[i].name)) {
			least = far;
			nearest = commands[i].name;
		}
	}
	fprintf(stderr, "gazettectl: there is no command \"%s\"", name);
	if (nearest != NULL)
		fprintf(stderr, "; did you mean \"%s\"?\n", nearest);
	else
		fputs("\nSee \"gazettectl --help\".\n", stderr);
	return EX_USAGE;
}

static int
run(int argc, char **argv)
{
	for (size_t i = 0; i < GAZ_COUNT(commands); i++) {
		if (strcmp(argv[0], commands[i].name) == 0)
			return commands[i].run(argc, argv);
	}
	return unknown_command(argv[0]);
}

static int
help(int argc, char **argv)
{
	char flag[] = "--help";
	char *args[] = { argc > 1 ? argv[1] : NULL, flag, NULL };

	if (argc > 2)
		return gaz_ctl_usage(argv[0], "give at most one COMMAND");
	if (argc == 2 && strcmp(argv[1], "--help") != 0)
		return run(2, args);
	print_help(stdout);
	return EX_OK;
}

int
main(int argc, char **argv)
{
	if (argc < 2) {
		print_help(stderr);
		return EX_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		print_help(stdout);
		return EX_OK;
	}
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
		puts("gazettectl " PACKAGE_VERSION);
		return EX_OK;
	}
	return run(argc - 1, argv + 1);
}
