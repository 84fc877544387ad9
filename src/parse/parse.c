/*
 * From the bytes of an answer to a document: decode, look what it is, read it
 * strictly, and leniently when it is not well-formed.
 */
#include "config.h"

#include "gazetted/parse.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include <libxml/parser.h>
#include <libxml/xmlIO.h>

#include "gazetted/charset.h"
#include "gazetted/limits.h"
#include "gazetted/mem.h"

#include "parse/builder.h"
#include "parse/discover.h"
#include "parse/jsonfeed.h"

/* Of the 8 MiB that a document may take beside four times its length, what is
 * left for texts when parsers have what they need; the allocator's pages vary a
 * little from one run to the next. */
#define TEXTS_MEMORY (2u << 20)

/*
 * Bytes of one text that are read. It may be there four times: as it was read,
 * mended, and on its way to HTML and to plain text. Nearly all of these are
 * shorter, and the rest is cut at GAZ_FIELD_MAX in the end.
 */
static size_t
field_max(size_t bytes, size_t text)
{
	size_t n = (4 * bytes - text + TEXTS_MEMORY) / 4;

	return n > GAZ_FIELD_MAX ? n : GAZ_FIELD_MAX;
}

static bool
fail(enum gaz_fault *fault, enum gaz_fault what, struct gaz_err *err,
    const char *why)
{
	*fault = what;
	return gaz_err_set(err, GAZ_ERR_FORMAT, "%s", why);
}

static void
put_error(struct gaz_arena *a, struct gaz_document *doc, const char *text)
{
	if (doc->errors.n < GAZ_DOCUMENT_ERRORS_MAX)
		*gaz_list_push(a, &doc->errors) = gaz_arena_str(a,
		    gaz_str_of(text));
}

/* What was done to texts, and to how many items. */
static void
put_notes(struct gaz_arena *a, struct gaz_document *doc)
{
	/* In the order of the bits. */
	static const char *const texts[GAZ_NOTES] = {
		"text-cut: longer than GAZ_FIELD_MAX",
		"text-repaired: UTF-8 had been taken for another encoding and "
		"encoded again",
		"html-too-deep: HTML nested deeper than GAZ_HTML_DEPTH_MAX",
		"html-too-many-attributes: an HTML tag has more than "
		"GAZ_HTML_ATTRIBUTES_MAX",
	};
	char text[160];

	for (size_t i = 0; i < GAZ_NOTES; i++) {
		size_t n = doc->noted[i];

		if ((doc->notes >> i & 1u) == 0)
			continue;
		if (n == 0) {
			put_error(a, doc, texts[i]);
			continue;
		}
		snprintf(text, sizeof(text), "%s (%zu item%s)", texts[i], n,
		    n == 1 ? "" : "s");
		put_error(a, doc, text);
	}
}

/* ----- looking ----- */

/* The first bytes that are no white space, NUL or byte order mark. */
static struct gaz_str
skip_lead(struct gaz_str s)
{
	size_t i = 0;

	while (i < s.len && (gaz_is_space(s.p[i]) || s.p[i] == '\0' ||
	    strchr("\xEF\xBB\xBF\xFE\xFF", s.p[i]) != NULL))
		i++;
	return gaz_str_sub(s, i, s.len);
}

static bool
is_name_end(struct gaz_str s, size_t at)
{
	return at >= s.len || gaz_is_space(s.p[at]) || s.p[at] == '>' ||
	    s.p[at] == '/' || s.p[at] == ':';
}

/*
 * Programs print warnings in front of the feed: begin where it begins. What is
 * a page of HTML stays as it is.
 */
static struct gaz_str
skip_garbage(struct gaz_str s, bool *skipped)
{
	static const char *const roots[] = { "<?xml", "<rss", "<feed",
		"<rdf:RDF", "<RDF", "<!DOCTYPE rss", "<!DOCTYPE rdf" };
	static const char *const pages[] = { "<!DOCTYPE html", "<html",
		"<head", "<body" };

	*skipped = false;
	s = skip_lead(s);
	for (size_t i = 0; i < GAZ_COUNT(pages); i++) {
		if (gaz_str_istarts(s, pages[i]))
			return s;
	}
	if (gaz_str_starts(s, "<") && !gaz_str_istarts(s, "<br") &&
	    !gaz_str_istarts(s, "<b>") && !gaz_str_istarts(s, "<p>") &&
	    !gaz_str_istarts(s, "<font") && !gaz_str_istarts(s, "<div"))
		return s;
	for (size_t i = 0; i < s.len; i++) {
		struct gaz_str rest = gaz_str_sub(s, i, s.len);

		if (s.p[i] != '<')
			continue;
		for (size_t k = 0; k < GAZ_COUNT(roots); k++) {
			if (gaz_str_istarts(rest, roots[k]) &&
			    is_name_end(rest, strlen(roots[k]))) {
				*skipped = true;
				return rest;
			}
		}
	}
	return s;
}

/*
 * The text is UTF-8 now, whatever the declaration says: blank it. (White space
 * in front of the root is allowed once there is no declaration.)
 */
static void
blank_declaration(char *p, size_t len)
{
	struct gaz_str s = { p, len };
	size_t end;

	if (!gaz_str_istarts(s, "<?xml") || !is_name_end(s, 5))
		return;
	end = gaz_str_find(s, GAZ_STR("?>"), 0);
	if (end == GAZ_STR_NPOS)
		return;
	for (size_t i = 0; i < end + 2; i++) {
		if (p[i] != '\n')
			p[i] = ' ';
	}
}

/* The version of an RDF feed without elements: by the namespaces that the root
 * declares. */
static struct gaz_str
rdf_version(struct gaz_str text)
{
	static const struct {
		const char *uri, *version;
	} rows[] = { { "rdf/simple/0.9", "0.90" }, { "rss1.1", "1.1" },
		{ "purl.org/rss/1.0/\"", "1.0" }, { "purl.org/rss/1.0/'",
		"1.0" } };
	size_t start = gaz_str_ifind(text, GAZ_STR("<rdf:RDF"), 0);
	size_t end;

	if (start == GAZ_STR_NPOS)
		start = gaz_str_ifind(text, GAZ_STR("<RDF"), 0);
	end = gaz_str_find_char(text, '>', start);

	text = gaz_str_sub(text, start, end);
	for (size_t i = 0; i < GAZ_COUNT(rows); i++) {
		if (gaz_str_ifind(text, gaz_str_of(rows[i].uri), 0) !=
		    GAZ_STR_NPOS)
			return gaz_str_of(rows[i].version);
	}
	return GAZ_STR_NONE;
}

/* ----- reading ----- */

struct reading {
	struct gaz_arena *a;   /* of the caller */
	struct gaz_arena mine; /* of what is read, if it is kept */
	struct gaz_arena entities;
	struct gaz_document *doc;
	const struct gaz_parse_options *opt;
	struct gaz_digest *digest; /* NULL: doc takes the items */
	struct gaz_xml_result res;
	struct gaz_builder builder;
	struct gaz_buf text;
	size_t field_max; /* bytes of one text that are read */
	bool is_json;
	struct gaz_str xml; /* of text, what is read */
	bool garbage;       /* was in front of it */
	enum gaz_xml_tags tags;
	char broken[200];   /* why it is not well-formed, once that is known */
};

typedef enum gaz_xml_verdict reader_fn(struct gaz_str,
    const struct gaz_xml_sink *, struct gaz_arena *, struct gaz_xml_result *);

/* Forget what an earlier reading of the text gave. */
static void
start_over(struct reading *r)
{
	gaz_builder_clear(&r->builder);
	gaz_arena_clear(&r->mine);
	gaz_arena_clear(&r->entities);
	if (r->digest != NULL)
		gaz_digest_restart(r->digest);
}

static enum gaz_xml_verdict
read_with(struct reading *r, reader_fn *reader)
{
	struct gaz_xml_sink sink = gaz_builder_sink(&r->builder);

	gaz_builder_init(&r->builder, r->a, &r->mine, r->doc, r->opt,
	    r->field_max, r->digest, &r->res);
	return reader(r->xml, &sink, &r->entities, &r->res);
}

static const char *
refusal(const struct reading *r)
{
	switch ((int)r->res.fault) {
	case GAZ_FAULT_NOT_A_FEED:
		return r->builder.refusal;
	case GAZ_FAULT_XML_ENTITIES:
		return "the document declares entities that are not harmless";
	case GAZ_FAULT_TOO_DEEP:
		return "elements are nested deeper than GAZ_XML_DEPTH_MAX";
	case GAZ_FAULT_TOO_MANY_ATTRIBUTES:
		return "a tag has more attributes than GAZ_XML_ATTRIBUTES_MAX";
	default:
		return "refused";
	}
}

/* Find where it begins, and what ends it at once. */
static bool
look_at_xml(struct reading *r, enum gaz_fault *fault, struct gaz_err *err)
{
	struct gaz_str s = skip_garbage(gaz_buf_str(&r->text), &r->garbage);

	r->xml = s;
	if (gaz_str_trim(s).len == 0)
		return fail(fault, GAZ_FAULT_EMPTY, err,
		    "the document is empty");
	if (gaz_str_find_char(s, '<', 0) == GAZ_STR_NPOS)
		return fail(fault, GAZ_FAULT_NOT_A_FEED, err,
		    "plain text, not a feed");
	r->tags = gaz_xml_look_at_tags(s);
	if (r->tags == GAZ_XML_TAGS_WIDE)
		return fail(fault, GAZ_FAULT_TOO_MANY_ATTRIBUTES, err,
		    "a tag has more attributes than GAZ_XML_ATTRIBUTES_MAX");
	blank_declaration(r->text.p + (s.p - r->text.p), s.len);
	return true;
}

static bool
read_xml(struct reading *r, enum gaz_fault *fault, struct gaz_err *err)
{
	enum gaz_xml_verdict verdict = GAZ_XML_BROKEN;

	if (r->tags == GAZ_XML_TAGS_LONG && r->broken[0] == '\0')
		snprintf(r->broken, sizeof(r->broken), "a tag, a comment or "
		    "the like is longer than GAZ_XML_TOKEN_MAX");
	if (r->broken[0] == '\0') {
		verdict = read_with(r, gaz_xml_read_strict);
		if (verdict == GAZ_XML_BROKEN)
			memcpy(r->broken, r->res.msg, sizeof(r->broken));
	}
	if (verdict == GAZ_XML_BROKEN) {
		r->doc->well_formed = false;
		put_error(r->a, r->doc, r->broken);
		start_over(r);
		verdict = read_with(r, gaz_xml_read_lenient);
	} else if (!r->res.ns_well_formed) {
		r->doc->well_formed = false;
		put_error(r->a, r->doc, r->res.msg);
	}
	if (verdict == GAZ_XML_REFUSED)
		return fail(fault, r->res.fault, err, refusal(r));
	if (r->builder.format == FORMAT_NONE)
		return fail(fault, GAZ_FAULT_NOT_A_FEED, err,
		    "there is no element of a feed");
	if (r->garbage) {
		r->doc->well_formed = false;
		put_error(r->a, r->doc, "text in front of the document");
	}
	if (r->res.truncated) {
		r->doc->truncated = true;
		put_error(r->a, r->doc, "the document ends in the middle");
	}
	if (r->builder.format == FORMAT_RDF && r->doc->version.p == NULL)
		r->doc->version = rdf_version(r->xml);
	gaz_builder_finish(&r->builder);
	return true;
}

static bool
read_text(struct reading *r, enum gaz_fault *fault, struct gaz_err *err)
{
	struct gaz_document *doc = r->doc;
	bool ok;

	if (r->is_json)
		ok = gaz_jsonfeed_read(gaz_buf_str(&r->text), r->opt,
		    r->field_max, r->a, doc, r->digest, fault, err);
	else
		ok = read_xml(r, fault, err);
	if (ok && doc->items_dropped)
		put_error(r->a, doc,
		    "items-dropped: more than GAZ_DOCUMENT_ITEMS_MAX; the "
		    "rest is left out");
	if (ok)
		put_notes(r->a, doc);
	return ok;
}

/* To UTF-8. */
static bool
decode(struct reading *r, struct gaz_str bytes, enum gaz_fault *fault,
    struct gaz_err *err)
{
	struct gaz_document *doc = r->doc;
	struct gaz_decoded how;
	struct gaz_str lead = skip_lead(bytes);

	r->is_json = gaz_str_starts(lead, "{") || gaz_str_starts(lead, "[");
	if (lead.len == 0)
		return fail(fault, GAZ_FAULT_EMPTY, err,
		    "the document is empty");
	if (!gaz_charset_decode(bytes, r->opt->content_type, r->is_json,
		&r->text, &how, err)) {
		*fault = GAZ_FAULT_CHARSET;
		return false;
	}
	r->field_max = field_max(bytes.len, r->text.len);
	doc->encoding = gaz_arena_str(r->a, gaz_str_of(how.encoding));
	doc->encoding_repaired = how.repaired;
	doc->well_formed = !how.repaired;
	if (how.repaired)
		put_error(r->a, doc,
		    "encoding-repaired: bytes that do not fit the encoding");
	return true;
}

static void
init_reading(struct reading *r, const struct gaz_parse_options *opt,
    struct gaz_arena *a, struct gaz_document *doc, struct gaz_digest *digest)
{
	memset(doc, 0, sizeof(*doc));
	r->a = a;
	r->doc = doc;
	r->opt = opt;
	r->digest = digest;
	r->broken[0] = '\0';
	gaz_arena_init(&r->mine);
	gaz_arena_init(&r->entities);
	gaz_buf_init(&r->text, GAZ_BUF_NO_MAX);
	gaz_builder_init(&r->builder, a, &r->mine, doc, opt, 0, NULL, &r->res);
}

static void
clear_reading(struct reading *r)
{
	gaz_buf_clear(&r->text);
	gaz_builder_clear(&r->builder);
	gaz_arena_clear(&r->entities);
	gaz_arena_move(r->a, &r->mine);
}

bool
gaz_parse(struct gaz_str bytes, const struct gaz_parse_options *opt,
    struct gaz_arena *a, struct gaz_document *doc, enum gaz_fault *fault,
    struct gaz_err *err)
{
	/* Much of it is for documents that are nested deep. */
	struct reading *r = gaz_mem_alloc(sizeof(*r));
	bool ok;

	*fault = GAZ_FAULT_NONE;
	init_reading(r, opt, a, doc, NULL);
	ok = decode(r, bytes, fault, err) &&
	    (r->is_json || look_at_xml(r, fault, err)) &&
	    read_text(r, fault, err);
	clear_reading(r);
	free(r);
	return ok;
}

/* Read, and once more where the feed's title or language came too late. */
static bool
read_items(struct reading *r, struct gaz_batch *rest, enum gaz_fault *fault,
    struct gaz_err *err)
{
	struct gaz_document decoded = *r->doc;
	bool ok = read_text(r, fault, err);

	if (ok && !gaz_digest_finish(r->digest, r->doc, r->a, rest)) {
		*r->doc = decoded;
		start_over(r);
		ok = read_text(r, fault, err) &&
		    gaz_digest_finish(r->digest, r->doc, r->a, rest);
	}
	if (ok && r->digest->too_much)
		ok = fail(fault, GAZ_FAULT_TOO_LARGE, err,
		    "the items are larger than GAZ_MESSAGE_MAX");
	return ok;
}

bool
gaz_parse_stream(struct gaz_str bytes, const struct gaz_parse_options *opt,
    const struct gaz_digest_options *digest, const struct gaz_parse_sink *sink,
    struct gaz_arena *a, struct gaz_batch *rest, enum gaz_fault *fault,
    struct gaz_err *err)
{
	struct gaz_parse_options clean = *opt;
	struct reading *r = gaz_mem_alloc(sizeof(*r));
	struct gaz_document doc;
	struct gaz_digest d;
	bool ok;

	clean.raw = false;
	*fault = GAZ_FAULT_NONE;
	*rest = (struct gaz_batch){ 0 };
	gaz_digest_init(&d, digest, sink);
	init_reading(r, &clean, a, &doc, &d);
	ok = decode(r, bytes, fault, err);
	if (sink->release != NULL)
		sink->release(sink->arg);
	ok = ok && (r->is_json || look_at_xml(r, fault, err)) &&
	    read_items(r, rest, fault, err);
	if (!ok) {
		*rest = (struct gaz_batch){ 0 };
		if (*fault == GAZ_FAULT_NOT_A_FEED)
			gaz_discover(gaz_buf_str(&r->text), opt->url, a,
			    &rest->feeds_found);
	}
	gaz_digest_clear(&d);
	clear_reading(r);
	free(r);
	return ok;
}

bool
gaz_parse_to_batch(struct gaz_str bytes, const struct gaz_parse_options *opt,
    const struct gaz_digest_options *digest, struct gaz_arena *a,
    struct gaz_batch *out, enum gaz_fault *fault, struct gaz_err *err)
{
	struct gaz_buf flat;
	const struct gaz_parse_sink sink = gaz_digest_collector(&flat);
	struct gaz_batch rest;
	bool ok;

	gaz_buf_init(&flat, GAZ_BUF_NO_MAX);
	ok = gaz_parse_stream(bytes, opt, digest, &sink, a, &rest, fault, err);
	if (ok)
		gaz_digest_collected(&flat, &rest, a, out);
	gaz_buf_clear(&flat);
	return ok;
}

static xmlParserInputPtr
load_nothing(const char *url, const char *id, xmlParserCtxtPtr ctxt)
{
	(void)url;
	(void)id;
	(void)ctxt;
	return NULL;
}

void
gaz_parse_tune_memory(void)
{
	mallopt(M_ARENA_MAX, 1);
	mallopt(M_MMAP_THRESHOLD, 256 << 10);
	mallopt(M_TRIM_THRESHOLD, 2 << 20);
	mallopt(M_TOP_PAD, 256 << 10);
}

void
gaz_parse_preload(void)
{
	xmlInitParser();
	xmlSetExternalEntityLoader(load_nothing);
	gaz_charset_preload();
}
