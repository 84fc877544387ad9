#include "config.h"

#include "options.h"

#include <assert.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "gazetted/str.h"

#include "ctl.h"

/* A spec has that many options at most, the shared ones counted. */
#define OPTIONS_MAX 32
#define HELP_COLUMN 24

static const struct gaz_ctl_option daemon_options[] = {
	{ "config", 'c', "FILE", "the daemon that FILE configures" },
	{ "socket", 0, "PATH", "the daemon that listens there" },
	{ 0 },
};

static const struct gaz_ctl_option store_options[] = {
	{ "store", 0, "FILE", "this database instead of a daemon" },
	{ 0 },
};

static const struct gaz_ctl_option filter_options[] = {
	{ "tag", 't', "A,B", "what has one of these tags" },
	{ "feed", 'f', "NAME", "of this feed (name or id); may be repeated" },
	{ "lang", 'l', "FR,EN", "in one of these languages" },
	{ "query", 'q', "WORDS", "what has all these words; \"a phrase\",\n"
	    "begin*, -without" },
	{ "since", 's', "WHEN", "not older: 24h, 7d or 2025-09-04" },
	{ "min-sources", 0, "N", "stories that N independent outlets tell" },
	{ "duplicates", 0, "hide", "one of the copies of a text only" },
	{ 0 },
};

static const struct gaz_ctl_option page_options[] = {
	{ "limit", 'n', "N", "so many on a page (50, at most 10000)" },
	{ "page", 'p', "N", "the N-th page" },
	{ 0 },
};

static const struct gaz_ctl_option json_options[] = {
	{ "json", 'j', NULL, "print the JSON of the API" },
	{ 0 },
};

static const struct gaz_ctl_option help_options[] = {
	{ "help", 'h', NULL, "show this" },
	{ 0 },
};

static const struct {
	unsigned group;
	const struct gaz_ctl_option *options;
	const char *title;
} groups[] = {
	{ GAZ_CTL_FILTER, filter_options, "Filters:" },
	{ GAZ_CTL_PAGE, page_options, "Pages:" },
	{ GAZ_CTL_DAEMON, daemon_options, "Where to ask:" },
	{ GAZ_CTL_STORE, store_options, NULL },
	{ GAZ_CTL_JSON, json_options, "Output:" },
	{ 0, help_options, NULL },
};

/* ---- help */

static void
print_option(const struct gaz_ctl_option *o)
{
	char left[80];
	int n = 0;

	if (o->letter != 0)
		n = snprintf(left, sizeof(left), "-%c, ", o->letter);
	n += snprintf(left + n, sizeof(left) - (size_t)n, "--%s%s%s", o->name,
	    o->value != NULL ? " " : "", o->value != NULL ? o->value : "");
	printf("  %s", left);
	if (n > HELP_COLUMN - 4) {
		putchar('\n');
		n = -2;
	}
	for (const char *p = o->help; p != NULL;) {
		int len = (int)strcspn(p, "\n");

		printf("%*s%.*s\n", HELP_COLUMN - 2 - n, "", len, p);
		p = p[len] == '\n' ? p + len + 1 : NULL;
		n = -2;
	}
}

static void
print_options(const struct gaz_ctl_option *o)
{
	for (; o->name != NULL; o++)
		print_option(o);
}

static void
print_help(const struct gaz_ctl_spec *spec)
{
	printf("usage: gazettectl %s%s%s%s\n\n%s", spec->name,
	    spec->groups != 0 || spec->options != NULL ? " [OPTIONS]" : "",
	    spec->arguments[0] != '\0' ? " " : "", spec->arguments,
	    spec->about);
	if (spec->options != NULL) {
		fputs("\nOptions:\n", stdout);
		print_options(spec->options);
	}
	for (size_t i = 0; i < GAZ_COUNT(groups); i++) {
		if (groups[i].group != 0 && !(spec->groups & groups[i].group))
			continue;
		if (groups[i].title != NULL)
			printf("\n%s\n", groups[i].title);
		else if (i == GAZ_COUNT(groups) - 1 &&
		    !(spec->groups & GAZ_CTL_JSON))
			putchar('\n');
		print_options(groups[i].options);
	}
}

/* ---- reading */

struct table {
	const struct gaz_ctl_option *options[OPTIONS_MAX];
	struct option longs[OPTIONS_MAX + 1];
	char shorts[3 * OPTIONS_MAX + 2];
	size_t n;
};

static void
add_options(struct table *t, const struct gaz_ctl_option *o)
{
	size_t s = strlen(t->shorts);

	for (; o != NULL && o->name != NULL && t->n < OPTIONS_MAX; o++) {
		t->options[t->n] = o;
		t->longs[t->n] = (struct option){ .name = o->name,
			.has_arg = o->value != NULL ? required_argument :
			    no_argument,
			.val = 256 + (int)t->n };
		t->n++;
		if (o->letter == 0)
			continue;
		t->shorts[s++] = o->letter;
		if (o->value != NULL)
			t->shorts[s++] = ':';
		t->shorts[s] = '\0';
	}
}

static const struct gaz_ctl_option *
find_option(const struct table *t, int c)
{
	if (c >= 256)
		return t->options[c - 256];
	for (size_t i = 0; i < t->n; i++)
		if (t->options[i]->letter == c)
			return t->options[i];
	return NULL;
}

static int
complain(const struct gaz_ctl_spec *spec, const struct table *t, int c,
    const char *word)
{
	const struct gaz_ctl_option *o =
	    optopt != 0 ? find_option(t, optopt) : NULL;

	if (c == ':')
		return gaz_ctl_usage(spec->name, "%s needs a value", word);
	if (o != NULL) /* --json=x */
		return gaz_ctl_usage(spec->name, "--%s takes no value",
		    o->name);
	if (optopt != 0)
		return gaz_ctl_usage(spec->name, "there is no option -%c",
		    optopt);
	return gaz_ctl_usage(spec->name, "there is no option %s", word);
}

static bool
check_count(const struct gaz_ctl_args *args, int *status)
{
	const struct gaz_ctl_spec *spec = args->spec;

	if (args->argc < spec->least && spec->least == 1 && spec->most == 1)
		*status = gaz_ctl_usage(spec->name, "%s is missing",
		    spec->arguments);
	else if (args->argc < spec->least)
		*status = gaz_ctl_usage(spec->name,
		    "these are wanted: %s", spec->arguments);
	else if (spec->most >= 0 && args->argc > spec->most)
		*status = gaz_ctl_usage(spec->name, "\"%s\" is too much",
		    args->argv[spec->most]);
	else
		return true;
	return false;
}

static bool
check_values(const struct gaz_ctl_args *args, int *status)
{
	const char *s = gaz_ctl_args_get(args, "duplicates");
	const char *name = args->spec->name;

	if (args->store != NULL && args->socket != NULL) {
		*status = gaz_ctl_usage(name,
		    "--socket and --store exclude each other");
		return false;
	}
	if (s != NULL && strcmp(s, "hide") != 0 && strcmp(s, "show") != 0) {
		*status = gaz_ctl_usage(name,
		    "--duplicates %s: hide or show is wanted", s);
		return false;
	}
	return true;
}

bool
gaz_ctl_args_read(struct gaz_ctl_args *args, const struct gaz_ctl_spec *spec,
    int argc, char **argv, int *status)
{
	struct table t = { .shorts = ":" };
	int c;

	*args = (struct gaz_ctl_args){ .spec = spec };
	add_options(&t, spec->options);
	for (size_t i = 0; i < GAZ_COUNT(groups); i++)
		if (groups[i].group == 0 || (spec->groups & groups[i].group))
			add_options(&t, groups[i].options);
	opterr = 0;
	optind = 0; /* glibc: begin anew */
	for (;;) {
		const struct gaz_ctl_option *o;
		struct gaz_ctl_given *g;

		c = getopt_long(argc, argv, t.shorts, t.longs, NULL);
		if (c == -1)
			break;
		if (c == '?' || c == ':') {
			*status = complain(spec, &t, c, argv[optind - 1]);
			goto fail;
		}
		o = find_option(&t, c);
		assert(o != NULL);
		if (strcmp(o->name, "help") == 0) {
			print_help(spec);
			*status = EX_OK;
			goto fail;
		}
		g = gaz_vec_push(&args->given);
		*g = (struct gaz_ctl_given){ o->name,
			o->value != NULL ? optarg : NULL };
	}
	args->argv = argv + optind;
	args->argc = argc - optind;
	args->config = gaz_ctl_args_get(args, "config");
	args->socket = gaz_ctl_args_get(args, "socket");
	args->store = gaz_ctl_args_get(args, "store");
	args->json = gaz_ctl_args_has(args, "json");
	if (check_count(args, status) && check_values(args, status))
		return true;
fail:
	gaz_ctl_args_clear(args);
	return false;
}

void
gaz_ctl_args_clear(struct gaz_ctl_args *args)
{
	gaz_vec_clear(&args->given);
}

static const struct gaz_ctl_given *
find_given(const struct gaz_ctl_args *args, const char *name)
{
	for (size_t i = args->given.n; i-- > 0;)
		if (strcmp(args->given.v[i].name, name) == 0)
			return &args->given.v[i];
	return NULL;
}

const char *
gaz_ctl_args_get(const struct gaz_ctl_args *args, const char *name)
{
	const struct gaz_ctl_given *g = find_given(args, name);

	return g != NULL ? g->value : NULL;
}

bool
gaz_ctl_args_has(const struct gaz_ctl_args *args, const char *name)
{
	return find_given(args, name) != NULL;
}

bool
gaz_ctl_args_number(const struct gaz_ctl_args *args, const char *name,
    long long least, long long most, long long none, long long *out)
{
	const char *s = gaz_ctl_args_get(args, name);
	int64_t n = none;

	if (s != NULL && (!gaz_str_to_int(gaz_str_of(s), &n) || n < least ||
	    n > most)) {
		gaz_ctl_usage(args->spec->name,
		    "--%s %s: a number from %lld to %lld is wanted", name, s,
		    least, most);
		return false;
	}
	*out = n;
	return true;
}

bool
gaz_ctl_is_filter(const char *name)
{
	for (const struct gaz_ctl_option *o = filter_options; o->name != NULL;
	    o++)
		if (strcmp(o->name, name) == 0)
			return true;
	return strcmp(name, "limit") == 0 || strcmp(name, "page") == 0;
}

/* ---- in front of the command */

/* How many words an option that may stand there takes; 0: it is none. */
static int
words_of(const char *word)
{
	static const char *const names[] = { "--config", "--socket",
		"--store" };

	if (strncmp(word, "-c", 2) == 0)
		return word[2] == '\0' ? 2 : 1;
	for (size_t i = 0; i < GAZ_COUNT(names); i++) {
		size_t n = strlen(names[i]);

		if (strncmp(word, names[i], n) != 0)
			continue;
		if (word[n] == '\0')
			return 2;
		if (word[n] == '=')
			return 1;
	}
	return 0;
}

/* The place of the first word that is none of these options or their values. */
static int
skip_options(int argc, char **argv)
{
	int i = 1, n;

	while (i < argc && (n = words_of(argv[i])) > 0)
		i += n;
	return i;
}

int
gaz_ctl_move_options(int argc, char **argv)
{
	int i = skip_options(argc, argv);
	char *name;

	if (i > argc)
		return -1;
	if (i == argc)
		return argc;
	name = argv[i];
	memmove(argv + 2, argv + 1, (size_t)(i - 1) * sizeof(*argv));
	argv[1] = name;
	return 1;
}

int
gaz_ctl_take_word(int argc, char **argv, const char *word)
{
	int i = 1;

	while (i < argc && argv[i][0] == '-') {
		int n = words_of(argv[i]);

		i += n > 0 ? n : 1;
	}
	if (i >= argc || strcmp(argv[i], word) != 0)
		return argc;
	/* The NULL at the end moves, too. */
	memmove(argv + i, argv + i + 1, (size_t)(argc - i) * sizeof(*argv));
	return argc - 1;
}
