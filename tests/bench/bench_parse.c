/*
 * How fast a worker reads feeds: bench_parse [FILE...], or make bench-parse.
 *
 * Made-up feeds (feeds.c) and the files that are named go through each stage
 * of a worker, and through what it is compared with: libxml2's push parser with
 * callbacks that do nothing, its HTML parser likewise, and sfeed (sfeed_parser)
 * where it is installed, which cleans nothing and keeps no process: with and
 * without the start of one. All are measured in turn, in CPU time, for several
 * rounds; what is printed are medians, so ratios hold on a busy machine too.
 * Languages are not identified and no story features made.
 *
 * Then: whether time grows with the size of a document, what memory it takes,
 * and how long documents take that are meant to hurt (threats B48 to B50, B75).
 */
#include "config.h"

#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>

#include "gazetted/charset.h"
#include "gazetted/file.h"
#include "gazetted/html.h"
#include "gazetted/mem.h"
#include "gazetted/parse.h"

#include "parse/xml.h"

#include "feeds.h"

#define ROUNDS 9
#define ROUND_S 0.04        /* CPU time for one thing in one round */
#define XML_CHUNK (1 << 20) /* as in our reader; faster than small ones */
#define DOCUMENTS_MAX 64

enum stage {
	STAGE_BARE,   /* libxml2, push, callbacks that do nothing */
	STAGE_DECODE, /* to clean UTF-8 */
	STAGE_XML,    /* the strict reader, with a sink that does nothing */
	STAGE_PARSE,  /* bytes to a document, HTML cleaned */
	STAGE_WHOLE,  /* bytes to the message that the daemon gets */
	STAGE_SFEED,  /* without the start of the process */
	STAGE_SFEED_RUN,
	STAGE_COUNT
};

static const char *const stage_names[] = { "libxml2", "decode", "xml",
	"parse", "whole", "sfeed", "sfeed run" };

struct document {
	const char *name;
	struct gaz_buf bytes;
	struct gaz_buf text; /* decoded, for STAGE_XML */
	bool is_xml;
	double mbs[STAGE_COUNT]; /* 0: not measured */
};

static struct document documents[DOCUMENTS_MAX];
static size_t n_documents;
static bool has_sfeed;

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* ----- what is measured ----- */

static void
sax_start(void *arg, const xmlChar *local, const xmlChar *prefix,
    const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
    int n_attributes, int n_defaulted, const xmlChar **attributes)
{
	(void)arg;
	(void)local;
	(void)prefix;
	(void)uri;
	(void)n_namespaces;
	(void)namespaces;
	(void)n_attributes;
	(void)n_defaulted;
	(void)attributes;
}

static void
sax_end(void *arg, const xmlChar *local, const xmlChar *prefix,
    const xmlChar *uri)
{
	(void)arg;
	(void)local;
	(void)prefix;
	(void)uri;
}

static void
sax_text(void *arg, const xmlChar *s, int len)
{
	(void)arg;
	(void)s;
	(void)len;
}

static void
sax_html_start(void *arg, const xmlChar *name, const xmlChar **attributes)
{
	(void)arg;
	(void)name;
	(void)attributes;
}

static void
sax_html_end(void *arg, const xmlChar *name)
{
	(void)arg;
	(void)name;
}

static void
run_bare(struct gaz_str s)
{
	xmlSAXHandler sax = { .initialized = XML_SAX2_MAGIC,
		.startElementNs = sax_start, .endElementNs = sax_end,
		.characters = sax_text, .cdataBlock = sax_text };
	xmlParserCtxtPtr ctxt = xmlCreatePushParserCtxt(&sax, NULL, NULL, 0,
	    NULL);

	xmlCtxtUseOptions(ctxt, XML_PARSE_NONET);
	for (size_t i = 0; i < s.len; i += XML_CHUNK) {
		size_t n = s.len - i < XML_CHUNK ? s.len - i : XML_CHUNK;

		xmlParseChunk(ctxt, s.p + i, (int)n, 0);
	}
	xmlParseChunk(ctxt, "", 0, 1);
	xmlFreeParserCtxt(ctxt);
}

static void
run_bare_html(struct gaz_str s)
{
	htmlSAXHandler sax = { .startElement = sax_html_start,
		.endElement = sax_html_end, .characters = sax_text,
		.cdataBlock = sax_text };
	htmlParserCtxtPtr ctxt = htmlCreatePushParserCtxt(&sax, NULL, NULL, 0,
	    NULL, XML_CHAR_ENCODING_UTF8);

	htmlCtxtUseOptions(ctxt, HTML_PARSE_NONET);
	for (size_t i = 0; i < s.len; i += XML_CHUNK) {
		size_t n = s.len - i < XML_CHUNK ? s.len - i : XML_CHUNK;

		htmlParseChunk(ctxt, s.p + i, (int)n, 0);
	}
	htmlParseChunk(ctxt, "", 0, 1);
	htmlFreeParserCtxt(ctxt);
}

static void
run_decode(struct gaz_str s)
{
	struct gaz_buf out;
	struct gaz_decoded info;
	struct gaz_err err;

	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	if (!gaz_charset_decode(s, GAZ_STR_NONE, false, &out, &info, &err))
		fprintf(stderr, "decode: %s\n", err.msg);
	gaz_buf_clear(&out);
}

static enum gaz_fault
sink_start(void *arg, const struct gaz_xml_name *name,
    const struct gaz_xml_attr *attrs, size_t n)
{
	(void)arg;
	(void)name;
	(void)attrs;
	(void)n;
	return GAZ_FAULT_NONE;
}

static void
sink_text(void *arg, struct gaz_str s)
{
	(void)arg;
	(void)s;
}

static void
sink_end(void *arg, bool implied)
{
	(void)arg;
	(void)implied;
}

static void
run_xml(struct gaz_str s)
{
	const struct gaz_xml_sink sink = { .start = sink_start,
		.text = sink_text, .end = sink_end };
	struct gaz_arena a = { 0 };
	struct gaz_xml_result res;

	(void)gaz_xml_read_strict(s, &sink, &a, &res);
	gaz_arena_clear(&a);
}

/* Bytes of a part of a message, as in the worker. */
#define PART (256u << 10)

static bool
put_item(void *arg, struct gaz_batch_item *it, uint32_t replaces,
    struct gaz_str feed_title)
{
	struct gaz_buf *out = arg;

	(void)feed_title;
	if (out->len >= PART)
		gaz_buf_reset(out); /* as if it had been sent */
	return gaz_batch_put_item(it, replaces, out, NULL);
}

static void
put_again(void *arg)
{
	gaz_buf_reset(arg);
}

/* As the worker does it; out may be NULL. */
static void
run_worker(struct gaz_str s, struct gaz_buf *out)
{
	struct gaz_parse_options opt = {
		.url = GAZ_STR("https://www.example.org/feed/"),
	};
	/* A language that is configured is not looked for. */
	struct gaz_digest_options digest = { .url = opt.url,
		.language = GAZ_STR("en") };
	const struct gaz_parse_sink sink = { .arg = out, .put = put_item,
		.restart = put_again };
	struct gaz_arena a = { 0 };
	struct gaz_document doc;
	struct gaz_batch b;
	enum gaz_fault fault;
	struct gaz_err err;

	if (out == NULL) {
		(void)!gaz_parse(s, &opt, &a, &doc, &fault, &err);
	} else {
		gaz_buf_reset(out);
		if (gaz_parse_stream(s, &opt, &digest, &sink, &a, &b, &fault,
		    &err) && !gaz_batch_put_rest(&b, out, &err))
			fprintf(stderr, "encode: %s\n", err.msg);
	}
	gaz_arena_clear(&a);
}

/* CPU seconds of one run on the bytes of a file; of starting it on none. */
static double
run_sfeed(int fd)
{
	struct rusage u;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		dup2(fd == -1 ? null : fd, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		lseek(STDIN_FILENO, 0, SEEK_SET);
		execlp("sfeed_parser", "sfeed_parser",
		    "https://www.example.org/", (char *)NULL);
		execlp("sfeed", "sfeed", "https://www.example.org/",
		    (char *)NULL);
		_exit(127);
	}
	if (pid == -1 || wait4(pid, &status, 0, &u) != pid || status != 0)
		return -1;
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	    (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e-6;
}

/* ----- measuring ----- */

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(double *v, size_t n)
{
	qsort(v, n, sizeof(v[0]), by_value);
	return v[n / 2];
}

/* Seconds that sfeed takes for the document, with its start or without. */
static double
time_sfeed(const struct document *d, bool with_start)
{
	double with = 0, without = 0;
	int fd = memfd_create("feed", 0);
	struct gaz_str s = gaz_buf_str(&d->bytes);
	bool ok = fd != -1 && write(fd, s.p, s.len) == (ssize_t)s.len;

	for (int i = 0; ok && i < 3; i++) {
		double a = run_sfeed(fd), b = with_start ? 0 : run_sfeed(-1);

		ok = a >= 0 && b >= 0;
		with += a;
		without += b;
	}
	close(fd);
	return ok && with > without ? (with - without) / 3 : 0;
}

static double
time_stage(const struct document *d, enum stage stage, struct gaz_buf *out)
{
	struct gaz_str s = gaz_buf_str(&d->bytes);
	double start = now(), spent;
	size_t n = 0;

	if (stage == STAGE_SFEED || stage == STAGE_SFEED_RUN)
		return time_sfeed(d, stage == STAGE_SFEED_RUN);
	do {
		switch (stage) {
		case STAGE_BARE:
			run_bare(s);
			break;
		case STAGE_DECODE:
			run_decode(s);
			break;
		case STAGE_XML:
			run_xml(gaz_buf_str(&d->text));
			break;
		case STAGE_PARSE:
			run_worker(s, NULL);
			break;
		case STAGE_WHOLE:
			run_worker(s, out);
			break;
		case STAGE_SFEED:
		case STAGE_SFEED_RUN:
		case STAGE_COUNT:
			break;
		}
		n++;
		spent = now() - start;
	} while (spent < ROUND_S);
	return spent / (double)n;
}

static bool
is_measured(const struct document *d, enum stage stage)
{
	if (stage == STAGE_SFEED || stage == STAGE_SFEED_RUN)
		return has_sfeed && d->is_xml;
	return d->is_xml || (stage != STAGE_BARE && stage != STAGE_XML);
}

/* What the XML reader gets: UTF-8 without a declaration. */
static void
decode_document(struct document *d)
{
	struct gaz_buf text;
	struct gaz_str s;
	struct gaz_decoded info;
	struct gaz_err err;
	size_t end;

	gaz_buf_init(&text, GAZ_BUF_NO_MAX);
	gaz_buf_init(&d->text, GAZ_BUF_NO_MAX);
	if (!gaz_charset_decode(gaz_buf_str(&d->bytes), GAZ_STR_NONE, false,
	    &text, &info, &err))
		fprintf(stderr, "%s: %s\n", d->name, err.msg);
	s = gaz_str_trim(gaz_buf_str(&text));
	end = gaz_str_find(s, GAZ_STR("?>"), 0);
	if (gaz_str_starts(s, "<?xml") && end != GAZ_STR_NPOS)
		s = gaz_str_sub(s, end + 2, s.len);
	gaz_buf_put_str(&d->text, s);
	gaz_buf_clear(&text);
}

static void
measure_documents(struct gaz_buf *out)
{
	static double v[DOCUMENTS_MAX][STAGE_COUNT][ROUNDS];

	for (size_t i = 0; i < n_documents; i++)
		decode_document(&documents[i]);
	for (size_t r = 0; r < ROUNDS; r++) {
		for (size_t i = 0; i < n_documents; i++) {
			for (int s = 0; s < STAGE_COUNT; s++) {
				if (is_measured(&documents[i], s))
					v[i][s][r] = time_stage(&documents[i],
					    s, out);
			}
		}
	}
	for (size_t i = 0; i < n_documents; i++) {
		for (int s = 0; s < STAGE_COUNT; s++) {
			double t = median(v[i][s], ROUNDS);

			documents[i].mbs[s] = t > 0 ?
			    (double)documents[i].bytes.len / t / 1e6 : 0;
		}
	}
}

/* MB/s over all XML documents, each with the weight of its size. */
static double
overall(enum stage stage)
{
	double bytes = 0, s = 0;

	for (size_t i = 0; i < n_documents; i++) {
		const struct document *d = &documents[i];

		if (!d->is_xml || d->mbs[stage] <= 0)
			continue;
		bytes += (double)d->bytes.len;
		s += (double)d->bytes.len / (d->mbs[stage] * 1e6);
	}
	return s > 0 ? bytes / s / 1e6 : 0;
}

static void
print_row(const char *name, size_t bytes, const double mbs[STAGE_COUNT])
{
	printf("%-26s %8zu", name, bytes);
	for (int s = 0; s < STAGE_COUNT; s++) {
		if (mbs[s] > 0)
			printf(" %9.1f", mbs[s]);
		else
			printf(" %9s", "-");
	}
	if (mbs[STAGE_BARE] > 0)
		printf(" %5.0f %%", mbs[STAGE_WHOLE] / mbs[STAGE_BARE] * 100);
	if (mbs[STAGE_SFEED] > 0)
		printf(" %5.2f", mbs[STAGE_WHOLE] / mbs[STAGE_SFEED]);
	putchar('\n');
}

static void
print_documents(void)
{
	double all[STAGE_COUNT];
	size_t bytes = 0;

	printf("MB/s, medians of %d rounds\n%-26s %8s", ROUNDS, "", "bytes");
	for (int s = 0; s < STAGE_COUNT; s++)
		printf(" %9s", stage_names[s]);
	puts(" of libxml2, of sfeed");
	for (size_t i = 0; i < n_documents; i++) {
		const char *slash = strrchr(documents[i].name, '/');

		print_row(slash != NULL ? slash + 1 : documents[i].name,
		    documents[i].bytes.len, documents[i].mbs);
		if (documents[i].is_xml)
			bytes += documents[i].bytes.len;
	}
	for (int s = 0; s < STAGE_COUNT; s++)
		all[s] = overall(s);
	print_row("all XML", bytes, all);
}

/* Fragments alone: the cleaner and the plain text beside libxml2. */
static void
measure_html(enum feed_language language, const char *name)
{
	enum { BARE, CLEAN, TEXT, COUNT };
	const struct gaz_html_options opt = {
		.base = GAZ_STR("https://www.example.org/feed/"),
	};
	double v[COUNT][ROUNDS], mbs[COUNT];
	struct gaz_buf html, out;

	gaz_buf_init(&html, GAZ_BUF_NO_MAX);
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	feeds_make_html(language, 1, &html);
	for (size_t r = 0; r < ROUNDS; r++) {
		for (int what = 0; what < COUNT; what++) {
			double start = now(), spent;
			size_t n = 0;

			do {
				struct gaz_arena a = { 0 };

				gaz_buf_reset(&out);
				if (what == BARE)
					run_bare_html(gaz_buf_str(&html));
				else if (what == CLEAN)
					(void)gaz_html_clean(
					    gaz_buf_str(&html), &opt, &a,
					    &out, NULL);
				else
					gaz_html_to_text(gaz_buf_str(&html),
					    true, &out);
				gaz_arena_clear(&a);
				n++;
				spent = now() - start;
			} while (spent < ROUND_S);
			v[what][r] = spent / (double)n;
		}
	}
	for (int what = 0; what < COUNT; what++)
		mbs[what] = (double)html.len / median(v[what], ROUNDS) / 1e6;
	printf("%-26s %8zu bytes: libxml2's HTML parser %.1f, clean %.1f, "
	    "text %.1f\n", name, html.len, mbs[BARE], mbs[CLEAN], mbs[TEXT]);
	gaz_buf_clear(&html);
	gaz_buf_clear(&out);
}

/* ----- size, memory, bad documents ----- */

/* A line of /proc/self/status in KiB, or 0. */
static size_t
status_kib(const char *key)
{
	char line[256];
	size_t n = 0;
	FILE *f = fopen("/proc/self/status", "re");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (strncmp(line, key, strlen(key)) == 0)
			n = strtoul(line + strlen(key), NULL, 10);
	}
	if (f != NULL)
		fclose(f);
	return n;
}

/* Set the peak of memory to what is used now. */
static bool
reset_peak(void)
{
	int fd = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
	bool ok = fd != -1 && write(fd, "5", 1) == 1;

	if (fd != -1)
		close(fd);
	return ok;
}

static void
measure_size(enum feed_kind kind, const char *name, size_t items)
{
	struct gaz_buf doc, out;
	double v[3];

	gaz_buf_init(&doc, GAZ_BUF_NO_MAX);
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	feeds_make(kind, FEED_ENGLISH, items, &doc);
	malloc_trim(0);

	bool known = reset_peak();
	size_t before = status_kib("VmRSS:");

	run_worker(gaz_buf_str(&doc), &out);
	/* The document that came belongs to the worker too. */
	size_t peak = status_kib("VmHWM:") - before + (doc.len >> 10);

	for (int i = 0; i < 3; i++) {
		double start = now();

		run_worker(gaz_buf_str(&doc), &out);
		v[i] = now() - start;
	}
	printf("%-26s %8.2f MB: %7.1f ms, %6.1f MB/s", name,
	    (double)doc.len / 1e6, median(v, 3) * 1e3,
	    (double)doc.len / median(v, 3) / 1e6);
	if (known)
		printf(", memory %.2f times the document",
		    (double)peak * 1024 / (double)doc.len);
	putchar('\n');
	gaz_buf_clear(&doc);
	gaz_buf_clear(&out);
}

static void
repeat(struct gaz_buf *out, const char *what, size_t times)
{
	for (size_t i = 0; i < times; i++)
		gaz_buf_put_z(out, what);
}

static void
measure_bad(const char *name, bool in_item, const char *head,
    const char *unit, size_t times, const char *tail)
{
	struct gaz_buf doc, out;
	double v[3];

	gaz_buf_init(&doc, GAZ_BUF_NO_MAX);
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	gaz_buf_put_z(&doc, "<rss version=\"2.0\"><channel><title>x</title>");
	if (in_item)
		gaz_buf_put_z(&doc, "<item><description><![CDATA[<p>");
	gaz_buf_put_z(&doc, head);
	repeat(&doc, unit, times);
	repeat(&doc, tail, in_item ? times : 1);
	if (in_item)
		gaz_buf_put_z(&doc, "]]></description></item>");
	gaz_buf_put_z(&doc, "</channel></rss>");
	for (int i = 0; i < 3; i++) {
		double start = now();

		run_worker(gaz_buf_str(&doc), &out);
		v[i] = now() - start;
	}
	printf("%-40s %8.2f MB: %7.1f ms\n", name, (double)doc.len / 1e6,
	    median(v, 3) * 1e3);
	gaz_buf_clear(&doc);
	gaz_buf_clear(&out);
}

static void
measure_namespaces(void)
{
	struct gaz_buf unit;

	gaz_buf_init(&unit, GAZ_BUF_NO_MAX);
	for (unsigned i = 0; i < 200000; i++)
		gaz_buf_put_fmt(&unit, "<a xmlns:p%u=\"http://e.org/%u\"/>", i,
		    i);
	measure_bad("B50 200,000 namespace declarations", false, unit.p, "", 0,
	    "");
	gaz_buf_clear(&unit);
}

static void
measure_bad_ones(void)
{
	measure_bad("B48 100,000 nested elements", false, "", "<a>", 100000,
	    "");
	measure_bad("B49 100,000 attributes", false, "<a ", "b=\"\" ", 100000,
	    ">");
	measure_namespaces();
	measure_bad("B75 50,000 nested div", true, "", "<div>", 50000, "");
	measure_bad("B75 24,000 formatting tags", true, "", "<b><i><u>", 8000,
	    "");
	measure_bad("B75 20,000 open, 20,000 unmatched end", true, "",
	    "<span>", 20000, "</div>");
	measure_bad("B75 50,000 attributes", true, "<p ", "a=1 b ", 25000, "");
}

/* ----- beginning ----- */

static struct document *
add(const char *name, bool is_xml)
{
	struct document *d = &documents[n_documents++];

	d->name = name;
	d->is_xml = is_xml;
	gaz_buf_init(&d->bytes, GAZ_BUF_NO_MAX);
	return d;
}

static void
make_documents(void)
{
	static const struct {
		const char *name;
		enum feed_kind kind;
		enum feed_language language;
		size_t items;
	} rows[] = {
		{ "rss, cdata", FEED_RSS_CDATA, FEED_ENGLISH, 40 },
		{ "rss, escaped", FEED_RSS_ESCAPED, FEED_ENGLISH, 40 },
		{ "atom, xhtml", FEED_ATOM_XHTML, FEED_ENGLISH, 40 },
		{ "headlines", FEED_HEADLINES, FEED_ENGLISH, 300 },
		{ "rss, cdata, Russian", FEED_RSS_CDATA, FEED_RUSSIAN, 40 },
		{ "rss, cdata, Japanese", FEED_RSS_CDATA, FEED_JAPANESE, 40 },
		{ "rss, escaped, Arabic", FEED_RSS_ESCAPED, FEED_ARABIC, 40 },
		{ "rss, cdata, German", FEED_RSS_CDATA, FEED_GERMAN, 40 },
		{ "json", FEED_JSON, FEED_ENGLISH, 40 },
	};

	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
		struct document *d = add(rows[i].name,
		    rows[i].kind != FEED_JSON);

		feeds_make(rows[i].kind, rows[i].language, rows[i].items,
		    &d->bytes);
		if (rows[i].language == FEED_GERMAN)
			feeds_to_cp1252(gaz_buf_str(&d->bytes),
			    &add("the same, windows-1252", true)->bytes);
	}
}

static bool
load_documents(int argc, char **argv)
{
	struct gaz_err err;

	for (int i = 1; i < argc && n_documents < DOCUMENTS_MAX; i++) {
		struct document *d = add(argv[i], true);

		d->bytes.max = 64 << 20;
		if (!gaz_file_load(argv[i], &d->bytes, &err)) {
			fprintf(stderr, "%s\n", err.msg);
			return false;
		}
		d->is_xml = !gaz_str_starts(gaz_str_trim(
		    gaz_buf_str(&d->bytes)), "{");
	}
	return true;
}

int
main(int argc, char **argv)
{
	struct gaz_buf out;

	gaz_parse_tune_memory();
	gaz_parse_preload();
	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	for (size_t items = 200; items <= 1600; items *= 2)
		measure_size(FEED_RSS_CDATA, "rss, cdata", items);
	for (size_t items = 2500; items <= 10000; items *= 2)
		measure_size(FEED_HEADLINES, "headlines", items);
	putchar('\n');
	measure_bad_ones();
	putchar('\n');
	measure_html(FEED_ENGLISH, "HTML, English, MB/s");
	measure_html(FEED_RUSSIAN, "HTML, Russian, MB/s");
	putchar('\n');
	fflush(stdout);
	make_documents();
	if (!load_documents(argc, argv))
		return 1;
	has_sfeed = run_sfeed(-1) >= 0;
	measure_documents(&out);
	print_documents();
	for (size_t i = 0; i < n_documents; i++) {
		gaz_buf_clear(&documents[i].bytes);
		gaz_buf_clear(&documents[i].text);
	}
	gaz_buf_clear(&out);
	xmlCleanupParser();
	return 0;
}
