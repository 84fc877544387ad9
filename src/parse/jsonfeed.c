/*
 * JSON Feed. The text is first copied by a scanner that keeps to the limits
 * and mends what is often wrong (lone surrogates, raw control characters,
 * commas too many, numbers without bounds, an end in the middle), then read by
 * jansson, then picked apart. A member of the wrong type counts as absent.
 */
#include "config.h"

#include "parse/jsonfeed.h"

#include <math.h>
#include <stdio.h>

#include <jansson.h>

#include "gazetted/date.h"
#include "gazetted/limits.h"
#include "gazetted/mem.h"
#include "gazetted/url.h"

#include "parse/finish.h"
#include "parse/text.h"

/* Digits that always fit 64 bits. */
#define INTEGER_DIGITS_MAX 18

/* ----- mending ----- */

struct scan {
	struct gaz_str in;
	size_t pos;
	struct gaz_buf *out;
	char open[GAZ_JSON_NESTING_MAX]; /* '{' or '[' */
	size_t depth;
	size_t safe;    /* output up to the last complete item */
	size_t comma;   /* where a comma was put last, + 1 */
	bool mended, truncated, too_deep;
};

static int
hex4(struct gaz_str s, size_t at)
{
	int value = 0;

	for (size_t i = at; i < at + 4; i++) {
		int digit = i < s.len ? gaz_hex_value(s.p[i]) : -1;

		if (digit < 0)
			return -1;
		value = value * 16 + digit;
	}
	return value;
}

/* "\u....": surrogates in pairs only, and no NUL. */
static void
copy_unicode_escape(struct scan *sc)
{
	int c = hex4(sc->in, sc->pos + 2), low;

	if (c < 0) {
		gaz_buf_put_z(sc->out, "\\\\u");
		sc->mended = true;
		sc->pos += 2;
		return;
	}
	if (c >= 0xD800 && c <= 0xDBFF && sc->pos + 12 <= sc->in.len &&
	    sc->in.p[sc->pos + 6] == '\\' && sc->in.p[sc->pos + 7] == 'u') {
		low = hex4(sc->in, sc->pos + 8);
		if (low >= 0xDC00 && low <= 0xDFFF) {
			gaz_buf_put(sc->out, sc->in.p + sc->pos, 12);
			sc->pos += 12;
			return;
		}
	}
	if (c >= 0xD800 && c <= 0xDFFF) {
		gaz_buf_put_z(sc->out, "\\uFFFD");
		sc->mended = true;
	} else if (c != 0) {
		gaz_buf_put(sc->out, sc->in.p + sc->pos, 6);
	}
	sc->pos += 6;
}

static void
copy_string(struct scan *sc)
{
	gaz_buf_put_char(sc->out, '"');
	sc->pos++;
	while (sc->pos < sc->in.len) {
		size_t from = sc->pos;

		/* Most of it is text that stays as it is. */
		while (sc->pos < sc->in.len && sc->in.p[sc->pos] != '"' &&
		    sc->in.p[sc->pos] != '\\' &&
		    (unsigned char)sc->in.p[sc->pos] >= 0x20)
			sc->pos++;
		gaz_buf_put(sc->out, sc->in.p + from, sc->pos - from);
		if (sc->pos == sc->in.len)
			break;
		char c = sc->in.p[sc->pos];

		if (c == '"') {
			gaz_buf_put_char(sc->out, c);
			sc->pos++;
			return;
		}
		if (c == '\\' && sc->pos + 1 < sc->in.len) {
			char next = sc->in.p[sc->pos + 1];

			if (next == 'u') {
				copy_unicode_escape(sc);
				continue;
			}
			if (strchr("\"\\/bfnrt", next) == NULL) {
				/* JavaScript lets \x stand for x. */
				sc->mended = true;
				sc->pos++;
				continue;
			}
			gaz_buf_put(sc->out, sc->in.p + sc->pos, 2);
			sc->pos += 2;
			continue;
		}
		if ((unsigned char)c < 0x20) {
			sc->mended = true;
			gaz_buf_put_fmt(sc->out, "\\u%04X", (unsigned)c);
		}
		sc->pos++;
	}
	sc->truncated = true;
}

/* A number, true, false, null, or something that is none of these. */
static void
copy_word(struct scan *sc)
{
	size_t from = sc->pos, digits = 0;
	bool number = false, exponent = false;

	while (sc->pos < sc->in.len) {
		char c = sc->in.p[sc->pos];

		if (strchr(" \t\r\n,:[]{}\"", c) != NULL)
			break;
		number = number || gaz_is_digit(c);
		digits += gaz_is_digit(c);
		exponent = exponent || (digits > 0 && (c == 'e' || c == 'E'));
		sc->pos++;
	}
	struct gaz_str word = gaz_str_sub(sc->in, from, sc->pos);

	/* Nothing in a feed needs a number as large as this. */
	if (number && (exponent || digits > INTEGER_DIGITS_MAX))
		gaz_buf_put_z(sc->out, "null");
	else if (number || gaz_str_eq_z(word, "true") ||
	    gaz_str_eq_z(word, "false") || gaz_str_eq_z(word, "null"))
		gaz_buf_put_str(sc->out, word);
	else {
		sc->mended = true;
		gaz_buf_put_z(sc->out, "null");
	}
}

static void
close_bracket(struct scan *sc, char c)
{
	/* A comma before it is one too many. */
	if (sc->comma > 0 && gaz_str_trim(gaz_str_sub(gaz_buf_str(sc->out),
		sc->comma, sc->out->len)).len == 0) {
		sc->out->p[sc->comma - 1] = ' ';
		sc->mended = true;
	}
	sc->comma = 0;
	gaz_buf_put_char(sc->out, c);
	if (sc->depth > 0)
		sc->depth--;
	if (sc->depth == 2 && sc->open[0] == '{' && sc->open[1] == '[' &&
	    c == '}')
		sc->safe = sc->out->len;
}

static void
scan(struct scan *sc)
{
	while (sc->pos < sc->in.len && !sc->too_deep) {
		char c = sc->in.p[sc->pos];

		if (c == '{' || c == '[') {
			if (sc->depth == GAZ_JSON_NESTING_MAX) {
				sc->too_deep = true;
				return;
			}
			sc->open[sc->depth++] = c;
			gaz_buf_put_char(sc->out, c);
			sc->pos++;
			if (sc->depth == 2 && sc->open[0] == '{' && c == '[')
				sc->safe = sc->out->len;
		} else if (c == '}' || c == ']') {
			close_bracket(sc, c);
			sc->pos++;
			if (sc->depth == 0)
				return;
		} else if (c == ',') {
			gaz_buf_put_char(sc->out, c);
			sc->comma = sc->out->len;
			sc->pos++;
		} else if (c == '"') {
			copy_string(sc);
		} else if (gaz_is_space(c) || c == ':') {
			gaz_buf_put_char(sc->out, c);
			sc->pos++;
		} else {
			copy_word(sc);
		}
	}
	sc->truncated = true;
}

/* ----- members ----- */

struct reader {
	struct gaz_arena *a; /* of what is read now */
	const struct gaz_parse_options *opt;
	struct gaz_document *doc;
	struct gaz_digest *digest; /* takes the items; NULL: doc does */
	struct gaz_text_scratch scratch;
};

/* Without what XML forbids, trimmed; absent when nothing is left. */
static struct gaz_str
clean(struct gaz_arena *a, struct gaz_str s)
{
	char *p = gaz_arena_alloc(a, s.len + 1);
	size_t n = 0;

	/* The usual case. */
	while (n < s.len && (unsigned char)s.p[n] >= 0x20 &&
	    (unsigned char)s.p[n] != 0xEF)
		n++;
	if (s.len > 0)
		memcpy(p, s.p, n);
	for (size_t i = n; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool noncharacter = c == 0xEF && i + 2 < s.len &&
		    (unsigned char)s.p[i + 1] == 0xBF &&
		    (unsigned char)s.p[i + 2] >= 0xBE;

		if (noncharacter)
			i += 2;
		else if (c >= 0x20 || gaz_is_space(s.p[i]))
			p[n++] = s.p[i] == '\f' ? ' ' : s.p[i];
	}
	s = gaz_str_trim(gaz_str_make(p, n));
	return s.len > 0 ? s : GAZ_STR_NONE;
}

static struct gaz_str
value_text(struct reader *r, const json_t *v)
{
	if (json_is_string(v))
		return clean(r->a, gaz_str_make(json_string_value(v),
		    json_string_length(v)));
	/* Identifiers and versions are often written as numbers. */
	if (json_is_integer(v))
		return gaz_arena_fmt(r->a, "%lld",
		    (long long)json_integer_value(v));
	if (json_is_real(v))
		return gaz_arena_fmt(r->a, "%.15g", json_real_value(v));
	return GAZ_STR_NONE;
}

static struct gaz_str
text_of(struct reader *r, const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	return json_is_string(v) ? value_text(r, v) : GAZ_STR_NONE;
}

static struct gaz_str
url_of(struct reader *r, const json_t *o, const char *key)
{
	struct gaz_str s = text_of(r, o, key);

	return s.p != NULL ? gaz_url_resolve(r->a, r->opt->url, s, false) : s;
}

static int64_t
int_of(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	if (json_is_integer(v) && json_integer_value(v) >= 0)
		return json_integer_value(v);
	if (json_is_real(v) && json_real_value(v) >= 0 &&
	    json_real_value(v) < 1e15)
		return (int64_t)json_real_value(v);
	return GAZ_INT_UNKNOWN;
}

static struct gaz_text
rich_of(struct reader *r, const json_t *o, const char *key, const char *type,
    struct gaz_str language, struct gaz_str *first_image, unsigned *notes)
{
	const json_t *v = json_object_get(o, key);
	struct gaz_text_source src = { .type = gaz_str_of(type),
		.language = language, .base = r->opt->url,
		.no_cleaning = r->opt->raw, .decorate = r->digest != NULL,
		.plain = r->digest != NULL, .scratch = &r->scratch };

	if (!json_is_string(v))
		return (struct gaz_text){ .value = GAZ_STR_NONE };
	src.raw = value_text(r, v);
	if (src.raw.p == NULL)
		src.raw = GAZ_STR("");
	return gaz_text_make(r->a, &src, first_image, notes);
}

static void
put_author(struct reader *r, const json_t *o, gaz_person_list *list)
{
	struct gaz_person p = { .name = text_of(r, o, "name"),
		.uri = url_of(r, o, "url") };

	/* A person without a name may have an address as URL. */
	if (gaz_str_istarts(p.uri, "mailto:"))
		p.email = gaz_str_sub(p.uri, strlen("mailto:"), p.uri.len);
	if ((p.name.len == 0 && p.uri.len == 0) ||
	    list->n >= GAZ_ITEM_PERSONS_MAX)
		return;
	for (size_t i = 0; i < list->n; i++) {
		if (gaz_str_eq(list->v[i].name, p.name) &&
		    gaz_str_eq(list->v[i].uri, p.uri))
			return;
	}
	*gaz_list_push(r->a, list) = p;
}

static void
put_authors(struct reader *r, const json_t *o, gaz_person_list *list)
{
	const json_t *authors = json_object_get(o, "authors"), *author;
	size_t i;

	json_array_foreach(authors, i, author)
		put_author(r, author, list);
	/* Of version 1; some feeds name other people here. */
	put_author(r, json_object_get(o, "author"), list);
}

static void
put_link(struct reader *r, gaz_link_list *list, struct gaz_str href,
    const char *rel)
{
	if (href.len == 0 || list->n >= GAZ_ITEM_LINKS_MAX)
		return;
	*gaz_list_push(r->a, list) = (struct gaz_link){ .href = href,
		.rel = gaz_str_of(rel), .length = GAZ_INT_UNKNOWN };
}

static void
put_tags(struct reader *r, const json_t *o, gaz_category_list *list)
{
	const json_t *tags = json_object_get(o, "tags"), *tag;
	size_t i;

	json_array_foreach(tags, i, tag) {
		struct gaz_str term = value_text(r, tag);
		bool known = term.len == 0;

		for (size_t k = 0; k < list->n && !known; k++)
			known = gaz_str_eq(list->v[k].term, term);
		if (!known && list->n < GAZ_ITEM_CATEGORIES_MAX)
			gaz_list_push(r->a, list)->term = term;
	}
}

static void
put_attachments(struct reader *r, const json_t *o, struct gaz_item *item)
{
	const json_t *list = json_object_get(o, "attachments"), *v;
	size_t i;

	json_array_foreach(list, i, v) {
		struct gaz_enclosure e = { .url = url_of(r, v, "url"),
			.type = text_of(r, v, "mime_type"),
			.title = text_of(r, v, "title"),
			.length = int_of(v, "size_in_bytes"),
			.duration_s = int_of(v, "duration_in_seconds") };
		bool known = e.url.len == 0;

		for (size_t k = 0; k < item->enclosures.n && !known; k++)
			known = gaz_str_eq(item->enclosures.v[k].url, e.url);
		if (known || item->enclosures.n >= GAZ_ITEM_ENCLOSURES_MAX)
			continue;
		*gaz_list_push(r->a, &item->enclosures) = e;
		if (item->duration_s == GAZ_INT_UNKNOWN)
			item->duration_s = e.duration_s;
	}
}

static void
put_date(struct reader *r, const json_t *o, const char *key, gaz_utc *when,
    struct gaz_str *raw)
{
	*raw = text_of(r, o, key);
	*when = gaz_date_parse(*raw);
}

static void
read_item(struct reader *r, const json_t *o)
{
	struct gaz_item item;
	struct gaz_item_hints hints = { 0 };
	struct gaz_text html, text;

	gaz_item_init(&item);
	item.id = value_text(r, json_object_get(o, "id"));
	item.language = gaz_text_language(r->a, text_of(r, o, "language"));
	struct gaz_str language = item.language;

	if (language.len == 0)
		item.language = language = r->doc->feed.language;
	item.title_detail = rich_of(r, o, "title", "text/plain", language,
	    NULL, &item.notes);
	item.summary = rich_of(r, o, "summary", "text/plain", language, NULL,
	    &item.notes);
	html = rich_of(r, o, "content_html", "text/html", language,
	    &hints.image_in_content, &item.notes);
	text = rich_of(r, o, "content_text", "text/plain", language, NULL,
	    &item.notes);
	if (html.value.len > 0)
		*gaz_list_push(r->a, &item.content) = html;
	if (text.value.len > 0)
		*gaz_list_push(r->a, &item.content) = text;
	put_link(r, &item.links, url_of(r, o, "url"), "alternate");
	put_link(r, &item.links, url_of(r, o, "external_url"), "related");
	item.thumbnail = url_of(r, o, "image");
	if (item.thumbnail.len == 0)
		item.thumbnail = url_of(r, o, "banner_image");
	put_date(r, o, "date_published", &item.published,
	    &item.published_raw);
	put_date(r, o, "date_modified", &item.updated, &item.updated_raw);
	put_authors(r, o, &item.authors);
	put_tags(r, o, &item.categories);
	put_attachments(r, o, &item);
	gaz_item_finish(r->a, &item, &hints);
	gaz_document_note(r->doc, item.notes);
	if (r->digest != NULL)
		gaz_digest_item(r->digest, &item);
	else
		*gaz_list_push(r->a, &r->doc->items) = item;
}

static void
read_items(struct reader *r, const json_t *items)
{
	struct gaz_arena *keep = r->a, for_item = { 0 };
	const json_t *item;
	size_t i, n = 0;

	if (r->digest != NULL)
		r->a = &for_item;
	json_array_foreach(items, i, item) {
		if (!json_is_object(item))
			continue;
		if (n++ == GAZ_DOCUMENT_ITEMS_MAX) {
			r->doc->items_dropped = true;
			break;
		}
		read_item(r, item);
		gaz_arena_reset(&for_item);
	}
	r->a = keep;
	gaz_arena_clear(&for_item);
}

static void
read_feed(struct reader *r, const json_t *o)
{
	struct gaz_feed_info *feed = &r->doc->feed;
	const json_t *hubs = json_object_get(o, "hubs"), *hub;
	const json_t *expired = json_object_get(o, "expired");
	size_t i;

	gaz_feed_info_init(feed);
	feed->language = gaz_text_language(r->a, text_of(r, o, "language"));
	feed->title_detail = rich_of(r, o, "title", "text/plain",
	    feed->language, NULL, NULL);
	feed->description = rich_of(r, o, "description", "text/plain",
	    feed->language, NULL, NULL);
	put_link(r, &feed->links, url_of(r, o, "home_page_url"), "alternate");
	put_link(r, &feed->links, url_of(r, o, "feed_url"), "self");
	feed->next = url_of(r, o, "next_url");
	feed->image.url = url_of(r, o, "icon");
	feed->icon = url_of(r, o, "favicon");
	put_authors(r, o, &feed->authors);
	if (json_is_boolean(expired))
		feed->expired = json_is_true(expired) ? GAZ_TRI_YES :
		    GAZ_TRI_NO;
	gaz_feed_info_finish(r->a, feed, GAZ_STR_NONE);
	json_array_foreach(hubs, i, hub) {
		struct gaz_str url = url_of(r, hub, "url");
		struct gaz_str type = text_of(r, hub, "type");

		/* Of the types that are in use, rssCloud is the other one. */
		if (type.len > 0 && !gaz_str_ieq_z(type, "WebSub"))
			continue;
		if (url.len > 0 && feed->hubs.n < GAZ_ITEM_LINKS_MAX)
			*gaz_list_push(r->a, &feed->hubs) = url;
	}
}

/* The version, or absent when the document is no JSON Feed. */
static struct gaz_str
version_of(struct reader *r, const json_t *o)
{
	struct gaz_str s = value_text(r, json_object_get(o, "version"));

	if (gaz_str_ifind(s, GAZ_STR("jsonfeed.org"), 0) != GAZ_STR_NPOS)
		return gaz_str_ends(s, "1.1") ? GAZ_STR("1.1") : GAZ_STR("1");
	if (gaz_str_eq_z(s, "1") || gaz_str_eq_z(s, "1.0"))
		return GAZ_STR("1");
	return gaz_str_eq_z(s, "1.1") ? GAZ_STR("1.1") : GAZ_STR_NONE;
}

static void
put_error(struct reader *r, const char *text)
{
	r->doc->well_formed = false;
	if (r->doc->errors.n < GAZ_DOCUMENT_ERRORS_MAX)
		*gaz_list_push(r->a, &r->doc->errors) = gaz_arena_str(r->a,
		    gaz_str_of(text));
}

static bool
read_root(struct reader *r, const json_t *root, enum gaz_fault *fault,
    struct gaz_err *err)
{
	const json_t *items = json_object_get(root, "items");

	r->doc->format = GAZ_STR("json");
	r->doc->version = version_of(r, root);
	if (r->doc->version.p == NULL || !json_is_array(items)) {
		*fault = GAZ_FAULT_NOT_A_FEED;
		return gaz_err_set(err, GAZ_ERR_FORMAT,
		    "JSON, but not a JSON Feed");
	}
	read_feed(r, root);
	read_items(r, items);
	return true;
}

bool
gaz_jsonfeed_read(struct gaz_buf *text, const struct gaz_parse_options *opt,
    struct gaz_arena *a, struct gaz_document *doc, struct gaz_digest *digest,
    enum gaz_fault *fault, struct gaz_err *err)
{
	struct reader r = { .a = a, .opt = opt, .doc = doc, .digest = digest };
	struct gaz_buf mended;
	struct scan sc = { .in = gaz_buf_str(text), .out = &mended };
	json_error_t why;
	json_t *root = NULL;
	bool ok = false;

	gaz_buf_init(&mended, GAZ_BUF_NO_MAX);
	gaz_text_scratch_init(&r.scratch);
	scan(&sc);
	if (sc.too_deep) {
		*fault = GAZ_FAULT_TOO_DEEP;
		gaz_err_set(err, GAZ_ERR_LIMIT,
		    "JSON nested deeper than GAZ_JSON_NESTING_MAX");
		goto done;
	}
	if (sc.depth > 0) {
		gaz_buf_truncate(&mended, sc.safe);
		gaz_buf_put_z(&mended, "]}");
		doc->truncated = true;
		put_error(&r, "the document ends in the middle");
	} else if (gaz_str_trim(gaz_str_sub(sc.in, sc.pos, sc.in.len)).len >
	    0) {
		put_error(&r, "something stands behind the document");
	}
	if (sc.mended)
		put_error(&r, "the JSON was mended");
	/* One copy less of a document that may be large. */
	gaz_buf_clear(text);
	root = json_loadb(mended.p != NULL ? mended.p : "", mended.len,
	    JSON_ALLOW_NUL, &why);
	gaz_buf_clear(&mended);
	if (!json_is_object(root)) {
		*fault = GAZ_FAULT_NOT_A_FEED;
		gaz_err_set(err, GAZ_ERR_FORMAT, "not a JSON object: %.150s",
		    root == NULL ? why.text : "an array");
		goto done;
	}
	ok = read_root(&r, root, fault, err);
done:
	json_decref(root);
	gaz_text_scratch_clear(&r.scratch);
	gaz_buf_clear(&mended);
	return ok;
}
