/*
 * OPML subscription lists (OPML 1.0 and 2.0): outlines with an xmlUrl are
 * feeds, those without are folders, whose names become tags. Nothing but http
 * and https addresses gets through; what was left out is listed.
 */
#include "config.h"

#include "gazetted/parse.h"

#include "gazetted/charset.h"
#include "gazetted/hash.h"
#include "gazetted/limits.h"
#include "gazetted/map.h"
#include "gazetted/text.h"
#include "gazetted/url.h"

#include "text.h"
#include "xml.h"

#define NAME_MAX 200

/* More elements are not open at once in any reader. */
#define OPEN_MAX (2 * GAZ_XML_DEPTH_MAX)

struct reader {
	const struct gaz_opml_sink *sink;
	struct gaz_arena *a;    /* of what stays */
	struct gaz_arena one;   /* of the outline at hand */
	struct gaz_opml *out;
	struct gaz_map64 *seen; /* addresses taken */
	/* The names of open outlines, one behind the other, and the end of
	 * each; an empty one has no name. */
	struct gaz_buf names;
	size_t ends[GAZ_OPML_DEPTH_MAX];
	size_t depth;           /* open elements */
	size_t outlines, count; /* open outlines; feeds and folders so far */
	bool is_opml, in_title, sound, put_any;
	struct gaz_buf title;
	bool is_outline[OPEN_MAX]; /* of each open element */
};

static struct gaz_str
attribute(const struct gaz_xml_attr *v, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (v[i].name.prefix.len == 0 &&
		    gaz_str_ieq_z(v[i].name.local, name))
			return gaz_str_trim(v[i].value);
	}
	return GAZ_STR_NONE;
}

static void
skip(struct reader *r, struct gaz_str title, struct gaz_str url,
    const char *why)
{
	if (r->out->skipped.n == GAZ_DOCUMENT_ERRORS_MAX)
		return;
	url = gaz_str_cut(url, 100);
	title = gaz_str_cut(title, 60);
	*gaz_list_push(r->a, &r->out->skipped) = gaz_arena_fmt(r->a,
	    "%.*s%s%.*s: %s", GAZ_STR_ARG(title), title.len > 0 ? ": " : "",
	    GAZ_STR_ARG(url), why);
}

static void
add_tag(struct reader *r, struct gaz_outline *o, struct gaz_str tag)
{
	tag = gaz_text_name(&r->one, tag, NAME_MAX);
	if (tag.len == 0 || o->tags.n >= GAZ_ITEM_CATEGORIES_MAX)
		return;
	for (size_t i = 0; i < o->tags.n; i++) {
		if (gaz_str_eq(o->tags.v[i], tag))
			return;
	}
	*gaz_list_push(&r->one, &o->tags) = tag;
}

/* "/Technology/Linux,/News": each part of each path is a tag. */
static void
add_categories(struct reader *r, struct gaz_outline *o, struct gaz_str list)
{
	struct gaz_str path, part;

	while (gaz_str_split(&list, ',', &path)) {
		while (gaz_str_split(&path, '/', &part))
			add_tag(r, o, part);
	}
}

/* False: there is no room for more. */
static bool
add_feed(struct reader *r, struct gaz_str title, struct gaz_str url,
    const struct gaz_xml_attr *v, size_t n)
{
	struct gaz_outline o = { 0 };
	struct gaz_str site = attribute(v, n, "htmlUrl");
	size_t from = 0;

	/* Atom readers of old wrote feed:https://… */
	if (gaz_str_istarts(url, "feed://"))
		url = gaz_arena_fmt(&r->one, "http://%.*s", (int)url.len - 7,
		    url.p + 7);
	else if (gaz_str_istarts(url, "feed:"))
		url = gaz_str_sub(url, 5, url.len);
	if (url.len > GAZ_URL_MAX) {
		skip(r, title, url, "the address is too long");
		return true;
	}
	if (!gaz_url_is_http(url)) {
		skip(r, title, url, "not an http or https address");
		return true;
	}
	if (gaz_map64_find(r->seen, gaz_hash_str(url), NULL))
		return true;
	gaz_map64_put(r->seen, gaz_hash_str(url), 1);
	o.url = url;
	o.title = title.len > 0 ? title : GAZ_STR_NONE;
	if (site.len <= GAZ_URL_MAX && gaz_url_is_http(site))
		o.site_url = site;
	o.language = gaz_str_cut(attribute(v, n, "language"), NAME_MAX);
	for (size_t i = 0; i + 1 < r->outlines; i++) {
		add_tag(r, &o, gaz_str_sub(gaz_buf_str(&r->names), from,
		    r->ends[i]));
		from = r->ends[i];
	}
	add_categories(r, &o, attribute(v, n, "category"));
	r->put_any = true;
	return r->sink->put(r->sink->arg, &o);
}

/* OPML 2.0: an inclusion, or a link to another OPML document. */
static bool
is_list(const struct gaz_xml_attr *v, size_t n)
{
	struct gaz_str type = attribute(v, n, "type");
	struct gaz_str url = attribute(v, n, "url");

	return gaz_str_ieq_z(type, "include") ||
	    (gaz_str_ieq_z(type, "link") && gaz_str_ends(url, ".opml"));
}

static enum gaz_fault
on_outline(struct reader *r, const struct gaz_xml_attr *v, size_t n)
{
	struct gaz_str url = attribute(v, n, "xmlUrl");
	struct gaz_str title = attribute(v, n, "title");
	bool room = true;

	gaz_arena_reset(&r->one);
	if (title.len == 0)
		title = attribute(v, n, "text");
	title = gaz_text_name(&r->one, title, NAME_MAX);
	if (++r->count > GAZ_OPML_OUTLINES_MAX)
		return GAZ_FAULT_TOO_LARGE;
	if (r->outlines++ >= GAZ_OPML_DEPTH_MAX)
		return GAZ_FAULT_TOO_DEEP;
	if (url.len > 0)
		room = add_feed(r, title, url, v, n);
	else if (is_list(v, n))
		skip(r, title, attribute(v, n, "url"),
		    "another list, which is not followed; name it by itself");
	/* A feed may have outlines below it, too: they inherit its folders. */
	if (url.len == 0)
		gaz_buf_put_str(&r->names, title);
	r->ends[r->outlines - 1] = r->names.len;
	return room ? GAZ_FAULT_NONE : GAZ_FAULT_TOO_LARGE;
}

static enum gaz_fault
on_start(void *arg, const struct gaz_xml_name *name,
    const struct gaz_xml_attr *attrs, size_t n)
{
	struct reader *r = arg;
	bool outline = gaz_str_ieq_z(name->local, "outline");

	if (r->depth == OPEN_MAX)
		return GAZ_FAULT_TOO_DEEP;
	if (r->depth == 0) {
		r->is_opml = gaz_str_ieq_z(name->local, "opml");
		if (!r->is_opml)
			return GAZ_FAULT_NOT_A_FEED;
	}
	r->is_outline[r->depth++] = outline;
	r->in_title = r->depth == 3 && gaz_str_ieq_z(name->local, "title");
	return outline ? on_outline(r, attrs, n) : GAZ_FAULT_NONE;
}

static void
on_text(void *arg, struct gaz_str s)
{
	struct reader *r = arg;

	if (r->in_title)
		gaz_buf_put_str(&r->title, s);
}

static void
on_end(void *arg, bool implied)
{
	struct reader *r = arg;

	(void)implied;
	r->in_title = false;
	if (r->is_outline[--r->depth]) {
		r->outlines--;
		gaz_buf_truncate(&r->names, r->outlines > 0 ?
		    r->ends[r->outlines - 1] : 0);
	}
}

/* The lenient reader sees all of it again. */
static void
start_over(struct reader *r)
{
	memset(r->out, 0, sizeof(*r->out));
	gaz_map64_free(r->seen);
	r->seen = gaz_map64_new();
	r->depth = r->outlines = r->count = 0;
	gaz_buf_reset(&r->names);
	gaz_buf_reset(&r->title);
	if (r->put_any && r->sink->restart != NULL)
		r->sink->restart(r->sink->arg);
	r->put_any = false;
}

static bool
read_xml(struct reader *r, struct gaz_str text, struct gaz_err *err)
{
	const struct gaz_xml_sink sink = { .arg = r, .start = on_start,
		.text = on_text, .end = on_end };
	struct gaz_xml_result res = { 0 };
	enum gaz_xml_verdict verdict;
	enum gaz_xml_tags tags;

	tags = gaz_xml_look_at_tags(text);
	if (tags == GAZ_XML_TAGS_WIDE)
		return gaz_err_set(err, GAZ_ERR_LIMIT,
		    "a tag has more attributes than GAZ_XML_ATTRIBUTES_MAX");
	verdict = tags == GAZ_XML_TAGS_LONG ? GAZ_XML_BROKEN :
	    gaz_xml_read_strict(text, &sink, r->a, &res);
	r->sound = verdict != GAZ_XML_BROKEN;
	if (verdict == GAZ_XML_BROKEN &&
	    (r->is_opml || tags == GAZ_XML_TAGS_LONG)) {
		start_over(r);
		verdict = gaz_xml_read_lenient(text, &sink, r->a, &res);
	}
	if (verdict == GAZ_XML_REFUSED && res.fault != GAZ_FAULT_NOT_A_FEED)
		return gaz_err_set(err, res.fault == GAZ_FAULT_TOO_LARGE ?
		    GAZ_ERR_LIMIT : GAZ_ERR_FORMAT,
		    "OPML refused (%s): %s", gaz_fault_name(res.fault),
		    res.fault == GAZ_FAULT_TOO_LARGE ?
		    (r->count > GAZ_OPML_OUTLINES_MAX ?
		    "more outlines than GAZ_OPML_OUTLINES_MAX" :
		    "larger than GAZ_MESSAGE_MAX") :
		    gaz_fault_text(res.fault));
	if (!r->is_opml)
		return gaz_err_set(err, GAZ_ERR_FORMAT,
		    "this is not an OPML document%s%s",
		    res.msg[0] != '\0' ? ": " : "", res.msg);
	return true;
}

bool
gaz_opml_parse(struct gaz_str bytes, const struct gaz_opml_sink *sink,
    struct gaz_arena *a, struct gaz_opml *out, struct gaz_err *err)
{
	struct reader r = { .sink = sink, .a = a, .out = out };
	struct gaz_decoded info = { 0 };
	struct gaz_buf text;
	bool ok;

	memset(out, 0, sizeof(*out));
	gaz_buf_init(&text, GAZ_BUF_NO_MAX);
	gaz_buf_init(&r.title, GAZ_FIELD_MAX);
	gaz_buf_init(&r.names, GAZ_BUF_NO_MAX);
	r.seen = gaz_map64_new();
	ok = gaz_charset_decode(bytes, GAZ_STR_NONE, false, &text, &info, err);
	if (sink->release != NULL)
		sink->release(sink->arg);
	ok = ok && read_xml(&r, gaz_buf_str(&text), err);
	if (ok) {
		out->well_formed = r.sound;
		out->title = gaz_text_name(a, gaz_buf_str(&r.title), NAME_MAX);
		if (out->title.len == 0)
			out->title = GAZ_STR_NONE;
	}
	gaz_map64_free(r.seen);
	gaz_buf_clear(&r.title);
	gaz_buf_clear(&r.names);
	gaz_arena_clear(&r.one);
	gaz_buf_clear(&text);
	return ok;
}
