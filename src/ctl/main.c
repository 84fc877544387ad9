#include "config.h"

#include "ctl.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "gazetted/mem.h"

#include "options.h"

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
	/* Without a function: a heading. */
	{ .summary = "Reading" },
	{ "status", "", "how the daemon does, and what it has",
	    gaz_ctl_status },
	{ "stories", "[FILTERS]", "what is told, by whom", gaz_ctl_stories },
	{ "story", "ID [--explain]", "one story with all its items",
	    gaz_ctl_story },
	{ "items", "[FILTERS]", "what has arrived", gaz_ctl_items },
	{ "search", "WORD... [FILTERS]", "items, or stories, by words",
	    gaz_ctl_search },
	{ "tail", "[FILTERS]", "new items as they arrive", gaz_ctl_tail },

	{ .summary = "Corrections and reasons" },
	{ "story merge", "A B", "make one story of two", gaz_ctl_story },
	{ "story split", "ID ITEM...", "make a story of some of its items",
	    gaz_ctl_story },
	{ "story pin", "ID [ITEM...]", "say that a story is right as it is",
	    gaz_ctl_story },
	{ "story unpin", "ID", "let it be as any other again",
	    gaz_ctl_story },
	{ "explain", "ITEM ITEM", "why two items are, or are not, one story",
	    gaz_ctl_explain },

	{ .summary = "Subscriptions" },
	{ "feeds", "[--failing] [FILTERS]", "the feeds, and how they do",
	    gaz_ctl_feeds },
	{ "why", "FEED", "why a feed is due when it is", gaz_ctl_why },
	{ "add", "URL [--title T]", "subscribe", gaz_ctl_add },
	{ "remove", "FEED [--items]", "unsubscribe", gaz_ctl_remove },
	{ "fetch", "FEED... | --all", "fetch now", gaz_ctl_fetch },
	{ "import", "FILE.opml", "subscribe to all of a list",
	    gaz_ctl_import },
	{ "export", "FORMAT [FILTERS]", "write Atom, RSS, JSON, OPML, HTML",
	    gaz_ctl_export },

	{ .summary = "Upkeep" },
	{ "reload", "", "read the configuration again", gaz_ctl_reload },
	{ "backup", "FILE", "copy the database while it is in use",
	    gaz_ctl_backup },
	{ "restore", "FILE", "put a copy in its place", gaz_ctl_restore },
	{ "check-store", "", "is the database sound?", gaz_ctl_check_store },
	{ "prune", "", "delete what need not be kept", gaz_ctl_prune },

	{ .summary = "Without a daemon" },
	{ "check-config", "[FILE]", "say what is wrong with the configuration",
	    gaz_ctl_check_config },
	{ "cluster", "[--explain] FILE.jsonl", "group items into stories",
	    gaz_ctl_cluster },
	{ "parse", "[OPTIONS] FILE", "print a feed document as JSON",
	    gaz_ctl_parse },
	{ "help", "[COMMAND]", "show this, or how to use a command", help },
};

/* A name further away than this many letters is no suggestion. */
#define DISTANCE_MAX 3
#define NAME_MAX_LEN 32

static void
print_help(FILE *f)
{
	fputs("usage: gazettectl [-c FILE | --socket PATH | --store FILE] "
	      "COMMAND [ARGUMENTS]\n"
	      "       gazettectl --help | --version\n",
	    f);
	for (size_t i = 0; i < GAZ_COUNT(commands); i++) {
		char left[80];

		if (commands[i].run == NULL) {
			fprintf(f, "\n%s:\n", commands[i].summary);
			continue;
		}
		snprintf(left, sizeof(left), "%s %s", commands[i].name,
		    commands[i].arguments);
		fprintf(f, "  %-32s  %s\n", left, commands[i].summary);
	}
	fputs("\nSee \"gazettectl COMMAND --help\" for one of them.\n", f);
}

void
gaz_ctl_complain(const char *command, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "gazettectl %s: ", command);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
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
		size_t far;

		if (commands[i].run == NULL)
			continue;
		far = distance(name, commands[i].name);

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
		if (commands[i].run != NULL &&
		    strcmp(argv[0], commands[i].name) == 0)
			return commands[i].run(argc, argv);
	}
	return unknown_command(argv[0]);
}

static int
help(int argc, char **argv)
{
	char flag[] = "--help";
	char *args[] = { argc > 1 ? argv[1] : NULL, argc > 2 ? argv[2] : flag,
		flag, NULL };

	if (argc > 3)
		return gaz_ctl_usage(argv[0], "give at most one COMMAND");
	if (argc > 1 && strcmp(argv[1], "--help") != 0)
		return run(argc, args);
	print_help(stdout);
	return EX_OK;
}

int
main(int argc, char **argv)
{
	int name = gaz_ctl_move_options(argc, argv);

	if (name == -1) {
		fprintf(stderr, "gazettectl: %s needs a value\n",
		    argv[argc - 1]);
		return EX_USAGE;
	}
	if (name == argc) {
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
