#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "gazetted/batch.h"
#include "gazetted/limits.h"
#include "gazetted/parse.h"

#include "fuzz.h"

/* JSON of the agreed kind. */
static void
check_json(const struct gaz_document *doc)
{
	struct gaz_buf out;
	json_error_t why;
	json_t *o;

	gaz_buf_init(&out, GAZ_BUF_NO_MAX);
	gaz_parse_write_json(doc, &out);
	o = json_loadb(out.p, out.len, JSON_REJECT_DUPLICATES, &why);
	FUZZ_CHECK(o != NULL, "%s: %s", why.text, out.p);
	FUZZ_CHECK(json_array_size(json_object_get(o, "items")) ==
	    doc->items.n, "items lost");
	json_decref(o);
	gaz_buf_clear(&out);
}

/* What a worker sends is accepted by the other side. */
static void
check_batch(const struct gaz_document *doc, struct gaz_arena *a)
{
	const struct gaz_digest_options how = {
		.url = GAZ_STR("https://feeds.example/feed") };
	struct gaz_batch b, back;
	struct gaz_buf flat;
	struct gaz_err err;

	gaz_buf_init(&flat, GAZ_MESSAGE_MAX);
	gaz_parse_digest(doc, &how, a, &b);
	for (size_t i = 0; i < b.items.n; i++)
		FUZZ_CHECK(b.items.v[i].title.p != NULL, "no title");
	FUZZ_CHECK(gaz_batch_encode(&b, &flat, &err), "%s", err.msg);
	FUZZ_CHECK(gaz_batch_decode(gaz_buf_str(&flat), a, &back, &err),
	    "%s", err.msg);
	FUZZ_CHECK(back.items.n == b.items.n, "items lost on the way");
	gaz_buf_clear(&flat);
}

/* In one go the same batch comes out, byte for byte. */
static void
check_at_once(struct gaz_str s, const struct gaz_parse_options *opt,
    const struct gaz_document *doc, struct gaz_arena *a)
{
	const struct gaz_digest_options how = { .url = opt->url };
	struct gaz_batch b;
	struct gaz_buf flat[2];
	enum gaz_fault fault;
	struct gaz_err err;

	gaz_buf_init(&flat[0], GAZ_MESSAGE_MAX);
	gaz_buf_init(&flat[1], GAZ_MESSAGE_MAX);
	gaz_parse_digest(doc, &how, a, &b);
	FUZZ_CHECK(gaz_batch_encode(&b, &flat[0], &err), "%s", err.msg);
	FUZZ_CHECK(gaz_parse_to_batch(s, opt, &how, a, &b, &fault, &err),
	    "failed at once");
	FUZZ_CHECK(gaz_batch_encode(&b, &flat[1], &err), "%s", err.msg);
	FUZZ_CHECK(gaz_str_eq(gaz_buf_str(&flat[0]), gaz_buf_str(&flat[1])),
	    "another batch at once");
	gaz_buf_clear(&flat[0]);
	gaz_buf_clear(&flat[1]);
}

static void
check_texts(const gaz_str_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		FUZZ_CHECK(gaz_utf8_is_valid(l->v[i]), "not UTF-8");
}

static bool
check_outline(void *arg, const struct gaz_outline *o)
{
	size_t *n = arg;

	FUZZ_CHECK(++*n <= GAZ_OPML_OUTLINES_MAX, "too many");
	FUZZ_CHECK(o->url.len > 0, "no address");
	FUZZ_CHECK(gaz_utf8_is_valid(o->title) && gaz_utf8_is_valid(o->url) &&
	    gaz_utf8_is_valid(o->site_url) && gaz_utf8_is_valid(o->language),
	    "not UTF-8");
	check_texts(&o->tags);
	return true;
}

static void
forget_outlines(void *arg)
{
	*(size_t *)arg = 0;
}

static void
check_opml(struct gaz_str s, struct gaz_arena *a)
{
	size_t n = 0;
	const struct gaz_opml_sink sink = { .arg = &n, .put = check_outline,
		.restart = forget_outlines };
	struct gaz_opml opml;
	struct gaz_err err;

	if (!gaz_opml_parse(s, &sink, a, &opml, &err))
		return;
	FUZZ_CHECK(gaz_utf8_is_valid(opml.title), "not UTF-8");
	FUZZ_CHECK(opml.skipped.n <= GAZ_DOCUMENT_ERRORS_MAX, "too many");
	check_texts(&opml.skipped);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const types[] = { NULL,
		"text/xml; charset=iso-8859-1", "application/json",
		"text/html; charset=utf-16" };
	struct gaz_parse_options opt = {
		.url = GAZ_STR("https://feeds.example/dir/feed") };
	struct gaz_arena a = { 0 };
	struct gaz_document doc;
	gaz_link_list found;
	enum gaz_fault fault;
	struct gaz_err err;
	struct gaz_str s;

	if (size == 0)
		return 0;
	/* The first byte chooses. */
	opt.content_type = gaz_str_of(types[data[0] & 3]);
	opt.raw = (data[0] & 4) != 0;
	if ((data[0] & 8) != 0)
		opt.url = GAZ_STR_NONE;
	s = gaz_str_make((const void *)(data + 1), size - 1);
	if (gaz_parse(s, &opt, &a, &doc, &fault, &err)) {
		FUZZ_CHECK(fault == GAZ_FAULT_NONE, "a fault with success");
		check_json(&doc);
		check_batch(&doc, &a);
		if (!opt.raw)
			check_at_once(s, &opt, &doc, &a);
	} else {
		FUZZ_CHECK(fault != GAZ_FAULT_NONE, "failed without fault");
	}
	gaz_arena_clear(&a);
	check_opml(s, &a);
	gaz_parse_discover(s, opt.url, &a, &found);
	for (size_t i = 0; i < found.n; i++)
		FUZZ_CHECK(gaz_utf8_is_valid(found.v[i].href) &&
		    gaz_utf8_is_valid(found.v[i].title), "not UTF-8");
	gaz_arena_clear(&a);
	return 0;
}
