#include "config.h"

#include "ctl.h"

#include <getopt.h>
#include <stdio.h>
#include <sysexits.h>

#include "gazetted/config.h"
#include "gazetted/json.h"

/* gazettectl check-config: is the configuration good, without a daemon? */

static const char usage[] =
    "usage: gazettectl check-config [--json] [FILE]\n"
    "\n"
    "Read the configuration FILE (default: " GAZ_CONFIG_PATH ";\n"
    "\"-\" is standard input) with all that it includes, and say everything\n"
    "that is wrong with it. Exit with 0 if it is good, else with 78.\n"
    "\n"
    "  -c, --config FILE  the same as FILE\n"
    "  --json             one object with file, ok, errors, warnings, feeds,\n"
    "                     exports, rules and findings: each has severity,\n"
    "                     file, line, column, message and text\n";

static void
write_finding(struct gaz_json *j, const struct gaz_config_error *e)
{
	gaz_json_object(j, NULL);
	gaz_json_z(j, "severity", e->warning ? "warning" : "error");
	gaz_json_z(j, "file", e->file);
	gaz_json_opt_int(j, "line", e->line > 0 ? e->line : INT64_MIN);
	gaz_json_opt_int(j, "column", e->column > 0 ? e->column : INT64_MIN);
	gaz_json_str(j, "message", e->message);
	gaz_json_str(j, "text", e->source);
	gaz_json_end_object(j);
}

static void
write_json(const char *path, const struct gaz_config *c,
    const struct gaz_config_errors *errors, struct gaz_buf *out)
{
	struct gaz_json j;

	gaz_json_init(&j, out, 2);
	gaz_json_object(&j, NULL);
	gaz_json_z(&j, "file", path);
	gaz_json_bool(&j, "ok", c != NULL);
	gaz_json_int(&j, "errors", (int64_t)errors->count);
	gaz_json_int(&j, "warnings", (int64_t)errors->warnings);
	if (c != NULL) {
		gaz_json_int(&j, "feeds", (int64_t)c->feeds.n);
		gaz_json_int(&j, "exports", (int64_t)c->exports.n);
		gaz_json_int(&j, "rules", (int64_t)c->rules.n);
	} else {
		gaz_json_null(&j, "feeds");
		gaz_json_null(&j, "exports");
		gaz_json_null(&j, "rules");
	}
	gaz_json_array(&j, "findings");
	for (size_t i = 0; i < errors->list.n; i++)
		write_finding(&j, &errors->list.v[i]);
	gaz_json_end_array(&j);
	gaz_json_end_object(&j);
	gaz_buf_put_char(out, '\n');
}

static const char *
plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static void
write_summary(const char *path, const struct gaz_config *c,
    const struct gaz_config_errors *errors, struct gaz_buf *out)
{
	gaz_buf_put_fmt(out, "%s: ok, %zu feed%s, %zu export%s, %zu rule%s",
	    path, c->feeds.n, plural(c->feeds.n), c->exports.n,
	    plural(c->exports.n), c->rules.n, plural(c->rules.n));
	if (errors->warnings > 0)
		gaz_buf_put_fmt(out, ", %zu warning%s", errors->warnings,
		    plural(errors->warnings));
	gaz_buf_put_char(out, '\n');
}

static int
check(const char *path, bool json)
{
	struct gaz_config_errors errors = { 0 };
	struct gaz_buf out;
	int status = EX_OK;

	struct gaz_config *c = gaz_config_load(path, &errors);
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	if (json)
		write_json(path, c, &errors, &out);
	else
		fwrite(errors.text.p, 1, errors.text.len, stderr);
	if (!json && c != NULL)
		write_summary(path, c, &errors, &out);
	if (!json && c == NULL)
		fprintf(stderr, "%s: %zu error%s\n", path, errors.count,
		    plural(errors.count));
	if (out.len > 0 && (fwrite(out.p, 1, out.len, stdout) != out.len ||
	    fflush(stdout) != 0)) {
		perror("gazettectl check-config: standard output");
		status = EX_IOERR;
	}
	if (c == NULL)
		status = EX_CONFIG;
	gaz_buf_clear(&out);
	gaz_config_errors_clear(&errors);
	gaz_config_put(c);
	return status;
}

int
gaz_ctl_check_config(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	const char *path = NULL;
	bool json = false;
	int c;

	opterr = 0;
	optind = 0; /* glibc: begin anew */
	while ((c = getopt_long(argc, argv, ":c:h", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			path = optarg;
			break;
		case 'h':
			fputs(usage, stdout);
			return EX_OK;
		case 'j':
			json = true;
			break;
		case ':':
			return gaz_ctl_usage(argv[0], "%s needs a value",
			    argv[optind - 1]);
		default:
			return gaz_ctl_usage(argv[0], "unknown option %s",
			    argv[optind - 1]);
		}
	}
	if (argc - optind > 1 || (path != NULL && argc > optind))
		return gaz_ctl_usage(argv[0], "give at most one FILE");
	if (argc > optind)
		path = argv[optind];
	return check(path != NULL ? path : GAZ_CONFIG_PATH, json);
}
