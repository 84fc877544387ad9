#ifndef GAZETTECTL_OPTIONS_H
#define GAZETTECTL_OPTIONS_H

#include "gazetted/vec.h"

#include <stdbool.h>

/*
 * What a command takes, as data: from one description come its --help, the
 * reading of its arguments and the complaints about them.
 */
struct gaz_ctl_option {
	const char *name;  /* without "--" */
	char letter;       /* 0: none */
	const char *value; /* what stands for the value; NULL: takes none */
	const char *help;  /* a line or more, split by "\n" */
};

/* Options that several commands share. */
enum {
	GAZ_CTL_DAEMON = 1, /* -c FILE, --socket PATH */
	GAZ_CTL_STORE = 2,  /* --store FILE */
	GAZ_CTL_FILTER = 4, /* what lists are narrowed by */
	GAZ_CTL_PAGE = 8,   /* --limit, --page */
	GAZ_CTL_JSON = 16,
};

struct gaz_ctl_spec {
	const char *name;      /* "story merge" */
	const char *arguments; /* "A B" */
	const char *about;     /* what --help says, ends with "\n" */
	unsigned groups;
	const struct gaz_ctl_option *options; /* its own, to a NULL name */
	int least, most;       /* arguments; most -1: any number */
};

struct gaz_ctl_given {
	const char *name, *value; /* value NULL: an option without one */
};

struct gaz_ctl_args {
	const struct gaz_ctl_spec *spec;
	GAZ_VEC(struct gaz_ctl_given) given; /* options in their order */
	char **argv;                         /* what is no option */
	int argc;
	const char *config, *socket, *store; /* NULL: not given */
	bool json;
};

/*
 * Read the arguments; argv[0] is not looked at. false when there is nothing
 * more to do: *status is how to exit then (help was shown or a mistake named),
 * and there is nothing to clear.
 */
bool gaz_ctl_args_read(struct gaz_ctl_args *args,
    const struct gaz_ctl_spec *spec, int argc, char **argv, int *status)
    __attribute__((warn_unused_result));
void gaz_ctl_args_clear(struct gaz_ctl_args *args);

/* The last value of an option; NULL: not given. */
const char *gaz_ctl_args_get(const struct gaz_ctl_args *args,
    const char *name);
bool gaz_ctl_args_has(const struct gaz_ctl_args *args, const char *name);
/* A number from least to most; false after a complaint. none: not given. */
bool gaz_ctl_args_number(const struct gaz_ctl_args *args, const char *name,
    long long least, long long most, long long none, long long *out)
    __attribute__((warn_unused_result));
/* Whether name is one of the filters, which a question is asked with. */
bool gaz_ctl_is_filter(const char *name);

/*
 * Options in front of a command ("-c FILE status") go behind its name, where
 * commands look for them. Returns the place of the name in argv, argc when
 * there is none, or -1 when an option wants its value.
 */
int gaz_ctl_move_options(int argc, char **argv);

/*
 * The first argument that is no such option, when it is word: it is taken out
 * of argv, whose new length is returned, else argc.
 */
int gaz_ctl_take_word(int argc, char **argv, const char *word);

#endif
