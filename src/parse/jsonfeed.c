/*
 * JSON Feed. The text is looked through once (parse/json.h), then its members
 * are read where they stand, the items one after the other. Of members that come
 * twice the last one counts; one of the wrong type counts as absent.
 */
#include "config.h"

#include "parse/jsonfeed.h"

#include <stdio.h>

#include "gazetted/date.h"
#include "gazetted/limits.h"
#include "gazetted/mem.h"
#include "gazetted/url.h"

#include "parse/finish.h"
#include "parse/json.h"
#include "parse/text.h"

/* A buffer that became larger than that is given back behind an item. */
#define KEPT_MAX (1u << 20)

/* ----- members ----- */

/* All names that mean something somewhere. */
#define KEYS(X) X(version) X(title) X(home_page_url) X(feed_url) \
	X(description) X(next_url) X(icon) X(favicon) X(authors) X(author) \
	X(language) X(expired) X(hubs) X(items) X(id) X(summary) \
	X(content_html) X(content_text) X(url) X(external_url) X(image) \
	X(banner_image) X(date_published) X(date_modified) X(tags) \
	X(attachments) X(mime_type) X(size_in_bytes) X(duration_in_seconds) \
	X(name) X(type)

enum key {
#define X(key) KEY_##key,
	KEYS(X)
#undef X
	KEY_COUNT
};

static const struct gaz_str key_names[KEY_COUNT] = {
#define X(key) { #key, sizeof(#key) - 1 },
	KEYS(X)
#undef X
};

/* Where the values of an object stand; 0: none. */
struct object {
	size_t at[KEY_COUNT];
};

struct reader {
	struct gaz_arena *a; /* of what is read now */
	struct gaz_arena candidate; /* of what may not be kept */
	struct gaz_str text;
	const struct gaz_parse_options *opt;
	struct gaz_document *doc;
	struct gaz_digest *digest; /* takes the items; NULL: doc does */
	struct gaz_text_scratch scratch;
	struct gaz_buf string;
};

static void
read_members(const struct reader *r, size_t pos, struct object *o)
{
	struct gaz_str key;
	size_t value;

	while (gaz_json_next_member(r->text, &pos, &key, &value)) {
		for (size_t i = 0; i < KEY_COUNT; i++) {
			if (gaz_json_key_is(key, key_names[i])) {
				o->at[i] = value;
				break;
			}
		}
	}
}

/* What is no object has no members. */
static void
read_object(const struct reader *r, size_t at, struct object *o)
{
	memset(o, 0, sizeof(*o));
	if (gaz_json_kind(r->text, at) == GAZ_JSON_OBJECT)
		read_members(r, at + 1, o);
}

/* Where a walk through a list begins; 0: it is none. */
static size_t
list_of(const struct reader *r, const struct object *o, enum key key)
{
	size_t at = o->at[key];

	return gaz_json_kind(r->text, at) == GAZ_JSON_ARRAY ? at + 1 : 0;
}

static bool
next(const struct reader *r, size_t *pos, size_t *value)
{
	return *pos != 0 && gaz_json_next_element(r->text, pos, value);
}

/* Without what XML forbids, in place. */
static struct gaz_str
clean(struct gaz_buf *b)
{
	struct gaz_str s = gaz_buf_str(b);
	char *p = b->p;
	size_t n = 0;

	/* The usual case. */
	while (n < s.len && (unsigned char)s.p[n] >= 0x20 &&
	    (unsigned char)s.p[n] != 0xEF)
		n++;
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
	return gaz_str_sub(s, 0, n);
}

/* Trimmed; absent when nothing is left. Valid until the next one. */
static struct gaz_str
string_at(struct reader *r, size_t at)
{
	struct gaz_str s;

	gaz_buf_reset(&r->string);
	gaz_json_string(r->text, at, &r->string);
	s = clean(&r->string);
	s = gaz_str_trim(s);
	return s.len > 0 ? s : GAZ_STR_NONE;
}

static struct gaz_str
value_text(struct reader *r, struct gaz_arena *a, size_t at)
{
	switch (gaz_json_kind(r->text, at)) {
	case GAZ_JSON_STRING:
		return gaz_arena_str(a, string_at(r, at));
	/* Identifiers and versions are often written as numbers. */
	case GAZ_JSON_INTEGER:
		return gaz_arena_fmt(a, "%lld",
		    (long long)gaz_json_integer(r->text, at));
	case GAZ_JSON_REAL:
		return gaz_arena_fmt(a, "%.15g", gaz_json_real(r->text, at));
	case GAZ_JSON_NONE:
	case GAZ_JSON_OBJECT:
	case GAZ_JSON_ARRAY:
	case GAZ_JSON_TRUE:
	case GAZ_JSON_FALSE:
		break;
	}
	return GAZ_STR_NONE;
}

static struct gaz_str
text_in(struct reader *r, struct gaz_arena *a, const struct object *o,
    enum key key)
{
	return gaz_json_kind(r->text, o->at[key]) == GAZ_JSON_STRING ?
	    value_text(r, a, o->at[key]) : GAZ_STR_NONE;
}

static struct gaz_str
url_in(struct reader *r, struct gaz_arena *a, const struct object *o,
    enum key key)
{
	struct gaz_str s = text_in(r, a, o, key);

	return s.p != NULL ? gaz_url_resolve(a, r->opt->url, s, false) : s;
}

static struct gaz_str
text_of(struct reader *r, const struct object *o, enum key key)
{
	return text_in(r, r->a, o, key);
}

static struct gaz_str
url_of(struct reader *r, const struct object *o, enum key key)
{
	return url_in(r, r->a, o, key);
}

static int64_t
int_of(const struct reader *r, const struct object *o, enum key key)
{
	enum gaz_json_kind kind = gaz_json_kind(r->text, o->at[key]);
	double real;

	if (kind == GAZ_JSON_INTEGER &&
	    gaz_json_integer(r->text, o->at[key]) >= 0)
		return gaz_json_integer(r->text, o->at[key]);
	real = kind == GAZ_JSON_REAL ? gaz_json_real(r->text, o->at[key]) : -1;
	return real >= 0 && real < 1e15 ? (int64_t)real : GAZ_INT_UNKNOWN;
}

static struct gaz_text
rich_of(struct reader *r, const struct object *o, enum key key,
    const char *type, struct gaz_str language, struct gaz_str *first_image,
    unsigned *notes)
{
	struct gaz_text_source src = { .type = gaz_str_of(type),
		.language = language, .base = r->opt->url,
		.no_cleaning = r->opt->raw, .decorate = r->digest != NULL,
		.plain = r->digest != NULL, .scratch = &r->scratch };

	if (gaz_json_kind(r->text, o->at[key]) != GAZ_JSON_STRING)
		return (struct gaz_text){ .value = GAZ_STR_NONE };
	src.raw = string_at(r, o->at[key]);
	if (src.raw.p == NULL)
		src.raw = GAZ_STR("");
	if (r->string.full && notes != NULL)
		*notes |= GAZ_NOTE_CUT;
	return gaz_text_make(r->a, &src, first_image, notes);
}

static void
put_author(struct reader *r, size_t at, gaz_person_list *list)
{
	struct gaz_arena *a = &r->candidate;
	struct object o;
	struct gaz_person p;

	if (list->n >= GAZ_ITEM_PERSONS_MAX)
		return;
	gaz_arena_reset(a);
	read_object(r, at, &o);
	p = (struct gaz_person){ .name = text_in(r, a, &o, KEY_name),
		.uri = url_in(r, a, &o, KEY_url) };
	if (p.name.len == 0 && p.uri.len == 0)
		return;
	for (size_t i = 0; i < list->n; i++) {
		if (gaz_str_eq(list->v[i].name, p.name) &&
		    gaz_str_eq(list->v[i].uri, p.uri))
			return;
	}
	p.name = gaz_arena_str(r->a, p.name);
	p.uri = gaz_arena_str(r->a, p.uri);
	/* A person without a name may have an address as URL. */
	if (gaz_str_istarts(p.uri, "mailto:"))
		p.email = gaz_str_sub(p.uri, strlen("mailto:"), p.uri.len);
	*gaz_list_push(r->a, list) = p;
}

static void
put_authors(struct reader *r, const struct object *o, gaz_person_list *list)
{
	size_t pos = list_of(r, o, KEY_authors), author;

	while (next(r, &pos, &author))
		put_author(r, author, list);
	/* Of version 1; some feeds name other people here. */
	put_author(r, o->at[KEY_author], list);
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
put_tags(struct reader *r, const struct object *o, gaz_category_list *list)
{
	size_t pos = list_of(r, o, KEY_tags), tag;

	while (list->n < GAZ_ITEM_CATEGORIES_MAX && next(r, &pos, &tag)) {
		struct gaz_str term;
		bool known;

		gaz_arena_reset(&r->candidate);
		term = value_text(r, &r->candidate, tag);
		known = term.len == 0;
		for (size_t k = 0; k < list->n && !known; k++)
			known = gaz_str_eq(list->v[k].term, term);
		if (!known)
			gaz_list_push(r->a, list)->term =
			    gaz_arena_str(r->a, term);
	}
}

static void
put_attachment(struct reader *r, size_t at, struct gaz_item *item)
{
	struct gaz_enclosure e = { .title = GAZ_STR_NONE };
	struct object o;

	gaz_arena_reset(&r->candidate);
	read_object(r, at, &o);
	e.url = url_in(r, &r->candidate, &o, KEY_url);
	if (e.url.len == 0)
		return;
	for (size_t k = 0; k < item->enclosures.n; k++) {
		if (gaz_str_eq(item->enclosures.v[k].url, e.url))
			return;
	}
	e.url = gaz_arena_str(r->a, e.url);
	e.type = text_of(r, &o, KEY_mime_type);
	e.title = text_of(r, &o, KEY_title);
	e.length = int_of(r, &o, KEY_size_in_bytes);
	e.duration_s = int_of(r, &o, KEY_duration_in_seconds);
	*gaz_list_push(r->a, &item->enclosures) = e;
	if (item->duration_s == GAZ_INT_UNKNOWN)
		item->duration_s = e.duration_s;
}

static void
put_attachments(struct reader *r, const struct object *o,
    struct gaz_item *item)
{
	size_t pos = list_of(r, o, KEY_attachments), at;

	while (item->enclosures.n < GAZ_ITEM_ENCLOSURES_MAX &&
	    next(r, &pos, &at))
		put_attachment(r, at, item);
}

static void
put_date(struct reader *r, const struct object *o, enum key key,
    gaz_utc *when, struct gaz_str *raw)
{
	*raw = text_of(r, o, key);
	*when = gaz_date_parse(*raw);
}

static void
read_item(struct reader *r, size_t at)
{
	struct gaz_item item;
	struct gaz_item_hints hints = { 0 };
	struct gaz_text html, text;
	struct object o;

	read_object(r, at, &o);
	gaz_item_init(&item);
	item.id = value_text(r, r->a, o.at[KEY_id]);
	item.language = gaz_text_language(r->a, text_of(r, &o, KEY_language));
	struct gaz_str language = item.language;

	if (language.len == 0)
		item.language = language = r->doc->feed.language;
	item.title_detail = rich_of(r, &o, KEY_title, "text/plain", language,
	    NULL, &item.notes);
	item.summary = rich_of(r, &o, KEY_summary, "text/plain", language,
	    NULL, &item.notes);
	html = rich_of(r, &o, KEY_content_html, "text/html", language,
	    &hints.image_in_content, &item.notes);
	text = rich_of(r, &o, KEY_content_text, "text/plain", language, NULL,
	    &item.notes);
	if (html.value.len > 0)
		*gaz_list_push(r->a, &item.content) = html;
	if (text.value.len > 0)
		*gaz_list_push(r->a, &item.content) = text;
	put_link(r, &item.links, url_of(r, &o, KEY_url), "alternate");
	put_link(r, &item.links, url_of(r, &o, KEY_external_url), "related");
	item.thumbnail = url_of(r, &o, KEY_image);
	if (item.thumbnail.len == 0)
		item.thumbnail = url_of(r, &o, KEY_banner_image);
	put_date(r, &o, KEY_date_published, &item.published,
	    &item.published_raw);
	put_date(r, &o, KEY_date_modified, &item.updated, &item.updated_raw);
	put_authors(r, &o, &item.authors);
	put_tags(r, &o, &item.categories);
	put_attachments(r, &o, &item);
	gaz_item_finish(r->a, &item, &hints);
	gaz_document_note(r->doc, item.notes);
	if (r->digest != NULL)
		gaz_digest_item(r->digest, r->doc, &item);
	else
		*gaz_list_push(r->a, &r->doc->items) = item;
}

static void
read_items(struct reader *r, size_t pos)
{
	struct gaz_arena *keep = r->a, for_item = { 0 };
	size_t item, n = 0;

	if (r->digest != NULL)
		r->a = &for_item;
	while (next(r, &pos, &item)) {
		if (gaz_json_kind(r->text, item) != GAZ_JSON_OBJECT)
			continue;
		if (n++ == GAZ_DOCUMENT_ITEMS_MAX) {
			r->doc->items_dropped = true;
			break;
		}
		read_item(r, item);
		gaz_arena_reset(&for_item);
		if (r->string.cap > KEPT_MAX)
			gaz_buf_clear(&r->string);
	}
	r->a = keep;
	gaz_arena_clear(&for_item);
}

static void
put_hubs(struct reader *r, const struct object *o, gaz_str_list *hubs)
{
	size_t pos = list_of(r, o, KEY_hubs), at;

	while (hubs->n < GAZ_ITEM_LINKS_MAX && next(r, &pos, &at)) {
		struct object hub;
		struct gaz_str type, url;

		gaz_arena_reset(&r->candidate);
		read_object(r, at, &hub);
		type = text_in(r, &r->candidate, &hub, KEY_type);
		url = url_in(r, &r->candidate, &hub, KEY_url);
		/* Of the types that are in use, rssCloud is the other one. */
		if (type.len > 0 && !gaz_str_ieq_z(type, "WebSub"))
			continue;
		if (url.len > 0)
			*gaz_list_push(r->a, hubs) = gaz_arena_str(r->a, url);
	}
}

static void
read_feed(struct reader *r, const struct object *o)
{
	struct gaz_feed_info *feed = &r->doc->feed;
	enum gaz_json_kind expired =
	    gaz_json_kind(r->text, o->at[KEY_expired]);

	gaz_feed_info_init(feed);
	feed->language = gaz_text_language(r->a, text_of(r, o, KEY_language));
	feed->title_detail = rich_of(r, o, KEY_title, "text/plain",
	    feed->language, NULL, NULL);
	feed->description = rich_of(r, o, KEY_description, "text/plain",
	    feed->language, NULL, NULL);
	put_link(r, &feed->links, url_of(r, o, KEY_home_page_url),
	    "alternate");
	put_link(r, &feed->links, url_of(r, o, KEY_feed_url), "self");
	feed->next = url_of(r, o, KEY_next_url);
	feed->image.url = url_of(r, o, KEY_icon);
	feed->icon = url_of(r, o, KEY_favicon);
	put_authors(r, o, &feed->authors);
	if (expired == GAZ_JSON_TRUE || expired == GAZ_JSON_FALSE)
		feed->expired = expired == GAZ_JSON_TRUE ? GAZ_TRI_YES :
		    GAZ_TRI_NO;
	gaz_feed_info_finish(r->a, feed, GAZ_STR_NONE);
	put_hubs(r, o, &feed->hubs);
}

/* The version, or absent when the document is no JSON Feed. */
static struct gaz_str
version_of(struct reader *r, const struct object *o)
{
	struct gaz_str s = value_text(r, r->a, o->at[KEY_version]);

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

/* What the look has to say. */
static bool
take_look(struct reader *r, const struct gaz_json_look *look,
    enum gaz_fault *fault, struct gaz_err *err)
{
	if (look->too_deep) {
		*fault = GAZ_FAULT_TOO_DEEP;
		return gaz_err_set(err, GAZ_ERR_LIMIT,
		    "JSON nested deeper than GAZ_JSON_NESTING_MAX");
	}
	if (look->truncated) {
		r->doc->truncated = true;
		put_error(r, "the document ends in the middle");
	} else if (look->followed) {
		put_error(r, "something stands behind the document");
	}
	if (look->mended)
		put_error(r, "the JSON was mended");
	if (look->ok)
		return true;
	*fault = GAZ_FAULT_NOT_A_FEED;
	return gaz_err_set(err, GAZ_ERR_FORMAT, "not a JSON object: %s",
	    look->why);
}

static bool
read_root(struct reader *r, enum gaz_fault *fault, struct gaz_err *err)
{
	struct object root = { { 0 } };
	size_t items;

	read_members(r, gaz_json_root(r->text) + 1, &root);
	items = list_of(r, &root, KEY_items);
	r->doc->format = GAZ_STR("json");
	r->doc->version = version_of(r, &root);
	if (r->doc->version.p == NULL || items == 0) {
		*fault = GAZ_FAULT_NOT_A_FEED;
		return gaz_err_set(err, GAZ_ERR_FORMAT,
		    "JSON, but not a JSON Feed");
	}
	read_feed(r, &root);
	if (r->digest != NULL)
		gaz_digest_know(r->digest, r->doc);
	read_items(r, items);
	return true;
}

bool
gaz_jsonfeed_read(struct gaz_str text, const struct gaz_parse_options *opt,
    size_t string_max, struct gaz_arena *a, struct gaz_document *doc,
    struct gaz_digest *digest, enum gaz_fault *fault, struct gaz_err *err)
{
	struct reader r = { .a = a, .opt = opt, .doc = doc, .digest = digest };
	struct gaz_json_look look;
	bool ok;

	gaz_text_scratch_init(&r.scratch);
	gaz_buf_init(&r.string, string_max);
	gaz_json_look(text, &look);
	r.text = look.text;
	ok = take_look(&r, &look, fault, err) && read_root(&r, fault, err);
	gaz_text_scratch_clear(&r.scratch);
	gaz_buf_clear(&r.string);
	gaz_arena_clear(&r.candidate);
	return ok;
}
