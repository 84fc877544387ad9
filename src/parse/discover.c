/*
 * The feeds that an HTML page names in its head: <link rel="alternate"> with
 * the type of a feed (the autodiscovery of RSS Advisory Board and WHATWG HTML,
 * 4.6.7.1). Nothing is guessed.
 */
#include "config.h"

#include "gazetted/parse.h"

#include "gazetted/charset.h"
#include "gazetted/limits.h"
#include "gazetted/mem.h"
#include "gazetted/url.h"

#include "xml.h"

struct finder {
	struct gaz_arena *a;
	gaz_str_list *out;
	struct gaz_str base;
	bool based;    /* the first <base> counts */
	GAZ_LIST(bool) is_void; /* a row an open element */
};

static const char *const feed_types[] = {
	"application/rss+xml", "application/atom+xml", "application/rdf+xml",
	"application/feed+json", "application/x.atom+xml",
	"application/x-atom+xml",
};

/* Elements that HTML never closes. */
static const char *const void_names[] = {
	"area", "base", "br", "col", "embed", "hr", "img", "input", "link",
	"meta", "param", "source", "track", "wbr",
};

static bool
is_one_of(struct gaz_str s, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (gaz_str_ieq_z(s, names[i]))
			return true;
	}
	return false;
}

static struct gaz_str
attribute(const struct gaz_xml_attr *v, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (gaz_str_ieq_z(v[i].name.local, name))
			return gaz_str_trim(v[i].value);
	}
	return GAZ_STR_NONE;
}

static bool
has_word(struct gaz_str list, const char *word)
{
	struct gaz_str piece;

	while (gaz_str_split(&list, ' ', &piece)) {
		if (gaz_str_ieq_z(gaz_str_trim(piece), word))
			return true;
	}
	return false;
}

static void
on_link(struct finder *f, const struct gaz_xml_attr *v, size_t n)
{
	struct gaz_str type = attribute(v, n, "type"), url;
	struct gaz_str rel = attribute(v, n, "rel");

	type = gaz_str_trim(gaz_str_sub(type, 0,
	    gaz_str_find_char(type, ';', 0)));
	if (f->out->n >= GAZ_ITEM_LINKS_MAX ||
	    !(has_word(rel, "feed") || (has_word(rel, "alternate") &&
	    is_one_of(type, feed_types, GAZ_COUNT(feed_types)))))
		return;
	url = gaz_url_resolve(f->a, f->base, attribute(v, n, "href"), false);
	if (!gaz_url_is_http(url) || url.len > GAZ_URL_MAX)
		return;
	for (size_t i = 0; i < f->out->n; i++) {
		if (gaz_str_eq(f->out->v[i], url))
			return;
	}
	*gaz_list_push(f->a, f->out) = gaz_arena_str(f->a, url);
}

static enum gaz_fault
on_start(void *arg, const struct gaz_xml_name *name,
    const struct gaz_xml_attr *attrs, size_t n)
{
	struct finder *f = arg;

	*gaz_list_push(f->a, &f->is_void) =
	    is_one_of(name->local, void_names, GAZ_COUNT(void_names));
	/* What a reader may add stands in the body; links of the page do not. */
	if (gaz_str_ieq_z(name->local, "body"))
		return GAZ_FAULT_NOT_A_FEED;
	if (gaz_str_ieq_z(name->local, "link"))
		on_link(f, attrs, n);
	if (gaz_str_ieq_z(name->local, "base") && !f->based) {
		struct gaz_str url = gaz_url_resolve(f->a, f->base,
		    attribute(attrs, n, "href"), false);

		f->based = true;
		if (gaz_url_is_http(url))
			f->base = url;
	}
	return GAZ_FAULT_NONE;
}

static void
on_text(void *arg, struct gaz_str s)
{
	(void)arg;
	(void)s;
}

static void
on_end(void *arg, bool implied)
{
	struct finder *f = arg;

	(void)implied;
	if (f->is_void.n > 0)
		f->is_void.n--;
}

static bool
closes(void *arg, const struct gaz_xml_name *name)
{
	const struct finder *f = arg;

	(void)name;
	return f->is_void.n > 0 && f->is_void.v[f->is_void.n - 1];
}

void
gaz_parse_discover(struct gaz_str html, struct gaz_str url,
    struct gaz_arena *a, gaz_str_list *out)
{
	struct finder f = { .a = a, .out = out, .base = url };
	const struct gaz_xml_sink sink = { .arg = &f, .start = on_start,
		.text = on_text, .end = on_end, .closes = closes };
	struct gaz_xml_result res = { 0 };
	struct gaz_decoded info = { 0 };
	struct gaz_buf text;

	gaz_buf_init(&text, GAZ_BUF_NO_MAX);
	if (gaz_charset_decode(html, GAZ_STR("text/html"), false, &text, &info,
	    NULL))
		(void)gaz_xml_read_lenient(gaz_buf_str(&text), &sink, a, &res);
	gaz_buf_clear(&text);
}
