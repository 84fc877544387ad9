#include "config.h"

#include "ctl.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "gazetted/file.h"
#include "gazetted/limits.h"
#include "gazetted/log.h"
#include "gazetted/parse.h"

/*
 * gazettectl parse: one feed document to JSON, by the code that the daemon
 * uses, without network and without a database.
 */

static void
print_help(void)
{
	fputs("usage: gazettectl parse [options] FILE\n"
	      "\n"
	      "Print the feed document in FILE (\"-\": standard input) as "
	      "JSON.\n"
	      "\n"
	      "  --url=BASE          address it came from, for relative "
	      "references\n"
	      "  --content-type=CT   value of the HTTP field Content-Type\n"
	      "  --raw               do not clean HTML\n"
	      "  --help              show this\n"
	      "\n"
	      "Exit status: 0, 64 usage, 65 not a feed, 66 FILE cannot be "
	      "read.\n",
	    stdout);
}

static int
complain(int status, const struct gaz_err *err)
{
	fprintf(stderr, "gazettectl parse: %s\n", err->msg);
	return status;
}

/* On one line: which fault, why, and the feeds that a page links to. */
static int
refuse(const char *path, struct gaz_str bytes,
    const struct gaz_parse_options *opt, struct gaz_arena *a,
    enum gaz_fault fault, const struct gaz_err *err)
{
	gaz_link_list feeds = { 0 };
	struct gaz_buf line;

	gaz_buf_init(&line, GAZ_BUF_NO_MAX);
	gaz_buf_put_fmt(&line, "%s: %s: %s", path, gaz_fault_name(fault),
	    err->msg);
	if (fault == GAZ_FAULT_NOT_A_FEED)
		gaz_parse_discover(bytes, opt->url, a, &feeds);
	for (size_t i = 0; i < feeds.n; i++)
		gaz_buf_put_fmt(&line, "%s%.*s", i == 0 ? "; it links to " :
		    ", ", GAZ_STR_ARG(feeds.v[i].href));
	fputs("gazettectl parse: ", stderr);
	for (struct gaz_str s = gaz_buf_str(&line); s.len > 0;) {
		struct gaz_str piece = gaz_str_cut(s, 200);
		char safe[1024];

		fputs(gaz_log_safe(piece, safe, sizeof(safe)), stderr);
		s = gaz_str_sub(s, piece.len, s.len);
	}
	fputc('\n', stderr);
	gaz_buf_clear(&line);
	return EX_DATAERR;
}

static int
run(const char *path, const struct gaz_parse_options *opt)
{
	struct gaz_arena arena;
	struct gaz_buf in, out;
	struct gaz_document doc;
	struct gaz_err err = { 0 };
	enum gaz_fault fault = GAZ_FAULT_NONE;
	int status = EX_OK;

	gaz_arena_init(&arena);
	gaz_buf_init(&in, GAZ_BODY_MAX);
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	if (!gaz_file_load(path, &in, &err)) {
		status = complain(
		    err.code == GAZ_ERR_LIMIT ? EX_DATAERR : EX_NOINPUT, &err);
		goto done;
	}
	if (!gaz_parse(gaz_buf_str(&in), opt, &arena, &doc, &fault, &err)) {
		status = refuse(path, gaz_buf_str(&in), opt, &arena, fault,
		    &err);
		goto done;
	}
	gaz_parse_write_json(&doc, &out);
	if (fwrite(out.p, 1, out.len, stdout) != out.len ||
	    fflush(stdout) != 0) {
		fprintf(stderr, "gazettectl parse: standard output: %s\n",
		    strerror(errno));
		status = EX_IOERR;
	}
done:
	gaz_buf_clear(&out);
	gaz_buf_clear(&in);
	gaz_arena_clear(&arena);
	return status;
}

int
gaz_ctl_parse(int argc, char **argv)
{
	static const struct option options[] = {
		{ "url", required_argument, NULL, 'u' },
		{ "content-type", required_argument, NULL, 'c' },
		{ "raw", no_argument, NULL, 'r' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct gaz_parse_options opt = { 0 };
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "+:h", options, NULL)) != -1) {
		switch (c) {
		case 'u':
			opt.url = gaz_str_of(optarg);
			break;
		case 'c':
			opt.content_type = gaz_str_of(optarg);
			break;
		case 'r':
			opt.raw = true;
			break;
		case 'h':
			print_help();
			return EX_OK;
		case ':':
			return gaz_ctl_usage(argv[0], "%s needs a value",
			    argv[optind - 1]);
		default:
			return gaz_ctl_usage(argv[0], "unknown option %s",
			    argv[optind - 1]);
		}
	}
	if (argc - optind != 1)
		return gaz_ctl_usage(argv[0], "give exactly one FILE");
	return run(argv[optind], &opt);
}
