/* gazetted: reads its arguments and its configuration, then runs. */
#include "config.h"

#include <getopt.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "gazetted/config.h"
#include "gazetted/log.h"

#include "app.h"
#include "worker.h"

static const char usage[] =
    "Usage: gazetted [-c FILE] [--once | --check]\n"
    "Collect feeds, group their items into stories, serve and export them.\n"
    "\n"
    "  -c, --config FILE  the configuration (" GAZ_SYSCONFDIR
    "/gazetted/gazetted.conf)\n"
    "      --once         fetch every feed once, write the exports, exit\n"
    "      --check        check the configuration and exit 0 or 78\n"
    "  -v, --verbose      log one line a fetch; twice: more\n"
    "  -h, --help         show this\n"
    "      --version      show the version\n";

enum mode {
	RUN,
	ONCE,
	CHECK,
};

struct arguments {
	const char *config;
	enum mode mode;
	int verbose;
};

static int
complain(const char *text)
{
	fprintf(stderr, "gazetted: %s\nSee \"gazetted --help\".\n", text);
	return EX_USAGE;
}

/* Return -1 to go on, else the exit status. */
static int
read_arguments(int argc, char **argv, struct arguments *out)
{
	enum { OPT_ONCE = 256, OPT_CHECK, OPT_VERSION };
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "once", no_argument, NULL, OPT_ONCE },
		{ "check", no_argument, NULL, OPT_CHECK },
		{ "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, OPT_VERSION },
		{ 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "c:vh", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			out->config = optarg;
			break;
		case OPT_ONCE:
		case OPT_CHECK:
			if (out->mode != RUN)
				return complain(
				    "--once and --check exclude each other");
			out->mode = c == OPT_ONCE ? ONCE : CHECK;
			break;
		case 'v':
			out->verbose++;
			break;
		case 'h':
			fputs(usage, stdout);
			return EX_OK;
		case OPT_VERSION:
			puts("gazetted " PACKAGE_VERSION);
			return EX_OK;
		default: /* getopt_long has said what */
			fputs("See \"gazetted --help\".\n", stderr);
			return EX_USAGE;
		}
	}
	if (optind < argc)
		return complain("no argument is expected; did you mean -c?");
	return -1;
}

static struct gaz_config *
load(const char *path)
{
	struct gaz_config_errors errors = { 0 };
	struct gaz_config *c;

	c = gaz_config_load(path, &errors);
	/* Warnings, too: they do not stop anything, but should be seen. */
	if (errors.text.len > 0)
		fwrite(errors.text.p, 1, errors.text.len, stderr);
	if (c == NULL)
		fprintf(stderr, "gazetted: %s: %zu error%s\n", path,
		    errors.count, errors.count == 1 ? "" : "s");
	gaz_config_errors_clear(&errors);
	return c;
}

int
main(int argc, char **argv)
{
	struct arguments args = {
		.config = GAZ_SYSCONFDIR "/gazetted/gazetted.conf",
	};
	struct gaz_config *config;
	int status;

	if (argc == 2 && strcmp(argv[1], GAZ_WORKER_OPTION) == 0)
		gaz_worker_main();
	status = read_arguments(argc, argv, &args);
	if (status != -1)
		return status;
	config = load(args.config);
	if (config == NULL)
		return EX_CONFIG;
	if (args.mode == CHECK) {
		printf("%s: ok (%zu feeds, %zu exports)\n", args.config,
		    config->feeds.n, config->exports.n);
		gaz_config_put(config);
		return EX_OK;
	}
	if (args.verbose > 0 && config->log_level < GAZ_LOG_INFO)
		config->log_level = GAZ_LOG_INFO;
	if (args.verbose > 1)
		config->log_level = GAZ_LOG_DEBUG;
	gaz_log_setup((enum gaz_log_level)config->log_level,
	    getenv("JOURNAL_STREAM") != NULL);
	return gaz_app_run(&(struct gaz_app_options){
		.config_path = args.config, .config = config,
		.once = args.mode == ONCE,
	});
}
