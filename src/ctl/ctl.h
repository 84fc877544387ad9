#ifndef GAZETTECTL_H
#define GAZETTECTL_H

/*
 * The commands of gazettectl. Each is one file src/ctl/NAME.c with one function
 * gaz_ctl_NAME; a row in main.c's table makes it known. argv[0] is the
 * command's name, argc counts it. The result is the exit status, one of
 * sysexits(3): 0, EX_USAGE (64), EX_DATAERR (65), EX_NOINPUT (66),
 * EX_UNAVAILABLE (69: the daemon is not reachable), EX_CANTCREAT (73),
 * EX_IOERR (74), EX_TEMPFAIL (75), EX_CONFIG (78).
 *
 * What was asked for goes to standard output, complaints to standard error.
 * Every command knows --help and prints its own.
 */
typedef int gaz_ctl_fn(int argc, char **argv);

gaz_ctl_fn gaz_ctl_add;
gaz_ctl_fn gaz_ctl_backup;
gaz_ctl_fn gaz_ctl_check_config;
gaz_ctl_fn gaz_ctl_check_store;
gaz_ctl_fn gaz_ctl_cluster;
gaz_ctl_fn gaz_ctl_explain;
gaz_ctl_fn gaz_ctl_export;
gaz_ctl_fn gaz_ctl_feeds;
gaz_ctl_fn gaz_ctl_fetch;
gaz_ctl_fn gaz_ctl_import;
gaz_ctl_fn gaz_ctl_items;
gaz_ctl_fn gaz_ctl_parse;
gaz_ctl_fn gaz_ctl_prune;
gaz_ctl_fn gaz_ctl_reload;
gaz_ctl_fn gaz_ctl_remove;
gaz_ctl_fn gaz_ctl_restore;
gaz_ctl_fn gaz_ctl_search;
gaz_ctl_fn gaz_ctl_status;
gaz_ctl_fn gaz_ctl_stories;
gaz_ctl_fn gaz_ctl_story;
gaz_ctl_fn gaz_ctl_tail;
gaz_ctl_fn gaz_ctl_why;

/* Complain as "gazettectl COMMAND: message". */
void gaz_ctl_complain(const char *command, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * The same, and point to --help. Return EX_USAGE, so that a command can return
 * it.
 */
int gaz_ctl_usage(const char *command, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
